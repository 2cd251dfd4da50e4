//! The lints of services tell by which way a value came: their findings stand where it is written, and a label at every
//! `extends`, `include`, alias and variable on the way. The projects are those of the pages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, dead_code)]

mod page;

use std::path::Path;

use dockvet::engine::{Engine, Settings};
use dockvet::filter::rules::{Given, RuleBook, Rules};
use dockvet::lints::LINTS;
use dockvet::source::{FileKind, Span, kind_of};

/// Findings of a page's project: the file and line of each, and those of its labels with their notes.
fn findings(lint: &str, title: &str) -> Vec<(String, Vec<String>)> {
    let lint = LINTS.iter().copied().find(|l| l.id == lint).unwrap();
    let page = page::Page::parse(lint.page);
    let project = page.projects.iter().find(|p| p.title == title).unwrap_or_else(|| panic!("{}: no project {title:?}", lint.id));
    let given = Given { select: vec![lint], ..Given::default() };
    let settings = Settings::new(RuleBook::plain(Rules::plain(LINTS, given)));
    let mut engine = Engine::new(Path::new("/nowhere/dockvet"), settings);
    for (name, text) in &project.files {
        engine.set_text(Path::new(name), kind_of(Path::new(name)).unwrap_or(FileKind::Other), text.clone());
    }
    let outcome = engine.lint();
    let place = |span: Span| {
        let source = engine.sources().get(span.file);
        format!("{}:{}", source.name, source.lines().locate(span.start, dockvet::source::Column::Chars).line + 1)
    };
    let labels = |d: &dockvet::diagnostic::Diagnostic| d.labels.iter().map(|l| format!("{} {}", place(l.span), l.note)).collect();
    outcome.diagnostics.iter().map(|d| (place(d.primary.span), labels(d))).collect()
}

/// Whether some finding stands at `at` and has a label `label`.
#[track_caller]
fn has(lint: &str, title: &str, at: &str, label: &str) {
    let all = findings(lint, title);
    assert!(all.iter().any(|(place, labels)| place == at && labels.iter().any(|l| l == label)), "{lint}, {title}: {at} {label}\n{all:?}");
}

const FILES: &str = "Through extends and an include";
const FILLED: &str = "A value of .env, and an anchor";

#[test]
fn through_extends_and_include() {
    for (lint, line) in [
        ("root-user", 4),
        ("privileged", 4),
        ("missing-cap-drop", 4),
        ("docker-socket-mount", 5),
        ("docker-api-exposed", 4),
        ("secret-in-env", 5),
    ] {
        has(lint, FILES, &format!("base.yaml:{line}"), "compose.yaml:6 inherited here");
        has(lint, FILES, &format!("lib/compose.yaml:{line}"), "compose.yaml:1 included here");
    }
    has("missing-resource-limits", FILES, "compose.yaml:3", "base.yaml:4 this is no limit");
    has("missing-resource-limits", FILES, "compose.yaml:3", "compose.yaml:6 inherited here");
    has("missing-resource-limits", FILES, "lib/compose.yaml:2", "compose.yaml:1 included here");
}

#[test]
fn through_an_anchor_and_a_variable() {
    for (lint, anchor, used, filled) in
        [("root-user", 2, 5, 9), ("privileged", 2, 5, 9), ("docker-socket-mount", 3, 6, 11), ("docker-api-exposed", 2, 5, 9)]
    {
        has(lint, FILLED, &format!("compose.yaml:{anchor}"), &format!("compose.yaml:{used} used here"));
        has(lint, FILLED, &format!("compose.yaml:{filled}"), &format!("compose.yaml:{filled} read from this file"));
    }
    has("missing-cap-drop", FILLED, "compose.yaml:2", "compose.yaml:5 used here");
    has("secret-in-env", FILLED, "compose.yaml:3", "compose.yaml:6 used here");
    has("missing-resource-limits", FILLED, "compose.yaml:5", "compose.yaml:2 this is no limit");
}
