use crate::lint::prelude::*;
use crate::model::secret_file::{Brought, copied, removed_later, written};

pub static LINT: Lint = Lint {
    id: "secret-removed-too-late",
    summary: "a file of credentials is removed, but stays in an earlier layer",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("secret_removed_too_late.md"),
    checks: &[Check::Build(check)],
};

const HELP: &str = "mount it for the step that needs it: RUN --mount=type=secret,id=…,target=…; then change the secret";

fn check(build: &Build, cx: &mut Cx<'_>) {
    let dockerfile = &build.dockerfile;
    for stage in dockerfile.reachable(build.stage) {
        let mut found: Vec<Brought> = copied(build, stage, &cx.world.sources);
        if let Some(stage) = dockerfile.stages.get(stage) {
            found.extend(dockerfile.stage_instructions(stage).flat_map(|at| written(&at)));
        }
        for brought in found {
            if let Some(removed) = removed_later(dockerfile, &brought) {
                report(&brought, removed, cx);
            }
        }
    }
}

fn report(brought: &Brought, removed: Span, cx: &mut Cx<'_>) {
    cx.report(brought.span, format!("{} stays in this layer, though a later one removes it: {}", brought.path, brought.kind.what()))
        .label(removed, "removed here, where it is too late")
        .help(HELP)
        .evidence(brought.path.as_str());
}
