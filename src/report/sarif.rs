//! SARIF 2.1.0 (OASIS), for code scanning and editors. The rules in force stand before the results, which are written as
//! they come; what the run came to stands behind them.

use std::sync::Arc;

use serde::Serialize;

use super::Summary;
use super::form::{End, Form, Job, Pen, json_text};
use super::human::Human;
use super::json::MadeBy;
use super::place::{Known, Place, Region, fingerprints, path};
use crate::explain::{self, without_values};
use crate::finding::{Finding, Label};
use crate::fix::{Applicability, Edit, Fix};
use crate::lint::Practice;
use crate::rule::{Effect, Level, Phase, Relation};
use crate::source::Source;
use crate::standard::{Element, Obligation};
use crate::waiver::{WaivedBy, Waiver};

/// The schema of this version, as OASIS publishes it.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Most files that could not be read and are named one by one.
const MAX_UNREADABLE: usize = 1_000;

/// Results as they come.
pub(super) struct Sarif<'a> {
    job: Job<'a>,
    /// The number of each rule among those in force.
    numbers: Arc<[usize]>,
    known: Known,
    any: bool,
    notes: Vec<Notification>,
}

impl<'a> Sarif<'a> {
    pub(super) fn with_pen(job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let in_force = job.set.levels.iter().scan(0, |count, level| {
            let number = *count;
            *count += usize::from(level.is_some());
            Some(number)
        });
        let numbers: Arc<[usize]> = in_force.collect();
        let for_pen = numbers.clone();
        let pen: Pen<'a> = Arc::new(move |own| practice(&job, &for_pen, own, false));
        let form = Sarif {
            job,
            numbers,
            known: Known::default(),
            any: false,
            notes: Vec::new(),
        };
        (Box::new(form), Some(pen))
    }

    fn add(&mut self, results: &str, out: &mut Vec<u8>) {
        let separator = if std::mem::replace(&mut self.any, true) {
            ",\n"
        } else {
            "\n"
        };
        out.extend(separator.as_bytes());
        out.extend(results.as_bytes());
    }

    fn more(&self, omitted: usize) -> String {
        Human::new(self.job.set, self.job.style, self.job.options.language).more(omitted)
    }
}

impl Form for Sarif<'_> {
    fn begin(&mut self, out: &mut Vec<u8>) {
        let head = format!(
            "{{\"version\":\"2.1.0\",\"$schema\":\"{SCHEMA}\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"credlint\",\"semanticVersion\":\"{}\",\"rules\":[",
            env!("CARGO_PKG_VERSION")
        );
        out.extend(head.as_bytes());
        let in_force = (0..self.job.set.rules.len()).filter(|rule| self.job.set.levels[*rule].is_some());
        for (number, rule) in in_force.enumerate() {
            out.extend(if number > 0 { ",\n" } else { "\n" }.as_bytes());
            out.extend(descriptor(&self.job, rule).as_bytes());
        }
        let language = self.job.options.language.code();
        let tail = format!("\n]}}}},\"language\":\"{language}\",\"columnKind\":\"unicodeCodePoints\",\"results\":[");
        out.extend(tail.as_bytes());
    }

    fn practice(&mut self, own: &Practice, drawn: &str, out: &mut Vec<u8>) {
        let file = path(own.source().name());
        if let Some(problem) = own.problem.as_ref().filter(|_| self.notes.len() < MAX_UNREADABLE) {
            self.notes.push(Notification::new("error", problem, Some(&file)));
        }
        if own.omitted > 0 && self.notes.len() < MAX_UNREADABLE {
            let more = self.more(own.omitted);
            self.notes.push(Notification::new("note", &more, Some(&file)));
        }
        if drawn.is_empty() {
            return;
        }
        match self.known.is_repeated(own) {
            true => self.add(&practice(&self.job, &self.numbers, own, true), out),
            false => self.add(drawn, out),
        }
    }

    fn across(&mut self, own: &Finding, sources: &[Arc<Source>], out: &mut Vec<u8>) {
        let fingerprint = self.known.across(self.job.set, own, sources);
        let own = result(&self.job, self.numbers[own.rule], own, sources, &fingerprint, None);
        self.add(&own, out);
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        if end.catalogue.omitted > 0 {
            let more = self.more(end.catalogue.omitted);
            self.notes.push(Notification::new("note", &more, None));
        }
        let last = Last {
            invocations: [Invocation {
                execution_successful: end.summary.unreadable == 0,
                tool_execution_notifications: &self.notes,
            }],
            properties: RunProperties {
                made_by: self.job.made_by(),
                summary: end.summary,
            },
        };
        let last = json_text(&last);
        out.extend(if self.any { "\n]," } else { "]," }.as_bytes());
        out.extend(last.trim_start_matches('{').as_bytes());
        out.extend(b"]}\n");
        Ok(())
    }
}

