//! MEANING: what the trees say, every value with where it came from. Facts are computed once, here.

pub mod command;
pub mod image;
pub mod knowledge;
pub mod origin;
pub mod secret;

pub mod dockerfile;

pub mod compose;
pub mod exposure;
pub mod isolation;
mod service;
mod swarm;

pub mod altered;
pub mod env_names;
pub mod layers;
pub use swarm::SWARM_ONLY;

pub mod authentication;
pub mod build;
pub mod context;
pub mod daemon;
pub mod datastore;
pub mod docker_api;
pub mod entry;
pub mod host_device;
pub mod host_path;
pub mod image_content;
pub mod project;
pub mod remote;
pub mod values;
