//! Open Badges, OOAPI and MOOChub through their mappings: which files are of which format, which fact stands where, what
//! is said of what is missing, and that nothing about a learner leaves the program.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use credlint::descriptor::{Descriptor, FactId, Value, mapped};
use credlint::language::Language;
use credlint::lint::{Practice, Presence, State, lint_source};
use credlint::report::human::Human;
use credlint::source::Source;
use credlint::standard::Element;

use crate::{file, options, places, pointed, said, set, shared, style};

fn fixture(name: &str) -> String {
    file(&format!("fixtures/formats/{name}.json"))
}

/// The practices of a file that was met on a walk.
fn walked(name: &str, text: &str) -> Vec<Practice> {
    let source = Arc::new(Source::new(name, text.to_string()));
    lint_source(set("eu"), &options(), &source, Presence::Walked)
}

fn practices(name: &str) -> Vec<Practice> {
    walked(&format!("{name}.json"), &fixture(name))
}

/// What somebody wrote, by canonical path, for every record of a text.
fn facts(text: &str) -> Vec<BTreeMap<String, String>> {
    let trees = credlint::tree::parse(text);
    let documents = trees.iter().flat_map(|tree| mapped::Document::all(tree, None));
    let mut all = Vec::new();
    for document in documents.collect::<Vec<_>>() {
        for record in &document.records {
            all.push(values(&document.read(*record, &set("eu").placeholders)));
        }
    }
    all
}

fn values(descriptor: &Descriptor<'_>) -> BTreeMap<String, String> {
    let leaf = |id: &FactId| {
        matches!(
            descriptor.fact(*id).value,
            Value::Text(_) | Value::Number(_) | Value::Flag(_)
        )
    };
    let facts = descriptor.all().filter(leaf);
    facts.map(|id| (descriptor.path(id), descriptor.shown(id))).collect()
}

#[track_caller]
fn has(facts: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
    for (path, value) in expected {
        assert_eq!(
            facts.get(*path).map(String::as_str),
            Some(*value),
            "{path} in {facts:#?}"
        );
    }
}

#[test]
fn files_are_told_by_their_content() {
    for (name, format, records) in [
        ("open-badges-3/dutch", "open-badges-3", 1),
        ("open-badges-3/plain", "open-badges-3", 1),
        ("open-badges-3/record", "open-badges-3", 3),
        ("open-badges-3/achievement", "open-badges-3-achievement", 1),
        ("open-badges-2/assertion", "open-badges-2", 1),
        ("open-badges-2/class", "open-badges-2-class", 1),
        ("ooapi/course-4", "ooapi", 2),
        ("ooapi/programme-5", "ooapi", 1),
        ("ooapi/programme-6", "ooapi", 1),
        ("ooapi/specification", "ooapi", 1),
        ("moochub/v3", "moochub", 2),
        ("moochub/v2", "moochub", 1),
    ] {
        let practices = practices(name);
        let formats: Vec<_> = practices.iter().map(|practice| practice.format).collect();
        assert_eq!(formats, vec![Some(format); records], "{name}");
    }
    for name in ["open-badges-3/endorsement", "ooapi/offering", "ooapi/person"] {
        let practices = practices(name);
        assert!(
            practices.iter().all(|practice| practice.state == State::NotADescriptor),
            "{name}"
        );
    }
}

