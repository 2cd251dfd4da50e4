//! Code actions: mend a finding, mend all of them, silence one.

use std::path::Path;
use std::sync::Arc;

use gen_lsp_types::{CodeActionParams, Position, Range};
use serde_json::{Value, json};

use super::desk::Desk;
use super::diagnostics::{Finding, Findings};
use crate::diagnostic::{Fix, Level, Safety};
use crate::fix;
use crate::model::dockerfile::Dockerfile;
use crate::source::{FileKind, Source, Span};
use crate::syntax::dockerfile::Item;
use crate::syntax::yaml::{self, Kind, Yaml};

/// The kind of the action that mends everything that is safe to mend.
pub const FIX_ALL: &str = "source.fixAll.dockvet";

const QUICK_FIX: &str = "quickfix";

/// The command that shows the page of a lint.
pub const EXPLAIN: &str = "dockvet.explain";

/// What the client makes of actions.
#[derive(Clone, Copy, Debug)]
pub struct Able {
    /// It takes edits with the versions they are meant for.
    pub document_changes: bool,
    /// It shows addresses in a browser.
    pub show_document: bool,
}

/// The actions for a range of an open document.
pub fn actions(desk: &Desk, findings: &Findings, path: &Path, params: &CodeActionParams, able: Able) -> Value {
    let Some(source) = desk.document(path) else { return Value::Null };
    let only = params.context.only.as_deref();
    let wanted = |kind: &str| {
        only.is_none_or(|only| {
            let names = only.iter().filter_map(|k| serde_json::to_value(k).ok()).filter_map(|k| k.as_str().map(str::to_owned));
            names.into_iter().any(|name| kind == name || name.is_empty() || kind.starts_with(&format!("{name}.")))
        })
    };
    let offer = Offer { desk, findings, able, source: &source };
    let all = findings.at(path);
    let here: Vec<&Finding> = all.iter().filter(|f| touches(f.shown.range, params.range)).collect();
    let mut out = Vec::new();
    if wanted(QUICK_FIX) {
        here.iter().for_each(|f| offer.fixes(f, &mut out));
        let mut lints: Vec<&str> = here.iter().map(|f| f.diagnostic.lint).collect();
        lints.dedup();
        for lint in &lints {
            offer.fix_lint(all, lint, &mut out);
        }
        here.iter().for_each(|f| offer.suppress(f, &mut out));
        lints.iter().filter(|_| able.show_document).for_each(|lint| {
            let command = json!({ "title": "explain", "command": EXPLAIN, "arguments": [lint] });
            out.push(json!({ "title": format!("explain {lint}"), "kind": QUICK_FIX, "command": command }));
        });
    }
    if wanted(FIX_ALL) {
        offer.fix_all(all, &mut out);
    }
    out.into()
}

/// Whether a finding is asked for. A caret asks for its line.
fn touches(finding: Range, asked: Range) -> bool {
    let key = |p: Position| (p.line, p.character);
    if asked.start == asked.end {
        return (finding.start.line..=finding.end.line).contains(&asked.start.line);
    }
    key(finding.start) <= key(asked.end) && key(asked.start) <= key(finding.end)
}

struct Offer<'a> {
    desk: &'a Desk,
    findings: &'a Findings,
    able: Able,
    source: &'a Arc<Source>,
}

