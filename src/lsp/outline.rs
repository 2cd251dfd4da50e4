//! The shape of a file: symbols, folds, and the steps by which a selection grows.

use serde_json::{Value, json};

use super::cursor;
use super::desk::Desk;
use crate::model::dockerfile::Dockerfile;
use crate::model::secret::{find_secrets, find_url_logins};
use crate::source::{FileKind, Source, Span};
use crate::syntax::dockerfile::{Args, Instruction, Item, Keyword};
use crate::syntax::yaml::{self, Kind, NodeId, Yaml};

const MODULE: u32 = 2;
const CLASS: u32 = 5;
const FUNCTION: u32 = 12;
const STRING: u32 = 15;
const OBJECT: u32 = 19;
const KEY: u32 = 20;

/// How deep the symbols of a Compose file go: `services`, a service, its keys, theirs.
const LEVELS: usize = 4;

/// The symbols of a file as a tree.
pub fn symbols(desk: &Desk, source: &Source) -> Value {
    match source.kind {
        FileKind::Dockerfile => stages(desk, source).into(),
        FileKind::Compose => {
            let parse = yaml::of(source);
            let roots = parse.tree.documents.iter();
            roots.flat_map(|root| entries(desk, &parse.tree, *root, LEVELS)).collect::<Vec<_>>().into()
        }
        _ => Value::Null,
    }
}

fn symbol(desk: &Desk, name: &str, detail: &str, kind: u32, spans: (Span, Span), children: Vec<Value>) -> Value {
    let (whole, own) = spans;
    // The protocol wants a name, and the one range within the other.
    let name = if name.trim().is_empty() { "?" } else { name };
    let whole = whole.to(own);
    json!({
        "name": name, "detail": detail, "kind": kind, "range": desk.range(whole), "selectionRange": desk.range(own), "children": children,
    })
}

/// What an instruction is about: the names that it sets, else its first line. Nothing that holds a secret.
fn detail(instruction: &Instruction) -> String {
    const MOST: usize = 60;
    let names = |names: Vec<String>| names.join(" ");
    let line = match instruction.typed() {
        Args::Arg(decls) => names(decls.iter().map(|d| d.name.to_string()).collect()),
        Args::Env(pairs) | Args::Label(pairs) => names(pairs.iter().map(|p| p.key.to_string()).collect()),
        _ => instruction.args.lines().next().unwrap_or("").to_string(),
    };
    let has_secret = !find_secrets(&line).is_empty() || find_url_logins(&line).iter().any(|l| l.password.is_some());
    if has_secret { String::new() } else { line.chars().take(MOST).collect() }
}

fn stages(desk: &Desk, source: &Source) -> Vec<Value> {
    let file = Dockerfile::of(source);
    let instruction = |index: usize| {
        let i = file.instruction(index)?;
        let detail = detail(i);
        let name = if i.keyword == Keyword::Unknown { i.name.as_str() } else { i.keyword.as_str() };
        Some(symbol(desk, name, &detail, FUNCTION, (i.span, i.name.span()), Vec::new()))
    };
    let first = file.stages.first().map_or(usize::MAX, |s| s.from);
    let mut out: Vec<Value> = (0..first.min(file.tree.instructions().count())).filter_map(instruction).collect();
    for stage in &file.stages {
        let children = (stage.from..stage.end).filter_map(instruction).collect();
        let Some(from) = file.instruction(stage.from) else { continue };
        let end = file.instruction(stage.end - 1).map_or(from.span, |i| i.span);
        let own = stage.name.as_ref().map_or(stage.image.span(), |n| n.span());
        out.push(symbol(desk, &stage.label(), &stage.image, CLASS, (from.span.to(end), own), children));
    }
    out
}

fn entries(desk: &Desk, tree: &Yaml, id: NodeId, levels: usize) -> Vec<Value> {
    let Kind::Map { entries: all, .. } = &tree.node(id).kind else { return Vec::new() };
    let one = |entry: &yaml::Entry| {
        let (key, value) = (tree.node(entry.key), tree.node(entry.value));
        let children = if levels > 1 { entries(desk, tree, entry.value, levels - 1) } else { Vec::new() };
        let (kind, detail) = match &value.kind {
            Kind::Map { .. } if levels == LEVELS => (MODULE, String::new()),
            Kind::Map { .. } if levels + 1 == LEVELS => (CLASS, String::new()),
            Kind::Map { .. } => (OBJECT, String::new()),
            // Values may be secrets; the outline shows those of images alone.
            Kind::Scalar { text, .. } if tree.text(entry.key).is_some_and(|k| k.as_str() == "image") => (STRING, text.to_string()),
            _ => (KEY, String::new()),
        };
        let name = tree.text(entry.key).map_or("?", |t| t.as_str());
        symbol(desk, name, &detail, kind, (key.full_span().to(value.full_span()), key.span), children)
    };
    all.iter().map(one).collect()
}

