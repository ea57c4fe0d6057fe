//! `score --sensitivity`: how firm the order is, in a table and in sentences. JSON has every pair.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::footer;
use super::human::Style;
use crate::elements::Elements;
use crate::language::{Language, mark};
use crate::sensitivity::{Pair, Places, Ranked, RestsOn, Sensitivity, SilenceDrawn};

/// Most practices in the table, and most of which the safe comparisons are told.
const MAX_ROWS: usize = 25;
/// Most names in one sentence.
const MAX_NAMES: usize = 6;
/// Most comparisons that are told one by one.
const MAX_TOLD: usize = 5;

/// The table and the sentences, an empty line before them.
pub fn text(elements: &Elements, style: Style, language: Language, found: &Sensitivity) -> String {
    let names = found.practices.iter().map(|practice| label(practice).to_string());
    let report = Report {
        style,
        found,
        words: Words::new(elements, language, found, names.collect()),
    };
    let mut out = format!("\n{}", report.method());
    if found.practices.len() < 2 {
        return out + &footer("", &report.words.no_order(), style.width, 0);
    }
    out.push('\n');
    out.push_str(&report.places());
    out.push('\n');
    out.push_str(&report.one_at_a_time());
    out.push_str(&report.comparisons());
    out
}

/// What one weight changes by itself.
pub(super) struct Changed {
    /// Whose weight, in words.
    pub(super) element: String,
    /// The percentage of its value that it has.
    pub(super) percent: u32,
    /// Which places change, in words.
    pub(super) changes: String,
}

/// Comparisons of one kind.
pub(super) struct Told {
    /// What they have in common.
    pub(super) head: String,
    /// Which they are, a line each.
    pub(super) items: Vec<String>,
}

/// What is said of the order, for every report that says it in sentences.
pub(super) struct Words<'a> {
    elements: &'a Elements,
    language: Language,
    found: &'a Sensitivity,
    /// What each practice is called.
    names: Vec<String>,
}

