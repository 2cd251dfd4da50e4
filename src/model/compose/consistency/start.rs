//! Contradictions that Compose finds only when it starts the project, or never. Told as warnings: the project loads.

use super::super::value::{Map, Node};
use super::super::{Problem, Project, Resource, Service, problem};
use super::{Check, key_span, known};
use crate::model::origin::{How, Origin, Slot};
use crate::syntax::SyntaxError;

/// Finds a resource by its name.
type Find = for<'p> fn(&'p Project, &str) -> Option<&'p Resource>;

impl Check<'_> {
    pub fn start(&mut self, service: &Service) {
        self.read_only(service);
        self.host_network(service);
        self.named_network(service);
        self.disabled_health(service);
        self.never_healthy(service);
        self.mac_addresses(service);
        self.interface_names(service);
    }

    fn warn(&mut self, kind: fn(SyntaxError) -> Problem, error: SyntaxError) {
        self.problems.push(kind(error.warning()));
    }

    /// Compose copies a secret or config that is no file into the container before it starts.
    fn read_only(&mut self, service: &Service) {
        let read_only = service.read_only();
        let Some(on) = read_only.set().filter(|r| r.value) else { return };
        let project = self.project;
        for (what, refs, find, keys) in [
            ("secret", service.secrets(), Project::secret as Find, &["environment"][..]),
            ("config", service.configs(), Project::config, &["environment", "content"][..]),
        ] {
            for source in refs.iter().filter_map(|r| r.source.as_ref()).filter(|s| s.is_known()) {
                let Some(resource) = find(project, source) else { continue };
                let Some((key, at)) = keys.iter().find_map(|k| Some((k, key_span(&resource.node, k)?))) else { continue };
                let message = format!("{what} `{}` cannot be put into `{}`, whose file system is read-only", source.as_str(), service.name);
                let error = SyntaxError::new("read-only", source.span(), message)
                    .related(on.span(), "read-only here")
                    .related(at, format!("the {what} comes from `{key}`, not from a file"))
                    .help(format!("take the {what} from `file:`, or mount the file yourself"));
                self.warn(problem::conflict, error);
            }
        }
    }

    /// `ports` does nothing on the network of the host. When another file brought one of the two, it is the override
    /// that has no effect.
    fn host_network(&mut self, service: &Service) {
        let mode = service.network_mode();
        let Some(mode) = mode.set().filter(|m| m.value.as_str() == "host" && m.value.is_certain()) else { return };
        let Some(first) = service.ports().into_iter().next() else { return };
        if first.origin.span.file != mode.origin.span.file || is_laid(&first.origin) != is_laid(&mode.origin) {
            return;
        }
        let at = service.key_of(&["ports"]).unwrap_or(first.span);
        let message = format!("`ports` of `{}` does nothing: it uses the network of the host", service.name);
        let error = SyntaxError::new("host-network", at, message).related(mode.span(), "the network of the host");
        self.warn(problem::conflict, error.help("take `ports` out, or take `network_mode` out and publish them"));
    }

    /// The engine knows a network of the project by another name.
    fn named_network(&mut self, service: &Service) {
        let Some(mode) = known(service.network_mode()) else { return };
        let name = mode.value.as_str();
        let Some(network) = self.project.network(name) else { return };
        if matches!(name, "host" | "none" | "bridge" | "default")
            || network.text("name").is_some_and(|n| n.as_str() == name)
            || network.is_external()
        {
            return;
        }
        let message = format!("`network_mode` does not know network `{name}` of this project by that name");
        let error = SyntaxError::new("network-mode", mode.span(), message).related(network.key.span, "the network");
        self.warn(problem::value, error.help(format!("write `networks: [{name}]` in its place")));
    }

    fn disabled_health(&mut self, service: &Service) {
        let Some(map) = service.node.get("healthcheck").and_then(Node::as_map) else { return };
        let (Some(off), Some(test)) = (map.entry("disable"), map.entry("test")) else { return };
        let same_place = off.value.span().file == test.value.span().file && is_laid(&off.value.origin) == is_laid(&test.value.origin);
        let is_none = test.value.as_seq().and_then(|t| t.first()?.resolved()).is_some_and(|w| w.as_str() == "NONE");
        if off.value.as_bool() != Some(true) || test.value.is_null() || !same_place || is_none {
            return;
        }
        let message = format!("the health check of `{}` is disabled, so its `test` never runs", service.name);
        let error = SyntaxError::new("disabled-healthcheck", test.key.span, message).related(off.key.span, "disabled here");
        self.warn(problem::conflict, error.help("keep one of them"));
    }

    fn never_healthy(&mut self, service: &Service) {
        for dependency in service.depends_on() {
            let Some(condition) = dependency.condition.filter(|c| c.as_str() == "service_healthy") else { continue };
            let Some(target) = self.project.service(&dependency.service) else { continue };
            let health = target.healthcheck();
            let Some(health) = health.set().filter(|h| h.value.disabled) else { continue };
            let message = format!("`{}` waits until `{}` is healthy, whose health check is disabled", service.name, target.name);
            let at = if condition.span().is_empty() { dependency.span } else { condition.span() };
            let error = SyntaxError::new("disabled-healthcheck", at, message).related(health.span(), "disabled here");
            self.warn(problem::conflict, error.help("give it a health check, or write `condition: service_started`"));
        }
    }

    /// Where several networks are joined, their priority decides which address counts: only one network is judged.
    fn mac_addresses(&mut self, service: &Service) {
        let networks = service.networks();
        let (Some(own), [(name, _, node)]) = (known(service.text(&["mac_address"])), networks.as_slice()) else { return };
        let Some(other) = node.get("mac_address").and_then(Node::resolved).filter(|o| o.is_certain() && !o.is_empty()) else { return };
        if own.value.is_certain() && !own.value.eq_ignore_ascii_case(&other) {
            let message = format!("`mac_address` of `{}` and that on network `{name}` differ", service.name);
            let error = SyntaxError::new("two-values", own.span(), message).related(other.span(), "the other address");
            self.warn(problem::conflict, error.help("keep the one on the network"));
        }
    }

    /// Both name the interface; Compose passes over `interface_name`.
    fn interface_names(&mut self, service: &Service) {
        for (name, _, node) in service.networks() {
            let option = node.get("driver_opts").and_then(Node::as_map).and_then(|m| m.entry("com.docker.network.endpoint.ifname"));
            if let (Some(at), Some(option)) = (key_span(node, "interface_name"), option) {
                let message =
                    format!("`interface_name` of `{}` on network `{name}` does nothing beside the option of the driver", service.name);
                let error = SyntaxError::new("exclusive-keys", at, message).related(option.key.span, "this one counts");
                self.warn(problem::conflict, error.help("keep one of them"));
            }
        }
    }

    /// What only a swarm provides. A project in which an image is built under no name cannot be for one.
    pub fn swarm_only(&mut self) {
        if !self.project.services.iter().any(|s| s.enabled && is_built_nameless(s)) {
            return;
        }
        let project: &Project = self.project;
        for service in project.services.iter().filter(|s| s.enabled) {
            for (what, refs, find) in
                [("secret", service.secrets(), Project::secret as Find), ("config", service.configs(), Project::config)]
            {
                for source in refs.iter().filter_map(|r| r.source.as_ref()).filter(|s| s.is_known()) {
                    let used = find(project, source);
                    let Some(key) = used.filter(|r| r.is_external()).and_then(|r| key_span(&r.node, "external")) else { continue };
                    let message = format!("{what} `{}` is external, and only a swarm has such", source.as_str());
                    let error = SyntaxError::new("swarm-only", source.span(), message).related(key, "external here");
                    self.warn(problem::reference, error.help("take it from `file:` or `environment:`"));
                }
            }
        }
        for (what, resource) in resources_of(project) {
            for key in ["driver", "template_driver"] {
                if let Some(at) = key_span(&resource.node, key) {
                    let message = format!("`{key}` of {what} `{}` is refused by Compose: only a swarm has such", resource.name);
                    self.warn(problem::value, SyntaxError::new("swarm-only", at, message).help(format!("take `{key}` out")));
                }
            }
        }
    }
}

fn resources_of(project: &Project) -> impl Iterator<Item = (&'static str, &Resource)> {
    project.secrets.iter().map(|s| ("secret", s)).chain(project.configs.iter().map(|c| ("config", c)))
}

/// A service that has a build, and no name for what is built.
fn is_built_nameless(service: &Service) -> bool {
    let complete = service.node.as_map().is_some_and(|m: &Map| m.lost.is_none());
    complete && matches!(service.image(), Slot::Absent(_)) && service.node.get("build").is_some_and(|b| b.as_map().is_some())
}

/// Whether an override, an include or `extends` brought it.
fn is_laid(origin: &Origin) -> bool {
    origin.hops().iter().any(|h| matches!(h.how, How::Extends | How::Override | How::Include))
}
