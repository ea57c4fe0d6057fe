//! `ratio`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::range::bound;
use super::{Context, Failure, Kind};
use crate::condition::vocabulary_named;
use crate::descriptor::FactId;
use crate::number::{self, Number};
use crate::path::{Base, Path};

/// Two numbers and the bounds of their quotient, both inclusive.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The dividend.
    pub of: String,
    /// The divisor.
    pub per: String,
    /// Smallest quotient, an exact decimal in quotation marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// Largest quotient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Whether the quotient must lie outside the bounds instead: the range of another system.
    #[serde(default)]
    pub outside: bool,
    /// Values of a vocabulary whose own bounds might fit the quotient better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fits: Option<Fits>,
}

/// Where other bounds stand.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fits {
    /// The vocabulary.
    pub vocabulary: String,
    /// The attribute with the smallest quotient.
    pub min: String,
    /// The attribute with the largest.
    pub max: String,
}

#[derive(Debug)]
pub struct Ratio {
    of: Path,
    per: Path,
    min: Option<Number>,
    max: Option<Number>,
    outside: bool,
    /// Value of a vocabulary, smallest and largest quotient.
    others: Vec<(&'static str, Number, Number)>,
}

impl Kind for Ratio {
    type File = File;
    const PAGE: &'static str = "\
The quotient of the number on `of` and the number on `per` must lie between `min` and `max`, both inclusive, in exact \
fractions: 7.5 hours for 0.3 points is exactly 25. Where one of the two is not stated, or the divisor is zero, there is \
nothing to check. With `outside` it must not lie between them. `fits` names attributes of a vocabulary with bounds; the \
placeholder `fits` is its first value between whose bounds the quotient lies.";
    const PLACEHOLDERS: &'static [&'static str] = &["of", "per", "ratio", "min", "max", "fits"];
    const ROLES: &'static [&'static str] = &["per"];

    fn compile(file: &File, base: &Base) -> Result<Ratio, String> {
        let path = |text: &str| Path::compile(text, base).map(|(path, _)| path);
        Ok(Ratio { of: path(&file.of)?, per: path(&file.per)?, min: bound(&file.min)?, max: bound(&file.max)?, outside: file.outside, others: others(&file.fits)? })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let number = |path: &Path| {
            let id = path.first(descriptor, fact)?;
            Some((id, descriptor.number(id)?))
        };
        let (Some((of, dividend)), Some((per, divisor))) = (number(&self.of), number(&self.per)) else { return };
        if divisor == Number::from_integer(0) {
            return;
        }
        let ratio = dividend / divisor;
        let inside = self.min.is_none_or(|min| ratio >= min) && self.max.is_none_or(|max| ratio <= max);
        if inside != self.outside {
            return;
        }
        let show = |bound: Option<Number>| bound.map(|bound| number::display(bound, 2)).unwrap_or_default();
        let args = vec![
            ("of", number::display(dividend, 2)),
            ("per", number::display(divisor, 2)),
            ("ratio", self.shown(ratio)),
            ("min", show(self.min)),
            ("max", show(self.max)),
            ("fits", self.others.iter().find(|(_, min, max)| ratio >= *min && ratio <= *max).map_or("", |(slug, ..)| slug).to_string()),
        ];
        failures.push(Failure::new(descriptor.place(of), args).also("per", descriptor.place(per)));
    }
}

fn others(fits: &Option<Fits>) -> Result<Vec<(&'static str, Number, Number)>, String> {
    let Some(fits) = fits else { return Ok(Vec::new()) };
    let vocabulary = vocabulary_named(Some(&fits.vocabulary), "")?;
    let bounds = vocabulary.entries.iter().filter_map(|entry| {
        let number = |key: &str| number::parse(entry.value(key)?.text()?);
        Some((entry.slug, number(&fits.min)?, number(&fits.max)?))
    });
    Ok(bounds.collect())
}

impl Ratio {
    /// One decimal, or two where one would read as a bound: 30.01 is not "30".
    fn shown(&self, ratio: Number) -> String {
        let short = number::display(ratio, 1);
        let reads_as = |bound: Option<Number>| bound.is_some_and(|bound| number::display(bound, 1) == short);
        if reads_as(self.min) || reads_as(self.max) { number::display(ratio, 2) } else { short }
    }
}
