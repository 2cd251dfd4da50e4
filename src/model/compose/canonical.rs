//! The short forms of the Compose file turned into the long ones, so that readers know only one.
//!
//! Every part keeps its own bytes: the `127.0.0.1` of `"127.0.0.1:80:80"`, the `KEY` of `- KEY=value`.

use super::value::{Entry, Map, Node, Resolved, Value};
use super::{Problem, mounts, ports, problem};
use crate::model::origin::Origin;
use crate::syntax::SyntaxError;
use crate::syntax::text::{Text, TextBuilder};

/// Rewrites a project's tree. `raw`: variables stand as they are written, and what cannot be read for them stays whole.
pub(super) fn canonical(root: &mut Node, raw: bool, problems: &mut Vec<Problem>) {
    let Value::Map(root) = &mut root.value else { return };
    each(root, "services", |service| canonical_service(service, raw, problems));
    for section in ["networks", "volumes", "secrets", "configs"] {
        each(root, section, |resource| {
            if let Value::Map(map) = &mut resource.value {
                external(map, problems);
                update(map, "labels", key_values);
            }
        });
    }
}

/// Does something with each element of a section.
fn each(root: &mut Map, section: &str, mut f: impl FnMut(&mut Node)) {
    if let Some(Node { value: Value::Map(elements), .. }) = root.get_mut(section) {
        elements.iter_mut().for_each(|(_, e)| f(&mut e.value));
    }
}

/// Replaces the value of a key, if it is there and not null.
fn update(map: &mut Map, key: &str, f: impl FnOnce(Node) -> Node) {
    if let Some(slot) = map.get_mut(key)
        && !slot.is_null()
    {
        let hole = Node::new(Value::Broken, slot.origin.clone());
        let node = std::mem::replace(slot, hole);
        *slot = f(node);
    }
}

/// Rewrites one service.
pub(super) fn canonical_service(service: &mut Node, raw: bool, problems: &mut Vec<Problem>) {
    let Value::Map(map) = &mut service.value else { return };
    let keep = |node: &Node| raw && node.vars.is_unknown();
    for key in ["environment", "labels", "annotations", "sysctls"] {
        update(map, key, key_values);
    }
    for key in ["dns", "dns_search", "tmpfs", "label_file"] {
        update(map, key, list);
    }
    for key in ["networks", "models"] {
        update(map, key, |n| names(n, |_| Value::Null));
    }
    update(map, "depends_on", |n| names(n, started));
    for key in ["secrets", "configs"] {
        update(map, key, |n| items(n, |i| wrap(i, "source")));
    }
    update(map, "env_file", |n| items(list(n), |i| wrap(i, "path")));
    update(map, "extends", |n| wrap(n, "service"));
    update(map, "extra_hosts", extra_hosts);
    update(map, "gpus", gpus);
    update(map, "ports", |n| items(n, |i| if keep(&i) { i } else { ports::canonical(i, problems) }));
    update(map, "volumes", |n| items(n, |i| if keep(&i) { i } else { mounts::canonical(i, problems) }));
    update(map, "devices", |n| items(n, |i| if keep(&i) { i } else { device(i, problems) }));
    update(map, "build", |n| build(n, problems));
    if let Some(Node { value: Value::Map(deploy), .. }) = map.get_mut("deploy") {
        update(deploy, "labels", key_values);
    }
    for hook in ["post_start", "pre_stop", "pre_start"] {
        update(map, hook, |n| items(n, hook_environment));
    }
}

fn hook_environment(mut hook: Node) -> Node {
    if let Value::Map(map) = &mut hook.value {
        update(map, "environment", key_values);
    }
    hook
}

fn build(node: Node, problems: &mut Vec<Problem>) -> Node {
    let mut node = wrap(node, "context");
    if let Value::Map(map) = &mut node.value {
        for key in ["args", "labels", "ssh"] {
            update(map, key, key_values);
        }
        update(map, "additional_contexts", |n| additional_contexts(n, problems));
        update(map, "extra_hosts", extra_hosts);
        update(map, "secrets", |n| items(n, |i| wrap(i, "source")));
    }
    node
}

/// `x` becomes `{key: x}`.
pub(super) fn wrap(node: Node, key: &str) -> Node {
    if node.as_text().is_none() {
        return node;
    }
    let outer = Node::new(Value::Null, node.origin.clone());
    let map = Map::from_iter([(key.to_owned(), Entry { key: node.origin.clone(), value: node })]);
    Node { value: Value::Map(map), ..outer }
}

/// `x` becomes `[x]`.
pub(super) fn list(node: Node) -> Node {
    if node.as_text().is_none() {
        return node;
    }
    let origin = node.origin.clone();
    Node::new(Value::Seq(vec![node]), origin)
}

/// Does something with each item of a list.
fn items(node: Node, f: impl FnMut(Node) -> Node) -> Node {
    match node.value {
        Value::Seq(items) => Node { value: Value::Seq(items.into_iter().map(f).collect()), ..node },
        value => Node { value, ..node },
    }
}

/// `[a, b]` becomes `{a: .., b: ..}`.
pub(super) fn names(node: Node, value: impl Fn(&Origin) -> Value) -> Node {
    let Value::Seq(items) = node.value else { return node };
    let mut map = Map::new();
    for item in items {
        match item.resolved() {
            Some(name) => map.set(name.to_string(), item.origin.clone(), Node::new(value(&item.origin), item.origin)),
            None => map.lost = Some(item.span()),
        }
    }
    Node { value: Value::Map(map), ..node }
}

