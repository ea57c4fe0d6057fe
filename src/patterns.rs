//! What practices have in common: verdicts counted by group, and what the counts say. Plain data, no words.
//!
//! An element *falls short* in a group when it is a gap or partial in at least a quarter of the practices that state it,
//! and is *mostly met* when it is met in more than half of them. What is mostly met in every group is a strength and is
//! not said to fall short anywhere. Whatever does not apply is left out. Silence is never counted against a group; an
//! element that under a tenth of the practices state is *hardly stated*, and nothing else is said of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::facet::Facet;
use crate::lint::Practice;
use crate::rule::set::RuleSet;
use crate::score::Verdict;
use crate::standard::Element;

/// Most groups that are kept apart; the practices of further ones are counted together.
pub const MAX_GROUPS: usize = 10_000;

/// Practices by their verdict on one element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Met.
    pub met: usize,
    /// Partial.
    pub partial: usize,
    /// Gap.
    pub gap: usize,
    /// Nobody said.
    pub not_stated: usize,
    /// It does not apply.
    pub not_applicable: usize,
}

impl Counts {
    /// How many have a verdict.
    pub fn get(self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Met => self.met,
            Verdict::Partial => self.partial,
            Verdict::Gap => self.gap,
            Verdict::NotStated => self.not_stated,
            Verdict::NotApplicable => self.not_applicable,
        }
    }

    fn add(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Met => &mut self.met,
            Verdict::Partial => &mut self.partial,
            Verdict::Gap => &mut self.gap,
            Verdict::NotStated => &mut self.not_stated,
            Verdict::NotApplicable => &mut self.not_applicable,
        } += 1;
    }

    /// Met, partial or gap.
    pub fn stated(self) -> usize {
        self.met + self.partial + self.gap
    }

    /// Those to which it applies.
    pub fn applicable(self) -> usize {
        self.stated() + self.not_stated
    }

    /// Partial or gap.
    pub fn short(self) -> usize {
        self.partial + self.gap
    }

    /// Whether it is a gap or partial in at least a quarter of those that state it.
    pub fn falls_short(self) -> bool {
        self.is_stated() && self.short() * 4 >= self.stated()
    }

    /// Whether it is met in more than half of those that state it.
    pub fn is_mostly_met(self) -> bool {
        self.is_stated() && self.met * 2 > self.stated()
    }

    /// Whether it is met in at least a quarter of those that state it.
    pub fn is_often_met(self) -> bool {
        self.is_stated() && self.met * 4 >= self.stated()
    }

    fn is_stated(self) -> bool {
        !self.is_hardly_stated()
    }

    /// Whether under a tenth of those to which it applies state it; where it applies to none, nobody could.
    pub fn is_hardly_stated(self) -> bool {
        self.stated() * 10 < self.applicable() || self.applicable() == 0
    }
}

/// The counts of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ElementCounts {
    /// Which.
    pub element: Element,
    /// Practices by their verdict.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Observations on one topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TopicCounts {
    /// The topic.
    pub topic: String,
    /// Observations that speak for a practice.
    pub strength: usize,
    /// Observations that speak against one.
    pub weakness: usize,
    /// Observations that do neither, or do not say.
    pub neutral: usize,
}

/// The practices with one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Group {
    /// The answer; null for the practices that do not say.
    pub group: Option<String>,
    /// How many practices.
    pub practices: usize,
    /// Verdicts, element by element.
    pub elements: Vec<ElementCounts>,
    /// Observations by topic; they are not scored.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<TopicCounts>,
}

/// What holds in every group that has a name; empty where there are fewer than two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shared {
    /// Elements that fall short in every group.
    pub short: Vec<Element>,
    /// Elements that are mostly met in every group.
    pub met: Vec<Element>,
}

/// An element that falls short in several groups, not in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Recurring {
    /// Which.
    pub element: Element,
    /// In which groups.
    pub groups: Vec<String>,
}

