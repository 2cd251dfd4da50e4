//! Byte sizes, durations and command lines, as the libraries that Compose uses read them.

use std::time::Duration;

use super::value::Resolved;

/// A size in bytes: a number with an optional unit, `64m`, `1.5GB`, `512 k`. Units are powers of 1024; `Mi` is none
/// (go-units, `RAMInBytes`). Negative sizes are read, too.
pub fn bytes(text: &str) -> Option<i64> {
    let end = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
    let (number, suffix) = text.split_at_checked(end)?;
    let number: f64 = number.trim_end().parse().ok()?;
    let suffix = suffix.strip_prefix(' ').unwrap_or(suffix).to_ascii_lowercase();
    let mut letters = suffix.chars();
    let factor: u64 = match letters.next() {
        None => return Some(number as i64),
        Some('b') if suffix.len() == 1 => 1,
        Some('k') => 1 << 10,
        Some('m') => 1 << 20,
        Some('g') => 1 << 30,
        Some('t') => 1 << 40,
        Some('p') => 1 << 50,
        _ => return None,
    };
    matches!(letters.as_str(), "" | "b" | "ib").then_some((number * factor as f64) as i64)
}

/// A duration: numbers with units from weeks to nanoseconds, `1m30s`, `2.5h`, `1d`.
pub fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(unit)?;
        let number: f64 = if number == "." { return None } else { number.parse().ok()? };
        total += number * seconds(unit)?;
        rest = next;
    }
    Duration::try_from_secs_f64(total).ok()
}

fn seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "w" => 604_800.0,
        "d" => 86_400.0,
        "h" => 3600.0,
        "m" => 60.0,
        "s" => 1.0,
        "ms" => 1e-3,
        "us" | "µs" | "μs" => 1e-6,
        "ns" => 1e-9,
        _ => return None,
    })
}

/// A command line split into words, as Compose does it for `command` and `entrypoint` (no shell runs): quotes and
/// backslashes are understood; an unquoted `;`, `&`, `|`, `<` or `>` silently ends the line. `None` when a quote is not
/// closed or a parenthesis stands outside quotes.
pub fn words(line: &Resolved) -> Option<Words> {
    let mut split = Split { line, words: Vec::new(), pieces: Vec::new(), started: false };
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut chars = line.char_indices();
    let mut cut = None;
    let mut backquote = false;
    let mut dollar = false;
    for (i, c) in chars.by_ref() {
        let end = i + c.len_utf8();
        if escaped {
            escaped = false;
            split.push(i..end);
            continue;
        }
        let quoted = quote.is_some() || backquote || dollar;
        match c {
            '\\' if quote == Some('\'') => split.push(i..end),
            '\\' => escaped = true,
            ' ' | '\t' | '\r' | '\n' if quoted => split.push(i..end),
            ' ' | '\t' | '\r' | '\n' => split.end_word(),
            '"' | '\'' if quote == Some(c) && !dollar => {
                quote = None;
                split.started = true;
            }
            '"' | '\'' if quote.is_none() && !dollar => quote = Some(c),
            '`' => {
                if quote.is_none() && !dollar {
                    backquote = !backquote;
                }
                split.push(i..end);
            }
            '(' if quote.is_none() && !backquote => {
                if dollar || !split.ends_with('$') {
                    return None;
                }
                dollar = true;
                split.push(i..end);
            }
            ')' if quote.is_none() && !backquote => {
                dollar = !dollar;
                split.push(i..end);
            }
            ';' | '&' | '|' | '<' | '>' if !quoted => {
                cut = Some(i);
                if c == '>' && split.is_number() {
                    split.drop_word();
                }
                break;
            }
            _ => split.push(i..end),
        }
    }
    split.end_word();
    if escaped || quote.is_some() || backquote || dollar {
        return None;
    }
    Some(Words { words: split.words, dropped: cut.map(|at| line.slice(at..line.len())) })
}

