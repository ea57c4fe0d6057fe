//! `range`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, Value};
use crate::number::{self, Number};
use crate::path::Base;

/// Bounds as exact decimals in quotation marks; inclusive unless said.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Smallest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// A bound that the value must exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<String>,
    /// Whether only whole numbers are right.
    #[serde(default)]
    pub whole: bool,
}

#[derive(Debug)]
pub struct Range {
    min: Option<Number>,
    max: Option<Number>,
    above: Option<Number>,
    whole: bool,
}

/// A bound of a rule file.
pub(super) fn bound(text: &Option<String>) -> Result<Option<Number>, String> {
    let read = |text: &String| number::parse(text).ok_or_else(|| format!("`{text}` is no decimal number"));
    text.as_ref().map(read).transpose()
}

impl Kind for Range {
    type File = File;
    const PAGE: &'static str = "\
The given number must lie between `min` and `max` (both inclusive), above `above`, and be whole where `whole` is set. \
Numbers are exact decimals. A code or text that is no number fails as well, so that `eqf: V` is caught.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "min", "max"];

    fn compile(file: &File, _: &Base) -> Result<Range, String> {
        Ok(Range { min: bound(&file.min)?, max: bound(&file.max)?, above: bound(&file.above)?, whole: file.whole })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let value = match &descriptor.fact(fact).value {
            Value::Number(number) => Some(*number),
            Value::Text(text) => number::parse(text.rsplit('/').next().unwrap_or(text)),
            _ => return,
        };
        let inside = value.is_some_and(|value| {
            let above_min = self.min.is_none_or(|min| value >= min) && self.above.is_none_or(|above| value > above);
            above_min && self.max.is_none_or(|max| value <= max) && (!self.whole || value.is_integer())
        });
        if !inside {
            let show = |bound: Option<Number>| bound.map(|bound| number::display(bound, 2)).unwrap_or_default();
            let args = vec![("value", descriptor.shown(fact)), ("min", show(self.min)), ("max", show(self.max))];
            failures.push(Failure::new(descriptor.place(fact), args));
        }
    }
}
