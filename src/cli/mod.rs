//! The command line: arguments -> engine -> report; exit codes.

mod args;
mod baseline;
mod changed;
mod check;
mod compose;
mod lints;
mod progress;
mod select;
mod setup;
mod suppressions;
mod watch;
mod yaml;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{CheckArgs, Cli, Command};

/// Runs the program with the arguments of the process.
///
/// Exit: 0 nothing at or above `--fail-on`; 1 findings; 2 wrong usage, or something that could not be read.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        None => check(&cli.check),
        Some(Command::Check(args)) => check(&args),
        Some(Command::Baseline(args)) => baseline::run(&args),
        Some(Command::Suppressions(args)) => suppressions::run(&args),
        Some(Command::Explain(args)) => lints::explain(&args),
        Some(Command::Lints(args)) => lints::list(&args),
        Some(Command::Config(args)) => compose::config(&args),
        Some(Command::Why(args)) => compose::why(&args),
        Some(Command::Dump(args)) => check::dump(&args),
        Some(Command::Init(args)) => setup::init(&args),
        Some(Command::Doctor(args)) => setup::doctor(&args),
        Some(Command::Completions(args)) => setup::completions(&args),
        Some(Command::Man(args)) => setup::man(&args),
        Some(Command::Schema) => setup::schema(),
        // Leaving without `shutdown` is exit code 1 by the protocol.
        Some(Command::Lsp(_)) => crate::lsp::serve().map(|clean| if clean { Exit::Clean } else { Exit::Findings }).map_err(Error::from),
    };
    match result {
        Ok(exit) => exit.into(),
        // A reader that closed the pipe has seen enough.
        Err(e) if e.is_broken_pipe() => Exit::Clean.into(),
        Err(e) => {
            let _ = writeln!(std::io::stderr(), "dockvet: {e}");
            Exit::Trouble.into()
        }
    }
}

fn check(args: &CheckArgs) -> Result<Exit, Error> {
    if args.watch { watch::run(args) } else { check::run(args) }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Clean,
    Findings,
    Trouble,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Trouble => 2,
        })
    }
}

/// What can go wrong outside the linted files; worded for the person at the keyboard.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Reading or writing a stream failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A lint of that name does not exist.
    #[error("no lint is called {name:?}{}", suggestion(.near.as_deref()))]
    UnknownLint {
        /// What was asked for.
        name: String,
        /// The nearest name there is.
        near: Option<String>,
    },
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Read {
        /// The file, as it was named.
        path: String,
        /// Why.
        error: crate::source::ReadError,
    },
    /// A configuration file says something wrong.
    #[error("{0}")]
    Config(#[from] Box<crate::config::ConfigError>),
    /// The known findings cannot be read.
    #[error("{0}")]
    Baseline(#[from] crate::filter::rules::BaselineError),
    /// Anything that needs no more than a sentence.
    #[error("{0}")]
    Message(String),
}

impl From<crate::config::ConfigError> for Error {
    fn from(error: crate::config::ConfigError) -> Self {
        Error::Config(Box::new(error))
    }
}

impl Error {
    fn is_broken_pipe(&self) -> bool {
        matches!(self, Error::Io(e) if e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

fn suggestion(near: Option<&str>) -> String {
    near.map_or_else(|| "; `dockvet lints` shows them all".to_string(), |n| format!("; did you mean {n:?}?"))
}
