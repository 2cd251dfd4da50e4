//! Where a name is defined, where it is used, and calling it something else.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::desk::Desk;
use super::names::{self, Name, Occurrence, Resource, Role};
use crate::model::compose::{VarSource, VarUse};
use crate::model::dockerfile::{Dockerfile, PREDEFINED_PLATFORM_ARGS, PREDEFINED_PROXY_ARGS};
use crate::source::{FileKind, Source, is_file};

/// Where the name at byte `at` is defined.
pub fn definition(desk: &Desk, source: &Source, at: usize) -> Value {
    let Some(here) = names::at(desk, source, at) else { return variable(desk, source, at) };
    if let Name::File(path) = &here.name {
        let start = json!({ "line": 0, "character": 0 });
        let target = json!({ "uri": desk.uri(path), "range": { "start": start, "end": start } });
        return if is_file(path) || desk.document(path).is_some() { target } else { Value::Null };
    }
    let mut all = names::everywhere(desk, source, &here.name);
    if let (Name::Stage(file, number), true) = (&here.name, all.iter().all(|o| o.role != Role::Definition)) {
        // A stage without a name is its FROM.
        return unnamed(desk, file, *number);
    }
    all.retain(|o| o.role == Role::Definition);
    if let Name::Variable(file, ..) = &here.name
        && *file == source.path
    {
        all = nearest(source, &here, all);
    }
    all.iter().map(|o| desk.location(o.span)).collect::<Vec<_>>().into()
}

/// The line of an env file that sets the `${VARIABLE}` at byte `at`.
fn variable(desk: &Desk, source: &Source, at: usize) -> Value {
    let Some(world) = desk.world(&source.path).filter(|_| source.kind == FileKind::Compose) else { return Value::Null };
    let holds = |v: &&VarUse| v.span.file == source.id && v.span.start as usize <= at && at <= v.span.end as usize;
    let used = world.projects.iter().flat_map(|p| &p.variables).filter(holds).min_by_key(|v| v.span.len());
    match used.map(|v| &v.source) {
        Some(VarSource::EnvFile(value)) => json!([desk.location(*value)]),
        _ => Value::Null,
    }
}

fn unnamed(desk: &Desk, file: &std::path::Path, number: usize) -> Value {
    let stage = desk.dockerfile(file).and_then(|f| Some(f.stages.get(number)?.image.span()));
    stage.map_or(Value::Null, |span| json!([desk.location(span)]))
}

/// The definition that holds where a variable is used: the last one above in its stage, else in those the stage is FROM,
/// else before the first FROM. All of them when none is above.
fn nearest(source: &Source, here: &Occurrence, all: Vec<Occurrence>) -> Vec<Occurrence> {
    let file = Dockerfile::of(source);
    let chain = here.stage.map_or_else(Vec::new, |s| file.ancestry(s).into_iter().map(|s| Some(s.index)).collect());
    let above = |stage: Option<usize>| all.iter().rev().find(|o| o.stage == stage && o.span.start <= here.span.start);
    match chain.into_iter().chain([None]).find_map(above) {
        Some(found) => vec![found.clone()],
        None => all,
    }
}

/// Where else the name at byte `at` stands.
pub fn references(desk: &Desk, source: &Source, at: usize, declaration: bool) -> Value {
    let Some(here) = names::at(desk, source, at) else { return Value::Null };
    let all = names::everywhere(desk, source, &here.name);
    let wanted = all.iter().filter(|o| declaration || o.role != Role::Definition);
    wanted.map(|o| desk.location(o.span)).collect::<Vec<_>>().into()
}

/// Where else in this file the name at byte `at` stands.
pub fn highlights(desk: &Desk, source: &Source, at: usize) -> Value {
    const READ: u32 = 2;
    const WRITE: u32 = 3;
    let Some(here) = names::at(desk, source, at) else { return Value::Null };
    let same = names::of(desk, source).into_iter().filter(|o| o.name == here.name);
    let highlight = |o: Occurrence| json!({ "range": desk.range(o.span), "kind": if o.role == Role::Definition { WRITE } else { READ } });
    same.map(highlight).collect::<Vec<_>>().into()
}

