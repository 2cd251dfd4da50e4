//! One pattern of an ignore file, with the meaning that moby's `patternmatcher` gives it.

use crate::source::Span;
use crate::source::clean_path;
use crate::syntax::glob::{self, Fault, Glob};
use crate::syntax::text::Text;

/// One line of an ignore file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pattern as written, without `!` and the white space around it.
    pub text: Text,
    /// Whether it brings back what earlier patterns left out: `!keep.txt`.
    pub negated: bool,
    /// The line without white space around it, `!` included.
    pub span: Span,
    /// The pattern that is compared with paths: no `.`, `..`, leading, doubled or trailing `/` where that can be.
    pub cleaned: String,
    pub(super) meaning: Meaning,
}

/// What a pattern matches. Three forms are compared as plain text; that is how they differ from what they look like:
/// `dir/**` does not match `dir`, and `**.md` matches in every folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Exactly this path.
    Exact,
    /// Paths that begin with the pattern up to its `**`.
    Prefix,
    /// Paths that end with what follows its `**`.
    Suffix,
    /// Whatever this matches.
    Glob(Glob),
    /// Nothing that is known: it is refused, or not modelled.
    None(Fault),
}

impl Pattern {
    /// Reads a pattern; the text may start with `!`.
    pub(super) fn new(line: &Text) -> Pattern {
        let span = line.span();
        let (text, negated) = match line.starts_with('!') {
            true => (line.slice(1..line.len()).trim(), true),
            false => (line.clone(), false),
        };
        let sign = if negated { "!" } else { "" };
        // The reader of the file cleans the pattern, the matcher cleans it again, sign and all. It shows in `!/`, which
        // becomes a `!` alone.
        let read = if text.is_empty() { String::new() } else { clean_path(&text) };
        let read = if read.len() > 1 { read.strip_prefix('/').unwrap_or(&read) } else { &read };
        let cleaned = clean_path(&format!("{sign}{read}"));
        let cleaned = cleaned.strip_prefix(sign).unwrap_or(&cleaned).to_string();
        let meaning = meaning(&cleaned);
        Pattern { text, negated, span, cleaned, meaning }
    }

    /// Whether it matches this very path, not what is in it. Paths are relative to the context, clean, with `/`.
    pub fn matches(&self, path: &str) -> bool {
        match &self.meaning {
            Meaning::Exact => path == self.cleaned,
            Meaning::Prefix => path.starts_with(self.cleaned.strip_suffix("**").unwrap_or(&self.cleaned)),
            Meaning::Suffix => {
                let suffix = self.cleaned.strip_prefix("**").unwrap_or(&self.cleaned);
                path.ends_with(suffix) || suffix.strip_prefix('/') == Some(path)
            }
            Meaning::Glob(glob) => glob.matches(path),
            Meaning::None(_) => false,
        }
    }

    /// Why it has no meaning: the reference tool refuses it, or what it does with it is not modelled.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.meaning {
            Meaning::None(fault) => Some(fault),
            _ => None,
        }
    }

    /// Whether it could match something in `folder`, at any depth. `false` is certain.
    pub fn may_match_below(&self, folder: &str) -> bool {
        if folder.is_empty() || self.cleaned.contains("**") || matches!(self.meaning, Meaning::None(_)) {
            return true;
        }
        // A class may hold a `/`, and `\` may be followed by one.
        if self.cleaned.contains(['[', '\\', '^']) {
            return true;
        }
        let mut parts = self.cleaned.split('/');
        let fits = |part: &str| match parts.next() {
            Some(pattern) => Glob::shell(pattern).is_ok_and(|g| g.matches(part)),
            None => true,
        };
        folder.split('/').all(fits)
    }
}

/// What a cleaned pattern means. The steps are those of moby's `Pattern.compile` on a system with `/`.
fn meaning(pattern: &str) -> Meaning {
    if pattern.is_empty() {
        return Meaning::None(Fault::Refused("brings back nothing: no pattern follows".into()));
    }
    if let Err(fault) = glob::check(pattern) {
        return Meaning::None(fault);
    }
    let mut expression = String::with_capacity(pattern.len() + 16);
    let mut meaning = Meaning::Exact;
    // Stands for "needs the expression", which is compiled at the end.
    let needs_expression = || Meaning::None(Fault::Unmodelled);
    let mut chars = pattern.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_some() {
                    expression.push_str(glob::FOLDERS);
                    meaning = needs_expression();
                } else if meaning == Meaning::Exact {
                    meaning = Meaning::Prefix;
                } else {
                    expression.push_str(".*");
                    meaning = needs_expression();
                }
                if first {
                    meaning = Meaning::Suffix;
                }
            }
            '*' | '?' => {
                expression.push_str(if c == '*' { "[^/]*" } else { "[^/]" });
                meaning = needs_expression();
            }
            '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => expression.extend(['\\', c]),
            '\\' => {
                // At the end it would escape the sign that ends the expression.
                let Some(next) = chars.next() else { return Meaning::None(Fault::Unmodelled) };
                expression.extend(['\\', next]);
                meaning = needs_expression();
            }
            '[' | ']' => {
                expression.push(c);
                meaning = needs_expression();
            }
            c => expression.push(c),
        }
        first = false;
    }
    match meaning {
        Meaning::None(_) => Glob::regex(&expression).map_or_else(Meaning::None, Meaning::Glob),
        plain => plain,
    }
}
