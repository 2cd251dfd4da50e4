//! What a repository does not hold on purpose. `.env` is git-ignored nearly everywhere: in a clone it is missing, and the
//! variables it sets look unset. Such a project is not wrong, so what only follows from that is not told.

use std::path::Path;

use super::{Problem, Project, VarSource, VarUse};
use crate::source::Sources;

/// Files that show which variables people are to set, beside the `.env` that they copy them to.
const EXAMPLES: [&str; 8] =
    [".env.example", ".env.sample", ".env.dist", ".env.template", ".env.default", ".env-example", "env.example", "example.env"];

/// Takes away the problems that come from files which are kept out of the repository, and says of the others which
/// variable they come from.
pub(super) fn settle(project: &mut Project, sources: &Sources) {
    if project.problems.is_empty() {
        return;
    }
    let unset: Vec<VarUse> = project.variables.iter().filter(|v| v.source == VarSource::Unset).cloned().collect();
    let elsewhere = variables_are_elsewhere(&project.directory, sources);
    let missing = std::mem::take(&mut project.missing);
    let mut kept = Vec::with_capacity(project.problems.len());
    for mut problem in std::mem::take(&mut project.problems) {
        let by = unset.iter().find(|v| touches(v, &problem));
        let ignored = problem.error.code == "missing-file"
            && missing.iter().any(|path| names(&problem, path, sources) && sources.is_git_ignored(path));
        if ignored || (elsewhere && by.is_some()) {
            continue;
        }
        if let Some(variable) = by {
            let name = &variable.name;
            problem.error = problem.error.help(format!("nothing sets {name}: set it in .env, or write a default as `${{{name}:-value}}`"));
        }
        kept.push(problem);
    }
    project.problems = kept;
    project.missing = missing;
}

/// Whether the variables of a project are set in a file that is kept out of the repository.
fn variables_are_elsewhere(directory: &Path, sources: &Sources) -> bool {
    let env = directory.join(".env");
    !sources.exists(&env) && (sources.is_git_ignored(&env) || EXAMPLES.iter().any(|name| sources.exists(&directory.join(name))))
}

fn touches(variable: &VarUse, problem: &Problem) -> bool {
    let (a, b) = (variable.span, problem.error.span);
    a.file == b.file && a.start <= b.end && b.start <= a.end
}

/// Whether the problem is about this missing file: its help names it.
fn names(problem: &Problem, path: &Path, sources: &Sources) -> bool {
    problem.error.help.as_ref().is_some_and(|help| help.contains(&format!("`{}`", sources.display(path))))
}

#[cfg(test)]
mod tests {
    use super::super::{LoadOptions, load};
    use crate::source::{DEFAULT_MAX_SIZE, Sources};
    use std::path::Path;

    const COMPOSE: &str = "services:\n  a:\n    image: x\n    env_file: .env\n    volumes: [\"${DATA}:/data\"]\n";

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let sources = Sources::new(dir.path(), DEFAULT_MAX_SIZE);
        let project = load(&sources, Path::new("compose.yaml"), &LoadOptions::default()).unwrap();
        project.problems.iter().map(|p| format!("{}: {}", p.error.message, p.error.help.as_deref().unwrap_or(""))).collect()
    }

    #[test]
    fn what_compose_would_refuse_names_the_variable() {
        let found = problems(&[("compose.yaml", COMPOSE)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|p| p.contains("nothing sets DATA: set it in .env")), "{found:?}");
    }

    #[test]
    fn an_ignored_env_file_is_somewhere_else() {
        assert_eq!(problems(&[("compose.yaml", COMPOSE), (".gitignore", ".env\n")]), Vec::<String>::new());
    }

    #[test]
    fn an_example_says_that_the_variables_are_set() {
        let found = problems(&[("compose.yaml", COMPOSE), (".env.example", "DATA=./data\n")]);
        assert_eq!(found.len(), 1, "only the file itself is missing: {found:?}");
    }
}
