//! Words: from the bytes as written to literals, variables and substitutions, each with its place.

use super::ast::{Assignment, PartKind, Variable, Word, WordPart};
use super::scan::{self, Expansion};
use crate::syntax::text::{Text, TextBuilder};

/// What a stretch of text is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// A word of a command.
    Word,
    /// The operand of an expansion inside double quotes, or an arithmetic expression: single quotes and globs are plain characters.
    Quoted,
    /// The body of a here-document: double quotes are plain characters too.
    Heredoc,
}

/// Reads a word as it is written. `depth` is how deep the script nests already.
pub(super) fn word(text: Text, depth: usize) -> Word {
    read(text, Mode::Word, depth)
}

/// A word that is what it is: an element of the exec form.
pub(super) fn verbatim(text: &Text) -> Word {
    let part = WordPart { kind: PartKind::Literal, text: text.clone(), quoted: true };
    Word { text: text.clone(), literal: Some(text.clone()), parts: vec![part], quoted: true }
}

/// The text and expansions of a here-document.
pub(super) fn heredoc(body: &Text, depth: usize) -> Vec<WordPart> {
    read(body.clone(), Mode::Heredoc, depth).parts
}

/// The expression between `((` and `))`.
pub(super) fn arithmetic(text: Text, depth: usize) -> Word {
    read(text, Mode::Quoted, depth)
}

/// The texts of `parts`, one after the other; `whole` has the place, should they be empty.
pub(super) fn concat(parts: &[WordPart], whole: &Text) -> Text {
    let mut out = TextBuilder::new(whole.file());
    for part in parts {
        out.push_slice(&part.text, 0..part.text.len());
    }
    out.finish(whole.span().start as usize)
}

/// `text` as `name=value`; `elements` are those of an array.
pub(super) fn assignment(text: &Text, elements: Vec<Text>, depth: usize) -> Option<Assignment> {
    let (name_len, value_at) = assignment_at(text)?;
    let value = text.slice(value_at..text.len());
    let is_array = value.starts_with('(');
    Some(Assignment {
        name: text.slice(0..name_len),
        value: (!is_array).then(|| word(value, depth)),
        elements: elements.into_iter().map(|e| word(e, depth)).collect(),
        append: text.get(..value_at)?.ends_with("+="),
        span: text.span(),
    })
}

/// Whether `text` has the form of `name=value`.
pub(super) fn is_assignment(text: &str) -> bool {
    assignment_at(text).is_some()
}

/// Where the name ends and the value begins.
fn assignment_at(text: &str) -> Option<(usize, usize)> {
    let name_len = name_length(text);
    let after = match text.get(name_len..)? {
        rest if rest.starts_with('[') => name_len + rest.find(']')? + 1,
        _ => name_len,
    };
    let rest = text.get(after..)?;
    let operator = if rest.starts_with("+=") { 2 } else { usize::from(rest.starts_with('=')) };
    (name_len > 0 && operator > 0).then_some((name_len, after + operator))
}

/// Length of the variable name that `text` begins with, 0 if there is none.
fn name_length(text: &str) -> usize {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    if text.starts_with(|c: char| c.is_ascii_digit()) { 0 } else { text.bytes().take_while(|b| is_name(b)).count() }
}

fn read(text: Text, mode: Mode, depth: usize) -> Word {
    if mode == Mode::Word && text.bytes().all(is_plain) {
        let part = WordPart { kind: PartKind::Literal, text: text.clone(), quoted: false };
        let parts = if text.is_empty() { Vec::new() } else { vec![part] };
        return Word { literal: Some(text.clone()), text, parts, quoted: false };
    }
    let mut reader = Reader { text: &text, mode, depth, pos: 0, parts: Vec::new(), literal: None, quoted: false };
    reader.run();
    let Reader { parts, quoted, .. } = reader;
    let is_static = parts.iter().all(|p| matches!(p.kind, PartKind::Literal | PartKind::Glob));
    let literal = is_static.then(|| concat(&parts, &text));
    Word { text, literal, parts, quoted }
}

