//! Mounts: `[source:]target[:options]`, and what the long syntax says.

use super::value::{Entry, Map, Node, Resolved, Value};
use super::{Problem, problem};
use crate::model::origin::Origin;
use crate::source::Span;
use crate::syntax::SyntaxError;

/// A mount of a service.
#[derive(Clone, PartialEq, Debug)]
pub struct Mount {
    /// The whole entry.
    pub span: Span,
    /// How the entry got here.
    pub origin: Origin,
    /// What is mounted.
    pub kind: MountKind,
    /// The path on the host or the name of the volume; `None` for an anonymous volume or a tmpfs.
    pub source: Option<Resolved>,
    /// The path in the container.
    pub target: Option<Resolved>,
    /// Whether it is read-only, with the bytes that say so.
    pub read_only: Option<(bool, Span)>,
    /// `rprivate`, `shared` ..., of a bind mount.
    pub propagation: Option<Resolved>,
    /// The options of the short syntax, as written; Compose ignores those it does not know.
    pub options: Vec<Resolved>,
    /// The long syntax, a mapping.
    pub long: bool,
    /// The mapping itself, for what is not spelled out here.
    pub node: Node,
}

/// What is mounted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MountKind {
    /// A path of the host.
    Bind,
    /// A volume, named or anonymous.
    Volume,
    /// Memory.
    Tmpfs,
    /// A Windows named pipe.
    NamedPipe,
    /// An image.
    Image,
    /// A cluster volume, or something that is not known.
    Other(String),
}

impl Mount {
    /// Reads a mount in its canonical form.
    pub(super) fn read(node: &Node) -> Option<Mount> {
        let map = node.as_map()?;
        let text = |path: &[&str]| node.get_path(path).and_then(Node::resolved);
        let kind = match text(&["type"])?.as_str() {
            "bind" => MountKind::Bind,
            "volume" => MountKind::Volume,
            "tmpfs" => MountKind::Tmpfs,
            "npipe" => MountKind::NamedPipe,
            "image" => MountKind::Image,
            other => MountKind::Other(other.to_owned()),
        };
        let options = map.get(OPTIONS).and_then(Node::as_seq).unwrap_or(&[]);
        Some(Mount {
            span: node.span(),
            origin: node.origin.clone(),
            kind,
            source: text(&["source"]),
            target: text(&["target"]),
            read_only: map.get("read_only").and_then(|n| Some((n.as_bool()?, n.span()))),
            propagation: text(&["bind", "propagation"]),
            options: options.iter().filter_map(Node::resolved).collect(),
            long: !map.contains(SHORT),
            node: node.clone(),
        })
    }

    /// Whether the container can write to it.
    pub fn is_writable(&self) -> bool {
        !self.read_only.is_some_and(|(ro, _)| ro)
    }
}

// Keys of the canonical mapping that Compose has not: what the short syntax said. The resolved project leaves them out.
pub(super) const SHORT: &str = " short";
pub(super) const OPTIONS: &str = " options";

/// An entry of a service's `volumes:` in its canonical form, a mapping. The long syntax is one already.
pub(super) fn canonical(node: Node, problems: &mut Vec<Problem>) -> Node {
    let Some(text) = node.resolved() else { return node };
    if text.is_empty() {
        if text.is_known() {
            let error =
                SyntaxError::new("volume", node.span(), "this volume is empty").help("write `SOURCE:TARGET`, as `data:/var/lib/data`");
            problems.push(problem::value(error));
        }
        return Node { value: Value::Broken, ..node };
    }
    match short(&text) {
        Ok(parts) => parts.into_node(&text, node),
        Err(error) => {
            if text.is_known() {
                problems.push(problem::value(*error));
            }
            Node { value: Value::Broken, ..node }
        }
    }
}

struct Parts {
    source: Option<Resolved>,
    target: Resolved,
    options: Vec<Resolved>,
}

