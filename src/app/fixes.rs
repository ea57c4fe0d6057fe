//! `check --fix` and `check --diff`: fixes applied to the texts of a run, written or shown.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;
use tempfile::NamedTempFile;

use super::{Exit, Session, World, finish, show};
use crate::bulk::Checked;
use crate::cli::{CheckArgs, ReportFormat};
use crate::input::Item;
use crate::language::mark;
use crate::lint::Practice;
use crate::lint::mend::{Mended, Wanted, mend as apply};
use crate::ordered::Step;
use crate::output::Planned;
use crate::report::Summary;
use crate::report::human::Style;
use crate::report::patch::{Part, patch};
use crate::source::Source;

/// A part of a file that changes.
struct Change {
    /// Its text, and where it begins.
    old: Arc<Source>,
    /// The text in its place.
    new: String,
    fixed: usize,
}

/// What a run of fixes came to.
#[derive(Default)]
struct Tally {
    fixed: usize,
    left: usize,
    files: usize,
    failed: bool,
    /// Files that have had their turn: one that is named twice is fixed once.
    done: FxHashSet<PathBuf>,
}

/// Fixes, or shows what would be fixed.
pub(super) fn mend(
    mut session: Session,
    args: &CheckArgs,
    planned: &[Planned<ReportFormat>],
    style: Style,
    world: &mut World<'_>,
) -> io::Result<Exit> {
    let piped = match Piped::take(&mut session, args, world)? {
        Ok(piped) => piped,
        Err(exit) => return Ok(exit),
    };
    let wanted = if args.with_suggestions {
        Wanted::Suggestions
    } else {
        Wanted::Safe
    };
    let (mut tally, mut summary) = (Tally::default(), Summary::default());
    let mut drawn = |item: &Item, changes: &[Change], world: &mut World<'_>| match args.diff {
        true => write!(world.out, "{}", diff(item, changes, style.colour)).map(|()| true),
        false => write_file(item, changes, world),
    };
    each_file(&session, wanted, &mut tally, &mut summary, world, &mut drawn)?;
    let all = tally.fixed + tally.left;
    let language = session.options.language;
    let counts: [(&str, &dyn std::fmt::Display); 3] = [("fixed", &tally.fixed), ("all", &all), ("files", &tally.files)];
    if args.diff {
        let exit = finish(&session, &args.input, &summary, None, world)?;
        if tally.fixed > 0 {
            let one = mark("{fixed} of {all} findings would be fixed in {files} file");
            let more = mark("{fixed} of {all} findings would be fixed in {files} files");
            let words = language.fill(if tally.files == 1 { one } else { more }, &counts);
            writeln!(world.err, "{words}")?;
        } else if summary.checked > 0 {
            writeln!(world.err, "{}", language.tr("nothing would be fixed"))?;
        }
        let changes = exit == Exit::Clean && tally.files > 0;
        return Ok(if changes { Exit::Findings } else { exit });
    }
    let exit = match &piped {
        None => show(&session, args, planned, style, world)?,
        Some(piped) => piped.show(&session, args, planned, style, world)?,
    };
    let words = match (tally.fixed, tally.files) {
        (0, _) if all == 0 => None,
        (0, _) => Some(language.fill("fixed none of {all} findings", &counts)),
        (_, 1) => Some(language.fill("fixed {fixed} of {all} findings in {files} file", &counts)),
        _ => Some(language.fill("fixed {fixed} of {all} findings in {files} files", &counts)),
    };
    if let Some(words) = words {
        world.out.flush()?;
        writeln!(world.err, "{words}")?;
    }
    Ok(if tally.failed { Exit::Failed } else { exit })
}

/// Takes a file and what changes in it; false where it could not be done, and was said.
type Take<'a> = dyn FnMut(&Item, &[Change], &mut World<'_>) -> io::Result<bool> + 'a;

/// Visits the files in which something changes, in order, with all that changes in each.
fn each_file(
    session: &Session,
    wanted: Wanted,
    tally: &mut Tally,
    summary: &mut Summary,
    world: &mut World<'_>,
    take: &mut Take<'_>,
) -> io::Result<()> {
    let mut open: Option<(usize, Vec<Change>)> = None;
    session.run().each(None, &mut |step| {
        if world.stop.is_asked() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let Step::Done(batch) = step else { return Ok(()) };
        for text in batch.texts {
            text.practices.iter().for_each(|practice| summary.add(practice));
            if let Some((number, changes)) = open.take_if(|(number, _)| *number != text.item) {
                tally.file(&session.items.get(number), &changes, world, take)?;
            }
            let Item { presence, path, .. } = session.items.get(text.item);
            let (set, day, waivers) = (&session.set, session.options.as_of, &session.waivers);
            let mended = apply(
                &session.set,
                &session.options,
                &text.source,
                presence,
                &text.practices,
                wanted,
                &|practices| waivers.apply(set, day, path.as_deref(), practices),
            );
            match mended {
                None => tally.left += found(&text.practices),
                Some(mended) => {
                    tally.left += found(&mended.practices);
                    let changes = &mut open.get_or_insert_with(|| (text.item, Vec::new())).1;
                    changes.push(Change::new(text, mended));
                }
            }
        }
        Ok(())
    })?;
    match open {
        Some((number, changes)) => tally.file(&session.items.get(number), &changes, world, take),
        None => Ok(()),
    }
}

fn found(practices: &[Practice]) -> usize {
    let own = |practice: &Practice| practice.counted().count() + practice.omitted;
    practices.iter().map(own).sum()
}

impl Change {
    fn new(text: Checked, mended: Mended) -> Change {
        Change {
            old: text.source,
            new: mended.text,
            fixed: mended.fixed,
        }
    }
}

