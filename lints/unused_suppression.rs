use crate::lint::prelude::*;
use crate::lint::{LintOption, OptionKind};
use crate::model::suppression::{Dialect, NameUse, Usage};
use crate::syntax::dockerfile::nearest;

pub static LINT: Lint = Lint {
    id: "unused-suppression",
    summary: "a comment that silences findings silences none",
    group: Group::Style,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[LintOption { key: "require-reason", kind: OptionKind::Flag, about: "report suppressions that say no reason" }],
    page: include_str!("unused_suppression.md"),
    checks: &[Check::Suppression(check)],
};

fn check(usage: &Usage, cx: &mut Cx<'_>) {
    // What is written for another linter may have its use there.
    if usage.suppression.pragma.dialect != Dialect::Dockvet {
        return;
    }
    if let Some(until) = usage.suppression.pragma.until.as_ref().filter(|_| usage.expired) {
        cx.report(until.span(), format!("this suppression ended on {until}"))
            .help("mend what it hides, or give it another day and say why")
            .evidence(until.as_str())
            .file();
    } else if cx.option_flag("require-reason") && usage.suppression.pragma.reason.is_empty() {
        cx.report(usage.suppression.comment, "this suppression says no reason").help("say behind the names why it is right here").evidence("reason").file();
    } else if usage.suppression.covers.is_none() {
        report(usage, "this suppression covers nothing: it stands above no instruction and no key", cx);
    } else if usage.names.is_empty() && !usage.used && usage.judged {
        report(usage, "this suppression silences nothing", cx);
    } else {
        let idle: Vec<&NameUse> = usage.names.iter().filter(|n| !n.known || n.judged && !n.used).collect();
        let all = idle.len() == usage.names.len();
        for name in idle {
            one_name(usage, name, all, cx);
        }
    }
}

fn report(usage: &Usage, message: &str, cx: &mut Cx<'_>) {
    let whole = whole(usage, cx);
    cx.report(usage.suppression.comment, message).help("remove it").evidence("all").fix(Safety::Safe, "remove the suppression", vec![(whole, String::new())]);
}

fn one_name(usage: &Usage, name: &NameUse, all: bool, cx: &mut Cx<'_>) {
    let near = nearest(&name.name, crate::lints::LINTS.iter().map(|l| l.id)).filter(|_| !name.known);
    let message = if name.known { format!("there is no finding of {} here to silence", name.name) } else { format!("no lint is called `{}`", name.name) };
    let edit = if all { (whole(usage, cx), String::new()) } else { (without(usage, name, cx), String::new()) };
    let report = cx.report(name.name.span(), message).evidence(name.name.as_str());
    match near {
        Some(near) => report.help(format!("did you mean `{near}`?")).fix(Safety::Unsafe, format!("write {near}"), vec![(name.name.span(), near.to_string())]).file(),
        None => report.help("remove the name").fix(Safety::Safe, "remove what silences nothing", vec![edit]).file(),
    };
}

/// The comment with its line when nothing else stands there, else with the blanks before it.
fn whole(usage: &Usage, cx: &Cx<'_>) -> Span {
    let comment = usage.suppression.comment;
    let source = cx.world.sources.get(comment.file);
    let (before, after) = (source.text.get(..comment.start as usize).unwrap_or(""), source.text.get(comment.end as usize..).unwrap_or(""));
    let start = before.trim_end_matches([' ', '\t']).len();
    let starts_line = start == 0 || before.get(..start).is_some_and(|b| b.ends_with('\n'));
    let line_end = if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with('\n')) };
    let end = comment.end as usize + if starts_line { line_end } else { 0 };
    // A text without a line end at its end keeps it so.
    let start = if starts_line && line_end == 0 { before.trim_end_matches([' ', '\t']).trim_end_matches('\n').trim_end_matches('\r').len() } else { start };
    Span::new(comment.file, start, end)
}

/// The name with the comma that belongs to it.
fn without(usage: &Usage, name: &NameUse, cx: &Cx<'_>) -> Span {
    let names = &usage.suppression.pragma.names;
    let span = name.name.span();
    let source = cx.world.sources.get(span.file);
    let next = names.iter().map(|n| n.span()).find(|n| n.start > span.start);
    match next {
        Some(next) => Span { end: next.start, ..span },
        None => {
            let before = source.text.get(..span.start as usize).unwrap_or("");
            let kept = before.trim_end_matches([' ', '\t']).trim_end_matches(',').trim_end_matches([' ', '\t']);
            Span { start: kept.len() as u32, ..span }
        }
    }
}
