use crate::lint::prelude::*;
use crate::model::host_path::{self, Channel, HostPath, Sensitive, runtime_socket, sensitive};
use std::path::Path;

pub static LINT: Lint = Lint {
    id: "sensitive-host-mount",
    summary: "the container gets a folder of the host that gives the host away",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(8.5),
    cis: &["5.6"],
    aliases: &["compose-lint:CL-0013", "compose-lint:CL-0025", "kics:Volume Has Sensitive Host Directory"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("sensitive_host_mount.md"),
    checks: &[Check::Project(project)],
};

fn project(project: &Project, cx: &mut Cx<'_>) {
    for service in &project.services {
        for path in host_path::of_service(project, service) {
            if let Some(what) = given_away(project, &path) {
                say(service, &path, what, cx);
            }
        }
    }
}

/// What a path gives away. Whoever starts the project owns its own folder, wherever it lies.
fn given_away(project: &Project, path: &HostPath) -> Option<Sensitive> {
    let own = Path::new(&path.path).starts_with(&project.directory) && !path.path.contains("/~");
    if own || !path.certain || path.channel == Channel::Device || runtime_socket(&path.path, &project.directory).is_some() {
        return None;
    }
    let what = sensitive(&path.path)?;
    // A key that is handed over as a secret is handed over on purpose.
    let is_key = path.channel == Channel::File && what.written != Some("become root of the host");
    (!is_key).then_some(what)
}

fn say(service: &Service, path: &HostPath, what: Sensitive, cx: &mut Cx<'_>) {
    let name = &service.name;
    let shown = shown(&path.path);
    let (how, allows, level, score) = match (path.writable, what.written, what.read) {
        // Only other programs of the same user leave something there.
        (true, Some(written), _) if path.path == "/dev/shm" => ("writable", written, Level::Warning, 5.5),
        (true, Some(written), _) => ("writable", written, Level::Error, 8.5),
        (_, _, Some(read)) => ("read-only", read, Level::Warning, 5.5),
        _ => return,
    };
    let whose = if allows == "become root of the host" || allows.contains(" of the host") { "" } else { "of the host, " };
    let message = format!("service {name} mounts {shown} {whose}{how}: who gets into it can {allows}");
    cx.report(path.span, message)
        .level(level)
        .score(score)
        .help(help(&path.path, path.writable && what.read.is_none()))
        .at(format!("services.{name}.volumes"))
        .evidence(shown)
        .origin(&path.origin)
        .file();
}

/// The path; where the home directory is not known, from its `~`.
fn shown(path: &str) -> &str {
    path.find("/~").map_or(path, |at| path.get(at + 1..).unwrap_or(path))
}

fn help(path: &str, harmless_to_read: bool) -> &'static str {
    match path {
        "/dev/shm" => "take it out and write `shm_size: 1g`",
        "/dev" => "take it out and name the device: `devices: [/dev/ttyUSB0]`",
        _ if harmless_to_read => "add `:ro`, or mount the one file that it needs",
        _ => "mount the one file or folder that it needs, with `:ro`",
    }
}
