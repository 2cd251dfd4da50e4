//! Which lints speak about which files, and how loud: presets, configuration files and the command line in one table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::baseline::Baseline;
use crate::config::{self, BuildConfig, ConfigError, ConfigFile, FailOn, LevelOrOff, Name, Override, Preset};
use crate::diagnostic::{Diagnostic, Level};
use crate::lint::{Lint, Options};
use crate::model::knowledge;
use crate::source::{ReadError, normalize};
use crate::syntax::dockerfile::nearest;

/// What the command line says; it has the last word.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// `--preset` and `--all`.
    pub preset: Option<Preset>,
    /// `--select`: these only.
    pub select: Vec<&'static Lint>,
    /// `--ignore`
    pub ignore: Vec<&'static Lint>,
    /// `--fail-on`
    pub fail_on: Option<FailOn>,
    /// `--baseline`
    pub baseline: Option<PathBuf>,
}

/// How one lint stands for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Off,
    /// With the levels that it gives its findings itself.
    Own,
    At(Level),
}

/// Paths relative to the folder of a configuration file.
#[derive(Clone, Debug)]
struct Globs {
    folder: PathBuf,
    set: GlobSet,
}

#[derive(Clone, Debug)]
struct Change {
    files: Globs,
    voices: Vec<(usize, Voice)>,
    fail_on: Option<FailOn>,
    build: BuildConfig,
}

/// The rules of one configuration file, with those it extends and the command line.
#[derive(Clone, Debug)]
pub struct Rules {
    lints: &'static [&'static Lint],
    voices: Vec<Voice>,
    strict: bool,
    exclude: Vec<Globs>,
    changes: Vec<Change>,
    fail_on: FailOn,
    build: BuildConfig,
    images: BTreeMap<String, knowledge::Entry>,
    options: Options,
    /// A file of known findings.
    pub baseline: Option<PathBuf>,
    /// The configuration files it comes from, the nearest last.
    pub files: Vec<PathBuf>,
    given: Given,
}

/// The rules of every file of a run.
#[derive(Clone, Debug)]
pub struct RuleBook {
    by_folder: BTreeMap<PathBuf, Arc<Rules>>,
    baselines: BTreeMap<PathBuf, Baseline>,
    /// Those of files below no configuration file.
    pub elsewhere: Arc<Rules>,
}

/// The lints that a name means: an id, a group, or a rule of another linter. The error is a way out.
///
/// # Errors
/// When nothing is called so: what it may have meant.
pub fn called(name: &str, lints: &'static [&'static Lint]) -> Result<Vec<&'static Lint>, String> {
    let found: Vec<_> = lints.iter().copied().filter(|l| l.group.name() == name || l.is_called(name)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let groups = ["security", "correctness", "efficiency", "style"];
    let near = nearest(name, lints.iter().map(|l| l.id).chain(groups));
    Err(near.map_or_else(|| "`dockvet lints` shows them all".to_owned(), |near| format!("did you mean `{near}`?")))
}

