//! `score`: one row per practice.

use unicode_width::UnicodeWidthStr;

use super::human::{Style, gap_words, glyph};
use crate::language::Language;
use crate::lint::Practice;
use crate::rule::set::RuleSet;
use crate::score::{Gap, Verdict, VerdictBasis, count};
use crate::standard::Element;

/// From this width on the counts stand beside the percentages.
const WIDE: usize = 110;

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    country: String,
    name: String,
    marks: Vec<(Verdict, bool)>,
    gap: Gap,
    kind: Option<usize>,
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
        let verdict = |element: &Element| {
            let found = practice.elements.iter().find(|verdict| verdict.element == *element);
            found.map_or((Verdict::NotStated, false), |verdict| {
                (verdict.verdict, verdict.basis == Some(VerdictBasis::Inferred))
            })
        };
        let marks = self.elements().iter().map(verdict).collect();
        let country = practice
            .metadata
            .iter()
            .find(|(key, _)| key == "country")
            .map(|(_, value)| value.clone());
        let name = practice
            .name
            .clone()
            .or_else(|| practice.id.clone())
            .unwrap_or_else(|| practice.source().name().to_string());
        let gap = practice.gaps.first().map(|(_, gap)| *gap).unwrap_or_default();
        self.rows.push(Row {
            country: country.unwrap_or_default(),
            name,
            marks,
            gap,
            kind: practice.typology.as_ref().and_then(|own| own.kind),
        });
    }

    /// The table as text.
    pub fn render(&self) -> String {
        if self.style.plain {
            self.in_words()
        } else {
            self.in_columns()
        }
    }

    fn in_words(&self) -> String {
        let mut out = String::new();
        for row in &self.rows {
            out.push_str(
                format!(
                    "{} {}: gap {}.
",
                    row.country,
                    row.name,
                    gap_words(row.gap, None, self.language)
                )
                .trim_start(),
            );
            out.push('\n');
            for verdict in [
                Verdict::Met,
                Verdict::Partial,
                Verdict::Gap,
                Verdict::NotStated,
                Verdict::NotApplicable,
            ] {
                let names: Vec<String> = self
                    .elements()
                    .iter()
                    .zip(&row.marks)
                    .filter(|(_, (own, _))| *own == verdict)
                    .map(|(element, (_, inferred))| {
                        let name = self.set.elements.name(*element, self.language);
                        if *inferred { format!("{name} (inferred)") } else { name }
                    })
                    .collect();
                if !names.is_empty() {
                    out.push_str(&super::footer(
                        &format!("{}: ", verdict.words()),
                        &names.join(", "),
                        self.style.width,
                        2,
                    ));
                }
            }
        }
        out + &self.stated_line() + &self.kinds_line()
    }

    fn in_columns(&self) -> String {
        let heads: Vec<String> = self
            .elements()
            .iter()
            .map(|element| {
                self.set
                    .elements
                    .info(*element)
                    .map(|info| info.short(self.language).to_string())
                    .unwrap_or_default()
            })
            .collect();
        let widths: Vec<usize> = heads.iter().map(|head| head.width().max(2)).collect();
        let marks_width: usize = widths.iter().map(|width| width + 1).sum();
        let country_width = if self.rows.iter().any(|row| !row.country.is_empty()) {
            3
        } else {
            0
        };
        let longest = self.rows.iter().map(|row| row.name.width()).max().unwrap_or(0);
        // The gap is never cut; the name gives way.
        let name_width = longest.min(
            self.style
                .width
                .saturating_sub(marks_width + country_width + 12 + if self.style.width >= WIDE { 34 } else { 0 })
                .max(20),
        );
        let mut out = format!("{:country_width$}{:name_width$} ", "", "");
        for (head, width) in heads.iter().zip(&widths) {
            out.push_str(&pad(head, width + 1));
        }
        out.push_str(&format!("{:>9}\n", self.language.tr("gap")));
        for row in &self.rows {
            out.push_str(&pad(&row.country, country_width));
            out.push_str(&pad(&cut(&row.name, name_width), name_width + 1));
            for ((verdict, inferred), width) in row.marks.iter().zip(&widths) {
                let mark = format!("{}{}", glyph(*verdict).0, if *inferred { "~" } else { "" });
                out.push_str(&self.coloured(*verdict, &pad(&mark, width + 1)));
            }
            out.push_str(&format!("{:>9}", row.gap.percent()));
            if self.style.width >= WIDE {
                out.push_str(&format!("  {}", counts(row.gap, self.language)));
            }
            out.push_str(&format!("{}\n", if row.gap.is_thin() { " *" } else { "" }));
        }
        out.push('\n');
        out.push_str(&self.stated_line());
        out.push_str(&self.kinds_line());
        let l = self.language;
        let key = Verdict::ALL.map(|verdict| format!("{} {}", glyph(verdict).0, l.tr(verdict.words())));
        out.push_str(&format!("{}  ~ {}\n", key.join("  "), l.tr("inferred")));
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

fn pad(text: &str, width: usize) -> String {
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

fn counts(gap: Gap, language: Language) -> String {
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
