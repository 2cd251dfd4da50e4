//! Places in a project's tree: patterns such as `services.*.ports`, and walks along them.

use super::value::{Map, Node, Value};

/// Whether `path` is one of `pattern`'s: `*` is any key, `[]` any item of a list.
pub(super) fn matches(pattern: &str, path: &[&str]) -> bool {
    // Most patterns are of other keys: the last byte tells that without comparing strings.
    let (ends, last) = (pattern.as_bytes().last(), path.last().and_then(|key| key.as_bytes().last()));
    if ends != last && ends != Some(&b'*') {
        return false;
    }
    let mut segments = pattern.split('.');
    let fits = path.iter().all(|key| segments.next().is_some_and(|s| s == *key || (s == "*" && *key != "[]")));
    fits && segments.next().is_none()
}

/// Calls `f` for every node below `node` that `pattern` leads to.
pub(super) fn each(node: &Node, pattern: &str, f: &mut dyn FnMut(&Node)) {
    let (head, rest) = split(pattern);
    match (&node.value, head) {
        (_, "") => f(node),
        (Value::Seq(items), "[]") => items.iter().for_each(|n| each(n, rest, f)),
        (Value::Map(map), "*") => map.iter().for_each(|(_, e)| each(&e.value, rest, f)),
        (Value::Map(map), key) => map.get(key).into_iter().for_each(|n| each(n, rest, f)),
        _ => {}
    }
}

/// As [`each`], to change the nodes.
fn each_mut(node: &mut Node, pattern: &str, f: &mut dyn FnMut(&mut Node)) {
    let (head, rest) = split(pattern);
    match (&mut node.value, head) {
        (_, "") => f(node),
        (Value::Seq(items), "[]") => items.iter_mut().for_each(|n| each_mut(n, rest, f)),
        (Value::Map(map), "*") => map.iter_mut().for_each(|(_, e)| each_mut(&mut e.value, rest, f)),
        (Value::Map(map), key) => map.get_mut(key).into_iter().for_each(|n| each_mut(n, rest, f)),
        _ => {}
    }
}

/// Calls `f` for every place that a line of `table` leads to, in the order of the text. Lines start with a section, `*`
/// for its elements, and a key. Going by what is there is cheaper than looking for every line.
pub(super) fn each_of<T>(root: &Node, table: &[(&str, T)], f: &mut dyn FnMut(&str, &T, &Node)) {
    for (section, entry) in root.as_map().into_iter().flat_map(Map::iter) {
        for (_, element) in entry.value.as_map().into_iter().flat_map(Map::iter) {
            for (key, entry) in element.value.as_map().into_iter().flat_map(Map::iter) {
                for (pattern, line) in table {
                    if let Some(rest) = below(pattern, section, key) {
                        each(&entry.value, rest, &mut |node| f(pattern, line, node));
                    }
                }
            }
        }
    }
}

/// As [`each_of`], to change the nodes.
pub(super) fn each_of_mut<T>(root: &mut Node, table: &[(&str, T)], f: &mut dyn FnMut(&str, &T, &mut Node)) {
    let Value::Map(sections) = &mut root.value else { return };
    for (section, entry) in sections.iter_mut() {
        let Value::Map(elements) = &mut entry.value.value else { continue };
        for element in elements.entries_mut() {
            let Value::Map(map) = &mut element.value.value else { continue };
            for (key, entry) in map.iter_mut() {
                for (pattern, line) in table {
                    if let Some(rest) = below(pattern, section, key) {
                        each_mut(&mut entry.value, rest, &mut |node| f(pattern, line, node));
                    }
                }
            }
        }
    }
}

/// What a pattern says below a key of an element of a section.
fn below<'p>(pattern: &'p str, section: &str, key: &str) -> Option<&'p str> {
    // Most patterns are of other keys: the first byte tells that without comparing strings.
    if pattern.as_bytes().get(section.len() + ".*.".len()) != key.as_bytes().first() {
        return None;
    }
    let rest = pattern.strip_prefix(section)?.strip_prefix(".*.")?.strip_prefix(key)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

fn split(pattern: &str) -> (&str, &str) {
    pattern.split_once('.').unwrap_or((pattern, ""))
}

#[cfg(test)]
mod tests {
    use super::{below, matches};

    #[test]
    fn what_is_below_a_key() {
        assert_eq!(below("services.*.ports.[].target", "services", "ports"), Some("[].target"));
        assert_eq!(below("services.*.dns", "services", "dns"), Some(""));
        assert_eq!(below("services.*.dns_opt", "services", "dns"), None);
        assert_eq!(below("networks.*.labels", "services", "labels"), None);
    }

    #[test]
    fn patterns() {
        assert!(matches("services.*.ports.[].target", &["services", "web", "ports", "[]", "target"]));
        assert!(!matches("services.*.ports", &["services", "web", "ports", "[]"]));
        assert!(!matches("services.*.ports.*", &["services", "web", "ports", "[]"]));
        assert!(!matches("services.*", &["services"]));
    }
}
