use crate::lint::prelude::*;
use crate::model::compose::PortRange;
use crate::model::remote_shell::{PORTS, is_for_logins};
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "ssh-server",
    summary: "the container can be logged in to by SSH or telnet",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.0),
    cis: &["5.7"],
    aliases: &["trivy:DS-0004", "checkov:CKV_DOCKER_1", "kics:Exposing Port 22 (SSH)"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("ssh_server.md"),
    checks: &[Check::Build(build), Check::Service(service)],
};

const HELP: &str = "take the server and the port out, and use `docker exec` or `docker compose exec` to get in";

fn build(build: &Build, cx: &mut Cx<'_>) {
    let is_meant = build.service().is_some_and(is_meant) || is_for_logins(&folder_of(build, cx)) || build.dockerfile.base_image(build.stage).is_some_and(|(i, _)| is_for_logins(&i.text));
    if is_meant || build.service().is_some_and(publishes) {
        return;
    }
    let mut exposed = false;
    for at in build.instructions() {
        let Args::Expose(words) = at.instruction.typed() else { continue };
        for word in words {
            if let Some(name) = at.resolve(&word).known().and_then(|p| login_port(p)) {
                exposed = true;
                cx.report(word.span(), format!("the image exposes {word}, the port of {name}")).help(HELP).evidence(name);
            }
        }
    }
    if let Some((package, program)) = build.started_login_server().filter(|_| !exposed) {
        cx.report(package.span(), format!("the image installs {package} and starts {program}")).help(HELP).evidence(program);
    }
}

/// The folder and name of the Dockerfile.
fn folder_of(build: &Build, cx: &Cx<'_>) -> String {
    cx.world.sources.get(build.dockerfile.file).name.clone()
}

fn service(service: &Service, cx: &mut Cx<'_>) {
    if is_meant(service) {
        return;
    }
    let name = &service.name;
    for port in service.ports() {
        let known = port.target_range().filter(|_| port.protocol_name() == "tcp").and_then(in_range);
        if let Some(protocol) = known {
            let span = port.target.as_ref().map_or(port.span, |t| t.span());
            cx.report(span, format!("service {name} publishes the port of {protocol}")).help(HELP).at(format!("services.{name}.ports")).evidence(protocol).origin(&port.origin);
        }
    }
    if let Slot::Set(list) = service.expose() {
        for item in list.value.iter().filter(|i| i.value.is_known()) {
            if let Some(protocol) = login_port(&item.value) {
                cx.report(item.value.span(), format!("service {name} exposes the port of {protocol}")).help(HELP).at(format!("services.{name}.expose")).evidence(protocol).origin(&item.origin);
            }
        }
    }
}

fn is_meant(service: &Service) -> bool {
    let image = service.image();
    is_for_logins(&service.name) || image.set().is_some_and(|i| is_for_logins(&i.value))
}

fn publishes(service: &Service) -> bool {
    service.ports().iter().any(|p| p.target_range().is_some_and(|r| in_range(r).is_some()))
}

/// The protocol behind `22`, `20-30/tcp`; not `22/udp`.
fn login_port(text: &str) -> Option<&'static str> {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let range = PortRange::parse(ports).filter(|_| protocol.eq_ignore_ascii_case("tcp"))?;
    in_range(range)
}

fn in_range(range: PortRange) -> Option<&'static str> {
    PORTS.iter().find(|(port, _)| range.contains(*port)).map(|(_, name)| *name)
}
