//! How a learning outcome is worded: what it begins with, and what its verb asks of a learner.
//!
//! A text is read once, by the words of its language (`rules/outcomes`), and every rule asks the same [`Reading`]. Verbs
//! are recognised by lists of forms and not by stems: a stem joins `organise` with `organisation`, and to tell these
//! apart is the point here. Stems serve where they help, in [`same_content`].
//!
//! A doubt is never a defect. A word that could be a verb is taken for one, and of a text whose language is not known
//! nothing is said.

mod language;
mod words;

use std::ops::Range;

use language::{Depth, Form, Is, Word};
pub use language::{Language, language, look_through, tags};
use snowball_stemmers_rs::{Algorithm, Stemmer};
use words::{Gap, Words};

use crate::pack;

/// What is said of one text. Ranges are bytes of the text.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The language that it was read in.
    pub language: Option<&'static str>,
    /// The language that it is in, when it is surely not the one of its tag.
    pub other_language: Option<&'static str>,
    /// The words with which it begins, when they are no verb.
    pub noun: Option<Range<usize>>,
    /// The verb, when nobody can observe what it says.
    pub vague: Option<Range<usize>>,
    /// The first verb and another that stands beside it.
    pub verbs: Option<(Range<usize>, Range<usize>)>,
    /// The part that tells what is taught.
    pub teaching: Option<Range<usize>>,
    /// The verb, when it asks for memory only.
    pub recall: Option<Range<usize>>,
    /// The verb, when it asks for work with the hands.
    pub practical: Option<Range<usize>>,
    /// A sketch of the content: texts that say the same have the same.
    pub sketch: u64,
}

/// How many common words of each bundled language a text has.
type Evidence = [u8; pack::MOST_LANGUAGES];

/// Reads a text whose language is stated by its tag.
pub fn read_tagged(text: &str, tag: &str) -> Reading {
    let words = Words::new(text);
    let (evidence, sketch) = look_over(&words);
    let Some(language) = language(tag) else {
        return Reading {
            sketch,
            ..Reading::default()
        };
    };
    let mut reading = read(&words, language);
    reading.sketch = sketch;
    reading.other_language = other_language(text, &words, language, &evidence);
    if reading.other_language.is_some() || strays(&evidence, language) {
        // What its verbs are cannot be told by the wrong list.
        return Reading {
            other_language: reading.other_language,
            language: reading.language,
            sketch,
            ..Reading::default()
        };
    }
    reading
}

/// Reads texts without tags that are in one language: the stated one, where the words do not contradict it, else the one
/// that can be told from all of them together.
pub fn read_untagged<'t>(texts: impl Iterator<Item = &'t str> + Clone, stated: Option<&str>) -> Vec<Reading> {
    let common = stated.map_or_else(|| detect(&texts.clone().collect::<Vec<_>>().join("\n")), language);
    let one = |text: &str| {
        let words = Words::new(text);
        let (evidence, sketch) = look_over(&words);
        let reading = common
            .filter(|language| !strays(&evidence, language))
            .map(|language| read(&words, language));
        Reading {
            sketch,
            ..reading.unwrap_or_default()
        }
    };
    texts.map(one).collect()
}

/// The fewest characters from which a language is told.
const ENOUGH_TO_DETECT: usize = 60;

/// The language of a text, if it can be told: by its letters, and by the words that are common in it.
fn detect(text: &str) -> Option<&'static Language> {
    if text.len() < ENOUGH_TO_DETECT {
        return None;
    }
    let (evidence, _) = look_over(&Words::new(text));
    let (at, most) = evidence.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let told = language(tags().nth(at)?)?;
    let alone = evidence.iter().filter(|count| *count == most).count() == 1;
    (*most >= 3 && alone && detected(text) == Some(told.iso639_3.as_str())).then_some(told)
}

fn detected(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(text)?;
    (info.is_reliable() || info.confidence() > 0.6).then(|| info.lang().code())
}

/// Whether a text has more common words of another language than of this one.
fn strays(evidence: &Evidence, language: &Language) -> bool {
    let own = of(evidence, language);
    evidence.iter().any(|count| *count >= 2 && *count > 2 * own)
}

