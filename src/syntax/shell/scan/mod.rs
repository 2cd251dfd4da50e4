//! The scanner: where quotes, expansions, comments and here-documents begin and end.
//!
//! One pass, no recursion, linear in bytes. It serves three ends. It finds the end of an expansion (for `word`).
//! It *masks* the script: everything quoted or expanded is overwritten, byte for byte, by a harmless letter, so that
//! the grammar behind it sees words, operators and reserved words only (its cost explodes on nested expansions
//! otherwise: `"${a:-` 2,000 times took it two minutes). And it notes where commands end, so that a broken or a very
//! long script can be cut there.

mod commands;
mod mask;
mod repair;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::ast::Join;
use mask::{Mask, masked};

/// Deeper nesting than this is skipped: what is too deep becomes one opaque word.
const MAX_FRAMES: usize = 200;
/// How often an unclosed quote is closed by guess before the rest of the script is taken as its content.
const MAX_REPAIRS: usize = 16;
/// How often `((` may turn out to be two parentheses.
const MAX_REWINDS: usize = 32;
/// How many `!` and `time` may stand before a command.
const MAX_PREFIXES: usize = 4;
/// How many here-documents one line may have.
const MAX_HEREDOCS: usize = 16;
/// A script seen from outside.
#[derive(Debug)]
pub(super) struct Outline {
    /// The script with everything quoted or expanded overwritten; same length, same offsets.
    pub masked: String,
    /// Where commands end, in order.
    pub cuts: Vec<Cut>,
    /// Every `(..)` and `{..}` of commands, in the order they open; what does not close goes to the end.
    pub groups: Vec<Range<usize>>,
    /// What is still open at the end, outermost first.
    pub open: Vec<Open>,
    /// Something does not close, or closes what is not open.
    pub broken: bool,
}

/// A place between two commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Start of the operator, reserved word or parenthesis.
    pub start: usize,
    /// Its end: where the next command begins.
    pub end: usize,
    /// What it does.
    pub join: Join,
    /// How many compound commands stand around it.
    pub depth: usize,
    /// The text up to the next cut is no command: a `for` header, a pattern of `case`.
    pub header: bool,
}

/// A compound command that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    Paren,
    Array,
    /// `{`; its index in the groups.
    Brace(usize),
    Test,
    /// `if`; whether `then` was seen.
    If(bool),
    /// `while`, `until`; whether `do` was seen.
    While(bool),
    /// `for`, `select`; whether `do` was seen.
    For(bool),
    Case(Stage),
}

/// How far a `case` has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Header,
    Pattern,
    Body,
}

/// What an expansion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expansion {
    /// `$name`
    Name,
    /// `${..}`
    Parameter,
    /// `$(..)`
    Command,
    /// `<(..)`
    Process,
    /// `` `..` ``
    Backtick,
    /// `$((..))`
    Arithmetic,
    /// `@(..)`: a pattern
    Group,
}

/// An expansion found at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub kind: Expansion,
    /// Offset after it.
    pub end: usize,
    /// Whether it is closed; otherwise it goes to the end of the text.
    pub closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The script itself.
    Script,
    /// `$(` or `<(`
    Substitution,
    /// `(`
    Subshell,
    /// `a=(`
    Array,
    /// `@(`
    Group,
    /// `"`
    Double,
    /// `${`; whether it stands in double quotes.
    Parameter(bool),
    /// `((` and `$((`; parentheses open inside, and whether it is a command of its own.
    Arithmetic(u32, bool),
}

#[derive(Clone, Debug)]
struct Frame {
    kind: Kind,
    start: usize,
    compounds: Vec<Open>,
    /// A command may begin here, so reserved words count.
    fresh: bool,
    /// Start of the word that is being read.
    word: Option<usize>,
    /// The next word belongs to a redirection.
    redirect: bool,
    /// The next word is the name of a function.
    function: bool,
    /// How many `!` and `time` stand before the command so far.
    prefixes: usize,
    /// Index of a subshell in the groups.
    group: usize,
}

impl Frame {
    fn new(kind: Kind, start: usize) -> Self {
        Frame {
            kind,
            start,
            compounds: Vec::new(),
            fresh: true,
            word: None,
            redirect: false,
            function: false,
            prefixes: 0,
            group: usize::MAX,
        }
    }
}

