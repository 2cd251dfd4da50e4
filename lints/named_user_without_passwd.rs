use crate::lint::prelude::*;
use crate::model::build::is_root;
use crate::model::dockerfile::{Base, clean_path};
use crate::model::image_content::is_unpacked_archive;
use crate::syntax::dockerfile::{Args, CopyArgs};

pub static LINT: Lint = Lint {
    id: "named-user-without-passwd",
    summary: "a user is named in an image that has no list of users",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["tally:tally/named-identity-in-passwdless-stage"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("named_user_without_passwd.md"),
    checks: &[Check::Dockerfile(check)],
};

/// What the fix writes; `nonroot` of the distroless images.
const SOMEBODY: &str = "65532";

/// The lists that an image on scratch has received so far.
#[derive(Clone, Copy)]
struct Lists {
    users: bool,
    groups: bool,
}

/// Where they cannot be missed: another base, or something that cannot be seen.
const ALL: Lists = Lists { users: true, groups: true };

/// Every stage goes on from what the one it is FROM has at its end.
fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    let mut ends: Vec<Lists> = Vec::new();
    for stage in &dockerfile.stages {
        let mut lists = match &stage.base {
            Base::Scratch => Lists { users: false, groups: false },
            Base::Stage(base) => ends.get(*base).copied().unwrap_or(ALL),
            Base::Image(_) | Base::Unknown => ALL,
        };
        for at in dockerfile.stage_instructions(stage) {
            if lists.users && lists.groups {
                break;
            }
            match at.instruction.typed() {
                // What a program does to the image cannot be seen.
                Args::Run(_) => lists = ALL,
                Args::User(word) => named(&at, &word, "USER", lists, cx),
                Args::Copy(copy) | Args::Add(copy) => {
                    if let Some(chown) = &copy.chown {
                        named(&at, chown, "--chown", lists, cx);
                    }
                    receive(&at, &copy, &mut lists);
                }
                _ => {}
            }
        }
        ends.push(lists);
    }
}

fn named(at: &InstructionAt<'_>, word: &Text, what: &str, lists: Lists, cx: &mut Cx<'_>) {
    let value = at.resolve(word);
    let Some(value) = value.known() else { return };
    let (user, group) = value.as_str().split_once(':').unwrap_or((value.as_str(), ""));
    let is_name = |name: &str| !name.is_empty() && !is_root(name) && !name.bytes().all(|b| b.is_ascii_digit());
    let (name, list) = match (is_name(user) && !lists.users, is_name(group) && !lists.groups) {
        (true, _) => (user, "/etc/passwd"),
        (false, true) => (group, "/etc/group"),
        (false, false) => return,
    };
    if at.stage.is_none_or(|stage| at.dockerfile.is_windows(stage)) {
        return;
    }
    let number = if group.is_empty() { SOMEBODY.to_string() } else { format!("{SOMEBODY}:{SOMEBODY}") };
    cx.report(word.span(), format!("{what} names {name}, but this image is built on scratch and has no {list} to find it in"))
        .help(format!("write a number, as `{number}`, or copy {list} into the image first"))
        .at(at.stage_label().map_or_else(String::new, |stage| format!("stage:{stage}")))
        .evidence(name)
        .fix(Safety::Unsafe, format!("write {number}"), vec![(word.span(), number)]);
}

/// A list may come by its own name, with `/etc`, or with a whole file system.
fn receive(at: &InstructionAt<'_>, copy: &CopyArgs, lists: &mut Lists) {
    let target = copy.destination.as_ref().and_then(|d| at.resolve(d).known().map(ToString::to_string));
    let below_workdir = |path: String| Some(format!("{}/{path}", at.dockerfile.workdir_at(at.stage?, at.index)?));
    let absolute = target.and_then(|t| if t.starts_with('/') { Some(t) } else { below_workdir(t) });
    // Where it goes is not known.
    let Some(path) = absolute.map(|p| clean_path(&p)) else {
        *lists = ALL;
        return;
    };
    let whole = |name: &str| {
        let file = |source: &Text| at.resolve(source).known().is_none_or(|s| may_bring(s, name));
        let brings = copy.sources.iter().any(|s| file(s) || is_unpacked_archive(copy, s)) || copy.parents;
        path == format!("/etc/{name}") || matches!(path.as_str(), "/" | "/etc") && brings
    };
    let (users, groups) = (whole("passwd"), whole("group"));
    *lists = Lists { users: lists.users || users, groups: lists.groups || groups };
}

/// Whether a source, copied to `/` or `/etc`, may be or hold the file: it has its name, is a pattern, or a folder.
fn may_bring(source: &str, name: &str) -> bool {
    let last = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    // A name with a dot is a file of another name.
    last == name || last.contains(['*', '?', '[']) || source.ends_with('/') || matches!(last, "" | "." | "etc" | "rootfs" | "root" | "out" | "dist" | "target" | "fs")
}
