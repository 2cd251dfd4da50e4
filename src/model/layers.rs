//! The files that are laid over each other to make a project, as they are written: what a later one says may change
//! nothing in the whole, and only the files themselves show it.

use std::sync::Arc;

use super::compose::Project;
use crate::source::{FileId, Sources, Span};
use crate::syntax::Parse;
use crate::syntax::yaml::{self, Kind, NodeId, Scalar, Yaml};

/// The base of a project and its overrides, in order, each document a layer.
pub struct Layers {
    trees: Vec<Arc<Parse<Yaml>>>,
}

/// One document.
#[derive(Clone, Copy)]
pub struct Layer<'l> {
    /// The file.
    pub yaml: &'l Yaml,
    /// The root of the document.
    pub root: NodeId,
}

/// `key: value` in a layer.
#[derive(Clone, Copy)]
pub struct Written<'l> {
    /// The file.
    pub yaml: &'l Yaml,
    /// The key.
    pub key: NodeId,
    /// The value, an alias not followed.
    pub value: NodeId,
}

impl Layers {
    /// The files of a project; includes are not among them.
    pub fn of(project: &Project, sources: &Sources) -> Layers {
        let files = project.files.first().into_iter().chain(&project.overrides);
        Layers { trees: files.map(|f| yaml::of(&sources.get(*f))).collect() }
    }

    /// The documents, base first.
    pub fn iter(&self) -> impl Iterator<Item = Layer<'_>> {
        self.trees.iter().map(|p| &p.tree).flat_map(|yaml| yaml.documents.iter().map(move |root| Layer { yaml, root: *root }))
    }
}

impl<'l> Layer<'l> {
    /// The file.
    pub fn file(self) -> FileId {
        self.yaml.file
    }

    /// The services of this layer by name.
    pub fn services(self) -> impl Iterator<Item = (&'l str, Written<'l>)> {
        let services = self.yaml.get(self.root, "services");
        let entries = services.map_or(&[][..], |s| self.yaml.entries(s));
        entries.iter().filter_map(move |e| {
            let name = self.yaml.text(e.key)?.as_str();
            Some((name, Written { yaml: self.yaml, key: e.key, value: e.value }))
        })
    }

    /// What this layer says of a service.
    pub fn service(self, name: &str) -> Option<Written<'l>> {
        self.services().find(|(n, _)| *n == name).map(|(_, w)| w)
    }
}

impl<'l> Written<'l> {
    /// The bytes of the key.
    pub fn key_span(self) -> Span {
        self.yaml.node(self.key).span
    }

    /// Key and value together.
    pub fn span(self) -> Span {
        self.key_span().to(self.yaml.node(self.value).span)
    }

    /// The entries of the value, without merge keys.
    pub fn entries(self) -> impl Iterator<Item = (&'l str, Written<'l>)> {
        let entries = self.yaml.entries(self.value).iter().filter(move |e| !self.yaml.is_merge(e.key));
        entries.filter_map(move |e| Some((self.yaml.text(e.key)?.as_str(), Written { yaml: self.yaml, key: e.key, value: e.value })))
    }

    /// The entry of this key.
    pub fn get(self, key: &str) -> Option<Written<'l>> {
        self.entries().find(|(k, _)| *k == key).map(|(_, w)| w)
    }

    /// The text of a scalar value.
    pub fn text(self) -> Option<&'l str> {
        self.yaml.text(self.value).map(|t| t.as_str())
    }

    /// Whether nothing is in it, and no tag says what that means: `[]`, `{}`, `null` or nothing at all.
    pub fn is_empty(self) -> bool {
        let node = self.yaml.node(self.value);
        node.tag.is_none()
            && match &node.kind {
                Kind::Seq { items, .. } => items.is_empty(),
                Kind::Map { entries, .. } => entries.is_empty(),
                Kind::Scalar { .. } => self.yaml.scalar(self.value) == Some(Scalar::Null),
                Kind::Alias { .. } | Kind::Broken => false,
            }
    }

    /// The service of the same file that this one extends.
    pub fn extends(self) -> Option<(&'l str, Span)> {
        let extends = self.get("extends")?;
        let named = match extends.text() {
            Some(_) => extends,
            None if extends.get("file").is_none() => extends.get("service")?,
            None => return None,
        };
        Some((named.text()?, named.yaml.node(named.value).span))
    }
}
