//! Reports: one file per format. They read practices and rules and write text; nothing is decided here.

pub mod agreement;
pub mod csv;
pub mod diff;
pub mod form;
mod github;
mod gitlab;
pub mod html;
pub mod human;
pub mod json;
mod junit;
mod markdown;
pub mod method;
pub mod ndjson;
mod overview;
pub mod patch;
pub mod patterns;
pub mod place;
mod sarif;
pub mod sensitivity;
pub mod statistics;
pub mod table;
mod xlsx;

use crate::finding::Finding;
use crate::gather::NotRun;
use crate::language::mark;
use crate::lint::catalogue::Catalogue;
use crate::lint::{Practice, State};
use crate::rule::Level;

/// What every report says of itself.
pub const WHAT_IT_IS_NOT: &str = mark("Reads the description, not the teaching; not an accreditation.");

/// What a run came to.
#[derive(Clone, Debug, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// Documents whose rules were run.
    pub checked: usize,
    /// Documents that do not say that they are descriptors.
    pub not_descriptors: usize,
    /// Files that could not be opened or are not text.
    pub unreadable: usize,
    /// Documents that could not be read to their end.
    pub unparsable: usize,
    /// Rules in force.
    pub rules: usize,
    /// Rules that do not apply, over all practices.
    pub rules_not_applicable: usize,
    /// Findings by level.
    pub errors: usize,
    /// Findings by level.
    pub warnings: usize,
    /// Findings by level.
    pub advice: usize,
    /// Findings with a fix that is safe: those that `--fix` would mend at once.
    pub fixable: usize,
    /// Findings with a fix that a person must decide on.
    pub suggestions: usize,
    /// Findings that were counted but not kept: very many of one rule in one document, or over one catalogue.
    pub omitted: usize,
    /// Findings of single files that were left out on demand (`--only-catalogue`).
    pub left_out: usize,
    /// Findings that are waived; they are none of the errors, warnings and advice, and change no score.
    pub waived: usize,
    /// How many of the errors, warnings and advice are of rules over the catalogue.
    pub in_catalogue: usize,
    /// Practices in the catalogue; nothing where there was none and the rules over it did not run.
    pub catalogue: Option<usize>,
    /// Why the rules over the catalogue did not run.
    #[serde(skip)]
    pub catalogue_not_run: Option<NotRun>,
}

impl Summary {
    /// Adds a document.
    pub fn add(&mut self, practice: &Practice) {
        match practice.state {
            State::Checked => self.checked += 1,
            State::NotADescriptor => self.not_descriptors += 1,
            State::Unreadable => self.unreadable += 1,
            State::Unparsable => self.unparsable += 1,
            State::Headings => {}
        }
        self.rules_not_applicable += practice.rules_not_applicable;
        self.omitted += practice.omitted;
        practice.findings.iter().for_each(|finding| self.count(finding));
        let fixes = practice.counted().filter_map(|finding| finding.fix.as_ref());
        let (safe, suggested): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.is_safe());
        self.fixable += safe.len();
        self.suggestions += suggested.len();
    }

    /// All documents, whatever became of them.
    pub fn documents(&self) -> usize {
        self.checked + self.not_descriptors + self.unreadable + self.unparsable
    }

    /// Adds what was found over the catalogue.
    pub fn add_catalogue(&mut self, catalogue: &Catalogue) {
        self.catalogue = Some(catalogue.records);
        self.omitted += catalogue.omitted;
    }

    /// Adds a finding of a rule over the catalogue, or about waivers.
    pub fn add_across(&mut self, finding: &Finding) {
        self.in_catalogue += usize::from(finding.waived.is_none());
        self.count(finding);
    }

    fn count(&mut self, finding: &Finding) {
        match finding.level {
            _ if finding.waived.is_some() => self.waived += 1,
            Level::Error => self.errors += 1,
            Level::Warning => self.warnings += 1,
            Level::Advice => self.advice += 1,
        }
    }

    /// Findings at a level or above.
    pub fn at_least(&self, level: Level) -> usize {
        match level {
            Level::Error => self.errors,
            Level::Warning => self.errors + self.warnings,
            Level::Advice => self.errors + self.warnings + self.advice,
        }
    }
}

/// Wraps a paragraph or a block to a width, with a label in front of the first line.
pub(crate) fn footer(label: &str, text: &str, width: usize, indent: usize) -> String {
    let head = format!("{:indent$}{label}", "", indent = indent);
    let margin = " ".repeat(head.chars().count());
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        let first = if number == 0 { head.as_str() } else { margin.as_str() };
        // Lines that are indented are examples: they keep their form.
        if line.starts_with(' ') {
            out.push_str(&format!("{first}{line}\n"));
            continue;
        }
        let options = textwrap::Options::new(width)
            .initial_indent(first)
            .subsequent_indent(&margin)
            .break_words(false)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        out.push_str(&textwrap::fill(line, options));
        out.push('\n');
    }
    out
}
