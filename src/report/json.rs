//! The versioned result, for programs. `schemas/result.schema.json` is generated from these types.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::Summary;
use super::place::Region;
use crate::finding::{Finding, Label};
use crate::fix::{Applicability, Fix};
use crate::gather::NotRun;
use crate::language::Language;
use crate::lint::catalogue::Catalogue;
use crate::lint::{Options, Practice, State, UnitVerdict};
use crate::observation::Observation;
use crate::patterns::Patterns;
use crate::rule::set::RuleSet;
use crate::rule::{Effect, Level, Relation};
use crate::score::{Definition, ElementVerdict};
use crate::sensitivity::Sensitivity;
use crate::source::{Source, Span};
use crate::standard::Element;
use crate::typology::{Classification, Ground, Nearest, Polarity, Reason};
use crate::waiver::Waiver;

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
    /// What was found by comparing practices.
    pub catalogue: CatalogueResult,
    /// How firm the order of the practices is; only of `score --sensitivity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    /// Verdicts counted by group, one entry per `--by`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<Patterns>,
    /// Counts, over all that was checked.
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
    /// The scoring profile. With other weights than its own it bears their digest: `mapping+weights:1a2b3c4`.
    pub profile: String,
    /// The weight of every element that counts; a gap counts in halves of it.
    pub weights: std::collections::BTreeMap<Element, u32>,
    /// Whether the weights were given with `--weights` and are not the profile's.
    pub own_weights: bool,
    /// Further profiles, which add findings.
    pub further_profiles: Vec<String>,
    /// The day on which "is this over?" is answered.
    pub as_of: String,
    /// The language of texts.
    pub language: String,
    /// The conditions by which practices were chosen (`--where`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<String>,
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
    /// 1-based number of the document in the file; 0 for what was found about a spreadsheet as a whole.
    pub document: usize,
    /// SHA-256 of its text: of the whole file where the file is one document, else of its part. What is masked in
    /// reports is masked in it too. Absent when the file could not be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The row, when the file is a spreadsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RowResult>,
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
    /// Remarks outside the elements; they are not scored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// Verdicts, in the standard's order.
    pub elements: Vec<ElementVerdict>,
    /// Gaps, one per block.
    pub gaps: Vec<GapResult>,
    /// The definition, clause by clause.
    pub definition: Option<Definition>,
    /// What kind of practice it is, and what stands out in it.
    pub typology: Option<TypologyResult>,
    /// The units of a qualification, each as if it stood alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitVerdict>,
    /// Findings, in the order of the text.
    pub findings: Vec<FindingResult>,
}

/// The rules over a whole catalogue. What they find changes no score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CatalogueResult {
    /// Whether they ran.
    pub run: bool,
    /// Why they did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Practices in the catalogue.
    pub records: usize,
    /// Findings that were counted, not kept.
    pub omitted: usize,
    /// Findings, in the order of the names of the files; their labels lie in several files. Behind them stands what is
    /// wrong with waivers in the configuration and in the baseline.
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

/// The kind of a practice: the first whose needs are all stated.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TypologyResult {
    /// The id of the kind, or `undecided`.
    pub kind: String,
    /// Its name for people.
    pub name: String,
    /// The needs that something stated fulfils.
    pub why: Vec<ReasonResult>,
    /// Where it is undecided the nearest kinds; else the first kind of higher order that only silence keeps open.
    pub nearest: Vec<NearestResult>,
    /// What stands out in the practice.
    pub traits: Vec<TraitResult>,
}

/// A kind that a practice has not been given.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NearestResult {
    /// The id of the kind.
    pub kind: String,
    /// Its name for people.
    pub name: String,
    /// What would have to be stated.
    pub missing: Vec<ReasonResult>,
    /// What is stated otherwise: needs that fail, and what rules the kind out.
    pub against: Vec<ReasonResult>,
}

/// What stands out in a practice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TraitResult {
    /// Its id.
    pub r#trait: String,
    /// Its name for people.
    pub name: String,
    /// Whether it speaks for the practice or against it.
    pub polarity: Polarity,
    /// On what it rests.
    pub why: Vec<ReasonResult>,
}

