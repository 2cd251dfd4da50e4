//! What is for development and tests, by its name: such things are not what ships.

use super::build::Build;
use super::compose::{MountKind, Project, Service};
use crate::source::{FileId, Sources};

/// Words that say so.
const WORDS: &[&str] = &[
    "debug",
    "debugger",
    "dev",
    "devcontainer",
    "devel",
    "develop",
    "development",
    "e2e",
    "local",
    "override",
    "test",
    "testing",
    "tests",
    "watch",
];

/// Whether one of the words of a name, a path or a list of them says development or test: `Dockerfile.dev`, `web-test`.
pub fn says_development(name: &str) -> bool {
    name.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// Whether a file is for development by its name or that of a folder it is in.
pub fn is_development_file(file: FileId, sources: &Sources) -> bool {
    says_development(&sources.get(file).name)
}

/// Whether a path lies in the folder of a dev container, which people work in.
pub fn is_dev_container(path: &str) -> bool {
    path.split('/').any(|folder| folder == ".devcontainer")
}

impl Build {
    /// Whether the image is one for development or tests: by the name of its stage, file, service or profile.
    pub fn is_development(&self, sources: &Sources) -> bool {
        let stages = self.dockerfile.ancestry(self.stage);
        let by_stage = stages.iter().filter_map(|s| s.name.as_ref()).any(|name| says_development(name));
        let by_service = || {
            let project = self.service.as_ref().map(|s| &s.project);
            let service = self.service();
            project.zip(service).is_some_and(|(project, service)| service.is_development(project, sources))
        };
        by_stage || is_development_file(self.dockerfile.file, sources) || by_service()
    }
}

impl Service {
    /// Whether it is one for development or tests: by its name, its profiles or its file, by `develop:`, or because the
    /// folder it is built from is mounted into it.
    pub fn is_development(&self, project: &Project, sources: &Sources) -> bool {
        let profiles = self.profiles();
        let by_profile = profiles.set().is_some_and(|list| list.value.iter().any(|p| says_development(&p.value)));
        let has_develop = !self.get(&["develop"]).is_absent();
        by_profile
            || has_develop
            || says_development(&self.name)
            || is_development_file(self.key.file, sources)
            || self.mounts_its_source(project)
    }

    fn mounts_its_source(&self, project: &Project) -> bool {
        let context = self.build().and_then(|b| b.context_path.as_ref());
        let is_source = |path: std::path::PathBuf| path == project.directory || context.is_some_and(|c| path == *c);
        let binds = self.volumes().into_iter().filter(|m| m.kind == MountKind::Bind);
        binds.filter_map(|m| self.source_path(&m)).any(is_source)
    }
}

#[cfg(test)]
mod tests {
    use super::says_development;

    #[test]
    fn names() {
        let yes = ["Dockerfile.dev", "docker/test/Dockerfile", "web-debug", "compose.override.yaml", ".devcontainer/Dockerfile", "DEV"];
        assert!(yes.into_iter().all(says_development));
        let no = ["Dockerfile", "device", "latest", "contest", "developer-portal", "production", "localhost", ""];
        assert!(no.into_iter().all(|n| !says_development(n)));
    }
}
