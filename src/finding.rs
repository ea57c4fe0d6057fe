//! A finding: what was said of one place, worded and placed. It carries everything a report needs and borrows
//! nothing, so that trees can be dropped before anything is printed.

use serde::{Deserialize, Serialize};

use crate::descriptor::SourceId;
use crate::fix::Fix;
use crate::rule::{Effect, Level};
use crate::source::Span;
use crate::standard::Element;
use crate::waiver::Waiver;

/// One finding of one rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The rule, as an index into the rule set.
    pub rule: usize,
    /// Its level under the active profile.
    pub level: Level,
    /// What it costs.
    pub effect: Effect,
    /// What it is about.
    pub element: Element,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Why it matters.
    pub why: String,
    /// JSON pointer of the primary place, in the user's file.
    pub pointer: String,
    /// The primary place; a finding without one cannot be built.
    pub primary: Label,
    /// Further places.
    pub others: Vec<Label>,
    /// Why it is not counted, if it is not.
    pub waived: Option<Waiver>,
    /// What can be changed in the file so that it goes away.
    pub fix: Option<Fix>,
}

/// A place with a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The source, among those of the practice.
    pub source: SourceId,
    /// The bytes.
    pub span: Span,
    /// The words; may be empty.
    pub text: String,
}
