use crate::lint::prelude::*;
use crate::model::knowledge::docker::writes;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "writable-root-filesystem",
    summary: "the container may change its own programs",
    group: Group::Security,
    level: Level::Info,
    default: false,
    score: Some(3.0),
    cis: &["5.13"],
    aliases: &["compose-lint:CL-0007", "semgrep:writable-filesystem-service"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("writable_root_filesystem.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    if service.has_no_linux_container() {
        return;
    }
    let name = &service.name;
    match service.read_only() {
        Slot::Set(value) if !value.value => {
            let edit = (!value.origin.is_shared()).then(|| (value.span(), "true".to_string()));
            let at = service.entry(&["read_only"]).unwrap_or(value.span());
            let report = cx.report(at, format!("service {name} may change its own programs: read_only is off")).origin(&value.origin);
            finish(report.help(help(service, &[])), edit);
        }
        Slot::Absent(at) => {
            let edit = cx.add_entry(service, "read_only: true").filter(|_| at == service.key);
            let volumes = declared(service, cx);
            let report = cx.report(at, format!("service {name} may change its own programs: read_only is not set"));
            finish(report.help(help(service, &volumes)), edit);
        }
        Slot::Set(_) | Slot::Broken(_) => {}
    }
}

fn finish(report: crate::lint::Report<'_>, edit: Option<(Span, String)>) {
    match edit {
        Some(edit) => report.fix(Safety::Unsafe, "write read_only: true", vec![edit]).file(),
        None => report.file(),
    }
}

/// What to write, with the folders that are known to be written.
fn help(service: &Service, volumes: &[String]) -> String {
    let written = service.image_ref().map_or(&[][..], |image| writes(&image));
    let mounted = |path: &str| service.volumes().iter().any(|m| m.target.as_ref().is_some_and(|t| t.as_str() == path));
    let mut out = "read_only: true".to_string();
    if !written.is_empty() {
        out.push_str(&format!("\ntmpfs: [{}]", written.join(", ")));
    }
    for path in volumes.iter().filter(|p| !mounted(p)) {
        out.push_str(&format!("\nvolumes: [data:{path}]"));
    }
    if written.is_empty() {
        out.push_str("\nwith a tmpfs or volume for each folder that it writes, as `tmpfs: [/tmp]`");
    }
    out
}

/// The VOLUMEs of the image that the service builds.
fn declared(service: &Service, cx: &Cx<'_>) -> Vec<String> {
    let Some(build) = cx.world.build_of(service) else { return Vec::new() };
    let Some(at) = build.in_force(Keyword::Volume) else { return Vec::new() };
    let Args::Volume(words) = at.instruction.typed() else { return Vec::new() };
    words.iter().filter_map(|w| at.resolve(w).known().map(|t| t.to_string())).collect()
}
