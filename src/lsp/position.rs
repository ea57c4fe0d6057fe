//! Positions of the protocol: 0-based lines, and columns in the units that client and server have agreed upon.
//!
//! A line ends at LF, CR LF or a CR alone, as the protocol has it; a byte order mark is a character like any other. This
//! is not the rule by which reports count (see [`crate::source`]), and nothing of it gets into them.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::source::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, which every client understands.
    #[default]
    Utf16,
}

impl Encoding {
    /// UTF-8 where the client offers it, since it costs nothing here.
    pub fn negotiate(offered: &[PositionEncodingKind]) -> Encoding {
        if offered.contains(&PositionEncodingKind::UTF8) {
            Encoding::Utf8
        } else {
            Encoding::Utf16
        }
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }
}

/// A text that knows where its lines begin.
#[derive(Clone, Debug)]
pub struct Text {
    text: String,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Text {
    /// A text whose positions are counted in some way.
    pub fn new(text: String, encoding: Encoding) -> Text {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let is_half = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            if !is_half {
                starts.push(at + 1);
            }
        }
        Text { text, starts, encoding }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How its columns are counted.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The number of the line in which an offset lies.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Where a line begins, and where it ends in front of its line break.
    pub fn line_span(&self, line: usize) -> Span {
        let length = self.text.len();
        let start = self.starts.get(line).copied().unwrap_or(length);
        let end = self.starts.get(line + 1).copied().unwrap_or(length);
        let bare = self.text.get(start..end).unwrap_or_default();
        Span::new(start, start + bare.trim_end_matches(['\n', '\r']).len())
    }

    /// The offset of a position. What lies behind the end of a line or of the text is its end.
    pub fn offset(&self, position: Position) -> usize {
        let span = self.line_span(position.line as usize);
        let line = span.slice(&self.text);
        let mut left = position.character as usize;
        for (at, character) in line.char_indices() {
            let width = match self.encoding {
                Encoding::Utf8 => character.len_utf8(),
                Encoding::Utf16 => character.len_utf16(),
            };
            // A position inside a character is its start.
            if left < width {
                return span.start as usize + at;
            }
            left -= width;
        }
        span.end as usize
    }

    /// The position of an offset.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset);
        let before = &self.text[self.starts[line]..offset];
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position::new(number(line), number(self.encoding.length(before)))
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        let Span { start, end } = span;
        Range::new(self.position(start as usize), self.position(end.max(start) as usize))
    }

    /// The span of a range.
    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: Language Server Protocol 3.17, `Position`: `a𐐀b`, whose `b` is at 3 in UTF-16 and at 5 in UTF-8.
    #[test]
    fn columns_are_counted_as_agreed() {
        for (encoding, column) in [(Encoding::Utf16, 3), (Encoding::Utf8, 5)] {
            let text = Text::new("a𐐀b".to_string(), encoding);
            assert_eq!(text.position(5), Position::new(0, column));
            assert_eq!(text.offset(Position::new(0, column)), 5);
            assert_eq!(text.offset(Position::new(0, 2)), 1, "inside of a character");
            assert_eq!(text.offset(Position::new(0, 99)), 6);
            assert_eq!(text.offset(Position::new(7, 0)), 6);
        }
    }

    #[test]
    fn lines_end_in_all_three_ways() {
        let text = Text::new("\u{FEFF}título: á\r\nb: 1\rc: 2\n\nd".to_string(), Encoding::Utf16);
        let at = |wanted: &str| text.position(text.as_str().find(wanted).expect("it is there"));
        assert_eq!(at("á"), Position::new(0, 9), "the byte order mark counts");
        assert_eq!(at("b:"), Position::new(1, 0));
        assert_eq!(at("c:"), Position::new(2, 0));
        assert_eq!(at("d"), Position::new(4, 0));
        assert_eq!(text.line_span(0).slice(text.as_str()), "\u{FEFF}título: á");
        assert_eq!(text.offset(Position::new(0, 50)), "\u{FEFF}título: á".len());
        for offset in (0..=text.as_str().len()).filter(|at| text.as_str().is_char_boundary(*at)) {
            let position = text.position(offset);
            let between = text.as_str()[..offset].ends_with('\r') && text.as_str()[offset..].starts_with('\n');
            assert!(between || text.offset(position) == offset, "{offset} {position:?}");
        }
    }
}
