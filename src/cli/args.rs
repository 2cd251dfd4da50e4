//! What can be said on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{FailOn, Preset};
use crate::report::{FORMATS, Format};

/// A security-first linter for Dockerfiles and Compose files that reads them together.
#[derive(Debug, Parser)]
#[command(name = "dockvet", version, about, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(after_help = "Exit: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or a file that could not be read.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lint files and folders (what happens when no command is given)
    Check(CheckArgs),
    /// Write down the findings of today, so that only new ones are reported (`check --baseline FILE`)
    Baseline(BaselineArgs),
    /// List what comments and baselines silence, by whom and why
    Suppressions(SuppressionsArgs),
    /// Explain a lint: what it finds, why it matters, how to fix it
    Explain(ExplainArgs),
    /// List every lint
    Lints(LintsArgs),
    /// Print the Compose project that would run, as `docker compose config` does
    Config(ConfigArgs),
    /// Say where one value of the Compose project comes from: `dockvet why services.web.user`
    Why(WhyArgs),
    /// Show how a Dockerfile was read, as JSON (to debug dockvet)
    Dump(DumpArgs),
    /// Write a configuration file with comments, from what is in the folder
    Init(InitArgs),
    /// Say what dockvet sees here: version, configuration, files, projects
    Doctor(DoctorArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command into a folder
    Man(ManArgs),
    /// Print the JSON schema of dockvet.toml
    Schema,
    /// Serve the language server protocol on standard input and output
    Lsp(LspArgs),
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files and folders to lint; `-` is standard input
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print the findings
    #[arg(long, value_parser = formats(), default_value = "text", value_name = "FORMAT")]
    pub format: String,
    /// Write the findings to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Write the findings to a file as well, in a format of its own; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    pub output: Vec<Output>,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Report only findings on lines that a change touches, as `git diff` tells: `main..HEAD`, `main...`, or `HEAD` for
    /// what is not committed
    #[arg(long, value_name = "RANGE")]
    pub changed_lines: Option<String>,
    /// Apply the fixes that keep behaviour
    #[arg(long)]
    pub fix: bool,
    /// Apply the fixes that may change behaviour too
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Apply the fixes of these lints only
    #[arg(long, value_name = "LINTS", value_delimiter = ',')]
    pub fix_only: Vec<String>,
    /// Show what the fixes would change, as a unified diff, and change nothing
    #[arg(long)]
    pub diff: bool,
    /// The file name that standard input stands for
    #[arg(long, value_name = "FILE", default_value = "Dockerfile")]
    pub stdin_filename: PathBuf,
    /// Set a build argument where no Compose file does; without a value it is that of the environment
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub build_arg: Vec<String>,
    /// The stage that Dockerfiles build which no Compose file builds (default: the last)
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// Lint again whenever a file changes, until interrupted
    #[arg(long, conflicts_with_all = ["fix", "unsafe_fixes", "fix_only", "diff"])]
    pub watch: bool,
    /// Print how often each lint fired
    #[arg(long)]
    pub statistics: bool,
    /// Print findings only: no summary, no notes
    #[arg(short, long)]
    pub quiet: bool,
    /// When to use colours and links
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// How many threads to use (default: one a core)
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// Which lints run; all of it may stand in a configuration file too.
#[derive(Debug, Default, Args)]
pub struct RuleArgs {
    /// Run only these lints, by id, group or another linter's rule (`root-user,security,DL3002`)
    #[arg(long, value_name = "LINTS", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave these lints out, by id, group or another linter's rule
    #[arg(long, value_name = "LINTS", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// The set of lints to begin with
    #[arg(long, value_enum, value_name = "NAME")]
    pub preset: Option<Preset>,
    /// Run every lint, opt-in ones too, and report what cannot be known as information
    #[arg(long)]
    pub all: bool,
    /// Exit with 1 when a finding is at least this bad (default: warning)
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
    /// Report only what this file does not know; `dockvet baseline` writes it
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Read this configuration file and no other
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long)]
    pub no_config: bool,
}

#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Files and folders to lint
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Where to write it (default: what the configuration names, else `.dockvet-baseline`)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Only take away what is mended
    #[arg(long)]
    pub shrink: bool,
}

#[derive(Debug, Args)]
pub struct SuppressionsArgs {
    /// Files and folders to lint
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The lint, by id or another linter's rule; none lists them all
    pub lint: Option<String>,
    /// Show the examples too, which are the tests of the lint
    #[arg(long)]
    pub examples: bool,
}

#[derive(Debug, Args)]
pub struct LintsArgs {
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub struct ProjectArgs {
    /// The Compose files, base first (default: what Compose would find)
    #[arg(short, long, value_name = "FILE")]
    pub file: Vec<PathBuf>,
    /// Switch on the services of this profile; `*` is all
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// Read variables from this file instead of .env
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// The folder that relative paths start from
    #[arg(long, value_name = "FOLDER")]
    pub project_directory: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ConfigFormat::Yaml, value_name = "FORMAT")]
    pub format: ConfigFormat,
    /// Leave `${VARIABLES}` as they are written
    #[arg(long)]
    pub no_interpolate: bool,
    /// Print the names of the services only
    #[arg(long)]
    pub services: bool,
    /// Print the images of the services only
    #[arg(long)]
    pub images: bool,
    /// Say behind each line where it is written and how it got there (YAML only)
    #[arg(long)]
    pub origins: bool,
    /// Print secrets in full
    #[arg(long)]
    pub show_secrets: bool,
}

#[derive(Debug, Args)]
pub struct WhyArgs {
    /// The value: `services.web.ports[0]`
    pub path: String,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Print secrets in full
    #[arg(long)]
    pub show_secrets: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfigFormat {
    Yaml,
    Json,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// Write over a configuration file that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Files and folders that would be linted
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: RuleArgs,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write `dockvet.1`, `dockvet-check.1` and so on into this folder
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LspArgs {
    /// Accepted because editors pass it; there is no other way to talk
    #[arg(long)]
    pub stdio: bool,
}

#[derive(Debug, Args)]
pub struct DumpArgs {
    /// The Dockerfile
    pub file: PathBuf,
}

/// A format and the file that is written in it.
#[derive(Clone, Debug)]
pub struct Output {
    /// One of [`FORMATS`].
    pub format: &'static Format,
    /// The file; what it held before is lost.
    pub file: PathBuf,
}

/// Reads `sarif=out/dockvet.sarif`.
fn output(text: &str) -> Result<Output, String> {
    let (name, file) = text.split_once('=').ok_or("write FORMAT=FILE, as in sarif=dockvet.sarif")?;
    let names = || FORMATS.iter().map(|f| f.name).collect::<Vec<_>>().join(", ");
    let format = Format::find(name).ok_or_else(|| format!("no format is called {name:?}; there are {}", names()))?;
    match file {
        "" => Err(format!("name the file behind {name}=")),
        _ => Ok(Output { format, file: file.into() }),
    }
}

/// The names of the formats, each with what it is for.
fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|f| PossibleValue::new(f.name).help(f.about)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table
    Text,
    /// Machine-readable
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR says otherwise
    Auto,
    Always,
    Never,
}
