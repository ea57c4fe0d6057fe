//! The kind of a practice: a de facto micro-credential, a standards-based certification, brand-specific training, told
//! from verdicts, metadata and observations by data (`rules/typology.yaml`).
//!
//! A condition *holds*, *fails* or is *open*, where the record is silent. The first kind whose conditions all hold is
//! given. An open kind further up is named beside it; where no kind holds, the practice is undecided, and what is
//! missing for the nearest is said. Nothing here is decided by the program: it evaluates, and remembers on what each
//! answer rests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::descriptor::{Descriptor, FactId, Place, Value};
use crate::elements::{Basis, EvidenceEntry};
use crate::language::Language;
use crate::path::{Base, Path};
use crate::rule::{Authority, Localized};
use crate::score::{Definition, ElementVerdict, Verdict};
use crate::standard::Element;
use crate::vocabulary::{Vocabulary, embedded};

/// Most kinds that an undecided practice is said to be near to.
const NEAREST: usize = 2;

/// The typology as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "credlint typology",
    description = "The kinds of practice, `rules/typology.yaml`: the first kind whose needs hold, and of whose `unless` nothing is stated, is given"
)]
pub struct TypologyFile {
    /// The kinds, in the order in which they are tried.
    pub kinds: Vec<KindFile>,
    /// What stands out in a practice, whatever its kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<TraitFile>,
}

/// A kind as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindFile {
    /// Its id.
    pub kind: String,
    /// Its name for people.
    pub name: Localized,
    /// What it is.
    pub description: Localized,
    /// What has to be stated; silence leaves it open.
    pub needs: Vec<ClauseFile>,
    /// What rules it out when stated; silence does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<ClauseFile>,
    /// Why it may be given although something stated contradicts the definition; every other kind has that among its
    /// `unless`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside_definition: Option<Localized>,
    /// On whose word.
    pub authority: Authority,
}

/// A trait as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TraitFile {
    /// Its id.
    pub r#trait: String,
    /// Its name for people.
    pub name: Localized,
    /// What it is.
    pub description: Localized,
    /// Whether it speaks for the practice or against it.
    pub polarity: Polarity,
    /// What has to be stated.
    pub needs: Vec<ClauseFile>,
    /// On whose word.
    pub authority: Authority,
}

/// A condition with its words.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseFile {
    /// Its id within the kind.
    pub id: String,
    /// A clause that can follow the kind's name and "if".
    pub why: Localized,
    /// The condition.
    pub r#if: WhenFile,
}

/// A condition as written; the set is closed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum WhenFile {
    /// An element has one of these verdicts. `not-stated` leaves it open, unless it is listed.
    Verdict(VerdictIs),
    /// Whether something stated contradicts the definition; never open.
    Definition(DefinitionIs),
    /// What the document describes is one of these; `micro-credential` where it does not say.
    Kind(Vec<String>),
    /// A plain value is one of these; codes are compared by their slug.
    Metadata(MetadataIs),
    /// There is such an observation. The opposite polarity speaks against it.
    Observation(ObservationIs),
    /// Somebody answers for quality from one of these sides.
    QualityAssurance(AnsweredBy),
    /// All of these hold.
    All(Vec<WhenFile>),
    /// At least one of these holds.
    Any(Vec<WhenFile>),
    /// The first of these that is not open decides.
    First(Vec<WhenFile>),
}

/// Operands of `verdict`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerdictIs {
    /// Which element.
    pub element: Element,
    /// The verdicts.
    pub is: Vec<Verdict>,
}

/// Operand of `definition`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DefinitionIs {
    /// Something stated contradicts it.
    Contradicted,
    /// Nothing stated contradicts it.
    NotContradicted,
}

/// Operands of `metadata`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetadataIs {
    /// Where.
    pub path: String,
    /// The values; `true` and `false` as text.
    pub is: Vec<String>,
}

/// Operands of `observation`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationIs {
    /// Its topic is one of these.
    pub topic: Vec<String>,
    /// Its polarity; any, without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polarity: Option<Polarity>,
}

