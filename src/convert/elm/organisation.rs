//! Awarding bodies and those who accredit them.

use serde_json::{Map, Value as Json};

use super::super::{At, object};
use super::lines::Lines;
use super::{
    Class, Elm, Topic, address, concept, day, is_iri, named, node, page, segment, slug, text, without_fragment,
};
use crate::language::{Phrase, mark};
use crate::vocabulary::embedded;

/// An awarding body.
pub(super) struct Body<'a> {
    at: At<'a>,
    /// The node.
    pub(super) json: Json,
    /// Whether it can be an Organisation, which must have a country.
    pub(super) is_organisation: bool,
    /// The country.
    pub(super) country: Option<Json>,
}

impl Body<'_> {
    /// Only the name of it, for places inside it.
    fn reference(&self) -> Json {
        object(vec![("id", Some(self.json["id"].clone()))])
    }

    fn is_called(&self, name: &str) -> bool {
        let id = self.at.get("id").and_then(text);
        id == Some(name) || self.at.get("name").is_some_and(|at| at.says(name))
    }
}

/// What becomes of quality assurance.
#[derive(Debug, Default)]
pub(super) struct Quality {
    /// Of the Qualification.
    pub(super) accreditations: Vec<Json>,
    /// What is no Accreditation.
    pub(super) notes: Vec<Json>,
}

