//! What a service is made of: plain data, every part with its bytes.

use std::ops::Deref;
use std::path::PathBuf;

use super::quantity::{self, Words};
use super::service::Paths;
use super::value::{Map, Node, Resolved, Value};
use crate::model::origin::{Origin, Slot, Sourced};
use crate::source::Span;
use crate::syntax::text::Text;

/// A list of strings.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct List {
    /// The items that could be read.
    pub items: Vec<Sourced<Resolved>>,
    /// Whether these are all: no item was broken.
    pub complete: bool,
}

impl Deref for List {
    type Target = [Sourced<Resolved>];
    fn deref(&self) -> &Self::Target {
        &self.items
    }
}

/// One `key: value` or `key=value` of a list or mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyValue {
    /// The key.
    pub name: Text,
    /// The value; `None` when there is none.
    pub value: Option<Resolved>,
    /// Key and value together.
    pub span: Span,
    /// How the value got here.
    pub origin: Origin,
}

/// A variable of the container's environment.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvVar {
    /// Its name.
    pub name: Text,
    /// Its value; `None` for a name alone, which takes the value of the environment.
    pub value: Option<Resolved>,
    /// Name and value together.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// It stands in an env file, not under `environment:`.
    pub from_env_file: bool,
}

/// `command`, `entrypoint`, or a health check's test.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A list of arguments.
    Argv(Vec<Resolved>),
    /// A string, which Compose splits into words itself; `words` is `None` when it cannot.
    Line {
        /// The string.
        text: Resolved,
        /// Its words.
        words: Option<Words>,
    },
}

impl Command {
    pub(super) fn read(node: &Node) -> Option<Command> {
        match &node.value {
            Value::Seq(items) => Some(Command::Argv(items.iter().filter_map(Node::resolved).collect())),
            Value::Str(_) => {
                let text = node.resolved()?;
                Some(Command::Line { words: quantity::words(&text), text })
            }
            _ => None,
        }
    }

    /// The arguments as the container gets them.
    pub fn argv(&self) -> &[Resolved] {
        match self {
            Command::Argv(argv) => argv,
            Command::Line { words, .. } => words.as_ref().map_or(&[], |w| &w.words),
        }
    }
}

/// What `build:` says.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildSpec {
    /// The value of `build:`.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// The build context as written; the project folder when it is missing.
    pub context: Option<Resolved>,
    /// The context as a folder; `None` when it is remote or unknown.
    pub context_path: Option<PathBuf>,
    /// The Dockerfile as written, relative to the context.
    pub dockerfile: Option<Resolved>,
    /// A Dockerfile within the Compose file.
    pub dockerfile_inline: Option<Resolved>,
    /// The stage to build.
    pub target: Option<Resolved>,
    /// Build arguments; without a value they come from the environment.
    pub args: Vec<KeyValue>,
    /// Named contexts.
    pub additional_contexts: Vec<KeyValue>,
    /// Images to take layers from.
    pub cache_from: List,
    /// `security.insecure`, `network.host` ...
    pub entitlements: List,
    /// `privileged: true`.
    pub privileged: Slot<bool>,
    /// The network of RUN instructions.
    pub network: Option<Resolved>,
    /// Secrets that the build may mount.
    pub secrets: Vec<FileRef>,
    /// SSH agents or keys.
    pub ssh: Vec<KeyValue>,
    /// The platforms to build for.
    pub platforms: List,
    /// The mapping, for what is not spelled out here.
    pub node: Node,
}

/// A secret or config that a service uses.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRef {
    /// The whole entry.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// The name under the project's `secrets:` or `configs:`.
    pub source: Option<Resolved>,
    /// Where the container sees it.
    pub target: Option<Resolved>,
    /// The mapping, for `uid`, `gid` and `mode`.
    pub node: Node,
}

/// A device of the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// The whole entry.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// Its path on the host, or a CDI name.
    pub source: Resolved,
    /// Its path in the container.
    pub target: Option<Resolved>,
    /// `rwm` or fewer.
    pub permissions: Option<Resolved>,
}

/// One entry of `depends_on`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// The service.
    pub service: String,
    /// Where its name is written.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// `service_started`, `service_healthy` ...
    pub condition: Option<Resolved>,
    /// `required: false` makes it optional.
    pub required: bool,
}

/// What `healthcheck:` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Healthcheck {
    /// The value of `healthcheck:`.
    pub span: Span,
    /// The test.
    pub test: Option<Sourced<Command>>,
    /// `disable: true`, or a test of `[NONE]`.
    pub disabled: bool,
    /// The mapping, for the intervals.
    pub node: Node,
}

