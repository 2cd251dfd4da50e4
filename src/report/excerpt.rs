//! The few lines of source that one finding needs, ready to be drawn.
//!
//! The drawing is given these lines alone, never the file: its cost is then that of the finding and not that of the
//! file (10,000 findings in one file of 20,000 lines would take minutes otherwise).

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::Report;
use super::canvas::{Canvas, Room, Secrets, columns};
use super::clean;
use super::place;
use crate::diagnostic::Diagnostic;
use crate::source::{Column, FileId, Source, Span};

/// Labels with at most this many lines between them are shown in one piece.
const NEAR: u32 = 60;
/// A span with at most this many line breaks is shown whole; of a longer one, the first two lines and the last.
const WHOLE: u32 = 6;
/// The ends of a span with more line breaks than this are shown as two places.
const LONG: u32 = 500;
/// At most this many related places are drawn.
const MAX_RELATED: usize = 8;

/// Some lines of one file.
#[derive(Debug)]
pub(crate) struct Excerpt {
    /// `compose.yaml:4:5`; the column is that of the file, however the line was cut.
    pub at: String,
    /// The 1-based number of the first line.
    pub first_line: usize,
    /// The lines; those that nobody looks at are empty.
    pub text: String,
    /// What is underlined.
    pub marks: Vec<Mark>,
    /// Lines that are shown without being underlined, as ranges of the text.
    pub context: Vec<Range<usize>>,
}

impl Excerpt {
    /// The lines with their numbers, as ranges of the text without the line break. `None` stands for lines that were left out
    /// because nobody looks at them.
    pub fn lines(&self) -> Vec<Option<(usize, Range<usize>)>> {
        let mut lines: Vec<Option<(usize, Range<usize>)>> = Vec::new();
        let mut from = 0;
        let all = self.text.split_terminator('\n').map(|line| {
            let range = from..from + line.len();
            from = range.end + 1;
            range
        });
        let all: Vec<Range<usize>> = all.collect();
        let marked: BTreeSet<usize> = self.marks.iter().flat_map(|m| [m.range.start, m.range.end]).collect();
        let skipped = |r: &Range<usize>| r.is_empty() && !marked.contains(&r.start);
        for (i, range) in all.iter().enumerate() {
            // One line alone takes no more room than the dots for it.
            let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten().filter_map(|n| all.get(n)).any(skipped);
            match (skipped(range) && beside, lines.last()) {
                (false, _) => lines.push(Some((self.first_line + i, range.clone()))),
                (true, Some(None)) => {}
                (true, _) => lines.push(None),
            }
        }
        lines
    }
}

/// A note on a range of the text.
#[derive(Debug)]
pub(crate) struct Mark {
    pub range: Range<usize>,
    /// On one line; may be empty.
    pub note: String,
    pub primary: bool,
}

/// A label with what must be known to place it.
#[derive(Debug)]
struct Spot {
    source: Arc<Source>,
    /// The visible part.
    span: Span,
    /// 0-based line of the first and of the last byte.
    lines: (u32, u32),
    note: String,
    primary: bool,
}

/// How excerpts are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub secrets: &'a Secrets,
    /// Columns of the terminal.
    pub width: usize,
    pub ellipsis: &'static str,
}

/// The excerpts of a finding, that of the primary label first, and how many related places were left out.
pub(crate) fn excerpts(report: &Report, d: &Diagnostic, frame: Frame) -> (Vec<Excerpt>, usize) {
    let left_out = d.labels.len().saturating_sub(MAX_RELATED);
    let spots = spots(report, d);
    let columns = frame.width.saturating_sub(gutter(&spots)).max(24);
    let room = Room { columns, ellipsis: frame.ellipsis };
    let drawn = clusters(spots, columns).iter().map(|c| draw(c, frame.secrets, room)).collect();
    (drawn, left_out)
}

/// Columns left of the source: line number, blank, bar, blank, and the brackets of spans over several lines.
fn gutter(spots: &[Spot]) -> usize {
    let digits = spots.iter().map(|s| (s.lines.1 + 1).to_string().len()).max().unwrap_or(1);
    let brackets = spots.iter().filter(|s| s.lines.0 != s.lines.1).count();
    digits + 3 + if brackets > 0 { brackets + 1 } else { 0 }
}

fn spots(report: &Report, d: &Diagnostic) -> Vec<Spot> {
    let primary_note = if d.primary.note == d.message { "" } else { &d.primary.note };
    let primary = spot(report, d.primary.span, primary_note, true);
    let related = d.labels.iter().take(MAX_RELATED).flat_map(|l| spot(report, l.span, &l.note, false));
    primary.into_iter().chain(related).collect()
}

fn spot(report: &Report, span: Span, note: &str, primary: bool) -> Vec<Spot> {
    let source = report.sources.get(span.file);
    let span = place::visible_part(&source, span);
    let line = |offset| source.lines().locate(offset, Column::Utf8).line;
    let lines = (line(span.start), line(span.end));
    let note = clean::one_line(note).into_owned();
    if lines.1 - lines.0 <= LONG {
        return vec![Spot { source, span, lines, note, primary }];
    }
    let first = Span { end: offset(content(&source, lines.0).end), ..span };
    let last = Span { start: offset(content(&source, lines.1).start), ..span };
    vec![
        Spot { source: Arc::clone(&source), span: first, lines: (lines.0, lines.0), note, primary },
        Spot { source, span: last, lines: (lines.1, lines.1), note: "up to here".to_string(), primary: false },
    ]
}

