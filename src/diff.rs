//! What changed between two results, practice by practice, and why: the file, or what it was judged by.
//!
//! A reason is given only where it can be one. The text of a document either changed or not, by its digest. The rules,
//! the vocabularies, the profile, further profiles, the date and the program hold for the whole result: where one of them
//! differs it may be why, and where several do, nobody can tell from the results alone which it was; all are named. Other
//! weights change a gap and never a verdict.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::language::mark;
use crate::lint::State;
use crate::results::{BlockGap, Found, Judged, MadeBy, Record, Results, matches};
use crate::score::ClauseVerdict;
use crate::standard::Element;

/// The version of this form.
pub const DIFF_VERSION: u32 = 1;

/// The difference between two results.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "credlint diff", description = "What `credlint diff --format json` prints")]
pub struct Diff {
    /// Version of this form.
    pub version: u32,
    /// The earlier result.
    pub old: Side,
    /// The later one.
    pub new: Side,
    /// In what the two differ that holds for all practices.
    pub made_by: Vec<MadeOtherwise>,
    /// Practices that changed, appeared or vanished; in the order of the new result, the vanished ones last.
    pub practices: Vec<PracticeDiff>,
    /// Findings over the catalogue; absent where the rules over it did not run for both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<FindingsDiff>,
    /// Counts.
    pub summary: Counts,
}

/// One of the two results.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Side {
    /// Its name.
    pub name: String,
    /// What it rests on.
    pub made_by: MadeBy,
}

/// Something that holds for a whole result and is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MadeOtherwise {
    /// What.
    pub what: Cause,
    /// In the earlier result.
    pub old: String,
    /// In the later one.
    pub new: String,
}

/// What a change may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The text of the document is not the same.
    File,
    /// A result has no digest of the text, so that nobody can say whether it is the same.
    FilePerhaps,
    /// The rules are not the same.
    Rules,
    /// The vocabularies are of another date.
    Vocabularies,
    /// The profile is another one.
    Profile,
    /// The weights are others.
    Weights,
    /// The profiles that add findings are others.
    FurtherProfiles,
    /// The day is another one.
    AsOf,
    /// The version of the program is another one.
    Program,
    /// Nothing that the results say of themselves.
    Unknown,
}

impl Cause {
    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Cause::File => mark("the file was edited"),
            Cause::FilePerhaps => mark("the file may have been edited: a result has no digest of it"),
            Cause::Rules => mark("the rules are others"),
            Cause::Vocabularies => mark("the vocabularies are of another date"),
            Cause::Profile => mark("the profile is another one"),
            Cause::Weights => mark("the weights are others"),
            Cause::FurtherProfiles => mark("the further profiles are others"),
            Cause::AsOf => mark("the day is another one"),
            Cause::Program => mark("the program is of another version"),
            Cause::Unknown => mark("nothing that the results say of themselves"),
        }
    }

    /// As a heading.
    pub fn heading(self) -> &'static str {
        match self {
            Cause::File | Cause::FilePerhaps => mark("file"),
            Cause::Rules => mark("rules"),
            Cause::Vocabularies => mark("vocabularies"),
            Cause::Profile => mark("profile"),
            Cause::Weights => mark("weights"),
            Cause::FurtherProfiles => mark("further profiles"),
            Cause::AsOf => mark("as of"),
            Cause::Program => mark("credlint"),
            Cause::Unknown => mark("unknown"),
        }
    }
}

/// What happened to a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is in both and not the same.
    Changed,
    /// It is in the later result only.
    Appeared,
    /// It is in the earlier result only.
    Vanished,
}

/// A practice that is not as it was.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PracticeDiff {
    /// What happened to it.
    pub fate: Fate,
    /// Its id, if it says one.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The file; of one that vanished, where it was.
    pub file: String,
    /// 1-based number of the document in the file.
    pub document: usize,
    /// What the change may come from; empty where it appeared or vanished.
    pub because: Vec<Cause>,
    /// Its id, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_was: Option<Was>,
    /// What became of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Turned<State>>,
    /// Verdicts that changed.
    pub elements: Vec<ElementDiff>,
    /// Gaps that changed.
    pub gaps: Vec<GapDiff>,
    /// Clauses of the definition that changed.
    pub definition: Vec<ClauseDiff>,
    /// The kind, by its name, where it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Turned<String>>,
    /// Findings that appeared, vanished or have another level.
    pub findings: FindingsDiff,
}

