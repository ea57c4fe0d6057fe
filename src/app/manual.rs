//! `credlint man`: a page for the program and one for each command. Options come from the command line; what stands
//! behind them is told here.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::{Exit, Reader, World, did_you_mean, failed};
use crate::cli::{Cli, Look, ManArgs};

/// Prints a page, or writes all.
pub(super) fn man(args: &ManArgs, look: &Look, world: &mut World<'_>) -> io::Result<Exit> {
    let program = program();
    if let Some(folder) = &args.output {
        return write_all(&program, folder, world);
    }
    let page = match args.command.as_deref() {
        None | Some("credlint") => page(&program)?,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => page(command)?,
            None => {
                let known = program.get_subcommands().map(Command::get_name);
                let language = super::language(look, None, Reader::Person, world);
                let near = did_you_mean(
                    language,
                    &crate::vocabulary::nearest(name, known).into_iter().collect::<Vec<_>>(),
                );
                let values: [(&str, &dyn std::fmt::Display); 2] = [("name", &name), ("near", &near)];
                let said = language.fill("there is no command `{name}`{near}", &values);
                return failed(world, &said);
            }
        },
    };
    world.out.write_all(&page)?;
    Ok(Exit::Clean)
}

fn write_all(program: &Command, folder: &Path, world: &mut World<'_>) -> io::Result<Exit> {
    let put = |command: &Command| {
        let path = folder.join(format!("{}.1", hyphenated(command)));
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, page(command)?));
        written.map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut pages = std::iter::once(program).chain(program.get_subcommands());
    if let Err(problem) = pages.try_for_each(put) {
        return super::failed(world, &problem);
    }
    Ok(Exit::Clean)
}

/// The command line, complete: every command knows its full name and the options of all.
fn program() -> Command {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    program
}

/// `credlint-check`.
fn hyphenated(command: &Command) -> String {
    command
        .get_bin_name()
        .unwrap_or_else(|| command.get_name())
        .replace(' ', "-")
}

/// A page as roff.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let name = hyphenated(command);
    // What --help says below the options stands in sections of its own here.
    let shown = command.clone().display_name(name.clone());
    let man = Man::new(shown)
        .title(name.to_uppercase())
        // The day of the data: the clock would make another page every day.
        .date(crate::pack::current().snapshot)
        .source(concat!("credlint ", env!("CARGO_PKG_VERSION")))
        .manual("credlint");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    let mut roff = Roff::new();
    let own = Told::of(command);
    roff.control("SH", ["DESCRIPTION"]);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let about = Some(about.as_str()).filter(|_| !command.has_subcommands());
    for paragraph in about.into_iter().chain(own.more.iter().copied()) {
        roff.control("PP", []);
        roff.text(inlines(paragraph));
    }
    roff.to_writer(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.has_subcommands() {
        let mut roff = Roff::new();
        roff.control("SH", ["COMMANDS"]);
        for own in command.get_subcommands() {
            let about = own.get_about().map(ToString::to_string).unwrap_or_default();
            entry(&mut roff, &format!("{}(1)", hyphenated(own)), &about);
        }
        roff.to_writer(&mut out)?;
    }
    own.sections(command).to_writer(&mut out)?;
    Ok(in_ascii(&String::from_utf8_lossy(&out)).into_bytes())
}

/// What every roff can read, whatever encoding it takes for granted.
fn in_ascii(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    for own in page.chars() {
        match own.is_ascii() {
            true => out.push(own),
            false => out.push_str(&format!("\\[u{:04X}]", u32::from(own))),
        }
    }
    out
}

/// What a page says beside the options.
struct Told {
    more: &'static [&'static str],
    exits: &'static [(&'static str, &'static str)],
    examples: &'static [(&'static str, &'static str)],
}

const OF_A_CHECK: &[(&str, &str)] = &[
    ("0", "No finding at or above --fail-on."),
    ("1", "At least one."),
    (
        "2",
        "The job could not be done: a mistake in the arguments, the configuration or a rule file, or a file that could not be read.",
    ),
    (
        "3",
        "Nothing was checked, or less than --min-checked. Fine with --only-descriptors.",
    ),
];

