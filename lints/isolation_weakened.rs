use crate::lint::prelude::*;
use crate::model::compose::{Limit, Resolved};
use crate::model::origin::Origin;

pub static LINT: Lint = Lint {
    id: "isolation-weakened",
    summary: "a setting takes a piece out of the wall around the container",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &["5.25", "5.31"],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("isolation_weakened.md"),
    checks: &[Check::Project(project)],
};

/// Settings of the kernel that each container has for itself, apart from the network's. Source: runc, which refuses all others.
const OWN_SYSCTLS: &[&str] = &["kernel.domainname", "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"];

/// Groups that the host gives power to, and which.
const GROUPS: &[(&str, &str)] = &[
    ("0", "the group of root"),
    ("root", "the group of root"),
    ("docker", "the group that controls the engine"),
    ("disk", "the group that reads and writes disks"),
    ("shadow", "the group that reads the passwords' hashes"),
];

fn project(project: &Project, cx: &mut Cx<'_>) {
    for service in project.services.iter().filter(|s| !s.has_no_linux_container()) {
        let cx = &mut cx.inside(service);
        neighbours(project, service, cx);
        memory(service, cx);
        groups(service, cx);
        options(service, cx);
        sysctls(service, cx);
        parent(service, cx);
        gateway(service, cx);
    }
}

/// One finding about the key of a service.
fn say<'c>(service: &Service, key: &str, at: Span, message: String, origin: &Origin, cx: &'c mut Cx<'_>) -> crate::lint::Report<'c> {
    cx.report(at, message).at(format!("services.{}.{key}", service.name)).evidence(key).origin(origin)
}

/// Namespaces of containers that are not part of the project, or that anybody may join.
fn neighbours(project: &Project, service: &Service, cx: &mut Cx<'_>) {
    let name = &service.name;
    for (key, what) in [("network_mode", "is on the network"), ("pid", "sees the processes"), ("ipc", "shares the memory")] {
        let mode = service.text(&[key]);
        let Some(mode) = mode.set().filter(|m| m.value.is_certain()) else { continue };
        let Some(other) = mode.value.strip_prefix("container:") else { continue };
        let is_own = |s: &Service| s.name == other || s.text(&["container_name"]).set().is_some_and(|n| n.value.as_str() == other);
        if !project.services.iter().any(is_own) {
            let at = service.entry(&[key]).unwrap_or(mode.span());
            let message = format!("service {name} {what} of container {other}, which this project does not know");
            say(service, key, at, message, &mode.origin, cx).help(format!("put both into one project and write `{key}: service:NAME`")).file();
        }
    }
    let ipc = service.text(&["ipc"]);
    let joined = format!("service:{name}");
    let is_joined = || project.services.iter().any(|s| s.text(&["ipc"]).set().is_some_and(|m| m.value.as_str() == joined));
    if let Some(mode) = ipc.set().filter(|m| m.value.is_certain() && m.value.as_str() == "shareable" && !is_joined()) {
        let at = service.entry(&["ipc"]).unwrap_or(mode.span());
        let message = format!("service {name} lets every other container share its memory, and none of the project does");
        say(service, "ipc", at, message, &mode.origin, cx).help("take it out").file();
    }
}

/// The kernel picks somebody else when memory runs out.
fn memory(service: &Service, cx: &mut Cx<'_>) {
    let is_limited = |limit: &Slot<Limit>| match limit {
        Slot::Set(limit) => limit.value.value.is_none_or(|n| n > 0.0),
        Slot::Absent(_) => false,
        Slot::Broken(_) => true,
    };
    if is_limited(&service.memory_limit()) {
        return;
    }
    let help = "add `mem_limit: 512m`, or take it out";
    let disabled = service.bool(&["oom_kill_disable"]);
    if let Some(on) = disabled.set().filter(|d| d.value) {
        let at = service.entry(&["oom_kill_disable"]).unwrap_or(on.span());
        let message = format!("service {} is never stopped when memory runs out and has no limit: the host stands still instead", service.name);
        say(service, "oom_kill_disable", at, message, &on.origin, cx).help(help).file();
    }
    let score = service.text(&["oom_score_adj"]);
    if let Some(score) = score.set().filter(|s| s.value.is_certain() && s.value.parse::<i64>().is_ok_and(|n| n < 0)) {
        let at = service.entry(&["oom_score_adj"]).unwrap_or(score.span());
        let message = format!("service {} has no memory limit and is stopped after others: the host's own programs go first", service.name);
        say(service, "oom_score_adj", at, message, &score.origin, cx).help(help).file();
    }
}

