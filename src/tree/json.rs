//! The JSON road: strict JSON into the same tree as the YAML parser builds from it, several times as fast. It reports
//! nothing: what is not strict JSON to the last byte, or deeper than it should be, goes the long way, where it gets its
//! finding or its way out. Both roads are compared, value and span, by tests (`json`).

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use super::{Builder, MAX_DEPTH, Tree};
use crate::source::Span;

/// The tree of a strict JSON text; `None` for anything else.
pub fn parse(text: &str) -> Option<Tree<'_>> {
    // A file of 4 GiB has no business here, and offsets are 32 bits wide.
    u32::try_from(text.len()).ok()?;
    let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: start,
    };
    reader.space();
    if !matches!(reader.peek(), Some(b'{' | b'[')) {
        return None;
    }
    let mut builder = Builder::new(text, reader.at as u32);
    reader.value(&mut builder, 0)?;
    reader.space();
    (reader.at == text.len() && !builder.over_limit).then(|| builder.finish())
}

struct Reader<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
}

impl<'s> Reader<'s> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn value(&mut self, builder: &mut Builder<'s>, depth: usize) -> Option<()> {
        match self.peek()? {
            b'{' => self.collection(builder, depth, true),
            b'[' => self.collection(builder, depth, false),
            b'"' => {
                let (text, span) = self.string()?;
                builder.scalar(text, ScalarStyle::DoubleQuoted, 0, None, span);
                Some(())
            }
            _ => {
                let (text, span) = self.bare()?;
                builder.scalar(Cow::Borrowed(text), ScalarStyle::Plain, 0, None, span);
                Some(())
            }
        }
    }

    fn collection(&mut self, builder: &mut Builder<'s>, depth: usize, mapping: bool) -> Option<()> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let start = self.at as u32;
        builder.begin(mapping, true, 0, start);
        let end = if mapping { b'}' } else { b']' };
        self.at += 1;
        self.space();
        if self.peek()? != end {
            loop {
                if mapping {
                    let (text, span) = self.string()?;
                    // A merge key is one in YAML only.
                    if text.len() > super::MAX_SCALAR_BYTES {
                        return None;
                    }
                    builder.scalar(text, ScalarStyle::DoubleQuoted, 0, None, span);
                    self.space();
                    self.take(b':')?;
                    self.space();
                }
                self.value(builder, depth + 1)?;
                self.space();
                if builder.over_limit {
                    return None;
                }
                match self.peek()? {
                    b',' => self.at += 1,
                    byte if byte == end => break,
                    _ => return None,
                }
                self.space();
            }
        }
        let close = Span::new(self.at, self.at + 1);
        self.at += 1;
        builder.close(close);
        Some(())
    }

    /// A string without its quotation marks, and its span with them.
    fn string(&mut self) -> Option<(Cow<'s, str>, Span)> {
        let start = self.at;
        self.take(b'"')?;
        let body = self.at;
        loop {
            let step = memchr::memchr2(b'"', b'\\', self.bytes.get(self.at..)?)?;
            self.at += step;
            if self.bytes[self.at] == b'"' {
                break;
            }
            // Whatever is escaped is no end; what it is decides `decoded`.
            self.at += 2;
        }
        let raw = self.text.get(body..self.at)?;
        self.at += 1;
        if raw.bytes().any(|byte| byte < 0x20) {
            return None;
        }
        let text = if raw.contains('\\') {
            Cow::Owned(decoded(raw)?)
        } else {
            Cow::Borrowed(raw)
        };
        Some((text, Span::new(start, self.at)))
    }

    /// `true`, `false`, `null` or a number, by the letter of JSON.
    fn bare(&mut self) -> Option<(&'s str, Span)> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
        {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        let known = matches!(text, "true" | "false" | "null") || is_number(text);
        known.then(|| (text, Span::new(start, self.at)))
    }
}

/// `-1`, `0.5`, `1e3`; not `+1`, `01`, `.5`.
fn is_number(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// A text with its escapes resolved; `None` where one is no escape of JSON.
pub(super) fn decoded(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (character, length) = escape(&rest[at..])?;
        out.push(character);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Some(out)
}

/// The character that an escape at the beginning of a text stands for, and how long the escape is.
pub fn escape(text: &str) -> Option<(char, usize)> {
    let simple = |character| Some((character, 2));
    match text.as_bytes().get(1)? {
        b'n' => simple('\n'),
        b't' => simple('\t'),
        b'r' => simple('\r'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'u' => {
            let unit = |at: usize| {
                let digits = text.get(at..at + 4)?;
                let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                plain.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
            };
            let high = unit(2)?;
            if (0xD800..0xDC00).contains(&high) {
                let low = unit(8).filter(|low| text.get(6..8) == Some("\\u") && (0xDC00..0xE000).contains(low))?;
                return Some((char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?, 12));
            }
            Some((char::from_u32(high)?, 6))
        }
        other @ (b'"' | b'\\' | b'/') => simple(char::from(*other)),
        _ => None,
    }
}
