//! What a release is made of: the packaged crate, the oldest Rust, the dependencies.

use std::path::Path;
use std::process::Command;

use crate::{file, root};

fn cargo(arguments: &[&str]) -> Option<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string());
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().ok()?;
    if !output.status.success() {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What is built and what is embedded comes from these.
fn read_when_it_is_built() -> Vec<String> {
    let mut files: Vec<String> = ["Cargo.toml", "Cargo.lock", "build.rs", "README.md", "CHANGELOG.md"]
        .map(String::from)
        .to_vec();
    for folder in ["src", "rules", "schemas", "fixtures/rules"] {
        for entry in walkdir::WalkDir::new(root().join(folder))
            .into_iter()
            .filter_map(Result::ok)
        {
            let path = entry
                .path()
                .strip_prefix(root())
                .unwrap_or(Path::new(""))
                .to_string_lossy()
                .replace('\\', "/");
            // Of the fixtures `explain` shows the first cases.
            let example =
                ["bad.yaml", "good.yaml", "bad.csv", "good.csv"].map(|name| path.ends_with(&format!("/{name}")));
            if entry.file_type().is_file() && (folder != "fixtures/rules" || example.contains(&true)) {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn the_crate_holds_what_it_is_built_from() {
    let Some(list) = cargo(&["package", "--list", "--allow-dirty", "--offline"]) else {
        return;
    };
    let packaged: std::collections::HashSet<&str> = list.lines().collect();
    let missing: Vec<String> = read_when_it_is_built()
        .into_iter()
        .filter(|path| !packaged.contains(path.as_str()))
        .collect();
    assert!(missing.is_empty(), "`include` in Cargo.toml leaves out {missing:#?}");
    let size: u64 = packaged
        .iter()
        .filter_map(|path| std::fs::metadata(root().join(path)).ok())
        .map(|metadata| metadata.len())
        .sum();
    // crates.io takes ten megabytes, compressed.
    assert!(size < 10_000_000, "{size} bytes");
    for outside in [
        "tests/",
        "seeds/",
        "docs/",
        "fuzz/",
        ".ci/",
        "fixtures/formats/",
        "target/",
    ] {
        assert!(!packaged.iter().any(|path| path.starts_with(outside)), "{outside}");
    }
}

#[test]
fn the_oldest_rust_is_not_older_than_that_of_any_dependency() {
    let version = |text: &str| -> Vec<u32> { text.split('.').filter_map(|part| part.parse().ok()).collect() };
    let manifest = file("Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    let stated = line.expect("a rust-version").trim_matches('"');
    let Some(metadata) = cargo(&["metadata", "--format-version", "1", "--offline", "--locked"]) else {
        return;
    };
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("JSON");
    let newer: Vec<String> = metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?, package["rust_version"].as_str()?)))
        .filter(|(_, asked)| version(asked).iter().take(2).gt(version(stated).iter().take(2)))
        .map(|(name, asked)| format!("{name} asks for {asked}"))
        .collect();
    assert!(newer.is_empty(), "rust-version is {stated}, but {newer:#?}");
    assert!(
        file("README.md").contains(&format!("Rust {stated}")),
        "the README names another version"
    );
}

#[test]
fn every_licence_is_one_that_was_looked_at() {
    let allowed = file("deny.toml");
    let known: Vec<&str> = allowed
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
        .collect();
    let Some(metadata) = cargo(&["metadata", "--format-version", "1", "--offline", "--locked"]) else {
        return;
    };
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("JSON");
    for package in metadata["packages"].as_array().expect("packages") {
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        let licence = licence.replace(['(', ')'], "");
        // Every part of one of the choices has to be known.
        let choice = |choice: &str| choice.split(" AND ").all(|part| known.contains(&part.trim()));
        assert!(licence.split(" OR ").any(choice), "{}: {licence}", package["name"]);
    }
}
