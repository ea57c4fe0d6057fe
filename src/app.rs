//! What the commands do, over any output. The binary adds only the process around it.

mod compare;
mod completions;
mod configuration;
mod fixes;
mod fresh;
mod manual;
pub mod typed;
mod waive;
mod watch;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bulk::{Draw, Run};
use crate::cache::Cache;
use crate::cli::{
    CheckArgs, Cli, Colour, Command, ConvertArgs, ExplainArgs, FailOn, Format, InputArgs, Look, NewArgs, PlanArgs,
    ReportFormat, RulesArgs, ScoreArgs, ScoreFormat, TestArgs,
};
use crate::config::{Config, ConfigError};
use crate::convert::native::yaml;
use crate::convert::{Target, Wanted, Written, convert_file};
use crate::facet::{Facet, Filter};
use crate::finding::Finding;
use crate::gather::{Gather, NotRun, Scope};
use crate::ignores::Ignores;
use crate::input::stream::{self, Text};
use crate::input::{self, Item, Items};
use crate::language::{Language, Phrase, mark};
use crate::lint::catalogue::Catalogue;
use crate::lint::{FormatIn, Options, Practice, Presence, State};
use crate::ordered::Step;
use crate::output::{self, Outputs, Planned};
use crate::pack::exchange;
use crate::patterns::{Patterns, Roll};
use crate::progress::{Over, Progress};
use crate::reference::Topic;
use crate::report::form::{Choice, End, Job, Pen};
use crate::report::human::{Human, Style};
use crate::report::{Summary, json, statistics};
use crate::rule::Level;
use crate::rule::set::{RuleSet, SetError};
use crate::sheet::{self, template};
use crate::source::{Form, Source, Span};
use crate::waivers::Waivers;
use crate::whole::Stop;
use crate::{explain, ruletest, schema, schemas};

/// How a run ends. The numbers are the process's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the threshold.
    Clean = 0,
    /// Findings at or above the threshold.
    Findings = 1,
    /// Could not do the job: usage, configuration, rule file, unreadable.
    Failed = 2,
    /// Nothing was checked.
    NothingChecked = 3,
}

/// What the process knows and the library must not ask for.
pub struct World<'a> {
    /// Where the chosen format goes.
    pub out: &'a mut dyn Write,
    /// Where everything else goes.
    pub err: &'a mut dyn Write,
    /// Whether `out` is a terminal.
    pub terminal: bool,
    /// Whether `err` is one.
    pub err_terminal: bool,
    /// Whether somebody wants the run to stop.
    pub stop: &'a Stop,
    /// Its columns.
    pub columns: Option<u16>,
    /// Whether the environment asks for no colour.
    pub no_color: bool,
    /// The locale's name, as the environment gives it.
    pub locale: Option<String>,
    /// Today, UTC.
    pub today: jiff::civil::Date,
}

/// Runs a command.
pub fn run(cli: &Cli, world: &mut World<'_>) -> io::Result<Exit> {
    let style = style(&cli.look, world);
    match &cli.command {
        Command::Check(args) => match args.watch {
            Some(how) => watch::watch(how, args, &cli.look, style, world),
            None => check(args, &cli.look, style, world),
        },
        Command::Score(args) => score(args, &cli.look, style, world),
        Command::Plan(args) => plan(args, &cli.look, style, world),
        Command::Diff(args) => compare::diff(args, &cli.look, style, world),
        Command::Agreement(args) => compare::agreement(args, &cli.look, style, world),
        Command::Convert(args) => convert(args, &cli.look, world),
        Command::New(args) => new(args, &cli.look, style, world),
        Command::Explain(args) => explain_rule(args, &cli.look, style, world),
        Command::Rules(args) => rules(args, &cli.look, style, world),
        Command::Test(args) => test(args, style, world),
        Command::Config(args) => configuration::show(args, &cli.look, style, world),
        Command::Lsp => lsp(&cli.look, world),
        Command::Schema(args) => {
            write!(world.out, "{}", schemas::text(args.name))?;
            Ok(Exit::Clean)
        }
        Command::Completions(args) => {
            write!(world.out, "{}", completions::script(args.shell))?;
            Ok(Exit::Clean)
        }
        Command::Man(args) => manual::man(args, &cli.look, world),
    }
}

/// Serves an editor. Standard output belongs to the protocol until it ends.
fn lsp(look: &Look, world: &mut World<'_>) -> io::Result<Exit> {
    let start = crate::lsp::server::Start {
        asked: look.lang,
        locale: world.locale.as_deref().and_then(Language::from_tag),
        today,
    };
    match crate::lsp::server::serve(start) {
        Ok(true) => Ok(Exit::Clean),
        // The protocol wants a 1 here.
        Ok(false) => Ok(Exit::Findings),
        Err(error) => {
            writeln!(world.err, "credlint: {error}")?;
            Ok(Exit::Failed)
        }
    }
}

/// Today in UTC, from the system clock; the only place that reads it.
pub fn today() -> jiff::civil::Date {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let days = i64::try_from(since.as_secs() / 86_400).unwrap_or(0);
    jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(days))
}

fn style(look: &Look, world: &World<'_>) -> Style {
    let colour = match look.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => world.terminal && !world.no_color,
    };
    let width = look
        .width
        .or(world.columns.map(|columns| columns.clamp(40, 100)))
        .unwrap_or(80);
    Style {
        colour,
        plain: look.plain,
        links: colour && world.terminal,
        width: width.into(),
        quiet: false,
    }
}

/// Who reads the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Person,
    Program,
}

impl Reader {
    fn of(format: Format) -> Reader {
        match format {
            Format::Human => Reader::Person,
            Format::Json => Reader::Program,
        }
    }

    /// One run has one language: it is the reader's only where every form is for people.
    fn of_all<F: Choice>(planned: &[Planned<F>]) -> Reader {
        match planned.iter().all(|own| own.format.is_for_people()) {
            true => Reader::Person,
            false => Reader::Program,
        }
    }
}

