use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "empty-continuation",
    summary: "an empty line inside a continued instruction",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["buildkit:NoEmptyContinuation"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("empty_continuation.md"),
    checks: &[Check::Instruction(&Keyword::KNOWN, check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let instruction = at.instruction;
    let Some(first) = instruction.blank_lines.first().filter(|_| !at.onbuild) else { return };
    let removals: Option<Vec<_>> = instruction.blank_lines.iter().map(|line| cx.cut_lines(*line)).collect();
    let keyword = instruction.keyword;
    let mut report = cx
        .report(*first, format!("an empty line inside this {keyword}: what follows it still belongs to the {keyword}"))
        .label(instruction.name.span(), format!("this {keyword} goes on"))
        .help("remove the line, or the `\\` before it when the instruction ends there")
        .evidence(keyword.as_str());
    if let Some(removals) = removals {
        report = report.fix(Safety::Safe, "remove the empty lines", removals);
    }
    report.file();
}
