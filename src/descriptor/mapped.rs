//! Formats of other people, read through a mapping: data says where in their JSON a statement stands
//! (`rules/formats/<format>.yaml`), the field model says how it is read.
//!
//! What JSON-LD leaves open is open here too: a key may carry a prefix or be a whole IRI, one value may stand for a list
//! of one, a reference by `id` for the thing itself, a concept may be a URI, a notation or a label, a text a string or a
//! map of languages.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::builder::{Builder, Placeholders, Slot};
use super::model::{Group, Key, LineKind, Shape, model};
use super::native::is_language_tag;
use super::{Absent, Descriptor, FactId, Origin, Place, SourceId, Value};
use crate::rule::{Localized, Phase};
use crate::source::Span;
use crate::standard::Element;
use crate::tree::{Entry, Kind, NodeId, ScalarKind, Tree};
use crate::vocabulary::embedded;

/// A format as written in `rules/formats/<format>.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Its name, the file's stem.
    pub format: String,
    /// Its title for people.
    pub title: String,
    /// Whether its records are descriptors or issued credentials.
    pub phase: Phase,
    /// What a document of it looks like; any of these.
    recognise: Vec<Signature>,
    /// Where its records are: the first path that leads to something. The empty path is the document itself.
    records: Vec<SourcePath>,
    /// From the keys of the native descriptor to places in the record.
    map: Map,
    /// Keys inside an object that stand for its text, code or address.
    #[serde(default)]
    inside: Vec<String>,
    /// Values about the learner; never shown.
    #[serde(default)]
    learner: Vec<SourcePath>,
    /// Elements that the format has no place for.
    #[serde(default)]
    inexpressible: Vec<Inexpressible>,
}

/// What a document of a format looks like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    /// Paths from the document that must lead to something.
    has: Vec<SourcePath>,
    /// Paths that must not.
    #[serde(default)]
    lacks: Vec<SourcePath>,
}

/// An element that a format cannot express, and what to do instead.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inexpressible {
    /// The element.
    pub element: Element,
    /// Only for records of these classes; empty for all.
    #[serde(default)]
    pub class: Vec<String>,
    /// Where it can be said all the same.
    pub fallback: Localized,
}

/// Where a statement stands.
#[derive(Debug)]
enum Map {
    /// A leaf, or a list of leaves.
    Leaf(Leaf),
    /// A group or a list of groups.
    Fields {
        /// Where the group, or each item, stands; without it, where the group around it stands.
        at: Option<Vec<SourcePath>>,
        fields: Vec<(String, Map)>,
    },
    /// Said by the format itself.
    Is(String),
}

/// A leaf.
#[derive(Debug)]
struct Leaf {
    /// The first path that leads to something counts; with `all`, every one.
    from: Vec<SourcePath>,
    all: bool,
    /// The part of the text that counts: the first group.
    takes: Option<OnceRegex>,
    /// What the words of the format mean in ours.
    values: FxHashMap<String, String>,
}

/// A pattern, compiled when it is first needed.
#[derive(Debug)]
struct OnceRegex(String, OnceLock<Option<Regex>>);

impl OnceRegex {
    fn get(&self) -> Option<&Regex> {
        self.1.get_or_init(|| Regex::new(&self.0).ok()).as_ref()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    fn all(self) -> Vec<T> {
        match self {
            OneOrMore::One(one) => vec![one],
            OneOrMore::More(more) => more,
        }
    }
}

impl<'de> Deserialize<'de> for Map {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
        use serde::de::Error;
        let value = serde_json::Value::deserialize(deserializer)?;
        let paths = |value: serde_json::Value| {
            serde_json::from_value::<OneOrMore<SourcePath>>(value)
                .map(OneOrMore::all)
                .map_err(D::Error::custom)
        };
        let serde_json::Value::Object(mut rows) = value else {
            return Ok(Map::Leaf(Leaf {
                from: paths(value)?,
                all: false,
                takes: None,
                values: FxHashMap::default(),
            }));
        };
        if let Some(serde_json::Value::String(text)) = rows.get("is") {
            return Ok(Map::Is(text.clone()));
        }
        let (from, all) = (rows.remove("from"), rows.remove("all"));
        if let Some(from) = from.or_else(|| all.clone()) {
            let takes = rows.remove("takes").map(serde_json::from_value::<String>).transpose();
            let values = rows.remove("values").map(serde_json::from_value).transpose();
            if let Some(key) = rows.keys().next() {
                return Err(D::Error::custom(format!("`{key}` is not known beside `from`")));
            }
            return Ok(Map::Leaf(Leaf {
                from: paths(from)?,
                all: all.is_some(),
                takes: takes
                    .map_err(D::Error::custom)?
                    .map(|text| OnceRegex(text, OnceLock::new())),
                values: values.map_err(D::Error::custom)?.unwrap_or_default(),
            }));
        }
        let at = rows.remove("at").map(paths).transpose()?;
        let fields = rows
            .into_iter()
            .map(|(key, value)| Ok((key, serde_json::from_value(value).map_err(D::Error::custom)?)));
        Ok(Map::Fields {
            at,
            fields: fields.collect::<Result<_, D::Error>>()?,
        })
    }
}

