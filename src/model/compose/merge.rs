//! Laying one tree over another: a later file over an earlier one, a service over the one it extends.
//!
//! What happens at a place is a line of [`STRATEGIES`]; elsewhere mappings merge, lists append, scalars are replaced, and
//! `null` keeps what is there.

use std::collections::HashMap;
use std::sync::Arc;

use super::canonical::{self, key_values, list, names, wrap};
use super::path::matches;
use super::value::{Entry, Map, Node, Value};
use super::{Problem, problem};
use crate::model::origin::{Hop, How, Origin};
use crate::source::Span;
use crate::syntax::SyntaxError;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Strategy {
    /// The later value alone counts, `null` included.
    Replace,
    /// Mappings and lists of `KEY=value`: a later key replaces the earlier one.
    Pairs,
    /// Lists and single strings: append.
    List,
    /// Lists of names and mappings by name.
    Names,
    /// As `Names`, where a name alone means `service_started`.
    Dependencies,
    /// A string is the context.
    Build,
    /// `host=address`: append those that are not there.
    Hosts,
    /// Options merge only under one driver.
    Logging,
    /// By subnet; subnets that the later list lacks are dropped.
    Pools,
}

/// What is laid over what in another way than by its kind.
const STRATEGIES: &[(&str, Strategy)] = &[
    ("services.*.command", Strategy::Replace),
    ("services.*.entrypoint", Strategy::Replace),
    ("services.*.healthcheck.test", Strategy::Replace),
    ("services.*.ulimits.*", Strategy::Replace),
    ("services.*.environment", Strategy::Pairs),
    ("services.*.labels", Strategy::Pairs),
    ("services.*.annotations", Strategy::Pairs),
    ("services.*.sysctls", Strategy::Pairs),
    ("services.*.build.args", Strategy::Pairs),
    ("services.*.build.labels", Strategy::Pairs),
    ("services.*.build.additional_contexts", Strategy::Pairs),
    ("services.*.deploy.labels", Strategy::Pairs),
    ("services.*.volumes.[].volume.labels", Strategy::Pairs),
    ("networks.*.labels", Strategy::Pairs),
    ("volumes.*.labels", Strategy::Pairs),
    ("services.*.dns", Strategy::List),
    ("services.*.dns_opt", Strategy::List),
    ("services.*.dns_search", Strategy::List),
    ("services.*.tmpfs", Strategy::List),
    ("services.*.env_file", Strategy::List),
    ("services.*.label_file", Strategy::List),
    ("services.*.depends_on", Strategy::Dependencies),
    ("services.*.networks", Strategy::Names),
    ("services.*.models", Strategy::Names),
    ("services.*.build", Strategy::Build),
    ("services.*.extra_hosts", Strategy::Hosts),
    ("services.*.build.extra_hosts", Strategy::Hosts),
    ("services.*.logging", Strategy::Logging),
    ("networks.*.ipam.config", Strategy::Pools),
];

/// Lays `over` over `base`, which both stand at `path`.
pub(super) fn merge(base: Node, over: Node, path: &[&str], problems: &mut Vec<Problem>) -> Node {
    Merge { problems }.node(base, over, path)
}

struct Merge<'p> {
    problems: &'p mut Vec<Problem>,
}

