//! What is wrong with a document that parses: duplicate keys, aliases that lead nowhere, to themselves or to too much,
//! and merge keys over scalars. All of it makes Compose refuse the file.

use std::collections::HashMap;

use super::{Entry, Kind, MAX_DEPTH, NODE_BUDGET, NodeId, Yaml};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Adds what it finds to `errors`, and takes the target of every alias that must not be followed.
pub(super) fn check(yaml: &mut Yaml, errors: &mut Vec<SyntaxError>) {
    check_aliases(yaml, errors);
    for (_, node) in yaml.nodes() {
        if let Kind::Map { entries, .. } = &node.kind {
            check_duplicates(yaml, entries, errors);
            check_merges(yaml, entries, errors);
        }
    }
}

fn check_duplicates(yaml: &Yaml, entries: &[Entry], errors: &mut Vec<SyntaxError>) {
    let mut seen: HashMap<&str, NodeId> = HashMap::with_capacity(entries.len());
    for entry in entries {
        let Kind::Scalar { text, .. } = &yaml.node(entry.key).kind else { continue };
        let Some(first) = seen.get(text.as_str()) else {
            seen.insert(text, entry.key);
            continue;
        };
        let here = yaml.node(entry.key).span;
        let error = if yaml.is_merge(entry.key) {
            SyntaxError::new("duplicate-key", here, "a mapping can have only one `<<`")
                .help("merge several anchors as a list: `<<: [*a, *b]`")
        } else {
            let message = format!("the key `{}` is already defined in this mapping", shorten(text));
            SyntaxError::new("duplicate-key", here, message).help("keep one of the two, or join their values under one key")
        };
        errors.push(error.related(yaml.node(*first).span, "first defined here"));
    }
}

fn check_merges(yaml: &Yaml, entries: &[Entry], errors: &mut Vec<SyntaxError>) {
    for entry in entries.iter().filter(|e| yaml.is_merge(e.key)) {
        let parts = match yaml.follow(entry.value).map(|id| &yaml.node(id).kind) {
            Some(Kind::Seq { items, .. }) => items.clone(),
            _ => vec![entry.value],
        };
        for part in parts {
            let kind = yaml.follow(part).map(|id| &yaml.node(id).kind);
            if let Some(Kind::Scalar { .. } | Kind::Seq { .. }) = kind {
                let span = merge_span(yaml, part, entry.key);
                let error = SyntaxError::new("merge-of-scalar", span, "`<<` can merge only mappings")
                    .help("write `<<: *name` where `&name` stands before a mapping, or `<<: [*a, *b]` for several");
                errors.push(error);
            }
        }
    }
}

/// An absent value has no bytes to point at.
fn merge_span(yaml: &Yaml, value: NodeId, key: NodeId) -> Span {
    let span = yaml.node(value).full_span();
    if span.is_empty() { yaml.node(key).span } else { span }
}

/// A message should not carry a value of a thousand characters.
pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown = String::new();
    for c in text.chars().take(MOST) {
        if c.is_control() { shown.extend(c.escape_debug()) } else { shown.push(c) }
    }
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// Walks the nodes in the order of the text, which is parents first, and counts what each alias adds.
fn check_aliases(yaml: &mut Yaml, errors: &mut Vec<SyntaxError>) {
    if !yaml.nodes.iter().any(|n| matches!(n.kind, Kind::Alias { .. })) {
        return;
    }
    let ends = subtree_ends(yaml);
    let mut count = Expansion::new(yaml.len());
    let mut cuts: Vec<usize> = Vec::new();
    let mut bomb = false;
    let mut anchors = Anchors::of(yaml);
    for (i, (_, node)) in yaml.nodes().enumerate() {
        count.leave_until(i, &ends);
        let Kind::Alias { name, target } = &node.kind else {
            count.enter(i);
            continue;
        };
        let refused = match target {
            None => {
                errors.push(anchors.unknown(name, node.span));
                true
            }
            Some(t) if ends.get(t.index()).is_some_and(|end| i <= *end) => {
                errors.push(cycle(yaml, name, *t, node.span));
                true
            }
            Some(t) => {
                let refused = !count.expand(t.index(), &ends);
                if refused && !bomb {
                    bomb = true;
                    errors.push(too_large(yaml, name, *t, node.span));
                }
                refused
            }
        };
        if refused {
            cuts.push(i);
            count.enter(i);
        }
    }
    for i in cuts {
        if let Some(Kind::Alias { target, .. }) = yaml.nodes.get_mut(i).map(|n| &mut n.kind) {
            *target = None;
        }
    }
}

/// The anchors of a file, for the words about an unknown one.
struct Anchors<'y> {
    by_name: HashMap<&'y str, Span>,
    /// How many more times a similar name is looked for.
    suggestions: usize,
}

