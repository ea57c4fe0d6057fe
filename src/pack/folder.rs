//! A rule pack as a folder: its files, what they mean, and the digest by which results name it.
//!
//! `build.rs` includes this file and prints what it makes into the binary; [`super::exchange`] calls it for a pack that is
//! run in place of the embedded one. One reader for both, so the same files give the same pack and the same digest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::normalise;

/// What the manifest of a pack says that this program can run.
pub(crate) const FORM: &str = "credlint-pack/1";

/// The file that says of a folder that it is a pack.
pub(crate) const MANIFEST: &str = "pack.yaml";

/// The most languages whose outcomes can be read: one bit for each in the table of common words.
pub(crate) const MOST_LANGUAGES: usize = 16;

/// Files of a section by name.
pub(crate) type Section = Vec<(String, Value)>;

/// What is wrong with a pack: the file, and a sentence.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// The path inside the pack.
    pub(crate) file: String,
    /// What.
    pub(crate) what: String,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

fn wrong(file: impl Into<String>, what: impl Into<String>) -> Wrong {
    Wrong {
        file: file.into(),
        what: what.into(),
    }
}

/// The YAML files of a folder by their paths in it, with `/`, in the order of the folders.
pub(crate) fn texts(root: &Path) -> Result<Vec<(String, String)>, Wrong> {
    let mut paths = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error: std::io::Error| wrong(folder.display().to_string(), error.to_string());
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            // A link is not followed: it could lead around in a circle.
            if entry.file_type().map_err(unreadable)?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let relative = path
            .strip_prefix(root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/");
        match std::fs::read_to_string(path) {
            Ok(text) => Ok((relative, text)),
            Err(error) => Err(wrong(relative, error.to_string())),
        }
    };
    paths.iter().map(read).collect()
}

/// The content of a pack.
pub(crate) struct Content {
    /// Its files by section.
    pub(crate) sections: BTreeMap<&'static str, Section>,
    /// SHA-256 of what they say; comments and layout do not count.
    pub(crate) digest: String,
    /// The latest date of its vocabularies.
    pub(crate) snapshot: String,
}

impl Content {
    /// What the files of a pack say. A file of a form that is not known here is refused, and so is one that is not YAML.
    pub(crate) fn of(texts: &[(String, String)]) -> Result<Content, Wrong> {
        let mut sections: BTreeMap<&str, Section> = BTreeMap::new();
        let mut manifest = None;
        for (path, text) in texts {
            let value: Value = serde_yaml::from_str(text).map_err(|error| wrong(path, error.to_string()))?;
            if path == MANIFEST {
                manifest = Some(value);
                continue;
            }
            let name = path.strip_suffix(".yaml").unwrap_or(path);
            let (section, name) = match name.split_once('/') {
                Some(("vocabularies", rest)) => ("vocabularies", rest),
                Some(("profiles", rest)) => ("profiles", rest),
                Some(("formats", rest)) => ("formats", rest),
                Some(("mappings", rest)) => ("mappings", rest),
                Some(("languages", rest)) => ("languages", rest),
                Some(("outcomes", rest)) => ("outcomes", rest),
                Some(_) => ("rules", name),
                None => ("formats", name),
            };
            sections.entry(section).or_default().push((name.to_string(), value));
        }
        match manifest.as_ref().map(|value| &value["pack"]) {
            None => {
                return Err(wrong(
                    MANIFEST,
                    "not found, so this is no rule pack; `credlint rules --export DIR` writes one",
                ));
            }
            Some(Value::String(form)) if form == FORM => {}
            Some(form) => {
                let what = format!("the form of the pack is {}; this version runs `{FORM}`", shown(form));
                return Err(wrong(MANIFEST, what));
            }
        }
        let (mut digest, mut snapshot) = (Sha256::new(), String::new());
        for (section, files) in &sections {
            for (name, value) in files {
                for part in [*section, name, &value.to_string()] {
                    digest.update(part.as_bytes());
                }
                snapshot = snapshot.max(value["snapshot"].as_str().unwrap_or_default().to_string());
            }
        }
        Ok(Content {
            sections,
            digest: hex(&digest.finalize()),
            snapshot,
        })
    }

    /// The files of a section; of mappings with what they have from the one that they are like.
    pub(crate) fn section(&self, name: &str) -> Result<Section, Wrong> {
        let files = self.sections.get(name).cloned().unwrap_or_default();
        if name == "mappings" { alike(&files) } else { Ok(files) }
    }

    /// The words by which a language is told, with a bit for each language that has them.
    pub(crate) fn common_words(&self) -> Result<Vec<(String, u16)>, Wrong> {
        let languages = self.section("outcomes")?;
        if languages.len() > MOST_LANGUAGES {
            return Err(wrong("outcomes", format!("more than {MOST_LANGUAGES} languages")));
        }
        let mut words: BTreeMap<&str, u16> = BTreeMap::new();
        for (at, (_, file)) in languages.iter().enumerate() {
            for word in file["function_words"].as_str().unwrap_or_default().split_whitespace() {
                *words.entry(word).or_default() |= 1 << at;
            }
        }
        Ok(words.into_iter().map(|(word, bits)| (word.to_string(), bits)).collect())
    }

    /// The vocabularies.
    pub(crate) fn vocabularies(&self) -> Result<Vec<List>, Wrong> {
        let files = self.sections.get("vocabularies").into_iter().flatten();
        let read = |(name, file): &(String, Value)| {
            List::of(name, file).map_err(|what| wrong(format!("vocabularies/{name}.yaml"), what))
        };
        files.map(read).collect()
    }

