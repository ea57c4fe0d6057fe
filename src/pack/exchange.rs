//! Packs as folders: the one in force written out, and one that takes the place of the embedded one.
//!
//! What a pack says is data, so that of another version of the program runs here as long as its form is the same. It is
//! looked through before anything runs: a file that this version cannot follow is named, with the reason.

use std::path::Path;

use serde_json::Value;

use super::folder::{self, Content, Item, List, Translation};
use super::{Files, IN_FORCE, Pack, Sources, embedded};
use crate::language::Texts;
use crate::rule::set::{self, SetError};
use crate::vocabulary::{Data, Entry, Vocabulary};

/// Why a pack cannot be run, or cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file of it is wrong, missing, or of a form that is not known.
    #[error("{pack}: {what}")]
    Wrong {
        /// The folder.
        pack: String,
        /// The file in it and a sentence.
        what: String,
    },
    /// One of its rules is wrong.
    #[error(transparent)]
    Rule(#[from] SetError),
    /// The folder to write to has something in it already.
    #[error("{0} is not empty; a pack is written to a folder of its own")]
    NotEmpty(String),
    /// Something has asked for the pack before.
    #[error("another rule pack is in use already")]
    Late,
}

/// Rules without which something that cannot be read would pass in silence.
const NEEDED_RULES: [&str; 3] = ["input/not-utf8", "shape/wrong-value", "yaml/syntax"];

/// Files that every run reads.
const NEEDED_FILES: [&str; 4] = ["authorities", "elements", "native", "typology"];

/// Puts the pack of a folder in force, for the whole process and for good. Comes before anything that asks for the pack;
/// after an error the process should end.
pub fn put_in_force(folder: &Path) -> Result<(), PackError> {
    let wrong = |what: String| PackError::Wrong {
        pack: folder.display().to_string(),
        what,
    };
    let texts = folder::texts(folder).map_err(|what| PackError::Wrong {
        pack: folder.display().to_string(),
        // The folder itself, or one of its files.
        what: if what.file == folder.display().to_string() {
            what.what
        } else {
            what.to_string()
        },
    })?;
    let pack = of(texts).map_err(|what| wrong(what.to_string()))?;
    IN_FORCE.set(pack).map_err(|_| PackError::Late)?;
    let Sources::Read(texts) = pack.sources else {
        return Ok(());
    };
    for (path, text) in texts {
        let id = path.strip_suffix(".yaml").unwrap_or(path);
        if pack.rules.iter().any(|(own, _)| *own == id) {
            set::read_rule(&folder.join(path).display().to_string(), id, text.clone())?;
        }
    }
    if let Some(id) = NEEDED_RULES.iter().find(|id| super::find(pack.rules, id).is_none()) {
        return Err(wrong(format!("the rule {id}.yaml is missing")));
    }
    if let Some(name) = NEEDED_FILES
        .iter()
        .find(|name| super::find(pack.formats, name).is_none())
    {
        return Err(wrong(format!("the file {name}.yaml is missing")));
    }
    set::look_through(&pack).map_err(wrong)
}

/// The pack in force, written to a folder that is new or empty, as it was read: with comments, byte for byte. The number
/// of files.
pub fn export(to: &Path) -> Result<usize, PackError> {
    let failed = |error: std::io::Error| PackError::Wrong {
        pack: to.display().to_string(),
        what: error.to_string(),
    };
    std::fs::create_dir_all(to).map_err(failed)?;
    if std::fs::read_dir(to).map_err(failed)?.next().is_some() {
        return Err(PackError::NotEmpty(to.display().to_string()));
    }
    let texts = match super::current().sources {
        Sources::Read(texts) => texts.to_vec(),
        Sources::Compressed(bytes) => {
            let mut json = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(bytes), &mut json).map_err(failed)?;
            serde_json::from_slice::<Vec<(String, String)>>(&json).map_err(|error| failed(error.into()))?
        }
    };
    for (path, text) in &texts {
        let path = to.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        std::fs::write(path, text).map_err(failed)?;
    }
    Ok(texts.len())
}

/// The pack that some files make. It lives as long as the process, like the embedded one.
fn of(texts: Vec<(String, String)>) -> Result<Pack, folder::Wrong> {
    let content = Content::of(&texts)?;
    let files = |section: &str| -> Result<Files, folder::Wrong> {
        let files = content.section(section)?.into_iter();
        Ok(slice(files.map(|(name, value)| (text(name), text(value.to_string())))))
    };
    let common_words = content.common_words()?.into_iter();
    Ok(Pack {
        rules: files("rules")?,
        profiles: files("profiles")?,
        formats: files("formats")?,
        mappings: files("mappings")?,
        outcomes: files("outcomes")?,
        common_words: slice(common_words.map(|(word, bits)| (text(word), bits))),
        vocabularies: slice(content.vocabularies()?.into_iter().map(vocabulary)),
        languages: slice(content.languages()?.into_iter().map(translation)),
        examples: embedded::EMBEDDED.examples,
        snapshot: text(content.snapshot),
        digest: text(content.digest),
        sources: Sources::Read(slice(texts.into_iter())),
    })
}

fn text(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn slice<T>(items: impl Iterator<Item = T>) -> &'static [T] {
    Box::leak(items.collect())
}

fn pairs(pairs: Vec<(String, String)>) -> &'static [(&'static str, &'static str)] {
    slice(pairs.into_iter().map(|(key, value)| (text(key), text(value))))
}

/// What the program says is the program's own, in the languages that it knows; the texts of rules are the pack's.
fn translation(own: Translation) -> Texts {
    let known = embedded::EMBEDDED.languages.iter().find(|known| known.code == own.code);
    Texts {
        code: text(own.code),
        texts: pairs(own.texts),
        phrases: match known {
            Some(known) => known.phrases,
            None => pairs(own.phrases),
        },
    }
}

fn vocabulary(list: List) -> Vocabulary {
    let entry = |item: Item| Entry {
        slug: text(item.slug),
        uri: text(item.uri),
        labels: pairs(item.labels),
        flags: slice(item.flags.into_iter().map(text)),
        values: slice(item.values.into_iter().map(|(key, value)| (text(key), data(value)))),
    };
    Vocabulary {
        name: text(list.name),
        title: text(list.title),
        origin: text(list.origin),
        scheme: text(list.scheme),
        licence: text(list.licence),
        snapshot: text(list.snapshot),
        index: slice(
            list.index
                .into_iter()
                .map(|(spelling, number)| (text(spelling), number)),
        ),
        entries: slice(list.entries.into_iter().map(entry)),
    }
}

fn data(value: Value) -> Data {
    match value {
        Value::Array(items) => Data::List(slice(items.into_iter().map(data))),
        Value::Object(rows) => Data::Table(slice(rows.into_iter().map(|(key, value)| (text(key), data(value))))),
        other => Data::Text(text(folder::plain(&other))),
    }
}
