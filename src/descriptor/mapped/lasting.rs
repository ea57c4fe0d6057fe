//! What of an issued credential holds for every learner: all of it but the learner, the seal, the drawn page and the day.

use serde_json::{Map, Value as Json};

use super::{Document, Format, OneOrMore, Paths, is_key, local, scalars};
use crate::schema::to_json;
use crate::source::Span;
use crate::tree::{Entry, Kind, NodeId};

/// The part of a credential that holds for every learner.
#[derive(Debug)]
pub struct Lasting {
    /// The document without the rest.
    pub document: Json,
    /// Where something was left out, by JSON pointer, and why; in the order of the file.
    pub withheld: Vec<(String, Withheld)>,
}

/// Why something does not belong to every credential of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// It says something of the learner.
    Learner,
    /// It seals one credential.
    Seal,
    /// It is what one credential looks like.
    Display,
    /// It is the number or a date of one credential.
    Issuing,
}

/// Keys of a seal, of the drawn page, and of the number by which the one who issued it knows a credential.
const SEALS: [&str; 2] = ["proof", "signatures"];
const DISPLAYS: [&str; 2] = ["individualDisplay", "summaryDisplay"];

/// What identifies the learner: texts that mean this person where all of a group occur.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<Vec<String>>);

impl Names {
    /// Those that the credential gives its learner.
    pub(super) fn of(paths: &Paths<'_>, format: &Format) -> Names {
        const SHORTEST: usize = 4;
        let texts = |group: &OneOrMore<super::SourcePath>| -> Vec<String> {
            let hits = group.iter().flat_map(|path| paths.find(path, paths.document));
            let mut spans = Vec::new();
            hits.for_each(|hit| texts_in(paths, hit.node, &mut spans));
            spans
        };
        let mut names = Vec::new();
        for group in &format.identifies {
            let texts = texts(group);
            match group {
                // Each is enough.
                OneOrMore::One(_) => names.extend(
                    texts
                        .into_iter()
                        .filter(|text| text.len() >= SHORTEST)
                        .map(|text| vec![text]),
                ),
                OneOrMore::More(parts) if texts.len() >= parts.len() => names.push(texts),
                OneOrMore::More(_) => {}
            }
        }
        // A number that the file gives its own parts is nobody's name.
        names.retain(|group| {
            !group
                .iter()
                .any(|text| text.starts_with("urn:") || text.starts_with("_:"))
        });
        Names(names)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text without the names in it, where there are any.
    pub(super) fn masked(&self, text: &str) -> Option<String> {
        let named = |group: &&Vec<String>| group.iter().all(|name| position(text, name).is_some());
        let mut out: Option<String> = None;
        for name in self.0.iter().filter(named).flatten() {
            let masked = out.get_or_insert_with(|| text.to_string());
            while let Some(at) = position(masked, name) {
                masked.replace_range(at..at + name.len(), "…");
            }
        }
        out
    }

    /// Where else in the document they stand.
    pub(super) fn places(&self, paths: &Paths<'_>, node: NodeId, span: Span, found: &mut Vec<Span>) {
        if let Some(scalar) = paths.tree.scalar(node) {
            if self.masked(&scalar.text).is_some() {
                found.push(span);
            }
            return;
        }
        for entry in paths.tree.entries(node) {
            self.places(paths, entry.value, entry.use_span, found);
        }
    }
}

/// Where a name stands in a text as words of its own.
fn position(text: &str, name: &str) -> Option<usize> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let whole = |at: &(usize, &str)| {
        let (before, after) = (&text[..at.0], &text[at.0 + name.len()..]);
        !is_word(before.chars().next_back()) && !is_word(after.chars().next())
    };
    text.match_indices(name).find(whole).map(|(at, _)| at)
}

fn texts_in(paths: &Paths<'_>, node: NodeId, found: &mut Vec<String>) {
    if let Some(scalar) = paths.tree.scalar(node) {
        let text = scalar.text.trim();
        let text = text.strip_prefix("mailto:").unwrap_or(text).to_string();
        if !text.is_empty() && text != "…" && !found.contains(&text) {
            found.push(text);
        }
        return;
    }
    for entry in paths.tree.entries(node) {
        let about = ["type", "spatial", "schemeName", "schemeAgency", "inScheme"];
        if !about.iter().any(|key| is_key(&entry.key, key)) {
            texts_in(paths, entry.value, found);
        }
    }
}

