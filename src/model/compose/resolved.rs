//! A project as `docker compose config --format json` prints it: canonical, with defaults, without what is switched off.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map as Object, Value as Json, json};

use super::consistency::edges;
use super::mounts::is_path;
use super::path::matches;
use super::service::is_remote_context;
use super::value::{Map, Node, Resolved, Value};
use super::{Env, Project, Service, quantity};
use crate::source::clean_path;

/// How a value is printed.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Form {
    /// Bytes, as a string of digits.
    Size,
    /// A duration as Go prints it.
    Duration,
    /// A number, also when it was written as a string.
    Number,
    /// A string, also when it was written as a number.
    Text,
    /// Words.
    Command,
    /// As `Command`; a string is run by the shell.
    Test,
    /// An absolute path.
    Path,
    /// A mapping whose values are strings; `null` stays.
    Pairs,
    /// A mapping whose values are strings; `null` is the empty string.
    Texts,
    Ports,
    /// A list without empty strings.
    Filled,
    /// With the path where the container sees it.
    Secret,
    Device,
    DeviceCount,
    Mount,
    Mode,
    /// Sorted.
    Hosts,
    /// `true` is left out.
    Required,
    /// `false` stays.
    Flag,
    /// A mapping by name, whose values may be `null`.
    Names,
    /// What resolving leaves nothing of.
    Gone,
}

