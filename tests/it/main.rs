//! One integration binary. Behaviour is tested at the boundary: text in, practices and reports out.
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod action;
mod agreement;
mod bulk;
mod catalogue;
mod cli;
mod convert;
mod corpora;
mod credentials;
mod damage;
mod diff;
mod docs;
mod fix;
mod formats_badges;
mod formats_elm;
mod forms;
mod fuzz;
mod guide;
mod hostile;
mod house;
mod html;
mod json;
mod languages;
mod lens;
mod lsp;
mod objects;
mod oracle;
mod out;
mod outline;
mod packs;
mod patterns;
mod plain;
mod plan;
mod profiles;
mod proofs;
mod round_trip;
mod rules;
mod schemas;
mod score;
mod seeds;
mod sensitivity;
mod shape;
mod sheet;
mod sheet_runs;
mod shell;
mod supply;
mod traps;
mod tree;
mod typology;
mod waivers;
mod weights;
mod wording;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use credlint::language::Language;
use credlint::lint::{Options, Practice, Presence, lint_source};
use credlint::report::human::{Human, Style};
use credlint::rule::set::{RuleSet, profile_names};
use credlint::source::Source;

/// The crate's folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
fn file(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Reference material that lies beside a development checkout and nowhere else.
fn shared(path: &str) -> Option<PathBuf> {
    let full = root().join("../shared").join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: {} is not here", full.display());
    None
}

/// The embedded pack under a profile; each is built once for all tests.
fn set(profile: &str) -> &'static RuleSet {
    static SETS: OnceLock<Vec<(&str, OnceLock<RuleSet>)>> = OnceLock::new();
    let sets = SETS.get_or_init(|| {
        profile_names()
            .into_iter()
            .map(|name| (name, OnceLock::new()))
            .collect()
    });
    let own = sets.iter().find(|(name, _)| *name == profile);
    let (_, own) = own.unwrap_or_else(|| panic!("there is no profile {profile}"));
    own.get_or_init(|| RuleSet::embedded(profile).expect("an embedded profile"))
}

fn options() -> Options {
    Options {
        as_of: jiff::civil::date(2026, 11, 23),
        language: Language::ENGLISH,
        format_in: None,
    }
}

/// Checks a text under a profile as if it were named on the command line.
fn check_as(profile: &str, name: &str, text: &str) -> Vec<Practice> {
    let source = Arc::new(Source::new(name, text.to_string()));
    lint_source(set(profile), &options(), &source, Presence::Named)
}

/// Checks one descriptor under `eu`.
fn check(text: &str) -> Practice {
    check_as("eu", "x.yaml", text).into_iter().next().expect("one document")
}

/// `rule line:column` of every finding.
fn places(practice: &Practice) -> Vec<String> {
    let source = practice.source();
    let place = |finding: &credlint::finding::Finding| {
        let at = source.position(finding.primary.span.start);
        format!("{} {}:{}", set("eu").rules[finding.rule].id, at.line, at.column)
    };
    practice.findings.iter().map(place).collect()
}

/// Whether a rule speaks, and if so with which message.
fn said<'a>(practice: &'a Practice, rule: &str) -> Option<&'a str> {
    practice
        .findings
        .iter()
        .find(|finding| set("eu").rules[finding.rule].id == rule)
        .map(|finding| finding.message.as_str())
}

/// The text under the primary label of a rule's first finding.
fn pointed<'a>(practice: &'a Practice, rule: &str) -> Option<&'a str> {
    let finding = practice
        .findings
        .iter()
        .find(|finding| set("eu").rules[finding.rule].id == rule)?;
    Some(finding.primary.span.slice(practice.source().text()))
}

fn style() -> Style {
    Style {
        colour: false,
        plain: false,
        links: false,
        width: 80,
        quiet: false,
    }
}

/// The human report of one practice at 80 columns without colour.
fn drawn(profile: &str, practice: &Practice) -> String {
    Human::new(set(profile), style(), Language::ENGLISH).practice(practice)
}
