//! The one engine under the command line and the language server: texts in, diagnostics out.

mod fixing;
mod options;

pub use fixing::Changes;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::filter::baseline::Entry as Known;
use crate::filter::rules::RuleBook;
use crate::filter::suppress;
use crate::fix;
use crate::lint::Dispatch;
use crate::model::build::Build;
use crate::model::compose::{self, LoadOptions, Project, ProjectFiles};
use crate::model::context::IgnoreFile;
use crate::model::daemon::Daemon;
use crate::model::dockerfile::{BuildArg, BuildArgs, Dockerfile};
use crate::model::project::{BuildOptions, World};
use crate::model::suppression::{self, Suppression};
use crate::model::values;
use crate::source::{self, DEFAULT_MAX_SIZE, FileId, FileKind, ReadError, Source, Sources, Span};
use crate::syntax::{dockerfile as dockerfile_syntax, yaml};

/// How to lint; everything that does not change while an engine lives.
pub struct Settings {
    /// Which lints speak about which files.
    pub rules: RuleBook,
    /// The environment that Compose interpolation sees.
    pub env: BTreeMap<String, String>,
    /// The largest file that is read, in bytes.
    pub max_size: u64,
    /// How many threads walk and lint.
    pub threads: usize,
    /// How Dockerfiles are built that no Compose file builds.
    pub build: BuildOptions,
    /// Gives the day of a run, `YYYY-MM-DD`; see [`today`].
    pub today: fn() -> String,
}

impl Settings {
    /// Rules and nothing of the machine: no environment, one thread.
    pub fn new(rules: RuleBook) -> Settings {
        Settings { rules, env: BTreeMap::new(), max_size: DEFAULT_MAX_SIZE, threads: 1, build: BuildOptions::default(), today }
    }
}

/// All files of one run and what is known of them.
pub struct Engine {
    sources: Arc<Sources>,
    settings: Settings,
    dispatch: Dispatch,
    /// The folders of configuration files that walks met.
    configured: BTreeSet<PathBuf>,
    /// The files to report on, by absolute path.
    targets: BTreeMap<PathBuf, Target>,
    notes: Vec<Note>,
    /// What the last run read: giving it back to the allocator would only take time before the process ends.
    world: Option<World>,
    steps: Arc<Steps>,
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
    /// The findings that comments silenced, with the comment.
    pub suppressed: Vec<(Diagnostic, Suppression)>,
    /// The findings that a baseline knows.
    pub baselined: Vec<Diagnostic>,
    /// Bytes that no output may quote.
    pub secrets: Vec<Span>,
}

impl Engine {
    /// An engine without files; shown paths are relative to `root`.
    pub fn new(root: &Path, settings: Settings) -> Self {
        let sources = Arc::new(Sources::new(root, settings.max_size));
        let dispatch = dispatch(&settings.rules);
        Engine {
            sources,
            settings,
            dispatch,
            configured: BTreeSet::new(),
            targets: BTreeMap::new(),
            notes: Vec::new(),
            world: None,
            steps: Arc::default(),
        }
    }

    /// How far the run is that is going on, for another thread to look at.
    pub fn steps(&self) -> Arc<Steps> {
        Arc::clone(&self.steps)
    }

    /// The texts.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the last run read and joined; nothing before the first.
    pub fn world(&self) -> Option<&World> {
        self.world.as_ref()
    }

    /// Lints by other rules from now on. Files that were found in folders and are excluded are forgotten.
    pub fn set_rules(&mut self, rules: RuleBook) {
        self.dispatch = dispatch(&rules);
        self.targets.retain(|path, target| target.named || !rules.of(path).excludes(path));
        self.settings.rules = rules;
    }

