//! What may be written next, in a Compose file. Where that is, is read from the lines above and their indentation: a
//! half-typed line is no YAML yet.

use super::complete::{Item, ItemKind, Offer, declared, line_before, word};
use super::compose_keys;
use super::compose_names::dockerfile_of;
use super::desk::Desk;
use super::names::Resource;
use crate::model::compose::shape;
use crate::source::Source;
use crate::syntax::yaml;

/// What may be written at byte `at`.
pub fn complete(desk: &Desk, source: &Source, at: usize) -> Offer {
    let line = line_before(&source.text, at);
    let spot = spot(&source.text, at, line);
    let start = at - spot.typed.len();
    let mut items = match special(desk, source, &spot) {
        Some(items) => items,
        None if spot.is_value => value(desk, source, &spot.path),
        None => key(desk, source, &spot, at),
    };
    items.dedup_by(|a, b| a.label == b.label);
    Offer { start, items }
}

/// Where the caret stands.
#[derive(Debug, PartialEq, Eq)]
struct Spot<'a> {
    /// The keys from the top; `-` for an item of a list. With the own key when it is before its value.
    path: Vec<String>,
    /// After `key: `, or an item in brackets.
    is_value: bool,
    /// What is typed of the word.
    typed: &'a str,
}

/// A piece of a line: the column of a `-` or a key.
struct Piece<'a> {
    column: usize,
    /// `None` for a dash.
    key: Option<&'a str>,
    /// What follows the key.
    value: &'a str,
}

/// The dashes and the key of a line.
fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = line.trim_start_matches(' ');
    loop {
        let column = line.len() - rest.len();
        match rest.strip_prefix('-').filter(|r| r.is_empty() || r.starts_with(' ')) {
            Some(after) => {
                out.push(Piece { column, key: None, value: "" });
                rest = after.trim_start_matches(' ');
            }
            None => {
                let colon = rest.find(": ").or_else(|| rest.trim_end().strip_suffix(':').map(str::len));
                if let Some(colon) = colon {
                    let key = rest.get(..colon).unwrap_or("").trim().trim_matches(['"', '\'']);
                    out.push(Piece { column, key: Some(key), value: rest.get(colon + 1..).unwrap_or("").trim() });
                }
                return out;
            }
        }
    }
}

fn spot<'a>(text: &str, at: usize, line: &'a str) -> Spot<'a> {
    let own = pieces(line);
    let mut path: Vec<String> = Vec::new();
    let (mut is_value, mut typed) = (false, line.trim_start_matches([' ', '-']));
    if let Some(Piece { key: Some(key), value, .. }) = own.last() {
        is_value = true;
        typed = word(line, &[' ', '"', '\'']);
        if value.starts_with('[') {
            path.push("-".into());
            typed = word(line, &[' ', '[', ',', '"', '\'']);
        }
        path.push((*key).to_string());
    } else if typed.contains([' ', '"', '\'', '$']) {
        typed = word(line, &[' ', '"', '\'']);
    }
    // The column that what stands above must be left of; a list may begin in the column of its key.
    let mut limit = own.iter().filter(|p| p.key.is_none()).map(|p| p.column).next_back();
    let column = own.last().filter(|p| p.key.is_some()).map_or(line.len() - line.trim_start_matches([' ', '-']).len(), |p| p.column);
    let mut in_list = limit.is_some();
    if in_list {
        path.push("-".into());
    }
    let mut limit_now = limit.take().unwrap_or(column);
    let above = text.get(..at - line.len()).unwrap_or("");
    for line in above.lines().rev() {
        if limit_now == 0 && !in_list {
            break;
        }
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        for piece in pieces(line).into_iter().rev() {
            let fits = piece.column < limit_now || in_list && piece.key.is_some() && piece.column == limit_now;
            match piece.key {
                Some(key) if fits && is_open(piece.value) => {
                    path.push(key.to_string());
                    (limit_now, in_list) = (piece.column, false);
                }
                // Its value is on its line, so nothing stands below it.
                Some(_) => {}
                None if piece.column < limit_now => {
                    path.push("-".into());
                    (limit_now, in_list) = (piece.column, true);
                }
                None => {}
            }
        }
    }
    path.reverse();
    Spot { path, is_value, typed }
}

/// Whether a mapping or list may follow on the next lines: there is nothing but an anchor, a tag or a comment.
fn is_open(value: &str) -> bool {
    value.split_whitespace().take_while(|w| !w.starts_with('#')).all(|w| w.starts_with(['&', '!']))
}