#[test]
fn a_dutch_badge_says_what_its_extension_says() {
    let facts = facts(&fixture("open-badges-3/dutch"));
    has(
        &facts[0],
        &[
            ("/id", "https://school.example/badges/vlaggenleer"),
            ("/codes/0/value", "VL-1"),
            ("/title", "Vlaggenleer"),
            ("/description", "Seinen met vlaggen."),
            ("/label", "micro-credential"),
            ("/default_language", "nl"),
            ("/awarding_bodies/0/name", "Zeevaartschool Voorbeeld"),
            ("/awarding_bodies/0/country", "NL"),
            ("/awarding_bodies/0/region", "NL32"),
            ("/awarding_bodies/0/homepage", "https://school.example"),
            ("/learning_outcomes/0/text", "Seint een bericht met vlaggen"),
            ("/learning_outcomes/1/text", "flags signalling"),
            (
                "/learning_outcomes/1/esco/0",
                "http://data.europa.eu/esco/skill/00a0d2ae-d626-436f-a2d1-6a…",
            ),
            ("/workload/credits/0/system", "ECTS"),
            ("/workload/credits/0/points", "3"),
            ("/level/eqf", "3"),
            ("/level/nqf/0/framework", "NLQF"),
            ("/level/nqf/0/level", "3"),
            ("/assessment/0/type", "practical-assessment"),
            ("/assessment/0/title", "Seinproef"),
            ("/assessment/0/supervision", "onsite"),
            ("/assessment/0/identity_verified", "true"),
            ("/assessment/0/pass_mark", "6"),
            ("/participation/mode/0", "blended"),
            ("/quality_assurance/0/title", "NVAO"),
            ("/quality_assurance/0/decision", "Toets nieuwe opleiding"),
            ("/quality_assurance/0/report", "https://nvao.example/AV-1"),
            ("/prerequisites", "basisveiligheid"),
            ("/further_information/homepage", "https://school.example/vlaggenleer"),
            ("/further_information/contact", "onderwijs@school.example"),
            ("/issuing/formats/0", "open-badges-3"),
            ("/field/isced_f", "1041"),
        ],
    );
    assert!(!facts[0].contains_key("/learning_outcomes/2/text"), "{facts:#?}");
}

#[test]
fn the_four_kinds_of_supervision_are_two_facts() {
    let text = fixture("open-badges-3/dutch");
    for (kind, supervision, identity) in [
        (
            "unsupervised with no identity verification",
            Some("none"),
            Some("false"),
        ),
        (
            "supervised with no identity verification",
            Some("supervised"),
            Some("false"),
        ),
        ("supervised online", Some("online"), None),
        ("onsite with identity verification", Some("onsite"), Some("true")),
    ] {
        let text = text
            .replace("onsite with identity verification", kind)
            .replace("      \"identityChecked\": true,\n", "");
        let facts = facts(&text);
        assert_eq!(
            facts[0].get("/assessment/0/supervision").map(String::as_str),
            supervision,
            "{kind}"
        );
        assert_eq!(
            facts[0].get("/assessment/0/identity_verified").map(String::as_str),
            identity,
            "{kind}"
        );
    }
}

#[test]
fn study_hours_of_the_dutch_extension_are_hours() {
    for key in ["SBU", "timeInvestment"] {
        let text = fixture("open-badges-3/dutch").replace("\"ECTS\": 3.0", &format!("\"{key}\": 240"));
        has(&facts(&text)[0], &[("/workload/hours", "240")]);
    }
}

#[test]
fn a_plain_badge_is_read_as_far_as_it_goes() {
    let facts = facts(&fixture("open-badges-3/plain"));
    has(
        &facts[0],
        &[
            ("/label", "micro-credential"),
            ("/awarding_bodies/0/id", "did:key:z6MkExample"),
            ("/workload/hours", "50"),
            ("/workload/credits/0/points", "2"),
            ("/level/eqf", "4"),
            ("/assessment/0/criteria", "Moor a boat. **Workload:** 50 hours"),
            ("/quality_assurance/0/title", "Reviewed"),
            ("/quality_assurance/0/agent/name", "Harbour Council"),
            ("/quality_assurance/0/valid_until", "2030-01-01"),
        ],
    );
    assert!(!facts[0].contains_key("/workload/credits/0/system"));
}

#[test]
fn every_achievement_of_a_record_has_its_own_issuer() {
    let facts = facts(&fixture("open-badges-3/record"));
    let of = |number: usize| {
        ["/title", "/awarding_bodies/0/name", "/awarding_bodies/0/country"]
            .map(|path| facts[number].get(path).map_or("", String::as_str))
    };
    assert_eq!(of(0), ["Knots", "School of Knots", "ES"]);
    assert_eq!(of(1), ["Sails", "School of Sails", "PT"]);
    assert_eq!(of(2), ["Ropes", "School of Sails", "PT"]);
}

#[test]
fn a_long_record_is_read_in_time() {
    let one = |number: usize| {
        format!(
            r#"{{"issuer": {{"name": "School {number}"}}, "credentialSubject": {{"achievement": {{"id": "urn:{number}", "name": "Badge {number}"}}}}}}"#
        )
    };
    let credentials: Vec<String> = (0..1000).map(one).collect();
    let text = format!(
        r#"{{"type": "ClrCredential", "credentialSubject": {{"verifiableCredential": [{}]}}}}"#,
        credentials.join(", ")
    );
    let facts = facts(&text);
    assert_eq!(facts.len(), 1000);
    has(
        &facts[999],
        &[("/title", "Badge 999"), ("/awarding_bodies/0/name", "School 999")],
    );
}

