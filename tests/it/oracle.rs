//! What the rules for a format say, against what the official shapes said of the same files, and what is stated in files,
//! against what somebody else counted. Every disagreement is written down here with its reason, or is a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use credlint::check::CheckFile;
use credlint::descriptor::{FactId, mapped};
use credlint::finding::Finding;
use credlint::lint::{Practice, Presence, lint_source};
use credlint::rule::Level;
use credlint::rule::set::RuleSet;
use credlint::score::Verdict;
use credlint::source::Source;
use credlint::standard::Element;
use serde_json::Value;

use crate::{options, shared};

/// Where the shapes said something else, or nothing: file, what, why.
const DISAGREEMENTS: &[(&str, &str, &str)] = &[(
    "euhepoe-highereducation-proofofenrollment-signed-john-doe.json",
    "EuropeanDigitalCredential.issuer:Or",
    "the list of violations in the baseline ends at twelve, and it counts thirteen",
)];

fn checked(set: &RuleSet, path: &str) -> Option<(Vec<Practice>, Value)> {
    let text = std::fs::read_to_string(shared(&format!("corpora/{path}"))?).expect("readable");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    if let Some(payload) = document.get("payload").and_then(Value::as_str) {
        document = serde_json::from_str(payload).expect("JSON in a seal");
    }
    let practices = lint_source(set, &options(), &Arc::new(Source::new(path, text)), Presence::Named);
    Some((practices, document))
}

/// The names behind the keys, as the published context has them.
fn terms() -> Option<BTreeMap<String, String>> {
    let table = std::fs::read_to_string(shared("reference/vocab/edc-context-terms.csv")?).expect("readable");
    let rows = table.lines().skip(1).filter_map(|row| {
        let mut cells = row.split(',');
        Some((cells.next()?.to_string(), cells.next()?.to_string()))
    });
    Some(rows.collect())
}

fn local(name: &str) -> &str {
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}

/// The class of an object as the report of the shapes names it: the first by its IRI, of what the context knows.
fn class_of<'v>(object: &'v Value, terms: &BTreeMap<String, String>) -> &'v str {
    let types: Vec<&str> = match object.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let known = types
        .into_iter()
        .find(|class| *class != "VerifiableCredential" && terms.contains_key(*class));
    known.unwrap_or("None")
}

/// A finding as the rows of the report that say the same: class, property and constraint.
fn rows(set: &RuleSet, finding: &Finding, document: &Value, terms: &BTreeMap<String, String>) -> Vec<String> {
    let CheckFile::Property(check) = &set.rules[finding.rule].file.check else {
        panic!("{} is no rule about a property", set.rules[finding.rule].id)
    };
    let at = document.pointer(&finding.pointer).expect("a place in the file");
    if check.at_least.is_some() {
        let written: BTreeSet<&String> = check.of.values().flatten().collect();
        let class = class_of(at, terms);
        let key = written.iter().map(|way| way.rsplit('/').next().expect("a key"));
        let mut missing = key.filter(|key| match at.get(*key) {
            // Where one rule asks for several, the message says which.
            _ if written.len() > 1 => finding.message.contains(&format!("`{key}`")),
            Some(_) => false,
            None => true,
        });
        let key = missing.next().expect("something is missing");
        let name = local(terms.get(key).map_or(key, String::as_str));
        let mut rows = vec![format!("{class}.{name}:MinCount")];
        // What the issuer lacks is reported of the credential as well.
        let of_issuer = written.iter().any(|way| way.starts_with("issuer/"));
        rows.extend(of_issuer.then(|| "EuropeanDigitalCredential.issuer:Node".to_string()));
        return rows;
    }
    let (mut above, mut key) = finding.pointer.rsplit_once('/').expect("a property");
    while key.parse::<usize>().is_ok() {
        (above, key) = above.rsplit_once('/').expect("a property");
    }
    let class = class_of(document.pointer(above).expect("an object"), terms);
    let several = check
        .class
        .iter()
        .any(|part| part.is.len() > 1 && part.of.get(class).is_some_and(|keys| keys.iter().any(|own| own == key)));
    let constraint = match (check.class.is_empty(), several) {
        (true, _) => "NodeKind",
        (false, true) => "Or",
        (false, false) => "Class",
    };
    vec![format!(
        "{class}.{}:{constraint}",
        local(terms.get(key).map_or(key, String::as_str))
    )]
}

fn texts(value: &Value) -> BTreeSet<String> {
    let items = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    items
        .map(|text| text.replace("credentials#VerifiableCredential", "EuropeanDigitalCredential"))
        .collect()
}

