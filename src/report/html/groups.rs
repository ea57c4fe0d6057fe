//! What was asked by `--by`, on the page: what the groups share, what sets one apart, and the counts behind it. The
//! sentences are those of the terminal.

use askama::Template;

use super::class;
use super::tally::{Counts, Group};
use crate::facet::Facet;
use crate::language::{Language, mark};
use crate::patterns::Patterns;
use crate::report::patterns::{MAX_DRAWN, MEANING, drawn, group_name, left_out, lines, observations};
use crate::rule::set::RuleSet;
use crate::score::Verdict;

/// The verdicts by group, in words and numbers; the pictures stand beside them.
#[derive(Template)]
#[template(path = "groups.html", config = "src/report/html/askama.toml")]
pub(super) struct Told {
    l: Language,
    id: String,
    /// What the table of counts is called.
    counted: String,
    /// Headings and texts.
    lines: Vec<(String, String)>,
    meaning: Option<String>,
    observed: Vec<(String, String)>,
    notes: Vec<String>,
    heads: Vec<(String, usize)>,
    rows: Vec<Row>,
}

/// An element over all groups.
struct Row {
    element: String,
    cells: Vec<Vec<Number>>,
}

/// How often one verdict was given.
struct Number {
    class: &'static str,
    words: String,
    count: usize,
}

impl Told {
    /// `id` is that of the section.
    pub(super) fn new(patterns: &Patterns, facet: &Facet, set: &RuleSet, l: Language, id: &str) -> Told {
        let (groups, left) = drawn(patterns, MAX_DRAWN);
        let lines = lines(patterns, facet, set, l);
        let observed = groups
            .iter()
            .map(|group| (group_name(group, facet, set, l), observations(group, l)));
        let places: usize = patterns.groups.iter().map(|group| group.practices).sum();
        let several = (places + patterns.left_out > patterns.practices).then(|| {
            l.tr("A practice with several answers is in several groups.")
                .into_owned()
        });
        let number = |verdict: Verdict, count: usize| Number {
            class: class(verdict),
            words: l.tr(verdict.words()).into_owned(),
            count,
        };
        let rows = patterns.elements.iter().map(|own| {
            let cell = |group: &&crate::patterns::Group| {
                let counts = group.counts(own.element);
                let given = Verdict::ALL.into_iter().map(|verdict| (verdict, counts.get(verdict)));
                let given = given.filter(|(_, count)| *count > 0);
                given.map(|(verdict, count)| number(verdict, count)).collect()
            };
            Row {
                element: set.elements.name(own.element, l),
                cells: groups.iter().map(cell).collect(),
            }
        });
        let rows = rows.collect();
        let sentences = left_out(patterns, left, l);
        Told {
            l,
            id: id.to_string(),
            counted: l.fill("{heading}, in numbers", &[("heading", &heading(facet, l))]),
            meaning: (!lines.is_empty()).then(|| l.tr(MEANING).into_owned()),
            lines,
            observed: observed.filter(|(_, text)| !text.is_empty()).collect(),
            notes: several
                .into_iter()
                .chain(sentences.lines().map(str::to_string))
                .collect(),
            heads: groups
                .iter()
                .map(|group| (group_name(group, facet, set, l), group.practices))
                .collect(),
            rows,
        }
    }
}

/// The groups as the page draws them, over the elements of the headline.
pub(super) fn pictured(patterns: &Patterns, facet: &Facet, set: &RuleSet, l: Language) -> Vec<Group> {
    let (groups, _) = drawn(patterns, MAX_DRAWN);
    let group = |group: &crate::patterns::Group| Group {
        name: group_name(group, facet, set, l),
        size: u32::try_from(group.practices).unwrap_or(u32::MAX),
        counts: set
            .profile
            .headline()
            .elements
            .iter()
            .map(|element| Counts::from(group.counts(*element)))
            .collect(),
    };
    groups.into_iter().map(group).collect()
}

/// Over the pictures and counts of a facet.
pub(super) fn heading(facet: &Facet, l: Language) -> String {
    match facet.name() {
        "country" => l.tr("By country").into_owned(),
        "kind" => l.tr("By recorded kind").into_owned(),
        "kind-of-practice" => l.tr("By kind of practice").into_owned(),
        name => l.fill(mark("By {facet}"), &[("facet", &name.replace(['-', '_'], " "))]),
    }
}

/// Under the heading.
pub(super) fn note(facet: &Facet) -> &'static str {
    match facet.name() {
        "country" => {
            mark("As the records say it. The counts describe the practices in this report, not their countries.")
        }
        "kind" => mark("As the records say it: who offers the practice, or what carries it."),
        "kind-of-practice" => mark("As credlint tells it from the verdicts; the reasons stand with each practice."),
        _ => mark("The counts describe the practices in this report and no others."),
    }
}
