//! `check --watch`: the check again whenever something that it rests on has changed. What the system tells of changes only
//! wakes it; whether anything has changed is seen by looking at the files themselves, so that reports, caches and what
//! ignore files leave out start nothing.

use std::ffi::OsString;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use rustc_hash::{FxHashSet, FxHasher};

use super::{Exit, Reader, World, check, configuration, failed, language, processors};
use crate::cli::{CheckArgs, Look, Watch};
use crate::config::{Config, FILE_NAME};
use crate::input;
use crate::language::Language;
use crate::report::human::Style;
use crate::sheet;

/// How soon Ctrl-C is noticed.
const TICK: Duration = Duration::from_millis(100);

/// How often one looks where nothing wakes.
const LOOK: Duration = Duration::from_secs(1);

/// An editor saves in several steps; after so much silence it is done.
const SILENCE: Duration = Duration::from_millis(60);

/// Whoever is never silent is not waited for longer.
const ENOUGH: Duration = Duration::from_secs(1);

/// The screen and what has scrolled off it, empty, and the cursor at the top.
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";

/// Checks until somebody stops it.
pub(super) fn watch(
    how: Watch,
    args: &CheckArgs,
    look: &Look,
    style: Style,
    world: &mut World<'_>,
) -> io::Result<Exit> {
    let lists = args.input.files_from.iter();
    if args.input.paths.iter().chain(lists).any(|path| path.as_os_str() == "-") {
        let language = language(look, None, Reader::Person, world);
        return failed(
            world,
            &language.tr("standard input cannot be watched; name a file or a folder"),
        );
    }
    if args.input.paths.is_empty() && args.input.files_from.is_none() {
        return check(args, look, style, world);
    }
    let clears = world.terminal && !style.plain && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    let mut waker = Waker::new(how);
    loop {
        let seen = Seen::now(args);
        waker.follow(&seen.places);
        if clears {
            write!(world.out, "{CLEAR}")?;
        }
        match check(args, look, style, world) {
            Err(_) if world.stop.is_asked() => return Ok(Exit::Clean),
            ended => ended?,
        };
        world.out.flush()?;
        // The configuration may be what has changed; one that is wrong has been complained of.
        let configured = configuration(&args.input.paths, true)
            .ok()
            .and_then(|config| config.language);
        let language = language(look, configured, Reader::Person, world);
        writeln!(world.err, "{}", waker.words(language, seen.files))?;
        world.err.flush()?;
        loop {
            waker.wait(&seen.places, &|| world.stop.is_asked());
            if world.stop.is_asked() {
                return Ok(Exit::Clean);
            }
            if Seen::now(args).stamp != seen.stamp {
                break;
            }
        }
    }
}

/// What a check rests on, as it is at one moment.
struct Seen {
    /// Tells two moments apart.
    stamp: u64,
    files: usize,
    places: Places,
}

/// Where something may change.
#[derive(Default, PartialEq)]
struct Places {
    /// Everything in these folders.
    whole: Vec<PathBuf>,
    /// In these folders, files with one of the names.
    folders: Vec<PathBuf>,
    names: FxHashSet<OsString>,
}

impl Seen {
    fn now(args: &CheckArgs) -> Seen {
        let input = &args.input;
        let mut places = Places::default();
        let mut stamps = Stamps(FxHasher::default());
        let mut paths = input.paths.clone();
        if let Some(list) = &input.files_from {
            places.file(list);
            stamps.file(list);
            let text = fs::read_to_string(list).unwrap_or_default();
            paths.extend(input::paths_from_list(&text));
        }
        let mut configs: Vec<Config> = Vec::new();
        for path in &paths {
            for own in configurations(path) {
                places.file(&own);
                stamps.file(&own);
            }
            // One that is wrong is said by the check; here, what it names is unknown.
            let config = Config::find(path).unwrap_or_default();
            if !configs.iter().any(|known| known.path == config.path) {
                configs.push(config);
            }
        }
        let weights = input.weights.as_ref().map(PathBuf::from);
        let single = [&weights, &input.mapping, &input.baseline].into_iter().flatten();
        let configured = configs.iter().flat_map(|own| own.weights.iter().chain(&own.baseline));
        for file in single.chain(configured) {
            places.file(file);
            stamps.file(file);
        }
        let packs = configs.iter().flat_map(|own| &own.rule_packs);
        for pack in input.rules.iter().chain(packs) {
            places.folder(pack);
            stamps.folder(pack);
        }
        for path in &paths {
            match path.is_dir() {
                true => places.folder(path),
                false => places.file(path),
            }
        }
        let default = Config::default();
        let config = configs.first().unwrap_or(&default);
        let threads = input.jobs.map_or_else(processors, usize::from);
        let mut all = vec![input::expand(&paths, config, false, "", threads)];
        if let Some(root) = config.catalogue_root.as_ref().filter(|_| !input.no_catalogue) {
            places.folder(root);
            all.push(input::catalogue(root, config, threads));
        }
        let written: Vec<PathBuf> = args
            .output
            .iter()
            .filter_map(|own| own.path.canonicalize().ok())
            .collect();
        let is_written =
            |path: &Path| !written.is_empty() && path.canonicalize().is_ok_and(|path| written.contains(&path));
        let mut files = 0;
        for (number, items) in all.iter().enumerate() {
            for path in items
                .iter()
                .filter_map(|item| item.path)
                .filter(|path| !is_written(path))
            {
                files += usize::from(number == 0);
                stamps.file(&path);
                if sheet::is_named_so(&path.to_string_lossy()) {
                    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    let mapping = path.with_file_name(stem + sheet::MAPPING_SUFFIX);
                    places.file(&mapping);
                    stamps.file(&mapping);
                }
            }
        }
        Seen {
            stamp: stamps.0.finish(),
            files,
            places,
        }
    }
}

