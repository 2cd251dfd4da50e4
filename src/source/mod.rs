//! BYTES: which files there are and what is in them. The only module that touches the disk.

mod discover;
mod folder;
mod lines;

pub use discover::{CONFIG_NAMES, Found, Skipped, Walk, discover, kind_of};
pub use folder::{EntryKind, FolderEntry};
pub use lines::{Column, LineColumn, Lines};

use std::any::Any;
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A file, by number. Stable for the life of one [`Sources`]; says nothing about order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(u32);

/// A stretch of bytes in one file: `start` inclusive, `end` exclusive, 0-based.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Span {
    /// The file the bytes are in.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from byte `start` up to byte `end`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Span { file, start: offset(start), end: offset(end.max(start)) }
    }

    /// The empty span at the start of this one.
    pub fn at_start(self) -> Self {
        Span { end: self.start, ..self }
    }

    /// The empty span at the end of this one.
    pub fn at_end(self) -> Self {
        Span { start: self.end, ..self }
    }

    /// The smallest span that covers both; `other` must be of the same file, else `self` is returned.
    pub fn to(self, other: Span) -> Self {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The bytes as a range for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// File sizes are bounded far below 4 GiB, so offsets fit; saturate rather than wrap if one ever did not.
pub(crate) fn offset(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What a file is read as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FileKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A Compose file or a fragment of one.
    Compose,
    /// `.dockerignore` or `<Dockerfile>.dockerignore`.
    Dockerignore,
    /// The engine's `daemon.json`.
    Daemon,
    /// Something that another file names: an env file, an entrypoint script.
    Other,
}

/// One file's text, as read or as it stands in an editor.
#[derive(Debug)]
pub struct Source {
    /// Its number.
    pub id: FileId,
    /// Absolute path, `.` and `..` resolved lexically.
    pub path: PathBuf,
    /// The path people are shown: relative to the root, with `/`, when it lies below it.
    pub name: String,
    /// What it is read as.
    pub kind: FileKind,
    /// The text. Bytes that are not UTF-8 are replaced one for one by `?`, so offsets are those of the file.
    pub text: Arc<str>,
    /// Where the bytes are not UTF-8, at most [`MAX_BAD_UTF8`] places.
    pub bad_utf8: Vec<Range<usize>>,
    /// Grows with every change of the text.
    pub revision: u64,
    lines: OnceLock<Lines>,
    derived: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// How many stretches of invalid UTF-8 are remembered per file.
pub const MAX_BAD_UTF8: usize = 16;

/// The largest file that is read, in bytes, unless configured otherwise.
pub const DEFAULT_MAX_SIZE: u64 = 8 << 20;

impl Source {
    /// The line index, made at first use.
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(&self.text))
    }

    /// What `make` reads from this text, made at first use and kept as long as the text: a syntax tree, say. One kind of
    /// thing a file: another `T` than the first is made anew each time.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl Fn(&Source) -> T) -> Arc<T> {
        let kept = self.derived.get_or_init(|| Arc::new(make(self)));
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make(self)))
    }

    /// The text under `span`; empty when the span does not fit this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The whole file as a span.
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len())
    }
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing is there.
    #[error("no such file")]
    NotFound,
    /// A folder stands there.
    #[error("is a directory")]
    Directory,
    /// A FIFO, socket or device: reading it could block or never end.
    #[error("is not a regular file")]
    NotRegular,
    /// Larger than the limit; sizes in bytes.
    #[error("is {size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Size of the file.
        size: u64,
        /// The limit in force.
        limit: u64,
    },
    /// Holds NUL bytes: not a text file.
    #[error("is a binary file")]
    Binary,
    /// UTF-16 or UTF-32 by its byte order mark.
    #[error("is encoded as UTF-16; save it as UTF-8")]
    Utf16,
    /// Outside the folders that may be read.
    #[error("lies outside the project")]
    Outside,
    /// Anything else the system said.
    #[error("{0}")]
    Io(String),
}

/// Every file known in one run, on disk or in an editor's buffer. Append-only, shared between threads.
#[derive(Debug)]
pub struct Sources {
    root: PathBuf,
    max_size: u64,
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    files: Vec<Entry>,
    by_path: HashMap<PathBuf, FileId>,
    revisions: u64,
    /// Folders beside the root that may be read: those a person named.
    allowed: Vec<PathBuf>,
}

#[derive(Debug)]
struct Entry {
    source: Arc<Source>,
    overlay: bool,
}

impl Sources {
    /// An empty set; `root` is the folder that shown paths are relative to (usually the working directory).
    pub fn new(root: &Path, max_size: u64) -> Self {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
        Sources { root: normalize(&root), max_size, inner: RwLock::default() }
    }

