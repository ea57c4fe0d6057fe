//! `range`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, Value};
use crate::number::{self, Number};
use crate::path::{Base, Path};
use crate::vocabulary::{self, Vocabulary};

/// Bounds as exact decimals in quotation marks; inclusive unless said.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The number, when it is not the given fact itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Smallest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// A bound that the value must exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<String>,
    /// A bound that the value must stay below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<String>,
    /// What the value must be a multiple of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

#[derive(Debug)]
pub struct Range {
    path: Option<Path>,
    vocabulary: Option<&'static Vocabulary>,
    min: Option<Number>,
    max: Option<Number>,
    above: Option<Number>,
    below: Option<Number>,
    step: Option<Number>,
}

/// A bound of a rule file.
pub(super) fn bound(text: &Option<String>) -> Result<Option<Number>, String> {
    let read = |text: &String| number::parse(text).ok_or_else(|| format!("`{text}` is no decimal number"));
    text.as_ref().map(read).transpose()
}

impl Kind for Range {
    type File = File;
    const PAGE: &'static str = "\
The given number, or the one on `path`, must lie between `min` and `max` (both inclusive), above `above`, below `below`, \
and be a multiple of `step`: `\"1\"` asks for whole numbers. Numbers are exact decimals. A code is read through its \
vocabulary first. One that is no number, and any other text, fails as well, so that `eqf: V` is caught.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "min", "max"];

    fn compile(file: &File, base: &Base) -> Result<Range, String> {
        let path = file.path.as_ref().map(|text| Path::compile(text, base)).transpose()?;
        let name = path.as_ref().map_or(base, |(_, end)| end).vocabulary();
        let step = bound(&file.step)?;
        if step == Some(Number::from_integer(0)) {
            return Err("nothing is a multiple of zero".to_string());
        }
        Ok(Range {
            vocabulary: name.and_then(vocabulary::embedded),
            path: path.map(|(path, _)| path),
            min: bound(&file.min)?,
            max: bound(&file.max)?,
            above: bound(&file.above)?,
            below: bound(&file.below)?,
            step,
        })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let Some(fact) = self.path.as_ref().map_or(Some(fact), |path| path.first(descriptor, fact)) else { return };
        let value = match &descriptor.fact(fact).value {
            Value::Number(number) => Some(*number),
            Value::Text(text) => self.number(text),
            _ => return,
        };
        if !value.is_some_and(|value| self.holds(value)) {
            let show = |bound: Option<Number>| bound.map(|bound| number::display(bound, 2)).unwrap_or_default();
            let (min, max) = (show(self.min.or(self.above)), show(self.max.or(self.below)));
            let args = vec![("value", descriptor.shown(fact)), ("min", min), ("max", max)];
            failures.push(Failure::new(descriptor.place(fact), args));
        }
    }
}

impl Range {
    fn number(&self, text: &str) -> Option<Number> {
        let slug = self.vocabulary.and_then(|vocabulary| vocabulary.find(text)).map(|entry| entry.slug);
        number::parse(slug.unwrap_or_else(|| text.rsplit('/').next().unwrap_or(text)))
    }

    fn holds(&self, value: Number) -> bool {
        self.min.is_none_or(|min| value >= min)
            && self.max.is_none_or(|max| value <= max)
            && self.above.is_none_or(|above| value > above)
            && self.below.is_none_or(|below| value < below)
            && self.step.is_none_or(|step| (value / step).is_integer())
    }
}
