//! MEANING: what the trees say, every value with where it came from. Facts are computed once, here.

pub mod command;
pub mod origin;
