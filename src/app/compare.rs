//! What the commands that weigh and compare read and print.

use crate::input::{self, Item};
use crate::lint::Presence;
use crate::report::human::{Human, Style};
use crate::rule::set::RuleSet;
use crate::weights::{Weights, WeightsError};

/// Puts the weights of an argument in the place of the profile's; the error is what to print.
pub(super) fn weigh(set: &mut RuleSet, argument: &str, style: Style) -> Result<(), String> {
    let mistake = |error: WeightsError| {
        let file = &error.source_text;
        if file.text().is_empty() {
            return format!("credlint: {}: {}\n", file.name(), error.message);
        }
        Human::mistake(style, "weights (error)", &error.message, file, error.span, "here")
    };
    let weights = if Weights::is_inline(argument) {
        Weights::inline(argument)
    } else {
        let item = Item {
            path: Some(argument.into()),
            shown: argument.to_string(),
            presence: Presence::Named,
        };
        let text = input::read(&item).map_err(|error| {
            format!("credlint: {argument}: {error}\nWeights are given as level=2,recognition=3 or as a file of them.\n")
        })?;
        Weights::file(argument, text)
    };
    let weights = weights.map_err(mistake)?;
    weights.apply(&mut set.profile).map_err(mistake)
}
