use crate::lint::prelude::*;
use crate::model::secret_file::{Brought, copied, removed_later};

pub static LINT: Lint = Lint {
    id: "secret-file-copied",
    summary: "a file of credentials goes into the image",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.5),
    cis: &[],
    aliases: &["dockle:CIS-DI-0010"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("secret_file_copied.md"),
    checks: &[Check::Build(check)],
};

const HELP: &str = "mount it for the step that needs it (`RUN --mount=type=secret,id=…,target=…`), or give it to the container when it starts";

fn check(build: &Build, cx: &mut Cx<'_>) {
    let kept: Vec<usize> = build.dockerfile.ancestry(build.stage).iter().map(|s| s.index).collect();
    for stage in build.dockerfile.reachable(build.stage) {
        let found = copied(build, stage, &cx.world.sources);
        let mut told: Option<Span> = None;
        // One that is removed later is for secret-removed-too-late.
        for brought in found.iter().filter(|b| removed_later(&build.dockerfile, b).is_none()) {
            if told != Some(brought.span) {
                let others = found.iter().filter(|b| b.span == brought.span).count() - 1;
                report(brought, others, kept.contains(&stage), cx);
            }
            told = Some(brought.span);
        }
    }
}

fn report(brought: &Brought, others: usize, is_kept: bool, cx: &mut Cx<'_>) {
    let (path, what) = (&brought.path, brought.kind.what());
    let more = if others == 0 { String::new() } else { format!(" (and {others} more)") };
    let place = if is_kept { "the image" } else { "a stage of the build" };
    let (message, help) = if brought.is_within() {
        (format!("`{}` brings {path}{more} into {place}: {what}", brought.source), format!("add `{path}` to .dockerignore"))
    } else {
        (format!("{path} goes into {place}: {what}"), HELP.to_string())
    };
    let level = if is_kept { Level::Error } else { Level::Warning };
    cx.report(brought.span, message).level(level).help(help).evidence(path.as_str());
}
