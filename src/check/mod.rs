//! The closed set of check kinds. One file each: what is written in a rule file, what it is compiled to, and the text
//! of its page in the reference. A new kind is one file and one line in the list below.
//!
//! A check looks at one fact, or over a whole catalogue ([`Across`]), and reports failures in places and values; wording,
//! level and cost belong to the rule.

mod across;

use std::cell::Cell;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::descriptor::{Descriptor, FactId, Place};
use crate::language::Language;
use crate::path::Base;
use crate::score::Verdict;
use crate::source::Span;
use crate::standard::Element;

pub use across::Across;

/// The day on which "is this over?" is answered, and whether anybody has asked for it: only then does what is found
/// depend on the day.
#[derive(Debug)]
pub struct Clock {
    day: jiff::civil::Date,
    asked: Cell<bool>,
}

impl Clock {
    /// A clock that stands on a day.
    pub fn new(day: jiff::civil::Date) -> Clock {
        Clock {
            day,
            asked: Cell::new(false),
        }
    }

    /// The day.
    pub fn as_of(&self) -> jiff::civil::Date {
        self.asked.set(true);
        self.day
    }

    /// Whether it was asked for.
    pub fn was_asked(&self) -> bool {
        self.asked.get()
    }
}

/// What a check may see.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The practice.
    pub descriptor: &'a Descriptor<'a>,
    /// The day on which "is this over?" is answered.
    pub clock: &'a Clock,
    /// The language of texts, for values that are words.
    pub language: Language,
    /// The element table, for names.
    pub elements: &'a crate::elements::Elements,
    /// The element of the rule.
    pub element: Element,
    /// Whether the element says anything, by the lens; only checks of presence need it.
    pub statements: &'a crate::elements::Statements,
    /// Verdicts from values alone; present in the second pass, for checks that compare evidence with values.
    pub verdicts: Option<&'a [Option<Verdict>; Element::ALL.len()]>,
}

/// One failure of a check.
#[derive(Debug)]
pub struct Failure {
    /// The primary place.
    pub at: Place,
    /// Further places by role; the rule words them under `also`.
    pub also: Vec<(&'static str, Place)>,
    /// Values for the placeholders of the rule's texts.
    pub args: Vec<(&'static str, String)>,
    /// The element, when it is not the rule's.
    pub element: Option<Element>,
}

impl Failure {
    /// A failure at a place, with the values of placeholders.
    pub fn new(at: Place, args: Vec<(&'static str, String)>) -> Failure {
        Failure {
            at,
            also: Vec::new(),
            args,
            element: None,
        }
    }

    /// With a further place.
    pub fn also(mut self, role: &'static str, place: Place) -> Failure {
        self.also.push((role, place));
        self
    }
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
    /// Placeholders that it fills in the rule's texts.
    pub placeholders: &'static [&'static str],
    /// Roles of further places.
    pub roles: &'static [&'static str],
}

impl KindInfo {
    /// Its page in a language.
    pub fn text(&self, language: Language) -> &'static str {
        language.text(&self.text_key()).unwrap_or(self.page)
    }

    /// The key of its page in the translations.
    pub fn text_key(&self) -> String {
        format!("checks/{}/page", self.name)
    }
}

/// A check kind: its written form is the implementing type's `File`.
trait Kind: Sized {
    type File;
    const PAGE: &'static str;
    const PLACEHOLDERS: &'static [&'static str] = &[];
    const ROLES: &'static [&'static str] = &[];

    fn compile(file: &Self::File, base: &Base) -> Result<Self, String>;

    /// Looks at one fact; a check over a catalogue looks at none.
    fn run(&self, _: &Context<'_>, _: FactId, _: &mut Vec<Failure>) {}

    /// Whether there is anything that it could look at.
    fn applies(&self, _: &Descriptor<'_>) -> bool {
        true
    }

    /// The check over a catalogue, if it is one.
    fn across(&self) -> Option<&dyn Across> {
        None
    }
}

macro_rules! kinds {
    ($($module:ident :: $Variant:ident = $name:literal, $doc:literal;)*) => {
        $(mod $module;)*

        /// A check as written in a rule file.
        #[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub enum CheckFile {
            $(#[doc = $doc] $Variant($module::File),)*
        }

        /// A compiled check.
        #[derive(Debug)]
        pub enum Check {
            $(#[doc = $doc] $Variant($module::$Variant),)*
        }

        /// Every kind, in the order of the reference.
        pub const KINDS: &[KindInfo] = &[$(KindInfo {
            name: $name,
            summary: $doc,
            page: <$module::$Variant as Kind>::PAGE,
            placeholders: <$module::$Variant as Kind>::PLACEHOLDERS,
            roles: <$module::$Variant as Kind>::ROLES,
        }),*];

        impl Check {
            /// Compiles a check for facts at `base`.
            pub fn compile(file: &CheckFile, base: &Base) -> Result<Check, String> {
                match file {
                    $(CheckFile::$Variant(file) => <$module::$Variant as Kind>::compile(file, base).map(Check::$Variant),)*
                }
            }

            /// Runs it on one fact.
            pub fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
                match self {
                    $(Check::$Variant(check) => Kind::run(check, context, fact, failures),)*
                }
            }

            /// Whether there is anything in a practice that it could look at.
            pub fn applies(&self, descriptor: &Descriptor<'_>) -> bool {
                match self {
                    $(Check::$Variant(check) => Kind::applies(check, descriptor),)*
                }
            }

            /// The check over a catalogue, if it is one.
            pub fn across(&self) -> Option<&dyn Across> {
                match self {
                    $(Check::$Variant(check) => Kind::across(check),)*
                }
            }

            /// What is known about its kind.
            pub fn kind(&self) -> &'static KindInfo {
                let name = match self {
                    $(Check::$Variant(_) => $name,)*
                };
                KINDS.iter().find(|kind| kind.name == name).expect("every variant is in the list")
            }
        }
    };
}

