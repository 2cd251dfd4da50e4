//! SARIF 2.1.0, as GitHub code scanning reads it: all four ends of a region, rules with help, worst results first.
//!
//! Columns are UTF-16 code units. `charOffset` is left out: readers disagree on whether it counts in the same unit, while
//! lines, columns and bytes leave no doubt. `primaryLocationLineHash` is left to the upload, which knows the checkout.

mod log;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use super::page::{capital, lead, sentence};
use super::place::{region, visible_part};
use super::prints::Prints;
use super::{Report, Style, count_of, json};
use crate::diagnostic::{Diagnostic, Group, Label, Level, Suppressed, SuppressedBy};
use crate::lint::Lint;
use crate::source::{Column, FileId, FileKind, Source, Span};
use log::*;

/// What GitHub reads of one run; the rest would be refused.
const MAX_RESULTS: usize = 25_000;
/// What GitHub reads of a description, in characters; counted in bytes here.
const MAX_DESCRIPTION: usize = 1024;
/// Files below it have relative addresses.
const ROOT: &str = "%SRCROOT%";

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut worst = report.worst_first();
    let left_out = worst.len().saturating_sub(MAX_RESULTS);
    worst.truncate(MAX_RESULTS);
    let mut builder = Builder { report, rules: Rules::default(), artifacts: Artifacts::default(), prints: Prints::default() };
    let reported = worst.iter().map(|d| builder.outcome(d)).collect::<Vec<_>>();
    let room = MAX_RESULTS - reported.len();
    let silenced = report.silenced.iter().take(room).map(|s| builder.silenced(s)).collect::<Vec<_>>();
    let results = reported.into_iter().chain(silenced).collect();
    let driver = Driver {
        name: "dockvet",
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: "https://dockvet.dev",
        rules: builder.rules.all,
    };
    let description = "The folder that dockvet was run in.".to_string().into();
    let run = Run {
        tool: Tool { driver },
        invocations: [invocation(report, left_out)],
        original_uri_base_ids: BTreeMap::from([(ROOT, Base { description })]),
        artifacts: builder.artifacts.all,
        results,
        column_kind: "utf16CodeUnits",
    };
    json::print(&Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }, out)
}

fn invocation(report: &Report, left_out: usize) -> Invocation {
    let notification = |level, text: &str| Notification { level, message: sentence(text).into() };
    let errors = report.errors.iter().map(|e| notification("error", e));
    let notes = report.notes.iter().map(|n| notification("note", n));
    let more = (left_out > 0).then(|| notification("warning", &format!("{} left out", count_of(left_out, "result"))));
    Invocation { execution_successful: report.errors.is_empty(), tool_execution_notifications: errors.chain(notes).chain(more).collect() }
}

/// Collects what results refer to by number.
struct Builder<'r, 'a> {
    report: &'r Report<'a>,
    rules: Rules,
    artifacts: Artifacts,
    prints: Prints,
}

#[derive(Default)]
struct Rules {
    all: Vec<Rule>,
    index: HashMap<&'static str, usize>,
}

#[derive(Default)]
struct Artifacts {
    all: Vec<Artifact>,
    index: HashMap<FileId, usize>,
}

