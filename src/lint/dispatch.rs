//! Which functions look at which nodes: built once from the selected lints, then only read.

use std::collections::HashMap;

use super::{Check, Cx, Lint, Options, Place};
use crate::diagnostic::Diagnostic;
use crate::model::build::Build;
use crate::model::compose::{Project, Service};
use crate::model::context::IgnoreFile;
use crate::model::daemon::Daemon;
use crate::model::dockerfile::{Dockerfile, InstructionAt, StageAt};
use crate::model::project::World;
use crate::model::suppression::Usage;
use crate::model::values::{self, Value};
use crate::syntax::dockerfile::Keyword;
use crate::syntax::yaml::Yaml;

struct Entry<F> {
    lint: &'static Lint,
    check: F,
}

/// A function that looks at nodes of one kind.
type On<N> = fn(&N, &mut Cx<'_>);
type OnInstruction = fn(&InstructionAt<'_>, &mut Cx<'_>);
type OnStage = fn(&StageAt<'_>, &mut Cx<'_>);

/// The selected lints by what they look at. A lint that is not selected costs nothing.
#[derive(Default)]
pub struct Dispatch {
    lints: Vec<&'static Lint>,
    unknown: bool,
    options: Options,
    instructions: HashMap<Keyword, Vec<Entry<OnInstruction>>>,
    stages: Vec<Entry<OnStage>>,
    dockerfiles: Vec<Entry<On<Dockerfile>>>,
    builds: Vec<Entry<On<Build>>>,
    services: Vec<Entry<On<Service>>>,
    projects: Vec<Entry<On<Project>>>,
    daemons: Vec<Entry<On<Daemon>>>,
    ignore_files: Vec<Entry<On<IgnoreFile>>>,
    values: Vec<Entry<On<Value>>>,
    yaml: Vec<Entry<On<Yaml>>>,
    suppressions: Vec<Entry<On<Usage>>>,
}

impl Dispatch {
    /// The table for `lints`; `unknown` keeps verdicts of "unknown".
    pub fn new(lints: impl IntoIterator<Item = &'static Lint>, unknown: bool) -> Self {
        let mut this = Dispatch { unknown, ..Dispatch::default() };
        for lint in lints {
            this.lints.push(lint);
            for check in lint.checks {
                this.add(lint, *check);
            }
        }
        this
    }

    /// The same table with what a configuration says to single lints.
    #[must_use]
    pub fn with_options(self, options: Options) -> Self {
        Dispatch { options, ..self }
    }

    fn add(&mut self, lint: &'static Lint, check: Check) {
        match check {
            Check::Instruction(keywords, check) => {
                for keyword in keywords {
                    self.instructions.entry(*keyword).or_default().push(Entry { lint, check });
                }
            }
            Check::Stage(check) => self.stages.push(Entry { lint, check }),
            Check::Dockerfile(check) => self.dockerfiles.push(Entry { lint, check }),
            Check::Build(check) => self.builds.push(Entry { lint, check }),
            Check::Service(check) => self.services.push(Entry { lint, check }),
            Check::Project(check) => self.projects.push(Entry { lint, check }),
            Check::Daemon(check) => self.daemons.push(Entry { lint, check }),
            Check::Dockerignore(check) => self.ignore_files.push(Entry { lint, check }),
            Check::Yaml(check) => self.yaml.push(Entry { lint, check }),
            Check::Value(check) => self.values.push(Entry { lint, check }),
            Check::Suppression(check) => self.suppressions.push(Entry { lint, check }),
        }
    }

    /// The selected lints, in the order of the catalogue.
    pub fn lints(&self) -> &[&'static Lint] {
        &self.lints
    }

    /// What is said of one Dockerfile by itself.
    pub fn dockerfile(&self, world: &World, dockerfile: &Dockerfile) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        self.each(world, &self.dockerfiles, Place::Whole, &mut out, |check, cx| check(dockerfile, cx));
        for at in dockerfile.instructions() {
            if let Some(checks) = self.instructions.get(&at.instruction.keyword) {
                let stage = at.stage_label();
                self.each(world, checks, Place::Instruction(stage.as_deref(), at.instruction.keyword.as_str()), &mut out, |check, cx| {
                    check(&at, cx)
                });
            }
        }
        for stage in &dockerfile.stages {
            let label = stage.label();
            self.each(world, &self.stages, Place::Stage(&label), &mut out, |check, cx| check(&StageAt { dockerfile, stage }, cx));
        }
        out
    }

    /// What is said of one build.
    pub fn build(&self, world: &World, build: &Build) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        let label = build.stage().map(|s| s.label()).unwrap_or_default();
        self.each(world, &self.builds, Place::Stage(&label), &mut out, |check, cx| check(build, cx));
        out
    }

    /// What is said of one Compose project and its services.
    pub fn project(&self, world: &World, project: &Project) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        self.each(world, &self.projects, Place::Whole, &mut out, |check, cx| check(project, cx));
        for service in &project.services {
            self.each(world, &self.services, Place::Service(&service.name), &mut out, |check, cx| check(service, cx));
        }
        out
    }

    /// What is said of a `daemon.json`.
    pub fn daemon(&self, world: &World, daemon: &Daemon) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        self.each(world, &self.daemons, Place::Whole, &mut out, |check, cx| check(daemon, cx));
        out
    }

    /// What is said of a comment that silences findings.
    pub fn suppression(&self, world: &World, usage: &Usage) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        self.each(world, &self.suppressions, Place::Whole, &mut out, |check, cx| check(usage, cx));
        out
    }

    /// What is said of an ignore file.
    pub fn dockerignore(&self, world: &World, file: &IgnoreFile) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        self.each(world, &self.ignore_files, Place::Whole, &mut out, |check, cx| check(file, cx));
        out
    }

    /// What is said of one Compose file as it is written; `read` parses it when somebody asks.
    pub fn yaml(&self, world: &World, tree: &Yaml) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        self.each(world, &self.yaml, Place::Whole, &mut out, |check, cx| check(tree, cx));
        out.extend(self.values(world, || values::of_yaml(tree)));
        out
    }

    /// What is said of strings, wherever they stand.
    pub fn values(&self, world: &World, values: impl FnOnce() -> Vec<Value>) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        if self.values.is_empty() {
            return out;
        }
        for value in values() {
            self.each(world, &self.values, Place::Path(value.path.as_str()), &mut out, |check, cx| check(&value, cx));
        }
        out
    }

    /// Calls the functions of `checks`, each in the name of its lint.
    fn each<F: Copy>(
        &self,
        world: &World,
        checks: &[Entry<F>],
        place: Place<'_>,
        out: &mut Vec<Diagnostic>,
        call: impl Fn(F, &mut Cx<'_>),
    ) {
        for entry in checks {
            let mut cx = Cx { world, lint: entry.lint, place, out: &mut *out, unknown: self.unknown, options: &self.options };
            call(entry.check, &mut cx);
        }
    }
}
