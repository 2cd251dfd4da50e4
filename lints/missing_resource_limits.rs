use crate::lint::prelude::*;
use crate::model::compose::Limit;

pub static LINT: Lint = Lint {
    id: "missing-resource-limits",
    summary: "the container may take all memory and processors of the host",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.0),
    cis: &["5.11", "5.12", "5.29"],
    aliases: &["compose-lint:CL-0026", "kics:Memory Not Limited", "kics:Cpus Not Limited", "kics:Pids Limit Not Set"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("missing_resource_limits.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    if service.provider().is_some() {
        return;
    }
    let mut missing = Vec::new();
    if is_missing(&service.memory_limit()) {
        missing.push(("memory", "memory", "mem_limit: 512m"));
    }
    if is_missing(&service.cpu_limit()) {
        missing.push(("cpus", "CPU", "cpus: 1"));
    }
    if cx.strict() && is_missing(&service.pids_limit()) {
        missing.push(("pids", "processes", "pids_limit: 200"));
    }
    let what = match missing.as_slice() {
        [] => return,
        [("pids", ..)] => "limit on processes".to_string(),
        [(_, one, _)] => format!("{one} limit"),
        [(_, first, _), (_, second, _)] => format!("{first} or {second} limit"),
        _ => "memory, CPU or process limit".to_string(),
    };
    let join = |words: Vec<&str>, with: &str| words.join(with);
    let evidence = join(missing.iter().map(|m| m.0).collect(), " ");
    let help = join(missing.iter().map(|m| m.2).collect(), "\n");
    let mut report = cx.report(service.key, format!("service {} has no {what}", service.name)).help(help).evidence(evidence);
    for limit in [service.memory_limit(), service.cpu_limit()].iter().filter_map(Slot::set).filter(|l| is_none(&l.value)) {
        report = report.label(limit.span(), "this is no limit").origin(&limit.origin);
    }
    report.file();
}

fn is_none(limit: &Limit) -> bool {
    limit.value.is_some_and(|n| n <= 0.0)
}

/// Zero and negative numbers mean "no limit"; a limit that is there and cannot be read is somebody's decision.
fn is_missing(limit: &Slot<Limit>) -> bool {
    match limit {
        Slot::Absent(_) => true,
        Slot::Set(limit) => is_none(&limit.value),
        Slot::Broken(_) => false,
    }
}
