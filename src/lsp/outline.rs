//! Which keys stand where in a text, whatever state it is in.
//!
//! A parser stops at the first thing that is not YAML, and a text that is being typed always has one. This reader never
//! stops: block collections are told by indentation alone, flow collections by their brackets, and what is not closed
//! ends where the next line is not indented any more. On a text that is YAML it agrees with the tree about every key
//! (test `the_outline_agrees_with_the_tree`); on any other it gives what a person would see.

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::tree::MAX_DEPTH;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a list, by the number of the item.
    Item(usize),
}

/// What stands at an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing on its line; perhaps a collection below.
    Open,
    /// A scalar on one line.
    Scalar,
    /// A text over several lines.
    Text,
    /// A flow collection.
    Flow,
}

/// A key with its value, an item of a list, or a word that is neither yet.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The entry around it.
    pub parent: Option<usize>,
    /// Its key or number; nothing for a word that stands alone, as a key does while it is typed.
    pub step: Option<Step>,
    /// The key as written, the dash of an item, or the word.
    pub key: Span,
    /// Where its value may begin: behind the colon or the dash. A word has no such place.
    pub opened: Option<usize>,
    /// The value, unless it is a block collection.
    pub value: Option<Span>,
    /// What the value is.
    pub kind: Kind,
    /// The number of its document.
    pub document: usize,
    /// Behind everything that belongs to it.
    pub end: usize,
    column: usize,
    in_flow: bool,
}

/// A flow collection.
#[derive(Clone, Copy, Debug)]
struct Flow {
    owner: Option<usize>,
    span: Span,
    is_mapping: bool,
    document: usize,
}

/// The keys of a text.
#[derive(Debug)]
pub struct Outline {
    /// In the order of the text.
    pub entries: Vec<Entry>,
    flows: Vec<Flow>,
    /// Comments and texts of several lines, where nobody types a key.
    opaque: Vec<Span>,
    documents: Vec<usize>,
}

/// Where the cursor stands.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// The mapping to which a key would be added here, or in which the key under the cursor stands.
    pub keys: Option<Vec<Step>>,
    /// The place whose value would be typed here, or is under the cursor.
    pub value: Option<Vec<Step>>,
    /// The word under the cursor with its quotation marks; empty where there is none.
    pub token: Span,
    /// The entry under the cursor.
    pub entry: Option<usize>,
    /// Keys that stand in the mapping already.
    pub siblings: Vec<String>,
    /// Whether a colon follows the word.
    pub has_colon: bool,
    /// Whether the place is inside brackets.
    pub in_flow: bool,
    /// The column of the keys of the mapping.
    pub column: usize,
    /// Whether a space is missing in front of a value.
    pub needs_space: bool,
    /// Whether the mapping is an item that has to begin with a dash.
    pub needs_dash: bool,
    /// Whether the entry around has a value on its line, so that a key cannot really stand here.
    pub below_scalar: bool,
}

impl Outline {
    /// Reads a text.
    pub fn of(text: &str) -> Outline {
        let mut reader = Reader {
            text,
            out: Outline {
                entries: Vec::new(),
                flows: Vec::new(),
                opaque: Vec::new(),
                documents: vec![0],
            },
            stack: Vec::new(),
            items: FxHashMap::default(),
            depth: 0,
        };
        reader.read();
        reader.out.close(text);
        reader.out
    }

    /// The path of an entry.
    pub fn path(&self, entry: Option<usize>) -> Vec<Step> {
        let mut path = Vec::new();
        let mut current = entry;
        while let Some(index) = current {
            let own = &self.entries[index];
            path.extend(own.step.clone());
            current = own.parent;
        }
        path.reverse();
        path
    }

    /// The entries inside of an entry, or at the top of a document.
    pub fn children(&self, parent: Option<usize>, document: usize) -> impl Iterator<Item = (usize, &Entry)> {
        let entries = self.entries.iter().enumerate();
        entries.filter(move |(_, entry)| entry.parent == parent && entry.document == document)
    }

