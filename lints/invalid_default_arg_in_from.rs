use crate::lint::prelude::*;
use crate::model::image::ImageRef;
use crate::syntax::dockerfile::{Args, expand};

pub static LINT: Lint = Lint {
    id: "invalid-default-arg-in-from",
    summary: "without build arguments a FROM names no image",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["buildkit:InvalidDefaultArgInFrom", "tally:buildkit/InvalidDefaultArgInFrom"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("invalid_default_arg_in_from.md"),
    checks: &[Check::Stage(check)],
};

fn check(at: &StageAt<'_>, cx: &mut Cx<'_>) {
    let (dockerfile, written) = (at.dockerfile, &at.stage.image);
    if !written.contains('$') {
        return;
    }
    let value_of = |name: &str| {
        let reference = Text::replaced(written.span(), format!("${{{name}}}"));
        dockerfile.resolve(None, at.stage.from, &reference).known().map(ToString::to_string)
    };
    let expansion = expand(written, dockerfile.tree.escape, &value_of);
    // `${X:?}` is an error when X is not set, which is what its author wants.
    let names: Vec<&str> = expansion.variables.iter().map(|v| v.name.as_str()).collect();
    let settled = expansion.variables.iter().all(|v| v.set || v.has_default || is_left_open(dockerfile, &v.name));
    if !expansion.errors.is_empty() || !settled || is_given(dockerfile, &names, cx) {
        return;
    }
    let image = expansion.value;
    if dockerfile.target(&image).is_some() || ImageRef::parse(&image).is_ok() {
        return;
    }
    let what = if image.is_empty() { "nothing".to_string() } else { format!("`{}`, which is no image", image.as_str()) };
    let name = names.first().copied().unwrap_or("");
    cx.report(written.span(), format!("without build arguments, FROM names {what}"))
        .help(format!("give it a default, `ARG {name}=..`, or write `${{{name}:?missing}}` to stop with a message"))
        .evidence(names.join(" "));
}

/// Whether an ARG before the first FROM declares the variable and none gives it a value.
fn is_left_open(dockerfile: &Dockerfile, name: &str) -> bool {
    let globals = dockerfile.instructions().filter(|at| at.stage.is_none());
    let mut named = globals
        .filter_map(|at| match at.instruction.typed() {
            Args::Arg(decls) => Some(decls),
            _ => None,
        })
        .flatten()
        .filter(|d| d.name.as_str() == name)
        .peekable();
    named.peek().is_some() && named.all(|d| d.default.is_none())
}

/// Whether a service that builds the file gives one of the arguments.
fn is_given(dockerfile: &Dockerfile, names: &[&str], cx: &Cx<'_>) -> bool {
    let services = cx.world.builds_of(dockerfile.file).filter_map(Build::service);
    services.filter_map(Service::build).flat_map(|b| &b.args).any(|a| names.contains(&a.name.as_str()))
}
