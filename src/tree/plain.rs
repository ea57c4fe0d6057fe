//! The plain road: the YAML that people and programs write, into the same tree as the full parser builds from it, in a
//! fraction of the time. Block mappings and sequences, scalars plain, quoted or in blocks, flow collections, comments,
//! several documents. It reports nothing: at the first thing that it does not know to the last rule (anchors, tags, tabs,
//! a key twice, odd indentation, odd characters) it gives up, and the full parser reads the text from its beginning.
//! Both roads are compared, value and span, by tests (`plain`) and by `examples/roads.rs`.

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use super::{Builder, Tree, json};
use crate::source::Span;

/// Deepest nesting that is read here, well inside the limits of the full parser.
const MAX_DEPTH: usize = 48;
/// Longest key in bytes: the full parser looks 1,024 characters ahead for the colon.
const MAX_KEY_BYTES: usize = 1_000;
/// What stands for the column of the next content where a document ends.
const END: isize = -1;

/// The documents of a text; `None` for everything that is not plain.
pub fn parse(text: &str) -> Option<Vec<Tree<'_>>> {
    // Offsets are 32 bits wide.
    u32::try_from(text.len()).ok()?;
    if has_odd_bytes(text.as_bytes()) {
        return None;
    }
    let (mut trees, mut at) = (Vec::new(), 0);
    while trees.is_empty() || at < text.len() {
        let (tree, end) = document(text, at)?;
        trees.push(tree);
        at = end;
    }
    Some(trees)
}

/// Whether any character is not for this road: controls other than the line feed, those of Latin-1 among them, byte order
/// marks and what stands for characters that could not be read.
fn has_odd_bytes(bytes: &[u8]) -> bool {
    let control = |byte: u8| (byte < 0x20 && byte != b'\n') | (byte == 0x7F);
    let pair = |first: u8, second: u8| {
        (first == 0xC2) & (second < 0xA0) | (first == 0xEF) & ((second == 0xBB) | (second == 0xBF))
    };
    // Without a way out inside a chunk the compiler takes many bytes at once.
    let odd = |chunk: &[u8], after: &[u8]| {
        let pairs = chunk.iter().zip(after);
        pairs.fold(false, |odd, (&first, &second)| {
            odd | control(first) | pair(first, second)
        })
    };
    let after = bytes.get(1..).unwrap_or_default();
    bytes.last().is_some_and(|&last| control(last))
        || bytes
            .chunks(4096)
            .zip(after.chunks(4096))
            .any(|(chunk, after)| odd(chunk, after))
}

/// The document that begins at or behind a place, and where it ends: before the marker of the next one or at the end.
fn document(text: &str, at: usize) -> Option<(Tree<'_>, usize)> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at,
        builder: Builder::new(text, 0),
    };
    let mut column = reader.next_content();
    reader.builder.tree.start = reader.at as u32;
    if column == END {
        if !reader.rest().starts_with(b"---") {
            return None;
        }
        reader.at += 3;
        reader.end_of_line()?;
        column = reader.next_content();
    }
    if reader.root(column)? != END {
        return None;
    }
    let clean = !reader.builder.over_limit && reader.builder.tree.problems.is_empty();
    clean.then(|| (reader.builder.finish(), reader.at))
}

struct Reader<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    builder: Builder<'s>,
}

/// A scalar on one line.
struct Scalar<'s> {
    text: Cow<'s, str>,
    style: ScalarStyle,
    span: Span,
}

/// Plain text up to where its line ends it.
struct Line {
    /// Behind its last character.
    end: usize,
    /// At what ends it: the colon of a key, a comment, the line break.
    stop: usize,
    is_key: bool,
}

/// A block scalar while it is read.
struct Block {
    literal: bool,
    indent: usize,
    /// Empty lines since the last that was not.
    empty: usize,
    text: String,
}

impl Block {
    fn push_empty_lines(&mut self) {
        self.text
            .extend(std::iter::repeat_n('\n', std::mem::take(&mut self.empty)));
    }
}

