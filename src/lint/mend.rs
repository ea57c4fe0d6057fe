//! A text with its fixes applied, over and over until nothing changes: what one fix brings to light another may mend.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::trial::Standing;
use super::{Options, Practice, Presence, lint_source};
use crate::fix::{Fix, apply};
use crate::rule::set::RuleSet;
use crate::source::Source;

/// Most rounds; a text that needs more, one upon the other, is none that a person wrote.
const MAX_ROUNDS: usize = 200;

/// A text after its fixes.
#[derive(Debug)]
pub struct Mended {
    /// The text.
    pub text: String,
    /// Findings that are gone.
    pub fixed: usize,
    /// What is still found.
    pub practices: Vec<Practice>,
}

/// Who decided what is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Safe fixes only.
    Safe,
    /// Suggestions too.
    Suggestions,
}

/// Applies fixes to a text of which the findings are known; nothing where nothing changes. Safe fixes never bring a finding,
/// a suggestion may, where it lets something be read that nobody read before. Applying it to its own result changes nothing.
/// What is waived, now or by `waive` later, is left alone: somebody wants it so.
pub fn mend(
    set: &RuleSet,
    options: &Options,
    source: &Source,
    presence: Presence,
    practices: &[Practice],
    wanted: Wanted,
    waive: &dyn Fn(&mut [Practice]),
) -> Option<Mended> {
    let round = Round {
        set,
        options,
        source,
        presence,
        wanted,
        waive,
    };
    let mut mended = round.next(source.text(), practices)?;
    let mut seen = vec![digest(source.text()), digest(&mended.text)];
    while seen.len() < MAX_ROUNDS {
        let Some(next) = round.next(&mended.text, &mended.practices) else {
            break;
        };
        let digest = digest(&next.text);
        if seen.contains(&digest) {
            break;
        }
        seen.push(digest);
        mended = Mended {
            fixed: mended.fixed + next.fixed,
            ..next
        };
    }
    Some(mended)
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

struct Round<'a> {
    set: &'a RuleSet,
    options: &'a Options,
    source: &'a Source,
    presence: Presence,
    wanted: Wanted,
    waive: &'a dyn Fn(&mut [Practice]),
}

/// A fix with the practice and the rule of its finding.
type Found<'f> = (usize, usize, &'f Fix);

impl Round<'_> {
    /// One step further; nothing where nothing is left that helps.
    fn next(&self, text: &str, practices: &[Practice]) -> Option<Mended> {
        let before = Standing::of(practices);
        let all: Vec<Found<'_>> = practices
            .iter()
            .enumerate()
            .flat_map(|(practice, own)| own.counted().map(move |finding| (practice, finding)))
            .filter_map(|(practice, finding)| Some((practice, finding.rule, finding.fix.as_ref()?)))
            .collect();
        let (safe, suggested): (Vec<Found<'_>>, Vec<Found<'_>>) = all.into_iter().partition(|(.., fix)| fix.is_safe());
        let helps = |after: &Standing, (practice, ..): &Found<'_>| {
            after.count_in(*practice) < before.count_in(*practice) && after.is_no_worse(&before, *practice)
        };
        // All at once; should some that are safe alone not go together, one after the other.
        let together = self.those_that(&helps, text, safe.clone());
        let one = |found: &Found<'_>| self.those_that(&helps, text, vec![*found]);
        if let Some((mended, after)) = together.or_else(|| safe.iter().find_map(one)) {
            let fixed = before.count().saturating_sub(after.count());
            return Some(Mended { fixed, ..mended });
        }
        if self.wanted == Wanted::Safe {
            return None;
        }
        // A suggestion may bring to light what nobody read; its own finding must be gone. One of each practice at a time.
        let gone = |after: &Standing, (practice, rule, _): &Found<'_>| {
            after.of_rule(*practice, *rule) < before.of_rule(*practice, *rule) && after.is_kept(&before, *practice)
        };
        let mut queues: Vec<&[Found<'_>]> = suggested.chunk_by(|a, b| a.0 == b.0).collect();
        while queues.iter().any(|queue| !queue.is_empty()) {
            let first: Vec<Found<'_>> = queues.iter().filter_map(|queue| queue.first().copied()).collect();
            if let Some((mended, after)) = self.those_that(&gone, text, first.clone()) {
                let fixed = first.iter().filter(|found| gone(&after, found)).count();
                return Some(Mended { fixed, ..mended });
            }
            queues
                .iter_mut()
                .for_each(|queue| *queue = queue.get(1..).unwrap_or_default());
        }
        None
    }

    /// The text with those of some fixes after which their practice stands as it should.
    fn those_that(
        &self,
        stands: &dyn Fn(&Standing, &Found<'_>) -> bool,
        text: &str,
        mut fixes: Vec<Found<'_>>,
    ) -> Option<(Mended, Standing)> {
        for _ in 0..2 {
            let (mended, after) = self.attempt(text, &fixes)?;
            let asked = fixes.len();
            fixes.retain(|found| stands(&after, found));
            if fixes.len() == asked {
                return Some((mended, after));
            }
        }
        None
    }

    fn attempt(&self, text: &str, fixes: &[Found<'_>]) -> Option<(Mended, Standing)> {
        if fixes.is_empty() {
            return None;
        }
        let (text, _) = apply(text, fixes.iter().map(|(.., fix)| *fix));
        let source = Arc::new(Source::chunk(self.source.name(), text, self.source.base()));
        let mut practices = lint_source(self.set, self.options, &source, self.presence);
        (self.waive)(&mut practices);
        let standing = Standing::of(&practices);
        let mended = Mended {
            text: source.text().to_string(),
            fixed: 0,
            practices,
        };
        Some((mended, standing))
    }
}
