//! `dockvet lints` and `dockvet explain`.

use std::io::Write;

use super::args::{ExplainArgs, LintsArgs, ListFormat};
use super::{Error, Exit};
use crate::lint::Lint;
use crate::lints::{self, LINTS};

/// Prints the catalogue.
pub fn list(args: &LintsArgs) -> Result<Exit, Error> {
    let mut out = std::io::stdout().lock();
    match args.format {
        ListFormat::Json => writeln!(out, "{}", serde_json::Value::from(LINTS.iter().map(|l| describe(l)).collect::<Vec<_>>()))?,
        ListFormat::Text => {
            let width = LINTS.iter().map(|l| l.id.len()).max().unwrap_or(0);
            for lint in LINTS {
                let opt_in = if lint.default { "" } else { " (opt-in)" };
                writeln!(out, "{:width$}  {:7}  {:11}  {}{opt_in}", lint.id, lint.level.name(), lint.group.name(), lint.summary)?;
            }
        }
    }
    Ok(Exit::Clean)
}

fn describe(lint: &Lint) -> serde_json::Value {
    serde_json::json!({
        "id": lint.id,
        "summary": lint.summary,
        "group": lint.group.name(),
        "level": lint.level.name(),
        "score": lint.score.map(|s| (f64::from(s) * 10.0).round() / 10.0),
        "default": lint.default,
        "cis": lint.cis,
        "aliases": lint.aliases,
        "fix": lint.fix.map(crate::diagnostic::Safety::name),
        "since": lint.since,
        "kinds": lint.kinds(),
        "url": lint.url(),
    })
}

/// Prints the page of a lint.
pub fn explain(args: &ExplainArgs) -> Result<Exit, Error> {
    let Some(name) = &args.lint else {
        return list(&LintsArgs { format: ListFormat::Text });
    };
    let lint = find(name)?;
    let mut out = std::io::stdout().lock();
    let opt_in = if lint.default { "" } else { " · opt-in" };
    let fix = lint.fix.map(|s| format!(" · {} fix", s.name())).unwrap_or_default();
    let cis = if lint.cis.is_empty() { String::new() } else { format!(" · CIS {}", lint.cis.join(", ")) };
    let page = if args.examples { lint.page.to_string() } else { lint.explanation() };
    writeln!(out, "{}\n", page.trim_end())?;
    writeln!(out, "{} · {}{opt_in}{fix}{cis}", lint.level.name(), lint.group.name())?;
    for option in lint.options {
        writeln!(out, "option {} ({}): {}", option.key, option.kind.words(), option.about)?;
    }
    if !lint.aliases.is_empty() {
        writeln!(out, "also known as {}", lint.aliases.join(", "))?;
    }
    writeln!(out, "{}", lint.url())?;
    Ok(Exit::Clean)
}

/// The lint that `name` means, or an error with the nearest name.
pub fn find(name: &str) -> Result<&'static Lint, Error> {
    lints::find(name).ok_or_else(|| Error::UnknownLint { name: name.to_string(), near: lints::nearest(name).map(str::to_string) })
}
