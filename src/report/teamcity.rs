//! Service messages of TeamCity: each lint once as an inspection type, then each finding as an inspection (JetBrains,
//! "Service Messages", Reporting Inspections).

use std::fmt::Write as _;
use std::io::{self, Write};

use super::page::sentence;
use super::{Report, Style, clean, message_and_help};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Column;

/// Characters of a message, a file name or a description that TeamCity keeps; counted before escapes.
const LONGEST: usize = 4000;

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    for error in report.errors {
        writeln!(out, "##teamcity[message text='dockvet: {}' status='ERROR']", value(error))?;
    }
    for lint in report.fired() {
        let (id, group) = (value(lint.id), value(lint.group.name()));
        let description = value(&format!("{} See {}", sentence(lint.summary), lint.url()));
        writeln!(out, "##teamcity[inspectionType id='{id}' name='{id}' category='{group}' description='{description}']")?;
    }
    report.diagnostics.iter().try_for_each(|d| writeln!(out, "{}", inspection(report, d)))
}

fn inspection(report: &Report, d: &Diagnostic) -> String {
    let (name, at) = report.place(d.primary.span, Column::Chars);
    let (id, message, file, line) = (value(d.lint), value(&message_and_help(d)), value(&name), at.start.line);
    let severity = match d.level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Info => "INFO",
    };
    format!("##teamcity[inspection typeId='{id}' message='{message}' file='{file}' line='{line}' SEVERITY='{severity}']")
}

/// The value of an attribute in quotes. What is outside ASCII is escaped too: the build log may be in any encoding.
fn value(text: &str) -> String {
    let text = clean::visible(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars().take(LONGEST) {
        match c {
            '|' | '\'' | '[' | ']' => out.extend(['|', c]),
            '\n' => out.push_str("|n"),
            '\r' => out.push_str("|r"),
            ' '..='~' | '\t' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "|0x{unit:04X}");
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped() {
        assert_eq!(value("it's [a|b]\r\né𐐀"), "it|'s |[a||b|]|n|0x00E9|0xD801|0xDC00");
        assert_eq!(value(&"|".repeat(5000)).len(), 8000);
    }
}
