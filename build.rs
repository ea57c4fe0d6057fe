//! Turns the rule pack (YAML under `rules/`) into JSON and static tables inside the binary, so that nothing is parsed
//! from YAML at start-up and a vocabulary costs nothing until it is asked, and computes the digest and the vocabulary
//! snapshot that every result carries.

#[allow(unreachable_pub, dead_code, reason = "shared with the library, where it is public")]
#[path = "src/normalise.rs"]
mod normalise;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

type Failure = Box<dyn std::error::Error>;
/// Files of a section by name.
type Section = Vec<(String, Value)>;

fn main() -> Result<(), Failure> {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/normalise.rs");
    println!("cargo:rerun-if-changed=schemas/descriptor.schema.json");
    let sections = read_all(Path::new("rules"))?;
    let (mut digest, mut snapshot, mut code) = (Sha256::new(), String::new(), String::new());
    for (section, files) in &sections {
        for (name, value) in files {
            for part in [*section, name, &serde_json::to_string(value)?] {
                digest.update(part.as_bytes());
            }
            snapshot = snapshot.max(value["snapshot"].as_str().unwrap_or_default().to_string());
        }
        code.push_str(&match *section {
            "vocabularies" => vocabularies(files)?,
            "languages" => languages(files)?,
            "mappings" => json(section, &alike(files)?)?,
            _ => json(section, files)?,
        });
    }
    if !sections.contains_key("languages") {
        code.push_str(&languages(&Vec::new())?);
    }
    code.push_str(&common_words(
        sections.get("outcomes").map(Vec::as_slice).unwrap_or_default(),
    )?);
    code.push_str(&examples(sections.get("rules").map(Vec::as_slice).unwrap_or_default())?);
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(
        code,
        "/// SHA-256 of the pack's content.\npub static DIGEST: &str = {digest:?};"
    )?;
    writeln!(
        code,
        "/// Latest snapshot date of its vocabularies.\npub static SNAPSHOT: &str = {snapshot:?};"
    )?;
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string("schemas/descriptor.schema.json")?)?;
    strip(&mut schema);
    schema.as_object_mut().ok_or("an object")?.shift_remove("$schema");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptor.schema.json"), serde_json::to_string(&schema)?)?;
    std::fs::write(out.join("pack.rs"), code)?;
    Ok(())
}

/// The words by which a language is told, with a bit for each language that has them.
fn common_words(languages: &[(String, Value)]) -> Result<String, Failure> {
    let mut words: BTreeMap<&str, u16> = BTreeMap::new();
    for (at, (_, file)) in languages.iter().enumerate() {
        for word in file["function_words"].as_str().unwrap_or_default().split_whitespace() {
            *words.entry(word).or_default() |= 1 << at;
        }
    }
    let mut code = String::from(
        "/// Common words and the languages of `OUTCOMES` that have them.\npub static COMMON_WORDS: &[(&str, u16)] = &[\n",
    );
    for (word, languages) in words {
        writeln!(code, "    ({word:?}, {languages}),")?;
    }
    Ok(code + "];\n")
}

/// The first bad and the first good case of every rule, for `explain`: the fixtures are the examples.
fn examples(rules: &[(String, Value)]) -> Result<String, Failure> {
    println!("cargo:rerun-if-changed=fixtures/rules");
    let mut code =
        String::from("/// Rule, bad example, good example.\npub static EXAMPLES: &[(&str, &str, &str)] = &[\n");
    for (id, _) in rules {
        let read = |kind: &str| {
            let read = |extension| std::fs::read(format!("fixtures/rules/{id}/{kind}.{extension}"));
            read("yaml").or_else(|_| read("csv")).unwrap_or_default()
        };
        writeln!(
            code,
            "    ({id:?}, {:?}, {:?}),",
            first_case(id, &read("bad")),
            first_case(id, &read("good"))
        )?;
    }
    Ok(code + "];\n")
}

/// The first document of a stream without its comments, marks and header; of a catalogue the documents up to the next
/// comment.
fn first_case(id: &str, stream: &[u8]) -> String {
    let text = String::from_utf8_lossy(stream);
    let catalogue = id.starts_with("catalogue/");
    let lines = text
        .lines()
        .skip_while(|line| line.starts_with("---") || line.starts_with('#'));
    let case = lines.take_while(|line| (catalogue || !line.starts_with("---")) && !line.starts_with("# "));
    let case = case.map(|line| line.split("  #~ ").next().unwrap_or_default());
    let lines: Vec<&str> = case.filter(|line| *line != "descriptor: micro-credential/1").collect();
    lines.join("\n").trim_end_matches(['-', '\n']).to_string()
}

