//! `length`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, shorten};
use crate::path::Base;

/// Bounds in characters, both inclusive; spaces at the ends do not count.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Fewest characters.
    #[serde(default)]
    pub min: usize,
    /// Most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

#[derive(Debug)]
pub struct Length(File);

impl Kind for Length {
    type File = File;
    const PAGE: &'static str = "\
Every text of the given facts, in every language, must have at least `min` and at most `max` characters; spaces at the \
ends do not count.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "length", "min", "max", "language"];

    fn compile(file: &File, _: &Base) -> Result<Length, String> {
        Ok(Length(file.clone()))
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        for (language, id, text) in descriptor.texts(fact) {
            let length = text.trim().chars().count();
            if length >= self.0.min && self.0.max.is_none_or(|max| length <= max) {
                continue;
            }
            let args = vec![
                ("value", shorten(text, 60)),
                ("length", length.to_string()),
                ("min", self.0.min.to_string()),
                ("max", self.0.max.map(|max| max.to_string()).unwrap_or_default()),
                ("language", language.to_string()),
            ];
            failures.push(Failure::new(descriptor.place(id), args));
        }
    }
}