impl<'s> Reader<'s> {
    fn rest(&self) -> &'s [u8] {
        &self.bytes[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn spaces(&mut self) -> usize {
        let from = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.at - from
    }

    /// Whether a place is behind the last character of a word.
    fn is_blank(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b' ' | b'\n'))
    }

    fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && self.is_blank(self.at + 1)
    }

    fn is_marker(&self) -> bool {
        matches!(self.rest().get(..3), Some(b"---" | b"...")) && self.is_blank(self.at + 3)
    }

    fn line_end(&self) -> usize {
        memchr::memchr(b'\n', self.rest()).map_or(self.bytes.len(), |step| self.at + step)
    }

    fn skip_line(&mut self) {
        self.at = (self.line_end() + 1).min(self.bytes.len());
    }

    /// From the beginning of a line to the next content; its column, or `END` at the end and before a marker.
    fn next_content(&mut self) -> isize {
        loop {
            let column = self.spaces();
            match self.peek() {
                None => return END,
                Some(b'\n') => self.at += 1,
                Some(b'#') => self.skip_line(),
                Some(b'-' | b'.') if column == 0 && self.is_marker() => return END,
                Some(_) => return column as isize,
            }
        }
    }

    /// To the next line, over nothing but a comment.
    fn end_of_line(&mut self) -> Option<()> {
        let spaces = self.spaces();
        match self.peek() {
            None => {}
            Some(b'\n') => self.at += 1,
            Some(b'#') if spaces > 0 => self.skip_line(),
            Some(_) => return None,
        }
        Some(())
    }

    /// The column of what follows a scalar or a flow collection, which cannot be further in than what holds it.
    fn after(&mut self, parent: isize) -> Option<isize> {
        self.end_of_line()?;
        let next = self.next_content();
        (next <= parent).then_some(next)
    }

    fn open(&mut self, start: usize, mapping: bool, flow: bool) -> Option<()> {
        let fits = self.builder.stack.len() < MAX_DEPTH;
        fits.then(|| self.builder.begin(mapping, flow, 0, start as u32))
    }

    fn close(&mut self, next: isize) -> Option<isize> {
        self.builder.close(Span::default());
        Some(next)
    }

    fn add(&mut self, scalar: Scalar<'s>) {
        self.builder.scalar(scalar.text, scalar.style, 0, None, scalar.span);
    }

    /// A value that is not there.
    fn add_absent(&mut self, at: usize) {
        self.add(Scalar {
            text: Cow::Borrowed("~"),
            style: ScalarStyle::Plain,
            span: Span::new(at, at),
        });
    }

    /// The outermost node, a block collection. As every reader of a node does, it gives the column of what follows.
    fn root(&mut self, column: isize) -> Option<isize> {
        if self.is_dash() {
            return self.sequence(column, false);
        }
        let key = self.key()?;
        self.mapping(column, key)
    }

    /// A node inside a collection in the column `parent`. A block collection needs `room`, a column of its own, which a
    /// value on the line of its key has not.
    fn node(&mut self, room: Option<isize>, parent: isize) -> Option<isize> {
        match self.peek()? {
            b'-' if self.is_dash() => self.sequence(room?, false),
            b'[' | b'{' => {
                self.flow()?;
                self.after(parent)
            }
            b'|' | b'>' => self.block_scalar(parent),
            b'"' | b'\'' => {
                let scalar = self.quoted()?;
                if self.reach_colon() {
                    return self.mapping(room?, scalar);
                }
                self.add(scalar);
                self.after(parent)
            }
            _ => {
                let line = self.plain_line()?;
                if line.is_key {
                    let key = self.plain_key(&line)?;
                    return self.mapping(room?, key);
                }
                self.plain(&line, parent)
            }
        }
    }

    /// A block mapping, from the colon of its first key.
    fn mapping(&mut self, column: isize, first: Scalar<'s>) -> Option<isize> {
        self.open(first.span.start as usize, true, false)?;
        let mut key = first;
        loop {
            self.add(key);
            self.at += 1;
            let next = self.value(column)?;
            if next < column {
                return self.close(next);
            }
            if next > column {
                return None;
            }
            key = self.key()?;
        }
    }

    /// What stands behind the colon of a key, or on the lines after it.
    fn value(&mut self, column: isize) -> Option<isize> {
        self.spaces();
        if !matches!(self.peek(), None | Some(b'\n' | b'#')) {
            return self.node(None, column);
        }
        let at = self.at;
        self.skip_line();
        let next = self.next_content();
        if next > column {
            return self.node(Some(next), column);
        }
        if next == column && self.is_dash() {
            return self.sequence(column, true);
        }
        self.add_absent(at);
        Some(next)
    }

    /// A block sequence, from its first dash; a loose one stands in the column of the mapping around it.
    fn sequence(&mut self, column: isize, loose: bool) -> Option<isize> {
        let mut dash = self.at;
        let (inside, _) = self.behind_dash();
        // For the full parser a loose sequence begins behind its first dash; the builder knows.
        self.open(if loose { inside } else { dash }, false, false)?;
        loop {
            let next = self.item(dash, column)?;
            if next == column && self.is_dash() {
                dash = self.at;
            } else if next < column || (loose && next == column) {
                return self.close(next);
            } else {
                return None;
            }
        }
    }

    /// Where the full parser ends a dash: before the item, at the line break, or behind a comment; and whether the item
    /// stands on the line.
    fn behind_dash(&self) -> (usize, bool) {
        let mut at = self.at + 1;
        while self.bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        match self.bytes.get(at) {
            None | Some(b'\n') => (at, false),
            Some(b'#') => (self.line_end(), false),
            Some(_) => (at, true),
        }
    }

    fn item(&mut self, dash: usize, column: isize) -> Option<isize> {
        let (inside, on_line) = self.behind_dash();
        self.at = inside;
        if on_line {
            return self.node(Some(column + (inside - dash) as isize), column);
        }
        self.skip_line();
        let next = self.next_content();
        if next > column {
            return self.node(Some(next), column);
        }
        self.add_absent(inside);
        Some(next)
    }

    /// A key of a block mapping, up to its colon.
    fn key(&mut self) -> Option<Scalar<'s>> {
        if matches!(self.peek()?, b'"' | b'\'') {
            let scalar = self.quoted()?;
            return (scalar.span.range().len() <= MAX_KEY_BYTES && self.reach_colon()).then_some(scalar);
        }
        let line = self.plain_line()?;
        if line.is_key { self.plain_key(&line) } else { None }
    }

    fn plain_key(&mut self, line: &Line) -> Option<Scalar<'s>> {
        let start = self.at;
        self.at = line.stop;
        let text = &self.text[start..line.end];
        let is_merge = text == "<<";
        (!is_merge && line.stop - start <= MAX_KEY_BYTES).then(|| self.plain_scalar(start, line.end))
    }

    fn plain_scalar(&self, start: usize, end: usize) -> Scalar<'s> {
        Scalar {
            text: Cow::Borrowed(&self.text[start..end]),
            style: ScalarStyle::Plain,
            span: Span::new(start, end),
        }
    }

    /// To the colon behind a quoted key; stays where it is when there is none.
    fn reach_colon(&mut self) -> bool {
        let from = self.at;
        self.spaces();
        let is_colon = self.peek() == Some(b':') && self.is_blank(self.at + 1);
        if !is_colon {
            self.at = from;
        }
        is_colon
    }

    /// Whether a plain text can begin here. Indicators are left to the full parser, but for the dash of `-1`.
    fn is_plain_start(&self) -> bool {
        match self.peek() {
            None | Some(b' ' | b'\n') => false,
            Some(b'-') => !self.is_blank(self.at + 1),
            Some(byte) => !b"?:,[]{}#&*!|>'\"%@`".contains(&byte),
        }
    }

    fn plain_line(&self) -> Option<Line> {
        self.is_plain_start().then(|| self.line())
    }

    /// Plain text from here on, whatever it begins with.
    fn line(&self) -> Line {
        let mut stop = self.at;
        while let Some(step) = memchr::memchr3(b':', b'#', b'\n', &self.bytes[stop..]) {
            stop += step;
            let is_key = self.bytes[stop] == b':' && self.is_blank(stop + 1);
            let is_comment = self.bytes[stop] == b'#' && self.bytes[stop - 1] == b' ';
            if is_key || is_comment || self.bytes[stop] == b'\n' {
                return self.line_to(stop, is_key);
            }
            stop += 1;
        }
        self.line_to(self.bytes.len(), false)
    }

    fn line_to(&self, stop: usize, is_key: bool) -> Line {
        let mut end = stop;
        while end > self.at && self.bytes[end - 1] == b' ' {
            end -= 1;
        }
        Line { end, stop, is_key }
    }

    /// A plain scalar, with the lines that continue it.
    fn plain(&mut self, first: &Line, parent: isize) -> Option<isize> {
        let mut scalar = self.plain_scalar(self.at, first.end);
        self.at = first.end;
        while let Some(empty) = self.reach_continuation(parent) {
            let line = self.line();
            if line.is_key {
                return None;
            }
            let text = scalar.text.to_mut();
            text.push_str(if empty == 0 { " " } else { "" });
            text.extend(std::iter::repeat_n('\n', empty));
            text.push_str(&self.text[self.at..line.end]);
            scalar.span.end = line.end as u32;
            self.at = line.end;
        }
        self.add(scalar);
        self.after(parent)
    }

    /// From the end of a line of plain text to the next one, and how many empty lines stand between; stays where it is
    /// when the text ends here.
    fn reach_continuation(&mut self, parent: isize) -> Option<usize> {
        let from = self.at;
        let mut breaks = 0;
        self.spaces();
        while self.peek() == Some(b'\n') {
            self.at += 1;
            breaks += 1;
            let column = self.spaces() as isize;
            if column > parent && !matches!(self.peek(), None | Some(b'\n' | b'#')) {
                return Some(breaks - 1);
            }
        }
        self.at = from;
        None
    }

    fn quoted(&mut self) -> Option<Scalar<'s>> {
        if self.peek()? == b'"' {
            self.double_quoted()
        } else {
            self.single_quoted()
        }
    }

    fn double_quoted(&mut self) -> Option<Scalar<'s>> {
        let start = self.at;
        let (mut end, mut escaped) = (start + 1, false);
        loop {
            end += memchr::memchr3(b'"', b'\\', b'\n', self.bytes.get(end..)?)?;
            match self.bytes[end] {
                b'"' => break,
                b'\\' if self.bytes.get(end + 1) != Some(&b'\n') => end += 2,
                _ => return None,
            }
            escaped = true;
        }
        self.at = end + 1;
        let raw = self.text.get(start + 1..end)?;
        let text = if escaped {
            Cow::Owned(json::decoded(raw)?)
        } else {
            Cow::Borrowed(raw)
        };
        Some(Scalar {
            text,
            style: ScalarStyle::DoubleQuoted,
            span: Span::new(start, self.at),
        })
    }

    fn single_quoted(&mut self) -> Option<Scalar<'s>> {
        let start = self.at;
        let (mut end, mut doubled) = (start + 1, false);
        loop {
            end += memchr::memchr2(b'\'', b'\n', self.bytes.get(end..)?)?;
            if self.bytes[end] == b'\n' {
                return None;
            }
            if self.bytes.get(end + 1) != Some(&b'\'') {
                break;
            }
            end += 2;
            doubled = true;
        }
        self.at = end + 1;
        let raw = &self.text[start + 1..end];
        Some(Scalar {
            text: if doubled {
                Cow::Owned(raw.replace("''", "'"))
            } else {
                Cow::Borrowed(raw)
            },
            style: ScalarStyle::SingleQuoted,
            span: Span::new(start, self.at),
        })
    }

    /// A flow collection; its scalars stand on one line each.
    fn flow(&mut self) -> Option<()> {
        let mapping = self.peek()? == b'{';
        let end = if mapping { b'}' } else { b']' };
        self.open(self.at, mapping, true)?;
        self.at += 1;
        self.flow_space()?;
        while self.peek()? != end {
            if mapping {
                self.flow_key()?;
            }
            self.flow_value()?;
            self.flow_space()?;
            match self.peek()? {
                b',' => self.at += 1,
                byte if byte == end => break,
                _ => return None,
            }
            self.flow_space()?;
        }
        self.at += 1;
        self.builder.close(Span::new(self.at - 1, self.at));
        Some(())
    }

    /// Over spaces and line breaks; not over comments, nor to what could be a marker.
    fn flow_space(&mut self) -> Option<()> {
        self.spaces();
        while self.peek()? == b'\n' {
            self.at += 1;
            if self.spaces() == 0 && matches!(self.peek()?, b'-' | b'.' | b'%') {
                return None;
            }
        }
        Some(())
    }

    fn flow_key(&mut self) -> Option<()> {
        let start = self.at;
        let key = if matches!(self.peek()?, b'"' | b'\'') {
            self.quoted()?
        } else {
            self.flow_plain()?
        };
        let is_merge = key.style == ScalarStyle::Plain && key.text == "<<";
        if is_merge || !self.reach_colon() || self.at - start > MAX_KEY_BYTES {
            return None;
        }
        self.add(key);
        self.at += 1;
        self.spaces();
        Some(())
    }

    fn flow_value(&mut self) -> Option<()> {
        let scalar = match self.peek()? {
            b'[' | b'{' => return self.flow(),
            b'"' | b'\'' => self.quoted()?,
            _ => self.flow_plain()?,
        };
        self.add(scalar);
        Some(())
    }

    /// A plain scalar inside brackets, where more characters end it; of colons only those of `12:30` and `https://` are
    /// taken for text.
    fn flow_plain(&mut self) -> Option<Scalar<'s>> {
        let start = self.at;
        if !self.is_plain_start() || (self.peek()? == b'-' && !self.bytes.get(start + 1)?.is_ascii_alphanumeric()) {
            return None;
        }
        loop {
            match self.peek()? {
                b',' | b'[' | b']' | b'{' | b'}' | b'\n' => break,
                b':' if self.is_blank(self.at + 1) => break,
                b':' if !self.bytes.get(self.at + 1).is_some_and(is_inside_word) => return None,
                b'#' if self.bytes[self.at - 1] == b' ' => return None,
                _ => self.at += 1,
            }
        }
        let text = self.text[start..self.at].trim_end_matches(' ');
        Some(self.plain_scalar(start, start + text.len()))
    }

    /// A literal or folded text. Its indentation is that of its first line that is not empty.
    fn block_scalar(&mut self, parent: isize) -> Option<isize> {
        let literal = self.peek()? == b'|';
        self.at += 1;
        let chomping = self.peek().filter(|byte| matches!(byte, b'-' | b'+'));
        self.at += usize::from(chomping.is_some());
        self.end_of_line()?;
        let (indent, empty) = self.reach_first_line(parent)?;
        let start = self.at;
        let mut block = Block {
            literal,
            indent,
            empty,
            text: String::new(),
        };
        let left = self.block_text(&mut block);
        if chomping != Some(b'-') {
            block.text.push('\n');
        }
        if chomping == Some(b'+') {
            block.push_empty_lines();
        }
        self.add(Scalar {
            text: Cow::Owned(block.text),
            style: if literal {
                ScalarStyle::Literal
            } else {
                ScalarStyle::Folded
            },
            span: Span::new(start, self.at),
        });
        self.at -= left;
        let next = self.next_content();
        (next <= parent).then_some(next)
    }

    /// The lines of a block scalar without the last line break, and how far into the line behind them it has looked. Lines
    /// that are further in keep the breaks around them.
    fn block_text(&mut self, block: &mut Block) -> usize {
        let (mut first, mut indented) = (true, false);
        loop {
            let more = self.peek() == Some(b' ');
            if !first && (block.literal || indented || more) {
                block.text.push('\n');
            } else if !first && block.empty == 0 {
                block.text.push(' ');
            }
            block.push_empty_lines();
            let end = self.line_end();
            block.text.push_str(&self.text[self.at..end]);
            self.at = end;
            if self.peek().is_none() {
                return 0;
            }
            self.at += 1;
            (first, indented) = (false, more);
            let column = self.reach_text_line(block.indent, &mut block.empty);
            if column < block.indent || self.peek().is_none() {
                return column;
            }
        }
    }

    /// To the first line of a block scalar that is not empty: its indentation, and how many empty ones stand before it.
    fn reach_first_line(&mut self, parent: isize) -> Option<(usize, usize)> {
        let (mut widest, mut empty) = (0, 0);
        loop {
            let column = self.spaces();
            widest = widest.max(column);
            if self.peek()? != b'\n' {
                return (column == widest && column as isize > parent).then_some((column, empty));
            }
            self.at += 1;
            empty += 1;
        }
    }

    /// To the next line of a block scalar: over its indentation, of which the part that is there is given, and over empty
    /// lines, which are counted.
    fn reach_text_line(&mut self, indent: usize, empty: &mut usize) -> usize {
        loop {
            let spaces = self
                .rest()
                .iter()
                .take(indent)
                .take_while(|&&byte| byte == b' ')
                .count();
            self.at += spaces;
            if self.peek() != Some(b'\n') {
                return spaces;
            }
            self.at += 1;
            *empty += 1;
        }
    }
}

/// What may follow a colon inside a plain text in brackets.
fn is_inside_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'/'
}
