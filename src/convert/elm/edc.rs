//! A European Digital Credential for Learning as a template: `${…}` stands where only the one who issues it knows what
//! to write.
//!
//! The contexts are those that every wallet expects, by address: the data model of verifiable credentials wants its own
//! first. The application profile of 3.3 has another address; its terms are still those of the same context.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value as Json, json};

use super::super::{At, Demand, ElmVersion, Reading};
use super::assessment::Assessment;
use super::specification::{fill, one};
use super::{Elm, Profile, named, node};
use crate::language::{Phrase, mark};

const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/2018/credentials/v1",
    "http://data.europa.eu/snb/model/context/edc-ap",
];
const SNB: &str = "http://data.europa.eu/snb";
const FILE_TYPES: &str = "http://publications.europa.eu/resource/authority/file-type";
/// One white pixel: a credential must show something, and nobody has said what.
const IMAGE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg==";

/// Writes a practice as a credential with placeholders. Its nodes have yet to be named.
pub(in super::super) fn write(reading: &Reading<'_>, version: ElmVersion) -> Json {
    let elm = Elm::new(reading, Profile::Edc, version);
    let assessments = elm.assessments();
    let mut spec = elm.specification(&assessments);
    let offer = elm.only_offer(&mut spec);
    let awarded = elm.awarding();
    let title = spec.get("title").cloned();
    let claims = assessments
        .into_iter()
        .map(|assessment| elm.claim(assessment, &awarded));
    let rows = vec![
        ("title", title.clone()),
        ("description", spec.get("description").cloned()),
        ("awardedBy", Some(awarded.clone())),
        ("provenBy", Some(claims.collect())),
        ("learningOpportunity", offer),
        ("specifiedBy", Some(spec)),
    ];
    let achievement = node("LearningAchievement", rows);
    let name = |key: &str| Some(elm.said(&format!("${{{key}}}")).into());
    let person = vec![
        ("givenName", name("givenName")),
        ("familyName", name("familyName")),
        ("dateOfBirth", Some("${dateOfBirth}".into())),
        ("hasClaim", Some(one(achievement))),
    ];
    let mut credential = json!({
        "@context": CONTEXTS,
        "id": "urn:credential:${uuid}",
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
    });
    let profile = elm.published(
        &format!("{SNB}/credential/e34929035b"),
        &format!("{SNB}/credential/25831c2"),
        "Generic",
    );
    let rows = vec![
        ("credentialProfiles", Some(one(profile))),
        (
            "credentialSchema",
            Some(json!([{ "id": schema(elm.version), "type": "ShaclValidator2017" }])),
        ),
        ("issued", Some("${issued}".into())),
        ("issuanceDate", Some("${issued}".into())),
        ("validFrom", Some("${validFrom}".into())),
        ("validUntil", elm.valid_until()),
        ("issuer", elm.issuer()),
        ("displayParameter", Some(elm.display(title))),
        ("credentialSubject", Some(node("Person", person))),
    ];
    fill(&mut credential, rows);
    credential
}

/// What a template has in the place of something that is another for every credential.
pub(in super::super) fn stand_in(key: &str) -> Option<Json> {
    match key {
        "grade" => Some(json!({ "type": "Note", "noteLiteral": { "en": "${grade}" } })),
        "issuanceDate" => Some("${issued}".into()),
        "expirationDate" => Some("${validUntil}".into()),
        "issued" | "validFrom" | "validUntil" | "awardingDate" => Some(format!("${{{key}}}").into()),
        _ => None,
    }
}

/// Whether an object of a class is without what the shapes demand of it.
pub(in super::super) fn lacks(document: &Json, demand: &Demand) -> bool {
    match document {
        Json::Array(items) => items.iter().any(|item| lacks(item, demand)),
        Json::Object(rows) => {
            let is_class = |class: &Json| *class == demand.class;
            let class = rows
                .get("type")
                .is_some_and(|class| is_class(class) || class.as_array().is_some_and(|all| all.iter().any(is_class)));
            class && !rows.contains_key(&demand.property) || rows.values().any(|value| lacks(value, demand))
        }
        _ => false,
    }
}

/// Names every node that has no name yet.
pub(in super::super) fn name_nodes(credential: &mut Json) {
    let mut names = Names::default();
    names.learn(credential);
    names.give(credential);
}

fn schema(version: ElmVersion) -> String {
    match version {
        ElmVersion::V3_2 => format!("{SNB}/model/ap/edc-generic-full"),
        ElmVersion::V3_3 => format!("{SNB}/model/application-profile/edc-generic-full"),
    }
}

impl<'a> Elm<'a> {
    /// A credential is of one offer: where there are several, the one who issues it must choose.
    fn only_offer(&self, spec: &mut Json) -> Option<Json> {
        let offers = self.root().each("offers");
        if let [only] = offers.as_slice() {
            let offer = self.opportunity(*only);
            if offer.is_none() {
                self.offer_note(spec, *only);
            }
            return offer;
        }
        for offer in offers {
            self.offer_note(spec, offer);
        }
        None
    }

    fn awarding(&self) -> Json {
        let bodies: Vec<Json> = self.bodies.iter().map(|body| body.json.clone()).collect();
        if bodies.is_empty() {
            self.demand("/awarding_bodies", "AwardingProcess", "awardingBody");
        }
        let rows = vec![
            ("awardingBody", Some(bodies.into())),
            ("awardingDate", Some("${awardingDate}".into())),
        ];
        node("AwardingProcess", rows)
    }

