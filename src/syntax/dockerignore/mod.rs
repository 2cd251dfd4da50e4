//! `.dockerignore`: which files of a build context are left out.
//!
//! Lines are read as moby's `ignorefile` reads them and patterns match as its `patternmatcher` matches them while
//! BuildKit walks the context (`MatchesUsingParentResults`). That is not `.gitignore`: every pattern starts at the root
//! of the context, `{a,b}` and `[!a]` mean nothing special, and the last pattern that matches a path or a folder it is
//! in decides.

mod pattern;

use std::sync::Arc;

pub use pattern::Pattern;

use super::dockerfile::shown;
use super::glob::Fault;
use super::text::Text;
use super::{Parse, SyntaxError};
use crate::source::{FileId, Source};

/// An ignore file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerIgnore {
    /// The file.
    pub file: FileId,
    /// The patterns in order, those without meaning too.
    pub patterns: Vec<Pattern>,
    /// The lines that start with `#`, that sign included.
    pub comments: Vec<Text>,
    /// Whether some pattern has no meaning, so that no verdict is certain.
    pub uncertain: bool,
}

/// What the patterns say of one path: enough to go on with the paths below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Which patterns matched the path or a folder it is in.
    matched: Vec<bool>,
    /// The pattern that had the last word.
    decided: Option<usize>,
}

/// The longest path that is compared, in bytes; no system the builder runs on has longer ones.
const LONGEST_PATH: usize = 4096;

/// Where the reader of the reference tool gives up: a line of this many bytes, without its `\n`.
const LONGEST_LINE: usize = 64 << 10;

/// The file read, once as long as its text does not change. Patterns with bytes that are not UTF-8 make it uncertain.
pub fn of(source: &Source) -> Arc<Parse<DockerIgnore>> {
    source.derived(|source| {
        let mut parse = parse(source.id, &source.text);
        let is_in = |p: &Pattern| source.bad_utf8.iter().any(|bad| p.span.range().contains(&bad.start));
        parse.tree.uncertain |= parse.tree.patterns.iter().any(is_in);
        parse
    })
}

/// Reads a text.
pub fn parse(file: FileId, text: &str) -> Parse<DockerIgnore> {
    let mut tree = DockerIgnore { file, patterns: Vec::new(), comments: Vec::new(), uncertain: false };
    let mut errors = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let from = start;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.len() >= LONGEST_LINE {
            let span = Text::verbatim(file, from, line).span();
            errors.push(SyntaxError::new("long-line", span, "this line is longer than 65535 bytes"));
            tree.uncertain = true;
            continue;
        }
        // A byte order mark counts in the first line only.
        let (from, line) = match line.strip_prefix('\u{feff}').filter(|_| from == 0) {
            Some(rest) => (line.len() - rest.len(), rest),
            None => (from, line),
        };
        tree.line(Text::verbatim(file, from, line), &mut errors);
    }
    Parse { tree, errors }
}

impl DockerIgnore {
    fn line(&mut self, line: Text, errors: &mut Vec<SyntaxError>) {
        if line.starts_with('#') {
            self.comments.push(line.trim());
            return;
        }
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        let pattern = Pattern::new(&line);
        if let Some(fault) = pattern.fault() {
            self.uncertain = true;
            if let Fault::Refused(why) = fault {
                let error = SyntaxError::new("invalid-pattern", pattern.span, format!("`{}` {why}", shown(&line)));
                errors.push(error.help("no file is ignored, and the build fails, until the pattern is mended"));
            }
        }
        self.patterns.push(pattern);
    }

    /// Whether some pattern brings back files.
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|p| p.negated)
    }

    /// What the patterns say of the root of the context: nothing.
    pub fn root(&self) -> Verdict {
        Verdict::default()
    }

    /// What the patterns say of `path`, given what they say of the folder it is in. The path is relative to the
    /// context, clean, with `/`.
    pub fn below(&self, parent: &Verdict, path: &str) -> Verdict {
        let mut excluded = false;
        let mut verdict = Verdict { matched: Vec::with_capacity(self.patterns.len()), decided: None };
        for (n, pattern) in self.patterns.iter().enumerate() {
            // A pattern that could change nothing is not tried, and counts below as one that did not match.
            let inherited = parent.matched.get(n).copied().unwrap_or(false);
            let matches = inherited || (pattern.negated == excluded && pattern.matches(path));
            if matches && pattern.negated == excluded {
                excluded = !pattern.negated;
                verdict.decided = Some(n);
            }
            verdict.matched.push(matches);
        }
        verdict
    }

    /// What the patterns say of `path`, going down to it from the root. Only the root's path, `` or `.`, is never left out.
    pub fn verdict(&self, path: &str) -> Verdict {
        let mut verdict = self.root();
        if path.len() > LONGEST_PATH || path.is_empty() || path == "." {
            return verdict;
        }
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for folder in ends.filter_map(|end| path.get(..end)) {
            verdict = self.below(&verdict, folder);
        }
        verdict
    }

    /// The pattern that had the last word; a negated one brings the path back. `None` when none matches.
    pub fn decided_by(&self, verdict: &Verdict) -> Option<&Pattern> {
        self.patterns.get(verdict.decided?)
    }

    /// The pattern that leaves `path` out, if it is left out.
    pub fn excludes(&self, path: &str) -> Option<&Pattern> {
        self.excluded_by(&self.verdict(path))
    }

    /// The pattern that leaves out, if the verdict is that.
    pub fn excluded_by(&self, verdict: &Verdict) -> Option<&Pattern> {
        self.decided_by(verdict).filter(|p| !p.negated)
    }
}

#[cfg(test)]
mod tests;
