//! `look-up`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::holds::absent_place;
use super::range::bound;
use super::{Context, Failure, Kind};
use crate::language::Language;
use crate::condition::{entry_of, vocabulary_named};
use crate::descriptor::{Descriptor, FactId};
use crate::number::{self, Number};
use crate::path::{Base, Path};
use crate::pattern::LazyPattern;
use crate::vocabulary::{self, Data, Entry, Vocabulary};

/// Where the entry, the row and the value to compare stand.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The code whose vocabulary entry carries the table.
    pub entry: String,
    /// The part of that code which names the entry: the group of a regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The vocabulary, when the field's own is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
    /// The name of the table, list or single value in the entry's `values`; without it the entry itself is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The row of the table; without it the table is a list or a single value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The table in the entry's `values` with the URI of each row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uris: Option<String>,
    /// The value that must agree.
    pub expect: String,
    /// How far a number may be from the expected one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Whether only a value that is not stated fails, even where nothing can be looked up.
    #[serde(default)]
    pub absent: bool,
}

#[derive(Debug)]
pub struct LookUp {
    vocabulary: &'static Vocabulary,
    entry: Path,
    part: Option<LazyPattern>,
    table: Option<String>,
    row: Option<Cell>,
    uris: Option<String>,
    expect: Cell,
    within: Option<Number>,
    absent: bool,
}

/// A path to something that is compared, and the vocabulary through which its codes are read.
#[derive(Debug)]
struct Cell {
    path: Path,
    vocabulary: Option<&'static Vocabulary>,
}

impl Kind for LookUp {
    type File = File;
    const PAGE: &'static str = "\
The code on `entry` names a vocabulary entry; its `values` hold a table. The row named by `row` gives the values that \
the fact on `expect` may have; without `row` the table is a list or a single value, without `table` the entry itself is \
what is expected. Where the entry has no such table or row, there is nothing to check: an unconfirmed mapping is left \
out of the data, so it can never accuse anyone.

Codes on `row` and `expect` are read through their own vocabularies, levels also by the URIs in the table `uris`. `part` \
takes the entry from a part of a code, such as the country at the start of a region. With `within`, numbers may differ \
by so much. With `absent`, only a value that is not stated fails, and `expected` says what it should be where the table \
knows it.";
    const PLACEHOLDERS: &'static [&'static str] = &["entry", "row", "value", "expected", "snapshot", "key"];
    const ROLES: &'static [&'static str] = &["row"];

    fn compile(file: &File, base: &Base) -> Result<LookUp, String> {
        let (entry, end) = Path::compile(&file.entry, base)?;
        let vocabulary = vocabulary_named(file.vocabulary.as_deref().or(end.vocabulary()), &file.entry)?;
        let unknown = |name: &&String| !vocabulary.entries.iter().any(|entry| entry.value(name).is_some());
        if let Some(name) = file.table.iter().chain(&file.uris).find(unknown) {
            return Err(format!("no entry of the vocabulary `{}` has the value `{name}`", vocabulary.name));
        }
        let cell = |text: &String| {
            let (path, end) = Path::compile(text, base)?;
            Ok::<Cell, String>(Cell { path, vocabulary: end.vocabulary().and_then(vocabulary::embedded) })
        };
        Ok(LookUp {
            vocabulary,
            entry,
            part: file.part.as_deref().map(LazyPattern::new),
            table: file.table.clone(),
            row: file.row.as_ref().map(cell).transpose()?,
            uris: file.uris.clone(),
            expect: cell(&file.expect)?,
            within: bound(&file.within)?,
            absent: file.absent,
        })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let code = self.entry.first(descriptor, fact);
        let entry = code.and_then(|code| self.entry_of(descriptor, code));
        let row = self.row.as_ref().map_or(code, |row| row.path.first(descriptor, fact));
        let allowed = entry.zip(row).map(|(entry, row)| self.allowed(descriptor, entry, row)).unwrap_or_default();
        let value = self.expect.path.first(descriptor, fact);
        let stated = value.and_then(|value| self.read(descriptor, &self.expect, entry, value));
        let agrees = |stated: &String| allowed.is_empty() || allowed.iter().any(|allowed| self.agree(allowed, stated));
        if stated.as_ref().map_or(!self.absent, |stated| self.absent || agrees(stated)) {
            return;
        }
        let (at, key) = match value {
            Some(value) => (descriptor.place(value), descriptor.canonical_name(value)),
            // Where the format has no place for it, there is nothing to ask for.
            None => match absent_place(context, &self.expect.path, fact) {
                Some(there) => there,
                None => return,
            },
        };
        // Two rows may both ask for the same absent value.
        if stated.is_none() && failures.iter().any(|failure| failure.at == at) {
            return;
        }
        let args = vec![
            ("entry", entry.map(|entry| entry.slug.to_string()).unwrap_or_default()),
            ("row", row.map(|row| descriptor.shown(row)).unwrap_or_default()),
            ("value", value.map(|value| descriptor.shown(value)).unwrap_or_default()),
            ("expected", either(&allowed, context.language)),
            ("snapshot", self.vocabulary.snapshot.to_string()),
            ("key", key),
        ];
        let failure = Failure::new(at, args);
        failures.push(match row {
            Some(row) if descriptor.place(row) != at => failure.also("row", descriptor.place(row)),
            _ => failure,
        });
    }
}

