use std::collections::HashSet;

use crate::lint::prelude::*;
use crate::model::authentication::open_doors;
use crate::model::compose::{KeyValue, Resolved};
use crate::model::layers::{Layers, Written};
use crate::model::origin::Origin;
use crate::model::scripts;
use crate::model::secret::{Held, find_secrets, redact, secret_in};
use crate::model::stored_secret::sinks;
use crate::syntax::dockerfile::{Args, expand};

pub static LINT: Lint = Lint {
    id: "secret-in-env",
    summary: "a secret is kept in a variable, build argument or label",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.5),
    cis: &["4.10"],
    aliases: &[
        "hadolint:DL3064",
        "buildkit:SecretsUsedInArgOrEnv",
        "tally:buildkit/SecretsUsedInArgOrEnv",
        "trivy:DS-0031",
        "droast:DF013",
        "droast:DF014",
        "semgrep:secret-in-build-arg",
        "compose-lint:CL-0020",
        "kics:Passwords And Secrets",
        "dockle:CIS-DI-0010",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("secret_in_env.md"),
    checks: &[Check::Instruction(&[Keyword::Env, Keyword::Arg, Keyword::Label], instruction), Check::Service(service), Check::Project(laid_over)],
};

const MOUNT: &str = "RUN --mount=type=secret,id=…,env=… for a step that needs it; set it when the container starts, or read it from a file, for the rest";
const AT_RUN: &str = "take it from the environment (`${NAME}`), or give the container a file: `secrets:` and NAME_FILE";
const BUILD_SECRET: &str = "use `build.secrets` and `RUN --mount=type=secret`: build arguments are written to the image history";

fn instruction(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    match at.instruction.typed() {
        Args::Env(pairs) => pairs.iter().for_each(|kv| variable(at, &kv.key, &kv.value.unquoted(), cx)),
        Args::Label(pairs) => pairs.iter().for_each(|kv| label(&kv.key.unquoted(), &kv.value.unquoted(), cx)),
        Args::Arg(declarations) => declarations.iter().for_each(|d| argument(at, &d.name, d.default.as_ref().map(Text::unquoted), cx)),
        _ => {}
    }
}

fn variable(at: &InstructionAt<'_>, name: &Text, value: &Text, cx: &mut Cx<'_>) {
    match secret_in(name, Some(value)) {
        // A secret argument says it already, with this as a label.
        Some((_, Held::Variable)) if !names_secret_argument(at, value) => {
            cx.report(name.span(), format!("{name} ends up in the image with the value it is built with")).level(Level::Warning).help(MOUNT).evidence(name.as_str());
        }
        Some((_, held @ (Held::Literal | Held::Placeholder))) => in_image(name, value, held, cx),
        _ => {}
    }
}

fn label(name: &Text, value: &Text, cx: &mut Cx<'_>) {
    if let Some((_, held @ (Held::Literal | Held::Placeholder))) = secret_in(name, Some(value)) {
        in_image(name, value, held, cx);
    }
}

fn argument(at: &InstructionAt<'_>, name: &Text, default: Option<Text>, cx: &mut Cx<'_>) {
    match (secret_in(name, default.as_deref()), &default) {
        (Some((_, held @ (Held::Literal | Held::Placeholder))), Some(value)) => in_image(name, value, held, cx),
        (Some(_), _) => {
            let mut report = cx
                .report(name.span(), format!("the value of build argument {name} is kept in the history of the image"))
                .level(Level::Warning)
                .help(MOUNT)
                .evidence(name.as_str());
            for use_ in uses_in_env(at, name) {
                report = report.label(use_, "and in its environment");
            }
            for (place, by) in kept_by_runs(at, name).into_iter().take(MOST_PLACES) {
                report = report.label(place, format!("and here, by {by}"));
            }
            report.file();
        }
        (None, _) => {}
    }
}

fn in_image(name: &Text, value: &Text, held: Held, cx: &mut Cx<'_>) {
    if !find_secrets(value).is_empty() {
        return;
    }
    let report = cx.report(name.span(), format!("{name} {} in the image: \"{}\"", is_a(held), redact(value))).help(MOUNT).evidence(name.as_str()).secret(value.span());
    graded(report, held);
}

fn is_a(held: Held) -> &'static str {
    if held == Held::Placeholder { "is a placeholder that works as a secret" } else { "is a secret" }
}

fn graded(report: crate::lint::Report<'_>, held: Held) {
    if held == Held::Placeholder { report.level(Level::Warning).file() } else { report.file() }
}

/// Whether the value takes an ARG of this file whose name is that of a secret.
fn names_secret_argument(at: &InstructionAt<'_>, value: &Text) -> bool {
    let used = expand(value, at.instruction.escape, &|_| None).variables;
    let declared = |name: &str| at.dockerfile.instructions().any(|other| declares(&other, name));
    used.iter().any(|v| secret_in(&v.name, None).is_some() && declared(&v.name))
}

fn declares(at: &InstructionAt<'_>, name: &str) -> bool {
    matches!(at.instruction.typed(), Args::Arg(declarations) if declarations.iter().any(|d| d.name.as_str() == name))
}

/// Keys of ENV that take the value of an argument.
fn uses_in_env(at: &InstructionAt<'_>, name: &str) -> Vec<Span> {
    let later = at.dockerfile.instructions().filter(|other| other.index > at.index);
    let pairs = later.filter_map(|other| if let Args::Env(pairs) = other.instruction.typed() { Some(pairs) } else { None }).flatten();
    pairs.filter(|kv| expand(&kv.value, at.instruction.escape, &|_| None).variables.iter().any(|v| v.name == name)).map(|kv| kv.key.span()).collect()
}

