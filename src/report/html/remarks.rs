//! Observations on the page: counted by topic, carried by every row so that a script can filter, never scored.

use std::collections::{BTreeMap, BTreeSet};

use super::{MAX_PICKED, NAME};
use crate::descriptor::shorten;
use crate::facet::Facet;
use crate::language::Language;
use crate::lint::Practice;

/// Most topics that are told apart; observations on later ones are counted together.
const MAX_TOPICS: usize = 1_000;
/// Most topics that have a row.
const MAX_ROWS: usize = 100;

/// The polarities in the order of their columns, and the letter of each in a row.
pub(super) const POLARITIES: [(&str, char); 3] = [("strength", 's'), ("weakness", 'w'), ("neutral", 'n')];

/// Observations by topic.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    topics: BTreeMap<String, Topic>,
    /// Observations on topics beyond [`MAX_TOPICS`].
    further: usize,
    practices: usize,
}

#[derive(Debug, Default)]
struct Topic {
    /// Its number in the order of appearance.
    number: usize,
    practices: usize,
    /// Observations by polarity.
    counts: [usize; POLARITIES.len()],
}

/// One topic in the table.
pub(super) struct TopicRow {
    pub(super) topic: String,
    pub(super) counts: [usize; POLARITIES.len()],
    pub(super) practices: usize,
}

/// The column of a polarity; whatever is neither of the first two does not say.
fn column(polarity: Option<&str>) -> usize {
    POLARITIES
        .iter()
        .position(|(own, _)| Some(*own) == polarity)
        .unwrap_or(POLARITIES.len() - 1)
}

impl Remarks {
    /// Counts the observations of a practice. The answer is what its row carries: `0s 3w`.
    pub(super) fn add(&mut self, practice: &Practice) -> String {
        let mut keys = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for observation in &practice.observations {
            let number = self.topics.len();
            if number >= MAX_TOPICS && !self.topics.contains_key(&observation.topic) {
                self.further += 1;
                continue;
            }
            let topic = self.topics.entry(observation.topic.clone()).or_insert_with(|| Topic {
                number,
                ..Topic::default()
            });
            let column = column(observation.polarity.as_deref());
            topic.counts[column] += 1;
            topic.practices += usize::from(seen.insert(topic.number));
            if topic.number < MAX_PICKED {
                keys.insert((topic.number, POLARITIES[column].1));
            }
        }
        self.practices += usize::from(!practice.observations.is_empty());
        let keys: Vec<String> = keys
            .into_iter()
            .map(|(topic, letter)| format!("{topic}{letter}"))
            .collect();
        keys.join(" ")
    }

    /// How many practices have one.
    pub(super) fn practices(&self) -> usize {
        self.practices
    }

    /// The topics of most observations, in the order of their names, and how many observations are on others.
    pub(super) fn rows(&self, l: Language) -> (Vec<TopicRow>, usize) {
        let of = |topic: &Topic| topic.counts.iter().sum::<usize>();
        let mut all: Vec<(&String, &Topic)> = self.topics.iter().collect();
        all.sort_by_key(|(_, topic)| std::cmp::Reverse(of(topic)));
        let further: usize = all.iter().skip(MAX_ROWS).map(|(_, topic)| of(topic)).sum();
        all.truncate(MAX_ROWS);
        let row = |(name, topic): (&String, &Topic)| TopicRow {
            topic: label(name, l),
            counts: topic.counts,
            practices: topic.practices,
        };
        let mut rows: Vec<TopicRow> = all.into_iter().map(row).collect();
        rows.sort_by(|a, b| a.topic.cmp(&b.topic));
        (rows, further + self.further)
    }

    /// What can be picked in a filter: the numbers in the rows, and names.
    pub(super) fn options(&self, l: Language) -> Vec<(String, String)> {
        let picked = self.topics.iter().filter(|(_, topic)| topic.number < MAX_PICKED);
        let mut options: Vec<(String, String)> = picked
            .map(|(name, topic)| (topic.number.to_string(), label(name, l)))
            .collect();
        options.sort_by(|a, b| a.1.cmp(&b.1));
        options
    }
}

/// A topic for people.
pub(super) fn label(topic: &str, l: Language) -> String {
    shorten(&Facet::named("topic").vocabulary_label(topic, l), NAME)
}

/// A polarity for people; one that is not said is neutral.
pub(super) fn polarity(polarity: Option<&str>, l: Language) -> String {
    Facet::named("polarity").vocabulary_label(POLARITIES[column(polarity)].0, l)
}
