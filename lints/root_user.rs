use crate::lint::prelude::*;
use crate::model::build::{DecidedBy, Decision, RunsAs, image_runs_as};
use crate::model::dockerfile::RunUser;
use crate::model::hardening;
use crate::model::idle_user::{idle_user, place_of_user};
use crate::model::origin::Origin;

pub static LINT: Lint = Lint {
    id: "root-user",
    summary: "the container runs as root",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(6.5),
    cis: &["4.1"],
    aliases: &[
        "hadolint:DL3002",
        "trivy:DS-0002",
        "checkov:CKV_DOCKER_3",
        "checkov:CKV_DOCKER_8",
        "droast:DF002",
        "droast:DF020",
        "semgrep:missing-user",
        "semgrep:missing-user-entrypoint",
        "semgrep:last-user-is-root",
        "compose-lint:CL-0018",
        "tally:hadolint/DL3002",
        "tally:tally/stateful-root-runtime",
        "kics:Missing User Instruction",
        "dockle:CIS-DI-0001",
    ],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("root_user.md"),
    checks: &[Check::Build(build), Check::Service(service)],
};

/// The user that the fixes write: a number, which needs no entry in /etc/passwd and which Kubernetes can verify.
const SOMEBODY: &str = "10001";

fn build(build: &Build, cx: &mut Cx<'_>) {
    // What a service takes back is told by compose-weakens-image.
    if hardening::made_root(build, &cx.world.sources).is_some() {
        return;
    }
    let subject = build.service().map_or_else(|| "this image".to_string(), |s| format!("service {}", s.name));
    match build.runs_as() {
        RunsAs::Root(decision) => {
            let mut report = cx.report(decision.span, format!("{subject} runs as root: {}", because(&decision, true))).help(help(&decision));
            if let Some((span, image)) = inherited_base(build, &decision) {
                report = report.label(span, format!("{image} runs as root"));
            }
            if let Some(service) = build.service().filter(|_| !matches!(decision.by, DecidedBy::Service(_))) {
                report = report.label(service.key, format!("service {} runs it and sets no user", service.name));
            }
            if let Some(user) = build.service().and_then(|s| from_service(s, &decision)) {
                report = report.origin(&user);
            }
            if let Some((title, edit)) = fix(build, &decision) {
                report = report.fix(Safety::Unsafe, title, vec![edit]);
            }
            drop(report);
        }
        RunsAs::Unknown(decision) => cx.report(decision.span, format!("{subject} may run as root: {}", because(&decision, false))).help(help(&decision)).unknown().file(),
        RunsAs::Other => {}
    }
}

/// Services that only run an image; those with a Dockerfile are judged with it.
fn service(service: &Service, cx: &mut Cx<'_>) {
    if service.build().is_some() || hardening::image_made_root(service).is_some() {
        return;
    }
    let (decision, known) = match image_runs_as(service) {
        RunsAs::Root(decision) => (decision, true),
        RunsAs::Unknown(decision) => (decision, false),
        RunsAs::Other => return,
    };
    let verb = if known { "runs" } else { "may run" };
    let mut report = cx.report(decision.span, format!("service {} {verb} as root: {}", service.name, because(&decision, known))).help(format!("user: \"{SOMEBODY}\""));
    if let Some(user) = from_service(service, &decision) {
        report = report.origin(&user);
    }
    if known { report.file() } else { report.unknown().file() }
}

/// The way that the `user` of a service took, when it decides.
fn from_service(service: &Service, decision: &Decision) -> Option<Origin> {
    let user = service.user();
    user.set().filter(|_| matches!(decision.by, DecidedBy::Service(_))).map(|u| u.origin.clone())
}

/// The base image, when another stage than the output names it.
fn inherited_base<'b>(build: &'b Build, decision: &Decision) -> Option<(Span, &'b Text)> {
    match build.dockerfile.image_user(build.stage) {
        RunUser::Base { image, span, .. } if is_absence(decision) && span != decision.span => Some((span, &image.text)),
        _ => None,
    }
}

fn is_absence(decision: &Decision) -> bool {
    matches!(decision.by, DecidedBy::Image(_) | DecidedBy::Scratch | DecidedBy::UnknownBase)
}

fn because(decision: &Decision, known: bool) -> String {
    match &decision.by {
        DecidedBy::Service(user) => format!("user is {user}"),
        DecidedBy::User(Some(user)) => format!("its last USER is {user}"),
        DecidedBy::User(None) => "its last USER depends on a variable".into(),
        DecidedBy::Image(image) if known => format!("no USER is set, and {image} runs as root"),
        DecidedBy::Image(image) => format!("no USER is set, and what {image} runs as is not known"),
        DecidedBy::Scratch => "no USER is set".into(),
        DecidedBy::UnknownBase => "no USER is set, and its base image depends on a variable".into(),
    }
}

fn help(decision: &Decision) -> String {
    match &decision.by {
        DecidedBy::Service(_) => format!("user: \"{SOMEBODY}\""),
        DecidedBy::User(_) => format!("write `USER {SOMEBODY}`, or a user that the image creates, as the last USER"),
        _ => format!("add `USER {SOMEBODY}`, or a user that the image creates, before the command it starts"),
    }
}

/// Replaces an explicit root, or adds a USER before the command of the output stage: the user that the image creates, as
/// `unused-user` would, or a number.
fn fix(build: &Build, decision: &Decision) -> Option<(String, (Span, String))> {
    let add = |user: &str| Some((format!("add USER {user}"), (place_of_user(build)?, format!("USER {user}\n"))));
    let is_fixed_here = matches!(decision.by, DecidedBy::User(Some(_)) | DecidedBy::Image(_) | DecidedBy::Scratch);
    if let Some(user) = idle_user(build).filter(|_| is_fixed_here) {
        return add(&user.name);
    }
    match &decision.by {
        DecidedBy::User(Some(_)) => Some((format!("change the user to {SOMEBODY}"), (decision.span, SOMEBODY.into()))),
        DecidedBy::Image(_) | DecidedBy::Scratch => add(SOMEBODY),
        _ => None,
    }
}