const FORMS: &[(&str, Form)] = &[
    ("version", Form::Gone),
    ("include", Form::Gone),
    ("services.*.annotations", Form::Texts),
    ("services.*.blkio_config.device_read_bps.[].rate", Form::Size),
    ("services.*.blkio_config.device_read_iops.[].rate", Form::Size),
    ("services.*.blkio_config.device_write_bps.[].rate", Form::Size),
    ("services.*.blkio_config.device_write_iops.[].rate", Form::Size),
    ("services.*.build.additional_contexts", Form::Texts),
    ("services.*.build.args", Form::Pairs),
    ("services.*.build.extra_hosts", Form::Hosts),
    ("services.*.build.labels", Form::Texts),
    ("services.*.build.secrets.[].mode", Form::Mode),
    ("services.*.build.shm_size", Form::Size),
    ("services.*.command", Form::Command),
    ("services.*.configs.[].mode", Form::Mode),
    ("services.*.cpu_count", Form::Number),
    ("services.*.cpu_percent", Form::Number),
    ("services.*.cpu_period", Form::Number),
    ("services.*.cpu_quota", Form::Number),
    ("services.*.cpu_rt_period", Form::Number),
    ("services.*.cpu_rt_runtime", Form::Number),
    ("services.*.cpu_shares", Form::Number),
    ("services.*.cpus", Form::Number),
    ("services.*.deploy.labels", Form::Texts),
    ("services.*.deploy.resources.limits.cpus", Form::Number),
    ("services.*.deploy.resources.limits.memory", Form::Size),
    ("services.*.deploy.resources.limits.pids", Form::Number),
    ("services.*.deploy.resources.reservations.cpus", Form::Number),
    ("services.*.deploy.resources.reservations.devices.[].count", Form::DeviceCount),
    ("services.*.deploy.resources.reservations.memory", Form::Size),
    ("services.*.deploy.restart_policy.delay", Form::Duration),
    ("services.*.deploy.restart_policy.window", Form::Duration),
    ("services.*.deploy.rollback_config.delay", Form::Duration),
    ("services.*.deploy.rollback_config.monitor", Form::Duration),
    ("services.*.deploy.update_config.delay", Form::Duration),
    ("services.*.deploy.update_config.monitor", Form::Duration),
    ("services.*.dns", Form::Filled),
    ("services.*.develop.watch.[].path", Form::Path),
    ("services.*.depends_on.*.required", Form::Flag),
    ("services.*.devices.[]", Form::Device),
    ("services.*.entrypoint", Form::Command),
    ("services.*.env_file.[].path", Form::Path),
    ("services.*.env_file.[].required", Form::Required),
    ("services.*.environment", Form::Pairs),
    ("services.*.expose.[]", Form::Text),
    ("services.*.extra_hosts", Form::Hosts),
    ("services.*.gpus.[].count", Form::DeviceCount),
    ("services.*.group_add.[]", Form::Text),
    ("services.*.healthcheck.interval", Form::Duration),
    ("services.*.healthcheck.start_interval", Form::Duration),
    ("services.*.healthcheck.start_period", Form::Duration),
    ("services.*.healthcheck.test", Form::Test),
    ("services.*.healthcheck.timeout", Form::Duration),
    ("services.*.label_file.[]", Form::Path),
    ("services.*.labels", Form::Texts),
    ("services.*.logging.options", Form::Texts),
    ("services.*.mem_limit", Form::Size),
    ("services.*.mem_reservation", Form::Size),
    ("services.*.mem_swappiness", Form::Size),
    ("services.*.memswap_limit", Form::Size),
    ("services.*.models", Form::Names),
    ("services.*.networks", Form::Names),
    ("services.*.networks.*.driver_opts", Form::Texts),
    ("services.*.oom_score_adj", Form::Number),
    ("services.*.pids_limit", Form::Number),
    ("services.*.ports", Form::Ports),
    ("services.*.post_start.[].command", Form::Command),
    ("services.*.post_start.[].environment", Form::Pairs),
    ("services.*.pre_start.[].command", Form::Command),
    ("services.*.pre_start.[].environment", Form::Pairs),
    ("services.*.pre_stop.[].command", Form::Command),
    ("services.*.pre_stop.[].environment", Form::Pairs),
    ("services.*.secrets.[]", Form::Secret),
    ("services.*.secrets.[].mode", Form::Mode),
    ("services.*.shm_size", Form::Size),
    ("services.*.stop_grace_period", Form::Duration),
    ("services.*.sysctls", Form::Texts),
    ("services.*.volumes.[]", Form::Mount),
    ("services.*.volumes.[].tmpfs.size", Form::Size),
    ("services.*.volumes.[].volume.labels", Form::Texts),
    ("networks.*.driver_opts", Form::Texts),
    ("networks.*.labels", Form::Texts),
    ("volumes.*.driver_opts", Form::Texts),
    ("volumes.*.labels", Form::Texts),
    ("secrets.*.file", Form::Path),
    ("secrets.*.labels", Form::Texts),
    ("configs.*.file", Form::Path),
    ("configs.*.labels", Form::Texts),
];

/// The project as JSON, equal to what `docker compose config --format json` prints, key order aside. Services that no
/// profile switches on are left out, and so is what could not be read.
pub fn resolved(project: &Project) -> Json {
    let printer = Printer { project };
    let mut out = Object::new();
    out.insert("name".into(), json!(project.name));
    let mut services = Object::new();
    let mut default_used = false;
    for service in project.services.iter().filter(|s| s.enabled) {
        let json = printer.service(service);
        default_used |= json.get("networks").is_some_and(|n| n.get("default").is_some());
        services.insert(service.name.clone(), json);
    }
    out.insert("services".into(), Json::Object(services));
    for (section, resources) in [
        ("networks", &project.networks),
        ("volumes", &project.volumes),
        ("secrets", &project.secrets),
        ("configs", &project.configs),
        ("models", &project.models),
    ] {
        let mut all = Object::new();
        for resource in resources {
            let json = printer.node(&resource.node, &[section, &resource.name]).unwrap_or_else(|| json!({}));
            all.insert(resource.name.clone(), named(json, section, &resource.name, project));
        }
        if section == "networks" && default_used && !all.contains_key("default") {
            all.insert("default".into(), named(json!({}), section, "default", project));
        }
        if !all.is_empty() {
            out.insert(section.into(), Json::Object(all));
        }
    }
    for (name, entry) in project.root.as_map().into_iter().flat_map(Map::iter).filter(|(n, _)| n.starts_with("x-")) {
        out.extend(printer.node(&entry.value, &[name]).map(|json| (name.to_owned(), json)));
    }
    Json::Object(out)
}