impl Tally {
    fn file(&mut self, item: &Item, changes: &[Change], world: &mut World<'_>, take: &mut Take<'_>) -> io::Result<()> {
        let fixed: usize = changes.iter().map(|change| change.fixed).sum();
        let real = item.path.as_ref().and_then(|path| fs::canonicalize(path).ok());
        if real.is_some_and(|real| !self.done.insert(real)) {
            return Ok(());
        }
        if take(item, changes, world)? {
            self.fixed += fixed;
            self.files += 1;
        } else {
            self.left += fixed;
            self.failed = true;
        }
        Ok(())
    }
}

fn diff(item: &Item, changes: &[Change], colour: bool) -> String {
    // A record of a stream comes without the line break behind it.
    let ends: Vec<String> = changes.iter().map(|change| line_break(item, change)).collect();
    let texts: Vec<(String, String)> = changes
        .iter()
        .zip(&ends)
        .map(|(change, end)| (change.old.text().to_string() + end, change.new.clone() + end))
        .collect();
    let parts: Vec<Part<'_>> = changes
        .iter()
        .zip(&texts)
        .map(|(change, (old, new))| Part {
            line: change.old.base().line,
            old,
            new,
        })
        .collect();
    patch(&item.shown, &parts, colour)
}

fn line_break(item: &Item, change: &Change) -> String {
    let read = || {
        let mut file = File::open(item.path.as_ref()?).ok()?;
        let end = change.old.base().offset + change.old.text().len() as u64;
        io::Seek::seek(&mut file, io::SeekFrom::Start(end)).ok()?;
        let mut bytes = Vec::new();
        file.take(2).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    match read().as_deref() {
        Some([b'\r', b'\n']) => "\r\n",
        Some([b'\n', ..]) if !change.old.text().ends_with('\n') => "\n",
        _ => "",
    }
    .to_string()
}

/// Puts a file with its changes in the place of the file; false where that is not possible.
fn write_file(item: &Item, changes: &[Change], world: &mut World<'_>) -> io::Result<bool> {
    let Some(path) = &item.path else { return Ok(false) };
    match replace(path, changes) {
        Ok(()) => Ok(true),
        Err(error) => {
            writeln!(world.err, "credlint: {}: not fixed: {error}", item.shown)?;
            Ok(false)
        }
    }
}

/// Written beside the file and renamed, so that nobody ever sees half of it. A link leads to the file that is replaced.
fn replace(path: &Path, changes: &[Change]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let metadata = fs::metadata(&path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file that can be written"));
    }
    if metadata.permissions().readonly() {
        return Err(io::Error::other("it is read-only"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let beside = tempfile::Builder::new().prefix(".credlint-").tempfile_in(folder)?;
    let mut from = BufReader::new(File::open(&path)?);
    let mut to = BufWriter::new(beside.as_file());
    let mut at = 0;
    for change in changes {
        let (start, old) = (change.old.base().offset, change.old.text().as_bytes());
        io::copy(&mut from.by_ref().take(start - at), &mut to)?;
        let mut there = vec![0; old.len()];
        from.read_exact(&mut there).map_err(|_| has_changed())?;
        if there != old {
            return Err(has_changed());
        }
        to.write_all(change.new.as_bytes())?;
        at = start + old.len() as u64;
    }
    io::copy(&mut from, &mut to)?;
    to.flush()?;
    drop(to);
    beside.as_file().set_permissions(metadata.permissions())?;
    beside.as_file().sync_all()?;
    beside.persist(&path)?;
    Ok(())
}

fn has_changed() -> io::Error {
    io::Error::other("it changed while credlint was running")
}

/// Standard input, kept in a file, so that it can be fixed like one.
struct Piped(NamedTempFile);

impl Piped {
    /// What comes in, where standard input is among the files.
    fn take(session: &mut Session, args: &CheckArgs, world: &mut World<'_>) -> io::Result<Result<Option<Piped>, Exit>> {
        let is_piped = session.items.iter().any(|item| item.path.is_none());
        if !is_piped {
            return Ok(Ok(None));
        }
        let name = Path::new(&args.input.stdin_filename);
        let ending = name.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
        let kept = || -> io::Result<NamedTempFile> {
            let mut file = tempfile::Builder::new()
                .prefix("credlint-")
                .suffix(&ending.unwrap_or_default())
                .tempfile()?;
            io::copy(&mut io::stdin().lock(), &mut file)?;
            Ok(file)
        };
        match kept() {
            Ok(file) => {
                session.items.read_stdin_from(file.path());
                Ok(Ok(Some(Piped(file))))
            }
            Err(error) => {
                writeln!(world.err, "credlint: {}: {error}", name.display())?;
                Ok(Err(Exit::Failed))
            }
        }
    }

    /// The text goes where the report would have gone, and the report beside it.
    fn show(
        &self,
        session: &Session,
        args: &CheckArgs,
        planned: &[Planned<ReportFormat>],
        style: Style,
        world: &mut World<'_>,
    ) -> io::Result<Exit> {
        // Fixing has put another file in its place.
        io::copy(&mut File::open(self.0.path())?, world.out)?;
        let mut report = Vec::new();
        let exit = show(
            session,
            args,
            planned,
            Style {
                colour: false,
                links: false,
                ..style
            },
            &mut World {
                out: &mut report,
                err: world.err,
                terminal: false,
                err_terminal: world.err_terminal,
                stop: world.stop,
                columns: world.columns,
                no_color: world.no_color,
                locale: world.locale.clone(),
                today: world.today,
            },
        )?;
        world.out.flush()?;
        world.err.write_all(&report)?;
        Ok(exit)
    }
}
