//! One row → the tree of a native descriptor, whose places are cells. What a person writes in a cell becomes what our
//! format writes there: a word for a verdict in any language, a decimal comma, a cross for yes, several values in one
//! cell.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::target::{Step, Target};
use super::words;
use crate::descriptor::model::{LineKind, Shape};
use crate::number;
use crate::source::Span;
use crate::source::sheet::{Cell, Row, Says, Sheet, Split};
use crate::tree::{Branch, ScalarKind, Tree};
use crate::vocabulary::{embedded, normalise};

/// Most values that one cell gives: a hundred outcomes are more than any course has.
const MAX_ITEMS: usize = 500;

/// Reads the rows of a sheet.
#[derive(Debug)]
pub(crate) struct Rows<'s> {
    sheet: &'s Sheet,
    text: &'s str,
    targets: Vec<To>,
}

/// Where the cells of a column go.
#[derive(Debug)]
enum To {
    /// Into the tree.
    Value(Target),
    /// Into the evidence of an element.
    Evidence { element: String, part: String },
    /// Into every piece of evidence of the row.
    RowWide(String),
    /// Nowhere.
    Nowhere,
}

/// A value with its place.
#[derive(Clone, Debug)]
struct Item<'s> {
    text: Cow<'s, str>,
    kind: ScalarKind,
    span: Span,
}

/// A value of a cell, and the heading above it.
#[derive(Clone, Debug)]
struct Said<'s> {
    items: Vec<Option<Item<'s>>>,
    heading: Span,
}

