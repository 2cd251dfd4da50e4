use crate::lint::prelude::*;
use crate::model::build_inputs::{Declared, is_predefined_arg};
use crate::model::compose::KeyValue;
use crate::model::dockerfile::Resolved;
use crate::syntax::dockerfile::{Args, nearest};

pub static LINT: Lint = Lint {
    id: "undeclared-build-arg",
    summary: "a build argument that no ARG takes, or an ARG that nobody gives",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("undeclared_build_arg.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let Some(service) = build.service().filter(|_| !build.takes_more()) else { return };
    let given = service.build().map_or(&[][..], |b| &b.args);
    let declared = build.declared_args();
    for arg in given.iter().filter(|a| !is_predefined_arg(&a.name) && !a.name.contains('$')) {
        if !takes(&declared, arg) && !taken_elsewhere(arg, cx) {
            ignored(service, build, arg, &declared, cx);
        }
    }
    missing(service, build, given, &declared, cx);
}

fn takes(declared: &[Declared], arg: &KeyValue) -> bool {
    declared.iter().any(|d| d.needed && *d.name == *arg.name)
}

/// Arguments that several services share by an anchor or `extends` are meant for some of them.
fn taken_elsewhere(arg: &KeyValue, cx: &Cx<'_>) -> bool {
    let shares = |build: &&Build| build.service().and_then(Service::build).is_some_and(|b| b.args.iter().any(|a| a.span == arg.span));
    cx.world.builds.iter().filter(shares).any(|b| takes(&b.declared_args(), arg))
}

fn ignored(service: &Service, build: &Build, arg: &KeyValue, declared: &[Declared], cx: &mut Cx<'_>) {
    let name = arg.name.as_str();
    let elsewhere = declared.iter().find(|d| *d.name == *arg.name).and_then(|d| Some((d, build.dockerfile.stages.get(d.stage?)?)));
    let near = nearest(name, declared.iter().filter(|d| d.needed).map(|d| d.name.as_str()));
    let message = match elsewhere {
        Some((_, stage)) => format!("the build of service {} ignores {name}: only stage {}, which it does not need, declares it", service.name, stage.label()),
        None => format!("the build of service {} ignores {name}: no ARG declares it", service.name),
    };
    let help = match near {
        Some(near) if elsewhere.is_none() => format!("write `{near}`"),
        _ => format!("add `ARG {name}` to the stage that uses it, or take the argument out"),
    };
    let mut report =
        cx.report(arg.name.span(), message).help(help).at(format!("services.{}.build.args.{name}", service.name)).evidence(name).origin(&arg.origin);
    if let Some((d, _)) = elsewhere {
        report = report.label(d.name.span(), "declared here");
    } else if let Some(d) = declared.iter().find(|d| Some(d.name.as_str()) == near) {
        report = report.label(d.name.span(), "this argument is near");
    }
    report.file();
}

/// Addresses and checksums of ADD with a hole where an argument should be.
fn missing(service: &Service, build: &Build, given: &[KeyValue], declared: &[Declared], cx: &mut Cx<'_>) {
    let dockerfile = &build.dockerfile;
    for stage in dockerfile.reachable(build.stage).into_iter().filter_map(|n| dockerfile.stages.get(n)) {
        for at in dockerfile.stage_instructions(stage) {
            let Args::Add(add) = at.instruction.typed() else { continue };
            for word in add.sources.iter().filter(|s| s.contains("://")).chain(&add.checksum) {
                let Resolved::Unknown(names) = at.resolve(word) else { continue };
                let is_open = |name: &&String| {
                    let mut all = declared.iter().filter(|d| d.name.as_str() == **name && d.stage.is_none_or(|s| s == stage.index)).peekable();
                    all.peek().is_some() && all.all(|d| !d.has_default) && !is_predefined_arg(name)
                };
                let Some(name) = names.iter().find(is_open).filter(|n| !given.iter().any(|a| a.name.as_str() == *n)) else { continue };
                let what = if word.contains("://") { "address" } else { "checksum" };
                cx.report(word.span(), format!("the {what} has a hole: ARG {name} has no default, and service {} does not give it", service.name))
                    .label(service.key, "built without it")
                    .help(format!("add `{name}` to `build.args`, or write a default: `ARG {name}=..`"))
                    .at(format!("stage:{}/ADD", stage.label()))
                    .evidence(name.as_str());
            }
        }
    }
}
