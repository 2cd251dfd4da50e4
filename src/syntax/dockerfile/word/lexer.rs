//! The reader behind [`super::expand`], one character at a time where it matters and by runs elsewhere.

use std::ops::Range;

use super::VariableUse;
use super::pattern;
use crate::source::FileId;
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::shown;
use crate::syntax::text::{Text, TextBuilder};

/// `${a:-${b:-..}}` deeper than this is given up; BuildKit has no limit, but nobody writes it.
const MAX_NESTING: usize = 64;

/// How a text is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::syntax::dockerfile) struct Mode {
    /// The escape character.
    pub escape: char,
    /// Quotes quote; else they are characters like others.
    pub quotes: bool,
    /// Quotes and escapes stay in the result.
    pub raw: bool,
    /// Variables without value stay in the result.
    pub keep_unset: bool,
}

impl Mode {
    /// The way values are read.
    pub fn value(escape: char) -> Self {
        Mode { escape, quotes: true, raw: false, keep_unset: false }
    }

    /// The way heredoc markers are looked for: always with `\`, nothing substituted.
    pub fn marker(raw: bool) -> Self {
        Mode { escape: '\\', quotes: true, raw, keep_unset: true }
    }
}

/// Why a word cannot be read; ranges are bytes of the word.
struct Bad {
    code: &'static str,
    at: Range<usize>,
    message: String,
}

type Read<T> = Result<T, Bad>;

/// Reads one text.
pub(in crate::syntax::dockerfile) struct Lexer<'a> {
    word: &'a Text,
    at: usize,
    mode: Mode,
    /// Escapes stay: by mode, or inside the pattern of `${x#..}`.
    raw_escapes: bool,
    depth: usize,
    lookup: &'a dyn Fn(&str) -> Option<String>,
    variables: Vec<VariableUse>,
}

impl<'a> Lexer<'a> {
    pub fn new(word: &'a Text, mode: Mode, lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Lexer { word, at: 0, mode, raw_escapes: mode.raw, depth: 0, lookup, variables: Vec::new() }
    }

    /// The variables seen, in order of the text.
    pub fn into_variables(mut self) -> Vec<VariableUse> {
        self.variables.sort_by_key(|v| v.span.start);
        self.variables
    }

    /// The whole text as one word.
    pub fn word(&mut self) -> Result<Text, Box<SyntaxError>> {
        let mut out = Out::new(self.word, 0, false);
        match self.until(None, self.raw_escapes, &mut out) {
            Ok(()) => Ok(out.finish()),
            Err(bad) => Err(self.error(bad)),
        }
    }

    /// The words of the text.
    pub fn words(&mut self) -> Result<Vec<Text>, Box<SyntaxError>> {
        let mut out = Out::new(self.word, 0, true);
        match self.until(None, self.raw_escapes, &mut out) {
            Ok(()) => Ok(out.into_words()),
            Err(bad) => Err(self.error(bad)),
        }
    }

    fn error(&self, bad: Bad) -> Box<SyntaxError> {
        let error = SyntaxError::new(bad.code, self.word.span_of(bad.at), bad.message);
        Box::new(match bad.code {
            "nesting-too-deep" => error.warning(),
            "unclosed-quote" => error.help(format!("close it, or write `{}` before it", self.mode.escape)),
            _ => error,
        })
    }

    /// Reads up to and over `stop`, or to the end when there is none.
    fn until(&mut self, stop: Option<char>, raw_escapes: bool, out: &mut Out) -> Read<()> {
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        let read = self.until_inner(stop, out);
        self.raw_escapes = outer;
        read
    }

    fn until_inner(&mut self, stop: Option<char>, out: &mut Out) -> Read<()> {
        let start = self.at;
        let Mode { escape, quotes, .. } = self.mode;
        loop {
            let special = |c| c == '$' || c == escape || c == '<' || quotes && (c == '"' || c == '\'') || Some(c) == stop;
            let run = self.run(special);
            out.plain(self.word, run);
            let Some(c) = self.peek() else { break };
            if Some(c) == stop {
                self.bump();
                return Ok(());
            }
            match c {
                '$' => {
                    let value = self.dollar()?;
                    out.plain(&value, 0..value.len());
                }
                '\'' if quotes => self.single_quoted(out)?,
                '"' if quotes => self.double_quoted(out)?,
                '<' => {
                    let marker = self.less_than();
                    out.raw(self.word, marker);
                }
                _ => {
                    let escape = self.bump();
                    if self.raw_escapes {
                        out.raw(self.word, escape);
                    }
                    let next = self.bump();
                    out.raw(self.word, next);
                }
            }
        }
        match stop {
            None => Ok(()),
            Some(stop) => Err(Bad { code: "unclosed-substitution", at: start..self.at, message: format!("no closing `{stop}`") }),
        }
    }

