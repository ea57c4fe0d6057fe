//! Rules over a whole catalogue: when they run, what they show, and what they cost.

use std::io::Write;
use std::process::Stdio;

use credlint::catalogue::Index;
use credlint::lint::catalogue::lint_catalogue;
use serde_json::Value;

use crate::cli::{Scratch, code, command, err, out, run_in};
use crate::{check_as, file, options, root, set};

fn with(id: &str, rest: &str) -> String {
    format!("descriptor: micro-credential/1\nid: {id}\n{rest}")
}

const A: &str = "prerequisites: [{id: b}]\n";
const B: &str = "prerequisites: [{id: a}]\n";

fn json(scratch: &Scratch, paths: &[&str]) -> Value {
    let arguments = [&["check"], paths, &["--format", "json"]].concat();
    serde_json::from_str(&out(&run_in(scratch.path(), &arguments))).expect("JSON")
}

fn rules(result: &Value) -> Vec<String> {
    let findings = result["catalogue"]["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().expect("a rule").to_string())
        .collect()
}

#[test]
fn the_faulty_catalogue_as_people_and_programs_see_it() {
    let human = out(&run_in(
        &root(),
        &["check", "fixtures/catalogue", "--quiet", "--width", "100"],
    ));
    let section = &human[human.find("In the catalogue").expect("a section")..];
    let stable: Vec<&str> = section
        .lines()
        .take_while(|line| !line.contains(" checked · "))
        .collect();
    insta::assert_snapshot!("catalogue_human", stable.join("\n"));
    let text = out(&run_in(&root(), &["check", "fixtures/catalogue", "--format", "json"]));
    let result: Value = serde_json::from_str(&text).expect("JSON");
    insta::assert_snapshot!(
        "catalogue_json",
        serde_json::to_string_pretty(&result["catalogue"]).expect("JSON")
    );
    let schema: Value = serde_json::from_str(&file("schemas/result.schema.json")).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &result));
}

#[test]
fn plain_words_name_every_file() {
    let text = out(&run_in(&root(), &["check", "fixtures/catalogue", "--plain", "--quiet"]));
    assert!(
        text.contains("see also fixtures/catalogue/ladder/hv-301-live-work.yaml, line 14, column 22, needs this first"),
        "{text}"
    );
}

#[test]
fn a_catalogue_is_a_walked_folder_and_never_a_handful_of_named_files() {
    let scratch = Scratch::new("catalogue-when");
    scratch.write("courses/a.yaml", with("a", A));
    scratch.write("courses/b.yaml", with("b", B));
    assert_eq!(rules(&json(&scratch, &["courses"])), ["catalogue/prerequisite-cycle"]);
    let named = json(&scratch, &["courses/a.yaml", "courses/b.yaml"]);
    assert_eq!(named["catalogue"]["run"], false);
    assert_eq!(named["catalogue"]["reason"], "files were named, not a catalogue");
    assert_eq!(named["summary"]["catalogue"], Value::Null);
    let text = out(&run_in(scratch.path(), &["check", "courses/a.yaml"]));
    assert!(text.contains("catalogue rules not run: files were named"), "{text}");
    // A file that is named as well is one file of the catalogue, not two.
    let both = json(&scratch, &["courses", "courses/a.yaml"]);
    assert_eq!(both["catalogue"]["records"], 2);
}

