//! Whether the parts of a project fit together: what Compose checks once everything is loaded.

mod conflicts;
mod cycles;
mod references;
mod start;

pub(super) use references::edges;

use super::schema::nearest;
use super::value::{Map, Node, Resolved};
use super::{Problem, Project, Service};
use crate::model::origin::{Slot, Sourced};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Checks a project. `open`: something that could not be read may define further services, networks and so on.
pub(super) fn check(project: &Project, open: bool) -> Vec<Problem> {
    let mut cx = Check { project, references: !open && !project.fragment && !project.raw, comparisons: COMPARISONS, problems: Vec::new() };
    for service in &project.services {
        cx.references(service);
        cx.conflicts(service);
        cx.start(service);
    }
    cx.resources();
    cx.container_names();
    cx.swarm_only();
    cx.cycles();
    cx.problems
}

struct Check<'p> {
    project: &'p Project,
    /// Whether what is not here is nowhere.
    references: bool,
    comparisons: usize,
    problems: Vec<Problem>,
}

impl<'p> Check<'p> {
    /// A problem of a service. Compose passes over those that no profile switches on; they are told as warnings.
    fn tell(&mut self, service: &Service, kind: fn(SyntaxError) -> Problem, error: SyntaxError) {
        self.problems.push(kind(if service.enabled { error } else { error.warning() }));
    }

    /// The names under a section; `None` when not all of them are known.
    fn names(&self, section: &str) -> Option<Names<'p>> {
        let project: &'p Project = self.project;
        match project.root.get(section) {
            None => Some(Names(None)),
            Some(node) if node.is_null() => Some(Names(None)),
            Some(node) => node.as_map().filter(|m| m.lost.is_none()).map(|m| Names(Some(m))),
        }
    }

    /// The name that was most likely meant. A project with a great many wrong names gets no help with the last of them.
    fn meant(&mut self, name: &str, names: Names<'p>) -> Option<String> {
        self.comparisons = self.comparisons.checked_sub(names.len())?;
        nearest(name, names.iter())
    }
}

/// How many names may be compared in the search for those that were meant.
const COMPARISONS: usize = 100_000;

/// The names under a section.
#[derive(Clone, Copy)]
struct Names<'p>(Option<&'p Map>);

impl<'p> Names<'p> {
    fn contains(self, name: &str) -> bool {
        self.0.is_some_and(|m| m.contains(name))
    }

    fn len(self) -> usize {
        self.0.map_or(0, Map::len)
    }

    fn iter(self) -> impl Iterator<Item = &'p str> {
        self.0.into_iter().flat_map(Map::keys)
    }
}

/// Where a key of a mapping is written, if it has a value.
fn key_span(node: &Node, key: &str) -> Option<Span> {
    node.as_map()?.entry(key).filter(|e| !e.value.is_null()).map(|e| e.key.span)
}

/// The known text at a path, with its bytes; `None` also when it is empty.
fn known(slot: Slot<Resolved>) -> Option<Sourced<Resolved>> {
    match slot {
        Slot::Set(s) if s.value.is_known() && !s.value.is_empty() => Some(s),
        _ => None,
    }
}

/// Whether a line of the service could not be read, so that anything may be missing.
fn is_incomplete(service: &Service) -> bool {
    service.node.as_map().is_none_or(|m: &Map| m.lost.is_some())
}

/// What stands before the first colon.
fn before_colon(text: &Resolved) -> Resolved {
    text.split_once(':').map_or_else(|| text.clone(), |(first, _)| first)
}
