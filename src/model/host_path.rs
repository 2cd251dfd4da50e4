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
    /// How the container gets it.
    pub channel: Channel,
}

/// The ways that a path of the host takes into a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A bind mount, or a volume that is one.
    Mount,
    /// The file of a secret or config.
    File,
    /// `devices`.
    Device,
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
                channel: Channel::Device,
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
            let (span, origin) = (source.span(), mount.origin.clone());
            Some(HostPath { path, span, origin, writable, certain: source.is_certain(), channel: Channel::Mount })
        }
        MountKind::NamedPipe if source.is_known() => Some(HostPath {
            path: source.replace('\\', "/"),
            span: source.span(),
            origin: mount.origin.clone(),
            writable,
            certain: source.is_certain(),
            channel: Channel::Mount,
        }),
        MountKind::Volume => {
            let volume = project.volume(source)?;
            let (device, path) = bound_device(volume)?;
            let (span, origin) = (device.span(), mount.origin.clone());
            Some(HostPath { path, span, origin, writable, certain: device.is_certain(), channel: Channel::Mount })
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
    let (span, origin) = (text.span(), origin.clone());
    Some(HostPath { path: shown(&path), span, origin, writable: false, certain: text.is_certain(), channel: Channel::File })
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

/// What a path of the host gives to a container that it should not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensitive {
    /// What who may write it can do; `None` when only reading is of use.
    pub written: Option<&'static str>,
    /// What who may read it learns; `None` when everybody may read it.
    pub read: Option<&'static str>,
}

const ROOT_BY_WRITING: &str = "become root of the host";