/// A command that Compose runs in the container at some moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// The key it stands under: `post_start`, `pre_stop`, `pre_start`, or `develop.watch.exec`.
    pub kind: &'static str,
    /// The whole entry.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// The command.
    pub command: Option<Command>,
    /// The user it runs as.
    pub user: Option<Resolved>,
    /// `privileged: true`.
    pub privileged: Slot<bool>,
    /// Its own environment.
    pub environment: Vec<KeyValue>,
    /// The mapping.
    pub node: Node,
}

/// A limit of memory, processors or processes that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The key that sets it, as `mem_limit` or `deploy.resources.limits.memory`.
    pub key: &'static str,
    /// As written.
    pub text: Resolved,
    /// In bytes, processors or processes; `None` when it is unknown or cannot be read. 0 and less mean no limit.
    pub value: Option<f64>,
    /// How it got here.
    pub origin: Origin,
}

impl EnvVar {
    pub(super) fn written(pair: KeyValue) -> EnvVar {
        EnvVar { name: pair.name, value: pair.value, span: pair.span, origin: pair.origin, from_env_file: false }
    }
}

/// A network, volume, secret, config or model of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its name in the project.
    pub name: String,
    /// Its key.
    pub key: Origin,
    /// What is said of it; `null` is common.
    pub node: Node,
    pub(super) paths: Paths,
}

impl Resource {
    /// The string under a key.
    pub fn text(&self, key: &str) -> Option<Resolved> {
        self.node.get(key).and_then(Node::resolved)
    }

    /// Whether it is made outside the project.
    pub fn is_external(&self) -> bool {
        self.node.get("external").and_then(Node::as_bool).unwrap_or(false)
    }

    /// The file that holds a secret or config, as an absolute path.
    pub fn file(&self) -> Option<(Resolved, PathBuf)> {
        let text = self.text("file").filter(Resolved::is_known)?;
        let path = self.paths.resolve(&text);
        Some((text, path))
    }

    /// A volume's driver options.
    pub fn driver_opts(&self) -> Vec<KeyValue> {
        self.node.get("driver_opts").and_then(Node::as_map).map_or_else(Vec::new, pairs)
    }

    /// The absolute path that a value of it names.
    pub fn path(&self, text: &Resolved) -> Option<PathBuf> {
        text.is_known().then(|| self.paths.resolve(text))
    }
}

pub(super) fn list(nodes: &[Node]) -> List {
    let items: Vec<_> = nodes.iter().filter_map(|n| Some(Sourced { value: n.resolved()?, origin: n.origin.clone() })).collect();
    let complete = items.len() == nodes.len() && items.iter().all(|i| i.value.is_known());
    List { items, complete }
}

pub(super) fn pairs(map: &Map) -> Vec<KeyValue> {
    map.iter().filter(|(_, e)| !e.value.is_broken()).map(|(name, e)| pair(name, &e.key, &e.value)).collect()
}

fn pair(name: &str, key: &Origin, value: &Node) -> KeyValue {
    let at = key.span;
    let name = if at.len() == name.len() { Text::verbatim(at.file, at.start as usize, name) } else { Text::replaced(at, name) };
    KeyValue { span: at.to(value.span()), name, value: value.resolved(), origin: value.origin.clone() }
}

pub(super) fn file_refs(node: Option<&Node>) -> Vec<FileRef> {
    let read = |node: &Node| {
        let text = |key: &str| node.get(key).and_then(Node::resolved);
        node.as_map()?;
        Some(FileRef { span: node.span(), origin: node.origin.clone(), source: text("source"), target: text("target"), node: node.clone() })
    };
    node.and_then(Node::as_seq).unwrap_or(&[]).iter().filter_map(read).collect()
}

pub(super) fn hook(kind: &'static str, node: &Node) -> Option<Hook> {
    let map = node.as_map()?;
    let privileged = match map.entry("privileged") {
        None => Slot::Absent(node.span()),
        Some(e) => match e.value.as_bool() {
            Some(value) => Slot::Set(Sourced { value, origin: e.value.origin.clone() }),
            None => Slot::Broken(e.value.span()),
        },
    };
    Some(Hook {
        kind,
        span: node.span(),
        origin: node.origin.clone(),
        command: map.get("command").and_then(Command::read),
        user: map.get("user").and_then(Node::resolved),
        privileged,
        environment: map.get("environment").and_then(Node::as_map).map_or_else(Vec::new, pairs),
        node: node.clone(),
    })
}