/// As asked for, else as configured, else, for people, as the locale says, else English. What programs read does not
/// depend on the locale: the same input gives the same bytes on every machine.
fn language(look: &Look, configured: Option<Language>, reader: Reader, world: &World<'_>) -> Language {
    let of_locale = || {
        let locale = world.locale.as_deref().filter(|_| reader == Reader::Person);
        locale.and_then(Language::from_tag)
    };
    look.lang.or(configured).or_else(of_locale).unwrap_or_default()
}

/// Everything a run over files needs.
struct Session {
    set: RuleSet,
    options: Options,
    items: Items,
    config: Config,
    cache: Option<Cache>,
    threads: usize,
    /// Whether rules over a catalogue are wanted, and whether only these.
    catalogue: bool,
    only_catalogue: bool,
    /// The paths that were given, and whether one of them holds many practices.
    given: Vec<PathBuf>,
    folders: bool,
    waivers: Waivers,
    baseline: Option<waive::Writer>,
}

impl Session {
    fn run(&self) -> Run<'_> {
        Run {
            set: &self.set,
            options: &self.options,
            items: &self.items,
            threads: self.threads,
            cache: self.cache.as_ref(),
            waivers: &self.waivers,
            only_catalogue: self.only_catalogue,
        }
    }
}

fn session(
    args: &InputArgs,
    look: &Look,
    style: Style,
    reader: Reader,
    world: &mut World<'_>,
) -> io::Result<Result<Session, Exit>> {
    open(args, None, look, style, reader, world)
}

/// The same for a run that may write a baseline.
fn open(
    args: &InputArgs,
    written: Option<&Path>,
    look: &Look,
    style: Style,
    reader: Reader,
    world: &mut World<'_>,
) -> io::Result<Result<Session, Exit>> {
    // Before the configuration is read, only the command line and the locale tell.
    let asked = language(look, None, reader, world);
    let mut paths = args.paths.clone();
    if let Some(list) = &args.files_from {
        let text = if list.as_os_str() == "-" {
            io::read_to_string(io::stdin())
        } else {
            std::fs::read_to_string(list)
        };
        match text {
            Ok(text) => paths.extend(input::paths_from_list(&text)),
            Err(error) => {
                let error = input::system(&error).say(asked);
                return failed(world, &format!("{}: {error}", list.display())).map(Err);
            }
        }
    } else if paths.is_empty() {
        let said = asked.tr("no path is given; `credlint check .` checks this folder, `-` standard input");
        return failed(world, &said).map(Err);
    }
    // The schema takes as long to compile as the rules to load; neither needs the other. Whoever needs it first waits.
    std::thread::spawn(schema::descriptor_validator);
    let InForce {
        config,
        mut set,
        ignores,
        ..
    } = match in_force(&paths, &args.profile, &args.rules, style, &|own| {
        language(look, own, reader, world)
    }) {
        Ok(own) => own,
        Err(words) => return failed_with(world, &words).map(Err),
    };
    let asked = language(look, config.language, reader, world);
    let configured = config.weights.as_deref().map(|path| path.display().to_string());
    if let Some(weights) = args.weights.as_ref().or(configured.as_ref())
        && let Err(words) = compare::weigh(&mut set, weights, style, asked)
    {
        return failed_with(world, &words).map(Err);
    }
    let options = Options {
        as_of: args.as_of.or(config.as_of).unwrap_or(world.today),
        language: asked,
        format_in: args.format_in.as_deref().and_then(FormatIn::named),
    };
    let cache = match args
        .cache
        .as_deref()
        .map(|folder| (folder, Cache::open(folder, &set, &options)))
    {
        None => None,
        Some((_, Ok(cache))) => Some(cache),
        Some((folder, Err(error))) => return failed(world, &format!("--cache {}: {error}", folder.display())).map(Err),
    };
    let threads = args.jobs.map_or_else(processors, usize::from);
    let mut items = input::expand(&paths, &config, args.only_descriptors, &args.stdin_filename, threads);
    items.map_by(args.mapping.as_deref());
    // A file of records is a catalogue, like a folder of files, unless it is one of those that a hook names.
    let of_records =
        |path: &PathBuf| Form::of(path) == Some(Form::Lines) || sheet::is_named_so(&path.to_string_lossy());
    let many = |path: &PathBuf| path.is_dir() || (!args.only_descriptors && of_records(path));
    let folders = paths.iter().any(many);
    let known = waive::Known {
        set: &set,
        options: &options,
        config: &config,
        args,
        paths: &paths,
        cache: cache.as_ref(),
        threads,
        scope: Scope {
            paths: paths.len(),
            folders,
            wanted: !args.no_catalogue,
            threads,
        },
        written,
        style,
    };
    let waivers = match known.waivers(ignores) {
        Ok(waivers) => waivers,
        Err(words) => return failed_with(world, &words).map(Err),
    };
    Ok(Ok(Session {
        set,
        options,
        items,
        config,
        cache,
        threads,
        catalogue: !args.no_catalogue,
        only_catalogue: false,
        given: paths,
        folders,
        waivers,
        baseline: None,
    }))
}

