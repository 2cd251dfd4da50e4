use crate::lint::prelude::*;
use crate::lint::{LintOption, OptionKind};
use crate::model::image::ImageRef;
use crate::model::image_use::{self, ImageUse, Pinning};
use crate::model::knowledge::{self, eol};

pub static LINT: Lint = Lint {
    id: "unpinned-image",
    summary: "an image without a tag, or with one that moves",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.0),
    cis: &["5.28"],
    aliases: &[
        "hadolint:DL3006",
        "hadolint:DL3007",
        "trivy:DS-0001",
        "checkov:CKV_DOCKER_7",
        "droast:DF001",
        "semgrep:missing-image-version",
        "semgrep:avoid-latest-version",
        "compose-lint:CL-0004",
        "dclint:service-image-require-explicit-tag",
        "tally:hadolint/DL3006",
        "tally:hadolint/DL3007",
        "kics:Image Version Not Explicit",
        "kics:Image Version Using 'latest'",
    ],
    fix: None,
    since: "0.1.0",
    options: &[LintOption { key: "moving-tags", kind: OptionKind::Strings, about: "further tags that move, as globs: `stable`, `*-latest`" }],
    page: include_str!("unpinned_image.md"),
    checks: &[Check::Build(build), Check::Project(project)],
};

fn build(build: &Build, cx: &mut Cx<'_>) {
    image_use::of_build(build).iter().for_each(|used| check(used, cx));
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    cx.world.pulled_images(project).iter().for_each(|used| check(used, cx));
}

fn check(used: &ImageUse, cx: &mut Cx<'_>) {
    let image = used.image.text.as_str();
    let problem = match used.image.pinning() {
        Pinning::Untagged => "has no tag",
        Pinning::Moving => "moves with every release",
        Pinning::Tagged if is_moving(&used.image, cx) => "moves from release to release",
        Pinning::Tagged | Pinning::Digest | Pinning::Unknown => return,
    };
    let report = cx
        .report(used.span, format!("image {image} {problem}: the next pull may bring other software"))
        .help(help(used))
        .at(used.path.as_str())
        .evidence(image)
        .origin(&used.origin);
    // What is built on this machine under a bare name is not pulled at all.
    if used.image.may_be_local() { report.unknown().file() } else { report.file() }
}

/// Whether the team says that the tag moves.
fn is_moving(image: &ImageRef, cx: &Cx<'_>) -> bool {
    image.tag.known().is_some_and(|tag| cx.option_list("moving-tags").iter().any(|glob| knowledge::glob_matches(glob, tag)))
}

/// The newest release that the table knows to be supported, else where the release goes.
fn help(used: &ImageUse) -> String {
    let image = used.image.text.as_str();
    let name = image.strip_suffix(":latest").unwrap_or(image);
    let product = knowledge::lookup(&used.image).and_then(|k| k.product);
    let newest = product.and_then(|p| eol::releases(p).iter().rfind(|r| eol::date().is_some_and(|day| r.is_supported(day))));
    let release = newest.map_or("1.2.3", |r| r.name());
    format!("name the release that you tested, as `{name}:{release}`, or its bytes, `{name}@sha256:..`")
}
