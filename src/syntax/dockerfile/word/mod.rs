//! Words: quotes, escapes and `$variables` as BuildKit's own small shell reads them (its `shell` package).
//!
//! It is not `sh`: there is no command substitution, `\` inside `'..'` is kept, and the escape character is the one of
//! the file.

use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::text::{Text, TextBuilder};

mod lexer;
mod pattern;

pub(super) use lexer::{Lexer, Mode};

/// A word with its quotes and escapes resolved and its variables substituted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The value. Substituted parts stand for the bytes of `$VAR`, default words for their own. Empty after an error.
    pub value: Text,
    /// The variables it names, in order of the text, those inside default words too.
    pub variables: Vec<VariableUse>,
    /// Why it cannot be expanded; at most one, as reading stops there.
    pub errors: Vec<SyntaxError>,
}

/// The words that a text expands to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordsExpansion {
    /// The words, split at white space outside quotes (in substituted values too), empty ones left out.
    pub words: Vec<Text>,
    /// As in [`Expansion`].
    pub variables: Vec<VariableUse>,
    /// As in [`Expansion`].
    pub errors: Vec<SyntaxError>,
}

/// `$NAME` or `${NAME..}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableUse {
    /// The name; may be a special parameter (`@`) or a number.
    pub name: String,
    /// From `$` to the end of the name or the closing brace.
    pub span: Span,
    /// Whether the lookup knew it.
    pub set: bool,
    /// Whether a word stands in when it is not set: `-`, `:-`.
    pub has_default: bool,
    /// What follows the name in braces: `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`, `%`, `/`; empty when nothing does.
    pub modifier: &'static str,
}

/// Expands one word (BuildKit's `ProcessWord`): white space in it is kept. `escape` is the file's escape character.
pub fn expand(word: &Text, escape: char, lookup: &dyn Fn(&str) -> Option<String>) -> Expansion {
    single(word, Mode::value(escape), lookup)
}

/// Expands a text to words (BuildKit's `ProcessWords`).
pub fn expand_words(word: &Text, escape: char, lookup: &dyn Fn(&str) -> Option<String>) -> WordsExpansion {
    let mut lexer = Lexer::new(word, Mode::value(escape), lookup);
    let (words, errors) = lexer.words().map_or_else(|e| (Vec::new(), vec![*e]), |w| (w, Vec::new()));
    WordsExpansion { words, variables: lexer.into_variables(), errors }
}

/// Expands the body of a heredoc that COPY or ADD writes: quotes mean nothing in it and `\` escapes.
pub fn expand_heredoc(body: &Text, lookup: &dyn Fn(&str) -> Option<String>) -> Expansion {
    single(body, Mode { quotes: false, ..Mode::value('\\') }, lookup)
}

fn single(word: &Text, mode: Mode, lookup: &dyn Fn(&str) -> Option<String>) -> Expansion {
    let mut lexer = Lexer::new(word, mode, lookup);
    let (value, errors) = match lexer.word() {
        Ok(value) => (value, Vec::new()),
        Err(e) => (TextBuilder::new(word.file()).finish(word.span().start as usize), vec![*e]),
    };
    Expansion { value, variables: lexer.into_variables(), errors }
}

#[cfg(test)]
mod tests;