impl Rules {
    /// The rules without a configuration file.
    pub fn plain(lints: &'static [&'static Lint], given: Given) -> Rules {
        let preset = given.preset.unwrap_or_default();
        let mut rules = Rules {
            lints,
            voices: lints.iter().map(|l| if is_in(preset, l) { Voice::Own } else { Voice::Off }).collect(),
            strict: preset == Preset::Strict,
            exclude: Vec::new(),
            changes: Vec::new(),
            fail_on: given.fail_on.unwrap_or_default(),
            build: BuildConfig::default(),
            images: BTreeMap::new(),
            options: Options::default(),
            baseline: given.baseline.clone(),
            files: Vec::new(),
            given,
        };
        rules.have_last_word();
        rules
    }

    /// The rules of configuration files, the nearest last.
    ///
    /// # Errors
    /// [`ConfigError`] with the place of a name that is no lint, or of a glob that cannot be read.
    pub fn configured(lints: &'static [&'static Lint], chain: &[ConfigFile], given: Given) -> Result<Rules, ConfigError> {
        let preset = given.preset.or_else(|| chain.iter().rev().find_map(|f| f.config.preset));
        let mut rules = Rules::plain(lints, Given { preset, ..Given::default() });
        rules.given = given;
        for file in chain {
            rules.add(file)?;
        }
        rules.fail_on = rules.given.fail_on.unwrap_or(rules.fail_on);
        rules.baseline = rules.given.baseline.clone().or(rules.baseline);
        rules.have_last_word();
        Ok(rules)
    }

    /// The same rules with options of single lints.
    #[must_use]
    pub fn with_options(self, options: Options) -> Rules {
        Rules { options, ..self }
    }

    fn add(&mut self, file: &ConfigFile) -> Result<(), ConfigError> {
        let config = &file.config;
        if let Some(select) = &config.select {
            self.voices.fill(Voice::Off);
            self.set(&voices(self.lints, file, select, Voice::Own)?);
        }
        self.set(&changes(self.lints, file, &config.extend_select, &config.levels, &config.ignore)?);
        if !config.exclude.is_empty() {
            self.exclude.push(globs(file, &config.exclude)?);
        }
        for change in &config.overrides {
            self.changes.push(self.change(file, change)?);
        }
        for (name, table) in &config.lints {
            let found = called(&name.text, self.lints);
            let lint = found.as_ref().ok().and_then(|l| l.first()).filter(|l| l.id == name.text);
            let error = || ConfigError {
                help: found.as_ref().err().cloned(),
                ..file.error(Some(name), format!("no lint has the id `{}`", name.text))
            };
            let lint = lint.ok_or_else(error)?;
            check_options(lint, table).map_err(|(message, help)| ConfigError { help: Some(help), ..file.error(Some(name), message) })?;
            self.options.set(lint.id, table.clone());
        }
        self.fail_on = config.fail_on.unwrap_or(self.fail_on);
        over(&mut self.build, &config.build);
        self.images.extend(config.images.iter().map(|(name, entry)| (name.text.clone(), entry.clone())));
        self.baseline = config.baseline.as_ref().map(|b| normalize(&file.folder().join(&b.text))).or(self.baseline.take());
        self.files.push(file.path.clone());
        Ok(())
    }

    fn change(&self, file: &ConfigFile, change: &Override) -> Result<Change, ConfigError> {
        Ok(Change {
            files: globs(file, &change.files)?,
            voices: changes(self.lints, file, &change.extend_select, &change.levels, &change.ignore)?,
            fail_on: change.fail_on,
            build: change.build.clone(),
        })
    }

    fn set(&mut self, voices: &[(usize, Voice)]) {
        for (index, voice) in voices {
            if let Some(slot) = self.voices.get_mut(*index) {
                *slot = *voice;
            }
        }
    }

    /// `--select` and `--ignore` over all.
    fn have_last_word(&mut self) {
        for (slot, lint) in self.voices.iter_mut().zip(self.lints) {
            let is_in = |list: &[&'static Lint]| list.iter().any(|l| l.id == lint.id);
            if !self.given.select.is_empty() {
                *slot = match (is_in(&self.given.select), *slot) {
                    (true, Voice::Off) => Voice::Own,
                    (true, voice) => voice,
                    (false, _) => Voice::Off,
                };
            }
            if is_in(&self.given.ignore) {
                *slot = Voice::Off;
            }
        }
    }

    fn voice(&self, lint: &str, path: &Path) -> Voice {
        let Some(index) = self.lints.iter().position(|l| l.id == lint) else { return Voice::Own };
        let base = self.voices.get(index).copied().unwrap_or(Voice::Off);
        let is_given = self.given.select.iter().any(|l| l.id == lint);
        if self.changes.is_empty() || !self.given.select.is_empty() && !is_given || self.given.ignore.iter().any(|l| l.id == lint) {
            return base;
        }
        let matching = self.changes.iter().filter(|c| c.files.matches(path));
        let last = matching.flat_map(|c| &c.voices).rfind(|(i, _)| *i == index);
        match last {
            // A lint that is asked for by name on the command line speaks.
            Some((_, Voice::Off)) if is_given => base,
            Some((_, voice)) => *voice,
            None => base,
        }
    }

    /// Sets the level that a finding about `path` has here; `false` when the lint is silent there.
    pub fn apply(&self, d: &mut Diagnostic, path: &Path) -> bool {
        match self.voice(d.lint, path) {
            Voice::Off => false,
            Voice::Own => true,
            Voice::At(level) => {
                let own = self.lints.iter().find(|l| l.id == d.lint).map(|l| l.level);
                // A finding that its lint takes less serious than others stays so.
                d.level = if own == Some(d.level) { level } else { d.level.min(level) };
                true
            }
        }
    }

    /// Whether a file that was found in a folder is left out.
    pub fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|globs| globs.matches(path))
    }

    /// Whether a finding of this level about `path` fails the run.
    pub fn fails(&self, level: Level, path: &Path) -> bool {
        let changed = || self.changes.iter().rev().filter(|c| c.files.matches(path)).find_map(|c| c.fail_on);
        self.given.fail_on.or_else(changed).unwrap_or(self.fail_on).fails(level)
    }

    /// How the Dockerfile at `path` is built when no Compose file builds it.
    pub fn build(&self, path: &Path) -> BuildConfig {
        let mut build = self.build.clone();
        self.changes.iter().filter(|c| c.files.matches(path)).for_each(|c| over(&mut build, &c.build));
        build
    }

    fn may_run(&self) -> impl Iterator<Item = &'static Lint> + '_ {
        let changed = |index: usize| self.changes.iter().flat_map(|c| &c.voices).any(|(i, v)| *i == index && *v != Voice::Off);
        let given = |l: &Lint| {
            let is_in = |list: &[&'static Lint]| list.iter().any(|g| g.id == l.id);
            (self.given.select.is_empty() || is_in(&self.given.select)) && !is_in(&self.given.ignore)
        };
        let runs = move |(index, (voice, lint)): (usize, (&Voice, &&'static Lint))| {
            (*voice != Voice::Off || changed(index) && given(lint)).then_some(*lint)
        };
        self.voices.iter().zip(self.lints).enumerate().filter_map(runs)
    }
}

impl RuleBook {
    /// One set of rules for everything.
    pub fn plain(rules: Rules) -> RuleBook {
        RuleBook { by_folder: BTreeMap::new(), baselines: BTreeMap::new(), elsewhere: Arc::new(rules) }
    }

    /// Rules for a folder and everything below that has none of its own.
    pub fn insert(&mut self, folder: PathBuf, rules: Rules) {
        self.by_folder.insert(folder, Arc::new(rules));
    }

    /// The rules of the nearest folder above `path`.
    pub fn of(&self, path: &Path) -> &Rules {
        if self.by_folder.is_empty() {
            return &self.elsewhere;
        }
        path.ancestors().skip(1).find_map(|folder| self.by_folder.get(folder)).unwrap_or(&self.elsewhere)
    }

    /// All rules.
    pub fn all(&self) -> impl Iterator<Item = &Rules> {
        std::iter::once(&self.elsewhere).chain(self.by_folder.values()).map(Arc::as_ref)
    }

    /// The lints that speak about some file, in the order of the catalogue.
    pub fn lints(&self) -> Vec<&'static Lint> {
        let running: std::collections::BTreeSet<&str> = self.all().flat_map(Rules::may_run).map(|l| l.id).collect();
        self.elsewhere.lints.iter().copied().filter(|l| running.contains(l.id)).collect()
    }

    /// All lints that there are.
    pub fn catalogue(&self) -> &'static [&'static Lint] {
        self.elsewhere.lints
    }

    /// What the command line said.
    pub fn given(&self) -> &Given {
        &self.elsewhere.given
    }

    /// What is said to single lints. Options do not differ by file: the nearest to where dockvet was started count.
    pub fn options(&self) -> Options {
        self.elsewhere.options.clone()
    }

    /// Whether verdicts of "unknown" are wanted somewhere.
    pub fn is_strict(&self) -> bool {
        self.all().any(|r| r.strict)
    }

    /// The baselines that were read, by the paths of their files.
    pub fn baselines(&self) -> impl Iterator<Item = (&Path, &Baseline)> {
        self.baselines.iter().map(|(path, baseline)| (path.as_path(), baseline))
    }

    /// What the configuration files say of images.
    pub fn images(&self) -> impl Iterator<Item = (&String, &knowledge::Entry)> {
        self.all().flat_map(|r| &r.images)
    }

    /// Reads the rules of `folders`, each from the nearest configuration file in it or above. Those of the first folder,
    /// from which dockvet was started, also hold where there is no file at all.
    ///
    /// # Errors
    /// [`ConfigError`] when a file cannot be read or says something that is not known.
    pub fn read<'p>(
        folders: impl IntoIterator<Item = &'p Path>,
        lints: &'static [&'static Lint],
        given: &Given,
    ) -> Result<RuleBook, ConfigError> {
        let mut book = RuleBook::plain(Rules::plain(lints, given.clone()));
        let mut seen = std::collections::BTreeSet::new();
        for (number, folder) in folders.into_iter().enumerate() {
            let chain = folder.ancestors().take_while(|f| seen.insert(f.to_path_buf())).find_map(|f| config::in_folder(f).transpose());
            let Some(chain) = chain.transpose()? else { continue };
            let rules = Rules::configured(lints, &chain, given.clone())?;
            let home = chain.last().map_or(PathBuf::new(), |f| f.folder().to_path_buf());
            book.insert(home.clone(), rules);
            if let Some(rules) = book.by_folder.get(&home).filter(|_| number == 0) {
                book.elsewhere = Arc::clone(rules);
            }
        }
        Ok(book)
    }

    /// Reads the baselines that the rules name.
    ///
    /// # Errors
    /// The file and what is wrong with it.
    pub fn read_baselines(&mut self) -> Result<(), BaselineError> {
        let paths: std::collections::BTreeSet<PathBuf> = self.all().filter_map(|r| r.baseline.clone()).collect();
        for path in paths {
            let text = crate::source::read_text(&path, MAX_BASELINE).map_err(|error| BaselineError::Read { path: path.clone(), error })?;
            let baseline = Baseline::parse(&text).map_err(|(line, why)| BaselineError::Line { path: path.clone(), line, why })?;
            self.baselines.insert(path, baseline);
        }
        Ok(())
    }
}

