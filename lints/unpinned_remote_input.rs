use crate::lint::prelude::*;
use crate::model::compose::Resolved;
use crate::model::remote::{Mutable, mutable, shown};

pub static LINT: Lint = Lint {
    id: "unpinned-remote-input",
    summary: "the project takes something from the net that may be another thing tomorrow",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("unpinned_remote_input.md"),
    checks: &[Check::Project(project)],
};

fn project(project: &Project, cx: &mut Cx<'_>) {
    for service in &project.services {
        let Some(build) = service.build() else { continue };
        let name = &service.name;
        if let Some(context) = &build.context {
            say(context, &format!("service {name} is built from"), &format!("services.{name}.build.context"), cx);
        }
        for context in &build.additional_contexts {
            if let Some(value) = &context.value {
                say(value, &format!("the build of service {name} takes {} from", context.name), &format!("services.{name}.build.additional_contexts"), cx);
            }
        }
    }
    // What `include` and `extends` name and what is not on this machine.
    for (span, why) in &project.unread {
        let Some(text) = why.split('`').nth(1) else { continue };
        if let Some(kind) = mutable(text) {
            report(*span, text, kind, "the project takes in", "", cx);
        }
    }
}

fn say(value: &Resolved, what: &str, path: &str, cx: &mut Cx<'_>) {
    if let Some(kind) = mutable(value).filter(|_| value.is_certain()) {
        report(value.span(), value, kind, what, path, cx);
    }
}

fn report(span: Span, text: &str, kind: Mutable, what: &str, path: &str, cx: &mut Cx<'_>) {
    let named = shown(text);
    let (why, help) = match kind {
        Mutable::Branch => ("whatever it holds that day, since no full commit is named", "name the commit: `#` and its 40 digits"),
        Mutable::PlainGit => ("which anybody on the way can change, since the connection is not encrypted", "use https:// and name the commit"),
        Mutable::PlainHttp => ("which anybody on the way can change, since the connection is not encrypted", "use https://, or keep a copy in the project"),
        Mutable::File => ("which may be another file tomorrow", "use a Git repository with a full commit, or keep a copy in the project"),
        Mutable::NoDigest => ("whatever the tag stands for that day", "name the digest: `@sha256:...`"),
    };
    let at = path.to_string();
    cx.report(span, format!("{what} {named}, {why}")).help(help).at(at).evidence(named);
}
