//! What can be typed at a place: keys that are not there yet, in the order of the standard, and codes, ids and words that
//! may stand as a value.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation, InsertTextFormat,
    InsertTextMode, MarkupContent, MarkupKind, TextEdit,
};

use super::goto::{self, Known, Referred};
use super::hover;
use super::keys::{Field, Place};
use super::outline::{Cursor, Outline, Step, bare};
use super::position::Text;
use super::project::Project;
use crate::source::Span;
use crate::tree::reads_as_written;
use crate::vocabulary::{Vocabulary, normalise};

/// Most values that are sent at once; of a longer list those that fit what is typed.
const MOST: usize = 250;

/// What a client can take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Takes {
    /// Texts with places to fill.
    pub snippets: bool,
    /// Lines that are indented already.
    pub as_is: bool,
}

/// A text in which something is typed.
#[derive(Debug)]
pub struct Typed<'a> {
    /// The text.
    pub text: &'a Text,
    /// Whether it is strict JSON.
    pub is_json: bool,
    /// Whether the configuration says that it is a descriptor.
    pub is_included: bool,
    /// What is in force.
    pub project: &'a Project,
    /// What the client can take.
    pub takes: Takes,
}

/// What can be typed at a place. `practices` gives those of the workspace, and is asked only where one can be named.
pub fn at(typed: &Typed<'_>, offset: usize, practices: &dyn Fn() -> Vec<Known>) -> CompletionList {
    let text = typed.text.as_str();
    let outline = Outline::of(text);
    let mut list = CompletionList::default();
    let says = Says::of(&outline, text);
    let Some(mut cursor) = outline.cursor(text, offset) else {
        return list;
    };
    if says == Says::Nothing && !typed.is_included {
        return list;
    }
    move_out_of_scalars(&mut cursor);
    typed.values(&outline, &cursor, offset, practices, &mut list);
    typed.keys(&cursor, &mut list);
    if says == Says::Open && !typed.is_included {
        // An empty file may become anything.
        list.items.retain(|item| item.label == HEADER);
    }
    list
}

/// The key that says what a file is.
const HEADER: &str = "descriptor";

/// What a text says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// A descriptor.
    Descriptor,
    /// Nothing yet.
    Open,
    /// Something, and not that.
    Nothing,
}

impl Says {
    fn of(outline: &Outline, text: &str) -> Says {
        let tops = outline.entries.iter().filter(|entry| {
            let parent = entry.parent.map(|parent| &outline.entries[parent]);
            parent.is_none_or(|parent| parent.parent.is_none() && matches!(parent.step, Some(Step::Item(_))))
        });
        let mut is_open = true;
        for entry in tops {
            let begins = match &entry.step {
                Some(Step::Key(name)) if name == HEADER => return Says::Descriptor,
                Some(Step::Key(_)) => false,
                Some(Step::Item(_)) => true,
                None => HEADER.starts_with(bare(entry.key.slice(text))),
            };
            is_open &= begins;
        }
        if is_open { Says::Open } else { Says::Nothing }
    }
}

/// A key that is indented too far, below one that has a value on its line, is meant to stand beside it, unless the value
/// is a text that goes on.
fn move_out_of_scalars(cursor: &mut Cursor) {
    if !cursor.below_scalar {
        return;
    }
    cursor.value = None;
    let goes_on = |path: &Vec<Step>| Place::at(path).is_none_or(|place| place.is_prose());
    match &mut cursor.keys {
        Some(path) if !goes_on(path) => drop(path.pop()),
        keys => *keys = None,
    }
}

