//! European Digital Credentials and ELM descriptions of learning opportunities, as facts, as findings in the user's own
//! file, and in the real files of others.

use std::sync::Arc;

use base64::Engine as _;
use credlint::descriptor::{Descriptor, FactId, Value, mapped};
use credlint::lint::{FormatIn, Options, Practice, Presence, State, lint_source};
use credlint::report::json;
use credlint::source::Source;

use crate::{check_as, drawn, file, options, places, said, set, shared};

fn value(descriptor: &Descriptor<'_>, id: FactId) -> Option<String> {
    match &descriptor.fact(id).value {
        Value::Group | Value::List | Value::Texts => None,
        Value::Text(text) => Some(text.to_string()),
        Value::Number(_) | Value::Flag(_) => Some(descriptor.shown(id)),
        Value::Unreadable(text) => Some(format!("unreadable: {text}")),
        other => Some(format!("{other:?}").to_lowercase()),
    }
}

/// Every statement of every record, by its canonical path.
fn facts(text: &str) -> Vec<Vec<String>> {
    let trees = credlint::tree::parse(text);
    let mut records = Vec::new();
    for document in trees.iter().flat_map(|tree| mapped::Document::all(tree, None)) {
        for record in &document.records {
            let descriptor = document.read(*record, &set("eu").placeholders);
            let line = |id| value(&descriptor, id).map(|value| format!("{} = {value}", descriptor.path(id)));
            records.push(descriptor.all().filter_map(line).collect());
        }
    }
    records
}