/// What there was before, if anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Was {
    /// It.
    pub old: Option<String>,
}

/// From one value to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Turned<T> {
    /// In the earlier result.
    pub old: T,
    /// In the later one.
    pub new: T,
}

/// An element whose verdict changed. Nothing where one result does not judge it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ElementDiff {
    /// Which element.
    pub element: Element,
    /// In the earlier result.
    pub old: Option<Judged>,
    /// In the later one.
    pub new: Option<Judged>,
}

/// A block whose gap changed. Nothing where the profile does not have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GapDiff {
    /// The block.
    pub block: String,
    /// In the earlier result.
    pub old: Option<BlockGap>,
    /// In the later one.
    pub new: Option<BlockGap>,
    /// Whether no verdict of the block changed, so that it was only counted otherwise.
    pub only_counted: bool,
}

/// A clause of the definition whose verdict changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClauseDiff {
    /// Which clause; `evidence` is what evidence says of the whole.
    pub clause: String,
    /// In the earlier result.
    pub old: Option<ClauseVerdict>,
    /// In the later one.
    pub new: Option<ClauseVerdict>,
}

/// Findings that are not in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindingsDiff {
    /// In the later result only.
    pub appeared: Vec<Found>,
    /// In the earlier result only.
    pub vanished: Vec<Found>,
    /// In both, of another level: the later one, and the level it had.
    pub other_level: Vec<Relevelled>,
}

impl FindingsDiff {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.appeared.is_empty() && self.vanished.is_empty() && self.other_level.is_empty()
    }
}

/// A finding with another level than it had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Relevelled {
    /// The finding, as it is now.
    pub finding: Found,
    /// The level that it had.
    pub was: crate::rule::Level,
}

/// How many practices are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// As they were.
    pub same: usize,
    /// Of these, how many were edited all the same.
    pub same_though_edited: usize,
    /// Changed.
    pub changed: usize,
    /// In the later result only.
    pub appeared: usize,
    /// In the earlier result only.
    pub vanished: usize,
}

impl Diff {
    /// Whether anything changed. That a result was made otherwise, or a file edited, is no change by itself.
    pub fn is_empty(&self) -> bool {
        self.practices.is_empty() && self.catalogue.as_ref().is_none_or(FindingsDiff::is_empty)
    }
}

/// Compares two results with their names.
pub fn diff((old_name, old): (&str, &Results), (new_name, new): (&str, &Results)) -> Diff {
    let made_by = made_otherwise(&old.made_by, &new.made_by);
    let whole: Vec<Cause> = made_by.iter().map(|other| other.what).collect();
    let matched = matches(&old.practices, &new.practices);
    let partner: BTreeMap<usize, usize> = matched.both.iter().map(|(old, new)| (*new, *old)).collect();
    let (mut practices, mut summary) = (Vec::new(), Counts::default());
    for (number, record) in new.practices.iter().enumerate() {
        let Some(earlier) = partner.get(&number).map(|number| &old.practices[*number]) else {
            summary.appeared += 1;
            practices.push(PracticeDiff::alone(Fate::Appeared, record));
            continue;
        };
        match compare(earlier, record, &whole) {
            Some(change) => {
                summary.changed += 1;
                practices.push(change);
            }
            None => {
                summary.same += 1;
                summary.same_though_edited += usize::from(file_cause(earlier, record) == Some(Cause::File));
            }
        }
    }
    for number in &matched.first {
        summary.vanished += 1;
        practices.push(PracticeDiff::alone(Fate::Vanished, &old.practices[*number]));
    }
    let side = |name: &str, results: &Results| Side {
        name: name.to_string(),
        made_by: results.made_by.clone(),
    };
    Diff {
        version: DIFF_VERSION,
        old: side(old_name, old),
        new: side(new_name, new),
        made_by,
        practices,
        catalogue: old
            .catalogue
            .as_ref()
            .zip(new.catalogue.as_ref())
            .map(|(old, new)| findings(old, new)),
        summary,
    }
}