/// Where commands look for a configuration that are given no paths.
fn here() -> [PathBuf; 1] {
    [PathBuf::from(".")]
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What is in force for some paths.
struct InForce {
    config: Config,
    set: RuleSet,
    /// Levels as they are before the configuration changes any.
    levels: Vec<Option<Level>>,
    ignores: Ignores,
}

/// The configuration of some paths and the rules under it, with the profiles and the further rules that were typed; the
/// error is ready to be printed, in the language that goes with the configuration's.
fn in_force(
    paths: &[PathBuf],
    profiles: &[String],
    rules: &[PathBuf],
    style: Style,
    of: &dyn Fn(Option<Language>) -> Language,
) -> Result<InForce, String> {
    let config = configuration(paths, !profiles.is_empty()).map_err(|error| config_words(style, of(None), &error))?;
    let language = of(config.language);
    let profiles = if profiles.is_empty() {
        &config.profiles
    } else {
        profiles
    };
    let packs: Vec<PathBuf> = config.rule_packs.iter().chain(rules).cloned().collect();
    let mut set = RuleSet::load(profiles, &packs).map_err(|error| set_words(style, language, &error))?;
    let levels = set.levels.clone();
    let ignores = config
        .apply(&mut set)
        .map_err(|error| config_words(style, language, &error))?;
    Ok(InForce {
        config,
        set,
        levels,
        ignores,
    })
}

/// One configuration for the run. Paths under different ones are checked together only when they agree on the
/// profile: gaps of different profiles do not belong into one report.
fn configuration(paths: &[PathBuf], profile_given: bool) -> Result<Config, ConfigError> {
    let place = |path: &PathBuf| {
        if path.as_os_str() == "-" {
            PathBuf::from(".")
        } else {
            path.clone()
        }
    };
    let mut found: Option<Config> = None;
    let mut folders: Vec<PathBuf> = paths
        .iter()
        .map(place)
        .map(|path| {
            if path.is_dir() {
                path
            } else {
                path.parent().unwrap_or(Path::new("")).to_path_buf()
            }
        })
        .collect();
    folders.dedup();
    for folder in &folders {
        let config = Config::find(if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        })?;
        match &found {
            None => found = Some(config),
            Some(first) if first.path == config.path || profile_given || first.profiles == config.profiles => {}
            Some(first) => {
                let name = |config: &Config| {
                    if config.profiles.is_empty() {
                        "eu".to_string()
                    } else {
                        config.profiles.join(", ")
                    }
                };
                let at = |config: &Config| match &config.path {
                    Some(path) => Phrase::new("{path}").with("path", crate::config::display(path)),
                    None => Phrase::new(mark("no configuration")),
                };
                let message = mark(
                    "these paths have different profiles: `{one}` ({here}) and `{other}` ({there}); check them apart, or give one with --profile",
                );
                return Err(ConfigError::Wrong {
                    file: Arc::new(Source::new("", String::new())),
                    span: Span::default(),
                    message: Phrase::new(message)
                        .with("one", name(first))
                        .with_phrase("here", at(first))
                        .with("other", name(&config))
                        .with_phrase("there", at(&config)),
                });
            }
        }
    }
    Ok(found.unwrap_or_default())
}

fn config_words(style: Style, language: Language, error: &ConfigError) -> String {
    match error {
        ConfigError::Wrong { file, span, message } if !file.text().is_empty() => {
            Human::mistake(style, language, "configuration", &message.say(language), file, *span)
        }
        ConfigError::Several(mistakes) => mistakes.iter().map(|own| config_words(style, language, own)).collect(),
        other => format!("credlint: {}\n", other.phrase().say(language)),
    }
}

fn set_words(style: Style, language: Language, error: &SetError) -> String {
    match error {
        SetError::Wrong {
            source_file,
            span,
            error,
        } => Human::mistake(style, language, "rule-file", &error.message, source_file, *span),
        SetError::NoProfile { name, near, known } => {
            let near = near.iter().map(String::as_str).collect::<Vec<_>>();
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("name", name),
                ("near", &did_you_mean(language, &near)),
                ("known", known),
            ];
            let said = language.fill("there is no profile `{name}`{near}\nknown: {known}", &values);
            format!("credlint: {said}\n")
        }
        other => format!("credlint: {other}\n"),
    }
}

/// Visits every document once, in order, and prints what is made of it by the threads that check. Between two texts
/// stands a separator.
fn visit_drawn(
    session: &Session,
    gather: &mut Gather<'_>,
    world: &mut World<'_>,
    separator: &str,
    draw: Draw<'_>,
) -> io::Result<Summary> {
    let mut first = true;
    walk(session, gather, world, Some(draw), &mut |_, drawn, out| {
        for drawn in drawn.iter().filter(|drawn| !drawn.is_empty()) {
            if !std::mem::take(&mut first) {
                out.write_all(separator.as_bytes())?;
            }
            out.write_all(drawn.as_bytes())?;
        }
        Ok(())
    })
}

/// Takes a practice, the texts that were made of it, and where text goes.
type Each<'a> = dyn FnMut(&Practice, &[String], &mut dyn Write) -> io::Result<()> + 'a;

/// Visits every document once, in order, and drops it; what the rules over a catalogue need of it stays.
fn walk(
    session: &Session,
    gather: &mut Gather<'_>,
    world: &mut World<'_>,
    draw: Option<Draw<'_>>,
    each: &mut Each<'_>,
) -> io::Result<Summary> {
    let mut summary = Summary {
        rules: session.set.rules.len(),
        ..Summary::default()
    };
    let mut progress = Progress::new(session.options.language, world.err_terminal);
    let ended = session.run().each(draw, &mut |step| {
        if world.stop.is_asked() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if let Step::Done(batch) = step {
            progress.share = batch.progress;
            for mut text in batch.texts {
                if let Some(error) = &text.error {
                    progress.clear(world.err)?;
                    let error = error.phrase().say(session.options.language);
                    writeln!(world.err, "credlint: {}: {error}", text.shown)?;
                }
                summary.left_out += text.left_out;
                gather.add(text.item, text.place, &text.source, &mut text.practices);
                let drawn = text.drawn.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
                for (practice, drawn) in text.practices.iter().zip(drawn) {
                    summary.add(practice);
                    if let Some(baseline) = &session.baseline {
                        let path = session.items.get(text.item).path;
                        baseline.practice(&session.set, path.as_deref(), practice);
                    }
                    progress.count += 1;
                    let mut out = Over {
                        out: world.out,
                        err: world.err,
                        progress: &mut progress,
                    };
                    each(practice, drawn, &mut out)?;
                }
            }
        } else {
            // Whoever reads along need not wait for what is ready.
            world.out.flush()?;
        }
        if progress.is_due() {
            world.out.flush()?;
            progress.draw(world.err)?;
        }
        Ok(())
    });
    progress.clear(world.err)?;
    if let Some(Err(error)) = session.cache.as_ref().map(Cache::finish) {
        let said = session
            .options
            .language
            .fill("the cache could not be written: {error}", &[("error", &error)]);
        tell(world, &said)?;
    }
    ended.map(|()| summary)
}

