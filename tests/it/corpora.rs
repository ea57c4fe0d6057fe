//! Real files of other people. Those of a format that we read are checked; the others are passed over when walked, and
//! get findings inside the file when named. Nothing panics, and what does not parse gets one clear finding with a place.

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
