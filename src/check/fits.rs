//! `fits`

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::across::{Ids, number, shown};
use super::{Across, Kind};
use crate::catalogue::{Cell, Column, Conflicts, View};
use crate::descriptor::shorten;
use crate::language::{Language, mark};
use crate::number::Number;
use crate::path::Base;

/// Parts, wholes and their sizes.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// References to what the practice counts towards: an absolute path.
    pub into: String,
    /// References to what the practice is made of: an absolute path.
    pub made_of: String,
    /// The ids of the catalogue: an absolute path.
    pub to: String,
    /// What is compared, each for itself.
    pub sizes: Vec<Size>,
}

/// A size.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// The numbers: an absolute path.
    pub of: String,
    /// The unit of each, from the number; without it they are hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

#[derive(Debug)]
pub struct Fits {
    /// `into`, `made_of` and `to`, and behind them the sizes.
    columns: Vec<Arc<Column>>,
}

const INTO: usize = 0;
const MADE_OF: usize = 1;
const TO: usize = 2;
const SIZES: usize = 3;

impl Kind for Fits {
    type File = File;
    const PAGE: &'static str = "\
A part must not be larger than the whole. Who says on `into` what it counts towards is compared with that whole alone: \
there may be other ways to fill it. Who says on `made_of` what it consists of is compared with the sum of these parts, \
as far as their sizes are known. Sizes are compared where the unit is the same.";
    const PLACEHOLDERS: &'static [&'static str] = &["size", "unit", "whole", "value"];
    const ROLES: &'static [&'static str] = &["part"];

    fn compile(file: &File, _: &Base) -> Result<Fits, String> {
        let mut columns = Vec::new();
        for path in [&file.into, &file.made_of, &file.to] {
            columns.push(Arc::new(Column::new(path)?));
        }
        for size in &file.sizes {
            let column = Column::new(&size.of)?;
            columns.push(Arc::new(match &size.unit {
                Some(unit) => column.beside(unit)?,
                None => column,
            }));
        }
        Ok(Fits { columns })
    }

    fn across(&self) -> Option<&dyn Across> {
        Some(self)
    }
}

/// A whole and one of its parts, and which of them says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    whole: u32,
    part: u32,
    made_of: bool,
}

/// How large a practice is in a unit, and where it says so.
struct Known<'a> {
    unit: &'a str,
    number: Number,
    cell: Cell,
}

impl Across for Fits {
    fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    fn run(&self, view: &View<'_>, language: Language, found: &mut Conflicts) -> bool {
        let ids = Ids::new(view, TO);
        let sizes: Vec<Vec<Cell>> = (SIZES..self.columns.len())
            .map(|column| view.cells(column).collect())
            .collect();
        let mut pairs = Vec::new();
        for (column, made_of) in [(INTO, false), (MADE_OF, true)] {
            for cell in view.cells(column) {
                let Some(named) = ids.rank(view.symbol(cell)).filter(|named| *named != cell.rank) else {
                    continue;
                };
                let (whole, part) = if made_of { (cell.rank, named) } else { (named, cell.rank) };
                pairs.push(Pair { whole, part, made_of });
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut looked = false;
        for family in pairs.chunk_by(|a, b| a.whole == b.whole) {
            for whole in known(view, &sizes, family[0].whole) {
                looked |= compare(view, language, &ids, &sizes, family, &whole, found);
            }
        }
        looked
    }
}

/// The parts of one whole in one unit; says whether any of them has a size.
fn compare(
    view: &View<'_>,
    language: Language,
    ids: &Ids,
    sizes: &[Vec<Cell>],
    family: &[Pair],
    whole: &Known<'_>,
    found: &mut Conflicts,
) -> bool {
    let sized = |pair: &Pair| {
        let own = known(view, sizes, pair.part).into_iter();
        own.into_iter().find(|own| own.unit == whole.unit).map(|own| (*pair, own))
    };
    let parts: Vec<(Pair, Known<'_>)> = family.iter().filter_map(sized).collect();
    let mut tell = |size: Number, parts: &[&(Pair, Known<'_>)]| {
        let args = vec![
            ("size", crate::number::display(size, 3)),
            ("unit", language.tr(whole.unit).into_owned()),
            ("whole", shown(view.text(whole.cell))),
            ("value", shorten(ids.name(view, family[0].whole), 60)),
        ];
        let also = parts.iter().map(|(_, part)| ("part", view.spot(part.cell)));
        found.push(view.spot(whole.cell), also.collect(), args);
    };
    let made_of: Vec<&(Pair, Known<'_>)> = parts.iter().filter(|(pair, _)| pair.made_of).collect();
    let sum = made_of
        .iter()
        .fold(Number::from_integer(0), |sum, (_, part)| sum + part.number);
    let told = sum > whole.number;
    if told {
        tell(sum, &made_of);
    }
    for part in parts.iter().filter(|(pair, part)| !pair.made_of && part.number > whole.number) {
        let in_sum = told && made_of.binary_search_by_key(&part.0.part, |(pair, _)| pair.part).is_ok();
        if !in_sum {
            tell(part.1.number, &[part]);
        }
    }
    !parts.is_empty()
}

/// Whether a number can be the size of a course; a sum of these is exact, whatever their number.
fn is_a_size(number: &Number) -> bool {
    const LARGEST: i128 = 1_000_000;
    *number >= Number::from_integer(0) && *number <= Number::from_integer(LARGEST) && *number.denom() <= LARGEST
}

/// The sizes of a practice, one for each unit.
fn known<'a>(view: &View<'a>, sizes: &[Vec<Cell>], rank: u32) -> Vec<Known<'a>> {
    let mut known: Vec<Known<'a>> = Vec::new();
    for cells in sizes {
        let first = cells.partition_point(|cell| cell.rank < rank);
        for cell in cells[first..].iter().take_while(|cell| cell.rank == rank) {
            let mut parts = view.parts(*cell);
            let number = parts.next().and_then(number).filter(is_a_size);
            let unit = parts.next().unwrap_or(mark("hours"));
            if let Some(number) = number.filter(|_| !unit.is_empty() && known.iter().all(|known| known.unit != unit)) {
                known.push(Known {
                    unit,
                    number,
                    cell: *cell,
                });
            }
        }
    }
    known
}
