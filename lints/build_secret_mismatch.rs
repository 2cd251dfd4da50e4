use std::collections::BTreeSet;

use crate::lint::prelude::*;
use crate::model::build_inputs::Mounted;
use crate::model::compose::FileRef;
use crate::syntax::dockerfile::{MountKind, nearest};

pub static LINT: Lint = Lint {
    id: "build-secret-mismatch",
    summary: "a build secret that is mounted and not given, or given and not mounted",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("build_secret_mismatch.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let Some(service) = build.service().filter(|_| !build.takes_more()) else { return };
    let Some(spec) = service.build() else { return };
    let secrets = build.mounted(MountKind::Secret);
    let ids: Option<Vec<String>> = spec.secrets.iter().map(name_of).collect();
    if let Some(given) = &ids {
        missing(service, "secret", &secrets, given, cx);
    }
    let agents = build.mounted(MountKind::Ssh);
    let given: Vec<String> = spec.ssh.iter().map(|s| s.name.to_string()).collect();
    missing(service, "ssh", &agents, &given, cx);
    for (secret, id) in spec.secrets.iter().zip(ids.unwrap_or_default()) {
        // BuildKit itself reads these when it fetches from Git or over HTTP.
        let is_builders = id.starts_with("GIT_AUTH_") || id.starts_with("HTTP_AUTH_");
        if !is_builders && !mounts(&secrets, &id) && !mounted_elsewhere(secret.span, &id, cx) {
            unused(service, secret.span, &secret.origin, &id, &secrets, cx);
        }
    }
}

/// The name that RUN knows the secret by. BuildKit gets the target when there is one.
fn name_of(secret: &FileRef) -> Option<String> {
    let name = secret.target.as_ref().or(secret.source.as_ref())?;
    name.is_certain().then(|| name.to_string())
}

fn mounts(mounted: &[Mounted], id: &str) -> bool {
    mounted.iter().any(|m| m.id.as_deref().is_none_or(|m| m == id))
}

/// Secrets that several services share by an anchor or `extends` are meant for some of them.
fn mounted_elsewhere(span: Span, id: &str, cx: &Cx<'_>) -> bool {
    let shares = |b: &&Build| b.service().and_then(Service::build).is_some_and(|b| b.secrets.iter().any(|s| s.span == span));
    cx.world.builds.iter().filter(shares).any(|b| mounts(&b.mounted(MountKind::Secret), id))
}

fn missing(service: &Service, kind: &'static str, mounted: &[Mounted], given: &[String], cx: &mut Cx<'_>) {
    let name = &service.name;
    for mount in mounted.iter().filter(|m| m.required) {
        let Some(id) = mount.id.as_ref().filter(|id| !given.contains(id)) else { continue };
        let (key, what) = if kind == "ssh" { ("ssh", "SSH agent") } else { ("secrets", "secret") };
        cx.report(mount.span, format!("the build of service {name} fails here: it gives no {what} {id}"))
            .label(service.key, "built here")
            .help(format!("add `{id}` to `build.{key}` of the service"))
            .at(format!("services.{name}.build.{key}.{id}"))
            .evidence(id.as_str());
    }
}

fn unused(service: &Service, span: Span, origin: &crate::model::origin::Origin, id: &str, mounted: &[Mounted], cx: &mut Cx<'_>) {
    let given: BTreeSet<&str> = mounted.iter().filter_map(|m| m.id.as_deref()).collect();
    let near = nearest(id, given.iter().copied());
    let help = match near {
        Some(near) => format!("the steps of this build mount `{near}`: use one name"),
        None => format!("mount it where it is needed, `RUN --mount=type=secret,id={id} ..`, or take it out"),
    };
    let mut report = cx
        .report(span, format!("no step of the build of service {} mounts secret {id}", service.name))
        .help(help)
        .at(format!("services.{}.build.secrets.{id}", service.name))
        .evidence(id)
        .origin(origin);
    if let Some(mount) = mounted.iter().find(|m| m.id.as_deref() == near && near.is_some()) {
        report = report.label(mount.span, "this name is near");
    }
    report.file();
}
