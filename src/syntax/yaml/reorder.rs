//! Another order for the entries of a mapping or the items of a list: whole nodes move, with their comments.
//!
//! A comment at the end of an entry's lines and the comment lines directly above it move with it, as do those below it
//! that are indented deeper than it is. Blank lines and what stands between them stay, so does a comment that opens the
//! file.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{Kind, NodeId, Style, Yaml};
use crate::syntax::Parse;

/// Bytes out, text in.
pub type Replacement = (Range<usize>, String);

/// Which entries of a collection need another one before them, because they hold an alias to an anchor in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// User and needed one, as indices into the entries; sorted.
    pub pairs: Vec<(usize, usize)>,
    /// An anchor's name stands for several nodes, so that the order may decide which one an alias means.
    pub ambiguous: bool,
}

impl Ties {
    /// The entries that others need.
    pub fn needed(&self) -> HashSet<usize> {
        self.pairs.iter().map(|(_, needed)| *needed).collect()
    }
}

/// The key and value of each entry, or each item twice.
fn parts(yaml: &Yaml, id: NodeId) -> Vec<(NodeId, NodeId)> {
    match &yaml.node(id).kind {
        Kind::Map { entries, .. } => entries.iter().map(|e| (e.key, e.value)).collect(),
        Kind::Seq { items, .. } => items.iter().map(|i| (*i, *i)).collect(),
        _ => Vec::new(),
    }
}

/// The ties between the entries of a mapping or list; aliases to it are not looked through.
pub fn ties(yaml: &Yaml, id: NodeId) -> Ties {
    let mut anchors: HashMap<NodeId, usize> = HashMap::new();
    let mut names: HashSet<&str> = HashSet::new();
    let mut aliases: Vec<(usize, &str, Option<NodeId>)> = Vec::new();
    let mut out = Ties::default();
    for (index, (key, value)) in parts(yaml, id).into_iter().enumerate() {
        let mut open = if key == value { vec![key] } else { vec![key, value] };
        while let Some(id) = open.pop() {
            let node = yaml.node(id);
            if let Some(anchor) = &node.anchor {
                anchors.insert(id, index);
                out.ambiguous |= !names.insert(&anchor.name);
            }
            match &node.kind {
                Kind::Alias { name, target } => aliases.push((index, name, *target)),
                Kind::Map { entries, .. } => open.extend(entries.iter().flat_map(|e| [e.key, e.value])),
                Kind::Seq { items, .. } => open.extend(items),
                Kind::Scalar { .. } | Kind::Broken => {}
            }
        }
    }
    for (user, name, target) in aliases {
        match target.and_then(|t| anchors.get(&t)) {
            Some(needed) if *needed != user => out.pairs.push((user, *needed)),
            Some(_) => {}
            None => out.ambiguous |= target.is_none() || names.contains(name),
        }
    }
    out.pairs.sort_unstable();
    out.pairs.dedup();
    out
}

/// The indices of `ranks` by rank, equal ones in their present order, but each entry behind those it needs.
pub fn arrange<R: Ord>(ranks: &[R], ties: &Ties) -> Vec<usize> {
    let mut by_rank: Vec<usize> = (0..ranks.len()).collect();
    by_rank.sort_by_key(|i| ranks.get(*i));
    let mut needed: HashMap<usize, Vec<usize>> = HashMap::new();
    for (user, needs) in &ties.pairs {
        needed.entry(*user).or_default().push(*needs);
    }
    for list in needed.values_mut() {
        // Taken from the end.
        list.sort_by_key(|i| std::cmp::Reverse((ranks.get(*i), *i)));
    }
    let mut done = HashSet::new();
    let mut out = Vec::with_capacity(ranks.len());
    for index in by_rank {
        let mut open = vec![index];
        while let Some(top) = open.last().copied() {
            match needed.get_mut(&top).and_then(Vec::pop) {
                Some(next) if !done.contains(&next) => open.push(next),
                Some(_) => {}
                None => {
                    open.pop();
                    if done.insert(top) {
                        out.push(top);
                    }
                }
            }
        }
    }
    out
}

