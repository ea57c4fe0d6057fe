//! Which values of a practice a record keeps.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::condition::{Condition, ConditionFile};
use crate::descriptor::{Descriptor, FactId, Value};
use crate::path::{Base, Path};
use crate::source::Span;
use crate::vocabulary::{self, Vocabulary};

/// Between a value and those that are kept beside it. No text of a descriptor contains it: YAML and JSON forbid it
/// unescaped, and where it was escaped it is dropped with other spaces.
pub(super) const SEPARATOR: char = '\u{1f}';

/// Longest value that is kept, in bytes. No id, name or title is longer; a text that is has nothing to be compared with.
const LONGEST: usize = 1000;

/// The values on a path, each perhaps with others beside it.
#[derive(Debug)]
pub struct Column {
    path: Path,
    end: Base,
    vocabulary: Option<&'static Vocabulary>,
    beside: Vec<(Path, Option<&'static Vocabulary>)>,
    only: Option<Condition>,
    name: String,
}

impl Column {
    /// The values on an absolute path; the error is a sentence for the author of the rule.
    pub fn new(path: &str) -> Result<Column, String> {
        if !path.starts_with('/') {
            return Err(format!("`{path}` must start at the outermost mapping, with `/`"));
        }
        let (compiled, end) = Path::compile(path, &Base::root())?;
        Ok(Column {
            path: compiled,
            vocabulary: list_of(&end),
            end,
            beside: Vec::new(),
            only: None,
            name: path.to_string(),
        })
    }

    /// With the first value on a path that starts at each value.
    pub fn beside(mut self, path: &str) -> Result<Column, String> {
        let (compiled, end) = Path::compile(path, &self.end)?;
        self.beside.push((compiled, list_of(&end)));
        self.name = format!("{} & {path}", self.name);
        Ok(self)
    }

    /// Only the values for which a condition holds.
    pub fn only(mut self, file: &ConditionFile) -> Result<Column, String> {
        self.only = Some(Condition::compile(file, &self.end)?);
        let written = serde_json::to_string(file).unwrap_or_default();
        self.name = format!("{} if {written}", self.name);
        Ok(self)
    }

    /// The path in words: `stackability.part_of`.
    pub fn key(&self) -> String {
        let segments = self.path.text().split('/');
        let named: Vec<&str> = segments
            .filter(|part| !part.is_empty() && !matches!(*part, "*" | "id" | "name" | "points"))
            .collect();
        if named.is_empty() {
            "id".to_string()
        } else {
            named.join(".")
        }
    }

    fn read(&self, descriptor: &Descriptor<'_>, values: &mut dyn FnMut(String, Span)) {
        self.path.visit(descriptor, FactId::ROOT, &mut |fact| {
            let wanted = self.only.as_ref().is_none_or(|only| only.holds(descriptor, fact));
            if !wanted {
                return;
            }
            words(descriptor, fact, self.vocabulary, &mut |mut text, span| {
                for (path, list) in &self.beside {
                    let mut first = None;
                    if let Some(fact) = path.first(descriptor, fact) {
                        words(descriptor, fact, *list, &mut |text, _| {
                            first.get_or_insert(text);
                        });
                    }
                    text.push(SEPARATOR);
                    text.push_str(first.as_deref().unwrap_or_default());
                }
                values(text, span);
            });
        });
    }
}

fn list_of(end: &Base) -> Option<&'static Vocabulary> {
    end.vocabulary().and_then(vocabulary::embedded)
}

/// What a fact says, as text: codes by their slug, numbers as fractions, a text in several languages as several.
fn words(descriptor: &Descriptor<'_>, fact: FactId, list: Option<&Vocabulary>, say: &mut dyn FnMut(String, Span)) {
    if let Value::Number(number) = descriptor.fact(fact).value {
        return say(number.to_string(), descriptor.place(fact).span);
    }
    for (_, id, text) in descriptor.texts(fact) {
        let known = list.and_then(|list| list.find(text)).map(|entry| entry.slug);
        let parts = known
            .unwrap_or(text)
            .split(|c: char| c.is_whitespace() || c == SEPARATOR);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let text = parts.join(" ");
        if !text.is_empty() && text.len() <= LONGEST {
            say(text, descriptor.place(id).span);
        }
    }
}

/// The record of one practice on its way into an [`super::Index`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Draft {
    text: String,
    values: Vec<(u16, u32, Span)>,
}

impl Draft {
    /// Column, text and place of every value.
    pub(super) fn values(&self) -> impl Iterator<Item = (u16, &str, Span)> {
        let mut from = 0;
        self.values.iter().map(move |(column, end, span)| {
            let text = &self.text[from as usize..*end as usize];
            from = *end;
            (*column, text, *span)
        })
    }
}

/// All columns that the rules over catalogues name, each once.
#[derive(Debug, Default)]
pub struct Plan {
    columns: Vec<Arc<Column>>,
    by_rule: Vec<Vec<u16>>,
}

impl Plan {
    /// The plan for some rules; each brings the columns of its check.
    pub fn new<'a>(rules: impl Iterator<Item = &'a [Arc<Column>]>) -> Plan {
        let mut plan = Plan::default();
        for wanted in rules {
            let numbers = wanted.iter().map(|column| plan.number(column)).collect();
            plan.by_rule.push(numbers);
        }
        plan
    }

    fn number(&mut self, column: &Arc<Column>) -> u16 {
        let known = self.columns.iter().position(|known| known.name == column.name);
        let number = known.unwrap_or_else(|| {
            self.columns.push(column.clone());
            self.columns.len() - 1
        });
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    /// The numbers of a rule's columns, in the order of its check.
    pub fn columns_of(&self, rule: usize) -> &[u16] {
        self.by_rule.get(rule).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the record of a practice keeps.
    pub fn draft(&self, descriptor: &Descriptor<'_>) -> Draft {
        let mut draft = Draft::default();
        for (number, column) in (0u16..).zip(&self.columns) {
            column.read(descriptor, &mut |text, span| {
                draft.text.push_str(&text);
                let end = u32::try_from(draft.text.len()).unwrap_or(u32::MAX);
                draft.values.push((number, end, span));
            });
        }
        draft
    }
}
