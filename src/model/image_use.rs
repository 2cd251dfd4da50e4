//! Where images from outside are named: by FROM, `COPY --from`, mounts, services and named contexts.

use std::collections::BTreeSet;

use super::build::Build;
use super::compose::{Project, Service};
use super::dockerfile::{Base, Dockerfile, Resolved};
use super::image::{DOCKER_HUB, ImageRef, Part, normalize_name};
use super::knowledge::{self, glob_matches};
use super::origin::Origin;
use crate::source::Span;
use crate::syntax::dockerfile::{Keyword, mounts, nearest};
use crate::syntax::text::Text;

/// A place that names an image from outside.
#[derive(Clone, Debug)]
pub struct ImageUse {
    /// The reference, variables substituted.
    pub image: ImageRef,
    /// The bytes that name it.
    pub span: Span,
    /// How the bytes got there, in a Compose file.
    pub origin: Origin,
    /// What names it.
    pub by: NamedBy,
    /// Where it is in the model: `stage:build/FROM`, `services.web.image`.
    pub path: String,
}

/// What names an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// FROM: the image that a stage is built on.
    From,
    /// `COPY --from`.
    Copy,
    /// `from` of a mount.
    Mount,
    /// `image` of a service.
    Service,
    /// `docker-image://` in the named contexts of a build.
    Context,
}

/// How far a reference says which bytes are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinning {
    /// Neither tag nor digest, which means `latest`.
    Untagged,
    /// A tag that is moved to every release.
    Moving,
    /// A tag of a release.
    Tagged,
    /// A digest.
    Digest,
    /// A variable decides.
    Unknown,
}

/// Tags that are moved to every release.
const MOVING_TAGS: &[&str] = &["latest"];

impl ImageRef {
    /// How far the reference says which bytes are meant.
    pub fn pinning(&self) -> Pinning {
        match (&self.digest, &self.tag) {
            (Part::Known(_), _) => Pinning::Digest,
            (Part::Unknown(_), _) | (_, Part::Unknown(_)) => Pinning::Unknown,
            (Part::Absent, Part::Absent) => Pinning::Untagged,
            (Part::Absent, Part::Known(tag)) if MOVING_TAGS.contains(&tag.as_str()) => Pinning::Moving,
            (Part::Absent, Part::Known(_)) => Pinning::Tagged,
        }
    }

    /// Whether it can only be an image of this machine or one that the table does not know: a name without a registry and a
    /// folder is one of Docker's own images, and those are in the table.
    pub fn may_be_local(&self) -> bool {
        let is_bare = self.registry.is_absent() && self.repository.known().is_some_and(|r| !r.contains('/'));
        // An entry that does not even know the user speaks for a whole registry.
        is_bare && knowledge::lookup(self).is_none_or(|k| k.user.is_none())
    }

    /// The reference with the tag that the engine adds, `docker.io/library/nginx:latest`.
    fn complete(&self) -> Option<String> {
        let full = self.normalized()?;
        Some(if self.pinning() == Pinning::Untagged { format!("{full}:latest") } else { full })
    }
}

/// The images that a Dockerfile names, with the arguments of this build. What depends on a variable that nobody sets is
/// left out, and so are `scratch`, stages and named contexts.
pub fn of_build(build: &Build) -> Vec<ImageUse> {
    let dockerfile = &*build.dockerfile;
    let contexts = Contexts::of(build.service());
    let mut out = Vec::new();
    for stage in &dockerfile.stages {
        if let Base::Image(image) = &stage.base
            && !contexts.replace(image)
            // A stage further down is not seen here, but it is what was meant. `FROM node AS node` is the image.
            && dockerfile.target(&image.text).is_none_or(|named| named == stage.index)
        {
            out.push(ImageUse::here(image, &stage.image, NamedBy::From, format!("stage:{}/FROM", stage.label())));
        }
    }
    for at in dockerfile.instructions() {
        let copied = at.instruction.flag_value("from").filter(|_| at.instruction.keyword == Keyword::Copy).cloned();
        let mounted = mounts(at.instruction).into_iter().filter_map(|m| m.from);
        for (from, by) in copied.map(|f| (f, NamedBy::Copy)).into_iter().chain(mounted.map(|f| (f, NamedBy::Mount))) {
            let Resolved::Known(name) = at.resolve(&from) else { continue };
            let Some(image) = copied_image(dockerfile, &name, at.onbuild).filter(|i| !contexts.replace(i)) else { continue };
            let stage = at.stage_label().unwrap_or_default();
            out.push(ImageUse::here(&image, &from, by, format!("stage:{stage}/{}", at.instruction.keyword.as_str())));
        }
    }
    out
}

impl ImageUse {
    fn here(image: &ImageRef, written: &Text, by: NamedBy, path: String) -> ImageUse {
        ImageUse { image: image.clone(), span: written.span(), origin: Origin::here(written.span()), by, path }
    }
}

