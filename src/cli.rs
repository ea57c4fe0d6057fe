//! What can be typed, validated and nothing more.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::rule::Level;

/// A linter for micro-credential descriptors: the EU standard elements, checked in place, with a gap score.
#[derive(Debug, Parser)]
#[command(name = "credlint", version, about, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How output looks.
    #[command(flatten)]
    pub look: Look,
}

const EXIT_CODES: &str = "Exit codes: 0 clean · 1 findings at or above --fail-on · 2 could not do the job · 3 nothing was checked.\nReads the description, not the teaching; not an accreditation.";

const DIFF_CODES: &str = "Exit codes: 0 nothing changed · 1 something changed · 2 could not do the job.";

const AGREEMENT_CODES: &str =
    "Exit codes: 0 compared, whatever came out · 2 could not do the job · 3 no practice is in both.";

/// How output looks; the same for every command.
#[derive(Debug, Args)]
pub struct Look {
    /// Colour: `auto` follows the terminal and NO_COLOR.
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true)]
    pub color: Colour,
    /// Words instead of boxes and glyphs, for screen readers and logs.
    #[arg(long, global = true)]
    pub plain: bool,
    /// The language of texts: en, es, fi or pt. Default: the configuration's; for people then the locale's; else English.
    #[arg(long, value_name = "TAG", global = true, value_parser = parse_language)]
    pub lang: Option<Language>,
    /// Columns; the default is the terminal's width up to 100, else 80.
    #[arg(long, global = true, value_parser = clap::value_parser!(u16).range(40..=300))]
    pub width: Option<u16>,
    /// A rule pack to run in place of the one inside the program: a folder written by `credlint rules --export`.
    #[arg(long, value_name = "DIR", global = true)]
    pub pack: Option<PathBuf>,
}

/// The pack that a command line names. It has to be in force before the command line can be read, for what a format or a
/// language is called stands in it.
pub fn pack_named(args: &[OsString]) -> Option<PathBuf> {
    let args = args.iter().take_while(|arg| *arg != "--");
    let mut args = args.skip_while(|arg| *arg != "--pack" && !arg.to_string_lossy().starts_with("--pack="));
    match args.next()?.to_string_lossy().strip_prefix("--pack=") {
        Some(folder) => Some(folder.into()),
        None => args.next().map(PathBuf::from),
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check descriptors: diagnostics, element table, gap score, cheapest next step.
    Check(CheckArgs),
    /// Score practices: one row each.
    Score(ScoreArgs),
    /// Plan: the shortest additions that reach the profile, ordered by the gap that each closes.
    Plan(PlanArgs),
    /// Compare two results, or two sets of descriptors: what changed in each practice, and why.
    #[command(after_help = DIFF_CODES)]
    Diff(DiffArgs),
    /// Compare two mappers who describe the same practices: agreement on each element, and where they differ.
    #[command(after_help = AGREEMENT_CODES)]
    Agreement(AgreementArgs),
    /// Convert descriptors to another format, with a list of what it cannot hold.
    Convert(ConvertArgs),
    /// Write a description to fill in, with remarks in your language; or a spreadsheet with a row for each practice.
    New(NewArgs),
    /// Explain a rule, an element, a profile, a check kind or a vocabulary: what, why, how to fix, on whose authority.
    Explain(ExplainArgs),
    /// List the rules.
    Rules(RulesArgs),
    /// Test rules against their fixtures.
    Test(TestArgs),
    /// Show the configuration in force, and where each value comes from.
    Config(ConfigArgs),
    /// Serve an editor: the language server protocol over standard input and output (see docs/guide/editors.md).
    Lsp,
    /// Print a JSON Schema: descriptor, rule, profile, config, typology, mapping or result.
    Schema(SchemaArgs),
    /// Print what a shell needs to complete commands, options, rules, profiles and formats.
    #[command(after_help = COMPLETIONS_GO)]
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them into a folder.
    Man(ManArgs),
}

const COMPLETIONS_GO: &str = "\
Where it belongs:
  bash        credlint completions bash > ~/.local/share/bash-completion/completions/credlint
  zsh         credlint completions zsh > ~/.zfunc/_credlint, and in .zshrc, before compinit: fpath+=~/.zfunc
  fish        credlint completions fish > ~/.config/fish/completions/credlint.fish
  powershell  credlint completions powershell >> $PROFILE
  elvish      credlint completions elvish >> ~/.config/elvish/rc.elv
  nushell     credlint completions nushell | save credlint.nu, and in config.nu: use credlint.nu *";

/// Where input comes from.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// Files and folders; `-` reads standard input.
    pub paths: Vec<PathBuf>,
    /// Further paths from a file (`-`: standard input), separated by line breaks or NUL.
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// The name that standard input has in reports.
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub stdin_filename: String,
    /// Pass over named files that do not say that they are descriptors; finding none is fine. For hooks.
    #[arg(long)]
    pub only_descriptors: bool,
    /// The profile; may repeat: the first scores, further ones add findings. Default: the configuration's, else `eu`.
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// Weights instead of the profile's: level=2,recognition=3, or a YAML file (`credlint schema weights`).
    #[arg(long, value_name = "WEIGHTS|FILE")]
    pub weights: Option<String>,
    /// The format of the input, when its content does not tell: native, or the name of another (a wrong one prints the list).
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    pub format_in: Option<String>,
    /// What the columns of spreadsheets say; default: NAME.mapping.yaml beside each, else what their headings say.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// A folder with further rules; may repeat.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// The day on which "is this over?" is answered; the default is today (UTC).
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_of: Option<jiff::civil::Date>,
    /// How many threads work; the default is one for each processor. The output is the same for any number.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// A folder where results are kept, so that texts that have not changed need not be checked again.
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Leave out the rules that compare practices, and the memory that they take.
    #[arg(long)]
    pub no_catalogue: bool,
    /// Findings that were there before and are not counted; default: the configuration's. See --write-baseline of `check`.
    #[arg(long, value_name = "FILE", help_heading = "Waivers")]
    pub baseline: Option<PathBuf>,
    /// Only findings that were not there in a revision of the git repository, such as `origin/main`.
    #[arg(long, value_name = "REVISION", help_heading = "Waivers")]
    pub new_from: Option<String>,
    /// Honour neither `# credlint: ignore[…]` comments nor the `ignores` of the configuration.
    #[arg(long, help_heading = "Waivers")]
    pub no_ignores: bool,
    /// Fail (exit 3) when fewer documents than this were checked.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub min_checked: usize,
}

