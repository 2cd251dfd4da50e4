//! MEANING: what the trees say, every value with where it came from. Facts are computed once, here.

pub mod command;
pub mod image;
pub mod knowledge;
pub mod origin;
pub mod secret;

pub mod dockerfile;

pub mod compose;
mod service;
mod swarm;

pub mod altered;
pub mod env_names;
pub mod layers;
pub use swarm::SWARM_ONLY;

pub mod build;
pub mod build_inputs;
pub mod context;
pub mod copy_sources;
pub mod daemon;
pub mod docker_api;
pub mod entry;
pub mod exposed;
pub mod hardening;
pub mod host_path;
pub mod ignoring;
pub mod image_content;
pub mod image_use;
pub mod project;
pub mod values;
