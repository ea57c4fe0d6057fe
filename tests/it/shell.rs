//! At home in a shell: completions, manual pages, `--watch`, `--statistics`, and what is said to somebody who mistypes.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use credlint::cli::SchemaName;
use serde_json::Value;

use crate::cli::{Scratch, code, err, out, run_in};
use crate::schemas::{fits, schema};
use crate::{file, root};

fn run(arguments: &[&str]) -> Output {
    run_in(&root(), arguments)
}

/// What a program of others says of a text, where it is here.
fn judged_by(program: &str, arguments: &[&str], input: &str) -> Option<Output> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: {program} is not here");
        return None;
    };
    let mut stdin = child.stdin.take().expect("stdin");
    let text = input.to_string();
    let feed = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("ends");
    let _ = feed.join();
    Some(output)
}

fn written(shell: &str) -> String {
    let output = run(&["completions", shell]);
    assert_eq!(code(&output), 0, "{shell}: {}", err(&output));
    out(&output)
}

const SHELLS: [&str; 6] = ["bash", "zsh", "fish", "powershell", "elvish", "nushell"];

/// The script for one of the shells. To write one takes long in a build for tests, so that each is written once for all of them.
fn script(shell: &str) -> String {
    static SCRIPTS: [OnceLock<String>; 6] = [const { OnceLock::new() }; 6];
    let number = SHELLS.iter().position(|own| *own == shell).expect("one of the shells");
    SCRIPTS[number].get_or_init(|| written(shell)).clone()
}

#[test]
fn every_shell_has_a_script_that_is_the_same_each_time() {
    for shell in SHELLS {
        let text = script(shell);
        assert!(
            text.contains("agreement") && text.contains("with-suggestions"),
            "{shell}"
        );
        assert_eq!(text, written(shell), "{shell}");
    }
    // The scripts for the other two know no values.
    for shell in ["bash", "zsh", "fish", "nushell"] {
        let text = script(shell);
        for name in ["workload/ects-ratio", "es-university", "elm-loq", "isced-f"] {
            assert!(text.contains(name), "{shell}: {name}");
        }
    }
    assert_eq!(script("powershell"), written("pwsh"));
    assert_eq!(code(&run(&["completions", "tcsh"])), 2);
}

const ASK_BASH: &str = r#"
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); COMPREPLY=()
  _credlint credlint "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"; echo "${COMPREPLY[@]}"; }
ask credlint ch
ask credlint check --profile es
ask credlint explain workload/ects-r
ask credlint score --format-in e
ask credlint --lang ""
complete -p credlint >&2
"#;

#[test]
fn bash_completes_commands_and_names() {
    let Some(output) = judged_by("bash", &["--norc"], &(script("bash") + ASK_BASH)) else {
        return;
    };
    let said = out(&output);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..2], ["check", "es-university es-vet"], "{}", err(&output));
    assert!(lines[2].starts_with("workload/ects-ratio"), "{said}");
    assert_eq!(lines[3..], ["edc elm-loq", "en es fi pt"]);
    assert!(err(&output).contains("-F _credlint"), "{}", err(&output));
}

#[test]
fn zsh_loads_its_script() {
    let load = "autoload -Uz compinit; compinit -u -D\n";
    let ask = "\nwhence -w _credlint; print -r -- $_comps[credlint]\n";
    let Some(output) = judged_by("zsh", &["-f"], &[load, &script("zsh"), ask].concat()) else {
        return;
    };
    assert_eq!(err(&output), "");
    assert_eq!(out(&output), "_credlint: function\n_credlint\n");
}

#[test]
fn fish_completes_commands_and_names() {
    let ask = "\ncomplete -C 'credlint chec'\ncomplete -C 'credlint check --profile es-u'\ncomplete -C 'credlint explain workload/ects-m'\n";
    let Some(output) = judged_by("fish", &["--no-config"], &(script("fish") + ask)) else {
        return;
    };
    assert_eq!(err(&output), "");
    let said = out(&output);
    let words: Vec<&str> = said.lines().map(|line| line.split('\t').next().unwrap_or("")).collect();
    assert_eq!(words, ["check", "es-university", "workload/ects-missing"], "{said}");
}

