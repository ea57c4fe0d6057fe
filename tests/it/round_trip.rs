//! Out into another format and back: what does not come back is on the list of the conversion.

use std::collections::BTreeSet;

use credlint::convert::{Target, Written, convert_file};
use credlint::descriptor::model::{Field, Group, LineKind, Shape, model};
use credlint::source::Source;
use credlint::vocabulary::embedded;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::convert::{descriptors, wanted};
use crate::{file, set};

fn convert(name: &str, text: String, target: Target) -> Written {
    let source = Source::new(name, text);
    let written = convert_file(set("eu"), &source, None, wanted(target)).expect("a readable file");
    written
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("{name}: no practice for {}", target.title()))
}

/// Keys of groups for which a bare value can stand.
const BARE: [&str; 6] = ["text", "title", "label", "name", "id", "url"];

/// Every format but our own.
const FOREIGN: [Target; 4] = [Target::ElmLoq, Target::EdcTemplate, Target::OpenBadges3, Target::Ooapi];

/// What is compared: the descriptor, what came back, and the paths that are listed.
struct Trip {
    original: Json,
    back: Json,
    listed: BTreeSet<String>,
}

impl Trip {
    fn with(path: &str, text: String, target: Target) -> Trip {
        let original = convert(path, text.clone(), Target::Native).converted.document;
        let out = convert(path, text, target).converted;
        let listed = out.losses.into_iter().map(|loss| loss.path).collect();
        let back = convert("back.json", out.document.to_string(), Target::Native);
        Trip {
            original,
            back: back.converted.document,
            listed,
        }
    }

    /// Statements that neither came back nor are listed.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        // The default language is in every text, and not a statement of its own.
        let rows = self.original.as_object().expect("an object").iter();
        for (key, value) in rows.filter(|(key, _)| *key != "default_language") {
            self.compare(value, &self.back[key], &format!("/{key}"), &mut missing);
        }
        missing
    }

    fn is_listed(&self, path: &str) -> bool {
        self.listed.contains(path)
    }

    fn compare(&self, said: &Json, back: &Json, path: &str, missing: &mut Vec<String>) {
        // A bare value stands for a group with one key, and text for text in a language: the list names the inner one.
        let inner = BARE.map(|key| &back[key]);
        if self.is_listed(path) || self.is_same(said, back) || inner.iter().any(|back| self.is_same(said, back)) {
            return;
        }
        if !said.is_array() && self.inside_is_listed(path) && !self.is_group(said) {
            return;
        }
        match said {
            Json::Object(rows) => {
                for (key, value) in rows {
                    let bare = BARE.contains(&key.as_str()) && back[key].is_null() && !self.is_group(back);
                    let inner = if bare { back } else { &back[key] };
                    self.compare(value, inner, &format!("{path}/{key}"), missing);
                }
            }
            // Items may come back in another order, and what is listed not at all.
            Json::Array(items) => {
                let nothing = [Json::Null];
                let candidates = back.as_array().map_or(&nothing[..], |back| back);
                for (number, item) in items.iter().enumerate() {
                    let attempts = candidates.iter().map(|candidate| {
                        let mut missing = Vec::new();
                        self.compare(item, candidate, &format!("{path}/{number}"), &mut missing);
                        missing
                    });
                    missing.extend(
                        attempts
                            .min_by_key(Vec::len)
                            .unwrap_or_else(|| vec![format!("{path}/{number}")]),
                    );
                }
            }
            leaf => missing.push(format!("{path}: {leaf} came back as {back}")),
        }
    }

    fn is_group(&self, said: &Json) -> bool {
        let tag = |key: &String| credlint::descriptor::native::is_language_tag(key) && key != "id";
        said.as_object().is_some_and(|rows| !rows.keys().all(tag))
    }

    fn inside_is_listed(&self, path: &str) -> bool {
        let inside = |listed: &String| listed.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        self.listed.iter().any(inside)
    }

    /// The same statement: plain text is text in the default language, an id may have become an IRI, an organisation
    /// is known by its id or its name, and a value of a list that this program lacks by its address.
    fn is_same(&self, said: &Json, back: &Json) -> bool {
        match (said, back) {
            (Json::String(text), Json::Object(texts)) => texts.values().any(|back| back == text),
            (Json::Object(texts), Json::String(text)) => {
                let plain = self.back["default_language"].as_str().unwrap_or("en");
                let mut texts = texts.iter();
                texts.any(|(language, said)| said == text && language.split('-').next() == Some(plain))
            }
            (Json::String(text), Json::String(back)) => {
                let tail = back.rsplit(['#', '/', ':']).next().unwrap_or_default();
                // Of an own concept the address and the label are written, and the label is read.
                let own = text.contains("://") && !back.contains("://");
                text == back || tail.eq_ignore_ascii_case(text) || self.is_body(text, back) || own
            }
            _ => said == back,
        }
    }

    fn is_body(&self, id: &str, name: &str) -> bool {
        let bodies = self.original["awarding_bodies"].as_array().into_iter().flatten();
        let mut known = bodies.filter(|body| body["id"] == id);
        known.any(|body| body["name"] == name)
    }
}

