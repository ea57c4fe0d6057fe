//! Formats of other people, read through a mapping: data says where in their JSON a statement stands
//! (`rules/mappings/<format>.yaml`), the field model says how it is read.
//!
//! What JSON-LD leaves open is open here too: a key may carry a prefix or be a whole IRI, one value may stand for a list
//! of one, a reference by `id` for the thing itself, a concept may be a URI, a notation or a label, a text a string or a
//! map of languages.

mod lasting;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde_json::Value as Json;

pub use self::lasting::{Lasting, Withheld};
use super::builder::{Builder, Placeholders, Slot};
use super::model::{Group, Key, LineKind, Shape, model};
use super::native::is_language_tag;
use super::objects::Names;
use super::{Absent, Blank, Descriptor, FactId, Origin, Place, SourceId, Value, Whole};
use crate::language::Language;
use crate::rule::{Localized, Phase};
use crate::source::Span;
use crate::standard::Element;
use crate::tree::{Entry, Kind, NodeId, ScalarKind, Tree};
use crate::vocabulary::{Data, embedded};

/// A format as written in `rules/mappings/<format>.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Its name, the file's stem.
    pub format: String,
    /// Its title for people.
    pub title: String,
    /// What it is, and where it is met.
    about: Localized,
    /// The mapping that it was made from.
    #[serde(default)]
    like: Option<String>,
    /// Whether its records are descriptors or issued credentials.
    pub phase: Phase,
    /// What a document of it looks like; any of these.
    recognise: Vec<Signature>,
    /// Whether a list at the top is one document, whose objects refer to each other.
    #[serde(default)]
    pub(crate) graph: bool,
    /// Where its records are: the first entry that leads to something; an entry may be several paths, which all count.
    /// The empty path is the document itself, which also stands in where none leads to something.
    #[serde(default)]
    records: Vec<OneOrMore<SourcePath>>,
    /// From the keys of the native descriptor to places in the record.
    map: Map,
    /// Keys inside an object that stand for its text, code or address.
    #[serde(default)]
    inside: Vec<String>,
    /// Keys by which its classes are told, where records have no `type`; the class of a record is the first that it has.
    #[serde(default)]
    classes: Vec<String>,
    /// Values about the learner; never shown.
    #[serde(default)]
    learner: Vec<SourcePath>,
    /// What identifies the learner wherever it stands: one text, or several together.
    #[serde(default)]
    identifies: Vec<OneOrMore<SourcePath>>,
    /// The names of its model, where rules ask what the format itself demands.
    #[serde(default)]
    pub objects: Option<Names>,
    /// Elements that the format has no place for.
    #[serde(default)]
    inexpressible: Vec<Inexpressible>,
    /// How elements are said in the format, where the help of the rules speaks of ours.
    #[serde(default)]
    hints: Vec<Inexpressible>,
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

/// An element that a format cannot express, or not as we do, and what to do instead.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inexpressible {
    /// The element.
    pub element: Element,
    /// Only for records of these classes; empty for all.
    #[serde(default)]
    pub class: Vec<String>,
    /// Only these keys of ours; empty for the element as a whole.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The key to write in the place of the one that usually says it; empty where there is none.
    #[serde(default)]
    pub write: Option<String>,
    /// Where it can be said all the same.
    pub fallback: Localized,
}

const ABOUT: &str = "about";
const INEXPRESSIBLE: &str = "inexpressible";
const HINTS: &str = "hints";

impl Inexpressible {
    /// Its name among those of its format: the element, and the class or the key that it is about.
    pub fn name(&self) -> String {
        let narrower = self.class.first().or(self.keys.first());
        narrower.map_or_else(
            || self.element.to_string(),
            |narrower| format!("{}.{narrower}", self.element),
        )
    }

    /// Whether it is about the element as a whole, in whatever class.
    pub fn is_of_all(&self) -> bool {
        self.class.is_empty() && self.keys.is_empty()
    }
}

/// Where a statement stands.
#[derive(Debug)]
enum Map {
    /// A leaf, or a list of leaves.
    Leaf(Leaf),
    /// A group or a list of groups.
    Fields {
        /// Where the group, or each item, stands; without it, where the group around it stands.
        at: Option<Places>,
        fields: Vec<(String, Map)>,
    },
    /// Several ways to say it; the first that says something counts.
    First(Vec<Map>),
    /// Said by the format itself.
    Is(String),
}

/// Places to look at.
#[derive(Debug)]
struct Places {
    paths: Vec<SourcePath>,
    /// Every path counts; else the first that leads to something.
    all: bool,
}

/// A leaf.
#[derive(Debug)]
struct Leaf {
    from: Places,
    /// The values of one path are parts of a whole.
    sum: bool,
    /// The part of the text that counts: the first group. A text without it says nothing.
    takes: Option<OnceRegex>,
    /// The same, of a line that our own exports write where the format has no key. It is read, and nobody is asked to write
    /// it: for all that is said about what is missing, it is no place.
    is_kept: bool,
    /// What separates the items of a list in one text.
    split: Option<String>,
    /// The concept of another list stands for the value.
    means: Option<Means>,
    /// What the words of the format mean in ours.
    values: FxHashMap<String, String>,
}

