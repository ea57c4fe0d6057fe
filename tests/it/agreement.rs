//! Two mappers compared: the formula against its published examples, what must hold of it, and what is said.

use credlint::agreement::{Metric, Undefined, alpha};
use credlint::cli::SchemaName;
use credlint::number::{Number, display};
use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{Scratch, code, err, out, run_in};
use crate::schemas::{fits, schema};

/// Rows are observers, columns units; a dot is a missing value.
fn units(rows: &[&str], values: &str) -> Vec<Vec<Option<usize>>> {
    let value = |text: &str| values.find(text).filter(|_| text != ".");
    let rows: Vec<Vec<Option<usize>>> = rows.iter().map(|row| row.split(' ').map(value).collect()).collect();
    (0..rows[0].len())
        .map(|unit| rows.iter().map(|row| row[unit]).collect())
        .collect()
}

fn shown(rows: &[&str], values: &str, metric: Metric) -> String {
    display(alpha(&units(rows, values), values.len(), metric).expect("defined"), 3)
}

/// Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, 2011
/// (repository.upenn.edu/asc_papers/43), section A: binary data, two observers, no missing data.
#[test]
fn binary_data_of_two_observers() {
    let rows = ["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"];
    assert_eq!(shown(&rows, "01", Metric::Nominal), "0.095");
    // Two values are always in order.
    assert_eq!(shown(&rows, "01", Metric::Ordinal), "0.095");
}

/// Source: the same, section B: nominal data, two observers, no missing data.
#[test]
fn nominal_data_of_two_observers() {
    let rows = ["a a b b d c c c e d d a", "b a b b b c c c e d d d"];
    assert_eq!(shown(&rows, "abcde", Metric::Nominal), "0.692");
}

/// The reliability data that sections C and D of the same source work with: four observers, missing data.
const FOUR: [&str; 4] = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
];

/// Source: the same, section C: nominal data, any number of observers, missing data.
#[test]
fn nominal_data_with_missing_values() {
    assert_eq!(shown(&FOUR, "12345", Metric::Nominal), "0.743");
}

/// Source: the same, section D: any metric, any number of observers, missing data.
#[test]
fn ordinal_data_with_missing_values() {
    assert_eq!(shown(&FOUR, "12345", Metric::Ordinal), "0.815");
}

#[test]
fn undefined_cases_are_told_apart() {
    let of = |rows: &[&str]| alpha(&units(rows, "ab"), 2, Metric::Nominal);
    assert_eq!(of(&["a . b", ". a ."]), Err(Undefined::NothingPaired));
    assert_eq!(of(&["a a a", "a a a"]), Err(Undefined::NoVariation));
    // A unit with one value does not count: what varies there is not seen.
    assert_eq!(of(&["a a b", "a a ."]), Err(Undefined::NoVariation));
    assert_eq!(of(&["a b", "a b"]), Ok(Number::from_integer(1)));
    assert_eq!(of(&["a", "b"]), Ok(Number::from_integer(0)));
}

type Pairs = Vec<(Option<usize>, Option<usize>)>;

fn pairs() -> impl Strategy<Value = Pairs> {
    let value = || proptest::option::weighted(0.8, 0usize..3);
    proptest::collection::vec((value(), value()), 0..30)
}

fn of(pairs: &Pairs, metric: Metric) -> Result<Number, Undefined> {
    let units: Vec<Vec<Option<usize>>> = pairs.iter().map(|(a, b)| vec![*a, *b]).collect();
    alpha(&units, 3, metric)
}

proptest! {
    #[test]
    fn alpha_is_one_where_they_agree_and_never_more(pairs in pairs()) {
        for metric in [Metric::Nominal, Metric::Ordinal] {
            if let Ok(alpha) = of(&pairs, metric) {
                prop_assert!(alpha <= Number::from_integer(1));
                let differ = pairs.iter().any(|(a, b)| a.is_some() && b.is_some() && a != b);
                prop_assert_eq!(alpha == Number::from_integer(1), !differ);
            }
        }
    }

    #[test]
    fn neither_who_is_first_nor_the_order_of_units_matters(pairs in pairs(), by in 0usize..30) {
        let swapped: Pairs = pairs.iter().map(|(a, b)| (*b, *a)).collect();
        let mut moved = pairs.clone();
        if !moved.is_empty() {
            let by = by % moved.len();
            moved.rotate_left(by);
        }
        for metric in [Metric::Nominal, Metric::Ordinal] {
            prop_assert_eq!(of(&pairs, metric), of(&swapped, metric));
            prop_assert_eq!(of(&pairs, metric), of(&moved, metric));
        }
    }

    /// Names do not matter to a nominal alpha, the direction not to an ordinal one, and half-said units to neither.
    #[test]
    fn what_the_metrics_do_not_see(pairs in pairs()) {
        let renamed = |to: [usize; 3]| -> Pairs {
            let name = |value: Option<usize>| value.map(|value| to[value]);
            pairs.iter().map(|(a, b)| (name(*a), name(*b))).collect()
        };
        prop_assert_eq!(of(&pairs, Metric::Nominal), of(&renamed([2, 0, 1]), Metric::Nominal));
        prop_assert_eq!(of(&pairs, Metric::Ordinal), of(&renamed([2, 1, 0]), Metric::Ordinal));
        let whole: Pairs = pairs.iter().copied().filter(|(a, b)| a.is_some() && b.is_some()).collect();
        prop_assert_eq!(of(&pairs, Metric::Ordinal), of(&whole, Metric::Ordinal));
    }
}

