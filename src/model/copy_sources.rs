//! Sources of COPY and ADD that are not in the build context. Evidence only: what a step before the build may make, what
//! git leaves out, and what another context would hold is not told as missing.

use std::path::{Path, PathBuf};

use super::build::Build;
use super::context::{Context, Presence, context_path};
use super::dockerfile::{InstructionAt, Resolved};
use crate::source::{EntryKind, Sources, Span};
use crate::syntax::dockerfile::{Args, CopyArgs};
use crate::syntax::text::Text;

/// A source that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The bytes that name it.
    pub span: Span,
    /// The path or pattern, variables substituted.
    pub path: String,
    /// A path that is there and may be meant.
    pub near: Option<String>,
    /// It is a pattern that nothing matches: the builder does not fail, it copies nothing.
    pub pattern: bool,
}

/// The last names of folders and files that builds make. One of them in a path makes the whole path something that may
/// be made before the image is built.
const MADE: &[&str] = &[
    "_build",
    "_output",
    ".aws-sam",
    ".next",
    ".nuxt",
    ".output",
    "artifact",
    "artifacts",
    "bazel-bin",
    "bin",
    "build",
    "bundle",
    "cert",
    "certs",
    "certificates",
    "classes",
    "coverage",
    "deploy",
    "dist",
    "export",
    "gen",
    "generated",
    "keys",
    "node_modules",
    "obj",
    "out",
    "output",
    "package",
    "packages",
    "pkg",
    "publish",
    "release",
    "releases",
    "secret",
    "secrets",
    "ssl",
    "target",
    "tls",
    "tmp",
    "vendor",
    "wheelhouse",
    "wheels",
];

/// Extensions of what is made, downloaded or kept out of repositories.
const MADE_EXTENSIONS: &[&str] = &[
    "a", "apk", "bin", "bz2", "cer", "crt", "db", "deb", "dll", "ear", "env", "exe", "gz", "img", "iso", "jar", "jks", "key", "o", "p12",
    "pem", "pfx", "phar", "rpm", "so", "sqlite", "tar", "tgz", "war", "wasm", "whl", "xz", "zip", "zst",
];

/// One source of COPY or ADD.
struct Asked {
    span: Span,
    path: String,
    presence: Presence,
    /// All sources of its instruction are patterns, so that it may bring nothing at all.
    alone: bool,
}

/// The sources that the stages which the build needs take from its context, and that are not there.
pub fn missing(build: &Build, sources: &Sources) -> Vec<Missing> {
    let context = build.context(sources);
    let is_fragment = build.service.as_ref().is_some_and(|s| s.project.fragment);
    let Some(folder) = context.folder().filter(|_| !is_fragment) else { return Vec::new() };
    let asked = asked(build, &context);
    let absent: Vec<&Asked> = asked.iter().filter(|a| a.presence == Presence::Absent).collect();
    if absent.is_empty() || context.is_presumed() && !is_plausible(folder, &absent, sources) {
        return Vec::new();
    }
    let holds_some = asked.iter().any(|a| a.presence == Presence::Present && !matches!(context_path(&a.path).as_str(), "" | "Dockerfile"));
    let told = absent.into_iter().filter(|a| !may_be_made(folder, &a.path, sources));
    let missing = told.map(|a| Missing {
        span: a.span,
        pattern: has_wildcards(&a.path),
        near: near(build, &context, folder, &a.path, sources),
        path: a.path.clone(),
    });
    missing.filter(|m| is_certain(m, context.is_presumed(), holds_some)).collect()
}

/// A folder of which nothing else is copied may be half a tree, without what it has elsewhere. And nobody says that the
/// folder of a Dockerfile is its context: only a typing error is then beyond doubt.
fn is_certain(missing: &Missing, presumed: bool, holds_some: bool) -> bool {
    match (presumed, missing.pattern) {
        (true, true) => false,
        (true, false) => holds_some && missing.near.is_some(),
        (false, true) => holds_some && !is_optional(&missing.path),
        (false, false) => holds_some || missing.near.is_some(),
    }
}

fn asked(build: &Build, context: &Context<'_>) -> Vec<Asked> {
    let dockerfile = &build.dockerfile;
    let mut out = Vec::new();
    for stage in dockerfile.reachable(build.stage).into_iter().filter_map(|n| dockerfile.stages.get(n)) {
        for at in dockerfile.stage_instructions(stage).filter(|_| !dockerfile.is_windows(stage.index)) {
            let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { continue };
            if copy.from.is_none() && copy.destination.is_some() {
                out.extend(of_instruction(&at, &copy, context));
            }
        }
    }
    out
}

fn of_instruction(at: &InstructionAt<'_>, copy: &CopyArgs, context: &Context<'_>) -> Vec<Asked> {
    let known = |word: &Text| match at.resolve(word) {
        Resolved::Known(path) => Some((word.span(), path.to_string())),
        Resolved::Unknown(_) => None,
    };
    let paths: Vec<(Span, String)> = copy.sources.iter().filter_map(known).collect();
    let alone = copy.heredocs.is_empty() && paths.len() == copy.sources.len() && paths.iter().all(|(_, p)| has_wildcards(p));
    // With --parents `**` means folders at any depth.
    let is_modelled = |path: &str| !(path.is_empty() || copy.parents && path.contains("**"));
    let asked = paths.into_iter().filter(|(_, path)| is_modelled(path)).map(|(span, path)| Asked {
        presence: context.contains(&path),
        span,
        path,
        alone,
    });
    let asked: Vec<Asked> = asked.filter(|a| a.alone || !has_wildcards(&a.path)).collect();
    // A pattern that brings nothing beside one that brings something is no harm.
    let brings_some = alone && asked.iter().any(|a| a.presence != Presence::Absent);
    if brings_some { Vec::new() } else { asked }
}

