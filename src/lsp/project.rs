//! What is in force for a file: its configuration, the rules, the waivers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;

use super::documents::Document;
use crate::baseline::Baseline;
use crate::config::{Config, ConfigError};
use crate::input;
use crate::language::Language;
use crate::lint::{Options, Presence};
use crate::rule::set::RuleSet;
use crate::source::{Source, Span};
use crate::waivers::Waivers;

/// What the editor says for all files, in `initializationOptions`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The profile, instead of the configuration's.
    pub profile: Option<String>,
    /// The language of texts, instead of the configuration's.
    pub language: Option<String>,
}

/// What decides where nobody says anything.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The language of `--lang`, which wins over everything but the settings.
    pub asked: Option<Language>,
    /// The editor's language.
    pub language: Language,
    /// The day.
    pub today: Date,
}

/// What is in force.
#[derive(Debug)]
pub struct Project {
    /// The rules.
    pub set: RuleSet,
    /// Language and day.
    pub options: Options,
    /// Waivers of the configuration and the baseline.
    pub waivers: Waivers,
    /// The configuration.
    pub config: Config,
}

/// Why a configuration cannot be used.
#[derive(Debug)]
pub struct Failure {
    /// The file, where it has places.
    pub file: Option<(PathBuf, Arc<Source>)>,
    /// What is wrong, at least one thing, and where in the file.
    pub mistakes: Vec<(Span, String)>,
}

impl Project {
    /// What is in force in a folder.
    pub fn of(folder: &Path, settings: &Settings, defaults: &Defaults) -> Result<Project, Failure> {
        let language = language(settings, defaults, None);
        let config = Config::find(folder).map_err(|error| Failure::of(folder, error, language))?;
        Project::under(config, settings, defaults)
    }

    /// What is in force where the configuration cannot be used.
    pub fn without_configuration(settings: &Settings, defaults: &Defaults) -> Result<Project, Failure> {
        Project::under(Config::default(), settings, defaults)
    }

    fn under(config: Config, settings: &Settings, defaults: &Defaults) -> Result<Project, Failure> {
        let said = settings.profile.clone().map(|profile| vec![profile]);
        let profiles = said.unwrap_or_else(|| config.profiles.clone());
        let mut set = RuleSet::load(&profiles, &config.rule_packs).map_err(|error| Failure::plain(&error))?;
        let folder = config.path.clone().unwrap_or_default();
        let language = language(settings, defaults, config.language);
        let ignores = config
            .apply(&mut set)
            .map_err(|error| Failure::of(&folder, error, language))?;
        let baseline = config.baseline.as_deref().map(|path| baseline(path, language));
        let baseline = baseline.transpose()?;
        let options = Options {
            as_of: config.as_of.unwrap_or(defaults.today),
            language,
            format_in: None,
        };
        let waivers = Waivers {
            ignores,
            baseline,
            ..Waivers::default()
        };
        Ok(Project {
            set,
            options,
            waivers,
            config,
        })
    }

    /// Whether a document is looked at, and if so how: as `check .` would meet it.
    pub fn presence(&self, document: &Document) -> Option<Presence> {
        if !document.is_yaml_or_json() {
            return None;
        }
        match &document.path {
            None => Some(Presence::Walked),
            Some(path) => input::met(path, &self.config),
        }
    }
}

/// The language that is asked for, else the configuration's, else the editor's.
fn language(settings: &Settings, defaults: &Defaults, own: Option<Language>) -> Language {
    let wanted = settings.language.as_deref().and_then(Language::from_tag);
    wanted.or(defaults.asked).or(own).unwrap_or(defaults.language)
}

fn baseline(path: &Path, language: Language) -> Result<(Baseline, PathBuf), Failure> {
    let shown = crate::config::display(path);
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::plain(&format!("{shown}: {}", input::system(&error).say(language))))?;
    let read = Baseline::read(&shown, text).map_err(|error| Failure {
        file: Some((path.to_path_buf(), error.source)),
        mistakes: vec![(error.span, error.message.say(language))],
    })?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    Ok((read, absolute.parent().unwrap_or(Path::new("")).to_path_buf()))
}

impl Failure {
    fn plain(error: &dyn std::fmt::Display) -> Failure {
        Failure {
            file: None,
            mistakes: vec![(Span::default(), error.to_string())],
        }
    }

    /// The configuration names its file relative to the folder of the process, as a user would.
    fn of(near: &Path, error: ConfigError, language: Language) -> Failure {
        match error {
            ConfigError::Wrong { file, span, message } if !file.name().is_empty() => {
                let path = std::path::absolute(file.name()).unwrap_or_else(|_| near.to_path_buf());
                Failure {
                    file: Some((path, file)),
                    mistakes: vec![(span, message.say(language))],
                }
            }
            // All of them are in one file.
            ConfigError::Several(errors) => {
                let mut all = errors.into_iter().map(|error| Failure::of(near, error, language));
                let mut first = all.next().unwrap_or_else(|| Failure::plain(&""));
                first.mistakes.extend(all.flat_map(|own| own.mistakes));
                first
            }
            other => Failure::plain(&other.phrase().say(language)),
        }
    }
}
