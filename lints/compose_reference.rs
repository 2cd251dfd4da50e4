use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "compose-reference",
    summary: "something that the project does not have is referred to",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("compose_reference.md"),
    checks: &[Check::Project(check)],
};

/// The loader has found everything; this only says it.
fn check(project: &Project, cx: &mut Cx<'_>) {
    cx.problems(project);
}