    /// `<<` and `<<-` belong to the word after them, blanks between or not; any other `<` stands alone.
    fn less_than(&mut self) -> Range<usize> {
        let start = self.at;
        self.bump();
        if self.peek() == Some('<') {
            self.bump();
            if self.peek() == Some('-') {
                self.bump();
            }
            self.run(|c| !c.is_whitespace());
        }
        start..self.at
    }

    fn single_quoted(&mut self, out: &mut Out) -> Read<()> {
        let open = self.bump();
        let inside = self.run(|c| c == '\'');
        let close = self.bump();
        if close.is_empty() {
            return Err(Bad { code: "unclosed-quote", at: open, message: "single quote is never closed".into() });
        }
        let whole = if self.mode.raw { open.start..close.end } else { inside };
        out.raw(self.word, whole);
        Ok(())
    }

    fn double_quoted(&mut self, out: &mut Out) -> Read<()> {
        let escape = self.mode.escape;
        let open = self.bump();
        out.raw(self.word, if self.mode.raw { open.clone() } else { 0..0 });
        loop {
            let run = self.run(|c| c == '"' || c == '$' || c == escape);
            out.raw(self.word, run);
            match self.peek() {
                None => return Err(Bad { code: "unclosed-quote", at: open, message: "double quote is never closed".into() }),
                Some('"') => {
                    let close = self.bump();
                    if self.mode.raw {
                        out.raw(self.word, close);
                    }
                    return Ok(());
                }
                Some('$') => {
                    let value = self.dollar()?;
                    out.raw(&value, 0..value.len());
                }
                Some(_) => {
                    let slash = self.bump();
                    if self.raw_escapes {
                        out.raw(self.word, slash.clone());
                    }
                    match self.peek() {
                        None => {}
                        Some(c) if c == '"' || c == '$' || c == escape => {
                            let escaped = self.bump();
                            out.raw(self.word, escaped);
                        }
                        Some(_) => out.raw(self.word, slash),
                    }
                }
            }
        }
    }

