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

pub mod backdoor;
pub mod build;
pub mod context;
pub mod daemon;
pub mod debugger;
pub mod development;
pub mod docker_api;
pub mod entry;
pub mod health;
pub mod host_path;
pub mod image_content;
pub mod ownership;
pub mod project;
pub mod remote_shell;
pub mod run;
mod shipped;
pub mod values;