impl InputArgs {
    /// Some paths, and everything else as if it were not typed.
    pub fn new(paths: Vec<PathBuf>) -> InputArgs {
        #[derive(Parser)]
        struct Untyped {
            #[command(flatten)]
            input: InputArgs,
        }
        let untyped = Untyped::parse_from([""]);
        InputArgs { paths, ..untyped.input }
    }
}

fn parse_language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| {
        let known: Vec<&str> = Language::all().map(Language::code).collect();
        format!("known: {}", known.join(", "))
    })
}

fn parse_kind(text: &str) -> Result<String, String> {
    let list = crate::vocabulary::embedded("kind");
    let known = list.map_or(&[][..], |list| list.entries).iter().map(|entry| entry.slug);
    match list.and_then(|list| list.find(text)) {
        Some(entry) => Ok(entry.slug.to_string()),
        None => Err(format!("known: {}", known.collect::<Vec<_>>().join(", "))),
    }
}

fn parse_format(text: &str) -> Result<String, String> {
    let known = || {
        std::iter::once("native").chain(
            crate::descriptor::mapped::formats()
                .iter()
                .map(|format| format.format.as_str()),
        )
    };
    if known().any(|name| name == text) {
        return Ok(text.to_string());
    }
    let near = crate::vocabulary::nearest(text, known());
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Err(format!("{near}known: {}", known().collect::<Vec<_>>().join(", ")))
}

