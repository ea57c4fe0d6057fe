//! `--format html`: one page that needs nothing else. Heat map, intervals, groups, missing rates, and every practice
//! with its findings and evidence; readable without scripts, on paper and by screen readers.
//!
//! Templates, style and script lie beside this file. Everything that comes from a file is escaped by the templates, an
//! address becomes a link only if it leads to the web, and the page's own policy lets nothing run or load but the one
//! style and the one script in it. The same practices give the same bytes.
//!
//! A page is for looking at, so it is bounded: a row for at most [`MAX_ROWS`] practices, of which the first
//! [`MAX_IN_FULL`] are shown in full; all figures count every practice, and the page says what it leaves out.

mod firm;
mod groups;
mod markup;
mod practice;
mod remarks;
mod tally;

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;

use askama::Template;
use base64::Engine as _;
use sha2::{Digest, Sha256};

use crate::descriptor::shorten;
use crate::facet::Facet;
use crate::finding::Finding;
use crate::language::{Language, mark};
use crate::lint::{Options, Practice, State};
use crate::patterns::Patterns;
use crate::profile::{EvidencePolicy, Silence};
use crate::report::Summary;
use crate::report::human::gap_words;
use crate::rule::set::RuleSet;
use crate::score::{Gap, Verdict, VerdictBasis, count};
use crate::sensitivity::Sensitivity;
use crate::source::Source;
use crate::standard::Element;
use crate::vocabulary::embedded;
use firm::Firm;
use practice::{FindingView, InFull};
use remarks::{POLARITIES, Remarks, TopicRow};
use tally::{Counts, Gaps, Group, Groups, Piece, order, pieces};

/// Most practices with a row of their own: some ten megabytes.
pub const MAX_ROWS: usize = 20_000;
/// Most practices that are shown in full: some six megabytes.
pub const MAX_IN_FULL: usize = 500;
/// Up to here each practice has a line among the intervals; beyond, a line stands for several.
const MAX_INTERVALS: usize = 150;
/// Lines among the intervals that stand for several practices.
const BANDS: usize = 50;
/// Groups of one dimension that have a picture without being asked for.
const MAX_PICTURES: usize = 12;
/// Groups that can be picked in a filter.
const MAX_PICKED: usize = 300;
/// Findings over the catalogue that are shown.
const MAX_ACROSS: usize = 200;
/// Documents without a score that are listed.
const MAX_UNSCORED: usize = 200;
/// Up to here all practices are printed in full, whether they are open or not.
const MAX_PRINTED: usize = 60;
/// From this number of columns on the heat map shows marks without their words.
const MANY_COLUMNS: usize = 12;
/// Rows of one part of the heat map. Only the first part is open: no browser lays out 300,000 cells in good time.
const PAGE: usize = 500;
/// Characters of a name in a row.
const NAME: usize = 120;

const PAGED: &str = mark("practices {first} to {last}");

const STYLE: &str = include_str!("style.css").trim_ascii_end();
const SCRIPT: &str = include_str!("script.js").trim_ascii_end();

/// A page in the making: add every practice, then what was asked of all of them, then ask for the document.
pub struct Page<'a> {
    set: &'a RuleSet,
    options: &'a Options,
    columns: Vec<Column>,
    rows: Vec<Row>,
    in_full: Vec<String>,
    unscored: Vec<UnscoredView>,
    across: Vec<FindingView>,
    /// About spreadsheets as a whole.
    sheets: Vec<FindingView>,
    scored: usize,
    unscored_count: usize,
    across_count: usize,
    counts: Vec<Counts>,
    gaps: Gaps,
    by_country: Groups<String>,
    by_kind: Groups<String>,
    by_type: Groups<usize>,
    remarks: Remarks,
    /// The numbers of the practices in full, by file and document.
    numbers: HashMap<(String, usize), usize>,
    /// By what the practices were chosen, and among how many.
    choice: Option<(String, usize)>,
    asked: Vec<Pictures>,
    asked_by: Vec<String>,
    firm: Option<Firm>,
}

/// An element that the profile judges.
struct Column {
    element: Element,
    name: String,
    block: String,
    weight: u32,
}

