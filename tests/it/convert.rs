//! What `convert` writes: judged by the published schemas, with comments where nothing is converted, and without a word
//! about a learner.

use std::collections::BTreeSet;
use std::path::Path;

use credlint::convert::{ElmVersion, Target, Wanted, Written, convert_file};
use credlint::language::Language;
use credlint::source::Source;
use serde_json::{Value as Json, json};

use crate::cli::{Scratch, out, run_in};
use crate::{file, root, set, shared};

/// Every format that can be written.
pub(crate) const TARGETS: [Target; 5] = [
    Target::Native,
    Target::ElmLoq,
    Target::EdcTemplate,
    Target::OpenBadges3,
    Target::Ooapi,
];

/// A conversion as it is asked for without options, on the day of the tests.
pub(crate) fn wanted(target: Target) -> Wanted {
    Wanted {
        target,
        version: ElmVersion::default(),
        language: Language::ENGLISH,
        extract: false,
        as_of: crate::options().as_of,
    }
}

pub(crate) fn convert(name: &str, text: &str, target: Target) -> Vec<Written> {
    let source = Source::new(name, text.to_string());
    convert_file(set("eu"), &source, None, wanted(target)).unwrap_or_default()
}

fn one(text: &str, target: Target) -> Written {
    convert("x.yaml", text, target).into_iter().next().expect("a practice")
}

