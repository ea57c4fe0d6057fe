//! `refers`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::condition::word;
use crate::descriptor::model::model;
use crate::descriptor::{FactId, shorten};
use crate::path::{Base, Path};
use crate::vocabulary::nearest;

/// What a reference may name.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The ids that exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The table whose keys exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_keys: Option<String>,
}

#[derive(Debug)]
pub struct Refers {
    to: Option<Path>,
    to_keys: Option<Path>,
}

impl Kind for Refers {
    type File = File;
    const PAGE: &'static str = "\
The given value must equal one of the ids on `to`, or a key of the table on `to_keys`. Near misses are suggested. \
Where nothing of the kind exists at all, every reference fails.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "suggestion", "known"];

    fn compile(file: &File, base: &Base) -> Result<Refers, String> {
        let path = |text: &String| Path::compile(text, base).map(|(path, _)| path);
        if file.to.is_some() == file.to_keys.is_some() {
            return Err("`refers` takes one of `to` and `to_keys`".to_string());
        }
        Ok(Refers { to: file.to.as_ref().map(path).transpose()?, to_keys: file.to_keys.as_ref().map(path).transpose()? })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let Some(reference) = word(descriptor, fact) else { return };
        let mut known: Vec<&str> = Vec::new();
        if let Some(path) = &self.to {
            path.visit(descriptor, fact, &mut |id| known.extend(descriptor.plain_text(id)));
        }
        if let Some(table) = self.to_keys.as_ref().and_then(|path| path.first(descriptor, fact)) {
            known.extend(descriptor.children(table).iter().map(|child| {
                let fact = descriptor.fact(*child);
                if fact.name.is_empty() { model().name(fact.key) } else { fact.name.as_ref() }
            }));
        }
        if known.iter().any(|id| id.trim() == reference.trim()) {
            return;
        }
        let suggestion = nearest(reference, known.iter().copied()).unwrap_or_default().to_string();
        known.truncate(8);
        let args = vec![("value", shorten(reference, 40)), ("suggestion", suggestion), ("known", known.join(", "))];
        failures.push(Failure::new(descriptor.place(fact), args));
    }
}
