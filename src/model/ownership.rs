//! Whether a path of an image belongs to root, with nothing that may have given it to somebody else.

use std::sync::Arc;

use super::build::{Build, is_root};
use super::command::{memberships, mode_changes, new_users, ownership_changes, package_installs};
use super::dockerfile::{Base, InstructionAt, Resolved, RunUser, clean_path};
use super::image_content::is_unpacked_archive;
use super::run;
use crate::syntax::dockerfile::{Args, Keyword};
use crate::syntax::shell::{Flow, Script};
use crate::syntax::text::Text;

/// Programs that change nobody's rights to what they name.
const HARMLESS: &[&str] =
    &["mkdir", "cd", "ls", "rm", "rmdir", "echo", "printf", "test", "[", "true", "cat", "touch", "du", "stat", "ln", "pushd"];

/// Folders that everybody may write in every image.
const OPEN: &[&str] = &["/tmp", "/var/tmp", "/dev/shm", "/run/lock"];

/// Folders in which packages make folders of their own, with owners of their own.
const OF_PACKAGES: &[&str] = &["/etc", "/opt", "/run", "/srv", "/usr", "/var"];

/// What the instructions of an image do to owners and modes, read once.
#[derive(Debug)]
pub struct Owners<'b> {
    build: &'b Build,
    steps: Vec<(InstructionAt<'b>, Option<Arc<Script>>)>,
}

