//! Every output format, on files and findings made by hand.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "what is not there makes the test fail, as it should")]

#[path = "reports/github.rs"]
mod github;
#[path = "reports/golden.rs"]
mod golden;
#[path = "reports/hard.rs"]
mod hard;
#[path = "reports/json.rs"]
mod json;
#[path = "reports/robust.rs"]
mod robust;
#[path = "reports/sarif.rs"]
mod sarif;
#[path = "reports/structure.rs"]
mod structure;
#[path = "reports/text.rs"]
mod text;
#[path = "reports/world.rs"]
mod world;
