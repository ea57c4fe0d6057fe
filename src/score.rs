//! Verdicts and the gap score, in integers.
//!
//! Every figure counts *half-weights*: an element of weight 1 weighs 2, a partial one misses 1. Percentages exist for
//! display only. Blocks are never mixed. What must hold is tested as properties (`tests/it/score.rs`): improving a
//! verdict raises neither end of the gap, worsening lowers neither, stating something never widens the interval.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::elements::{Basis, Elements, EvidenceEntry, Statement, Statements};
use crate::language::{Language, mark};
use crate::profile::{Block, EvidencePolicy, Profile, Silence};
use crate::rule::Effect;
use crate::standard::Element;

/// What can be said of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Stated, and nothing is wrong with it.
    Met,
    /// Stated with a shortcoming.
    Partial,
    /// Known to be missing.
    Gap,
    /// Nobody said.
    NotStated,
    /// It does not apply, for a stated reason.
    NotApplicable,
}

impl Verdict {
    /// Its word in files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Partial => "partial",
            Verdict::Gap => "gap",
            Verdict::NotStated => "not-stated",
            Verdict::NotApplicable => "not-applicable",
        }
    }

    /// Every verdict, in the order of keys and legends.
    pub const ALL: [Verdict; 5] = [
        Verdict::Met,
        Verdict::Partial,
        Verdict::Gap,
        Verdict::NotStated,
        Verdict::NotApplicable,
    ];

    /// Its word in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Met => mark("met"),
            Verdict::Partial => mark("partial"),
            Verdict::Gap => mark("gap"),
            Verdict::NotStated => mark("not stated"),
            Verdict::NotApplicable => mark("not applicable"),
        }
    }

    /// The verdict of a word in an evidence entry.
    pub fn from_word(word: &str) -> Option<Verdict> {
        [
            Verdict::Met,
            Verdict::Partial,
            Verdict::Gap,
            Verdict::NotStated,
            Verdict::NotApplicable,
        ]
        .into_iter()
        .find(|verdict| verdict.word() == word)
    }

    fn badness(self) -> u8 {
        match self {
            Verdict::Met => 0,
            Verdict::Partial => 1,
            Verdict::Gap => 2,
            Verdict::NotStated | Verdict::NotApplicable => 0,
        }
    }
}

/// Where a verdict comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// The value itself: `none`, some items only, or nothing wrong with it.
    Value(String),
    /// A rule that failed.
    Rule(String),
    /// An entry of the evidence table.
    Evidence(EvidenceRef),
}

/// An entry of the evidence table, as a result cites it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceRef {
    /// The id of the source.
    pub source: Option<String>,
    /// The place in the source.
    pub locator: Option<String>,
    /// What it says.
    pub note: Option<String>,
}

/// On what a verdict rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictBasis {
    /// A value of the file.
    Value,
    /// Evidence that states it.
    Stated,
    /// Evidence from which it is inferred.
    Inferred,
}

/// The verdict on one element.
#[derive(Clone, Debug, Serialize, JsonSchema, Deserialize)]
pub struct ElementVerdict {
    /// Which element.
    pub element: Element,
    /// The verdict.
    pub verdict: Verdict,
    /// On what it rests; absent when nothing is stated.
    pub basis: Option<VerdictBasis>,
    /// The block of the profile that counts it, if one does.
    pub block: Option<String>,
    /// Every rule and piece of evidence that it comes from.
    pub because: Vec<Because>,
}

/// The gap of one block, in half-weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Known to be missing.
    pub missing: u32,
    /// Not stated.
    pub open: u32,
    /// What applies.
    pub applicable: u32,
    /// Not stated, also where silence counts as missing.
    pub silent: u32,
}

impl Gap {
    /// Whether too little is stated to compare: under half of what applies.
    pub fn is_thin(self) -> bool {
        self.silent * 2 > self.applicable
    }

