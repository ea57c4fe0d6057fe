//! `score`: one row per practice.

use unicode_width::UnicodeWidthStr;

use super::human::{Style, gap_words, glyph};
use crate::language::{Language, mark};
use crate::lint::Practice;
use crate::profile::Silence;
use crate::rule::set::RuleSet;
use crate::score::{Gap, Verdict, VerdictBasis, count};
use crate::standard::Element;

/// Columns of a name below which the counts are said shortly, and below which the whole table is said in words.
const NAME: (usize, usize) = (28, 12);

/// One line of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) country: String,
    pub(super) name: String,
    /// Verdict, and whether it is inferred.
    pub(super) marks: Vec<(Verdict, bool)>,
    pub(super) gap: Gap,
    kind: Option<usize>,
}

impl Row {
    /// The line of a practice, with marks for some elements.
    pub(super) fn new(practice: &Practice, elements: &[Element]) -> Row {
        let verdict = |element: &Element| {
            let found = practice.elements.iter().find(|verdict| verdict.element == *element);
            found.map_or((Verdict::NotStated, false), |verdict| {
                (verdict.verdict, verdict.basis == Some(VerdictBasis::Inferred))
            })
        };
        let name = practice.name.clone().or_else(|| practice.id.clone());
        Row {
            country: practice.country.clone().unwrap_or_default(),
            name: name.unwrap_or_else(|| practice.source().name().to_string()),
            marks: elements.iter().map(verdict).collect(),
            gap: practice.gaps.first().map(|(_, gap)| *gap).unwrap_or_default(),
            kind: practice.typology.as_ref().and_then(|own| own.kind),
        }
    }
}

/// How the counts stand beside the percentages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counts {
    /// `3 of 10 missing, 2 not stated`.
    Words,
    /// `3+2/10`.
    Figures,
}

/// Widths of the columns.
#[derive(Debug)]
struct Layout {
    heads: Vec<(String, usize)>,
    country: usize,
    name: usize,
    gap: usize,
    counts: (Counts, usize),
}

/// Rows and how they are drawn.
#[derive(Debug)]
pub struct Table<'a> {
    set: &'a RuleSet,
    style: Style,
    language: Language,
    rows: Vec<Row>,
}

impl<'a> Table<'a> {
    /// An empty table.
    pub fn new(set: &'a RuleSet, style: Style, language: Language) -> Table<'a> {
        Table {
            set,
            style,
            language,
            rows: Vec::new(),
        }
    }

    fn elements(&self) -> &'a [Element] {
        &self.set.profile.headline().elements
    }

    /// Adds a practice.
    pub fn add(&mut self, practice: &Practice) {
        self.rows.push(Row::new(practice, self.elements()));
    }

    /// The table as text.
    pub fn render(&self) -> String {
        match self.layout() {
            Some(layout) if !self.style.plain => self.in_columns(&layout),
            _ => self.in_words(),
        }
    }

    fn in_words(&self) -> String {
        let l = self.language;
        let mut out = String::new();
        for row in &self.rows {
            let head = format!("{} {}", row.country, row.name);
            out.push_str(&super::footer("", head.trim_start(), self.style.width, 0));
            let gap = gap_words(row.gap, None, l);
            out.push_str(&super::footer(
                &format!("{}: ", l.tr("gap score")),
                &gap,
                self.style.width,
                2,
            ));
            for verdict in Verdict::ALL {
                let own = self.elements().iter().zip(&row.marks);
                let own = own.filter(|(_, (own, _))| *own == verdict);
                let names = own.map(|(element, (_, inferred))| {
                    let name = self.set.elements.name(*element, l);
                    match inferred {
                        true => l.fill("{element} (inferred)", &[("element", &name)]),
                        false => name,
                    }
                });
                let names: Vec<String> = names.collect();
                if !names.is_empty() {
                    let label = format!("{}: ", l.tr(verdict.words()));
                    out.push_str(&super::footer(&label, &names.join(", "), self.style.width, 2));
                }
            }
            let kind = self.set.typology.name(row.kind, l);
            out.push_str(&super::footer(
                &format!("{}: ", l.tr("kind")),
                &kind,
                self.style.width,
                2,
            ));
        }
        out.push('\n');
        out + &self.stated_line() + &self.kinds_line()
    }

    /// Where everything stands; nothing where names would have no room.
    fn layout(&self) -> Option<Layout> {
        let head = |element: &Element| {
            let info = self.set.elements.info(*element);
            info.map(|info| info.short(self.language).to_string())
                .unwrap_or_default()
        };
        let heads: Vec<(String, usize)> = self
            .elements()
            .iter()
            .map(head)
            .map(|head| {
                let width = head.width().max(2) + 1;
                (head, width)
            })
            .collect();
        let widest = |texts: &mut dyn Iterator<Item = String>| texts.map(|text| text.width()).max().unwrap_or(0);
        let title = self.language.tr("gap").into_owned();
        let gap = widest(&mut self.rows.iter().map(|row| row.gap.percent()).chain([title]));
        let country = widest(&mut self.rows.iter().map(|row| row.country.clone()));
        let country = if country == 0 { 0 } else { country + 1 };
        let longest = widest(&mut self.rows.iter().map(|row| row.name.clone()));
        let marks: usize = heads.iter().map(|(_, width)| width).sum();
        let others = country + 1 + marks + 1 + gap + 2 + " *".len();
        let counts = [(Counts::Words, NAME.0), (Counts::Figures, NAME.1)];
        counts.into_iter().find_map(|(kind, least)| {
            let title = self.counts_title(kind);
            let width = widest(&mut self.rows.iter().map(|row| self.counts(row.gap, kind)).chain([title]));
            let room = self.style.width.checked_sub(others + width)?;
            (room >= longest.min(least)).then(|| Layout {
                heads: heads.clone(),
                country,
                name: longest.min(room),
                gap,
                counts: (kind, width),
            })
        })
    }

