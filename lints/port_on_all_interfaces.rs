use crate::lint::prelude::*;
use crate::model::compose::Port;
use crate::model::datastore;
use crate::model::env_names;
use crate::model::exposure::{OpenBy, OpenPort, named, on_loopback};

pub static LINT: Lint = Lint {
    id: "port-on-all-interfaces",
    summary: "a port is published to whoever reaches the host",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.5),
    cis: &["5.14"],
    aliases: &["compose-lint:CL-0005", "dclint:no-unbound-port-interfaces", "kics:Container Traffic Not Bound To Host Interface"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("port_on_all_interfaces.md"),
    checks: &[Check::Project(project)],
};

fn project(project: &Project, cx: &mut Cx<'_>) {
    let mut elsewhere = None;
    for service in project.services.iter().filter(|s| s.provider().is_none()) {
        // `datastore-published` says more about those.
        let build = cx.world.build_of(service);
        for open in service.open_ports().iter().filter(|o| datastore::behind(service, build, o).is_none()) {
            if let OpenBy::Unset(variable) = &open.by
                && elsewhere.get_or_insert_with(|| env_names::elsewhere(project, &cx.world.sources)).sets(variable)
            {
                continue;
            }
            say(service, open, cx);
        }
    }
}

fn say(service: &Service, open: &OpenPort, cx: &mut Cx<'_>) {
    let (name, port) = (&service.name, &open.port);
    let message = match &open.by {
        OpenBy::Unset(variable) => format!("service {name} publishes {} on every interface as long as {variable} is not set", named(port)),
        _ => format!("service {name} publishes {} on every interface of the host", named(port)),
    };
    let edit = cx.bind_to_loopback(port);
    let mut report = cx
        .report(port.span, message)
        .help(help(open))
        .at(format!("services.{name}.ports"))
        .evidence(evidence(port))
        .origin(&port.origin);
    if let Some((title, edit)) = edit {
        report = report.fix(Safety::Unsafe, title, vec![edit]);
    }
    if is_for_the_public(port) {
        report = report.unknown();
    }
    report.file();
}

/// Who publishes the ports of the web, of mail or of a VPN means the public.
fn is_for_the_public(port: &Port) -> bool {
    const TCP: &[&str] = &["80", "443", "25", "465", "587", "993"];
    const UDP: &[&str] = &["443", "500", "1194", "4500", "51820"];
    let numbers = if port.protocol_name() == "udp" { UDP } else { TCP };
    port.published.as_ref().is_some_and(|p| p.is_certain() && numbers.contains(&p.as_str()))
}

fn evidence(port: &Port) -> String {
    let text = |part: &Option<crate::model::compose::Resolved>| part.as_ref().map_or(String::new(), |p| p.to_string());
    format!("{}:{}", text(&port.published), text(&port.target))
}

fn help(open: &OpenPort) -> String {
    const WHY: &str = "Docker opens it past the host's firewall";
    match &open.by {
        OpenBy::Unset(variable) => format!("write `${{{variable}:-127.0.0.1}}`; {WHY}"),
        _ => format!("{}, or leave it out when only services of this project need it; {WHY}", on_loopback(&open.port)),
    }
}
