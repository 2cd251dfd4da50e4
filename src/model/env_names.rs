//! The variables that a project's folder says somebody sets: in env files that Compose does not read for interpolation,
//! and in the templates that people copy to `.env`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::compose::Project;
use crate::source::{FileKind, Sources};
use crate::syntax::SyntaxError;

/// Names of templates of `.env`.
const TEMPLATES: &[&str] = &[
    ".env.example",
    ".env.sample",
    ".env.dist",
    ".env.template",
    ".env.default",
    ".env.defaults",
    ".env-example",
    ".env-sample",
    ".example.env",
    ".sample.env",
    "env.example",
    "env.sample",
    "env.template",
    "example.env",
    "sample.env",
    "template.env",
];

/// What the session of whoever runs the project sets. The shell's own `UID` is not among them: no child gets it.
const OF_SESSIONS: &[&str] = &[
    "APPDATA",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "HOME",
    "HOSTNAME",
    "LANG",
    "LOCALAPPDATA",
    "LOGNAME",
    "PATH",
    "PWD",
    "SHELL",
    "SSH_AUTH_SOCK",
    "TERM",
    "TMPDIR",
    "USER",
    "USERPROFILE",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
];

/// What somebody sets, though not where Compose looks now.
#[derive(Debug, Default)]
pub struct Elsewhere {
    /// A file of variables is named and not here, and may set anything.
    anything: bool,
    names: BTreeSet<String>,
}

impl Elsewhere {
    /// Whether somebody may set this variable.
    pub fn sets(&self, name: &str) -> bool {
        self.anything || self.names.contains(name) || OF_SESSIONS.contains(&name)
    }
}

/// The names that env files and templates beside the project's files mention, commented-out lines included.
pub fn elsewhere(project: &Project, sources: &Sources) -> Elsewhere {
    let own = project.directory.join(".env");
    let kept_out = !sources.exists(&own) && sources.is_git_ignored(&own);
    if kept_out || project.problems.iter().any(|p| is_missing_env_file(&p.error, sources)) {
        return Elsewhere { anything: true, ..Elsewhere::default() };
    }
    let mut names = BTreeSet::new();
    for file in project.inputs.iter().filter(|f| !project.files.contains(f)) {
        names.extend(names_in(&sources.get(*file).text));
    }
    for folder in folders(project, sources) {
        for template in TEMPLATES.iter().map(|t| folder.join(t)).filter(|p| sources.may_read(p) && sources.exists(p)) {
            if let Ok(file) = sources.load(&template, FileKind::Other) {
                names.extend(names_in(&file.text));
            }
        }
    }
    Elsewhere { anything: false, names }
}

/// Such files often hold what is not to be published, and are left out of the repository.
fn is_missing_env_file(error: &SyntaxError, sources: &Sources) -> bool {
    error.code == "missing-file" && sources.get(error.span.file).slice(error.span).contains("env")
}

/// Whether an error is about a missing file that git ignores: it is made where the project runs, and a clone that does
/// not have it is not wrong.
pub fn is_kept_out(error: &SyntaxError, project: &Project, sources: &Sources) -> bool {
    let named = || error.help.as_deref()?.split('`').nth(1).map(|name| sources.absolute(Path::new(name)));
    error.code == "missing-file" && named().is_some_and(|path| project.missing.contains(&path) && sources.is_git_ignored(&path))
}

fn folders(project: &Project, sources: &Sources) -> BTreeSet<PathBuf> {
    let of_files = project.files.iter().filter_map(|f| sources.get(*f).path.parent().map(Path::to_path_buf));
    of_files.chain([project.directory.clone()]).collect()
}

fn names_in(text: &str) -> impl Iterator<Item = String> + '_ {
    let name = |line: &str| {
        let line = line.trim_start_matches(['#', ' ', '\t', '\u{feff}']);
        let line = line.strip_prefix("export ").unwrap_or(line);
        let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let is_assignment = rest.trim_start().starts_with(['=', ':']) || rest.trim().is_empty();
        (is_assignment && !name.is_empty()).then(|| name.to_owned())
    };
    text.lines().filter_map(name)
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn lines_that_mention_a_variable() {
        let text = "A=1\n# B=2\nexport C=3\n#D\nE: 5\n# words of a comment\n\nF = 6\n";
        assert_eq!(names_in(text).collect::<Vec<_>>(), ["A", "B", "C", "D", "E", "F"]);
    }
}