const OF_A_LIST: &[(&str, &str)] = &[
    ("0", "Done."),
    (
        "2",
        "The job could not be done: a mistake in the arguments, the configuration or a file.",
    ),
    ("3", "There was nothing to do it with."),
];

const OF_A_PRINTER: &[(&str, &str)] = &[("0", "Printed."), ("2", "There is no such thing.")];

impl Told {
    fn of(command: &Command) -> Told {
        let (more, exits, examples): (&[_], &[_], &[_]) = match command.get_name() {
            "check" => (
                &[
                    "Folders are walked, with ignore files respected; what says that it is a descriptor is checked there, and what is named is checked in any case.",
                    "`--fix` applies what is safe, `--statistics` counts by rule, `--watch` checks again whenever something changes.",
                ],
                OF_A_CHECK,
                &[
                    ("credlint check course.yaml", "One file, as a person wants to read it."),
                    (
                        "credlint check courses --fail-on warning --format github",
                        "In a pipeline.",
                    ),
                    ("credlint check courses --diff", "What --fix would change."),
                    ("credlint check courses --statistics", "Which rules speak most often."),
                    ("credlint check course.yaml --watch", "While writing."),
                ],
            ),
            "score" => (
                &[],
                &[
                    ("0", "Scored, whatever the score."),
                    ("2", "The job could not be done."),
                    ("3", "Nothing was checked, or less than --min-checked."),
                ],
                &[
                    ("credlint score courses", "A table, one row for each practice."),
                    (
                        "credlint score courses --by country -o rows.csv -o practices.xlsx",
                        "For a study.",
                    ),
                ],
            ),
            "plan" => (
                &[],
                OF_A_LIST,
                &[("credlint plan course.yaml", "What to add first, ready to paste.")],
            ),
            "diff" => (
                &[],
                &[
                    ("0", "Nothing changed."),
                    ("1", "Something changed."),
                    ("2", "The job could not be done."),
                ],
                &[("credlint diff old.json new.json", "Two results of --format json.")],
            ),
            "agreement" => (
                &[],
                &[
                    ("0", "Compared, whatever came out."),
                    ("2", "The job could not be done."),
                    ("3", "No practice is in both."),
                ],
                &[(
                    "credlint agreement anna.json ben.json",
                    "Two mappers of the same practices.",
                )],
            ),
            "convert" => (
                &["The document goes to standard output, the list of what is not carried over to standard error."],
                OF_A_LIST,
                &[(
                    "credlint convert --to elm-loq course.yaml -o course.json",
                    "For Europass.",
                )],
            ),
            "new" => (
                &[],
                OF_A_PRINTER_OF_FILES,
                &[(
                    "credlint new --sheet practices.xlsx",
                    "A workbook, and its mapping file.",
                )],
            ),
            "explain" => (
                &[],
                OF_A_PRINTER,
                &[
                    ("credlint explain workload/ects-ratio", "A rule."),
                    ("credlint explain edc", "A format."),
                ],
            ),
            "rules" => (
                &[],
                OF_A_PRINTER,
                &[("credlint rules --profile mapping", "With the levels of a profile.")],
            ),
            "test" => (
                &[],
                &[
                    ("0", "Every rule behaves as its fixtures say."),
                    ("1", "One does not, or has too few."),
                    ("2", "The job could not be done."),
                ],
                &[(
                    "credlint test workload --rules our-rules --fixtures our-fixtures",
                    "Rules of your own.",
                )],
            ),
            "config" => (
                &[],
                OF_A_LIST,
                &[("credlint config courses", "What is in force there.")],
            ),
            "schema" => (&[], OF_A_PRINTER, &[("credlint schema descriptor", "For an editor.")]),
            "completions" => (
                &["`credlint completions --help` says where each shell looks."],
                OF_A_PRINTER,
                &[(
                    "credlint completions bash > ~/.local/share/bash-completion/completions/credlint",
                    "For Bash.",
                )],
            ),
            "lsp" => (
                &[
                    "An editor starts it and speaks the Language Server Protocol with it over standard input and output; nobody types it.",
                ],
                OF_A_PRINTER,
                &[("credlint lsp", "What an editor runs.")],
            ),
            "man" => (
                &[],
                OF_A_PRINTER_OF_FILES,
                &[(
                    "credlint man --output ~/.local/share/man/man1",
                    "So that `man credlint` finds it.",
                )],
            ),
            _ => (
                &[
                    "It reads what a provider says of a course, compares it with the elements that Council Recommendation 2022/C 243/02 names, shows each problem in the file with the reason and the way out, and says how far the description is from the standard.",
                    "It reads the description, not the teaching. It is not an accreditation.",
                ],
                OF_A_CHECK,
                &[
                    ("credlint check course.yaml", "What is missing or wrong in a file."),
                    ("credlint score courses", "One row for each practice in a folder."),
                    (
                        "credlint explain workload/ects-ratio",
                        "What a rule asks, why, and on whose authority.",
                    ),
                ],
            ),
        };
        Told { more, exits, examples }
    }

