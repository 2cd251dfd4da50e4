//! The texts as they are now, for requests: a set of files of its own, so that no answer waits for the worker or sees a
//! text that the client has already changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Position, Range, Uri};
use serde_json::{Value, json};

use super::position::Encoding;
use super::uri;
use crate::model::compose::{self, LoadOptions, ProjectFiles};
use crate::model::dockerfile::Dockerfile;
use crate::model::project::{BuildOptions, World};
use crate::source::{DEFAULT_MAX_SIZE, FileKind, Source, Sources, Span};

/// Who builds which Dockerfile, by its path.
pub type Builders = BTreeMap<PathBuf, Builder>;

/// The files of Compose projects, by the first one.
pub type Projects = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// Who builds a Dockerfile.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    /// The first files of the Compose projects.
    pub projects: BTreeSet<PathBuf>,
    /// The folders that COPY reads from.
    pub contexts: BTreeSet<PathBuf>,
}

/// The newest texts.
pub struct Desk {
    sources: Arc<Sources>,
    /// The open documents: their addresses as the client spells them, and their versions.
    open: HashMap<PathBuf, (Uri, i32)>,
    /// In what the client counts columns.
    pub encoding: Encoding,
    /// Who builds which Dockerfile, as the last run found out.
    pub builders: Builders,
    /// The Compose projects of the last run: the first file of each, and all of them.
    pub projects: Projects,
    env: BTreeMap<String, String>,
}

impl Desk {
    /// An empty one; `env` is what Compose interpolation sees.
    pub fn new(root: &Path, encoding: Encoding, env: BTreeMap<String, String>) -> Desk {
        let sources = Arc::new(Sources::new(root, DEFAULT_MAX_SIZE));
        Desk { sources, open: HashMap::new(), encoding, builders: Builders::new(), projects: Projects::new(), env }
    }

    /// Lets the files of a folder be read.
    pub fn allow(&self, path: &Path) {
        self.sources.allow(path);
    }

    /// An open document of ours has this text now.
    pub fn set(&mut self, path: &Path, uri: &Uri, version: i32, kind: FileKind, text: String) {
        if self.open.insert(path.to_path_buf(), (uri.clone(), version)).is_none() {
            self.sources.allow(path);
        }
        self.sources.set_text(path, kind, text);
    }

    /// A document is no longer open.
    pub fn close(&mut self, path: &Path) {
        self.open.remove(path);
        self.sources.close(path);
    }

    /// An open document.
    pub fn document(&self, path: &Path) -> Option<Arc<Source>> {
        self.open.contains_key(path).then(|| self.sources.find(path)).flatten()
    }

    /// The text at `path` as it is now, when it may be read.
    pub fn load(&self, path: &Path, kind: FileKind) -> Option<Arc<Source>> {
        if !self.sources.may_read(path) {
            return None;
        }
        self.renew(path);
        self.sources.load(path, kind).ok()
    }

    fn renew(&self, path: &Path) {
        if !self.open.contains_key(path) {
            self.sources.reload(path);
        }
    }

    /// The file of a span.
    pub fn source(&self, span: Span) -> Arc<Source> {
        self.sources.get(span.file)
    }

    /// The texts.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The version of an open document.
    pub fn version(&self, path: &Path) -> Option<i32> {
        self.open.get(path).map(|(_, version)| *version)
    }

    /// The address of a file, spelt as the client does.
    pub fn uri(&self, path: &Path) -> Uri {
        self.open.get(path).map_or_else(|| uri::from_path(path).into(), |(uri, _)| uri.clone())
    }

    /// A span as the client counts.
    pub fn range(&self, span: Span) -> Range {
        self.encoding.range(&self.source(span), span)
    }

    /// A span with its file.
    pub fn location(&self, span: Span) -> Value {
        json!({ "uri": self.uri(&self.source(span).path), "range": self.range(span) })
    }

    /// The byte at a position.
    pub fn offset(&self, source: &Source, position: Position) -> usize {
        self.encoding.offset(&source.text, source.lines(), position)
    }

    /// The Dockerfile at `path`.
    pub fn dockerfile(&self, path: &Path) -> Option<Arc<Dockerfile>> {
        let source = self.load(path, FileKind::Dockerfile)?;
        Some(Dockerfile::of(&source))
    }

    /// The project of a Compose file, with the images that it builds. Files that are laid over each other are one project,
    /// found by the names beside the file.
    pub fn world(&self, path: &Path) -> Option<World> {
        self.sources.all().iter().for_each(|s| self.renew(&s.path));
        let beside = |name: &&str| path.with_file_name(name);
        let mut paths: Vec<_> = compose::FILE_NAMES.iter().map(beside).filter(|p| self.sources.exists(p)).collect();
        paths.push(path.to_path_buf());
        let groups = compose::group(&paths, &self.sources);
        let alone = ProjectFiles { base: path.to_path_buf(), overrides: Vec::new(), fragment: true };
        let is_of = |g: &&ProjectFiles| g.base == path || g.overrides.iter().any(|o| o == path);
        let group = groups.iter().find(is_of).unwrap_or(&alone);
        let options =
            LoadOptions { env: self.env.clone(), overrides: group.overrides.clone(), fragment: group.fragment, ..LoadOptions::default() };
        let project = compose::load(&self.sources, &group.base, &options).ok()?;
        let open = |path: &Path| self.dockerfile(&self.sources.absolute(path));
        Some(World::join(vec![Arc::new(project)], Vec::new(), &self.sources, &|_| BuildOptions::default(), &open))
    }

    /// A `WorkspaceEdit` of these edits by file, with the versions they are meant for.
    pub fn workspace_edit(&self, files: Vec<(PathBuf, Vec<(Range, String)>)>, document_changes: bool) -> Value {
        let edit = |(range, text): (Range, String)| json!({ "range": range, "newText": text });
        let edits = files.into_iter().map(|(path, edits)| (path, edits.into_iter().map(edit).collect::<Vec<_>>()));
        if document_changes {
            let change = |(path, edits): (PathBuf, Vec<Value>)| json!({ "textDocument": { "uri": self.uri(&path), "version": self.version(&path) }, "edits": edits });
            return json!({ "documentChanges": edits.map(change).collect::<Vec<_>>() });
        }
        let changes: serde_json::Map<_, _> = edits.map(|(path, edits)| (self.uri(&path).0, Value::from(edits))).collect();
        json!({ "changes": changes })
    }
}