/// Operands of `quality-assurance`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnsweredBy {
    /// The systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub system: Vec<String>,
    /// The types by which an entry counts that names no system, or whatever its system where none is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub r#type: Vec<String>,
}

/// Whether something speaks for a practice or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Polarity {
    /// For it.
    Strength,
    /// Against it.
    Weakness,
}

impl Polarity {
    /// The word in files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Polarity::Strength => crate::language::mark("strength"),
            Polarity::Weakness => crate::language::mark("weakness"),
        }
    }

    fn opposite(self) -> Polarity {
        match self {
            Polarity::Strength => Polarity::Weakness,
            Polarity::Weakness => Polarity::Strength,
        }
    }
}

/// The typology, checked and compiled.
#[derive(Debug)]
pub struct Typology {
    /// The kinds, in the order in which they are tried.
    pub kinds: Vec<Kind>,
    /// The traits.
    pub traits: Vec<Trait>,
}

/// A kind, compiled.
#[derive(Debug)]
pub struct Kind {
    /// As written.
    pub file: KindFile,
    /// The needs, then what rules it out.
    clauses: Vec<When>,
}

/// A trait, compiled.
#[derive(Debug)]
pub struct Trait {
    /// As written.
    pub file: TraitFile,
    clauses: Vec<When>,
}

#[derive(Debug)]
enum When {
    Verdict(Element, Vec<Verdict>),
    Definition(DefinitionIs),
    Kind(Words),
    Metadata(Path, Words),
    Observation(Words, Option<Polarity>),
    QualityAssurance { systems: Words, types: Words },
    All(Vec<When>),
    Any(Vec<When>),
    First(Vec<When>),
}

/// Values, compared by their slug where they come from a vocabulary.
#[derive(Debug)]
struct Words {
    vocabulary: Option<&'static Vocabulary>,
    values: Vec<String>,
}

/// An answer in three values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Holds,
    Fails,
    /// The record is silent.
    Open,
}

/// What a kind is told from.
#[derive(Debug)]
pub struct Record<'a, 'd> {
    /// The facts, for metadata, observations and the items of quality assurance.
    pub descriptor: &'a Descriptor<'d>,
    /// The verdicts.
    pub elements: &'a [ElementVerdict],
    /// The definition.
    pub definition: &'a Definition,
    /// The evidence that speaks under the profile.
    pub evidence: &'a [EvidenceEntry<'a>],
}

/// The kind of one practice. Numbers count the kinds, traits and clauses of the [`Typology`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Classification {
    /// The kind; none is undecided.
    pub kind: Option<usize>,
    /// The needs that hold, with each thing on which they rest.
    pub why: Vec<Reason>,
    /// For an undecided practice the nearest kinds; for any other the first one further up that silence keeps open.
    pub nearest: Vec<Nearest>,
    /// The traits, each with its reasons.
    pub traits: Vec<(usize, Vec<Reason>)>,
}

/// A kind that a practice has not been given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Nearest {
    /// Which.
    pub kind: usize,
    /// What would have to be stated.
    pub missing: Vec<Reason>,
    /// What is stated otherwise.
    pub against: Vec<Reason>,
}

/// A clause, and one thing on which its answer rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which clause of the kind: the needs, then what rules it out.
    pub clause: usize,
    /// On what; silence rests on nothing, except that an element can be named.
    pub on: Option<Ground>,
}

/// What an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ground {
    /// The verdict on an element.
    Element(Element),
    /// A value of the file, by its JSON pointer.
    Value(String),
}

impl Ground {
    /// The element, if it is one.
    pub fn element(&self) -> Option<Element> {
        match self {
            Ground::Element(element) => Some(*element),
            Ground::Value(_) => None,
        }
    }

    /// The JSON pointer, if it is a value.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Ground::Element(_) => None,
            Ground::Value(pointer) => Some(pointer),
        }
    }
}

