//! ELM LOQ: learning opportunities and qualifications, as a JSON-LD graph with its context inside.
//!
//! There is no official context for LOQ, and that of European Digital Credentials does not fit: it lacks
//! `defaultLanguage` and has another `value`. So the file carries the terms that it uses, under the names that the model
//! has for them.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json, json};

use super::super::{ElmVersion, Reading};
use super::organisation::push;
use super::{Elm, Profile, node};

/// How a value under a term is read.
#[derive(Clone, Copy)]
enum Term {
    /// A node.
    Node,
    /// Text by language.
    Texts,
    /// A literal of a type.
    Typed(&'static str),
    /// A plain literal.
    Plain,
}

use Term::{Node, Plain, Texts, Typed};

/// Key here, name in the model if that is another, IRI, kind.
const TERMS: &[(&str, &str, &str, Term)] = &[
    ("accreditation", "", "elm:accreditation", Node),
    ("accreditingAgent", "", "elm:accreditingAgent", Node),
    ("additionalNote", "", "elm:additionalNote", Node),
    ("address", "", "elm:address", Node),
    ("altLabel", "", "skos:altLabel", Texts),
    ("amount", "", "elm:amount", Node),
    (
        "applicationDeadline",
        "",
        "elm:applicationDeadline",
        Typed("xsd:dateTime"),
    ),
    ("awardingBody", "", "elm:awardingBody", Node),
    ("awardingOpportunity", "", "elm:awardingOpportunity", Node),
    ("category", "", "elm:category", Texts),
    ("contactHour", "", "elm:contactHour", Typed("xsd:string")),
    ("contentURL", "contentUrl", "elm:contentUrl", Typed("xsd:anyURI")),
    ("countryCode", "", "elm:countryCode", Node),
    ("creditPoint", "", "elm:creditPoint", Node),
    ("dateIssued", "issued", "dc:issued", Typed("xsd:dateTime")),
    ("dcType", "", "dc:type", Node),
    ("defaultLanguage", "", "elm:defaultLanguage", Node),
    ("description", "", "dc:description", Texts),
    (
        "eIDASIdentifier",
        "eidasLegalIdentifier",
        "elm:eidasLegalIdentifier",
        Node,
    ),
    ("educationLevel", "", "elm:educationLevel", Node),
    ("educationSubject", "", "elm:educationSubject", Node),
    ("endDate", "", "elm:endDate", Typed("xsd:dateTime")),
    ("entryRequirement", "", "elm:entryRequirement", Node),
    ("eqfLevel", "EQFLevel", "elm:EQFLevel", Node),
    ("expiryDate", "", "elm:expiryDate", Typed("xsd:dateTime")),
    ("framework", "", "elm:framework", Node),
    ("gradingScheme", "", "elm:gradingScheme", Node),
    ("homepage", "", "foaf:homepage", Node),
    ("identifier", "", "adms:identifier", Node),
    ("inScheme", "", "skos:inScheme", Node),
    ("influencedBy", "", "elm:influencedBy", Node),
    (
        "isPartialQualification",
        "",
        "elm:isPartialQualification",
        Typed("xsd:boolean"),
    ),
    ("language", "", "dc:language", Node),
    (
        "learningAchievementSpecification",
        "",
        "elm:learningAchievementSpecification",
        Node,
    ),
    ("learningOutcome", "", "elm:learningOutcome", Node),
    ("learningSchedule", "", "elm:learningSchedule", Node),
    ("learningSetting", "", "elm:learningSetting", Node),
    ("learningOutcomeSummary", "", "elm:learningOutcomeSummary", Node),
    ("legalName", "", "rov:legalName", Texts),
    ("location", "", "elm:location", Node),
    ("maximumDuration", "", "elm:maximumDuration", Typed("xsd:duration")),
    ("mode", "", "elm:mode", Node),
    ("notation", "", "skos:notation", Plain),
    ("noteLiteral", "", "elm:noteLiteral", Texts),
    ("nqfLevel", "NQFLevel", "elm:NQFLevel", Node),
    ("organisation", "", "elm:organisation", Node),
    ("point", "", "elm:point", Typed("xsd:string")),
    ("prefLabel", "", "skos:prefLabel", Texts),
    ("priceDetail", "", "elm:priceDetail", Node),
    ("providedBy", "", "elm:providedBy", Node),
    ("provenBy", "", "elm:provenBy", Node),
    ("proves", "", "elm:proves", Node),
    ("qualificationCode", "", "elm:qualificationCode", Node),
    ("registration", "", "rov:registration", Node),
    ("relatedESCOSkill", "", "elm:relatedESCOSkill", Node),
    ("relatedSkill", "", "elm:relatedSkill", Node),
    ("report", "", "elm:report", Node),
    ("schemeAgency", "", "adms:schemeAgency", Texts),
    ("schemeName", "", "elm:schemeName", Typed("xsd:string")),
    ("spatial", "", "dc:spatial", Node),
    ("spatialCode", "", "elm:spatialCode", Node),
    ("startDate", "", "elm:startDate", Typed("xsd:dateTime")),
    ("status", "", "elm:status", Typed("xsd:string")),
    ("subject", "", "dc:subject", Node),
    ("supplementaryDocument", "", "elm:supplementaryDocument", Node),
    ("targetGroup", "", "elm:targetGroup", Node),
    ("taxIdentifier", "", "elm:taxIdentifier", Node),
    ("temporal", "", "dc:temporal", Node),
    ("thematicArea", "ISCEDFCode", "elm:ISCEDFCode", Node),
    ("title", "", "dc:title", Texts),
    ("unit", "", "elm:unit", Node),
    ("value", "", "rdf:value", Typed("xsd:decimal")),
    ("vatIdentifier", "", "elm:vatIdentifier", Node),
    ("volumeOfLearning", "", "elm:volumeOfLearning", Typed("xsd:duration")),
];

const PREFIXES: [(&str, &str); 9] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dc", "http://purl.org/dc/terms/"),
    ("elm", ""),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("locn", "http://www.w3.org/ns/locn#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rov", "http://www.w3.org/ns/regorg#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Writes a practice as a LOQ graph.
pub(in super::super) fn write(reading: &Reading<'_>, version: ElmVersion) -> Json {
    let elm = Elm::new(reading, Profile::Loq, version);
    let assessments = elm.assessments();
    let mut spec = elm.specification(&assessments);
    let mut opportunities = Vec::new();
    for at in elm.root().each("offers") {
        match elm.opportunity(at) {
            Some(mut opportunity) => {
                opportunity["learningAchievementSpecification"] = elm.iri.clone().into();
                opportunities.push(opportunity);
            }
            None => elm.offer_note(&mut spec, at),
        }
    }
    if !elm.bodies.is_empty() {
        let bodies = elm.bodies.iter().map(|body| body.json.clone());
        let rows = vec![
            ("awardingBody", Some(bodies.collect())),
            ("learningAchievementSpecification", Some(elm.iri.clone().into())),
        ];
        push(&mut spec, "awardingOpportunity", node("AwardingOpportunity", rows));
    }
    let mut graph = Graph::default();
    let mut nodes: Vec<Json> = std::iter::once(spec)
        .chain(opportunities)
        .map(|node| graph.inside(node))
        .collect();
    nodes.extend(graph.nodes());
    let context = context(&nodes, elm.version);
    json!({ "@context": context, "@graph": nodes })
}

/// Things that several others refer to, each once.
#[derive(Default)]
struct Graph {
    shared: Vec<Json>,
    places: FxHashMap<String, usize>,
}

impl Graph {
    /// The same value with the names of the model, and with references in the place of what is shared.
    fn take(&mut self, value: Json) -> Json {
        let shared = matches!(
            value["type"].as_str(),
            Some("Concept" | "ConceptScheme" | "Organisation" | "Agent")
        );
        let reference = size(&value) == 1;
        let value = self.inside(value);
        if let Some(Json::String(id)) = value.get("id").filter(|_| reference) {
            return id.clone().into();
        }
        let Some(id) = value["id"].as_str().filter(|_| shared).map(str::to_string) else {
            return value;
        };
        match self.places.get(&id) {
            // What only refers to the thing says less than the thing.
            Some(place) => {
                let known = &mut self.shared[*place];
                if size(known) < size(&value) {
                    *known = value;
                }
            }
            None => {
                self.places.insert(id.clone(), self.shared.len());
                self.shared.push(value);
            }
        }
        id.into()
    }

    fn inside(&mut self, value: Json) -> Json {
        match value {
            Json::Array(items) => items.into_iter().map(|item| self.take(item)).collect(),
            Json::Object(rows) => {
                let rows = rows.into_iter().map(|(key, value)| (name(&key), self.take(value)));
                Json::Object(rows.collect())
            }
            leaf => leaf,
        }
    }

    /// Organisations, then concepts, then their schemes, each in the order in which they were met.
    fn nodes(self) -> Vec<Json> {
        let rank = |node: &Json| match node["type"].as_str() {
            Some("Concept") => 1,
            Some("ConceptScheme") => 2,
            _ => 0,
        };
        let mut nodes = self.shared;
        nodes.sort_by_key(rank);
        nodes
    }
}

fn size(value: &Json) -> usize {
    value.as_object().map_or(0, Map::len)
}

fn name(key: &str) -> String {
    let found = TERMS.iter().find(|(own, name, ..)| *own == key && !name.is_empty());
    found.map_or(key, |(_, name, ..)| name).to_string()
}

/// The name in the model of a key of a file, and whether its value is text by language.
pub(super) fn known(key: &str) -> Option<(&'static str, bool)> {
    let key = key.rsplit(['/', '#', ':']).next().unwrap_or(key);
    let found = TERMS.iter().find(|(own, name, ..)| *own == key || *name == key);
    found.map(|(own, name, _, term)| (if name.is_empty() { *own } else { *name }, matches!(term, Texts)))
}

/// The terms that a graph uses.
pub(super) fn context(nodes: &[Json], version: ElmVersion) -> Json {
    let (mut keys, mut classes) = (Vec::new(), Vec::new());
    nodes.iter().for_each(|node| used(node, &mut keys, &mut classes));
    let mut context = Map::new();
    for (prefix, iri) in PREFIXES {
        let elm = match version {
            ElmVersion::V3_2 => "http://data.europa.eu/snb/model/elm/",
            ElmVersion::V3_3 => "http://data.europa.eu/snb/model/ontology/",
        };
        context.insert(prefix.to_string(), if iri.is_empty() { elm } else { iri }.into());
    }
    context.insert("id".to_string(), "@id".into());
    context.insert("type".to_string(), "@type".into());
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        let prefix = match class.as_str() {
            "Concept" | "ConceptScheme" => "skos",
            "Location" | "PeriodOfTime" => "dc",
            _ => "elm",
        };
        context.insert(class.clone(), format!("{prefix}:{class}").into());
    }
    for (own, name, iri, term) in TERMS {
        let key = if name.is_empty() { own } else { name };
        if !keys.iter().any(|used| used == key) {
            continue;
        }
        let definition = match term {
            Node => json!({ "@id": iri, "@type": "@id" }),
            Texts => json!({ "@id": iri, "@container": "@language" }),
            Typed(kind) => json!({ "@id": iri, "@type": kind }),
            Plain => json!(iri),
        };
        context.insert((*key).to_string(), definition);
    }
    context.into()
}

fn used(value: &Json, keys: &mut Vec<String>, classes: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| used(item, keys, classes)),
        Json::Object(rows) => {
            for (key, value) in rows {
                if key == "type" {
                    classes.extend(value.as_str().map(str::to_string));
                } else {
                    keys.push(key.clone());
                    used(value, keys, classes);
                }
            }
        }
        _ => {}
    }
}