/// A rule in force.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    deprecated_ids: &'a [String],
    short_description: Text,
    full_description: Text,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
    default_configuration: Configuration,
    properties: RuleProperties<'a>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleProperties<'a> {
    tags: [&'static str; 1],
    element: Element,
    obligation: Obligation,
    effect: Effect,
    phase: Phase,
    since: &'a str,
    authority: Authority<'a>,
    #[serde(rename = "problem.severity")]
    severity: &'static str,
}

#[derive(Serialize)]
struct Authority<'a> {
    source: &'a str,
    title: &'a str,
    locator: &'a str,
    relation: Relation,
}

fn descriptor(job: &Job<'_>, number: usize) -> String {
    let (set, l) = (job.set, job.options.language);
    let rule = &set.rules[number];
    let (file, authority) = (&rule.file, &rule.file.authority);
    let url = set
        .authorities
        .get(&authority.source)
        .and_then(|source| source.url.as_deref());
    let level = set.levels[number].unwrap_or(file.level);
    let (help, from) = (without_values(rule.help(l)), explain::from(set, rule, l));
    let (fix, whence) = (l.tr("Fix"), l.tr("From"));
    json_text(&Descriptor {
        id: &rule.id,
        deprecated_ids: &file.aliases,
        short_description: Text {
            // The whole message of a few is a value.
            text: Some(without_values(rule.message(l)))
                .filter(|text| text.contains(char::is_alphabetic))
                .unwrap_or_else(|| rule.id.clone()),
        },
        full_description: Text {
            text: without_values(rule.why(l)),
        },
        help: Help {
            text: format!("{fix}: {help}\n{whence}: {from}"),
            markdown: format!("**{fix}**: {}\n\n**{whence}**: {from}", with_examples(&help)),
        },
        help_uri: url,
        default_configuration: Configuration { level: word(level) },
        properties: RuleProperties {
            tags: [file.element.slug()],
            element: file.element,
            obligation: file.obligation,
            effect: file.effect,
            phase: file.phase,
            since: &file.since,
            authority: Authority {
                source: &authority.source,
                title: set.authority_title(&authority.source),
                locator: &authority.locator,
                relation: authority.relation,
            },
            severity: match level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Advice => "recommendation",
            },
        },
    })
}

/// Indented lines of a help text are examples.
fn with_examples(help: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in help.lines() {
        let is_example = line.starts_with(' ');
        if is_example != inside {
            out.push_str(if is_example { "\n```yaml\n" } else { "```\n" });
            inside = is_example;
        }
        out.push_str(line);
        out.push('\n');
    }
    if inside {
        out.push_str("```\n");
    }
    out.trim_end().to_string()
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Advice => "note",
    }
}

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Suppression<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[SarifFix; 1]>,
    properties: ResultProperties<'a>,
}

/// Section 3.55 of the standard.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Text,
    artifact_changes: [ArtifactChange; 1],
    properties: FixProperties,
}

#[derive(Serialize)]
struct FixProperties {
    applicability: Applicability,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: SarifRegion,
    inserted_content: Inserted,
}

#[derive(Serialize)]
struct Inserted {
    text: String,
}

impl SarifFix {
    fn new(source: &Source, fix: &Fix) -> SarifFix {
        let replacement = |edit: &Edit| Replacement {
            deleted_region: SarifRegion::from(Region::of(source, edit.span)),
            inserted_content: Inserted {
                text: edit.text.clone(),
            },
        };
        SarifFix {
            description: Text {
                text: message(&fix.title),
            },
            artifact_changes: [ArtifactChange {
                artifact_location: Artifact {
                    uri: uri(&path(source.name())),
                },
                replacements: fix.edits.iter().map(replacement).collect(),
            }],
            properties: FixProperties {
                applicability: fix.applicability,
            },
        }
    }
}

/// Section 3.35 of the standard.
#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    justification: &'a str,
}

