//! Everything that was read, joined: which service builds which stage of which Dockerfile.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::build::{Build, ServiceRef};
use super::compose::{BuildSpec, KeyValue, Project};
use super::daemon::Daemon;
use super::dockerfile::{BuildArg, BuildArgs, Dockerfile};
use crate::source::Sources;
use crate::syntax::dockerfile::parse_embedded;

/// All Dockerfiles and Compose projects of one run, and the builds that join them.
#[derive(Debug)]
pub struct World {
    /// The texts.
    pub sources: Arc<Sources>,
    /// Every Dockerfile, in the order of their names. Those that a Compose file builds are seen with their own default
    /// arguments, the others with those of [`BuildOptions`].
    pub dockerfiles: Vec<Arc<Dockerfile>>,
    /// Every Compose project, in the order of their base files' names.
    pub projects: Vec<Arc<Project>>,
    /// Every `daemon.json`.
    pub daemons: Vec<Daemon>,
    /// Every image as it is really built and run.
    pub builds: Vec<Build>,
}

/// What a person says of the builds that no Compose file describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildOptions {
    /// `--build-arg`
    pub args: BuildArgs,
    /// `--target`: the stage that becomes the image, where there is one of that name.
    pub target: Option<String>,
}

impl World {
    /// Joins what was read. `open` gives the Dockerfile at a path, reading it when nobody has yet.
    pub fn join(
        projects: Vec<Arc<Project>>,
        dockerfiles: Vec<Arc<Dockerfile>>,
        sources: &Arc<Sources>,
        options: &BuildOptions,
        open: &dyn Fn(&Path) -> Option<Arc<Dockerfile>>,
    ) -> World {
        let mut world = World { sources: Arc::clone(sources), dockerfiles, projects, daemons: Vec::new(), builds: Vec::new() };
        let projects = world.projects.clone();
        for project in &projects {
            for index in 0..project.services.len() {
                let service = ServiceRef { project: Arc::clone(project), index };
                world.builds.extend(composed(service, sources, open));
            }
        }
        let built: BTreeSet<_> = world.builds.iter().map(|b| b.dockerfile.place()).collect();
        for dockerfile in world.dockerfiles.iter_mut().filter(|d| !built.contains(&d.place())) {
            if !options.args.is_empty() {
                *dockerfile = Arc::new(dockerfile.with_args(&options.args));
            }
            world.builds.extend(implicit(dockerfile, options.target.as_deref(), sources));
        }
        let mut known: BTreeSet<_> = world.dockerfiles.iter().map(|d| d.place()).collect();
        let named =
            world.builds.iter().filter(|b| known.insert(b.dockerfile.place())).map(|b| Arc::new(b.dockerfile.with_args(&BuildArgs::new())));
        world.dockerfiles.extend(named);
        world
    }
}

/// The build of a Dockerfile that no Compose file mentions: the target or its last stage, from its own folder.
fn implicit(dockerfile: &Arc<Dockerfile>, target: Option<&str>, sources: &Sources) -> Option<Build> {
    let last = dockerfile.stages.len().checked_sub(1)?;
    let stage = target.and_then(|t| dockerfile.target(t)).unwrap_or(last);
    let context = sources.get(dockerfile.file).path.parent().map(Path::to_path_buf);
    Some(Build::new(Arc::clone(dockerfile), stage, context, None, sources))
}

/// The build that a service describes, when its Dockerfile is there and has the stage.
fn composed(service: ServiceRef, sources: &Sources, open: &dyn Fn(&Path) -> Option<Arc<Dockerfile>>) -> Option<Build> {
    let spec = service.get()?.build()?;
    let context = spec.context_path.clone()?;
    let file = spec.dockerfile.as_ref().map_or("Dockerfile", |d| d.text.as_str());
    let dockerfile = match &spec.dockerfile_inline {
        Some(inline) if inline.is_certain() => Arc::new(Dockerfile::from_parse(inline.file(), parse_embedded(inline))),
        Some(_) => return None,
        None => open(&context.join(file))?,
    };
    let dockerfile = if spec.args.is_empty() { dockerfile } else { Arc::new(dockerfile.with_args(&build_args(&spec))) };
    let stage = match &spec.target {
        Some(target) => dockerfile.target(&target.text)?,
        None => dockerfile.stages.len().checked_sub(1)?,
    };
    Some(Build::new(dockerfile, stage, Some(context), Some(service), sources))
}

fn build_args(spec: &BuildSpec) -> BuildArgs {
    let arg = |a: &KeyValue| {
        let value = a.value.as_ref().filter(|v| v.is_known()).map(|v| v.text.to_string());
        (a.name.to_string(), BuildArg { value, span: Some(a.span) })
    };
    spec.args.iter().map(arg).collect()
}