impl Typology {
    /// Reads the typology from the JSON form of its file; the error is a sentence.
    pub fn from_json(json: &str) -> Result<Typology, String> {
        let file: TypologyFile = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Typology::compile(file)
    }

    /// Checks and compiles a typology; the error is a sentence.
    pub fn compile(file: TypologyFile) -> Result<Typology, String> {
        let ids = file.kinds.iter().map(|kind| &kind.kind);
        let ids: Vec<&String> = ids.chain(file.traits.iter().map(|own| &own.r#trait)).collect();
        distinct(&ids)?;
        let kinds = file.kinds.into_iter().map(Kind::compile).collect::<Result<_, _>>()?;
        let traits = file.traits.into_iter().map(Trait::compile).collect::<Result<_, _>>()?;
        Ok(Typology { kinds, traits })
    }

    /// The kind of a practice, and what stands out in it.
    pub fn classify(&self, record: &Record<'_, '_>) -> Classification {
        let standings: Vec<Truth> = self.kinds.iter().map(|kind| kind.standing(record)).collect();
        let given = standings.iter().position(|standing| *standing == Truth::Holds);
        let is_open = |kind: &usize| standings[*kind] == Truth::Open;
        let nearest = match given {
            Some(given) => (0..given)
                .find(is_open)
                .map(|kind| self.nearest(kind, record))
                .into_iter()
                .collect(),
            None => self.near(record, &standings),
        };
        Classification {
            kind: given,
            why: given.map(|kind| self.kinds[kind].reasons(record)).unwrap_or_default(),
            nearest,
            traits: self.traits_of(record),
        }
    }

    /// The kinds that an undecided practice is nearest to: those that something stated speaks for and fewest things
    /// are missing for; else those that fail on the verdicts of fewest elements; else, in a record that says nothing,
    /// the first of all.
    fn near(&self, record: &Record<'_, '_>, standings: &[Truth]) -> Vec<Nearest> {
        let all: Vec<Nearest> = (0..self.kinds.len()).map(|kind| self.nearest(kind, record)).collect();
        let open = |near: &&Nearest| standings[near.kind] == Truth::Open;
        let spoken_for = |near: &&Nearest| !self.kinds[near.kind].reasons(record).is_empty();
        let within_reach = |near: &&Nearest| !near.against.is_empty() && self.kinds[near.kind].can_be_mended(near);
        let mut found: Vec<&Nearest> = all.iter().filter(open).filter(spoken_for).collect();
        found.sort_by_key(|near| clauses(&near.missing));
        found.truncate(NEAREST);
        found.sort_by_key(|near| near.kind);
        if found.is_empty() {
            let short = |near: &&Nearest| (clauses(&near.against), clauses(&near.missing));
            found.extend(all.iter().filter(within_reach).min_by_key(short));
        }
        if found.is_empty() {
            found.extend(all.iter().filter(open).take(NEAREST));
        }
        found.into_iter().cloned().collect()
    }

    fn nearest(&self, kind: usize, record: &Record<'_, '_>) -> Nearest {
        let (mut missing, mut against) = (Vec::new(), Vec::new());
        let own = &self.kinds[kind];
        for (number, when) in own.clauses.iter().enumerate() {
            match (own.is_need(number), when.truth(record)) {
                (true, Truth::Open) => missing.extend(when.reasons(number, Truth::Open, record)),
                (true, Truth::Fails) => against.extend(when.reasons(number, Truth::Fails, record)),
                (false, Truth::Holds) => against.extend(when.reasons(number, Truth::Holds, record)),
                _ => {}
            }
        }
        Nearest { kind, missing, against }
    }

    fn traits_of(&self, record: &Record<'_, '_>) -> Vec<(usize, Vec<Reason>)> {
        let holds = |own: &Trait| own.clauses.iter().all(|when| when.truth(record) == Truth::Holds);
        let reasons = |own: &Trait| {
            let clauses = own.clauses.iter().enumerate();
            clauses
                .flat_map(|(number, when)| when.reasons(number, Truth::Holds, record))
                .collect()
        };
        let found = self.traits.iter().enumerate().filter(|(_, own)| holds(own));
        found.map(|(number, own)| (number, reasons(own))).collect()
    }

    /// The name of a kind for people; without one it is undecided.
    pub fn name(&self, kind: Option<usize>, language: Language) -> String {
        match kind {
            Some(kind) => self.kinds[kind].name(language).to_string(),
            None => language.tr("undecided").into_owned(),
        }
    }

    /// The texts that can be translated: the key, and the English.
    pub fn texts(&self) -> Vec<(String, &str)> {
        let kinds = self.kinds.iter().flat_map(|kind| {
            let file = &kind.file;
            let mut texts = named(&file.kind, &file.name, &file.description);
            texts.extend(said(&file.kind, file.needs.iter().chain(&file.unless)));
            let beside = file.beside_definition.iter();
            texts.extend(beside.map(|text| (text_key(&file.kind, "beside_definition"), text.get("en"))));
            texts
        });
        let traits = self.traits.iter().flat_map(|own| {
            let file = &own.file;
            let mut texts = named(&file.r#trait, &file.name, &file.description);
            texts.extend(said(&file.r#trait, file.needs.iter()));
            texts
        });
        kinds.chain(traits).collect()
    }
}

fn named<'a>(id: &str, name: &'a Localized, description: &'a Localized) -> Vec<(String, &'a str)> {
    vec![
        (text_key(id, "name"), name.get("en")),
        (text_key(id, "description"), description.get("en")),
    ]
}

fn said<'a>(id: &str, clauses: impl Iterator<Item = &'a ClauseFile>) -> Vec<(String, &'a str)> {
    clauses
        .map(|clause| (text_key(id, &clause.id), clause.why.get("en")))
        .collect()
}

fn text_key(id: &str, what: &str) -> String {
    format!("typology/{id}/{what}")
}

/// How many clauses some reasons belong to.
fn clauses(reasons: &[Reason]) -> usize {
    let mut numbers: Vec<usize> = reasons.iter().map(|reason| reason.clause).collect();
    numbers.dedup();
    numbers.len()
}

fn distinct(ids: &[&String]) -> Result<(), String> {
    let twice = ids.iter().enumerate().find(|(number, id)| ids[..*number].contains(id));
    twice.map_or(Ok(()), |(_, id)| Err(format!("`{id}` stands here twice")))
}

impl Kind {
    fn compile(file: KindFile) -> Result<Kind, String> {
        let written = || file.needs.iter().chain(&file.unless);
        distinct(&written().map(|clause| &clause.id).collect::<Vec<_>>())
            .map_err(|error| format!("{}: {error}", file.kind))?;
        let ruled_out = file
            .unless
            .iter()
            .any(|clause| matches!(clause.r#if, WhenFile::Definition(DefinitionIs::Contradicted)));
        if file.needs.is_empty() || ruled_out == file.beside_definition.is_some() {
            return Err(format!(
                "{}: a kind has needs, and either `definition: contradicted` among its `unless` or `beside_definition`",
                file.kind
            ));
        }
        let clauses = compile_all(&file.kind, written())?;
        Ok(Kind { clauses, file })
    }

    /// Its name for people.
    pub fn name(&self, language: Language) -> &str {
        language.choose(&self.file.name, || text_key(&self.file.kind, "name"))
    }

    /// The words of a clause: the needs, then what rules it out.
    pub fn why(&self, clause: usize, language: Language) -> &str {
        let clause = self.clause(clause);
        language.choose(&clause.why, || text_key(&self.file.kind, &clause.id))
    }

    /// The id of a clause.
    pub fn clause_id(&self, clause: usize) -> &str {
        &self.clause(clause).id
    }

    /// Whether a clause is a need, or else rules the kind out.
    pub fn is_need(&self, clause: usize) -> bool {
        clause < self.file.needs.len()
    }

    fn clause(&self, number: usize) -> &ClauseFile {
        match number.checked_sub(self.file.needs.len()) {
            Some(number) => &self.file.unless[number],
            None => &self.file.needs[number],
        }
    }

    /// Open is a kind of which no need fails, and that nothing stated rules out.
    fn standing(&self, record: &Record<'_, '_>) -> Truth {
        let mut standing = Truth::Holds;
        for (number, when) in self.clauses.iter().enumerate() {
            match (self.is_need(number), when.truth(record)) {
                (true, Truth::Fails) | (false, Truth::Holds) => return Truth::Fails,
                (true, Truth::Open) => standing = Truth::Open,
                _ => {}
            }
        }
        standing
    }

    /// The needs that hold by something stated.
    fn reasons(&self, record: &Record<'_, '_>) -> Vec<Reason> {
        let needs = self.clauses.iter().enumerate().take(self.file.needs.len());
        let holding = needs.filter(|(_, when)| when.truth(record) == Truth::Holds);
        holding
            .flat_map(|(number, when)| when.reasons(number, Truth::Holds, record))
            .collect()
    }

    /// Whether only verdicts, or what rules it out, stand against the kind, and not what the practice is.
    fn can_be_mended(&self, near: &Nearest) -> bool {
        near.against
            .iter()
            .all(|reason| !self.is_need(reason.clause) || matches!(reason.on, Some(Ground::Element(_))))
    }
}

impl Trait {
    fn compile(file: TraitFile) -> Result<Trait, String> {
        distinct(&file.needs.iter().map(|clause| &clause.id).collect::<Vec<_>>())?;
        let clauses = compile_all(&file.r#trait, file.needs.iter())?;
        Ok(Trait { clauses, file })
    }

    /// Its name for people.
    pub fn name(&self, language: Language) -> &str {
        language.choose(&self.file.name, || text_key(&self.file.r#trait, "name"))
    }

    /// The words of a clause.
    pub fn why(&self, clause: usize, language: Language) -> &str {
        let clause = &self.file.needs[clause];
        language.choose(&clause.why, || text_key(&self.file.r#trait, &clause.id))
    }

    /// The id of a clause.
    pub fn clause_id(&self, clause: usize) -> &str {
        &self.file.needs[clause].id
    }
}

fn compile_all<'a>(id: &str, clauses: impl Iterator<Item = &'a ClauseFile>) -> Result<Vec<When>, String> {
    let compile =
        |clause: &ClauseFile| When::compile(&clause.r#if).map_err(|error| format!("{id}, {}: {error}", clause.id));
    clauses.map(compile).collect()
}

impl Words {
    fn of(vocabulary: &str, values: &[String]) -> Result<Words, String> {
        Words::new(crate::condition::vocabulary_named(Some(vocabulary), "")?.into(), values)
    }

    fn new(vocabulary: Option<&'static Vocabulary>, values: &[String]) -> Result<Words, String> {
        let unknown = |value: &&String| {
            vocabulary.is_some_and(|list| list.find(value).is_none_or(|entry| entry.slug != value.as_str()))
        };
        match values.iter().find(unknown) {
            Some(value) => Err(format!("`{value}` is no slug of its vocabulary")),
            None => Ok(Words {
                vocabulary,
                values: values.to_vec(),
            }),
        }
    }

    fn include(&self, text: &str) -> bool {
        let known = |list: &'static Vocabulary| match list.entries.iter().find(|entry| entry.slug == text) {
            // Most values are written as slugs; only others have to be looked up.
            Some(entry) => Some(entry),
            None => list.find(text),
        };
        let slug = self.vocabulary.and_then(known).map_or(text, |entry| entry.slug);
        self.values.iter().any(|value| value.eq_ignore_ascii_case(slug.trim()))
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Truth {
        if holds { Truth::Holds } else { Truth::Fails }
    }
}

impl When {
    fn compile(file: &WhenFile) -> Result<When, String> {
        let list = |items: &[WhenFile]| items.iter().map(When::compile).collect::<Result<Vec<_>, _>>();
        Ok(match file {
            WhenFile::Verdict(own) if !Element::JUDGED.contains(&own.element) => {
                return Err(format!("`{}` has no verdict", own.element));
            }
            WhenFile::Verdict(own) => When::Verdict(own.element, own.is.clone()),
            WhenFile::Definition(is) => When::Definition(*is),
            WhenFile::Kind(values) => When::Kind(Words::of("kind", values)?),
            WhenFile::Metadata(own) => {
                let (path, end) = Path::compile(&own.path, &Base::root())?;
                When::Metadata(path, Words::new(end.vocabulary().and_then(embedded), &own.is)?)
            }
            WhenFile::Observation(own) => When::Observation(Words::of("observation-topic", &own.topic)?, own.polarity),
            WhenFile::QualityAssurance(own) => When::QualityAssurance {
                systems: Words::of("quality-assurance-system", &own.system)?,
                types: Words::of("quality-assurance-type", &own.r#type)?,
            },
            WhenFile::All(items) => When::All(list(items)?),
            WhenFile::Any(items) => When::Any(list(items)?),
            WhenFile::First(items) => When::First(list(items)?),
        })
    }

    fn truth(&self, record: &Record<'_, '_>) -> Truth {
        match self {
            When::Verdict(element, verdicts) => match record.verdict(*element) {
                verdict if verdicts.contains(&verdict) => Truth::Holds,
                Verdict::NotStated => Truth::Open,
                _ => Truth::Fails,
            },
            When::Definition(is) => {
                Truth::from(record.definition.is_contradicted() == (*is == DefinitionIs::Contradicted))
            }
            When::Kind(words) => Truth::from(words.include(record.kind())),
            When::Metadata(path, words) => record
                .value(path)
                .map_or(Truth::Open, |(_, text)| Truth::from(words.include(text))),
            When::Observation(topics, polarity) => {
                let some = |polarity| record.observations(topics, polarity).next().is_some();
                match polarity {
                    polarity if some(*polarity) => Truth::Holds,
                    Some(polarity) if some(Some(polarity.opposite())) => Truth::Fails,
                    _ => Truth::Open,
                }
            }
            When::QualityAssurance { systems, types } => match record.answering(systems, types).next() {
                Some(_) => Truth::Holds,
                None => Truth::Open,
            },
            When::All(items) => {
                let truths = || items.iter().map(|item| item.truth(record));
                match truths().find(|truth| *truth == Truth::Fails) {
                    Some(fails) => fails,
                    None => truths().find(|truth| *truth == Truth::Open).unwrap_or(Truth::Holds),
                }
            }
            When::Any(items) => {
                let truths = || items.iter().map(|item| item.truth(record));
                match truths().find(|truth| *truth == Truth::Holds) {
                    Some(holds) => holds,
                    None => truths().find(|truth| *truth == Truth::Open).unwrap_or(Truth::Fails),
                }
            }
            When::First(items) => {
                let mut truths = items.iter().map(|item| item.truth(record));
                truths.find(|truth| *truth != Truth::Open).unwrap_or(Truth::Open)
            }
        }
    }

    /// The clause with each thing on which its answer rests; what holds by silence alone rests on nothing and has no
    /// reason.
    fn reasons(&self, clause: usize, truth: Truth, record: &Record<'_, '_>) -> Vec<Reason> {
        let mut grounds = Vec::new();
        self.grounds(truth, record, &mut grounds);
        let bare = grounds.is_empty() && (truth != Truth::Holds || matches!(self, When::Definition(_)));
        let grounds = grounds.into_iter().map(Some).chain(bare.then_some(None));
        grounds.map(|on| Reason { clause, on }).collect()
    }

    fn grounds(&self, truth: Truth, record: &Record<'_, '_>, out: &mut Vec<Ground>) {
        let silent = truth == Truth::Open;
        match self {
            When::Verdict(element, _) if silent || record.verdict(*element) != Verdict::NotStated => {
                out.push(Ground::Element(*element));
            }
            When::Kind(_) => out.extend(record.said_kind().map(|id| record.ground(id))),
            When::Metadata(path, _) => out.extend(record.value(path).map(|(id, _)| record.ground(id))),
            When::Observation(topics, polarity) => {
                let polarity = if truth == Truth::Fails {
                    polarity.map(Polarity::opposite)
                } else {
                    *polarity
                };
                let found = record.observations(topics, polarity).filter(|_| !silent);
                out.extend(found.map(|id| record.ground(id)));
            }
            When::QualityAssurance { systems, types } => {
                let found = record.answering(systems, types);
                out.extend(found.map(|place| Ground::Value(record.descriptor.pointer(place))));
            }
            When::All(items) | When::Any(items) => {
                let alike = items.iter().filter(|item| item.truth(record) == truth);
                alike.for_each(|item| item.grounds(truth, record, out));
            }
            When::First(items) => {
                let deciding = items.iter().find(|item| item.truth(record) != Truth::Open);
                deciding.into_iter().for_each(|item| item.grounds(truth, record, out));
            }
            When::Verdict(..) | When::Definition(_) => {}
        }
    }
}

impl<'d> Record<'_, 'd> {
    fn verdict(&self, element: Element) -> Verdict {
        let own = self.elements.iter().find(|verdict| verdict.element == element);
        own.map_or(Verdict::NotStated, |verdict| verdict.verdict)
    }

    fn said_kind(&self) -> Option<FactId> {
        let id = self.descriptor.get(FactId::ROOT, "kind")?;
        self.descriptor.plain_text(id).map(|_| id)
    }

    fn kind(&self) -> &str {
        let said = self.said_kind().and_then(|id| self.descriptor.plain_text(id));
        said.unwrap_or("micro-credential")
    }

    /// The first readable value on a path.
    fn value(&self, path: &Path) -> Option<(FactId, &str)> {
        let id = path.first(self.descriptor, FactId::ROOT)?;
        Some((id, crate::condition::word(self.descriptor, id)?))
    }

    fn ground(&self, id: FactId) -> Ground {
        Ground::Value(self.descriptor.pointer(self.descriptor.place(id)))
    }

    fn items(&self, list: &str) -> &[FactId] {
        let list = self.descriptor.get(FactId::ROOT, list);
        let list = list.filter(|id| self.descriptor.fact(*id).value == Value::List);
        list.map(|id| self.descriptor.children(id)).unwrap_or_default()
    }

    fn text(&self, item: FactId, key: &str) -> Option<&str> {
        self.descriptor.plain_text(self.descriptor.get(item, key)?)
    }

    fn observations<'a>(&'a self, topics: &'a Words, polarity: Option<Polarity>) -> impl Iterator<Item = FactId> + 'a {
        let fits = move |item: &FactId| {
            let said = self.text(*item, "polarity");
            let said = said.and_then(|text| embedded("polarity")?.find(text));
            self.text(*item, "topic").is_some_and(|topic| topics.include(topic))
                && polarity.is_none_or(|polarity| said.is_some_and(|said| said.slug == polarity.word()))
        };
        self.items("observations").iter().copied().filter(fits)
    }

    /// The entries of quality assurance, and of the evidence for it, that answer from one side.
    fn answering<'a>(&'a self, systems: &'a Words, types: &'a Words) -> impl Iterator<Item = Place> + 'a {
        let by_type = move |item: FactId| self.text(item, "type").is_some_and(|text| types.include(text));
        let fits = move |item: &FactId| match self.text(*item, "system") {
            Some(system) if !systems.values.is_empty() => systems.include(system),
            _ => by_type(*item),
        };
        let items = self.items("quality_assurance").iter().copied().filter(fits);
        let evidence = self.evidence.iter().filter(move |entry| {
            entry.element == Some(Element::QualityAssurance)
                && matches!(entry.verdict, Some(Verdict::Met | Verdict::Partial))
                && matches!(entry.basis, Basis::Stated | Basis::Inferred)
                && entry.system.is_some_and(|system| systems.include(system))
        });
        items
            .map(|item| self.descriptor.place(item))
            .chain(evidence.map(|entry| entry.place))
    }
}
