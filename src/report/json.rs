//! The versioned result, for programs. `schemas/result.schema.json` is generated from these types.

use schemars::JsonSchema;
use serde::Serialize;

use super::Summary;
use crate::finding::{Finding, Label};
use crate::lint::{Options, Practice, State};
use crate::rule::set::RuleSet;
use crate::rule::{Effect, Level, Relation};
use crate::score::{Definition, ElementVerdict};
use crate::standard::Element;

/// The version of this form; it changes when a reader of the earlier one could be misled.
pub const RESULT_VERSION: u32 = 1;

/// A whole result.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(
    title = "credlint result",
    description = "What `credlint check --format json` prints"
)]
pub struct ResultFile {
    /// Version of this form.
    pub version: u32,
    /// What the result rests on.
    pub made_by: MadeBy,
    /// One entry per document, in the order of the input.
    pub practices: Vec<PracticeResult>,
    /// Counts.
    pub summary: Summary,
}

/// What a result rests on. Two results with the same three versions, profile, date and language can be compared.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MadeBy {
    /// Version of the program.
    pub credlint: String,
    /// SHA-256 of the rules.
    pub rules: String,
    /// Latest date of the vocabularies.
    pub vocabularies: String,
    /// The scoring profile.
    pub profile: String,
    /// Further profiles, which add findings.
    pub further_profiles: Vec<String>,
    /// The day on which "is this over?" is answered.
    pub as_of: String,
    /// The language of texts.
    pub language: String,
    /// What the score is and is not.
    pub note: &'static str,
}

/// One document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PracticeResult {
    /// Its id, if it says one.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The file as the user names it.
    pub file: String,
    /// 1-based number of the document in the file.
    pub document: usize,
    /// The format of the document, when it is not our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// What became of it.
    pub state: State,
    /// Why it was not checked, when it could not even be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Metadata of the mapping.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub practice: std::collections::BTreeMap<String, String>,
    /// Verdicts, in the standard's order.
    pub elements: Vec<ElementVerdict>,
    /// Gaps, one per block.
    pub gaps: Vec<GapResult>,
    /// The definition, clause by clause.
    pub definition: Option<Definition>,
    /// Findings, in the order of the text.
    pub findings: Vec<FindingResult>,
}

/// The gap of a block in half-weights: an element of weight 1 weighs 2.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GapResult {
    /// The profile.
    pub profile: String,
    /// The block.
    pub block: String,
    /// Known to be missing.
    pub missing: u32,
    /// Not stated; 0 where the profile takes silence for missing.
    pub open: u32,
    /// What applies; 0 means not scorable.
    pub applicable: u32,
    /// Whether too little is stated to compare.
    pub too_little_stated: bool,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingResult {
    /// The rule's id.
    pub rule: String,
    /// Its level under the profile.
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
    /// On whose word.
    pub authority: AuthorityResult,
    /// JSON pointer (RFC 6901) in the document.
    pub pointer: String,
    /// 1-based line of the primary place.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
    /// 1-based line of its end.
    pub end_line: u32,
    /// 1-based column behind its last character.
    pub end_column: u32,
    /// Its bytes.
    pub span: SpanResult,
    /// Every place, the primary first.
    pub labels: Vec<LabelResult>,
}

/// On whose word.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthorityResult {
    /// Key of the document.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// The place in it.
    pub locator: String,
    /// How strong the claim is.
    pub relation: Relation,
}

/// A half-open byte range of the file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SpanResult {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// A place with a few words.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LabelResult {
    /// The file.
    pub file: String,
    /// The words.
    pub text: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
    /// 1-based line of its end.
    pub end_line: u32,
    /// 1-based column behind its last character.
    pub end_column: u32,
    /// Its bytes.
    pub span: SpanResult,
}

/// What the result rests on.
pub fn made_by(set: &RuleSet, options: &Options) -> MadeBy {
    MadeBy {
        credlint: env!("CARGO_PKG_VERSION").to_string(),
        rules: set.digest.clone(),
        vocabularies: set.snapshot.to_string(),
        profile: set.profile.name().to_string(),
        further_profiles: set
            .further_profiles
            .iter()
            .map(|profile| profile.name.clone())
            .collect(),
        as_of: options.as_of.to_string(),
        language: options.language.code().to_string(),
        note: super::WHAT_IT_IS_NOT,
    }
}

/// One document as a result.
pub fn practice(set: &RuleSet, practice: &Practice) -> PracticeResult {
    let gap = |(block, gap): &(String, crate::score::Gap)| GapResult {
        profile: set.profile.name().to_string(),
        block: block.clone(),
        missing: gap.missing,
        open: gap.open,
        applicable: gap.applicable,
        too_little_stated: gap.is_thin(),
    };
    PracticeResult {
        id: practice.id.clone(),
        name: practice.name.clone(),
        file: practice.source().name().to_string(),
        document: practice.document,
        format: practice.format.map(str::to_string),
        state: practice.state,
        problem: practice.problem.clone(),
        practice: practice.metadata.iter().cloned().collect(),
        elements: practice.elements.clone(),
        gaps: practice.gaps.iter().map(gap).collect(),
        definition: practice.definition.clone(),
        findings: practice
            .findings
            .iter()
            .map(|found| finding(set, practice, found))
            .collect(),
    }
}

fn finding(set: &RuleSet, practice: &Practice, found: &Finding) -> FindingResult {
    let rule = &set.rules[found.rule];
    let authority = &rule.file.authority;
    let labels: Vec<LabelResult> = std::iter::once(&found.primary)
        .chain(&found.others)
        .map(|place| label(practice, place))
        .collect();
    let primary = label(practice, &found.primary);
    FindingResult {
        rule: rule.id.clone(),
        level: found.level,
        effect: found.effect,
        element: found.element,
        message: found.message.clone(),
        help: found.help.clone(),
        why: found.why.clone(),
        authority: AuthorityResult {
            source: authority.source.clone(),
            title: set.authority_title(&authority.source).to_string(),
            url: set
                .authorities
                .get(&authority.source)
                .and_then(|source| source.url.clone()),
            locator: authority.locator.clone(),
            relation: authority.relation,
        },
        pointer: found.pointer.clone(),
        line: primary.line,
        column: primary.column,
        end_line: primary.end_line,
        end_column: primary.end_column,
        span: primary.span,
        labels,
    }
}

fn label(practice: &Practice, label: &Label) -> LabelResult {
    let source = &practice.sources[label.source.0 as usize];
    let (start, end) = (source.position(label.span.start), source.position(label.span.end));
    let base = source.base().offset;
    LabelResult {
        file: source.name().to_string(),
        text: label.text.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        span: SpanResult {
            start: base + u64::from(label.span.start),
            end: base + u64::from(label.span.end),
        },
    }
}
