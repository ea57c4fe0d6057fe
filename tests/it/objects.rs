//! What a format itself demands of its files: what counts as one object, to which practice it belongs, where findings
//! stand, and who never hears of them.

use std::sync::Arc;

use base64::Engine as _;
use credlint::finding::Finding;
use credlint::language::Language;
use credlint::lint::{Practice, Presence, lint_source};
use credlint::report::human::Human;
use credlint::report::json;
use credlint::rule::Level;
use credlint::rule::set::{RuleSet, SetError, read_rule};
use credlint::source::Source;

use crate::{file, options, style};

fn under(profile: &str, text: &str) -> (&'static RuleSet, Vec<Practice>) {
    let set = crate::set(profile);
    let practices = lint_source(
        set,
        &options(),
        &Arc::new(Source::new("x.json", text.to_string())),
        Presence::Named,
    );
    (set, practices)
}

fn of_the_format<'p>(set: &RuleSet, practice: &'p Practice) -> Vec<(String, &'p Finding)> {
    let named = |finding: &'p Finding| (set.rules[finding.rule].id.clone(), finding);
    let all = practice.findings.iter().map(named);
    all.filter(|(id, _)| id.starts_with("edc/") || id.starts_with("loq/"))
        .collect()
}

/// `rule: text under the label` of every finding about the format.
fn said(profile: &str, text: &str) -> Vec<String> {
    let (set, practices) = under(profile, text);
    assert!(!practices.is_empty() && practices.iter().all(|practice| practice.format.is_some()));
    let mut said = Vec::new();
    for practice in &practices {
        for (id, finding) in of_the_format(set, practice) {
            let at = finding.primary.span.slice(practice.source().text());
            said.push(format!("{id}: {at}"));
        }
    }
    said
}

fn speaks(profile: &str, text: &str, rule: &str) -> bool {
    said(profile, text)
        .iter()
        .any(|line| line.starts_with(&format!("{rule}:")))
}

const CREDENTIAL: &str = r#"{"type": ["VerifiableCredential", "EuropeanDigitalCredential"], "credentialSubject": {"type": "Person",
    "hasClaim": {"type": "LearningAchievement", "title": {"en": "Safety"}, "awardedBy": AWARDED}}}"#;

fn awarded(by: &str) -> String {
    CREDENTIAL.replace("AWARDED", by)
}

#[test]
fn only_the_profiles_for_a_format_ask_what_it_demands() {
    for path in [
        "fixtures/formats/edc/pilot.json",
        "fixtures/formats/elm-loq/nested.jsonld",
    ] {
        for profile in ["eu", "mapping", "deqar"] {
            assert_eq!(said(profile, &file(path)), Vec::<String>::new(), "{path} {profile}");
        }
    }
    assert!(!said("edc-issuance", &file("fixtures/formats/edc/pilot.json")).is_empty());
    assert!(!said("europass-publication", &file("fixtures/formats/elm-loq/nested.jsonld")).is_empty());
    // Each asks only of its own format.
    assert!(said("europass-publication", &file("fixtures/formats/edc/pilot.json")).is_empty());
    assert!(said("edc-issuance", &file("fixtures/formats/elm-loq/nested.jsonld")).is_empty());
}

/// What blocks sealing is an error, what readers only drop is not.
#[test]
fn violations_are_errors() {
    let (set, practices) = under("edc-issuance", &file("fixtures/formats/edc/pilot.json"));
    for (id, finding) in of_the_format(set, &practices[0]) {
        let warned = ["edc/key-unknown", "edc/day-without-time"].contains(&id.as_str());
        let expected = if warned { Level::Warning } else { Level::Error };
        assert_eq!(finding.level, expected, "{id}");
    }
}

#[test]
fn one_thing_in_several_places_is_one_object() {
    let text = awarded(
        r#"{"type": "AwardingProcess", "awardingBody": ["urn:org:1"], "identifier": [
            {"type": "Identifier", "notation": "1", "creator": {"id": "urn:org:1", "type": "Organisation", "legalName": {"en": "X"}}},
            {"type": "Identifier", "notation": "2", "creator": {"id": "urn:org:1", "location": {"id": "urn:loc:1"}}}]}"#,
    );
    for quiet in [
        "edc/not-an-agent",
        "edc/organisation-name-missing",
        "edc/organisation-location-missing",
    ] {
        assert!(!speaks("edc-issuance", &text, quiet), "{quiet}");
    }
    // The place is only named; nobody says what it is.
    assert!(speaks("edc-issuance", &text, "edc/not-a-place"));
    let apart = text.replacen("urn:org:1\", \"location", "urn:org:2\", \"location", 1);
    assert!(speaks("edc-issuance", &apart, "edc/organisation-location-missing"));
}

