use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "reserved-stage-name",
    summary: "a stage has a name that means something else",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3063", "buildkit:ReservedStageName"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("reserved_stage_name.md"),
    checks: &[Check::Stage(check)],
};

fn check(at: &StageAt<'_>, cx: &mut Cx<'_>) {
    let Some(name) = &at.stage.name else { return };
    let meaning = match name.to_ascii_lowercase().as_str() {
        "scratch" => "`FROM scratch` is the empty image",
        "context" => "the builder means the build context by it",
        _ => return,
    };
    cx.report(name.span(), format!("a stage may not be called {}: {meaning}", name.as_str())).help("give the stage another name").evidence(name.as_str());
}
