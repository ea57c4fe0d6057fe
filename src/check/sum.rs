//! `sum`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::FactId;
use crate::number::{self, Number};
use crate::path::{Base, Path};

/// The parts, and what their sum is compared with.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The parts.
    pub of: Vec<String>,
    /// How the sum compares.
    pub is: Relation,
    /// The whole: a path to a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
    /// The whole: a fixed number in quotation marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// How a sum compares with the whole.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// They are equal; only checked where every part is stated.
    Equal,
    /// The sum is at most the whole.
    AtMost,
    /// They are not equal; only checked where every part is stated.
    Unequal,
}

#[derive(Debug)]
pub struct Sum {
    parts: Vec<Path>,
    relation: Relation,
    whole: Option<Path>,
    value: Option<Number>,
}

impl Kind for Sum {
    type File = File;
    const PAGE: &'static str = "\
The numbers on the paths under `of` are added. `is: equal` and `is: unequal` compare the sum with the whole where every part \
is stated, `is: at-most` also with some of the parts. The whole is the number on the path `whole` or the fixed `value`.";
    const PLACEHOLDERS: &'static [&'static str] = &["sum", "whole"];
    const ROLES: &'static [&'static str] = &["whole"];

    fn compile(file: &File, base: &Base) -> Result<Sum, String> {
        let path = |text: &String| Path::compile(text, base).map(|(path, _)| path);
        if file.whole.is_some() == file.value.is_some() {
            return Err("`sum` takes one of `whole` and `value`".to_string());
        }
        Ok(Sum {
            parts: file.of.iter().map(path).collect::<Result<_, _>>()?,
            relation: file.is,
            whole: file.whole.as_ref().map(path).transpose()?,
            value: super::range::bound(&file.value)?,
        })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let (mut sum, mut first, mut complete) = (Number::from_integer(0), None, true);
        for part in &self.parts {
            let facts = part.all(descriptor, fact);
            complete &= !facts.is_empty();
            for id in facts {
                match descriptor.number(id) {
                    Some(number) => {
                        sum += number;
                        first.get_or_insert(id);
                    }
                    None => complete = false,
                }
            }
        }
        let Some(first) = first else { return };
        let whole_fact = self.whole.as_ref().and_then(|path| path.first(descriptor, fact));
        let Some(whole) = self.value.or_else(|| whole_fact.and_then(|id| descriptor.number(id))) else { return };
        let fine = match self.relation {
            Relation::Equal => !complete || sum == whole,
            Relation::Unequal => !complete || sum != whole,
            Relation::AtMost => sum <= whole,
        };
        if fine {
            return;
        }
        let args = vec![("sum", number::display(sum, 2)), ("whole", number::display(whole, 2))];
        let failure = Failure::new(descriptor.place(first), args);
        failures.push(match whole_fact {
            Some(id) => failure.also("whole", descriptor.place(id)),
            None => failure,
        });
    }
}
