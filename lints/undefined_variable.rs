use std::collections::BTreeMap;

use crate::lint::prelude::*;
use crate::model::dockerfile::{Hole, Why};
use crate::syntax::dockerfile::nearest;

pub static LINT: Lint = Lint {
    id: "undefined-variable",
    summary: "a variable that nothing sets expands to nothing",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[
        "buildkit:UndefinedVar",
        "buildkit:UndefinedArgInFrom",
        "hadolint:DL3044",
        "tally:buildkit/UndefinedVar",
        "tally:buildkit/UndefinedArgInFrom",
        "droast:DF062",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("undefined_variable.md"),
    checks: &[Check::Dockerfile(check)],
};

fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    // One name in one stage is one mistake.
    let mut groups: BTreeMap<(Option<usize>, String), Vec<Hole>> = BTreeMap::new();
    for hole in dockerfile.holes() {
        let is_windows = hole.stage.is_some_and(|s| dockerfile.is_windows(s));
        if !is_windows && matches!(hole.why, Why::Undefined | Why::SameEnv(_)) {
            groups.entry((hole.stage, hole.variable.name.clone())).or_default().push(hole.clone());
        }
    }
    if groups.is_empty() {
        return;
    }
    let names = dockerfile.variable_names();
    for holes in groups.values() {
        let [hole, others @ ..] = holes.as_slice() else { continue };
        let name = hole.variable.name.as_str();
        let near = nearest(name, names.iter().map(String::as_str).filter(|n| *n != name));
        let from_base = hole.stage.map_or(Some(false), |s| dockerfile.base_sets(s, name));
        let certain = match from_base {
            Some(true) => continue,
            Some(false) => true,
            None => matches!(hole.why, Why::SameEnv(_)) || near.is_some_and(|n| is_typo(name, n)),
        };
        let label = hole.stage.and_then(|s| dockerfile.stages.get(s)).map(|s| format!("stage:{}", s.label()));
        let mut report = cx.report(hole.variable.span, message(hole)).help(help(dockerfile, hole, near)).evidence(name).at(label.unwrap_or_default());
        if let Why::SameEnv(span) = hole.why {
            report = report.label(span, "set here, once all values of this ENV are expanded");
        }
        for other in others {
            report = report.label(other.variable.span, "and here");
        }
        if certain { report.file() } else { report.unknown().file() }
    }
}

/// So near that a base image that is not known hardly sets just that.
fn is_typo(name: &str, near: &str) -> bool {
    name.len() >= 4 && !name.ends_with(|c: char| c.is_ascii_digit()) && strsim::damerau_levenshtein(name, near) == 1
}

fn message(hole: &Hole) -> String {
    let name = &hole.variable.name;
    match (hole.why, hole.variable.modifier) {
        (Why::SameEnv(_), _) => format!("`${name}` is not the {name} that the same ENV sets: that one counts from the next instruction on"),
        (_, ":-" | "-") => format!("no ARG or ENV sets {name}, so its default is all it can ever be"),
        (_, ":?" | "?") => format!("no ARG or ENV sets {name}, so the build always stops here"),
        _ if hole.stage.is_none() => format!("`${name}` is empty here: no ARG before the first FROM sets it"),
        _ => format!("`${name}` is empty here: no ARG or ENV sets it"),
    }
}

fn help(dockerfile: &Dockerfile, hole: &Hole, near: Option<&str>) -> String {
    let name = &hole.variable.name;
    let instruction = dockerfile.instruction(hole.index);
    let heredoc = instruction.and_then(|i| i.heredocs.iter().find(|h| h.body.span().contains(hole.variable.span)));
    match (hole.why, near, heredoc) {
        (Why::SameEnv(_), ..) => format!("set {name} in an ENV of its own above this one"),
        (_, Some(near), _) => format!("write `${near}` if that is meant"),
        (_, None, Some(heredoc)) => format!("write `<<'{}'` if the text is meant as it stands", heredoc.name.as_str()),
        (_, None, None) if hole.stage.is_none() => format!("add `ARG {name}` above the first FROM"),
        _ => format!("add `ARG {name}` above, or write `{}${name}` if the text is meant", dockerfile.tree.escape),
    }
}
