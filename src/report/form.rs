//! The forms in which `check` and `score` give their results. Each is fed with one practice after the other and answers
//! with bytes; where they go is the rim's business.

use std::sync::Arc;

use clap::ValueEnum;

use super::Summary;
use super::csv::{Csv, PatternsCsv};
use super::github::GitHub;
use super::gitlab::GitLab;
use super::html::Page;
use super::human::{CatalogueSection, Human, Style};
use super::json::{self, CatalogueResult};
use super::junit::JUnit;
use super::markdown::Markdown;
use super::ndjson::Line;
use super::overview::Overview;
use super::sarif::Sarif;
use super::table::Table;
use super::xlsx::Xlsx;
use crate::cli::{ReportFormat, ScoreFormat};
use crate::facet::{Facet, Filter};
use crate::finding::Finding;
use crate::lint::{Options, Practice, State};
use crate::patterns::Patterns;
use crate::rule::Level;
use crate::rule::set::RuleSet;
use crate::sensitivity::Sensitivity;
use crate::source::Source;

/// What every form of one run knows from the start.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The rules in force.
    pub set: &'a RuleSet,
    /// Date and language.
    pub options: &'a Options,
    /// How a terminal is drawn on.
    pub style: Style,
    /// By what practices are grouped.
    pub by: &'a [Facet],
    /// Which practices are shown.
    pub filter: &'a Filter,
    /// The least level that fails the run.
    pub fail_on: Option<Level>,
}

impl Job<'_> {
    /// What the result rests on, with the conditions by which practices were chosen.
    pub fn made_by(&self) -> json::MadeBy {
        json::MadeBy {
            chosen: self.filter.written().to_vec(),
            ..json::made_by(self.set, self.options)
        }
    }
}

/// What is known when every practice has been seen.
#[derive(Debug)]
pub struct End<'a> {
    /// Counts over all that was checked, chosen or not.
    pub summary: &'a Summary,
    /// How many of them were chosen.
    pub chosen: usize,
    /// The rules over the catalogue; with findings only where a form wants them.
    pub catalogue: &'a CatalogueResult,
    /// Verdicts by group, one for each facet of the job.
    pub patterns: &'a [Patterns],
    /// How firm the order is, where that was asked.
    pub sensitivity: Option<&'a Sensitivity>,
}

/// One form of the result.
pub trait Form {
    /// What stands before the first practice.
    fn begin(&mut self, _out: &mut Vec<u8>) {}

    /// One document; also those that could not be checked. `drawn` is what the form's pen made of it.
    fn practice(&mut self, practice: &Practice, drawn: &str, out: &mut Vec<u8>);

    /// A finding over the catalogue, with the files that it speaks of.
    fn across(&mut self, _finding: &Finding, _sources: &[Arc<Source>], _out: &mut Vec<u8>) {}

    /// What stands behind the last one; the error is a sentence.
    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String>;

    /// Whether it shows what was found in the catalogue.
    fn wants_findings(&self) -> bool {
        false
    }
}

/// Makes text of one practice, on any thread, before it is its turn. What it makes depends on the practice alone.
pub type Pen<'a> = Arc<dyn Fn(&Practice) -> String + Send + Sync + 'a>;

/// The forms among which a command lets choose.
pub trait Choice: ValueEnum + Copy + PartialEq {
    /// What is printed when nothing is said.
    const DEFAULT: Self;

    /// The form that a file's name ends in.
    fn of_extension(extension: &str) -> Option<Self>;

    /// Whether only people read it.
    fn is_for_people(self) -> bool;

    /// Whether it is nothing for a terminal.
    fn needs_file(self) -> bool {
        false
    }

    /// The form for a job, and its pen if it has one.
    fn form<'a>(self, job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>);
}

impl Choice for ScoreFormat {
    const DEFAULT: ScoreFormat = ScoreFormat::Table;

    fn of_extension(extension: &str) -> Option<ScoreFormat> {
        ScoreFormat::of_extension(extension)
    }

    fn is_for_people(self) -> bool {
        self == ScoreFormat::Table
    }

    fn needs_file(self) -> bool {
        self == ScoreFormat::Xlsx
    }

