//! Real files of other people. Those of a format that we read are checked; the others are passed over when walked, and
//! get findings inside the file when named. Nothing panics, and what does not parse gets one clear finding with a place.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use credlint::lint::{Presence, State, lint_source};
use credlint::source::Source;

use crate::{options, set, shared};

fn each(folder: &Path, extensions: &[&str], visit: &mut dyn FnMut(&Path, Arc<Source>)) -> usize {
    let mut count = 0;
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        let wanted = path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| extensions.contains(&extension));
        if !wanted || !entry.file_type().is_file() {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        visit(path, Arc::new(Source::new(path.display().to_string(), text)));
        count += 1;
    }
    count
}

fn look(folder: &str, extensions: &[&str], least: usize) {
    let Some(path) = shared(folder) else { return };
    let count = each(&path, extensions, &mut |path, source| {
        for practice in lint_source(set("eu"), &options(), &source, Presence::Walked) {
            assert!(
                practice.format.is_some() || matches!(practice.state, State::NotADescriptor | State::Unparsable),
                "{} is {:?}",
                path.display(),
                practice.state
            );
        }
        for practice in lint_source(set("eu"), &options(), &source, Presence::Named) {
            assert!(!practice.findings.is_empty(), "{}: nothing is said", path.display());
            for finding in &practice.findings {
                assert!(
                    finding.primary.span.end as usize <= source.text().len(),
                    "{}",
                    path.display()
                );
                assert!(
                    finding.primary.span.range().len() < 2000,
                    "{} frames the file: {}",
                    path.display(),
                    finding.message
                );
            }
            if practice.state == State::Unparsable {
                let fatal = practice
                    .findings
                    .iter()
                    .filter(|finding| {
                        ["yaml/syntax", "yaml/too-large"].contains(&set("eu").rules[finding.rule].id.as_str())
                    })
                    .count();
                assert_eq!(fatal, 1, "{}", path.display());
            }
            let _ = crate::drawn("eu", &practice);
        }
    });
    assert!(count >= least, "{folder}: only {count} files");
}

#[test]
fn study_regulations_of_a_german_university() {
    look("corpora/fub-sup", &["yaml"], 85);
}

#[test]
fn front_matters_of_a_course_hub() {
    look("corpora/sahi-hub", &["yaml"], 20);
}

#[test]
fn every_json_of_the_corpora() {
    look("corpora", &["json", "jsonld"], 200);
}

#[test]
fn named_files_of_other_projects_lead_to_our_keys() {
    let Some(path) = shared("corpora/fub-sup") else { return };
    let mut led = 0;
    each(&path, &["yaml"], &mut |_, source| {
        let practices = lint_source(set("eu"), &options(), &source, Presence::Named);
        led += usize::from(
            practices
                .iter()
                .flat_map(|practice| &practice.findings)
                .any(|finding| finding.message.contains("`learning_outcomes`")),
        );
    });
    assert!(led > 50, "{led}");
}

/// What became of the files of each source: of which format they are, or why they are none that we read.
const TABLE: &[(&str, &str, usize, &str)] = &[
    ("dc4eu-educational-pilot/schema", "-", 7, "JSON Schema"),
    ("dc4eu-educational-pilot/schema", "unparsable", 1, "no JSON"),
    (
        "dc4eu-educational-pilot/valid",
        "-",
        4,
        "attestations of professions, without the classes of the model",
    ),
    ("dc4eu-educational-pilot/valid", "edc", 15, ""),
    ("dc4eu-educational-pilot/valid", "unparsable", 1, "no JSON"),
    (
        "dcc-vc-test-fixtures/valid",
        "-",
        5,
        "credentials that are no badges: endorsements, a degree, a minimal one",
    ),
    ("dcc-vc-test-fixtures/valid", "open-badges-3", 43, ""),
    ("educredentials/schema", "-", 9, "JSON Schema"),
    ("educredentials/valid", "open-badges-3", 32, ""),
    ("elm-official/valid", "edc", 7, ""),
    ("fub-sup/bulk", "-", 85, "a module catalogue in a format of its own"),
    ("ooapi-surf/bulk", "-", 4, "the specification itself"),
    ("ooapi-surf/invalid", "-", 2, "offerings"),
    ("ooapi-surf/invalid", "ooapi", 3, ""),
    ("ooapi-surf/schema", "-", 64, "the specification itself"),
    (
        "ooapi-surf/valid",
        "-",
        42,
        "persons, rooms, news, offerings: everything but courses and programmes",
    ),
    ("ooapi-surf/valid", "ooapi", 29, ""),
    ("openbadges-spec/schema", "-", 43, "JSON Schema"),
    ("openbadges-spec/schema", "unparsable", 1, "no JSON"),
    ("qualitylink/schema", "-", 3, "contexts and frames"),
    ("sahi-hub/bulk", "-", 23, "front matter in a format of its own"),
];

/// Every file of a format that we read is recognised by its content, and the others are passed over; a table of both.
#[test]
fn every_file_of_a_supported_format_is_recognised() {
    let Some(folder) = shared("corpora") else { return };
    let mut found: BTreeMap<(String, String), usize> = BTreeMap::new();
    let files = each(&folder, &["json", "jsonld", "yaml"], &mut |path, source| {
        let inside = path
            .strip_prefix(&folder)
            .expect("inside")
            .to_string_lossy()
            .replace('\\', "/");
        let Some((place, _)) = inside.match_indices('/').nth(1).map(|(at, _)| inside.split_at(at)) else {
            return;
        };
        let practices = lint_source(set("eu"), &options(), &source, Presence::Walked);
        let first = practices.first().expect("something became of it");
        let what = match (first.format, first.state) {
            (Some(format), _) => format,
            (None, State::Unparsable) => "unparsable",
            (None, _) => "-",
        };
        *found.entry((place.to_string(), what.to_string())).or_default() += 1;
    });
    for ((place, what), count) in &found {
        let why = TABLE
            .iter()
            .find(|row| row.0 == place && row.1 == what)
            .map_or("", |row| row.3);
        println!("{count:4}  {place:32}  {what:14}  {why}");
    }
    let rows = TABLE.iter().map(|row| ((row.0.to_string(), row.1.to_string()), row.2));
    assert_eq!(found, rows.collect());
    assert!(files > 400, "{files}");
}
