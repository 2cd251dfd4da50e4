//! Byte offsets to lines and columns, and back. Only `report/` and `lsp/` ask.

use super::offset;

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

/// Where the lines of one text begin, and which of its characters take more than one byte. Every question costs the
/// logarithm of their number, so that a long line with a thousand findings is asked about a thousand times, not walked.
#[derive(Debug)]
pub struct Lines {
    /// Offset of the first byte of every line; the first is 0.
    starts: Vec<u32>,
    wide: Vec<Wide>,
    len: u32,
}

/// A character of more than one byte. The sums are over all such characters from the start of the text, this one included.
#[derive(Clone, Copy, Debug)]
struct Wide {
    /// Offset after the character.
    end: u32,
    /// Bytes beyond the first of each character.
    beyond_chars: u32,
    /// Bytes beyond the number of UTF-16 code units.
    beyond_utf16: u32,
}

impl Wide {
    const NONE: Wide = Wide { end: 0, beyond_chars: 0, beyond_utf16: 0 };

    fn beyond(self, unit: Column) -> u32 {
        match unit {
            Column::Utf8 => 0,
            Column::Utf16 => self.beyond_utf16,
            Column::Chars => self.beyond_chars,
        }
    }
}

impl Lines {
    /// Indexes `text`; lines end at `\n`.
    pub fn new(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(at, _)| offset(at + 1));
        let starts = std::iter::once(0).chain(newlines).collect();
        let mut wide = Vec::new();
        let mut sum = Wide::NONE;
        for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
            sum.end = offset(at + c.len_utf8());
            sum.beyond_chars += offset(c.len_utf8() - 1);
            sum.beyond_utf16 += offset(c.len_utf8() - c.len_utf16());
            wide.push(sum);
        }
        Lines { starts, wide, len: offset(text.len()) }
    }

    /// The place of byte `offset`; an offset past the end is the end, one inside a character its start.
    pub fn locate(&self, offset: u32, unit: Column) -> LineColumn {
        let (offset, before) = self.snap(offset.min(self.len));
        let line = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let beyond = before.beyond(unit) - self.before(start).beyond(unit);
        LineColumn { line: super::offset(line), column: offset - start - beyond }
    }

    /// The byte offset of a place. A column past the end of its line is the end of that line (before its `\n`);
    /// a line past the end of the text is the end of the text. A column inside a character is its start.
    pub fn offset(&self, place: LineColumn, unit: Column) -> u32 {
        let Some(&start) = self.starts.get(place.line as usize) else {
            return self.len;
        };
        let next = self.starts.get(place.line as usize + 1);
        let end = next.map_or(self.len, |next| next.saturating_sub(1).max(start));
        let base = self.before(start);
        let first = self.wide.partition_point(|w| w.end <= start);
        // The column behind a character of this line.
        let column = |w: &Wide| w.end - start - (w.beyond(unit) - base.beyond(unit));
        let on_line = self.wide.get(first..).unwrap_or(&[]);
        let passed = on_line.partition_point(|w| w.end <= end && column(w) <= place.column);
        let last = passed.checked_sub(1).and_then(|i| on_line.get(i)).copied().unwrap_or(base);
        let found = start.saturating_add(place.column).saturating_add(last.beyond(unit) - base.beyond(unit));
        self.snap(found.min(end)).0
    }

    /// The start of the character that byte `offset` is in, and the last wide character before it.
    fn snap(&self, offset: u32) -> (u32, Wide) {
        let next = self.wide.partition_point(|w| w.end <= offset);
        let before = next.checked_sub(1).and_then(|i| self.wide.get(i)).copied().unwrap_or(Wide::NONE);
        let inside = self.wide.get(next).map(|w| w.end - 1 - (w.beyond_chars - before.beyond_chars));
        (inside.map_or(offset, |start| start.min(offset)), before)
    }

    fn before(&self, offset: u32) -> Wide {
        self.snap(offset).1
    }

    /// How many lines the text has; one more than its `\n`s.
    pub fn line_count(&self) -> u32 {
        offset(self.starts.len())
    }

    /// Offset of the first byte of 0-based `line`; the end of the text past the last line.
    pub fn line_start(&self, line: u32) -> u32 {
        self.starts.get(line as usize).copied().unwrap_or(self.len)
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

    /// Counts along the text, which is slow and plainly right.
    fn counted(text: &str, offset: usize, unit: Column) -> LineColumn {
        let before = &text[..text.floor_char_boundary(offset)];
        let line = before.matches('\n').count() as u32;
        let on_line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        let column = match unit {
            Column::Utf8 => on_line.len(),
            Column::Utf16 => on_line.encode_utf16().count(),
            Column::Chars => on_line.chars().count(),
        };
        LineColumn { line, column: column as u32 }
    }

    proptest::proptest! {
        #[test]
        fn every_place_is_what_counting_says(text in "[aé漢𐐀\r\n]{0,40}") {
            let lines = Lines::new(&text);
            assert_eq!(lines.line_count() as usize, text.matches('\n').count() + 1);
            for unit in [Column::Utf8, Column::Utf16, Column::Chars] {
                for offset in 0..=text.len() {
                    let place = lines.locate(offset as u32, unit);
                    assert_eq!(place, counted(&text, offset, unit), "{text:?} {offset} {unit:?}");
                    assert_eq!(lines.offset(place, unit) as usize, text.floor_char_boundary(offset), "{text:?} {offset} {unit:?}");
                }
            }
        }
    }

    #[test]
    fn a_column_inside_a_character_is_its_start() {
        let lines = Lines::new("a𐐀b\n𐐀");
        assert_eq!(lines.offset(LineColumn { line: 0, column: 2 }, Column::Utf16), 1);
        assert_eq!(lines.offset(LineColumn { line: 0, column: 3 }, Column::Utf16), 5);
        assert_eq!(lines.offset(LineColumn { line: 0, column: 3 }, Column::Utf8), 1);
        assert_eq!(lines.offset(LineColumn { line: 0, column: 9 }, Column::Utf16), 6);
        assert_eq!(lines.offset(LineColumn { line: 1, column: 9 }, Column::Chars), 11);
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
