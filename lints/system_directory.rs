use crate::lint::prelude::*;
use crate::model::dockerfile::{Base, clean_path};
use crate::model::image::ImageRef;
use crate::model::knowledge;
use crate::syntax::dockerfile::{Args, CopyArgs};

pub static LINT: Lint = Lint {
    id: "system-directory",
    summary: "a folder of the system is used for the program's files",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.0),
    cis: &[],
    aliases: &["trivy:DS-0030", "dockle:DKL-DI-0002", "droast:DF026"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("system_directory.md"),
    checks: &[Check::Instruction(&[Keyword::Workdir, Keyword::Volume], check), Check::Build(build)],
};

const FOLDERS: &[&str] = &["/proc", "/sys", "/dev", "/boot", "/lost+found", "/initrd"];

/// Volumes that programs ask for by these names: shared memory, and the cgroups of systemd.
const ASKED_FOR: &[&str] = &["/dev/shm", "/sys/fs/cgroup"];

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Some(stage) = at.stage.filter(|s| !at.dockerfile.is_windows(*s)) else { return };
    match at.instruction.typed() {
        Args::Workdir(word) => {
            let path = at.dockerfile.workdir_at(stage, at.index + 1).filter(|_| !at.onbuild).or_else(|| Some(at.resolve(&word).known()?.to_string()));
            if let Some(folder) = path.as_deref().and_then(system_folder) {
                report(word.span(), format!("WORKDIR {word} lies in {folder}, which the kernel or the system owns"), "use a folder of the program's own, as `WORKDIR /app`", cx);
            }
        }
        Args::Volume(words) => {
            for word in words {
                let path = at.resolve(&word).known().map(|p| clean_path(p));
                let asked_for = path.as_deref().is_some_and(|p| ASKED_FOR.contains(&p));
                if let Some(folder) = path.as_deref().and_then(system_folder).filter(|_| !asked_for) {
                    report(word.span(), format!("VOLUME {word} hides {folder}, which the kernel or the system owns"), "take it out: the engine mounts what the container needs there", cx);
                }
            }
        }
        _ => {}
    }
}

fn build(build: &Build, cx: &mut Cx<'_>) {
    let on_a_system = build.dockerfile.ancestry(build.stage).pop().is_some_and(|root| matches!(root.base, Base::Image(_)));
    if !on_a_system || build.dockerfile.is_windows(build.stage) {
        return;
    }
    for at in build.instructions() {
        if let (Args::Copy(copy) | Args::Add(copy), Some(stage)) = (at.instruction.typed(), at.stage) {
            onto_root(&at, stage, &copy, cx);
        }
    }
}

fn report(span: Span, message: String, help: &str, cx: &mut Cx<'_>) {
    cx.report(span, message).help(help);
}

fn system_folder(path: &str) -> Option<&'static str> {
    let inside = |folder: &&&str| path.strip_prefix(**folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    FOLDERS.iter().find(inside).copied()
}

/// A whole context, or a whole file system, onto the root of another one. A named folder (`rootfs/`) is meant for it.
fn onto_root(at: &InstructionAt<'_>, stage: usize, copy: &CopyArgs, cx: &mut Cx<'_>) {
    let Some(destination) = &copy.destination else { return };
    let workdir = || at.dockerfile.workdir_at(stage, at.index).unwrap_or_else(|| "?".into());
    let target = at.resolve(destination).known().map(|d| if d.starts_with('/') { d.to_string() } else { format!("{}/{d}", workdir()) });
    if target.is_none_or(|t| clean_path(&t) != "/") || copy.parents || copy.from.as_ref().is_some_and(|from| !holds_a_system(at, stage, from)) {
        return;
    }
    let whole = |source: &&Text| matches!(source.trim_start_matches("./").trim_end_matches('/'), "" | "." | "*");
    if let Some(source) = copy.sources.iter().find(whole) {
        let what = if copy.from.is_some() { "a whole file system" } else { "the whole build context" };
        report(
            source.span().to(destination.span()),
            format!("{what} is copied over /: what is called bin, etc or lib there replaces the system's"),
            "copy it into a folder of its own, as `/app/`, or name the folders",
            cx,
        );
    }
}

/// Whether what is copied from is a whole system: a stage on an image, or an image that is known to have a shell. One that
/// is made to be copied from holds a few files.
fn holds_a_system(at: &InstructionAt<'_>, stage: usize, from: &Text) -> bool {
    let from = at.resolve(from);
    let Some(from) = from.known() else { return false };
    match at.dockerfile.stage_named(from, stage) {
        Some(source) => at.dockerfile.ancestry(source).pop().is_some_and(|root| matches!(root.base, Base::Image(_))),
        None => ImageRef::parse(from).ok().and_then(|image| knowledge::lookup(&image)).and_then(|k| k.has_shell()) == Some(true),
    }
}
