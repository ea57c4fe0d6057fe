//! Patterns in words, and as a table for the terminal.

use unicode_width::UnicodeWidthStr;

use super::footer;
use super::human::{Style, glyph};
use super::table::{cut, pad};
use crate::facet::Facet;
use crate::language::{Language, mark};
use crate::patterns::{Counts, Difference, Group, Patterns};
use crate::rule::set::RuleSet;
use crate::score::Verdict;
use crate::standard::Element;

/// Most groups that are drawn; data formats have all.
pub(super) const MAX_DRAWN: usize = 24;
/// Widest heading in front of aligned text.
const WIDEST_HEADING: usize = 22;

/// What the words mean.
pub(super) const MEANING: &str = mark(
    "short: gap or partial in at least a quarter of the practices that state it; met: in more than half of them (alone: in at least a quarter); hardly stated: by under a tenth, and nothing else is said of it; silence counts against nobody",
);

/// What the counts say, as headings and texts, one a line.
pub fn lines(patterns: &Patterns, facet: &Facet, set: &RuleSet, language: Language) -> Vec<(String, String)> {
    let name = |element: &Element| set.elements.name(*element, language);
    let names = |elements: &[Element]| elements.iter().map(name).collect::<Vec<_>>().join(", ");
    let label = |group: &str| facet.label(group, set, language);
    let mut lines = Vec::new();
    let mut line = |heading: &'static str, text: String| {
        if !text.is_empty() {
            lines.push((language.tr(heading).into_owned(), text));
        }
    };
    line(mark("short in all"), names(&patterns.shared.short));
    let some = patterns.recurring.iter().map(|own| {
        let groups: Vec<String> = own.groups.iter().map(|group| label(group)).collect();
        format!("{} ({})", name(&own.element), groups.join(", "))
    });
    line(mark("short in some"), some.collect::<Vec<_>>().join(", "));
    line(mark("met in all"), names(&patterns.shared.met));
    let hardly = patterns.hardly_stated.iter().map(|element| {
        let counts = patterns.over_all(*element);
        let of = [("stated", counts.stated()), ("applicable", counts.applicable())];
        let values = of.each_ref().map(|(name, n)| (*name, n as &dyn std::fmt::Display));
        format!(
            "{} ({})",
            name(element),
            language.fill("{stated} of {applicable}", &values)
        )
    });
    line(mark("hardly stated"), hardly.collect::<Vec<_>>().join(", "));
    for (group, _) in patterns.named() {
        let alone = Difference::ALL.into_iter().filter_map(|difference| {
            let elements = patterns.alone(group, difference);
            let phrase = match difference {
                Difference::Met => mark("met: {elements}"),
                Difference::Short => mark("short: {elements}"),
                Difference::Stated => mark("stated: {elements}"),
            };
            (!elements.is_empty()).then(|| language.fill(phrase, &[("elements", &names(&elements))]))
        });
        let alone = alone.collect::<Vec<_>>().join(" · ");
        if !alone.is_empty() {
            lines.push((language.fill("only in {group}", &[("group", &label(group))]), alone));
        }
    }
    lines
}

/// The observations of a group: `strength governance 2, funding 1 · neutral brand 1`.
pub fn observations(group: &Group, language: Language) -> String {
    let topics = Facet::named("topic");
    let parts = ["strength", "weakness", "neutral"].into_iter().filter_map(|polarity| {
        let own = group.observations.iter().map(|own| match polarity {
            "strength" => (&own.topic, own.strength),
            "weakness" => (&own.topic, own.weakness),
            _ => (&own.topic, own.neutral),
        });
        let own: Vec<String> = own
            .filter(|(_, count)| *count > 0)
            .map(|(topic, count)| format!("{} {count}", topics.vocabulary_label(topic, language)))
            .collect();
        let polarity = Facet::named("polarity").vocabulary_label(polarity, language);
        (!own.is_empty()).then(|| format!("{polarity} {}", own.join(", ")))
    });
    parts.collect::<Vec<_>>().join(" · ")
}

/// The name of a group for people.
pub fn group_name(group: &Group, facet: &Facet, set: &RuleSet, language: Language) -> String {
    match &group.group {
        Some(group) => facet.label(group, set, language),
        None => language.tr("not stated").into_owned(),
    }
}

/// The verdicts that occur at all, in the order of the legend; the first four always.
pub fn verdicts_in(patterns: &Patterns) -> Vec<Verdict> {
    let occurs = |verdict: &Verdict| {
        *verdict != Verdict::NotApplicable || patterns.elements.iter().any(|own| own.counts.get(*verdict) > 0)
    };
    Verdict::ALL.into_iter().filter(occurs).collect()
}

