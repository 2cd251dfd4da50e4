//! Shell patterns in substitutions, `*` and `?` without brackets, turned into regular expressions as BuildKit does.

use std::fmt;

use regex::{NoExpand, Regex, RegexBuilder};

/// Patterns come from the file: bound what compiling one may cost.
const MAX_COMPILED: usize = 1 << 20;

/// Why a pattern is none.
#[derive(Debug)]
pub(super) enum BadPattern {
    /// `\` before a character that needs none.
    Escape(char),
    /// `\` at the end.
    OpenEscape,
    /// Too large to compile.
    TooLarge,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadPattern::Escape(c) => write!(f, "invalid escape `\\{}`", c.escape_debug()),
            BadPattern::OpenEscape => f.write_str("nothing follows `\\`"),
            BadPattern::TooLarge => f.write_str("it is too long"),
        }
    }
}

/// `value` without the shortest (or longest) prefix that matches.
pub(super) fn trim_prefix(pattern: &str, value: &str, longest: bool) -> Result<String, BadPattern> {
    let regex = compile(&tokens(pattern)?, longest, true)?;
    let end = regex.find(value).map_or(0, |m| m.end());
    Ok(value.get(end..).unwrap_or("").to_string())
}

/// `value` without the shortest (or longest) suffix that matches: a prefix of both reversed.
pub(super) fn trim_suffix(pattern: &str, value: &str, longest: bool) -> Result<String, BadPattern> {
    let mut tokens = tokens(pattern)?;
    tokens.reverse();
    let regex = compile(&tokens, longest, true)?;
    let reversed: String = value.chars().rev().collect();
    let end = regex.find(&reversed).map_or(0, |m| m.end());
    Ok(reversed.get(end..).unwrap_or("").chars().rev().collect())
}

/// `value` with the first (or every) match replaced.
pub(super) fn replace(pattern: &str, replacement: &str, value: &str, all: bool) -> Result<String, BadPattern> {
    let regex = compile(&tokens(pattern)?, true, false)?;
    Ok(regex.replacen(value, usize::from(!all), NoExpand(replacement)).into_owned())
}

enum Token {
    Many,
    One,
    Char(char),
}

fn tokens(pattern: &str) -> Result<Vec<Token>, BadPattern> {
    let mut out = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match c {
            '*' => Token::Many,
            '?' => Token::One,
            // These end parts of the substitution; the escape is not the pattern's.
            '\\' if matches!(chars.peek(), Some('}' | '/')) => continue,
            '\\' => match chars.next() {
                Some(c @ ('*' | '?' | '\\')) => Token::Char(c),
                Some(c) => return Err(BadPattern::Escape(c)),
                None => return Err(BadPattern::OpenEscape),
            },
            c => Token::Char(c),
        });
    }
    Ok(out)
}

fn compile(tokens: &[Token], greedy: bool, anchored: bool) -> Result<Regex, BadPattern> {
    let mut source = String::from(if anchored { "^" } else { "" });
    for token in tokens {
        match token {
            Token::Many => source.push_str(if greedy { ".*" } else { ".*?" }),
            Token::One => source.push('.'),
            Token::Char(c) => source.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    RegexBuilder::new(&source).size_limit(MAX_COMPILED).build().map_err(|_| BadPattern::TooLarge)
}