    /// How many documents the text has.
    pub fn documents(&self) -> usize {
        self.documents.len()
    }

    /// The text of a scalar without its quotation marks.
    pub fn scalar<'t>(&self, text: &'t str, entry: &Entry) -> Option<&'t str> {
        let value = entry.value.filter(|_| entry.kind == Kind::Scalar)?;
        Some(bare(value.slice(text)))
    }

    /// Every entry says where it ends: where the last thing in it does.
    fn close(&mut self, text: &str) {
        for entry in &mut self.entries {
            let own = entry.opened.unwrap_or(entry.key.end as usize);
            let value = entry.value.map_or(own, |value| value.end as usize);
            entry.end = own.max(value).min(text.len());
        }
        for index in (0..self.entries.len()).rev() {
            let (end, parent) = (self.entries[index].end, self.entries[index].parent);
            if let Some(parent) = parent {
                let around = &mut self.entries[parent];
                around.end = around.end.max(end);
            }
        }
    }

    /// Where the cursor stands; nothing inside of comments and long texts.
    pub fn cursor(&self, text: &str, offset: usize) -> Option<Cursor> {
        let within = |span: &Span| (span.start as usize) < offset && offset <= span.end as usize;
        if self.opaque.iter().any(within) {
            return None;
        }
        let touches = |span: Span| span.start as usize <= offset && offset <= span.end as usize;
        let scalars = self.entries.iter().enumerate().rev();
        for (index, entry) in scalars {
            let is_item = matches!(entry.step, Some(Step::Item(_)));
            match entry.value {
                Some(value) if entry.kind == Kind::Scalar && touches(value) => {
                    let mut cursor = self.at_value(index, value);
                    if is_item {
                        cursor.keys = Some(self.path(Some(index)));
                        cursor.column = self.column_below(text, index, value.start as usize);
                    }
                    return Some(cursor);
                }
                _ => {}
            }
            if !is_item && touches(entry.key) && entry.key.start < entry.key.end {
                return Some(self.at_key(text, index));
            }
        }
        let start = line_start(text, offset);
        let empty = self.entries.iter().enumerate().rev().find(|(_, entry)| {
            let opened = entry.opened.filter(|opened| *opened <= offset);
            let behind = opened.and_then(|opened| text.get(opened..offset));
            entry.kind == Kind::Open && behind.is_some_and(|behind| behind.trim_matches([' ', '\t']).is_empty())
        });
        if let Some((index, entry)) = empty {
            let at = Span::new(offset, offset);
            let mut cursor = self.at_value(index, at);
            cursor.needs_space = entry.opened == Some(offset);
            if matches!(entry.step, Some(Step::Item(_))) {
                cursor.keys = Some(self.path(Some(index)));
                cursor.siblings = self.names(text, Some(index), entry.document, None);
                cursor.column = offset - start + usize::from(cursor.needs_space);
            }
            return Some(cursor);
        }
        let around = self.flows.iter().filter(|flow| {
            let closed = text[..flow.span.end as usize].ends_with(['}', ']']) && flow.span.end - flow.span.start > 1;
            let end = flow.span.end as usize;
            (flow.span.start as usize) < offset && (offset < end || !closed && offset <= line_end(text, end))
        });
        if let Some(flow) = around.min_by_key(|flow| flow.span.end - flow.span.start) {
            return Some(self.in_brackets(text, *flow, offset));
        }
        self.on_an_empty_line(text, start, offset)
    }

    fn at_value(&self, index: usize, token: Span) -> Cursor {
        let entry = &self.entries[index];
        Cursor {
            keys: None,
            value: Some(self.path(Some(index))),
            token,
            entry: Some(index),
            siblings: Vec::new(),
            has_colon: false,
            in_flow: entry.in_flow,
            column: 0,
            needs_space: false,
            needs_dash: false,
            below_scalar: false,
        }
    }

    fn at_key(&self, text: &str, index: usize) -> Cursor {
        let entry = &self.entries[index];
        let siblings = self.names(text, entry.parent, entry.document, Some(index));
        // A word alone may be meant as the value of the key above.
        let is_alone = entry.step.is_none() && !entry.in_flow && siblings.is_empty();
        let below = entry.parent.map(|parent| self.entries[parent].kind);
        Cursor {
            keys: Some(self.path(entry.parent)),
            value: is_alone.then(|| self.path(entry.parent)),
            token: entry.key,
            entry: Some(index),
            siblings,
            has_colon: entry.opened.is_some(),
            in_flow: entry.in_flow,
            column: entry.column,
            needs_space: false,
            needs_dash: false,
            below_scalar: below.is_some_and(|kind| matches!(kind, Kind::Scalar | Kind::Text)),
        }
    }

    fn in_brackets(&self, text: &str, flow: Flow, offset: usize) -> Cursor {
        let mut path = self.path(flow.owner);
        let siblings = self.names(text, flow.owner, flow.document, None);
        let value = (!flow.is_mapping).then(|| {
            let items = self.children(flow.owner, flow.document).count();
            path.push(Step::Item(items));
            path.clone()
        });
        Cursor {
            keys: flow.is_mapping.then_some(path),
            value,
            token: Span::new(offset, offset),
            entry: None,
            siblings,
            has_colon: false,
            in_flow: true,
            column: 0,
            needs_space: false,
            needs_dash: false,
            below_scalar: false,
        }
    }

    fn on_an_empty_line(&self, text: &str, start: usize, offset: usize) -> Option<Cursor> {
        let end = line_end(text, offset);
        let blank = |text: &str| text.trim_matches([' ', '\t', '\u{FEFF}']).is_empty();
        if !blank(text.get(start..end)?) {
            return None;
        }
        let document = self.documents.partition_point(|at| *at <= offset).saturating_sub(1);
        let column = text.get(start..offset)?.trim_start_matches('\u{FEFF}').len();
        let before = self.entries.iter().enumerate().rev();
        let mut around = before
            .filter(|(_, entry)| entry.document == document && (entry.key.start as usize) < start)
            .map(|(index, _)| index)
            .next();
        while let Some(index) = around {
            let entry = &self.entries[index];
            if !entry.in_flow && entry.column < column && entry.step.is_some() {
                break;
            }
            around = entry.parent;
        }
        let parent = around.map(|index| &self.entries[index]);
        let lists = |(_, entry): (usize, &Entry)| matches!(entry.step, Some(Step::Item(_)));
        let items = self.children(around, document).filter(|entry| lists(*entry)).count();
        let mut path = self.path(around);
        if items > 0 {
            path.push(Step::Item(items));
        }
        let siblings = if items > 0 {
            Vec::new()
        } else {
            self.names(text, around, document, None)
        };
        Some(Cursor {
            keys: Some(path),
            value: None,
            token: Span::new(offset, offset),
            entry: None,
            siblings,
            has_colon: false,
            in_flow: false,
            column,
            needs_space: false,
            needs_dash: items > 0,
            below_scalar: parent.is_some_and(|parent| matches!(parent.kind, Kind::Scalar | Kind::Text)),
        })
    }

    /// The keys of a mapping, but for one of its entries.
    fn names(&self, text: &str, parent: Option<usize>, document: usize, but: Option<usize>) -> Vec<String> {
        let others = self.children(parent, document).filter(|(index, _)| Some(*index) != but);
        let name = |(_, entry): (usize, &Entry)| match &entry.step {
            Some(Step::Key(name)) => Some(name.clone()),
            Some(Step::Item(_)) => None,
            None => Some(bare(entry.key.slice(text)).to_string()),
        };
        others.filter_map(name).collect()
    }

    fn column_below(&self, text: &str, index: usize, at: usize) -> usize {
        let entry = &self.entries[index];
        if entry.in_flow {
            entry.column
        } else {
            at - line_start(text, at)
        }
    }
}

