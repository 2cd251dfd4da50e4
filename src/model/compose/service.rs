//! A service as lints read it: typed, every part with its bytes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::mounts::Mount;
use super::parts::{BuildSpec, Command, Dependency, Device, EnvVar, FileRef, Healthcheck, Hook, KeyValue, Limit, List};
use super::parts::{file_refs, hook, list, pairs};
use super::ports::Port;
use super::quantity;
use super::value::{Map, Node, Resolved, Value};
use crate::model::origin::{Origin, Slot, Sourced};
use crate::source::{FileId, Span, normalize};
use crate::syntax::text::Text;

/// A service of a project, overrides, `extends` and includes applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its key, in the file where the service is written: the place to point at for a key that is missing.
    pub key: Span,
    /// How the key got here.
    pub key_origin: Origin,
    /// Its canonical mapping.
    pub node: Node,
    /// Whether the active profiles switch it on.
    pub enabled: bool,
    /// What its env files set, in the order of reading.
    pub(super) env_files: Vec<EnvVar>,
    /// What its label files say, in the order of reading.
    pub(super) label_files: Vec<KeyValue>,
    pub(super) paths: Paths,
    /// Read at first use.
    pub(super) build: OnceLock<Option<Arc<BuildSpec>>>,
}

/// A key that limits, and how its value reads.
type LimitKey = (&'static str, fn(&str) -> Option<f64>);

/// Which folder the relative paths of each file start from.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Paths {
    pub project: PathBuf,
    pub home: Option<PathBuf>,
    pub of_file: Arc<HashMap<FileId, PathBuf>>,
}

impl Paths {
    /// The absolute path that a value names, wherever the file it stands in was read from.
    pub fn resolve(&self, text: &Text) -> PathBuf {
        let base = self.of_file.get(&text.file()).unwrap_or(&self.project);
        let path = match (text.strip_prefix('~'), &self.home) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
            _ => base.join(text.as_str()),
        };
        normalize(&path)
    }
}

impl Service {
    /// The value at a path of keys. An absent one points at the deepest key of the path that is there; `null` counts
    /// as absent.
    pub fn get(&self, path: &[&str]) -> Slot<&Node> {
        let mut node = &self.node;
        let mut at = self.key;
        for key in path {
            let map = match &node.value {
                Value::Map(map) => map,
                Value::Null => return Slot::Absent(at),
                _ => return Slot::Broken(node.span()),
            };
            match map.entry(key) {
                Some(entry) => (node, at) = (&entry.value, entry.key.span),
                None => return map.lost.map_or(Slot::Absent(at), Slot::Broken),
            }
        }
        match &node.value {
            Value::Broken => Slot::Broken(node.span()),
            Value::Null => Slot::Absent(at),
            _ => Slot::Set(Sourced { value: node, origin: node.origin.clone() }),
        }
    }

    /// Where the key at the end of a path is written.
    pub fn key_of(&self, path: &[&str]) -> Option<Span> {
        let (last, parents) = path.split_last()?;
        let map = self.node.get_path(parents)?.as_map()?;
        map.entry(last).map(|e| e.key.span)
    }

    /// The string at a path; numbers and booleans read as their text.
    pub fn text(&self, path: &[&str]) -> Slot<Resolved> {
        read(self.get(path), Node::resolved)
    }

    /// The boolean at a path. A string that is none yet, because a variable is not known, is broken.
    pub fn bool(&self, path: &[&str]) -> Slot<bool> {
        read(self.get(path), Node::as_bool)
    }

    /// The list of strings at a path.
    pub fn list(&self, path: &[&str]) -> Slot<List> {
        read(self.get(path), |node| node.as_seq().map(list))
    }

    /// The pairs of the mapping at a path, none when it is not there.
    pub fn pairs(&self, path: &[&str]) -> Vec<KeyValue> {
        self.node.get_path(path).and_then(Node::as_map).map_or_else(Vec::new, pairs)
    }

