//! What the README shows is what the program does. `UPDATE=1 cargo test` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dockvet::lints::LINTS;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn lint_table() -> String {
    let mut table = String::from("| lint | finds | level | fix |\n|---|---|---|---|\n");
    for lint in LINTS {
        let opt_in = if lint.default { "" } else { ", opt-in" };
        let fix = lint.fix.map_or("", |f| f.name());
        let file = lint.id.replace('-', "_");
        table += &format!("| [`{}`](lints/{file}.md) | {} | {}{opt_in} | {fix} |\n", lint.id, lint.summary, lint.level.name());
    }
    table
}

fn shop_output() -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_dockvet"))
        .args(["check", "examples/shop", "--color", "never"])
        .env("COLUMNS", "100")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    // The picture is the first findings of each file; the whole would be long.
    let findings: Vec<&str> = text.split("\n\n").collect();
    let shown = ["[secret-in-env]", "[docker-socket-mount]", "[root-user]"];
    let first =
        |name: &&str| findings.iter().find(|f| f.contains(*name)).unwrap_or_else(|| panic!("no {name} in\n{text}")).trim_end().to_string();
    let picked: Vec<String> = shown.iter().map(first).collect();
    let summary = findings.last().unwrap().lines().next().unwrap().split(';').next().unwrap();
    format!("{}\n\n...\n\n{summary}", picked.join("\n\n"))
}

/// Replaces what stands between `open` and `close`.
fn between(text: &str, open: &str, close: &str, new: &str) -> String {
    let start = text.find(open).unwrap() + open.len();
    let end = start + text[start..].find(close).unwrap();
    format!("{}{new}{}", &text[..start], &text[end..])
}

#[test]
fn the_readme_is_true() {
    let text = fs::read_to_string(path()).unwrap();
    let with_table = between(&text, "<!-- lints -->\n", "<!-- /lints -->", &lint_table());
    let expected = between(&with_table, "$ dockvet check examples/shop\n", "\n```", &shop_output());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(), expected).unwrap();
        return;
    }
    assert!(text == expected, "README.md is out of date: run UPDATE=1 cargo test --test readme");
}
