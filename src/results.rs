//! Results read back: what `--format json` or `ndjson` wrote, for those who compare two of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::language::{Phrase, mark};
use crate::lint::State;
use crate::report::json::RESULT_VERSION;
use crate::rule::Level;
use crate::score::{Because, ClauseVerdict, Verdict, VerdictBasis};
use crate::standard::Element;

/// A result, as far as comparing needs it.
#[derive(Clone, Debug)]
pub struct Results {
    /// What it rests on.
    pub made_by: MadeBy,
    /// The documents.
    pub practices: Vec<Record>,
    /// What was found by comparing practices, where the rules over a catalogue ran.
    pub catalogue: Option<Vec<Found>>,
}

/// What a result rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MadeBy {
    /// Version of the program.
    pub credlint: String,
    /// SHA-256 of the rules.
    pub rules: String,
    /// Latest date of the vocabularies.
    pub vocabularies: String,
    /// The scoring profile; with other weights than its own it bears their digest.
    pub profile: String,
    /// The weight of every element that counts; empty in results of a program that did not write it.
    #[serde(default)]
    pub weights: BTreeMap<Element, u32>,
    /// Further profiles, which add findings.
    #[serde(default)]
    pub further_profiles: Vec<String>,
    /// The day on which "is this over?" is answered.
    pub as_of: String,
    /// The language of texts.
    pub language: String,
}

impl MadeBy {
    /// The profile's own name, whatever its weights.
    pub fn profile_name(&self) -> &str {
        self.profile.split('+').next().unwrap_or_default()
    }
}

/// A document in a result.
#[derive(Clone, Debug, Deserialize)]
pub struct Record {
    /// Its id, if it says one.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The file.
    pub file: String,
    /// 1-based number of the document in the file.
    pub document: usize,
    /// SHA-256 of its text.
    #[serde(default)]
    pub sha256: Option<String>,
    /// What became of it.
    pub state: State,
    /// Verdicts.
    pub elements: Vec<Judged>,
    /// Gaps, one per block.
    pub gaps: Vec<BlockGap>,
    /// The definition.
    pub definition: Option<Clauses>,
    /// The kind of practice.
    #[serde(default)]
    pub typology: Option<KindOf>,
    /// Findings.
    pub findings: Vec<Found>,
}

impl Record {
    /// Short and the same everywhere: the id, else the name, else the file.
    pub fn label(&self) -> &str {
        self.id.as_deref().or(self.name.as_deref()).unwrap_or(&self.file)
    }

    /// What is said of an element.
    pub fn judged(&self, element: Element) -> Option<&Judged> {
        self.elements.iter().find(|judged| judged.element == element)
    }
}

/// The verdict on an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// Which element.
    pub element: Element,
    /// The verdict.
    pub verdict: Verdict,
    /// On what it rests.
    pub basis: Option<VerdictBasis>,
    /// The block of the profile that counts it.
    pub block: Option<String>,
    /// Every rule and piece of evidence that it comes from.
    pub because: Vec<Because>,
}

/// The gap of a block in half-weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockGap {
    /// The block.
    pub block: String,
    /// Known to be missing.
    pub missing: u32,
    /// Not stated.
    pub open: u32,
    /// What applies.
    pub applicable: u32,
}

impl BlockGap {
    /// The gap, to be shown; how much is silent does not matter to whoever compares.
    pub fn gap(&self) -> crate::score::Gap {
        crate::score::Gap {
            missing: self.missing,
            open: self.open,
            applicable: self.applicable,
            silent: 0,
        }
    }
}

/// The definition, clause by clause.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Clauses {
    /// The clauses.
    pub clauses: Vec<ClauseOf>,
    /// Why evidence contradicts the whole.
    pub contradicted_by: Vec<String>,
}

/// One clause.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ClauseOf {
    /// Which.
    pub clause: String,
    /// The verdict.
    pub verdict: ClauseVerdict,
}

/// The kind of a practice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KindOf {
    /// Its id.
    pub kind: String,
    /// Its name for people.
    pub name: String,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// The rule's id.
    pub rule: String,
    /// Its level.
    pub level: Level,
    /// What it is about.
    pub element: Element,
    /// What is wrong.
    pub message: String,
    /// JSON pointer in the document.
    pub pointer: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

/// Why a text is no result that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoResult {
    /// It is something else.
    Other,
    /// It is a result of another version.
    Version(u64),
    /// It is one and cannot be read.
    Broken(String),
}

impl NoResult {
    /// In a sentence.
    pub fn phrase(&self) -> Phrase {
        match self {
            NoResult::Other => Phrase::new(mark(
                "this is neither a result nor a descriptor; `credlint score --format json` writes a result",
            )),
            NoResult::Version(version) => Phrase::new(mark(
                "this is a result of version {version}; this credlint reads version {known}: write it anew",
            ))
            .with("version", version)
            .with("known", RESULT_VERSION),
            NoResult::Broken(why) => {
                Phrase::new(mark("this looks like a result and cannot be read: {why}")).with("why", why)
            }
        }
    }
}

#[derive(Deserialize)]
struct Whole {
    made_by: MadeBy,
    practices: Vec<Record>,
    #[serde(default)]
    catalogue: Catalogue,
}

#[derive(Default, Deserialize)]
struct Catalogue {
    #[serde(default)]
    run: bool,
    #[serde(default)]
    findings: Vec<Found>,
}

impl Catalogue {
    fn found(self) -> Option<Vec<Found>> {
        self.run.then_some(self.findings)
    }
}

