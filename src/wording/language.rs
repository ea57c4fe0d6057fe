//! The words of one language, from `rules/outcomes/<language>.yaml`; built when the first text in it is read.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::words;
use crate::pack;

/// A file of `rules/outcomes`. Words stand in one text, separated by spaces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: String,
    iso639_3: String,
    #[serde(default)]
    verb_anywhere: bool,
    #[serde(default)]
    verbs_are_nouns: bool,
    function_words: String,
    determiners: String,
    #[serde(default)]
    genitives: String,
    conjunctions: String,
    #[serde(default)]
    pairs: Vec<String>,
    breaks: String,
    learners: String,
    courses: String,
    openings: Openings,
    adverbs: Group,
    nouns: Group,
    verb_endings: Group,
    #[serde(default)]
    verb_like: Vec<String>,
    #[serde(default)]
    separable: String,
    inflection: Vec<Inflection>,
    verbs: Verbs,
    unobservable: Unobservable,
    #[serde(default)]
    means: String,
    #[serde(default)]
    by: String,
    teaching: Teaching,
}

/// What may stand before the action: „on completion of this module the student will be able to“.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Openings {
    words: String,
    ends: String,
    strong: Vec<String>,
    #[serde(default)]
    links: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(default)]
    words: String,
    endings: Vec<String>,
    #[serde(default)]
    but: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verbs {
    remember: String,
    understand: String,
    apply: String,
    practise: String,
    analyse: String,
    evaluate: String,
    create: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inflection {
    ends: String,
    forms: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unobservable {
    verbs: String,
    phrases: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Teaching {
    course_verbs: String,
    between: String,
    giving: String,
    handing: String,
    things: String,
    phrases: Vec<String>,
}

/// What a verb asks of a learner: Bloom's levels, and work with the hands among the applying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Remember,
    Understand,
    Apply,
    Practise,
    Analyse,
    Evaluate,
    Create,
}

/// What a word may be. A word may be several things, of which its place decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Is(u32);

impl Is {
    pub(super) const DETERMINER: Is = Is(1);
    pub(super) const GENITIVE: Is = Is(1 << 1);
    pub(super) const CONJUNCTION: Is = Is(1 << 2);
    pub(super) const BREAK: Is = Is(1 << 3);
    pub(super) const LEARNER: Is = Is(1 << 4);
    pub(super) const COURSE: Is = Is(1 << 5);
    pub(super) const OPENING: Is = Is(1 << 6);
    pub(super) const END: Is = Is(1 << 7);
    pub(super) const LINK: Is = Is(1 << 8);
    pub(super) const ADVERB: Is = Is(1 << 9);
    pub(super) const NOUN: Is = Is(1 << 10);
    pub(super) const VERB: Is = Is(1 << 11);
    pub(super) const UNOBSERVABLE: Is = Is(1 << 12);
    pub(super) const MEANS: Is = Is(1 << 13);
    pub(super) const COURSE_VERB: Is = Is(1 << 14);
    pub(super) const BETWEEN: Is = Is(1 << 15);
    pub(super) const GIVING: Is = Is(1 << 16);
    pub(super) const HANDING: Is = Is(1 << 17);
    pub(super) const THING: Is = Is(1 << 18);
    pub(super) const NO_VERB: Is = Is(1 << 19);
    pub(super) const FUNCTION: Is = Is(1 << 20);
    pub(super) const BY: Is = Is(1 << 21);

    pub(super) const fn or(self, other: Is) -> Is {
        Is(self.0 | other.0)
    }

    /// Whether it may be any of these.
    pub(super) fn any(self, of: Is) -> bool {
        self.0 & of.0 != 0
    }
}

/// A word as the language knows it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word {
    pub(super) is: Is,
    pub(super) depth: Option<Depth>,
    pub(super) form: Form,
}

/// Which form of its verb a word is: the number of its column in `inflection`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(u8);

impl Form {
    /// The form under which the verb is written in the list.
    pub(super) const PLAIN: Form = Form(0);
    /// The first finite form.
    pub(super) const FINITE: Form = Form(1);
    /// A form that stands for several, or that was written out.
    const ANY: Form = Form(u8::MAX);

    /// Whether two verbs may stand beside one another in these forms.
    pub(super) fn agrees(self, other: Form) -> bool {
        self == other || self == Form::ANY || other == Form::ANY
    }
}

/// One language.
#[derive(Debug)]
pub struct Language {
    /// Its two-letter tag.
    pub tag: &'static str,
    pub(super) iso639_3: String,
    /// Whether the verb may stand anywhere in the sentence.
    pub(super) verb_anywhere: bool,
    /// Whether most verbs are nouns as well, so that their neighbours have to tell.
    pub(super) verbs_are_nouns: bool,
    verb_like: Vec<String>,
    /// Two verbs that are one action: `compare and contrast`.
    pub(super) pairs: Vec<Vec<String>>,
    pub(super) strong: Vec<Vec<String>>,
    pub(super) vague_phrases: Vec<Vec<String>>,
    pub(super) teaching_phrases: Vec<Vec<String>>,
    words: FxHashMap<String, Word>,
    adverb_endings: Vec<String>,
    noun_endings: Vec<String>,
    verb_endings: Vec<String>,
}

/// The language of a tag (`en`, `pt-PT`), if it is one of those that are bundled.
pub fn language(tag: &str) -> Option<&'static Language> {
    static LANGUAGES: [OnceLock<Language>; pack::MOST_LANGUAGES] = [const { OnceLock::new() }; pack::MOST_LANGUAGES];
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    let at = tags().position(|own| own.eq_ignore_ascii_case(primary))?;
    let (tag, json) = pack::current().outcomes[at];
    Some(LANGUAGES[at].get_or_init(|| {
        let file = serde_json::from_str(json).expect("the pack holds what was tested (test `wording`)");
        Language::new(tag, file)
    }))
}

