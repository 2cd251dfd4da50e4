//! What is known of the thing at a position.

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::desk::Desk;
use super::diagnostics::Findings;
use super::names::{self, Name, Role};
use super::{compose_hover, cursor, reference};
use crate::lints::LINTS;
use crate::model::compose;
use crate::model::dockerfile::{Dockerfile, InstructionAt, Resolved, RunUser};
use crate::model::image::ImageRef;
use crate::model::knowledge::{self, PackageManager, eol};
use crate::model::secret::{Held, NameVerdict, find_secrets, find_url_logins, name_says, secret_in};
use crate::model::suppression;
use crate::source::{FileKind, Source, Span};
use crate::syntax::dockerfile::{Args, Keyword};
use crate::syntax::text::Text;
use crate::syntax::yaml;

const NOT_SHOWN: &str = "a secret, which is not shown";

/// How many pages of lints are shown at once.
const PAGES: usize = 2;

/// What is known of byte `at`, as Markdown; null for nothing.
pub fn hover(desk: &Desk, findings: &Findings, source: &Source, at: usize) -> Value {
    let mut parts = Vec::new();
    let mut range = None;
    let fact = match source.kind {
        FileKind::Dockerfile => dockerfile(desk, source, &Dockerfile::of(source), at),
        FileKind::Compose => compose_hover::hover(desk, source, at),
        _ => None,
    };
    if let Some((span, text)) = fact {
        range = Some(desk.range(span));
        parts.push(text);
    }
    let mut lints = ignored(source, at);
    if findings.versions.get(&source.path).copied() == desk.version(&source.path) {
        let holds = |r: Range| {
            let (start, end) = (desk.offset(source, r.start), desk.offset(source, r.end));
            start <= at && at <= end
        };
        for finding in findings.at(&source.path).iter().filter(|f| holds(f.shown.range)) {
            range.get_or_insert(finding.shown.range);
            lints.push(finding.diagnostic.lint);
        }
    }
    lints.dedup();
    parts.extend(lints.iter().take(PAGES).filter_map(|id| LINTS.iter().find(|l| l.id == *id)).map(|l| l.explanation().trim().to_string()));
    if parts.is_empty() {
        return Value::Null;
    }
    json!({ "contents": { "kind": "markdown", "value": parts.join("\n\n---\n\n") }, "range": range })
}

/// The lint that a suppression comment names here.
fn ignored(source: &Source, at: usize) -> Vec<&'static str> {
    let all = match source.kind {
        FileKind::Dockerfile => suppression::of_dockerfile(&Dockerfile::of(source).tree),
        FileKind::Compose => suppression::of_yaml(&yaml::of(source).tree, &source.text),
        _ => Vec::new(),
    };
    let names = all.iter().flat_map(|s| &s.pragma.names).filter(|n| holds(n.span(), at));
    names.filter_map(|n| LINTS.iter().find(|l| l.is_called(n))).map(|l| l.id).collect()
}

fn holds(span: Span, at: usize) -> bool {
    span.start as usize <= at && at <= span.end as usize
}

/// What is known of byte `at` of `file`, which is all of `source` or stands in it.
pub fn dockerfile(desk: &Desk, source: &Source, file: &Dockerfile, at: usize) -> Option<(Span, String)> {
    let here = cursor::instruction(file, at)?;
    let instruction = here.instruction;
    if holds(instruction.name.span(), at) {
        let text = format!("**{}** {}", instruction.keyword, reference::instruction(instruction.keyword));
        let facts = facts(desk, &here);
        return (instruction.keyword != Keyword::Unknown).then(|| (instruction.name.span(), with(text, &facts)));
    }
    if let Some(found) = name(desk, source, file, &here, at) {
        return Some(found);
    }
    for flag in instruction.flags.iter().filter(|f| holds(f.span, at)) {
        let name = flag.name.span();
        let text = reference::meaning(reference::flags(instruction.keyword), &flag.name);
        if let Some(text) = text.filter(|_| at <= name.end as usize) {
            return Some((name, format!("**--{}** {text}", flag.name.as_str())));
        }
        let option = crate::syntax::dockerfile::mounts(instruction).into_iter().flat_map(|m| m.fields).find(|f| holds(f.span, at));
        if let Some(text) = option.as_ref().and_then(|o| reference::meaning(reference::MOUNT_OPTIONS, long_option(&o.key))) {
            let key = option.map(|o| o.key)?;
            return Some((key.span(), format!("**{}** {text}", key.as_str())));
        }
    }
    let word = match instruction.typed() {
        Args::From { image, .. } => Some(image),
        Args::Copy(copy) | Args::Add(copy) => copy.from,
        _ => None,
    };
    let word = word.filter(|w| holds(w.span(), at))?;
    let resolved = match &here.resolve(&word) {
        Resolved::Known(text) => text.clone(),
        Resolved::Unknown(_) => return None,
    };
    Some((word.span(), image(&resolved)?))
}

