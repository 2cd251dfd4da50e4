use std::cell::LazyCell;
use std::collections::HashSet;

use crate::lint::prelude::*;
use crate::model::build::is_root;
use crate::model::command::writes;
use crate::model::compose::{MountKind, Project};
use crate::model::dockerfile::clean_path;
use crate::model::ownership::{Owners, absolute, is_in, is_root_at, workdirs_of_root};
use crate::model::run;
use crate::syntax::dockerfile::Args;
use crate::syntax::shell::{Command, Flow};

pub static LINT: Lint = Lint {
    id: "nonroot-user-cannot-write",
    summary: "the user of the image writes where only root may",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("nonroot_user_cannot_write.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    if build.dockerfile.is_windows(build.stage) {
        return;
    }
    let owners = LazyCell::new(|| Owners::of(build));
    build_steps(build, &owners, cx);
    let Some((user, span)) = build.last_user().filter(|(user, _)| !is_root(user)) else { return };
    if build.service().is_some_and(|s| !s.user().is_absent()) {
        return;
    }
    let name = user.split(':').next().unwrap_or(user);
    let volumes = declared(build).into_iter().map(|(path, at)| (path, at, "volume"));
    for (path, at, what) in volumes.chain(mounted(build).into_iter().map(|(path, at)| (path, at, "named volume"))).take(MOST_PATHS) {
        if !is_content(build, &path) && owners.is_roots(&path, usize::MAX) {
            cx.report(at, format!("{name} cannot write the {what} {path}: nothing gives it away, so it belongs to root"))
                .label(span, format!("the container runs as {name}"))
                .help(format!("write `RUN install -d -o {name} {path}` before USER"))
                .evidence(path);
        }
    }
}

/// Folders of code that a package manager fills while building; a volume there keeps them from being hidden.
const OF_CODE: &[&str] = &["node_modules", "vendor", ".venv", "venv"];

/// Whether the volume is there for files of the image, which the program may only read.
fn is_content(build: &Build, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lands_there = |at: &InstructionAt<'_>| match at.instruction.typed() {
        Args::Copy(copy) | Args::Add(copy) => {
            let target = copy.destination.as_ref().and_then(|d| absolute(at, d));
            target.is_none_or(|t| is_in(&t, path))
        }
        _ => false,
    };
    OF_CODE.contains(&name) || build.instructions().iter().any(lands_there)
}

/// How many paths of one image are looked at: each costs a walk over its instructions.
const MOST_PATHS: usize = 8;

/// The absolute paths of VOLUME, each once.
fn declared(build: &Build) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    for at in build.instructions().iter().filter(|at| !at.onbuild) {
        let Args::Volume(words) = at.instruction.typed() else { continue };
        for word in words.iter().take(MOST_PATHS.saturating_sub(found.len())) {
            let path = at.resolve(word).known().map(|p| clean_path(p)).filter(|p| p.starts_with('/'));
            found.extend(path.filter(|p| !found.iter().any(|(known, _)| known == p)).map(|p| (p, word.span())));
        }
    }
    found
}

/// The targets of the service's own named volumes that are not declared in the Dockerfile. Of a volume that others mount
/// too, one of them may be the owner; one from outside is not made here.
fn mounted(build: &Build) -> Vec<(String, Span)> {
    let (Some(reference), Some(service)) = (&build.service, build.service()) else { return Vec::new() };
    let declared: Vec<String> = declared(build).into_iter().map(|(path, _)| path).collect();
    let mut found = Vec::new();
    for mount in service.volumes() {
        let (Some(source), Some(target)) = (&mount.source, &mount.target) else { continue };
        if mount.kind == MountKind::Volume && mount.is_writable() && target.is_certain() && source.is_certain() && is_own(&reference.project, service, source) {
            let path = clean_path(target);
            if path.starts_with('/') && !declared.contains(&path) {
                found.push((path, target.span()));
            }
        }
    }
    found
}

fn is_own(project: &Project, service: &Service, volume: &str) -> bool {
    let mounts = |other: &Service| other.volumes().iter().any(|m| m.kind == MountKind::Volume && m.source.as_ref().is_some_and(|s| s.as_str() == volume));
    let is_plain = project.volumes.iter().find(|v| v.name == volume).is_none_or(|v| !v.is_external() && v.driver_opts().is_empty());
    is_plain && !project.services.iter().any(|other| other.name != service.name && mounts(other))
}

/// Steps that write into a WORKDIR which root made, after USER.
fn build_steps<'b>(build: &'b Build, owners: &LazyCell<Owners<'b>, impl FnOnce() -> Owners<'b>>, cx: &mut Cx<'_>) {
    let made = workdirs_of_root(build);
    if made.is_empty() {
        return;
    }
    let steps = build.instructions().into_iter().filter(|at| at.instruction.keyword == Keyword::Run && !at.onbuild && is_root_at(at) == Some(false));
    for at in steps.take(MOST_PATHS) {
        let Some(stage) = at.stage else { continue };
        let workdir = at.dockerfile.workdir_at(stage, at.index);
        let Some((path, origin)) = made.iter().find(|(path, _)| workdir.as_deref() == Some(path)) else { continue };
        let scripts = run::script(&at, &["npm", "yarn", "pnpm", "mkdir", "touch", ">"]);
        let step = scripts.iter().find_map(|script| writes_here(&script.flow()));
        let Some((span, program)) = step.filter(|_| owners.is_roots(path, at.index)) else { continue };
        cx.report(span, format!("{program} cannot write {path}: root made it, and this step runs as somebody else"))
            .label(origin.instruction.args.span(), format!("{path} is made here as root"))
            .help(format!("write `RUN chown <user> {path}` before USER"))
            .evidence(path.as_str());
        return;
    }
}

/// The first command that makes a file in the working directory.
fn writes_here(flow: &Flow<'_>) -> Option<(Span, String)> {
    if flow.commands.iter().any(|c| c.is(&["cd", "pushd", "sudo", "su"]) || c.wrappers().next().is_some()) {
        return None;
    }
    let is_plain = |c: &&Command<'_>| !c.context.conditional && !c.context.function && !c.context.condition;
    let writing: HashSet<usize> = writes(flow).iter().filter(|w| is_relative(&w.path)).filter_map(|w| w.command).collect();
    let own = flow.commands.iter().filter(is_plain).find(|c| makes_file(c, &writing))?;
    let name = own.name()?;
    Some((name.span(), own.program().to_string()))
}

fn is_relative(path: &str) -> bool {
    !path.starts_with(['/', '$', '~', '"']) && !path.contains("..") && !path.is_empty()
}

fn makes_file(command: &Command<'_>, writing: &HashSet<usize>) -> bool {
    let options = command.options();
    let verb = options.operands.first().map(|w| w.unquoted());
    let installs = command.is(&["npm", "pnpm", "yarn"])
        && verb.as_ref().is_some_and(|v| matches!(v.as_str(), "ci" | "install" | "i" | "add"))
        && !options.has(&["-g", "--global", "--prefix", "-C", "--dir", "--cwd"]);
    let makes_folder = command.is(&["mkdir"]) && !options.operands.is_empty() && options.operands.iter().all(|w| w.value().is_some_and(is_relative));
    // These may bring a folder of their own, or change a file that is there.
    let may_differ = command.is(&["cp", "mv", "ln", "tar", "unzip", "sed"]);
    installs || makes_folder || writing.contains(&command.index) && !may_differ
}
