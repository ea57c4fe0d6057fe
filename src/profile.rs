//! Profiles: who judges, and what silence means. Data (`rules/profiles/`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::rule::{Level, Localized};
use crate::standard::Element;

/// What it means when nothing is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// What a descriptor does not say, nobody can read in it.
    Gap,
    /// What a record does not say may still be so.
    Unknown,
}

/// Whether evidence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidencePolicy {
    /// It is shown, not counted.
    Notes,
    /// It speaks beside the values.
    Scores,
}

/// A level, or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LevelOrOff {
    /// Error.
    Error,
    /// Warning.
    Warning,
    /// Advice.
    Advice,
    /// Not reported; what it costs stays.
    Off,
}

impl LevelOrOff {
    /// The word in files and outputs.
    pub fn word(self) -> &'static str {
        self.level().map_or("off", Level::word)
    }

    /// The level; `None` is off.
    pub fn level(self) -> Option<Level> {
        match self {
            LevelOrOff::Error => Some(Level::Error),
            LevelOrOff::Warning => Some(Level::Warning),
            LevelOrOff::Advice => Some(Level::Advice),
            LevelOrOff::Off => None,
        }
    }
}

/// A group of elements with a gap of its own. Blocks are never mixed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Its name in results.
    pub block: String,
    /// Its title for people.
    pub title: Localized,
    /// Its elements, in order.
    pub elements: Vec<Element>,
    /// Weights that are not 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<Element, u32>,
}

impl Block {
    /// The weight of an element.
    pub fn weight(&self, element: Element) -> u32 {
        self.weights.get(&element).copied().unwrap_or(1)
    }
}

/// A profile as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "credlint profile")]
pub struct ProfileFile {
    /// Its name, the file's stem.
    pub profile: String,
    /// A title for people.
    pub title: Localized,
    /// Who it is for and on what it rests.
    pub description: Localized,
    /// The profile whose silence, evidence, blocks and levels it takes over; its own lines win.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// What silence means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// Whether evidence counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidencePolicy>,
    /// The blocks; the first is the headline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// Levels by rule id; `*` stands for one half of an id. Later lines win.
    #[serde(default)]
    pub levels: Vec<LevelLine>,
}

/// One line of a profile's levels.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelLine {
    /// `element/problem`, either half may be `*`.
    pub rule: String,
    /// Its level under this profile.
    pub level: LevelOrOff,
}

/// A profile in force: what it takes over is filled in.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// A title for people.
    pub title: Localized,
    /// Who it is for and on what it rests.
    pub description: Localized,
    /// What silence means.
    pub silence: Silence,
    /// Whether evidence counts.
    pub evidence: EvidencePolicy,
    /// The blocks; the first is the headline.
    pub blocks: Vec<Block>,
    /// Levels by rule id, those of the extended profile first.
    pub levels: Vec<LevelLine>,
    /// How many of them are taken over.
    taken_over: usize,
    /// Whether the blocks are its own.
    own_blocks: bool,
    /// The name in results, when its weights are not those it was written with.
    reweighed: Option<String>,
}

impl Profile {
    /// Takes a profile into force over the one that it extends; the error is a sentence.
    pub fn new(file: ProfileFile, base: Option<Profile>) -> Result<Profile, String> {
        let missing = |what: &str| format!("the profile `{}` extends none, so it needs `{what}`", file.profile);
        let own_blocks = !file.blocks.is_empty();
        let mut levels = base.as_ref().map(|base| base.levels.clone()).unwrap_or_default();
        let taken_over = levels.len();
        levels.extend(file.levels.clone());
        Ok(Profile {
            silence: file
                .silence
                .or(base.as_ref().map(|base| base.silence))
                .ok_or_else(|| missing("silence"))?,
            evidence: file
                .evidence
                .or(base.as_ref().map(|base| base.evidence))
                .ok_or_else(|| missing("evidence"))?,
            blocks: if own_blocks {
                file.blocks.clone()
            } else {
                base.map(|base| base.blocks).ok_or_else(|| missing("blocks"))?
            },
            levels,
            taken_over,
            own_blocks,
            reweighed: None,
            name: file.profile,
            title: file.title,
            description: file.description,
        })
    }

    /// A title for people, in a language.
    pub fn title(&self, language: Language) -> &str {
        language.choose(&self.title, || self.text_key("title"))
    }

    /// Who it is for and on what it rests, in a language.
    pub fn description(&self, language: Language) -> &str {
        language.choose(&self.description, || self.text_key("description"))
    }

    /// The texts that can be translated: the last part of the key, and the English. Blocks taken over from another
    /// profile are translated there.
    pub fn texts(&self) -> Vec<(String, &str)> {
        let mut texts = vec![
            ("title".to_string(), self.title.get("en")),
            ("description".to_string(), self.description.get("en")),
        ];
        let own = self.blocks.iter().filter(|_| self.own_blocks);
        texts.extend(own.map(|block| (format!("blocks/{}", block.block), block.title.get("en"))));
        texts
    }

    /// The key of a text in the translations.
    pub fn text_key(&self, what: &str) -> String {
        format!("profiles/{}/{what}", self.name)
    }

    /// Its name in results; with other weights than its own it bears their digest.
    pub fn name(&self) -> &str {
        self.reweighed.as_deref().unwrap_or(&self.name)
    }

    /// Whether its weights are not those it was written with.
    pub fn is_reweighed(&self) -> bool {
        self.reweighed.is_some()
    }

    /// Notes that its weights are others now.
    pub(crate) fn reweighed(&mut self, digest: &str) {
        self.reweighed = Some(format!("{}+weights:{digest}", self.name));
    }

    /// What the profile says of a rule's level: nothing, off, or a level.
    pub fn says(&self, id: &str) -> Option<Option<Level>> {
        let line = self.levels.iter().rev().find(|line| covers(&line.rule, id))?;
        Some(line.level.level())
    }

    /// The same by its own lines only: what a profile adds beside the scoring one, which has its own base.
    pub fn adds(&self, id: &str) -> Option<Option<Level>> {
        let line = self.levels[self.taken_over..]
            .iter()
            .rev()
            .find(|line| covers(&line.rule, id))?;
        Some(line.level.level())
    }

    /// The headline block.
    pub fn headline(&self) -> &Block {
        self.blocks.first().expect("a profile has a block (test `rules`)")
    }
}

fn covers(pattern: &str, id: &str) -> bool {
    let half = |pattern: &str, text: &str| pattern == "*" || pattern == text;
    match (pattern.split_once('/'), id.split_once('/')) {
        (Some((a, b)), Some((x, y))) => half(a, x) && half(b, y),
        _ => pattern == id,
    }
}