/// A clause of a kind or a trait, and what its answer rests on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReasonResult {
    /// The id of the clause.
    pub clause: String,
    /// Its words; of a clause that fails, what would have to hold.
    pub text: String,
    /// Elements whose verdict decides, or would.
    pub elements: Vec<Element>,
    /// JSON pointers (RFC 6901) to values that decide.
    pub pointers: Vec<String>,
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
    /// The primary place.
    #[serde(flatten)]
    pub place: PlaceResult,
    /// The cell, when the file is a spreadsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<CellResult>,
    /// Every place, the primary first.
    pub labels: Vec<LabelResult>,
    /// Why it is not counted, if it is not. A waived finding changes no score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waiver>,
    /// What can be changed in the file so that it goes away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixResult>,
}

/// What can be changed in the file so that a finding goes away.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FixResult {
    /// What it does, in a few words.
    pub title: String,
    /// Whether it can be applied without asking anybody: `safe` fixes are those of `--fix`.
    pub applicability: Applicability,
    /// What changes, in the order of the text; the places are those of the text before any edit.
    pub edits: Vec<EditResult>,
}

/// A place and the text that takes its place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EditResult {
    /// Where.
    #[serde(flatten)]
    pub place: PlaceResult,
    /// The text.
    pub text: String,
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

/// The part of a file that is meant.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlaceResult {
    /// Its lines and columns.
    #[serde(flatten)]
    pub region: Region,
    /// Its bytes; in a workbook those of the value of the cell.
    pub span: SpanResult,
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
    /// Where.
    #[serde(flatten)]
    pub place: PlaceResult,
    /// The cell, when the file is a spreadsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<CellResult>,
}

/// A cell of a spreadsheet.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CellResult {
    /// The sheet; empty where the file has no sheets.
    pub sheet: String,
    /// The letters of the column.
    pub column: String,
    /// The row, counted from 1.
    pub row: u32,
}

/// A row of a spreadsheet.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RowResult {
    /// The sheet; empty where the file has no sheets.
    pub sheet: String,
    /// The row, counted from 1.
    pub row: u32,
}

/// What the result rests on.
pub fn made_by(set: &RuleSet, options: &Options) -> MadeBy {
    MadeBy {
        credlint: env!("CARGO_PKG_VERSION").to_string(),
        rules: set.digest.clone(),
        vocabularies: set.snapshot.to_string(),
        profile: set.profile.name().to_string(),
        weights: crate::weights::in_force(&set.profile),
        own_weights: set.profile.is_reweighed(),
        further_profiles: set
            .further_profiles
            .iter()
            .map(|profile| profile.name.clone())
            .collect(),
        as_of: options.as_of.to_string(),
        language: options.language.code().to_string(),
        chosen: Vec::new(),
        note: super::WHAT_IT_IS_NOT,
    }
}

/// One document as a result.
pub fn practice(set: &RuleSet, options: &Options, practice: &Practice) -> PracticeResult {
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
        sha256: practice.digest(),
        row: row(practice),
        format: practice.format.map(str::to_string),
        state: practice.state,
        problem: practice.problem.clone(),
        practice: practice.metadata.iter().cloned().collect(),
        observations: practice.observations.clone(),
        elements: practice.elements.clone(),
        gaps: practice.gaps.iter().map(gap).collect(),
        definition: practice.definition.clone(),
        typology: practice.typology.as_ref().map(|own| typology(set, options, own)),
        units: practice.units.clone(),
        findings: practice
            .findings
            .iter()
            .map(|found| finding(set, &practice.sources, found))
            .collect(),
    }
}

/// The row of a practice in a spreadsheet.
fn row(practice: &Practice) -> Option<RowResult> {
    let (sheet, row) = practice.row()?;
    let sheet = sheet.to_string();
    Some(RowResult { sheet, row })
}

