use std::collections::BTreeSet;

use crate::lint::prelude::*;
use crate::model::compose::{Mount, MountKind, Port, Resolved};
use crate::model::env_names;
use crate::model::image::ImageRef;

pub static LINT: Lint = Lint {
    id: "undefined-interpolation",
    summary: "a variable that nothing sets leaves a hole that changes the meaning of the value",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("undefined_interpolation.md"),
    checks: &[Check::Project(check)],
};

/// A value with a hole, and what comes of it.
struct Hole {
    vars: Vec<(String, Span)>,
    effect: String,
    path: String,
}

fn check(project: &Project, cx: &mut Cx<'_>) {
    // A part of something else gets its variables from there.
    if project.fragment {
        return;
    }
    let holes = holes(project);
    if holes.is_empty() {
        return;
    }
    let elsewhere = env_names::elsewhere(project, &cx.world.sources);
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (at, hole) in holes.iter().enumerate() {
        let new: Vec<&(String, Span)> = hole.vars.iter().filter(|(n, _)| !elsewhere.sets(n) && !told.contains(n)).collect();
        let Some((name, span)) = new.first() else { continue };
        let names: BTreeSet<&str> = new.iter().map(|(n, _)| n.as_str()).collect();
        told.extend(names.iter().map(|n| (*n).to_string()));
        let names: Vec<&str> = names.into_iter().collect();
        let help = format!("write `${{{name}:?set {name}}}` to stop without it, or `${{{name}:-..}}` with a default, or set it in `.env`");
        let mut report = cx.report(*span, format!("nothing sets {}: {}", names.join(" and "), hole.effect)).help(help);
        for other in holes.iter().skip(at + 1) {
            for (_, span) in other.vars.iter().filter(|(n, s)| names.contains(&n.as_str()) && s != span) {
                report = report.label(*span, other.effect.as_str());
            }
        }
        report.at(hole.path.as_str()).evidence(names.join(" ")).file();
    }
}

fn holes(project: &Project) -> Vec<Hole> {
    let mut out = Vec::new();
    for service in &project.services {
        let mut add = |value: &Resolved, key: &str, effect: Option<String>| {
            let vars: Vec<_> = value.vars.unset().map(|u| (u.name.clone(), u.span)).collect();
            if let Some(effect) = effect.filter(|_| !vars.is_empty()) {
                out.push(Hole { vars, effect, path: format!("services.{}.{key}", service.name) });
            }
        };
        for port in service.ports() {
            for (part, effect) in holes_of_port(service, &port) {
                add(&part, "ports", Some(effect));
            }
        }
        for mount in service.volumes() {
            if let Some(source) = &mount.source {
                add(source, "volumes", effect_of_source(service, &mount, source));
            }
            if let Some(target) = mount.target.as_ref().filter(|t| !t.is_empty()) {
                add(target, "volumes", Some(format!("service {} gets this mount at {}", service.name, target.as_str())));
            }
        }
        if let Slot::Set(image) = service.image() {
            add(&image.value, "image", effect_of_image(service, &image.value));
        }
        if let Slot::Set(user) = service.user() {
            add(&user.value, "user", Some(effect_of_user(service, &user.value)));
        }
        for (key, what) in [("context", "build context"), ("dockerfile", "Dockerfile")] {
            if let Slot::Set(path) = service.text(&["build", key]) {
                add(&path.value, "build", Some(effect_of_path(&format!("the {what} of service {}", service.name), &path.value)));
            }
        }
        if let Slot::Set(path) = service.text(&["working_dir"]) {
            add(&path.value, "working_dir", Some(effect_of_path(&format!("the working_dir of service {}", service.name), &path.value)));
        }
        for device in service.devices() {
            add(&device.source, "devices", Some(effect_of_path(&format!("a device of service {}", service.name), &device.source)));
        }
    }
    for (kind, resources, key) in
        [("secret", &project.secrets, "file"), ("config", &project.configs, "file"), ("volume", &project.volumes, "device")]
    {
        for resource in resources {
            let value = if key == "device" {
                resource.node.get_path(&["driver_opts", "device"]).and_then(|n| n.resolved())
            } else {
                resource.text(key)
            };
            let Some(value) = value else { continue };
            let vars: Vec<_> = value.vars.unset().map(|u| (u.name.clone(), u.span)).collect();
            if !vars.is_empty() {
                let effect = effect_of_path(&format!("the {key} of {kind} {}", resource.name), &value);
                out.push(Hole { vars, effect, path: format!("{kind}s.{}", resource.name) });
            }
        }
    }
    out
}

fn holes_of_port(service: &Service, port: &Port) -> Vec<(Resolved, String)> {
    let name = &service.name;
    let target = port.target.as_ref().map_or("", |t| t.as_str());
    let mut out = Vec::new();
    if let Some(ip) = port.host_ip.as_ref().filter(|ip| ip.is_empty()) {
        let published = port.published.as_ref().filter(|p| !p.is_empty()).map_or(target, |p| p.as_str());
        out.push((ip.clone(), format!("service {name} publishes {published} on every interface")));
    }
    if let Some(published) = port.published.as_ref().filter(|p| p.is_empty()) {
        out.push((published.clone(), format!("service {name} publishes {target} as a port that Docker chooses anew each time")));
    }
    out
}

fn effect_of_source(service: &Service, mount: &Mount, source: &Resolved) -> Option<String> {
    let name = &service.name;
    match (&mount.kind, source.as_str()) {
        (MountKind::Bind, "") => Some(format!("service {name} mounts the project's own folder")),
        (MountKind::Bind, path) => Some(format!("service {name} mounts {path} of the host")),
        _ => None,
    }
}

/// A registry or a suffix may well be empty; a tag may not, nor what leaves no image at all.
fn effect_of_image(service: &Service, image: &Resolved) -> Option<String> {
    let shown = image.as_str();
    if image.is_empty() {
        return None;
    }
    let broken = ImageRef::parse(&image.text).is_err();
    let tag = shown.rsplit('/').next().and_then(|last| last.find(':')).map(|colon| shown.rfind('/').map_or(0, |s| s + 1) + colon);
    let in_tag = tag.is_some_and(|at| image.slice(at + 1..image.len()).vars.unset().next().is_some());
    (broken || in_tag).then(|| format!("the image of service {} is `{shown}`", service.name))
}

fn effect_of_user(service: &Service, user: &Resolved) -> String {
    let name = &service.name;
    match user.as_str() {
        "" => format!("service {name} runs as the user of its image"),
        text if text.starts_with(':') => format!("service {name} runs as root, because its user is `{text}`"),
        text => format!("service {name} runs as `{text}`"),
    }
}

fn effect_of_path(what: &str, path: &Resolved) -> String {
    if path.is_empty() { format!("{what} is empty") } else { format!("{what} is {}", path.as_str()) }
}