fn gather(session: &Session) -> Gather<'_> {
    let scope = Scope {
        paths: session.given.len(),
        folders: session.folders,
        wanted: session.catalogue,
        threads: session.threads,
    };
    Gather::new(&session.set, &session.options, &session.items, &session.config, scope)
}

/// Takes one finding with the files that it speaks of.
type Show<'a> = dyn FnMut(&Finding, &[Arc<Source>], &mut dyn Write) -> io::Result<()> + 'a;

/// Runs the rules over the catalogue and visits their findings with the files that they speak of.
fn visit_catalogue(
    session: &Session,
    gather: &mut Gather<'_>,
    summary: &mut Summary,
    world: &mut World<'_>,
    each: &mut Show<'_>,
) -> io::Result<Option<Catalogue>> {
    let finished = gather.finish();
    let language = session.options.language;
    for (name, error) in gather.unread() {
        let error = error.phrase().say(language);
        let values: [(&str, &dyn std::fmt::Display); 2] = [("file", name), ("error", &error)];
        let said = language.fill("{file}: {error}; it is not in the catalogue", &values);
        tell(world, &said)?;
    }
    summary.catalogue_not_run = gather.not_run();
    if let Some(NotRun::TooLarge) = gather.not_run() {
        let said = language.fill(
            "the catalogue was not looked at as a whole: {reason}; check parts of it, or leave it out with --no-catalogue",
            &[("reason", &language.tr(NotRun::TooLarge.words()))],
        );
        tell(world, &said)?;
    }
    let (set, day) = (&session.set, session.options.as_of);
    let mut finished = finished;
    if let Some(catalogue) = &mut finished {
        summary.add_catalogue(catalogue);
        waive::each_file(gather, &mut catalogue.findings, &mut |path, found, sources| {
            if world.stop.is_asked() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            session.waivers.apply_across(set, day, path, found);
            if let Some(baseline) = &session.baseline {
                baseline.across(set, path, found);
            }
            for ((finding, _), sources) in found.iter().zip(sources) {
                if let Some(gone) = sources.iter().find(|source| source.text().is_empty()) {
                    let said = language.fill(
                        "{file}: changed while credlint was running; its places are not shown",
                        &[("file", &gone.name())],
                    );
                    tell(world, &said)?;
                }
                summary.add_across(finding);
                each(finding, sources, world.out)?;
            }
            Ok(())
        })?;
    }
    // What the run itself writes anew need not be complained of.
    if session.baseline.is_none() {
        let all = waive::covers(session, &session.waivers.ignores.folder);
        let left = session.waivers.left(set, &session.options, all, finished.is_some());
        for (finding, source) in left {
            summary.add_across(&finding);
            each(&finding, &[source], world.out)?;
        }
    }
    Ok(finished)
}

/// A sentence for people, beside what is printed for whoever reads the output.
fn tell(world: &mut World<'_>, said: &str) -> io::Result<()> {
    writeln!(world.err, "credlint: {said}")
}

/// Ends a command with a sentence.
fn failed(world: &mut World<'_>, problem: &str) -> io::Result<Exit> {
    tell(world, problem)?;
    Ok(Exit::Failed)
}

/// The same with words that are ready to be printed.
fn failed_with(world: &mut World<'_>, words: &str) -> io::Result<Exit> {
    write!(world.err, "{words}")?;
    Ok(Exit::Failed)
}

fn check(args: &CheckArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    if args.with_suggestions && !args.fix && !args.diff {
        let language = language(look, None, Reader::Person, world);
        return failed(world, &language.tr("--with-suggestions needs --fix or --diff"));
    }
    let planned = match output::plan(args.format, &args.output, world.terminal) {
        Ok(planned) => planned,
        Err(problem) => return failed(world, &problem),
    };
    let written = args.write_baseline.as_deref();
    let mut session = match open(&args.input, written, look, style, Reader::of_all(&planned), world)? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    session.baseline = written.map(|path| waive::Writer::new(path, args.grow_baseline));
    session.only_catalogue = args.only_catalogue;
    if let Err(problem) = output::keep_apart(&planned, &mut session.items) {
        return failed(world, &problem);
    }
    let style = Style {
        quiet: args.quiet || args.only_catalogue,
        ..style
    };
    if args.fix || args.diff {
        return fixes::mend(session, args, &planned, style, world);
    }
    show(&session, args, &planned, style, world)
}

/// The report of a check.
fn show(
    session: &Session,
    args: &CheckArgs,
    planned: &[Planned<ReportFormat>],
    style: Style,
    world: &mut World<'_>,
) -> io::Result<Exit> {
    let fail_on = args.fail_on.or(session.config.fail_on).unwrap_or(FailOn::Error).level();
    let job = Job {
        set: &session.set,
        options: &session.options,
        style,
        by: &[],
        filter: &Filter::default(),
        fail_on,
    };
    let outputs = match args.statistics {
        false => Outputs::open(planned, job, style),
        true => statistics::planned(planned).and_then(|planned| Outputs::open(&planned, job, style)),
    };
    let outputs = match outputs {
        Ok(outputs) => outputs,
        Err(problem) => return failed(world, &problem),
    };
    let report = report(session, outputs, job, None, world)?;
    report.note_problems(world)?;
    if let Some(baseline) = &session.baseline
        && !baseline.finish(&session.waivers, session.options.language, world)?
    {
        return Ok(Exit::Failed);
    }
    let mut exit = finish(session, &args.input, &report.summary, fail_on, world)?;
    if let (true, Exit::Clean, Some(why)) = (args.only_catalogue, exit, report.summary.catalogue_not_run) {
        // Of one that is too large it has been said.
        if why == NotRun::Named {
            let said = session.options.language.tr(
                "no catalogue was checked: files were named; name a folder, or say `catalogue: {root: …}` in credlint.yaml",
            );
            tell(world, &said)?;
        }
        exit = Exit::NothingChecked;
    }
    Ok(if report.problems.is_empty() { exit } else { Exit::Failed })
}

