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
    page: include_str!("named_user_without_passwd.md"),
    checks: &[Check::Stage(check)],
};

/// What the fix writes; `nonroot` of the distroless images.
const SOMEBODY: &str = "65532";

/// The lists that an image on scratch has received so far.
#[derive(Clone, Copy, Default)]
struct Lists {
    users: bool,
    groups: bool,
}

fn check(at: &StageAt<'_>, cx: &mut Cx<'_>) {
    let chain = at.dockerfile.ancestry(at.stage.index);
    if !chain.last().is_some_and(|root| matches!(root.base, Base::Scratch)) || at.dockerfile.is_windows(at.stage.index) {
        return;
    }
    let mut lists = Lists::default();
    for stage in chain.into_iter().rev() {
        for instruction in at.dockerfile.stage_instructions(stage) {
            let is_own = stage.index == at.stage.index;
            match instruction.instruction.typed() {
                // What a program does to the image cannot be seen.
                Args::Run(_) => return,
                Args::User(word) if is_own => named(&instruction, &word, "USER", lists, cx),
                Args::Copy(copy) | Args::Add(copy) => {
                    if let Some(chown) = copy.chown.as_ref().filter(|_| is_own) {
                        named(&instruction, chown, "--chown", lists, cx);
                    }
                    receive(&instruction, &copy, &mut lists);
                }
                _ => {}
            }
        }
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
    let number = if group.is_empty() { SOMEBODY.to_string() } else { format!("{SOMEBODY}:{SOMEBODY}") };
    cx.report(word.span(), format!("{what} names {name}, but this image is built on scratch and has no {list} to find it in"))
        .help(format!("write a number, as `{number}`, or copy {list} into the image first"))
        .evidence(name)
        .fix(Safety::Unsafe, format!("write {number}"), vec![(word.span(), number)]);
}

/// A list may come by its own name, with `/etc`, or with a whole file system.
fn receive(at: &InstructionAt<'_>, copy: &CopyArgs, lists: &mut Lists) {
    let target = copy.destination.as_ref().and_then(|d| at.resolve(d).known().map(ToString::to_string));
    let workdir = at.stage.and_then(|s| at.dockerfile.workdir_at(s, at.index));
    let absolute = target.and_then(|t| if t.starts_with('/') { Some(t) } else { Some(format!("{}/{t}", workdir?)) });
    // Where it goes is not known.
    let Some(path) = absolute.map(|p| clean_path(&p)) else {
        *lists = Lists { users: true, groups: true };
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