impl Offer<'_> {
    fn fixes(&self, finding: &Finding, out: &mut Vec<Value>) {
        for (n, fix) in finding.diagnostic.fixes.iter().enumerate() {
            let Some(edit) = self.edit(&[fix]) else { continue };
            let safe = fix.safety == Safety::Safe;
            let title = if safe { fix.title.clone() } else { format!("{} (unsafe: may change behaviour)", fix.title) };
            out.push(json!({
                "title": title, "kind": QUICK_FIX, "isPreferred": safe && n == 0, "diagnostics": [finding.shown], "edit": edit,
            }));
        }
    }

    fn fix_lint(&self, all: &[Finding], lint: &str, out: &mut Vec<Value>) {
        let of: Vec<_> = all.iter().filter(|f| f.diagnostic.lint == lint).collect();
        let diagnostics: Vec<_> = of.iter().map(|f| f.diagnostic.clone()).collect();
        let chosen = fix::choose(&diagnostics, Safety::Unsafe);
        let safe = chosen.iter().all(|f| f.safety == Safety::Safe);
        if chosen.len() > 1
            && let Some(edit) = self.edit(&chosen)
        {
            let note = if safe { "" } else { " (unsafe: may change behaviour)" };
            let shown: Vec<_> = of.iter().map(|f| &f.shown).collect();
            out.push(json!({
                "title": format!("fix all {lint} in this file{note}"), "kind": QUICK_FIX, "diagnostics": shown, "edit": edit,
            }));
        }
    }

    /// All that is safe in one step. A broken file is mended first: what else is found in it may not be there then.
    fn fix_all(&self, all: &[Finding], out: &mut Vec<Value>) {
        let is_broken = |f: &Finding| f.diagnostic.category() == "syntax" && f.diagnostic.level == Level::Error;
        let broken = all.iter().any(is_broken);
        let diagnostics: Vec<_> = all.iter().filter(|f| !broken || is_broken(f)).map(|f| f.diagnostic.clone()).collect();
        let chosen = fix::choose(&diagnostics, Safety::Safe);
        if let Some(edit) = self.edit(&chosen) {
            out.push(json!({ "title": "fix all that is safe to fix (dockvet)", "kind": FIX_ALL, "edit": edit }));
        }
    }

    fn suppress(&self, finding: &Finding, out: &mut Vec<Value>) {
        let lint = finding.diagnostic.lint;
        let at = self.desk.encoding.offset(&self.source.text, self.source.lines(), finding.shown.range.start);
        let places = [(insertion_here(self.source, at), "ignore", "here"), (insertion_on_top(self.source), "ignore-file", "in this file")];
        for (place, word, title) in places {
            let Some((at, indent)) = place else { continue };
            let end = if self.source.text.contains("\r\n") { "\r\n" } else { "\n" };
            let text = format!("{indent}# dockvet: {word}[{lint}] reason{end}");
            let range = self.desk.range(Span::new(self.source.id, at, at));
            let edit = self.desk.workspace_edit(vec![(self.source.path.clone(), vec![(range, text)])], self.able.document_changes);
            out.push(json!({
                "title": format!("ignore {lint} {title}"), "kind": QUICK_FIX, "diagnostics": [finding.shown], "edit": edit,
            }));
        }
    }

    /// Fixes as one edit; `None` when there is nothing to do or a text is no longer the one that they are meant for.
    fn edit(&self, fixes: &[&Fix]) -> Option<Value> {
        let mut files = Vec::new();
        for (file, edits) in fix::by_file(fixes) {
            let meant = self.findings.texts.get(&file)?;
            let now = self.desk.load(&meant.path, meant.kind)?;
            if now.text != meant.text {
                return None;
            }
            let edit = |e: crate::diagnostic::Edit| (self.desk.encoding.range(meant, e.span), e.text);
            files.push((meant.path.clone(), edits.into_iter().map(edit).collect()));
        }
        (!files.is_empty()).then(|| self.desk.workspace_edit(files, self.able.document_changes))
    }
}

/// Where a comment goes that silences what stands at byte `at`, and its indentation.
fn insertion_here(source: &Source, at: usize) -> Option<(usize, &str)> {
    let start = match source.kind {
        FileKind::Dockerfile => {
            let file = Dockerfile::of(source);
            match file.tree.item_at(u32::try_from(at).ok()?)? {
                Item::Instruction(i) => i.span.start as usize,
                _ => return None,
            }
        }
        FileKind::Compose => innermost_block(&yaml::of(source).tree, at)?,
        _ => return None,
    };
    let line = source.text.get(..start)?.rfind('\n').map_or(0, |n| n + 1);
    let text = source.text.get(line..)?.trim_start_matches('\u{feff}');
    let line = source.text.len() - text.len();
    Some((line, text.get(..text.len() - text.trim_start_matches([' ', '\t']).len())?))
}

/// The start of the smallest entry or item that stands on lines of its own and holds byte `at`.
fn innermost_block(tree: &Yaml, at: usize) -> Option<usize> {
    let holds = |start: u32, end: u32| start as usize <= at && at <= end as usize;
    let mut best = None;
    let mut take = |start: u32, end: u32| {
        if holds(start, end) && best.is_none_or(|(from, _)| from <= start) {
            best = Some((start, end));
        }
    };
    for (_, node) in tree.nodes() {
        match &node.kind {
            Kind::Map { entries, flow: false } => entries.iter().for_each(|e| {
                let (key, value) = (tree.node(e.key).full_span(), tree.node(e.value).full_span());
                take(key.start, value.end.max(key.end));
            }),
            Kind::Seq { items, flow: false } => items.iter().for_each(|i| {
                let span = tree.node(*i).full_span();
                take(span.start, span.end);
            }),
            _ => {}
        }
    }
    best.map(|(start, _)| start as usize)
}

/// Where a comment goes that silences the whole file.
fn insertion_on_top(source: &Source) -> Option<(usize, &'static str)> {
    match source.kind {
        FileKind::Dockerfile => {
            let file = Dockerfile::of(source);
            // Nothing may stand before the directives.
            let after = file.tree.directives().last().map_or(0, |d| d.span.end as usize);
            let next = source.text.get(after..)?.find('\n').map_or(source.text.len(), |n| after + n + 1);
            let shebang = source.text.starts_with("#!");
            Some((if after > 0 || shebang { next } else { byte_order_mark(source) }, ""))
        }
        FileKind::Compose => Some((byte_order_mark(source), "")),
        _ => None,
    }
}

fn byte_order_mark(source: &Source) -> usize {
    source.text.len() - source.text.trim_start_matches('\u{feff}').len()
}