#[test]
fn what_does_not_come_back_is_listed() {
    let mut wrong = Vec::new();
    for (path, text) in descriptors() {
        for target in FOREIGN {
            let trip = Trip::with(&path, text.clone(), target);
            let missing = trip.missing().into_iter();
            wrong.extend(missing.map(|what| format!("{path} → {}: {what}", target.title())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Descriptors as the model allows them: any key, or not.
fn any_descriptor() -> impl Strategy<Value = Json> {
    // What only an import writes, and the language of all that is said.
    const NOT: [&str; 4] = ["descriptor", "extra", "imported_from", "default_language"];
    let root = model().root();
    let fields = root.fields.iter().filter(|field| !field.only_issued);
    let fields: Vec<_> = fields
        .filter(|field| !NOT.contains(&model().name(field.key)))
        .map(any_field)
        .collect();
    fields.prop_map(|rows| {
        let head = [("descriptor".to_string(), json!("micro-credential/1"))];
        Json::Object(head.into_iter().chain(rows.into_iter().flatten()).collect())
    })
}

fn any_field(field: &'static Field) -> BoxedStrategy<Option<(String, Json)>> {
    let name = model().name(field.key).to_string();
    let value = any_value(&field.shape);
    let value = if field.states {
        prop_oneof![9 => value, 1 => Just(json!("none"))].boxed()
    } else {
        value
    };
    proptest::option::weighted(0.6, value)
        .prop_map(move |value| Some((name.clone(), value?)))
        .boxed()
}

fn any_group(group: &'static Group) -> BoxedStrategy<Json> {
    let fields: Vec<_> = group.fields.iter().map(any_field).collect();
    let rows = fields.prop_map(|rows| rows.into_iter().flatten().collect::<Map<_, _>>());
    // An empty item is none, and is not counted on the way back.
    rows.prop_filter("something is said", |rows| !rows.is_empty())
        .prop_map(Json::Object)
        .boxed()
}

fn any_value(shape: &'static Shape) -> BoxedStrategy<Json> {
    let words = || "[A-ZÄÉÑ][a-zäéñ]{2,8}( [a-zäéñ0-9]{2,8}){1,4}";
    let texts = |pattern: &'static str| pattern.prop_map(Json::from).boxed();
    match shape {
        Shape::Text => prop_oneof![
            words().prop_map(Json::from),
            proptest::sample::subsequence(vec!["en", "es", "pt-BR"], 1..=3).prop_flat_map(move |languages| {
                let texts = proptest::collection::vec(words(), languages.len());
                texts.prop_map(move |texts| {
                    languages
                        .iter()
                        .zip(texts)
                        .map(|(tag, text)| (tag.to_string(), text))
                        .collect()
                })
            }),
        ]
        .boxed(),
        Shape::Line(LineKind::Id) => texts("[a-z]{2,4}-[0-9]{1,3}"),
        Shape::Line(LineKind::Date) => texts("20[12][0-9]-0[1-9]-[12][0-9]"),
        Shape::Line(LineKind::Url) => texts("https://[a-z]{3,8}\\.example/[a-z]{1,6}"),
        Shape::Line(LineKind::Duration) => texts("P[1-9]Y"),
        Shape::Line(LineKind::Line) => words().prop_map(Json::from).boxed(),
        Shape::Number => prop_oneof![
            (1u32..500).prop_map(Json::from),
            (1u32..99).prop_map(|n| json!(f64::from(n) + 0.5))
        ]
        .boxed(),
        Shape::Flag => any::<bool>().prop_map(Json::from).boxed(),
        Shape::Code(name) => match embedded(name) {
            Some(list) => {
                let slugs: Vec<Json> = list.entries.iter().map(|entry| entry.slug.into()).collect();
                prop_oneof![9 => proptest::sample::select(slugs), 1 => words().prop_map(Json::from)].boxed()
            }
            None => words().prop_map(Json::from).boxed(),
        },
        Shape::Descriptor => prop_oneof![
            texts("[a-z]{2,4}-[0-9]{1,3}"),
            words().prop_map(|title| json!({ "title": title }))
        ]
        .boxed(),
        Shape::Any => words().prop_map(Json::from).boxed(),
        Shape::Group(group) => any_group(group),
        Shape::Table(item) => any_value(item).prop_map(|value| json!({ "one": value })).boxed(),
        Shape::List { item, .. } => proptest::collection::vec(any_value(item), 1..3)
            .prop_map(Json::from)
            .boxed(),
        Shape::Choice(shapes) => proptest::strategy::Union::new(shapes.iter().map(any_value)).boxed(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_in_silence(descriptor in any_descriptor()) {
        for target in FOREIGN {
            let trip = Trip::with("any.json", descriptor.to_string(), target);
            let missing = trip.missing();
            prop_assert!(missing.is_empty(), "{}: {:#?}", target.title(), missing);
        }
    }

    /// Our own format says everything, and twice the same.
    #[test]
    fn our_own_format_keeps_everything(descriptor in any_descriptor()) {
        let once = convert("any.json", descriptor.to_string(), Target::Native).converted;
        prop_assert!(once.losses.is_empty(), "{:#?}", once.losses);
        let yaml = credlint::convert::native::yaml(&once.document);
        let twice = convert("any.yaml", yaml, Target::Native).converted;
        prop_assert_eq!(once.document, twice.document);
    }
}

/// The second conversion has the names of the first.
#[test]
fn names_do_not_grow() {
    for target in [Target::ElmLoq, Target::EdcTemplate] {
        let once = convert("x.yaml", file("fixtures/corpus/exemplary.yaml"), target)
            .converted
            .document;
        let back = convert("once.json", once.to_string(), Target::Native)
            .converted
            .document;
        let twice = convert("back.yaml", back.to_string(), target).converted.document;
        let names = |document: &Json| {
            let mut names = BTreeSet::new();
            gather(document, &mut names);
            // Accreditations are numbered, and come back before what is no accreditation.
            names.retain(|name: &String| name.contains("iem.example") && !name.contains("/quality-assurance/"));
            names
        };
        let (once, twice) = (names(&once), names(&twice));
        assert!(twice.is_subset(&once), "{:#?}", twice.difference(&once));
    }
}

fn gather(value: &Json, names: &mut BTreeSet<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| gather(item, names)),
        Json::Object(rows) => {
            names.extend(rows.get("id").and_then(Json::as_str).map(str::to_string));
            rows.values().for_each(|value| gather(value, names));
        }
        _ => {}
    }
}
