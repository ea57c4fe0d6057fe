//! Turns the rule pack (YAML under `rules/`) into JSON inside the binary, so that nothing is parsed from YAML at
//! start-up, and computes the digest and the vocabulary snapshot that every result carries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

type Failure = Box<dyn std::error::Error>;
/// Files of a section by name.
type Section = Vec<(String, Value)>;

fn main() -> Result<(), Failure> {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let root = Path::new("rules");
    let mut digest = Sha256::new();
    let mut code = String::new();
    let mut snapshot = String::new();
    let sections = read_all(root)?;
    for (section, files) in &sections {
        let constant = section.to_uppercase();
        code.push_str(&format!(
            "/// `{section}` of the embedded pack: name and JSON.\npub static {constant}: &[(&str, &str)] = &[\n"
        ));
        for (name, value) in files {
            let text = serde_json::to_string(value)?;
            digest.update(section.as_bytes());
            digest.update(name.as_bytes());
            digest.update(text.as_bytes());
            code.push_str(&format!("    ({name:?}, {text:?}),\n"));
            if let Some(date) = value["snapshot"].as_str() {
                snapshot = snapshot.max(date.to_string());
            }
        }
        code.push_str("];\n");
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    code.push_str(&format!(
        "/// SHA-256 of the pack's content.\npub static DIGEST: &str = {digest:?};\n"
    ));
    code.push_str(&format!(
        "/// Latest snapshot date of its vocabularies.\npub static SNAPSHOT: &str = {snapshot:?};\n"
    ));
    std::fs::write(out.join("pack.rs"), code)?;
    Ok(())
}

/// `rules/<section>/…` for the sections that are not rules, everything else as `rules`.
fn read_all(root: &Path) -> Result<BTreeMap<&'static str, Section>, Failure> {
    let mut sections: BTreeMap<&str, Section> = ["rules", "vocabularies", "profiles", "formats"]
        .map(|name| (name, Vec::new()))
        .into();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let relative = path.strip_prefix(root)?.with_extension("");
        let name = relative.to_string_lossy().replace('\\', "/");
        let value: Value = serde_yaml::from_str(&std::fs::read_to_string(path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let (section, name) = match name.split_once('/') {
            Some(("vocabularies", rest)) => ("vocabularies", rest.to_string()),
            Some(("profiles", rest)) => ("profiles", rest.to_string()),
            Some(("formats", rest)) => ("formats", rest.to_string()),
            Some(_) => ("rules", name),
            None => ("formats", name),
        };
        sections.entry(section).or_default().push((name, value));
    }
    Ok(sections)
}
