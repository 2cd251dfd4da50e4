//! Services that wait for each other in a circle.

use std::collections::HashMap;

use super::super::problem;
use super::Check;
use super::references::{Edge, edges};
use crate::syntax::SyntaxError;

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

impl Check<'_> {
    /// Tells each circle once, with a label for every step.
    pub fn cycles(&mut self) {
        let services: Vec<_> = self.project.services.iter().filter(|s| s.enabled).collect();
        let index: HashMap<&str, usize> = services.iter().enumerate().map(|(i, s)| (s.name.as_str(), i)).collect();
        let graph: Vec<Vec<(usize, Edge)>> =
            services.iter().map(|s| edges(s).into_iter().filter_map(|e| Some((*index.get(e.target.as_str())?, e))).collect()).collect();
        let mut marks = vec![Mark::New; graph.len()];
        for start in 0..graph.len() {
            // Each entry: a service, and how many of its edges were followed.
            let mut stack = vec![(start, 0)];
            while let Some((node, next)) = stack.last_mut() {
                let node = *node;
                if *next == 0 && marks.get(node) == Some(&Mark::Done) {
                    stack.pop();
                    continue;
                }
                set(&mut marks, node, Mark::Open);
                let Some((target, _)) = graph.get(node).and_then(|edges| edges.get(*next)) else {
                    set(&mut marks, node, Mark::Done);
                    stack.pop();
                    continue;
                };
                *next += 1;
                match marks.get(*target) {
                    Some(Mark::New) => stack.push((*target, 0)),
                    Some(Mark::Open) => {
                        let from = stack.iter().position(|(n, _)| n == target).unwrap_or(0);
                        let ring: Vec<&Edge> = stack
                            .iter()
                            .skip(from)
                            .filter_map(|(n, next)| graph.get(*n)?.get(next.checked_sub(1)?).map(|(_, e)| e))
                            .collect();
                        let first = services.get(*target).map_or("", |s| s.name.as_str()).to_owned();
                        self.tell_cycle(&first, &ring);
                    }
                    _ => {}
                }
            }
        }
    }

    fn tell_cycle(&mut self, first: &str, ring: &[&Edge]) {
        let Some((start, rest)) = ring.split_first() else { return };
        let names: Vec<&str> = std::iter::once(first).chain(ring.iter().map(|e| e.target.as_str())).collect();
        let message = match rest {
            [] => format!("`{first}` depends on itself"),
            _ => format!("services depend on each other in a circle: {}", names.join(" -> ")),
        };
        let mut error = SyntaxError::new("dependency-cycle", start.target.span(), message).help("take one of these dependencies out");
        for (from, edge) in ring.iter().map(|e| e.target.as_str()).zip(rest) {
            error = error.related(edge.target.span(), format!("`{from}` needs `{}` here", edge.target.as_str()));
        }
        self.problems.push(problem::reference(error));
    }
}

fn set(marks: &mut [Mark], at: usize, mark: Mark) {
    if let Some(slot) = marks.get_mut(at) {
        *slot = mark;
    }
}