/// A verdict as it is shown: a class for glyph and colour, and words.
#[derive(Clone, Copy)]
struct Mark {
    class: &'static str,
    verdict: Verdict,
    inferred: bool,
}

impl Mark {
    fn words(&self, l: &Language) -> String {
        let words = l.tr(self.verdict.words());
        if self.inferred {
            l.fill("{verdict}, inferred", &[("verdict", &words)])
        } else {
            words.into_owned()
        }
    }
}

/// The classes of verdicts; the style has their glyphs and colours.
const fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "m",
        Verdict::Partial => "p",
        Verdict::Gap => "g",
        Verdict::NotStated => "o",
        Verdict::NotApplicable => "x",
    }
}

fn mark_of(verdict: Verdict, basis: Option<VerdictBasis>) -> Mark {
    let inferred = basis == Some(VerdictBasis::Inferred);
    let class = match (verdict, inferred) {
        (Verdict::Met, true) => "m i",
        (Verdict::Partial, true) => "p i",
        (Verdict::Gap, true) => "g i",
        (Verdict::NotApplicable, true) => "x i",
        (verdict, _) => class(verdict),
    };
    Mark {
        class,
        verdict,
        inferred,
    }
}

/// One practice in the heat map.
struct Row {
    name: String,
    /// Where it stands; said where the practice is not shown in full.
    place: Option<String>,
    country: String,
    kind: String,
    typed: String,
    marks: Vec<Mark>,
    gap: Gap,
    /// Its place in the order of practices; equal ones share it.
    rank: usize,
    /// The topics of its observations by number, each with the letter of its polarity.
    remarks: String,
}

/// A document without a score.
struct UnscoredView {
    place: String,
    state: String,
    problem: Option<String>,
    findings: Vec<FindingView>,
}

