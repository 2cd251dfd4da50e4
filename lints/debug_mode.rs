use std::collections::{HashMap, HashSet};

use crate::lint::prelude::*;
use crate::model::compose::Command;
use crate::model::debugger::{effect_of_variable, in_words};
use crate::model::development::is_development_file;
use crate::syntax::dockerfile::{Args, CommandForm};
use crate::syntax::shell::{self, Script};

pub static LINT: Lint = Lint {
    id: "debug-mode",
    summary: "a debugger or development mode is on in what ships",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.5),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("debug_mode.md"),
    checks: &[Check::Build(build), Check::Project(project)],
};

const HELP: &str = "take it out here, and switch it on in a stage or a Compose file that is named for development";

fn build(build: &Build, cx: &mut Cx<'_>) {
    if build.is_development(&cx.world.sources) {
        return;
    }
    let environment = build.service().map(|s| s.environment()).unwrap_or_default();
    let instructions = build.instructions();
    let pairs: Vec<_> = instructions.iter().filter(|at| !at.onbuild).filter_map(|at| match at.instruction.typed() {
        Args::Env(pairs) => Some(pairs),
        _ => None,
    }).flatten().collect();
    let last: HashMap<&str, usize> = pairs.iter().enumerate().map(|(n, pair)| (pair.key.as_str(), n)).collect();
    let by_service: HashSet<&str> = environment.iter().map(|v| v.name.as_str()).collect();
    for (n, pair) in pairs.iter().enumerate() {
        let key = pair.key.as_str();
        let is_replaced = last.get(key) != Some(&n) || by_service.contains(key);
        // An argument in it is a switch, whatever its default.
        if !is_replaced && !pair.value.contains('$') {
            variable(&pair.key, &pair.value.unquoted(), "the image", pair.key.span().to(pair.value.span()), cx);
        }
    }
    let replaced = build.service().is_some_and(|s| s.command_words().is_some() || s.entrypoint_words().is_some());
    for at in [Keyword::Entrypoint, Keyword::Cmd].into_iter().filter_map(|k| build.in_force(k)).filter(|_| !replaced) {
        let (Args::Cmd(form) | Args::Entrypoint(form)) = at.instruction.typed() else { continue };
        let script = match form {
            CommandForm::Exec(words) => shell::from_words(&words, at.instruction.args.span()),
            CommandForm::Shell(line) => shell::parse(&line),
        };
        command(&script, "the image", cx);
    }
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    for service in &project.services {
        if service.is_development(project, &cx.world.sources) {
            continue;
        }
        let mut cx = cx.inside(service);
        let name = format!("service {}", service.name);
        for var in service.environment() {
            let written_for_development = is_development_file(var.span.file, &cx.world.sources);
            if let Some(value) = var.value.as_ref().filter(|v| v.is_literal() && !written_for_development) {
                variable(&var.name, value, &name, var.span, &mut cx);
            }
        }
        for slot in [service.entrypoint(), service.command()] {
            let Slot::Set(words) = slot else { continue };
            if !is_development_file(words.span().file, &cx.world.sources) {
                command(&script_of(&words.value, words.span()), &name, &mut cx);
            }
        }
    }
}

fn script_of(command: &Command, span: Span) -> Script {
    let words: Vec<Text> = command.argv().iter().filter(|w| w.is_known()).map(|w| w.text.clone()).collect();
    shell::from_words(&words, span)
}

fn variable(name: &Text, value: &Text, whose: &str, span: Span, cx: &mut Cx<'_>) {
    let listener = || in_words(&value.split_whitespace()).map(|s| s.effect);
    let may_listen = name.ends_with("OPTS") || name.ends_with("OPTIONS");
    if let Some(effect) = effect_of_variable(name, value).or_else(|| listener().filter(|_| may_listen)) {
        cx.report(span, format!("{name}={value} in {whose}: {effect}")).help(HELP).evidence(name.as_str());
    }
}

fn command(script: &Script, whose: &str, cx: &mut Cx<'_>) {
    for command in script.commands() {
        let words: Vec<Text> = command.simple.words.iter().map(|w| w.unquoted()).collect();
        if let Some(switch) = in_words(&words) {
            cx.report(switch.text.span(), format!("`{}` in {whose}: {}", switch.text, switch.effect)).help(HELP).evidence(switch.text.as_str());
            return;
        }
    }
}