/// Folders and files of the host, how much below them counts, and what they give. The first that fits decides.
const SENSITIVE: &[(&str, Below, Sensitive)] = &[
    ("/etc", Below::Nothing, sensitive_to(ROOT_BY_WRITING, "read its passwords' hashes and keys")),
    ("/etc/shadow", Below::Nothing, sensitive_to(ROOT_BY_WRITING, "read its passwords' hashes")),
    ("/etc/gshadow", Below::Nothing, sensitive_to(ROOT_BY_WRITING, "read its passwords' hashes")),
    ("/etc/sudoers", Below::Nothing, sensitive_to(ROOT_BY_WRITING, "read who may become root")),
    ("/etc/sudoers.d", Below::Everything, sensitive_to(ROOT_BY_WRITING, "read who may become root")),
    ("/etc/ssh", Below::Everything, sensitive_to(ROOT_BY_WRITING, "read its SSH keys")),
    ("/etc/ssl/private", Below::Everything, sensitive_to("replace its private keys", "read its private keys")),
    ("/etc/kubernetes", Below::Everything, sensitive_to(ROOT_BY_WRITING, "read the cluster's keys")),
    ("/etc/docker", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/etc/docker/daemon.json", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/etc/passwd", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/etc/group", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/etc/crontab", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/etc/cron.d", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/etc/cron.daily", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/etc/cron.hourly", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/etc/systemd", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/etc/init.d", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/etc/pam.d", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/etc/profile.d", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/etc/ld.so.preload", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/root", Below::Nothing, sensitive_to(ROOT_BY_WRITING, "read root's keys and history")),
    ("/boot", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/proc", Below::Nothing, sensitive_to(ROOT_BY_WRITING, "read what its programs do and hold")),
    ("/proc/1", Below::Everything, sensitive_to(ROOT_BY_WRITING, "read what its first program does and holds")),
    ("/proc/sys", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/proc/sysrq-trigger", Below::Nothing, only_written("restart it")),
    ("/sys", Below::Nothing, sensitive_to(ROOT_BY_WRITING, "read how it is built and runs")),
    ("/sys/fs/cgroup", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/sys/firmware", Below::Everything, only_written("change its firmware's settings")),
    ("/sys/kernel", Below::Everything, sensitive_to(ROOT_BY_WRITING, "watch its kernel")),
    ("/dev", Below::Nothing, sensitive_to("write to its terminals and shared memory", "list its devices")),
    ("/dev/shm", Below::Nothing, sensitive_to("change the shared memory of its programs", "read the shared memory of its programs")),
    ("/usr", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/usr/local", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/usr/bin", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/usr/sbin", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/usr/lib", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/usr/lib64", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/usr/local/bin", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/usr/local/sbin", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/usr/local/lib", Below::Nothing, only_written(ROOT_BY_WRITING)),
    ("/bin", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/sbin", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/lib", Below::Everything, only_written(ROOT_BY_WRITING)),
    ("/lib64", Below::Everything, only_written(ROOT_BY_WRITING)),
    (
        "/var/lib/docker",
        Below::Everything,
        sensitive_to("change every container and become root of the host", "read the files and logs of every container"),
    ),
    (
        "/var/lib/containerd",
        Below::Everything,
        sensitive_to("change every container and become root of the host", "read the files of every container"),
    ),
    ("/home", Below::Nothing, sensitive_to("take over the accounts of its users", "read the files and keys of its users")),
    ("/Users", Below::Nothing, sensitive_to("take over the accounts of its users", "read the files and keys of its users")),
];

const fn sensitive_to(written: &'static str, read: &'static str) -> Sensitive {
    Sensitive { written: Some(written), read: Some(read) }
}

const fn only_written(written: &'static str) -> Sensitive {
    Sensitive { written: Some(written), read: None }
}

/// How much of what lies below a path is as sensitive as the path itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    Nothing,
    Everything,
}

const HOME: Sensitive = sensitive_to("take over that account", "read the keys in it");
const KEYS: Sensitive = sensitive_to("use and replace the keys in it", "use the keys in it");

/// Folders of keys in a home directory.
const OF_HOME: &[&str] = &[".ssh", ".aws", ".kube", ".docker", ".gnupg", ".azure"];

/// What a normalised path of the host gives away. Sockets of runtimes and folders that hold them are told by
/// [`runtime_socket`]. A device that is only mounted cannot be used: that takes `devices`, see [`super::host_device`].
pub fn sensitive(path: &str) -> Option<Sensitive> {
    let fits = |(known, below, _): &&(&str, Below, Sensitive)| match path.strip_prefix(known) {
        Some("") => true,
        Some(rest) => *below == Below::Everything && rest.starts_with('/'),
        None => false,
    };
    SENSITIVE.iter().find(fits).map(|(_, _, what)| *what).or_else(|| in_home(path))
}

fn in_home(path: &str) -> Option<Sensitive> {
    // `~` stays as it is where the home directory is not known.
    let tilde = path.find("/~").filter(|at| path.get(at + 2..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let (rest, named) = match tilde {
        Some(at) => (path.get(at + 2..).unwrap_or(""), true),
        None if path.starts_with("/root/") => (path.get(5..).unwrap_or(""), true),
        None => {
            let user = path.strip_prefix("/home/").or_else(|| path.strip_prefix("/Users/"))?;
            (user.find('/').map_or("", |at| user.get(at..).unwrap_or("")), !user.is_empty())
        }
    };
    if rest.is_empty() {
        return named.then_some(HOME);
    }
    let first = rest.trim_start_matches('/').split('/').next()?;
    OF_HOME.contains(&first).then_some(KEYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_the_host_away() {
        for path in ["/etc", "/etc/cron.d/job", "/root", "/usr/bin/docker", "/var/lib/docker/volumes", "/boot/grub", "/lib/modules", "/dev"]
        {
            assert!(sensitive(path).is_some_and(|s| s.written.is_some()), "{path}");
        }
        for path in ["/etc", "/proc", "/sys", "/home", "/home/me", "/root/.ssh/id_ed25519", "/home/me/.aws", "/srv/shop/~/.kube", "/shop/~"]
        {
            assert!(sensitive(path).is_some_and(|s| s.read.is_some()), "{path}");
        }
        for path in ["/usr/bin/docker", "/sys/fs/cgroup", "/lib/modules"] {
            assert!(sensitive(path).is_some_and(|s| s.read.is_none()), "{path}");
        }
    }

    #[test]
    fn what_does_not() {
        for path in [
            "/etc/localtime",
            "/etc/timezone",
            "/etc/hosts",
            "/etc/ssl/certs",
            "/etc/app/config.yml",
            "/etcetera",
            "/dev/null",
            "/dev/dri",
            "/home/me/app",
            "/root/app",
            "/usr/share/zoneinfo",
            "/usr/local/share/app",
            "/var/lib/app",
            "/srv/.ssh",
            "/shop/~x",
        ] {
            assert_eq!(sensitive(path), None, "{path}");
        }
    }

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