impl<'a> Page<'a> {
    /// An empty page.
    pub fn new(set: &'a RuleSet, options: &'a Options) -> Page<'a> {
        let columns: Vec<Column> = set
            .profile
            .blocks
            .iter()
            .flat_map(|block| {
                block.elements.iter().map(|element| Column {
                    element: *element,
                    name: set.elements.name(*element, options.language),
                    block: options.language.tr(&block.block).into_owned(),
                    weight: block.weights.get(element).copied().unwrap_or(1),
                })
            })
            .collect();
        let headline = set.profile.headline().elements.len();
        Page {
            set,
            options,
            rows: Vec::new(),
            in_full: Vec::new(),
            unscored: Vec::new(),
            across: Vec::new(),
            sheets: Vec::new(),
            scored: 0,
            unscored_count: 0,
            across_count: 0,
            counts: vec![Counts::default(); columns.len()],
            gaps: Gaps::default(),
            by_country: Groups::new(headline),
            by_kind: Groups::new(headline),
            by_type: Groups::new(headline),
            remarks: Remarks::default(),
            numbers: HashMap::new(),
            choice: None,
            asked: Vec::new(),
            asked_by: Vec::new(),
            firm: None,
            columns,
        }
    }

    /// Adds a document.
    pub fn add(&mut self, practice: &Practice) {
        match practice.state {
            State::Checked => self.add_scored(practice),
            State::NotADescriptor => {}
            State::Unreadable => self.add_unscored(practice, mark("unreadable")),
            State::Unparsable => self.add_unscored(practice, mark("unparsable")),
            State::Headings => self.add_headings(practice),
        }
    }

    /// Adds a finding over the catalogue with the files that it speaks of.
    pub fn add_across(&mut self, finding: &Finding, sources: &[Arc<Source>]) {
        self.across_count += 1;
        if self.across.len() < MAX_ACROSS {
            let view = FindingView::new(self.set, finding, sources, true, self.options.language);
            self.across.push(view);
        }
    }

    /// Says that the practices were chosen, in words, and out of how many.
    pub fn add_choice(&mut self, words: String, checked: usize) {
        self.choice = Some((words, checked));
    }

    /// Adds what the counts by one facet say; the pictures by it are drawn from these counts.
    pub fn add_patterns(&mut self, facet: &Facet, patterns: &Patterns) {
        if patterns.practices == 0 || self.asked_by.iter().any(|own| own == facet.name()) {
            return;
        }
        let l = self.options.language;
        let id = format!("by-{}", self.asked.len() + 1);
        let groups = groups::pictured(patterns, facet, self.set, l);
        let pictures = Pictures {
            heading: groups::heading(facet, l),
            note: l.tr(groups::note(facet)).into_owned(),
            groups: groups.into_iter().map(|group| self.picture(group)).collect(),
            told: Some(groups::Told::new(patterns, facet, self.set, l, &id)),
            id,
        };
        self.asked_by.push(facet.name().to_string());
        self.asked.push(pictures);
    }

    /// Adds how firm the order is.
    pub fn add_sensitivity(&mut self, found: &Sensitivity) {
        self.firm = Some(Firm::new(
            &self.set.elements,
            self.options.language,
            found,
            &self.numbers,
        ));
    }

    fn add_scored(&mut self, practice: &Practice) {
        let l = self.options.language;
        let marks: Vec<Mark> = self
            .columns
            .iter()
            .map(|column| verdict_on(practice, column.element))
            .collect();
        self.scored += 1;
        for (counts, mark) in self.counts.iter_mut().zip(&marks) {
            counts.add(mark.verdict);
        }
        let gap = practice.gaps.first().map(|(_, gap)| *gap).unwrap_or_default();
        self.gaps.add(gap);
        let country = practice.country.as_deref().and_then(|value| named("country", value, l));
        let kind = practice.metadata.iter().find(|(own, _)| own == "kind");
        let kind = kind.and_then(|(key, value)| named(key, value, l));
        let typed = practice.typology.as_ref().and_then(|own| own.kind);
        let type_name = self.set.typology.name(typed, l);
        let headline = || {
            marks
                .iter()
                .take(self.set.profile.headline().elements.len())
                .map(|mark| mark.verdict)
        };
        self.by_country.add(country.clone(), headline());
        self.by_kind.add(kind.clone(), headline());
        self.by_type
            .add(Some((typed.unwrap_or(usize::MAX), type_name.clone())), headline());
        let remarks = self.remarks.add(practice);
        if self.rows.len() >= MAX_ROWS {
            return;
        }
        let name = name_of(practice, l);
        let in_full = self.in_full.len() < MAX_IN_FULL;
        self.rows.push(Row {
            name: shorten(&name, NAME),
            place: (!in_full).then(|| practice.place(l)),
            country: country.map(|(_, name)| name).unwrap_or_default(),
            kind: kind.map(|(_, name)| name).unwrap_or_default(),
            typed: type_name,
            marks,
            gap,
            rank: 0,
            remarks,
        });
        if in_full {
            let key = (practice.source().name().to_string(), practice.document);
            self.numbers.insert(key, self.rows.len());
            let view = InFull::new(self.set, self.options, practice, self.rows.len(), name);
            self.in_full.push(view.to_string());
        }
    }

    /// What was found about a spreadsheet as a whole.
    fn add_headings(&mut self, practice: &Practice) {
        let findings = practice.findings.iter().map(|finding| (finding, &practice.sources[..]));
        let room = MAX_ACROSS.saturating_sub(self.sheets.len());
        let views = FindingView::all(self.set, findings.take(room), self.options.language);
        self.sheets.extend(views);
    }

    fn add_unscored(&mut self, practice: &Practice, state: &'static str) {
        let l = self.options.language;
        self.unscored_count += 1;
        if self.unscored.len() < MAX_UNSCORED {
            let findings = practice.findings.iter().take(1);
            self.unscored.push(UnscoredView {
                place: practice.place(l),
                state: l.tr(state).into_owned(),
                problem: practice.problem.clone(),
                findings: FindingView::all(self.set, findings.map(|finding| (finding, &practice.sources[..])), l),
            });
        }
    }

    /// The page; it is written while it is shown.
    pub fn document(mut self, summary: &Summary) -> impl Display + use<> {
        self.rank();
        let l = self.options.language;
        let profile = &self.set.profile;
        let blocks: Vec<(String, usize)> = profile
            .blocks
            .iter()
            .map(|block| (l.tr(&block.block).into_owned(), block.elements.len()))
            .collect();
        let (observed, further_observed) = self.remarks.rows(l);
        Document {
            l,
            policy: policy(),
            title: l.plural(
                self.scored,
                "How far {n} practice is from the EU standard elements",
                "How far {n} practices are from the EU standard elements",
            ),
            profile_name: profile.name().to_string(),
            profile_title: profile.title(l).to_string(),
            profile_description: profile.description(l).to_string(),
            further_profiles: self.set.further_profiles.iter().map(|own| own.name.clone()).collect(),
            figures: self.figures(summary),
            remarks: self.remarks(),
            legend: self.legend(),
            filters: self.filters(),
            intervals: self.intervals(),
            sampled: self.sampled(),
            rates: self.rates(),
            pictures: self.pictures(),
            choice: self.choice.as_ref().map(|(words, _)| words.clone()),
            observations: (self.remarks.practices() > 0).then(|| self.observed()),
            more_observed: more(
                l,
                further_observed,
                mark("{n} more observation is on a topic that is not shown"),
                mark("{n} more observations are on topics that are not shown"),
            ),
            observed,
            topics: self.remarks.options(l),
            polarities: POLARITIES.map(|(slug, letter)| (letter, remarks::polarity(Some(slug), l))),
            method: self.method(),
            versions: self.versions(),
            left_out: self.left_out(),
            not_descriptors: (summary.not_descriptors > 0).then(|| {
                l.plural(
                    summary.not_descriptors,
                    "{n} further document does not say that it is a descriptor and was passed over.",
                    "{n} further documents do not say that they are descriptors and were passed over.",
                )
            }),
            more_unscored: more(
                l,
                self.unscored_count - self.unscored.len(),
                mark("{n} more document without a score is not shown"),
                mark("{n} more documents without a score are not shown"),
            ),
            more_across: more(
                l,
                self.across_count - self.across.len(),
                mark("{n} more finding over the catalogue is not shown"),
                mark("{n} more findings over the catalogue are not shown"),
            ),
            has_countries: self.by_country.names().next().is_some(),
            has_kinds: self.by_kind.names().next().is_some(),
            is_wordy: self.columns.len() < MANY_COLUMNS,
            is_printed: self.in_full.len() <= MAX_PRINTED,
            is_long: self.rows.len() > 30,
            silence: profile.silence,
            paged: l.tr(PAGED).into_owned(),
            shown: l.tr("{shown} of {all} practices shown").into_owned(),
            verdicts: Verdict::ALL.map(|verdict| (class(verdict), l.tr(verdict.words()).into_owned())),
            blocks,
            columns: self.columns,
            rows: self.rows,
            in_full: self.in_full,
            unscored: self.unscored,
            across: self.across,
            sheets: self.sheets,
            firm: self.firm,
        }
    }

    /// What the observations are, and how many practices have one.
    fn observed(&self) -> String {
        self.options.language.fill(
            "Remarks of the records outside the elements, by topic; {n} of {all} practices have one. They are not scored: no verdict, gap or place depends on them.",
            &[("n", &self.remarks.practices()), ("all", &self.scored)],
        )
    }

    /// Numbers the rows in the order of practices.
    fn rank(&mut self) {
        let mut numbers: Vec<usize> = (0..self.rows.len()).collect();
        numbers.sort_by(|a, b| order(self.rows[*a].gap, self.rows[*b].gap));
        let mut rank = 0;
        for (place, number) in numbers.iter().enumerate() {
            let is_new = place == 0 || order(self.rows[numbers[place - 1]].gap, self.rows[*number].gap).is_ne();
            rank += usize::from(is_new);
            self.rows[*number].rank = rank;
        }
    }

    fn headline(&self) -> impl Iterator<Item = (&Column, &Counts)> {
        let headline = self.set.profile.headline().elements.len();
        self.columns.iter().zip(&self.counts).take(headline)
    }

    fn figures(&self, summary: &Summary) -> Vec<(String, String)> {
        let l = self.options.language;
        let total: u32 = self.headline().map(|(_, counts)| counts.total()).sum();
        let stated: u32 = self.headline().map(|(_, counts)| counts.stated()).sum();
        let share = Gap {
            missing: stated,
            applicable: total,
            ..Gap::default()
        };
        let found = [
            l.plural(summary.errors, "{n} error", "{n} errors"),
            l.plural(summary.warnings, "{n} warning", "{n} warnings"),
            l.plural(summary.advice, "{n} advice", "{n} advice"),
        ];
        let mut figures = vec![(l.tr("practices").into_owned(), self.scored.to_string())];
        if self.unscored_count > 0 {
            figures.push((l.tr("without a score").into_owned(), self.unscored_count.to_string()));
        }
        let countries = self.by_country.names().count();
        if countries > 0 {
            figures.push((l.tr("countries").into_owned(), countries.to_string()));
        }
        let of = l.fill(
            "{share}: {n} of {all}",
            &[("share", &share.percent()), ("n", &stated), ("all", &total)],
        );
        figures.push((l.tr("verdicts that rest on a statement").into_owned(), of));
        let over = match &self.choice {
            Some((_, checked)) => l.fill("findings in all {n} that were checked", &[("n", checked)]),
            None => l.tr("findings").into_owned(),
        };
        figures.push((over, found.join(", ")));
        figures
    }

    /// What strikes the eye: the elements most often met, most often missing, least often stated.
    fn remarks(&self) -> Vec<(String, String)> {
        let l = self.options.language;
        let all = self.scored as u32;
        let line = |heading: &str, counts: Vec<u32>, wanted: Option<u32>| {
            let wanted = wanted?;
            let names = self.headline().zip(&counts).filter(|(_, count)| **count == wanted);
            let names: Vec<&str> = names.map(|((column, _), _)| column.name.as_str()).collect();
            let words = l.fill(
                "{elements} ({n} of {all})",
                &[("elements", &names.join(", ")), ("n", &wanted), ("all", &all)],
            );
            (names.len() <= 4).then(|| (l.tr(heading).into_owned(), words))
        };
        let each = |of: fn(&Counts) -> u32| self.headline().map(|(_, counts)| of(counts)).collect::<Vec<u32>>();
        let met = each(|counts| counts.of(Verdict::Met));
        let wanting = each(Counts::wanting);
        let stated = each(Counts::stated);
        let most = |counts: &[u32]| counts.iter().copied().max().filter(|most| *most > 0);
        let least = stated.iter().copied().min().filter(|least| *least < all);
        let (most_met, most_wanting) = (most(&met), most(&wanting));
        [
            line(mark("most often met"), met, most_met),
            line(mark("most often gap or partial"), wanting, most_wanting),
            line(mark("least often stated"), stated, least),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn legend(&self) -> Vec<(Mark, String)> {
        let l = self.options.language;
        let silent = match self.set.profile.silence {
            Silence::Unknown => mark("nobody has said: neither missing nor there"),
            Silence::Gap => mark("the description does not say it: counts as missing"),
        };
        let says = [
            mark("stated, and nothing is wrong with it"),
            mark("stated with a shortcoming: counts as half missing"),
            mark("known to be missing"),
            silent,
            mark("does not apply, for a stated reason: left out of the count"),
        ];
        let marks = Verdict::ALL.map(|verdict| mark_of(verdict, None));
        marks
            .into_iter()
            .zip(says)
            .map(|(mark, says)| (mark, l.tr(says).into_owned()))
            .collect()
    }

    fn filters(&self) -> Vec<Filter> {
        let l = self.options.language;
        let names = |names: Vec<&str>| names.into_iter().take(MAX_PICKED).map(str::to_string).collect();
        let filter = |id, label: &str, names: Vec<String>| Filter {
            id,
            label: l.tr(label).into_owned(),
            options: names,
        };
        let all = [
            filter("country", mark("country"), names(self.by_country.names().collect())),
            filter("kind", mark("recorded as"), names(self.by_kind.names().collect())),
            filter("type", mark("kind of practice"), names(self.by_type.names().collect())),
        ];
        all.into_iter().filter(|filter| filter.options.len() > 1).collect()
    }

    fn intervals(&self) -> Vec<Interval> {
        let l = self.options.language;
        if self.scored > MAX_INTERVALS {
            let bands = self.gaps.bands(BANDS).into_iter();
            return bands
                .map(|(first, last, gap)| {
                    let label = l.fill(PAGED, &[("first", &first), ("last", &last)]);
                    Interval::new(label, None, gap, l)
                })
                .collect();
        }
        let mut numbers: Vec<usize> = (0..self.rows.len()).collect();
        numbers.sort_by_key(|number| self.rows[*number].rank);
        let line = |number: usize| {
            let row = &self.rows[number];
            Interval::new(row.name.clone(), Some(number + 1), row.gap, l)
        };
        numbers.into_iter().map(line).collect()
    }

    fn sampled(&self) -> Option<String> {
        let size = self.scored.div_ceil(BANDS);
        let phrase = mark("Each line stands for up to {n} practices in this order and shows the one in their middle.");
        (self.scored > MAX_INTERVALS).then(|| self.options.language.fill(phrase, &[("n", &size)]))
    }

    fn rates(&self) -> Vec<Rate> {
        let silence = self.set.profile.silence;
        let rate = |(column, counts): (&Column, &Counts)| Rate {
            element: column.name.clone(),
            block: column.block.clone(),
            bar: bar(counts),
            percent: counts.gap(silence).percent(),
            counts: Verdict::ALL.map(|verdict| counts.of(verdict)),
        };
        self.columns.iter().zip(&self.counts).map(rate).collect()
    }

    /// Those that were asked for, then those that every page has.
    fn pictures(&mut self) -> Vec<Pictures> {
        let l = self.options.language;
        let (further, unsaid) = (l.tr("all others"), l.tr("not said"));
        let always = [
            (
                "country",
                "by-country",
                self.by_country.shown(MAX_PICTURES, &further, &unsaid),
            ),
            ("kind", "by-kind", self.by_kind.shown(MAX_PICTURES, &further, &unsaid)),
            (
                "kind-of-practice",
                "by-type",
                self.by_type.shown(MAX_PICTURES, &further, &unsaid),
            ),
        ];
        let mut pictures = std::mem::take(&mut self.asked);
        for (name, id, groups) in always {
            let facet = Facet::named(name);
            if self.scored < 2 || groups.is_empty() || self.asked_by.iter().any(|own| own == name) {
                continue;
            }
            pictures.push(Pictures {
                id: id.to_string(),
                heading: groups::heading(&facet, l),
                note: l.tr(groups::note(&facet)).into_owned(),
                groups: groups.into_iter().map(|group| self.picture(group)).collect(),
                told: None,
            });
        }
        pictures
    }

    fn picture(&self, group: Group) -> Picture {
        let l = self.options.language;
        let bars = self
            .headline()
            .zip(&group.counts)
            .map(|((column, _), counts)| PictureBar {
                element: column.name.clone(),
                bar: bar(counts),
                percent: counts.gap(self.set.profile.silence).percent(),
                words: counts_words(counts, l),
            });
        Picture {
            name: group.name,
            size: l.plural(group.size as usize, "{n} practice", "{n} practices"),
            bars: bars.collect(),
        }
    }

    fn method(&self) -> Vec<String> {
        let profile = &self.set.profile;
        let silence = match profile.silence {
            Silence::Unknown => mark(
                "The lower end of a gap counts what is known to be missing; the upper end adds what nobody has said. The wider the interval, the less is known.",
            ),
            Silence::Gap => mark(
                "What a description does not say, nobody can read in it: under this profile it counts as missing, and the gap is one number.",
            ),
        };
        let evidence = match profile.evidence {
            EvidencePolicy::Scores => mark(
                "Evidence counts beside the values of a file where it is stated or inferred; the worst verdict on an element counts.",
            ),
            EvidencePolicy::Notes => mark("Evidence is not counted under this profile."),
        };
        let lines = [
            mark(
                "The gap says how far a description is from the standard elements: 0 % when nothing is missing, 100 % when everything is. It judges what is written, not the teaching; it is no accreditation, and a Recommendation is not binding law.",
            ),
            mark(
                "Each element counts by its weight. A gap misses all of it, a partial verdict half; what does not apply is left out of the whole.",
            ),
            silence,
            evidence,
            mark("Counts are exact. Percentages are rounded, half up, and are not to be added."),
            mark("A star marks a practice of which less than half is stated: too little to compare it with others."),
            mark(
                "Practices are ordered by what is missing, then by how much is stated, never by the upper end. Blocks of elements are never added up.",
            ),
            mark("Findings and gaps are two things: silencing a rule changes no gap."),
        ];
        lines.map(|line| self.options.language.tr(line).into_owned()).into()
    }

    fn versions(&self) -> Vec<(String, String)> {
        let l = self.options.language;
        let say = |text: &str| l.tr(text).into_owned();
        vec![
            ("credlint".to_string(), env!("CARGO_PKG_VERSION").to_string()),
            (say(mark("rules")), self.set.digest.clone()),
            (say(mark("vocabularies")), self.set.snapshot.to_string()),
            (say(mark("as of")), self.options.as_of.to_string()),
            (say(mark("language")), l.code().to_string()),
        ]
    }

    /// What the page leaves out, and where it is.
    fn left_out(&self) -> Vec<String> {
        let l = self.options.language;
        let mut lines = Vec::new();
        if self.scored > self.rows.len() {
            lines.push(l.fill(
                "The table has the first {n} of {all} practices; all of them are counted in the figures, and `--format json` has a row for each.",
                &[("n", &self.rows.len()), ("all", &self.scored)],
            ));
        }
        if self.rows.len() > self.in_full.len() {
            lines.push(l.fill(
                "The first {n} practices are shown in full; for any other, run `credlint check` on its file, which is named in the table.",
                &[("n", &self.in_full.len())],
            ));
        }
        lines
    }
}

fn more(l: Language, count: usize, one: &'static str, other: &'static str) -> Option<String> {
    (count > 0).then(|| l.plural(count, one, other))
}

fn verdict_on(practice: &Practice, element: Element) -> Mark {
    let verdict = practice.elements.iter().find(|verdict| verdict.element == element);
    verdict.map_or(mark_of(Verdict::NotStated, None), |own| mark_of(own.verdict, own.basis))
}

fn name_of(practice: &Practice, l: Language) -> String {
    let name = practice.name.as_ref().or(practice.id.as_ref());
    name.filter(|name| !name.trim().is_empty())
        .cloned()
        .unwrap_or_else(|| practice.place(l))
}

/// The group that an answer puts a practice in: a key that does not depend on spelling, and its name for people.
fn named(key: &str, value: &str, l: Language) -> Option<(String, String)> {
    let name = metadata_value(key, value, l);
    (!name.is_empty()).then(|| (name.to_lowercase(), name))
}

/// A value of a practice's metadata for people: kinds that the vocabulary knows have names.
fn metadata_value(key: &str, value: &str, l: Language) -> String {
    let list = match key {
        "kind" => embedded("practice-kind"),
        "country" => embedded("country"),
        _ => None,
    };
    let known = list.and_then(|list| list.find(value));
    known.map_or_else(|| shorten(value, NAME), |entry| entry.label(l.code()).to_string())
}

/// The verdicts on an element as a bar: what is known to be missing first, what is met last.
fn bar(counts: &Counts) -> Bar {
    const ORDER: [Verdict; 5] = [
        Verdict::Gap,
        Verdict::Partial,
        Verdict::NotStated,
        Verdict::Met,
        Verdict::NotApplicable,
    ];
    Bar {
        pieces: pieces(
            counts.total(),
            &ORDER.map(|verdict| (class(verdict), counts.of(verdict))),
        ),
        label: None,
    }
}

fn counts_words(counts: &Counts, l: Language) -> String {
    let said = Verdict::ALL.into_iter().filter(|verdict| counts.of(*verdict) > 0);
    let said: Vec<String> = said
        .map(|verdict| format!("{} {}", l.tr(verdict.words()), counts.of(verdict)))
        .collect();
    said.join(", ")
}

/// Nothing is loaded, and nothing runs but the style and the script of this very page.
fn policy() -> String {
    let digest = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    )
}

