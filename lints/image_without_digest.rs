use crate::lint::prelude::*;
use crate::model::image_use::{self, ImageUse, Pinning};

pub static LINT: Lint = Lint {
    id: "image-without-digest",
    summary: "an image is named by a tag alone",
    group: Group::Security,
    level: Level::Info,
    default: false,
    score: Some(3.0),
    cis: &[],
    aliases: &["semgrep:dockerfile-source-not-pinned", "compose-lint:CL-0019"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("image_without_digest.md"),
    checks: &[Check::Build(build), Check::Project(project)],
};

fn build(build: &Build, cx: &mut Cx<'_>) {
    image_use::of_build(build).iter().for_each(|used| check(used, cx));
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    cx.world.pulled_images(project).iter().for_each(|used| check(used, cx));
}

fn check(used: &ImageUse, cx: &mut Cx<'_>) {
    // Without a tag, or with one that moves, it is unpinned-image.
    if used.image.pinning() != Pinning::Tagged {
        return;
    }
    let image = used.image.text.as_str();
    let report = cx.report(used.span, format!("image {image} has no digest: its tag can be pushed again"))
        .help(format!("write `{image}@sha256:..` with the digest that `docker buildx imagetools inspect {image}` prints"))
        .at(used.path.as_str())
        .evidence(image)
        .origin(&used.origin);
    // What is built on this machine under a bare name has no digest.
    if used.image.may_be_local() { report.unknown().file() } else { report.file() }
}
