//! Parser errors in words that say what to write.

use std::ops::Range;

use granit_parser::ErrorKind;

use super::build::{Failure, Why};
use super::check::shorten;
use super::{MAX_DEPTH, NODE_BUDGET};
use crate::source::{FileId, Span};
use crate::syntax::SyntaxError;

/// One error: what is wrong at `failure`, given that leaving out `culprit` mends it.
pub(super) fn describe(file: FileId, text: &str, failure: &Failure, culprit: Option<Range<usize>>) -> SyntaxError {
    let kind = match &failure.kind {
        Why::Syntax(kind) => kind,
        Why::TooManyNodes => {
            let span = Span::new(file, failure.at, failure.at);
            return SyntaxError::new("too-many-values", span, format!("the file has more than {NODE_BUDGET} values"))
                .help("split the file; Compose reads no larger one");
        }
    };
    let place = Place { file, text, at: failure.at };
    let far = culprit.as_ref().filter(|c| text.get(c.start..failure.at).is_some_and(|t| t.contains('\n')));
    // An open bracket or quote swallows the text up to the next one: the error is far from its cause, which the
    // repair found.
    if let (Some(open), Some(c)) = (failure.open, far)
        && c.start == open
    {
        return place.unclosed(open);
    }
    if let Some(error) = culprit.as_ref().and_then(|c| place.open_quote(c, kind)) {
        return error;
    }
    // `por` above `image: x` reads as the start of a value that goes on.
    if let Some(culprit) = far
        && *kind == ErrorKind::MappingValueNotAllowed
        && text.get(culprit.clone()).is_some_and(|t| !t.contains(':') && !t.starts_with('-'))
    {
        return Place { at: culprit.start, ..place }.no_colon();
    }
    place.by_kind(kind, failure)
}

struct Place<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
}