fn score(args: &ScoreArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let planned = match output::plan(args.format, &args.output, world.terminal) {
        Ok(planned) => planned,
        Err(problem) => return failed(world, &problem),
    };
    let mut session = match session(&args.input, look, style, Reader::of_all(&planned), world)? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let mut ranking = compare::Ranking::new(&session.set, session.options.language, args);
    if let Err(problem) = output::keep_apart(&planned, &mut session.items) {
        return failed(world, &problem);
    }
    let filter = match Filter::parse(&args.filter, &session.set) {
        Ok(filter) => filter,
        Err(problem) => return failed(world, &format!("--where: {problem}")),
    };
    let by: Vec<Facet> = args.by.iter().map(|name| Facet::named(name)).collect();
    if by.is_empty() && planned.iter().any(|own| own.format == ScoreFormat::PatternsCsv) {
        let language = session.options.language;
        return failed(world, &language.tr("patterns-csv needs --by, such as `--by country`"));
    }
    let job = Job {
        set: &session.set,
        options: &session.options,
        style: wide(style, look, world),
        by: &by,
        filter: &filter,
        fail_on: None,
    };
    let outputs = match Outputs::open(&planned, job, style) {
        Ok(outputs) => outputs,
        Err(problem) => return failed(world, &problem),
    };
    let report = report(&session, outputs, job, Some(&mut ranking), world)?;
    report.note(&planned, job, world)?;
    if let Some(problem) = ranking.problem {
        return failed(world, &problem);
    }
    let exit = finish(&session, &args.input, &report.summary, None, world)?;
    Ok(if report.problems.is_empty() { exit } else { Exit::Failed })
}

/// A table may be as wide as the terminal; text is not.
fn wide(style: Style, look: &Look, world: &World<'_>) -> Style {
    let columns = look.width.or(world.columns.map(|columns| columns.clamp(40, 160)));
    Style {
        width: columns.map_or(style.width, usize::from),
        ..style
    }
}

/// What a run over practices came to.
struct Report {
    summary: Summary,
    chosen: usize,
    patterns: Vec<Patterns>,
    /// What went wrong with the files that were written.
    problems: Vec<String>,
}

impl Report {
    /// What went wrong with the files that were written.
    fn note_problems(&self, world: &mut World<'_>) -> io::Result<()> {
        for problem in &self.problems {
            writeln!(world.err, "credlint: {problem}")?;
        }
        Ok(())
    }

    /// What a reader of the output alone would not see.
    fn note(&self, planned: &[Planned<ScoreFormat>], job: Job<'_>, world: &mut World<'_>) -> io::Result<()> {
        self.note_problems(world)?;
        let language = job.options.language;
        let tells_all = |own: &Planned<ScoreFormat>| matches!(own.format, ScoreFormat::Table | ScoreFormat::Json);
        let unparsable = self.summary.unparsable;
        if unparsable > 0 && !planned.iter().any(tells_all) {
            let said = language.fill(
                "not in the result, because they could not be read to their end: {n}; `credlint check` says why",
                &[("n", &unparsable)],
            );
            tell(world, &said)?;
        }
        if self.chosen == 0 && self.summary.checked > 0 {
            let conditions = job.filter.written().join(", ");
            let said = language.fill(
                "none of {n} checked answers to {conditions}",
                &[("n", &self.summary.checked), ("conditions", &conditions)],
            );
            tell(world, &said)?;
        }
        for patterns in self.patterns.iter().filter(|own| own.practices > 0) {
            if patterns.named().next().is_none() {
                let near = did_you_mean(language, &Facet::near(&patterns.by).into_iter().collect::<Vec<_>>());
                let said = language.fill(
                    "no practice says anything of `{name}`{near}",
                    &[("name", &patterns.by), ("near", &near)],
                );
                tell(world, &said)?;
            }
        }
        Ok(())
    }
}

