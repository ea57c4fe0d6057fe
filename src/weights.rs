//! Weights that replace those of a profile: `--weights level=2,recognition=3`, or a file of them.
//!
//! Whole numbers, so that the gap stays exact. A score with other weights is another score: the profile then bears the
//! digest of its weights in its name (`mapping+weights:1a2b3c4`), wherever it is printed. Weights that change nothing
//! leave the name as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use crate::elements::Elements;
use crate::language::{Language, Phrase, mark};
use crate::profile::Profile;
use crate::source::{Source, Span};
use crate::standard::Element;
use crate::tree::{self, Kind, ScalarKind};
use crate::vocabulary::nearest;

/// The largest weight. A thousandfold difference leaves one element in charge; more would only cost exactness.
pub const MAX_WEIGHT: u32 = 1000;

/// A file of weights as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "credlint weights",
    description = "A file for `--weights`: weights of elements that replace those of the profile"
)]
pub struct WeightsFile {
    /// What the weights are for, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A weight for each element that is not to keep that of the profile; 0 leaves the element out.
    #[schemars(schema_with = "weights_schema")]
    pub weights: BTreeMap<Element, u32>,
}

fn weights_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "enum": Element::JUDGED.map(Element::slug) },
        "additionalProperties": { "type": "integer", "minimum": 0, "maximum": MAX_WEIGHT },
    })
}

/// Weights that somebody gave, each with its place.
#[derive(Clone, Debug)]
pub struct Weights {
    source: Arc<Source>,
    given: Vec<Given>,
}

#[derive(Clone, Copy, Debug)]
struct Given {
    element: Element,
    weight: u32,
    span: Span,
}

/// A mistake in weights, at a place.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct WeightsError {
    /// The file, or what was typed.
    pub source_text: Arc<Source>,
    /// Where.
    pub span: Span,
    /// What, and the way out.
    pub message: Phrase,
}

impl Weights {
    /// Whether an argument holds the weights themselves, and is no file.
    pub fn is_inline(argument: &str) -> bool {
        argument.contains('=')
    }

    /// Reads `element=2,element=3`.
    pub fn inline(text: &str) -> Result<Weights, WeightsError> {
        let source = Arc::new(Source::new("--weights", text.to_string()));
        let mut reader = Reader::new(source);
        let mut start = 0;
        for part in text.split(',') {
            let own = trimmed(text, start, start + part.len());
            start += part.len() + 1;
            if own.is_empty() && start > text.len() && !reader.weights.given.is_empty() {
                break;
            }
            let Some(at) = own.slice(text).find('=') else {
                let message = mark("a weight is written element=number: level=2");
                return Err(reader.wrong(own, Phrase::new(message)));
            };
            let at = own.start as usize + at;
            let name = trimmed(text, own.start as usize, at);
            let value = trimmed(text, at + 1, own.end as usize);
            reader.add(name, name.slice(text), value, value.slice(text))?;
        }
        Ok(reader.weights)
    }

    /// Reads a file: `weights: {level: 2}`.
    pub fn file(name: &str, text: String) -> Result<Weights, WeightsError> {
        let source = Arc::new(Source::new(name, text));
        let mut reader = Reader::new(source.clone());
        let tree = tree::parse_sound(source.text()).map_err(|(span, message)| reader.wrong(span, message))?;
        let example = || Phrase::new(mark("a file of weights reads `weights: {level: 2}`"));
        let root = tree
            .root
            .filter(|root| matches!(tree.node(*root).kind, Kind::Mapping(_)));
        let Some(root) = root else {
            let span = tree.root.map_or(Span::default(), |root| tree.node(root).span);
            return Err(reader.wrong(span, example()));
        };
        for entry in tree.entries(root) {
            match entry.key.as_ref() {
                "weights" | "title" => {}
                key if Element::from_slug(key).is_some() => {
                    let message = Phrase::new(mark("`{key}` stands under `weights:`")).with("key", key);
                    return Err(reader.wrong(entry.key_span, message));
                }
                key => {
                    return Err(reader.wrong(entry.key_span, Phrase::unknown_key(key, &["title", "weights"])));
                }
            }
        }
        if let Some(title) = tree
            .get(root, "title")
            .filter(|title| tree.scalar(title.value).is_none())
        {
            let message = Phrase::new(mark("`title` is one line of text"));
            return Err(reader.wrong(title.use_span, message));
        }
        let weights = tree.get(root, "weights").ok_or_else(|| {
            let first = tree
                .entries(root)
                .first()
                .map_or(Span::default(), |entry| entry.key_span);
            reader.wrong(first, example())
        })?;
        if !matches!(tree.node(weights.value).kind, Kind::Mapping(_)) {
            return Err(reader.wrong(weights.use_span, example()));
        }
        for entry in tree.entries(weights.value) {
            let value = tree.scalar(entry.value);
            let text = value.filter(|scalar| matches!(scalar.kind, ScalarKind::Integer | ScalarKind::Float));
            let text = text.map_or("", |scalar| scalar.text.as_ref());
            reader.add(entry.key_span, &entry.key, entry.use_span, text)?;
        }
        if reader.weights.given.is_empty() {
            return Err(reader.wrong(weights.key_span, example()));
        }
        Ok(reader.weights)
    }

