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
pub fn mend(
    set: &RuleSet,
    options: &Options,
    source: &Source,
    presence: Presence,
    practices: &[Practice],
    wanted: Wanted,
) -> Option<Mended> {
    let round = Round {
        set,
        options,
        source,
        presence,
        wanted,
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
}

impl Round<'_> {
    /// One step further; nothing where nothing is left that helps.
    fn next(&self, text: &str, practices: &[Practice]) -> Option<Mended> {
        let before = Standing::of(practices);
        let fixes = || {
            let findings = practices.iter().enumerate();
            let findings = findings.flat_map(|(at, practice)| practice.findings.iter().map(move |own| (at, own)));
            findings.filter_map(|(at, own)| Some((at, own.rule, own.fix.as_ref()?)))
        };
        let safe: Vec<&Fix> = fixes().map(|(.., fix)| fix).filter(|fix| fix.is_safe()).collect();
        // All at once; should some that are safe alone not go together, one after the other.
        let together = self.attempt(text, &safe).filter(|(_, after)| helps(after, &before));
        let one = |fix: &&Fix| self.attempt(text, &[*fix]).filter(|(_, after)| helps(after, &before));
        if let Some((mended, after)) = together.or_else(|| safe.iter().find_map(one)) {
            let fixed = before.count() - after.count();
            return Some(Mended { fixed, ..mended });
        }
        let mut suggested = fixes().filter(|(.., fix)| !fix.is_safe() && self.wanted == Wanted::Suggestions);
        suggested.find_map(|(practice, rule, fix)| {
            let (mended, after) = self.attempt(text, &[fix])?;
            let gone = after.of_rule(practice, rule) < before.of_rule(practice, rule);
            (gone && after.is_of(&before)).then_some(Mended { fixed: 1, ..mended })
        })
    }

    fn attempt(&self, text: &str, fixes: &[&Fix]) -> Option<(Mended, Standing)> {
        if fixes.is_empty() {
            return None;
        }
        let (text, _) = apply(text, fixes.iter().copied());
        let source = Arc::new(Source::chunk(self.source.name(), text, self.source.base()));
        let practices = lint_source(self.set, self.options, &source, self.presence);
        let standing = Standing::of(&practices);
        let mended = Mended {
            text: source.text().to_string(),
            fixed: 0,
            practices,
        };
        Some((mended, standing))
    }
}

fn helps(after: &Standing, before: &Standing) -> bool {
    after.count() < before.count() && after.is_no_worse_than(before)
}
