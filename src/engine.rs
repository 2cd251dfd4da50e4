//! The one engine under the command line and the language server: texts in, diagnostics out.

mod options;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Level, Safety};
use crate::filter::suppress::{self, Suppression};
use crate::fix;
use crate::lint::Dispatch;
use crate::model::build::Build;
use crate::model::compose::{self, LoadOptions, Project, ProjectFiles};
use crate::model::context::IgnoreFile;
use crate::model::daemon::Daemon;
use crate::model::dockerfile::Dockerfile;
use crate::model::project::{BuildOptions, World};
use crate::model::values;
use crate::source::{self, FileId, FileKind, ReadError, Source, Sources, Span};
use crate::syntax::{dockerfile as dockerfile_syntax, yaml};

/// How to lint; everything that does not change while an engine lives.
pub struct Settings {
    /// The lints to run.
    pub dispatch: Dispatch,
    /// The environment that Compose interpolation sees.
    pub env: BTreeMap<String, String>,
    /// The largest file that is read, in bytes.
    pub max_size: u64,
    /// How many threads walk and lint.
    pub threads: usize,
    /// How Dockerfiles are built that no Compose file builds.
    pub build: BuildOptions,
}

/// All files of one run and what is known of them.
pub struct Engine {
    sources: Arc<Sources>,
    settings: Settings,
    /// The files to report on, by absolute path.
    targets: BTreeMap<PathBuf, Target>,
    notes: Vec<Note>,
    /// What the last run read: giving it back to the allocator would only take time before the process ends.
    world: Option<World>,
}

#[derive(Clone, Copy, Debug)]
struct Target {
    kind: FileKind,
    /// Named by a person: it must be readable.
    named: bool,
}

/// Something about the run that is no finding: a file left out, a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file or folder, as shown.
    pub path: String,
    /// What follows the path in a sentence.
    pub text: String,
    /// Whether the run cannot be trusted to be complete: exit code 2.
    pub failure: bool,
}

/// What one run says.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings, by file name, place and lint.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were linted, in the order of their names.
    pub files: Vec<FileId>,
    /// What else is to be said.
    pub notes: Vec<Note>,
    /// How many findings comments silenced.
    pub suppressed: usize,
    /// Bytes that no output may quote.
    pub secrets: Vec<Span>,
}

impl Engine {
    /// An engine without files; shown paths are relative to `root`.
    pub fn new(root: &Path, settings: Settings) -> Self {
        let sources = Arc::new(Sources::new(root, settings.max_size));
        Engine { sources, settings, targets: BTreeMap::new(), notes: Vec::new(), world: None }
    }

    /// The texts.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Adds a file that a person named, whatever its name; a folder is walked.
    pub fn add(&mut self, path: &Path) {
        let path = self.sources.absolute(path);
        self.sources.allow(&path);
        if self.sources.is_dir(&path) {
            self.add_folder(&path);
            return;
        }
        let kind = kind_of_named(&path);
        self.targets.insert(path, Target { kind, named: true });
    }

    /// Adds every file of ours under a folder.
    pub fn add_folder(&mut self, folder: &Path) {
        let walk = source::discover(folder, self.settings.threads);
        for found in walk.found {
            let path = self.sources.absolute(&found.path);
            self.targets.entry(path).or_insert(Target { kind: found.kind, named: false });
        }
        for skipped in walk.skipped {
            let path = self.sources.display(&self.sources.absolute(&skipped.path));
            self.notes.push(Note { path, text: skipped.why, failure: false });
        }
        // The language server walks again and again.
        self.notes.sort();
        self.notes.dedup();
    }

    /// Puts a text over a file and lints it from now on: the buffer of an editor, in which a person opened it.
    pub fn set_text(&mut self, path: &Path, kind: FileKind, text: String) {
        let source = self.sources.set_text(path, kind, text);
        self.targets.insert(source.path.clone(), Target { kind, named: true });
    }

    /// Puts bytes over a file and lints it: standard input.
    ///
    /// # Errors
    /// [`ReadError`] when the bytes are not text.
    pub fn set_bytes(&mut self, path: &Path, bytes: Vec<u8>) -> Result<(), ReadError> {
        let kind = kind_of_named(path);
        let source = self.sources.set_bytes(path, kind, bytes)?;
        self.targets.insert(source.path.clone(), Target { kind, named: true });
        Ok(())
    }