/// Every practice that is chosen, in every form that is wanted, as it comes.
fn report(
    session: &Session,
    mut outputs: Outputs<'_>,
    job: Job<'_>,
    mut ranking: Option<&mut compare::Ranking<'_>>,
    world: &mut World<'_>,
) -> io::Result<Report> {
    outputs.begin(world.out)?;
    let mut gather = gather(session);
    let mut rolls: Vec<Roll<'_>> = job.by.iter().map(|facet| Roll::new(job.set, facet.clone())).collect();
    let mut chosen = 0;
    let is_chosen = |practice: &Practice| {
        let checked = practice.state == State::Checked;
        job.filter.is_empty() || (checked && job.filter.passes(job.set, practice))
    };
    let pens = outputs.pens();
    let draw = |practice: &Practice| match &pens {
        Some(pens) if is_chosen(practice) => {
            let made = |pen: &Option<Pen<'_>>| pen.as_ref().map_or_else(String::new, |pen| pen(practice));
            pens.iter().map(made).collect()
        }
        _ => Vec::new(),
    };
    let draw = pens.is_some().then_some(&draw as Draw<'_>);
    let mut summary = walk(session, &mut gather, world, draw, &mut |practice, drawn, out| {
        if !is_chosen(practice) {
            return Ok(());
        }
        if practice.state == State::Checked {
            chosen += 1;
            rolls.iter_mut().for_each(|roll| roll.add(practice));
            if let Some(ranking) = &mut ranking {
                ranking.add(practice);
            }
        }
        outputs.practice(practice, drawn, out)
    })?;
    let mut findings = Vec::new();
    let wanted = outputs.want_findings();
    let catalogue = visit_catalogue(session, &mut gather, &mut summary, world, &mut |found, sources, out| {
        if wanted {
            findings.push(json::finding(&session.set, sources, found));
        }
        outputs.across(found, sources, out)
    })?;
    let patterns: Vec<Patterns> = rolls.into_iter().map(Roll::finish).collect();
    let sensitivity = ranking.and_then(compare::Ranking::analyse);
    let end = End {
        summary: &summary,
        chosen,
        catalogue: &json::catalogue(catalogue.as_ref(), gather.not_run(), findings, session.options.language),
        patterns: &patterns,
        sensitivity: sensitivity.as_ref(),
    };
    let problems = outputs.end(&end, world.out)?;
    Ok(Report {
        summary,
        chosen,
        patterns,
        problems,
    })
}

fn plan(args: &PlanArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let session = match session(&args.input, look, style, Reader::Person, world)? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let text = |practice: &Practice| match practice.state {
        State::Checked => crate::plan::text(&session.set, practice, session.options.language, style.width),
        _ => String::new(),
    };
    let summary = visit_drawn(&session, &mut gather(&session), world, "\n", &|practice| {
        vec![text(practice)]
    })?;
    finish(&session, &args.input, &summary, None, world)
}

/// Every practice of the named files in another format. What the format cannot hold is listed, never dropped silently.
fn convert(args: &ConvertArgs, look: &Look, world: &mut World<'_>) -> io::Result<Exit> {
    let set = match RuleSet::embedded("eu") {
        Ok(set) => set,
        Err(error) => return failed(world, &error.to_string()),
    };
    let to = args.to.unwrap_or(Target::Native);
    let wanted = Wanted {
        target: to,
        extract: args.extract,
        as_of: world.today,
        version: args.elm_version,
        language: language(look, None, Reader::of(args.format), world),
    };
    let format_in = args.format_in.as_deref().and_then(FormatIn::named);
    let mut items = input::expand(&args.paths, &Config::default(), false, "<stdin>", 1);
    items.map_by(args.mapping.as_deref());
    let (mut documents, mut report, mut exit) = (Vec::new(), Vec::new(), Exit::Clean);
    let (mut texts, mut names): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    // Practices of a stream are counted over all of its texts.
    let mut counted = (0, 0);
    let mut one = |item: &Item, text: Text| -> io::Result<()> {
        let source = match text.content {
            Ok(source) => source,
            Err(error) => {
                exit = Exit::Failed;
                let error = error.phrase().say(wanted.language);
                return writeln!(world.err, "credlint: {}: {error}", item.shown);
            }
        };
        // On a walk a sheet must say that its rows are practices, as for every other command.
        let foreign = source.sheet().is_some_and(|sheet| !sheet.ours);
        if foreign && item.presence == Presence::Walked {
            return Ok(());
        }
        let written = match convert_file(&set, &source, format_in, wanted) {
            Ok(written) => written,
            Err(problem) => {
                exit = Exit::Failed;
                let place = text.place.map(|_| format!(":{}", text.base.line + 1));
                let place = place.unwrap_or_default();
                return writeln!(
                    world.err,
                    "credlint: {}{place}: {}",
                    item.shown,
                    problem.say(wanted.language)
                );
            }
        };
        if counted.0 != text.item {
            counted = (text.item, 0);
        }
        // Where there is nothing to convert, comments and layout stay as they are.
        let whole = written.last().is_some_and(|practice| practice.is_unchanged);
        texts.extend(whole.then(|| source.text().to_string()));
        // The rows of a spreadsheet know their numbers.
        let before = if source.sheet().is_some() { 0 } else { counted.1 };
        for mut practice in written {
            practice.number += before;
            counted.1 = practice.number;
            if args.format == Format::Human {
                print_losses(&item.shown, &practice, wanted.language, world)?;
            }
            report.push(serde_json::json!({
                "file": item.shown,
                "document": practice.number,
                "output": practice.converted.document,
                "losses": practice.converted.losses,
            }));
            if !whole {
                texts.push(yaml(&practice.converted.document));
            }
            names.push(practice.name.unwrap_or_default());
            documents.push(practice.converted.document);
        }
        Ok(())
    };
    let mut ended = Ok(());
    stream::feed(&items, &mut |job| {
        job.each(&items, &mut |item, text| {
            if ended.is_ok() {
                ended = one(item, text);
            }
        });
        ended.is_ok()
    });
    ended?;
    if documents.is_empty() {
        if exit == Exit::Clean {
            let why = match args.extract {
                true => mark("nothing was converted; no file has `units` that are described in it"),
                false => mark("nothing was converted; no file is of a format that is known"),
            };
            writeln!(world.err, "credlint: {}", wanted.language.tr(why))?;
            exit = Exit::NothingChecked;
        }
        return Ok(exit);
    }
    if let (Some(folder), true) = (args.output.as_deref().filter(|path| path.is_dir()), args.extract) {
        return write_units(folder, to, &names, &documents, world);
    }
    let text = match (args.format, to) {
        (Format::Json, _) => {
            let all = serde_json::json!({ "version": 1, "to": to.title(), "documents": report });
            serde_json::to_string_pretty(&all)? + "\n"
        }
        (_, Target::Native) => joined(&texts),
        _ if documents.len() == 1 => serde_json::to_string_pretty(&documents[0])? + "\n",
        _ => serde_json::to_string_pretty(&documents)? + "\n",
    };
    match &args.output {
        None => write!(world.out, "{text}")?,
        Some(path) => {
            if let Err(error) = std::fs::write(path, text) {
                return failed(world, &format!("{}: {error}", path.display()));
            }
        }
    }
    Ok(exit)
}

/// A file for each unit, named by its id.
fn write_units(
    folder: &Path,
    to: Target,
    names: &[String],
    documents: &[serde_json::Value],
    world: &mut World<'_>,
) -> io::Result<Exit> {
    let plain = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '-'
        }
    };
    let mut used: Vec<String> = Vec::new();
    for (name, document) in names.iter().zip(documents) {
        let stem: String = name.trim_start_matches('.').chars().map(plain).collect();
        let (extension, text) = match to {
            Target::Native => ("yaml", yaml(document)),
            _ => ("json", serde_json::to_string_pretty(document)? + "\n"),
        };
        let file = format!("{stem}.{extension}");
        if used.contains(&file) {
            return failed(world, &format!("{file}: two units have this id"));
        }
        let path = folder.join(&file);
        // A unit that somebody has worked on since is not overwritten.
        let written =
            std::fs::File::create_new(&path).and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()));
        if let Err(error) = written {
            return failed(world, &format!("{}: {error}", path.display()));
        }
        used.push(file);
    }
    Ok(Exit::Clean)
}

