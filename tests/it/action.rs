//! The shell behind `action.yml`, run as a runner would: input by environment variables, files to append to, a program in
//! the path. What only GitHub can do (caching, uploading) is not here; that every input reaches its script is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

use crate::cli::{Scratch, code, err, out};
use crate::{file, root};

const GOOD: &str = "fixtures/corpus/exemplary.yaml";
const BAD: &str = "fixtures/corpus/faulty.yaml";

/// A runner with a checkout in `work`; its repository is a real one.
struct Runner {
    scratch: Scratch,
    inputs: Vec<(String, String)>,
}

impl Runner {
    fn new(name: &str) -> Option<Runner> {
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        if !(has("bash") && has("git")) {
            println!("skipped: the scripts of the action need bash and git");
            return None;
        }
        let scratch = Scratch::new(&format!("action-{name}"));
        scratch.write("work/courses/good one.yaml", file(GOOD));
        scratch.write("temp/.keep", "");
        let runner = Runner {
            scratch,
            inputs: Vec::new(),
        };
        runner.git(&["init", "--quiet"]);
        Some(runner)
    }

    fn with(mut self, input: &str, value: &str) -> Runner {
        self.inputs.push((format!("CREDLINT_{input}"), value.to_string()));
        self
    }

    fn at(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.current_dir(self.at("work"))
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "Nobody");
            git.env(format!("GIT_{who}_EMAIL"), "nobody@example.org");
        }
        let output = git.output().expect("git runs");
        assert!(output.status.success(), "{}", err(&output));
    }

    fn script(&self, script: &str, arguments: &[&str], first_in_path: &Path) -> Output {
        for name in ["output", "summary", "path"] {
            std::fs::write(self.at(name), "# kept\n").expect("written");
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(first_in_path.to_path_buf()).chain(std::env::split_paths(&path));
        Command::new("bash")
            .arg(root().join("action").join(script))
            .args(arguments)
            .current_dir(self.at("work"))
            .env_clear()
            .env("PATH", std::env::join_paths(all).expect("paths"))
            .env("RUNNER_TEMP", self.at("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_OUTPUT", self.at("output"))
            .env("GITHUB_STEP_SUMMARY", self.at("summary"))
            .env("GITHUB_PATH", self.at("path"))
            .envs(self.inputs.iter().cloned())
            .output()
            .expect("bash runs")
    }

    fn run(&self) -> Output {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_credlint"));
        self.script("run.sh", &[], program.parent().expect("a folder"))
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).expect("a file")
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let text = self.read("output");
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    }

    /// The files that the SARIF file speaks of.
    fn files(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.outputs()["sarif"]).expect("a SARIF file");
        let sarif: Json = serde_json::from_str(&text).expect("JSON");
        let results = sarif["runs"][0]["results"].as_array().expect("results");
        let place = |result: &Json| {
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            place.as_str().expect("a place").to_string()
        };
        let mut files: Vec<String> = results.iter().map(place).collect();
        files.dedup();
        files
    }
}

#[test]
fn a_clean_run_leaves_a_summary_and_a_sarif_file() {
    let Some(runner) = Runner::new("clean") else { return };
    let output = runner.run();
    assert_eq!((code(&output), err(&output)), (0, String::new()), "{}", out(&output));
    assert_eq!(runner.outputs()["exit-code"], "0");
    assert!(runner.files().is_empty());
    let checkout = PathBuf::from(&runner.outputs()["checkout"]);
    let same = |path: &Path| path.canonicalize().expect("a folder");
    assert_eq!(same(&checkout), same(&runner.at("work")));
    let summary = runner.read("summary");
    assert!(
        summary.starts_with("# kept\n") && summary.contains("credlint"),
        "{summary}"
    );
    assert!(runner.read("output").starts_with("# kept\n"));
}

#[test]
fn findings_fail_the_run_and_are_reported_in_every_form() {
    let Some(runner) = Runner::new("findings") else { return };
    runner.scratch.write("work/courses/bad.yaml", file(BAD));
    let output = runner.run();
    assert_eq!(code(&output), 1);
    let said = out(&output);
    assert!(said.contains("::error file=courses/bad.yaml,line=26,"), "{said}");
    assert!(runner.read("summary").contains("quality-assurance/missing"));
    assert_eq!(runner.files(), ["courses/bad.yaml"]);
    assert_eq!(runner.outputs()["exit-code"], "1");

    let lenient = runner.with("FAIL_ON", "never").with("SUMMARY", "false");
    assert_eq!(code(&lenient.run()), 0);
    assert_eq!(lenient.read("summary"), "# kept\n");
}

