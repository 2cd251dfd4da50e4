//! The commands of a script in the order they would run, each with what stands around it.

use std::ops::Range;

use super::ast::{Assignment, How, Join, Node, NodeKind, PartKind, Redirect, Script, Simple, Statement, Word, WordPart};
use super::options::{self, Options};
use super::unwrap::{self, Unwrapped};
use crate::source::Span;
use crate::syntax::text::Text;

/// All commands and pipelines of a script.
#[derive(Clone, Debug, Default)]
pub struct Flow<'a> {
    /// Every simple command, those inside compound commands, functions, substitutions and scripts in arguments too.
    /// A substitution comes before the command whose word it stands in, the script of `sh -c` after its `sh`.
    pub commands: Vec<Command<'a>>,
    /// Every pipeline, single commands included, in the order of their first bytes.
    pub pipelines: Vec<Pipeline<'a>>,
    /// Redirections of compound commands, `{ ..; } > file`, with the commands they hold for.
    pub redirects: Vec<(&'a Redirect, Range<usize>)>,
}

/// A simple command where it stands.
#[derive(Clone, Debug)]
pub struct Command<'a> {
    /// Its words and assignments as written.
    pub simple: &'a Simple,
    /// Its redirections.
    pub redirects: &'a [Redirect],
    /// Index in [`Flow::commands`].
    pub index: usize,
    /// Index in [`Flow::pipelines`] of the innermost pipeline it belongs to.
    pub pipeline: usize,
    /// Which stage of that pipeline it is, from 0.
    pub stage: usize,
    /// What joins it to what follows: a pipe to the next stage, or the join of its statement.
    pub join: Join,
    /// What stands around it.
    pub context: Context,
    /// From its first byte to its last, redirections included.
    pub span: Span,
    unwrapped: Unwrapped,
}

/// A pipeline where it stands.
#[derive(Clone, Debug)]
pub struct Pipeline<'a> {
    /// Its tree.
    pub statement: &'a Statement,
    /// For each stage the commands that run in it, as indices into [`Flow::commands`].
    pub stages: Vec<Range<usize>>,
    /// The pipeline whose stage holds it, with the number of the stage: a group, a loop, `sh -c`. Not a substitution,
    /// whose output goes elsewhere.
    pub outer: Option<(usize, usize)>,
    /// What stands around it.
    pub context: Context,
}

/// What stands around a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Changes of variables and the directory do not last: `( .. )`, a stage of a pipeline of several, a substitution.
    pub subshell: bool,
    /// It stands in the condition of `if`, `while` or `until`.
    pub condition: bool,
    /// It may not run: the body of `if`, `case` or a loop, or what follows `||`.
    pub conditional: bool,
    /// It stands in the body of a function, and runs when that is called.
    pub function: bool,
    /// Its pipeline is preceded by `!`.
    pub negated: bool,
    /// Its output goes into a word, a file name or a here-document: `$(..)`, `<(..)`.
    pub substitution: bool,
    /// It stands in a script inside an argument, and how that runs.
    pub embedded: Option<How>,
    /// The command that it is part of: the one whose word substitutes it, or that runs its script.
    pub within: Option<usize>,
}

impl Script {
    /// The commands and pipelines.
    pub fn flow(&self) -> Flow<'_> {
        let mut walker = Walker { flow: Flow::default(), outer: None };
        walker.list(&self.statements, Context::default());
        walker.flow
    }

    /// Every simple command in the order they would run; see [`Flow::commands`].
    pub fn commands(&self) -> Vec<Command<'_>> {
        self.flow().commands
    }

    /// Every pipeline; see [`Flow::pipelines`].
    pub fn pipelines(&self) -> Vec<Pipeline<'_>> {
        self.flow().pipelines
    }
}

