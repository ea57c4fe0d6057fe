//! A descriptor to fill in (`credlint new`): which keys it has, and which of them stand there empty and wait.
//!
//! Nothing here is a template. Keys, their order and kinds come from the model; what waits to be filled in is what the
//! rules in force ask for; what an element is and why a reader wants it are the texts of the element and of its presence
//! rule; values are those of the vocabularies. Only the plain words about a key are written for this page ([`notes`]).

mod notes;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::descriptor::model::{Group, Key, Shape, model};
use crate::language::Language;
use crate::profile::EvidencePolicy;
use crate::rule::Phase;
use crate::rule::set::RuleSet;
use crate::standard::{Element, Obligation};

pub use write::write;

/// What is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The language of the remarks.
    pub language: Language,
    /// Only what the standard asks for, in few words.
    pub minimal: bool,
    /// The name of the file, as far as it is known.
    pub file: Option<&'a str>,
    /// Where the values come from, if they come from a file.
    pub from: Option<&'a str>,
}

/// A key.
#[derive(Debug)]
struct Node {
    key: &'static str,
    /// Its canonical path.
    path: String,
    shape: &'static Shape,
    /// Whether it waits to be filled in; what does not is a remark until it is wanted.
    asked: bool,
    /// Keys of the group, or of an item of the list.
    children: Vec<Node>,
    is_list: bool,
    /// Whether the group above says nothing without it.
    required: bool,
    /// The key that a plain value of an item stands for.
    shorthand: Option<&'static str>,
}

/// What asks for a key.
#[derive(Debug, Default)]
struct Asked {
    paths: BTreeSet<String>,
    /// Presence rules of elements by the path of the key.
    elements: BTreeMap<String, Vec<(Element, usize)>>,
    /// Rules that the profile itself adds, by the path of the key.
    added: BTreeMap<String, Vec<usize>>,
}

impl Asked {
    fn below(&self, path: &str) -> bool {
        let inner = format!("{path}/");
        self.paths
            .iter()
            .any(|own| own == path || own.starts_with(inner.as_str()))
    }

    /// What the rules in force ask for; in few words, only what the standard and the profile themselves do.
    fn of(set: &RuleSet, minimal: bool) -> Asked {
        let mut asked = Asked::default();
        let mut conditional: Vec<(String, String, usize)> = Vec::new();
        for (index, rule) in set.rules.iter().enumerate() {
            let Some(path) = rule.file.check.asks_for() else {
                continue;
            };
            if !matches!(rule.file.phase, Phase::Always | Phase::Descriptor) {
                continue;
            }
            let presence = rule.id == format!("{}/missing", rule.file.element.slug());
            if presence && set.elements.info(rule.file.element).is_some() {
                // The place of an element is its own, whether or not the profile speaks of it.
                let at = asked.elements.entry(path.to_string()).or_default();
                at.push((rule.file.element, index));
                let added = set.is_in_force(index) && adds(set, &rule.id);
                if added || is_due(set, rule.file.element) || (!minimal && judged(set, rule.file.element)) {
                    asked.paths.insert(path.to_string());
                    if added {
                        asked.added.entry(path.to_string()).or_default().push(index);
                    }
                }
                continue;
            }
            let names_absence = rule.id.ends_with("missing") || rule.id.ends_with("incomplete");
            let in_few = rule.id == "document/id-missing" || adds(set, &rule.id);
            if !set.is_in_force(index) || !names_absence || (minimal && !in_few) {
                continue;
            }
            match &rule.file.given {
                None => conditional.push((String::new(), joined("", path), index)),
                Some(given) => {
                    let paths = given.paths().iter();
                    conditional.extend(paths.map(|given| (given.clone(), joined(given, path), index)));
                }
            }
        }
        // What is asked for in a place that nobody asks for is asked for when somebody writes that place.
        loop {
            let holder = |given: &str| given.trim_end_matches("/*").to_string();
            let found = conditional
                .iter()
                .position(|(given, ..)| given.is_empty() || asked.below(&holder(given)));
            let Some(at) = found else { break };
            let (_, path, index) = conditional.swap_remove(at);
            if adds(set, &set.rules[index].id) {
                asked.added.entry(path.clone()).or_default().push(index);
            }
            asked.paths.insert(path);
        }
        for rules in asked.added.values_mut() {
            rules.sort_unstable();
        }
        if set.profile.evidence == EvidencePolicy::Scores {
            let keys = ["id", "name", "country", "kind"].into_iter();
            asked.paths.extend(keys.map(|key| format!("/practice/{key}")));
        }
        asked
    }
}

/// Whether the profile asks for more than that by which every description is measured.
fn adds(set: &RuleSet, id: &str) -> bool {
    set.profile.name != PLAIN && set.profile.adds(id).flatten().is_some()
}

/// The profile that others extend.
const PLAIN: &str = "eu";

/// Whether the profile judges an element.
fn judged(set: &RuleSet, element: Element) -> bool {
    set.profile.blocks.iter().any(|block| block.elements.contains(&element)) || is_due(set, element)
}

/// Whether the standard asks for an element.
fn is_due(set: &RuleSet, element: Element) -> bool {
    let info = set.elements.info(element);
    info.is_some_and(|info| matches!(info.obligation, Obligation::Mandatory | Obligation::Conditional))
}

/// A path from a given fact.
fn joined(given: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_string();
    }
    let mut parts: Vec<&str> = given.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "" | "." => {}
            key => parts.push(key),
        }
    }
    // Below the entries of a list somebody writes one of them.
    format!("/{}", parts.join("/"))
}

