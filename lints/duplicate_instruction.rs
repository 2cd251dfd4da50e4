use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "duplicate-instruction",
    summary: "a CMD, ENTRYPOINT or HEALTHCHECK that a later one replaces",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL4003", "hadolint:DL4004", "hadolint:DL3012", "buildkit:MultipleInstructionsDisallowed", "trivy:DS-0007", "trivy:DS-0016", "trivy:DS-0023", "droast:DF038", "droast:DF039", "droast:DF041", "semgrep:multiple-entrypoint-instructions"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("duplicate_instruction.md"),
    checks: &[Check::Stage(check)],
};

fn check(at: &StageAt<'_>, cx: &mut Cx<'_>) {
    for keyword in [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck] {
        let all: Vec<_> = at.dockerfile.stage_instructions(at.stage).map(|i| i.instruction).filter(|i| i.keyword == keyword).collect();
        let Some((winner, others)) = all.split_last() else { continue };
        for (n, lost) in others.iter().enumerate() {
            let removal = cx.cut_lines(lost.span);
            let mut report = cx
                .report(lost.line_span(), format!("this {keyword} has no effect: a later one in the stage replaces it"))
                .label(winner.line_span(), format!("this {keyword} is used"))
                .help(format!("remove it: a stage has one {keyword}"))
                .evidence(format!("{keyword} {n}"));
            if let Some(removal) = removal {
                report = report.fix(Safety::Unsafe, format!("remove the {keyword}"), vec![removal]);
            }
            report.file();
        }
    }
}
