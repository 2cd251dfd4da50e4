use crate::lint::prelude::*;
use crate::model::compose::Resolved;
use crate::model::host_path::{self, Channel};
use crate::model::isolation::capability_name;

pub static LINT: Lint = Lint {
    id: "dangerous-capability",
    summary: "the container gets a capability that reaches the host",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(8.0),
    cis: &["5.4"],
    aliases: &[
        "compose-lint:CL-0024",
        "compose-lint:CL-0011",
        "compose-lint:CL-0028",
        "compose-lint:CL-0029",
        "compose-lint:CL-0030",
        "compose-lint:CL-0027",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("dangerous_capability.md"),
    checks: &[Check::Project(project)],
};

/// A capability, how bad it is, and what who gets into the container can do with it.
struct Dangerous {
    name: &'static str,
    level: Level,
    score: f32,
    allows: &'static str,
}

const fn error(name: &'static str, score: f32, allows: &'static str) -> Dangerous {
    Dangerous { name, level: Level::Error, score, allows }
}

const fn warning(name: &'static str, score: f32, allows: &'static str) -> Dangerous {
    Dangerous { name, level: Level::Warning, score, allows }
}

/// Source: capabilities(7).
const DANGEROUS: &[Dangerous] = &[
    error("ALL", 9.0, "has all of root's power over the host"),
    error("SYS_ADMIN", 9.0, "mounts file systems and climbs out to the host"),
    error("SYS_MODULE", 9.0, "loads code into the host's kernel"),
    error("SYS_RAWIO", 8.8, "reads and writes the host's memory and disks"),
    error("BPF", 8.0, "loads programs into the host's kernel"),
    error("SYS_BOOT", 8.0, "replaces the kernel that the host starts next"),
    error("NET_ADMIN", 7.0, "changes addresses, routes and firewall rules of its network"),
    warning("SYS_PTRACE", 5.5, "reads and changes every process that it sees"),
    warning("DAC_READ_SEARCH", 5.5, "reads every file that it can reach, whatever its permissions"),
    warning("PERFMON", 5.5, "watches the host's kernel and every process"),
    warning("SYSLOG", 5.5, "reads the host's kernel log and addresses"),
    warning("AUDIT_CONTROL", 6.0, "is one step, `pid: host`, from changing the host's audit rules"),
    warning("MAC_ADMIN", 6.0, "changes the host's AppArmor or SELinux rules"),
    warning("MAC_OVERRIDE", 6.0, "is not held by the host's Smack rules"),
    warning("SYS_TIME", 5.0, "sets the host's clock"),
    warning("SYS_NICE", 4.5, "takes the processors away from others on the host"),
    warning("IPC_LOCK", 4.0, "locks the host's memory away from others"),
    warning("LEASE", 4.0, "blocks others from opening files"),
];

fn project(project: &Project, cx: &mut Cx<'_>) {
    // A privileged container has every capability, whatever it adds.
    for service in project.services.iter().filter(|s| !s.is_privileged() && !s.has_no_linux_container()) {
        let added = service.cap_add();
        for item in added.set().map_or(&[][..], |list| &list.value.items) {
            let name = capability_name(&item.value);
            // Who has all of them has this one too.
            let is_told = name != "ALL" && service.adds_capability("ALL").is_some();
            if let Some(dangerous) = DANGEROUS.iter().find(|d| item.value.is_certain() && d.name == name && !is_told) {
                say(project, service, item, dangerous, &mut cx.inside(service));
            }
        }
    }
}

fn say(project: &Project, service: &Service, item: &Sourced<Resolved>, dangerous: &Dangerous, cx: &mut Cx<'_>) {
    let (name, service_name) = (dangerous.name, &service.name);
    let (mut score, mut level, mut other) = (dangerous.score, dangerous.level, None);
    let gets = if name == "ALL" { "every capability".to_string() } else { name.to_string() };
    let mut message = format!("service {service_name} gets {gets}: who gets into it {}", dangerous.allows);
    if let Some((with, span, allows)) = together(project, service, name) {
        message = format!("service {service_name} gets {gets} {with}: who gets into it {allows}");
        (score, level, other) = (9.0, Level::Error, Some(span));
    }
    let mut report = cx
        .report(item.value.span(), message)
        .level(level)
        .score(score)
        .help(help(name))
        .at(format!("services.{service_name}.cap_add"))
        .evidence(name)
        .origin(&item.origin);
    if let Some(span) = other {
        report = report.label(span, "together with this");
    }
    report.file();
}

/// What makes more of a capability than it is alone: how to name it, where it stands, what the two allow together.
fn together(project: &Project, service: &Service, name: &str) -> Option<(&'static str, Span, &'static str)> {
    let host = |key: &str| service.shares_with_host(key).map(|v| v.value.span());
    match name {
        "SYS_PTRACE" => Some(("and sees the host's processes", host("pid")?, "runs code in any process of the host, as root")),
        "NET_ADMIN" => Some(("on the host's network", host("network_mode")?, "changes the host's addresses, routes and firewall")),
        "DAC_READ_SEARCH" => {
            let bind = host_path::of_service(project, service).into_iter().find(|p| p.channel == Channel::Mount && p.certain)?;
            Some(("and a folder of the host", bind.span, "reads every file on that disk of the host, outside the folder too"))
        }
        _ => None,
    }
}

fn help(name: &str) -> &'static str {
    match name {
        "ALL" => "name the few that it needs, as `cap_add: [NET_BIND_SERVICE]`",
        "NET_ADMIN" => "needed by VPNs and firewalls only: keep their service small and apart from the others",
        "SYS_PTRACE" => "add it only while debugging, in an override file",
        _ => "take it out; when the program fails, look for a device or a mount that gives less",
    }
}
