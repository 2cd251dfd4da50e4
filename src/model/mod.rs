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
pub mod authentication;
pub mod datastore;
pub mod env_names;
pub mod layers;
pub use swarm::SWARM_ONLY;

pub mod assigned;
pub mod backdoor;
pub mod build;
pub mod build_inputs;
pub mod context;
pub mod copy_sources;
pub mod daemon;
pub mod debugger;
pub mod development;
pub mod docker_api;
pub mod entry;
pub mod host_key;
pub mod host_device;
pub mod hardening;
pub mod host_path;
pub mod ignoring;
pub mod image_content;
pub mod key_import;
pub mod package_index;
pub mod image_use;
pub mod project;
pub mod suppression;
pub mod remote_code;
pub mod scripts;
pub mod switched_off;
pub mod unverified;
pub mod url;
pub mod health;
pub mod ownership;
pub mod remote_shell;
pub mod run;
mod shipped;
pub mod remote;
pub mod values;
pub mod written;
