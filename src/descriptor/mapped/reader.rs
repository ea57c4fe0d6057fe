//! One record of a document → facts, by the mapping of its format.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::super::builder::{Builder, Placeholders, Slot};
use super::super::model::{Group, Key, LineKind, Shape, model};
use super::super::native::{group_of, is_language_tag};
use super::super::{Absent, Blank, Descriptor, Fact, FactId, Origin, Place, SourceId, Value, Whole};
use super::paths::{From, Hit, Paths, SourcePath, Step, Way, is_key, local};
use super::{Format, Leaf, Map, Places};
use crate::source::Span;
use crate::tree::{Kind, NodeId, ScalarKind};
use crate::vocabulary::embedded;

/// A record read by the mapping of its format.
pub(super) fn read_record<'s>(
    paths: &Paths<'s>,
    record: NodeId,
    format: &'static Format,
    whole: &Arc<Whole>,
    placeholders: &Placeholders,
) -> Descriptor<'s> {
    let tree = paths.tree;
    let mut reader = Reader {
        builder: Builder::new(tree, placeholders),
        paths,
        format,
        record,
        path: String::new(),
        absent: Vec::new(),
        used: FxHashSet::default(),
    };
    let slot = Slot {
        key: Key::OTHER,
        name: Cow::Borrowed(""),
        key_span: Span::default(),
        parent: FactId::ROOT,
    };
    let root = reader
        .builder
        .push(slot, Value::Group, tree.node(record).span, Some(record));
    if let Map::Fields { fields, .. } = &format.map {
        let mark = reader.builder.scratch.len();
        reader.fields(fields, model().root(), record, root);
        reader.builder.close(root, mark);
    }
    let home = reader.head(record);
    let class = SourcePath {
        written: "type".to_string(),
        from: From::Record,
        steps: vec![Step {
            key: "type".to_string(),
            way: Way::In,
            tests: Vec::new(),
        }],
    };
    let classes = paths.find(&class, record).into_iter();
    let classes = classes.filter_map(|hit| Some(local(&tree.scalar(hit.node)?.text).to_string()));
    let told = format
        .classes
        .iter()
        .find(|key| tree.entries(record).iter().any(|entry| is_key(&entry.key, key)));
    let classes = told.cloned().into_iter().chain(classes);
    let mut descriptor = reader.builder.out;
    descriptor.origin = Some(Origin {
        format,
        classes: classes.collect(),
        head: Place {
            source: SourceId(0),
            span: home,
            node: Some(record),
        },
        absent: reader.absent,
        used: reader.used,
        whole: whole.clone(),
        record: whole.records.iter().position(|own| *own == record).unwrap_or(0),
    });
    descriptor
}

struct Reader<'s, 'r> {
    builder: Builder<'s, 'r>,
    paths: &'r Paths<'s>,
    format: &'static Format,
    record: NodeId,
    path: String,
    absent: Vec<Absent>,
    /// Objects and values that statements were taken from, as a whole.
    used: FxHashSet<u32>,
}

/// A text that an object offers, and where it stands.
#[derive(Clone, Copy, Debug)]
struct Offer<'s> {
    text: &'s str,
    kind: ScalarKind,
    span: Span,
    node: NodeId,
}