// The recursion is as deep as the trees, whose depth is bounded.
impl Merge<'_> {
    fn node(&mut self, base: Node, over: Node, path: &[&str]) -> Node {
        if over.is_broken() || base.is_broken() && !over.is_null() {
            return over;
        }
        let strategy = STRATEGIES.iter().find(|(pattern, _)| matches(pattern, path)).map(|(_, s)| *s);
        if over.is_null() && strategy != Some(Strategy::Replace) {
            return base;
        }
        match strategy {
            Some(Strategy::Replace) => over,
            Some(Strategy::Pairs) => self.plain(key_values(base), key_values(over), path),
            Some(Strategy::List) => self.plain(list(base), list(over), path),
            Some(Strategy::Names) => self.plain(names(base, |_| Value::Null), names(over, |_| Value::Null), path),
            Some(Strategy::Dependencies) => self.plain(names(base, canonical::started), names(over, canonical::started), path),
            Some(Strategy::Build) => self.plain(wrap(base, "context"), wrap(over, "context"), path),
            Some(Strategy::Hosts) => hosts(canonical::extra_hosts(base), canonical::extra_hosts(over)),
            Some(Strategy::Logging) if !same_driver(&base, &over) => over,
            Some(Strategy::Pools) => self.pools(base, over, path),
            Some(Strategy::Logging) | None => self.plain(base, over, path),
        }
    }

    fn plain(&mut self, base: Node, over: Node, path: &[&str]) -> Node {
        match (base.value, over.value) {
            (Value::Map(a), Value::Map(b)) => Node { value: Value::Map(self.maps(a, b, path)), ..Node::new(Value::Null, base.origin) },
            (Value::Seq(mut a), Value::Seq(b)) => {
                a.extend(b);
                Node::new(Value::Seq(a), base.origin)
            }
            (a @ (Value::Map(_) | Value::Seq(_)), b) => {
                let base = Node { value: a, origin: base.origin, vars: base.vars };
                let over = Node { value: b, origin: over.origin, vars: over.vars };
                self.clash(&base, &over, path);
                base
            }
            (_, value) => Node { value, origin: over.origin, vars: over.vars },
        }
    }

    fn maps(&mut self, mut base: Map, over: Map, path: &[&str]) -> Map {
        base.lost = base.lost.or(over.lost);
        for (name, entry) in over {
            let Some(old) = base.get_mut(&name) else {
                base.insert(name, entry);
                continue;
            };
            let hole = Node::new(Value::Broken, old.origin.clone());
            let old = std::mem::replace(old, hole);
            let over_origin = entry.value.origin.clone();
            let merged = self.node(old, entry.value, &[path, &[name.as_str()]].concat());
            // What was replaced as a whole stands at its new key; what was added to stays at the old one.
            let replaced = merged.origin == over_origin && merged.as_map().is_none();
            let key = if replaced { entry.key } else { base.entry(&name).map_or(entry.key, |e| e.key.clone()) };
            base.insert(name, Entry { key, value: merged });
        }
        base
    }

    fn clash(&mut self, base: &Node, over: &Node, path: &[&str]) {
        let key = path.last().copied().unwrap_or("this");
        let message = format!("`{key}` is {} here, which cannot be merged with the earlier value", over.kind());
        let error = SyntaxError::new("merge", over.span(), message)
            .help(format!("write {}, or put `!override` before it to replace the earlier value", base.kind()))
            .related(base.span(), "the earlier value");
        self.problems.push(problem::conflict(error));
    }

    /// Address pools merge by subnet.
    fn pools(&mut self, base: Node, over: Node, path: &[&str]) -> Node {
        let (Value::Seq(old), Value::Seq(new)) = (&base.value, &over.value) else { return self.plain(base, over, path) };
        let subnet = |n: &Node| n.get("subnet").and_then(Node::resolved).map(|r| r.to_string());
        let mut out = Vec::with_capacity(new.len());
        for pool in new {
            let earlier = old.iter().find(|o| subnet(o) == subnet(pool));
            out.push(match earlier {
                Some(earlier) => self.plain(earlier.clone(), pool.clone(), path),
                None => pool.clone(),
            });
        }
        if old.is_empty() {
            out.clear();
        }
        Node::new(Value::Seq(out), base.origin)
    }
}

fn same_driver(base: &Node, over: &Node) -> bool {
    let driver = |n: &Node| n.get("driver").and_then(Node::resolved).map(|r| r.to_string());
    match (driver(base), driver(over)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn hosts(base: Node, over: Node) -> Node {
    let (Value::Seq(mut all), Value::Seq(new)) = (base.value, over.value) else {
        return Node::new(Value::Broken, base.origin);
    };
    let known: Vec<Option<String>> = all.iter().map(|n| n.resolved().map(|r| r.to_string())).collect();
    all.extend(new.into_iter().filter(|n| !known.contains(&n.resolved().map(|r| r.to_string()))));
    Node::new(Value::Seq(all), base.origin)
}

/// Adds a step to everything in `node`.
pub(super) fn add_hop(node: &mut Node, how: How, span: Span) {
    let mut step = Step { hop: Hop { how, span }, known: HashMap::new() };
    step.node(node);
}

/// Values that came the same way share the list of their steps, also after one more.
struct Step {
    hop: Hop,
    known: HashMap<(*const Hop, usize), Arc<[Hop]>>,
}

impl Step {
    fn node(&mut self, node: &mut Node) {
        self.origin(&mut node.origin);
        match &mut node.value {
            Value::Seq(items) => items.iter_mut().for_each(|n| self.node(n)),
            Value::Map(map) => map.entries_mut().for_each(|e| {
                self.origin(&mut e.key);
                self.node(&mut e.value);
            }),
            _ => {}
        }
    }

    fn origin(&mut self, origin: &mut Origin) {
        let hops = origin.hops();
        let hop = self.hop;
        let longer = self.known.entry((hops.as_ptr(), hops.len())).or_insert_with(|| hops.iter().copied().chain([hop]).collect());
        *origin = Origin::shared(origin.span, Some(Arc::clone(longer)));
    }
}