/// The words of a command line.
#[derive(Clone, PartialEq, Debug)]
pub struct Words {
    /// The words, unquoted.
    pub words: Vec<Resolved>,
    /// What Compose drops: an operator of the shell and all that follows.
    pub dropped: Option<Resolved>,
}

struct Split<'l> {
    line: &'l Resolved,
    words: Vec<Resolved>,
    /// The stretches of the line that make up the current word.
    pieces: Vec<std::ops::Range<usize>>,
    started: bool,
}

impl Split<'_> {
    fn push(&mut self, range: std::ops::Range<usize>) {
        self.started = true;
        match self.pieces.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.pieces.push(range),
        }
    }

    fn ends_with(&self, c: char) -> bool {
        self.pieces.last().and_then(|p| self.line.get(p.clone())).is_some_and(|t| t.ends_with(c))
    }

    fn is_number(&self) -> bool {
        self.pieces.first().and_then(|p| self.line.get(p.clone())).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()))
    }

    fn drop_word(&mut self) {
        self.pieces.clear();
        self.started = false;
    }

    fn end_word(&mut self) {
        if !std::mem::take(&mut self.started) {
            return;
        }
        let pieces = std::mem::take(&mut self.pieces);
        let mut out = crate::syntax::text::TextBuilder::new(self.line.file());
        for piece in &pieces {
            out.push_slice(&self.line.text, piece.clone());
        }
        let at = self.line.span_of(pieces.first().map_or(0..0, |p| p.start..p.start)).start;
        let text = out.finish(at as usize);
        let vars = self.line.vars.within(text.span());
        self.words.push(Resolved { text, vars });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::text::Text;

    #[test]
    fn sizes() {
        for (text, want) in [
            ("64m", 64 << 20),
            ("1g", 1 << 30),
            ("1.5GB", 3 << 29),
            ("512", 512),
            ("10 kb", 10 << 10),
            ("1KiB", 1 << 10),
            ("5b", 5),
            ("-1", -1),
            ("0", 0),
        ] {
            assert_eq!(bytes(text), Some(want), "{text}");
        }
        for text in ["", "m", "512Mi", "1xx", "1 gbs", "abc", "1bb"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn durations() {
        for (text, millis) in [("1m30s", 90_000), ("10ms", 10), ("0", 0), ("2.5s", 2500), ("1d", 86_400_000), ("1w", 604_800_000)] {
            assert_eq!(duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "10", "5x", "10 secs", "s", "1m30", ".s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn command_lines() {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let split = |line: &str| {
            let line = Resolved { text: Text::verbatim(id, 0, line), vars: Default::default() };
            words(&line).map(|w| (w.words.iter().map(|w| w.to_string()).collect::<Vec<_>>(), w.dropped.map(|d| d.to_string())))
        };
        let ok = |line: &str, want: &[&str], dropped: Option<&str>| {
            assert_eq!(split(line), Some((want.iter().map(|w| w.to_string()).collect(), dropped.map(str::to_owned))), "{line}");
        };
        ok("a  b", &["a", "b"], None);
        ok("sh -c 'x \"y\" && z'", &["sh", "-c", "x \"y\" && z"], None);
        ok("a \"\" b\\ c", &["a", "", "b c"], None);
        ok("echo hi && rm x", &["echo", "hi"], Some("&& rm x"));
        ok("run 2>&1", &["run"], Some(">&1"));
        ok("echo $(date)", &["echo", "$(date)"], None);
        ok("", &[], None);
        for bad in ["echo 'x", "a \"b", "f(x)", "a\\"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn words_keep_their_bytes() {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let line = Resolved { text: Text::verbatim(id, 10, "sh 'a b'c"), vars: Default::default() };
        let words = words(&line).unwrap().words;
        assert_eq!(words[1].as_str(), "a bc");
        assert_eq!(words[1].span().range(), 14..19);
        assert_eq!(words[1].span_of(3..4).range(), 18..19);
    }
}
