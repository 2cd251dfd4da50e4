//! Dockerfiles, read as BuildKit reads them: its line algorithm, its words, its quirks, with the bytes of every part.

mod tree;

pub use tree::{Comment, Directive, Dockerfile, Flag, Heredoc, Instruction, Item, Keyword};