impl<'a> Flow<'a> {
    /// The commands that read what a command prints: those of the next stage of its pipeline, or, for the last command
    /// of a group or subshell, of the pipeline around that.
    pub fn readers(&self, command: &Command<'_>) -> Vec<&Command<'a>> {
        let mut at = (command.pipeline, command.stage);
        loop {
            let Some(pipeline) = self.pipelines.get(at.0) else { return Vec::new() };
            if let Some(next) = pipeline.stages.get(at.1 + 1) {
                let substituted = |c: &Command<'_>| c.context.substitution && c.context.within.is_some_and(|w| next.contains(&w));
                return self.commands.get(next.clone()).unwrap_or(&[]).iter().filter(|c| !substituted(c)).collect();
            }
            let Some(outer) = pipeline.outer else { return Vec::new() };
            at = outer;
        }
    }

    /// The command whose word a substituted command fills, or that runs the script it stands in.
    pub fn within(&self, command: &Command<'_>) -> Option<&Command<'a>> {
        self.commands.get(command.context.within?)
    }
}

impl<'a> Command<'a> {
    /// The words from the real command on: without `sudo`, `env A=b`, `exec`, `time`, `nice`, `xargs`, `python3 -m` (for
    /// pip) and the like. The words as written are those of [`Command::simple`].
    pub fn words(&self) -> &'a [Word] {
        self.simple.words.get(self.unwrapped.head..).unwrap_or(&[])
    }

    /// The real command word, quotes removed, when it is known.
    pub fn name(&self) -> Option<&'a Text> {
        self.words().first()?.literal.as_ref()
    }

    /// The name of the program: the last part of the real command word, `curl` for `/usr/bin/curl`; empty when unknown.
    pub fn program(&self) -> &'a str {
        self.words().first().and_then(unwrap::program).unwrap_or("")
    }

    /// Whether the program has one of these names.
    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.program())
    }

    /// The words after the real command word.
    pub fn args(&self) -> &'a [Word] {
        self.words().get(1..).unwrap_or(&[])
    }

    /// The words that name wrappers, outermost first: `sudo`, `env`.
    pub fn wrappers(&self) -> impl Iterator<Item = &'a Word> {
        self.unwrapped.wrappers.iter().filter_map(|&i| self.simple.words.get(i))
    }

    /// The variables set for it, by `A=b command` and `env A=b command`. Without a command they are set to last.
    pub fn assignments(&self) -> Vec<Assignment> {
        let of_wrappers = self.unwrapped.assignments.iter().filter_map(|&i| self.simple.words.get(i)?.assignment());
        self.simple.assignments.iter().cloned().chain(of_wrappers).collect()
    }

    /// The arguments told apart as the program itself does.
    pub fn options(&self) -> Options<'a> {
        options::parse(self.program(), self.args())
    }

    /// Whether one of these options is there, alone or in a cluster: `["-k", "--insecure"]` finds `-fsSLk`.
    pub fn has_flag(&self, names: &[&str]) -> bool {
        self.options().has(names)
    }

    /// The value of the last of these options, `["-o", "--output"]`: quotes removed, expansions as written.
    pub fn option_value(&self, names: &[&str]) -> Option<Text> {
        self.options().value(names).cloned()
    }

    /// The first operand: `install` of `apt-get -y install curl`.
    pub fn verb(&self) -> Option<Text> {
        self.options().operands.first().map(|w| w.unquoted())
    }
}

struct Walker<'a> {
    flow: Flow<'a>,
    outer: Option<(usize, usize)>,
}

impl<'a> Walker<'a> {
    fn list(&mut self, list: &'a [Statement], context: Context) {
        let mut after_or = false;
        for statement in list {
            let context = Context { conditional: context.conditional || after_or, ..context };
            self.statement(statement, context);
            after_or = statement.join == Join::Or;
        }
    }

    fn statement(&mut self, statement: &'a Statement, context: Context) {
        let index = self.flow.pipelines.len();
        let context = Context {
            subshell: context.subshell || statement.stages.len() > 1 || statement.join == Join::Background,
            negated: context.negated || statement.negated,
            ..context
        };
        self.flow.pipelines.push(Pipeline { statement, stages: Vec::new(), outer: self.outer, context });
        let outer = self.outer;
        for (stage, node) in statement.stages.iter().enumerate() {
            let start = self.flow.commands.len();
            self.outer = Some((index, stage));
            self.node(node, context);
            let range = start..self.flow.commands.len();
            if let Some(pipeline) = self.flow.pipelines.get_mut(index) {
                pipeline.stages.push(range);
            }
        }
        self.outer = outer;
    }

    fn node(&mut self, node: &'a Node, context: Context) {
        if let NodeKind::Simple(simple) = &node.kind {
            return self.simple(node, simple, context);
        }
        let start = self.flow.commands.len();
        for redirect in &node.redirects {
            self.redirect(redirect, context);
        }
        let first = self.flow.commands.len();
        self.compound(&node.kind, context);
        let range = first..self.flow.commands.len();
        self.belongs(start..first, range.end.checked_sub(1).filter(|last| range.contains(last)));
        self.flow.redirects.extend(node.redirects.iter().map(|r| (r, range.clone())));
    }

