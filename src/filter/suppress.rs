//! Takes away what comments in the files silence, and says what became of the comments.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::Diagnostic;
use crate::lint::Lint;
use crate::model::suppression::{Dialect, NameUse, Suppression, Usage};
use crate::source::FileId;

/// What [`apply`] leaves and takes.
#[derive(Debug, Default)]
pub struct Applied {
    /// The findings that are silenced, each with the index of the suppression that does it.
    pub silenced: Vec<(Diagnostic, usize)>,
    /// What became of each suppression.
    pub usages: Vec<Usage>,
}

/// Takes the silenced findings out of `diagnostics`. `ran` are the lints of this run, `all` those that there are;
/// `today` is `YYYY-MM-DD`.
pub fn apply(
    suppressions: Vec<Suppression>,
    diagnostics: &mut Vec<Diagnostic>,
    ran: &[&'static Lint],
    all: &[&'static Lint],
    today: &str,
) -> Applied {
    let mut usages: Vec<Usage> = suppressions.into_iter().map(|s| usage(s, ran, all, today)).collect();
    let mut by_file: HashMap<FileId, Vec<usize>> = HashMap::new();
    for (index, usage) in usages.iter().enumerate() {
        by_file.entry(usage.suppression.comment.file).or_default().push(index);
    }
    let mut silenced = Vec::new();
    if !usages.is_empty() {
        let mut kept = Vec::with_capacity(diagnostics.len());
        for d in diagnostics.drain(..) {
            match silencer(&d, &mut usages, &by_file, ran) {
                Some(by) => silenced.push((d, by)),
                None => kept.push(d),
            }
        }
        *diagnostics = kept;
    }
    Applied { silenced, usages }
}

/// The first suppression that silences a finding. All that do are marked as used: none of them is idle.
fn silencer(d: &Diagnostic, usages: &mut [Usage], by_file: &HashMap<FileId, Vec<usize>>, ran: &[&'static Lint]) -> Option<usize> {
    let lint = ran.iter().find(|l| l.id == d.lint)?;
    let files: BTreeSet<FileId> = d.labels.iter().map(|l| l.span.file).chain([d.primary.span.file]).collect();
    let mut first = None;
    for index in files.iter().filter_map(|f| by_file.get(f)).flatten().copied() {
        let Some(usage) = usages.get_mut(index) else { continue };
        let covers = || d.labels.iter().map(|l| l.span).chain([d.primary.span]).any(|span| usage.suppression.covers(span));
        if usage.expired || !covers() || !is_meant(usage, lint) {
            continue;
        }
        usage.used = true;
        let dialect = usage.suppression.pragma.dialect;
        usage.names.iter_mut().filter(|n| names(dialect, &n.name, lint)).for_each(|n| n.used = true);
        first = first.or(Some(index));
    }
    first
}

fn is_meant(usage: &Usage, lint: &Lint) -> bool {
    let dialect = usage.suppression.pragma.dialect;
    if usage.names.is_empty() { means_without_names(dialect, lint) } else { usage.names.iter().any(|n| names(dialect, &n.name, lint)) }
}

fn usage(suppression: Suppression, ran: &[&'static Lint], all: &[&'static Lint], today: &str) -> Usage {
    let dialect = suppression.pragma.dialect;
    let runs = |lint: &&'static Lint| ran.iter().any(|l| l.id == lint.id);
    let name_use = |name: &crate::syntax::text::Text| {
        let mut meant = all.iter().filter(|l| names(dialect, name, l)).peekable();
        NameUse { name: name.clone(), known: meant.peek().is_some(), used: false, judged: meant.all(runs) }
    };
    let names: Vec<NameUse> = suppression.pragma.names.iter().map(name_use).collect();
    let judged = if names.is_empty() { all.iter().filter(|l| l.default).all(runs) } else { names.iter().all(|n| n.judged) };
    // ISO dates compare as they are written.
    let expired = suppression.pragma.until.as_ref().is_some_and(|until| until.as_str() < today);
    Usage { suppression, expired, used: false, judged, names }
}

/// Whether a name in a comment of this dialect means the lint.
fn names(dialect: Dialect, name: &str, lint: &Lint) -> bool {
    match dialect {
        Dialect::Dockvet => lint.is_called(name),
        // Semgrep names a rule with its folders before it.
        Dialect::Semgrep => rules(dialect, lint).any(|rule| name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(rule))),
        Dialect::Trivy => rules(dialect, lint).any(|rule| trivy_number(rule) == trivy_number(name)),
        _ => rules(dialect, lint).any(|rule| rule.eq_ignore_ascii_case(name)),
    }
}

/// Whether a comment without names means the lint: ours means all, another linter's what that linter would say.
fn means_without_names(dialect: Dialect, lint: &Lint) -> bool {
    dialect == Dialect::Dockvet || rules(dialect, lint).next().is_some()
}

fn rules(dialect: Dialect, lint: &Lint) -> impl Iterator<Item = &'static str> {
    lint.aliases.iter().filter_map(move |a| a.strip_prefix(dialect.name())?.strip_prefix(':'))
}

/// `AVD-DS-0002`, `DS-0002` and `DS002` are one rule.
fn trivy_number(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let short = upper.strip_prefix("AVD-").unwrap_or(&upper);
    let (digits, letters): (String, String) = short.chars().filter(|c| *c != '-').partition(char::is_ascii_digit);
    format!("{letters}{}", digits.trim_start_matches('0'))
}
