//! `count`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, Value};
use crate::path::Base;

/// Bounds, both inclusive.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Fewest items.
    #[serde(default)]
    pub min: usize,
    /// Most items.
    #[serde(default = "no_limit", skip_serializing_if = "is_no_limit")]
    pub max: usize,
}

fn no_limit() -> usize {
    usize::MAX
}

fn is_no_limit(max: &usize) -> bool {
    *max == usize::MAX
}

#[derive(Debug)]
pub struct Count(File);

impl Kind for Count {
    type File = File;
    const PAGE: &'static str = "The given list must have at least `min` and at most `max` items; blank items do not count.";
    const PLACEHOLDERS: &'static [&'static str] = &["count", "min", "max"];

    fn compile(file: &File, _: &Base) -> Result<Count, String> {
        Ok(Count(file.clone()))
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        if descriptor.fact(fact).value != Value::List {
            return;
        }
        let count = descriptor.children(fact).iter().filter(|child| descriptor.is_stated(**child)).count();
        if count < self.0.min || count > self.0.max {
            let args = vec![("count", count.to_string()), ("min", self.0.min.to_string()), ("max", self.0.max.to_string())];
            failures.push(Failure::new(descriptor.place(fact), args));
        }
    }
}
