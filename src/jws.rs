//! Signed files (JWS in its JSON form): `{"payload": "…", "signatures": […]}`. The payload is read, the signature is not
//! checked. Every place in the payload is mapped back to the bytes of the file that the user has.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;

use crate::source::Span;
use crate::tree::{Kind, Tree};

/// A decoded payload and where each of its bytes stands in the file.
#[derive(Debug)]
pub struct Payload {
    text: String,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    /// Where each byte stands, and the end.
    Each(Vec<u32>),
    /// Where the base64 begins: four characters stand for three bytes.
    Base64(u32),
}

impl Bytes {
    fn start(&self, at: u32) -> u32 {
        match self {
            Bytes::Each(offsets) => offsets.get(at as usize).or(offsets.last()).copied().unwrap_or(0),
            Bytes::Base64(first) => first + at * 4 / 3,
        }
    }

    /// Behind the character that the last byte before this one ends in.
    fn end(&self, at: u32) -> u32 {
        match self {
            Bytes::Each(_) => self.start(at),
            Bytes::Base64(first) => first + (at * 4).div_ceil(3),
        }
    }
}

impl Payload {
    /// The documents in it, their places those of the file.
    pub fn trees(&self) -> Vec<Tree<'_>> {
        let mut trees = crate::tree::parse(&self.text);
        let moved = |span: Span| {
            let start = self.bytes.start(span.start);
            Span::new(start as usize, self.bytes.end(span.end).max(start) as usize)
        };
        trees.iter_mut().for_each(|tree| tree.move_spans(&moved));
        trees
    }
}

/// The payload of a signed file; `None` for any other.
pub fn payload(tree: &Tree<'_>, text: &str) -> Option<Payload> {
    let root = tree
        .root
        .filter(|root| matches!(tree.node(*root).kind, Kind::Mapping(_)))?;
    let signed = ["signatures", "signature"]
        .iter()
        .any(|key| tree.get(root, key).is_some());
    let entry = tree.get(root, "payload").filter(|_| signed)?;
    let scalar = tree.scalar(entry.value)?;
    let written = entry.use_span.slice(text);
    let start = entry.use_span.start;
    if scalar.text.trim_start().starts_with('{') {
        let (text, offsets) = unescaped(written, start).filter(|(text, _)| *text == scalar.text)?;
        let bytes = Bytes::Each(offsets);
        return Some(Payload { text, bytes });
    }
    // In the form that the standard knows, the payload is base64url.
    let decoded = BASE64URL.decode(scalar.text.trim_end_matches('=')).ok()?;
    let text = String::from_utf8(decoded)
        .ok()
        .filter(|text| text.trim_start().starts_with('{'))?;
    let quote = u32::from(written.starts_with(['"', '\'']));
    let bytes = Bytes::Base64(start + quote);
    Some(Payload { text, bytes })
}

/// A JSON string in its quotes, decoded, and the offset in the file of every byte and of the end.
fn unescaped(written: &str, start: u32) -> Option<(String, Vec<u32>)> {
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut offsets: Vec<u32> = Vec::with_capacity(inner.len() + 1);
    let mut rest = inner;
    let at = |rest: &str| start + 1 + (inner.len() - rest.len()) as u32;
    while let Some(first) = rest.chars().next() {
        let here = at(rest);
        let (character, length) = match first {
            '\\' => crate::tree::json::escape(rest)?,
            other => (other, other.len_utf8()),
        };
        text.push(character);
        let plain = first != '\\';
        offsets.extend((0..character.len_utf8() as u32).map(|byte| here + if plain { byte } else { 0 }));
        rest = &rest[length..];
    }
    offsets.push(at(rest));
    Some((text, offsets))
}
