//! Two results compared: what changed, why, and what is no result.

use credlint::cli::SchemaName;
use serde_json::Value;

use crate::cli::{DAY, Scratch, code, command, err, out, run_in};
use crate::file;
use crate::schemas::{fits, schema};

/// A scratch folder with two descriptors in it.
fn courses(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("courses/faulty.yaml", file("fixtures/corpus/faulty.yaml"));
    scratch.write("courses/exemplary.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch
}

fn result(scratch: &Scratch, name: &str, arguments: &[&str]) {
    let all = [&["score", "courses", "--format", "json"], arguments].concat();
    let output = run_in(scratch.path(), &all);
    assert_eq!(code(&output), 0, "{}", err(&output));
    scratch.write(name, out(&output));
}

fn edit(scratch: &Scratch, name: &str, from: &str, to: &str) {
    let path = scratch.path().join(name);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replace(from, to)).expect("written");
}

fn words(scratch: &Scratch, expected: i32) -> String {
    let output = run_in(scratch.path(), &["diff", "old.json", "new.json"]);
    assert_eq!(code(&output), expected, "{}{}", out(&output), err(&output));
    out(&output)
}

fn json(scratch: &Scratch) -> Value {
    let output = run_in(scratch.path(), &["diff", "old.json", "new.json", "--format", "json"]);
    let found: Value = serde_json::from_str(&out(&output)).expect("JSON");
    fits(&schema(SchemaName::Diff), &found);
    found
}

/// The reasons given for the one practice that changed.
fn because(found: &Value) -> Vec<&str> {
    let practices = found["practices"].as_array().expect("a list");
    assert_eq!(practices.len(), 1, "{practices:#?}");
    let causes = practices[0]["because"].as_array().expect("a list");
    causes.iter().filter_map(Value::as_str).collect()
}

#[test]
fn nothing_changed() {
    let scratch = courses("courses-1");
    result(&scratch, "old.json", &DAY);
    edit(&scratch, "courses/faulty.yaml", "hours: 50", "hours: 50 # all of it");
    result(&scratch, "new.json", &DAY);
    let said = words(&scratch, 0);
    assert!(said.contains("2 as before, 1 of these edited"), "{said}");
}

#[test]
fn an_edited_file() {
    let scratch = courses("courses-2");
    result(&scratch, "old.json", &DAY);
    edit(
        &scratch,
        "courses/faulty.yaml",
        "system: ECTS, points: 4.5",
        "system: CNQ, points: 4.5",
    );
    edit(
        &scratch,
        "courses/faulty.yaml",
        "participation:\n",
        "unknown_key: 1\nparticipation:\n",
    );
    result(&scratch, "new.json", &DAY);
    insta::assert_snapshot!("diff_edited", words(&scratch, 1));
    let found = json(&scratch);
    assert_eq!(because(&found), ["file"]);
    let elements = found["practices"][0]["elements"].as_array().expect("a list");
    assert_eq!(elements.len(), 1);
    assert_eq!(
        (&elements[0]["old"]["verdict"], &elements[0]["new"]["verdict"]),
        (&"partial".into(), &"met".into())
    );
}

#[test]
fn other_weights_change_gaps_and_no_verdict() {
    let scratch = courses("courses-3");
    result(&scratch, "old.json", &DAY);
    result(&scratch, "new.json", &[&DAY[..], &["--weights", "workload=3"]].concat());
    insta::assert_snapshot!("diff_weights", words(&scratch, 1));
}

