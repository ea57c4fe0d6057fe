//! Regular expressions of rules: checked when a rule is written, built when they are first asked.
//!
//! Even to check a pattern with Unicode classes costs more than everything else a rule needs at start-up, and most
//! patterns never meet a text in a run over one file. Those of the pack are checked by a test, those of further packs
//! when their files are read ([`crate::rule::set::read_rule`]).

use std::sync::OnceLock;

use regex::Regex;

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
}

impl LazyPattern {
    /// A pattern of a rule whose file has been checked ([`first_wrong`]).
    pub fn new(text: &str) -> LazyPattern {
        LazyPattern {
            text: text.to_string(),
            built: OnceLock::new(),
        }
    }

    /// The expression.
    pub fn get(&self) -> &Regex {
        let build = || Regex::new(&self.text).or_else(|_| Regex::new("$^"));
        self.built
            .get_or_init(|| build().expect("a pattern that parses is too large at worst, and `$^` is not"))
    }
}
