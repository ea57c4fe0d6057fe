//! How far two mappers agree on the same practices: by element, in percent and with Krippendorff's alpha.
//!
//! Two readings, since silence can be taken in two ways. *Judged by both*: gap, partial and met are in order, and what one
//! of them left silent, or said not to apply, is missing; alpha is ordinal. *Silence counted*: all five verdicts are
//! categories without an order, and one who is silent where the other is not disagrees; alpha is nominal.
//!
//! Alpha is 1 − D_o / D_e, the disagreement observed over that expected by chance, from the coincidences of values within
//! units; it takes any number of mappers and missing values, and every figure is an exact fraction. Source: K.
//! Krippendorff, *Computing Krippendorff's Alpha-Reliability*, University of Pennsylvania, 2011; its worked examples are
//! tests (`tests/it/agreement.rs`). Where no unit has two values, or all values are alike, there is no chance to
//! compare with and no alpha.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diff::Side;
use crate::language::mark;
use crate::lint::State;
use crate::number::{self, Number};
use crate::results::{Judged, Record, Results, matches};
use crate::score::Verdict;
use crate::standard::Element;

/// The version of this form.
pub const AGREEMENT_VERSION: u32 = 1;

/// The agreement of two mappers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(
    title = "credlint agreement",
    description = "What `credlint agreement --format json` prints"
)]
pub struct Agreement {
    /// Version of this form.
    pub version: u32,
    /// One mapper's result.
    pub a: Side,
    /// The other's.
    pub b: Side,
    /// Practices that both have.
    pub practices: usize,
    /// Practices that only the one has.
    pub only_a: Vec<String>,
    /// Practices that only the other has.
    pub only_b: Vec<String>,
    /// Agreement on each element that the profile counts.
    pub elements: Vec<ElementAgreement>,
    /// Agreement over all of them together: every element of every practice is a unit.
    pub all: Measures,
    /// Where they differ, the widest first.
    pub disagreements: Vec<Disagreement>,
}

/// Agreement on one element.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ElementAgreement {
    /// Which element.
    pub element: Element,
    /// How far they agree.
    #[serde(flatten)]
    pub measures: Measures,
}

/// Agreement in both readings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Measures {
    /// Gap, partial and met in order; silence and what does not apply are missing.
    pub judged_by_both: Measure,
    /// All five verdicts as categories; silence is one of them.
    pub silence_counted: Measure,
}

/// Agreement in one reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Measure {
    /// Units on which both say the same.
    pub agree: usize,
    /// Units with two values.
    pub of: usize,
    /// Krippendorff's alpha, to three decimals, half up; absent where it is not defined.
    pub alpha: Option<f64>,
    /// Why there is no alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Undefined>,
}

/// Why there is no alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Undefined {
    /// No unit has two values.
    NothingPaired,
    /// All values are alike: nothing varies, so that agreement by chance is certain.
    NoVariation,
}

impl Undefined {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Undefined::NothingPaired => mark("nothing that both judge"),
            Undefined::NoVariation => mark("all alike, so that chance alone would agree"),
        }
    }
}

/// An element of a practice on which they differ.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Disagreement {
    /// The practice's id, if it says one.
    pub id: Option<String>,
    /// Its name for people.
    pub name: Option<String>,
    /// The file of the one.
    pub file_a: String,
    /// The file of the other.
    pub file_b: String,
    /// Which element.
    pub element: Element,
    /// How they differ.
    pub kind: Difference,
    /// What the one says, and why.
    pub a: Judged,
    /// What the other says, and why.
    pub b: Judged,
}

/// How two verdicts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// The one says met, the other gap.
    Opposite,
    /// They are one step apart.
    OneStep,
    /// The one judges, to the other it does not apply.
    Applicability,
    /// The one says something, the other nothing.
    Silence,
}

/// How a difference between two values counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Values are the same or not.
    Nominal,
    /// Values are ranks; the difference is how many values lie between.
    Ordinal,
}

/// Krippendorff's alpha. A unit has one value for each mapper, below `values`, or none.
pub fn alpha(units: &[Vec<Option<usize>>], values: usize, metric: Metric) -> Result<Number, Undefined> {
    let zero = Number::from_integer(0);
    let mut coincidences = vec![vec![zero; values]; values];
    for unit in units {
        let stated: Vec<usize> = unit.iter().copied().flatten().collect();
        if stated.len() < 2 {
            continue;
        }
        let weight = Number::new(1, stated.len() as i128 - 1);
        for (i, one) in stated.iter().enumerate() {
            for (j, other) in stated.iter().enumerate() {
                if i != j {
                    coincidences[*one][*other] += weight;
                }
            }
        }
    }
    let totals: Vec<Number> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let all: Number = totals.iter().sum();
    if all == zero {
        return Err(Undefined::NothingPaired);
    }
    let difference = |c: usize, k: usize| match metric {
        Metric::Nominal => Number::from_integer(1),
        Metric::Ordinal => {
            let between: Number = totals[c..=k].iter().sum();
            let apart = between - (totals[c] + totals[k]) / Number::from_integer(2);
            apart * apart
        }
    };
    let (mut observed, mut expected) = (zero, zero);
    for c in 0..values {
        for k in c + 1..values {
            observed += coincidences[c][k] * difference(c, k);
            expected += totals[c] * totals[k] * difference(c, k);
        }
    }
    if expected == zero {
        return Err(Undefined::NoVariation);
    }
    let one = Number::from_integer(1);
    Ok(one - (all - one) * observed / expected)
}

