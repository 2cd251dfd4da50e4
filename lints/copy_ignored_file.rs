use crate::lint::prelude::*;
use crate::model::context::Presence;
use crate::model::dockerfile::Resolved;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "copy-ignored-file",
    summary: "a file to copy is left out of the build context",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["buildkit:CopyIgnoredFile"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("copy_ignored_file.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let context = build.context(&cx.world.sources);
    let Some(ignore) = context.ignore_file() else { return };
    let name = ignore.source.name.clone();
    let mut found = Vec::new();
    for stage in build.dockerfile.reachable(build.stage).into_iter().filter_map(|n| build.dockerfile.stages.get(n)) {
        for at in build.dockerfile.stage_instructions(stage) {
            let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { continue };
            for source in copy.sources.iter().filter(|s| copy.from.is_none() && !is_address(s)) {
                let Resolved::Known(path) = at.resolve(source) else { continue };
                if let Presence::Ignored(pattern) = context.contains(&path) {
                    found.push((source.span(), path, pattern));
                }
            }
        }
    }
    for (span, path, pattern) in found {
        let path = path.as_str();
        cx.report(span, format!("`{path}` is not in the build context: {name} leaves it out"))
            .label(pattern, "by this pattern")
            .help(format!("add `!{}` below that pattern, or take the pattern out", path.trim_start_matches("./").trim_start_matches('/')))
            .evidence(path);
    }
}

/// Whether ADD fetches it.
fn is_address(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@")
}
