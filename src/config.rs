//! `dockvet.toml`: the structs here are at once its parser, its JSON schema and its documentation.
//!
//! The same keys may stand in `.dockvet.toml`, and in `pyproject.toml` under `[tool.dockvet]`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::model::knowledge;
use crate::source::{self, Column, Lines, ReadError};
use crate::syntax::dockerfile::nearest;

/// The largest configuration file that is read, in bytes.
const MAX_SIZE: u64 = 1 << 20;

/// How many files may build on each other through `extend`.
const MAX_CHAIN: usize = 16;

/// How dockvet lints the files in the folder of this file and below.
///
/// Lints are named by id (`root-user`), by group (`security`), or by the rule of another linter (`DL3002`,
/// `hadolint:DL3002`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// A configuration file that this one adds to, relative to this one.
    pub extend: Option<Name>,
    /// Which lints run unless the keys below say otherwise.
    pub preset: Option<Preset>,
    /// Run these lints only, instead of those of the preset.
    pub select: Option<Vec<Name>>,
    /// Run these lints too.
    pub extend_select: Vec<Name>,
    /// Leave these lints out.
    pub ignore: Vec<Name>,
    /// The level of a lint: `error`, `warning`, `info`, or `off`. An opt-in lint that is given a level runs.
    pub levels: BTreeMap<Name, LevelOrOff>,
    /// Files that are found in folders are left out when one of these globs matches their path, relative to this file.
    /// Files that are named on the command line are linted all the same.
    pub exclude: Vec<Name>,
    /// The level from which findings make the run fail: exit code 1.
    pub fail_on: Option<FailOn>,
    /// A file of known findings that are not reported, relative to this one; `dockvet baseline` writes it.
    pub baseline: Option<Name>,
    /// How Dockerfiles are built that no Compose file builds.
    pub build: BuildConfig,
    /// What is true of images, over what dockvet knows of them: `[images."registry.example/base"]`, `user = "1000"`. The
    /// name is that of the repository, without a tag; one that ends in `*` is that of all that begin so.
    pub images: BTreeMap<Name, knowledge::Entry>,
    /// Options of single lints, by id; `dockvet explain` shows which a lint has.
    #[schemars(with = "BTreeMap<String, BTreeMap<String, serde_json::Value>>")]
    pub lints: BTreeMap<Name, toml::Table>,
    /// Other settings for some of the files; later ones win.
    pub overrides: Vec<Override>,
}

/// Settings for the files that match.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Override {
    /// Globs of paths relative to the configuration file.
    pub files: Vec<Name>,
    /// Run these lints too.
    pub extend_select: Vec<Name>,
    /// Leave these lints out.
    pub ignore: Vec<Name>,
    /// The level of a lint: `error`, `warning`, `info`, or `off`.
    pub levels: BTreeMap<Name, LevelOrOff>,
    /// The level from which findings make the run fail.
    pub fail_on: Option<FailOn>,
    /// How Dockerfiles are built that no Compose file builds.
    pub build: BuildConfig,
}

/// A build that no Compose file describes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BuildConfig {
    /// The stage that becomes the image, where there is one of that name.
    pub target: Option<String>,
    /// Build arguments.
    pub args: BTreeMap<String, String>,
}

/// A set of lints to begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Only what breaks a build or a start, or lets somebody take over the host: errors and scores from 7.
    Minimal,
    /// Everything that is worth saying in most projects.
    #[default]
    Default,
    /// Every lint, opt-in ones too, and what cannot be known as information.
    Strict,
}

/// The level of a lint in configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // their names say all
pub enum LevelOrOff {
    Error,
    Warning,
    Info,
    Off,
}

impl LevelOrOff {
    /// The level; `None` when it is off.
    pub fn level(self) -> Option<Level> {
        match self {
            LevelOrOff::Error => Some(Level::Error),
            LevelOrOff::Warning => Some(Level::Warning),
            LevelOrOff::Info => Some(Level::Info),
            LevelOrOff::Off => None,
        }
    }
}

/// From which level on findings make a run fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    #[default]
    Warning,
    /// Any finding.
    Info,
    /// Findings never fail the run.
    Never,
}

impl FailOn {
    /// Whether a finding of this level fails the run.
    pub fn fails(self, level: Level) -> bool {
        match self {
            FailOn::Error => level >= Level::Error,
            FailOn::Warning => level >= Level::Warning,
            FailOn::Info => true,
            FailOn::Never => false,
        }
    }
}

/// A string that knows where it stands, for messages.
#[derive(Clone, Debug)]
pub struct Name {
    /// The string.
    pub text: String,
    /// Its bytes in the configuration file, quotes included.
    pub span: Range<usize>,
}

