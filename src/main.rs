//! Arguments in, exit code out.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use credlint::app::{Exit, World, run, today, typed};
use credlint::cli::{Cli, pack_named};
use credlint::language::Language;
use credlint::pack::exchange;
use credlint::whole::{Stop, Whole};

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    if let Some(folder) = pack_named(&args)
        && let Err(error) = exchange::put_in_force(&folder)
    {
        // Nothing has been read yet, so nothing is known of colours and languages.
        let _ = writeln!(io::stderr(), "credlint: {error}");
        return ExitCode::from(Exit::Failed as u8);
    }
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return refuse(error),
    };
    let stdout = io::stdout();
    let terminal = stdout.is_terminal();
    // Not locked: `lsp` writes from a thread of its own.
    let mut out = Whole::new(stdout, &STOP);
    // Not locked: a thread that panics must be able to say so.
    let mut err = io::stderr();
    let err_terminal = err.is_terminal();
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let columns = terminal.then(|| u16::try_from(textwrap::termwidth()).ok()).flatten();
    let mut world = World {
        out: &mut out,
        err: &mut err,
        terminal,
        err_terminal,
        stop: &STOP,
        columns,
        no_color,
        locale: locale(),
        today: today(),
    };
    // Where no handler can be had, an interrupted run ends where it stands.
    let _ = ctrlc::set_handler(|| {
        if STOP.ask() {
            end_now();
        }
        std::thread::spawn(|| {
            STOP.out_of_patience();
            end_now();
        });
    });
    let ended = run(&cli, &mut world);
    let ended = match ended {
        Ok(exit) => out.finish().map(|()| exit),
        // Whole lines of what is there.
        Err(error) => out.flush().and(Err(error)),
    };
    match ended {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => ExitCode::from(INTERRUPTED),
        // Whoever reads has seen enough (`credlint check . | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // The error stream may be gone as well; there is nobody left to tell.
            let _ = writeln!(io::stderr(), "credlint: {error}");
            ExitCode::from(Exit::Failed as u8)
        }
    }
}

/// Help, or why the command line cannot be read.
fn refuse(error: clap::Error) -> ExitCode {
    let asked = typed::language(std::env::args_os().skip(1));
    let of_locale = || locale().as_deref().and_then(Language::from_tag);
    let language = asked.or_else(of_locale).unwrap_or_default();
    match typed::answer(error, language) {
        Ok(text) => {
            // Nobody is left to tell where the error stream is gone.
            let _ = write!(io::stderr(), "{text}");
            ExitCode::from(Exit::Failed as u8)
        }
        Err(error) => {
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Failed as u8))
        }
    }
}

/// What shells report of a program that an interrupt has ended.
const INTERRUPTED: u8 = 130;

/// Whether somebody has interrupted the run.
static STOP: Stop = Stop::new();

#[allow(
    clippy::exit,
    reason = "the thread of the run waits for something that may never come"
)]
fn end_now() {
    std::process::exit(INTERRUPTED.into());
}

/// The locale of messages: the first of the usual variables that says something.
fn locale() -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
