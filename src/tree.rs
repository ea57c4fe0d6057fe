//! Text → tree with a byte span for every key and value. Reading is total: what could be read comes back beside a
//! list of what was wrong.
//!
//! YAML 1.2 core schema over the events of `granit-parser`; JSON takes the same road. Aliases are shared, never
//! copied; merge keys are resolved; duplicate keys keep the first value. Scalars keep their text exactly as written,
//! so that `0716`, `1_000` and `NO` can still be told from what a YAML 1.1 reader would make of them.
//!
//! Depth is bounded while scanning, so whoever walks a tree may recurse.

pub mod json;
pub mod plain;

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle};
use rustc_hash::FxHashMap;

use crate::language::{Phrase, mark};
use crate::source::Span;

/// Deepest nesting that is read. The native descriptor needs 6 levels, the deepest public credential seen 17; the
/// bound keeps every later recursion inside a small stack.
pub const MAX_DEPTH: usize = 100;
/// Most values in one document, aliases counted as often as they are used. The largest public course list seen has
/// about 30,000; a million still fits in memory (about 120 bytes each), and stops alias bombs.
pub const MAX_VALUES: u32 = 1_000_000;
/// Most entries that merge keys (`<<`) may bring into one document; chains of them grow quadratically.
pub const MAX_MERGED: usize = 10_000;
/// Longest single text in bytes. Embedded images in credentials are base64 of a few hundred kilobytes.
pub const MAX_SCALAR_BYTES: usize = 4 << 20;
/// Most problems kept per document; a broken generator must not flood the report.
const MAX_PROBLEMS: usize = 100;

/// Index of a [`Node`] in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The bare index, for identity.
    pub fn index(self) -> u32 {
        self.0
    }
}

/// One document.
#[derive(Debug, Default, PartialEq)]
pub struct Tree<'s> {
    nodes: Vec<Node<'s>>,
    entries: Vec<Entry<'s>>,
    /// The outermost value; `None` when the document is empty or could not be read.
    pub root: Option<NodeId>,
    /// What was wrong, in the order of the text.
    pub problems: Vec<Problem>,
    /// Where the document begins.
    pub start: u32,
}

/// A value.
#[derive(Debug, PartialEq)]
pub struct Node<'s> {
    /// What it is.
    pub kind: Kind<'s>,
    /// Where it is defined (for an alias: at the anchor).
    pub span: Span,
    /// The entry that holds it, where it is defined.
    entry: Option<u32>,
    weight: u32,
}

/// The kinds of value.
#[derive(Debug, PartialEq)]
pub enum Kind<'s> {
    /// A scalar.
    Scalar(Scalar<'s>),
    /// A sequence; its entries have empty keys.
    Sequence(EntryRange),
    /// A mapping.
    Mapping(EntryRange),
}

/// The entries of one collection.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryRange(std::ops::Range<u32>);

/// One `key: value` pair, or one item of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'s> {
    /// The key; empty for an item of a sequence.
    pub key: Cow<'s, str>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: NodeId,
    /// Where the value stands in this place: the `*alias` token for an alias.
    pub use_span: Span,
    parent: NodeId,
    merged: bool,
}

/// A scalar: its text and what the YAML 1.2 core schema says it is.
#[derive(Debug, PartialEq)]
pub struct Scalar<'s> {
    /// The text as written, escapes resolved.
    pub text: Cow<'s, str>,
    /// Its type.
    pub kind: ScalarKind,
    /// How a YAML 1.1 reader would take it instead, when that differs.
    pub ambiguity: Option<Ambiguity>,
    /// How it is written.
    pub style: Style,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotation marks.
    Plain,
    /// In single quotation marks.
    Single,
    /// In double quotation marks, as every text of JSON.
    Double,
    /// On lines of its own, behind `|` or `>`.
    Block,
}

impl Style {
    fn of(style: ScalarStyle) -> Style {
        match style {
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
            _ => Style::Plain,
        }
    }
}

/// A value of a tree that is put together, not parsed: of what is no YAML and is read as if it were.
#[derive(Debug)]
pub enum Branch<'s> {
    /// A scalar and where it stands.
    Leaf(Cow<'s, str>, ScalarKind, Span),
    /// A sequence.
    List(Vec<Branch<'s>>),
    /// A mapping: key, where it stands, value.
    Group(Vec<(Cow<'s, str>, Span, Branch<'s>)>),
}

/// Types of the YAML 1.2 core schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarKind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer,
    /// A decimal number.
    Float,
    /// Text.
    String,
}

/// A plain scalar that YAML 1.1 readers (PyYAML, Ruby, older Go) take for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguity {
    /// `NO`, `yes`, `off`: a boolean there.
    Boolean,
    /// `0716`: octal or a number without its zero there.
    LeadingZero,
    /// `12:30`: 750 there.
    Sexagesimal,
    /// `1_000`: 1000 there, text here.
    Underscore,
    /// `2026-03-02`: a date object there, text here.
    Date,
}

