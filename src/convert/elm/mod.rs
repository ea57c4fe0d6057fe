//! Facts → European Learning Model: what the specification in a LOQ graph and the one in a European Digital Credential
//! have in common.
//!
//! A statement goes where the model has a property for it. Where it has none, or where an object would lack something
//! that the shapes demand, the statement becomes a Note with the subject that fits, and is listed. Nothing is invented
//! to please a shape: what the outermost objects lack is listed as a demand.
//!
//! # Identifiers
//!
//! The same descriptor has the same IRIs in every conversion, and parts are named by their `id`, else by their place in
//! the list, counted from 1:
//!
//! | Thing | IRI |
//! |---|---|
//! | the practice | `<homepage>#<id>`; without a homepage `urn:credlint:practice:<id>` |
//! | a part of it | `<practice>/<kind>/<id>`, e.g. `…/outcome/LO1` |
//! | an organisation | `<its homepage>#<id>`; without a homepage `<practice>/organisation/<id>` |
//! | a concept that nobody has published | `urn:credlint:concept:<vocabulary>:<slug>` |
//!
//! An `id` that is an IRI stays as it is. Without an `id` the first code counts, then the title. What an `id` may contain and an IRI may not is
//! percent-encoded.

mod assessment;
mod concept;
mod difference;
mod edc;
mod kept;
mod loq;
mod offer;
mod organisation;
mod specification;

use std::cell::RefCell;

use rustc_hash::FxHashSet;
use serde_json::{Map, Value as Json};

use self::organisation::{Body, Quality};
use super::names::{self, address, is_iri, name, practice_iri, segment, slug, text, without_fragment};
use super::{At, ElmVersion, Reading, lines, object};
use crate::language::{Phrase, mark};
use crate::number::Number;

pub(super) use self::concept::nqf_uri;
pub(super) use self::difference::{difference, put_back as put_back_edc};
pub(super) use self::edc::{lacks, name_nodes, stand_in, write as edc};
pub(super) use self::kept::put_back_loq;
pub(super) use self::loq::write as loq;

/// The application profile that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    /// Learning opportunities and qualifications; closed shapes.
    Loq,
    /// European Digital Credentials; open shapes.
    Edc,
}

/// The class of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Has levels and accreditations, and must have an EQF and an NQF level.
    Qualification,
    /// Has neither.
    LearningAchievementSpecification,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Class::Qualification => "Qualification",
            Class::LearningAchievementSpecification => "LearningAchievementSpecification",
        }
    }
}

/// Subjects of Notes: what a Note about a qualification is about.
#[derive(Clone, Copy, Debug)]
enum Topic {
    Assessment,
    Contact,
    History,
    Pathways,
    Quality,
    Regulations,
    Ways,
}

impl Topic {
    fn name(self) -> &'static str {
        match self {
            Topic::Assessment => "assessment",
            Topic::Contact => "contact-info",
            Topic::History => "history-and-lifecycle",
            Topic::Pathways => "pathways",
            Topic::Quality => "accreditation-and-quality-assurance",
            Topic::Regulations => "regulations-and-certificates",
            Topic::Ways => "ways-to-acquire",
        }
    }
}

/// One practice on its way into ELM.
struct Elm<'a> {
    reading: &'a Reading<'a>,
    profile: Profile,
    version: ElmVersion,
    language: String,
    class: Class,
    /// The IRI of the practice.
    iri: String,
    used: RefCell<FxHashSet<String>>,
    bodies: Vec<Body<'a>>,
    quality: Quality,
}