/// An attribute of a value of a vocabulary, in place of the value: one concept may hold two facts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Means {
    vocabulary: String,
    /// The attribute.
    value: String,
    /// The attribute is a table, and what the file names is one of its cells: which part of the place is meant.
    #[serde(default)]
    part: Option<Part>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Part {
    /// The value in whose table it is.
    Entry,
    /// The row of the table.
    Row,
}

impl Means {
    fn of(&self, text: &str) -> Option<&'static str> {
        let list = embedded(&self.vocabulary)?;
        let Some(part) = self.part else {
            return list.find(text)?.value(&self.value)?.text();
        };
        list.entries.iter().find_map(|entry| {
            let Data::Table(rows) = entry.value(&self.value)? else {
                return None;
            };
            let (row, _) = rows.iter().find(|(_, cell)| cell.text() == Some(text))?;
            Some(match part {
                Part::Entry => entry.slug,
                Part::Row => row,
            })
        })
    }
}

/// A pattern, compiled when it is first needed.
#[derive(Debug)]
struct OnceRegex(String, OnceLock<Option<Regex>>);

impl OnceRegex {
    fn get(&self) -> Option<&Regex> {
        self.1.get_or_init(|| Regex::new(&self.0).ok()).as_ref()
    }
}

#[derive(Debug, Deserialize)]
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

    fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            OneOrMore::One(one) => std::slice::from_ref(one).iter(),
            OneOrMore::More(more) => more.iter(),
        }
    }
}

impl<'de> Deserialize<'de> for Map {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Map::of(value).map_err(serde::de::Error::custom)
    }
}

impl Map {
    fn of(value: Json) -> Result<Map, String> {
        let mut rows = match value {
            Json::Object(rows) => rows,
            Json::Array(items) if items.iter().any(Json::is_object) => {
                return items.into_iter().map(Map::of).collect::<Result<_, _>>().map(Map::First);
            }
            paths => return Ok(Map::Leaf(Leaf::at(Places::of(paths, false)?))),
        };
        if let Some(Json::String(text)) = rows.get("is") {
            return Ok(Map::Is(text.clone()));
        }
        let of = |rows: &mut serde_json::Map<String, Json>, key: &str, all: bool| {
            rows.shift_remove(key).map(|paths| Places::of(paths, all)).transpose()
        };
        let sum = of(&mut rows, "sum", false)?;
        let is_sum = sum.is_some();
        if let Some(from) = sum.or(of(&mut rows, "from", false)?).or(of(&mut rows, "all", true)?) {
            let kept = part::<String>(&mut rows, "kept")?;
            let is_kept = kept.is_some();
            let takes = kept.or(part(&mut rows, "takes")?);
            let leaf = Leaf {
                sum: is_sum,
                takes: takes.map(|text| OnceRegex(text, OnceLock::new())),
                is_kept,
                split: part(&mut rows, "split")?,
                means: part(&mut rows, "means")?,
                values: part(&mut rows, "values")?.unwrap_or_default(),
                ..Leaf::at(from)
            };
            return match rows.keys().next() {
                Some(key) => Err(format!("`{key}` is not known beside `from`")),
                None => Ok(Map::Leaf(leaf)),
            };
        }
        let at = of(&mut rows, "at", false)?.or(of(&mut rows, "each", true)?);
        let fields = rows.into_iter().map(|(key, value)| Ok((key, Map::of(value)?)));
        Ok(Map::Fields {
            at,
            fields: fields.collect::<Result<_, String>>()?,
        })
    }
}

fn part<T: serde::de::DeserializeOwned>(
    rows: &mut serde_json::Map<String, Json>,
    key: &str,
) -> Result<Option<T>, String> {
    let value = rows.shift_remove(key).map(serde_json::from_value).transpose();
    value.map_err(|error| format!("`{key}`: {error}"))
}

impl Places {
    fn of(paths: Json, all: bool) -> Result<Places, String> {
        let paths = serde_json::from_value::<OneOrMore<SourcePath>>(paths).map_err(|error| error.to_string())?;
        Ok(Places {
            paths: paths.all(),
            all,
        })
    }
}

