//! Names and where they stand: what definition, references, highlight and rename are all read from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::compose_names;
use super::desk::Desk;
use crate::model::dockerfile::{Base, Dockerfile, InstructionAt};
use crate::source::{FileKind, Source, Span};
use crate::syntax::dockerfile::{Args, Keyword, mounts, variables};
use crate::syntax::text::Text;

/// What a Compose project names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Resource {
    /// A service.
    Service,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A secret.
    Secret,
    /// A config.
    Config,
}

impl Resource {
    /// All of them.
    pub const ALL: [Resource; 5] = [Resource::Service, Resource::Network, Resource::Volume, Resource::Secret, Resource::Config];

    /// The key that declares them at the top of a file, and refers to them in a service.
    pub fn key(self) -> &'static str {
        match self {
            Resource::Service => "services",
            Resource::Network => "networks",
            Resource::Volume => "volumes",
            Resource::Secret => "secrets",
            Resource::Config => "configs",
        }
    }
}

/// A thing with a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Name {
    /// A stage of a Dockerfile, by number.
    Stage(PathBuf, usize),
    /// A variable of a Dockerfile. One that some ARG declares is the same in all stages, for `--build-arg` sets it in all;
    /// another one belongs to the stages that descend from one base, whose first stage has this number.
    Variable(PathBuf, Option<usize>, String),
    /// Something of the project that the file belongs to.
    Resource(Resource, String),
    /// A service of a file that is extended.
    Extended(PathBuf, String),
    /// An anchor, by the byte of its `&`.
    Anchor(u32),
    /// A file.
    File(PathBuf),
}

/// How a name stands somewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// It is declared or set here.
    Definition,
    /// It is written here.
    Use,
    /// It is meant here, but by a number or a path, which stays when the name changes.
    Indirect,
}

/// A place where a name stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Occurrence {
    /// The bytes of the name.
    pub span: Span,
    /// What is named.
    pub name: Name,
    /// How.
    pub role: Role,
    /// The stage that it stands in, in a Dockerfile.
    pub stage: Option<usize>,
}

/// The names in one file, in the order of the text.
pub fn of(desk: &Desk, source: &Source) -> Vec<Occurrence> {
    let mut out = match source.kind {
        FileKind::Dockerfile => Finder::new(desk, source).find(),
        FileKind::Compose => compose_names::of(desk, source),
        _ => Vec::new(),
    };
    out.sort();
    out.dedup();
    out
}

/// The name at byte `at`.
pub fn at(desk: &Desk, source: &Source, at: usize) -> Option<Occurrence> {
    let holds = |o: &Occurrence| o.span.start as usize <= at && at <= o.span.end as usize;
    of(desk, source).into_iter().filter(holds).min_by_key(|o| (o.span.len(), o.role))
}

/// Every place of a name that stands in `source`, in all files that may have it.
pub fn everywhere(desk: &Desk, source: &Source, name: &Name) -> Vec<Occurrence> {
    let mut paths: BTreeSet<PathBuf> = BTreeSet::from([source.path.clone()]);
    let mut shared = paths.clone();
    match name {
        Name::Stage(file, _) | Name::Variable(file, ..) => {
            paths.insert(file.clone());
            let bases = desk.builders.get(file).into_iter().flat_map(|b| &b.projects);
            paths.extend(bases.flat_map(|base| around(desk, base).all));
        }
        Name::Resource(..) => {
            let around = around(desk, &source.path);
            (shared, paths) = (around.shared, around.all);
        }
        Name::Extended(file, _) => {
            paths.insert(file.clone());
        }
        Name::Anchor(_) | Name::File(_) => {}
    }
    let kind = |path: &Path| match name {
        Name::Stage(file, _) | Name::Variable(file, ..) if file == path => FileKind::Dockerfile,
        _ => FileKind::Compose,
    };
    let is_meant = |path: &Path, o: &Occurrence| match (name, &o.name) {
        (Name::Extended(file, service), Name::Resource(Resource::Service, other)) => {
            service == other && path == file && o.role == Role::Definition
        }
        (Name::Resource(Resource::Service, service), Name::Extended(file, other)) => service == other && shared.contains(file),
        (Name::Resource(..), found) => name == found && shared.contains(path),
        (_, found) => name == found,
    };
    let mut out = Vec::new();
    for path in &paths {
        let file = desk.document(path).or_else(|| desk.load(path, kind(path)));
        let names = file.map_or_else(Vec::new, |file| of(desk, &file));
        out.extend(names.into_iter().filter(|o| is_meant(path, o)));
    }
    out
}

