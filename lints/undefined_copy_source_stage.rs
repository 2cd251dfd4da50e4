use std::collections::BTreeSet;

use crate::lint::prelude::*;
use crate::model::dockerfile::Resolved;
use crate::model::image_use::is_meant_as_stage;
use crate::syntax::dockerfile::{mounts, nearest};

pub static LINT: Lint = Lint {
    id: "undefined-copy-source-stage",
    summary: "a stage that there is not is copied or mounted from",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3022", "hadolint:DL3023", "trivy:DS-0006", "droast:DF049", "droast:DF050"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("undefined_copy_source_stage.md"),
    checks: &[Check::Dockerfile(check)],
};

fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    let stages: BTreeSet<&str> = dockerfile.stages.iter().filter_map(|s| s.name.as_deref()).collect();
    let mut contexts = None;
    for at in dockerfile.instructions().filter(|at| !at.onbuild) {
        let mounted = mounts(at.instruction).into_iter().filter_map(|m| m.from);
        let copied = at.instruction.flag_value("from").filter(|_| at.instruction.keyword == Keyword::Copy).cloned();
        for from in mounted.chain(copied) {
            let Resolved::Known(name) = at.resolve(&from) else { continue };
            // Indexes, later stages and what cannot be an image are errors in the syntax.
            if name.is_empty() || name.parse::<i64>().is_ok() || dockerfile.target(&name).is_some() {
                continue;
            }
            let near = nearest(&name, stages.iter().copied());
            if !is_meant_as_stage(&name, near) || contexts.get_or_insert_with(|| named_contexts(dockerfile, cx)).contains(name.as_str()) {
                continue;
            }
            let what = if at.instruction.keyword == Keyword::Copy { "COPY --from" } else { "the mount" };
            let help = match near {
                Some(near) => format!("write `{near}`"),
                None => format!("name a stage, or give the image a tag: `{}:latest`", name.as_str()),
            };
            let mut report = cx.report(from.span(), format!("{what} names `{}`, and no stage is called so", name.as_str())).help(help).evidence(name.as_str());
            if let Some(stage) = dockerfile.stages.iter().find(|s| s.name.as_deref() == near) {
                report = report.label(stage.name.as_ref().map_or(from.span(), Text::span), "this stage is near");
            }
            report.file();
        }
    }
}

/// What the builds of this Dockerfile may read from beside stages and images.
fn named_contexts(dockerfile: &Dockerfile, cx: &Cx<'_>) -> BTreeSet<String> {
    let services = cx.world.builds_of(dockerfile.file).filter_map(Build::service);
    let contexts = services.filter_map(Service::build).flat_map(|b| &b.additional_contexts);
    contexts.map(|c| c.name.to_string()).collect()
}
