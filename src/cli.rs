//! What can be typed, validated and nothing more.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Convert descriptors to another format, with a list of what it cannot hold.
    Convert(ConvertArgs),
    /// Write a spreadsheet to fill in, one row for each practice, and its mapping file.
    New(NewArgs),
    /// Explain a rule, an element, a profile, a check kind or a vocabulary: what, why, how to fix, on whose authority.
    Explain(ExplainArgs),
    /// List the rules.
    Rules(RulesArgs),
    /// Test rules against their fixtures.
    Test(TestArgs),
    /// Print a JSON Schema: descriptor, rule, profile, config, typology, mapping or result.
    Schema(SchemaArgs),
}

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
    /// Fail (exit 3) when fewer documents than this were checked.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub min_checked: usize,
}

fn parse_language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| {
        let known: Vec<&str> = Language::all().map(Language::code).collect();
        format!("known: {}", known.join(", "))
    })
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
    Err(format!("known: {}", known().collect::<Vec<_>>().join(", ")))
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
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// The least level that makes the exit code 1.
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// Findings only, without tables.
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `score`.
#[derive(Debug, Args)]
pub struct ScoreArgs {
    /// Input.
    #[command(flatten)]
    pub input: InputArgs,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Input.
    #[command(flatten)]
    pub input: InputArgs,
}

/// Arguments of `convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// Files; `-` reads standard input.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// The format to write.
    #[arg(long, value_enum)]
    pub to: crate::convert::Target,
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
    /// Where the result goes instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The workbook to write; its mapping file goes beside it. Nothing is overwritten.
    #[arg(long, value_name = "PATH.xlsx", num_args = 0..=1, default_missing_value = "practices.xlsx", required = true)]
    pub sheet: Option<PathBuf>,
    /// The profile whose elements have columns.
    #[arg(long, value_name = "NAME", default_value = "eu")]
    pub profile: String,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One versioned JSON document (see `credlint schema result`).
    Json,
}

/// Levels that can fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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
    /// A rule's id (workload/ects-ratio), or the name of an element, profile, check kind or vocabulary.
    pub id: String,
    /// The profile whose levels are shown.
    #[arg(long, value_name = "NAME", default_value = "eu")]
    pub profile: String,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// The form of the list.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// The profile whose levels are shown.
    #[arg(long, value_name = "NAME", default_value = "eu")]
    pub profile: String,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Rules to test, by id or by the start of it; all without.
    pub ids: Vec<String>,
    /// The folder with the fixtures.
    #[arg(long, value_name = "DIR", default_value = "fixtures/rules")]
    pub fixtures: PathBuf,
    /// A folder with further rules; may repeat.
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
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
    /// The mapping file of a spreadsheet.
    Mapping,
    /// The JSON result.
    Result,
}