fn record(id: &str, evidence: &[(&str, &str, &str)]) -> String {
    let lines = evidence.iter().map(|(element, verdict, note)| {
        format!("  {element}: {{verdict: {verdict}, source: s, locator: p. 1, note: {note}}}\n")
    });
    let lines: String = lines.collect();
    let evidence = if lines.is_empty() {
        String::new()
    } else {
        format!("evidence:\n{lines}")
    };
    format!("descriptor: micro-credential/1\nid: {id}\nsources: {{s: {{title: A report}}}}\n{evidence}")
}

/// Two mappers of the same three practices, in folders of different layout, and one practice that only the first has.
fn mappers(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    let both = [("assessment", "met", "an exam"), ("level", "gap", "none named")];
    scratch.write("anna/one.yaml", record("one", &both));
    scratch.write(
        "anna/two.yaml",
        record(
            "two",
            &[
                ("assessment", "met", "a portfolio"),
                ("level", "partial", "national only"),
            ],
        ),
    );
    scratch.write(
        "anna/three.yaml",
        record(
            "three",
            &[("assessment", "gap", "attendance"), ("recognition", "met", "by law")],
        ),
    );
    scratch.write("anna/four.yaml", record("four", &[]));
    scratch.write("ben/1.yaml", record("one", &both));
    scratch.write(
        "ben/more/2.yaml",
        record(
            "two",
            &[("assessment", "gap", "not described"), ("level", "met", "EQF 4")],
        ),
    );
    scratch.write(
        "ben/more/3.yaml",
        record(
            "three",
            &[
                ("assessment", "gap", "attendance"),
                ("recognition", "not-applicable", "a pilot"),
            ],
        ),
    );
    scratch
}

#[test]
fn two_mappers_in_words() {
    let scratch = mappers("mappers-1");
    let run = |arguments: &[&str]| {
        let all = [
            &[
                "agreement",
                "anna",
                "ben",
                "--profile",
                "mapping",
                "--as-of",
                "2026-11-23",
            ],
            arguments,
        ]
        .concat();
        let output = run_in(scratch.path(), &all);
        assert_eq!(code(&output), 0, "{}", err(&output));
        out(&output)
    };
    insta::assert_snapshot!("agreement", run(&[]));
    insta::assert_snapshot!("agreement_plain", run(&["--plain"]));
}

#[test]
fn two_mappers_as_json_fit_the_schema_and_results_give_the_same_as_descriptors() {
    let scratch = mappers("mappers-2");
    let run = |arguments: &[&str]| {
        let output = run_in(scratch.path(), arguments);
        assert_eq!(code(&output), 0, "{}", err(&output));
        out(&output)
    };
    let of_files = run(&[
        "agreement",
        "anna",
        "ben",
        "--profile",
        "mapping",
        "--format",
        "json",
        "--as-of",
        "2026-11-23",
    ]);
    let found: Value = serde_json::from_str(&of_files).expect("JSON");
    fits(&schema(SchemaName::Agreement), &found);
    for name in ["anna", "ben"] {
        let result = run(&[
            "score",
            name,
            "--profile",
            "mapping",
            "--format",
            "json",
            "--as-of",
            "2026-11-23",
        ]);
        scratch.write(&format!("{name}.json"), result);
    }
    let of_results = run(&["agreement", "anna.json", "ben.json", "--format", "json"]);
    let of_results: Value = serde_json::from_str(&of_results).expect("JSON");
    for key in ["practices", "elements", "all", "only_a", "only_b"] {
        assert_eq!(found[key], of_results[key], "{key}");
    }
    let level = found["elements"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|own| own["element"] == "level");
    let level = &level.expect("the level is counted")["judged_by_both"];
    assert_eq!((level["agree"].as_u64(), level["of"].as_u64()), (Some(1), Some(2)));
    assert_eq!(found["only_a"], serde_json::json!(["four"]));
}

#[test]
fn what_cannot_be_compared_says_why() {
    let scratch = mappers("mappers-3");
    let run = |arguments: &[&str]| run_in(scratch.path(), arguments);
    let result = run(&["score", "ben", "--profile", "eu", "--format", "json"]);
    scratch.write("eu.json", out(&result));
    let other = run(&["agreement", "anna", "eu.json", "--profile", "mapping"]);
    assert_eq!(code(&other), 2);
    assert!(
        err(&other).contains("profile `mapping`") && err(&other).contains("`eu`"),
        "{}",
        err(&other)
    );
    scratch.write("else/x.yaml", record("elsewhere", &[]));
    let nothing = run(&["agreement", "anna", "else"]);
    assert_eq!(code(&nothing), 3);
    assert!(err(&nothing).contains("no practice is in both"));
}
