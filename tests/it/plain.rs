//! The plain road gives what the full parser gives, value and span, or nothing. `examples/roads.rs` compares the same over
//! millions of documents.

use std::path::{Path, PathBuf};
use std::process::Command;

use credlint::tree::{parse, parse_fully, plain};
use proptest::prelude::*;

use crate::cli::Scratch;
use crate::damage::{Random, damaged, document};
use crate::{file, root, shared};

/// Whether the plain road took it; what it gives is compared, to the last span and the order of the nodes.
fn agrees(text: &str) -> bool {
    let Some(quick) = plain::parse(text) else { return false };
    let full = parse_fully(text);
    assert!(quick == full, "{text}\nplain: {quick:#?}\nfull: {full:#?}");
    true
}

fn yaml_files(folder: &Path) -> Vec<(PathBuf, String)> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name();
    let is_yaml = |path: &Path| path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    files
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| is_yaml(entry.path()))
        .filter_map(|entry| Some((entry.path().into(), std::fs::read_to_string(entry.path()).ok()?)))
        .collect()
}

#[test]
fn both_roads_agree_on_what_people_write() {
    for text in [
        "a: 1\n",
        "a: 1",
        "# first\n\na: x # y\n\n# last\n",
        "a:\nb: ~\nc:   # nothing\n",
        "a:\n  b:\n    c: 1\n  d: 2\ne: 3\n",
        "- a\n- b\n-\n- c\n",
        "a:\n- x\n- y\nb: 1\n",
        "a:\n  - x\n  -   k: 1\n      l: 2\n  - - 1\n    - 2\n",
        "a:\n- - x\n  - y\n- # c\n  z: 1\n",
        "a:\n- # c\n  z: 1\n-\n  y\n",
        "'a': \"b\\n\\u00e9\"\n\"c d\" : 'it''s'\ne : f\n",
        "a: [x, 'y', \"z\", [1, 2], {k: v, \"l\": 12:30}, -1, C#, https://a.example/]\nb: {}\nc: [ ]\n",
        "a: [x,\n  y,\n]\nb: {k: 1,\n    l: 2\n  }\n",
        "a: one\n  two\n\n  three\n    - four\nb:\n  five\n  six\n",
        "a: |\n  one\n   two\n\n  three\n\nb: >-\n  one\n  two\n\n  three\n    more\n  four\nc: |+\n  x\n\n\nd: >\n\n  y\n",
        "- |\n one\n two\n- >+\n x\n\n",
        "a: http://x.example/#a\nb: 12:30\nc: a#b\nd: -1\ne: ---\nf: x:y\n",
        "---\na: 1\n--- # c\nb: 2\n---   \n- c\n",
        "título: Formação – ü\nx: {ä: ö}\n",
        "  a: 1\n  b: 2\n",
        "a: x   \nb: \"y\"   # c\nc: [z]  \n",
    ] {
        assert!(agrees(text), "{text}");
    }
}

/// What it does not know to the last rule goes the long way, where it gets its finding.
#[test]
fn what_is_not_plain_is_left_to_the_full_parser() {
    let deep = "- ".repeat(60) + "x\n";
    let long = format!("{}: 1\n", "k".repeat(1100));
    for text in [
        "",
        "\n# only a comment\n",
        "text\n",
        "[a, b]\n",
        "\"a\"\n",
        "a: &x 1\n",
        "a: *x\n",
        "a: !t x\n",
        "? a\n: b\n",
        "<<: {a: 1}\n",
        "a: 1\nb: 2\na: 3\n",
        "a: {b: 1, b: 2}\n",
        "a:\tb\n",
        "a: 1\r\n",
        "\u{FEFF}a: 1\n",
        "a: \u{85}\n",
        "a: \0\n",
        "a: x\u{7F}\n",
        "a: b: c\n",
        "a: b\n  c: d\n",
        "a: b # c\n  d\n",
        "a:\n    b: 1\n  c: 2\n",
        "a:\n  - x\n  b: 1\n",
        "a: 1\n- x\n",
        "a: - x\n",
        "a: @x\n",
        "a: %x\n",
        "%YAML 1.2\n---\na: 1\n",
        "a: 1\n...\n",
        "a: 1\n---\n",
        "--- x\n",
        "---\n",
        "a: \"x\n  y\"\n",
        "a: 'x\n  y'\n",
        "a: \"x\" y\n",
        "a: \"x\"# y\n",
        "a: \"\\q\"\n",
        "a: \"x\n",
        "a: |2\n    x\n",
        "a: |\n\n    x\n   y\n",
        "a: |\nb: 1\n",
        "a: [x\n",
        "a: [x, # c\n  y]\n",
        "a: [b: c]\n",
        "a: {b}\n",
        "a: {b: }\n",
        "a: {\"b\":1}\n",
        "a: [x y\n  z]\n",
        "a: [x,\n---\ny]\n",
        "a: [x] y\n",
        "a\n",
        "a: 1\nb\n",
        &deep,
        &long,
    ] {
        assert!(plain::parse(text).is_none(), "{text}");
    }
}

