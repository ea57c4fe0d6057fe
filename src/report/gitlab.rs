//! The Code Quality report of GitLab: a list of findings, each with a fingerprint by which a merge request tells new ones
//! from old ones.

use std::sync::Arc;

use serde::Serialize;

use super::form::{End, Form, Job, Pen, json_text};
use super::place::{Known, Place, Region, fingerprints, path, unreadable};
use crate::finding::Finding;
use crate::lint::Practice;
use crate::rule::Level;
use crate::source::Source;

/// Findings as they come.
pub(super) struct GitLab<'a> {
    job: Job<'a>,
    known: Known,
    any: bool,
}

/// A finding with the keys that GitLab documents.
#[derive(Serialize)]
struct Issue<'a> {
    check_name: &'a str,
    description: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

impl<'a> GitLab<'a> {
    pub(super) fn with_pen(job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let pen: Pen<'a> = Arc::new(move |own| practice(&job, own, false));
        let form = GitLab {
            job,
            known: Known::default(),
            any: false,
        };
        (Box::new(form), Some(pen))
    }

    fn add(&mut self, issues: &str, out: &mut Vec<u8>) {
        let separator = if std::mem::replace(&mut self.any, true) {
            ",\n"
        } else {
            "[\n"
        };
        out.extend(separator.as_bytes());
        out.extend(issues.as_bytes());
    }
}

impl Form for GitLab<'_> {
    fn practice(&mut self, own: &Practice, drawn: &str, out: &mut Vec<u8>) {
        if drawn.is_empty() {
            return;
        }
        match self.known.is_repeated(own) {
            true => self.add(&practice(&self.job, own, true), out),
            false => self.add(drawn, out),
        }
    }

    fn across(&mut self, own: &Finding, sources: &[Arc<Source>], out: &mut Vec<u8>) {
        let fingerprint = self.known.across(self.job.set, own, sources);
        if own.waived.is_none() {
            let issue = issue(&self.job, own, sources, &fingerprint);
            self.add(&issue, out);
        }
    }

    fn end(&mut self, _end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend(if self.any { "\n]\n" } else { "[\n]\n" }.as_bytes());
        Ok(())
    }
}

fn practice(job: &Job<'_>, practice: &Practice, by_number: bool) -> String {
    let fingerprints = fingerprints(job.set, practice, by_number);
    let mut issues: Vec<String> = practice
        .findings
        .iter()
        .zip(&fingerprints)
        .filter(|(finding, _)| finding.waived.is_none())
        .map(|(finding, fingerprint)| issue(job, finding, &practice.sources, fingerprint))
        .collect();
    if let Some(problem) = &practice.problem {
        let file = path(practice.source().name());
        issues.push(json_text(&Issue {
            check_name: "unreadable",
            description: problem,
            fingerprint: &unreadable(&file),
            severity: "major",
            location: location(&file, None),
        }));
    }
    issues.join(",\n")
}

fn issue(job: &Job<'_>, finding: &Finding, sources: &[Arc<Source>], fingerprint: &str) -> String {
    let place = Place::of(sources, &finding.primary);
    json_text(&Issue {
        check_name: &job.set.rules[finding.rule].id,
        description: &finding.message,
        fingerprint,
        severity: match finding.level {
            Level::Error => "major",
            Level::Warning => "minor",
            Level::Advice => "info",
        },
        location: location(&place.file, place.region),
    })
}

/// A line is demanded: what has none is shown on the first.
fn location(path: &str, region: Option<Region>) -> Location<'_> {
    let region = region.unwrap_or(Region {
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
    });
    Location {
        path,
        positions: Positions {
            begin: Point {
                line: region.line,
                column: region.column,
            },
            end: Point {
                line: region.end_line,
                column: region.end_column,
            },
        },
    }
}
