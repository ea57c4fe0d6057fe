//! What checks over a catalogue have in common.

use std::fmt::Debug;
use std::sync::Arc;

use crate::catalogue::{Cell, Column, Conflicts, View};
use crate::language::Language;

/// A check over a catalogue instead of one descriptor.
pub trait Across: Debug {
    /// The values that it needs of every practice.
    fn columns(&self) -> &[Arc<Column>];

    /// Looks at all of them; says whether there was anything to look at. The language is that of values that are words.
    fn run(&self, view: &View<'_>, language: Language, found: &mut Conflicts) -> bool;
}

/// The ids of a catalogue. Where several practices have one id, references mean the first.
pub(super) struct Ids {
    by_symbol: Vec<u32>,
    by_rank: Vec<Cell>,
}

const NOBODY: u32 = u32::MAX;

impl Ids {
    pub(super) fn new(view: &View<'_>, column: usize) -> Ids {
        let mut ids = Ids {
            by_symbol: vec![NOBODY; view.symbols()],
            by_rank: view.cells(column).collect(),
        };
        for cell in &ids.by_rank {
            let own = &mut ids.by_symbol[view.symbol(*cell) as usize];
            *own = (*own).min(cell.rank);
        }
        ids.by_rank.dedup_by_key(|cell| cell.rank);
        ids
    }

    /// The practice that a reference names.
    pub(super) fn rank(&self, symbol: u32) -> Option<u32> {
        let rank = *self.by_symbol.get(symbol as usize)?;
        (rank != NOBODY).then_some(rank)
    }

    /// Where a practice says its id.
    pub(super) fn cell(&self, rank: u32) -> Option<Cell> {
        let at = self.by_rank.binary_search_by_key(&rank, |cell| cell.rank).ok()?;
        Some(self.by_rank[at])
    }

    /// The id of a practice.
    pub(super) fn name<'a>(&self, view: &View<'a>, rank: u32) -> &'a str {
        self.cell(rank).map_or("…", |cell| view.text(cell))
    }
}

/// A number as a column keeps it.
pub(super) fn number(text: &str) -> Option<crate::number::Number> {
    text.parse().ok()
}

/// A value as people read it.
pub(super) fn shown(text: &str) -> String {
    number(text).map_or_else(|| text.to_string(), |number| crate::number::display(number, 3))
}