#[test]
fn other_rules_another_day_another_profile_and_another_program() {
    let scratch = courses("courses-4");
    result(&scratch, "old.json", &DAY);
    // A rule of one's own finds something in every file.
    scratch.write("own/title/shout.yaml", own_rule());
    result(&scratch, "new.json", &[&DAY[..], &["--rules", "own"]].concat());
    let found = json(&scratch);
    assert_eq!(found["practices"].as_array().map(Vec::len), Some(2));
    assert_eq!(found["practices"][0]["because"], serde_json::json!(["rules"]));
    insta::assert_snapshot!("diff_rules", stable(&words(&scratch, 1)));
    // The same and an edited file: either may be why.
    edit(&scratch, "courses/faulty.yaml", "hours: 50", "hours: 51");
    result(&scratch, "new.json", &[&DAY[..], &["--rules", "own"]].concat());
    assert_eq!(
        json(&scratch)["practices"][1]["because"],
        serde_json::json!(["file", "rules"])
    );
    edit(&scratch, "courses/faulty.yaml", "hours: 51", "hours: 50");
    // Another profile.
    result(&scratch, "new.json", &["--profile", "mapping", "--as-of", "2026-11-23"]);
    let found = json(&scratch);
    let changed = found["practices"].as_array().expect("a list");
    assert!(
        changed
            .iter()
            .all(|own| own["because"] == serde_json::json!(["profile"])),
        "{changed:#?}"
    );
    // Another day and another program change nothing here, and are told all the same.
    result(&scratch, "new.json", &["--as-of", "2026-11-24"]);
    edit(&scratch, "new.json", "\"credlint\":\"", "\"credlint\":\"9.");
    let said = words(&scratch, 0);
    assert!(
        said.contains("as of 2026-11-23 → 2026-11-24") && said.contains("→ 9."),
        "{said}"
    );
}

fn own_rule() -> &'static str {
    "element: title\nlevel: advice\nobligation: mandatory\neffect: none\nsince: 0.1.0\nphase: descriptor\n\
     message: the title is short\nwhy: readers like long ones\nhelp: write more\n\
     authority: {source: credlint, locator: none, relation: convention}\ngiven: /title\ncheck: {length: {min: 500}}\n"
}

/// Digests of rules change with the pack.
fn stable(text: &str) -> String {
    let line = |line: &str| match line.trim_start().starts_with("rules ") {
        true => "  rules [digest] → [digest]".to_string(),
        false => line.to_string(),
    };
    text.lines().map(|own| line(own) + "\n").collect()
}

#[test]
fn practices_that_appear_vanish_move_or_change_their_id() {
    let scratch = courses("courses-5");
    scratch.write(
        "courses/gone.yaml",
        "descriptor: micro-credential/1\nid: gone\ntitle: Gone\n",
    );
    scratch.write(
        "courses/named.yaml",
        "descriptor: micro-credential/1\nid: before\ntitle: Named\n",
    );
    result(&scratch, "old.json", &DAY);
    std::fs::remove_file(scratch.path().join("courses/gone.yaml")).expect("removed");
    // Moved: the id says that it is the same.
    let (from, to) = ("courses/exemplary.yaml", "courses/moved.yaml");
    std::fs::rename(scratch.path().join(from), scratch.path().join(to)).expect("moved");
    edit(&scratch, "courses/named.yaml", "id: before", "id: after");
    scratch.write(
        "courses/new.yaml",
        "descriptor: micro-credential/1\nid: new\ntitle: New\n",
    );
    result(&scratch, "new.json", &DAY);
    insta::assert_snapshot!("diff_fates", words(&scratch, 1));
}

#[test]
fn descriptors_can_be_compared_as_they_are() {
    let scratch = courses("courses-6");
    scratch.write(
        "later/faulty.yaml",
        file("fixtures/corpus/faulty.yaml").replace("hours: 50", "hours: 120"),
    );
    scratch.write("later/exemplary.yaml", file("fixtures/corpus/exemplary.yaml"));
    let output = run_in(scratch.path(), &["diff", "courses", "later"]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("because: the file was edited"),
        "{}",
        out(&output)
    );
    let same = run_in(
        scratch.path(),
        &["diff", "courses/exemplary.yaml", "later/exemplary.yaml"],
    );
    assert_eq!(code(&same), 0, "{}", out(&same));
}

