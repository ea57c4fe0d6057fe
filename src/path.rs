//! Canonical paths in rules: `/workload/hours`, `/assessment/*/type`, or relative to the fact that a rule looks at:
//! `points`, `../hours`.
//!
//! A path is checked against the field model when a rule is compiled, so a typo in a rule is found before any
//! descriptor is read, and looking it up later costs a scan over a few interned keys.

use crate::descriptor::model::{Group, Key, Shape, model};
use crate::descriptor::{Descriptor, FactId, Value};
use crate::language::Phrase;
use crate::vocabulary::nearest;

/// A compiled path.
#[derive(Clone, Debug)]
pub struct Path {
    absolute: bool,
    up: usize,
    segments: Vec<Segment>,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Segment {
    Key(Key),
    Each,
}

/// Where a relative path starts, as far as the model knows.
#[derive(Clone, Debug)]
pub struct Base(Vec<Option<&'static Shape>>);

impl Base {
    /// The outermost mapping.
    pub fn root() -> Base {
        Base(vec![None])
    }

    fn shape(&self) -> Option<&'static Shape> {
        self.0.last().copied().flatten()
    }

    /// The vocabulary of the fact, if it is a code.
    pub fn vocabulary(&self) -> Option<&'static str> {
        vocabulary_of(self.shape()?)
    }
}

fn vocabulary_of(shape: &'static Shape) -> Option<&'static str> {
    match shape {
        Shape::Code(name) => Some(name),
        Shape::List { item, .. } => vocabulary_of(item),
        Shape::Choice(shapes) => shapes.iter().find_map(vocabulary_of),
        _ => None,
    }
}

impl Path {
    /// Compiles a path; the error is a sentence for the author of the rule.
    pub fn compile(text: &str, base: &Base) -> Result<(Path, Base), String> {
        let absolute = text.starts_with('/');
        let mut at = if absolute { Base::root() } else { base.clone() };
        let (mut up, mut segments) = (0, Vec::new());
        for part in text
            .trim_start_matches('/')
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
        {
            match part {
                ".." => {
                    up += 1;
                    at.0.pop();
                    if at.0.is_empty() {
                        return Err(format!("`{text}` climbs above the descriptor"));
                    }
                }
                "*" => {
                    let item = item_of(at.shape(), at.0.len() == 1)
                        .ok_or_else(|| format!("`*` in `{text}` stands behind something that is no list"))?;
                    segments.push(Segment::Each);
                    at.0.push(item);
                }
                name => {
                    let (key, shape) = key_of(at.shape(), at.0.len() == 1, name)
                        .map_err(|hint| format!("`{name}` in `{text}` is no key of the descriptor{hint}"))?;
                    segments.push(Segment::Key(key));
                    at.0.push(Some(shape));
                }
            }
        }
        Ok((
            Path {
                absolute,
                up,
                segments,
                text: text.to_string(),
            },
            at,
        ))
    }

    /// The path as written in the rule.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Calls `visit` for each fact on the path.
    pub fn visit(&self, descriptor: &Descriptor<'_>, from: FactId, visit: &mut dyn FnMut(FactId)) {
        walk(descriptor, self.start(descriptor, from), &self.segments, visit);
    }

    /// The first fact on the path.
    pub fn first(&self, descriptor: &Descriptor<'_>, from: FactId) -> Option<FactId> {
        let mut found = None;
        self.visit(descriptor, from, &mut |id| {
            found.get_or_insert(id);
        });
        found
    }

    /// All facts on the path.
    pub fn all(&self, descriptor: &Descriptor<'_>, from: FactId) -> Vec<FactId> {
        let mut found = Vec::new();
        self.visit(descriptor, from, &mut |id| found.push(id));
        found
    }

    /// The path without its last key, and that key.
    pub fn split_last(&self) -> Option<(Path, Key)> {
        let (last, rest) = self.segments.split_last()?;
        let Segment::Key(key) = last else { return None };
        Some((
            Path {
                segments: rest.to_vec(),
                ..self.clone()
            },
            *key,
        ))
    }

    /// The path to the list, when this one leads to its items.
    pub fn list(&self) -> Option<Path> {
        let (last, rest) = self.segments.split_last()?;
        (*last == Segment::Each).then(|| Path {
            segments: rest.to_vec(),
            ..self.clone()
        })
    }

    fn start(&self, descriptor: &Descriptor<'_>, from: FactId) -> FactId {
        if self.absolute {
            return FactId::ROOT;
        }
        (0..self.up).fold(from, |id, _| descriptor.parent(id))
    }
}

fn walk(descriptor: &Descriptor<'_>, at: FactId, segments: &[Segment], visit: &mut dyn FnMut(FactId)) {
    match segments.split_first() {
        None => visit(at),
        Some((Segment::Key(key), rest)) => {
            if let Some(child) = descriptor.child(at, *key) {
                walk(descriptor, child, rest, visit);
            }
        }
        Some((Segment::Each, rest)) => {
            if matches!(descriptor.fact(at).value, Value::List | Value::Group) {
                for child in descriptor.children(at) {
                    walk(descriptor, *child, rest, visit);
                }
            }
        }
    }
}

fn item_of(shape: Option<&'static Shape>, _root: bool) -> Option<Option<&'static Shape>> {
    match shape? {
        Shape::List { item, .. } | Shape::Table(item) => Some(Some(item)),
        Shape::Choice(shapes) => shapes.iter().find_map(|shape| item_of(Some(shape), false)),
        // `/evidence/*`: all fields of a group, which must have one shape; the first stands for all.
        Shape::Group(group) => Some(group.fields.first().map(|field| &field.shape)),
        _ => None,
    }
}

fn key_of(shape: Option<&'static Shape>, root: bool, name: &str) -> Result<(Key, &'static Shape), String> {
    let group: Option<&'static Group> = match shape {
        None if root => Some(model().root()),
        None => None,
        Some(shape) => group_in(shape),
    };
    let Some(group) = group else { return Err(String::new()) };
    let found = model()
        .key(name)
        .and_then(|key| group.field(key).map(|(_, field)| (key, &field.shape)));
    found.ok_or_else(|| {
        let names = group.fields.iter().map(|field| model().name(field.key));
        Phrase::did_you_mean(nearest(name, names)).to_string()
    })
}

fn group_in(shape: &'static Shape) -> Option<&'static Group> {
    match shape {
        Shape::Group(group) => Some(group),
        Shape::Choice(shapes) => shapes.iter().find_map(group_in),
        _ => None,
    }
}