    /// Puts the weights in the place of a profile's.
    pub fn apply(&self, profile: &mut Profile) -> Result<(), WeightsError> {
        let wrong = |span, message| WeightsError {
            source_text: self.source.clone(),
            span,
            message,
        };
        let before = in_force(profile);
        for given in &self.given {
            if !before.contains_key(&given.element) {
                let known: Vec<&str> = before.keys().map(|element| element.slug()).collect();
                let message = mark("the profile `{profile}` does not count `{element}`; it counts: {known}");
                let message = Phrase::new(message)
                    .with("profile", &profile.name)
                    .with("element", given.element)
                    .with("known", known.join(", "));
                return Err(wrong(given.span, message));
            }
            let own = profile.blocks.iter_mut();
            for block in own.filter(|block| block.elements.contains(&given.element)) {
                block.weights.insert(given.element, given.weight);
            }
        }
        let headline = profile.headline();
        if headline.elements.iter().all(|element| headline.weight(*element) == 0) {
            let span = self.given.last().map_or(Span::default(), |given| given.span);
            let message = Phrase::new(mark(
                "with these weights nothing of the block `{block}` counts any more",
            ))
            .with_word("block", &headline.block);
            return Err(wrong(span, message));
        }
        let after = in_force(profile);
        if after != before {
            profile.reweighed(&digest(&after));
        }
        Ok(())
    }
}

/// The weight of every element that a profile counts, in the standard's order.
pub fn in_force(profile: &Profile) -> BTreeMap<Element, u32> {
    let of_block = |block: &crate::profile::Block| {
        let weight = |element: &Element| (*element, block.weight(*element));
        block.elements.iter().map(weight).collect::<Vec<_>>()
    };
    profile.blocks.iter().flat_map(of_block).collect()
}

/// The weights in words: `weights: level 3, the others 1`.
pub fn words(profile: &Profile, elements: &Elements, language: Language) -> String {
    let weights = in_force(profile);
    let mut times: BTreeMap<u32, usize> = BTreeMap::new();
    weights
        .values()
        .for_each(|weight| *times.entry(*weight).or_default() += 1);
    // The commonest; of two as common ones the smaller.
    let usual = times
        .iter()
        .max_by_key(|(weight, times)| (**times, std::cmp::Reverse(**weight)));
    let usual = usual.map_or(1, |(weight, _)| *weight);
    if times.len() <= 1 {
        return language.fill("all weights {weight}", &[("weight", &usual)]);
    }
    let others = weights.iter().filter(|(_, weight)| **weight != usual);
    let others: Vec<String> = others
        .map(|(element, weight)| format!("{} {weight}", elements.name(*element, language)))
        .collect();
    language.fill(
        mark("weights: {weights}, the others {usual}"),
        &[("weights", &others.join(", ")), ("usual", &usual)],
    )
}

/// Seven digits of a digest: enough to tell the weights of one study apart.
fn digest(weights: &BTreeMap<Element, u32>) -> String {
    let lines: String = weights
        .iter()
        .map(|(element, weight)| format!("{element}={weight}\n"))
        .collect();
    sha256(lines)[..7].to_string()
}

struct Reader {
    weights: Weights,
}

impl Reader {
    fn new(source: Arc<Source>) -> Reader {
        let given = Vec::new();
        Reader {
            weights: Weights { source, given },
        }
    }

    fn wrong(&self, span: Span, message: Phrase) -> WeightsError {
        WeightsError {
            source_text: self.weights.source.clone(),
            span,
            message,
        }
    }

    fn add(&mut self, name_span: Span, name: &str, value_span: Span, value: &str) -> Result<(), WeightsError> {
        let judged = || Element::JUDGED.iter().map(|element| element.slug());
        let element = Element::from_slug(name).filter(|element| Element::JUDGED.contains(element));
        let Some(element) = element else {
            let near = nearest(&name.to_lowercase().replace([' ', '_'], "-"), judged());
            let message = Phrase::new(mark("there is no element `{name}` that could be weighed{near}"))
                .with("name", name)
                .with_phrase("near", Phrase::did_you_mean(near));
            return Err(self.wrong(name_span, message));
        };
        if self.weights.given.iter().any(|given| given.element == element) {
            let message = Phrase::new(mark("`{name}` has two weights")).with("name", name);
            return Err(self.wrong(name_span, message));
        }
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let weight = digits.then(|| value.parse::<u32>().ok()).flatten();
        let Some(weight) = weight.filter(|weight| *weight <= MAX_WEIGHT) else {
            let fraction = crate::number::parse(value).is_some_and(|number| !number.is_integer());
            let message = if fraction {
                mark("a weight is a whole number from 0 to {most}; instead of 1 and 1.5 write 2 and 3")
            } else {
                mark("a weight is a whole number from 0 to {most}")
            };
            return Err(self.wrong(value_span, Phrase::new(message).with("most", MAX_WEIGHT)));
        };
        self.weights.given.push(Given {
            element,
            weight,
            span: name_span,
        });
        Ok(())
    }
}

/// A part of a text without the spaces around it.
fn trimmed(text: &str, start: usize, end: usize) -> Span {
    let part = &text[start..end];
    let start = start + (part.len() - part.trim_start().len());
    Span::new(start, start + part.trim().len())
}
