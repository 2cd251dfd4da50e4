//! Data flows down the list in `src/lib.rs` and never back: a module imports only from the modules above it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};

/// The order of the house. `lints` is the catalogue at the top of the tree.
const ORDER: &[&str] =
    &["source", "syntax", "model", "diagnostic", "config", "lint", "lints", "filter", "fix", "engine", "report", "lsp", "cli"];

/// Imports against the order that are meant: the machine hands out and takes back what the catalogue is made of.
const EXCEPTIONS: &[(&str, &str)] = &[];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn files() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    rust_files(&root().join("src"), &mut paths);
    rust_files(&root().join("lints"), &mut paths);
    let name = |p: &PathBuf| p.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
    paths.retain(|p| !p.ends_with("tests.rs") && !p.components().any(|c| c.as_os_str() == "tests"));
    paths.iter().map(|p| (name(p), fs::read_to_string(p).unwrap())).collect()
}

/// The top-level module a file belongs to: `src/model/origin.rs` is `model`, `lints/x.rs` is `lints`.
fn module_of(file: &str) -> Option<&'static str> {
    let first = if file.starts_with("lints/") { "lints" } else { file.strip_prefix("src/")?.split(['/', '.']).next()? };
    ORDER.iter().copied().find(|m| *m == first)
}

/// The top-level modules that a text names after `crate::`, in braces too.
fn imports(text: &str) -> Vec<&'static str> {
    let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).map(|l| format!("{l}\n")).collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or("").split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let word: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.extend(ORDER.iter().copied().filter(|m| *m == word));
        }
    }
    found
}

#[test]
fn the_list_in_lib_rs_is_the_order() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, ORDER);
}

#[test]
fn modules_import_only_from_those_above() {
    let rank = |m: &str| ORDER.iter().position(|o| *o == m).unwrap();
    let mut wrong = Vec::new();
    for (file, text) in files() {
        let Some(module) = module_of(&file) else { continue };
        for import in imports(&text) {
            if rank(import) > rank(module) && !EXCEPTIONS.contains(&(module, import)) {
                wrong.push(format!("{file} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_source_touches_the_disk() {
    let touches =
        |text: &str| text.lines().take_while(|l| !l.contains("#[cfg(test)]")).any(|l| l.contains("std::fs") || l.contains("File::open"));
    let wrong: Vec<_> =
        files().into_iter().filter(|(f, t)| !f.starts_with("src/source/") && !f.starts_with("src/cli/") && touches(t)).collect();
    assert!(wrong.is_empty(), "{:?}", wrong.iter().map(|w| &w.0).collect::<Vec<_>>());
}

#[test]
fn only_the_edges_know_lines_and_columns() {
    let knows = |text: &str| {
        text.lines().take_while(|l| !l.contains("#[cfg(test)]")).any(|l| l.contains(".lines().locate") || l.contains("LineColumn"))
    };
    let edge = |f: &str| ["src/source/", "src/report/", "src/lsp/", "src/cli/"].iter().any(|e| f.starts_with(e)) || f.ends_with("dump.rs");
    let wrong: Vec<_> = files().into_iter().filter(|(f, t)| !edge(f) && knows(t)).map(|(f, _)| f).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn lints_never_print_read_or_write() {
    for (file, text) in files().iter().filter(|(f, _)| f.starts_with("lints/")) {
        for word in ["println!", "eprintln!", "std::fs", "std::io", "std::env", "std::process"] {
            assert!(!text.contains(word), "{file} uses {word}");
        }
    }
}

#[test]
fn the_shell_parser_stays_behind_its_module() {
    let named = |f: &str, text: &str, krate: &str, home: &str| !f.starts_with(home) && text.contains(krate);
    for (file, text) in files() {
        assert!(!named(&file, &text, "shuck_parser", "src/syntax/shell"), "{file} names the shell parser");
        assert!(!named(&file, &text, "granit_parser", "src/syntax/yaml"), "{file} names the YAML parser");
    }
}
