//! The one place where bytes become the client's positions, and its positions bytes.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::source::{Column, LineColumn, Lines, Source, Span};

/// In what the client counts columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Encoding(Column);

impl Encoding {
    /// The best of what a client offers: bytes, else characters, else the UTF-16 code units that every client knows.
    pub fn negotiate<'a>(offered: impl IntoIterator<Item = &'a str>) -> Self {
        let rank = |name| match name {
            "utf-8" => 2,
            "utf-32" => 1,
            _ => 0,
        };
        Encoding(match offered.into_iter().map(rank).max() {
            Some(2) => Column::Utf8,
            Some(1) => Column::Chars,
            _ => Column::Utf16,
        })
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self.0 {
            Column::Utf8 => PositionEncodingKind::UTF8,
            Column::Utf16 => PositionEncodingKind::UTF16,
            Column::Chars => PositionEncodingKind::UTF32,
        }
    }

    /// The range of a span of `source`.
    pub fn range(self, source: &Source, span: Span) -> Range {
        let position = |offset: u32| {
            let offset = before_break(&source.text, offset as usize);
            let at = source.lines().locate(u32::try_from(offset).unwrap_or(u32::MAX), self.0);
            Position { line: at.line, character: at.column }
        };
        Range { start: position(span.start), end: position(span.end) }
    }

    /// The byte offset of a position in `text`, whose line index is `lines`. A position past the end of its line or of
    /// the text is that end.
    pub fn offset(self, text: &str, lines: &Lines, position: Position) -> usize {
        let place = LineColumn { line: position.line, column: position.character };
        before_break(text, lines.offset(place, self.0) as usize)
    }
}

/// No position lies between `\r` and `\n`: the one before both is meant.
fn before_break(text: &str, offset: usize) -> usize {
    let at = |i: usize| text.as_bytes().get(i).copied();
    match offset.checked_sub(1) {
        Some(before) if at(before) == Some(b'\r') && at(offset) == Some(b'\n') => before,
        _ => offset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(text: &str, line: u32, character: u32, encoding: Column) -> usize {
        Encoding(encoding).offset(text, &Lines::new(text), Position { line, character })
    }

    #[test]
    fn bytes_before_characters_before_code_units() {
        for (offered, kind) in [
            (vec!["utf-16", "utf-8"], PositionEncodingKind::UTF8),
            (vec!["utf-32", "utf-16"], PositionEncodingKind::UTF32),
            (vec!["utf-16"], PositionEncodingKind::UTF16),
            (vec!["utf-7"], PositionEncodingKind::UTF16),
            (vec![], PositionEncodingKind::UTF16),
        ] {
            assert_eq!(Encoding::negotiate(offered).kind(), kind);
        }
    }

    #[test]
    fn past_the_end_of_a_line_is_before_its_break() {
        assert_eq!(offset("é\r\nb", 0, 99, Column::Utf16), 2);
        assert_eq!(offset("é\r\nb", 0, 2, Column::Utf16), 2);
        assert_eq!(offset("é\nb", 0, 99, Column::Utf8), 2);
        assert_eq!(offset("é\nb", 9, 0, Column::Utf8), 4);
    }

    #[test]
    fn columns_in_each_encoding() {
        for (encoding, column) in [(Column::Utf8, 7), (Column::Utf16, 4), (Column::Chars, 3)] {
            assert_eq!(offset("x\né\t𐐀z", 1, column, encoding), 2 + 7, "{encoding:?}");
        }
    }
}
