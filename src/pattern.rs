//! Regular expressions of rules: checked when a rule is compiled, built when they are first asked.
//!
//! Building the automaton of one pattern with Unicode classes costs more than everything else a rule needs at start-up,
//! and most patterns never meet a text in a run over one file.

use std::sync::OnceLock;

use regex::Regex;

/// A pattern that is known to be right.
#[derive(Debug)]
pub struct LazyPattern {
    text: String,
    built: OnceLock<Regex>,
}

impl LazyPattern {
    /// Checks a pattern; the error is a sentence for the author of the rule.
    pub fn new(text: &str) -> Result<LazyPattern, String> {
        regex_syntax::parse(text).map_err(|error| format!("`{text}` is no regular expression: {error}"))?;
        Ok(LazyPattern {
            text: text.to_string(),
            built: OnceLock::new(),
        })
    }

    /// The expression.
    pub fn get(&self) -> &Regex {
        let build = || Regex::new(&self.text).or_else(|_| Regex::new("$^"));
        self.built
            .get_or_init(|| build().expect("a pattern that parses is too large at worst, and `$^` is not"))
    }
}
