//! `pattern`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind, part};
use crate::descriptor::{FactId, Value, shorten};
use crate::path::Base;
use crate::pattern::LazyPattern;

/// Exactly one of the two.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Every text of the fact must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// No text of the fact may match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejects: Option<String>,
}

#[derive(Debug)]
pub struct Pattern {
    regex: LazyPattern,
    wanted: bool,
}

impl Kind for Pattern {
    type File = File;
    const PAGE: &'static str = "\
`matches`: every text of the given facts, in every language, must match the regular expression. `rejects`: none may; \
the finding then points at the part that matches. Linear-time syntax (the `regex` crate), never backtracking. A value \
that could not be read as what it should be is looked at as text, so that `3-6` where a number belongs can be explained.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "match", "language"];

    fn compile(file: &File, _: &Base) -> Result<Pattern, String> {
        let (pattern, wanted) = match (&file.matches, &file.rejects) {
            (Some(pattern), None) => (pattern, true),
            (None, Some(pattern)) => (pattern, false),
            _ => return Err("`pattern` takes one of `matches` and `rejects`".to_string()),
        };
        Ok(Pattern { regex: LazyPattern::new(pattern), wanted })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        if let Value::Unreadable(text) = &descriptor.fact(fact).value {
            self.judge(context, "", fact, text, failures);
        }
        for (language, id, text) in descriptor.texts(fact) {
            self.judge(context, language, id, text, failures);
        }
    }
}

impl Pattern {
    fn judge(&self, context: &Context<'_>, language: &str, id: FactId, text: &str, failures: &mut Vec<Failure>) {
        let found = self.regex.find(text);
        if found.is_some() == self.wanted {
            return;
        }
        let at = found.map_or_else(|| context.descriptor.place(id), |found| part(context, id, text, found.range()));
        let matched = found.map(|found| found.as_str()).unwrap_or_default();
        failures.push(Failure::new(at, vec![("value", shorten(text, 60)), ("match", matched.to_string()), ("language", language.to_string())]));
    }
}
