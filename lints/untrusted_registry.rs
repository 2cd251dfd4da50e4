use crate::lint::prelude::*;
use crate::lint::{LintOption, OptionKind};
use crate::model::image::ImageRef;
use crate::model::image_use::{self, ImageUse};
use crate::model::origin::Origin;

pub static LINT: Lint = Lint {
    id: "untrusted-registry",
    summary: "an image from elsewhere than the registries that are allowed",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &["4.2"],
    aliases: &["hadolint:DL3026", "tally:hadolint/DL3026", "droast:DF065"],
    fix: None,
    since: "0.1.0",
    options: &[LintOption { key: "allowed", kind: OptionKind::Strings, about: "registries and repositories that images may come from, as globs: `registry.example.com`, `docker.io/library/*`" }],
    page: include_str!("untrusted_registry.md"),
    checks: &[Check::Build(build), Check::Project(project), Check::Dockerfile(frontend)],
};

fn build(build: &Build, cx: &mut Cx<'_>) {
    if !allowed(cx).is_empty() {
        image_use::of_build(build).iter().for_each(|used| check(used, cx));
    }
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    if allowed(cx).is_empty() {
        return;
    }
    cx.world.pulled_images(project).iter().for_each(|used| check(used, cx));
    for service in &project.services {
        let caches = service.build().map_or(&[][..], |b| &b.cache_from.items);
        for cache in caches.iter().filter(|c| c.value.is_certain()) {
            if let Some(image) = cached_image(&cache.value.text) {
                tell(&image, cache.span(), &cache.origin, &format!("services.{}.build.cache_from", service.name), cx);
            }
        }
    }
}

/// `# syntax=` names an image too, which decides everything that is built.
fn frontend(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    if allowed(cx).is_empty() {
        return;
    }
    for directive in dockerfile.tree.directives().filter(|d| d.is("syntax")) {
        let word = directive.value.split_whitespace().into_iter().next();
        if let Some(image) = word.and_then(|w| ImageRef::parse(&w).ok()) {
            tell(&image, image.text.span(), &Origin::here(image.text.span()), "syntax", cx);
        }
    }
}

fn allowed(cx: &Cx<'_>) -> Vec<String> {
    cx.option_list("allowed").into_iter().map(str::to_string).collect()
}

fn check(used: &ImageUse, cx: &mut Cx<'_>) {
    tell(&used.image, used.span, &used.origin, &used.path, cx);
}

fn tell(image: &ImageRef, span: Span, origin: &Origin, path: &str, cx: &mut Cx<'_>) {
    let (Some(name), allowed) = (image.name(), allowed(cx)) else { return };
    if allowed.iter().any(|pattern| image_use::is_among(pattern, &name)) {
        return;
    }
    let registry = name.split('/').next().unwrap_or(&name);
    let report = cx
        .report(span, format!("image {} comes from {registry}, and only {} is allowed", image.text.as_str(), allowed.join(", ")))
        .help("take it from an allowed registry, or add it to `allowed` under `[lints.untrusted-registry]`")
        .at(path)
        .evidence(name.as_str())
        .origin(origin);
    // What is built on this machine under a bare name comes from nowhere.
    if image.may_be_local() { report.unknown().file() } else { report.file() }
}

/// The image of `cache_from`: `example.com/app:cache` or `type=registry,ref=example.com/app:cache`.
fn cached_image(cache: &Text) -> Option<ImageRef> {
    if !cache.contains('=') {
        return ImageRef::parse(cache).ok();
    }
    let mut at = 0;
    for field in cache.split(',') {
        if field.starts_with("ref=") {
            return ImageRef::parse(&cache.slice(at + 4..at + field.len())).ok();
        }
        at += field.len() + 1;
    }
    None
}