impl<'a> Words<'a> {
    pub(super) fn new(
        elements: &'a Elements,
        language: Language,
        found: &'a Sensitivity,
        names: Vec<String>,
    ) -> Words<'a> {
        Words {
            elements,
            language,
            found,
            names,
        }
    }

    /// Where there are too few to compare.
    pub(super) fn no_order(&self) -> String {
        self.language
            .tr("there is no order to speak of: fewer than two practices have a place")
            .into_owned()
    }

    /// What became of silence in the draws.
    pub(super) fn silence(&self) -> String {
        let words = match self.found.silence {
            SilenceDrawn::MetPartialOrGap => {
                mark("what is not stated became met, partial or gap, each as likely, which is no estimate")
            }
            SilenceDrawn::Missing => mark("what is not stated stayed missing, as the profile takes it"),
        };
        self.language.tr(words).into_owned()
    }

    /// `1000 draws`.
    pub(super) fn draws(&self) -> String {
        self.language.plural(self.found.draws as usize, "{n} draw", "{n} draws")
    }

    /// The practices that have no place, if there are any.
    pub(super) fn not_ranked(&self) -> Option<String> {
        let line = self.language.plural(
            self.found.not_ranked,
            "{n} practice has no place: nothing applies to it",
            "{n} practices have no place: nothing applies to them",
        );
        (self.found.not_ranked > 0).then_some(line)
    }

    /// `7`, or `7=` where others have the same place.
    pub(super) fn place(&self, number: usize) -> String {
        // The list is in the order of places, so that equals are neighbours.
        let place = |number: usize| self.found.practices.get(number).map(|practice| practice.place);
        let own = place(number);
        let shared = place(number + 1) == own || number.checked_sub(1).is_some_and(|before| place(before) == own);
        format!("{}{}", own.unwrap_or_default(), if shared { "=" } else { "" })
    }

    /// What each weight changes by itself, and the names of the elements with which no place changes.
    pub(super) fn one_at_a_time(&self) -> (Vec<Changed>, Vec<String>) {
        let (mut changed, mut firm) = (Vec::new(), Vec::new());
        let all = &self.found.one_at_a_time;
        for pair in all.chunk_by(|a, b| a.element == b.element) {
            let name = self.elements.name(pair[0].element, self.language);
            if pair.iter().all(|one| one.changes.is_empty()) {
                firm.push(name);
                continue;
            }
            for one in pair.iter().filter(|one| !one.changes.is_empty()) {
                let change = |change: &crate::sensitivity::Change| {
                    format!("{} {}→{}", self.names[change.practice], change.from, change.to)
                };
                changed.push(Changed {
                    element: name.clone(),
                    percent: one.percent,
                    changes: self.list(one.changes.iter().map(change).collect()),
                });
            }
        }
        (changed, firm)
    }

    /// How many comparisons rest on what; the error says why there are none.
    pub(super) fn counts(&self) -> Result<String, String> {
        let l = self.language;
        let (Some(pairs), Some(counts)) = (&self.found.pairs, self.found.comparisons) else {
            return Err(l.fill(
                "Pairs are compared for up to {n} practices.",
                &[("n", &crate::sensitivity::MAX_PAIRED)],
            ));
        };
        Ok(l.fill(
            "{pairs}: {safe} safe, {weights} resting on weights, {silence} resting on silence.",
            &[
                ("pairs", &l.plural(pairs.len(), "{n} comparison", "{n} comparisons")),
                ("safe", &counts.safe),
                ("weights", &counts.on_weights),
                ("silence", &counts.on_silence),
            ],
        ))
    }

    /// Which comparisons are safe, and which rest on what.
    pub(super) fn told(&self) -> Vec<Told> {
        let Some(pairs) = &self.found.pairs else {
            return Vec::new();
        };
        let mut told = vec![self.safe(pairs)];
        told.extend(self.unsafe_ones(
            pairs,
            RestsOn::Weights,
            mark("Rest on weights (other weights in the range may turn them):"),
            mark("Rest on weights; the ones that turned in most draws:"),
        ));
        told.extend(self.unsafe_ones(
            pairs,
            RestsOn::Silence,
            mark("Rest on silence (what nobody has said can turn them):"),
            mark("Rest on silence; the ones that turned in most draws:"),
        ));
        let often = |pair: &&Pair| u64::from(pair.holds()) * 20 >= u64::from(self.found.draws) * 19;
        let open = pairs.iter().filter(|pair| pair.rests_on != RestsOn::Stated);
        let likely: Vec<&Pair> = open.filter(often).collect();
        if !likely.is_empty() {
            let head = self.language.plural(
                likely.len(),
                "{n} of the others held in at least 95 % of the draws, though it could turn:",
                "{n} of the others held in at least 95 % of the draws, though they could turn:",
            );
            told.push(Told {
                head,
                items: self.grouped(&likely),
            });
        }
        told
    }

    /// Whom each practice is safely before or level with: whatever the silence hides, and with any weights in the range.
    fn safe(&self, pairs: &[Pair]) -> Told {
        let safe: Vec<&Pair> = pairs.iter().filter(|pair| pair.rests_on == RestsOn::Stated).collect();
        let head = if safe.is_empty() {
            mark("No comparison is safe: silence or weights can turn every one.")
        } else {
            mark("Safe (at worst level), whatever the silence hides and with any weights in the range:")
        };
        Told {
            head: self.language.tr(head).into_owned(),
            items: self.grouped(&safe),
        }
    }

    /// Comparisons by the practice that stands first: whom it is before, and whom it is level with.
    fn grouped(&self, pairs: &[&Pair]) -> Vec<String> {
        let l = self.language;
        let mut lines = Vec::new();
        let mut told = 0;
        for own in pairs.chunk_by(|a, b| a.first == b.first) {
            for (equal, phrase) in [
                (false, mark("{name} before {others}")),
                (true, mark("{name} level with {others}")),
            ] {
                let others = own.iter().filter(|pair| pair.equal == equal);
                let others: Vec<String> = others.map(|pair| self.names[pair.second].clone()).collect();
                if others.is_empty() {
                    continue;
                }
                told += 1;
                if told <= MAX_ROWS {
                    let name = &self.names[own[0].first];
                    lines.push(l.fill(phrase, &[("name", name), ("others", &self.list(others))]));
                }
            }
        }
        if told > MAX_ROWS {
            lines.push(l.fill(
                "… and {n} more; `--format json` has them all",
                &[("n", &(told - MAX_ROWS))],
            ));
        }
        lines
    }

    fn unsafe_ones(&self, pairs: &[Pair], rests_on: RestsOn, all: &str, some: &str) -> Option<Told> {
        let l = self.language;
        let resting = pairs.iter().filter(|pair| pair.rests_on == rests_on);
        let (level, mut own): (Vec<&Pair>, Vec<&Pair>) = resting.partition(|pair| pair.equal);
        // To share a place is soon over; it is told where there is nothing else to tell.
        if own.is_empty() {
            own = level;
        }
        if own.is_empty() {
            return None;
        }
        // Those whose order the draws speak against most come first; between equals the order of the list.
        own.sort_by_key(|pair| pair.holds());
        let line = |pair: &&Pair| {
            let phrase = if pair.equal {
                mark("{name} level with {other}: in {share} of the draws")
            } else {
                mark("{name} before {other}: in {share} of the draws")
            };
            l.fill(
                phrase,
                &[
                    ("name", &self.names[pair.first]),
                    ("other", &self.names[pair.second]),
                    ("share", &self.share(pair.holds())),
                ],
            )
        };
        Some(Told {
            head: l.tr(if own.len() > MAX_TOLD { some } else { all }).into_owned(),
            items: own.iter().take(MAX_TOLD).map(line).collect(),
        })
    }

    /// A share of the draws in percent, half up; all and none are said only of all and none.
    pub(super) fn share(&self, draws: u32) -> String {
        let (part, whole) = (u64::from(draws), u64::from(self.found.draws));
        let percent = (part * 200 + whole) / (whole * 2);
        match percent {
            0 if part > 0 => self.language.tr("under 1 %").into_owned(),
            100 if part < whole => self.language.tr("over 99 %").into_owned(),
            _ => format!("{percent} %"),
        }
    }

    fn list(&self, names: Vec<String>) -> String {
        if names.len() <= MAX_NAMES {
            return names.join(", ");
        }
        self.language.fill(
            "{names} and {n} more",
            &[
                ("names", &names[..MAX_NAMES].join(", ")),
                ("n", &(names.len() - MAX_NAMES)),
            ],
        )
    }
}