/// Nothing that a word gives a meaning to.
fn is_plain(byte: u8) -> bool {
    !matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`' | b'<' | b'>' | b'(' | b'*' | b'?' | b'[')
}

struct Reader<'a> {
    text: &'a Text,
    mode: Mode,
    depth: usize,
    pos: usize,
    parts: Vec<WordPart>,
    /// The literal that is being read, and whether it is quoted.
    literal: Option<(TextBuilder, bool)>,
    quoted: bool,
}

impl Reader<'_> {
    fn at(&self, pos: usize) -> u8 {
        self.text.as_bytes().get(pos).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        while self.pos < self.text.len() {
            match self.mode {
                Mode::Word => self.unquoted(),
                Mode::Quoted if self.at(self.pos) == b'"' => self.double(self.pos + 1),
                Mode::Quoted | Mode::Heredoc => self.in_double(),
            }
        }
        self.flush();
    }

    fn unquoted(&mut self) {
        let start = self.pos;
        let next = self.at(start + 1);
        match self.at(start) {
            b'\\' if next == b'\n' => self.pos += 2,
            b'\\' => {
                self.quoted = true;
                self.escaped();
            }
            b'\'' => self.single(),
            b'"' => self.double(start + 1),
            b'$' if next == b'\'' => self.ansi(),
            b'$' if next == b'"' => self.double(start + 2),
            b'$' | b'`' => self.expansion(false),
            b'<' | b'>' if next == b'(' => self.expansion(false),
            b'*' | b'?' => self.glob(start + 1),
            b'[' => match self.bracket() {
                Some(end) => self.glob(end),
                None => self.character(false),
            },
            b'(' if matches!(self.at(start.wrapping_sub(1)), b'*' | b'?' | b'+' | b'@' | b'!') => self.group(),
            _ => self.run_of(false, |b| !is_plain(b)),
        }
    }

    /// One step inside double quotes, or in a here-document.
    fn in_double(&mut self) {
        let start = self.pos;
        let next = self.at(start + 1);
        let quote = self.mode != Mode::Heredoc;
        match self.at(start) {
            b'\\' if next == b'\n' => self.pos += 2,
            b'\\' if matches!(next, b'$' | b'`' | b'\\') || (next == b'"' && quote) => self.escaped(),
            b'$' | b'`' => self.expansion(true),
            b'\\' => self.character(true),
            _ => self.run_of(true, |b| matches!(b, b'\\' | b'$' | b'`') || (b == b'"' && quote)),
        }
    }

    /// Double quotes whose content begins at `from`.
    fn double(&mut self, from: usize) {
        let before = self.parts.len();
        self.quoted = true;
        self.pos = from;
        while self.pos < self.text.len() && self.at(self.pos) != b'"' {
            self.in_double();
        }
        if self.parts.len() == before && self.literal.is_none() {
            // `""` is an empty word, not none.
            self.begin_literal(true);
        }
        self.pos = (self.pos + 1).min(self.text.len());
    }

    fn single(&mut self) {
        let start = self.pos;
        let (end, closed) = scan::single_quoted(self.text, start, false);
        self.begin_literal(true);
        self.quoted = true;
        self.push(start + 1, if closed { end - 1 } else { end }, true);
        self.pos = end;
    }

    /// `$'..'`
    fn ansi(&mut self) {
        let (end, closed) = scan::single_quoted(self.text, self.pos, true);
        let last = if closed { end - 1 } else { end };
        self.begin_literal(true);
        self.quoted = true;
        self.pos += 2;
        while self.pos < last {
            if self.at(self.pos) == b'\\' {
                self.ansi_escape(last);
            } else {
                let from = self.pos;
                let rest = self.text.as_bytes().get(from..last).unwrap_or(&[]);
                let to = rest.iter().position(|&b| b == b'\\').map_or(last, |n| from + n);
                self.push(from, to, true);
                self.pos = to;
            }
        }
        self.pos = end;
    }

    fn ansi_escape(&mut self, last: usize) {
        let start = self.pos;
        let simple = match self.at(start + 1) {
            b'n' => Some('\n'),
            b't' => Some('\t'),
            b'r' => Some('\r'),
            b'a' => Some('\u{7}'),
            b'b' => Some('\u{8}'),
            b'e' | b'E' => Some('\u{1b}'),
            b'f' => Some('\u{c}'),
            b'v' => Some('\u{b}'),
            _ => None,
        };
        if let Some(c) = simple {
            self.pos = (start + 2).min(last);
            return self.replace(start, c);
        }
        let (radix, from, most) = match self.at(start + 1) {
            b'x' => (16, start + 2, 2),
            b'u' => (16, start + 2, 4),
            b'U' => (16, start + 2, 8),
            b'0'..=b'7' => (8, start + 1, 3),
            b'\'' | b'"' | b'\\' | b'?' => return self.escaped(),
            _ => return self.character(true),
        };
        let digits: String = self.text.get(from..last).unwrap_or("").chars().take(most).take_while(|c| c.is_digit(radix)).collect();
        match u32::from_str_radix(&digits, radix).ok().and_then(char::from_u32) {
            Some(c) => {
                self.pos = from + digits.len();
                self.replace(start, c);
            }
            None => self.character(true),
        }
    }

    /// A backslash and the character it stands for.
    fn escaped(&mut self) {
        let start = self.pos;
        match self.text.get(start + 1..).and_then(|s| s.chars().next()) {
            Some(c) => {
                self.pos = start + 1 + c.len_utf8();
                self.replace(start, c);
            }
            None => self.character(true),
        }
    }

    /// Puts `c` in place of the bytes from `start` to the current place.
    fn replace(&mut self, start: usize, c: char) {
        let source = self.text.span_of(start..self.pos).range();
        self.begin_literal(true).push_replaced(c.encode_utf8(&mut [0; 4]), source);
    }

    /// Takes one character as it is.
    fn character(&mut self, quoted: bool) {
        let len = self.text.get(self.pos..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8);
        self.push(self.pos, self.pos + len, quoted);
        self.pos += len;
    }

    /// Takes everything up to the next byte that `stop` stops at, at least one character.
    fn run_of(&mut self, quoted: bool, stop: impl Fn(u8) -> bool) {
        let start = self.pos;
        let rest = self.text.as_bytes().get(start..).unwrap_or(&[]);
        let len = rest.iter().position(|&b| stop(b)).unwrap_or(rest.len());
        if len == 0 {
            return self.character(quoted);
        }
        self.push(start, start + len, quoted);
        self.pos = start + len;
    }

    fn push(&mut self, from: usize, to: usize, quoted: bool) {
        let text = self.text;
        self.begin_literal(quoted).push_slice(text, from..to);
    }

    fn begin_literal(&mut self, quoted: bool) -> &mut TextBuilder {
        if self.literal.as_ref().is_some_and(|(_, q)| *q != quoted) {
            self.flush();
        }
        let file = self.text.file();
        &mut self.literal.get_or_insert_with(|| (TextBuilder::new(file), quoted)).0
    }

    fn flush(&mut self) {
        let at = self.text.span_of(self.pos..self.pos).start as usize;
        if let Some((builder, quoted)) = self.literal.take() {
            self.parts.push(WordPart { kind: PartKind::Literal, text: builder.finish(at), quoted });
        }
    }

    fn part(&mut self, kind: PartKind, end: usize, quoted: bool) {
        self.flush();
        self.parts.push(WordPart { kind, text: self.text.slice(self.pos..end), quoted });
        self.pos = end;
    }

    fn glob(&mut self, end: usize) {
        self.part(PartKind::Glob, end, false);
    }

    /// The end of the `[..]` at the current place, when it is one.
    fn bracket(&self) -> Option<usize> {
        let rest = self.text.as_bytes().get(self.pos..)?;
        // A set is short; to look further would cost the square of the length on a row of `[`.
        let most = rest.get(..rest.len().min(256))?;
        let first = if matches!(most.get(1), Some(b'!' | b'^')) { 3 } else { 2 };
        let close = most.iter().skip(first).position(|&b| b == b']')? + first;
        let inside = most.get(1..close)?;
        inside.iter().all(|b| !matches!(b, b'\'' | b'"' | b'$' | b'`' | b'\\' | b'/')).then_some(self.pos + close + 1)
    }

    /// The alternatives of `@(a|b)`, after the character before the parenthesis.
    fn group(&mut self) {
        let end = scan::expansion(self.text, self.pos, false).map_or(self.text.len(), |f| f.end);
        self.glob(end);
    }

    fn expansion(&mut self, quoted: bool) {
        let start = self.pos;
        let Some(found) = scan::expansion(self.text, start, quoted) else { return self.character(quoted) };
        let end = found.end;
        let last = if found.closed { end - 1 } else { end };
        let kind = match found.kind {
            Expansion::Name => variable(self.text.slice(start + 1..end)),
            Expansion::Parameter => self.parameter(start + 2, last, quoted),
            Expansion::Command => PartKind::Command(super::parse_at(&self.text.slice(start + 2..last), self.depth + 1)),
            Expansion::Process => PartKind::Process(super::parse_at(&self.text.slice(start + 2..last), self.depth + 1)),
            Expansion::Backtick => {
                let script = self.without_escapes(start + 1, last, quoted);
                PartKind::Command(super::parse_at(&script, self.depth + 1))
            }
            Expansion::Arithmetic => {
                let inside = self.text.slice(start + 3..if found.closed { end - 2 } else { end });
                PartKind::Arithmetic(self.operand(inside, Mode::Quoted).parts)
            }
            Expansion::Group => PartKind::Unknown,
        };
        self.part(kind, end, quoted);
    }

    /// The script between backticks: `` \` ``, `\$` and `\\` lose their backslash, in double quotes `\"` as well.
    fn without_escapes(&self, start: usize, end: usize, quoted: bool) -> Text {
        let mut out = TextBuilder::new(self.text.file());
        let (mut from, mut i) = (start, start);
        while i < end {
            if self.at(i) != b'\\' {
                i += 1;
                continue;
            }
            let escaped = self.at(i + 1);
            if i + 1 < end && (matches!(escaped, b'`' | b'$' | b'\\') || (quoted && escaped == b'"')) {
                out.push_slice(self.text, from..i);
                out.push_replaced(char::from(escaped).encode_utf8(&mut [0; 4]), self.text.span_of(i..i + 2).range());
                from = i + 2;
            }
            i += 2;
        }
        out.push_slice(self.text, from.min(end)..end);
        out.finish(self.text.span_of(start..start).start as usize)
    }

    /// What stands between `${` and `}`.
    fn parameter(&self, start: usize, end: usize, quoted: bool) -> PartKind {
        let inside = self.text.get(start..end).unwrap_or("");
        let prefix = usize::from(inside.len() > 1 && inside.starts_with(['#', '!']) && name_or_special(inside.get(1..).unwrap_or("")) > 0);
        let len = name_or_special(inside.get(prefix..).unwrap_or(""));
        if len == 0 {
            return PartKind::Unknown;
        }
        let name_end = start + prefix + len;
        let name = self.text.slice(start + prefix..name_end);
        let rest = self.text.get(name_end..end).unwrap_or("");
        let subscript = if rest.starts_with('[') { rest.find(']').map_or(0, |n| n + 1) } else { 0 };
        let rest = rest.get(subscript..).unwrap_or("");
        let operator = operator_length(rest);
        if prefix == 0 && operator == 0 && !rest.is_empty() {
            return PartKind::Unknown;
        }
        let operator_at = name_end + subscript;
        let operand_at = operator_at + operator;
        let (operator, operand) = match (operator, prefix) {
            (0, 0) => (None, None),
            (0, _) => (Some(self.text.slice(start..start + 1)), None),
            _ => {
                let mode = if quoted { Mode::Quoted } else { Mode::Word };
                let operand = self.text.slice(operand_at..end);
                (Some(self.text.slice(operator_at..operand_at)), Some(self.operand(operand, mode)))
            }
        };
        PartKind::Variable(Variable { name, operator, operand })
    }

    fn operand(&self, text: Text, mode: Mode) -> Box<Word> {
        let depth = self.depth + 1;
        if depth < super::MAX_DEPTH {
            return Box::new(read(text, mode, depth));
        }
        let part = WordPart { kind: PartKind::Unknown, text: text.clone(), quoted: mode == Mode::Quoted };
        Box::new(Word { text, literal: None, parts: vec![part], quoted: false })
    }
}

fn variable(name: Text) -> PartKind {
    PartKind::Variable(Variable { name, operator: None, operand: None })
}

/// Length of the parameter name that `text` begins with: a name, a number or a special character.
fn name_or_special(text: &str) -> usize {
    match text.bytes().next() {
        Some(b'0'..=b'9') => text.bytes().take_while(u8::is_ascii_digit).count(),
        Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => 1,
        _ => name_length(text),
    }
}

/// Length of the operator that `text` begins with, 0 if it is none.
fn operator_length(text: &str) -> usize {
    const TWO: [&str; 9] = [":-", ":=", ":?", ":+", "##", "%%", "//", "^^", ",,"];
    if TWO.iter().any(|op| text.starts_with(op)) {
        return 2;
    }
    usize::from(text.starts_with([':', '-', '=', '?', '+', '#', '%', '/', '^', ',', '@', '*']))
}
