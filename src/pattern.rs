//! Regular expressions of rules: checked when a rule is written, built when they are first asked.
//!
//! Even to check a pattern with Unicode classes costs more than everything else a rule needs at start-up, and most
//! patterns never meet a text in a run over one file. Those of the pack are checked by a test, those of further packs
//! when their files are read ([`crate::rule::set::read_rule`]).

use std::sync::OnceLock;

use regex::{Match, Regex};
use regex_syntax::hir::{Hir, HirKind, Look, Repetition};

/// Keys of rule files whose text is a pattern.
const KEYS: [&str; 4] = ["rejects", "matches", "pattern", "part"];

/// The first pattern of a rule file that is none: where in the file, and a sentence for its author.
pub fn first_wrong(rule: &serde_json::Value) -> Option<(String, String)> {
    let inside = |key: &str, value: &serde_json::Value| {
        if let (Some(text), true) = (value.as_str(), KEYS.contains(&key)) {
            let error = regex_syntax::parse(text).err()?;
            return Some((format!("/{key}"), format!("`{text}` is no regular expression: {error}")));
        }
        first_wrong(value).map(|(pointer, error)| (format!("/{key}{pointer}"), error))
    };
    match rule {
        serde_json::Value::Object(rows) => rows.iter().find_map(|(key, value)| inside(key, value)),
        serde_json::Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(number, value)| inside(&number.to_string(), value))
        }
        _ => None,
    }
}

/// A pattern that is known to be right.
#[derive(Debug)]
pub struct LazyPattern {
    text: String,
    built: OnceLock<Regex>,
    sieve: OnceLock<Option<Regex>>,
}

impl LazyPattern {
    /// A pattern of a rule whose file has been checked ([`first_wrong`]).
    pub fn new(text: &str) -> LazyPattern {
        LazyPattern {
            text: text.to_string(),
            built: OnceLock::new(),
            sieve: OnceLock::new(),
        }
    }

    /// Whether it is found in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.get().is_match(text)
    }

    /// The first place where it is found.
    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.may_match(text).then(|| self.get().find(text)).flatten()
    }

    /// Where a word ends is quickly told in ASCII only; beyond it, a search takes a hundred times as long. The same
    /// pattern without its word boundaries is quick in every text, and nearly always it is not found either.
    fn may_match(&self, text: &str) -> bool {
        let build = || Regex::new(&without_boundaries(&regex_syntax::parse(&self.text).ok()?)?.to_string()).ok();
        text.is_ascii()
            || self
                .sieve
                .get_or_init(build)
                .as_ref()
                .is_none_or(|sieve| sieve.is_match(text))
    }

    /// The expression.
    pub fn get(&self) -> &Regex {
        let build = || Regex::new(&self.text).or_else(|_| Regex::new("$^"));
        self.built
            .get_or_init(|| build().expect("a pattern that parses is too large at worst, and `$^` is not"))
    }
}

/// A pattern without its word boundaries, which is found wherever the whole is; `None` when it has none.
fn without_boundaries(pattern: &Hir) -> Option<Hir> {
    pattern
        .properties()
        .look_set()
        .contains_word_unicode()
        .then(|| stripped(pattern))
}

fn stripped(pattern: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(stripped).collect();
    match pattern.kind() {
        HirKind::Look(look) if is_boundary(*look) => Hir::empty(),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(stripped(&repetition.sub)),
            ..repetition.clone()
        }),
        HirKind::Capture(capture) => stripped(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        _ => pattern.clone(),
    }
}

fn is_boundary(look: Look) -> bool {
    !matches!(
        look,
        Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sieve_changes_no_match() {
        let patterns = [
            r"(?i)\b(not|no|sin|não|ei)\b",
            r"(?i:\bgra(do|u|de))\s+[A-E]\b",
            r"\Bx|y\b{2}(z\b)?|\b{start}é",
            r"^\w+$",
            r"\b",
        ];
        let texts = [
            "no",
            "año",
            "não.",
            "“não”",
            "Grado C",
            "Grado Cé",
            "éx",
            "é y z",
            "é",
            "",
            "–",
            "ſin ñ",
            "x–x",
        ];
        for pattern in patterns {
            let (lazy, plain) = (LazyPattern::new(pattern), Regex::new(pattern).expect("a pattern"));
            for text in texts {
                assert_eq!(lazy.find(text), plain.find(text), "{pattern} {text}");
                assert_eq!(lazy.is_match(text), plain.is_match(text), "{pattern} {text}");
            }
        }
    }
}
