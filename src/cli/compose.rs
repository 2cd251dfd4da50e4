//! `dockvet config` and `dockvet why`: the project that Compose would run, and where a value of it comes from.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::args::{ConfigArgs, ConfigFormat, ProjectArgs, WhyArgs};
use super::{Error, Exit, yaml};
use crate::model::compose::{self, FILE_NAMES, LoadOptions, Node, Project, Value};
use crate::model::origin::{Hop, How};
use crate::model::secret::{find_secrets, redact, secret_in};
use crate::source::{Column, DEFAULT_MAX_SIZE, Sources, Span};

/// Prints the effective project.
pub fn config(args: &ConfigArgs) -> Result<Exit, Error> {
    let (sources, project) = load(&args.project, args.no_interpolate)?;
    let mut out = std::io::stdout().lock();
    let mut data = compose::resolved(&project);
    if !args.show_secrets {
        redact_all(&mut data, "");
    }
    if !args.no_interpolate && args.format == ConfigFormat::Yaml {
        // As Compose prints it: read again, each is one `$` again. Programs that read the JSON want the values.
        compose::escape_dollars(&mut data);
    }
    if args.services {
        let services = data.get("services").and_then(Json::as_object);
        services.into_iter().flatten().try_for_each(|(name, _)| writeln!(out, "{name}"))?;
    } else if args.images {
        let services = data.get("services").and_then(Json::as_object);
        for (name, service) in services.into_iter().flatten() {
            let built = || format!("{}-{name}", project.name);
            writeln!(out, "{}", service.get("image").and_then(Json::as_str).map_or_else(built, str::to_string))?;
        }
    } else if args.format == ConfigFormat::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&data).unwrap_or_default())?;
    } else {
        let note = |path: &str| args.origins.then(|| origin_note(&sources, &project, path)).flatten();
        write!(out, "{}", yaml::write(&data, &note))?;
    }
    let errors: Vec<_> = project.problems.iter().filter(|p| p.error.fatal).collect();
    let mut stderr = std::io::stderr().lock();
    for problem in &errors {
        writeln!(stderr, "error: {}: {}", place(&sources, problem.error.span), problem.error.message)?;
    }
    Ok(if errors.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// Prints one value and the chain that produced it.
pub fn why(args: &WhyArgs) -> Result<Exit, Error> {
    let (sources, project) = load(&args.project, false)?;
    let node = find(&project.root, &args.path).ok_or_else(|| missing(&project.root, &args.path))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} = {}", args.path, shown(node, last_key(&args.path), args.show_secrets))?;
    writeln!(out, "  written at {}", place(&sources, node.span()))?;
    for var in node.vars.uses() {
        let from = match var.source {
            compose::VarSource::Environment => "from the environment".to_string(),
            compose::VarSource::EnvFile(span) => format!("from {}", place(&sources, span)),
            compose::VarSource::Word => "not set, so the word in it".to_string(),
            compose::VarSource::Unset => "not set, so empty".to_string(),
            compose::VarSource::Required => "must be set, and is not".to_string(),
        };
        writeln!(out, "  {} at {}: {from}", var.name, place(&sources, var.span))?;
    }
    // What a variable brought is told with it.
    for hop in node.origin.hops().iter().filter(|h| !matches!(h.how, How::Default | How::EnvFile)) {
        writeln!(out, "  {}", hop_line(&sources, hop))?;
    }
    Ok(Exit::Clean)
}

fn load(args: &ProjectArgs, no_interpolate: bool) -> Result<(Sources, Project), Error> {
    let directory = std::env::current_dir()?;
    let sources = Sources::new(&directory, DEFAULT_MAX_SIZE);
    let (base, overrides) = files(&sources, &directory, args)?;
    sources.allow(&base);
    let env: BTreeMap<String, String> =
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect();
    let options = LoadOptions {
        env,
        profiles: args.profile.clone(),
        env_files: args.env_file.clone(),
        overrides,
        project_directory: args.project_directory.clone(),
        no_interpolate,
        ..LoadOptions::default()
    };
    let project = compose::load(&sources, &base, &options).map_err(|error| Error::Read { path: sources.display(&base), error })?;
    Ok((sources, project))
}

