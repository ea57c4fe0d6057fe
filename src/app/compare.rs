//! What the commands that weigh and compare read and print.

use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::{Exit, Reader, World};
use crate::cli::{AgreementArgs, DiffArgs, Format, InputArgs, JudgeArgs, Look, ScoreArgs};
use crate::elements::Elements;
use crate::input::{self, Item};
use crate::language::Language;
use crate::lint::{Practice, Presence, State};
use crate::report::human::{Human, Style};
use crate::report::{self, json};
use crate::results::{self, NoResult, Results};
use crate::rule::set::RuleSet;
use crate::sensitivity::{MAX_PLACES, Request, Row, Sensitivity, analyse};
use crate::weights::{Weights, WeightsError};

/// Puts the weights of an argument in the place of the profile's; the error is what to print.
pub(super) fn weigh(set: &mut RuleSet, argument: &str, style: Style, language: Language) -> Result<(), String> {
    let mistake = |error: WeightsError| {
        let (file, message) = (&error.source_text, error.message.say(language));
        if file.text().is_empty() {
            return format!("credlint: {}: {message}\n", file.name());
        }
        Human::mistake(style, language, "weights", &message, file, error.span)
    };
    let weights = if Weights::is_inline(argument) {
        Weights::inline(argument)
    } else {
        let text = input::read(&named(Path::new(argument))).map_err(|error| {
            let error = error.phrase().say(language);
            let how = language.tr("Weights are given as level=2,recognition=3 or as a file of them.");
            format!("credlint: {argument}: {error}\n{how}\n")
        })?;
        Weights::file(argument, text)
    };
    let weights = weights.map_err(mistake)?;
    weights.apply(&mut set.profile).map_err(mistake)
}

fn named(path: &Path) -> Item {
    Item {
        path: (path.as_os_str() != "-").then(|| path.to_path_buf()),
        shown: path.display().to_string(),
        presence: Presence::Named,
        mapping: None,
    }
}

/// The practices of a run, when it is asked how firm their order is.
pub(super) struct Ranking<'a> {
    set: &'a RuleSet,
    language: Language,
    request: Option<Request>,
    rows: Vec<Row>,
    /// Why there is no answer.
    pub(super) problem: Option<String>,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(set: &'a RuleSet, language: Language, args: &ScoreArgs) -> Ranking<'a> {
        let request = |draws| Request {
            draws,
            seed: args.seed,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        };
        Ranking {
            set,
            language,
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
            let language = self.language;
            let problem = match most {
                0 => language.fill("--sensitivity takes {n} practices at most", &[("n", &MAX_PLACES)]),
                _ => language.fill(
                    "{n} practices are many: --sensitivity={most} at most",
                    &[("n", &rows.len()), ("most", &most)],
                ),
            };
            self.problem = Some(problem);
            return None;
        }
        let profile = &self.set.profile;
        Some(analyse(profile.headline(), profile.silence, rows, request))
    }
}

