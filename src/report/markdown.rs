//! `score` as a Markdown table with its legend, for a wiki or a pull request.

use super::form::{End, Form, Job, shown_words};
use super::human::glyph;
use super::method;
use super::table::Row;
use crate::lint::{Practice, State};
use crate::score::Verdict;
use crate::standard::Element;

/// Rows as they come; what stands below them needs the end.
pub(super) struct Markdown<'a> {
    job: Job<'a>,
}

impl<'a> Markdown<'a> {
    pub(super) fn new(job: Job<'a>) -> Markdown<'a> {
        Markdown { job }
    }

    fn elements(&self) -> &'a [Element] {
        &self.job.set.profile.headline().elements
    }

    fn legend(&self) -> String {
        let l = self.job.options.language;
        let heads = self.elements().iter().filter_map(|element| {
            let info = self.job.set.elements.info(*element)?;
            let (short, name) = (info.short(l), info.name(l));
            (short != name).then(|| format!("{} {}", text(short), text(name)))
        });
        let heads: Vec<String> = heads.collect();
        let marks = Verdict::ALL.map(|verdict| format!("{} {}", glyph(verdict).0, l.tr(verdict.words())));
        format!(
            "{} · \\~ {} · \\* {}\n\n{}\n\n",
            marks.join(" · "),
            l.tr("inferred"),
            l.tr("too little is stated to compare"),
            heads.join(" · ")
        )
    }
}

impl Form for Markdown<'_> {
    fn begin(&mut self, out: &mut Vec<u8>) {
        let (set, l) = (self.job.set, self.job.options.language);
        let title = l.fill("Gap to the standard, profile {name}", &[("name", &set.profile.name())]);
        let mut head = format!("# {}\n\n| | {} |", text(&title), l.tr("practice"));
        for element in self.elements() {
            let short = set
                .elements
                .info(*element)
                .map(|info| info.short(l))
                .unwrap_or_default();
            head.push_str(&format!(" {} |", text(short)));
        }
        head.push_str(&format!(" {} | {} | |\n|---|---|", l.tr("gap"), l.tr("counts")));
        head.push_str(&format!("{}---:|---|---|\n", ":-:|".repeat(self.elements().len())));
        out.extend(head.as_bytes());
    }

    fn practice(&mut self, practice: &Practice, _drawn: &str, out: &mut Vec<u8>) {
        if practice.state != State::Checked {
            return;
        }
        let row = Row::new(practice, self.elements());
        let mut line = format!("| {} | {} |", text(&row.country), text(&row.name));
        for (verdict, inferred) in &row.marks {
            line.push_str(&format!(
                " {}{} |",
                glyph(*verdict).0,
                if *inferred { " \\~" } else { "" }
            ));
        }
        let thin = if row.gap.is_thin() { "\\*" } else { "" };
        let counts = super::table::counts(row.gap, self.job.options.language);
        line.push_str(&format!(" {} | {counts} | {thin} |\n", row.gap.percent()));
        out.extend(line.as_bytes());
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let Job { set, options, by, .. } = self.job;
        let l = options.language;
        out.extend(format!("\n{}", self.legend()).as_bytes());
        out.extend(format!("{}\n\n", text(&shown_words(&self.job, end))).as_bytes());
        for (facet, patterns) in by.iter().zip(end.patterns) {
            out.extend(super::patterns::for_markdown(patterns, facet, set, l).as_bytes());
        }
        if !by.is_empty() {
            out.extend(format!("{}\n\n", text(&l.tr(super::patterns::MEANING))).as_bytes());
        }
        out.extend(format!("## {}\n\n", l.tr("Method")).as_bytes());
        for (heading, words) in method::lines(&self.job) {
            out.extend(format!("- **{}**: {}\n", text(&heading), text(&words)).as_bytes());
        }
        Ok(())
    }
}

/// Text that Markdown shows as it is, on one line.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(character);
            }
            '&' => out.push_str("&amp;"),
            // An address would become a link, a name with an at sign call somebody.
            '@' => out.push_str("&#64;"),
            character if character.is_control() || character == '\u{2028}' || character == '\u{2029}' => out.push(' '),
            character => out.push(character),
        }
    }
    out
}
