//! What a document is made of: its keys, with the elements that they state; in files of other formats the statements that
//! are read from them.

use std::sync::Arc;

use lsp_types::{DocumentSymbol, SymbolKind};

use super::hover;
use super::outline::{Entry, Kind, Outline, Step};
use super::position::Text;
use super::project::Project;
use crate::descriptor::{FactId, shorten_line};
use crate::lint::{Document, each_document};
use crate::source::{Source, Span};

/// Longest text of a symbol.
const LONGEST: usize = 60;

/// The symbols of a text.
pub fn of(text: &Text, name: &str, project: &Project) -> Vec<DocumentSymbol> {
    let foreign = of_others(text, name, project);
    if !foreign.is_empty() {
        return foreign;
    }
    let outline = Outline::of(text.as_str());
    let seen = Seen {
        text,
        project,
        outline: &outline,
        below: below(&outline),
    };
    let documents = (0..outline.documents()).map(|document| (document, seen.tops(document)));
    if outline.documents() == 1 {
        return documents.flat_map(|(_, symbols)| symbols).collect();
    }
    let full = documents.filter(|(_, symbols)| !symbols.is_empty());
    full.map(|(document, symbols)| seen.document(document, symbols))
        .collect()
}

struct Seen<'a> {
    text: &'a Text,
    project: &'a Project,
    outline: &'a Outline,
    below: Vec<Vec<usize>>,
}

/// What stands in each entry.
fn below(outline: &Outline) -> Vec<Vec<usize>> {
    let mut below = vec![Vec::new(); outline.entries.len()];
    for (index, entry) in outline.entries.iter().enumerate() {
        if let Some(parent) = entry.parent {
            below[parent].push(index);
        }
    }
    below
}

impl Seen<'_> {
    fn tops(&self, document: usize) -> Vec<DocumentSymbol> {
        let tops = self.outline.children(None, document).map(|(index, _)| index);
        tops.filter_map(|index| self.symbol(index)).collect()
    }

    fn document(&self, number: usize, children: Vec<DocumentSymbol>) -> DocumentSymbol {
        let tops: Vec<usize> = self.outline.children(None, number).map(|(index, _)| index).collect();
        let (first, last) = (tops[0], tops[tops.len() - 1]);
        let language = self.project.options.language;
        let name = self.name_of(&tops);
        let name = name.unwrap_or_else(|| language.fill("document {n}", &[("n", &(number + 1))]));
        let entries = &self.outline.entries;
        let own = Span::new(entries[first].key.start as usize, entries[last].end);
        symbol(
            self.text,
            name,
            None,
            SymbolKind::MODULE,
            (own, entries[first].key),
            children,
        )
    }

    /// What something is called that has these keys.
    fn name_of(&self, among: &[usize]) -> Option<String> {
        let names = ["title", "name", "text", "id", "type", "system", "framework", "scheme"];
        let text = self.text.as_str();
        names.iter().find_map(|wanted| {
            let is_it = |index: &&usize| self.outline.entries[**index].step == Some(Step::Key((*wanted).to_string()));
            let entry = &self.outline.entries[*among.iter().find(is_it)?];
            let said = self.outline.scalar(text, entry)?;
            Some(shorten_line(said, LONGEST))
        })
    }

    fn symbol(&self, index: usize) -> Option<DocumentSymbol> {
        let entry = &self.outline.entries[index];
        let below = &self.below[index];
        let said = || self.outline.scalar(self.text.as_str(), entry);
        let (name, detail) = match entry.step.as_ref()? {
            Step::Key(name) => (name.clone(), self.detail(index, entry)),
            Step::Item(number) => {
                let own = said().map(|said| shorten_line(said, LONGEST));
                let name = own.or_else(|| self.name_of(below));
                (name.unwrap_or_else(|| (number + 1).to_string()), None)
            }
        };
        // A client refuses a symbol without a name.
        let name = if name.trim().is_empty() {
            "…".to_string()
        } else {
            name
        };
        let start = entry.key.start as usize;
        let spans = (Span::new(start, entry.end.max(entry.key.end as usize)), entry.key);
        let children = below.iter().filter_map(|index| self.symbol(*index)).collect();
        Some(symbol(
            self.text,
            name,
            detail,
            self.kind(entry, below, said()),
            spans,
            children,
        ))
    }

    fn detail(&self, index: usize, entry: &Entry) -> Option<String> {
        let language = self.project.options.language;
        let path = self.outline.path(Some(index));
        let elements = hover::elements(&self.project.set, &path).map(|info| info.name(language));
        let elements = elements.collect::<Vec<_>>().join(", ");
        if !elements.is_empty() {
            return Some(elements);
        }
        let said = self.outline.scalar(self.text.as_str(), entry)?;
        Some(shorten_line(said, LONGEST))
    }

    fn kind(&self, entry: &Entry, below: &[usize], said: Option<&str>) -> SymbolKind {
        let is_item = |index: &usize| matches!(self.outline.entries[*index].step, Some(Step::Item(_)));
        match (below.first(), said) {
            (Some(first), _) if is_item(first) => SymbolKind::ARRAY,
            (Some(_), _) => SymbolKind::OBJECT,
            (None, Some("true" | "false")) => SymbolKind::BOOLEAN,
            (None, Some(said)) if said.parse::<f64>().is_ok() => SymbolKind::NUMBER,
            (None, None) if entry.kind == Kind::Open => SymbolKind::NULL,
            _ => SymbolKind::STRING,
        }
    }
}

/// What is read from a file in another format, by the keys that ours has for it.
fn of_others(text: &Text, name: &str, project: &Project) -> Vec<DocumentSymbol> {
    let source = Arc::new(Source::new(name, text.as_str().to_string()));
    let (set, language) = (&project.set, project.options.language);
    let mut found = Vec::new();
    each_document(&source, None, &mut |_, document| {
        if !matches!(document, Document::Mapped { .. }) {
            return;
        }
        let descriptor = document.read(set);
        for id in descriptor.children(FactId::ROOT) {
            let key = descriptor.canonical_name(*id);
            let span = descriptor.place(*id).span;
            let path = [Step::Key(key.clone())];
            let mut elements = hover::elements(set, &path).map(|info| info.name(language));
            if !span.is_empty() {
                let detail = elements.next().map(str::to_string);
                found.push(symbol(
                    text,
                    key,
                    detail,
                    SymbolKind::PROPERTY,
                    (span, span),
                    Vec::new(),
                ));
            }
        }
    });
    found
}

#[expect(deprecated, reason = "the field is there, though tags have taken its place")]
fn symbol(
    text: &Text,
    name: String,
    detail: Option<String>,
    kind: SymbolKind,
    (whole, own): (Span, Span),
    children: Vec<DocumentSymbol>,
) -> DocumentSymbol {
    DocumentSymbol {
        name,
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: text.range(whole),
        selection_range: text.range(own),
        children: Some(children).filter(|children| !children.is_empty()),
    }
}
