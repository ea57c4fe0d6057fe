//! The objects of a document in another format, as the model of that format sees them: of which classes they are, what
//! they hold under which property. For rules about what the format itself demands.
//!
//! A key stands for a property as the mapping says (`objects` in `rules/mappings/<format>.yaml`), or by its whole name.
//! What is said of one thing in several places is said of one object, a reference leads to the thing, a list is its
//! items, and nothing (`null`, an empty list or object) is no value. A key that the model does not know is no property;
//! what stands under it is looked at all the same.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::native::is_language_tag;
use super::{Place, SourceId};
use crate::source::Span;
use crate::tree::{Entry, Kind, NodeId, ScalarKind, Tree};

/// The names of a model: its classes and properties, and the keys that stand for them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// By the usual prefix of their namespace.
    names: BTreeMap<String, Namespace>,
    /// Keys whose values are not the format's.
    #[serde(default)]
    aside: Vec<String>,
    #[serde(skip)]
    index: OnceLock<Index>,
}

/// The names of one namespace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Namespace {
    /// What stands before a name that is written as a whole; several where the model has moved.
    iris: Vec<String>,
    /// Names that are keys as they are.
    #[serde(default)]
    own: Vec<String>,
    /// Keys that differ from the name they stand for.
    #[serde(default)]
    keys: BTreeMap<String, String>,
}

/// A class or a property of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u16);

#[derive(Debug, Default)]
struct Index {
    /// The name with its prefix, and the first key for it.
    names: Vec<(String, String)>,
    by_key: FxHashMap<String, Name>,
    whole: FxHashMap<String, Name>,
}

impl Names {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for (prefix, namespace) in &self.names {
                let own = namespace.own.iter().map(|name| (name, name));
                for (key, name) in own.chain(&namespace.keys) {
                    let whole = format!("{prefix}:{name}");
                    let next = Name(u16::try_from(index.names.len()).unwrap_or(u16::MAX));
                    let name = *index.whole.entry(whole.clone()).or_insert(next);
                    if name == next {
                        index.names.push((whole, key.clone()));
                    }
                    index.by_key.insert(key.clone(), name);
                }
            }
            index
        })
    }

    /// The class or property that a key or a whole name stands for.
    pub fn find(&self, written: &str) -> Option<Name> {
        let index = self.index();
        if let Some(name) = index.by_key.get(written) {
            return Some(*name);
        }
        let (before, _) = written.split_once(':')?;
        if self.names.contains_key(before) {
            return index.whole.get(written).copied();
        }
        self.names.iter().find_map(|(prefix, namespace)| {
            let mut local = namespace
                .iris
                .iter()
                .filter_map(|iri| written.strip_prefix(iri.as_str()));
            local.find_map(|local| index.whole.get(&format!("{prefix}:{local}")).copied())
        })
    }

    /// The key that stands for a class or a property.
    pub fn key(&self, name: Name) -> &str {
        &self.index().names[usize::from(name.0)].1
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.index().by_key.keys().map(String::as_str)
    }

    fn is_aside(&self, key: &str) -> bool {
        let local = key.rsplit(['/', '#', ':']).next().unwrap_or(key);
        self.aside.iter().any(|own| own == local)
    }
}

/// A thing that the document speaks of.
#[derive(Debug)]
pub struct Object {
    /// Its classes, those that the model knows.
    pub classes: Vec<Name>,
    /// Where it stands: the key that holds it, or its first.
    pub place: Place,
    /// Whether it has a name of its own, by which others can refer to it.
    pub is_named: bool,
    /// What it holds, in the order of the file.
    pub held: Vec<(Name, Held)>,
    /// Keys that the model does not know.
    pub unknown: Vec<(String, Place)>,
    /// What it says that it is.
    types: Vec<(String, Span)>,
    size: usize,
    record: Option<usize>,
}

impl Object {
    /// What it holds under a property.
    pub fn get(&self, property: Name) -> impl Iterator<Item = &Held> {
        self.held
            .iter()
            .filter(move |(own, _)| *own == property)
            .map(|(_, held)| held)
    }

    /// What it says that it is, in its own words.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.types.iter().map(|(text, _)| text.as_str())
    }
}

/// One value of a property.
#[derive(Debug)]
pub struct Held {
    /// Where it stands.
    pub place: Place,
    /// The property's key as the file spells it.
    pub key_span: Span,
    /// The language of a text that has one.
    pub language: Option<String>,
    /// Whether it is written as a text that is nothing but text (`@value`), no address.
    pub is_bare: bool,
    object: Option<u32>,
    scalar: Option<NodeId>,
}

/// Every object of a document.
#[derive(Debug, Default)]
pub struct Objects {
    all: Vec<Object>,
    /// Those of each record.
    by_record: Vec<Vec<u32>>,
}

/// What of a document's objects belongs to one of its records.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    objects: &'a Objects,
    tree: &'a Tree<'a>,
    record: usize,
}