impl<'a> Elm<'a> {
    pub(super) fn read_bodies(&self) -> Vec<Body<'a>> {
        let bodies = self.root().each("awarding_bodies");
        bodies.into_iter().filter_map(|at| self.body(at)).collect()
    }

    /// An Organisation where the country is known, an Agent where it is not.
    fn body(&self, at: At<'a>) -> Option<Body<'a>> {
        let name = at.get("name")?;
        let iri = self.body_iri(at, name);
        at.get("id").and_then(super::name);
        let country = self.country(at);
        let legal = at
            .get("legal_id")
            .and_then(|legal| self.legal_id(legal, country.as_ref()));
        let json = match &country {
            Some(country) => {
                let homepage = at.get("homepage").and_then(page).map(|page| Json::Array(vec![page]));
                let mut rows = vec![
                    ("legalName", name.texts().map(Json::from)),
                    (
                        "location",
                        Some(Json::Array(vec![self.location(country, at.get("region"))])),
                    ),
                    ("homepage", homepage),
                ];
                rows.extend(legal.map(|(key, value)| (key, Some(value))));
                named("Organisation", Some(iri), rows)
            }
            None => {
                name.note(
                    Phrase::new(mark(
                        "said as an `Agent`: {format} demands the country of an `Organisation`",
                    ))
                    .with("format", self.target()),
                );
                let mut rows = vec![("prefLabel", name.texts().map(Json::from))];
                rows.extend(legal.map(|(key, value)| (key, Some(value))));
                named("Agent", Some(iri), rows)
            }
        };
        Some(Body {
            at,
            json,
            is_organisation: country.is_some(),
            country,
        })
    }

    fn body_iri(&self, at: At<'a>, name: At<'a>) -> String {
        let id = at.get("id").and_then(text);
        if let Some(iri) = id.filter(|id| is_iri(id)) {
            return iri.to_string();
        }
        let id = id.map(segment);
        let called = id.unwrap_or_else(|| segment(&slug(name.preferred(&self.language).unwrap_or_default())));
        match at.get("homepage").and_then(address) {
            Some(homepage) => format!("{}#{called}", without_fragment(homepage)),
            None => format!("{}/organisation/{called}", self.iri),
        }
    }

    /// The country that is stated, or the one that the region is in.
    fn country(&self, at: At<'a>) -> Option<Json> {
        if let Some(country) = at.get("country").and_then(|at| self.listed(at)) {
            return Some(country);
        }
        let (region, _) = at.get("region").and_then(concept::official)?;
        let list = embedded("country")?;
        let entry = list.find(region.value("country")?.text()?)?;
        Some(self.entry(entry, list.scheme))
    }

    fn location(&self, country: &Json, region: Option<At<'a>>) -> Json {
        let address = node("Address", vec![("countryCode", Some(country.clone()))]);
        let region = region
            .and_then(|at| self.region(at))
            .map(|region| Json::Array(vec![region]));
        node(
            "Location",
            vec![("address", Some(Json::Array(vec![address]))), ("spatialCode", region)],
        )
    }

    /// A NUTS region. Few are bundled; others are known by the form of their code.
    fn region(&self, at: At<'a>) -> Option<Json> {
        const NUTS: &str = "http://data.europa.eu/nuts";
        if let Some(known) = self.listed(at) {
            return Some(known);
        }
        let code = text(at)?.to_string();
        let country = code.len() >= 3 && code.bytes().take(2).all(|c| c.is_ascii_uppercase());
        let rest = code.len() <= 5
            && code
                .bytes()
                .skip(2)
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !country || !rest {
            return None;
        }
        at.line();
        Some(self.published(&format!("{NUTS}/code/{code}"), NUTS, ""))
    }

    /// The property for a kind of identifier, and its value. A legal identifier must have a country.
    fn legal_id(&self, legal: At<'a>, home: Option<&Json>) -> Option<(&'static str, Json)> {
        let notation = legal.get("value")?.line()?;
        let kind = legal.get("kind").and_then(At::code);
        let property = kind.as_ref().and_then(|kind| kind.entry?.value("elm")?.text());
        let key = match property {
            Some("vatIdentifier") => "vatIdentifier",
            Some("taxIdentifier") => "taxIdentifier",
            Some("registration") => "registration",
            Some("eidasLegalIdentifier") => "eIDASIdentifier",
            _ => "identifier",
        };
        // An Agent has no property for them either.
        if key == "identifier" || home.is_none() {
            let scheme = kind.map(|kind| kind.label("en").to_string());
            let rows = vec![
                ("notation", Some(notation.into())),
                ("schemeName", scheme.map(Json::from)),
            ];
            return Some(("identifier", Json::Array(vec![node("Identifier", rows)])));
        }
        let own = legal.get("country").and_then(|at| self.listed(at));
        let country = own.or_else(|| home.cloned());
        let value = node(
            "LegalIdentifier",
            vec![("notation", Some(notation.into())), ("spatial", country)],
        );
        let several = matches!(key, "vatIdentifier" | "taxIdentifier");
        Some((key, if several { Json::Array(vec![value]) } else { value }))
    }

    /// The Organisations that some names or ids mean; `None` when one of them is unknown.
    pub(super) fn organisations(&self, names: &[At<'a>]) -> Option<Vec<usize>> {
        let find = |at: &At<'a>| {
            let name = text(*at)?;
            self.bodies
                .iter()
                .position(|body| body.is_organisation && body.is_called(name))
        };
        let found: Option<Vec<usize>> = names.iter().map(find).collect();
        found.filter(|found| !found.is_empty())
    }

    pub(super) fn read_quality(&mut self) -> Quality {
        let mut quality = Quality::default();
        for at in self.root().each("quality_assurance") {
            match self.accreditation(at) {
                Some((accreditation, bodies)) if self.class == Class::LearningAchievementSpecification => {
                    for index in bodies {
                        push(&mut self.bodies[index].json, "accreditation", accreditation.clone());
                    }
                }
                Some((accreditation, _)) => quality.accreditations.push(accreditation),
                None => {
                    let mut lines = Lines::new();
                    lines.all(at, "");
                    if !lines.is_empty() {
                        quality
                            .notes
                            .push(self.note(Topic::Quality, lines.literal(&self.language)));
                    }
                }
            }
        }
        quality
    }

    /// One of the four external types, by an agent whose country is stated, of an organisation that is known.
    fn accreditation(&self, at: At<'a>) -> Option<(Json, Vec<usize>)> {
        let kind = at.get("type")?;
        let (entry, _) = concept::official(kind)?;
        let Some((name, country)) = agent(at) else {
            self.left_out(
                format!("{}/agent", at.path()),
                mark("no `Accreditation` is written: the agent and its country must be stated"),
            );
            return None;
        };
        let stated = at.get("organisation");
        let bodies = match stated {
            Some(organisation) => self.organisations(&[organisation]),
            None if self.bodies.len() == 1 && self.bodies[0].is_organisation => Some(vec![0]),
            None => None,
        };
        let Some(bodies) = bodies else {
            self.left_out(
                format!("{}/organisation", at.path()),
                mark("no `Accreditation` is written: the awarding body that it is of, and its country, must be stated"),
            );
            return None;
        };
        stated.and_then(At::line);
        if self.class == Class::LearningAchievementSpecification {
            let what = mark("moved to the organisation: a `{class}` has no accreditation");
            kind.note(Phrase::new(what).with("class", self.class.name()));
        }
        let title = at.get("title").and_then(At::texts);
        let mut more = Lines::new();
        more.some(at, &["scope", "system", "standard", "decision"]);
        more.some(at.get("agent")?, &["register"]);
        let note =
            (!more.is_empty()).then(|| Json::Array(vec![self.note(Topic::Quality, more.literal(&self.language))]));
        let inside = self.class == Class::LearningAchievementSpecification;
        let of = |index: &usize| {
            let body = &self.bodies[*index];
            if inside { body.reference() } else { body.json.clone() }
        };
        let rows = vec![
            ("dcType", self.listed(kind)),
            ("title", Some(title.unwrap_or_else(|| self.title_of(entry)).into())),
            ("organisation", Some(bodies.iter().map(of).collect())),
            ("accreditingAgent", Some(self.accreditor(name, country)?)),
            ("dateIssued", at.get("issued").and_then(day)),
            ("expiryDate", at.get("valid_until").and_then(day)),
            ("report", at.get("report").and_then(page)),
            ("additionalNote", note),
        ];
        let iri = self.part_iri("quality-assurance", at);
        Some((named("Accreditation", Some(iri), rows), bodies))
    }

    fn accreditor(&self, name: At<'a>, country: At<'a>) -> Option<Json> {
        let called = segment(&slug(name.preferred(&self.language)?));
        let country = self.listed(country)?;
        let rows = vec![
            ("legalName", name.texts().map(Json::from)),
            ("location", Some(Json::Array(vec![self.location(&country, None)]))),
        ];
        Some(named(
            "Organisation",
            Some(format!("{}/organisation/{called}", self.iri)),
            rows,
        ))
    }

    /// A label in the place of a title.
    pub(super) fn title_of(&self, entry: &'static crate::vocabulary::Entry) -> Map<String, Json> {
        let own = entry.labels.iter().find(|(language, _)| *language == self.language);
        match own {
            Some((language, label)) => Map::from_iter([(language.to_string(), Json::from(*label))]),
            None => Map::from_iter([("en".to_string(), Json::from(entry.label("en")))]),
        }
    }
}

/// Who accredits, if that can be an Organisation.
fn agent(at: At<'_>) -> Option<(At<'_>, At<'_>)> {
    let agent = at.get("agent")?;
    let (name, country) = (agent.get("name")?, agent.get("country")?);
    concept::official(country).map(|_| (name, country))
}

/// Adds to a list of an object.
pub(super) fn push(object: &mut Json, key: &str, value: Json) {
    match &mut object[key] {
        Json::Array(items) => items.push(value),
        empty => *empty = Json::Array(vec![value]),
    }
}