/// Whether the words of a language can be read; the error is a sentence.
pub fn look_through(tag: &str, json: &str) -> Result<(), String> {
    let file: File = serde_json::from_str(json).map_err(|error| error.to_string())?;
    match file.language == tag {
        true => Ok(()),
        false => Err("`language` must be the name of the file".to_string()),
    }
}

/// The tags of the bundled languages.
pub fn tags() -> impl Iterator<Item = &'static str> {
    pack::current().outcomes.iter().map(|(tag, _)| *tag)
}

/// In which of the bundled languages a word is so common that it tells the language; a bit for each.
pub(super) fn common_in(word: &str) -> u16 {
    static COMMON: OnceLock<FxHashMap<&str, u16>> = OnceLock::new();
    let common = COMMON.get_or_init(|| pack::current().common_words.iter().copied().collect());
    common.get(word).copied().unwrap_or_default()
}

impl Language {
    fn new(tag: &'static str, file: File) -> Language {
        let phrases = |list: &[String]| list.iter().map(|phrase| words::plain(phrase)).collect();
        let mut language = Language {
            tag,
            iso639_3: file.iso639_3,
            verb_anywhere: file.verb_anywhere,
            verbs_are_nouns: file.verbs_are_nouns,
            verb_like: file.verb_like,
            pairs: phrases(&file.pairs),
            strong: phrases(&file.openings.strong),
            vague_phrases: phrases(&file.unobservable.phrases),
            teaching_phrases: phrases(&file.teaching.phrases),
            words: FxHashMap::default(),
            adverb_endings: file.adverbs.endings,
            noun_endings: file.nouns.endings,
            verb_endings: file.verb_endings.endings,
        };
        debug_assert_eq!(file.language, tag);
        let lists = [
            (&file.function_words, Is::FUNCTION),
            (&file.determiners, Is::DETERMINER),
            (&file.genitives, Is::GENITIVE),
            (&file.conjunctions, Is::CONJUNCTION),
            (&file.breaks, Is::BREAK),
            (&file.learners, Is::LEARNER),
            (&file.courses, Is::COURSE),
            (&file.openings.words, Is::OPENING),
            (&file.openings.ends, Is::END),
            (&file.openings.links, Is::LINK),
            (&file.adverbs.words, Is::ADVERB),
            (&file.nouns.words, Is::NOUN),
            (&file.verb_endings.but, Is::NO_VERB),
            (&file.means, Is::MEANS),
            (&file.by, Is::BY),
            (&file.teaching.course_verbs, Is::COURSE_VERB),
            (&file.teaching.between, Is::BETWEEN),
            (&file.teaching.giving, Is::GIVING),
            (&file.teaching.handing, Is::HANDING),
            (&file.teaching.things, Is::THING),
        ];
        for (list, is) in lists {
            for word in list.split_whitespace() {
                let known = language.words.entry(word.to_string()).or_default();
                known.is = known.is.or(is);
            }
        }
        let separable: Vec<&str> = file.separable.split_whitespace().collect();
        let vague = file.unobservable.verbs.as_str();
        let verbs = &file.verbs;
        let by_depth = [
            (&verbs.remember, Depth::Remember),
            (&verbs.understand, Depth::Understand),
            (&verbs.apply, Depth::Apply),
            (&verbs.practise, Depth::Practise),
            (&verbs.analyse, Depth::Analyse),
            (&verbs.evaluate, Depth::Evaluate),
            (&verbs.create, Depth::Create),
        ];
        let by_depth = by_depth.map(|(list, depth)| (list.as_str(), Is::VERB, Some(depth)));
        for (list, is, depth) in by_depth
            .into_iter()
            .chain([(vague, Is::VERB.or(Is::UNOBSERVABLE), None)])
        {
            for verb in entries(list) {
                language.add_verb(verb, is, depth, &file.inflection, &separable);
            }
        }
        language
    }