/// What was wrong at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// Where.
    pub span: Span,
    /// A second place that belongs to it.
    pub related: Option<Span>,
}

/// The kinds of problem; each has a rule file `rules/yaml/<problem>.yaml`.
#[derive(Debug, Clone, PartialEq)]
pub enum ProblemKind {
    /// The text is not YAML (or JSON) from here on: message and way out.
    Syntax(Phrase, &'static str),
    /// The key stands twice in one mapping.
    DuplicateKey(String),
    /// An alias inside the value that it names, or without an anchor.
    BadAlias(String),
    /// A merge key whose value is no mapping.
    BadMerge,
    /// A key that is a list or a mapping.
    NonTextKey,
    /// A tag that the core schema does not know.
    UnknownTag(String),
    /// A limit is exceeded: which, and its value.
    Limit(&'static str, u64),
}

impl ProblemKind {
    /// Whether nothing after this can be trusted: the document counts as unparsable.
    pub fn is_fatal(&self) -> bool {
        matches!(self, ProblemKind::Syntax(..) | ProblemKind::Limit(..))
    }

    /// A sentence, for files that are no descriptors.
    fn sentence(&self) -> Phrase {
        match self {
            ProblemKind::Syntax(message, help) => Phrase::new("{message}; {help}")
                .with_phrase("message", message.clone())
                .with_phrase("help", Phrase::new(help)),
            ProblemKind::DuplicateKey(key) => Phrase::new(mark("`{key}` stands here twice")).with("key", key),
            ProblemKind::BadAlias(name) => {
                Phrase::new(mark("the alias `*{name}` stands inside the value that it names")).with("name", name)
            }
            ProblemKind::BadMerge => Phrase::new(mark("`<<` needs a mapping, or a list of mappings")),
            ProblemKind::NonTextKey => Phrase::new(mark("a list or a mapping cannot be a key")),
            ProblemKind::UnknownTag(tag) => Phrase::new(mark("the tag `{tag}` is not known")).with("tag", tag),
            ProblemKind::Limit(what, limit) => Phrase::new(mark("more than {limit} {what}"))
                .with("limit", limit)
                .with_phrase("what", Phrase::new(what)),
        }
    }
}

fn options(text: &str) -> granit_parser::Options {
    let mut options = granit_parser::options! {
        // The letter of YAML 1.2 wants a closing bracket indented; every common reader takes it in the first column.
        strict_indentation: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    if looks_like_json(text) {
        // A JSON key may have any length; YAML's limit of 1,024 is for plain look-ahead.
        options.simple_key_max_lookahead = MAX_SCALAR_BYTES;
    }
    options
}

/// How many comments a YAML stream has, up to where it can be read.
pub fn comments(text: &str) -> usize {
    let mut options = options(text);
    options.set_emit_comments(true);
    options.max_buffered_comment_events = usize::MAX;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let events = std::iter::from_fn(|| parser.next_event()?.ok());
    events.filter(|(event, _)| matches!(event, Event::Comment(..))).count()
}

/// The documents of a YAML stream; a text without any gives one empty document, so that nothing passes unseen.
pub fn parse(text: &str) -> Vec<Tree<'_>> {
    match json::parse(text) {
        Some(tree) => vec![tree],
        None => parse_yaml(text),
    }
}

/// The same for a text that is no strict JSON.
pub fn parse_yaml(text: &str) -> Vec<Tree<'_>> {
    plain::parse(text).unwrap_or_else(|| parse_fully(text))
}

/// The long way, which every text can take: what the short ones are measured by.
pub fn parse_fully(text: &str) -> Vec<Tree<'_>> {
    if let Some(problem) = unreadable_character(text) {
        return vec![Tree::failed(problem)];
    }
    let mut options = options(text);
    options.set_emit_comments(false);
    let mut trees = Vec::new();
    let mut builder: Option<Builder<'_>> = None;
    let mut parser = Parser::new_from_str_with_options(text, options);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::StreamStart | Event::StreamEnd, _)) => {}
            Ok((Event::DocumentStart(..), span)) => builder = Some(Builder::new(text, byte_span(&span).start)),
            Ok((Event::DocumentEnd, _)) => trees.extend(builder.take().map(Builder::finish)),
            Ok((event, span)) => {
                let Some(current) = builder.as_mut() else { continue };
                current.event(event, &span);
                if current.over_limit {
                    trees.extend(builder.take().map(Builder::finish));
                    break;
                }
            }
            Err(error) => {
                let mut tree = builder.take().map(Builder::finish).unwrap_or_default();
                tree.root = None;
                tree.problems.push(syntax_problem(text, &error));
                trees.push(tree);
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    if trees.is_empty() {
        trees.push(Tree::default());
    }
    trees
}

