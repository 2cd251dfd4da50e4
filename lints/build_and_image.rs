use crate::lint::prelude::*;
use crate::model::compose::Node;

pub static LINT: Lint = Lint {
    id: "build-and-image",
    summary: "a service has both `build` and `image`, and nothing says which one counts",
    group: Group::Style,
    level: Level::Info,
    default: false,
    score: None,
    cis: &[],
    aliases: &["dclint:no-build-and-image"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("build_and_image.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    let Slot::Set(image) = service.image() else { return };
    let (Some(build), true) = (service.build(), matches!(service.get(&["pull_policy"]), Slot::Absent(_))) else { return };
    if image.value.is_empty() && service.node.get("image").is_some_and(|n: &Node| n.vars.is_empty()) {
        return;
    }
    let at = service.key_of(&["image"]).unwrap_or(image.span());
    let built = service.key_of(&["build"]).unwrap_or(build.span);
    cx.report(at, format!("service {} has an image and a build: it is pulled if the registry has it, and built if not", service.name))
        .label(built, "the build")
        .help("write `pull_policy: build` to build it always, or keep one of the two")
        .origin(&image.origin)
        .file();
}
