//! The waivers of a run: read from the configuration, a baseline and an earlier revision; a baseline written.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Session, World};
use crate::baseline::{Baseline, Collected, Owner};
use crate::bulk::Run;
use crate::cache::Cache;
use crate::cli::InputArgs;
use crate::config::Config;
use crate::finding::Finding;
use crate::gather::{Gather, Scope};
use crate::ignores::Ignores;
use crate::input;
use crate::language::Language;
use crate::lint::{Options, Practice};
use crate::ordered::Step;
use crate::report::human::{Human, Style};
use crate::revision::Snapshot;
use crate::rule::set::RuleSet;
use crate::source::Source;
use crate::waivers::{Waivers, collect};

/// A baseline that is written when the run ends.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    root: PathBuf,
    grow: bool,
    collected: RefCell<Collected>,
}

impl Writer {
    pub(super) fn new(path: &Path, grow: bool) -> Writer {
        Writer {
            path: path.to_path_buf(),
            root: folder_of(path),
            grow,
            collected: RefCell::default(),
        }
    }

    pub(super) fn practice(&self, set: &RuleSet, path: Option<&Path>, practice: &Practice) {
        collect(&mut self.collected.borrow_mut(), set, &self.root, path, practice);
    }

    pub(super) fn across(&self, set: &RuleSet, path: Option<&Path>, found: &[(&mut Finding, &Source)]) {
        let Some((_, source)) = found.first() else { return };
        let owner = Owner::file(&self.root, path, source.name());
        let found = found.iter().map(|(finding, source)| (&**finding, *source));
        self.collected.borrow_mut().add(set, &owner, found);
    }

    /// Writes it and says what became of it; false where it cannot be written.
    pub(super) fn finish(&self, waivers: &Waivers, language: Language, world: &mut World<'_>) -> io::Result<bool> {
        let earlier = waivers.baseline.as_ref().map(|(baseline, _)| baseline);
        let (text, written) = self.collected.borrow().text(earlier, self.grow);
        if let Err(error) = std::fs::write(&self.path, text) {
            writeln!(world.err, "credlint: {}: {error}", self.path.display())?;
            return Ok(false);
        }
        let entries = language.plural(
            written.entries,
            "the baseline has {n} entry",
            "the baseline has {n} entries",
        );
        let mut said = vec![entries];
        if written.gone > 0 {
            said.push(language.plural(written.gone, "{n} has gone", "{n} have gone"));
        }
        if written.not_added > 0 {
            said.push(language.plural(
                written.not_added,
                "{n} new finding is not added, since a baseline only shrinks (--grow-baseline adds it)",
                "{n} new findings are not added, since a baseline only shrinks (--grow-baseline adds them)",
            ));
        }
        writeln!(world.err, "credlint: {}: {}", self.path.display(), said.join("; "))?;
        Ok(true)
    }
}

/// The folder of a file, absolute: a baseline names files from there.
fn folder_of(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    absolute.parent().map_or(absolute.clone(), Path::to_path_buf)
}

/// Everything that is known when the waivers are read.
pub(super) struct Known<'a> {
    pub(super) set: &'a RuleSet,
    pub(super) options: &'a Options,
    pub(super) config: &'a Config,
    pub(super) args: &'a InputArgs,
    pub(super) paths: &'a [PathBuf],
    pub(super) cache: Option<&'a Cache>,
    pub(super) threads: usize,
    pub(super) scope: Scope,
    /// The baseline that will be written.
    pub(super) written: Option<&'a Path>,
    pub(super) style: Style,
}

