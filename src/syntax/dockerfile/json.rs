//! JSON arrays of strings, the exec form, with the bytes of every element.

use std::ops::Range;

use crate::syntax::text::{Text, TextBuilder};

/// What the arguments of an instruction that takes JSON are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json {
    /// An array of strings.
    Strings(Vec<Text>),
    /// An array, but of other things too: BuildKit refuses it.
    Other,
    /// Begins with `[` and is no JSON: BuildKit takes it for shell form.
    Broken,
    /// Something else.
    None,
}

/// Reads `args`, which are trimmed.
pub(super) fn parse(args: &Text) -> Json {
    if !args.starts_with('[') {
        return Json::None;
    }
    if let Some(strings) = (Scanner { text: args, at: 0 }).array() {
        return Json::Strings(strings);
    }
    match serde_json::from_str::<Vec<serde::de::IgnoredAny>>(args) {
        Ok(_) => Json::Other,
        Err(_) => Json::Broken,
    }
}

struct Scanner<'a> {
    text: &'a Text,
    at: usize,
}

impl Scanner<'_> {
    fn array(&mut self) -> Option<Vec<Text>> {
        let mut out = Vec::new();
        self.eat('[')?;
        self.blanks();
        if self.eat(']').is_none() {
            loop {
                self.blanks();
                out.push(self.string()?);
                self.blanks();
                if self.eat(',').is_none() {
                    self.eat(']')?;
                    break;
                }
            }
        }
        self.blanks();
        self.rest().is_empty().then_some(out)
    }

    fn string(&mut self) -> Option<Text> {
        self.eat('"')?;
        let start = self.at;
        let mut out = TextBuilder::new(self.text.file());
        loop {
            let run = self.rest().find(|c| c == '"' || c == '\\' || c < ' ')?;
            out.push_slice(self.text, self.at..self.at + run);
            self.at += run;
            if self.eat('"').is_some() {
                return Some(out.finish(self.source(start..start).start));
            }
            let from = self.at;
            self.eat('\\')?;
            let c = self.escape()?;
            out.push_replaced(c.encode_utf8(&mut [0; 4]), self.source(from..self.at));
        }
    }

    fn escape(&mut self) -> Option<char> {
        let kind = self.rest().chars().next()?;
        self.at += kind.len_utf8();
        Some(match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode()?,
            _ => return None,
        })
    }

    /// After `\u`. Half a surrogate pair is U+FFFD, as Go reads it.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if let 0xd800..0xdc00 = first {
            let here = self.at;
            if self.rest().starts_with("\\u") {
                self.at += 2;
                if let Some(second @ 0xdc00..0xe000) = self.hex() {
                    return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
                }
                self.at = here;
            }
        }
        Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(value)
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn eat(&mut self, c: char) -> Option<()> {
        self.rest().starts_with(c).then(|| self.at += c.len_utf8())
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn source(&self, range: Range<usize>) -> Range<usize> {
        self.text.span_of(range).range()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::dockerfile::testing::file;

    fn strings(s: &str) -> Option<Vec<(String, Range<usize>)>> {
        match parse(&Text::verbatim(file(), 10, s)) {
            Json::Strings(v) => Some(v.iter().map(|t| (t.to_string(), t.span().range())).collect()),
            _ => None,
        }
    }

    fn kind(s: &str) -> Json {
        parse(&Text::verbatim(file(), 0, s))
    }

    #[test]
    fn elements_have_their_bytes() {
        let got = strings(r#"[ "a b" ,"", "x\n\u00e9\"y"]"#).unwrap();
        assert_eq!(got, [("a b".into(), 13..16), (String::new(), 20..20), ("x\né\"y".into(), 24..36)]);
        assert_eq!(strings("[]").unwrap(), []);
    }

    #[test]
    fn surrogates() {
        assert_eq!(strings(r#"["\ud83d\ude00"]"#).unwrap()[0].0, "😀");
        assert_eq!(strings(r#"["\ud83dx\ud83d\u0041"]"#).unwrap()[0].0, "\u{fffd}x\u{fffd}A");
    }

    #[test]
    fn what_is_json_but_no_strings_is_told_apart() {
        for s in ["[1]", r#"["a", null]"#, r#"["a", ["b"]]"#, r#"[{"a": 1}]"#] {
            assert_eq!(kind(s), Json::Other, "{s}");
        }
        for s in ["['a']", r#"["a",]"#, r#"["a""#, r#"["a"] x"#, "[", "[\"a\tb\"]", r#"["\x"]"#] {
            assert_eq!(kind(s), Json::Broken, "{s}");
        }
        assert_eq!(kind("a"), Json::None);
    }
}
