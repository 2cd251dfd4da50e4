//! Generic issues of SonarQube in the form that 10.3 brought (SonarQube, "Generic formatted issue data"): rules beside
//! issues, impacts on software qualities instead of types.
//!
//! Lines are 1-based, columns are 0-based and count UTF-16 code units. A range may not be empty and may not end behind its
//! line, or the whole import fails: what has no width is reported on its line.

use std::io::{self, Write};

use serde::Serialize;

use super::page::{capital, lead};
use super::place::Region;
use super::{Report, Style, clean, json, message_and_help};
use crate::diagnostic::{Diagnostic, Group, Label, Level};
use crate::lint::Lint;
use crate::source::{Column, Span};

/// Bytes of a description.
const MAX_DESCRIPTION: usize = 1024;

#[derive(Serialize)]
struct Import<'a> {
    rules: Vec<Rule>,
    issues: Vec<Issue<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: String,
    description: String,
    engine_id: &'static str,
    clean_code_attribute: &'static str,
    impacts: [Impact; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Impact {
    software_quality: &'static str,
    severity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Issue<'a> {
    rule_id: &'a str,
    primary_location: Location,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secondary_locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    file_path: String,
    text_range: Range,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Range {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let issues = report.diagnostics.iter().map(|d| issue(report, d)).collect();
    json::print(&Import { rules: report.fired().into_iter().map(rule).collect(), issues }, out)
}

fn rule(lint: &'static Lint) -> Rule {
    let (clean_code_attribute, software_quality) = match lint.group {
        Group::Security => ("TRUSTWORTHY", "SECURITY"),
        Group::Correctness => ("LOGICAL", "RELIABILITY"),
        Group::Efficiency => ("EFFICIENT", "MAINTAINABILITY"),
        Group::Style => ("CONVENTIONAL", "MAINTAINABILITY"),
    };
    let severity = match lint.level {
        Level::Error => "HIGH",
        Level::Warning => "MEDIUM",
        Level::Info => "LOW",
    };
    let summary = capital(lint.summary);
    Rule {
        id: lint.id,
        description: format!("{} See {}", lead(lint.page, &summary, MAX_DESCRIPTION), lint.url()),
        name: summary,
        engine_id: "dockvet",
        clean_code_attribute,
        impacts: [Impact { software_quality, severity }],
    }
}

fn issue<'a>(report: &Report, d: &'a Diagnostic) -> Issue<'a> {
    let secondary = |l: &Label| location(report, l.span, clean::one_line(&l.note).into_owned());
    Issue {
        rule_id: d.lint,
        primary_location: location(report, d.primary.span, clean::visible(&message_and_help(d)).into_owned()),
        secondary_locations: d.labels.iter().map(secondary).collect(),
    }
}

fn location(report: &Report, span: Span, message: String) -> Location {
    let (file_path, Region { start, end }) = report.place(span, Column::Utf16);
    let wide = start.offset < end.offset;
    let text_range = Range {
        start_line: start.line,
        end_line: wide.then_some(end.line),
        start_column: wide.then_some(start.column - 1),
        end_column: wide.then_some(end.column - 1),
    };
    Location { message, file_path, text_range }
}