// As keys of a table, names are told apart by what they say.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<String>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Name { text: spanned.into_inner(), span })
    }
}

impl JsonSchema for Name {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "string".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}

/// A configuration file that was read.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub config: Config,
    text: String,
}

/// Something wrong in a configuration file, with the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// 1-based line and column (in characters); `None` when it is about the whole file.
    pub place: Option<(u32, u32)>,
    /// The line, when there is a place.
    pub line: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some((number, column)) = self.place {
            let margin = number.to_string().len();
            let column = column as usize;
            write!(f, "\n{number} | {}\n{:margin$} | {:>column$}", self.line, "", "^")?;
        }
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "\n{help}"))
    }
}

impl ConfigFile {
    /// Reads a file and those it extends, itself last. `None` for a `pyproject.toml` that does not speak of dockvet.
    ///
    /// # Errors
    /// [`ConfigError`] with the place when a file cannot be read or says something that is not known.
    pub fn read(path: &Path) -> Result<Option<Vec<ConfigFile>>, ConfigError> {
        let mut chain: Vec<ConfigFile> = Vec::new();
        let mut next = Some(path.to_path_buf());
        while let Some(path) = next.take() {
            let from = chain.last();
            let text = read_text(&path).map_err(|e| match from {
                Some(file) => file.error(file.config.extend.as_ref(), format!("{} {e}", path.display())),
                None => whole(&path, e.to_string()),
            })?;
            let Some(config) = parse(&path, &text)? else {
                return match from {
                    Some(file) => Err(file.error(file.config.extend.as_ref(), format!("{} has no [tool.dockvet]", path.display()))),
                    None => Ok(None),
                };
            };
            let file = ConfigFile { path, config, text };
            next = file.config.extend.as_ref().map(|extend| source::normalize(&file.folder().join(&extend.text)));
            let known = |p: &PathBuf| *p == file.path || chain.iter().any(|c| c.path == *p);
            if next.as_ref().is_some_and(known) || chain.len() >= MAX_CHAIN {
                return Err(file.error(file.config.extend.as_ref(), "these files extend each other in a circle"));
            }
            chain.push(file);
        }
        chain.reverse();
        Ok(Some(chain))
    }

    /// The folder that its paths start from.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// An error at a name in this file.
    pub fn error(&self, at: Option<&Name>, message: impl Into<String>) -> ConfigError {
        place(&self.path, &self.text, at.map(|n| n.span.clone()), message.into(), None)
    }
}