kinds! {
    stated::Stated = "stated", "Something must be stated.";
    holds::Holds = "holds", "A condition must hold.";
    pattern::Pattern = "pattern", "Texts must match, or must not match, a regular expression.";
    length::Length = "length", "Texts must have a number of characters.";
    in_vocabulary::InVocabulary = "in-vocabulary", "A code must be known to its vocabulary.";
    canonical::Canonical = "canonical", "A code must be written as the code.";
    range::Range = "range", "A number must lie in a range.";
    count::Count = "count", "A list must have a number of items.";
    ratio::Ratio = "ratio", "The quotient of two numbers must lie in a range.";
    sum::Sum = "sum", "Numbers must add up, or stay below a number.";
    mentions::Mentions = "mentions", "Words of a vocabulary must not stand in a text.";
    look_up::LookUp = "look-up", "A value must agree with a table.";
    unique::Unique = "unique", "Values must not repeat.";
    distinct::Distinct = "distinct", "Texts of outcomes must say different things.";
    wording::Wording = "wording", "The words of an outcome must have a property.";
    refers::Refers = "refers", "A reference must name something that exists.";
    covered::Covered = "covered", "Something must be referred to.";
    date::Date = "date", "A date must be real, and in order with others and with the day of the check.";
    valid_at::ValidAt = "valid-at", "A day must lie within the validity that a vocabulary knows.";
    period::Period = "period", "A period must not be too long.";
    url::Url = "url", "A web address must be complete.";
    key::Key = "key", "A key must not stand in the descriptor.";
    evidence::Evidence = "evidence", "What the evidence table says about an element.";
    identifies::Identifies = "identifies", "In a catalogue, a value must name one practice.";
    resolves::Resolves = "resolves", "In a catalogue, a reference must name a practice.";
    acyclic::Acyclic = "acyclic", "In a catalogue, references must not lead back to where they start.";
    fits::Fits = "fits", "In a catalogue, parts must not be larger than the whole.";
    agrees::Agrees = "agrees", "In a catalogue, descriptions of one practice must agree.";
    spelling::Spelling = "spelling", "In a catalogue, one name must be spelt in one way.";
    property::Property = "property", "In a file of another format, what the format itself demands of a property.";
    reported::Reported = "reported", "Found by the reader or by the schema, not by a rule.";
}

impl CheckFile {
    /// The path at which something has to be stated, relative to the given fact, if the check asks for just that.
    pub fn asks_for(&self) -> Option<&str> {
        match self {
            CheckFile::Stated(file) => file.key.as_deref().or(file.beside.as_deref()),
            CheckFile::Holds(file) => {
                let stated = file.r#if.stated_paths();
                let at = file.at.as_deref();
                match stated.first() {
                    Some(first) if at.is_none_or(|at| !stated.contains(&at)) => Some(first),
                    _ => at,
                }
            }
            _ => None,
        }
    }
}

/// The part of a value in the file: exact for plain text on one line, else the whole value.
fn part(context: &Context<'_>, id: FactId, text: &str, range: std::ops::Range<usize>) -> Place {
    let place = context.descriptor.place(id);
    let span = context.descriptor.fact(id).value_span;
    let length = (span.end - span.start) as usize;
    let quotes = match length.checked_sub(text.len()) {
        Some(0) => 0,
        // One quotation mark on each side and nothing escaped.
        Some(2) => 1,
        _ => return place,
    };
    let start = span.start as usize + quotes + range.start;
    Place {
        span: Span::new(start, start + range.len()),
        ..place
    }
}

impl Check {
    /// Whether it judges whole elements, so that it needs no `given`.
    pub fn is_about_the_element(&self) -> bool {
        matches!(self, Check::Stated(_))
    }

    /// Whether it speaks of the format of the file in the words of that format.
    pub fn is_about_the_format(&self) -> bool {
        matches!(self, Check::Property(_))
    }

    /// What it names of another format and the format does not have. Not looked at when the program starts.
    pub fn unknown_name(&self) -> Option<String> {
        match self {
            Check::Property(check) => check.unknown_name(),
            _ => None,
        }
    }

    /// Whether it can only run when verdicts from values are known.
    pub fn needs_verdicts(&self) -> bool {
        matches!(self, Check::Evidence(check) if check.needs_verdicts())
    }

    /// Whether findings come from elsewhere and are only worded by the rule.
    pub fn is_reported(&self) -> bool {
        matches!(self, Check::Reported(_))
    }
}
