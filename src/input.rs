//! Paths in, text out. Not every YAML file in a repository is a descriptor, and not everything with a name is a file.

mod items;
pub mod stream;

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Config, ConfigError};
use crate::language::{Phrase, mark};
use crate::lint::Presence;
use crate::sheet::{self, Mapping};
use crate::source::{Form, Source};
pub use items::Items;
use items::Naming;

/// Largest text that is read at once: a file that is not a stream of records, or one document of a stream.
pub const MAX_SOURCE_BYTES: u64 = 256 << 20;

/// One file to look at.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it is; `None` is standard input.
    pub path: Option<PathBuf>,
    /// The name used in reports.
    pub shown: String,
    /// Whether the user named it.
    pub presence: Presence,
    /// The mapping file that the user named, for spreadsheets.
    pub mapping: Option<PathBuf>,
}

impl Item {
    /// Whether reading it once more gives the same; a stream is read once.
    pub fn can_be_read_again(&self) -> bool {
        self.path
            .as_ref()
            .is_some_and(|path| std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()))
    }
}

/// Why a file could not be read; a sentence with a way out.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system says no.
    #[error("{0}")]
    System(std::io::Error),
    /// It is no regular file.
    #[error("this is {0}, not a file; to check what a program prints, pipe it to `credlint check -`")]
    NotAFile(&'static str),
    /// It is larger than [`MAX_SOURCE_BYTES`].
    #[error("{what} is larger than {} MB; split it, or write one practice a line (`.ndjson`)", .limit >> 20)]
    TooLarge {
        /// The file, a document or a line of it.
        what: String,
        /// The most that is read at once.
        limit: u64,
    },
    /// It is not UTF-8: the text up to the first wrong byte, and the bytes before it.
    #[error("the file is not UTF-8 text")]
    NotUtf8 {
        /// The text with replacement characters.
        lossy: String,
        /// Bytes that are right.
        valid_up_to: usize,
    },
    /// The mapping file of a spreadsheet is wrong.
    #[error("{}", mapping_words(.0))]
    Mapping(ConfigError),
}

impl ReadError {
    /// The same for people, in any language.
    pub fn phrase(&self) -> Phrase {
        match self {
            ReadError::System(error) => system(error),
            ReadError::NotAFile(what) => Phrase::new(mark(
                "this is {what}, not a file; to check what a program prints, pipe it to `credlint check -`",
            ))
            .with_phrase("what", Phrase::new(what)),
            ReadError::TooLarge { what, limit } => Phrase::new(mark(
                "{what} is larger than {limit} MB; split it, or write one practice a line (`.ndjson`)",
            ))
            .with("what", what)
            .with("limit", limit >> 20),
            ReadError::NotUtf8 { .. } => Phrase::new(mark("the file is not UTF-8 text")),
            ReadError::Mapping(error) => mapping_words(error),
        }
    }
}

/// Why the system says no, in the words of people where it is one of the usual reasons.
pub fn system(error: &std::io::Error) -> Phrase {
    match error.kind() {
        ErrorKind::NotFound => Phrase::new(mark("there is no such file or folder")),
        ErrorKind::PermissionDenied => Phrase::new(mark("the system does not permit it")),
        ErrorKind::AlreadyExists => Phrase::new(mark("it is there already, and is not written over")),
        ErrorKind::IsADirectory => Phrase::new(mark("this is a folder")),
        _ => Phrase::new("{error}").with("error", error),
    }
}

/// A mistake in a mapping file in one sentence.
fn mapping_words(error: &ConfigError) -> Phrase {
    match error {
        ConfigError::Unreadable { .. } | ConfigError::Several(_) => error.phrase(),
        ConfigError::Wrong { file, span, message } => {
            let at = file.position(span.start);
            Phrase::new(mark("{file}, line {line}, column {column}: {message}"))
                .with("file", file.name())
                .with("line", at.line)
                .with("column", at.column)
                .with_phrase("message", message.clone())
        }
    }
}

/// What the paths of a command line lead to, in order; folders are walked in the order of their names.
pub fn expand(paths: &[PathBuf], config: &Config, only_descriptors: bool, stdin_name: &str, threads: usize) -> Items {
    let mut items = Items::default();
    let named = if only_descriptors {
        Presence::Walked
    } else {
        Presence::Named
    };
    for path in paths {
        if path.as_os_str() == "-" {
            items.push(Item {
                path: None,
                shown: stdin_name.to_string(),
                presence: named,
                mapping: None,
            });
        } else if path.is_dir() {
            items.walk(path, config, threads, Naming::AsGiven);
        } else if !(only_descriptors && config.excludes(path)) {
            items.push(Item {
                path: Some(path.clone()),
                shown: path.display().to_string(),
                presence: included(config, path, named),
                mapping: None,
            });
        }
    }
    items
}

/// The files of a whole catalogue, named as the user would name them.
pub fn catalogue(root: &Path, config: &Config, threads: usize) -> Items {
    let mut items = Items::default();
    items.walk(root, config, threads, Naming::FromHere);
    items
}