/// A scalar without its quotation marks.
pub fn bare(text: &str) -> &str {
    let text = text.trim();
    let quoted = |mark: char| {
        let inner = text.strip_prefix(mark)?;
        Some(inner.strip_suffix(mark).unwrap_or(inner))
    };
    quoted('"').or_else(|| quoted('\'')).unwrap_or(text)
}

fn line_start(text: &str, offset: usize) -> usize {
    let start = memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[..offset.min(text.len())]).map_or(0, |at| at + 1);
    if text[start..].starts_with('\u{FEFF}') && start == 0 && offset >= 3 {
        3
    } else {
        start
    }
}

fn line_end(text: &str, offset: usize) -> usize {
    let rest = &text.as_bytes()[offset.min(text.len())..];
    memchr::memchr2(b'\n', b'\r', rest).map_or(text.len(), |at| offset + at)
}

struct Reader<'t> {
    text: &'t str,
    out: Outline,
    /// The entries of the open block collections.
    stack: Vec<usize>,
    /// How many items each list has so far.
    items: FxHashMap<Option<usize>, usize>,
    depth: usize,
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn is_blank(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| b" \t\r\n".contains(&byte))
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while self.byte(at).is_some_and(|byte| byte == b' ' || byte == b'\t') {
            at += 1;
        }
        at
    }

    fn next_line(&self, at: usize) -> usize {
        let end = line_end(self.text, at);
        let both = self.text.as_bytes()[end..].starts_with(b"\r\n");
        end + if both { 2 } else { usize::from(end < self.text.len()) }
    }

    fn read(&mut self) {
        let mut at = if self.text.starts_with('\u{FEFF}') { 3 } else { 0 };
        while at < self.text.len() {
            let behind = self.line(at);
            at = self.next_line(behind.max(at));
        }
    }

    /// Reads a line, and what it opens; gives where it came to.
    fn line(&mut self, start: usize) -> usize {
        let end = line_end(self.text, start);
        let mut at = self.skip_blanks(start);
        if at >= end {
            return end;
        }
        if self.byte(at) == Some(b'#') {
            self.out.opaque.push(Span::new(at, end));
            return end;
        }
        let marker = at == start && self.is_blank(at + 3);
        if marker && self.text[at..].starts_with("---") {
            self.stack.clear();
            self.items.remove(&None);
            if !self.out.entries.is_empty() {
                self.out.documents.push(start);
            }
            at = self.skip_blanks(at + 3);
            if at >= end || self.byte(at) == Some(b'#') {
                return end;
            }
        } else if marker && self.text[at..].starts_with("...") || at == start && self.byte(at) == Some(b'%') {
            self.stack.clear();
            return end;
        }
        self.content(start, at, end)
    }

    /// What a line says from a place on: dashes, a key, a value.
    fn content(&mut self, start: usize, mut at: usize, end: usize) -> usize {
        let mut item = None;
        loop {
            let column = at - start;
            let is_item = self.byte(at) == Some(b'-') && self.is_blank(at + 1);
            if is_item {
                let parent = self.parent(column, true);
                let number = self.number(parent);
                let key = Span::new(at, at + 1);
                let own = self.push(parent, Some(Step::Item(number)), key, Some(at + 1), column);
                self.stack.push(own);
                at = self.skip_blanks(at + 1);
                if at >= end || self.byte(at) == Some(b'#') {
                    self.comment(at, end);
                    return end;
                }
                item = Some(own);
                continue;
            }
            if let Some((name, key, colon)) = self.key(at, end) {
                let parent = self.parent(column, false);
                let own = self.push(parent, Some(Step::Key(name)), key, Some(colon), column);
                self.stack.push(own);
                return self.value(own, colon, column);
            }
            if let Some(item) = item {
                let column = self.out.entries[item].column;
                return self.value(item, at, column);
            }
            return self.word(at, end, column);
        }
    }

    /// What is neither key nor item: the value of a key on the line above, the rest of one, or a word somebody is typing.
    fn word(&mut self, at: usize, end: usize, column: usize) -> usize {
        let parent = self.parent(column, false);
        let is_flow = matches!(self.byte(at), Some(b'{' | b'['));
        let open = parent.is_none_or(|parent| self.out.entries[parent].kind == Kind::Open);
        if is_flow && open {
            let limit = parent.map(|parent| self.out.entries[parent].column);
            let behind = self.flow(parent, at, limit, column);
            if let Some(parent) = parent {
                self.out.entries[parent].kind = Kind::Flow;
                self.out.entries[parent].value = Some(Span::new(at, behind));
            }
            return behind;
        }
        let span = self.plain(at, end);
        self.comment(span.end as usize, end);
        self.push(parent, None, span, None, column);
        end
    }

    fn comment(&mut self, from: usize, end: usize) {
        let at = self.skip_blanks(from);
        if self.byte(at) == Some(b'#') && at < end {
            self.out.opaque.push(Span::new(at, end));
        }
    }

    fn document(&self) -> usize {
        self.out.documents.len() - 1
    }

    /// The entry around what stands in a column. A list may stand in the column of its key.
    fn parent(&mut self, column: usize, is_item: bool) -> Option<usize> {
        while let Some(&top) = self.stack.last() {
            let entry = &self.out.entries[top];
            let is_key = matches!(entry.step, Some(Step::Key(_)));
            let holds =
                entry.column < column || is_item && is_key && entry.column == column && entry.kind == Kind::Open;
            if holds {
                return Some(top);
            }
            self.stack.pop();
        }
        None
    }

    /// The number of the next item of a list.
    fn number(&mut self, list: Option<usize>) -> usize {
        let items = self.items.entry(list).or_default();
        *items += 1;
        *items - 1
    }

    fn push(
        &mut self,
        parent: Option<usize>,
        step: Option<Step>,
        key: Span,
        opened: Option<usize>,
        column: usize,
    ) -> usize {
        self.out.entries.push(Entry {
            parent,
            step,
            key,
            opened,
            value: None,
            kind: Kind::Open,
            document: self.document(),
            end: 0,
            column,
            in_flow: self.depth > 0,
        });
        self.out.entries.len() - 1
    }

    /// A key at a place: its name, its span, and the place behind its colon.
    fn key(&self, at: usize, end: usize) -> Option<(String, Span, usize)> {
        let first = self.byte(at)?;
        if matches!(first, b'"' | b'\'') {
            let close = self.string_end(at, end)?;
            let colon = self.skip_blanks(close);
            let follows = self.byte(colon) == Some(b':') && self.is_blank(colon + 1);
            let name = unescaped(&self.text[at..close]);
            return follows.then_some((name, Span::new(at, close), colon + 1));
        }
        if b"[]{},#|>@`%".contains(&first) {
            return None;
        }
        let line = self.text.get(at..end)?.as_bytes();
        for (number, byte) in line.iter().enumerate() {
            match byte {
                b'#' if number > 0 && line[number - 1] == b' ' => return None,
                b':' if self.is_blank(at + number + 1) && number > 0 => {
                    let name = self.text[at..at + number].trim_end();
                    return Some((name.to_string(), Span::new(at, at + name.len()), at + number + 1));
                }
                _ => {}
            }
        }
        None
    }

    /// The value of an entry, from behind its colon or dash.
    fn value(&mut self, owner: usize, from: usize, column: usize) -> usize {
        let end = line_end(self.text, from);
        let mut at = self.skip_blanks(from);
        // Anchors and tags belong to no value.
        while matches!(self.byte(at), Some(b'&' | b'!')) {
            while !self.is_blank(at) {
                at += 1;
            }
            at = self.skip_blanks(at);
        }
        let first = self.byte(at).filter(|_| at < end);
        let (kind, value, behind) = match first {
            None => return end,
            Some(b'#') => {
                self.comment(at, end);
                return end;
            }
            Some(b'|' | b'>') => {
                let close = self.block_end(end, column);
                let span = Span::new(at, close);
                self.out.opaque.push(span);
                (Kind::Text, span, close)
            }
            Some(b'{' | b'[') => {
                let close = self.flow(Some(owner), at, Some(column), column);
                (Kind::Flow, Span::new(at, close), close)
            }
            Some(b'"' | b'\'') => match self.string_end(at, end) {
                Some(close) => {
                    self.comment(close, end);
                    (Kind::Scalar, Span::new(at, close), end)
                }
                None => self.long_string(at, end, column),
            },
            Some(_) => {
                let span = self.plain(at, end);
                self.comment(span.end as usize, end);
                (Kind::Scalar, span, end)
            }
        };
        let entry = &mut self.out.entries[owner];
        entry.kind = kind;
        entry.value = Some(value);
        behind
    }

    /// A string that is not closed on its line: one of several lines, or one that is being typed.
    fn long_string(&mut self, at: usize, end: usize, column: usize) -> (Kind, Span, usize) {
        let open = (Kind::Scalar, Span::new(at, end), end);
        let limit = self.block_end(end, column);
        match self.string_end(at, limit) {
            Some(close) => {
                let span = Span::new(at, close);
                self.out.opaque.push(span);
                (Kind::Text, span, close)
            }
            None => open,
        }
    }

    /// The end of the lines that are indented further than a column, or empty.
    fn block_end(&self, from: usize, column: usize) -> usize {
        let mut behind = from;
        let mut at = self.next_line(from);
        while at < self.text.len() {
            let end = line_end(self.text, at);
            let first = self.skip_blanks(at);
            if first < end {
                if first - at <= column {
                    break;
                }
                behind = end;
            }
            at = self.next_line(at);
        }
        behind
    }

    /// The end of a string with its quotation marks, if it has one before a place.
    fn string_end(&self, at: usize, end: usize) -> Option<usize> {
        let mark = self.byte(at)?;
        let bytes = self.text.as_bytes();
        let mut next = at + 1;
        while next < end {
            match bytes[next] {
                b'\\' if mark == b'"' => next += 1,
                byte if byte == mark && mark == b'\'' && bytes.get(next + 1) == Some(&mark) => next += 1,
                byte if byte == mark => return Some(next + 1),
                _ => {}
            }
            next += 1;
        }
        None
    }

    /// A plain scalar: up to a comment or the end of the line.
    fn plain(&self, at: usize, end: usize) -> Span {
        let line = self.text.get(at..end).unwrap_or_default();
        let comment = line.match_indices('#').find(|(number, _)| {
            let before = line[..*number].chars().next_back();
            before.is_some_and(|before| before == ' ' || before == '\t')
        });
        let own = comment.map_or(line, |(number, _)| &line[..number]);
        Span::new(at, at + own.trim_end().len())
    }

    /// A flow collection; gives the place behind it. Without a closing bracket it ends where a line stands that is not
    /// indented further than `limit`.
    fn flow(&mut self, owner: Option<usize>, at: usize, limit: Option<usize>, column: usize) -> usize {
        let is_mapping = self.byte(at) == Some(b'{');
        let number = self.out.flows.len();
        let document = self.document();
        self.out.flows.push(Flow {
            owner,
            span: Span::new(at, at + 1),
            is_mapping,
            document,
        });
        if self.depth >= MAX_DEPTH {
            return line_end(self.text, at);
        }
        self.depth += 1;
        let mut items = 0;
        let mut next = at + 1;
        let mut behind = next;
        while let Some(place) = self.skip_lines(next, limit) {
            next = place;
            match self.byte(next) {
                Some(b'}' | b']') => {
                    behind = next + 1;
                    break;
                }
                Some(b',' | b':') => next += 1,
                Some(_) if is_mapping => next = self.flow_entry(owner, next, limit, column),
                _ => {
                    let own = self.push(
                        owner,
                        Some(Step::Item(items)),
                        Span::new(next, next),
                        Some(next),
                        column,
                    );
                    next = self.flow_value(own, next, limit, column).max(next + 1);
                    items += 1;
                }
            }
            behind = next;
        }
        self.depth -= 1;
        let behind = behind.min(self.text.len());
        self.out.flows[number].span = Span::new(at, behind);
        behind
    }

    fn flow_entry(&mut self, owner: Option<usize>, at: usize, limit: Option<usize>, column: usize) -> usize {
        let end = line_end(self.text, at);
        let key = match self.byte(at) {
            Some(b'"' | b'\'') => Span::new(at, self.string_end(at, end).unwrap_or(end)),
            _ => self.flow_plain(at, true),
        };
        if key.is_empty() {
            return at + 1;
        }
        let colon = self.skip_blanks(key.end as usize);
        if self.byte(colon) != Some(b':') {
            self.push(owner, None, key, None, column);
            return key.end as usize;
        }
        let name = unescaped(key.slice(self.text));
        let own = self.push(owner, Some(Step::Key(name)), key, Some(colon + 1), column);
        match self.skip_lines(colon + 1, limit) {
            Some(place) => self.flow_value(own, place, limit, column),
            None => colon + 1,
        }
    }

    fn flow_value(&mut self, own: usize, at: usize, limit: Option<usize>, column: usize) -> usize {
        let end = line_end(self.text, at);
        let (kind, span) = match self.byte(at) {
            None | Some(b',' | b'}' | b']') => return at,
            Some(b'{' | b'[') => {
                let close = self.flow(Some(own), at, limit, column);
                (Kind::Flow, Span::new(at, close))
            }
            Some(b'"' | b'\'') => (Kind::Scalar, Span::new(at, self.string_end(at, end).unwrap_or(end))),
            Some(_) => (Kind::Scalar, self.flow_plain(at, false)),
        };
        if span.is_empty() {
            return at;
        }
        let entry = &mut self.out.entries[own];
        entry.kind = kind;
        entry.value = Some(span);
        span.end as usize
    }

    /// A plain scalar inside brackets.
    fn flow_plain(&self, at: usize, is_key: bool) -> Span {
        let bytes = self.text.as_bytes();
        let mut end = at;
        while let Some(byte) = bytes.get(end) {
            let colon = is_key && *byte == b':' && (self.is_blank(end + 1) || b",{}[]\"".contains(&bytes[end + 1]));
            let comment = *byte == b'#' && end > at && bytes[end - 1] == b' ';
            if b",{}[]\r\n".contains(byte) || colon || comment {
                break;
            }
            end += 1;
        }
        Span::new(at, at + self.text[at..end].trim_end().len())
    }

    /// The next place that is neither blank nor comment; nothing at the end, and where a line ends the collection.
    fn skip_lines(&mut self, mut at: usize, limit: Option<usize>) -> Option<usize> {
        loop {
            at = self.skip_blanks(at);
            match self.byte(at)? {
                b'\n' | b'\r' => {
                    at = self.next_line(at);
                    let first = self.skip_blanks(at);
                    let ends = limit.is_some_and(|limit| first - at <= limit);
                    let counts = !matches!(self.byte(first), None | Some(b'\n' | b'\r' | b'}' | b']' | b'#'));
                    if ends && counts {
                        return None;
                    }
                }
                b'#' if at == 0 || self.is_blank(at - 1) => {
                    let end = line_end(self.text, at);
                    self.out.opaque.push(Span::new(at, end));
                    at = end;
                }
                _ => return Some(at),
            }
        }
    }
}

/// The name of a quoted key; escapes in keys are rare enough to be read by the JSON that most of them are.
fn unescaped(text: &str) -> String {
    let escaped = text.starts_with('"') && text.contains('\\');
    let read = escaped.then(|| serde_json::from_str(text).ok()).flatten();
    read.unwrap_or_else(|| bare(text).replace("''", "'"))
}