/// A branch that grows.
#[derive(Debug)]
enum Bud<'s> {
    Leaf(Item<'s>),
    List(Vec<Option<Bud<'s>>>),
    Group(Vec<(Cow<'s, str>, Span, Bud<'s>)>),
}

impl<'s> Rows<'s> {
    /// The rows of a sheet in its text.
    pub(crate) fn new(sheet: &'s Sheet, text: &'s str) -> Rows<'s> {
        let targets = sheet.says.iter().map(|says| To::of(&says.path)).collect();
        Rows { sheet, text, targets }
    }

    /// The tree of a row.
    pub(crate) fn tree(&self, row: &Row) -> Tree<'s> {
        let cells = self.sheet.cells_of(row);
        let start = cells.first().map_or(0, |cell| cell.start);
        let place = cells.first().map_or(Span::default(), Cell::heading);
        let mut root: Vec<(Cow<'s, str>, Span, Bud<'s>)> = Vec::new();
        let header = Item {
            text: Cow::Borrowed("micro-credential/1"),
            kind: ScalarKind::String,
            span: place,
        };
        root.push((Cow::Borrowed("descriptor"), place, Bud::Leaf(header)));
        let mut root = Bud::Group(root);
        let mut evidence: Vec<(&str, BTreeMap<&str, Said<'s>>)> = Vec::new();
        let mut row_wide: BTreeMap<&str, Said<'s>> = BTreeMap::new();
        for cell in cells {
            let Some(says) = cell.says.and_then(|says| self.sheet.says.get(usize::from(says))) else {
                continue;
            };
            let Some(to) = cell.says.and_then(|says| self.targets.get(usize::from(says))) else {
                continue;
            };
            match to {
                To::Value(target) => self.put(&mut root, target, says, cell),
                To::Evidence { element, part } => {
                    let known = evidence.iter().position(|(own, _)| own == element);
                    let at = known.unwrap_or_else(|| {
                        evidence.push((element, BTreeMap::new()));
                        evidence.len() - 1
                    });
                    let said = self.evidence_said(cell, says, element, part);
                    evidence[at].1.insert(part, said);
                }
                To::RowWide(part) => {
                    let said = self.evidence_said(cell, says, "", part);
                    row_wide.insert(part, said);
                }
                To::Nowhere => {}
            }
        }
        if let (Some(span), false) = (self.sheet.source, row_wide.contains_key("source")) {
            let said = Said {
                items: vec![Some(self.plain(span))],
                heading: span,
            };
            row_wide.insert("source", said);
        }
        self.put_evidence(&mut root, evidence, &row_wide);
        self.put_sources(&mut root);
        Tree::grown(root.branch(), start)
    }

    fn slice(&self, span: Span) -> &'s str {
        span.slice(self.text)
    }

    fn plain(&self, span: Span) -> Item<'s> {
        Item {
            text: Cow::Borrowed(self.slice(span)),
            kind: ScalarKind::String,
            span,
        }
    }

    /// The values of a cell. Empty ones keep their place, so that cells side by side stay in step.
    fn parts(&self, span: Span, separators: &[char]) -> Vec<Option<Span>> {
        let text = self.slice(span);
        let mut parts = Vec::new();
        let mut at = span.start as usize;
        for part in text.split(separators).take(MAX_ITEMS) {
            let begin = at + (part.len() - part.trim_start().len());
            let trimmed = bare(part.trim());
            let begin = begin + (part.trim().len() - trimmed.len());
            parts.push((!trimmed.is_empty()).then(|| Span::new(begin, begin + trimmed.len())));
            at += part.len() + 1;
        }
        while parts.last().is_some_and(Option::is_none) {
            parts.pop();
        }
        parts
    }

    /// Puts what a cell says where it belongs.
    fn put(&self, root: &mut Bud<'s>, target: &Target, says: &Says, cell: &Cell) {
        let whole = cell.span();
        let heading = cell.heading();
        if let Some((depth, bud)) = self.state(target, says, whole) {
            root.insert(&target.steps[..depth], &mut std::iter::empty(), bud, heading);
            return;
        }
        let mut steps = target.steps.clone();
        if target.is_list {
            steps.push(Step::Every);
        }
        let every = steps.iter().filter(|step| **step == Step::Every).count();
        let outer = match every {
            0 => vec![Some(whole)],
            _ => self.parts(whole, &separators(says.split, target.leaf)),
        };
        for (number, span) in outer.into_iter().enumerate() {
            let Some(span) = span else { continue };
            // A list in each item of a list: commas within, the other separators between.
            let inner = match every {
                0 | 1 => vec![Some(span)],
                _ => self.parts(span, &[',']),
            };
            for (inner, span) in inner.into_iter().flatten().enumerate() {
                let bud = Bud::Leaf(self.value(target.leaf, says, span));
                root.insert(&steps, &mut [number, inner].into_iter(), bud, heading);
            }
        }
    }

    /// `none`, or `not applicable: reason`, and how deep in the path it is said.
    fn state(&self, target: &Target, says: &Says, span: Span) -> Option<(usize, Bud<'s>)> {
        let depth = *target.states.first()?;
        let text = self.slice(span);
        let mapped = mapped(says, text);
        if words::is_none(mapped.unwrap_or(text)) {
            let item = Item {
                text: Cow::Borrowed("none"),
                kind: ScalarKind::String,
                span,
            };
            return Some((depth, Bud::Leaf(item)));
        }
        let reason = words::not_applicable(text)?;
        let item = Item {
            text: Cow::Borrowed(reason),
            kind: ScalarKind::String,
            span,
        };
        Some((
            depth,
            Bud::Group(vec![(Cow::Borrowed("not_applicable"), span, Bud::Leaf(item))]),
        ))
    }

    /// One value as our format writes it.
    fn value(&self, shape: &'static Shape, says: &Says, span: Span) -> Item<'s> {
        let written = self.slice(span);
        let text = match mapped(says, written) {
            Some(ours) => Cow::Owned(ours.to_string()),
            None => Cow::Borrowed(written),
        };
        let (text, kind) = match shape {
            Shape::Number => number_of(text),
            Shape::Flag => match words::flag(&text) {
                Some(flag) => (text, ScalarKind::Bool(flag)),
                None => (text, ScalarKind::String),
            },
            Shape::Code(list) => (code(list, text), ScalarKind::String),
            Shape::Line(LineKind::Date) => (day(text), ScalarKind::String),
            _ => (text, ScalarKind::String),
        };
        Item { text, kind, span }
    }

    /// What a cell says of the evidence: a verdict for each value of the cell, and whatever belongs to it.
    fn evidence_said(&self, cell: &Cell, says: &Says, element: &str, part: &str) -> Said<'s> {
        let element = if element.is_empty() { "title" } else { element };
        let target = Target::of(&format!("/evidence/{element}/{part}"));
        let shape = target.as_ref().map_or(&LINE, |target| target.leaf);
        // A note is a text; that verdicts are several is told by the verdicts.
        let parts = self.parts(cell.span(), &separators(says.split, shape));
        Said {
            items: parts
                .into_iter()
                .map(|span| span.map(|span| self.value(shape, says, span)))
                .collect(),
            heading: cell.heading(),
        }
    }

    fn put_evidence(
        &self,
        root: &mut Bud<'s>,
        evidence: Vec<(&str, BTreeMap<&str, Said<'s>>)>,
        row_wide: &BTreeMap<&str, Said<'s>>,
    ) {
        for (element, parts) in evidence {
            // A note alone is a remark of the user's own.
            if parts.keys().all(|part| matches!(*part, "note" | "quote")) {
                continue;
            }
            let verdicts = parts.get("verdict").map_or(1, |said| said.items.len().max(1));
            for (part, said) in &parts {
                let whole = said.items.iter().flatten();
                let whole = whole.map(|item| item.span).reduce(|a, b| Span {
                    start: a.start,
                    end: b.end,
                });
                let Some(whole) = whole else { continue };
                for number in 0..verdicts {
                    let item = match (verdicts, said.items.len()) {
                        // Of one verdict every part is one, whatever it looks like.
                        (1, 2..) => Some(Item {
                            text: Cow::Borrowed(self.slice(whole)),
                            kind: ScalarKind::String,
                            span: whole,
                        }),
                        // Said once, it holds for all but what is said in words.
                        (2.., 1) if !matches!(*part, "note" | "quote" | "verdict") => said.items[0].clone(),
                        _ => said.items.get(number).cloned().flatten(),
                    };
                    if let Some(item) = item {
                        self.put_part(
                            root,
                            element,
                            (verdicts > 1).then_some(number),
                            part,
                            item,
                            said.heading,
                        );
                    }
                }
            }
            if !parts.contains_key("verdict") {
                continue;
            }
            for (part, said) in row_wide.iter().filter(|(part, _)| !parts.contains_key(**part)) {
                let Some(item) = said.items.iter().flatten().next() else {
                    continue;
                };
                for number in 0..verdicts {
                    let at = (verdicts > 1).then_some(number);
                    self.put_part(root, element, at, part, item.clone(), said.heading);
                }
            }
        }
    }

    fn put_part(
        &self,
        root: &mut Bud<'s>,
        element: &str,
        number: Option<usize>,
        part: &str,
        item: Item<'s>,
        heading: Span,
    ) {
        let mut steps = vec![Step::Key("evidence".to_string()), Step::Key(element.to_string())];
        steps.extend(number.map(Step::Item));
        steps.push(Step::Key(part.to_string()));
        root.insert(&steps, &mut std::iter::empty(), Bud::Leaf(item), heading);
    }

    fn put_sources(&self, root: &mut Bud<'s>) {
        for cited in &self.sheet.sources {
            for (part, span) in &cited.parts {
                let steps = [
                    Step::Key("sources".to_string()),
                    Step::Key(self.slice(cited.id).to_string()),
                    Step::Key((*part).to_string()),
                ];
                let mut item = self.plain(*span);
                if *part == "date" {
                    item.text = day(item.text);
                }
                root.insert(&steps, &mut std::iter::empty(), Bud::Leaf(item), cited.id);
            }
        }
    }
}

