//! Conditions: a closed, declarative set. They say when a rule applies (`when`), what a `holds` check demands, and
//! what states an element (`rules/elements.yaml`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::descriptor::{Descriptor, FactId, Value};
use crate::path::{Base, Path};
use crate::pattern::LazyPattern;
use crate::vocabulary::{self, Entry, Vocabulary, normalise};

/// A condition as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ConditionFile {
    /// Something readable stands on the path.
    Stated(String),
    /// Nothing readable stands on the path.
    Absent(String),
    /// A fact on the path says `none`.
    Declined(String),
    /// A fact on the path claims not to apply.
    NotApplicable(String),
    /// A fact on the path has one of these values; codes are compared by their slug.
    OneOf(OneOf),
    /// A fact on the path is a code with this attribute in its vocabulary.
    Flag(Flagged),
    /// A fact on the path is a code that its vocabulary knows.
    Known(String),
    /// A text on the path matches this regular expression.
    Matches(Matching),
    /// The outcome on the path asks for work with the hands, by its verb.
    Practical(String),
    /// The path has at least two facts.
    Several(String),
    /// The facts on the path have at least two different values.
    Differ(String),
    /// All of these hold.
    All(Vec<ConditionFile>),
    /// At least one of these holds.
    Any(Vec<ConditionFile>),
    /// This does not hold.
    Not(Box<ConditionFile>),
    /// The inner condition holds for every fact on the path, and there is one.
    Every(Quantified),
    /// The inner condition holds for some fact on the path.
    Some(Quantified),
}