/// Our descriptors: name and text.
pub(crate) fn descriptors() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in [
        "fixtures/corpus",
        "fixtures/catalogue",
        "tests/proofs/descriptors",
        "seeds",
    ] {
        for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
            let path = entry.expect("a readable folder").into_path();
            let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
            if is_yaml && path.file_stem().is_some_and(|name| name != "credlint") {
                let text = std::fs::read_to_string(&path).expect("a readable file");
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

/// Properties whose absence the conversion announced.
fn demands(written: &Written, class: &str) -> BTreeSet<String> {
    let of = |what: &str| {
        let property = what.split('`').nth(1)?.strip_prefix(&format!("{class}."))?;
        what.contains("demands").then(|| property.to_string())
    };
    written
        .converted
        .losses
        .iter()
        .filter_map(|loss| of(&loss.what))
        .collect()
}

/// What a schema says of a document: properties of the outermost object that are missing, and everything else.
fn judged(validator: &jsonschema::Validator, document: &Json) -> (BTreeSet<String>, Vec<String>) {
    use jsonschema::error::ValidationErrorKind as Kind;
    let (mut missing, mut others) = (BTreeSet::new(), Vec::new());
    for error in validator.iter_errors(document) {
        match error.kind() {
            Kind::Required { property } if error.instance_path().as_str().is_empty() => {
                missing.insert(property.as_str().unwrap_or_default().to_string());
            }
            _ => others.push(format!("{}: {error}", error.instance_path())),
        }
    }
    (missing, others)
}

fn read(path: &Path) -> Json {
    serde_json::from_str(&std::fs::read_to_string(path).expect("a readable file")).expect("JSON")
}

/// The schema of an achievement, out of that of the credential around it.
fn achievement_schema() -> Option<jsonschema::Validator> {
    let path = shared("corpora/educredentials/schema/schemas/ob_v3p0_achievementcredential_schema.json")?;
    let whole = read(&path);
    let schema = json!({ "$schema": whole["$schema"], "$ref": "#/$defs/Achievement", "$defs": whole["$defs"] });
    let options = jsonschema::options().should_validate_formats(true);
    Some(options.build(&schema).expect("a schema"))
}

/// The schema of a course, out of the description of the whole API.
fn course_schema() -> Option<jsonschema::Validator> {
    let path = shared("corpora/ooapi-surf/bulk/resources/v5/ooapi.json")?;
    let whole = read(&path);
    let schema = json!({ "$ref": "#/components/schemas/Course", "components": whole["components"] });
    let options = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft201909)
        .should_validate_formats(true);
    Some(options.build(&schema).expect("a schema"))
}

/// Every descriptor of ours violates a schema exactly where the conversion said that it would.
fn conforms(validator: &jsonschema::Validator, target: Target, class: &str) {
    let mut wrong = Vec::new();
    for (name, text) in descriptors() {
        for written in convert(&name, &text, target) {
            let (missing, others) = judged(validator, &written.converted.document);
            if missing != demands(&written, class) || !others.is_empty() {
                wrong.push(format!("{name}: {missing:?}, {others:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Ways to break a document, each of which a schema must notice.
fn breaks(validator: &jsonschema::Validator, document: &Json, ways: &[(&str, Json)]) {
    assert!(validator.is_valid(document));
    for (pointer, value) in ways {
        let mut broken = document.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let holder = broken.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
        assert!(document.pointer(pointer).is_some(), "{pointer} is not there");
        match (holder, value) {
            (Json::Object(rows), Json::Null) => drop(rows.remove(key)),
            (Json::Object(rows), value) => drop(rows.insert(key.to_string(), value.clone())),
            (Json::Array(items), value) => items[key.parse::<usize>().expect("a number")] = value.clone(),
            _ => panic!("{pointer}"),
        }
        assert!(!validator.is_valid(&broken), "not noticed: {pointer} as {value}");
    }
}

#[test]
fn badges_conform_to_the_schema_of_1edtech() {
    let Some(validator) = achievement_schema() else { return };
    conforms(&validator, Target::OpenBadges3, "Achievement");
    let whole = one(&file("fixtures/corpus/exemplary.yaml"), Target::OpenBadges3);
    assert!(demands(&whole, "Achievement").is_empty());
    let ways = [
        ("/name", Json::Null),
        ("/criteria", Json::Null),
        ("/type", json!(["Badge"])),
        ("/achievementType", json!("Microcredential")),
        ("/creditsAvailable", json!("2")),
        ("/inLanguage", json!("English")),
        ("/creator/id", Json::Null),
        ("/creator/address/type", json!(["Place"])),
        ("/alignment/0/targetUrl", Json::Null),
        ("/alignment/0/targetType", json!("EQF")),
        ("/resultDescription/0/resultType", Json::Null),
        ("/related/0/id", Json::Null),
    ];
    breaks(&validator, &whole.converted.document, &ways);
}

/// JSON-LD drops in silence what no context knows.
#[test]
fn every_key_of_a_badge_is_a_term() {
    let Some(path) = shared("corpora/openbadges-spec/schema/ob_v3p0/context-3.0.3.json") else {
        return;
    };
    // Of the data model of verifiable credentials, beside which the context stands.
    let mut terms = BTreeSet::from(["@context", "id", "type", "name", "description"].map(str::to_string));
    let context = read(&path);
    keys(&context, &mut terms);
    for (name, text) in descriptors() {
        for written in convert(&name, &text, Target::OpenBadges3) {
            let mut used = BTreeSet::new();
            keys(&written.converted.document, &mut used);
            let unknown: Vec<_> = used.difference(&terms).collect();
            assert!(unknown.is_empty(), "{name}: {unknown:?}");
        }
    }
}

fn keys(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Json::Object(rows) => {
            found.extend(rows.keys().cloned());
            rows.values().for_each(|value| keys(value, found));
        }
        _ => {}
    }
}

#[test]
fn courses_conform_to_the_schema_of_ooapi() {
    let Some(validator) = course_schema() else { return };
    conforms(&validator, Target::Ooapi, "Course");
    let whole = one(&file("fixtures/corpus/exemplary.yaml"), Target::Ooapi);
    assert!(demands(&whole, "Course").is_empty());
    let ways = [
        ("/courseId", json!("es-iem-hv-body-shop")),
        ("/name", json!("High-voltage safety")),
        ("/name", json!([])),
        ("/primaryCode/codeType", Json::Null),
        ("/studyLoad/studyLoadUnit", json!("ECTS")),
        ("/modeOfDelivery", json!(["blended"])),
        ("/teachingLanguage", json!("es")),
        ("/level", json!("4")),
        ("/learningOutcomes/0", json!("Isolate")),
        ("/organization/shortName", Json::Null),
        ("/organization/addresses/0/addressType", json!("home")),
        ("/fieldsOfStudy", json!("motor vehicles")),
    ];
    breaks(&validator, &whole.converted.document, &ways);
}

/// An id that is one stays; anything else gives the same one each time.
#[test]
fn the_id_of_a_course_is_a_uuid() {
    let own = "descriptor: micro-credential/1\nid: 0B1E54B5-5E5C-4F7B-9C57-2E6F4C7B1A20\n";
    let document = one(own, Target::Ooapi).converted.document;
    assert_eq!(document["courseId"], "0b1e54b5-5e5c-4f7b-9c57-2e6f4c7b1a20");
    let made = |id: &str| {
        let written = one(&format!("descriptor: micro-credential/1\nid: {id}\n"), Target::Ooapi);
        written.converted.document["courseId"].clone()
    };
    assert_eq!(made("hv-201"), made("hv-201"));
    assert_ne!(made("hv-201"), made("hv-202"));
}

/// A badge says that it is a micro-credential only if the descriptor does.
#[test]
fn only_the_label_makes_a_micro_credential() {
    let kind = |text: &str| {
        let written = one(
            &format!("descriptor: micro-credential/1\n{text}\n"),
            Target::OpenBadges3,
        );
        written.converted.document["achievementType"].clone()
    };
    assert_eq!(kind("label: micro-credential"), "MicroCredential");
    assert_eq!(kind("label: microcredencial"), "MicroCredential");
    assert_eq!(kind("kind: micro-credential"), Json::Null);
    assert_eq!(kind("label: none"), Json::Null);
    assert_eq!(kind("kind: programme"), "LearningProgram");
}

/// A badge has one language, the default one if the title speaks it, and every text in another is listed.
#[test]
fn a_badge_speaks_one_language() {
    let text = "descriptor: micro-credential/1\ndefault_language: en\ntitle: {es: Baterías, ca: Bateries}\nlearning_outcomes:\n  - {en: Store, es: Almacenar}\n  - {en: Pack}\n";
    let written = one(text, Target::OpenBadges3);
    assert_eq!(written.converted.document["inLanguage"], "es");
    assert_eq!(written.converted.document["name"], "Baterías");
    let listed: Vec<_> = written
        .converted
        .losses
        .iter()
        .map(|loss| (loss.path.as_str(), loss.what.as_str()))
        .collect();
    let other = "left out: Open Badges 3.0 speaks one language";
    for row in [
        ("/title/ca", other),
        ("/learning_outcomes/0/text/en", other),
        ("/learning_outcomes/1/text/en", "said without its language"),
    ] {
        assert!(listed.contains(&row), "{row:?} in {listed:#?}");
    }
}

#[test]
fn unread_data_goes_back_into_badges_and_courses() {
    let text = |format: &str, pointer: &str| {
        format!(
            "descriptor: micro-credential/1\ntitle: Safe storage\nimported_from: {{format: {format}}}\nextra:\n  - {{pointer: {pointer}, value: v}}\n"
        )
    };
    for (format, target, pointer, key) in [
        (
            "open-badges-3",
            Target::OpenBadges3,
            "/credentialSubject/achievement/version",
            "version",
        ),
        (
            "open-badges-3-achievement",
            Target::OpenBadges3,
            "/specialization",
            "specialization",
        ),
        ("ooapi", Target::Ooapi, "/items/3/duration", "duration"),
    ] {
        let written = one(&text(format, pointer), target);
        assert_eq!(written.converted.document[key], "v", "{format}");
        assert!(
            written
                .converted
                .losses
                .iter()
                .all(|loss| !loss.path.starts_with("/extra"))
        );
    }
    for (format, target, pointer) in [
        (
            "open-badges-3",
            Target::OpenBadges3,
            "/credentialSubject/achievement/name",
        ),
        (
            "open-badges-3",
            Target::OpenBadges3,
            "/credentialSubject/achievement/creator/phone",
        ),
        ("ooapi", Target::OpenBadges3, "/duration"),
        ("edc", Target::Ooapi, "/duration"),
    ] {
        let written = one(&text(format, pointer), target);
        let listed = written.converted.losses.iter().any(|loss| loss.path == "/extra/0");
        assert!(listed, "{format} {pointer}");
    }
}

/// What is ours already stays as it is; what is turned into something else loses its comments, and says so once.
#[test]
fn comments_stay_or_are_listed() {
    let text = "# One\ndescriptor: micro-credential/1 # two\ntitle: '# none'\ndescription: |\n  # none\n";
    let lost = |written: &Written| {
        let of = |loss: &&credlint::convert::Loss| loss.what.contains("comment");
        written
            .converted
            .losses
            .iter()
            .filter(of)
            .map(|loss| loss.what.clone())
            .collect::<Vec<_>>()
    };
    let same = one(text, Target::Native);
    assert!(same.is_unchanged && lost(&same).is_empty());
    for target in TARGETS.into_iter().skip(1) {
        let written = one(text, target);
        assert!(!written.is_unchanged);
        assert_eq!(lost(&written), ["2 comments of the file are left out"], "{target:?}");
    }
    let two = format!("{text}---\ndescriptor: micro-credential/1\n");
    let written = convert("x.yaml", &two, Target::Ooapi);
    assert_eq!(written.iter().flat_map(&lost).count(), 1);
    // A file that is only in part ours is not printed as a whole.
    let mixed = format!("{text}---\nsomething: else\n");
    let written = convert("x.yaml", &mixed, Target::Native);
    assert!(!written[0].is_unchanged);
    assert_eq!(lost(&written[0]).len(), 1);
}

/// Values about a learner in a file, found by their keys and not with the mappings that must mask them.
fn about_learners(value: &Json, inside: bool, found: &mut BTreeSet<String>) {
    const PERSONAL: [&str; 16] = [
        "givenName",
        "familyName",
        "fullName",
        "birthName",
        "patronymicName",
        "dateOfBirth",
        "nationalID",
        "emailAddress",
        "email",
        "identityHash",
        "salt",
        "notation",
        "name",
        "identity",
        "phone",
        "telephoneNumber",
    ];
    const THINGS: [&str; 10] = [
        "hasClaim",
        "achievement",
        "hasCredential",
        "hasEntitlement",
        "citizenshipCountry",
        "countryCode",
        "inScheme",
        "gender",
        "issuer",
        "schemeAgency",
    ];
    match value {
        Json::Array(items) => items.iter().for_each(|item| about_learners(item, inside, found)),
        // A value of a published list says nothing of one person.
        Json::Object(rows) if rows.contains_key("inScheme") => {}
        Json::Object(rows) => {
            for (key, value) in rows {
                let subject = matches!(key.as_str(), "credentialSubject" | "recipient");
                let is_name = || {
                    value
                        .as_str()
                        .is_some_and(|id| id.starts_with("did:") || id.contains('@'))
                };
                if inside && (PERSONAL.contains(&key.as_str()) || key == "id" && is_name()) {
                    texts(value, found);
                }
                about_learners(value, (inside || subject) && !THINGS.contains(&key.as_str()), found);
            }
        }
        _ => {}
    }
}

fn texts(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(rows) => rows
            .iter()
            .filter(|(key, _)| {
                !matches!(
                    key.as_str(),
                    "id" | "type" | "spatial" | "schemeName" | "schemeAgency" | "inScheme"
                )
            })
            .for_each(|(_, value)| texts(value, found)),
        // Shorter ones are in any text.
        Json::String(text) if text.chars().count() >= 4 => {
            found.insert(text.clone());
        }
        _ => {}
    }
}

/// The payload of a sealed file.
fn unsealed(value: Json) -> Json {
    use base64::Engine as _;
    let Some(payload) = value["payload"].as_str() else {
        return value;
    };
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
    let inner = bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    inner.unwrap_or(value)
}

/// No conversion of an issued credential says anything of the learner: not in the document, not in the list.
#[test]
fn nothing_about_a_learner_is_converted() {
    const LONGEST: u64 = 600_000;
    let Some(corpora) = shared("corpora") else { return };
    let (mut files, mut values) = (0, 0);
    for entry in walkdir::WalkDir::new(&corpora)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        let is_json = path.extension().is_some_and(|kind| kind == "json" || kind == "jsonld");
        if !is_json
            || path.iter().any(|part| part == "schema")
            || entry.metadata().is_ok_and(|data| data.len() > LONGEST)
        {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        let Ok(value) = serde_json::from_str::<Json>(&text) else {
            continue;
        };
        let mut personal = BTreeSet::new();
        let value = unsealed(value);
        about_learners(&value, false, &mut personal);
        // Some samples are issued by the learner.
        let issuer = value["issuer"].as_str().or(value["issuer"]["id"].as_str());
        personal.retain(|value| Some(value.as_str()) != issuer);
        let written: Vec<(Target, Vec<Written>)> = TARGETS
            .map(|target| (target, convert(&path.display().to_string(), &text, target)))
            .into();
        if personal.is_empty() || written.iter().all(|(_, practices)| practices.is_empty()) {
            continue;
        }
        files += 1;
        values += personal.len();
        for (target, practices) in written {
            for practice in practices {
                let said = practice.converted.document.to_string()
                    + &serde_json::to_string(&practice.converted.losses).expect("a list");
                let leaked: Vec<_> = personal.iter().filter(|value| said.contains(value.as_str())).collect();
                assert!(leaked.is_empty(), "{} → {}: {leaked:?}", path.display(), target.title());
            }
        }
    }
    println!("{values} values about learners in {files} credentials, none converted");
    assert!(files > 20 && values > 50, "{files} {values}");
}

/// Neither stream of the program says anything of a learner, whatever the format.
#[test]
fn neither_stream_says_anything_of_a_learner() {
    for (path, secrets) in [
        (
            "fixtures/formats/edc/full.json",
            [
                "Quirina",
                "Learnersurname",
                "1999-01-02",
                "ID-77-XYZ",
                "quirina@learner.example",
            ],
        ),
        (
            "fixtures/formats/open-badges-3/dutch.json",
            [
                "marijke-voorbeeld",
                "Marijke Voorbeeld",
                "marijke@voorbeeld.example",
                "LIC-778899",
                "9.25",
            ],
        ),
    ] {
        let text = file(path);
        for target in ["native", "elm-loq", "edc-template", "open-badges-3", "ooapi"] {
            for format in ["human", "json"] {
                let output = run_in(&root(), &["convert", path, "--to", target, "--format", format]);
                assert_eq!(output.status.code(), Some(0), "{path} {target}");
                let said = out(&output) + &String::from_utf8_lossy(&output.stderr);
                for secret in secrets {
                    assert!(text.contains(secret), "{path} has no {secret}");
                    assert!(!said.contains(secret), "{path} → {target}, {format}: {secret}");
                }
            }
        }
    }
}

/// What is misspelt in a unit, or says something of a learner, is found like anywhere else.
#[test]
fn units_are_looked_into() {
    let text = "descriptor: micro-credential/1\nkind: qualification\nunits:\n  - {id: one, titel: One}\n  - two\n  - {id: three, learner_name: Jane Roe}\n  - 4\n";
    let practice = crate::check(text);
    let message = crate::said(&practice, "shape/unknown-key").expect("a finding");
    assert!(message.contains("titel"), "{message}");
    let drawn = crate::drawn("eu", &practice);
    assert!(!drawn.contains("Jane Roe"), "{drawn}");
    let units: Vec<_> = practice
        .units
        .iter()
        .map(|unit| (unit.id.as_str(), unit.is_reference))
        .collect();
    assert_eq!(units, [("one", false), ("two", true), ("three", false)]);
}

#[test]
fn units_are_extracted_as_descriptors() {
    let path = "fixtures/units/cet-workshop.yaml";
    let whole = crate::check(&file(path));
    let meet: Vec<_> = whole
        .units
        .iter()
        .map(|unit| (unit.id.as_str(), unit.meets, unit.is_reference))
        .collect();
    let expected = [
        ("pt-ex-hv-safety", true, false),
        ("pt-ex-batteries", true, false),
        ("pt-ex-charging", false, false),
        ("pt-ex-workplace-learning", false, true),
    ];
    assert_eq!(meet, expected);
    assert!(
        whole
            .findings
            .iter()
            .all(|finding| !set("eu").rules[finding.rule].id.starts_with("shape/"))
    );

    let scratch = Scratch::new("units");
    let from = root().join(path).display().to_string();
    let output = run_in(scratch.path(), &["convert", "--extract", &from, "-o", "."]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for unit in whole.units.iter().filter(|unit| !unit.is_reference) {
        let text = std::fs::read_to_string(scratch.path().join(format!("{}.yaml", unit.id))).expect("a file");
        let practice = crate::check(&text);
        let errors = practice
            .findings
            .iter()
            .map(|finding| set("eu").rules[finding.rule].id.as_str());
        let wrong: Vec<&str> = errors
            .filter(|id| id.starts_with("shape/") || id.starts_with("evidence/"))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let missing = practice.gaps[0].1.missing + practice.gaps[0].1.open;
        assert_eq!(missing == 0, unit.meets, "{}", unit.id);
        assert!(
            text.contains("basis: inherited") && text.contains("id: pt-ex-cet-ev"),
            "{text}"
        );
    }
    // What somebody has worked on since is not overwritten.
    let again = run_in(scratch.path(), &["convert", "--extract", &from, "-o", "."]);
    assert_eq!(again.status.code(), Some(2));
    let none = run_in(&root(), &["convert", "--extract", "fixtures/corpus/exemplary.yaml"]);
    assert_eq!(none.status.code(), Some(3));
}
