//! What the tests of the formats share.

use std::path::Path;

use crate::source::{DEFAULT_MAX_SIZE, FileId, FileKind, Sources};

/// One file in memory.
pub(crate) fn file(name: &str, text: &str) -> (Sources, FileId) {
    let sources = Sources::new(Path::new("/project"), DEFAULT_MAX_SIZE);
    let id = sources.set_text(Path::new(name), FileKind::Dockerfile, text.to_string()).id;
    (sources, id)
}
