//! `in-vocabulary`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::condition::{entry_of, vocabulary_named, word};
use crate::descriptor::{FactId, Value, shorten};
use crate::path::Base;
use crate::vocabulary::Vocabulary;

/// Which list, and what else may be said.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The vocabulary, when the field's own is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
    /// Whether own concepts, written as URIs, are fine too.
    #[serde(default)]
    pub uris: bool,
}

#[derive(Debug)]
pub struct InVocabulary {
    vocabulary: &'static Vocabulary,
    uris: bool,
}

impl Kind for InVocabulary {
    type File = File;
    const PAGE: &'static str = "\
The given code must be in its vocabulary: by slug, label in a bundled language, other spelling, code or URI. A near \
miss is suggested. A name in several languages passes if one of them is known. With `uris`, a full URI of an own concept passes too. The finding names the date of the list.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "suggestion", "vocabulary", "snapshot"];

    fn compile(file: &File, base: &Base) -> Result<InVocabulary, String> {
        let name = file.vocabulary.as_deref().or(base.vocabulary());
        Ok(InVocabulary { vocabulary: vocabulary_named(name, "given")?, uris: file.uris })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        if descriptor.fact(fact).value == Value::DeclaredNone {
            return;
        }
        let Some(text) = word(descriptor, fact).or_else(|| descriptor.text(fact, "en")) else { return };
        let own = self.uris && ["http://", "https://", "urn:"].iter().any(|scheme| text.starts_with(scheme));
        if own || entry_of(descriptor, fact, self.vocabulary).is_some() {
            return;
        }
        let suggestion = self.vocabulary.nearest(text).map(|entry| entry.slug.to_string()).unwrap_or_default();
        let args = vec![
            ("value", shorten(text, 60)),
            ("suggestion", suggestion),
            ("vocabulary", self.vocabulary.title(context.language).to_string()),
            ("snapshot", self.vocabulary.snapshot.to_string()),
        ];
        failures.push(Failure::new(descriptor.place(fact), args));
    }
}
