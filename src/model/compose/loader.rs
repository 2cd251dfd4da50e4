//! The pipeline: documents become layers, layers are laid over each other, and the result is a project.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::extends::Bases;
use super::include::Included;
use super::interpolate::{interpolate_node, keep_node};
use super::layer::{self, Cleared, Layer};
use super::merge::{add_hop, merge};
use super::project::{LoadOptions, Project};
use super::service::{Paths, project_name};
use super::unique::{Replaced, unique};
use super::value::{Map, Node, Resolved, Value, VarUse};
use super::{Env, Problem, Resource, Service, canonical, cast, consistency, engine, interpolate, problem, schema, values};
use crate::model::origin::{How, Origin};
use crate::source::{FileId, FileKind, ReadError, Source, Sources, Span};
use crate::syntax::text::Text;
use crate::syntax::yaml::{self, Yaml};
use crate::syntax::{Parse, SyntaxError, not_utf8};

/// What is gathered while a project is loaded.
pub(super) struct Loader<'s> {
    pub sources: &'s Sources,
    pub files: Vec<FileId>,
    pub inputs: Vec<FileId>,
    pub missing: Vec<PathBuf>,
    pub unread: Vec<(Span, String)>,
    pub variables: Vec<VarUse>,
    pub cleared: Vec<Cleared>,
    pub replaced: Vec<Replaced>,
    pub problems: Vec<Problem>,
    /// Which folder the relative paths of each file start from.
    pub base_of: HashMap<FileId, PathBuf>,
    /// Something that could not be read may define further services, networks and so on.
    pub open: bool,
    /// The files are a part of something that is not known.
    pub fragment: bool,
    /// Variables stay as they are written.
    pub raw: bool,
    /// Files that services extend.
    pub bases: HashMap<(usize, FileId), Bases>,
    /// Problems of services in such files, told when they are extended.
    pub held: HashMap<(FileId, String), Vec<Problem>>,
    scopes: usize,
    budget: usize,
}

/// How many values `include` and `extends` may copy.
const BUDGET: usize = 1_000_000;

/// The outcome of reading a file that another one names.
pub(super) enum Fetched {
    /// It is here.
    Read(Arc<Source>),
    /// It is not to be read: remote, outside the project, or not known. No error.
    Unread,
    /// It is not there; the error is told.
    Failed,
}

/// A project or an included part of one: its variables, and where its relative paths start.
pub(super) struct Scope {
    pub env: Env,
    pub directory: PathBuf,
    /// Tells scopes apart.
    pub id: usize,
}

/// A file that was parsed.
pub(super) struct Parsed {
    pub source: Arc<Source>,
    parse: Arc<Parse<Yaml>>,
}

impl<'s> Loader<'s> {
    pub fn new(sources: &'s Sources) -> Self {
        Loader {
            sources,
            files: Vec::new(),
            inputs: Vec::new(),
            missing: Vec::new(),
            unread: Vec::new(),
            variables: Vec::new(),
            cleared: Vec::new(),
            replaced: Vec::new(),
            problems: Vec::new(),
            base_of: HashMap::new(),
            open: false,
            fragment: false,
            raw: false,
            bases: HashMap::new(),
            held: HashMap::new(),
            scopes: 0,
            budget: BUDGET,
        }
    }

    /// The environment of a project: the process, then `.env` or the env files that are named.
    pub fn environment(&mut self, options: &LoadOptions, directory: &Path) -> Env {
        let mut env = Env::new(options.env.clone());
        if options.env_files.is_empty() {
            self.env_file(&mut env, &directory.join(".env"), false);
        }
        for path in &options.env_files {
            self.env_file(&mut env, &self.sources.absolute(path), true);
        }
        env
    }

    fn env_file(&mut self, env: &mut Env, path: &Path, replace: bool) {
        if let Some(file) = self.read(path, FileKind::Other) {
            let errors = env.add_file(&file, replace);
            self.problems.extend(errors.into_iter().map(problem::value));
        }
    }

    /// Reads a file that belongs to the project.
    pub fn read(&mut self, path: &Path, kind: FileKind) -> Option<Arc<Source>> {
        match self.sources.load(path, kind) {
            Ok(file) => {
                self.inputs.push(file.id);
                Some(file)
            }
            Err(_) => {
                self.missing.push(path.to_path_buf());
                None
            }
        }
    }