/// The groups that are drawn: all, or the largest ones in their order, and how many are not.
pub(super) fn drawn(patterns: &Patterns, most: usize) -> (Vec<&Group>, usize) {
    let mut sizes: Vec<usize> = patterns.groups.iter().map(|group| group.practices).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let least = sizes.get(most.saturating_sub(1)).copied().unwrap_or(0);
    let mut groups: Vec<&Group> = patterns
        .groups
        .iter()
        .filter(|group| group.practices >= least)
        .collect();
    groups.truncate(most);
    let left = patterns.groups.len() - groups.len();
    (groups, left)
}

/// `13 practices by country`.
pub fn title(patterns: &Patterns, language: Language) -> String {
    let practices = language.plural(patterns.practices, "{n} practice", "{n} practices");
    language.fill(
        "{practices} by {facet}",
        &[("practices", &practices), ("facet", &patterns.by)],
    )
}

/// What is not drawn, in a sentence; empty where everything is.
pub(super) fn left_out(patterns: &Patterns, left: usize, language: Language) -> String {
    let mut out = String::new();
    if left > 0 {
        out.push_str(&language.plural(
            left,
            "{n} smaller group is not shown; JSON, CSV and XLSX have it\n",
            "{n} smaller groups are not shown; JSON, CSV and XLSX have them\n",
        ));
    }
    if patterns.left_out > 0 {
        out.push_str(&language.plural(
            patterns.left_out,
            "{n} practice is in no group: there are too many to keep apart\n",
            "{n} practices are in no group: there are too many to keep apart\n",
        ));
    }
    out
}

/// The whole for a terminal.
pub fn for_terminal(patterns: &Patterns, facet: &Facet, set: &RuleSet, style: Style, language: Language) -> String {
    let (groups, left) = drawn(patterns, MAX_DRAWN);
    let drawing = Drawing {
        patterns,
        groups: &groups,
        facet,
        set,
        style,
        language,
    };
    let mut out = title(patterns, language) + "\n\n";
    out.push_str(&if style.plain {
        drawing.in_words()
    } else {
        drawing.in_columns()
    });
    out.push_str(&left_out(patterns, left, language));
    let lines = lines(patterns, facet, set, language);
    let widest = lines.iter().map(|(heading, _)| heading.width()).max().unwrap_or(0);
    for (heading, text) in &lines {
        let aligned = !style.plain && widest <= WIDEST_HEADING;
        out.push_str(&match aligned {
            true => footer(&pad(heading, widest + 2), text, style.width, 0),
            false => footer("", &format!("{heading}: {text}"), style.width, 0),
        });
    }
    let observed: Vec<(String, String)> = groups
        .iter()
        .map(|group| (group_name(group, facet, set, language), observations(group, language)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    if !observed.is_empty() {
        out.push_str(&format!("{}\n", language.tr("observations, not scored:")));
        for (group, text) in observed {
            out.push_str(&footer(&format!("{group}: "), &text, style.width, 2));
        }
    }
    if !lines.is_empty() {
        out.push_str(&footer("", &language.tr(MEANING), style.width, 0));
    }
    out
}

struct Drawing<'a> {
    patterns: &'a Patterns,
    groups: &'a [&'a Group],
    facet: &'a Facet,
    set: &'a RuleSet,
    style: Style,
    language: Language,
}

