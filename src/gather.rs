//! The catalogue of a run: which files belong to it, their records, and the files again when findings are shown.
//!
//! Rules over a catalogue need all of it. It is the folder that `catalogue: {root: …}` names, else every file of a run
//! over at least one folder; where only files were named, as by a hook, there is none and these rules do not run.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::catalogue::{Draft, Index};
use crate::config::Config;
use crate::input::stream::{self, Job, Place, Text};
use crate::input::{self, Item, Items, ReadError};
use crate::language::mark;
use crate::lint::catalogue::{Catalogue, CatalogueFinding, Names, Reread, lint_catalogue, records, reread};
use crate::lint::{Options, Practice};
use crate::ordered::{Push, Step, ordered};
use crate::rule::set::RuleSet;
use crate::source::{Source, Span};

/// Why the rules over a catalogue did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// There is none.
    Named,
    /// They were not wanted.
    Unwanted,
    /// It is too large to be held.
    TooLarge,
}

impl NotRun {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            NotRun::Named => mark("files were named, not a catalogue"),
            NotRun::Unwanted => mark("they were left out (--no-catalogue)"),
            NotRun::TooLarge => mark("its index would take more than 1 GB of memory"),
        }
    }
}

/// Most bytes of an index: four million practices.
const MAX_INDEX_BYTES: usize = 1 << 30;

/// Most bytes of streams that are kept since they cannot be read again.
const KEPT_BYTES: usize = 64 << 20;

/// Most bytes of files that are kept while findings are shown.
const SHOWN_BYTES: usize = 64 << 20;

/// The catalogue of a run.
#[derive(Debug)]
pub struct Gather<'a> {
    set: &'a RuleSet,
    options: &'a Options,
    /// Files of the run.
    items: &'a Items,
    config: &'a Config,
    threads: usize,
    /// Files of the catalogue that are not checked themselves; known when all others have been met.
    further: Items,
    /// Where the texts of the index stand.
    pieces: Vec<Piece>,
    parts: Vec<Part>,
    /// Tells whether the last of them has changed when it is read again.
    fingerprint: u64,
    unread: Vec<(String, ReadError)>,
    /// Why there is no catalogue, if there is none.
    not_run: Option<NotRun>,
    most: usize,
    index: Index,
    /// Paths seen, hashed, where a file could be met twice.
    seen: Option<FxHashSet<u64>>,
    /// What cannot be read twice.
    kept: FxHashMap<u32, Arc<Source>>,
    kept_bytes: usize,
    /// Files that are shown at present.
    shown: FxHashMap<u32, Reread>,
    shown_bytes: usize,
    /// Places whose pointers are wanted, by file.
    primaries: FxHashMap<u32, Vec<Span>>,
}

/// A text of the index: the number of its file, or of a part of a stream and where it begins in it.
#[derive(Clone, Copy, Debug)]
struct Piece {
    file: u32,
    at: u32,
}

impl Piece {
    /// Stands for a whole file.
    const WHOLE: u32 = u32::MAX;
}

/// A part of a stream.
#[derive(Clone, Copy, Debug)]
struct Part {
    item: u32,
    place: Place,
}

/// What a run says about its catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// How many paths were given.
    pub paths: usize,
    /// Whether one of them is a folder.
    pub folders: bool,
    /// Whether the rules are wanted.
    pub wanted: bool,
    /// Threads for files that are not checked themselves.
    pub threads: usize,
}

