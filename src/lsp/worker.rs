//! The thread that lints: it owns the engine, takes jobs in their order, and lints once for all that wait.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, Sender};
use gen_lsp_types::Uri;

use super::desk::{Builders, Projects};
use super::diagnostics::{FileReport, Finding, Findings, Manner};
use super::server::Event;
use super::uri;
use crate::engine::{Engine, Note, Outcome};
use crate::filter::rules::RuleBook;
use crate::model::knowledge;
use crate::source::{CONFIG_NAMES, FileId, FileKind, Source, discover, kind_of};

/// Something that changes what is linted.
#[derive(Debug)]
pub enum Job {
    /// Workspace folders came and went.
    Folders {
        /// The new ones.
        added: Vec<PathBuf>,
        /// Those that are no longer shown.
        removed: Vec<PathBuf>,
    },
    /// An open document of ours has this text now.
    Text {
        /// Where it is.
        path: PathBuf,
        /// Its address, spelt as the client does.
        uri: Uri,
        /// The client's version.
        version: i32,
        /// What it is read as.
        kind: FileKind,
        /// The text.
        text: String,
    },
    /// A document of ours was closed, or is no longer ours.
    Closed(PathBuf),
    /// Files changed on disk.
    Changed(Vec<Change>),
    /// A document was saved, and perhaps other files with it.
    Saved(PathBuf),
}

/// A file that changed on disk.
#[derive(Debug)]
pub struct Change {
    /// Which.
    pub path: PathBuf,
    /// Whether it came or went, and is not merely another.
    pub appeared_or_gone: bool,
}

/// What a run has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// The files to show something about; `None` when the run failed and nothing is known.
    pub files: Option<BTreeMap<PathBuf, FileReport>>,
    /// The versions of the open documents that were linted.
    pub versions: HashMap<PathBuf, i32>,
    /// The findings of the open documents with all that mending them takes.
    pub findings: Findings,
    /// Who builds which Dockerfile.
    pub builders: Builders,
    /// The Compose projects.
    pub projects: Projects,
    /// What else is to be told.
    pub notes: Vec<Note>,
}