/// Whether the name at byte `at` can be changed, and its bytes.
pub fn prepare_rename(desk: &Desk, source: &Source, at: usize) -> Value {
    match renamable(desk, source, at) {
        Ok(here) => json!({ "range": desk.range(here.span), "placeholder": source.slice(here.span) }),
        Err(_) => Value::Null,
    }
}

fn renamable(desk: &Desk, source: &Source, at: usize) -> Result<Occurrence, String> {
    let here = names::at(desk, source, at).ok_or("nothing that stands here has a name")?;
    match &here.name {
        Name::File(_) => Err("a file is renamed on disk".into()),
        Name::Extended(..) => Err("rename the service where it is defined".into()),
        Name::Resource(Resource::Network, name) if name == "default" => Err("the default network is known by this name".into()),
        Name::Variable(_, _, name) if is_predefined(name) => Err(format!("{name} has a meaning of its own")),
        _ if here.role == Role::Indirect => Err("it is meant by its number or by a variable here".into()),
        _ => Ok(here),
    }
}

fn is_predefined(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    PREDEFINED_PLATFORM_ARGS.contains(&name) || PREDEFINED_PROXY_ARGS.contains(&upper.as_str()) || name == "PATH"
}

/// Calls the thing at byte `at` something else, everywhere.
///
/// # Errors
/// Why it cannot be called so.
pub fn rename(desk: &Desk, source: &Source, at: usize, new: &str, document_changes: bool) -> Result<Value, String> {
    let here = renamable(desk, source, at)?;
    check(&here.name, new)?;
    let taken = match &here.name {
        Name::Stage(file, number) => desk.dockerfile(file).is_some_and(|f| f.stages.iter().any(|s| s.index != *number && s.is_called(new))),
        Name::Variable(file, family, _) => {
            let other = Name::Variable(file.clone(), *family, new.to_string());
            desk.load(file, FileKind::Dockerfile).is_some_and(|f| names::of(desk, &f).iter().any(|o| o.name == other))
        }
        Name::Resource(kind, old) if old != new => {
            let defined = names::everywhere(desk, source, &Name::Resource(*kind, new.to_string()));
            defined.iter().any(|o| o.role == Role::Definition)
        }
        _ => false,
    };
    if taken && source.slice(here.span) != new {
        return Err(format!("something is called {new} already"));
    }
    let mut files: BTreeMap<PathBuf, Vec<(Range, String)>> = BTreeMap::new();
    for o in names::everywhere(desk, source, &here.name).iter().filter(|o| o.role != Role::Indirect) {
        files.entry(desk.source(o.span).path.clone()).or_default().push((desk.range(o.span), new.to_string()));
    }
    Ok(desk.workspace_edit(files.into_iter().collect(), document_changes))
}

fn check(name: &Name, new: &str) -> Result<(), String> {
    if matches!(name, Name::Variable(..)) && is_predefined(new) {
        return Err(format!("{new} has a meaning of its own"));
    }
    let first = new.chars().next().unwrap_or(' ');
    let rest = |more: &str| new.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let (fits, help) = match name {
        Name::Stage(..) => (first.is_ascii_alphabetic() && rest("-_."), "a letter, then letters, digits, `-`, `_` and `.`"),
        Name::Variable(..) => (!first.is_ascii_digit() && first != ' ' && rest("_"), "letters, digits and `_`, the first no digit"),
        Name::Resource(Resource::Service | Resource::Network | Resource::Volume | Resource::Secret | Resource::Config, _) => {
            (!new.is_empty() && rest("-_."), "letters, digits, `-`, `_` and `.`")
        }
        _ => (!new.is_empty() && !new.contains([' ', '\t', '\n', '[', ']', '{', '}', ',']), "no blanks, brackets and commas"),
    };
    if fits { Ok(()) } else { Err(format!("`{new}` cannot be its name: use {help}")) }
}