    /// Parses a Compose file whose relative paths start at `directory`.
    pub fn parse(&mut self, source: Arc<Source>, directory: &Path) -> Parsed {
        self.files.push(source.id);
        self.base_of.entry(source.id).or_insert_with(|| directory.to_path_buf());
        let parse = yaml::of(&source);
        self.problems.extend(parse.errors.iter().cloned().chain(not_utf8(&source)).map(problem::syntax));
        Parsed { source, parse }
    }

    /// All documents of all files, one laid over the other, in canonical form; `None` without a file.
    pub fn model(&mut self, files: &[Parsed], scope: &Scope, chain: &[Included]) -> Option<Node> {
        let first = files.first()?.source.id;
        let mut model: Option<Node> = None;
        for file in files {
            for Layer { mut root, cleared, .. } in self.layers(file, scope) {
                schema::check_layer(&root, &mut self.problems);
                if file.source.id != first {
                    mark_override(&mut root);
                }
                self.include(&mut root, &cleared, scope, chain);
                self.extend(&mut root, &cleared, file.source.id, scope);
                let mut merged = match model.take() {
                    None => root,
                    Some(mut base) => {
                        cleared.iter().for_each(|c| remove(&mut base, &c.path));
                        merge(base, root, &[], &mut self.problems)
                    }
                };
                self.cleared.extend(cleared);
                let (fragment, raw) = (self.fragment, self.raw);
                self.tidy(&mut merged, |model, problems| {
                    if !fragment {
                        schema::check_whole(model, problems);
                    }
                    canonical::canonical(model, raw, problems);
                });
                model = Some(merged);
            }
        }
        let start = files.first()?.source.span().at_start();
        Some(model.unwrap_or_else(|| Node::new(Value::Map(Map::new()), Origin::here(start))))
    }

    /// The documents of a file, variables substituted.
    pub fn layers(&mut self, file: &Parsed, scope: &Scope) -> Vec<Layer> {
        let mut layers = Vec::new();
        for document in &file.parse.tree.documents {
            let mut layer = layer::read(&file.parse.tree, *document);
            self.problems.extend(std::mem::take(&mut layer.errors).into_iter().map(problem::syntax));
            self.interpolate(&mut layer.root, &scope.env, &mut Vec::new());
            layers.push(layer);
        }
        layers
    }

    /// Leaves one entry of each key in lists, before and after `f`: the short form of two entries may differ.
    pub fn tidy(&mut self, model: &mut Node, f: impl FnOnce(&mut Node, &mut Vec<Problem>)) {
        unique(model, &mut self.replaced);
        f(model, &mut self.problems);
        unique(model, &mut self.replaced);
    }

    /// Reads a file that the bytes of `text` name; tells when it cannot be read.
    pub fn fetch(&mut self, text: &Resolved, path: &Path, kind: FileKind) -> Fetched {
        let shown = text.as_str();
        let unread = if !text.is_known() {
            Some("depends on a variable".to_owned())
        } else if is_remote(shown) {
            Some("is not on this machine".to_owned())
        } else if !self.sources.may_read(path) {
            Some("lies outside the project".to_owned())
        } else {
            None
        };
        if let Some(why) = unread {
            self.unread.push((text.span(), format!("`{shown}` {why}")));
            return Fetched::Unread;
        }
        let error = match self.sources.load(path, kind) {
            Ok(file) => {
                self.inputs.push(file.id);
                return Fetched::Read(file);
            }
            Err(error) => error,
        };
        self.missing.push(path.to_path_buf());
        let file = match error {
            ReadError::NotFound => SyntaxError::new("missing-file", text.span(), format!("there is no file `{shown}`"))
                .help(format!("create `{}`, or correct the path", self.sources.display(path))),
            ReadError::Directory => SyntaxError::new("missing-file", text.span(), format!("`{shown}` is a folder, not a file"))
                .help(format!("name the file in it, as `{}/compose.yml`", shown.trim_end_matches('/'))),
            other => {
                self.unread.push((text.span(), format!("`{shown}` {other}")));
                return Fetched::Unread;
            }
        };
        self.problems.push(problem::reference(file));
        Fetched::Failed
    }

