//! The records of a catalogue, compactly.
//!
//! Per practice 12 bytes, per file 8, per value 12, and every different text once with 9 to 15 bytes beside it. A
//! practice with an id, a title, a body, hours, credits, a level, a prerequisite and a stacking target comes to 225 bytes
//! in all, reserves included; the test `a_record_stays_small` measures it and allows 250.

use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

use super::column::Draft;
use crate::source::Span;

/// One practice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) file: u32,
    pub(super) document: u32,
    first: u32,
}

/// One value of one practice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    pub(super) text: u32,
    start: u32,
    pub(super) column: u16,
    length: u16,
}

impl Stored {
    pub(super) fn span(self) -> Span {
        Span {
            start: self.start,
            end: self.start + u32::from(self.length),
        }
    }
}

/// The records of a catalogue. Files are numbers; whoever fills the index knows their names.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) records: Vec<Record>,
    pub(super) stored: Vec<Stored>,
    pub(super) texts: Texts,
    fingerprints: Vec<u64>,
}

impl Index {
    /// Adds a practice: the number of its file, the file's [`fingerprint`](Index::fingerprint), the number of the
    /// document in it.
    pub fn add(&mut self, file: u32, fingerprint: u64, document: usize, draft: &Draft) {
        let files = file as usize + 1;
        if self.fingerprints.len() < files {
            grow(&mut self.fingerprints, files);
            self.fingerprints.resize(files, 0);
        }
        self.fingerprints[file as usize] = fingerprint;
        let first = narrow(self.stored.len());
        let document = narrow(document);
        push(&mut self.records, Record { file, document, first });
        for (column, text, span) in draft.values() {
            let stored = Stored {
                text: self.texts.intern(text),
                start: span.start,
                column,
                length: u16::try_from(span.range().len()).unwrap_or(u16::MAX),
            };
            push(&mut self.stored, stored);
        }
    }

    /// How many practices it holds.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What tells one content of a file from another.
    pub fn fingerprint(text: &str) -> u64 {
        hash(text)
    }

    /// Whether a file still has the content from which its records were made.
    pub fn is_unchanged(&self, file: u32, text: &str) -> bool {
        self.fingerprints.get(file as usize) == Some(&hash(text))
    }

    /// Bytes that it takes, reserves included.
    pub fn bytes(&self) -> usize {
        self.records.capacity() * size_of::<Record>()
            + self.stored.capacity() * size_of::<Stored>()
            + self.fingerprints.capacity() * size_of::<u64>()
            + self.texts.bytes()
    }

    pub(super) fn values_of(&self, record: u32) -> std::ops::Range<u32> {
        let next = self.records.get(record as usize + 1);
        let end = next.map_or(narrow(self.stored.len()), |next| next.first);
        self.records[record as usize].first..end
    }
}

/// Every different text once.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: String,
    ends: Vec<u32>,
    /// Open addressing over numbers of texts plus one; zero is free. A power of two, at most three quarters full.
    slots: Vec<u32>,
}

impl Texts {
    pub(super) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[number] as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn intern(&mut self, text: &str) -> u32 {
        if (self.ends.len() + 1) * 4 > self.slots.len() * 3 {
            self.rehash();
        }
        let slot = self.slot(text);
        if self.slots[slot] != 0 {
            return self.slots[slot] - 1;
        }
        if self.bytes.capacity() - self.bytes.len() < text.len() {
            self.bytes.reserve_exact(text.len().max(spare(self.bytes.len())));
        }
        self.bytes.push_str(text);
        let end = narrow(self.bytes.len());
        push(&mut self.ends, end);
        self.slots[slot] = narrow(self.ends.len());
        self.slots[slot] - 1
    }

    /// Where a text stands, or the free slot where it belongs.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        // The upper bits of this hash are the good ones.
        let mut slot = (hash(text) >> 20) as usize & mask;
        while self.slots[slot] != 0 && self.get(self.slots[slot] - 1) != text {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn rehash(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = vec![0; size];
        for number in 0..narrow(self.ends.len()) {
            let slot = self.slot(self.get(number));
            self.slots[slot] = number + 1;
        }
    }

    fn bytes(&self) -> usize {
        self.bytes.capacity() + (self.ends.capacity() + self.slots.capacity()) * size_of::<u32>()
    }
}

pub(super) fn hash(text: impl Hash) -> u64 {
    FxBuildHasher.hash_one(text)
}

/// Four billion values are 48 GB; a catalogue is far smaller.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Growing by an eighth instead of by doubling: the reserve is what a million records would pay for.
fn push<T>(list: &mut Vec<T>, item: T) {
    grow(list, list.len() + 1);
    list.push(item);
}

fn grow<T>(list: &mut Vec<T>, wanted: usize) {
    if list.capacity() < wanted {
        list.reserve_exact((wanted - list.len()).max(spare(list.len())));
    }
}

fn spare(length: usize) -> usize {
    (length / 8).max(64)
}