    /// Takes an editor's text away. The file stays linted as long as it is on disk and ours by name.
    pub fn close(&mut self, path: &Path) {
        self.sources.close(path);
        let path = self.sources.absolute(path);
        self.targets.remove(&path);
        if let Some(kind) = source::kind_of(&path).filter(|_| self.sources.exists(&path)) {
            self.targets.insert(path, Target { kind, named: false });
        }
    }

    /// Stops linting a file that is gone.
    pub fn remove(&mut self, path: &Path) {
        let path = self.sources.absolute(path);
        self.targets.remove(&path);
        self.sources.remove(&path);
    }

    /// Reads what has changed, joins it and lints it.
    pub fn lint(&mut self) -> Outcome {
        let outcome = self.look();
        self.quiet(outcome)
    }

    /// As [`Engine::lint`], but the texts of fixes may still hold secrets: they are for the files, not for people.
    fn look(&mut self) -> Outcome {
        let mut notes = self.notes.clone();
        let targets = self.load_targets(&mut notes);
        let mut files: BTreeSet<FileId> = targets.iter().map(|s| s.id).collect();
        let world = self.join(&targets, &mut files, &mut notes);
        let mut diagnostics = self.run(&world, &files, &mut notes);
        diagnostics.retain(|d| files.contains(&d.primary.span.file));
        merge_same_place(&mut diagnostics);
        let suppressed = self.suppress(&world, &mut diagnostics);
        self.world = Some(world);
        self.sort(&mut diagnostics);
        notes.sort();
        notes.dedup();
        let mut files: Vec<FileId> = files.into_iter().collect();
        files.sort_by_cached_key(|id| self.sources.get(*id).name.clone());
        let secrets: Vec<Span> = diagnostics.iter().flat_map(|d| d.secrets.iter().copied()).collect();
        Outcome { diagnostics, files, notes, suppressed, secrets }
    }

    /// Applies fixes of at least this safety in rounds until nothing changes, at most ten, and writes the files. Files
    /// with syntax errors are left alone until those are mended, and everything is undone when the edits bring one.
    /// Returns how many fixes were applied, and what is still found.
    pub fn fix(&mut self, at_least: Safety) -> (usize, Outcome) {
        let mut originals: BTreeMap<FileId, Arc<Source>> = BTreeMap::new();
        let mut applied = 0;
        let mut outcome = self.look();
        let mut broken = broken_files(&outcome.diagnostics);
        for _ in 0..FIX_ROUNDS {
            let fixable = first_things_first(&outcome.diagnostics, &broken, at_least);
            let chosen = fix::choose(&fixable, at_least);
            if chosen.is_empty() {
                break;
            }
            for (file, edits) in fix::by_file(&chosen) {
                let source = self.sources.get(file);
                let Some(text) = fix::apply(&source.text, &edits) else { continue };
                originals.entry(file).or_insert_with(|| Arc::clone(&source));
                self.sources.set_text(&source.path, source.kind, text);
            }
            applied += chosen.len();
            outcome = self.look();
            let still_broken = broken_files(&outcome.diagnostics);
            // A file that was not edited was broken before, and is read only now.
            if let Some(file) = still_broken.difference(&broken).find(|f| originals.contains_key(f)) {
                return (0, self.undo(&originals, *file, &outcome));
            }
            broken = still_broken;
        }
        for file in originals.keys() {
            let source = self.sources.get(*file);
            if let Err(error) = self.sources.save(&source) {
                outcome.notes.push(Note { path: source.name.clone(), text: format!("cannot be written: {error}"), failure: true });
            }
        }
        (applied, self.quiet(outcome))
    }

    /// Takes back edits that broke a file, and says so.
    fn undo(&mut self, originals: &BTreeMap<FileId, Arc<Source>>, broken: FileId, then: &Outcome) -> Outcome {
        let error = then.diagnostics.iter().find(|d| d.category() == "syntax" && d.level == Level::Error && d.primary.span.file == broken);
        let why = error.map_or("", |d| d.message.as_str());
        let name = self.sources.get(broken).name.clone();
        originals.values().for_each(|s| self.sources.close(&s.path));
        let mut outcome = self.look();
        outcome.notes.push(Note {
            path: "fixes".into(),
            text: format!("were undone, because they would break {name} ({why}); please report it"),
            failure: true,
        });
        self.quiet(outcome)
    }