#[test]
fn an_achievement_by_itself_describes() {
    let facts = facts(&fixture("open-badges-3/achievement"));
    has(
        &facts[0],
        &[
            ("/label", "micro-credential"),
            ("/awarding_bodies/0/name", "School of Metal"),
            ("/awarding_bodies/0/country", "FI"),
            ("/learning_outcomes/0/text", "Weld steel plates"),
            ("/level/cycle", "first"),
            ("/assessment/0/type", "practical-assessment"),
            ("/assessment/0/criteria", "by rubric"),
            ("/assessment/1/type", "written-examination"),
            ("/assessment/1/criteria", "Weld and be watched."),
            ("/stackability/part_of/0/title", "Diploma of Welding"),
        ],
    );
}

#[test]
fn a_badge_class_is_read_with_and_without_its_extensions() {
    let class = &facts(&fixture("open-badges-2/class"))[0];
    has(
        class,
        &[
            ("/title", "Lassen"),
            ("/default_language", "nl"),
            ("/awarding_bodies/0/id", "https://school.example/issuer"),
            ("/learning_outcomes/0/text", "Last twee platen aan elkaar"),
            ("/workload/credits/0/points", "2.5"),
            ("/level/eqf", "4"),
            ("/codes/0/value", "56823"),
            (
                "/further_information/homepage",
                "https://badges.example/classes/2/criteria",
            ),
            ("/issuing/formats/0", "open-badges-2"),
        ],
    );
    let without = fixture("open-badges-2/class").replace("extensions:LearningOutcomeExtension\": {", "other\": {");
    has(&facts(&without)[0], &[("/learning_outcomes/0/text", "Weld plates")]);
    let assertion = &facts(&fixture("open-badges-2/assertion"))[0];
    has(
        assertion,
        &[("/title", "Soldadura"), ("/awarding_bodies/0/name", "Escola de Metal")],
    );
    has(assertion, &[("/assessment/0/criteria", "Solda duas chapas.")]);
    assert!(
        !assertion.contains_key("/further_information/homepage"),
        "a narrative is no address"
    );
}

#[test]
fn three_versions_of_ooapi_say_the_same_things() {
    let four = facts(&fixture("ooapi/course-4"));
    has(
        &four[0],
        &[
            ("/id", "c-1"),
            ("/title", "Knots"),
            ("/workload/credits/0/system", "ECTS"),
            ("/workload/credits/0/points", "2.5"),
            ("/learning_outcomes/1/text", "Choose a knot for a task"),
            ("/prerequisites", "None"),
            ("/level/cycle", "first"),
            ("/participation/mode/0", "in-person"),
            ("/participation/mode/1", "online"),
            ("/assessment/0/criteria", "Practical test"),
            ("/awarding_bodies/0/name", "School of Knots"),
            ("/awarding_bodies/0/country", "PT"),
            ("/further_information/homepage", "https://school.example/knots"),
        ],
    );
    has(&four[1], &[("/title", "Sails"), ("/level/cycle", "short")]);
    let five = facts(&fixture("ooapi/programme-5"));
    has(
        &five[0],
        &[
            ("/kind", "programme"),
            ("/codes/0/scheme", "crohoCreboCode"),
            ("/codes/0/value", "59312"),
            ("/title/en-GB", "Seamanship"),
            ("/title/nl-NL", "Zeemanschap"),
            ("/workload/hours", "840"),
            ("/level/nqf/0/framework", "NLQF"),
            ("/level/nqf/0/level", "4+"),
            ("/learning_outcomes/0/text/en-GB", "Steer a small ship"),
            ("/learning_outcomes/0/text/nl-NL", "Stuurt een klein schip"),
            ("/learning_outcomes/1/text/en-GB", "Read a nautical chart"),
            ("/assessment/0/criteria/nl-NL", "Examen aan boord"),
            ("/participation/mode/0", "in-person"),
            ("/participation/schedule", "full-time"),
            ("/participation/language/0", "nl"),
            ("/participation/place", "Den Helder"),
            ("/prerequisites/en-GB", "a swimming certificate"),
            ("/stackability/part_of/0/id", "p-0"),
            ("/stackability/has_part/1/id", "p-3"),
            ("/awarding_bodies/0/id", "452c1a86"),
            ("/field/isced_f", "1041"),
        ],
    );
    assert!(!five[0].contains_key("/level/eqf") && !five[0].contains_key("/learning_outcomes/2/text/nl-NL"));
    let six = facts(&fixture("ooapi/programme-6"));
    has(
        &six[0],
        &[
            ("/label", "micro-credential"),
            ("/workload/credits/0/points", "6"),
            ("/workload/contact_hours", "40"),
            ("/level/eqf", "6"),
            ("/level/cycle", "first"),
            ("/participation/mode/1", "work-based"),
            ("/participation/language/1", "nl"),
            ("/learning_outcomes/0/id", "LO1"),
            ("/learning_outcomes/0/text/en-GB", "Plan a berth"),
            ("/awarding_bodies/0/name/en-GB", "Harbour University"),
            ("/stackability/part_of/0/title/en-GB", "Logistics"),
        ],
    );
    has(
        &facts(&fixture("ooapi/specification"))[0],
        &[("/level/eqf", "3"), ("/workload/hours", "60")],
    );
}

