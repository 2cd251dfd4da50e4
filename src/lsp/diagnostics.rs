//! Findings as the client shows them, and which of them it has.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    PublishDiagnosticsParams, Uri,
};

use super::position::Encoding;
use crate::diagnostic::{Diagnostic, Label, Level};
use crate::lints::LINTS;
use crate::source::{FileId, Source, Sources, Span};

/// Lints about things that no longer count, which clients strike through.
const DEPRECATED: &[&str] = &["legacy-key-value", "maintainer-deprecated"];

/// Lints about things that have no effect, which clients fade out.
const UNNECESSARY: &[&str] = &[
    "obsolete-version",
    "override-has-no-effect",
    "redundant-target-platform",
    "unreachable-stage",
    "unused-definition",
    "unused-suppression",
];

/// What this client can do, and how findings are told to it.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// In what it counts columns.
    pub encoding: Encoding,
    /// Whether it shows related places.
    pub related: bool,
    /// Whether it knows tags.
    pub tags: bool,
    /// Whether it tells of changes on disk when asked to.
    pub watches: bool,
}

/// The findings of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileReport {
    /// The file.
    pub uri: Uri,
    /// Which version of it, when it is open.
    pub version: Option<i32>,
    /// The findings, in the order of the text.
    pub diagnostics: Vec<Shown>,
}

/// A finding and how it was told.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// The same for the client.
    pub shown: Shown,
}

/// The findings of the open documents in one run.
#[derive(Debug, Default)]
pub struct Findings {
    /// By file, in the order of the text.
    pub of: HashMap<PathBuf, Vec<Finding>>,
    /// The versions of the open documents that they are about.
    pub versions: HashMap<PathBuf, i32>,
    /// The texts that the fixes are meant for.
    pub texts: HashMap<FileId, Arc<Source>>,
}

impl Findings {
    /// Adds a finding of the file at `path`.
    pub fn add(&mut self, path: &Path, finding: Finding, sources: &Sources) {
        for edit in finding.diagnostic.fixes.iter().flat_map(|f| &f.edits) {
            self.texts.entry(edit.span.file).or_insert_with(|| sources.get(edit.span.file));
        }
        self.of.entry(path.to_path_buf()).or_default().push(finding);
    }

    /// Those of the file at `path`.
    pub fn at(&self, path: &Path) -> &[Finding] {
        self.of.get(path).map_or(&[], Vec::as_slice)
    }
}

impl Manner {
    /// A finding as this client wants it; `uri` gives the address of a file.
    pub fn tell(self, diagnostic: &Diagnostic, sources: &Sources, uri: impl Fn(&Source) -> Uri) -> Shown {
        let range = |source: &Source, span: Span| self.encoding.range(source, span);
        let location = |span: Span| {
            let source = sources.get(span.file);
            Location { uri: uri(&source), range: range(&source, span) }
        };
        let related = |label: &Label| DiagnosticRelatedInformation { location: location(label.span), message: label.note.clone() };
        let related: Vec<_> = diagnostic.labels.iter().filter(|l| self.related && !l.note.is_empty()).map(related).collect();
        let lint = LINTS.iter().find(|l| l.id == diagnostic.lint);
        Shown {
            range: range(&sources.get(diagnostic.primary.span.file), diagnostic.primary.span),
            severity: Some(severity(diagnostic.level)),
            code: Some(Code::String(diagnostic.lint.into())),
            code_description: lint.map(|l| CodeDescription { href: l.url().into() }),
            source: Some("dockvet".into()),
            message: message(diagnostic).into(),
            tags: tag(diagnostic.lint).filter(|_| self.tags).map(|tag| vec![tag]),
            related_information: (!related.is_empty()).then_some(related),
            data: None,
        }
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Error => DiagnosticSeverity::Error,
        Level::Warning => DiagnosticSeverity::Warning,
        Level::Info => DiagnosticSeverity::Information,
    }
}

