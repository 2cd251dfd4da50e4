//! What people, editors and CI systems are shown: findings in, text out.
//!
//! Every format is one function of the [`Report`]; [`FORMATS`] is the list of them. Nothing here decides what is
//! reported, reads the environment or looks at the clock, so that the same report is always the same bytes.

mod absence;
mod azure;
mod canvas;
mod checkstyle;
mod clean;
mod concise;
mod excerpt;
mod github;
mod gitlab;
mod grouped;
mod html;
mod json;
mod junit;
mod markdown;
mod page;
mod place;
mod prints;
mod rdjson;
mod sarif;
mod sonarqube;
mod teamcity;
mod text;
mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use annotate_snippets::renderer as ansi;

use crate::diagnostic::{Diagnostic, Level, Safety, Suppressed};
use crate::lint::Lint;
use crate::source::{Column, FileId, Sources, Span};

pub use clean::{one_line, visible};
pub use markdown::summary as github_summary;
pub use text::statistics;

/// Everything one run has to say.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The findings, sorted by file name, start, lint.
    pub diagnostics: &'a [Diagnostic],
    /// The files that the findings point into.
    pub sources: &'a Sources,
    /// The lints that may have fired; the page, the score and the link of a finding come from here.
    pub lints: &'a [&'static Lint],
    /// How many files were linted.
    pub files: usize,
    /// The files that were linted, sorted by name, clean ones too; only `junit` and `checkstyle` name them. May be left empty.
    pub linted: &'a [FileId],
    /// How many findings were silenced by comments or configuration.
    pub suppressed: usize,
    /// How many findings the baseline holds already.
    pub baselined: usize,
    /// The findings behind the two counts, sorted as the others; `json`, `sarif` and `html` carry them. May be left empty.
    pub silenced: &'a [Suppressed],
    /// What could not be done: a file that could not be read, an internal error. The run is not complete then.
    pub errors: &'a [String],
    /// What else is worth knowing: a template that was skipped.
    pub notes: &'a [String],
    /// Bytes that no output may quote, besides those that a silenced finding names. In any order; spans may overlap.
    pub secrets: &'a [Span],
    /// How long the run took; printed by `text` only, and not at all when it is `None`.
    pub elapsed: Option<Duration>,
}

impl<'a> Report<'a> {
    /// The lint of that id.
    pub fn lint(&self, id: &str) -> Option<&'static Lint> {
        self.lints.iter().copied().find(|l| l.id == id)
    }

    /// The page on the web for the lint of that id, if there is such a lint.
    pub fn url(&self, id: &str) -> Option<String> {
        self.lint(id).map(Lint::url)
    }

    /// How many findings are of that level.
    pub fn count(&self, level: Level) -> usize {
        self.diagnostics.iter().filter(|d| d.level == level).count()
    }

    /// How many files have findings.
    pub fn files_with_findings(&self) -> usize {
        self.by_file().count()
    }

    /// The findings of each file that has some.
    fn by_file(&self) -> impl Iterator<Item = &'a [Diagnostic]> {
        self.diagnostics.chunk_by(|a, b| a.primary.span.file == b.primary.span.file)
    }

    /// The linted files by name with their findings; those with findings alone when nobody says what was linted.
    fn files(&self) -> Vec<(String, &'a [Diagnostic])> {
        let mut files: BTreeMap<FileId, &[Diagnostic]> = self.linted.iter().map(|id| (*id, [].as_slice())).collect();
        files.extend(self.by_file().filter_map(|found| Some((found.first()?.primary.span.file, found))));
        let mut named: Vec<_> = files.into_iter().map(|(id, found)| (self.sources.get(id).name.clone(), found)).collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        named
    }

    /// The bytes that must not be quoted, those of silenced findings too: other findings may stand on the same lines.
    fn hidden(&self) -> impl Iterator<Item = Span> {
        self.secrets.iter().chain(self.silenced.iter().flat_map(|s| &s.finding.secrets)).copied()
    }

    /// The lints of the findings, sorted by id, each once.
    fn fired(&self) -> Vec<&'static Lint> {
        let ids: BTreeSet<&str> = self.diagnostics.iter().map(|d| d.lint).collect();
        ids.into_iter().filter_map(|id| self.lint(id)).collect()
    }

    /// The name of the file that `span` is in, and the part of it that is shown.
    fn place(&self, span: Span, unit: Column) -> (String, place::Region) {
        let source = self.sources.get(span.file);
        (source.name.clone(), place::region(&source, place::visible_part(&source, span), unit))
    }

    /// `2 errors, 1 warning, 0 info`.
    fn levels(&self) -> String {
        let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "info")].map(|(level, noun)| {
            let n = self.count(level);
            if level == Level::Info { format!("{n} {noun}") } else { count_of(n, noun) }
        });
        counts.join(", ")
    }

    /// `; 3 suppressed; 1 in the baseline`, without what there is none of.
    fn silence(&self) -> String {
        let counts = [(self.suppressed, "suppressed"), (self.baselined, "in the baseline")];
        counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("; {n} {what}")).collect()
    }

    /// How many findings `--fix` can mend, and how many more `--unsafe-fixes` can.
    fn fixable(&self) -> (usize, usize) {
        let best = self.diagnostics.iter().filter_map(|d| d.fixes.iter().map(|f| f.safety).max());
        best.fold((0, 0), |(safe, risky), s| match s {
            Safety::Safe => (safe + 1, risky),
            Safety::Unsafe => (safe, risky + 1),
        })
    }

    /// The findings with the worst first; those of one level stay in order.
    fn worst_first(&self) -> Vec<&'a Diagnostic> {
        let mut all: Vec<_> = self.diagnostics.iter().collect();
        all.sort_by_key(|d| std::cmp::Reverse(d.level));
        all
    }
}

