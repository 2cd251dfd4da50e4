//! Globs as Go's `filepath.Match` reads them.

use std::iter::Peekable;
use std::str::Chars;

use super::class::Class;
use super::{Fault, Step};

/// Whether moby takes an ignore pattern at first sight: it compares it with `.` by `filepath.Match`, which complains only
/// about what it reads, and it stops reading where a stretch between two stars does not match.
pub fn check(pattern: &str) -> Result<(), Fault> {
    let mut name = Some('.');
    let mut rest = pattern;
    while !rest.is_empty() {
        let star = rest.starts_with('*');
        let (chunk, after) = split_chunk(rest.trim_start_matches('*'));
        if star && chunk.is_empty() {
            return Ok(());
        }
        let steps = steps(chunk)?;
        let fits = |name| after_chunk(&steps, name).filter(|left| left.is_none() || !after.is_empty());
        match fits(name).or_else(|| fits(None).filter(|_| star)) {
            Some(left) => name = left,
            None => return Ok(()),
        }
        rest = after;
    }
    Ok(())
}

/// The pattern up to the next star that is in no class, and the rest.
fn split_chunk(pattern: &str) -> (&str, &str) {
    let mut in_class = false;
    let mut escaped = false;
    let is_star = |(_, c): &(usize, char)| {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            _ => return *c == '*' && !in_class,
        }
        false
    };
    let end = pattern.char_indices().find(is_star).map_or(pattern.len(), |(at, _)| at);
    pattern.split_at(end)
}

/// What is left of a name of at most one character after steps that each take one; `None` when they do not match.
fn after_chunk(steps: &[Step], name: Option<char>) -> Option<Option<char>> {
    match (steps, name) {
        ([], name) => Some(name),
        ([Step::One(class)], Some(c)) if class.has(c) => Some(None),
        _ => None,
    }
}

/// The steps of a pattern.
pub(super) fn steps(pattern: &str) -> Result<Vec<Step>, Fault> {
    let mut steps = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        steps.push(match c {
            '*' => Step::Many(Class::NotSlash),
            '?' => Step::One(Class::NotSlash),
            '[' => Step::One(class(&mut chars)?),
            '\\' => Step::One(Class::Char(escaped(&mut chars)?)),
            c => Step::One(Class::Char(c)),
        });
    }
    Ok(steps)
}

fn escaped(chars: &mut Peekable<Chars<'_>>) -> Result<char, Fault> {
    chars.next().ok_or_else(|| Fault::refused("ends in a `\\` that escapes nothing"))
}

/// The rest of a class after its `[`. A range that runs backwards is empty.
fn class(chars: &mut Peekable<Chars<'_>>) -> Result<Class, Fault> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    while ranges.is_empty() || chars.next_if_eq(&']').is_none() {
        let from = member(chars)?;
        let to = if chars.next_if_eq(&'-').is_some() { member(chars)? } else { from };
        ranges.push((from, to));
    }
    Ok(Class::Set { ranges, negated })
}

fn member(chars: &mut Peekable<Chars<'_>>) -> Result<char, Fault> {
    match chars.next() {
        None => Err(Fault::refused("has a `[` that is never closed")),
        Some(']') => Err(Fault::refused("has a `]` where a character is wanted; write `\\]` for the bracket itself")),
        Some('-') => Err(Fault::refused("has a `-` that is no range; write `\\-` for the dash itself")),
        Some('\\') => escaped(chars),
        Some(c) => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::glob::Glob;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::shell(pattern).unwrap().matches(path)
    }

    #[test]
    fn each_sign() {
        for (pattern, path) in [
            ("*.json", "package.json"),
            ("package*.json", "package-lock.json"),
            ("src/*/main.rs", "src/a/main.rs"),
            ("?", "é"),
            ("[a-c]x", "bx"),
            ("[^a-c]x", "dx"),
            ("arr[[]0].txt", "arr[0].txt"),
            (r"\*", "*"),
            (r"[\]]", "]"),
            ("*", ""),
            ("a**b", "axxb"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("*", "a/b"), ("?", "/"), ("**/x", "a/b/x"), ("a", "a/b"), ("[a-c]x", "x"), ("[z-a]", "m"), (r"\*", "a"), ("A", "a")]
        {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn what_is_refused() {
        for pattern in ["[", "[a", "[]", "[]a]", "[^]", "[-a]", "[a-]", r"a\", r"[a\"] {
            assert!(Glob::shell(pattern).is_err(), "{pattern}");
        }
        for pattern in ["]", "a]", "[a]]", "[[a]", "[!]", r"[\-]", "{a,b}"] {
            assert!(Glob::shell(pattern).is_ok(), "{pattern}");
        }
    }
}
