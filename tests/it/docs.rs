//! Pages that come from the data, and the claims of the README.

use std::collections::BTreeMap;

use credlint::explain;
use credlint::language::Language;
use credlint::reference::Topic;
use credlint::standard::Element;

use crate::{file, root, set};

/// A page for each element, profile, format, check kind and vocabulary, and one for the columns of CSV. To write them anew: `UPDATE_DOCS=1 cargo test
/// every_page_of_the_reference_is_current`.
#[test]
fn every_page_of_the_reference_is_current() {
    let (set, folder) = (set("eu"), root().join("docs"));
    let mut pages = BTreeMap::new();
    let mut index = String::from(
        "# Documentation\n\nThe guides are written by people, and followed by a test. Everything else is the reference, generated from the data; do not edit it. `UPDATE_DOCS=1 cargo test every_page_of_the_reference_is_current` \
         writes it anew. `credlint explain NAME` prints the same pages, in any of the four languages.\n",
    );
    let mut section = String::new();
    for topic in Topic::all() {
        let path = topic.path();
        let own = path.split('/').next().unwrap_or_default().to_string();
        if own != section {
            index.push_str(&format!("\n## {}\n\n", own));
            section = own;
        }
        index.push_str(&format!(
            "- [`{}`]({path}): {}\n",
            topic.name(),
            topic.title(set, Language::ENGLISH)
        ));
        pages.insert(path, topic.page(set, Language::ENGLISH));
    }
    let index = index.replacen("## elements", &format!("{}## elements", guides(&folder)), 1);
    let mut index = index;
    index.push_str("\n## tables\n\n- [`columns`](columns.md): the columns of `credlint score --format csv`\n");
    let made_by = credlint::report::json::made_by(set, &crate::options());
    pages.insert("columns.md".to_string(), credlint::report::csv::page(set, &made_by));
    pages.insert("README.md".to_string(), index);
    if std::env::var("UPDATE_DOCS").as_deref() == Ok("1") {
        for (path, page) in &pages {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, page).expect("written");
        }
    }
    let files = walkdir::WalkDir::new(&folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file());
    for entry in files {
        let path = entry
            .path()
            .strip_prefix(&folder)
            .expect("inside")
            .to_string_lossy()
            .replace('\\', "/");
        assert!(
            is_by_hand(&path) || pages.contains_key(&path),
            "docs/{path} belongs to nothing any more; remove it"
        );
    }
    for (path, page) in &pages {
        let stored = std::fs::read_to_string(folder.join(path)).unwrap_or_default();
        assert!(
            stored == *page,
            "docs/{path} is out of date; run: UPDATE_DOCS=1 cargo test every_page_of_the_reference_is_current"
        );
    }
}