/// A way through a document: `specifiedBy/additionalNote[subject=assessment]/noteLiteral`. Lists are passed through,
/// references by id are followed. `/` in front starts at the document, `//` at the file around it. `<key` goes to what
/// refers to the record by that key, `!key|key` to everything under other keys, `**` to the object and everything in it;
/// `:key` is a property of that name and no keyword of JSON-LD. In brackets: a key that must be there, must not (`!`), or
/// must have one of some values, as a whole or behind the last `/`, `#` or `:` of a URI (`=`), or somewhere in it (`*=`);
/// `[<key]` asks for something that
/// refers here.
#[derive(Debug)]
pub struct SourcePath {
    written: String,
    from: From,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
enum From {
    Record,
    Document,
    File,
}

#[derive(Debug)]
struct Step {
    key: String,
    way: Way,
    tests: Vec<Test>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// Into a key.
    In,
    /// To what refers here by a key.
    Back,
    /// Into every key but these, separated by `|`.
    Others,
    /// Here and everywhere inside.
    Deep,
}

#[derive(Debug)]
struct Test {
    key: String,
    not: bool,
    within: bool,
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
        let (from, mut rest) = match (text.strip_prefix("//"), text.strip_prefix('/')) {
            (Some(rest), _) => (From::File, rest),
            (None, Some(rest)) => (From::Document, rest),
            (None, None) => (From::Record, text),
        };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let end = rest.find(['/', '[']).unwrap_or(rest.len());
            let written = &rest[..end];
            let (way, key) = match written.split_at_checked(1) {
                Some(("<", key)) => (Way::Back, key),
                Some(("!", keys)) => (Way::Others, keys),
                Some(("*", "*")) => (Way::Deep, written),
                _ => (Way::In, written),
            };
            let mut step = Step {
                key: key.to_string(),
                way,
                tests: Vec::new(),
            };
            rest = &rest[end..];
            while let Some(inner) = rest.strip_prefix('[') {
                let (test, after) = inner.split_once(']').ok_or_else(wrong)?;
                let (not, test) = test.strip_prefix('!').map_or((false, test), |test| (true, test));
                let (key, values) = test.split_once('=').map_or((test, ""), |(key, values)| (key, values));
                let (key, within) = key.strip_suffix('*').map_or((key, false), |key| (key, true));
                let values = values.split('|').filter(|value| !value.is_empty()).map(str::to_string);
                step.tests.push(Test {
                    key: key.to_string(),
                    not,
                    within,
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
        Ok(SourcePath {
            written: text.to_string(),
            from,
            steps,
        })
    }

    /// Whether it leads nowhere else.
    fn is_here(&self) -> bool {
        self.steps.iter().all(|step| step.way == Way::In && step.key.is_empty())
    }

    /// The key that it ends in.
    fn last(&self) -> &str {
        let named = self
            .steps
            .iter()
            .rev()
            .find(|step| !step.key.is_empty() && step.way == Way::In);
        named.map_or("", |step| step.key.trim_start_matches(':'))
    }

    /// The keys behind a number of steps, as the way to write there.
    fn rest(&self, steps: usize) -> String {
        let named = |step: &&Step| !step.key.is_empty() && step.way == Way::In;
        let keys: Vec<String> = self.steps[steps..].iter().filter(named).map(Step::written).collect();
        keys.join("/")
    }
}

impl Step {
    /// The key, with the value by which its object is told from others.
    fn written(&self) -> String {
        let key = self.key.trim_start_matches(':');
        let told = self
            .tests
            .iter()
            .find(|test| !test.not && !test.within && !test.values.is_empty());
        told.map_or(key.to_string(), |test| {
            format!("{key}[{}={}]", test.key, test.values[0])
        })
    }
}

/// The last part of a key or an IRI: `http://data.europa.eu/snb/model/elm/EQFLevel`, `elm:EQFLevel` → `EQFLevel`.
fn local(text: &str) -> &str {
    text.rsplit(['/', '#', ':']).next().unwrap_or(text)
}

/// Whether a key of the file is meant. `id` and `type` are keywords of JSON-LD; a property of that name has a prefix.
fn is_key(written: &str, key: &str) -> bool {
    if let Some(property) = key.strip_prefix(':') {
        let is_keyword = written == "rdf:type" || written.ends_with("22-rdf-syntax-ns#type");
        return written.contains(':') && !is_keyword && local(written).eq_ignore_ascii_case(property);
    }
    let bare = written.strip_prefix('@').unwrap_or(written);
    let is_keyword = matches!(key, "id" | "type");
    bare.eq_ignore_ascii_case(key) || (!is_keyword && local(bare).eq_ignore_ascii_case(key))
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
    /// What refers to an object or holds it, and under which key; made when a path first asks.
    holders: OnceCell<FxHashMap<NodeId, Vec<(NodeId, &'s str)>>>,
}

impl<'s> Paths<'s> {
    fn new(tree: &'s Tree<'s>, document: NodeId) -> Paths<'s> {
        Paths {
            tree,
            document,
            by_id: FxHashMap::default(),
            holders: OnceCell::new(),
        }
    }

    /// The first full object of each id; a bare `{id: …}` is a reference.
    fn index(&mut self, node: NodeId) {
        let tree = self.tree;
        let entries = tree.entries(node);
        if entries.len() > 1
            && let Some(id) = self.id(node)
        {
            let known = self.by_id.entry(id).or_insert(node);
            if tree.entries(*known).len() < entries.len() {
                *known = node;
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
        let node = match path.from {
            From::Record => record,
            From::Document => self.document,
            From::File => self.tree.root.unwrap_or(self.document),
        };
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

    /// How far a path leads: the last object on it that is there, and how many steps that was. Where the key is there and
    /// its objects are others, it leads to the key.
    fn as_far_as(&self, path: &SourcePath, record: NodeId) -> (Hit<'s>, usize) {
        let mut reached = (self.start(path, record), 0);
        for (number, step) in path.steps.iter().enumerate() {
            let from = self.items(reached.0);
            match from.iter().flat_map(|hit| self.step(step, *hit)).next() {
                Some(hit) if matches!(self.tree.node(self.resolved(hit.node)).kind, Kind::Mapping(_)) => {
                    reached = (hit, number + 1);
                }
                _ => {
                    let others = from.iter().flat_map(|hit| self.leads_to(step, *hit));
                    let mut keyed = others.filter(|hit| hit.entry.is_some() && !step.tests.is_empty());
                    return (keyed.next().unwrap_or(reached.0), reached.1);
                }
            }
        }
        reached
    }

    fn step(&self, step: &Step, hit: Hit<'s>) -> Vec<Hit<'s>> {
        let mut found = self.leads_to(step, hit);
        found.retain(|hit| step.tests.iter().all(|test| self.passes(test, hit.node)));
        found
    }

    /// What a step leads to, whether or not it passes the tests.
    fn leads_to(&self, step: &Step, hit: Hit<'s>) -> Vec<Hit<'s>> {
        let mut found = Vec::new();
        match step.way {
            Way::Back => self.referring(&step.key, hit.node, &mut found),
            Way::Deep => self.inside(hit, &mut found),
            Way::In if step.key.is_empty() => found.push(hit),
            Way::In => self.under(hit, &mut found, &|key| is_key(key, &step.key)),
            Way::Others => self.under(hit, &mut found, &|key| !step.key.split('|').any(|own| is_key(key, own))),
        }
        found
    }

    fn under(&self, hit: Hit<'s>, found: &mut Vec<Hit<'s>>, wanted: &dyn Fn(&str) -> bool) {
        let node = self.resolved(hit.node);
        if !matches!(self.tree.node(node).kind, Kind::Mapping(_)) {
            return;
        }
        for entry in self.tree.entries(node).iter().filter(|entry| wanted(&entry.key)) {
            found.extend(self.items(Hit {
                node: entry.value,
                span: entry.use_span,
                entry: Some(entry),
            }));
        }
    }

    fn inside(&self, hit: Hit<'s>, found: &mut Vec<Hit<'s>>) {
        found.push(hit);
        for entry in self.tree.entries(hit.node) {
            let inner = Hit {
                node: entry.value,
                span: entry.use_span,
                entry: Some(entry),
            };
            self.inside(inner, found);
        }
    }

    /// The items of a list, the lists in it opened too, unless they are one text in several languages; anything else is
    /// one item.
    fn items(&self, hit: Hit<'s>) -> Vec<Hit<'s>> {
        match &self.tree.node(hit.node).kind {
            Kind::Sequence(_) => {
                let entries = self.tree.entries(hit.node).iter();
                let items = entries.flat_map(|item| {
                    let inner = Hit {
                        node: item.value,
                        span: item.use_span,
                        entry: hit.entry,
                    };
                    if self.is_one_text(item.value) {
                        vec![inner]
                    } else {
                        self.items(inner)
                    }
                });
                items.collect()
            }
            _ => vec![hit],
        }
    }

    /// Whether a list is one text: every item of it in one language.
    fn is_one_text(&self, node: NodeId) -> bool {
        let entries = self.tree.entries(node);
        matches!(self.tree.node(node).kind, Kind::Sequence(_))
            && !entries.is_empty()
            && entries.iter().all(|entry| self.tagged(entry.value).is_some())
    }

    /// The language of a text that is written with its language, and the text.
    fn tagged(&self, node: NodeId) -> Option<(&'s Entry<'s>, &'s Entry<'s>)> {
        if !matches!(self.tree.node(node).kind, Kind::Mapping(_)) {
            return None;
        }
        let entries = self.tree.entries(node);
        let get = |keys: [&str; 2]| {
            let known = |entry: &&Entry<'_>| keys.iter().any(|key| is_key(&entry.key, key));
            entries.iter().find(known)
        };
        let language = get(["language", "inLanguage"])?;
        let tag = self.tree.scalar(language.value)?;
        let text = get(["value", "name"])?;
        (is_language_tag(&tag.text) && entries.len() == 2).then_some((language, text))
    }

    /// Objects that refer to a node, or hold it, under a key.
    fn referring(&self, key: &str, target: NodeId, found: &mut Vec<Hit<'s>>) {
        let holders = self.holders.get_or_init(|| {
            let mut holders = FxHashMap::default();
            self.note_holders(self.document, &mut holders);
            holders
        });
        let target = self.resolved(target);
        let fitting = holders
            .get(&target)
            .into_iter()
            .flatten()
            .filter(|(_, own)| is_key(own, key));
        found.extend(fitting.map(|(holder, _)| Hit {
            node: *holder,
            span: self.tree.node(*holder).span,
            entry: None,
        }));
    }

    fn note_holders(&self, at: NodeId, holders: &mut FxHashMap<NodeId, Vec<(NodeId, &'s str)>>) {
        let is_mapping = matches!(self.tree.node(at).kind, Kind::Mapping(_));
        for entry in self.tree.entries(at) {
            let hit = Hit {
                node: entry.value,
                span: entry.use_span,
                entry: None,
            };
            for item in self.items(hit).into_iter().filter(|_| is_mapping) {
                let target = self.resolved(item.node);
                if matches!(self.tree.node(target).kind, Kind::Mapping(_)) {
                    holders.entry(target).or_default().push((at, entry.key.as_ref()));
                }
            }
            self.note_holders(entry.value, holders);
        }
    }

    fn passes(&self, test: &Test, node: NodeId) -> bool {
        let node = self.resolved(node);
        if let Some(key) = test.key.strip_prefix('<') {
            let mut found = Vec::new();
            self.referring(key, node, &mut found);
            return found.is_empty() == test.not;
        }
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
            test.values.iter().any(|value| {
                let same = text.eq_ignore_ascii_case(value) || local(text).eq_ignore_ascii_case(local(value));
                same || (test.within && text.to_lowercase().contains(&value.to_lowercase()))
            })
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

    /// Whether a document without the marks of this format says anything in its words, when somebody says that it is one.
    fn may_be(&self, paths: &Paths<'_>) -> bool {
        const ENOUGH: usize = 3;
        let records = || self.records.iter().flat_map(OneOrMore::iter);
        if records().any(|path| !path.is_here() && !paths.find(path, paths.document).is_empty()) {
            return true;
        }
        let Map::Fields { fields, .. } = &self.map else {
            return false;
        };
        let said = fields.iter().filter(|(_, map)| map.leads(paths, paths.document));
        records().any(SourcePath::is_here) && said.count() >= ENOUGH
    }

    /// What it is.
    pub fn about(&self, language: Language) -> &str {
        language.choose(&self.about, || self.text_key(ABOUT))
    }

    /// By what a document of it is recognised: paths that lead to something, and paths that do not.
    pub fn signatures(&self) -> impl Iterator<Item = (Vec<&str>, Vec<&str>)> {
        self.recognise.iter().map(|signature| {
            let has = signature.has.iter().map(|path| path.written.as_str());
            let lacks = signature.lacks.iter().map(|path| path.written.as_str());
            (has.collect(), lacks.collect())
        })
    }

    /// Where a statement on a path of our keys belongs; the empty place is where the format itself says it.
    pub fn place_of(&self, keys: &[&str]) -> Option<String> {
        self.map.place(keys)
    }

    /// What it has no place for, and where that can be said all the same.
    pub fn gaps(&self) -> &[Inexpressible] {
        &self.inexpressible
    }

    /// The fallback of an entry of `inexpressible` or `hints`.
    pub fn fallback<'l>(&'l self, entry: &'l Inexpressible, language: Language) -> &'l str {
        let is_gap = self.inexpressible.iter().any(|own| std::ptr::eq(own, entry));
        let section = if is_gap { INEXPRESSIBLE } else { HINTS };
        language.choose(&entry.fallback, || {
            self.text_key(&format!("{section}/{}", entry.name()))
        })
    }

    /// The texts that can be translated: the last part of the key, and the English. What a mapping has from another one is
    /// translated there.
    pub fn texts(&self) -> Vec<(String, &str)> {
        let gaps = self.inexpressible.iter().map(|entry| (INEXPRESSIBLE, entry));
        let hints = self.hints.iter().map(|entry| (HINTS, entry));
        let named = gaps
            .chain(hints)
            .map(|(section, entry)| (format!("{section}/{}", entry.name()), entry.fallback.get("en")));
        let about = [(ABOUT.to_string(), self.about.get("en"))];
        about.into_iter().chain(named).collect()
    }

    /// The key of a text. One that stands in the mapping that this one is made from has the key that it has there.
    pub fn text_key(&self, what: &str) -> String {
        let base = self.like.as_deref().and_then(format).filter(|base| {
            let english = |format: &Format| {
                format
                    .texts()
                    .into_iter()
                    .find(|(own, _)| own == what)
                    .map(|(_, text)| text.to_string())
            };
            what != ABOUT && english(base) == english(self)
        });
        base.map_or_else(
            || format!("mappings/{}/{what}", self.format),
            |base| base.text_key(what),
        )
    }

    /// What the format says of an element, or a key of it, that it has no place for.
    pub fn inexpressible(&self, element: Element, classes: &[String], key: Option<&str>) -> Option<&Inexpressible> {
        find(&self.inexpressible, element, classes, key)
    }

    /// How an element, or a key of it, is said in the format.
    pub fn hint(&self, element: Element, classes: &[String], key: Option<&str>) -> Option<&Inexpressible> {
        find(&self.hints, element, classes, key)
    }

    /// Whether the format has a place, or another way, for what stands on a canonical path; numbers of list items do not matter.
    pub fn has_place_for(&self, path: &str) -> bool {
        let keys: Vec<&str> = path
            .split('/')
            .filter(|key| !key.is_empty() && key.parse::<usize>().is_err())
            .collect();
        let asked_for = |entry: &Inexpressible| keys.last().is_some_and(|key| entry.keys.iter().any(|own| own == key));
        self.map.holds(&keys) || self.inexpressible.iter().chain(&self.hints).any(asked_for)
    }

    /// The key of the format for one of ours, as a person would name it: `learning_outcomes`, `issuing.formats`. Where
    /// several of ours have that name, the one in the group counts.
    pub fn word_for(&self, ours: &str, group: &str) -> Option<String> {
        let wanted: Vec<&str> = ours.split('.').collect();
        let mut found: Vec<(bool, String)> = Vec::new();
        self.map.words(&mut Vec::new(), &mut |keys, word| {
            if keys.ends_with(&wanted) {
                found.push((keys.first() == Some(&group), word));
            }
        });
        let own = found.iter().position(|(own, _)| *own).unwrap_or(0);
        found.into_iter().nth(own).map(|(_, word)| word)
    }
}

impl Map {
    fn leads(&self, paths: &Paths<'_>, at: NodeId) -> bool {
        let any = |places: &Places| {
            let own = places.paths.iter().filter(|path| !path.is_here());
            own.into_iter().any(|path| !paths.find(path, at).is_empty())
        };
        match self {
            Map::Leaf(leaf) => any(&leaf.from),
            Map::Fields { at: Some(places), .. } => any(places),
            Map::Fields { at: None, fields } => fields.iter().any(|(_, map)| map.leads(paths, at)),
            Map::First(ways) => ways.iter().any(|way| way.leads(paths, at)),
            Map::Is(_) => false,
        }
    }

    /// The first place for a path of our keys, or for the first thing that stands in it.
    fn place(&self, keys: &[&str]) -> Option<String> {
        let first = |places: &Places| places.paths.first().map(|path| path.rest(0));
        let outer = |places: Option<&Places>, inner: String| match places.and_then(first) {
            Some(outer) if !outer.is_empty() && !inner.is_empty() => format!("{outer}/{inner}"),
            Some(outer) if inner.is_empty() => outer,
            _ => inner,
        };
        match (self, keys) {
            (Map::Is(_), _) => Some(String::new()),
            (Map::Leaf(leaf), []) => first(&leaf.from).filter(|_| !leaf.is_kept),
            (Map::Leaf(_), _) => None,
            (Map::First(ways), _) => {
                let slot = ways.iter().find(|way| way.is_slot());
                slot.into_iter().chain(ways).find_map(|way| way.place(keys))
            }
            (Map::Fields { at: Some(places), .. }, []) => first(places),
            (Map::Fields { at: None, fields }, []) => {
                let written = fields.iter().filter_map(|(_, map)| map.place(keys));
                written.into_iter().find(|place| !place.is_empty())
            }
            (Map::Fields { at, fields }, [key, rest @ ..]) => {
                let mut own = fields.iter().filter(|(name, _)| name == key);
                own.find_map(|(_, map)| map.place(rest))
                    .map(|inner| outer(at.as_ref(), inner))
            }
        }
    }

    /// Whether it is a plain place, not a part of a text or another concept.
    fn is_slot(&self) -> bool {
        match self {
            Map::Leaf(leaf) => leaf.takes.is_none() && leaf.means.is_none(),
            Map::Fields { .. } | Map::Is(_) => true,
            Map::First(_) => false,
        }
    }

    fn holds(&self, keys: &[&str]) -> bool {
        match (self, keys) {
            (Map::Leaf(leaf), _) if leaf.is_kept => false,
            (Map::Fields { at: None, fields }, []) => fields.iter().any(|(_, map)| map.holds(keys)),
            (Map::Leaf(_) | Map::Is(_) | Map::Fields { .. }, []) => true,
            (Map::First(ways), _) => ways.iter().any(|way| way.holds(keys)),
            (Map::Fields { fields, .. }, [key, rest @ ..]) => {
                fields.iter().any(|(name, map)| name == key && map.holds(rest))
            }
            (Map::Leaf(_) | Map::Is(_), _) => false,
        }
    }

    /// The first place of everything that has one, with our keys for it.
    fn words<'m>(&'m self, keys: &mut Vec<&'m str>, visit: &mut dyn FnMut(&[&'m str], String)) {
        let places = match self {
            Map::Leaf(leaf) => Some(&leaf.from).filter(|_| !leaf.is_kept),
            Map::Fields { at, .. } => at.as_ref(),
            Map::First(_) | Map::Is(_) => None,
        };
        let word = places.and_then(|places| places.paths.first()).map(|path| path.rest(0));
        if let Some(word) = word.filter(|word| !word.is_empty()) {
            visit(keys, word);
        }
        match self {
            Map::First(ways) => ways.iter().for_each(|way| way.words(keys, visit)),
            Map::Fields { fields, .. } => {
                for (name, map) in fields {
                    keys.push(name);
                    map.words(keys, visit);
                    keys.pop();
                }
            }
            Map::Leaf(_) | Map::Is(_) => {}
        }
    }
}

fn find<'f>(
    entries: &'f [Inexpressible],
    element: Element,
    classes: &[String],
    key: Option<&str>,
) -> Option<&'f Inexpressible> {
    let about = |entry: &&Inexpressible| {
        let of_class = entry.class.is_empty() || entry.class.iter().any(|own| classes.contains(own));
        let of_key = entry.keys.is_empty() || key.is_some_and(|key| entry.keys.iter().any(|own| own == key));
        entry.element == element && of_class && of_key
    };
    entries.iter().find(about)
}

/// Every key of a mapping must be one of the model, at its place.
fn check_fields(fields: &[(String, Map)], group: &'static Group, at: &str) -> Result<(), String> {
    for (name, map) in fields {
        check_field(name, map, group, at)?;
    }
    Ok(())
}

fn check_field(name: &str, map: &Map, group: &'static Group, at: &str) -> Result<(), String> {
    let field = model().key(name).and_then(|key| group.field(key));
    let inner = field.and_then(|(_, field)| super::native::group_of(&field.shape));
    match (field, map, inner) {
        (_, Map::First(ways), _) => ways.iter().try_for_each(|way| check_field(name, way, group, at))?,
        (Some(_), Map::Fields { fields, .. }, Some(inner)) => check_fields(fields, inner, &format!("{at}/{name}"))?,
        (Some(_), Map::Leaf(leaf), _) => leaf.check(name)?,
        (Some(_), Map::Is(_), _) => {}
        (Some(_), Map::Fields { .. }, None) if group.open => {}
        _ if group.open => {}
        _ => return Err(format!("{at}/{name}: the descriptor has no such key")),
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
        crate::pack::current().mappings.iter().map(read).collect()
    })
}

/// The format with a name.
pub fn format(name: &str) -> Option<&'static Format> {
    formats().iter().find(|format| format.format == name)
}

/// What was not read.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    /// Where it stands: a JSON pointer.
    pub pointer: String,
    /// The id of the thing that it says something of, where that has one.
    pub of: Option<String>,
    /// What it says.
    pub value: serde_json::Value,
}

/// A document of somebody else's format.
#[derive(Debug)]
pub struct Document<'s> {
    /// The format.
    pub format: &'static Format,
    /// The objects that are practices.
    pub records: Vec<NodeId>,
    /// Values about the learner; behind those that the format has for it, texts that name the learner elsewhere.
    pub learner: Vec<Span>,
    /// How many of them the format has for it; those are in the order of the file.
    about_learner: usize,
    names: lasting::Names,
    paths: Paths<'s>,
    whole: Arc<Whole>,
}

impl<'s> Document<'s> {
    /// What a tree is by its content, or by what somebody says that it is; several where it is a list of documents.
    pub fn all(tree: &'s Tree<'s>, said: Option<&'static Format>) -> Vec<Document<'s>> {
        let Some(root) = tree.root else { return Vec::new() };
        let wanted = |format: &Format| said.is_none_or(|said| said.format == format.format);
        let whole = Document::at(tree, root, said.is_some(), &|format| format.graph && wanted(format));
        if let Some(whole) = whole {
            return vec![whole];
        }
        let candidates: Vec<NodeId> = match &tree.node(root).kind {
            Kind::Sequence(_) => tree.entries(root).iter().map(|entry| entry.value).collect(),
            Kind::Mapping(_) => vec![root],
            Kind::Scalar(_) => return Vec::new(),
        };
        // An unsealed credential may come in a wrapper.
        let unwrapped = |node: NodeId| tree.get(node, "credential").map_or(node, |entry| entry.value);
        let documents = candidates.into_iter().map(unwrapped);
        documents
            .filter_map(|node| Document::at(tree, node, said.is_some(), &wanted))
            .collect()
    }

    fn at(tree: &'s Tree<'s>, node: NodeId, is_said: bool, wanted: &dyn Fn(&Format) -> bool) -> Option<Document<'s>> {
        if matches!(tree.node(node).kind, Kind::Scalar(_)) {
            return None;
        }
        let mut paths = Paths::new(tree, node);
        let fits = |format: &&Format| format.recognises(&paths) || (is_said && format.may_be(&paths));
        let format = formats().iter().filter(|format| wanted(format)).find(fits)?;
        paths.index(node);
        let find = |paths: &Paths<'s>, entry: &OneOrMore<SourcePath>| -> Vec<Hit<'s>> {
            entry.iter().flat_map(|path| paths.find(path, node)).collect()
        };
        let found = format
            .records
            .iter()
            .map(|entry| find(&paths, entry))
            .find(|hits| !hits.is_empty());
        let mut records: Vec<NodeId> = Vec::new();
        for hit in found.unwrap_or_default() {
            let record = paths.resolved(hit.node);
            if !records.contains(&record) && matches!(tree.node(record).kind, Kind::Mapping(_)) {
                records.push(record);
            }
        }
        records.sort_by_key(|record| tree.node(*record).span.start);
        if records.is_empty() {
            records.push(node);
        }
        let mut learner = Vec::new();
        for hit in format.learner.iter().flat_map(|path| paths.find(path, node)) {
            scalars(tree, hit.node, hit.span, &mut learner);
        }
        learner.sort_unstable();
        learner.dedup();
        let about_learner = learner.len();
        let names = lasting::Names::of(&paths, format);
        if !names.is_empty() {
            names.places(&paths, node, tree.node(node).span, &mut learner);
        }
        let whole = Whole {
            document: node,
            records: records.clone(),
            objects: OnceLock::new(),
        };
        Some(Document {
            format,
            records,
            learner,
            about_learner,
            names,
            paths,
            whole: Arc::new(whole),
        })
    }