/// The files of the project: those of `-f`, else what Compose would find here or in a folder above.
fn files(sources: &Sources, directory: &Path, args: &ProjectArgs) -> Result<(PathBuf, Vec<PathBuf>), Error> {
    if let [base, overrides @ ..] = args.file.as_slice() {
        return Ok((base.clone(), overrides.to_vec()));
    }
    for folder in directory.ancestors() {
        let here: Vec<PathBuf> = FILE_NAMES.iter().map(|n| folder.join(n)).filter(|p| sources.exists(p)).collect();
        sources.allow(folder);
        if let Some(group) = compose::group(&here, sources).into_iter().next() {
            return Ok((group.base, group.overrides));
        }
    }
    Err(Error::Message("no Compose file here or in a folder above; name one with -f".into()))
}

/// The node at `services.web.ports[0]`.
fn find<'n>(root: &'n Node, path: &str) -> Option<&'n Node> {
    let mut node = root;
    for part in path.split('.').filter(|p| !p.is_empty()) {
        let (key, indexes) = part.split_once('[').map_or((part, None), |(k, i)| (k, Some(i)));
        if !key.is_empty() {
            node = node.get(key)?;
        }
        for index in indexes.unwrap_or("").split('[').filter(|i| !i.is_empty()) {
            node = node.as_seq()?.get(index.strip_suffix(']')?.parse::<usize>().ok()?)?;
        }
    }
    Some(node)
}

/// How far a path leads, and what there is instead.
fn missing(root: &Node, path: &str) -> Error {
    let mut good = String::new();
    let mut node = root;
    for part in path.split('.') {
        let longer = if good.is_empty() { part.to_string() } else { format!("{good}.{part}") };
        match find(root, &longer) {
            Some(found) => (node, good) = (found, longer),
            None => break,
        }
    }
    let keys: Vec<&str> = node.as_map().map(|m| m.keys().filter(|k| !k.starts_with(' ')).collect()).unwrap_or_default();
    let inside = if good.is_empty() { "the project".to_string() } else { good };
    Error::Message(format!("nothing is at {path}; {inside} has {}", if keys.is_empty() { "no keys".into() } else { keys.join(", ") }))
}

fn last_key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn shown(node: &Node, name: &str, show_secrets: bool) -> String {
    match &node.value {
        Value::Map(map) => format!("a mapping of {}", map.keys().filter(|k| !k.starts_with(' ')).collect::<Vec<_>>().join(", ")),
        Value::Seq(items) => format!("a list of {}", items.len()),
        Value::Null => "null".into(),
        Value::Broken => "something that cannot be read".into(),
        _ => {
            let text = node.resolved().map(|r| r.to_string()).unwrap_or_default();
            if !show_secrets && is_secret(name, &text) { redact(&text) } else { text }
        }
    }
}

fn is_secret(name: &str, value: &str) -> bool {
    use crate::model::secret::Held;
    matches!(secret_in(name, Some(value)), Some((_, Held::Literal))) || !find_secrets(value).is_empty()
}

/// Redacts what looks like a secret, by name and value, wherever it stands.
fn redact_all(data: &mut Json, name: &str) {
    match data {
        Json::String(text) if is_secret(name, text) => *text = redact(text),
        Json::Array(items) => items.iter_mut().for_each(|i| redact_all(i, name)),
        Json::Object(map) => map.iter_mut().for_each(|(k, v)| redact_all(v, k)),
        _ => {}
    }
}

fn origin_note(sources: &Sources, project: &Project, path: &str) -> Option<String> {
    let node = find(&project.root, path)?;
    let mut note = place(sources, node.span());
    for hop in node.origin.hops() {
        note.push_str(&format!(", {}", hop_line(sources, hop)));
    }
    Some(note)
}

fn hop_line(sources: &Sources, hop: &Hop) -> String {
    let how = match hop.how {
        How::Alias => "through the alias",
        How::MergeKey => "through the merge key",
        How::Extends => "inherited by extends",
        How::Include => "included",
        How::Override => "laid over by the override",
        How::Default => "the default",
        How::EnvFile => "from the env file",
    };
    format!("{how} at {}", place(sources, hop.span))
}

fn place(sources: &Sources, span: Span) -> String {
    let source = sources.get(span.file);
    let at = source.lines().locate(span.start, Column::Chars);
    format!("{}:{}:{}", source.name, at.line + 1, at.column + 1)
}