    /// Loads the targets in parallel. What cannot be read becomes a note, a failure when a person named the file.
    fn load_targets(&self, notes: &mut Vec<Note>) -> Vec<Arc<Source>> {
        let targets: Vec<_> = self.targets.iter().collect();
        let loaded: Vec<_> = targets.par_iter().with_max_len(FEW).map(|(path, t)| self.sources.load(path, t.kind)).collect();
        let mut sources = Vec::with_capacity(loaded.len());
        for ((path, target), result) in targets.iter().zip(loaded) {
            match result {
                Ok(source) => sources.push(source),
                Err(error) => {
                    let note = Note { path: self.sources.display(path), text: error.to_string(), failure: target.named };
                    notes.push(note);
                }
            }
        }
        sources
    }

    /// Loads the Compose projects and joins them with the Dockerfiles. Files that a project names are linted with it.
    fn join(&self, targets: &[Arc<Source>], files: &mut BTreeSet<FileId>, notes: &mut Vec<Note>) -> World {
        let projects = self.load_projects(targets, files, notes);
        let candidates: Vec<_> = targets.iter().filter(|s| s.kind == FileKind::Dockerfile).collect();
        let read: Vec<_> = candidates.par_iter().with_max_len(FEW).map(|s| Dockerfile::of(s)).collect();
        let mut dockerfiles = Vec::with_capacity(read.len());
        for (source, dockerfile) in candidates.into_iter().zip(read) {
            if dockerfile_syntax::is_template(&dockerfile.tree) {
                files.remove(&source.id);
                notes.push(Note { path: source.name.clone(), text: "is a template".into(), failure: false });
            } else {
                dockerfiles.push(dockerfile);
            }
        }
        let daemons = targets.iter().filter(|s| s.kind == FileKind::Daemon).map(|s| Daemon::read(s)).collect();
        let ignore_files = targets.iter().filter(|s| s.kind == FileKind::Dockerignore).map(|s| IgnoreFile::of(Arc::clone(s))).collect();
        let outside = Mutex::new(Vec::new());
        let mut world = World::join(projects, dockerfiles, &self.sources, &self.settings.build, &|path| {
            let path = self.sources.absolute(path);
            if !self.sources.may_read(&path) {
                let text = "lies outside the project and is not read".into();
                let note = Note { path: self.sources.display(&path), text, failure: false };
                outside.lock().unwrap_or_else(PoisonError::into_inner).push(note);
                return None;
            }
            let source = self.sources.load(&path, FileKind::Dockerfile).ok()?;
            Some(Dockerfile::of(&source))
        });
        notes.extend(outside.into_inner().unwrap_or_else(PoisonError::into_inner));
        let walked = world.builds.iter().filter(|b| b.service.as_ref().is_some_and(|s| self.was_walked(&s.project)));
        files.extend(walked.map(|b| b.dockerfile.file));
        world.daemons = daemons;
        world.ignore_files = ignore_files;
        notes.extend(options::unmet(&world, &self.settings.build));
        world
    }

    /// The Compose projects among the targets, and those beside them that may build a target. Files of variables that a
    /// project names are linted with it.
    fn load_projects(&self, targets: &[Arc<Source>], files: &mut BTreeSet<FileId>, notes: &mut Vec<Note>) -> Vec<Arc<Project>> {
        let mut paths: BTreeSet<PathBuf> = targets.iter().filter(|s| s.kind == FileKind::Compose).map(|s| s.path.clone()).collect();
        paths.extend(self.neighbours(targets));
        let paths: Vec<_> = paths.into_iter().collect();
        let groups = compose::group(&paths, &self.sources);
        let loaded: Vec<_> = groups.par_iter().with_max_len(FEW).map(|g| self.load_project(g)).collect();
        let mut projects = Vec::with_capacity(loaded.len());
        for project in loaded.into_iter().flatten() {
            let templates: Vec<_> = self.templates_in(&project);
            for source in &templates {
                files.remove(&source.id);
                notes.push(Note { path: source.name.clone(), text: "is a template".into(), failure: false });
            }
            if templates.is_empty() {
                if project.files.first().is_some_and(|base| files.contains(base)) {
                    files.extend(env_files(&project, &self.sources));
                }
                if self.was_walked(&project) {
                    files.extend(&project.files);
                }
                projects.push(Arc::new(project));
            }
        }
        projects
    }