    /// The folder that shown paths are relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Lets files under the project of `path` be read: the nearest folder above that holds `.git`, else the folder itself.
    pub fn allow(&self, path: &Path) {
        let path = self.absolute(path);
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        let project = folder.ancestors().find(|f| f.join(".git").exists()).unwrap_or(folder).to_path_buf();
        if !self.may_read(&project) {
            self.inner.write().unwrap_or_else(PoisonError::into_inner).allowed.push(project);
        }
    }

    /// Whether `path` lies under the root or a folder that was allowed. What another file names elsewhere is not read.
    pub fn may_read(&self, path: &Path) -> bool {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        path.starts_with(&self.root) || inner.allowed.iter().any(|f| path.starts_with(f))
    }

    /// `path` made absolute against the root, `.` and `..` resolved lexically.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        normalize(&self.root.join(path))
    }

    /// The name people are shown for `path`.
    pub fn display(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.root).unwrap_or(path);
        let shown = if shown.as_os_str().is_empty() { Path::new(".") } else { shown };
        shown.to_string_lossy().replace('\\', "/")
    }

    /// The file, whose id came from this set.
    pub fn get(&self, id: FileId) -> Arc<Source> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        match inner.files.get(id.0 as usize) {
            Some(e) => Arc::clone(&e.source),
            // Ids are only made by this set; one of another set is a programming error and reads as an empty file.
            None => Arc::new(new_source(id, PathBuf::new(), String::new(), FileKind::Other, Decoded::default(), 0)),
        }
    }

    /// The file at `path`, if it was loaded or set before.
    pub fn find(&self, path: &Path) -> Option<Arc<Source>> {
        self.find_absolute(&self.absolute(path))
    }

    fn find_absolute(&self, path: &Path) -> Option<Arc<Source>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let id = inner.by_path.get(path)?;
        inner.files.get(id.0 as usize).map(|e| Arc::clone(&e.source))
    }

    /// All files in the order of their shown names.
    pub fn all(&self) -> Vec<Arc<Source>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = inner.files.iter().map(|e| Arc::clone(&e.source)).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// The file at `path`, from an editor's buffer, from memory, or read now.
    ///
    /// # Errors
    /// [`ReadError`] when it cannot be read as text.
    pub fn load(&self, path: &Path, kind: FileKind) -> Result<Arc<Source>, ReadError> {
        let path = self.absolute(path);
        if let Some(source) = self.find_absolute(&path) {
            return Ok(source);
        }
        let bytes = read_bytes(&path, self.max_size)?;
        let decoded = decode(bytes)?;
        Ok(self.insert(path, kind, decoded, false))
    }

    /// Reads the file again. Returns whether its text changed; a file that is gone is dropped.
    pub fn reload(&self, path: &Path) -> bool {
        let path = self.absolute(path);
        let Some(old) = self.find_absolute(&path) else { return false };
        match read_bytes(&path, self.max_size).and_then(decode) {
            Ok(decoded) if *decoded.text == *old.text => false,
            Ok(decoded) => {
                self.insert(path, old.kind, decoded, false);
                true
            }
            Err(_) => {
                self.remove(&path);
                true
            }
        }
    }

    /// Puts an editor's text over the file (or names standard input). The overlay stays until [`Sources::close`].
    pub fn set_text(&self, path: &Path, kind: FileKind, text: String) -> Arc<Source> {
        let path = self.absolute(path);
        let decoded = Decoded { text, bad: Vec::new() };
        self.insert(path, kind, decoded, true)
    }

    /// Puts raw bytes over the file, as from standard input.
    ///
    /// # Errors
    /// [`ReadError`] when they are not text or too many.
    pub fn set_bytes(&self, path: &Path, kind: FileKind, bytes: Vec<u8>) -> Result<Arc<Source>, ReadError> {
        if bytes.len() as u64 > self.max_size {
            return Err(ReadError::TooLarge { size: bytes.len() as u64, limit: self.max_size });
        }
        let path = self.absolute(path);
        Ok(self.insert(path, kind, decode(bytes)?, true))
    }

    /// Whether an editor holds the file open.
    pub fn is_open(&self, path: &Path) -> bool {
        let path = self.absolute(path);
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.by_path.get(&path).and_then(|id| inner.files.get(id.0 as usize)).is_some_and(|e| e.overlay)
    }

    /// Takes the editor's text away; the file is what the disk says again.
    pub fn close(&self, path: &Path) {
        let path = self.absolute(path);
        {
            let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
            let id = inner.by_path.get(&path).copied();
            if let Some(entry) = id.and_then(|id| inner.files.get_mut(id.0 as usize)) {
                entry.overlay = false;
            }
        }
        self.reload(&path);
    }

    /// Forgets the file at `path`; its id is not given again.
    pub fn remove(&self, path: &Path) {
        let path = self.absolute(path);
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.by_path.remove(&path);
    }

    /// Writes the text of an overlaid file to the disk and takes the overlay away: to a temporary file beside it first,
    /// renamed over it then, so that nobody ever sees half a file. Mode and owner are kept, a symbolic link is followed.
    ///
    /// # Errors
    /// What the system says; the file is as it was then.
    pub fn save(&self, source: &Source) -> std::io::Result<()> {
        let path = std::fs::canonicalize(&source.path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
        let meta = std::fs::metadata(&path)?;
        let written = std::fs::write(&temporary, source.text.as_bytes())
            .and_then(|()| keep_owner(&temporary, &meta))
            .and_then(|()| std::fs::rename(&temporary, &path));
        if written.is_err() {
            // The first error is the one to tell.
            let _ = std::fs::remove_file(&temporary);
        }
        written?;
        self.close(&source.path);
        Ok(())
    }

    /// Whether a `.gitignore` between the path and the top of its repository (the root, when there is none) leaves it out.
    pub fn is_git_ignored(&self, path: &Path) -> bool {
        let path = self.absolute(path);
        let mut next = path.parent();
        while let Some(folder) = next.filter(|f| self.may_read(f)) {
            if let Ok(file) = self.load(&folder.join(".gitignore"), FileKind::Other) {
                match file.derived(git_rules).matched_path_or_any_parents(&path, false) {
                    ignore::Match::Ignore(_) => return true,
                    ignore::Match::Whitelist(_) => return false,
                    ignore::Match::None => {}
                }
            }
            if folder.join(".git").exists() {
                break;
            }
            next = folder.parent();
        }
        false
    }

    /// Whether something is at `path`: an open buffer, a file or a folder. Never follows outside the disk.
    pub fn exists(&self, path: &Path) -> bool {
        let path = self.absolute(path);
        self.find_absolute(&path).is_some() || path.exists()
    }

    /// Whether a folder is at `path`.
    pub fn is_dir(&self, path: &Path) -> bool {
        self.absolute(path).is_dir()
    }

    fn insert(&self, path: PathBuf, kind: FileKind, decoded: Decoded, overlay: bool) -> Arc<Source> {
        let name = self.display(&path);
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.revisions += 1;
        let revision = inner.revisions;
        let known = inner.by_path.get(&path).copied();
        let id = known.unwrap_or(FileId(offset(inner.files.len())));
        let source = Arc::new(new_source(id, path.clone(), name, kind, decoded, revision));
        let entry = Entry { source: Arc::clone(&source), overlay };
        match inner.files.get_mut(id.0 as usize) {
            Some(slot) => *slot = entry,
            None => inner.files.push(entry),
        }
        inner.by_path.insert(path, id);
        source
    }
}

