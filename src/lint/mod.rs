//! THE MACHINE: what a lint is.

use crate::diagnostic::{Group, Level, Safety};

/// A lint, as static data. `lints/<id>.rs` holds one, `lints/<id>.md` is its page and its test.
#[derive(Debug)]
pub struct Lint {
    /// Kebab-case name of the problem; never reused.
    pub id: &'static str,
    /// One line, lower case: what is wrong when it fires.
    pub summary: &'static str,
    /// What kind of trouble.
    pub group: Group,
    /// Default level; a single finding may carry a lower one.
    pub level: Level,
    /// Whether it runs without being selected.
    pub default: bool,
    /// `security-severity`, 0.0-10.0; security lints only.
    pub score: Option<f32>,
    /// Items of the CIS Docker Benchmark.
    pub cis: &'static [&'static str],
    /// Rules of other linters that this one answers, `peer:ID`.
    pub aliases: &'static [&'static str],
    /// The safety of the fix it offers, if it offers one.
    pub fix: Option<Safety>,
    /// The release it first came with.
    pub since: &'static str,
    /// The page: explanation and tests, Markdown.
    pub page: &'static str,
}

impl Lint {
    /// The page on the web.
    pub fn url(&self) -> String {
        format!("https://dockvet.dev/lints/{}", self.id)
    }
}
