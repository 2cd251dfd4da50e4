//! `--changed-lines`: only what stands on lines that a change touches.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Error;
use crate::diagnostic::Diagnostic;
use crate::filter::changed::ChangedLines;
use crate::source::{Column, Sources, Span, relative};

/// Keeps the findings of which some place lies on a line that changed in `range`, as `git diff` understands it.
pub fn retain(range: &str, diagnostics: &mut Vec<Diagnostic>, sources: &Sources) -> Result<(), Error> {
    if range.starts_with('-') {
        return Err(Error::Message(format!("--changed-lines {range}: name commits, as in main..HEAD")));
    }
    let top = PathBuf::from(git(sources.root(), &["rev-parse", "--show-toplevel"])?.trim_end());
    let diff = git(&top, &["-c", "core.quotePath=true", "diff", "-U0", "--no-prefix", "--no-color", "--no-ext-diff", range, "--"])?;
    let mut changed = ChangedLines::parse(&diff);
    if !range.contains("..") {
        // What git does not know yet is all new.
        let new = git(&top, &["ls-files", "--others", "--exclude-standard", "-z", "--full-name"])?;
        changed.add_files(new.split('\0').filter(|n| !n.is_empty()));
    }
    let touches = |span: Span| {
        let source = sources.get(span.file);
        let line = |at: u32| source.lines().locate(at, Column::Chars).line + 1;
        changed.touches(&relative(&source.path, &top), line(span.start), line(span.end.max(span.start + 1) - 1))
    };
    diagnostics.retain(|d| touches(d.primary.span) || d.labels.iter().any(|l| touches(l.span)));
    Ok(())
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|e| Error::Message(format!("--changed-lines needs git: {e}")))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Message(format!("--changed-lines: {}", why.lines().next().unwrap_or("git failed"))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