    /// The gap in percent, as an interval where something is open: `30–50 %`; a dash where nothing applies.
    pub fn percent(self) -> String {
        match (self.applicable, self.open) {
            (0, _) => "–".to_string(),
            (_, 0) => format!("{} %", self.low()),
            _ => format!("{}–{} %", self.low(), self.high()),
        }
    }

    /// Lower end in percent, half up. 0 where nothing applies.
    pub fn low(self) -> u32 {
        percent(self.missing, self.applicable)
    }

    /// Upper end in percent, half up.
    pub fn high(self) -> u32 {
        percent(self.missing + self.open, self.applicable)
    }
}

fn percent(part: u32, whole: u32) -> u32 {
    if whole == 0 {
        0
    } else {
        (part * 200 + whole) / (whole * 2)
    }
}

/// Half-weights as people count: `3`, `1½`, `½`.
pub fn count(half_weights: u32) -> String {
    match (half_weights / 2, half_weights % 2) {
        (whole, 0) => whole.to_string(),
        (0, _) => "½".to_string(),
        (whole, _) => format!("{whole}½"),
    }
}

/// The verdict from the value alone: what the lens says and the rules that failed. `None` where nothing is stated.
pub fn value_verdict(elements: &Elements, statements: &Statements, element: Element, worst: Effect) -> Option<Verdict> {
    let from_effect = match worst {
        Effect::None => Verdict::Met,
        Effect::Partial => Verdict::Partial,
        Effect::Gap => Verdict::Gap,
    };
    match statements.get(element) {
        Statement::NotStated => None,
        Statement::NotApplicable => Some(Verdict::NotApplicable),
        Statement::DeclaredNone => elements.info(element).map(|info| info.verdict_of_none()),
        Statement::Stated { complete: true } => Some(from_effect),
        Statement::Stated { complete: false } => Some(worse(from_effect, Verdict::Partial)),
    }
}

fn worse(a: Verdict, b: Verdict) -> Verdict {
    if b.badness() > a.badness() { b } else { a }
}

