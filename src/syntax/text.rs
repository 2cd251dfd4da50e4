//! Text: a decoded value that knows which bytes each part of it came from.
//!
//! Quotes, escapes, line continuations, folding and heredocs make the decoded value differ from the source.
//! A `Text` keeps a piecewise map back, so `text.span_of(3..7)` is exact through all of them and nothing ever
//! searches for a position afterwards.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::source::{FileId, Span, offset};

/// A decoded value with its way back to the source. Offsets into the value are bytes.
///
/// Clones and parts share the value and its map.
#[derive(Clone)]
pub struct Text {
    whole: Arc<str>,
    /// The part of `whole` that is the value.
    from: u32,
    to: u32,
    file: FileId,
    /// Source offset of the first byte; the place of an empty value.
    start: u32,
    /// The map of `whole`; `None` when the value stands in the source byte for byte from `start` on.
    pieces: Option<Arc<[Piece]>>,
}

/// One stretch of the value and the source bytes it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Piece {
    /// Offset in the whole of which the value is a part.
    at: u32,
    /// Offset in the source.
    start: u32,
    /// End in the source.
    end: u32,
    /// The same bytes in both: offsets inside can be mapped one to one.
    verbatim: bool,
}

impl Text {
    /// A value that stands in the source as it is, from byte `start` of `file` on.
    pub fn verbatim(file: FileId, start: usize, value: impl Into<Arc<str>>) -> Self {
        Text::new(value.into(), file, offset(start), None)
    }

    /// A value that was made up of the bytes of `span` as a whole (a computed default, say).
    pub fn replaced(span: Span, value: impl Into<Arc<str>>) -> Self {
        let pieces = [Piece { at: 0, start: span.start, end: span.end, verbatim: false }];
        Text::new(value.into(), span.file, span.start, Some(pieces.into()))
    }

    fn new(whole: Arc<str>, file: FileId, start: u32, pieces: Option<Arc<[Piece]>>) -> Self {
        let to = offset(whole.len());
        Text { whole, from: 0, to, file, start, pieces }
    }

    /// The decoded value.
    pub fn as_str(&self) -> &str {
        self.whole.get(self.from as usize..self.to as usize).unwrap_or("")
    }

    fn pieces(&self) -> &[Piece] {
        self.pieces.as_deref().unwrap_or(&[])
    }

    /// The stretches of the value in order, cut to it: what each says, and the piece with its offset in the value.
    fn parts(&self) -> impl Iterator<Item = (&str, Piece)> {
        let whole = self.pieces.is_none().then(|| (self.as_str(), self.verbatim_piece())).filter(|(part, _)| !part.is_empty());
        let pieces = self.pieces();
        let first = pieces.partition_point(|p| p.at <= self.from).saturating_sub(1);
        let cut = pieces.iter().enumerate().skip(first).map_while(move |(n, piece)| {
            let next = pieces.get(n + 1).map_or(u32::MAX, |p| p.at);
            let (from, to) = (piece.at.max(self.from), next.min(self.to));
            let part = self.whole.get(from as usize..to as usize).filter(|part| !part.is_empty())?;
            Some((part, Piece { at: from - self.from, start: piece.map_start(from), end: piece.map_end(to), ..*piece }))
        });
        whole.into_iter().chain(cut)
    }

    fn verbatim_piece(&self) -> Piece {
        Piece { at: 0, start: self.start, end: self.start + offset(self.len()), verbatim: true }
    }

    /// The file it is written in.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The source bytes of the whole value, without surrounding quotes.
    pub fn span(&self) -> Span {
        self.span_of(0..self.len())
    }

