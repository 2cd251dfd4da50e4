//! One line a finding: `compose.yaml:4:5: error[privileged] message`, for editors, grep and problem matchers.

use std::io::{self, Write};

use super::excerpt::location;
use super::{Report, Style, clean, level_style};
use crate::diagnostic::Diagnostic;

pub(crate) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    report.diagnostics.iter().try_for_each(|d| writeln!(out, "{}", line(report, d, *style)))
}

/// The line of one finding, without a line break.
pub(crate) fn line(report: &Report, d: &Diagnostic, style: Style) -> String {
    let source = report.sources.get(d.primary.span.file);
    let at = location(&source, d.primary.span);
    let lint = style.link(report.url(d.lint).as_deref(), d.lint);
    let level = style.paint(level_style(d.level), format!("{}[{lint}]", d.level.name()));
    format!("{at}: {level} {}", clean::one_line(&d.message))
}