/// In what two results differ as a whole.
fn made_otherwise(old: &MadeBy, new: &MadeBy) -> Vec<MadeOtherwise> {
    let weights = |made_by: &MadeBy| {
        let weights = made_by
            .weights
            .iter()
            .map(|(element, weight)| format!("{element}={weight}"));
        weights.collect::<Vec<_>>().join(",")
    };
    let profile = |made_by: &MadeBy| made_by.profile_name().to_string();
    let mut all = vec![
        (Cause::Rules, old.rules.clone(), new.rules.clone()),
        (Cause::Vocabularies, old.vocabularies.clone(), new.vocabularies.clone()),
        (Cause::Profile, profile(old), profile(new)),
        (
            Cause::FurtherProfiles,
            old.further_profiles.join(", "),
            new.further_profiles.join(", "),
        ),
        (Cause::AsOf, old.as_of.clone(), new.as_of.clone()),
        (Cause::Program, old.credlint.clone(), new.credlint.clone()),
    ];
    // A result that does not tell its weights has those of its profile.
    let told = !old.weights.is_empty() && !new.weights.is_empty();
    if old.profile_name() == new.profile_name() && told {
        all.push((Cause::Weights, weights(old), weights(new)));
    }
    let different = all.into_iter().filter(|(_, old, new)| old != new);
    different
        .map(|(what, old, new)| MadeOtherwise { what, old, new })
        .collect()
}

fn file_cause(old: &Record, new: &Record) -> Option<Cause> {
    match (&old.sha256, &new.sha256) {
        (Some(old), Some(new)) => (old != new).then_some(Cause::File),
        // Neither could be opened: there is nothing to compare.
        (None, None) if old.state == State::Unreadable && new.state == State::Unreadable => None,
        _ => Some(Cause::FilePerhaps),
    }
}

impl PracticeDiff {
    /// Whether all verdicts and findings are the same and only the count is another.
    pub fn is_only_counted(&self) -> bool {
        let judged = self.elements.is_empty() && self.definition.is_empty() && self.findings.is_empty();
        let named = self.id_was.is_none() && self.state.is_none() && self.kind.is_none();
        self.fate == Fate::Changed && judged && named
    }

    fn new(fate: Fate, record: &Record) -> PracticeDiff {
        PracticeDiff {
            fate,
            id: record.id.clone(),
            name: record.name.clone(),
            file: record.file.clone(),
            document: record.document,
            because: Vec::new(),
            id_was: None,
            state: None,
            elements: Vec::new(),
            gaps: Vec::new(),
            definition: Vec::new(),
            kind: None,
            findings: FindingsDiff::default(),
        }
    }

    /// A practice that has no partner; its gaps are told on the side where it is.
    fn alone(fate: Fate, record: &Record) -> PracticeDiff {
        let gap = |gap: &BlockGap| {
            let own = Some(gap.clone());
            let (old, new) = if fate == Fate::Appeared {
                (None, own)
            } else {
                (own, None)
            };
            GapDiff {
                block: gap.block.clone(),
                old,
                new,
                only_counted: false,
            }
        };
        PracticeDiff {
            gaps: record.gaps.iter().map(gap).collect(),
            ..PracticeDiff::new(fate, record)
        }
    }
}

/// What changed in a practice; nothing where nothing did.
fn compare(old: &Record, new: &Record, whole: &[Cause]) -> Option<PracticeDiff> {
    let mut change = PracticeDiff::new(Fate::Changed, new);
    change.id_was = (old.id != new.id).then(|| Was { old: old.id.clone() });
    change.state = turned(old.state, new.state);
    change.elements = Element::ALL
        .into_iter()
        .filter_map(|element| {
            let (old, new) = (old.judged(element), new.judged(element));
            let verdict = |judged: Option<&Judged>| judged.map(|judged| judged.verdict);
            (verdict(old) != verdict(new)).then(|| ElementDiff {
                element,
                old: old.cloned(),
                new: new.cloned(),
            })
        })
        .collect();
    change.gaps = gaps(old, new, &change.elements);
    change.definition = definition(old, new);
    let kind = |record: &Record| record.typology.as_ref().map(|own| own.kind.clone()).unwrap_or_default();
    let name = |record: &Record| record.typology.as_ref().map(|own| own.name.clone()).unwrap_or_default();
    // By the id: names are in the language of each result.
    change.kind = turned(kind(old), kind(new)).map(|_| Turned {
        old: name(old),
        new: name(new),
    });
    change.findings = findings(&old.findings, &new.findings);
    let judged_otherwise = change.state.is_some()
        || !change.elements.is_empty()
        || !change.definition.is_empty()
        || change.kind.is_some()
        || change.id_was.is_some();
    let found_otherwise = !change.findings.is_empty();
    let counted_otherwise = change.gaps.iter().any(|gap| gap.only_counted);
    if !judged_otherwise && !found_otherwise && change.gaps.is_empty() {
        return None;
    }
    let may_be = |cause: &Cause| match cause {
        Cause::Weights => !change.gaps.is_empty(),
        Cause::FurtherProfiles => found_otherwise,
        Cause::AsOf | Cause::Vocabularies => judged_otherwise || found_otherwise,
        _ => judged_otherwise || found_otherwise || counted_otherwise,
    };
    let mut because: Vec<Cause> = whole.iter().copied().filter(may_be).collect();
    // An edited file cannot change how verdicts that stay are counted.
    because.extend(file_cause(old, new).filter(|_| judged_otherwise || found_otherwise));
    if because.is_empty() {
        because.push(Cause::Unknown);
    }
    because.sort_unstable();
    change.because = because;
    Some(change)
}

