//! The Reviewdog Diagnostic Format as one JSON document (reviewdog, proto/rdf/reviewdog.proto): columns are UTF-8 bytes,
//! 1-based, ends are exclusive. Related places are left out: releases that do not know them refuse the document.

use std::io::{self, Write};

use serde::Serialize;

use super::place::{self, region};
use super::{Report, Style, clean, json, message_and_help};
use crate::diagnostic::{Diagnostic, Edit, Fix, Level};
use crate::fix;
use crate::source::{Column, Span};

/// A suggestion replaces at most this many bytes: it quotes what lies between its edits.
const LONGEST: usize = 4000;

#[derive(Serialize)]
struct Findings<'a> {
    source: Tool,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Finding<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let source = Tool { name: "dockvet", url: "https://dockvet.dev" };
    json::print(&Findings { source, diagnostics: report.diagnostics.iter().map(|d| finding(report, d)).collect() }, out)
}

fn finding<'a>(report: &Report, d: &'a Diagnostic) -> Finding<'a> {
    let severity = match d.level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Info => "INFO",
    };
    Finding {
        message: clean::visible(&message_and_help(d)).into_owned(),
        location: location(report, d.primary.span),
        severity,
        code: Code { value: d.lint, url: report.url(d.lint) },
        suggestions: d.fixes.first().and_then(|f| suggestion(report, d, f)).into_iter().collect(),
    }
}

fn location(report: &Report, span: Span) -> Location {
    let (path, at) = report.place(span, Column::Utf8);
    Location { path, range: range(at) }
}

fn range(at: place::Region) -> Range {
    let position = |p: place::Place| Position { line: p.line, column: p.column };
    Range { start: position(at.start), end: position(at.end) }
}

/// The fix as one replacement in the file of the finding, for reviewers can accept nothing else. `None` when it reaches into
/// another file, is too long, or would quote a secret that stands between its edits.
fn suggestion(report: &Report, d: &Diagnostic, fix: &Fix) -> Option<Suggestion> {
    let whole = fix.edits.iter().map(|e| e.span).reduce(Span::to)?;
    if fix.edits.iter().any(|e| e.span.file != d.primary.span.file) || whole.len() > LONGEST {
        return None;
    }
    let source = report.sources.get(whole.file);
    if fix.edits.len() > 1 && report.hidden().any(|s| s.file == whole.file && s.start < whole.end && whole.start < s.end) {
        return None;
    }
    let mut edits: Vec<Edit> = fix.edits.clone();
    edits.sort();
    let from = whole.start;
    edits.iter_mut().for_each(|e| e.span = Span { start: e.span.start - from, end: e.span.end - from, ..e.span });
    let text = fix::apply(source.slice(whole), &edits)?;
    Some(Suggestion { range: range(region(&source, whole, Column::Utf8)), text })
}
