//! Fixes tried before they are called safe: the text is checked once more with them, and what brings a finding or a worse
//! verdict is left to a person.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Options, Practice, Presence, State, lint_untried};
use crate::fix::{Applicability, Fix, apply};
use crate::rule::set::RuleSet;
use crate::source::Source;

/// Most fixes of a practice that are tried one by one; the rest become suggestions. They are tried together first, and
/// only a practice with more unknown keys than this, some of which hide faults, gets that far.
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
        (0..self.practices.len()).map(|practice| self.count_in(practice)).sum()
    }

    /// Findings of one practice.
    pub(super) fn count_in(&self, practice: usize) -> usize {
        let own = self.practices.get(practice);
        own.map_or(0, |own| own.findings.values().sum::<usize>() + own.omitted)
    }

    /// Findings of one rule in one practice.
    pub(super) fn of_rule(&self, practice: usize, rule: usize) -> usize {
        let own = self.practices.get(practice);
        own.map_or(0, |own| own.findings.get(&rule).copied().unwrap_or(0))
    }

    /// Whether it is about the same documents.
    pub(super) fn is_of(&self, other: &Standing) -> bool {
        self.practices.len() == other.practices.len()
    }

    /// Whether a practice is still what it was: its document could be read as before.
    pub(super) fn is_kept(&self, before: &Standing, practice: usize) -> bool {
        match (self.practices.get(practice), before.practices.get(practice)) {
            (Some(own), Some(old)) => own.state == old.state,
            _ => false,
        }
    }

    /// Whether nothing has been added to a practice and no verdict has become worse.
    pub(super) fn is_no_worse(&self, before: &Standing, practice: usize) -> bool {
        let (Some(own), Some(old)) = (self.practices.get(practice), before.practices.get(practice)) else {
            return false;
        };
        let known = |rule: &usize| old.findings.get(rule).copied().unwrap_or(0);
        own.state == old.state
            && own.omitted <= old.omitted
            && own.findings.iter().all(|(rule, count)| *count <= known(rule))
            && own.gaps.len() == old.gaps.len()
            && (own.gaps.iter().zip(&old.gaps)).all(|(own, old)| own.0 <= old.0 && own.1 <= old.1)
    }
}

/// Where a fix is: its practice and its finding.
type At = (usize, usize);

/// Tries what is not safe by its kind: all together, and where a practice does not stand that, its fixes one after the
/// other, those of all such practices side by side.
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
        practices,
        before: Standing::of(practices),
        dated: false,
    };
    let exact = safe(true);
    let stands = trial.run(&exact, &doubtful);
    let (mut accepted, rest): (Vec<At>, Vec<At>) = doubtful.iter().partition(|(practice, _)| stands[*practice]);
    let mut refused = Vec::new();
    let mut queues: Vec<&[At]> = rest.chunk_by(|a, b| a.0 == b.0).collect();
    for _ in 0..MAX_TRIALS {
        let tried: Vec<At> = queues.iter().filter_map(|queue| queue.first().copied()).collect();
        if tried.is_empty() {
            break;
        }
        let others = [accepted.as_slice(), &exact].concat();
        let stands = trial.run(&others, &tried);
        let (good, bad): (Vec<At>, Vec<At>) = tried.iter().partition(|(practice, _)| stands[*practice]);
        accepted.extend(good);
        refused.extend(bad);
        queues
            .iter_mut()
            .for_each(|queue| *queue = queue.get(1..).unwrap_or_default());
    }
    refused.extend(queues.concat());
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
    practices: &'a [Practice],
    before: Standing,
    dated: bool,
}

impl Trial<'_> {
    /// Tries fixes beside those others that leave room for them. For each practice whether it is no worse than with the
    /// others alone, whose gains must not hide what is brought, and whether the findings of those that are tried are gone.
    fn run(&mut self, others: &[At], tried: &[At]) -> Vec<bool> {
        let base = (!others.is_empty()).then(|| self.standing(&[], others));
        let standing = self.standing(tried, others);
        let base = base.as_ref().unwrap_or(&self.before);
        let rule = |(practice, at): &At| self.practices[*practice].findings[*at].rule;
        let is_solved = |at: &At| {
            let expected = tried
                .iter()
                .filter(|other| other.0 == at.0 && rule(other) == rule(at))
                .count();
            standing.of_rule(at.0, rule(at)) + expected <= base.of_rule(at.0, rule(at))
        };
        let stands = |practice: usize| {
            let mut own = tried.iter().filter(|(other, _)| *other == practice);
            standing.is_of(base) && standing.is_no_worse(base, practice) && own.all(is_solved)
        };
        (0..self.practices.len()).map(stands).collect()
    }

    /// What the text comes to with some fixes. Of two that touch each other the first wins; where it solves the finding
    /// of the other too, both are good.
    fn standing(&mut self, tried: &[At], others: &[At]) -> Standing {
        let fixes = tried.iter().chain(others).filter_map(|at| fix(self.practices, *at));
        let (text, _) = apply(self.source.text(), fixes);
        let source = Arc::new(Source::chunk(self.source.name(), text, self.source.base()));
        let after = lint_untried(self.set, self.options, &source, self.presence);
        self.dated |= after.iter().any(|practice| practice.dated);
        Standing::of(&after)
    }
}
