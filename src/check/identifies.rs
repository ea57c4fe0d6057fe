//! `identifies`

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Across, Kind};
use crate::catalogue::{Column, Conflicts, View, fold};
use crate::descriptor::shorten;
use crate::language::Language;
use crate::path::Base;

/// The values that each name one practice.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The values: an absolute path.
    pub of: String,
}

#[derive(Debug)]
pub struct Identifies {
    columns: Vec<Arc<Column>>,
}

impl Kind for Identifies {
    type File = File;
    const PAGE: &'static str = "\
No two practices of the catalogue may have the same value on `of`; case does not tell values apart. One finding for each \
value, with a place in every file that has it.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "count", "others"];
    const ROLES: &'static [&'static str] = &["again"];

    fn compile(file: &File, _: &Base) -> Result<Identifies, String> {
        Ok(Identifies {
            columns: vec![Arc::new(Column::new(&file.of)?)],
        })
    }

    fn across(&self) -> Option<&dyn Across> {
        Some(self)
    }
}

impl Across for Identifies {
    fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    fn run(&self, view: &View<'_>, _: Language, found: &mut Conflicts) -> bool {
        for mut group in view.groups(view.cells(0), |cell| fold::id(view.text(cell))) {
            group.dedup_by_key(|cell| cell.rank);
            let [first, rest @ ..] = group.as_slice() else { continue };
            if rest.is_empty() {
                continue;
            }
            let value = view.text(*first);
            let mut others: Vec<&str> = rest.iter().map(|cell| view.text(*cell)).collect();
            others.retain(|other| *other != value);
            others.sort_unstable();
            others.dedup();
            others.truncate(3);
            let args = vec![
                ("value", shorten(value, 60)),
                ("count", group.len().to_string()),
                ("others", others.join("`, `")),
            ];
            let also = rest.iter().map(|cell| ("again", view.spot(*cell)));
            found.push(view.spot(*first), also.collect(), args);
        }
        view.cells(0).next().is_some()
    }
}
