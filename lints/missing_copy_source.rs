use crate::lint::prelude::*;
use crate::model::copy_sources;

pub static LINT: Lint = Lint {
    id: "missing-copy-source",
    summary: "what is copied is not in the build context",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("missing_copy_source.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let sources = &cx.world.sources;
    let missing = copy_sources::missing(build, sources);
    let context = build.context(sources);
    let folder = match context.folder().map(|f| sources.display(f)).as_deref() {
        None | Some(".") => String::new(),
        Some(name) => format!(" {name}"),
    };
    for source in missing {
        let path = source.path.as_str();
        let message = match source.pattern {
            true => format!("nothing in the build context{folder} matches `{path}`: this copies nothing"),
            false => format!("`{path}` is not in the build context{folder}"),
        };
        let help = match &source.near {
            Some(near) => format!("write `{near}`"),
            None => "sources are relative to the build context, not to the Dockerfile: mend the path, or add what is missing".to_string(),
        };
        let mut report = cx.report(source.span, message).help(help).evidence(path);
        if let Some(service) = build.service() {
            report = report.label(service.key, format!("service {} builds it", service.name));
        }
        if source.pattern || build.service.is_none() {
            report = report.level(Level::Warning);
        }
        report.file();
    }
}