    /// `image:`.
    pub fn image(&self) -> Slot<Resolved> {
        self.text(&["image"])
    }

    /// `build:`.
    pub fn build(&self) -> Option<&BuildSpec> {
        self.build.get_or_init(|| self.read_build().map(Arc::new)).as_deref()
    }

    fn read_build(&self) -> Option<BuildSpec> {
        let node = self.node.get("build").filter(|n| n.as_map().is_some())?;
        let text = |key: &str| node.get(key).and_then(Node::resolved);
        let slot = |key: &str| self.get(&["build", key]);
        let context = text("context");
        let items = |key: &str| node.get(key).and_then(Node::as_seq).map(list).unwrap_or_default();
        let pairs_of = |key: &str| node.get(key).and_then(Node::as_map).map_or_else(Vec::new, pairs);
        Some(BuildSpec {
            span: node.span(),
            origin: node.origin.clone(),
            context_path: match &context {
                None => Some(self.paths.project.clone()),
                Some(c) if c.is_certain() && !is_remote_context(c) => Some(self.paths.resolve(c)),
                Some(_) => None,
            },
            context,
            dockerfile: text("dockerfile"),
            dockerfile_inline: text("dockerfile_inline"),
            target: text("target"),
            args: pairs_of("args"),
            additional_contexts: pairs_of("additional_contexts"),
            cache_from: items("cache_from"),
            entitlements: items("entitlements"),
            privileged: read(slot("privileged"), Node::as_bool),
            network: text("network"),
            secrets: file_refs(node.get("secrets")),
            ssh: pairs_of("ssh"),
            platforms: items("platforms"),
            node: node.clone(),
        })
    }

    /// `user:`.
    pub fn user(&self) -> Slot<Resolved> {
        self.text(&["user"])
    }

    /// `privileged:`.
    pub fn privileged(&self) -> Slot<bool> {
        self.bool(&["privileged"])
    }

    /// `read_only:`.
    pub fn read_only(&self) -> Slot<bool> {
        self.bool(&["read_only"])
    }

    /// `cap_add:`.
    pub fn cap_add(&self) -> Slot<List> {
        self.list(&["cap_add"])
    }

    /// `cap_drop:`.
    pub fn cap_drop(&self) -> Slot<List> {
        self.list(&["cap_drop"])
    }

    /// `security_opt:`.
    pub fn security_opt(&self) -> Slot<List> {
        self.list(&["security_opt"])
    }

    /// `ports:`, those that can be read.
    pub fn ports(&self) -> Vec<Port> {
        self.items("ports").iter().filter_map(Port::read).collect()
    }

    /// `expose:`.
    pub fn expose(&self) -> Slot<List> {
        self.list(&["expose"])
    }

    /// `volumes:`, those that can be read.
    pub fn volumes(&self) -> Vec<Mount> {
        self.items("volumes").iter().filter_map(Mount::read).collect()
    }

    /// The absolute path on the host of a bind mount's source; `None` when it is no path or not known.
    pub fn source_path(&self, mount: &Mount) -> Option<PathBuf> {
        let source = mount.source.as_ref().filter(|s| s.is_known())?;
        (mount.kind == super::MountKind::Bind).then(|| self.paths.resolve(source))
    }

    /// The absolute path that a value of this service names, relative to the folder that its file's paths start from.
    pub fn path(&self, text: &Resolved) -> Option<PathBuf> {
        text.is_known().then(|| self.paths.resolve(text))
    }

    /// `tmpfs:`.
    pub fn tmpfs(&self) -> Slot<List> {
        self.list(&["tmpfs"])
    }

    /// `devices:`, those that can be read.
    pub fn devices(&self) -> Vec<Device> {
        let read = |node: &Node| {
            let text = |key: &str| node.get(key).and_then(Node::resolved);
            Some(Device {
                span: node.span(),
                origin: node.origin.clone(),
                source: text("source")?,
                target: text("target"),
                permissions: text("permissions"),
            })
        };
        self.items("devices").iter().filter_map(read).collect()
    }

