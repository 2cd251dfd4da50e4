//! `.env` and env files, in the dialect of Compose (its `dotenv` package):
//!
//! `KEY=value`, `export KEY=value`, `KEY: value`, or `KEY` alone, which takes the value of the environment. `#` starts a
//! comment at the start of a line or after a space. Unquoted and double-quoted values are interpolated, single-quoted
//! ones are literal; quoted values may span lines.

use std::collections::HashMap;
use std::ops::Range;

use super::interpolate::{Lookup, interpolate};
use super::value::{Resolved, VarSource};
use crate::source::{FileId, Span};
use crate::syntax::SyntaxError;
use crate::syntax::text::{Text, TextBuilder};

/// One variable of an env file.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvEntry {
    /// Its name.
    pub name: Text,
    /// Its value after interpolation; `None` for a bare `KEY`.
    pub value: Option<Resolved>,
}

/// What an env file says, in the order of the text; a later entry of the same name wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnvFile {
    /// The variables.
    pub entries: Vec<EnvEntry>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// Reads an env file. `outer` answers for variables that values use, before the earlier lines of the file do.
pub fn parse(file: FileId, text: &str, outer: &dyn Lookup) -> EnvFile {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { file, text, at: start, outer, seen: HashMap::new(), out: EnvFile::default() };
    while reader.statement() {}
    reader.out
}

/// Reads an env file whose values are taken as they are, `format: raw`: the dialect of `docker run --env-file`. No
/// quotes, no comments after values, no variables; a `KEY` alone takes the value of the environment.
pub fn parse_raw(file: FileId, text: &str) -> EnvFile {
    let mut out = EnvFile::default();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    for line in text.get(at..).unwrap_or("").split_inclusive('\n') {
        let content = line.strip_suffix('\n').map_or(line, |l| l.strip_suffix('\r').unwrap_or(l)).trim_start();
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let text = Resolved { text: Text::verbatim(file, start, content), vars: Default::default() };
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        if let Some(message) = bad_raw_name(&name) {
            let at = Span::new(file, start, start + name.len().max(1));
            out.errors.push(SyntaxError::new("env-file", at, message).help("write `NAME=value`, one a line, without spaces before `=`"));
            continue;
        }
        out.entries.push(EnvEntry { name: name.text, value });
    }
    out
}

fn bad_raw_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("a variable has no name");
    }
    name.contains([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']).then_some("the name of a variable cannot hold a space")
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
    outer: &'t dyn Lookup,
    /// Values of the lines above.
    seen: HashMap<String, (String, Span)>,
    out: EnvFile,
}

/// Values of the outer world first, then of the lines above.
struct Above<'a> {
    outer: &'a dyn Lookup,
    seen: &'a HashMap<String, (String, Span)>,
}

