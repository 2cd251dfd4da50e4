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
    let text = e.text.get(line.clone()).unwrap_or("");
    let indent = line.start + text.len() - text.trim_start().len();
    cuts.extend([line.start, indent, line.end]);
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let mut out = String::new();
    for &at in &cuts {
        if let Some(mark) = e.marks.iter().find(|m| m.range.is_empty() && m.range.start == at) {
            out.push_str(&format!("<mark class=\"{} point\"></mark>", class(mark)));
        }
        let end = cuts.iter().copied().find(|c| *c > at).unwrap_or(at);
        let text = body(e.text.get(at..end).unwrap_or(""));
        // Of a mark that began on an earlier line, the indentation is not shown as marked.
        let covers = |m: &&Mark| m.range.start < end && at < m.range.end && (indent <= at || line.start <= m.range.start);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, marks: &[(Range<usize>, &str, bool)]) -> Excerpt {
        let marks = marks.iter().map(|(range, note, primary)| Mark { range: range.clone(), note: (*note).into(), primary: *primary });
        Excerpt { at: String::new(), first_line: 9, text: text.into(), marks: marks.collect(), context: Vec::new() }
    }

    #[test]
    fn marks_over_lines_leave_out_the_indentation() {
        let e = excerpt("RUN a\\\n  b<\n", &[(4..11, "here", true)]);
        let expected = "<pre><i> 9</i> RUN <mark class=\"primary\">a\\</mark>\n\
            <i>10</i>   <mark class=\"primary\">b&lt;</mark>\n<i>  </i> <span class=\"note primary\">here</span>\n</pre>\n";
        assert_eq!(draw(&e), expected);
    }

    #[test]
    fn the_primary_mark_covers_others_and_points_have_no_width() {
        let e = excerpt("abcd\n", &[(1..3, "", true), (0..4, "", false), (4..4, "", true)]);
        let expected = "<pre><i>9</i> <mark class=\"related\">a</mark><mark class=\"primary\">bc</mark><mark class=\"related\">d</mark>\
            <mark class=\"primary point\"></mark>\n</pre>\n";
        assert_eq!(draw(&e), expected);
    }

    #[test]
    fn lines_that_were_left_out_are_three_dots() {
        let e = excerpt("a\n\nb\n\n\n\nc\n", &[(0..1, "", true)]);
        assert_eq!(draw(&e).matches('…').count(), 1);
        assert!(draw(&e).contains("<i>10</i> \n<i>11</i> b\n<i> …</i>\n<i>15</i> c\n"), "{}", draw(&e));
    }
}