/// Adds the evidence, where the profile lets it speak.
pub fn combine(
    value: Option<Verdict>,
    evidence: &[&EvidenceEntry<'_>],
    policy: EvidencePolicy,
) -> (Verdict, Option<VerdictBasis>) {
    let speaking = || {
        let scores = policy == EvidencePolicy::Scores;
        evidence
            .iter()
            .filter(move |entry| scores && matches!(entry.basis, Basis::Stated | Basis::Inferred))
    };
    let judged = |verdict: &Verdict| matches!(verdict, Verdict::Met | Verdict::Partial | Verdict::Gap);
    let candidates =
        speaking().filter_map(|entry| entry.verdict.filter(judged).map(|verdict| (verdict, basis_of(entry))));
    // The worst counts; between equals the firmest basis: a value, then stated, then inferred.
    let own = value.filter(judged).map(|verdict| (verdict, VerdictBasis::Value));
    let worst = own
        .into_iter()
        .chain(candidates)
        .min_by_key(|(verdict, basis)| (std::cmp::Reverse(verdict.badness()), *basis as u8));
    if let Some((verdict, basis)) = worst {
        return (verdict, Some(basis));
    }
    if value == Some(Verdict::NotApplicable) {
        return (Verdict::NotApplicable, Some(VerdictBasis::Value));
    }
    let excused = speaking().find(|entry| entry.verdict == Some(Verdict::NotApplicable));
    excused.map_or((Verdict::NotStated, None), |entry| {
        (Verdict::NotApplicable, Some(basis_of(entry)))
    })
}

fn basis_of(entry: &EvidenceEntry<'_>) -> VerdictBasis {
    if entry.basis == Basis::Inferred {
        VerdictBasis::Inferred
    } else {
        VerdictBasis::Stated
    }
}

/// The gap of a block.
pub fn gap(block: &Block, silence: Silence, verdict: impl Fn(Element) -> Verdict) -> Gap {
    let mut gap = Gap::default();
    for &element in &block.elements {
        let weight = block.weight(element);
        let verdict = verdict(element);
        if verdict == Verdict::NotApplicable {
            continue;
        }
        gap.applicable += 2 * weight;
        match verdict {
            Verdict::Gap => gap.missing += 2 * weight,
            Verdict::Partial => gap.missing += weight,
            Verdict::NotStated => {
                gap.silent += 2 * weight;
                match silence {
                    Silence::Gap => gap.missing += 2 * weight,
                    Silence::Unknown => gap.open += 2 * weight,
                }
            }
            Verdict::Met | Verdict::NotApplicable => {}
        }
    }
    gap
}

/// The element whose mending closes the most of the headline block at the least effort, and how much it closes.
pub fn next_step(profile: &Profile, verdict: impl Fn(Element) -> Verdict) -> Option<(Element, u32)> {
    let block = profile.headline();
    let silence = profile.silence;
    let closes = |element: Element| {
        let weight = block.weight(element);
        match verdict(element) {
            Verdict::Gap => 2 * weight,
            Verdict::NotStated if silence == Silence::Gap => 2 * weight,
            Verdict::Partial => weight,
            _ => 0,
        }
    };
    let known = block
        .elements
        .iter()
        .copied()
        .map(|element| (element, closes(element)))
        .filter(|(_, closed)| *closed > 0);
    // The first of the largest, in the standard's order.
    let known = known.fold(None, |best: Option<(Element, u32)>, next| {
        if best.is_some_and(|best| best.1 >= next.1) {
            best
        } else {
            Some(next)
        }
    });
    let silent = || {
        block
            .elements
            .iter()
            .copied()
            .find(|element| verdict(*element) == Verdict::NotStated)
            .map(|element| (element, 0))
    };
    known.or_else(silent)
}

/// One clause of the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clause {
    /// A record of learning outcomes.
    LearningOutcomes,
    /// Acquired following a small volume of learning.
    SmallVolume,
    /// Assessed against transparent and clearly defined criteria.
    Assessment,
    /// Underpinned by quality assurance.
    QualityAssurance,
}

/// What the record says about a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseVerdict {
    /// The record supports it.
    Supported,
    /// The record contradicts it.
    Contradicted,
    /// The record does not say enough.
    NotStated,
}

/// The definition, clause by clause. It never says that something is a micro-credential in law.
#[derive(Clone, Debug, Serialize, JsonSchema, Deserialize)]
pub struct Definition {
    /// The clauses, in order.
    pub clauses: Vec<ClauseResult>,
    /// Why the whole is contradicted by evidence, if it is.
    pub contradicted_by: Vec<String>,
}

/// One clause and its verdict.
#[derive(Clone, Debug, Serialize, JsonSchema, Deserialize)]
pub struct ClauseResult {
    /// Which clause.
    pub clause: Clause,
    /// The verdict.
    pub verdict: ClauseVerdict,
    /// What contradicts it.
    pub reason: Option<String>,
}

impl Definition {
    /// Whether anything stated contradicts it.
    pub fn is_contradicted(&self) -> bool {
        let contradicted = |clause: &ClauseResult| clause.verdict == ClauseVerdict::Contradicted;
        !self.contradicted_by.is_empty() || self.clauses.iter().any(contradicted)
    }

    /// In words.
    pub fn words(&self, language: Language) -> String {
        let reasons = self
            .clauses
            .iter()
            .filter_map(|clause| clause.reason.as_ref())
            .chain(&self.contradicted_by);
        let reasons: Vec<_> = reasons.map(|reason| language.tr(reason)).collect();
        if !reasons.is_empty() {
            return language.fill("contradicted: {reasons}", &[("reasons", &reasons.join("; "))]);
        }
        if self
            .clauses
            .iter()
            .all(|clause| clause.verdict == ClauseVerdict::Supported)
        {
            return language.tr("all clauses supported").into_owned();
        }
        language.tr("nothing stated contradicts the definition").into_owned()
    }
}