/// What two results differ in.
pub(super) fn diff(args: &DiffArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let loader = Loader::new(&args.judge, args.format, look, style);
    let Some((old, new)) = loader.both(&args.old, &args.new, world)? else {
        return Ok(Exit::Failed);
    };
    let found = crate::diff::diff((&shown(&args.old), &old), (&shown(&args.new), &new));
    match args.format {
        Format::Json => writeln!(world.out, "{}", serde_json::to_string(&found)?)?,
        Format::Human => {
            let language = super::language(look, None, Reader::Person, world);
            write!(
                world.out,
                "{}",
                report::diff::text(&elements(), style, language, &found)
            )?;
        }
    }
    Ok(if found.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// How far two mappers agree.
pub(super) fn agreement(args: &AgreementArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let loader = Loader::new(&args.judge, args.format, look, style);
    let Some((a, b)) = loader.both(&args.a, &args.b, world)? else {
        return Ok(Exit::Failed);
    };
    let language = super::language(look, None, Reader::of(args.format), world);
    let (one, other) = (a.made_by.profile_name(), b.made_by.profile_name());
    if one != other {
        let message = language.fill(
            "one was judged by the profile `{a}` and the other by `{b}`; verdicts of different profiles cannot agree or disagree",
            &[("a", &one), ("b", &other)],
        );
        writeln!(world.err, "credlint: {message}")?;
        return Ok(Exit::Failed);
    }
    let found = crate::agreement::agreement((&shown(&args.a), &a), (&shown(&args.b), &b));
    if found.practices == 0 {
        let message = language.tr("no practice is in both: they are matched by id, then by file and document");
        writeln!(world.err, "credlint: {message}")?;
        return Ok(Exit::NothingChecked);
    }
    match args.format {
        Format::Json => writeln!(world.out, "{}", serde_json::to_string(&found)?)?,
        Format::Human => write!(
            world.out,
            "{}",
            report::agreement::text(&elements(), style, language, &found)
        )?,
    }
    Ok(Exit::Clean)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The names of elements; every profile has the same.
fn elements() -> Elements {
    let set = RuleSet::embedded("eu").expect("the pack holds its default profile (test `rules`)");
    set.elements
}

/// Brings in what is compared: results as they are, descriptors judged now.
struct Loader<'a> {
    judge: &'a JudgeArgs,
    reader: Reader,
    look: &'a Look,
    style: Style,
}

impl<'a> Loader<'a> {
    fn new(judge: &'a JudgeArgs, format: Format, look: &'a Look, style: Style) -> Loader<'a> {
        Loader {
            judge,
            reader: Reader::of(format),
            look,
            style,
        }
    }

    /// Both, or nothing when one cannot be had; what is wrong has then been said.
    fn both(&self, a: &Path, b: &Path, world: &mut World<'_>) -> io::Result<Option<(Results, Results)>> {
        let Some(a) = self.one(a, world)? else { return Ok(None) };
        let Some(b) = self.one(b, world)? else { return Ok(None) };
        Ok(Some((a, b)))
    }

    fn one(&self, path: &Path, world: &mut World<'_>) -> io::Result<Option<Results>> {
        let problem = if path.is_dir() {
            NoResult::Other
        } else {
            let text = match input::read(&named(path)) {
                Ok(text) => text,
                Err(error) => {
                    let language = super::language(self.look, None, self.reader, world);
                    let error = error.phrase().say(language);
                    writeln!(world.err, "credlint: {}: {error}", path.display())?;
                    return Ok(None);
                }
            };
            match results::read(&text) {
                Ok(results) => return Ok(Some(results)),
                Err(problem) => problem,
            }
        };
        // What is no result may be descriptors; standard input is gone once it is read.
        if problem == NoResult::Other && path.as_os_str() != "-" {
            match self.judged(path, world)? {
                Ok(Some(results)) => return Ok(Some(results)),
                Ok(None) => {}
                Err(_) => return Ok(None),
            }
        }
        let language = super::language(self.look, None, self.reader, world);
        writeln!(
            world.err,
            "credlint: {}: {}",
            path.display(),
            problem.phrase().say(language)
        )?;
        Ok(None)
    }

    /// Descriptors, judged; nothing where there is none. Files of a folder are named within it, so that two folders can
    /// be compared.
    fn judged(&self, path: &Path, world: &mut World<'_>) -> io::Result<Result<Option<Results>, Exit>> {
        let args = InputArgs {
            only_descriptors: true,
            profile: self.judge.profile.clone(),
            as_of: self.judge.as_of,
            ..InputArgs::new(vec![path.to_path_buf()])
        };
        let mut session = match super::session(&args, self.look, self.style, self.reader, world)? {
            Ok(session) => session,
            Err(exit) => return Ok(Err(exit)),
        };
        session.items.show_inside(path);
        let (mut practices, mut catalogue) = (Vec::new(), Vec::new());
        let mut gather = super::gather(&session);
        let mut summary = super::walk(&session, &mut gather, world, None, &mut |practice, _, _| {
            if practice.state != State::NotADescriptor {
                practices.push(read_back(&json::practice(&session.set, &session.options, practice))?);
            }
            Ok(())
        })?;
        let ran = super::visit_catalogue(&session, &mut gather, &mut summary, world, &mut |found, sources, _| {
            catalogue.push(read_back(&json::finding(&session.set, sources, found))?);
            Ok(())
        })?;
        // A folder may hold a file that is broken; a file that is, says nothing.
        let checked = practices
            .iter()
            .any(|record: &results::Record| record.state == State::Checked);
        if practices.is_empty() || !(checked || path.is_dir()) {
            return Ok(Ok(None));
        }
        Ok(Ok(Some(Results {
            made_by: read_back(&json::made_by(&session.set, &session.options))?,
            practices,
            catalogue: ran.map(|_| catalogue),
        })))
    }
}

/// What a result says, as one who reads it would have it.
fn read_back<T: DeserializeOwned>(written: &impl serde::Serialize) -> io::Result<T> {
    Ok(serde_json::from_value(serde_json::to_value(written)?)?)
}
