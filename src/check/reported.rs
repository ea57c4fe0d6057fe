//! `reported`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::path::Base;

/// Who finds it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The stage of the program.
    pub by: Stage,
}

/// A stage of the program that finds things by itself.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Opening files.
    Input,
    /// Reading YAML.
    Yaml,
    /// Reading a spreadsheet.
    Sheet,
    /// The JSON Schema.
    Shape,
    /// The lens.
    Lens,
    /// Waiving findings.
    Waiver,
}

#[derive(Debug)]
pub struct Reported;

impl Kind for Reported {
    type File = File;
    const PAGE: &'static str = "\
Found by the program itself while it opens, reads or validates a file; the rule file only words it, cites the \
authority and sets the level.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "detail", "suggestion", "key", "expected", "help"];
    const ROLES: &'static [&'static str] = &["first"];

    fn compile(_: &File, _: &Base) -> Result<Reported, String> {
        Ok(Reported)
    }
}