    /// The environment of the container: env files first, and `environment:` over them.
    pub fn environment(&self) -> Vec<EnvVar> {
        let own: Vec<EnvVar> = self.pairs(&["environment"]).into_iter().map(EnvVar::written).collect();
        let hidden = |name: &str| self.node.get("environment").and_then(Node::as_map).is_some_and(|m| m.contains(name));
        let mut out: Vec<EnvVar> = self.env_files.iter().filter(|v| !hidden(&v.name)).cloned().collect();
        out.extend(own);
        out
    }

    /// The labels of the container: label files first, and `labels:` over them.
    pub fn labels(&self) -> Vec<KeyValue> {
        let own = self.pairs(&["labels"]);
        let hidden = |name: &str| self.node.get("labels").and_then(Node::as_map).is_some_and(|m| m.contains(name));
        let mut out: Vec<KeyValue> = self.label_files.iter().filter(|l| !hidden(&l.name)).cloned().collect();
        out.extend(own);
        out
    }

    /// `command:`.
    pub fn command(&self) -> Slot<Command> {
        read(self.get(&["command"]), Command::read)
    }

    /// `entrypoint:`.
    pub fn entrypoint(&self) -> Slot<Command> {
        read(self.get(&["entrypoint"]), Command::read)
    }

    /// `healthcheck:`.
    pub fn healthcheck(&self) -> Slot<Healthcheck> {
        read(self.get(&["healthcheck"]), |node| {
            let map = node.as_map()?;
            let test = map.get("test").and_then(|t| Some(Sourced { value: Command::read(t)?, origin: t.origin.clone() }));
            // A string is run by a shell, whatever it says.
            let none = map.get("test").and_then(Node::as_seq).and_then(|t| t.first()?.resolved()).is_some_and(|w| w.as_str() == "NONE");
            let disabled = map.get("disable").and_then(Node::as_bool).unwrap_or(false) || none;
            Some(Healthcheck { span: node.span(), test, disabled, node: node.clone() })
        })
    }

    /// Commands that Compose runs at some moment in the life of the container.
    pub fn hooks(&self) -> Vec<Hook> {
        let mut out = Vec::new();
        for kind in ["pre_start", "post_start", "pre_stop"] {
            out.extend(self.items(kind).iter().filter_map(|n| hook(kind, n)));
        }
        let watch = self.node.get_path(&["develop", "watch"]).and_then(Node::as_seq).unwrap_or(&[]);
        out.extend(watch.iter().filter_map(|w| hook("develop.watch.exec", w.get("exec")?)));
        out
    }

    /// The memory limit: `mem_limit` or `deploy.resources.limits.memory`, in bytes.
    pub fn memory_limit(&self) -> Slot<Limit> {
        let parse = |t: &str| quantity::bytes(t).map(|b| b as f64);
        self.limit(&[("mem_limit", parse), ("deploy.resources.limits.memory", parse)])
    }

    /// The processor limit: `cpus`, `deploy.resources.limits.cpus` or `cpu_quota` over its period, in processors.
    pub fn cpu_limit(&self) -> Slot<Limit> {
        let number = |t: &str| t.parse::<f64>().ok();
        let quota = |t: &str| t.parse::<f64>().ok().map(|q| q / 100_000.0);
        self.limit(&[("cpus", number), ("deploy.resources.limits.cpus", number), ("cpu_quota", quota)])
    }

    /// The limit of processes: `pids_limit` or `deploy.resources.limits.pids`.
    pub fn pids_limit(&self) -> Slot<Limit> {
        let number = |t: &str| t.parse::<f64>().ok();
        self.limit(&[("pids_limit", number), ("deploy.resources.limits.pids", number)])
    }

