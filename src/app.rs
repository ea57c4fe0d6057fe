//! What the commands do, over any output. The binary adds only the process around it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::{
    CheckArgs, Cli, Colour, Command, ConvertArgs, ExplainArgs, Format, InputArgs, Look, NewArgs, PlanArgs, RulesArgs,
    ScoreArgs, TestArgs,
};
use crate::config::{Config, ConfigError};
use crate::convert::native::yaml;
use crate::convert::{Target, Wanted, Written, convert_file};
use crate::finding::Finding;
use crate::gather::Gather;
use crate::input::{self, Item, ReadError};
use crate::language::{Language, mark};
use crate::lint::catalogue::Catalogue;
use crate::lint::{FormatIn, Options, Practice, Presence, State, lint_source};
use crate::reference::Topic;
use crate::report::human::{Human, Style};
use crate::report::table::Table;
use crate::report::{Summary, json};
use crate::rule::set::{RuleSet, SetError};
use crate::sheet::template;
use crate::source::{Source, Span};
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
        Command::Check(args) => check(args, &cli.look, style, world),
        Command::Score(args) => score(args, &cli.look, style, world),
        Command::Plan(args) => plan(args, &cli.look, style, world),
        Command::Convert(args) => convert(args, &cli.look, world),
        Command::New(args) => new(args, &cli.look, style, world),
        Command::Explain(args) => explain_rule(args, &cli.look, style, world),
        Command::Rules(args) => rules(args, &cli.look, style, world),
        Command::Test(args) => test(args, style, world),
        Command::Schema(args) => {
            write!(world.out, "{}", schemas::text(args.name))?;
            Ok(Exit::Clean)
        }
    }
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
    items: Vec<Item>,
    config: Config,
    /// How many paths were given, and whether one of them is a folder.
    paths: usize,
    folders: bool,
}

fn session(
    args: &InputArgs,
    look: &Look,
    style: Style,
    reader: Reader,
    world: &mut World<'_>,
) -> io::Result<Result<Session, Exit>> {
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
                writeln!(world.err, "credlint: {}: {error}", list.display())?;
                return Ok(Err(Exit::Failed));
            }
        }
    } else if paths.is_empty() {
        writeln!(
            world.err,
            "credlint: no path is given; `credlint check .` checks this folder, `-` standard input"
        )?;
        return Ok(Err(Exit::Failed));
    }
    // The schema takes as long to compile as the rules to load; neither needs the other. Whoever needs it first waits.
    std::thread::spawn(schema::descriptor_validator);
    let config = match configuration(&paths, !args.profile.is_empty()) {
        Ok(config) => config,
        Err(error) => {
            write!(world.err, "{}", config_words(style, &error))?;
            return Ok(Err(Exit::Failed));
        }
    };
    let profiles = if args.profile.is_empty() {
        &config.profiles
    } else {
        &args.profile
    };
    let set = match RuleSet::load(profiles, &args.rules) {
        Ok(set) => set,
        Err(error) => {
            write!(world.err, "{}", set_words(style, &error))?;
            return Ok(Err(Exit::Failed));
        }
    };
    let options = Options {
        as_of: args.as_of.unwrap_or(world.today),
        language: language(look, config.language, reader, world),
        format_in: args.format_in.as_deref().and_then(FormatIn::named),
    };
    let mut items = input::expand(&paths, &config, args.only_descriptors, &args.stdin_filename);
    items.iter_mut().for_each(|item| item.mapping.clone_from(&args.mapping));
    Ok(Ok(Session {
        set,
        options,
        items,
        config,
        paths: paths.len(),
        folders: paths.iter().any(|path| path.is_dir()),
    }))
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
                let at = |config: &Config| {
                    config
                        .path
                        .as_ref()
                        .map_or("no configuration".to_string(), |path| crate::config::display(path))
                };
                let message = format!(
                    "these paths have different profiles: `{}` ({}) and `{}` ({}); check them apart, or give one with --profile",
                    name(first),
                    at(first),
                    name(&config),
                    at(&config)
                );
                return Err(ConfigError::Wrong {
                    file: Arc::new(Source::new("", String::new())),
                    span: Span::default(),
                    message,
                });
            }
        }
    }
    Ok(found.unwrap_or_default())
}