/// Starts a worker, which ends when the sender of its jobs is gone.
///
/// # Errors
/// When the thread cannot be started.
pub fn start(engine: Engine, manner: Manner, jobs: Receiver<Job>, events: Sender<Event>) -> io::Result<()> {
    let mut worker =
        Worker { engine, manner, folders: Vec::new(), open: HashMap::new(), configuration_changed: true, told: BTreeSet::new() };
    let body = move || {
        while let Ok(job) = jobs.recv() {
            let report = worker.run(std::iter::once(job).chain(jobs.try_iter()));
            if report.is_some_and(|r| events.send(Event::Report(Box::new(r))).is_err()) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("lsp-worker".into()).spawn(body).map(drop)
}

struct Worker {
    engine: Engine,
    manner: Manner,
    /// The workspace folders.
    folders: Vec<PathBuf>,
    open: HashMap<PathBuf, Open>,
    /// A configuration file may say something else than when it was read.
    configuration_changed: bool,
    /// The notes of the run before, which are not told again.
    told: BTreeSet<Note>,
}

struct Open {
    uri: Uri,
    version: i32,
}

impl Worker {
    /// Does the jobs and lints, when one of them calls for it. A panic is a note; the documents stay what they are.
    fn run(&mut self, jobs: impl Iterator<Item = Job>) -> Option<Report> {
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            // Every job must be done, whether or not one before it calls for linting.
            let wanted = jobs.map(|job| self.apply(job)).fold(false, |a, b| a | b);
            wanted.then(|| {
                let trouble = self.configure();
                let mut outcome = self.engine.lint();
                outcome.notes.extend(trouble);
                self.report(&outcome)
            })
        }));
        attempt.unwrap_or_else(|_| {
            let text = "internal error while linting, please report it; findings may be out of date until the next edit";
            let notes = vec![Note { path: "dockvet:".into(), text: text.into(), failure: true }];
            Some(Report { files: None, notes: self.news(notes), ..Report::default() })
        })
    }

    /// Does a job. Returns whether the findings may be others now.
    fn apply(&mut self, job: Job) -> bool {
        match job {
            Job::Folders { added, removed } => self.change_folders(added, &removed),
            Job::Text { path, uri, version, kind, text } => {
                self.engine.set_text(&path, kind, text);
                let has_file = uri::to_path(&uri.0).is_some();
                let is_new = self.open.insert(path.clone(), Open { uri, version }).is_none();
                if is_new && has_file {
                    self.look_around(&path);
                }
            }
            Job::Closed(path) => {
                self.open.remove(&path);
                self.engine.close(&path);
            }
            Job::Changed(changes) => return self.reread(&changes),
            Job::Saved(path) => return self.saved(path),
        }
        true
    }

    /// Reads the configuration files again when they may have changed. What is wrong in them is a note, and what held
    /// before still holds.
    fn configure(&mut self) -> Option<Note> {
        if !std::mem::take(&mut self.configuration_changed) {
            return None;
        }
        let open = self.open.keys().filter_map(|path| path.parent());
        let own = self.engine.configured_folders().iter().map(PathBuf::as_path);
        let folders = self.folders.iter().map(PathBuf::as_path).chain(open).chain(own);
        let book = RuleBook::read(folders, self.engine.settings().rules.catalogue(), self.engine.settings().rules.given());
        let book = book.map_err(|e| e.to_string()).and_then(|mut book| book.read_baselines().map(|()| book).map_err(|e| e.to_string()));
        match book {
            Ok(book) => {
                knowledge::correct(knowledge::own(book.images().map(|(name, entry)| (name.clone(), entry.clone()))));
                self.engine.set_rules(book);
                // Files that were excluded may be wanted now.
                for folder in self.folders.clone() {
                    self.engine.add_folder(&folder);
                }
                None
            }
            // It is told again until it is mended.
            Err(text) => {
                self.configuration_changed = true;
                Some(Note { path: "configuration".into(), text, failure: true })
            }
        }
    }

    fn in_workspace(&self, path: &Path) -> bool {
        self.folders.iter().any(|f| path.starts_with(f))
    }

    fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.configuration_changed = true;
        self.folders.retain(|f| !removed.contains(f));
        for folder in &added {
            self.engine.sources().allow(folder);
            self.engine.add_folder(folder);
        }
        self.folders.extend(added);
        let left: Vec<_> = self.engine.sources().all().into_iter().map(|s| s.path.clone()).collect();
        for path in left.into_iter().filter(|p| removed.iter().any(|f| p.starts_with(f))) {
            if !self.in_workspace(&path) && !self.open.contains_key(&path) {
                self.engine.remove(&path);
            }
        }
    }

    /// Lets the files around a document be read that is opened now. Nobody tells what happened to those outside all
    /// folders since they were read last.
    fn look_around(&mut self, path: &Path) {
        self.engine.sources().allow(path);
        if !self.in_workspace(path) {
            self.configuration_changed = true;
            self.reload_all(|worker, path| !worker.in_workspace(path));
        }
    }

    /// A saved document says nothing new by itself, but where nobody watches, this is the time to look. One that is not
    /// ours may be named by one that is.
    fn saved(&mut self, path: PathBuf) -> bool {
        if self.manner.watches && self.in_workspace(&path) {
            return self.reread(&[Change { path, appeared_or_gone: false }]);
        }
        self.configuration_changed = true;
        self.reload_all(|_, _| true);
        for folder in self.folders.clone() {
            self.engine.add_folder(&folder);
        }
        true
    }

    fn reload_all(&mut self, which: impl Fn(&Self, &Path) -> bool) {
        for source in self.engine.sources().all() {
            if which(self, &source.path) {
                self.reload(&source.path);
            }
        }
    }

    /// Reads again what changed. Returns whether any of it may matter.
    fn reread(&mut self, changes: &[Change]) -> bool {
        let known: Vec<_> = self.engine.sources().all().iter().map(|s| s.path.clone()).collect();
        let mut wanted = false;
        let mut walks = BTreeSet::new();
        for change in changes {
            let path = &change.path;
            if self.is_machinery(path) {
                continue;
            }
            let is_configuration = path.file_name().is_some_and(|n| CONFIG_NAMES.iter().any(|c| n == *c));
            self.configuration_changed |= is_configuration;
            wanted |= is_configuration;
            let below: Vec<_> = known.iter().filter(|k| k.starts_with(path)).collect();
            wanted |= change.appeared_or_gone || !below.is_empty() || kind_of(path).is_some();
            if self.may_be_new(change) {
                walks.extend(self.folders.iter().filter(|f| path.starts_with(f)).cloned());
            }
            for file in below {
                self.reload(file);
            }
        }
        // Only a walk of the whole folder knows what is ignored.
        for folder in walks {
            self.engine.add_folder(&folder);
        }
        wanted
    }

    /// Whether a path lies where other programs keep their own files, thousands of them, which no walk enters.
    fn is_machinery(&self, path: &Path) -> bool {
        let below = self.folders.iter().find_map(|f| path.strip_prefix(f).ok()).unwrap_or(path);
        below.components().any(|c| c.as_os_str() == ".git" || c.as_os_str() == "node_modules")
    }

    /// Whether a file of ours that nobody has seen yet may be there.
    fn may_be_new(&self, change: &Change) -> bool {
        let sources = self.engine.sources();
        if kind_of(&change.path).is_some() {
            return sources.find(&change.path).is_none();
        }
        change.appeared_or_gone && sources.is_dir(&change.path) && !discover(&change.path, 1).found.is_empty()
    }

    /// Reads a file again, unless the client holds it open. One that is gone is no longer linted.
    fn reload(&mut self, path: &Path) {
        if self.open.contains_key(path) {
            return;
        }
        self.engine.sources().reload(path);
        if !self.engine.sources().exists(path) {
            self.engine.remove(path);
        }
    }

    fn report(&mut self, outcome: &Outcome) -> Report {
        let sources = self.engine.sources();
        let file = |path: &Path| {
            let open = self.open.get(path);
            let uri = open.map_or_else(|| uri::from_path(path).into(), |o| o.uri.clone());
            FileReport { uri, version: open.map(|o| o.version), diagnostics: Vec::new() }
        };
        let uri_of = |source: &Source| file(&source.path).uri;
        let mut files: BTreeMap<PathBuf, FileReport> = self.open.keys().map(|path| (path.clone(), file(path))).collect();
        let mut findings = Findings::default();
        for diagnostic in &outcome.diagnostics {
            let path = &sources.get(diagnostic.primary.span.file).path;
            if !self.open.contains_key(path) && !self.in_workspace(path) {
                continue;
            }
            let shown = self.manner.tell(diagnostic, sources, uri_of);
            if self.open.contains_key(path) {
                findings.add(path, Finding { diagnostic: diagnostic.clone(), shown: shown.clone() }, sources);
            }
            files.entry(path.clone()).or_insert_with(|| file(path)).diagnostics.push(shown);
        }
        let versions = self.open.iter().map(|(path, open)| (path.clone(), open.version)).collect();
        let (builders, projects) = (self.builders(), self.projects());
        Report { files: Some(files), versions, findings, builders, projects, notes: self.news(outcome.notes.clone()) }
    }

    fn projects(&self) -> Projects {
        let path = |f: &FileId| self.engine.sources().get(*f).path.clone();
        let projects = self.engine.world().into_iter().flat_map(|w| &w.projects);
        projects.filter_map(|p| Some((path(p.files.first()?), p.files.iter().map(path).collect()))).collect()
    }

    fn builders(&self) -> Builders {
        let sources = self.engine.sources();
        let mut out = Builders::new();
        for build in self.engine.world().into_iter().flat_map(|w| &w.builds) {
            let base = build.service.as_ref().and_then(|s| s.project.files.first());
            if let Some(base) = base.filter(|base| **base != build.dockerfile.file) {
                let builder = out.entry(sources.get(build.dockerfile.file).path.clone()).or_default();
                builder.projects.insert(sources.get(*base).path.clone());
                builder.contexts.extend(build.context.clone());
            }
        }
        out
    }

    /// Those of `notes` that the run before did not have.
    fn news(&mut self, notes: Vec<Note>) -> Vec<Note> {
        let before = std::mem::replace(&mut self.told, notes.iter().cloned().collect());
        notes.into_iter().filter(|n| !before.contains(n)).collect()
    }
}
