//! Keys, types and values that the Compose file allows.
//!
//! A layer is checked as it is written, with `null` allowed everywhere, for in an override it changes nothing; what only
//! the whole can tell, such as keys that must be there, is checked on what all layers come to.

mod rule;
mod shape;
mod table;

use std::collections::BTreeSet;

use std::collections::HashSet;

pub use shape::{Shape, shape};

use rule::{BOOL, Check, INT, MapRule, NULL, NUM, Other, Rule, STR};

use super::value::{Node, Value};
use super::{Problem, problem};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Checks what one document says.
pub(super) fn check_layer(root: &Node, problems: &mut Vec<Problem>) {
    if root.as_map().is_none() {
        if !root.is_broken() {
            let error = SyntaxError::new("top-level", root.span(), format!("a Compose file is a mapping, not {}", root.kind()));
            problems.push(problem::schema(error.help("write `services:` and the services below it")));
        }
        return;
    }
    Checker { whole: false, problems }.map("the file", root.span(), root, &table::FILE);
}

/// Checks one service of a file that others extend.
pub(super) fn check_service(name: &str, service: &Node, problems: &mut Vec<Problem>) {
    if service.as_map().is_some() {
        Checker { whole: false, problems }.map(name, service.span(), service, &table::SERVICE);
    }
}

/// Checks what all documents so far come to.
pub(super) fn check_whole(root: &Node, problems: &mut Vec<Problem>) {
    if root.as_map().is_some() {
        Checker { whole: true, problems }.map("the file", root.span(), root, &table::FILE);
    }
}

/// The name that `name` is most likely meant to be.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    if name.len() > 64 {
        return None;
    }
    let lower = name.to_lowercase();
    let allowed = match name.chars().count() {
        0..=2 => 0,
        3..=4 => 1,
        5..=7 => 2,
        _ => 3,
    };
    let near = known.filter(|k| k.len().abs_diff(name.len()) <= 3 && *k != name);
    let near = near.map(|k| (strsim::damerau_levenshtein(&lower, &k.to_lowercase()), k));
    near.filter(|(distance, _)| *distance <= allowed).min().map(|(_, k)| k.to_owned())
}

struct Checker<'p> {
    whole: bool,
    problems: &'p mut Vec<Problem>,
}