fn config_words(style: Style, error: &ConfigError) -> String {
    match error {
        ConfigError::Wrong { file, span, message } if !file.text().is_empty() => {
            Human::mistake(style, "configuration (error)", message, file, *span, "here")
        }
        other => format!("credlint: {other}\n"),
    }
}

fn set_words(style: Style, error: &SetError) -> String {
    match error {
        SetError::Wrong {
            source_file,
            span,
            error,
        } => Human::mistake(style, "rule-file (error)", &error.message, source_file, *span, "here"),
        other => format!("credlint: {other}\n"),
    }
}

/// The documents of one item; unreadable ones come with the reason.
fn practices(session: &Session, item: &Item) -> (Arc<Source>, Vec<Practice>, Option<ReadError>) {
    match input::load(item) {
        Ok(source) => {
            let source = Arc::new(source);
            let practices = lint_source(&session.set, &session.options, &source, item.presence);
            (source, practices, None)
        }
        Err(ReadError::NotUtf8 { lossy, valid_up_to }) => {
            let source = Arc::new(Source::new(item.shown.clone(), lossy));
            let practice = crate::lint::not_utf8(&session.set, &session.options, source.clone(), valid_up_to);
            let lossy = String::new();
            (source, vec![practice], Some(ReadError::NotUtf8 { lossy, valid_up_to }))
        }
        Err(error) => {
            let source = Arc::new(Source::new(item.shown.clone(), String::new()));
            let mut practice = Practice::empty(source.clone(), 1, State::Unreadable);
            practice.problem = Some(error.to_string());
            (source, vec![practice], Some(error))
        }
    }
}

/// Visits every document once, in order, and drops it; what the rules over a catalogue need of it stays.
fn visit(
    session: &Session,
    gather: &mut Gather<'_>,
    world: &mut World<'_>,
    each: &mut dyn FnMut(&Practice, &mut dyn Write) -> io::Result<()>,
) -> io::Result<Summary> {
    let mut summary = Summary {
        rules: session.set.rules.len(),
        ..Summary::default()
    };
    for (number, item) in session.items.iter().enumerate() {
        let (source, mut practices, error) = practices(session, item);
        if let Some(error) = error {
            writeln!(world.err, "credlint: {}: {error}", item.shown)?;
        }
        gather.add(number, &source, &mut practices);
        for practice in &practices {
            summary.add(practice);
            each(practice, world.out)?;
        }
    }
    Ok(summary)
}

fn gather(session: &Session) -> Gather<'_> {
    Gather::new(
        &session.set,
        &session.options,
        &session.items,
        &session.config,
        session.paths,
        session.folders,
    )
}

/// Takes one finding with the files that it speaks of.
type Show<'a> = dyn FnMut(&Finding, &[Arc<Source>], &mut dyn Write) -> io::Result<()> + 'a;

/// Runs the rules over the catalogue and visits their findings with the files that they speak of.
fn visit_catalogue(
    gather: &mut Gather<'_>,
    summary: &mut Summary,
    world: &mut World<'_>,
    each: &mut Show<'_>,
) -> io::Result<Option<Catalogue>> {
    let Some(mut catalogue) = gather.finish() else {
        return Ok(None);
    };
    summary.add_catalogue(&catalogue);
    for (name, error) in gather.unread() {
        writeln!(world.err, "credlint: {name}: {error}; it is not in the catalogue")?;
    }
    for found in &mut catalogue.findings {
        let sources = gather.locate(found);
        if let Some(gone) = sources.iter().find(|source| source.text().is_empty()) {
            writeln!(
                world.err,
                "credlint: {}: changed while credlint was running; its places are not shown",
                gone.name()
            )?;
        }
        each(&found.finding, &sources, world.out)?;
    }
    Ok(Some(catalogue))
}

fn check(args: &CheckArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let session = match session(&args.input, look, style, Reader::of(args.format), world)? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let style = Style {
        quiet: args.quiet,
        ..style
    };
    let summary = match args.format {
        Format::Human => {
            let human = Human::new(&session.set, style, session.options.language);
            let mut gather = gather(&session);
            let mut summary = visit(&session, &mut gather, world, &mut |practice, out| {
                write!(out, "{}", human.practice(practice))
            })?;
            let mut section = human.catalogue();
            let catalogue = visit_catalogue(&mut gather, &mut summary, world, &mut |found, sources, out| {
                write!(out, "{}", section.finding(found, sources))
            })?;
            write!(world.out, "{}", section.end(catalogue.as_ref()))?;
            write!(world.out, "{}", human.closing(&summary))?;
            summary
        }
        Format::Json => print_json(&session, world)?,
    };
    finish(&session, &args.input, &summary, args.fail_on.level(), world)
}