    /// The tree that it stands in.
    pub fn tree(&self) -> &'s Tree<'s> {
        self.paths.tree
    }

    /// What of the document was not read for a record, in the order of the file. Nothing about the learner, no proof, and
    /// none of what a format says of itself.
    pub fn rest(&self, record: NodeId, descriptor: &Descriptor<'_>) -> Vec<Rest> {
        let mut rest = Vec::new();
        if let Some(origin) = descriptor.origin() {
            let others: Vec<NodeId> = self.records.iter().copied().filter(|other| *other != record).collect();
            self.gather(self.paths.document, None, origin, &others, &mut rest);
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

    /// Keys by which an issued credential says when it was issued to somebody.
    const OF_ISSUING: [&'static str; 7] = [
        "issued",
        "issuanceDate",
        "awardingDate",
        "awardedDate",
        "validFrom",
        "validUntil",
        "expirationDate",
    ];

    fn gather(&self, node: NodeId, of: Option<&str>, origin: &Origin, others: &[NodeId], rest: &mut Vec<Rest>) {
        let tree = self.paths.tree;
        if origin.used.contains(&node.index()) || others.contains(&node) {
            return;
        }
        let span = tree.node(node).span;
        if !self.touches(node, origin, others) && self.paths.document != node {
            if self.is_known(node, origin, others) {
                return;
            }
            if !self
                .learner
                .iter()
                .any(|own| own.start <= span.end && span.start <= own.end)
            {
                rest.push(Rest {
                    pointer: tree.pointer(node),
                    of: of.map(str::to_string),
                    value: crate::schema::to_json(tree, node),
                });
                return;
            }
            if matches!(tree.node(node).kind, Kind::Scalar(_)) {
                return;
            }
        }
        let issued: &[&str] = match self.format.phase {
            Phase::Issued => &Self::OF_ISSUING,
            _ => &[],
        };
        let own = |entry: &&Entry<'_>| {
            let key = entry.key.strip_prefix('@').unwrap_or(&entry.key);
            let mut its_own = Self::ITS_OWN.iter().chain(issued);
            !its_own.any(|own| key == own.trim_start_matches('@'))
        };
        let is_learner = |entry: &Entry<'_>| {
            let span = entry.use_span;
            self.learner
                .iter()
                .any(|own| own.start <= span.end && span.start <= own.end)
        };
        let named = tree
            .entries(node)
            .iter()
            .find(|entry| matches!(entry.key.as_ref(), "id" | "@id"));
        let own_id = self
            .paths
            .id(node)
            .filter(|_| node != self.paths.document && !named.is_some_and(is_learner));
        for entry in tree.entries(node).iter().filter(own) {
            self.gather(entry.value, own_id.or(of), origin, others, rest);
        }
    }