/// What a dependency in a list means.
pub(super) fn started(at: &Origin) -> Value {
    let text = Text::replaced(at.span, "service_started");
    let mut map = Map::new();
    map.set("condition", at.clone(), Node::text(text, at.clone()));
    map.set("required", at.clone(), Node::new(Value::Bool(true), at.clone()));
    Value::Map(map)
}

/// `[K=V, W]` becomes `{K: V, W: null}`; of several with one key the last wins.
pub(super) fn key_values(node: Node) -> Node {
    let Value::Seq(items) = node.value else { return node };
    let mut map = Map::new();
    for item in items {
        let Some(text) = item.resolved() else {
            map.lost = Some(item.span());
            continue;
        };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, value.into_node(&item.origin)),
            None => (text, Node::new(Value::Null, item.origin.clone())),
        };
        map.set(name.to_string(), item.origin.at(name.span()), value);
    }
    Node { value: Value::Map(map), ..node }
}

fn additional_contexts(node: Node, problems: &mut Vec<Problem>) -> Node {
    for item in node.as_seq().unwrap_or(&[]) {
        if let Some(text) = item.resolved()
            && !text.contains('=')
        {
            let error = SyntaxError::new("additional-context", item.span(), format!("`{}` is no `name=context`", text.as_str()))
                .help("write `name=path`, or use a mapping");
            problems.push(problem::value(error));
        }
    }
    key_values(node)
}

/// Both forms become a list of `host=address`.
pub(super) fn extra_hosts(node: Node) -> Node {
    match node.value {
        Value::Map(map) => {
            let mut out = Vec::new();
            for (name, entry) in map {
                let addresses = match entry.value.value {
                    Value::Seq(items) => items,
                    value => vec![Node { value, ..entry.value }],
                };
                out.extend(addresses.into_iter().map(|a| host_entry(&name, &entry.key, a)));
            }
            Node { value: Value::Seq(out), ..node }
        }
        Value::Seq(list) => Node { value: Value::Seq(list.into_iter().map(host_item).collect()), ..node },
        value => Node { value, ..node },
    }
}

fn host_entry(name: &str, key: &Origin, address: Node) -> Node {
    let Some(text) = address.resolved() else { return Node { value: Value::Broken, ..address } };
    let mut out = TextBuilder::new(text.file());
    if key.span.file == text.file() {
        out.push_replaced(name, key.span.range());
    } else {
        out.push_replaced(name, text.span().range());
    }
    out.push_replaced("=", text.span().at_start().range());
    out.push_slice(&text.text, 0..text.len());
    let text = out.finish(key.span.start as usize);
    Node { value: Value::Str(text), ..address }
}

/// `host:address` becomes `host=address`.
fn host_item(item: Node) -> Node {
    let Some(text) = item.resolved() else { return item };
    if text.contains('=') {
        return item;
    }
    let Some(at) = text.find(':') else { return item };
    let mut out = TextBuilder::new(text.file());
    out.push_slice(&text.text, 0..at);
    // One byte for one byte: what follows keeps its place even when it is empty.
    let colon = text.span_of(at..at + 1);
    if colon.len() == 1 {
        out.push_verbatim(colon.start as usize, "=")
    } else {
        out.push_replaced("=", colon.range())
    }
    out.push_slice(&text.text, at + 1..text.len());
    Node { value: Value::Str(out.finish(text.span().start as usize)), ..item }
}

fn gpus(node: Node) -> Node {
    if node.as_str() != Some("all") {
        return node;
    }
    let mut map = Map::new();
    map.set("count", node.origin.clone(), Node::new(Value::Int(-1), node.origin.clone()));
    let item = Node::new(Value::Map(map), node.origin.clone());
    Node::new(Value::Seq(vec![item]), node.origin)
}

/// `host[:container[:permissions]]`.
fn device(node: Node, problems: &mut Vec<Problem>) -> Node {
    let Some(text) = node.resolved() else { return node };
    let mut parts = vec![text];
    while let Some((first, rest)) = parts.last().and_then(|p: &Resolved| p.split_once(':')) {
        parts.pop();
        parts.extend([first, rest]);
    }
    if let Some(extra) = parts.get(3) {
        let error = SyntaxError::new("device", extra.span(), "a device has at most three parts: host, container and permissions")
            .help("use the long syntax: `source`, `target` and `permissions`");
        problems.push(problem::value(error));
        return Node { value: Value::Broken, ..node };
    }
    // `/dev/x:rwm` names permissions, not a path.
    if parts.len() == 2 && parts.get(1).is_some_and(|p| is_permissions(p)) {
        let source = parts.first().cloned();
        parts.splice(1..1, source);
    }
    let mut map = Map::new();
    for (key, part) in ["source", "target", "permissions"].into_iter().zip(parts) {
        let value = part.into_node(&node.origin);
        map.set(key, value.origin.clone(), value);
    }
    Node { value: Value::Map(map), ..node }
}

fn is_permissions(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'r' | b'w' | b'm'))
}

/// `external: {name: x}` becomes `external: true` and `name: x`.
fn external(map: &mut Map, problems: &mut Vec<Problem>) {
    let Some(entry) = map.entry("external") else { return };
    let Value::Map(inner) = &entry.value.value else { return };
    let (key, origin) = (entry.key.clone(), entry.value.origin.clone());
    if let Some(name) = inner.entry("name").cloned() {
        if let Some(other) = map.entry("name")
            && other.value.resolved() != name.value.resolved()
        {
            let error = SyntaxError::new("external-name", name.value.span(), "`name` and `external.name` differ")
                .help("keep `name` and write `external: true`")
                .related(other.value.span(), "the other name");
            problems.push(problem::conflict(error));
        } else {
            map.insert("name", name);
        }
    }
    map.set("external", key, Node::new(Value::Bool(true), origin));
}