fn groups(service: &Service, cx: &mut Cx<'_>) {
    let list = service.list(&["group_add"]);
    for item in list.set().map_or(&[][..], |l| &l.value.items) {
        let known = GROUPS.iter().find(|(name, _)| item.value.is_certain() && *name == item.value.as_str());
        if let Some((name, what)) = known {
            let message = format!("service {} joins {what}, whatever user it runs as", service.name);
            say(service, "group_add", item.value.span(), message, &item.origin, cx)
                .evidence(format!("group_add {name}"))
                .help("take it out, or make a group of its own for the files that it needs")
                .file();
        }
    }
}

fn options(service: &Service, cx: &mut Cx<'_>) {
    if service.is_privileged() {
        return;
    }
    for option in service.security_options() {
        let (what, help) = if option.is("label", "type:spc_t") {
            ("runs as what SELinux calls a super privileged container, and is not held by it", "take it out, or write a policy for what it needs")
        } else if option.name.as_str() == "writable-cgroups" && option.value.is_some() && option.switch() == Some(true) {
            ("may change its control groups, and so its own limits", "take it out")
        } else {
            continue;
        };
        say(service, "security_opt", option.item.value.span(), format!("service {} {what}", service.name), &option.item.origin, cx)
            .evidence(option.name.as_str())
            .help(help)
            .file();
    }
}

/// Settings that are the host's and not the container's.
fn sysctls(service: &Service, cx: &mut Cx<'_>) {
    let on_host_network = service.shares_with_host("network_mode").is_some();
    for setting in service.pairs(&["sysctls"]) {
        let name = setting.name.as_str();
        let of_host = name.starts_with("kernel.") && !OWN_SYSCTLS.contains(&name) || on_host_network && name.starts_with("net.");
        if of_host {
            let message = format!("service {} asks for {name}, a setting of the whole host: Docker does not start it, other engines may", service.name);
            say(service, "sysctls", setting.name.span(), message, &setting.origin, cx)
                .evidence(name)
                .help("take it out, and set it on the host in /etc/sysctl.d where it is wanted")
                .file();
        }
    }
}

fn parent(service: &Service, cx: &mut Cx<'_>) {
    let parent = service.text(&["cgroup_parent"]);
    if let Some(parent) = parent.set().filter(|p: &&Sourced<Resolved>| p.value.is_certain() && !p.value.is_empty()) {
        let at = service.entry(&["cgroup_parent"]).unwrap_or(parent.span());
        let message = format!("service {} runs below the control group {}: the limits of Docker's own do not hold it", service.name, parent.value.as_str());
        say(service, "cgroup_parent", at, message, &parent.origin, cx).help("take it out, and limit the service itself: `mem_limit`, `cpus`").file();
    }
}

/// A way to the host's own services next to a port that is open to everybody. Common on laptops, so it is told softly.
fn gateway(service: &Service, cx: &mut Cx<'_>) {
    if !cx.strict() || service.open_ports().is_empty() {
        return;
    }
    let hosts = service.list(&["extra_hosts"]);
    for host in hosts.set().map_or(&[][..], |l| &l.value.items) {
        if host.value.is_certain() && host.value.ends_with("host-gateway") {
            let message = format!("service {} is published and reaches what listens on the host", service.name);
            say(service, "extra_hosts", host.value.span(), message, &host.origin, cx)
                .level(Level::Info)
                .score(2.0)
                .help("take `host-gateway` out where it is published, or bind the port to 127.0.0.1")
                .file();
        }
    }
}