/// Doubles every `$` of the values, so that Compose reads the project back as it is: what [`resolved`] returns has no
/// variables any more.
pub fn escape_dollars(data: &mut Json) {
    match data {
        Json::String(text) if text.contains('$') => *text = text.replace('$', "$$"),
        Json::Array(items) => items.iter_mut().for_each(escape_dollars),
        Json::Object(map) => map.values_mut().for_each(escape_dollars),
        _ => {}
    }
}

/// A resource is named after the project and its key, unless it says otherwise.
fn named(mut json: Json, section: &str, key: &str, project: &Project) -> Json {
    if let Json::Object(object) = &mut json
        && section != "models"
        && !object.contains_key("name")
    {
        let external = object.get("external") == Some(&Json::Bool(true));
        object.insert("name".into(), if external { json!(key) } else { json!(format!("{}_{key}", project.name)) });
    }
    json
}

struct Printer<'p> {
    project: &'p Project,
}

impl Printer<'_> {
    fn service(&self, service: &Service) -> Json {
        let mut json = self.node(&service.node, &["services", &service.name]).unwrap_or_else(|| json!({}));
        let Json::Object(object) = &mut json else { return json };
        self.environment(service, object);
        labels(service, object);
        self.build(service, object);
        if let Some(ports) = object.get_mut("ports") {
            unique_ports(ports);
        }
        dependencies(service, object);
        let joins = object.get("networks").and_then(Json::as_object).is_some_and(|n| !n.is_empty());
        if !joins && !object.contains_key("network_mode") && !object.contains_key("provider") {
            object.insert("networks".into(), json!({"default": null}));
        }
        if object.get("pull_policy") == Some(&json!("if_not_present")) {
            object.insert("pull_policy".into(), json!("missing"));
        }
        json
    }

    /// Env files are part of what the container gets.
    fn environment(&self, service: &Service, object: &mut Object<String, Json>) {
        let all: Object<String, Json> = service
            .environment()
            .into_iter()
            .map(|v| (v.name.to_string(), json!(v.value.as_ref().map(|r| r.as_str()).or_else(|| self.project.env.get(&v.name)))))
            .collect();
        if all.is_empty() {
            object.remove("environment");
        } else {
            object.insert("environment".into(), Json::Object(all));
        }
    }

    fn build(&self, service: &Service, object: &mut Object<String, Json>) {
        let Some(Json::Object(build)) = object.get_mut("build") else { return };
        let spec = service.build();
        let remote = || spec.as_ref().and_then(|s| s.context.as_ref()).map(ToString::to_string);
        let local = spec.as_ref().and_then(|s| s.context_path.as_deref()).map(shown);
        build.insert("context".into(), json!(local.or_else(remote).unwrap_or_default()));
        if !build.contains_key("dockerfile") && !build.contains_key("dockerfile_inline") {
            build.insert("dockerfile".into(), json!("Dockerfile"));
        }
        let contexts = spec.map(|s| s.additional_contexts.clone()).unwrap_or_default();
        if let Some(Json::Object(out)) = build.get_mut("additional_contexts") {
            for context in contexts {
                if let Some(value) = context.value.filter(|v| !is_remote_context(v) && !v.contains("://")) {
                    out.insert(context.name.to_string(), json!(shown(&self.project.paths.resolve(&value))));
                }
            }
        }
    }

    /// A node; `None` leaves its key out. The recursion is as deep as the tree, whose depth is bounded.
    fn node(&self, node: &Node, path: &[&str]) -> Option<Json> {
        if node.is_broken() {
            return None;
        }
        if let Some((_, form)) = FORMS.iter().find(|(pattern, _)| matches(pattern, path)) {
            return self.form(*form, node, path);
        }
        self.plain(node, path)
    }

    fn plain(&self, node: &Node, path: &[&str]) -> Option<Json> {
        Some(match &node.value {
            Value::Null => return path.iter().any(|p| p.starts_with("x-")).then_some(Json::Null),
            Value::Broken => return None,
            Value::Bool(b) => json!(b),
            Value::Int(i) => json!(i),
            Value::Float(f) => number(*f),
            Value::Str(text) => json!(text.as_str()),
            Value::Seq(items) => items.iter().filter_map(|i| self.node(i, &[path, &["[]"]].concat())).collect(),
            Value::Map(map) => Json::Object(self.object(map, path)),
        })
    }

    fn object(&self, map: &Map, path: &[&str]) -> Object<String, Json> {
        let free = path.iter().any(|p| p.starts_with("x-"));
        let print = |(name, entry): (&str, &super::Entry)| {
            if name.starts_with(' ') {
                return None;
            }
            let json = self.node(&entry.value, &[path, &[name]].concat())?;
            let keep = free || !is_zero(&json) || json == Json::Bool(false) && name == "required";
            keep.then(|| (name.to_owned(), json))
        };
        map.iter().filter_map(print).collect()
    }

    fn form(&self, form: Form, node: &Node, path: &[&str]) -> Option<Json> {
        let text = node.resolved();
        if let Some(text) = text.as_ref().filter(|t| self.project.raw && !t.is_known() && form != Form::Gone) {
            return Some(match form {
                Form::Ports | Form::Pairs | Form::Texts | Form::Hosts | Form::Names | Form::Filled => return None,
                _ => json!(text.as_str()),
            });
        }
        Some(match form {
            Form::Gone => return None,
            Form::Size => json!(quantity::bytes(&text?).filter(|b| *b != 0)?.to_string()),
            Form::Duration => json!(go_duration(quantity::duration(&text?)?)),
            Form::Number => number(text?.parse().ok()?),
            Form::Text => json!(text?.as_str()),
            Form::Path => json!(shown(&self.project.paths.resolve(&text?.text))),
            Form::Filled => {
                let items = node.as_seq()?.iter().filter_map(Node::resolved).filter(|r| !r.is_empty());
                let items: Vec<Json> = items.map(|r| json!(r.as_str())).collect();
                (!items.is_empty()).then_some(Json::Array(items))?
            }
            Form::Secret => {
                let mut json = self.plain(node, path)?;
                if json.get("target").is_none()
                    && let Some(source) = node.get("source").and_then(Node::resolved)
                {
                    put(&mut json, "target", json!(format!("/run/secrets/{}", source.as_str())));
                }
                json
            }
            Form::Flag => json!(node.as_bool()?),
            Form::Required => json!(node.as_bool().filter(|required| !required)?),
            Form::Command => words(node)?,
            Form::Test => match &text {
                Some(line) => json!(["CMD-SHELL", line.as_str()]),
                None => words(node)?,
            },
            Form::Pairs | Form::Texts => pairs(node.as_map()?, form, &self.project.env),
            Form::Ports => node.as_seq()?.iter().flat_map(|n| self.ports(n)).collect(),
            Form::Device => self.device(node)?,
            Form::DeviceCount => match text?.as_str() {
                "all" => json!(-1),
                count => json!(count.parse::<i64>().ok()?),
            },
            Form::Mode => match &node.value {
                Value::Str(octal) => json!(format!("{:#o}", i64::from_str_radix(octal, 8).ok()?).replacen("0o", "0", 1)),
                Value::Int(i) => json!(format!("{i:#o}").replacen("0o", "0", 1)),
                _ => return None,
            },
            Form::Mount => self.mount(node, path)?,
            Form::Hosts => {
                let mut hosts: Vec<String> = node.as_seq()?.iter().filter_map(|n| n.resolved().map(|r| r.to_string())).collect();
                hosts.sort();
                json!(hosts)
            }
            Form::Names => {
                let names = node.as_map()?.iter().filter(|(_, e)| !e.value.is_broken());
                let print = |(name, e): (&str, &super::Entry)| {
                    let json = if e.value.is_null() { Some(Json::Null) } else { self.node(&e.value, &[path, &[name]].concat()) };
                    (name.to_owned(), json.unwrap_or(Json::Null))
                };
                Json::Object(names.map(print).collect())
            }
        })
    }

    fn ports(&self, node: &Node) -> Vec<Json> {
        let unknown = |n: &Node| n.vars.is_unknown();
        if self.project.raw && (unknown(node) || node.as_map().is_some_and(|m| m.iter().any(|(_, e)| unknown(&e.value)))) {
            return self.plain(node, &["services", "", "ports", "[]"]).into_iter().collect();
        }
        ports(node)
    }

    fn device(&self, node: &Node) -> Option<Json> {
        let part = |key: &str| node.get(key).and_then(Node::resolved).map(|r| r.to_string());
        let source = part("source")?;
        let target = part("target").unwrap_or_else(|| source.clone());
        let permissions = part("permissions").unwrap_or_else(|| "rwm".into());
        Some(json!({"source": source, "target": target, "permissions": permissions}))
    }

    fn mount(&self, node: &Node, path: &[&str]) -> Option<Json> {
        let Json::Object(mut out) = self.plain(node, path)? else { return None };
        let text = |key: &str| node.get(key).and_then(Node::resolved);
        if let Some(target) = text("target") {
            out.insert("target".into(), json!(clean_path(&target)));
        }
        let kind = text("type").map(|t| t.to_string());
        if let Some(source) = text("source")
            && (kind.as_deref() == Some("bind") || kind.as_deref() == Some("volume") && is_path(&source) && !source.contains(':'))
        {
            out.insert("source".into(), json!(shown(&self.project.paths.resolve(&source))));
        }
        for key in ["bind", "volume", "tmpfs"] {
            if node.get(key).is_some_and(|n| n.as_map().is_some()) && !out.contains_key(key) {
                out.insert(key.into(), json!({}));
            }
        }
        if let Some(Json::Object(bind)) = out.get_mut("bind") {
            // The default, which Compose does not print.
            if bind.get("create_host_path") == Some(&json!(true)) {
                bind.remove("create_host_path");
            }
        }
        Some(Json::Object(out))
    }
}