/// How an element stands in one group and in no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// Met in at least a quarter of those that state it; in no other group, though one states it.
    Met,
    /// Falls short; in no other group, though one states it.
    Short,
    /// Stated; hardly, or not at all, in every other group.
    Stated,
}

impl Difference {
    /// Every difference, in the order in which they are told.
    pub const ALL: [Difference; 3] = [Difference::Met, Difference::Short, Difference::Stated];
}

/// What sets a group apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Apart {
    /// Which group.
    pub group: String,
    /// Which element.
    pub element: Element,
    /// How it stands there alone.
    pub alone: Difference,
}

/// The practices of a run by one facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Patterns {
    /// The facet.
    pub by: String,
    /// How many practices, each once.
    pub practices: usize,
    /// Verdicts over all of them.
    pub elements: Vec<ElementCounts>,
    /// The groups by their names; those that do not say come last. A practice with several answers is in several groups.
    pub groups: Vec<Group>,
    /// Practices of groups beyond the ten thousandth, which are in none.
    pub left_out: usize,
    /// What all groups share.
    pub shared: Shared,
    /// What falls short in several groups, not in all.
    pub recurring: Vec<Recurring>,
    /// What sets a group apart.
    pub apart: Vec<Apart>,
    /// Elements that under a tenth of the practices state, over all groups.
    pub hardly_stated: Vec<Element>,
}

impl Patterns {
    /// The groups that have a name.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Group)> {
        let named = |group: &'_ Group| group.group.is_some();
        let groups = self.groups.iter().filter(move |group| named(group));
        groups.map(|group| (group.group.as_deref().unwrap_or_default(), group))
    }

    /// The counts of an element over all practices.
    pub fn over_all(&self, element: Element) -> Counts {
        counts_of(&self.elements, element)
    }

    /// What sets a group apart in one way.
    pub fn alone(&self, group: &str, difference: Difference) -> Vec<Element> {
        let own = self.apart.iter().filter(|own| own.group == group);
        own.filter(|own| own.alone == difference)
            .map(|own| own.element)
            .collect()
    }
}

impl Group {
    /// The counts of an element.
    pub fn counts(&self, element: Element) -> Counts {
        counts_of(&self.elements, element)
    }
}

fn counts_of(elements: &[ElementCounts], element: Element) -> Counts {
    let own = elements.iter().find(|own| own.element == element);
    own.map(|own| own.counts).unwrap_or_default()
}

/// Counts practices as they come; memory grows with the groups, not with the practices.
#[derive(Debug)]
pub struct Roll<'a> {
    set: &'a RuleSet,
    facet: Facet,
    elements: Vec<Element>,
    all: Tally,
    groups: BTreeMap<Option<String>, Tally>,
    left_out: usize,
}

#[derive(Debug, Default)]
struct Tally {
    practices: usize,
    counts: Vec<Counts>,
    topics: BTreeMap<String, [usize; 3]>,
}

impl Tally {
    fn add(&mut self, elements: &[Element], practice: &Practice) {
        self.practices += 1;
        self.counts.resize(elements.len(), Counts::default());
        for (counts, element) in self.counts.iter_mut().zip(elements) {
            counts.add(practice.verdict(*element));
        }
    }

    fn counts(&self, elements: &[Element]) -> Vec<ElementCounts> {
        let counts = self.counts.iter().copied().chain(std::iter::repeat(Counts::default()));
        let counts = elements.iter().copied().zip(counts);
        counts
            .map(|(element, counts)| ElementCounts { element, counts })
            .collect()
    }
}