/// The first document of a file in which nothing may be wrong; else the place, and what, as a sentence.
pub fn parse_sound(text: &str) -> Result<Tree<'_>, (Span, Phrase)> {
    let tree = parse(text).swap_remove(0);
    match tree.problems.first() {
        Some(problem) => Err((problem.span, problem.kind.sentence())),
        None => Ok(tree),
    }
}

/// JSON is read as YAML, which also takes comments, trailing commas and bare keys. A file that calls itself JSON must
/// be JSON, or every other reader will refuse it.
pub fn strict_json_problem(text: &str) -> Option<Problem> {
    let body = text.trim_start_matches('\u{FEFF}');
    let error = serde_json::from_str::<serde::de::IgnoredAny>(body).err()?;
    let offset = text.len() - body.len() + offset_of(body, error.line(), error.column());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message).to_string();
    Some(Problem {
        kind: ProblemKind::Syntax(
            Phrase::new(mark("this file is named JSON, but it is not: {message}")).with("message", message),
            mark("JSON has no comments and no trailing commas, and keys stand in double quotes"),
        ),
        span: character_at(text, offset.saturating_sub(1)),
        related: None,
    })
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (start + column).min(text.len())
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t'])
        .starts_with(['{', '['])
}

fn unreadable_character(text: &str) -> Option<Problem> {
    let offset = memchr::memchr(0, text.as_bytes())?;
    Some(Problem {
        kind: ProblemKind::Syntax(
            Phrase::new(mark("a NUL byte: this is not a text file")),
            mark("save the descriptor as plain UTF-8 text; a spreadsheet or a Word file must be exported first"),
        ),
        span: Span::new(offset, offset + 1),
        related: None,
    })
}

fn character_at(text: &str, offset: usize) -> Span {
    let mut start = offset.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let length = text[start..].chars().next().map_or(0, char::len_utf8);
    Span::new(start, start + length)
}

fn byte_span(span: &granit_parser::Span) -> Span {
    let range = span.byte_range().unwrap_or_default();
    Span::new(range.start, range.end)
}

fn syntax_problem(text: &str, error: &ScanError) -> Problem {
    let offset = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let kind = match error.kind() {
        ErrorKind::RecursionLimitExceeded => ProblemKind::Limit(mark("levels of nesting"), MAX_DEPTH as u64),
        other => {
            let (message, help) = plain_words(other);
            let message = match message {
                Some(message) => Phrase::new(message),
                None => Phrase::new("{message}").with("message", lower_first(&error.info())),
            };
            ProblemKind::Syntax(message, help)
        }
    };
    // An error at the end of a line or of the file is shown on the last character that stands there.
    let before = text[..floor(text, offset)].trim_end_matches(['\n', '\r', ' ']);
    let at_break = text[floor(text, offset)..]
        .chars()
        .next()
        .is_none_or(|c| c == '\n' || c == '\r');
    let span = if at_break && !before.is_empty() {
        character_at(
            text,
            before.len() - before.chars().next_back().map_or(1, char::len_utf8),
        )
    } else {
        character_at(text, offset)
    };
    Problem {
        kind,
        span,
        related: None,
    }
}

fn floor(text: &str, offset: usize) -> usize {
    character_at(text, offset).start as usize
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// Plain words for the mistakes that people make; the parser's own message for the rest.
fn plain_words(kind: &ErrorKind) -> (Option<&'static str>, &'static str) {
    use ErrorKind as E;
    match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => (
            Some(mark("a tab is used for indentation")),
            mark("YAML is indented with spaces: replace the tab by two spaces"),
        ),
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => (
            Some(mark("a quoted text is not closed")),
            mark("add the closing quotation mark"),
        ),
        E::MappingValueNotAllowed | E::InvalidColonPlacement | E::InvalidMappingValueWhitespace => (
            Some(mark("a colon stands where no key can be")),
            mark("put text that contains `: ` in quotation marks, or check the indentation"),
        ),
        E::InvalidIndentation | E::ExpectedBlockMappingKey | E::ExpectedBlockSequenceEntry => (
            Some(mark(
                "the indentation fits neither the line above nor the list or mapping around it",
            )),
            mark("line the key up with its neighbours, two spaces a level"),
        ),
        E::UnexpectedEofFlowSequence | E::UnexpectedEofFlowMapping | E::UnclosedFlowCollection { .. } => (
            Some(mark("a bracket is not closed")),
            mark("add the closing `]` or `}`"),
        ),
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => (
            Some(mark("a closing bracket has no partner")),
            mark("check the brackets `[ ]` and `{ }`"),
        ),
        E::UnknownAnchor => (
            Some(mark("this alias names no anchor")),
            mark("define it first with `&name`, or write the value out"),
        ),
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => (
            Some(mark("text follows a closed quotation")),
            mark("put the whole value in one pair of quotation marks, and double a `'` inside single ones"),
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => (
            Some(mark("a line that is no `key: value` pair")),
            mark("add the missing colon, or indent the line if it continues the text above"),
        ),
        E::UnexpectedCharacter { .. } => (
            None,
            mark("put the value in quotation marks if it starts with a special character"),
        ),
        _ => (
            None,
            mark("correct the text at this place; everything after it could not be read"),
        ),
    }
}

enum Frame<'s> {
    Mapping {
        start: u32,
        flow: bool,
        anchor: usize,
        key: Option<PendingKey<'s>>,
        buffer: Vec<Entry<'s>>,
    },
    Sequence {
        start: u32,
        flow: bool,
        anchor: usize,
        buffer: Vec<Entry<'s>>,
    },
}