fn of(evidence: &Evidence, language: &Language) -> u8 {
    tags()
        .zip(evidence)
        .find(|(tag, _)| *tag == language.tag)
        .map_or(0, |(_, count)| *count)
}

/// The language that a text is in, when it is surely another than its tag says. Common words raise the suspicion, and
/// letters have to confirm it.
fn other_language(text: &str, words: &Words, language: &Language, evidence: &Evidence) -> Option<&'static str> {
    let own = of(evidence, language);
    let most = evidence.iter().copied().max().unwrap_or_default();
    let long = text.len() >= ENOUGH_TO_DETECT / 2 && words.tokens.len() >= 6;
    if !long || own > 1 || most < 3 || most <= 3 * own {
        return None;
    }
    let info = whatlang::detect(text)?;
    let other = tags()
        .zip(evidence)
        .find(|(_, count)| **count == most)
        .map(|(tag, _)| tag)?;
    let confirmed = self::language(other)?.iso639_3 == info.lang().code();
    (confirmed && (info.is_reliable() || most >= 4)).then_some(other)
}

/// Common words by language, and a sketch of the others: a bit for each beginning of three letters.
fn look_over(words: &Words) -> (Evidence, u64) {
    let (mut evidence, mut sketch) = (Evidence::default(), 0u64);
    for index in 0..words.tokens.len() {
        let word = words.lower(index);
        let common = language::common_in(word);
        if common == 0 && !is_content(word) {
            continue;
        }
        if common != 0 {
            for (at, count) in evidence.iter_mut().enumerate() {
                *count += u8::from(common & (1 << at) != 0);
            }
        } else {
            let beginning = word
                .chars()
                .take(3)
                .fold(17u32, |hash, c| hash.wrapping_mul(31).wrapping_add(c as u32));
            sketch |= 1 << (beginning.wrapping_mul(0x9E37_79B9) >> 26);
        }
    }
    (evidence, sketch)
}

/// A sketch of a text that is no outcome; see [`Reading::sketch`].
pub fn sketch(text: &str) -> u64 {
    look_over(&Words::new(text)).1
}

/// Whether two texts say the same: the same words but for their endings, their order and the common words between them.
pub fn same_content(first: &str, second: &str, tag: Option<&str>) -> bool {
    let stemmer = tag.and_then(stemmer);
    let content = |text: &str| {
        let words = Words::new(text);
        let all = (0..words.tokens.len()).map(|at| words.lower(at));
        let kept = all.filter(|word| is_content(word) && language::common_in(word) == 0);
        let mut stems: Vec<String> = kept
            .map(|word| {
                stemmer
                    .as_ref()
                    .map_or_else(|| word.to_string(), |stemmer| stemmer.stem(word).into_owned())
            })
            .collect();
        stems.sort_unstable();
        stems.dedup();
        stems
    };
    let content = (content(first), content(second));
    !content.0.is_empty() && content.0 == content.1
}

/// The `s` of `battery's` and the `d` of `d'identifier` say nothing.
fn is_content(word: &str) -> bool {
    word.len() > 1 || word.bytes().all(|byte| byte.is_ascii_digit())
}

fn stemmer(tag: &str) -> Option<Stemmer> {
    Some(Stemmer::create(match language(tag)?.tag {
        "ca" => Algorithm::Catalan,
        "de" => Algorithm::German,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "pt" => Algorithm::Portuguese,
        "sv" => Algorithm::Swedish,
        _ => return None,
    }))
}

/// With what a text begins, after its opening.
enum Start {
    Verb(usize),
    Noun(usize),
    Unclear,
}

/// `Competence 1, design of systems:` is a label; a colon further back introduces something else.
const LONGEST_LABEL: usize = 14;

/// A text with its language at hand.
struct Reader<'w> {
    words: &'w Words,
    known: Vec<Word>,
    language: &'static Language,
    /// The end of the first sentence; the rest explains.
    end: usize,
}