impl<'a> Builder<'_, 'a> {
    fn outcome(&mut self, d: &'a Diagnostic) -> Outcome<'a> {
        let locations = [self.location(&d.primary, None)];
        let related = d.labels.iter().enumerate().map(|(i, l)| self.location(l, Some(i + 1)));
        let related = related.collect();
        Outcome {
            rule_id: d.lint,
            rule_index: self.report.lint(d.lint).map(|lint| self.rules.number(lint)),
            level: level(d.level),
            message: plain(message(d)),
            locations,
            related_locations: related,
            partial_fingerprints: BTreeMap::from([("dockvet/v1", self.prints.next(self.report, d))]),
            fixes: d.fixes.iter().map(|f| self.fix(f)).collect(),
            // All results of a run have the property or none has it (3.27.23).
            suppressions: (!self.report.silenced.is_empty()).then(Vec::new),
        }
    }

    fn silenced(&mut self, s: &'a Suppressed) -> Outcome<'a> {
        let (kind, location) = match s.by {
            SuppressedBy::Comment(span) => ("inSource", Some(self.location(&Label { span, note: String::new() }, None))),
            SuppressedBy::Config | SuppressedBy::Baseline => ("external", None),
        };
        let justification = match s.by {
            _ if !s.reason.is_empty() => Some(s.reason.clone()),
            SuppressedBy::Baseline => Some("It is in the baseline.".to_string()),
            SuppressedBy::Comment(_) | SuppressedBy::Config => None,
        };
        let suppression = log::Suppression { kind, status: "accepted", location, justification };
        Outcome { suppressions: Some(vec![suppression]), ..self.outcome(&s.finding) }
    }

    fn location(&mut self, label: &Label, id: Option<usize>) -> Location {
        let source = self.report.sources.get(label.span.file);
        let region = area(&source, visible_part(&source, label.span));
        let note = if label.note.is_empty() && id.is_some() { "related place" } else { &label.note };
        let message = (!note.is_empty()).then(|| plain(sentence(note)));
        Location { id, physical_location: Physical { artifact_location: self.artifacts.address(&source), region }, message }
    }

    fn fix(&mut self, fix: &crate::diagnostic::Fix) -> Fix {
        let mut files: Vec<FileId> = Vec::new();
        for edit in &fix.edits {
            if !files.contains(&edit.span.file) {
                files.push(edit.span.file);
            }
        }
        let changes = files.into_iter().map(|file| {
            let source = self.report.sources.get(file);
            let edits = fix.edits.iter().filter(|e| e.span.file == file).map(|e| Replacement {
                deleted_region: area(&source, e.span),
                inserted_content: (!e.text.is_empty()).then(|| e.text.clone().into()),
            });
            Change { artifact_location: self.artifacts.address(&source), replacements: edits.collect() }
        });
        let artifact_changes = changes.collect();
        Fix { description: sentence(&fix.title).into(), artifact_changes }
    }
}

impl Rules {
    fn number(&mut self, lint: &'static Lint) -> usize {
        *self.index.entry(lint.id).or_insert_with(|| {
            self.all.push(rule(lint));
            self.all.len() - 1
        })
    }
}

impl Artifacts {
    fn address(&mut self, source: &Source) -> Address {
        let (uri, uri_base_id) = uri(&source.name);
        let index = *self.index.entry(source.id).or_insert_with(|| {
            let location = Address { uri: uri.clone(), uri_base_id, index: None };
            self.all.push(Artifact { location, source_language: language(source.kind) });
            self.all.len() - 1
        });
        Address { uri, uri_base_id, index: Some(index) }
    }
}

fn language(kind: FileKind) -> Option<&'static str> {
    match kind {
        FileKind::Dockerfile => Some("dockerfile"),
        FileKind::Compose => Some("yaml"),
        FileKind::Daemon => Some("json"),
        FileKind::Dockerignore | FileKind::Other => None,
    }
}

/// A plain text message in which nothing is a link: `[text](target)` would be one (3.11.6).
fn plain(text: String) -> Message {
    let links = text.contains("](");
    Message { text: if links { text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]") } else { text } }
}

/// The message; the help that belongs to this very finding follows it.
fn message(d: &Diagnostic) -> String {
    match &d.help {
        Some(help) => format!("{}\n\n{}", sentence(&d.message), help.trim_end()),
        None => sentence(&d.message),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

fn area(source: &Source, span: Span) -> Region {
    let at = region(source, span, Column::Utf16);
    Region {
        start_line: at.start.line,
        start_column: at.start.column,
        end_line: at.end.line,
        end_column: at.end.column,
        byte_offset: span.start,
        byte_length: span.end - span.start,
    }
}

fn rule(lint: &'static Lint) -> Rule {
    Rule {
        id: lint.id,
        short_description: sentence(&capital(lint.summary)).into(),
        full_description: lead(lint.page, &capital(lint.summary), MAX_DESCRIPTION).into(),
        help: Help { text: lint.explanation().trim().to_string(), markdown: lint.explanation().trim().to_string() },
        help_uri: Some(lint.url()),
        default_configuration: Configuration { level: level(lint.level) },
        properties: properties(lint),
    }
}

/// A score makes it a security alert on GitHub, so the others have none.
fn properties(lint: &Lint) -> Properties {
    let score = lint.score.filter(|_| lint.group == Group::Security);
    let severity = match lint.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "recommendation",
    };
    let cis = lint.cis.iter().map(|item| format!("cis-docker-{item}"));
    Properties {
        tags: std::iter::once(lint.group.name().to_string()).chain(cis).collect(),
        precision: if lint.default { "high" } else { "medium" },
        security_severity: score.map(|s| format!("{s:.1}")),
        problem_severity: score.is_none().then_some(severity),
    }
}

/// The address of a file by its shown name: relative to the root with `/`, or absolute for files outside of it.
fn uri(name: &str) -> (String, Option<&'static str>) {
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => path.push(char::from(byte)),
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    let drive = matches!(name.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    match name {
        _ if name.starts_with('/') => (format!("file://{path}"), None),
        _ if drive => (format!("file:///{}", path.replacen("%3A", ":", 1)), None),
        _ => (path, Some(ROOT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_links() {
        assert_eq!(plain("ports[0] of a\\b".into()).text, "ports[0] of a\\b");
        assert_eq!(plain("[a\\b](https://c.d)".into()).text, "\\[a\\\\b\\](https://c.d)");
    }

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(uri("a b/é:%.yml"), ("a%20b/%C3%A9%3A%25.yml".into(), Some(ROOT)));
        assert_eq!(uri("/etc/docker/daemon.json"), ("file:///etc/docker/daemon.json".into(), None));
        assert_eq!(uri("C:/x/Dockerfile"), ("file:///C:/x/Dockerfile".into(), None));
    }
}
