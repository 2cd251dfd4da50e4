//! `dockvet check` and `dockvet dump`.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::{CheckArgs, Color, DumpArgs, RuleArgs};
use super::progress::Progress;
use super::{Error, Exit, changed, select};
use crate::diagnostic::{Diagnostic, Safety, Suppressed, SuppressedBy};
use crate::engine::{Changes, Engine, Outcome, Settings};
use crate::filter::rules::{RuleBook, Rules};
use crate::lints::LINTS;
use crate::model::dockerfile::{BuildArg, BuildArgs};
use crate::model::project::BuildOptions;
use crate::report::{self, Format, Report, Style};
use crate::source::{DEFAULT_MAX_SIZE, FileKind, Sources};
use crate::syntax::dockerfile;

/// Narrower than this, findings cannot be drawn; wider lines are hard to read.
const WIDTH: std::ops::RangeInclusive<usize> = 60..=160;

/// Lints what the arguments name and prints what is found.
pub fn run(args: &CheckArgs) -> Result<Exit, Error> {
    let (exit, engine) = once(args)?;
    // The process ends here: giving every tree back to the allocator first would only take time.
    std::mem::forget(engine);
    Ok(exit)
}

/// As [`run`], and gives back what was read.
pub(super) fn once(args: &CheckArgs) -> Result<(Exit, Engine), Error> {
    let started = Instant::now();
    let env = environment();
    let build = BuildOptions { args: build_args(&args.build_arg, &env)?, target: args.target.clone() };
    let mut engine = engine(&args.paths, &args.rules, Machine { env, build, jobs: args.jobs }, true, |engine| read_stdin(engine, args))?;
    let safety = if args.unsafe_fixes { Some(Safety::Unsafe) } else { args.fix.then_some(Safety::Safe) };
    let only = select::resolve(&args.fix_only)?;
    let wanted = |d: &Diagnostic| only.is_empty() || only.iter().any(|l| l.id == d.lint);
    if args.diff {
        let changes = engine.would_fix(safety.unwrap_or(Safety::Safe), &wanted);
        return Ok((diff(&changes, args)?, engine));
    }
    let safety = safety.or_else(|| (!only.is_empty()).then_some(Safety::Safe));
    let progress = Progress::show(&engine, args.quiet);
    let (fixed, mut outcome) = match safety {
        Some(safety) => engine.fix(safety, &wanted),
        None => (0, engine.lint()),
    };
    drop(progress);
    if fixed > 0 && !args.quiet {
        writeln!(std::io::stderr(), "{fixed} {} applied", if fixed == 1 { "fix" } else { "fixes" })?;
    }
    if let Some(range) = &args.changed_lines {
        changed::retain(range, &mut outcome.diagnostics, engine.sources())?;
    }
    print(args, &engine, &outcome, started)?;
    let failed = outcome.notes.iter().any(|n| n.failure);
    let fails = |d: &Diagnostic| {
        let path = &engine.sources().get(d.primary.span.file).path;
        engine.settings().rules.of(path).fails(d.level, path)
    };
    let fails = outcome.diagnostics.iter().any(fails);
    let exit = if failed {
        Exit::Trouble
    } else if fails {
        Exit::Findings
    } else {
        Exit::Clean
    };
    Ok((exit, engine))
}

/// Prints what fixes would change. Exit code 1 when they would change anything: a check in CI.
fn diff(changes: &Changes, args: &CheckArgs) -> Result<Exit, Error> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (before, after) in &changes.files {
        let name = report::visible(&before.name);
        let text = similar::TextDiff::from_lines(&*before.text, after.as_str());
        let text = text.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
        // Line ends stay what they are: the text is for `patch`, and for eyes on a terminal.
        match std::io::stdout().is_terminal() {
            true => text.lines().try_for_each(|line| writeln!(out, "{}", report::visible(line)))?,
            false => out.write_all(text.as_bytes())?,
        }
    }
    out.flush()?;
    if !args.quiet {
        let (n, files) = (changes.fixes, changes.files.len());
        let (fixes, in_files) = (if n == 1 { "fix" } else { "fixes" }, if files == 1 { "file" } else { "files" });
        writeln!(std::io::stderr(), "{n} {fixes} would change {files} {in_files}")?;
    }
    Ok(if changes.files.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// What the run is told beside paths and rules.
#[derive(Default)]
pub(super) struct Machine {
    pub env: BTreeMap<String, String>,
    pub build: BuildOptions,
    pub jobs: Option<usize>,
}

/// The variables of the process that are text.
pub(super) fn environment() -> BTreeMap<String, String> {
    std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect()
}

/// An engine with the files that the paths name and the rules for them; `stdin` reads what `-` stands for.
pub(super) fn engine(
    paths: &[PathBuf],
    args: &RuleArgs,
    machine: Machine,
    baselines: bool,
    stdin: impl Fn(&mut Engine) -> Result<(), Error>,
) -> Result<Engine, Error> {
    let threads = machine.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    // Fails only when the pool exists already, and then it serves.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    let here = std::env::current_dir()?;
    // Names on the command line are wrong whatever the files say.
    let plain = RuleBook::plain(Rules::plain(LINTS, select::given(args)?));
    let mut engine = Engine::new(&here, Settings { env: machine.env, threads, build: machine.build, ..Settings::new(plain) });
    let mut folders = vec![here];
    for path in paths {
        if path == Path::new("-") {
            stdin(&mut engine)?;
        } else {
            engine.add(path);
            folders.push(select::folder_of(path)?);
        }
    }
    folders.extend(engine.configured_folders().iter().cloned());
    engine.set_rules(select::rules(args, folders.iter().map(PathBuf::as_path), baselines)?);
    Ok(engine)
}

/// `NAME=VALUE`, or `NAME` for the value that the environment has, if it has one. The last of a name counts.
fn build_args(given: &[String], env: &BTreeMap<String, String>) -> Result<BuildArgs, Error> {
    let mut args = BuildArgs::new();
    for text in given {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (text.as_str(), env.get(text).cloned()),
        };
        if name.is_empty() {
            return Err(Error::Message("--build-arg has no name; write NAME=VALUE".into()));
        }
        if value.is_some() {
            args.insert(name.to_string(), BuildArg { value, span: None });
        }
    }
    Ok(args)
}