/// What can be folded.
pub fn folds(desk: &Desk, source: &Source) -> Value {
    let mut spans: Vec<(Span, bool)> = Vec::new();
    match source.kind {
        FileKind::Dockerfile => {
            let file = Dockerfile::of(source);
            for stage in &file.stages {
                let ends = (file.instruction(stage.from), file.instruction(stage.end - 1));
                if let (Some(from), Some(last)) = ends {
                    spans.push((from.span.to(last.span), false));
                }
            }
            for instruction in file.tree.instructions() {
                spans.push((instruction.span, false));
                spans.extend(instruction.heredocs.iter().map(|h| (h.terminator.map_or(h.body.span(), |t| h.body.span().to(t)), false)));
            }
            let comments = file.tree.items.iter().filter_map(|i| match i {
                Item::Comment(c) => Some(c.span),
                _ => None,
            });
            spans.extend(blocks(source, comments));
        }
        FileKind::Compose => {
            let parse = yaml::of(source);
            for (_, node) in parse.tree.nodes() {
                if let Kind::Map { entries, .. } = &node.kind {
                    spans.extend(entries.iter().map(|e| (parse.tree.node(e.key).span.to(parse.tree.node(e.value).span), false)));
                }
            }
            spans.extend(blocks(source, parse.tree.comments.iter().map(|c| c.span)));
        }
        _ => return Value::Null,
    }
    let fold = |(span, comment): (Span, bool)| {
        // A block ends where the next line begins; that line is not part of it.
        let end = span.start as usize + source.slice(span).trim_end().len();
        let range = desk.range(Span::new(span.file, span.start as usize, end));
        let (start, end) = (range.start.line, range.end.line);
        let kind = if comment { "comment" } else { "region" };
        (start < end).then(|| json!({ "startLine": start, "endLine": end, "kind": kind }))
    };
    let mut out: Vec<Value> = spans.into_iter().filter_map(fold).collect();
    out.dedup();
    out.into()
}

/// Comments on lines right below each other, as one.
fn blocks(source: &Source, comments: impl Iterator<Item = Span>) -> Vec<(Span, bool)> {
    let mut out: Vec<(Span, bool)> = Vec::new();
    for comment in comments {
        let joined = out.last_mut().filter(|(last, _)| {
            let between = source.text.get(last.end as usize..comment.start as usize).unwrap_or("x");
            between.trim().is_empty() && between.matches('\n').count() == 1
        });
        match joined {
            Some((last, _)) => *last = last.to(comment),
            None => out.push((comment, true)),
        }
    }
    out
}

/// What is around byte `at`, from inside to outside.
pub fn selection(desk: &Desk, source: &Source, at: usize) -> Value {
    let mut around = vec![source.span()];
    match source.kind {
        FileKind::Dockerfile => around.extend(parts(source, at)),
        FileKind::Compose => around.extend(cursor::yaml(&yaml::of(source).tree, at).around),
        _ => {}
    }
    around.push(word(source, at));
    let mut out = Value::Null;
    let mut last: Option<Span> = None;
    for span in around {
        if last.is_some_and(|l| l == span || !l.contains(span)) {
            continue;
        }
        last = Some(span);
        let range = desk.range(span);
        out = if out.is_null() { json!({ "range": range }) } else { json!({ "range": range, "parent": out }) };
    }
    out
}

fn parts(source: &Source, at: usize) -> Vec<Span> {
    let file = Dockerfile::of(source);
    let holds = |s: &Span| s.start as usize <= at && at <= s.end as usize;
    let mut out = Vec::new();
    for stage in &file.stages {
        if let (Some(from), Some(last)) = (file.instruction(stage.from), file.instruction(stage.end - 1)) {
            out.push(from.span.to(last.span));
        }
    }
    if let Some(here) = cursor::instruction(&file, at) {
        let i = here.instruction;
        out.extend([i.span, i.line_span(), i.args.span()]);
        out.extend(i.flags.iter().map(|f| f.span));
        out.extend(i.heredocs.iter().map(|h| h.body.span()));
    }
    out.retain(holds);
    out
}

/// The characters around byte `at` up to the next blank or bracket.
fn word(source: &Source, at: usize) -> Span {
    let ends = |c: char| c.is_whitespace() || "\"'=,:[]{}$".contains(c);
    let before = source.text.get(..at).unwrap_or("");
    let after = source.text.get(at..).unwrap_or("");
    let start = before.char_indices().rev().take_while(|(_, c)| !ends(*c)).last().map_or(at, |(n, _)| n);
    Span::new(source.id, start, at + after.find(ends).unwrap_or(after.len()))
}
