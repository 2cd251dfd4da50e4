//! Which ports of a service can be reached from outside the host.

use std::net::IpAddr;

use super::compose::{Port, Service};
use super::origin::Slot;

/// A port that is published to whoever reaches the host.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenPort {
    /// The port.
    pub port: Port,
    /// Why it is open.
    pub by: OpenBy,
}

/// What leaves a port open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenBy {
    /// No address is written.
    NoAddress,
    /// The address of every interface is written.
    AnyAddress,
    /// The address is this variable, which nothing sets.
    Unset(String),
}

/// Whether the address stands for every interface.
pub fn is_unspecified(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_unspecified() || v6.to_ipv4_mapped().is_some_and(|v4| v4.is_unspecified()),
    }
}

impl Service {
    /// Whether what stands in `ports` takes effect: not when the container has no network of its own, or that of another.
    pub fn publishes(&self) -> bool {
        match self.network_mode() {
            Slot::Absent(_) => true,
            Slot::Set(mode) => {
                let mode = &mode.value;
                mode.is_certain()
                    && !matches!(mode.as_str(), "host" | "none")
                    && !mode.starts_with("service:")
                    && !mode.starts_with("container:")
            }
            Slot::Broken(_) => false,
        }
    }

    /// The ports that are published on every interface of the host. Ports of a swarm's ingress are left out, and so are
    /// those whose address or number depends on a variable that may hold an address.
    pub fn open_ports(&self) -> Vec<OpenPort> {
        if !self.publishes() {
            return Vec::new();
        }
        self.ports().into_iter().filter_map(|port| Some(OpenPort { by: open_by(&port)?, port })).collect()
    }

    /// Whether somebody outside the host can reach it: a published port that is not bound to the loopback address, or the
    /// network of the host. `inside` asks for one port of the container.
    pub fn is_reachable(&self, inside: Option<u16>) -> bool {
        let is_asked = |port: &Port| inside.is_none_or(|n| port.target_range().is_some_and(|r| r.contains(n)));
        let published = || self.publishes() && self.ports().iter().any(|p| is_asked(p) && is_outside(p));
        self.shares_with_host("network_mode").is_some() || published()
    }
}

/// How a message names a published port: `port 8080`, `ports 9000-9010`, `port ${PORT}`, `container port 80` when Docker
/// picks one of the host.
pub fn named(port: &Port) -> String {
    match host_part(port) {
        None => format!("container port {}", port.target.as_ref().map_or("", |t| t.as_str())),
        Some(range) if range.contains('-') => format!("ports {range}"),
        Some(number) => format!("port {number}"),
    }
}

/// What to write to publish a port on the machine itself only.
pub fn on_loopback(port: &Port) -> String {
    if port.long {
        return "add `host_ip: 127.0.0.1`".to_string();
    }
    let target = port.target.as_ref().map_or("", |t| t.as_str());
    let protocol = port.protocol.as_ref().map_or(String::new(), |p| format!("/{}", p.as_str()));
    format!("write \"127.0.0.1:{}:{target}{protocol}\"", host_part(port).unwrap_or_default())
}

/// The port of the host; a variable that nothing sets by its name.
fn host_part(port: &Port) -> Option<String> {
    let published = port.published.as_ref()?;
    if let Some(variable) = published.vars.unset().next().filter(|_| published.is_empty()) {
        return Some(format!("${{{}}}", variable.name));
    }
    (!published.is_empty()).then(|| published.to_string())
}

fn is_outside(port: &Port) -> bool {
    match port.address() {
        Some(address) => !address.value.is_loopback(),
        None => open_by(port).is_some(),
    }
}

fn open_by(port: &Port) -> Option<OpenBy> {
    if port.mode.as_ref().is_some_and(|m| m.as_str() == "ingress") {
        return None;
    }
    // `${PORT}:80` may also be given as `127.0.0.1:8080`; only a name that speaks of a port is taken for one.
    let number = [&port.published, &port.target].into_iter().flatten();
    let names_port = |name: &str| {
        let name = name.to_ascii_uppercase();
        name.contains("PORT") && !["BIND", "ADDR", "HOST_IP", "LISTEN"].iter().any(|w| name.contains(w))
    };
    if number.clone().any(|n| !n.is_known()) || number.flat_map(|n| n.vars.unset()).any(|v| !names_port(&v.name)) {
        return None;
    }
    let Some(ip) = &port.host_ip else { return Some(OpenBy::NoAddress) };
    if !ip.is_known() {
        return None;
    }
    match ip.vars.unset().next() {
        Some(variable) => ip.is_empty().then(|| OpenBy::Unset(variable.name.clone())),
        None if ip.is_empty() => Some(OpenBy::NoAddress),
        None => port.address().filter(|a| is_unspecified(a.value)).map(|_| OpenBy::AnyAddress),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_interface() {
        for address in ["0.0.0.0", "::", "::0", "::ffff:0.0.0.0"] {
            assert!(is_unspecified(address.parse().unwrap()), "{address}");
        }
        for address in ["127.0.0.1", "::1", "10.0.0.1", "::ffff:127.0.0.1"] {
            assert!(!is_unspecified(address.parse().unwrap()), "{address}");
        }
    }
}