#[test]
fn what_a_credential_violates_is_what_the_official_shapes_say() {
    let (Some(baseline), Some(terms)) = (shared("corpora/edc_shacl_baseline.json"), terms()) else {
        return;
    };
    let baseline: Value = serde_json::from_str(&std::fs::read_to_string(baseline).expect("readable")).expect("JSON");
    let set = crate::set("edc-issuance");
    let (mut files, mut agreed, mut explained, mut unexplained) = (0, 0, BTreeSet::new(), Vec::new());
    for row in baseline.as_array().expect("a list") {
        let path = row[0].as_str().expect("a file");
        let Some((practices, document)) = checked(set, path) else {
            return;
        };
        let own = practices.iter().flat_map(|practice| &practice.findings);
        let own = own.filter(|finding| set.rules[finding.rule].id.starts_with("edc/"));
        let (mut said, mut dropped) = (BTreeSet::new(), BTreeSet::new());
        for finding in own {
            // A warning is about what the shapes let pass.
            match (finding.level, set.rules[finding.rule].id.as_str()) {
                (Level::Error, _) => said.extend(rows(set, finding, &document, &terms)),
                (_, "edc/key-unknown") => {
                    dropped.insert(finding.message.split('`').nth(1).expect("a key").to_string());
                }
                (_, other) => assert_eq!(other, "edc/day-without-time"),
            }
        }
        let expected = texts(&row[3]);
        files += 1;
        agreed += said.intersection(&expected).count();
        let name = path.rsplit('/').next().unwrap_or(path);
        let ours = said.difference(&expected).map(|row| (row, "only ours"));
        let theirs = expected.difference(&said).map(|row| (row, "only theirs"));
        for (what, whose) in ours.chain(theirs) {
            match DISAGREEMENTS.iter().find(|known| known.0 == name && known.1 == what) {
                Some(known) => {
                    println!("{name}: {what} is {whose}: {}", known.2);
                    explained.insert((known.0, known.1));
                }
                None => unexplained.push(format!("{name}: {what} is {whose}")),
            }
        }
        if dropped != texts(&row[4]) {
            unexplained.push(format!(
                "{name}: keys dropped: {dropped:?}, in the baseline {:?}",
                texts(&row[4])
            ));
        }
    }
    println!("{files} files, {agreed} violations found by both");
    assert!(unexplained.is_empty(), "\n{}", unexplained.join("\n"));
    assert_eq!(
        explained.len(),
        DISAGREEMENTS.len(),
        "a disagreement is over: {explained:?}"
    );
    assert_eq!(files, 21);
}

/// Where we see more, or less, than was counted: file, column, why.
const COUNTED_OTHERWISE: &[(&str, &str, &str)] = &[(
    "Sample-MC-Annex1-signed.jsonld",
    "*",
    "counted without opening the seal; inside is what the unsealed sample states",
)];

/// Whether an item of a list states a key.
fn has(text: &str, list: &[&str], key: &str) -> bool {
    let set = crate::set("eu");
    let trees = credlint::tree::parse(text);
    let documents: Vec<_> = trees
        .iter()
        .flat_map(|tree| mapped::Document::all(tree, None))
        .collect();
    documents.iter().any(|document| {
        let descriptor = document.read(document.records[0], &set.placeholders);
        let stated = |item: &FactId| {
            descriptor
                .get(*item, key)
                .is_some_and(|fact| descriptor.is_stated(fact))
        };
        descriptor.children(descriptor.at(list)).iter().any(stated)
    })
}

/// Whether a file says each element, as somebody else counted it, in every row and column.
#[test]
fn what_is_stated_is_what_others_have_counted() {
    let Some(baseline) = shared("corpora/annex1_presence_baseline.csv") else {
        return;
    };
    let table = std::fs::read_to_string(baseline).expect("readable");
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let elements = [
        ("title", Element::Title),
        ("country", Element::Country),
        ("awarding", Element::AwardingBody),
        ("LO", Element::LearningOutcomes),
        ("workload", Element::Workload),
        ("level", Element::Level),
        ("participation", Element::Participation),
        ("QA", Element::QualityAssurance),
        ("prereq", Element::Prerequisites),
        ("idver", Element::Supervision),
        ("stack", Element::Stackability),
    ];
    let (mut cells, mut explained, mut unexplained, mut seen) = (0, BTreeSet::new(), Vec::new(), BTreeMap::new());
    for row in lines {
        let counted: BTreeMap<&str, &str> = header.iter().copied().zip(row.split(',')).collect();
        let path = counted["path"];
        let Some((practices, document)) = checked(crate::set("eu"), path) else {
            return;
        };
        assert_eq!(practices.len(), 1, "{path}");
        let verdict = |element: Element| practices[0].verdict(element) != Verdict::NotStated;
        let mut stated: BTreeMap<&str, bool> = elements.iter().map(|(name, own)| (*name, verdict(*own))).collect();
        // Columns that are narrower than the element, or no element of a descriptor.
        let text = document.to_string();
        stated.insert("assess_type", has(&text, &["assessment"], "type"));
        stated.insert("grade", has(&text, &["issued", "results"], "grade"));
        assert_eq!(stated.len() + 2, header.len());
        seen.insert(path.to_string(), stated.clone());
        for (column, ours) in stated {
            cells += 1;
            if ours == (counted[column] == "1") {
                continue;
            }
            let name = path.rsplit('/').next().unwrap_or(path);
            let mut known = COUNTED_OTHERWISE.iter();
            match known.find(|known| known.0 == name && (known.1 == column || known.1 == "*")) {
                Some(known) => {
                    println!(
                        "{name}, {column}: {}: {}",
                        if ours { "stated" } else { "not stated" },
                        known.2
                    );
                    explained.insert((known.0, known.1));
                }
                None => unexplained.push(format!("{name}, {column}: we see {ours}")),
            }
        }
    }
    println!("{cells} cells");
    let sample = |form: &str| &seen[&format!("elm-official/valid/Sample-MC-Annex1-{form}.jsonld")];
    assert_eq!(sample("signed"), sample("unsigned"));
    assert!(unexplained.is_empty(), "\n{}", unexplained.join("\n"));
    assert_eq!(
        explained.len(),
        COUNTED_OTHERWISE.len(),
        "a disagreement is over: {explained:?}"
    );
    assert_eq!(cells, 21 * 13);
}
