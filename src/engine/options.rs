//! What a person said of the builds and no Dockerfile answers to.

use std::collections::BTreeSet;

use super::Note;
use crate::model::build::Build;
use crate::model::dockerfile::{Dockerfile, PREDEFINED_PLATFORM_ARGS, PREDEFINED_PROXY_ARGS};
use crate::model::project::{BuildOptions, World};
use crate::syntax::dockerfile::{Args, nearest};

const COMPOSED: &str = "is not used, because a Compose file says how the Dockerfile that has it is built";

/// A target that there is not, which is a failure, and arguments that nothing declares. Only builds that no Compose file
/// describes are asked; what the others would answer to is told as not used.
pub(super) fn unmet(world: &World, options: &BuildOptions) -> Vec<Note> {
    let (alone, composed): (Vec<&Build>, Vec<&Build>) = world.builds.iter().partition(|b| b.service.is_none());
    let target = options.target.as_deref().and_then(|t| unmet_target(&alone, &composed, t));
    target.into_iter().chain(unmet_arguments(&alone, &composed, options)).collect()
}

fn unmet_target(alone: &[&Build], composed: &[&Build], target: &str) -> Option<Note> {
    let has_it = |b: &&Build| b.dockerfile.target(target).is_some();
    if alone.iter().any(has_it) {
        return None;
    }
    let path = format!("--target {target}");
    if composed.iter().any(has_it) {
        return Some(Note { path, text: COMPOSED.into(), failure: false });
    }
    let names = alone.iter().flat_map(|b| &b.dockerfile.stages).filter_map(|s| s.name.as_deref());
    Some(Note { path, text: format!("no Dockerfile has a stage of that name{}", did_you_mean(target, names)), failure: true })
}

fn unmet_arguments(alone: &[&Build], composed: &[&Build], options: &BuildOptions) -> Vec<Note> {
    if options.args.is_empty() {
        return Vec::new();
    }
    let declared_by = |builds: &[&Build]| builds.iter().flat_map(|b| declared(&b.dockerfile)).collect::<BTreeSet<String>>();
    let (here, elsewhere) = (declared_by(alone), declared_by(composed));
    let unmet = options.args.keys().filter(|n| !here.contains(*n) && !is_predefined(n));
    let note = |name: &String| {
        let near = || format!("no Dockerfile declares it{}", did_you_mean(name, here.iter().map(String::as_str)));
        let text = if elsewhere.contains(name) { COMPOSED.into() } else { near() };
        Note { path: format!("--build-arg {name}"), text, failure: false }
    };
    unmet.map(note).collect()
}

/// The names after ARG.
fn declared(dockerfile: &Dockerfile) -> Vec<String> {
    let arguments = dockerfile.tree.instructions().filter_map(|i| match i.typed() {
        Args::Arg(declarations) => Some(declarations),
        _ => None,
    });
    arguments.flatten().map(|d| d.name.to_string()).collect()
}

/// Whether the builder itself knows the argument.
fn is_predefined(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    PREDEFINED_PROXY_ARGS.contains(&upper.as_str())
        || PREDEFINED_PLATFORM_ARGS.contains(&name)
        || name.starts_with("BUILDKIT_")
        || name == "SOURCE_DATE_EPOCH"
}

fn did_you_mean<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}
