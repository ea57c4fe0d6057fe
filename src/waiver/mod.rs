//! Waivers: who says, and for what reason, that a finding need not be dealt with. A waived finding stays in the result
//! with its waiver; it does not fail a run, and it changes no verdict and no gap: suppressed is not satisfied.
//!
//! A waiver is a comment beside the place ([`comment`]), a line of `ignores:` in the configuration ([`ignore`]), an entry
//! of a baseline, or an earlier revision of the files ([`baseline`]).

pub mod comment;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::language::mark;
use crate::rule::set::RuleSet;

/// Why a finding is not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Waiver {
    /// Where that is written.
    pub by: WaivedBy,
    /// The reason as written; a baseline and a revision give none.
    pub reason: String,
}

/// Where it is written that a finding is waived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaivedBy {
    /// A comment beside the place.
    Comment,
    /// A line of `ignores` in the configuration.
    Configuration,
    /// An entry of the baseline.
    Baseline,
    /// It was there in the revision of `--new-from`.
    Revision,
}

impl WaivedBy {
    /// Its words in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            WaivedBy::Comment => mark("a comment in the file"),
            WaivedBy::Configuration => mark("the configuration"),
            WaivedBy::Baseline => mark("the baseline"),
            WaivedBy::Revision => mark("an earlier revision"),
        }
    }
}

/// The ids of the rules that word what is wrong with waivers; they cannot be waived themselves.
pub const FAMILY: &str = "waiver/";

/// Whether a finding may be waived at all.
pub fn can_be_waived(set: &RuleSet, finding: &Finding) -> bool {
    !set.rules[finding.rule].id.starts_with(FAMILY)
}
