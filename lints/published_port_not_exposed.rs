use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "published-port-not-exposed",
    summary: "a published port is none of those that the image exposes",
    group: Group::Correctness,
    level: Level::Info,
    default: false,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("published_port_not_exposed.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let Some(service) = build.service() else { return };
    let Some(exposed) = build.exposed().filter(|e| !e.is_empty()) else { return };
    for published in service.ports() {
        let (Some(ports), Some(target)) = (published.target_range(), &published.target) else { continue };
        let protocol = published.protocol_name();
        let is_exposed = exposed.iter().any(|e| e.protocol == protocol && e.ports.first <= ports.last && ports.first <= e.ports.last);
        if is_exposed || (ports.first..=ports.last).any(|port| build.mentions(port, &cx.world.sources)) {
            continue;
        }
        let mut all: Vec<String> = exposed.iter().map(|e| format!("{}{}", range(e.ports.first, e.ports.last), suffix(&e.protocol))).collect();
        all.sort();
        all.dedup();
        let (port, all) = (format!("{}{}", range(ports.first, ports.last), suffix(&protocol)), all.join(", "));
        let mut report = cx
            .report(target.span(), format!("service {} publishes port {port}, but its image exposes {all}", service.name))
            .help(format!("publish {all}, or add `EXPOSE {port}` when the process listens there"))
            .at(format!("services.{}.ports", service.name))
            .evidence(port.as_str())
            .origin(&published.origin);
        for e in &exposed {
            report = report.label(e.span, "exposed here");
        }
        report.file();
    }
}

fn range(first: u16, last: u16) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

fn suffix(protocol: &str) -> String {
    if protocol == "tcp" { String::new() } else { format!("/{protocol}") }
}
