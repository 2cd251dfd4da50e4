use std::collections::HashSet;

use crate::lint::prelude::*;
use crate::model::command::{USER_PROGRAMS, memberships};
use crate::model::run;

pub static LINT: Lint = Lint {
    id: "user-group-drops-supplementary",
    summary: "a group in USER takes away the other groups of the user",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["tally:tally/user-explicit-group-drops-supplementary-groups"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("user_group_drops_supplementary.md"),
    checks: &[Check::Build(check)],
};

fn check(build: &Build, cx: &mut Cx<'_>) {
    let Some((user, span)) = build.last_user() else { return };
    let Some((name, group)) = user.as_str().split_once(':').filter(|(_, group)| !group.is_empty()) else { return };
    if build.service().is_some_and(|s| s.user().set().is_some() || !s.get(&["group_add"]).is_absent()) {
        return;
    }
    let mut seen = HashSet::new();
    let mut dropped: Vec<(String, Span)> = Vec::new();
    for at in build.instructions() {
        if let Some(script) = run::script(&at, USER_PROGRAMS) {
            for membership in memberships(&script.flow()) {
                let of_user = at.resolve(&membership.user).known().is_some_and(|u| u.as_str() == name);
                let Some(other) = at.resolve(&membership.group).known().map(ToString::to_string).filter(|_| of_user) else { continue };
                if other != group && seen.insert(other.clone()) {
                    dropped.push((other, membership.group.span()));
                }
            }
        }
    }
    let Some((_, first)) = dropped.first() else { return };
    let names: Vec<&str> = dropped.iter().map(|(n, _)| n.as_str()).collect();
    let all = names.join(" and ");
    cx.report(span, format!("USER {user} drops {all} from the groups of {name}: with a group, only that one counts"))
        .label(*first, format!("{name} is put into {all} here"))
        .help(format!("write `USER {name}`"))
        .evidence(user.as_str())
        .fix(Safety::Unsafe, format!("write USER {name}"), vec![(span, name.to_string())]);
}