    /// A verb as listed: `measure`, or with further forms `take(took taken)`.
    fn add_verb(&mut self, verb: &str, is: Is, depth: Option<Depth>, inflection: &[Inflection], separable: &[&str]) {
        let (plain, further) = verb.split_once('(').unwrap_or((verb, ""));
        let row = inflection.iter().find(|row| plain.ends_with(row.ends.as_str()));
        let stem = row.map_or(plain, |row| &plain[..plain.len() - row.ends.len()]);
        let made = row.into_iter().flat_map(|row| row.forms.iter().enumerate());
        let made = made.flat_map(|(form, endings)| {
            // A form may be the bare stem.
            let endings: Vec<&str> = if endings.is_empty() {
                vec![""]
            } else {
                endings.split_whitespace().collect()
            };
            endings
                .into_iter()
                .map(move |ending| (format!("{stem}{ending}"), Form(form as u8)))
        });
        let further = further
            .trim_end_matches(')')
            .split_whitespace()
            .map(|form| (form.to_string(), Form::ANY));
        // „anzuwenden“.
        let split = separable
            .iter()
            .filter_map(|prefix| Some((*prefix, plain.strip_prefix(prefix)?)));
        let split = split.map(|(prefix, rest)| (format!("{prefix}zu{rest}"), Form::PLAIN));
        let forms: Vec<(String, Form)> = made
            .chain(further)
            .chain(split)
            .chain([(plain.to_string(), Form::PLAIN)])
            .collect();
        for (word, form) in forms {
            let known = self.words.entry(word).or_default();
            if !known.is.any(Is::VERB) {
                (known.depth, known.form) = (depth, form);
            } else if known.form != form {
                known.form = Form::ANY;
            }
            known.is = known.is.or(is);
        }
    }

    /// What is known of a word in lower case.
    pub(super) fn word(&self, text: &str) -> Word {
        self.words.get(text).copied().unwrap_or_default()
    }

    pub(super) fn ends_as_adverb(&self, text: &str) -> bool {
        ends(text, &self.adverb_endings)
    }

    pub(super) fn ends_as_noun(&self, text: &str) -> bool {
        ends(text, &self.noun_endings)
    }

    pub(super) fn ends_as_verb(&self, text: &str) -> bool {
        ends(text, &self.verb_endings)
    }

    pub(super) fn may_be_verb(&self, text: &str) -> bool {
        ends(text, &self.verb_like)
    }
}

/// A short word is no stem with an ending.
fn ends(text: &str, endings: &[String]) -> bool {
    endings
        .iter()
        .any(|ending| text.len() > ending.len() + 1 && text.ends_with(ending.as_str()))
}

/// The entries of a list, with the brackets behind them.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    list.split(move |c: char| {
        inside = (inside || c == '(') && c != ')';
        c.is_whitespace() && !inside
    })
    .filter(|entry| !entry.is_empty())
}
