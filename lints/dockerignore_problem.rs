use crate::lint::prelude::*;
use crate::model::ignoring::{self, Idle};
use crate::syntax::dockerignore::Pattern;

pub static LINT: Lint = Lint {
    id: "dockerignore-problem",
    summary: "an ignore file does not do what it says, or is missing",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["droast:DF033"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("dockerignore_problem.md"),
    checks: &[Check::Dockerignore(file), Check::Build(build)],
};

fn file(file: &IgnoreFile, cx: &mut Cx<'_>) {
    let idle_ones = ignoring::idle(&file.parse.tree);
    for error in &file.parse.errors {
        let evidence = cx.world.sources.get(error.span.file).slice(error.span).to_string();
        let mut report = cx.report(error.span, error.message.as_str()).code(error.code).level(Level::Error).evidence(evidence);
        if let Some(help) = &error.help {
            report = report.help(help.as_str());
        }
        if let Some((title, text)) = idle_ones.iter().find(|(p, _)| p.span == error.span).and_then(|(p, why)| fix(p, why)) {
            report = report.fix(Safety::Safe, title, vec![(error.span, text)]);
        }
        report.file();
    }
    for (pattern, why) in idle_ones.iter().filter(|(p, _)| !file.parse.errors.iter().any(|e| e.span == p.span)) {
        idle(pattern, why, cx);
    }
    for pattern in &file.parse.tree.patterns {
        if let Some(what) = ignoring::brings_back_secret(pattern) {
            let name = pattern.text.as_str();
            cx.report(pattern.span, format!("this brings {name} back into the build context: {what}"))
                .code("secret")
                .help(format!("take `!{name}` out; a step that needs it gets it by `RUN --mount=type=secret`"))
                .evidence(name);
        }
    }
    if let (Some(first), Some(own)) = (file.parse.tree.patterns.first(), ignoring::shadowed_by(file, cx.world)) {
        cx.report(first.span, format!("no build reads this file: {} takes its place", own.name))
            .code("shadowed")
            .label(own.span().at_start(), "read in its place")
            .help("move what is still needed into that file: the two are never read together");
    }
}

fn idle(pattern: &Pattern, why: &Idle, cx: &mut Cx<'_>) {
    let (text, sign) = (pattern.text.as_str(), if pattern.negated { "!" } else { "" });
    let (code, message, help) = match why {
        Idle::Backslash(right) => ("backslash", format!("`{text}` matches nothing outside Windows: `\\` separates no folders"), format!("write `{sign}{right}`")),
        Idle::Comment(..) => ("comment", format!("`{text}` is one pattern: a comment needs a line of its own"), "put the comment on the line above".into()),
        Idle::Braces(meant) => ("braces", format!("`{text}` matches nothing that is meant: braces have no meaning here"), format!("write a line for each: `{}`", meant.join("`, `"))),
        Idle::Outside => ("outside", format!("`{text}` matches nothing: it lies outside the build context"), "write the path from the top of the context".into()),
        Idle::Covered(_) => ("covered", format!("`{text}` changes nothing: all is left out already"), "take the line out".into()),
        Idle::Undone(_) => ("undone", format!("`!{text}` brings nothing back: all is left out again further down"), "move it below that line: the last pattern that matches decides".into()),
        Idle::Needless => ("needless", format!("`!{text}` brings nothing back: no line above leaves anything out"), "put what is to be left out above it, `*` for all".into()),
    };
    let mut report = cx.report(pattern.span, message).code(code).help(help).evidence(text);
    if let Idle::Covered(other) | Idle::Undone(other) = why {
        report = report.label(*other, "by this pattern");
    }
    if let Some((title, text)) = fix(pattern, why) {
        report = report.fix(Safety::Safe, title, vec![(pattern.span, text)]);
    }
    report.file();
}

/// What to do, and what to write in place of the line.
fn fix(pattern: &Pattern, why: &Idle) -> Option<(&'static str, String)> {
    let sign = if pattern.negated { "!" } else { "" };
    match why {
        Idle::Backslash(right) => Some(("write slashes", format!("{sign}{right}"))),
        Idle::Comment(right, comment) => Some(("give the comment its own line", format!("# {comment}\n{sign}{right}"))),
        Idle::Braces(meant) => Some(("write a line for each", meant.iter().map(|m| format!("{sign}{m}")).collect::<Vec<_>>().join("\n"))),
        _ => None,
    }
}

/// A context that is taken whole and has no ignore file.
fn build(build: &Build, cx: &mut Cx<'_>) {
    let Some(unfiltered) = ignoring::unfiltered(build, &cx.world.sources) else { return };
    let names = unfiltered.names.join(", ");
    cx.report(unfiltered.span, format!("this takes {names} along: the build context has no .dockerignore"))
        .code("missing")
        .help(format!("add a `.dockerignore` with a line for each: {names}"))
        .evidence("missing");
}