struct Report<'a> {
    style: Style,
    found: &'a Sensitivity,
    words: Words<'a>,
}

impl Report<'_> {
    fn method(&self) -> String {
        let line = self.words.language.fill(
            "How firm the order is: {draws} from seed {seed}. Each weight was between {from} and {to} % of its own; {silence}.",
            &[
                ("draws", &self.words.draws()),
                ("seed", &self.found.seed),
                ("from", &self.found.weights_from_percent),
                ("to", &self.found.weights_to_percent),
                ("silence", &self.words.silence()),
            ],
        );
        let mut out = footer("", &line, self.style.width, 0);
        if let Some(line) = self.words.not_ranked() {
            out.push_str(&footer("", &line, self.style.width, 0));
        }
        out
    }

    fn places(&self) -> String {
        let l = self.words.language;
        let heads = [l.tr("place"), l.tr("middle"), l.tr("9 in 10 draws"), l.tr("all draws")];
        let widths = heads.each_ref().map(|head| head.width() + 2);
        let shown = &self.found.practices[..self.found.practices.len().min(MAX_ROWS)];
        let room = self.style.width.saturating_sub(widths.iter().sum()).max(20);
        let longest = shown.iter().map(|practice| label(practice).width()).max().unwrap_or(0);
        let name_width = longest.min(room);
        let mut out = " ".repeat(name_width);
        for (head, width) in heads.iter().zip(widths) {
            out.push_str(&right(head, width));
        }
        out.push('\n');
        for (number, practice) in shown.iter().enumerate() {
            let name = super::table::cut(label(practice), name_width);
            let cells = [
                self.words.place(number),
                practice.median.to_string(),
                range(practice.nine_in_ten),
                range(practice.all),
            ];
            if self.style.plain {
                let words = heads.iter().zip(&cells).map(|(head, cell)| format!("{head} {cell}"));
                let _ = writeln!(out, "{name}: {}", words.collect::<Vec<_>>().join(", "));
                continue;
            }
            let _ = write!(out, "{name}{}", " ".repeat(name_width.saturating_sub(name.width())));
            for (cell, width) in cells.iter().zip(widths) {
                out.push_str(&right(cell, width));
            }
            out.push('\n');
        }
        if self.style.plain {
            out = out.split_once('\n').map_or(String::new(), |(_, rows)| rows.to_string());
        }
        let further = self.found.practices.len() - shown.len();
        if further > 0 {
            let line = l.plural(
                further,
                "… and {n} more; `--format json` has them all",
                "… and {n} more; `--format json` has them all",
            );
            out.push_str(&footer("", &line, self.style.width, 0));
        }
        out
    }

    fn one_at_a_time(&self) -> String {
        let l = self.words.language;
        let (changed, firm) = self.words.one_at_a_time();
        let head = l.tr("One weight at a time, at half and at one and a half of its own:");
        let mut out = footer("", &head, self.style.width, 0);
        for own in changed {
            let head = l.fill(
                "{element} at {percent} %",
                &[("element", &own.element), ("percent", &own.percent)],
            );
            out.push_str(&self.item(&format!("{head}: {}", own.changes), 2));
        }
        if !firm.is_empty() {
            let line = l.fill("no place changes with {elements}", &[("elements", &firm.join(", "))]);
            out.push_str(&footer("", &line, self.style.width, 2));
        }
        out
    }

    fn comparisons(&self) -> String {
        let (Ok(head) | Err(head)) = self.words.counts();
        let mut out = format!("\n{}", footer("", &head, self.style.width, 0));
        for told in self.words.told() {
            out.push_str(&footer("", &told.head, self.style.width, 2));
            for item in told.items {
                out.push_str(&self.item(&item, 4));
            }
        }
        out
    }

    /// A line of a list, its further lines further in.
    fn item(&self, text: &str, indent: usize) -> String {
        let (first, further) = (" ".repeat(indent), " ".repeat(indent + 2));
        let options = textwrap::Options::new(self.style.width)
            .initial_indent(&first)
            .subsequent_indent(&further)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, options) + "\n"
    }
}

/// Short and the same in table and sentences: the id, else the name, else the file.
pub(super) fn label(practice: &Ranked) -> &str {
    practice
        .id
        .as_deref()
        .or(practice.name.as_deref())
        .unwrap_or(&practice.file)
}

pub(super) fn range(places: Places) -> String {
    if places.from == places.to {
        return places.from.to_string();
    }
    format!("{}–{}", places.from, places.to)
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}
