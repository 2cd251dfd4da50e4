//! Fingerprints that differ within one report.

use std::collections::HashMap;

use super::Report;
use crate::diagnostic::Diagnostic;

/// Counts how often each fingerprint came up: readers take findings with the same one for the same finding.
#[derive(Debug, Default)]
pub(crate) struct Prints(HashMap<String, usize>);

impl Prints {
    /// The fingerprint and the how-many-eth of its kind this is: `0123456789abcdef:1`.
    pub fn next(&mut self, report: &Report, d: &Diagnostic) -> String {
        let name = &report.sources.get(d.primary.span.file).name;
        let print = d.fingerprint(name);
        let n = self.0.entry(print.clone()).and_modify(|n| *n += 1).or_insert(1);
        format!("{print}:{n}")
    }
}