/// Label files are part of the labels.
fn labels(service: &Service, object: &mut Object<String, Json>) {
    let all: Object<String, Json> =
        service.labels().into_iter().map(|l| (l.name.to_string(), json!(l.value.as_ref().map_or("", |v| v.as_str())))).collect();
    if !all.is_empty() {
        object.insert("labels".into(), Json::Object(all));
    }
}

/// A name alone takes the value of the environment, if that has one.
fn pairs(map: &Map, form: Form, env: &Env) -> Json {
    let print = |(name, entry): (&str, &super::Entry)| {
        let json = match entry.value.resolved() {
            Some(text) => json!(text.as_str()),
            None if entry.value.is_broken() => return None,
            None if form == Form::Texts => json!(""),
            None => json!(env.get(name)),
        };
        Some((name.to_owned(), json))
    };
    Json::Object(map.iter().filter_map(print).collect())
}

/// Links and shared namespaces are dependencies, too.
fn dependencies(service: &Service, object: &mut Object<String, Json>) {
    let mut all = object.remove("depends_on").and_then(|d| d.as_object().cloned()).unwrap_or_default();
    for dependency in all.values_mut().filter_map(Json::as_object_mut) {
        dependency.entry("required").or_insert(json!(true));
    }
    for edge in edges(service) {
        if !all.contains_key(edge.target.as_str()) {
            let mut implied = json!({"condition": "service_started", "required": true});
            if edge.key != "volumes_from" {
                put(&mut implied, "restart", json!(true));
            }
            all.insert(edge.target.to_string(), implied);
        }
    }
    if !all.is_empty() {
        object.insert("depends_on".into(), Json::Object(all));
    }
}

