use crate::lint::prelude::*;
use crate::model::altered::Altered;
use crate::model::compose::Node;
use crate::model::origin::Origin;
use crate::syntax::yaml::{Scalar, Style, resolve};

pub static LINT: Lint = Lint {
    id: "unquoted-yaml-trap",
    summary: "a value without quotes that YAML reads as something else",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["dclint:require-quotes-in-ports"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("unquoted_yaml_trap.md"),
    checks: &[Check::Service(service), Check::Project(project)],
};

/// Mappings of a service whose values are text. `environment` has a lint of its own for what it alters.
const TEXTS: &[&[&str]] = &[
    &["labels"],
    &["annotations"],
    &["sysctls"],
    &["storage_opt"],
    &["logging", "options"],
    &["build", "args"],
    &["build", "labels"],
    &["deploy", "labels"],
];

fn service(service: &Service, cx: &mut Cx<'_>) {
    for path in TEXTS {
        let what = path.join(".");
        texts(&format!("services.{}", service.name), &what, service.node.get_path(path), cx);
    }
    nulls(service, cx);
    booleans(service, cx);
    for item in service.node.get("ports").and_then(Node::as_seq).unwrap_or(&[]) {
        port(service, item, cx);
    }
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    for (kind, resources) in [("volumes", &project.volumes), ("networks", &project.networks)] {
        for resource in resources {
            for what in ["labels", "driver_opts"] {
                texts(&format!("{kind}.{}", resource.name), what, resource.node.get(what), cx);
            }
        }
    }
}

fn raw(node: &Node, cx: &Cx<'_>) -> String {
    cx.world.sources.get(node.span().file).slice(node.span()).to_string()
}

/// Numbers and dates in a mapping of texts.
fn texts(place: &str, what: &str, map: Option<&Node>, cx: &mut Cx<'_>) {
    for (name, entry) in map.and_then(Node::as_map).into_iter().flat_map(|m| m.iter()) {
        let Some(value) = entry.value.resolved().filter(|v| v.is_literal()) else { continue };
        let raw = raw(&entry.value, cx);
        if let Some(altered) = Altered::of(&raw, &value) {
            let message = format!("{name} in {what} becomes `{}`: {}", value.as_str(), altered.why());
            trap(&entry.value.origin, message, &format!("{place}.{what}.{name}"), Level::Warning, cx);
        }
    }
}

fn trap(at: &Origin, message: String, path: &str, level: Level, cx: &mut Cx<'_>) {
    let edit = cx.quote(at);
    let raw = cx.world.sources.get(at.span.file).slice(at.span).to_string();
    let mut report = cx.report(at.span, message).level(level).help(format!("write `\"{raw}\"`")).at(path).origin(at);
    if let Some(edit) = edit {
        report = report.fix(Safety::Safe, "quote it", vec![edit]);
    }
    report.file();
}

/// `KEY: null` passes KEY on from the shell, as `KEY:` does, which nobody mistakes for text.
fn nulls(service: &Service, cx: &mut Cx<'_>) {
    for (name, entry) in service.node.get("environment").and_then(Node::as_map).into_iter().flat_map(|m| m.iter()) {
        let raw = raw(&entry.value, cx);
        if entry.value.is_null() && matches!(raw.as_str(), "null" | "Null" | "NULL" | "~") {
            cx.report(entry.value.span(), format!("service {} gets {name} from the shell, or not at all: `{raw}` is no text in YAML", service.name))
                .help(format!("write `\"{raw}\"` for the word, `\"\"` for an empty value, or nothing to pass {name} on"))
                .at(format!("services.{}.environment.{name}", service.name))
                .evidence(name)
                .file();
        }
    }
}

/// Words that are booleans to tools that read YAML 1.1. Compose keeps them.
const BOOLEANS: &[&str] = &["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N"];

fn booleans(service: &Service, cx: &mut Cx<'_>) {
    let Some(restart) = service.node.get("restart") else { return };
    let written = raw(restart, cx);
    if BOOLEANS.contains(&written.as_str()) && restart.as_str().is_some() {
        let message = format!("restart of service {} is a boolean to tools that read YAML 1.1", service.name);
        trap(&restart.origin, message, &format!("services.{}.restart", service.name), Level::Info, cx);
    }
}

/// `22:22` is a number to the base of 60 in YAML 1.1.
fn port(service: &Service, item: &Node, cx: &mut Cx<'_>) {
    let written = raw(item, cx);
    let parts: Vec<&str> = written.split(':').collect();
    let is_number = |p: &&str| !p.is_empty() && p.len() <= 5 && p.bytes().all(|b| b.is_ascii_digit());
    let (Some((first, rest)), true) = (parts.split_first(), parts.iter().all(is_number)) else { return };
    let is_minute = |p: &&str| p.len() <= 2 && p.parse::<u8>().is_ok_and(|n| n < 60);
    if rest.is_empty() || first.starts_with('0') || !rest.iter().all(is_minute) || resolve(&written, Style::Plain, None) != Scalar::Str {
        return;
    }
    let number = parts.iter().fold(0u64, |sum, p| sum * 60 + p.parse::<u64>().unwrap_or(0));
    let message = format!("`{written}` is the number {number} to tools that read YAML 1.1");
    trap(&item.origin, message, &format!("services.{}.ports", service.name), Level::Info, cx);
}
