//! What is promised of fixes, tried with every project of the pages as it is written there and as others would write it:
//! with comments everywhere, with the line ends of Windows, without the last line end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr, dead_code)]

mod page;
mod targets;

use std::path::Path;

use dockvet::diagnostic::Safety;
use dockvet::lint::Lint;
use dockvet::lints::LINTS;
use dockvet::source::{FileKind, kind_of};
use page::{Page, Project};
use rayon::prelude::*;
use targets::fixing::{self, Files};

/// Another way to write a file of a name.
type Variant = (&'static str, fn(&str, &str) -> String);

const VARIANTS: &[Variant] = &[
    ("as written", |_, text| text.to_string()),
    ("with CRLF", |_, text| text.replace('\n', "\r\n")),
    ("without the last line end", |_, text| text.trim_end().to_string()),
    ("with comment lines", |name, text| if is_commented(name) { comment_lines(text) } else { text.to_string() }),
    ("with comments behind lines", |name, text| if is(name, FileKind::Compose) { trailing_comments(text) } else { text.to_string() }),
];

fn is(name: &str, kind: FileKind) -> bool {
    kind_of(Path::new(name)) == Some(kind)
}

fn is_commented(name: &str) -> bool {
    [FileKind::Compose, FileKind::Dockerfile, FileKind::Dockerignore].iter().any(|kind| is(name, *kind))
}

/// A comment above every line but the first, which may be a directive.
fn comment_lines(text: &str) -> String {
    let comment = |(n, line): (usize, &str)| if n == 0 { format!("{line}\n") } else { format!("# above {n}\n{line}\n") };
    text.lines().enumerate().map(comment).collect()
}

fn trailing_comments(text: &str) -> String {
    text.lines().enumerate().map(|(n, line)| format!("{line} # behind {n}\n")).collect()
}

/// The fixes of the lint alone in every variant, and those of all lints in the `turn`-th, which takes longer.
fn check(lint: &'static Lint, project: &Project, turn: usize) -> (usize, Vec<String>) {
    let (mut applied, mut failures) = (0, Vec::new());
    for (n, (variant, write)) in VARIANTS.iter().enumerate() {
        let files: Files = project.files.iter().map(|(name, text)| (name.clone(), write(name, text))).collect();
        let alone = lint.fix.map(|_| Some(lint));
        let together = (n == turn % VARIANTS.len()).then_some(None);
        for only in alone.into_iter().chain(together) {
            let (count, broken) = fixing::check(Path::new("/nowhere/dockvet"), &files, only);
            applied += count;
            let whose = if only.is_some() { "its fixes" } else { "all fixes" };
            failures.extend(broken.into_iter().map(|b| format!("{}, \"{}\" {variant}, {whose}: {b}", lint.id, project.title)));
        }
    }
    (applied, failures)
}

#[test]
fn projects_of_the_pages() {
    let pages: Vec<(&'static Lint, Page)> = LINTS.iter().map(|lint| (*lint, Page::parse(lint.page))).collect();
    let projects: Vec<_> = pages.iter().flat_map(|(lint, page)| page.projects.iter().map(move |p| (*lint, p))).collect();
    let tried: Vec<_> = projects.par_iter().enumerate().map(|(n, (lint, project))| check(lint, project, n)).collect();
    let failures: Vec<&str> = tried.iter().flat_map(|(_, f)| f).map(String::as_str).collect();
    assert!(failures.is_empty(), "{} broken promises\n\n{}", failures.len(), failures.join("\n\n"));
    let applied: usize = tried.iter().map(|(n, _)| n).sum();
    assert!(applied > 1000, "only {applied} fixes were applied");
}

/// The texts of these files after all fixes of a lint, and what the run notes.
fn fixed(lint: &str, files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let files: Files = files.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
    let mut engine = fixing::engine(Path::new("/nowhere/dockvet"), &files);
    let (_, outcome) = engine.fix(Safety::Unsafe, &|d| d.lint == lint);
    let text = |name: &String| engine.sources().load(Path::new(name), FileKind::Other).unwrap().text.to_string();
    let of_fixes = |n: &&dockvet::engine::Note| n.text.contains("the fix (");
    (files.iter().map(|(name, _)| text(name)).collect(), outcome.notes.iter().filter(of_fixes).map(|n| n.text.clone()).collect())
}

const BASE: &str = "services:\n  base:\n    image: example.com/base:1\n";
const ENTRY: &str = "    security_opt: [\"no-new-privileges:true\"]\n";

#[test]
fn a_service_and_the_one_that_it_extends_are_not_both_given_an_item() {
    let child = "  child:\n    extends: base\n";
    let (texts, notes) = fixed("missing-no-new-privileges", &[("compose.yaml", &format!("{BASE}{child}"))]);
    assert_eq!(texts, [format!("{BASE}{ENTRY}{child}")]);
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn a_fix_that_would_break_another_service_is_left_out() {
    let child = format!("  child:\n    extends: base\n{ENTRY}");
    let other = "  other:\n    image: example.com/other:1\n";
    let (texts, notes) = fixed("missing-no-new-privileges", &[("compose.yaml", &format!("{BASE}{child}{other}"))]);
    assert_eq!(texts, [format!("{BASE}{child}{other}{ENTRY}")]);
    assert_eq!(
        notes,
        [
            "keeps its missing-no-new-privileges: the fix (add no-new-privileges) would break compose.yaml (`no-new-privileges:true` is in `security_opt` twice)"
        ]
    );
}

#[test]
fn the_last_volumes_go_with_their_section() {
    let text = "services:\n  a:\n    image: example.com/a:1\nvolumes:\n  one: {}\n  two: {}\n";
    let (texts, _) = fixed("unused-definition", &[("compose.yaml", text)]);
    let (again, _) = fixed("unused-definition", &[("compose.yaml", &texts[0])]);
    assert_eq!(texts, again);
    assert!(!texts[0].ends_with("volumes:\n"), "{}", texts[0]);
}
