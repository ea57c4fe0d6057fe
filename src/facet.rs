//! By what practices are grouped (`--by`) and chosen (`--where`): metadata of the mapping, observations, verdicts, the
//! kind. Nothing here is scored.

use crate::descriptor::model::{Shape, model};
use crate::language::{Language, Phrase, mark};
use crate::lint::Practice;
use crate::observation::Observation;
use crate::rule::set::RuleSet;
use crate::score::{ClauseVerdict, Definition, Verdict};
use crate::standard::Element;
use crate::vocabulary::{Vocabulary, embedded, nearest, normalise};

/// The word for a practice that is of no kind.
pub const UNDECIDED: &str = "undecided";

/// Something that can be asked of every practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    name: String,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Verdict(Element),
    KindOfPractice,
    Trait,
    Definition,
    Topic,
    Polarity,
    Country,
    Metadata(String),
}

/// Facets that are no metadata, and what each asks.
pub const FACETS: [(&str, &str); 6] = [
    (
        "country",
        "the country of the mapping, else the one that the awarding bodies share",
    ),
    (
        "kind-of-practice",
        "the kind that the typology gives, or `undecided`; `kind` is the metadata key",
    ),
    ("trait", "what stands out in it by the typology"),
    ("definition", "`supported`, `not-contradicted` or `contradicted`"),
    ("topic", "what its observations are about"),
    ("polarity", "whether its observations speak for it or against it"),
];

impl Facet {
    /// The facet with a name: one of [`FACETS`], an element, else a key of the metadata; `practice.KEY` is always metadata.
    pub fn named(name: &str) -> Facet {
        let element = Element::from_slug(name).filter(|element| Element::JUDGED.contains(element));
        let what = match (name, element) {
            ("country", _) => What::Country,
            ("kind-of-practice", _) => What::KindOfPractice,
            ("trait", _) => What::Trait,
            ("definition", _) => What::Definition,
            ("topic", _) => What::Topic,
            ("polarity", _) => What::Polarity,
            (_, Some(element)) => What::Verdict(element),
            _ => What::Metadata(name.strip_prefix("practice.").unwrap_or(name).to_string()),
        };
        Facet {
            name: name.to_string(),
            what,
        }
    }

    /// The name that was probably meant, when no practice answers to one.
    pub fn near(name: &str) -> Option<&'static str> {
        let elements = Element::JUDGED.into_iter().map(Element::slug);
        let known = FACETS
            .iter()
            .map(|(own, _)| *own)
            .chain(metadata_keys())
            .chain(elements);
        nearest(name, known.filter(|own| *own != name))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key of the metadata that it reads, if it reads one.
    pub fn metadata_key(&self) -> Option<&str> {
        match &self.what {
            What::Metadata(key) => Some(key),
            _ => None,
        }
    }

    /// The topic of the observations that belong to a group of this facet; any, where it groups by something else.
    pub fn is_about(&self, group: Option<&str>, observation: &Observation) -> bool {
        match self.what {
            What::Topic => group == Some(observation.topic.as_str()),
            What::Polarity => group == observation.polarity.as_deref(),
            _ => true,
        }
    }

    /// What a practice answers, each answer once; nothing where it does not say. Codes are answered by their slug.
    pub fn answers(&self, set: &RuleSet, practice: &Practice) -> Vec<String> {
        match &self.what {
            What::Verdict(element) => vec![practice.verdict(*element).word().to_string()],
            What::KindOfPractice => vec![kind_of_practice(set, practice).to_string()],
            What::Trait => traits(set, practice).map(str::to_string).collect(),
            What::Definition => practice
                .definition
                .iter()
                .map(|own| definition_word(own).to_string())
                .collect(),
            What::Topic => distinct(practice.observations.iter().map(|own| own.topic.clone())),
            What::Polarity => distinct(practice.observations.iter().filter_map(|own| own.polarity.clone())),
            What::Country => practice.country.iter().cloned().collect(),
            What::Metadata(key) => metadata(practice, key).into_iter().collect(),
        }
    }