    /// `$NAME`, `${NAME}`, `${NAME<modifier>word}`; a lone `$` is itself.
    fn dollar(&mut self) -> Read<Text> {
        let start = self.at;
        self.bump();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok(self.word.slice(start..start + 1));
            }
            let value = self.get(start, name, "");
            return Ok(self.substitute(start, value));
        }
        self.bump();
        self.depth += 1;
        let read = if self.depth > MAX_NESTING {
            Err(self.bad("nesting-too-deep", start, "substitutions are nested too deeply"))
        } else {
            self.braced(start)
        };
        self.depth -= 1;
        read
    }

    /// After `${`.
    fn braced(&mut self, start: usize) -> Read<Text> {
        if let Some('{' | '}' | ':') = self.peek() {
            self.run(|c| c == '}');
            self.bump();
            return Err(self.bad("bad-substitution", start, "bad substitution: a variable name must follow `${`"));
        }
        let name = self.name();
        let modifier = self.bump();
        match self.word.get(modifier.clone()).unwrap_or("") {
            "" => Err(self.unclosed(start)),
            "}" => {
                let value = self.get(start, name, "");
                Ok(self.substitute(start, value))
            }
            ":" => {
                let second = self.bump();
                match self.word.get(second).unwrap_or("") {
                    "-" => self.default_or_alternative(start, name, ":-"),
                    "+" => self.default_or_alternative(start, name, ":+"),
                    "?" => self.required(start, name, ":?"),
                    "" => Err(self.unclosed(start)),
                    _ => Err(self.unsupported(start)),
                }
            }
            "-" => self.default_or_alternative(start, name, "-"),
            "+" => self.default_or_alternative(start, name, "+"),
            "?" => self.required(start, name, "?"),
            "#" => self.trim(start, name, "#"),
            "%" => self.trim(start, name, "%"),
            "/" => self.replace(start, name),
            _ => Err(self.unsupported(start)),
        }
    }

    fn default_or_alternative(&mut self, start: usize, name: Range<usize>, modifier: &'static str) -> Read<Text> {
        let head = start..self.at;
        let word = self.braced_word(start, '}', false)?;
        let value = self.get(start, name, modifier);
        if value.is_none() && self.mode.keep_unset {
            return Ok(self.kept(head, &[&word]));
        }
        let missing = value.as_ref().is_none_or(|v| v.is_empty() && modifier.starts_with(':'));
        Ok(match (modifier.ends_with('-'), missing) {
            (true, true) | (false, false) => word,
            (true, false) => self.substitute(start, value),
            (false, true) => self.substitute(start, None),
        })
    }

    fn required(&mut self, start: usize, name: Range<usize>, modifier: &'static str) -> Read<Text> {
        let head = start..self.at;
        let word = self.braced_word(start, '}', false)?;
        let value = self.get(start, name.clone(), modifier);
        if value.is_none() && self.mode.keep_unset {
            return Ok(self.kept(head, &[&word]));
        }
        let state = match &value {
            None => "unset",
            Some(v) if v.is_empty() && modifier == ":?" => "empty",
            Some(_) => return Ok(self.substitute(start, value)),
        };
        let name = shown(self.word.get(name).unwrap_or(""));
        let message = if word.is_empty() { format!("{name}: is not allowed to be {state}") } else { format!("{name}: {}", shown(&word)) };
        Err(self.bad("required-variable", start, message))
    }

    /// `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`.
    fn trim(&mut self, start: usize, name: Range<usize>, modifier: &'static str) -> Read<Text> {
        let head = start..self.at;
        let word = self.braced_word(start, '}', true)?;
        let value = self.get(start, name, modifier);
        if value.is_none() && self.mode.keep_unset {
            return Ok(self.kept(head, &[&word]));
        }
        let value = value.unwrap_or_default();
        let (longest, pattern) = word.strip_prefix(modifier).map_or((false, &*word), |p| (true, p));
        let trimmed =
            if modifier == "#" { pattern::trim_prefix(pattern, &value, longest) } else { pattern::trim_suffix(pattern, &value, longest) };
        self.patterned(start, pattern, trimmed)
    }

    /// `${x/p/r}` and `${x//p/r}`.
    fn replace(&mut self, start: usize, name: Range<usize>) -> Read<Text> {
        let all = self.peek() == Some('/');
        if all {
            self.bump();
        }
        let head = start..self.at;
        let pattern = self.braced_word(start, '/', true)?;
        let slash = self.at.saturating_sub(1)..self.at;
        let replacement = self.braced_word(start, '}', true)?;
        let value = self.get(start, name, "/");
        if value.is_none() && self.mode.keep_unset {
            return Ok(self.kept(head, &[&pattern, &self.word.slice(slash), &replacement]));
        }
        let replaced = pattern::replace(&pattern, &replacement, &value.unwrap_or_default(), all);
        self.patterned(start, &pattern, replaced)
    }

    fn patterned(&self, start: usize, pattern: &str, result: Result<String, pattern::BadPattern>) -> Read<Text> {
        match result {
            Ok(value) => Ok(self.substitute(start, Some(value))),
            Err(e) => Err(self.bad("bad-pattern", start, format!("invalid pattern `{}` in substitution: {e}", shown(pattern)))),
        }
    }

    /// The word after a modifier, up to `stop`.
    fn braced_word(&mut self, start: usize, stop: char, raw_escapes: bool) -> Read<Text> {
        let mut out = Out::new(self.word, self.at, false);
        match self.until(Some(stop), raw_escapes, &mut out) {
            Ok(()) => Ok(out.finish()),
            // BuildKit says so of whatever went wrong inside, once it is at the end; the inner reason is the better one.
            Err(bad) if bad.code == "unclosed-substitution" && stop == '}' => Err(self.unclosed(start)),
            Err(bad) => Err(bad),
        }
    }

    /// A substitution that stays as it is, its words read.
    fn kept(&self, head: Range<usize>, words: &[&Text]) -> Text {
        let at = self.word.span_of(head.clone()).start as usize;
        let mut out = TextBuilder::new(self.word.file());
        out.push_slice(self.word, head);
        for word in words {
            out.push_slice(word, 0..word.len());
        }
        out.push_slice(self.word, self.at.saturating_sub(1)..self.at);
        out.finish(at)
    }

    /// The value in place of all from `start` to here.
    fn substitute(&self, start: usize, value: Option<String>) -> Text {
        let source = start..self.at;
        match value {
            None if self.mode.keep_unset => self.word.slice(source),
            value => Text::replaced(self.word.span_of(source), value.unwrap_or_default()),
        }
    }

    fn get(&mut self, start: usize, name: Range<usize>, modifier: &'static str) -> Option<String> {
        let name = self.word.get(name).unwrap_or("");
        let value = (self.lookup)(name);
        let span = self.word.span_of(start..self.at);
        let has_default = modifier.ends_with('-');
        self.variables.push(VariableUse { name: name.to_string(), span, set: value.is_some(), has_default, modifier });
        value
    }

    /// A name: letters, digits and `_`; digits alone; or one special parameter.
    fn name(&mut self) -> Range<usize> {
        match self.peek() {
            Some(c) if c.is_ascii_digit() => self.run(|c| !c.is_ascii_digit()),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => self.bump(),
            _ => self.run(|c| !(c.is_alphanumeric() || c == '_')),
        }
    }

    fn unclosed(&self, start: usize) -> Bad {
        self.bad("unclosed-substitution", start, "no `}` closes this `${`")
    }

    /// Reads on to the brace, so that the whole substitution can be shown.
    fn unsupported(&mut self, start: usize) -> Bad {
        self.run(|c| c == '}');
        if self.bump().is_empty() {
            return self.unclosed(start);
        }
        let written = self.word.get(start..self.at).unwrap_or("");
        self.bad("bad-substitution", start, format!("unsupported modifier in `{}`", shown(written)))
    }

    fn bad(&self, code: &'static str, start: usize, message: impl Into<String>) -> Bad {
        Bad { code, at: start..self.at, message: message.into() }
    }

    fn peek(&self) -> Option<char> {
        self.word.get(self.at..)?.chars().next()
    }

    /// The next character; an empty range at the end.
    fn bump(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        start..self.at
    }

    /// Everything up to the first character that `stops`, or the end.
    fn run(&mut self, stops: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.at;
        let rest = self.word.get(start..).unwrap_or("");
        self.at += rest.find(stops).unwrap_or(rest.len());
        start..self.at
    }
}

