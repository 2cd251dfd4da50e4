//! An excerpt as preformatted HTML: numbered lines, marks, and the notes below the lines that they end on.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

use crate::report::excerpt::{Excerpt, Mark};
use crate::report::xml::body;

/// The lines in a `pre`.
pub(super) fn draw(e: &Excerpt) -> String {
    let lines = e.lines();
    let digits = lines.iter().flatten().map(|(n, _)| n.to_string().len()).max().unwrap_or(1);
    let mut out = String::from("<pre>");
    for line in &lines {
        // Writing to a string cannot fail.
        let _ = match line {
            Some((n, range)) => writeln!(out, "<i>{n:>digits$}</i> {}{}", marked(e, range), notes(e, range, digits)),
            None => writeln!(out, "<i>{:>digits$}</i>", "…"),
        };
    }
    out + "</pre>\n"
}

/// A line with what is marked in it.
fn marked(e: &Excerpt, line: &Range<usize>) -> String {
    let inside = |at: &usize| line.start < *at && *at < line.end;
    let mut cuts: BTreeSet<usize> = e.marks.iter().flat_map(|m| [m.range.start, m.range.end]).filter(inside).collect();
    cuts.extend([line.start, line.end]);
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let mut out = String::new();
    for &at in &cuts {
        if let Some(mark) = e.marks.iter().find(|m| m.range.is_empty() && m.range.start == at) {
            out.push_str(&format!("<mark class=\"{} point\"></mark>", class(mark)));
        }
        let end = cuts.iter().copied().find(|c| *c > at).unwrap_or(at);
        let text = body(e.text.get(at..end).unwrap_or(""));
        let covers = |m: &&Mark| m.range.start < end && at < m.range.end;
        let over: Vec<_> = e.marks.iter().filter(covers).collect();
        match over.iter().find(|m| m.primary).or(over.first()) {
            Some(mark) if !text.is_empty() => out.push_str(&format!("<mark class=\"{}\">{text}</mark>", class(mark))),
            _ => out.push_str(&text),
        }
    }
    out
}

/// The notes on what ends in this line, each on a line of its own.
fn notes(e: &Excerpt, line: &Range<usize>, digits: usize) -> String {
    let ends_here = |m: &&Mark| line.start <= m.range.end && m.range.end <= line.end && !m.note.is_empty();
    let notes = e.marks.iter().filter(ends_here);
    notes.map(|m| format!("\n<i>{:>digits$}</i> <span class=\"note {}\">{}</span>", "", class(m), body(&m.note))).collect()
}

fn class(mark: &Mark) -> &'static str {
    if mark.primary { "primary" } else { "related" }
}
