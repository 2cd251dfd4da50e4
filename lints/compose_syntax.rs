use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "compose-syntax",
    summary: "the Compose file is not valid YAML as Compose reads it",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &["dclint:invalid-yaml"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("compose_syntax.md"),
    checks: &[Check::Project(check)],
};

/// The loader has found everything; this only says it.
fn check(project: &Project, cx: &mut Cx<'_>) {
    cx.problems(project);
}