/// The rank of a verdict; nothing for silence and for what does not apply.
fn rank(verdict: Verdict) -> Option<usize> {
    match verdict {
        Verdict::Gap => Some(0),
        Verdict::Partial => Some(1),
        Verdict::Met => Some(2),
        Verdict::NotStated | Verdict::NotApplicable => None,
    }
}

fn measures(pairs: &[(Verdict, Verdict)]) -> Measures {
    let category = |verdict: Verdict| Verdict::ALL.iter().position(|own| *own == verdict);
    Measures {
        judged_by_both: measure(pairs, &rank, 3, Metric::Ordinal),
        silence_counted: measure(pairs, &category, Verdict::ALL.len(), Metric::Nominal),
    }
}

fn measure(
    pairs: &[(Verdict, Verdict)],
    value: &dyn Fn(Verdict) -> Option<usize>,
    values: usize,
    metric: Metric,
) -> Measure {
    let units: Vec<Vec<Option<usize>>> = pairs.iter().map(|(a, b)| vec![value(*a), value(*b)]).collect();
    let paired = || units.iter().filter(|unit| unit.iter().all(Option::is_some));
    let found = alpha(&units, values, metric);
    Measure {
        agree: paired().filter(|unit| unit[0] == unit[1]).count(),
        of: paired().count(),
        alpha: found.ok().and_then(|alpha| number::display(alpha, 3).parse().ok()),
        undefined: found.err(),
    }
}

/// Compares what two mappers say of the same practices. Only documents that were checked on both sides count.
pub fn agreement((a_name, a): (&str, &Results), (b_name, b): (&str, &Results)) -> Agreement {
    let checked = |results: &Results| -> Vec<Record> {
        let own = results.practices.iter().filter(|record| record.state == State::Checked);
        own.cloned().collect()
    };
    let (ours, theirs) = (checked(a), checked(b));
    let matched = matches(&ours, &theirs);
    let both: Vec<(&Record, &Record)> = matched.both.iter().map(|(a, b)| (&ours[*a], &theirs[*b])).collect();
    let pair =
        |(a, b): &(&Record, &Record), element: Element| Some((a.judged(element)?.verdict, b.judged(element)?.verdict));
    let counts = |element: &Element| {
        let counted = |record: &Record| record.judged(*element).is_some_and(|judged| judged.block.is_some());
        both.iter().any(|(a, b)| counted(a) || counted(b))
    };
    let elements: Vec<Element> = Element::ALL.into_iter().filter(counts).collect();
    let mut all = Vec::new();
    let of_element = |element: &Element| {
        let pairs: Vec<_> = both.iter().filter_map(|both| pair(both, *element)).collect();
        all.extend(pairs.iter().copied());
        ElementAgreement {
            element: *element,
            measures: measures(&pairs),
        }
    };
    let by_element = elements.iter().map(of_element).collect();
    let labels = |numbers: &[usize], records: &[Record]| {
        let label = |number: &usize| records[*number].label().to_string();
        numbers.iter().map(label).collect()
    };
    let side = |name: &str, results: &Results| Side {
        name: name.to_string(),
        made_by: results.made_by.clone(),
    };
    Agreement {
        version: AGREEMENT_VERSION,
        practices: both.len(),
        only_a: labels(&matched.first, &ours),
        only_b: labels(&matched.second, &theirs),
        elements: by_element,
        all: measures(&all),
        disagreements: disagreements(&both, &elements),
        a: side(a_name, a),
        b: side(b_name, b),
    }
}

fn disagreements(both: &[(&Record, &Record)], elements: &[Element]) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (a, b) in both {
        for element in elements {
            let (Some(ours), Some(theirs)) = (a.judged(*element), b.judged(*element)) else {
                continue;
            };
            if ours.verdict == theirs.verdict {
                continue;
            }
            found.push(Disagreement {
                id: a.id.clone().or_else(|| b.id.clone()),
                name: a.name.clone().or_else(|| b.name.clone()),
                file_a: a.file.clone(),
                file_b: b.file.clone(),
                element: *element,
                kind: difference(ours.verdict, theirs.verdict),
                a: ours.clone(),
                b: theirs.clone(),
            });
        }
    }
    found.sort_by_key(|own| own.kind);
    found
}

fn difference(a: Verdict, b: Verdict) -> Difference {
    match (rank(a), rank(b)) {
        (Some(a), Some(b)) if a.abs_diff(b) > 1 => Difference::Opposite,
        (Some(_), Some(_)) => Difference::OneStep,
        _ if a == Verdict::NotStated || b == Verdict::NotStated => Difference::Silence,
        _ => Difference::Applicability,
    }
}
