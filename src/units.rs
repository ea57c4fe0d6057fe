//! The units of a qualification, each as a description of its own: what it states itself, what it takes over from the
//! whole, and its place in it.

use serde_json::{Map, Value as Json, json};

use crate::descriptor::model::model;
use crate::descriptor::{Descriptor, FactId};
use crate::score::Verdict;
use crate::standard::Element;

/// What holds for a part as it does for the whole, and the elements that this states. Not what a unit must have of its
/// own: a title, outcomes, a size, an assessment; nor what others decide about the whole, such as recognition.
const INHERITED: [(&str, &[Element]); 9] = [
    ("default_language", &[]),
    ("awarding_bodies", &[Element::AwardingBody, Element::Country]),
    ("level", &[Element::Level]),
    ("participation", &[Element::Participation]),
    ("quality_assurance", &[Element::QualityAssurance]),
    ("further_information", &[Element::FurtherInformation]),
    ("issuing", &[Element::DigitalIssuance]),
    ("field", &[]),
    ("safety_critical", &[]),
];

/// The id under which evidence cites the whole.
const WHOLE: &str = "qualification";

/// A unit.
#[derive(Debug)]
pub struct Unit {
    /// Its place in the list, from 1.
    pub number: usize,
    /// The descriptor that it becomes; none where the unit is only the id of one.
    pub document: Option<Json>,
    /// Its id, as stated or as made of that of the whole.
    pub id: String,
    /// Keys that it takes over from the whole.
    pub inherited: Vec<&'static str>,
}

/// The units of a descriptor. `verdict` is what was found of the elements of the whole.
pub fn units(whole: &Descriptor<'_>, verdict: &dyn Fn(Element) -> Verdict) -> Vec<Unit> {
    let Some(list) = whole.get(FactId::ROOT, "units") else {
        return Vec::new();
    };
    let said = |key: &str| {
        let id = whole.get(FactId::ROOT, key).filter(|id| whole.is_stated(*id))?;
        Some(whole.json(id))
    };
    let whole_id = said("id").and_then(|id| id.as_str().map(str::to_string));
    let children = whole.children(list).iter().enumerate();
    let unit = |(index, child): (usize, &FactId)| {
        let number = index + 1;
        let own = match whole.opaque(*child)? {
            Json::Object(own) => own,
            Json::String(id) => {
                return Some(Unit {
                    number,
                    document: None,
                    id,
                    inherited: Vec::new(),
                });
            }
            _ => return None,
        };
        let made = || match &whole_id {
            Some(whole) => format!("{whole}-unit-{number}"),
            None => format!("unit-{number}"),
        };
        let id = own.get("id").and_then(Json::as_str).map_or_else(made, str::to_string);
        let reference = own.keys().all(|key| key == "id");
        let (document, inherited) = stand_alone(own, &id, &said, verdict);
        Some(Unit {
            number,
            document: (!reference).then_some(document),
            id,
            inherited,
        })
    };
    children.filter_map(unit).collect()
}

/// The whole descriptor of a unit.
fn stand_alone(
    mut own: Map<String, Json>,
    id: &str,
    whole: &dyn Fn(&str) -> Option<Json>,
    verdict: &dyn Fn(Element) -> Verdict,
) -> (Json, Vec<&'static str>) {
    own.insert("id".to_string(), id.into());
    let mut sources = whole("sources").and_then(into_object).unwrap_or_default();
    sources.extend(own.remove("sources").and_then(into_object).unwrap_or_default());
    let mut evidence = own.remove("evidence").and_then(into_object).unwrap_or_default();
    let of_whole = whole("evidence").and_then(into_object).unwrap_or_default();
    let cited = free_name(&sources);
    let mut inherited = Vec::new();
    for (key, elements) in INHERITED {
        if own.get(key).is_some_and(|value| !is_nothing(value)) {
            continue;
        }
        let Some(value) = whole(key) else { continue };
        own.insert(key.to_string(), value);
        inherited.push(key);
        for element in elements {
            if let Some(entry) = passed_on(&of_whole, *element, verdict(*element), &cited) {
                evidence.entry(element.slug()).or_insert(entry);
            }
        }
    }
    let called = whole("title").or_else(|| whole("id"));
    let cites = |value: &Json| value.to_string().contains(&format!("\"source\":\"{cited}\""));
    if evidence.values().any(cites) {
        let mut source = Map::new();
        source.extend(called.clone().map(|title| ("title".to_string(), title)));
        let homepage = whole("further_information").map(|further| further["homepage"].clone());
        source.extend(homepage.filter(Json::is_string).map(|url| ("url".to_string(), url)));
        sources.insert(cited, source.into());
    }
    let used = |name: &String| {
        let quoted = format!("\"source\":\"{name}\"");
        let observed = own
            .get("observations")
            .is_some_and(|value| value.to_string().contains(&quoted));
        observed || evidence.values().any(|value| value.to_string().contains(&quoted))
    };
    sources.retain(|name, _| used(name));
    stack(&mut own, whole("id"), called);
    for (key, rows) in [("sources", sources), ("evidence", evidence)] {
        if !rows.is_empty() {
            own.insert(key.to_string(), rows.into());
        }
    }
    (in_order(own), inherited)
}

