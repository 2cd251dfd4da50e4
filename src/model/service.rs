//! Facts about one service that more than one lint asks for.

use super::compose::{Command, Service};
use super::image::ImageRef;
use super::knowledge;
use super::knowledge::docker::{is_docker_in_docker, is_socket_proxy};
use super::origin::Slot;
use crate::source::Span;

impl Service {
    /// The image it runs, when that is known and well formed.
    pub fn image_ref(&self) -> Option<ImageRef> {
        let image = self.image();
        let image = image.set()?;
        image.value.is_certain().then(|| ImageRef::parse(&image.value.text).ok()).flatten()
    }

    /// Key and value at the end of a path of keys.
    pub fn entry(&self, path: &[&str]) -> Option<Span> {
        let key = self.key_of(path)?;
        Some(key.to(self.node.get_path(path)?.span()))
    }

    /// Whether it is known to run an image that holds a Docker engine.
    pub fn is_docker_in_docker(&self) -> bool {
        self.image_ref().and_then(|i| is_docker_in_docker(&i)).unwrap_or(false)
    }

    /// Whether it runs a known proxy of the Docker socket.
    pub fn is_socket_proxy(&self) -> bool {
        self.image_ref().is_some_and(|i| is_socket_proxy(&i))
    }

    /// Whether the container is a Windows one, by `platform` or by its image.
    pub fn is_windows(&self) -> bool {
        let platform = self.text(&["platform"]);
        let says = platform.set().is_some_and(|p| p.value.starts_with("windows"));
        says || self.image_ref().is_some_and(|i| knowledge::lookup(&i).is_some_and(|k| k.windows == Some(true)))
    }

    /// The words of its `entrypoint`; `None` when it sets none.
    pub fn entrypoint_words(&self) -> Option<Vec<String>> {
        words(&self.entrypoint())
    }

    /// The words of its `command`; `None` when it sets none.
    pub fn command_words(&self) -> Option<Vec<String>> {
        words(&self.command())
    }
}

fn words(command: &Slot<Command>) -> Option<Vec<String>> {
    Some(command.set()?.value.argv().iter().map(|w| w.to_string()).collect())
}
