//! `unique`

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, shorten};
use crate::path::{Base, Path};
use crate::vocabulary::normalise;

/// The values that must differ.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The values, relative to the given fact.
    pub of: String,
    /// Whether case, spaces and punctuation at the end count; ids are exact, sentences are not.
    #[serde(default)]
    pub exact: bool,
}

#[derive(Debug)]
pub struct Unique {
    of: Path,
    exact: bool,
}

impl Kind for Unique {
    type File = File;
    const PAGE: &'static str = "\
The values on `of` must differ from one another. Without `exact`, case, spaces and a full stop at the end do not tell \
two texts apart; texts are compared within their language. The finding points at the repetition and at the first.";
    const PLACEHOLDERS: &'static [&'static str] = &["value"];
    const ROLES: &'static [&'static str] = &["first"];

    fn compile(file: &File, base: &Base) -> Result<Unique, String> {
        Ok(Unique { of: Path::compile(&file.of, base)?.0, exact: file.exact })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let mut seen: FxHashMap<(String, String), FactId> = FxHashMap::default();
        self.of.visit(descriptor, fact, &mut |id| {
            for (language, id, text) in descriptor.texts(id) {
                let folded = if self.exact { text.trim().to_string() } else { normalise(text).trim_end_matches(['.', ';', ',', ' ']).to_string() };
                match seen.get(&(language.to_string(), folded.clone())) {
                    Some(first) => failures.push(Failure::new(descriptor.place(id), vec![("value", shorten(text, 60))]).also("first", descriptor.place(*first))),
                    None => {
                        seen.insert((language.to_string(), folded), id);
                    }
                }
            }
        });
    }
}