    /// A scope of its own.
    pub fn scope(&mut self, env: Env, directory: PathBuf) -> Scope {
        self.scopes += 1;
        Scope { env, directory, id: self.scopes }
    }

    /// Counts the nodes of a copy; `false` when there were too many already.
    pub fn spend(&mut self, copy: &Node, span: Span) -> bool {
        let before = self.budget;
        self.budget = before.saturating_sub(size(copy));
        if self.budget == 0 && before > 0 {
            let error =
                SyntaxError::new("too-large", span, format!("`include` and `extends` make this project larger than {BUDGET} values"))
                    .help("split the project");
            self.problems.push(problem::reference(error));
        }
        self.budget > 0
    }

    fn interpolate<'n>(&mut self, node: &'n mut Node, env: &Env, path: &mut Vec<&'n str>) {
        let bad = if self.raw { keep_node(node) } else { interpolate_node(node, env) };
        for bad in bad {
            self.problems.push(problem::value(SyntaxError::new("interpolation", bad.span, bad.message).help(bad.help)));
        }
        if matches!(node.value, Value::Float(f) if !f.is_finite()) {
            let error = SyntaxError::new("not-finite", node.span(), "a number must be finite");
            self.problems.push(problem::value(error.help("quote it if it is text")));
        }
        self.variables.extend(node.vars.uses().iter().cloned());
        cast::cast(node, path, &mut self.problems);
        match &mut node.value {
            Value::Seq(items) => {
                path.push("[]");
                for item in items.iter_mut() {
                    self.interpolate(item, env, path);
                }
                path.pop();
            }
            Value::Map(map) => {
                for (key, entry) in map.iter_mut() {
                    path.push(key);
                    self.problems.extend(variable_in_key(path, entry.key.span));
                    self.interpolate(&mut entry.value, env, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    /// The name of the project: given, from the environment, the last `name:` of its files, or its folder's.
    pub fn name(&self, options: &LoadOptions, files: &[Parsed], scope: &Scope) -> String {
        let given = options.project_name.clone().or_else(|| scope.env.get("COMPOSE_PROJECT_NAME").map(str::to_owned));
        let written = || {
            let texts =
                files.iter().flat_map(|f| f.parse.tree.documents.iter().filter_map(|d| f.parse.tree.text(f.parse.tree.get(*d, "name")?)));
            texts.last().map(|t| project_name(&interpolate::interpolate(t, &scope.env).0)).filter(|n| !n.is_empty())
        };
        let folder = || project_name(&scope.directory.file_name().unwrap_or_default().to_string_lossy());
        given.or_else(written).unwrap_or_else(folder)
    }

    /// The typed project, with all that is wrong in it.
    pub fn finish(mut self, root: Node, name: String, scope: Scope, options: &LoadOptions) -> Project {
        if root.as_map().is_some_and(|m| m.is_empty() && m.lost.is_none()) && !self.has_syntax_errors() {
            let error = SyntaxError::new("empty", root.span(), "this Compose file is empty");
            self.problems.push(problem::schema(error.help("write `services:` and the services below it")));
        }
        values::check(&root, &mut self.problems);
        engine::check(&root, &mut self.problems);
        let home = scope.env.get("HOME").map(PathBuf::from);
        let of_file = Arc::new(std::mem::take(&mut self.base_of));
        let paths = Paths { project: scope.directory.clone(), home, of_file };
        let resources = |section: &str| {
            let map = root.get(section).and_then(Node::as_map);
            let entries = map.into_iter().flat_map(Map::iter);
            entries
                .map(|(name, e)| Resource { name: name.into(), key: e.key.clone(), node: e.value.clone(), paths: paths.clone() })
                .collect::<Vec<_>>()
        };
        let profiles = active_profiles(options, &scope.env);
        let mut services: Vec<Service> = resources("services").into_iter().map(|r| service(r, &profiles)).collect();
        for service in &mut services {
            service.env_files = self.env_files(service, &scope.env);
            service.label_files = self.label_files(service);
            self.seccomp_profiles(service);
        }
        let configs = resources("configs");
        let by_name: HashMap<&str, &Resource> = configs.iter().map(|c| (c.name.as_str(), c)).collect();
        for service in services.iter().filter(|s| s.enabled) {
            self.config_files(service, &by_name);
        }
        let mut project = Project {
            services,
            networks: resources("networks"),
            volumes: resources("volumes"),
            secrets: resources("secrets"),
            configs,
            models: resources("models"),
            files: self.files,
            overrides: Vec::new(),
            inputs: self.inputs,
            missing: self.missing,
            unread: self.unread,
            directory: scope.directory,
            name,
            env: scope.env,
            root,
            variables: self.variables,
            cleared: self.cleared,
            replaced: self.replaced,
            fragment: options.fragment,
            raw: options.no_interpolate,
            problems: Vec::new(),
            paths: paths.clone(),
        };
        self.problems.extend(consistency::check(&project, self.open));
        project.problems = one_of_each(self.problems);
        project
    }

    fn has_syntax_errors(&self) -> bool {
        self.problems.iter().any(|p| p.lint == "compose-syntax")
    }
}

/// Compose substitutes variables in values only.
fn variable_in_key(path: &[&str], at: Span) -> Option<Problem> {
    let key = path.last().filter(|k| k.contains("${") && !path.iter().any(|p| p.starts_with("x-")))?;
    let names = interpolate::variables(&Text::replaced(at, *key));
    let (name, _) = names.first()?;
    let error =
        SyntaxError::new("variable-in-key", at, format!("`{name}` is not substituted here: Compose reads variables in values only"));
    Some(problem::value(error.help("write a list of `- \"KEY=value\"`, whose items are values").warning()))
}

/// The profiles that are switched on.
fn active_profiles(options: &LoadOptions, env: &Env) -> Vec<String> {
    if options.profiles.is_empty() {
        let named = env.get("COMPOSE_PROFILES").unwrap_or("");
        return named.split(',').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect();
    }
    options.profiles.clone()
}

fn service(r: Resource, active: &[String]) -> Service {
    let mut service = Service {
        name: r.name,
        key: r.key.span,
        key_origin: r.key,
        node: r.node,
        enabled: true,
        env_files: Vec::new(),
        label_files: Vec::new(),
        paths: r.paths,
        build: OnceLock::new(),
    };
    if let Some(profiles) = service.profiles().set().filter(|p| !p.value.is_empty()) {
        service.enabled = profiles.value.iter().any(|p| active.iter().any(|a| a == "*" || a == p.value.as_str()));
    }
    service
}

/// A file may be read on several ways: what is wrong in it is told once. What cannot be merged because its type is wrong
/// is wrong by its type.
fn one_of_each(problems: Vec<Problem>) -> Vec<Problem> {
    let wrong: HashSet<Span> = problems.iter().filter(|p| p.error.code == "wrong-type").map(|p| p.error.span).collect();
    let mut seen = HashSet::new();
    let mut problems = problems;
    problems.retain(|p| {
        let told_elsewhere = p.error.code == "merge" && wrong.contains(&p.error.span);
        !told_elsewhere && seen.insert((p.lint, p.error.code, p.error.span, p.error.message.clone()))
    });
    problems
}

/// Takes out what stands at a path of keys.
pub(super) fn remove(root: &mut Node, path: &[String]) {
    let Some((last, parents)) = path.split_last() else { return };
    let mut node = root;
    for key in parents {
        let Value::Map(map) = &mut node.value else { return };
        let Some(next) = map.get_mut(key) else { return };
        node = next;
    }
    if let Value::Map(map) = &mut node.value {
        map.remove(last);
    }
}

/// Notes on everything in an override file that it comes from there: from the service or resource it belongs to.
fn mark_override(root: &mut Node) {
    let Value::Map(sections) = &mut root.value else { return };
    for section in sections.entries_mut() {
        let at = section.key.span;
        let Value::Map(elements) = &mut section.value.value else {
            add_hop(&mut section.value, How::Override, at);
            continue;
        };
        for element in elements.entries_mut() {
            add_hop(&mut element.value, How::Override, element.key.span);
        }
    }
}

/// How many nodes there are.
fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Seq(items) => items.iter().map(size).sum(),
        Value::Map(map) => map.iter().map(|(_, e)| size(&e.value)).sum(),
        _ => 0,
    }
}

/// Whether Compose would fetch this from elsewhere: a Git repository or an OCI artifact.
fn is_remote(path: &str) -> bool {
    ["http://", "https://", "git://", "ssh://", "git@", "github.com/", "oci://"].iter().any(|s| path.starts_with(s))
}
