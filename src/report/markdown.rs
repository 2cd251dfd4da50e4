//! GitHub-flavoured Markdown: a report for comments and chats, and the table of a job summary.

use std::io::{self, Write};

use super::canvas::Secrets;
use super::excerpt::{Frame, excerpts};
use super::{Report, Style, clean, count_of};
use crate::diagnostic::Diagnostic;
use crate::source::Column;

/// A job summary may have 1 MiB; room is left for what other steps write.
const SUMMARY_BYTES: usize = 900_000;
/// Columns of quoted source.
const WIDTH: usize = 120;

pub(crate) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if !style.quiet {
        write!(out, "{}", heading(report))?;
    }
    let secrets = Secrets::new(report.hidden());
    let frame = Frame { secrets: &secrets, width: WIDTH, ellipsis: "..." };
    for findings in report.by_file() {
        for (i, d) in findings.iter().enumerate() {
            if i == 0 {
                writeln!(out, "#### {}\n", inline(&report.place(d.primary.span, Column::Chars).0))?;
            }
            write!(out, "{}", item(report, d, frame))?;
        }
    }
    Ok(())
}

/// One finding as an item of a list: what is wrong, the source, what to write.
fn item(report: &Report, d: &Diagnostic, frame: Frame) -> String {
    let line = report.place(d.primary.span, Column::Chars).1.start.line;
    let mut out = format!("- **{}** line {line}: {} ({})\n\n", d.level.name(), inline(&d.message), name(report, d));
    let (excerpts, _) = excerpts(report, d, frame);
    if let Some(excerpt) = excerpts.first() {
        let lines = excerpt.lines();
        let digits = lines.iter().flatten().map(|(n, _)| n.to_string().len()).max().unwrap_or(1);
        let quoted = lines.into_iter().map(|line| match line {
            Some((n, range)) => format!("{n:>digits$} | {}", excerpt.text.get(range).unwrap_or("")),
            None => "...".to_string(),
        });
        out.push_str(&fence(&quoted.collect::<Vec<_>>().join("\n")));
    }
    if let Some(help) = d.help.as_deref().map(str::trim_end).filter(|h| !h.is_empty()) {
        match help.contains('\n') {
            true => out.push_str(&format!("  help:\n\n{}", fence(&clean::visible(help)))),
            false => out.push_str(&format!("  help: {}\n\n", inline(help))),
        }
    }
    out
}

/// A block of code inside an item of a list.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let mut out = format!("  {fence}\n");
    for line in text.lines() {
        out.push_str(format!("  {line}").trim_end());
        out.push('\n');
    }
    out + &format!("  {fence}\n\n")
}

/// A Markdown table of the findings, worst first, for the file that `GITHUB_STEP_SUMMARY` names.
pub fn summary(report: &Report) -> String {
    let mut out = heading(report);
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

/// How many problems there are, and what could not be checked.
fn heading(report: &Report) -> String {
    let (files, silence) = (count_of(report.files, "file"), report.silence());
    let mut out = match report.diagnostics.len() {
        0 => format!("### dockvet: no problems\n\n{files} checked{silence}.\n\n"),
        n => format!("### dockvet: {}\n\n{} in {files}{silence}.\n\n", count_of(n, "problem"), report.levels()),
    };
    for error in report.errors {
        out.push_str(&format!("> [!CAUTION]\n> {}\n\n", inline(error)));
    }
    out
}

fn row(report: &Report, d: &Diagnostic) -> String {
    let (file, at) = report.place(d.primary.span, Column::Chars);
    let (level, line, lint) = (d.level.name(), at.start.line, name(report, d));
    format!("| {level} | {}:{line} | {lint} | {} |\n", cell(&file), cell(&d.message))
}

/// The lint, linked to its page.
fn name(report: &Report, d: &Diagnostic) -> String {
    match report.url(d.lint) {
        Some(url) => format!("[{}]({url})", d.lint),
        None => d.lint.to_string(),
    }
}

/// As [`inline`], in a cell of a table, where bars are escaped even in code.
fn cell(text: &str) -> String {
    inline(text).replace('|', "\\|")
}

/// Text that says what it says: no line break, no markup but code, no HTML, no mention of anybody.
fn inline(text: &str) -> String {
    let text = clean::one_line(text);
    let codes = text.matches('`').count().is_multiple_of(2) && !text.contains("``");
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for c in text.chars() {
        match c {
            '`' if codes => in_code = !in_code,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        assert_eq!(fence("a\n\nb"), "  ```\n  a\n\n  b\n  ```\n\n");
        assert_eq!(fence("```\n````"), "  `````\n  ```\n  ````\n  `````\n\n");
    }

    #[test]
    fn bars_are_escaped_in_cells_only() {
        assert_eq!(inline("a | `b|c`"), "a | `b|c`");
        assert_eq!(cell("a | `b|c`"), r"a \| `b\|c`");
    }
}
