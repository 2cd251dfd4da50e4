//! Lists in which an entry takes the place of an earlier one with the same key.

use crate::source::clean_path;
use std::collections::HashMap;

use super::path::each_of_mut;
use super::value::{Node, Value};
use crate::model::origin::Origin;

/// An entry of a list or a pair that has no effect, because a later one has the same key.
#[derive(Clone, Debug, PartialEq)]
pub struct Replaced {
    /// The key of the list, as `ports`.
    pub list: String,
    /// The entry without effect.
    pub was: Origin,
    /// The one that counts.
    pub by: Origin,
}

/// What entries of a list are told apart by.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Key {
    /// The text up to a `=`.
    Name,
    /// The path in the container.
    Mount,
    /// As `Mount`; the folder where a name alone lands.
    File(&'static str),
    /// Address, both ports and protocol.
    Port,
    /// The path of the file.
    Path,
}

/// The lists, and the key of their entries.
const UNIQUE: &[(&str, Key)] = &[
    ("services.*.annotations", Key::Name),
    ("services.*.build.args", Key::Name),
    ("services.*.build.additional_contexts", Key::Name),
    ("services.*.build.tags", Key::Name),
    ("services.*.build.labels", Key::Name),
    ("services.*.cap_add", Key::Name),
    ("services.*.cap_drop", Key::Name),
    ("services.*.deploy.labels", Key::Name),
    ("services.*.dns", Key::Name),
    ("services.*.dns_opt", Key::Name),
    ("services.*.dns_search", Key::Name),
    ("services.*.environment", Key::Name),
    ("services.*.expose", Key::Name),
    ("services.*.labels", Key::Name),
    ("services.*.links", Key::Name),
    ("services.*.networks.*.aliases", Key::Name),
    ("services.*.networks.*.link_local_ips", Key::Name),
    ("services.*.profiles", Key::Name),
    ("services.*.sysctls", Key::Name),
    ("services.*.tmpfs", Key::Name),
    ("networks.*.labels", Key::Name),
    ("services.*.env_file", Key::Path),
    ("services.*.configs", Key::File("")),
    ("services.*.secrets", Key::File("/run/secrets")),
    ("services.*.ports", Key::Port),
    ("services.*.volumes", Key::Mount),
    ("services.*.devices", Key::Mount),
];

/// Leaves one entry of each key in every such list: the last, in the place of the first.
pub(super) fn unique(root: &mut Node, replaced: &mut Vec<Replaced>) {
    each_of_mut(root, UNIQUE, &mut |pattern, key, node| {
        if let Value::Seq(items) = &mut node.value
            && items.len() > 1
        {
            let list = pattern.rsplit('.').next().unwrap_or("");
            *items = last_of_each(std::mem::take(items), list, *key, replaced);
        }
    });
}

fn last_of_each(items: Vec<Node>, list: &str, key: Key, replaced: &mut Vec<Replaced>) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::with_capacity(items.len());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for item in items {
        let Some(name) = name(&item, key) else {
            out.push(item);
            continue;
        };
        let at = *seen.entry(name).or_insert(out.len());
        match out.get_mut(at) {
            Some(slot) => {
                replaced.push(Replaced { list: list.to_owned(), was: slot.origin.clone(), by: item.origin.clone() });
                *slot = item;
            }
            None => out.push(item),
        }
    }
    out
}

/// The key of an entry; `None` when it cannot be read.
fn name(item: &Node, key: Key) -> Option<String> {
    let part = |name: &str| item.get(name).and_then(Node::resolved).map(|r| r.to_string());
    let text = item.resolved();
    if text.as_ref().is_some_and(|t| !t.is_known()) {
        return None;
    }
    match key {
        Key::Name => text.map(|t| t.split('=').next().unwrap_or("").to_owned()),
        Key::Path => text.map(|t| t.to_string()).or_else(|| part("path")),
        Key::Mount => text.map(|t| t.to_string()).or_else(|| part("target").map(|t| clean_path(&t))),
        Key::File(folder) => {
            let default = |name: &str| format!("{folder}/{name}");
            text.map(|t| default(&t)).or_else(|| part("target")).or_else(|| part("source").map(|s| default(&s)))
        }
        Key::Port => text.map(|t| t.to_string()).or_else(|| port(item)),
    }
}

fn port(item: &Node) -> Option<String> {
    let part = |name: &str| item.get(name).and_then(Node::resolved);
    if ["host_ip", "published", "target"].iter().any(|k| part(k).is_some_and(|p| !p.is_known())) {
        return None;
    }
    let or = |name: &str, default: &str| part(name).filter(|p| !p.is_empty()).map_or(default.to_owned(), |p| p.to_string());
    // Compose compares a published port that is a number as another thing than one that is a string.
    let published = match item.get("published").map(|n| &n.value) {
        Some(Value::Int(i)) => format!("#{i}"),
        _ => or("published", ""),
    };
    Some(format!("{}:{published}:{}/{}", or("host_ip", "0.0.0.0"), or("target", ""), or("protocol", "tcp")))
}

#[cfg(test)]
mod tests {
    use super::clean_path;

    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, want) in [("/a/", "/a"), ("/a//b/./c", "/a/b/c"), ("/a/../..", "/"), ("", "."), ("a/..", "."), ("../x", "../x")] {
            assert_eq!(clean_path(path), want, "{path}");
        }
    }
}