fn read(words: &Words, language: &'static Language) -> Reading {
    let known = (0..words.tokens.len())
        .map(|at| language.word(words.lower(at)))
        .collect();
    let reader = Reader {
        words,
        known,
        language,
        end: words.sentence(),
    };
    let mut reading = Reading {
        language: Some(language.tag),
        ..Reading::default()
    };
    reading.teaching = reader.teaching();
    if reading.teaching.is_some() {
        return reading;
    }
    match reader.start() {
        Start::Unclear => {}
        Start::Noun(at) => {
            let last = if reader.is(at, Is::DETERMINER) { at + 1 } else { at };
            reading.noun = Some(reader.range(at, last.min(words.tokens.len() - 1)));
        }
        Start::Verb(at) => {
            let second = reader.second_verb(at);
            reading.verbs = second.map(|second| (reader.range(at, at), reader.range(second, second)));
            reading.vague = reader.vague(at);
            let depth = |at: &usize| reader.known[*at].depth;
            if (at..reader.end)
                .filter_map(|at| depth(&at))
                .all(|depth| depth == Depth::Remember)
                && depth(&at).is_some()
            {
                reading.recall = Some(reader.range(at, at));
            }
            let practical = std::iter::once(at)
                .chain(second)
                .find(|at| depth(at) == Some(Depth::Practise));
            reading.practical = practical.map(|at| reader.range(at, at));
        }
    }
    reading
}