/// Parts of a whole side by side. Without a label the words stand beside it.
#[derive(Template)]
#[template(path = "bar.html", config = "src/report/html/askama.toml")]
struct Bar {
    pieces: Vec<Piece>,
    label: Option<String>,
}

struct Filter {
    id: &'static str,
    label: String,
    options: Vec<String>,
}

struct Interval {
    label: String,
    number: Option<usize>,
    bar: Bar,
    percent: String,
    words: String,
    is_thin: bool,
}

impl Interval {
    fn new(label: String, number: Option<usize>, gap: Gap, l: Language) -> Interval {
        let words = if gap.applicable == 0 {
            gap_words(gap, None, l)
        } else {
            let missing = l.fill(
                "{missing} of {applicable} missing",
                &[("missing", &count(gap.missing)), ("applicable", &count(gap.applicable))],
            );
            let open = (gap.open > 0).then(|| l.fill("{n} not stated", &[("n", &count(gap.open))]));
            std::iter::once(missing).chain(open).collect::<Vec<_>>().join(", ")
        };
        Interval {
            label,
            number,
            bar: Bar {
                pieces: pieces(gap.applicable, &[("g", gap.missing), ("o", gap.open)]),
                label: Some(gap.percent()),
            },
            percent: gap.percent(),
            words,
            is_thin: gap.is_thin(),
        }
    }
}

