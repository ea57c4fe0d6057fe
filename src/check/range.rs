//! `range`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, Value};
use crate::number::{self, Number};
use crate::path::{Base, Path};

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
    /// Whether only whole numbers are right.
    #[serde(default)]
    pub whole: bool,
}

#[derive(Debug)]
pub struct Range {
    path: Option<Path>,
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
The given number, or the one on `path`, must lie between `min` and `max` (both inclusive), above `above`, and be whole where `whole` is set. \
Numbers are exact decimals. A code or text that is no number fails as well, so that `eqf: V` is caught.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "min", "max"];

    fn compile(file: &File, base: &Base) -> Result<Range, String> {
        let path = file.path.as_ref().map(|text| Path::compile(text, base).map(|(path, _)| path)).transpose()?;
        Ok(Range { path, min: bound(&file.min)?, max: bound(&file.max)?, above: bound(&file.above)?, whole: file.whole })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let Some(fact) = self.path.as_ref().map_or(Some(fact), |path| path.first(descriptor, fact)) else { return };
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
