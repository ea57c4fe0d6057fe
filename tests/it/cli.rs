//! The process: paths, states, exit codes, streams.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::{file, root};

/// A scratch folder that is its own repository root, so that no configuration above it is found.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("credlint-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join(".git")).expect("a scratch folder");
        Scratch(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the program in a folder, with a scrubbed environment and a fixed date.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_credlint"));
    command
        .current_dir(folder)
        .args(arguments)
        .env_clear()
        .env("TERM", "dumb");
    command
}

fn run(arguments: &[&str]) -> Output {
    run_in(&root(), arguments)
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

/// The day of the tests, for what is compared with one.
pub(crate) const DAY: [&str; 2] = ["--as-of", "2026-11-23"];

const DESCRIPTOR: &str = "descriptor: micro-credential/1\ntitle: Safety\n";

#[test]
fn exit_codes() {
    let scratch = Scratch::new("exits");
    scratch.write("bad.yaml", DESCRIPTOR);
    scratch.write("clean.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write("other/compose.yaml", "services: {}\n");
    let exit = |arguments: &[&str]| code(&run_in(scratch.path(), arguments));
    assert_eq!(exit(&["check", "clean.yaml"]), 0);
    assert_eq!(exit(&["check", "bad.yaml"]), 1);
    assert_eq!(exit(&["check", "bad.yaml", "--fail-on", "never"]), 0);
    assert_eq!(exit(&["check", "absent.yaml"]), 2);
    assert_eq!(exit(&["check"]), 2);
    assert_eq!(exit(&["check", "clean.yaml", "--profile", "eux"]), 2);
    assert_eq!(exit(&["check", "other"]), 3);
    assert_eq!(exit(&["check", "clean.yaml", "--min-checked", "2"]), 3);
    assert_eq!(exit(&["check", "--only-descriptors", "other/compose.yaml"]), 0);
}

#[test]
fn four_states_are_counted_and_one_bad_file_does_not_stop_the_others() {
    let scratch = Scratch::new("states");
    scratch.write("a.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write("b.yaml", "services: {}\n");
    scratch.write("c.yaml", "descriptor: micro-credential/1\ntitle: [\n");
    scratch.write("d.yaml", b"descriptor: micro-credential/1\ntitle: \xff\n");
    let output = run_in(scratch.path(), &["check", "."]);
    assert!(
        out(&output).contains("1 checked, 1 not a descriptor, 1 unreadable, 1 unparsable"),
        "{}",
        out(&output)
    );
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("d.yaml"));
}

#[test]
fn a_named_file_is_always_checked_and_a_walked_one_if_it_says_what_it_is() {
    let scratch = Scratch::new("named");
    scratch.write("compose.yaml", "services: {web: {image: x}}\n");
    let named = run_in(scratch.path(), &["check", "compose.yaml"]);
    assert_eq!(code(&named), 1);
    assert!(out(&named).contains("document/header-missing"));
    assert_eq!(code(&run_in(scratch.path(), &["check", "."])), 3);
}

#[test]
fn a_near_miss_header_is_a_finding_on_a_walk() {
    let scratch = Scratch::new("nearmiss");
    scratch.write("a.yaml", "descriptr: micro-credential/1\ntitle: Safety\n");
    let output = run_in(scratch.path(), &["check", "."]);
    assert!(out(&output).contains("document/header-misspelt"), "{}", out(&output));
    assert_eq!(code(&output), 1);
}

#[test]
fn standard_input_and_lists_of_files() {
    use std::io::Write;
    let scratch = Scratch::new("stdin");
    scratch.write("a.yaml", DESCRIPTOR);
    scratch.write("list.txt", "a.yaml\n");
    scratch.write("list0.txt", "a.yaml\0");
    for list in ["list.txt", "list0.txt"] {
        assert_eq!(
            code(&run_in(scratch.path(), &["check", "--files-from", list])),
            1,
            "{list}"
        );
    }
    let mut child = command(scratch.path(), &["check", "-", "--stdin-filename", "draft.yaml"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    child
        .stdin
        .take()
        .expect("stdin")
        .write_all(DESCRIPTOR.as_bytes())
        .expect("written");
    let output = child.wait_with_output().expect("ends");
    assert!(out(&output).contains("draft.yaml:"), "{}", out(&output));
}

#[test]
fn stdout_carries_only_the_format() {
    let scratch = Scratch::new("json");
    scratch.write("a.yaml", DESCRIPTOR);
    scratch.write("b.yaml", b"\xff");
    let output = run_in(
        scratch.path(),
        &["check", ".", "--format", "json", "--as-of", "2026-11-23"],
    );
    let result: serde_json::Value = serde_json::from_str(&out(&output)).expect("one JSON document");
    assert_eq!(result["version"], 1);
    assert_eq!(result["made_by"]["as_of"], "2026-11-23");
    assert_eq!(result["summary"]["checked"], 1);
    assert_eq!(result["practices"][0]["gaps"][0]["applicable"], 18);
    assert!(err(&output).contains("b.yaml"));
}

#[test]
fn json_and_human_name_the_same_positions() {
    let scratch = Scratch::new("positions");
    scratch.write(
        "a.yaml",
        "descriptor: micro-credential/1\ntitle: Formação\nworkload: {ñ: 1, hours: \"50\"}\n",
    );
    let human = out(&run_in(scratch.path(), &["check", "a.yaml"]));
    let result: serde_json::Value =
        serde_json::from_str(&out(&run_in(scratch.path(), &["check", "a.yaml", "--format", "json"]))).expect("JSON");
    for finding in result["practices"][0]["findings"].as_array().expect("findings") {
        let place = format!("[a.yaml:{}:{}]", finding["line"], finding["column"]);
        assert!(human.contains(&place), "{place}\n{human}");
    }
}

#[test]
fn a_broken_pipe_is_success() {
    let scratch = Scratch::new("pipe");
    for number in 0..300 {
        scratch.write(&format!("{number}.yaml"), DESCRIPTOR);
    }
    let mut child = command(scratch.path(), &["check", "."])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert_eq!(code(&output), 0, "{}", err(&output));
}

#[test]
fn the_configuration_is_found_upward_and_its_mistakes_have_places() {
    let scratch = Scratch::new("config");
    scratch.write(
        "credlint.yaml",
        "profile: mapping\nexclude: [old]\ninclude: [\"courses/*.yaml\"]\n",
    );
    scratch.write("courses/a.yaml", "title: Safety\nworkload: {hours: 5}\nid: x\n");
    scratch.write("old/b.yaml", DESCRIPTOR);
    let output = run_in(scratch.path(), &["check", "."]);
    assert!(
        out(&output).contains("profile mapping") && out(&output).contains("1 checked"),
        "{}{}",
        out(&output),
        err(&output)
    );
    scratch.write("credlint.yaml", "profil: mapping\n");
    let output = run_in(scratch.path(), &["check", "courses"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("credlint.yaml:1:1") && err(&output).contains("did you mean `profile`"),
        "{}",
        err(&output)
    );
    scratch.write("credlint.yaml", "profile: mappin\n");
    let output = run_in(scratch.path(), &["check", "courses"]);
    assert!(
        err(&output).contains("credlint.yaml:1:10") && err(&output).contains("did you mean `mapping`"),
        "{}",
        err(&output)
    );
    // All that is wrong is told at once, as far as it can be read.
    let all = |text: &str, wanted: &[&str]| {
        scratch.write("credlint.yaml", text);
        let output = run_in(scratch.path(), &["check", "courses"]);
        assert_eq!(code(&output), 2);
        let said = err(&output);
        assert_eq!(said.matches("configuration (error)").count(), wanted.len(), "{said}");
        for part in wanted {
            assert!(said.contains(part), "{part}: {said}");
        }
    };
    all(
        "levels: {workload/ects-ratio: severe}\nexclde: [x]\n",
        &["`workload/ects-ratio` must be", "did you mean `exclude`?"],
    );
    all(
        "profile: [mappin]\nlanguage: tlh\nas_of: 2026-13-01\nrule_packs: [nowhere]\nexclude: [\"a[\"]\n",
        &[
            "`mapping`",
            "no language `tlh`",
            "is not a day",
            "no folder",
            "credlint.yaml:5:11",
        ],
    );
    all(
        "levels: {workload/ects-rato: off}\nignores: [{files: a, rule: titel/missing, reason: x}]\n",
        &["`workload/ects-ratio`", "`title/missing`"],
    );
    scratch.write("credlint.yaml", "include: [\"nowhere/*.yaml\"]\n");
    let output = run_in(scratch.path(), &["check", "."]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("nowhere/*.yaml"), "{}", err(&output));
}

#[test]
fn ignore_files_are_respected() {
    let scratch = Scratch::new("ignore");
    scratch.write(".gitignore", "drafts/\n");
    scratch.write("drafts/a.yaml", DESCRIPTOR);
    scratch.write("b.yaml", file("fixtures/corpus/exemplary.yaml"));
    let output = run_in(scratch.path(), &["check", "."]);
    assert!(out(&output).contains("1 checked"), "{}", out(&output));
    assert_eq!(code(&output), 0);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let arguments = ["check", "seeds", "--format", "json", "--as-of", "2026-11-23"];
    assert_eq!(run(&arguments).stdout, run(&arguments).stdout);
}

#[test]
fn near_misses_are_suggested() {
    assert!(err(&run(&["explain", "workload/ratio"])).contains("`workload/ects-ratio`"));
    assert!(err(&run(&["chekc"])).contains("check"));
    let explain = |typed: &str| err(&run(&["explain", typed]));
    // What is short is meant as a beginning.
    for (typed, meant) in [
        ("ed", "did you mean `edc`"),
        ("ELM", "did you mean `elm-loq`"),
        ("lev", "did you mean `level`"),
        ("Workload", "did you mean `workload`"),
        ("open", "`open-badges-3`"),
    ] {
        assert!(explain(typed).contains(meant), "{typed}: {}", explain(typed));
    }
    // A syllable inside a word is nobody's beginning.
    assert!(!explain("ed").contains("unassessed"), "{}", explain("ed"));
    assert_eq!(code(&run(&["chekc"])), 2);
}

#[test]
fn explain_says_what_why_how_and_on_whose_word() {
    let text = out(&run(&["explain", "workload/ects-ratio"]));
    insta::assert_snapshot!("explain", text);
}

#[test]
fn rules_are_listed_with_their_authority() {
    let list: serde_json::Value = serde_json::from_str(&out(&run(&["rules", "--format", "json"]))).expect("JSON");
    for rule in list["rules"].as_array().expect("rules") {
        assert!(
            rule["id"].is_string()
                && rule["authority"]["title"]
                    .as_str()
                    .is_some_and(|title| !title.is_empty()),
            "{rule}"
        );
    }
}

#[test]
fn help_of_every_command() {
    let mut all = String::new();
    for command in ["", "check", "score", "plan", "explain", "rules", "test", "schema"] {
        let arguments: Vec<&str> = if command.is_empty() {
            vec!["--help"]
        } else {
            vec![command, "--help"]
        };
        all.push_str(&format!(
            "$ credlint {}\n{}\n",
            arguments.join(" "),
            out(&run(&arguments))
        ));
    }
    insta::assert_snapshot!("help", all);
}

#[test]
fn seeds_from_the_readme() {
    let output = run(&["check", "seeds", "--as-of", "2026-11-23"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = out(&output);
    // The digest changes with every rule; the screen does not.
    let stable: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("credlint 0") && !line.contains(" rules, "))
        .collect();
    insta::assert_snapshot!("check_seeds", stable.join("\n"));
    let table = out(&run(&["score", "seeds", "--profile", "mapping"]));
    let stable: Vec<&str> = table
        .lines()
        .filter(|line| !line.starts_with("credlint 0") && !line.contains(" rules, "))
        .collect();
    insta::assert_snapshot!("score_seeds", stable.join("\n"));
}

#[test]
fn plain_output_is_words_without_boxes() {
    let text = out(&run(&["check", "--plain", "seeds/pt/ufcd-10862.yaml"]));
    assert!(!text.contains(['│', '╭', '✔', '✘', '⚠', '×']), "{text}");
    assert!(text.contains("learning outcomes met, workload not stated"), "{text}");
}

#[test]
fn an_older_draft_is_led_to_the_present_form() {
    let Some(path) = crate::shared("reference/examples/ufcd-10862.yaml") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("the older draft");
    let practice = crate::check_as("eu", "ufcd-10862.yaml", &text).remove(0);
    insta::assert_snapshot!("older_draft", crate::places(&practice).join("\n"));
}

fn in_locale(locale: &str, arguments: &[&str]) -> String {
    let output = command(&root(), arguments)
        .env("LC_ALL", locale)
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    out(&output)
}

/// People are spoken to in their language; what programs read is the same on every machine, unless it is asked for.
#[test]
fn the_locale_speaks_to_people_and_not_to_programs() {
    let file = "fixtures/corpus/defectuoso.yaml";
    let spanish = in_locale("es_ES.UTF-8", &["check", file, "--as-of", "2026-11-23"]);
    assert!(spanish.contains("\n  ayuda: "), "{spanish}");
    assert_eq!(
        spanish,
        in_locale("C", &["check", file, "--as-of", "2026-11-23", "--lang", "es"])
    );
    // The last line names the digest of the rules, which is another with every rule.
    let told: Vec<&str> = spanish.lines().filter(|line| !line.starts_with("credlint 0")).collect();
    insta::assert_snapshot!("in_spanish", told.join("\n"));
    let json = |locale: &str, more: &[&str]| {
        in_locale(
            locale,
            &[&["check", file, "--format", "json", "--as-of", "2026-11-23"], more].concat(),
        )
    };
    assert_eq!(json("es_ES.UTF-8", &[]), json("C", &[]));
    assert!(json("C", &["--lang", "fi"]).contains("\"language\":\"fi\""));
    assert!(in_locale("pt_PT", &["explain", "workload/ects-ratio"]).contains("Porquê"));
    assert!(
        in_locale("de_DE.UTF-8", &["check", file]).contains("\n  help: "),
        "what is missing falls back to English"
    );
}

#[test]
fn the_configuration_can_name_the_language() {
    let scratch = Scratch::new("language");
    scratch.write("credlint.yaml", "language: fi\n");
    scratch.write("a.yaml", "descriptor: micro-credential/1\ntitle: A\n");
    let output = out(&run_in(&scratch.0, &["check", "a.yaml"]));
    assert!(output.contains("kuuluu tähän"), "{output}");
    scratch.write("credlint.yaml", "language: xx\n");
    let output = run_in(&scratch.0, &["check", "a.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("there is no language `xx`; known: en, es, fi, pt"));
}
