//! What is said and still not shown: suppressions, known findings, and lints that a file does not want.

pub mod baseline;
pub mod changed;
pub mod rules;
pub mod suppress;