#[test]
fn two_versions_of_moochub_say_the_same_things() {
    let three = facts(&fixture("moochub/v3"));
    has(
        &three[0],
        &[
            ("/id", "m-1"),
            ("/title", "Privatsphäre schützen"),
            ("/learning_outcomes/0/text/de", "Persönliche Daten schützen"),
            ("/learning_outcomes/0/text/en", "Protect personal data"),
            (
                "/learning_outcomes/0/esco/0",
                "http://data.europa.eu/esco/skill/00a0d2ae-d626-436f-a2d1-6a…",
            ),
            ("/workload/credits/0/system", "ECTS"),
            ("/workload/credits/0/points", "1.5"),
            ("/level/eqf", "5"),
            ("/participation/mode/0", "online"),
            ("/participation/language/1", "en"),
            ("/prerequisites/0/title/en", "Basics"),
            ("/stackability/part_of/0/title", "Security"),
            ("/awarding_bodies/0/name", "Kursplattform"),
            ("/field/isced_f", "0611"),
        ],
    );
    assert!(
        !three[0].contains_key("/participation/mode/1"),
        "asynchronous is no form of participation"
    );
    let workload = |facts: &BTreeMap<String, String>| facts.keys().any(|path| path.starts_with("/workload"));
    assert!(!workload(&three[1]), "no credits, and hours a week are no total");
    let two = facts(&fixture("moochub/v2"));
    has(
        &two[0],
        &[
            ("/learning_outcomes/1/text", "Explain how packets travel"),
            ("/participation/mode/0", "online"),
            ("/awarding_bodies/0/name", "openMOOC"),
            ("/awarding_bodies/0/homepage", "https://mooc.example"),
        ],
    );
}

#[test]
fn what_is_missing_belongs_at_the_object_that_should_hold_it() {
    let text = fixture("open-badges-3/dutch").replace("\"targetType\": \"ext:EQF\"", "\"targetType\": \"ext:Other\"");
    let text = text
        .replace("EQF level 3", "level 3")
        .replace("http://data.europa.eu/snb/eqf/3", "https://x.example");
    let text = text
        .replace("ext:NQF", "ext:Other")
        .replace(", \"addressCountryCode\": \"NL\", \"addressRegion\": \"NL32\"", "");
    let practice = &walked("x.json", &text)[0];
    assert_eq!(
        pointed(practice, "level/missing"),
        Some("\"alignment\""),
        "{:?}",
        places(practice)
    );
    assert_eq!(pointed(practice, "country/missing"), Some("\"address\""));
    let finding = |rule: &str| {
        let of = |finding: &&credlint::finding::Finding| set("eu").rules[finding.rule].id == rule;
        practice.findings.iter().find(of).unwrap_or_else(|| panic!("{rule}"))
    };
    assert_eq!(finding("level/missing").primary.text, "`alignment` belongs here");
    assert!(finding("level/missing").help.contains("`ext:EQF`"));
    assert_eq!(
        finding("country/missing").primary.text,
        "`addressCountryCode` belongs here"
    );
    assert!(finding("country/missing").help.contains("`addressCountryCode`"));

    let specification = &practices("ooapi/specification")[0];
    assert_eq!(
        pointed(specification, "awarding-body/missing"),
        Some("\"organization\"")
    );
    assert_eq!(
        pointed(specification, "participation/missing"),
        Some("\"educationSpecificationId\"")
    );
    let records = &practices("open-badges-3/record");
    assert_eq!(pointed(&records[0], "participation/missing"), Some("\"achievement\""));
    // Two achievements in one list: the key of the list is that of both.
    assert_eq!(pointed(&records[2], "participation/missing"), Some("\"id\""));
}