/// Takes out of a schema what only people and editors read; it is most of the file, and the program reads the rest at
/// every start.
fn strip(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    keywords
        .retain(|key, value| !(key == "examples" || (value.is_string() && (key == "title" || key == "description"))));
    for (key, value) in keywords.iter_mut() {
        match key.as_str() {
            "properties" | "$defs" | "patternProperties" => value
                .as_object_mut()
                .into_iter()
                .flatten()
                .for_each(|(_, inner)| strip(inner)),
            "anyOf" | "oneOf" | "allOf" => value.as_array_mut().into_iter().flatten().for_each(strip),
            "items" | "additionalProperties" | "propertyNames" => strip(value),
            _ => {}
        }
    }
}

/// `rules/<section>/…` for the sections that are not rules, `<element>/<problem>` as `rules`, single files as `formats`.
fn read_all(root: &Path) -> Result<BTreeMap<&'static str, Section>, Failure> {
    let mut sections: BTreeMap<&str, Section> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let name = path
            .strip_prefix(root)?
            .with_extension("")
            .to_string_lossy()
            .replace('\\', "/");
        let wrong = |error| format!("{}: {error}", path.display());
        let value: Value = serde_yaml::from_str(&std::fs::read_to_string(path)?).map_err(wrong)?;
        let (section, name) = match name.split_once('/') {
            Some(("vocabularies", rest)) => ("vocabularies", rest.to_string()),
            Some(("profiles", rest)) => ("profiles", rest.to_string()),
            Some(("formats", rest)) => ("formats", rest.to_string()),
            Some(("mappings", rest)) => ("mappings", rest.to_string()),
            Some(("languages", rest)) => ("languages", rest.to_string()),
            Some(("outcomes", rest)) => ("outcomes", rest.to_string()),
            Some(_) => ("rules", name),
            None => ("formats", name),
        };
        sections.entry(section).or_default().push((name, value));
    }
    Ok(sections)
}

/// A mapping that says `like: name` has the keys of that mapping, and those inside its `map`, unless it has its own.
fn alike(files: &Section) -> Result<Section, Failure> {
    let mut alike = files.clone();
    for (name, value) in &mut alike {
        let Some(like) = value.get("like").cloned() else {
            continue;
        };
        let base = files.iter().find(|(own, _)| Some(own.as_str()) == like.as_str());
        let (_, base) = base.ok_or_else(|| format!("rules/mappings/{name}.yaml: there is no mapping {like}"))?;
        // What it is, is its own to say.
        let shared = base.as_object().into_iter().flatten();
        for (key, base) in shared.filter(|(key, _)| *key != "about") {
            match value.get_mut(key) {
                None => value[key] = base.clone(),
                Some(own) => {
                    if let (Some(own), Some(base), "map") = (own.as_object_mut(), base.as_object(), key.as_str()) {
                        for (key, map) in base {
                            own.entry(key.clone()).or_insert_with(|| map.clone());
                        }
                    }
                }
            }
        }
    }
    Ok(alike)
}

fn json(section: &str, files: &Section) -> Result<String, Failure> {
    let constant = section.to_uppercase();
    let mut code =
        format!("/// `{section}` of the pack: name and JSON.\npub static {constant}: &[(&str, &str)] = &[\n");
    for (name, value) in files {
        writeln!(code, "    ({name:?}, {:?}),", serde_json::to_string(value)?)?;
    }
    Ok(code + "];\n")
}

/// `<code>/phrases` by their English; every other file flattened to keys: `<code>/rules/workload` with `missing: {why: …}`
/// becomes `rules/workload/missing/why`.
fn languages(files: &Section) -> Result<String, Failure> {
    type Table = BTreeMap<String, String>;
    let mut by_code: BTreeMap<&str, (Table, Table)> = BTreeMap::new();
    for (name, value) in files {
        let (code, file) = name
            .split_once('/')
            .ok_or_else(|| format!("rules/languages/{name}.yaml: a folder names the language"))?;
        let (texts, phrases) = by_code.entry(code).or_default();
        match file {
            "phrases" => flatten("", value, phrases),
            _ => flatten(&format!("{file}/"), value, texts),
        }
        .map_err(|error| format!("rules/languages/{name}.yaml: {error}"))?;
    }
    let table = |table: &Table| table.iter().map(|row| format!("{row:?}, ")).collect::<String>();
    let mut code =
        String::from("/// Translations by language.\npub static LANGUAGES: &[crate::language::Texts] = &[\n");
    for (language, (texts, phrases)) in &by_code {
        writeln!(
            code,
            "    crate::language::Texts {{ code: {language:?}, texts: &[{}], phrases: &[{}] }},",
            table(texts),
            table(phrases)
        )?;
    }
    Ok(code + "];\n")
}

