//! Findings as the editor shows them.

use std::str::FromStr;

use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, Uri,
};

use super::analysis::Analysis;
use super::documents::Document;
use super::position::{Encoding, Text};
use super::project::Failure;
use crate::finding::Finding;
use crate::rule::Level;
use crate::source::Span;

/// The name under which diagnostics appear.
pub const SOURCE: &str = "credlint";

/// What a client can show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Further places.
    pub related: bool,
    /// Text that is of no use, in grey.
    pub tags: bool,
    /// Links at codes.
    pub links: bool,
}

/// The diagnostics of a document, in the order of its text.
pub fn all(document: &Document, analysis: &Analysis, shown: Shown) -> Vec<Diagnostic> {
    let findings = analysis.findings();
    findings
        .map(|finding| one(document, analysis, finding, shown))
        .collect()
}

/// The diagnostic of a finding.
pub fn one(document: &Document, analysis: &Analysis, finding: &Finding, shown: Shown) -> Diagnostic {
    let (text, set) = (&analysis.text, &analysis.project.set);
    let rule = &set.rules[finding.rule];
    let link = || Uri::from_str(set.authorities.get(&rule.file.authority.source)?.url.as_deref()?).ok();
    let further = finding.others.iter().filter(|label| label.source.0 == 0);
    let related: Vec<DiagnosticRelatedInformation> = further
        .map(|label| DiagnosticRelatedInformation {
            location: Location::new(document.uri.clone(), text.range(label.span)),
            message: label.text.clone(),
        })
        .collect();
    let is_unused = shown.tags && rule.id == "waiver/unused";
    // What is to be pasted is left to the hover.
    let help = finding.help.lines().next().map(|line| line.trim_end_matches(':'));
    let help = help.filter(|help| !help.is_empty());
    Diagnostic {
        range: text.range(finding.primary.span),
        severity: Some(severity(finding.level)),
        code: Some(NumberOrString::String(rule.id.clone())),
        code_description: shown.links.then(link).flatten().map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_string()),
        message: help.map_or_else(
            || finding.message.clone(),
            |help| format!("{}\n{help}", finding.message),
        ),
        related_information: (shown.related && !related.is_empty()).then_some(related),
        tags: is_unused.then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Error => DiagnosticSeverity::ERROR,
        Level::Warning => DiagnosticSeverity::WARNING,
        Level::Advice => DiagnosticSeverity::INFORMATION,
    }
}

/// Mistakes in the configuration or the baseline.
pub fn of_failure(failure: &Failure, encoding: Encoding) -> Vec<Diagnostic> {
    let file = failure.file.as_ref();
    let text = file.map(|(_, source)| Text::new(source.text().to_string(), encoding));
    let of = |(span, message): &(Span, String)| Diagnostic {
        range: text.as_ref().map(|text| text.range(*span)).unwrap_or_default(),
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some(SOURCE.to_string()),
        message: message.clone(),
        ..Diagnostic::default()
    };
    failure.mistakes.iter().map(of).collect()
}
