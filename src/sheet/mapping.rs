//! The mapping file of a spreadsheet: which column says what. It is YAML beside the sheet (`practices.mapping.yaml`),
//! written by `credlint new --sheet` and edited by people; its mistakes are told with their places.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::target::{Astray, Target};
use crate::config::ConfigError;
use crate::language::{Phrase, mark};
use crate::schema;
use crate::source::sheet::{Says, Split, column_of};
use crate::source::{Source, Span};
use crate::tree::{parse_sound, segment_of_key};
use crate::vocabulary::{nearest, normalise};

/// What a mapping file begins with.
pub const HEADER: &str = "practices/1";

/// A mapping file as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "credlint mapping",
    description = "NAME.mapping.yaml beside NAME.xlsx or NAME.csv: what the columns of a spreadsheet say, one row for each practice"
)]
pub struct MappingFile {
    /// Always `practices/1`.
    pub mapping: String,
    /// The sheet of the workbook, several of them, or `all`; without it the first whose headings are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheets: Option<OneOrMore>,
    /// The row with the headings, counted from 1; without it the first in which headings are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_row: Option<u32>,
    /// What separates the columns of a text file: `,`, `;`, `|` or `tab`. Default: as the file looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// The encoding of a text file, such as `utf-8` or `windows-1252`. Default: as the file looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What separates values in one cell, where a column does not say otherwise.
    #[serde(default)]
    pub split: Split,
    /// Documents that verdicts cite, by their ids. A sheet called `Sources` in the workbook adds to them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, SourceFile>,
    /// The id of the source of every verdict that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What each column says, by its heading, or by its letter behind `@`: `"@C"`.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnFile>,
}

/// A document that verdicts cite.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// What it is called.
    pub title: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
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

/// What a column says: a canonical path such as `/workload/hours` or `/evidence/level/verdict`, or `ignore`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ColumnFile {
    /// The path.
    Is(String),
    /// The path, and how its cells are read.
    Full(ColumnForm),
}

/// What a column says, and how its cells are read.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnForm {
    /// The canonical path.
    pub is: String,
    /// What separates values in one cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// What words of the sheet mean, such as `{sí: met, no: gap}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

/// A mapping in force.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub(super) sheets: Sheets,
    pub(super) heading_row: Option<u32>,
    pub(super) separator: Option<u8>,
    pub(super) encoding: Option<&'static encoding_rs::Encoding>,
    pub(super) split: Split,
    pub(super) sources: Vec<(String, SourceFile)>,
    pub(super) source: Option<String>,
    pub(super) columns: Vec<Column>,
    /// The text that it was read from.
    pub(super) text: String,
}

/// Which sheets are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Sheets {
    /// The first whose headings are known.
    #[default]
    First,
    /// Every one.
    All,
    /// These.
    Named(Vec<String>),
}

/// What one column says.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) by: By,
    /// As the file writes it.
    pub(super) written: String,
    /// Nothing for a column that is not read.
    pub(super) says: Option<Says>,
}

/// How a column is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// By its heading, folded.
    Heading(String),
    /// By its letter.
    Letter(u16),
}

