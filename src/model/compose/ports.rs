//! Published ports: `[[ip:][host]:]container[/protocol]`, the grammar of Docker's own `nat` package.

use std::net::IpAddr;

use super::value::{Map, Node, Resolved, Value};
use super::{Problem, problem};
use crate::model::origin::Sourced;
use crate::source::Span;
use crate::syntax::SyntaxError;

/// A published port, or a range of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Port {
    /// The whole entry.
    pub span: Span,
    /// How the entry got here.
    pub origin: crate::model::origin::Origin,
    /// The host address; `None` when none is written, an empty one when a variable left it empty. Both mean all
    /// interfaces.
    pub host_ip: Option<Resolved>,
    /// The host port or range; `None` lets the engine choose one.
    pub published: Option<Resolved>,
    /// The container port or range, as written.
    pub target: Option<Resolved>,
    /// `tcp` when none is written.
    pub protocol: Option<Resolved>,
    /// `ingress` or `host`.
    pub mode: Option<Resolved>,
    /// The long syntax, a mapping.
    pub long: bool,
}

/// A range of port numbers, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PortRange {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

impl PortRange {
    /// `80` or `80-90`.
    pub fn parse(text: &str) -> Option<PortRange> {
        let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse::<u16>().ok()).flatten();
        let range = match text.split_once('-') {
            Some((first, last)) => PortRange { first: number(first)?, last: number(last)? },
            None => {
                let port = number(text)?;
                PortRange { first: port, last: port }
            }
        };
        (range.first <= range.last).then_some(range)
    }

    /// How many ports beyond the first.
    pub fn extra(self) -> u16 {
        self.last - self.first
    }

    /// Whether `port` is one of them.
    pub fn contains(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

impl Port {
    /// Reads a port in its canonical form.
    pub(super) fn read(node: &Node) -> Option<Port> {
        let map = node.as_map()?;
        let text = |key: &str| map.get(key).and_then(Node::resolved);
        Some(Port {
            span: node.span(),
            origin: node.origin.clone(),
            host_ip: text("host_ip"),
            published: text("published"),
            target: text("target"),
            protocol: text("protocol"),
            mode: text("mode"),
            // The short syntax has no keys: each key there is the part itself.
            long: map.iter().any(|(_, e)| e.key.span != e.value.span()),
        })
    }

    /// The container ports, if they are known.
    pub fn target_range(&self) -> Option<PortRange> {
        PortRange::parse(self.target.as_ref().filter(|t| t.is_known())?)
    }

    /// The host ports, if they are written and known. A range over a single container port is one to choose from.
    pub fn published_range(&self) -> Option<PortRange> {
        PortRange::parse(self.published.as_ref().filter(|p| p.is_known())?)
    }

    /// The host address as an address; `None` when it is absent, empty, unknown or no address.
    pub fn address(&self) -> Option<Sourced<IpAddr>> {
        let text = self.host_ip.as_ref().filter(|ip| ip.is_known())?;
        let address = text.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
        Some(Sourced { value: address, origin: self.origin.at(text.span()) })
    }

    /// The protocol in lower case, `tcp` by default.
    pub fn protocol_name(&self) -> String {
        self.protocol.as_ref().map_or_else(|| "tcp".to_owned(), |p| p.to_ascii_lowercase())
    }
}

/// An entry of `ports:` in its canonical form, a mapping. The long syntax is one already.
pub(super) fn canonical(node: Node, problems: &mut Vec<Problem>) -> Node {
    let Some(text) = node.resolved() else { return node };
    if text.vars.is_unknown() && text.is_empty() {
        return Node { value: Value::Broken, ..node };
    }
    match short(&text) {
        Ok(parts) => parts.into_node(node),
        Err(error) => {
            if text.is_known() {
                problems.push(problem::value(*error));
            }
            Node { value: Value::Broken, ..node }
        }
    }
}

/// The parts of the short syntax.
struct Parts {
    ip: Option<Resolved>,
    host: Option<Resolved>,
    container: Resolved,
    protocol: Option<Resolved>,
}

impl Parts {
    fn into_node(self, node: Node) -> Node {
        let mut map = Map::new();
        let mut set = |key: &str, part: Option<Resolved>| {
            if let Some(part) = part {
                let value = part.into_node(&node.origin);
                map.set(key, value.origin.clone(), value);
            }
        };
        set("host_ip", self.ip);
        set("target", Some(self.container));
        set("published", self.host);
        set("protocol", self.protocol);
        Node { value: Value::Map(map), ..node }
    }
}

fn short(text: &Resolved) -> Result<Parts, Box<SyntaxError>> {
    let (ip, host, container) = split(text);
    let (container, protocol) = match container.split_once('/') {
        Some((port, protocol)) => (port, Some(protocol)),
        None => (container, None),
    };
    let fail = |at: Span, message: String, help: &str| Err(Box::new(SyntaxError::new("port", at, message).help(help)));
    if let Some(ip) = ip.as_ref().filter(|ip| !ip.is_empty())
        && !is_address(ip)
    {
        return fail(
            ip.span(),
            format!("`{}` is no IP address", ip.as_str()),
            "write an address such as `127.0.0.1`; host names do not work here",
        );
    }
    if let Some(error) = problem::unset("port", "the container port", &container) {
        return Err(Box::new(error));
    }
    if container.is_empty() {
        return fail(text.span(), format!("`{}` names no container port", text.as_str()), "write `HOST:CONTAINER`, as `8080:80`");
    }
    let Some(target) = PortRange::parse(&container) else {
        let help = "a port is a number from 0 to 65535, a range is written `8000-8010`";
        return fail(container.span(), format!("`{}` is no port number", container.as_str()), help);
    };
    if let Some(host) = host.as_ref().filter(|h| !h.is_empty()) {
        let Some(published) = PortRange::parse(host) else {
            let help = "a port is a number from 0 to 65535, a range is written `8000-8010`";
            return fail(host.span(), format!("`{}` is no port number", host.as_str()), help);
        };
        if published.extra() != target.extra() && target.extra() != 0 {
            let message = format!("the ranges `{}` and `{}` differ in length", host.as_str(), container.as_str());
            return fail(text.span(), message, "publish as many host ports as container ports");
        }
    }
    if let Some(protocol) = &protocol
        && !matches!(protocol.to_ascii_lowercase().as_str(), "tcp" | "udp" | "sctp")
    {
        return fail(protocol.span(), format!("`{}` is no protocol", protocol.as_str()), "write `tcp`, `udp` or `sctp`");
    }
    let absent_or_unset = |part: &Resolved| !part.is_empty() || !part.vars.is_empty();
    Ok(Parts { ip: ip.filter(absent_or_unset), host: host.filter(absent_or_unset), container, protocol })
}

/// Address, host port and container port; an IPv6 address keeps its colons.
fn split(text: &Resolved) -> (Option<Resolved>, Option<Resolved>, Resolved) {
    let Some(last) = text.rfind(':') else { return (None, None, text.clone()) };
    let container = text.slice(last + 1..text.len());
    let Some(middle) = text.get(..last).and_then(|t| t.rfind(':')) else {
        return (None, Some(text.slice(0..last)), container);
    };
    (Some(text.slice(0..middle)), Some(text.slice(middle + 1..last)), container)
}

fn is_address(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    inner.parse::<IpAddr>().is_ok()
}