/// Where the configuration of a path is looked for, whether there is one or not.
fn configurations(path: &Path) -> Vec<PathBuf> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut found = Vec::new();
    let start = if absolute.is_dir() {
        Some(absolute.as_path())
    } else {
        absolute.parent()
    };
    for folder in start.into_iter().flat_map(Path::ancestors) {
        found.push(folder.join(FILE_NAME));
        if folder.join(".git").exists() {
            break;
        }
    }
    found
}

struct Stamps(FxHasher);

impl Stamps {
    fn file(&mut self, path: &Path) {
        path.hash(&mut self.0);
        let known = fs::metadata(path).ok();
        let known = known.map(|known| (known.is_file(), known.len(), known.modified().ok()));
        known.hash(&mut self.0);
    }

    fn folder(&mut self, folder: &Path) {
        let walk = ignore::WalkBuilder::new(folder)
            .standard_filters(false)
            .sort_by_file_name(Ord::cmp)
            .build();
        for entry in walk.filter_map(Result::ok).filter(|entry| entry.path().is_file()) {
            self.file(entry.path());
        }
    }
}

impl Places {
    fn folder(&mut self, path: &Path) {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if !self.whole.contains(&path) {
            self.whole.push(path);
        }
    }

    /// A file, also one that is not there yet, and also where a link leads.
    fn file(&mut self, path: &Path) {
        let own = std::path::absolute(path).ok();
        for path in own.into_iter().chain(path.canonicalize().ok()) {
            let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
            if let (Some(folder), Some(name)) = (folder, path.file_name()) {
                self.names.insert(name.to_os_string());
                if !self.folders.contains(&folder) {
                    self.folders.push(folder);
                }
            }
        }
    }

    fn concern(&self, event: &Event) -> bool {
        let is_named = |path: &PathBuf| path.file_name().is_some_and(|name| self.names.contains(name));
        let is_inside = |path: &PathBuf| {
            let inside = self.whole.iter().find_map(|whole| path.strip_prefix(whole).ok());
            inside.is_some_and(|inside| !inside.starts_with(".git"))
        };
        let any = |path: &PathBuf| is_named(path) || is_inside(path);
        !matches!(event.kind, EventKind::Access(_)) && (event.paths.is_empty() || event.paths.iter().any(any))
    }
}

/// Waits until it is worth looking.
struct Waker {
    events: Receiver<notify::Result<Event>>,
    watcher: Option<RecommendedWatcher>,
    followed: FxHashSet<(PathBuf, bool)>,
}

impl Waker {
    fn new(how: Watch) -> Waker {
        let (sender, events) = channel();
        let watcher = match how {
            Watch::Events => notify::recommended_watcher(sender).ok(),
            Watch::Poll => None,
        };
        Waker {
            events,
            watcher,
            followed: FxHashSet::default(),
        }
    }

    /// Follows what is not followed yet. Where the system will not have it (there are limits), nothing wakes any more.
    fn follow(&mut self, places: &Places) {
        let whole = places.whole.iter().map(|path| (path, true));
        for (path, recursive) in whole.chain(places.folders.iter().map(|path| (path, false))) {
            let Some(watcher) = &mut self.watcher else { return };
            let covered = self.followed.contains(&(path.clone(), true));
            if covered || !self.followed.insert((path.clone(), recursive)) {
                continue;
            }
            let mode = if recursive {
                RecursiveMode::Recursive
            } else {
                RecursiveMode::NonRecursive
            };
            if watcher.watch(path, mode).is_err() {
                self.watcher = None;
            }
        }
    }

    fn wait(&self, places: &Places, stop: &dyn Fn() -> bool) {
        let started = Instant::now();
        while !stop() {
            match self.events.recv_timeout(TICK) {
                Ok(Ok(event)) if !places.concern(&event) => {}
                Ok(_) => return self.settle(),
                Err(RecvTimeoutError::Timeout) => {}
                // Nobody sends: one looks by oneself.
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(TICK),
            }
            if self.watcher.is_none() && started.elapsed() >= LOOK {
                return;
            }
        }
    }

    fn settle(&self) {
        let started = Instant::now();
        while started.elapsed() < ENOUGH && self.events.recv_timeout(SILENCE).is_ok() {}
    }

    fn words(&self, language: Language, files: usize) -> String {
        let words = match self.watcher {
            Some(_) => language.plural(
                files,
                "watching {n} file; Ctrl-C ends",
                "watching {n} files; Ctrl-C ends",
            ),
            None => language.plural(
                files,
                "looking at {n} file every second; Ctrl-C ends",
                "looking at {n} files every second; Ctrl-C ends",
            ),
        };
        format!("credlint: {words}")
    }
}