#[test]
fn nothing_is_no_value_and_one_value_is_a_list_of_one() {
    let by = |body: &str| awarded(&format!("{{\"type\": \"AwardingProcess\", \"awardingBody\": {body}}}"));
    for nothing in ["null", "[]", "{}", "[null]"] {
        assert!(
            speaks("edc-issuance", &by(nothing), "edc/awarding-body-missing"),
            "{nothing}"
        );
    }
    for one in [
        r#"{"type": "Organisation"}"#,
        r#"[{"type": ["Organisation"]}]"#,
        r#"{"@type": "http://data.europa.eu/snb/model/elm/Organisation"}"#,
        r#"{"@set": [{"type": "elm:Organisation"}]}"#,
    ] {
        assert!(!speaks("edc-issuance", &by(one), "edc/awarding-body-missing"), "{one}");
        assert!(!speaks("edc-issuance", &by(one), "edc/not-an-agent"), "{one}");
        assert!(
            speaks("edc-issuance", &by(one), "edc/organisation-location-missing"),
            "{one}"
        );
    }
    let whole = by("[]").replace("awardingBody", "http://data.europa.eu/snb/model/elm/awardingBody");
    assert!(speaks("edc-issuance", &whole, "edc/awarding-body-missing"));
}

/// The old and the new namespace, prefixed and whole, are judged alike.
#[test]
fn whole_names_are_the_names() {
    let text = file("fixtures/formats/elm-loq/expanded.jsonld");
    let strip = |text: &str| -> Vec<String> {
        let said = said("europass-publication", text);
        said.iter()
            .map(|line| line.split(':').next().unwrap_or_default().to_string())
            .collect()
    };
    let old = text.replace("snb/model/ontology/", "snb/model/elm/");
    assert_eq!(strip(&text), strip(&old));
    assert!(!strip(&text).is_empty());
}

#[test]
fn an_object_belongs_to_one_practice() {
    let text = r#"{"type": ["VerifiableCredential", "EuropeanDigitalCredential"], "credentialSubject": {"type": "Person", "hasClaim": [
        {"type": "LearningAchievement", "title": {"en": "One"}, "awardedBy": "urn:by:1", "provenBy": {"type": "LearningAssessment", "title": {"en": "First"}}},
        {"type": "LearningAchievement", "title": {"en": "Two"}, "awardedBy": {"id": "urn:by:1", "type": "AwardingProcess"}, "provenBy": {"type": "LearningAssessment", "title": {"en": "Second"}}}
    ]}, "issuer": {"type": "Organisation", "legalName": {"en": "X"}}}"#;
    let (set, practices) = under("edc-issuance", text);
    assert_eq!(practices.len(), 2);
    let count = |practice: &Practice, rule: &str| {
        let all = of_the_format(set, practice);
        all.iter().filter(|(id, _)| id == rule).count()
    };
    // Each its own assessment; what both have, and what is around them, is the first's.
    for (rule, first, second) in [
        ("edc/grade-missing", 1, 1),
        ("edc/awarding-body-missing", 1, 0),
        ("edc/issuer-eidas-missing", 1, 0),
        ("edc/issued-missing", 1, 0),
    ] {
        assert_eq!(
            (count(&practices[0], rule), count(&practices[1], rule)),
            (first, second),
            "{rule}"
        );
    }
}

/// What the format demands is said once, not as a wish of the profile as well; what Annex I asks is said all the same.
#[test]
fn a_demand_of_the_format_is_said_once() {
    let text = r#"{"type": "Qualification", "title": {"en": "Safety"}, "provenBy": {"type": "LearningAssessmentSpecification"}}"#;
    let (set, practices) = under("europass-publication", text);
    let ids: Vec<&str> = practices[0]
        .findings
        .iter()
        .map(|finding| set.rules[finding.rule].id.as_str())
        .collect();
    for (once, quiet) in [
        ("loq/field-missing", "document/isced-f-missing"),
        ("loq/title-missing", "assessment/title-missing"),
    ] {
        assert!(ids.contains(&once) && !ids.contains(&quiet), "{ids:?}");
    }
    assert!(ids.contains(&"loq/outcome-missing") && ids.contains(&"learning-outcomes/missing"));
}