#[test]
fn both_roads_agree_on_the_files_of_the_repository() {
    let (mut all, mut taken) = (0, 0);
    for (_, text) in ["fixtures", "seeds"]
        .iter()
        .flat_map(|folder| yaml_files(&root().join(folder)))
    {
        all += 1;
        taken += usize::from(agrees(&text));
    }
    assert!(taken * 100 > all * 95, "{taken} of {all}");
}

#[test]
fn both_roads_agree_on_the_corpora() {
    let Some(folder) = shared("corpora") else { return };
    let files = yaml_files(&folder);
    let taken = files.iter().filter(|(_, text)| agrees(text)).count();
    assert!(taken > 150, "{taken} of {}", files.len());
}

/// Source: the YAML test suite (yaml/yaml-test-suite), one file for the input of each case.
#[test]
fn both_roads_agree_on_the_yaml_test_suite() {
    let Some(folder) = shared("yaml-test-suite") else {
        return;
    };
    let files = yaml_files(&folder);
    let taken = files.iter().filter(|(_, text)| agrees(text)).count();
    assert!(taken > 40, "{taken} of {}", files.len());
}

/// Otherwise the road would be right by never being taken.
#[test]
fn clean_descriptors_take_the_plain_road() {
    let is_clean = |text: &str| {
        parse(text)
            .iter()
            .all(|tree| tree.root.is_some() && tree.problems.is_empty())
    };
    let (mut all, mut left) = (0, Vec::new());
    for (path, text) in yaml_files(&root().join("fixtures")) {
        if is_clean(&text) {
            all += 1;
            if plain::parse(&text).is_none() {
                left.push(path);
            }
        }
    }
    assert!(
        all > 500 && left.len() * 20 <= all,
        "{} of {all}: {left:#?}",
        left.len()
    );
}

#[test]
fn generated_descriptors_take_the_plain_road() {
    let program = Path::new(env!("CARGO_BIN_EXE_credlint"))
        .with_file_name("examples")
        .join("generate");
    if !program.exists() {
        println!("skipped: {} is not built", program.display());
        return;
    }
    let scratch = Scratch::new("plain");
    let status = Command::new(program)
        .current_dir(scratch.path())
        .args(["300", "stream.yaml"])
        .stderr(std::process::Stdio::null())
        .status();
    assert!(status.expect("runs").success());
    let text = std::fs::read_to_string(scratch.path().join("stream.yaml")).expect("a stream");
    // A few of them have a key twice, which is a matter for the full parser.
    let documents: Vec<&str> = text.split("\n---\n").collect();
    let taken = documents.iter().filter(|document| agrees(document)).count();
    assert_eq!(documents.len(), 300);
    assert!(taken >= 285, "{taken} of 300");
}

/// A late surprise costs no more than the reading up to it, and changes nothing.
#[test]
fn a_trap_at_the_end_leaves_everything_to_the_full_parser() {
    let text = file("fixtures/corpus/exemplary.yaml");
    assert!(agrees(&text));
    for trap in ["x-a: &a 1\n", "x-a: \"two\n  lines\"\n", "id: again\n", "x\n"] {
        let text = text.clone() + trap;
        assert!(plain::parse(&text).is_none(), "{trap}");
        assert_eq!(parse(&text), parse_fully(&text), "{trap}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn both_roads_agree_on_generated_documents(seed in any::<u64>()) {
        let _ = agrees(&document(&mut Random(seed)));
    }

    #[test]
    fn both_roads_agree_on_damaged_descriptors(seed in any::<u64>()) {
        let one = include_str!("../../fixtures/corpus/faulty.yaml");
        let other = include_str!("../../fixtures/corpus/exemplary.yaml");
        let _ = agrees(&damaged(one, other, &mut Random(seed)));
        let _ = agrees(&damaged(other, one, &mut Random(seed)));
    }
}

/// The generated documents are no mere refusals.
#[test]
fn a_good_part_of_the_generated_documents_is_plain() {
    let mut random = Random(7);
    let taken = (0..1000).filter(|_| agrees(&document(&mut random))).count();
    assert!(taken > 250, "{taken}");
}