// The recursion is as deep as the rules.
impl Checker<'_> {
    /// Checks the value of `key`, which is written at `at`.
    fn node(&mut self, key: &str, at: Span, node: &Node, rule: &Rule) {
        if rule.any {
            return;
        }
        let fits = match &node.value {
            Value::Broken => return,
            Value::Null if rule.scalars & NULL != 0 || !self.whole => return,
            Value::Null => {
                self.empty(key, if node.span().is_empty() { at } else { node.span() });
                return;
            }
            Value::Map(_) => match rule.map {
                Some(map) => return self.map(key, at, node, map),
                None => false,
            },
            Value::Seq(items) => match rule.list {
                Some(list) => {
                    items.iter().for_each(|item| self.node(key, item.span(), item, list.item));
                    if list.unique && self.whole {
                        self.unique(key, items);
                    }
                    return;
                }
                None => false,
            },
            Value::Str(_) => rule.scalars & STR != 0 || node.vars.is_unknown(),
            Value::Int(_) => rule.scalars & (INT | NUM) != 0,
            Value::Float(f) => rule.scalars & NUM != 0 || rule.scalars & INT != 0 && f.fract() == 0.0,
            Value::Bool(_) => rule.scalars & BOOL != 0,
        };
        if self.whole {
            return;
        }
        if fits { self.scalar(key, node, &rule.check) } else { self.wrong_type(key, node, rule) }
    }

    fn map(&mut self, key: &str, at: Span, node: &Node, rule: &MapRule) {
        let Value::Map(map) = &node.value else { return };
        // Names that are there, or that some misspelt key is to get: writing one twice would break the file.
        let mut taken: BTreeSet<String> = map.keys().map(str::to_owned).collect();
        for (name, entry) in map.iter() {
            // What the loader itself put there.
            if name.starts_with(' ') || rule.extensions && name.starts_with("x-") {
                continue;
            }
            let at = entry.key.span;
            if let Some((_, rule)) = rule.keys.iter().find(|(k, _)| *k == name) {
                self.node(name, at, &entry.value, rule);
                continue;
            }
            match &rule.other {
                Other::Any(other) => self.node(name, at, &entry.value, other),
                Other::Names(other) if is_name(name) => self.node(name, at, &entry.value, other),
                Other::NamesOrIgnore(other) if is_name(name) => self.node(name, at, &entry.value, other),
                Other::Letters(other) if name.bytes().all(|b| b.is_ascii_lowercase()) => self.node(name, at, &entry.value, other),
                Other::Names(_) => self.bad_name(name, at, rule),
                Other::Refuse | Other::Ignore if !rule.keys.is_empty() => self.unknown_key(name, entry, rule, &mut taken),
                _ => {}
            }
        }
        if self.whole && map.lost.is_none() {
            rule.required.iter().filter(|k| !map.contains(k)).for_each(|k| self.lacks(key, k, at, rule));
        }
    }

    fn unknown_key(&mut self, name: &str, entry: &super::Entry, rule: &MapRule, taken: &mut BTreeSet<String>) {
        if self.whole {
            return;
        }
        let error = SyntaxError::new("unknown-key", entry.key.span, format!("`{}` is not a key of {}", shown(name), rule.what));
        let known = rule.keys.iter().map(|(k, _)| *k);
        let is_service = std::ptr::eq(rule, &raw const table::FILE) && ["image", "build"].iter().any(|k| entry.value.get(k).is_some());
        let error = match nearest(name, known) {
            _ if is_service => error.help(format!("put `{}` below `services:`", shown(name))),
            Some(near) if !taken.insert(near.clone()) => error.help(format!("did you mean `{near}`?")),
            Some(near) => error.help(format!("did you mean `{near}`?")).replace(near),
            None if rule.extensions => error.help(format!("take it out, or name it `x-{}` to keep it as a note", shown(name))),
            None => error.help(format!("take it out; the keys here are {}", one_of(rule.keys.iter().map(|(k, _)| *k), "and"))),
        };
        let error = if matches!(rule.other, Other::Ignore) { error.warning() } else { error };
        self.problems.push(problem::schema(error));
    }

    fn bad_name(&mut self, name: &str, at: Span, rule: &MapRule) {
        if !self.whole {
            let error = SyntaxError::new("bad-name", at, format!("`{}` cannot be the name of {}", shown(name), rule.what));
            self.problems.push(problem::schema(error.help("use letters, digits, `.`, `_` and `-`")));
        }
    }

    fn lacks(&mut self, key: &str, required: &str, at: Span, rule: &MapRule) {
        let error = SyntaxError::new("missing-key", at, format!("`{}` lacks `{required}`", shown(key)));
        let known = rule.keys.iter().find(|(k, _)| *k == required).and_then(|(_, r)| match r.check {
            Check::OneOf(values) => values.first(),
            _ => None,
        });
        self.problems.push(problem::schema(error.help(format!("add `{required}: {}`", known.unwrap_or(&"..")))));
    }

    fn empty(&mut self, key: &str, at: Span) {
        let error = SyntaxError::new("empty-value", at, format!("`{}` has no value", shown(key)));
        self.problems.push(problem::schema(error.help("write a value, or take the key out")));
    }

    fn wrong_type(&mut self, key: &str, node: &Node, rule: &Rule) {
        let mut wanted = Vec::new();
        let kinds = [(STR, "a string"), (INT, "a whole number"), (NUM, "a number"), (BOOL, "`true` or `false`")];
        // Strings are allowed nearly everywhere for the sake of variables: name what is meant.
        let meant = if rule.scalars & (INT | NUM | BOOL) != 0 && !node.is_null() { rule.scalars & !STR } else { rule.scalars };
        wanted.extend(kinds.iter().filter(|(bit, _)| meant & bit != 0).map(|(_, name)| *name));
        wanted.extend(rule.list.map(|_| "a list"));
        wanted.extend(rule.map.map(|_| "a mapping"));
        let message = format!("`{}` must be {}, not {}", shown(key), wanted.join(" or "), node.kind());
        let error = SyntaxError::new("wrong-type", node.span(), message);
        let text = node.resolved().map(|r| r.to_string());
        let error = match text {
            Some(text) if rule.scalars & STR != 0 => {
                error.help(format!("put it in quotes: `\"{}\"`", shown(&text))).replace(format!("\"{text}\""))
            }
            Some(text) if rule.list.is_some() => error.help(format!("write a list: `[{}]`", shown(&text))),
            _ => error.help(format!("write {}", wanted.join(" or "))),
        };
        self.problems.push(problem::schema(error));
    }

    fn scalar(&mut self, key: &str, node: &Node, check: &Check) {
        let Some(text) = node.resolved().filter(super::Resolved::is_known) else { return };
        let error = match check {
            Check::OneOf(values) if node.as_str().is_some_and(|t| !values.contains(&t)) => {
                let error = SyntaxError::new("bad-value", node.span(), format!("`{}` cannot be `{}`", shown(key), shown(&text)));
                match nearest(&text, values.iter().copied()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")).replace(near),
                    None => error.help(format!("write {}", one_of(values.iter().copied(), "or"))),
                }
            }
            Check::Pattern(fits, help) if node.as_str().is_some_and(|t| !fits(t)) => {
                SyntaxError::new("bad-value", node.span(), format!("`{}` cannot be `{}`", shown(key), shown(&text))).help(*help)
            }
            Check::Range(low, high) if matches!(node.value, Value::Int(i) if i < *low || i > *high) => {
                let help = if *high == i64::MAX { format!("write {low} or more") } else { format!("write a number from {low} to {high}") };
                SyntaxError::new("out-of-range", node.span(), format!("`{}` cannot be {}", shown(key), text.as_str())).help(help)
            }
            _ => return,
        };
        self.problems.push(problem::schema(error));
    }

    fn unique(&mut self, key: &str, items: &[Node]) {
        let mut seen: HashSet<(bool, String)> = HashSet::new();
        for item in items {
            let Some(text) = item.resolved().filter(super::Resolved::is_known) else { continue };
            if seen.insert((item.as_str().is_some(), text.to_string())) {
                continue;
            }
            let first = items.iter().find(|i| i.resolved().is_some_and(|r| r.text.as_str() == text.as_str()));
            let error = SyntaxError::new("duplicate-item", item.span(), format!("`{}` is in `{key}` twice", shown(&text)));
            let error = first.map_or(error.clone(), |f| error.related(f.span(), "the first one"));
            self.problems.push(problem::schema(error.help("take one of them out, or put `!override` before the later list")));
        }
    }
}

/// `a`, `b` or `c`.
fn one_of<'a>(values: impl Iterator<Item = &'a str>, last: &str) -> String {
    let quoted: Vec<String> = values.map(|v| format!("`{v}`")).collect();
    match quoted.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