#[test]
fn what_went_wrong_keeps_its_exit_code_and_uploads_nothing() {
    let Some(runner) = Runner::new("wrong") else { return };
    runner.scratch.write("work/credlint.yaml", "profil: eu\n");
    assert_eq!(code(&runner.run()), 2);
    assert_eq!(runner.outputs()["exit-code"], "2");
    assert!(!runner.outputs().contains_key("sarif"));

    let empty = Runner::new("empty").expect("as before").with("PATHS", "nothing");
    empty.scratch.write("work/nothing/compose.yaml", "services: {}\n");
    assert_eq!(code(&empty.run()), 3, "a run that checks nothing does not pass");

    for (input, value) in [
        ("ANNOTATIONS", "yes"),
        ("SUMMARY", "$(id)"),
        ("WORKING_DIRECTORY", "nowhere"),
    ] {
        let runner = Runner::new("input").expect("as before").with(input, value);
        let output = runner.run();
        assert_eq!(code(&output), 2, "{input}");
        assert!(err(&output).starts_with("::error title=credlint::"), "{}", err(&output));
    }
}

#[test]
fn inputs_are_values_and_never_code() {
    let nasty = [
        "$(touch owned)`touch owned`; touch owned",
        "\" && touch owned #' ; touch owned '",
        "--output=human=owned",
        "x\n::add-mask::secret",
    ];
    let inputs = [
        "PATHS",
        "PROFILE",
        "FAIL_ON",
        "BASELINE",
        "NEW_FROM",
        "WORKING_DIRECTORY",
        "ANNOTATIONS",
        "SUMMARY",
    ];
    for (value, input) in nasty.iter().flat_map(|value| inputs.map(|input| (value, input))) {
        let Some(runner) = Runner::new("nasty") else { return };
        let runner = runner.with(input, value);
        let output = runner.run();
        assert_eq!(code(&output), 2, "{input}={value}: {}", err(&output));
        let mut files = walkdir::WalkDir::new(runner.scratch.path())
            .into_iter()
            .filter_map(Result::ok);
        let owned = files.find(|entry| entry.file_name().to_string_lossy().contains("owned"));
        assert!(owned.is_none(), "{input}={value}");
        let said = out(&output) + &err(&output);
        let injected = said.lines().find(|line| line.starts_with("::add-mask"));
        assert_eq!(injected, None, "{input}={value}");
    }
    // The one input that is made of options still gets no shell.
    let runner = Runner::new("nasty-args")
        .expect("as before")
        .with("ARGS", "$(touch owned)");
    runner.run();
    assert!(!runner.at("work/owned").exists());
}

#[test]
fn lists_have_an_entry_on_each_line() {
    let Some(runner) = Runner::new("lists") else { return };
    runner.scratch.write("work/bad.yaml", file(BAD));
    runner.scratch.write("work/compose.yaml", "services: {}\n");
    let paths = "\n  courses/good one.yaml\r\n\n  compose.yaml  ";
    let args = "--only-descriptors\n--as-of=2026-11-23";
    let runner = runner
        .with("PATHS", paths)
        .with("ARGS", args)
        .with("PROFILE", "eu\nedc-issuance")
        .with("ANNOTATIONS", "false")
        .with("FAIL_ON", "never");
    let output = runner.run();
    let said = out(&output);
    assert_eq!(code(&output), 0, "{said}{}", err(&output));
    assert!(said.contains("1 checked, 1 not a descriptor"), "{said}");
    let summary = runner.read("summary");
    assert!(summary.contains("awarding-body/eidas-missing"), "{summary}");
}

#[test]
fn what_a_descriptor_says_is_no_command_to_the_runner() {
    let Some(runner) = Runner::new("commands") else { return };
    let text = file(BAD).replace("title:", "title: \"::add-mask::a\" #");
    runner.scratch.write("work/courses/bad.yaml", text);
    let runner = runner.with("ANNOTATIONS", "false");
    let output = runner.run();
    assert_eq!(code(&output), 1);
    let said = out(&output);
    let first = said.lines().next().unwrap_or_default();
    let token = first.strip_prefix("::stop-commands::").expect("commands are stopped");
    assert_eq!(token.len(), 32);
    assert_eq!(said.lines().last(), Some(format!("::{token}::").as_str()));
}

