//! Parser directives: `# syntax=`, `# escape=`, `# check=` before anything else in the file.
//!
//! BuildKit reads them twice. Its parser looks for `escape` from the first line on, indentation allowed. The frontend
//! looks for `syntax` and `check`, skips a `#!` line first, and takes no indentation. Both stop at the first line that
//! is not shaped like a directive; one with an unknown name does not stop them.

use std::ops::Range;

const NAMES: [&str; 3] = ["syntax", "escape", "check"];

/// What a line is to the readers of directives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing to them.
    No,
    /// A directive with an effect. Ranges of the line.
    Yes(Shape),
    /// A second directive of the same name: BuildKit refuses the file.
    Duplicate(Shape),
}

/// Where name and value of a directive are in its line, as byte ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub name: Range<usize>,
    pub value: Range<usize>,
}

/// Reads the lines from the top, both ways.
#[derive(Debug, Default)]
pub(super) struct Scan {
    parser: Reader,
    frontend: Reader,
    started: bool,
}

#[derive(Debug, Default)]
struct Reader {
    done: bool,
    seen: Vec<&'static str>,
}

impl Scan {
    /// Whether no later line can be a directive.
    pub fn is_done(&self) -> bool {
        self.parser.done && self.frontend.done
    }

    /// Looks at the next line, which comes without line end.
    pub fn line(&mut self, line: &str) -> Found {
        let first = !std::mem::replace(&mut self.started, true);
        let unindented = line.trim_start();
        let indent = line.len() - unindented.len();
        let parser = self.parser.line(unindented);
        let frontend = if first && line.starts_with("#!") { None } else { self.frontend.line(line) };
        match (parser, frontend) {
            (Some((_, shape, true)), _) => Found::Duplicate(shape.shifted(indent)),
            (Some(("escape", shape, _)), _) => Found::Yes(shape.shifted(indent)),
            (_, Some((name, shape, false))) if name != "escape" => Found::Yes(shape),
            _ => Found::No,
        }
    }
}

impl Reader {
    /// The name, the shape, and whether the name was there before.
    fn line(&mut self, line: &str) -> Option<(&'static str, Shape, bool)> {
        if self.done {
            return None;
        }
        let Some(shape) = shape(line) else {
            self.done = true;
            return None;
        };
        let written = line.get(shape.name.clone())?;
        let name = NAMES.into_iter().find(|n| n.eq_ignore_ascii_case(written))?;
        let again = self.seen.contains(&name);
        self.seen.push(name);
        Some((name, shape, again))
    }
}

impl Shape {
    fn shifted(self, by: usize) -> Shape {
        Shape { name: self.name.start + by..self.name.end + by, value: self.value.start + by..self.value.end + by }
    }
}

/// `# name = value`, the value not empty.
fn shape(line: &str) -> Option<Shape> {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
    let at = |rest: &str| line.len() - rest.len();
    let rest = line.strip_prefix('#')?.trim_start_matches(blank);
    let name = at(rest);
    let rest = rest.strip_prefix(|c: char| c.is_ascii_alphabetic())?.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let name = name..at(rest);
    let rest = rest.trim_start_matches(blank).strip_prefix('=')?;
    let value = rest.trim_start_matches(blank);
    if value.is_empty() {
        // Nothing but blanks: the last of them is the value.
        let start = at(rest) + rest.len().checked_sub(1)?;
        return Some(Shape { name, value: start..line.len() });
    }
    let start = at(value);
    Some(Shape { name, value: start..start + value.trim_end_matches(blank).len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The directives among `lines`, as `name=value`; duplicates with a `!`.
    fn found(lines: &[&str]) -> Vec<String> {
        let mut scan = Scan::default();
        lines
            .iter()
            .filter_map(|l| match scan.line(l) {
                Found::No => None,
                Found::Yes(s) => Some(format!("{}={}", &l[s.name], &l[s.value])),
                Found::Duplicate(s) => Some(format!("!{}={}", &l[s.name], &l[s.value])),
            })
            .collect()
    }

    #[test]
    fn directives_stop_at_the_first_line_of_another_shape() {
        assert_eq!(found(&["# syntax = a/b:1 ", "#escape=`"]), ["syntax=a/b:1", "escape=`"]);
        assert_eq!(found(&["# a comment", "# escape=`"]), [""; 0]);
        assert_eq!(found(&["", "# escape=`"]), [""; 0]);
        assert_eq!(found(&["FROM a", "# syntax=b"]), [""; 0]);
        assert_eq!(found(&["# escape=", "# syntax=b"]), [""; 0]);
    }

    #[test]
    fn unknown_names_do_not_stop() {
        assert_eq!(found(&["# owner=me", "# Escape=`"]), ["Escape=`"]);
    }

    #[test]
    fn a_second_one_is_told() {
        assert_eq!(found(&["# escape=`", "# ESCAPE=\\"]), ["escape=`", "!ESCAPE=\\"]);
        assert_eq!(found(&["# syntax=a", "  # syntax=b"]), ["syntax=a", "!syntax=b"]);
    }

    #[test]
    fn indentation_is_for_escape_only() {
        assert_eq!(found(&["  # escape=`"]), ["escape=`"]);
        assert_eq!(found(&["  # check=skip=all"]), [""; 0]);
    }

    #[test]
    fn a_shebang_hides_escape_only() {
        assert_eq!(found(&["#!/usr/bin/env docker", "# syntax=a", "# escape=`", "# check=error=true"]), ["syntax=a", "check=error=true"]);
        assert_eq!(found(&["# syntax=a", "#!/bin/sh", "# check=error=true"]), ["syntax=a"]);
    }
}
