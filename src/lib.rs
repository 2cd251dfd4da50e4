//! dockvet: a security-first linter for Dockerfiles and Compose files.
//!
//! Data flows down this list and never back: a module imports only from the modules above it
//! (`tests/architecture.rs` holds it to that).

pub mod source;
pub mod syntax;

pub mod model;

pub mod diagnostic;

pub mod config;

pub mod lint;
#[path = "../lints/mod.rs"]
pub mod lints;

pub mod filter;

pub mod fix;

pub mod engine;

pub mod report;

pub mod lsp;

pub mod cli;
