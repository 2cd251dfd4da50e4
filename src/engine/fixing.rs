//! Fixing in rounds: choose, apply, look again, and take back what does harm.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Engine, Note, Outcome};
use crate::diagnostic::{Diagnostic, Fix, Level, Safety};
use crate::fix;
use crate::source::{FileId, Source};

/// What fixes would change.
#[derive(Debug, Default)]
pub struct Changes {
    /// How many fixes.
    pub fixes: usize,
    /// Each file as it is, and its text after them.
    pub files: Vec<(Arc<Source>, String)>,
}

/// Texts after their fixes, in memory.
struct Fixed {
    /// The files that changed, as they were.
    originals: BTreeMap<FileId, Arc<Source>>,
    applied: usize,
    outcome: Outcome,
}

/// How often fixes are applied and looked at again.
const FIX_ROUNDS: usize = 10;

/// How often that is tried when fixes do not go together.
const FIX_ATTEMPTS: usize = 100;

/// Lint, file, path and evidence of a finding.
type Identity = (&'static str, String, String, String);

/// The files that the reference tools would refuse to read.
fn broken_files(diagnostics: &[Diagnostic]) -> BTreeSet<FileId> {
    diagnostics.iter().filter(|d| d.category() == "syntax" && d.level == Level::Error).map(|d| d.primary.span.file).collect()
}

/// The findings whose fixes may be applied now. A file is first made one that can be read, then one whose keys are right,
/// and only then changed in what it means: a renamed key may be the one that another fix would add.
fn first_things_first(diagnostics: &[Diagnostic], broken: &BTreeSet<FileId>, at_least: Safety) -> Vec<Diagnostic> {
    let turn = |d: &Diagnostic| match d.category() {
        "syntax" => 0,
        "schema" => 1,
        _ => 2,
    };
    let files = |d: &Diagnostic| -> BTreeSet<FileId> {
        let fixes = d.fixes.iter().filter(|f| f.safety >= at_least);
        fixes.flat_map(|f| &f.edits).map(|e| e.span.file).collect()
    };
    let to_rename: BTreeSet<FileId> = diagnostics.iter().filter(|d| turn(d) == 1).flat_map(files).collect();
    let is_in_turn = |d: &&Diagnostic| {
        files(d).iter().all(|f| match turn(d) {
            0 => true,
            1 => !broken.contains(f),
            _ => !broken.contains(f) && !to_rename.contains(f),
        })
    };
    diagnostics.iter().filter(is_in_turn).cloned().collect()
}

impl Engine {
    /// Applies fixes of at least this safety to the findings that are `wanted`, in rounds until nothing changes, at most
    /// ten, and writes the files. Files with syntax errors are left alone until those are mended, and a fix is left out
    /// that would make the reference tools refuse a file. Returns how many fixes were applied, and what is still found.
    pub fn fix(&mut self, at_least: Safety, wanted: &dyn Fn(&Diagnostic) -> bool) -> (usize, Outcome) {
        let Fixed { originals, applied, mut outcome } = self.fix_texts(at_least, wanted);
        for file in originals.keys() {
            let source = self.sources.get(*file);
            if let Err(error) = self.sources.save(&source) {
                outcome.notes.push(Note { path: source.name.clone(), text: format!("cannot be written: {error}"), failure: true });
            }
        }
        (applied, self.quiet(outcome))
    }

    /// What [`Engine::fix`] would write. Nothing is written, and every text is again what it was.
    pub fn would_fix(&mut self, at_least: Safety, wanted: &dyn Fn(&Diagnostic) -> bool) -> Changes {
        let Fixed { originals, applied, .. } = self.fix_texts(at_least, wanted);
        let mut files = Vec::new();
        for (file, before) in originals {
            let after = self.sources.get(file).text.to_string();
            self.sources.close(&before.path);
            files.push((before, after));
        }
        files.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        Changes { fixes: applied, files }
    }

    /// Fixes the texts in memory. A fix that would break a file is left out, and a note says so.
    fn fix_texts(&mut self, at_least: Safety, wanted: &dyn Fn(&Diagnostic) -> bool) -> Fixed {
        let mut originals: BTreeMap<FileId, Arc<Source>> = BTreeMap::new();
        let (mut applied, mut rounds) = (0, 0);
        let mut left_out: BTreeMap<Identity, Note> = BTreeMap::new();
        let mut outcome = self.look();
        // A round that had to be split is not over.
        for _ in 0..FIX_ATTEMPTS {
            let broken = broken_files(&outcome.diagnostics);
            let mut fixable = first_things_first(&outcome.diagnostics, &broken, at_least);
            fixable.retain(|d| wanted(d) && !left_out.contains_key(&self.identity(d)));
            let mut chosen = fix::choose(&fixable, at_least);
            if chosen.is_empty() || rounds == FIX_ROUNDS {
                break;
            }
            let all = chosen.len();
            while !chosen.is_empty() {
                let before = self.apply(&chosen);
                let then = self.look();
                let Some(harm) = fix::harm(&outcome.diagnostics, &then.diagnostics, |file| before.contains_key(&file)) else {
                    applied += chosen.len();
                    outcome = then;
                    for (file, source) in before {
                        originals.entry(file).or_insert(source);
                    }
                    break;
                };
                self.put_back(&before);
                // One of them, or two that do not go together: the first half is tried alone.
                if let [only] = chosen.as_slice() {
                    let culprits = fixable.iter().filter(|d| d.fixes.contains(only));
                    left_out.extend(culprits.map(|d| (self.identity(d), self.left_out(d, only, &harm))));
                }
                chosen.truncate(chosen.len() / 2);
            }
            rounds += usize::from(chosen.len() == all);
        }
        originals.retain(|file, original| self.sources.get(*file).text != original.text);
        outcome.notes.extend(left_out.into_values());
        Fixed { originals, applied, outcome }
    }

    /// Applies fixes to the texts in memory. Returns the files that changed, as they were.
    fn apply(&self, fixes: &[&Fix]) -> BTreeMap<FileId, Arc<Source>> {
        let mut before = BTreeMap::new();
        for (file, edits) in fix::by_file(fixes) {
            let source = self.sources.get(file);
            let Some(text) = fix::apply(&source.text, &edits) else { continue };
            self.sources.set_text(&source.path, source.kind, text);
            before.insert(file, source);
        }
        before
    }

    fn put_back(&self, before: &BTreeMap<FileId, Arc<Source>>) {
        for source in before.values() {
            self.sources.set_text(&source.path, source.kind, source.text.to_string());
        }
    }

    /// A finding in one run of the fixes, wherever its lines have moved.
    fn identity(&self, d: &Diagnostic) -> Identity {
        (d.lint, self.sources.get(d.primary.span.file).name.clone(), d.path.clone(), d.evidence.clone())
    }

    /// Says why a fix was not applied. Text that can no longer be read is our mistake, but for a
    /// misspelt instruction that turns out to lack something.
    fn left_out(&self, d: &Diagnostic, fix: &Fix, harm: &Diagnostic) -> Note {
        let path = self.sources.get(d.primary.span.file).name.clone();
        let name = self.sources.get(harm.primary.span.file).name.clone();
        let is_mistake = harm.category() == "syntax" && d.category() != "syntax";
        let report = if is_mistake { "; please report it" } else { "" };
        let text = format!("keeps its {}: the fix ({}) would break {name} ({}){report}", d.lint, fix.title, harm.message);
        Note { path, text, failure: is_mistake }
    }
}
