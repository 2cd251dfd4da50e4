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

pub mod assigned;
pub mod build;
pub mod context;
pub mod daemon;
pub mod docker_api;
pub mod entry;
pub mod host_key;
pub mod host_path;
pub mod image_content;
pub mod key_import;
pub mod package_index;
pub mod project;
pub mod remote_code;
pub mod scripts;
pub mod secret_file;
pub mod stored_secret;
pub mod switched_off;
pub mod unverified;
pub mod url;
pub mod values;
pub mod written;
