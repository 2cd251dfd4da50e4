use crate::lint::prelude::*;
use crate::model::authentication::without_password;
use crate::model::datastore;
use crate::model::exposure::{OpenBy, named, on_loopback};
use crate::model::env_names;

pub static LINT: Lint = Lint {
    id: "datastore-published",
    summary: "a database, queue or admin console is published to whoever reaches the host",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(8.0),
    cis: &[],
    aliases: &[],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("datastore_published.md"),
    checks: &[Check::Project(project)],
};

fn project(project: &Project, cx: &mut Cx<'_>) {
    let mut elsewhere = None;
    for service in project.services.iter().filter(|s| s.provider().is_none()) {
        let build = cx.world.build_of(service);
        for open in service.open_ports() {
            let Some(kind) = datastore::behind(service, build, &open) else { continue };
            if let OpenBy::Unset(variable) = &open.by
                && elsewhere.get_or_insert_with(|| env_names::elsewhere(project, &cx.world.sources)).sets(variable)
            {
                continue;
            }
            say(service, kind, &open.port, cx);
        }
    }
}

fn say(service: &Service, kind: &str, port: &crate::model::compose::Port, cx: &mut Cx<'_>) {
    let name = &service.name;
    let target = port.target.as_ref().map_or("", |t| t.as_str());
    let mut message = format!("service {name} publishes {kind} on {} of every interface", named(port));
    let mut score = 8.0;
    if let Some(why) = without_password(service, kind) {
        let does = if datastore::is_console(kind) { "does with it what its administrators do" } else { "reads and changes all of its data" };
        message.push_str(&format!(", and {why}: who reaches the host {does}"));
        score = 9.8;
    }
    let edit = cx.bind_to_loopback(port);
    let written = on_loopback(port);
    let mut report = cx
        .report(port.span, message)
        .score(score)
        .help(format!("{written}, or leave it out: services of this project reach it as {name}:{target} anyway; Docker opens it past the host's firewall"))
        .at(format!("services.{name}.ports"))
        .evidence(named(port))
        .origin(&port.origin);
    if let Some((title, edit)) = edit {
        report = report.fix(Safety::Unsafe, title, vec![edit]);
    }
    report.file();
}
