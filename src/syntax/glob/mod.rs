//! Globs: patterns for slash paths, compiled to a few steps and matched in time that grows with pattern times path,
//! whatever they hold.
//!
//! Two readers make them: [`Glob::shell`] for what COPY and ADD take (Go's `filepath.Match`), and the ignore file's own
//! (`dockerignore`), which goes through the small part of Go's regular expressions that such patterns can become.

mod class;
mod regex;
mod shell;

use class::Class;
pub(super) use regex::FOLDERS;
pub(super) use shell::check;

/// A compiled pattern. It must match a path from its first to its last character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    steps: Vec<Step>,
}

/// Why a pattern has no meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The reference tool refuses it, for this reason: words that follow the pattern.
    Refused(String),
    /// The reference tool takes it, but what it does there is not modelled here: Unicode classes, quoted stretches.
    Unmodelled,
}

impl Fault {
    fn refused(why: impl Into<String>) -> Fault {
        Fault::Refused(why.into())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// One character.
    One(Class),
    /// Any number of characters.
    Many(Class),
    /// `(.*/)?`: nothing, or what the next step, [`Step::UntilSlash`], takes.
    Folders,
    /// Characters up to some `/`.
    UntilSlash,
    /// Takes nothing and holds only at such a place.
    At(Place),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    End,
    WordEdge,
    NoWordEdge,
}

impl Place {
    fn holds(self, before: Option<char>, after: Option<char>) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        match self {
            Place::Start => before.is_none(),
            Place::End => after.is_none(),
            Place::WordEdge => is_word(before) != is_word(after),
            Place::NoWordEdge => is_word(before) == is_word(after),
        }
    }
}

impl Glob {
    /// A glob as Go's `filepath.Match` reads it, which COPY and ADD use: `*`, `?`, `[a-z]`, `[^a-z]`, `\` before any
    /// character. Nothing but a class crosses a `/`.
    ///
    /// # Errors
    /// [`Fault::Refused`] for a class that is not closed, empty or has a `-` in a wrong place, and for a `\` at the end.
    pub fn shell(pattern: &str) -> Result<Glob, Fault> {
        Ok(Glob::new(shell::steps(pattern)?))
    }

    /// What stands between `^` and `$` of the regular expression that an ignore pattern becomes.
    pub(super) fn regex(expression: &str) -> Result<Glob, Fault> {
        Ok(Glob::new(regex::steps(expression)?))
    }

    /// Two equal steps that may take nothing are as good as one. Without such pairs, few steps are alive at a time.
    fn new(mut steps: Vec<Step>) -> Glob {
        steps.dedup_by(|b, a| a == b && matches!(a, Step::Many(_) | Step::At(_)));
        let mut kept: Vec<Step> = Vec::with_capacity(steps.len());
        for step in steps {
            let again = step == Step::UntilSlash && matches!(kept.as_slice(), [.., Step::Folders, Step::UntilSlash, Step::Folders]);
            if again {
                kept.pop();
            } else {
                kept.push(step);
            }
        }
        Glob { steps: kept }
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        let mut alive = Positions::new(self.steps.len() + 1);
        let mut next = alive.clone();
        alive.add(0);
        let mut before = None;
        let mut chars = text.chars();
        loop {
            let c = chars.next();
            next.clear();
            let any = self.advance(before, c, &mut alive, &mut next);
            if c.is_none() {
                return alive.has(self.steps.len());
            }
            if !any {
                return false;
            }
            before = c;
            std::mem::swap(&mut alive, &mut next);
        }
    }

    /// Lets every living position read `c`, after those that it reaches without reading. Steps only ever lead forward,
    /// so one pass in order does both. Returns whether anything lives on.
    fn advance(&self, before: Option<char>, c: Option<char>, alive: &mut Positions, next: &mut Positions) -> bool {
        let mut any = false;
        let mut from = 0;
        while let Some(at) = alive.first_from(from) {
            from = at + 1;
            let Some(step) = self.steps.get(at) else { break };
            let reads = |class: &Class| c.is_some_and(|c| class.has(c));
            match step {
                Step::One(class) if reads(class) => next.add(at + 1),
                Step::One(_) => continue,
                Step::Many(class) => {
                    alive.add(at + 1);
                    if !reads(class) {
                        continue;
                    }
                    next.add(at);
                }
                Step::Folders => {
                    alive.add(at + 1);
                    alive.add(at + 2);
                    continue;
                }
                Step::UntilSlash => {
                    if !reads(&Class::Dot) {
                        continue;
                    }
                    next.add(at);
                    if c == Some('/') {
                        next.add(at + 1);
                    }
                }
                Step::At(place) => {
                    if place.holds(before, c) {
                        alive.add(at + 1);
                    }
                    continue;
                }
            }
            any = true;
        }
        any
    }
}

/// A set of positions in the steps, as bits.
#[derive(Clone)]
struct Positions {
    words: Vec<u64>,
}

impl Positions {
    fn new(size: usize) -> Positions {
        Positions { words: vec![0; size.div_ceil(64)] }
    }

    fn clear(&mut self) {
        self.words.fill(0);
    }

    fn add(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn has(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|w| w >> (at % 64) & 1 == 1)
    }

    /// The smallest position that is at least `from`.
    fn first_from(&self, from: usize) -> Option<usize> {
        let first = self.words.get(from / 64)? & (u64::MAX << (from % 64));
        if first != 0 {
            return Some(from / 64 * 64 + first.trailing_zeros() as usize);
        }
        let later = self.words.get(from / 64 + 1..)?.iter().position(|w| *w != 0)?;
        let word = from / 64 + 1 + later;
        Some(word * 64 + self.words.get(word)?.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_stars_end_in_an_answer() {
        let stars = Glob::shell(&"*a".repeat(5_000)).unwrap();
        assert!(!stars.matches(&"a".repeat(4_000)));
        let folders = Glob::regex(&format!("{}x", "(.*/)?".repeat(20_000))).unwrap();
        assert!(folders.matches(&format!("{}x", "a/".repeat(2_000))));
        assert_eq!(folders.steps.len(), 3);
    }

    #[test]
    fn positions_in_order() {
        let mut p = Positions::new(200);
        for at in [3, 63, 64, 190] {
            p.add(at);
        }
        let mut found = Vec::new();
        while let Some(at) = p.first_from(found.last().map_or(0, |l| l + 1)) {
            found.push(at);
        }
        assert_eq!(found, [3, 63, 64, 190]);
    }
}