impl Document<'_> {
    /// The document of a record with what holds for every learner. `stand_in` is what a template has under a key in
    /// the place of what was left out there.
    pub fn lasting(&self, record: NodeId, stand_in: &dyn Fn(&str) -> Option<Json>) -> Lasting {
        let mut walk = Walk {
            document: self,
            others: self.records.iter().copied().filter(|other| *other != record).collect(),
            stand_in,
            withheld: Vec::new(),
        };
        let document = walk.value(self.paths.document).unwrap_or(Json::Null);
        Lasting {
            document,
            withheld: walk.withheld,
        }
    }
}

struct Walk<'w, 's> {
    document: &'w Document<'s>,
    others: Vec<NodeId>,
    stand_in: &'w dyn Fn(&str) -> Option<Json>,
    withheld: Vec<(String, Withheld)>,
}

impl Walk<'_, '_> {
    fn value(&mut self, node: NodeId) -> Option<Json> {
        let tree = self.document.paths.tree;
        if self.others.contains(&node) {
            return None;
        }
        match &tree.node(node).kind {
            Kind::Sequence(_) => {
                let entries = tree.entries(node);
                let items: Vec<Json> = entries.iter().filter_map(|entry| self.entry(entry, node)).collect();
                (!items.is_empty()).then_some(Json::Array(items))
            }
            Kind::Mapping(_) => self.object(node),
            Kind::Scalar(_) => {
                let value = to_json(tree, node);
                let masked = value.as_str().and_then(|text| self.document.names.masked(text));
                if masked.is_some() {
                    self.withheld.push((tree.pointer(node), Withheld::Learner));
                }
                (!value.is_null()).then(|| masked.map_or(value, Json::from))
            }
        }
    }

    fn object(&mut self, node: NodeId) -> Option<Json> {
        let tree = self.document.paths.tree;
        let entries = tree.entries(node);
        let mut rows = Map::new();
        for entry in entries {
            let key = match entry.key.as_ref() {
                "@id" => "id",
                "@type" => "type",
                key => key,
            };
            let value = self.entry(entry, node).or_else(|| {
                let is_empty = tree.entries(entry.value).is_empty() && tree.scalar(entry.value).is_none();
                let there = !is_empty && !self.document.is_nothing(entry.value);
                there.then(|| (self.stand_in)(key)).flatten()
            });
            rows.extend(value.map(|value| (key.to_string(), value)));
        }
        // Of a thing of which nothing may be said, its class is not worth saying.
        let said = rows.keys().any(|key| key != "type" && key != "id");
        let had = entries
            .iter()
            .any(|entry| !is_key(&entry.key, "type") && !is_key(&entry.key, "id"));
        (said || !had).then_some(Json::Object(rows))
    }

    fn entry(&mut self, entry: &Entry<'_>, holder: NodeId) -> Option<Json> {
        let tree = self.document.paths.tree;
        let is_document = holder == self.document.paths.document;
        let key = local(&entry.key);
        let why = if SEALS.contains(&key) {
            Some(Withheld::Seal)
        } else if DISPLAYS.contains(&key) {
            Some(Withheld::Display)
        } else if Document::OF_ISSUING.contains(&key) || is_document && matches!(key, "id" | "@id") {
            Some(Withheld::Issuing)
        } else if self.is_learner(entry) {
            Some(match is_document {
                true => Withheld::Issuing,
                false => Withheld::Learner,
            })
        } else {
            None
        };
        match why {
            Some(why) => {
                self.withheld.push((tree.pointer(entry.value), why));
                None
            }
            None => self.value(entry.value),
        }
    }

    /// Whether all that is said under a key is about the learner.
    fn is_learner(&self, entry: &Entry<'_>) -> bool {
        let mut spans = Vec::new();
        scalars(self.document.paths.tree, entry.value, entry.use_span, &mut spans);
        let masked = |span: &Span| {
            self.document.learner[..self.document.about_learner]
                .binary_search_by_key(&(span.start, span.end), |own| (own.start, own.end))
                .is_ok()
        };
        !spans.is_empty() && spans.iter().all(masked)
    }
}
