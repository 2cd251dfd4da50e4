//! Heredoc markers and bodies.

use super::lines::{Line, Lines};
use super::tree::Heredoc;
use super::word::{Lexer, Mode};
use crate::source::{FileId, Span};
use crate::syntax::SyntaxError;
use crate::syntax::text::{Text, TextBuilder};

/// `3<<-"EOF"`, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub span: Span,
    pub name: Text,
    pub fd: u32,
    pub chomp: bool,
    pub expand: bool,
    /// Blanks stand between `<<` and the name.
    pub spaced: bool,
}

impl Marker {
    /// Blanks after `<<`, and then something that is rather an operand in arithmetic than the name of a heredoc.
    pub fn looks_like_a_shift(&self) -> bool {
        let operand = self.name.starts_with(|c: char| c.is_ascii_digit() || c == '$' || c == '(') || self.name.ends_with(')');
        self.spaced && operand
    }
}

/// The markers in a logical line, in order.
///
/// # Errors
/// What keeps BuildKit from reading the words of the line; it sees no heredoc in it then.
pub(super) fn markers(line: &Text) -> Result<Vec<Marker>, Box<SyntaxError>> {
    if !line.contains("<<") {
        return Ok(Vec::new());
    }
    let words = Lexer::new(line, Mode::marker(true), &|_| None).words()?;
    Ok(words.iter().filter_map(marker).collect())
}

/// Whether somewhere in the line `<<NAME` stands as a word, whatever is around it.
pub(super) fn seems_to_have_one(line: &str) -> bool {
    line.split_whitespace()
        .filter_map(|w| w.strip_prefix("<<"))
        .any(|rest| rest.trim_start_matches(['-', '"', '\'']).starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// The marker that a word with its quotes is: digits, `<<`, perhaps `-`, and one word without `<`.
pub(super) fn marker(word: &Text) -> Option<Marker> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (fd, rest) = word.split_at(digits);
    let rest = rest.strip_prefix("<<")?;
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |r| (true, r));
    if rest.contains('<') {
        return None;
    }
    let rest = word.slice(word.len() - rest.len()..word.len());
    let name = one_word(&rest, Mode::marker(false))?;
    let quoted = one_word(&rest, Mode::marker(true))?;
    let fd = if fd.is_empty() { 0 } else { fd.parse().unwrap_or(u32::MAX) };
    let spaced = rest.starts_with(char::is_whitespace);
    Some(Marker { span: word.span(), fd, chomp, expand: *name == *quoted, name, spaced })
}

fn one_word(text: &Text, mode: Mode) -> Option<Text> {
    let mut words = Lexer::new(text, mode, &|_| None).words().ok()?;
    if words.len() == 1 { words.pop() } else { None }
}

/// Reads the body of `marker` from `lines`. A body that is never ended takes only the lines up to the next that looks
/// like an instruction, so that one missing word does not hide the rest of the file. With `near` its end is not looked
/// for past such a line either.
pub(super) fn body(marker: Marker, file: FileId, text: &str, lines: &mut Lines, near: bool) -> Heredoc {
    let start = lines.offset();
    let ended = lines.clone().take_while(|l| !near || !starts_instruction(l.text)).find(|l| is_terminator(l, &marker));
    let end = match &ended {
        Some(terminator) => terminator.start,
        None => lines.clone().find(|l| starts_instruction(l.text)).map_or(text.len(), |l| l.start),
    };
    lines.seek(ended.map_or(end, |l| l.start + l.full.len()));
    let raw = text.get(start..end).unwrap_or("");
    let body = if marker.chomp { chomped(file, start, raw) } else { Text::verbatim(file, start, raw) };
    let Marker { span, name, fd, chomp, expand, .. } = marker;
    let terminator = ended.map(|l| Span::new(file, l.start, l.end()));
    Heredoc { marker: span, name, fd, chomp, expand, body, terminator }
}

fn is_terminator(line: &Line, marker: &Marker) -> bool {
    let text = if marker.chomp { line.text.trim_start_matches('\t') } else { line.text };
    text == marker.name.as_str()
}

/// Upper case and at the start of the line, as in nearly every Dockerfile; shell and configuration hardly look so.
fn starts_instruction(line: &str) -> bool {
    let word = line.split([' ', '\t']).next().unwrap_or("");
    word.len() < line.len() && super::Keyword::KNOWN.iter().any(|k| k.as_str() == word)
}

/// Drops the tabs that lines begin with.
fn chomped(file: FileId, start: usize, raw: &str) -> Text {
    let mut out = TextBuilder::new(file);
    let mut at = start;
    for line in raw.split_inclusive('\n') {
        let kept = line.trim_start_matches('\t');
        out.push_verbatim(at + line.len() - kept.len(), kept);
        at += line.len();
    }
    out.finish(start)
}
