use crate::lint::prelude::*;
use crate::lint::{LintOption, OptionKind};
use crate::model::image::ImageRef;
use crate::model::image_use;

pub static LINT: Lint = Lint {
    id: "untrusted-frontend",
    summary: "the file is built by a frontend that is not Docker's",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.5),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[LintOption { key: "allowed", kind: OptionKind::Strings, about: "frontends that are trusted, as globs of their names: `registry.example.com/frontend`" }],
    page: include_str!("untrusted_frontend.md"),
    checks: &[Check::Dockerfile(check)],
};

/// Docker's own, which has a few channels beside it.
const OFFICIAL: &str = "docker.io/docker/dockerfile";

fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    for directive in dockerfile.tree.directives().filter(|d| d.is("syntax")) {
        // What follows a blank is not part of the image.
        let Some(image) = directive.value.split_whitespace().into_iter().next() else { continue };
        let Some(name) = ImageRef::parse(&image).ok().and_then(|i| i.name()) else { continue };
        if name == OFFICIAL || name.strip_prefix(OFFICIAL).is_some_and(|rest| rest.starts_with('-')) {
            continue;
        }
        let version = image.get(image.rfind('/').map_or(0, |slash| slash + 1)..).and_then(|last| last.find([':', '@']).and_then(|at| last.get(at..)));
        if cx.option_list("allowed").iter().any(|pattern| image_use::is_among(pattern, &name)) {
            continue;
        }
        if is_near(&name) {
            cx.report(image.span(), format!("`{}` is not Docker's frontend, but nearly called so", image.as_str()))
                .help(format!("write `docker/dockerfile{}`", version.unwrap_or(":1")))
                .evidence(name);
        } else {
            cx.report(image.span(), format!("the frontend `{}` is not Docker's: it decides everything that is built", image.as_str()))
                .help("write `docker/dockerfile:1`, or name it under `allowed` in dockvet.toml if it is trusted")
                .evidence(name);
        }
    }
}

/// Whether somebody may have meant the official one.
fn is_near(name: &str) -> bool {
    const MOST: usize = 3;
    let path = name.strip_prefix("docker.io/").unwrap_or(name);
    path == "library/dockerfile" || path.len() < 64 && strsim::damerau_levenshtein(path, "docker/dockerfile") <= MOST
}
