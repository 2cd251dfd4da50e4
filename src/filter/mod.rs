//! What is said and still not shown: suppressions.

pub mod suppress;