fn turned<T: PartialEq>(old: T, new: T) -> Option<Turned<T>> {
    (old != new).then_some(Turned { old, new })
}

fn gaps(old: &Record, new: &Record, changed: &[ElementDiff]) -> Vec<GapDiff> {
    let of = |record: &Record, block: &str| record.gaps.iter().find(|gap| gap.block == block).cloned();
    let mut blocks: Vec<&str> = new.gaps.iter().map(|gap| gap.block.as_str()).collect();
    blocks.extend(
        old.gaps
            .iter()
            .map(|gap| gap.block.as_str())
            .filter(|block| of(new, block).is_none()),
    );
    let gap = |block: &str| {
        let (old, new) = (of(old, block), of(new, block));
        let inside = |judged: &Option<Judged>| judged.as_ref().is_some_and(|own| own.block.as_deref() == Some(block));
        let moved = changed.iter().any(|change| inside(&change.old) || inside(&change.new));
        (old != new).then(|| GapDiff {
            block: block.to_string(),
            only_counted: !moved,
            old,
            new,
        })
    };
    blocks.into_iter().filter_map(gap).collect()
}

fn definition(old: &Record, new: &Record) -> Vec<ClauseDiff> {
    let clauses = |record: &Record| -> BTreeMap<String, ClauseVerdict> {
        let Some(definition) = &record.definition else {
            return BTreeMap::new();
        };
        let own = definition
            .clauses
            .iter()
            .map(|clause| (clause.clause.clone(), clause.verdict));
        let whole = !definition.contradicted_by.is_empty();
        let whole = whole.then(|| ("evidence".to_string(), ClauseVerdict::Contradicted));
        own.chain(whole).collect()
    };
    let (old, new) = (clauses(old), clauses(new));
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    let clause = |name: &String| {
        let (old, new) = (old.get(name).copied(), new.get(name).copied());
        (old != new).then(|| ClauseDiff {
            clause: name.clone(),
            old,
            new,
        })
    };
    names.filter_map(clause).collect()
}

/// Findings are the same by rule and pointer; what is left over, by rule and message: an item before it may have moved it.
fn findings(old: &[Found], new: &[Found]) -> FindingsDiff {
    let mut vanished: Vec<Option<&Found>> = old.iter().map(Some).collect();
    let mut appeared: Vec<Option<&Found>> = new.iter().map(Some).collect();
    let mut other_level = Vec::new();
    type Key = fn(&Found) -> (&str, &str);
    let keys: [Key; 2] = [
        |found| (&found.rule, &found.pointer),
        |found| (&found.rule, &found.message),
    ];
    for key in keys {
        let mut places: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (number, found) in vanished.iter().enumerate().rev() {
            if let Some(found) = found {
                places.entry(key(found)).or_default().push(number);
            }
        }
        for slot in &mut appeared {
            let Some(found) = *slot else { continue };
            let Some(number) = places.get_mut(&key(found)).and_then(Vec::pop) else {
                continue;
            };
            *slot = None;
            if let Some(was) = vanished[number].take().filter(|was| was.level != found.level) {
                other_level.push(Relevelled {
                    finding: found.clone(),
                    was: was.level,
                });
            }
        }
    }
    FindingsDiff {
        appeared: appeared.into_iter().flatten().cloned().collect(),
        vanished: vanished.into_iter().flatten().cloned().collect(),
        other_level,
    }
}
