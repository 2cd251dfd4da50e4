use crate::lint::prelude::*;
use crate::model::compose::{EnvVar, Port};
use crate::model::docker_api::{ENGINE, forwarded_socket, is_loopback, is_open_address, open_listeners, unencrypted_host};
use crate::model::knowledge::docker::is_docker_in_docker;
use crate::model::origin::Origin;
use crate::syntax::dockerfile::{Args, CommandForm};

pub static LINT: Lint = Lint {
    id: "docker-api-exposed",
    summary: "the Docker Engine API can be reached over the network without TLS",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(9.8),
    cis: &["2.7"],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("docker_api_exposed.md"),
    checks: &[
        Check::Project(project),
        Check::Instruction(&[Keyword::Cmd, Keyword::Entrypoint, Keyword::Run], command),
        Check::Instruction(&[Keyword::Expose], expose),
        Check::Instruction(&[Keyword::Env], env),
        Check::Daemon(daemon),
    ],
};

const USE_TLS: &str = "listen on the socket only, or add `--tlsverify` with certificates and use port 2376";
const USE_SSH: &str = "use the socket of the same machine, `DOCKER_HOST=ssh://user@host`, or TLS on port 2376";
const NO_PORTS: &str = "remove the port and let clients join an internal network, or bind it to TLS on 2376";

/// The port of the API without TLS.
const PLAIN: u16 = 2375;

fn command(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if !at.instruction.args.contains(ENGINE) {
        return;
    }
    let words = match at.instruction.typed() {
        Args::Cmd(form) | Args::Entrypoint(form) | Args::Run(form) => match form {
            CommandForm::Exec(words) => words,
            CommandForm::Shell(line) => line.split_whitespace().iter().map(|w| w.unquoted()).collect(),
        },
        _ => return,
    };
    listeners(&words, false, None, cx);
}

/// `origin` is the way of the command of a service.
fn listeners(words: &[Text], engine: bool, origin: Option<&Origin>, cx: &mut Cx<'_>) {
    for listener in open_listeners(words, engine) {
        let address = &listener.address;
        let report = cx.report(address.span(), format!("dockerd listens on {address} without TLS")).help(USE_TLS).evidence(address.as_str());
        if let Some(origin) = origin {
            report.origin(origin).file();
        }
    }
}

fn expose(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Args::Expose(ports) = at.instruction.typed() else { return };
    let base = at.stage.and_then(|s| at.dockerfile.base_image(s));
    if base.is_some_and(|(image, _)| is_docker_in_docker(image) == Some(true)) {
        return;
    }
    for word in &ports {
        let port = at.resolve(word);
        let plain = port.known().is_some_and(|p| p.split('/').next() == Some("2375") && !p.ends_with("/udp"));
        if plain {
            cx.report(word.span(), "the image exposes port 2375, the Docker API without TLS").level(Level::Warning).help("EXPOSE 2376, and let dockerd verify TLS").evidence("2375");
        }
    }
}

fn env(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Args::Env(pairs) = at.instruction.typed() else { return };
    if pairs.iter().any(|kv| kv.key.as_str() == "DOCKER_TLS_VERIFY") {
        return;
    }
    for kv in pairs.iter().filter(|kv| kv.key.as_str() == "DOCKER_HOST") {
        let value = at.resolve(&kv.value);
        if let Some(host) = value.known().and_then(|v| unencrypted_host(v)) {
            client(kv.key.span().to(kv.value.span()), host, cx).file();
        }
    }
}

fn daemon(daemon: &Daemon, cx: &mut Cx<'_>) {
    if daemon.flag("tlsverify") == Some(true) {
        return;
    }
    for address in daemon.list("hosts").into_iter().filter(|a| is_open_address(a)) {
        cx.report(address.span(), format!("dockerd listens on {address} without TLS"))
            .help("remove the address, or add \"tlsverify\": true with certificates and use port 2376")
            .evidence(address.as_str());
    }
}