/// Its editor is there at a terminal only, so what the script needs of it is made up.
const ELVISH_EDITOR: &str = "\
var edit: = (ns [&completion:=(ns [&arg-completer=[&]]) &complex-candidate~={|word &display=''| put $word}])\n";

#[test]
fn elvish_completes_commands() {
    let text =
        ELVISH_EDITOR.to_string() + &script("elvish") + "\n$edit:completion:arg-completer[credlint] credlint ''\n";
    let scratch = Scratch::new("elvish");
    scratch.write("c.elv", text);
    let path = scratch.path().join("c.elv").display().to_string();
    let Some(output) = judged_by("elvish", &["-norc", &path], "") else {
        return;
    };
    let said = out(&output);
    assert!(
        said.contains("check") && said.contains("agreement"),
        "{said}{}",
        err(&output)
    );
}

/// Nushell answers what it would complete at an offset of a file.
#[test]
fn nushell_completes_commands_and_names() {
    let scratch = Scratch::new("nushell");
    for (typed, offered) in [
        ("credlint agr", "credlint agreement"),
        ("credlint check --profile es-u", "es-university"),
        ("credlint explain workload/ects-m", "workload/ects-missing"),
    ] {
        let text = script("nushell") + typed;
        scratch.write("c.nu", &text);
        let path = scratch.path().join("c.nu").display().to_string();
        let ask = ["--no-config-file", "--ide-complete", &text.len().to_string(), &path];
        let Some(output) = judged_by("nu", &ask, "") else {
            return;
        };
        assert_eq!(
            out(&output).trim(),
            format!(r#"{{"completions": ["{offered}"]}}"#),
            "{}",
            err(&output)
        );
    }
}

fn commands() -> Vec<String> {
    let command = <credlint::cli::Cli as clap::CommandFactory>::command();
    command
        .get_subcommands()
        .map(|own| own.get_name().to_string())
        .collect()
}

#[test]
fn there_is_a_manual_page_for_the_program_and_for_every_command() {
    let scratch = Scratch::new("man");
    let output = run_in(scratch.path(), &["man", "--output", "deep/man1"]);
    assert_eq!((code(&output), out(&output)), (0, String::new()), "{}", err(&output));
    let mut names: Vec<String> = std::iter::once("credlint.1".to_string())
        .chain(commands().iter().map(|name| format!("credlint-{name}.1")))
        .collect();
    names.sort();
    let folder = scratch.path().join("deep/man1");
    let mut written: Vec<String> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    written.sort();
    assert_eq!(written, names);
    for name in &names {
        let text = std::fs::read_to_string(folder.join(name)).expect("a page");
        assert!(text.is_ascii(), "{name}");
        for section in [
            "SYNOPSIS",
            "OPTIONS",
            "\"EXIT STATUS\"",
            "EXAMPLES",
            "ENVIRONMENT",
            "\"SEE ALSO\"",
        ] {
            assert!(text.contains(&format!(".SH {section}")), "{name}: {section}");
        }
        let Some(output) = judged_by("groff", &["-Tutf8", "-man", "-ww"], &text) else {
            continue;
        };
        assert_eq!(err(&output), "", "{name}");
        assert!(out(&output).contains("NO_COLOR"), "{name}");
    }
    // What is printed is what is written.
    let check = std::fs::read_to_string(folder.join("credlint-check.1")).expect("a page");
    assert_eq!(out(&run(&["man", "check"])), check);
    assert!(err(&run(&["man", "chekc"])).contains("did you mean `check`"));
}

/// The parts that the command line does not make by itself.
#[test]
fn what_the_manual_tells_beside_the_options() {
    let page = out(&run(&["man", "check"]));
    let end = page.find(".SH \"EXIT STATUS\"").expect("a section");
    insta::assert_snapshot!("man_check", page[end..].replace("\\-", "-"));
}

/// Examples are commands that the program takes.
#[test]
fn examples_of_the_manual_can_be_typed() {
    for name in commands().iter().map(String::as_str).chain(["credlint"]) {
        let page = out(&run(&["man", name])).replace("\\-", "-");
        let (_, rest) = page.split_once(".SH EXAMPLES").expect("examples");
        let rest = rest.split(".SH").next().expect("a section");
        let typed: Vec<&str> = rest
            .lines()
            .filter_map(|line| line.strip_prefix("\\fB")?.strip_suffix("\\fR"))
            .collect();
        assert!(!typed.is_empty(), "{name}: {rest}");
        for line in typed {
            let words: Vec<&str> = line.split_whitespace().take_while(|word| *word != ">").collect();
            assert!(name == "credlint" || words.get(1) == Some(&name), "{name}: {line}");
            let read = <credlint::cli::Cli as clap::Parser>::try_parse_from(&words);
            assert!(read.is_ok(), "{name}: {line}: {}", read.expect_err("wrong"));
        }
    }
}

#[test]
fn what_is_said_to_somebody_who_mistypes() {
    let scratch = Scratch::new("mistyped");
    scratch.write("my course.yaml", "descriptor: micro-credential/1\n");
    let mut all = String::new();
    for arguments in [
        &[][..],
        &["chekc"],
        &["."],
        &["my course.yaml"],
        &["elsewhere/course.yaml"],
        &["lint", "."],
        &["nonsense"],
        &["check", "--proflie", "eu", "."],
        &["check", "--profile", "es-univ", "."],
        &["check", "--profile", "mappin", "."],
        &["check", "--format", "jsn", "."],
        &["check", "--format-in", "edd", "."],
        &["check", "--watch", "-"],
        &["check", "--statistics", "--format", "sarif", "."],
        &["schema", "reslt"],
        &["explain", "workload/ratio"],
    ] {
        let output = run_in(scratch.path(), arguments);
        assert_eq!((code(&output), out(&output)), (2, String::new()), "{arguments:?}");
        let said = err(&output);
        // Names of profiles and formats grow in number; that they are listed is seen above.
        let said: Vec<String> = said
            .lines()
            .map(|line| match line.split_once("known: ") {
                Some((start, _)) => format!("{start}known: …"),
                None if line.contains("[possible values: ") => "  [possible values: …]".to_string(),
                None => line.to_string(),
            })
            .collect();
        all.push_str(&format!("$ credlint {}\n{}\n\n", arguments.join(" "), said.join("\n")));
    }
    insta::assert_snapshot!("mistyped", all);
}

const WORKLOAD: &str =
    "descriptor: micro-credential/1\ntitle: A\nworkload: {hours: 50, credits: [{system: ECTS, points: 4.5}]}\n";

fn with_statistics(scratch: &Scratch, more: &[&str]) -> Output {
    let arguments = [&["check", ".", "--statistics", "--as-of", "2026-11-23"], more].concat();
    run_in(scratch.path(), &arguments)
}

fn of_statistics() -> Scratch {
    let scratch = Scratch::new("statistics");
    scratch.write("a.yaml", WORKLOAD);
    scratch.write(
        "b.yaml",
        WORKLOAD.replace(
            "title: A",
            "id: x\ntitle: B\nawarding_bodies: [{name: Body, country: Spain}]",
        ),
    );
    scratch.write(
        "c.yaml",
        "descriptor: micro-credential/1\nid: x\ntitle: C # credlint: ignore[title/too-long] none\nlevel: # credlint: ignore[level/missing] later\n",
    );
    scratch
}

#[test]
fn statistics_count_what_check_shows() {
    let scratch = of_statistics();
    let counted = with_statistics(&scratch, &["--format", "json"]);
    let counted: Value = serde_json::from_str(&out(&counted)).expect("JSON");
    fits(&schema(SchemaName::Statistics), &counted);
    let shown = run_in(
        scratch.path(),
        &["check", ".", "--format", "json", "--as-of", "2026-11-23"],
    );
    let shown: Value = serde_json::from_str(&out(&shown)).expect("JSON");
    assert_eq!(shown["summary"], counted["summary"]);
    assert_eq!(shown["made_by"], counted["made_by"]);
    // Counted once more, from the result.
    let mut expected: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    let mut add = |findings: &Value, practices: usize| {
        let mut seen: Vec<String> = Vec::new();
        for finding in findings.as_array().expect("findings") {
            let rule = finding["rule"].as_str().expect("a rule").to_string();
            let own = expected.entry(rule.clone()).or_default();
            if !finding["waived"].is_null() {
                own[4] += 1;
                continue;
            }
            own[0] += 1;
            own[1] += usize::from(practices == 1 && !seen.contains(&rule));
            let safe = finding["fix"]["applicability"] == "safe";
            own[2] += usize::from(!finding["fix"].is_null() && safe);
            own[3] += usize::from(!finding["fix"].is_null() && !safe);
            seen.push(rule);
        }
    };
    for practice in shown["practices"].as_array().expect("practices") {
        add(&practice["findings"], 1);
    }
    add(&shown["catalogue"]["findings"], 0);
    let mut found = BTreeMap::new();
    for own in counted["rules"].as_array().expect("rules") {
        let n = |key: &str| own[key].as_u64().map_or(0, |n| n as usize);
        let counts = ["findings", "practices", "fixable", "suggestions", "waived"].map(n);
        found.insert(own["rule"].as_str().expect("a rule").to_string(), counts);
    }
    assert_eq!(found, expected);
    assert!(
        found["level/missing"][4] == 1 && found["country/name-instead-of-code"][2] == 1,
        "{found:#?}"
    );
    let duplicate = counted["rules"].as_array().expect("rules").iter();
    let across: Vec<&Value> = duplicate.filter(|own| own["practices"].is_null()).collect();
    assert!(!across.is_empty(), "two practices have one id");
    assert_eq!(counted["practices"], 3);
}

#[test]
fn statistics_are_a_table_with_the_most_frequent_rule_first() {
    let scratch = of_statistics();
    let output = with_statistics(&scratch, &[]);
    assert_eq!(code(&output), 1, "the exit code is that of a check");
    let stable = |text: String| {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("credlint 0") && !line.contains(" rules, "));
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!("statistics", stable(out(&output)));
    let plain = stable(out(&with_statistics(&scratch, &["--plain"])));
    assert!(
        plain.contains("level/missing (warning): 2 findings in 2 practices, 1 waived\n"),
        "{plain}"
    );
    let file = with_statistics(&scratch, &["-o", "counts.json"]);
    assert_eq!(out(&file), "");
    let counts = std::fs::read_to_string(scratch.path().join("counts.json")).expect("written");
    assert!(counts.starts_with("{\"version\":1,"), "{counts}");
}

#[test]
fn statistics_of_nothing() {
    let scratch = Scratch::new("no-statistics");
    scratch.write("a.yaml", file("fixtures/corpus/exemplary.yaml"));
    let output = with_statistics(&scratch, &[]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).starts_with("1 checked"), "{}", out(&output));
    let json: Value = serde_json::from_str(&out(&with_statistics(&scratch, &["--format", "json"]))).expect("JSON");
    assert_eq!(
        (json["rules"].clone(), json["practices"].clone()),
        (Value::Array(vec![]), 0.into())
    );
}

