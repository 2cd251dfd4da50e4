//! Bytes to lines and columns as they are told to the outside: 1-based, the end exclusive.

use serde::Serialize;

use crate::source::{Column, Source, Span};

/// A place in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Place {
    /// Bytes from the start of the file, 0-based.
    pub offset: u32,
    /// 1-based.
    pub line: u32,
    /// 1-based, in the unit that was asked for.
    pub column: u32,
}

/// A stretch of a file; `end` is the place after its last byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Region {
    pub start: Place,
    pub end: Place,
}

const BOM: char = '\u{feff}';

/// The place of byte `offset`. A byte order mark is part of the bytes but of no line: editors and SARIF readers take it
/// away before they count columns (SARIF 2.1.0, 3.30.2).
pub(crate) fn place(source: &Source, offset: u32, unit: Column) -> Place {
    let at = source.lines().locate(offset, unit);
    let bom = match unit {
        _ if at.line > 0 || !source.text.starts_with(BOM) => 0,
        Column::Utf8 => 3,
        Column::Utf16 | Column::Chars => 1,
    };
    Place { offset, line: at.line + 1, column: at.column.saturating_sub(bom) + 1 }
}

/// Both ends of `span`, whose file `source` must be.
pub(crate) fn region(source: &Source, span: Span, unit: Column) -> Region {
    Region { start: place(source, span.start, unit), end: place(source, span.end, unit) }
}

/// `span` as it is shown: within the text, on whole characters, without line breaks at its end, which nobody sees
/// underlined. What is left empty stands on a line that has a number in every editor and diff: before a line break rather
/// than inside it, and at the end of the last line rather than behind its line break.
pub(crate) fn visible_part(source: &Source, span: Span) -> Span {
    let text = &*source.text;
    let start = snap(text, span.start);
    let end = snap(text, span.end).max(start);
    let end = start + text.get(start..end).unwrap_or("").trim_end_matches(['\r', '\n']).len();
    if start < end {
        return Span::new(span.file, start, end);
    }
    let before = text.get(..start).unwrap_or("");
    let back = match text.as_bytes().get(start) {
        None if before.ends_with("\r\n") => 2,
        None if before.ends_with('\n') => 1,
        Some(b'\n') if before.ends_with('\r') => 1,
        _ => 0,
    };
    Span::new(span.file, start - back, start - back)
}

/// The start of the character that byte `offset` is in.
fn snap(text: &str, offset: u32) -> usize {
    text.floor_char_boundary(offset as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::file;
    use std::sync::Arc;

    fn source(text: &str) -> Arc<Source> {
        let (sources, id) = file("f", text);
        sources.get(id)
    }

    #[test]
    fn columns_in_every_unit_after_wide_characters_tabs_and_crlf() {
        let s = source("a\r\né𐐀\tx");
        let at = s.text.find('x').unwrap() as u32;
        assert_eq!(place(&s, at, Column::Chars), Place { offset: at, line: 2, column: 4 });
        assert_eq!(place(&s, at, Column::Utf16), Place { offset: at, line: 2, column: 5 });
        assert_eq!(place(&s, at, Column::Utf8), Place { offset: at, line: 2, column: 8 });
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        let s = source("\u{feff}FROM a\nUSER b\n");
        for unit in [Column::Chars, Column::Utf16, Column::Utf8] {
            assert_eq!(place(&s, 3, unit).column, 1);
            assert_eq!(place(&s, 8, unit).column, 6);
            assert_eq!(place(&s, 0, unit).column, 1);
            assert_eq!(place(&s, 10, unit), Place { offset: 10, line: 2, column: 1 });
        }
    }

    #[test]
    fn line_breaks_at_the_end_are_not_part_of_what_is_seen() {
        let s = source("RUN é\r\n\r\nx");
        let part = |a, b| visible_part(&s, Span::new(s.id, a, b)).range();
        assert_eq!(part(0, 8), 0..6);
        assert_eq!(part(0, 5), 0..4, "cut inside a character");
        assert_eq!(part(7, 7), 6..6, "between \\r and \\n");
        assert_eq!(part(99, 120), 11..11);
    }

    #[test]
    fn the_end_of_the_file_is_on_its_last_line() {
        for (text, at) in [("FROM a\n", 6), ("FROM a\r\n", 6), ("FROM a", 6), ("FROM a\n\n", 7), ("", 0), ("\n", 0)] {
            let s = source(text);
            assert_eq!(visible_part(&s, s.span().at_end()).range(), at..at, "{text:?}");
        }
    }
}