/// Variables and aliases, which may stand anywhere.
fn special(desk: &Desk, source: &Source, spot: &Spot<'_>) -> Option<Vec<Item>> {
    if spot.typed.starts_with('*') {
        let parse = yaml::of(source);
        let names: Vec<_> = parse.tree.nodes().filter_map(|(_, n)| Some(n.anchor.as_ref()?.name.clone())).collect();
        return Some(names.into_iter().map(|n| Item::new(ItemKind::Reference, format!("*{n}"), "an anchor of this file")).collect());
    }
    let dollar = spot.typed.rfind('$')?;
    let tail = spot.typed.get(dollar + 1..)?;
    let name = tail.strip_prefix('{').unwrap_or(tail);
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let world = desk.world(&source.path)?;
    let before = spot.typed.get(..dollar)?;
    let mut names: Vec<_> = world.projects.iter().flat_map(|p| &p.variables).map(|v| v.name.clone()).filter(|n| n != name).collect();
    names.sort();
    names.dedup();
    Some(names.into_iter().map(|n| Item::new(ItemKind::Variable, format!("{before}${{{n}}}"), "a variable of this project")).collect())
}

fn names(desk: &Desk, source: &Source, kind: Resource, after: &str) -> Vec<Item> {
    let doc = format!("one of the {}", kind.key());
    declared(desk, source, kind).into_iter().map(|n| Item::new(ItemKind::Class, n, doc.clone()).then(after)).collect()
}

/// What may stand as the value at `path`.
fn value(desk: &Desk, source: &Source, path: &[String]) -> Vec<Item> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let words = |words: &[&str]| words.iter().map(|w| Item::new(ItemKind::Value, *w, "")).collect::<Vec<_>>();
    let of_services = |more: &[&str]| {
        let services = declared(desk, source, Resource::Service).into_iter();
        let mut items = words(more);
        items.extend(services.map(|s| Item::new(ItemKind::Class, format!("service:{s}"), "that of this service")));
        items
    };
    match path.as_slice() {
        ["services", service, "build", "target"] => stages(desk, source, service),
        ["services", _, "network_mode"] => of_services(&["none", "host", "bridge"]),
        ["services", _, "pid"] => of_services(&["host"]),
        ["services", _, "ipc"] => of_services(&["private", "shareable", "host"]),
        ["services", _, "restart"] => words(&["\"no\"", "always", "on-failure", "unless-stopped"]),
        ["services", _, "pull_policy"] => words(&["always", "missing", "never", "build", "daily", "weekly"]),
        ["services", _, "extends"] | ["services", _, "extends", "service"] => names(desk, source, Resource::Service, ""),
        ["services", _, "volumes", "-", "source"] => names(desk, source, Resource::Volume, ""),
        ["services", _, "secrets", "-", "source"] => names(desk, source, Resource::Secret, ""),
        ["services", _, "configs", "-", "source"] => names(desk, source, Resource::Config, ""),
        [.., "-"] => item(desk, source, &path),
        _ => {
            let Some(shape) = shape(&path) else { return Vec::new() };
            let mut items = words(shape.values);
            if shape.is_flag {
                items.extend(words(&["true", "false"]));
            }
            items
        }
    }
}

/// What may stand as an item of the list at `path`.
fn item(desk: &Desk, source: &Source, path: &[&str]) -> Vec<Item> {
    match path {
        ["services", _, "depends_on" | "links" | "volumes_from", "-"] => names(desk, source, Resource::Service, ""),
        ["services", _, "networks", "-"] => names(desk, source, Resource::Network, ""),
        ["services", _, "volumes", "-"] => names(desk, source, Resource::Volume, ":"),
        ["services", _, "secrets", "-"] | ["services", _, "build", "secrets", "-"] => names(desk, source, Resource::Secret, ""),
        ["services", _, "configs", "-"] => names(desk, source, Resource::Config, ""),
        ["services", _, "cap_add" | "cap_drop", "-"] => {
            compose_keys::CAPABILITIES.iter().map(|(name, doc)| Item::new(ItemKind::Value, *name, *doc)).collect()
        }
        ["services", _, "security_opt", "-"] => vec![Item::new(
            ItemKind::Value,
            "no-new-privileges:true",
            "No program in the container can gain privileges by set-user-ID bits.",
        )],
        _ => Vec::new(),
    }
}

