//! The build context: what COPY and ADD without `--from` can read, after the ignore file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::Build;
use super::dockerfile::clean_path;
use crate::source::{EntryKind, FileKind, ReadError, Source, Sources, Span};
use crate::syntax::Parse;
use crate::syntax::dockerfile::{Keyword, nearest};
use crate::syntax::dockerignore::{self, DockerIgnore, Pattern, Verdict};
use crate::syntax::glob::Glob;

/// The context of one build, looked at through one set of files.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    sources: &'a Sources,
    ignores: &'a Ignores,
    presumed: bool,
}

/// What is found out once per build.
#[derive(Debug)]
pub(super) struct Ignores {
    /// The folder, when it is known, local, there and may be read.
    folder: Option<PathBuf>,
    in_force: Option<IgnoreFile>,
    shadowed: Option<Arc<Source>>,
    /// Whether verdicts can be trusted and cost no more than is reasonable.
    certain: bool,
    /// How many names one question may look at.
    budget: usize,
}

/// An ignore file.
#[derive(Debug)]
pub struct IgnoreFile {
    /// The file.
    pub source: Arc<Source>,
    /// What it says.
    pub parse: Arc<Parse<DockerIgnore>>,
}

impl IgnoreFile {
    /// Reads a file.
    pub fn of(source: Arc<Source>) -> IgnoreFile {
        IgnoreFile { parse: dockerignore::of(&source), source }
    }
}

/// Whether a source of COPY or ADD is in the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is: all of it, or some of a folder or of the matches of a wildcard.
    Present,
    /// The ignore file leaves out all of it; this is the pattern that does, or the first of several. Whether something
    /// is on the disk does not matter then.
    Ignored(Span),
    /// Nothing of that name, or that matches, is there.
    Absent,
    /// It cannot be known: the context is remote, unknown or too large, a symbolic link is in the way, the ignore file
    /// cannot be read as the builder reads it, or exceptions may bring back what is not there yet.
    Unknown,
}

/// Files of the context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Slash paths relative to the context, in order. What symbolic links lead to is not among them.
    pub paths: Vec<String>,
    /// Whether these are all.
    pub complete: bool,
}

/// How many names one question looks at, and all COPY and ADD of a Dockerfile together.
const MOST_NAMES: usize = 20_000;
const MOST_NAMES_OF_ALL: usize = 400_000;

/// How deep folders are entered, and the longest path that is asked about, in bytes.
const MOST_FOLDERS: usize = 128;
const LONGEST_PATH: usize = 4096;

/// Bytes of names times bytes of patterns that one question, and a whole Dockerfile, may compare.
const MOST_COMPARED: usize = 20_000_000;
const MOST_COMPARED_OF_ALL: usize = 1 << 30;

/// A name that no pattern means in particular. What leaves it out leaves out everything beside it.
const ANY_NAME: &str = "\u{1}any\u{1}";

impl Build {
    /// What COPY and ADD without `--from` can read. The ignore file is read at the first call.
    pub fn context<'a>(&'a self, sources: &'a Sources) -> Context<'a> {
        let ignores = self.ignores.get_or_init(|| Arc::new(Ignores::read(self, sources)));
        Context { sources, ignores, presumed: self.service.is_none() }
    }
}

impl Ignores {
    fn read(build: &Build, sources: &Sources) -> Ignores {
        let folder = build.context.as_deref().map(|f| sources.absolute(f)).filter(|f| sources.may_read(f) && sources.is_dir(f));
        let dockerfile = sources.get(build.dockerfile.file);
        let mut this = Ignores { folder, in_force: None, shadowed: None, certain: true, budget: 0 };
        if let Some(folder) = this.folder.clone() {
            let mut own = dockerfile.path.clone().into_os_string();
            own.push(".dockerignore");
            let own = this.load(Path::new(&own), sources);
            let common = this.load(&folder.join(".dockerignore"), sources);
            let (in_force, shadowed) = if own.is_some() { (own, common) } else { (common, None) };
            this.in_force = in_force.map(IgnoreFile::of);
            this.shadowed = shadowed;
        }
        let patterns = this.in_force.as_ref().map_or(0, |f| f.source.text.len()).max(1);
        let is_copy = |keyword| matches!(keyword, Keyword::Copy | Keyword::Add);
        let copies = build.dockerfile.tree.instructions().filter(|i| is_copy(i.keyword)).count().max(1);
        this.certain &= this.in_force.as_ref().is_none_or(|f| !f.parse.tree.uncertain);
        this.certain &= dockerfile.text.len().saturating_mul(patterns) <= MOST_COMPARED_OF_ALL;
        this.budget = MOST_NAMES.min(MOST_NAMES_OF_ALL / copies).min(MOST_COMPARED / patterns);
        this
    }

