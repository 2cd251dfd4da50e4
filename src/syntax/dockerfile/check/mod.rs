//! What BuildKit refuses after its parser: in reading the instructions (its `instructions` package) and in turning them
//! into a build (`dockerfile2llb`), as far as the file alone decides it. BuildKit stops at the first; here all are told.

mod arguments;
mod copy;
mod directives;
mod flags;
mod graph;
mod mounts;
mod reference;
mod stages;
mod values;
mod words;

pub use values::is_signal;
pub use words::variables;

use super::{Dockerfile, Instruction, Keyword};
use crate::syntax::SyntaxError;

/// Everything that BuildKit refuses once its parser took the file, in order of the text. `fatal` is false for what it
/// builds and yet cannot be meant. The errors of [`super::parse`] are not repeated.
pub fn check(tree: &Dockerfile) -> Vec<SyntaxError> {
    let mut errors = Vec::new();
    directives::check(tree, &mut errors);
    stages::check(tree, &mut errors);
    let mut above = None;
    for instruction in tree.instructions() {
        if instruction.keyword == Keyword::Unknown {
            errors.push(arguments::unknown(instruction, above));
        }
        check_instruction(instruction, &mut errors);
        above = Some(instruction);
    }
    if has_foreign_frontend(tree) {
        errors.iter_mut().filter(|e| e.code.starts_with("unknown-")).for_each(|e| e.fatal = false);
    }
    errors.sort_by_key(|e| e.span);
    errors
}

/// `# syntax=` may name a frontend that knows instructions, flags and mounts of its own.
fn has_foreign_frontend(tree: &Dockerfile) -> bool {
    let Some(syntax) = tree.directives().find(|d| d.is("syntax")) else { return false };
    let image = syntax.value.split([' ', '@']).next().unwrap_or("");
    let (path, name) = image.rsplit_once('/').unwrap_or(("", image));
    let name = name.split(':').next().unwrap_or("");
    let ours = matches!(name, "dockerfile" | "dockerfile-upstream") && (path == "docker" || path.ends_with("/docker"));
    !ours
}

fn check_instruction(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    let args = instruction.typed();
    flags::check(instruction, &args, errors);
    arguments::check(instruction, &args, errors);
    words::check(instruction, &args, errors);
    mounts::check(instruction, errors);
    if let Some(trigger) = &instruction.trigger {
        check_trigger(trigger, errors);
    }
}

/// BuildKit stores a trigger as it is; only the build that sets it off would fail.
fn check_trigger(trigger: &Instruction, errors: &mut Vec<SyntaxError>) {
    let mut found = Vec::new();
    match trigger.keyword {
        Keyword::From | Keyword::Maintainer | Keyword::Onbuild => return,
        Keyword::Unknown => found.push(arguments::unknown(trigger, None)),
        _ => check_instruction(trigger, &mut found),
    }
    errors.extend(found.into_iter().map(SyntaxError::warning));
}

/// The candidate that `written` is most likely a misspelling of, compared without case; the first of equals.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 32;
    let length = written.chars().count();
    if length == 0 || length > LONGEST {
        return None;
    }
    let most = match length {
        1..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    let written = written.to_lowercase();
    let distance = |c: &&str| strsim::damerau_levenshtein(&written, &c.to_lowercase());
    candidates.into_iter().map(|c| (distance(&c), c)).filter(|(d, _)| *d <= most).min_by_key(|(d, _)| *d).map(|(_, c)| c)
}

/// `error` with the nearest of `candidates` as what was meant, in place of its span.
fn did_you_mean<'a>(error: SyntaxError, written: &str, candidates: impl IntoIterator<Item = &'a str>, prefix: &str) -> SyntaxError {
    match nearest(written, candidates) {
        Some(meant) => {
            let meant = format!("{prefix}{meant}");
            error.help(format!("did you mean `{meant}`?")).replace(meant)
        }
        None => error,
    }
}

/// `a`, `b` or `c`.
fn alternatives<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<_> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
