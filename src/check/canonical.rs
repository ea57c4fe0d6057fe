//! `canonical`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::condition::vocabulary_named;
use crate::descriptor::{FactId, shorten};
use crate::path::Base;
use crate::vocabulary::Vocabulary;

/// Which list.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The vocabulary, when the field's own is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
}

#[derive(Debug)]
pub struct Canonical {
    vocabulary: &'static Vocabulary,
}

impl Kind for Canonical {
    type File = File;
    const PAGE: &'static str = "\
A code that its vocabulary knows must be written as that code, not by a label, another spelling or another code. A full URI \
is as good as the code. Values that the vocabulary does not know are the business of `in-vocabulary`.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "code", "vocabulary", "snapshot"];

    fn compile(file: &File, base: &Base) -> Result<Canonical, String> {
        let name = file.vocabulary.as_deref().or(base.vocabulary());
        Ok(Canonical { vocabulary: vocabulary_named(name, "given")? })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        // Codes of other formats are concepts, and become ours only when they are read.
        let text = descriptor.plain_text(fact).filter(|_| descriptor.origin().is_none());
        let Some(text) = text.map(str::trim).filter(|text| !text.contains("://")) else { return };
        let Some(entry) = self.vocabulary.find(text).filter(|entry| entry.slug != text) else { return };
        let args = vec![
            ("value", shorten(text, 60)),
            ("code", entry.slug.to_string()),
            ("vocabulary", self.vocabulary.title(context.language).to_string()),
            ("snapshot", self.vocabulary.snapshot.to_string()),
        ];
        failures.push(Failure::new(descriptor.place(fact), args));
    }
}