/// The keys of a description, with those that wait.
fn nodes(set: &RuleSet, asked: &Asked) -> Vec<Node> {
    let records = set.profile.evidence == EvidencePolicy::Scores;
    let judged: Vec<&str> = set
        .profile
        .blocks
        .iter()
        .flat_map(|block| &block.elements)
        .map(|own| own.slug())
        .collect();
    let told = |path: &str| {
        let element = path.strip_prefix("/evidence/").and_then(|rest| rest.split('/').next());
        if element.is_some_and(|element| !judged.contains(&element)) {
            return false;
        }
        let path = general(path);
        let of = |notes: &[notes::Note]| {
            let below = |note: &notes::Note| {
                note.path
                    .strip_prefix(path.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            };
            notes.iter().any(|note| note.path == path || below(note))
        };
        path == "/descriptor" || of(notes::NOTES) || (records && of(notes::RECORDS))
    };
    let mut nodes = group("", model().root(), &told, asked);
    for node in &mut nodes {
        wait_somewhere(node, asked);
    }
    nodes
}

/// A group that waits has a key that waits: the first that is no mere id, by which an element is mostly stated. Of a
/// pair, such as a system and its points, both wait.
fn wait_somewhere(node: &mut Node, asked: &Asked) {
    if node.asked {
        let pair = node.children.len() == 2;
        let some = node.children.iter().any(|child| child.asked);
        let first = node.children.iter().position(|child| child.key != "id");
        for (at, child) in node.children.iter_mut().enumerate() {
            child.asked |=
                pair || child.required || (Some(at) == first && (!some || asked.elements.contains_key(&node.path)));
        }
    }
    node.children.iter_mut().for_each(|child| wait_somewhere(child, asked));
}

fn group(above: &str, group: &'static Group, told: &dyn Fn(&str) -> bool, asked: &Asked) -> Vec<Node> {
    let fields = group.fields.iter().filter(|field| !field.only_issued);
    let nodes = fields.map(|field| {
        let key = model().name(field.key);
        let path = format!("{above}/{key}");
        let required = group.required.contains(&field.key);
        node(key, path, &field.shape, told, asked).map(|node| Node { required, ..node })
    });
    nodes.flatten().collect()
}

fn node(
    key: &'static str,
    path: String,
    shape: &'static Shape,
    told: &dyn Fn(&str) -> bool,
    asked: &Asked,
) -> Option<Node> {
    let waits = asked.below(&path);
    if !waits && !told(&path) {
        return None;
    }
    let (inner, item, is_list): (Option<&'static Group>, String, bool) = match shape {
        Shape::Group(inner) => (Some(inner), path.clone(), false),
        Shape::List { item, lenient } => match (group_of(item), *lenient) {
            (Some(inner), false) => (Some(inner), format!("{path}/*"), true),
            (inner, _) => (inner, path.clone(), false),
        },
        _ => (None, path.clone(), false),
    };
    let mut children = inner.map_or_else(Vec::new, |inner| group(&item, inner, told, asked));
    if let Shape::Table(row) = shape {
        children.extend(node("source-1", format!("{path}/*"), row, told, asked));
    }
    Some(Node {
        key,
        asked: waits || path == "/descriptor",
        shape,
        children,
        is_list,
        required: false,
        shorthand: inner
            .and_then(|inner| inner.shorthand)
            .map(|key: Key| model().name(key)),
        path,
    })
}

/// The path under which a key is noted: evidence is told once for all elements.
fn general(path: &str) -> String {
    match path.strip_prefix("/evidence/") {
        Some(rest) => format!("/evidence/*{}", rest.find('/').map_or("", |at| &rest[at..])),
        None => path.to_string(),
    }
}

fn group_of(shape: &'static Shape) -> Option<&'static Group> {
    match shape {
        Shape::Group(inner) => Some(inner),
        Shape::Choice(shapes) => shapes.iter().find_map(group_of),
        _ => None,
    }
}

/// Where a key at the top stands in the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// What the file is.
    Head,
    /// What the standard, or the profile, asks for.
    Asked,
    /// What else is judged.
    Judged,
    /// What may be said besides.
    Further,
}

fn part(set: &RuleSet, asked: &Asked, node: &Node) -> Part {
    if matches!(node.key, "descriptor" | "id" | "default_language") || (node.key == "practice" && node.asked) {
        return Part::Head;
    }
    let here = |path: &String| path == &node.path || path.starts_with(&format!("{}/", node.path));
    let mut found = asked.elements.iter().filter(|(path, _)| here(path));
    let due = found.any(|(_, elements)| elements.iter().any(|(element, _)| is_due(set, *element)));
    match (due || asked.added.keys().any(here), node.asked) {
        (true, _) => Part::Asked,
        (false, true) => Part::Judged,
        (false, false) => Part::Further,
    }
}

/// The value of a key in an item of a list, where a plain value stands for one key.
fn spread(node: &Node, item: &Json) -> Option<Json> {
    match (item, node.shorthand) {
        (Json::Object(_), _) if !is_texts(node, item) => Some(item.clone()),
        (other, Some(key)) => Some(serde_json::json!({ key: other })),
        _ => None,
    }
}

/// Whether a value is a text by language: none of its keys is one of the group.
fn is_texts(node: &Node, value: &Json) -> bool {
    let own = |key: &String| node.children.iter().any(|child| child.key == key) || key.starts_with("x-");
    let keys = value.as_object().map(|keys| keys.keys());
    node.shorthand.is_some()
        && keys.is_some_and(|mut keys| {
            keys.len() > 0 && keys.all(|key| !own(key) && crate::descriptor::native::is_language_tag(key))
        })
}
