//! Files to a project.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::interpolate::interpolate_node;
use super::layer::{self, Cleared};
use super::service::{Paths, folder, project_name};
use super::value::{Map, Node, Value, VarUse};
use super::{Env, Problem, Resource, Service, canonical, cast, problem};
use crate::model::origin::Origin;
use crate::source::{FileId, FileKind, ReadError, Source, Sources, Span};
use crate::syntax::SyntaxError;
use crate::syntax::yaml;

/// How to load a project.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The environment of the process, as far as it may be used.
    pub env: BTreeMap<String, String>,
    /// Active profiles; `*` is all. Empty: those that `COMPOSE_PROFILES` names.
    pub profiles: Vec<String>,
    /// Env files in place of `.env`.
    pub env_files: Vec<PathBuf>,
    /// Files that override the base, in order.
    pub overrides: Vec<PathBuf>,
    /// The folder that relative paths start from, when it is not that of the base file.
    pub project_directory: Option<PathBuf>,
    /// The name of the project, when it is given.
    pub project_name: Option<String>,
    /// The file is a part of some project that is not known: what it refers to may stand elsewhere.
    pub fragment: bool,
}

/// A loaded project. Whatever could be read is there, however broken the rest is.
#[derive(Clone, Debug)]
pub struct Project {
    /// The Compose files, base first, then overrides, then what they include or extend.
    pub files: Vec<FileId>,
    /// Every file that was read, `.env` and env files included.
    pub inputs: Vec<FileId>,
    /// Paths that were looked for and not there: should one appear, the project changes.
    pub missing: Vec<PathBuf>,
    /// Files that were named and not read, because they lie outside or are remote: the bytes that name them and why.
    pub unread: Vec<(Span, String)>,
    /// The folder that relative paths start from.
    pub directory: PathBuf,
    /// Its name.
    pub name: String,
    /// The effective tree in canonical form.
    pub root: Node,
    /// Its services, also those that no active profile switches on.
    pub services: Vec<Service>,
    /// Its networks.
    pub networks: Vec<Resource>,
    /// Its volumes.
    pub volumes: Vec<Resource>,
    /// Its secrets.
    pub secrets: Vec<Resource>,
    /// Its configs.
    pub configs: Vec<Resource>,
    /// Its models.
    pub models: Vec<Resource>,
    /// Every variable that was substituted anywhere.
    pub variables: Vec<VarUse>,
    /// Where `!reset` and `!override` stand.
    pub cleared: Vec<Cleared>,
    /// Whether it was loaded as a part of something that is not known.
    pub fragment: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Project {
    /// The service of this name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.name == name)
    }
}

/// Loads a project. Whatever is wrong in its files becomes a problem of the project.
///
/// # Errors
/// [`ReadError`] when the base file itself cannot be read: there is nothing to point at then.
pub fn load(sources: &Sources, base: &Path, options: &LoadOptions) -> Result<Project, ReadError> {
    let path = sources.absolute(base);
    let base = sources.load(&path, FileKind::Compose)?;
    let directory = options.project_directory.as_deref().map_or_else(|| folder(&path), |d| sources.absolute(d));
    let mut loader = Loader {
        sources,
        env: Env::new(options.env.clone()),
        files: Vec::new(),
        inputs: Vec::new(),
        missing: Vec::new(),
        variables: Vec::new(),
        cleared: Vec::new(),
        problems: Vec::new(),
        directory: directory.clone(),
        base_of: HashMap::new(),
    };
    loader.read_environment(options);
    let name = loader.name(options);
    loader.env.set_project_name(&name);
    let root = loader.base_file(&base);
    Ok(loader.finish(root, name, options))
}

struct Loader<'s> {
    sources: &'s Sources,
    env: Env,
    files: Vec<FileId>,
    inputs: Vec<FileId>,
    missing: Vec<PathBuf>,
    variables: Vec<VarUse>,
    cleared: Vec<Cleared>,
    problems: Vec<Problem>,
    directory: PathBuf,
    base_of: HashMap<FileId, PathBuf>,
}

impl Loader<'_> {
    fn read_environment(&mut self, options: &LoadOptions) {
        if options.env_files.is_empty() {
            self.env_file(&self.directory.join(".env"), false);
        }
        for path in &options.env_files {
            self.env_file(&self.sources.absolute(path), true);
        }
    }

    fn env_file(&mut self, path: &Path, replace: bool) {
        match self.sources.load(path, FileKind::Other) {
            Ok(file) => {
                self.inputs.push(file.id);
                let errors = self.env.add_file(&file, replace);
                self.problems.extend(errors.into_iter().map(problem::value));
            }
            Err(_) => self.missing.push(path.to_path_buf()),
        }
    }

    fn name(&self, options: &LoadOptions) -> String {
        let given = options.project_name.clone().or_else(|| self.env.get("COMPOSE_PROJECT_NAME").map(str::to_owned));
        given.unwrap_or_else(|| project_name(&self.directory.file_name().unwrap_or_default().to_string_lossy()))
    }

    fn base_file(&mut self, file: &Source) -> Node {
        self.files.push(file.id);
        self.inputs.push(file.id);
        self.base_of.insert(file.id, self.directory.clone());
        let nothing = Node::new(Value::Map(Map::new()), Origin::here(file.span().at_start()));
        self.layers(file).into_iter().next().unwrap_or(nothing)
    }

    /// The documents of a file, variables substituted.
    fn layers(&mut self, file: &Source) -> Vec<Node> {
        let parse = yaml::parse(file.id, &file.text);
        self.problems.extend(parse.errors.into_iter().map(problem::syntax));
        let mut out = Vec::new();
        for document in &parse.tree.documents {
            let mut layer = layer::read(&parse.tree, *document);
            self.problems.extend(layer.errors.into_iter().map(problem::syntax));
            self.cleared.extend(layer.cleared);
            self.interpolate(&mut layer.root, &mut Vec::new());
            out.push(layer.root);
        }
        out
    }

    fn interpolate<'n>(&mut self, node: &'n mut Node, path: &mut Vec<&'n str>) {
        for bad in interpolate_node(node, &self.env) {
            self.problems.push(problem::value(SyntaxError::new("interpolation", bad.span, bad.message).help(bad.help)));
        }
        self.variables.extend(node.vars.uses().iter().cloned());
        cast::cast(node, path, &mut self.problems);
        match &mut node.value {
            Value::Seq(items) => {
                path.push("[]");
                items.iter_mut().for_each(|item| {
                    let mut path = path.clone();
                    self.interpolate(item, &mut path);
                });
                path.pop();
            }
            Value::Map(map) => {
                for (key, entry) in map.iter_mut() {
                    path.push(key);
                    self.interpolate(&mut entry.value, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    fn finish(mut self, mut root: Node, name: String, options: &LoadOptions) -> Project {
        canonical::canonical(&mut root, &mut self.problems);
        let home = self.env.get("HOME").map(PathBuf::from);
        let paths = Paths { project: self.directory.clone(), home, of_file: Arc::new(self.base_of) };
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
            unread: Vec::new(),
            directory: self.directory,
            name,
            root,
            variables: self.variables,
            cleared: self.cleared,
            fragment: options.fragment,
            problems: self.problems,
        }
    }
}
