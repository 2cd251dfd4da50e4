//! What a lint is given beside its node: the rest of the world, and the one way to speak.

use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Level, Safety};
use crate::model::compose::{Project, Service, VarSource, VarUse};
use crate::model::env_names;
use crate::model::origin::{Hop, How, Origin};
use crate::model::project::World;
use crate::source::Span;
use crate::syntax::SyntaxError;

use super::{Lint, Options};

/// The read-only world and the way out of a lint.
pub struct Cx<'a> {
    /// Everything that was read, and what it means together.
    pub world: &'a World,
    pub(super) lint: &'static Lint,
    pub(super) place: Place<'a>,
    pub(super) out: &'a mut Vec<Diagnostic>,
    /// Whether verdicts of "unknown" are wanted.
    pub(super) unknown: bool,
    pub(super) options: &'a Options,
}

/// Where in the model a lint is looking; names the finding independently of line numbers.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// An instruction: its stage (by name, else index) and keyword; `None` before the first FROM.
    Instruction(Option<&'a str>, &'static str),
    /// A stage, by name or index.
    Stage(&'a str),
    /// A service.
    Service(&'a str),
    /// A whole file or project.
    Whole,
    /// A path that is known already: `services.web.environment.TOKEN`.
    Path(&'a str),
}

impl Place<'_> {
    fn path(self) -> String {
        match self {
            Place::Instruction(Some(stage), keyword) => format!("stage:{stage}/{keyword}"),
            Place::Instruction(None, keyword) => keyword.to_string(),
            Place::Stage(stage) => format!("stage:{stage}"),
            Place::Service(name) => format!("services.{name}"),
            Place::Whole => String::new(),
            Place::Path(path) => path.to_string(),
        }
    }
}

impl Cx<'_> {
    /// Whether the strictest reading is asked for.
    pub fn strict(&self) -> bool {
        self.unknown
    }

    /// Whether a flag of this lint is set.
    pub fn option_flag(&self, key: &str) -> bool {
        self.options.flag(self.lint.id, key)
    }

    /// The strings of a list option of this lint; none when no configuration sets it.
    pub fn option_list(&self, key: &str) -> Vec<&str> {
        self.options.list(self.lint.id, key)
    }

    /// The same lint, looking at one service of a project.
    pub fn inside<'s>(&'s mut self, service: &'s Service) -> Cx<'s> {
        Cx {
            world: self.world,
            lint: self.lint,
            place: Place::Service(&service.name),
            out: &mut *self.out,
            unknown: self.unknown,
            options: self.options,
        }
    }

    /// Says what the loader found wrong and files under this lint. What is wrong only because a variable is not set here
    /// is left out when the project says that somebody sets it.
    pub fn problems(&mut self, project: &Project) {
        let holes: Vec<&VarUse> = project.variables.iter().filter(|v| v.source == VarSource::Unset).collect();
        let mut elsewhere = None;
        for problem in project.problems.iter().filter(|p| p.lint == self.lint.id) {
            let at = problem.error.span;
            let touched = |v: &&&VarUse| v.span.file == at.file && v.span.start <= at.end && at.start <= v.span.end;
            let excused = holes.iter().filter(touched).any(|v| {
                let elsewhere = elsewhere.get_or_insert_with(|| env_names::elsewhere(project, &self.world.sources));
                elsewhere.sets(&v.name)
            });
            if !excused && !env_names::is_kept_out(&problem.error, project, &self.world.sources) {
                self.syntax_error(&problem.error);
            }
        }
    }

    /// Says something about the bytes of `span`. Decorate what it returns; the finding is filed when that is dropped.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> Report<'_> {
        let lint = self.lint;
        let diagnostic = Diagnostic {
            lint: lint.id,
            code: None,
            level: lint.level,
            group: lint.group,
            score: lint.score,
            message: message.into(),
            primary: Label { span, note: String::new() },
            labels: Vec::new(),
            help: None,
            fixes: Vec::new(),
            path: self.place.path(),
            secrets: Vec::new(),
            evidence: String::new(),
        };
        Report { out: &mut *self.out, diagnostic: Some(diagnostic), wanted: true, keep_unknown: self.unknown }
    }
}

