//! Scalars decoded again from their bytes, so that every part of the value knows where it stands.
//!
//! The parser has decoded the value already; it is the judge. Where this decoding disagrees, the whole value maps to
//! the whole scalar.

use std::ops::Range;

use super::Style;
use crate::source::{FileId, Span};
use crate::syntax::text::{Text, TextBuilder};

/// A plain or quoted scalar; `range` includes the quotes.
pub(super) fn flow(file: FileId, text: &str, range: Range<usize>, style: Style, value: &str) -> Text {
    let quote = usize::from(style != Style::Plain);
    let inner = range.start + quote..range.end.saturating_sub(quote).max(range.start + quote);
    let source = text.get(inner.clone()).unwrap_or("");
    if source == value {
        return Text::verbatim(file, inner.start, value);
    }
    let decoded = Flow { source, base: inner.start, at: 0, out: TextBuilder::new(file), style }.decode();
    checked(decoded, inner.start, value).unwrap_or_else(|| Text::replaced(Span::new(file, inner.start, inner.end), value))
}

fn checked(decoded: TextBuilder, at: usize, value: &str) -> Option<Text> {
    (decoded.as_str() == value).then(|| decoded.finish(at))
}

struct Flow<'s> {
    source: &'s str,
    /// Offset of `source` in the file.
    base: usize,
    at: usize,
    out: TextBuilder,
    style: Style,
}

impl Flow<'_> {
    fn decode(mut self) -> TextBuilder {
        while let Some(stop) = self.next_special() {
            self.verbatim(stop);
            match self.source.as_bytes().get(self.at) {
                Some(b'\'') => self.replaced("'", 2),
                Some(b'\\') => self.escape(),
                _ => self.fold(),
            }
        }
        self.verbatim(self.source.len());
        self.out
    }

    /// The next byte that does not stand for itself: a quote, a backslash, or white space before a line break.
    fn next_special(&self) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mut blank = None;
        for (i, b) in bytes.iter().enumerate().skip(self.at) {
            match b {
                b' ' | b'\t' => blank = blank.or(Some(i)),
                b'\n' | b'\r' => return blank.or(Some(i)),
                b'\'' if self.style == Style::Single => return Some(i),
                b'\\' if self.style == Style::Double => return Some(i),
                _ => blank = None,
            }
        }
        None
    }

    fn verbatim(&mut self, to: usize) {
        self.out.push_verbatim(self.base + self.at, self.source.get(self.at..to).unwrap_or(""));
        self.at = to;
    }

    fn replaced(&mut self, value: &str, len: usize) {
        let end = (self.at + len).min(self.source.len());
        self.out.push_replaced(value, self.base + self.at..self.base + end);
        self.at = end;
    }

    /// White space around line breaks: one break is a space, each further one a line feed.
    fn fold(&mut self) {
        let start = self.at;
        let breaks = self.skip_breaks();
        let value = if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks.saturating_sub(1)) };
        self.out.push_replaced(&value, self.base + start..self.base + self.at);
    }

    fn skip_breaks(&mut self) -> usize {
        let rest = self.source.get(self.at..).unwrap_or("");
        let len = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        self.at += len;
        count_breaks(rest.get(..len).unwrap_or(""))
    }

    fn escape(&mut self) {
        let rest = self.source.get(self.at + 1..).unwrap_or("");
        let Some(c) = rest.chars().next() else {
            self.at = self.source.len();
            return;
        };
        let simple = match c {
            '0' => "\0",
            'a' => "\x07",
            'b' => "\x08",
            't' | '\t' => "\t",
            'n' => "\n",
            'v' => "\x0b",
            'f' => "\x0c",
            'r' => "\r",
            'e' => "\x1b",
            ' ' => " ",
            '"' => "\"",
            '/' => "/",
            '\\' => "\\",
            'N' => "\u{85}",
            '_' => "\u{a0}",
            'L' => "\u{2028}",
            'P' => "\u{2029}",
            '\n' | '\r' => return self.continuation(),
            'x' => return self.code(2),
            'u' => return self.code(4),
            'U' => return self.code(8),
            _ => "",
        };
        self.replaced(simple, 1 + c.len_utf8());
    }

    /// A backslash at the end of the line joins it with the next; blank lines between still count.
    fn continuation(&mut self) {
        let start = self.at;
        self.at += 1;
        let breaks = self.skip_breaks();
        self.out.push_replaced(&"\n".repeat(breaks.saturating_sub(1)), self.base + start..self.base + self.at);
    }

    fn code(&mut self, digits: usize) {
        let hex = |at: usize| self.source.get(at..at + digits).and_then(|h| u32::from_str_radix(h, 16).ok()).unwrap_or(0);
        let first = hex(self.at + 2);
        let mut len = 2 + digits;
        let mut code = first;
        if (0xD800..0xDC00).contains(&first) && self.source.get(self.at + len..).is_some_and(|r| r.starts_with("\\u")) {
            code = 0x10000 + ((first - 0xD800) << 10) + (hex(self.at + len + 2).saturating_sub(0xDC00) & 0x3FF);
            len *= 2;
        }
        self.replaced(char::from_u32(code).map(String::from).unwrap_or_default().as_str(), len);
    }
}

fn count_breaks(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count() + text.matches('\r').count() - text.matches("\r\n").count()
}