    /// Whether a project was found in a folder, and not named by a person: what it includes, extends and builds is linted
    /// with it then, whatever the names.
    fn was_walked(&self, project: &Project) -> bool {
        let base = project.files.first().map(|f| self.sources.get(*f).path.clone());
        base.and_then(|path| self.targets.get(&path)).is_some_and(|t| !t.named)
    }

    fn load_project(&self, group: &ProjectFiles) -> Option<Project> {
        let overrides = group.overrides.clone();
        let options = LoadOptions { env: self.settings.env.clone(), overrides, fragment: group.fragment, ..LoadOptions::default() };
        compose::load(&self.sources, &group.base, &options).ok()
    }

    /// The files of a project that become Compose files only when they are rendered.
    fn templates_in(&self, project: &Project) -> Vec<Arc<Source>> {
        let broken: BTreeSet<FileId> = project.problems.iter().filter(|p| p.lint == "compose-syntax").map(|p| p.error.span.file).collect();
        broken.into_iter().map(|f| self.sources.get(f)).filter(|s| yaml::is_template(&s.text)).collect()
    }

    /// Compose files beside and above files that a person named: they may build or override them, and are read, but not
    /// reported on. A walked folder brings its own.
    fn neighbours(&self, targets: &[Arc<Source>]) -> BTreeSet<PathBuf> {
        let named = targets.iter().filter(|s| self.targets.get(&s.path).is_some_and(|t| t.named));
        let folders: BTreeSet<&Path> = named.flat_map(|s| s.path.ancestors().skip(1)).filter(|f| self.sources.may_read(f)).collect();
        let candidates = folders.into_iter().flat_map(|f| compose::FILE_NAMES.iter().map(move |n| f.join(n)));
        candidates.filter(|p| self.sources.exists(p) && !self.sources.is_dir(p)).collect()
    }

    /// Runs the selected lints over everything, in parallel. A panic in one place is a note and stops nothing else.
    fn run(&self, world: &World, files: &BTreeSet<FileId>, notes: &mut Vec<Note>) -> Vec<Diagnostic> {
        let dispatch = &self.settings.dispatch;
        let mut units: Vec<Unit<'_>> = world.dockerfiles.iter().filter(|d| files.contains(&d.file)).map(|d| Unit::Dockerfile(d)).collect();
        units.extend(world.builds.iter().map(Unit::Build));
        units.extend(world.daemons.iter().map(Unit::Daemon));
        units.extend(world.ignore_files.iter().map(Unit::Dockerignore));
        units.extend(world.projects.iter().map(|p| Unit::Project(p)));
        let of_compose: BTreeSet<FileId> = world.projects.iter().flat_map(|p| p.files.iter().copied()).collect();
        let env_files: BTreeSet<FileId> = world.projects.iter().flat_map(|p| env_files(p, &self.sources)).collect();
        units.extend(env_files.into_iter().filter(|f| files.contains(f)).map(|f| Unit::EnvFile(self.sources.get(f))));
        units.extend(of_compose.into_iter().filter(|f| files.contains(f)).map(|f| Unit::Compose(self.sources.get(f))));
        let results: Vec<_> = units.par_iter().with_max_len(FEW).map(|unit| guarded(|| unit.lint(dispatch, world))).collect();
        let mut out = Vec::new();
        for (unit, result) in units.iter().zip(results) {
            match result {
                Some(found) => out.extend(found),
                None => {
                    let path = unit.file().map_or_else(String::new, |f| self.sources.get(f).name.clone());
                    notes.push(Note { path, text: "could not be linted: internal error, please report it".into(), failure: true });
                }
            }
        }
        out
    }