/// A way through a document: `specifiedBy/additionalNote[subject=assessment]/noteLiteral`. Lists are passed through,
/// references by id are followed. `/` in front starts at the document, `<key` goes to what refers to the record by that
/// key. In brackets: a key that must be there, must not (`!`), or must have one of some values, as a whole or behind the
/// last `/`, `#` or `:` of a URI.
#[derive(Debug)]
pub struct SourcePath {
    from_document: bool,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    key: String,
    backwards: bool,
    tests: Vec<Test>,
}

#[derive(Debug)]
struct Test {
    key: String,
    not: bool,
    values: Vec<String>,
}

impl<'de> Deserialize<'de> for SourcePath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<SourcePath, D::Error> {
        let text = String::deserialize(deserializer)?;
        SourcePath::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl SourcePath {
    fn parse(text: &str) -> Result<SourcePath, String> {
        let wrong = || format!("`{text}` is no path: `key/key[test]/…`");
        let (from_document, mut rest) = match text.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let end = rest.find(['/', '[']).unwrap_or(rest.len());
            let key = &rest[..end];
            let backwards = key.starts_with('<');
            let mut step = Step {
                key: key.trim_start_matches('<').to_string(),
                backwards,
                tests: Vec::new(),
            };
            rest = &rest[end..];
            while let Some(inner) = rest.strip_prefix('[') {
                let (test, after) = inner.split_once(']').ok_or_else(wrong)?;
                let (not, test) = test.strip_prefix('!').map_or((false, test), |test| (true, test));
                let (key, values) = test.split_once('=').map_or((test, ""), |(key, values)| (key, values));
                let values = values.split('|').filter(|value| !value.is_empty()).map(str::to_string);
                step.tests.push(Test {
                    key: key.to_string(),
                    not,
                    values: values.collect(),
                });
                rest = after;
            }
            if step.key.is_empty() && step.tests.is_empty() {
                return Err(wrong());
            }
            steps.push(step);
            rest = match rest.strip_prefix('/') {
                Some("") => return Err(wrong()),
                Some(after) => after,
                None if rest.is_empty() => rest,
                None => return Err(wrong()),
            };
        }
        Ok(SourcePath { from_document, steps })
    }

    /// The key that it ends in.
    fn last(&self) -> &str {
        let named = self
            .steps
            .iter()
            .rev()
            .find(|step| !step.key.is_empty() && !step.backwards);
        named.map_or("", |step| &step.key)
    }
}

/// The last part of a key or an IRI: `http://data.europa.eu/snb/model/elm/EQFLevel`, `elm:EQFLevel` → `EQFLevel`.
fn local(text: &str) -> &str {
    text.rsplit(['/', '#', ':']).next().unwrap_or(text)
}

fn is_key(written: &str, key: &str) -> bool {
    let written = written.strip_prefix('@').unwrap_or(written);
    written.eq_ignore_ascii_case(key) || local(written).eq_ignore_ascii_case(key)
}

/// A node that a path has led to, with the key that last had a name on the way.
#[derive(Clone, Copy, Debug)]
struct Hit<'s> {
    node: NodeId,
    span: Span,
    entry: Option<&'s Entry<'s>>,
}

/// Paths over one document.
#[derive(Debug)]
struct Paths<'s> {
    tree: &'s Tree<'s>,
    document: NodeId,
    by_id: FxHashMap<&'s str, NodeId>,
}

