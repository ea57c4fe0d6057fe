//! The parts of the street apart, over the exemplary descriptor: `cargo bench`.
//!
//! What is compared are ratios within one run; `benches/README.md` has them with machine and date. The bench
//! `rules_and_score` must stay below half of `tree`.

use std::sync::Arc;

use credlint::catalogue::Index;
use credlint::descriptor::native;
use credlint::language::Language;
use credlint::lint::catalogue::lint_catalogue;
use credlint::lint::{Options, Presence, lint_source};
use credlint::report::human::{Human, Style};
use credlint::rule::set::RuleSet;
use credlint::source::Source;
use credlint::{schema, tree};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const FAULTY: &str = include_str!("../fixtures/corpus/faulty.yaml");
const EXEMPLARY: &str = include_str!("../fixtures/corpus/exemplary.yaml");

fn set() -> RuleSet {
    RuleSet::embedded("eu").expect("eu")
}

fn options() -> Options {
    Options {
        as_of: jiff::civil::date(2026, 11, 23),
        language: Language::ENGLISH,
        format_in: None,
    }
}

/// Text → tree by the full parser, which every text can take: what everything else is measured against.
#[divan::bench]
fn tree(bencher: Bencher<'_, '_>) {
    bencher.bench(|| tree::parse_fully(black_box(EXEMPLARY)));
}

/// The same by the plain road, which must be four times as fast.
#[divan::bench]
fn tree_plain(bencher: Bencher<'_, '_>) {
    bencher.bench(|| tree::plain::parse(black_box(EXEMPLARY)).expect("plain"));
}

/// The full parser after the plain road has given up in the last line.
#[divan::bench]
fn tree_plain_given_up(bencher: Bencher<'_, '_>) {
    let text = format!("{EXEMPLARY}x-last: &a 1\n");
    bencher.bench(|| tree::parse_yaml(black_box(&text)));
}

/// The same descriptor as JSON by the JSON road.
#[divan::bench]
fn tree_of_json(bencher: Bencher<'_, '_>) {
    let text = as_json();
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| tree::json::parse(black_box(&text)));
}

/// The same JSON by the full parser: the JSON road must be three times as fast.
#[divan::bench]
fn tree_of_json_by_the_full_parser(bencher: Bencher<'_, '_>) {
    let text = as_json();
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| tree::parse_fully(black_box(&text)));
}

fn as_json() -> String {
    let trees = tree::parse(EXEMPLARY);
    serde_json::to_string_pretty(&schema::to_json(&trees[0], trees[0].root.expect("a document"))).expect("JSON")
}

/// The same text by the living successor of serde_yaml, without positions: what the choice is measured against.
#[divan::bench]
fn tree_by_serde_yaml(bencher: Bencher<'_, '_>) {
    bencher.bench(|| serde_yaml::from_str::<serde_yaml::Value>(black_box(EXEMPLARY)));
}

/// Tree → yes or no by the JSON Schema.
#[divan::bench]
fn shape(bencher: Bencher<'_, '_>) {
    let trees = tree::parse(EXEMPLARY);
    bencher.bench(|| {
        let tree = black_box(&trees[0]);
        schema::errors_at(schema::descriptor_validator(), tree, tree.root.expect("a document"))
    });
}

/// Tree → facts.
#[divan::bench]
fn lens(bencher: Bencher<'_, '_>) {
    let set = set();
    let trees = tree::parse(EXEMPLARY);
    bencher.bench(|| native::read(black_box(&trees[0]), trees[0].root, &set.native, &set.placeholders));
}

/// Facts → outcomes of every rule, verdicts, gaps and definition.
#[divan::bench]
fn rules_and_score(bencher: Bencher<'_, '_>) {
    let set = set();
    let trees = tree::parse(EXEMPLARY);
    // Anew each time: the outcomes are read by the first rule that asks how they are worded.
    let facts = || native::read(&trees[0], trees[0].root, &set.native, &set.placeholders);
    bencher
        .with_inputs(facts)
        .bench_refs(|descriptor| credlint::lint::judge_facts(&set, &options(), black_box(descriptor)));
}

/// Facts → what the rules over a catalogue keep of a practice.
#[divan::bench]
fn record(bencher: Bencher<'_, '_>) {
    let set = set();
    let trees = tree::parse(EXEMPLARY);
    let descriptor = native::read(&trees[0], trees[0].root, &set.native, &set.placeholders);
    bencher.bench(|| set.catalogue.draft(black_box(&descriptor)));
}

/// The rules over a catalogue of 10,000 records.
#[divan::bench]
fn catalogue(bencher: Bencher<'_, '_>) {
    let (set, mut index) = (set(), Index::default());
    for number in 0..10_000 {
        let text = EXEMPLARY.replace("id: es-iem-hv-body-shop", &format!("id: es-iem-{number}"));
        let trees = tree::parse(&text);
        let descriptor = native::read(&trees[0], trees[0].root, &set.native, &set.placeholders);
        index.add(number, 0, 1, &set.catalogue.draft(&descriptor));
    }
    bencher.bench(|| lint_catalogue(&set, &options(), black_box(&index), |_| "x.yaml"));
}

/// Everything, for a descriptor in which nothing is wrong.
#[divan::bench]
fn street_clean(bencher: Bencher<'_, '_>) {
    let (set, source) = (set(), Arc::new(Source::new("x.yaml", EXEMPLARY.to_string())));
    bencher.bench(|| lint_source(&set, &options(), black_box(&source), Presence::Named));
}

/// Everything, for a descriptor with findings, drawn.
#[divan::bench]
fn street_faulty_drawn(bencher: Bencher<'_, '_>) {
    let (set, source) = (set(), Arc::new(Source::new("x.yaml", FAULTY.to_string())));
    let style = Style {
        colour: false,
        plain: false,
        links: false,
        width: 80,
        quiet: false,
    };
    bencher.bench(|| {
        let practices = lint_source(&set, &options(), black_box(&source), Presence::Named);
        Human::new(&set, style, Language::ENGLISH).practice(&practices[0])
    });
}

/// The rule pack from its JSON, as at every start.
#[divan::bench]
fn load_rules() -> RuleSet {
    set()
}