    /// An answer in words for people.
    pub fn label(&self, answer: &str, set: &RuleSet, language: Language) -> String {
        match &self.what {
            What::Verdict(_) => match Verdict::from_word(answer) {
                Some(verdict) => language.tr(verdict.words()).into_owned(),
                None => answer.to_string(),
            },
            What::KindOfPractice => {
                let kind = set.typology.kinds.iter().position(|kind| kind.file.kind == answer);
                set.typology.name(kind, language)
            }
            What::Trait => {
                let own = set.typology.traits.iter().find(|own| own.file.r#trait == answer);
                own.map_or(answer, |own| own.name(language)).to_string()
            }
            What::Definition => language.tr(definition_words(answer)).into_owned(),
            What::Topic | What::Polarity | What::Country | What::Metadata(_) => self.vocabulary_label(answer, language),
        }
    }

    /// The label of an answer that comes from a vocabulary; any other as it is.
    pub fn vocabulary_label(&self, answer: &str, language: Language) -> String {
        let entry = self.vocabulary().and_then(|list| list.find(answer));
        entry.map_or(answer, |entry| entry.label(language.code())).to_string()
    }

    fn vocabulary(&self) -> Option<&'static Vocabulary> {
        match &self.what {
            What::Topic => embedded("observation-topic"),
            What::Polarity => embedded("polarity"),
            What::Country => embedded("country"),
            What::Metadata(key) => vocabulary_of(key),
            _ => None,
        }
    }

    /// The answers that there can be, where their number is closed.
    fn known(&self, set: &RuleSet) -> Option<Vec<String>> {
        let slugs =
            |name: &str| embedded(name).map(|list| list.entries.iter().map(|own| own.slug.to_string()).collect());
        match &self.what {
            What::Verdict(_) => Some(Verdict::ALL.map(|own| own.word().to_string()).to_vec()),
            What::KindOfPractice => {
                let kinds = set.typology.kinds.iter().map(|kind| kind.file.kind.clone());
                Some(kinds.chain([UNDECIDED.to_string()]).collect())
            }
            What::Trait => Some(set.typology.traits.iter().map(|own| own.file.r#trait.clone()).collect()),
            What::Definition => Some(DEFINITION.map(|(word, _)| word.to_string()).to_vec()),
            What::Topic => slugs("observation-topic"),
            What::Polarity => slugs("polarity"),
            What::Country | What::Metadata(_) => None,
        }
    }
}

/// The id of the kind that the typology gives, or [`UNDECIDED`].
pub fn kind_of_practice<'a>(set: &'a RuleSet, practice: &Practice) -> &'a str {
    let kind = practice.typology.as_ref().and_then(|own| own.kind);
    kind.map_or(UNDECIDED, |kind| set.typology.kinds[kind].file.kind.as_str())
}

/// The ids of the traits of a practice.
pub fn traits<'a>(set: &'a RuleSet, practice: &'a Practice) -> impl Iterator<Item = &'a str> {
    let own = practice.typology.iter().flat_map(|own| &own.traits);
    own.map(|(number, _)| set.typology.traits[*number].file.r#trait.as_str())
}

const DEFINITION: [(&str, &str); 3] = [
    ("supported", mark("all clauses supported")),
    ("not-contradicted", mark("nothing stated contradicts the definition")),
    ("contradicted", mark("something stated contradicts the definition")),
];

/// What is stated about the definition as a whole, as a word.
pub fn definition_word(definition: &Definition) -> &'static str {
    let supported = |verdict: ClauseVerdict| verdict == ClauseVerdict::Supported;
    if definition.is_contradicted() {
        "contradicted"
    } else if definition.clauses.iter().all(|clause| supported(clause.verdict)) {
        "supported"
    } else {
        "not-contradicted"
    }
}

fn definition_words(word: &str) -> &'static str {
    let found = DEFINITION.iter().find(|(own, _)| *own == word);
    found.map_or("", |(_, words)| words)
}

/// A value of the metadata; a code by its slug.
pub fn metadata(practice: &Practice, key: &str) -> Option<String> {
    let (_, value) = practice.metadata.iter().find(|(own, _)| own == key)?;
    Some(canonical(vocabulary_of(key), value))
}

/// The keys of the metadata that the standard form of a mapping knows; further ones are the researcher's own.
pub fn metadata_keys() -> impl Iterator<Item = &'static str> {
    let fields = practice_model()
        .map(|group| group.fields.as_slice())
        .unwrap_or_default();
    fields.iter().map(|field| model().name(field.key))
}

fn practice_model() -> Option<&'static crate::descriptor::model::Group> {
    let key = model().key("practice")?;
    match &model().root().field(key)?.1.shape {
        Shape::Group(group) => Some(group),
        _ => None,
    }
}

fn vocabulary_of(key: &str) -> Option<&'static Vocabulary> {
    match &practice_model()?.field(model().key(key)?)?.1.shape {
        Shape::Code(name) => embedded(name),
        _ => None,
    }
}