impl<'b> Owners<'b> {
    /// Reads the instructions.
    pub fn of(build: &'b Build) -> Owners<'b> {
        let steps = build.instructions().into_iter().map(|at| (at, run::script(&at, &[""]))).collect();
        Owners { build, steps }
    }

    /// Whether `path` certainly belongs to root when the instruction `before` is reached: on a plain base image, made by
    /// root or by nobody, and touched by nothing that may have changed its owner or mode.
    pub fn is_roots(&self, path: &str, before: usize) -> bool {
        let is_open = OPEN.iter().any(|open| is_in(path, open));
        let mut earlier = self.steps.iter().filter(|(at, _)| at.index < before);
        !is_open && has_plain_base(self.build, path) && !earlier.any(|(at, scripts)| may_give(at, scripts, path))
    }
}

/// Whether the base image is one without a service of its own, whose files outside the system are root's.
fn has_plain_base(build: &Build, path: &str) -> bool {
    match build.dockerfile.ancestry(build.stage).pop().map(|s| &s.base) {
        Some(Base::Scratch) => true,
        Some(Base::Image(_)) => build.base().is_some_and(|known| {
            let is_service = known.drops_privileges.is_some() || known.datastore.is_some() || known.windows == Some(true);
            let is_its_own = known.workdir.is_some_and(|w| is_in(path, w));
            known.user.is_some_and(is_root) && !is_service && !is_its_own
        }),
        _ => false,
    }
}

/// The user of an instruction, when it is certainly root or certainly not.
pub fn is_root_at(at: &InstructionAt<'_>) -> Option<bool> {
    match at.dockerfile.user_at(at.stage?, at.index) {
        RunUser::Set { user: Resolved::Known(user), .. } => Some(is_root(user)),
        RunUser::Base { known, .. } => known?.user.map(is_root),
        RunUser::Scratch { .. } => Some(true),
        RunUser::Set { .. } | RunUser::Unknown { .. } => None,
    }
}

/// Whether an instruction may change who may write the path.
fn may_give(at: &InstructionAt<'_>, scripts: &Option<Arc<Script>>, path: &str) -> bool {
    match at.instruction.typed() {
        Args::Copy(copy) | Args::Add(copy) => {
            let changes = copy.chown.is_some() || copy.chmod.is_some() || copy.sources.iter().any(|s| is_unpacked_archive(&copy, s));
            let target = copy.destination.as_ref().and_then(|d| absolute(at, d));
            changes && target.is_none_or(|t| is_in(path, &t) || is_in(&t, path))
        }
        // A folder that somebody else makes is that user's.
        Args::Workdir(word) => is_root_at(at) != Some(true) && absolute(at, &word).is_none_or(|w| is_in(&w, path)),
        Args::Run(_) => run_may_give(at, scripts, path),
        _ => false,
    }
}

fn run_may_give(at: &InstructionAt<'_>, scripts: &Option<Arc<Script>>, path: &str) -> bool {
    if scripts.is_none() {
        return true;
    }
    let is_root = is_root_at(at) == Some(true);
    scripts.iter().any(|script| script_may_give(at, &script.flow(), path, is_root))
}

fn script_may_give(at: &InstructionAt<'_>, flow: &Flow<'_>, path: &str, is_root: bool) -> bool {
    let installs = package_installs(flow).iter().any(|p| p.manager.is_system());
    let home = path.strip_prefix("/home/").is_some_and(|rest| !rest.contains('/'));
    if installs && OF_PACKAGES.iter().any(|f| is_in(path, f)) || home && !(new_users(flow).is_empty() && memberships(flow).is_empty()) {
        return true;
    }
    let moves = flow.commands.iter().any(|c| c.is(&["cd", "pushd"]));
    let owned = ownership_changes(flow).into_iter().flat_map(|c| c.paths);
    let mut changed = owned.chain(mode_changes(flow).into_iter().flat_map(|c| c.paths));
    changed.any(|word| touches(at, &word, path, true, moves))
        || flow.commands.iter().any(|command| {
            if command.words().is_empty() || is_root && command.is(HARMLESS) {
                return false;
            }
            let is_script = command.words().iter().any(|w| w.text.ends_with(".sh"));
            let opaque = is_script || command.program().is_empty() || command.is(&["make", "source", ".", "xargs", "find"]);
            let changes = command.is(&["chown", "chgrp", "chmod"]);
            let names = || command.args().iter().any(|word| touches(at, &word.unquoted(), path, false, moves));
            opaque || !changes && names()
        })
}

/// Whether a word of a command names the path, a folder around it, or something that cannot be told.
fn touches(at: &InstructionAt<'_>, word: &Text, path: &str, changes: bool, moves: bool) -> bool {
    let Some(known) = at.resolve(word).known().map(ToString::to_string) else { return changes };
    let is_pattern = known.contains(['*', '?', '{', '~', '`', '$']);
    if known.starts_with('/') {
        let named = clean_path(&known);
        return named != "/" && (is_in(path, named.trim_end_matches('*').trim_end_matches('/')) || is_in(&named, path))
            || changes && (is_pattern || named == "/");
    }
    if known.contains(path) || !changes {
        return known.contains(path);
    }
    // The path of a change is relative: to a folder that is not followed, or to the working directory.
    let is_path = known.contains('/') || known.starts_with('.');
    moves || is_pattern || is_path || absolute(at, word).is_none_or(|named| is_in(path, &named) || is_in(&named, path))
}

/// The path that a word of an instruction names, made absolute where the working directory is known.
pub fn absolute(at: &InstructionAt<'_>, word: &Text) -> Option<String> {
    let path = at.resolve(word).known()?.to_string();
    if path.starts_with('/') {
        return Some(clean_path(&path));
    }
    let workdir = at.dockerfile.workdir_at(at.stage?, at.index)?;
    Some(clean_path(&format!("{workdir}/{path}")))
}

/// Whether `path` is `folder` or below it.
pub fn is_in(path: &str, folder: &str) -> bool {
    folder == "/" || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The folders that WORKDIR makes as root in this image, with the index of the first that names each.
pub fn workdirs_of_root(build: &Build) -> Vec<(String, InstructionAt<'_>)> {
    let mut made: Vec<(String, InstructionAt<'_>)> = Vec::new();
    for at in build.instructions().into_iter().filter(|at| at.instruction.keyword == Keyword::Workdir && !at.onbuild) {
        let path = at.stage.and_then(|s| at.dockerfile.workdir_at(s, at.index + 1));
        let Some(path) = path.filter(|p| p != "/" && is_root_at(&at) == Some(true)) else { continue };
        if !made.iter().any(|(known, _)| *known == path) {
            made.push((path, at));
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{FileKind, Sources};

    fn is_roots(text: &str, path: &str) -> bool {
        let sources = Sources::new(Path::new("/"), 1 << 20);
        let file = Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, format!("FROM {text}\n")));
        let last = file.stages.len() - 1;
        Owners::of(&Build::new(Arc::clone(&file), last, None, None, &sources)).is_roots(path, usize::MAX)
    }

    #[test]
    fn what_nobody_gave_away() {
        for text in [
            "debian:12",
            "debian:12\nRUN mkdir -p /data && useradd app && chown -R app /srv\nCOPY x /data/",
            "node:22\nWORKDIR /data\nUSER node",
            "alpine:3.22\nRUN apk add curl && chmod 755 /usr/bin/x\nCOPY --chown=app . /app",
        ] {
            assert!(is_roots(text, "/data"), "{text}");
        }
    }

    #[test]
    fn what_may_be_somebody_elses() {
        for text in [
            "debian:12\nRUN mkdir /data && chown app /data",
            "debian:12\nRUN chmod -R a+w /data/x /log",
            "debian:12\nENV D=/data\nRUN chown app $D",
            "debian:12\nRUN chown app \"$SOMETHING\"",
            "debian:12\nWORKDIR /data\nRUN chown app .",
            "debian:12\nRUN cd /data && chown -R app x",
            "debian:12\nRUN useradd -m -d /data app",
            "debian:12\nRUN ./setup.sh",
            "debian:12\nUSER app\nWORKDIR /data",
            "debian:12\nCOPY --chown=app . /data",
            "debian:12\nADD root.tar /",
            "debian:12\nRUN install -d -o app /data",
            "postgres:17",
            "grafana/grafana:11.0.0",
            "registry.example.com/base:1",
        ] {
            assert!(!is_roots(text, "/data"), "{text}");
        }
        assert!(!is_roots("debian:12\nRUN apt-get install -y x", "/var/lib/x"));
        assert!(!is_roots("debian:12", "/tmp/x"));
        assert!(!is_roots("debian:12\nRUN useradd -m app", "/home/app"));
    }
}
