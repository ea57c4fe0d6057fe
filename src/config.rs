//! `credlint.yaml`: found upward from the file to the repository root. Its mistakes are diagnostics with places.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobSet, GlobSetBuilder};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cli::FailOn;
use crate::ignores::{Ignore, IgnoreFile, Ignores, glob, no_day, no_glob};
use crate::input;
use crate::language::{Language, Phrase, mark};
use crate::profile::LevelOrOff;
use crate::rule::set::RuleSet;
use crate::schema;
use crate::source::{Source, Span};
use crate::tree;

/// The name of the file.
pub const FILE_NAME: &str = "credlint.yaml";

/// The configuration as written.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "credlint configuration",
    description = "credlint.yaml: found upward from the checked file to the repository root"
)]
pub struct ConfigFile {
    /// The profile, or a list: the first scores (default: eu), further ones add findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<OneOrMore>,
    /// The language of texts (en, es, fi, pt).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Files that are descriptors even when they do not say so, as glob patterns relative to this file.
    #[serde(default)]
    pub include: Vec<String>,
    /// Files and folders that are not looked at, as glob patterns relative to this file.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// The catalogue to which the files belong, for the rules that compare practices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<CatalogueFile>,
    /// Levels of rules that are not those of the profile: by id, or by `element/*` and `*/problem`. An id wins over a
    /// pattern. A level changes no score.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, LevelOrOff>,
    /// Folders with further rules, relative to this file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rule_packs: Vec<String>,
    /// Weights of elements that are not those of the profile, as a file for `--weights`, relative to this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// The day on which "is this over?" is answered (YYYY-MM-DD); the default is today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// From which level on a finding fails `check`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<FailOn>,
    /// The file of findings that were there before, relative to this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// Findings that are waived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignores: Vec<IgnoreFile>,
}

/// A catalogue as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// The folder that holds all of it, relative to this file.
    pub root: String,
}

/// One name or a list of names.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    fn names(self) -> Vec<String> {
        match self {
            OneOrMore::One(name) => vec![name],
            OneOrMore::More(names) => names,
        }
    }
}

/// The configuration in force.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where it was found.
    pub path: Option<PathBuf>,
    /// Its text.
    pub source: Option<Arc<Source>>,
    /// Levels by rule or pattern, in the order of the file.
    pub levels: Vec<(String, LevelOrOff)>,
    /// Folders with further rules.
    pub rule_packs: Vec<PathBuf>,
    /// A file of weights.
    pub weights: Option<PathBuf>,
    /// The day on which "is this over?" is answered.
    pub as_of: Option<Date>,
    /// From which level on a finding fails a run.
    pub fail_on: Option<FailOn>,
    /// The baseline.
    pub baseline: Option<PathBuf>,
    /// Waivers as written.
    pub ignores: Vec<IgnoreFile>,
    /// Patterns of `exclude`, as written.
    pub exclude_patterns: Vec<String>,
    /// Where everything stands, by pointer.
    places: BTreeMap<String, Span>,
    /// The profiles, the scoring one first; empty where none is named.
    pub profiles: Vec<String>,
    /// The language of texts.
    pub language: Option<Language>,
    /// Patterns of `include`, as written.
    pub include_patterns: Vec<String>,
    /// The folder of the whole catalogue.
    pub catalogue_root: Option<PathBuf>,
    include: Vec<GlobSet>,
    exclude: GlobSet,
    folder: PathBuf,
}

/// A mistake in the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is wrong at a place.
    #[error("{message}")]
    Wrong {
        /// The file.
        file: Arc<Source>,
        /// Where in it.
        span: Span,
        /// What.
        message: Phrase,
    },
    /// Several, at least one.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several(Vec<ConfigError>),
}

impl ConfigError {
    /// The same for people, in any language.
    pub fn phrase(&self) -> Phrase {
        match self {
            ConfigError::Unreadable { path, error } => Phrase::new("{path}: {error}")
                .with("path", path)
                .with_phrase("error", input::system(error)),
            ConfigError::Wrong { message, .. } => message.clone(),
            ConfigError::Several(mistakes) => {
                let and = |a, b| Phrase::new("{a}; {b}").with_phrase("a", a).with_phrase("b", b);
                let phrases = mistakes.iter().map(ConfigError::phrase);
                phrases.reduce(and).unwrap_or(Phrase::new(""))
            }
        }
    }

    /// Nothing where nothing is wrong.
    fn none(mut mistakes: Vec<ConfigError>) -> Result<(), ConfigError> {
        match mistakes.len() {
            0 => Ok(()),
            1 => Err(mistakes.remove(0)),
            _ => Err(ConfigError::Several(mistakes)),
        }
    }
}

