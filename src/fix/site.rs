//! Where a fix is to be made, and how what stands there is written.

use super::{Applicability, Edit, Fix, shown};
use crate::descriptor::model::Shape;
use crate::descriptor::{Descriptor, FactId, Place};
use crate::language::Language;
use crate::source::Span;
use crate::tree::{Entry, NodeId, Scalar, ScalarKind, Style, Tree, reads_as_written};
use crate::vocabulary::{self, Vocabulary};

/// A finding that asks for a fix.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The text of the file.
    pub text: &'a str,
    /// The practice.
    pub descriptor: &'a Descriptor<'a>,
    /// The primary place.
    pub at: Place,
    /// Further places by role.
    pub also: &'a [(&'static str, Place)],
    /// Values of the placeholders.
    pub args: &'a [(&'static str, String)],
    /// ELM names at the top level that stand for keys of ours.
    pub aliases: &'a dyn Aliases,
    /// The language of titles.
    pub language: Language,
}

/// What a key at the top level stands for, where it is not one of ours.
pub trait Aliases: std::fmt::Debug {
    /// The key of ours at the top level.
    fn stands_for(&self, key: &str) -> Option<&str>;
}

/// A scalar that may be written anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    pub(super) scalar: &'a Scalar<'a>,
    pub(super) span: Span,
    pub(super) fact: Option<FactId>,
}

/// A key that may be written anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenKey<'a> {
    pub(super) entry: &'a Entry<'a>,
    pub(super) mapping: NodeId,
}

/// How a text is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// As a text.
    Text,
    /// As a number or a flag: without quotation marks.
    Bare,
}

impl<'a> Site<'a> {
    fn tree(&self) -> &'a Tree<'a> {
        self.descriptor.tree()
    }

