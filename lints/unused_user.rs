use crate::lint::prelude::*;
use crate::model::idle_user::{IdleUser, idle_user, place_of_user};

pub static LINT: Lint = Lint {
    id: "unused-user",
    summary: "a user is created, and the image still runs as root",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &[],
    aliases: &["tally:tally/user-created-but-never-used"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("unused_user.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let Some(IdleUser { word, name }) = idle_user(build) else { return };
    let mut report = cx
        .report(word.span(), format!("user {name} is created, but nothing uses it: the image still runs as root"))
        .help(format!("write `USER {name}` before the command that the image starts"))
        .evidence(name.as_str());
    if let Some(place) = place_of_user(build) {
        report = report.fix(Safety::Unsafe, format!("add USER {name}"), vec![(place, format!("USER {name}\n"))]);
    }
    report.file();
}