/// The name of a mount option that a short one stands for.
fn long_option(key: &str) -> &str {
    match key {
        "src" => "source",
        "dst" | "destination" => "target",
        "ro" => "readonly",
        "rw" => "readwrite",
        key => key,
    }
}

/// A stage or a variable.
fn name(desk: &Desk, source: &Source, file: &Dockerfile, here: &InstructionAt<'_>, at: usize) -> Option<(Span, String)> {
    let found = names::at(desk, source, at)?;
    match &found.name {
        Name::Stage(_, number) => {
            let stage = file.stages.get(*number)?;
            let text = format!("stage **{}**, FROM {}", stage.label(), code(&stage.image));
            Some((found.span, with(text, &[user(desk, file, *number)])))
        }
        Name::Variable(_, _, name) => {
            let word = Text::replaced(found.span, format!("${{{name}}}"));
            // What a definition sets is seen by the next instruction.
            let index = if found.role == Role::Definition { here.index + 1 } else { here.index };
            let stage = if here.instruction.keyword == Keyword::From { None } else { here.stage };
            let value = match file.resolve(stage, index, &word) {
                Resolved::Known(value) if secrets(file).iter().any(|s| value.contains(s.as_str())) => NOT_SHOWN.into(),
                Resolved::Known(value) => shown(name, &value),
                Resolved::Unknown(_) => "known only to the build".into(),
            };
            let all = names::everywhere(desk, source, &found.name);
            let lines: Vec<String> =
                all.iter().filter(|o| o.role == Role::Definition && o.span.file == source.id).map(|o| place(desk, o.span)).collect();
            Some((found.span, format!("**{name}**: {value} — set in {}", lines.join(", "))))
        }
        _ => None,
    }
}

/// What the variables hold that are called like secrets: it may be part of others.
fn secrets(file: &Dockerfile) -> Vec<String> {
    const SHORTEST: usize = 4;
    let pairs = file.instructions().flat_map(|at| match at.instruction.typed() {
        Args::Arg(decls) => decls.into_iter().filter_map(|d| Some((d.name, d.default?))).collect(),
        Args::Env(pairs) => pairs.into_iter().map(|p| (p.key, p.value)).collect(),
        _ => Vec::new(),
    });
    let held = |(name, value): (Text, Text)| {
        let value = value.unquoted().to_string();
        let is_secret = matches!(secret_in(&name, Some(&value)), Some((_, Held::Literal | Held::Placeholder)));
        (is_secret && value.len() >= SHORTEST).then_some(value)
    };
    pairs.filter_map(held).collect()
}

/// A value, unless it is a secret.
pub fn shown(name: &str, value: &str) -> String {
    let named = matches!(secret_in(name, Some(value)), Some((_, Held::Literal | Held::Placeholder)));
    let holds_one = !find_secrets(value).is_empty() || find_url_logins(value).iter().any(|l| l.password.is_some());
    match () {
        () if named || holds_one => NOT_SHOWN.into(),
        () if value.is_empty() => "empty".into(),
        () => code(value),
    }
}

/// A value of a Compose file, unless it is a secret or a variable that is called like one is part of it.
pub fn shown_value(name: &str, value: &compose::Resolved) -> String {
    let is_secret = |v: &compose::VarUse| matches!(name_says(&v.name), NameVerdict::Secret(_));
    if value.vars.uses().iter().any(is_secret) { NOT_SHOWN.into() } else { shown(name, &value.text) }
}

/// A text between backticks.
pub fn code(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    format!("`{}`", line.replace('`', "'"))
}

/// File and line of a span.
pub fn place(desk: &Desk, span: Span) -> String {
    format!("{}:{}", desk.source(span).name, desk.range(span).start.line + 1)
}

