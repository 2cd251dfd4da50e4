use crate::lint::prelude::*;
use crate::model::compose::Node;

pub static LINT: Lint = Lint {
    id: "missing-project-name",
    summary: "the project is named after its folder",
    group: Group::Style,
    level: Level::Info,
    default: false,
    score: None,
    cis: &[],
    aliases: &["dclint:require-project-name-field"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("missing_project_name.md"),
    checks: &[Check::Project(check)],
};

fn check(project: &Project, cx: &mut Cx<'_>) {
    let Some(root) = project.root.as_map().filter(|m| m.lost.is_none() && !m.contains("name")) else { return };
    // A name that is not the folder's comes from `COMPOSE_PROJECT_NAME`.
    let folder = project.directory.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let folder: String = folder.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')).collect();
    if project.fragment || project.name != folder.trim_start_matches(['_', '-']) {
        return;
    }
    let base = project.files.first();
    let keys = root.iter().map(|(_, e)| e.key.span).filter(|s| Some(&s.file) == base);
    let Some(at) = keys.min_by_key(|s| s.start).or_else(|| base.map(|_| Node::span(&project.root).at_start())) else { return };
    cx.report(at, "the project has no name of its own, only that of its folder").help(format!("name: {}", project.name)).file();
}