fn shown(path: &str) -> String {
    let records = facts(&file(path));
    records
        .iter()
        .map(|lines| lines.join("\n"))
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn states(text: &str, record: usize, line: &str) {
    let records = facts(text);
    assert!(
        records[record].iter().any(|own| own == line),
        "{line}\n{:#?}",
        records[record]
    );
}

#[test]
fn every_key_of_a_credential_is_read() {
    insta::assert_snapshot!("edc_full", shown("fixtures/formats/edc/full.json"));
}

#[test]
fn concepts_are_known_by_notation_or_label_and_a_context_is_not_needed() {
    insta::assert_snapshot!("edc_pilot", shown("fixtures/formats/edc/pilot.json"));
}

#[test]
fn a_graph_holds_several_practices_and_references_are_followed_both_ways() {
    insta::assert_snapshot!("elm_graph", shown("fixtures/formats/elm-loq/graph.jsonld"));
}

#[test]
fn whole_iris_of_the_new_namespace_are_read() {
    insta::assert_snapshot!("elm_expanded", shown("fixtures/formats/elm-loq/expanded.jsonld"));
}

#[test]
fn a_specification_may_stand_in_its_learning_opportunity() {
    insta::assert_snapshot!("elm_nested", shown("fixtures/formats/elm-loq/nested.jsonld"));
}

/// The old and the new namespace, prefixed and whole, say the same.
#[test]
fn the_namespace_does_not_matter() {
    let text = file("fixtures/formats/elm-loq/expanded.jsonld");
    let old = text.replace("snb/model/ontology/", "snb/model/elm/");
    assert_ne!(text, old);
    assert_eq!(facts(&text), facts(&old));
}

#[test]
fn one_value_may_stand_for_a_list_of_one() {
    let text = file("fixtures/formats/elm-loq/graph.jsonld");
    let single = text.replace(
        r#""mode": ["http://data.europa.eu/snb/learning-assessment/9191af2ed9"]"#,
        r#""mode": "http://data.europa.eu/snb/learning-assessment/9191af2ed9""#,
    );
    assert_ne!(text, single);
    assert_eq!(facts(&text), facts(&single));
}

/// Source: the vocabulary of supervision and verification; ELM does not say where somebody supervises.
#[test]
fn one_concept_is_two_facts() {
    let text = file("fixtures/formats/edc/full.json");
    for (concept, supervision, verified) in [
        ("c598449d64", "none", "false"),
        ("df2880c5cb", "none", "true"),
        ("44314532f9", "supervised", "false"),
        ("70be69aaf9", "supervised", "true"),
    ] {
        let text = text.replace(
            "supervision-verification/70be69aaf9",
            &format!("supervision-verification/{concept}"),
        );
        states(&text, 0, &format!("/assessment/0/supervision = {supervision}"));
        states(&text, 0, &format!("/assessment/0/identity_verified = {verified}"));
    }
}

fn signed(payload: &str) -> String {
    serde_json::json!({"payload": payload, "signatures": [{"protected": "e30", "signature": "AA"}]}).to_string()
}

fn base64url(payload: &str) -> String {
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(payload)
}

fn speaks(practice: &Practice) -> Vec<(String, String, String)> {
    let finding = |finding: &credlint::finding::Finding| {
        let pointer = finding
            .pointer
            .strip_prefix("/credential/")
            .map(|rest| format!("/{rest}"));
        (
            set("eu").rules[finding.rule].id.clone(),
            pointer.unwrap_or(finding.pointer.clone()),
            finding.message.clone(),
        )
    };
    let mut all: Vec<_> = practice.findings.iter().map(finding).collect();
    all.sort();
    all
}

fn one(name: &str, text: &str) -> Practice {
    let mut practices = check_as("eu", name, text);
    assert_eq!(practices.len(), 1);
    practices.remove(0)
}

/// A credential is wrapped before it is sealed, and a sealed one is text or base64 in a JWS.
#[test]
fn every_wrapping_of_a_credential_says_the_same() {
    let text = file("fixtures/formats/edc/full.json");
    let plain = one("x.json", &text);
    assert_eq!(plain.format, Some("edc"));
    assert!(!plain.findings.is_empty());
    for wrapped in [
        format!(
            "{{\"credential\": {text}, \"deliveryDetails\": {{\"deliveryAddress\": [\"quirina@learner.example\"]}}}}"
        ),
        signed(&text),
        signed(&base64url(&text)),
    ] {
        let practice = one("x.json", &wrapped);
        assert_eq!(speaks(&practice), speaks(&plain), "{wrapped:.60}");
        assert!(!practice.source().text().contains("quirina@learner.example"));
    }
}

/// Every place is one in the bytes of the file: the text itself, its escaped form, the base64 that carries it.
#[test]
fn places_are_exact_in_every_wrapping() {
    let text = file("fixtures/formats/edc/full.json");
    let at = |text: &str| {
        let practice = one("x.json", text);
        let wrong = practice
            .findings
            .iter()
            .find(|finding| finding.message.contains("P60M"));
        let span = wrong.expect("P60M is no number of hours").primary.span;
        text[span.range()].to_string()
    };
    assert_eq!(at(&text), "\"P60M\"");
    assert_eq!(at(&signed(&text)), "\\\"P60M\\\"");
    let encoded = at(&signed(&base64url(&text)));
    // The text falls on no boundary of three bytes; padded to each of the three, one reads as it stands.
    let padded = (0..3).any(|skip| {
        let window = format!("{}{encoded}", "A".repeat(skip));
        let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD
            .decode(&window[..window.len() / 4 * 4])
            .unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains("60M")
    });
    assert!(padded, "{encoded}");
}

#[test]
fn findings_stand_where_the_value_stands_or_belongs() {
    let practice = one("x.json", &file("fixtures/formats/edc/pilot.json"));
    insta::assert_snapshot!("edc_pilot_places", places(&practice).join("\n"));
    insta::assert_snapshot!("edc_pilot_drawn", drawn("eu", &practice));
}

#[test]
fn a_practice_says_its_format() {
    let practice = one("x.json", &file("fixtures/formats/edc/pilot.json"));
    let result = serde_json::to_value(json::practice(set("eu"), &crate::options(), &practice)).expect("JSON");
    assert_eq!(result["format"], "edc");
    let native = one("x.yaml", "descriptor: micro-credential/1\ntitle: Battery safety\n");
    let result = serde_json::to_value(json::practice(set("eu"), &crate::options(), &native)).expect("JSON");
    assert_eq!(result.get("format"), None);
}

const LEARNER: [&str; 8] = [
    "Quirina",
    "Learnersurname",
    "1999-01-02",
    "ID-77-XYZ",
    "quirina@learner.example",
    "country/ITA",
    "Quiri\"",
    "9.7531",
];

fn no_learner_in(practice: &Practice) {
    let result = serde_json::to_string(&json::practice(set("eu"), &crate::options(), practice)).expect("JSON");
    for output in [result, drawn("eu", practice), practice.source().text().to_string()] {
        for value in LEARNER {
            assert!(!output.contains(value), "{value}");
        }
    }
}

/// Also on one long line, where an excerpt may reach into the learner's data.
#[test]
fn nothing_about_the_learner_leaves_the_program() {
    let text = file("fixtures/formats/edc/full.json");
    let flat: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for text in [text.clone(), flat.to_string(), signed(&flat.to_string())] {
        no_learner_in(&one("x.json", &text));
    }
    let encoded = one("x.json", &signed(&base64url(&flat.to_string())));
    let start = encoded.source().text().find("\"payload\":\"").expect("a payload") + 11;
    let masked = &encoded.source().text()[start..];
    let readable: String = masked
        .chars()
        .take_while(|c| *c != '"')
        .map(|c| if c == '*' { 'A' } else { c })
        .collect();
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(readable)
        .expect("base64");
    let readable = String::from_utf8_lossy(&bytes);
    for value in LEARNER {
        assert!(!readable.contains(value), "{value}");
    }
}

/// Facts keep that a learner and a grade are named, never who and which.
#[test]
fn facts_hold_no_learner_data() {
    for lines in facts(&file("fixtures/formats/edc/full.json")) {
        let all = lines.join("\n");
        for value in LEARNER {
            assert!(!all.contains(value), "{value}");
        }
        assert!(all.contains("/issued/learner = opaque"), "{all}");
    }
}

#[test]
fn our_own_format_has_no_place_for_what_only_an_issued_credential_states() {
    let practice = one(
        "x.yaml",
        "descriptor: micro-credential/1\ntitle: Battery safety\nissued: {date: 2026-01-01}\n",
    );
    assert!(said(&practice, "shape/unknown-key").is_some_and(|message| message.contains("issued")));
    for rule in ["learner/missing", "issue-date/missing", "grade/without-scheme"] {
        assert_eq!(said(&practice, rule), None, "{rule}");
    }
}

/// Fallbacks are read before anything is called missing, and an advice names them.
#[test]
fn what_the_model_has_no_slot_for_is_an_advice_that_names_the_way_out() {
    let bare = r#"{"type": "LearningAchievementSpecification", "title": {"en": "Battery safety"}, "provenBy": {"title": {"en": "Test"}}}"#;
    let practice = one("x.json", bare);
    assert_eq!(practice.format, Some("elm-loq"));
    for (rule, way, label) in [
        ("level/missing", "educationLevel", "`educationLevel` belongs here"),
        (
            "quality-assurance/missing",
            "accreditation",
            "`additionalNote` belongs here",
        ),
        (
            "supervision/missing",
            "qualification-topics#assessment",
            "`additionalNote` belongs here",
        ),
        ("labelling/missing", "category", "`category` belongs here"),
    ] {
        let index = set("eu").get(rule).expect(rule).0;
        let finding = practice
            .findings
            .iter()
            .find(|finding| finding.rule == index)
            .expect(rule);
        assert_eq!(finding.level, credlint::rule::Level::Advice, "{rule}");
        assert!(finding.help.contains(way), "{rule}: {}", finding.help);
        assert_eq!(finding.primary.text, label, "{rule}");
    }
    // A Qualification has the slots.
    let practice = one(
        "x.json",
        &bare.replace("LearningAchievementSpecification", "Qualification"),
    );
    let index = set("eu").get("quality-assurance/missing").expect("a rule").0;
    let finding = practice
        .findings
        .iter()
        .find(|finding| finding.rule == index)
        .expect("missing");
    assert_eq!(finding.level, credlint::rule::Level::Error);
    let full = check_as("eu", "x.jsonld", &file("fixtures/formats/elm-loq/graph.jsonld"));
    for rule in [
        "level/missing",
        "quality-assurance/missing",
        "supervision/missing",
        "labelling/missing",
    ] {
        assert_eq!(said(&full[0], rule), None, "{rule}");
    }
}

fn said_to_be(format: &str, text: &str, presence: Presence) -> Vec<Practice> {
    let options = Options {
        format_in: FormatIn::named(format),
        ..options()
    };
    assert!(options.format_in.is_some(), "{format}");
    lint_source(
        set("eu"),
        &options,
        &Arc::new(Source::new("x.json", text.to_string())),
        presence,
    )
}

#[test]
fn a_format_that_does_not_fit_is_one_finding() {
    for text in ["{\"name\": \"build\"}", "[1, 2]", "\"text\"", "{}"] {
        for format in ["edc", "elm-loq"] {
            let practices = said_to_be(format, text, Presence::Named);
            let [practice] = practices.as_slice() else {
                panic!("{text}")
            };
            assert_eq!(practice.findings.len(), 1, "{text}: {:?}", places(practice));
            assert!(said(practice, "document/format-unrecognised").is_some(), "{text}");
            let walked = said_to_be(format, text, Presence::Walked);
            assert_eq!(walked[0].state, State::NotADescriptor);
        }
    }
    let loq = file("fixtures/formats/elm-loq/nested.jsonld");
    let practices = said_to_be("edc", &loq, Presence::Named);
    assert!(said(&practices[0], "document/format-unrecognised").is_some_and(|message| message.contains("elm-loq")));
}

#[test]
fn a_format_that_is_said_is_believed_where_the_words_fit() {
    let untyped = r#"{"title": {"en": "Battery safety"}, "learningOutcome": [{"title": {"en": "Isolate the system"}}], "EQFLevel": "4"}"#;
    let practices = said_to_be("elm-loq", untyped, Presence::Named);
    assert_eq!(practices[0].format, Some("elm-loq"));
    assert_eq!(said(&practices[0], "learning-outcomes/missing"), None);
}

/// Objects may name themselves and each other, and a word may happen to be an id.
#[test]
fn references_in_a_circle_end() {
    let text = r##"{"@graph": [
        {"id": "x:1", "type": "Qualification", "title": "x:1", "learningOutcome": {"id": "x:2"}, "entryRequirement": "x:1", "isPartOf": "x:1"},
        {"id": "x:2", "type": "LearningOutcome", "title": {"id": "x:1"}, "learningOutcome": "x:2"},
        {"id": "Battery", "type": "Qualification", "title": "Battery", "prefLabel": "Battery", "learningOutcome": ["Battery"]}
    ]}"##;
    let practices = check_as("eu", "x.jsonld", text);
    assert_eq!(practices.len(), 2);
    states(text, 1, "/title = Battery");
    for practice in &practices {
        let _ = drawn("eu", practice);
    }
}