impl<'a> Gather<'a> {
    /// The catalogue of a run over some files.
    pub fn new(
        set: &'a RuleSet,
        options: &'a Options,
        items: &'a Items,
        config: &'a Config,
        scope: Scope,
    ) -> Gather<'a> {
        let root = config.catalogue_root.is_some();
        let twice = root || scope.paths > 1;
        Gather {
            set,
            options,
            items,
            config,
            threads: scope.threads,
            further: Items::default(),
            pieces: Vec::new(),
            parts: Vec::new(),
            fingerprint: 0,
            unread: Vec::new(),
            not_run: match (scope.wanted, root || scope.folders) {
                (false, _) => Some(NotRun::Unwanted),
                (true, false) => Some(NotRun::Named),
                (true, true) => None,
            },
            most: MAX_INDEX_BYTES,
            index: Index::default(),
            seen: twice.then(FxHashSet::default),
            kept: FxHashMap::default(),
            kept_bytes: 0,
            shown: FxHashMap::default(),
            shown_bytes: 0,
            primaries: FxHashMap::default(),
        }
    }

    /// With another bound for the bytes of the index.
    pub fn at_most(mut self, bytes: usize) -> Gather<'a> {
        self.most = bytes;
        self
    }

    /// Why the rules did not run, or will not.
    pub fn not_run(&self) -> Option<NotRun> {
        self.not_run
    }

    /// Takes the records of a text of the run.
    pub fn add(&mut self, number: usize, place: Option<Place>, source: &Arc<Source>, practices: &mut [Practice]) {
        let records = practices
            .iter_mut()
            .filter_map(|practice| Some((practice.document, practice.record.take()?)));
        let records: Vec<(usize, Draft)> = records.collect();
        if self.not_run.is_some() || records.is_empty() {
            return;
        }
        let item = self.items.get(number);
        let known = self.piece_of(number, source);
        if known.is_none() && !self.is_new(item.path.as_deref(), place) {
            return;
        }
        let piece = known.unwrap_or_else(|| self.begin(number, place, source));
        self.index(piece, records);
        if known.is_none() && self.kept_bytes < KEPT_BYTES && !item.can_be_read_again() {
            self.kept_bytes += source.text().len();
            self.kept.insert(piece, Arc::new(source.whole()));
        }
    }

    /// The text of the index that further rows of a spreadsheet belong to.
    fn piece_of(&self, number: usize, source: &Source) -> Option<u32> {
        let (last, piece) = (self.pieces.last()?, self.pieces.len() - 1);
        let goes_on = source.rows().start > 0 && last.at == Piece::WHOLE && last.file as usize == number;
        goes_on.then_some(piece as u32)
    }

    /// Adds a text to the index.
    fn begin(&mut self, number: usize, place: Option<Place>, source: &Source) -> u32 {
        let own = match place {
            None => Piece {
                file: number as u32,
                at: Piece::WHOLE,
            },
            Some(place) => {
                let part = self
                    .parts
                    .last()
                    .filter(|part| part.item as usize == number && part.place.part.offset == place.part.offset);
                if part.is_none() {
                    let item = number as u32;
                    self.parts.push(Part { item, place });
                }
                Piece {
                    file: self.parts.len() as u32 - 1,
                    at: place.at,
                }
            }
        };
        self.pieces.push(own);
        self.fingerprint = Index::fingerprint(source.text());
        self.pieces.len() as u32 - 1
    }

    /// Adds records to the text that was added last.
    fn index(&mut self, piece: u32, records: Vec<(usize, Draft)>) {
        for (document, draft) in records {
            self.index.add(piece, self.fingerprint, document, &draft);
        }
        if self.index.bytes() > self.most {
            self.not_run = Some(NotRun::TooLarge);
            self.index = Index::default();
            self.pieces = Vec::new();
            self.parts = Vec::new();
            self.kept.clear();
        }
    }

    /// Whether a text has not been met before.
    fn is_new(&mut self, path: Option<&Path>, place: Option<Place>) -> bool {
        match (&mut self.seen, path) {
            (Some(seen), Some(path)) => seen.insert(identity(path, place)),
            _ => true,
        }
    }

    /// Reads what else belongs to the catalogue and runs the rules over it; nothing where there is none.
    pub fn finish(&mut self) -> Option<Catalogue> {
        if self.not_run.is_some() {
            return None;
        }
        if let Some(root) = &self.config.catalogue_root {
            self.further = input::catalogue(root, self.config, self.threads);
            self.read_further();
        }
        if self.not_run.is_some() {
            return None;
        }
        let catalogue = lint_catalogue(self.set, self.options, &self.index, InOrder(self));
        for found in &catalogue.findings {
            let places = self.primaries.entry(found.files[0]).or_default();
            places.push(found.finding.primary.span);
        }
        Some(catalogue)
    }

    fn read_further(&mut self) {
        let further = std::mem::take(&mut self.further);
        let (set, options, offset) = (self.set, self.options, self.items.len());
        let known = |number: usize| {
            let (seen, path) = (self.seen.as_ref()?, further.get(number).path?);
            Some(seen.contains(&identity(&path, None)))
        };
        // A file of the run is not read once more.
        let skip: Vec<bool> = (0..further.len())
            .map(|number| known(number).unwrap_or_default())
            .collect();
        let read = |mut job: Job| {
            let (turn, mut all, mut count) = (job.turn(), Vec::new(), 0);
            job.leave_out(&skip);
            job.each(&further, &mut |item, text: Text| {
                let read = text.content.map(|source| {
                    let (documents, mut records) = records(set, options.format_in, &source);
                    records.iter_mut().for_each(|(document, _)| *document += count);
                    count += documents;
                    (source, records)
                });
                all.push((item.clone(), text.item, text.place, read));
            });
            (turn.map_or(0, |turn| turn.pass(count)), all)
        };
        let feed = |push: Push<'_, Job>| stream::feed(&further, push);
        let ended: Result<(), ()> = ordered(self.threads, feed, read, &mut |step| {
            let Step::Done((before, texts)) = step else {
                return Ok(());
            };
            for (item, number, place, read) in texts {
                match read {
                    Err(error) => self.unread.push((item.shown, error)),
                    Ok((source, mut records)) => {
                        let number = offset + number;
                        let known = self.piece_of(number, &source);
                        if records.is_empty() || (known.is_none() && !self.is_new(item.path.as_deref(), place)) {
                            continue;
                        }
                        records.iter_mut().for_each(|(document, _)| *document += before);
                        let piece = known.unwrap_or_else(|| self.begin(number, place, &source));
                        self.index(piece, records);
                    }
                }
                if self.not_run.is_some() {
                    return Err(());
                }
            }
            Ok(())
        });
        // What stops early has said why.
        ended.unwrap_or_default();
        self.further = further;
    }

    /// The path of the file of a text of the index.
    pub fn path(&self, piece: u32) -> Option<std::path::PathBuf> {
        self.place(piece).0.path
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

    fn read_again(&self, piece: u32) -> Reread {
        let (item, place) = self.place(piece);
        let places = self.primaries.get(&piece).map(Vec::as_slice).unwrap_or_default();
        let format_in = self.options.format_in;
        if let Some(kept) = self.kept.get(&piece) {
            return reread(self.set, format_in, kept.clone(), places);
        }
        let read = match place {
            Some(place) => stream::read_again(&item, place),
            None => input::load(&item).ok(),
        };
        match read {
            Some(source) if self.index.is_unchanged(piece, source.text()) => {
                reread(self.set, format_in, Arc::new(source), places)
            }
            _ => Reread::gone(&item.shown),
        }
    }

    /// The file of a text of the index, and where it stands in it.
    fn place(&self, piece: u32) -> (Item, Option<Place>) {
        let Piece { file, at } = self.pieces[piece as usize];
        if at == Piece::WHOLE {
            return (item(self.items, &self.further, file as usize), None);
        }
        let part = self.parts[file as usize];
        let place = Place { at, ..part.place };
        (item(self.items, &self.further, part.item as usize), Some(place))
    }

    fn number(&self, piece: u32) -> usize {
        let Piece { file, at } = self.pieces[piece as usize];
        if at == Piece::WHOLE {
            file as usize
        } else {
            self.parts[file as usize].item as usize
        }
    }
}

/// The names of the texts of an index.
struct InOrder<'g, 'a>(&'g Gather<'a>);

impl Names for InOrder<'_, '_> {
    fn name(&self, file: u32) -> String {
        self.0.place(file).0.shown
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b, own) = (self.0.number(a), self.0.number(b), self.0.items.len());
        match (a < own, b < own) {
            _ if a == b => Ordering::Equal,
            (true, true) => self.0.items.compare(a, b),
            (false, false) => self.0.further.compare(a - own, b - own),
            _ => {
                let name = |number| item(self.0.items, &self.0.further, number).shown;
                name(a).cmp(&name(b))
            }
        }
    }
}

/// What tells one text from another: the file, and in a stream the place.
fn identity(path: &Path, place: Option<Place>) -> u64 {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let at = place.map(|place| place.part.offset + u64::from(place.at));
    FxBuildHasher.hash_one((absolute, at))
}

fn item(items: &Items, further: &Items, number: usize) -> Item {
    match number.checked_sub(items.len()) {
        None => items.get(number),
        Some(number) => further.get(number),
    }
}