    /// Takes away what comments silence, and says how much that was.
    fn suppress(&self, world: &World, diagnostics: &mut Vec<Diagnostic>) -> usize {
        let mut suppressions: Vec<Suppression> = world.dockerfiles.iter().flat_map(|d| suppress::of_dockerfile(&d.tree)).collect();
        let compose: BTreeSet<FileId> = world.projects.iter().flat_map(|p| p.files.iter().copied()).collect();
        for file in compose {
            let source = self.sources.get(file);
            if source.text.contains("dockvet:") {
                suppressions.extend(suppress::of_yaml(&yaml::of(&source).tree, &source.text));
            }
        }
        suppressions.extend(world.ignore_files.iter().flat_map(|f| suppress::of_dockerignore(&f.parse.tree)));
        let before = diagnostics.len();
        let lints = self.settings.dispatch.lints();
        diagnostics.retain(|d| {
            let lint = lints.iter().find(|l| l.id == d.lint);
            !lint.is_some_and(|lint| suppressions.iter().any(|s| s.silences(d, lint)))
        });
        before - diagnostics.len()
    }

    /// Takes the text of secrets out of everything that findings of any lint would print or write.
    fn quiet(&self, mut outcome: Outcome) -> Outcome {
        let source = |span: &Span| self.sources.get(span.file);
        let secrets = outcome.secrets.iter().map(|s| (*s, source(s).slice(*s).to_string())).filter(|(_, t)| t.len() >= 4);
        let (words, texts): (Vec<_>, Vec<_>) = secrets.partition(|(_, text)| is_word(text));
        let hide_texts = Hiding::new(texts.into_iter().map(|(_, text)| text));
        for d in &mut outcome.diagnostics {
            hide_texts.apply(d);
            // A password may be a word of the sentence or the name of a service: it is one where it stands.
            let spans = || std::iter::once(&d.primary).chain(&d.labels).map(|l| l.span);
            let here = words.iter().filter(|(secret, _)| spans().any(|s| s.contains(*secret) || secret.contains(s)));
            Hiding::new(here.map(|(_, text)| text.clone()).collect::<Vec<_>>()).apply(d);
        }
        outcome
    }

    fn sort(&self, diagnostics: &mut [Diagnostic]) {
        let names: HashMap<FileId, String> =
            diagnostics.iter().map(|d| d.primary.span.file).map(|f| (f, self.sources.get(f).name.clone())).collect();
        // No two are told apart by less than this, and a stable sort would move them all once more.
        diagnostics.sort_unstable_by(|a, b| {
            let key = |d: &Diagnostic| (d.primary.span.start, d.primary.span.end, d.lint);
            names
                .get(&a.primary.span.file)
                .cmp(&names.get(&b.primary.span.file))
                .then_with(|| key(a).cmp(&key(b)))
                .then_with(|| a.message.cmp(&b.message))
        });
    }
}

/// Letters and nothing else, as in `postgres`.
fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_'))
}

/// Texts that no finding may quote.
struct Hiding(Option<(AhoCorasick, Vec<&'static str>)>);

impl Hiding {
    fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let texts: BTreeSet<String> = texts.into_iter().collect();
        if texts.is_empty() {
            return Hiding(None);
        }
        // The longest of those that begin at one place: none of its end is left.
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&texts);
        Hiding(finder.ok().map(|finder| (finder, vec!["********"; texts.len()])))
    }

    fn apply(&self, d: &mut Diagnostic) {
        let Some((finder, masks)) = &self.0 else { return };
        let told = |text: &str| finder.is_match(text);
        if told(&d.message) {
            d.message = finder.replace_all(&d.message, masks);
        }
        if d.help.as_deref().is_some_and(told) {
            d.help = d.help.as_deref().map(|help| finder.replace_all(help, masks));
        }
        d.fixes.retain(|f| !told(&f.title) && !f.edits.iter().any(|e| told(&e.text)));
    }
}

/// How many files or projects a thread takes at once: they differ in size, and all threads should end together.
const FEW: usize = 4;

/// How often fixes are applied and looked at again.
const FIX_ROUNDS: usize = 10;

/// The files that the reference tools would refuse to read.
fn broken_files(diagnostics: &[Diagnostic]) -> BTreeSet<FileId> {
    diagnostics.iter().filter(|d| d.category() == "syntax" && d.level == Level::Error).map(|d| d.primary.span.file).collect()
}