impl<'s> Paths<'s> {
    fn new(tree: &'s Tree<'s>, document: NodeId) -> Paths<'s> {
        Paths {
            tree,
            document,
            by_id: FxHashMap::default(),
        }
    }

    /// The first full object of each id; a bare `{id: …}` is a reference.
    fn index(&mut self, node: NodeId) {
        let tree = self.tree;
        let entries = tree.entries(node);
        if entries.len() > 1 {
            if let Some(id) = self.id(node) {
                let known = self.by_id.entry(id).or_insert(node);
                if tree.entries(*known).len() < entries.len() {
                    *known = node;
                }
            }
        }
        entries.iter().for_each(|entry| self.index(entry.value));
    }

    fn id(&self, node: NodeId) -> Option<&'s str> {
        if !matches!(self.tree.node(node).kind, Kind::Mapping(_)) {
            return None;
        }
        let entry = self
            .tree
            .entries(node)
            .iter()
            .find(|entry| matches!(entry.key.as_ref(), "id" | "@id"))?;
        self.tree.scalar(entry.value).map(|scalar| scalar.text.as_ref())
    }

    /// The thing itself, where a node only refers to it.
    fn resolved(&self, node: NodeId) -> NodeId {
        let bare = match &self.tree.node(node).kind {
            Kind::Scalar(scalar) => Some(scalar.text.as_ref()),
            Kind::Mapping(_) if self.tree.entries(node).len() == 1 => self.id(node),
            _ => None,
        };
        bare.and_then(|id| self.by_id.get(id)).copied().unwrap_or(node)
    }

    fn start(&self, path: &SourcePath, record: NodeId) -> Hit<'s> {
        let node = if path.from_document { self.document } else { record };
        Hit {
            node,
            span: self.tree.node(node).span,
            entry: None,
        }
    }

    fn find(&self, path: &SourcePath, record: NodeId) -> Vec<Hit<'s>> {
        let mut hits = self.items(self.start(path, record));
        for step in &path.steps {
            hits = hits.into_iter().flat_map(|hit| self.step(step, hit)).collect();
        }
        hits
    }

    /// How far a path leads: the last object on it that is there.
    fn as_far_as(&self, path: &SourcePath, record: NodeId) -> Hit<'s> {
        let mut reached = self.start(path, record);
        for step in &path.steps {
            match self
                .items(reached)
                .into_iter()
                .flat_map(|hit| self.step(step, hit))
                .next()
            {
                Some(hit) if matches!(self.tree.node(hit.node).kind, Kind::Mapping(_)) => reached = hit,
                _ => break,
            }
        }
        reached
    }

    fn step(&self, step: &Step, hit: Hit<'s>) -> Vec<Hit<'s>> {
        let mut found = Vec::new();
        if step.backwards {
            self.referring(self.document, &step.key, hit.node, &mut found);
        } else if step.key.is_empty() {
            found.push(hit);
        } else if matches!(self.tree.node(self.resolved(hit.node)).kind, Kind::Mapping(_)) {
            let entries = self.tree.entries(self.resolved(hit.node)).iter();
            for entry in entries.filter(|entry| is_key(&entry.key, &step.key)) {
                let next = Hit {
                    node: entry.value,
                    span: entry.use_span,
                    entry: Some(entry),
                };
                found.extend(self.items(next));
            }
        }
        found.retain(|hit| step.tests.iter().all(|test| self.passes(test, hit.node)));
        found
    }

    /// The items of a list, the lists in it opened too; anything else is one item.
    fn items(&self, hit: Hit<'s>) -> Vec<Hit<'s>> {
        match &self.tree.node(hit.node).kind {
            Kind::Sequence(_) => {
                let entries = self.tree.entries(hit.node).iter();
                let items = entries.flat_map(|item| {
                    self.items(Hit {
                        node: item.value,
                        span: item.use_span,
                        entry: hit.entry,
                    })
                });
                items.collect()
            }
            _ => vec![hit],
        }
    }

    /// Objects that refer to a node, or hold it, under a key.
    fn referring(&self, at: NodeId, key: &str, target: NodeId, found: &mut Vec<Hit<'s>>) {
        let entries = self.tree.entries(at);
        let is_mapping = matches!(self.tree.node(at).kind, Kind::Mapping(_));
        let refers = |entry: &Entry<'_>| {
            let hit = Hit {
                node: entry.value,
                span: entry.use_span,
                entry: None,
            };
            is_key(&entry.key, key) && self.items(hit).iter().any(|hit| self.resolved(hit.node) == target)
        };
        if is_mapping && entries.iter().any(refers) {
            let holder = entries.first();
            found.push(Hit {
                node: at,
                span: self.tree.node(at).span,
                entry: holder.filter(|_| false),
            });
        }
        for entry in entries {
            self.referring(entry.value, key, target, found);
        }
    }

    fn passes(&self, test: &Test, node: NodeId) -> bool {
        let node = self.resolved(node);
        let entry = matches!(self.tree.node(node).kind, Kind::Mapping(_))
            .then(|| {
                self.tree
                    .entries(node)
                    .iter()
                    .find(|entry| is_key(&entry.key, &test.key))
            })
            .flatten();
        let Some(entry) = entry else { return test.not };
        if test.values.is_empty() {
            return !test.not;
        }
        let hit = Hit {
            node: entry.value,
            span: entry.use_span,
            entry: None,
        };
        let texts = self
            .items(hit)
            .into_iter()
            .filter_map(|hit| match &self.tree.node(hit.node).kind {
                Kind::Scalar(scalar) => Some(scalar.text.as_ref()),
                _ => self.id(hit.node),
            });
        let fits = |text: &str| {
            test.values
                .iter()
                .any(|value| text.eq_ignore_ascii_case(value) || local(text).eq_ignore_ascii_case(local(value)))
        };
        texts.into_iter().any(fits) != test.not
    }
}