// --- real files of others ---

fn real(path: &str) -> Option<Vec<Practice>> {
    let text = std::fs::read_to_string(shared(path)?).expect("readable");
    Some(check_as("eu", path, &text))
}

/// The Commission's sample for Annex I, unsealed, wrapped for sealing, and sealed.
#[test]
fn the_sample_of_the_commission() {
    let forms = ["unsigned.jsonld", "unsigned-uploadable.json", "signed.jsonld"];
    let path = |form: &str| format!("corpora/elm-official/valid/Sample-MC-Annex1-{form}");
    let read: Option<Vec<Vec<Practice>>> = forms.iter().map(|form| real(&path(form))).collect();
    let Some(read) = read else { return };
    let first = speaks(&read[0][0]);
    for practices in &read {
        assert_eq!(practices.len(), 1);
        assert_eq!(speaks(&practices[0]), first);
        let text = practices[0].source().text();
        for learner in ["ana.andromeda", "Andromeda", "1999-10-01", "LA-234218"] {
            assert!(!text.contains(learner), "{learner}");
        }
    }
    let practice = &read[0][0];
    assert!(said(practice, "shape/wrong-value").is_some_and(|message| message.contains("P60M")));
    assert!(said(practice, "level/framework-foreign").is_some_and(|message| message.contains("RQF")));
    // At their places in the file, whatever it is wrapped in.
    let claim = "/credentialSubject/hasClaim";
    let demanded = [
        ("shape/wrong-value", "/influencedBy/specifiedBy/volumeOfLearning"),
        ("learning-outcomes/no-verb", "/specifiedBy/learningOutcome/0/title/en"),
        (
            "level/framework-foreign",
            "/awardedBy/awardingBody/vatIdentifier/spatial/id",
        ),
        ("supervision/unsupervised", "/provenBy/idVerification/id"),
        ("quality-assurance/missing", "/specifiedBy"),
    ];
    for (practices, before) in read.iter().zip(["", "/credential", ""]) {
        let result = json::practice(set("eu"), &crate::options(), &practices[0]);
        let result = serde_json::to_value(result).expect("JSON");
        let findings = result["findings"].as_array().expect("a list");
        for (rule, pointer) in demanded {
            let pointer = format!("{before}{claim}{pointer}");
            let there = findings
                .iter()
                .any(|found| found["rule"] == rule && found["pointer"] == *pointer);
            assert!(there, "{rule} at {pointer}: {findings:#?}");
        }
    }
    // On one line of a hundred thousand characters, what is drawn still fits a screen or two.
    let widest = drawn("eu", practice).lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest < 250), "{widest:?}");
    for quiet in [
        "supervision/missing",
        "supervision/incomplete",
        "workload/missing",
        "workload/ects-ratio",
        "workload/ects-unusual",
        "workload/calendar-duration",
        "level/missing",
        "assessment/type-unknown",
    ] {
        assert_eq!(said(practice, quiet), None, "{quiet}");
    }
}

