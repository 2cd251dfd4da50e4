use std::collections::HashMap;

use crate::lint::prelude::*;
use crate::model::SWARM_ONLY;
use crate::model::compose::{FileRef, Node, Port, Resource};
use crate::model::layers::{Layer, Layers, Written};
use crate::model::origin::{How, Origin};
use crate::syntax::yaml::{Kind, NodeId};

pub static LINT: Lint = Lint {
    id: "override-has-no-effect",
    summary: "a line that changes nothing, or something else than it reads",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("override_has_no_effect.md"),
    checks: &[Check::Project(project), Check::Service(service), Check::Yaml(items)],
};

fn project(project: &Project, cx: &mut Cx<'_>) {
    let layers = Layers::of(project, &cx.world.sources);
    let layers: Vec<Layer<'_>> = layers.iter().collect();
    let mut extending = Extending::new();
    for (at, layer) in layers.iter().enumerate() {
        let earlier = layers.get(..at).unwrap_or(&[]);
        for (name, written) in layer.services() {
            let Some(service) = project.service(name) else { continue };
            let mut cx = cx.inside(service);
            if at > 0 {
                empty(service, written, &mut cx);
                hardening(project, service, written, &extending, &mut cx);
            }
            dependencies(service, written, *layer, earlier, &mut cx);
        }
        for (name, written) in layer.services() {
            if let Some((base, span)) = written.extends() {
                extending.entry(base).or_default().push((name, span));
            }
        }
    }
    for service in &project.services {
        ports(service, &layers, &mut cx.inside(service));
    }
    swarm(project, cx);
    files(project, cx);
}

/// `ports: []` and `cap_add:` keep what is there.
fn empty(service: &Service, written: Written<'_>, cx: &mut Cx<'_>) {
    for (key, entry) in written.entries() {
        if matches!(key, "command" | "entrypoint") || !entry.is_empty() || is_commented_out(entry, cx) {
            continue;
        }
        let Some(kept) = service.node.as_map().and_then(|m| m.entry(key)).filter(|e| has_content(&e.value)) else { continue };
        let value = entry.yaml.node(entry.value);
        let source = cx.world.sources.get(value.span.file);
        let shown = if value.is_absent() { "null" } else { source.slice(value.span).trim() };
        let message = format!("service {} keeps its {key}: an empty value in an override changes nothing", service.name);
        let edit = if value.is_absent() {
            cx.tag_value(entry.key_span(), "!reset null")
        } else {
            Some((value.span.at_start(), "!reset ".to_string()))
        };
        let mut report = cx
            .report(entry.span(), message)
            .code("empty")
            .label(kept.key.span, "still in force")
            .help(format!("{key}: !reset {shown}"))
            .at(format!("services.{}.{key}", service.name))
            .evidence(key);
        if let Some(edit) = edit {
            report = report.fix(Safety::Unsafe, "add !reset", vec![edit]);
        }
        report.file();
    }
}

fn has_content(node: &Node) -> bool {
    match node.as_seq() {
        Some(items) => !items.is_empty(),
        None => node.as_map().map_or(node.resolved().is_some(), |m| !m.is_empty()),
    }
}

/// A key whose entries were turned into comments.
fn is_commented_out(entry: Written<'_>, cx: &Cx<'_>) -> bool {
    let source = cx.world.sources.get(entry.key_span().file);
    let rest = source.text.get(entry.key_span().end as usize..).unwrap_or("");
    let below = rest.lines().skip(1).find(|l| !l.trim().is_empty());
    entry.yaml.node(entry.value).is_absent() && below.is_some_and(|l| l.trim_start().starts_with('#'))
}

/// Keys that harden a service.
const HARDENING: &[&str] = &["cap_drop", "security_opt", "read_only", "user", "mem_limit", "pids_limit", "cpus"];

