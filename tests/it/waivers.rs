//! Waivers: comments, `ignores`, baselines, earlier revisions. Suppressed is never satisfied, and never lost.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::cli::{Scratch, code, command, err, out, run_in};
use crate::file;

/// A descriptor with one warning (25 h are usual for a credit) and one error (nobody assures quality).
fn faulty() -> String {
    file("fixtures/corpus/faulty.yaml")
}

const CHECK: [&str; 5] = ["check", ".", "-q", "--width=300", "--as-of=2026-11-23"];

fn check(scratch: &Scratch, more: &[&str]) -> std::process::Output {
    let arguments: Vec<&str> = CHECK.iter().chain(more).copied().collect();
    run_in(scratch.path(), &arguments)
}

fn json(scratch: &Scratch, more: &[&str]) -> Value {
    let arguments: Vec<&str> = more.iter().copied().chain(["--format=json"]).collect();
    serde_json::from_str(&out(&check(scratch, &arguments))).expect("JSON")
}

/// Rule, and by whom it is waived.
fn waived(result: &Value) -> Vec<(String, String)> {
    let practices = result["practices"].as_array().expect("practices");
    let findings = practices
        .iter()
        .flat_map(|own| own["findings"].as_array().expect("findings"));
    let across = result["catalogue"]["findings"].as_array().expect("findings");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_string();
    findings
        .chain(across)
        .map(|finding| (text(&finding["rule"]), text(&finding["waived"]["by"])))
        .collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(rule, by)| ((*rule).to_string(), (*by).to_string()))
        .collect()
}

const RATIO: &str = "workload/ects-ratio";
const QUALITY: &str = "quality-assurance/missing";

#[test]
fn a_comment_waives_and_changes_no_score() {
    let scratch = Scratch::new("waive-comment");
    scratch.write("a.yaml", faulty());
    let before = json(&scratch, &[]);
    assert_eq!(waived(&before), pairs(&[(RATIO, "-"), (QUALITY, "-")]));
    let text = faulty().replace(
        "participation:",
        "participation:  # credlint: ignore[quality-assurance/missing] to come",
    );
    scratch.write("a.yaml", text);
    let after = json(&scratch, &[]);
    assert_eq!(waived(&after), pairs(&[(RATIO, "-"), (QUALITY, "comment")]));
    assert_eq!(after["practices"][0]["gaps"], before["practices"][0]["gaps"]);
    assert_eq!(after["practices"][0]["elements"], before["practices"][0]["elements"]);
    assert_eq!(
        (after["summary"]["errors"].as_u64(), after["summary"]["waived"].as_u64()),
        (Some(0), Some(1))
    );
    assert_eq!(after["practices"][0]["findings"][1]["waived"]["reason"], "to come");
    let output = check(&scratch, &[]);
    assert_eq!(code(&output), 0);
    assert!(
        !out(&output).contains(QUALITY) && out(&output).contains("1 finding"),
        "{}",
        out(&output)
    );
    let output = check(&scratch, &["--no-ignores"]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains(QUALITY) && !out(&output).contains("waived"),
        "{}",
        out(&output)
    );
    // The score line and the table of researchers say so too.
    let table = run_in(scratch.path(), &["check", "."]);
    assert!(out(&table).contains("1 finding waived"));
    let csv = out(&run_in(scratch.path(), &["score", ".", "--format=csv"]));
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let at = rows
        .headers()
        .expect("headers")
        .iter()
        .position(|name| name == "findings.waived");
    let row = rows.records().next().expect("a row").expect("a row");
    assert_eq!(row.get(at.expect("the column")), Some("1"));
}

