//! Where a finding stands, and by what it is known again, for every form that other programs read.
//!
//! Lines and columns are those of [`crate::source`]: 1-based, columns in characters (Unicode code points), an end stands
//! behind the last character.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::finding::{Finding, Label};
use crate::lint::Practice;
use crate::rule::set::RuleSet;
use crate::source::{Source, Span};

/// The lines and columns that a span covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Region {
    /// 1-based line; in a workbook the row.
    pub line: u32,
    /// 1-based column in characters; in a workbook the number of the column.
    pub column: u32,
    /// 1-based line of its end.
    pub end_line: u32,
    /// 1-based column behind its last character; in a workbook the number of the column.
    pub end_column: u32,
}

impl Region {
    /// What a span covers in its file.
    pub fn of(source: &Source, span: Span) -> Region {
        let (start, end) = (source.position(span.start), source.position(span.end));
        Region {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// `14:10-14:12`.
impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Region {
            line,
            column,
            end_line,
            end_column,
        } = self;
        write!(f, "{line}:{column}-{end_line}:{end_column}")
    }
}

/// A file, and the part of it that is meant where that can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The file as [`path`] writes it.
    pub file: Cow<'a, str>,
    /// Its lines and columns; nothing stands for a file that has gone since it was checked.
    pub region: Option<Region>,
}

impl<'a> Place<'a> {
    /// The place of a label.
    pub fn of(sources: &'a [Arc<Source>], label: &Label) -> Place<'a> {
        let source = &sources[label.source.0 as usize];
        let is_gone = source.text().is_empty() && label.span.end > 0;
        Place {
            file: path(source.name()),
            region: (!is_gone).then(|| Region::of(source, label.span)),
        }
    }
}

/// `courses/a.yaml:14:10-14:12`.
impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.region {
            Some(region) => write!(f, "{}:{region}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// A file's name as platforms expect it: `/` between folders, and no `./` in front.
pub fn path(name: &str) -> Cow<'_, str> {
    let mut rest = name;
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    if cfg!(windows) {
        let name = rest.replace('\\', "/");
        return Cow::Owned(name.strip_prefix("./").map(str::to_string).unwrap_or(name));
    }
    Cow::Borrowed(if rest.is_empty() { name } else { rest })
}

/// What tells one document of a file from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Document<'a> {
    Id(&'a str),
    Number(usize),
    /// No single one.
    Catalogue,
}

/// Fingerprints of the findings of a practice: they stay the same when lines move. They rest on the file, the practice's
/// id (without one, or where it was met before, on the document's number), the rule and [`subject`].
pub fn fingerprints(set: &RuleSet, practice: &Practice, by_number: bool) -> Vec<String> {
    let document = match practice.id.as_deref().filter(|_| !by_number) {
        Some(id) => Document::Id(id),
        None => Document::Number(practice.document),
    };
    let file = path(practice.source().name());
    let mut met: FxHashMap<(usize, &str), usize> = FxHashMap::default();
    let mut all = Vec::with_capacity(practice.findings.len());
    for finding in &practice.findings {
        let nth = met.entry((finding.rule, subject(set, finding))).or_default();
        *nth += 1;
        all.push(fingerprint(set, &file, document, finding, *nth));
    }
    all
}

/// Of what a finding speaks: its pointer. A rule about an element as a whole speaks of the element, whatever stands
/// where it belongs.
pub fn subject<'f>(set: &RuleSet, finding: &'f Finding) -> &'f str {
    match set.rules[finding.rule].is_about_the_element() {
        true => "",
        false => &finding.pointer,
    }
}

fn fingerprint(set: &RuleSet, file: &str, document: Document<'_>, finding: &Finding, nth: usize) -> String {
    let document = match document {
        Document::Id(id) => format!("id {id}"),
        Document::Number(number) => format!("document {number}"),
        Document::Catalogue => "catalogue".to_string(),
    };
    let rule = &set.rules[finding.rule].id;
    digest(&[file, &document, rule, subject(set, finding), &nth.to_string()])
}

/// The fingerprint of a file that could not be read.
pub fn unreadable(file: &str) -> String {
    digest(&[file, "unreadable"])
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(&hash.finalize()[..16])
}

/// What has to be remembered so that no two findings of a run have one fingerprint: the ids of the file at hand, and what
/// was found over the catalogue.
#[derive(Debug, Default)]
pub struct Known {
    file: String,
    ids: FxHashSet<u64>,
    across: FxHashMap<u64, usize>,
}

impl Known {
    /// Whether an earlier practice of the file has the same id.
    pub fn is_repeated(&mut self, practice: &Practice) -> bool {
        let file = practice.source().name();
        if self.file != file {
            self.file = file.to_string();
            self.ids.clear();
        }
        let id = practice.id.as_ref();
        id.is_some_and(|id| !self.ids.insert(FxBuildHasher.hash_one(id)))
    }

    /// The fingerprint of a finding over the catalogue.
    pub fn across(&mut self, set: &RuleSet, finding: &Finding, sources: &[Arc<Source>]) -> String {
        let file = path(sources[finding.primary.source.0 as usize].name());
        let key = FxBuildHasher.hash_one((&file, finding.rule, subject(set, finding)));
        let nth = self.across.entry(key).or_default();
        *nth += 1;
        fingerprint(set, &file, Document::Catalogue, finding, *nth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_platforms_expect_them() {
        for (name, expected) in [
            ("./a.yaml", "a.yaml"),
            ("././b/./a.yaml", "b/./a.yaml"),
            ("../a.yaml", "../a.yaml"),
            ("/a.yaml", "/a.yaml"),
            ("./", "./"),
        ] {
            assert_eq!(path(name), expected);
        }
    }

    #[test]
    fn a_file_that_has_gone_has_no_lines() {
        let label = |end| Label {
            source: crate::descriptor::SourceId(0),
            span: Span::new(0, end),
            text: String::new(),
        };
        let sources = [Arc::new(Source::new("a.yaml", String::new()))];
        assert_eq!(Place::of(&sources, &label(4)).to_string(), "a.yaml");
        assert_eq!(Place::of(&sources, &label(0)).to_string(), "a.yaml:1:1-1:1");
        let sources = [Arc::new(Source::new("a.yaml", "título".to_string()))];
        assert_eq!(Place::of(&sources, &label(7)).to_string(), "a.yaml:1:1-1:7");
    }
}
