//! What may be written next, in a Dockerfile.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::desk::Desk;
use super::names::{self, Name, Role};
use super::{compose_complete, cursor, reference};
use crate::lints::LINTS;
use crate::model::dockerfile::{Dockerfile, InstructionAt, PREDEFINED_PLATFORM_ARGS};
use crate::source::{FileKind, Source, Span};
use crate::syntax::dockerfile::Keyword;

/// One thing that may be written.
pub struct Item {
    /// What is shown, and compared with what is typed.
    pub label: String,
    /// What is written.
    pub text: String,
    /// What it means.
    pub doc: String,
    /// What it is.
    pub kind: ItemKind,
}

/// The protocol's kinds of completion items that are used here.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum ItemKind {
    /// A variable.
    Variable = 6,
    /// A stage or service.
    Class = 7,
    /// A key or flag.
    Property = 10,
    /// One of a few values.
    Value = 12,
    /// An instruction.
    Keyword = 14,
    /// A lint, or another thing that is referred to.
    Reference = 18,
}

impl Item {
    /// An item that is written as it is shown.
    pub fn new(kind: ItemKind, label: impl Into<String>, doc: impl Into<String>) -> Item {
        let label = label.into();
        Item { text: label.clone(), label, doc: doc.into(), kind }
    }

    /// With something after what is shown.
    #[must_use]
    pub fn then(mut self, more: &str) -> Item {
        self.text.push_str(more);
        self
    }
}

/// Items that replace the bytes from `start` on.
pub struct Offer {
    /// Where what is typed begins.
    pub start: usize,
    /// What may stand there.
    pub items: Vec<Item>,
}

/// What may be written at byte `at`.
pub fn complete(desk: &Desk, source: &Source, at: usize) -> Value {
    let line = line_before(&source.text, at);
    let offer = match source.kind {
        _ if line.trim_start().starts_with('#') => comment(line, at),
        FileKind::Dockerfile => dockerfile(source, &Dockerfile::of(source), at),
        FileKind::Compose => match line.rfind(" #") {
            Some(comment_at) => comment(line.get(comment_at..).unwrap_or(""), at),
            None => inline(desk, source, at).or_else(|| Some(compose_complete::complete(desk, source, at))),
        },
        _ => None,
    };
    let Some(Offer { start, items }) = offer else { return Value::Null };
    let range = desk.range(Span::new(source.id, start, at));
    let shown = |item: Item| {
        let doc = json!({ "kind": "markdown", "value": item.doc });
        let edit = json!({ "range": range, "newText": item.text });
        json!({ "label": item.label, "kind": item.kind as u32, "documentation": doc, "filterText": item.label, "textEdit": edit })
    };
    items.into_iter().map(shown).collect::<Vec<_>>().into()
}

/// The line before byte `at`.
pub fn line_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or("");
    before.get(before.rfind('\n').map_or(0, |n| n + 1)..).unwrap_or("")
}

/// The end of `text` that has none of these characters.
pub fn word<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.get(text.rfind(ends).map_or(0, |n| n + text.get(n..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8))..).unwrap_or("")
}

/// Names of lints between the brackets of a suppression.
fn comment(line: &str, at: usize) -> Option<Offer> {
    let rest = line.split_once("dockvet:")?.1;
    let typed = word(line, &['[', ',', ' ', ':']);
    let start = at - typed.len();
    let Some((_, names)) = rest.split_once('[') else {
        let items = [("ignore", "The instruction or key below."), ("ignore-file", "This file.")];
        let items = items.map(|(label, doc)| Item::new(ItemKind::Keyword, label, doc).then("["));
        return Some(Offer { start, items: items.into() });
    };
    let open = !names.contains(']');
    open.then(|| Offer { start, items: LINTS.iter().map(|l| Item::new(ItemKind::Reference, l.id, l.summary)).collect() })
}

/// In a Dockerfile that stands in a Compose file.
fn inline(desk: &Desk, source: &Source, at: usize) -> Option<Offer> {
    if !source.text.contains("dockerfile_inline") {
        return None;
    }
    let world = desk.world(&source.path)?;
    dockerfile(source, cursor::inline(&world, source, at)?, at)
}

fn dockerfile(source: &Source, file: &Dockerfile, at: usize) -> Option<Offer> {
    let here = cursor::instruction(file, at);
    let line = line_before(&source.text, at);
    let typed = word(line, &[' ', '\t', '"', '\'']);
    if let Some(offer) = variables(file, here.as_ref(), typed, at) {
        return Some(offer);
    }
    let start = at - typed.len();
    let Some(here) = here.filter(|h| at > h.instruction.name.span().end as usize) else {
        return Some(Offer { start, items: keywords(source, file) });
    };
    let keyword = here.instruction.keyword;
    let before = source.text.get(here.instruction.span.start as usize..start).unwrap_or("").trim();
    if let Some(mount) = typed.strip_prefix("--mount=") {
        return Some(mount_option(file, &here, mount, at));
    }
    if let Some((flag, value)) = typed.strip_prefix("--").and_then(|t| t.split_once('=')) {
        let mut items = if flag == "from" { stages(file, &here) } else { Vec::new() };
        items.extend(reference::values(flag).iter().map(|v| Item::new(ItemKind::Value, *v, "")));
        return Some(Offer { start: at - value.len(), items });
    }
    // Of the words so far, flags do not count; past the first word that is none they are none themselves.
    let words = before.split_whitespace().filter(|w| !w.starts_with("--")).count();
    let flags = || {
        let flag = |(name, doc): &reference::Entry| {
            let end = if matches!(*name, "link" | "parents" | "keep-git-dir") { "" } else { "=" };
            Item::new(ItemKind::Property, format!("--{name}"), *doc).then(end)
        };
        reference::flags(keyword).iter().map(flag)
    };
    let mut items: Vec<Item> = if words == 1 && (typed.is_empty() || typed.starts_with('-')) { flags().collect() } else { Vec::new() };
    if !typed.starts_with('-') {
        match (keyword, words) {
            (Keyword::From, 1) => {
                items.extend(stages(file, &here));
                items.push(Item::new(ItemKind::Value, "scratch", "An empty image."));
            }
            (Keyword::From, 2) => items.push(Item::new(ItemKind::Keyword, "AS", "Gives the stage a name.")),
            (Keyword::Onbuild, 1) => items.extend(keywords(source, file)),
            (Keyword::Healthcheck, 1) => {
                items.extend([
                    Item::new(ItemKind::Keyword, "CMD", "The command follows."),
                    Item::new(ItemKind::Keyword, "NONE", "No check."),
                ]);
            }
            _ => {}
        }
    }
    Some(Offer { start, items })
}

