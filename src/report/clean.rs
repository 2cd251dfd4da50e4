//! Text from files and messages made safe to look at: what a terminal would obey, or an eye would miss, is spelled out.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether `c` could move the cursor, change the order of the text, or stand there unseen. A tab is harmless; line
/// breaks are the caller's business.
pub(crate) fn is_unsafe(c: char) -> bool {
    match c {
        '\t' => false,
        // C0, DEL and C1: terminals obey U+009B as they obey ESC [.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Marks, embeddings, overrides and isolates that reorder what is read (UAX 9).
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => true,
        // Line breaks that only some programs know, and characters without a shape. Joiners stay: emoji need them.
        '\u{2028}' | '\u{2029}' | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => true,
        // Interlinear annotations and tags, which can carry a hidden text.
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// Appends `c`, spelled out as `<U+001B>` if it is unsafe.
pub(crate) fn push(out: &mut String, c: char) {
    if is_unsafe(c) {
        // Writing to a string cannot fail.
        let _ = write!(out, "<U+{:04X}>", c as u32);
    } else {
        out.push(c);
    }
}

/// `text` with every unsafe character spelled out; line breaks stay, without their `\r`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        line.strip_suffix('\r').unwrap_or(line).chars().for_each(|c| push(&mut out, c));
    }
    Cow::Owned(out)
}

/// `text` as [`visible`], on one line: line breaks, tabs and the blanks around them become one blank.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\t']) {
        return visible(text);
    }
    let lines: Vec<_> = text.split(['\n', '\t']).map(str::trim).filter(|l| !l.is_empty()).collect();
    Cow::Owned(visible(&lines.join(" ")).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_spelled_out() {
        assert_eq!(visible("a\u{1b}[31mb\u{9b}c"), "a<U+001B>[31mb<U+009B>c");
        assert_eq!(visible("x\u{202e}y\u{2066}z"), "x<U+202E>y<U+2066>z");
        assert_eq!(visible("tag\u{e0041}"), "tag<U+E0041>");
    }

    #[test]
    fn letters_emoji_and_tabs_stay() {
        for text in ["é𐐀\t漢字", "👩\u{200d}💻", "a\nb"] {
            assert!(matches!(visible(text), Cow::Borrowed(t) if t == text));
        }
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line("a\r\n  b\tc\n"), "a b c");
        assert_eq!(one_line("a\rb"), "a<U+000D>b");
    }
}
