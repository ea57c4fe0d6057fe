//! Credentials through our own format and back: every statement returns but those of one learner, one seal, one day. What
//! somebody edits on the way is what is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use credlint::convert::{ElmVersion, Loss, Target, Wanted, Written, convert_file};
use credlint::source::Source;
use serde_json::{Value as Json, json};

use crate::convert::{convert, wanted};
use crate::proofs::{empty_folder, prove, python, unsealed};
use crate::{file, root, set, shared};

/// A credential, itself and by way of our own format, as a person would do it: every practice of the file as a file of
/// its own.
struct Trip {
    name: String,
    text: String,
    credential: Json,
    native: Vec<Written>,
    back: Vec<Written>,
}

impl Trip {
    fn of(name: String, text: String, credential: Json) -> Trip {
        let native = convert(&name, &text, Target::Native);
        let back = native.iter().flat_map(|practice| {
            let yaml = credlint::convert::native::yaml(&practice.converted.document);
            convert("native.yaml", &yaml, Target::EdcTemplate)
        });
        Trip {
            back: back.collect(),
            name,
            text,
            credential,
            native,
        }
    }
}

/// Every credential there is: fixtures, examples and other people's files.
fn trips() -> &'static [Trip] {
    static TRIPS: OnceLock<Vec<Trip>> = OnceLock::new();
    TRIPS.get_or_init(read_all)
}

fn read_all() -> Vec<Trip> {
    let own = ["fixtures/formats/edc", "examples"].map(|folder| root().join(folder));
    let mut found = Vec::new();
    for folder in own.into_iter().chain(shared("corpora")) {
        for entry in walkdir::WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
        {
            let Ok(text) = std::fs::read_to_string(entry.path()) else {
                continue;
            };
            let credential = serde_json::from_str(&text).ok().and_then(unsealed);
            if let Some(credential) = credential.filter(|_| !is_schema(entry.path())) {
                found.push(Trip::of(entry.path().display().to_string(), text, credential));
            }
        }
    }
    found
}

fn is_schema(path: &Path) -> bool {
    path.iter().any(|part| part == "schema")
}

/// Where something of one credential stands, by the names of its kind; nothing else may be missing.
fn of_one_credential(path: &str, key: &str) -> Option<&'static str> {
    let of_subject = path == "/credentialSubject" && !matches!(key, "hasClaim" | "type");
    match key {
        _ if of_subject => Some("learner"),
        "grade" | "shortenedGrading" | "entitledPerson" if path.starts_with("/credentialSubject") => Some("grade"),
        "proof" | "cred:proof" | "sec:proof" => Some("seal"),
        "individualDisplay" | "summaryDisplay" => Some("display"),
        "issued" | "issuanceDate" | "awardingDate" | "validFrom" | "validUntil" | "expirationDate" => Some("date"),
        "id" | "identifier" | "credentialStatus" | "holder" if path.is_empty() => Some("number"),
        _ => None,
    }
}

type Statements = BTreeSet<(String, String, String)>;

/// Every statement: of which thing with an id, by which keys from there, and what. The keys also say how to get there,
/// for what belongs to one credential.
fn statements(
    value: &Json,
    thing: &str,
    keys: &str,
    path: &str,
    found: &mut Statements,
    left_out: &mut BTreeMap<&'static str, usize>,
) {
    match value {
        Json::Array(items) => items
            .iter()
            .for_each(|item| statements(item, thing, keys, path, found, left_out)),
        Json::Object(rows) => {
            let is_root = path.is_empty();
            let id = rows
                .get("id")
                .and_then(Json::as_str)
                .filter(|_| !is_root && path != "/credentialSubject");
            if let Some(id) = id {
                found.insert((thing.to_string(), keys.to_string(), id.to_string()));
            }
            let (thing, keys) = id.map_or((thing, keys), |id| (id, ""));
            for (key, value) in rows {
                if let Some(why) = of_one_credential(path, key) {
                    *left_out.entry(why).or_default() += 1;
                } else if key != "id" {
                    statements(
                        value,
                        thing,
                        &format!("{keys}/{key}"),
                        &format!("{path}/{key}"),
                        found,
                        left_out,
                    );
                }
            }
        }
        Json::Null => {}
        leaf => {
            let text = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_string);
            found.insert((thing.to_string(), keys.to_string(), text));
        }
    }
}

