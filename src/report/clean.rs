//! Text from files and messages made safe to look at: what a terminal or the server that runs the build would obey, or an
//! eye would miss, is spelled out.

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

/// What follows `##` in the commands that build servers look for anywhere in a line of the log: Azure Pipelines, TeamCity,
/// and GitHub Actions in its older form (whose names are listed, as `${x##[a-z]}` is an innocent script).
const COMMANDS: [&str; 15] = [
    "vso[",
    "teamcity[",
    "[add-",
    "[command",
    "[debug",
    "[echo",
    "[endgroup",
    "[error",
    "[group",
    "[notice",
    "[remove-",
    "[save-",
    "[section",
    "[set-",
    "[warning",
];

/// Whether `rest` begins with the second number sign of a command to a build server; `before` is what stands before it. A
/// file that is checked must not command the server that checks it.
pub(crate) fn is_command(before: &str, rest: &str) -> bool {
    let Some(name) = rest.strip_prefix('#').filter(|_| before.ends_with('#')) else { return false };
    COMMANDS.iter().any(|c| name.get(..c.len()).is_some_and(|head| head.eq_ignore_ascii_case(c)))
}

/// Appends `c`, spelled out as `<U+001B>` if it is unsafe.
pub(crate) fn push(out: &mut String, c: char) {
    if is_unsafe(c) { spell(out, c) } else { out.push(c) }
}

/// Appends `<U+001B>` for U+001B.
pub(crate) fn spell(out: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<U+{:04X}>", c as u32);
}

/// Appends a line. GitHub Actions takes one that begins with `::` for a command, whatever the blanks before it.
fn push_line(out: &mut String, line: &str) {
    let indent = line.len() - line.trim_start().len();
    let command = line.trim_start().starts_with("::");
    for (at, c) in line.char_indices() {
        let (before, rest) = line.split_at(at);
        match c {
            ':' if command && at == indent => spell(out, c),
            '#' if is_command(before, rest) => spell(out, c),
            _ => push(out, c),
        }
    }
}

/// `text` with every unsafe character and every beginning of a command spelled out; line breaks stay, without their `\r`.
pub fn visible(text: &str) -> Cow<'_, str> {
    let commands = text.contains("##") || text.contains("::");
    if !commands && !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        push_line(&mut out, line.strip_suffix('\r').unwrap_or(line));
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
    fn build_servers_are_not_commanded() {
        assert_eq!(visible("a ##vso[task.complete]"), "a #<U+0023>vso[task.complete]");
        assert_eq!(visible("###TeamCity[x] ##[error]y"), "##<U+0023>TeamCity[x] #<U+0023>[error]y");
        assert_eq!(visible("a::b\n \t::add-mask::x"), "a::b\n \t<U+003A>:add-mask::x");
        for text in ["${x##[a-z]}", "## vso[", "#vso[", "a\n:b", "[::1]:80", "x ::error"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line("a\r\n  b\tc\n"), "a b c");
        assert_eq!(one_line("a\rb"), "a<U+000D>b");
    }
}
