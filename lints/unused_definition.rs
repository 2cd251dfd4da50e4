use std::collections::BTreeSet;

use crate::lint::prelude::*;
use crate::model::compose::{MountKind, Resolved, Resource};
use crate::syntax::yaml::{Kind, NodeId};

pub static LINT: Lint = Lint {
    id: "unused-definition",
    summary: "a volume, network, secret, config or anchor that no service uses",
    group: Group::Correctness,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("unused_definition.md"),
    checks: &[Check::Project(project), Check::Yaml(anchors)],
};

/// Names that are used; `None` when one of them is not known.
type Names = Option<BTreeSet<String>>;

fn project(project: &Project, cx: &mut Cx<'_>) {
    let is_complete = |s: &Service| s.node.as_map().is_some_and(|m| m.lost.is_none());
    if project.fragment || !project.unread.is_empty() || !project.services.iter().all(is_complete) || project.services.is_empty() {
        return;
    }
    // Other projects of the folder may be laid over this one by hand.
    let beside: Vec<&Project> = cx.world.projects.iter().filter(|p| p.directory == project.directory).map(|p| &**p).collect();
    let services: Vec<&Service> = beside.iter().flat_map(|p| &p.services).collect();
    for (kind, resources, names) in [
        ("volume", &project.volumes, volumes(&services)),
        ("network", &project.networks, networks(&services)),
        ("secret", &project.secrets, files(&services, "secrets")),
        ("config", &project.configs, files(&services, "configs")),
    ] {
        let Some(names) = names else { continue };
        for resource in resources.iter().filter(|r| !names.contains(&r.name)) {
            unused(kind, resource, resources.len(), cx);
        }
    }
}

fn unused(kind: &'static str, resource: &Resource, count: usize, cx: &mut Cx<'_>) {
    let key = &resource.key;
    let is_here = !key.is_shared() && !resource.node.origin.is_shared() && resource.node.span().file == key.span.file;
    let entry = key.span.to(resource.node.span());
    // A section without entries is an error in Compose.
    let edit = if is_here && count > 1 { cx.cut_entry(entry) } else { None };
    let mut report = cx
        .report(key.span, format!("no service uses {kind} {}", resource.name))
        .help(format!("take it out, or name it in the `{kind}s` of a service"))
        .at(format!("{kind}s.{}", resource.name))
        .origin(key);
    if let Some(edit) = edit {
        report = report.fix(Safety::Unsafe, format!("remove {kind} {}", resource.name), vec![edit]);
    }
    report.file();
}

fn known(names: impl Iterator<Item = Resolved>) -> Names {
    let mut out = BTreeSet::new();
    for name in names {
        if name.vars.needs_environment() {
            return None;
        }
        out.insert(name.to_string());
    }
    Some(out)
}

fn volumes(services: &[&Service]) -> Names {
    let mounts = services.iter().flat_map(|s| s.volumes());
    known(mounts.filter(|m| m.kind != MountKind::Bind || m.source.as_ref().is_some_and(|s| s.vars.needs_environment())).filter_map(|m| m.source))
}

fn networks(services: &[&Service]) -> Names {
    // `default` is joined by every service that names no network.
    let mut names = BTreeSet::from(["default".to_string()]);
    for service in services {
        names.extend(service.networks().into_iter().map(|(name, ..)| name.to_string()));
        names.extend(service.network_mode().set().map(|m| m.value.to_string()));
        names.extend(service.build().and_then(|b| b.network.as_ref()).map(|n| n.to_string()));
    }
    Some(names)
}

fn files(services: &[&Service], key: &str) -> Names {
    let of = |s: &&Service| if key == "secrets" { s.secrets() } else { s.configs() };
    let built = services.iter().filter(|_| key == "secrets").filter_map(|s| s.build()).flat_map(|b| b.secrets.clone());
    known(services.iter().flat_map(of).chain(built).filter_map(|r| r.source))
}

/// A top-level `x-` block that is there for its anchors, none of which is used.
fn anchors(yaml: &Yaml, cx: &mut Cx<'_>) {
    if !yaml.broken.is_empty() {
        return;
    }
    let used: BTreeSet<NodeId> = yaml.nodes().filter_map(|(_, n)| if let Kind::Alias { target, .. } = &n.kind { *target } else { None }).collect();
    for document in &yaml.documents {
        for entry in yaml.entries(*document) {
            let Some(name) = yaml.text(entry.key).filter(|t| t.starts_with("x-")) else { continue };
            let block = yaml.node(entry.value).full_span();
            let anchored: Vec<NodeId> = yaml.nodes().filter(|(_, n)| n.anchor.is_some() && block.contains(n.span)).map(|(id, _)| id).collect();
            if anchored.is_empty() || anchored.iter().any(|id| used.contains(id)) {
                continue;
            }
            let key = yaml.node(entry.key).span;
            let has_aliases = yaml.nodes().any(|(_, n)| matches!(n.kind, Kind::Alias { .. }) && block.contains(n.span));
            let edit = cx.cut_entry(key.to(block)).filter(|_| yaml.entries(*document).len() > 1 && !has_aliases);
            let mut report = cx.report(key, format!("nothing in this file uses the anchor of {}", name.as_str())).help("take the block out, or write `*name` where it is meant to go").at(name.as_str());
            if let Some(edit) = edit {
                report = report.fix(Safety::Unsafe, format!("remove {}", name.as_str()), vec![edit]);
            }
            report.file();
        }
    }
}
