//! The result as one JSON text on every line, for streams and for what does not fit into memory. The first line says what
//! the result rests on, the last one counts; a result without a last line was interrupted.
//! `schemas/result-line.schema.json` is generated from these types.

use schemars::JsonSchema;
use serde::Serialize;

use super::Summary;
use super::json::{self, CatalogueResult, FindingResult, MadeBy, PracticeResult};
use crate::lint::{Options, Practice};
use crate::rule::set::RuleSet;

/// A line.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[schemars(
    title = "credlint result line",
    description = "A line of what `credlint check --format ndjson` prints"
)]
pub enum Line {
    /// The first: what the result rests on.
    MadeBy(Versioned<MadeByLine>),
    /// One document, in the order of the input.
    Practice(Versioned<PracticeResult>),
    /// What was found by comparing practices: one finding.
    CatalogueFinding(Versioned<FindingResult>),
    /// The last: counts.
    Summary(Versioned<SummaryLine>),
}

/// Every line can be read by itself.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Versioned<T> {
    /// Version of the form of the result.
    pub version: u32,
    /// What the line says.
    #[serde(flatten)]
    pub content: T,
}

/// What a result rests on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MadeByLine {
    /// What the result rests on.
    pub made_by: MadeBy,
}

/// What a run came to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SummaryLine {
    /// Counts.
    pub summary: Summary,
    /// What became of the rules over the catalogue; their findings stand on lines of their own.
    pub catalogue: CatalogueLine,
}

/// The rules over a whole catalogue.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CatalogueLine {
    /// Whether they ran.
    pub run: bool,
    /// Why they did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Practices in the catalogue.
    pub records: usize,
    /// Findings that were counted, not kept.
    pub omitted: usize,
}

fn versioned<T>(content: T) -> Versioned<T> {
    Versioned {
        version: json::RESULT_VERSION,
        content,
    }
}

impl Line {
    /// The first line.
    pub fn made_by(set: &RuleSet, options: &Options) -> Line {
        let made_by = json::made_by(set, options);
        Line::MadeBy(versioned(MadeByLine { made_by }))
    }

    /// The line of a document.
    pub fn practice(set: &RuleSet, options: &Options, practice: &Practice) -> Line {
        Line::Practice(versioned(json::practice(set, options, practice)))
    }

    /// The line of a finding over the catalogue.
    pub fn finding(found: FindingResult) -> Line {
        Line::CatalogueFinding(versioned(found))
    }

    /// The last line.
    pub fn summary(summary: &Summary, all: &CatalogueResult) -> Line {
        let catalogue = CatalogueLine {
            run: all.run,
            reason: all.reason.clone(),
            records: all.records,
            omitted: all.omitted,
        };
        Line::Summary(versioned(SummaryLine {
            summary: summary.clone(),
            catalogue,
        }))
    }

    /// The line as text.
    pub fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|line| line + "\n")
    }
}