impl Known<'_> {
    /// The waivers of the run; the error is ready to be printed.
    pub(super) fn waivers(&self, ignores: Ignores) -> Result<Waivers, String> {
        let mut waivers = Waivers {
            honoured: !self.args.no_ignores,
            ignores,
            baseline: None,
            revision: None,
        };
        let configured = self.config.baseline.as_deref();
        let named = self.args.baseline.as_deref().or(self.written).or(configured);
        if let Some(path) = named {
            // The one that is to be written need not be there yet.
            let is_new = self.written == Some(path) && !path.exists();
            if !is_new {
                waivers.baseline = Some((self.baseline(path)?, folder_of(path)));
            }
        }
        if let Some(revision) = &self.args.new_from {
            waivers.revision = Some(self.revision(revision)?);
        }
        Ok(waivers)
    }

    fn baseline(&self, path: &Path) -> Result<Baseline, String> {
        let (shown, language) = (crate::config::display(path), self.options.language);
        let text = std::fs::read_to_string(path).map_err(|error| {
            let error = input::system(&error).say(language);
            let values: [(&str, &dyn std::fmt::Display); 2] = [("file", &shown), ("error", &error)];
            let said = language.fill(
                "{file}: {error}; `credlint check --write-baseline FILE` writes a baseline",
                &values,
            );
            format!("credlint: {said}\n")
        })?;
        Baseline::read(&shown, text).map_err(|error| {
            Human::mistake(
                self.style,
                language,
                "baseline",
                &error.message.say(language),
                &error.source,
                error.span,
            )
        })
    }

    /// What was found in the same paths at an earlier revision. Comments of that time are honoured: whoever takes one
    /// out now makes its finding new.
    fn revision(&self, revision: &str) -> Result<(Baseline, PathBuf), String> {
        let said = |error: &dyn std::fmt::Display| format!("credlint: --new-from {revision}: {error}\n");
        let paths: Vec<PathBuf> = self
            .paths
            .iter()
            .filter(|path| path.as_os_str() != "-")
            .cloned()
            .collect();
        let snapshot =
            Snapshot::of(revision, &paths).map_err(|error| said(&error.phrase().say(self.options.language)))?;
        let then: Vec<PathBuf> = paths.iter().filter_map(|path| snapshot.path(path)).collect();
        let then: Vec<PathBuf> = then.into_iter().filter(|path| path.exists()).collect();
        let config = self.config.moved(&snapshot.root, &snapshot.folder());
        let items = input::expand(&then, &config, self.args.only_descriptors, "", self.threads);
        let waivers = Waivers::default();
        let run = Run {
            set: self.set,
            options: self.options,
            items: &items,
            threads: self.threads,
            cache: self.cache,
            waivers: &waivers,
            only_catalogue: false,
        };
        let root = snapshot.folder();
        let mut collected = Collected::default();
        let mut gather = Gather::new(self.set, self.options, &items, &config, self.scope);
        let ended = run.each(None, &mut |step| {
            let Step::Done(batch) = step else { return Ok(()) };
            for mut text in batch.texts {
                let path = items.get(text.item).path;
                gather.add(text.item, text.place, &text.source, &mut text.practices);
                for practice in &text.practices {
                    collect(&mut collected, self.set, &root, path.as_deref(), practice);
                }
            }
            Ok(())
        });
        ended.map_err(|error| said(&error))?;
        if let Some(mut catalogue) = gather.finish() {
            each_file(&mut gather, &mut catalogue.findings, &mut |path, found, _| {
                waivers.apply_across(self.set, self.options.as_of, path, found);
                if let Some((_, source)) = found.first() {
                    let owner = Owner::file(&root, path, source.name());
                    let found = found.iter().map(|(finding, source)| (&**finding, *source));
                    collected.add(self.set, &owner, found);
                }
                Ok(())
            })
            .map_err(|error| said(&error))?;
        }
        Ok((Baseline::of_revision(collected), snapshot.root))
    }
}

/// Takes the findings over a catalogue that lie in one file with the text of the first place of each, and the texts of
/// all places.
type InFile<'a> = dyn FnMut(Option<&Path>, &mut [(&mut Finding, &Source)], &[Vec<Arc<Source>>]) -> io::Result<()> + 'a;

/// Visits the findings over a catalogue, file by file.
pub(super) fn each_file(
    gather: &mut Gather<'_>,
    findings: &mut [crate::lint::catalogue::CatalogueFinding],
    each: &mut InFile<'_>,
) -> io::Result<()> {
    for group in findings.chunk_by_mut(|a, b| a.files[0] == b.files[0]) {
        let path = gather.path(group[0].files[0]);
        let sources: Vec<Vec<Arc<Source>>> = group.iter_mut().map(|found| gather.locate(found)).collect();
        let findings = group.iter_mut().map(|found| &mut found.finding);
        let mut placed: Vec<(&mut Finding, &Source)> = findings
            .zip(&sources)
            .map(|(finding, sources)| (finding, &*sources[0]))
            .collect();
        each(path.as_deref(), &mut placed, &sources)?;
    }
    Ok(())
}

/// Whether a run looked at everything below a folder.
pub(super) fn covers(session: &Session, folder: &Path) -> bool {
    session.given.iter().any(|path| {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        absolute.is_dir() && folder.starts_with(absolute.components().collect::<PathBuf>())
    })
}
