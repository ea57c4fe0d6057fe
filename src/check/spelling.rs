//! `spelling`

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Across, Kind};
use crate::catalogue::{Cell, Column, Conflicts, View, fold};
use crate::descriptor::shorten;
use crate::language::Language;
use crate::path::Base;

/// The names, and what tells two of them apart that read alike.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The names: an absolute path.
    pub of: String,
    /// Facts beside each name; where two of a kind differ, the names are of two things.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<String>,
}

#[derive(Debug)]
pub struct Spelling {
    columns: Vec<Arc<Column>>,
    apart: usize,
}

impl Kind for Spelling {
    type File = File;
    const PAGE: &'static str = "\
Names on `of` that differ only in case, accents, punctuation, spaces or the legal form must be spelt alike throughout the \
catalogue. They are taken for names of one thing unless their legal forms or their facts under `apart` differ; where some \
differ, those that state none are left alone. The spelling that most practices use, and of equals the first, is taken for \
the usual one; one finding for each other.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "usual", "count"];
    const ROLES: &'static [&'static str] = &["again", "usual"];

    fn compile(file: &File, _: &Base) -> Result<Spelling, String> {
        let mut column = Column::new(&file.of)?;
        for path in &file.apart {
            column = column.beside(path)?;
        }
        Ok(Spelling {
            columns: vec![Arc::new(column)],
            apart: file.apart.len(),
        })
    }

    fn across(&self) -> Option<&dyn Across> {
        Some(self)
    }
}

impl Across for Spelling {
    fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    fn run(&self, view: &View<'_>, _: Language, found: &mut Conflicts) -> bool {
        let key = |cell: Cell| fold::name(view.text(cell)).0;
        let mut deviating = Vec::new();
        for group in view.groups(view.cells(0), key) {
            // Most names are spelt in one way everywhere, and then nothing more is to be asked.
            let first = view.text(group[0]);
            if group.iter().all(|cell| view.text(*cell) == first) {
                continue;
            }
            for one in self.apart(view, group) {
                deviations(view, &one, &mut deviating);
            }
        }
        deviating.sort_unstable_by_key(|(cells, ..)| cells[0]);
        for (cells, usual, count) in deviating {
            let args = vec![
                ("value", shorten(view.text(cells[0]), 80)),
                ("usual", shorten(view.text(usual), 80)),
                ("count", count.to_string()),
            ];
            let mut also = vec![("usual", view.spot(usual))];
            also.extend(cells[1..].iter().map(|cell| ("again", view.spot(*cell))));
            found.push(view.spot(cells[0]), also, args);
        }
        view.cells(0).next().is_some()
    }
}

impl Spelling {
    /// The names of a group thing by thing.
    fn apart(&self, view: &View<'_>, group: Vec<Cell>) -> Vec<Vec<Cell>> {
        let form = |cell: Cell| fold::name(view.text(cell)).1.to_string();
        let mut groups = split(vec![group], &form);
        for number in 1..=self.apart {
            let fact = |cell: Cell| fold::letters(view.parts(cell).nth(number).unwrap_or_default());
            groups = split(groups, &fact);
        }
        groups
    }
}

/// Groups by a fact where at least two values are stated; those that state none could be either, and drop out.
fn split(groups: Vec<Vec<Cell>>, fact: &dyn Fn(Cell) -> String) -> Vec<Vec<Cell>> {
    let mut out = Vec::new();
    for group in groups {
        let mut parts: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
        for cell in &group {
            parts.entry(fact(*cell)).or_default().push(*cell);
        }
        if parts.keys().filter(|value| !value.is_empty()).count() < 2 {
            out.push(group);
        } else {
            parts.remove("");
            out.extend(parts.into_values());
        }
    }
    out
}

/// Every spelling but the usual one: its places, a place of the usual one and how often that is used.
fn deviations(view: &View<'_>, cells: &[Cell], out: &mut Vec<(Vec<Cell>, Cell, usize)>) {
    let mut spellings: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    for cell in cells {
        spellings.entry(fold::shown(view.text(*cell))).or_default().push(*cell);
    }
    let mut spellings: Vec<Vec<Cell>> = spellings.into_values().collect();
    spellings.sort_by_key(|cells| (std::cmp::Reverse(cells.len()), cells[0]));
    let [usual, others @ ..] = spellings.as_slice() else { return };
    // One practice may have the name of a body in two languages, and two spellings for that.
    let beside = |cell: &Cell| usual.binary_search_by_key(&cell.rank, |usual| usual.rank).is_ok();
    for other in others {
        let other: Vec<Cell> = other.iter().copied().filter(|cell| !beside(cell)).collect();
        if !other.is_empty() {
            out.push((other, usual[0], usual.len()));
        }
    }
}