/// Whether no folder above that of the Dockerfile, which would be a context too, holds what is missing.
fn is_plausible(folder: &Path, absent: &[&Asked], sources: &Sources) -> bool {
    let above = || folder.ancestors().skip(1).take_while(|f| sources.may_read(f));
    !absent.iter().any(|a| above().any(|f| sources.entry(f, &context_path(&a.path)).is_some()))
}

/// Whether something that runs before the build, or somebody who does not commit it, may put it there.
fn may_be_made(folder: &Path, source: &str, sources: &Sources) -> bool {
    let path = context_path(source);
    let names: Vec<String> = path.split('/').map(str::to_ascii_lowercase).collect();
    let is_made = |name: &String| {
        let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
        MADE.contains(&name.as_str()) || MADE_EXTENSIONS.contains(&extension) || name.starts_with(".env")
    };
    let absolute = folder.join(&path);
    names.iter().any(is_made)
        || sources.is_git_ignored(&absolute)
        || sources.is_git_ignored(&absolute.join("x"))
        || deepest(folder, &path, sources).is_none_or(|f| f != folder && is_empty(&f, sources))
}

/// The deepest folder on the way to the path that is there. `None` when a file or link is in the way.
fn deepest(folder: &Path, path: &str, sources: &Sources) -> Option<PathBuf> {
    let mut at = folder.to_path_buf();
    for name in path.split('/') {
        match sources.entry(&at, name) {
            Some(EntryKind::Folder) => at.push(name),
            Some(EntryKind::Link | EntryKind::Other) => return None,
            Some(EntryKind::File) | None => break,
        }
    }
    Some(at)
}

/// Git keeps no empty folders: one that is here is a submodule that was not fetched, or made by somebody.
fn is_empty(folder: &Path, sources: &Sources) -> bool {
    sources.entries(folder, 1).is_some_and(|entries| entries.is_empty())
}

/// A name that is nearly the same, or the path from the context to a file that lies beside the Dockerfile.
fn near(build: &Build, context: &Context<'_>, folder: &Path, path: &str, sources: &Sources) -> Option<String> {
    let dockerfile = sources.get(build.dockerfile.file).path.clone();
    let below = dockerfile.parent().filter(|f| *f != folder).and_then(|f| f.strip_prefix(folder).ok());
    let beside = below.map(|f| f.join(context_path(path)).to_string_lossy().replace('\\', "/"));
    beside.filter(|p| !has_wildcards(path) && context.contains(p) == Presence::Present).or_else(|| context.nearest(path))
}

fn has_wildcards(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// `yarn.lock*`, `yarn.loc[k]`: how people write a file that may be missing.
fn is_optional(pattern: &str) -> bool {
    let name = pattern.rsplit('/').next().unwrap_or(pattern);
    name.contains('[') || name.ends_with(['*', '?']) && name.trim_end_matches(['*', '?']).len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{DEFAULT_MAX_SIZE, FileKind};

    /// What is missing in the context of a Dockerfile that no Compose file builds, with what may be meant.
    fn presumed(dockerfile: &str, files: &[&str]) -> Vec<(String, String)> {
        let dir = tempfile::tempdir().unwrap();
        for name in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        std::fs::create_dir_all(dir.path().join("app/empty")).unwrap();
        std::fs::write(dir.path().join("app/Dockerfile"), dockerfile).unwrap();
        let sources = Sources::new(dir.path(), DEFAULT_MAX_SIZE);
        let source = sources.load(Path::new("app/Dockerfile"), FileKind::Dockerfile).unwrap();
        let build = Build::new(Dockerfile::of(&source), 0, Some(dir.path().join("app")), None, &sources);
        missing(&build, &sources).into_iter().map(|m| (m.path, m.near.unwrap_or_default())).collect()
    }

    #[test]
    fn only_a_typing_error_is_beyond_doubt() {
        let of = |path: &str, near: &str| vec![(path.to_string(), near.to_string())];
        assert_eq!(presumed("FROM a\nCOPY maim.py x.py /\n", &["app/main.py", "app/x.py"]), of("maim.py", "main.py"));
        assert_eq!(presumed("FROM a\nCOPY maim.py /\n", &["app/main.py"]), [], "nothing else is there");
        assert_eq!(presumed("FROM a\nCOPY other.py x.py /\n", &["app/main.py", "app/x.py"]), [], "not near");
        assert_eq!(
            presumed("FROM a\nCOPY maim.py x.py /\n", &["app/main.py", "app/x.py", "maim.py"]),
            [],
            "the folder above is the context"
        );
    }

    #[test]
    fn what_may_be_made_is_not_missing() {
        let silent = |path: &str| {
            assert_eq!(
                presumed(&format!("FROM a\nCOPY {path} x.py /\n"), &["app/main.py", "app/x.py", "app/disc/y", "app/dish/y"]),
                [],
                "{path}"
            );
        };
        for path in ["dist", "dist/main.py", "main.jar", ".env", "empty/main.py", "./target/x"] {
            silent(path);
        }
    }

    #[test]
    fn patterns_for_what_may_be_missing() {
        for optional in ["yarn.lock*", "a/.npmrc?", "pnpm-lock.yam[l]"] {
            assert!(is_optional(optional), "{optional}");
        }
        for needed in ["*", "*.csproj", "conf/*", "a*b"] {
            assert!(!is_optional(needed), "{needed}");
        }
    }
}
