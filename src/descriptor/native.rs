//! The native format read through the model: YAML or JSON tree → facts.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::builder::{Builder, Placeholders, Slot};
use super::model::{Group, Key, LineKind, Shape, model};
use super::{Blank, Descriptor, FactId, Place, SourceId, UnknownKey, Value};
use crate::source::Span;
use crate::tree::{Ambiguity, Entry, Kind, NodeId, ScalarKind, Tree};

/// What the reader of the native format needs beside the model (`rules/formats/native.yaml`).
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativeFormat {
    /// ELM names at the top level → canonical path.
    pub aliases: FxHashMap<String, String>,
    /// Keys under which nothing is judged, by any reader.
    #[serde(default)]
    pub private_prefixes: Vec<String>,
    /// What a key at a place became: `/issuing/digital` → `formats`; `*` stands for one segment.
    #[serde(default)]
    pub former: FxHashMap<String, String>,
}

impl NativeFormat {
    /// The canonical path segments that a top-level key stands for.
    fn alias(&self, key: &str) -> Option<(&str, Option<&str>)> {
        let path = self.aliases.get(key)?.strip_prefix('/')?;
        Some(
            path.split_once('/')
                .map_or((path, None), |(first, rest)| (first, Some(rest))),
        )
    }

    /// The key that one of an earlier draft, or of common usage, became at this place.
    pub fn successor(&self, pointer: &str) -> Option<&str> {
        let segments: Vec<&str> = pointer.split('/').skip(1).collect();
        let fits = |pattern: &str| {
            let wanted: Vec<&str> = pattern.split('/').skip(1).collect();
            wanted.len() == segments.len()
                && wanted
                    .iter()
                    .zip(&segments)
                    .all(|(wanted, segment)| *wanted == "*" || wanted == segment)
        };
        let mut found: Vec<(&str, &str)> = self
            .former
            .iter()
            .filter(|(pattern, _)| fits(pattern))
            .map(|(pattern, key)| (pattern.as_str(), key.as_str()))
            .collect();
        found.sort_unstable();
        found.last().map(|(_, key)| *key)
    }

    /// Whether a top-level key is an accepted alias.
    pub fn is_alias(&self, key: &str) -> bool {
        self.aliases.contains_key(key)
    }
}

/// Reads a document, or the part of it below `root`.
pub fn read<'s>(
    tree: &'s Tree<'s>,
    root: Option<NodeId>,
    format: &NativeFormat,
    placeholders: &Placeholders,
) -> Descriptor<'s> {
    let mut reader = Reader {
        builder: Builder::new(tree, placeholders),
        tree,
        format,
    };
    reader.root(root);
    reader.builder.out
}

