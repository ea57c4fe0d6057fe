//! `check` as a short summary in Markdown, for a step summary or a comment on a pull request: counts, a row for each
//! practice, findings by file. It never outgrows a comment: what is most severe is kept, and what is left out is counted.

use std::sync::Arc;

use super::form::{End, Form, Job};
use super::human::{Human, gap_words};
use super::markdown::text;
use super::place::{Place, path};
use crate::finding::Finding;
use crate::language::mark;
use crate::lint::{Practice, State};
use crate::rule::Level;
use crate::source::Source;

/// Most bytes of the table and of the findings. Together with what stands around them they fit into the 65,536 characters
/// of a comment on GitHub, the narrowest of the places where such a summary is put.
const TABLE_BYTES: usize = 20_000;
const FINDING_BYTES: usize = 40_000;

/// Most further files that a finding names.
const MAX_OTHERS: usize = 3;

/// What is kept until the counts are known.
pub(super) struct Overview<'a> {
    job: Job<'a>,
    human: Human<'a>,
    rows: Bounded,
    practices: usize,
    /// By level, the most severe first.
    findings: [Bounded; 3],
    count: usize,
}

/// Lines in the order in which they came, as many as fit.
struct Bounded {
    lines: Vec<Line>,
    room: usize,
}

/// A line, and what it stands under.
struct Line {
    number: usize,
    is_advice: bool,
    heading: Arc<str>,
    text: String,
}

impl Line {
    fn len(&self) -> usize {
        // The heading may stand above this line alone.
        self.heading.len() + self.text.len() + 8
    }
}

impl Bounded {
    fn new(room: usize) -> Bounded {
        Bounded {
            lines: Vec::new(),
            room,
        }
    }

    /// Takes a line; from the first on that does not fit, none.
    fn add(&mut self, line: impl FnOnce() -> Line) {
        if self.room == 0 {
            return;
        }
        let line = line();
        match self.room.checked_sub(line.len()) {
            Some(room) => {
                self.room = room;
                self.lines.push(line);
            }
            None => self.room = 0,
        }
    }
}