fn score(args: &ScoreArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let session = match session(&args.input, look, style, Reader::of(args.format), world)? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let summary = match args.format {
        Format::Human => {
            let mut table = Table::new(&session.set, style, session.options.language);
            let mut gather = gather(&session);
            let mut summary = visit(&session, &mut gather, world, &mut |practice, _| {
                if practice.state == State::Checked {
                    table.add(practice);
                }
                Ok(())
            })?;
            visit_catalogue(&mut gather, &mut summary, world, &mut |_, _, _| Ok(()))?;
            if summary.checked > 0 {
                write!(
                    world.out,
                    "{}\n{}",
                    table.render(),
                    Human::new(&session.set, style, session.options.language).closing(&summary)
                )?;
            }
            summary
        }
        Format::Json => print_json(&session, world)?,
    };
    finish(&session, &args.input, &summary, None, world)
}

fn plan(args: &PlanArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let session = match session(&args.input, look, style, Reader::Person, world)? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let mut first = true;
    let summary = visit(&session, &mut gather(&session), world, &mut |practice, out| {
        if practice.state != State::Checked {
            return Ok(());
        }
        let separator = if std::mem::take(&mut first) { "" } else { "\n" };
        write!(
            out,
            "{separator}{}",
            crate::plan::text(&session.set, practice, session.options.language, style.width)
        )
    })?;
    finish(&session, &args.input, &summary, None, world)
}

/// Every practice of the named files in another format. What the format cannot hold is listed, never dropped silently.
fn convert(args: &ConvertArgs, look: &Look, world: &mut World<'_>) -> io::Result<Exit> {
    let set = match RuleSet::embedded("eu") {
        Ok(set) => set,
        Err(error) => {
            writeln!(world.err, "credlint: {error}")?;
            return Ok(Exit::Failed);
        }
    };
    let wanted = Wanted {
        target: args.to,
        version: args.elm_version,
        language: language(look, None, Reader::of(args.format), world),
    };
    let format_in = args.format_in.as_deref().and_then(FormatIn::named);
    let mut items = input::expand(&args.paths, &Config::default(), false, "<stdin>");
    items.iter_mut().for_each(|item| item.mapping.clone_from(&args.mapping));
    let (mut documents, mut report, mut exit) = (Vec::new(), Vec::new(), Exit::Clean);
    for item in items {
        let source = match input::load(&item) {
            Ok(source) => source,
            Err(error) => {
                writeln!(world.err, "credlint: {}: {error}", item.shown)?;
                exit = Exit::Failed;
                continue;
            }
        };
        let written = match convert_file(&set, &source, format_in, wanted) {
            Ok(written) => written,
            Err(problem) => {
                writeln!(world.err, "credlint: {}: {}", item.shown, problem.say(wanted.language))?;
                exit = Exit::Failed;
                continue;
            }
        };
        for practice in written {
            if args.format == Format::Human {
                print_losses(&item.shown, &practice, wanted.language, world)?;
            }
            report.push(serde_json::json!({
                "file": item.shown,
                "document": practice.number,
                "output": practice.converted.document,
                "losses": practice.converted.losses,
            }));
            documents.push(practice.converted.document);
        }
    }
    if documents.is_empty() {
        if exit == Exit::Clean {
            writeln!(
                world.err,
                "credlint: nothing was converted; no file is of a format that is known"
            )?;
            exit = Exit::NothingChecked;
        }
        return Ok(exit);
    }
    let text = match (args.format, args.to) {
        (Format::Json, _) => {
            let all = serde_json::json!({ "version": 1, "to": args.to.title(), "documents": report });
            serde_json::to_string_pretty(&all)? + "\n"
        }
        (_, Target::Native) => documents.iter().map(yaml).collect::<Vec<_>>().join("---\n"),
        _ if documents.len() == 1 => serde_json::to_string_pretty(&documents[0])? + "\n",
        _ => serde_json::to_string_pretty(&documents)? + "\n",
    };
    match &args.output {
        None => write!(world.out, "{text}")?,
        Some(path) => {
            if let Err(error) = std::fs::write(path, text) {
                writeln!(world.err, "credlint: {}: {error}", path.display())?;
                return Ok(Exit::Failed);
            }
        }
    }
    Ok(exit)
}