fn new_source(id: FileId, path: PathBuf, name: String, kind: FileKind, decoded: Decoded, revision: u64) -> Source {
    let Decoded { text, bad } = decoded;
    Source { id, path, name, kind, text: text.into(), bad_utf8: bad, revision, lines: OnceLock::new(), derived: OnceLock::new() }
}

/// The rules of a `.gitignore`. A pattern that cannot be read leaves nothing out.
fn git_rules(file: &Source) -> ignore::gitignore::Gitignore {
    let mut rules = ignore::gitignore::GitignoreBuilder::new(file.path.parent().unwrap_or(Path::new("")));
    for line in file.text.lines() {
        let _ = rules.add_line(None, line);
    }
    rules.build().unwrap_or_else(|_| ignore::gitignore::Gitignore::empty())
}

fn keep_owner(path: &Path, of: &std::fs::Metadata) -> std::io::Result<()> {
    std::fs::set_permissions(path, of.permissions())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // Only root may give files away; everybody else owns what they may write here already.
        let _ = std::os::unix::fs::chown(path, Some(of.uid()), Some(of.gid()));
    }
    Ok(())
}

/// A slash path without `.`, doubled and trailing slashes, and without `..` where a folder goes before it, as Go's
/// `path.Clean` makes it: BuildKit and Compose compare such paths. `.` for nothing at all.
pub fn clean_path(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The text of a file that is not linted.
///
/// # Errors
/// [`ReadError`] when it cannot be read as text or is larger than `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> Result<String, ReadError> {
    Ok(decode(read_bytes(path, limit)?)?.text)
}

