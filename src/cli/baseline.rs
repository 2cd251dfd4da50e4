//! `dockvet baseline`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::BaselineArgs;
use super::check::{Machine, engine, environment};
use super::{Error, Exit};
use crate::filter::baseline::Baseline;
use crate::source;

/// Where it is written when nobody says otherwise.
const DEFAULT_FILE: &str = ".dockvet-baseline";

/// The largest baseline that is read, in bytes.
const MAX_SIZE: u64 = 64 << 20;

/// Lints and writes down what is found.
pub fn run(args: &BaselineArgs) -> Result<Exit, Error> {
    let machine = Machine { env: environment(), ..Machine::default() };
    let no_stdin = |_: &mut crate::engine::Engine| Err(Error::Message("a baseline is of files, not of standard input".into()));
    let mut engine = engine(&args.paths, &args.rules, machine, false, no_stdin)?;
    let here = std::env::current_dir()?;
    let configured = || engine.settings().rules.of(&here.join("x")).baseline.clone();
    let given = args.output.as_ref().or(args.rules.baseline.as_ref()).map(|path| here.join(path));
    let path = given.or_else(configured).unwrap_or_else(|| here.join(DEFAULT_FILE));
    let outcome = engine.lint();
    let folder = path.parent().unwrap_or(Path::new(""));
    let file_of = |d: &crate::diagnostic::Diagnostic| source::relative(&engine.sources().get(d.primary.span.file).path, folder);
    let now = Baseline::of(&outcome.diagnostics, file_of);
    let baseline = if args.shrink { read(&path)?.shrunk_to(&now) } else { now };
    source::write_file(&path, baseline.to_text().as_bytes()).map_err(|e| Error::Message(format!("{}: {e}", path.display())))?;
    let mut stderr = std::io::stderr().lock();
    for note in &outcome.notes {
        writeln!(stderr, "{}: {}: {}", if note.failure { "error" } else { "note" }, note.path, note.text)?;
    }
    let (count, files) = (baseline.len(), baseline.files().len());
    let (findings, files_word) = (if count == 1 { "finding" } else { "findings" }, if files == 1 { "file" } else { "files" });
    writeln!(stderr, "{} knows {count} {findings} in {files} {files_word}", engine.sources().display(&path))?;
    if configured_otherwise(&engine.settings().rules.of(&here.join("x")).baseline, &path) {
        writeln!(stderr, "use it with --baseline, or write `baseline = {:?}` into dockvet.toml", engine.sources().display(&path))?;
    }
    Ok(if outcome.notes.iter().any(|n| n.failure) { Exit::Trouble } else { Exit::Clean })
}

fn configured_otherwise(configured: &Option<PathBuf>, path: &Path) -> bool {
    configured.as_deref() != Some(path)
}

fn read(path: &Path) -> Result<Baseline, Error> {
    let text = source::read_text(path, MAX_SIZE).map_err(|error| Error::Read { path: path.display().to_string(), error })?;
    Baseline::parse(&text).map_err(|(line, why)| Error::Message(format!("{}:{line}: a line of a baseline {why}", path.display())))
}