#[test]
fn files_are_named_from_the_root_of_the_repository() {
    let Some(runner) = Runner::new("below") else { return };
    runner.scratch.write("work/courses/bad.yaml", file(BAD));
    let runner = runner.with("WORKING_DIRECTORY", "courses");
    assert_eq!(code(&runner.run()), 1);
    assert_eq!(runner.files(), ["courses/bad.yaml"]);

    let written = runner.with("ARGS", "--write-baseline=courses/known.yaml");
    written.run();
    let known = Runner::new("below-known").expect("as before");
    known.scratch.write("work/courses/bad.yaml", file(BAD));
    known
        .scratch
        .write("work/courses/known.yaml", written.read("work/courses/known.yaml"));
    let known = known.with("WORKING_DIRECTORY", "courses");
    assert_eq!(code(&known.run()), 1);
    assert_eq!(code(&known.with("BASELINE", "known.yaml").run()), 0);
}

#[test]
fn a_pull_request_only_answers_for_what_is_new() {
    let Some(runner) = Runner::new("new-from") else { return };
    runner.scratch.write("work/courses/old.yaml", file(BAD));
    runner.git(&["add", "."]);
    runner.git(&["commit", "--quiet", "--message", "begin"]);
    let runner = runner.with("NEW_FROM", "HEAD");
    assert_eq!(code(&runner.run()), 0);
    let new = file(BAD).replace("es-hv-safety-201", "es-hv-safety-301");
    runner.scratch.write("work/courses/new.yaml", new);
    assert_eq!(code(&runner.run()), 1);
    assert!(out(&runner.run()).contains("::error file=courses/new.yaml"));
}

/// Programs of a name that write down what they were asked for, and behave as their text says.
fn stand_in(runner: &Runner, name: &str, does: &str) {
    let text = format!(
        "#!/usr/bin/env bash\nprintf '%s\\n' \"{name} $*\" >>'{}'\n{does}\n",
        runner.at("asked").display()
    );
    runner.scratch.write(&format!("bin/{name}"), text);
    let made = Command::new("chmod")
        .arg("+x")
        .arg(runner.at("bin").join(name))
        .status();
    assert!(made.is_ok_and(|status| status.success()));
}

const PUT: &str = "mkdir -p \"$to/bin\"; printf '#!/bin/sh\\necho credlint 0\\n' >\"$to/bin/credlint\"; chmod +x \"$to/bin/credlint\"";

#[test]
fn the_program_is_installed_once_by_pip_else_by_cargo() {
    let Some(runner) = Runner::new("install") else { return };
    let to = runner.at("temp/credlint-program").display().to_string();
    let put = format!("to='{to}'; {PUT}");
    stand_in(&runner, "python3", &format!("case \"$*\" in *install*) {put} ;; esac"));
    stand_in(&runner, "cargo", "exit 1");
    let install = || runner.script("install.sh", &[], &runner.at("bin"));
    let output = install();
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let asked = runner.read("asked");
    let wanted = format!("--no-deps --target {to} {}\n", root().display());
    assert!(asked.contains(&wanted) && !asked.contains("cargo"), "{asked}");
    assert_eq!(runner.read("path"), format!("# kept\n{to}/bin\n"));
    std::fs::remove_file(runner.at("asked")).expect("removed");
    assert_eq!(code(&install()), 0);
    assert!(!runner.at("asked").exists(), "what a cache brought is taken as it is");

    let second = Runner::new("install-cargo")
        .expect("as before")
        .with("VERSION", "1.2.3");
    let to = second.at("temp/credlint-program").display().to_string();
    stand_in(&second, "python3", "case \"$*\" in *install*) exit 1 ;; esac");
    stand_in(&second, "cargo", &format!("to='{to}'; {PUT}"));
    let output = second.script("install.sh", &[], &second.at("bin"));
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let asked = second.read("asked");
    assert!(
        asked.contains("credlint==1.2.3\n") && asked.contains("--version 1.2.3 credlint\n"),
        "{asked}"
    );

    let nowhere = Runner::new("install-not").expect("as before");
    stand_in(&nowhere, "python3", "exit 1");
    stand_in(&nowhere, "python", "exit 1");
    stand_in(&nowhere, "cargo", "exit 1");
    let output = nowhere.script("install.sh", &[], &nowhere.at("bin"));
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("could not be installed"), "{}", err(&output));
}

