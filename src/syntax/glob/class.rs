//! What one step of a glob may read.

/// A set of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// This one.
    Char(char),
    /// Any but `/`.
    NotSlash,
    /// `.` of a regular expression: any but a line break.
    Dot,
    /// Those in one of the ranges, or in none of them.
    Set {
        /// First and last character of each.
        ranges: Vec<(char, char)>,
        /// `[^..]`
        negated: bool,
    },
}

impl Class {
    pub fn has(&self, c: char) -> bool {
        match self {
            Class::Char(only) => c == *only,
            Class::NotSlash => c != '/',
            Class::Dot => c != '\n',
            Class::Set { ranges, negated } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
        }
    }
}
