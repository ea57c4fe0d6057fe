//! JUnit XML, as Jenkins, GitLab and most others read it: a suite for each document, in it one case for the document and
//! one for each finding. Where the form knows only passed and failed, a finding fails when it fails the run; what
//! `--fail-on` lets pass stands in the output of its case.

use std::fmt::Write as _;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::form::{End, Form, Job, Pen};
use super::human::Human;
use super::place::{Place, path, subject};
use crate::explain;
use crate::finding::Finding;
use crate::lint::{Practice, State};
use crate::source::Source;

/// Suites as they come.
pub(super) struct JUnit<'a> {
    job: Job<'a>,
    /// The suite of what was found over the catalogue; how many cases it has is known at the end.
    across: Suite,
}

/// The cases of a suite.
#[derive(Default)]
struct Suite {
    cases: String,
    tests: usize,
    failures: usize,
    errors: usize,
    /// How often a case of this name has been met.
    names: FxHashMap<String, usize>,
}

impl<'a> JUnit<'a> {
    pub(super) fn with_pen(job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let pen: Pen<'a> = Arc::new(move |own| practice(&job, own));
        let across = Suite::default();
        (Box::new(JUnit { job, across }), Some(pen))
    }
}

impl Form for JUnit<'_> {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"credlint\">\n");
    }

    fn practice(&mut self, _practice: &Practice, drawn: &str, out: &mut Vec<u8>) {
        out.extend(drawn.as_bytes());
    }

    fn across(&mut self, finding: &Finding, sources: &[Arc<Source>], _out: &mut Vec<u8>) {
        if finding.waived.is_none() {
            self.across.add(&self.job, finding, sources);
        }
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        if end.catalogue.run {
            let mut suite = std::mem::take(&mut self.across);
            let practices = self.job.options.language.plural(
                end.catalogue.records,
                "catalogue of {n} practice",
                "catalogue of {n} practices",
            );
            suite.passed("catalogue", &practices);
            out.extend(suite.text(&self.job, "catalogue", end.catalogue.omitted).as_bytes());
        }
        out.extend(b"</testsuites>\n");
        Ok(())
    }
}

fn practice(job: &Job<'_>, practice: &Practice) -> String {
    if practice.state == State::NotADescriptor {
        return String::new();
    }
    let file = path(practice.source().name());
    let mut suite = Suite::default();
    let (state, name) = (practice.state.words(), practice.name.as_deref().unwrap_or_default());
    match (&practice.problem, practice.state) {
        (Some(problem), _) => suite.unreadable(&file, problem),
        (None, State::Unreadable) => {}
        _ => suite.passed(&file, &format!("{}: {name}", job.options.language.tr(state))),
    }
    for finding in practice.counted() {
        suite.add(job, finding, &practice.sources);
    }
    let name = match practice.document {
        1 => file.into_owned(),
        number => format!("{file}#{number}"),
    };
    suite.text(job, &name, practice.omitted)
}

impl Suite {
    /// The case of the document itself.
    fn passed(&mut self, class: &str, words: &str) {
        self.tests += 1;
        let class = attribute(class);
        let words = text(words.trim_end_matches(": "));
        let _ = write!(
            self.cases,
            "    <testcase name=\"checked\" classname=\"{class}\">\n      <system-out>{words}</system-out>\n    </testcase>\n"
        );
    }

    fn unreadable(&mut self, class: &str, problem: &str) {
        self.tests += 1;
        self.errors += 1;
        let (class, problem) = (attribute(class), attribute(problem));
        let _ = write!(
            self.cases,
            "    <testcase name=\"checked\" classname=\"{class}\">\n      <error type=\"unreadable\" message=\"{problem}\"/>\n    </testcase>\n"
        );
    }

    /// The case of a finding. Its name stays the same when lines move.
    fn add(&mut self, job: &Job<'_>, finding: &Finding, sources: &[Arc<Source>]) {
        self.tests += 1;
        let (set, l) = (job.set, job.options.language);
        let rule = &set.rules[finding.rule];
        let mut name = format!("{} {}", rule.id, subject(set, finding)).trim_end().to_string();
        let met = self.names.entry(name.clone()).or_default();
        *met += 1;
        if *met > 1 {
            let _ = write!(name, " ({met})");
        }
        let place = Place::of(sources, &finding.primary);
        let mut words = format!("{place}\n");
        for label in &finding.others {
            let _ = writeln!(
                words,
                "{}",
                format!("{} {}", Place::of(sources, label), label.text).trim_end()
            );
        }
        let from = explain::from(set, rule, l);
        for (label, part) in [("help", &finding.help), ("why", &finding.why), ("from", &from)] {
            if !part.is_empty() {
                let _ = writeln!(words, "{}: {part}", l.tr(label));
            }
        }
        let (name, class) = (attribute(&name), attribute(&place.file));
        let (level, message) = (finding.level.word(), &finding.message);
        let _ = writeln!(self.cases, "    <testcase name=\"{name}\" classname=\"{class}\">");
        if job.fail_on.is_some_and(|least| finding.level >= least) {
            self.failures += 1;
            let (message, words) = (attribute(message), text(&words));
            let _ = writeln!(
                self.cases,
                "      <failure type=\"{level}\" message=\"{message}\">{words}</failure>"
            );
        } else {
            let words = text(&format!("{}: {message}\n{words}", l.tr(level)));
            let _ = writeln!(self.cases, "      <system-out>{words}</system-out>");
        }
        self.cases.push_str("    </testcase>\n");
    }

    fn text(self, job: &Job<'_>, name: &str, omitted: usize) -> String {
        let more = match omitted {
            0 => String::new(),
            omitted => {
                let human = Human::new(job.set, job.style, job.options.language);
                format!("    <system-out>{}</system-out>\n", text(&human.more(omitted)))
            }
        };
        let Suite {
            cases,
            tests,
            failures,
            errors,
            ..
        } = self;
        let name = attribute(name);
        format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n{cases}{more}  </testsuite>\n"
        )
    }
}

/// Text between tags.
fn text(text: &str) -> String {
    escaped(text, false)
}

/// The value of an attribute; there line breaks and tabs would become spaces.
fn attribute(text: &str) -> String {
    escaped(text, true)
}

fn escaped(text: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\n' | '\t' if in_attribute => {
                let _ = write!(out, "&#{};", character as u32);
            }
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(character),
            // XML 1.0 has no way to write these.
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_file_says_is_text() {
        assert_eq!(
            text("a < b && \"c\" ]]>\r\n\u{1b}[0m"),
            "a &lt; b &amp;&amp; \"c\" ]]&gt;&#13;\n\u{FFFD}[0m"
        );
        assert_eq!(attribute("\"a\"\n\tb"), "&quot;a&quot;&#10;&#9;b");
    }
}
