//! The `dockvet` program.
fn main() {}
