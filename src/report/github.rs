//! Workflow commands of GitHub Actions, which become annotations on the changed files.
//!
//! GitHub shows ten annotations of a level for each step and drops the rest without a word (actions/toolkit,
//! docs/problem-matchers.md). The worst come first here, the rest is listed in the log, and a notice says how many.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::place::Region;
use super::{Report, Style, clean, concise, count_of, message_and_help};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Column;

/// Annotations of one level that are shown for a step.
const SHOWN: usize = 10;

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
        writeln!(out, "- {}", concise::line(report, d, Style::default()))?;
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
    let (name, Region { start, end }) = report.place(d.primary.span, Column::Chars);
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
    let text = message_and_help(d);
    let file = property(&clean::one_line(&name));
    format!("::{kind} file={file},{place},title={}::{}", property(d.lint), data(&clean::visible(&text)))
}

/// Text behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a `name=value`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
