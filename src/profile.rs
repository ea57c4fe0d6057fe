//! Profiles: who judges, and what silence means. Data (`rules/profiles/`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// What silence means.
    pub silence: Silence,
    /// Whether evidence counts.
    pub evidence: EvidencePolicy,
    /// The blocks; the first is the headline.
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

/// A profile in force.
#[derive(Debug)]
pub struct Profile {
    /// As written.
    pub file: ProfileFile,
}

impl Profile {
    /// Takes a profile into force.
    pub fn new(file: ProfileFile) -> Profile {
        Profile { file }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.file.profile
    }

    /// The level of a rule under the profile; `None` is off.
    pub fn level(&self, id: &str, own: Level) -> Option<Level> {
        let line = self.file.levels.iter().rev().find(|line| covers(&line.rule, id));
        match line.map(|line| line.level) {
            None => Some(own),
            Some(LevelOrOff::Off) => None,
            Some(LevelOrOff::Error) => Some(Level::Error),
            Some(LevelOrOff::Warning) => Some(Level::Warning),
            Some(LevelOrOff::Advice) => Some(Level::Advice),
        }
    }

    /// The headline block.
    pub fn headline(&self) -> &Block {
        self.file.blocks.first().expect("a profile has a block (test `rules`)")
    }
}

fn covers(pattern: &str, id: &str) -> bool {
    let half = |pattern: &str, text: &str| pattern == "*" || pattern == text;
    match (pattern.split_once('/'), id.split_once('/')) {
        (Some((a, b)), Some((x, y))) => half(a, x) && half(b, y),
        _ => pattern == id,
    }
}
