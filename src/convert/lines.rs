//! Text for Notes: one line for each statement, `key: value`, with the keys of the descriptor.

use serde_json::{Map, Value as Json};

use super::{At, only_as_text};
use crate::descriptor::Value;
use crate::descriptor::model::Shape;
use crate::number;

/// Lines in as many languages as the texts in them.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<(String, Said)>);

#[derive(Debug)]
enum Said {
    /// The same in every language: a code, a number, a name.
    Same(String),
    /// By language.
    By(Map<String, Json>),
}

impl Lines {
    pub(super) fn new() -> Lines {
        Lines::default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A line of ours.
    pub(super) fn push(&mut self, key: &str, value: impl Into<String>) {
        self.0.push((key.to_string(), Said::Same(value.into())));
    }

    /// A title in its languages with details that are the same in all of them.
    pub(super) fn titled(&mut self, key: &str, title: Option<At<'_>>, details: &str) {
        let texts = title.and_then(At::texts);
        title.into_iter().for_each(|at| at.note(only_as_text()));
        let said = match texts {
            Some(mut texts) if !details.is_empty() => {
                for text in texts.values_mut() {
                    *text = format!("{} ({details})", text.as_str().unwrap_or_default()).into();
                }
                Said::By(texts)
            }
            Some(texts) => Said::By(texts),
            None if details.is_empty() => return,
            None => Said::Same(details.to_string()),
        };
        self.0.push((key.to_string(), said));
    }

    /// Takes some statements of a group.
    pub(super) fn some(&mut self, group: At<'_>, keys: &[&str]) {
        for key in keys {
            if let Some(at) = group.get(key) {
                self.all(at, &key.replace('_', " "));
            }
        }
    }

    /// Takes a statement and everything in it, and lists it as text.
    pub(super) fn all(&mut self, at: At<'_>, key: &str) {
        let said = match at.value() {
            Value::Group => {
                for (name, child) in at.children() {
                    let name = name.replace('_', " ");
                    let name = if key.is_empty() { name } else { format!("{key} {name}") };
                    self.all(child, &name);
                }
                return;
            }
            Value::List => return self.items(at, key),
            Value::Texts => at.texts().map(Said::By),
            _ => word(at).map(Said::Same),
        };
        if let Some(said) = said {
            at.note(only_as_text());
            self.0.push((key.to_string(), said));
        }
    }

    /// A list of words is one line; of anything else, several.
    fn items(&mut self, list: At<'_>, key: &str) {
        let items = list.items();
        let simple = |at: &At<'_>| !matches!(at.value(), Value::Group | Value::List | Value::Texts);
        if !items.iter().all(simple) {
            items.into_iter().for_each(|at| self.all(at, key));
            return;
        }
        let mut words = Vec::new();
        for at in items {
            if let Some(said) = word(at) {
                at.note(only_as_text());
                words.push(said);
            }
        }
        if !words.is_empty() {
            self.push(key, words.join(", "));
        }
    }

    /// The text of a Note; without any words in a language it is in English, like the keys.
    pub(super) fn literal(&self, default: &str) -> Map<String, Json> {
        let mut languages: Vec<&str> = Vec::new();
        for (_, said) in &self.0 {
            if let Said::By(texts) = said {
                languages.extend(texts.keys().map(String::as_str));
            }
        }
        if languages.is_empty() {
            languages.push("en");
        }
        let mut literal = Map::new();
        for language in languages {
            let lines = self.0.iter().map(|(key, said)| {
                let said = said.in_language(language, default);
                if key.is_empty() {
                    said.to_string()
                } else {
                    format!("{key}: {said}")
                }
            });
            literal.insert(language.to_string(), lines.collect::<Vec<_>>().join("\n").into());
        }
        literal
    }
}

impl Said {
    fn in_language(&self, language: &str, default: &str) -> &str {
        match self {
            Said::Same(text) => text,
            Said::By(texts) => {
                let text = texts.get(language).or_else(|| texts.get(default));
                text.or_else(|| texts.values().next())
                    .and_then(Json::as_str)
                    .unwrap_or_default()
            }
        }
    }
}

/// Takes every word in a group or list, and lists it as text.
pub(super) fn words(at: At<'_>) -> Vec<String> {
    match at.value() {
        Value::Group => at.children().into_iter().flat_map(|(_, child)| words(child)).collect(),
        Value::List => at.items().into_iter().flat_map(words).collect(),
        _ => {
            let word = word(at).or_else(|| at.line());
            at.note(only_as_text());
            word.into_iter().collect()
        }
    }
}

/// A leaf in a word: codes by their slug.
pub(super) fn word(at: At<'_>) -> Option<String> {
    match at.value() {
        Value::Text(_) if matches!(at.shape(), Some(Shape::Code(_))) => Some(at.code()?.slug().to_string()),
        Value::Text(text) => Some(text.to_string()),
        Value::Number(number) => Some(number::display(*number, 6)),
        Value::Flag(flag) => Some(flag.to_string()),
        Value::DeclaredNone => Some("none".to_string()),
        Value::NotApplicable(reason) => Some(format!("not applicable, {reason}")),
        _ => None,
    }
}