/// Several YAML texts as one.
fn joined(texts: &[String]) -> String {
    let mut whole = String::new();
    for text in texts {
        if !whole.is_empty() && !whole.ends_with('\n') {
            whole.push('\n');
        }
        if !whole.is_empty() && !text.starts_with("---") {
            whole.push_str("---\n");
        }
        whole.push_str(text);
    }
    whole
}

fn print_losses(file: &str, practice: &Written, language: Language, world: &mut World<'_>) -> io::Result<()> {
    let losses = &practice.converted.losses;
    if losses.is_empty() {
        return Ok(());
    }
    let statements = losses.iter().filter(|loss| !loss.path.is_empty()).count();
    let head = language.plural(
        statements,
        "{n} statement is not carried over in full",
        "{n} statements are not carried over in full",
    );
    for loss in losses.iter().filter(|loss| loss.path.is_empty()) {
        writeln!(world.err, "{file}: {}", loss.what)?;
    }
    if statements > 0 {
        writeln!(world.err, "{file}, {}: {head}", practice.number)?;
    }
    for loss in losses.iter().filter(|loss| !loss.path.is_empty()) {
        let value = if loss.value.is_empty() {
            String::new()
        } else {
            format!(" ({})", loss.value)
        };
        writeln!(world.err, "  {}{value}: {}", loss.path, loss.what)?;
    }
    Ok(())
}

fn finish(
    session: &Session,
    args: &InputArgs,
    summary: &Summary,
    fail_on: Option<Level>,
    world: &mut World<'_>,
) -> io::Result<Exit> {
    let language = session.options.language;
    if let Some(pattern) = unmatched_include(session) {
        let said = language.fill(
            "the `include` pattern `{pattern}` names no file",
            &[("pattern", &pattern)],
        );
        return failed(world, &said);
    }
    if summary.unreadable > 0 {
        return Ok(Exit::Failed);
    }
    if fail_on.is_some_and(|level| summary.at_least(level) > 0) {
        return Ok(Exit::Findings);
    }
    if summary.unparsable > 0 && fail_on.is_none() {
        let said = session.options.language.plural(
            summary.unparsable,
            "{n} unparsable; `credlint check` says why",
            "{n} unparsable; `credlint check` says why",
        );
        tell(world, &said)?;
    }
    let looked_at = summary.checked + summary.unparsable;
    if looked_at == 0 && !args.only_descriptors {
        let said = language.tr("nothing was checked; a descriptor starts with `descriptor: micro-credential/1`");
        tell(world, &said)?;
        return Ok(Exit::NothingChecked);
    }
    if summary.checked < args.min_checked {
        let said = language.fill(
            "{n} checked, at least {least} expected (--min-checked)",
            &[("n", &summary.checked), ("least", &args.min_checked)],
        );
        tell(world, &said)?;
        return Ok(Exit::NothingChecked);
    }
    Ok(Exit::Clean)
}

/// An `include` pattern that names nothing in a walk over the whole folder of the configuration.
fn unmatched_include(session: &Session) -> Option<String> {
    let config = &session.config;
    let folder = config.path.as_ref()?.parent()?;
    let walked_all = session
        .items
        .iter()
        .any(|item| item.presence == Presence::Walked || item.path.is_some());
    let matched = |number: usize| {
        session
            .items
            .iter()
            .filter_map(|item| item.path)
            .any(|path| config.included_by(&path) == Some(number))
    };
    let missing = (0..config.include_patterns.len()).find(|number| !matched(*number))?;
    // Only a run over the whole folder can say that a pattern names nothing.
    let whole = walked_all
        && session
            .items
            .iter()
            .filter_map(|item| item.path)
            .all(|path| std::path::absolute(&path).is_ok_and(|path| path.starts_with(folder)));
    whole.then(|| config.include_patterns[missing].clone())
}

