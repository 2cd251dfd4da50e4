//! Reading a broken file: blank what cannot be read, keep the offsets, try again.
//!
//! One typing error should cost one value. On an error the value on that line, the line itself, the line before, or
//! the bracket or quote that is still open is overwritten with spaces, whichever lets the parser get further.

use std::ops::Range;

use granit_parser::ErrorKind;

use super::build::{Failure, Why, build, probe};
use super::{Yaml, message};
use crate::source::FileId;
use crate::syntax::SyntaxError;

/// How many places of one file are repaired.
const MAX_ROUNDS: usize = 12;

/// How many bytes all attempts together may read: a repair must not make a large file slow.
const MAX_BYTES: usize = 32 << 20;

pub(super) struct Read {
    pub tree: Yaml,
    pub errors: Vec<SyntaxError>,
}

pub(super) fn read(file: FileId, text: &str) -> Read {
    let (tree, result) = build(file, text, &[]);
    let Err(first) = result else { return Read { tree, errors: Vec::new() } };
    let mut repair = Repair { text: text.to_owned(), blanked: Vec::new(), budget: MAX_BYTES };
    let mut failures = vec![(first, None)];
    for _ in 0..MAX_ROUNDS {
        let Some((failure, culprit)) = failures.last_mut() else { break };
        let Some((range, next)) = repair.best(failure) else { break };
        *culprit = Some(range.clone());
        repair.blank(range);
        match next {
            Ok(()) => break,
            Err(next) => failures.push((next, None)),
        }
    }
    let (mut tree, _) = build(file, &repair.text, &repair.blanked);
    name_keys(&mut tree, text);
    Read { tree, errors: report(file, text, &failures) }
}

/// One error may break what follows in ways that say nothing new: an error right after a repaired place is left out.
fn report(file: FileId, text: &str, failures: &[(Failure, Option<Range<usize>>)]) -> Vec<SyntaxError> {
    let mut errors = Vec::new();
    let mut quiet_until = 0;
    for (failure, culprit) in failures {
        let at = culprit.as_ref().map_or(failure.at, |c| c.start.min(failure.at));
        if errors.is_empty() || at >= quiet_until {
            errors.push(message::describe(file, text, failure, culprit.clone()));
        }
        let end = culprit.as_ref().map_or(failure.at, |c| c.end.max(failure.at));
        quiet_until = quiet_until.max(lines_after(text, end, 2));
    }
    errors
}

/// The start of the `n`th line after `at`.
fn lines_after(text: &str, at: usize, n: usize) -> usize {
    text.get(at..).and_then(|rest| rest.match_indices('\n').nth(n)).map_or(text.len(), |(i, _)| at + i + 1)
}

/// Reads the key off the text that was left out.
fn name_keys(tree: &mut Yaml, text: &str) {
    for broken in &mut tree.broken {
        let source = text.get(broken.span.range()).unwrap_or("").trim_start();
        let source = source.strip_prefix("- ").unwrap_or(source);
        let word: &str = source.split(':').next().unwrap_or("");
        let is_key =
            !word.is_empty() && word.len() < source.len() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
        broken.key = is_key.then(|| word.to_owned());
    }
}

struct Repair {
    text: String,
    blanked: Vec<Range<usize>>,
    budget: usize,
}

impl Repair {
    /// The stretch whose loss lets the parser get furthest, and where it fails then.
    fn best(&mut self, failure: &Failure) -> Option<(Range<usize>, Result<(), Failure>)> {
        if matches!(failure.kind, Why::TooManyNodes | Why::Syntax(ErrorKind::RecursionLimitExceeded)) {
            return None;
        }
        let mut best: Option<(Range<usize>, Result<(), Failure>)> = None;
        for range in self.candidates(failure) {
            let attempt = blanked(&self.text, range.clone());
            self.budget = self.budget.checked_sub(attempt.len().max(1))?;
            let result = probe(&attempt);
            if result.is_ok() {
                return Some((range, result));
            }
            let reached = |r: &Result<(), Failure>| r.as_ref().err().map_or(usize::MAX, |f| f.at);
            if best.as_ref().is_none_or(|(_, b)| reached(&result) > reached(b)) {
                best = Some((range, result));
            }
        }
        best
    }

    fn blank(&mut self, range: Range<usize>) {
        self.text = blanked(&self.text, range.clone());
        let at = self.blanked.partition_point(|r| r.start < range.start);
        self.blanked.insert(at, range);
    }

    /// What to try, the smallest loss first.
    fn candidates(&self, failure: &Failure) -> Vec<Range<usize>> {
        let line = content(&self.text, failure.at);
        let before = previous_line(&self.text, line.start);
        let open = failure.open.map(|at| at..content(&self.text, at).end);
        // `por` above `image: x` reads as the start of its key; it is the one to lose.
        let word = before.clone().filter(|l| self.text.get(l.clone()).is_some_and(|t| !t.contains(':') && !t.starts_with('-')));
        let before_value = before.as_ref().and_then(|l| value_of(&self.text, l));
        let quote = earlier_quote(&self.text, failure.at);
        let all = [open, quote, word, value_of(&self.text, &line), Some(line), before_value, before];
        let mut tried = Vec::new();
        for range in all.into_iter().flatten().filter(|r| !r.is_empty()) {
            if !tried.contains(&range) {
                tried.push(range);
            }
        }
        tried
    }
}

/// `text` with spaces in place of `range`; line breaks stay.
fn blanked(text: &str, range: Range<usize>) -> String {
    let (before, after) = (text.get(..range.start).unwrap_or(""), text.get(range.end..).unwrap_or(""));
    let spaces: String = text
        .get(range)
        .unwrap_or("")
        .chars()
        .flat_map(|c| std::iter::repeat_n(if c == '\n' || c == '\r' { c } else { ' ' }, c.len_utf8()))
        .collect();
    [before, &spaces, after].concat()
}

/// The line around `at` without the white space at its ends.
fn content(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).unwrap_or("").rfind('\n').map_or(0, |i| i + 1);
    let end = text.get(at..).unwrap_or("").find('\n').map_or(text.len(), |i| at + i);
    let line = text.get(start..end).unwrap_or("");
    let trimmed = line.trim_start();
    let start = start + line.len() - trimmed.len();
    start..start + trimmed.trim_end().len()
}

/// A quote that was never closed ends at the next one, far below: the text from it to the end of its line, when what
/// closed it stands right before `at`.
fn earlier_quote(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text.get(..at)?.trim_end();
    let quote = before.chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
    let before = before.strip_suffix(quote)?;
    let start = before.rfind(quote)?;
    before.get(start..)?.contains('\n').then(|| start..content(text, start).end)
}

/// The last line before `start` that is neither blank nor a comment.
fn previous_line(text: &str, start: usize) -> Option<Range<usize>> {
    let mut end = text.get(..start)?.rfind('\n')?;
    loop {
        let line = content(text, end);
        let source = text.get(line.clone()).unwrap_or("");
        if !source.is_empty() && !source.starts_with('#') {
            return Some(line);
        }
        end = text.get(..end)?.rfind('\n')?;
    }
}

/// What follows the first `key: ` or `- ` of a line.
fn value_of(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let source = text.get(line.clone())?;
    let colon = source.find(": ").map(|i| i + 1);
    let dash = source.starts_with("- ").then_some(1);
    // `- key: value`: the value after the colon is the smaller loss.
    let after = colon.or(dash)?;
    let value = source.get(after..)?;
    let start = line.start + after + (value.len() - value.trim_start().len());
    Some(start..line.end)
}
