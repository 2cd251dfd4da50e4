//! The names in one Compose file as it is written.

use std::path::{Path, PathBuf};

use super::desk::Desk;
use super::names::{Name, Occurrence, Resource, Role};
use crate::source::{Source, Span, normalize};
use crate::syntax::text::Text;
use crate::syntax::yaml::{self, Kind, NodeId, Yaml};

/// The names in a Compose file, in no order.
pub fn of(desk: &Desk, source: &Source) -> Vec<Occurrence> {
    let parse = yaml::of(source);
    let mut finder = Finder { desk, source, tree: &parse.tree, out: Vec::new() };
    finder.anchors();
    parse.tree.documents.iter().for_each(|root| finder.file(*root));
    finder.out
}

/// The Dockerfile that a service builds, as far as this file says.
pub fn dockerfile_of(desk: &Desk, source: &Source, service: &str) -> Option<PathBuf> {
    let parse = yaml::of(source);
    let finder = Finder { desk, source, tree: &parse.tree, out: Vec::new() };
    let build = finder.tree.documents.iter().find_map(|d| finder.tree.get_path(*d, &["services", service, "build"]))?;
    finder.dockerfile(build)
}

/// The files that a Compose file includes.
pub fn included(desk: &Desk, source: &Source) -> Vec<PathBuf> {
    let parse = yaml::of(source);
    let tree = &parse.tree;
    let finder = Finder { desk, source, tree, out: Vec::new() };
    let lists = tree.documents.iter().filter_map(|d| tree.get(*d, "include"));
    let items = lists.flat_map(|list| tree.items(list)).flat_map(|item| {
        let path = tree.get(*item, "path").unwrap_or(*item);
        std::iter::once(path).chain(tree.items(path).iter().copied())
    });
    items.filter_map(|i| finder.resolve(finder.folder(), tree.text(i)?)).collect()
}

struct Finder<'a> {
    desk: &'a Desk,
    source: &'a Source,
    tree: &'a Yaml,
    out: Vec<Occurrence>,
}

