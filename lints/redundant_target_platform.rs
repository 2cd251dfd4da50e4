use crate::lint::prelude::*;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "redundant-target-platform",
    summary: "the flag --platform=$TARGETPLATFORM is what FROM does anyway",
    group: Group::Style,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3065", "buildkit:RedundantTargetPlatform"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("redundant_target_platform.md"),
    checks: &[Check::Stage(check)],
};

fn check(at: &StageAt<'_>, cx: &mut Cx<'_>) {
    let Some(instruction) = at.dockerfile.instruction(at.stage.from) else { return };
    let Some(flag) = instruction.flag("platform") else { return };
    let is_target = flag.value.as_ref().is_some_and(|v| matches!(v.as_str(), "$TARGETPLATFORM" | "${TARGETPLATFORM}"));
    if !is_target || gives_own_value(at.dockerfile) {
        return;
    }
    let source = cx.world.sources.get(flag.span.file);
    let rest = source.text.get(flag.span.end as usize..).unwrap_or("");
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let cut = Span::new(flag.span.file, flag.span.start as usize, flag.span.end as usize + blank);
    cx.report(flag.span, "FROM takes the target platform without being told")
        .help("take the flag out")
        .evidence("platform")
        .fix(Safety::Safe, "remove --platform", vec![(cut, String::new())]);
}

/// An ARG with a default above the first FROM takes the place of the predefined one.
fn gives_own_value(dockerfile: &Dockerfile) -> bool {
    let mut globals = dockerfile.instructions().filter(|at| at.stage.is_none());
    globals.any(|at| match at.instruction.typed() {
        Args::Arg(decls) => decls.iter().any(|d| d.name.as_str() == "TARGETPLATFORM" && d.default.is_some()),
        _ => false,
    })
}
