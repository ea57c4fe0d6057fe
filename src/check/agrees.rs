//! `agrees`

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::across::shown;
use super::{Across, Kind};
use crate::catalogue::{Cell, Column, Conflicts, View, fold};
use crate::descriptor::shorten;
use crate::language::Language;
use crate::path::Base;

/// What makes two practices one, and what they must agree on then.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The name of the practice: an absolute path.
    pub name: String,
    /// Whose it is: an absolute path.
    pub by: String,
    /// What must agree.
    pub facts: Vec<Fact>,
}

/// A fact that is compared.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Its values: an absolute path.
    pub of: String,
    /// Where it is one fact for each unit: the unit, from the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

#[derive(Debug)]
pub struct Agrees {
    /// `name` and `by`, and behind them the facts.
    columns: Vec<Arc<Column>>,
}

const NAME: usize = 0;
const BY: usize = 1;
const FACTS: usize = 2;

impl Kind for Agrees {
    type File = File;
    const PAGE: &'static str = "\
Practices that have a name and a body in common (case, accents, punctuation and legal forms do not count) must state the \
same on every path under `facts`; what only one of them states is no disagreement. One finding for each fact, with a \
place in every file that states it.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "by", "count", "key", "unit", "values"];
    const ROLES: &'static [&'static str] = &["same", "other"];

    fn compile(file: &File, _: &Base) -> Result<Agrees, String> {
        let mut columns = vec![Arc::new(Column::new(&file.name)?), Arc::new(Column::new(&file.by)?)];
        for fact in &file.facts {
            let column = Column::new(&fact.of)?;
            columns.push(Arc::new(match &fact.unit {
                Some(unit) => column.beside(unit)?,
                None => column,
            }));
        }
        Ok(Agrees { columns })
    }

    fn across(&self) -> Option<&dyn Across> {
        Some(self)
    }
}

impl Across for Agrees {
    fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    fn run(&self, view: &View<'_>, _: Language, found: &mut Conflicts) -> bool {
        let mut groups = view.groups_of_pairs(NAME, BY, |name, by| {
            let (name, by) = (fold::letters(view.text(name)), fold::name(view.text(by)).0);
            format!("{name} {by}")
        });
        let facts: Vec<Vec<Cell>> = (FACTS..self.columns.len())
            .map(|column| view.cells(column).collect())
            .collect();
        let mut looked = false;
        let mut told = FxHashSet::default();
        for group in &mut groups {
            group.dedup_by_key(|(name, _)| name.rank);
            if group.len() < 2 {
                continue;
            }
            looked = true;
            for (fact, cells) in facts.iter().enumerate() {
                for (unit, stated) in by_unit(view, group, cells) {
                    let first = stated[0];
                    let other = stated.iter().find(|cell| view.symbol(**cell) != view.symbol(first));
                    // Names in several languages bring the same practices together more than once.
                    if other.is_some_and(|other| told.insert((first, *other))) {
                        self.tell(view, group, (fact, unit), &stated, found);
                    }
                }
            }
        }
        looked
    }
}

/// What the practices of a group state of a fact, by unit.
fn by_unit<'a>(view: &View<'a>, group: &[(Cell, Cell)], cells: &[Cell]) -> BTreeMap<&'a str, Vec<Cell>> {
    let mut units: BTreeMap<&str, Vec<Cell>> = BTreeMap::new();
    for (name, _) in group {
        let first = cells.partition_point(|cell| cell.rank < name.rank);
        for cell in cells[first..].iter().take_while(|cell| cell.rank == name.rank) {
            let unit = view.parts(*cell).nth(1).unwrap_or_default();
            units.entry(unit).or_default().push(*cell);
        }
    }
    units
}

impl Agrees {
    fn tell(
        &self,
        view: &View<'_>,
        group: &[(Cell, Cell)],
        (fact, unit): (usize, &str),
        stated: &[Cell],
        found: &mut Conflicts,
    ) {
        let first = stated[0];
        let role = |cell: &Cell| {
            if view.symbol(*cell) == view.symbol(first) {
                "same"
            } else {
                "other"
            }
        };
        let mut values: Vec<String> = Vec::new();
        for cell in stated {
            let value = shown(view.text(*cell));
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if values.len() > 4 {
            values.truncate(3);
            values.push("…".to_string());
        }
        let (name, by) = group[0];
        let args = vec![
            ("value", shorten(view.text(name), 60)),
            ("by", shorten(view.text(by), 60)),
            ("count", group.len().to_string()),
            ("key", self.columns[FACTS + fact].key()),
            ("unit", unit.to_string()),
            ("values", values.join(", ")),
        ];
        let also = stated[1..].iter().map(|cell| (role(cell), view.spot(*cell)));
        found.push(view.spot(first), also.collect(), args);
    }
}
