//! Which files under a folder are ours, by name alone. The command line, the language server, the pre-commit
//! hook and the editors' patterns all follow this one table.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::FileKind;

/// A file that will be linted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it is, as the walk names it.
    pub path: PathBuf,
    /// What it is by its name.
    pub kind: FileKind,
}

/// A file or folder that the walk saw and left out, worth a note.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Where it is.
    pub path: PathBuf,
    /// Why, as words that follow the path: `is a template`.
    pub why: String,
}

/// What a walk found, in the order of the paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The files to lint.
    pub found: Vec<Found>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// Files that may hold configuration of dockvet.
    pub configs: Vec<PathBuf>,
}

/// The files that configure dockvet, in the order in which they are looked for in a folder.
pub const CONFIG_NAMES: [&str; 3] = ["dockvet.toml", ".dockvet.toml", "pyproject.toml"];

/// Folders that hold other people's code or no code at all.
const SKIPPED_FOLDERS: &[&str] = &[".git", ".hg", ".svn", "node_modules"];

/// Extensions of templates that become a Dockerfile or Compose file only when rendered.
const TEMPLATE_EXTENSIONS: &[&str] = &["j2", "jinja", "jinja2", "tmpl", "template", "tpl", "erb", "in", "gotmpl", "mustache", "hbs", "ejs"];

/// Extensions that turn `Dockerfile.<ext>` into something that is no Dockerfile.
const OTHER_EXTENSIONS: &[&str] = &[
    "md", "markdown", "rst", "adoc", "txt", "html", "json", "yml", "yaml", "toml", "xml", "lock", "sh", "bash", "ps1", "py", "js", "ts",
    "go", "rs", "rb", "php", "bak", "orig", "rej", "swp", "swo", "tmp", "diff", "patch", "log", "snap", "sha256", "sig", "asc", "gz",
    "zip", "png", "svg",
];

/// What `path` is by its name, or `None` when it is not ours. Case does not matter.
///
/// `Dockerfile`, `Dockerfile.*`, `Dockerfile-*`, `Dockerfile_*`, `*.Dockerfile` and the same with `Containerfile`;
/// `compose.yaml`, `docker-compose.yml` with any infix after `.`, `-` or `_`, and `*.compose.yaml`; `.dockerignore`,
/// `*.dockerignore`, `.containerignore`; `daemon.json`.
pub fn kind_of(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    if name.ends_with(".dockerignore") || name == ".containerignore" {
        return Some(FileKind::Dockerignore);
    }
    if name == "daemon.json" {
        return Some(FileKind::Daemon);
    }
    if is_dockerfile_name(&name) {
        return Some(FileKind::Dockerfile);
    }
    is_compose_name(&name).then_some(FileKind::Compose)
}

fn is_dockerfile_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    if matches!(extension, "dockerfile" | "containerfile") {
        return true;
    }
    let Some(rest) = name.strip_prefix("dockerfile").or_else(|| name.strip_prefix("containerfile")) else {
        return false;
    };
    rest.is_empty()
        || (rest.starts_with(['.', '-', '_'])
            && !rest.ends_with('~')
            && !OTHER_EXTENSIONS.contains(&extension)
            && !TEMPLATE_EXTENSIONS.contains(&extension))
}

fn is_compose_name(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")) else { return false };
    if stem.ends_with(".compose") || stem.ends_with(".docker-compose") {
        return true;
    }
    let rest = stem.strip_prefix("docker-compose").or_else(|| stem.strip_prefix("docker_compose")).or_else(|| stem.strip_prefix("compose"));
    rest.is_some_and(|r| r.is_empty() || r.starts_with(['.', '-', '_']))
}

/// Whether the name says that the file becomes one of ours only when it is rendered: `Dockerfile.j2`.
fn is_template_name(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    TEMPLATE_EXTENSIONS.contains(&extension.as_str()) && path.file_stem().is_some_and(|stem| kind_of(Path::new(stem)).is_some())
}

/// Walks `folder` with up to `threads` threads. `.gitignore`, `.ignore` and git's own excludes are followed,
/// hidden folders are entered, symbolic links are not followed.
pub fn discover(folder: &Path, threads: usize) -> Walk {
    let all = Mutex::new(Walk::default());
    let walker = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .threads(threads)
        .filter_entry(|e| e.depth() == 0 || !is_skipped_folder(e))
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) => visit(&entry, &all),
                Err(e) => note_error(&e, &all),
            }
            WalkState::Continue
        })
    });
    let mut walk = all.into_inner().unwrap_or_default();
    walk.found.sort();
    walk.skipped.sort();
    walk.configs.sort();
    walk
}

