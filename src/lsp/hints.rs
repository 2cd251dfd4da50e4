//! Inlay hints: whom a stage ends up running as, and what a value comes to.

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::desk::Desk;
use super::hover::{place, shown_value};
use crate::model::dockerfile::{Dockerfile, Resolved, RunUser};
use crate::source::{FileKind, Source, Span};
use crate::syntax::yaml::{self, Kind, Yaml};

/// The hints of a file in the lines of a range.
pub fn hints(desk: &Desk, source: &Source, within: Range) -> Value {
    let hints = match source.kind {
        FileKind::Dockerfile => users(desk, source),
        FileKind::Compose => values(desk, source),
        _ => return Value::Null,
    };
    let hint = |(at, label): (Span, String)| {
        let position = desk.range(at).end;
        let wanted = (within.start.line..=within.end.line).contains(&position.line);
        wanted.then(|| json!({ "position": position, "label": label, "paddingLeft": true }))
    };
    hints.into_iter().filter_map(hint).collect::<Vec<_>>().into()
}

/// The user of each stage, at its FROM.
fn users(desk: &Desk, source: &Source) -> Vec<(Span, String)> {
    let file = Dockerfile::of(source);
    let of = |stage: &crate::model::dockerfile::Stage| {
        let from = file.instruction(stage.from)?.line_span();
        let user = match file.image_user(stage.index) {
            RunUser::Set { user: Resolved::Known(user), span } => {
                format!("user {} (line {})", user.as_str(), desk.range(span).start.line + 1)
            }
            RunUser::Base { known, .. } => {
                let known = known?;
                let user = known.user.filter(|_| known.drops_privileges != Some(true))?;
                format!("user {} (base image)", if user.is_empty() { "root" } else { user })
            }
            RunUser::Scratch { .. } => "user root (scratch)".into(),
            RunUser::Set { .. } | RunUser::Unknown { .. } => return None,
        };
        Some((from, user))
    };
    file.stages.iter().filter_map(of).collect()
}

/// What a value comes to when it holds variables, or when another file has the last word.
fn values(desk: &Desk, source: &Source) -> Vec<(Span, String)> {
    const DEEPEST: usize = 4;
    let Some(world) = desk.world(&source.path) else { return Vec::new() };
    let Some(project) = world.projects.first() else { return Vec::new() };
    let parse = yaml::of(source);
    let tree = &parse.tree;
    let mut out = Vec::new();
    let mut todo: Vec<(yaml::NodeId, Vec<String>)> = tree.documents.iter().map(|d| (*d, Vec::new())).collect();
    while let Some((id, path)) = todo.pop() {
        let Kind::Map { entries, .. } = &tree.node(id).kind else { continue };
        for entry in entries {
            let Some(key) = tree.text(entry.key) else { continue };
            let mut path = path.clone();
            path.push(key.to_string());
            if path.len() < DEEPEST {
                todo.push((entry.value, path.clone()));
            }
            let keys: Vec<&str> = path.iter().map(String::as_str).collect();
            let effective = project.root.get_path(&keys);
            let value = effective.and_then(|n| Some((n.resolved()?, n.span())));
            if let (Some((value, from)), Some(span)) = (value, scalar(tree, entry.value)) {
                let is_elsewhere = from.file != source.id;
                if value.is_known() && (is_elsewhere || !value.is_literal()) && *value.text != *source.slice(span) {
                    let text = shown_value(key, &value).replace('`', "");
                    let why = if is_elsewhere { format!(" ({})", place(desk, from)) } else { String::new() };
                    out.push((span, format!("= {text}{why}")));
                }
            }
        }
    }
    out.sort();
    out
}

fn scalar(tree: &Yaml, id: yaml::NodeId) -> Option<Span> {
    let node = tree.node(id);
    (matches!(node.kind, Kind::Scalar { .. }) && !node.is_absent()).then_some(node.span)
}
