use crate::lint::prelude::*;
use crate::model::compose::PortRange;
use crate::model::health::{Probe, has_check};
use crate::model::knowledge;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "healthcheck-cannot-work",
    summary: "a health check that can never succeed",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("healthcheck_cannot_work.md"),
    checks: &[Check::Build(build), Check::Project(project)],
};

/// What a probe runs in.
struct Image {
    name: String,
    shell: bool,
    curl: bool,
    wget: bool,
}

fn build(build: &Build, cx: &mut Cx<'_>) {
    if build.dockerfile.is_windows(build.stage) {
        return;
    }
    let own = build.service().filter(|s| !s.healthcheck().is_absent());
    let probe = match own {
        Some(service) => Probe::of_service(service),
        None => Probe::of_image(build).map(|(_, probe)| probe),
    };
    let Some(probe) = probe else { return };
    let what = own.map_or_else(|| "HEALTHCHECK".to_string(), |s| format!("the health check of {}", s.name));
    let name = build.dockerfile.base_image(build.stage).map_or_else(|| "scratch".to_string(), |(image, _)| image.text.to_string());
    let image = Image { name, shell: !build.lacks_shell(), curl: !build.lacks("curl"), wget: !build.lacks("wget") };
    if !missing(&probe, &what, &image, cx) {
        other_port(build, &probe, &what, cx);
    }
}

/// Tells of the first program that is not there.
fn missing(probe: &Probe, what: &str, image: &Image, cx: &mut Cx<'_>) -> bool {
    let name = &image.name;
    if probe.in_shell && !image.shell {
        cx.report(probe.span, format!("{what} needs a shell, and an image on {name} has none: the container is never healthy"))
            .help("write it as a JSON array that starts a program of the image, as `[\"/app/server\", \"--health\"]`")
            .code("no-shell");
        return true;
    }
    let fetchers = probe.fetchers();
    let has = |program: &Text| if program.ends_with("curl") { image.curl } else { image.wget };
    // `curl .. || wget ..` works with either.
    let Some(first) = fetchers.first().filter(|_| !fetchers.iter().any(has)) else { return false };
    let program = first.rsplit('/').next().unwrap_or(first);
    let help = if image.wget && program == "curl" { "use `wget -qO /dev/null`, which is there, or install curl".to_string() } else { format!("install {program} in the image, or ask the program itself") };
    cx.report(first.span(), format!("{what} runs {program}, and an image on {name} has none: the container is never healthy")).help(help).code("no-program").evidence(program);
    true
}

/// A port that stands nowhere else, although the image says which ports it has. Whether something listens is not known.
fn other_port(build: &Build, probe: &Probe, what: &str, cx: &mut Cx<'_>) {
    let instructions = build.instructions();
    let exposed: Option<Vec<PortRange>> = instructions.iter().filter_map(|at| if let Args::Expose(words) = at.instruction.typed() { Some((at, words)) } else { None }).flat_map(|(at, words)| words.into_iter().map(move |w| PortRange::parse(at.resolve(&w).known()?.split('/').next()?))).collect();
    let Some(exposed) = exposed.filter(|ports| !ports.is_empty()) else { return };
    let words: Vec<Text> = probe.script.commands().iter().flat_map(|c| c.args()).map(|w| w.unquoted()).collect();
    let Some(port) = words.iter().find_map(local_port) else { return };
    let number = port.as_str();
    let is_exposed = number.parse().is_ok_and(|n| exposed.iter().any(|r| r.contains(n)));
    let named = |at: &InstructionAt<'_>| at.instruction.keyword != Keyword::Healthcheck && at.instruction.args.contains(number);
    let by_service = || {
        build.service().is_some_and(|s| {
            let whole = s.node.span();
            let own = usize::from(whole.contains(port.span()));
            cx.world.sources.get(whole.file).slice(whole).matches(number).count() > own
        })
    };
    if !is_exposed && !instructions.iter().any(named) && !by_service() {
        cx.report(port.span(), format!("{what} asks port {number}, which nothing else here names"))
            .help("write the port that the program listens on")
            .code("port")
            .evidence(number)
            .unknown()
            .file();
    }
}

/// The port of `http://localhost:8080/health`.
fn local_port(url: &Text) -> Option<Text> {
    let hosts = ["localhost:", "127.0.0.1:", "0.0.0.0:", "[::1]:"];
    let start = hosts.iter().find_map(|host| Some(url.find(host)? + host.len()))?;
    let digits = url.get(start..)?.chars().take_while(char::is_ascii_digit).count();
    (digits > 0).then(|| url.slice(start..start + digits))
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    for service in &project.services {
        let mut cx = cx.inside(service);
        if let Some(image) = service.image_ref().filter(|_| service.build().is_none() && !service.is_windows()) {
            let known = knowledge::lookup(&image).unwrap_or_default();
            let there = |fact: Option<bool>| fact != Some(false);
            let facts = Image { name: image.text.to_string(), shell: there(known.has_shell()), curl: there(known.curl), wget: there(known.wget) };
            if let Some(probe) = Probe::of_service(service) {
                missing(&probe, &format!("the health check of {}", service.name), &facts, &mut cx);
            }
        }
        for dependency in service.depends_on() {
            let Some(condition) = dependency.condition.as_ref().filter(|c| c.as_str() == "service_healthy" && dependency.required) else { continue };
            let Some(other) = project.service(&dependency.service) else { continue };
            if has_check(project, other, &cx.world.builds) == Some(false) {
                let name = &other.name;
                cx.report(condition.span(), format!("service {} waits for {name} to be healthy, but {name} has no health check: it never starts", service.name))
                    .label(other.key, format!("{name} has no health check"))
                    .help(format!("add `healthcheck:` to {name}, or wait with `condition: service_started`"))
                    .code("waits")
                    .at(format!("services.{}.depends_on.{name}", service.name))
                    .evidence(name.as_str())
                    .origin(&dependency.origin);
            }
        }
    }
}
