//! Logging commands of Azure Pipelines: `##vso[task.logissue type=error;sourcepath=a;linenumber=1;columnnumber=2;code=x;]text`.
//!
//! The agent knows errors and warnings only, so information is a plain line of the log. Escapes are those of the agent
//! (azure-pipelines-agent, Command.cs): `%` before the others, `;` and `]` in properties.

use std::io::{self, Write};

use super::{Report, Style, clean, concise, message_and_help};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Column;

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    for error in report.errors {
        writeln!(out, "##vso[task.logissue type=error;]{}", data(&clean::visible(error)))?;
    }
    for d in report.worst_first() {
        match d.level {
            Level::Info => writeln!(out, "{}", concise::line(report, d, Style::default()))?,
            level => writeln!(out, "{}", issue(report, d, level.name()))?,
        }
    }
    Ok(())
}

fn issue(report: &Report, d: &Diagnostic, kind: &str) -> String {
    let (name, at) = report.place(d.primary.span, Column::Chars);
    let (line, column, file) = (at.start.line, at.start.column, property(&clean::one_line(&name)));
    let text = data(&clean::visible(&message_and_help(d)));
    let place = format!("sourcepath={file};linenumber={line};columnnumber={column};code={}", property(d.lint));
    format!("##vso[task.logissue type={kind};{place};]{text}")
}

/// Text behind the bracket.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a `name=value`.
fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}