#[test]
fn credentials_of_a_pilot_are_all_recognised_and_masked() {
    let Some(folder) = shared("corpora/dc4eu-educational-pilot/valid/sectorial-eaa-catalogue/formal-education") else {
        return;
    };
    let mut count = 0;
    for entry in walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
    {
        let text = std::fs::read_to_string(entry.path()).expect("readable");
        // One of them is no JSON.
        let practices = check_as("eu", "x.json", &text).into_iter();
        for practice in practices.filter(|practice| practice.state != State::Unparsable) {
            assert_eq!(practice.format, Some("edc"), "{}", entry.path().display());
            let result = serde_json::to_string(&json::practice(set("eu"), &crate::options(), &practice)).expect("JSON");
            for output in [result, drawn("eu", &practice), practice.source().text().to_string()] {
                assert!(
                    !output.contains("1990-01-01") && !output.contains("\"Doe\"") && !output.contains("john-doe\"")
                );
            }
            count += 1;
        }
    }
    assert_eq!(count, 15);
}

#[test]
fn an_example_description_is_read() {
    let Some(practices) = real("reference/examples/ufcd-10862.loq.jsonld") else {
        return;
    };
    assert_eq!(practices.len(), 1);
    let practice = &practices[0];
    assert_eq!(practice.format, Some("elm-loq"));
    for (rule, quiet) in [
        ("assessment/outcome-unassessed", true),
        ("supervision/missing", true),
        ("workload/ects-ratio", true),
    ] {
        assert_eq!(said(practice, rule).is_none(), quiet, "{rule}");
    }
}