    /// The file, if it is there. One that cannot be read makes everything uncertain.
    fn load(&mut self, path: &Path, sources: &Sources) -> Option<Arc<Source>> {
        match sources.load(path, FileKind::Dockerignore) {
            Ok(source) => Some(source),
            Err(error) => {
                self.certain &= error == ReadError::NotFound;
                None
            }
        }
    }
}

/// Something that a source means.
struct Match {
    path: String,
    /// What stands there, if anything does.
    kind: Option<EntryKind>,
}

impl<'a> Context<'a> {
    /// The folder, when it is known, local, there and may be read.
    pub fn folder(&self) -> Option<&'a Path> {
        self.ignores.folder.as_deref()
    }

    /// Whether the folder is only the most likely one, the Dockerfile's own: no Compose file says which it is.
    pub fn is_presumed(&self) -> bool {
        self.presumed
    }

    /// The ignore file in force: the one named like the Dockerfile, `<Dockerfile>.dockerignore` beside it, else the
    /// `.dockerignore` of the context.
    pub fn ignore_file(&self) -> Option<&'a IgnoreFile> {
        self.ignores.in_force.as_ref()
    }

    /// The `.dockerignore` of the context, when the ignore file in force keeps it from being read.
    pub fn shadowed(&self) -> Option<&'a Arc<Source>> {
        self.ignores.shadowed.as_ref()
    }

    /// Whether a source of COPY or ADD, a path or a pattern with its variables substituted, is in the context.
    pub fn contains(&self, source: &str) -> Presence {
        let Some(matches) = self.matches(source) else { return Presence::Unknown };
        let mut answer = Presence::Absent;
        for found in &matches {
            match (self.presence(found), answer) {
                (Presence::Present, _) => return Presence::Present,
                (Presence::Unknown, _) => answer = Presence::Unknown,
                (Presence::Ignored(span), Presence::Absent) => answer = Presence::Ignored(span),
                _ => {}
            }
        }
        answer
    }

    /// The files that a source of COPY or ADD brings: itself, those in a folder, those that match a pattern.
    pub fn files(&self, source: &str) -> Files {
        let Some(matches) = self.matches(source) else { return Files::default() };
        let mut files = Files { paths: Vec::new(), complete: true };
        let mut budget = self.ignores.budget;
        for Match { path, kind } in matches {
            match kind {
                Some(EntryKind::Folder) => {
                    files.complete &= self.walk(&path, &mut budget, &mut |file| {
                        files.paths.push(file);
                        true
                    });
                }
                Some(EntryKind::File) if self.excluded(&path).is_none() => files.paths.push(path),
                Some(EntryKind::Link) => files.complete = false,
                Some(EntryKind::File | EntryKind::Other) | None => {}
            }
        }
        files.paths.sort();
        files.paths.dedup();
        files
    }

    /// The path that is nearest to a source that is absent, with the names that are wrong put right.
    pub fn nearest(&self, source: &str) -> Option<String> {
        let folder = self.folder()?;
        let path = context_path(source);
        let mut right = String::new();
        for name in path.split('/').filter(|_| path.len() <= LONGEST_PATH && !has_wildcards(&path)) {
            let here = join(&right, name);
            if self.sources.entry(folder, &here).is_some() {
                right = here;
                continue;
            }
            let entries = self.sources.entries(&folder.join(&right), self.ignores.budget)?;
            let in_context = |n: &&str| self.excluded(&join(&right, n)).is_none();
            let near = nearest(name, entries.iter().map(|e| e.name.as_str()).filter(in_context))?;
            right = join(&right, near);
        }
        (right != path && !right.is_empty()).then_some(right)
    }

    fn ignore(&self) -> Option<&'a DockerIgnore> {
        self.ignore_file().map(|f| &f.parse.tree)
    }

    /// The pattern that leaves the path out.
    fn excluded(&self, path: &str) -> Option<&'a Pattern> {
        self.ignore()?.excludes(path)
    }

    /// Whether an exception could bring back something in the folder.
    fn may_come_back(&self, folder: &str) -> bool {
        self.ignore().is_some_and(|i| i.patterns.iter().any(|p| p.negated && p.may_match_below(folder)))
    }

    fn presence(&self, Match { path, kind }: &Match) -> Presence {
        let excluded = self.excluded(path);
        match (kind, excluded) {
            (Some(EntryKind::Link), _) => Presence::Unknown,
            (Some(EntryKind::Folder), _) => self.folder_presence(path, excluded),
            (None, Some(_)) if self.may_come_back(path) => Presence::Unknown,
            (_, Some(pattern)) => Presence::Ignored(pattern.span),
            (Some(_), None) => Presence::Present,
            (None, None) => Presence::Absent,
        }
    }

    fn folder_presence(&self, path: &str, excluded: Option<&Pattern>) -> Presence {
        let Some(pattern) = excluded.or_else(|| self.excluded(&join(path, ANY_NAME))) else { return Presence::Present };
        if !self.may_come_back(path) {
            return Presence::Ignored(pattern.span);
        }
        let mut some = false;
        let mut budget = self.ignores.budget;
        self.walk(path, &mut budget, &mut |_| {
            some = true;
            false
        });
        if some { Presence::Present } else { Presence::Unknown }
    }

    /// What a source means. `None` when that cannot be known.
    fn matches(&self, source: &str) -> Option<Vec<Match>> {
        let folder = self.folder().filter(|_| self.ignores.certain)?;
        let path = context_path(source);
        // A `\` separates folders for Windows images.
        if is_remote(source) || path.contains('\\') || path.len() > LONGEST_PATH || path.split('/').count() > MOST_FOLDERS {
            return None;
        }
        if !has_wildcards(&path) {
            let kind = self.sources.entry(folder, &path);
            return Some(vec![Match { path, kind }]);
        }
        // BuildKit compares the whole path, but no wildcard crosses a slash, so it can be done folder by folder.
        let mut found = vec![Match { path: String::new(), kind: Some(EntryKind::Folder) }];
        let mut budget = self.ignores.budget;
        for name in path.split('/') {
            let mut deeper = Vec::new();
            for parent in found {
                match parent.kind {
                    Some(EntryKind::Folder) => self.step(folder, &parent.path, name, &mut budget, &mut deeper)?,
                    Some(EntryKind::Link) => return None,
                    _ => {}
                }
            }
            found = deeper;
        }
        Some(found)
    }

    /// What a name, or a pattern for names, means in one folder of the context.
    fn step(&self, root: &Path, folder: &str, name: &str, budget: &mut usize, found: &mut Vec<Match>) -> Option<()> {
        if !has_wildcards(name) {
            let path = join(folder, name);
            let kind = self.sources.entry(root, &path);
            found.extend(kind.map(|k| Match { path, kind: Some(k) }));
            return Some(());
        }
        let glob = Glob::shell(name).ok()?;
        let entries = self.sources.entries(&root.join(folder), *budget)?;
        *budget -= entries.len();
        let matches = entries.into_iter().filter(|e| glob.matches(&e.name));
        found.extend(matches.map(|e| Match { path: join(folder, &e.name), kind: Some(e.kind) }));
        Some(())
    }

    /// Tells every file in a folder that is not left out, until `tell` says that it has enough. Returns whether it came
    /// to the end.
    fn walk(&self, start: &str, budget: &mut usize, tell: &mut dyn FnMut(String) -> bool) -> bool {
        let Some(root) = self.folder() else { return false };
        let mut complete = true;
        let mut folders = vec![(start.to_string(), self.ignore().map_or_else(Verdict::default, |i| i.verdict(start)))];
        while let Some((folder, verdict)) = folders.pop() {
            let Some(entries) = self.sources.entries(&root.join(&folder), *budget) else {
                complete = false;
                continue;
            };
            *budget -= entries.len();
            for entry in entries {
                let path = join(&folder, &entry.name);
                let below = self.ignore().map_or_else(Verdict::default, |i| i.below(&verdict, &path));
                let is_out = self.ignore().is_some_and(|i| i.excluded_by(&below).is_some());
                match entry.kind {
                    EntryKind::File if !is_out && !tell(path.clone()) => return false,
                    EntryKind::Folder if is_out && !self.may_come_back(&path) => {}
                    EntryKind::Folder if path.split('/').count() >= MOST_FOLDERS => complete = false,
                    EntryKind::Folder => folders.push((path, below)),
                    EntryKind::File | EntryKind::Link | EntryKind::Other => {}
                }
            }
        }
        complete
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") }
}

/// Whether BuildKit takes a source for a pattern.
fn has_wildcards(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// Whether ADD fetches the source from elsewhere.
fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@")
}

/// The path in the context that a source of COPY means: from its top, which `..` cannot leave; empty for the top itself.
pub(super) fn context_path(source: &str) -> String {
    clean_path(&format!("/{source}")).trim_start_matches('/').to_string()
}

#[cfg(test)]
mod tests;
