//! Exported files and tables, judged by other people's tools. Python packages and shapes that are not here are no
//! failure: the test says that it was skipped.

use std::path::{Path, PathBuf};
use std::process::Command;

use credlint::convert::{Converted, ElmVersion, Imported, Target, Wanted, convert, convert_file};
use credlint::descriptor::native;
use credlint::source::Source;

use serde_json::Value as Json;

use crate::convert::wanted;
use crate::{file, root, set, shared};

/// A Python that has these of the packages in `tests/proofs/requirements.txt`.
pub(crate) fn python(packages: &str) -> Option<PathBuf> {
    let named = std::env::var_os("CREDLINT_PYTHON").map(PathBuf::from);
    let candidates = named.into_iter().chain([PathBuf::from("python3")]);
    let has_packages = |python: &PathBuf| {
        let run = Command::new(python)
            .args(["-c", &format!("import {packages}")])
            .output();
        run.is_ok_and(|output| output.status.success())
    };
    let found = candidates.into_iter().find(has_packages);
    if found.is_none() {
        println!("skipped: no Python with {packages} (tests/proofs/requirements.txt)");
    }
    found
}

/// Runs a proof, shows what it says, and fails with it.
pub(crate) fn prove(python: &Path, proof: &str, arguments: &[&Path]) -> String {
    let run = Command::new(python)
        .arg(root().join("tests/proofs").join(proof))
        .args(arguments)
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&run.stdout).to_string() + &String::from_utf8_lossy(&run.stderr);
    println!("{said}");
    assert!(run.status.success(), "{said}");
    said
}

/// A folder for what a proof is to judge, with nothing in it from an earlier run.
pub(crate) fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("a writable folder");
    folder
}

/// The program, as proofs start it.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_credlint");

fn converted(text: &str, target: Target, version: ElmVersion) -> Converted {
    let trees = credlint::tree::parse(text);
    let set = set("eu");
    let descriptor = native::read(&trees[0], trees[0].root, &set.native, &set.placeholders);
    let wanted = Wanted {
        version,
        ..wanted(target)
    };
    convert(&descriptor, &Imported::default(), wanted)
}

/// Descriptors: name and text.
fn descriptors() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["fixtures/corpus", "tests/proofs/descriptors", "seeds"] {
        for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
            let path = entry.expect("a readable folder").into_path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().to_string();
            if path.extension().is_some_and(|extension| extension == "yaml") && name != "credlint" {
                let text = std::fs::read_to_string(&path).expect("a readable file");
                found.push((name, text));
            }
        }
    }
    found
}

fn write(folder: &Path, name: &str, kind: &str, converted: &Converted) {
    let put = |name: String, value: serde_json::Value| {
        std::fs::write(folder.join(name), value.to_string()).expect("a writable folder");
    };
    put(format!("{name}.{kind}.json"), converted.document.clone());
    let lost = serde_json::to_value(&converted.losses).expect("a list");
    put(format!("{name}.{kind}.lost.json"), lost);
}

/// Other people's files, read and written again.
fn write_foreign(folder: &Path) {
    const LONGEST: u64 = 600_000;
    let Some(corpora) = shared("corpora") else { return };
    let files = walkdir::WalkDir::new(&corpora).sort_by_file_name();
    for (number, entry) in files.into_iter().filter_map(Result::ok).enumerate() {
        let path = entry.path();
        let is_json = path.extension().is_some_and(|kind| kind == "json" || kind == "jsonld");
        if !is_json || entry.metadata().is_ok_and(|data| data.len() > LONGEST) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        let source = Source::new(path.display().to_string(), text);
        for (target, kind) in [(Target::ElmLoq, "loq"), (Target::EdcTemplate, "edc")] {
            let written = convert_file(set("eu"), &source, None, wanted(target));
            for practice in written.unwrap_or_default() {
                let name = format!("corpus-{number}-{}", practice.number);
                write(folder, &name, kind, &practice.converted);
                let origin = serde_json::from_str(source.text()).ok().and_then(unsealed);
                if let Some(origin) = origin.filter(|_| kind == "edc") {
                    let path = folder.join(format!("{name}.{kind}.from.json"));
                    std::fs::write(path, origin.to_string()).expect("a writable folder");
                }
            }
        }
    }
}

/// The credential of a file, without what it is wrapped in; nothing where it is none.
pub(crate) fn unsealed(file: Json) -> Option<Json> {
    use base64::Engine as _;
    let payload = file["payload"].as_str().and_then(|payload| {
        let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
        let text = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        serde_json::from_str(text.as_deref().unwrap_or(payload)).ok()
    });
    let whole: Json = payload.unwrap_or(file);
    let inner = whole.get("credential").cloned().unwrap_or(whole);
    let is_credential = inner["type"].to_string().contains("EuropeanDigitalCredential")
        || inner["credentialSubject"].get("hasClaim").is_some();
    is_credential.then_some(inner)
}

