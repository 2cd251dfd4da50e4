use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "obsolete-version",
    summary: "the top-level `version` means nothing to Compose",
    group: Group::Style,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &["dclint:no-version-field"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("obsolete_version.md"),
    checks: &[Check::Yaml(check)],
};

fn check(yaml: &Yaml, cx: &mut Cx<'_>) {
    // The command that deploys stacks still reads it.
    if cx.world.projects.iter().any(|p| p.files.contains(&yaml.file) && p.looks_like_stack()) {
        return;
    }
    for document in &yaml.documents {
        let Some(entry) = yaml.entry(*document, "version") else { continue };
        let span = yaml.node(entry.key).span.to(yaml.node(entry.value).span);
        let is_alone = yaml.entries(*document).len() == 1;
        let anchored = yaml.node(entry.value).anchor.is_some();
        let edit = cx.cut_entry(span).filter(|_| !is_alone && !anchored);
        let mut report = cx.report(span, "`version` does nothing: Compose reads every file by its newest rules").help("take the line out").evidence("version");
        if let Some(edit) = edit {
            report = report.fix(Safety::Safe, "remove version", vec![edit]);
        }
        report.file();
    }
}