fn parse_date(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "a day is written 2026-03-02".to_string())
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Input.
    #[command(flatten)]
    pub input: InputArgs,
    /// The form of what is printed; `human` where neither this nor --output says otherwise.
    #[arg(long, value_enum)]
    pub format: Option<ReportFormat>,
    /// A file instead of standard output; may repeat, so that one run writes several forms. Without FORMAT= it is that of
    /// --format, unless that is for people and the file's name ends in another; else the one that the name ends in.
    #[arg(long, short, value_name = "[FORMAT=]FILE", value_parser = crate::output::parse::<ReportFormat>)]
    pub output: Vec<crate::output::Wanted<ReportFormat>>,
    /// The least level that makes the exit code 1. Default: the configuration's, else `error`.
    #[arg(long, value_enum)]
    pub fail_on: Option<FailOn>,
    /// Findings only, without tables.
    #[arg(long, short)]
    pub quiet: bool,
    /// Write what is found as a baseline. One that is there already loses what is found no longer, and gains nothing.
    #[arg(long, value_name = "FILE", help_heading = "Waivers")]
    pub write_baseline: Option<PathBuf>,
    /// Let --write-baseline add new findings to one that is there already.
    #[arg(long, requires = "write_baseline", help_heading = "Waivers")]
    pub grow_baseline: bool,
    /// Show only what the rules that compare practices find, and files that could not be read to their end; everything else
    /// is checked and left out. Where there is no catalogue, the exit code is 3.
    #[arg(long, conflicts_with_all = ["no_catalogue", "fix", "diff", "write_baseline"])]
    pub only_catalogue: bool,
    /// Apply what is safe to the files, then show what is left. What comes from standard input goes to standard output.
    #[arg(long, conflicts_with = "diff")]
    pub fix: bool,
    /// Show what --fix would change, and change nothing; the exit code is 1 where it would.
    #[arg(long)]
    pub diff: bool,
    /// With --fix or --diff: suggestions too, which only a person can judge.
    #[arg(long)]
    pub with_suggestions: bool,
    /// Instead of the findings, how many there are of each rule, and in how many practices; as a table or as `json`.
    #[arg(long, conflicts_with_all = ["diff", "quiet"])]
    pub statistics: bool,
    /// Check again whenever a descriptor, the configuration or a rule pack changes, until Ctrl-C. `--watch=poll` looks once
    /// a second, where the system tells of no changes, as on network drives.
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "events",
        conflicts_with_all = ["fix", "diff", "write_baseline"])]
    pub watch: Option<Watch>,
}

/// How `check --watch` learns that something has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Watch {
    /// The system tells; where it cannot, credlint looks once a second.
    Events,
    /// credlint looks once a second.
    Poll,
}

/// Forms of `check --statistics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatisticsFormat {
    /// A table.
    Human,
    /// One versioned JSON document (see `credlint schema statistics`).
    Json,
}

/// Arguments of `score`.
#[derive(Debug, Args)]
pub struct ScoreArgs {
    /// Input.
    #[command(flatten)]
    pub input: InputArgs,
    /// The form of what is printed; `table` where neither this nor --output says otherwise.
    #[arg(long, value_enum)]
    pub format: Option<ScoreFormat>,
    /// A file instead of standard output; may repeat, so that one run writes several forms. Without FORMAT= it is that of
    /// --format, unless that is for people and the file's name ends in another; else the one that the name ends in.
    #[arg(long, short, value_name = "[FORMAT=]FILE", value_parser = crate::output::parse::<ScoreFormat>)]
    pub output: Vec<crate::output::Wanted<ScoreFormat>>,
    /// Count verdicts by group, and say what the groups share and what sets one apart; may repeat. A key of the mapping's
    /// metadata (country, kind), `kind-of-practice`, `trait`, `definition`, `topic` or `polarity` of observations, or an
    /// element.
    #[arg(long, value_name = "KEY")]
    pub by: Vec<String>,
    /// Show only practices that answer so: `country=ES`, `assessment=gap,partial`, `topic=funding`, `kind!=university`; may
    /// repeat, then all have to hold. Nothing behind the sign means: not stated.
    #[arg(long = "where", value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// How firm the order is: other weights, and silence drawn, in so many draws (1000 without a number).
    #[arg(long, value_name = "DRAWS", num_args = 0..=1, require_equals = true, default_missing_value = "1000",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub sensitivity: Option<u32>,
    /// Where the random numbers of --sensitivity begin; the same seed gives the same result everywhere.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Forms in which `score` gives its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// A table for the terminal.
    #[value(alias = "human")]
    Table,
    /// One versioned JSON document (see `credlint schema result`).
    Json,
    /// The same as one JSON text on every line (see `credlint schema result-line`).
    Ndjson,
    /// One wide row per practice (see docs/columns.md).
    Csv,
    /// With --by: one row per count of a group.
    PatternsCsv,
    /// A Markdown table with its legend.
    #[value(alias = "md")]
    Markdown,
    /// One self-contained page: heat map, intervals, groups, and every practice with its findings and evidence.
    Html,
    /// A workbook, with a sheet for each --by, one for the reasons and one for the method; needs a file.
    Xlsx,
}