    fn counts(&self, gap: Gap, kind: Counts) -> String {
        match (kind, gap.open) {
            (Counts::Words, _) => counts(gap, self.language),
            (Counts::Figures, 0) => format!("{}/{}", count(gap.missing), count(gap.applicable)),
            (Counts::Figures, open) => format!("{}+{}/{}", count(gap.missing), count(open), count(gap.applicable)),
        }
    }

    fn counts_title(&self, kind: Counts) -> String {
        match kind {
            Counts::Words => String::new(),
            Counts::Figures => self.language.tr("counts").into_owned(),
        }
    }

    fn in_columns(&self, layout: &Layout) -> String {
        let l = self.language;
        let mut out = pad("", layout.country + layout.name + 1);
        for (head, width) in &layout.heads {
            out.push_str(&pad(head, *width));
        }
        let (kind, width) = layout.counts;
        let heads = format!(" {}  {}", right(&l.tr("gap"), layout.gap), self.counts_title(kind));
        out.push_str(&format!("{}\n", heads.trim_end()));
        for row in &self.rows {
            out.push_str(&pad(&row.country, layout.country));
            out.push_str(&pad(&cut(&row.name, layout.name), layout.name + 1));
            for ((verdict, inferred), (_, width)) in row.marks.iter().zip(&layout.heads) {
                let mark = format!("{}{}", glyph(*verdict).0, if *inferred { "~" } else { "" });
                out.push_str(&self.coloured(*verdict, &pad(&mark, *width)));
            }
            let counts = pad(&self.counts(row.gap, kind), width);
            let thin = if row.gap.is_thin() { " *" } else { "" };
            let end = format!(" {}  {counts}{thin}", right(&row.gap.percent(), layout.gap));
            out.push_str(&format!("{}\n", end.trim_end()));
        }
        out.push('\n');
        out.push_str(&self.stated_line());
        out.push_str(&self.kinds_line());
        let names = self
            .elements()
            .iter()
            .map(|element| self.set.elements.name(*element, l));
        let heads = layout
            .heads
            .iter()
            .zip(names)
            .map(|((head, _), name)| format!("{head} {name}"));
        out.push_str(&super::footer(
            "",
            &heads.collect::<Vec<_>>().join(" · "),
            self.style.width,
            0,
        ));
        let key = Verdict::ALL.map(|verdict| format!("{} {}", glyph(verdict).0, l.tr(verdict.words())));
        out.push_str(&format!("{}  ~ {}\n", key.join("  "), l.tr("inferred")));
        if kind == Counts::Figures {
            let key = match self.set.profile.silence {
                Silence::Unknown => mark("counts: missing + not stated / what applies"),
                Silence::Gap => mark("counts: missing / what applies; what is not stated is missing"),
            };
            out.push_str(&super::footer("", &l.tr(key), self.style.width, 0));
        }
        out.push_str(&format!("* {}\n", l.tr("too little is stated to compare")));
        out
    }

    fn coloured(&self, verdict: Verdict, text: &str) -> String {
        let colour = glyph(verdict).1;
        if self.style.colour && !colour.is_empty() {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_string()
        }
    }

    /// How often each element is stated, most first.
    fn stated_line(&self) -> String {
        let stated = |column: usize| {
            self.rows
                .iter()
                .filter(|row| row.marks[column].0 != Verdict::NotStated)
                .count()
        };
        let mut counts: Vec<(usize, String)> = self
            .elements()
            .iter()
            .enumerate()
            .map(|(column, element)| (stated(column), self.set.elements.name(*element, self.language)))
            .collect();
        counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let words: Vec<String> = counts.iter().map(|(count, name)| format!("{name} {count}")).collect();
        let line = format!(
            "{} · {} · {}",
            self.language.plural(self.rows.len(), "{n} practice", "{n} practices"),
            self.language
                .fill("profile {name}", &[("name", &self.set.profile.name())]),
            self.language
                .fill("stated in: {counts}", &[("counts", &words.join(", "))]),
        );
        textwrap::fill(&line, self.style.width) + "\n"
    }

    /// How many practices are of each kind, in the order of the typology.
    fn kinds_line(&self) -> String {
        let kinds = &self.set.typology;
        let counts = (0..kinds.kinds.len()).map(Some).chain([None]).filter_map(|kind| {
            let count = self.rows.iter().filter(|row| row.kind == kind).count();
            (count > 0).then(|| format!("{} {count}", kinds.name(kind, self.language)))
        });
        let counts = counts.collect::<Vec<_>>().join(", ");
        let line = self.language.fill("kinds: {counts}", &[("counts", &counts)]);
        super::footer("", &line, self.style.width, 0)
    }
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_string();
    }
    let mut out = String::new();
    for character in text.chars() {
        if out.width() + 2 > width {
            break;
        }
        out.push(character);
    }
    out.trim_end().to_string() + "…"
}

/// `3 of 10 missing, 2 not stated`.
pub(super) fn counts(gap: Gap, language: Language) -> String {
    let mut counts = language.fill(
        "{missing} of {applicable} missing",
        &[("missing", &count(gap.missing)), ("applicable", &count(gap.applicable))],
    );
    if gap.open > 0 {
        counts.push_str(", ");
        counts.push_str(&language.fill("{n} not stated", &[("n", &count(gap.open))]));
    }
    counts
}