/// What may stand as a key below `path`.
fn key(desk: &Desk, source: &Source, spot: &Spot<'_>, at: usize) -> Vec<Item> {
    let path: Vec<&str> = spot.path.iter().map(String::as_str).collect();
    let mut items = item(desk, source, &path);
    match path.as_slice() {
        ["services", _, "depends_on"] => return names(desk, source, Resource::Service, ":"),
        ["services", _, "networks"] => return names(desk, source, Resource::Network, ":"),
        ["services", service, "build", "args"] => return arguments(desk, source, service),
        _ => {}
    }
    let Some(here) = shape(&path) else { return items };
    let there = siblings(&source.text, at);
    for name in here.keys.into_iter().filter(|k| !there.iter().any(|t| t == k)) {
        let mut whole = spot.path.clone();
        whole.push(name.into());
        let below = shape(&whole.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default();
        let end = if (below.is_map || below.is_list) && !below.is_flag { ":" } else { ": " };
        items.push(Item::new(ItemKind::Property, name, compose_keys::doc(&whole).unwrap_or("")).then(end));
    }
    items
}

/// The keys of the mapping around a line.
fn siblings(text: &str, at: usize) -> Vec<String> {
    let line = line_before(text, at);
    let column = line.len() - line.trim_start_matches([' ', '-']).len();
    let start = at - line.len();
    let of = |line: &str| pieces(line).into_iter().rev().find_map(|p| p.key.map(|k| (p.column, k.to_string())));
    let is_outside = |line: &&str| line.trim().is_empty() || line.len() - line.trim_start_matches([' ', '-']).len() >= column;
    let above = text.get(..start).unwrap_or("").lines().rev().take_while(is_outside);
    let rest = text.get(at..).unwrap_or("");
    let below = rest.get(rest.find('\n').map_or(rest.len(), |n| n + 1)..).unwrap_or("").lines().take_while(is_outside);
    above.chain(below).filter_map(of).filter(|(c, _)| *c == column).map(|(_, key)| key).collect()
}

fn stages(desk: &Desk, source: &Source, service: &str) -> Vec<Item> {
    let file = dockerfile_of(desk, source, service).and_then(|path| desk.dockerfile(&path));
    let stage = |s: &crate::model::dockerfile::Stage| {
        Some(Item::new(ItemKind::Class, s.name.as_ref()?.to_string(), format!("FROM {}", s.image.as_str())))
    };
    file.map_or_else(Vec::new, |f| f.stages.iter().filter_map(stage).collect())
}

fn arguments(desk: &Desk, source: &Source, service: &str) -> Vec<Item> {
    use crate::syntax::dockerfile::Args;
    let Some(file) = dockerfile_of(desk, source, service).and_then(|path| desk.dockerfile(&path)) else { return Vec::new() };
    let args = file.instructions().filter_map(|at| match at.instruction.typed() {
        Args::Arg(decls) => Some(decls),
        _ => None,
    });
    let mut names: Vec<String> = args.flatten().map(|d| d.name.to_string()).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|n| Item::new(ItemKind::Variable, n, "an ARG of the Dockerfile").then(": ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(text: &str) -> (Vec<String>, bool, &str) {
        let found = spot(text, text.len(), line_before(text, text.len()));
        (found.path, found.is_value, found.typed)
    }

    fn path(text: &str) -> String {
        at_end(text).0.join("/")
    }

    #[test]
    fn places() {
        for (text, wanted) in [
            ("", ""),
            ("ser", ""),
            ("services:\n  ", "services"),
            ("services:\n  web:\n    im", "services/web"),
            ("services:\n  web:\n    image: x\n    build:\n      ta", "services/web/build"),
            ("services:\n  web:\n    image: x\n\n    # c: d\n    cap_drop:\n      - A\n      - ", "services/web/cap_drop/-"),
            ("services:\n  web:\n    cap_drop:\n    - A\n    - ", "services/web/cap_drop/-"),
            ("services:\n  web:\n    cap_drop: [ALL, ", "services/web/cap_drop/-"),
            ("services:\n  web:\n    ports:\n      - target: 1\n        pub", "services/web/ports/-"),
            ("services:\n  web: &w\n    build:\n      target: ", "services/web/build/target"),
            ("services:\n  web:\n    ports:\n      - a\n  db:\n    ", "services/db"),
            ("networks:\n  a:\nservices:\n  é:\n    privileged: t", "services/é/privileged"),
            ("include:\n- path: a\n  ", "include/-"),
        ] {
            assert_eq!(path(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_typed() {
        assert_eq!(at_end("services:\n  web:\n    im").2, "im");
        assert_eq!(at_end("services:\n  web:\n    cap_drop: [A, NET_").2, "NET_");
        assert_eq!(at_end("services:\n  web:\n    cap_drop:\n      - \"NE").2, "NE");
        assert!(at_end("services:\n  web:\n    user: ").1);
    }
}