impl<'a> Overview<'a> {
    pub(super) fn new(job: Job<'a>) -> Overview<'a> {
        Overview {
            job,
            human: Human::new(job.set, job.style, job.options.language),
            rows: Bounded::new(TABLE_BYTES),
            practices: 0,
            findings: [FINDING_BYTES; 3].map(Bounded::new),
            count: 0,
        }
    }

    fn row(&self, practice: &Practice) -> Line {
        let l = self.job.options.language;
        let name = practice.name.as_ref().or(practice.id.as_ref());
        let name = name
            .map(|name| crate::descriptor::shorten(name, 80))
            .unwrap_or_default();
        let gap = match practice.gaps.first().filter(|_| practice.state == State::Checked) {
            Some((_, gap)) => text(&gap_words(*gap, None, l)),
            None => format!("**{}**", l.tr(practice.state.words())),
        };
        let next = self.human.next(practice).filter(|_| practice.state == State::Checked);
        let at = |level| practice.counted().filter(|own| own.level == level).count();
        let [errors, warnings, advice] = [Level::Error, Level::Warning, Level::Advice].map(at);
        Line {
            number: self.practices,
            is_advice: false,
            heading: Arc::from(""),
            text: format!(
                "| {} | {} | {gap} | {errors} | {warnings} | {advice} | {} |\n",
                text(&name),
                code(&name_of(practice)).replace('|', "\\|"),
                cell(&next.unwrap_or_default()),
            ),
        }
    }

    fn add(&mut self, level: Level, heading: &Arc<str>, words: impl FnOnce() -> String) {
        let place = match level {
            Level::Error => 0,
            Level::Warning => 1,
            Level::Advice => 2,
        };
        self.count += 1;
        let number = self.count;
        let line = || Line {
            number,
            is_advice: level == Level::Advice,
            heading: heading.clone(),
            text: words(),
        };
        self.findings[place].add(line);
    }

    /// The lines of findings that fit, the most severe first, again in the order in which they came.
    fn chosen(&mut self) -> Vec<Line> {
        let mut chosen = Bounded::new(FINDING_BYTES);
        for level in &mut self.findings {
            level.lines.drain(..).for_each(|line| chosen.add(|| line));
        }
        chosen.lines.sort_by_key(|line| line.number);
        chosen.lines
    }

    fn table(&self) -> String {
        let l = self.job.options.language;
        if self.rows.lines.is_empty() {
            return String::new();
        }
        let heads = [
            mark("practice"),
            mark("file"),
            mark("gap"),
            mark("errors"),
            mark("warnings"),
            mark("advice"),
            mark("next"),
        ];
        let heads: Vec<String> = heads.iter().map(|head| text(&l.tr(head))).collect();
        let mut out = format!("| {} |\n|---|---|---|--:|--:|--:|---|\n", heads.join(" | "));
        self.rows.lines.iter().for_each(|row| out.push_str(&row.text));
        let more = self.practices - self.rows.lines.len();
        if more > 0 {
            let more = l.plural(more, "and {n} more practice", "and {n} more practices");
            out.push_str(&format!("\n{}\n", text(&more)));
        }
        out + "\n"
    }
}

impl Form for Overview<'_> {
    fn practice(&mut self, practice: &Practice, _drawn: &str, _out: &mut Vec<u8>) {
        if practice.state == State::NotADescriptor {
            return;
        }
        self.practices += 1;
        let mut rows = std::mem::replace(&mut self.rows, Bounded::new(0));
        rows.add(|| self.row(practice));
        self.rows = rows;
        if practice.counted().next().is_none() && practice.problem.is_none() {
            return;
        }
        let heading: Arc<str> = code(&path(practice.source().name())).into();
        let job = self.job;
        for finding in practice.counted() {
            self.add(finding.level, &heading, || {
                words(&job, finding, &practice.sources, false)
            });
        }
        if let Some(problem) = &practice.problem {
            self.add(Level::Error, &heading, || {
                format!("- **{}** {}\n", job.options.language.tr("unreadable"), text(problem))
            });
        }
    }

    fn across(&mut self, finding: &Finding, sources: &[Arc<Source>], _out: &mut Vec<u8>) {
        if finding.waived.is_some() {
            return;
        }
        let job = self.job;
        let heading: Arc<str> = job.options.language.tr("In the catalogue as a whole").into();
        self.add(finding.level, &heading, || words(&job, finding, sources, true));
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let l = self.job.options.language;
        let summary = end.summary;
        let found = [
            (summary.errors, mark("{n} error"), mark("{n} errors")),
            (summary.warnings, mark("{n} warning"), mark("{n} warnings")),
            (summary.advice, mark("{n} advice"), mark("{n} advice")),
        ];
        let found = found.iter().filter(|(count, ..)| *count > 0);
        let found: Vec<String> = found.map(|(count, one, other)| l.plural(*count, one, other)).collect();
        let found = match (
            found.is_empty(),
            summary.checked + summary.unparsable + summary.unreadable,
        ) {
            (false, _) => found.join(", "),
            (true, 0) => l.tr("nothing was checked").into_owned(),
            (true, _) => l.tr("no findings").into_owned(),
        };
        let mut page = format!("## credlint: {}\n\n", text(&found));
        page.push_str(&format!("{}\n\n", text(&self.human.counts(summary))));
        page.push_str(&self.table());
        let (total, lines) = (self.count + summary.omitted, self.chosen());
        let (advice, urgent): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.is_advice);
        page.push_str(&by_heading(&urgent));
        if !advice.is_empty() {
            // Most of it is the same in every file; it must not hide the rest.
            let head = l.plural(advice.len(), "{n} advice", "{n} advice");
            let advice = by_heading(&advice);
            page.push_str(&format!(
                "<details>\n<summary>{}</summary>\n\n{advice}</details>\n\n",
                text(&head)
            ));
        }
        if total > lines.len() {
            let more = l.plural(total - lines.len(), "and {n} more finding", "and {n} more findings");
            page.push_str(&format!("{}\n\n", text(&more)));
        }
        page.push_str(&format!(
            "{}  \n{}\n",
            text(&l.tr(super::WHAT_IT_IS_NOT)),
            text(&self.human.versions())
        ));
        out.extend(page.as_bytes());
        Ok(())
    }
}

