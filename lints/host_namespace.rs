use crate::lint::prelude::*;
use crate::model::build::{RunsAs, image_runs_as};
use crate::model::compose::Resource;

pub static LINT: Lint = Lint {
    id: "host-namespace",
    summary: "the container shares a namespace with the host",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.8),
    cis: &["5.10", "5.16", "5.17", "5.21", "5.31"],
    aliases: &[
        "compose-lint:CL-0008",
        "compose-lint:CL-0010",
        "kics:Host Namespace is Shared",
        "kics:Shared Host Network Namespace",
        "kics:Shared Host IPC Namespace",
        "kics:Shared Host User Namespace",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("host_namespace.md"),
    checks: &[Check::Project(project), Check::Instruction(&[Keyword::Run], run)],
};

/// A key that may say `host`.
struct Namespace {
    key: &'static str,
    level: Level,
    score: f32,
    shares: &'static str,
    help: &'static str,
}

const NAMESPACES: &[Namespace] = &[
    Namespace {
        key: "network_mode",
        level: Level::Error,
        score: 7.8,
        shares: "is on the host's network: it reaches what listens on localhost only, and every port it opens is open on the host",
        help: "take it out and publish what is needed: `ports: [\"127.0.0.1:8080:8080\"]`",
    },
    Namespace {
        key: "pid",
        level: Level::Error,
        score: 7.8,
        shares: "sees the host's processes: it can stop them and read their environment",
        help: "take it out; to see one other container, write `pid: service:NAME`",
    },
    Namespace {
        key: "ipc",
        level: Level::Error,
        score: 7.8,
        shares: "shares memory with the host's programs: it can read and change it",
        help: "take it out; for more shared memory write `shm_size: 1g`",
    },
    Namespace {
        key: "uts",
        level: Level::Warning,
        score: 4.0,
        shares: "shares the host's name: with SYS_ADMIN it can change it",
        help: "take it out; to give the container a name write `hostname: NAME`",
    },
    Namespace {
        key: "userns_mode",
        level: Level::Warning,
        score: 5.0,
        shares: "is left out of the engine's user namespace: its root is the host's root",
        help: "take it out",
    },
    Namespace {
        key: "cgroup",
        level: Level::Warning,
        score: 4.5,
        shares: "sees the control groups of the whole host",
        help: "take it out, or write `cgroup: private`",
    },
];

const NO_HOST_BUILD: &str = "take it out: a build reaches the internet without it, and a local server by the name `host.docker.internal`";

fn project(project: &Project, cx: &mut Cx<'_>) {
    for of_project in project.services.iter().filter(|s| s.provider().is_none()) {
        service(of_project, &mut cx.inside(of_project));
        network(project, of_project, cx);
    }
}

/// The host's network by its name: `networks: {outside: {name: host, external: true}}`.
fn network(project: &Project, service: &Service, cx: &mut Cx<'_>) {
    let is_host = |r: &Resource| r.is_external() && r.text("name").map_or(r.name == "host", |n| n.is_certain() && n.as_str() == "host");
    for (name, key, _) in service.networks() {
        if project.networks.iter().any(|r| r.name == name && is_host(r)) {
            cx.report(key.span, format!("service {} is on the host's network, by the name {name}: it reaches what listens on localhost only", service.name))
                .help("let it join a network of the project")
                .at(format!("services.{}.networks.{name}", service.name))
                .evidence("networks")
                .origin(key);
        }
    }
}

fn service(service: &Service, cx: &mut Cx<'_>) {
    let name = &service.name;
    for namespace in NAMESPACES {
        let Some(mode) = service.shares_with_host(namespace.key) else { continue };
        let (mut message, mut score, mut with) = (format!("service {name} {}", namespace.shares), namespace.score, None);
        if let Some((span, shares)) = together(service, namespace.key, cx) {
            (message, score, with) = (format!("service {name} {shares}"), 9.0, Some(span));
        }
        let at = service.entry(&[namespace.key]).unwrap_or(mode.span());
        let mut report = cx
            .report(at, message)
            .level(namespace.level)
            .score(score)
            .help(namespace.help)
            .at(format!("services.{name}.{}", namespace.key))
            .evidence(namespace.key)
            .origin(&mode.origin);
        if let Some(span) = with {
            report = report.label(span, "together with this");
        }
        report.file();
    }
    let build_network = service.build().and_then(|b| b.network.as_ref());
    if let Some(network) = build_network.filter(|n| n.is_certain() && n.as_str() == "host") {
        let at = service.entry(&["build", "network"]).unwrap_or(network.span());
        cx.report(at, format!("the build of service {name} is on the build host's network: its steps reach what listens on localhost"))
            .level(Level::Warning)
            .score(5.0)
            .help(NO_HOST_BUILD)
            .at(format!("services.{name}.build.network"))
            .evidence("build");
    }
}

/// What makes more of a shared namespace than it is alone, and what the two allow together.
fn together(service: &Service, key: &str, cx: &Cx<'_>) -> Option<(Span, &'static str)> {
    match key {
        "pid" => {
            let capability = ["SYS_PTRACE", "SYS_ADMIN", "ALL"].iter().find_map(|c| service.adds_capability(c))?;
            Some((capability.value.span(), "sees the host's processes and may change them: who gets into it runs code in any of them, as root"))
        }
        "network_mode" if !service.is_privileged() && service.keeps_capability("NET_RAW") => {
            let runs_as = cx.world.build_of(service).map_or_else(|| image_runs_as(service), Build::runs_as);
            let RunsAs::Root(decision) = runs_as else { return None };
            Some((decision.span, "is on the host's network as root with NET_RAW: who gets into it listens in on the host's traffic and reaches what listens on localhost only"))
        }
        _ => None,
    }
}

fn run(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    for flag in at.instruction.flags_named("network").filter(|f| f.value.as_deref() == Some("host")) {
        cx.report(flag.span, "this RUN is on the build host's network: it reaches what listens on localhost")
            .level(Level::Warning)
            .score(5.0)
            .help(NO_HOST_BUILD);
    }
}