impl Place<'_> {
    fn error(&self, code: &'static str, range: Range<usize>, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(code, Span::new(self.file, range.start, range.end), message)
    }

    /// The first `len` characters at the place, at least an empty span.
    fn chars(&self, len: usize) -> Range<usize> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let bytes: usize = rest.chars().take(len).take_while(|c| *c != '\n').map(char::len_utf8).sum();
        self.at..self.at + bytes
    }

    /// From the place to the end of its line, without a comment.
    fn rest_of_line(&self) -> Range<usize> {
        let rest = self.text.get(self.at..).unwrap_or("").lines().next().unwrap_or("");
        let rest = rest.find(" #").map_or(rest, |i| rest.get(..i).unwrap_or(rest));
        self.at..self.at + rest.trim_end().len()
    }

    fn word(&self, range: Range<usize>) -> String {
        shorten(self.text.get(range).unwrap_or(""))
    }

    /// The quote that the left-out bytes leave open.
    fn open_quote(&self, culprit: &Range<usize>, kind: &ErrorKind) -> Option<SyntaxError> {
        let from_quote = matches!(
            kind,
            ErrorKind::UnclosedQuotedScalar
                | ErrorKind::InvalidTrailingDoubleQuotedScalar
                | ErrorKind::InvalidTrailingSingleQuotedScalar
                | ErrorKind::InvalidQuotedScalarIndent
                | ErrorKind::MappingValueNotAllowed
                | ErrorKind::ExpectedBlockMappingKey
                | ErrorKind::UnexpectedCharacter { .. }
        );
        let source = self.text.get(culprit.clone())?;
        if !from_quote {
            return None;
        }
        let (offset, quote) = unclosed_quote(source)?;
        let start = culprit.start + offset;
        let end = start + source.get(offset..)?.trim_end().len();
        let error = self.error("unclosed-quote", start..start + 1, format!("this `{quote}` is never closed"));
        Some(error.help(format!("close it: `{}{quote}`", self.word(start..end))))
    }

    fn by_kind(&self, kind: &ErrorKind, failure: &Failure) -> SyntaxError {
        match kind {
            ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabNotAllowed
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart => self.tab(),
            ErrorKind::UnclosedQuotedScalar => self
                .error("unclosed-quote", self.chars(1), format!("this `{}` is never closed", self.word(self.chars(1))))
                .help("add the closing quote"),
            ErrorKind::UnclosedFlowCollection { .. } => self.unclosed(self.at),
            ErrorKind::MismatchedFlowCollectionEnd { open, close } => self
                .error("mismatched-bracket", self.chars(1), format!("`{open}` is closed by `{close}`"))
                .help(format!("close it with `{}`", closing(*open))),
            ErrorKind::MisplacedFlowCollectionEnd => self
                .error("stray-bracket", self.chars(1), format!("`{}` closes nothing", self.word(self.chars(1))))
                .help("remove it, or quote the value"),
            ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => self.flow_separator(failure),
            ErrorKind::BlockEntryInFlowCollection => match failure.open {
                Some(open) => self.unclosed(open),
                None => {
                    self.error("stray-dash", self.chars(1), "a `- ` item cannot stand inside brackets").help("separate items with commas")
                }
            },
            ErrorKind::UnexpectedCharacter { character } => self.reserved(*character),
            ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => self.colon(),
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => self.no_colon(),
            ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => self.indentation(),
            ErrorKind::ExpectedBlockSequenceEntry => {
                let range = self.rest_of_line();
                self.error("expected-item", range, "expected another `- ` item of the list above")
                    .help("start the line with `- `, or indent it differently from the list if it does not belong to it")
            }
            ErrorKind::BlockSequenceEntryNotAllowed => self
                .error("stray-dash", self.chars(1), "a `- ` item cannot start here")
                .help("put the first item on a line of its own, below its key"),
            ErrorKind::InvalidTrailingDoubleQuotedScalar | ErrorKind::InvalidTrailingSingleQuotedScalar => self
                .error("text-after-quote", self.rest_of_line(), format!("`{}` follows the closing quote", self.word(self.rest_of_line())))
                .help("move it inside the quotes, or escape the quote that was meant as text"),
            ErrorKind::UnknownQuotedScalarEscape => self.escape(),
            ErrorKind::UndeclaredTagHandle => {
                let range = self.token();
                self.error("unknown-tag", range.clone(), format!("the tag `{}` uses a handle that is not declared", self.word(range)))
                    .help("quote the value if the `!` is part of it")
            }
            ErrorKind::MissingAnchorOrAliasName => {
                let range = self.rest_of_line();
                let sign = if self.text.get(range.clone()).is_some_and(|s| s.starts_with('&')) { '&' } else { '*' };
                let quoted = quote(self.text.get(range.clone()).unwrap_or(""));
                self.error("missing-name", range, format!("`{sign}` needs a name right after it"))
                    .help(format!("quote the value if `{sign}` is part of it: {quoted}"))
                    .replace(quoted)
            }
            ErrorKind::RecursionLimitExceeded => self
                .error("too-deep", self.chars(1), format!("values are nested more than {} levels deep", MAX_DEPTH / 2))
                .help("nest less"),
            ErrorKind::CommentNotSeparated => self
                .error("glued-comment", self.chars(1), "a comment needs a space before its `#`")
                .help("add the space, or quote the value")
                .replace(" #"),
            other => self
                .error("yaml", self.rest_of_line(), lower_first(&other.to_string()))
                .help("see that quotes, brackets and indentation match"),
        }
    }

    fn tab(&self) -> SyntaxError {
        let from = self.text.get(..self.at).unwrap_or("").rfind('\n').map_or(0, |i| i + 1);
        let tabs = |at: usize| self.text.get(at..).and_then(|t| t.find('\t')).map(|i| at + i);
        let start = tabs(from).unwrap_or(self.at);
        let len = self.text.get(start..).unwrap_or("").bytes().take_while(|b| *b == b'\t').count();
        self.error("tab", start..start + len, "YAML does not allow tabs as indentation")
            .help("indent with spaces")
            .replace("  ".repeat(len))
    }

    fn unclosed(&self, at: usize) -> SyntaxError {
        let open = self.bracket(at);
        let close = closing(open);
        self.error("unclosed-bracket", at..at + 1, format!("this `{open}` is never closed"))
            .help(format!("add `{close}`, or quote the value if `{open}` is part of it"))
    }

    fn bracket(&self, at: usize) -> char {
        self.text.get(at..).and_then(|t| t.chars().next()).unwrap_or('[')
    }

    fn flow_separator(&self, failure: &Failure) -> SyntaxError {
        let Some(open) = failure.open else {
            return self.error("missing-comma", self.chars(1), "expected `,` or a closing bracket").help("separate entries with commas");
        };
        let sign = self.bracket(open);
        self.error("missing-comma", self.chars(1), format!("expected `,` or `{}` here", closing(sign)))
            .help("separate entries with commas, and quote values that hold brackets or commas")
            .related(Span::new(self.file, open, open + 1), "opened here")
    }

    fn reserved(&self, character: char) -> SyntaxError {
        if character.is_control() {
            let message = format!("YAML does not allow the control character `{}`", character.escape_debug());
            return self
                .error("control-character", self.chars(1), message)
                .help("delete it, or write it as an escape in a double-quoted string");
        }
        let range = self.rest_of_line();
        let quoted = quote(self.text.get(range.clone()).unwrap_or(""));
        self.error("reserved-character", range, format!("a plain value cannot start with `{}`", character.escape_debug()))
            .help(format!("quote it: {quoted}"))
            .replace(quoted)
    }

    fn colon(&self) -> SyntaxError {
        let before = self.text.get(..self.at).unwrap_or("");
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let key = before.get(start..).unwrap_or("");
        let above = before.get(..start).unwrap_or("").lines().rev().find(|l| !l.trim().is_empty()).unwrap_or("");
        if !key.contains(": ") && indentation(key) > indentation(above) {
            let from = start + indentation(key);
            return self
                .error("indentation", from..self.at, "this key is indented deeper than the one above, which already has a value")
                .help("align it with the keys of the mapping it belongs to");
        }
        self.error("stray-colon", self.chars(1), "a `key: value` cannot start in the middle of a value")
            .help("quote the value if the colon is part of it, or put the key on a line of its own")
    }

    fn no_colon(&self) -> SyntaxError {
        let range = self.rest_of_line();
        let word = self.word(range.clone());
        self.error("missing-colon", range, format!("`{word}` has no `:` after it"))
            .help(format!("write `{word}:` and its value, or indent the line if it continues the value above"))
    }

    fn indentation(&self) -> SyntaxError {
        let range = self.rest_of_line();
        let source = self.text.get(range.clone()).unwrap_or("");
        if source.starts_with("- ") || source == "-" {
            return self
                .error("stray-dash", range, "a `- ` item stands between the keys of a mapping")
                .help("indent it below the key whose list it belongs to");
        }
        self.error("indentation", range, "the indentation of this line matches no key above it")
            .help("align it with the keys of the mapping it belongs to")
    }

    /// The parser names the string; the escape is in it.
    fn escape(&self) -> SyntaxError {
        let rest = self.text.get(self.at..).unwrap_or("");
        let mut chars = rest.char_indices();
        while let Some((i, c)) = chars.next() {
            if c != '\\' {
                continue;
            }
            let Some((_, escaped)) = chars.next() else { break };
            if !"0abt\tnvfre \"/\\N_LPxuU\n\r".contains(escaped) {
                let range = self.at + i..self.at + i + 1 + escaped.len_utf8();
                return self
                    .error("unknown-escape", range, format!("`\\{escaped}` is no escape of a double-quoted string"))
                    .help("double the backslash, or use single quotes")
                    .replace(format!("\\\\{escaped}"));
            }
        }
        self.error("unknown-escape", self.chars(1), "this string holds an unknown escape")
            .help("double the backslash, or use single quotes")
    }

    /// Up to the next white space.
    fn token(&self) -> Range<usize> {
        let rest = self.text.get(self.at..).unwrap_or("");
        self.at..self.at + rest.find(char::is_whitespace).unwrap_or(rest.len())
    }
}

/// The quote at which a string starts that does not end on this line.
fn unclosed_quote(line: &str) -> Option<(usize, char)> {
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    let mut chars = line.char_indices();
    while let Some((i, c)) = chars.next() {
        match open {
            Some((_, '"')) if c == '\\' => {
                chars.next();
            }
            Some((_, quote)) if c == quote => open = None,
            Some(_) => {}
            None if c == '#' && before.is_whitespace() => return None,
            None if (c == '"' || c == '\'') && (before.is_whitespace() || "[{,:-".contains(before)) => open = Some((i, c)),
            None => {}
        }
        before = c;
    }
    open
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn closing(open: char) -> char {
    if open == '{' { '}' } else { ']' }
}

fn quote(text: &str) -> String {
    if text.contains('\'') { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) } else { format!("'{text}'") }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}
