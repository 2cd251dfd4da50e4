use crate::lint::prelude::*;
use crate::model::dockerfile::Dockerfile;

pub static LINT: Lint = Lint {
    id: "dockerfile-syntax",
    summary: "something in the Dockerfile that BuildKit refuses to build",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &[
        "hadolint:DL1000",
        "hadolint:DL3011",
        "hadolint:DL3043",
        "hadolint:DL3061",
        "hadolint:DL3024",
        "buildkit:DuplicateStageName",
        "trivy:DS-0008",
        "trivy:DS-0012",
        "checkov:CKV_DOCKER_11",
        "droast:DF037",
        "droast:DF040",
        "droast:DF042",
        "droast:DF068",
        "semgrep:invalid-port",
    ],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("dockerfile_syntax.md"),
    checks: &[Check::Dockerfile(check)],
};

/// The parser and the checks of instructions have found everything; this only says it.
fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    for error in dockerfile.errors.iter() {
        cx.syntax_error(error);
    }
}
