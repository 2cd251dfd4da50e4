use crate::lint::prelude::*;
use crate::model::dockerfile::Resolved;
use crate::syntax::dockerfile::{Args, expand};

pub static LINT: Lint = Lint {
    id: "copy-many-needs-directory",
    summary: "several files are copied to a path that does not end in /",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3021", "trivy:DS-0011", "droast:DF048"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("copy_many_needs_directory.md"),
    checks: &[Check::Instruction(&[Keyword::Add, Keyword::Copy], check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { return };
    let sources = copy.sources.len() + copy.heredocs.len();
    let Some(destination) = copy.destination.filter(|_| sources > 1) else { return };
    if at.instruction.looks_like_json || at.stage.is_some_and(|s| at.dockerfile.is_windows(s)) {
        return;
    }
    let path = match at.resolve(&destination) {
        Resolved::Known(path) => path,
        // What is written behind the last variable is known all the same; a variable may end in a slash.
        Resolved::Unknown(_) => expand(&destination, at.instruction.escape, &|_| Some("/".into())).value,
    };
    if path.is_empty() || is_directory(&path) {
        return;
    }
    let keyword = at.instruction.keyword;
    let mut report = cx
        .report(destination.span(), format!("{keyword} has {sources} sources, so `{destination}` must be a directory and end in `/`"))
        .help(format!("write `{destination}/`"))
        .evidence(path.as_str());
    if !destination.contains(['"', '\'']) {
        report = report.fix(Safety::Safe, "add the slash", vec![(destination.span().at_end(), "/".into())]);
    }
    report.file();
}

/// Whether builders take the path for a directory, by its look.
fn is_directory(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("" | "." | ".."))
}