/// The configuration file for what is in `folder`: the nearest one in it or above it.
///
/// # Errors
/// As [`ConfigFile::read`].
pub fn find(folder: &Path) -> Result<Option<Vec<ConfigFile>>, ConfigError> {
    for folder in folder.ancestors() {
        if let Some(found) = in_folder(folder)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The configuration file that stands in `folder` itself.
///
/// # Errors
/// As [`ConfigFile::read`].
pub fn in_folder(folder: &Path) -> Result<Option<Vec<ConfigFile>>, ConfigError> {
    for path in source::CONFIG_NAMES.iter().map(|n| folder.join(n)).filter(|p| source::is_file(p)) {
        if let Some(found) = ConfigFile::read(&path)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The JSON schema of `dockvet.toml`.
pub fn schema() -> Schema {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<Config>();
    schema.insert("$id".into(), "https://dockvet.dev/dockvet.schema.json".into());
    schema.insert("title".into(), "dockvet configuration".into());
    schema
}

fn read_text(path: &Path) -> Result<String, ReadError> {
    source::read_text(path, MAX_SIZE)
}

#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Tools>,
}

#[derive(Deserialize)]
struct Tools {
    dockvet: Option<Config>,
}

fn parse(path: &Path, text: &str) -> Result<Option<Config>, ConfigError> {
    let parsed = if path.file_name().is_some_and(|n| n == "pyproject.toml") {
        toml::from_str::<Pyproject>(text).map(|p| p.tool.and_then(|t| t.dockvet))
    } else {
        toml::from_str::<Config>(text).map(Some)
    };
    parsed.map_err(|e| {
        let (message, help) = plain(e.message());
        place(path, text, e.span(), message, help)
    })
}

/// The words of the parser in ours: ``unknown field `selct`, expected one of `extend`, ...``.
fn plain(message: &str) -> (String, Option<String>) {
    let Some(rest) = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `")) else {
        return (message.lines().next().unwrap_or(message).to_owned(), None);
    };
    let mut names = rest.split('`').step_by(2);
    let (written, known) = (names.next().unwrap_or(""), names.collect::<Vec<_>>());
    let what = if message.starts_with("unknown field") { "there is no key" } else { "there is no" };
    let help = match nearest(written, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    (format!("{what} `{written}`"), Some(help))
}

fn whole(path: &Path, message: String) -> ConfigError {
    ConfigError { path: path.to_path_buf(), place: None, line: String::new(), message, help: None }
}

fn place(path: &Path, text: &str, span: Option<Range<usize>>, message: String, help: Option<String>) -> ConfigError {
    let Some(span) = span else { return ConfigError { help, ..whole(path, message) } };
    let lines = Lines::new(text);
    let at = lines.locate(u32::try_from(span.start).unwrap_or(u32::MAX), Column::Chars);
    let line = text.lines().nth(at.line as usize).unwrap_or("").replace('\t', " ");
    ConfigError { path: path.to_path_buf(), place: Some((at.line + 1, at.column + 1)), line, message, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    /// The error of a file, without the folder before its name.
    fn error(text: &str) -> String {
        let dir = write(&[("dockvet.toml", text)]);
        let error = find(dir.path()).unwrap_err();
        error.to_string().replace(&format!("{}/", dir.path().display()), "")
    }

    #[test]
    fn a_whole_file_is_read() {
        let text = r#"
            preset = "strict"
            select = ["security"]
            extend-select = ["DL3008"]
            ignore = ["root-user"]
            exclude = ["vendor/**"]
            fail-on = "error"
            baseline = ".dockvet-baseline"
            [levels]
            privileged = "off"
            [build]
            target = "prod"
            args = { NODE = "22" }
            [images."registry.example/base"]
            user = "1000"
            [lints.untrusted-registry]
            allowed = ["registry.example/**"]
            [[overrides]]
            files = ["test/**"]
            levels = { root-user = "info" }
        "#;
        let dir = write(&[("dockvet.toml", text)]);
        let chain = find(&dir.path().join("a/b")).unwrap().unwrap();
        let config = &chain[0].config;
        assert_eq!(config.preset, Some(Preset::Strict));
        assert_eq!(config.select.as_ref().unwrap()[0].text, "security");
        let (name, level) = config.levels.iter().next().unwrap();
        assert_eq!((name.text.as_str(), *level), ("privileged", LevelOrOff::Off));
        assert_eq!(&text[name.span.clone()], "privileged");
        assert_eq!(config.images.values().next().unwrap().user.as_deref(), Some("1000"));
        assert_eq!(config.overrides[0].levels.len(), 1);
    }

    #[test]
    fn mistakes_have_a_place_and_a_way_out() {
        assert_eq!(
            error("ignore = []\nselct = []\n"),
            "dockvet.toml:2:1: there is no key `selct`\n2 | selct = []\n  | ^\ndid you mean `select`?"
        );
        assert_eq!(
            error("preset = \"strikt\"\n"),
            "dockvet.toml:1:10: there is no `strikt`\n1 | preset = \"strikt\"\n  |          ^\ndid you mean `strict`?"
        );
        assert!(
            error("ignore = 3\n").starts_with("dockvet.toml:1:10: invalid type: integer `3`, expected a sequence"),
            "{}",
            error("ignore = 3\n")
        );
        assert!(error("[levels\n").starts_with("dockvet.toml:1:"), "{}", error("[levels\n"));
    }

    #[test]
    fn files_build_on_each_other() {
        let dir = write(&[("base.toml", "ignore = [\"a\"]"), ("x/dockvet.toml", "extend = \"../base.toml\"")]);
        let chain = find(&dir.path().join("x")).unwrap().unwrap();
        assert_eq!(chain.iter().map(|c| c.path.file_name().unwrap().to_str().unwrap()).collect::<Vec<_>>(), ["base.toml", "dockvet.toml"]);
        let circle = write(&[("dockvet.toml", "extend = \"a.toml\""), ("a.toml", "extend = \"dockvet.toml\"")]);
        assert!(find(circle.path()).unwrap_err().to_string().contains("in a circle"));
        let gone = write(&[("dockvet.toml", "extend = \"a.toml\"")]);
        assert!(find(gone.path()).unwrap_err().to_string().contains("a.toml no such file\n1 | extend"));
    }

    #[test]
    fn pyproject_speaks_only_where_it_names_dockvet() {
        let dir = write(&[
            ("dockvet.toml", "ignore = [\"a\"]"),
            ("x/pyproject.toml", "[project]\nname = \"x\"\n"),
            ("y/pyproject.toml", "[tool.dockvet]\nignore = [\"b\"]\n[tool.ruff]\nx = 1\n"),
        ]);
        let ignored = |folder: &str| find(&dir.path().join(folder)).unwrap().unwrap()[0].config.ignore[0].text.clone();
        assert_eq!(ignored("x"), "a");
        assert_eq!(ignored("y"), "b");
    }
}
