//! The part of Go's regular expressions that an ignore pattern can become.
//!
//! Patterns are turned into expressions character by character, so what stands in brackets or behind a `\` gets the
//! meaning it has in expressions: `\d` is a digit, and `[*]` is not a star.

use super::class::Class;
use super::{Fault, Place, Step};

/// What `**` becomes when more follows.
pub(in crate::syntax) const FOLDERS: &str = "(.*/)?";

/// First and last character of each range.
type Ranges = &'static [(char, char)];

/// `\d`, `\s`, `\w` and their opposites; ASCII only, as Go has them.
const NAMED: &[(char, Ranges)] = &[
    ('d', &[('0', '9')]),
    ('D', &[('\0', '/'), (':', char::MAX)]),
    ('s', &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')]),
    ('S', &[('\0', '\x08'), ('\x0b', '\x0b'), ('\x0e', '\x1f'), ('!', char::MAX)]),
    ('w', &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
    ('W', &[('\0', '/'), (':', '@'), ('[', '^'), ('`', '`'), ('{', char::MAX)]),
];

/// The steps of an expression.
pub(super) fn steps(expression: &str) -> Result<Vec<Step>, Fault> {
    let mut steps = Vec::new();
    let mut cursor = Cursor { rest: expression };
    while !cursor.rest.is_empty() {
        if cursor.eat(FOLDERS) {
            steps.extend([Step::Folders, Step::UntilSlash]);
            continue;
        }
        let step = match cursor.next() {
            Some('^') => Step::At(Place::Start),
            Some('.') => Step::One(Class::Dot),
            Some('[') => Step::One(cursor.class()?),
            Some('\\') => cursor.escape()?,
            Some(c) => Step::One(Class::Char(c)),
            None => break,
        };
        steps.push(match step {
            // Only behind these does the translation put a bare star; one of the pattern itself is always in front of it.
            Step::One(class @ (Class::Dot | Class::NotSlash | Class::Set { .. })) if cursor.eat("*") => Step::Many(class),
            step => step,
        });
    }
    Ok(steps)
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    fn eat(&mut self, text: &str) -> bool {
        let after = self.rest.strip_prefix(text);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// What stands behind a `\` outside of brackets.
    fn escape(&mut self) -> Result<Step, Fault> {
        let place = match self.peek() {
            Some('A') => Place::Start,
            Some('z') => Place::End,
            Some('b') => Place::WordEdge,
            Some('B') => Place::NoWordEdge,
            Some('Q') => return Err(Fault::Unmodelled),
            _ => {
                return Ok(Step::One(match self.named() {
                    Some(ranges) => Class::Set { ranges: ranges.to_vec(), negated: false },
                    None => Class::Char(self.escaped()?),
                }));
            }
        };
        self.next();
        Ok(Step::At(place))
    }

    /// The rest of a class after its `[`.
    fn class(&mut self) -> Result<Class, Fault> {
        if self.eat("^/]") {
            return Ok(Class::NotSlash);
        }
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        while ranges.is_empty() || !self.eat("]") {
            // `[[:alpha:]]`
            if self.rest.starts_with("[:") && self.rest.contains(":]") {
                return Err(Fault::Unmodelled);
            }
            if self.eat("\\") {
                if let Some(named) = self.named() {
                    ranges.extend(named);
                    continue;
                }
                self.range(Cursor::escaped, &mut ranges)?;
            } else {
                self.range(|c| c.next().ok_or_else(open), &mut ranges)?;
            }
        }
        Ok(Class::Set { ranges, negated })
    }

    /// A character of a class, or a range that starts with it. A `-` before the `]` is itself.
    fn range(&mut self, first: impl FnOnce(&mut Self) -> Result<char, Fault>, ranges: &mut Vec<(char, char)>) -> Result<(), Fault> {
        let from = first(self)?;
        let mut to = from;
        if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
            self.eat("-");
            to = if self.eat("\\") { self.escaped()? } else { self.next().ok_or_else(open)? };
        }
        if to < from {
            return Err(Fault::refused(format!("has the range `{from}-{to}`, which runs backwards")));
        }
        ranges.push((from, to));
        Ok(())
    }

    /// A set that a letter behind a `\` names.
    fn named(&mut self) -> Option<Ranges> {
        let c = self.peek()?;
        let (_, ranges) = NAMED.iter().find(|(name, _)| *name == c)?;
        self.next();
        Some(ranges)
    }

    /// One character behind a `\`.
    fn escaped(&mut self) -> Result<char, Fault> {
        let Some(c) = self.next() else { return Err(open()) };
        Ok(match c {
            'a' => '\x07',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' => self.hexadecimal()?,
            '0'..='7' => self.octal(c)?,
            // Unicode classes, most of which have one letter.
            'p' | 'P' if self.peek().is_some_and(|c| "CLMNPSZ".contains(c)) => return Err(Fault::Unmodelled),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
            c => return Err(unknown(c)),
        })
    }

    fn hexadecimal(&mut self) -> Result<char, Fault> {
        let mut digit = || self.next().and_then(|c| c.to_digit(16)).ok_or_else(|| unknown('x'));
        let value = digit()? * 16 + digit()?;
        char::from_u32(value).ok_or(Fault::Unmodelled)
    }

    /// `\1` alone would be a reference to a group, which Go does not have.
    fn octal(&mut self, first: char) -> Result<char, Fault> {
        let mut value = first.to_digit(8).unwrap_or(0);
        let mut more = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(8)).filter(|_| more < 2) {
            value = value * 8 + digit;
            more += 1;
            self.next();
        }
        if more == 0 && first != '0' {
            return Err(unknown(first));
        }
        char::from_u32(value).ok_or(Fault::Unmodelled)
    }
}

fn open() -> Fault {
    Fault::refused("has a `[` that is never closed")
}

fn unknown(c: char) -> Fault {
    Fault::refused(format!("has `\\{c}`, which escapes nothing; folders are separated by `/`"))
}
