//! Fixes: what a rule offers to change in the text of a descriptor. Which rule offers which fix is data (`fix:` in the
//! rule's file); the kinds are a closed set, one file each, as those of checks are.
//!
//! A fix is a list of [`Edit`]s: bytes of the file and the text that takes their place. Nothing outside of them changes,
//! and no kind invents content: each writes what the file says already, or, as a suggestion, what the finding names. It
//! keeps the way in which a value is written, and leaves alone what an anchor shares between places, what stands on lines
//! of its own behind `|`, and files in the formats of others.
//!
//! A *safe* fix brings no other finding and no worse verdict. Where it only writes differently what is read already, that
//! is so by its kind; any other is tried before it is called safe (see [`crate::lint::lint_source`]). An editor needs no
//! more than [`crate::finding::Finding::fix`] and [`apply`].

mod site;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::{Language, mark};
use crate::source::Span;

pub use site::{Aliases, Site};

/// What can be changed so that a finding goes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// Who decides.
    pub applicability: Applicability,
    /// Whether it only writes differently what is read already, so that nothing has to be tried.
    pub exact: bool,
    /// What changes, in the order of the text; in the first source of the practice.
    pub edits: Vec<Edit>,
}

/// Who decides whether a fix is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Nobody needs to: the text says the same, in the form that is asked for.
    Safe,
    /// A person: it is likely what was meant.
    Suggestion,
}

impl Applicability {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Applicability::Safe => mark("safe"),
            Applicability::Suggestion => mark("suggestion"),
        }
    }
}

/// A place and the text that takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The bytes.
    pub span: Span,
    /// The text.
    pub text: String,
}

impl Fix {
    /// Whether it can be applied without asking anybody.
    pub fn is_safe(&self) -> bool {
        self.applicability == Applicability::Safe
    }

    fn overlaps(&self, other: &Fix) -> bool {
        let touch = |a: &Edit, b: &Edit| a.span.start <= b.span.end && b.span.start <= a.span.end;
        self.edits
            .iter()
            .any(|own| other.edits.iter().any(|edit| touch(own, edit)))
    }
}

/// The text with fixes applied; of those that touch each other the first wins. Beside it how many were applied.
pub fn apply<'f>(text: &str, fixes: impl IntoIterator<Item = &'f Fix>) -> (String, usize) {
    let mut chosen: Vec<&Fix> = Vec::new();
    for fix in fixes {
        if !chosen.iter().any(|earlier| earlier.overlaps(fix)) {
            chosen.push(fix);
        }
    }
    let mut edits: Vec<&Edit> = chosen.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        let range = edit.span.range();
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(&edit.text);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, chosen.len())
}

/// What the reference and the rule loader know about a kind.
#[derive(Debug)]
pub struct KindInfo {
    /// Its name in rule files.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Its page.
    pub page: &'static str,
}

impl KindInfo {
    /// Its page in a language.
    pub fn text(&self, language: Language) -> &'static str {
        language.text(&self.text_key()).unwrap_or(self.page)
    }

    /// The key of its page in the translations.
    pub fn text_key(&self) -> String {
        format!("fixes/{}/page", self.name)
    }
}

/// What a kind needs of the check of its rule.
#[derive(Debug, Default)]
struct Needs<'a> {
    placeholder: Option<&'a str>,
    role: Option<&'a str>,
}

/// A fix kind: its written form is the implementing type's `File`.
trait Kind: Sized {
    type File;
    const PAGE: &'static str;

    fn compile(file: &Self::File) -> Result<Self, String>;

    /// What the check of the rule must fill.
    fn needs(&self) -> Needs<'_> {
        Needs::default()
    }

    /// The fix of one finding; nothing where the place does not allow it.
    fn propose(&self, site: &Site<'_>) -> Option<Fix>;
}

macro_rules! kinds {
    ($($module:ident :: $Variant:ident = $name:literal, $doc:literal;)*) => {
        $(mod $module;)*

        /// A fix as written in a rule file.
        #[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub enum FixFile {
            $(#[doc = $doc] $Variant($module::File),)*
        }

        /// A compiled fix.
        #[derive(Debug)]
        pub enum Fixer {
            $(#[doc = $doc] $Variant($module::$Variant),)*
        }

        /// Every kind, in the order of the reference.
        pub const KINDS: &[KindInfo] = &[$(KindInfo {
            name: $name,
            summary: $doc,
            page: <$module::$Variant as Kind>::PAGE,
        }),*];

        impl Fixer {
            /// Compiles a fix.
            pub fn compile(file: &FixFile) -> Result<Fixer, String> {
                match file {
                    $(FixFile::$Variant(file) => <$module::$Variant as Kind>::compile(file).map(Fixer::$Variant),)*
                }
            }

            /// The fix of one finding; nothing where the place does not allow it.
            pub fn propose(&self, site: &Site<'_>) -> Option<Fix> {
                match self {
                    $(Fixer::$Variant(fixer) => Kind::propose(fixer, site),)*
                }
            }

            /// What is known about its kind.
            pub fn kind(&self) -> &'static KindInfo {
                let name = match self {
                    $(Fixer::$Variant(_) => $name,)*
                };
                KINDS.iter().find(|kind| kind.name == name).expect("every variant is in the list")
            }

            fn needs(&self) -> Needs<'_> {
                match self {
                    $(Fixer::$Variant(fixer) => Kind::needs(fixer),)*
                }
            }
        }
    };
}

kinds! {
    code::Code = "code", "A value is written as the code of its vocabulary.";
    rename_key::RenameKey = "rename-key", "A key is renamed to the one that is meant.";
    quote::Quote = "quote", "A value is put in quotation marks.";
    iso_date::IsoDate = "iso-date", "A date is written as year, month and day.";
    retype::Retype = "retype", "A number, a flag or a text is written as what it is.";
    replace::Replace = "replace", "A value beside the place is replaced by the one that fits; always a suggestion.";
}

impl Fixer {
    /// What it needs and the check of its rule does not give, as a sentence.
    pub fn unmet(&self, check: &crate::check::KindInfo) -> Option<String> {
        let needs = self.needs();
        let lacks = |name: Option<&str>, known: &[&str]| name.is_some_and(|name| !known.contains(&name));
        let (what, name, known) = if lacks(needs.placeholder, check.placeholders) {
            ("placeholder", needs.placeholder, check.placeholders)
        } else if lacks(needs.role, check.roles) {
            ("role", needs.role, check.roles)
        } else {
            return None;
        };
        let (name, known) = (name.unwrap_or_default(), known.join("`, `"));
        Some(format!(
            "the fix `{}` needs the {what} `{name}`, which `{}` does not have; known there: `{known}`",
            self.kind().name,
            check.name
        ))
    }
}

/// Text for a title: short, and on one line.
fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().count() <= 40 && !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(crate::descriptor::shorten(text, 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(start: usize, end: usize, text: &str) -> Fix {
        Fix {
            title: String::new(),
            applicability: Applicability::Safe,
            exact: true,
            edits: vec![Edit {
                span: Span::new(start, end),
                text: text.to_string(),
            }],
        }
    }

    #[test]
    fn of_two_that_touch_the_first_wins() {
        let fixes = [fix(4, 6, "ES"), fix(0, 1, "A"), fix(5, 8, "x"), fix(6, 6, "y")];
        assert_eq!(apply("abcdefgh", &fixes), ("AbcdESgh".to_string(), 2));
        assert_eq!(apply("abc", &[]), ("abc".to_string(), 0));
    }
}
