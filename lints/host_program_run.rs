use crate::lint::prelude::*;
use crate::lint::{LintOption, OptionKind};
use crate::model::build::{RunsAs, is_root, service_user};
use crate::model::compose::Hook;

pub static LINT: Lint = Lint {
    id: "host-program-run",
    summary: "a program of the host, or something as root, runs beside the container",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(6.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[LintOption { key: "allowed-providers", kind: OptionKind::Strings, about: "provider types that are trusted" }],
    page: include_str!("host_program_run.md"),
    checks: &[Check::Service(check)],
};

/// Providers that are Docker's own.
const OF_DOCKER: &[&str] = &["model"];

fn check(service: &Service, cx: &mut Cx<'_>) {
    provider(service, cx);
    for hook in service.hooks() {
        as_root(service, &hook, cx);
    }
}

fn provider(service: &Service, cx: &mut Cx<'_>) {
    let kind = service.text(&["provider", "type"]);
    let Some(kind) = kind.set().filter(|k| k.value.is_certain() && !k.value.is_empty()) else { return };
    let name = kind.value.as_str();
    if OF_DOCKER.contains(&name) || cx.option_list("allowed-providers").contains(&name) {
        return;
    }
    let program = if name.contains('/') { name.to_string() } else { format!("docker-{name} or {name}") };
    cx.report(kind.value.span(), format!("service {} makes Compose run {program} on the host, as whoever starts the project", service.name))
        .help("start the project only where that program is known, and say so under `allowed-providers` in dockvet.toml")
        .at(format!("services.{}.provider", service.name))
        .evidence(name)
        .origin(&kind.origin)
        .file();
}

/// A hook as root in a service that is not. A privileged one is told by `privileged`.
fn as_root(service: &Service, hook: &Hook, cx: &mut Cx<'_>) {
    let privileged = hook.privileged.set().is_some_and(|p| p.value);
    let Some(user) = hook.user.as_ref().filter(|u| u.is_certain() && is_root(u) && !privileged) else { return };
    let of_image = || cx.world.build_of(service).map(Build::runs_as);
    if service_user(service).or_else(of_image) != Some(RunsAs::Other) {
        return;
    }
    cx.report(user.span(), format!("a {} hook of service {} runs as root, though the service does not", hook.kind, service.name))
        // Preparing files is what such hooks are made for.
        .level(Level::Info)
        .score(3.0)
        .help("let the image own the files: `COPY --chown`; where a volume must be prepared, keep the hook to that one command")
        .at(format!("services.{}.{}", service.name, hook.kind))
        .evidence(hook.kind)
        .origin(&hook.origin)
        .file();
}
