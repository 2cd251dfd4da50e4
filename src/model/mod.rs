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

pub mod assigned;
pub mod authentication;
pub mod backdoor;
pub mod build;
pub mod build_inputs;
pub mod context;
pub mod copy_sources;
pub mod daemon;
pub mod datastore;
pub mod debugger;
pub mod development;
pub mod docker_api;
pub mod entry;
pub mod exposed;
pub mod hardening;
pub mod health;
pub mod host_device;
pub mod host_key;
pub mod host_path;
pub mod idle_user;
pub mod ignoring;
pub mod image_content;
pub mod image_use;
pub mod key_import;
pub mod ownership;
pub mod package_index;
pub mod project;
pub mod remote;
pub mod remote_code;
pub mod remote_shell;
pub mod run;
pub mod scripts;
pub mod secret_file;
mod shipped;
pub mod stored_secret;
pub mod suppression;
pub mod switched_off;
pub mod unverified;
pub mod url;
pub mod values;
pub mod written;
