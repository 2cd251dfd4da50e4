use crate::lint::prelude::*;
use crate::model::authentication::open_doors;

pub static LINT: Lint = Lint {
    id: "authentication-disabled",
    summary: "a service lets people in without a password of their own",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(8.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("authentication_disabled.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    if service.provider().is_some() {
        return;
    }
    for door in open_doors(service) {
        let name = &service.name;
        let (who, level, score) = match service.is_reachable(door.port) {
            true => (", and it is published: who reaches the host is in", Level::Error, 9.0),
            false => (": who gets into another service of the project is in", Level::Warning, 5.5),
        };
        cx.report(door.span, format!("service {name} {}{who}", door.says))
            .level(level)
            .score(score)
            .help(door.help)
            .at(format!("services.{name}"))
            .evidence(door.name.as_str())
            .origin(&door.origin)
            .file();
    }
}
