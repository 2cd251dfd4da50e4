//! The engine's `daemon.json`. JSON is YAML, so the one parser reads both, with the bytes of every value.

use std::path::PathBuf;

use crate::source::{FileId, Source, Span};
use crate::syntax::dockerfile::nearest;
use crate::syntax::text::Text;
use crate::syntax::yaml::{self, Kind, NodeId, Scalar, Yaml};

/// The names that the engine takes in its file: those of its options (lists in their plural form, and in the singular
/// form that it takes too) and the few that are no options.
///
/// Source: the documentation of dockerd and its configuration structures, up to release 29.
const SETTINGS: &[&str] = &[
    "add-runtime",
    "allow-direct-routing",
    "allow-nondistributable-artifact",
    "allow-nondistributable-artifacts",
    "api-cors-header",
    "authorization-plugin",
    "authorization-plugins",
    "bip",
    "bip6",
    "bridge",
    "bridge-accept-fwmark",
    "builder",
    "cdi-spec-dir",
    "cdi-spec-dirs",
    "cgroup-parent",
    "cluster-advertise",
    "cluster-store",
    "cluster-store-opts",
    "containerd",
    "containerd-namespace",
    "containerd-plugins-namespace",
    "cpu-rt-period",
    "cpu-rt-runtime",
    "cri-containerd",
    "data-root",
    "debug",
    "default-address-pool",
    "default-address-pools",
    "default-cgroupns-mode",
    "default-gateway",
    "default-gateway-v6",
    "default-ipc-mode",
    "default-network-opt",
    "default-network-opts",
    "default-runtime",
    "default-shm-size",
    "default-ulimit",
    "default-ulimits",
    "deprecated-key-path",
    "disable-legacy-registry",
    "dns",
    "dns-opt",
    "dns-opts",
    "dns-search",
    "dns-searches",
    "exec-opt",
    "exec-opts",
    "exec-root",
    "experimental",
    "feature",
    "features",
    "firewall-backend",
    "fixed-cidr",
    "fixed-cidr-v6",
    "graph",
    "group",
    "host",
    "host-gateway-ip",
    "host-gateway-ips",
    "hosts",
    "http-proxy",
    "https-proxy",
    "icc",
    "init",
    "init-path",
    "insecure-registries",
    "insecure-registry",
    "ip",
    "ip-forward",
    "ip-forward-no-drop",
    "ip-masq",
    "ip6tables",
    "iptables",
    "ipv6",
    "label",
    "labels",
    "live-restore",
    "log-driver",
    "log-format",
    "log-level",
    "log-opt",
    "log-opts",
    "max-concurrent-downloads",
    "max-concurrent-uploads",
    "max-download-attempts",
    "metrics-addr",
    "min-api-version",
    "mtu",
    "network-control-plane-mtu",
    "network-diagnostic-port",
    "no-new-privileges",
    "no-proxy",
    "node-generic-resource",
    "node-generic-resources",
    "nri-opt",
    "nri-opts",
    "oom-score-adjust",
    "pidfile",
    "proxies",
    "raw-logs",
    "registry-mirror",
    "registry-mirrors",
    "rootless",
    "runtimes",
    "seccomp-profile",
    "selinux-enabled",
    "shutdown-timeout",
    "storage-driver",
    "storage-opt",
    "storage-opts",
    "swarm-default-advertise-addr",
    "tls",
    "tlscacert",
    "tlscert",
    "tlskey",
    "tlsverify",
    "userland-proxy",
    "userland-proxy-path",
    "userns-remap",
    "validate",
];

/// A `daemon.json`.
#[derive(Debug)]
pub struct Daemon {
    /// The file.
    pub file: FileId,
    path: PathBuf,
    tree: Yaml,
}

impl Daemon {
    /// Reads a file.
    pub fn read(source: &Source) -> Daemon {
        Daemon { file: source.id, path: source.path.clone(), tree: yaml::parse(source.id, &source.text).tree }
    }

    /// The object with all settings; `None` when the file holds something else or has errors.
    fn root(&self) -> Option<NodeId> {
        let root = *self.tree.documents.first()?;
        (self.tree.broken.is_empty() && matches!(self.tree.node(root).kind, Kind::Map { .. })).then_some(root)
    }

