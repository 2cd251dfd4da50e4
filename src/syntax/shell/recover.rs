//! Scripts that the grammar refuses, or that are too long for it: closed, cut and read in parts, so that one mistake
//! (or one unfinished line in an editor) hides as little as possible.

use std::ops::Range;

use super::MAX_DEPTH;
use super::ast::{Join, Statement};
use super::grammar::Tree;
use super::scan::{Cut, Open, Outline, Stage};
use crate::syntax::text::Text;

/// The grammar takes chains of up to 1,000 `&&`, `||` and `|`; longer scripts are read in parts of this many.
const MAX_CHAIN: usize = 400;

/// Reads what can be read. The second value: whether something is wrong with the script.
pub(super) fn parse(text: &Text, outline: &Outline, depth: usize) -> (Vec<Statement>, bool) {
    let reader = Reader { text, outline, depth };
    let long = outline.cuts.iter().filter(|c| is_chain(c)).count() > MAX_CHAIN;
    if !long {
        let whole = 0..text.len();
        let tree = if outline.broken { None } else { reader.tree(&whole, "") };
        let clean = tree.is_some();
        if let Some(tree) = tree.or_else(|| reader.closed(&whole)) {
            return (tree.build(text, outline, whole, depth), !clean);
        }
    }
    let mut broken = outline.broken || !long;
    let size = if broken { 1 } else { MAX_CHAIN };
    let mut statements = Vec::new();
    for (range, join) in parts(&outline.cuts, text.len(), size) {
        let tree = reader.tree(&range, "");
        broken |= tree.is_none();
        let tree = tree.or_else(|| if range.end == text.len() { reader.closed(&range) } else { None });
        let part = tree.map_or_else(|| reader.commands(range.clone()), |t| t.build(text, outline, range.clone(), depth));
        extend(&mut statements, part, join);
    }
    (statements, broken)
}

fn is_chain(cut: &Cut) -> bool {
    matches!(cut.join, Join::And | Join::Or | Join::Pipe | Join::PipeBoth)
}

/// The ranges between the outermost cuts, `size` commands in each.
fn parts(cuts: &[Cut], len: usize, size: usize) -> Vec<(Range<usize>, Join)> {
    let mut parts = Vec::new();
    let (mut from, mut count) = (0, 0);
    for cut in cuts {
        count += 1;
        if cut.depth == 0 && !cut.join.is_pipe() && count >= size {
            parts.push((from..cut.start, cut.join));
            (from, count) = (cut.end, 0);
        }
    }
    parts.push((from..len, Join::End));
    parts
}

fn extend(statements: &mut Vec<Statement>, part: Vec<Statement>, join: Join) {
    let is_empty = part.is_empty();
    statements.extend(part);
    if let Some(last) = statements.last_mut().filter(|_| !is_empty) {
        last.set_join(join);
    }
}

struct Reader<'a> {
    text: &'a Text,
    outline: &'a Outline,
    depth: usize,
}

impl Reader<'_> {
    /// A part of the script with `tail` after it.
    fn tree(&self, range: &Range<usize>, tail: &str) -> Option<Tree> {
        let masked = self.outline.masked.get(range.clone())?;
        let levels = MAX_DEPTH.saturating_sub(self.depth);
        if tail.is_empty() { Tree::of(masked, levels) } else { Tree::of(&format!("{masked}{tail}"), levels) }
    }

    /// The last part of the script, with everything closed that is still open.
    fn closed(&self, range: &Range<usize>) -> Option<Tree> {
        if self.outline.open.len() > MAX_DEPTH {
            return None;
        }
        let closers: String = self.outline.open.iter().rev().map(|o| closer(*o)).collect();
        let closers = if closers.is_empty() { "\n:" } else { closers.as_str() };
        // A word first, should one be missing: `cat >`, `for`, `[ -f`.
        self.tree(range, closers).or_else(|| self.tree(range, &format!(" x{closers}")))
    }

    /// The commands of a part, each for itself, whatever they stand in.
    fn commands(&self, range: Range<usize>) -> Vec<Statement> {
        let cuts = &self.outline.cuts;
        let first = cuts.partition_point(|c| c.start < range.start);
        let inside = cuts.iter().skip(first).take_while(|c| c.end <= range.end);
        let mut statements = Vec::new();
        let (mut from, mut header) = (range.start, false);
        let end = Cut { start: range.end, end: range.end, join: Join::End, depth: 0, header: false };
        for cut in inside.chain([&end]) {
            if !header && from < cut.start {
                let range = from..cut.start;
                let part = self.tree(&range, "").map(|tree| tree.build(self.text, self.outline, range, self.depth));
                // A pipe to or from a compound command that is gone.
                let join = if cut.join.is_pipe() { Join::Semicolon } else { cut.join };
                extend(&mut statements, part.unwrap_or_default(), join);
            }
            (from, header) = (cut.end, cut.header);
        }
        statements
    }
}

/// What closes it, with a command where one may be missing.
fn closer(open: Open) -> &'static str {
    match open {
        Open::Paren => "\n:\n)",
        Open::Array => ")",
        Open::Brace(_) => "\n:\n}",
        Open::Test => " ]]",
        Open::If(false) => "\n:\nthen :\nfi",
        Open::If(true) => "\n:\nfi",
        Open::While(false) => "\n:\ndo :\ndone",
        Open::For(false) => "\ndo :\ndone",
        Open::While(true) | Open::For(true) => "\n:\ndone",
        Open::Case(Stage::Header) => " in\nesac",
        Open::Case(Stage::Pattern) => "\nesac",
        Open::Case(Stage::Body) => "\n:\n;;\nesac",
    }
}
