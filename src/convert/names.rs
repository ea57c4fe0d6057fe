//! Names of things: the same descriptor has the same IRIs and UUIDs in every conversion.

use std::cell::RefCell;

use rustc_hash::FxHashSet;

use super::At;
use crate::descriptor::Value;
use crate::language::{Phrase, mark};

/// The IRI of a practice.
pub(super) fn practice_iri(root: At<'_>, language: &str) -> String {
    let code = || {
        let code = root.each("codes").into_iter().next()?;
        let part = |key| text(code.get(key)?).map(str::to_string);
        Some(format!("{}-{}", part("scheme")?, part("value")?))
    };
    let title = || root.get("title")?.preferred(language).map(slug);
    let id = root.get("id").and_then(text).map(str::to_string);
    if let Some(iri) = id.as_deref().filter(|id| is_iri(id)) {
        return iri.to_string();
    }
    let name = id.or_else(code).or_else(title).unwrap_or_else(|| "unnamed".to_string());
    let homepage = root.at(&["further_information", "homepage"]).and_then(address);
    match homepage {
        Some(homepage) => format!("{}#{}", without_fragment(homepage), segment(&name)),
        None => format!("urn:credlint:practice:{}", segment(&name)),
    }
}

/// The IRI of a part of a practice.
pub(super) fn part_iri(iri: &str, used: &RefCell<FxHashSet<String>>, kind: &str, part: At<'_>) -> String {
    let id = part.get("id").and_then(name);
    if let Some(iri) = id.as_deref().filter(|id| is_iri(id)) {
        return iri.to_string();
    }
    let name = id.map_or_else(|| (part.index() + 1).to_string(), |id| segment(&id));
    let wanted = format!("{iri}/{kind}/{name}");
    let mut used = used.borrow_mut();
    let mut iri = wanted.clone();
    let mut number = 1;
    while !used.insert(iri.clone()) {
        number += 1;
        iri = format!("{wanted}-{number}");
    }
    iri
}

/// A UUID made of a name: version 8 of RFC 9562, of its SHA-256.
pub(super) fn uuid(name: &str) -> String {
    let hash = crate::digest::sha256(name);
    let variant = char::from_digit(
        8 + hash[16..17].chars().next().and_then(|c| c.to_digit(16)).unwrap_or(0) % 4,
        16,
    );
    format!(
        "{}-{}-8{}-{}{}-{}",
        &hash[..8],
        &hash[8..12],
        &hash[13..16],
        variant.unwrap_or('8'),
        &hash[17..20],
        &hash[20..32]
    )
}

/// Whether a text is a UUID.
pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|c| c == b'-' || c.is_ascii_hexdigit())
}

/// An id, which goes into an IRI.
pub(super) fn name(at: At<'_>) -> Option<String> {
    let name = at.line()?;
    if !is_iri(&name) && segment(&name) != name {
        at.note(Phrase::new(mark("written into an IRI, some of its signs as numbers")));
    }
    Some(name)
}

/// A text without taking it.
pub(super) fn text(at: At<'_>) -> Option<&str> {
    match at.value() {
        Value::Text(text) => Some(text.as_ref()),
        _ => None,
    }
}

/// A web address without taking it.
pub(super) fn address(at: At<'_>) -> Option<&str> {
    let text = text(at)?.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let legal = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"{}|\\^`".contains(c);
    (!rest.is_empty() && rest.chars().all(legal)).then_some(text)
}

/// Whether a text can be the name of a node.
pub(super) fn is_iri(text: &str) -> bool {
    let legal = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"{}|\\^`".contains(c);
    (text.contains("://") || text.starts_with("urn:")) && text.chars().all(legal)
}

pub(super) fn without_fragment(address: &str) -> &str {
    address.split_once('#').map_or(address, |(address, _)| address)
}

/// A name as a part of an IRI.
pub(super) fn segment(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || "-._~".contains(c) {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes)
                .bytes()
                .for_each(|byte| out.push_str(&format!("%{byte:02X}")));
        }
    }
    out
}

/// A text as a name: small letters, digits and hyphens.
pub(super) fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_iris() {
        assert_eq!(segment("LO1"), "LO1");
        assert_eq!(segment("a/b#c:d"), "a%2Fb%23c%3Ad");
        assert_eq!(slug("Direção-Geral (DGERT)"), "direção-geral-dgert");
    }

    #[test]
    fn a_name_always_gives_the_same_uuid() {
        let made = uuid("urn:credlint:practice:x");
        assert_eq!(made, uuid("urn:credlint:practice:x"));
        assert_ne!(made, uuid("urn:credlint:practice:y"));
        assert!(is_uuid(&made), "{made}");
        assert_eq!((&made[14..15], made.len()), ("8", 36));
        assert!("89ab".contains(&made[19..20]), "{made}");
        assert!(!is_uuid("es-hv-201"));
    }
}