#[test]
fn other_programs_see_the_waiver_or_no_finding() {
    let scratch = Scratch::new("waive-forms");
    let comment = "participation:  # credlint: ignore[quality-assurance/missing] to come";
    scratch.write("a.yaml", faulty().replace("participation:", comment));
    let output = |format: &str| out(&check(&scratch, &[&format!("--format={format}")]));
    for format in ["github", "gitlab", "junit", "markdown"] {
        let said = output(format);
        assert!(said.contains(RATIO) && !said.contains(QUALITY), "{format}: {said}");
    }
    let sarif: Value = serde_json::from_str(&output("sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let waived = results
        .iter()
        .find(|own| own["ruleId"] == QUALITY)
        .expect("it is there");
    let expected = serde_json::json!([{"kind": "inSource", "status": "accepted", "justification": "to come"}]);
    assert_eq!(waived["suppressions"], expected);
    assert!(
        results
            .iter()
            .any(|own| own["ruleId"] == RATIO && own.get("suppressions").is_none())
    );
}

#[test]
fn every_document_of_a_stream_has_comments_of_its_own() {
    let scratch = Scratch::new("waive-stream");
    let one = faulty().replace(
        "participation:",
        "participation:  # credlint: ignore[quality-assurance/missing] to come",
    );
    scratch.write("a.yaml", format!("{one}\n---\n{}", faulty()));
    let said = waived(&json(&scratch, &["--no-catalogue"]));
    assert_eq!(
        said,
        pairs(&[(RATIO, "-"), (QUALITY, "comment"), (RATIO, "-"), (QUALITY, "-")])
    );
}

#[test]
fn the_configuration_waives_by_file_practice_and_day() {
    let scratch = Scratch::new("waive-ignores");
    scratch.write("old/a.yaml", faulty());
    scratch.write(
        "credlint.yaml",
        "ignores:\n- {files: \"old/**\", rule: quality-assurance/missing, reason: agreed, until: 2026-11-23}\n\
         - {practice: es-hv-safety-201, rule: workload/ects-ratio, reason: agreed}\n",
    );
    let both = pairs(&[(RATIO, "configuration"), (QUALITY, "configuration")]);
    assert_eq!(waived(&json(&scratch, &[])), both);
    // A file that is named is under the same configuration.
    let named = run_in(scratch.path(), &["check", "old/a.yaml", "-q", "--as-of=2026-11-23"]);
    assert_eq!(code(&named), 0, "{}", out(&named));
    // The day after it holds no longer, and says so at its place.
    let output = run_in(scratch.path(), &["check", ".", "-q", "--as-of=2026-11-24"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("2026-11-23"), "{}", out(&output));
    assert!(out(&output).contains("credlint.yaml:2:"), "{}", out(&output));
    // Neither a file elsewhere nor a practice of another name is waived.
    scratch.write("new/a.yaml", faulty().replace("es-hv-safety-201", "another"));
    let said = waived(&json(&scratch, &["--no-catalogue"]));
    let expected = [
        (RATIO, "-"),
        (QUALITY, "-"),
        (RATIO, "configuration"),
        (QUALITY, "configuration"),
    ];
    assert_eq!(said, pairs(&expected));
}

#[test]
fn what_waives_nothing_is_a_finding_where_all_was_looked_at() {
    let scratch = Scratch::new("waive-unused");
    scratch.write("a.yaml", faulty());
    scratch.write("b/b.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write(
        "credlint.yaml",
        "ignores:\n- {files: \"b/**\", rule: workload/ects-ratio, reason: r}\n- {files: \"c/**\", rule: title/missing, reason: r}\n",
    );
    let unused = |arguments: &[&str]| {
        out(&run_in(scratch.path(), arguments))
            .matches("waiver/unused (warning)")
            .count()
    };
    assert_eq!(unused(&["check", "."]), 2);
    // Of what was not looked at nothing can be said.
    assert_eq!(unused(&["check", "a.yaml"]), 0);
    assert_eq!(unused(&["check", "b"]), 1);
    assert_eq!(unused(&["check", ".", "--no-ignores"]), 0);
}

#[test]
fn mistakes_in_waivers_of_the_configuration_have_a_place() {
    let scratch = Scratch::new("waive-mistakes");
    scratch.write("a.yaml", faulty());
    for (line, words) in [
        (
            "{files: a.yaml, rule: workload/ects-ration, reason: r}",
            "did you mean `workload/ects-ratio`",
        ),
        ("{files: a.yaml, rule: workload/ects-ratio}", "`reason`"),
        (
            "{files: a.yaml, rule: workload/ects-ratio, reason: \" \"}",
            "a waiver needs a reason",
        ),
        (
            "{rule: workload/ects-ratio, reason: r}",
            "say which `files` or which `practice`",
        ),
        (
            "{files: a.yaml, rule: title/missing, reason: r, until: 31.12.2026}",
            "is not a day",
        ),
        (
            "{files: \"a[\", rule: title/missing, reason: r}",
            "a bracket is not closed",
        ),
        ("{file: a.yaml, rule: title/missing, reason: r}", "did you mean `files`"),
    ] {
        scratch.write("credlint.yaml", format!("ignores:\n- {line}\n"));
        let output = check(&scratch, &[]);
        assert_eq!(code(&output), 2, "{line}");
        assert!(
            err(&output).contains(words) && err(&output).contains("credlint.yaml:2:"),
            "{line}: {}",
            err(&output)
        );
    }
    for (levels, words) in [
        ("workload/ects-ration: off", "did you mean `workload/ects-ratio`"),
        ("workload/ects-ratio: hint", "`hint`"),
        ("waiver/unused: error", "a convention is never an error"),
    ] {
        scratch.write("credlint.yaml", format!("levels:\n  {levels}\n"));
        let output = check(&scratch, &[]);
        assert_eq!(code(&output), 2, "{levels}");
        assert!(
            err(&output).contains(words) && err(&output).contains("credlint.yaml:2:"),
            "{levels}: {}",
            err(&output)
        );
    }
}

#[test]
fn levels_of_the_configuration_move_findings_and_no_score() {
    let scratch = Scratch::new("waive-levels");
    scratch.write("a.yaml", faulty());
    let before = json(&scratch, &[]);
    scratch.write(
        "credlint.yaml",
        "levels: {workload/ects-ratio: error, \"workload/*\": off, \"quality-assurance/*\": off}\n",
    );
    let after = json(&scratch, &[]);
    assert_eq!(waived(&after), pairs(&[(RATIO, "-")]));
    assert_eq!(after["practices"][0]["findings"][0]["level"], "error");
    assert_eq!(after["practices"][0]["gaps"], before["practices"][0]["gaps"]);
    scratch.write(
        "credlint.yaml",
        "levels: {\"quality-assurance/*\": off}\nfail_on: warning\n",
    );
    assert_eq!(code(&check(&scratch, &[])), 1);
    assert_eq!(code(&check(&scratch, &["--fail-on=error"])), 0);
}

#[test]
fn a_baseline_holds_while_the_file_is_worked_on_and_only_shrinks() {
    let scratch = Scratch::new("waive-baseline");
    scratch.write("a.yaml", faulty());
    let written = check(&scratch, &["--write-baseline=known.yaml"]);
    assert!(
        err(&written).contains("known.yaml: the baseline has 2 entries"),
        "{}",
        err(&written)
    );
    let baseline = || std::fs::read_to_string(scratch.path().join("known.yaml")).expect("a baseline");
    insta::assert_snapshot!("baseline", baseline());
    let with = ["--baseline=known.yaml"];
    assert_eq!(
        waived(&json(&scratch, &with)),
        pairs(&[(RATIO, "baseline"), (QUALITY, "baseline")])
    );
    assert_eq!(code(&check(&scratch, &with)), 0);
    // Lines move, items are added before, the file gets another name: the same findings.
    let moved = faulty().replace("workload:", "# a line\nx-note: {a: 1}\nworkload:");
    std::fs::remove_file(scratch.path().join("a.yaml")).expect("removed");
    scratch.write("b.yaml", moved);
    assert_eq!(
        waived(&json(&scratch, &with)),
        pairs(&[(RATIO, "baseline"), (QUALITY, "baseline")])
    );
    // Another value is another finding, and the entry of the old one may go.
    scratch.write("b.yaml", faulty().replace("hours: 50", "hours: 40"));
    let said = waived(&json(&scratch, &with));
    assert_eq!(
        said,
        pairs(&[(RATIO, "-"), (QUALITY, "baseline"), ("waiver/unused", "-")])
    );
    let shown = out(&check(&scratch, &with));
    assert!(
        shown.contains("known.yaml:6:3") && shown.contains("the baseline may shrink"),
        "{shown}"
    );
    // Writing it again takes out what has gone and puts nothing in.
    let output = check(&scratch, &["--write-baseline=known.yaml"]);
    assert!(
        err(&output).contains("1 entry; 1 has gone; 1 new finding is not added"),
        "{}",
        err(&output)
    );
    assert!(!baseline().contains(RATIO) && baseline().contains(QUALITY));
    let output = check(&scratch, &["--write-baseline=known.yaml", "--grow-baseline"]);
    assert!(err(&output).contains("2 entries"), "{}", err(&output));
    // What was not looked at stays in.
    scratch.write("c.yaml", "descriptor: micro-credential/1\nid: other\n");
    let output = run_in(scratch.path(), &["check", "c.yaml", "--write-baseline=known.yaml"]);
    assert!(
        err(&output).contains("2 entries") && !err(&output).contains("gone"),
        "{}",
        err(&output)
    );
    // The configuration may name it, and a missing one is a mistake with a place.
    std::fs::remove_file(scratch.path().join("c.yaml")).expect("removed");
    scratch.write("credlint.yaml", "baseline: known.yaml\n");
    assert_eq!(code(&check(&scratch, &[])), 0);
    scratch.write("credlint.yaml", "baseline: unknown.yaml\n");
    assert_eq!(code(&check(&scratch, &[])), 2);
    assert!(err(&check(&scratch, &[])).contains("--write-baseline"));
}

#[test]
fn two_baselines_are_merged_line_by_line() {
    let scratch = Scratch::new("waive-merge");
    scratch.write("a.yaml", faulty());
    check(&scratch, &["--write-baseline=known.yaml"]);
    let text = std::fs::read_to_string(scratch.path().join("known.yaml")).expect("a baseline");
    // A union of lines, as `merge=union` makes it: out of order, and some twice.
    let (head, entries) = text.split_once("findings:\n").expect("entries");
    let lines: Vec<&str> = entries.lines().collect();
    let union = format!("{head}findings:\n{}\n{}\n{}\n", lines[1], lines[0], lines[1]);
    scratch.write("known.yaml", union);
    assert_eq!(code(&check(&scratch, &["--baseline=known.yaml"])), 0);
    check(&scratch, &["--write-baseline=known.yaml"]);
    let again = std::fs::read_to_string(scratch.path().join("known.yaml")).expect("a baseline");
    assert_eq!(again, text);
    scratch.write(
        "known.yaml",
        "credlint-baseline: 1\nfindings:\n- {rule: a/b, value: x}\n",
    );
    let output = check(&scratch, &["--baseline=known.yaml"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("known.yaml:3:"), "{}", err(&output));
}

#[test]
fn the_same_bytes_with_waivers_for_any_number_of_threads_and_from_the_cache() {
    let scratch = Scratch::new("waive-threads");
    for number in 0..40 {
        let text = faulty().replace("es-hv-safety-201", &format!("p{}", number % 20));
        let comment = "participation:  # credlint: ignore[quality-assurance/missing] to come";
        let text = if number % 3 == 0 {
            text.replace("participation:", comment)
        } else {
            text
        };
        scratch.write(&format!("{number}.yaml"), text);
    }
    check(&scratch, &["--write-baseline=known.yaml", "--jobs=2"]);
    let with = ["--baseline=known.yaml", "--format=json"];
    let one = out(&check(&scratch, &[&with[..], &["--jobs=1"]].concat()));
    for more in [["--jobs=4", "--cache=/tmp"], ["--jobs=2", "--cache=."]] {
        let more = more.map(|own| own.replace("/tmp", &scratch.path().join(".c").display().to_string()));
        let own: Vec<&str> = with.iter().copied().chain(more.iter().map(String::as_str)).collect();
        for _ in 0..2 {
            assert!(out(&check(&scratch, &own)) == one, "{more:?}");
        }
    }
}

fn git(scratch: &Scratch, arguments: &[&str]) -> bool {
    let ran = Command::new("git")
        .arg("-C")
        .arg(scratch.path())
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ran.is_ok_and(|status| status.success())
}

#[test]
fn only_what_is_new_since_a_revision() {
    let scratch = Scratch::new("waive-new-from");
    let _ = std::fs::remove_dir_all(scratch.path().join(".git"));
    if !git(&scratch, &["init", "-q"]) {
        println!("skipped: git is not here");
        return;
    }
    scratch.write("courses/a.yaml", faulty());
    scratch.write("courses/b.yaml", file("fixtures/corpus/exemplary.yaml"));
    assert!(git(&scratch, &["add", "."]) && git(&scratch, &["commit", "-qm", "one"]));
    let run = |arguments: &[&str]| {
        let mut command = command(scratch.path(), arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null()).output().expect("the program runs")
    };
    let of = |output: &std::process::Output| serde_json::from_str::<Value>(&out(output)).expect("JSON");
    let new = ["check", "courses", "--new-from=HEAD", "--format=json"];
    let output = run(&new);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let all: Vec<String> = waived(&of(&output)).into_iter().map(|(_, by)| by).collect();
    assert_eq!(
        all,
        ["revision", "revision", "revision"],
        "the third is of the catalogue"
    );
    // The file moves and gains a fault: only that is new.
    let faultier = faulty().replace("title:", "titel:");
    assert!(git(&scratch, &["mv", "courses/a.yaml", "courses/c.yaml"]));
    scratch.write("courses/c.yaml", faultier);
    let output = run(&["check", "courses", "--new-from=HEAD", "--format=json", "--no-catalogue"]);
    assert_eq!(code(&output), 1);
    let new: Vec<String> = waived(&of(&output))
        .into_iter()
        .filter(|(_, by)| by == "-")
        .map(|(rule, _)| rule)
        .collect();
    assert!(
        new.contains(&"shape/unknown-key".to_string()) && !new.contains(&RATIO.to_string()),
        "{new:?}"
    );
    // The repository is as it was.
    assert!(
        !git(&scratch, &["diff", "--cached", "--quiet"]),
        "the move is still staged"
    );
    for (arguments, words) in [
        (
            vec!["check", "courses", "--new-from=nowhere"],
            "does not know the revision `nowhere`",
        ),
        (
            vec!["check", "courses", "--new-from=--help"],
            "does not know the revision `--help`",
        ),
    ] {
        let output = run(&arguments);
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains(words), "{}", err(&output));
    }
    let elsewhere = Scratch::new("waive-no-repository");
    let _ = std::fs::remove_dir_all(elsewhere.path().join(".git"));
    elsewhere.write("a.yaml", faulty());
    let mut command = command(elsewhere.path(), &["check", ".", "--new-from=HEAD"]);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = command.stdin(Stdio::null()).output().expect("the program runs");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("not in a git repository"), "{}", err(&output));
}

#[test]
fn the_configuration_says_where_each_value_comes_from() {
    let scratch = Scratch::new("config-shown");
    scratch.write("courses/a.yaml", faulty());
    scratch.write(
        "credlint.yaml",
        "profile: [aqu-catalunya, eu]\nlanguage: es\nas_of: 2026-03-01\nfail_on: warning\nlevels:\n  workload/ects-ratio: advice\n\
         include: [\"courses/*.txt\"]\nignores:\n- {files: \"old/**\", rule: title/missing, reason: r}\n",
    );
    let shown = run_in(scratch.path(), &["config", "courses", "--lang=en", "--jobs=3"]);
    insta::assert_snapshot!(
        "config_shown",
        out(&shown).replace(&scratch.path().display().to_string(), "<scratch>")
    );
    let shown = run_in(
        scratch.path(),
        &["config", "--format=json", "--profile=eu", "--as-of=2026-01-01"],
    );
    let value: Value = serde_json::from_str(&out(&shown)).expect("JSON");
    let of = |key: &str| {
        let values = value["values"].as_array().expect("values");
        let own = values.iter().find(|own| own["key"] == key).expect("the key");
        (own["value"].clone(), own["from"].clone(), own["place"].clone())
    };
    assert_eq!(of("profile"), ("eu".into(), "option".into(), "--profile".into()));
    assert_eq!(of("as_of"), ("2026-01-01".into(), "option".into(), "--as-of".into()));
    assert_eq!(
        of("language"),
        ("es".into(), "configuration".into(), "credlint.yaml:2".into())
    );
    assert_eq!(of("baseline"), ("none".into(), "default".into(), "".into()));
    let nowhere = Scratch::new("config-none");
    assert!(out(&run_in(nowhere.path(), &["config"])).starts_with("no credlint.yaml between here"));
}
