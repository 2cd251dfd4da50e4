//! Lints about keys that are missing. They fire once a service, say the same each time, and one block settles them all:
//! the text output draws the first of its kind in a file and lists the rest.

use std::collections::BTreeSet;

use super::count_of;
use crate::diagnostic::Diagnostic;

/// A lint about missing keys, with the lines that would satisfy it.
struct Absence {
    lint: &'static str,
    keys: &'static [Key],
}

/// A line of the closing block.
struct Key {
    /// The word in the evidence of a finding that asks for it; empty: always wanted.
    word: &'static str,
    line: &'static str,
}

const ABSENCES: &[Absence] = &[
    Absence { lint: "missing-cap-drop", keys: &[Key { word: "", line: "cap_drop: [ALL]  # then cap_add what a service needs" }] },
    Absence { lint: "missing-no-new-privileges", keys: &[Key { word: "", line: "security_opt: [\"no-new-privileges:true\"]" }] },
    Absence {
        lint: "missing-resource-limits",
        keys: &[
            Key { word: "memory", line: "mem_limit: 512m" },
            Key { word: "cpus", line: "cpus: 1.0" },
            Key { word: "pids", line: "pids_limit: 200" },
        ],
    },
];

/// Whether the lint is about a missing key.
pub(crate) fn is_absence(lint: &str) -> bool {
    ABSENCES.iter().any(|a| a.lint == lint)
}

/// What settles the findings about missing keys among `all`: how many there are, and one block to merge into every
/// service. `None` when there are fewer than two: each says itself what to write.
pub(crate) fn remedy(all: &[Diagnostic]) -> Option<String> {
    let fired: Vec<_> = all.iter().filter(|d| is_absence(d.lint)).collect();
    if fired.len() < 2 {
        return None;
    }
    let service = fired.iter().find_map(|d| service(&d.path))?;
    let kinds: Vec<String> = ABSENCES.iter().filter_map(|a| kind(a, &fired)).collect();
    let mut out = format!("{} about missing keys ({})\n", count_of(fired.len(), "finding"), kinds.join(", "));
    out.push_str("one block, merged into every service, settles them; a key that a service has itself wins:\n\n");
    out.push_str("    x-hardening: &hardening\n");
    for line in lines(&fired) {
        out.push_str(&format!("      {line}\n"));
    }
    out.push_str(&format!("    services:\n      {service}:\n        <<: *hardening\n"));
    Some(out)
}

/// The name of the service in `services.web.cap_drop`.
fn service(path: &str) -> Option<&str> {
    let name = path.strip_prefix("services.")?;
    Some(name.split('.').next().unwrap_or(name))
}

/// `40 missing-cap-drop`, if it fired.
fn kind(absence: &Absence, fired: &[&Diagnostic]) -> Option<String> {
    let n = fired.iter().filter(|d| d.lint == absence.lint).count();
    (n > 0).then(|| format!("{n} {}", absence.lint))
}

/// The lines that the findings ask for. Evidence without any of the words asks for all but the limit of processes.
fn lines(fired: &[&Diagnostic]) -> Vec<&'static str> {
    let mut out = Vec::new();
    for absence in ABSENCES {
        let evidence: BTreeSet<&str> = fired.iter().filter(|d| d.lint == absence.lint).flat_map(|d| words(d)).collect();
        let named = absence.keys.iter().any(|k| evidence.contains(k.word));
        let fires = fired.iter().any(|d| d.lint == absence.lint);
        let wanted = |k: &&Key| fires && if named { evidence.contains(k.word) } else { k.word != "pids" };
        out.extend(absence.keys.iter().filter(wanted).map(|k| k.line));
    }
    out
}

/// The words of the evidence: `memory,cpus`.
fn words(d: &Diagnostic) -> impl Iterator<Item = &str> {
    d.evidence.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty())
}
