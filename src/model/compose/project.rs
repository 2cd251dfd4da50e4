//! Files to a project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::include::Included;
use super::layer::Cleared;
use super::loader::Loader;
use super::service::{Paths, folder};
use super::unique::Replaced;
use super::value::{Node, Value, VarUse};
use super::{Env, Problem, Resource, Service};
use crate::model::origin::Origin;
use crate::source::{FileId, FileKind, ReadError, Sources, Span};

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
    /// Leave `${VARIABLES}` as they are written.
    pub no_interpolate: bool,
    /// The file is a part of some project that is not known: what it refers to may stand elsewhere.
    pub fragment: bool,
}

/// A loaded project. Whatever could be read is there, however broken the rest is.
#[derive(Clone, Debug)]
pub struct Project {
    /// The Compose files, base first, then overrides, then what they include or extend.
    pub files: Vec<FileId>,
    /// Those of them that are laid over the base, in order.
    pub overrides: Vec<FileId>,
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
    /// The variables that it was loaded with.
    pub env: Env,
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
    /// Entries of lists that later ones with the same key took the place of.
    pub replaced: Vec<Replaced>,
    /// Whether it was loaded as a part of something that is not known.
    pub fragment: bool,
    /// Whether variables stay as they are written; values that hold some count as unknown then.
    pub raw: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
    pub(super) paths: Paths,
}

impl Project {
    /// The service of this name. Does not search: a project may have thousands.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(self.position("services", name)?)
    }

    /// The network of this name.
    pub fn network(&self, name: &str) -> Option<&Resource> {
        self.networks.get(self.position("networks", name)?)
    }

    /// The volume of this name.
    pub fn volume(&self, name: &str) -> Option<&Resource> {
        self.volumes.get(self.position("volumes", name)?)
    }

    /// The secret of this name.
    pub fn secret(&self, name: &str) -> Option<&Resource> {
        self.secrets.get(self.position("secrets", name)?)
    }

    /// The config of this name.
    pub fn config(&self, name: &str) -> Option<&Resource> {
        self.configs.get(self.position("configs", name)?)
    }

    /// Services and resources stand in the order of their section.
    fn position(&self, section: &str, name: &str) -> Option<usize> {
        self.root.get(section)?.as_map()?.index_of(name)
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
    let mut loader = Loader::new(sources);
    loader.fragment = options.fragment;
    loader.raw = options.no_interpolate;
    let env = loader.environment(options, &directory);
    let mut scope = loader.scope(env, directory);
    loader.inputs.push(base.id);
    let start = base.span().at_start();
    let chain = [Included { file: base.id, by: None }];
    let mut files = vec![loader.parse(base, &scope.directory)];
    for path in &options.overrides {
        if let Some(file) = loader.read(&sources.absolute(path), FileKind::Compose) {
            files.push(loader.parse(file, &scope.directory));
        }
    }
    let name = loader.name(options, &files, &scope);
    scope.env.set_project_name(&name);
    let root = loader.model(&files, &scope, &chain).unwrap_or_else(|| Node::new(Value::Null, Origin::here(start)));
    let overrides = files.iter().skip(1).map(|f| f.source.id).collect();
    Ok(Project { overrides, ..loader.finish(root, name, scope, options) })
}