impl<'a> Roll<'a> {
    /// An empty roll over the elements that the profile counts.
    pub fn new(set: &'a RuleSet, facet: Facet) -> Roll<'a> {
        Roll {
            set,
            facet,
            elements: set
                .profile
                .blocks
                .iter()
                .flat_map(|block| block.elements.clone())
                .collect(),
            all: Tally::default(),
            groups: BTreeMap::new(),
            left_out: 0,
        }
    }

    /// Adds a practice to each of its groups.
    pub fn add(&mut self, practice: &Practice) {
        self.all.add(&self.elements, practice);
        let mut answers: Vec<Option<String>> = self.facet.answers(self.set, practice).into_iter().map(Some).collect();
        if answers.is_empty() {
            answers.push(None);
        }
        for answer in answers {
            if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&answer) {
                self.left_out += 1;
                continue;
            }
            let facet = &self.facet;
            let group = answer.clone();
            let tally = self.groups.entry(answer).or_default();
            tally.add(&self.elements, practice);
            let about = |own: &&crate::observation::Observation| facet.is_about(group.as_deref(), own);
            for observation in practice.observations.iter().filter(about) {
                let place = match observation.polarity.as_deref() {
                    Some("strength") => 0,
                    Some("weakness") => 1,
                    _ => 2,
                };
                tally.topics.entry(observation.topic.clone()).or_default()[place] += 1;
            }
        }
    }

    /// What the counts say.
    pub fn finish(self) -> Patterns {
        let elements = &self.elements;
        let group = |(group, tally): (&Option<String>, &Tally)| Group {
            group: group.clone(),
            practices: tally.practices,
            elements: tally.counts(elements),
            observations: tally.topics.iter().map(topic_counts).collect(),
        };
        // The practices that do not say sort first and stand last.
        let (silent, named): (Vec<Group>, Vec<Group>) =
            self.groups.iter().map(group).partition(|group| group.group.is_none());
        let all = self.all.counts(elements);
        let hardly = |own: &&ElementCounts| own.counts.is_hardly_stated() && own.counts.applicable() > 0;
        let mut patterns = Patterns {
            by: self.facet.name().to_string(),
            practices: self.all.practices,
            hardly_stated: all.iter().filter(hardly).map(|own| own.element).collect(),
            elements: all,
            groups: Vec::new(),
            left_out: self.left_out,
            shared: Shared::default(),
            recurring: Vec::new(),
            apart: Vec::new(),
        };
        if named.len() > 1 {
            elements
                .iter()
                .for_each(|element| compare(&mut patterns, &named, *element));
        }
        patterns.apart.sort_by(|a, b| a.group.cmp(&b.group));
        patterns.groups = named.into_iter().chain(silent).collect();
        patterns
    }
}

fn topic_counts((topic, [strength, weakness, neutral]): (&String, &[usize; 3])) -> TopicCounts {
    TopicCounts {
        topic: topic.clone(),
        strength: *strength,
        weakness: *weakness,
        neutral: *neutral,
    }
}

/// What the groups have in common in one element, and what only one has.
fn compare(patterns: &mut Patterns, groups: &[Group], element: Element) {
    let counts: Vec<Counts> = groups.iter().map(|group| group.counts(element)).collect();
    let name = |at: usize| groups[at].group.clone().unwrap_or_default();
    let which =
        |holds: &dyn Fn(Counts) -> bool| -> Vec<usize> { (0..counts.len()).filter(|at| holds(counts[*at])).collect() };
    let strength = counts.iter().all(|own| own.is_mostly_met());
    let short = if strength {
        Vec::new()
    } else {
        which(&Counts::falls_short)
    };
    if strength {
        patterns.shared.met.push(element);
    } else if short.len() == groups.len() {
        patterns.shared.short.push(element);
    } else if short.len() > 1 {
        let groups = short.iter().map(|at| name(*at)).collect();
        patterns.recurring.push(Recurring { element, groups });
    }
    let stated = which(&Counts::is_stated);
    let mut alone = |found: &[usize], alone: Difference| {
        let &[at] = found else { return };
        if alone == Difference::Stated || stated.iter().any(|other| *other != at) {
            let group = name(at);
            patterns.apart.push(Apart { group, element, alone });
        }
    };
    alone(&which(&Counts::is_often_met), Difference::Met);
    alone(&short, Difference::Short);
    alone(&stated, Difference::Stated);
}
