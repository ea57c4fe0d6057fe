//! The descriptor lens: one practice seen as facts in the standard's words.
//!
//! A [`Fact`] is a value, what can be said about it (readable, blank, `none`, not applicable), and its [`Place`] in the
//! file that the user wrote. Facts are addressed by *canonical paths*: the native key names, whatever the format of the
//! file. A reader per format ([`native`] is the first) builds the facts over its own tree; rules and the score see
//! nothing but this lens, so that `PT60H`, points as text or one concept for two facts look the same to a rule, and a
//! finding still points into the file that exists.
//!
//! There is no strict struct behind it: an incomplete descriptor is the normal case.

pub mod builder;
pub mod mapped;
pub mod model;
pub mod native;
pub mod objects;
mod readings;

use std::borrow::Cow;

use crate::number::Number;
use crate::source::Span;
use crate::tree::{Ambiguity, NodeId, Tree};
use model::{Key, model};

/// Index of a [`Fact`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactId(u32);

impl FactId {
    /// The outermost fact: the whole practice.
    pub const ROOT: FactId = FactId(0);
}

/// Which of a practice's sources a place is in; 0 is the file itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct SourceId(pub u16);

/// A place in a source: where a fact stands, or where one that is absent should stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The source.
    pub source: SourceId,
    /// The bytes to point at.
    pub span: Span,
    /// The node, for the JSON pointer.
    pub node: Option<NodeId>,
}

/// One statement of the file.
#[derive(Debug)]
pub struct Fact<'s> {
    /// Its key in the model; [`Key::OTHER`] for list items, languages and free ids.
    pub key: Key,
    /// The key as the file spells it; empty for list items.
    pub name: Cow<'s, str>,
    /// The value.
    pub value: Value<'s>,
    /// How the value could be misread by YAML 1.1 readers, where that matters for its kind.
    pub ambiguity: Option<Ambiguity>,
    /// Where the key stands; empty for list items.
    pub key_span: Span,
    /// Where the value stands.
    pub value_span: Span,
    source: SourceId,
    node: Option<NodeId>,
    parent: FactId,
    children: std::ops::Range<u32>,
    stated: bool,
}

/// What a fact says.
#[derive(Debug, PartialEq)]
pub enum Value<'s> {
    /// A mapping; see [`Descriptor::children`].
    Group,
    /// A list; see [`Descriptor::children`].
    List,
    /// Text in several languages; the children are the languages.
    Texts,
    /// Text, a code, a name, an id, a date, a URL.
    Text(Cow<'s, str>),
    /// An exact number.
    Number(Number),
    /// `true` or `false`.
    Flag(bool),
    /// A value that is kept but not read.
    Opaque,
    /// `none`: said to be absent.
    DeclaredNone,
    /// `{not_applicable: reason}`; the reason may be empty.
    NotApplicable(Cow<'s, str>),
    /// Nothing: the key stands there without a statement.
    Blank(Blank),
    /// A value that cannot be read as what it should be; its text, if it has one.
    Unreadable(Cow<'s, str>),
}

/// Why a key without a statement says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// No value, `null` or `~`.
    Null,
    /// An empty text, list or mapping.
    Empty,
    /// A word from the closed list of placeholders.
    Placeholder,
}

/// A key that the model does not know, kept for the rules about keys.
#[derive(Debug)]
pub struct UnknownKey<'s> {
    /// The key.
    pub name: Cow<'s, str>,
    /// Where it stands.
    pub place: Place,
}

/// One practice as facts.
#[derive(Debug)]
pub struct Descriptor<'s> {
    tree: &'s Tree<'s>,
    facts: Vec<Fact<'s>>,
    children: Vec<FactId>,
    unknown_keys: Vec<UnknownKey<'s>>,
    readings: std::sync::OnceLock<readings::Readings>,
    /// Where the facts come from, when the file is not in our own format.
    origin: Option<Origin>,
}

