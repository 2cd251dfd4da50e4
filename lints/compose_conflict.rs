use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "compose-conflict",
    summary: "keys that exclude or contradict each other",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &["dclint:no-duplicate-container-names"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("compose_conflict.md"),
    checks: &[Check::Project(check)],
};

/// The loader has found everything; this only says it.
fn check(project: &Project, cx: &mut Cx<'_>) {
    cx.problems(project);
}
