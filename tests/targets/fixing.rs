//! What is promised of fixes, whatever they are applied to: a second run changes nothing, nothing worse is found than
//! before, every comment is still there, and lines end as they did.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dockvet::config::Preset;
use dockvet::diagnostic::{Diagnostic, Level, Safety};
use dockvet::engine::{Engine, Outcome, Settings};
use dockvet::filter::rules::{Given, RuleBook, Rules};
use dockvet::lint::Lint;
use dockvet::lints::LINTS;
use dockvet::model::dockerfile::Dockerfile;
use dockvet::source::{FileKind, Source, kind_of};
use dockvet::syntax::{dockerignore, yaml};

/// This lint takes comments away: those that silence nothing.
pub const ABOUT_COMMENTS: &str = "unused-suppression";

/// Files by name, in memory.
pub type Files = Vec<(String, String)>;

/// Fixes files with the fixes of `only`, or of every lint but the one about comments; says how many fixes were applied,
/// and which promises were broken.
pub fn check(root: &Path, files: &Files, only: Option<&'static Lint>) -> (usize, Vec<String>) {
    let mut engine = engine(root, files);
    let before = engine.lint();
    let texts = texts(&engine);
    let wanted = |d: &Diagnostic| only.map_or(d.lint != ABOUT_COMMENTS, |l| l.id == d.lint);
    let (applied, after) = engine.fix(Safety::Unsafe, &wanted);
    let fixed = self::texts(&engine);
    let mut broken: Vec<String> =
        after.notes.iter().filter(|n| n.text.contains("please report it")).map(|n| format!("{} {}", n.path, n.text)).collect();
    broken.extend(new_errors(&engine, &before, &after));
    for (path, was) in &texts {
        let Some(is) = fixed.get(path).filter(|is| is.text != was.text) else { continue };
        let told = |what: &str| format!("{} {what}\n{}\n--- fixed:\n{}", was.name, was.text, is.text);
        let lost = lost(comments(was), &comments(is));
        if only.is_none_or(|l| l.id != ABOUT_COMMENTS) && !lost.is_empty() {
            broken.push(told(&format!("loses {lost:?}")));
        }
        let ((lf_was, crlf_was), (lf, crlf)) = (line_ends(was), line_ends(is));
        if lf && !lf_was && crlf_was || crlf && !crlf_was {
            broken.push(told("has other line ends"));
        }
        if was.text.ends_with('\n') != is.text.ends_with('\n') {
            broken.push(told("has another end"));
        }
    }
    engine.fix(Safety::Unsafe, &wanted);
    for (path, again) in self::texts(&engine) {
        if let Some(once) = fixed.get(&path).filter(|f| f.text != again.text) {
            broken.push(format!("{} is changed once more\n{}\n--- again:\n{}", once.name, once.text, again.text));
        }
    }
    (applied, broken)
}

/// As [`check`] with all fixes, for files that can be read: mending a syntax error shows what was behind it.
pub fn check_readable(root: &Path, files: &Files) -> Vec<String> {
    let before = engine(root, files).lint();
    if before.diagnostics.iter().any(|d| d.category() == "syntax") { Vec::new() } else { check(root, files, None).1 }
}

pub fn engine(root: &Path, files: &Files) -> Engine {
    let strict = Given { preset: Some(Preset::Strict), ..Given::default() };
    let settings = Settings { today: || "2026-01-01".into(), ..Settings::new(RuleBook::plain(Rules::plain(LINTS, strict))) };
    let mut engine = Engine::new(root, settings);
    for (name, text) in files {
        engine.set_text(Path::new(name), kind_of(Path::new(name)).unwrap_or(FileKind::Other), text.clone());
    }
    engine
}

fn texts(engine: &Engine) -> BTreeMap<PathBuf, Arc<Source>> {
    engine.sources().all().into_iter().map(|s| (s.path.clone(), s)).collect()
}

/// Privileged, a container has every capability and device: that it is given some comes to light behind that alone.
const HIDDEN_BY_PRIVILEGED: &[&str] = &["dangerous-capability", "dangerous-device"];

/// Errors of which a file has more than before, none having gone away.
fn new_errors(engine: &Engine, before: &Outcome, after: &Outcome) -> Vec<String> {
    let by_file = |outcome: &Outcome| {
        let mut files: BTreeMap<String, BTreeSet<(&'static str, String)>> = BTreeMap::new();
        for d in outcome.diagnostics.iter().filter(|d| d.level == Level::Error && !HIDDEN_BY_PRIVILEGED.contains(&d.lint)) {
            let file = engine.sources().get(d.primary.span.file).name.clone();
            files.entry(file).or_default().insert((d.lint, d.message.clone()));
        }
        files
    };
    let had = by_file(before);
    let is_new =
        |(file, now): &(String, BTreeSet<_>)| had.get(file).map_or(!now.is_empty(), |had| had.len() < now.len() && had.is_subset(now));
    by_file(after).into_iter().filter(is_new).map(|(file, now)| format!("new errors in {file}: {now:?}")).collect()
}

fn comments(source: &Arc<Source>) -> Vec<String> {
    let text = |span| source.slice(span).trim_end().to_string();
    match source.kind {
        FileKind::Compose => yaml::of(source).tree.comments.iter().map(|c| text(c.span)).collect(),
        FileKind::Dockerfile => Dockerfile::of(source).tree.comments().map(|c| text(c.span)).collect(),
        FileKind::Dockerignore => dockerignore::of(source).tree.comments.iter().map(|c| text(c.span())).collect(),
        _ => Vec::new(),
    }
}

/// Those of `before` that are not in `after`, each as often as it is missing.
fn lost(before: Vec<String>, after: &[String]) -> Vec<String> {
    let mut left = after.to_vec();
    let mut lost = before;
    lost.retain(|comment| match left.iter().position(|l| l == comment) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    });
    lost
}

/// Whether lines end in `\n`, and whether they end in `\r\n`.
fn line_ends(source: &Source) -> (bool, bool) {
    let crlf = source.text.matches("\r\n").count();
    (source.text.matches('\n').count() > crlf, crlf > 0)
}
