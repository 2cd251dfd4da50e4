//! JUnit XML: a suite for each file, a test case for each finding. Errors and warnings are failed tests, information is a
//! test that passes and says something, what could not be done is a test with an error. No time of day and no host name, so
//! that the same report is the same bytes.
//!
//! Elements and attributes are those of the schema of Jenkins, which GitLab and Azure read too (it has no place for a line:
//! that is in the name and in the text). A file without findings is one test that passes.

use std::collections::HashMap;
use std::io::{self, Write};

use super::xml::{attribute, body};
use super::{Report, Style, clean, concise, count_of, message_and_help};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Column;

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let files = report.files();
    // An empty list of suites is an error to some readers.
    let own = !report.errors.is_empty() || files.is_empty();
    let cases = |found: &[Diagnostic]| found.len().max(1);
    let tests = files.iter().map(|(_, found)| cases(found)).sum::<usize>() + if own { report.errors.len().max(1) } else { 0 };
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    open(out, "testsuites", "dockvet", tests, failures(report.diagnostics), report.errors.len())?;
    for (name, findings) in &files {
        open(out, "  testsuite", name, cases(findings), failures(findings), 0)?;
        if findings.is_empty() {
            writeln!(out, "    <testcase name=\"dockvet\" classname=\"{}\" time=\"0\"/>", attribute(name))?;
        }
        let mut names = HashMap::new();
        for d in findings.iter() {
            case(report, d, &attribute(name), &mut names, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    if own {
        run(report, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn failures(findings: &[Diagnostic]) -> usize {
    findings.iter().filter(|d| d.level > Level::Info).count()
}

fn open(out: &mut dyn Write, tag: &str, name: &str, tests: usize, failures: usize, errors: usize) -> io::Result<()> {
    let skipped = if tag.trim() == "testsuite" { " skipped=\"0\"" } else { "" };
    let name = attribute(&clean::one_line(name));
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"{skipped} time=\"0\"");
    writeln!(out, "{}<{} name=\"{name}\" {counts}>", " ".repeat(tag.len() - tag.trim().len()), tag.trim())
}

/// How often each name of a test case came up in a file.
type Names = HashMap<String, usize>;

fn case(report: &Report, d: &Diagnostic, class: &str, names: &mut Names, out: &mut dyn Write) -> io::Result<()> {
    let (_, at) = report.place(d.primary.span, Column::Chars);
    // Readers take cases of the same name for one.
    let mut name = format!("{} at {}:{}", d.lint, at.start.line, at.start.column);
    let n = *names.entry(name.clone()).and_modify(|n| *n += 1).or_insert(1);
    if n > 1 {
        name.push_str(&format!(" ({n})"));
    }
    writeln!(out, "    <testcase name=\"{}\" classname=\"{class}\" time=\"0\">", attribute(&name))?;
    let text = format!("{}\n{}", concise::line(report, d, Style::default()), details(report, d));
    let text = body(text.trim_end());
    if d.level == Level::Info {
        writeln!(out, "      <system-out>{text}</system-out>")?;
    } else {
        let message = attribute(&clean::one_line(&d.message));
        writeln!(out, "      <failure type=\"{}\" message=\"{message}\">{text}</failure>", d.level.name())?;
    }
    writeln!(out, "    </testcase>")
}

/// The help and the page.
fn details(report: &Report, d: &Diagnostic) -> String {
    let text = message_and_help(d);
    let help = text.strip_prefix(d.message.as_str()).unwrap_or("").trim_start();
    let url = report.url(d.lint).map(|url| format!("see {url}"));
    [help.to_string(), url.unwrap_or_default()].join("\n").trim().to_string()
}

/// The suite of the run itself: what could not be done, or that there was nothing to say.
fn run(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    open(out, "  testsuite", "dockvet", report.errors.len().max(1), 0, report.errors.len())?;
    for error in report.errors {
        let error = attribute(&clean::one_line(error));
        writeln!(
            out,
            "    <testcase name=\"{error}\" classname=\"dockvet\" time=\"0\">\n      <error type=\"run\" message=\"{error}\"/>\n    </testcase>"
        )?;
    }
    if report.errors.is_empty() {
        writeln!(out, "    <testcase name=\"{} checked\" classname=\"dockvet\" time=\"0\"/>", count_of(report.files, "file"))?;
    }
    writeln!(out, "  </testsuite>")
}
