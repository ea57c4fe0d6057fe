//! How firm the order is, on the page: the range of places of each practice, what each weight changes, and which
//! comparisons can be turned. The sentences are those of the terminal; the page adds pictures and every pair.

use std::collections::{BTreeMap, HashMap};

use askama::Template;

use super::NAME;
use crate::descriptor::shorten;
use crate::elements::Elements;
use crate::language::{Language, mark};
use crate::report::sensitivity::{Told, Words, label, range};
use crate::sensitivity::{Pair, Ranked, RestsOn, Sensitivity};

/// Most practices that have a line.
const MAX_LINES: usize = 500;
/// Up to here every pair has a cell; beyond, those that can be turned have a row.
const MAX_CELLS: usize = 20;
/// Most pairs that have a row.
const MAX_PAIRS: usize = 500;

/// The section.
#[derive(Template)]
#[template(path = "firm.html", config = "src/report/html/askama.toml")]
pub(super) struct Firm {
    l: Language,
    method: String,
    notes: Vec<String>,
    lines: Vec<Line>,
    /// The last place, for the axis.
    last: usize,
    is_long: bool,
    changes: Vec<[String; 3]>,
    unmoved: Option<String>,
    counted: String,
    told: Vec<Told>,
    matrix: Vec<MatrixRow>,
    pairs: Vec<PairRow>,
    more_pairs: Option<String>,
}

/// The places of one practice.
struct Line {
    name: String,
    number: Option<usize>,
    /// Where the bars begin and how long they are, in percent: over all draws, and over nine in ten.
    all: (String, String),
    nine: (String, String),
    middle: String,
    place: String,
    median: u32,
    nine_in_ten: String,
    range: String,
}

/// One practice against all others.
struct MatrixRow {
    name: String,
    /// Nothing against itself.
    cells: Vec<Option<Cell>>,
}

struct Cell {
    /// How often it comes before the other, in fifths.
    step: u64,
    share: String,
    rests_on: RestsOn,
}

struct PairRow {
    words: String,
    share: String,
    rests_on: String,
}

impl Firm {
    /// `numbers` are those of the practices shown in full, by file and document.
    pub(super) fn new(
        elements: &Elements,
        l: Language,
        found: &Sensitivity,
        numbers: &HashMap<(String, usize), usize>,
    ) -> Firm {
        let names = names(&found.practices);
        let words = Words::new(elements, l, found, names.clone());
        let has_order = found.practices.len() > 1;
        let (changes, unmoved) = if has_order {
            changes(&words, l)
        } else {
            (Vec::new(), None)
        };
        let further = found.practices.len().saturating_sub(MAX_LINES);
        let more = l.plural(
            further,
            "… and {n} more; `--format json` has them all",
            "… and {n} more; `--format json` has them all",
        );
        let none = (!has_order).then(|| words.no_order());
        let notes = words.not_ranked().into_iter().chain(none);
        let pairs = found.pairs.as_deref().unwrap_or_default();
        let fit = found.practices.len() <= MAX_CELLS;
        let (pair_rows, more_pairs) = if fit {
            (Vec::new(), None)
        } else {
            open_pairs(pairs, &words, &names, l)
        };
        Firm {
            l,
            method: l.fill(
                "{draws} from seed {seed}: in each, every weight was between {from} and {to} % of its own, and {silence}.",
                &[
                    ("draws", &words.draws()),
                    ("seed", &found.seed),
                    ("from", &found.weights_from_percent),
                    ("to", &found.weights_to_percent),
                    ("silence", &words.silence()),
                ],
            ),
            notes: notes.chain((further > 0).then_some(more)).collect(),
            lines: match has_order {
                true => lines(found, &words, &names, numbers),
                false => Vec::new(),
            },
            last: found.practices.len(),
            is_long: found.practices.len() > 30,
            changes,
            unmoved,
            counted: match words.counts() {
                Ok(words) | Err(words) => words,
            },
            told: words.told(),
            matrix: if fit && has_order { matrix(pairs, &words, &names) } else { Vec::new() },
            pairs: pair_rows,
            more_pairs,
        }
    }
}

/// By name, as everywhere on the page; where several have one, with what tells them apart.
fn names(practices: &[Ranked]) -> Vec<String> {
    let name = |own: &Ranked| {
        let name = own.name.as_deref().filter(|name| !name.trim().is_empty());
        shorten(name.unwrap_or_else(|| label(own)), NAME)
    };
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    practices
        .iter()
        .for_each(|own| *times.entry(name(own)).or_default() += 1);
    let told_apart = |own: &Ranked| {
        let name = name(own);
        match times.get(&name) {
            Some(1) => name,
            _ if own.id.is_some() && own.id.as_deref() != Some(name.as_str()) => format!("{name} ({})", label(own)),
            _ => format!("{name} ({}, {})", own.file, own.document),
        }
    };
    practices.iter().map(told_apart).collect()
}

