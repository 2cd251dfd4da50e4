//! One YAML document as a tree of values: aliases and merge keys expanded, `!reset` and `!override` taken note of.

use std::sync::Arc;

use super::value::{Entry, Map, Node, Value};
use crate::model::origin::{Hop, How, Origin};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::text::Text;
use crate::syntax::yaml::{self, Kind, NodeId, Scalar, Yaml};

/// A document of a Compose file.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Its tree.
    pub root: Node,
    /// Paths tagged `!reset` (gone from the tree) or `!override`: what earlier layers have there goes, too.
    pub cleared: Vec<Cleared>,
    /// Keys that are no strings.
    pub errors: Vec<SyntaxError>,
}

/// A place that a tag clears.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleared {
    /// The keys that lead there.
    pub path: Vec<String>,
    /// The tag.
    pub span: Span,
    /// `!reset` rather than `!override`.
    pub reset: bool,
}

/// Reads one document.
pub(super) fn read(yaml: &Yaml, document: NodeId) -> Layer {
    let mut reader = Reader { yaml, path: Vec::new(), cleared: Vec::new(), errors: Vec::new() };
    let root = reader.node(document, &Hops::default());
    let root = root.unwrap_or_else(|| Node::new(Value::Null, Origin::here(yaml.node(document).span)));
    Layer { root, cleared: reader.cleared, errors: reader.errors }
}

/// The steps that everything below the current node took.
#[derive(Clone, Default)]
struct Hops(Option<Arc<[Hop]>>);

impl Hops {
    /// One more step, which comes before those that lead further out.
    fn then(&self, how: How, span: Span) -> Hops {
        let outer = self.0.as_deref().unwrap_or(&[]);
        Hops(Some(std::iter::once(Hop { how, span }).chain(outer.iter().copied()).collect()))
    }

    fn origin(&self, span: Span) -> Origin {
        Origin::shared(span, self.0.clone())
    }
}

// The depth of the recursion is bounded by `yaml::MAX_DEPTH`, the number of nodes by `yaml::NODE_BUDGET`.
struct Reader<'y> {
    yaml: &'y Yaml,
    path: Vec<String>,
    cleared: Vec<Cleared>,
    errors: Vec<SyntaxError>,
}