#[test]
fn what_a_format_cannot_say_is_advice_that_names_the_way_out() {
    for (name, rule, way) in [
        ("open-badges-3/plain", "participation/missing", "criteria.narrative"),
        ("open-badges-3/plain", "supervision/missing", "criteria.narrative"),
        (
            "open-badges-3/plain",
            "workload/points-without-system",
            "creditsAvailable",
        ),
        ("open-badges-2/class", "country/missing", "description"),
        ("ooapi/specification", "quality-assurance/missing", "ext"),
        ("ooapi/specification", "assessment/missing", "courses and programmes"),
        ("moochub/v3", "assessment/missing", "description"),
    ] {
        let practice = &practices(name)[0];
        let of = |finding: &&credlint::finding::Finding| set("eu").rules[finding.rule].id == rule;
        let finding = practice
            .findings
            .iter()
            .find(of)
            .unwrap_or_else(|| panic!("{name}: {rule}"));
        assert_eq!(finding.level, credlint::rule::Level::Advice, "{name}: {rule}");
        assert!(finding.help.contains(way), "{name}: {}", finding.help);
        assert!(!finding.primary.text.contains("``"), "{name}: {}", finding.primary.text);
    }
    let label = |name: &str, rule: &str| {
        let practice = practices(name).swap_remove(0);
        let of = |finding: &&credlint::finding::Finding| set("eu").rules[finding.rule].id == rule;
        let finding = practice
            .findings
            .iter()
            .find(of)
            .map(|finding| finding.primary.text.clone());
        finding.unwrap_or_else(|| panic!("{name}: {rule}"))
    };
    let none = "this format has no key for it";
    assert_eq!(label("ooapi/specification", "quality-assurance/missing"), none);
    assert_eq!(label("moochub/v3", "assessment/missing"), none);
    assert_eq!(label("ooapi/course-4", "labelling/missing"), none);
    // Nothing of ours is offered where it would say nothing.
    for name in ["moochub/v2", "ooapi/course-4", "open-badges-2/assertion"] {
        assert_eq!(label(name, "portability/missing"), none, "{name}");
    }
    // What is written is what the advice says, not where a file of another kind would say it.
    assert_eq!(
        label("open-badges-2/assertion", "level/missing"),
        "`alignment` belongs here"
    );
    // The key is there; its text says something else.
    assert_eq!(label("open-badges-3/plain", "prerequisites/missing"), none);
    assert_eq!(label("open-badges-3/plain", "assessment/type-missing"), none);
    let other = fixture("open-badges-3/plain").replace("ext:Microcredential", "Badge");
    let practice = &walked("x.json", &other)[0];
    let labelling = |finding: &&credlint::finding::Finding| set("eu").rules[finding.rule].id == "labelling/missing";
    assert_eq!(
        practice
            .findings
            .iter()
            .find(labelling)
            .map(|finding| finding.primary.text.as_str()),
        Some("")
    );
    assert_eq!(
        label("open-badges-3/plain", "participation/missing"),
        "`participationType` belongs here"
    );
    // What a format has no place for is not asked for at all where only advice would.
    for rule in ["assessment/assessor-missing", "participation/place-missing"] {
        assert_eq!(said(&practices("open-badges-3/dutch")[0], rule), None);
    }
}

#[test]
fn places_are_bytes_of_the_file() {
    let text = fixture("open-badges-3/dutch").replace(
        "\"targetCode\": \"3\", \"targetUrl\"",
        "\"targetCode\": \"9\", \"targetUrl\"",
    );
    let practice = &walked(
        "x.json",
        &text.replace("eqf/3", "eqf/9").replace("EQF level 3", "EQF level 9"),
    )[0];
    assert_eq!(pointed(practice, "level/eqf-out-of-range"), Some("\"9\""));
    assert!(
        places(practice).contains(&"level/eqf-out-of-range 37:101".to_string()),
        "{:?}",
        places(practice)
    );
}

