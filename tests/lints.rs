//! Runs every page of the catalogue. A page is a lint's explanation and its test: each heading that has file blocks
//! under it is a small project, caret comments assert the exact bytes and the message, a project without carets must
//! be silent, a block tagged `fixed` shows a file after fixing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

mod page;

use dockvet::diagnostic::Group;
use dockvet::lints::LINTS;
use page::Page;

/// What every page has to say, in this order.
const SECTIONS: &[&str] = &["Why it matters", "How to fix it", "When not to", "Examples", "References"];

#[test]
fn every_page_holds() {
    let mut failures = Vec::new();
    for lint in LINTS {
        for project in Page::parse(lint.page).projects {
            failures.extend(project.check(lint).into_iter().map(|f| format!("{}, \"{}\": {f}", lint.id, project.title)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_page_is_whole() {
    for lint in LINTS {
        let page = Page::parse(lint.page);
        assert_eq!(page.title, lint.id, "the first heading of a page is the id of its lint");
        let sections: Vec<_> = page.sections.iter().map(String::as_str).filter(|s| SECTIONS.contains(s)).collect();
        assert_eq!(sections, SECTIONS, "{}: sections", lint.id);
        let (firing, silent): (Vec<_>, Vec<_>) = page.projects.iter().partition(|p| p.fires());
        assert!(!firing.is_empty(), "{}: no project fires", lint.id);
        assert!(silent.len() >= 2, "{}: fewer than two silent projects", lint.id);
        let least = if lint.group == Group::Security { 6 } else { 3 };
        assert!(page.projects.len() >= least, "{}: fewer than {least} projects", lint.id);
        let fixed = page.projects.iter().any(|p| !p.fixed.is_empty());
        assert_eq!(fixed, lint.fix.is_some(), "{}: a `fixed` block exactly when the lint offers a fix", lint.id);
    }
}

#[test]
fn the_catalogue_is_the_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("lints");
    let mut files: Vec<String> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|f| f != "mod.rs");
    files.sort();
    let mut expected: Vec<String> = LINTS.iter().flat_map(|l| ["rs", "md"].map(|e| format!("{}.{e}", l.id.replace('-', "_")))).collect();
    expected.sort();
    assert_eq!(files, expected);
    assert!(LINTS.is_sorted_by_key(|l| l.id), "the catalogue is in alphabetical order");
}

#[test]
fn metadata_is_sound() {
    for lint in LINTS {
        assert_eq!(lint.score.is_some(), lint.group == Group::Security, "{}: security lints have a score", lint.id);
        assert!(lint.summary.chars().next().is_some_and(char::is_lowercase), "{}: the summary is lower case", lint.id);
        assert!(lint.aliases.iter().all(|a| a.contains(':')), "{}: aliases are peer:ID", lint.id);
        assert!(!lint.checks.is_empty(), "{}: looks at nothing", lint.id);
    }
}