struct Rate {
    element: String,
    block: String,
    bar: Bar,
    percent: String,
    counts: [u32; Verdict::ALL.len()],
}

struct Pictures {
    id: String,
    heading: String,
    note: String,
    groups: Vec<Picture>,
    /// What the counts say, where that was asked.
    told: Option<groups::Told>,
}

struct Picture {
    name: String,
    size: String,
    bars: Vec<PictureBar>,
}

struct PictureBar {
    element: String,
    bar: Bar,
    percent: String,
    words: String,
}

/// The whole page.
#[derive(Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
struct Document {
    l: Language,
    policy: String,
    title: String,
    profile_name: String,
    profile_title: String,
    profile_description: String,
    further_profiles: Vec<String>,
    figures: Vec<(String, String)>,
    remarks: Vec<(String, String)>,
    legend: Vec<(Mark, String)>,
    filters: Vec<Filter>,
    intervals: Vec<Interval>,
    sampled: Option<String>,
    rates: Vec<Rate>,
    pictures: Vec<Pictures>,
    method: Vec<String>,
    versions: Vec<(String, String)>,
    left_out: Vec<String>,
    not_descriptors: Option<String>,
    more_unscored: Option<String>,
    more_across: Option<String>,
    has_countries: bool,
    has_kinds: bool,
    is_wordy: bool,
    is_printed: bool,
    is_long: bool,
    silence: Silence,
    paged: String,
    shown: String,
    verdicts: [(&'static str, String); Verdict::ALL.len()],
    blocks: Vec<(String, usize)>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    in_full: Vec<String>,
    unscored: Vec<UnscoredView>,
    across: Vec<FindingView>,
    /// About spreadsheets as a whole.
    sheets: Vec<FindingView>,
    /// By what the practices were chosen.
    choice: Option<String>,
    /// What is said over the table of observations, if there are any.
    observations: Option<String>,
    observed: Vec<TopicRow>,
    more_observed: Option<String>,
    /// Topics and polarities that can be picked, by what rows carry.
    topics: Vec<(String, String)>,
    polarities: [(char, String); POLARITIES.len()],
    firm: Option<Firm>,
}

/// A part of the heat map.
struct RowPage<'r> {
    first: usize,
    label: String,
    rows: &'r [Row],
}

impl Document {
    fn pages(&self) -> impl Iterator<Item = RowPage<'_>> {
        self.rows.chunks(PAGE).enumerate().map(|(number, rows)| {
            let (first, last) = (number * PAGE + 1, number * PAGE + rows.len());
            RowPage {
                first,
                label: self.l.fill(PAGED, &[("first", &first), ("last", &last)]),
                rows,
            }
        })
    }

    fn is_paged(&self) -> bool {
        self.rows.len() > PAGE
    }

    fn unknown(&self) -> bool {
        self.silence == Silence::Unknown
    }
}
