//! Everything that was read, joined: which service builds which stage of which Dockerfile.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::build::{Build, ServiceRef};
use super::compose::{BuildSpec, KeyValue, Project, Service};
use super::context::IgnoreFile;
use super::daemon::Daemon;
use super::dockerfile::{BuildArg, BuildArgs, Dockerfile};
use super::image_use::{self, ImageUse};
use crate::source::{FileId, Sources};
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
    /// Every ignore file, in the order of their names.
    pub ignore_files: Vec<IgnoreFile>,
    /// Every image as it is really built and run.
    pub builds: Vec<Build>,
    /// Indexes of `builds` by Dockerfile.
    by_file: HashMap<FileId, Vec<usize>>,
    /// Index of the build of a service, by its address: projects are shared and never move.
    by_service: HashMap<usize, usize>,
    /// The images that the projects of each folder build, found out when somebody asks.
    built: OnceLock<HashMap<PathBuf, BTreeSet<String>>>,
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
    /// Joins what was read. `options` says how the Dockerfile at a path is built that no Compose file builds; `open` gives
    /// the Dockerfile at a path, reading it when nobody has yet.
    pub fn join(
        projects: Vec<Arc<Project>>,
        dockerfiles: Vec<Arc<Dockerfile>>,
        sources: &Arc<Sources>,
        options: &(dyn Fn(&Path) -> BuildOptions + Sync),
        open: &(dyn Fn(&Path) -> Option<Arc<Dockerfile>> + Sync),
    ) -> World {
        let mut world = World {
            sources: Arc::clone(sources),
            dockerfiles,
            projects,
            daemons: Vec::new(),
            ignore_files: Vec::new(),
            builds: Vec::new(),
            by_file: HashMap::new(),
            by_service: HashMap::new(),
            built: OnceLock::new(),
        };
        let services = |project: &Arc<Project>| {
            let project = Arc::clone(project);
            (0..project.services.len()).map(move |index| ServiceRef { project: Arc::clone(&project), index })
        };
        let services: Vec<ServiceRef> = world.projects.iter().flat_map(services).collect();
        world.builds.par_extend(services.par_iter().filter_map(|service| composed(service, sources, open)));
        let built: BTreeSet<_> = world.builds.iter().map(|b| b.dockerfile.place()).collect();
        let alone: Vec<&mut Arc<Dockerfile>> = world.dockerfiles.iter_mut().filter(|d| !built.contains(&d.place())).collect();
        world.builds.par_extend(alone.into_par_iter().filter_map(|dockerfile| {
            let options = options(&sources.get(dockerfile.file).path);
            if !options.args.is_empty() {
                *dockerfile = Arc::new(dockerfile.with_args(&options.args));
            }
            implicit(dockerfile, options.target.as_deref(), sources)
        }));
        let mut known: BTreeSet<_> = world.dockerfiles.iter().map(|d| d.place()).collect();
        let named =
            world.builds.iter().filter(|b| known.insert(b.dockerfile.place())).map(|b| Arc::new(b.dockerfile.with_args(&BuildArgs::new())));
        world.dockerfiles.extend(named);
        for (index, build) in world.builds.iter().enumerate() {
            world.by_file.entry(build.dockerfile.file).or_default().push(index);
            if let Some(service) = build.service() {
                world.by_service.insert(std::ptr::from_ref(service).addr(), index);
            }
        }
        world
    }

    /// The build of a service of one of the projects, when its Dockerfile was read.
    pub fn build_of(&self, service: &Service) -> Option<&Build> {
        self.builds.get(*self.by_service.get(&std::ptr::from_ref(service).addr())?)
    }

    /// The images that the services of a project pull; see [`image_use::of_project`]. What another project of the same
    /// folder builds is not pulled either.
    pub fn pulled_images(&self, project: &Project) -> Vec<ImageUse> {
        let built = self.built.get_or_init(|| {
            let mut by_folder: HashMap<PathBuf, BTreeSet<String>> = HashMap::new();
            for project in &self.projects {
                by_folder.entry(project.directory.clone()).or_default().extend(image_use::built_images(project));
            }
            by_folder
        });
        image_use::of_project(project, built.get(&project.directory).unwrap_or(&BTreeSet::new()))
    }

    /// The builds of the Dockerfiles in a file.
    pub fn builds_of(&self, file: FileId) -> impl Iterator<Item = &Build> {
        let indexes = self.by_file.get(&file).map_or(&[][..], Vec::as_slice);
        indexes.iter().filter_map(|i| self.builds.get(*i))
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
fn composed(service: &ServiceRef, sources: &Sources, open: &(dyn Fn(&Path) -> Option<Arc<Dockerfile>> + Sync)) -> Option<Build> {
    let spec = service.get()?.build()?;
    let context = spec.context_path.clone()?;
    let file = spec.dockerfile.as_ref().map_or("Dockerfile", |d| d.text.as_str());
    let dockerfile = match &spec.dockerfile_inline {
        Some(inline) if inline.is_certain() => Arc::new(Dockerfile::from_parse(inline.file(), parse_embedded(inline))),
        Some(_) => return None,
        None => open(&context.join(file))?,
    };
    let dockerfile = if spec.args.is_empty() { dockerfile } else { Arc::new(dockerfile.with_args(&build_args(spec))) };
    let stage = match &spec.target {
        Some(target) => dockerfile.target(&target.text)?,
        None => dockerfile.stages.len().checked_sub(1)?,
    };
    Some(Build::new(dockerfile, stage, Some(context), Some(service.clone()), sources))
}

fn build_args(spec: &BuildSpec) -> BuildArgs {
    let arg = |a: &KeyValue| {
        let value = a.value.as_ref().filter(|v| v.is_known()).map(|v| v.text.to_string());
        (a.name.to_string(), BuildArg { value, span: Some(a.span) })
    };
    spec.args.iter().map(arg).collect()
}