#[derive(Clone, Debug)]
struct Pending {
    delimiter: String,
    strip_tabs: bool,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    pos: usize,
    frames: Vec<Frame>,
    /// Index of the outermost frame that is masked as a whole.
    opaque: Option<usize>,
    pending: Vec<Pending>,
    masks: Vec<(usize, usize, Mask)>,
    cuts: Vec<Cut>,
    groups: Vec<Range<usize>>,
    broken: bool,
    repairs: usize,
    rewinds: usize,
    /// `((` at this place is two parentheses.
    plain_parens: Option<usize>,
}

/// Scans a whole script.
pub(super) fn outline(text: &str) -> Outline {
    let mut scanner = Scanner::new(text, 0);
    scanner.run();
    let open = scanner.open();
    let broken = scanner.broken || !open.is_empty();
    Outline { masked: masked(text, &scanner.masks), cuts: scanner.cuts, groups: scanner.groups, open, broken }
}

/// The expansion that begins at `at`, where a `$`, a backtick, `<(`, `>(` or the `(` of a pattern stands.
/// `None` when it is a plain character after all. `quoted`: inside double quotes.
pub(super) fn expansion(text: &str, at: usize, quoted: bool) -> Option<Found> {
    let mut scanner = Scanner::new(text, at);
    // A guess at where an unclosed quote ends would only shift the end of the expansion; the caller knows the end.
    scanner.repairs = MAX_REPAIRS;
    if scanner.at(at) == b'`' {
        let (end, closed) = scanner.backtick(at);
        return Some(Found { kind: Expansion::Backtick, end, closed });
    }
    let name_end = scanner.dollar_or_paren(quoted)?;
    let Some(frame) = scanner.frames.get(1) else {
        return Some(Found { kind: Expansion::Name, end: name_end, closed: true });
    };
    let process = !matches!(scanner.bytes.get(at), Some(b'$'));
    let mut kind = frame.kind;
    while (2..=MAX_FRAMES).contains(&scanner.frames.len()) && scanner.pos < scanner.bytes.len() {
        scanner.step();
        kind = scanner.frames.get(1).map_or(kind, |f| f.kind);
    }
    let closed = scanner.frames.len() <= 1;
    let kind = match kind {
        Kind::Parameter(_) => Expansion::Parameter,
        Kind::Arithmetic(..) => Expansion::Arithmetic,
        Kind::Group => Expansion::Group,
        _ if process => Expansion::Process,
        _ => Expansion::Command,
    };
    let end = if closed { scanner.pos } else { text.len() };
    Some(Found { kind, end, closed })
}