impl Cx<'_> {
    /// Says what a parser or a loader found.
    pub fn syntax_error(&mut self, error: &SyntaxError) {
        let mut report = self.report(error.span, error.message.as_str()).code(error.code).evidence(named_thing(&error.message));
        for (span, note) in &error.related {
            report = report.label(*span, note.as_str());
        }
        if let Some(help) = &error.help {
            report = report.help(help.as_str());
        }
        if let Some(text) = &error.replacement {
            report = report.fix(Safety::Unsafe, format!("write `{text}`"), vec![(error.span, text.clone())]);
        }
        if !error.fatal {
            // Kept until the end of the block, where it is filed.
            report = report.level(Level::Warning);
        }
        drop(report);
    }
}

fn hop_label(hop: &Hop) -> Option<Label> {
    let note = match hop.how {
        How::Alias | How::MergeKey => "used here",
        How::Extends => "inherited here",
        How::Include => "included here",
        How::EnvFile => "read from this file",
        // The value itself stands in the override; a default word is the bytes underlined.
        How::Override | How::Default => return None,
    };
    Some(Label { span: hop.span, note: note.into() })
}

/// What a message quotes first: the thing it is about, whatever else it says.
fn named_thing(message: &str) -> &str {
    let open = message.find(['"', '`']);
    let inner = open.and_then(|at| Some((message.as_bytes().get(at)?, message.get(at + 1..)?)));
    inner.and_then(|(quote, rest)| rest.split(char::from(*quote)).next()).unwrap_or("")
}

/// A finding being written. It files itself when dropped.
pub struct Report<'a> {
    out: &'a mut Vec<Diagnostic>,
    diagnostic: Option<Diagnostic>,
    wanted: bool,
    keep_unknown: bool,
}

impl Report<'_> {
    fn with(mut self, f: impl FnOnce(&mut Diagnostic)) -> Self {
        if let Some(d) = &mut self.diagnostic {
            f(d);
        }
        self
    }

    /// A short note under the primary span.
    pub fn note(self, note: impl Into<String>) -> Self {
        self.with(|d| d.primary.note = note.into())
    }

    /// A related place, in any file, with a note.
    pub fn label(self, span: Span, note: impl Into<String>) -> Self {
        self.with(|d| d.labels.push(Label { span, note: note.into() }))
    }

    /// What to write instead.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.with(|d| d.help = Some(help.into()))
    }

    /// Another level than the lint's own.
    pub fn level(self, level: Level) -> Self {
        self.with(|d| d.level = level)
    }

    /// Another score than the lint's own.
    pub fn score(self, score: f32) -> Self {
        self.with(|d| d.score = Some(score))
    }

    /// Names the kind, for lints that have several.
    pub fn code(self, code: &'static str) -> Self {
        self.with(|d| d.code = Some(code))
    }

    /// What tells this finding from others of the same lint at the same place: a port, a variable's name.
    pub fn evidence(self, evidence: impl Into<String>) -> Self {
        self.with(|d| d.evidence = evidence.into())
    }

    /// The steps that the value took: where an alias, a merge key or `extends` brought it in.
    pub fn origin(self, origin: &Origin) -> Self {
        self.with(|d| d.labels.extend(origin.hops().iter().filter_map(hop_label)))
    }

    /// Bytes near the finding that no output may quote.
    pub fn secret(self, span: Span) -> Self {
        self.with(|d| d.secrets.push(span))
    }

    /// Names the place more exactly than the node does: `services.web.ports[0]`.
    pub fn at(self, path: impl Into<String>) -> Self {
        self.with(|d| d.path = path.into())
    }

    /// A way to mend it.
    pub fn fix(self, safety: Safety, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        let edits = edits.into_iter().map(|(span, text)| Edit { span, text }).collect();
        self.with(|d| d.fixes.push(Fix { title: title.into(), safety, edits }))
    }

    /// Files it. Dropping does the same; this reads better at the end of a line.
    pub fn file(self) {}

    /// The verdict is "unknown": information, and only for those who ask for it.
    pub fn unknown(mut self) -> Self {
        self.wanted = self.keep_unknown;
        self.level(Level::Info)
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        if let Some(d) = self.diagnostic.take().filter(|_| self.wanted) {
            self.out.push(d);
        }
    }
}
