//! Every Compose project of the pages and examples that Compose would take prints as one that loads to the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr, dead_code)]

mod page;
mod targets;

use std::path::{Path, PathBuf};

use dockvet::model::compose::{self, LoadOptions};
use dockvet::source::{DEFAULT_MAX_SIZE, FileKind, Sources, kind_of};

/// Loads every Compose project of these files and reloads those that Compose takes; says how many those were.
fn check(files: &[(String, String)]) -> usize {
    let sources = Sources::new(Path::new("/nowhere/dockvet"), DEFAULT_MAX_SIZE);
    for (name, text) in files {
        sources.set_text(Path::new(name), kind_of(Path::new(name)).unwrap_or(FileKind::Other), text.clone());
    }
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| sources.absolute(Path::new(name))).collect();
    let compose: Vec<PathBuf> = paths.into_iter().filter(|p| kind_of(p) == Some(FileKind::Compose)).collect();
    let mut taken = 0;
    for group in compose::group(&compose, &sources) {
        let options = LoadOptions { overrides: group.overrides.clone(), profiles: vec!["*".into()], ..LoadOptions::default() };
        let project = compose::load(&sources, &group.base, &options).unwrap();
        if project.problems.iter().all(|p| !p.error.fatal) && targets::is_settled(&project) {
            targets::check_reload(&project);
            taken += 1;
        }
    }
    taken
}

#[test]
fn projects_of_the_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut taken = 0;
    for lint in dockvet::lints::LINTS {
        for project in &page::Page::parse(lint.page).projects {
            taken += check(&project.files);
        }
    }
    let shop = std::fs::read_to_string(root.join("examples/shop/compose.yaml")).unwrap();
    taken += check(&[("compose.yaml".to_owned(), shop)]);
    assert!(taken > 100, "only {taken} projects were tried");
}
