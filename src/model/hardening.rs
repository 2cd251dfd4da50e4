//! What an image does for its own safety, and how a service takes it back.

use super::build::{Build, DecidedBy, Decision, RunsAs, image_runs_as, is_root};
use super::compose::{MountKind, Service};
use super::dockerfile::{Base, Resolved, RunUser, clean_path};
use super::knowledge;
use crate::source::{Sources, Span};
use crate::syntax::dockerfile::Args;

/// A service that makes root of an image that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeRoot {
    /// The bytes that do it.
    pub span: Span,
    /// How.
    pub by: MadeRootBy,
}

/// How a service makes root of an image that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeRootBy {
    /// Its `user`, over this one of the image.
    User(String),
    /// Its `entrypoint`, over one that steps down to another user.
    Entrypoint,
}

/// Whether the service of a build runs as root although the image alone would not.
pub fn made_root(build: &Build, sources: &Sources) -> Option<MadeRoot> {
    let service = build.service()?;
    let RunsAs::Root(decision) = build.runs_as() else { return None };
    if let DecidedBy::Service(_) = decision.by {
        return Some(MadeRoot { span: decision.span, by: MadeRootBy::User(own_user(build)?) });
    }
    let entrypoint = service.entrypoint();
    let span = entrypoint.set().map(|e| e.origin.span)?;
    let alone = Build::new(build.dockerfile.clone(), build.stage, build.context.clone(), None, sources);
    alone.steps_down().then_some(MadeRoot { span, by: MadeRootBy::Entrypoint })
}

/// The same for a service that only runs an image, which the table knows.
pub fn image_made_root(service: &Service) -> Option<MadeRoot> {
    let RunsAs::Root(Decision { span, by: DecidedBy::Service(_) }) = image_runs_as(service) else { return None };
    let user = knowledge::lookup(&service.image_ref()?)?.user.filter(|u| !is_root(u))?;
    Some(MadeRoot { span, by: MadeRootBy::User(user.to_string()) })
}

/// The user that the image itself runs as, when it is known and not root.
fn own_user(build: &Build) -> Option<String> {
    let user = match build.dockerfile.image_user(build.stage) {
        RunUser::Set { user: Resolved::Known(user), .. } => user.to_string(),
        RunUser::Base { known, .. } => known?.user?.to_string(),
        _ => return None,
    };
    (!is_root(&user)).then_some(user)
}

/// Users that the plain systems below bring.
const SYSTEM_USERS: &[&str] = &[
    "_apt",
    "adm",
    "at",
    "backup",
    "bin",
    "cron",
    "cyrus",
    "daemon",
    "dbus",
    "ftp",
    "games",
    "gnats",
    "guest",
    "halt",
    "irc",
    "list",
    "lp",
    "mail",
    "man",
    "messagebus",
    "news",
    "nobody",
    "ntp",
    "operator",
    "polkitd",
    "postmaster",
    "proxy",
    "root",
    "shutdown",
    "smmsp",
    "squid",
    "sshd",
    "svn",
    "sync",
    "sys",
    "ubuntu",
    "uucp",
    "vpopmail",
    "www-data",
    "xfs",
];

/// Images whose users are known.
const PLAIN_SYSTEMS: &[&str] = &["alpine", "busybox", "debian", "fedora", "ubuntu"];

/// Whether the image of a build cannot have a user of this name: it is a plain system or empty, and nothing is run or
/// copied that could add one.
pub fn lacks_user(build: &Build, name: &str) -> bool {
    let is_number = name.bytes().all(|b| b.is_ascii_digit());
    let brings = |args: Args| match args {
        Args::Run(_) => true,
        Args::Copy(copy) | Args::Add(copy) => copy.destination.is_none_or(|d| d.contains('$') || brings_accounts(&d)),
        _ => false,
    };
    let dockerfile = &build.dockerfile;
    let ancestry = dockerfile.ancestry(build.stage);
    let base = match ancestry.last().map(|s| &s.base) {
        Some(Base::Scratch) => true,
        Some(Base::Image(image)) => {
            image.name().is_some_and(|n| n.strip_prefix("docker.io/library/").is_some_and(|n| PLAIN_SYSTEMS.contains(&n)))
        }
        _ => false,
    };
    let untouched = || ancestry.iter().flat_map(|s| dockerfile.stage_instructions(s)).all(|at| !brings(at.instruction.typed()));
    base && !is_number && !SYSTEM_USERS.contains(&name) && untouched()
}

/// Whether what is copied there may be or hold `/etc/passwd`.
fn brings_accounts(destination: &str) -> bool {
    let path = clean_path(destination);
    path == "/" || path == "/etc" || path.starts_with("/etc/passwd") || !path.starts_with('/')
}

/// A folder of the host that a service mounts over something its image copied there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The mount.
    pub mount: Span,
    /// What it mounts, as written.
    pub source: String,
    /// Where.
    pub target: String,
    /// The COPY or ADD whose files are not seen any more.
    pub copied: Span,
}

/// The folders of the host that hide what COPY and ADD of the image brought.
pub fn hidden_by_mounts(build: &Build, sources: &Sources) -> Vec<Hidden> {
    let Some(service) = build.service() else { return Vec::new() };
    let mut out = Vec::new();
    for mount in service.volumes().iter().filter(|m| m.kind == MountKind::Bind) {
        let Some(target) = mount.target.as_ref().filter(|t| t.is_certain()).map(|t| clean_path(t)) else { continue };
        let Some(path) = service.source_path(mount).filter(|p| sources.is_dir(p)) else { continue };
        let hides = |path: &str| path == target || path.strip_prefix(&target).is_some_and(|rest| rest.starts_with('/'));
        if let Some((_, copied)) = destinations(build).into_iter().find(|(path, _)| hides(path)) {
            let source = mount.source.as_ref().map_or_else(|| path.display().to_string(), |s| s.to_string());
            out.push(Hidden { mount: mount.span, source, target, copied });
        }
    }
    out
}

/// Where COPY and ADD of the image put files, made absolute, with the bytes of the instruction.
fn destinations(build: &Build) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    for stage in build.dockerfile.ancestry(build.stage) {
        for at in build.dockerfile.stage_instructions(stage) {
            let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { continue };
            let Some(to) = copy.destination.as_ref().and_then(|d| at.resolve(d).known().map(ToString::to_string)) else { continue };
            let path = match build.dockerfile.workdir_at(stage.index, at.index) {
                _ if to.starts_with('/') => clean_path(&to),
                Some(dir) => clean_path(&format!("{dir}/{to}")),
                None => continue,
            };
            out.push((path, at.instruction.span));
        }
    }
    out
}
