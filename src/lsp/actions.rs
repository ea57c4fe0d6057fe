//! Quick fixes: those of the findings, a comment that waives, and everything safe at once.

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextEdit, WorkspaceEdit,
};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::analysis::Analysis;
use super::diagnostics::{self, Shown};
use super::documents::Document;
use super::position::Text;
use crate::finding::Finding;
use crate::lint::mend::{Wanted, mend};
use crate::source::Span;
use crate::tree::{self, Kind};
use crate::waiver::can_be_waived;

/// What applies all that is safe; editors can do so when a file is saved.
pub const FIX_ALL: &str = "source.fixAll.credlint";

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The place.
    pub span: Span,
    /// The kinds of action; all without.
    pub only: Option<Vec<CodeActionKind>>,
    /// What the client can show.
    pub shown: Shown,
    /// Whether edits may name the version that they are for.
    pub versioned: bool,
}

impl Asked {
    /// Whether a kind is asked for, or one that it is a part of.
    fn wants(&self, kind: &str) -> bool {
        let part = |own: &CodeActionKind| {
            let own = own.as_str();
            kind == own || own.is_empty() || kind.strip_prefix(own).is_some_and(|rest| rest.starts_with('.'))
        };
        self.only.as_ref().is_none_or(|only| only.iter().any(part))
    }
}

/// The actions at a place.
pub fn at(document: &Document, analysis: &Analysis, asked: &Asked) -> Vec<CodeActionOrCommand> {
    let mut actions = Vec::new();
    let touches = |span: Span| span.start <= asked.span.end && asked.span.start <= span.end;
    if asked.wants(CodeActionKind::QUICKFIX.as_str()) {
        let here: Vec<&Finding> = analysis
            .findings()
            .filter(|finding| touches(finding.primary.span))
            .collect();
        actions.extend(
            here.iter()
                .filter_map(|finding| fix(document, analysis, finding, asked)),
        );
        actions.extend(
            here.iter()
                .filter_map(|finding| ignore(document, analysis, finding, asked)),
        );
    }
    if asked.wants(FIX_ALL) {
        actions.extend(fix_all(document, analysis, asked));
    }
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

fn fix(document: &Document, analysis: &Analysis, finding: &Finding, asked: &Asked) -> Option<CodeAction> {
    let fix = finding.fix.as_ref()?;
    let text = &analysis.text;
    let edits = fix.edits.iter();
    let edits = edits.map(|edit| TextEdit::new(text.range(edit.span), edit.text.clone()));
    Some(CodeAction {
        title: fix.title.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostics::one(document, analysis, finding, asked.shown)]),
        edit: Some(edit(document, asked, edits.collect())),
        is_preferred: Some(fix.is_safe()),
        ..CodeAction::default()
    })
}

/// A comment above the line; the reason is for the user to write, and without one it waives nothing.
fn ignore(document: &Document, analysis: &Analysis, finding: &Finding, asked: &Asked) -> Option<CodeAction> {
    let (text, set) = (&analysis.text, &analysis.project.set);
    let id = &set.rules[finding.rule].id;
    if document.is_json() || !can_be_waived(set, finding) {
        return None;
    }
    let start = comment_place(text, finding.primary.span)?;
    let line = text.as_str().get(start..)?;
    let indent: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let language = analysis.project.options.language;
    let new = format!("{indent}# credlint: ignore[{id}] {}", line_break(text.as_str()));
    let place = text.position(start);
    Some(CodeAction {
        title: language.fill("ignore `{id}` here, with a reason that you write", &[("id", id)]),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostics::one(document, analysis, finding, asked.shown)]),
        edit: Some(edit(
            document,
            asked,
            vec![TextEdit::new(lsp_types::Range::new(place, place), new)],
        )),
        is_preferred: Some(false),
        ..CodeAction::default()
    })
}

/// The start of the line of a finding, unless that lies inside a text, where a comment would be none.
fn comment_place(text: &Text, span: Span) -> Option<usize> {
    let at = span.start as usize;
    let start = text.line_span(text.line(at)).start as usize;
    let bom = if start == 0 && text.as_str().starts_with('\u{FEFF}') {
        3
    } else {
        0
    };
    let start = start + bom;
    let holds = |span: Span| (span.start as usize) < start && start < span.end as usize;
    let trees = tree::parse(text.as_str());
    let is_text = |tree: &tree::Tree<'_>| {
        tree.nodes()
            .any(|node| matches!(node.kind, Kind::Scalar(_)) && holds(node.span))
    };
    let is_broken = |tree: &tree::Tree<'_>| tree.problems.iter().any(|problem| problem.kind.is_fatal());
    (!trees.iter().any(|tree| is_text(tree) || is_broken(tree))).then_some(start)
}

fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// All that is safe, as `check --fix` would do it.
fn fix_all(document: &Document, analysis: &Analysis, asked: &Asked) -> Option<CodeAction> {
    let project = &analysis.project;
    let (set, options) = (&project.set, &project.options);
    let presence = analysis.presence.filter(|_| analysis.is_known)?;
    let path = document.path.as_deref();
    let mended = mend(
        set,
        options,
        &analysis.source,
        presence,
        &analysis.practices,
        Wanted::Safe,
        &|practices| project.waivers.apply(set, options.as_of, path, practices),
    )?;
    Some(CodeAction {
        title: options.language.tr("apply all safe fixes of credlint").into_owned(),
        kind: Some(CodeActionKind::new(FIX_ALL)),
        edit: Some(edit(document, asked, between(&analysis.text, &mended.text))),
        ..CodeAction::default()
    })
}

/// The edits that make one text of another, line by line, so that the cursor and what is folded stay where they are.
fn between(old: &Text, new: &str) -> Vec<TextEdit> {
    let before: Vec<&str> = old.as_str().split_inclusive('\n').collect();
    let after: Vec<&str> = new.split_inclusive('\n').collect();
    let offsets = |lines: &[&str]| {
        let mut at = 0;
        let ends = lines.iter().map(|line| {
            at += line.len();
            at
        });
        std::iter::once(0)
            .chain(ends.collect::<Vec<_>>())
            .collect::<Vec<usize>>()
    };
    let starts = offsets(&before);
    let ops = capture_diff_slices(Algorithm::Myers, &before, &after);
    ops.into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| {
            let span = Span::new(starts[op.old_range().start], starts[op.old_range().end]);
            TextEdit::new(old.range(span), after[op.new_range()].concat())
        })
        .collect()
}

fn edit(document: &Document, asked: &Asked, edits: Vec<TextEdit>) -> WorkspaceEdit {
    if asked.versioned {
        let text_document = OptionalVersionedTextDocumentIdentifier {
            uri: document.uri.clone(),
            version: Some(document.version),
        };
        let edits = edits.into_iter().map(OneOf::Left).collect();
        return WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![TextDocumentEdit { text_document, edits }])),
            ..WorkspaceEdit::default()
        };
    }
    #[expect(clippy::mutable_key_type, reason = "the protocol's own type has addresses for keys")]
    let changes = HashMap::from_iter([(document.uri.clone(), edits)]);
    WorkspaceEdit::new(changes)
}
