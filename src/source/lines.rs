//! Byte offsets to lines and columns, and back. Only `report/` and `lsp/` ask.

use line_index::{LineCol, LineIndex, TextSize, WideEncoding, WideLineCol};

/// The unit columns are counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Column {
    /// Bytes of UTF-8.
    Utf8,
    /// UTF-16 code units, the default of the language server protocol.
    Utf16,
    /// Unicode scalar values: what people call characters.
    Chars,
}

/// A place in a file; line and column are 0-based.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineColumn {
    /// 0-based line.
    pub line: u32,
    /// 0-based column in the unit that was asked for.
    pub column: u32,
}

/// Where the lines of one text begin.
#[derive(Debug)]
pub struct Lines {
    index: LineIndex,
}

impl Lines {
    /// Indexes `text`; lines end at `\n`.
    pub fn new(text: &str) -> Self {
        Lines { index: LineIndex::new(text) }
    }

    /// The place of byte `offset`; an offset past the end is the end, one inside a character its start.
    pub fn locate(&self, offset: u32, unit: Column) -> LineColumn {
        let mut offset = offset.min(u32::from(self.index.len()));
        loop {
            let place = self.index.try_line_col(TextSize::from(offset)).and_then(|at| match unit {
                Column::Utf8 => Some(LineColumn { line: at.line, column: at.col }),
                Column::Utf16 => self.widen(WideEncoding::Utf16, at),
                Column::Chars => self.widen(WideEncoding::Utf32, at),
            });
            match place {
                Some(place) => return place,
                None if offset == 0 => return LineColumn { line: 0, column: 0 },
                None => offset -= 1,
            }
        }
    }

    /// The byte offset of a place. A column past the end of its line is the end of that line (before its `\n`);
    /// a line past the end of the text is the end of the text.
    pub fn offset(&self, place: LineColumn, unit: Column) -> u32 {
        let Some(line) = self.index.line(place.line) else {
            return u32::from(self.index.len());
        };
        let last = place.line as usize + 1 == self.line_count() as usize;
        let start = u32::from(line.start());
        let end = if last { u32::from(line.end()) } else { u32::from(line.end()).saturating_sub(1).max(start) };
        let column = match unit {
            Column::Utf8 => Some(place.column),
            Column::Utf16 => self.narrow(WideEncoding::Utf16, place),
            Column::Chars => self.narrow(WideEncoding::Utf32, place),
        };
        column.map_or(end, |c| start.saturating_add(c).min(end))
    }

    fn widen(&self, encoding: WideEncoding, at: LineCol) -> Option<LineColumn> {
        self.index.to_wide(encoding, at).map(|w| LineColumn { line: w.line, column: w.col })
    }

    fn narrow(&self, encoding: WideEncoding, place: LineColumn) -> Option<u32> {
        let wide = WideLineCol { line: place.line, col: place.column };
        self.index.to_utf8(encoding, wide).map(|LineCol { col, .. }| col)
    }

    /// How many lines the text has; one more than its `\n`s.
    pub fn line_count(&self) -> u32 {
        self.locate(u32::MAX, Column::Utf8).line + 1
    }

    /// Offset of the first byte of 0-based `line`; the end of the text past the last line.
    pub fn line_start(&self, line: u32) -> u32 {
        self.index.line(line).map_or_else(|| u32::from(self.index.len()), |r| u32::from(r.start()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_each_unit() {
        let lines = Lines::new("é𐐀x\r\ny");
        assert_eq!(lines.locate(6, Column::Utf8), LineColumn { line: 0, column: 6 });
        assert_eq!(lines.locate(6, Column::Utf16), LineColumn { line: 0, column: 3 });
        assert_eq!(lines.locate(6, Column::Chars), LineColumn { line: 0, column: 2 });
        assert_eq!(lines.locate(99, Column::Utf16), LineColumn { line: 1, column: 1 });
    }

    #[test]
    fn an_offset_inside_a_character_is_its_start() {
        let lines = Lines::new("é𐐀x");
        assert_eq!(lines.locate(4, Column::Utf16), LineColumn { line: 0, column: 1 });
    }

    #[test]
    fn places_come_back_as_offsets() {
        let lines = Lines::new("é𐐀x\ny");
        for unit in [Column::Utf8, Column::Utf16, Column::Chars] {
            for offset in [0, 2, 6, 7, 8, 9] {
                assert_eq!(lines.offset(lines.locate(offset, unit), unit), offset, "{unit:?} {offset}");
            }
        }
        assert_eq!(lines.offset(LineColumn { line: 0, column: 99 }, Column::Utf16), 7);
        assert_eq!(lines.offset(LineColumn { line: 9, column: 0 }, Column::Utf16), 9);
    }
}