#[test]
fn a_version_is_a_version_and_a_key_names_what_is_installed() {
    let Some(runner) = Runner::new("where") else { return };
    let key = |runner: &Runner| {
        let output = runner.script("install.sh", &["where"], &runner.at("bin"));
        assert_eq!(code(&output), 0, "{}", err(&output));
        runner.outputs()["key"].clone()
    };
    let own = key(&runner);
    assert_eq!(own, key(&runner));
    assert!(
        own.starts_with("credlint-Linux-X64-") && own.len() == "credlint-Linux-X64-".len() + 40,
        "{own}"
    );
    let runner = runner.with("VERSION", "1.2.3");
    assert_eq!(key(&runner), "credlint-Linux-X64-1.2.3");
    for version in [
        "latest",
        "1.2.3 --index-url=x",
        "1.2.3\nfolder=/",
        "https://example.org/x.whl",
    ] {
        let runner = Runner::new("version").expect("as before").with("VERSION", version);
        let output = runner.script("install.sh", &["where"], &runner.at("bin"));
        assert_eq!(code(&output), 2, "{version}");
        assert_eq!(runner.read("output"), "# kept\n");
    }
}

fn yaml(path: &str) -> Json {
    serde_yaml::from_str(&file(path)).expect("YAML")
}

/// An expression inside `run` would be pasted into the script before bash reads it.
#[test]
fn the_action_hands_every_input_over_by_the_environment() {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_array().expect("steps");
    let (mut handed_over, mut scripts) = (String::new(), 0);
    for step in steps {
        if let Some(run) = step["run"].as_str() {
            assert!(!run.contains("${{"), "{run}");
            let script = run
                .split('"')
                .nth(1)
                .expect("a script")
                .replace("$GITHUB_ACTION_PATH/", "");
            let text = file(&script);
            for (name, _) in step["env"].as_object().expect("an environment") {
                assert!(text.contains(&format!("${{{name}:-")), "{script} does not read {name}");
            }
            scripts += 1;
        }
        if let Some(uses) = step["uses"].as_str() {
            let commit = uses.split('@').nth(1).unwrap_or_default();
            assert!(commit.len() == 40, "{uses} is not pinned");
        }
        handed_over.push_str(&step.to_string());
    }
    assert_eq!(scripts, 3);
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        assert!(handed_over.contains(&format!("inputs.{name} ")), "{name} is not used");
        assert!(
            input["default"].is_string() && input["description"].is_string(),
            "{name}"
        );
    }
}

/// What the guide tells people to write is there.
#[test]
fn the_guide_names_hooks_and_inputs_that_exist() {
    let (guide, action, hooks) = (
        file("docs/guide/adopt.md"),
        yaml("action.yml"),
        yaml(".pre-commit-hooks.yaml"),
    );
    let mut met = (0, 0);
    for block in guide.split("```yaml\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let block: Json = serde_yaml::from_str(block).expect("YAML");
        for step in block["jobs"]["check"]["steps"].as_array().into_iter().flatten() {
            if step["uses"].as_str().is_some_and(|uses| uses.contains("/credlint@")) {
                for name in step["with"].as_object().expect("inputs").keys() {
                    assert!(action["inputs"].get(name).is_some(), "{name}");
                    met.0 += 1;
                }
            }
        }
        let hooks = hooks.as_array().expect("hooks");
        let named = block["repos"][0]["hooks"].as_array().into_iter().flatten();
        for own in named {
            let hook = hooks.iter().find(|hook| hook["id"] == own["id"]).expect("a hook");
            if block["repos"][0]["repo"] == "local" {
                for key in ["entry", "types_or", "require_serial"] {
                    assert_eq!(own[key], hook[key], "{key}");
                }
            }
            met.1 += 1;
        }
    }
    assert_eq!(met, (2, 3));
    let table = guide.split("| Input |").nth(1).unwrap_or_default();
    for name in action["inputs"].as_object().expect("inputs").keys() {
        assert!(table.contains(&format!("`{name}`")), "{name} is not in the table");
    }
}

/// shellcheck comes with `tests/proofs/requirements.txt`.
#[test]
fn shellcheck_has_nothing_to_say() {
    let beside =
        std::env::var_os("CREDLINT_PYTHON").and_then(|python| Some(Path::new(&python).parent()?.join("shellcheck")));
    let programs = beside.into_iter().chain([PathBuf::from("shellcheck")]);
    let found = programs.into_iter().find(|program| {
        let run = Command::new(program).arg("--version").output();
        run.is_ok_and(|output| output.status.success())
    });
    let Some(shellcheck) = found else {
        println!("skipped: no shellcheck (tests/proofs/requirements.txt)");
        return;
    };
    let mut run = Command::new(shellcheck);
    let output = run
        .current_dir(root())
        .args(["action/install.sh", "action/run.sh", ".ci/run"])
        .output()
        .expect("shellcheck runs");
    assert!(output.status.success(), "{}", out(&output));
}
