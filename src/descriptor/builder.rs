//! What every reader does: leaves become values, facts are laid down one after the other, collections are closed when
//! their children are there.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::model::{Key, Shape};
use super::{Blank, Descriptor, Fact, FactId, SourceId, Value};
use crate::normalise::{LONGEST_SPELLING, normalise_short};
use crate::number;
use crate::source::Span;
use crate::tree::{NodeId, Scalar, ScalarKind, Tree};

/// Words that stand where a statement should be: a closed list, compared as whole values without case.
pub type Placeholders = FxHashSet<String>;

/// The key side of a fact to be read.
pub(super) struct Slot<'s> {
    pub(super) key: Key,
    pub(super) name: Cow<'s, str>,
    pub(super) key_span: Span,
    pub(super) parent: FactId,
}

/// Lays down facts.
pub(super) struct Builder<'s, 'r> {
    pub(super) out: Descriptor<'s>,
    pub(super) scratch: Vec<FactId>,
    placeholders: &'r Placeholders,
}

impl<'s, 'r> Builder<'s, 'r> {
    pub(super) fn new(tree: &'s Tree<'s>, placeholders: &'r Placeholders) -> Builder<'s, 'r> {
        Builder {
            out: Descriptor {
                tree,
                facts: Vec::with_capacity(128),
                children: Vec::with_capacity(128),
                unknown_keys: Vec::new(),
                origin: None,
                readings: std::sync::OnceLock::new(),
            },
            scratch: Vec::new(),
            placeholders,
        }
    }

    pub(super) fn leaf(&self, shape: &Shape, scalar: &'s Scalar<'s>) -> Value<'s> {
        self.leaf_of(shape, scalar.text.clone(), scalar.kind)
    }

    pub(super) fn leaf_of(&self, shape: &Shape, written: Cow<'s, str>, kind: ScalarKind) -> Value<'s> {
        let text = written.trim();
        if text.is_empty() {
            return Value::Blank(Blank::Empty);
        }
        if self.is_placeholder(text) {
            return Value::Blank(Blank::Placeholder);
        }
        match shape {
            Shape::Number => {
                let number = number::parse(text).or_else(|| number::parse_duration_hours(text));
                number.map_or(Value::Unreadable(written), Value::Number)
            }
            Shape::Flag => match kind {
                ScalarKind::Bool(flag) => Value::Flag(flag),
                _ => Value::Unreadable(written),
            },
            _ => Value::Text(written),
        }
    }

    pub(super) fn placeholders(&self) -> &'r Placeholders {
        self.placeholders
    }

    pub(super) fn is_placeholder(&self, text: &str) -> bool {
        const LONGEST: usize = 48;
        if text.len() > LONGEST {
            return false;
        }
        let mut buffer = [0; LONGEST_SPELLING];
        let folded = normalise_short(text, &mut buffer).and_then(|folded| std::str::from_utf8(folded).ok());
        folded.is_some_and(|folded| self.placeholders.contains(folded))
    }

    pub(super) fn push(&mut self, slot: Slot<'s>, value: Value<'s>, span: Span, node: Option<NodeId>) -> FactId {
        let id = FactId(self.out.facts.len() as u32);
        let stated = !matches!(
            value,
            Value::Blank(_) | Value::Unreadable(_) | Value::Group | Value::List | Value::Texts
        );
        self.out.facts.push(Fact {
            key: slot.key,
            name: slot.name,
            value,
            ambiguity: None,
            key_span: slot.key_span,
            value_span: span,
            source: SourceId(0),
            node,
            parent: slot.parent,
            children: 0..0,
            stated,
        });
        id
    }

    pub(super) fn close(&mut self, id: FactId, mark: usize) {
        let first = self.out.children.len() as u32;
        self.out.children.extend(self.scratch.drain(mark..));
        let range = first..self.out.children.len() as u32;
        let stated = self.out.children[range.start as usize..]
            .iter()
            .any(|child| self.out.facts[child.0 as usize].stated);
        let fact = &mut self.out.facts[id.0 as usize];
        fact.children = range;
        fact.stated = stated;
        if fact.children.is_empty()
            && matches!(fact.value, Value::Group | Value::Texts | Value::List)
            && id != FactId::ROOT
        {
            fact.value = Value::Blank(Blank::Empty);
        }
    }
}