/// How many RUNs one finding shows.
const MOST_PLACES: usize = 5;

/// Where RUNs of the stage put the value of an argument into a file: by a login, by `echo`.
fn kept_by_runs(at: &InstructionAt<'_>, name: &str) -> Vec<(Span, String)> {
    let later = at.dockerfile.instructions().filter(|other| other.stage == at.stage && other.index > at.index && !other.onbuild);
    later.filter(|run| run.instruction.keyword == Keyword::Run && scripts::mentions(run, &[name])).flat_map(|run| sinks(&run, name)).collect()
}

fn service(service: &Service, cx: &mut Cx<'_>) {
    let name = &service.name;
    // A login that everybody knows is no secret; `authentication-disabled` tells of it.
    let doors = open_doors(service);
    for variable in service.environment().iter().filter(|v| !doors.iter().any(|d| d.span == v.span)) {
        written(&variable.name, variable.value.as_ref(), Some(&variable.origin), &format!("of service {name}"), &format!("services.{name}.environment"), cx);
    }
    for label in service.labels() {
        written(&label.name, label.value.as_ref(), Some(&label.origin), &format!("of service {name}"), &format!("services.{name}.labels"), cx);
    }
    for argument in service.build().map_or(&[][..], |b| &b.args) {
        build_argument(name, argument, cx);
    }
}

/// A literal, or the default word of `${NAME:-word}`. What the environment or `.env` gives is how it should be.
fn written(name: &Text, value: Option<&Resolved>, origin: Option<&Origin>, whose: &str, path: &str, cx: &mut Cx<'_>) {
    let Some(value) = value.filter(|v| v.is_literal() || v.vars.has_default()) else { return };
    let Some((kind, held @ (Held::Literal | Held::Placeholder))) = secret_in(name, Some(value)) else { return };
    if !find_secrets(value).is_empty() {
        return;
    }
    let what = if held == Held::Placeholder { format!("is a placeholder that works as a {}", kind.label()) } else { "is a secret in plain text".into() };
    let mut report = cx
        .report(name.span(), format!("{name} {whose} {what}: \"{}\"", redact(value)))
        .help(AT_RUN)
        .at(format!("{path}.{name}"))
        .evidence(name.as_str())
        .secret(value.span());
    if let Some(origin) = origin {
        report = report.origin(origin);
    }
    graded(report, held);
}

/// What an override replaces or resets is still in the file below it.
fn laid_over(project: &Project, cx: &mut Cx<'_>) {
    let layers = Layers::of(project, &cx.world.sources);
    for (name, layer) in layers.iter().flat_map(|l| l.services().map(|(n, w)| (n.to_owned(), w)).collect::<Vec<_>>()) {
        let service = project.service(&name);
        let in_force = service.map_or_else(HashSet::new, names_in_force);
        for path in [&["environment"][..], &["labels"], &["build", "args"]] {
            let Some(entry) = path.iter().try_fold(layer, |at, key| at.get(key)) else { continue };
            for (key, value) in literals(entry).into_iter().filter(|(key, _)| !in_force.contains(&key.span())) {
                let place = format!("services.{name}.{}", path.join("."));
                let (whose, value) = (format!("of service {name}"), Resolved { text: value, vars: Default::default() });
                match service {
                    Some(service) => written(&key, Some(&value), None, &whose, &place, &mut cx.inside(service)),
                    None => written(&key, Some(&value), None, &whose, &place, cx),
                }
            }
        }
    }
}

/// The names of everything that the checks of a service look at.
fn names_in_force(service: &Service) -> HashSet<Span> {
    let environment = service.environment().into_iter().map(|v| v.name.span());
    let pairs = service.labels().into_iter().chain(service.build().map_or_else(Vec::new, |b| b.args.clone()));
    environment.chain(pairs.map(|p| p.name.span())).collect()
}

/// Names and values of a mapping or a list of `NAME=value`, those without variables.
fn literals(entry: Written<'_>) -> Vec<(Text, Text)> {
    let yaml = entry.yaml;
    let of_map = yaml.entries(entry.value).iter().filter_map(|e| Some((yaml.text(e.key)?.clone(), yaml.text(e.value)?.clone())));
    let of_list = yaml.items(entry.value).iter().filter_map(|i| {
        let text = yaml.text(*i)?;
        let at = text.find('=')?;
        Some((text.slice(0..at), text.slice(at + 1..text.len())))
    });
    of_map.chain(of_list).filter(|(_, value)| !value.contains('$')).collect()
}

fn build_argument(service: &str, argument: &KeyValue, cx: &mut Cx<'_>) {
    let name = &argument.name;
    let literal = argument.value.as_ref().is_some_and(|v| v.is_literal() || v.vars.has_default());
    if literal {
        return written(name, argument.value.as_ref(), Some(&argument.origin), &format!("of service {service}"), &format!("services.{service}.build.args"), cx);
    }
    if secret_in(name, None).is_some() {
        cx.report(name.span(), format!("build argument {name} of service {service} is kept in the history of the image"))
            .level(Level::Warning)
            .help(BUILD_SECRET)
            .at(format!("services.{service}.build.args.{name}"))
            .evidence(name.as_str());
    }
}