impl Typed<'_> {
    fn keys(&self, cursor: &Cursor, list: &mut CompletionList) {
        let Some(place) = cursor.keys.as_ref().and_then(|path| Place::at(path)) else {
            return;
        };
        let path = cursor.keys.clone().unwrap_or_default();
        let offered = place.fields().into_iter().enumerate().filter(|(_, field)| {
            let is_new = !cursor.siblings.iter().any(|name| name == field.name);
            // Why there is no value is said instead of one.
            is_new && !field.place().is_opaque() && (field.name != "not_applicable" || cursor.siblings.is_empty())
        });
        let items = offered.map(|(number, field)| self.key(cursor, &path, number, field));
        list.items.extend(items.collect::<Vec<_>>());
    }

    fn key(&self, cursor: &Cursor, path: &[Step], number: usize, field: Field) -> CompletionItem {
        let mut own = path.to_vec();
        own.push(Step::Key(field.name.to_string()));
        let place = field.place();
        let language = self.project.options.language;
        let elements = hover::elements(&self.project.set, &own).map(|info| info.name(language));
        let elements = elements.collect::<Vec<_>>().join(", ");
        let detail = match place.title() {
            Some(title) if elements.is_empty() => title.to_string(),
            Some(title) => format!("{title} · {elements}"),
            None => elements,
        };
        let (new, is_snippet) = self.new_key(cursor, &own, field);
        CompletionItem {
            label: field.name.to_string(),
            kind: Some(CompletionItemKind::PROPERTY),
            detail: Some(detail),
            documentation: hover::key(self.project, &own).map(markdown),
            sort_text: Some(format!("1{number:04}")),
            filter_text: Some(self.filter(cursor, field.name)),
            insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
            insert_text_mode: is_snippet.then_some(InsertTextMode::AS_IS),
            text_edit: Some(self.edit(cursor.token, new)),
            ..CompletionItem::default()
        }
    }

    /// The text of a key, and whether it has places to fill.
    fn new_key(&self, cursor: &Cursor, path: &[Step], field: Field) -> (String, bool) {
        let name = if self.is_json || cursor.token.slice(self.text.as_str()).starts_with('"') {
            format!("\"{}\"", field.name)
        } else {
            field.name.to_string()
        };
        let space = if cursor.needs_space { " " } else { "" };
        if cursor.has_colon {
            return (format!("{space}{name}"), false);
        }
        let dash = if cursor.needs_dash { "- " } else { "" };
        let plain = format!("{space}{dash}{name}: ");
        if self.is_json || cursor.in_flow || !self.takes.snippets || !self.takes.as_is || cursor.needs_dash {
            return (plain, false);
        }
        match self.snippet(path, field, cursor.column) {
            Some(snippet) => (format!("{space}{snippet}"), true),
            None => (plain, false),
        }
    }

    /// A key with what belongs below it; nothing where its value stands on the same line.
    fn snippet(&self, path: &[Step], field: Field, column: usize) -> Option<String> {
        let indent = " ".repeat(column);
        if let Some(pasted) = self.pasted(path, field, &indent) {
            return Some(pasted);
        }
        let place = field.place();
        if place.is_prose()
            || place.vocabulary().is_some()
            || place.fields().is_empty() && !place.is_list() && !place.is_table()
        {
            return None;
        }
        let is_list = place.is_list();
        let inner = if is_list {
            Place::at(&[path, &[Step::Item(0)]].concat())?
        } else {
            place
        };
        let (first, further) = if is_list { ("- ", "  ") } else { ("", "") };
        let mut out = format!("{}:", field.name);
        let required = inner.required();
        for (number, key) in required.iter().enumerate() {
            let lead = if number == 0 { first } else { further };
            out.push_str(&format!("\n{indent}  {lead}{key}: ${{{}}}", number + 1));
        }
        if required.is_empty() {
            out.push_str(&format!("\n{indent}  {first}$0"));
        }
        Some(out)
    }

    /// What `plan` would have pasted for the element that a key at the top states.
    fn pasted(&self, path: &[Step], field: Field, indent: &str) -> Option<String> {
        let elements = &self.project.set.elements;
        let judged = crate::standard::Element::JUDGED.iter();
        let is_top = path.iter().filter(|step| matches!(step, Step::Key(_))).count() == 1;
        let mut infos = judged.filter_map(|element| elements.info(*element)).filter(|_| is_top);
        let info = infos.find(|info| info.home() == Some(field.name))?;
        let mut out = String::new();
        let mut number = 0;
        for line in info.snippet(self.project.options.language).lines() {
            let line = line.split(" #").next().unwrap_or_default().trim_end();
            if !out.is_empty() {
                out.push('\n');
                out.push_str(indent);
            }
            let mut rest = line;
            while let Some((at, length)) = next_gap(rest) {
                number += 1;
                out.push_str(&escaped(&rest[..at]));
                out.push_str(&format!("${{{number}:…}}"));
                rest = &rest[at + length..];
            }
            out.push_str(&escaped(rest));
        }
        (number > 0).then_some(out)
    }

    fn values(
        &self,
        outline: &Outline,
        cursor: &Cursor,
        offset: usize,
        practices: &dyn Fn() -> Vec<Known>,
        list: &mut CompletionList,
    ) {
        let Some(path) = &cursor.value else { return };
        let known = match (Referred::by(path), cursor.entry) {
            (Some(Referred::Practice), _) => practices(),
            (Some(referred), Some(near)) => goto::inside(outline, self.text.as_str(), referred, near),
            (Some(referred), None) => {
                let before = outline
                    .entries
                    .iter()
                    .rposition(|entry| (entry.key.start as usize) < offset);
                before.map_or_else(Vec::new, |near| {
                    goto::inside(outline, self.text.as_str(), referred, near)
                })
            }
            (None, _) => Vec::new(),
        };
        for known in known {
            let title = known.title.unwrap_or_default();
            list.items.push(self.value(
                cursor,
                list.items.len(),
                &known.id,
                title,
                CompletionItemKind::REFERENCE,
            ));
        }
        let Some(place) = Place::at(path) else { return };
        if let Some(codes) = place.vocabulary() {
            self.codes(cursor, &place, codes, list);
        }
        let flags: &[&str] = if place.is_flag() { &["true", "false"] } else { &[] };
        for word in place.constants().iter().chain(flags) {
            if !list.items.iter().any(|item| item.label == *word) {
                let detail = if *word == "none" {
                    "there is none, and the description says so"
                } else {
                    ""
                };
                let detail = match detail {
                    "" => String::new(),
                    words => self.project.options.language.tr(words).into_owned(),
                };
                list.items
                    .push(self.value(cursor, list.items.len(), word, detail, CompletionItemKind::CONSTANT));
            }
        }
    }

    /// The codes of a vocabulary, with their labels; those that the schema gives as examples come first.
    fn codes(&self, cursor: &Cursor, place: &Place, codes: &Vocabulary, list: &mut CompletionList) {
        let language = self.project.options.language.code();
        let typed = normalise(bare(cursor.token.slice(self.text.as_str())));
        let fits = |entry: &&crate::vocabulary::Entry| {
            let is_short = codes.entries.len() <= MOST;
            is_short
                || typed.is_empty()
                || normalise(entry.slug).contains(&typed)
                || normalise(entry.label(language)).contains(&typed)
        };
        let mut fitting: Vec<_> = codes.entries.iter().filter(fits).collect();
        let example = place
            .example()
            .map(|example| example.as_str().map_or(example.to_string(), str::to_string));
        fitting.sort_by_key(|entry| example.as_deref() != Some(entry.slug));
        list.is_incomplete |= codes.entries.len() > MOST;
        for entry in fitting.into_iter().take(MOST) {
            let label = entry.label(language).to_string();
            let mut item = self.value(
                cursor,
                list.items.len(),
                entry.slug,
                label,
                CompletionItemKind::ENUM_MEMBER,
            );
            item.documentation = Some(markdown(codes.title(self.project.options.language).to_string()));
            list.items.push(item);
        }
    }

    fn value(
        &self,
        cursor: &Cursor,
        number: usize,
        word: &str,
        detail: String,
        kind: CompletionItemKind,
    ) -> CompletionItem {
        let space = if cursor.needs_space { " " } else { "" };
        let new = format!("{space}{}", self.written(cursor, word));
        // Somebody who knows the label and not the code types the label.
        let filter = format!("{word} {detail}");
        CompletionItem {
            label: word.to_string(),
            kind: Some(kind),
            detail: Some(detail).filter(|detail| !detail.is_empty()),
            sort_text: Some(format!("0{number:04}")),
            filter_text: Some(self.filter(cursor, filter.trim())),
            text_edit: Some(self.edit(cursor.token, new)),
            ..CompletionItem::default()
        }
    }

    /// A word as it has to be written: JSON has texts in quotation marks only, and YAML has words that some readers take
    /// for something else.
    fn written(&self, cursor: &Cursor, word: &str) -> String {
        let token = cursor.token.slice(self.text.as_str());
        let is_number = word.parse::<u32>().is_ok_and(|number| number.to_string() == word);
        let is_flag = matches!(word, "true" | "false");
        let place = cursor.value.as_ref().and_then(|path| Place::at(path));
        let bare_number = is_number && place.is_some_and(|place| place.is_number());
        if bare_number || is_flag {
            return word.to_string();
        }
        if token.starts_with('\'') {
            return format!("'{}'", word.replace('\'', "''"));
        }
        let is_plain = reads_as_written(word) || is_header(word);
        if self.is_json || token.starts_with('"') || !is_plain {
            return serde_json::Value::from(word).to_string();
        }
        word.to_string()
    }

    /// Editors compare what is offered with what stands in the place that would be replaced.
    fn filter(&self, cursor: &Cursor, word: &str) -> String {
        match cursor.token.slice(self.text.as_str()).chars().next() {
            Some(mark @ ('"' | '\'')) => format!("{mark}{word}"),
            _ => word.to_string(),
        }
    }

    fn edit(&self, token: Span, new: String) -> CompletionTextEdit {
        CompletionTextEdit::Edit(TextEdit::new(self.text.range(token), new))
    }
}

/// `micro-credential/1` needs no quotation marks, though a slash is not among the harmless characters.
fn is_header(word: &str) -> bool {
    word.split_once('/')
        .is_some_and(|(name, version)| reads_as_written(name) && version.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The next place to fill in a line: where it begins, and its length.
fn next_gap(line: &str) -> Option<(usize, usize)> {
    let dots = line.find('…').map(|at| (at, '…'.len_utf8()));
    let path = line.find("{/").and_then(|at| Some((at, line[at..].find('}')? + 1)));
    match (dots, path) {
        (Some(dots), Some(path)) => Some(dots.min(path)),
        (dots, path) => dots.or(path),
    }
}

/// A text in which nothing is a place to fill.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}

fn markdown(value: String) -> Documentation {
    Documentation::MarkupContent(MarkupContent {
        kind: MarkupKind::Markdown,
        value,
    })
}