    /// The translations.
    pub(crate) fn languages(&self) -> Result<Vec<Translation>, Wrong> {
        let mut by_code: BTreeMap<String, (Table, Table)> = BTreeMap::new();
        for (name, value) in self.sections.get("languages").into_iter().flatten() {
            let path = format!("languages/{name}.yaml");
            let Some((code, file)) = name.split_once('/') else {
                return Err(wrong(path, "a folder names the language"));
            };
            let (texts, phrases) = by_code.entry(code.to_string()).or_default();
            match file {
                "phrases" => flatten("", value, phrases),
                _ => flatten(&format!("{file}/"), value, texts),
            }
            .map_err(|what| wrong(path, what))?;
        }
        let rows = |table: Table| table.into_iter().collect();
        let translation = |(code, (texts, phrases))| Translation {
            code,
            texts: rows(texts),
            phrases: rows(phrases),
        };
        Ok(by_code.into_iter().map(translation).collect())
    }
}

fn shown(form: &Value) -> String {
    match form {
        Value::Null => "not stated".to_string(),
        other => format!("`{}`", plain(other)),
    }
}

/// A mapping that says `like: name` has the keys of that mapping, and those inside its `map`, unless it has its own.
fn alike(files: &Section) -> Result<Section, Wrong> {
    let mut alike = files.clone();
    for (name, value) in &mut alike {
        let Some(like) = value.get("like").cloned() else {
            continue;
        };
        let base = files.iter().find(|(own, _)| Some(own.as_str()) == like.as_str());
        let Some((_, base)) = base else {
            return Err(wrong(
                format!("mappings/{name}.yaml"),
                format!("there is no mapping {like}"),
            ));
        };
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

type Table = BTreeMap<String, String>;

/// The texts of one language: `<code>/phrases` by their English; every other file flattened to keys: `<code>/rules/workload`
/// with `missing: {why: …}` becomes `rules/workload/missing/why`.
pub(crate) struct Translation {
    pub(crate) code: String,
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) phrases: Vec<(String, String)>,
}

fn flatten(prefix: &str, value: &Value, table: &mut Table) -> Result<(), String> {
    for (key, value) in value.as_object().ok_or("a mapping is needed")? {
        let key = format!("{prefix}{key}");
        match value {
            Value::Object(_) => flatten(&format!("{key}/"), value, table)?,
            Value::String(text) => {
                table.insert(key, text.trim_end().to_string());
            }
            _ => return Err(format!("`{key}` must be text")),
        }
    }
    Ok(())
}

/// A vocabulary.
pub(crate) struct List {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) origin: String,
    pub(crate) scheme: String,
    pub(crate) licence: String,
    pub(crate) snapshot: String,
    /// Every accepted spelling, folded and sorted, and the number of its value.
    pub(crate) index: Vec<(String, u32)>,
    pub(crate) entries: Vec<Item>,
}

/// A value of a vocabulary.
pub(crate) struct Item {
    pub(crate) slug: String,
    pub(crate) uri: String,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) flags: Vec<String>,
    pub(crate) values: Vec<(String, Value)>,
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

impl List {
    fn of(name: &str, file: &Value) -> Result<List, String> {
        only(file, &FILE_KEYS)?;
        let text = |key: &str| match file[key].as_str() {
            Some(text) => Ok(text.to_string()),
            None => Err(format!("`{key}` must be text")),
        };
        if text("vocabulary")? != name {
            return Err("`vocabulary` must be the name of the file".into());
        }
        let codes_only = file["match"] == "codes";
        let mut index: BTreeMap<String, u32> = BTreeMap::new();
        let mut entries = Vec::new();
        for (number, entry) in (0..).zip(list(&file["entries"])) {
            only(entry, &ENTRY_KEYS)?;
            let slug = entry["slug"].as_str().ok_or("every entry needs a `slug`")?.to_string();
            let labels: Vec<(String, String)> = rows(&entry["labels"])
                .map(|(language, label)| (language.clone(), plain(label)))
                .collect();
            let mut spellings = vec![slug.clone()];
            spellings.extend(entry["uri"].as_str().map(str::to_string));
            spellings.extend(list(&entry["uris"]).iter().chain(list(&entry["codes"])).map(plain));
            if !codes_only {
                spellings.extend(labels.iter().map(|(_, label)| label.clone()));
                spellings.extend(list(&entry["aliases"]).iter().map(plain));
            }
            for spelling in spellings {
                let folded = normalise::normalise(&spelling);
                if folded.len() > normalise::LONGEST_SPELLING {
                    return Err(format!("`{spelling}` of `{slug}` is longer than every look-up reads"));
                }
                if *index.entry(folded).or_insert(number) != number {
                    return Err(format!("`{spelling}` of `{slug}` belongs to another entry already"));
                }
            }
            entries.push(Item {
                uri: entry["uri"].as_str().unwrap_or_default().to_string(),
                labels,
                flags: list(&entry["flags"]).iter().map(plain).collect(),
                values: rows(&entry["values"])
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
                slug,
            });
        }
        Ok(List {
            name: name.to_string(),
            title: text("title")?,
            origin: text("origin")?,
            scheme: file["scheme"].as_str().unwrap_or_default().to_string(),
            licence: text("licence")?,
            snapshot: text("snapshot")?,
            index: index.into_iter().collect(),
            entries,
        })
    }
}

fn only(value: &Value, known: &[&str]) -> Result<(), String> {
    let keys = value.as_object().ok_or("a mapping is needed")?.keys();
    match keys.into_iter().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("the key `{key}` is not known")),
        None => Ok(()),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn rows(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A word as it is, a number as it is written.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}
