use crate::lint::prelude::*;
use crate::model::build::is_root;
use crate::model::dockerfile::{Resolved, RunUser};
use crate::model::run;
use crate::syntax::shell::{Command, Word};

pub static LINT: Lint = Lint {
    id: "sudo-in-run",
    summary: "a build step takes root by sudo",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &[],
    aliases: &[
        "hadolint:DL3004",
        "trivy:DS-0010",
        "checkov:CKV2_DOCKER_1",
        "droast:DF010",
        "semgrep:no-sudo-in-dockerfile",
        "tally:hadolint/DL3004",
        "dockle:DKL-DI-0001",
    ],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("sudo_in_run.md"),
    checks: &[Check::Instruction(&[Keyword::Run], check)],
};

const PROGRAMS: &[&str] = &["sudo", "doas"];

/// One finding a RUN, at the first; the fix takes out all.
fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let scripts = run::script(at, PROGRAMS);
    let commands: Vec<_> = scripts.iter().flat_map(|s| s.commands()).collect();
    let found: Vec<(&Word, &Command<'_>)> = commands.iter().filter_map(|c| Some((sudo(c)?, c))).collect();
    let Some((first, _)) = found.first() else { return };
    let name = first.unquoted();
    let name = name.rsplit('/').next().unwrap_or("sudo");
    let user = at.stage.map(|stage| at.dockerfile.user_at(stage, at.index));
    let runs_as_root = user.as_ref().and_then(is_root_there);
    let (message, help) = match (runs_as_root, user) {
        (Some(true), _) => (format!("{name} does nothing here: this step already runs as root"), format!("take `{name}` out, and do not install it")),
        (_, Some(RunUser::Set { user: Resolved::Known(user), span: _ })) => {
            let name_of = user.split(':').next().unwrap_or(user);
            (
                format!("{name} needs a way to root for {name_of} that stays in the image"),
                format!("write `USER root` before the steps that need root and `USER {user}` after them"),
            )
        }
        _ => (format!("{name} in a build step leaves a way to root in the image"), "write `USER root` before the steps that need root, and the user of the program after them".to_string()),
    };
    let mut report = cx.report(first.span(), message).help(help).evidence(name);
    let edits: Option<Vec<_>> = found.iter().map(|(_, c)| without(c)).collect();
    if let Some(edits) = edits.filter(|_| runs_as_root == Some(true)) {
        report = report.fix(Safety::Unsafe, format!("take {name} out"), edits);
    }
    report.file();
}

fn sudo<'a>(command: &Command<'a>) -> Option<&'a Word> {
    let is_sudo = |w: &&Word| w.value().is_some_and(|v| PROGRAMS.contains(&v.rsplit('/').next().unwrap_or(v)));
    command.wrappers().find(is_sudo).or_else(|| command.words().first().filter(is_sudo))
}

fn is_root_there(user: &RunUser<'_>) -> Option<bool> {
    match user {
        RunUser::Set { user, .. } => user.known().map(|u| is_root(u)),
        RunUser::Base { known, .. } => known.and_then(|k| k.user).map(is_root),
        RunUser::Scratch { .. } => Some(true),
        RunUser::Unknown { .. } => None,
    }
}

/// The edit that takes sudo away, when it has no options of its own: `-u` would mean somebody else.
fn without(command: &Command<'_>) -> Option<(Span, String)> {
    let words = &command.simple.words;
    let at = words.iter().position(|w| w.is("sudo") || w.is("doas"))?;
    let next = words.get(at + 1).filter(|w| !w.text.starts_with('-') && !w.text.contains('='))?;
    let sudo = words.get(at)?.span();
    Some((Span { end: next.span().start, ..sudo }, String::new()))
}