/// A format says what it is, how it is told, what has no place in it, and what its writer loses; in every language.
#[test]
fn formats_explain_themselves() {
    let set = set("eu");
    let page = |name: &str| Topic::of(name).expect("a topic").page(set, Language::ENGLISH);
    let edc = page("edc");
    for said in [
        "sealed or not",
        "`--format-in edc`",
        "`[type=EuropeanDigitalCredential]`, `credentialSubject`",
        "| [workload](../elements/workload.md) | `specifiedBy/volumeOfLearning` |",
        "`entitlesTo` of the specification",
        "`credlint convert --to edc-template`",
        "kept as text only: ",
    ] {
        assert!(edc.contains(said), "{said}\n{edc}");
    }
    // What may be in it, is not said to be lost; what every descriptor of ours may have beside, is.
    assert!(!edc.contains("`title`,") && edc.contains("`evidence`"), "{edc}");
    assert!(page("moochub").contains("There is no writer"));
    assert!(page("elm-loq").contains("(`LearningAchievementSpecification`)"));
    for format in credlint::descriptor::mapped::formats() {
        let page = page(&format.format);
        assert!(page.starts_with(&format!("# {}", format.title)), "{page}");
        let rows = credlint::standard::Element::JUDGED.len();
        assert_eq!(page.matches("](../elements/").count(), rows, "{page}");
    }
    let output = crate::cli::run_in(&root(), &["explain", "moochup"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("`moochub`"));
}

/// Pages that people write: they lie beside the folders that are generated.
fn is_by_hand(path: &str) -> bool {
    let generated = ["README.md", "columns.md"].contains(&path);
    !generated && (!path.contains('/') || path.starts_with("guide/"))
}

/// The pages that people write, by their headings.
fn guides(folder: &std::path::Path) -> String {
    let mut list = String::from("## guides\n\n");
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
    {
        let path = entry.path().strip_prefix(folder).expect("inside");
        let path = path.to_string_lossy().replace('\\', "/");
        if is_by_hand(&path) && path.ends_with(".md") {
            let page = std::fs::read_to_string(entry.path()).expect("a page");
            let title = page.lines().next().and_then(|line| line.strip_prefix("# "));
            let title = title.unwrap_or_else(|| panic!("docs/{path} begins with its title"));
            list.push_str(&format!("- [{title}]({path})\n"));
        }
    }
    list + "\n"
}

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
         A page for each element with every rule in full: `docs/`.\n\n\
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
        let profile = &crate::set(name).profile;
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
    out.push_str(
        "\n# Kinds of practice\n\nThe first kind of `rules/typology.yaml` whose needs are all stated, and of whose exceptions none is, is given. \
         A kind above it that only silence keeps open is named beside it. Where none holds, the practice is undecided.\n\n\
         | kind | what | needs | except where | from |\n|---|---|---|---|---|\n",
    );
    let clauses = |list: &[credlint::typology::ClauseFile]| {
        list.iter()
            .map(|clause| clause.why.get("en"))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let from = |authority: &credlint::rule::Authority| {
        format!(
            "{}, {} ({})",
            set.authority_title(&authority.source),
            authority.locator,
            authority.relation.word()
        )
    };
    for kind in &set.typology.kinds {
        let file = &kind.file;
        let cells = [
            file.name.get("en").to_string(),
            file.description.get("en").to_string(),
            clauses(&file.needs),
            clauses(&file.unless),
            from(&file.authority),
        ];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out.push_str("\nTraits, whatever the kind:\n\n| trait | what | needs | from |\n|---|---|---|---|\n");
    for own in &set.typology.traits {
        let file = &own.file;
        let name = format!("{} ({})", file.name.get("en"), file.polarity.word());
        let cells = [
            name,
            file.description.get("en").to_string(),
            clauses(&file.needs),
            from(&file.authority),
        ];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

#[test]
fn the_readme_names_the_two_commands_and_ci_runs_the_test_command() {
    let readme = file("README.md");
    assert!(readme.contains("$ cargo run --release -- score seeds\n"));
    assert!(readme.contains("cargo test"));
    assert!(file(".ci/run").contains("cargo test"));
}

/// What the README shows of the seeds is what the program says. To write it anew: `UPDATE_DOCS=1 cargo test
/// the_seeds_in_the_readme`.
#[test]
fn the_seeds_in_the_readme_are_current() {
    let arguments = ["score", "seeds", "--by", "country", "--as-of", "2026-11-23"];
    let text = crate::cli::out(&crate::cli::run_in(&root(), &arguments));
    let between = |first: &str, behind: &str| -> String {
        let lines = text.lines().skip_while(|line| !line.trim_start().starts_with(first));
        let lines: Vec<&str> = lines.take_while(|line| !line.starts_with(behind)).collect();
        assert!(lines.len() > 3, "{first}");
        lines.join("\n").trim_end().to_string()
    };
    let parts = [
        ("<!-- seeds -->", between("LO work", "13 practices by country")),
        ("<!-- patterns -->", between("short in all", "observations")),
    ];
    let mut readme = file("README.md");
    for (mark, screen) in parts {
        let start = readme.find(mark).expect("a mark");
        let open = start + readme[start..].find("```text\n").expect("a fence") + 8;
        let end = open + readme[open..].find("```\n").expect("a closing fence");
        if std::env::var("UPDATE_DOCS").as_deref() == Ok("1") {
            readme.replace_range(open..end, &(screen + "\n"));
            std::fs::write(root().join("README.md"), &readme).expect("written");
        } else {
            assert!(
                readme[open..end].trim_end() == screen,
                "README.md is out of date; run: UPDATE_DOCS=1 cargo test the_seeds_in_the_readme"
            );
        }
    }
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