struct PendingKey<'s> {
    text: Cow<'s, str>,
    span: Span,
    merge: bool,
}

enum Anchor {
    Open,
    Done(NodeId),
}

struct Builder<'s> {
    text: &'s str,
    tree: Tree<'s>,
    stack: Vec<Frame<'s>>,
    anchors: FxHashMap<usize, Anchor>,
    spare: Vec<Vec<Entry<'s>>>,
    merged: usize,
    over_limit: bool,
}

const UNSET: NodeId = NodeId(u32::MAX);

impl<'s> Builder<'s> {
    fn new(text: &'s str, start: u32) -> Builder<'s> {
        Builder {
            text,
            tree: Tree {
                start,
                ..Tree::default()
            },
            stack: Vec::new(),
            anchors: FxHashMap::default(),
            spare: Vec::new(),
            merged: 0,
            over_limit: false,
        }
    }

    fn finish(self) -> Tree<'s> {
        let mut tree = self.tree;
        if self.over_limit {
            tree.root = None;
        }
        tree.problems.sort_by_key(|problem| problem.span);
        tree
    }

    fn event(&mut self, event: Event<'s>, span: &granit_parser::Span) {
        let span = byte_span(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::MappingStart(style, anchor, _) => {
                self.open(anchor, span);
                self.begin(true, style == StructureStyle::Flow, anchor, span.start);
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(anchor, span);
                self.begin(false, style == StructureStyle::Flow, anchor, span.start);
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(span),
            _ => {}
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&granit_parser::Tag>,
        span: Span,
    ) {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let span = if block { trim_end(self.text, span) } else { span };
        if text.len() > MAX_SCALAR_BYTES {
            self.problem(
                ProblemKind::Limit(mark("bytes in one text"), MAX_SCALAR_BYTES as u64),
                Span::new(span.start as usize, span.start as usize),
                None,
            );
            self.over_limit = true;
            return;
        }
        if self.awaiting_key() && anchor == 0 {
            let merge = style == ScalarStyle::Plain && text == "<<";
            self.set_key(PendingKey { text, span, merge });
            return;
        }
        let core_tag = tag.and_then(granit_parser::Tag::core_suffix);
        if let (Some(tag), None) = (tag, core_tag)
            && tag.is_custom()
        {
            self.problem(ProblemKind::UnknownTag(tag.original()), span, None);
        }
        // An absent value arrives as `~` with an empty span.
        let absent = span.is_empty() && style == ScalarStyle::Plain;
        let scalar = if absent {
            Scalar {
                text: Cow::Borrowed(""),
                kind: ScalarKind::Null,
                ambiguity: None,
                style: Style::Plain,
            }
        } else {
            resolve(text, style, core_tag, tag.is_some())
        };
        let span = if absent { self.place_of_absent_value(span) } else { span };
        let id = self.add(Kind::Scalar(scalar), span, 1);
        if anchor > 0 {
            self.anchors.insert(anchor, Anchor::Done(id));
        }
        if self.awaiting_key() {
            let text = match &self.tree.node(id).kind {
                Kind::Scalar(scalar) => scalar.text.clone(),
                _ => Cow::Borrowed(""),
            };
            self.set_key(PendingKey {
                text,
                span,
                merge: false,
            });
            return;
        }
        self.value(id, span);
    }

    /// The place of `key:` without a value is just behind the key.
    fn place_of_absent_value(&self, span: Span) -> Span {
        match self.stack.last() {
            Some(Frame::Mapping { key: Some(key), .. }) => Span {
                start: key.span.end,
                end: key.span.end,
            },
            _ => span,
        }
    }

    fn awaiting_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Mapping { key: None, .. }))
    }

    fn set_key(&mut self, pending: PendingKey<'s>) {
        if let Some(Frame::Mapping { key, .. }) = self.stack.last_mut() {
            *key = Some(pending);
        }
    }

    fn open(&mut self, anchor: usize, span: Span) {
        if self.awaiting_key() {
            self.problem(ProblemKind::NonTextKey, span, None);
        }
        if anchor > 0 {
            self.anchors.insert(anchor, Anchor::Open);
        }
    }

    /// Begins a collection; what is added from here on is in it until it is closed.
    fn begin(&mut self, mapping: bool, flow: bool, anchor: usize, start: u32) {
        let buffer = self.spare.pop().unwrap_or_default();
        self.stack.push(if mapping {
            Frame::Mapping {
                start,
                flow,
                anchor,
                key: None,
                buffer,
            }
        } else {
            Frame::Sequence {
                start,
                flow,
                anchor,
                buffer,
            }
        });
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        match self.anchors.get(&anchor) {
            Some(&Anchor::Done(id)) if self.awaiting_key() => {
                let text = match &self.tree.node(id).kind {
                    Kind::Scalar(scalar) => scalar.text.clone(),
                    _ => {
                        self.problem(ProblemKind::NonTextKey, span, None);
                        Cow::Borrowed("")
                    }
                };
                self.set_key(PendingKey {
                    text,
                    span,
                    merge: false,
                });
            }
            Some(&Anchor::Done(id)) => self.value(id, span),
            _ => {
                let name = span.slice(self.text).trim_start_matches('*').to_string();
                self.problem(ProblemKind::BadAlias(name), span, None);
                if self.awaiting_key() {
                    self.set_key(PendingKey {
                        text: Cow::Borrowed(""),
                        span,
                        merge: false,
                    });
                } else {
                    let null = Scalar {
                        text: Cow::Borrowed(""),
                        kind: ScalarKind::Null,
                        ambiguity: None,
                        style: Style::Plain,
                    };
                    let id = self.add(Kind::Scalar(null), span, 1);
                    self.value(id, span);
                }
            }
        }
    }

    fn close(&mut self, end: Span) {
        let Some(frame) = self.stack.pop() else { return };
        let (start, flow, anchor, mut buffer, mapping) = match frame {
            Frame::Mapping {
                start,
                flow,
                anchor,
                buffer,
                ..
            } => (start, flow, anchor, buffer, true),
            Frame::Sequence {
                start,
                flow,
                anchor,
                buffer,
            } => (start, flow, anchor, buffer, false),
        };
        if mapping {
            self.report_duplicates(&buffer);
            self.merge(&mut buffer);
        }
        let id = NodeId(self.tree.nodes.len() as u32);
        let (mut weight, mut last) = (1u32, start);
        for (index, entry) in (self.tree.entries.len() as u32..).zip(&mut buffer) {
            entry.parent = id;
            let child = &mut self.tree.nodes[entry.value.0 as usize];
            child.entry.get_or_insert(index);
            weight = weight.saturating_add(child.weight);
            if !entry.merged {
                last = last.max(entry.use_span.end);
            }
        }
        if weight > MAX_VALUES && !self.over_limit {
            self.problem(
                ProblemKind::Limit(mark("values in one document, aliases counted"), MAX_VALUES.into()),
                Span { start, end: start },
                None,
            );
            self.over_limit = true;
        }
        let start = if mapping || flow { start } else { self.first_dash(start) };
        let span = Span {
            start,
            end: if flow { end.end } else { last },
        };
        let first = self.tree.entries.len() as u32;
        self.tree.entries.append(&mut buffer);
        self.spare.push(buffer);
        let range = EntryRange(first..self.tree.entries.len() as u32);
        let id = self.add(
            if mapping {
                Kind::Mapping(range)
            } else {
                Kind::Sequence(range)
            },
            span,
            weight,
        );
        if anchor > 0 {
            self.anchors.insert(anchor, Anchor::Done(id));
        }
        if self.awaiting_key() {
            self.set_key(PendingKey {
                text: Cow::Borrowed(""),
                span,
                merge: false,
            });
        } else {
            self.value(id, span);
        }
    }

    /// The parser starts an indentless list behind its first dash: step back to it.
    fn first_dash(&self, start: u32) -> u32 {
        let bytes = self.text.as_bytes();
        let at = start as usize;
        let is_dash = bytes.get(at) == Some(&b'-') && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        if is_dash {
            return start;
        }
        let before = self.text[..at].trim_end_matches([' ', '\t', '\n', '\r']);
        before.strip_suffix('-').map_or(start, |rest| rest.len() as u32)
    }

    fn add(&mut self, kind: Kind<'s>, span: Span, weight: u32) -> NodeId {
        let id = NodeId(self.tree.nodes.len() as u32);
        self.tree.nodes.push(Node {
            kind,
            span,
            entry: None,
            weight,
        });
        if self.tree.nodes.len() > MAX_VALUES as usize && !self.over_limit {
            self.problem(
                ProblemKind::Limit(mark("values in one document"), MAX_VALUES.into()),
                Span {
                    start: span.start,
                    end: span.start,
                },
                None,
            );
            self.over_limit = true;
        }
        id
    }

    fn value(&mut self, id: NodeId, use_span: Span) {
        let entry = |key: Cow<'s, str>, key_span| Entry {
            key,
            key_span,
            value: id,
            use_span,
            parent: UNSET,
            merged: false,
        };
        match self.stack.last_mut() {
            None => self.tree.root = Some(id),
            Some(Frame::Sequence { buffer, .. }) => buffer.push(entry(Cow::Borrowed(""), Span::default())),
            Some(Frame::Mapping { key, buffer, .. }) => {
                if let Some(PendingKey { text, span, merge }) = key.take() {
                    buffer.push(Entry {
                        merged: merge,
                        ..entry(text, span)
                    });
                }
            }
        }
    }

    fn report_duplicates(&mut self, buffer: &[Entry<'s>]) {
        let mut repeats = Vec::new();
        if buffer.len() <= 16 {
            for (i, entry) in buffer.iter().enumerate() {
                if let Some(first) = buffer[..i].iter().find(|other| other.key == entry.key && !other.merged) {
                    repeats.push((i, first.key_span));
                }
            }
        } else {
            let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
            for (i, entry) in buffer.iter().enumerate().filter(|(_, entry)| !entry.merged) {
                if let Some(first) = seen.get(entry.key.as_ref()) {
                    repeats.push((i, *first));
                } else {
                    seen.insert(&entry.key, entry.key_span);
                }
            }
        }
        for (i, first) in repeats {
            if !buffer[i].merged {
                self.problem(
                    ProblemKind::DuplicateKey(buffer[i].key.to_string()),
                    buffer[i].key_span,
                    Some(first),
                );
            }
        }
    }

    fn merge(&mut self, buffer: &mut Vec<Entry<'s>>) {
        if !buffer.iter().any(|entry| entry.merged) {
            return;
        }
        let merges: Vec<Entry<'s>> = buffer.extract_if(.., |entry| entry.merged).collect();
        let mut present: rustc_hash::FxHashSet<String> = buffer.iter().map(|entry| entry.key.to_string()).collect();
        for merge in merges {
            let sources: Vec<NodeId> = match &self.tree.node(merge.value).kind {
                Kind::Mapping(_) => vec![merge.value],
                Kind::Sequence(_) => self.tree.entries(merge.value).iter().map(|entry| entry.value).collect(),
                Kind::Scalar(_) => Vec::new(),
            };
            if sources.is_empty() {
                self.problem(ProblemKind::BadMerge, merge.use_span, None);
            }
            for source in sources {
                if !matches!(self.tree.node(source).kind, Kind::Mapping(_)) {
                    self.problem(ProblemKind::BadMerge, merge.use_span, None);
                    continue;
                }
                let brought: Vec<Entry<'s>> = self.tree.entries(source).to_vec();
                self.merged += brought.len();
                if self.merged > MAX_MERGED {
                    self.problem(
                        ProblemKind::Limit(mark("entries brought in by merge keys"), MAX_MERGED as u64),
                        merge.key_span,
                        None,
                    );
                    self.over_limit = true;
                    return;
                }
                for entry in brought {
                    if present.insert(entry.key.to_string()) {
                        buffer.push(Entry { merged: true, ..entry });
                    }
                }
            }
        }
    }

    fn problem(&mut self, kind: ProblemKind, span: Span, related: Option<Span>) {
        if self.tree.problems.len() < MAX_PROBLEMS {
            self.tree.problems.push(Problem { kind, span, related });
        }
    }
}

