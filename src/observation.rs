//! Observations: remarks of a record outside the elements, such as funding or how the scheme is governed. They group and
//! filter practices, and are never scored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::descriptor::{Descriptor, FactId};
use crate::language::Language;
use crate::vocabulary::embedded;

/// One remark, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observation {
    /// What it is about: a slug of the vocabulary, else as written.
    pub topic: String,
    /// Whether it speaks for the practice (`strength`), against it (`weakness`) or neither (`neutral`).
    pub polarity: Option<String>,
    /// The id of its source.
    pub source: Option<String>,
    /// The place in the source.
    pub locator: Option<String>,
    /// What the source says, in the coder's words.
    pub note: Option<String>,
}

/// The observations of a practice, in the order of the file; one without a topic says nothing.
pub fn observations(descriptor: &Descriptor<'_>, language: Language) -> Vec<Observation> {
    let list = descriptor.get(FactId::ROOT, "observations");
    let items = list.map(|id| descriptor.children(id)).unwrap_or_default();
    let read = |item: &FactId| {
        let text = |key: &str| descriptor.text(descriptor.get(*item, key)?, language.code());
        let owned = |key: &str| text(key).map(str::to_string);
        Some(Observation {
            topic: slug("observation-topic", text("topic")?),
            polarity: text("polarity").map(|text| slug("polarity", text)),
            source: owned("source"),
            locator: owned("locator"),
            note: owned("note"),
        })
    };
    items.iter().filter_map(read).collect()
}

/// The slug that a text means in a vocabulary, else the text without the space around it.
pub fn slug(vocabulary: &str, text: &str) -> String {
    let entry = embedded(vocabulary).and_then(|list| list.find(text));
    entry.map_or(text.trim(), |entry| entry.slug).to_string()
}