/// The end of the `$'..'` or `'..'` whose first quote is at `at`: offset after the closing quote, and whether there is one.
pub(super) fn single_quoted(text: &str, at: usize, escapes: bool) -> (usize, bool) {
    Scanner::new(text, at).single(at, escapes)
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, pos: usize) -> Self {
        Scanner {
            bytes: text.as_bytes(),
            pos,
            frames: vec![Frame::new(Kind::Script, pos)],
            opaque: None,
            pending: Vec::new(),
            masks: Vec::new(),
            cuts: Vec::new(),
            groups: Vec::new(),
            broken: false,
            repairs: 0,
            rewinds: 0,
            plain_parens: None,
        }
    }

    fn run(&mut self) {
        loop {
            while self.pos < self.bytes.len() && self.frames.len() <= MAX_FRAMES {
                self.step();
            }
            let too_deep = self.frames.len() > MAX_FRAMES;
            if !too_deep && self.opaque.is_none() {
                self.end_word();
            }
            if !self.pending.is_empty() && self.pos >= self.bytes.len() {
                self.broken = true;
            }
            if self.opaque.is_none() && matches!(self.kind(), Kind::Arithmetic(..)) {
                self.rewind();
            } else if !self.repair(too_deep) {
                return;
            }
        }
    }

    fn at(&self, pos: usize) -> u8 {
        self.bytes.get(pos).copied().unwrap_or(0)
    }

    fn starts(&self, pos: usize, with: &[u8]) -> bool {
        self.bytes.get(pos..).is_some_and(|rest| rest.starts_with(with))
    }

    fn find(&self, from: usize, byte: u8) -> Option<usize> {
        self.bytes.get(from..)?.iter().position(|&b| b == byte).map(|at| from + at)
    }

    fn kind(&self) -> Kind {
        self.frames.last().map_or(Kind::Script, |f| f.kind)
    }

    fn top(&self) -> Option<Open> {
        self.frames.last().and_then(|f| f.compounds.last().copied())
    }

    fn top_mut(&mut self) -> Option<&mut Open> {
        self.frames.last_mut().and_then(|f| f.compounds.last_mut())
    }

    fn open(&self) -> Vec<Open> {
        let mut open = Vec::new();
        for frame in &self.frames {
            match frame.kind {
                Kind::Subshell => open.push(Open::Paren),
                Kind::Array => open.push(Open::Array),
                _ => {}
            }
            open.extend(&frame.compounds);
        }
        open
    }

    fn mask(&mut self, start: usize, end: usize, mask: Mask) {
        if self.opaque.is_none() && start < end {
            self.masks.push((start, end, mask));
        }
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let is_opaque = !matches!(kind, Kind::Subshell | Kind::Array | Kind::Arithmetic(_, true));
        if is_opaque && self.opaque.is_none() {
            self.opaque = Some(self.frames.len());
        }
        self.frames.push(Frame::new(kind, start));
    }

    /// Leaves the innermost frame; `self.pos` is after its last byte.
    fn pop(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if self.opaque == Some(self.frames.len()) {
            self.opaque = None;
            self.mask(frame.start, self.pos, Mask::Word);
        }
        if let Kind::Arithmetic(_, true) = frame.kind {
            self.mask_arithmetic(frame.start + 2, self.pos.saturating_sub(2));
        }
        if !frame.compounds.is_empty() {
            self.broken = true;
        }
        self.close_group(frame.group);
    }

    /// Notes where a group begins. Returns its index.
    fn open_group(&mut self, start: usize) -> usize {
        if self.opaque.is_some() {
            return usize::MAX;
        }
        self.groups.push(start..self.bytes.len());
        self.groups.len() - 1
    }

    /// The group of this index ends before the current place.
    fn close_group(&mut self, index: usize) {
        let end = self.pos;
        if let Some(group) = self.groups.get_mut(index) {
            group.end = end;
        }
    }

    /// Numbers in place of an expression; the `;` of `for ((a;b;c))` stay.
    fn mask_arithmetic(&mut self, start: usize, end: usize) {
        let mut from = start;
        for i in start..end {
            if self.at(i) == b';' {
                self.mask(from, i, Mask::Number);
                from = i + 1;
            }
        }
        self.mask(from, end, Mask::Number);
    }

    fn step(&mut self) {
        match self.kind() {
            Kind::Script | Kind::Substitution | Kind::Subshell => self.command(),
            Kind::Double => self.double(),
            Kind::Parameter(quoted) => self.parameter(quoted),
            Kind::Arithmetic(open, command) => self.arithmetic(open, command),
            Kind::Array | Kind::Group => self.list(),
        }
    }

    fn double(&mut self) {
        match self.at(self.pos) {
            b'"' => {
                self.pos += 1;
                self.pop();
            }
            b'\\' => self.pos += 2,
            _ => self.expand(true),
        }
    }

    fn parameter(&mut self, quoted: bool) {
        match self.at(self.pos) {
            b'}' => {
                self.pos += 1;
                self.pop();
            }
            b'\\' => self.pos += 2,
            b'"' => self.push_one(Kind::Double),
            b'\'' if !quoted => self.pos = self.single(self.pos, false).0,
            _ => self.expand(quoted),
        }
    }

    fn arithmetic(&mut self, open: u32, command: bool) {
        match self.at(self.pos) {
            b'(' => {
                self.set_kind(Kind::Arithmetic(open.saturating_add(1), command));
                self.pos += 1;
            }
            b')' if open > 0 => {
                self.set_kind(Kind::Arithmetic(open - 1, command));
                self.pos += 1;
            }
            b')' if self.at(self.pos + 1) == b')' => {
                self.pos += 2;
                self.pop();
            }
            b')' => self.rewind(),
            b'\\' => self.pos += 2,
            b'"' => self.push_one(Kind::Double),
            b'\'' => self.pos = self.single(self.pos, false).0,
            _ => self.expand(false),
        }
    }

    /// `((a) && (b))` after all, or unclosed: reads it again as a subshell in a subshell.
    fn rewind(&mut self) {
        self.rewinds += 1;
        let Some(Frame { kind: Kind::Arithmetic(_, command), start, .. }) = self.frames.last().cloned() else { return };
        self.frames.pop();
        if self.opaque == Some(self.frames.len()) {
            self.opaque = None;
        }
        self.masks.retain(|m| m.0 < start);
        self.plain_parens = Some(start);
        self.pos = start;
        if command {
            self.open_paren();
        } else {
            self.expand(false);
        }
    }

    /// The inside of `a=(..)` and `@(..)`.
    fn list(&mut self) {
        match self.at(self.pos) {
            b')' => {
                self.pos += 1;
                self.pop();
            }
            b'(' => self.push_one(Kind::Group),
            b'\\' => self.escape(),
            b'"' => self.push_one(Kind::Double),
            b'\'' => self.quote(self.pos, false),
            _ => self.expand(false),
        }
    }

    fn set_kind(&mut self, kind: Kind) {
        if let Some(frame) = self.frames.last_mut() {
            frame.kind = kind;
        }
    }

    fn push_one(&mut self, kind: Kind) {
        self.push(kind, self.pos);
        self.pos += 1;
    }

    /// An expansion if one begins here, one byte otherwise.
    fn expand(&mut self, quoted: bool) {
        let start = self.pos;
        match self.at(start) {
            b'$' if !quoted && self.at(start + 1) == b'\'' => self.quote(start, true),
            b'$' if !quoted && self.at(start + 1) == b'"' => {
                self.push(Kind::Double, start);
                self.pos += 2;
            }
            b'$' => {
                let depth = self.frames.len();
                let end = self.dollar_or_paren(quoted).unwrap_or(start + 1);
                if self.frames.len() == depth {
                    self.mask(start, end, Mask::Word);
                }
                self.pos = end;
            }
            b'`' => {
                let (end, closed) = self.backtick(start);
                self.broken |= !closed;
                self.mask(start, end, Mask::Word);
                self.pos = end;
            }
            _ => self.pos += 1,
        }
    }

    /// Enters the `$(`, `${`, `<(` or `(` at the current place; for a `$name` nothing is entered.
    /// Returns the place to go on from, `None` when it is a plain character.
    fn dollar_or_paren(&mut self, quoted: bool) -> Option<usize> {
        let start = self.pos;
        let next = self.at(start + 1);
        let (kind, skip) = match (self.at(start), next) {
            (b'(', _) => (Kind::Group, 1),
            (b'<' | b'>', _) => (Kind::Substitution, 2),
            (_, b'{') => (Kind::Parameter(quoted), 2),
            (_, b'(') if self.at(start + 2) == b'(' && self.may_be_arithmetic(start) => (Kind::Arithmetic(0, false), 3),
            (_, b'(') => (Kind::Substitution, 2),
            (_, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'0'..=b'9') => return Some(start + 2),
            (_, b) if b == b'_' || b.is_ascii_alphabetic() => {
                let name = self.bytes.get(start + 1..).unwrap_or(&[]);
                let len = name.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                return Some(start + 1 + len);
            }
            _ => return None,
        };
        self.push(kind, start);
        self.pos = (start + skip).min(self.bytes.len());
        Some(self.pos)
    }

    fn may_be_arithmetic(&self, start: usize) -> bool {
        self.plain_parens != Some(start) && self.rewinds < MAX_REWINDS
    }

    /// The end of the quotes that open at `at` (a `$` before them if `escapes`).
    fn single(&self, at: usize, escapes: bool) -> (usize, bool) {
        if escapes {
            return self.unescaped(at + 2, b'\'');
        }
        self.find(at + 1, b'\'').map_or((self.bytes.len(), false), |end| (end + 1, true))
    }

    /// The place after the next `byte` that no backslash precedes, and whether there is one.
    fn unescaped(&self, from: usize, byte: u8) -> (usize, bool) {
        let mut i = from;
        while let Some(&b) = self.bytes.get(i) {
            match b {
                b'\\' => i += 2,
                _ if b == byte => return (i + 1, true),
                _ => i += 1,
            }
        }
        (self.bytes.len(), false)
    }

    /// Goes over single quotes; unclosed ones end with the command, as `repair` does for double ones.
    fn quote(&mut self, at: usize, escapes: bool) {
        let (mut end, closed) = self.single(at, escapes);
        if !closed {
            self.broken = true;
            if self.repairs < MAX_REPAIRS {
                self.repairs += 1;
                end = self.guess_end(at);
            }
        }
        self.mask(at, end, Mask::Word);
        self.pos = end;
    }

    /// The end of the backticks that open at `at`: the next one that is not escaped, whatever stands between.
    fn backtick(&self, at: usize) -> (usize, bool) {
        self.unescaped(at + 1, b'`')
    }

    fn escape(&mut self) {
        let next = self.at(self.pos + 1);
        if next == b'\n' {
            self.pos += 2;
            return;
        }
        let end = if next.is_ascii() { self.pos + 2 } else { self.pos + 1 };
        let end = end.min(self.bytes.len());
        self.mask(self.pos, end, Mask::Word);
        self.pos = end;
    }
}