/// A process that watches, whose lines on standard error are waited for: nothing here depends on how quick a machine is.
#[cfg(unix)]
mod watching {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Child, Stdio};
    use std::sync::mpsc::{Receiver, channel};
    use std::thread::JoinHandle;
    use std::time::Duration;

    use super::*;
    use crate::cli::command;

    /// Far more than it takes.
    const PATIENCE: Duration = Duration::from_secs(60);

    struct Watching {
        child: Child,
        lines: Receiver<String>,
        printed: JoinHandle<String>,
    }

    impl Watching {
        fn start(scratch: &Scratch, arguments: &[&str]) -> Watching {
            let mut child = command(scratch.path(), arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("runs");
            let (sender, lines) = channel();
            let stderr = BufReader::new(child.stderr.take().expect("stderr"));
            std::thread::spawn(move || {
                stderr
                    .lines()
                    .map_while(Result::ok)
                    .try_for_each(|line| sender.send(line))
            });
            let mut stdout = child.stdout.take().expect("stdout");
            let printed = std::thread::spawn(move || {
                let mut text = String::new();
                let _ = stdout.read_to_string(&mut text);
                text
            });
            Watching { child, lines, printed }
        }

        /// Waits until a check is done; what it said before.
        fn checked(&mut self) -> Vec<String> {
            let mut said = Vec::new();
            loop {
                match self.lines.recv_timeout(PATIENCE) {
                    Ok(line) if line.contains("Ctrl-C ends") => return said,
                    Ok(line) => said.push(line),
                    Err(_) => {
                        let _ = self.child.kill();
                        panic!("it does not check again; it said: {said:#?}");
                    }
                }
            }
        }

        /// Ctrl-C; the exit code, what was printed, and what was said since the last check.
        fn stop(mut self) -> (Option<i32>, String, Vec<String>) {
            let id = self.child.id().to_string();
            let sent = Command::new("kill").args(["-INT", &id]).status().expect("kill");
            assert!(sent.success());
            let ended = self.child.wait().expect("ends");
            (
                ended.code(),
                self.printed.join().expect("read"),
                self.lines.iter().collect(),
            )
        }
    }

    #[test]
    fn a_change_of_a_file_or_of_the_configuration_checks_again() {
        for how in ["--watch", "--watch=poll"] {
            let scratch = Scratch::new(&format!("watch{}", how.len()));
            scratch.write("courses/a.yaml", file("fixtures/corpus/exemplary.yaml"));
            scratch.write("courses/.gitignore", "drafts/\n");
            let arguments = [
                "check",
                "courses",
                how,
                "--statistics",
                "--plain",
                "-o",
                "json=courses/out.json",
                "-o",
                "human=-",
            ];
            let mut watching = Watching::start(&scratch, &arguments);
            assert_eq!(watching.checked(), Vec::<String>::new());
            // Its own report and what is left out start nothing: the next checks are those of the next changes.
            scratch.write("courses/drafts/x.yaml", WORKLOAD);
            scratch.write("courses/b.yaml", WORKLOAD);
            watching.checked();
            scratch.write("credlint.yaml", "levels: {workload/ects-ratio: advice}\n");
            watching.checked();
            scratch.write("credlint.yaml", "levels: {workload/ects-ratio: nothing}\n");
            let said = watching.checked();
            assert!(
                said.iter()
                    .any(|line| line.contains("configuration (error)") || line.contains("credlint.yaml")),
                "{said:#?}"
            );
            std::fs::remove_file(scratch.path().join("courses/b.yaml")).expect("removed");
            scratch.write("credlint.yaml", "language: en\n");
            // One change or two, as it happens; the second is no news.
            while !out_says(&mut watching, &scratch) {}
            let (exit, printed, _) = watching.stop();
            assert_eq!(exit, Some(0), "{how}");
            assert!(!printed.contains('\x1b'), "a pipe is no screen: {printed}");
            let levels = ["workload/ects-ratio (warning): 1", "workload/ects-ratio (advice): 1"];
            let places = levels.map(|level| printed.find(level).unwrap_or_else(|| panic!("{level}\n{printed}")));
            assert!(places.is_sorted(), "{printed}");
        }
    }

    /// Waits for a check, and says whether its report has one practice.
    fn out_says(watching: &mut Watching, scratch: &Scratch) -> bool {
        watching.checked();
        let text = std::fs::read_to_string(scratch.path().join("courses/out.json")).unwrap_or_default();
        serde_json::from_str::<Value>(&text).is_ok_and(|all| all["summary"]["checked"] == 1)
    }

    #[test]
    fn a_rule_pack_and_a_file_that_is_not_there_yet_are_watched() {
        let scratch = Scratch::new("watch-pack");
        let rule = file("rules/title/missing.yaml").replace("level: error", "level: warning");
        scratch.write("pack/title/ours.yaml", &rule);
        let arguments = [
            "check",
            "late.yaml",
            "--rules",
            "pack",
            "--watch",
            "--statistics",
            "--plain",
        ];
        let mut watching = Watching::start(&scratch, &arguments);
        let said = watching.checked();
        assert!(said.iter().any(|line| line.contains("late.yaml")), "{said:#?}");
        scratch.write("late.tmp", "descriptor: micro-credential/1\n");
        // As editors save.
        std::fs::rename(scratch.path().join("late.tmp"), scratch.path().join("late.yaml")).expect("renamed");
        watching.checked();
        scratch.write("pack/title/ours.yaml", rule.replace("level: warning", "level: advice"));
        watching.checked();
        let (exit, printed, left) = watching.stop();
        assert_eq!((exit, left), (Some(0), Vec::new()), "{printed}");
        for said in ["title/ours (warning): 1", "title/ours (advice): 1"] {
            assert!(printed.contains(said), "{said}\n{printed}");
        }
    }
}
