use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "compose-value",
    summary: "a value that Compose or the engine refuses or misreads",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &["dclint:service-container-name-regex"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("compose_value.md"),
    checks: &[Check::Project(check)],
};

/// The loader has found everything; this only says it.
fn check(project: &Project, cx: &mut Cx<'_>) {
    cx.problems(project);
}
