//! Choosing and applying edits. Pure: texts in, texts out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Edit, Fix, Level, Safety};
use crate::source::{FileId, Source};

/// The fixes of `diagnostics` that may be applied together: the first of each finding that is safe enough, leaving out
/// those that touch bytes which an earlier one changes. What is left out comes back in the next round.
pub fn choose(diagnostics: &[Diagnostic], at_least: Safety) -> Vec<&Fix> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut chosen: Vec<&Fix> = Vec::new();
    for diagnostic in diagnostics {
        let Some(fix) = diagnostic.fixes.iter().find(|f| f.safety >= at_least && !f.edits.is_empty()) else { continue };
        if chosen.contains(&fix) || fix.edits.iter().any(|e| taken.iter().any(|t| collide(e, t))) {
            continue;
        }
        taken.extend(&fix.edits);
        chosen.push(fix);
    }
    chosen
}

/// Two edits collide when they share a byte or insert at the same place.
fn collide(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.span, b.span);
    a.file == b.file && (a.start == b.start || (a.start < b.end && b.start < a.end))
}

/// The edits of `fixes` by file, in the order of the text.
pub fn by_file(fixes: &[&Fix]) -> BTreeMap<FileId, Vec<Edit>> {
    let mut files: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for edit in fixes.iter().flat_map(|f| &f.edits) {
        files.entry(edit.span.file).or_default().push(edit.clone());
    }
    for edits in files.values_mut() {
        edits.sort();
    }
    files
}

/// `text` with `edits` applied, which must be sorted and must not overlap. `None` when one does not fit the text.
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start as usize)?);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// What fixes broke, if they did: an error of the reference tools in a file of which none went away. Where one did, as
/// with a key that is written right now, another may come to light. `is_edited` tells the files that were changed.
pub fn harm(before: &[Diagnostic], after: &[Diagnostic], is_edited: impl Fn(FileId) -> bool) -> Option<Diagnostic> {
    let (had, has) = (refused(before), refused(after));
    let is_read_now = had.keys().any(|file| is_broken(&had, *file) && !is_broken(&has, *file));
    // What could not be read has no more to lose.
    for (file, now) in has.iter().filter(|(file, _)| !is_broken(&had, **file)) {
        let then = had.get(file).cloned().unwrap_or_default();
        let is_syntax = is_broken(&has, *file);
        // What stands in a file that could not be read, or that such a file names, was not seen before.
        let is_new = if is_read_now { is_syntax && is_edited(*file) } else { then.is_subset(now) && then.len() < now.len() };
        if is_new {
            let new = now.difference(&then).find(|(category, _)| !is_syntax || *category == "syntax");
            return after.iter().find(|d| d.primary.span.file == *file && new == Some(&key(d))).cloned();
        }
    }
    None
}

/// The errors of the reference tools in each file: category and message.
type Refused<'d> = BTreeMap<FileId, BTreeSet<(&'static str, &'d str)>>;

fn key(d: &Diagnostic) -> (&'static str, &str) {
    (d.category(), &d.message)
}

fn refused(diagnostics: &[Diagnostic]) -> Refused<'_> {
    let mut files = Refused::new();
    for d in diagnostics.iter().filter(|d| d.level == Level::Error && matches!(d.category(), "syntax" | "schema")) {
        files.entry(d.primary.span.file).or_default().insert(key(d));
    }
    files
}

fn is_broken(refused: &Refused<'_>, file: FileId) -> bool {
    refused.get(&file).is_some_and(|errors| errors.iter().any(|(category, _)| *category == "syntax"))
}

/// Gives the lines that the fixes of a finding add the line ends of the file they go to.
pub fn end_lines_alike(diagnostic: &mut Diagnostic, source: impl Fn(FileId) -> Arc<Source>) {
    for edit in diagnostic.fixes.iter_mut().flat_map(|f| &mut f.edits).filter(|e| e.text.contains('\n')) {
        let is_crlf = source(edit.span.file).text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
        if is_crlf {
            edit.text = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
    }
}
