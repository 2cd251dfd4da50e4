//! Small tables about Docker itself.

use super::{canonical, glob_matches};
use crate::model::image::{ImageRef, Part};

/// The capabilities a container has unless `cap_drop` takes them away, without the `CAP_` prefix, sorted.
///
/// Source: the engine's default set (moby, `oci/caps`), the same since 2017.
pub const DEFAULT_CAPABILITIES: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Images whose purpose is to stand between the Docker socket and its users. Normalised names, sorted.
pub const SOCKET_PROXIES: [&str; 7] = [
    "docker.io/11notes/socket-proxy",
    "docker.io/fluencelabs/docker-socket-proxy",
    "docker.io/tecnativa/docker-socket-proxy",
    "docker.io/wollomatic/socket-proxy",
    "ghcr.io/tecnativa/docker-socket-proxy",
    "ghcr.io/wollomatic/socket-proxy",
    "lscr.io/linuxserver/socket-proxy",
];

/// Images that run a Docker engine in a container: normalised name and a glob of the tags that do. Sorted.
pub const DOCKER_IN_DOCKER: [(&str, &str); 5] = [
    ("docker.io/cruizba/ubuntu-dind", "*"),
    ("docker.io/earthly/dind", "*"),
    ("docker.io/jpetazzo/dind", "*"),
    ("docker.io/library/docker", "*dind*"),
    ("docker.io/library/docker", "latest"),
];

/// Folders that an image writes while it runs, apart from its volumes. Normalised names, sorted.
///
/// Source: the images' documentation on read-only root file systems, 2025.
pub const WRITES: [(&str, &[&str]); 8] = [
    ("docker.io/library/caddy", &["/tmp"]),
    ("docker.io/library/haproxy", &["/tmp"]),
    ("docker.io/library/httpd", &["/usr/local/apache2/logs"]),
    ("docker.io/library/mariadb", &["/run/mysqld", "/tmp"]),
    ("docker.io/library/mysql", &["/run/mysqld", "/tmp"]),
    ("docker.io/library/nginx", &["/run", "/tmp", "/var/cache/nginx"]),
    ("docker.io/library/postgres", &["/run/postgresql", "/tmp"]),
    ("docker.io/library/traefik", &["/tmp"]),
];

/// The folders that the image is known to write while it runs.
pub fn writes(image: &ImageRef) -> &'static [&'static str] {
    let name = image.name().map(canonical);
    WRITES.iter().find(|(known, _)| name.as_deref() == Some(*known)).map_or(&[], |(_, paths)| paths)
}

/// Whether the image is a known proxy for the Docker socket.
pub fn is_socket_proxy(image: &ImageRef) -> bool {
    image.name().is_some_and(|name| SOCKET_PROXIES.contains(&canonical(name).as_str()))
}

/// Whether the image runs a Docker engine; `None` when the name or the tag is not known and could.
pub fn is_docker_in_docker(image: &ImageRef) -> Option<bool> {
    let name = canonical(image.name()?);
    let mut globs = DOCKER_IN_DOCKER.iter().filter(|(known, _)| *known == name).map(|(_, glob)| *glob).peekable();
    if globs.peek().is_none() {
        return Some(false);
    }
    let tag = match (&image.tag, &image.digest) {
        (Part::Known(tag), _) => tag.as_str(),
        (Part::Absent, Part::Absent) => "latest",
        _ => return globs.any(|glob| glob == "*").then_some(true),
    };
    Some(globs.any(|glob| glob_matches(glob, tag)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::knowledge::tests::image;

    #[test]
    fn the_tables_are_sorted_and_normalised() {
        assert!(DEFAULT_CAPABILITIES.is_sorted());
        assert!(SOCKET_PROXIES.is_sorted());
        assert!(DOCKER_IN_DOCKER.is_sorted());
        assert!(WRITES.is_sorted());
        for name in SOCKET_PROXIES.iter().chain(DOCKER_IN_DOCKER.iter().map(|(name, _)| name)) {
            assert_eq!(image(name).name().as_deref(), Some(*name));
            assert_eq!(canonical((*name).to_owned()), *name, "listed under the name that lookups use");
        }
    }

    #[test]
    fn a_proxy_is_known_under_its_other_names() {
        assert!(is_socket_proxy(&image("tecnativa/docker-socket-proxy:0.3")));
        assert!(is_socket_proxy(&image("linuxserver/socket-proxy")));
        assert!(is_socket_proxy(&image("ghcr.io/linuxserver/socket-proxy:latest")));
        assert!(!is_socket_proxy(&image("example/docker-socket-proxy")));
    }

    #[test]
    fn what_an_image_writes() {
        assert!(writes(&image("nginx:1.27-alpine")).contains(&"/var/cache/nginx"));
        assert!(writes(&image("example/nginx")).is_empty());
    }

    #[test]
    fn only_the_dind_tags_run_an_engine() {
        assert_eq!(is_docker_in_docker(&image("docker:27-dind-rootless")), Some(true));
        assert_eq!(is_docker_in_docker(&image("docker")), Some(true));
        assert_eq!(is_docker_in_docker(&image("docker:27-cli")), Some(false));
        assert_eq!(is_docker_in_docker(&image("docker:${TAG}")), None);
        assert_eq!(is_docker_in_docker(&image("earthly/dind:$TAG")), Some(true));
        assert_eq!(is_docker_in_docker(&image("example/docker:dind")), Some(false));
    }
}