    fn simple(&mut self, node: &'a Node, simple: &'a Simple, context: Context) {
        let start = self.flow.commands.len();
        for assignment in &simple.assignments {
            self.words(assignment.value.iter().chain(&assignment.elements), context);
        }
        self.words(&simple.words, context);
        for redirect in &node.redirects {
            self.redirect(redirect, context);
        }
        let index = self.flow.commands.len();
        self.belongs(start..index, Some(index));
        let (pipeline, stage) = self.outer.unwrap_or_default();
        self.flow.commands.push(Command {
            simple,
            redirects: &node.redirects,
            index,
            pipeline,
            stage,
            join: node.join,
            context,
            span: node.span,
            unwrapped: unwrap::unwrap(&simple.words),
        });
        for embedded in &simple.embedded {
            let subshell = context.subshell || embedded.how != How::Eval;
            let condition = context.condition && embedded.how == How::Eval;
            let context = Context { subshell, condition, embedded: Some(embedded.how), within: Some(index), ..context };
            self.list(&embedded.script.statements, context);
        }
    }

    /// Says of the commands of substitutions which command they are part of, once that is known.
    fn belongs(&mut self, range: Range<usize>, to: Option<usize>) {
        for command in self.flow.commands.get_mut(range.clone()).unwrap_or(&mut []) {
            command.context.within = command.context.within.or(to);
        }
    }

    fn compound(&mut self, kind: &'a NodeKind, context: Context) {
        let condition = Context { condition: true, ..context };
        let body = Context { conditional: true, ..context };
        match kind {
            NodeKind::Simple(_) => {}
            NodeKind::Arithmetic(word) => self.own_words([word], context),
            NodeKind::Subshell(list) | NodeKind::Coprocess(list) => self.list(list, Context { subshell: true, ..context }),
            NodeKind::Group(list) => self.list(list, context),
            NodeKind::If { branches, otherwise } => {
                for (test, then) in branches {
                    self.list(test, condition);
                    self.list(then, body);
                }
                self.list(otherwise.as_deref().unwrap_or(&[]), body);
            }
            NodeKind::Loop { condition: test, body: list, .. } => {
                self.list(test, condition);
                self.list(list, body);
            }
            NodeKind::For { words, body: list, .. } => {
                self.own_words(words.iter().flatten(), context);
                self.list(list, body);
            }
            NodeKind::Case { word, arms } => {
                self.own_words([word], context);
                for arm in arms {
                    self.own_words(&arm.patterns, context);
                    self.list(&arm.body, body);
                }
            }
            NodeKind::Function { body: node, .. } => self.node(node, Context { function: true, ..context }),
            NodeKind::Test(words) => self.own_words(words, context),
        }
    }

    /// The words of a compound command itself: what they substitute is part of no simple command of its own.
    fn own_words(&mut self, words: impl IntoIterator<Item = &'a Word>, context: Context) {
        let start = self.flow.commands.len();
        self.words(words, context);
        self.belongs(start..self.flow.commands.len(), context.within);
    }

    fn words(&mut self, words: impl IntoIterator<Item = &'a Word>, context: Context) {
        for word in words {
            self.parts(&word.parts, context);
        }
    }

    fn redirect(&mut self, redirect: &'a Redirect, context: Context) {
        self.parts(&redirect.target.parts, context);
        self.parts(redirect.heredoc.as_ref().map_or(&[], |h| &h.parts), context);
    }

    fn parts(&mut self, parts: &'a [WordPart], context: Context) {
        for part in parts {
            match &part.kind {
                PartKind::Command(script) | PartKind::Process(script) => {
                    // The command that the word belongs to comes later, and then says so.
                    let context = Context { subshell: true, condition: false, substitution: true, within: None, ..context };
                    let outer = self.outer.take();
                    self.list(&script.statements, context);
                    self.outer = outer;
                }
                PartKind::Variable(variable) => {
                    self.parts(variable.operand.as_ref().map_or(&[], |w| &w.parts), context);
                }
                PartKind::Arithmetic(parts) => self.parts(parts, context),
                PartKind::Literal | PartKind::Glob | PartKind::Unknown => {}
            }
        }
    }
}
