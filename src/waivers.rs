//! The waivers of a run: comments, the configuration's, the baseline's and those of an earlier revision, in this order;
//! the first that waives a finding is the one that is named. What is of no use any more is a finding in its own file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use crate::baseline::{Baseline, Collected, Owner};
use crate::descriptor::SourceId;
use crate::finding::{Finding, Label};
use crate::ignores::Ignores;
use crate::language::{Language, Phrase, mark};
use crate::lint::{Options, Practice};
use crate::rule::Rule;
use crate::rule::set::RuleSet;
use crate::source::{Source, Span};
use crate::waiver::{FAMILY, comment};

/// More stale entries of a baseline than this are one finding.
const MOST_STALE: usize = 5;

/// The waivers of a run.
#[derive(Debug)]
pub struct Waivers {
    /// Whether comments and the configuration's waivers are honoured.
    pub honoured: bool,
    /// Those of the configuration.
    pub ignores: Ignores,
    /// The baseline, and the folder from which it names files.
    pub baseline: Option<(Baseline, PathBuf)>,
    /// What was there before, and the folder from which files are named.
    pub revision: Option<(Baseline, PathBuf)>,
}

impl Default for Waivers {
    fn default() -> Waivers {
        Waivers {
            honoured: true,
            ignores: Ignores::default(),
            baseline: None,
            revision: None,
        }
    }
}

impl Waivers {
    /// Waives findings of practices of one file. Comments have been honoured when the text was checked.
    pub fn apply(&self, set: &RuleSet, as_of: Date, path: Option<&Path>, practices: &mut [Practice]) {
        for practice in practices {
            if !self.honoured {
                practice
                    .findings
                    .retain(|finding| !set.rules[finding.rule].id.starts_with(FAMILY));
                practice.findings.iter_mut().for_each(|finding| finding.waived = None);
            }
            let baselines = || self.baseline.iter().chain(&self.revision);
            if (self.ignores.list.is_empty() || !self.honoured) && baselines().next().is_none() {
                continue;
            }
            let owners: Vec<Owner> = baselines().map(|(_, root)| Owner::of(practice, root, path)).collect();
            let Practice {
                findings, sources, id, ..
            } = practice;
            let mut findings: Vec<(&mut Finding, &Source)> = findings
                .iter_mut()
                .map(|finding| {
                    let source = &*sources[finding.primary.source.0 as usize];
                    (finding, source)
                })
                .collect();
            if self.honoured {
                self.ignores.apply(set, as_of, path, id.as_deref(), &mut findings);
            }
            for ((baseline, _), owner) in baselines().zip(owners) {
                baseline.apply(set, &owner, &mut findings);
            }
        }
    }

    /// Waives findings over a catalogue that lie in one file, each with the text of its first place.
    pub fn apply_across(
        &self,
        set: &RuleSet,
        as_of: Date,
        path: Option<&Path>,
        findings: &mut [(&mut Finding, &Source)],
    ) {
        let Some(shown) = findings.first().map(|(_, source)| source.name().to_string()) else {
            return;
        };
        if self.honoured {
            for (finding, source) in findings.iter_mut() {
                if comment::mentioned(source.text()) {
                    let comments = comment::comments(source.text(), &crate::tree::parse(source.text()));
                    let waiver = comments.iter().find(|comment| comment.waives(set, finding).is_some());
                    finding.waived = waiver.map(comment::Comment::waiver);
                }
            }
            self.ignores.apply(set, as_of, path, None, findings);
        }
        for (baseline, root) in self.baseline.iter().chain(&self.revision) {
            baseline.apply(set, &Owner::file(root, path, &shown), findings);
        }
    }

    /// What is of no use any more, as findings in the configuration and in the baseline. `all` says that everything to
    /// which they can apply was looked at, `catalogue` that rules over a catalogue ran.
    pub fn left(&self, set: &RuleSet, options: &Options, all: bool, catalogue: bool) -> Vec<(Finding, Arc<Source>)> {
        let mut left = Vec::new();
        let Some((rule, _)) = set.get("waiver/unused") else {
            return left;
        };
        let mut say = |source: &Arc<Source>, span: Span, id: &str, detail: Phrase, help: Phrase| {
            let args = [
                ("value", id.to_string()),
                ("detail", detail.say(options.language)),
                ("help", help.say(options.language)),
            ];
            let finding = finding(set, rule, options.language, span, &args);
            left.extend(finding.map(|finding| (finding, source.clone())));
        };
        if let (Some(source), true) = (&self.ignores.source, self.honoured) {
            for (ignore, over) in self.ignores.unused(set, options.as_of, all, catalogue) {
                let (detail, help) = match over {
                    Some(day) => (
                        Phrase::new(mark("it held until {day}")).with("day", day),
                        Phrase::new(mark("set a later day if its reason still holds")),
                    ),
                    None => (
                        Phrase::new(mark("nothing of what it is for has this finding")),
                        Phrase::new(""),
                    ),
                };
                say(source, ignore.span, &ignore.id, detail, help);
            }
        }
        if let Some((baseline, _)) = &self.baseline {
            let stale = baseline.stale(set, all, catalogue);
            let shown = if stale.len() > MOST_STALE { 1 } else { stale.len() };
            for (span, key) in stale.iter().take(shown) {
                let detail = match stale.len() {
                    count if count > MOST_STALE => {
                        Phrase::new(mark("{n} entries of the baseline are found no longer")).with("n", count)
                    }
                    _ => Phrase::new(mark("the baseline may shrink")),
                };
                let help = Phrase::new(mark("`--write-baseline` takes out all that has gone"));
                if let Some(source) = &baseline.source {
                    say(source, *span, &key.rule, detail, help);
                }
            }
        }
        left
    }
}

fn finding(
    set: &RuleSet,
    index: usize,
    language: Language,
    span: Span,
    args: &[(&'static str, String)],
) -> Option<Finding> {
    let rule = &set.rules[index];
    let fill = |text: &str| Rule::fill(text, args).trim_end().to_string();
    Some(Finding {
        rule: index,
        level: set.levels[index]?,
        effect: rule.file.effect,
        element: rule.file.element,
        message: fill(rule.message(language)),
        help: fill(rule.help(language)),
        why: fill(rule.why(language)),
        pointer: String::new(),
        primary: Label {
            source: SourceId(0),
            span,
            text: fill(rule.label(language)),
        },
        others: Vec::new(),
        waived: None,
        fix: None,
    })
}

/// Adds what was found in a practice to a baseline that is to be written.
pub fn collect(collected: &mut Collected, set: &RuleSet, root: &Path, path: Option<&Path>, practice: &Practice) {
    let findings = practice.findings.iter();
    let placed = findings.map(|finding| (finding, &*practice.sources[finding.primary.source.0 as usize]));
    collected.add(set, &Owner::of(practice, root, path), placed);
}
