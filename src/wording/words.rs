//! A text as words with places; no language yet.

use std::ops::Range;

/// What stands before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Spaces, brackets, quotation marks.
    Space,
    /// A comma or a dash.
    Comma,
    /// A colon.
    Colon,
    /// The end of a sentence or of an item.
    Stop,
}

/// A word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Where it stands in the text.
    pub(super) at: Range<usize>,
    /// Where it stands in the text in lower case.
    lower: Range<usize>,
    /// What stands before it.
    pub(super) gap: Gap,
    /// Whether it begins with a capital.
    pub(super) capital: bool,
}

/// The words of a text.
#[derive(Debug)]
pub(super) struct Words {
    lower: String,
    pub(super) tokens: Vec<Token>,
}

/// Nothing that matters here stands further back.
const MOST: usize = 64;

/// Signs that belong to a word when letters stand on both sides: high-voltage, instal·lar, Student*innen.
const INNER: [char; 5] = ['-', '‑', '·', '*', '&'];

impl Words {
    pub(super) fn new(text: &str) -> Words {
        let mut words = Words {
            lower: String::with_capacity(text.len()),
            tokens: Vec::with_capacity(16),
        };
        let mut characters = text.char_indices().peekable();
        let (mut gap, mut start): (Gap, Option<(usize, usize)>) = (Gap::Stop, None);
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            let inner = INNER.contains(&character) && next.is_some_and(char::is_alphanumeric) && start.is_some();
            if character.is_alphanumeric() || inner {
                let _ = *start.get_or_insert((at, words.lower.len()));
                if character == '‑' {
                    words.lower.push('-');
                } else if character.is_ascii() {
                    words.lower.push(character.to_ascii_lowercase());
                } else {
                    words.lower.extend(character.to_lowercase());
                }
                continue;
            }
            if let Some((begin, low)) = start.take() {
                words.push(text, begin..at, low, gap);
                gap = Gap::Space;
                if words.tokens.len() == MOST {
                    return words;
                }
            }
            gap = gap.max(words.gap(character, text, at));
        }
        if let Some((begin, low)) = start {
            words.push(text, begin..text.len(), low, gap);
        }
        words
    }

    fn push(&mut self, text: &str, at: Range<usize>, low: usize, gap: Gap) {
        let lower = low..self.lower.len();
        let capital = text[at.clone()].chars().next().is_some_and(char::is_uppercase);
        self.tokens.push(Token {
            at,
            lower,
            gap,
            capital,
        });
    }

    fn gap(&self, character: char, text: &str, at: usize) -> Gap {
        match character {
            ',' | '–' | '—' | '/' => Gap::Comma,
            ':' => Gap::Colon,
            ';' | '!' | '?' | '•' => Gap::Stop,
            // Not `z. B.`, `e.g.` or `No. 5`: a sentence ends in a word and the next begins with a capital.
            '.' => {
                let long = self.tokens.last().is_some_and(|token| token.at.len() > 3);
                let next = text[at + 1..].trim_start().chars().next();
                if long && next.is_none_or(|next| next.is_uppercase() || "-*•".contains(next)) {
                    Gap::Stop
                } else {
                    Gap::Space
                }
            }
            // Lines are wrapped anywhere; items and paragraphs begin anew.
            '\n' => {
                let rest = text[at + 1..].trim_start_matches([' ', '\t']);
                if rest.starts_with(['\n', '-', '*', '•']) {
                    Gap::Stop
                } else {
                    Gap::Space
                }
            }
            _ => Gap::Space,
        }
    }

    /// A word in lower case.
    pub(super) fn lower(&self, index: usize) -> &str {
        self.tokens
            .get(index)
            .map_or("", |token| &self.lower[token.lower.clone()])
    }

    /// Whether a phrase stands at a place.
    pub(super) fn has_at(&self, index: usize, phrase: &[String]) -> bool {
        phrase
            .iter()
            .enumerate()
            .all(|(offset, word)| self.lower(index + offset) == word)
    }

    /// The number of words up to the end of the first sentence.
    pub(super) fn sentence(&self) -> usize {
        let mut stops = self.tokens.iter().enumerate().skip(3);
        stops
            .find(|(_, token)| token.gap == Gap::Stop)
            .map_or(self.tokens.len(), |(at, _)| at)
    }
}

/// The words of a phrase in lower case.
pub(super) fn plain(phrase: &str) -> Vec<String> {
    let words = Words::new(phrase);
    (0..words.tokens.len()).map(|at| words.lower(at).to_string()).collect()
}