fn offset(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The bytes of a 0-based line without its line break.
fn content(source: &Source, line: u32) -> Range<usize> {
    let start = source.lines().line_start(line) as usize;
    let end = source.lines().line_start(line.saturating_add(1)) as usize;
    let text = source.text.get(start..end).unwrap_or("");
    let text = text.strip_suffix('\n').unwrap_or(text);
    start..start + text.strip_suffix('\r').unwrap_or(text).len()
}

/// Groups the spots that can be shown in one piece; the group of the primary one comes first, the others by file in the
/// order in which the finding names them, then by place.
fn clusters(mut spots: Vec<Spot>, room: usize) -> Vec<Vec<Spot>> {
    let mut files: Vec<FileId> = Vec::new();
    for s in &spots {
        if !files.contains(&s.span.file) {
            files.push(s.span.file);
        }
    }
    let rank = |s: &Spot| files.iter().position(|f| *f == s.span.file);
    spots.sort_by_key(|s| (rank(s), s.span.start, s.span.end, !s.primary));
    let mut groups: Vec<Vec<Spot>> = Vec::new();
    for s in spots {
        match groups.last_mut() {
            Some(group) if joins(group, &s, room) => group.push(s),
            _ => groups.push(vec![s]),
        }
    }
    groups.sort_by_key(|g| !g.iter().any(|s| s.primary));
    groups
}

/// Whether `s`, which starts behind the spots of `group`, can be shown with them.
fn joins(group: &[Spot], s: &Spot, room: usize) -> bool {
    let end = group.iter().map(|g| g.lines.1).max().unwrap_or(0);
    let near = group.iter().all(|g| g.span.file == s.span.file) && s.lines.0 <= end.saturating_add(NEAR);
    near && group.iter().all(|g| {
        // On a line that has to be cut, all that is marked must fit into one window.
        let shared = [g.lines.0, g.lines.1].into_iter().find(|l| *l == s.lines.0);
        let Some(line) = shared else { return true };
        let from = if g.lines.0 == line { g.span.start } else { g.span.end }.min(s.span.start);
        let to = if s.lines.1 == line { s.span.end } else { s.span.start }.max(g.span.start);
        let to = if g.lines.1 == line { to.max(g.span.end) } else { to };
        let text = s.source.text.get(from as usize..to as usize).unwrap_or("");
        columns(text, room) < room * 3 / 4 || columns(s.source.text.get(content(&s.source, line)).unwrap_or(""), room) < room
    })
}

/// Draws spots of one file, sorted by place; there is at least one.
fn draw(group: &[Spot], secrets: &Secrets, room: Room) -> Excerpt {
    let head = group.iter().find(|s| s.primary).or(group.first());
    let Some(head) = head else {
        return Excerpt { at: String::new(), first_line: 1, text: String::new(), marks: Vec::new(), context: Vec::new() };
    };
    let source = &*head.source;
    let needed = needed_lines(group);
    let first = needed.first().copied().unwrap_or(0);
    let last = needed.last().copied().unwrap_or(0);
    let mut canvas = Canvas::new(source, secrets, room);
    let mut context = Vec::new();
    for line in first..=last {
        if !needed.contains(&line) {
            canvas.end_line();
            continue;
        }
        let content = content(source, line);
        let (focus, note) = focus(group, line).unwrap_or((content.start..content.start, 0));
        let drawn = canvas.draw(content, focus, note.min(room.columns / 2));
        if !group.iter().any(|s| s.lines.0 <= line && line <= s.lines.1) {
            context.push(drawn);
        }
        canvas.end_line();
    }
    let marks = group.iter().map(|s| Mark {
        range: canvas.position(s.span.range().start)..canvas.position(s.span.range().end),
        note: s.note.clone(),
        primary: s.primary,
    });
    let marks = marks.collect();
    Excerpt { at: location(source, head.span), first_line: first as usize + 1, text: canvas.into_text(), marks, context }
}

/// `file:line:column` of the start of a span, 1-based, in characters.
pub(crate) fn location(source: &Source, span: Span) -> String {
    let at = place::place(source, place::visible_part(source, span).start, Column::Chars);
    format!("{}:{}:{}", clean::one_line(&source.name), at.line, at.column)
}

/// The 0-based lines that are shown. A lone line between two of them is shown as well: three dots take as much room.
fn needed_lines(group: &[Spot]) -> BTreeSet<u32> {
    let mut lines = BTreeSet::new();
    for s in group {
        let (first, last) = s.lines;
        if last - first <= WHOLE {
            lines.extend(first..=last);
        } else {
            lines.extend([first, first + 1, last]);
        }
        // An empty line says nothing by itself. (One with a thousand blanks is not looked through.)
        let on = content(&s.source, first);
        if first > 0 && on.len() < 200 && s.source.text.get(on).is_some_and(|t| t.trim().is_empty()) {
            lines.insert(first - 1);
        }
    }
    let lone: Vec<u32> = lines.iter().map(|l| l + 1).filter(|l| !lines.contains(l) && lines.contains(&(l + 1))).collect();
    lines.extend(lone);
    lines
}

/// The bytes that must be seen of a 0-based line, and the columns of the longest note behind them.
fn focus(group: &[Spot], line: u32) -> Option<(Range<usize>, usize)> {
    let on_line = group.iter().filter(|s| s.lines.0 == line || s.lines.1 == line);
    let parts = on_line.map(|s| {
        let Range { start, end } = s.span.range();
        let start = if s.lines.0 == line { start } else { end };
        let end = if s.lines.1 == line { end } else { start };
        (start..end, columns(&s.note, 200))
    });
    parts.reduce(|(a, m), (b, n)| (a.start.min(b.start)..a.end.max(b.end), m.max(n)))
}
