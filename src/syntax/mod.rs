//! TREES: lossless, never fail. What the text says, with the bytes of every part; not yet what it means.

pub mod dockerfile;
pub mod dockerignore;
pub mod glob;
pub mod shell;
pub mod text;
pub mod yaml;

use crate::source::{Source, Span};

/// A tree and what was wrong with the text. Parsing always yields a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parse<T> {
    /// The tree, with error nodes where the text is broken.
    pub tree: T,
    /// Everything that was wrong, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

/// One thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Stable kebab-case name of the kind, as `unknown-instruction`.
    pub code: &'static str,
    /// Whether the reference tool refuses the file for it (`false`: it only warns or misreads).
    pub fatal: bool,
    /// The bytes to look at.
    pub span: Span,
    /// What is wrong, lower case, naming the thing.
    pub message: String,
    /// What to write instead, when that is known.
    pub help: Option<String>,
    /// Text that would mend it, in place of `span`.
    pub replacement: Option<String>,
    /// Related places with a note each.
    pub related: Vec<(Span, String)>,
}

impl SyntaxError {
    /// A fatal error at `span`; add to it with the other methods.
    pub fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        SyntaxError { code, fatal: true, span, message, help: None, replacement: None, related: Vec::new() }
    }

    /// Marks it as something the reference tool does not refuse.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.fatal = false;
        self
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the text that would mend it, in place of the span.
    #[must_use]
    pub fn replace(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, span: Span, note: impl Into<String>) -> Self {
        self.related.push((span, note.into()));
        self
    }
}

/// The error that a file is not UTF-8, at the first place where it is not.
pub fn not_utf8(source: &Source) -> Option<SyntaxError> {
    let first = source.bad_utf8.first()?;
    let span = Span::new(source.id, first.start, first.end);
    Some(SyntaxError::new("invalid-utf-8", span, "these bytes are not UTF-8").help("save the file as UTF-8"))
}
