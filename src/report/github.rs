//! Workflow commands of GitHub Actions: a line for each finding, which becomes an annotation at its place.

use std::fmt::Write as _;
use std::sync::Arc;

use super::form::{End, Form, Job, Pen};
use super::human::Human;
use super::place::{Place, path};
use crate::finding::Finding;
use crate::lint::Practice;
use crate::rule::Level;
use crate::source::Source;

/// Findings as they come.
pub(super) struct GitHub<'a> {
    job: Job<'a>,
}

impl<'a> GitHub<'a> {
    pub(super) fn with_pen(job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let pen: Pen<'a> = Arc::new(move |own| practice(&job, own));
        (Box::new(GitHub { job }), Some(pen))
    }
}

impl Form for GitHub<'_> {
    fn practice(&mut self, _practice: &Practice, drawn: &str, out: &mut Vec<u8>) {
        out.extend(drawn.as_bytes());
    }

    fn across(&mut self, own: &Finding, sources: &[Arc<Source>], out: &mut Vec<u8>) {
        if own.waived.is_none() {
            out.extend(finding(&self.job, own, sources).as_bytes());
        }
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        if end.catalogue.omitted > 0 {
            let more = human(&self.job).more(end.catalogue.omitted);
            out.extend(format!("::notice title=credlint::{}\n", data(&more)).as_bytes());
        }
        Ok(())
    }
}

fn human<'a>(job: &Job<'a>) -> Human<'a> {
    Human::new(job.set, job.style, job.options.language)
}

fn practice(job: &Job<'_>, practice: &Practice) -> String {
    let findings = practice.counted();
    let mut out: String = findings.map(|own| finding(job, own, &practice.sources)).collect();
    let file = || property(&path(practice.source().name()));
    if let Some(problem) = &practice.problem {
        let _ = writeln!(out, "::error file={},title=unreadable::{}", file(), data(problem));
    }
    if practice.omitted > 0 {
        let more = human(job).more(practice.omitted);
        let _ = writeln!(out, "::notice file={},title=credlint::{}", file(), data(&more));
    }
    out
}

fn finding(job: &Job<'_>, finding: &Finding, sources: &[Arc<Source>]) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Advice => "notice",
    };
    let place = Place::of(sources, &finding.primary);
    let mut properties = format!("file={}", property(&place.file));
    if let Some(region) = place.region {
        let _ = write!(properties, ",line={},endLine={}", region.line, region.end_line);
        // Columns of an annotation that spans lines are refused.
        if region.line == region.end_line {
            let _ = write!(properties, ",col={},endColumn={}", region.column, region.end_column);
        }
    }
    let rule = &job.set.rules[finding.rule].id;
    let help = job.options.language.tr("help");
    let words = match finding.help.is_empty() {
        true => finding.message.clone(),
        false => format!("{}\n{help}: {}", finding.message, finding.help),
    };
    format!("::{command} {properties},title={}::{}\n", property(rule), data(&words))
}

/// The text behind the second double colon, on one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_are_made_of_is_escaped() {
        assert_eq!(data("50 % of 4\r\n::error::x, y"), "50 %25 of 4%0D%0A::error::x, y");
        assert_eq!(property("C:\\a,b%2C\nc"), "C%3A\\a%2Cb%252C%0Ac");
    }
}
