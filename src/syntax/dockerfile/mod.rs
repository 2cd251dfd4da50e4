//! Dockerfiles, read as BuildKit reads them: its line algorithm, its words, its quirks, with the bytes of every part.

mod args;
mod check;
mod directive;
mod dump;
mod embedded;
mod heredoc;
mod json;
mod lenient;
mod lines;
mod mount;
mod parse;
mod split;
mod tree;
mod word;

pub use args::{ArgDecl, Args, CommandForm, CopyArgs, HealthOptions, Healthcheck, KeyValue};
pub use check::{check, is_signal, nearest, variables};
pub use dump::dump;
pub use embedded::parse_embedded;
pub use lenient::{LenientArray, lenient_array};
pub use mount::{Mount, MountField, MountKind, mounts};
pub use parse::parse;
pub use tree::{Comment, Directive, Dockerfile, Flag, Heredoc, Instruction, Item, Keyword, is_template};
pub use word::{Expansion, VariableUse, WordsExpansion, expand, expand_heredoc, expand_words};

/// What of a text from the file a message shows: one line, not too long.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut out = String::new();
    let mut chars = text.chars();
    for c in chars.by_ref().take(MOST) {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod testing {
    use std::path::Path;

    use super::Dockerfile;
    use crate::source::{FileId, FileKind, Sources};

    /// The number of some file.
    pub fn file() -> FileId {
        Sources::new(Path::new("/"), 1).set_text(Path::new("Dockerfile"), FileKind::Dockerfile, String::new()).id
    }

    /// The tree of a text that BuildKit's parser takes.
    pub fn tree(text: &str) -> Dockerfile {
        let parse = super::parse(file(), text);
        assert_eq!(parse.errors, [], "{text}");
        parse.tree
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
