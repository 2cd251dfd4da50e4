//! The pipeline: documents become layers, layers are laid over each other, and the result is a project.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::interpolate::interpolate_node;
use super::layer::{self, Cleared};
use super::merge::{add_hop, merge};
use super::project::{LoadOptions, Project};
use super::service::{Paths, project_name};
use super::unique::{Replaced, unique};
use super::value::{Map, Node, Value, VarUse};
use super::{Env, Problem, Resource, Service, canonical, cast, interpolate, problem};
use crate::model::origin::{How, Origin};
use crate::source::{FileId, FileKind, Source, Sources, Span};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{self, Yaml};

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
    pub base_of: HashMap<FileId, PathBuf>,
}

/// A project or an included part of one: its variables, and where its relative paths start.
pub(super) struct Scope {
    pub env: Env,
    pub directory: PathBuf,
}

/// A file that was parsed.
pub(super) struct Parsed {
    pub source: Arc<Source>,
    yaml: Yaml,
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
        let parse = yaml::parse(source.id, &source.text);
        self.problems.extend(parse.errors.into_iter().map(problem::syntax));
        Parsed { source, yaml: parse.tree }
    }

    /// All documents of all files, one laid over the other, in canonical form; `None` without a file.
    pub fn model(&mut self, files: &[Parsed], scope: &Scope) -> Option<Node> {
        let start = files.first()?.source.span().at_start();
        let mut model: Option<Node> = None;
        for (i, file) in files.iter().enumerate() {
            for document in &file.yaml.documents {
                let mut layer = layer::read(&file.yaml, *document);
                self.problems.extend(layer.errors.into_iter().map(problem::syntax));
                self.interpolate(&mut layer.root, &scope.env, &mut Vec::new());
                if i > 0 {
                    mark_override(&mut layer.root);
                }
                let mut merged = match model.take() {
                    None => layer.root,
                    Some(mut base) => {
                        layer.cleared.iter().for_each(|c| remove(&mut base, &c.path));
                        merge(base, layer.root, &[], &mut self.problems)
                    }
                };
                self.cleared.extend(layer.cleared);
                unique(&mut merged, &mut self.replaced);
                canonical::canonical(&mut merged, &mut self.problems);
                unique(&mut merged, &mut self.replaced);
                model = Some(merged);
            }
        }
        Some(model.unwrap_or_else(|| Node::new(Value::Map(Map::new()), Origin::here(start))))
    }

    fn interpolate<'n>(&mut self, node: &'n mut Node, env: &Env, path: &mut Vec<&'n str>) {
        for bad in interpolate_node(node, env) {
            self.problems.push(problem::value(SyntaxError::new("interpolation", bad.span, bad.message).help(bad.help)));
        }
        self.variables.extend(node.vars.uses().iter().cloned());
        cast::cast(node, path, &mut self.problems);
        match &mut node.value {
            Value::Seq(items) => {
                path.push("[]");
                items.iter_mut().for_each(|item| {
                    let mut path = path.clone();
                    self.interpolate(item, env, &mut path);
                });
                path.pop();
            }
            Value::Map(map) => {
                for (key, entry) in map.iter_mut() {
                    path.push(key);
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
            let texts = files.iter().flat_map(|f| f.yaml.documents.iter().filter_map(|d| f.yaml.text(f.yaml.get(*d, "name")?)));
            texts.last().map(|t| project_name(&interpolate::interpolate(t, &scope.env).0)).filter(|n| !n.is_empty())
        };
        let folder = || project_name(&scope.directory.file_name().unwrap_or_default().to_string_lossy());
        given.or_else(written).unwrap_or_else(folder)
    }

    /// The typed project.
    pub fn finish(self, root: Node, name: String, scope: Scope, fragment: bool) -> Project {
        let home = scope.env.get("HOME").map(PathBuf::from);
        let paths = Paths { project: scope.directory.clone(), home, of_file: Arc::new(self.base_of) };
        let resources = |section: &str| {
            let map = root.get(section).and_then(Node::as_map);
            let entries = map.into_iter().flat_map(Map::iter);
            entries
                .map(|(name, e)| Resource { name: name.into(), key: e.key.clone(), node: e.value.clone(), paths: paths.clone() })
                .collect::<Vec<_>>()
        };
        let service = |r: Resource| Service {
            name: r.name,
            key: r.key.span,
            key_origin: r.key,
            node: r.node,
            enabled: true,
            env_files: Vec::new(),
            paths: r.paths,
        };
        Project {
            services: resources("services").into_iter().map(service).collect(),
            networks: resources("networks"),
            volumes: resources("volumes"),
            secrets: resources("secrets"),
            configs: resources("configs"),
            models: resources("models"),
            files: self.files,
            inputs: self.inputs,
            missing: self.missing,
            unread: self.unread,
            directory: scope.directory,
            name,
            root,
            variables: self.variables,
            cleared: self.cleared,
            replaced: self.replaced,
            fragment,
            problems: self.problems,
        }
    }
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