/// The instructions, in the case that the file is written in.
fn keywords(source: &Source, file: &Dockerfile) -> Vec<Item> {
    let first = file.tree.instructions().find(|i| i.keyword != Keyword::Unknown).map(|i| source.slice(i.name.span()));
    let is_lower = first.is_some_and(|f| f.chars().all(char::is_lowercase));
    let item = |keyword: Keyword| {
        let name = keyword.as_str();
        let name = if is_lower { name.to_lowercase() } else { name.to_owned() };
        Item::new(ItemKind::Keyword, name, reference::instruction(keyword)).then(" ")
    };
    Keyword::KNOWN.into_iter().map(item).collect()
}

/// The stages above an instruction.
fn stages(file: &Dockerfile, here: &InstructionAt<'_>) -> Vec<Item> {
    let above = file.stages.iter().take(here.stage.unwrap_or(0));
    above.filter_map(|s| Some(Item::new(ItemKind::Class, s.name.as_ref()?.to_string(), format!("FROM {}", s.image.as_str())))).collect()
}

fn mount_option(file: &Dockerfile, here: &InstructionAt<'_>, mount: &str, at: usize) -> Offer {
    let field = word(mount, &[',']);
    if let Some((key, value)) = field.split_once('=') {
        let mut items = if key == "from" { stages(file, here) } else { Vec::new() };
        items.extend(reference::values(key).iter().map(|v| Item::new(ItemKind::Value, *v, "")));
        return Offer { start: at - value.len(), items };
    }
    let items = reference::MOUNT_OPTIONS.iter().map(|(name, doc)| {
        let end = if matches!(*name, "readonly" | "readwrite" | "required") { "" } else { "=" };
        Item::new(ItemKind::Property, *name, *doc).then(end)
    });
    Offer { start: at - field.len(), items: items.collect() }
}

/// The variables that an instruction sees, after `$` or `${`.
fn variables(file: &Dockerfile, here: Option<&InstructionAt<'_>>, typed: &str, at: usize) -> Option<Offer> {
    let name = word(typed, &['$', '{']);
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let before = typed.get(..typed.len() - name.len())?;
    let close = if before.ends_with("${") { "}" } else { "" };
    let here = here.filter(|_| is_name && (before.ends_with('$') || close == "}"))?;
    let stage = here.stage.filter(|_| here.instruction.keyword != Keyword::From);
    let chain: BTreeSet<Option<usize>> = match stage {
        Some(stage) => file.ancestry(stage).iter().map(|s| Some(s.index)).collect(),
        None => BTreeSet::from([None]),
    };
    let mut items = Vec::new();
    let mut seen = BTreeSet::new();
    for other in file.instructions().filter(|o| !o.onbuild && o.index < here.index && chain.contains(&o.stage)) {
        use crate::syntax::dockerfile::Args;
        let (names, word) = match other.instruction.typed() {
            Args::Arg(decls) => (decls.into_iter().map(|d| d.name.to_string()).collect::<Vec<_>>(), "ARG"),
            Args::Env(pairs) => (pairs.into_iter().map(|p| p.key.to_string()).collect(), "ENV"),
            _ => continue,
        };
        items.extend(names.into_iter().filter(|n| seen.insert(n.clone())).map(|n| Item::new(ItemKind::Variable, n, word).then(close)));
    }
    if stage.is_none() {
        let predefined = PREDEFINED_PLATFORM_ARGS.iter().filter(|n| !seen.contains(**n));
        items.extend(predefined.map(|n| Item::new(ItemKind::Variable, *n, "predefined").then(close)));
    }
    Some(Offer { start: at - name.len(), items })
}

/// The names of a kind in all files of a project.
pub fn declared(desk: &Desk, source: &Source, kind: names::Resource) -> BTreeSet<String> {
    let around = names::around(desk, &source.path).shared;
    let files = around.iter().filter_map(|p| desk.document(p).or_else(|| desk.load(p, FileKind::Compose)));
    let name = |o: names::Occurrence| match o.name {
        Name::Resource(k, name) if k == kind && o.role == Role::Definition => Some(name),
        _ => None,
    };
    files.flat_map(|f| names::of(desk, &f)).filter_map(name).collect()
}
