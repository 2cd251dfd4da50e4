//! What BuildKit refuses after its parser.

use super::Dockerfile;
use crate::syntax::SyntaxError;

/// x
pub fn check(_tree: &Dockerfile) -> Vec<SyntaxError> {
    Vec::new()
}
