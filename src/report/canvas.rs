//! Lines of source made fit for a terminal: cut to its width, unsafe characters spelled out, secrets starred; and a map
//! from the bytes of the file to the bytes of what is shown.

use std::collections::HashMap;
use std::ops::Range;

use super::clean;
use crate::source::{FileId, Source, Span};

/// What stands for a secret, whatever its length.
const STARS: &str = "********";

/// The bytes that must not be shown, by file: sorted, not overlapping.
#[derive(Debug, Default)]
pub(crate) struct Secrets(HashMap<FileId, Vec<Range<usize>>>);

impl Secrets {
    pub fn new(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut sorted: Vec<Span> = spans.into_iter().collect();
        sorted.retain(|s| !s.is_empty());
        sorted.sort_unstable();
        let mut files: HashMap<FileId, Vec<Range<usize>>> = HashMap::new();
        for span in sorted {
            let ranges = files.entry(span.file).or_default();
            match ranges.last_mut() {
                Some(last) if span.range().start <= last.end => last.end = last.end.max(span.range().end),
                _ => ranges.push(span.range()),
            }
        }
        Secrets(files)
    }

    /// The secret that byte `offset` of `file` is part of.
    fn at(&self, file: FileId, offset: usize) -> Option<&Range<usize>> {
        let ranges = self.0.get(&file)?;
        let next = ranges.partition_point(|r| r.end <= offset);
        ranges.get(next).filter(|r| r.start <= offset)
    }
}

/// Text that grows line by line.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    source: &'a Source,
    secrets: &'a Secrets,
    room: Room,
    text: String,
    /// Byte of the file, byte of `text`, in order: one for every character shown and one for the end of every line.
    map: Vec<(usize, usize)>,
}

/// How wide a line may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// In columns of the terminal.
    pub columns: usize,
    /// What shows that something was cut away.
    pub ellipsis: &'static str,
}

impl<'a> Canvas<'a> {
    pub fn new(source: &'a Source, secrets: &'a Secrets, room: Room) -> Self {
        Canvas { source, secrets, room, text: String::new(), map: Vec::new() }
    }

    /// Ends the line.
    pub fn end_line(&mut self) {
        self.text.push('\n');
    }

    /// Draws the line with the bytes `line` of the file (no line break in it), cut around `focus` if it is too long, so
    /// that a note of `note` columns has room behind it. Returns where it is in the text.
    pub fn draw(&mut self, line: Range<usize>, focus: Range<usize>, note: usize) -> Range<usize> {
        let from = self.text.len();
        let shown = window(&self.source.text, &line, &focus, note, self.room);
        self.map.push((line.start, from));
        if shown.start > line.start {
            self.text.push_str(self.room.ellipsis);
        }
        self.copy(shown.clone());
        if shown.end < line.end {
            self.map.push((shown.end, self.text.len()));
            self.text.push_str(self.room.ellipsis);
        }
        self.map.push((line.end, self.text.len()));
        from..self.text.len()
    }

    fn copy(&mut self, shown: Range<usize>) {
        let part = self.source.text.get(shown.clone()).unwrap_or("");
        let mut starred = 0;
        for (i, c) in part.char_indices() {
            let at = shown.start + i;
            if at >= starred
                && let Some(secret) = self.secrets.at(self.source.id, at)
            {
                self.map.push((at, self.text.len()));
                self.text.push_str(STARS);
                starred = secret.end;
                continue;
            }
            self.map.push((at, self.text.len()));
            // A byte order mark at the very start belongs to the file, not to its first line.
            if at >= starred && !(at == 0 && c == '\u{feff}') {
                let (before, rest) = self.source.text.split_at_checked(at).unwrap_or_default();
                if clean::is_command(before, rest) { clean::spell(&mut self.text, c) } else { clean::push(&mut self.text, c) }
            }
        }
    }

