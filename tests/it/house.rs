//! What the house demands of the repository as a whole.

use crate::{check, file, root, set};

#[test]
fn the_exemplary_descriptor_is_silent_under_all_rules() {
    let practice = check(&file("fixtures/corpus/exemplary.yaml"));
    let said: Vec<String> = practice
        .findings
        .iter()
        .map(|finding| format!("{}: {}", set("eu").rules[finding.rule].id, finding.message))
        .collect();
    assert!(said.is_empty(), "{said:#?}");
    assert_eq!(practice.gaps.iter().map(|(_, gap)| gap.missing).sum::<u32>(), 0);
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = file("Cargo.toml");
    let mut inside = false;
    let mut previous = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && line.contains(" = ") && !line.starts_with('#') {
            let known = line.contains('#')
                || previous.starts_with('#')
                || ["serde_json", "sha2", "walkdir"]
                    .iter()
                    .any(|name| line.starts_with(name));
            assert!(known, "Cargo.toml: {line}");
        }
        previous = line.to_string();
    }
}

#[test]
fn the_product_does_not_need_what_lies_beside_a_development_checkout() {
    for entry in ["src", "rules", "schemas"].iter().flat_map(|folder| {
        walkdir::WalkDir::new(root().join(folder))
            .into_iter()
            .filter_map(Result::ok)
    }) {
        if entry.file_type().is_file() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            assert!(!text.contains("../shared"), "{}", entry.path().display());
        }
    }
}

#[test]
fn only_the_rim_touches_files_and_the_clock() {
    // `xlsx.rs` opens an archive in memory, for which the standard library has only `std::io`.
    let rim = [
        "input.rs",
        "stream.rs",
        "bulk.rs",
        "cache.rs",
        "whole.rs",
        "config.rs",
        "set.rs",
        "app.rs",
        "cache.rs",
        "bulk.rs",
        "whole.rs",
        "stream.rs",
        "compare.rs",
        "configuration.rs",
        "waive.rs",
        "fresh.rs",
        "revision.rs",
        "fixes.rs",
        "exchange.rs",
        "folder.rs",
        "main.rs",
        "server.rs",
        "project.rs",
        "manual.rs",
        "watch.rs",
        "output.rs",
        "progress.rs",
        "ruletest.rs",
        "xlsx.rs",
    ];
    for entry in walkdir::WalkDir::new(root().join("src"))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if rim.contains(&name.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).expect("a source file");
        for word in ["std::fs", "std::io", "SystemTime", "std::env::var"] {
            assert!(!text.contains(word), "{name} uses {word}");
        }
    }
}

/// No rule or check may reach around the lens into the tree.
#[test]
fn checks_conditions_and_rules_do_not_know_the_tree() {
    for path in [
        "src/condition.rs",
        "src/path.rs",
        "src/elements.rs",
        "src/score.rs",
        "src/typology.rs",
        "src/rule/mod.rs",
    ] {
        assert!(!file(path).contains("crate::tree"), "{path}");
    }
    for entry in std::fs::read_dir(root().join("src/check")).expect("checks") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a source file");
        assert!(!text.contains("crate::tree"), "{}", path.display());
    }
}
