//! Controlled vocabularies: data files with origin, licence and snapshot date (`rules/vocabularies/`).
//!
//! A value is accepted by slug, label in any bundled language, other spelling, code or URI; the slug is canonical.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::pack;

/// One list.
#[derive(Debug)]
pub struct Vocabulary {
    /// Its name, the file's stem.
    pub name: String,
    /// A title for people.
    pub title: String,
    /// Where the codes come from.
    pub origin: String,
    /// Date of the data, ISO.
    pub snapshot: String,
    /// Its values.
    pub entries: Vec<Entry>,
    index: FxHashMap<String, u32>,
}

/// One value of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What a person types.
    pub slug: String,
    /// Its URI.
    #[serde(default)]
    pub uri: Option<String>,
    /// Further URIs.
    #[serde(default)]
    pub uris: Vec<String>,
    /// Other codes.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Label by language.
    #[serde(default)]
    pub labels: FxHashMap<String, String>,
    /// Other accepted spellings.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Attributes that conditions test.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Attributes that look-ups read.
    #[serde(default)]
    pub values: Json,
    /// Not confirmed: never more than advice.
    #[serde(default)]
    pub unconfirmed: bool,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
    /// Date of a later addition.
    #[serde(default)]
    pub since: Option<String>,
}

impl Entry {
    /// Whether the value carries an attribute.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }

    /// The label in a language, else in English, else the slug.
    pub fn label(&self, language: &str) -> &str {
        let labels = &self.labels;
        labels.get(language).or_else(|| labels.get("en")).unwrap_or(&self.slug)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VocabularyFile {
    vocabulary: String,
    title: String,
    origin: String,
    #[serde(default)]
    #[allow(
        dead_code,
        reason = "kept in the file for people; read so that nothing unknown is in it"
    )]
    scheme: Option<String>,
    #[allow(dead_code, reason = "kept in the file for people")]
    licence: String,
    snapshot: String,
    #[serde(default)]
    #[allow(dead_code, reason = "kept in the file for people")]
    note: Option<String>,
    #[serde(default)]
    #[allow(dead_code, reason = "kept in the file for people")]
    flags: FxHashMap<String, String>,
    #[serde(default)]
    #[allow(dead_code, reason = "kept in the file for people")]
    values: FxHashMap<String, String>,
    #[serde(default)]
    r#match: Match,
    entries: Vec<Entry>,
}

/// What a value is compared with.
#[derive(Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Match {
    /// Slugs, codes, URIs, labels and other spellings.
    #[default]
    All,
    /// Slugs, codes and URIs only: the labels of the list repeat.
    Codes,
}

impl Vocabulary {
    /// Reads a list from the JSON form of its file.
    pub fn from_json(json: &str) -> Result<Vocabulary, serde_json::Error> {
        let file: VocabularyFile = serde_json::from_str(json)?;
        let mut index = FxHashMap::default();
        for (number, entry) in (0u32..).zip(&file.entries) {
            let codes = std::iter::once(&entry.slug)
                .chain(&entry.uri)
                .chain(&entry.uris)
                .chain(&entry.codes);
            let words = entry
                .labels
                .values()
                .chain(&entry.aliases)
                .filter(|_| file.r#match == Match::All);
            for spelling in codes.chain(words) {
                index.entry(normalise(spelling)).or_insert(number);
            }
        }
        Ok(Vocabulary {
            name: file.vocabulary,
            title: file.title,
            origin: file.origin,
            snapshot: file.snapshot,
            entries: file.entries,
            index,
        })
    }

    /// The value that a text means.
    pub fn find(&self, text: &str) -> Option<&Entry> {
        let number = self.index.get(&normalise(text))?;
        self.entries.get(*number as usize)
    }

    /// The nearest value to a text that means none, if one is near.
    pub fn nearest(&self, text: &str) -> Option<&Entry> {
        let wanted = normalise(text);
        let spelling = nearest(&wanted, self.index.keys().map(String::as_str))?;
        self.find(spelling)
    }

    /// Every accepted spelling, normalised.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }
}

/// An embedded list by name; each is read on first use.
pub fn embedded(name: &str) -> Option<&'static Vocabulary> {
    static LISTS: OnceLock<FxHashMap<&'static str, OnceLock<Vocabulary>>> = OnceLock::new();
    let lists = LISTS.get_or_init(|| {
        pack::VOCABULARIES
            .iter()
            .map(|(name, _)| (*name, OnceLock::new()))
            .collect()
    });
    let cell = lists.get(name)?;
    let json = pack::find(pack::VOCABULARIES, name)?;
    Some(cell.get_or_init(|| Vocabulary::from_json(json).expect("embedded vocabularies are read by a test (`rules`)")))
}

/// Case, spaces, hyphens and underscores do not tell spellings apart.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.trim().chars() {
        if character.is_whitespace() || matches!(character, '-' | '_') {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        let character = if character == '’' { '\'' } else { character };
        out.extend(character.to_lowercase());
    }
    // A text of dashes only ("-") is still a spelling of its own.
    if out.is_empty() { text.trim().to_string() } else { out }
}

/// The nearest of some words, when it is near enough to be meant: a third of its letters at most may differ.
pub fn nearest<'a>(wanted: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = wanted.chars().count();
    let scored = words.filter_map(|word| {
        let longest = length.max(word.chars().count());
        let allowed = (longest / 3).clamp(1, 4);
        if longest < 3 || length.abs_diff(word.chars().count()) > allowed {
            return None;
        }
        let distance = strsim::damerau_levenshtein(wanted, word);
        (distance <= allowed).then_some((distance, word))
    });
    scored.min().map(|(_, word)| word)
}
