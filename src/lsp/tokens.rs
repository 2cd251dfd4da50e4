//! Semantic tokens of Dockerfiles.

use serde_json::{Value, json};

use super::desk::Desk;
use super::names::{self, Name};
use crate::model::dockerfile::Dockerfile;
use crate::source::{FileKind, Source, Span};
use crate::syntax::dockerfile::Keyword;

const TYPES: &[&str] = &["keyword", "comment", "parameter", "class", "variable", "string", "macro"];
const KEYWORD: u32 = 0;
const COMMENT: u32 = 1;
const PARAMETER: u32 = 2;
const CLASS: u32 = 3;
const VARIABLE: u32 = 4;
const STRING: u32 = 5;
const MACRO: u32 = 6;

/// The kinds of tokens.
pub fn legend() -> Value {
    json!({ "tokenTypes": TYPES, "tokenModifiers": [] })
}

/// The tokens of a Dockerfile, in the numbers of the protocol.
pub fn tokens(desk: &Desk, source: &Source) -> Value {
    if source.kind != FileKind::Dockerfile {
        return Value::Null;
    }
    let mut found = find(desk, source);
    // Of two that overlap, the one that begins first counts.
    found.sort_by_key(|(span, kind)| (span.start, std::cmp::Reverse(span.end), *kind));
    let mut data: Vec<u32> = Vec::new();
    let (mut line, mut column, mut end) = (0, 0, 0);
    for (span, kind) in found {
        if span.start < end || span.is_empty() {
            continue;
        }
        end = span.end;
        for part in lines(source, span) {
            let range = desk.range(part);
            let (start, length) = (range.start, range.end.character.saturating_sub(range.start.character));
            let same_line = start.line == line;
            data.extend([start.line - line, if same_line { start.character - column } else { start.character }, length, kind, 0]);
            (line, column) = (start.line, start.character);
        }
    }
    json!({ "data": data })
}

/// A span line by line: few clients take tokens of more than one.
fn lines(source: &Source, span: Span) -> Vec<Span> {
    let mut start = span.start as usize;
    let mut out = Vec::new();
    for line in source.slice(span).split_inclusive('\n') {
        let text = line.trim_end();
        let indent = text.len() - text.trim_start().len();
        out.push(Span::new(span.file, start + indent, start + text.len()));
        start += line.len();
    }
    out.retain(|s| !s.is_empty());
    out
}

fn find(desk: &Desk, source: &Source) -> Vec<(Span, u32)> {
    let file = Dockerfile::of(source);
    let mut out: Vec<(Span, u32)> = Vec::new();
    out.extend(file.tree.directives().map(|d| (d.span, MACRO)));
    out.extend(file.tree.comments().map(|c| (c.span, COMMENT)));
    for at in file.instructions() {
        let instruction = at.instruction;
        if instruction.keyword != Keyword::Unknown {
            out.push((instruction.name.span(), KEYWORD));
        }
        for flag in &instruction.flags {
            out.push((Span { end: flag.name.span().end, ..flag.span }, PARAMETER));
        }
        for heredoc in &instruction.heredocs {
            out.push((heredoc.marker, MACRO));
            out.extend(heredoc.terminator.map(|t| (t, MACRO)));
        }
        if let Some(json) = &instruction.json {
            // With the quotes around.
            out.extend(
                json.iter()
                    .map(|t| Span::new(t.file(), (t.span().start as usize).saturating_sub(1), t.span().end as usize + 1))
                    .map(|s| (s, STRING)),
            );
        }
    }
    for stage in &file.stages {
        let name = stage.name.as_ref().map(|n| n.span());
        out.extend(name.map(|n| (n, CLASS)));
        if let Some(name) = name {
            let between = source.slice(Span { start: stage.image.span().end, end: name.start, ..name });
            let at = between.to_ascii_lowercase().find("as").map(|n| stage.image.span().end as usize + n);
            out.extend(at.map(|at| (Span::new(name.file, at, at + 2), KEYWORD)));
        }
    }
    for o in names::of(desk, source) {
        match o.name {
            Name::Stage(..) => out.push((o.span, CLASS)),
            Name::Variable(..) => out.push((o.span, VARIABLE)),
            _ => {}
        }
    }
    out
}