/// What was found of the whole holds for the unit by inheritance.
fn passed_on(of_whole: &Map<String, Json>, element: Element, verdict: Verdict, cited: &str) -> Option<Json> {
    let inherit = |entry: &Json| {
        let mut entry = entry.clone();
        if let Json::Object(rows) = &mut entry {
            rows.insert("basis".to_string(), "inherited".into());
        }
        entry
    };
    match of_whole.get(element.slug()) {
        Some(Json::Array(entries)) => Some(entries.iter().map(inherit).collect()),
        Some(entry) => Some(inherit(entry)),
        None if verdict == Verdict::NotStated => None,
        None => Some(json!({ "verdict": verdict.word(), "basis": "inherited", "source": cited })),
    }
}

/// It counts towards the whole, unless it says that it stands alone.
fn stack(own: &mut Map<String, Json>, id: Option<Json>, title: Option<Json>) {
    let mut whole = Map::new();
    whole.extend(id.clone().map(|id| ("id".to_string(), id)));
    whole.extend(
        title
            .filter(|title| Some(title) != id.as_ref())
            .map(|title| ("title".to_string(), title)),
    );
    let stackability = own.entry("stackability").or_insert_with(|| json!({}));
    let Json::Object(rows) = stackability else { return };
    if whole.is_empty() || rows.contains_key("not_applicable") {
        return;
    }
    rows.entry("status").or_insert("stackable".into());
    let part_of = rows.entry("part_of").or_insert_with(|| json!([]));
    if let Json::Array(wholes) = part_of {
        let known = |other: &Json| id.is_some() && (Some(other) == id.as_ref() || other.get("id") == id.as_ref());
        if !wholes.iter().any(known) {
            wholes.push(whole.into());
        }
    }
}

/// A name for the whole among the sources.
fn free_name(sources: &Map<String, Json>) -> String {
    let mut name = WHOLE.to_string();
    while sources.contains_key(&name) {
        name.push_str("-itself");
    }
    name
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(rows) => rows.is_empty(),
        _ => false,
    }
}

fn into_object(value: Json) -> Option<Map<String, Json>> {
    match value {
        Json::Object(rows) => Some(rows),
        _ => None,
    }
}

/// In the order in which a person should write it.
fn in_order(mut own: Map<String, Json>) -> Json {
    let mut ordered = Map::new();
    ordered.insert("descriptor".to_string(), "micro-credential/1".into());
    for field in &model().root().fields {
        let name = model().name(field.key);
        if let Some(value) = own.shift_remove(name).filter(|value| !is_nothing(value)) {
            ordered.insert(name.to_string(), value);
        }
    }
    ordered.extend(own);
    ordered.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::set::RuleSet;

    fn all(text: &str) -> Vec<Unit> {
        let set = RuleSet::embedded("eu").expect("an embedded profile");
        let trees = crate::tree::parse(text);
        let whole = crate::descriptor::native::read(&trees[0], trees[0].root, &set.native, &set.placeholders);
        units(&whole, &|_| Verdict::Met)
    }

    #[test]
    fn a_unit_keeps_what_it_says_and_takes_over_the_rest() {
        let found = all("descriptor: micro-credential/1\nid: q\ntitle: Whole\nlevel: {eqf: 5}\n\
            awarding_bodies: [{name: Board, country: PT}]\n\
            units:\n  - {title: One, level: {eqf: 4}}\n  - another\n  - {id: third}\n  - {title: Four, stackability: none}\n");
        let one = found[0].document.as_ref().expect("a description");
        assert_eq!((found[0].id.as_str(), &one["id"]), ("q-unit-1", &json!("q-unit-1")));
        assert_eq!(one["level"], json!({ "eqf": 4 }));
        assert_eq!(one["awarding_bodies"][0]["name"], "Board");
        assert_eq!(found[0].inherited, ["awarding_bodies"]);
        let expected = json!({ "verdict": "met", "basis": "inherited", "source": "qualification" });
        assert_eq!(
            one["evidence"],
            json!({ "awarding-body": expected, "country": expected })
        );
        assert_eq!(one["sources"]["qualification"], json!({ "title": "Whole" }));
        let part_of = json!({ "status": "stackable", "part_of": [{ "id": "q", "title": "Whole" }] });
        assert_eq!(one["stackability"], part_of);
        assert_eq!((found[1].id.as_str(), found[1].document.is_none()), ("another", true));
        assert_eq!((found[2].id.as_str(), found[2].document.is_none()), ("third", true));
        assert_eq!(
            found[3].document.as_ref().expect("a description")["stackability"],
            "none"
        );
    }

    #[test]
    fn evidence_of_the_whole_is_passed_on() {
        let found = all("descriptor: micro-credential/1\ntitle: Whole\nlevel: {eqf: 5}\n\
            sources: {law: {title: Law}, other: {title: Other}}\n\
            evidence: {level: {verdict: partial, source: law, locator: p. 1}}\n\
            units: [{title: One}]\n");
        let one = found[0].document.as_ref().expect("a description");
        let expected = json!({ "verdict": "partial", "source": "law", "locator": "p. 1", "basis": "inherited" });
        assert_eq!(one["evidence"]["level"], expected);
        assert_eq!(one["sources"], json!({ "law": { "title": "Law" } }));
    }
}