    fn form<'a>(self, job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        match self {
            ScoreFormat::Table => {
                let table = Table::new(job.set, job.style, job.options.language);
                (Box::new(ForTerminal { job, table }), None)
            }
            ScoreFormat::Json => Json::with_pen(job),
            ScoreFormat::Ndjson => Ndjson::with_pen(job),
            ScoreFormat::Csv => (Box::new(Csv::new(job)), None),
            ScoreFormat::PatternsCsv => (Box::new(PatternsCsv::new(job)), None),
            ScoreFormat::Markdown => (Box::new(Markdown::new(job)), None),
            ScoreFormat::Html => (Box::new(Html::new(job)), None),
            ScoreFormat::Xlsx => (Box::new(Xlsx::new(job)), None),
        }
    }
}

impl Choice for ReportFormat {
    const DEFAULT: ReportFormat = ReportFormat::Human;

    fn of_extension(extension: &str) -> Option<ReportFormat> {
        ReportFormat::of_extension(extension)
    }

    fn is_for_people(self) -> bool {
        matches!(self, ReportFormat::Human | ReportFormat::Html)
    }

    fn form<'a>(self, job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        match self {
            ReportFormat::Human => ForPeople::with_pen(job),
            ReportFormat::Json => Json::with_pen(job),
            ReportFormat::Ndjson => Ndjson::with_pen(job),
            ReportFormat::Html => (Box::new(Html::new(job)), None),
            ReportFormat::Markdown => (Box::new(Overview::new(job)), None),
            ReportFormat::Sarif => Sarif::with_pen(job),
            ReportFormat::Github => GitHub::with_pen(job),
            ReportFormat::Gitlab => GitLab::with_pen(job),
            ReportFormat::Junit => JUnit::with_pen(job),
        }
    }
}

/// Diagnostics as they come, and what the run came to.
struct ForPeople<'a> {
    human: Human<'a>,
    section: CatalogueSection<'a>,
}

impl<'a> ForPeople<'a> {
    fn with_pen(job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let human = Human::new(job.set, job.style, job.options.language);
        let section = human.catalogue();
        let pen: Pen<'a> = Arc::new(move |practice| human.practice(practice));
        (Box::new(ForPeople { human, section }), Some(pen))
    }
}

impl Form for ForPeople<'_> {
    fn practice(&mut self, _practice: &Practice, drawn: &str, out: &mut Vec<u8>) {
        out.extend(drawn.as_bytes());
    }

    fn across(&mut self, finding: &Finding, sources: &[Arc<Source>], out: &mut Vec<u8>) {
        out.extend(self.section.finding(finding, sources).as_bytes());
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend(self.section.end(end.catalogue.omitted).as_bytes());
        out.extend(self.human.closing(end.summary).as_bytes());
        Ok(())
    }
}

/// One JSON text on every line.
struct Ndjson<'a> {
    job: Job<'a>,
}

impl<'a> Ndjson<'a> {
    fn with_pen(job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let pen: Pen<'a> = Arc::new(move |practice| line_text(&Line::practice(job.set, job.options, practice)));
        (Box::new(Ndjson { job }), Some(pen))
    }
}

fn line_text(line: &Line) -> String {
    line.text().expect("results are plain data with text as keys")
}

impl Form for Ndjson<'_> {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend(line_text(&Line::made_by(self.job.set, self.job.options)).as_bytes());
    }

    fn practice(&mut self, _practice: &Practice, drawn: &str, out: &mut Vec<u8>) {
        out.extend(drawn.as_bytes());
    }

    fn across(&mut self, finding: &Finding, sources: &[Arc<Source>], out: &mut Vec<u8>) {
        let line = Line::finding(json::finding(self.job.set, sources, finding));
        out.extend(line_text(&line).as_bytes());
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend(line_text(&Line::summary(end.summary, end.catalogue)).as_bytes());
        Ok(())
    }
}

struct Html<'a> {
    job: Job<'a>,
    page: Option<Page<'a>>,
}

impl<'a> Html<'a> {
    fn new(job: Job<'a>) -> Html<'a> {
        let page = Some(Page::new(job.set, job.options));
        Html { job, page }
    }
}

impl Form for Html<'_> {
    fn practice(&mut self, practice: &Practice, _drawn: &str, _out: &mut Vec<u8>) {
        if let Some(page) = &mut self.page {
            page.add(practice);
        }
    }