#[test]
fn records_by_line_are_read_too() {
    let scratch = courses("courses-7");
    result(&scratch, "old.json", &DAY);
    let old = std::fs::read_to_string(scratch.path().join("old.json")).expect("a file");
    let result: Value = serde_json::from_str(&old).expect("JSON");
    let marked = |line: &str, content: &Value| {
        let mut all = serde_json::json!({"line": line, "version": 1});
        let content = content.as_object().expect("an object").clone();
        all.as_object_mut().expect("an object").extend(content);
        all.to_string()
    };
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let mut lines = vec![marked("made-by", &serde_json::json!({"made_by": result["made_by"]}))];
    lines.extend(list(&result["practices"]).iter().map(|own| marked("practice", own)));
    let found = list(&result["catalogue"]["findings"]);
    assert!(!found.is_empty());
    lines.extend(found.iter().map(|own| marked("catalogue-finding", own)));
    let end = serde_json::json!({"summary": result["summary"], "catalogue": {"run": true, "records": 2, "omitted": 0}});
    lines.push(marked("summary", &end));
    scratch.write("old.ndjson", lines.join("\n"));
    let output = run_in(scratch.path(), &["diff", "old.ndjson", "old.json"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("2 as before"));
    // A run that was interrupted has not everything, and must not look as if the rest had vanished.
    lines.pop();
    scratch.write("cut.ndjson", lines.join("\n"));
    let output = run_in(scratch.path(), &["diff", "cut.ndjson", "old.json"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("interrupted"), "{}", err(&output));
}

#[test]
fn what_is_no_result_says_so() {
    let scratch = courses("courses-8");
    result(&scratch, "old.json", &DAY);
    let old = std::fs::read_to_string(scratch.path().join("old.json")).expect("a file");
    scratch.write("later.json", old.replace("{\"version\":1", "{\"version\":7"));
    scratch.write("cut.json", &old[..old.len() / 2]);
    scratch.write("other.json", "{\"runs\": []}");
    scratch.write("broken.json", "{\"a\":");
    scratch.write("empty.json", "");
    scratch.write("compose.yaml", "services: {}\n");
    let said = |name: &str| {
        let output = run_in(scratch.path(), &["diff", "old.json", name]);
        assert_eq!(code(&output), 2, "{name}: {}", out(&output));
        assert!(out(&output).is_empty());
        err(&output)
    };
    let names = [
        "later.json",
        "cut.json",
        "other.json",
        "broken.json",
        "empty.json",
        "compose.yaml",
        "absent.json",
    ];
    let all: Vec<String> = names.iter().map(|name| said(name)).collect();
    insta::assert_snapshot!("diff_no_result", all.concat());
}

/// Results of a program that wrote no digests: nobody can say whether the file was edited.
#[test]
fn without_a_digest_the_file_may_be_why() {
    let scratch = courses("courses-9");
    result(&scratch, "new.json", &DAY);
    edit(&scratch, "courses/faulty.yaml", "hours: 50", "hours: 120");
    result(&scratch, "old.json", &DAY);
    let old = std::fs::read_to_string(scratch.path().join("old.json")).expect("a file");
    let mut old: Value = serde_json::from_str(&old).expect("JSON");
    for practice in old["practices"].as_array_mut().expect("a list") {
        practice.as_object_mut().expect("an object").remove("sha256");
    }
    scratch.write("old.json", old.to_string());
    assert_eq!(because(&json(&scratch)), ["file-perhaps"]);
}

/// `sha256sum` gives what a result says of a file with one document; each of several has its own.
#[test]
fn digests_are_of_files_and_of_their_documents() {
    let scratch = Scratch::new("digests");
    let digests = |text: &str| -> Vec<String> {
        scratch.write("a.yaml", text);
        let output = command(scratch.path(), &["score", "a.yaml", "--format", "json"])
            .output()
            .expect("it runs");
        let result: Value = serde_json::from_str(&out(&output)).expect("JSON");
        let practices = result["practices"].as_array().expect("a list");
        practices
            .iter()
            .map(|own| own["sha256"].as_str().expect("a digest").to_string())
            .collect()
    };
    let one = "# a comment\ndescriptor: micro-credential/1\ntitle: A\n";
    assert_eq!(digests(one), ["1"].map(|_| hex(one)));
    let several = |titles: [&str; 4]| {
        let [a, b, c, d] = titles;
        let head = "descriptor: micro-credential/1";
        format!(
            "# x\n{head}\ntitle: {a}\n---\n{head}\ntitle: {b}\n---\n- {{{head}, title: {c}}}\n- {{{head}, title: {d}}}\n"
        )
    };
    let before = digests(&several(["A", "B", "C", "D"]));
    for changed in 0..4 {
        let mut titles = ["A", "B", "C", "D"];
        titles[changed] = "Zz";
        let after = digests(&several(titles));
        for (number, (before, after)) in before.iter().zip(&after).enumerate() {
            assert_eq!(
                before != after,
                number == changed,
                "document {number} when {changed} changed"
            );
        }
    }
}

fn hex(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
