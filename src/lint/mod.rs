//! THE MACHINE: what a lint is, what it sees, and how it is called.
//!
//! A lint is data plus small functions. [`Check`] says what kind of node a function looks at; the dispatch table
//! maps node kinds to the enabled functions once per configuration, so a disabled lint costs nothing.

mod context;
mod dispatch;
mod edit;
mod options;
mod script_edit;

pub use context::{Cx, Place, Report};
pub use dispatch::Dispatch;
pub use options::{LintOption, OptionKind, Options};

use crate::diagnostic::{Group, Level, Safety};
use crate::model::build::Build;
use crate::model::compose::{Project, Service};
use crate::model::context::IgnoreFile;
use crate::model::daemon::Daemon;
use crate::model::dockerfile::{Dockerfile, InstructionAt, StageAt};
use crate::model::suppression::Usage;
use crate::model::values::Value;
use crate::syntax::dockerfile::Keyword;
use crate::syntax::yaml::Yaml;

/// What a lint file imports: `use crate::lint::prelude::*;`.
pub mod prelude {
    pub use super::{Check, Cx, Lint};
    pub use crate::diagnostic::{Group, Level, Safety};
    pub use crate::model::build::Build;
    pub use crate::model::compose::{Project, Service};
    pub use crate::model::context::IgnoreFile;
    pub use crate::model::daemon::Daemon;
    pub use crate::model::dockerfile::{Dockerfile, InstructionAt, StageAt};
    pub use crate::model::origin::{Slot, Sourced};
    pub use crate::model::values::Value;
    pub use crate::source::Span;
    pub use crate::syntax::dockerfile::Keyword;
    pub use crate::syntax::text::Text;
    pub use crate::syntax::yaml::Yaml;
}

/// A lint, as static data. `lints/<id>.rs` holds one, `lints/<id>.md` is its page and its test.
#[derive(Debug)]
pub struct Lint {
    /// Kebab-case name of the problem; never reused.
    pub id: &'static str,
    /// One line, lower case: what is wrong when it fires.
    pub summary: &'static str,
    /// What kind of trouble.
    pub group: Group,
    /// Default level; a single finding may carry another one.
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
    /// What configuration may say to it, under `[lints.<id>]`.
    pub options: &'static [LintOption],
    /// The page: explanation and tests, Markdown.
    pub page: &'static str,
    /// What it looks at, each with its function.
    pub checks: &'static [Check],
}

/// What a function of a lint looks at; the variant is its signature.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Each instruction of these kinds, triggers of ONBUILD included.
    Instruction(&'static [Keyword], fn(&InstructionAt<'_>, &mut Cx<'_>)),
    /// Each stage of a Dockerfile, seen with the default values of its arguments.
    Stage(fn(&StageAt<'_>, &mut Cx<'_>)),
    /// Each Dockerfile as a whole.
    Dockerfile(fn(&Dockerfile, &mut Cx<'_>)),
    /// Each image as it is really built and run: a stage with its service, context and arguments.
    Build(fn(&Build, &mut Cx<'_>)),
    /// Each service of a Compose project, after merging.
    Service(fn(&Service, &mut Cx<'_>)),
    /// Each Compose project as a whole.
    Project(fn(&Project, &mut Cx<'_>)),
    /// Each `daemon.json`.
    Daemon(fn(&Daemon, &mut Cx<'_>)),
    /// Each ignore file: `.dockerignore`, `<Dockerfile>.dockerignore`.
    Dockerignore(fn(&IgnoreFile, &mut Cx<'_>)),
    /// Each Compose file as it is written, before anything is merged or substituted.
    Yaml(fn(&Yaml, &mut Cx<'_>)),
    /// Each string that someone wrote: words of instructions, heredoc bodies, scalars of Compose files.
    Value(fn(&Value, &mut Cx<'_>)),
    /// Each comment that silences findings, after it had its chance.
    Suppression(fn(&Usage, &mut Cx<'_>)),
}

impl Lint {
    /// The page on the web.
    pub fn url(&self) -> String {
        format!("https://dockvet.dev/lints/{}", self.id)
    }

    /// The page without its examples and the marks that make them tests: what to read first.
    pub fn explanation(&self) -> String {
        let cut = |from: &str, to: &str| Some((self.page.find(from)?, self.page.find(to)?));
        match cut("\n## Examples", "\n## References") {
            Some((from, to)) if from < to => [self.page.get(..from), self.page.get(to..)].into_iter().flatten().collect(),
            _ => self.page.to_string(),
        }
    }

    /// Whether `name` is its id or a rule of another linter that it answers, with or without that linter's name.
    pub fn is_called(&self, name: &str) -> bool {
        let rule = |alias: &str| alias.split_once(':').map_or(alias.to_string(), |(_, rule)| rule.to_string());
        self.id == name || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name) || rule(a).eq_ignore_ascii_case(name))
    }

    /// The kinds of files it reads, as people name them.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self
            .checks
            .iter()
            .flat_map(|c| match c {
                Check::Instruction(..) | Check::Stage(_) | Check::Dockerfile(_) => ["dockerfile"].as_slice(),
                Check::Service(_) | Check::Project(_) | Check::Yaml(_) => &["compose"],
                Check::Daemon(_) => &["daemon"],
                Check::Dockerignore(_) => &["dockerignore"],
                Check::Value(_) => &["dockerfile", "compose"],
                Check::Suppression(_) => &["dockerfile", "compose", "dockerignore"],
                Check::Build(_) => &["dockerfile", "compose", "project"],
            })
            .copied()
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}
