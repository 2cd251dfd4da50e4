//! Getting dockvet into a project and onto a machine: `init`, `doctor`, `completions`, `man`, `schema`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use serde_json::{Value as Json, json};

use super::args::{Cli, CompletionsArgs, DoctorArgs, InitArgs, ManArgs};
use super::check::{Machine, engine, environment};
use super::{Error, Exit};
use crate::config;
use crate::engine::Engine;
use crate::lint::{LintOption, OptionKind};
use crate::lints::LINTS;
use crate::source::{self, FileKind};

/// Writes a `dockvet.toml` that says what is true of the folder now.
pub fn init(args: &InitArgs) -> Result<Exit, Error> {
    let path = args.folder.join("dockvet.toml");
    if source::is_file(&path) && !args.force {
        return Err(Error::Message(format!("{} is there already; --force writes over it", path.display())));
    }
    let rules = super::args::RuleArgs { no_config: true, ..Default::default() };
    let mut engine =
        engine(std::slice::from_ref(&args.folder), &rules, Machine { env: environment(), ..Machine::default() }, false, no_stdin)?;
    let outcome = engine.lint();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    outcome.diagnostics.iter().for_each(|d| *counts.entry(d.lint).or_default() += 1);
    source::write_file(&path, starter(&counts, outcome.files.len()).as_bytes())
        .map_err(|e| Error::Message(format!("{}: {e}", path.display())))?;
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "{} is written", path.display())?;
    if !counts.is_empty() {
        let total: usize = counts.values().sum();
        writeln!(stderr, "{total} findings are there today: `dockvet baseline` writes them down, so that only new ones are reported")?;
    }
    Ok(Exit::Clean)
}

/// The text of a first configuration file.
fn starter(counts: &BTreeMap<&str, usize>, files: usize) -> String {
    let mut out = String::from(
        "#:schema https://dockvet.dev/dockvet.schema.json\n\
         # Configuration of dockvet. Lints are named by id (root-user), group (security) or another linter's rule (DL3002).\n\n\
         # minimal: only what breaks, or lets somebody take over the host. default. strict: everything.\n\
         preset = \"default\"\n\n\
         # The level from which findings make the run fail: error, warning, info, never.\n\
         fail-on = \"warning\"\n\n\
         # Files that are left out: globs, relative to this file.\n\
         exclude = []\n\n\
         # Known findings that are not reported; `dockvet baseline` writes the file.\n\
         # baseline = \".dockvet-baseline\"\n\n",
    );
    let mut found: Vec<_> = counts.iter().collect();
    found.sort_by_key(|(lint, n)| (std::cmp::Reverse(**n), **lint));
    out.push_str(&format!("# Lints that are left out. Of {files} files linted on the day this was written, these had findings:\n"));
    out.push_str("ignore = [\n");
    for (lint, count) in found {
        let summary = LINTS.iter().find(|l| l.id == *lint).map_or("", |l| l.summary);
        out.push_str(&format!("    # {:<32} # {count}: {summary}\n", format!("{lint:?},")));
    }
    out.push_str(
        "]\n\n\
         # error, warning, info, or off. An opt-in lint that is given a level runs.\n\
         [levels]\n\
         # root-user = \"error\"\n\n\
         # What is true of your own base images.\n\
         # [images.\"registry.example/base\"]\n\
         # user = \"1000\"\n\n\
         # Other rules for some files.\n\
         # [[overrides]]\n\
         # files = [\"test/**\"]\n\
         # ignore = [\"missing-resource-limits\"]\n",
    );
    out
}

fn no_stdin(_: &mut Engine) -> Result<(), Error> {
    Err(Error::Message("name files or folders, not standard input".into()))
}

/// Says what dockvet sees, for people who wonder why it does or does not report something.
pub fn doctor(args: &DoctorArgs) -> Result<Exit, Error> {
    let mut engine = engine(&args.paths, &args.rules, Machine { env: environment(), ..Machine::default() }, true, no_stdin)?;
    let outcome = engine.lint();
    let mut out = std::io::stdout().lock();
    let rules = &engine.settings().rules;
    writeln!(out, "dockvet {} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)?;
    let configs: std::collections::BTreeSet<&Path> = rules.all().flat_map(|r| r.files.iter().map(|f| f.as_path())).collect();
    match configs.is_empty() {
        true => writeln!(out, "configuration: none; `dockvet init` writes one")?,
        false => configs.iter().try_for_each(|c| writeln!(out, "configuration: {}", engine.sources().display(c)))?,
    }
    for (path, baseline) in rules.baselines() {
        writeln!(out, "baseline: {} knows {}", engine.sources().display(path), baseline.len())?;
    }
    writeln!(out, "lints: {} of {} may run", rules.lints().len(), LINTS.len())?;
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in &outcome.files {
        let source = engine.sources().get(*file);
        let kind = match source.kind {
            FileKind::Dockerfile => "Dockerfiles",
            FileKind::Compose => "Compose files",
            FileKind::Dockerignore => "ignore files",
            FileKind::Daemon => "daemon.json",
            FileKind::Other => "other files",
        };
        kinds.entry(kind).or_default().push(source.name.clone());
    }
    for (kind, names) in &kinds {
        let some: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
        let more = if names.len() > some.len() { format!(" and {} more", names.len() - some.len()) } else { String::new() };
        writeln!(out, "{kind}: {}: {}{more}", names.len(), some.join(", "))?;
    }
    let (findings, silenced, known) = (outcome.diagnostics.len(), outcome.suppressed.len(), outcome.baselined.len());
    writeln!(out, "findings: {findings}, {silenced} silenced by comments, {known} known to a baseline")?;
    for note in &outcome.notes {
        writeln!(out, "{}: {}: {}", if note.failure { "trouble" } else { "note" }, note.path, note.text)?;
    }
    Ok(if outcome.notes.iter().any(|n| n.failure) { Exit::Trouble } else { Exit::Clean })
}

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, Error> {
    clap_complete::generate(args.shell, &mut Cli::command(), "dockvet", &mut std::io::stdout().lock());
    Ok(Exit::Clean)
}

/// Prints the manual page, or writes all of them.
pub fn man(args: &ManArgs) -> Result<Exit, Error> {
    match &args.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(Cli::command(), folder)?;
        }
        None => clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout().lock())?,
    }
    Ok(Exit::Clean)
}

fn options_schema(options: &[LintOption]) -> Json {
    let schema = |option: &LintOption| match option.kind {
        OptionKind::Strings => json!({ "type": "array", "items": { "type": "string" }, "description": option.about }),
        OptionKind::Flag => json!({ "type": "boolean", "description": option.about }),
    };
    let properties: serde_json::Map<String, Json> = options.iter().map(|o| (o.key.to_owned(), schema(o))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// Prints the JSON schema of the configuration.
pub fn schema() -> Result<Exit, Error> {
    let mut schema = serde_json::to_value(config::schema()).map_err(std::io::Error::from)?;
    if let Some(lints) = schema.pointer_mut("/properties/lints") {
        let properties: serde_json::Map<String, Json> =
            LINTS.iter().filter(|l| !l.options.is_empty()).map(|l| (l.id.to_owned(), options_schema(l.options))).collect();
        *lints = json!({
            "description": lints.get("description"),
            "type": "object",
            "properties": properties,
            "additionalProperties": { "type": "object", "maxProperties": 0 },
        });
    }
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(&schema).map_err(std::io::Error::from)?)?;
    Ok(Exit::Clean)
}