impl Format {
    /// Reads a format from the JSON form of its file; the error is a sentence.
    pub fn from_json(json: &str) -> Result<Format, String> {
        let format: Format = serde_json::from_str(json).map_err(|error| error.to_string())?;
        match &format.map {
            Map::Fields { at: None, fields } => check_fields(fields, model().root(), "")?,
            _ => return Err("`map` must have the keys of the descriptor".to_string()),
        }
        Ok(format)
    }

    /// Whether a document is of this format.
    fn recognises(&self, paths: &Paths<'_>) -> bool {
        let leads = |path: &SourcePath| !paths.find(path, paths.document).is_empty();
        let fits = |signature: &Signature| signature.has.iter().all(leads) && !signature.lacks.iter().any(leads);
        self.recognise.iter().any(fits)
    }

    /// What the format says of an element that it has no place for.
    pub fn inexpressible(&self, element: Element, class: &str) -> Option<&Inexpressible> {
        let about = |entry: &&Inexpressible| {
            entry.element == element && (entry.class.is_empty() || entry.class.iter().any(|own| own == class))
        };
        self.inexpressible.iter().find(about)
    }
}

/// Every key of a mapping must be one of the model, at its place.
fn check_fields(fields: &[(String, Map)], group: &'static Group, at: &str) -> Result<(), String> {
    for (name, map) in fields {
        let field = model().key(name).and_then(|key| group.field(key));
        let inner = field.and_then(|(_, field)| super::native::group_of(&field.shape));
        match (field, map, inner) {
            (Some(_), Map::Fields { fields, .. }, Some(inner)) => check_fields(fields, inner, &format!("{at}/{name}"))?,
            (Some(_), Map::Leaf(_) | Map::Is(_), _) => {}
            (Some(_), Map::Fields { .. }, None) if group.open => {}
            _ if group.open => {}
            _ => return Err(format!("{at}/{name}: the descriptor has no such key")),
        }
    }
    Ok(())
}

/// The formats of the pack, in the order in which they are tried.
pub fn formats() -> &'static [Format] {
    static FORMATS: OnceLock<Vec<Format>> = OnceLock::new();
    FORMATS.get_or_init(|| {
        let read = |(name, json): &(&str, &str)| {
            Format::from_json(json).unwrap_or_else(|error| panic!("embedded mapping {name}: {error} (test `formats`)"))
        };
        crate::pack::MAPPINGS.iter().map(read).collect()
    })
}

/// The format with a name.
pub fn format(name: &str) -> Option<&'static Format> {
    formats().iter().find(|format| format.format == name)
}

