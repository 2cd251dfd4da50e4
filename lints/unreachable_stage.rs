use std::collections::BTreeSet;

use crate::lint::prelude::*;
use crate::model::dockerfile::{Base, Resolved, Stage};
use crate::syntax::dockerfile::mounts;

pub static LINT: Lint = Lint {
    id: "unreachable-stage",
    summary: "a stage that no image needs",
    group: Group::Efficiency,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &["tally:tally/no-unreachable-stages"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("unreachable_stage.md"),
    checks: &[Check::Dockerfile(check)],
};

/// Parts of the names of stages that people build by name.
const BUILT_BY_NAME: &[&str] = &[
    "bench", "check", "checks", "ci", "coverage", "cov", "debug", "debugger", "dev", "devcontainer", "devel", "develop", "development", "docs", "e2e",
    "fmt", "format", "generate", "lint", "linter", "linting", "local", "test", "tester", "testing", "tests", "unittest", "validate", "vendor", "watch",
];

fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    let Some(last) = dockerfile.stages.len().checked_sub(1).filter(|n| *n > 0) else { return };
    if depends_on_unknown(dockerfile) {
        return;
    }
    let targets = cx.world.builds_of(dockerfile.file).map(|b| b.stage);
    let by_name = dockerfile.stages.iter().filter(|s| is_built_by_name(s)).map(|s| s.index);
    let mut needed = BTreeSet::new();
    for output in targets.chain(by_name).chain([last]) {
        if !needed.contains(&output) {
            needed.extend(dockerfile.reachable(output));
        }
    }
    // Of a chain of stages that nobody needs the last is told, which is why the others are not needed either.
    for stage in dockerfile.stages.iter().rev() {
        if needed.contains(&stage.index) {
            continue;
        }
        let behind = dockerfile.reachable(stage.index);
        let place = stage.name.as_ref().map_or(stage.image.span(), Text::span);
        let mut report = cx
            .report(place, format!("stage {} is never built: neither the last stage nor a target needs it", stage.label()))
            .help("take it out, or copy from it in a stage that is built")
            .at(format!("stage:{}", stage.label()))
            .evidence(stage.label());
        for other in behind.iter().filter(|n| **n != stage.index && !needed.contains(n)).filter_map(|n| dockerfile.stages.get(*n)) {
            report = report.label(other.image.span(), "only needed by that stage");
        }
        report.file();
        needed.extend(behind);
    }
}

/// Whether what a stage is made from, or copies from, depends on a variable, so that it may be any stage.
fn depends_on_unknown(dockerfile: &Dockerfile) -> bool {
    let unknown_base = |s: &Stage| s.base == Base::Unknown && !s.image.contains(['/', ':']);
    let unknown_source = |at: &InstructionAt<'_>| {
        let froms = mounts(at.instruction).into_iter().filter_map(|m| m.from).chain(at.instruction.flag_value("from").cloned());
        froms.into_iter().any(|from| matches!(at.resolve(&from), Resolved::Unknown(_)))
    };
    dockerfile.stages.iter().any(unknown_base) || dockerfile.instructions().any(|at| unknown_source(&at))
}

fn is_built_by_name(stage: &Stage) -> bool {
    let name = stage.name.as_deref().unwrap_or("").to_ascii_lowercase();
    name.split(['-', '_', '.']).any(|part| BUILT_BY_NAME.contains(&part))
}
