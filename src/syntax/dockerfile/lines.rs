//! Physical lines, and what joins them.

/// One line of the file. Offsets are bytes of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Offset of the first byte.
    pub start: usize,
    /// The line without its line end (any run of `\r` and `\n`, as BuildKit trims it).
    pub text: &'a str,
    /// The line with its line end.
    pub full: &'a str,
}

impl<'a> Line<'a> {
    /// Offset after the last byte before the line end.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The line without leading white space, with its offset.
    pub fn unindented(&self) -> (usize, &'a str) {
        let text = self.text.trim_start();
        (self.start + self.text.len() - text.len(), text)
    }

    /// The `#` of a comment line and what follows, with its offset.
    pub fn comment(&self) -> Option<(usize, &'a str)> {
        let (at, text) = self.unindented();
        text.starts_with('#').then_some((at, text))
    }
}

/// Iterates over lines. A byte order mark is no part of the first one.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Lines { text, at }
    }

    /// Where the next line begins.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Goes on at byte `at`, the start of a line.
    pub fn seek(&mut self, at: usize) {
        self.at = at;
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.text.get(self.at..).filter(|r| !r.is_empty())?;
        let full = rest.split_inclusive('\n').next()?;
        let start = self.at;
        self.at += full.len();
        Some(Line { start, text: full.trim_end_matches(['\r', '\n']), full })
    }
}

/// Takes the continuation off a line: one `escape` at its end, blanks after it allowed, not itself escaped.
/// Returns what is left, and whether the line goes on.
pub(super) fn continuation(line: &str, escape: char) -> (&str, bool) {
    match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
        Some(rest) if !rest.ends_with(escape) => (rest, true),
        _ => (line, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_continuation_is_one_escape_that_is_not_escaped() {
        assert_eq!(continuation("a \\", '\\'), ("a ", true));
        assert_eq!(continuation("a \\ \t", '\\'), ("a ", true));
        assert_eq!(continuation("\\", '\\'), ("", true));
        assert_eq!(continuation("a\\\\", '\\'), ("a\\\\", false));
        assert_eq!(continuation("a\\\\\\", '\\'), ("a\\\\\\", false));
        assert_eq!(continuation("C:\\", '`'), ("C:\\", false));
        assert_eq!(continuation("a\\\u{a0}", '\\'), ("a\\\u{a0}", false));
    }

    #[test]
    fn line_ends_are_runs_of_cr_and_lf() {
        let lines: Vec<_> = Lines::new("\u{feff}a\r\nb\r\r\n\nc").map(|l| (l.start, l.text)).collect();
        assert_eq!(lines, [(3, "a"), (6, "b"), (10, ""), (11, "c")]);
    }
}