    /// The first awarding body, which seals the credential with the identifier in its certificate.
    fn issuer(&self) -> Option<Json> {
        let Some(body) = self.bodies.first() else {
            self.demand("/awarding_bodies", "EuropeanDigitalCredential", "issuer");
            return None;
        };
        let mut issuer = body.json.clone();
        if issuer.get("eIDASIdentifier").is_none() {
            if body.country.is_none() {
                self.demand("/awarding_bodies/0/country", "LegalIdentifier", "spatial");
            }
            let rows = vec![
                ("notation", Some("${eIDASIdentifier}".into())),
                ("spatial", body.country.clone()),
            ];
            issuer["eIDASIdentifier"] = node("LegalIdentifier", rows);
        }
        Some(issuer)
    }

    /// How long it holds is known, the day on which it ends is not.
    fn valid_until(&self) -> Option<Json> {
        let period = self.root().at(&["issuing", "validity", "period"])?;
        period.note(Phrase::new(mark("left to the issuer, as the placeholder {name}")).with("name", "${validUntil}"));
        Some("${validUntil}".into())
    }

    fn display(&self, title: Option<Json>) -> Json {
        if title.is_none() {
            self.demand("/title", "LearningAchievement", "title");
            self.demand("/title", "DisplayParameter", "title");
        }
        let language = self.language_tag(&self.language);
        let image = vec![
            ("content", Some(IMAGE.into())),
            (
                "contentEncoding",
                Some(self.published(
                    &format!("{SNB}/encoding/6146cde7dd"),
                    &format!("{SNB}/encoding/25831c2"),
                    "base64",
                )),
            ),
            (
                "contentType",
                Some(self.published(&format!("{FILE_TYPES}/PNG"), FILE_TYPES, "PNG")),
            ),
        ];
        let detail = vec![("page", Some(1.into())), ("image", Some(node("MediaObject", image)))];
        let display = vec![
            ("language", Some(language.clone())),
            ("displayDetail", Some(one(node("DisplayDetail", detail)))),
        ];
        let rows = vec![
            ("title", title),
            ("language", Some(one(language.clone()))),
            ("primaryLanguage", Some(language)),
            ("individualDisplay", Some(one(node("IndividualDisplay", display)))),
        ];
        node("DisplayParameter", rows)
    }

    /// An assessment that the learner has passed.
    fn claim(&self, assessment: Assessment<'a>, awarded: &Json) -> Json {
        let id = assessment.at.get("id").and_then(At::line);
        let name = id.unwrap_or_else(|| (assessment.at.index() + 1).to_string());
        let grade = self.said(&format!("${{grade.{name}}}"));
        let iri = assessment.json.get("id").and_then(Json::as_str);
        let iri = iri.map(|iri| format!("{iri}/result"));
        let rows = vec![
            ("title", assessment.json.get("title").cloned()),
            ("awardedBy", Some(awarded.clone())),
            ("idVerification", assessment.verification),
            ("grade", Some(node("Note", vec![("noteLiteral", Some(grade.into()))]))),
            ("specifiedBy", Some(assessment.json)),
        ];
        named("LearningAssessment", iri, rows)
    }
}

/// Whether there is a concept in it that has no name: two things with one each are two.
fn has_nameless(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(has_nameless),
        Json::Object(rows) => {
            let nameless = !rows.contains_key("id") && rows.get("type").is_some_and(|class| class == "Concept");
            nameless || rows.values().any(has_nameless)
        }
        _ => false,
    }
}

/// Names for nodes that have none: a node that stands in several places must be one thing there, not several.
#[derive(Default)]
struct Names {
    known: FxHashMap<String, String>,
    /// Names that somebody has given.
    taken: FxHashSet<String>,
    counts: FxHashMap<String, usize>,
}

impl Names {
    fn give(&mut self, value: &mut Json) {
        match value {
            Json::Array(items) => items.iter_mut().for_each(|item| self.give(item)),
            Json::Object(rows) => {
                rows.values_mut().for_each(|value| self.give(value));
                // A concept without an address is nobody's but this one's.
                let is_node = !rows.contains_key("@value");
                let class = rows.get("type").filter(|class| is_node && *class != "Concept");
                if let (None, Some(Json::String(class))) = (rows.get("id"), class) {
                    let class = class[..1].to_lowercase() + &class[1..];
                    let content = Json::Object(rows.clone());
                    let name = self.name(&class, (!has_nameless(&content)).then(|| content.to_string()));
                    let mut named = Map::from_iter([("id".to_string(), Json::from(name))]);
                    named.extend(std::mem::take(rows));
                    *rows = named;
                }
            }
            _ => {}
        }
    }

    fn name(&mut self, class: &str, content: Option<String>) -> String {
        if let Some(known) = content.as_ref().and_then(|content| self.known.get(content)) {
            return known.clone();
        }
        let count = self.counts.entry(class.to_string()).or_default();
        let name = loop {
            *count += 1;
            let name = format!("urn:epass:{class}:{count}");
            if !self.taken.contains(&name) {
                break name;
            }
        };
        self.known.extend(content.map(|content| (content, name.clone())));
        name
    }

    fn learn(&mut self, value: &Json) {
        match value {
            Json::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Json::Object(rows) => {
                self.taken
                    .extend(rows.get("id").and_then(Json::as_str).map(str::to_string));
                rows.values().for_each(|value| self.learn(value));
            }
            _ => {}
        }
    }
}