/// The files around a Compose file.
#[derive(Debug, Default)]
pub struct Around {
    /// Those that share its names: of the same project, laid over it or included.
    pub shared: BTreeSet<PathBuf>,
    /// Those, and the ones that its services extend or that extend its services.
    pub all: BTreeSet<PathBuf>,
}

/// The files around the Compose file at `path`, in every project that it is a part of.
pub fn around(desk: &Desk, path: &Path) -> Around {
    let mut bases: BTreeSet<&Path> = BTreeSet::from([path]);
    bases.extend(desk.projects.iter().filter(|(_, files)| files.contains(path)).map(|(base, _)| base.as_path()));
    let mut out = Around { shared: BTreeSet::from([path.to_path_buf()]), all: BTreeSet::from([path.to_path_buf()]) };
    for base in bases {
        let Some(world) = desk.world(base) else { continue };
        for project in &world.projects {
            let path_of = |f: &crate::source::FileId| desk.sources().get(*f).path.clone();
            let mut todo: Vec<PathBuf> = project.files.iter().take(1).chain(&project.overrides).map(path_of).collect();
            let mut shared = BTreeSet::new();
            while let Some(next) = todo.pop() {
                if let Some(file) = desk.document(&next).or_else(|| desk.load(&next, FileKind::Compose))
                    && shared.insert(next)
                {
                    todo.extend(compose_names::included(desk, &file));
                }
            }
            out.all.extend(project.files.iter().map(path_of));
            if shared.contains(path) {
                out.shared.extend(shared);
            }
        }
    }
    out
}

/// The folders that a Dockerfile is built from, those of Compose projects first.
fn contexts(desk: &Desk, path: &Path) -> Vec<PathBuf> {
    let built = desk.builders.get(path).into_iter().flat_map(|b| b.contexts.iter().cloned());
    built.chain(path.parent().map(Path::to_path_buf)).collect()
}

struct Finder<'a> {
    source: &'a Source,
    contexts: Vec<PathBuf>,
    file: std::sync::Arc<Dockerfile>,
    /// The names that some ARG declares, and those that an ARG or ENV does.
    args: BTreeSet<String>,
    declared: BTreeSet<String>,
    out: Vec<Occurrence>,
}

impl<'a> Finder<'a> {
    fn new(desk: &Desk, source: &'a Source) -> Self {
        let file = Dockerfile::of(source);
        let (mut args, mut declared) = (BTreeSet::new(), BTreeSet::new());
        for at in file.instructions() {
            match at.instruction.typed() {
                Args::Arg(decls) => args.extend(decls.iter().map(|d| d.name.to_string())),
                Args::Env(pairs) => declared.extend(pairs.iter().map(|p| p.key.to_string())),
                _ => {}
            }
        }
        declared.extend(args.iter().cloned());
        Finder { source, contexts: contexts(desk, &source.path), file, args, declared, out: Vec::new() }
    }

    fn find(mut self) -> Vec<Occurrence> {
        let file = std::sync::Arc::clone(&self.file);
        for stage in &file.stages {
            if let Some(name) = &stage.name {
                self.push(name.span(), Name::Stage(self.source.path.clone(), stage.index), Role::Definition, Some(stage.index));
            }
            if let Base::Stage(base) = stage.base {
                self.stage(&stage.image, base, Some(stage.index));
            }
        }
        file.instructions().for_each(|at| self.instruction(&at));
        self.out
    }

    fn push(&mut self, span: Span, name: Name, role: Role, stage: Option<usize>) {
        self.out.push(Occurrence { span, name, role, stage });
    }

    /// `text` means stage `number`.
    fn stage(&mut self, text: &Text, number: usize, here: Option<usize>) {
        let is_written = self.file.stages.get(number).is_some_and(|s| s.is_called(text));
        let role = if is_written { Role::Use } else { Role::Indirect };
        self.push(text.span(), Name::Stage(self.source.path.clone(), number), role, here);
    }

