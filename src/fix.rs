//! Choosing and applying edits. Pure: texts in, texts out.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::source::FileId;

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