impl ScoreFormat {
    /// The form that a file's name ends in.
    pub fn of_extension(extension: &str) -> Option<ScoreFormat> {
        match extension {
            "txt" => Some(ScoreFormat::Table),
            "json" => Some(ScoreFormat::Json),
            "ndjson" | "jsonl" => Some(ScoreFormat::Ndjson),
            "csv" => Some(ScoreFormat::Csv),
            "md" | "markdown" => Some(ScoreFormat::Markdown),
            "html" | "htm" => Some(ScoreFormat::Html),
            "xlsx" => Some(ScoreFormat::Xlsx),
            _ => None,
        }
    }
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Input.
    #[command(flatten)]
    pub input: InputArgs,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier result (`--format json` or `ndjson`), or descriptors: a file or a folder.
    pub old: PathBuf,
    /// The later one.
    pub new: PathBuf,
    /// How descriptors are judged.
    #[command(flatten)]
    pub judge: JudgeArgs,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `agreement`.
#[derive(Debug, Args)]
pub struct AgreementArgs {
    /// One mapper's result (`--format json` or `ndjson`), or descriptors: a file or a folder.
    pub a: PathBuf,
    /// The other mapper's.
    pub b: PathBuf,
    /// How descriptors are judged.
    #[command(flatten)]
    pub judge: JudgeArgs,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// How descriptors are judged that are compared as they are. Results have been judged.
#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// The profile for descriptors. Default: the configuration's, else `eu`.
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// The day for descriptors; the default is today (UTC).
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_of: Option<jiff::civil::Date>,
}

/// Arguments of `convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// Files; `-` reads standard input.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// The format to write. Our own files are printed as they are for `native`, with their comments.
    #[arg(long, value_enum, required_unless_present = "extract")]
    pub to: Option<crate::convert::Target>,
    /// Writes the units of a qualification, each as a descriptor of its own, instead of the whole.
    #[arg(long)]
    pub extract: bool,
    /// The version of the European Learning Model.
    #[arg(long, value_enum, default_value_t = crate::convert::ElmVersion::V3_2)]
    pub elm_version: crate::convert::ElmVersion,
    /// The format of the input, when its content does not tell.
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    pub format_in: Option<String>,
    /// What the columns of a spreadsheet say; default: NAME.mapping.yaml beside it, else what its headings say.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// What is printed: the converted documents (losses on standard error), or one JSON with both.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Where the result goes instead of standard output. With `--extract`, a folder gets a file for each unit.
    #[arg(long, short, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// Arguments of `new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The file to write; without it, standard output. Nothing is overwritten.
    #[arg(value_name = "FILE", conflicts_with = "sheet")]
    pub file: Option<PathBuf>,
    /// The profile whose elements are asked for.
    #[arg(long, value_name = "NAME", default_value = "eu")]
    pub profile: String,
    /// Only what the standard asks for, in few words.
    #[arg(long, conflicts_with = "sheet")]
    pub minimal: bool,
    /// The id to fill in; with --from, the practice to take.
    #[arg(long, value_name = "ID", conflicts_with = "sheet")]
    pub id: Option<String>,
    /// The title to fill in.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["sheet", "from"])]
    pub title: Option<String>,
    /// What is described: micro-credential, programme, catalogue or qualification.
    #[arg(long, value_name = "KIND", conflicts_with_all = ["sheet", "from"], value_parser = parse_kind)]
    pub kind: Option<String>,
    /// Take over what a file says (European Digital Credential, ELM, Open Badges, OOAPI, MOOChub, a spreadsheet), as `convert`
    /// reads it; what is not carried over is listed on standard error. Several practices become several documents.
    #[arg(long, value_name = "PATH", conflicts_with = "sheet")]
    pub from: Option<PathBuf>,
    /// The format of that file, when its content does not tell.
    #[arg(long, value_name = "FORMAT", requires = "from", value_parser = parse_format)]
    pub format_in: Option<String>,
    /// A spreadsheet to fill in instead, one row for each practice; its mapping file goes beside it. Nothing is overwritten.
    #[arg(long, value_name = "PATH.xlsx", num_args = 0..=1, default_missing_value = "practices.xlsx")]
    pub sheet: Option<PathBuf>,
}

