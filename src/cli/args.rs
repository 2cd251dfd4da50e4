//! What can be said on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Level;
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
    /// Run only these lints, by id, group or another linter's rule (`root-user,security,DL3002`)
    #[arg(long, value_name = "LINTS", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave these lints out, by id, group or another linter's rule
    #[arg(long, value_name = "LINTS", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Run every lint, opt-in ones too, and report what cannot be known as information
    #[arg(long)]
    pub all: bool,
    /// Exit with 1 when a finding is at least this bad
    #[arg(long, value_enum, default_value_t = FailOn::Warning, value_name = "LEVEL")]
    pub fail_on: FailOn,
    /// Apply the fixes that keep behaviour
    #[arg(long)]
    pub fix: bool,
    /// Apply the fixes that may change behaviour too
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// The file name that standard input stands for
    #[arg(long, value_name = "FILE", default_value = "Dockerfile")]
    pub stdin_filename: PathBuf,
    /// Set a build argument where no Compose file does; without a value it is that of the environment
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub build_arg: Vec<String>,
    /// The stage that Dockerfiles build which no Compose file builds (default: the last)
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// Read no configuration file
    #[arg(long)]
    pub no_config: bool,
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
pub enum FailOn {
    Error,
    Warning,
    Info,
    /// Findings never fail the run
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR says otherwise
    Auto,
    Always,
    Never,
}