    /// The source bytes of a part of the value; offsets past the end are the end.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let from = offset(range.start.min(self.len()));
        let to = offset(range.end.min(self.len())).max(from);
        if self.pieces.is_none() {
            return Span { file: self.file, start: self.start + from, end: self.start + to };
        }
        let (from, to) = (self.from + from, self.from + to);
        let start = self.piece_at(from).map_or(self.start, |p| p.map_start(from));
        let end = if to > from { self.piece_at(to - 1).map_or(start, |p| p.map_end(to)) } else { start };
        Span { file: self.file, start, end: end.max(start) }
    }

    /// A part of the value as a `Text` of its own. The range must lie on character boundaries; what does not is cut.
    pub fn slice(&self, range: Range<usize>) -> Text {
        let (start, end) = (range.start.min(self.len()), range.end.min(self.len()));
        // What is cut in the middle of a character is nothing.
        let end = if self.get(start..end).is_some() { end } else { start };
        let at = self.span_of(start..end).start;
        let (from, to) = (self.from + offset(start), self.from + offset(end));
        let is_within = |p: &Piece, next: Option<&Piece>| p.verbatim && p.at <= from && next.is_none_or(|n| to <= n.at);
        let first = self.pieces().partition_point(|p| p.at <= from);
        let within = first.checked_sub(1).and_then(|n| Some(is_within(self.pieces().get(n)?, self.pieces().get(first))));
        let pieces = if from == to || within == Some(true) { None } else { self.pieces.clone() };
        Text { whole: Arc::clone(&self.whole), from, to, file: self.file, start: at, pieces }
    }

    /// The part of `self` without white space around it.
    pub fn trim(&self) -> Text {
        let start = self.len() - self.trim_start().len();
        let end = self.trim_end().len().max(start);
        self.slice(start..end)
    }

    /// The same value, its map carried on through `outer`: this text was read from the value of `outer` as if that were a
    /// file, and now maps to the bytes of `outer`.
    #[must_use]
    pub fn through(&self, outer: &Text) -> Text {
        let mut out = TextBuilder::new(outer.file);
        for (part, piece) in self.parts() {
            let inner = piece.start as usize..piece.end as usize;
            if piece.verbatim {
                out.push_slice(outer, inner);
            } else {
                out.push_replaced(part, outer.span_of(inner).range());
            }
        }
        out.finish(outer.span_of(self.start as usize..self.start as usize).start as usize)
    }

    /// The text without one pair of quotes around it.
    #[must_use]
    pub fn unquoted(&self) -> Text {
        let quoted = |q: char| self.len() >= 2 && self.starts_with(q) && self.ends_with(q);
        if quoted('"') || quoted('\'') { self.slice(1..self.len() - 1) } else { self.clone() }
    }

    /// The words between white space.
    pub fn split_whitespace(&self) -> Vec<Text> {
        let base = self.as_str().as_ptr() as usize;
        self.as_str()
            .split_whitespace()
            .map(|w| {
                let at = w.as_ptr() as usize - base;
                self.slice(at..at + w.len())
            })
            .collect()
    }

    /// Splits at the first `separator`, which belongs to neither half.
    pub fn split_once(&self, separator: char) -> Option<(Text, Text)> {
        let at = self.find(separator)?;
        Some((self.slice(0..at), self.slice(at + separator.len_utf8()..self.len())))
    }

    fn piece_at(&self, at: u32) -> Option<&Piece> {
        let after = self.pieces().partition_point(|p| p.at <= at);
        self.pieces().get(after.checked_sub(1)?)
    }
}

impl Piece {
    fn map_start(&self, at: u32) -> u32 {
        if self.verbatim { (self.start + (at - self.at)).min(self.end) } else { self.start }
    }

    fn map_end(&self, to: u32) -> u32 {
        if self.verbatim { (self.start + (to - self.at)).min(self.end) } else { self.end }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() && (self.file, self.start) == (other.file, other.start) && self.parts().eq(other.parts())
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
        (self.file, self.start).hash(state);
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}@{}..{}", self.as_str(), self.span().start, self.span().end)
    }
}

/// Builds a [`Text`] from left to right.
#[derive(Clone, Debug)]
pub struct TextBuilder {
    file: FileId,
    value: String,
    pieces: Vec<Piece>,
}

impl TextBuilder {
    /// An empty value of `file`.
    pub fn new(file: FileId) -> Self {
        TextBuilder { file, value: String::new(), pieces: Vec::new() }
    }

    /// Appends text that stands in the source from byte `start` on, as it is.
    pub fn push_verbatim(&mut self, start: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        let start = offset(start);
        let end = start + offset(text.len());
        match self.pieces.last_mut() {
            Some(last) if last.verbatim && last.end == start => last.end = end,
            _ => self.pieces.push(Piece { at: offset(self.value.len()), start, end, verbatim: true }),
        }
        self.value.push_str(text);
    }