fn client<'c>(at: Span, host: &str, cx: &'c mut Cx<'_>) -> crate::lint::Report<'c> {
    cx.report(at, format!("DOCKER_HOST uses the Docker API of {host} without TLS")).level(Level::Warning).help(USE_SSH).evidence("DOCKER_HOST")
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    for service in &project.services {
        let mut cx = cx.inside(service);
        let environment = service.environment();
        let value = |name: &str| environment.iter().find(|v| v.name.as_str() == name);
        let engine = service.is_docker_in_docker();
        let tls_off = value("DOCKER_TLS_CERTDIR").filter(|v| engine && v.value.as_ref().is_some_and(|v| v.is_literal() && v.is_empty()));
        if let Some(off) = tls_off {
            let message = format!("service {} switches TLS off: its Docker API listens on port 2375 for everyone in its networks", service.name);
            cx.report(off.span, message).help("DOCKER_TLS_CERTDIR: /certs").evidence("DOCKER_TLS_CERTDIR").origin(&off.origin);
        }
        for port in service.ports().iter().filter(|p| p.target_range().is_some_and(|r| r.contains(PLAIN)) && p.protocol_name() == "tcp") {
            // The engine image listens on 2376 with TLS unless it is switched off: nothing is behind 2375 then.
            if !engine || tls_off.is_some() {
                published(service, port, &mut cx);
            }
        }
        command_of(service, engine, &mut cx);
        if service.is_socket_proxy() {
            write_switches(service, &environment, &mut cx);
        }
        let verified = value("DOCKER_TLS_VERIFY").is_some();
        for host in environment.iter().filter(|v| v.name.as_str() == "DOCKER_HOST" && !verified) {
            let name = host.value.as_ref().filter(|v| v.is_known()).and_then(|v| unencrypted_host(v));
            // A proxy of the same project is how it is meant to be.
            if let Some(name) = name.filter(|n| !project.service(n).is_some_and(Service::is_socket_proxy)) {
                client(host.span, name, &mut cx).origin(&host.origin).file();
            }
        }
    }
}

fn published(service: &Service, port: &Port, cx: &mut Cx<'_>) {
    let address = port.host_ip.as_ref().map_or("", |ip| ip.trim_matches(['[', ']']));
    let at = port.target.as_ref().map_or(port.span, |t| t.span());
    let loopback = is_loopback(address);
    let place = if address.is_empty() || address == "0.0.0.0" || address == "::" { "all interfaces" } else { address };
    let report = cx
        .report(at, format!("service {} publishes the Docker API without TLS on {place}, port {}", service.name, port.published.as_ref().map_or("2375", |p| p.as_str())))
        .help(NO_PORTS)
        .evidence("2375")
        .origin(&port.origin);
    if loopback { report.level(Level::Warning).score(6.0).file() } else { report.file() }
}

fn command_of(service: &Service, engine: bool, cx: &mut Cx<'_>) {
    for command in [service.entrypoint(), service.command()] {
        let Slot::Set(command) = command else { continue };
        let words: Vec<Text> = command.value.argv().iter().map(|w| w.text.clone()).collect();
        listeners(&words, engine, Some(&command.origin), cx);
        if let Some(word) = forwarded_socket(&words) {
            cx.report(word.span(), format!("service {} forwards the Docker socket to a TCP port", service.name)).help(USE_SSH).evidence("socat").origin(&command.origin);
        }
    }
}

/// Switches of the known proxies that let requests through which change something.
fn write_switches(service: &Service, environment: &[EnvVar], cx: &mut Cx<'_>) {
    for switch in environment.iter().filter(|v| matches!(v.name.as_str(), "POST" | "EXEC")) {
        let on = switch.value.as_ref().is_some_and(|v| v.is_known() && matches!(v.as_str().trim(), "1" | "true"));
        if on {
            let name = &switch.name;
            cx.report(switch.span, format!("{name}=1 lets every client of service {} change things through the Docker API", service.name))
                .level(Level::Warning)
                .help(format!("{name}: 0"))
                .evidence(name.as_str())
                .origin(&switch.origin);
        }
    }
}
