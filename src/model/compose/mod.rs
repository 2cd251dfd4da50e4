//! A Compose project as Compose itself would load it, every value with its bytes and the way it took.
//!
//! One file is read into layers ([`layer`]), variables are substituted ([`interpolate`]), short forms become long
//! ([`canonical`]); [`Service`] is the typed view that lints read.

mod canonical;
mod cast;
mod consistency;
pub mod dotenv;
mod elsewhere;
mod env;
mod env_files;
mod extends;
mod group;
mod include;
pub mod interpolate;
mod layer;
mod loader;
mod merge;
mod mounts;
mod parts;
mod path;
mod ports;
mod problem;
mod project;
pub mod quantity;
mod resolved;
mod schema;
mod service;
mod unique;
mod value;
mod values;

pub use env::Env;
pub use group::{FILE_NAMES, ProjectFiles, group};
pub use layer::Cleared;
pub use mounts::{Mount, MountKind};
pub use parts::{BuildSpec, Command, Dependency, Device, EnvVar, FileRef, Healthcheck, Hook, KeyValue, Limit, List, Resource};
pub use ports::{Port, PortRange};
pub use problem::Problem;
pub use project::{LoadOptions, Project, load};
pub use quantity::Words;
pub use resolved::resolved;
pub use service::Service;
pub use unique::Replaced;
pub use value::{Entry, Map, Node, Resolved, Value, VarSource, VarUse, Vars};

#[cfg(test)]
mod tests;
