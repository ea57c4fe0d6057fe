//! What is said to somebody whose command line cannot be read.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::language::Language;

/// What others call our commands.
const ELSEWHERE: [(&str, &str); 12] = [
    ("lint", "check"),
    ("validate", "check"),
    ("verify", "check"),
    ("fix", "check --fix"),
    ("format", "check --fix"),
    ("watch", "check --watch"),
    ("init", "new --sheet"),
    ("list", "rules"),
    ("export", "convert"),
    ("import", "convert --to native"),
    ("compare", "diff"),
    ("completion", "completions"),
];

/// The whole answer where nothing was typed; else the error, with a tip where we know better what was meant.
pub fn answer(mut error: clap::Error, language: Language) -> Result<String, clap::Error> {
    match error.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return Ok(orientation(language));
        }
        ErrorKind::InvalidSubcommand => {}
        _ => return Err(error),
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return Err(error);
    };
    if let Some(tip) = tip(word) {
        error.remove(ContextKind::SuggestedSubcommand);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    } else if let Some(ContextValue::Strings(near)) = error.get(ContextKind::SuggestedSubcommand)
        && let Some(nearest) = near.last().cloned()
    {
        // They stand in the order of their likeness, the likest last; the others lead astray.
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::String(nearest));
    }
    Err(error)
}

/// The language that a command line asks for, though it cannot be read as a whole.
pub fn language(words: impl Iterator<Item = OsString>) -> Option<Language> {
    let words: Vec<String> = words.filter_map(|word| word.into_string().ok()).collect();
    let behind = words.iter().position(|word| word == "--lang");
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    let tag = joined.or_else(|| words.get(behind? + 1).map(String::as_str));
    tag.and_then(Language::from_tag)
}

/// What to type instead of a word that is no command, where that is clear.
fn tip(word: &str) -> Option<String> {
    if let Some((_, command)) = ELSEWHERE.iter().find(|(own, _)| *own == word) {
        return Some(format!("`credlint {command}` does that"));
    }
    let ends_like_a_file = [".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".csv", ".xlsx"]
        .iter()
        .any(|ending| word.ends_with(ending));
    let is_path = word == "-" || word.contains(['/', '\\']) || ends_like_a_file || Path::new(word).exists();
    let quoted = if word.contains(char::is_whitespace) {
        format!("\"{word}\"")
    } else {
        word.to_string()
    };
    is_path.then(|| format!("to check it, type `credlint check {quoted}`"))
}

/// What this is, what most people need, and where the rest is.
fn orientation(language: Language) -> String {
    let rows = [
        (
            "credlint check PATH",
            language.tr("what is missing or wrong, where, why, and what to do"),
        ),
        ("credlint score FOLDER", language.tr("one row for each practice")),
        (
            "credlint explain NAME",
            language.tr("more about a rule, an element, a profile or a format"),
        ),
    ];
    let rows: String = rows
        .iter()
        .map(|(typed, what)| format!("  {typed:22} {what}\n"))
        .collect();
    format!(
        "{}\n\n{rows}\n{}\n",
        language.tr("credlint checks descriptions of micro-credentials against the EU standard elements."),
        language.tr("`credlint --help` lists every command, `credlint COMMAND --help` its options.")
    )
}