/// The largest baseline that is read, in bytes.
const MAX_BASELINE: u64 = 64 << 20;

/// Why a baseline cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("the baseline {} {error}; `dockvet baseline` writes one", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: ReadError,
    },
    /// One of its lines is none.
    #[error("{}:{line}: a line of a baseline {why}", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// What a line needs.
        why: &'static str,
    },
}

/// Whether a lint has these options; else what is wrong, and a way out.
fn check_options(lint: &Lint, table: &toml::Table) -> Result<(), (String, String)> {
    for (key, value) in table {
        let Some(option) = lint.options.iter().find(|o| o.key == key) else {
            let keys: Vec<&str> = lint.options.iter().map(|o| o.key).collect();
            let help = match (nearest(key, keys.iter().copied()), keys.is_empty()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, true) => "it has none".to_owned(),
                (None, false) => format!("it has {}", keys.join(", ")),
            };
            return Err((format!("{} has no option `{key}`", lint.id), help));
        };
        if !option.kind.fits(value) {
            return Err((format!("option `{key}` of {} is of another kind", lint.id), format!("write {}", option.kind.words())));
        }
    }
    Ok(())
}

/// Whether a preset has a lint.
fn is_in(preset: Preset, lint: &Lint) -> bool {
    match preset {
        Preset::Minimal => lint.default && (lint.level == Level::Error || lint.score.is_some_and(|s| s >= 7.0)),
        Preset::Default => lint.default,
        Preset::Strict => true,
    }
}

