//! Pages that come from the data, and the claims of the README.

use credlint::check::KINDS;
use credlint::explain;
use credlint::language::Language;
use credlint::standard::Element;

use crate::{file, root, set};

/// To write it anew: `UPDATE_DOCS=1 cargo test reference_is_current`.
#[test]
fn reference_is_current() {
    let (path, text) = ("rules/README.md", reference());
    if std::env::var("UPDATE_DOCS").as_deref() == Ok("1") {
        std::fs::write(root().join(path), &text).expect("written");
    }
    let stored = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    assert!(
        stored == text,
        "{path} is out of date; run: UPDATE_DOCS=1 cargo test reference_is_current"
    );
}

fn reference() -> String {
    let set = set("eu");
    let mut out = String::from(
        "# Rules\n\nGenerated from the rule files; do not edit. `UPDATE_DOCS=1 cargo test reference_is_current` writes it anew.\n\n\
         A rule is a file, `<element>/<problem>.yaml`, and the path is its id. What may stand in it: `schemas/rule.schema.json`.\n\
         Its cases lie in `fixtures/rules/<element>/<problem>/`; `credlint test` runs them. For a rule over a catalogue a stream\n\
         of documents is one catalogue, and every place of a finding carries a mark.\n\n\
         Three questions, three fields: **level** (does it fail the run?), **obligation** (what does the standard say?), **effect** (what does it cost?).\n\
         Relations: *interprets* our reading of the text · *format* a file or data format demands it · *logic* it contradicts itself or arithmetic · *convention* good practice, never an error.\n\
         No rule says *verbatim*: that word waits until the official text has been compared.\n",
    );
    let families =
        Element::ALL
            .iter()
            .map(|element| element.slug())
            .chain(["catalogue", "yaml", "shape", "evidence", "input"]);
    for family in families {
        let rules: Vec<_> = set
            .rules
            .iter()
            .filter(|rule| rule.id.split('/').next() == Some(family))
            .collect();
        if rules.is_empty() {
            continue;
        }
        out.push_str(&format!(
            "\n## {family}\n\n| rule | level | costs | what | from |\n|---|---|---|---|---|\n"
        ));
        for rule in rules {
            let cost = match rule.file.effect {
                credlint::rule::Effect::None => "–",
                credlint::rule::Effect::Partial => "half",
                credlint::rule::Effect::Gap => "all",
            };
            let cell = |text: String| text.replace('|', "\\|").replace('\n', " ");
            out.push_str(&format!(
                "| `{}` | {} | {cost} | {} | {} |\n",
                rule.id,
                if rule.file.in_force {
                    rule.file.level.word().to_string()
                } else {
                    format!("{} in a profile", rule.file.level.word())
                },
                cell(explain::without_values(rule.message(Language::ENGLISH))),
                cell(explain::from(set, rule, Language::ENGLISH))
            ));
        }
    }
    out.push_str("\n# Profiles\n\n`--profile NAME` or `profile:` in `credlint.yaml`; may repeat: the first scores, further ones add findings.\n");
    for name in credlint::rule::set::profile_names() {
        let set = credlint::rule::set::RuleSet::embedded(name).expect("an embedded profile");
        let profile = &set.profile;
        out.push_str(&format!(
            "\n## `{name}`: {}\n\n{}\n",
            profile.title.get("en"),
            profile.description.get("en")
        ));
        let own: Vec<String> = profile
            .levels
            .iter()
            .map(|line| format!("`{}` {}", line.rule, line.level.word()))
            .collect();
        out.push_str(&format!("\nLevels: {}.\n", own.join(", ")));
    }
    out.push_str("\n# Check kinds\n\nThe closed set; each is one file under `src/check/`.\n");
    for kind in KINDS {
        let list = |names: &[&str]| {
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        out.push_str(&format!("\n## `{}`\n\n{}\n", kind.name, kind.page));
        if !kind.placeholders.is_empty() {
            out.push_str(&format!("\nPlaceholders: {}.\n", list(kind.placeholders)));
        }
        if !kind.roles.is_empty() {
            out.push_str(&format!("\nFurther places: {}.\n", list(kind.roles)));
        }
    }
    out
}

#[test]
fn the_readme_names_the_two_commands_and_ci_runs_the_test_command() {
    let readme = file("README.md");
    assert!(readme.contains("cargo run --release -- check seeds"));
    assert!(readme.contains("cargo test"));
    assert!(file(".ci/run").contains("cargo test"));
}

/// The screens in the README are real. To write them anew: `UPDATE_DOCS=1 cargo test the_screens_in_the_readme`.
#[test]
fn the_screens_in_the_readme_are_current() {
    let mut readme = file("README.md");
    for path in ["fixtures/corpus/faulty.yaml", "fixtures/corpus/exemplary.yaml"] {
        let practice = crate::check_as("eu", path, &file(path)).remove(0);
        let command = format!("```console\n$ credlint check {path}\n");
        let screen = format!("{command}\n{}\n```", crate::drawn("eu", &practice).trim());
        let start = readme
            .find(&command)
            .unwrap_or_else(|| panic!("README.md does not show {path}"));
        let end = start + 10 + readme[start + 10..].find("```").expect("a closing fence") + 3;
        if std::env::var("UPDATE_DOCS").as_deref() == Ok("1") {
            readme.replace_range(start..end, &screen);
            std::fs::write(root().join("README.md"), &readme).expect("written");
        } else {
            assert!(
                readme[start..end] == screen,
                "README.md is out of date; run: UPDATE_DOCS=1 cargo test the_screens_in_the_readme"
            );
        }
    }
}
