//! Arrays that are meant as JSON and are none: single quotes, a trailing comma, bare words.

/// What somebody may have meant by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LenientArray {
    /// The elements, when it is plain what they are.
    pub elements: Option<Vec<String>>,
    /// Why it is no JSON, in words.
    pub problem: &'static str,
}

/// Reads a text that begins with `[` and is no JSON array; `None` when it does not begin so.
pub fn lenient_array(text: &str) -> Option<LenientArray> {
    let mut reader = Reader { rest: text.strip_prefix('[')?, problem: None };
    let elements = reader.elements();
    Some(LenientArray { elements, problem: reader.problem.unwrap_or("it cannot be read") })
}

struct Reader<'a> {
    rest: &'a str,
    /// The first thing that is wrong.
    problem: Option<&'static str>,
}

impl Reader<'_> {
    fn blame(&mut self, problem: &'static str) {
        self.problem.get_or_insert(problem);
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn elements(&mut self) -> Option<Vec<String>> {
        let mut out = Vec::new();
        loop {
            self.skip_blanks();
            if self.eat(']') {
                self.blame("a comma stands before the closing bracket");
                break;
            }
            if self.rest.is_empty() {
                self.blame("the closing bracket is missing");
                break;
            }
            out.push(self.element()?);
            self.skip_blanks();
            if self.eat(']') {
                break;
            }
            if self.rest.is_empty() {
                self.blame("the closing bracket is missing");
                break;
            }
            if !self.eat(',') {
                self.blame("a comma is missing between two elements");
                // Two strings side by side are two elements; other things are not JSON gone wrong.
                if !self.rest.starts_with(['"', '\'']) {
                    return None;
                }
            }
        }
        self.skip_blanks();
        if !self.rest.is_empty() {
            self.blame("something follows the closing bracket");
            return None;
        }
        Some(out)
    }

    fn element(&mut self) -> Option<String> {
        let first = self.rest.chars().next()?;
        let close = match first {
            '"' => '"',
            '\'' => '\'',
            '\u{2018}' | '\u{2019}' => '\u{2019}',
            '\u{201c}' | '\u{201d}' => '\u{201d}',
            _ => return self.bare(),
        };
        if first == '\'' {
            self.blame("strings take double quotes, not single ones");
        } else if first != '"' {
            self.blame("strings take straight double quotes");
        }
        self.quoted(first.len_utf8(), close)
    }

    fn quoted(&mut self, open: usize, close: char) -> Option<String> {
        let mut out = String::new();
        let body = self.rest.get(open..)?;
        let mut chars = body.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == close {
                self.rest = body.get(at + c.len_utf8()..)?;
                return Some(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next()?.1 {
                c if c == close || c == '\\' => out.push(c),
                // A path of Windows, or an escape that only a shell knows.
                c => {
                    self.blame("a backslash in a string is written `\\\\`");
                    out.extend(['\\', c]);
                }
            }
        }
        self.blame("a quote is never closed");
        None
    }

    fn bare(&mut self) -> Option<String> {
        let end = self.rest.find(|c: char| c == ',' || c == ']' || c.is_whitespace()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.blame(if word.is_empty() { "an element is missing" } else { "strings need double quotes" });
        self.rest = rest;
        (!word.is_empty() && !word.contains(['"', '\''])).then(|| word.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Vec<String>>, &'static str) {
        let array = lenient_array(text).unwrap();
        (array.elements, array.problem)
    }

    fn words(words: &[&str]) -> Option<Vec<String>> {
        Some(words.iter().map(|w| w.to_string()).collect())
    }

    #[test]
    fn what_is_meant() {
        assert_eq!(read("['a', 'b c']"), (words(&["a", "b c"]), "strings take double quotes, not single ones"));
        assert_eq!(read(r#"["a", "b",]"#), (words(&["a", "b"]), "a comma stands before the closing bracket"));
        assert_eq!(read(r#"["a" "b"]"#), (words(&["a", "b"]), "a comma is missing between two elements"));
        assert_eq!(read(r#"["a", "b""#), (words(&["a", "b"]), "the closing bracket is missing"));
        assert_eq!(read("[a, b]"), (words(&["a", "b"]), "strings need double quotes"));
        assert_eq!(read(r#"["C:\app.exe"]"#), (words(&["C:\\app.exe"]), "a backslash in a string is written `\\\\`"));
        assert_eq!(read("[\u{201c}a\u{201d}]"), (words(&["a"]), "strings take straight double quotes"));
    }

    #[test]
    fn what_cannot_be_told() {
        assert_eq!(read(r#"["a"] && b"#), (None, "something follows the closing bracket"));
        assert_eq!(read(r#"["a, b]"#), (None, "a quote is never closed"));
        assert_eq!(read(r#"[ "$a" = "b" ] && c"#).0, None);
        assert_eq!(read("[ -f x ] && y").0, None);
        assert_eq!(lenient_array("a"), None);
    }
}
