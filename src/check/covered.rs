//! `covered`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::condition::word;
use crate::descriptor::FactId;
use crate::path::{Base, Path};

/// Who must refer to the given id.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The id of the given fact, relative to it.
    pub id: String,
    /// The references.
    pub by: String,
}

#[derive(Debug)]
pub struct Covered {
    id: Path,
    by: Path,
}

impl Kind for Covered {
    type File = File;
    const PAGE: &'static str = "\
The id of every given fact must be named by at least one of the references on `by`. A fact without an id fails when \
others are referred to: nothing can name it.";
    const PLACEHOLDERS: &'static [&'static str] = &["value"];

    fn compile(file: &File, base: &Base) -> Result<Covered, String> {
        Ok(Covered { id: Path::compile(&file.id, base)?.0, by: Path::compile(&file.by, base)?.0 })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let id = self.id.first(descriptor, fact);
        let name = id.and_then(|id| word(descriptor, id)).unwrap_or_default();
        let mut covered = false;
        self.by.visit(descriptor, fact, &mut |reference| {
            covered = covered || word(descriptor, reference).is_some_and(|reference| reference.trim() == name.trim());
        });
        if !covered || name.is_empty() {
            let at = id.map_or_else(|| descriptor.key_place(fact), |id| descriptor.place(id));
            failures.push(Failure::new(at, vec![("value", name.to_string())]));
        }
    }
}
