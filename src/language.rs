//! The languages of texts: English in place, the others as data (`rules/languages/<code>/`).
//!
//! Two kinds of text. Those of the pack (a rule's message, the name of an element) have a key, the path of the file and
//! of the keys in it. Phrases of the program stand in the code in English and are looked up by that English, as gettext
//! does; `tr`, `fill` and `plural` say them, and [`mark`] notes those that are said elsewhere. Ids, verdict words in
//! JSON and everything else that programs read are never translated. What is missing falls back to English;
//! `credlint test` lists it.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use crate::pack;
use crate::rule::Localized;

/// A language that texts can be had in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Language(&'static Texts);

/// The texts of one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Texts {
    /// Its BCP 47 tag.
    pub code: &'static str,
    /// Texts of the pack by key, sorted.
    pub texts: &'static [(&'static str, &'static str)],
    /// Phrases of the program by their English, sorted.
    pub phrases: &'static [(&'static str, &'static str)],
}

static ENGLISH: Texts = Texts {
    code: "en",
    texts: &[],
    phrases: &[],
};

impl Language {
    /// English, in which everything is written first.
    pub const ENGLISH: Language = Language(&ENGLISH);

    /// Every language, English first.
    pub fn all() -> impl Iterator<Item = Language> {
        std::iter::once(Language::ENGLISH).chain(pack::current().languages.iter().map(Language))
    }

    /// The language of a tag or of a locale's name: `es`, `es-ES`, `es_ES.UTF-8`. `C` and `POSIX` are English.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag
            .split(['-', '_', '.', '@'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if matches!(primary.as_str(), "c" | "posix") {
            return Some(Language::ENGLISH);
        }
        Language::all().find(|language| language.code() == primary)
    }

    /// Its BCP 47 tag.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// A text of the pack by its key, if it is translated.
    pub fn text(self, key: &str) -> Option<&'static str> {
        find(self.0.texts, key)
    }

    /// Every translated text of the pack, by key.
    pub fn texts(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.texts.iter().copied()
    }

    /// Every translated phrase of the program, by its English.
    pub fn phrases(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.phrases.iter().copied()
    }

    /// A text of the pack: what its own file says in this language, else the translation under the key, else English.
    pub fn choose(self, own: &Localized, key: impl FnOnce() -> String) -> &str {
        own.only(self.code())
            .or_else(|| {
                if self == Language::ENGLISH {
                    None
                } else {
                    self.text(&key())
                }
            })
            .unwrap_or_else(|| own.get(self.code()))
    }

    /// A phrase of the program.
    pub fn tr(self, english: &str) -> Cow<'_, str> {
        find(self.0.phrases, english).map_or_else(|| Cow::Owned(english.to_string()), Cow::Borrowed)
    }

    /// A phrase with values for its placeholders: `{n} checked`.
    pub fn fill(self, english: &str, values: &[(&str, &dyn Display)]) -> String {
        fill(find(self.0.phrases, english).unwrap_or(english), values)
    }

    /// A phrase about a number of things, `{n}` in it: the first form for one, the second for any other number. The
    /// bundled languages all tell just these two apart at whole numbers below a million.
    pub fn plural(self, n: usize, one: &str, other: &str) -> String {
        self.fill(if n == 1 { one } else { other }, &[("n", &n)])
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl Default for Language {
    fn default() -> Self {
        Language::ENGLISH
    }
}

/// A phrase and its values, found by a stage that does not know who reads it. Shown, it is English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    english: &'static str,
    values: Vec<(&'static str, Said)>,
}

/// A value in a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Text(String),
    /// A word of the pack that is translated as a phrase is.
    Word(String),
    Phrase(Phrase),
}

impl Phrase {
    /// A phrase without values; say `mark("…")` so that translators see it.
    pub const fn new(english: &'static str) -> Phrase {
        Phrase {
            english,
            values: Vec::new(),
        }
    }

    /// With a value.
    pub fn with(mut self, name: &'static str, value: impl Display) -> Phrase {
        self.values.push((name, Said::Text(value.to_string())));
        self
    }

    /// With a word of the pack as a value.
    pub fn with_word(mut self, name: &'static str, word: impl Display) -> Phrase {
        self.values.push((name, Said::Word(word.to_string())));
        self
    }

    /// With another phrase as a value.
    pub fn with_phrase(mut self, name: &'static str, phrase: Phrase) -> Phrase {
        self.values.push((name, Said::Phrase(phrase)));
        self
    }

    /// Several phrases of which one will do.
    pub fn one_of(phrases: Vec<Phrase>) -> Option<Phrase> {
        let or = |a, b| Phrase::new(mark("{a} or {b}")).with_phrase("a", a).with_phrase("b", b);
        phrases.into_iter().reduce(or)
    }

    /// `; did you mean …?` behind what is not known; empty where nothing is near.
    pub fn did_you_mean<'n>(near: impl IntoIterator<Item = &'n str>) -> Phrase {
        let name = |near| Phrase::new("`{name}`").with("name", near);
        let names = Phrase::one_of(near.into_iter().map(name).collect());
        names.map_or(Phrase::new(""), |names| {
            Phrase::new(mark("; did you mean {names}?")).with_phrase("names", names)
        })
    }

    /// That a key is not known, where none that is known is near.
    pub fn unknown_key(key: &str, known: &[&str]) -> Phrase {
        Phrase::new(mark("`{key}` is not known here; known: {known}"))
            .with("key", key)
            .with("known", known.join(", "))
    }

    /// Said in a language.
    pub fn say(&self, language: Language) -> String {
        let said: Vec<(&str, String)> = self
            .values
            .iter()
            .map(|(name, value)| (*name, value.say(language)))
            .collect();
        let values: Vec<(&str, &dyn Display)> = said.iter().map(|(name, text)| (*name, text as &dyn Display)).collect();
        language.fill(self.english, &values)
    }
}

impl Said {
    fn say(&self, language: Language) -> String {
        match self {
            Said::Text(text) => text.clone(),
            Said::Word(word) => language.tr(word).into_owned(),
            Said::Phrase(phrase) => phrase.say(language),
        }
    }
}

impl Display for Phrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Language::ENGLISH))
    }
}

/// Notes a phrase that is said elsewhere, so that translators see it.
pub const fn mark(english: &'static str) -> &'static str {
    english
}

/// A text with values for its placeholders; braces around anything else stay as they are.
pub fn fill<V: Display>(text: &str, values: &[(&str, V)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let name = rest[start + 1..].split('}').next().unwrap_or_default();
        match values.iter().find(|(own, _)| *own == name) {
            Some((_, value)) => {
                // Writing into a string cannot fail.
                let _ = write!(out, "{value}");
                rest = &rest[start + name.len() + 2..];
            }
            None => {
                out.push('{');
                rest = &rest[start + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn find(table: &'static [(&'static str, &'static str)], key: &str) -> Option<&'static str> {
    let at = table.binary_search_by(|(own, _)| (*own).cmp(key)).ok()?;
    Some(table[at].1)
}
