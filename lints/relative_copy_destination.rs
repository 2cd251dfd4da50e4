use crate::lint::prelude::*;
use crate::model::dockerfile::is_absolute;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "relative-copy-destination",
    summary: "files are copied to a relative path while no WORKDIR is set",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3045", "droast:DF063"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("relative_copy_destination.md"),
    checks: &[Check::Instruction(&[Keyword::Add, Keyword::Copy], check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { return };
    let (Some(stage), Some(destination)) = (at.stage, copy.destination) else { return };
    // What ONBUILD triggers runs first in the next build, in the directory that this stage ends with.
    let before = if at.onbuild { usize::MAX } else { at.index };
    let has_workdir = at.dockerfile.has_workdir(stage, before);
    if has_workdir == Some(true) || at.dockerfile.is_windows(stage) {
        return;
    }
    let path = at.resolve(&destination);
    let Some(path) = path.known().filter(|p| !p.is_empty() && !is_absolute(p)) else { return };
    let keyword = at.instruction.keyword;
    let message = match has_workdir {
        Some(_) => format!("{keyword} to `{path}` goes under `/`: no WORKDIR is set before it"),
        None => format!("{keyword} to `{path}` goes to a directory that only the base image knows: no WORKDIR is set before it"),
    };
    let report = cx.report(destination.span(), message).help("set a WORKDIR first, as `WORKDIR /app`, or write the whole path").evidence(path.as_str());
    if has_workdir.is_none() { report.unknown().file() } else { report.file() }
}