fn trim_end(text: &str, span: Span) -> Span {
    let kept = span.slice(text).trim_end_matches(['\n', '\r', ' ']).len();
    Span {
        start: span.start,
        end: span.start + kept as u32,
    }
}

impl<'s> Tree<'s> {
    /// A tree put together from its branches. The caller bounds their depth.
    pub fn grown(root: Branch<'s>, start: u32) -> Tree<'s> {
        let mut tree = Tree {
            start,
            ..Tree::default()
        };
        tree.root = Some(tree.grow(root, Span { start, end: start }).0);
        tree
    }

    fn grow(&mut self, branch: Branch<'s>, place: Span) -> (NodeId, Span) {
        let (items, is_group) = match branch {
            Branch::Leaf(text, kind, span) => {
                let scalar = Scalar {
                    text,
                    kind,
                    style: Style::Plain,
                    ambiguity: None,
                };
                return (self.put(Kind::Scalar(scalar), span, 1), span);
            }
            Branch::List(items) => {
                let items = items.into_iter();
                let items = items.map(|item| (Cow::Borrowed(""), Span::default(), item));
                (items.collect::<Vec<_>>(), false)
            }
            Branch::Group(items) => (items, true),
        };
        let mut entries = Vec::with_capacity(items.len());
        for (key, key_span, item) in items {
            let (value, use_span) = self.grow(item, place);
            entries.push(Entry {
                key,
                key_span,
                value,
                use_span,
                parent: value,
                merged: false,
            });
        }
        let first = entries.first().map_or(place.start, |entry| entry.use_span.start);
        let last = entries.iter().map(|entry| entry.use_span.end).max();
        let span = Span {
            start: first,
            end: last.unwrap_or(first).max(first),
        };
        let (id, begin) = (NodeId(self.nodes.len() as u32), self.entries.len() as u32);
        let mut weight = 1u32;
        for (index, entry) in (begin..).zip(&mut entries) {
            entry.parent = id;
            let child = &mut self.nodes[entry.value.0 as usize];
            child.entry = Some(index);
            weight = weight.saturating_add(child.weight);
        }
        self.entries.append(&mut entries);
        let range = EntryRange(begin..self.entries.len() as u32);
        let kind = if is_group {
            Kind::Mapping(range)
        } else {
            Kind::Sequence(range)
        };
        (self.put(kind, span, weight), span)
    }

    fn put(&mut self, kind: Kind<'s>, span: Span, weight: u32) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            kind,
            span,
            entry: None,
            weight,
        });
        id
    }

    fn failed(problem: Problem) -> Tree<'s> {
        Tree {
            problems: vec![problem],
            ..Tree::default()
        }
    }

    /// The node behind an id of this tree.
    pub fn node(&self, id: NodeId) -> &Node<'s> {
        &self.nodes[id.0 as usize]
    }

    /// The entries of a collection; none for a scalar.
    pub fn entries(&self, id: NodeId) -> &[Entry<'s>] {
        match &self.node(id).kind {
            Kind::Sequence(EntryRange(range)) | Kind::Mapping(EntryRange(range)) => {
                &self.entries[range.start as usize..range.end as usize]
            }
            Kind::Scalar(_) => &[],
        }
    }

    /// Every node.
    pub fn nodes(&self) -> impl Iterator<Item = &Node<'s>> {
        self.nodes.iter()
    }

    /// Every entry of every collection.
    pub fn all_entries(&self) -> impl Iterator<Item = &Entry<'s>> {
        self.entries.iter()
    }

    /// The entry with a key, when the node is a mapping that has it.
    pub fn get(&self, id: NodeId, key: &str) -> Option<&Entry<'s>> {
        matches!(self.node(id).kind, Kind::Mapping(_))
            .then(|| self.entries(id).iter().find(|entry| entry.key == key))
            .flatten()
    }

    /// Where the plain texts stand that a YAML 1.1 reader would take for something else; dates are not among them.
    pub fn ambiguous(&self) -> impl Iterator<Item = Span> {
        let unsure = |node: &&Node<'_>| match &node.kind {
            Kind::Scalar(scalar) => {
                scalar.kind == ScalarKind::String && !matches!(scalar.ambiguity, None | Some(Ambiguity::Date))
            }
            _ => false,
        };
        self.nodes.iter().filter(unsure).map(|node| node.span)
    }

    /// The entry whose key stands at a place, and the mapping that holds it, where it is written.
    pub fn entry_of_key(&self, span: Span) -> Option<(&Entry<'s>, NodeId)> {
        let own = |entry: &&Entry<'_>| entry.key_span == span && !entry.merged;
        self.entries.iter().find(own).map(|entry| (entry, entry.parent))
    }

    /// Whether what is written at a place is said in other places too, through an anchor: its value, a collection around
    /// it, or an entry that a merge key takes along. An alias stands for something written elsewhere.
    pub fn is_shared(&self, span: Span) -> bool {
        let around = |other: Span| other.start <= span.start && span.end <= other.end;
        let elsewhere = |entry: &Entry<'_>| {
            // The place of an alias is not that of its value; a merged entry is written in another mapping.
            let value = self.node(entry.value).span;
            let borrowed = entry.merged || entry.use_span.start != value.start;
            borrowed && (around(value) || around(entry.key_span) || around(entry.use_span))
        };
        self.entries.iter().any(elsewhere)
    }

    /// Moves every place: of a text that was taken out of another.
    pub fn move_spans(&mut self, moved: &dyn Fn(Span) -> Span) {
        self.nodes.iter_mut().for_each(|node| node.span = moved(node.span));
        for entry in &mut self.entries {
            entry.key_span = moved(entry.key_span);
            entry.use_span = moved(entry.use_span);
        }
        for problem in &mut self.problems {
            problem.span = moved(problem.span);
            problem.related = problem.related.map(moved);
        }
    }

    /// The entry that holds a node, where it is defined.
    pub fn holder(&self, id: NodeId) -> Option<&Entry<'s>> {
        self.node(id).entry.map(|index| &self.entries[index as usize])
    }

    /// The scalar behind an id, if it is one.
    pub fn scalar(&self, id: NodeId) -> Option<&Scalar<'s>> {
        match &self.node(id).kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The entry that a JSON pointer (RFC 6901) names; `None` for the root and for paths that do not exist.
    pub fn at(&self, pointer: &str) -> Option<&Entry<'s>> {
        let mut current = self.root?;
        let mut found = None;
        for segment in pointer.split('/').skip(1) {
            let segment = key_of_segment(segment);
            let entry = match &self.node(current).kind {
                Kind::Mapping(_) => self.get(current, &segment)?,
                Kind::Sequence(_) => self.entries(current).get(segment.parse::<usize>().ok()?)?,
                Kind::Scalar(_) => return None,
            };
            current = entry.value;
            found = Some(entry);
        }
        found
    }

    /// The JSON pointer of a node, where it is defined.
    pub fn pointer(&self, id: NodeId) -> String {
        let mut segments = Vec::new();
        let mut current = id;
        // A node's entry lies in a collection that was finished later, so this ends; the bound is a belt.
        for _ in 0..=MAX_DEPTH {
            let Some(index) = self.node(current).entry else { break };
            let entry = &self.entries[index as usize];
            segments.push(match &self.node(entry.parent).kind {
                Kind::Sequence(EntryRange(range)) => (index - range.start).to_string(),
                _ => segment_of_key(&entry.key),
            });
            current = entry.parent;
        }
        segments
            .iter()
            .rev()
            .fold(String::new(), |pointer, segment| pointer + "/" + segment)
    }
}