    fn stage_named(&mut self, at: &InstructionAt<'_>, text: &Text) {
        let before = at.stage.unwrap_or(0);
        let number = at.resolve(text).known().and_then(|t| self.file.stage_named(t, before));
        if let Some(number) = number {
            self.stage(text, number, at.stage);
        }
    }

    fn variable(&mut self, span: Span, name: &str, role: Role, stage: Option<usize>) {
        // An ENV before the first FROM, or a name that comes from outside.
        if !self.declared.contains(name) || self.source.slice(span) != name {
            return;
        }
        let family = if self.args.contains(name) { None } else { stage.and_then(|s| self.file.ancestry(s).pop()).map(|s| s.index) };
        self.push(span, Name::Variable(self.source.path.clone(), family, name.to_string()), role, stage);
    }

    fn instruction(&mut self, at: &InstructionAt<'_>) {
        let instruction = at.instruction;
        // The arguments before the first FROM are all that FROM itself sees.
        let stage = at.stage.filter(|_| instruction.keyword != Keyword::From);
        match instruction.typed() {
            Args::Arg(decls) => decls.iter().for_each(|d| self.variable(d.name.span(), &d.name, Role::Definition, stage)),
            Args::Env(pairs) => pairs.iter().for_each(|p| self.variable(p.key.span(), &p.key, Role::Definition, stage)),
            Args::Copy(copy) | Args::Add(copy) => match &copy.from {
                Some(from) => self.stage_named(at, from),
                None => copy.sources.iter().for_each(|s| self.copied(s, stage)),
            },
            Args::Run(_) => mounts(instruction).iter().filter_map(|m| m.from.as_ref()).for_each(|from| self.stage_named(at, from)),
            _ => {}
        }
        for used in variables(instruction, &|_| true) {
            let braces = if self.source.slice(used.span).starts_with("${") { 2 } else { 1 };
            let start = used.span.start as usize + braces;
            self.variable(Span::new(used.span.file, start, start + used.name.len()), &used.name, Role::Use, stage);
        }
        if matches!(instruction.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck)
            && instruction.json.is_none()
        {
            self.shell(&instruction.args, stage);
            instruction
                .heredocs
                .iter()
                .filter(|h| h.expand || instruction.keyword == Keyword::Run)
                .for_each(|h| self.shell(&h.body, stage));
        }
    }

    fn copied(&mut self, path: &Text, stage: Option<usize>) {
        if path.contains(['$', '*', '?', '[']) || path.contains("://") {
            return;
        }
        let relative = path.trim_matches('"').trim_start_matches('/').to_string();
        let is_there = |p: &PathBuf| crate::source::is_file(p);
        let found = self.contexts.iter().map(|c| crate::source::normalize(&c.join(&relative))).find(is_there);
        if let Some(found) = found {
            self.push(path.span(), Name::File(found), Role::Indirect, stage);
        }
    }

    /// The variables that a shell expands: everywhere but after `\` and between single quotes.
    fn shell(&mut self, text: &Text, stage: Option<usize>) {
        for range in shell_variables(text) {
            let name = text.get(range.clone()).unwrap_or_default().to_string();
            self.variable(text.span_of(range), &name, Role::Use, stage);
        }
    }
}

/// The names after `$` and `${` in a shell's text.
fn shell_variables(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let (mut at, mut single, mut double) = (0, false, false);
    let mut out = Vec::new();
    while at < bytes.len() {
        match byte(at) {
            b'\'' if !double => single = !single,
            b'"' if !single => double = !double,
            b'\\' if !single => at += 1,
            b'$' if !single => {
                let start = at + if byte(at + 1) == b'{' { 2 } else { 1 };
                let len = bytes.iter().skip(start).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                if len > 0 && !byte(start).is_ascii_digit() {
                    out.push(start..start + len);
                    at = start + len - 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::shell_variables;

    #[test]
    fn variables_of_a_shell() {
        let of = |text: &str| shell_variables(text).into_iter().map(|r| text[r].to_string()).collect::<Vec<_>>();
        assert_eq!(of("echo $A ${B:-$C} \"$D '$E'\" '$F' \\$G $1 $"), ["A", "B", "C", "D", "E"]);
        assert!(of("é$").is_empty());
    }
}