impl Mapping {
    /// Reads a mapping file.
    pub fn parse(source: &Arc<Source>) -> Result<Mapping, ConfigError> {
        let wrong = |span: Span, message: Phrase| ConfigError::Wrong {
            file: source.clone(),
            span,
            message,
        };
        let tree = &parse_sound(source.text()).map_err(|(span, message)| wrong(span, message))?;
        let Some(root) = tree.root else {
            return Err(wrong(
                Span::default(),
                Phrase::new(mark("this mapping is empty; it begins with `mapping: {header}`")).with("header", HEADER),
            ));
        };
        if let Some(error) = schema::MAPPING.first_error(tree) {
            return Err(wrong(error.span, error.message));
        }
        let file: MappingFile = schema::typed(tree, root).map_err(|(span, message)| wrong(span, message))?;
        let at = |pointer: &str| tree.at(pointer).map_or(Span::default(), |entry| entry.use_span);
        if file.mapping != HEADER {
            return Err(wrong(
                at("/mapping"),
                Phrase::new(mark("a mapping begins with `mapping: {header}`")).with("header", HEADER),
            ));
        }
        if file.heading_row == Some(0) {
            return Err(wrong(at("/heading_row"), Phrase::new(mark("rows are counted from 1"))));
        }
        let separator = match file.separator.as_deref() {
            None => None,
            Some("tab" | "\t") => Some(b'\t'),
            Some(one) if one.len() == 1 && one.is_ascii() && !one.starts_with(['"', '\r', '\n']) => one.bytes().next(),
            Some(_) => {
                let message = mark("a separator is one character: `,`, `;`, `|` or `tab`");
                return Err(wrong(at("/separator"), Phrase::new(message)));
            }
        };
        let encoding = match file.encoding.as_deref() {
            None => None,
            Some(label) => Some(encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                let message = mark("`{label}` is no encoding; known are utf-8, utf-16le, windows-1252 and others");
                wrong(at("/encoding"), Phrase::new(message).with("label", label))
            })?),
        };
        let mut columns = Vec::new();
        for (written, form) in file.columns {
            let pointer = format!("/columns/{}", segment_of_key(&written));
            let (is, split, values) = match form {
                ColumnFile::Is(is) => (is, None, BTreeMap::new()),
                ColumnFile::Full(form) => (form.is, form.split, form.values),
            };
            let place = || {
                let inner = tree.at(&format!("{pointer}/is"));
                inner
                    .or_else(|| tree.at(&pointer))
                    .map_or(Span::default(), |entry| entry.use_span)
            };
            let by = match written.strip_prefix('@') {
                None => By::Heading(normalise(&written)),
                Some(letter) => By::Letter(column_of(letter).ok_or_else(|| {
                    let key = tree.at(&pointer).map_or(Span::default(), |entry| entry.key_span);
                    let message = mark("`@{letter}` names no column; a letter is meant, such as `\"@C\"`");
                    wrong(key, Phrase::new(message).with("letter", letter))
                })?),
            };
            let says = if is == "ignore" {
                None
            } else {
                check(&is).map_err(|message| wrong(place(), message))?;
                let values = values
                    .into_iter()
                    .map(|(word, ours)| (normalise(&word), ours))
                    .collect();
                Some(Says {
                    path: is,
                    split: split.unwrap_or(file.split),
                    values,
                })
            };
            columns.push(Column { by, written, says });
        }
        Ok(Mapping {
            sheets: match file.sheets {
                None => Sheets::First,
                Some(OneOrMore::One(name)) if name == "all" => Sheets::All,
                Some(OneOrMore::One(name)) => Sheets::Named(vec![name]),
                Some(OneOrMore::More(names)) => Sheets::Named(names),
            },
            heading_row: file.heading_row,
            separator,
            encoding,
            split: file.split,
            sources: file.sources.into_iter().collect(),
            source: file.source,
            columns,
            text: source.text().to_string(),
        })
    }
}

/// Whether a column may say what stands on a path; else a sentence.
fn check(path: &str) -> Result<(), Phrase> {
    if super::is_row_wide(path) {
        return Ok(());
    }
    let phrase = match Target::of(path) {
        Ok(_) => return Ok(()),
        Err(Astray::Group) => {
            let inside = Target::all().iter().filter(|own| own.starts_with(&format!("{path}/")));
            let inside: Vec<&str> = inside.map(String::as_str).take(3).collect();
            match inside.is_empty() {
                true => Phrase::new(mark("`{path}` cannot stand in one cell")),
                false => Phrase::new(mark(
                    "`{path}` is a group; a column says one of its values, such as `{inside}`",
                ))
                .with("inside", inside.join("`, `")),
            }
        }
        Err(Astray::Unknown) => match near_path(path) {
            None if !path.starts_with('/') => Phrase::new(mark(
                "`{path}` is no path of a descriptor, which begins with `/`; `ignore` is a column that is not read",
            )),
            near => Phrase::new(mark("`{path}` is no path of a descriptor{near}"))
                .with_phrase("near", Phrase::did_you_mean(near)),
        },
    };
    Err(phrase.with("path", path))
}

/// The path that is nearest to one that leads nowhere.
fn near_path(path: &str) -> Option<&'static str> {
    let slashed = format!("/{}", path.trim_start_matches('/').replace('.', "/"));
    let all = || Target::all().iter().map(String::as_str);
    all().find(|own| *own == slashed).or_else(|| nearest(&slashed, all()))
}
