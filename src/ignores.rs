//! `ignores:` of the configuration: waivers for files that have no comments, and for many files at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use globset::{Glob, GlobBuilder, GlobMatcher};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::language::{Phrase, mark};
use crate::rule::set::RuleSet;
use crate::source::{Source, Span};
use crate::waiver::{WaivedBy, Waiver, can_be_waived};

/// A waiver as written in the configuration.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IgnoreFile {
    /// The files it is for, as a glob pattern relative to the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
    /// The practice it is for, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<String>,
    /// The rule that is waived, by its id.
    pub rule: String,
    /// Why.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// The last day on which it holds (YYYY-MM-DD).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A waiver of the configuration in force.
#[derive(Debug)]
pub struct Ignore {
    /// Where it stands in the configuration.
    pub span: Span,
    /// The rule's id as written.
    pub id: String,
    glob: Option<GlobMatcher>,
    practice: Option<String>,
    rule: usize,
    reason: String,
    until: Option<Date>,
    met: AtomicBool,
    used: AtomicBool,
}

/// What is wrong with a waiver, and at which of its keys.
pub type Mistake = (&'static str, Phrase);

impl Ignore {
    /// Compiles a waiver.
    pub fn compile(file: &IgnoreFile, span: Span, set: &RuleSet) -> Result<Ignore, Mistake> {
        let Some((rule, _)) = set.get(&file.rule) else {
            return Err(("rule", set.no_rule(&file.rule)));
        };
        if file.files.is_none() && file.practice.is_none() {
            let message =
                mark("say which `files` or which `practice`; a rule is switched off everywhere with `levels`");
            return Err(("rule", Phrase::new(message)));
        }
        if file.reason.trim().is_empty() {
            return Err(("reason", Phrase::new(mark("a waiver needs a reason"))));
        }
        let glob = file.files.as_deref().map(|pattern| {
            let glob = glob(pattern).map(|glob| glob.compile_matcher());
            glob.map_err(|error| ("files", no_glob(&error)))
        });
        let until = file
            .until
            .as_deref()
            .map(|text| text.parse::<Date>().map_err(|_| ("until", no_day(text))));
        Ok(Ignore {
            span,
            id: file.rule.clone(),
            glob: glob.transpose()?,
            practice: file.practice.clone(),
            rule,
            reason: file.reason.trim().to_string(),
            until: until.transpose()?,
            met: AtomicBool::new(false),
            used: AtomicBool::new(false),
        })
    }

    fn is_over(&self, as_of: Date) -> bool {
        self.until.is_some_and(|until| until < as_of)
    }
}

/// A pattern for paths, in which `*` does not reach over a slash.
pub fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

/// What is wrong with a pattern for paths.
pub fn no_glob(error: &globset::Error) -> Phrase {
    use globset::ErrorKind as E;
    let why = match error.kind() {
        E::UnclosedClass | E::UnclosedAlternates => Phrase::new(mark("a bracket is not closed")),
        E::InvalidRange(from, to) => Phrase::new(mark("the range `{from}-{to}` runs backwards"))
            .with("from", from)
            .with("to", to),
        E::UnopenedAlternates => Phrase::new(mark("a closing bracket has no partner")),
        E::DanglingEscape => Phrase::new(mark("nothing follows the backslash at its end")),
        other => Phrase::new("{error}").with("error", other),
    };
    Phrase::new(mark("`{pattern}` is no pattern for paths: {why}"))
        .with("pattern", error.glob().unwrap_or_default())
        .with_phrase("why", why)
}

/// That a text is no day.
pub fn no_day(text: &str) -> Phrase {
    Phrase::new(mark("`{text}` is not a day; write it as 2027-01-31")).with("text", text)
}

/// All waivers of a configuration.
#[derive(Debug, Default)]
pub struct Ignores {
    /// In the order of the file.
    pub list: Vec<Ignore>,
    /// The folder of the configuration.
    pub folder: PathBuf,
    /// The configuration.
    pub source: Option<Arc<Source>>,
}

impl Ignores {
    /// Waives findings of a practice, or of a file when they are about several.
    pub fn apply(
        &self,
        set: &RuleSet,
        as_of: Date,
        path: Option<&Path>,
        practice: Option<&str>,
        findings: &mut [(&mut Finding, &Source)],
    ) {
        if self.list.is_empty() {
            return;
        }
        let absolute = path.and_then(|path| std::path::absolute(path).ok());
        let relative = absolute
            .as_deref()
            .and_then(|path| path.strip_prefix(&self.folder).ok());
        for ignore in &self.list {
            let in_files = ignore
                .glob
                .as_ref()
                .is_none_or(|glob| relative.is_some_and(|path| glob.is_match(path)));
            let in_practice = ignore.practice.as_deref().is_none_or(|own| practice == Some(own));
            if !in_files || !in_practice {
                continue;
            }
            ignore.met.store(true, Ordering::Relaxed);
            if ignore.is_over(as_of) {
                continue;
            }
            let own = findings.iter_mut().map(|(finding, _)| finding);
            for finding in own.filter(|own| own.rule == ignore.rule && own.waived.is_none()) {
                if can_be_waived(set, finding) {
                    ignore.used.store(true, Ordering::Relaxed);
                    finding.waived = Some(Waiver {
                        by: WaivedBy::Configuration,
                        reason: ignore.reason.clone(),
                    });
                }
            }
        }
    }

    /// Waivers that waive nothing, with the day on which they ended, if that is why: those whose files or practice were
    /// met, and where all have been looked at also the others.
    pub fn unused(&self, set: &RuleSet, as_of: Date, all: bool, catalogue: bool) -> Vec<(&Ignore, Option<Date>)> {
        let seen = |ignore: &&Ignore| {
            let looked = set.levels[ignore.rule].is_some() && (catalogue || set.rules[ignore.rule].across().is_none());
            looked && (all || ignore.met.load(Ordering::Relaxed)) && !ignore.used.load(Ordering::Relaxed)
        };
        let unused = self.list.iter().filter(seen);
        unused
            .map(|ignore| (ignore, ignore.until.filter(|_| ignore.is_over(as_of))))
            .collect()
    }
}