/// The services of earlier layers that extend one of their own file, by its name, and where they say so.
type Extending<'l> = HashMap<&'l str, Vec<(&'l str, Span)>>;

/// `extends` is resolved within a file before the next one is laid over it.
fn hardening(project: &Project, service: &Service, written: Written<'_>, extending: &Extending<'_>, cx: &mut Cx<'_>) {
    for (key, entry) in written.entries().filter(|(k, _)| HARDENING.contains(k)) {
        let Some(own) = service.node.get(key).filter(|n| has_content(n) && n.as_bool() != Some(false)) else { continue };
        for (name, at) in extending.get(service.name.as_str()).into_iter().flatten() {
            let Some(child) = project.service(name) else { continue };
            let is_same = child.node.get(key).is_some_and(|n| n.value == own.value) || holds(child, key, entry.key_span());
            if is_same || child.node.as_map().is_none_or(|m| m.lost.is_some()) {
                continue;
            }
            let message = format!("service {name} does not get this {key}: it extends {} as it was before the override", service.name);
            cx.report(entry.span(), message)
                .code("extends")
                .label(*at, "extended here")
                .help(format!("write it where {} is defined first, or for {name} too", service.name))
                .evidence(format!("{name} {key}"))
                .file();
        }
    }
}

/// Whether anything in the value of a key comes from the file of `at`.
fn holds(service: &Service, key: &str, at: Span) -> bool {
    let Some(node) = service.node.get(key) else { return false };
    let here = |n: &Node| n.span().file == at.file;
    here(node) || node.as_seq().is_some_and(|items| items.iter().any(here))
}

/// A list of dependencies lays `service_started` over whatever was asked for.
fn dependencies(service: &Service, written: Written<'_>, layer: Layer<'_>, earlier: &[Layer<'_>], cx: &mut Cx<'_>) {
    let Some(list) = written.get("depends_on") else { return };
    let extended = written.extends().and_then(|(base, _)| layer.service(base));
    let before: Vec<Written<'_>> = earlier.iter().rev().filter_map(|l| l.service(&service.name)).chain(extended).collect();
    for item in written.yaml.items(list.value) {
        let Some(name) = written.yaml.text(*item) else { continue };
        let at = written.yaml.node(*item).span;
        let condition = before.iter().find_map(|w| w.get("depends_on")?.get(name)?.get("condition"));
        let Some((condition, text)) = condition.and_then(|c| Some((c, c.text()?))) else { continue };
        let waits = match text {
            "service_healthy" => "is healthy",
            "service_completed_successfully" => "has finished",
            _ => continue,
        };
        let effective = service.depends_on().into_iter().find(|d| d.service == name.as_str()).and_then(|d| d.condition);
        if effective.is_none_or(|c| c.as_str() != "service_started") {
            continue;
        }
        cx.report(at, format!("service {} no longer waits until {} {waits}: a list means started only", service.name, name.as_str()))
            .code("condition")
            .label(condition.span(), "lost")
            .help(format!("depends_on: {{{}: {{condition: {text}}}}}", name.as_str()))
            .evidence(name.as_str())
            .file();
    }
}

fn is_laid_over(origin: &Origin) -> bool {
    origin.hops().iter().any(|h| h.how == How::Override)
}

/// A binding in an override stands beside the one in the base.
fn ports(service: &Service, layers: &[Layer<'_>], cx: &mut Cx<'_>) {
    let (over, base): (Vec<Port>, Vec<Port>) = service.ports().into_iter().partition(|p| is_laid_over(&p.origin));
    for port in &over {
        let Some((old, effect)) = base.iter().find_map(|b| Some((b, added(service, b, port)?))) else { continue };
        let written = layers.iter().rfind(|l| l.file() == port.span.file).and_then(|l| l.service(&service.name)?.get("ports"));
        let covers = |b: &Port| over.iter().any(|o| o.target_range().is_some() && o.target_range() == b.target_range());
        let list = written.filter(|w| w.yaml.node(w.value).tag.is_none() && base.iter().all(covers));
        let edit = list.and_then(|w| cx.tag_value(w.key_span(), "!override"));
        let mut report = cx
            .report(port.span, format!("{effect}: an override adds to ports and replaces none"))
            .code("ports")
            .label(old.span, "still published")
            .help("write `ports: !override` and all the ports that are to stay")
            .evidence(port.published.as_ref().map_or("", |p| p.as_str()).to_string());
        if let Some(edit) = edit {
            report = report.fix(Safety::Unsafe, "add !override", vec![edit]);
        }
        report.file();
    }
}

/// What comes of a binding that was meant to take the place of an earlier one; `None` when both make sense.
fn added(service: &Service, old: &Port, new: &Port) -> Option<String> {
    let is_known = |p: &Port| p.host_ip.as_ref().is_none_or(|ip| ip.is_known() && (ip.vars.is_empty() || !ip.is_empty()));
    if old.protocol_name() != new.protocol_name() || !is_known(old) || !is_known(new) {
        return None;
    }
    let (was, is) = (old.published_range()?, new.published_range()?);
    let is_open = |p: &Port| p.address().is_none_or(|a| a.value.is_unspecified());
    let name = &service.name;
    if was.first <= is.last && is.first <= was.last {
        let same = old.address().map(|a| a.value) == new.address().map(|a| a.value);
        return match (is_open(old), is_open(new)) {
            (true, false) => Some(format!("service {name} stays published on every interface")),
            (false, false) if !same => None,
            _ => Some(format!("service {name} publishes {} twice", was.first.max(is.first))),
        };
    }
    let is_loopback = new.address().is_some_and(|a| a.value.is_loopback());
    let same_target = old.target_range().is_some() && old.target_range() == new.target_range();
    (is_loopback && is_open(old) && same_target).then(|| format!("service {name} stays published on every interface"))
}

fn service(service: &Service, cx: &mut Cx<'_>) {
    let mode = service.network_mode();
    let Some(mode) = mode.set().filter(|m| m.value.as_str() == "host") else { return };
    let Some(first) = service.ports().into_iter().next() else { return };
    let is_inherited = |o: &Origin| o.hops().iter().any(|h| matches!(h.how, How::Extends | How::Override | How::Include));
    if first.origin.span.file == mode.origin.span.file && is_inherited(&first.origin) == is_inherited(&mode.origin) {
        return;
    }
    let message = format!("service {} publishes no port: it uses the network of the host, where `ports` does nothing", service.name);
    cx.report(first.span, message)
        .code("host-network")
        .label(mode.span(), "the network of the host")
        .help("ports: !reset []")
        .evidence("ports")
        .file();
}

/// `!reset` does not reach into lists.
fn items(yaml: &Yaml, cx: &mut Cx<'_>) {
    for (_, node) in yaml.nodes() {
        let Kind::Seq { items, .. } = &node.kind else { continue };
        for item in items {
            tagged_item(yaml, *item, cx);
        }
    }
}

fn tagged_item(yaml: &Yaml, item: NodeId, cx: &mut Cx<'_>) {
    let Some(tag) = yaml.node(item).tag.as_ref().filter(|t| matches!(t.name.as_str(), "!reset" | "!override")) else { return };
    cx.report(tag.span, format!("`{}` does nothing before an item of a list", tag.name))
        .code("item")
        .help("put `!override` before the whole list and write the items that are to stay")
        .file();
}

/// What only a swarm reads, in a project that no swarm can run.
fn swarm(project: &Project, cx: &mut Cx<'_>) {
    if !project.cannot_be_stack() {
        return;
    }
    for service in &project.services {
        let Some(deploy) = service.node.get("deploy").and_then(Node::as_map) else { continue };
        for key in SWARM_ONLY {
            let Some(entry) = deploy.entry(key).filter(|e| has_content(&e.value)) else { continue };
            let help = if *key == "labels" { "move them to `labels` of the service" } else { "take it out; Compose passes over it" };
            cx.inside(service)
                .report(entry.key.span, format!("`{key}` does nothing for service {}: only a swarm reads it", service.name))
                .code("swarm")
                .help(help)
                .origin(&entry.key)
                .evidence(*key)
                .file();
        }
    }
}

/// Compose mounts a secret or config that is a file as that file.
fn files(project: &Project, cx: &mut Cx<'_>) {
    if project.looks_like_stack() {
        return;
    }
    for service in &project.services {
        for (what, refs, resources) in [("secret", service.secrets(), &project.secrets), ("config", service.configs(), &project.configs)] {
            for reference in refs {
                ownership(service, what, &reference, resources, &mut cx.inside(service));
            }
        }
    }
}

fn ownership(service: &Service, what: &str, reference: &FileRef, resources: &[Resource], cx: &mut Cx<'_>) {
    let Some(name) = reference.source.as_ref().filter(|s| s.is_known()) else { return };
    let is_file = |r: &&Resource| r.name == name.as_str() && r.node.get("file").is_some() && !r.is_external();
    let Some(resource) = resources.iter().find(is_file) else { return };
    let map = reference.node.as_map();
    let keys: Vec<(&str, Span)> =
        ["uid", "gid", "mode"].iter().filter_map(|k| Some((*k, map?.entry(k)?.key.span.to(map?.entry(k)?.value.span())))).collect();
    let Some((_, at)) = keys.first() else { return };
    let names: Vec<&str> = keys.iter().map(|(k, _)| *k).collect();
    let verb = if names.len() == 1 { "does" } else { "do" };
    let message = format!("{} of {what} {} {verb} nothing in service {}: Compose mounts the file as it is", names.join(" and "), name.as_str(), service.name);
    cx.report(*at, message)
        .code("file")
        .label(resource.key.span, "it is a file of the host")
        .help("change the owner and mode of the file itself, or take the value from `environment`")
        .evidence(name.as_str())
        .file();
}