    /// Where byte `offset` of the file is in the text; the offset must be on a line that was drawn. What was cut away is
    /// at the nearest place that is there.
    pub fn position(&self, offset: usize) -> usize {
        let next = self.map.partition_point(|&(from, _)| from < offset);
        self.map.get(next).map_or(self.text.len(), |&(_, to)| to)
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

/// The part of `line` that is shown in the room there is: all of it, or what lies around `focus`. Looks at no more
/// characters than fit, however long the line is.
fn window(text: &str, line: &Range<usize>, focus: &Range<usize>, note: usize, room: Room) -> Range<usize> {
    let slice = |r: Range<usize>| text.get(r).unwrap_or("");
    if fitting(slice(line.clone()).chars(), room.columns) == line.len() {
        return line.clone();
    }
    let dots = room.ellipsis.chars().count();
    let marked = columns(slice(focus.clone()), room.columns) + 1 + note;
    let tail = columns(slice(focus.start..line.end), room.columns);
    let behind = if tail + dots <= room.columns { tail.max(marked) } else { marked + dots };
    let before = room.columns.saturating_sub(dots + behind).max(room.columns / 8);
    let back = fitting(slice(line.start..focus.start).chars().rev(), before);
    let start = focus.start - back;
    let cut_left = if start > line.start { dots } else { 0 };
    let left = room.columns.saturating_sub(cut_left);
    let rest = fitting(slice(start..line.end).chars(), left);
    if start + rest == line.end {
        return start..line.end;
    }
    start..start + fitting(slice(start..line.end).chars(), left.saturating_sub(dots))
}

/// How many bytes of `chars` fit into that many columns.
fn fitting(chars: impl Iterator<Item = char>, columns: usize) -> usize {
    let mut used = 0;
    let fit = chars.take_while(|&c| {
        used += width(c);
        used <= columns
    });
    fit.map(char::len_utf8).sum()
}

/// The columns that `text` takes; anything above `limit` is `limit`.
pub(crate) fn columns(text: &str, limit: usize) -> usize {
    let mut used = 0;
    for c in text.chars() {
        used += width(c);
        if used >= limit {
            return limit;
        }
    }
    used
}

/// Columns that a character takes, for cutting: never too few, sometimes too many. Alignment is not its business.
fn width(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        '\t' => 4,
        _ if clean::is_unsafe(c) => 8 + usize::from(c as u32 > 0xffff),
        // East Asian scripts, wide forms, and the planes of emoji and rare ideographs.
        '\u{1100}'..='\u{115f}' | '\u{2600}'..='\u{27bf}' | '\u{2e80}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}' => 2,
        '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe10}'..='\u{fe6f}' | '\u{ff00}'..='\u{ffe6}' => 2,
        '\u{10000}'.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { columns: 20, ellipsis: "..." };

    fn cut(text: &str, focus: Range<usize>, note: usize) -> &str {
        &text[window(text, &(0..text.len()), &focus, note, ROOM)]
    }

    #[test]
    fn a_line_that_fits_is_not_cut() {
        assert_eq!(cut("12345678901234567890", 19..20, 30), "12345678901234567890");
    }

    #[test]
    fn a_line_that_does_not_fit_is_cut_around_the_focus() {
        let text = "abcdefghijklmnopqrstuvwxyz0123456789";
        assert_eq!(cut(text, 0..2, 0), "abcdefghijklmnopq");
        assert_eq!(cut(text, 13..15, 4), "ghijklmnopqrst");
        assert_eq!(cut(text, 34..36, 0), "uvwxyz0123456789");
    }

    #[test]
    fn wide_characters_count_twice() {
        let text = "漢字漢字漢字漢字漢字漢字x";
        assert_eq!(cut(text, 0..3, 0), "漢字漢字漢字漢字");
        assert_eq!(cut(text, 36..37, 0), "字漢字漢字漢字x");
    }

    #[test]
    fn secrets_that_touch_are_one() {
        let (sources, id) = crate::report::tests::file("f", "0123456789");
        let span = |a, b| Span::new(id, a, b);
        let secrets = Secrets::new([span(5, 7), span(2, 4), span(3, 5), span(9, 9)]);
        assert_eq!(secrets.at(id, 1), None);
        assert_eq!(secrets.at(id, 2), Some(&(2..7)));
        assert_eq!(secrets.at(id, 6), Some(&(2..7)));
        assert_eq!(secrets.at(id, 9), None);
        let source = sources.get(id);
        let mut canvas = Canvas::new(&source, &secrets, ROOM);
        canvas.draw(0..10, 2..7, 0);
        assert_eq!((canvas.position(2), canvas.position(7)), (2, 10));
        assert_eq!(canvas.into_text(), "01********789");
    }
}
