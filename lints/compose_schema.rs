use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "compose-schema",
    summary: "a key or type that Compose does not know",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &["dclint:invalid-schema"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("compose_schema.md"),
    checks: &[Check::Project(check)],
};

/// The loader has found everything; this only says it.
fn check(project: &Project, cx: &mut Cx<'_>) {
    cx.problems(project);
}