impl<'a> View<'a> {
    pub(super) fn new(objects: &'a Objects, tree: &'a Tree<'a>, record: usize) -> View<'a> {
        View { objects, tree, record }
    }

    /// The objects of the record. What belongs to several is the first's.
    pub fn all(self) -> impl Iterator<Item = &'a Object> {
        let own = self.objects.by_record.get(self.record).map_or(&[][..], Vec::as_slice);
        own.iter().map(|number| &self.objects.all[*number as usize])
    }

    /// The objects of a class.
    pub fn of(self, class: Name) -> impl Iterator<Item = &'a Object> {
        self.all().filter(move |object| object.classes.contains(&class))
    }

    /// The object that a value is or refers to.
    pub fn object(self, held: &Held) -> Option<&'a Object> {
        held.object.map(|number| &self.objects.all[number as usize])
    }

    /// The text of a value.
    pub fn text(self, held: &Held) -> Option<&'a str> {
        self.tree.scalar(held.scalar?).map(|scalar| scalar.text.as_ref())
    }

    /// Where to point when a value is of the wrong class: at what it says that it is, if it says so where it stands.
    pub fn place_of_class(self, held: &Held) -> Place {
        let said = self.object(held).filter(|_| held.scalar.is_none());
        let span = said.and_then(|object| object.types.first()).map(|(_, span)| *span);
        Place {
            span: span.unwrap_or(held.place.span),
            ..held.place
        }
    }
}

impl Objects {
    /// Reads a document; each object belongs to the first of the records that leads to it, or that it leads to.
    pub(super) fn read(tree: &Tree<'_>, names: &Names, document: NodeId, records: &[NodeId]) -> Objects {
        let mut reader = Reader {
            tree,
            names,
            all: Vec::new(),
            by_node: FxHashMap::default(),
            by_id: FxHashMap::default(),
        };
        reader.values(document, tree.node(document).span, None, &mut Vec::new());
        reader.refer();
        let records: Vec<Option<u32>> = records
            .iter()
            .map(|record| reader.by_node.get(record).copied())
            .collect();
        let mut objects = Objects {
            all: reader.all,
            by_record: vec![Vec::new(); records.len().max(1)],
        };
        objects.divide(&records);
        objects
    }

    fn divide(&mut self, records: &[Option<u32>]) {
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); self.all.len()];
        let inner: Vec<Vec<u32>> = self.all.iter().map(Object::inner).collect();
        for (number, inner) in (0u32..).zip(&inner) {
            inner.iter().for_each(|held| holders[*held as usize].push(number));
        }
        let known = || {
            (0usize..)
                .zip(records)
                .filter_map(|(record, at)| Some((record, (*at)?)))
        };
        for (record, at) in known() {
            self.all[at as usize].record = Some(record);
        }
        for (record, at) in known() {
            self.spread(record, vec![at], &inner);
        }
        let mut around: Vec<(usize, Vec<u32>)> = Vec::new();
        for (record, at) in known() {
            around.push((record, self.spread(record, vec![at], &holders)));
        }
        for (record, from) in around {
            self.spread(record, from, &inner);
        }
        for (number, object) in (0u32..).zip(&self.all) {
            self.by_record[object.record.unwrap_or(0)].push(number);
        }
    }

    /// Gives a record everything that is nobody's yet and can be reached; returns what that was.
    fn spread(&mut self, record: usize, mut from: Vec<u32>, ways: &[Vec<u32>]) -> Vec<u32> {
        let mut given = Vec::new();
        while let Some(at) = from.pop() {
            for next in &ways[at as usize] {
                let object = &mut self.all[*next as usize];
                if object.record.is_none() {
                    object.record = Some(record);
                    given.push(*next);
                    from.push(*next);
                }
            }
        }
        given
    }
}

impl Object {
    fn inner(&self) -> Vec<u32> {
        self.held.iter().filter_map(|(_, held)| held.object).collect()
    }
}

struct Reader<'t, 's> {
    tree: &'t Tree<'s>,
    names: &'t Names,
    all: Vec<Object>,
    by_node: FxHashMap<NodeId, u32>,
    by_id: FxHashMap<&'t str, u32>,
}

