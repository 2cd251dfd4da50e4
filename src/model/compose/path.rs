//! Places in a project's tree: patterns such as `services.*.ports`, and walks along them.

use super::value::{Node, Value};

/// Whether `path` is one of `pattern`'s: `*` is any key, `[]` any item of a list.
pub(super) fn matches(pattern: &str, path: &[&str]) -> bool {
    // Most patterns are of other keys: the last one tells that at once.
    if !path.last().is_some_and(|key| pattern.ends_with(key) || pattern.ends_with('*')) {
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
pub(super) fn each_mut(node: &mut Node, pattern: &str, f: &mut dyn FnMut(&mut Node)) {
    let (head, rest) = split(pattern);
    match (&mut node.value, head) {
        (_, "") => f(node),
        (Value::Seq(items), "[]") => items.iter_mut().for_each(|n| each_mut(n, rest, f)),
        (Value::Map(map), "*") => map.iter_mut().for_each(|(_, e)| each_mut(&mut e.value, rest, f)),
        (Value::Map(map), key) => map.get_mut(key).into_iter().for_each(|n| each_mut(n, rest, f)),
        _ => {}
    }
}

fn split(pattern: &str) -> (&str, &str) {
    pattern.split_once('.').unwrap_or((pattern, ""))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        assert!(matches("services.*.ports.[].target", &["services", "web", "ports", "[]", "target"]));
        assert!(!matches("services.*.ports", &["services", "web", "ports", "[]"]));
        assert!(!matches("services.*.ports.*", &["services", "web", "ports", "[]"]));
        assert!(!matches("services.*", &["services"]));
    }
}