    /// The opening brace: the place to point at for a setting that is missing.
    pub fn brace(&self) -> Option<Span> {
        let span = self.tree.node(self.root()?).span;
        Some(Span::new(self.file, span.start as usize, span.start as usize + 1))
    }

    /// The names of the settings.
    pub fn keys(&self) -> Vec<&Text> {
        let entries = self.root().map_or(&[][..], |root| self.tree.entries(root));
        entries.iter().filter_map(|e| self.tree.text(e.key)).collect()
    }

    /// The value of a setting, as bytes.
    pub fn value_span(&self, key: &str) -> Option<Span> {
        Some(self.tree.node(self.setting(key)?).span)
    }

    /// A string setting.
    pub fn text(&self, key: &str) -> Option<&Text> {
        self.tree.text(self.setting(key)?)
    }

    /// Whether it is a file of the Docker engine: another program may call its own so.
    pub fn is_dockers(&self) -> bool {
        self.keys().iter().any(|key| SETTINGS.contains(&key.as_str()))
    }

    /// Whether the engine that reads it runs on Windows.
    pub fn is_windows(&self) -> bool {
        let is_path = |t: &&Text| t.starts_with("npipe:") || t.get(1..3).is_some_and(|drive| matches!(drive, ":\\" | ":/"));
        ["data-root", "exec-root", "graph", "group"].iter().filter_map(|key| self.text(key)).chain(self.list("hosts")).any(|t| is_path(&t))
    }

    /// Whether the engine that reads it runs without root, by where the file is.
    pub fn is_rootless(&self) -> bool {
        self.path.ends_with(".config/docker/daemon.json")
    }

    /// The settings that the engine does not know, each with the one that may be meant.
    pub fn unknown(&self) -> Vec<(&Text, Option<&'static str>)> {
        let unknown = self.keys().into_iter().filter(|key| !SETTINGS.contains(&key.as_str()));
        unknown.map(|key| (key, nearest(key, SETTINGS.iter().copied()))).collect()
    }

    fn setting(&self, key: &str) -> Option<NodeId> {
        self.tree.get(*self.tree.documents.first()?, key)
    }

    /// Whether a boolean setting is on; `None` when it is not there.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.tree.scalar(self.setting(key)?)? {
            Scalar::Bool(on) => Some(on),
            _ => None,
        }
    }

    /// The strings of a list setting.
    pub fn list(&self, key: &str) -> Vec<&Text> {
        let items = self.setting(key).map_or(&[][..], |id| self.tree.items(id));
        items.iter().filter_map(|id| self.tree.text(*id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};

    fn daemon(path: &str, text: &str) -> Daemon {
        Daemon::read(&Sources::new(Path::new("/"), 1).set_text(Path::new(path), FileKind::Daemon, text.to_string()))
    }

    #[test]
    fn settings_with_their_places() {
        let d = daemon("daemon.json", "{\n  \"icc\": false,\n  \"log-levle\": \"debug\"\n}\n");
        assert_eq!(d.brace().map(|s| s.range()), Some(0..1));
        assert_eq!(d.value_span("icc").map(|s| s.range()), Some(11..16));
        assert_eq!(d.flag("icc"), Some(false));
        assert_eq!(d.unknown().iter().map(|(k, near)| (k.as_str(), *near)).collect::<Vec<_>>(), [("log-levle", Some("log-level"))]);
        assert!(d.is_dockers() && !d.is_windows() && !d.is_rootless());
    }

    #[test]
    fn files_of_others() {
        assert!(!daemon("daemon.json", "{\"rpc-port\": 1}").is_dockers());
        assert!(!daemon("daemon.json", "{}").is_dockers());
        assert!(!daemon("daemon.json", "[\"icc\"]").is_dockers());
        assert!(!daemon("daemon.json", "{\"icc\": }, {").is_dockers() || daemon("daemon.json", "{\"icc\": }, {").brace().is_none());
        assert!(daemon("daemon.json", "{\"hosts\": [\"npipe://\"]}").is_windows());
        assert!(daemon("daemon.json", "{\"data-root\": \"D:\\\\docker\"}").is_windows());
        assert!(daemon("home/a/.config/docker/daemon.json", "{}").is_rootless());
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(SETTINGS.is_sorted());
    }
}