fn visit(entry: &DirEntry, all: &Mutex<Walk>) {
    let Some(file_type) = entry.file_type() else { return };
    if file_type.is_dir() {
        return;
    }
    let path = entry.path();
    let kind = kind_of(path);
    let is_config = path.file_name().is_some_and(|n| CONFIG_NAMES.iter().any(|c| n == *c));
    if kind.is_none() && !is_config && !is_template_name(path) {
        return;
    }
    let Ok(mut walk) = all.lock() else { return };
    let path = path.to_path_buf();
    match kind {
        Some(kind) if file_type.is_file() => walk.found.push(Found { path, kind }),
        Some(_) if file_type.is_symlink() => {}
        Some(_) => walk.skipped.push(Skipped { path, why: "is not a regular file".into() }),
        None if is_config => walk.configs.push(path),
        None => walk.skipped.push(Skipped { path, why: "is a template".into() }),
    }
}

fn is_skipped_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|t| t.is_dir()) && entry.file_name().to_str().is_some_and(|n| SKIPPED_FOLDERS.contains(&n))
}

fn note_error(error: &ignore::Error, all: &Mutex<Walk>) {
    let (path, why) = match error {
        ignore::Error::WithPath { path, err } => (path.clone(), err.to_string()),
        ignore::Error::WithDepth { err, .. } => return note_error(err, all),
        other => (PathBuf::new(), other.to_string()),
    };
    if let Ok(mut walk) = all.lock() {
        walk.skipped.push(Skipped { path, why: format!("cannot be read: {why}") });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> Option<FileKind> {
        kind_of(Path::new(name))
    }

    #[test]
    fn dockerfile_names() {
        for name in [
            "Dockerfile",
            "dockerfile",
            "a/Dockerfile.dev",
            "dev.Dockerfile",
            "api.dockerfile",
            "Containerfile",
            "Containerfile.prod",
            "Dockerfile-alpine",
            "Dockerfile_test",
            "x.containerfile",
        ] {
            assert_eq!(kind(name), Some(FileKind::Dockerfile), "{name}");
        }
        for name in
            ["Dockerfile.md", "Dockerfile.j2", "Dockerfile~", "Dockerfiles", "mydockerfile", "Dockerfile.sh", "dockerfile-notes.txt"]
        {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn an_ignore_file_is_never_a_dockerfile() {
        for name in [".dockerignore", "Dockerfile.dockerignore", "build/web.Dockerfile.dockerignore", ".containerignore"] {
            assert_eq!(kind(name), Some(FileKind::Dockerignore), "{name}");
        }
    }

    #[test]
    fn compose_names() {
        for name in [
            "compose.yaml",
            "compose.yml",
            "docker-compose.yaml",
            "docker-compose.prod.yml",
            "compose.override.yaml",
            "web.compose.yml",
            "docker-compose-v2.yml",
            "Compose.YAML",
            "docker_compose.yml",
        ] {
            assert_eq!(kind(name), Some(FileKind::Compose), "{name}");
        }
        for name in ["composer.yaml", "mycompose.yml", "compose.json", "composer.json", "stack.yml", "docker-composer.yml"] {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn a_walk_follows_gitignore_and_reports_what_it_leaves_out() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        };
        for name in [
            "Dockerfile",
            "a/compose.yml",
            "ignored/Dockerfile",
            "node_modules/p/Dockerfile",
            ".devcontainer/Dockerfile",
            "Dockerfile.j2",
            "README.md",
        ] {
            write(name);
        }
        std::fs::write(dir.path().join(".gitignore"), "ignored/\n").unwrap();
        let walk = discover(dir.path(), 2);
        let shown: Vec<_> = walk.found.iter().map(|f| f.path.strip_prefix(dir.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(shown, [".devcontainer/Dockerfile", "Dockerfile", "a/compose.yml"]);
        assert_eq!(walk.skipped.len(), 1);
        assert_eq!(walk.skipped[0].why, "is a template");
    }
}
