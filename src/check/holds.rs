//! `holds`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::condition::{Condition, ConditionFile};
use crate::descriptor::FactId;
use crate::descriptor::model::model;
use crate::path::{Base, Path};

/// The condition, and where to point when it does not hold.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What must hold for each given fact; relative paths start at the fact.
    pub r#if: ConditionFile,
    /// The place to point at, when it is not the given fact: the first fact on this path, else beside its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// A second place that belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub and: Option<String>,
}

#[derive(Debug)]
pub struct Holds {
    condition: Condition,
    at: Option<Path>,
    and: Option<Path>,
}

impl Kind for Holds {
    type File = File;
    const PAGE: &'static str = "\
The condition under `if` must hold for every given fact. Conditions are a closed set: `stated`, `absent`, `declined`, \
`not-applicable`, `one-of`, `flag`, `known`, `matches`, `several`, `differ`, `all`, `any`, `not`, `every`, `some`. `flag` asks the \
vocabulary of a code, so that \"attendance only\" or \"signed and machine-readable\" is data, not code.

The finding points at the given fact, or at `at`; `and` adds a second place.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "key"];
    const ROLES: &'static [&'static str] = &["and"];

    fn compile(file: &File, base: &Base) -> Result<Holds, String> {
        let path = |text: &String| Path::compile(text, base).map(|(path, _)| path);
        Ok(Holds { condition: Condition::compile(&file.r#if, base)?, at: file.at.as_ref().map(path).transpose()?, and: file.and.as_ref().map(path).transpose()? })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        if self.condition.holds(descriptor, fact) {
            return;
        }
        let (at, value, key) = match &self.at {
            None => (descriptor.place(fact), descriptor.shown(fact), descriptor.written_name(fact)),
            Some(path) => match path.first(descriptor, fact) {
                Some(id) => (descriptor.place(id), descriptor.shown(id), descriptor.written_name(id)),
                None => match absent_place(context, path, fact) {
                    Some((place, name)) => (place, String::new(), name),
                    None => return,
                },
            },
        };
        let mut failure = Failure::new(at, vec![("value", value), ("key", key)]);
        if let Some(second) = self.and.as_ref().and_then(|path| path.first(descriptor, fact)) {
            let place = descriptor.place(second);
            if place != failure.at {
                failure = failure.also("and", place);
            }
        }
        failures.push(failure);
    }
}

/// Where a path that leads nowhere should lead; `None` where the format of the file has no place for it.
pub(super) fn absent_place(context: &Context<'_>, path: &Path, from: FactId) -> Option<(crate::descriptor::Place, String)> {
    let descriptor = context.descriptor;
    let (mut path, mut inner) = (path.clone(), String::new());
    while let Some((holder, key)) = path.split_last() {
        let name = model().name(key);
        if let Some(holder) = holder.first(descriptor, from) {
            let whole = format!("{name}{inner}");
            let name = if descriptor.origin().is_some() { whole.as_str() } else { name };
            let there = descriptor.has_place_for(holder, name);
            return there.then(|| (descriptor.place_for_absent(holder, name), descriptor.name_for_absent(holder, name).to_string()));
        }
        if !name.is_empty() {
            inner = format!("/{name}{inner}");
        }
        path = holder;
    }
    Some((descriptor.place(from), String::new()))
}
