use crate::lint::prelude::*;
use crate::model::build::is_root;

pub static LINT: Lint = Lint {
    id: "non-numeric-user",
    summary: "the image's user is a name, which Kubernetes cannot check",
    group: Group::Security,
    level: Level::Info,
    default: false,
    score: Some(2.0),
    cis: &[],
    aliases: &["hadolint:DL3066"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("non_numeric_user.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let Some((user, span)) = build.last_user() else { return };
    let name = user.split(':').next().unwrap_or(user);
    if name.is_empty() || is_root(name) || name.bytes().all(|b| b.is_ascii_digit()) || build.dockerfile.is_windows(build.stage) {
        return;
    }
    cx.report(span, format!("the image runs as {name} by name: runAsNonRoot of Kubernetes takes numbers only"))
        .help(format!("write the number of {name}, as `USER 10001`"))
        .evidence(name);
}