impl LookUp {
    fn entry_of(&self, descriptor: &Descriptor<'_>, code: FactId) -> Option<&'static Entry> {
        let Some(part) = &self.part else { return entry_of(descriptor, code, self.vocabulary) };
        let found = part.get().captures(descriptor.plain_text(code)?.trim())?;
        let group = found.iter().skip(1).flatten().next()?;
        self.vocabulary.find(group.as_str())
    }

    /// The values that the table allows; none where it knows nothing.
    fn allowed(&self, descriptor: &Descriptor<'_>, entry: &'static Entry, row: FactId) -> Vec<&'static str> {
        let Some(table) = &self.table else { return vec![entry.slug] };
        let found = match &self.row {
            None => entry.value(table),
            Some(cell) => self.read(descriptor, cell, Some(entry), row).and_then(|row| entry.value(table)?.get(&row)),
        };
        match found {
            Some(Data::List(items)) => items.iter().filter_map(Data::text).collect(),
            Some(single) => single.text().into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// A number or code as the text by which tables are keyed: `4`, `4.0`, `level 4` and `…/eqf/4` are `4`.
    fn read(&self, descriptor: &Descriptor<'_>, cell: &Cell, entry: Option<&Entry>, id: FactId) -> Option<String> {
        if let Some(number) = descriptor.number(id) {
            return Some(number::display(number, 2));
        }
        if let Some(known) = cell.vocabulary.and_then(|vocabulary| entry_of(descriptor, id, vocabulary)) {
            return Some(known.slug.to_string());
        }
        let text = descriptor.plain_text(id)?.trim();
        let last = text.rsplit('/').next().unwrap_or(text);
        if let Some(row) = self.uris.as_ref().and_then(|uris| row_of(entry?.value(uris)?, last)) {
            return Some(row.to_string());
        }
        let word = last.rsplit(char::is_whitespace).next().unwrap_or(last);
        Some(number::parse(word).map_or_else(|| last.to_string(), |number| number::display(number, 2)))
    }

    fn agree(&self, allowed: &str, stated: &str) -> bool {
        match (self.within, number::parse(allowed), number::parse(stated)) {
            (Some(within), Some(allowed), Some(stated)) => allowed - stated <= within && stated - allowed <= within,
            _ => allowed.eq_ignore_ascii_case(stated),
        }
    }
}

/// The row whose URI ends in a code.
fn row_of(uris: &'static Data, code: &str) -> Option<&'static str> {
    let Data::Table(rows) = uris else { return None };
    let ends = |uri: &Data| uri.text().is_some_and(|uri| uri.rsplit('/').next() == Some(code));
    rows.iter().find(|(_, uri)| ends(uri)).map(|(row, _)| *row)
}

/// `1, 2 or 3`.
fn either(values: &[&str], language: Language) -> String {
    match values.split_last() {
        Some((last, rest)) if !rest.is_empty() => language.fill("{a} or {b}", &[("a", &rest.join(", ")), ("b", last)]),
        _ => values.concat(),
    }
}