    /// The value of a placeholder; nothing where it is empty.
    pub(super) fn arg(&self, name: &str) -> Option<&'a str> {
        let own = self.args.iter().find(|(own, _)| *own == name);
        own.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The scalar at the place.
    pub(super) fn value(&self) -> Option<Written<'a>> {
        let node = self.at.node?;
        let written = self.scalar(node)?;
        (written.span == self.at.span).then_some(written)
    }

    /// A scalar, unless it is said in other places too, stands on lines of its own, or has a tag.
    pub(super) fn scalar(&self, node: NodeId) -> Option<Written<'a>> {
        let tree = self.tree();
        let (scalar, span) = (tree.scalar(node)?, tree.node(node).span);
        let slice = span.slice(self.text);
        let enclosed = |mark: char| slice.len() > 1 && slice.starts_with(mark) && slice.ends_with(mark);
        let whole = match scalar.style {
            Style::Plain => slice == scalar.text,
            Style::Single => enclosed('\''),
            Style::Double => enclosed('"'),
            Style::Block => false,
        };
        let before = self.text.get(..span.range().start).unwrap_or_default();
        let word = before
            .trim_end_matches([' ', '\t'])
            .rsplit([' ', '\t', '\n', ',', '[', '{']);
        // A tag says what the value is, whatever its marks say.
        let is_tagged = word.into_iter().next().is_some_and(|word| word.starts_with('!'));
        let alone = !is_tagged && whole && !slice.contains('\n') && !tree.is_shared(span) && !self.has_borrowed_keys();
        alone.then(|| Written {
            scalar,
            span,
            fact: self.descriptor.fact_of_node(node),
        })
    }

    /// Whether some key is an alias: then a value may be a key elsewhere, of which the tree keeps no trace.
    fn has_borrowed_keys(&self) -> bool {
        let mut keys = self.tree().all_entries().map(|entry| entry.key_span.slice(self.text));
        keys.any(|key| key.starts_with('*'))
    }

    /// The key at the place, unless a merge key or an anchor takes it elsewhere.
    pub(super) fn key(&self) -> Option<WrittenKey<'a>> {
        let (entry, mapping) = self.tree().entry_of_key(self.at.span)?;
        let slice = entry.key_span.slice(self.text);
        let bare = slice.trim_matches(|c| matches!(c, '"' | '\''));
        let behind = self.text.get(entry.key_span.range().end..).unwrap_or_default();
        let simple = bare == entry.key && behind.trim_start_matches(' ').starts_with(':');
        (simple && !self.tree().is_shared(entry.key_span)).then_some(WrittenKey { entry, mapping })
    }

    /// The keys beside a key.
    pub(super) fn siblings(&self, key: WrittenKey<'a>) -> impl Iterator<Item = &'a str> {
        let entries = self.tree().entries(key.mapping).iter();
        entries
            .filter(move |entry| entry.key_span != key.entry.key_span)
            .map(|entry| entry.key.as_ref())
    }

    /// The JSON pointer of a mapping in the descriptor that holds it.
    pub(super) fn pointer(&self, mapping: NodeId) -> String {
        let root = self.descriptor.node_of(FactId::ROOT);
        let base = root.map(|root| self.tree().pointer(root)).unwrap_or_default();
        let pointer = self.tree().pointer(mapping);
        pointer.strip_prefix(&base).unwrap_or(&pointer).to_string()
    }

    /// Whether a mapping gives a text in several languages.
    pub(super) fn is_text(&self, mapping: NodeId) -> bool {
        let fact = self.descriptor.fact_of_node(mapping);
        let shape = fact.and_then(|fact| self.descriptor.shape_of(fact));
        shape.is_some_and(|shape| within(shape, |shape| matches!(shape, Shape::Text).then_some(())).is_some())
    }

    /// What a value should be.
    pub(super) fn shape(&self, written: Written<'_>) -> Option<&'static Shape> {
        self.descriptor.shape_of(written.fact?)
    }

    /// The vocabulary of a value.
    pub(super) fn vocabulary(&self, written: Written<'_>) -> Option<&'static Vocabulary> {
        let code = |shape: &'static Shape| match shape {
            Shape::Code(name) => Some(name),
            _ => None,
        };
        vocabulary::embedded(within(self.shape(written)?, code)?)
    }

    /// The edit that gives a scalar another text, in the way in which it is written.
    pub(super) fn write(&self, written: Written<'_>, text: &str, how: As) -> Edit {
        let scalar = written.scalar;
        let text = match (how, scalar.style) {
            (As::Bare, _) => text.to_string(),
            (As::Text, Style::Single) => format!("'{}'", text.replace('\'', "''")),
            // JSON has no text without quotation marks.
            (As::Text, Style::Plain) if scalar.kind == ScalarKind::String && reads_as_written(text) => text.to_string(),
            (As::Text, _) => quoted(text),
        };
        Edit {
            span: written.span,
            text,
        }
    }

    /// The edit that gives a key another name.
    pub(super) fn write_key(&self, key: WrittenKey<'_>, name: &str) -> Edit {
        let slice = key.entry.key_span.slice(self.text);
        let text = match slice.chars().next() {
            Some('"') => quoted(name),
            Some('\'') => format!("'{}'", name.replace('\'', "''")),
            _ if reads_as_written(name) => name.to_string(),
            _ => quoted(name),
        };
        Edit {
            span: key.entry.key_span,
            text,
        }
    }

    /// A fix of one edit; nothing where it would change nothing.
    pub(super) fn fix(&self, title: String, applicability: Applicability, exact: bool, edit: Edit) -> Option<Fix> {
        (edit.span.slice(self.text) != edit.text).then(|| Fix {
            title,
            applicability,
            exact,
            edits: vec![edit],
        })
    }

    /// The title of a fix that writes a value anew.
    pub(super) fn title(&self, old: &str, new: &str) -> String {
        self.language.fill(
            "write `{new}` instead of `{old}`",
            &[("new", &shown(new)), ("old", &shown(old))],
        )
    }
}

/// The first of a shape and what it is made of that fits.
fn within<T>(shape: &'static Shape, fits: impl Fn(&'static Shape) -> Option<T> + Copy) -> Option<T> {
    match shape {
        Shape::Choice(shapes) => shapes.iter().find_map(|shape| within(shape, fits)),
        Shape::List { item, lenient: true } => fits(shape).or_else(|| within(item, fits)),
        own => fits(own),
    }
}

/// A text in double quotation marks, as JSON and YAML both read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