    fn across(&mut self, finding: &Finding, sources: &[Arc<Source>], _out: &mut Vec<u8>) {
        if let Some(page) = &mut self.page {
            page.add_across(finding, sources);
        }
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let summary = end.summary;
        // A page about nothing would read like a result.
        let seen = summary.checked + summary.unparsable + summary.unreadable > 0;
        if let Some(mut page) = self.page.take().filter(|_| seen) {
            if !self.job.filter.is_empty() {
                page.add_choice(chosen_words(&self.job, end), summary.checked);
            }
            for (facet, patterns) in self.job.by.iter().zip(end.patterns) {
                page.add_patterns(facet, patterns);
            }
            if let Some(found) = end.sensitivity {
                page.add_sensitivity(found);
            }
            out.extend(format!("{}\n", page.document(end.summary)).as_bytes());
        }
        Ok(())
    }
}

struct ForTerminal<'a> {
    job: Job<'a>,
    table: Table<'a>,
}

impl Form for ForTerminal<'_> {
    fn practice(&mut self, practice: &Practice, _drawn: &str, _out: &mut Vec<u8>) {
        if practice.state == State::Checked {
            self.table.add(practice);
        }
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        if end.summary.checked == 0 {
            return Ok(());
        }
        let Job {
            set, options, style, ..
        } = self.job;
        if end.chosen > 0 {
            out.extend(self.table.render().as_bytes());
        }
        out.extend(chosen_line(&self.job, end).as_bytes());
        for (facet, patterns) in self.job.by.iter().zip(end.patterns) {
            let words = super::patterns::for_terminal(patterns, facet, set, style, options.language);
            out.extend(format!("\n{words}").as_bytes());
        }
        if let Some(found) = end.sensitivity {
            let words = super::sensitivity::text(&set.elements, style, options.language, found);
            out.extend(words.as_bytes());
        }
        let closing = Human::new(set, style, options.language).closing(end.summary);
        out.extend(format!("\n{closing}").as_bytes());
        Ok(())
    }
}

/// `5 of 13 practices, chosen by country=ES`; nothing where all are shown.
fn chosen_line(job: &Job<'_>, end: &End<'_>) -> String {
    if job.filter.is_empty() {
        return String::new();
    }
    super::footer("", &chosen_words(job, end), job.style.width, 0)
}

/// The same on one line; where all are shown, how many there are.
pub(super) fn shown_words(job: &Job<'_>, end: &End<'_>) -> String {
    let chosen = chosen_line(job, end);
    if chosen.is_empty() {
        let language = job.options.language;
        language.plural(end.chosen, "{n} practice", "{n} practices")
    } else {
        chosen.trim().replace('\n', " ")
    }
}

fn chosen_words(job: &Job<'_>, end: &End<'_>) -> String {
    job.options.language.fill(
        "{chosen} of {checked} practices, chosen by {conditions}",
        &[
            ("chosen", &end.chosen),
            ("checked", &end.summary.checked),
            ("conditions", &job.filter.written().join(", ")),
        ],
    )
}

/// One versioned document, written as it comes, so that memory does not grow with the number of practices.
struct Json<'a> {
    job: Job<'a>,
    any: bool,
}

impl<'a> Json<'a> {
    fn with_pen(job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let pen: Pen<'a> = Arc::new(move |practice| json_text(&json::practice(job.set, job.options, practice)));
        (Box::new(Json { job, any: false }), Some(pen))
    }
}

impl Form for Json<'_> {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend(format!("{{\"version\":{},\"made_by\":", json::RESULT_VERSION).as_bytes());
        write_json(&self.job.made_by(), out);
        out.extend(b",\"practices\":[");
    }

    fn practice(&mut self, _practice: &Practice, drawn: &str, out: &mut Vec<u8>) {
        out.extend(
            if std::mem::replace(&mut self.any, true) {
                ",\n"
            } else {
                "\n"
            }
            .as_bytes(),
        );
        out.extend(drawn.as_bytes());
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend(b"\n],\"catalogue\":");
        write_json(end.catalogue, out);
        if !end.patterns.is_empty() {
            out.extend(b",\"patterns\":");
            write_json(&end.patterns, out);
        }
        if let Some(found) = end.sensitivity {
            out.extend(b",\"sensitivity\":");
            write_json(found, out);
        }
        out.extend(b",\"summary\":");
        write_json(end.summary, out);
        out.extend(b"}\n");
        Ok(())
    }

    fn wants_findings(&self) -> bool {
        true
    }
}

fn write_json(value: &impl serde::Serialize, out: &mut Vec<u8>) {
    out.extend(json_text(value).as_bytes());
}

/// A value as compact JSON.
pub(super) fn json_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("results are plain data with text as keys")
}