/// The format of a file that is not ours, and where in it what is absent belongs.
#[derive(Debug)]
pub struct Origin {
    /// The format.
    pub format: &'static mapped::Format,
    /// Nodes that statements were taken from, each with everything in it.
    used: rustc_hash::FxHashSet<u32>,
    /// The classes of the record, by their local names.
    pub classes: Vec<String>,
    /// What stands for the record as a whole.
    head: Place,
    absent: Vec<Absent>,
    /// The document around the record.
    whole: std::sync::Arc<Whole>,
    /// Which of its records this is.
    record: usize,
}

/// What the records of one document share.
#[derive(Debug)]
struct Whole {
    document: NodeId,
    records: Vec<NodeId>,
    /// Read when a rule first asks.
    objects: std::sync::OnceLock<objects::Objects>,
}

/// A place where something is missing.
#[derive(Debug)]
struct Absent {
    /// The canonical path of what is missing.
    path: String,
    /// The key as the format spells it.
    key: String,
    /// The object that should hold it.
    place: Place,
}

impl Origin {
    /// Whether a key is one in which the format says what is absent here.
    pub fn knows(&self, key: &str) -> bool {
        !key.is_empty() && self.absent.iter().any(|absent| absent.key == key)
    }
}

impl<'s> Descriptor<'s> {
    /// The fact behind an id of this descriptor.
    pub fn fact(&self, id: FactId) -> &Fact<'s> {
        &self.facts[id.0 as usize]
    }

    /// The children of a group, a list or a text in several languages.
    pub fn children(&self, id: FactId) -> &[FactId] {
        let range = &self.fact(id).children;
        &self.children[range.start as usize..range.end as usize]
    }

    /// The child of a group with a key.
    pub fn child(&self, id: FactId, key: Key) -> Option<FactId> {
        self.children(id)
            .iter()
            .copied()
            .find(|child| self.fact(*child).key == key)
    }

    /// The child of a group by name.
    pub fn get(&self, id: FactId, name: &str) -> Option<FactId> {
        self.children(id).iter().copied().find(|child| {
            let fact = self.fact(*child);
            if fact.key == Key::OTHER {
                fact.name == name
            } else {
                model().name(fact.key) == name
            }
        })
    }

    /// The group or list that holds a fact; the root holds itself.
    pub fn parent(&self, id: FactId) -> FactId {
        self.fact(id).parent
    }

    /// Whether the fact, or anything inside it, is a readable statement. `none` and a claim of "not applicable" are
    /// statements too.
    pub fn is_stated(&self, id: FactId) -> bool {
        self.fact(id).stated
    }

    /// The texts of a fact with their languages; a plain text comes with an empty language.
    pub fn texts(&self, id: FactId) -> impl Iterator<Item = (&str, FactId, &str)> {
        let languages = match self.fact(id).value {
            Value::Texts => self.children(id),
            _ => &[],
        };
        let plain = self.plain_text(id).map(|text| ("", id, text));
        let tagged = languages.iter().filter_map(|child| {
            let text = self.plain_text(*child)?;
            Some((self.fact(*child).name.as_ref(), *child, text))
        });
        plain.into_iter().chain(tagged)
    }

    /// The first text of a fact, preferring a language.
    pub fn text(&self, id: FactId, language: &str) -> Option<&str> {
        let preferred = self.texts(id).find(|(tag, ..)| *tag == language);
        preferred.or_else(|| self.texts(id).next()).map(|(.., text)| text)
    }

    /// The text of a fact in one language or without one.
    pub fn plain_text(&self, id: FactId) -> Option<&str> {
        match &self.fact(id).value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a fact.
    pub fn number(&self, id: FactId) -> Option<Number> {
        match self.fact(id).value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The value as the file writes it, for messages; shortened to a readable length.
    pub fn shown(&self, id: FactId) -> String {
        let fact = self.fact(id);
        let text = match &fact.value {
            Value::Text(text) | Value::Unreadable(text) => text.to_string(),
            Value::Number(number) => crate::number::display(*number, 3),
            Value::Flag(flag) => flag.to_string(),
            Value::DeclaredNone => "none".to_string(),
            Value::Texts => self
                .texts(id)
                .next()
                .map(|(.., text)| text.to_string())
                .unwrap_or_default(),
            _ => String::new(),
        };
        shorten(&text, 60)
    }

    /// Where a fact's value stands.
    pub fn place(&self, id: FactId) -> Place {
        let fact = self.fact(id);
        Place {
            source: fact.source,
            span: self.value_or_key(id),
            node: fact.node,
        }
    }

    /// Where a fact's key stands; for a list item its value.
    pub fn key_place(&self, id: FactId) -> Place {
        let fact = self.fact(id);
        let span = if fact.key_span.is_empty() {
            self.head(id)
        } else {
            fact.key_span
        };
        Place {
            source: fact.source,
            span,
            node: fact.node,
        }
    }

    /// Collections are pointed at by their key, or by their first child's key: framing a whole list helps nobody.
    fn value_or_key(&self, id: FactId) -> Span {
        let fact = self.fact(id);
        match fact.value {
            Value::Group | Value::List | Value::Texts | Value::Opaque | Value::Blank(_) | Value::NotApplicable(_)
                if !fact.key_span.is_empty() =>
            {
                fact.key_span
            }
            Value::Group | Value::List | Value::Texts => self.head(id),
            _ if fact.value_span.is_empty() => fact.key_span,
            _ => fact.value_span,
        }
    }

    fn head(&self, id: FactId) -> Span {
        let fact = self.fact(id);
        let first = self
            .children(id)
            .iter()
            .min_by_key(|child| self.fact(**child).value_span.start);
        match (&fact.value, first) {
            (Value::Group | Value::Texts | Value::List, Some(first)) => {
                let child = self.fact(*first);
                if child.key_span.is_empty() {
                    self.value_or_key(*first)
                } else {
                    child.key_span
                }
            }
            _ => fact.value_span,
        }
    }

    /// Where a key that is absent from a group should stand: at the key of the preceding sibling in the standard's
    /// order, else of the group itself, else at the first key of the document. Never the whole file.
    pub fn place_for_absent(&self, group: FactId, name: &str) -> Place {
        if let Some(absent) = self.absent(group, name) {
            return absent.place;
        }
        if let (Some(origin), FactId::ROOT) = (&self.origin, group) {
            return origin.head;
        }
        let order = |name: &str| self.order_of(group, name);
        let wanted = order(name);
        let before = self
            .children(group)
            .iter()
            .copied()
            .filter(|child| !self.fact(*child).key_span.is_empty());
        let sibling = before
            .clone()
            .filter(|child| order(&self.canonical_name(*child)) < wanted)
            .max_by_key(|child| order(&self.canonical_name(*child)));
        if let Some(sibling) = sibling {
            return self.key_place(sibling);
        }
        if group != FactId::ROOT {
            return self.key_place(group);
        }
        match before.min_by_key(|child| self.fact(*child).key_span) {
            Some(first) => self.key_place(first),
            None => self.key_place(FactId::ROOT),
        }
    }

    /// The name of a key that is absent from a group, as the format of the file spells it.
    pub fn name_for_absent<'a>(&'a self, group: FactId, name: &'a str) -> &'a str {
        self.absent(group, name).map_or(name, |absent| &absent.key)
    }

    fn absent(&self, group: FactId, name: &str) -> Option<&Absent> {
        let origin = self.origin.as_ref()?;
        let path = format!("{}/{name}", self.path(group));
        let exactly = origin.absent.iter().find(|absent| absent.path == path);
        // Of a group that is not there at all, its first key.
        let within = |absent: &&Absent| {
            absent
                .path
                .strip_prefix(&path)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        let around = |absent: &&Absent| {
            path.strip_prefix(&absent.path)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        let found = exactly.or_else(|| origin.absent.iter().find(within));
        found.or_else(|| origin.absent.iter().find(around))
    }

    /// Whether the format of the file has a place for a key of a group: nobody can be asked for what cannot be said.
    pub fn has_place_for(&self, group: FactId, name: &str) -> bool {
        let path = || format!("{}/{name}", self.path(group));
        self.origin
            .as_ref()
            .is_none_or(|origin| origin.format.has_place_for(&path()))
    }

    /// What could not be read as what it should be, and how it should be read: of files that no schema of ours has seen.
    pub fn unreadable(&self) -> impl Iterator<Item = (FactId, Option<&'static model::Shape>)> {
        self.all()
            .filter(|id| matches!(self.fact(*id).value, Value::Unreadable(_)))
            .map(|id| (id, self.shape_of(id)))
    }

    /// A value that is kept but not read, as it stands in the file.
    pub fn opaque(&self, id: FactId) -> Option<serde_json::Value> {
        let fact = self.fact(id);
        let node = fact.node.filter(|_| fact.value == Value::Opaque)?;
        Some(crate::schema::to_json(self.tree, node))
    }

    /// What of a native file no fact was made of (keys that begin with `x-`, unknown ones).
    pub fn rest(&self) -> Vec<mapped::Rest> {
        let known: rustc_hash::FxHashSet<u32> = self
            .facts
            .iter()
            .filter_map(|fact| fact.node)
            .map(NodeId::index)
            .collect();
        let mut rest = Vec::new();
        if let Some(root) = self.fact(FactId::ROOT).node {
            self.gather(root, &known, &mut rest);
        }
        rest
    }

    fn gather(&self, node: NodeId, known: &rustc_hash::FxHashSet<u32>, rest: &mut Vec<mapped::Rest>) {
        let own = self.facts.iter().find(|fact| fact.node == Some(node));
        if own.is_some_and(|fact| !matches!(fact.value, Value::Group | Value::List | Value::Texts)) {
            return;
        }
        for entry in self.tree.entries(node) {
            if known.contains(&entry.value.index()) {
                self.gather(entry.value, known, rest);
            } else if entry.key != "descriptor" {
                rest.push(mapped::Rest {
                    pointer: self.tree.pointer(entry.value),
                    of: None,
                    value: crate::schema::to_json(self.tree, entry.value),
                });
            }
        }
    }

    /// The key of a group that a bare value stands for.
    pub fn shorthand_of(&self, id: FactId) -> Option<Key> {
        self.group_model(id)?.shorthand
    }

    /// The tree that the facts were read from.
    pub(crate) fn tree(&self) -> &'s Tree<'s> {
        self.tree
    }

    /// The node that a fact was read from.
    pub(crate) fn node_of(&self, id: FactId) -> Option<NodeId> {
        self.fact(id).node
    }

    /// The innermost fact that was read from a node.
    pub(crate) fn fact_of_node(&self, node: NodeId) -> Option<FactId> {
        let own = |id: &FactId| self.fact(*id).node == Some(node);
        self.all().filter(own).last()
    }

    /// How the model reads a fact; nothing for the root, which is no value of a key.
    pub fn shape_of(&self, id: FactId) -> Option<&'static model::Shape> {
        if id == FactId::ROOT {
            return None;
        }
        let fact = self.fact(id);
        if fact.key == Key::OTHER {
            match self.shape_of(fact.parent)? {
                model::Shape::List { item, .. } => Some(item),
                other => Some(other),
            }
        } else {
            Some(&self.group_model(fact.parent)?.field(fact.key)?.1.shape)
        }
    }

    /// The format of the file, when it is not our own.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The objects of the record as the model of its format sees them; `None` for files of another format.
    pub fn objects(&self, format: &mapped::Format) -> Option<objects::View<'_>> {
        let origin = self
            .origin
            .as_ref()
            .filter(|origin| origin.format.format == format.format)?;
        let (whole, names) = (&origin.whole, format.objects.as_ref()?);
        let read = || objects::Objects::read(self.tree, names, whole.document, &whole.records);
        let all = whole.objects.get_or_init(read);
        Some(objects::View::new(all, self.tree, origin.record))
    }

    /// The place of a key among the keys of a group, in the standard's order.
    pub fn order_of(&self, group: FactId, name: &str) -> usize {
        let key = model().key(name).unwrap_or(Key::OTHER);
        let order = self
            .group_model(group)
            .and_then(|fields| fields.field(key))
            .map(|(order, _)| order);
        order.unwrap_or(usize::MAX)
    }

    /// The model's group for a fact, found along the path from the root.
    fn group_model(&self, id: FactId) -> Option<&'static model::Group> {
        if id == FactId::ROOT {
            return Some(model().root());
        }
        let fact = self.fact(id);
        let mut holder = fact.parent;
        let shape = if fact.key == Key::OTHER {
            let list_key = self.fact(holder).key;
            holder = self.fact(holder).parent;
            &self.group_model(holder)?.field(list_key)?.1.shape
        } else {
            &self.group_model(holder)?.field(fact.key)?.1.shape
        };
        native::group_of(shape)
    }

    /// The canonical name of a fact's key.
    pub fn canonical_name(&self, id: FactId) -> String {
        let fact = self.fact(id);
        if fact.key == Key::OTHER {
            fact.name.to_string()
        } else {
            model().name(fact.key).to_string()
        }
    }

    /// What the file says of a fact, as JSON: for what is kept without being read.
    pub fn json(&self, id: FactId) -> serde_json::Value {
        let node = self.fact(id).node;
        node.map_or(serde_json::Value::Null, |node| crate::schema::to_json(self.tree, node))
    }

    /// The name of a fact's key: as a file of another format spells it, else as we do.
    pub fn written_name(&self, id: FactId) -> String {
        let written = &self.fact(id).name;
        if self.origin.is_some() && !written.is_empty() {
            return written.to_string();
        }
        self.canonical_name(id)
    }

    /// The JSON pointer, in the user's file, of a place.
    pub fn pointer(&self, place: Place) -> String {
        place.node.map(|node| self.tree.pointer(node)).unwrap_or_default()
    }

    /// The canonical path of a fact, e.g. `/learning_outcomes/0/text`.
    pub fn path(&self, id: FactId) -> String {
        if id == FactId::ROOT {
            return String::new();
        }
        let parent = self.parent(id);
        let name = if matches!(self.fact(parent).value, Value::List) {
            let index = self.children(parent).iter().position(|child| *child == id);
            index.unwrap_or_default().to_string()
        } else {
            self.canonical_name(id)
        };
        format!("{}/{name}", self.path(parent))
    }

    /// The innermost fact on a path of key names and indices; for findings of other layers that know a pointer.
    pub fn at(&self, path: &[&str]) -> FactId {
        let mut current = FactId::ROOT;
        for segment in path {
            let next = match self.fact(current).value {
                Value::List => segment
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| self.children(current).get(index).copied()),
                _ => self.get(current, segment),
            };
            let Some(next) = next else { break };
            current = next;
        }
        current
    }

    /// All facts, outermost first.
    pub fn all(&self) -> impl Iterator<Item = FactId> + use<'s> {
        (0..self.facts.len() as u32).map(FactId)
    }

    /// Keys that the model does not know.
    pub fn unknown_keys(&self) -> &[UnknownKey<'s>] {
        &self.unknown_keys
    }
}

/// A text cut to a number of characters at most, with an ellipsis.
pub fn shorten(text: &str, limit: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= limit {
        return text;
    }
    let kept: String = text.chars().take(limit - 1).collect();
    format!("{}…", kept.trim_end())
}

/// One line cut to a number of characters at most.
pub fn shorten_line(line: &str, limit: usize) -> String {
    if line.chars().count() <= limit {
        return line.trim_end().to_string();
    }
    let kept: String = line.chars().take(limit - 1).collect();
    format!("{}…", kept.trim_end())
}