/// A document of somebody else's format.
#[derive(Debug)]
pub struct Document<'s> {
    /// The format.
    pub format: &'static Format,
    /// The objects that are practices.
    pub records: Vec<NodeId>,
    /// Values about the learner.
    pub learner: Vec<Span>,
    paths: Paths<'s>,
}

impl<'s> Document<'s> {
    /// What a tree is by its content, or by what somebody says that it is; several where it is a list of documents.
    pub fn all(tree: &'s Tree<'s>, said: Option<&'static Format>) -> Vec<Document<'s>> {
        let Some(root) = tree.root else { return Vec::new() };
        let candidates: Vec<NodeId> = match &tree.node(root).kind {
            Kind::Sequence(_) => tree.entries(root).iter().map(|entry| entry.value).collect(),
            Kind::Mapping(_) => vec![tree.get(root, "credential").map_or(root, |entry| entry.value)],
            Kind::Scalar(_) => return Vec::new(),
        };
        candidates
            .into_iter()
            .filter_map(|node| Document::at(tree, node, said))
            .collect()
    }

    fn at(tree: &'s Tree<'s>, node: NodeId, said: Option<&'static Format>) -> Option<Document<'s>> {
        if !matches!(tree.node(node).kind, Kind::Mapping(_)) {
            return None;
        }
        let mut paths = Paths::new(tree, node);
        let format = said.or_else(|| formats().iter().find(|format| format.recognises(&paths)))?;
        paths.index(node);
        let found = format
            .records
            .iter()
            .map(|path| paths.find(path, node))
            .find(|hits| !hits.is_empty());
        let mut records: Vec<NodeId> = Vec::new();
        for hit in found.unwrap_or_default() {
            let record = paths.resolved(hit.node);
            if !records.contains(&record) && matches!(tree.node(record).kind, Kind::Mapping(_)) {
                records.push(record);
            }
        }
        if records.is_empty() {
            records.push(node);
        }
        let mut learner = Vec::new();
        for hit in format.learner.iter().flat_map(|path| paths.find(path, node)) {
            scalars(tree, hit.node, hit.span, &mut learner);
        }
        Some(Document {
            format,
            records,
            learner,
            paths,
        })
    }

    /// What of the document was not read for a record: JSON pointer and value, in the order of the file. Nothing about
    /// the learner, no proof, and none of what a format says of itself.
    pub fn rest(&self, record: NodeId, descriptor: &Descriptor<'_>) -> Vec<(String, serde_json::Value)> {
        let mut rest = Vec::new();
        if let Some(origin) = descriptor.origin() {
            let others: Vec<NodeId> = self.records.iter().copied().filter(|other| *other != record).collect();
            self.gather(self.paths.document, origin, &others, &mut rest);
        }
        rest
    }

    /// Keys by which a format speaks of itself.
    const ITS_OWN: [&'static str; 8] = [
        "@context",
        "type",
        "id",
        "proof",
        "signatures",
        "inScheme",
        "individualDisplay",
        "credentialSchema",
    ];

    fn gather(&self, node: NodeId, origin: &Origin, others: &[NodeId], rest: &mut Vec<(String, serde_json::Value)>) {
        let tree = self.paths.tree;
        if origin.used.contains(&node.index()) || others.contains(&node) {
            return;
        }
        let span = tree.node(node).span;
        if !self.touches(node, origin, others) && self.paths.document != node {
            if !self
                .learner
                .iter()
                .any(|own| own.start <= span.end && span.start <= own.end)
            {
                rest.push((tree.pointer(node), crate::schema::to_json(tree, node)));
                return;
            }
            if matches!(tree.node(node).kind, Kind::Scalar(_)) {
                return;
            }
        }
        let own = |entry: &&Entry<'_>| {
            !Self::ITS_OWN
                .iter()
                .any(|key| entry.key.strip_prefix('@').unwrap_or(&entry.key) == key.trim_start_matches('@'))
        };
        for entry in tree.entries(node).iter().filter(own) {
            self.gather(entry.value, origin, others, rest);
        }
    }

    /// Whether something in a node was read, or belongs to another record.
    fn touches(&self, node: NodeId, origin: &Origin, others: &[NodeId]) -> bool {
        origin.used.contains(&node.index())
            || others.contains(&node)
            || self
                .paths
                .tree
                .entries(node)
                .iter()
                .any(|entry| self.touches(entry.value, origin, others))
    }

    /// A record as facts.
    pub fn read(&self, record: NodeId, placeholders: &Placeholders) -> Descriptor<'s> {
        read_record(&self.paths, record, self.format, placeholders)
    }
}