impl<'t, 's> Reader<'t, 's> {
    /// The values in a node: a list is its items, and nothing is none.
    fn values(&mut self, node: NodeId, span: Span, entry: Option<&Entry<'_>>, found: &mut Vec<Held>) {
        let tree = self.tree;
        let held = |span: Span, scalar: Option<NodeId>, node: NodeId| Held {
            place: Place {
                source: SourceId(0),
                span,
                node: Some(node),
            },
            key_span: entry.map_or(Span::default(), |entry| entry.key_span),
            language: None,
            is_bare: false,
            object: None,
            scalar,
        };
        let entries = tree.entries(node);
        match &tree.node(node).kind {
            Kind::Scalar(scalar) if scalar.kind == ScalarKind::Null => {}
            Kind::Scalar(_) => found.push(held(span, Some(node), node)),
            Kind::Sequence(_) => {
                for item in entries {
                    self.values(item.value, item.use_span, entry, found);
                }
            }
            Kind::Mapping(_) if entries.is_empty() => {}
            Kind::Mapping(_) => {
                let get = |key: &str| entries.iter().find(|entry| entry.key == key);
                if let Some(items) = ["@list", "@set"].into_iter().find_map(get) {
                    return self.values(items.value, items.use_span, entry, found);
                }
                if let Some(text) = get("@value") {
                    let mut value = held(text.use_span, Some(text.value), node);
                    value.is_bare = true;
                    let language = get("@language").and_then(|entry| tree.scalar(entry.value));
                    value.language = language.map(|scalar| scalar.text.to_string());
                    return found.push(value);
                }
                let is_language = |entry: &Entry<'_>| entry.key != "id" && is_language_tag(&entry.key);
                if entries.iter().all(is_language) {
                    for language in entries {
                        let mut texts = Vec::new();
                        self.values(language.value, language.use_span, entry, &mut texts);
                        for text in texts.iter_mut().filter(|text| text.scalar.is_some()) {
                            text.language = Some(language.key.to_string());
                        }
                        found.append(&mut texts);
                    }
                    return;
                }
                let object = self.object(node);
                let place = Place {
                    source: SourceId(0),
                    span: self.head(node),
                    node: Some(node),
                };
                found.push(Held {
                    place,
                    object: Some(object),
                    ..held(span, None, node)
                });
            }
        }
    }

    fn object(&mut self, node: NodeId) -> u32 {
        if let Some(known) = self.by_node.get(&node) {
            return *known;
        }
        let tree = self.tree;
        let entries = tree.entries(node);
        let id = entries.iter().find(|entry| matches!(entry.key.as_ref(), "id" | "@id"));
        let id = id
            .and_then(|entry| tree.scalar(entry.value))
            .map(|scalar| scalar.text.as_ref());
        let known = id.and_then(|id| self.by_id.get(id)).copied();
        let number = known.unwrap_or(self.all.len() as u32);
        let place = Place {
            source: SourceId(0),
            span: self.head(node),
            node: Some(node),
        };
        if known.is_none() {
            self.all.push(Object {
                classes: Vec::new(),
                place,
                is_named: id.is_some_and(|id| !id.starts_with("_:")),
                held: Vec::new(),
                unknown: Vec::new(),
                types: Vec::new(),
                size: entries.len(),
                record: None,
            });
            self.by_id.extend(id.map(|id| (id, number)));
        }
        self.by_node.insert(node, number);
        if entries.len() > self.all[number as usize].size {
            self.all[number as usize].place = place;
            self.all[number as usize].size = entries.len();
        }
        for entry in entries {
            self.entry(number, entry);
        }
        number
    }

    fn entry(&mut self, number: u32, entry: &'t Entry<'s>) {
        let at = number as usize;
        match entry.key.as_ref() {
            "id" | "@id" | "@context" => {}
            "type" | "@type" => {
                let mut types = Vec::new();
                self.values(entry.value, entry.use_span, Some(entry), &mut types);
                for held in types {
                    let Some(scalar) = held.scalar.and_then(|node| self.tree.scalar(node)) else {
                        continue;
                    };
                    let class = self.names.find(&scalar.text);
                    self.all[at].classes.extend(class);
                    self.all[at].types.push((scalar.text.to_string(), held.place.span));
                }
            }
            key if self.names.is_aside(key) => {}
            key => {
                let mut values = Vec::new();
                self.values(entry.value, entry.use_span, Some(entry), &mut values);
                match self.names.find(key) {
                    Some(name) => self.all[at].held.extend(values.into_iter().map(|held| (name, held))),
                    // A whole name of another model is that model's affair.
                    None if key.contains(':') || key.starts_with('@') => {}
                    None => {
                        let place = Place {
                            source: SourceId(0),
                            span: entry.key_span,
                            node: Some(entry.value),
                        };
                        self.all[at].unknown.push((key.to_string(), place));
                    }
                }
            }
        }
    }

    /// Texts that name an object refer to it.
    fn refer(&mut self) {
        for held in self
            .all
            .iter_mut()
            .flat_map(|object| &mut object.held)
            .map(|(_, held)| held)
        {
            if let (None, None, false, Some(node)) = (held.object, &held.language, held.is_bare, held.scalar) {
                let text = self.tree.scalar(node).map(|scalar| scalar.text.as_ref());
                held.object = text.and_then(|text| self.by_id.get(text)).copied();
            }
        }
    }

    /// What stands for an object as a whole: the key that holds it, else its first key.
    fn head(&self, node: NodeId) -> Span {
        let holder = self.tree.holder(node).filter(|entry| !entry.key_span.is_empty());
        let first = self
            .tree
            .entries(node)
            .first()
            .filter(|entry| !entry.key_span.is_empty());
        holder
            .or(first)
            .map_or(self.tree.node(node).span, |entry| entry.key_span)
    }
}
