//! The engine's `daemon.json`. JSON is YAML, so the one parser reads both, with the bytes of every value.

use crate::source::{FileId, Source};
use crate::syntax::text::Text;
use crate::syntax::yaml::{self, NodeId, Scalar, Yaml};

/// A `daemon.json`.
#[derive(Debug)]
pub struct Daemon {
    /// The file.
    pub file: FileId,
    tree: Yaml,
}

impl Daemon {
    /// Reads a file.
    pub fn read(source: &Source) -> Daemon {
        Daemon { file: source.id, tree: yaml::parse(source.id, &source.text).tree }
    }

    fn setting(&self, key: &str) -> Option<NodeId> {
        self.tree.get(*self.tree.documents.first()?, key)
    }

    /// Whether a boolean setting is on; `None` when it is not there.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.tree.scalar(self.setting(key)?)? {
            Scalar::Bool(on) => Some(on),
            _ => None,
        }
    }

    /// The strings of a list setting.
    pub fn list(&self, key: &str) -> Vec<&Text> {
        let items = self.setting(key).map_or(&[][..], |id| self.tree.items(id));
        items.iter().filter_map(|id| self.tree.text(*id)).collect()
    }
}