impl ConditionFile {
    /// The paths, if the condition asks for nothing but that something stands on them.
    pub fn stated_paths(&self) -> Vec<&str> {
        let all =
            |conditions: &'_ [ConditionFile]| -> bool { conditions.iter().all(|own| !own.stated_paths().is_empty()) };
        match self {
            ConditionFile::Stated(path) => vec![path],
            ConditionFile::All(conditions) | ConditionFile::Any(conditions) if all(conditions) => {
                conditions.iter().flat_map(ConditionFile::stated_paths).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Operands of `one-of`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneOf {
    /// Where.
    pub path: String,
    /// The values; `true` and `false` as text.
    pub values: Vec<String>,
}

/// Operands of `flag`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flagged {
    /// Where.
    pub path: String,
    /// The attribute.
    pub flag: String,
    /// The vocabulary, when the path's own is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
}

/// Operands of `matches`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Where.
    pub path: String,
    /// The regular expression, linear-time syntax of the `regex` crate.
    pub pattern: String,
}

/// Operands of `every` and `some`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantified {
    /// The facts.
    pub of: String,
    /// What must hold for each; relative paths start at the fact.
    pub r#if: Box<ConditionFile>,
}

/// A compiled condition.
#[derive(Debug)]
pub enum Condition {
    /// See [`ConditionFile::Stated`].
    Stated(Path),
    /// See [`ConditionFile::Declined`].
    Declined(Path),
    /// See [`ConditionFile::NotApplicable`].
    NotApplicable(Path),
    /// See [`ConditionFile::OneOf`].
    OneOf(Path, Option<&'static Vocabulary>, Vec<String>),
    /// See [`ConditionFile::Flag`].
    Flag(Path, &'static Vocabulary, String),
    /// See [`ConditionFile::Known`].
    Known(Path, &'static Vocabulary),
    /// See [`ConditionFile::Matches`].
    Matches(Path, Box<LazyPattern>),
    /// See [`ConditionFile::Practical`].
    Practical(Path),
    /// See [`ConditionFile::Several`].
    Several(Path),
    /// See [`ConditionFile::Differ`].
    Differ(Path),
    /// See [`ConditionFile::All`].
    All(Vec<Condition>),
    /// See [`ConditionFile::Any`].
    Any(Vec<Condition>),
    /// See [`ConditionFile::Not`].
    Not(Box<Condition>),
    /// See [`ConditionFile::Every`].
    Every(Path, Box<Condition>),
    /// See [`ConditionFile::Some`].
    Some(Path, Box<Condition>),
}

impl Condition {
    /// Compiles a condition whose relative paths start at `base`.
    pub fn compile(file: &ConditionFile, base: &Base) -> Result<Condition, String> {
        let path = |text: &str| Path::compile(text, base).map(|(path, _)| path);
        let list = |items: &[ConditionFile]| {
            items
                .iter()
                .map(|item| Condition::compile(item, base))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match file {
            ConditionFile::Stated(text) => Condition::Stated(path(text)?),
            ConditionFile::Absent(text) => Condition::Not(Box::new(Condition::Stated(path(text)?))),
            ConditionFile::Declined(text) => Condition::Declined(path(text)?),
            ConditionFile::NotApplicable(text) => Condition::NotApplicable(path(text)?),
            ConditionFile::Practical(text) => Condition::Practical(path(text)?),
            ConditionFile::Several(text) => Condition::Several(path(text)?),
            ConditionFile::Differ(text) => Condition::Differ(path(text)?),
            ConditionFile::OneOf(OneOf { path: text, values }) => {
                let (path, end) = Path::compile(text, base)?;
                let vocabulary = end.vocabulary().and_then(vocabulary::embedded);
                Condition::OneOf(path, vocabulary, values.clone())
            }
            ConditionFile::Flag(Flagged {
                path: text,
                flag,
                vocabulary: name,
            }) => {
                let (path, end) = Path::compile(text, base)?;
                let vocabulary = vocabulary_named(name.as_deref().or(end.vocabulary()), text)?;
                if !vocabulary.entries.iter().any(|entry| entry.has_flag(flag)) {
                    return Err(format!(
                        "no value of the vocabulary `{}` carries the flag `{flag}`",
                        vocabulary.name
                    ));
                }
                Condition::Flag(path, vocabulary, flag.clone())
            }
            ConditionFile::Known(text) => {
                let (path, end) = Path::compile(text, base)?;
                Condition::Known(path, vocabulary_named(end.vocabulary(), text)?)
            }
            ConditionFile::Matches(Matching { path: text, pattern }) => {
                Condition::Matches(path(text)?, Box::new(LazyPattern::new(pattern)))
            }
            ConditionFile::All(items) => Condition::All(list(items)?),
            ConditionFile::Any(items) => Condition::Any(list(items)?),
            ConditionFile::Not(inner) => Condition::Not(Box::new(Condition::compile(inner, base)?)),
            ConditionFile::Every(Quantified { of, r#if }) => {
                let (path, end) = Path::compile(of, base)?;
                Condition::Every(path, Box::new(Condition::compile(r#if, &end)?))
            }
            ConditionFile::Some(Quantified { of, r#if }) => {
                let (path, end) = Path::compile(of, base)?;
                Condition::Some(path, Box::new(Condition::compile(r#if, &end)?))
            }
        })
    }

    /// Whether it holds, seen from a fact.
    pub fn holds(&self, descriptor: &Descriptor<'_>, from: FactId) -> bool {
        let any = |path: &Path, test: &dyn Fn(FactId) -> bool| {
            let mut found = false;
            path.visit(descriptor, from, &mut |id| found = found || test(id));
            found
        };
        match self {
            Condition::Stated(path) => any(path, &|id| descriptor.is_stated(id)),
            Condition::Declined(path) => any(path, &|id| descriptor.fact(id).value == Value::DeclaredNone),
            Condition::NotApplicable(path) => {
                any(path, &|id| matches!(descriptor.fact(id).value, Value::NotApplicable(_)))
            }
            Condition::Practical(path) => any(path, &|id| {
                let readings = descriptor.texts(id).filter_map(|(_, id, _)| descriptor.reading(id));
                readings.into_iter().any(|reading| reading.practical.is_some())
            }),
            Condition::Several(path) => path.all(descriptor, from).len() > 1,
            Condition::Differ(path) => {
                let facts = path.all(descriptor, from);
                let mut words = facts.iter().filter_map(|id| word(descriptor, *id)).map(normalise);
                let first = words.next();
                words.any(|word| first.as_ref() != Some(&word))
            }
            Condition::OneOf(path, vocabulary, values) => {
                any(path, &|id| has_value(descriptor, id, *vocabulary, values))
            }
            Condition::Flag(path, vocabulary, flag) => any(path, &|id| {
                entry_of(descriptor, id, vocabulary).is_some_and(|entry| entry.has_flag(flag))
            }),
            Condition::Known(path, vocabulary) => any(path, &|id| entry_of(descriptor, id, vocabulary).is_some()),
            Condition::Matches(path, regex) => {
                any(path, &|id| descriptor.texts(id).any(|(.., text)| regex.is_match(text)))
            }
            Condition::All(items) => items.iter().all(|item| item.holds(descriptor, from)),
            Condition::Any(items) => items.iter().any(|item| item.holds(descriptor, from)),
            Condition::Not(inner) => !inner.holds(descriptor, from),
            Condition::Every(path, inner) => {
                let facts = path.all(descriptor, from);
                !facts.is_empty() && facts.iter().all(|id| inner.holds(descriptor, *id))
            }
            Condition::Some(path, inner) => any(path, &|id| inner.holds(descriptor, id)),
        }
    }
}

/// The word of a fact for comparisons: its text, `none`, `true` or `false`.
pub fn word<'d>(descriptor: &'d Descriptor<'_>, id: FactId) -> Option<&'d str> {
    match &descriptor.fact(id).value {
        Value::Text(text) => Some(text),
        Value::DeclaredNone => Some("none"),
        Value::Flag(true) => Some("true"),
        Value::Flag(false) => Some("false"),
        _ => None,
    }
}

/// The value of a vocabulary that a code means, or a name in any of its languages.
pub fn entry_of(descriptor: &Descriptor<'_>, id: FactId, vocabulary: &Vocabulary) -> Option<&'static Entry> {
    match word(descriptor, id) {
        Some(text) => vocabulary.find(text),
        None => descriptor.texts(id).find_map(|(.., text)| vocabulary.find(text)),
    }
}

fn has_value(descriptor: &Descriptor<'_>, id: FactId, vocabulary: Option<&Vocabulary>, values: &[String]) -> bool {
    let Some(text) = word(descriptor, id) else { return false };
    let slug = vocabulary
        .and_then(|vocabulary| vocabulary.find(text))
        .map_or(text, |entry| entry.slug);
    values.iter().any(|value| value.eq_ignore_ascii_case(slug.trim()))
}

/// A vocabulary that a rule names or that a path implies.
pub fn vocabulary_named(name: Option<&str>, path: &str) -> Result<&'static Vocabulary, String> {
    let name = name.ok_or_else(|| format!("`{path}` is no code; name the `vocabulary`"))?;
    vocabulary::embedded(name).ok_or_else(|| format!("there is no vocabulary `{name}`"))
}