fn short(text: &Resolved) -> Result<Parts, Box<SyntaxError>> {
    if text.chars().count() <= 2 {
        return Ok(Parts { source: None, target: text.clone(), options: Vec::new() });
    }
    let mut parts = sections(text);
    // A part that only a variable left empty is one that the environment may fill.
    if let Some(empty) = parts.iter().find(|p| p.is_empty()) {
        let unset: Vec<&str> = empty.vars.unset().map(|u| u.name.as_str()).collect();
        let at = empty.vars.unset().next().map_or(empty.span(), |u| u.span);
        let message = match unset.as_slice() {
            [] => format!("`{}` has an empty part between its colons", text.as_str()),
            names => format!("a part of `{}` is empty, because nothing sets {}", text.as_str(), names.join(" and ")),
        };
        return Err(Box::new(SyntaxError::new("volume", at, message).help("write `SOURCE:TARGET` or `SOURCE:TARGET:ro`")));
    }
    if parts.len() > 3 {
        let extra = parts.get(3).map_or(text.span(), |p| p.span().to(text.span().at_end()));
        let message = format!("`{}` has too many colons", text.as_str());
        let help = "write options with commas, as `SOURCE:TARGET:ro,z`, or use the long syntax";
        return Err(Box::new(SyntaxError::new("volume", extra, message).help(help)));
    }
    let options = if parts.len() == 3 { parts.pop().map(|o| comma_separated(&o)).unwrap_or_default() } else { Vec::new() };
    let target = parts.pop().unwrap_or_else(|| text.clone());
    Ok(Parts { source: parts.pop(), target, options })
}

/// The parts between colons; a colon after a single letter belongs to a Windows drive.
fn sections(text: &Resolved) -> Vec<Resolved> {
    let mut out = Vec::new();
    let mut start = 0;
    for (i, _) in text.match_indices(':') {
        let part = text.get(start..i).unwrap_or("");
        let mut chars = part.chars();
        let drive = chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none();
        if !drive {
            out.push(text.slice(start..i));
            start = i + 1;
        }
    }
    out.push(text.slice(start..text.len()));
    out
}

fn comma_separated(text: &Resolved) -> Vec<Resolved> {
    let mut start = 0;
    let mut out = Vec::new();
    for (i, _) in text.match_indices(',').chain(std::iter::once((text.len(), ""))) {
        out.push(text.slice(start..i));
        start = i + 1;
    }
    out
}

/// Whether a source of the short syntax is a path and not the name of a volume.
pub(super) fn is_path(source: &str) -> bool {
    let mut chars = source.chars();
    match chars.next() {
        Some('.' | '/' | '~') => true,
        Some('\\') => chars.next() == Some('\\'),
        Some(c) => c.is_alphabetic() && chars.next() == Some(':'),
        None => false,
    }
}

impl Parts {
    fn into_node(self, whole: &Resolved, node: Node) -> Node {
        let origin = &node.origin;
        let bind = self.source.as_ref().is_some_and(|s| is_path(s));
        let made = |value: Value, at: Span| Node::new(value, origin.at(at));
        let string = |text: &str, at: Span| made(Value::Str(crate::syntax::text::Text::replaced(at, text)), at);
        let mut map = Map::new();
        let mut set = |key: &str, value: Node| map.insert(key, Entry { key: value.origin.clone(), value });
        let kind_at = self.source.as_ref().map_or(whole.span(), Resolved::span);
        set("type", string(if bind { "bind" } else { "volume" }, kind_at));
        if let Some(source) = self.source {
            set("source", source.into_node(origin));
        }
        set("target", self.target.into_node(origin));
        let mut details = Map::new();
        let mut nocopy = Map::new();
        for option in &self.options {
            let at = option.span();
            let entry = |value| Entry { key: origin.at(at), value };
            match option.as_str() {
                "ro" => set("read_only", made(Value::Bool(true), at)),
                "rw" => set("read_only", made(Value::Bool(false), at)),
                "nocopy" => nocopy.insert("nocopy", entry(made(Value::Bool(true), at))),
                "z" | "Z" => details.insert("selinux", entry(option.clone().into_node(origin))),
                "private" | "rprivate" | "shared" | "rshared" | "slave" | "rslave" => {
                    details.insert("propagation", entry(option.clone().into_node(origin)));
                }
                _ => {}
            }
        }
        let at = whole.span();
        if bind || !details.is_empty() {
            set("bind", made(Value::Map(details), at));
        }
        if !bind || !nocopy.is_empty() {
            set("volume", made(Value::Map(nocopy), at));
        }
        let options = self.options.into_iter().map(|o| o.into_node(origin)).collect();
        set(OPTIONS, made(Value::Seq(options), at));
        set(SHORT, made(Value::Bool(true), at));
        Node { value: Value::Map(map), ..node }
    }
}