fn included(config: &Config, path: &Path, otherwise: Presence) -> Presence {
    if config.included_by(path).is_some() {
        Presence::Named
    } else {
        otherwise
    }
}

/// How a file is met on a walk; nothing where it is passed over.
pub fn met(path: &Path, config: &Config) -> Option<Presence> {
    is_wanted(path, config).then(|| included(config, path, Presence::Walked))
}

/// Whether a file that is met on a walk is looked at.
fn is_wanted(path: &Path, config: &Config) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A mapping speaks of a spreadsheet; `~$x.xlsx` is what Excel leaves while it has `x.xlsx` open.
    let beside = name.ends_with(sheet::MAPPING_SUFFIX) || name.starts_with("~$");
    let known = Form::of(path).is_some() || sheet::is_named_so(&name);
    let wanted = known && !beside || config.included_by(path).is_some();
    name != config::FILE_NAME && wanted && !config.excludes(path)
}

/// Reads a file or standard input as text.
pub fn read(item: &Item) -> Result<String, ReadError> {
    text(bytes(item)?)
}

/// Reads a file or standard input; a spreadsheet through its mapping.
pub fn load(item: &Item) -> Result<Source, ReadError> {
    load_bytes(item, bytes(item)?)
}

/// The same of bytes that have been read.
fn load_bytes(item: &Item, bytes: Vec<u8>) -> Result<Source, ReadError> {
    if !sheet::is_sheet(&item.shown, &bytes) {
        return text(bytes).map(|text| Source::new(item.shown.clone(), text));
    }
    let mapping = mapping(item)?;
    Ok(sheet::read(&item.shown, &bytes, mapping.as_ref()))
}

/// The mapping of a spreadsheet: the file that the user named, else the one beside the sheet, if there is one.
fn mapping(item: &Item) -> Result<Option<Mapping>, ReadError> {
    let beside = || {
        let path = item.path.as_ref()?;
        let stem = path.file_stem()?.to_string_lossy().into_owned();
        let path = path.with_file_name(format!("{stem}{}", sheet::MAPPING_SUFFIX));
        path.is_file().then_some(path)
    };
    let Some(path) = item.mapping.clone().or_else(beside) else {
        return Ok(None);
    };
    let shown = config::display(&path);
    let read = std::fs::read_to_string(&path).map_err(|error| ConfigError::Unreadable {
        path: shown.clone(),
        error,
    });
    let parsed = read.and_then(|text| Mapping::parse(&Arc::new(Source::new(shown, text))));
    parsed.map(Some).map_err(ReadError::Mapping)
}

fn bytes(item: &Item) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    match &item.path {
        None => {
            std::io::stdin()
                .lock()
                .take(MAX_SOURCE_BYTES + 1)
                .read_to_end(&mut bytes)
                .map_err(ReadError::System)?;
        }
        Some(path) => read_file(path, &mut bytes)?,
    }
    if bytes.len() as u64 > MAX_SOURCE_BYTES {
        return Err(too_large());
    }
    Ok(bytes)
}

/// Bytes as text.
fn text(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 {
        valid_up_to: error.utf8_error().valid_up_to(),
        lossy: String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// A pipe that the shell made for this command (`<(…)`) has a writer; any other would block for ever.
fn is_from_shell(path: &Path) -> bool {
    path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

fn too_large() -> ReadError {
    ReadError::TooLarge {
        what: "the file".to_string(),
        limit: MAX_SOURCE_BYTES,
    }
}

/// Writes the files of a template, none of which may be there already.
pub fn write_new(files: &[(PathBuf, Vec<u8>)]) -> Result<(), (PathBuf, std::io::Error)> {
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err((path.clone(), std::io::ErrorKind::AlreadyExists.into()));
    }
    for (path, bytes) in files {
        let written = File::create_new(path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| (path.clone(), error))?;
    }
    Ok(())
}

fn read_file(path: &Path, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
    let metadata = std::fs::metadata(path).map_err(ReadError::System)?;
    if metadata.is_dir() {
        return Err(ReadError::NotAFile(mark("a folder")));
    }
    if !metadata.is_file() && !is_from_shell(path) {
        return Err(ReadError::NotAFile(mark("a pipe or a device")));
    }
    if metadata.len() > MAX_SOURCE_BYTES {
        return Err(too_large());
    }
    let mut file = File::open(path).map_err(ReadError::System)?;
    bytes.reserve(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    Read::by_ref(&mut file)
        .take(MAX_SOURCE_BYTES + 1)
        .read_to_end(bytes)
        .map_err(ReadError::System)?;
    Ok(())
}

/// Paths from a list, separated by line breaks or, where there is one, by NUL.
pub fn paths_from_list(text: &str) -> Vec<PathBuf> {
    let separator = if text.contains('\0') { '\0' } else { '\n' };
    text.split(separator)
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.is_empty())
        .map(PathBuf::from)
        .collect()
}