fn message(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

fn tag(lint: &str) -> Option<DiagnosticTag> {
    if DEPRECATED.contains(&lint) {
        return Some(DiagnosticTag::Deprecated);
    }
    UNNECESSARY.contains(&lint).then_some(DiagnosticTag::Unnecessary)
}

/// What the client has been told.
#[derive(Debug, Default)]
pub struct Published {
    files: HashMap<PathBuf, FileReport>,
}

impl Published {
    /// Takes over what `files` says and returns what the client must be told to know it too. Files that `stale` says are
    /// out of date stay as they are: a newer report about them is on its way.
    pub fn update(&mut self, files: BTreeMap<PathBuf, FileReport>, stale: impl Fn(&Path) -> bool) -> Vec<PublishDiagnosticsParams> {
        let mut out = Vec::new();
        self.files.retain(|path, old| {
            let keep = files.contains_key(path) || stale(path);
            if !keep && !old.diagnostics.is_empty() {
                out.push(cleared(old));
            }
            keep
        });
        for (path, new) in files {
            if stale(&path) {
                continue;
            }
            let old = self.files.get(&path);
            // The same file spelt in another way, as by the client that opened it.
            if let Some(old) = old.filter(|old| old.uri != new.uri && !old.diagnostics.is_empty()) {
                out.push(cleared(old));
            }
            if old.is_none_or(|old| must_tell(old, &new)) {
                out.push(params(&new));
            }
            self.files.insert(path, new);
        }
        out.sort_by(|a, b| a.uri.0.cmp(&b.uri.0));
        out
    }
}

/// Whether the client must be told again. An edited text is, even when its findings are where they were: the client
/// has moved them along with the text.
fn must_tell(old: &FileReport, new: &FileReport) -> bool {
    let edited = new.version.is_some() && new.version != old.version;
    old.uri != new.uri || old.diagnostics != new.diagnostics || (edited && !new.diagnostics.is_empty())
}

fn params(file: &FileReport) -> PublishDiagnosticsParams {
    PublishDiagnosticsParams { uri: file.uri.clone(), version: file.version, diagnostics: file.diagnostics.clone() }
}

fn cleared(file: &FileReport) -> PublishDiagnosticsParams {
    PublishDiagnosticsParams { uri: file.uri.clone(), version: None, diagnostics: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(version: Option<i32>, messages: &[&str]) -> FileReport {
        let shown = |m: &&str| Shown { message: (*m).to_string().into(), ..Shown::default() };
        FileReport { uri: "file:///a".into(), version, diagnostics: messages.iter().map(shown).collect() }
    }

    fn files(report: Option<FileReport>) -> BTreeMap<PathBuf, FileReport> {
        report.into_iter().map(|r| (PathBuf::from("/a"), r)).collect()
    }

    fn told(published: &mut Published, report: Option<FileReport>, stale: bool) -> Vec<usize> {
        published.update(files(report), |_| stale).iter().map(|p| p.diagnostics.len()).collect()
    }

    #[test]
    fn only_what_changed_is_told() {
        let mut published = Published::default();
        assert_eq!(told(&mut published, Some(report(None, &["x"])), false), [1]);
        assert!(told(&mut published, Some(report(None, &["x"])), false).is_empty());
        assert_eq!(told(&mut published, Some(report(None, &["y", "z"])), false), [2]);
        assert_eq!(told(&mut published, None, false), [0]);
        assert!(told(&mut published, None, false).is_empty());
    }

    #[test]
    fn an_edited_text_is_told_again() {
        let mut published = Published::default();
        assert_eq!(told(&mut published, Some(report(Some(1), &["x"])), false), [1]);
        assert_eq!(told(&mut published, Some(report(Some(2), &["x"])), false), [1]);
        assert_eq!(told(&mut published, Some(report(Some(3), &[])), false), [0]);
        assert!(told(&mut published, Some(report(Some(4), &[])), false).is_empty());
    }

    #[test]
    fn stale_reports_change_nothing() {
        let mut published = Published::default();
        assert_eq!(told(&mut published, Some(report(Some(1), &["x"])), false), [1]);
        assert!(told(&mut published, Some(report(Some(2), &[])), true).is_empty());
        assert!(told(&mut published, None, true).is_empty());
        assert_eq!(told(&mut published, Some(report(Some(3), &[])), false), [0]);
    }

    #[test]
    fn another_spelling_of_the_uri_replaces_the_first() {
        let mut published = Published::default();
        published.update(files(Some(report(None, &["x"]))), |_| false);
        let spelt = FileReport { uri: "file:///%61".into(), ..report(Some(1), &["x"]) };
        let told: Vec<_> = published.update(files(Some(spelt)), |_| false).into_iter().map(|p| (p.uri.0, p.diagnostics.len())).collect();
        assert_eq!(told, [("file:///%61".to_string(), 1), ("file:///a".to_string(), 0)]);
    }
}