fn read_stdin(engine: &mut Engine, args: &CheckArgs) -> Result<(), Error> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(DEFAULT_MAX_SIZE + 1).read_to_end(&mut bytes)?;
    let path = args.stdin_filename.display().to_string();
    engine.set_bytes(&args.stdin_filename, bytes).map_err(|error| Error::Read { path, error })
}

/// Findings go to standard output or the file, everything else to standard error.
fn print(args: &CheckArgs, engine: &Engine, outcome: &Outcome, started: Instant) -> Result<(), Error> {
    let sentence = |n: &crate::engine::Note| format!("{}: {}", report::visible(&n.path), report::visible(&n.text));
    let (errors, notes): (Vec<_>, Vec<_>) = outcome.notes.iter().partition(|n| n.failure);
    let errors: Vec<String> = errors.into_iter().map(sentence).collect();
    let notes: Vec<String> = notes.into_iter().map(sentence).collect();
    let silenced = silenced(outcome);
    let report = Report {
        diagnostics: &outcome.diagnostics,
        sources: engine.sources(),
        lints: LINTS,
        files: outcome.files.len(),
        linted: &outcome.files,
        suppressed: outcome.suppressed.len(),
        baselined: outcome.baselined.len(),
        silenced: &silenced,
        errors: &errors,
        notes: &notes,
        secrets: &outcome.secrets,
        elapsed: Some(started.elapsed()),
    };
    let mut stderr = std::io::stderr().lock();
    for error in &errors {
        writeln!(stderr, "error: {error}")?;
    }
    if !args.quiet {
        for note in &notes {
            writeln!(stderr, "note: {note}")?;
        }
    }
    let format = Format::find(&args.format).ok_or_else(|| Error::Message(format!("no format is called {:?}", args.format)))?;
    let style = style(args);
    match &args.output_file {
        Some(path) => write_file(path, &report, format, &style)?,
        None => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            (format.write)(&report, &style, &mut out)?;
            if args.statistics && format.name == "text" {
                report::statistics(&report, &style, &mut out)?;
            }
            out.flush()?;
        }
    }
    let plain = Style { quiet: args.quiet, ..Style::default() };
    args.output.iter().try_for_each(|o| write_file(&o.file, &report, o.format, &plain))?;
    let github = format.name == "github" || args.output.iter().any(|o| o.format.name == "github");
    match std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| github && !file.is_empty()) {
        Some(file) => add_to_summary(Path::new(&file), &report),
        None => Ok(()),
    }
}

/// Appends to the job summary of GitHub Actions, which other commands of the step write to as well. It comes on top of the
/// annotations, so a summary that cannot be written is no failure.
fn add_to_summary(path: &Path, report: &Report) -> Result<(), Error> {
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    if let Err(e) = file.and_then(|mut file| file.write_all(report::github_summary(report).as_bytes())) {
        writeln!(std::io::stderr(), "note: {}: the job summary cannot be written: {e}", path.display())?;
    }
    Ok(())
}

fn write_file(path: &Path, report: &Report, format: &Format, style: &Style) -> Result<(), Error> {
    let cannot = |e: std::io::Error| Error::Message(format!("{}: cannot be written: {e}", path.display()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).map_err(cannot)?);
    (format.write)(report, style, &mut file).and_then(|()| file.flush()).map_err(cannot)
}

/// The findings that are not reported, and why, sorted as the others.
fn silenced(outcome: &Outcome) -> Vec<Suppressed> {
    let by_comment = outcome.suppressed.iter().map(|(finding, by)| Suppressed {
        finding: finding.clone(),
        by: SuppressedBy::Comment(by.comment),
        reason: by.pragma.reason.to_string(),
    });
    let known = |finding: &Diagnostic| Suppressed { finding: finding.clone(), by: SuppressedBy::Baseline, reason: String::new() };
    by_comment.chain(outcome.baselined.iter().map(known)).collect()
}

fn style(args: &CheckArgs) -> Style {
    let terminal = args.output_file.is_none() && std::io::stdout().is_terminal();
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
    let color = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !set("NO_COLOR") && (set("CLICOLOR_FORCE") || (terminal && std::env::var_os("TERM").is_none_or(|t| t != "dumb"))),
    };
    let columns = || terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
    let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).or_else(|| if terminal { columns() } else { None });
    Style {
        color,
        width: width.unwrap_or(100).clamp(*WIDTH.start(), *WIDTH.end()),
        hyperlinks: color && terminal,
        unicode: terminal,
        quiet: args.quiet,
    }
}

/// Prints how a Dockerfile was read.
pub fn dump(args: &DumpArgs) -> Result<Exit, Error> {
    let sources = Sources::new(&std::env::current_dir()?, DEFAULT_MAX_SIZE);
    let path = args.file.display().to_string();
    let source = sources.load(&args.file, FileKind::Dockerfile).map_err(|error| Error::Read { path, error })?;
    let parse = dockerfile::parse(source.id, &source.text);
    writeln!(std::io::stdout().lock(), "{}", dockerfile::dump(&parse.tree, &source.text))?;
    Ok(Exit::Clean)
}