impl<'a> From<&'a Waiver> for Suppression<'a> {
    fn from(waiver: &'a Waiver) -> Suppression<'a> {
        Suppression {
            kind: match waiver.by {
                WaivedBy::Comment => "inSource",
                WaivedBy::Configuration | WaivedBy::Baseline | WaivedBy::Revision => "external",
            },
            status: "accepted",
            justification: &waiver.reason,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[LogicalLocation<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<SarifRegion>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl From<Region> for SarifRegion {
    fn from(region: Region) -> SarifRegion {
        SarifRegion {
            start_line: region.line,
            start_column: region.column,
            end_line: region.end_line,
            end_column: region.end_column,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
}

/// Another way to make fingerprints would get another number.
#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "credlintFinding/v1")]
    finding: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties<'a> {
    element: Element,
    effect: Effect,
    help: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    practice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<usize>,
}

fn practice(job: &Job<'_>, numbers: &[usize], practice: &Practice, by_number: bool) -> String {
    let fingerprints = fingerprints(job.set, practice, by_number);
    let one = |(finding, fingerprint): (&Finding, &String)| {
        let number = numbers[finding.rule];
        result(job, number, finding, &practice.sources, fingerprint, Some(practice))
    };
    let results: Vec<String> = practice.findings.iter().zip(&fingerprints).map(one).collect();
    results.join(",\n")
}

fn result(
    job: &Job<'_>,
    rule_index: usize,
    finding: &Finding,
    sources: &[Arc<Source>],
    fingerprint: &str,
    practice: Option<&Practice>,
) -> String {
    let primary = Location {
        logical_locations: (!finding.pointer.is_empty()).then_some([LogicalLocation {
            fully_qualified_name: &finding.pointer,
        }]),
        ..location(sources, &finding.primary, None)
    };
    let others = finding.others.iter().enumerate();
    json_text(&SarifResult {
        rule_id: &job.set.rules[finding.rule].id,
        rule_index,
        level: word(finding.level),
        message: Text {
            text: message(&finding.message),
        },
        locations: [primary],
        related_locations: others
            .map(|(number, label)| location(sources, label, Some(number)))
            .collect(),
        partial_fingerprints: Fingerprints { finding: fingerprint },
        fixes: finding.fix.as_ref().map(|fix| [SarifFix::new(&sources[0], fix)]),
        suppressions: finding.waived.as_ref().map(|waiver| [waiver.into()]),
        properties: ResultProperties {
            element: finding.element,
            effect: finding.effect,
            help: &finding.help,
            practice: practice.and_then(|practice| practice.id.as_deref()),
            document: practice.map(|practice| practice.document),
        },
    })
}

fn location<'a>(sources: &[Arc<Source>], label: &Label, id: Option<usize>) -> Location<'a> {
    let place = Place::of(sources, label);
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: Artifact { uri: uri(&place.file) },
            region: place.region.map(SarifRegion::from),
        },
        logical_locations: None,
        message: (!label.text.is_empty()).then(|| Text {
            text: message(&label.text),
        }),
    }
}

/// A message string (section 3.11 of the standard): braces would be placeholders, brackets before a parenthesis a link.
fn message(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    match text.contains("](") {
        true => text.replace('[', "\\[").replace(']', "\\]"),
        false => text,
    }
}

/// A file as a URI reference: relative names stay relative.
fn uri(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    let is_drive = file.as_bytes().get(1) == Some(&b':') && cfg!(windows);
    if file.starts_with('/') {
        out.push_str("file://");
    } else if is_drive {
        out.push_str("file:///");
    }
    for (number, byte) in file.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
        if is_plain || (is_drive && number == 1) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What stands behind the results.
#[derive(Serialize)]
struct Last<'a> {
    invocations: [Invocation<'a>; 1],
    properties: RunProperties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    tool_execution_notifications: &'a [Notification],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties<'a> {
    made_by: MadeBy,
    summary: &'a Summary,
}

/// What the run says of a file that is no finding.
#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'static>>,
}

impl Notification {
    fn new(level: &'static str, text: &str, file: Option<&str>) -> Notification {
        let of_file = |file: &str| Location {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: Artifact { uri: uri(file) },
                region: None,
            },
            logical_locations: None,
            message: None,
        };
        Notification {
            level,
            message: Text { text: message(text) },
            locations: file.map(of_file).into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_become_references() {
        assert_eq!(uri("courses/título 1#a.yaml"), "courses/t%C3%ADtulo%201%23a.yaml");
        assert_eq!(uri("/srv/50%.yaml"), "file:///srv/50%25.yaml");
        assert_eq!(uri("a:b.yaml"), "a%3Ab.yaml");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }

    #[test]
    fn messages_are_read_as_they_are_written() {
        assert_eq!(message("`{0}` is no code"), "`{{0}}` is no code");
        assert_eq!(message("a [b] (c)"), "a [b] (c)");
        assert_eq!(message("[b](c)"), "\\[b\\](c)");
    }

    #[test]
    fn indented_lines_become_blocks() {
        let help = "say who:\n  agent: A\n  country: ES\nor leave it";
        assert_eq!(
            with_examples(help),
            "say who:\n\n```yaml\n  agent: A\n  country: ES\n```\nor leave it"
        );
        assert_eq!(with_examples("one line"), "one line");
    }
}