static LINE: Shape = Shape::Line(LineKind::Line);

impl To {
    fn of(path: &str) -> To {
        if let Some(part) = super::row_wide(path) {
            return To::RowWide(part.to_string());
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        if let ["evidence", element, part] = segments[..] {
            return To::Evidence {
                element: element.to_string(),
                part: part.to_string(),
            };
        }
        Target::of(path).map_or(To::Nowhere, To::Value)
    }
}

impl<'s> Bud<'s> {
    /// Puts a branch at the end of a path; what stands there already stays.
    fn insert(&mut self, steps: &[Step], indices: &mut dyn Iterator<Item = usize>, bud: Bud<'s>, heading: Span) {
        let Some((step, rest)) = steps.split_first() else {
            return;
        };
        let made = |rest: &[Step]| match rest.first() {
            Some(Step::Key(_)) => Bud::Group(Vec::new()),
            _ => Bud::List(Vec::new()),
        };
        match (self, step) {
            (Bud::Group(entries), Step::Key(key)) => {
                let known = entries.iter().position(|(own, ..)| own == key);
                match (known, rest.is_empty()) {
                    (Some(_), true) => {}
                    (None, true) => entries.push((Cow::Owned(key.clone()), heading, bud)),
                    (known, false) => {
                        let at = known.unwrap_or_else(|| {
                            entries.push((Cow::Owned(key.clone()), heading, made(rest)));
                            entries.len() - 1
                        });
                        entries[at].2.insert(rest, indices, bud, heading);
                    }
                }
            }
            (Bud::List(items), Step::Every | Step::Item(_)) => {
                let number = match step {
                    Step::Item(number) => *number,
                    _ => indices.next().unwrap_or(0),
                };
                while items.len() <= number {
                    items.push(None);
                }
                match (&mut items[number], rest.is_empty()) {
                    (Some(_), true) => {}
                    (empty, true) => *empty = Some(bud),
                    (item, false) => item
                        .get_or_insert_with(|| made(rest))
                        .insert(rest, indices, bud, heading),
                }
            }
            // A list of which the path names no item.
            (Bud::List(items), Step::Key(_)) => {
                if items.is_empty() {
                    items.push(None);
                }
                items[0]
                    .get_or_insert_with(|| Bud::Group(Vec::new()))
                    .insert(steps, indices, bud, heading);
            }
            _ => {}
        }
    }