impl Reader<'_> {
    /// The value of a node; `None` when a `!reset` takes it away.
    fn node(&mut self, id: NodeId, hops: &Hops) -> Option<Node> {
        let node = self.yaml.node(id);
        if let Some(tag) = &node.tag
            && matches!(tag.name.as_str(), "!reset" | "!override")
        {
            let reset = tag.name == "!reset";
            self.cleared.push(Cleared { path: self.path.clone(), span: tag.span, reset });
            if reset {
                return None;
            }
        }
        let origin = hops.origin(node.span);
        let value = match &node.kind {
            Kind::Scalar { text, style } => scalar(text, yaml::resolve(text, *style, node.tag_name()), node.span),
            Kind::Seq { items, .. } => self.seq(id, items, hops),
            Kind::Map { entries, .. } => Value::Map(self.map(id, entries, hops)),
            Kind::Alias { target: Some(target), .. } => return self.node(*target, &hops.then(How::Alias, node.span)),
            Kind::Alias { target: None, .. } | Kind::Broken => Value::Broken,
        };
        Some(Node::new(value, origin))
    }

    fn seq(&mut self, id: NodeId, items: &[NodeId], hops: &Hops) -> Value {
        // Items have no path of their own: `!reset` does not reach into lists, but it must not clear the list either.
        let mut nodes = Vec::with_capacity(items.len());
        for item in items {
            let cleared = self.cleared.len();
            let node = self.node(*item, hops);
            self.cleared.truncate(cleared);
            nodes.extend(node);
        }
        let lost = self.yaml.broken.iter().filter(|b| b.container == Some(id));
        nodes.extend(lost.map(|b| Node::new(Value::Broken, hops.origin(b.span))));
        Value::Seq(nodes)
    }

    fn map(&mut self, id: NodeId, entries: &[yaml::Entry], hops: &Hops) -> Map {
        let mut map = Map::with_capacity(entries.len());
        let mut merges = Vec::new();
        for entry in entries {
            if self.yaml.is_merge(entry.key) {
                merges.push(*entry);
                continue;
            }
            let Some(name) = self.key(entry.key) else { continue };
            if map.contains(&name) {
                continue;
            }
            self.path.push(name.clone());
            let value = self.node(entry.value, hops);
            self.path.pop();
            let key = hops.origin(self.yaml.node(entry.key).span);
            // A key that was reset must not come back through a merge key; it is taken out at the end.
            let value = value.unwrap_or_else(|| Node::new(Value::Broken, key.clone()));
            map.insert(name, Entry { key, value });
        }
        for merge in merges {
            self.merge(&mut map, merge.value, hops);
        }
        self.drop_reset(&mut map);
        for broken in self.yaml.broken.iter().filter(|b| b.container == Some(id)) {
            match &broken.key {
                Some(key) if !map.contains(key) => {
                    let at = hops.origin(broken.span);
                    map.set(key.clone(), at.clone(), Node::new(Value::Broken, at));
                }
                Some(_) => {}
                None => map.lost = Some(broken.span),
            }
        }
        map
    }

    fn drop_reset(&mut self, map: &mut Map) {
        let depth = self.path.len();
        let here = self.cleared.iter().filter(|c| c.reset && c.path.len() == depth + 1 && c.path.starts_with(&self.path));
        let names: Vec<String> = here.filter_map(|c| c.path.last().cloned()).collect();
        for name in names {
            if map.get(&name).is_some_and(Node::is_broken) {
                map.remove(&name);
            }
        }
    }

    /// Takes over the entries of `<<: *a` or `<<: [*a, *b]` that are not there yet; the first wins.
    fn merge(&mut self, map: &mut Map, value: NodeId, hops: &Hops) {
        let parts = match self.yaml.follow(value).map(|id| &self.yaml.node(id).kind) {
            Some(Kind::Seq { items, .. }) => items.clone(),
            _ => vec![value],
        };
        for part in parts {
            let span = self.yaml.node(part).span;
            // What an alias without a target would have brought is not known.
            let Some(target) = self.yaml.follow(part) else {
                map.lost = map.lost.or(Some(span));
                continue;
            };
            let Kind::Map { entries, .. } = &self.yaml.node(target).kind else { continue };
            let merged = self.map(target, entries, &hops.then(How::MergeKey, span));
            map.lost = map.lost.or(merged.lost);
            for (name, entry) in merged {
                if !map.contains(&name) {
                    map.insert(name, entry);
                }
            }
        }
    }

    /// The text of a key. Compose wants strings.
    fn key(&mut self, id: NodeId) -> Option<String> {
        let node = self.yaml.node(id);
        let Some(text) = self.yaml.text(id) else {
            let error = SyntaxError::new("non-string-key", node.span, "a key must be a string").help("write `key: value`");
            self.errors.push(error);
            return None;
        };
        if self.yaml.scalar(id) != Some(Scalar::Str) {
            let shown = if text.is_empty() {
                "an empty key is `null` to Compose".to_owned()
            } else {
                format!("the key `{}` is not a string to Compose", text.as_str())
            };
            let quoted = format!("\"{}\"", text.as_str());
            self.errors.push(SyntaxError::new("non-string-key", node.span, shown).help(format!("quote it: `{quoted}`")).replace(quoted));
        }
        Some(text.to_string())
    }
}

fn scalar(text: &Text, scalar: Scalar, span: Span) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(b) => Value::Bool(b),
        Scalar::Int(i) => Value::Int(i),
        Scalar::Float(f) => Value::Float(f),
        Scalar::Str => Value::Str(text.clone()),
        Scalar::Timestamp(shown) => Value::Str(Text::replaced(span, shown)),
    }
}
