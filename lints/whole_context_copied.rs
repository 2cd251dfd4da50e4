use crate::lint::prelude::*;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "whole-context-copied",
    summary: "the whole build context is copied into the image",
    group: Group::Security,
    level: Level::Info,
    default: false,
    score: Some(2.0),
    cis: &[],
    aliases: &["droast:DF007"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("whole_context_copied.md"),
    checks: &[Check::Build(check)],
};

/// Patterns of an ignore file that leave everything out, so that what is copied is named by its exceptions.
const EVERYTHING: &[&str] = &["*", "**", "*/", "**/*", "."];

fn check(build: &Build, cx: &mut Cx<'_>) {
    let sources = std::sync::Arc::clone(&cx.world.sources);
    let mut named = None;
    for at in build.instructions() {
        let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { continue };
        let whole = |source: &&Text| at.resolve(source).known().is_some_and(|s| matches!(s.trim_start_matches(['.', '/']), "" | "*"));
        let Some(source) = copy.sources.iter().find(whole).filter(|_| copy.from.is_none()) else { continue };
        let by_exceptions = || {
            let context = build.context(&sources);
            context.ignore_file().is_some_and(|i| i.parse.tree.patterns.iter().any(|p| !p.negated && EVERYTHING.contains(&p.cleaned.as_str())))
        };
        if *named.get_or_insert_with(by_exceptions) {
            return;
        }
        cx.report(source.span(), format!("{} {source} puts the whole build context into the image, also what comes to lie there later", at.instruction.keyword))
            .help("name the folders and files that the program needs, or let .dockerignore leave out `*` and take back what is needed")
            .evidence(source.as_str());
    }
}
