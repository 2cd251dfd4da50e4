//! Whether a project is run by Compose or may be a stack of a swarm, which honours other keys.

use super::compose::{Node, Project, Service};
use super::origin::Slot;

/// Keys below `deploy:` that a swarm reads and Compose passes over.
pub const SWARM_ONLY: &[&str] = &["endpoint_mode", "labels", "placement", "rollback_config", "update_config"];

impl Project {
    /// Whether something in it only makes sense in a swarm.
    pub fn looks_like_stack(&self) -> bool {
        let asks = |s: &Service| {
            let deploy = s.node.get("deploy");
            deploy.is_some_and(|d| d.get("mode").is_some() || SWARM_ONLY.iter().any(|k| d.get(k).is_some_and(|n| !n.is_null())))
        };
        let overlay = self.networks.iter().any(|n| n.text("driver").is_some_and(|d| d.as_str() == "overlay"));
        overlay || self.services.iter().any(asks)
    }

    /// Whether no swarm could run it: a service has no image, or one that is built here under no name.
    pub fn cannot_be_stack(&self) -> bool {
        let is_nameless = |s: &Service| {
            let complete = s.node.as_map().is_some_and(|m| m.lost.is_none());
            complete && matches!(s.image(), Slot::Absent(_)) && s.node.get("build").is_some_and(|b: &Node| b.as_map().is_some())
        };
        !self.fragment && self.services.iter().any(is_nameless)
    }
}
