//! `credlint.yaml`: found upward from the file to the repository root. Its mistakes are diagnostics with places.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::Language;
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
}

const KEYS: [&str; 5] = ["profile", "language", "include", "exclude", "catalogue"];
const CATALOGUE_KEYS: [&str; 1] = ["root"];

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
#[derive(Debug, Default)]
pub struct Config {
    /// Where it was found.
    pub path: Option<PathBuf>,
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
        message: String,
    },
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
        let wrong = |span: Span, message: String| ConfigError::Wrong {
            file: source.clone(),
            span,
            message,
        };
        let trees = tree::parse(source.text());
        let tree = &trees[0];
        if let Some(problem) = tree.problems.first() {
            return Err(wrong(problem.span, crate::lint::problem_words(&problem.kind)));
        }
        let file = match tree.root {
            None => ConfigFile::default(),
            Some(root) if tree.scalar(root).is_some_and(|scalar| scalar.text.is_empty()) => ConfigFile::default(),
            Some(root) => {
                if let Some(error) = schema::first_error(schema::config_validator(), tree) {
                    let keys: &[&str] = if error.pointer.starts_with("/catalogue/") {
                        &CATALOGUE_KEYS
                    } else {
                        &KEYS
                    };
                    let near = crate::vocabulary::nearest(&error.key, keys.iter().copied());
                    let known = match (&error.kind, near) {
                        (schema::ShapeKind::UnknownKey { .. }, Some(near)) => {
                            format!("`{}` is not known here; did you mean `{near}`?", error.key)
                        }
                        (schema::ShapeKind::UnknownKey { .. }, None) => {
                            format!("`{}` is not known here; known: {}", error.key, keys.join(", "))
                        }
                        _ => error.message,
                    };
                    return Err(wrong(error.span, known));
                }
                serde_json::from_value(schema::to_json(tree, root))
                    .map_err(|error| wrong(tree.node(root).span, error.to_string()))?
            }
        };
        let profiles = file.profile.map(OneOrMore::names).unwrap_or_default();
        let known = crate::rule::set::profile_names();
        if let Some((number, name)) = profiles
            .iter()
            .enumerate()
            .find(|(_, name)| !known.contains(&name.as_str()))
        {
            let near = crate::vocabulary::nearest(name, known.iter().copied());
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let entry = tree.at(&format!("/profile/{number}")).or_else(|| tree.at("/profile"));
            let span = entry.map_or(Span::default(), |entry| entry.use_span);
            return Err(wrong(
                span,
                format!("there is no profile `{name}`{near} Known: {}", known.join(", ")),
            ));
        }
        let language = match &file.language {
            None => None,
            Some(tag) => Some(Language::from_tag(tag).ok_or_else(|| {
                let known: Vec<&str> = Language::all().map(Language::code).collect();
                let span = tree.at("/language").map_or(Span::default(), |entry| entry.use_span);
                wrong(
                    span,
                    format!("there is no language `{tag}`; known: {}", known.join(", ")),
                )
            })?),
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        let catalogue_root = file.catalogue.map(|catalogue| {
            let root = folder.join(catalogue.root);
            std::path::absolute(&root).unwrap_or(root)
        });
        if let Some(root) = catalogue_root.as_ref().filter(|root| !root.is_dir()) {
            let entry = tree.at("/catalogue/root");
            let span = entry.map_or(Span::default(), |entry| entry.use_span);
            return Err(wrong(span, format!("there is no folder {}", display(root))));
        }
        let glob = |pattern: &str, pointer: String| {
            let built = GlobBuilder::new(pattern)
                .literal_separator(true)
                .build()
                .and_then(|glob| GlobSetBuilder::new().add(glob).build());
            built.map_err(|error| {
                wrong(
                    tree.at(&pointer).map_or(Span::default(), |entry| entry.use_span),
                    error.to_string(),
                )
            })
        };
        let include = file
            .include
            .iter()
            .enumerate()
            .map(|(i, pattern)| glob(pattern, format!("/include/{i}")))
            .collect::<Result<Vec<_>, _>>()?;
        let mut exclude = GlobSetBuilder::new();
        for (i, pattern) in file.exclude.iter().enumerate() {
            glob(pattern, format!("/exclude/{i}"))?;
            for pattern in [pattern.clone(), format!("{}/**", pattern.trim_end_matches('/'))] {
                exclude.add(
                    GlobBuilder::new(&pattern)
                        .literal_separator(true)
                        .build()
                        .map_err(|error| wrong(Span::default(), error.to_string()))?,
                );
            }
        }
        Ok(Config {
            folder: folder.to_path_buf(),
            catalogue_root,
            path: Some(path.to_path_buf()),
            profiles,
            language,
            include_patterns: file.include,
            include,
            exclude: exclude
                .build()
                .map_err(|error| wrong(Span::default(), error.to_string()))?,
        })
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

/// A path as the user would write it: relative to the current folder where it lies below.
pub fn display(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
