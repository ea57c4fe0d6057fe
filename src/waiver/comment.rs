//! `# credlint: ignore[element/problem] reason`, beside the place of a finding or on a line of its own above it.

use crate::finding::Finding;
use crate::rule::set::RuleSet;
use crate::source::Span;
use crate::tree::{Kind, Tree};

use super::{WaivedBy, Waiver, can_be_waived};

const WORD: &str = "credlint:";
const VERB: &str = "ignore";

/// A comment that speaks to credlint.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// From its `#` to the end of the line.
    pub span: Span,
    /// The line that it speaks of: its own, or the next that is neither empty nor a comment.
    line: Span,
    /// The rules that it names, each with its place; nothing where it is not written as it should be.
    pub rules: Option<Vec<(String, Span)>>,
    /// The reason.
    pub reason: String,
}

impl Comment {
    /// Whether one of the places of a finding lies on the line that the comment speaks of.
    fn is_beside(&self, finding: &Finding) -> bool {
        let labels = std::iter::once(&finding.primary).chain(&finding.others);
        let mut own = labels.filter(|label| label.source.0 == 0);
        own.any(|label| label.span.start <= self.line.end && label.span.end >= self.line.start)
    }

    /// The number of the named rule that waives a finding; nothing without a reason, since somebody has to have one.
    pub fn waives(&self, set: &RuleSet, finding: &Finding) -> Option<usize> {
        if self.reason.is_empty() || !can_be_waived(set, finding) || !self.is_beside(finding) {
            return None;
        }
        let rules = self.rules.as_deref().unwrap_or_default();
        let names = |(id, _): &(String, Span)| set.get(id).is_some_and(|(index, _)| index == finding.rule);
        rules.iter().position(names)
    }

    /// What it makes of a finding.
    pub fn waiver(&self) -> Waiver {
        Waiver {
            by: WaivedBy::Comment,
            reason: self.reason.clone(),
        }
    }
}

/// Whether a text can have such comments; most have none, and nothing more is asked of them.
pub fn mentioned(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), WORD.as_bytes()).is_some()
}

/// The comments of a text that speak to credlint, in its order. What stands inside a value or a key is none.
pub fn comments(text: &str, trees: &[Tree<'_>]) -> Vec<Comment> {
    let found = memchr::memmem::find_iter(text.as_bytes(), WORD.as_bytes());
    let mut comments: Vec<Comment> = Vec::new();
    for at in found {
        let start = text[..at].trim_end_matches([' ', '\t']).len();
        if !text[..start].ends_with('#') {
            continue;
        }
        let start = start - 1;
        let opens = text[..start]
            .chars()
            .next_back()
            .is_none_or(|before| " \t\n\r\u{FEFF}".contains(before));
        if opens && !is_inside_a_value(trees, start as u32) {
            comments.push(comment(text, start, at + WORD.len()));
        }
    }
    comments
}

fn is_inside_a_value(trees: &[Tree<'_>], at: u32) -> bool {
    let holds = |span: Span| span.start <= at && at < span.end;
    trees.iter().any(|tree| {
        let values = tree
            .nodes()
            .any(|node| matches!(node.kind, Kind::Scalar(_)) && holds(node.span));
        values || tree.all_entries().any(|entry| holds(entry.key_span))
    })
}

/// Reads what follows the word.
fn comment(text: &str, start: usize, after: usize) -> Comment {
    let end = line_end(text, start);
    let span = Span::new(start, end);
    let line = line_spoken_of(text, start);
    let parsed = ids(text, after, end);
    let reason = parsed.as_ref().map_or("", |(_, rest)| &text[*rest..end]);
    // What follows another `#` is a comment of somebody else's.
    let reason = reason.split(" #").next().unwrap_or_default().trim();
    Comment {
        span,
        line,
        reason: reason.trim_start_matches(['-', ':', '–', '—']).trim().to_string(),
        rules: parsed.map(|(ids, _)| ids),
    }
}

/// The ids between the brackets, and where the rest begins.
fn ids(text: &str, after: usize, end: usize) -> Option<(Vec<(String, Span)>, usize)> {
    let rest = text[after..end].trim_start();
    let rest = rest.strip_prefix(VERB)?.trim_start().strip_prefix('[')?;
    let open = end - rest.len();
    let close = open + rest.find(']')?;
    let mut at = open;
    let mut found = Vec::new();
    for part in text[open..close].split(',') {
        let id = part.trim();
        let from = at + (part.len() - part.trim_start().len());
        if !id.is_empty() {
            found.push((id.to_string(), Span::new(from, from + id.len())));
        }
        at += part.len() + 1;
    }
    (!found.is_empty()).then_some((found, close + 1))
}

fn line_end(text: &str, from: usize) -> usize {
    let end = memchr::memchr(b'\n', &text.as_bytes()[from..]).map_or(text.len(), |at| from + at);
    from + text[from..end].trim_end_matches('\r').len()
}

fn line_spoken_of(text: &str, at: usize) -> Span {
    let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |at| at + 1);
    let alone = text[start..at].trim_matches(['\u{FEFF}', ' ', '\t']).is_empty();
    if !alone {
        return Span::new(start, line_end(text, at));
    }
    let mut from = line_end(text, at);
    for line in text[from..].split_inclusive('\n') {
        let own = line.trim();
        if !own.is_empty() && !own.starts_with('#') {
            return Span::new(from, line_end(text, from));
        }
        from += line.len();
    }
    // Nothing follows: it speaks of nothing, and will be said to be of no use.
    Span::new(at, at)
}
