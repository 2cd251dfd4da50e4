//! What stands at a byte of a YAML tree or a Dockerfile.

use crate::model::dockerfile::{Dockerfile, InstructionAt};
use crate::model::project::World;
use crate::source::{Source, Span};
use crate::syntax::yaml::{Kind, NodeId, Yaml};

/// A place in a YAML tree.
#[derive(Clone, Debug, Default)]
pub struct YamlSpot {
    /// The keys from the top; `-` for an item of a list.
    pub path: Vec<String>,
    /// The last key, when the place is on it and not on its value.
    pub key: Option<Span>,
    /// The bytes of all that is around, from outside.
    pub around: Vec<Span>,
    /// The innermost node.
    pub node: Option<NodeId>,
}

/// What stands at byte `at`.
pub fn yaml(tree: &Yaml, at: usize) -> YamlSpot {
    let holds = |span: Span| span.start as usize <= at && at <= span.end as usize;
    let mut spot = YamlSpot::default();
    let mut next = tree.documents.iter().rev().copied().find(|d| holds(tree.node(*d).full_span()));
    while let Some(id) = next {
        let node = tree.node(id);
        spot.node = Some(id);
        spot.around.push(node.full_span());
        next = None;
        match &node.kind {
            Kind::Map { entries, .. } => {
                let whole = |key: Span, value: Span| if value.file == key.file { key.to(value) } else { key };
                // Of two that touch, the later one begins here.
                let entry = entries.iter().rev().find(|e| holds(whole(tree.node(e.key).full_span(), tree.node(e.value).full_span())));
                let Some(entry) = entry else { continue };
                let key = tree.node(entry.key).full_span();
                spot.around.push(whole(key, tree.node(entry.value).full_span()));
                spot.path.push(tree.text(entry.key).map_or_else(String::new, ToString::to_string));
                if holds(key) {
                    spot.around.push(key);
                    spot.key = Some(key);
                } else if holds(tree.node(entry.value).full_span()) {
                    next = Some(entry.value);
                }
            }
            Kind::Seq { items, .. } => {
                next = items.iter().rev().copied().find(|i| holds(tree.node(*i).full_span()));
                if next.is_some() {
                    spot.path.push("-".into());
                }
            }
            _ => {}
        }
    }
    spot
}

/// The Dockerfile that stands in a Compose file around byte `at`.
pub fn inline<'w>(world: &'w World, source: &Source, at: usize) -> Option<&'w Dockerfile> {
    let inline = world.builds.iter().map(|b| &*b.dockerfile).filter(|d| d.file == source.id);
    let whole = |d: &Dockerfile| Some(d.tree.items.first()?.span().to(d.tree.items.last()?.span()));
    inline.into_iter().find(|d| whole(d).is_some_and(|s| s.start as usize <= at && at <= s.end as usize))
}

/// The instruction at byte `at`, or the trigger inside it.
pub fn instruction(file: &Dockerfile, at: usize) -> Option<InstructionAt<'_>> {
    let holds = |i: &InstructionAt<'_>| {
        let span = i.instruction.span;
        span.start as usize <= at && at <= span.end as usize
    };
    file.instructions().filter(holds).last()
}