impl Lookup for Above<'_> {
    fn lookup(&self, name: &str) -> Option<(&str, VarSource)> {
        let above = || self.seen.get(name).map(|(v, at)| (v.as_str(), VarSource::EnvFile(*at)));
        self.outer.lookup(name).or_else(above)
    }
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn skip(&mut self, set: &[char]) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(set).len();
    }

    fn line_end(&self) -> usize {
        self.rest().find('\n').map_or(self.text.len(), |i| self.at + i)
    }

    /// Reads one line or variable; `false` at the end.
    fn statement(&mut self) -> bool {
        self.skip(&[' ', '\t', '\n', '\r']);
        if self.rest().is_empty() {
            return false;
        }
        if self.rest().starts_with('#') {
            self.at = self.line_end();
            return true;
        }
        if let Some(rest) = self.rest().strip_prefix("export")
            && rest.starts_with([' ', '\t'])
        {
            self.at += "export".len();
            self.skip(&[' ', '\t']);
        }
        let Some((name, bare)) = self.name() else { return true };
        if bare {
            self.out.entries.push(EnvEntry { name, value: None });
            return true;
        }
        self.skip(&[' ', '\t']);
        if let Some(value) = self.value() {
            let above = Above { outer: self.outer, seen: &self.seen };
            let (value, literal) = value;
            let (value, errors) =
                if literal { (Resolved { text: value, vars: Default::default() }, Vec::new()) } else { interpolate(&value, &above) };
            for e in errors {
                self.out.errors.push(SyntaxError::new("interpolation", e.span, e.message).help(e.help));
            }
            self.seen.insert(name.to_string(), (value.to_string(), value.span()));
            self.out.entries.push(EnvEntry { name, value: Some(value) });
        }
        true
    }

    /// The name up to `=` or `:`, and whether the line ends after it. Leaves the place after the separator.
    fn name(&mut self) -> Option<(Text, bool)> {
        let start = self.at;
        let end = self.line_end();
        let line = self.text.get(start..end).unwrap_or("");
        let stop = line.find(['=', ':']);
        let name = line.get(..stop.unwrap_or(line.len())).unwrap_or("").trim_end();
        self.at = stop.map_or(end, |i| start + i + 1);
        let bad = name.char_indices().find(|(_, c)| !(c.is_alphanumeric() || "_.-[]".contains(*c)));
        if let Some((i, c)) = bad {
            let at = self.span(start + i..start + i + c.len_utf8());
            let error = if c.is_whitespace() {
                SyntaxError::new("env-file", self.span(start..start + name.len()), "the name of a variable cannot hold a space")
                    .help("write `NAME=value`, one a line")
            } else {
                SyntaxError::new("env-file", at, format!("`{}` cannot stand in the name of a variable", c.escape_debug()))
                    .help("use letters, digits, `_`, `.` and `-`")
            };
            self.out.errors.push(error);
            self.at = end;
            return None;
        }
        Some((Text::verbatim(self.file, start, name), stop.is_none()))
    }

    /// The value and whether it is literal.
    fn value(&mut self) -> Option<(Text, bool)> {
        match self.rest().bytes().next() {
            Some(b'"') => self.quoted('"').map(|v| (v, false)),
            Some(b'\'') => self.quoted('\'').map(|v| (v, true)),
            _ => Some((self.unquoted(), false)),
        }
    }

    fn unquoted(&mut self) -> Text {
        let start = self.at;
        let end = self.line_end();
        let line = self.text.get(start..end).unwrap_or("");
        // A value that is nothing but a comment: the space before its `#` was skipped.
        let comment = if line.starts_with('#') && self.text.get(..start).is_some_and(|t| t.ends_with([' ', '\t'])) {
            Some(0)
        } else {
            line.find(" #")
        };
        let value = line.get(..comment.unwrap_or(line.len())).unwrap_or("").trim_end();
        self.at = end;
        Text::verbatim(self.file, start, value)
    }

    fn quoted(&mut self, quote: char) -> Option<Text> {
        let start = self.at;
        let mut out = TextBuilder::new(self.file);
        let inner = self.text.get(start + 1..).unwrap_or("");
        let mut chars = inner.char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let at = start + 1 + i;
            if c == quote {
                self.at = at + 1;
                return Some(out.finish(start + 1));
            }
            if c != '\\' {
                out.push_verbatim(at, self.text.get(at..at + c.len_utf8()).unwrap_or(""));
                continue;
            }
            let Some((_, escaped)) = chars.next() else { break };
            let mut end = at + 1 + escaped.len_utf8();
            let value = match escaped {
                c if c == quote => c.to_string(),
                _ if quote == '\'' => format!("\\{escaped}"),
                'n' => "\n".into(),
                't' => "\t".into(),
                'r' => "\r".into(),
                'a' => "\x07".into(),
                'b' => "\x08".into(),
                'f' => "\x0c".into(),
                'v' => "\x0b".into(),
                '\\' => "\\".into(),
                '$' => "$$".into(),
                '0' => {
                    let digits: String = std::iter::from_fn(|| chars.next_if(|(_, d)| d.is_digit(8)).map(|(_, d)| d)).take(3).collect();
                    end += digits.len();
                    u8::from_str_radix(&digits, 8).map_or(String::new(), |b| char::from(b).to_string())
                }
                other => format!("\\{other}"),
            };
            out.push_replaced(&value, at..end);
        }
        let end = self.line_end();
        let error = SyntaxError::new("env-file", self.span(start..start + 1), "this quote is never closed").help("add the closing quote");
        self.out.errors.push(error);
        self.at = end;
        None
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};

    struct Outer;
    impl Lookup for Outer {
        fn lookup(&self, name: &str) -> Option<(&str, VarSource)> {
            (name == "HOME").then_some(("/root", VarSource::Environment))
        }
    }

    fn read(text: &str) -> EnvFile {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new(".env"), FileKind::Other, String::new()).id;
        parse(id, text, &Outer)
    }

    fn pairs(text: &str) -> Vec<(String, Option<String>)> {
        let file = read(text);
        assert_eq!(file.errors, [], "{text:?}");
        file.entries.iter().map(|e| (e.name.to_string(), e.value.as_ref().map(|v| v.to_string()))).collect()
    }

    #[test]
    fn values() {
        for (text, want) in [
            ("A=1\n", "1"),
            ("\u{feff}A=1\r\n", "1"),
            ("export A=1", "1"),
            ("A: 1\n", "1"),
            ("  A = 1 2  \n", "1 2"),
            ("A=a#c\n", "a#c"),
            ("A=a #c\n", "a"),
            ("A= #c\n", ""),
            ("A=\n", ""),
            ("A='x$HOME\\n' # c\n", "x$HOME\\n"),
            ("A='it\\'s'\n", "it's"),
            ("A=\"x$HOME \\n\\$y \\\"q\\\"\" # c\n", "x/root \n$y \"q\""),
            ("A=\"a\nb\"\n", "a\nb"),
            ("A=pa$$word\n", "pa$word"),
            ("A=secret$abc\n", "secret"),
            ("A=${X:-d}\n", "d"),
            ("A=https://x:80/?a=b\n", "https://x:80/?a=b"),
            ("A=\"\\0101\"\n", "A"),
        ] {
            assert_eq!(pairs(text), [("A".to_owned(), Some(want.to_owned()))], "{text:?}");
        }
    }

    #[test]
    fn lines_use_the_lines_above_and_bare_names_inherit() {
        assert_eq!(
            pairs("# c\nA=1\nB=${A}2\nC\n\nD=$C-\n"),
            [("A", Some("1")), ("B", Some("12")), ("C", None), ("D", Some("-"))].map(|(k, v)| (k.to_owned(), v.map(str::to_owned)))
        );
    }

    #[test]
    fn raw_values_are_what_is_written() {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("raw.env"), FileKind::Other, String::new()).id;
        let text = "\u{feff}# c\r\nA='x' # y\r\n  B=\"$HOME\" \nC=${X:-d}=e\n\nD\nE=\nF G=1\n=2\nH =3\n";
        let file = parse_raw(id, text);
        let pairs: Vec<_> = file.entries.iter().map(|e| (e.name.to_string(), e.value.as_ref().map(|v| v.to_string()))).collect();
        let want = [("A", Some("'x' # y")), ("B", Some("\"$HOME\" ")), ("C", Some("${X:-d}=e")), ("D", None), ("E", Some(""))];
        assert_eq!(pairs, want.map(|(k, v)| (k.to_owned(), v.map(str::to_owned))));
        assert_eq!(file.errors.iter().map(|e| &text[e.span.range()]).collect::<Vec<_>>(), ["F G", "=", "H "]);
        let value = file.entries[1].value.as_ref().unwrap();
        assert_eq!(&text[value.span().range()], "\"$HOME\" ");
        assert!(value.is_literal());
    }

    #[test]
    fn errors_have_their_bytes() {
        for (text, bytes) in [("A!=1\nB=2\n", "!"), ("A B=1\nB=2\n", "A B"), ("A=1\nC=\"x\nB=2\n", "\"")] {
            let file = read(text);
            assert_eq!(file.errors.len(), 1, "{text:?}");
            assert_eq!(&text[file.errors[0].span.range()], bytes, "{text:?}");
            assert!(file.entries.iter().any(|e| e.name.as_str() == "B"), "the rest is read: {text:?}");
        }
    }

    #[test]
    fn raw_files_are_taken_as_they_are() {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new(".env"), FileKind::Other, String::new()).id;
        let file = parse_raw(id, "A=\"x\" $B\n# c\nC\n");
        assert_eq!(file.entries[0].value.as_ref().unwrap().as_str(), "\"x\" $B");
        assert_eq!(file.entries[1].value, None);
    }
}