fn sealed(payload: &str) -> String {
    serde_json::json!({"payload": payload, "signatures": [{"protected": "e30", "signature": "AA"}]}).to_string()
}

/// Every place is one in the bytes of the file, in plain text, escaped in a seal, and in base64.
#[test]
fn findings_stand_in_the_file_that_is_there() {
    let text = awarded(
        r#"{"type": "AwardingProcess", "awardingBody": {"type": "Organisation", "legalName": {"en": "Ä"}}, "location": {"type": "Place"}}"#,
    );
    let at = |text: &str, rule: &str| {
        let line = said("edc-issuance", text)
            .into_iter()
            .find(|line| line.starts_with(&format!("{rule}:")));
        line.unwrap_or_else(|| panic!("{rule}"))
            .split_once(": ")
            .expect("a place")
            .1
            .to_string()
    };
    assert_eq!(at(&text, "edc/organisation-location-missing"), "\"awardingBody\"");
    assert_eq!(at(&text, "edc/not-a-place"), "\"Place\"");
    assert_eq!(
        at(&sealed(&text), "edc/organisation-location-missing"),
        "\\\"awardingBody\\\""
    );
    assert_eq!(at(&sealed(&text), "edc/not-a-place"), "\\\"Place\\\"");
    let encoded = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(&text);
    let found = at(&sealed(&encoded), "edc/not-a-place");
    let readable = (0..3).any(|skip| {
        let window = format!("{}{found}", "A".repeat(skip));
        let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(&window[..window.len() / 4 * 4]);
        String::from_utf8_lossy(&bytes.unwrap_or_default()).contains("Plac")
    });
    assert!(readable, "{found}");
}

/// A wrong value about the learner is shown as wrong, and not shown.
#[test]
fn what_is_wrong_about_the_learner_stays_masked() {
    let text = r#"{"type": ["VerifiableCredential", "EuropeanDigitalCredential"], "credentialSubject": {"type": "Person", "fullName": "Quirina Learnersurname",
        "dateOfBirth": "1999-01-02", "nationalID": "ID-77-XYZ", "favourite": "Quirina's colour", "hasClaim": {"type": "LearningAchievement",
        "provenBy": {"type": "LearningAssessment", "grade": "9.7531"}}}}"#;
    for text in [text.to_string(), sealed(text)] {
        let (set, practices) = under("edc-issuance", &text);
        let about = of_the_format(set, &practices[0]);
        for rule in [
            "edc/text-without-language",
            "edc/day-without-time",
            "edc/not-an-identifier",
            "edc/not-a-document",
            "edc/key-unknown",
        ] {
            assert!(about.iter().any(|(id, _)| id == rule), "{rule}");
        }
        let mut human = style();
        human.width = 400;
        let drawn = Human::new(set, human, Language::ENGLISH).practice(&practices[0]);
        let result = serde_json::to_string(&json::practice(set, &options(), &practices[0])).expect("JSON");
        for output in [drawn, result] {
            for secret in ["Quirina", "Learnersurname", "1999-01-02", "ID-77-XYZ", "9.7531"] {
                assert!(!output.contains(secret), "{secret}");
            }
        }
    }
}

#[test]
fn what_a_rule_names_must_be_there() {
    let good = file("rules/edc/organisation-location-missing.yaml");
    let spoil = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        match read_rule("my/edc/x.yaml", "edc/x", good.replace(from, to)).expect_err("a mistake") {
            SetError::Wrong { error, .. } => error.message,
            other => panic!("{other}"),
        }
    };
    assert!(spoil("[location]", "[lokation]").contains("did you mean `location`"));
    assert!(spoil("Organisation:", "Organization:").contains("did you mean `Organisation`"));
    assert!(spoil("format: edc", "format: edk").contains("there is no format `edk`"));
    assert!(spoil("format: edc", "format: ooapi").contains("has no `objects`"));
    assert!(spoil("at_least: 1", "at_least: 1\n    at_most: 1").contains("one thing"));
    assert!(spoil("    at_least: 1\n", "").contains("one thing"));
    assert!(spoil("`{key}` belongs", "`{match}` belongs").contains("not filled"));
}

/// A family of its own is for rules about a format; any other folder is an element.
#[test]
fn the_folder_of_a_rule_about_a_format_is_free() {
    let rule = file("rules/edc/organisation-location-missing.yaml");
    assert!(read_rule("my/ours/x.yaml", "ours/x", rule).is_ok());
    let other = file("rules/workload/ects-ratio.yaml");
    assert!(read_rule("my/ours/x.yaml", "ours/x", other).is_err());
}