/// The edits that bring the entries of mapping or list `id` into `order`: first the one with index `order[0]`, and so
/// on. The tree holds the same nodes afterwards. `None` when the file has errors, when `order` is not a permutation, when
/// an anchor would come to stand after an alias to it, when entries share lines, and where a text cannot move without a change of its meaning.
pub fn reorder(text: &str, parse: &Parse<Yaml>, id: NodeId, order: &[usize]) -> Option<Vec<Replacement>> {
    let yaml = &parse.tree;
    let parts = parts(yaml, id);
    let mut place = vec![None; parts.len()];
    for (at, index) in order.iter().enumerate() {
        if place.get_mut(*index)?.replace(at).is_some() {
            return None;
        }
    }
    let ties = ties(yaml, id);
    let place: Vec<usize> = place.into_iter().collect::<Option<_>>()?;
    let keeps_ties = ties.pairs.iter().all(|(user, needed)| place.get(*needed) < place.get(*user));
    if !parse.errors.is_empty() || !yaml.broken.is_empty() || ties.ambiguous || !keeps_ties {
        return None;
    }
    let slots = match &yaml.node(id).kind {
        Kind::Map { flow: true, .. } | Kind::Seq { flow: true, .. } => flow_slots(text, yaml, id, &parts)?,
        _ => block_slots(text, yaml, &parts)?,
    };
    let moved = slots.iter().zip(order).enumerate().filter(|(at, (_, index))| at != *index);
    moved.map(|(_, (slot, index))| Some((slot.clone(), text.get(slots.get(*index)?.clone())?.to_string()))).collect()
}

/// The bytes of each entry of a flow collection, without its comma.
fn flow_slots(text: &str, yaml: &Yaml, id: NodeId, parts: &[(NodeId, NodeId)]) -> Option<Vec<Range<usize>>> {
    let whole = yaml.node(id).span;
    let has_comments = comments_from(yaml, whole.start as usize).next().is_some_and(|c| c.start < whole.end as usize);
    let mut end = whole.start as usize + 1;
    let mut slots: Vec<Range<usize>> = Vec::with_capacity(parts.len());
    for (key, value) in parts {
        let slot = yaml.node(*key).full_span().to(yaml.node(*value).full_span()).range();
        let between = text.get(end..slot.start)?.trim();
        if between != if slots.is_empty() { "" } else { "," } || yaml.node(*value).is_absent() || slot.is_empty() {
            return None;
        }
        end = slot.end;
        slots.push(slot);
    }
    (!has_comments).then_some(slots)
}

/// The lines of each entry of a block collection, its comments included, without the line break at their end.
fn block_slots(text: &str, yaml: &Yaml, parts: &[(NodeId, NodeId)]) -> Option<Vec<Range<usize>>> {
    let mut slots: Vec<Range<usize>> = Vec::with_capacity(parts.len());
    let mut last_column = 0;
    let mut has_block_scalar = false;
    for (key, value) in parts {
        let (start, column) = line_of(text, yaml.node(*key).full_span().start as usize, key == value)?;
        let floor = match slots.last_mut() {
            Some(before) => {
                before.end = with_comments_below(text, yaml, before.end, start, column);
                before.end
            }
            None => 0,
        };
        let top = with_comments_above(text, yaml, floor, start);
        if !slots.is_empty() && !is_blank(text, yaml, floor..top) {
            return None;
        }
        let end = end_of_lines(text, yaml.node(*value).full_span().end as usize)?;
        has_block_scalar |= ends_in_block_scalar(text, yaml, *value)?;
        last_column = column;
        slots.push(top..end);
    }
    let last = slots.last_mut()?;
    last.end = with_comments_below(text, yaml, last.end, text.len(), last_column);
    // Whether the line breaks at the end of the file decides what such a scalar holds.
    let is_cut_off = last.end == text.len() && has_block_scalar;
    let all = slots.first()?.start..slots.last()?.end;
    let is_in_order = slots.is_sorted_by(|a, b| a.end < b.start);
    let has_lone_returns = text.get(all)?.replace("\r\n", "").contains('\r');
    (is_in_order && !is_cut_off && !has_lone_returns).then_some(slots)
}

/// The start of the line on which a key or item begins, and the column of the key or of the item's dash; `None` when
/// something else stands before it.
fn line_of(text: &str, at: usize, is_item: bool) -> Option<(usize, usize)> {
    let start = line_start(text, at)?;
    let before = text.get(start..at)?;
    let indent = before.trim_start_matches(' ');
    let is_alone = if is_item { indent.strip_prefix('-').is_some_and(|gap| gap.bytes().all(|b| b == b' ')) } else { indent.is_empty() };
    is_alone.then_some((start, before.len() - indent.len()))
}