#[test]
fn exported_elm_conforms_to_the_published_shapes() {
    let (Some(shapes), Some(python)) = (shared("reference/shapes"), python("pyld, pyshacl, rdflib")) else {
        return;
    };
    let folder = empty_folder("proofs-elm");
    for (name, text) in descriptors() {
        for (kind, target, version) in [
            ("loq", Target::ElmLoq, ElmVersion::V3_2),
            ("loq33", Target::ElmLoq, ElmVersion::V3_3),
            ("edc", Target::EdcTemplate, ElmVersion::V3_2),
        ] {
            write(&folder, &name, kind, &converted(&text, target, version));
        }
    }
    write_foreign(&folder);
    prove(&python, "elm.py", &[&shapes, &folder]);
}

/// Every column has the type in pandas and DuckDB that `docs/columns.md` gives it, and every cell its value.
#[test]
fn tables_load_in_pandas_and_duckdb() {
    let Some(python) = python("pandas, duckdb") else {
        return;
    };
    prove(
        &python,
        "tables.py",
        &[Path::new(PROGRAM), &empty_folder("proofs-tables")],
    );
}

/// pre-commit runs the hooks that are published here: passing, failing, choosing files, over a whole catalogue.
#[test]
fn pre_commit_runs_the_hooks() {
    let Some(python) = python("pre_commit, yaml") else {
        return;
    };
    let folder = empty_folder("proofs-hooks");
    prove(&python, "hooks.py", &[Path::new(PROGRAM), &root(), &folder]);
}

/// What an import did not understand goes back to where it was, if that is still the same thing.
#[test]
fn unread_data_goes_back_into_its_own_format() {
    let edc = r#"descriptor: micro-credential/1
title: Safe storage
imported_from: {format: edc}
extra:
  - {pointer: /credentialSubject/hasClaim/0/specifiedBy/altLabel, value: {en: Storage}}
  - {pointer: /credential/credentialSubject/hasClaim/specifiedBy/maximumDuration, value: P1M}
  - {pointer: /credentialSubject/hasClaim/0/specifiedBy/title, value: {en: Other}}
  - {pointer: /credentialSubject/hasClaim/0/additionalNote, value: {en: held twice a year}}
  - {in: "urn:credlint:nobody", pointer: /altLabel, value: {en: Nobody}}
"#;
    let lost = |converted: &Converted| {
        let rows = converted.losses.iter().filter(|loss| loss.path.starts_with("/extra"));
        rows.map(|loss| loss.path.clone()).collect::<Vec<_>>()
    };
    let back = converted(edc, Target::EdcTemplate, ElmVersion::V3_2);
    let spec = &back.document["credentialSubject"]["hasClaim"][0]["specifiedBy"];
    assert_eq!(spec["altLabel"]["en"], "Storage");
    assert_eq!(spec["maximumDuration"], "P1M");
    assert_eq!(spec["title"]["en"], "Safe storage");
    assert_eq!(lost(&back), ["/extra/2", "/extra/4"]);
    let other = converted(edc, Target::ElmLoq, ElmVersion::V3_2);
    assert_eq!(
        lost(&other),
        ["/extra/0", "/extra/1", "/extra/2", "/extra/3", "/extra/4"]
    );

    let loq = r#"descriptor: micro-credential/1
title: Safe storage
imported_from: {format: elm-loq}
extra:
  - {pointer: "/elm:learningOutcomeSummary", value: {type: "elm:Note", "elm:noteLiteral": {en: In short}}}
  - {pointer: /altLabel, value: plain}
  - {pointer: /somethingOfOurs, value: 1}
  - {pointer: /@graph/3/altLabel, value: {en: Whose}}
"#;
    let back = converted(loq, Target::ElmLoq, ElmVersion::V3_3);
    let summary = &back.document["@graph"][0]["learningOutcomeSummary"];
    assert_eq!(summary["noteLiteral"]["en"], "In short");
    assert_eq!(back.document["@context"]["Note"], "elm:Note");
    assert_eq!(
        back.document["@context"]["elm"],
        "http://data.europa.eu/snb/model/ontology/"
    );
    assert_eq!(lost(&back), ["/extra/1", "/extra/2", "/extra/3"]);
}

#[test]
fn the_same_descriptor_gives_the_same_bytes() {
    let text = file("fixtures/corpus/exemplary.yaml");
    for target in crate::convert::TARGETS {
        let once = converted(&text, target, ElmVersion::V3_2).document.to_string();
        assert_eq!(once, converted(&text, target, ElmVersion::V3_2).document.to_string());
    }
}
