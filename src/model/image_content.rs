//! What instructions put into an image and to whom it belongs.

use super::build::Build;
use super::command::ownership_changes;
use super::dockerfile::{InstructionAt, clean_path};
use crate::syntax::dockerfile::{Args, CommandForm, CopyArgs, Keyword};
use crate::syntax::shell::{self, Script};
use crate::syntax::text::Text;

/// What ADD unpacks: tar archives, compressed or not.
const ARCHIVES: &[&str] = &[
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tar.zst",
    ".tzst",
    ".tar.lzma",
    ".tlz",
    ".gz",
    ".bz2",
    ".xz",
];

/// Whether ADD unpacks this source, a local archive. Those of addresses stay packed unless `--unpack` says otherwise.
pub fn is_unpacked_archive(copy: &CopyArgs, source: &Text) -> bool {
    let name = source.to_ascii_lowercase();
    let remote = name.contains("://") || name.starts_with("git@");
    let archive = ARCHIVES.iter().any(|a| name.ends_with(a));
    match copy.unpack {
        Some(unpack) => unpack && archive,
        None => archive && !remote,
    }
}

/// The paths whose owner each RUN of the image changes, with the index of the RUN.
pub fn owner_changes(build: &Build) -> Vec<(usize, String)> {
    let stages = build.dockerfile.ancestry(build.stage);
    let runs = stages.into_iter().flat_map(|s| build.dockerfile.stage_instructions(s)).filter(|at| at.instruction.keyword == Keyword::Run);
    runs.flat_map(|run| chowned(&run).into_iter().map(move |path| (run.index, path))).collect()
}

/// Whether one of `changes` after this instruction holds for what it puts at `destination`.
pub fn covered_by_chown(changes: &[(usize, String)], at: &InstructionAt<'_>, destination: &Text) -> bool {
    let Some(target) = absolute(at, destination) else { return false };
    changes.iter().any(|(index, path)| *index > at.index && covers(path, &target))
}

fn absolute(at: &InstructionAt<'_>, path: &Text) -> Option<String> {
    let path = at.resolve(path).known()?.to_string();
    if path.starts_with('/') {
        return Some(clean_path(&path));
    }
    let workdir = at.dockerfile.workdir_at(at.stage?, at.index)?;
    Some(clean_path(&format!("{workdir}/{path}")))
}

/// Whether changing the owner of `path` changes that of `target` too: the same, a folder above, or a pattern of it.
fn covers(path: &str, target: &str) -> bool {
    let path = path.trim_end_matches('*').trim_end_matches('/');
    path.is_empty() || target == path || target.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
}

/// The paths whose owner a RUN changes, made absolute where the working directory is known.
fn chowned(run: &InstructionAt<'_>) -> Vec<String> {
    let scripts = scripts_of(run);
    let changes = scripts.iter().flat_map(|s| ownership_changes(&s.flow()));
    changes.flat_map(|c| c.paths).filter_map(|path| absolute(run, &path.unquoted())).collect()
}

/// What a RUN that may change owners executes: its line or its words, and the bodies of its heredocs. Parsing is the
/// dear part, so a look at the text comes first.
fn scripts_of(run: &InstructionAt<'_>) -> Vec<Script> {
    let mentions = |text: &str| text.contains("chown") || text.contains("chgrp") || text.contains("install");
    if !mentions(&run.instruction.args) && !run.instruction.heredocs.iter().any(|h| mentions(&h.body)) {
        return Vec::new();
    }
    let Args::Run(command) = run.instruction.typed() else { return Vec::new() };
    let line = match command {
        CommandForm::Shell(line) => shell::parse(&line),
        CommandForm::Exec(words) => shell::from_words(&words, run.instruction.args.span()),
    };
    std::iter::once(line).chain(run.instruction.heredocs.iter().map(|h| shell::parse(&h.body))).collect()
}