    fn limit(&self, keys: &[LimitKey]) -> Slot<Limit> {
        let mut broken = None;
        for (key, parse) in keys {
            let path: Vec<&str> = key.split('.').collect();
            match self.text(&path) {
                Slot::Set(text) => {
                    let value = text.value.is_known().then(|| parse(&text.value)).flatten();
                    let limit = Limit { key, value, text: text.value, origin: text.origin.clone() };
                    return Slot::Set(Sourced { value: limit, origin: text.origin });
                }
                Slot::Broken(span) => broken = broken.or(Some(span)),
                Slot::Absent(_) => {}
            }
        }
        broken.map_or(Slot::Absent(self.key), Slot::Broken)
    }

    /// `provider:`, which makes the service something else than a container.
    pub fn provider(&self) -> Option<&Node> {
        self.node.get("provider").filter(|n| !n.is_null())
    }

    /// `network_mode:`.
    pub fn network_mode(&self) -> Slot<Resolved> {
        self.text(&["network_mode"])
    }

    /// `networks:`: the names, where they are written, and what is said of each.
    pub fn networks(&self) -> Vec<(&str, &Origin, &Node)> {
        let map = self.node.get("networks").and_then(Node::as_map);
        map.map_or_else(Vec::new, |m| m.iter().map(|(name, e)| (name, &e.key, &e.value)).collect())
    }

    /// `profiles:`.
    pub fn profiles(&self) -> Slot<List> {
        self.list(&["profiles"])
    }

    /// `depends_on:`.
    pub fn depends_on(&self) -> Vec<Dependency> {
        let Some(map) = self.node.get("depends_on").and_then(Node::as_map) else { return Vec::new() };
        map.iter()
            .map(|(name, entry)| Dependency {
                service: name.to_owned(),
                span: entry.key.span,
                origin: entry.key.clone(),
                condition: entry.value.get("condition").and_then(Node::resolved),
                required: entry.value.get("required").and_then(Node::as_bool).unwrap_or(true),
            })
            .collect()
    }

    /// `secrets:`.
    pub fn secrets(&self) -> Vec<FileRef> {
        file_refs(self.node.get("secrets"))
    }

    /// `configs:`.
    pub fn configs(&self) -> Vec<FileRef> {
        file_refs(self.node.get("configs"))
    }

    /// The `x-` keys.
    pub fn extensions(&self) -> impl Iterator<Item = (&str, &Node)> {
        let entries = self.node.as_map().into_iter().flat_map(Map::iter);
        entries.filter(|(k, _)| k.starts_with("x-")).map(|(k, e)| (k, &e.value))
    }

    fn items(&self, key: &str) -> &[Node] {
        self.node.get(key).and_then(Node::as_seq).unwrap_or(&[])
    }
}

/// Reads what a slot holds; what does not fit is broken.
fn read<T>(slot: Slot<&Node>, f: impl FnOnce(&Node) -> Option<T>) -> Slot<T> {
    match slot {
        Slot::Set(node) => match f(node.value) {
            Some(value) => Slot::Set(Sourced { value, origin: node.origin }),
            None => Slot::Broken(node.origin.span),
        },
        Slot::Absent(at) => Slot::Absent(at),
        Slot::Broken(at) => Slot::Broken(at),
    }
}

/// Whether a build context is no folder: a Git repository, an archive on the net, another service or image.
pub(super) fn is_remote_context(context: &str) -> bool {
    let schemes =
        ["http://", "https://", "git://", "ssh://", "git@", "github.com/", "docker-image://", "oci-layout://", "service:", "target:"];
    schemes.iter().any(|s| context.starts_with(s)) || context == "-"
}

/// The name of a folder as Compose makes a project name of it: lower case, only `a-z0-9_-`, not starting with `_` or `-`.
pub(super) fn project_name(text: &str) -> String {
    let kept: String =
        text.to_lowercase().chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')).collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

/// The folder that a file stands in.
pub(super) fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_path_buf()
}