/// Lines, each under its heading.
fn by_heading(lines: &[&Line]) -> String {
    let mut out = String::new();
    for lines in lines.chunk_by(|a, b| a.heading == b.heading) {
        out.push_str(&format!("### {}\n\n", lines[0].heading));
        lines.iter().for_each(|line| out.push_str(&line.text));
        out.push('\n');
    }
    out
}

/// A file, and which of its documents.
fn name_of(practice: &Practice) -> String {
    let file = path(practice.source().name());
    match practice.document {
        1 => file.into_owned(),
        number => format!("{file}#{number}"),
    }
}

fn words(job: &Job<'_>, finding: &Finding, sources: &[Arc<Source>], with_file: bool) -> String {
    let l = job.options.language;
    let place = Place::of(sources, &finding.primary);
    let at = match (with_file, place.region) {
        (false, Some(region)) => format!(" {}", code(&region.to_string())),
        (false, None) => String::new(),
        (true, _) => format!(" {}", code(&place.to_string())),
    };
    let level = l.tr(finding.level.word());
    let rule = code(&job.set.rules[finding.rule].id);
    let mut out = format!("- **{level}**{at} {} ({rule})", spans(&finding.message));
    let elsewhere = finding
        .others
        .iter()
        .filter(|label| label.source != finding.primary.source);
    for label in elsewhere.take(MAX_OTHERS) {
        let place = Place::of(sources, label);
        out.push_str(&format!("\\\n  {} {}", code(&place.to_string()), spans(&label.text)));
    }
    // What follows the first line is an example.
    if let Some(help) = finding.help.lines().next().filter(|help| !help.is_empty()) {
        out.push_str(&format!("\\\n  {}", spans(help.trim_end_matches(':'))));
    }
    out + "\n"
}

/// Text in which what stands between backticks stays code. Nothing in it can be markup of its own.
fn spans(words: &str) -> String {
    with_code(words, code)
}

/// The same in a table, where a bar would end the cell.
fn cell(words: &str) -> String {
    with_code(words, |words| code(words).replace('|', "\\|"))
}

fn with_code(words: &str, code: impl Fn(&str) -> String) -> String {
    let parts: Vec<&str> = words.split('`').collect();
    let mut out = String::with_capacity(words.len());
    for (number, part) in parts.iter().enumerate() {
        match (number % 2 == 1, number + 1 < parts.len()) {
            (true, true) if !part.trim().is_empty() => out.push_str(&code(part)),
            (true, _) => out.push_str(&text(&format!("`{part}"))),
            (false, _) => out.push_str(&text(part)),
        }
    }
    out
}

/// A piece of code, whatever backticks stand in it.
fn code(text: &str) -> String {
    let plain = |character: char| if character.is_control() { ' ' } else { character };
    let text: String = text.chars().map(plain).collect();
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match text.starts_with('`') || text.ends_with('`') {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_code_and_nothing_else_becomes_markup() {
        assert_eq!(spans("`a_b` is *no* key"), "`a_b` is \\*no\\* key");
        assert_eq!(spans("`a` ` @you [x](y)"), "`a` \\` &#64;you \\[x\\](y)");
        assert_eq!(spans("`a|b` c|d"), "`a|b` c\\|d");
        assert_eq!(cell("`a|b` c|d"), "`a\\|b` c\\|d");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a"), "`` `a ``");
    }

    #[test]
    fn what_does_not_fit_is_not_even_made() {
        let mut bounded = Bounded::new(20);
        let line = |text: &str| Line {
            number: 0,
            is_advice: false,
            heading: Arc::from(""),
            text: text.to_string(),
        };
        bounded.add(|| line("ten bytes."));
        bounded.add(|| line("ten bytes."));
        bounded.add(|| unreachable!("there is no room"));
        assert_eq!(bounded.lines.len(), 1);
    }
}