/// What was read so far: one word, or several split at white space.
struct Out {
    split: bool,
    current: TextBuilder,
    words: Vec<Text>,
    file: FileId,
    /// Source offset of an empty result.
    place: usize,
}

impl Out {
    /// For what is read from offset `at` of `word` on.
    fn new(word: &Text, at: usize, split: bool) -> Self {
        let place = word.span_of(at..at).start as usize;
        Out { split, current: TextBuilder::new(word.file()), words: Vec::new(), file: word.file(), place }
    }

    /// Appends a part in which white space ends a word.
    fn plain(&mut self, text: &Text, range: Range<usize>) {
        if !self.split {
            return self.raw(text, range);
        }
        let (mut at, end) = (range.start, range.end);
        while let Some(rest) = text.get(at..end).filter(|r| !r.is_empty()) {
            let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
            self.raw(text, at..at + word);
            at += word;
            if at < end {
                self.end_word();
                at += text.get(at..end).map_or(0, |r| r.len() - r.trim_start().len());
            }
        }
    }

    /// Appends a part as it is.
    fn raw(&mut self, text: &Text, range: Range<usize>) {
        self.current.push_slice(text, range);
    }

    fn end_word(&mut self) {
        if !self.current.is_empty() {
            let word = std::mem::replace(&mut self.current, TextBuilder::new(self.file));
            self.words.push(word.finish(0));
        }
    }

    fn into_words(mut self) -> Vec<Text> {
        self.end_word();
        self.words
    }

    fn finish(self) -> Text {
        self.current.finish(self.place)
    }
}