fn print_losses(file: &str, practice: &Written, language: Language, world: &mut World<'_>) -> io::Result<()> {
    let losses = &practice.converted.losses;
    if losses.is_empty() {
        return Ok(());
    }
    let head = language.plural(
        losses.len(),
        "{n} statement is not carried over in full",
        "{n} statements are not carried over in full",
    );
    writeln!(world.err, "{file}, {}: {head}", practice.number)?;
    for loss in losses {
        let value = if loss.value.is_empty() {
            String::new()
        } else {
            format!(" ({})", loss.value)
        };
        writeln!(world.err, "  {}{value}: {}", loss.path, loss.what)?;
    }
    Ok(())
}

/// Written as it comes, so that memory does not grow with the number of practices.
fn print_json(session: &Session, world: &mut World<'_>) -> io::Result<Summary> {
    let made_by = serde_json::to_string(&json::made_by(&session.set, &session.options))?;
    write!(
        world.out,
        "{{\"version\":{},\"made_by\":{made_by},\"practices\":[",
        json::RESULT_VERSION
    )?;
    let mut gather = gather(session);
    let mut first = true;
    let mut summary = visit(session, &mut gather, world, &mut |practice, out| {
        let separator = if std::mem::take(&mut first) { "\n" } else { ",\n" };
        let result = serde_json::to_string(&json::practice(&session.set, &session.options, practice))?;
        write!(out, "{separator}{result}")
    })?;
    let mut findings = Vec::new();
    let catalogue = visit_catalogue(&mut gather, &mut summary, world, &mut |found, sources, _| {
        findings.push(json::finding(&session.set, sources, found));
        Ok(())
    })?;
    let catalogue = json::catalogue(catalogue.as_ref(), findings, session.options.language);
    writeln!(
        world.out,
        "\n],\"catalogue\":{},\"summary\":{}}}",
        serde_json::to_string(&catalogue)?,
        serde_json::to_string(&summary)?
    )?;
    Ok(summary)
}

fn finish(
    session: &Session,
    args: &InputArgs,
    summary: &Summary,
    fail_on: Option<crate::rule::Level>,
    world: &mut World<'_>,
) -> io::Result<Exit> {
    if let Some(pattern) = unmatched_include(session) {
        writeln!(world.err, "credlint: the `include` pattern `{pattern}` names no file")?;
        return Ok(Exit::Failed);
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
        writeln!(world.err, "credlint: {said}")?;
    }
    let looked_at = summary.checked + summary.unparsable;
    if looked_at == 0 && !args.only_descriptors {
        writeln!(
            world.err,
            "credlint: nothing was checked; a descriptor starts with `descriptor: micro-credential/1`"
        )?;
        return Ok(Exit::NothingChecked);
    }
    if summary.checked < args.min_checked {
        writeln!(
            world.err,
            "credlint: {} checked, at least {} expected (--min-checked)",
            summary.checked, args.min_checked
        )?;
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
            .filter_map(|item| item.path.as_deref())
            .any(|path| config.included_by(path) == Some(number))
    };
    let missing = (0..config.include_patterns.len()).find(|number| !matched(*number))?;
    // Only a run over the whole folder can say that a pattern names nothing.
    let whole = walked_all
        && session
            .items
            .iter()
            .filter_map(|item| item.path.as_deref())
            .all(|path| std::path::absolute(path).is_ok_and(|path| path.starts_with(folder)));
    whole.then(|| config.include_patterns[missing].clone())
}

