//! What is wrong with a project, by the lint that tells it.

use super::value::Resolved;
use crate::syntax::SyntaxError;

/// A finding of the loader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The lint it belongs to: `compose-syntax`, `compose-schema`, `compose-value`, `compose-reference` or
    /// `compose-conflict`.
    pub lint: &'static str,
    /// Where and what. `fatal` when Compose refuses the project for it.
    pub error: SyntaxError,
}

/// YAML that cannot be read.
pub(super) fn syntax(error: SyntaxError) -> Problem {
    Problem { lint: "compose-syntax", error }
}

/// A value in a form that Compose cannot read.
pub(super) fn value(error: SyntaxError) -> Problem {
    Problem { lint: "compose-value", error }
}

/// Two things that exclude each other.
pub(super) fn conflict(error: SyntaxError) -> Problem {
    Problem { lint: "compose-conflict", error }
}

/// A key, type or value that the Compose file does not allow.
pub(super) fn schema(error: SyntaxError) -> Problem {
    Problem { lint: "compose-schema", error }
}

/// A name or file that is not there.
pub(super) fn reference(error: SyntaxError) -> Problem {
    Problem { lint: "compose-reference", error }
}

/// What to tell of a part that is empty because nothing sets its variables: at their bytes, `what` names the part.
pub(super) fn unset(code: &'static str, what: &str, part: &Resolved) -> Option<SyntaxError> {
    if !part.is_empty() {
        return None;
    }
    let first = part.vars.unset().next()?;
    let names: Vec<&str> = part.vars.unset().map(|u| u.name.as_str()).collect();
    let message = format!("{what} is empty, because nothing sets {}", names.join(" and "));
    Some(SyntaxError::new(code, first.span, message).help(format!("give it a default, as `${{{}:-..}}`, or set it in `.env`", first.name)))
}