    fn sections(&self, command: &Command) -> Roff {
        let mut roff = Roff::new();
        roff.control("SH", ["EXIT STATUS"]);
        self.exits.iter().for_each(|(code, what)| entry(&mut roff, code, what));
        roff.control("SH", ["EXAMPLES"]);
        self.examples
            .iter()
            .for_each(|(typed, what)| entry(&mut roff, typed, what));
        let reads_practices = command.get_arguments().any(|own| own.get_id() == "as_of");
        if command.has_subcommands() || reads_practices {
            roff.control("SH", ["FILES"]);
            FILES.iter().for_each(|(file, what)| entry(&mut roff, file, what));
        }
        roff.control("SH", ["ENVIRONMENT"]);
        ENVIRONMENT.iter().for_each(|(name, what)| entry(&mut roff, name, what));
        roff.control("SH", ["SEE ALSO"]);
        let others = see_also(command);
        let last = others.len().saturating_sub(1);
        for (number, other) in others.iter().enumerate() {
            let end = if number == last { "(1)" } else { "(1)," };
            roff.text([bold(other), roman(end)]);
        }
        roff
    }
}

const OF_A_PRINTER_OF_FILES: &[(&str, &str)] = &[("0", "Written."), ("2", "It could not be written.")];

const FILES: [(&str, &str); 4] = [
    (
        "credlint.yaml",
        "The configuration: the first that is found from the file upward, to the root of the repository.",
    ),
    (
        "NAME.mapping.yaml",
        "Beside a spreadsheet NAME.xlsx or NAME.csv: what its columns are.",
    ),
    (
        ".gitignore, .ignore",
        "Folders are walked without what these leave out.",
    ),
    (
        "*.ndjson, *.jsonl",
        "Streams with a record on every line, read piece by piece.",
    ),
];

const ENVIRONMENT: [(&str, &str); 3] = [
    (
        "NO_COLOR",
        "Not empty: no colours, unless --color=always asks for them.",
    ),
    ("TERM", "`dumb`: no colours either."),
    (
        "LC_ALL, LC_MESSAGES, LANG",
        "The first that is set names the language for people. What programs read does not depend on it.",
    ),
];

/// The pages that a reader of this one may want next.
fn see_also(command: &Command) -> Vec<String> {
    if command.has_subcommands() {
        return command.get_subcommands().map(hyphenated).collect();
    }
    let related: &[&str] = match command.get_name() {
        "check" => &["score", "plan", "explain", "config"],
        "score" => &["check", "diff", "agreement"],
        "plan" | "rules" | "test" => &["check", "explain"],
        "diff" => &["agreement", "score"],
        "agreement" => &["diff", "score"],
        "explain" => &["rules", "check"],
        "config" | "schema" | "convert" | "new" | "lsp" => &["check"],
        _ => &[],
    };
    let pages = related.iter().map(|own| format!("credlint-{own}"));
    std::iter::once("credlint".to_string()).chain(pages).collect()
}

fn entry(roff: &mut Roff, term: &str, what: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text(inlines(what));
}

/// A text in which what is typed stands between backticks.
fn inlines(text: &str) -> Vec<Inline> {
    let typed = |(number, part): (usize, &str)| match number % 2 {
        0 => roman(part),
        _ => italic(part),
    };
    text.split('`').enumerate().map(typed).collect()
}