fn changes(
    lints: &'static [&'static Lint],
    file: &ConfigFile,
    select: &[Name],
    levels: &BTreeMap<Name, LevelOrOff>,
    ignore: &[Name],
) -> Result<Vec<(usize, Voice)>, ConfigError> {
    let mut out = voices(lints, file, select, Voice::Own)?;
    for (name, level) in levels {
        out.extend(voices(lints, file, std::slice::from_ref(name), level.level().map_or(Voice::Off, Voice::At))?);
    }
    out.extend(voices(lints, file, ignore, Voice::Off)?);
    Ok(out)
}

fn voices(lints: &'static [&'static Lint], file: &ConfigFile, names: &[Name], voice: Voice) -> Result<Vec<(usize, Voice)>, ConfigError> {
    let mut out = Vec::new();
    for name in names {
        let found = called(&name.text, lints)
            .map_err(|help| ConfigError { help: Some(help), ..file.error(Some(name), format!("no lint is called `{}`", name.text)) })?;
        let index = |lint: &&'static Lint| lints.iter().position(|l| l.id == lint.id);
        out.extend(found.iter().filter_map(index).map(|i| (i, voice)));
    }
    Ok(out)
}

fn globs(file: &ConfigFile, patterns: &[Name]) -> Result<Globs, ConfigError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // A name alone matches at any depth and a folder with all below it, as in `.gitignore`.
        let text = pattern.text.trim_start_matches("./").trim_end_matches('/');
        let anchored = text.strip_prefix('/');
        let base = anchored.unwrap_or(text);
        let forms = match anchored.is_some() || base.contains('/') {
            true => vec![base.to_owned(), format!("{base}/**")],
            false => vec![base.to_owned(), format!("**/{base}"), format!("**/{base}/**"), format!("{base}/**")],
        };
        for form in forms {
            let glob = GlobBuilder::new(&form).literal_separator(true).build();
            set.add(glob.map_err(|e| file.error(Some(pattern), format!("this glob cannot be read: {}", e.kind())))?);
        }
    }
    let set = set.build().map_err(|e| file.error(patterns.first(), format!("these globs cannot be read: {e}")))?;
    Ok(Globs { folder: file.folder().to_path_buf(), set })
}