/// The group that a shape leads to, through lists and choices.
pub(super) fn group_of(shape: &'static Shape) -> Option<&'static Group> {
    match shape {
        Shape::Group(group) => Some(group),
        Shape::List { item, .. } | Shape::Table(item) => group_of(item),
        Shape::Choice(shapes) => shapes.iter().find_map(group_of),
        _ => None,
    }
}

struct Reader<'s, 'r> {
    builder: Builder<'s, 'r>,
    tree: &'s Tree<'s>,
    format: &'r NativeFormat,
}

impl<'s> Reader<'s, '_> {
    fn root(&mut self, root: Option<NodeId>) {
        let slot = Slot {
            key: Key::OTHER,
            name: Cow::Borrowed(""),
            key_span: Span::default(),
            parent: FactId::ROOT,
        };
        let Some(root) = root else {
            let start = self.tree.start as usize;
            self.builder
                .push(slot, Value::Blank(Blank::Empty), Span::new(start, start), None);
            return;
        };
        if !matches!(self.tree.node(root).kind, Kind::Mapping(_)) {
            self.builder.push(
                slot,
                Value::Unreadable(Cow::Borrowed("")),
                self.tree.node(root).span,
                Some(root),
            );
            return;
        }
        self.root_group(slot, root);
    }

    /// The outermost mapping, with the ELM names folded into the groups that they belong to.
    fn root_group(&mut self, slot: Slot<'s>, root: NodeId) {
        let id = self
            .builder
            .push(slot, Value::Group, self.tree.node(root).span, Some(root));
        let mark = self.builder.scratch.len();
        let mut folded: Vec<(&str, &str, &'s Entry<'s>)> = Vec::new();
        for entry in self.tree.entries(root) {
            let known = model()
                .key(&entry.key)
                .filter(|key| model().root().field(*key).is_some_and(|(_, field)| !field.only_issued));
            match (known, self.format.alias(&entry.key)) {
                (Some(key), _) => self.field(model().root(), key, entry, id),
                (None, Some((first, None))) => {
                    if let Some(key) = model().key(first) {
                        self.field(model().root(), key, entry, id);
                    }
                }
                (None, Some((first, Some(rest)))) => folded.push((first, rest, entry)),
                (None, None) => self.unknown(entry),
            }
        }
        for (first, rest, entry) in folded {
            self.fold(id, mark, first, rest, entry);
        }
        self.builder.close(id, mark);
    }

    /// `eqf_level: 5` at the top is `level: {eqf: 5}`.
    fn fold(&mut self, root: FactId, mark: usize, first: &str, rest: &str, entry: &'s Entry<'s>) {
        let (Some(outer), Some(inner)) = (model().key(first), model().key(rest)) else {
            return;
        };
        let Some(group) = model()
            .root()
            .field(outer)
            .and_then(|(_, field)| group_of(&field.shape))
        else {
            return;
        };
        let existing = self.builder.scratch[mark..]
            .iter()
            .copied()
            .find(|child| self.builder.out.fact(*child).key == outer);
        let holder = existing.unwrap_or_else(|| {
            let slot = Slot {
                key: outer,
                name: entry.key.clone(),
                key_span: entry.key_span,
                parent: root,
            };
            let id = self.builder.push(slot, Value::Group, entry.use_span, Some(entry.value));
            self.builder.scratch.push(id);
            id
        });
        if self.builder.out.fact(holder).value != Value::Group || self.builder.out.child(holder, inner).is_some() {
            return;
        }
        let inner_mark = self.builder.scratch.len();
        let earlier: Vec<FactId> = self.builder.out.children(holder).to_vec();
        self.builder.scratch.extend(earlier);
        self.field(group, inner, entry, holder);
        self.builder.close(holder, inner_mark);
    }

    fn field(&mut self, group: &'static Group, key: Key, entry: &'s Entry<'s>, parent: FactId) {
        let Some((_, field)) = group.field(key) else { return };
        // A repeated key is a finding of the tree; the first one counts.
        if self
            .builder
            .scratch
            .iter()
            .rev()
            .take_while(|id| self.builder.out.fact(**id).parent == parent)
            .any(|id| self.builder.out.fact(*id).key == key)
        {
            return;
        }
        let slot = Slot {
            key,
            name: entry.key.clone(),
            key_span: entry.key_span,
            parent,
        };
        let id = self.read(slot, &field.shape, field.states, entry.value, entry.use_span);
        self.builder.scratch.push(id);
    }

    fn unknown(&mut self, entry: &'s Entry<'s>) {
        let private = self
            .format
            .private_prefixes
            .iter()
            .any(|prefix| entry.key.starts_with(prefix.as_str()));
        if !private {
            let place = Place {
                source: SourceId(0),
                span: entry.key_span,
                node: Some(entry.value),
            };
            self.builder.out.unknown_keys.push(UnknownKey {
                name: entry.key.clone(),
                place,
            });
        }
    }

    fn read(&mut self, slot: Slot<'s>, shape: &'static Shape, states: bool, node: NodeId, span: Span) -> FactId {
        if let Some(value) = self.state(states, node) {
            return self.builder.push(slot, value, span, Some(node));
        }
        match (shape, &self.tree.node(node).kind) {
            (Shape::Any, _) => self.builder.push(slot, Value::Opaque, span, Some(node)),
            (Shape::Descriptor, _) => {
                // Its keys are judged here, with the file that they stand in; what it says, by itself.
                let inner = read(self.tree, Some(node), self.format, self.builder.placeholders());
                self.builder.out.unknown_keys.extend(inner.unknown_keys);
                self.builder.push(slot, Value::Opaque, span, Some(node))
            }
            (Shape::Choice(shapes), _) => {
                let fitting = shapes.iter().find(|shape| self.fits(shape, node)).unwrap_or(&shapes[0]);
                self.read(slot, fitting, false, node, span)
            }
            (_, Kind::Scalar(scalar)) if scalar.kind == ScalarKind::Null => {
                self.builder.push(slot, Value::Blank(Blank::Null), span, Some(node))
            }
            (Shape::List { item, lenient: true }, Kind::Scalar(_) | Kind::Mapping(_)) => {
                self.list_of_one(slot, item, node, span)
            }
            (Shape::List { item, .. }, Kind::Sequence(_)) => self.list(slot, item, node, span),
            (Shape::Group(group), Kind::Mapping(_)) if !self.is_shorthand(group, node) => {
                self.group(slot, group, node, span)
            }
            (Shape::Group(group), Kind::Scalar(_) | Kind::Mapping(_)) if group.shorthand.is_some() => {
                self.shorthand(slot, group, node, span)
            }
            (Shape::Table(item), Kind::Mapping(_)) => self.table(slot, Value::Group, item, node, span),
            (Shape::Text, Kind::Mapping(_)) => {
                static LINE: Shape = Shape::Line(LineKind::Line);
                self.table(slot, Value::Texts, &LINE, node, span)
            }
            (Shape::Code(_), Kind::Mapping(_)) => self.own_concept(slot, node, span),
            (Shape::Group(_) | Shape::List { .. } | Shape::Table(_), _) | (_, Kind::Sequence(_) | Kind::Mapping(_)) => {
                let text = self
                    .tree
                    .scalar(node)
                    .map(|scalar| scalar.text.clone())
                    .unwrap_or_default();
                let empty = self.tree.entries(node).is_empty() && text.trim().is_empty();
                let value = if empty {
                    Value::Blank(Blank::Empty)
                } else {
                    Value::Unreadable(text)
                };
                self.builder.push(slot, value, span, Some(node))
            }
            (_, Kind::Scalar(scalar)) => {
                let value = self.builder.leaf(shape, scalar);
                let ambiguity = scalar.ambiguity.filter(|ambiguity| matters(shape, *ambiguity));
                let id = self.builder.push(slot, value, span, Some(node));
                self.builder.out.facts[id.0 as usize].ambiguity = ambiguity;
                id
            }
        }
    }

    /// `none` and `{not_applicable: …}`, where they may be said.
    fn state(&self, states: bool, node: NodeId) -> Option<Value<'s>> {
        match &self.tree.node(node).kind {
            Kind::Scalar(scalar) if states && scalar.text.trim().eq_ignore_ascii_case("none") => {
                Some(Value::DeclaredNone)
            }
            // Said of anything, it is read as what it claims to be; where it may not be said is a rule's business.
            Kind::Mapping(_) => {
                let [entry] = self.tree.entries(node) else { return None };
                let reason = self
                    .tree
                    .scalar(entry.value)
                    .map(|scalar| scalar.text.clone())
                    .unwrap_or_default();
                (entry.key == "not_applicable").then_some(Value::NotApplicable(reason))
            }
            _ => None,
        }
    }

    fn fits(&self, shape: &Shape, node: NodeId) -> bool {
        match (&self.tree.node(node).kind, shape) {
            (Kind::Sequence(_), Shape::List { .. }) => true,
            (Kind::Mapping(_), Shape::Group(group)) => !self.is_shorthand(group, node),
            (Kind::Mapping(_), Shape::Text) => self.is_language_map(node),
            (Kind::Mapping(_), Shape::Table(_)) => true,
            (Kind::Scalar(scalar), Shape::Number) => matches!(scalar.kind, ScalarKind::Integer | ScalarKind::Float),
            (Kind::Scalar(_), Shape::Text | Shape::Line(_) | Shape::Code(_) | Shape::Flag) => true,
            _ => false,
        }
    }

    fn is_shorthand(&self, group: &Group, node: NodeId) -> bool {
        let is_field = |entry: &Entry<'_>| model().key(&entry.key).is_some_and(|key| group.field(key).is_some());
        group.shorthand.is_some() && self.is_language_map(node) && !self.tree.entries(node).iter().any(is_field)
    }

    fn is_language_map(&self, node: NodeId) -> bool {
        let entries = self.tree.entries(node);
        !entries.is_empty() && entries.iter().all(|entry| is_language_tag(&entry.key))
    }

    fn group(&mut self, slot: Slot<'s>, group: &'static Group, node: NodeId, span: Span) -> FactId {
        let id = self.builder.push(slot, Value::Group, span, Some(node));
        let mark = self.builder.scratch.len();
        for entry in self.tree.entries(node) {
            let known = model().key(&entry.key).filter(|key| group.field(*key).is_some());
            match known {
                Some(key) => self.field(group, key, entry, id),
                None if group.open => self.open_key(entry, id),
                None => self.unknown(entry),
            }
        }
        self.builder.close(id, mark);
        id
    }

    fn open_key(&mut self, entry: &'s Entry<'s>, parent: FactId) {
        let slot = Slot {
            key: Key::OTHER,
            name: entry.key.clone(),
            key_span: entry.key_span,
            parent,
        };
        static FREE: Shape = Shape::Line(LineKind::Line);
        let id = self.read(slot, &FREE, false, entry.value, entry.use_span);
        self.builder.scratch.push(id);
    }

    fn shorthand(&mut self, slot: Slot<'s>, group: &'static Group, node: NodeId, span: Span) -> FactId {
        let id = self.builder.push(slot, Value::Group, span, Some(node));
        let mark = self.builder.scratch.len();
        if let Some((key, (_, field))) = group.shorthand.and_then(|key| Some((key, group.field(key)?))) {
            let inner = Slot {
                key,
                name: Cow::Borrowed(""),
                key_span: Span::default(),
                parent: id,
            };
            let child = self.read(inner, &field.shape, false, node, span);
            self.builder.scratch.push(child);
        }
        self.builder.close(id, mark);
        id
    }

    fn list(&mut self, slot: Slot<'s>, item: &'static Shape, node: NodeId, span: Span) -> FactId {
        if self.tree.entries(node).is_empty() {
            return self.builder.push(slot, Value::Blank(Blank::Empty), span, Some(node));
        }
        let id = self.builder.push(slot, Value::List, span, Some(node));
        let mark = self.builder.scratch.len();
        for entry in self.tree.entries(node) {
            let slot = Slot {
                key: Key::OTHER,
                name: Cow::Borrowed(""),
                key_span: Span::default(),
                parent: id,
            };
            // `none` inside a list of codes (issuing.formats, recognition) is a statement of absence.
            let child = self.read(slot, item, true, entry.value, entry.use_span);
            self.builder.scratch.push(child);
        }
        self.builder.close(id, mark);
        id
    }

    fn list_of_one(&mut self, slot: Slot<'s>, item: &'static Shape, node: NodeId, span: Span) -> FactId {
        let id = self.builder.push(slot, Value::List, span, Some(node));
        let mark = self.builder.scratch.len();
        let inner = Slot {
            key: Key::OTHER,
            name: Cow::Borrowed(""),
            key_span: Span::default(),
            parent: id,
        };
        let child = self.read(inner, item, true, node, span);
        self.builder.scratch.push(child);
        self.builder.close(id, mark);
        id
    }

    /// The entries of a mapping whose keys the model does not name.
    fn table(&mut self, slot: Slot<'s>, value: Value<'s>, item: &'static Shape, node: NodeId, span: Span) -> FactId {
        let id = self.builder.push(slot, value, span, Some(node));
        let mark = self.builder.scratch.len();
        for entry in self.tree.entries(node) {
            let slot = Slot {
                key: Key::OTHER,
                name: entry.key.clone(),
                key_span: entry.key_span,
                parent: id,
            };
            let child = self.read(slot, item, false, entry.value, entry.use_span);
            self.builder.scratch.push(child);
        }
        self.builder.close(id, mark);
        id
    }

    /// `{uri: …, label: …}`: the URI is the code; without one the label.
    fn own_concept(&mut self, slot: Slot<'s>, node: NodeId, span: Span) -> FactId {
        let scalar = |key: &str| self.tree.get(node, key).and_then(|entry| self.tree.scalar(entry.value));
        let text = scalar("uri")
            .or_else(|| scalar("label"))
            .map(|scalar| scalar.text.clone());
        let value = text.map_or(Value::Unreadable(Cow::Borrowed("")), Value::Text);
        self.builder.push(slot, value, span, Some(node))
    }
}

