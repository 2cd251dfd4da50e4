//! YAML as an arena of nodes that know their bytes: keys, values, anchors, aliases, tags, comments.
//!
//! The grammar is that of `granit-parser`, which reads every real Compose file as Compose's own library does; what a
//! plain scalar means (`on`, `0644`, `22:22`, dates) is a port of that library's resolver, see [`resolve`].
//! Nothing outside this module names the parser.

mod build;
mod check;
pub mod edit;
mod message;
pub mod reorder;
mod repair;
mod resolve;
mod scalar;
mod template;

pub use resolve::{Scalar, resolve};
pub use template::is_template;

use std::sync::Arc;

use crate::source::{FileId, Source, Span};
use crate::syntax::Parse;
use crate::syntax::text::Text;

/// How many nodes a file may have, and how many it may become when its aliases are expanded. Compose gives up at the
/// same number of visited nodes.
pub const NODE_BUDGET: usize = 100_000;

/// How deep collections may nest, in the text and once aliases are expanded. Real files stay below 20; walkers of the
/// tree may recurse.
pub const MAX_DEPTH: usize = 128;

/// A node of one [`Yaml`], by number; a child's number is always larger than its parent's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(u32);

impl NodeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A YAML file: its documents, in an arena. An empty file has no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Yaml {
    /// The file.
    pub file: FileId,
    /// The root node of each document, in the order of the text.
    pub documents: Vec<NodeId>,
    /// All comments, in the order of the text.
    pub comments: Vec<Comment>,
    /// Places that could not be read and were left out.
    pub broken: Vec<Broken>,
    nodes: Vec<Node>,
}

/// A value with all that stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The bytes of the value, quotes and brackets included, without tag and anchor. A block scalar starts at its `|`
    /// or `>`, a block collection at its first key or `-`. Empty, right after its key, for a value that is not there.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// `!tag` before it.
    pub tag: Option<Box<Tag>>,
    /// `&name` before it.
    pub anchor: Option<Box<Anchor>>,
}

/// The kinds of node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A scalar, not yet resolved; an absent value is an empty plain one.
    Scalar {
        /// The decoded text.
        text: Text,
        /// How it is written.
        style: Style,
    },
    /// A sequence.
    Seq {
        /// Its items.
        items: Vec<NodeId>,
        /// `[a, b]`, not lines of `- a`.
        flow: bool,
    },
    /// A mapping.
    Map {
        /// Its entries, merge keys and duplicates included, in the order of the text.
        entries: Vec<Entry>,
        /// `{a: b}`, not lines of `a: b`.
        flow: bool,
    },
    /// `*name`.
    Alias {
        /// The name without `*`.
        name: String,
        /// The anchored node; `None` when it is unknown, would contain itself, or would make the document too large.
        target: Option<NodeId>,
    },
    /// Text that could not be read.
    Broken,
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'..'`
    Single,
    /// `".."`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// One `key: value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key, a scalar in nearly all cases.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
}

/// `!tag`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The whole token.
    pub span: Span,
    /// `!!str` for YAML's own tags, `!name` for local ones, else the whole URI.
    pub name: String,
}

/// `&name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The whole token, `&` included.
    pub span: Span,
    /// The name.
    pub name: String,
}

/// `# words`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the end of the line, without the line break.
    pub span: Span,
    /// What follows the `#`.
    pub text: Text,
}

/// A stretch of text that was left out because it is not YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The bytes.
    pub span: Span,
    /// The mapping or sequence that lacks an entry for it, as far as the indentation tells.
    pub container: Option<NodeId>,
    /// The key that stands at the start of the bytes, if one does.
    pub key: Option<String>,
}

/// The tree of a file, read once as long as its text does not change.
pub fn of(source: &Source) -> Arc<Parse<Yaml>> {
    source.derived(|s| parse(s.id, &s.text))
}

/// Reads `text`. Never fails: what is broken is left out, told in `errors` and `broken`, and the rest is there.
pub fn parse(file: FileId, text: &str) -> Parse<Yaml> {
    let read = repair::read(file, text);
    let mut errors = read.errors;
    let mut tree = read.tree;
    check::check(&mut tree, &mut errors);
    errors.sort_by_key(|e| (e.span.start, e.span.end));
    Parse { tree, errors }
}

impl Yaml {
    /// The node with this number, which must come from this tree.
    #[allow(clippy::indexing_slicing)] // Numbers are only made by the builder of the same tree.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All nodes with their numbers, parents before children.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0u32..).map(NodeId).zip(&self.nodes)
    }

    /// `id` itself, or what it stands for when it is an alias; `None` for an alias without a target.
    pub fn follow(&self, id: NodeId) -> Option<NodeId> {
        let mut id = id;
        // An alias cannot be anchored, so one step is enough.
        if let Kind::Alias { target, .. } = &self.node(id).kind {
            id = (*target)?;
        }
        Some(id)
    }

    /// The entries of a mapping, seen through an alias; none for anything else.
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match self.follow(id).map(|id| &self.node(id).kind) {
            Some(Kind::Map { entries, .. }) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence, seen through an alias; none for anything else.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match self.follow(id).map(|id| &self.node(id).kind) {
            Some(Kind::Seq { items, .. }) => items,
            _ => &[],
        }
    }

    /// The text of a scalar, seen through an alias.
    pub fn text(&self, id: NodeId) -> Option<&Text> {
        match &self.node(self.follow(id)?).kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What a scalar means; `None` for anything else.
    pub fn scalar(&self, id: NodeId) -> Option<Scalar> {
        let node = self.node(self.follow(id)?);
        match &node.kind {
            Kind::Scalar { text, style } => Some(resolve(text, *style, node.tag_name())),
            _ => None,
        }
    }

    /// The entry of mapping `id` with this key, the first of duplicates; merge keys are not looked into.
    pub fn entry(&self, id: NodeId, key: &str) -> Option<Entry> {
        self.entries(id).iter().find(|e| self.text(e.key).is_some_and(|t| t.as_str() == key)).copied()
    }

    /// The value of mapping `id` under this key, as [`Yaml::entry`].
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entry(id, key).map(|e| e.value)
    }

    /// The value at the end of a path of keys.
    pub fn get_path(&self, id: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(id, |id, key| self.get(id, key))
    }

    /// Whether the key of an entry is a merge key: a plain `<<`.
    pub fn is_merge(&self, key: NodeId) -> bool {
        let node = self.node(key);
        match &node.kind {
            Kind::Scalar { text, style: Style::Plain } => text.as_str() == "<<" && matches!(node.tag_name(), None | Some("!" | "!!merge")),
            _ => node.tag_name() == Some("!!merge"),
        }
    }
}

impl Node {
    /// The name of its tag.
    pub fn tag_name(&self) -> Option<&str> {
        self.tag.as_ref().map(|t| t.name.as_str())
    }

    /// Whether nothing is written: `key:` and the end of the line.
    pub fn is_absent(&self) -> bool {
        self.span.is_empty() && matches!(self.kind, Kind::Scalar { style: Style::Plain, .. })
    }

    /// Tag, anchor and value together.
    pub fn full_span(&self) -> Span {
        let tag = self.tag.as_ref().map(|t| t.span);
        let anchor = self.anchor.as_ref().map(|a| a.span);
        tag.into_iter().chain(anchor).fold(self.span, Span::to)
    }
}

#[cfg(test)]
mod tests;