impl Reader<'_> {
    fn is(&self, at: usize, of: Is) -> bool {
        self.known.get(at).is_some_and(|word| word.is.any(of))
    }

    fn gap(&self, at: usize) -> Gap {
        self.words.tokens.get(at).map_or(Gap::Stop, |token| token.gap)
    }

    fn range(&self, first: usize, last: usize) -> Range<usize> {
        self.words.tokens[first].at.start..self.words.tokens[last].at.end
    }

    fn is_adverb(&self, at: usize) -> bool {
        let ends = || self.language.ends_as_adverb(self.words.lower(at));
        at < self.end && !self.is(at, Is::VERB.or(Is::NOUN)) && (self.is(at, Is::ADVERB) || ends())
    }

    /// A plain form of a verb, by list or by ending.
    fn is_verb(&self, at: usize) -> bool {
        let by_ending = || self.language.ends_as_verb(self.words.lower(at)) && !self.is(at, Is::NO_VERB);
        at < self.end && (self.is(at, Is::VERB) || by_ending())
    }

    /// The verb that begins the action, or what stands in its place; behind `LO1:`, `2.` and, where an action stands
    /// there, behind `Skills:`.
    fn start(&self) -> Start {
        let from = self.past_number();
        let labels = (from + 1..self.end.min(from + LONGEST_LABEL)).filter(|at| self.gap(*at) == Gap::Colon);
        let mut starts = labels.map(|at| self.start_behind(at));
        starts
            .find(|start| matches!(start, Start::Verb(_)))
            .unwrap_or_else(|| self.start_behind(from))
    }

    fn past_number(&self) -> usize {
        let numbered = |at: usize| self.words.lower(at).bytes().any(|c| c.is_ascii_digit());
        (0..self.end).find(|at| !numbered(*at)).unwrap_or(0)
    }

    fn start_behind(&self, from: usize) -> Start {
        let (at, opened) = self.opening(from);
        match self.start_at(at) {
            // Behind `the learner can` stands a verb, whether or not it is known.
            Start::Noun(at) if opened && !self.is(at, Is::NOUN) => Start::Unclear,
            start => start,
        }
    }

    fn start_at(&self, from: usize) -> Start {
        let at = self.past_adverbs(from);
        if at >= self.end {
            return Start::Unclear;
        }
        let text = self.words.lower(at);
        let noun = self.is(at, Is::NOUN) || self.is_verb(at) && self.is(at + 1, Is::GENITIVE);
        if !noun && self.is_verb(at) || self.vague_phrase(at).is_some() {
            return Start::Verb(self.past_link(at));
        }
        if self.language.verb_anywhere {
            if let Some(verb) = (at..self.end).find(|at| self.is(*at, Is::VERB) && self.is_lower_case(*at)) {
                return Start::Verb(verb);
            }
            if (from..self.end).any(|at| self.is(at, Is::END) || self.is_lower_case(at) && self.may_be_verb(at)) {
                return Start::Unclear;
            }
        }
        // `Using a meter, verify …`
        let commas = (at + 1..self.end).filter(|at| self.gap(*at) == Gap::Comma);
        let after = commas
            .map(|at| self.past_adverbs(at))
            .find(|at| self.is_verb(*at) && self.known[*at].form.agrees(Form::PLAIN));
        if let Some(after) = after.filter(|_| !noun) {
            return Start::Verb(after);
        }
        // `Mention the …` ends as a noun does.
        let object = self.language.verbs_are_nouns && self.is(at + 1, Is::DETERMINER);
        if noun || self.language.ends_as_noun(text) && !object {
            return Start::Noun(at);
        }
        let finite = |at: usize| {
            self.is(at, Is::VERB) && (self.known[at].form.agrees(Form::PLAIN) || self.known[at].form == Form::FINITE)
        };
        let known_verb = (at..self.end).any(finite);
        let verb_like = self.may_be_verb(at) || self.is(at + 1, Is::DETERMINER) && !self.is(at, Is::DETERMINER);
        // Names, figures and single words tell nothing.
        let word = text.chars().all(|c| c.is_alphabetic() || c == '-') && self.end > at + 1;
        if known_verb || verb_like || !word || self.is(at, Is::OPENING.or(Is::BREAK)) && !self.is(at, Is::DETERMINER) {
            return Start::Unclear;
        }
        Start::Noun(at)
    }

    fn may_be_verb(&self, at: usize) -> bool {
        !self.is(at, Is::FUNCTION) && self.language.may_be_verb(self.words.lower(at))
    }

    fn is_lower_case(&self, at: usize) -> bool {
        let token = &self.words.tokens[at];
        at == 0 || !token.capital
    }

    /// `Safely and correctly isolate`.
    fn past_adverbs(&self, mut at: usize) -> usize {
        while self.is_adverb(at) || at < self.end && self.is(at, Is::CONJUNCTION) && self.is_adverb(at + 1) {
            at += 1;
        }
        at
    }

    /// `know how to isolate`, `saber aplicar`: the action is the second verb.
    fn past_link(&self, at: usize) -> usize {
        if !self.is(at, Is::UNOBSERVABLE) {
            return at;
        }
        let next = (at + 1..self.end).find(|at| !self.is(*at, Is::BREAK.or(Is::LINK)) || self.is(*at, Is::DETERMINER));
        let next = next.map(|next| self.past_adverbs(next));
        let plain = |at: &usize| {
            self.is_verb(*at) && self.known[*at].form.agrees(Form::PLAIN) && !self.is(*at + 1, Is::GENITIVE)
        };
        next.filter(|next| next - at <= 3 && plain(next)).unwrap_or(at)
    }

    /// Behind „on completion of this module the student will be able to“, and whether there is anything of it.
    fn opening(&self, from: usize) -> (usize, bool) {
        let part = Is::OPENING.or(Is::LEARNER).or(Is::COURSE).or(Is::END);
        let (mut next, mut opened) = (from, false);
        let mut at = from;
        while at < self.end && self.is(at, part) {
            if self.is(at, Is::END.or(Is::LEARNER)) {
                (next, opened) = (at + 1, true);
            } else if matches!(self.gap(at + 1), Gap::Comma | Gap::Colon) && at + 1 < self.end && at > from {
                next = at + 1;
            }
            at += 1;
        }
        // Something else may stand among it, such as the title of the course.
        if self.is(from, part) {
            for start in next..self.end.min(from + 30) {
                if let Some(phrase) = self
                    .language
                    .strong
                    .iter()
                    .find(|phrase| self.words.has_at(start, phrase))
                {
                    next = start + phrase.len();
                    break;
                }
            }
        }
        while next > from && next < self.end && self.is(next, Is::LINK) {
            next += 1;
        }
        (next, opened)
    }

    /// Another verb beside the first, in the same form: `design and test`, `isolate the battery and measure the voltage`.
    fn second_verb(&self, first: usize) -> Option<usize> {
        let form = self.known[first].form;
        let other = |at: usize| {
            let at = self.past_adverbs(at);
            let verb = self.is(at, Is::VERB) && at < self.end && self.known[at].form.agrees(form);
            let pair = self
                .language
                .pairs
                .iter()
                .any(|pair| pair[0] == self.words.lower(first) && pair[1] == self.words.lower(at));
            (verb && self.words.lower(at) != self.words.lower(first) && !pair && !self.is(at + 1, Is::GENITIVE))
                .then_some(at)
        };
        // Nothing but verbs and adverbs so far.
        let mut beside = true;
        for at in first + 1..self.end {
            let joined = self.is(at, Is::CONJUNCTION);
            // `a way of measuring and recording`: what is joined is no main verb.
            let inside = !beside
                && !self.language.verb_anywhere
                && self.is(at - 1, Is::VERB)
                && self.known[at - 1].form.agrees(form);
            if joined
                && !inside
                && let Some(second) = other(at + 1)
            {
                let determined = self.is(second + 1, Is::DETERMINER);
                if beside || determined || !self.language.verbs_are_nouns {
                    return Some(second);
                }
            }
            let listed = beside && self.gap(at) == Gap::Comma && other(at).is_some();
            if listed && (at..self.end).take(6).any(|at| self.is(at, Is::CONJUNCTION)) {
                return other(at);
            }
            if self.is(at, Is::BREAK) && !self.is(at, Is::DETERMINER) && !joined {
                return None;
            }
            beside = beside && (joined || self.is_adverb(at));
        }
        None
    }

    fn vague_phrase(&self, at: usize) -> Option<&Vec<String>> {
        self.language
            .vague_phrases
            .iter()
            .find(|phrase| self.words.has_at(at, phrase))
    }

    /// A verb of which only the learner knows whether it happened, unless something else in the sentence shows it.
    fn vague(&self, at: usize) -> Option<Range<usize>> {
        let last = match self.vague_phrase(at) {
            Some(phrase) => at + phrase.len() - 1,
            None if self.is(at, Is::UNOBSERVABLE) => at,
            None => return None,
        };
        let shown = (last + 1..self.end).any(|at| self.shows(at));
        (!shown).then(|| self.range(at, last))
    }

    /// `and explain`, `by explaining`, `and is able to`, or any other action where the verb may stand anywhere.
    fn shows(&self, at: usize) -> bool {
        let action = |at: usize| self.is(at, Is::VERB) && !self.is(at, Is::UNOBSERVABLE);
        let beside = |at: usize| at < self.end && action(self.past_adverbs(at));
        self.is(at, Is::CONJUNCTION) && beside(at + 1)
            || self.gap(at) == Gap::Comma && beside(at)
            || self.language.verb_anywhere && action(at) && self.is_lower_case(at)
            || self.is(at, Is::BY) && self.is(at + 1, Is::VERB)
            || self.is(at, Is::MEANS)
            || self.language.strong.iter().any(|phrase| self.words.has_at(at, phrase))
    }

    /// The course as the subject, a learner as the object, or the passive of teaching.
    fn teaching(&self) -> Option<Range<usize>> {
        let first = self.past_number();
        let from = first + usize::from(self.is(first, Is::DETERMINER));
        let course = (from..(from + 2).min(self.end)).find(|at| self.is(*at, Is::COURSE));
        if let Some(course) = course {
            let verb = (course + 1..self.end.min(course + 5))
                .find(|at| !self.is(*at, Is::BETWEEN) || self.is(*at, Is::COURSE_VERB));
            if let Some(verb) = verb.filter(|at| self.is(*at, Is::COURSE_VERB) && self.gap(*at) == Gap::Space) {
                return Some(self.range(first, verb));
            }
        }
        if self.is(first, Is::GIVING.or(Is::HANDING)) {
            let learner = (first + 1..self.end.min(first + 4)).find(|at| self.is(*at, Is::LEARNER));
            let thing = || (first + 1..self.end.min(first + 8)).any(|at| self.is(at, Is::THING));
            if let Some(learner) = learner.filter(|_| self.is(first, Is::GIVING) || thing()) {
                return Some(self.range(first, learner));
            }
        }
        let phrases = &self.language.teaching_phrases;
        // `Explain which risks are covered` speaks of something else.
        let first_verb = (first..self.end).find(|at| self.is(*at, Is::VERB)).unwrap_or(self.end);
        (first..self.end.min(first_verb + 1)).find_map(|at| {
            let phrase = phrases.iter().find(|phrase| self.words.has_at(at, phrase))?;
            Some(self.range(at, at + phrase.len() - 1))
        })
    }
}
