//! The catalogue of a run: which files belong to it, their records, and the files again when findings are shown.
//!
//! Rules over a catalogue need all of it. It is the folder that `catalogue: {root: …}` names, else every file of a run
//! over at least one folder; where only files were named, as by a hook, there is none and these rules do not run.

use std::hash::BuildHasher;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::catalogue::Index;
use crate::config::Config;
use crate::input::{self, Item, ReadError};
use crate::language::mark;
use crate::lint::catalogue::{Catalogue, CatalogueFinding, Reread, lint_catalogue, records, reread};
use crate::lint::{Options, Practice};
use crate::rule::set::RuleSet;
use crate::source::{Source, Span};

/// Why the rules over a catalogue did not run.
pub const NAMED: &str = mark("files were named, not a catalogue");

/// Most bytes of files that are kept while findings are shown.
const SHOWN_BYTES: usize = 64 << 20;

/// The catalogue of a run.
#[derive(Debug)]
pub struct Gather<'a> {
    set: &'a RuleSet,
    options: &'a Options,
    /// Files of the run.
    items: &'a [Item],
    config: &'a Config,
    /// Files of the catalogue that are not checked themselves; known when all others have been met.
    further: Vec<Item>,
    unread: Vec<(String, ReadError)>,
    /// Whether there is a catalogue.
    runs: bool,
    index: Index,
    /// Paths seen, hashed, where a file could be met twice.
    seen: Option<FxHashSet<u64>>,
    /// What cannot be read twice.
    kept: FxHashMap<u32, Arc<Source>>,
    /// Files that are shown at present.
    shown: FxHashMap<u32, Reread>,
    shown_bytes: usize,
    /// Places whose pointers are wanted, by file.
    primaries: FxHashMap<u32, Vec<Span>>,
}

impl<'a> Gather<'a> {
    /// The catalogue of a run over some files; `folders` says whether one of the paths was a folder.
    pub fn new(
        set: &'a RuleSet,
        options: &'a Options,
        items: &'a [Item],
        config: &'a Config,
        paths: usize,
        folders: bool,
    ) -> Gather<'a> {
        let root = config.catalogue_root.is_some();
        let twice = root || paths > 1;
        Gather {
            set,
            options,
            items,
            config,
            further: Vec::new(),
            unread: Vec::new(),
            runs: root || folders,
            index: Index::default(),
            seen: twice.then(FxHashSet::default),
            kept: FxHashMap::default(),
            shown: FxHashMap::default(),
            shown_bytes: 0,
            primaries: FxHashMap::default(),
        }
    }

    /// Takes the records of a file of the run.
    pub fn add(&mut self, number: usize, source: &Arc<Source>, practices: &mut [Practice]) {
        if !self.runs || !practices.iter().any(|practice| practice.record.is_some()) || !self.is_new(number) {
            return;
        }
        let (file, fingerprint) = (number as u32, Index::fingerprint(source.text()));
        for practice in practices.iter_mut() {
            if let Some(draft) = practice.record.take() {
                self.index.add(file, fingerprint, practice.document, &draft);
            }
        }
        if !self.items[number].can_be_read_again() {
            self.kept.insert(file, source.clone());
        }
    }

    fn is_new(&mut self, number: usize) -> bool {
        let item = item(self.items, &self.further, number);
        match (&mut self.seen, &item.path) {
            (Some(seen), Some(path)) => {
                let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                seen.insert(FxBuildHasher.hash_one(absolute))
            }
            _ => true,
        }
    }

    /// Reads what else belongs to the catalogue and runs the rules over it; nothing where there is none.
    pub fn finish(&mut self) -> Option<Catalogue> {
        if !self.runs {
            return None;
        }
        if let Some(root) = &self.config.catalogue_root {
            self.further = input::catalogue(root, self.config);
        }
        for number in self.items.len()..self.items.len() + self.further.len() {
            if !self.is_new(number) {
                continue;
            }
            let item = item(self.items, &self.further, number);
            let source = match input::load(item) {
                Ok(source) => source,
                Err(error) => {
                    self.unread.push((item.shown.clone(), error));
                    continue;
                }
            };
            for (document, draft) in records(self.set, self.options.format_in, &source) {
                let fingerprint = Index::fingerprint(source.text());
                self.index.add(number as u32, fingerprint, document, &draft);
            }
        }
        let name = |file: u32| item(self.items, &self.further, file as usize).shown.as_str();
        let catalogue = lint_catalogue(self.set, self.options, &self.index, name);
        for found in &catalogue.findings {
            let places = self.primaries.entry(found.files[0]).or_default();
            places.push(found.finding.primary.span);
        }
        Some(catalogue)
    }

    /// Files of the catalogue that are not in it, since they could not be read.
    pub fn unread(&self) -> &[(String, ReadError)] {
        &self.unread
    }

    /// The files that a finding speaks of, read again, and the finding with its pointer.
    pub fn locate(&mut self, found: &mut CatalogueFinding) -> Vec<Arc<Source>> {
        let mut sources = Vec::with_capacity(found.files.len());
        for file in &found.files {
            if !self.shown.contains_key(file) {
                let read = self.read_again(*file);
                self.shown_bytes += read.source.text().len();
                if self.shown_bytes > SHOWN_BYTES {
                    self.shown.clear();
                    self.shown_bytes = read.source.text().len();
                }
                self.shown.insert(*file, read);
            }
            sources.push(self.shown[file].source.clone());
            if sources.len() == 1 {
                found.finding.pointer = self.shown[file].pointer(found.finding.primary.span);
            }
        }
        sources
    }

    fn read_again(&self, file: u32) -> Reread {
        let item = item(self.items, &self.further, file as usize);
        let places = self.primaries.get(&file).map(Vec::as_slice).unwrap_or_default();
        if let Some(kept) = self.kept.get(&file) {
            return reread(self.set, self.options.format_in, kept.clone(), places);
        }
        match input::load(item) {
            Ok(source) if self.index.is_unchanged(file, source.text()) => {
                reread(self.set, self.options.format_in, Arc::new(source), places)
            }
            _ => Reread::gone(&item.shown),
        }
    }
}

fn item<'i>(items: &'i [Item], further: &'i [Item], number: usize) -> &'i Item {
    items.get(number).unwrap_or_else(|| &further[number - items.len()])
}