fn typology(set: &RuleSet, options: &Options, own: &Classification) -> TypologyResult {
    let (table, language) = (&set.typology, options.language);
    let of_kind = |kind: usize, reasons: &[Reason]| {
        let kind = &table.kinds[kind];
        grouped(reasons, |clause| (kind.clause_id(clause), kind.why(clause, language)))
    };
    let id = |kind: usize| table.kinds[kind].file.kind.clone();
    let near = |near: &Nearest| NearestResult {
        kind: id(near.kind),
        name: table.name(Some(near.kind), language),
        missing: of_kind(near.kind, &near.missing),
        against: of_kind(near.kind, &near.against),
    };
    let traits = own.traits.iter().map(|(number, reasons)| {
        let own = &table.traits[*number];
        TraitResult {
            r#trait: own.file.r#trait.clone(),
            name: own.name(language).to_string(),
            polarity: own.file.polarity,
            why: grouped(reasons, |clause| (own.clause_id(clause), own.why(clause, language))),
        }
    });
    TypologyResult {
        kind: own.kind.map_or("undecided".to_string(), id),
        name: table.name(own.kind, language),
        why: own.kind.map(|kind| of_kind(kind, &own.why)).unwrap_or_default(),
        nearest: own.nearest.iter().map(near).collect(),
        traits: traits.collect(),
    }
}

/// Reasons by clause; those of one clause stand together.
fn grouped<'a>(reasons: &[Reason], words: impl Fn(usize) -> (&'a str, &'a str)) -> Vec<ReasonResult> {
    let by_clause = reasons.chunk_by(|a, b| a.clause == b.clause);
    let result = |reasons: &[Reason]| {
        let (id, text) = words(reasons[0].clause);
        let grounds = || reasons.iter().filter_map(|reason| reason.on.as_ref());
        ReasonResult {
            clause: id.to_string(),
            text: text.to_string(),
            elements: grounds().filter_map(Ground::element).collect(),
            pointers: grounds().filter_map(Ground::pointer).map(str::to_string).collect(),
        }
    };
    by_clause.map(result).collect()
}

/// The catalogue as a result.
pub fn catalogue(
    catalogue: Option<&Catalogue>,
    not_run: Option<NotRun>,
    findings: Vec<FindingResult>,
    language: Language,
) -> CatalogueResult {
    CatalogueResult {
        run: catalogue.is_some(),
        reason: not_run.map(|reason| language.tr(reason.words()).into_owned()),
        records: catalogue.map_or(0, |catalogue| catalogue.records),
        omitted: catalogue.map_or(0, |catalogue| catalogue.omitted),
        findings,
    }
}

/// One finding as a result, with the sources of its labels.
pub fn finding(set: &RuleSet, sources: &[Arc<Source>], found: &Finding) -> FindingResult {
    let rule = &set.rules[found.rule];
    let authority = &rule.file.authority;
    let labels: Vec<LabelResult> = std::iter::once(&found.primary)
        .chain(&found.others)
        .map(|place| label(sources, place))
        .collect();
    let primary = labelled(sources, &found.primary);
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
        place: place(primary, found.primary.span),
        cell: cell(primary, found.primary.span),
        labels,
        waived: found.waived.clone(),
        fix: found.fix.as_ref().map(|own| fix(&sources[0], own)),
    }
}

fn fix(source: &Source, fix: &Fix) -> FixResult {
    let edits = fix.edits.iter().map(|edit| EditResult {
        place: place(source, edit.span),
        text: edit.text.clone(),
    });
    FixResult {
        title: fix.title.clone(),
        applicability: fix.applicability,
        edits: edits.collect(),
    }
}

fn place(source: &Source, span: Span) -> PlaceResult {
    PlaceResult {
        region: Region::of(source, span),
        span: SpanResult {
            start: source.byte(span.start),
            end: source.byte(span.end),
        },
    }
}

fn cell(source: &Source, span: Span) -> Option<CellResult> {
    source.cell(span.start).map(|cell| CellResult {
        sheet: cell.sheet.to_string(),
        column: cell.column,
        row: cell.row,
    })
}

fn labelled<'s>(sources: &'s [Arc<Source>], label: &Label) -> &'s Source {
    &sources[label.source.0 as usize]
}

fn label(sources: &[Arc<Source>], label: &Label) -> LabelResult {
    let source = labelled(sources, label);
    LabelResult {
        file: source.name().to_string(),
        text: label.text.clone(),
        place: place(source, label.span),
        cell: cell(source, label.span),
    }
}
