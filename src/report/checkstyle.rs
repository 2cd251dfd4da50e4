//! Checkstyle XML 4.3: files with their errors. There is no official schema; the elements and attributes are those that
//! Checkstyle's own XMLLogger writes.

use std::io::{self, Write};

use super::xml::attribute;
use super::{Report, Style, clean};
use crate::diagnostic::Diagnostic;
use crate::source::Column;

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">")?;
    for (name, findings) in report.files() {
        if findings.is_empty() {
            writeln!(out, "  <file name=\"{}\"/>", attribute(&name))?;
            continue;
        }
        writeln!(out, "  <file name=\"{}\">", attribute(&name))?;
        findings.iter().try_for_each(|d| error(report, d, out))?;
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}

fn error(report: &Report, d: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let (_, at) = report.place(d.primary.span, Column::Chars);
    let (line, column, level) = (at.start.line, at.start.column, d.level.name());
    let (message, source) = (attribute(&clean::one_line(&d.message)), attribute(d.lint));
    writeln!(out, "    <error line=\"{line}\" column=\"{column}\" severity=\"{level}\" message=\"{message}\" source=\"dockvet.{source}\"/>")
}
