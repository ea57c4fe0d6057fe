//! `look-up`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::condition::{vocabulary_named, word};
use crate::descriptor::{Descriptor, FactId};
use crate::number;
use crate::path::{Base, Path};
use crate::vocabulary::{Data, Vocabulary};

/// Where the entry, the row and the value to compare stand.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The code whose vocabulary entry carries the table.
    pub entry: String,
    /// The name of the table (or scalar) in the entry's `values`.
    pub table: String,
    /// The row of the table; without it the table is a single value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The value that must agree.
    pub expect: String,
    /// The vocabulary, when the field's own is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
}

#[derive(Debug)]
pub struct LookUp {
    vocabulary: &'static Vocabulary,
    entry: Path,
    table: String,
    row: Option<Path>,
    expect: Path,
}

impl Kind for LookUp {
    type File = File;
    const PAGE: &'static str = "\
The code on `entry` names a vocabulary entry; its `values` hold a table. The row named by `row` gives the values that \
the fact on `expect` may have. Where the entry has no such table or row, there is nothing to check: an unconfirmed \
mapping is left out of the data, so it can never accuse anyone.";
    const PLACEHOLDERS: &'static [&'static str] = &["entry", "row", "value", "expected", "snapshot"];
    const ROLES: &'static [&'static str] = &["row"];

    fn compile(file: &File, base: &Base) -> Result<LookUp, String> {
        let path = |text: &str| Path::compile(text, base);
        let (entry, end) = path(&file.entry)?;
        let vocabulary = vocabulary_named(file.vocabulary.as_deref().or(end.vocabulary()), &file.entry)?;
        if !vocabulary.entries.iter().any(|entry| entry.value(&file.table).is_some()) {
            return Err(format!("no entry of the vocabulary `{}` has the value `{}`", vocabulary.name, file.table));
        }
        let row = file.row.as_ref().map(|text| path(text).map(|(path, _)| path)).transpose()?;
        Ok(LookUp { vocabulary, entry, table: file.table.clone(), row, expect: path(&file.expect)?.0 })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let Some((row, expected, entry)) = self.row_of(descriptor, fact) else { return };
        let Some(value) = self.expect.first(descriptor, fact) else { return };
        let Some(stated) = comparable(descriptor, value) else { return };
        let allowed: Vec<String> = match expected {
            Data::List(items) => items.iter().map(text_of).collect(),
            single => vec![text_of(single)],
        };
        if allowed.contains(&stated) {
            return;
        }
        let args = vec![
            ("entry", entry.to_string()),
            ("row", descriptor.shown(row)),
            ("value", descriptor.shown(value)),
            ("expected", allowed.join(" or ")),
            ("snapshot", self.vocabulary.snapshot.to_string()),
        ];
        failures.push(Failure::new(descriptor.place(value), args).also("row", descriptor.place(row)));
    }
}

impl LookUp {
    fn row_of(&self, descriptor: &Descriptor<'_>, fact: FactId) -> Option<(FactId, &'static Data, &'static str)> {
        let code = self.entry.first(descriptor, fact)?;
        let entry = self.vocabulary.find(word(descriptor, code)?)?;
        let table = entry.value(&self.table)?;
        match &self.row {
            None => Some((code, table, entry.slug)),
            Some(path) => {
                let row = path.first(descriptor, fact)?;
                Some((row, table.get(&comparable(descriptor, row)?)?, entry.slug))
            }
        }
    }
}

/// Numbers and codes as the text by which tables are keyed: `4`, `4.0` and `…/eqf/4` are `4`.
fn comparable(descriptor: &Descriptor<'_>, id: FactId) -> Option<String> {
    if let Some(number) = descriptor.number(id) {
        return Some(number::display(number, 2));
    }
    let text = descriptor.plain_text(id)?.trim();
    let last = text.rsplit('/').next().unwrap_or(text);
    Some(number::parse(last).map_or_else(|| last.to_string(), |number| number::display(number, 2)))
}

fn text_of(value: &Data) -> String {
    value.text().unwrap_or_default().to_string()
}