/// The end of the line on which a value ends, which may hold a comment but nothing else.
fn end_of_lines(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.split('\n').next()?;
    let line = rest.strip_suffix('\r').unwrap_or(rest);
    let after = line.trim_start();
    // A key without a value ends before its colon.
    let after = after.strip_prefix(':').unwrap_or(after).trim_start();
    (after.is_empty() || after.starts_with('#')).then_some(at + line.len())
}

/// Whether the value's last line is one of a block scalar. `None` when the blank lines below are part of it.
fn ends_in_block_scalar(text: &str, yaml: &Yaml, value: NodeId) -> Option<bool> {
    let mut id = value;
    loop {
        let node = yaml.node(id);
        id = match &node.kind {
            Kind::Map { entries, flow: false } => entries.last()?.value,
            Kind::Seq { items, flow: false } => *items.last()?,
            Kind::Scalar { style: Style::Literal | Style::Folded, .. } => {
                let header = text.get(node.span.range())?.lines().next()?;
                let keeps = header.split('#').next()?.contains('+');
                return (!keeps).then_some(true);
            }
            _ => return Some(false),
        };
    }
}

/// The end of the comment lines below `end` and before `limit` that are indented deeper than `column`.
fn with_comments_below(text: &str, yaml: &Yaml, end: usize, limit: usize, column: usize) -> usize {
    let mut end = end;
    for comment in comments_from(yaml, end).take_while(|c| c.start < limit) {
        let is_near = text.get(end..comment.start).is_some_and(|t| t.trim().is_empty());
        let is_deep = line_start(text, comment.start).is_some_and(|s| comment.start - s > column);
        if !is_near || !is_deep {
            break;
        }
        end = comment.end;
    }
    end
}

/// The start of the comment lines right above the line at `start`, not before `floor`. Those that open the file belong to
/// the file.
fn with_comments_above(text: &str, yaml: &Yaml, floor: usize, start: usize) -> usize {
    let mut top = start;
    let before = yaml.comments.partition_point(|c| (c.span.start as usize) < start);
    for comment in yaml.comments.iter().take(before).rev().map(|c| c.span.range()) {
        let touches = text.get(comment.end..top).is_some_and(|gap| matches!(gap, "\n" | "\r\n"));
        let Some(line) = line_start(text, comment.start).filter(|_| touches && comment.start >= floor) else { break };
        if !text.get(line..comment.start).is_some_and(|t| t.trim_start_matches('\u{feff}').trim().is_empty()) {
            break;
        }
        if line == 0 {
            return start;
        }
        top = line;
    }
    top
}

/// Whether there is nothing but comments and blank lines.
fn is_blank(text: &str, yaml: &Yaml, range: Range<usize>) -> bool {
    let mut at = range.start;
    let is_space = |part: Range<usize>| text.get(part).is_some_and(|t| t.trim().is_empty());
    for comment in comments_from(yaml, range.start).take_while(|c| c.start < range.end) {
        if !is_space(at..comment.start) {
            return false;
        }
        at = comment.end;
    }
    is_space(at..range.end)
}

fn line_start(text: &str, at: usize) -> Option<usize> {
    Some(text.get(..at)?.rfind('\n').map_or(0, |n| n + 1))
}

