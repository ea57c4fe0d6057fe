//! Formats of other people, read through a mapping: data says where in their JSON a statement stands
//! (`rules/mappings/<format>.yaml`), the field model says how it is read.
//!
//! What JSON-LD leaves open is open here too: a key may carry a prefix or be a whole IRI, one value may stand for a list
//! of one, a reference by `id` for the thing itself, a concept may be a URI, a notation or a label, a text a string or a
//! map of languages.

mod lasting;
mod paths;
mod reader;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use regex::Regex;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value as Json;

pub use self::lasting::{Lasting, Withheld};
pub use self::paths::SourcePath;
use self::paths::{Hit, Paths, is_key, local};
use self::reader::read_record;
use super::builder::Placeholders;
use super::model::{Group, model};
use super::objects::Names;
use super::{Descriptor, Origin, Value, Whole};
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
}
