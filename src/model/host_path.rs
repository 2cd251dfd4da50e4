//! What a container gets of the host's files, through every channel that Compose has.

use std::path::Path;

use super::compose::{Mount, MountKind, Project, Resolved, Resource, Service};
use super::origin::Origin;
use crate::source::Span;

/// A path of the host that a container gets.
#[derive(Clone, Debug, PartialEq)]
pub struct HostPath {
    /// The absolute path, `.` and `..` resolved, with `/`.
    pub path: String,
    /// The bytes that name it.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// Whether the container may write it.
    pub writable: bool,
    /// Whether the whole path is known: no variable in it is left empty because nothing here sets it.
    pub certain: bool,
}

/// Every host path of a service: bind mounts in both syntaxes, bind volumes behind a name, files of secrets and
/// configs, devices. Paths that depend on a variable which must be set are left out.
pub fn of_service(project: &Project, service: &Service) -> Vec<HostPath> {
    let mut out = Vec::new();
    for mount in service.volumes() {
        out.extend(of_mount(project, service, &mount));
    }
    for file in service.secrets() {
        out.extend(file.source.as_ref().and_then(|name| of_file(project.secret(name), &file.origin)));
    }
    for file in service.configs() {
        out.extend(file.source.as_ref().and_then(|name| of_file(project.config(name), &file.origin)));
    }
    for device in service.devices() {
        if device.source.is_known() && device.source.starts_with('/') {
            let writable = device.permissions.as_ref().is_none_or(|p| p.contains('w'));
            let path = shown(&crate::source::normalize(Path::new(device.source.as_str())));
            out.push(HostPath {
                path,
                span: device.source.span(),
                origin: device.origin.clone(),
                writable,
                certain: device.source.is_certain(),
            });
        }
    }
    out
}

fn of_mount(project: &Project, service: &Service, mount: &Mount) -> Option<HostPath> {
    let source = mount.source.as_ref()?;
    let writable = mount.is_writable();
    match mount.kind {
        MountKind::Bind => {
            let path = shown(&service.source_path(mount)?);
            Some(HostPath { path, span: source.span(), origin: mount.origin.clone(), writable, certain: source.is_certain() })
        }
        MountKind::NamedPipe if source.is_known() => Some(HostPath {
            path: source.replace('\\', "/"),
            span: source.span(),
            origin: mount.origin.clone(),
            writable,
            certain: source.is_certain(),
        }),
        MountKind::Volume => {
            let volume = project.volume(source)?;
            let (device, path) = bound_device(volume)?;
            Some(HostPath { path, span: device.span(), origin: mount.origin.clone(), writable, certain: source.is_certain() })
        }
        _ => None,
    }
}

/// The folder behind a named volume of the local driver: `driver_opts: {type: none, o: bind, device: /path}`.
fn bound_device(volume: &Resource) -> Option<(Resolved, String)> {
    let options = volume.driver_opts();
    let value = |name: &str| options.iter().find(|o| o.name.as_str() == name).and_then(|o| o.value.clone());
    let binds = value("o").is_some_and(|o| o.split(',').any(|w| matches!(w.trim(), "bind" | "rbind")));
    let device = value("device").filter(|d| binds && d.is_known())?;
    let path = shown(&volume.path(&device)?);
    Some((device, path))
}

fn of_file(resource: Option<&Resource>, origin: &Origin) -> Option<HostPath> {
    let (text, path) = resource?.file()?;
    Some(HostPath { path: shown(&path), span: text.span(), origin: origin.clone(), writable: false, certain: text.is_certain() })
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A control socket of a container runtime, or a folder that holds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeSocket {
    /// The socket of this runtime.
    Socket(&'static str),
    /// A folder that holds the socket of this runtime.
    Folder(&'static str),
}

/// Names of sockets that control a runtime, wherever they lie.
const SOCKETS: &[(&str, &str)] =
    &[("docker.sock", "Docker"), ("containerd.sock", "containerd"), ("crio.sock", "CRI-O"), ("podman.sock", "Podman")];

/// Folders that hold one on a usual host; `*` is a user id.
const FOLDERS: &[(&str, &str)] = &[
    ("/", "Docker"),
    ("/var", "Docker"),
    ("/run", "Docker"),
    ("/var/run", "Docker"),
    ("/run/docker", "Docker"),
    ("/run/containerd", "containerd"),
    ("/var/run/containerd", "containerd"),
    ("/run/crio", "CRI-O"),
    ("/var/run/crio", "CRI-O"),
    ("/run/podman", "Podman"),
    ("/var/run/podman", "Podman"),
    ("/run/user", "Docker"),
];

/// Whether the path is a runtime's socket or a folder that holds one. Sockets inside the project's own folder are not:
/// nobody runs an engine there.
pub fn runtime_socket(path: &str, project: &Path) -> Option<RuntimeSocket> {
    if matches!(path.trim_start_matches('/').to_ascii_lowercase().as_str(), "./pipe/docker_engine") {
        return Some(RuntimeSocket::Socket("Docker"));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let socket = SOCKETS.iter().find(|(socket, _)| *socket == name);
    if let Some((_, runtime)) = socket {
        return (!Path::new(path).starts_with(project)).then_some(RuntimeSocket::Socket(runtime));
    }
    let user_folder = path.strip_prefix("/run/user/").is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
    let folder = FOLDERS.iter().find(|(folder, _)| *folder == path).map(|(_, runtime)| *runtime);
    folder.or(user_folder.then_some("Docker")).map(RuntimeSocket::Folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_and_folders_that_hold_them() {
        let here = Path::new("/home/me/shop");
        for path in
            ["/var/run/docker.sock", "/run/user/1000/docker.sock", "/docker.sock", "/run/podman/podman.sock", "//./pipe/docker_engine"]
        {
            assert!(matches!(runtime_socket(path, here), Some(RuntimeSocket::Socket(_))), "{path}");
        }
        for path in ["/", "/var/run", "/run/user/1000", "/run/containerd"] {
            assert!(matches!(runtime_socket(path, here), Some(RuntimeSocket::Folder(_))), "{path}");
        }
        for path in ["/var/lib", "/home/me/shop/docker.sock", "/run/user/x", "/var/run/app.sock", "/var/running", "/srv/docker.sock.d"] {
            assert_eq!(runtime_socket(path, here), None, "{path}");
        }
    }
}