/// Reads a result: one JSON document, or a line for each practice and one that says what made them.
pub fn read(text: &str) -> Result<Results, NoResult> {
    let text = text.trim_start_matches('\u{FEFF}');
    if !text.trim_start().starts_with('{') {
        return Err(NoResult::Other);
    }
    #[derive(Deserialize)]
    struct Probe {
        version: Option<Value>,
        made_by: Option<serde::de::IgnoredAny>,
        practices: Option<serde::de::IgnoredAny>,
    }
    match serde_json::from_str::<Probe>(text) {
        Ok(Probe {
            version,
            made_by: Some(_),
            practices: Some(_),
        }) => {
            check_version(version.as_ref())?;
            let whole: Whole = serde_json::from_str(text).map_err(|error| NoResult::Broken(error.to_string()))?;
            Ok(Results {
                made_by: whole.made_by,
                practices: whole.practices,
                catalogue: whole.catalogue.found(),
            })
        }
        // A truncated result is told from a descriptor by how it begins.
        Err(error) if text.trim_start().starts_with("{\"version\":") && error.is_eof() => {
            Err(NoResult::Broken(error.to_string()))
        }
        _ => lines(text),
    }
}

fn check_version(version: Option<&Value>) -> Result<(), NoResult> {
    match version.and_then(Value::as_u64) {
        Some(version) if version == u64::from(RESULT_VERSION) => Ok(()),
        Some(version) => Err(NoResult::Version(version)),
        None => Err(NoResult::Broken("`version` is missing".to_string())),
    }
}

/// One JSON value after the other: what made them, practices, findings over the catalogue, and counts at the end.
fn lines(text: &str) -> Result<Results, NoResult> {
    let broken = |error: serde_json::Error| NoResult::Broken(error.to_string());
    let (mut made_by, mut practices) = (None, Vec::new());
    let (mut findings, mut ran, mut whole) = (Vec::new(), false, true);
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let known = made_by.is_some() || !practices.is_empty();
        let mut value = value.map_err(|error| if known { broken(error) } else { NoResult::Other })?;
        // Lines that say what they are end with one that counts.
        whole = value.get("line").is_none_or(|line| line == "summary");
        if let Some(own) = value.get_mut("made_by").map(Value::take) {
            check_version(value.get("version"))?;
            made_by = Some(serde_json::from_value(own).map_err(broken)?);
        }
        if let Some(own) = value.get_mut("catalogue").filter(|own| own.is_object()) {
            let own: Catalogue = serde_json::from_value(own.take()).map_err(broken)?;
            ran = own.run;
            findings.extend(own.findings);
        }
        if value.get("elements").is_some() && value.get("file").is_some() {
            practices.push(serde_json::from_value(value).map_err(broken)?);
        } else if value.get("rule").is_some() && value.get("pointer").is_some() {
            findings.push(serde_json::from_value(value).map_err(broken)?);
        }
    }
    match made_by {
        Some(_) if !whole => Err(NoResult::Broken(
            "its last line is missing: the run was interrupted".to_string(),
        )),
        Some(made_by) => Ok(Results {
            made_by,
            practices,
            catalogue: ran.then_some(findings),
        }),
        None if practices.is_empty() => Err(NoResult::Other),
        None => Err(NoResult::Broken("no line says what made it (`made_by`)".to_string())),
    }
}

/// Practices of two results that are the same: numbers in the one and in the other.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// In both.
    pub both: Vec<(usize, usize)>,
    /// In the first only.
    pub first: Vec<usize>,
    /// In the second only.
    pub second: Vec<usize>,
}

/// Matches practices by id, then by file and document, then by the document alone where each side has one file, then
/// by their text. What is ambiguous on either side is left to the next of these.
pub fn matches(first: &[Record], second: &[Record]) -> Matches {
    let mut partner: Vec<Option<usize>> = vec![None; first.len()];
    let mut taken = vec![false; second.len()];
    let one_file = |records: &[Record]| records.windows(2).all(|pair| pair[0].file == pair[1].file);
    let document_alone = one_file(first) && one_file(second);
    type Key = fn(&Record) -> Option<String>;
    let keys: [(bool, Key); 4] = [
        (true, |record| record.id.clone()),
        (true, |record| Some(format!("{}\n{}", record.file, record.document))),
        (document_alone, |record| Some(record.document.to_string())),
        (true, |record| record.sha256.clone()),
    ];
    for (_, key) in keys.into_iter().filter(|(applies, _)| *applies) {
        let own = unique(first, key, |number| partner[number].is_none());
        let other = unique(second, key, |number| !taken[number]);
        for (name, number) in own {
            if let Some(matching) = other.get(&name) {
                partner[number] = Some(*matching);
                taken[*matching] = true;
            }
        }
    }
    let numbered = partner.iter().enumerate();
    Matches {
        both: numbered
            .clone()
            .filter_map(|(number, other)| Some((number, (*other)?)))
            .collect(),
        first: numbered
            .filter(|(_, other)| other.is_none())
            .map(|(number, _)| number)
            .collect(),
        second: (0..second.len()).filter(|number| !taken[*number]).collect(),
    }
}

/// Records that are still free, by a key that only one of them has.
fn unique(
    records: &[Record],
    key: fn(&Record) -> Option<String>,
    free: impl Fn(usize) -> bool,
) -> BTreeMap<String, usize> {
    let mut found: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for (number, record) in records.iter().enumerate().filter(|(number, _)| free(*number)) {
        if let Some(name) = key(record) {
            found
                .entry(name)
                .and_modify(|seen| *seen = None)
                .or_insert(Some(number));
        }
    }
    found
        .into_iter()
        .filter_map(|(name, number)| Some((name, number?)))
        .collect()
}