/// A spreadsheet to fill in, and the mapping file beside it.
fn new(args: &NewArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let Some(path) = &args.sheet else {
        return fresh::write(args, look, style, world);
    };
    let language = language(look, None, Reader::Person, world);
    let set = match RuleSet::embedded(&args.profile) {
        Ok(set) => set,
        Err(error) => return failed_with(world, &set_words(style, language, &error)),
    };
    let path = if path.extension().is_some() {
        path.clone()
    } else {
        path.with_extension("xlsx")
    };
    if path
        .extension()
        .is_none_or(|extension| !extension.eq_ignore_ascii_case("xlsx"))
    {
        let said = language.fill(
            "{file}: a workbook is written, so its name ends in .xlsx",
            &[("file", &path.display())],
        );
        return failed(world, &said);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let beside = path.with_file_name(format!("{stem}{}", crate::sheet::MAPPING_SUFFIX));
    let workbook = match template::workbook(&set.profile, language, &template::Content::default()) {
        Ok(workbook) => workbook,
        Err(error) => return failed(world, &format!("{}: {error}", path.display())),
    };
    let mapping = template::mapping(&set.profile, language, &name);
    if let Err((path, error)) = input::write_new(&[(path.clone(), workbook), (beside.clone(), mapping.into_bytes())]) {
        return failed(world, &format!("{}: {error}", path.display()));
    }
    let values: [(&str, &dyn std::fmt::Display); 2] = [("sheet", &path.display()), ("mapping", &beside.display())];
    let said = language.fill(
        "{sheet}: one row for each practice; {mapping} says what the columns are\n`credlint score {sheet}` scores it",
        &values,
    );
    writeln!(world.out, "{said}")?;
    Ok(Exit::Clean)
}

fn explain_rule(args: &ExplainArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let of = |own| language(look, own, Reader::Person, world);
    let InForce { config, set, .. } = match in_force(&here(), &args.profile, &args.rules, style, &of) {
        Ok(own) => own,
        Err(words) => return failed_with(world, &words),
    };
    let language = language(look, config.language, Reader::Person, world);
    match set.get(&args.id) {
        Some((index, _)) => {
            write!(world.out, "{}", explain::rule(&set, index, language, style.width))?;
            Ok(Exit::Clean)
        }
        None => match Topic::of(&args.id) {
            Some(topic) => {
                write!(world.out, "{}", topic.page(&set, language))?;
                Ok(Exit::Clean)
            }
            None => {
                let mut near = Topic::near(&args.id);
                near.extend(set.near(&args.id));
                near.truncate(3);
                let near = did_you_mean(language, &near);
                let said = language.fill(
                    "nothing to explain is called `{name}`{near}\n`credlint rules` lists all rules.",
                    &[("name", &args.id), ("near", &near)],
                );
                failed(world, &said)
            }
        },
    }
}

/// `; did you mean …?`, or nothing where nothing is near.
fn did_you_mean(language: Language, near: &[&str]) -> String {
    Phrase::did_you_mean(near.iter().copied()).say(language)
}

fn rules(args: &RulesArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    if let Some(folder) = &args.export {
        return export(folder, look, world);
    }
    let of = |own| language(look, own, Reader::of(args.format), world);
    let InForce { config, set, .. } = match in_force(&here(), &args.profile, &args.rules, style, &of) {
        Ok(own) => own,
        Err(words) => return failed_with(world, &words),
    };
    let language = language(look, config.language, Reader::of(args.format), world);
    if args.format == Format::Json {
        let rules: Vec<serde_json::Value> = set
            .rules
            .iter()
            .zip(&set.levels)
            .map(|(rule, level)| {
                let mut value = serde_json::to_value(&rule.file).unwrap_or_default();
                value["message"] = rule.message(language).into();
                value["why"] = rule.why(language).into();
                value["help"] = rule.help(language).into();
                value["id"] = rule.id.clone().into();
                value["level_in_profile"] = level.map_or("off", Level::word).into();
                value["authority"]["title"] = set.authority_title(&rule.file.authority.source).into();
                value
            })
            .collect();
        let made_by = serde_json::json!({"credlint": env!("CARGO_PKG_VERSION"), "rules_digest": set.digest, "vocabularies": set.snapshot, "profile": set.profile.name()});
        let all = serde_json::json!({"version": 1, "made_by": made_by, "rules": rules});
        writeln!(world.out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(Exit::Clean);
    }
    let longest = set.rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for (rule, level) in set.rules.iter().zip(&set.levels) {
        let level = language.tr(level.map_or(mark("off"), Level::word));
        let message = explain::without_values(rule.message(language));
        let line = format!("{:longest$}  {level:8} {message}", rule.id);
        writeln!(world.out, "{}", crate::descriptor::shorten_line(&line, style.width))?;
    }
    let closing = language.fill(
        "{n} rules, levels of profile {profile}; `credlint explain RULE` says more",
        &[("n", &set.rules.len()), ("profile", &set.profile.name())],
    );
    writeln!(world.out, "\n{closing}")?;
    Ok(Exit::Clean)
}

/// Writes the pack in force.
fn export(folder: &Path, look: &Look, world: &mut World<'_>) -> io::Result<Exit> {
    match exchange::export(folder) {
        Ok(files) => {
            let pack = crate::pack::current();
            let language = language(look, None, Reader::Person, world);
            let said = language.fill(
                "{n} files of the rule pack {digest} written\n`--pack {folder}` runs them in place of the pack inside the program",
                &[
                    ("n", &files),
                    ("digest", &&pack.digest[..7]),
                    ("folder", &folder.display()),
                ],
            );
            writeln!(world.err, "{said}")?;
            Ok(Exit::Clean)
        }
        Err(error) => {
            writeln!(world.err, "credlint: {error}")?;
            Ok(Exit::Failed)
        }
    }
}

fn test(args: &TestArgs, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    // Levels and profiles of the configuration are left out: fixtures say what a rule itself finds.
    let config = match configuration(&here(), true) {
        Ok(config) => config,
        Err(error) => return failed_with(world, &config_words(style, Language::ENGLISH, &error)),
    };
    let packs: Vec<PathBuf> = config.rule_packs.iter().chain(&args.rules).cloned().collect();
    let mut set = match RuleSet::load(&[], &packs) {
        Ok(set) => set,
        Err(error) => return failed_with(world, &set_words(style, Language::ENGLISH, &error)),
    };
    if !args.fixtures.is_dir() {
        return failed(
            world,
            &format!(
                "{}: no such folder; fixtures lie in <folder>/<element>/<problem>/",
                args.fixtures.display()
            ),
        );
    }
    ruletest::open_set(&mut set);
    let options = Options {
        as_of: jiff::civil::date(2026, 1, 1),
        language: Language::ENGLISH,
        format_in: None,
    };
    let is_wanted = |id: &str| {
        if args.ids.is_empty() {
            // Whoever brings rules has no fixtures for those of the program.
            packs.is_empty() || crate::pack::find(crate::pack::current().rules, id).is_none()
        } else {
            args.ids.iter().any(|wanted| id.starts_with(wanted.as_str()))
        }
    };
    let (mut rules, mut cases, mut wrong) = (0, 0, 0);
    for index in 0..set.rules.len() {
        if !is_wanted(&set.rules[index].id) {
            continue;
        }
        let result = ruletest::run(&set, &options, index, &args.fixtures);
        rules += 1;
        cases += result.cases;
        if !result.failures.is_empty() {
            wrong += 1;
            writeln!(world.out, "{}", result.id)?;
            for failure in result.failures {
                writeln!(world.out, "  {failure}")?;
            }
        }
    }
    if rules == 0 {
        let problem = match args.ids.first() {
            Some(id) => format!(
                "no rule is called `{}`{}",
                args.ids.join("`, `"),
                did_you_mean(Language::ENGLISH, &set.near(id))
            ),
            None => "there are no rules in the folders of further rules".to_string(),
        };
        return failed(world, &problem);
    }
    let count = |n: usize, one: &str, other: &str| format!("{n} {}", if n == 1 { one } else { other });
    let (tested, failing) = (count(rules, "rule", "rules"), count(wrong, "rule", "rules"));
    let cases = count(cases, "case", "cases");
    writeln!(world.out, "{tested}, {cases}, {failing} with failures")?;
    Ok(if wrong == 0 { Exit::Clean } else { Exit::Findings })
}