    /// Whether a node says nothing of its own: a thing that was read where it stands in full, or, beside the things of
    /// a graph, a published concept or list with its labels.
    fn is_known(&self, node: NodeId, origin: &Origin, others: &[NodeId]) -> bool {
        let tree = self.paths.tree;
        let Some(id) = self.paths.id(node) else { return false };
        let elsewhere = self.paths.by_id.get(id).filter(|full| **full != node);
        let class = tree.entries(node).iter().find(|entry| is_key(&entry.key, "type"));
        let class = class.and_then(|entry| tree.scalar(entry.value));
        let is_concept = class.is_some_and(|class| matches!(local(&class.text), "Concept" | "ConceptScheme"));
        let in_graph = || {
            let pointer = tree.pointer(node);
            let number = pointer.strip_prefix("/@graph").unwrap_or(&pointer).strip_prefix('/');
            number.is_some_and(|number| number.parse::<usize>().is_ok())
        };
        elsewhere.is_some_and(|full| self.touches(*full, origin, others)) || (is_concept && in_graph())
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
        let mut descriptor = read_record(&self.paths, record, self.format, &self.whole, placeholders);
        if self.names.is_empty() {
            return descriptor;
        }
        // A text of the credential may name its learner.
        for fact in &mut descriptor.facts {
            if let Value::Text(text) | Value::Unreadable(text) = &mut fact.value
                && let Some(masked) = self.names.masked(text)
            {
                *text = Cow::Owned(masked);
            }
        }
        descriptor
    }

    fn is_nothing(&self, node: NodeId) -> bool {
        matches!(&self.paths.tree.node(node).kind, Kind::Scalar(scalar) if scalar.kind == ScalarKind::Null)
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
    fn at(from: Places) -> Leaf {
        Leaf {
            from,
            sum: false,
            takes: None,
            is_kept: false,
            split: None,
            means: None,
            values: FxHashMap::default(),
        }
    }

    fn check(&self, name: &str) -> Result<(), String> {
        if let Some(OnceRegex(text, _)) = &self.takes {
            let pattern = Regex::new(text).map_err(|error| format!("{name}: {error}"))?;
            if pattern.captures_len() < 2 {
                return Err(format!("{name}: `takes` needs a group"));
            }
        }
        match &self.means {
            Some(means) if embedded(&means.vocabulary).is_none() => {
                Err(format!("{name}: there is no vocabulary `{}`", means.vocabulary))
            }
            _ => Ok(()),
        }
    }

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
