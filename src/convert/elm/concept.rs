//! Concepts: of the published vocabularies, of the file, and of our own where ELM leaves the list open and none fits.

use serde_json::{Map, Value as Json};

use super::super::{At, Code};
use super::{Elm, Topic, is_iri, named, node, segment, slug, text};
use crate::descriptor::model::Shape;
use crate::language::{Phrase, mark};
use crate::vocabulary::{Entry, embedded};

const TOPICS: &str = "http://data.europa.eu/snb/qualification-topics";
const CURRENCIES: &str = "http://publications.europa.eu/resource/authority/currency";
const LANGUAGES: &str = "http://publications.europa.eu/resource/authority/language";
const ESCO_SKILLS: &str = "http://data.europa.eu/esco/concept-scheme/skills";

/// A value as a published vocabulary has it; not taken.
pub(super) fn official(at: At<'_>) -> Option<(&'static Entry, &'static str)> {
    let entry = at.peek()?.entry.filter(|entry| !entry.uri.is_empty())?;
    let scheme = at.vocabulary()?.scheme;
    (!scheme.is_empty()).then_some((entry, scheme))
}

/// The concept of a level of a national framework; not taken.
pub(in super::super) fn nqf_uri(level: At<'_>) -> Option<&'static str> {
    let framework = level.get("framework")?.peek()?.entry?;
    framework
        .value("level_uris")?
        .get(text(level.get("level")?)?.trim())?
        .text()
}

/// A concept whose labels are known.
fn concept(uri: &str, scheme: &str, labels: Map<String, Json>, notation: Option<&str>) -> Json {
    let scheme = (!scheme.is_empty()).then(|| named("ConceptScheme", Some(scheme.to_string()), Vec::new()));
    let rows = vec![
        ("inScheme", scheme),
        ("prefLabel", Some(labels.into())),
        ("notation", notation.map(Json::from)),
    ];
    named("Concept", Some(uri.to_string()), rows)
}

impl<'a> Elm<'a> {
    /// What a Note is about.
    pub(super) fn topic(&self, topic: Topic) -> Json {
        concept(&format!("{TOPICS}#{}", topic.name()), TOPICS, Map::new(), None)
    }

    /// A concept by its address, with an English label.
    pub(super) fn published(&self, uri: &str, scheme: &str, label: &str) -> Json {
        let labels = Map::from_iter([("en".to_string(), Json::from(label))]);
        let labels = if label.is_empty() { Map::new() } else { labels };
        concept(uri, scheme, labels, None)
    }

    /// An entry of a vocabulary, labelled in English and in the language of the descriptor.
    pub(super) fn entry(&self, entry: &Entry, scheme: &str) -> Json {
        concept(entry.uri, scheme, self.labels(entry), None)
    }

    fn labels(&self, entry: &Entry) -> Map<String, Json> {
        let wanted = |language: &str| language == "en" || language == self.language;
        let labels = entry.labels.iter().filter(|(language, _)| wanted(language));
        let labels: Map<String, Json> = labels
            .map(|(language, label)| (language.to_string(), Json::from(*label)))
            .collect();
        if !labels.is_empty() {
            return labels;
        }
        let first = entry.labels.first();
        first.map_or_else(Map::new, |(language, label)| {
            Map::from_iter([(language.to_string(), Json::from(*label))])
        })
    }

    /// For properties that take one list only: a value of that list. Anything else is left alone, and listed.
    pub(super) fn listed(&self, at: At<'a>) -> Option<Json> {
        let (entry, scheme) = official(at)?;
        at.code();
        Some(self.entry(entry, scheme))
    }

    /// For properties that take any concept: one of the list, of the file, or of our own.
    pub(super) fn any(&self, at: At<'a>) -> Option<Json> {
        self.listed(at).or_else(|| self.own(at))
    }

    /// All of a list.
    pub(super) fn every(&self, group: At<'a>, key: &str) -> Option<Json> {
        let found = group.each(key).into_iter().filter_map(|at| self.any(at));
        Some(Json::Array(found.collect()))
    }

    /// A concept that no published list has.
    fn own(&self, at: At<'a>) -> Option<Json> {
        let code = at.code()?;
        if let Some(uri) = code.uri().filter(|uri| is_iri(uri)) {
            return Some(concept(uri, "", self.label_of(at), None));
        }
        let vocabulary = match at.shape() {
            Some(Shape::Code(name)) => name.as_ref(),
            _ => "any",
        };
        at.note(no_concept(self.target()));
        let labels = code
            .entry
            .map_or_else(|| self.said(&code.text), |entry| self.labels(entry));
        Some(own(vocabulary, &slug_of(&code), labels))
    }

    /// The label beside the URI of an own concept.
    fn label_of(&self, at: At<'_>) -> Map<String, Json> {
        match at.as_written().get("label") {
            Some(Json::String(label)) => self.said(label),
            Some(Json::Object(labels)) => labels.clone(),
            _ => Map::new(),
        }
    }

    /// The level of a national framework: the published concept, else one of our own.
    pub(super) fn national_level(&self, at: At<'a>) -> Option<Json> {
        let uri = nqf_uri(at);
        let (framework, level) = (at.get("framework")?, at.get("level")?);
        let (framework_code, level_code) = (framework.code()?, level.line()?);
        let label = format!("{} level {level_code}", framework_code.slug());
        let label = Map::from_iter([("en".to_string(), Json::from(label))]);
        match uri {
            Some(uri) => {
                let scheme = embedded("nqf-framework").map_or("", |list| list.scheme);
                Some(concept(uri, scheme, label, None))
            }
            None => {
                level.note(no_concept(self.target()));
                let code = format!("{}-{level_code}", framework_code.slug());
                Some(own("level", &code, label))
            }
        }
    }

    /// A language, by its tag.
    pub(super) fn language_tag(&self, tag: &str) -> Json {
        let primary = tag.split('-').next().unwrap_or(tag);
        match embedded("language").and_then(|list| list.find(primary)) {
            Some(entry) => self.entry(entry, LANGUAGES),
            None => self.published(&format!("{LANGUAGES}/{}", primary.to_uppercase()), LANGUAGES, ""),
        }
    }

    /// A language that is stated: known, or a tag whose first part has two or three letters.
    pub(super) fn language(&self, at: At<'a>) -> Option<Json> {
        if let Some(known) = self.listed(at) {
            return Some(known);
        }
        let tag = text(at)?;
        let primary = tag.split('-').next().unwrap_or(tag);
        let known = embedded("language").is_some_and(|list| list.find(primary).is_some());
        let tagged = known && primary.len() == 2 || primary.len() == 3;
        if !tagged || !primary.bytes().all(|c| c.is_ascii_lowercase()) {
            return None;
        }
        let concept = self.language_tag(tag);
        if tag == primary {
            at.line();
        } else {
            at.note(Phrase::new(mark("said without its region")));
        }
        Some(concept)
    }

    /// A currency: known, or of three capitals.
    pub(super) fn currency(&self, at: At<'a>) -> Option<Json> {
        if let Some(known) = self.listed(at) {
            return Some(known);
        }
        let code = text(at).filter(|code| code.len() == 3 && code.bytes().all(|c| c.is_ascii_uppercase()))?;
        let concept = self.published(&format!("{CURRENCIES}/{code}"), CURRENCIES, "");
        at.line();
        Some(concept)
    }

    /// A skill of ESCO. The LOQ shapes expect a scheme that ESCO does not have, so there is none in LOQ.
    pub(super) fn esco(&self, uri: &str) -> Json {
        let scheme = match self.profile {
            super::Profile::Edc => ESCO_SKILLS,
            super::Profile::Loq => "",
        };
        concept(uri, scheme, Map::new(), None)
    }

    /// A skill in the words of the descriptor.
    pub(super) fn skill(&self, skill: At<'a>) -> Option<Json> {
        let uri = skill
            .get("uri")
            .and_then(text)
            .filter(|uri| is_iri(uri))
            .map(str::to_string);
        if uri.is_some() {
            skill.get("uri").and_then(At::line);
        }
        let label = skill.get("label").and_then(At::texts);
        if uri.is_none() && label.is_none() {
            return None;
        }
        match uri {
            Some(uri) => Some(concept(&uri, "", label.unwrap_or_default(), None)),
            None => Some(node("Concept", vec![("prefLabel", label.map(Json::from))])),
        }
    }

    /// How ELM says supervision and identity in one.
    pub(super) fn verification(&self, supervised: bool, identified: bool) -> Option<(&'static Entry, Json)> {
        let list = embedded("supervision-verification")?;
        let supervised = if supervised { "supervised" } else { "unsupervised" };
        let identified = if identified { "with" } else { "without" };
        let entry = list.find(&format!("{supervised}-{identified}-id-verification"))?;
        Some((entry, self.entry(entry, list.scheme)))
    }
}

/// A concept of our own.
fn own(vocabulary: &str, code: &str, labels: Map<String, Json>) -> Json {
    let scheme = format!("urn:credlint:concept:{vocabulary}");
    concept(&format!("{scheme}:{}", segment(code)), &scheme, labels, Some(code))
}

fn slug_of(code: &Code) -> String {
    code.entry
        .map_or_else(|| slug(&code.text), |entry| entry.slug.to_string())
}

/// What becomes of a value for which there is no concept.
fn no_concept(format: &str) -> Phrase {
    Phrase::new(mark("said with a concept of our own: {format} has none for it")).with("format", format)
}
