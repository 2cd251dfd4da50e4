//! Workflow commands of GitHub Actions, which become annotations on the changed files, and the Markdown of a job summary.
//!
//! GitHub shows ten annotations of a level for each step and drops the rest without a word (actions/toolkit,
//! docs/problem-matchers.md). The worst come first here, the rest is listed in the log, and a notice says how many.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::place::{Region, region, visible_part};
use super::{Report, Style, clean, concise, count_of};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::{Column, Source, Span};

/// Annotations of one level that are shown for a step.
const SHOWN: usize = 10;
/// A job summary may have 1 MiB; room is left for what other steps write.
const SUMMARY_BYTES: usize = 900_000;

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    for error in report.errors {
        writeln!(out, "::error title=dockvet::{}", data(&clean::visible(error)))?;
    }
    let (shown, rest) = choose(report);
    for d in shown {
        writeln!(out, "{}", command(report, d))?;
    }
    if rest.is_empty() {
        return Ok(());
    }
    let more = count_of(rest.len(), "more problem");
    let plural = if rest.len() == 1 { "is" } else { "are" };
    writeln!(out, "::notice title=dockvet::{more} {plural} listed in the log of this step")?;
    writeln!(out, "::group::{more}")?;
    for d in rest {
        writeln!(out, "{}", harmless(&concise::line(report, d, Style::default())))?;
    }
    writeln!(out, "::endgroup::")
}

/// The findings that become annotations, worst first, and those that there is no room for.
fn choose<'a>(report: &Report<'a>) -> (Vec<&'a Diagnostic>, Vec<&'a Diagnostic>) {
    let room = |level| if level == Level::Error { SHOWN.saturating_sub(report.errors.len()) } else { SHOWN };
    let all_fit = [Level::Error, Level::Warning, Level::Info].into_iter().all(|l| report.count(l) <= room(l));
    let mut left = BTreeMap::from([Level::Error, Level::Warning, Level::Info].map(|l| (l, room(l))));
    if !all_fit {
        // The notice about the rest takes the place of one.
        left.insert(Level::Info, SHOWN - 1);
    }
    report.worst_first().into_iter().partition(|d| {
        let left = left.entry(d.level).or_default();
        let fits = *left > 0;
        *left = left.saturating_sub(1);
        fits
    })
}

/// The command for one finding: `::error file=a,line=1,col=2,endLine=1,endColumn=3,title=lint::message`.
fn command(report: &Report, d: &Diagnostic) -> String {
    let source = report.sources.get(d.primary.span.file);
    let Region { start, end } = shown(&source, d.primary.span);
    let kind = match d.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    // Columns are only allowed within one line.
    let place = if start.line == end.line {
        format!("line={},col={},endLine={},endColumn={}", start.line, start.column, end.line, end.column)
    } else {
        format!("line={},endLine={}", start.line, end.line)
    };
    let text = match &d.help {
        Some(help) => format!("{}\nhelp: {}", d.message, help.trim_end()),
        None => d.message.clone(),
    };
    let file = property(&clean::one_line(&source.name));
    format!("::{kind} file={file},{place},title={}::{}", property(d.lint), data(&clean::visible(&text)))
}

fn shown(source: &Source, span: Span) -> Region {
    region(source, visible_part(source, span), Column::Chars)
}

/// Text behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a `name=value`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log that the runner cannot take for a command, in the new form or the old.
fn harmless(line: &str) -> String {
    format!("- {}", line.replace("##[", "## ["))
}

/// A Markdown table of the findings, worst first, for the file that `GITHUB_STEP_SUMMARY` names.
pub fn summary(report: &Report) -> String {
    let mut out = heading(report);
    for error in report.errors {
        out.push_str(&format!("> [!CAUTION]\n> {}\n\n", cell(error)));
    }
    let all = report.worst_first();
    if all.is_empty() {
        return out;
    }
    out.push_str("| | Where | Lint | Problem |\n|---|---|---|---|\n");
    for (i, d) in all.iter().enumerate() {
        let row = row(report, d);
        if out.len() + row.len() > SUMMARY_BYTES {
            out.push_str(&format!("\n{} left out here.\n", count_of(all.len() - i, "more problem")));
            break;
        }
        out.push_str(&row);
    }
    out
}

fn heading(report: &Report) -> String {
    let files = count_of(report.files, "file");
    let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "info")].map(|(level, noun)| {
        let n = report.count(level);
        if level == Level::Info { format!("{n} {noun}") } else { count_of(n, noun) }
    });
    match report.diagnostics.len() {
        0 => format!("### dockvet: no problems\n\n{files} checked.\n\n"),
        n => format!("### dockvet: {}\n\n{} in {files}.\n\n", count_of(n, "problem"), counts.join(", ")),
    }
}

fn row(report: &Report, d: &Diagnostic) -> String {
    let source = report.sources.get(d.primary.span.file);
    let at = shown(&source, d.primary.span).start;
    let lint = match report.url(d.lint) {
        Some(url) => format!("[{}]({url})", d.lint),
        None => d.lint.to_string(),
    };
    format!("| {} | {}:{} | {lint} | {} |\n", d.level.name(), cell(&source.name), at.line, cell(&d.message))
}

/// Text that stays in its cell and says what it says: no line break, no markup but code, no HTML, no mention of anybody.
fn cell(text: &str) -> String {
    let text = clean::one_line(text);
    let codes = text.matches('`').count().is_multiple_of(2) && !text.contains("``");
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for c in text.chars() {
        match c {
            '`' if codes => in_code = !in_code,
            '|' => out.push('\\'),
            _ if in_code => {}
            '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '$' | '<' | '>' | '&' => out.push('\\'),
            // GitHub links @name wherever it finds it, escaped or not.
            '@' => out.push_str("<!-- -->"),
            _ => {}
        }
        out.push(c);
    }
    out
}