/// The findings whose fixes may be applied now. A file is first made one that can be read, then one whose keys are right,
/// and only then changed in what it means: a renamed key may be the one that another fix would add.
fn first_things_first(diagnostics: &[Diagnostic], broken: &BTreeSet<FileId>, at_least: Safety) -> Vec<Diagnostic> {
    let turn = |d: &Diagnostic| match d.category() {
        "syntax" => 0,
        "schema" => 1,
        _ => 2,
    };
    let files = |d: &Diagnostic| -> BTreeSet<FileId> {
        let fixes = d.fixes.iter().filter(|f| f.safety >= at_least);
        fixes.flat_map(|f| &f.edits).map(|e| e.span.file).collect()
    };
    let to_rename: BTreeSet<FileId> = diagnostics.iter().filter(|d| turn(d) == 1).flat_map(files).collect();
    let is_in_turn = |d: &&Diagnostic| {
        files(d).iter().all(|f| match turn(d) {
            0 => true,
            1 => !broken.contains(f),
            _ => !broken.contains(f) && !to_rename.contains(f),
        })
    };
    diagnostics.iter().filter(is_in_turn).cloned().collect()
}

/// What is linted in one go.
enum Unit<'a> {
    Dockerfile(&'a Dockerfile),
    Build(&'a Build),
    Project(&'a Project),
    Daemon(&'a Daemon),
    Dockerignore(&'a IgnoreFile),
    /// The strings of one Compose file.
    Compose(Arc<Source>),
    /// The strings of a file of variables.
    EnvFile(Arc<Source>),
}

impl Unit<'_> {
    fn lint(&self, dispatch: &Dispatch, world: &World) -> Vec<Diagnostic> {
        match self {
            Unit::Dockerfile(d) => {
                let mut found = dispatch.dockerfile(world, d);
                found.extend(dispatch.values(world, || values::of_dockerfile(d)));
                found
            }
            Unit::Build(build) => dispatch.build(world, build),
            Unit::Project(project) => dispatch.project(world, project),
            Unit::Daemon(daemon) => dispatch.daemon(world, daemon),
            Unit::Dockerignore(file) => dispatch.dockerignore(world, file),
            Unit::EnvFile(source) => dispatch.values(world, || vec![values::of_env_file(source)]),
            Unit::Compose(source) => dispatch.yaml(world, &yaml::of(source).tree),
        }
    }

    /// The file to name when something goes wrong.
    fn file(&self) -> Option<FileId> {
        match self {
            Unit::Dockerfile(d) => Some(d.file),
            Unit::Build(b) => Some(b.dockerfile.file),
            Unit::Project(p) => p.files.first().copied(),
            Unit::Daemon(d) => Some(d.file),
            Unit::Dockerignore(f) => Some(f.source.id),
            Unit::Compose(source) | Unit::EnvFile(source) => Some(source.id),
        }
    }
}

/// The files that `env_file` and `label_file` of a project name. `.env` is not one: it belongs to whoever runs the
/// project, and holding secrets is what it is for.
fn env_files<'s>(project: &'s Project, sources: &'s Sources) -> impl Iterator<Item = FileId> + 's {
    let other = project.inputs.iter().filter(|f| !project.files.contains(f)).copied();
    other.filter(|f| sources.get(*f).path.file_name().is_some_and(|n| n != ".env"))
}

/// What a file is that somebody named: by its name, else YAML is read as Compose and anything else as a Dockerfile.
fn kind_of_named(path: &Path) -> FileKind {
    source::kind_of(path).unwrap_or(if looks_like_yaml(path) { FileKind::Compose } else { FileKind::Dockerfile })
}

fn looks_like_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("yml") || e.eq_ignore_ascii_case("yaml"))
}

/// `None` when `f` panicked. The panic hook of the program decides what is printed.
fn guarded<T>(f: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(f)).ok()
}

/// One root cause, one finding: the same lint about the same bytes is said once, with all related places.
fn merge_same_place(diagnostics: &mut Vec<Diagnostic>) {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    let mut seen: HashMap<(&'static str, Option<&'static str>, Span), usize> = HashMap::new();
    for d in diagnostics.drain(..) {
        match seen.entry((d.lint, d.code, d.primary.span)) {
            Entry::Vacant(slot) => {
                slot.insert(kept.len());
                kept.push(d);
            }
            Entry::Occupied(slot) => {
                if let Some(first) = kept.get_mut(*slot.get()) {
                    first.level = first.level.max(d.level);
                    let new = d.labels.into_iter().filter(|l| !first.labels.contains(l)).collect::<Vec<_>>();
                    first.labels.extend(new);
                }
            }
        }
    }
    *diagnostics = kept;
}
