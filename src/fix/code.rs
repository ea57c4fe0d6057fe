//! `code`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::site::{As, Site};
use super::{Applicability, Fix, Kind};
use crate::number;
use crate::tree::{Scalar, ScalarKind, Style};
use crate::vocabulary::{self, Entry, Vocabulary};

/// Whose code.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The vocabulary, when the field's own is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
}

#[derive(Debug)]
pub struct Code {
    vocabulary: Option<&'static Vocabulary>,
}

impl Kind for Code {
    type File = File;
    const PAGE: &'static str = "\
A value that its vocabulary knows by another spelling, by a label in a bundled language or by another code is written as \
the code: `Spain` as `ES`, `Practical assessment` as `practical-assessment`. Digits that lost their leading zero, written \
as a number, get it back: `716` is `\"0716\"`. Both are safe. A value that the vocabulary does not know, and of which one \
known value is near, may be meant as that one: a suggestion. An own concept, which has an address, stays as it is.";

    fn compile(file: &File) -> Result<Code, String> {
        let named = |name: &String| vocabulary::embedded(name).ok_or_else(|| format!("there is no vocabulary `{name}`"));
        Ok(Code {
            vocabulary: file.vocabulary.as_ref().map(named).transpose()?,
        })
    }

    fn propose(&self, site: &Site<'_>) -> Option<Fix> {
        let written = site.value()?;
        let vocabulary = self.vocabulary.or_else(|| site.vocabulary(written))?;
        let (text, scalar) = (written.scalar.text.trim(), written.scalar);
        let (entry, applicability) = match vocabulary.find(text).or_else(|| without_zero(vocabulary, scalar)) {
            Some(entry) => (entry, Applicability::Safe),
            None => (vocabulary.nearest(text)?, Applicability::Suggestion),
        };
        // A vocabulary of numbers is written in numbers, but what stands in quotation marks stays in them.
        let bare = scalar.style == Style::Plain && is_of_numbers(vocabulary);
        let edit = site.write(written, entry.slug, if bare { As::Bare } else { As::Text });
        site.fix(site.title(text, entry.slug), applicability, false, edit)
    }
}

/// The code that digits were before a program took them for a number and dropped the zero in front.
pub(super) fn without_zero(vocabulary: &Vocabulary, scalar: &Scalar<'_>) -> Option<&'static Entry> {
    let text = scalar.text.trim();
    if scalar.kind != ScalarKind::Integer || vocabulary.find(text).is_some() {
        return None;
    }
    let wanted = format!("0{text}");
    vocabulary.find(&wanted).filter(|entry| entry.slug == wanted)
}

fn is_of_numbers(vocabulary: &Vocabulary) -> bool {
    let whole = |slug: &str| !slug.starts_with('0') && number::parse(slug).is_some();
    vocabulary.entries.iter().all(|entry| whole(entry.slug))
}