impl Config {
    /// The configuration for a path: the nearest `credlint.yaml` in its folder or above, up to the repository root.
    pub fn find(path: &Path) -> Result<Config, ConfigError> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let start = if absolute.is_dir() {
            Some(absolute.as_path())
        } else {
            absolute.parent()
        };
        for folder in start.into_iter().flat_map(Path::ancestors) {
            let candidate = folder.join(FILE_NAME);
            if candidate.is_file() {
                return Config::read(&candidate);
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(Config::default())
    }

    /// Reads a configuration file.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let shown = display(path);
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: shown.clone(),
            error,
        })?;
        let source = Arc::new(Source::new(shown, text));
        let wrong = |span: Span, message: Phrase| ConfigError::Wrong {
            file: source.clone(),
            span,
            message,
        };
        let tree = &tree::parse_sound(source.text()).map_err(|(span, message)| wrong(span, message))?;
        let file = match tree.root {
            None => ConfigFile::default(),
            Some(root) if tree.scalar(root).is_some_and(|scalar| scalar.text.is_empty()) => ConfigFile::default(),
            Some(root) => {
                let errors = schema::CONFIG.errors(tree).into_iter();
                ConfigError::none(errors.map(|error| wrong(error.span, error.message)).collect())?;
                schema::typed(tree, root).map_err(|(span, message)| wrong(span, message))?
            }
        };
        let places: BTreeMap<String, Span> = places(tree);
        let at = |pointer: &str| places.get(pointer).copied().unwrap_or_default();
        let mut mistakes = Vec::new();
        let profiles = file.profile.map(OneOrMore::names).unwrap_or_default();
        let known = crate::rule::set::profile_names();
        for (number, name) in profiles.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let message = match crate::vocabulary::nearest(name, known.iter().copied()) {
                    Some(near) => Phrase::new(mark("there is no profile `{name}`{near}"))
                        .with("name", name)
                        .with_phrase("near", Phrase::did_you_mean([near])),
                    None => Phrase::new(mark("there is no profile `{name}`; known: {known}"))
                        .with("name", name)
                        .with("known", known.join(", ")),
                };
                let span = places.get(&format!("/profile/{number}"));
                mistakes.push(wrong(span.copied().unwrap_or_else(|| at("/profile")), message));
            }
        }
        let language = file.language.as_deref().and_then(|tag| {
            let language = Language::from_tag(tag);
            if language.is_none() {
                let known: Vec<&str> = Language::all().map(Language::code).collect();
                let message = Phrase::new(mark("there is no language `{tag}`; known: {known}"))
                    .with("tag", tag)
                    .with("known", known.join(", "));
                mistakes.push(wrong(at("/language"), message));
            }
            language
        });
        let as_of = file.as_of.as_deref().and_then(|text| {
            let day = text.parse::<Date>().ok();
            if day.is_none() {
                mistakes.push(wrong(at("/as_of"), no_day(text)));
            }
            day
        });
        let folder = path.parent().unwrap_or(Path::new(""));
        for (number, pack) in file.rule_packs.iter().enumerate() {
            if !folder.join(pack).is_dir() {
                let message = no_folder(&folder.join(pack));
                mistakes.push(wrong(at(&format!("/rule_packs/{number}")), message));
            }
        }
        if let Some(named) = file.weights.as_ref().filter(|named| !folder.join(named).is_file()) {
            let message = Phrase::new(mark("there is no file {file}")).with("file", display(&folder.join(named)));
            mistakes.push(wrong(at("/weights"), message));
        }
        let catalogue_root = file.catalogue.map(|catalogue| {
            let root = folder.join(catalogue.root);
            std::path::absolute(&root).unwrap_or(root)
        });
        if let Some(root) = catalogue_root.as_ref().filter(|root| !root.is_dir()) {
            mistakes.push(wrong(at("/catalogue/root"), no_folder(root)));
        }
        let mut include = Vec::new();
        let mut exclude = GlobSetBuilder::new();
        for (i, pattern) in file.include.iter().enumerate() {
            match glob(pattern).and_then(|glob| GlobSetBuilder::new().add(glob).build()) {
                Ok(set) => include.push(set),
                Err(error) => mistakes.push(wrong(at(&format!("/include/{i}")), no_glob(&error))),
            }
        }
        for (i, pattern) in file.exclude.iter().enumerate() {
            let inside = format!("{}/**", pattern.trim_end_matches('/'));
            match (glob(pattern), glob(&inside)) {
                (Ok(own), Ok(inside)) => {
                    exclude.add(own).add(inside);
                }
                (Err(error), _) | (_, Err(error)) => {
                    mistakes.push(wrong(at(&format!("/exclude/{i}")), no_glob(&error)));
                }
            }
        }
        let exclude = exclude.build().unwrap_or_else(|error| {
            mistakes.push(wrong(at("/exclude"), no_glob(&error)));
            GlobSet::empty()
        });
        ConfigError::none(mistakes)?;
        Ok(Config {
            folder: folder.to_path_buf(),
            catalogue_root,
            path: Some(path.to_path_buf()),
            levels: in_order(file.levels, &places),
            rule_packs: file.rule_packs.iter().map(|pack| folder.join(pack)).collect(),
            weights: file.weights.map(|weights| folder.join(weights)),
            as_of,
            fail_on: file.fail_on,
            baseline: file.baseline.map(|baseline| folder.join(baseline)),
            ignores: file.ignores,
            exclude_patterns: file.exclude,
            profiles,
            language,
            include_patterns: file.include,
            include,
            exclude,
            places,
            source: Some(source),
        })
    }

    /// Where a value stands in the file.
    pub fn place(&self, pointer: &str) -> Option<Span> {
        self.places.get(pointer).copied()
    }

    /// A mistake at a value of the file.
    pub fn mistake(&self, pointer: &str, message: Phrase) -> ConfigError {
        ConfigError::Wrong {
            file: self
                .source
                .clone()
                .unwrap_or_else(|| Arc::new(Source::new("", String::new()))),
            span: self.place(pointer).unwrap_or_default(),
            message,
        }
    }

    /// Levels of rules that the file changes, and its waivers, once the rules are known.
    pub fn apply(&self, set: &mut RuleSet) -> Result<Ignores, ConfigError> {
        // Patterns first, so that ids win.
        let (patterns, ids): (Vec<_>, Vec<_>) = self.levels.iter().partition(|(rule, _)| rule.contains('*'));
        let mut mistakes = Vec::new();
        for (rule, level) in patterns.into_iter().chain(ids) {
            if let Err(message) = set.set_level(rule, *level) {
                mistakes.push(self.mistake(&level_pointer(rule), message));
            }
        }
        let mut list = Vec::new();
        for (number, file) in self.ignores.iter().enumerate() {
            let pointer = format!("/ignores/{number}");
            let span = self.place(&format!("{pointer}/rule")).unwrap_or_default();
            match Ignore::compile(file, span, set) {
                Ok(ignore) => list.push(ignore),
                Err((key, message)) => mistakes.push(self.mistake(&format!("{pointer}/{key}"), message)),
            }
        }
        ConfigError::none(mistakes)?;
        let folder = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        Ok(Ignores {
            list,
            folder,
            source: self.source.clone(),
        })
    }

    /// The same configuration for a copy of its files in another folder.
    pub fn moved(&self, from: &Path, to: &Path) -> Config {
        let moved = |path: &Path| match path.strip_prefix(from) {
            Ok(inside) => to.join(inside),
            Err(_) => path.to_path_buf(),
        };
        let absolute = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        Config {
            folder: moved(&absolute),
            catalogue_root: self.catalogue_root.as_deref().map(moved),
            path: self.path.as_ref().map(|_| moved(&absolute).join(FILE_NAME)),
            ..self.clone()
        }
    }

    /// The index of the first `include` pattern that names the file.
    pub fn included_by(&self, path: &Path) -> Option<usize> {
        let relative = self.relative(path)?;
        self.include.iter().position(|set| set.is_match(&relative))
    }

    /// Whether `exclude` names the file.
    pub fn excludes(&self, path: &Path) -> bool {
        self.relative(path)
            .is_some_and(|relative| self.exclude.is_match(relative))
    }

    fn relative(&self, path: &Path) -> Option<PathBuf> {
        let absolute = std::path::absolute(path).ok()?;
        absolute.strip_prefix(&self.folder).ok().map(Path::to_path_buf)
    }
}

fn no_folder(path: &Path) -> Phrase {
    Phrase::new(mark("there is no folder {folder}")).with("folder", display(path))
}

/// Where every value of a configuration stands.
fn places(tree: &tree::Tree<'_>) -> BTreeMap<String, Span> {
    let entries = tree.all_entries();
    entries
        .map(|entry| (tree.pointer(entry.value), entry.use_span))
        .collect()
}

/// Where the level of a rule, or of a pattern, is written.
pub fn level_pointer(rule: &str) -> String {
    format!("/levels/{}", tree::segment_of_key(rule))
}

/// Levels in the order in which they are written.
fn in_order(levels: BTreeMap<String, LevelOrOff>, places: &BTreeMap<String, Span>) -> Vec<(String, LevelOrOff)> {
    let mut levels: Vec<(String, LevelOrOff)> = levels.into_iter().collect();
    levels.sort_by_key(|(rule, _)| places.get(&level_pointer(rule)).copied());
    levels
}

/// A path as the user would write it: relative to the current folder where it lies below.
pub fn display(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