    /// Appends text that other bytes of the source stand for: an escape, a folded line break.
    pub fn push_replaced(&mut self, text: &str, source: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let at = offset(self.value.len());
        self.pieces.push(Piece { at, start: offset(source.start), end: offset(source.end), verbatim: false });
        self.value.push_str(text);
    }

    /// Appends a part of another text of the same file, with its map.
    pub fn push_slice(&mut self, text: &Text, range: Range<usize>) {
        for (part, piece) in text.slice(range).parts() {
            if piece.verbatim {
                self.push_verbatim(piece.start as usize, part);
            } else {
                self.push_replaced(part, piece.start as usize..piece.end as usize);
            }
        }
    }

    /// The value so far.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// Whether nothing was appended yet.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The finished text; `at` is its source offset should it be empty.
    pub fn finish(self, at: usize) -> Text {
        let TextBuilder { file, value, pieces } = self;
        let start = pieces.first().map_or(offset(at), |p| p.start);
        let pieces = match pieces.as_slice() {
            [] => None,
            [one] if one.verbatim => None,
            _ => Some(pieces.into()),
        };
        Text::new(value.into(), file, start, pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use std::path::Path;

    fn file() -> FileId {
        Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id
    }

    /// `a\nb "c"` as a double-quoted scalar starting at byte 10: `"a\nb \"c\""`.
    fn quoted() -> Text {
        let mut b = TextBuilder::new(file());
        b.push_verbatim(11, "a");
        b.push_replaced("\n", 12..14);
        b.push_verbatim(14, "b ");
        b.push_replaced("\"", 16..18);
        b.push_verbatim(18, "c");
        b.push_replaced("\"", 19..21);
        b.finish(11)
    }

    fn range(s: Span) -> Range<usize> {
        s.range()
    }

    #[test]
    fn parts_of_an_escaped_value_map_to_their_bytes() {
        let t = quoted();
        assert_eq!(t.as_str(), "a\nb \"c\"");
        assert_eq!(range(t.span()), 11..21);
        assert_eq!(range(t.span_of(0..1)), 11..12);
        assert_eq!(range(t.span_of(1..2)), 12..14);
        assert_eq!(range(t.span_of(2..4)), 14..16);
        assert_eq!(range(t.span_of(5..6)), 18..19);
        assert_eq!(range(t.span_of(4..7)), 16..21);
        assert_eq!(range(t.span_of(5..5)), 18..18);
    }

    #[test]
    fn slices_keep_the_map() {
        let t = quoted().slice(2..6);
        assert_eq!(t.as_str(), "b \"c");
        assert_eq!(range(t.span()), 14..19);
        assert_eq!(range(t.span_of(3..4)), 18..19);
        let v = Text::verbatim(file(), 5, "x y  z");
        let words = v.split_whitespace();
        assert_eq!(words.iter().map(|w| range(w.span())).collect::<Vec<_>>(), [5..6, 7..8, 10..11]);
    }

    #[test]
    fn a_slice_of_verbatim_pieces_across_a_gap() {
        let mut b = TextBuilder::new(file());
        b.push_verbatim(0, "ab");
        b.push_verbatim(10, "cd");
        let t = b.finish(0);
        assert_eq!(range(t.slice(1..3).span()), 1..11);
        assert_eq!(range(t.slice(2..4).span()), 10..12);
    }

    #[test]
    fn a_text_inside_a_text_maps_to_the_bytes_of_the_outer_one() {
        let outer = quoted();
        // `b "c` of the value, with an escape of its own in the middle.
        let mut b = TextBuilder::new(file());
        b.push_verbatim(2, "b ");
        b.push_replaced("!", 4..6);
        let inner = b.finish(2).through(&outer);
        assert_eq!(inner.as_str(), "b !");
        assert_eq!(range(inner.span()), 14..19);
        assert_eq!(range(inner.span_of(2..3)), 16..19);
        assert_eq!(range(outer.slice(2..4).through(&Text::verbatim(file(), 100, "0123456789abcdefghi")).span()), 114..116);
    }

    #[test]
    fn empty_text_has_a_place() {
        let t = TextBuilder::new(file()).finish(7);
        assert_eq!(range(t.span()), 7..7);
    }
}