/// Forms of a report over practices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people, in the terminal.
    Human,
    /// One versioned JSON document (see `credlint schema result`).
    Json,
    /// One self-contained page: heat map, intervals, groups, and every practice with its findings and evidence.
    Html,
    /// The same as one JSON text on every line: what it rests on, each practice, each finding over the catalogue, counts (see
    /// `credlint schema result-line`).
    Ndjson,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
    /// Workflow commands: annotations in a run of GitHub Actions.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// JUnit XML: a suite for each document, a test case for each finding; those that --fail-on lets pass do not fail.
    Junit,
    /// A short summary in Markdown, for a step summary or a comment on a pull request.
    #[value(alias = "md")]
    Markdown,
}

impl ReportFormat {
    /// The form that a file's name ends in.
    pub fn of_extension(extension: &str) -> Option<ReportFormat> {
        match extension {
            "txt" => Some(ReportFormat::Human),
            "json" => Some(ReportFormat::Json),
            "ndjson" | "jsonl" => Some(ReportFormat::Ndjson),
            "html" | "htm" => Some(ReportFormat::Html),
            "sarif" => Some(ReportFormat::Sarif),
            "xml" => Some(ReportFormat::Junit),
            "md" | "markdown" => Some(ReportFormat::Markdown),
            _ => None,
        }
    }
}

/// Forms of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One versioned JSON document (see `credlint schema result`).
    Json,
}

/// Levels that can fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Everything.
    Advice,
    /// Nothing.
    Never,
}

impl FailOn {
    /// The level, if any.
    pub fn level(self) -> Option<Level> {
        match self {
            FailOn::Error => Some(Level::Error),
            FailOn::Warning => Some(Level::Warning),
            FailOn::Advice => Some(Level::Advice),
            FailOn::Never => None,
        }
    }
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule's id (workload/ects-ratio), or the name of an element, profile, format (edc), check kind or vocabulary.
    pub id: String,
    /// The profile whose levels are shown. Default: the configuration's, else `eu`.
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// A folder with further rules; may repeat.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// The form of the list.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// The profile whose levels are shown. Default: the configuration's, else `eu`.
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// A folder with further rules; may repeat.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Write the rule pack to a folder instead, for later versions to run with --pack.
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
}

/// Arguments of `config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// The paths and options of a run; without paths, this folder.
    #[command(flatten)]
    pub input: InputArgs,
    /// The form of the list.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Rules to test, by id or by the start of it; without, those of further folders, or all where there are none.
    pub ids: Vec<String>,
    /// The folder with the fixtures.
    #[arg(long, value_name = "DIR", default_value = "fixtures/rules")]
    pub fixtures: PathBuf,
    /// A folder with further rules; may repeat.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Shells that can complete what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    /// Elvish.
    Elvish,
    /// Nushell.
    #[value(alias = "nu")]
    Nushell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command that the page is about; without, the program. `credlint man check | man -l -` shows it.
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Write every page into a folder, such as ~/.local/share/man/man1.
    #[arg(long, short, value_name = "DIR", conflicts_with = "command")]
    pub output: Option<PathBuf>,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which.
    #[arg(value_enum)]
    pub name: SchemaName,
}

/// The schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// A native descriptor.
    Descriptor,
    /// A rule file.
    Rule,
    /// A profile.
    Profile,
    /// `credlint.yaml`.
    Config,
    /// The kinds of practice.
    Typology,
    /// A file for `--weights`.
    Weights,
    /// What `diff --format json` prints.
    Diff,
    /// What `agreement --format json` prints.
    Agreement,
    /// A baseline.
    Baseline,
    /// The mapping file of a spreadsheet.
    Mapping,
    /// The JSON result.
    Result,
    /// A line of the NDJSON result.
    ResultLine,
    /// What `check --statistics --format json` prints.
    Statistics,
}
