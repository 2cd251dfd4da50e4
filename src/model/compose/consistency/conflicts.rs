//! Things that exclude each other.

use std::collections::HashMap;

use super::super::value::{Map, Node, Resolved, Value};
use super::super::{Resource, Service, problem, quantity};
use super::{Check, key_span, known};
use crate::model::origin::Slot;
use crate::source::Span;
use crate::source::clean_path;
use crate::syntax::SyntaxError;

/// A limit that can be set in two places: both keys, and how its values read.
type Twice = (&'static str, &'static [&'static str], fn(&str) -> Option<f64>);

/// The section on the right counts as a whole: a limit that it lacks reads as 0.
const TWICE: &[Twice] = &[
    ("cpus", &["deploy", "resources", "limits", "cpus"], number),
    ("mem_limit", &["deploy", "resources", "limits", "memory"], size),
    ("mem_reservation", &["deploy", "resources", "reservations", "memory"], size),
    ("pids_limit", &["deploy", "resources", "limits", "pids"], number),
];

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn size(text: &str) -> Option<f64> {
    quantity::bytes(text).map(|b| b as f64)
}

fn conflict(code: &'static str, at: Span, message: String) -> SyntaxError {
    SyntaxError::new(code, at, message)
}

impl Check<'_> {
    pub fn conflicts(&mut self, service: &Service) {
        self.dockerfiles(service);
        self.platforms(service);
        self.network_mode(service);
        self.health_test(service);
        self.limits(service);
        self.scale(service);
        self.watch(service);
        self.targets(service);
        self.ports_and_devices(service);
    }

    fn dockerfiles(&mut self, service: &Service) {
        let Some(build) = service.node.get("build") else { return };
        if let (Some(file), Some(inline)) = (key_span(build, "dockerfile"), key_span(build, "dockerfile_inline")) {
            let error = conflict("exclusive-keys", inline, "`dockerfile_inline` and `dockerfile` exclude each other".into());
            self.tell(service, problem::conflict, error.related(file, "`dockerfile` is here").help("keep one of them"));
        }
    }

    fn platforms(&mut self, service: &Service) {
        let (Some(platform), Some(build)) = (known(service.text(&["platform"])), service.build()) else { return };
        let listed = &build.platforms;
        if listed.items.is_empty() || !listed.complete || listed.iter().any(|p| p.value.as_str() == platform.value.as_str()) {
            return;
        }
        let message = format!("the image is not built for `{}`, the platform of `{}`", platform.value.as_str(), service.name);
        let at = listed.first().map_or(platform.span(), |p| p.span());
        let error = conflict("platform", platform.span(), message).related(at, "it is built for these");
        self.tell(service, problem::conflict, error.help(format!("add `{}` to `build.platforms`", platform.value.as_str())));
    }

    fn network_mode(&mut self, service: &Service) {
        let Slot::Set(mode) = service.network_mode() else { return };
        let networks = service.networks();
        let (Some((name, origin, _)), false) = (networks.first(), mode.value.is_empty()) else { return };
        let at = service.key_of(&["network_mode"]).unwrap_or(mode.span());
        let error = conflict("exclusive-keys", at, "`network_mode` and `networks` exclude each other".into());
        let error = error.related(origin.span, format!("network `{name}` is joined here"));
        self.tell(service, problem::conflict, error.help("keep one of them"));
    }

    fn health_test(&mut self, service: &Service) {
        let Some(Value::Seq(test)) = service.node.get_path(&["healthcheck", "test"]).map(|n| &n.value) else { return };
        let Some(first) = test.first().and_then(Node::resolved).filter(Resolved::is_known) else { return };
        if matches!(first.as_str(), "CMD" | "CMD-SHELL" | "NONE") {
            return;
        }
        let message = format!("the test of a health check cannot start with `{}`", first.as_str());
        let error = SyntaxError::new("healthcheck-test", first.span(), message);
        self.tell(service, problem::value, error.help("start the list with `CMD`, or with `CMD-SHELL` and one string, or with `NONE`"));
    }

    fn limits(&mut self, service: &Service) {
        for (key, path, parse) in TWICE {
            let Some(short) = known(service.text(&[key])) else { continue };
            let Some(value) = parse(&short.value).filter(|v| *v != 0.0) else { continue };
            let section = path.split_last().map_or(&[][..], |(_, parents)| parents);
            let Some(Value::Map(map)) = service.node.get_path(section).map(|n| &n.value) else { continue };
            let long = service.text(path);
            let other = match &long {
                Slot::Set(text) if text.value.is_known() => parse(&text.value),
                Slot::Absent(_) if map.lost.is_none() => Some(0.0),
                _ => None,
            };
            if other.is_none_or(|o| (o - value).abs() < 1e-9 * value.abs().max(1.0)) {
                continue;
            }
            let at = service.key_of(&[key]).unwrap_or(short.span());
            let long_key = path.join(".");
            let error =
                match &long {
                    Slot::Set(text) => conflict("two-values", at, format!("`{key}` and `{long_key}` differ"))
                        .related(text.span(), "the other value")
                        .help("keep one of them"),
                    _ => {
                        let last = path.last().copied().unwrap_or("");
                        conflict("two-values", at, format!("`{key}` is set, but `{long_key}` is not, while other limits are"))
                            .help(format!("move it: write `{last}: {}` below `{}`", short.value.as_str(), section.join(".")))
                    }
                };
            self.tell(service, problem::conflict, error);
        }
    }

    fn scale(&mut self, service: &Service) {
        let count = |path: &[&str]| match service.node.get_path(path).map(|n| (&n.value, n.span())) {
            Some((Value::Int(i), at)) => Some((*i, at)),
            _ => None,
        };
        let (scale, replicas) = (count(&["scale"]), count(&["deploy", "replicas"]));
        if let (Some((a, at)), Some((b, other))) = (scale, replicas)
            && a != b
        {
            let error = conflict("two-values", at, "`scale` and `deploy.replicas` differ".into());
            self.tell(service, problem::conflict, error.related(other, "the other value").help("keep one of them"));
        }
        for (key, value) in [("scale", scale), ("deploy.replicas", replicas)] {
            if let Some((n, at)) = value.filter(|(n, _)| *n < 0) {
                self.tell(
                    service,
                    problem::value,
                    SyntaxError::new("negative", at, format!("`{key}` cannot be {n}")).help("write 0 or more"),
                );
            }
        }
        if let (Some(name), Some((n, at))) = (known(service.text(&["container_name"])), scale.or(replicas))
            && n > 1
        {
            let message = format!("{n} containers cannot all be named `{}`", name.value.as_str());
            let key = service.key_of(&["container_name"]).unwrap_or(name.span());
            let error = conflict("container-name", key, message).related(at, "the number of containers");
            self.tell(service, problem::conflict, error.help("take `container_name` out"));
        }
    }

    fn watch(&mut self, service: &Service) {
        let watches = service.node.get_path(&["develop", "watch"]).and_then(Node::as_seq).unwrap_or(&[]);
        for watch in watches.iter().filter(|w| w.as_map().is_some_and(|m| m.lost.is_none())) {
            let Some(action) = watch.get("action").and_then(Node::as_str) else { continue };
            let needs_target = matches!(action, "sync" | "sync+restart" | "sync+exec");
            if needs_target && watch.get("target").and_then(Node::resolved).is_none_or(|t| t.is_empty() && t.vars.is_empty()) {
                let at = key_span(watch, "action").unwrap_or(watch.span());
                let error = SyntaxError::new("missing-key", at, format!("`{action}` needs a `target`"));
                self.tell(service, problem::schema, error.help("add `target:` with the path in the container"));
            }
        }
    }

    /// One path of the container cannot be two mounts.
    fn targets(&mut self, service: &Service) {
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut errors = Vec::new();
        let mut add = |target: String, at: Span| {
            if let Some(first) = seen.get(&target) {
                let error = conflict("mount-target", at, format!("`{target}` is mounted twice"));
                errors.push(error.related(*first, "the other mount").help("mount one of them somewhere else"));
            } else {
                seen.insert(target, at);
            }
        };
        if let Slot::Set(tmpfs) = service.tmpfs() {
            for item in tmpfs.value.iter().filter(|i| i.value.is_known()) {
                let path = super::before_colon(&item.value);
                add(path.to_string(), path.span());
            }
        }
        for target in service.volumes().into_iter().filter_map(|m| m.target).filter(Resolved::is_known) {
            add(clean_path(&target), target.span());
        }
        for error in errors {
            self.tell(service, problem::conflict, error);
        }
    }

    /// The long syntax needs a target.
    fn ports_and_devices(&mut self, service: &Service) {
        for (section, what, help) in [
            ("ports", "port", "add `target:` with the port of the container"),
            ("devices", "device", "add `target:` with the path in the container"),
        ] {
            for item in service.node.get(section).and_then(Node::as_seq).unwrap_or(&[]) {
                let Value::Map(map) = &item.value else { continue };
                let is_long = map.iter().any(|(_, e)| e.key.span != e.value.span());
                if is_long && map.lost.is_none() && !map.contains("target") {
                    let error = SyntaxError::new("missing-key", item.span(), format!("this {what} has no `target`"));
                    self.tell(service, problem::schema, error.help(help));
                }
            }
        }
    }

    pub fn resources(&mut self) {
        for volume in &self.project.volumes {
            self.external_volume(volume);
        }
        for (what, resources, keys) in [
            ("secret", &self.project.secrets, &["file", "environment"][..]),
            ("config", &self.project.configs, &["file", "environment", "content"][..]),
        ] {
            for resource in resources {
                self.source(what, resource, keys);
            }
        }
    }

    fn external_volume(&mut self, volume: &Resource) {
        if !volume.is_external() {
            return;
        }
        let others = volume.node.as_map().into_iter().flat_map(Map::iter);
        for (key, entry) in others.filter(|(k, e)| !matches!(*k, "name" | "external") && !k.starts_with("x-") && !e.value.is_null()) {
            let message = format!("`{key}` has no place in volume `{}`, which is external", volume.name);
            let error = conflict("external", entry.key.span, message);
            let external = key_span(&volume.node, "external").unwrap_or(volume.key.span);
            self.problems.push(problem::conflict(error.related(external, "external here").help(format!("take `{key}` or `external` out"))));
        }
    }

    /// A secret or config has one source.
    fn source(&mut self, what: &str, resource: &Resource, keys: &[&str]) {
        let Some(map) = resource.node.as_map().filter(|m| m.lost.is_none()) else { return };
        let written: Vec<(&str, Span)> = keys.iter().filter_map(|k| Some((*k, map.entry(k)?.key.span))).collect();
        if let [(first, at), .., (last, other)] = written.as_slice() {
            let message = format!("`{last}` and `{first}` of {what} `{}` exclude each other", resource.name);
            let error = conflict("exclusive-keys", *other, message).related(*at, format!("`{first}` is here"));
            self.problems.push(problem::conflict(error.help("keep one of them")));
        }
        // Compose makes an exception for `driver`, but for configs only, whose schema has no such key.
        let external = map.get("external").is_some_and(|e| e.as_bool() != Some(false));
        if written.is_empty() && !external && self.references {
            let error = SyntaxError::new("no-source", resource.key.span, format!("{what} `{}` has no source", resource.name));
            let ways: Vec<String> = keys.iter().map(|k| format!("`{k}:`")).collect();
            self.problems.push(problem::schema(error.help(format!("add {} or `external: true`", ways.join(", ")))));
        }
    }

    /// Two services that run at the same time cannot share a container's name.
    pub fn container_names(&mut self) {
        let mut seen: HashMap<String, (&str, Span)> = HashMap::new();
        for service in self.project.services.iter().filter(|s| s.enabled) {
            let Some(name) = known(service.text(&["container_name"])) else { continue };
            let at = name.span();
            if let Some((other, first)) = seen.get(name.value.as_str()) {
                let message = format!("`{}` and `{other}` have the same `container_name`", service.name);
                let error = conflict("container-name", at, message).related(*first, format!("`{other}` has it, too"));
                self.problems.push(problem::conflict(error.help("take one of them out, or rename it")));
            } else {
                seen.insert(name.value.to_string(), (&service.name, at));
            }
        }
    }
}