fn scalars(tree: &Tree<'_>, node: NodeId, span: Span, out: &mut Vec<Span>) {
    match &tree.node(node).kind {
        Kind::Scalar(_) => out.push(span),
        _ => tree
            .entries(node)
            .iter()
            .for_each(|entry| scalars(tree, entry.value, entry.use_span, out)),
    }
}

fn read_record<'s>(
    paths: &Paths<'s>,
    record: NodeId,
    format: &'static Format,
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
    let class = paths
        .tree
        .entries(record)
        .iter()
        .find(|entry| is_key(&entry.key, "type"));
    let class = class
        .and_then(|entry| tree.scalar(entry.value))
        .map_or("", |scalar| local(&scalar.text));
    let mut descriptor = reader.builder.out;
    descriptor.origin = Some(Origin {
        format,
        class: class.to_string(),
        absent: reader.absent,
        used: reader.used,
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
            Map::Leaf(leaf) => {
                let hits = self.hits(&leaf.from, leaf.all, at);
                if hits.is_empty() {
                    self.note_absent(&leaf.from, at);
                    return None;
                }
                self.used
                    .extend(hits.iter().map(|hit| self.paths.resolved(hit.node).index()));
                self.used.extend(hits.iter().map(|hit| hit.node.index()));
                let slot = self.slot(key, name, &hits, parent);
                if let Shape::List { item, .. } = shape {
                    let id = self.builder.push(slot, Value::List, hits[0].span, Some(hits[0].node));
                    let mark = self.builder.scratch.len();
                    for hit in &hits {
                        let child = self.leaf(item_slot(id), item, leaf, std::slice::from_ref(hit));
                        self.builder.scratch.push(child);
                    }
                    self.builder.close(id, mark);
                    return Some(id);
                }
                Some(self.leaf(slot, shape, leaf, &hits))
            }
            Map::Fields {
                at: Some(places),
                fields,
            } => {
                let hits = self.hits(places, false, at);
                if hits.is_empty() {
                    self.note_absent(places, at);
                    return None;
                }
                let slot = self.slot(key, name, &hits, parent);
                match shape {
                    Shape::List { item, .. } => {
                        let group = super::native::group_of(item)?;
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
                    _ => Some(self.group(slot, super::native::group_of(shape)?, fields, hits[0])),
                }
            }
            Map::Fields { at: None, fields } => {
                let hit = Hit {
                    node: at,
                    span: self.head(at),
                    entry: None,
                };
                let before = (self.builder.out.facts.len(), self.builder.out.children.len());
                let group = super::native::group_of(shape)?;
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
        let written = |fact: &super::Fact<'_>| !matches!(fact.value, Value::Group | Value::List | Value::Blank(_));
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
        id
    }

    fn hits(&self, from: &[SourcePath], all: bool, at: NodeId) -> Vec<Hit<'s>> {
        let mut found = from.iter().map(|path| {
            let mut hits = self.paths.find(path, at);
            hits.retain(|hit| !self.is_nothing(hit.node));
            hits
        });
        if all {
            return found.flatten().collect();
        }
        found.find(|hits| !hits.is_empty()).unwrap_or_default()
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
    fn note_absent(&mut self, from: &[SourcePath], at: NodeId) {
        let Some(path) = from.first() else { return };
        let holder = self.paths.as_far_as(path, at);
        let span = holder
            .entry
            .map_or_else(|| self.head(holder.node), |entry| entry.key_span);
        self.absent.push(Absent {
            path: self.path.clone(),
            key: path.last().to_string(),
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

    fn leaf(&mut self, slot: Slot<'s>, shape: &'static Shape, leaf: &'static Leaf, hits: &[Hit<'s>]) -> FactId {
        let hit = hits[0];
        match shape {
            Shape::Group(group) => {
                let id = self.builder.push(slot, Value::Group, hit.span, Some(hit.node));
                let mark = self.builder.scratch.len();
                if let Some((key, (_, field))) = group.shorthand.and_then(|key| Some((key, group.field(key)?))) {
                    let inner = Slot { key, ..item_slot(id) };
                    let child = self.leaf(inner, &field.shape, leaf, hits);
                    self.builder.scratch.push(child);
                }
                self.builder.close(id, mark);
                id
            }
            Shape::Text if leaf.takes.is_none() => self.text(slot, hits),
            Shape::Any => self.builder.push(slot, Value::Opaque, hit.span, Some(hit.node)),
            _ => {
                let offers = self.offers(hit.node, hit.span);
                let taken: Vec<Offer<'s>> = offers.iter().filter_map(|offer| leaf.take(*offer)).collect();
                match best(shape, &taken) {
                    Some(offer) => {
                        let kind = if offer.kind == ScalarKind::Null {
                            ScalarKind::String
                        } else {
                            offer.kind
                        };
                        let text = match shape {
                            Shape::Line(LineKind::Date) => day(offer.text),
                            _ => offer.text,
                        };
                        let value = self.builder.leaf_of(shape, Cow::Borrowed(text), kind);
                        self.builder.push(slot, value, offer.span, Some(offer.node))
                    }
                    None => {
                        let text = offers.first().map_or("", |offer| offer.text);
                        let value = Value::Unreadable(Cow::Borrowed(text));
                        self.builder.push(slot, value, hit.span, Some(hit.node))
                    }
                }
            }
        }
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
        let tree = self.paths.tree;
        let node = self.paths.resolved(node);
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
            Kind::Sequence(_) => {
                // Several texts where one is meant: the first counts.
                if let Some(first) = entries.first() {
                    self.said(first.value, first.use_span, out);
                }
            }
            Kind::Mapping(_) if entries.iter().all(|entry| is_language_tag(&entry.key)) => {
                for entry in entries {
                    let mut inner = Vec::new();
                    self.said(entry.value, entry.use_span, &mut inner);
                    let first = inner.into_iter().next();
                    out.extend(first.map(|(.., offer)| (entry.key.clone(), entry.key_span, offer)));
                }
            }
            Kind::Mapping(_) => {
                let language = get("language").and_then(|entry| Some((entry, tree.scalar(entry.value)?)));
                if let (Some((entry, language)), Some(value)) = (language, get("value")) {
                    let mut inner = Vec::new();
                    self.said(value.value, value.use_span, &mut inner);
                    let first = inner.into_iter().next();
                    out.extend(first.map(|(.., offer)| (language.text.clone(), entry.key_span, offer)));
                    return;
                }
                let inside = self.format.inside.iter().find_map(|key| get(key));
                if let Some(entry) = inside {
                    self.said(entry.value, entry.use_span, out);
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
        if matches!(tree.node(node).kind, Kind::Mapping(_)) {
            let entries = tree.entries(node);
            let keys = ["id"].into_iter().chain(self.format.inside.iter().map(String::as_str));
            for key in keys {
                for entry in entries.iter().filter(|entry| is_key(&entry.key, key)) {
                    let mut said = Vec::new();
                    self.said(entry.value, entry.use_span, &mut said);
                    offers.extend(said.into_iter().map(|(.., offer)| offer));
                }
            }
        }
        offers
    }
}

impl Leaf {
    /// The part of an offered text that counts, in our words.
    fn take<'s>(&'static self, offer: Offer<'s>) -> Option<Offer<'s>> {
        let mut offer = offer;
        if let Some(takes) = &self.takes {
            let found = takes.get()?.captures(offer.text)?.get(1)?;
            offer.text = &offer.text[found.range()];
            offer.kind = ScalarKind::Null;
        }
        if !self.values.is_empty() {
            if let Some(meaning) = self.values.get(offer.text) {
                offer.text = meaning;
            }
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
    let leaf = matches!(map, Map::Leaf(_) | Map::Is(_));
    let fits = |shape: &&Shape| match shape {
        Shape::Group(_) | Shape::Table(_) => !leaf,
        Shape::List { item, .. } => !leaf || !matches!(**item, Shape::Group(_)),
        _ => leaf,
    };
    shapes.iter().find(fits).unwrap_or(&shapes[0])
}