#[test]
fn the_configured_catalogue_is_read_beside_the_named_files() {
    let scratch = Scratch::new("catalogue-root");
    scratch.write("credlint.yaml", "catalogue: {root: courses}\n");
    scratch.write("courses/a.yaml", with("a", A));
    scratch.write("courses/deep/b.yaml", with("b", B));
    scratch.write("courses/compose.yaml", "services: {}\n");
    scratch.write("draft.yaml", with("a", "title: Draft\n"));
    let result = json(&scratch, &["courses/a.yaml"]);
    assert_eq!(result["summary"]["checked"], 1);
    assert_eq!(result["catalogue"]["records"], 2);
    assert_eq!(rules(&result), ["catalogue/prerequisite-cycle"]);
    let labels = &result["catalogue"]["findings"][0]["labels"];
    assert_eq!(labels[1]["file"], "courses/deep/b.yaml");
    assert_eq!(
        rules(&json(&scratch, &["draft.yaml"])),
        ["catalogue/id-repeated", "catalogue/prerequisite-cycle"]
    );
    for (text, place, message) in [
        (
            "catalogue: {root: coarses}\n",
            "credlint.yaml:1:19",
            "there is no folder",
        ),
        (
            "catalogue: {rot: courses}\n",
            "credlint.yaml:1:13",
            "did you mean `root`",
        ),
    ] {
        scratch.write("credlint.yaml", text);
        let output = run_in(scratch.path(), &["check", "draft.yaml"]);
        assert_eq!(code(&output), 2);
        let words = err(&output);
        assert!(words.contains(place) && words.contains(message), "{words}");
    }
}

#[test]
fn the_order_of_paths_changes_nothing() {
    let scratch = Scratch::new("catalogue-order");
    for (name, rest) in [("x/c.yaml", "b"), ("y/b.yaml", "a"), ("z/a.yaml", "c")] {
        let id = &name[2..3];
        let text = with(
            id,
            &format!("stackability: {{status: both, part_of: [{rest}, lost]}}\n"),
        );
        scratch.write(name, text);
    }
    let first = json(&scratch, &["x", "y", "z"])["catalogue"].clone();
    let second = json(&scratch, &["z", "x", "y"])["catalogue"].clone();
    assert_eq!(first, second);
    assert_eq!(
        first["findings"][0]["message"],
        "`c` counts towards itself: c → b → a → c"
    );
}

#[test]
fn findings_count_for_the_exit_code_and_in_no_score() {
    let scratch = Scratch::new("catalogue-exit");
    let exemplary = file("fixtures/corpus/exemplary.yaml");
    scratch.write("a.yaml", &exemplary);
    let alone = json(&scratch, &["."]);
    assert_eq!(code(&run_in(scratch.path(), &["check", "."])), 0);
    scratch.write("b.yaml", &exemplary);
    let output = run_in(scratch.path(), &["check", "."]);
    assert_eq!(code(&output), 1, "{}", out(&output));
    let together = json(&scratch, &["."]);
    assert_eq!(rules(&together), ["catalogue/id-repeated"]);
    assert_eq!(together["summary"]["in_catalogue"], 1);
    assert_eq!(together["summary"]["errors"], 1);
    assert_eq!(together["practices"][0]["gaps"], alone["practices"][0]["gaps"]);
    assert_eq!(code(&run_in(scratch.path(), &["score", "."])), 0);
}

#[test]
fn only_what_compares_practices_can_be_shown() {
    let scratch = Scratch::new("catalogue-only");
    let run = |arguments: &[&str]| run_in(scratch.path(), &[&["check", "--only-catalogue"], arguments].concat());
    scratch.write("a.yaml", with("a", A));
    scratch.write("b.yaml", with("b", B));
    let both = run(&["."]);
    assert_eq!(code(&both), 1);
    let text = out(&both);
    assert!(text.contains("catalogue/prerequisite-cycle"), "{text}");
    assert!(
        !text.contains("workload/missing") && !text.contains("mandatory"),
        "{text}"
    );
    assert!(
        text.contains("findings in single files left out (--only-catalogue)"),
        "{text}"
    );
    let result: Value = serde_json::from_str(&out(&run(&[".", "--format=json"]))).expect("JSON");
    let whole = json(&scratch, &["."]);
    assert_eq!(result["catalogue"], whole["catalogue"]);
    for practice in result["practices"].as_array().expect("practices") {
        assert_eq!(practice["findings"].as_array().map(Vec::len), Some(0), "{practice}");
    }
    let (own, summary) = (&result["summary"], &whole["summary"]);
    let count = |of: &Value| ["errors", "warnings", "advice"].map(|level| of[level].as_u64().expect("a count"));
    assert_eq!(count(own), [1, 0, 0]);
    assert_eq!(
        own["left_out"].as_u64().expect("a count") + 1,
        count(summary).iter().sum::<u64>()
    );

    // Everything that could not be read still counts.
    scratch.write("b.yaml", with("b", "title: Welding\n"));
    assert_eq!(code(&run(&["."])), 0);
    scratch.write("c.yaml", with("[c", ""));
    let broken = run(&["."]);
    assert_eq!(code(&broken), 1);
    assert!(out(&broken).contains("yaml/syntax"), "{}", out(&broken));
    scratch.write("c.yaml", b"descriptor: micro-credential/1\nid: \xff\n");
    assert_eq!(code(&run(&["."])), 2);
    std::fs::remove_file(scratch.path().join("c.yaml")).expect("there");

    // Where there is no catalogue, nothing was looked at.
    let named = run(&["a.yaml"]);
    assert_eq!(code(&named), 3);
    assert!(err(&named).contains("no catalogue was checked"), "{}", err(&named));
    for other in ["--no-catalogue", "--fix", "--diff", "--write-baseline=known.yaml"] {
        assert_eq!(code(&run(&[".", other])), 2, "{other}");
    }
}

