use crate::lint::prelude::*;
use crate::model::exposure::named;
use crate::model::host_path::{self, HostPath, RuntimeSocket, runtime_socket};
use crate::syntax::dockerfile::Args;
use std::path::Path;

pub static LINT: Lint = Lint {
    id: "docker-socket-mount",
    summary: "the container gets the control socket of a container runtime",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(9.5),
    cis: &["5.32"],
    aliases: &[
        "compose-lint:CL-0001",
        "semgrep:exposing-docker-socket-volume",
        "semgrep:dockerfile-dockerd-socket-mount",
        "kics:Docker Socket Mounted In Container",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("docker_socket_mount.md"),
    checks: &[Check::Project(project), Check::Instruction(&[Keyword::Volume], volume)],
};

const HELP: &str = "let a socket proxy hand out the few read-only requests it needs, on an internal network; read-only mounts do not protect";

fn project(project: &Project, cx: &mut Cx<'_>) {
    for service in &project.services {
        for path in host_path::of_service(project, service) {
            let socket = runtime_socket(&path.path, &project.directory);
            // `${DIR}/` is the root of the host only as long as nobody sets DIR; the name of a socket is evidence anyway.
            if let Some(socket) = socket.filter(|s| path.certain || matches!(s, RuntimeSocket::Socket(_))) {
                mounted(service, &path, socket, cx);
            }
        }
        if let Some(on) = service.bool(&["use_api_socket"]).set().filter(|on| on.value) {
            let at = service.entry(&["use_api_socket"]).unwrap_or(on.span());
            cx.report(at, format!("service {} gets the Docker socket and the registry passwords of whoever starts it", service.name))
                .help(HELP)
                .at(format!("services.{}.use_api_socket", service.name))
                .origin(&on.origin);
        }
    }
}

fn mounted(service: &Service, path: &HostPath, socket: RuntimeSocket, cx: &mut Cx<'_>) {
    let name = &service.name;
    let what = match socket {
        RuntimeSocket::Socket(runtime) => format!("the {runtime} socket"),
        RuntimeSocket::Folder(runtime) => format!("{}, which holds the {runtime} socket", path.path),
    };
    let proxy = service.is_socket_proxy();
    let open = service.open_ports();
    let consequence = match (proxy, open.first()) {
        (true, Some(open)) => format!(" and hands it out on {} of every interface: who reaches the host controls it", named(&open.port)),
        (true, None) => String::new(),
        (false, Some(open)) => format!(" and is published on {}: a hole in it lets whoever reaches the host control it", named(&open.port)),
        (false, None) => ": who gets into it controls the host".to_string(),
    };
    let mut report = cx
        .report(path.span, format!("service {name} mounts {what}{consequence}"))
        .at(format!("services.{name}.volumes"))
        .evidence(path.path.as_str())
        .origin(&path.origin);
    if let Some(open) = open.first() {
        report = report.label(open.port.span, "together with this").score(9.9);
    }
    if proxy && open.is_empty() {
        report.level(Level::Warning).score(6.0).help("keep the proxy on an internal network, without `ports` and with reading switches only").file();
    } else {
        report.help(if proxy { "take `ports` out: only the service that asks should reach it, on an internal network" } else { HELP }).file();
    }
}

fn volume(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Args::Volume(paths) = at.instruction.typed() else { return };
    for word in &paths {
        let path = at.resolve(word);
        let socket = path.known().and_then(|p| runtime_socket(p, Path::new("\0")));
        if let Some(RuntimeSocket::Socket(runtime)) = socket {
            cx.report(word.span(), format!("the image declares the {runtime} socket as a volume")).help("remove it from VOLUME").evidence(word.as_str());
        }
    }
}
