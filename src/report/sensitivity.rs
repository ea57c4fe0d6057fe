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
    let report = Report {
        elements,
        style,
        language,
        found,
    };
    let mut out = format!("\n{}", report.method());
    if found.practices.len() < 2 {
        let none = language.tr("there is no order to speak of: fewer than two practices have a place");
        return out + &footer("", &none, style.width, 0);
    }
    out.push('\n');
    out.push_str(&report.places());
    out.push('\n');
    out.push_str(&report.one_at_a_time());
    out.push_str(&report.comparisons());
    out
}

struct Report<'a> {
    elements: &'a Elements,
    style: Style,
    language: Language,
    found: &'a Sensitivity,
}

impl Report<'_> {
    fn method(&self) -> String {
        let l = self.language;
        let silence = l.tr(match self.found.silence {
            SilenceDrawn::MetPartialOrGap => {
                mark("what is not stated became met, partial or gap, each as likely, which is no estimate")
            }
            SilenceDrawn::Missing => mark("what is not stated stayed missing, as the profile takes it"),
        });
        let draws = l.plural(self.found.draws as usize, "{n} draw", "{n} draws");
        let line = l.fill(
            "How firm the order is: {draws} from seed {seed}. Each weight was between {from} and {to} % of its own; {silence}.",
            &[
                ("draws", &draws),
                ("seed", &self.found.seed),
                ("from", &self.found.weights_from_percent),
                ("to", &self.found.weights_to_percent),
                ("silence", &silence),
            ],
        );
        let mut out = footer("", &line, self.style.width, 0);
        if self.found.not_ranked > 0 {
            let line = l.plural(
                self.found.not_ranked,
                "{n} practice has no place: nothing applies to it",
                "{n} practices have no place: nothing applies to them",
            );
            out.push_str(&footer("", &line, self.style.width, 0));
        }
        out
    }

    fn places(&self) -> String {
        let l = self.language;
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
        for practice in shown {
            let name = super::table::cut(label(practice), name_width);
            let cells = [
                self.place(practice),
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

    /// `7`, or `7=` where others have the same place.
    fn place(&self, practice: &Ranked) -> String {
        let same = |other: &&Ranked| other.place == practice.place;
        let shared = self.found.practices.iter().filter(same).count() > 1;
        format!("{}{}", practice.place, if shared { "=" } else { "" })
    }

    fn one_at_a_time(&self) -> String {
        let l = self.language;
        let mut out = String::new();
        let mut firm: Vec<String> = Vec::new();
        let all = &self.found.one_at_a_time;
        for pair in all.chunk_by(|a, b| a.element == b.element) {
            let name = self.elements.name(pair[0].element, l);
            if pair.iter().all(|one| one.changes.is_empty()) {
                firm.push(name);
                continue;
            }
            for one in pair.iter().filter(|one| !one.changes.is_empty()) {
                let change = |change: &crate::sensitivity::Change| {
                    let practice = &self.found.practices[change.practice];
                    format!("{} {}→{}", label(practice), change.from, change.to)
                };
                let changes = self.names(one.changes.iter().map(change).collect());
                let head = l.fill(
                    "{element} at {percent} %",
                    &[("element", &name), ("percent", &one.percent)],
                );
                out.push_str(&self.item(&format!("{head}: {changes}"), 2));
            }
        }
        let head = l.tr("One weight at a time, at half and at one and a half of its own:");
        let mut text = footer("", &head, self.style.width, 0);
        text.push_str(&out);
        if !firm.is_empty() {
            let line = l.fill("no place changes with {elements}", &[("elements", &firm.join(", "))]);
            text.push_str(&footer("", &line, self.style.width, 2));
        }
        text
    }

    fn comparisons(&self) -> String {
        let l = self.language;
        let (Some(pairs), Some(counts)) = (&self.found.pairs, self.found.comparisons) else {
            let line = l.fill(
                "Pairs are compared for up to {n} practices.",
                &[("n", &crate::sensitivity::MAX_PAIRED)],
            );
            return format!("\n{}", footer("", &line, self.style.width, 0));
        };
        let head = l.fill(
            "{pairs}: {safe} safe, {weights} resting on weights, {silence} resting on silence.",
            &[
                ("pairs", &l.plural(pairs.len(), "{n} comparison", "{n} comparisons")),
                ("safe", &counts.safe),
                ("weights", &counts.on_weights),
                ("silence", &counts.on_silence),
            ],
        );
        let mut out = format!("\n{}", footer("", &head, self.style.width, 0));
        out.push_str(&self.safe(pairs));
        out.push_str(&self.unsafe_ones(
            pairs,
            RestsOn::Weights,
            mark("Rest on weights (other weights in the range may turn them):"),
            mark("Rest on weights; the ones that turned in most draws:"),
        ));
        out.push_str(&self.unsafe_ones(
            pairs,
            RestsOn::Silence,
            mark("Rest on silence (what nobody has said can turn them):"),
            mark("Rest on silence; the ones that turned in most draws:"),
        ));
        let often = |pair: &&Pair| u64::from(pair.holds()) * 20 >= u64::from(self.found.draws) * 19;
        let open = pairs.iter().filter(|pair| pair.rests_on != RestsOn::Stated);
        let likely: Vec<&Pair> = open.filter(often).collect();
        if !likely.is_empty() {
            let head = l.plural(
                likely.len(),
                "{n} of the others held in at least 95 % of the draws, though it could turn:",
                "{n} of the others held in at least 95 % of the draws, though they could turn:",
            );
            out.push_str(&self.item(&head, 2));
            out.push_str(&self.grouped(&likely));
        }
        out
    }

    /// Whom each practice is safely before or level with: whatever the silence hides, and with any weights in the range.
    fn safe(&self, pairs: &[Pair]) -> String {
        let l = self.language;
        let safe: Vec<&Pair> = pairs.iter().filter(|pair| pair.rests_on == RestsOn::Stated).collect();
        if safe.is_empty() {
            let none = l.tr("No comparison is safe: silence or weights can turn every one.");
            return footer("", &none, self.style.width, 2);
        }
        let head = l.tr("Safe (at worst level), whatever the silence hides and with any weights in the range:");
        let mut out = footer("", &head, self.style.width, 2);
        out.push_str(&self.grouped(&safe));
        out
    }

    /// Comparisons by the practice that stands first: whom it is before, and whom it is level with.
    fn grouped(&self, pairs: &[&Pair]) -> String {
        let l = self.language;
        let mut out = String::new();
        let mut told = 0;
        for (number, practice) in self.found.practices.iter().enumerate() {
            for (equal, phrase) in [
                (false, mark("{name} before {others}")),
                (true, mark("{name} level with {others}")),
            ] {
                let own = pairs.iter().filter(|pair| pair.first == number && pair.equal == equal);
                let others: Vec<String> = own
                    .map(|pair| label(&self.found.practices[pair.second]).to_string())
                    .collect();
                if others.is_empty() {
                    continue;
                }
                told += 1;
                if told > MAX_ROWS {
                    continue;
                }
                let line = l.fill(phrase, &[("name", &label(practice)), ("others", &self.names(others))]);
                out.push_str(&self.item(&line, 4));
            }
        }
        if told > MAX_ROWS {
            let line = l.fill(
                "… and {n} more; `--format json` has them all",
                &[("n", &(told - MAX_ROWS))],
            );
            out.push_str(&self.item(&line, 4));
        }
        out
    }

    fn unsafe_ones(&self, pairs: &[Pair], rests_on: RestsOn, all: &str, some: &str) -> String {
        let l = self.language;
        let resting = pairs.iter().filter(|pair| pair.rests_on == rests_on);
        let (level, mut own): (Vec<&Pair>, Vec<&Pair>) = resting.partition(|pair| pair.equal);
        // To share a place is soon over; it is told where there is nothing else to tell.
        if own.is_empty() {
            own = level;
        }
        if own.is_empty() {
            return String::new();
        }
        // Those whose order the draws speak against most come first; between equals the order of the list.
        own.sort_by_key(|pair| pair.holds());
        let head = l.tr(if own.len() > MAX_TOLD { some } else { all });
        let mut out = footer("", &head, self.style.width, 2);
        for pair in own.iter().take(MAX_TOLD) {
            let phrase = if pair.equal {
                mark("{name} level with {other}: in {share} of the draws")
            } else {
                mark("{name} before {other}: in {share} of the draws")
            };
            let line = l.fill(
                phrase,
                &[
                    ("name", &label(&self.found.practices[pair.first])),
                    ("other", &label(&self.found.practices[pair.second])),
                    ("share", &self.share(pair.holds())),
                ],
            );
            out.push_str(&self.item(&line, 4));
        }
        out
    }

    /// A share of the draws in percent, half up; all and none are said only of all and none.
    fn share(&self, draws: u32) -> String {
        let (part, whole) = (u64::from(draws), u64::from(self.found.draws));
        let percent = (part * 200 + whole) / (whole * 2);
        match percent {
            0 if part > 0 => "under 1 %".to_string(),
            100 if part < whole => "over 99 %".to_string(),
            _ => format!("{percent} %"),
        }
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

    fn names(&self, names: Vec<String>) -> String {
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

/// Short and the same in table and sentences: the id, else the name, else the file.
fn label(practice: &Ranked) -> &str {
    practice
        .id
        .as_deref()
        .or(practice.name.as_deref())
        .unwrap_or(&practice.file)
}

fn range(places: Places) -> String {
    if places.from == places.to {
        return places.from.to_string();
    }
    format!("{}–{}", places.from, places.to)
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}
