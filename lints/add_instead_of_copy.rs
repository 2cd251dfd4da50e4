use crate::lint::prelude::*;
use crate::model::image_content::is_unpacked_archive;
use crate::syntax::dockerfile::{Args, CopyArgs};

pub static LINT: Lint = Lint {
    id: "add-instead-of-copy",
    summary: "a file is taken with ADD where COPY would do",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(2.5),
    cis: &["4.9"],
    aliases: &[
        "hadolint:DL3020",
        "trivy:DS-0005",
        "checkov:CKV_DOCKER_4",
        "droast:DF006",
        "tally:hadolint/DL3020",
        "kics:Add Instead of Copy",
        "dockle:CIS-DI-0009",
    ],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("add_instead_of_copy.md"),
    checks: &[Check::Instruction(&[Keyword::Add], check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Args::Add(add) = at.instruction.typed() else { return };
    if add.destination.is_none() || ["checksum", "unpack", "keep-git-dir"].iter().any(|f| at.instruction.flag(f).is_some()) {
        return;
    }
    let sources: Option<Vec<Text>> = add.sources.iter().map(|s| at.resolve(s).known().cloned()).collect();
    let Some(sources) = sources.filter(|s| s.iter().all(|source| is_plain(&add, source))) else { return };
    let what = sources.first().or(add.heredocs.first()).map_or("", Text::as_str);
    let report = cx
        .report(at.instruction.name.span(), format!("ADD does what COPY does with `{what}`, and would also unpack and download"))
        .help("write COPY")
        .evidence(what);
    if sources.iter().any(|s| may_be_archive(s)) {
        report.file();
    } else {
        report.fix(Safety::Safe, "write COPY", vec![(at.instruction.name.span(), like(&at.instruction.name))]).file();
    }
}

/// COPY, in lower case where the author writes so.
fn like(written: &str) -> String {
    if written.chars().all(|c| c.is_ascii_lowercase()) { "copy".into() } else { "COPY".into() }
}

/// A file or folder of the context that is no archive by its name.
fn is_plain(add: &CopyArgs, source: &Text) -> bool {
    let text = source.unquoted();
    let remote = text.contains("://") || text.starts_with("git@") || text.starts_with("github.com/");
    // `rootfs.tar*`, `*.t?z`
    let stem = text.trim_end_matches(['*', '?']);
    !text.is_empty() && !remote && !is_unpacked_archive(add, &text) && !stem.ends_with(".tar") && !text.to_ascii_lowercase().contains(".tar.") && !stem.ends_with(".t")
}

/// Whether a pattern leaves open how the names end.
fn may_be_archive(source: &str) -> bool {
    let last = source.rsplit('/').next().unwrap_or(source);
    let wild = last.rfind(['*', '?', ']']);
    wild.is_some_and(|at| !last.get(at..).is_some_and(|rest| rest.contains('.')))
}
