use crate::lint::prelude::*;
use crate::lint::{LintOption, OptionKind};
use crate::model::dockerfile::is_absolute;

pub static LINT: Lint = Lint {
    id: "relative-workdir",
    summary: "the first WORKDIR of a stage is relative to a directory that nothing here sets",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3000", "buildkit:WorkdirRelativePath", "trivy:DS-0009", "checkov:CKV_DOCKER_10", "droast:DF009"],
    fix: None,
    since: "0.1.0",
    options: &[LintOption { key: "every", kind: OptionKind::Flag, about: "report every relative WORKDIR, also below one that is known" }],
    page: include_str!("relative_workdir.md"),
    checks: &[Check::Instruction(&[Keyword::Workdir], check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    // The trigger of an ONBUILD joins the directory of an image that is built elsewhere.
    let Some(stage) = at.stage.filter(|_| !at.onbuild) else { return };
    if at.dockerfile.is_windows(stage) || at.dockerfile.has_workdir(stage, at.index) == Some(true) && !cx.option_flag("every") {
        return;
    }
    let word = &at.instruction.args;
    let path = at.resolve(word);
    let Some(path) = path.known().filter(|p| !p.is_empty() && !is_absolute(p)) else { return };
    cx.report(word.span(), format!("WORKDIR `{path}` is relative to a directory that this file does not set"))
        .help(format!("write the whole path: `WORKDIR /{}`", path.trim_start_matches("./")))
        .evidence(path.as_str())
        .file();
}