/// A text with facts as a list below it.
pub fn with(text: String, facts: &[String]) -> String {
    let list: String = facts.iter().map(|f| format!("\n- {f}")).collect();
    if list.is_empty() { text } else { format!("{text}\n{list}") }
}

/// What holds at an instruction.
fn facts(desk: &Desk, here: &InstructionAt<'_>) -> Vec<String> {
    let (file, Some(stage)) = (here.dockerfile, here.stage) else { return Vec::new() };
    if here.instruction.keyword == Keyword::From {
        return vec![user(desk, file, stage)];
    }
    let mut out = vec![match file.user_at(stage, here.index) {
        RunUser::Set { user: Resolved::Known(user), span } => format!("user here: {} — from {}", code(user), place(desk, span)),
        RunUser::Set { span, .. } => format!("user here: known only to the build — from {}", place(desk, span)),
        RunUser::Base { image, known, .. } => match known.and_then(|k| k.user) {
            Some(user) => format!("user here: {} — from {}", code(root_name(user)), code(&image.text)),
            None => format!("user here: that of {}", code(&image.text)),
        },
        RunUser::Scratch { .. } => "user here: `root` — nothing says otherwise".into(),
        RunUser::Unknown { .. } => return Vec::new(),
    }];
    if let Some(folder) = file.workdir_at(stage, here.index) {
        out.push(format!("folder here: {}", code(&folder)));
    }
    out
}

fn root_name(user: &str) -> &str {
    if user.is_empty() { "root" } else { user }
}

/// Whom the image of a stage runs as, and why.
pub fn user(desk: &Desk, file: &Dockerfile, stage: usize) -> String {
    let base = file.base_image(stage).and_then(|(image, known)| Some((image.text.to_string(), known?.user?)));
    let base = base.map(|(image, user)| format!("; base image {} runs as {}", code(&image), code(root_name(user))));
    match file.image_user(stage) {
        RunUser::Set { user, span } => {
            let user = user.known().map_or_else(|| "known only to the build".into(), |u| code(u));
            format!("user: {user} — from {}{}", place(desk, span), base.unwrap_or_default())
        }
        RunUser::Base { image, known, .. } => match known {
            Some(k) if k.user.is_some() => {
                let steps = if k.drops_privileges == Some(true) { ", and its entrypoint steps down from it" } else { "" };
                format!("user: {} — from {}{steps}", code(root_name(k.user.unwrap_or_default())), code(&image.text))
            }
            _ => format!("user: that of {}, which is not known", code(&image.text)),
        },
        RunUser::Scratch { .. } => "user: `root` — no USER, FROM scratch".into(),
        RunUser::Unknown { .. } => "user: depends on the base image, which is not known".into(),
    }
}

/// What the table knows of an image.
pub fn image(text: &Text) -> Option<String> {
    let image = ImageRef::parse(text).ok()?;
    let title = format!("**{}** ({})", image.familiar()?, image.normalized()?);
    let Some(known) = knowledge::lookup(&image) else { return Some(title) };
    let mut facts = Vec::new();
    if let Some(user) = known.user {
        let steps = match known.drops_privileges {
            Some(true) => "; its entrypoint steps down to another user",
            _ => "",
        };
        facts.push(format!("user: {}{steps}", code(root_name(user))));
    }
    if let Some(shell) = known.shell {
        facts.push(if shell.is_empty() { "shell: none".into() } else { format!("shell: {}", code(shell)) });
    }
    if let Some(folder) = known.workdir {
        facts.push(format!("working directory: {}", code(folder)));
    }
    match known.package_manager {
        None => {}
        Some(PackageManager::None) => facts.push("package manager: none".into()),
        Some(manager) => facts.push(format!("package manager: `{}`", format!("{manager:?}").to_lowercase())),
    }
    if known.healthcheck == Some(true) {
        facts.push("has a HEALTHCHECK".into());
    }
    let today: Option<eol::Date> = crate::engine::today().parse().ok();
    for found in image.tag.known().map(|tag| eol::of_tag(&known, tag)).unwrap_or_default() {
        let name = format!("{} {}", found.product, found.release.name());
        match (found.release.until, today) {
            (Some(until), Some(today)) if !found.release.is_supported(today) => facts.push(format!("{name}: **no fixes since {until}**")),
            (Some(until), _) => facts.push(format!("{name}: fixes until {until}")),
            (None, _) => facts.push(format!("{name}: supported")),
        }
    }
    Some(with(title, &facts))
}
