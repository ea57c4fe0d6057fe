//! Fixes tried before they are called safe: the text is checked once more with them, and what brings a finding or a worse
//! verdict is left to a person.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Options, Practice, Presence, State, lint_untried};
use crate::fix::{Applicability, Fix, apply};
use crate::rule::set::RuleSet;
use crate::source::Source;

/// Most fixes that are tried one by one in a text; the rest become suggestions. They are tried together first, and only
/// a file with more unknown keys than this, some of which hide faults, gets that far.
const MAX_TRIALS: usize = 32;

/// What a text came to, as far as a fix must not make it worse.
#[derive(Debug, PartialEq)]
pub(super) struct Standing {
    practices: Vec<Own>,
}

#[derive(Debug, PartialEq)]
struct Own {
    state: State,
    /// Findings by rule, with those that were counted only.
    findings: BTreeMap<usize, usize>,
    omitted: usize,
    /// Known to be missing, and that with what may be, by block.
    gaps: Vec<(u32, u32)>,
}

impl Standing {
    pub(super) fn of(practices: &[Practice]) -> Standing {
        let own = |practice: &Practice| {
            let mut findings = BTreeMap::new();
            for finding in &practice.findings {
                *findings.entry(finding.rule).or_insert(0) += 1;
            }
            let gaps = practice.gaps.iter();
            Own {
                state: practice.state,
                findings,
                omitted: practice.omitted,
                gaps: gaps.map(|(_, gap)| (gap.missing, gap.missing + gap.open)).collect(),
            }
        };
        Standing {
            practices: practices.iter().map(own).collect(),
        }
    }

    /// All findings.
    pub(super) fn count(&self) -> usize {
        let own = |own: &Own| own.findings.values().sum::<usize>() + own.omitted;
        self.practices.iter().map(own).sum()
    }

    /// Findings of one rule in one practice.
    pub(super) fn of_rule(&self, practice: usize, rule: usize) -> usize {
        let own = self.practices.get(practice);
        own.map_or(0, |own| own.findings.get(&rule).copied().unwrap_or(0))
    }

    /// Whether it is about the same documents in the same state.
    pub(super) fn is_of(&self, other: &Standing) -> bool {
        let states = |standing: &Standing| standing.practices.iter().map(|own| own.state).collect::<Vec<_>>();
        states(self) == states(other)
    }

    /// Whether nothing has been added and no verdict has become worse.
    pub(super) fn is_no_worse_than(&self, before: &Standing) -> bool {
        let no_worse = |(own, old): (&Own, &Own)| {
            let known = |rule: &usize| old.findings.get(rule).copied().unwrap_or(0);
            own.state == old.state
                && own.omitted <= old.omitted
                && own.findings.iter().all(|(rule, count)| *count <= known(rule))
                && own.gaps.len() == old.gaps.len()
                && (own.gaps.iter().zip(&old.gaps)).all(|(own, old)| own.0 <= old.0 && own.1 <= old.1)
        };
        self.practices.len() == before.practices.len() && self.practices.iter().zip(&before.practices).all(no_worse)
    }
}

/// Where a fix is: its practice and its finding.
type At = (usize, usize);

/// Tries what is not safe by its kind.
pub(super) fn settle(
    set: &RuleSet,
    options: &Options,
    source: &Arc<Source>,
    presence: Presence,
    practices: &mut [Practice],
) {
    let safe = |exact: bool| {
        let all = (0..practices.len()).flat_map(|own| (0..practices[own].findings.len()).map(move |at| (own, at)));
        let of_kind = |at: &At| fix(practices, *at).is_some_and(|fix| fix.is_safe() && fix.exact == exact);
        all.filter(of_kind).collect::<Vec<At>>()
    };
    let doubtful = safe(false);
    if doubtful.is_empty() {
        return;
    }
    let mut trial = Trial {
        set,
        options,
        source,
        presence,
        before: Standing::of(practices),
        dated: false,
    };
    let mut accepted = safe(true);
    let mut refused = Vec::new();
    let together = [accepted.as_slice(), &doubtful].concat();
    if doubtful.len() == 1 || !trial.passes(practices, &together, &doubtful) {
        for (number, at) in doubtful.iter().enumerate() {
            accepted.push(*at);
            if number >= MAX_TRIALS || !trial.passes(practices, &accepted, &[*at]) {
                accepted.pop();
                refused.push(*at);
            }
        }
    }
    let dated = trial.dated;
    for (practice, at) in refused {
        if let Some(fix) = &mut practices[practice].findings[at].fix {
            fix.applicability = Applicability::Suggestion;
        }
    }
    // What was learned from the trial may be otherwise tomorrow.
    practices.iter_mut().for_each(|practice| practice.dated |= dated);
}

fn fix(practices: &[Practice], (practice, at): At) -> Option<&Fix> {
    practices[practice].findings[at].fix.as_ref()
}

struct Trial<'a> {
    set: &'a RuleSet,
    options: &'a Options,
    source: &'a Source,
    presence: Presence,
    before: Standing,
    dated: bool,
}

impl Trial<'_> {
    /// Whether a text with some fixes is no worse, and the findings of those that are tried are gone.
    fn passes(&mut self, practices: &[Practice], with: &[At], tried: &[At]) -> bool {
        let fixes = with.iter().filter_map(|at| fix(practices, *at));
        let (text, applied) = apply(self.source.text(), fixes);
        let source = Arc::new(Source::chunk(self.source.name(), text, self.source.base()));
        let after = lint_untried(self.set, self.options, &source, self.presence);
        self.dated |= after.iter().any(|practice| practice.dated);
        let standing = Standing::of(&after);
        let solved = tried.iter().all(|(practice, at)| {
            let rule = practices[*practice].findings[*at].rule;
            let of_rule = |(own, other): &&At| own == practice && practices[*own].findings[*other].rule == rule;
            let expected = tried.iter().filter(of_rule).count();
            standing.of_rule(*practice, rule) + expected <= self.before.of_rule(*practice, rule)
        });
        applied == with.len() && solved && standing.is_no_worse_than(&self.before)
    }
}