impl<'s> Reader<'s, '_> {
    fn fields(&mut self, fields: &'static [(String, Map)], group: &'static Group, at: NodeId, parent: FactId) {
        for (name, map) in fields {
            let known = model()
                .key(name)
                .and_then(|key| group.field(key).map(|(_, field)| (key, field)));
            let length = self.path.len();
            self.path.push('/');
            self.path.push_str(name);
            static FREE: Shape = Shape::Line(LineKind::Line);
            let id = match known {
                Some((key, field)) => self.read(key, name, &field.shape, map, at, parent),
                None if group.open => self.read(Key::OTHER, name, &FREE, map, at, parent),
                None => None,
            };
            self.builder.scratch.extend(id);
            self.path.truncate(length);
        }
    }

    fn read(
        &mut self,
        key: Key,
        name: &'static str,
        shape: &'static Shape,
        map: &'static Map,
        at: NodeId,
        parent: FactId,
    ) -> Option<FactId> {
        let outer = shape;
        let shape = fitting(shape, map);
        let unnamed = |parent: FactId| Slot {
            key,
            name: Cow::Borrowed(if key == Key::OTHER { name } else { "" }),
            key_span: Span::default(),
            parent,
        };
        match map {
            Map::Is(text) => {
                let home = self.head(self.record);
                let (slot, node) = (unnamed(parent), Some(self.record));
                if let Shape::List { item, .. } = shape {
                    let id = self.builder.push(slot, Value::List, home, node);
                    let mark = self.builder.scratch.len();
                    let inner = item_slot(id);
                    let value = self.builder.leaf_of(item, Cow::Borrowed(text), ScalarKind::String);
                    let child = self.builder.push(inner, value, home, node);
                    self.builder.scratch.push(child);
                    self.builder.close(id, mark);
                    return Some(id);
                }
                let value = self.builder.leaf_of(shape, Cow::Borrowed(text), ScalarKind::String);
                Some(self.builder.push(slot, value, home, node))
            }
            Map::First(ways) => {
                let before = self.absent.len();
                let mut kept: Option<Vec<Absent>> = None;
                // What is missing is asked for where the format has a slot for it, else in the first way.
                let slot = ways.iter().position(Map::is_slot).unwrap_or(0);
                for (number, way) in ways.iter().enumerate() {
                    if let Some(id) = self.read(key, name, outer, way, at, parent) {
                        self.absent.truncate(before);
                        return Some(id);
                    }
                    let missed = self.absent.split_off(before);
                    if number == slot {
                        kept = Some(missed);
                    }
                }
                self.absent.extend(kept.into_iter().flatten());
                None
            }
            Map::Leaf(leaf) => {
                let mut hits = Vec::new();
                if matches!(shape, Shape::Number) {
                    let readable =
                        |hit: &Hit<'s>| !matches!(self.value(shape, leaf, hit, None).0, Value::Unreadable(_));
                    hits = self.hits(&leaf.from, at, &|hit| self.takes(leaf, hit) && readable(hit));
                }
                if hits.is_empty() {
                    hits = self.hits(&leaf.from, at, &|hit| self.takes(leaf, hit));
                }
                if hits.is_empty() {
                    if !leaf.is_kept {
                        self.note_absent(&leaf.from, at);
                    }
                    return None;
                }
                // The name of a thing is not the thing: of that, nothing more was read.
                let names = |hit: &&Hit<'s>| {
                    hit.entry
                        .is_none_or(|entry| !matches!(entry.key.as_ref(), "id" | "@id"))
                };
                // Of several values where one is meant, the first counts.
                let one = !leaf.sum && matches!(shape, Shape::Code(_) | Shape::Line(_) | Shape::Flag | Shape::Number);
                let read = if one { &hits[..1] } else { &hits[..] };
                let things = read
                    .iter()
                    .filter(names)
                    .map(|hit| self.paths.resolved(hit.node).index());
                self.used.extend(things);
                self.used.extend(read.iter().map(|hit| hit.node.index()));
                let slot = self.slot(key, name, &hits, parent);
                if let Shape::List { item, .. } = shape {
                    let id = self.builder.push(slot, Value::List, hits[0].span, Some(hits[0].node));
                    let mark = self.builder.scratch.len();
                    for hit in &hits {
                        for part in self.parts(leaf, hit) {
                            let child = self.leaf(item_slot(id), item, leaf, std::slice::from_ref(hit), part);
                            self.builder.scratch.push(child);
                        }
                    }
                    self.builder.close(id, mark);
                    return Some(id);
                }
                let id = self.leaf(slot, shape, leaf, &hits, None);
                self.read_on(key, shape, leaf, at, id, parent);
                Some(id)
            }
            Map::Fields {
                at: Some(places),
                fields,
            } => {
                let mut hits = self.hits(places, at, &|_| true);
                // An object that is only looked at once more is never framed as a whole.
                for hit in hits.iter_mut().filter(|hit| hit.entry.is_none()) {
                    hit.span = self.head(hit.node);
                }
                let mut seen: Vec<NodeId> = Vec::new();
                hits.retain(|hit| {
                    let node = self.paths.resolved(hit.node);
                    let is_new = !seen.contains(&node);
                    seen.push(node);
                    is_new
                });
                if hits.is_empty() {
                    self.note_absent(places, at);
                    return None;
                }
                let slot = self.slot(key, name, &hits, parent);
                match shape {
                    Shape::List { item, .. } => {
                        let group = group_of(item)?;
                        let id = self.builder.push(slot, Value::List, hits[0].span, Some(hits[0].node));
                        let mark = self.builder.scratch.len();
                        for (number, hit) in hits.iter().enumerate() {
                            let length = self.path.len();
                            self.path.push_str(&format!("/{number}"));
                            let child = self.group(item_slot(id), group, fields, *hit);
                            self.builder.scratch.push(child);
                            self.path.truncate(length);
                        }
                        self.builder.close(id, mark);
                        Some(id)
                    }
                    _ => Some(self.group(slot, group_of(shape)?, fields, hits[0])),
                }
            }
            Map::Fields { at: None, fields } => {
                let hit = Hit {
                    node: at,
                    span: self.head(at),
                    entry: None,
                };
                let before = (self.builder.out.facts.len(), self.builder.out.children.len());
                let group = group_of(shape)?;
                let id = match shape {
                    Shape::List { .. } => {
                        let id = self.builder.push(unnamed(parent), Value::List, hit.span, Some(at));
                        let mark = self.builder.scratch.len();
                        let length = self.path.len();
                        self.path.push_str("/0");
                        let child = self.group(item_slot(id), group, fields, hit);
                        self.path.truncate(length);
                        self.builder.scratch.push(child);
                        self.builder.close(id, mark);
                        id
                    }
                    _ => self.group(unnamed(parent), group, fields, hit),
                };
                // A group that the format only implies is there when something in it is.
                if self.builder.out.fact(id).stated || self.says_something(before.0) {
                    return Some(id);
                }
                self.builder.out.facts.truncate(before.0);
                self.builder.out.children.truncate(before.1);
                None
            }
        }
    }

    /// Whether a fact from this one on was written by somebody, readable or not.
    fn says_something(&self, from: usize) -> bool {
        let written = |fact: &Fact<'_>| !matches!(fact.value, Value::Group | Value::List | Value::Blank(_));
        self.builder.out.facts[from..].iter().any(written)
    }

    fn group(
        &mut self,
        slot: Slot<'s>,
        group: &'static Group,
        fields: &'static [(String, Map)],
        hit: Hit<'s>,
    ) -> FactId {
        let node = self.paths.resolved(hit.node);
        let id = self.builder.push(slot, Value::Group, hit.span, Some(hit.node));
        let mark = self.builder.scratch.len();
        self.fields(fields, group, node, id);
        self.builder.close(id, mark);
        // What is there in other words is not empty.
        let fact = &mut self.builder.out.facts[id.0 as usize];
        if fact.value == Value::Blank(Blank::Empty) {
            fact.value = Value::Group;
        }
        id
    }

    fn hits(&self, from: &Places, at: NodeId, wanted: &dyn Fn(&Hit<'s>) -> bool) -> Vec<Hit<'s>> {
        let found = from.paths.iter().map(|path| {
            let mut hits = self.paths.find(path, at);
            hits.retain(|hit| !self.is_nothing(hit.node) && wanted(hit));
            hits
        });
        if from.all {
            return found.flatten().collect();
        }
        let mut blank = Vec::new();
        for hits in found.filter(|hits| !hits.is_empty()) {
            if hits.iter().any(|hit| !self.is_blank(hit.node)) {
                return hits;
            }
            blank = if blank.is_empty() { hits } else { blank };
        }
        blank
    }

    /// Whether a text stands where a statement should be.
    fn is_blank(&self, node: NodeId) -> bool {
        let text = self.paths.tree.scalar(node).map(|scalar| scalar.text.trim());
        text.is_some_and(|text| text.is_empty() || self.builder.is_placeholder(text))
    }

    /// Whether a text has the part that counts; without `takes` and `means` everything counts.
    fn takes(&self, leaf: &'static Leaf, hit: &Hit<'s>) -> bool {
        let offers = || self.offers(hit.node, hit.span);
        leaf.takes.is_none() && leaf.means.is_none() || offers().iter().any(|offer| leaf.take(*offer).is_some())
    }

    /// The items that one text holds; `None` is the text as a whole.
    fn parts(&self, leaf: &'static Leaf, hit: &Hit<'s>) -> Vec<Option<&'s str>> {
        let Some(separator) = &leaf.split else {
            return vec![None];
        };
        let offers = self.offers(hit.node, hit.span);
        let taken = offers.iter().find_map(|offer| leaf.take(*offer));
        let items = taken.into_iter().flat_map(|offer| offer.text.split(separator.as_str()));
        items.map(str::trim).filter(|item| !item.is_empty()).map(Some).collect()
    }

    /// The same may be said in further places. There it is read only to see whether it can be read.
    fn read_on(
        &mut self,
        key: Key,
        shape: &'static Shape,
        leaf: &'static Leaf,
        at: NodeId,
        said: FactId,
        parent: FactId,
    ) {
        if !matches!(shape, Shape::Number) || leaf.from.all {
            return;
        }
        let first = self.builder.out.fact(said).node;
        let mut further: Vec<Hit<'s>> = leaf
            .from
            .paths
            .iter()
            .flat_map(|path| self.paths.find(path, at))
            .collect();
        further.retain(|hit| Some(hit.node) != first && !self.is_nothing(hit.node));
        for hit in &further {
            let value = self.value(shape, leaf, hit, None);
            if matches!(value.0, Value::Unreadable(_)) {
                let slot = self.slot(key, "", std::slice::from_ref(hit), parent);
                self.builder.push(slot, value.0, value.1, Some(value.2));
            }
        }
    }

    fn is_nothing(&self, node: NodeId) -> bool {
        match &self.paths.tree.node(node).kind {
            Kind::Scalar(scalar) => scalar.kind == ScalarKind::Null,
            _ => self.paths.tree.entries(node).is_empty(),
        }
    }

    fn slot(&self, key: Key, name: &'static str, hits: &[Hit<'s>], parent: FactId) -> Slot<'s> {
        let entry = hits.first().and_then(|hit| hit.entry);
        let written = || entry.map_or(Cow::Borrowed(""), |entry| entry.key.clone());
        Slot {
            key,
            name: if key == Key::OTHER {
                Cow::Borrowed(name)
            } else {
                written()
            },
            key_span: entry.map_or(Span::default(), |entry| entry.key_span),
            parent,
        }
    }

    /// What is missing belongs into the last object on the way to it.
    fn note_absent(&mut self, from: &Places, at: NodeId) {
        let Some(path) = from.paths.first() else { return };
        let (mut holder, steps) = self.paths.as_far_as(path, at);
        holder.node = self.paths.resolved(holder.node);
        let span = holder
            .entry
            .map_or_else(|| self.head(holder.node), |entry| entry.key_span);
        self.absent.push(Absent {
            path: self.path.clone(),
            // Where the key is there and its text does not say it, no key is missing.
            key: match path.rest(steps) {
                _ if !self.paths.find(path, at).is_empty() => String::new(),
                key if key.is_empty() => path.last().to_string(),
                key => key,
            },
            place: Place {
                source: SourceId(0),
                span,
                node: Some(holder.node),
            },
        });
    }

    /// What stands for an object as a whole: the key that holds it, else its first key.
    fn head(&self, node: NodeId) -> Span {
        let tree = self.paths.tree;
        let holder = tree.holder(node).filter(|entry| !entry.key_span.is_empty());
        let first = tree.entries(node).first().filter(|entry| !entry.key_span.is_empty());
        holder.or(first).map_or(tree.node(node).span, |entry| entry.key_span)
    }

    fn leaf(
        &mut self,
        slot: Slot<'s>,
        shape: &'static Shape,
        leaf: &'static Leaf,
        hits: &[Hit<'s>],
        part: Option<&'s str>,
    ) -> FactId {
        let hit = hits[0];
        match shape {
            Shape::Group(group) => {
                let id = self.builder.push(slot, Value::Group, hit.span, Some(hit.node));
                let mark = self.builder.scratch.len();
                if let Some((key, (_, field))) = group.shorthand.and_then(|key| Some((key, group.field(key)?))) {
                    let inner = Slot { key, ..item_slot(id) };
                    let child = self.leaf(inner, &field.shape, leaf, hits, part);
                    self.builder.scratch.push(child);
                }
                self.builder.close(id, mark);
                id
            }
            Shape::Text if leaf.takes.is_none() && leaf.means.is_none() => self.text(slot, hits),
            Shape::Any => {
                let offers = self.offers(hit.node, hit.span);
                let says = |offer: &Offer<'s>| {
                    let value = self.builder.leaf_of(shape, Cow::Borrowed(offer.text), offer.kind);
                    !matches!(value, Value::Blank(_))
                };
                let value = match offers.as_slice() {
                    [] => Value::Opaque,
                    offers if offers.iter().any(says) => Value::Opaque,
                    _ => Value::Blank(Blank::Empty),
                };
                self.builder.push(slot, value, hit.span, Some(hit.node))
            }
            Shape::Number if leaf.sum && hits.len() > 1 => {
                let values: Vec<Value<'s>> = hits.iter().map(|hit| self.value(shape, leaf, hit, None).0).collect();
                let mut total = Some(crate::number::Number::from_integer(0));
                for value in &values {
                    total = match (total, value) {
                        (Some(total), Value::Number(number)) => Some(total + number),
                        _ => None,
                    };
                }
                let value = total.map_or(Value::Unreadable(Cow::Borrowed("")), Value::Number);
                self.builder.push(slot, value, hit.span, Some(hit.node))
            }
            _ => {
                let (value, span, node) = self.value(shape, leaf, &hit, part);
                self.builder.push(slot, value, span, Some(node))
            }
        }
    }

    /// A value and where it stands.
    fn value(
        &self,
        shape: &'static Shape,
        leaf: &'static Leaf,
        hit: &Hit<'s>,
        part: Option<&'s str>,
    ) -> (Value<'s>, Span, NodeId) {
        let offers = self.offers(hit.node, hit.span);
        let taken: Vec<Offer<'s>> = offers.iter().filter_map(|offer| leaf.take(*offer)).collect();
        let Some(offer) = best(shape, &taken) else {
            let text = offers.first().map_or("", |offer| offer.text);
            return (Value::Unreadable(Cow::Borrowed(text)), hit.span, hit.node);
        };
        let text = part.unwrap_or(offer.text);
        // A concept of an official list reaches the rules by its slug, however the file names it.
        let text = match shape {
            Shape::Line(LineKind::Date) => day(text),
            Shape::Code(vocabulary) => embedded(vocabulary)
                .and_then(|list| list.find(text))
                .map_or(text, |entry| entry.slug),
            _ => text,
        };
        let kind = if offer.kind == ScalarKind::Null {
            ScalarKind::String
        } else {
            offer.kind
        };
        (
            self.builder.leaf_of(shape, Cow::Borrowed(text), kind),
            offer.span,
            offer.node,
        )
    }

    /// Text in one language or several.
    fn text(&mut self, slot: Slot<'s>, hits: &[Hit<'s>]) -> FactId {
        let mut said: Vec<(Cow<'s, str>, Span, Offer<'s>)> = Vec::new();
        hits.iter().for_each(|hit| self.said(hit.node, hit.span, &mut said));
        static LINE: Shape = Shape::Line(LineKind::Line);
        let hit = hits[0];
        match said.as_slice() {
            [] => self
                .builder
                .push(slot, Value::Unreadable(Cow::Borrowed("")), hit.span, Some(hit.node)),
            [(language, _, offer), ..] if language.is_empty() => {
                let value = self
                    .builder
                    .leaf_of(&LINE, Cow::Borrowed(offer.text), ScalarKind::String);
                self.builder.push(slot, value, offer.span, Some(offer.node))
            }
            _ => {
                let id = self.builder.push(slot, Value::Texts, hit.span, Some(hit.node));
                let mark = self.builder.scratch.len();
                let mut seen: Vec<Cow<'s, str>> = Vec::new();
                for (language, key_span, offer) in said {
                    if language.is_empty() || seen.contains(&language) {
                        continue;
                    }
                    let inner = Slot {
                        name: language.clone(),
                        key_span,
                        ..item_slot(id)
                    };
                    seen.push(language);
                    let value = self
                        .builder
                        .leaf_of(&LINE, Cow::Borrowed(offer.text), ScalarKind::String);
                    let child = self.builder.push(inner, value, offer.span, Some(offer.node));
                    self.builder.scratch.push(child);
                }
                self.builder.close(id, mark);
                id
            }
        }
    }

    /// The texts of a node with their languages.
    fn said(&self, node: NodeId, span: Span, out: &mut Vec<(Cow<'s, str>, Span, Offer<'s>)>) {
        // A plain word may happen to be somebody's id.
        let is_word = |text: &str| !text.contains(':') && !text.starts_with('#');
        let is_text = self.paths.tree.scalar(node).is_some_and(|scalar| is_word(&scalar.text));
        let node = if is_text { node } else { self.paths.resolved(node) };
        self.words(node, span, out);
    }

    /// The texts in a node; references are not followed any further, so that objects may name each other.
    fn words(&self, node: NodeId, span: Span, out: &mut Vec<(Cow<'s, str>, Span, Offer<'s>)>) {
        let tree = self.paths.tree;
        let entries = tree.entries(node);
        let get = |key: &str| entries.iter().find(|entry| is_key(&entry.key, key));
        match &tree.node(node).kind {
            Kind::Scalar(scalar) => {
                let offer = Offer {
                    text: scalar.text.as_ref(),
                    kind: scalar.kind,
                    span,
                    node,
                };
                out.push((Cow::Borrowed(""), Span::default(), offer));
            }
            Kind::Sequence(_) if self.paths.is_one_text(node) => {
                let items = entries.iter();
                items.for_each(|entry| self.words(entry.value, entry.use_span, out));
            }
            Kind::Sequence(_) => {
                // Several texts where one is meant: the first counts.
                if let Some(first) = entries.first() {
                    self.words(first.value, first.use_span, out);
                }
            }
            Kind::Mapping(_) if entries.iter().all(|entry| is_language_tag(&entry.key)) => {
                for entry in entries {
                    let mut inner = Vec::new();
                    self.words(entry.value, entry.use_span, &mut inner);
                    let first = inner.into_iter().next();
                    out.extend(first.map(|(.., offer)| (entry.key.clone(), entry.key_span, offer)));
                }
            }
            Kind::Mapping(_) if self.paths.tagged(node).is_some() => {
                let Some((language, text)) = self.paths.tagged(node) else {
                    return;
                };
                let Some(tag) = tree.scalar(language.value) else { return };
                let mut inner = Vec::new();
                self.words(text.value, text.use_span, &mut inner);
                let first = inner.into_iter().next();
                out.extend(first.map(|(.., offer)| (tag.text.clone(), language.key_span, offer)));
            }
            Kind::Mapping(_) => {
                if let (Some(entry), None) = (entries.iter().find(|entry| entry.key == "@value"), get("language")) {
                    self.words(entry.value, entry.use_span, out);
                    return;
                }
                let language = get("language").and_then(|entry| Some((entry, tree.scalar(entry.value)?)));
                if let (Some((entry, language)), Some(value)) = (language, get("value")) {
                    let mut inner = Vec::new();
                    self.words(value.value, value.use_span, &mut inner);
                    let first = inner.into_iter().next();
                    out.extend(first.map(|(.., offer)| (language.text.clone(), entry.key_span, offer)));
                    return;
                }
                let inside = self.format.inside.iter().find_map(|key| get(key));
                if let Some(entry) = inside {
                    self.words(entry.value, entry.use_span, out);
                }
            }
        }
    }

    /// Every text by which an object can be known: itself, its id, its labels and notations.
    fn offers(&self, node: NodeId, span: Span) -> Vec<Offer<'s>> {
        let tree = self.paths.tree;
        let mut offers = Vec::new();
        if let Kind::Scalar(scalar) = &tree.node(node).kind {
            offers.push(Offer {
                text: scalar.text.as_ref(),
                kind: scalar.kind,
                span,
                node,
            });
        }
        let node = self.paths.resolved(node);
        let entries = tree.entries(node);
        if matches!(tree.node(node).kind, Kind::Mapping(_)) {
            for entry in entries.iter().filter(|entry| is_key(&entry.key, "id")) {
                // What the id refers to is this object.
                let scalar = tree.scalar(entry.value).into_iter();
                offers.extend(scalar.map(|scalar| Offer {
                    text: scalar.text.as_ref(),
                    kind: scalar.kind,
                    span: entry.use_span,
                    node: entry.value,
                }));
            }
            let mut said = Vec::new();
            for key in &self.format.inside {
                for entry in entries.iter().filter(|entry| is_key(&entry.key, key)) {
                    self.words(entry.value, entry.use_span, &mut said);
                }
            }
            let is_text = entries.iter().all(|entry| is_language_tag(&entry.key));
            if is_text || entries.iter().any(|entry| entry.key == "@value") {
                self.words(node, span, &mut said);
            }
            offers.extend(said.into_iter().map(|(.., offer)| offer));
        }
        offers
    }
}