    /// The folders below those that were added that have a configuration file of their own.
    pub fn configured_folders(&self) -> &BTreeSet<PathBuf> {
        &self.configured
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
            if !self.settings.rules.of(&path).excludes(&path) {
                self.targets.entry(path).or_insert(Target { kind: found.kind, named: false });
            }
        }
        let configs = walk.configs.iter().filter_map(|c| c.parent());
        self.configured.extend(configs.map(|folder| self.sources.absolute(folder)));
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
        diagnostics.iter_mut().for_each(|d| fix::end_lines_alike(d, |file| self.sources.get(file)));
        let secrets: Vec<Span> = diagnostics.iter().flat_map(|d| d.secrets.iter().copied()).collect();
        let mut suppressed = self.suppress(&world, &files, &mut diagnostics);
        self.world = Some(world);
        diagnostics.retain_mut(|d| self.speaks(d));
        suppressed.retain_mut(|(d, _)| self.speaks(d));
        let baselined = self.take_known(&mut diagnostics, &files, &mut notes);
        self.sort(&mut diagnostics);
        suppressed.sort_by_cached_key(|(d, _)| (self.sources.get(d.primary.span.file).name.clone(), d.primary.span, d.lint));
        notes.sort();
        notes.dedup();
        let mut files: Vec<FileId> = files.into_iter().collect();
        files.sort_by_cached_key(|id| self.sources.get(*id).name.clone());
        Outcome { diagnostics, files, notes, suppressed, baselined, secrets }
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
        let mut world = World::join(projects, dockerfiles, &self.sources, &|path| self.build_options(path), &|path| {
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
        let dispatch = &self.dispatch;
        let mut units: Vec<Unit<'_>> = world.dockerfiles.iter().filter(|d| files.contains(&d.file)).map(|d| Unit::Dockerfile(d)).collect();
        units.extend(world.builds.iter().map(Unit::Build));
        units.extend(world.daemons.iter().map(Unit::Daemon));
        units.extend(world.ignore_files.iter().map(Unit::Dockerignore));
        units.extend(world.projects.iter().map(|p| Unit::Project(p)));
        let of_compose: BTreeSet<FileId> = world.projects.iter().flat_map(|p| p.files.iter().copied()).collect();
        let env_files: BTreeSet<FileId> = world.projects.iter().flat_map(|p| env_files(p, &self.sources)).collect();
        units.extend(env_files.into_iter().filter(|f| files.contains(f)).map(|f| Unit::EnvFile(self.sources.get(f))));
        units.extend(of_compose.into_iter().filter(|f| files.contains(f)).map(|f| Unit::Compose(self.sources.get(f))));
        self.steps.begin(units.len());
        let results: Vec<_> =
            units.par_iter().with_max_len(FEW).map(|unit| self.steps.step(|| guarded(|| unit.lint(dispatch, world)))).collect();
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

    /// How the Dockerfile at `path` is built when no Compose file builds it: as configured, the command line over that.
    fn build_options(&self, path: &Path) -> BuildOptions {
        let configured = self.settings.rules.of(path).build(path);
        let arg = |(name, value)| (name, BuildArg { value: Some(value), span: None });
        let mut args: BuildArgs = configured.args.into_iter().map(arg).collect();
        args.extend(self.settings.build.args.clone());
        BuildOptions { args, target: self.settings.build.target.clone().or(configured.target) }
    }

    /// Gives a finding the level that it has in its file; `false` when its lint is silent there.
    fn speaks(&self, d: &mut Diagnostic) -> bool {
        let source = self.sources.get(d.primary.span.file);
        self.settings.rules.of(&source.path).apply(d, &source.path)
    }

    /// Takes out what the baseline of its file knows.
    fn take_known(&self, diagnostics: &mut Vec<Diagnostic>, files: &BTreeSet<FileId>, notes: &mut Vec<Note>) -> Vec<Diagnostic> {
        let rules = &self.settings.rules;
        let mut out = Vec::new();
        for (path, baseline) in rules.baselines() {
            let folder = path.parent().unwrap_or(Path::new(""));
            let is_of = |p: &Path| rules.of(p).baseline.as_deref() == Some(path);
            let relative = |p: &Path| source::relative(p, folder);
            let path_of = |d: &Diagnostic| self.sources.get(d.primary.span.file).path.clone();
            let file_of = |d: &Diagnostic| relative(&path_of(d));
            let (mut here, elsewhere): (Vec<_>, Vec<_>) = std::mem::take(diagnostics).into_iter().partition(|d| is_of(&path_of(d)));
            let known = baseline.apply(&mut here, file_of);
            *diagnostics = elsewhere;
            diagnostics.append(&mut here);
            let linted: BTreeSet<String> = files.iter().map(|f| relative(&self.sources.get(*f).path)).collect();
            let ran = |lint: &str| self.dispatch.lints().iter().any(|l| l.id == lint);
            let is_judged = |e: &Known| ran(&e.lint) && (linted.contains(&e.file) || !self.sources.exists(&folder.join(&e.file)));
            let stale = baseline.stale(&known, file_of, is_judged);
            if let Some(first) = stale.first() {
                let more = if stale.len() > 1 { format!(" and {} more", stale.len() - 1) } else { String::new() };
                let text = format!("knows {} of {}{more}, which is mended: run `dockvet baseline --shrink`", first.lint, first.file);
                notes.push(Note { path: self.sources.display(path), text, failure: false });
            }
            out.extend(known);
        }
        out
    }

    /// Takes away what comments silence, and adds what is to be said of the comments.
    fn suppress(&self, world: &World, files: &BTreeSet<FileId>, diagnostics: &mut Vec<Diagnostic>) -> Vec<(Diagnostic, Suppression)> {
        let dispatch = &self.dispatch;
        let applied = suppress::apply(
            self.suppressions(world, files),
            diagnostics,
            dispatch.lints(),
            self.settings.rules.catalogue(),
            &(self.settings.today)(),
        );
        diagnostics.extend(applied.usages.iter().flat_map(|usage| dispatch.suppression(world, usage)));
        let by = |index: usize| applied.usages.get(index).map(|u| u.suppression.clone());
        applied.silenced.into_iter().filter_map(|(d, index)| Some((d, by(index)?))).collect()
    }

    /// The comments that silence findings in the files that are linted.
    fn suppressions(&self, world: &World, files: &BTreeSet<FileId>) -> Vec<Suppression> {
        let dockerfiles = world.dockerfiles.iter().filter(|d| files.contains(&d.file));
        let mut out: Vec<Suppression> = dockerfiles.flat_map(|d| suppression::of_dockerfile(&d.tree)).collect();
        let compose: BTreeSet<FileId> = world.projects.iter().flat_map(|p| p.files.iter().copied()).filter(|f| files.contains(f)).collect();
        for file in compose {
            let source = self.sources.get(file);
            out.extend(suppression::of_yaml(&yaml::of(&source).tree, &source.text));
        }
        out.extend(world.ignore_files.iter().flat_map(|f| suppression::of_dockerignore(&f.parse.tree)));
        out
    }

    /// Takes the text of secrets out of everything that findings of any lint would print or write.
    fn quiet(&self, mut outcome: Outcome) -> Outcome {
        let source = |span: &Span| self.sources.get(span.file);
        let secrets = outcome.secrets.iter().map(|s| (*s, source(s).slice(*s).to_string())).filter(|(_, t)| t.len() >= 4);
        let (words, texts): (Vec<_>, Vec<_>) = secrets.partition(|(_, text)| is_word(text));
        let hide_texts = Hiding::new(texts.into_iter().map(|(_, text)| text));
        let silenced = outcome.suppressed.iter_mut().map(|(d, _)| d).chain(&mut outcome.baselined);
        for d in outcome.diagnostics.iter_mut().chain(silenced) {
            hide_texts.apply(d);
            // A password may be a word of the sentence or the name of a service: it is one where it stands.
            let spans = || std::iter::once(&d.primary).chain(&d.labels).map(|l| l.span);
            // What a lint says of a secret, it says without it.
            let here = words
                .iter()
                .filter(|_| d.secrets.is_empty())
                .filter(|(secret, _)| spans().any(|s| s.contains(*secret) || secret.contains(s)));
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

fn dispatch(rules: &RuleBook) -> Dispatch {
    Dispatch::new(rules.lints(), rules.is_strict()).with_options(rules.options())
}

/// Today in UTC, `YYYY-MM-DD`.
pub fn today() -> String {
    let day = time::OffsetDateTime::now_utc().date();
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
}

/// How far a run is, in steps of one file or project.
#[derive(Debug, Default)]
pub struct Steps {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Steps {
    fn begin(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    fn step<T>(&self, work: impl FnOnce() -> T) -> T {
        let out = work();
        self.done.fetch_add(1, Ordering::Relaxed);
        out
    }

    /// How many steps are done, and how many there are; none as long as files are only read.
    pub fn now(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// How many files or projects a thread takes at once: they differ in size, and all threads should end together.
const FEW: usize = 4;

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
