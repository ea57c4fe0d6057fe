//! Controlled vocabularies: data files with origin, licence and snapshot date (`rules/vocabularies/`).
//!
//! A value is accepted by slug, label in any bundled language, other spelling, code or URI; the slug is canonical.
//! `build.rs` turns the files into static tables, so a list costs nothing until somebody asks it something.

use crate::language::Language;
pub use crate::normalise::normalise;
use crate::normalise::{LONGEST_SPELLING, normalise_short};
use crate::pack;

/// One list.
#[derive(Debug)]
pub struct Vocabulary {
    /// Its name, the file's stem.
    pub name: &'static str,
    /// A title for people.
    pub title: &'static str,
    /// Where the codes come from.
    pub origin: &'static str,
    /// The URI of the concept scheme; empty when there is none.
    pub scheme: &'static str,
    /// Licence of the data.
    pub licence: &'static str,
    /// Date of the data, ISO.
    pub snapshot: &'static str,
    /// Its values.
    pub entries: &'static [Entry],
    /// Every accepted spelling, folded and sorted, and the number of its value.
    pub index: &'static [(&'static str, u32)],
}

/// One value of a list.
#[derive(Debug)]
pub struct Entry {
    /// What a person types.
    pub slug: &'static str,
    /// Its URI; empty when there is none.
    pub uri: &'static str,
    /// Labels by language.
    pub labels: &'static [(&'static str, &'static str)],
    /// Attributes that conditions test.
    pub flags: &'static [&'static str],
    /// Attributes that look-ups read.
    pub values: &'static [(&'static str, Data)],
}

/// An attribute of a value.
#[derive(Debug, PartialEq)]
pub enum Data {
    /// A word, or a number as written.
    Text(&'static str),
    /// Several.
    List(&'static [Data]),
    /// By key.
    Table(&'static [(&'static str, Data)]),
}

impl Data {
    /// The row of a table.
    pub fn get(&self, key: &str) -> Option<&'static Data> {
        match self {
            Data::Table(rows) => rows.iter().find(|(own, _)| *own == key).map(|(_, data)| data),
            _ => None,
        }
    }

    /// The word.
    pub fn text(&self) -> Option<&'static str> {
        match self {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Entry {
    /// Whether the value carries an attribute.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// An attribute that look-ups read.
    pub fn value(&self, key: &str) -> Option<&'static Data> {
        self.values.iter().find(|(own, _)| *own == key).map(|(_, data)| data)
    }

    /// The label in a language, else in English, else the slug.
    pub fn label(&self, language: &str) -> &'static str {
        let find = |wanted: &str| {
            self.labels
                .iter()
                .find(|(own, _)| *own == wanted)
                .map(|(_, label)| *label)
        };
        find(language).or_else(|| find("en")).unwrap_or(self.slug)
    }
}

impl Vocabulary {
    /// A title for people, in a language.
    pub fn title(&self, language: Language) -> &'static str {
        language.text(&self.title_key()).unwrap_or(self.title)
    }

    /// The key of the title in the translations.
    pub fn title_key(&self) -> String {
        format!("vocabularies/{}/title", self.name)
    }

    /// The value that a text means. Rules ask this of every code, so nothing is allocated.
    pub fn find(&self, text: &str) -> Option<&'static Entry> {
        let mut buffer = [0; LONGEST_SPELLING];
        let wanted = normalise_short(text, &mut buffer)?;
        let at = self
            .index
            .binary_search_by(|(spelling, _)| spelling.as_bytes().cmp(wanted))
            .ok()?;
        self.entries.get(self.index[at].1 as usize)
    }

    /// The nearest value to a text that means none, if one is near. Of two that are equally near, as short codes often
    /// are, neither is meant more than the other.
    pub fn nearest(&self, text: &str) -> Option<&'static Entry> {
        let wanted = normalise(text);
        let letters = Letters::of(&wanted);
        let found = nearest(&wanted, self.spellings())?;
        let distance = strsim::damerau_levenshtein(&wanted, found);
        let own = self.index.iter().find(|(spelling, _)| *spelling == found)?.1;
        let near = |spelling: &str| letters.distance_within(&wanted, spelling, distance).is_some();
        let tie = self
            .index
            .iter()
            .any(|(spelling, number)| *number != own && near(spelling));
        self.entries.get(own as usize).filter(|_| !tie)
    }

    /// Every accepted spelling, folded.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> {
        self.index.iter().map(|(spelling, _)| *spelling)
    }
}