impl<'a> Elm<'a> {
    fn new(reading: &'a Reading<'a>, profile: Profile, version: ElmVersion) -> Elm<'a> {
        let root = reading.root();
        for key in ["descriptor", "default_language"] {
            root.get(key).and_then(At::line);
        }
        root.get("id").and_then(name);
        let mut elm = Elm {
            reading,
            profile,
            version,
            language: reading.default_language(),
            class: class(root),
            iri: practice_iri(root, &reading.default_language()),
            used: RefCell::default(),
            bodies: Vec::new(),
            quality: Quality::default(),
        };
        elm.bodies = elm.read_bodies();
        elm.quality = elm.read_quality();
        elm
    }

    fn root(&self) -> At<'a> {
        self.reading.root()
    }

    fn is_edc(&self) -> bool {
        self.profile == Profile::Edc
    }

    /// The name of the target for people.
    fn target(&self) -> &'static str {
        match self.profile {
            Profile::Loq => super::Target::ElmLoq.title(),
            Profile::Edc => super::Target::EdcTemplate.title(),
        }
    }

    /// Lists what the outermost objects must have and the descriptor does not state.
    fn demand(&self, path: &str, class: &str, property: &str) {
        let what = Phrase::new(mark(
            "{format} demands `{property}`, which the descriptor does not state",
        ))
        .with("format", self.target())
        .with("property", format!("{class}.{property}"));
        self.reading.demand(path, class, property, what);
    }

    /// Lists an object that is not written because it would not conform.
    fn left_out(&self, path: String, what: &'static str) {
        self.reading.list(&path, "", Phrase::new(what));
    }

    /// The IRI of a part of the practice.
    fn part_iri(&self, kind: &str, part: At<'_>) -> String {
        names::part_iri(&self.iri, &self.used, kind, part)
    }

    /// A text in the default language.
    fn said(&self, text: &str) -> Map<String, Json> {
        Map::from_iter([(self.language.clone(), text.into())])
    }

    /// A Note.
    fn note(&self, topic: Topic, text: Map<String, Json>) -> Json {
        node(
            "Note",
            vec![("noteLiteral", Some(text.into())), ("subject", Some(self.topic(topic)))],
        )
    }

    /// A code with its scheme and agency.
    fn identifier(&self, code: At<'_>) -> Option<Json> {
        let notation = code.get("value")?.line()?;
        let agency = code.get("agency").and_then(At::line);
        let rows = vec![
            ("notation", Some(notation.into())),
            ("schemeName", code.get("scheme").and_then(At::line).map(Json::from)),
            ("schemeAgency", agency.map(|agency| self.said(&agency).into())),
        ];
        Some(node("Identifier", rows))
    }
}

/// Both levels, or no Qualification: the shapes demand an EQF level and an NQF level of the European list.
fn class(root: At<'_>) -> Class {
    let eqf = root.at(&["level", "eqf"]).and_then(concept::official);
    let level = root.get("level");
    let nqf = level.is_some_and(|level| level.each("nqf").into_iter().any(|at| concept::nqf_uri(at).is_some()));
    if eqf.is_some() && nqf {
        Class::Qualification
    } else {
        Class::LearningAchievementSpecification
    }
}

/// A node of a class; what is absent is left out.
fn node(class: &str, rows: Vec<(&str, Option<Json>)>) -> Json {
    named(class, None, rows)
}

/// A node with an IRI.
fn named(class: &str, iri: Option<String>, rows: Vec<(&str, Option<Json>)>) -> Json {
    let mut all = vec![("id", iri.map(Json::from)), ("type", Some(class.into()))];
    all.extend(rows);
    object(all)
}

/// A page on the web. What is no address is left alone, and listed.
fn page(at: At<'_>) -> Option<Json> {
    let address = address(at)?.to_string();
    at.line();
    Some(node("WebResource", vec![("contentURL", Some(address.into()))]))
}

/// The beginning of a day. What is no whole day is left alone, and listed.
fn day(at: At<'_>) -> Option<Json> {
    let day: jiff::civil::Date = text(at)?.trim().parse().ok()?;
    at.line();
    Some(format!("{day}T00:00:00Z").into())
}

/// Hours as a duration of hours, minutes and seconds.
fn duration(hours: Number) -> String {
    let seconds = (hours * Number::from_integer(3600)).round().to_integer();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |value: i128, unit: &str| {
        if value == 0 {
            String::new()
        } else {
            format!("{value}{unit}")
        }
    };
    let rest = part(minutes, "M") + &part(seconds, "S");
    match (hours, rest.as_str()) {
        (0, "") => "PT0H".to_string(),
        (0, rest) => format!("PT{rest}"),
        (hours, rest) => format!("PT{hours}H{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_become_durations_that_can_be_read_back() {
        for (text, expected) in [("50", "PT50H"), ("7.5", "PT7H30M"), ("0.25", "PT15M"), ("0", "PT0H")] {
            let hours = crate::number::parse(text).expect("a number");
            assert_eq!(duration(hours), expected);
            assert_eq!(crate::number::parse_duration_hours(expected), Some(hours));
        }
    }
}