/// How the output may look. The caller knows the terminal and the user's wishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Whether colours may be used.
    pub color: bool,
    /// Columns of the terminal; lines of source are cut to it.
    pub width: usize,
    /// Whether the names of lints link to their pages (OSC 8).
    pub hyperlinks: bool,
    /// Whether lines may be drawn with characters outside ASCII.
    pub unicode: bool,
    /// Findings only: no summary and no closing advice.
    pub quiet: bool,
}

impl Default for Style {
    /// For pipes and files: ASCII, no colour, 100 columns.
    fn default() -> Self {
        Style { color: false, width: 100, hyperlinks: false, unicode: false, quiet: false }
    }
}

impl Style {
    /// `text` in `style` when colours may be used, else as it is.
    fn paint(self, style: ansi::Style, text: impl fmt::Display) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// `text` as a link to `url` when links may be used.
    fn link(self, url: Option<&str>, text: &str) -> String {
        match url {
            Some(url) if self.hyperlinks => format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            _ => text.to_string(),
        }
    }
}

/// The colour of a level.
fn level_style(level: Level) -> ansi::Style {
    match level {
        Level::Error => ansi::DEFAULT_ERROR_STYLE,
        Level::Warning => ansi::DEFAULT_WARNING_STYLE,
        Level::Info => ansi::DEFAULT_INFO_STYLE,
    }
}

/// Writes a report in one format.
pub type Writer = fn(&Report, &Style, &mut dyn Write) -> io::Result<()>;

/// A way to write a report.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// One line about it for the help.
    pub about: &'static str,
    /// Writes it; ends with a line break unless it writes nothing at all.
    pub write: Writer,
}

/// Every format, the default one first.
pub static FORMATS: &[Format] = &[
    Format { name: "text", about: "for people: the source with the findings drawn in", write: text::write },
    Format { name: "concise", about: "one line a finding, file:line:column", write: concise::write },
    Format { name: "grouped", about: "one line a finding below the name of its file", write: grouped::write },
    Format { name: "json", about: "for programs: stable and versioned", write: json::write },
    Format { name: "jsonl", about: "the findings of json, one a line", write: json::write_lines },
    Format { name: "sarif", about: "SARIF 2.1.0, for code scanning", write: sarif::write },
    Format { name: "github", about: "workflow commands: annotations in GitHub Actions", write: github::write },
    Format { name: "gitlab", about: "Code Quality report for merge requests in GitLab", write: gitlab::write },
    Format { name: "azure", about: "logging commands: issues in Azure Pipelines", write: azure::write },
    Format { name: "teamcity", about: "service messages: inspections in TeamCity", write: teamcity::write },
    Format { name: "checkstyle", about: "Checkstyle XML, which most CI servers read", write: checkstyle::write },
    Format { name: "junit", about: "JUnit XML: findings as failed tests", write: junit::write },
    Format { name: "rdjson", about: "for reviewdog: comments and suggestions on changes", write: rdjson::write },
    Format { name: "sonarqube", about: "generic issues for SonarQube 10.3 and later", write: sonarqube::write },
    Format { name: "markdown", about: "for comments and chats: findings by file with the source", write: markdown::write },
    Format { name: "html", about: "one page to keep or mail, without anything to load", write: html::write },
];

impl Format {
    /// The format of that name.
    pub fn find(name: &str) -> Option<&'static Format> {
        FORMATS.iter().find(|f| f.name == name)
    }
}

/// The message, and the help below it if there is some.
fn message_and_help(d: &Diagnostic) -> String {
    match &d.help {
        Some(help) => format!("{}\nhelp: {}", d.message, help.trim_end()),
        None => d.message.clone(),
    }
}

/// `1 file`, `2 files`: for nouns that take an s.
fn count_of(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