    fn branch(self) -> Branch<'s> {
        match self {
            Bud::Leaf(item) => Branch::Leaf(item.text, item.kind, item.span),
            Bud::List(items) => Branch::List(items.into_iter().flatten().map(Bud::branch).collect()),
            Bud::Group(entries) => {
                let entries = entries.into_iter();
                Branch::Group(entries.map(|(key, span, bud)| (key, span, bud.branch())).collect())
            }
        }
    }
}

/// What separates values, given what they are: sentences have semicolons of their own.
fn separators(split: Split, shape: &Shape) -> Vec<char> {
    match split {
        Split::Nothing => Vec::new(),
        Split::Lines => vec!['\n'],
        Split::Semicolons => vec!['\n', ';'],
        Split::Commas => vec!['\n', ';', ','],
        Split::Auto if matches!(shape, Shape::Text) => vec!['\n'],
        Split::Auto => vec!['\n', ';'],
    }
}

/// An item without the mark that people put before the items of a list.
fn bare(text: &str) -> &str {
    let marks = ["- ", "– ", "• ", "* ", "· "];
    marks
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
        .unwrap_or(text)
        .trim_start()
}

/// What the mapping says that a word means.
fn mapped<'m>(says: &'m Says, text: &str) -> Option<&'m str> {
    if says.values.is_empty() {
        return None;
    }
    let folded = normalise(text);
    says.values
        .iter()
        .find(|(word, _)| *word == folded)
        .map(|(_, ours)| ours.as_str())
}

/// A number as our format writes it: with a decimal point, without a percent sign. A comma before three digits may
/// separate thousands, so nobody but the user can say what it means.
fn number_of(text: Cow<'_, str>) -> (Cow<'_, str>, ScalarKind) {
    let bare = text
        .trim()
        .trim_end_matches('%')
        .trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    if number::parse(bare).is_some() {
        let plain = bare.len() == text.len();
        let kind = if bare.bytes().all(|byte| byte.is_ascii_digit()) {
            ScalarKind::Integer
        } else {
            ScalarKind::Float
        };
        return (if plain { text } else { Cow::Owned(bare.to_string()) }, kind);
    }
    if let Some(hours) = number::parse_duration_hours(bare) {
        return (Cow::Owned(number::display(hours, 4)), ScalarKind::Float);
    }
    let comma = bare.split_once(',').filter(|(whole, fraction)| {
        fraction.len() != 3 && !whole.is_empty() && !fraction.is_empty() && !bare.contains('.')
    });
    if let Some((whole, fraction)) = comma {
        let dotted = format!("{whole}.{fraction}");
        if number::parse(&dotted).is_some() {
            return (Cow::Owned(dotted), ScalarKind::Float);
        }
    }
    (text, ScalarKind::String)
}

/// A value of a list reaches the rules by its slug, however the cell names it: a drop-down offers names, not codes.
fn code<'s>(list: &str, text: Cow<'s, str>) -> Cow<'s, str> {
    let slug = match list {
        "evidence-verdict" => words::verdict(&text),
        list => embedded(list).and_then(|list| list.find(&text)).map(|entry| entry.slug),
    };
    slug.map_or(text, Cow::Borrowed)
}

/// The day of a date with a time.
fn day(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.split_once(['T', ' ']) {
        Some((day, rest)) if day.len() == 10 && rest.starts_with(|c: char| c.is_ascii_digit()) => {
            Cow::Owned(day.to_string())
        }
        _ => text,
    }
}