impl Finder<'_> {
    fn push(&mut self, span: Span, name: Name, role: Role) {
        self.out.push(Occurrence { span, name, role, stage: None });
    }

    fn resource(&mut self, text: &Text, kind: Resource, role: Role) {
        if !text.is_empty() && !text.contains('$') {
            self.push(text.span(), Name::Resource(kind, text.to_string()), role);
        }
    }

    fn anchors(&mut self) {
        for (_, node) in self.tree.nodes() {
            if let Some(anchor) = &node.anchor {
                let span = Span { start: anchor.span.start + 1, ..anchor.span };
                self.push(span, Name::Anchor(anchor.span.start), Role::Definition);
            }
            if let Kind::Alias { target: Some(target), .. } = &node.kind
                && let Some(anchor) = &self.tree.node(*target).anchor
            {
                let span = Span { start: node.span.start + 1, ..node.span };
                self.push(span, Name::Anchor(anchor.span.start), Role::Use);
            }
        }
    }

    fn file(&mut self, root: NodeId) {
        for kind in Resource::ALL {
            let Some(section) = self.tree.get(root, kind.key()) else { continue };
            for entry in self.tree.entries(section) {
                if let Some(key) = self.tree.text(entry.key) {
                    self.resource(key, kind, Role::Definition);
                }
                match kind {
                    Resource::Service => self.service(entry.value, 0),
                    Resource::Secret | Resource::Config => self.path_at(entry.value, "file"),
                    Resource::Network | Resource::Volume => {}
                }
            }
        }
        if let Some(include) = self.tree.get(root, "include") {
            for item in self.tree.items(include) {
                self.path(*item);
                for key in ["path", "env_file"] {
                    self.paths_at(*item, key);
                }
            }
        }
    }

    /// What a service refers to; `depth` counts merged mappings.
    fn service(&mut self, service: NodeId, depth: usize) {
        const MERGES: usize = 8;
        for entry in self.tree.entries(service) {
            let value = entry.value;
            if self.tree.is_merge(entry.key) {
                if depth < MERGES {
                    self.service(value, depth + 1);
                    self.tree.items(value).iter().for_each(|item| self.service(*item, depth + 1));
                }
                continue;
            }
            match self.tree.text(entry.key).map_or("", |t| t.as_str()) {
                "depends_on" => self.keys_or_items(value, Resource::Service),
                "networks" => self.keys_or_items(value, Resource::Network),
                "links" | "volumes_from" => self.each_text(value, |this, text| {
                    if !text.starts_with("container:") {
                        this.resource(&before_colon(text), Resource::Service, Role::Use);
                    }
                }),
                "network_mode" | "pid" | "ipc" => self.of_service(value),
                "volumes" => self.mounts(value),
                "secrets" => self.grants(value, Resource::Secret),
                "configs" => self.grants(value, Resource::Config),
                "extends" => self.extends(value),
                "build" => self.build(value),
                "env_file" => {
                    self.path(value);
                    for item in self.tree.items(value) {
                        self.path(*item);
                        self.path_at(*item, "path");
                    }
                }
                _ => {}
            }
        }
    }

    fn each_text(&mut self, list: NodeId, mut act: impl FnMut(&mut Self, &Text)) {
        let texts: Vec<Text> = self.tree.items(list).iter().filter_map(|i| self.tree.text(*i)).cloned().collect();
        texts.iter().for_each(|t| act(self, t));
    }

    fn keys_or_items(&mut self, node: NodeId, kind: Resource) {
        self.each_text(node, |this, text| this.resource(text, kind, Role::Use));
        let keys: Vec<Text> = self.tree.entries(node).iter().filter_map(|e| self.tree.text(e.key)).cloned().collect();
        keys.iter().for_each(|k| self.resource(k, kind, Role::Use));
    }

    /// `service:name`.
    fn of_service(&mut self, node: NodeId) {
        let Some((kind, name)) = self.tree.text(node).and_then(|t| t.split_once(':')) else { return };
        if kind.as_str() == "service" {
            self.resource(&name, Resource::Service, Role::Use);
        }
    }

    fn mounts(&mut self, list: NodeId) {
        for item in self.tree.items(list) {
            if let Some(text) = self.tree.text(*item) {
                let name = before_colon(text);
                // Without a colon it is a path in the container; with one of these it is a path on the host.
                if name.len() < text.len() && !name.starts_with(['.', '/', '~']) && !name.contains(['\\', '/']) && name.len() > 1 {
                    self.resource(&name, Resource::Volume, Role::Use);
                }
            }
            let is_volume = self.tree.get(*item, "type").and_then(|t| self.tree.text(t)).is_some_and(|t| t.as_str() == "volume");
            if let Some(name) = self.tree.get(*item, "source").filter(|_| is_volume).and_then(|n| self.tree.text(n)) {
                self.resource(name, Resource::Volume, Role::Use);
            }
        }
    }

    fn grants(&mut self, list: NodeId, kind: Resource) {
        for item in self.tree.items(list) {
            let source = self.tree.get(*item, "source").unwrap_or(*item);
            if let Some(name) = self.tree.text(source) {
                self.resource(name, kind, Role::Use);
            }
        }
    }

    fn extends(&mut self, node: NodeId) {
        let file = self.tree.get(node, "file").and_then(|f| self.tree.text(f)).and_then(|f| self.resolve(self.folder(), f));
        let Some(name) = self.tree.text(self.tree.get(node, "service").unwrap_or(node)) else { return };
        match file {
            Some(file) => {
                self.push(name.span(), Name::Extended(file, name.to_string()), Role::Use);
                self.path_at(node, "file");
            }
            None => self.resource(name, Resource::Service, Role::Use),
        }
    }

    fn build(&mut self, build: NodeId) {
        if let Some(text) = self.tree.text(build) {
            if let Some(context) = self.resolve(self.folder(), text) {
                self.push(text.span(), Name::File(context.join("Dockerfile")), Role::Indirect);
            }
            return;
        }
        self.tree.get(build, "secrets").into_iter().for_each(|s| self.grants(s, Resource::Secret));
        let text = |key: &str| self.tree.get(build, key).and_then(|n| self.tree.text(n)).cloned();
        let Some(file) = self.dockerfile(build) else { return };
        for text in [text("context"), text("dockerfile")].into_iter().flatten() {
            self.push(text.span(), Name::File(file.clone()), Role::Indirect);
        }
        let dockerfile = self.desk.dockerfile(&file);
        if let (Some(target), Some(dockerfile)) = (text("target"), dockerfile)
            && let Some(stage) = dockerfile.target(&target)
        {
            self.push(target.span(), Name::Stage(file.clone(), stage), Role::Use);
        }
        for entry in self.tree.get(build, "additional_contexts").map_or(&[][..], |c| self.tree.entries(c)) {
            self.of_service(entry.value);
        }
        let Some(args) = self.tree.get(build, "args") else { return };
        let keys: Vec<Text> = self.tree.entries(args).iter().filter_map(|e| self.tree.text(e.key)).cloned().collect();
        let mut names = keys;
        self.each_text(args, |_, text| names.push(text.split_once('=').map_or_else(|| text.clone(), |(name, _)| name)));
        names.iter().for_each(|n| self.push(n.span(), Name::Variable(file.clone(), None, n.to_string()), Role::Use));
    }

    /// The Dockerfile that a `build` names.
    fn dockerfile(&self, build: NodeId) -> Option<PathBuf> {
        let text = |key: &str| self.tree.get(build, key).and_then(|n| self.tree.text(n));
        if self.tree.get(build, "dockerfile_inline").is_some() {
            return None;
        }
        let context = match self.tree.text(build).or_else(|| text("context")) {
            Some(context) => self.resolve(self.folder(), context)?,
            None => self.folder().to_path_buf(),
        };
        match text("dockerfile") {
            Some(named) => self.resolve(&context, named),
            None => Some(context.join("Dockerfile")),
        }
    }

    fn folder(&self) -> &Path {
        self.source.path.parent().unwrap_or(Path::new("/"))
    }

    /// The path that a text names; `None` when a variable or an address is part of it.
    fn resolve(&self, from: &Path, text: &str) -> Option<PathBuf> {
        (!text.contains('$') && !text.contains("://") && !text.is_empty()).then(|| normalize(&from.join(text)))
    }

    fn path(&mut self, node: NodeId) {
        let Some(text) = self.tree.text(node).cloned() else { return };
        if let Some(path) = self.resolve(self.folder(), &text) {
            self.push(text.span(), Name::File(path), Role::Indirect);
        }
    }

    fn path_at(&mut self, node: NodeId, key: &str) {
        self.tree.get(node, key).into_iter().for_each(|n| self.path(n));
    }

    fn paths_at(&mut self, node: NodeId, key: &str) {
        self.path_at(node, key);
        let items = self.tree.get(node, key).map_or(&[][..], |list| self.tree.items(list));
        items.iter().for_each(|i| self.path(*i));
    }
}

fn before_colon(text: &Text) -> Text {
    text.slice(0..text.find(':').unwrap_or(text.len()))
}
