use crate::lint::prelude::*;
use crate::model::hardening::{self, MadeRoot, MadeRootBy};
use crate::syntax::dockerfile::{Args, Healthcheck};

pub static LINT: Lint = Lint {
    id: "compose-weakens-image",
    summary: "a service takes back what its image does for safety",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(6.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("compose_weakens_image.md"),
    checks: &[Check::Build(build), Check::Service(image_only)],
};

fn build(build: &Build, cx: &mut Cx<'_>) {
    let Some(service) = build.service() else { return };
    if let Some(made) = hardening::made_root(build, &cx.world.sources) {
        root(service, &made, cx);
    }
    unknown_user(build, service, cx);
    healthcheck(build, service, cx);
    mounts(build, service, cx);
}

fn image_only(service: &Service, cx: &mut Cx<'_>) {
    if let Some(made) = hardening::image_made_root(service).filter(|_| service.build().is_none()) {
        root(service, &made, cx);
    }
}

fn root(service: &Service, made: &MadeRoot, cx: &mut Cx<'_>) {
    let name = &service.name;
    let (key, message, help) = match &made.by {
        MadeRootBy::User(user) => ("user", format!("service {name} runs as root, though its image runs as {user}"), "take `user` out".to_string()),
        MadeRootBy::Entrypoint => (
            "entrypoint",
            format!("service {name} runs as root: this entrypoint takes the place of one that steps down to another user"),
            "put it under `command`, which the image's entrypoint starts, or set `user` too".to_string(),
        ),
    };
    let slot = service.get(&[key]);
    let mut report = cx.report(made.span, message).code(key).help(help).at(format!("services.{name}.{key}"));
    if let Some(node) = slot.set() {
        report = report.origin(&node.origin);
    }
    report.file();
}

fn unknown_user(build: &Build, service: &Service, cx: &mut Cx<'_>) {
    let user = service.user();
    let Some(user) = user.set().filter(|u| u.value.is_certain()) else { return };
    let name = user.value.split(':').next().unwrap_or("").trim();
    if !name.is_empty() && hardening::lacks_user(build, name) {
        cx.report(user.value.span(), format!("service {} does not start: its image has no user {name}", service.name))
            .code("unknown-user")
            .help(format!("create {name} in the Dockerfile, or write a number: `user: \"10001\"`"))
            .at(format!("services.{}.user", service.name))
            .label(build.from_span(), "nothing in this stage adds users")
            .origin(&user.origin);
    }
}

/// A service that starts another program than the image does has another health.
fn healthcheck(build: &Build, service: &Service, cx: &mut Cx<'_>) {
    let check = service.healthcheck();
    let Some(disabled) = check.set().filter(|c| c.value.disabled) else { return };
    if service.command_words().is_some() || service.entrypoint_words().is_some() {
        return;
    }
    let Some(at) = build.in_force(Keyword::Healthcheck) else { return };
    if let Args::Healthcheck(Healthcheck::Cmd { .. }) = at.instruction.typed() {
        let span = service.entry(&["healthcheck"]).unwrap_or(disabled.value.span);
        cx.report(span, format!("service {} switches off the health check of its image", service.name))
            .code("healthcheck")
            .score(2.0)
            .label(at.instruction.span, "this check never runs")
            .help("take `healthcheck` out, or give the service a `test` of its own")
            .at(format!("services.{}.healthcheck", service.name))
            .origin(&disabled.origin);
    }
}

/// Development lives from such mounts; in a file for production they replace what was built, tested and scanned.
fn mounts(build: &Build, service: &Service, cx: &mut Cx<'_>) {
    for hidden in hardening::hidden_by_mounts(build, &cx.world.sources) {
        let file = cx.world.sources.get(hidden.mount.file);
        if is_for_production(&file.name) {
            let (source, target) = (&hidden.source, &hidden.target);
            cx.report(hidden.mount, format!("service {} mounts {source} over {target}: what the image has there is never run", service.name))
                .code("mount")
                .label(hidden.copied, "hidden by the mount")
                .help("take the mount out, or keep it in a file for development")
                .at(format!("services.{}.volumes", service.name))
                .evidence(target.as_str());
        }
    }
}

fn is_for_production(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    name.split(['.', '-', '_']).any(|word| matches!(word, "prod" | "production" | "staging" | "live"))
}
