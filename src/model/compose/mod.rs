//! A Compose project as Compose itself would load it, every value with its bytes and the way it took.
//!
//! [`group`] says which files belong together; [`load`] makes a project of them. Each document becomes a layer
//! (`layer`), variables are substituted (`interpolate`, `cast`), keys and types checked (`schema`), what it includes is
//! put under it (`include`) and what its services extend under them (`extends`). Layers are laid over each other
//! (`merge`, `unique`), short forms become long (`canonical`). The whole is checked last (`values`, `engine`, `consistency`).
//! [`Service`] is the typed view that lints read, [`resolved`] prints the project as Compose does.

mod canonical;
mod cast;
mod consistency;
pub mod dotenv;
mod engine;
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
pub use resolved::{escape_dollars, resolved};
pub use schema::{Shape, shape};
pub use service::Service;
pub use unique::Replaced;
pub use value::{Entry, Map, Node, Resolved, Value, VarSource, VarUse, Vars};

#[cfg(test)]
mod tests;
