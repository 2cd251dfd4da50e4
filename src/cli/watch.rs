//! `--watch`: lint again whenever a file changes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::args::CheckArgs;
use super::{Error, Exit, check};
use crate::source;

/// The least time between two looks at the disk.
const PACE: Duration = Duration::from_millis(250);

/// Of all time, at most a tenth goes into looking.
const SHARE: u32 = 10;

/// Lints until the process is interrupted.
pub fn run(args: &CheckArgs) -> Result<Exit, Error> {
    if args.paths.iter().any(|p| p == Path::new("-")) {
        return Err(Error::Message("--watch looks at files, not at standard input".into()));
    }
    let (folders, named): (Vec<PathBuf>, Vec<PathBuf>) = args.paths.iter().cloned().partition(|p| source::is_dir(p));
    let named: Vec<PathBuf> = named.into_iter().chain(args.rules.config.clone()).collect();
    loop {
        // What changes while it is linted must not be missed.
        let at_start = source::stamp(&named, &folders);
        let read: Vec<PathBuf> = match check::once(args) {
            Ok((_, engine)) => engine.sources().all().iter().map(|s| s.path.clone()).collect(),
            // A mistake in the configuration is mended while we wait.
            Err(error) if matches!(error, Error::Config(_) | Error::Baseline(_)) => {
                writeln!(std::io::stderr(), "dockvet: {error}")?;
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let files: Vec<PathBuf> = named.iter().cloned().chain(read).collect();
        let before = source::stamp(&files, &folders);
        if source::stamp(&named, &folders) == at_start {
            wait(&files, &folders, &before);
        }
        writeln!(std::io::stderr(), "\nfiles changed, linting again")?;
    }
}

/// Comes back when something is not as it was.
fn wait(files: &[PathBuf], folders: &[PathBuf], before: &source::Stamp) {
    loop {
        let started = Instant::now();
        if source::stamp(files, folders) != *before {
            return;
        }
        std::thread::sleep(PACE.max(started.elapsed() * SHARE));
    }
}