fn lines(
    found: &Sensitivity,
    words: &Words<'_>,
    names: &[String],
    numbers: &HashMap<(String, usize), usize>,
) -> Vec<Line> {
    let last = found.practices.len().max(1) as u64;
    // Each place has its own part of the line, so that one place alone is seen as well.
    let bar = |from: u32, to: u32| {
        let (start, end) = (u64::from(from - 1) * 1_000 / last, u64::from(to) * 1_000 / last);
        (percent(start), percent(end - start))
    };
    let line = |(number, own): (usize, &Ranked)| Line {
        name: names[number].clone(),
        number: numbers.get(&(own.file.clone(), own.document)).copied(),
        all: bar(own.all.from, own.all.to),
        nine: bar(own.nine_in_ten.from, own.nine_in_ten.to),
        middle: percent((u64::from(own.median) * 2 - 1) * 500 / last),
        place: words.place(number),
        median: own.median,
        nine_in_ten: range(own.nine_in_ten),
        range: range(own.all),
    };
    found.practices.iter().enumerate().take(MAX_LINES).map(line).collect()
}

/// What each weight changes at half and at one and a half of its value, and with which no place changes.
fn changes(words: &Words<'_>, l: Language) -> (Vec<[String; 3]>, Option<String>) {
    let (changed, firm) = words.one_at_a_time();
    let rows = changed.chunk_by(|a, b| a.element == b.element).map(|own| {
        let at = |percent: u32| {
            let own = own.iter().find(|own| own.percent == percent);
            own.map_or_else(|| l.tr("no change").into_owned(), |own| own.changes.clone())
        };
        [own[0].element.clone(), at(50), at(150)]
    });
    let unmoved =
        (!firm.is_empty()).then(|| l.fill("No place changes with {elements}.", &[("elements", &firm.join(", "))]));
    (rows.collect(), unmoved)
}

/// Every pair from both sides.
fn matrix(pairs: &[Pair], words: &Words<'_>, names: &[String]) -> Vec<MatrixRow> {
    let cell = |pair: &Pair, before: u32| {
        let draws = u64::from(pair.before + pair.level + pair.behind).max(1);
        Some(Cell {
            step: (u64::from(before) * 5 / draws).min(4),
            share: words.share(before),
            rests_on: pair.rests_on,
        })
    };
    let row = |number: usize| {
        let against = |other: usize| {
            let key = (number.min(other), number.max(other));
            let pair = pairs.iter().find(|pair| (pair.first, pair.second) == key)?;
            cell(pair, if number < other { pair.before } else { pair.behind })
        };
        MatrixRow {
            name: names[number].clone(),
            cells: (0..names.len()).map(against).collect(),
        }
    };
    (0..names.len()).map(row).collect()
}

/// Pairs that can be turned, those that turned in most draws first.
fn open_pairs(pairs: &[Pair], words: &Words<'_>, names: &[String], l: Language) -> (Vec<PairRow>, Option<String>) {
    let mut open: Vec<&Pair> = pairs.iter().filter(|pair| pair.rests_on != RestsOn::Stated).collect();
    open.sort_by_key(|pair| pair.holds());
    let further = open.len().saturating_sub(MAX_PAIRS);
    let row = |pair: &&Pair| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("name", &names[pair.first]), ("others", &names[pair.second])];
        let phrase = match pair.equal {
            true => mark("{name} level with {others}"),
            false => mark("{name} before {others}"),
        };
        PairRow {
            words: l.fill(phrase, &values),
            share: words.share(pair.holds()),
            rests_on: rests_on_words(pair.rests_on, l),
        }
    };
    let rows = open.iter().take(MAX_PAIRS).map(row).collect();
    let more = (further > 0).then(|| {
        l.plural(
            further,
            "… and {n} more; `--format json` has them all",
            "… and {n} more; `--format json` has them all",
        )
    });
    (rows, more)
}

fn rests_on_words(rests_on: RestsOn, l: Language) -> String {
    let words = match rests_on {
        RestsOn::Stated => mark("safe"),
        RestsOn::Weights => mark("rests on weights"),
        RestsOn::Silence => mark("rests on silence"),
    };
    l.tr(words).into_owned()
}

impl Cell {
    fn words(&self, l: &Language) -> String {
        rests_on_words(self.rests_on, *l)
    }

    fn class(&self) -> &'static str {
        match self.rests_on {
            RestsOn::Stated => "safe",
            RestsOn::Weights => "weights",
            RestsOn::Silence => "silence",
        }
    }
}

/// Thousandths as a percentage.
fn percent(thousandths: u64) -> String {
    format!("{}.{}", thousandths / 10, thousandths % 10)
}