/// Where it matters what a YAML 1.1 reader would make of a value: a date in a date field is read as that date by
/// both, a code or a text is not.
fn matters(shape: &Shape, ambiguity: Ambiguity) -> bool {
    match ambiguity {
        Ambiguity::Date => false,
        Ambiguity::LeadingZero | Ambiguity::Boolean | Ambiguity::Underscore | Ambiguity::Sexagesimal => {
            // Where a number belongs, `1_000` is a finding of the shape already.
            let unread = matches!(shape, Shape::Number) && ambiguity != Ambiguity::LeadingZero;
            !unread && matches!(shape, Shape::Text | Shape::Code(_) | Shape::Line(_) | Shape::Number)
        }
    }
}

/// European languages without a two-letter code.
const THREE_LETTERS: [&str; 16] = [
    "ast", "csb", "dsb", "fur", "gsw", "hsb", "mul", "rom", "rue", "sma", "sme", "smj", "smn", "sms", "und", "vec",
];

/// A plausible BCP 47 tag: two letters or one of a few known languages of three, then subtags. The descriptor schema
/// has the same pattern; `txt` must stay a misspelt key.
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let two = primary.len() == 2 && primary.bytes().all(|c| c.is_ascii_lowercase());
    (two || THREE_LETTERS.contains(&primary))
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric()))
}