impl<'y> Anchors<'y> {
    fn of(yaml: &'y Yaml) -> Self {
        let by_name = yaml.nodes.iter().filter_map(|n| n.anchor.as_deref()).map(|a| (a.name.as_str(), a.span)).collect();
        Anchors { by_name, suggestions: 20 }
    }

    fn unknown(&mut self, name: &str, span: Span) -> SyntaxError {
        let message = format!("there is no anchor `&{}` before this alias", shorten(name));
        let error = SyntaxError::new("unknown-anchor", span, message);
        if let Some(later) = self.by_name.get(name) {
            let help = "move the anchor above its first use; anchors do not reach into other documents or files";
            return error.help(help).related(*later, "defined here");
        }
        match self.similar(name) {
            Some((near, at)) => {
                error.help(format!("did you mean `*{near}`?")).replace(format!("*{near}")).related(at, "a similar anchor is defined here")
            }
            None => {
                let name = shorten(name);
                error.help(format!("put `&{name}` before the value that `*{name}` should repeat, or quote the text if it is no alias"))
            }
        }
    }

    fn similar(&mut self, name: &str) -> Option<(&'y str, Span)> {
        self.suggestions = self.suggestions.checked_sub(1)?;
        let near = self.by_name.iter().map(|(n, at)| (strsim::damerau_levenshtein(n, name), *n, *at));
        near.filter(|(distance, ..)| *distance <= 2).min().map(|(_, n, at)| (n, at))
    }
}

fn cycle(yaml: &Yaml, name: &str, target: NodeId, span: Span) -> SyntaxError {
    let node = yaml.node(target);
    let at = node.anchor.as_ref().map_or(node.span, |a| a.span);
    SyntaxError::new("alias-cycle", span, format!("`*{}` is inside the value that it repeats", shorten(name)))
        .help("move the shared part out of the anchored value")
        .related(at, "the anchored value starts here")
}

fn too_large(yaml: &Yaml, name: &str, target: NodeId, span: Span) -> SyntaxError {
    let node = yaml.node(target);
    let at = node.anchor.as_ref().map_or(node.span, |a| a.span);
    let message = format!("aliases make this file larger than {NODE_BUDGET} values or deeper than {MAX_DEPTH} levels");
    SyntaxError::new("alias-bomb", span, message)
        .help(format!("write out what `*{}` repeats, or repeat less", shorten(name)))
        .related(at, "repeated from here")
}

/// The last node of each node's subtree.
fn subtree_ends(yaml: &Yaml) -> Vec<usize> {
    let mut ends: Vec<usize> = (0..yaml.len()).collect();
    for (i, node) in yaml.nodes.iter().enumerate().rev() {
        let last = match &node.kind {
            Kind::Seq { items, .. } => items.last().copied(),
            Kind::Map { entries, .. } => entries.last().map(|e| e.value.max(e.key)),
            _ => None,
        };
        let end = last.and_then(|id| ends.get(id.index()).copied());
        if let (Some(end), Some(slot)) = (end, ends.get_mut(i)) {
            *slot = end;
        }
    }
    ends
}

/// How large and deep the document has become so far.
struct Expansion {
    /// Nodes before each node, aliases counted as what they stand for.
    before: Vec<usize>,
    /// Levels below and with each node that has been left.
    heights: Vec<usize>,
    open: Vec<usize>,
    total: usize,
}

impl Expansion {
    fn new(len: usize) -> Self {
        Expansion { before: Vec::with_capacity(len + 1), heights: vec![1; len], open: Vec::new(), total: 0 }
    }

    fn leave_until(&mut self, i: usize, ends: &[usize]) {
        while let Some(&last) = self.open.last()
            && ends.get(last).is_none_or(|end| *end < i)
        {
            self.open.pop();
            let height = self.heights.get(last).copied().unwrap_or(1);
            self.raise_parent(height);
        }
    }

    fn raise_parent(&mut self, height: usize) {
        if let Some(parent) = self.open.last().and_then(|p| self.heights.get_mut(*p)) {
            *parent = (*parent).max(height + 1);
        }
    }

    fn enter(&mut self, i: usize) {
        self.before.push(self.total);
        self.total += 1;
        self.open.push(i);
    }

    /// Counts an alias to `target`; `false` when that would be too much.
    fn expand(&mut self, target: usize, ends: &[usize]) -> bool {
        let end = ends.get(target).copied().unwrap_or(target);
        let after = self.before.get(end + 1).copied().unwrap_or(self.total);
        let size = after.saturating_sub(self.before.get(target).copied().unwrap_or(0));
        let height = self.heights.get(target).copied().unwrap_or(1);
        if self.total + size > NODE_BUDGET || self.open.len() + height > MAX_DEPTH {
            return false;
        }
        self.before.push(self.total);
        self.total += size;
        self.raise_parent(height);
        true
    }
}
