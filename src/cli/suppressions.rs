//! `dockvet suppressions`: what is silenced, by whom, and why.

use std::io::Write;

use serde_json::{Value, json};

use super::args::{ListFormat, SuppressionsArgs};
use super::check::{Machine, engine, environment};
use super::{Error, Exit};
use crate::diagnostic::Diagnostic;
use crate::engine::{Engine, Outcome};
use crate::model::suppression::Suppression;
use crate::report::visible;
use crate::source::{Column, Span};

/// Lints and lists what was taken out.
pub fn run(args: &SuppressionsArgs) -> Result<Exit, Error> {
    let machine = Machine { env: environment(), ..Machine::default() };
    let no_stdin = |_: &mut Engine| Err(Error::Message("name files or folders, not standard input".into()));
    let mut engine = engine(&args.paths, &args.rules, machine, true, no_stdin)?;
    let outcome = engine.lint();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match args.format {
        ListFormat::Json => writeln!(out, "{}", to_json(&engine, &outcome))?,
        ListFormat::Text => text(&engine, &outcome, &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// `file:line`, 1-based.
fn place(engine: &Engine, span: Span) -> (String, u32) {
    let source = engine.sources().get(span.file);
    (source.name.clone(), source.lines().locate(span.start, Column::Chars).line + 1)
}

fn text(engine: &Engine, outcome: &Outcome, out: &mut impl Write) -> Result<(), Error> {
    let mut last = None;
    for (d, by) in &sorted(engine, outcome) {
        if last != Some(by.comment) {
            let (file, line) = place(engine, by.comment);
            let pragma = &by.pragma;
            let why = if pragma.reason.is_empty() { "no reason given".into() } else { visible(&pragma.reason) };
            let until = pragma.until.as_ref().map_or(String::new(), |u| format!(", until {}", visible(u)));
            writeln!(out, "{}:{line}: comment for {}{until}: {why}", visible(&file), pragma.dialect.name())?;
            last = Some(by.comment);
        }
        finding(engine, d, out)?;
    }
    if !outcome.baselined.is_empty() {
        writeln!(out, "known to the baseline")?;
        outcome.baselined.iter().try_for_each(|d| finding(engine, d, out))?;
    }
    let (by_comments, known) = (outcome.suppressed.len(), outcome.baselined.len());
    writeln!(out, "{by_comments} silenced by comments, {known} known to a baseline")?;
    Ok(())
}

fn finding(engine: &Engine, d: &Diagnostic, out: &mut impl Write) -> Result<(), Error> {
    let (file, line) = place(engine, d.primary.span);
    writeln!(out, "  {} {}:{line} [{}] {}", d.level.name(), visible(&file), d.lint, visible(&d.message))?;
    Ok(())
}

/// By the place of the comment; files by name, as their numbers come from threads.
fn sorted<'o>(engine: &Engine, outcome: &'o Outcome) -> Vec<&'o (Diagnostic, Suppression)> {
    let mut all: Vec<_> = outcome.suppressed.iter().collect();
    all.sort_by_cached_key(|(d, by)| (engine.sources().get(by.comment.file).name.clone(), by.comment, d.primary.span));
    all
}

fn to_json(engine: &Engine, outcome: &Outcome) -> Value {
    let finding = |d: &Diagnostic| {
        let (file, line) = place(engine, d.primary.span);
        json!({ "lint": d.lint, "level": d.level.name(), "message": d.message, "file": file, "line": line })
    };
    let by_comment = sorted(engine, outcome).into_iter().map(|(d, by)| {
        let (file, line) = place(engine, by.comment);
        json!({
            "finding": finding(d),
            "by": "comment",
            "linter": by.pragma.dialect.name(),
            "file": file,
            "line": line,
            "reason": (!by.pragma.reason.is_empty()).then(|| by.pragma.reason.as_str()),
            "until": by.pragma.until.as_ref().map(|u| u.as_str()),
        })
    });
    let known = outcome.baselined.iter().map(|d| json!({ "finding": finding(d), "by": "baseline" }));
    Value::from(by_comment.chain(known).collect::<Vec<_>>())
}
