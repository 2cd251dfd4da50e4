//! What is in a folder: names and what they are, never through symbolic links.

use std::fs::FileType;
use std::path::Path;

use super::Sources;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A regular file, or an editor's buffer.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A FIFO, socket or device.
    Other,
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderEntry {
    /// The name; what is not UTF-8 in it is replaced.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

impl EntryKind {
    fn of(file_type: FileType) -> EntryKind {
        match file_type {
            t if t.is_symlink() => EntryKind::Link,
            t if t.is_dir() => EntryKind::Folder,
            t if t.is_file() => EntryKind::File,
            _ => EntryKind::Other,
        }
    }
}

impl Sources {
    /// The names in a folder, in order. `None` when it cannot be listed, may not be read, or holds more than `most`:
    /// which of them the system tells first differs from run to run.
    pub fn entries(&self, folder: &Path, most: usize) -> Option<Vec<FolderEntry>> {
        let folder = self.absolute(folder);
        if !self.may_read(&folder) {
            return None;
        }
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(folder).ok()?.take(most.saturating_add(1)) {
            let entry = entry.ok()?;
            let name = entry.file_name().to_string_lossy().into_owned();
            entries.push(FolderEntry { name, kind: EntryKind::of(entry.file_type().ok()?) });
        }
        entries.sort();
        (entries.len() <= most).then_some(entries)
    }

    /// What stands at the slash path `path` in `folder`; the first link on the way there, if there is one. `None` when
    /// nothing does, or when it may not be read.
    pub fn entry(&self, folder: &Path, path: &str) -> Option<EntryKind> {
        let mut at = self.absolute(folder);
        let mut kind = EntryKind::Folder;
        for name in path.split('/').filter(|n| !n.is_empty()) {
            if kind == EntryKind::Link {
                break;
            }
            at.push(name);
            kind = self.kind_of_path(&at)?;
        }
        self.may_read(&at).then_some(kind)
    }

    fn kind_of_path(&self, path: &Path) -> Option<EntryKind> {
        let on_disk = std::fs::symlink_metadata(path).ok().map(|m| EntryKind::of(m.file_type()));
        on_disk.or_else(|| self.is_open(path).then_some(EntryKind::File))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{DEFAULT_MAX_SIZE, FileKind};

    #[test]
    fn names_in_order_and_no_more_than_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b", "a", "c.txt"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(dir.path().join("B")).unwrap();
        let sources = Sources::new(dir.path(), DEFAULT_MAX_SIZE);
        let shown: Vec<_> = sources.entries(dir.path(), 4).unwrap().into_iter().map(|e| (e.name, e.kind)).collect();
        let file = |n: &str| (n.to_string(), EntryKind::File);
        assert_eq!(shown, [("B".to_string(), EntryKind::Folder), file("a"), file("b"), file("c.txt")]);
        assert_eq!(sources.entries(dir.path(), 3), None);
        assert_eq!(sources.entries(Path::new("nowhere"), 3), None);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_told_and_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("project");
        std::fs::create_dir_all(inside.join("a/b")).unwrap();
        std::fs::write(dir.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink("..", inside.join("up")).unwrap();
        let sources = Sources::new(&inside, DEFAULT_MAX_SIZE);
        assert_eq!(sources.entry(&inside, "a/b"), Some(EntryKind::Folder));
        assert_eq!(sources.entry(&inside, "up/secret"), Some(EntryKind::Link));
        assert_eq!(sources.entry(&inside, "a/c"), None);
        assert_eq!(sources.entry(dir.path(), "secret"), None, "outside");
        assert_eq!(sources.entries(dir.path(), 9), None, "outside");
    }

    #[test]
    fn an_open_buffer_is_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let sources = Sources::new(dir.path(), DEFAULT_MAX_SIZE);
        sources.set_text(Path::new("new"), FileKind::Other, "x".into());
        assert_eq!(sources.entry(dir.path(), "new"), Some(EntryKind::File));
    }
}