/// What waives a finding that is left out still does, and is not called stale.
#[test]
fn waivers_of_what_is_left_out_are_not_stale() {
    let scratch = Scratch::new("catalogue-only-waivers");
    scratch.write("a.yaml", with("a", A));
    scratch.write("b.yaml", with("b", B));
    let known = ["check", ".", "--write-baseline=known.yaml", "--fail-on=never"];
    assert_eq!(code(&run_in(scratch.path(), &known)), 0);
    let only = [
        "check",
        ".",
        "--only-catalogue",
        "--baseline=known.yaml",
        "--fail-on=advice",
    ];
    let output = run_in(scratch.path(), &only);
    assert_eq!(code(&output), 0, "{}", out(&output));
    scratch.write("b.yaml", with("b", "title: Welding\n"));
    let stale = run_in(scratch.path(), &only);
    assert_eq!(code(&stale), 1);
    assert!(out(&stale).contains("waiver/unused"), "{}", out(&stale));
}

#[test]
fn standard_input_is_shown_though_it_cannot_be_read_again() {
    let scratch = Scratch::new("catalogue-stdin");
    scratch.write("courses/a.yaml", with("a", "title: Safety\n"));
    let mut child = command(
        scratch.path(),
        &["check", "courses", "-", "--stdin-filename", "draft.yaml"],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .spawn()
    .expect("runs");
    let mut stdin = child.stdin.take().expect("stdin");
    stdin.write_all(with("A", "").as_bytes()).expect("written");
    drop(stdin);
    let text = out(&child.wait_with_output().expect("ends"));
    assert!(text.contains("draft.yaml:2:5"), "{text}");
    assert!(
        text.contains("2 descriptors have the id `a`, also written `A`"),
        "{text}"
    );
}

/// Every report masks them; so does one that reads a file a second time.
#[test]
fn learner_data_beside_a_place_is_masked() {
    let scratch = Scratch::new("catalogue-learner");
    for name in ["a.yaml", "b.yaml"] {
        scratch.write(name, with("one", "learner: Ana Exemple\ntitle: Safety\n"));
    }
    let output = run_in(scratch.path(), &["check", "."]);
    assert!(out(&output).contains("catalogue/id-repeated"));
    assert!(!out(&output).contains("Ana Exemple"), "{}", out(&output));
}

#[test]
fn a_file_that_changes_meanwhile_is_named_and_not_shown() {
    use credlint::lint::catalogue::Reread;
    use credlint::report::human::Human;
    let practices = ["a.yaml", "b.yaml"].map(|name| check_as("eu", name, &with("one", "")).remove(0));
    let mut index = Index::default();
    for (number, practice) in (0..).zip(&practices) {
        let fingerprint = Index::fingerprint(practice.source().text());
        index.add(number, fingerprint, 1, practice.record.as_ref().expect("a record"));
        assert!(index.is_unchanged(number, practice.source().text()));
        assert!(!index.is_unchanged(number, "descriptor: micro-credential/1\n"));
    }
    let name = |file: u32| practices[file as usize].source().name();
    let found = lint_catalogue(set("eu"), &options(), &index, name).findings.remove(0);
    let sources = [practices[0].source().clone(), Reread::gone("b.yaml").source];
    let drawn = Human::new(set("eu"), crate::style(), options().language).drawn(&sources, &found.finding);
    assert!(drawn.contains("╭─[a.yaml:2:5]"), "{drawn}");
    assert!(drawn.contains("b.yaml changed while it was read"), "{drawn}");
}

/// Numbers that no course has must not break the sums.
#[test]
fn absurd_sizes_are_left_out() {
    let scratch = Scratch::new("catalogue-absurd");
    scratch.write(
        "whole.yaml",
        with(
            "whole",
            "workload: {hours: 10}\nstackability: {status: stand-alone, has_part: [a, b, c, d]}\n",
        ),
    );
    for (id, hours) in [("a", "999999999999999e12"), ("b", "1e-27"), ("c", "-5"), ("d", "10.5")] {
        scratch.write(
            &format!("{id}.yaml"),
            with(id, &format!("workload: {{hours: {hours}}}\n")),
        );
    }
    let result = json(&scratch, &["."]);
    assert_eq!(rules(&result), ["catalogue/part-above-whole"]);
    let message = &result["catalogue"]["findings"][0]["message"];
    assert_eq!(message, "parts of 10.5 hours do not fit into the 10 of `whole`");
}

/// A million records must fit beside everything else: 250 bytes each, reserves included.
#[test]
fn a_record_stays_small() {
    const RECORDS: u32 = 20_000;
    let mut index = Index::default();
    for number in 0..RECORDS {
        let text = format!(
            "descriptor: micro-credential/1\nid: es-iem-hv-{number:06}\ntitle: High-voltage safety for technicians, part {number}\n\
             awarding_bodies: [{{name: Institut d'Electromobilitat {}, country: ES}}]\n\
             workload: {{hours: {}, credits: [{{system: ECTS, points: {}}}]}}\nlevel: {{eqf: 4}}\n\
             prerequisites: [{{id: es-iem-hv-{:06}}}]\n\
             stackability: {{status: stackable, part_of: [es-iem-hev-{}]}}\n",
            number % 200,
            number % 100,
            number % 4,
            number / 2,
            number % 500,
        );
        let source = credlint::source::Source::new("x.yaml", text);
        for (document, draft) in credlint::lint::catalogue::records(set("eu"), None, &source).1 {
            index.add(number, Index::fingerprint(source.text()), document, &draft);
        }
    }
    assert_eq!(index.len(), RECORDS as usize);
    let each = index.bytes() / index.len();
    println!("{each} bytes a record");
    assert!((150..=250).contains(&each), "{each} bytes a record");
}

/// Nothing is compared pair by pair: the time for 50 million pairs would not pass this bound.
#[test]
fn a_large_catalogue_of_one_body_and_one_title_is_done_in_time() {
    const RECORDS: u32 = 10_000;
    let mut index = Index::default();
    for number in 0..RECORDS {
        // One body in two spellings, one title, one long ring of stacking, every target mistyped once.
        let text = format!(
            "descriptor: micro-credential/1\nid: c-{number}\ntitle: Safety\nawarding_bodies: [Centre d'Exemple{}]\n\
             workload: {{hours: {}}}\nprerequisites: [{{id: lost-{number}}}]\n\
             stackability: {{status: both, part_of: [c-{}]}}\n",
            if number % 3 == 0 { ", SL" } else { "" },
            number % 90 + 1,
            (number + 1) % RECORDS,
        );
        let source = credlint::source::Source::new("x.yaml", text);
        for (document, draft) in credlint::lint::catalogue::records(set("eu"), None, &source).1 {
            index.add(0, 0, document + number as usize, &draft);
        }
    }
    let start = std::time::Instant::now();
    let catalogue = lint_catalogue(set("eu"), &options(), &index, |_| "x.yaml");
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    println!("{:?}", start.elapsed());
    assert_eq!(catalogue.omitted, RECORDS as usize - 1000);
}