fn flatten(prefix: &str, value: &Value, table: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let rows = value.as_object().ok_or("a mapping is needed")?;
    for (key, value) in rows {
        let key = format!("{prefix}{key}");
        match value {
            Value::Object(_) => flatten(&format!("{key}/"), value, table)?,
            Value::String(text) => {
                table.insert(key, text.trim_end().to_string());
            }
            _ => return Err(format!("`{key}` must be text").into()),
        }
    }
    Ok(())
}

fn vocabularies(files: &Section) -> Result<String, Failure> {
    let mut code = String::from("/// The vocabularies of the pack.\npub static VOCABULARIES: &[Vocabulary] = &[\n");
    for (name, file) in files {
        code.push_str(&vocabulary(name, file).map_err(|error| format!("rules/vocabularies/{name}.yaml: {error}"))?);
    }
    Ok(code + "];\n")
}

const FILE_KEYS: [&str; 10] = [
    "vocabulary",
    "title",
    "origin",
    "scheme",
    "licence",
    "snapshot",
    "note",
    "entries",
    "flags",
    "match",
];
const ENTRY_KEYS: [&str; 11] = [
    "slug",
    "uri",
    "uris",
    "codes",
    "labels",
    "aliases",
    "flags",
    "values",
    "unconfirmed",
    "note",
    "since",
];

fn vocabulary(name: &str, file: &Value) -> Result<String, Failure> {
    only(file, &FILE_KEYS)?;
    let text = |key: &str| file[key].as_str().ok_or_else(|| format!("`{key}` must be text"));
    if text("vocabulary")? != name {
        return Err("`vocabulary` must be the name of the file".into());
    }
    let codes_only = file["match"] == "codes";
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    let mut entries = String::new();
    for (number, entry) in list(&file["entries"]).iter().enumerate() {
        only(entry, &ENTRY_KEYS)?;
        let slug = entry["slug"].as_str().ok_or("every entry needs a `slug`")?;
        let labels = entry["labels"].as_object().cloned().unwrap_or_default();
        let mut spellings = vec![slug.to_string()];
        spellings.extend(entry["uri"].as_str().map(str::to_string));
        spellings.extend(list(&entry["uris"]).iter().chain(list(&entry["codes"])).map(plain));
        if !codes_only {
            spellings.extend(labels.values().chain(list(&entry["aliases"])).map(plain));
        }
        for spelling in spellings {
            let folded = normalise::normalise(&spelling);
            if folded.len() > normalise::LONGEST_SPELLING {
                return Err(format!("`{spelling}` of `{slug}` is longer than every look-up reads").into());
            }
            if *index.entry(folded).or_insert(number) != number {
                return Err(format!("`{spelling}` of `{slug}` belongs to another entry already").into());
            }
        }
        let labels: String = labels
            .iter()
            .map(|(language, label)| format!("({language:?}, {:?}), ", plain(label)))
            .collect();
        let flags: String = list(&entry["flags"])
            .iter()
            .map(|flag| format!("{:?}, ", plain(flag)))
            .collect();
        let uri = entry["uri"].as_str().unwrap_or_default();
        let values = rows(&entry["values"]);
        writeln!(
            entries,
            "    Entry {{ slug: {slug:?}, uri: {uri:?}, labels: &[{labels}], flags: &[{flags}], values: &[{values}] }},"
        )?;
    }
    let index: String = index
        .iter()
        .map(|(spelling, number)| format!("({spelling:?}, {number}), "))
        .collect();
    let (title, origin, licence, snapshot) = (text("title")?, text("origin")?, text("licence")?, text("snapshot")?);
    let scheme = file["scheme"].as_str().unwrap_or_default();
    Ok(format!(
        "Vocabulary {{ name: {name:?}, title: {title:?}, origin: {origin:?}, scheme: {scheme:?}, licence: {licence:?}, snapshot: {snapshot:?}, \
         index: &[{index}], entries: &[\n{entries}] }},\n"
    ))
}

fn only(value: &Value, known: &[&str]) -> Result<(), Failure> {
    let keys = value.as_object().ok_or("a mapping is needed")?.keys();
    match keys.into_iter().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("the key `{key}` is not known").into()),
        None => Ok(()),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn rows(value: &Value) -> String {
    let rows = value.as_object().into_iter().flatten();
    rows.map(|(key, value)| format!("({key:?}, {}), ", data(value)))
        .collect()
}

fn data(value: &Value) -> String {
    match value {
        Value::Array(items) => format!(
            "Data::List(&[{}])",
            items.iter().map(|item| data(item) + ", ").collect::<String>()
        ),
        Value::Object(_) => format!("Data::Table(&[{}])", rows(value)),
        other => format!("Data::Text({:?})", plain(other)),
    }
}
