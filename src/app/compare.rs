//! What the commands that weigh and compare read and print.

use crate::cli::ScoreArgs;
use crate::input::{self, Item};
use crate::language::Language;
use crate::lint::{Practice, Presence};
use crate::report;
use crate::report::human::{Human, Style};
use crate::rule::set::RuleSet;
use crate::sensitivity::{MAX_PLACES, Request, Row, Sensitivity, analyse};
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

/// The practices of a run, when it is asked how firm their order is.
pub(super) struct Ranking<'a> {
    set: &'a RuleSet,
    request: Option<Request>,
    rows: Vec<Row>,
    /// Why there is no answer.
    pub(super) problem: Option<String>,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(set: &'a RuleSet, args: &ScoreArgs) -> Ranking<'a> {
        let request = |draws| Request {
            draws,
            seed: args.seed,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        };
        Ranking {
            set,
            request: args.sensitivity.map(request),
            rows: Vec::new(),
            problem: None,
        }
    }

    pub(super) fn add(&mut self, practice: &Practice) {
        if self.request.is_some() {
            self.rows.push(Row::of(practice, self.set.profile.headline()));
        }
    }

    /// How firm the order is, if that was asked and can be answered.
    pub(super) fn analyse(&mut self) -> Option<Sensitivity> {
        let request = self.request?;
        let rows = std::mem::take(&mut self.rows);
        let most = MAX_PLACES / rows.len().max(1);
        if request.draws as usize > most {
            let problem = match most {
                0 => format!("--sensitivity takes {MAX_PLACES} practices at most"),
                _ => format!("{} practices are many: --sensitivity={most} at most", rows.len()),
            };
            self.problem = Some(problem);
            return None;
        }
        let profile = &self.set.profile;
        Some(analyse(profile.headline(), profile.silence, rows, request))
    }

    /// The same in words, with an empty line before it.
    pub(super) fn words(&mut self, style: Style, language: Language) -> String {
        let found = self.analyse();
        let text = |found| report::sensitivity::text(&self.set.elements, style, language, &found);
        found.map(text).unwrap_or_default()
    }
}