/// A key as a segment of a JSON pointer (RFC 6901).
pub fn segment_of_key(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that a segment of a JSON pointer names.
pub fn key_of_segment(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// The text as a type of the YAML 1.2 core schema.
fn resolve<'s>(text: Cow<'s, str>, style: ScalarStyle, core_tag: Option<&str>, tagged: bool) -> Scalar<'s> {
    let plain = style == ScalarStyle::Plain && !tagged;
    let typed = matches!(core_tag, Some("null" | "bool" | "int" | "float"));
    let (kind, ambiguity) = if plain || typed {
        core_kind(&text)
    } else {
        (ScalarKind::String, None)
    };
    Scalar {
        text,
        kind,
        ambiguity: ambiguity.filter(|_| plain),
        style: Style::of(style),
    }
}

/// Whether a plain scalar is this very text to readers of YAML 1.2 and 1.1 alike, wherever it stands: letters first, and
/// nothing that has a meaning of its own.
pub fn reads_as_written(text: &str) -> bool {
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | ' ');
    text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ')
        && text.chars().all(harmless)
        && core_kind(text) == (ScalarKind::String, None)
}

fn core_kind(text: &str) -> (ScalarKind, Option<Ambiguity>) {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => (ScalarKind::Null, None),
        "true" | "True" | "TRUE" => (ScalarKind::Bool(true), None),
        "false" | "False" | "FALSE" => (ScalarKind::Bool(false), None),
        "y" | "Y" | "yes" | "Yes" | "YES" | "n" | "N" | "no" | "No" | "NO" | "on" | "On" | "ON" | "off" | "Off"
        | "OFF" => (ScalarKind::String, Some(Ambiguity::Boolean)),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => number_kind(text),
        _ => (ScalarKind::String, None),
    }
}

