//! The Code Quality report of GitLab: a JSON array with one object a finding, after the Code Climate issue of which GitLab
//! reads description, check_name, fingerprint, severity and location (docs.gitlab.com, "Code Quality report format").
//!
//! Equal fingerprints are one finding to GitLab, so each is numbered.

use std::io::{self, Write};

use serde::Serialize;

use super::place::Region;
use super::prints::Prints;
use super::{Report, Style, clean, json};
use crate::diagnostic::{Diagnostic, Group, Level};
use crate::source::Column;

#[derive(Serialize)]
struct Issue<'a> {
    r#type: &'static str,
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    categories: [&'static str; 1],
    location: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut prints = Prints::default();
    let issues: Vec<_> = report.diagnostics.iter().map(|d| issue(report, d, &mut prints)).collect();
    json::print(&issues, out)
}

fn issue<'a>(report: &Report, d: &'a Diagnostic, prints: &mut Prints) -> Issue<'a> {
    let (path, Region { start, end }) = report.place(d.primary.span, Column::Chars);
    Issue {
        r#type: "issue",
        description: clean::one_line(&d.message).into_owned(),
        check_name: d.lint,
        fingerprint: prints.next(report, d),
        severity: severity(d.level),
        categories: [category(d.group)],
        location: Location { path, lines: Lines { begin: start.line, end: end.line } },
        content: d.help.as_deref().map(|help| Content { body: clean::visible(help).into_owned() }),
    }
}

/// Of info, minor, major, critical and blocker.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Info => "info",
    }
}

fn category(group: Group) -> &'static str {
    match group {
        Group::Security => "Security",
        Group::Correctness => "Bug Risk",
        Group::Efficiency => "Performance",
        Group::Style => "Style",
    }
}
