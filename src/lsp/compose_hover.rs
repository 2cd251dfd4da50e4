//! What is known of a key or value of a Compose file: its meaning, what it comes to, and why.

use super::compose_keys;
use super::cursor;
use super::desk::Desk;
use super::hover::{self, code, image, place, shown, shown_value, user, with};
use super::names::{self, Name, Resource};
use crate::model::build::Build;
use crate::model::compose::{Node, Project, Service, Value as Content, VarSource};
use crate::model::image::ImageRef;
use crate::model::knowledge;
use crate::model::origin::{How, Origin};
use crate::model::project::World;
use crate::source::{Source, Span};
use crate::syntax::yaml;

/// What is known of byte `at`, and which bytes that is about.
pub fn hover(desk: &Desk, source: &Source, at: usize) -> Option<(Span, String)> {
    let parse = yaml::of(source);
    let spot = cursor::yaml(&parse.tree, at);
    let world = desk.world(&source.path)?;
    let project = world.projects.first()?;
    if let Some(inline) = cursor::inline(&world, source, at) {
        return hover::dockerfile(desk, source, inline, at);
    }
    if let Some(key) = spot.key {
        if let [section, name] = spot.path.as_slice()
            && section == "services"
        {
            return Some((key, service(desk, &world, project.service(name)?)));
        }
        let doc = compose_keys::doc(&spot.path);
        let facts = effective(desk, source, &world, &spot.path);
        let name = spot.path.last()?;
        return match doc {
            Some(doc) => Some((key, with(format!("**{name}** {doc}"), &facts))),
            None => (!facts.is_empty()).then(|| (key, with(format!("**{name}**"), &facts))),
        };
    }
    if let Some(variable) = variable(desk, source, project, &spot.path, at) {
        return Some(variable);
    }
    let node = parse.tree.node(spot.node?);
    if let ["services", name, "image"] = spot.path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        let value = project.service(name)?.image().set()?.value.clone();
        return Some((node.span, image(&value.text)?));
    }
    let found = names::at(desk, source, at)?;
    match &found.name {
        Name::Resource(Resource::Service, name) => Some((found.span, service(desk, &world, project.service(name)?))),
        Name::Stage(file, number) => {
            let file = desk.dockerfile(file)?;
            let stage = file.stages.get(*number)?;
            let text = format!("stage **{}**, FROM {}", stage.label(), code(&stage.image));
            Some((found.span, with(text, &[user(desk, &file, *number)])))
        }
        _ => None,
    }
}

/// A service in a few lines.
fn service(desk: &Desk, world: &World, service: &Service) -> String {
    let mut facts = Vec::new();
    if let Some(image) = service.image().set() {
        facts.push(format!("image: {}", code(&image.value.text)));
    }
    facts.push(runs_as(desk, world, service));
    let ports = service.node.get("ports").and_then(Node::as_seq).map_or(0, <[Node]>::len);
    if ports > 0 {
        facts.push(format!("published ports: {ports}"));
    }
    with(format!("service **{}**", service.name), &facts)
}

fn build_of<'w>(world: &'w World, service: &Service) -> Option<&'w Build> {
    world.builds.iter().find(|b| b.service().is_some_and(|s| s.name == service.name))
}

/// Whom a service runs as, and why.
fn runs_as(desk: &Desk, world: &World, service: &Service) -> String {
    if let Some(own) = service.user().set() {
        return format!("user: {} — from {}", code(&own.value.text), why(desk, &own.origin));
    }
    if let Some(build) = build_of(world, service) {
        return user(desk, &build.dockerfile, build.stage);
    }
    let image = service.image().set().map(|i| i.value.text.clone());
    let known = image.as_ref().and_then(|text| knowledge::lookup(&ImageRef::parse(text).ok()?));
    match (image, known.and_then(|k| k.user)) {
        (Some(image), Some(user)) => {
            let steps = if known.and_then(|k| k.drops_privileges) == Some(true) { ", and its entrypoint steps down from it" } else { "" };
            format!("user: {} — from {}{steps}", code(if user.is_empty() { "root" } else { user }), code(&image))
        }
        _ => "user: that of the image, which is not known".into(),
    }
}

/// Where a value is written, and how it got here.
fn why(desk: &Desk, origin: &Origin) -> String {
    let mut out = place(desk, origin.span);
    for hop in origin.hops() {
        let how = match hop.how {
            How::Alias => "an alias",
            How::MergeKey => "a merge key",
            How::Extends => "`extends`",
            How::Include => "`include`",
            How::Override => "an override file",
            How::Default => "a default word",
            How::EnvFile => "an env file",
        };
        out = format!("{out}, through {how} in {}", place(desk, hop.span));
    }
    out
}

/// What a key comes to in the whole project.
fn effective(desk: &Desk, source: &Source, world: &World, path: &[String]) -> Vec<String> {
    let Some(project) = world.projects.first() else { return Vec::new() };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let (node, named) = match path.as_slice() {
        ["services", name, rest @ ..] => {
            let Some(service) = project.service(name) else { return Vec::new() };
            if rest == ["build"] || rest == ["image"] {
                return vec![runs_as(desk, world, service)];
            }
            (service.node.get_path(rest), rest.last().copied().unwrap_or_default())
        }
        _ => (project.root.get_path(&path), path.last().copied().unwrap_or_default()),
    };
    let Some(node) = node else { return Vec::new() };
    let Some(value) = node.resolved() else {
        return match &node.value {
            Content::Seq(items) => vec![format!("{} in all", items.len())],
            _ => Vec::new(),
        };
    };
    let is_elsewhere = node.span().file != source.id || !node.origin.hops().is_empty();
    if value.is_literal() && !is_elsewhere {
        return Vec::new();
    }
    vec![format!("value: {} — from {}", shown_value(named, &value), why(desk, &node.origin))]
}

/// A `${VARIABLE}` at byte `at`.
fn variable(desk: &Desk, source: &Source, project: &Project, path: &[String], at: usize) -> Option<(Span, String)> {
    let holds = |s: Span| s.file == source.id && s.start as usize <= at && at <= s.end as usize;
    let used = project.variables.iter().filter(|v| holds(v.span)).min_by_key(|v| v.span.len())?;
    let name = &used.name;
    // A variable called HOST may hold the password of a key that says so.
    let is_secret = |value: &str| {
        let hidden = |n: &str| !shown(n, value).starts_with('`') && !value.is_empty();
        hidden(name) || path.last().is_some_and(|key| hidden(key))
    };
    let value = |value: &str| if is_secret(value) { "a secret, which is not shown".into() } else { shown(name, value) };
    let text = match &used.source {
        VarSource::Environment => "set by the environment of the server; its value is not shown".into(),
        VarSource::EnvFile(span) => format!("{} — from {}", value(desk.source(*span).slice(*span)), place(desk, *span)),
        VarSource::Word => {
            format!("not set: the default word stands in, {}", default_word(source.slice(used.span)).map_or_else(|| "empty".into(), value))
        }
        VarSource::Unset => "not set: empty".into(),
        VarSource::Required => "not set, and must be".into(),
    };
    Some((used.span, format!("**{name}**: {text}")))
}

fn default_word(written: &str) -> Option<&str> {
    let inner = written.strip_prefix("${")?.strip_suffix('}')?;
    let at = inner.find(['-', '+'])?;
    inner.get(at + 1..)
}
