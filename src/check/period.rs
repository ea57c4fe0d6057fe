//! `period`

use jiff::{Span, civil};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::FactId;
use crate::path::Base;

/// The longest period.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// An ISO 8601 period, inclusive.
    pub max: String,
}

#[derive(Debug)]
pub struct Period(Span);

impl Kind for Period {
    type File = File;
    const PAGE: &'static str = "\
The given ISO 8601 period must not be longer than `max`: `P60M` is as long as `P5Y`. What is no period is left to the \
rule about its form.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "max"];

    fn compile(file: &File, _: &Base) -> Result<Period, String> {
        let period = file.max.parse().map_err(|_| format!("`{}` is no ISO 8601 period", file.max))?;
        Ok(Period(period))
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let Some(period) = descriptor.plain_text(fact).and_then(|text| text.trim().parse::<Span>().ok()) else { return };
        // Months and years differ in length, so both are counted from one day.
        let start = civil::date(2000, 1, 1);
        if start.saturating_add(period) > start.saturating_add(self.0) {
            let args = vec![("value", descriptor.shown(fact)), ("max", self.0.to_string())];
            failures.push(Failure::new(descriptor.place(fact), args));
        }
    }
}