impl Leaf {
    /// The part of an offered text that counts, in our words.
    fn take<'s>(&'static self, mut offer: Offer<'s>) -> Option<Offer<'s>> {
        if let Some(takes) = &self.takes {
            let found = takes.get()?.captures(offer.text)?.get(1)?;
            offer.text = &offer.text[found.range()];
            offer.kind = ScalarKind::Null;
        }
        let meant = self.means.as_ref().map(|means| means.of(offer.text));
        let meant = match meant {
            Some(None) => return None,
            Some(Some(meant)) => Some(meant),
            None => None,
        };
        let ours = self
            .values
            .get(meant.unwrap_or(offer.text))
            .map(String::as_str)
            .or(meant);
        if let Some(ours) = ours {
            offer.text = ours;
            offer.kind = match ours {
                "true" => ScalarKind::Bool(true),
                "false" => ScalarKind::Bool(false),
                _ => ScalarKind::Null,
            };
        }
        Some(offer)
    }
}

/// The offer that suits the kind of value best.
fn best<'s>(shape: &Shape, offers: &[Offer<'s>]) -> Option<Offer<'s>> {
    let is_uri = |offer: &&Offer<'_>| offer.text.contains("://") || offer.text.starts_with("urn:");
    let suited = match shape {
        Shape::Code(vocabulary) => {
            let list = embedded(vocabulary);
            let known = offers
                .iter()
                .find(|offer| list.is_some_and(|list| list.find(offer.text).is_some()));
            known.or_else(|| offers.iter().find(|offer| !is_uri(offer)))
        }
        Shape::Number => offers.iter().find(|offer| {
            let text = offer.text.trim();
            crate::number::parse(text).is_some() || crate::number::parse_duration_hours(text).is_some()
        }),
        Shape::Line(LineKind::Url) => offers.iter().find(|offer| offer.text.starts_with("http")),
        Shape::Line(LineKind::Id) => None,
        Shape::Flag => offers.iter().find(|offer| matches!(offer.kind, ScalarKind::Bool(_))),
        _ => offers.iter().find(|offer| !is_uri(offer)),
    };
    suited.or_else(|| offers.first()).copied()
}

/// The day of a date with a time.
fn day(text: &str) -> &str {
    match text.split_once('T') {
        Some((day, _)) if day.len() == 10 => day,
        _ => text,
    }
}

fn item_slot<'s>(parent: FactId) -> Slot<'s> {
    Slot {
        key: Key::OTHER,
        name: Cow::Borrowed(""),
        key_span: Span::default(),
        parent,
    }
}

/// Of several shapes the one that a mapping can fill.
fn fitting(shape: &'static Shape, map: &Map) -> &'static Shape {
    let Shape::Choice(shapes) = shape else { return shape };
    let leaf = match map {
        Map::First(ways) => ways.first().is_some_and(|way| matches!(way, Map::Leaf(_) | Map::Is(_))),
        other => matches!(other, Map::Leaf(_) | Map::Is(_)),
    };
    let fits = |shape: &&Shape| match shape {
        Shape::Group(_) | Shape::Table(_) => !leaf,
        Shape::List { item, .. } => !leaf || !matches!(**item, Shape::Group(_)),
        _ => leaf,
    };
    shapes.iter().find(fits).unwrap_or(&shapes[0])
}
