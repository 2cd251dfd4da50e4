//! What commands do: the packages they install, what they download, the files they write, the owners and modes they
//! change. Facts over a [`Flow`](crate::syntax::shell::Flow); an
//! index of a command is one into its `commands`.

mod download;
mod file;
mod mode;
mod package;
#[cfg(test)]
mod tests;
mod user;

pub use download::{Download, Output, downloads};
pub use file::{ModeChange, OwnershipChange, Write, WriteKind, mode_changes, ownership_changes, writes};
pub use mode::Mode;
pub use package::{Action, Manager, Package, PackageCommand, PackageSource, package_commands, package_installs};
pub use user::{Membership, NewUser, USER_PROGRAMS, memberships, new_users};

use crate::syntax::shell::{Command, Redirect, RedirectOp};
use crate::syntax::text::Text;

/// A change of an option of the shell itself, by `set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellOption {
    /// `pipefail`, `errexit`; the letter when it has no long name here.
    pub name: String,
    /// Turned on, not off.
    pub on: bool,
    /// The bytes of the name or letter.
    pub text: Text,
}

/// The options that `set -euxo pipefail` or `set +x` changes; nothing for other commands.
pub fn shell_options(command: &Command<'_>) -> Vec<ShellOption> {
    let mut found = Vec::new();
    if !command.is(&["set"]) {
        return found;
    }
    let mut args = command.args().iter();
    while let Some(word) = args.next() {
        let text = word.unquoted();
        let on = text.starts_with('-');
        if &*text == "--" || !text.starts_with(['-', '+']) {
            break;
        }
        for (at, letter) in text.char_indices().skip(1) {
            if letter != 'o' {
                let name = long_name(letter).map_or_else(|| letter.to_string(), str::to_owned);
                found.push(ShellOption { name, on, text: text.slice(at..at + letter.len_utf8()) });
            } else if let Some(name) = args.next() {
                let text = name.unquoted();
                found.push(ShellOption { name: text.as_str().to_owned(), on, text });
            }
        }
    }
    found
}

fn long_name(letter: char) -> Option<&'static str> {
    Some(match letter {
        'e' => "errexit",
        'u' => "nounset",
        'x' => "xtrace",
        'v' => "verbose",
        'f' => "noglob",
        'a' => "allexport",
        _ => return None,
    })
}

/// The redirection that takes the standard output of a command.
fn output_redirect<'a>(command: &Command<'a>) -> Option<&'a Redirect> {
    let takes =
        |r: &&Redirect| r.writes() && (matches!(r.op, RedirectOp::WriteBoth | RedirectOp::AppendBoth) || r.fd.is_none_or(|fd| fd == 1));
    command.redirects.iter().rev().find(takes)
}

/// Standard output under one of its names.
fn is_stdout(path: &str) -> bool {
    matches!(path, "-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1")
}
