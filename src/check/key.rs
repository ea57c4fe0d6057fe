//! `key`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::condition::vocabulary_named;
use crate::descriptor::FactId;
use crate::path::Base;
use crate::vocabulary::Vocabulary;

/// Which keys must not be there.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The vocabulary of key names.
    pub vocabulary: String,
    /// Only values with this attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
}

#[derive(Debug)]
pub struct Key {
    vocabulary: &'static Vocabulary,
    flag: Option<String>,
}

impl Kind for Key {
    type File = File;
    const PAGE: &'static str = "\
No key that the descriptor does not know may be named like a value of the vocabulary. Used for keys that mean \
something, but not here: a learner's name, a grade. The value behind the key is never shown.";
    const PLACEHOLDERS: &'static [&'static str] = &["key"];

    fn compile(file: &File, _: &Base) -> Result<Key, String> {
        Ok(Key { vocabulary: vocabulary_named(Some(&file.vocabulary), "")?, flag: file.flag.clone() })
    }

    fn run(&self, context: &Context<'_>, _: FactId, failures: &mut Vec<Failure>) {
        for unknown in context.descriptor.unknown_keys() {
            let entry = self.vocabulary.find(&unknown.name);
            if entry.is_some_and(|entry| self.flag.as_ref().is_none_or(|flag| entry.has_flag(flag))) {
                failures.push(Failure::new(unknown.place, vec![("key", unknown.name.to_string())]));
            }
        }
    }
}
