//! Shell scripts: the bodies of `RUN`, shell-form commands, health checks, Compose commands.
//!
//! [`parse`] takes the logical text of a script and never fails. What comes out is a small tree of our own in which
//! every word keeps its exact bytes in the file, through line continuations, here-documents, YAML scalars, and the
//! quotes of `sh -c '..'`. [`Script::flow`] lists the commands in the order they would run.
//!
//! The grammar is that of Bash, which holds that of POSIX `sh`. Scripts for `cmd` and PowerShell are not for this
//! module; see [`is_windows_shell`].

mod ast;
mod edit;
mod flow;
mod grammar;
mod options;
mod recover;
mod scan;
#[cfg(test)]
mod tests;
mod unwrap;
mod word;

use std::ops::Deref;

pub use ast::{
    Arm, Assignment, Embedded, Heredoc, How, Join, Node, NodeKind, PartKind, Redirect, RedirectOp, Script, Simple, Statement, Variable,
    Word, WordPart,
};
pub use edit::cut_words;
pub use flow::{Command, Context, Flow, Pipeline};
pub use options::{Flag, Options};

use crate::source::Span;
use crate::syntax::text::Text;

/// How deep compound commands, substitutions and scripts in arguments may nest, all together.
const MAX_DEPTH: usize = 32;

/// Reads a script. What is wrong with it is not told, only that something is: [`Script::broken`].
pub fn parse(script: &Text) -> Script {
    parse_at(script, 0)
}

/// The exec form, `["curl", "-k", ..]`: one command whose words are what they are, without quotes or expansions.
/// `span` is that of the whole list.
pub fn from_words(words: &[Text], span: Span) -> Script {
    let words: Vec<Word> = words.iter().map(word::verbatim).collect();
    if words.is_empty() {
        return Script { statements: Vec::new(), broken: false, span };
    }
    one_command(words, span, 0)
}

fn one_command(words: Vec<Word>, span: Span, depth: usize) -> Script {
    let embedded = unwrap::embedded(&words, &[], depth);
    let kind = NodeKind::Simple(Simple { assignments: Vec::new(), words, embedded });
    let node = Node { kind, redirects: Vec::new(), join: Join::End, span };
    let statement = Statement { stages: vec![node], negated: false, timed: false, join: Join::End, span };
    Script { statements: vec![statement], broken: false, span }
}

fn parse_at(text: &Text, depth: usize) -> Script {
    let span = text.span();
    if text.trim_ascii().is_empty() {
        return Script { statements: Vec::new(), broken: false, span };
    }
    if depth >= MAX_DEPTH {
        return Script { statements: Vec::new(), broken: true, span };
    }
    let outline = scan::outline(text);
    let (statements, broken) = recover::parse(text, &outline, depth);
    Script { statements, broken, span }
}

/// Which shell runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `sh`, `dash`, `ash`, `ksh`: what POSIX says, more or less.
    Posix,
    /// `bash`
    Bash,
    /// `zsh`
    Zsh,
    /// `cmd`
    Cmd,
    /// `powershell` and `pwsh`, on whichever system.
    PowerShell,
    /// None of these: an interpreter of another language.
    Other,
}

impl Dialect {
    /// The shell that these words start, as in `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`.
    pub fn of<S: Deref<Target = str>>(words: &[S]) -> Dialect {
        let Some(first) = words.first() else { return Dialect::Other };
        let name = first.rsplit(['/', '\\']).next().unwrap_or(first).to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "sh" | "dash" | "ash" | "ksh" | "mksh" | "busybox" => Dialect::Posix,
            "bash" | "rbash" => Dialect::Bash,
            "zsh" => Dialect::Zsh,
            "cmd" => Dialect::Cmd,
            "powershell" | "pwsh" => Dialect::PowerShell,
            _ => Dialect::Other,
        }
    }

    /// Whether [`parse`] can read its scripts.
    pub fn is_unix(self) -> bool {
        matches!(self, Dialect::Posix | Dialect::Bash | Dialect::Zsh)
    }
}

/// Whether these words start `cmd` or PowerShell, whose scripts are to be left alone.
pub fn is_windows_shell<S: Deref<Target = str>>(words: &[S]) -> bool {
    matches!(Dialect::of(words), Dialect::Cmd | Dialect::PowerShell)
}
