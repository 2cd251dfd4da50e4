//! For programs. The shape is versioned: keys are only added, never renamed, and their order is always the same.
//!
//! Lines and columns are 1-based, columns count characters, offsets are bytes, ends are exclusive.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use super::place::{Region, region};
use super::{Report, Style, clean};
use crate::diagnostic::{Diagnostic, Fix, Level, Suppressed, SuppressedBy};
use crate::source::{Column, Span};

#[derive(Serialize)]
struct Finding<'a> {
    lint: &'a str,
    code: Option<&'a str>,
    level: Level,
    group: &'a str,
    category: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    url: Option<String>,
    file: String,
    span: Region,
    labels: Vec<Note<'a>>,
    fixes: Vec<Mending<'a>>,
    fingerprint: String,
    path: &'a str,
    /// On findings that are silenced, and there always.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<Silence<'a>>,
}

#[derive(Serialize)]
struct Silence<'a> {
    by: &'a str,
    reason: Option<&'a str>,
    file: Option<String>,
    span: Option<Region>,
}

#[derive(Serialize)]
struct Note<'a> {
    file: String,
    span: Region,
    note: &'a str,
}

#[derive(Serialize)]
struct Mending<'a> {
    title: &'a str,
    safety: &'a str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    file: String,
    span: Region,
    text: &'a str,
}

#[derive(Serialize)]
struct Summary<'a> {
    total: usize,
    error: usize,
    warning: usize,
    info: usize,
    suppressed: usize,
    baselined: usize,
    fixable: usize,
    unsafe_fixable: usize,
    lints: BTreeMap<&'a str, usize>,
}

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    // The findings are most of the text: they are written on all threads, the rest around them.
    let chunks: Vec<Vec<u8>> = report.diagnostics.par_chunks(64).map(|some| findings(report, some)).collect::<io::Result<_>>()?;
    let (files, summary) = (report.files, to_json(&summary(report))?);
    write!(out, r#"{{"version":1,"files":{files},"diagnostics":["#)?;
    for (n, chunk) in chunks.iter().enumerate() {
        out.write_all(if n > 0 { b"," } else { b"" })?;
        out.write_all(chunk)?;
    }
    out.write_all(br#"],"suppressed":"#)?;
    out.write_all(&to_json(&report.silenced.iter().map(|s| silenced(report, s)).collect::<Vec<_>>())?)?;
    out.write_all(br#","summary":"#)?;
    out.write_all(&summary)?;
    out.write_all(b"}\n")
}

/// The findings, one object a line: for tools that read streams.
pub(crate) fn write_lines(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    report.diagnostics.iter().try_for_each(|d| print(&finding(report, d), out))
}

/// The findings with commas between them.
fn findings(report: &Report, some: &[Diagnostic]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    for (n, d) in some.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        to_writer(&finding(report, d), &mut out)?;
    }
    Ok(out)
}

fn to_json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    to_writer(value, &mut out)?;
    Ok(out)
}

fn finding<'a>(report: &Report, d: &'a Diagnostic) -> Finding<'a> {
    let (file, span) = locate(report, d.primary.span);
    let note = |l: &'a crate::diagnostic::Label| {
        let (file, span) = locate(report, l.span);
        Note { file, span, note: &l.note }
    };
    Finding {
        lint: d.lint,
        code: d.code,
        level: d.level,
        group: d.group.name(),
        category: d.category(),
        message: &d.message,
        help: d.help.as_deref(),
        url: report.url(d.lint),
        fingerprint: d.fingerprint(&file),
        file,
        span,
        labels: d.labels.iter().map(note).collect(),
        fixes: d.fixes.iter().map(|f| mending(report, f)).collect(),
        path: &d.path,
        suppression: None,
    }
}

fn silenced<'a>(report: &Report, s: &'a Suppressed) -> Finding<'a> {
    let comment = match s.by {
        SuppressedBy::Comment(span) => Some(locate(report, span)),
        SuppressedBy::Config | SuppressedBy::Baseline => None,
    };
    let (file, span) = comment.unzip();
    let reason = (!s.reason.is_empty()).then_some(s.reason.as_str());
    Finding { suppression: Some(Silence { by: s.by.name(), reason, file, span }), ..finding(report, &s.finding) }
}

fn mending<'a>(report: &Report, fix: &'a Fix) -> Mending<'a> {
    let edits = fix.edits.iter().map(|e| {
        let (file, span) = locate(report, e.span);
        Replacement { file, span, text: &e.text }
    });
    Mending { title: &fix.title, safety: fix.safety.name(), edits: edits.collect() }
}

fn locate(report: &Report, span: Span) -> (String, Region) {
    let source = report.sources.get(span.file);
    (source.name.clone(), region(&source, span, Column::Chars))
}

fn summary<'a>(report: &Report<'a>) -> Summary<'a> {
    let mut lints = BTreeMap::new();
    for d in report.diagnostics {
        *lints.entry(d.lint).or_insert(0) += 1;
    }
    let (fixable, unsafe_fixable) = report.fixable();
    Summary {
        total: report.diagnostics.len(),
        error: report.count(Level::Error),
        warning: report.count(Level::Warning),
        info: report.count(Level::Info),
        suppressed: report.suppressed,
        baselined: report.baselined,
        fixable,
        unsafe_fixable,
        lints,
    }
}

/// Writes `value` as one line of JSON. Characters that a terminal or a build server would obey are escaped beyond what JSON
/// asks for; the meaning is the same.
pub(crate) fn print(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    to_writer(value, &mut *out)?;
    out.write_all(b"\n")
}

fn to_writer(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    Ok(value.serialize(&mut serde_json::Serializer::with_formatter(out, Escaped))?)
}

/// Compact JSON with unsafe characters as `\uXXXX`.
struct Escaped;

impl Formatter for Escaped {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        let obeyed = |text: &str, at: usize, c: char| {
            clean::is_unsafe(c) || (c == '#' && text.split_at_checked(at).is_some_and(|(before, rest)| clean::is_command(before, rest)))
        };
        while let Some((at, c)) = rest.char_indices().find(|&(at, c)| obeyed(rest, at, c)) {
            let (head, tail) = rest.split_at(at);
            out.write_all(head.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = tail.get(c.len_utf8()..).unwrap_or("");
        }
        out.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        CompactFormatter.write_char_escape(out, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_are_escaped_and_come_back() {
        let text = "é\u{1b}[2J\u{9b}x\u{202e}\u{e0041}𐐀\u{7f}\t\n\"";
        let mut out = Vec::new();
        print(&text, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, "\"é\\u001b[2J\\u009bx\\u202e\\udb40\\udc41𐐀\\u007f\\t\\n\\\"\"\n");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        let mut out = Vec::new();
        print(&"# ##vso[x]##[error]", &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\"# #\\u0023vso[x]#\\u0023[error]\"\n");
    }
}
