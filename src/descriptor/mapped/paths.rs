//! Ways through a document, as mappings write them, and what they lead to in one.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::super::native::is_language_tag;
use crate::source::Span;
use crate::tree::{Entry, Kind, NodeId, Tree};

/// A way through a document: `specifiedBy/additionalNote[subject=assessment]/noteLiteral`. Lists are passed through,
/// references by id are followed. `/` in front starts at the document, `//` at the file around it. `<key` goes to what
/// refers to the record by that key, `!key|key` to everything under other keys, `**` to the object and everything in it;
/// `:key` is a property of that name and no keyword of JSON-LD. In brackets: a key that must be there, must not (`!`), or
/// must have one of some values, as a whole or behind the last `/`, `#` or `:` of a URI (`=`), or somewhere in it (`*=`);
/// `[<key]` asks for something that
/// refers here.
#[derive(Debug)]
pub struct SourcePath {
    pub(super) written: String,
    pub(super) from: From,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum From {
    Record,
    Document,
    File,
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) key: String,
    pub(super) way: Way,
    pub(super) tests: Vec<Test>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
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
pub(super) struct Test {
    pub(super) key: String,
    pub(super) not: bool,
    within: bool,
    pub(super) values: Vec<String>,
}

impl<'de> Deserialize<'de> for SourcePath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<SourcePath, D::Error> {
        let text = String::deserialize(deserializer)?;
        SourcePath::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl SourcePath {
    pub(super) fn parse(text: &str) -> Result<SourcePath, String> {
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
    pub(super) fn is_here(&self) -> bool {
        self.steps.iter().all(|step| step.way == Way::In && step.key.is_empty())
    }

    /// The key that it ends in.
    pub(super) fn last(&self) -> &str {
        let named = self
            .steps
            .iter()
            .rev()
            .find(|step| !step.key.is_empty() && step.way == Way::In);
        named.map_or("", |step| step.key.trim_start_matches(':'))
    }

    /// The keys behind a number of steps, as the way to write there.
    pub(super) fn rest(&self, steps: usize) -> String {
        let named = |step: &&Step| !step.key.is_empty() && step.way == Way::In;
        let keys: Vec<String> = self.steps[steps..].iter().filter(named).map(Step::written).collect();
        keys.join("/")
    }
}

impl Step {
    /// The key, with the value by which its object is told from others.
    pub(super) fn written(&self) -> String {
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
pub(super) fn local(text: &str) -> &str {
    text.rsplit(['/', '#', ':']).next().unwrap_or(text)
}

/// Whether a key of the file is meant. `id` and `type` are keywords of JSON-LD; a property of that name has a prefix.
pub(super) fn is_key(written: &str, key: &str) -> bool {
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
pub(super) struct Hit<'s> {
    pub(super) node: NodeId,
    pub(super) span: Span,
    pub(super) entry: Option<&'s Entry<'s>>,
}

/// Paths over one document.
#[derive(Debug)]
pub(super) struct Paths<'s> {
    pub(super) tree: &'s Tree<'s>,
    pub(super) document: NodeId,
    pub(super) by_id: FxHashMap<&'s str, NodeId>,
    /// What refers to an object or holds it, and under which key; made when a path first asks.
    holders: OnceCell<FxHashMap<NodeId, Vec<(NodeId, &'s str)>>>,
}

impl<'s> Paths<'s> {
    pub(super) fn new(tree: &'s Tree<'s>, document: NodeId) -> Paths<'s> {
        Paths {
            tree,
            document,
            by_id: FxHashMap::default(),
            holders: OnceCell::new(),
        }
    }

    /// The first full object of each id; a bare `{id: …}` is a reference.
    pub(super) fn index(&mut self, node: NodeId) {
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

    pub(super) fn id(&self, node: NodeId) -> Option<&'s str> {
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
    pub(super) fn resolved(&self, node: NodeId) -> NodeId {
        let bare = match &self.tree.node(node).kind {
            Kind::Scalar(scalar) => Some(scalar.text.as_ref()),
            Kind::Mapping(_) if self.tree.entries(node).len() == 1 => self.id(node),
            _ => None,
        };
        bare.and_then(|id| self.by_id.get(id)).copied().unwrap_or(node)
    }

    pub(super) fn start(&self, path: &SourcePath, record: NodeId) -> Hit<'s> {
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

    pub(super) fn find(&self, path: &SourcePath, record: NodeId) -> Vec<Hit<'s>> {
        let mut hits = self.items(self.start(path, record));
        for step in &path.steps {
            hits = hits.into_iter().flat_map(|hit| self.step(step, hit)).collect();
        }
        hits
    }

    /// How far a path leads: the last object on it that is there, and how many steps that was. Where the key is there and
    /// its objects are others, it leads to the key.
    pub(super) fn as_far_as(&self, path: &SourcePath, record: NodeId) -> (Hit<'s>, usize) {
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

    pub(super) fn inside(&self, hit: Hit<'s>, found: &mut Vec<Hit<'s>>) {
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
    pub(super) fn is_one_text(&self, node: NodeId) -> bool {
        let entries = self.tree.entries(node);
        matches!(self.tree.node(node).kind, Kind::Sequence(_))
            && !entries.is_empty()
            && entries.iter().all(|entry| self.tagged(entry.value).is_some())
    }

    /// The language of a text that is written with its language, and the text.
    pub(super) fn tagged(&self, node: NodeId) -> Option<(&'s Entry<'s>, &'s Entry<'s>)> {
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