impl Drawing<'_> {
    fn elements(&self) -> Vec<(Element, String)> {
        let name = |element: Element| (element, self.set.elements.name(element, self.language));
        self.patterns.elements.iter().map(|own| name(own.element)).collect()
    }

    fn heading(&self, group: &Group) -> String {
        group_name(group, self.facet, self.set, self.language)
    }

    /// Elements down, groups across, a number for each verdict; as many groups side by side as there is room for.
    fn in_columns(&self) -> String {
        let verdicts = verdicts_in(self.patterns);
        let largest = self.groups.iter().map(|group| group.practices).max().unwrap_or(0);
        let digits = largest.to_string().len();
        let marks = verdicts.len() * (digits + 1);
        let elements = self.elements();
        let first = elements.iter().map(|(_, name)| name.width()).max().unwrap_or(0);
        let heads: Vec<(String, String)> = self
            .groups
            .iter()
            .map(|group| (self.heading(group), group.practices.to_string()))
            .collect();
        let longest = heads
            .iter()
            .map(|(name, count)| name.width() + count.len() + 1)
            .max()
            .unwrap_or(0);
        let column = marks.max(longest.min(18));
        let fit = ((self.style.width.saturating_sub(first)) / (column + 3)).max(1);
        let mut out = String::new();
        for (groups, heads) in self.groups.chunks(fit).zip(heads.chunks(fit)) {
            let mut line = pad("", first);
            for (name, count) in heads {
                let name = cut(name, column.saturating_sub(count.len() + 1));
                line.push_str(&format!("   {}", pad(&format!("{name} {count}"), column)));
            }
            out.push_str(line.trim_end());
            let mut line = pad("", first);
            for _ in groups {
                let marks: String = verdicts
                    .iter()
                    .map(|verdict| right(glyph(*verdict).0, digits))
                    .collect();
                line.push_str(&format!("  {}", pad(&marks, column + 1)));
            }
            out.push_str(&format!("\n{}\n", line.trim_end()));
            for (element, name) in &elements {
                let mut line = pad(name, first);
                for group in groups {
                    let cells = self.cells(group.counts(*element), &verdicts, digits);
                    line.push_str(&format!("  {cells}{}", " ".repeat(column - marks + 1 - 1)));
                    line.push(' ');
                }
                out.push_str(&format!("{}\n", line.trim_end()));
            }
            out.push('\n');
        }
        out
    }

    fn cells(&self, counts: Counts, verdicts: &[Verdict], digits: usize) -> String {
        let cell = |verdict: &Verdict| {
            let number = match counts.get(*verdict) {
                0 => "·".to_string(),
                number => number.to_string(),
            };
            let (text, colour) = (right(&number, digits), glyph(*verdict).1);
            match self.style.colour && !colour.is_empty() && number != "·" {
                true => format!("\u{1b}[{colour}m{text}\u{1b}[0m"),
                false => text,
            }
        };
        verdicts.iter().map(cell).collect()
    }

    fn in_words(&self) -> String {
        let mut out = String::new();
        for group in self.groups {
            let practices = self.language.plural(group.practices, "{n} practice", "{n} practices");
            out.push_str(&format!("{}, {practices}:\n", self.heading(group)));
            for verdict in verdicts_in(self.patterns) {
                let counted = self.elements().into_iter().filter_map(|(element, name)| {
                    let count = group.counts(element).get(verdict);
                    (count > 0).then(|| format!("{name} {count}"))
                });
                let counted: Vec<String> = counted.collect();
                if !counted.is_empty() {
                    let label = format!("{}: ", self.language.tr(verdict.words()));
                    out.push_str(&footer(&label, &counted.join(", "), self.style.width, 2));
                }
            }
        }
        out.push('\n');
        out
    }
}

fn right(text: &str, digits: usize) -> String {
    format!("{}{text}", " ".repeat((digits + 1).saturating_sub(text.width())))
}

/// The whole as Markdown, without the meaning of the words.
pub(super) fn for_markdown(patterns: &Patterns, facet: &Facet, set: &RuleSet, language: Language) -> String {
    use super::markdown::text;
    let (groups, left) = drawn(patterns, MAX_DRAWN);
    let mut out = format!("## {}\n\n| |", text(&title(patterns, language)));
    for group in &groups {
        let name = text(&group_name(group, facet, set, language));
        out.push_str(&format!(" {name} ({}) |", group.practices));
    }
    out.push_str(&format!("\n|---|{}\n", "---|".repeat(groups.len())));
    for own in &patterns.elements {
        out.push_str(&format!("| {} |", text(&set.elements.name(own.element, language))));
        for group in &groups {
            let counts = group.counts(own.element);
            let cell = Verdict::ALL.into_iter().filter(|verdict| counts.get(*verdict) > 0);
            let cell: Vec<String> = cell
                .map(|verdict| format!("{} {}", glyph(verdict).0, counts.get(verdict)))
                .collect();
            out.push_str(&format!(" {} |", cell.join(" · ")));
        }
        out.push('\n');
    }
    out.push('\n');
    let left = left_out(patterns, left, language);
    if !left.is_empty() {
        out.push_str(&format!("{left}\n"));
    }
    for (heading, words) in lines(patterns, facet, set, language) {
        out.push_str(&format!("- **{}**: {}\n", text(&heading), text(&words)));
    }
    for group in groups {
        let observed = observations(group, language);
        if !observed.is_empty() {
            let heading = language.fill(
                "observations in {group}, not scored",
                &[("group", &group_name(group, facet, set, language))],
            );
            out.push_str(&format!("- {}: {}\n", text(&heading), text(&observed)));
        }
    }
    out.push('\n');
    out
}