/// What Go leaves out as empty.
fn is_zero(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(false) => true,
        Json::String(s) => s.is_empty(),
        Json::Number(n) => n.as_f64() == Some(0.0),
        Json::Object(o) => o.is_empty(),
        Json::Array(_) | Json::Bool(true) => false,
    }
}

fn number(f: f64) -> Json {
    // A number without a fraction is printed without one.
    if f.fract() == 0.0 && f.abs() < 9e15 { json!(f as i64) } else { json!(f) }
}

fn words(node: &Node) -> Option<Json> {
    match &node.value {
        Value::Seq(items) => Some(items.iter().filter_map(|n| n.resolved().map(|r| json!(r.as_str()))).collect()),
        Value::Null => None,
        _ => Some(quantity::words(&node.resolved()?)?.words.iter().map(|w| json!(w.as_str())).collect()),
    }
}

fn put(object: &mut Json, key: &str, value: Json) {
    if let Json::Object(object) = object {
        object.insert(key.to_owned(), value);
    }
}

/// A published range is as many ports.
fn ports(node: &Node) -> Vec<Json> {
    let Some(port) = super::Port::read(node) else { return Vec::new() };
    let text = |r: &Option<Resolved>| r.as_ref().filter(|r| !r.is_empty()).map(|r| r.to_string());
    let Some(targets) = port.target_range() else { return Vec::new() };
    let published = port.published_range().filter(|p| !port.long && targets.extra() != 0 && p.extra() == targets.extra());
    let mut out = Vec::new();
    for offset in 0..=targets.extra() {
        let mut one = json!({
            "mode": text(&port.mode).unwrap_or_else(|| "ingress".into()),
            "target": targets.first + offset,
            "protocol": if port.long { text(&port.protocol).unwrap_or_else(|| "tcp".into()) } else { port.protocol_name() },
        });
        if let Some(published) = published.map(|p| (p.first + offset).to_string()).or_else(|| text(&port.published)) {
            put(&mut one, "published", json!(published));
        }
        if let Some(ip) = text(&port.host_ip) {
            put(&mut one, "host_ip", json!(ip.trim_start_matches('[').trim_end_matches(']')));
        }
        for key in ["name", "app_protocol"] {
            if let Some(value) = node.get(key).and_then(Node::resolved) {
                put(&mut one, key, json!(value.as_str()));
            }
        }
        out.push(one);
    }
    out
}