fn number_kind(text: &str) -> (ScalarKind, Option<Ambiguity>) {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |allowed: fn(u8) -> bool| !body.is_empty() && body.bytes().all(allowed);
    if all(|c| c.is_ascii_digit()) {
        let zero = body.len() > 1 && body.starts_with('0');
        return (ScalarKind::Integer, zero.then_some(Ambiguity::LeadingZero));
    }
    let based = |prefix: &str, radix| {
        text.strip_prefix(prefix)
            .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
    };
    if based("0x", 16) || based("0o", 8) {
        return (ScalarKind::Integer, None);
    }
    if is_float(body) || matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return (ScalarKind::Float, None);
    }
    let ambiguity = if body.contains('_') && all(|c| c.is_ascii_digit() || c == b'_') {
        Some(Ambiguity::Underscore)
    } else if body.contains(':') && body.len() > 2 && all(|c| c.is_ascii_digit() || c == b':') {
        Some(Ambiguity::Sexagesimal)
    } else if is_date(text) {
        Some(Ambiguity::Date)
    } else {
        None
    };
    (ScalarKind::String, ambiguity)
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, c)| {
            if i == 4 || i == 7 {
                *c == b'-'
            } else {
                c.is_ascii_digit()
            }
        })
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?` without the sign.
fn is_float(body: &str) -> bool {
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    mantissa_ok && exponent.is_none_or(|e| digits(e.strip_prefix(['-', '+']).unwrap_or(e)))
}
