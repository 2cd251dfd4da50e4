use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "maintainer-deprecated",
    summary: "the instruction MAINTAINER, which LABEL has replaced",
    group: Group::Style,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL4000", "buildkit:MaintainerDeprecated", "trivy:DS-0022", "checkov:CKV_DOCKER_6", "droast:DF019", "semgrep:maintainer-is-deprecated"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("maintainer_deprecated.md"),
    checks: &[Check::Instruction(&[Keyword::Maintainer], check)],
};

const LABEL: &str = "org.opencontainers.image.authors";

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let instruction = at.instruction;
    // As the trigger of an ONBUILD it does not build; without a name neither.
    if at.onbuild || instruction.args.is_empty() {
        return;
    }
    let label = format!("LABEL {LABEL}={}", quoted(&instruction.args.unquoted(), instruction.escape));
    let mut report = cx.report(instruction.line_span(), "MAINTAINER is deprecated: tools read the label instead").help(format!("write `{label}`"));
    if instruction.comments.is_empty() {
        report = report.fix(Safety::Safe, "write it as a label", vec![(instruction.line_span(), label)]);
    }
    report.file();
}

/// In double quotes, so that nothing in it is expanded.
fn quoted(name: &str, escape: char) -> String {
    let mut out = String::from("\"");
    for c in name.chars() {
        if c == '"' || c == '$' || c == escape {
            out.push(escape);
        }
        out.push(c);
    }
    out.push('"');
    out
}