#[test]
fn a_practice_says_its_format_in_the_score() {
    let practice = &practices("open-badges-3/dutch")[0];
    for element in [
        Element::Title,
        Element::Country,
        Element::Workload,
        Element::Level,
        Element::Supervision,
    ] {
        assert_eq!(practice.verdict(element), credlint::score::Verdict::Met, "{element}");
    }
    assert_eq!(practice.name.as_deref(), Some("Vlaggenleer"));
}

/// Every report of a practice, and the source that reports quote from.
fn all_outputs(practice: &Practice) -> String {
    let human = Human::new(set("eu"), style(), Language::ENGLISH).practice(practice);
    let findings: Vec<String> = practice
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{} {} {} {}",
                finding.message, finding.help, finding.why, finding.primary.text
            )
        })
        .collect();
    let names = format!("{:?} {:?} {:?}", practice.id, practice.name, practice.metadata);
    [human, findings.join("\n"), names, practice.source().text().to_string()].join("\n")
}

#[test]
fn nothing_about_a_learner_leaves_the_program() {
    for (name, secrets) in [
        ("open-badges-3/dutch", &["arijke", "LIC-778899", "9.25"][..]),
        ("open-badges-3/plain", &["Juho", "Esimerkki"]),
        ("open-badges-3/record", &["Ana", "ana-ejemplo", "ejemplo.example"]),
        ("open-badges-2/assertion", &["João", "joao"]),
    ] {
        for practice in practices(name) {
            let outputs = all_outputs(&practice);
            for secret in secrets {
                assert!(!outputs.contains(secret), "{name}: {secret} in {outputs}");
            }
        }
    }
}

/// The learners of the corpora.
const LEARNERS: [&str; 19] = [
    "students/stu",
    "stu-A1B2C3",
    "stu-1A2B3C",
    "sub-8A3B6C",
    "ebfeb1f712",
    "Chartrand",
    "Jane Doe",
    "Parker Pearl",
    "Salmon",
    "Taylor Tuna",
    "Ya Ya Na",
    "Zebrafish",
    "somebody@gmail",
    "student@1edtech",
    "Example Student",
    "rode his new bike",
    "A-9320041",
    "Major Domo",
    "somebody/project",
];

fn corpus(folder: &str, visit: &mut dyn FnMut(&Path, &[Practice])) -> Option<usize> {
    let folder = shared(&format!("corpora/{folder}"))?;
    let mut files = 0;
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        let Some(text) = path
            .extension()
            .filter(|end| *end == "json")
            .and_then(|_| std::fs::read_to_string(path).ok())
        else {
            continue;
        };
        files += 1;
        visit(path, &walked(&path.display().to_string(), &text));
    }
    Some(files)
}

#[test]
fn real_badges_are_recognised_and_keep_their_learners_to_themselves() {
    for (folder, expected) in [
        ("educredentials", 32),
        ("dcc-vc-test-fixtures", 43),
        ("openbadges-spec", 0),
    ] {
        let mut checked = 0;
        let read = corpus(folder, &mut |path, practices| {
            for practice in practices.iter().filter(|practice| practice.state == State::Checked) {
                checked += 1;
                assert_eq!(practice.format, Some("open-badges-3"), "{}", path.display());
                let outputs = all_outputs(practice);
                for learner in LEARNERS {
                    assert!(!outputs.contains(learner), "{}: {learner}", path.display());
                }
            }
        });
        assert!(read.is_none() || checked == expected, "{folder}: {checked} practices");
    }
}

#[test]
fn real_courses_are_recognised_and_nothing_else_is() {
    let mut checked = 0;
    let read = corpus("ooapi-surf", &mut |path, practices| {
        for practice in practices.iter().filter(|practice| practice.state == State::Checked) {
            assert_eq!(practice.format, Some("ooapi"), "{}", path.display());
            checked += 1;
            let name = path.display().to_string();
            for other in [
                "offerings",
                "persons",
                "associations",
                "rooms",
                "buildings",
                "news",
                "components",
            ] {
                assert!(
                    !name.contains(&format!("{other}.json")) && !name.contains(&format!("/{other}/")),
                    "{name}"
                );
            }
        }
    });
    assert!(read.is_none() || checked == 32, "{checked} practices");
}
