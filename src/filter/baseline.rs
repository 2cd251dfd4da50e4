//! Findings that are known and not reported: a file that people can read and review, one finding a line.
//!
//! A line is `fingerprint`, count, lint, file and place, with tabs between them. Only the first two count; the others are
//! for people. Fingerprints know no lines: code that moves stays known.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::diagnostic::Diagnostic;

/// What the file begins with.
const HEAD: &str = "# dockvet baseline 1: findings that were known when this was written, and are not reported.\n\
                    # `dockvet baseline` writes it anew, `dockvet baseline --shrink` only takes away what is mended.\n";

/// Known findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<String, Entry>,
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How many findings look the same.
    pub count: usize,
    /// The lint.
    pub lint: String,
    /// The file, relative to that of the baseline.
    pub file: String,
    /// Where it is in the model.
    pub place: String,
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// The 1-based number of the line that is none, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Baseline, (usize, &'static str)> {
        let mut entries = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap_or("").to_owned();
            let fingerprint = field();
            let count = field().parse().map_err(|_| (number + 1, "should begin with a fingerprint, a tab and a count"))?;
            let entry = Entry { count, lint: field(), file: field(), place: field() };
            entries.entry(fingerprint).and_modify(|e: &mut Entry| e.count += count).or_insert(entry);
        }
        Ok(Baseline { entries })
    }

    /// The baseline of these findings; `file_of` gives the path of a finding's file relative to that of the baseline.
    pub fn of(diagnostics: &[Diagnostic], file_of: impl Fn(&Diagnostic) -> String) -> Baseline {
        let mut entries = BTreeMap::new();
        for d in diagnostics {
            let file = file_of(d);
            let entry = || Entry { count: 0, lint: d.lint.to_owned(), file: file.clone(), place: d.path.clone() };
            entries.entry(d.fingerprint(&file)).or_insert_with(entry).count += 1;
        }
        Baseline { entries }
    }

    /// The text of the file, in the order of files, lints and places.
    pub fn to_text(&self) -> String {
        let mut lines: Vec<_> = self.entries.iter().collect();
        lines.sort_by(|(a, x), (b, y)| (&x.file, &x.lint, &x.place, a).cmp(&(&y.file, &y.lint, &y.place, b)));
        let mut out = HEAD.to_owned();
        for (fingerprint, Entry { count, lint, file, place }) in lines {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{fingerprint}\t{count}\t{lint}\t{}\t{}", one_line(file), one_line(place));
        }
        out
    }

    /// Takes the known findings out of `diagnostics` and gives them back.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>, file_of: impl Fn(&Diagnostic) -> String) -> Vec<Diagnostic> {
        let mut left: BTreeMap<&str, usize> = self.entries.iter().map(|(f, e)| (f.as_str(), e.count)).collect();
        let mut known = Vec::new();
        let mut kept = Vec::with_capacity(diagnostics.len());
        for d in diagnostics.drain(..) {
            match left.get_mut(d.fingerprint(&file_of(&d)).as_str()).filter(|n| **n > 0) {
                Some(n) => {
                    *n -= 1;
                    known.push(d);
                }
                None => kept.push(d),
            }
        }
        *diagnostics = kept;
        known
    }

    /// The lines for which nothing is found any more, of files that `is_judged` says were looked at.
    pub fn stale(&self, known: &[Diagnostic], file_of: impl Fn(&Diagnostic) -> String, is_judged: impl Fn(&Entry) -> bool) -> Vec<&Entry> {
        let found = Baseline::of(known, file_of);
        let is_stale = |(f, e): &(&String, &Entry)| found.entries.get(*f).is_none_or(|found| found.count < e.count) && is_judged(e);
        self.entries.iter().filter(is_stale).map(|(_, e)| e).collect()
    }

    /// What of this one is in `now` too: it never grows.
    #[must_use]
    pub fn shrunk_to(&self, now: &Baseline) -> Baseline {
        let smaller = |(f, e): (&String, &Entry)| {
            let count = now.entries.get(f)?.count.min(e.count);
            Some((f.clone(), Entry { count, ..e.clone() }))
        };
        Baseline { entries: self.entries.iter().filter_map(smaller).collect() }
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.entries.values().map(|e| e.count).sum()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The files it speaks of.
    pub fn files(&self) -> BTreeSet<&str> {
        self.entries.values().map(|e| e.file.as_str()).collect()
    }
}

/// Tabs and line ends would make another line of it.
fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Group, Label, Level};
    use crate::source::{FileKind, Sources, Span};

    fn finding(lint: &'static str, path: &str) -> Diagnostic {
        let file = Sources::new(std::path::Path::new("/"), 1).set_text(std::path::Path::new("f"), FileKind::Compose, String::new()).id;
        Diagnostic {
            lint,
            code: None,
            level: Level::Warning,
            group: Group::Security,
            score: None,
            message: String::new(),
            primary: Label { span: Span::new(file, 0, 0), note: String::new() },
            labels: Vec::new(),
            help: None,
            fixes: Vec::new(),
            path: path.to_owned(),
            secrets: Vec::new(),
            evidence: String::new(),
        }
    }

    fn file_of(d: &Diagnostic) -> String {
        if d.path.starts_with("other") { "b.yaml".into() } else { "a.yaml".into() }
    }

    #[test]
    fn it_reads_what_it_writes() {
        let findings = [finding("root-user", "services.web"), finding("root-user", "services.web"), finding("privileged", "other\t.x")];
        let baseline = Baseline::of(&findings, file_of);
        let text = baseline.to_text();
        let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split_once('\t').unwrap().1).collect();
        assert_eq!(lines, ["2\troot-user\ta.yaml\tservices.web", "1\tprivileged\tb.yaml\tother .x"]);
        let again = Baseline::parse(&text).unwrap();
        assert_eq!((again.len(), again.to_text()), (3, text));
        assert_eq!(Baseline::parse("# x\n\nabc def\n").unwrap_err().0, 3);
    }

    #[test]
    fn only_what_is_new_is_left() {
        let baseline = Baseline::of(&[finding("root-user", "services.web"), finding("privileged", "services.web")], file_of);
        let mut now =
            vec![finding("root-user", "services.web"), finding("root-user", "services.web"), finding("root-user", "services.api")];
        let known = baseline.apply(&mut now, file_of);
        assert_eq!(known.len(), 1);
        assert_eq!(now.iter().map(|d| d.path.as_str()).collect::<Vec<_>>(), ["services.web", "services.api"]);
        let stale = baseline.stale(&known, file_of, |_| true);
        assert_eq!(stale.iter().map(|e| e.lint.as_str()).collect::<Vec<_>>(), ["privileged"]);
        assert!(baseline.stale(&known, file_of, |_| false).is_empty(), "the file was not looked at");
    }

    #[test]
    fn it_only_shrinks() {
        let old = Baseline::of(&[finding("root-user", "a"), finding("root-user", "a"), finding("privileged", "a")], file_of);
        let now = Baseline::of(&[finding("root-user", "a"), finding("missing-cap-drop", "a")], file_of);
        let shrunk = old.shrunk_to(&now);
        assert_eq!((shrunk.len(), shrunk.to_text().contains("missing-cap-drop")), (1, false));
    }
}
