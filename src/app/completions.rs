//! `credlint completions`: what a shell needs to complete commands and options, and names that the program itself knows.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command, CommandFactory, ValueHint};
use clap_complete::generate;
use clap_complete_nushell::Nushell;

use crate::cli::{Cli, Shell};
use crate::descriptor::mapped::formats;
use crate::explain::without_values;
use crate::language::Language;
use crate::reference::Topic;
use crate::rule::set::{RuleSet, profile_names};

/// The script for a shell.
pub(super) fn script(shell: Shell) -> String {
    let names = Names::new();
    let mut command = named(Cli::command(), &names);
    let (mut out, name) = (Vec::new(), "credlint");
    match shell {
        Shell::Bash => generate(clap_complete::Shell::Bash, &mut command, name, &mut out),
        Shell::Zsh => generate(clap_complete::Shell::Zsh, &mut command, name, &mut out),
        Shell::Fish => generate(clap_complete::Shell::Fish, &mut command, name, &mut out),
        Shell::PowerShell => generate(clap_complete::Shell::PowerShell, &mut command, name, &mut out),
        Shell::Elvish => generate(clap_complete::Shell::Elvish, &mut command, name, &mut out),
        Shell::Nushell => generate(Nushell, &mut command, name, &mut out),
    }
    let mut script = String::from_utf8_lossy(&out).into_owned();
    if shell == Shell::Fish {
        script.push_str(&positional_in_fish(&command));
    }
    script
}

/// The generator for Fish leaves out what can stand without an option in front of it.
fn positional_in_fish(program: &Command) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    let mut out = String::new();
    for command in program.get_subcommands().filter(|own| own.get_name() != "help") {
        for value in command.get_positionals().flat_map(Arg::get_possible_values) {
            let (name, help) = (value.get_name(), value.get_help().map(ToString::to_string));
            out.push_str(&format!(
                "complete -c credlint -n \"__fish_credlint_using_subcommand {}\" -f -a '{}' -d '{}'\n",
                command.get_name(),
                quoted(name),
                quoted(&help.unwrap_or_default())
            ));
        }
    }
    out
}

/// Names that the program knows, each with what it means.
struct Names {
    rules: Vec<PossibleValue>,
    topics: Vec<PossibleValue>,
    profiles: Vec<PossibleValue>,
    formats: Vec<PossibleValue>,
    languages: Vec<PossibleValue>,
    commands: Vec<PossibleValue>,
}

impl Names {
    fn new() -> Names {
        // The shells do not agree on how these are to be written.
        let value = |name: &str, help: &str| {
            let plain = help.replace(['`', '"', '\\', '$'], "");
            PossibleValue::new(name.to_string()).help(plain)
        };
        let mut names = Names {
            rules: Vec::new(),
            topics: Vec::new(),
            profiles: Vec::new(),
            formats: vec![value("native", "our own")],
            languages: Language::all().map(|own| PossibleValue::new(own.code())).collect(),
            commands: Cli::command()
                .get_subcommands()
                .map(|own| {
                    value(
                        own.get_name(),
                        &own.get_about().map(ToString::to_string).unwrap_or_default(),
                    )
                })
                .collect(),
        };
        if let Ok(set) = RuleSet::embedded("eu") {
            let rules = set.rules.iter();
            names.rules = rules
                .map(|rule| value(&rule.id, &without_values(rule.message(Language::ENGLISH))))
                .collect();
            // Two things may have one name; a shell offers it once.
            let mut known: Vec<&str> = Vec::new();
            for topic in Topic::all() {
                if !known.contains(&topic.name()) {
                    known.push(topic.name());
                    names
                        .topics
                        .push(value(topic.name(), &topic.title(&set, Language::ENGLISH)));
                }
            }
            let profile = |name| value(name, &Topic::Profile(name).title(&set, Language::ENGLISH));
            names.profiles = profile_names().into_iter().map(profile).collect();
        }
        names
            .formats
            .extend(formats().iter().map(|format| value(&format.format, &format.title)));
        names
    }
}

/// The command line with what is known of the values. Whatever is typed is still read by the command line as it is: there
/// may be profiles and rules that only a run knows.
fn named(mut command: Command, names: &Names) -> Command {
    let commands: Vec<String> = command
        .get_subcommands()
        .map(|own| own.get_name().to_string())
        .collect();
    command = command.mut_args(|arg| hinted("", arg, names));
    for name in commands {
        command = command.mut_subcommand(name.clone(), |own| own.mut_args(|arg| hinted(&name, arg, names)));
    }
    command
}

fn hinted(command: &str, arg: Arg, names: &Names) -> Arg {
    let one_of = |arg: Arg, values: &[PossibleValue]| arg.value_parser(PossibleValuesParser::new(values.to_vec()));
    match (command, arg.get_id().as_str()) {
        (_, "lang") => one_of(arg, &names.languages),
        (_, "profile") => one_of(arg, &names.profiles),
        (_, "format_in") => one_of(arg, &names.formats),
        ("explain", "id") => one_of(arg, &[names.rules.clone(), names.topics.clone()].concat()),
        ("test", "ids") => one_of(arg, &names.rules),
        ("man", "command") => one_of(arg, &names.commands),
        ("man", "output") | (_, "cache" | "rules" | "fixtures") => arg.value_hint(ValueHint::DirPath),
        (_, "output" | "weights") => arg.value_hint(ValueHint::AnyPath),
        _ => arg,
    }
}