/// Writes a file that is not linted: beside it first, and renamed over it then.
///
/// # Errors
/// What the system says; the file is as it was then.
pub fn write_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = std::fs::write(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// Paths, when each was last written, and how long it is.
pub type Stamp = Vec<(PathBuf, Option<(std::time::SystemTime, u64)>)>;

/// When files were last written and how long they are, and which of ours are in folders: something changed when this is
/// not what it was.
pub fn stamp(files: &[PathBuf], folders: &[PathBuf]) -> Stamp {
    let walks = folders.iter().map(|f| discover(f, 1));
    let found = walks.flat_map(|w| w.found.into_iter().map(|f| f.path).chain(w.configs));
    let mut paths: Vec<PathBuf> = files.iter().cloned().chain(found).collect();
    paths.sort();
    paths.dedup();
    let written = |path: &Path| std::fs::metadata(path).ok().and_then(|m| Some((m.modified().ok()?, m.len())));
    paths.into_iter().map(|path| (path.clone(), written(&path))).collect()
}

/// `path` as seen from `folder`, with `/`; the whole path when it lies elsewhere.
pub fn relative(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Whether a folder is at `path`, links followed.
pub fn is_dir(path: &Path) -> bool {
    path.is_dir()
}

/// Whether a regular file is at `path`, links followed.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Resolves `.` and `..` without asking the disk, as Compose and BuildKit do for context paths.
pub fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    out.push("..");
                }
            }
            other => out.push(other),
        }
    }
    out
}

#[derive(Debug, Default)]
struct Decoded {
    text: String,
    bad: Vec<Range<usize>>,
}

fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let meta = std::fs::metadata(path).map_err(read_error)?;
    if meta.is_dir() {
        return Err(ReadError::Directory);
    }
    if !meta.is_file() {
        return Err(ReadError::NotRegular);
    }
    if meta.len() > limit {
        return Err(ReadError::TooLarge { size: meta.len(), limit });
    }
    let file = std::fs::File::open(path).map_err(read_error)?;
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
    // The file may have grown since, or be one of /proc that claims to be empty.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(read_error)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { size: bytes.len() as u64, limit });
    }
    Ok(bytes)
}

fn read_error(e: std::io::Error) -> ReadError {
    match e.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ReadError::NotFound,
        std::io::ErrorKind::IsADirectory => ReadError::Directory,
        _ => ReadError::Io(plain_io_message(&e)),
    }
}

/// The system's words without Rust's `(os error N)`.
fn plain_io_message(e: &std::io::Error) -> String {
    let text = e.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_lowercase()
}

fn decode(bytes: Vec<u8>) -> Result<Decoded, ReadError> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(ReadError::Utf16);
    }
    if bytes.iter().take(8192).any(|&b| b == 0) {
        return Err(ReadError::Binary);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text, bad: Vec::new() }),
        Err(e) => Ok(replace_invalid(e.into_bytes())),
    }
}

/// Replaces every invalid byte by `?`, so that all other bytes keep their offsets.
fn replace_invalid(bytes: Vec<u8>) -> Decoded {
    let mut text = String::with_capacity(bytes.len());
    let mut bad: Vec<Range<usize>> = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let from = text.len();
        text.extend(chunk.invalid().iter().map(|_| '?'));
        if !chunk.invalid().is_empty() {
            let room = bad.len() < MAX_BAD_UTF8;
            match bad.last_mut() {
                Some(last) if last.end == from => last.end = text.len(),
                _ if room => bad.push(from..text.len()),
                _ => {}
            }
        }
    }
    Decoded { text, bad }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_the_offsets_of_the_rest() {
        let d = decode(b"a\xff\xfeb\xc3(".to_vec()).unwrap();
        assert_eq!(d.text, "a??b?(");
        assert_eq!(d.bad, vec![1..3, 4..5]);
    }

    #[test]
    fn binary_and_utf16_are_named() {
        assert_eq!(decode(b"a\0b".to_vec()).unwrap_err(), ReadError::Binary);
        assert_eq!(decode(b"\xff\xfea\0".to_vec()).unwrap_err(), ReadError::Utf16);
    }

    #[test]
    fn dots_are_resolved_without_the_disk() {
        assert_eq!(normalize(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(normalize(Path::new("../x/..")), Path::new(".."));
    }

    #[test]
    fn an_overlay_wins_until_closed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("Dockerfile");
        std::fs::write(&file, "FROM a\n").unwrap();
        let sources = Sources::new(dir.path(), DEFAULT_MAX_SIZE);
        let first = sources.load(&file, FileKind::Dockerfile).unwrap();
        assert_eq!(first.name, "Dockerfile");
        let over = sources.set_text(&file, FileKind::Dockerfile, "FROM b\n".into());
        assert_eq!(over.id, first.id);
        assert!(over.revision > first.revision);
        assert_eq!(&*sources.load(&file, FileKind::Dockerfile).unwrap().text, "FROM b\n");
        sources.close(&file);
        assert_eq!(&*sources.get(first.id).text, "FROM a\n");
    }

    #[test]
    fn a_file_over_the_limit_is_refused_with_both_sizes() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("f"), "12345").unwrap();
        let sources = Sources::new(dir.path(), 4);
        let err = sources.load(Path::new("f"), FileKind::Other).unwrap_err();
        assert_eq!(err, ReadError::TooLarge { size: 5, limit: 4 });
    }
}