/// A thing without an id in the credential may have got one in the template: told by the same keys, it is the same.
fn is_there(
    statement: &(String, String, String),
    all: &Statements,
    named: &BTreeMap<String, Vec<(String, String)>>,
) -> bool {
    if all.contains(statement) {
        return true;
    }
    let (thing, keys, text) = statement;
    // From the thing down to a node that has a name now, and on from there.
    keys.match_indices('/').skip(1).map(|(at, _)| at).any(|at| {
        let (way, rest) = keys.split_at(at);
        let here = all.range((thing.clone(), way.to_string(), String::new())..);
        let named_now = here.take_while(|(own, keys, _)| own == thing && keys == way);
        named_now.into_iter().any(|(.., id)| {
            named.contains_key(id) && is_there(&(id.clone(), rest.to_string(), text.clone()), all, named)
        })
    })
}

fn by_thing(all: &Statements) -> BTreeMap<String, Vec<(String, String)>> {
    let mut things: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (thing, keys, text) in all {
        things
            .entry(thing.clone())
            .or_default()
            .push((keys.clone(), text.clone()));
    }
    things
}

#[test]
fn a_credential_comes_back_whole() {
    let (mut judged, mut kept, mut wrong) = (0, 0, Vec::new());
    let mut left_out = BTreeMap::new();
    for Trip {
        name,
        credential,
        native,
        back,
        ..
    } in trips()
    {
        if native.is_empty() {
            wrong.push(format!("{name}: not read"));
            continue;
        }
        let (mut before, mut after) = (Statements::new(), Statements::new());
        statements(credential, "", "", "", &mut before, &mut left_out);
        for practice in back {
            statements(
                &practice.converted.document,
                "",
                "",
                "",
                &mut after,
                &mut BTreeMap::new(),
            );
        }
        let named = by_thing(&after);
        judged += 1;
        kept += before.len();
        let missing = before.iter().filter(|statement| !is_there(statement, &after, &named));
        wrong.extend(missing.map(|statement| format!("{name}: {statement:?}")));
        let extra = |loss: &&Loss| loss.path.starts_with("/extra");
        let losses = back
            .iter()
            .flat_map(|practice| practice.converted.losses.iter().filter(extra));
        wrong.extend(losses.map(|loss| format!("{name}: listed as lost: {} {}", loss.path, loss.value)));
    }
    println!(
        "{judged} credentials, {kept} statements, {} missing; left out {left_out:?}",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(judged >= 2 && kept > 100);
    let kinds: Vec<&str> = left_out.into_keys().collect();
    let own = ["date", "grade", "learner", "number"];
    assert!(own.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
}

/// What stays behind is on the list, by its place, and the list says why and not what.
#[test]
fn what_stays_behind_is_listed() {
    let text = json!({
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "id": "urn:credential:77",
        "issued": "2026-05-04T10:00:00Z",
        "credentialStatus": {"id": "https://status.example/77", "type": "StatusList2021Entry"},
        "proof": {"type": "Ed25519Signature2018", "jws": "sealed-bytes"},
        "displayParameter": {"title": {"en": "Shown"}, "individualDisplay": {"displayDetail": {"image": {"content": "drawn-bytes"}}}},
        "credentialSubject": {
            "id": "did:key:zQuirina",
            "fullName": {"en": "Quirina Learnersurname"},
            "hasClaim": {
                "type": "LearningAchievement",
                "title": {"en": "Welding, passed by Quirina Learnersurname"},
                "awardedBy": {"awardingDate": "2026-05-03T10:00:00Z", "note": "sent to did:key:zQuirina"},
                "provenBy": {"type": "LearningAssessment", "title": {"en": "Weld"}, "grade": {"noteLiteral": {"en": "9.7531"}}}
            }
        }
    });
    let native = convert("x.json", &text.to_string(), Target::Native).remove(0).converted;
    let listed: Vec<(&str, &str)> = native
        .losses
        .iter()
        .map(|loss| (loss.path.as_str(), loss.what.as_str()))
        .collect();
    let says = |path: &str, why: &str| listed.iter().any(|(own, what)| *own == path && what.contains(why));
    for (path, why) in [
        ("/id", "another for every credential"),
        ("/issued", "another for every credential"),
        ("/credentialStatus", "another for every credential"),
        ("/proof", "seals one credential"),
        ("/displayParameter/individualDisplay", "shows one credential"),
        ("/credentialSubject", "of the learner"),
        ("/credentialSubject/hasClaim/title/en", "of the learner"),
        ("/credentialSubject/hasClaim/awardedBy/note", "of the learner"),
        (
            "/credentialSubject/hasClaim/awardedBy/awardingDate",
            "another for every credential",
        ),
        ("/credentialSubject/hasClaim/provenBy/grade", "of the learner"),
    ] {
        assert!(says(path, why), "{path}: {listed:#?}");
    }
    assert_eq!(native.document["title"]["en"], "Welding, passed by …");
    let back = convert("x.json", &text.to_string(), Target::EdcTemplate)
        .remove(0)
        .converted;
    let all = format!(
        "{}{:?}{}{:?}",
        native.document, native.losses, back.document, back.losses
    );
    for secret in ["Quirina", "sealed-bytes", "drawn-bytes", "9.7531", "2026-05-03"] {
        assert!(!all.contains(secret), "{secret}");
    }
    let claim = &back.document["credentialSubject"]["hasClaim"][0];
    assert_eq!(claim["awardedBy"]["awardingDate"], "${awardingDate}");
    assert!(claim["provenBy"].to_string().contains("${grade"), "{claim}");
    assert_eq!(claim["awardedBy"]["note"], "sent to …");
}

/// Straight to the template, it is the same as by way of our own format.
#[test]
fn the_straight_way_is_the_same() {
    for Trip { name, text, back, .. } in trips() {
        let straight = convert(name, text, Target::EdcTemplate);
        let documents = |written: &[Written]| {
            written
                .iter()
                .map(|one| one.converted.document.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(documents(&straight), documents(back), "{name}");
    }
}

/// The second trip adds nothing to the first.
#[test]
fn the_second_trip_is_the_first() {
    for Trip { name, native, back, .. } in trips() {
        for (first, template) in native.iter().zip(back) {
            let second = convert("back.json", &template.converted.document.to_string(), Target::Native);
            let Some(second) = second.first() else {
                panic!("{name}: not read again")
            };
            let facts = |written: &Written| {
                let mut document = written.converted.document.clone();
                let rows = document.as_object_mut().expect("an object");
                // The number of the credential is another one's.
                ["id", "imported_from", "extra"]
                    .iter()
                    .for_each(|key| drop(rows.shift_remove(*key)));
                without_names(&mut document);
                document
            };
            assert_eq!(facts(first), facts(second), "{name}");
        }
    }
}

/// Things without a name get one on the first trip.
fn without_names(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(without_names),
        Json::Object(rows) => {
            rows.retain(|key, value| key != "id" || !value.as_str().is_some_and(|id| id.starts_with("urn:epass:")));
            rows.values_mut().for_each(without_names);
        }
        _ => {}
    }
}

/// A statement that somebody changes is written as it is now; what was said of what is gone is listed, and of nothing else.
#[test]
fn edits_are_what_is_written() {
    let text = file("fixtures/formats/edc/full.json");
    let native = convert("full.json", &text, Target::Native).remove(0).converted;
    let mut document = native.document;
    let template = |document: &Json| {
        convert("native.json", &document.to_string(), Target::EdcTemplate)
            .remove(0)
            .converted
    };
    let claim = |document: &Json| {
        let claims = document["credentialSubject"]["hasClaim"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        claims
            .into_iter()
            .find(|claim| claim["type"] == "LearningAchievement")
            .expect("the claim")
    };
    let lost = |losses: &[Loss]| losses.iter().filter(|loss| loss.path.starts_with("/extra")).count();
    let before = template(&document);
    assert_eq!(lost(&before.losses), 0, "{:#?}", before.losses);

    document["title"]["en"] = "Safety of batteries".into();
    document["workload"]["hours"] = 50.into();
    document["learning_outcomes"].as_array_mut().expect("a list").remove(0);
    let after = template(&document);
    let spec = &claim(&after.document)["specifiedBy"];
    assert_eq!(claim(&after.document)["title"]["en"], "Safety of batteries");
    assert_eq!(spec["volumeOfLearning"], "PT50H");
    let outcomes = spec["learningOutcome"].as_array().expect("a list");
    let ids: Vec<&str> = outcomes.iter().filter_map(|outcome| outcome["id"].as_str()).collect();
    assert_eq!(ids, ["https://centre.example/mc/battery-safety#LO2"]);
    assert!(
        !after.document.to_string().contains("stimulate creativity"),
        "said of the outcome that is gone"
    );
    // The activities, the opportunity and everything else are still there.
    let activities = claim(&after.document)["influencedBy"].clone();
    assert_eq!(activities.as_array().map(Vec::len), Some(2), "{activities}");
    assert!(lost(&after.losses) >= 1, "{:#?}", after.losses);

    // Of another country, nothing is said in the words for the first one.
    document["awarding_bodies"][0]["country"] = "PT".into();
    let moved = template(&document);
    let body = &claim(&moved.document)["awardedBy"]["awardingBody"][0];
    let location = body["location"].to_string();
    assert!(
        location.contains("country/PRT") && !location.contains("country/IRL"),
        "{location}"
    );
}

/// The number of a thing without a name is nobody's: after an edit, nothing is said of another assessment.
#[test]
fn what_was_said_of_a_thing_is_not_said_of_another() {
    let assessment = |title: &str, note: &str| {
        json!({"type": "LearningAssessment", "title": {"en": title},
        "specifiedBy": {"type": "LearningAssessmentSpecification", "title": {"en": title}, "altLabel": {"en": note}}})
    };
    let credential = json!({
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "credentialSubject": {"hasClaim": {"type": "LearningAchievement", "title": {"en": "Welding"},
            "provenBy": [assessment("Weld", "said of welding"), assessment("Quiz", "said of the quiz")]}}
    });
    let native = convert("x.json", &credential.to_string(), Target::Native)
        .remove(0)
        .converted;
    let mut document = native.document;
    document["assessment"].as_array_mut().expect("a list").remove(0);
    let back = convert("native.json", &document.to_string(), Target::EdcTemplate)
        .remove(0)
        .converted;
    let said = back.document.to_string();
    assert!(said.contains("Quiz") && !said.contains("said of welding"), "{said}");
    assert!(said.contains("said of the quiz"), "{said}");
    let lost = back.losses.iter().filter(|loss| loss.path.starts_with("/extra"));
    assert_eq!(lost.count(), 1, "{:#?}", back.losses);
}

/// Another version is what was asked for, not what the file had.
#[test]
fn an_edited_version_wins() {
    let text = file("fixtures/formats/edc/full.json");
    let source = Source::new("full.json", text);
    let wanted = Wanted {
        version: ElmVersion::V3_3,
        ..wanted(Target::EdcTemplate)
    };
    let written = convert_file(set("eu"), &source, None, wanted).expect("a readable file");
    let schema = written[0].converted.document["credentialSchema"].to_string();
    assert!(schema.contains("application-profile"), "{schema}");
}

/// Chains of things that name each other twice would grow without end if all were written out.
#[test]
fn things_that_name_each_other_stay_small() {
    let things: Vec<Json> = (0..40)
        .map(|number| {
            let next = json!({"id": format!("urn:thing:{}", number + 1)});
            json!({"id": format!("urn:thing:{number}"), "type": "Note", "first": next, "second": next})
        })
        .chain([json!({"id": "urn:thing:40", "type": "Note", "first": {"id": "urn:thing:0"}})])
        .collect();
    let credential = json!({
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "credentialSubject": {"hasClaim": {"type": "LearningAchievement", "title": {"en": "Welding"}, "notes": things}}
    });
    let back = convert("x.json", &credential.to_string(), Target::EdcTemplate)
        .remove(0)
        .converted;
    let size = back.document.to_string().len();
    assert!(size < 2_000_000, "{size}");
    assert!(back.document.to_string().contains("urn:thing:40"));
}

/// Triple by triple, with another program's JSON-LD.
#[test]
fn every_triple_comes_back() {
    let (Some(shapes), Some(python)) = (shared("reference/shapes"), python("pyld, pyshacl, rdflib")) else {
        return;
    };
    let folder = empty_folder("proofs-again");
    for (number, trip) in trips().iter().enumerate() {
        let put = |name: String, value: &Json| {
            std::fs::write(folder.join(name), value.to_string()).expect("a writable folder")
        };
        put(format!("{number}.before.json"), &trip.credential);
        for (part, practice) in trip.back.iter().enumerate() {
            put(
                format!("{number}.after.{}.json", part + 1),
                &practice.converted.document,
            );
        }
    }
    prove(&python, "again.py", &[&shapes, &folder]);
}