/// Ranges may overlap: what is equal is there once.
fn unique_ports(ports: &mut Json) {
    let Json::Array(items) = ports else { return };
    let mut seen = std::collections::HashSet::new();
    items.retain(|p| seen.insert(p.to_string()));
}

fn shown(path: &Path) -> String {
    PathBuf::from(path).to_string_lossy().into_owned()
}

/// `1h2m3.5s`, `1.5ms`: as Go prints durations.
fn go_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return "0s".into();
    }
    if nanos < 1_000_000_000 {
        let (unit, size) = match nanos {
            0..1_000 => ("ns", 1.0),
            1_000..1_000_000 => ("µs", 1e3),
            _ => ("ms", 1e6),
        };
        return format!("{}{unit}", nanos as f64 / size);
    }
    let total = duration.as_secs();
    let (hours, minutes) = (total / 3600, total / 60 % 60);
    let seconds = (total % 60) as f64 + f64::from(duration.subsec_nanos()) / 1e9;
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_go_prints_them() {
        for (millis, want) in [(0, "0s"), (5_000, "5s"), (90_000, "1m30s"), (3_600_000, "1h0m0s"), (1_500, "1.5s"), (20, "20ms")] {
            assert_eq!(go_duration(Duration::from_millis(millis)), want);
        }
    }
}
