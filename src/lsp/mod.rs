//! THE LANGUAGE SERVER, on standard input and output.
//!
//! One loop ([`server`]) owns the documents and applies every edit at once, in the order it came; one [`worker`] owns
//! the engine, lints whatever is newest and sends reports back, which the loop publishes unless they are stale.
//! Requests are answered by the loop from the newest texts ([`desk`]), one file a feature; only those about findings wait
//! for the report of the text they are about.
//! Bytes become the client's positions, and its positions bytes, in [`position`] alone; addresses in [`uri`].

mod actions;
mod classify;
mod complete;
mod compose_complete;
mod compose_hover;
mod compose_keys;
mod compose_names;
mod cursor;
mod desk;
mod diagnostics;
mod document;
mod hints;
mod hover;
mod links;
mod names;
mod navigate;
mod outline;
mod position;
mod reference;
mod requests;
mod server;
mod tokens;
mod transport;
mod uri;
mod worker;

#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use crossbeam_channel::bounded;

use crate::engine::Settings;
use crate::filter::rules::{Given, RuleBook, Rules};
use crate::lints::LINTS;

/// How many messages of the client may wait; past that, reading from it waits.
const WAITING: usize = 256;

/// How long a client may take to read the last messages.
const PATIENCE: Duration = Duration::from_secs(2);

/// Serves the language server protocol until the client ends it.
///
/// Returns whether it ended as the protocol wants, by `shutdown` and then `exit`: exit code 0, else 1.
///
/// # Errors
/// When the system has no threads left.
pub fn serve() -> io::Result<bool> {
    let (events, received) = bounded(WAITING);
    transport::read_stdin(events.clone())?;
    let (outgoing, written) = transport::write_stdout()?;
    let clean = server::run(&received, events, outgoing, settings())?;
    // The last answers must have left before the process does, if the client takes them.
    let _ = written.recv_timeout(PATIENCE);
    Ok(clean)
}

fn settings() -> Settings {
    let env = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect();
    Settings {
        env,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..Settings::new(RuleBook::plain(Rules::plain(LINTS, Given::default())))
    }
}
