//! A logical line, split: keyword, flags, arguments; and arguments into words.

use std::ops::Range;

use super::tree::Flag;
use crate::syntax::text::{Text, TextBuilder};

/// The white space between words to BuildKit.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0b' | '\x0c' | '\r')
}

/// The parts of a logical line.
pub(super) struct Parts {
    pub name: Text,
    pub flags: Vec<Flag>,
    pub args: Text,
}

/// Splits `line` at its first blank, then takes the flags off.
pub(super) fn split(line: &Text) -> Parts {
    let Range { start, end } = trimmed(line, 0..line.len());
    let all = line.get(start..end).unwrap_or("");
    let name = start..start + all.find(is_blank).unwrap_or(all.len());
    let rest = line.get(name.end..end).unwrap_or("");
    let (flags, args) = flags(line, end - rest.trim_start_matches(is_blank).len()..end);
    let args = trimmed(line, args..end);
    Parts { name: line.slice(name), flags, args: line.slice(args) }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or("");
    let start = range.end - part.trim_start().len();
    start..(range.start + part.trim_end().len()).max(start)
}

/// The flags at the start of `range`, and where the arguments begin. `--` ends the flags; so does any word that does
/// not begin with `--`. Quotes and `\` (whatever the escape directive says) work in flags.
fn flags(line: &Text, range: Range<usize>) -> (Vec<Flag>, usize) {
    let mut flags = Vec::new();
    let mut at = range.start;
    loop {
        let rest = line.get(at..range.end).unwrap_or("");
        let word = rest.trim_start();
        at = range.end - word.len();
        if !word.starts_with("--") {
            return (flags, at);
        }
        let (text, end) = flag_word(line, at..range.end);
        if text.as_str() == "--" {
            return (flags, end);
        }
        flags.push(flag(line, &text, at..end));
        at = end;
    }
}

fn flag(line: &Text, text: &Text, written: Range<usize>) -> Flag {
    let span = line.span_of(written);
    let text = text.slice(2..text.len());
    match text.split_once('=') {
        Some((name, value)) => Flag { span, name, value: Some(place_empty(value, span.end)) },
        None => Flag { span, name: text, value: None },
    }
}

/// The value of `--x=` stands at the end of the flag.
fn place_empty(value: Text, end: u32) -> Text {
    if value.is_empty() { TextBuilder::new(value.file()).finish(end as usize) } else { value }
}

/// One word of flags with quotes and escapes resolved, and where it ends.
fn flag_word(line: &Text, range: Range<usize>) -> (Text, usize) {
    let mut out = TextBuilder::new(line.file());
    let mut at = range.start;
    let mut quote = None;
    loop {
        let rest = line.get(at..range.end).unwrap_or("");
        let special = |c: char| c == '\\' || quote.map_or_else(|| c == '\'' || c == '"' || c.is_whitespace(), |q| c == q);
        let run = rest.find(special).unwrap_or(rest.len());
        out.push_slice(line, at..at + run);
        at += run;
        let mut chars = rest.get(run..).unwrap_or("").chars();
        match chars.next() {
            None => break,
            Some('\\') => {
                let escaped = chars.next().map_or(0, char::len_utf8);
                out.push_slice(line, at + 1..at + 1 + escaped);
                at += 1 + escaped;
            }
            Some(c) if quote == Some(c) => {
                quote = None;
                at += 1;
            }
            Some(c @ ('\'' | '"')) => {
                quote = Some(c);
                at += 1;
            }
            Some(_) => break,
        }
    }
    let place = line.span_of(range.start..at).start as usize;
    (out.finish(place), at)
}

/// The words of `args` between blanks; quotes mean nothing.
pub(super) fn blank_separated(args: &Text) -> Vec<Text> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = args.get(at..).filter(|r| !r.is_empty()) {
        let word = rest.find(is_blank).unwrap_or(rest.len());
        if word > 0 {
            out.push(args.slice(at..at + word));
        }
        let rest = rest.get(word..).unwrap_or("");
        at = args.len() - rest.trim_start_matches(is_blank).len();
    }
    out
}

/// The words of `args` between white space that is neither quoted nor escaped, as byte ranges; quotes and escapes stay
/// in them.
pub(super) fn quoted_words(args: &str, escape: char) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = args.get(at..).unwrap_or("").trim_start();
            if rest.is_empty() {
                return None;
            }
            let start = args.len() - rest.len();
            let (end, next) = word_end(rest, escape);
            at = start + next;
            if end > 0 {
                return Some(start..start + end);
            }
        }
    })
}

/// Where the word at the start of `text` ends, and where to go on: an escape at the very end is no part of it.
fn word_end(text: &str, escape: char) -> (usize, usize) {
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == escape && quote != Some('\'') {
            if chars.next().is_none() {
                return (at, text.len());
            }
            continue;
        }
        match quote {
            None if c.is_whitespace() => return (at, at),
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(q) if c == q => quote = None,
            _ => {}
        }
    }
    (text.len(), text.len())
}