/// The image that `COPY --from=name` or a mount means; `None` for a stage or its number, and for what may be one.
fn copied_image(dockerfile: &Dockerfile, name: &Text, onbuild: bool) -> Option<ImageRef> {
    let is_bare = !name.contains(['/', ':', '@']);
    // The stages that a trigger sees are those of a file that is not here.
    let is_stage = name.parse::<i64>().is_ok() || name.as_str() == "scratch" || dockerfile.target(name).is_some() || onbuild && is_bare;
    let near = || nearest(name, dockerfile.stages.iter().filter_map(|s| s.name.as_deref()));
    if is_stage || is_meant_as_stage(name, near()) {
        return None;
    }
    ImageRef::parse(name).ok()
}

/// Whether a name after `--from` is a misspelt stage: a single word that is near the name of one (`near`), and no image
/// that is known.
pub fn is_meant_as_stage(name: &Text, near: Option<&str>) -> bool {
    if name.contains(['/', ':', '@']) {
        return false;
    }
    match ImageRef::parse(name) {
        Ok(image) => near.is_some() && knowledge::lookup(&image).is_none_or(|k| k.user.is_none()),
        Err(_) => false,
    }
}

/// What a build reads from in place of images of the same name.
struct Contexts(BTreeSet<String>);

impl Contexts {
    fn of(service: Option<&Service>) -> Contexts {
        let contexts = service.and_then(Service::build).map_or(&[][..], |b| &b.additional_contexts);
        let complete = |name: &Text| ImageRef::parse(name).ok().and_then(|i| i.complete());
        Contexts(contexts.iter().flat_map(|c| [Some(c.name.to_string()), complete(&c.name)]).flatten().collect())
    }

    fn replace(&self, image: &ImageRef) -> bool {
        !self.0.is_empty() && (self.0.contains(image.text.as_str()) || image.complete().is_some_and(|name| self.0.contains(&name)))
    }
}

/// The images that the services of a project pull. An `image` that only names what a `build` here makes, the service's
/// own or another's, is left out; `built` has the names of what is built here, as [`built_images`] gives them.
pub fn of_project(project: &Project, built: &BTreeSet<String>) -> Vec<ImageUse> {
    let mut out = Vec::new();
    for service in &project.services {
        let image = service.image_ref().filter(|_| is_pulled(service));
        if let Some(image) = image.filter(|i| i.complete().is_none_or(|name| !built.contains(&name)) || service.build().is_some()) {
            out.extend(of_service(service, image));
        }
        for context in service.build().map_or(&[][..], |b| &b.additional_contexts) {
            let Some(value) = context.value.as_ref().filter(|v| v.is_certain()) else { continue };
            let Some(name) = value.strip_prefix("docker-image://") else { continue };
            let Ok(image) = ImageRef::parse(&value.text.slice(value.len() - name.len()..value.len())) else { continue };
            let path = format!("services.{}.build.additional_contexts.{}", service.name, context.name.as_str());
            let span = if value.is_literal() { image.text.span() } else { context.span };
            out.push(ImageUse { image, span, origin: context.origin.clone(), by: NamedBy::Context, path });
        }
    }
    out
}

fn of_service(service: &Service, image: ImageRef) -> Option<ImageUse> {
    let slot = service.image();
    let value = slot.set()?;
    // A reference with variables is told as it is written, from one end to the other.
    let span = if value.value.is_literal() { image.text.span() } else { value.span() };
    Some(ImageUse { image, span, origin: value.origin.clone(), by: NamedBy::Service, path: format!("services.{}.image", service.name) })
}

/// Whether Compose takes the image from a registry, as far as the service itself says.
fn is_pulled(service: &Service) -> bool {
    let policy = service.text(&["pull_policy"]);
    if service.build().is_none() {
        return service.provider().is_none() && policy.set().is_none_or(|p| p.value.as_str() != "never");
    }
    policy.set().is_some_and(|p| {
        let always = matches!(p.value.as_str(), "always" | "missing" | "if_not_present" | "daily" | "weekly");
        always || p.value.starts_with("every_")
    })
}

/// The names of what the services of a project build, in full.
pub fn built_images(project: &Project) -> Vec<String> {
    let built = project.services.iter().filter(|s| s.build().is_some());
    let names = built.flat_map(|service| {
        let own = service.image().set().map(|i| i.value.text.clone());
        let given = |sign| Text::replaced(service.key, format!("{}{sign}{}", project.name, service.name));
        [own, Some(given('-')), Some(given('_'))]
    });
    names.flatten().filter_map(|name| ImageRef::parse(&name).ok()?.complete()).collect()
}

