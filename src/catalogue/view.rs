//! What a check over a catalogue sees, and what it reports.

use std::cmp::Ordering;

use super::column::SEPARATOR;
use super::index::{Index, hash};
use crate::source::Span;

/// Most findings of one rule in one catalogue; the rest is counted.
const MAX_CONFLICTS: usize = 1000;

/// Most places of one finding; a body spelt wrongly in a thousand files is found in the first hundred.
const MAX_PLACES: usize = 100;

/// A value of a record: the record's rank in the order of the catalogue, and the value's number in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Rank of the record.
    pub rank: u32,
    value: u32,
}

/// A place in a file of a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The number of the file.
    pub file: u32,
    /// The bytes.
    pub span: Span,
}

/// The columns of one check over all records.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    index: &'a Index,
    order: &'a [u32],
    columns: &'a [u16],
}

impl<'a> View<'a> {
    /// The columns of a check; `order` as made by [`View::order`].
    pub fn new(index: &'a Index, order: &'a [u32], columns: &'a [u16]) -> View<'a> {
        View { index, order, columns }
    }

    /// The records in the order of the names of their files, then of the documents in them.
    pub fn order(index: &Index, names: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
        let mut order: Vec<u32> = (0..index.records.len() as u32).collect();
        let record = |number: u32| &index.records[number as usize];
        order.sort_by(|a, b| {
            let (a, b) = (record(*a), record(*b));
            names(a.file, b.file).then_with(|| a.document.cmp(&b.document))
        });
        order
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.order.len()
    }

    /// How many different texts there are; see [`View::symbol`].
    pub fn symbols(&self) -> usize {
        self.index.texts.len()
    }

    /// The values in the check's column of that number, record by record.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = Cell> + use<'a> {
        let wanted = self.columns.get(column).copied().unwrap_or(u16::MAX);
        let (index, order) = (self.index, self.order);
        (0u32..).zip(order).flat_map(move |(rank, record)| {
            index
                .values_of(*record)
                .filter(move |value| index.stored[*value as usize].column == wanted)
                .map(move |value| Cell { rank, value })
        })
    }

    /// The value, without what stands beside it.
    pub fn text(&self, cell: Cell) -> &'a str {
        self.parts(cell).next().unwrap_or_default()
    }

    /// The value and what stands beside it, in the order of the column; empty where nothing is stated.
    pub fn parts(&self, cell: Cell) -> impl Iterator<Item = &'a str> + use<'a> {
        self.index.texts.get(self.symbol(cell)).split(SEPARATOR)
    }

    /// A number for the text of the value and what stands beside it; equal texts have equal numbers.
    pub fn symbol(&self, cell: Cell) -> u32 {
        self.index.stored[cell.value as usize].text
    }

    /// Where the value stands.
    pub fn spot(&self, cell: Cell) -> Spot {
        Spot {
            file: self.index.records[self.order[cell.rank as usize] as usize].file,
            span: self.index.stored[cell.value as usize].span(),
        }
    }

    /// Cells that have one key in common, at least two each, in the order of their first cells. The key is made from
    /// the symbol of a cell, once for each symbol in a row.
    pub fn groups(&self, cells: impl Iterator<Item = Cell>, key: impl Fn(Cell) -> String) -> Vec<Vec<Cell>> {
        let mut cells: Vec<Cell> = cells.collect();
        cells.sort_unstable_by_key(|cell| (self.symbol(*cell), *cell));
        let mut keyed: Vec<(u64, Cell)> = Vec::with_capacity(cells.len());
        let mut last = None;
        for cell in cells {
            let symbol = self.symbol(cell);
            let hash = match last {
                Some((known, hash)) if known == symbol => hash,
                _ => hash(key(cell)),
            };
            last = Some((symbol, hash));
            keyed.push((hash, cell));
        }
        alike(keyed, |cell| key(*cell))
    }
}

impl View<'_> {
    /// Practices that have a value of two columns in common, by a key of both: every pair of values, grouped.
    pub fn groups_of_pairs(
        &self,
        first: usize,
        second: usize,
        key: impl Fn(Cell, Cell) -> String,
    ) -> Vec<Vec<(Cell, Cell)>> {
        let others: Vec<Cell> = self.cells(second).collect();
        let mut keyed = Vec::new();
        for cell in self.cells(first) {
            let start = others.partition_point(|other| other.rank < cell.rank);
            let own = others[start..].iter().take_while(|other| other.rank == cell.rank);
            keyed.extend(own.map(|other| (hash(key(cell, *other)), (cell, *other))));
        }
        alike(keyed, |(cell, other)| key(*cell, *other))
    }
}

/// Items of one key, at least two each, in the order of the items. Hashes first, so that keys are only made again where
/// hashes meet.
fn alike<T: Copy + Ord>(mut keyed: Vec<(u64, T)>, key: impl Fn(&T) -> String) -> Vec<Vec<T>> {
    keyed.sort_unstable();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for run in keyed.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let mut parts: Vec<(String, Vec<T>)> = Vec::new();
        for (_, item) in run {
            let own = key(item);
            match parts.iter_mut().find(|(known, _)| *known == own) {
                Some((_, part)) => part.push(*item),
                None => parts.push((own, vec![*item])),
            }
        }
        groups.extend(parts.into_iter().map(|(_, part)| part).filter(|part| part.len() > 1));
    }
    groups.sort_unstable();
    groups
}

/// Something that a check over a catalogue found: places by role, the primary first, and values for the rule's texts.
#[derive(Debug)]
pub struct Conflict {
    /// The primary place and, when its words are not the rule's `label`, its role.
    pub at: (&'static str, Spot),
    /// Further places by role.
    pub also: Vec<(&'static str, Spot)>,
    /// Values of placeholders.
    pub args: Vec<(&'static str, String)>,
}

/// What a check over a catalogue reports, in the order of the catalogue.
#[derive(Debug, Default)]
pub struct Conflicts {
    /// Those that are kept.
    pub kept: Vec<Conflict>,
    /// How many more there are.
    pub omitted: usize,
}

impl Conflicts {
    /// Whether further ones are only counted, and need no words.
    pub fn is_full(&self) -> bool {
        self.kept.len() == MAX_CONFLICTS
    }

    /// Adds one.
    pub fn push(&mut self, at: Spot, also: Vec<(&'static str, Spot)>, args: Vec<(&'static str, String)>) {
        self.push_as("", at, also, args);
    }

    /// Adds one whose primary place is worded by a role.
    pub fn push_as(
        &mut self,
        role: &'static str,
        at: Spot,
        mut also: Vec<(&'static str, Spot)>,
        args: Vec<(&'static str, String)>,
    ) {
        if self.is_full() {
            self.omitted += 1;
            return;
        }
        also.truncate(MAX_PLACES - 1);
        self.kept.push(Conflict {
            at: (role, at),
            also,
            args,
        });
    }
}
