//! `code`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::site::{As, Site};
use super::{Applicability, Fix, Kind, shown};
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

/// A text of at most so many letters may be a code, and is not compared with others letter by letter.
const SHORT: usize = 3;

#[derive(Debug)]
pub struct Code {
    vocabulary: Option<&'static Vocabulary>,
}

impl Kind for Code {
    type File = File;
    const PAGE: &'static str = "\
A value that its vocabulary knows by another spelling, by a label in a bundled language or by another code is written as \
the code: `Spain` as `ES`, `Practical assessment` as `practical-assessment`. Digits that lost their leading zero, written \
as a number, get it back: `716` is `\"0716\"`. Other rules may read more out of the code, so the fix is tried first. A \
value that the vocabulary does not know, and of which one known value is near, may be meant as that one: a suggestion. \
Short codes are not guessed at, and an own concept, which has an address, stays as it is.";

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
        let known = vocabulary.find(text).or_else(|| without_zero(vocabulary, scalar));
        let (entry, applicability) = match known {
            Some(entry) => (entry, Applicability::Safe),
            // Of codes of two or three letters every other one is near.
            None if text.chars().count() <= SHORT && text.chars().all(char::is_alphabetic) => return None,
            None => (vocabulary.nearest(text)?, Applicability::Suggestion),
        };
        // A vocabulary of numbers is written in numbers, but what stands in quotation marks stays in them.
        let bare = scalar.style == Style::Plain && is_of_numbers(vocabulary);
        let edit = site.write(written, entry.slug, if bare { As::Bare } else { As::Text });
        let label = entry.label(site.language.code());
        let title = match applicability {
            // Whether that is meant shows its name, not its code.
            Applicability::Suggestion if vocabulary::normalise(label) != vocabulary::normalise(entry.slug) => {
                let (old, new) = (shown(text), entry.slug);
                let values: [(&str, &dyn std::fmt::Display); 3] = [("new", &new), ("old", &old), ("label", &label)];
                site.language.fill("write `{new}` ({label}) instead of `{old}`", &values)
            }
            _ => site.title(text, entry.slug),
        };
        site.fix(title, applicability, false, edit)
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