/// Whether a pattern means the normalised name. A pattern without a slash that looks like a host means a whole registry;
/// any other means a repository and what is below it.
pub fn is_among(pattern: &str, name: &str) -> bool {
    let pattern = pattern.trim_end_matches('/');
    let registry = name.split('/').next().unwrap_or(name);
    if !pattern.contains('/') && (pattern == "*" || pattern == "localhost" || pattern.contains(['.', ':'])) {
        let is_hub = ["hub.docker.com", "index.docker.io", "registry-1.docker.io"].contains(&pattern);
        return glob_matches(if is_hub { DOCKER_HUB } else { pattern }, registry);
    }
    // `docker.io/library` is a folder, and would be an image of that name in full.
    let patterns = [normalize_name(pattern), pattern.to_string()];
    patterns.iter().any(|p| glob_matches(p, name) || glob_matches(&format!("{p}/*"), name))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::compose::{self, LoadOptions};
    use crate::source::{DEFAULT_MAX_SIZE, FileKind, Sources};

    fn in_dockerfile(text: &str) -> Vec<String> {
        let sources = Sources::new(Path::new("/"), DEFAULT_MAX_SIZE);
        let source = sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string());
        let dockerfile = Dockerfile::of(&source);
        let last = dockerfile.stages.len() - 1;
        of_build(&Build::new(dockerfile, last, None, None, &sources)).iter().map(|u| u.image.text.to_string()).collect()
    }

    fn in_project(text: &str) -> Vec<String> {
        let sources = Sources::new(Path::new("/p"), DEFAULT_MAX_SIZE);
        let source = sources.set_text(Path::new("compose.yaml"), FileKind::Compose, text.to_string());
        let project = compose::load(&sources, &source.path, &LoadOptions::default()).unwrap();
        of_project(&project, &built_images(&project).into_iter().collect()).iter().map(|u| u.image.text.to_string()).collect()
    }

    #[test]
    fn images_of_a_dockerfile() {
        let text = "ARG V=1\nFROM a:$V AS base\nFROM base\nFROM scratch\nCOPY --from=0 x /\nCOPY --from=base x /\nCOPY --from=b/c x /\n\
                    RUN --mount=type=bind,from=d:2,target=/d true\nFROM e:$NOBODY\nFROM later\nFROM f AS later\nCOPY --from=bsae x /\n\
                    ONBUILD COPY --from=theirs x /\nONBUILD COPY --from=g/h x /\nFROM node AS node\n";
        assert_eq!(in_dockerfile(text), ["a:1", "f", "node", "b/c", "d:2", "g/h"]);
    }

    #[test]
    fn images_of_a_project() {
        let text = "name: p\nservices:\n  a: {image: app, build: .}\n  b: {image: 'docker.io/library/app:latest'}\n  c: {image: 'p-d'}\n  \
                    d: {build: {context: ., additional_contexts: {x: 'docker-image://alpine', y: ./y}}}\n  e: {image: 'e:${TAG:-latest}'}\n  \
                    f: {image: 'f:$TAG'}\n  g: {image: g, build: ., pull_policy: always}\n  h: {provider: {type: x}, image: h}\n  i: {image: i/i, pull_policy: never}\n";
        assert_eq!(in_project(text), ["alpine", "e:latest", "g"]);
    }

    #[test]
    fn names_that_nobody_can_pull() {
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let of = |text: &str| ImageRef::parse(&Text::verbatim(file, 0, text)).unwrap().may_be_local();
        assert!(of("shop-app") && of("shop-app:latest"));
        assert!(!of("nginx") && !of("example/app") && !of("localhost:5000/app") && !of("docker.io/library/app"));
    }

    #[test]
    fn how_far_a_reference_is_pinned() {
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let of = |text: &str| ImageRef::parse(&Text::verbatim(file, 0, text)).unwrap().pinning();
        let digest = format!("@sha256:{}", "0".repeat(64));
        assert_eq!(of("localhost:5000/a"), Pinning::Untagged);
        assert_eq!(of("a:latest"), Pinning::Moving);
        assert_eq!(of("a:latest-slim"), Pinning::Tagged);
        assert_eq!(of(&format!("a:latest{digest}")), Pinning::Digest);
        assert_eq!(of(&format!("a{digest}")), Pinning::Digest);
        assert_eq!(of("a:${TAG}"), Pinning::Unknown);
        assert_eq!(of("a@${DIGEST}"), Pinning::Unknown);
    }

    #[test]
    fn patterns_of_names() {
        for (pattern, name) in [
            ("docker.io", "docker.io/library/nginx"),
            ("hub.docker.com", "docker.io/a/b"),
            ("*.example.com", "registry.example.com/a/b"),
            ("localhost:5000", "localhost:5000/a"),
            ("ghcr.io/team", "ghcr.io/team/app"),
            ("ghcr.io/team/*", "ghcr.io/team/app"),
            ("nginx", "docker.io/library/nginx"),
            ("docker.io/library", "docker.io/library/nginx"),
            ("team/*", "docker.io/team/app"),
            ("*", "ghcr.io/a/b"),
        ] {
            assert!(is_among(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("docker.io", "docker.io.evil.example/library/nginx"),
            ("example.com", "registry.example.com/a"),
            ("ghcr.io/team", "ghcr.io/teammate/app"),
            ("nginx", "docker.io/library/nginx-evil"),
            ("nginx", "docker.io/evil/nginx"),
        ] {
            assert!(!is_among(pattern, name), "{pattern} {name}");
        }
    }
}
