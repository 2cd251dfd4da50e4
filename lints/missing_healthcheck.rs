use std::collections::HashSet;

use crate::lint::prelude::*;
use crate::model::compose::Dependency;
use crate::model::health::is_bare;
use crate::model::knowledge;

pub static LINT: Lint = Lint {
    id: "missing-healthcheck",
    summary: "nothing tells whether the program in the container still answers",
    group: Group::Correctness,
    level: Level::Info,
    default: false,
    score: None,
    cis: &["4.6", "5.27"],
    aliases: &[
        "hadolint:DL3057",
        "trivy:DS-0026",
        "checkov:CKV_DOCKER_2",
        "droast:DF012",
        "tally:hadolint/DL3057",
        "kics:Healthcheck Not Set",
        "dockle:CIS-DI-0006",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("missing_healthcheck.md"),
    checks: &[Check::Build(build), Check::Project(project)],
};

const IN_DOCKERFILE: &str = "add a check that asks the program itself, as `HEALTHCHECK CMD [\"/app/server\", \"--health\"]`; `HEALTHCHECK NONE` says that none is wanted";
const IN_COMPOSE: &str = "add `healthcheck:` with a `test:` that asks the program; `disable: true` says that none is wanted";

/// HEALTHCHECK NONE and `disable: true` are decisions, so only what says nothing is told.
fn build(build: &Build, cx: &mut Cx<'_>) {
    let said = build.in_force(Keyword::Healthcheck).is_some() || build.service().is_some_and(|s| !s.healthcheck().is_absent());
    let base = build.base().unwrap_or_default();
    if said || base.healthcheck == Some(true) || base.function == Some(true) || build.dockerfile.is_windows(build.stage) {
        return;
    }
    if build.service.as_ref().is_some_and(|s| s.get().is_some_and(|own| ending(&s.project).contains(&own.name))) {
        return;
    }
    let (runs, has) = (build.runs_on(), build.has_check());
    if runs == Some(false) {
        return;
    }
    let subject = build.service().map_or_else(|| "this image".to_string(), |s| format!("service {}", s.name));
    let (is_known, message) = match (has, runs) {
        (None, _) => (false, format!("{subject} may have no health check: its Dockerfile has none, and what the base image has is not known")),
        (_, None) => (false, format!("{subject} has no health check: it may need one, what its base image starts is not known")),
        _ => (true, format!("{subject} has no health check: it counts as running while its program hangs")),
    };
    let report = cx.report(build.from_span(), message).help(IN_DOCKERFILE);
    if is_known { report.file() } else { report.unknown().file() }
}

/// Services that only run an image.
fn project(project: &Project, cx: &mut Cx<'_>) {
    let ending = ending(project);
    for service in &project.services {
        let Some(image) = service.image_ref().filter(|_| service.build().is_none() && service.healthcheck().is_absent() && service.provider().is_none()) else { continue };
        let known = knowledge::lookup(&image).unwrap_or_default();
        if known.function == Some(true) || known.healthcheck == Some(true) || service.is_windows() || ending.contains(service.name.as_str()) || is_bare(&image) {
            continue;
        }
        let name = &service.name;
        let mut cx = cx.inside(service);
        if known.healthcheck == Some(false) {
            cx.report(service.key, format!("service {name} has no health check, and {} brings none: it counts as running while its program hangs", image.text)).help(IN_COMPOSE);
        } else {
            cx.report(service.key, format!("service {name} may have no health check: what {} brings is not known", image.text)).help(IN_COMPOSE).unknown().file();
        }
    }
}

/// The services that do their work and end: others wait for their end.
fn ending(project: &Project) -> HashSet<String> {
    let waits = |d: &Dependency| d.condition.as_ref().is_some_and(|c| c.as_str() == "service_completed_successfully");
    project.services.iter().flat_map(|s| s.depends_on()).filter(waits).map(|d| d.service).collect()
}
