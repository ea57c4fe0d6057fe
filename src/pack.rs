//! The rule pack in force: the embedded one, what `build.rs` made of `rules/`, or a folder that takes its place
//! ([`exchange::put_in_force`]). Rules, profiles, elements, typology, mappings, vocabularies, words and translations all
//! come from it, so a process has one pack, chosen before anything asks for it.

pub mod exchange;
mod folder;

use std::sync::OnceLock;

use crate::language::Texts;
use crate::vocabulary::Vocabulary;

pub(crate) use folder::MOST_LANGUAGES;

/// Names and the JSON of their files.
pub type Files = &'static [(&'static str, &'static str)];

/// A pack, ready to run.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// The rules by id.
    pub rules: Files,
    /// The profiles by name.
    pub profiles: Files,
    /// The native format, the element table, the typology and the authorities.
    pub formats: Files,
    /// What other formats say where.
    pub mappings: Files,
    /// The words of outcomes by language.
    pub outcomes: Files,
    /// Common words and the languages of `outcomes` that have them, a bit for each.
    pub common_words: &'static [(&'static str, u16)],
    /// The vocabularies.
    pub vocabularies: &'static [Vocabulary],
    /// Translations by language.
    pub languages: &'static [Texts],
    /// Rule, bad example, good example. They are the program's: a pack has no fixtures.
    pub examples: &'static [(&'static str, &'static str, &'static str)],
    /// SHA-256 of the pack's content.
    pub digest: &'static str,
    /// The latest date of its vocabularies.
    pub snapshot: &'static str,
    sources: Sources,
}

/// The files that a pack was made of.
#[derive(Clone, Copy, Debug)]
enum Sources {
    /// As `build.rs` packs them.
    Compressed(&'static [u8]),
    /// By their path in the folder.
    Read(&'static [(String, String)]),
}

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/pack.rs"));
}

static IN_FORCE: OnceLock<Pack> = OnceLock::new();

/// The pack in force; who asks first without having chosen gets the embedded one, for good.
pub fn current() -> &'static Pack {
    IN_FORCE.get_or_init(|| embedded::EMBEDDED)
}

/// The JSON of one file of a section.
pub fn find(section: Files, name: &str) -> Option<&'static str> {
    section.iter().find(|(key, _)| *key == name).map(|(_, json)| *json)
}
