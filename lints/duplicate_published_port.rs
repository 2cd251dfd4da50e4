use std::net::IpAddr;

use crate::lint::prelude::*;
use crate::model::compose::{Node, Port, PortRange};
use crate::model::origin::How;

pub static LINT: Lint = Lint {
    id: "duplicate-published-port",
    summary: "two containers want the same port of the host",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &["dclint:no-duplicate-exported-ports"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("duplicate_published_port.md"),
    checks: &[Check::Project(check)],
};

/// More bindings than this are not compared with each other.
const MAX_BINDINGS: usize = 1000;

/// A port of the host that a service is known to take.
struct Binding<'p> {
    service: &'p Service,
    port: Port,
    host: PortRange,
    /// `None` for every interface.
    address: Option<IpAddr>,
    protocol: String,
}

fn check(project: &Project, cx: &mut Cx<'_>) {
    let bindings: Vec<Binding<'_>> = project.services.iter().flat_map(bindings).take(MAX_BINDINGS).collect();
    for (at, binding) in bindings.iter().enumerate() {
        if let Some(first) = bindings.iter().take(at).find(|b| b.collides(binding)) {
            report(first, binding, cx);
        }
    }
    if !project.looks_like_stack() {
        project.services.iter().for_each(|s| replicas(project, s, cx));
    }
}

fn bindings(service: &Service) -> Vec<Binding<'_>> {
    let network = service.network_mode();
    let shares = network.set().is_some_and(|m| m.value.as_str() != "bridge" && m.value.as_str() != "default");
    if shares || count(service).is_some_and(|(n, _)| n == 0) {
        return Vec::new();
    }
    service.ports().into_iter().filter_map(|port| Binding::of(service, port)).collect()
}

impl<'p> Binding<'p> {
    /// `None` when it takes no port, one of several, or one that is not known.
    fn of(service: &'p Service, port: Port) -> Option<Binding<'p>> {
        let published = port.published.as_ref()?;
        let (host, target) = (port.published_range()?, port.target_range()?);
        let ip = port.host_ip.as_ref().filter(|ip| !ip.is_empty() || !ip.vars.is_empty());
        let is_fixed = host.extra() == target.extra() && !published.vars.needs_environment();
        let is_known = |part: &crate::model::compose::Resolved| !part.vars.needs_environment();
        if !is_fixed || !ip.is_none_or(is_known) || !port.protocol.as_ref().is_none_or(is_known) {
            return None;
        }
        let address = match ip {
            Some(_) => Some(port.address()?.value),
            None => None,
        };
        let protocol = port.protocol_name();
        Some(Binding { service, host, address, protocol, port })
    }

    fn collides(&self, other: &Binding<'_>) -> bool {
        let ports = self.host.first <= other.host.last && other.host.first <= self.host.last;
        ports && self.protocol == other.protocol && self.shares_address(other) && self.runs_with(other)
    }

    fn shares_address(&self, other: &Binding<'_>) -> bool {
        match (self.address, other.address) {
            (Some(a), Some(b)) => a == b || (a.is_ipv4() == b.is_ipv4() && (a.is_unspecified() || b.is_unspecified())),
            _ => true,
        }
    }

    /// Services whose profiles have nothing in common are alternatives. What an override or a service that extends adds
    /// within one service is the business of `override-has-no-effect`.
    fn runs_with(&self, other: &Binding<'_>) -> bool {
        if self.service.name == other.service.name {
            let layer = |b: &Binding<'_>| b.port.origin.hops().iter().filter(|h| h.how != How::Default && h.how != How::EnvFile).count();
            return layer(self) == layer(other);
        }
        let profiles = |s: &Service| match s.profiles() {
            Slot::Set(list) if list.value.complete => Some(list.value.iter().map(|p| p.value.to_string()).collect::<Vec<_>>()),
            Slot::Absent(_) => Some(Vec::new()),
            _ => None,
        };
        match (profiles(self.service), profiles(other.service)) {
            (Some(a), Some(b)) => a.is_empty() || b.is_empty() || a.iter().any(|p| b.contains(p)),
            _ => false,
        }
    }
}

fn report(first: &Binding<'_>, second: &Binding<'_>, cx: &mut Cx<'_>) {
    let (from, to) = (first.host.first.max(second.host.first), first.host.last.min(second.host.last));
    let port = if from == to { from.to_string() } else { format!("{from}-{to}") };
    let port = if second.protocol == "tcp" { port } else { format!("{port}/{}", second.protocol) };
    let name = &second.service.name;
    let (message, help) = if first.service.name == *name {
        (format!("service {name} publishes {port} twice: only one of the bindings can have it"), "take one of them out".to_string())
    } else {
        let message = format!("service {name} publishes {port}, which service {} has already", first.service.name);
        let help = "publish it at another port of the host, bind it to another address, or give the services profiles of their own";
        (message, help.to_string())
    };
    // Both may have inherited the very same line.
    let same = first.port.span == second.port.span;
    let at = if same { second.service.key } else { second.port.span };
    cx.report(at, message)
        .label(first.port.span, format!("service {} publishes it here", first.service.name))
        .help(help)
        .at(format!("services.{name}.ports"))
        .evidence(port)
        .file();
}

/// How many containers a service runs, and where that is written.
fn count(service: &Service) -> Option<(i64, &Node)> {
    let paths: [&[&str]; 2] = [&["scale"], &["deploy", "replicas"]];
    let node = paths.iter().find_map(|p| service.node.get_path(p))?;
    let known = !node.vars.needs_environment();
    node.resolved().filter(|_| known)?.parse::<i64>().ok().map(|n| (n, node))
}

fn replicas(project: &Project, service: &Service, cx: &mut Cx<'_>) {
    let Some((n, written)) = count(service).filter(|(n, _)| *n > 1) else { return };
    // A stack of a swarm puts one port before all containers.
    let by_deploy = service.node.get("scale").is_none();
    let level = if by_deploy && !project.cannot_be_stack() { Level::Warning } else { Level::Error };
    for binding in bindings(service) {
        let port = binding.host.first;
        let message = format!("service {} runs {n} containers, but only one of them can publish {port}", service.name);
        let last = i64::from(port) + n - 1;
        let help = match binding.port.target_range().filter(|t| t.extra() == 0 && last <= 65535) {
            Some(target) => format!("publish a range, as `{port}-{last}:{}`, or put a proxy before them", target.first),
            None => "put a proxy before them".to_string(),
        };
        cx.report(binding.port.span, message)
            .label(written.span(), "the number of containers")
            .level(level)
            .help(help)
            .at(format!("services.{}.ports", service.name))
            .evidence(port.to_string())
            .file();
    }
}