/// A block scalar. `content` is the parser's idea of it: from after the first line's indentation to the next token;
/// its header is looked for from `from` on. Returns the value and the bytes from the header to the last line.
pub(super) fn block(file: FileId, text: &str, from: usize, content: Range<usize>, style: Style, value: &str) -> (Text, Range<usize>) {
    let Some(header) = find_header(text, from, content.start, style) else {
        return (Text::replaced(Span::new(file, content.start, content.end), value), content);
    };
    let body = line_end(text, header);
    let lines = Lines { text, at: body, end: content.end };
    let (keep, explicit) = read_header(text.get(header..body).unwrap_or(""));
    let indents = [column(text, content.start), lines.clone().find_map(|l| l.indent()).unwrap_or(0)];
    let decoded = indents.iter().take(if explicit { 1 } else { 2 }).find_map(|&indent| {
        let out = Block { out: TextBuilder::new(file), indent, folded: style == Style::Folded }.decode(lines.clone(), keep);
        checked(out, content.start, value)
    });
    let end = last_content(&lines, header);
    let text = decoded.unwrap_or_else(|| Text::replaced(Span::new(file, body.min(end), end), value));
    (text, header..end)
}

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

fn read_header(header: &str) -> (Chomp, bool) {
    let words = header.split('#').next().unwrap_or("");
    let chomp = if words.contains('-') {
        Chomp::Strip
    } else if words.contains('+') {
        Chomp::Keep
    } else {
        Chomp::Clip
    };
    (chomp, words.contains(|c: char| c.is_ascii_digit()))
}

/// The `|` or `>` between the token before and the content; comments in between are skipped.
fn find_header(text: &str, from: usize, to: usize, style: Style) -> Option<usize> {
    let sign = if style == Style::Literal { '|' } else { '>' };
    let mut in_comment = false;
    let mut rest = text.get(from..to)?.char_indices().peekable();
    let mut word = false;
    for (i, c) in rest.by_ref() {
        match c {
            '\n' => (in_comment, word) = (false, false),
            _ if in_comment => {}
            '#' if !word => in_comment = true,
            // Anchors stand between the key and the header, and may not hold white space.
            ' ' | '\t' | '\r' => word = false,
            _ if c == sign && !word => return Some(from + i),
            ':' | '-' | '?' | ',' | '[' | '{' => {}
            _ => word = true,
        }
    }
    None
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|r| r.find('\n')).map_or(text.len(), |i| at + i + 1)
}

fn column(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or("");
    before.len() - before.rfind(['\n', '\r']).map_or(0, |i| i + 1)
}

#[derive(Clone)]
struct Lines<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

/// One line of a block scalar.
#[derive(Clone)]
struct Line<'t> {
    start: usize,
    /// Without its break.
    text: &'t str,
    /// Length of its break in bytes.
    line_break: usize,
}

impl Line<'_> {
    /// How far it is indented; `None` when it is blank.
    fn indent(&self) -> Option<usize> {
        let content = self.text.trim_start_matches(' ');
        (!content.is_empty()).then(|| self.text.len() - content.len())
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;
    fn next(&mut self) -> Option<Line<'t>> {
        if self.at >= self.end {
            return None;
        }
        let rest = self.text.get(self.at..self.end)?;
        let len = rest.find('\n').map_or(rest.len(), |i| i + 1);
        let line = rest.get(..len)?;
        let text = line.trim_end_matches('\n').strip_suffix('\r').unwrap_or(line.trim_end_matches('\n'));
        let found = Line { start: self.at, text, line_break: line.len() - text.len() };
        self.at += len;
        Some(found)
    }
}

/// The end of the last line that is not blank.
fn last_content(lines: &Lines<'_>, header: usize) -> usize {
    let first = lines.text.get(header..lines.at).map_or(header, |h| header + h.trim_end().len());
    lines.clone().filter(|l| !l.text.trim().is_empty()).last().map_or(first, |l| l.start + l.text.trim_end().len())
}

struct Block {
    out: TextBuilder,
    indent: usize,
    folded: bool,
}

impl Block {
    fn decode(mut self, lines: Lines<'_>, chomp: Chomp) -> TextBuilder {
        // The break of the last line that has content, and those of the blank lines after it.
        let mut pending: Option<Range<usize>> = None;
        let mut blanks: Vec<Range<usize>> = Vec::new();
        let mut previous_more = true;
        let mut any = false;
        for line in lines {
            let text = line.text.get(self.indent..).unwrap_or("");
            let line_break = line.start + line.text.len()..line.start + line.text.len() + line.line_break;
            if text.is_empty() {
                // A last line of mere indentation before the next token has no break of its own here.
                if line.line_break > 0 {
                    blanks.push(line_break);
                }
                continue;
            }
            let more = text.starts_with([' ', '\t']);
            self.join(pending.take(), &mut blanks, previous_more || more || !any);
            self.out.push_verbatim(line.start + self.indent, text);
            pending = Some(line_break);
            previous_more = more;
            any = true;
        }
        if chomp != Chomp::Strip
            && let Some(range) = pending
        {
            self.line_feed(range);
        }
        if chomp == Chomp::Keep {
            blanks.into_iter().for_each(|r| self.line_feed(r));
        }
        self.out
    }

    fn join(&mut self, pending: Option<Range<usize>>, blanks: &mut Vec<Range<usize>>, verbatim: bool) {
        if let Some(range) = pending {
            if !self.folded || verbatim {
                self.line_feed(range);
            } else if blanks.is_empty() {
                self.out.push_replaced(" ", range);
            }
        }
        blanks.drain(..).for_each(|r| self.line_feed(r));
    }

    fn line_feed(&mut self, range: Range<usize>) {
        match range.len() {
            0 => {}
            1 => self.out.push_verbatim(range.start, "\n"),
            _ => self.out.push_replaced("\n", range),
        }
    }
}