/// An embedded list by name.
pub fn embedded(name: &str) -> Option<&'static Vocabulary> {
    pack::current().vocabularies.iter().find(|list| list.name == name)
}

/// The nearest of some words, when it is near enough to be meant: a third of its letters at most may differ.
pub fn nearest<'a>(wanted: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters = Letters::of(wanted);
    let length = wanted.chars().count();
    let scored = words.filter_map(|word| {
        let own_length = word.chars().count();
        let longest = length.max(own_length);
        let allowed = (longest / 3).clamp(1, 4);
        if longest < 3 || length.abs_diff(own_length) > allowed {
            return None;
        }
        let distance = letters.distance_within(wanted, word, allowed)?;
        Some((distance, word))
    });
    scored.min().map(|(_, word)| word)
}

/// How often each letter stands in a word, letters that share a place counted together.
struct Letters([i32; 64]);

impl Letters {
    fn of(word: &str) -> Letters {
        let mut counts = [0; 64];
        word.chars().for_each(|letter| counts[letter as usize % 64] += 1);
        Letters(counts)
    }

    /// The distance of two words, unless it is greater than allowed. Every step from one word to another adds one letter,
    /// takes one away, or both. Nearly all words have too many letters that the other has not, and their distance, which is
    /// costly, need not be worked out.
    fn distance_within(&self, wanted: &str, word: &str, allowed: usize) -> Option<usize> {
        let other = Letters::of(word);
        let differences = self.0.iter().zip(other.0).map(|(own, other)| own - other);
        let (more, less) = differences.fold((0, 0), |(more, less), by| (more + by.max(0), less + (-by).max(0)));
        if more.max(less) as usize > allowed {
            return None;
        }
        Some(strsim::damerau_levenshtein(wanted, word)).filter(|distance| *distance <= allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_means_its_value() {
        for list in pack::current().vocabularies {
            for (spelling, number) in list.index {
                let shouted = spelling.to_uppercase().replace(' ', "_");
                let found = list.find(&format!("  {shouted} ")).map(|entry| entry.slug);
                let same = normalise(&shouted) == *spelling;
                let entry = &list.entries[*number as usize];
                assert!(!same || found == Some(entry.slug), "{}: {spelling}", list.name);
            }
        }
    }

    #[test]
    fn spaces_and_dashes_fold_to_one_space() {
        let folded = [" PT - 11", "pt_11", "Pt\u{a0}11\n"].map(normalise);
        assert_eq!(folded, ["pt 11"; 3]);
        assert_eq!(["-", " -- ", ""].map(normalise), ["-", "--", ""]);
    }

    #[test]
    fn counting_letters_changes_no_neighbour() {
        let country = embedded("country").expect("a list");
        for wanted in [
            "espana",
            "spian",
            "germny",
            "deutchland",
            "suomi finland",
            "spain, mostly",
            "xx",
            "ñandú",
        ] {
            let letters = Letters::of(wanted);
            for word in country.spellings() {
                let distance = strsim::damerau_levenshtein(wanted, word);
                for allowed in 0..5 {
                    let near = (distance <= allowed).then_some(distance);
                    assert_eq!(letters.distance_within(wanted, word, allowed), near, "{wanted} {word}");
                }
            }
        }
    }

    #[test]
    fn a_text_longer_than_every_spelling_is_no_value() {
        let country = embedded("country").expect("a list");
        assert!(country.find(&"é".repeat(LONGEST_SPELLING)).is_none());
        assert!(country.find(&format!("{}es", " ".repeat(LONGEST_SPELLING))).is_some());
    }
}
