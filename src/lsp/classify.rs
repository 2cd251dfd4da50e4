//! Which documents are ours: by name, else by content, else by what the client calls the language.
//!
//! Clients are not to be trusted with the third alone: some call every YAML file `yaml`, others every Compose file
//! `dockerfile`.

use std::path::Path;

use crate::source::{FileKind, kind_of};

/// What the document at `path` is, `None` when it is not ours.
pub fn kind(path: &Path, language: &str, text: &str) -> Option<FileKind> {
    kind_of(path).or_else(|| content(path, language, text)).or_else(|| of_language(path, language))
}

fn content(path: &Path, language: &str, text: &str) -> Option<FileKind> {
    let is_yaml = language.eq_ignore_ascii_case("yaml") || has_extension(path, &["yml", "yaml"]);
    (is_yaml && !is_gitlab_ci(path) && is_compose(text)).then_some(FileKind::Compose)
}

fn of_language(path: &Path, language: &str) -> Option<FileKind> {
    match language.to_ascii_lowercase().as_str() {
        // Clients say so of everything that starts like this, `Dockerfile.md` included; the table of names knows better.
        "dockerfile" | "containerfile" => (!is_named_like_a_dockerfile(path)).then_some(FileKind::Dockerfile),
        "dockercompose" | "docker-compose" | "docker compose" | "yaml.docker-compose" => Some(FileKind::Compose),
        "dockerignore" => Some(FileKind::Dockerignore),
        _ => None,
    }
}

fn is_named_like_a_dockerfile(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let rest = name.strip_prefix("dockerfile").or_else(|| name.strip_prefix("containerfile"));
    rest.is_some_and(|r| r.starts_with(['.', '-', '_']))
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|e| extensions.iter().any(|x| e.eq_ignore_ascii_case(x)))
}

fn is_gitlab_ci(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(".gitlab-ci"))
}

/// The keys that may stand at the top of a Compose file, beside `x-*`.
const TOP_LEVEL: &[&str] = &["version", "name", "services", "include", "networks", "volumes", "configs", "secrets", "models"];

/// Keys of which a service has at least one. Other tools have a `services:` too, with none of these below.
const SERVICE: &[&str] = &["image", "build", "extends", "provider"];

/// Keys of GitLab's `include:`, which Compose's does not have.
const GITLAB_INCLUDE: &[&str] = &["local", "remote", "project", "template", "component", "file"];

/// Whether YAML is a Compose file by its content: nothing at the top that Compose does not know, and either a service
/// or an `include:` of paths. Looks at lines only, as half-typed text must be recognised too and at every keystroke.
fn is_compose(text: &str) -> bool {
    let mut section = "";
    let mut found = false;
    for line in text.lines() {
        let content = line.trim_start().trim_start_matches("- ").trim_start();
        let key = content.split_once(':').map(|(key, _)| key.trim_matches(['"', '\'', ' ']));
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t', '-']) {
            match key {
                Some(key) if TOP_LEVEL.contains(&key) || key.starts_with("x-") => section = key,
                _ if line.starts_with(['%', '.', '\u{feff}']) => {}
                _ => return false,
            }
            continue;
        }
        match (section, key) {
            ("include", Some(key)) if GITLAB_INCLUDE.contains(&key) => return false,
            ("include", _) => found = true,
            ("services", Some(key)) if SERVICE.contains(&key) => found = true,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: &str = "services:\n  web:\n    image: nginx\n";

    fn of(name: &str, language: &str, text: &str) -> Option<FileKind> {
        kind(Path::new(name), language, text)
    }

    #[test]
    fn the_name_comes_first() {
        assert_eq!(of("/a/compose.yaml", "dockerfile", ""), Some(FileKind::Compose));
        assert_eq!(of("/a/Dockerfile", "yaml", SERVICES), Some(FileKind::Dockerfile));
        assert_eq!(of("/a/Dockerfile.dockerignore", "dockerfile", ""), Some(FileKind::Dockerignore));
    }

    #[test]
    fn then_the_content_of_yaml() {
        for text in [
            SERVICES,
            "---\n# x\nx-base: &b\n  a: 1\nservices:\n  web:\n    <<: *b\n    build: .\n",
            "include:\n  - ../a/compose.yaml\n",
            "include:\n- path: a.yaml\n  env_file: .env\n",
            "name: x\r\nservices:\r\n  web:\r\n    \"image\": nginx\r\n  half-typed",
        ] {
            assert_eq!(of("/a/stack.yml", "yaml", text), Some(FileKind::Compose), "{text}");
        }
        assert_eq!(of("/a/stack.txt", "plaintext", SERVICES), None);
    }

    #[test]
    fn other_yaml_is_not_ours() {
        for text in [
            "",
            "apiVersion: v1\nkind: Pod\nspec:\n  services:\n    image: x\n",
            "services:\n  App\\Mailer:\n    class: App\\Mailer\n    arguments: [a]\n",
            "parameters: {}\nservices:\n  web:\n    image: nginx\n",
            "include:\n  - local: a.yml\n",
            "include:\n  - project: a/b\n    file: c.yml\n",
            "stages: [a]\ninclude:\n  - a.yml\n",
            "- services:\n    image: x\n",
            "services:\n",
            "services:\n  web:\n",
        ] {
            assert_eq!(of("/a/stack.yml", "yaml", text), None, "{text}");
        }
        assert_eq!(of("/a/.gitlab-ci.yml", "yaml", "include:\n  - a.yml\n"), None);
    }

    #[test]
    fn the_language_comes_last() {
        for language in ["dockerfile", "Dockerfile", "containerfile"] {
            assert_eq!(of("/a/untitled:Untitled-1", language, ""), Some(FileKind::Dockerfile), "{language}");
        }
        for language in ["dockercompose", "docker-compose", "yaml.docker-compose", "Docker Compose"] {
            assert_eq!(of("/a/stack.yml", language, "a: 1"), Some(FileKind::Compose), "{language}");
        }
        for name in ["Dockerfile.md", "Dockerfile.j2", "containerfile-notes.txt"] {
            assert_eq!(of(name, "dockerfile", ""), None, "{name}");
        }
        assert_eq!(of("Dockerfiles", "dockerfile", ""), Some(FileKind::Dockerfile));
        assert_eq!(of("/a/x.yml", "yaml", "a: 1"), None);
    }
}