/// A spreadsheet to fill in, and the mapping file beside it.
fn new(args: &NewArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let Some(path) = &args.sheet else {
        return Ok(Exit::Failed);
    };
    let set = match RuleSet::embedded(&args.profile) {
        Ok(set) => set,
        Err(error) => {
            write!(world.err, "{}", set_words(style, &error))?;
            return Ok(Exit::Failed);
        }
    };
    let language = language(look, None, Reader::Person, world);
    let path = if path.extension().is_some() {
        path.clone()
    } else {
        path.with_extension("xlsx")
    };
    if path
        .extension()
        .is_none_or(|extension| !extension.eq_ignore_ascii_case("xlsx"))
    {
        writeln!(
            world.err,
            "credlint: {}: a workbook is written, so its name ends in .xlsx",
            path.display()
        )?;
        return Ok(Exit::Failed);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let beside = path.with_file_name(format!("{stem}{}", crate::sheet::MAPPING_SUFFIX));
    let workbook = match template::workbook(&set.profile, language, &template::Content::default()) {
        Ok(workbook) => workbook,
        Err(error) => {
            writeln!(world.err, "credlint: {}: {error}", path.display())?;
            return Ok(Exit::Failed);
        }
    };
    let mapping = template::mapping(&set.profile, language, &name);
    if let Err((path, error)) = input::write_new(&[(path.clone(), workbook), (beside.clone(), mapping.into_bytes())]) {
        writeln!(world.err, "credlint: {}: {error}", path.display())?;
        return Ok(Exit::Failed);
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
    let set = match RuleSet::embedded(&args.profile) {
        Ok(set) => set,
        Err(error) => {
            write!(world.err, "{}", set_words(style, &error))?;
            return Ok(Exit::Failed);
        }
    };
    match set.get(&args.id) {
        Some((index, _)) => {
            let language = language(look, None, Reader::Person, world);
            write!(world.out, "{}", explain::rule(&set, index, language, style.width))?;
            Ok(Exit::Clean)
        }
        None => match Topic::of(&args.id) {
            Some(topic) => {
                let language = language(look, None, Reader::Person, world);
                write!(world.out, "{}", topic.page(&set, language))?;
                Ok(Exit::Clean)
            }
            None => {
                let mut near = set.near(&args.id);
                near.extend(crate::vocabulary::nearest(&args.id, Topic::all().map(Topic::name)));
                near.truncate(3);
                let near = did_you_mean(&near);
                writeln!(
                    world.err,
                    "credlint: there is no rule `{}`{near}\n`credlint rules` lists them all.",
                    args.id
                )?;
                Ok(Exit::Failed)
            }
        },
    }
}

fn did_you_mean(near: &[&str]) -> String {
    if near.is_empty() {
        String::new()
    } else {
        format!("; did you mean `{}`?", near.join("` or `"))
    }
}

fn rules(args: &RulesArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let set = match RuleSet::embedded(&args.profile) {
        Ok(set) => set,
        Err(error) => {
            write!(world.err, "{}", set_words(style, &error))?;
            return Ok(Exit::Failed);
        }
    };
    let language = language(look, None, Reader::of(args.format), world);
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
                value["level_in_profile"] = level.map_or("off", crate::rule::Level::word).into();
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
        let level = language.tr(level.map_or(mark("off"), crate::rule::Level::word));
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

fn test(args: &TestArgs, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let mut set = match RuleSet::load(&[], &args.rules) {
        Ok(set) => set,
        Err(error) => {
            write!(world.err, "{}", set_words(style, &error))?;
            return Ok(Exit::Failed);
        }
    };
    if !args.fixtures.is_dir() {
        writeln!(
            world.err,
            "credlint: {}: no such folder; fixtures lie in <folder>/<element>/<problem>/",
            args.fixtures.display()
        )?;
        return Ok(Exit::Failed);
    }
    ruletest::open_set(&mut set);
    let options = Options {
        as_of: jiff::civil::date(2026, 1, 1),
        language: Language::ENGLISH,
        format_in: None,
    };
    let (mut rules, mut cases, mut wrong) = (0, 0, 0);
    for index in 0..set.rules.len() {
        let id = &set.rules[index].id;
        if !args.ids.is_empty()
            && !args
                .ids
                .iter()
                .any(|wanted| id == wanted || id.starts_with(&format!("{}/", wanted.trim_end_matches('/'))))
        {
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
        let near = did_you_mean(&args.ids.first().map(|id| set.near(id)).unwrap_or_default());
        writeln!(
            world.err,
            "credlint: no rule is called `{}`{near}",
            args.ids.join("`, `")
        )?;
        return Ok(Exit::Failed);
    }
    writeln!(world.out, "{rules} rules, {cases} cases, {wrong} rules with failures")?;
    Ok(if wrong == 0 { Exit::Clean } else { Exit::Findings })
}