impl Globs {
    fn matches(&self, path: &Path) -> bool {
        path.strip_prefix(&self.folder).is_ok_and(|path| self.set.is_match(path))
    }
}

/// Lays one build over another.
fn over(base: &mut BuildConfig, other: &BuildConfig) {
    base.target = other.target.clone().or(base.target.take());
    base.args.extend(other.args.iter().map(|(k, v)| (k.clone(), v.clone())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::LINTS;

    /// The rules of a `dockvet.toml`, or its error.
    fn rules(text: &str, given: Given) -> Result<Rules, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("dockvet.toml"), text).unwrap();
        let mut chain = crate::config::find(dir.path()).unwrap().unwrap();
        chain.iter_mut().for_each(|f| f.path = PathBuf::from("/p/dockvet.toml"));
        Rules::configured(LINTS, &chain, given).map_err(|e| e.to_string())
    }

    fn lint(id: &str) -> &'static Lint {
        LINTS.iter().find(|l| l.id == id).unwrap()
    }

    fn voice(text: &str, id: &str) -> Voice {
        rules(text, Given::default()).unwrap().voice(id, Path::new("/p/a/compose.yaml"))
    }

    #[test]
    fn presets_and_what_is_said_of_single_lints() {
        assert_eq!(voice("", "root-user"), Voice::Own);
        assert_eq!(voice("preset = \"minimal\"", "root-user"), Voice::Off);
        assert_eq!(voice("preset = \"minimal\"", "privileged"), Voice::Own);
        assert_eq!(voice("", "missing-project-name"), Voice::Off, "opt-in");
        assert_eq!(voice("preset = \"strict\"", "missing-project-name"), Voice::Own);
        assert_eq!(voice("extend-select = [\"missing-project-name\"]", "missing-project-name"), Voice::Own);
        assert_eq!(voice("levels = { missing-project-name = \"info\" }", "missing-project-name"), Voice::At(Level::Info));
        assert_eq!(voice("select = [\"style\"]", "root-user"), Voice::Off);
        assert_eq!(voice("select = [\"DL3002\"]", "root-user"), Voice::Own);
        assert_eq!(voice("ignore = [\"security\"]", "root-user"), Voice::Off);
        assert_eq!(voice("levels = { root-user = \"off\" }", "root-user"), Voice::Off);
    }

    #[test]
    fn overrides_speak_of_their_files() {
        let text = "[[overrides]]\nfiles = [\"a/*.yaml\"]\nignore = [\"privileged\"]\nlevels = { root-user = \"error\" }\n";
        let rules = rules(text, Given::default()).unwrap();
        assert_eq!(rules.voice("privileged", Path::new("/p/a/x.yaml")), Voice::Off);
        assert_eq!(rules.voice("privileged", Path::new("/p/b/x.yaml")), Voice::Own);
        assert_eq!(rules.voice("privileged", Path::new("/p/a/b/x.yaml")), Voice::Own);
        assert_eq!(rules.voice("root-user", Path::new("/p/a/x.yaml")), Voice::At(Level::Error));
    }

    #[test]
    fn the_command_line_has_the_last_word() {
        let path = Path::new("/p/a/x.yaml");
        let text = "ignore = [\"root-user\"]\n[[overrides]]\nfiles = [\"**\"]\nextend-select = [\"missing-project-name\"]\nignore = [\"privileged\"]\n";
        let select = Given { select: vec![lint("root-user"), lint("privileged")], ..Given::default() };
        let selected = rules(text, select).unwrap();
        assert_eq!(selected.voice("root-user", path), Voice::Own);
        assert_eq!(selected.voice("privileged", path), Voice::Own);
        assert_eq!(selected.voice("missing-project-name", path), Voice::Off);
        assert_eq!(selected.may_run().map(|l| l.id).collect::<Vec<_>>(), ["privileged", "root-user"]);
        let ignored = rules(text, Given { ignore: vec![lint("missing-project-name")], ..Given::default() }).unwrap();
        assert_eq!(ignored.voice("missing-project-name", path), Voice::Off);
    }

    #[test]
    fn globs_read_as_people_mean_them() {
        let excludes =
            |glob: &str, path: &str| rules(&format!("exclude = [{glob:?}]"), Given::default()).unwrap().excludes(Path::new(path));
        assert!(excludes("vendor", "/p/vendor/x/Dockerfile") && excludes("vendor/", "/p/a/vendor/Dockerfile"));
        assert!(excludes("*.test.yaml", "/p/a/compose.test.yaml") && !excludes("*.test.yaml", "/p/a/compose.yaml"));
        assert!(excludes("a/**/Dockerfile", "/p/a/b/c/Dockerfile") && !excludes("/b", "/p/a/b/Dockerfile"));
        assert!(!excludes("vendor", "/q/vendor/Dockerfile"));
    }

    #[test]
    fn names_that_are_none_have_a_place() {
        assert_eq!(
            rules("ignore = [\"root-usr\"]", Given::default()).unwrap_err(),
            "/p/dockvet.toml:1:11: no lint is called `root-usr`\n1 | ignore = [\"root-usr\"]\n  |           ^\ndid you mean `root-user`?"
        );
        let glob = rules("exclude = [\"a{\"]", Given::default()).unwrap_err();
        assert!(glob.starts_with("/p/dockvet.toml:1:12: this glob cannot be read"), "{glob}");
    }

    #[test]
    fn options_are_those_of_the_lint() {
        let error = |text: &str| rules(text, Given::default()).unwrap_err();
        let told = error("[lints.untrusted-registry]\nallow = [\"x\"]\n");
        assert!(told.contains("untrusted-registry has no option `allow`") && told.ends_with("did you mean `allowed`?"), "{told}");
        assert!(error("[lints.privileged]\nx = 1\n").ends_with("it has none"));
        assert!(error("[lints.untrusted-registry]\nallowed = \"x\"\n").ends_with("write a list of strings"));
        assert!(error("[lints.DL3002]\nx = 1\n").contains("no lint has the id `DL3002`"));
        let set = rules("[lints.untrusted-registry]\nallowed = [\"x\"]\n", Given::default()).unwrap();
        assert_eq!(set.options.list("untrusted-registry", "allowed"), ["x"]);
    }

    #[test]
    fn the_nearest_folder_counts() {
        let mut book = RuleBook::plain(Rules::plain(LINTS, Given::default()));
        book.insert("/p".into(), rules("ignore = [\"root-user\"]", Given::default()).unwrap());
        book.insert("/p/a".into(), rules("levels = { root-user = \"error\" }", Given::default()).unwrap());
        assert_eq!(book.of(Path::new("/p/a/b/Dockerfile")).voice("root-user", Path::new("/p/a/b/Dockerfile")), Voice::At(Level::Error));
        assert_eq!(book.of(Path::new("/p/Dockerfile")).voice("root-user", Path::new("/p/Dockerfile")), Voice::Off);
        assert_eq!(book.of(Path::new("/q/Dockerfile")).voice("root-user", Path::new("/q/Dockerfile")), Voice::Own);
        assert!(book.lints().iter().any(|l| l.id == "root-user"));
    }
}
