//! `include`: whole projects taken into this one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::layer::Cleared;
use super::loader::{Fetched, Loader, Scope, remove};
use super::merge::{add_hop, merge};
use super::service::folder;
use super::value::{Entry, Map, Node, Resolved, Value};
use super::{Env, problem};
use crate::model::origin::How;
use crate::source::{FileId, FileKind, Source, Span};
use crate::syntax::SyntaxError;

/// How deep includes may nest.
const MAX_DEPTH: usize = 32;

/// What an included project may bring along.
const SECTIONS: [&str; 6] = ["services", "networks", "volumes", "secrets", "configs", "models"];

/// A file that is being included, and the bytes that named it.
#[derive(Clone, Copy)]
pub(super) struct Included {
    pub file: FileId,
    pub by: Option<Span>,
}

/// One entry of `include:`.
struct Request {
    paths: Vec<Resolved>,
    directory: Option<Resolved>,
    env_files: Vec<Resolved>,
}

impl Loader<'_> {
    /// Takes `include` out of a layer and puts what it names under it: what the layer says itself wins.
    pub fn include(&mut self, layer: &mut Node, cleared: &[Cleared], scope: &Scope, chain: &[Included]) {
        let Value::Map(root) = &mut layer.value else { return };
        let Some(include) = root.remove("include") else { return };
        let Value::Seq(entries) = include.value.value else {
            self.open |= include.value.is_broken();
            return;
        };
        for entry in entries {
            let Some(request) = Request::read(&entry) else {
                self.open = true;
                continue;
            };
            match self.included(&request, scope, chain) {
                Some(model) => self.take_over(root, model, cleared),
                None => self.open = true,
            }
        }
    }

    /// The model of one entry; `None` when it cannot be read.
    fn included(&mut self, request: &Request, scope: &Scope, chain: &[Included]) -> Option<Node> {
        let named = request.paths.first()?;
        let mut sources = Vec::new();
        for path in &request.paths {
            match self.fetch(path, &scope.resolve(path), FileKind::Compose) {
                Fetched::Read(source) => sources.push(source),
                Fetched::Unread | Fetched::Failed => return None,
            }
        }
        let first = sources.first()?;
        if self.is_cycle(first, named.span(), chain) {
            return None;
        }
        let directory = match &request.directory {
            Some(directory) => scope.resolve(directory),
            None => folder(&first.path),
        };
        let env = self.included_env(request, &directory, scope);
        let scope = self.scope(env, directory);
        let chain = [chain, &[Included { file: first.id, by: Some(named.span()) }]].concat();
        let files: Vec<_> = sources.into_iter().map(|s| self.parse(s, &scope.directory)).collect();
        let mut model = self.model(&files, &scope, &chain)?;
        if !self.spend(&model, named.span()) {
            return None;
        }
        add_hop(&mut model, How::Include, named.span());
        Some(model)
    }

    fn is_cycle(&mut self, file: &Source, span: Span, chain: &[Included]) -> bool {
        let Some(start) = chain.iter().position(|i| i.file == file.id) else {
            if chain.len() < MAX_DEPTH {
                return false;
            }
            let error = SyntaxError::new("include-depth", span, format!("files include each other more than {MAX_DEPTH} levels deep"))
                .help("include the files from one place");
            self.problems.push(problem::reference(error));
            return true;
        };
        let ring = chain.get(start..).unwrap_or(&[]);
        let names: Vec<String> = ring.iter().map(|i| self.sources.get(i.file).name.clone()).chain([file.name.clone()]).collect();
        let mut error = SyntaxError::new("include-cycle", span, format!("files include each other in a circle: {}", names.join(" -> ")))
            .help("take one of these includes out");
        for (step, name) in ring.iter().skip(1).zip(names.iter().skip(1)) {
            if let Some(by) = step.by {
                error = error.related(by, format!("`{name}` is included here"));
            }
        }
        self.problems.push(problem::reference(error));
        true
    }

    /// The variables of an included project: those of the outer one, then its env files.
    fn included_env(&mut self, request: &Request, directory: &Path, scope: &Scope) -> Env {
        let mut files: Vec<Arc<Source>> = Vec::new();
        for path in request.env_files.iter().filter(|p| p.as_str() != "/dev/null") {
            if let Fetched::Read(file) = self.fetch(path, &scope.resolve(path), FileKind::Other) {
                files.push(file);
            }
        }
        if request.env_files.is_empty() {
            files.extend(self.read(&directory.join(".env"), FileKind::Other));
        }
        let (env, errors) = scope.env.with_files(&files);
        self.problems.extend(errors.into_iter().map(problem::value));
        env
    }

    fn take_over(&mut self, root: &mut Map, mut model: Node, cleared: &[Cleared]) {
        for path in cleared.iter().map(|c| &c.path).filter(|p| p.len() > 1) {
            remove(&mut model, path);
        }
        let Value::Map(model) = model.value else { return };
        for (section, from) in model.into_iter().filter(|(name, _)| SECTIONS.contains(&name.as_str())) {
            let Value::Map(from_map) = from.value.value else { continue };
            if !root.contains(&section) {
                let value = Node::new(Value::Map(Map::new()), from.value.origin);
                root.insert(section.as_str(), Entry { key: from.key, value });
            }
            let Some(Node { value: Value::Map(to), .. }) = root.get_mut(&section) else { continue };
            to.lost = to.lost.or(from_map.lost);
            for (name, entry) in from_map {
                match to.get_mut(&name) {
                    None => to.insert(name, entry),
                    Some(own) => {
                        let hole = Node::new(Value::Broken, own.origin.clone());
                        let over = std::mem::replace(own, hole);
                        *own = merge(entry.value, over, &[&section, &name], &mut self.problems);
                    }
                }
            }
        }
    }
}

impl Request {
    fn read(entry: &Node) -> Option<Request> {
        let texts = |node: &Node| match &node.value {
            Value::Seq(items) => items.iter().map(Node::resolved).collect(),
            _ => Some(vec![node.resolved()?]),
        };
        if entry.as_map().is_none() {
            return Some(Request { paths: vec![entry.resolved()?], directory: None, env_files: Vec::new() });
        }
        Some(Request {
            paths: texts(entry.get("path")?)?,
            directory: entry.get("project_directory").and_then(Node::resolved),
            env_files: entry.get("env_file").and_then(texts).unwrap_or_default(),
        })
    }
}

impl Scope {
    /// The absolute path that a text names, from the folder of this project.
    pub fn resolve(&self, text: &str) -> PathBuf {
        crate::source::normalize(&self.directory.join(text))
    }
}