/// The bytes of the comments from `at` on.
fn comments_from(yaml: &Yaml, at: usize) -> impl Iterator<Item = Range<usize>> {
    let first = yaml.comments.partition_point(|c| (c.span.start as usize) < at);
    yaml.comments.iter().skip(first).map(|c| c.span.range())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::yaml::{Scalar, parse};

    fn read(text: &str) -> Parse<Yaml> {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f.yml"), FileKind::Compose, String::new()).id;
        parse(id, text)
    }

    /// A node with what it holds, entries by key and aliases followed.
    #[derive(Debug, PartialEq)]
    enum Value {
        Scalar(Option<Scalar>),
        List(Vec<Value>),
        Map(Vec<(String, Value)>),
    }

    fn value(yaml: &Yaml, id: NodeId) -> Value {
        let id = yaml.follow(id).unwrap();
        match &yaml.node(id).kind {
            Kind::Seq { items, .. } => Value::List(items.iter().map(|i| value(yaml, *i)).collect()),
            Kind::Map { entries, .. } => {
                let mut map: Vec<_> = entries.iter().map(|e| (yaml.text(e.key).unwrap().to_string(), value(yaml, e.value))).collect();
                map.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Map(map)
            }
            _ => Value::Scalar(yaml.scalar(id)),
        }
    }

    /// The text with the collection at `path` in `order`; what it means must stay.
    fn ordered(text: &str, path: &[&str], order: &[usize]) -> Option<String> {
        let parse = read(text);
        let id = parse.tree.get_path(parse.tree.documents[0], path).unwrap();
        let mut out = text.to_string();
        for (range, new) in reorder(text, &parse, id, order)?.into_iter().rev() {
            out.replace_range(range, &new);
        }
        let after = read(&out);
        assert_eq!(after.errors, [], "{out}");
        let root = |p: &Parse<Yaml>| p.tree.documents[0];
        let (old, new) = (value(&parse.tree, root(&parse)), value(&after.tree, root(&after)));
        assert!(old == new || matches!(parse.tree.node(id).kind, Kind::Seq { .. }), "{out}");
        assert_eq!(parse.tree.comments.len(), after.tree.comments.len(), "{out}");
        Some(out)
    }

    #[track_caller]
    fn swaps(text: &str, path: &[&str], want: &str) {
        assert_eq!(ordered(text, path, &[1, 0]).as_deref(), Some(want), "{text}");
        assert_eq!(ordered(want, path, &[1, 0]).as_deref(), Some(text), "and back");
    }

    #[test]
    fn whole_nodes_move() {
        swaps("b:\n  - 1\n  - 2\na: {c: d}\n", &[], "a: {c: d}\nb:\n  - 1\n  - 2\n");
        swaps("x:\n  b: |\n    text\n  a: 'q\n    r'\ny: 1\n", &["x"], "x:\n  a: 'q\n    r'\n  b: |\n    text\ny: 1\n");
        swaps("x:\n  b:\n  a: &n !!str\n", &["x"], "x:\n  a: &n !!str\n  b:\n");
        swaps("x:\n- b: 1\n  c:\n- a\n", &["x"], "x:\n- a\n- b: 1\n  c:\n");
        assert_eq!(ordered("c: 1\na: 2\nb: 3\n", &[], &[1, 2, 0]).unwrap(), "a: 2\nb: 3\nc: 1\n");
    }

    #[test]
    fn only_what_moves_is_edited() {
        let text = "a: 1\nc: 2\nb: 3\nd: 4\n";
        let parse = read(text);
        let edits = reorder(text, &parse, parse.tree.documents[0], &[0, 2, 1, 3]).unwrap();
        assert_eq!(edits, [(5..9, "b: 3".to_string()), (10..14, "c: 2".to_string())]);
    }

    #[test]
    fn comments_move_with_their_entry() {
        swaps(
            "x:\n  # of b\n  # too\n  b: 1 # here\n  # of a\n  a: 2\n",
            &["x"],
            "x:\n  # of a\n  a: 2\n  # of b\n  # too\n  b: 1 # here\n",
        );
        // Deeper ones belong to what stands above them.
        swaps("b:\n  c: 1\n  # d: 2\na: 2\n", &[], "a: 2\nb:\n  c: 1\n  # d: 2\n");
        swaps("---\nb:\n  c: 1\n\n  # d: 2\n# of a\na: 2\n", &[], "---\n# of a\na: 2\nb:\n  c: 1\n\n  # d: 2\n");
        // A comment on the line of the parent does not.
        swaps("x: # all\n  b: 1\n  a: 2\n", &["x"], "x: # all\n  a: 2\n  b: 1\n");
    }

    #[test]
    fn what_stands_between_stays() {
        swaps("b: 1\n\n\na: 2\n\n", &[], "a: 2\n\n\nb: 1\n\n");
        swaps("---\nb: 1\n\n# apart\n\n# of a\na: 2\n# end\n", &[], "---\n# of a\na: 2\n\n# apart\n\nb: 1\n# end\n");
        // The head of the file is not about its first key.
        swaps("# the shop\n# of ours\nb: 1\na: 2\n", &[], "# the shop\n# of ours\na: 2\nb: 1\n");
        swaps("\u{feff}# the shop\nb: 1\na: 2\n", &[], "\u{feff}# the shop\na: 2\nb: 1\n");
        swaps("---\n# of b\nb: 1\na: 2\n...\n", &[], "---\na: 2\n# of b\nb: 1\n...\n");
    }

    #[test]
    fn line_ends_stay() {
        swaps("---\r\nb: 1 # x\r\n\r\n# of a\r\na:\r\n  - 2\r\n", &[], "---\r\n# of a\r\na:\r\n  - 2\r\n\r\nb: 1 # x\r\n");
        swaps("b: 1\na: 2", &[], "a: 2\nb: 1");
        // Without its last line break the scalar is another one; with `+` the blank lines are part of it.
        assert_eq!(ordered("b: |\n  text\na: 2", &[], &[1, 0]), None);
        assert_eq!(ordered("b: |+\n  text\n\na: 2\n", &[], &[1, 0]), None);
        assert_eq!(ordered("b: 1\ra: 2\n", &[], &[1, 0]), None);
    }

    #[test]
    fn flow_style() {
        swaps("x: {b: 1, 'a': [2, 3] }\n", &["x"], "x: {'a': [2, 3], b: 1 }\n");
        swaps("x: [ &n b , \"a\"]\n", &["x"], "x: [ \"a\" , &n b]\n");
        swaps("{ b: 1,\n  a: 2 }\n", &[], "{ a: 2,\n  b: 1 }\n");
        assert_eq!(ordered("{ b: 1, # one\n  a: 2 }\n", &[], &[1, 0]), None);
        assert_eq!(ordered("{ b, a: 2 }\n", &[], &[1, 0]), None);
    }

    #[test]
    fn anchors_stay_before_their_aliases() {
        assert_eq!(ordered("b: &n 1\na: *n\n", &[], &[1, 0]), None);
        assert_eq!(ordered("b: {c: [&n 1]}\na: {d: *n}\nc: 1\n", &[], &[1, 0, 2]), None);
        assert!(ordered("b: &n 1\na: *n\nc: 1\n", &[], &[0, 2, 1]).is_some());
        // Which of two the alias means is a matter of order.
        assert_eq!(ordered("b: &n 1\nd: &n 2\nc: *n\na: 4\n", &[], &[3, 0, 1, 2]), None);
        assert_eq!(ordered("o: &n 0\nx:\n  a: *n\n  b: &n 2\n", &["x"], &[1, 0]), None);
        // Ties within one entry and to the outside do not matter.
        swaps("o: &n 0\nx:\n  b: *n\n  a: [&m 1, *m]\n", &["x"], "o: &n 0\nx:\n  a: [&m 1, *m]\n  b: *n\n");
    }

    #[test]
    fn an_entry_comes_after_what_it_needs() {
        let tied = |text: &str| {
            let parse = read(text);
            ties(&parse.tree, parse.tree.documents[0])
        };
        let chain = tied("c: &c 1\nb: &b [*c]\na: *b\nd: 1\n");
        assert_eq!(chain.pairs, [(1, 0), (2, 1)]);
        assert_eq!(chain.needed(), HashSet::from([0, 1]));
        assert_eq!(arrange(&["c", "b", "a", "_"], &chain), [3, 0, 1, 2]);
        assert_eq!(arrange(&[1, 1, 0, 1], &Ties::default()), [2, 0, 1, 3]);
    }

    #[test]
    fn merge_keys() {
        swaps("o: &o {}\nx:\n  b: 1\n  <<: *o\n", &["x"], "o: &o {}\nx:\n  <<: *o\n  b: 1\n");
        // Read with an error, since there may be only one.
        assert_eq!(ordered("o: &o {}\nx:\n  <<: *o\n  <<: *o\n", &["x"], &[1, 0]), None);
    }

    #[test]
    fn nothing_is_done_to_what_is_unclear() {
        assert_eq!(ordered("b: 1\nb: 2\n", &[], &[1, 0]), None, "an error");
        assert_eq!(ordered("? b\n: 1\n? a\n: 2\n", &[], &[1, 0]), None);
        assert_eq!(ordered("x:\n  -\n    b: 1\n  - a\n", &["x"], &[1, 0]), None);
        assert_eq!(ordered("--- {b: 1}\n", &[], &[1]), None, "no permutation");
        assert_eq!(ordered("a: 1\nb: 2\n", &[], &[0, 0]), None, "no permutation");
    }
}
