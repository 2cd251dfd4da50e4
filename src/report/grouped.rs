//! One line a finding below the name of its file, in columns: for people who want many findings on one screen.

use std::io::{self, Write};

use annotate_snippets::renderer::DEFAULT_EMPHASIS_STYLE;

use super::{Report, Style, clean, level_style, text};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Column;

pub(crate) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for findings in report.by_file() {
        let rows: Vec<Row> = findings.iter().map(|d| row(report, d)).collect();
        let Some(first) = rows.first() else { continue };
        writeln!(out, "{}", style.paint(DEFAULT_EMPHASIS_STYLE, clean::one_line(&first.file)))?;
        let widest = rows.iter().map(|r| r.at.len()).max().unwrap_or(0);
        for r in &rows {
            let pad = " ".repeat("warning".len() - r.level.name().len());
            let level = style.paint(level_style(r.level), r.level.name());
            let lint = style.link(report.url(r.lint).as_deref(), r.lint);
            writeln!(out, "  {:>widest$}  {level}{pad}  {}  [{lint}]", r.at, r.message)?;
        }
        writeln!(out)?;
    }
    if style.quiet { Ok(()) } else { text::summary(report, *style, out) }
}

struct Row {
    file: String,
    /// `4:5`, 1-based, in characters.
    at: String,
    level: Level,
    lint: &'static str,
    message: String,
}

fn row(report: &Report, d: &Diagnostic) -> Row {
    let (file, at) = report.place(d.primary.span, Column::Chars);
    let at = format!("{}:{}", at.start.line, at.start.column);
    Row { file, at, level: d.level, lint: d.lint, message: clean::one_line(&d.message).into_owned() }
}