fn canonical(vocabulary: Option<&Vocabulary>, value: &str) -> String {
    let entry = vocabulary.and_then(|list| list.find(value));
    entry.map_or(value.trim(), |entry| entry.slug).to_string()
}

fn distinct(answers: impl Iterator<Item = String>) -> Vec<String> {
    let mut answers: Vec<String> = answers.collect();
    answers.sort();
    answers.dedup();
    answers
}

/// Conditions that a practice has to meet to be shown. All of them hold; those about an observation hold of one and the
/// same.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    conditions: Vec<Condition>,
    written: Vec<String>,
}

#[derive(Clone, Debug)]
struct Condition {
    facet: Facet,
    /// Folded; an empty one stands for no answer.
    answers: Vec<String>,
    negated: bool,
}

impl Filter {
    /// Reads conditions, `KEY=VALUE`, `KEY=VALUE,VALUE` or `KEY!=VALUE`; the error is a sentence.
    pub fn parse(written: &[String], set: &RuleSet) -> Result<Filter, String> {
        let conditions = written.iter().map(|text| Condition::parse(text, set));
        Ok(Filter {
            conditions: conditions.collect::<Result<_, _>>()?,
            written: written.to_vec(),
        })
    }

    /// Whether every practice passes.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// What the conditions are about.
    pub fn facets(&self) -> impl Iterator<Item = &Facet> {
        self.conditions.iter().map(|condition| &condition.facet)
    }

    /// The conditions as written.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// Whether a practice passes.
    pub fn passes(&self, set: &RuleSet, practice: &Practice) -> bool {
        let (together, alone): (Vec<&Condition>, Vec<&Condition>) = self
            .conditions
            .iter()
            .partition(|condition| condition.is_of_observation() && !condition.negated);
        let fits = |observation: &Observation| together.iter().all(|condition| condition.is_about(observation));
        // Whoever has no observations answers to "no topic".
        let silent = practice.observations.is_empty() && together.iter().all(|condition| condition.includes(&[]));
        let answers = |condition: &Condition| condition.includes(&condition.facet.answers(set, practice));
        (silent || together.is_empty() || practice.observations.iter().any(fits))
            && alone
                .into_iter()
                .all(|condition| answers(condition) != condition.negated)
    }
}

impl Condition {
    fn parse(text: &str, set: &RuleSet) -> Result<Condition, String> {
        let (key, values, negated) = match (text.split_once("!="), text.split_once('=')) {
            (Some((key, values)), _) if !key.contains('=') => (key, values, true),
            (_, Some((key, values))) => (key, values, false),
            _ => {
                return Err(format!(
                    "`{text}` is no condition; write `country=ES` or `assessment!=met`"
                ));
            }
        };
        let (key, values): (&str, Vec<&str>) = (key.trim(), values.split(',').map(str::trim).collect());
        let facet = Facet::named(key).meant_by(&values);
        if key.is_empty() {
            return Err(format!("`{text}` is no condition; it does not say of what"));
        }
        if let Some(known) = facet.known(set) {
            let unknown = |value: &&&str| !value.is_empty() && !known.contains(&canonical(facet.vocabulary(), value));
            if let Some(value) = values.iter().find(unknown) {
                let near = nearest(value, known.iter().map(String::as_str));
                let near = Phrase::did_you_mean(near);
                return Err(format!("`{key}` is never `{value}`, but {}{near}", known.join(", ")));
            }
        }
        let fold = |value: &&str| normalise(&canonical(facet.vocabulary(), value));
        Ok(Condition {
            answers: values.iter().map(fold).collect(),
            facet,
            negated,
        })
    }

    fn is_of_observation(&self) -> bool {
        matches!(self.facet.what, What::Topic | What::Polarity)
    }

    fn includes(&self, answers: &[String]) -> bool {
        if answers.is_empty() {
            return self.answers.iter().any(String::is_empty);
        }
        answers.iter().any(|answer| self.answers.contains(&normalise(answer)))
    }

    fn is_about(&self, observation: &Observation) -> bool {
        match self.facet.what {
            What::Topic => self.answers.contains(&normalise(&observation.topic)),
            _ => {
                let polarity = observation.polarity.as_deref().unwrap_or_default();
                self.answers.contains(&normalise(polarity))
            }
        }
    }
}

impl Facet {
    /// `country` is an element as well: with verdicts behind it, that is meant.
    fn meant_by(self, values: &[&str]) -> Facet {
        let verdicts = values.iter().all(|value| Verdict::from_word(value).is_some());
        match self.what {
            What::Country if verdicts => Facet {
                what: What::Verdict(Element::Country),
                ..self
            },
            _ => self,
        }
    }
}
