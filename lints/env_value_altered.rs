use std::collections::HashMap;
use std::sync::Arc;

use crate::lint::prelude::*;
use crate::model::altered::Altered;
use crate::model::compose::{EnvVar, Node, Resolved, VarSource, VarUse, dotenv};
use crate::model::compose::interpolate::Lookup;
use crate::model::env_names;
use crate::source::Source;

pub static LINT: Lint = Lint {
    id: "env-value-altered",
    summary: "a variable reaches the container as another text than the one that is written",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("env_value_altered.md"),
    checks: &[Check::Service(scalars), Check::Project(project)],
};

/// `017`, `1_000` and dates under `environment:`.
fn scalars(service: &Service, cx: &mut Cx<'_>) {
    let Some(map) = service.node.get("environment").and_then(Node::as_map) else { return };
    for (name, entry) in map.iter() {
        let Some(value) = entry.value.resolved().filter(|v| v.is_literal()) else { continue };
        let raw = cx.world.sources.get(entry.value.span().file).slice(entry.value.span()).to_string();
        let Some(altered) = Altered::of(&raw, &value) else { continue };
        let message = format!("service {} gets {name} as another text: {}", service.name, altered.why());
        let edit = cx.quote(&entry.value.origin);
        let mut report = cx
            .report(entry.value.span(), message)
            .code("scalar")
            .help(format!("{name}: \"{raw}\""))
            .at(format!("services.{}.environment.{name}", service.name))
            .evidence(name)
            .origin(&entry.value.origin);
        if let Some(edit) = edit {
            report = report.fix(Safety::Safe, "quote it", vec![edit]);
        }
        report.file();
    }
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    let mut names = None;
    for service in &project.services {
        for var in service.environment() {
            let Some(value) = var.value.as_ref().filter(|v| v.vars.unset().next().is_some()) else { continue };
            let known = names.get_or_insert_with(|| env_names::elsewhere(project, &cx.world.sources));
            let eaten: Vec<&VarUse> = value.vars.unset().filter(|u| !known.sets(&u.name) && is_accident(u, value, cx)).collect();
            if !eaten.is_empty() {
                dollars(service, &var, value, &eaten, &mut cx.inside(service));
            }
        }
        for file in env_files(service, cx) {
            lines(&file, &mut cx.inside(service));
        }
    }
}

/// Whether a `$name` that nothing sets is text: without braces, and in the middle of a word or not named like a
/// variable. The rest may be set by whoever runs the project.
fn is_accident(var: &VarUse, value: &Resolved, cx: &Cx<'_>) -> bool {
    let source = cx.world.sources.get(var.span.file);
    if source.slice(var.span).starts_with("${") || var.source != VarSource::Unset {
        return false;
    }
    let before = source.text.get(..var.span.start as usize).and_then(|t| t.chars().next_back());
    let in_word = before.is_some_and(|c| c.is_alphanumeric()) && var.span.start > value.span().start;
    in_word || var.name.chars().any(|c| c.is_ascii_lowercase())
}

fn dollars(service: &Service, var: &EnvVar, value: &Resolved, eaten: &[&VarUse], cx: &mut Cx<'_>) {
    let Some(first) = eaten.first() else { return };
    // A variable at the end left nothing in the value.
    let whole = value.vars.uses().iter().filter(|u| u.span.file == value.span().file).fold(value.span(), |s, u| s.to(u.span));
    let written = cx.world.sources.get(whole.file).slice(whole).chars().count();
    let lost: usize = eaten.iter().map(|u| u.span.len()).sum();
    let name = var.name.as_str();
    let message =
        format!("service {} gets {name} without {lost} of its {written} characters: Compose takes what follows a `$` for a variable", service.name);
    let edits: Vec<_> = eaten.iter().map(|u| (u.span.at_start(), "$".to_string())).collect();
    let is_shared = !var.from_env_file && var.origin.is_shared();
    let mut report = cx
        .report(first.span, message)
        .code("dollar")
        .help("write `$$` for each `$` that is part of the value")
        .at(format!("services.{}.environment.{name}", service.name))
        .evidence(name)
        .secret(whole)
        .origin(&var.origin);
    if !is_shared {
        report = report.fix(Safety::Safe, "double the `$`", edits);
    }
    report.file();
}

/// The env files of a service in the dialect of Compose.
fn env_files(service: &Service, cx: &Cx<'_>) -> Vec<Arc<Source>> {
    let entries = service.node.get("env_file").and_then(Node::as_seq).unwrap_or(&[]);
    let file = |entry: &Node| {
        let path = entry.get("path").and_then(Node::resolved)?;
        if entry.get("format").is_some() {
            return None;
        }
        cx.world.sources.find(&service.path(&path)?)
    };
    entries.iter().filter_map(file).collect()
}

/// Nothing is set: what the values become is not asked here.
struct Nothing;

impl Lookup for Nothing {
    fn lookup(&self, _: &str) -> Option<(&str, VarSource)> {
        None
    }
}

/// What the lines of an env file lose.
fn lines(file: &Source, cx: &mut Cx<'_>) {
    let entries = dotenv::parse(file.id, &file.text, &Nothing).entries;
    let mut last: HashMap<&str, &dotenv::EnvEntry> = HashMap::new();
    for entry in entries.iter().rev().filter(|e| e.value.is_some()) {
        let name = entry.name.as_str();
        let written = |e: &dotenv::EnvEntry| e.value.as_ref().map(|v| file.slice(v.span()));
        match last.get(name) {
            Some(later) if written(later) != written(entry) => {
                cx.report(entry.name.span(), format!("{name} is set again further down: this line does nothing"))
                    .code("again")
                    .label(later.name.span(), "this one counts")
                    .help("take one of the two lines out")
                    .at(format!("env_file.{name}"))
                    .evidence(name)
                    .file();
            }
            Some(_) => {}
            None => {
                last.insert(name, entry);
            }
        }
        hash(file, entry, cx);
    }
}

/// `COLOR=red #ff0000` ends at the `#`.
fn hash(file: &Source, entry: &dotenv::EnvEntry, cx: &mut Cx<'_>) {
    let Some(value) = entry.value.as_ref().filter(|v| v.is_literal()) else { return };
    let (start, end) = (value.span().start as usize, value.span().end as usize);
    let is_quoted = file.text.get(..start).is_some_and(|t| t.ends_with(['"', '\'']));
    let rest = file.text.get(end..).and_then(|t| t.lines().next()).unwrap_or("").trim_end();
    let lost = rest.trim_start();
    let is_word = lost.len() > 1 && !lost.contains(char::is_whitespace) && lost.chars().skip(1).any(|c| !c.is_alphabetic() && !"-.:_#".contains(c));
    if is_quoted || !rest.starts_with(' ') || !lost.starts_with('#') || !is_word || value.contains('\'') {
        return;
    }
    let name = entry.name.as_str();
    let at = end + rest.len() - lost.len();
    let whole = Span::new(file.id, start, end + rest.len());
    let quoted = format!("'{}'", file.slice(whole));
    cx.report(Span::new(file.id, at, end + rest.len()), format!("{name} ends before this `#`: after a space it starts a comment"))
        .code("hash")
        .help("put the value in single quotes, or a space after the `#` of a comment")
        .at(format!("env_file.{name}"))
        .evidence(name)
        .secret(whole)
        .fix(Safety::Safe, "quote the value", vec![(whole, quoted)])
        .file();
}
