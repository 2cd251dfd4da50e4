use crate::lint::prelude::*;
use crate::model::build::is_root;
use crate::model::dockerfile::{RunUser, clean_path};
use crate::model::image_content::{covered_by_chown, is_unpacked_archive, owner_changes};
use crate::syntax::dockerfile::{Args, CopyArgs};

pub static LINT: Lint = Lint {
    id: "copy-without-chown",
    summary: "files copied after USER belong to root",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(3.5),
    cis: &[],
    aliases: &["tally:tally/copy-after-user-without-chown"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("copy_without_chown.md"),
    checks: &[Check::Build(check)],
};

/// Only the output stage and those it is FROM keep their files with their owners; others are copied from.
fn check(build: &Build, cx: &mut Cx<'_>) {
    if build.dockerfile.is_windows(build.stage) {
        return;
    }
    let mut changes = None;
    for stage in build.dockerfile.ancestry(build.stage) {
        for at in build.dockerfile.stage_instructions(stage) {
            match at.instruction.typed() {
                Args::Copy(copy) => instruction(build, &mut changes, &at, &copy, cx),
                Args::Add(copy) if !copy.sources.iter().any(|s| is_unpacked_archive(&copy, s)) => instruction(build, &mut changes, &at, &copy, cx),
                _ => {}
            }
        }
    }
}

fn instruction(build: &Build, changes: &mut Option<Vec<(usize, String)>>, at: &InstructionAt<'_>, copy: &CopyArgs, cx: &mut Cx<'_>) {
    let (Some(stage), None, Some(destination)) = (at.stage, &copy.chown, &copy.destination) else { return };
    let RunUser::Set { user, span } = at.dockerfile.user_at(stage, at.index) else { return };
    let Some(user) = user.known().filter(|u| !is_root(u)) else { return };
    if covered_by_chown(changes.get_or_insert_with(|| owner_changes(build)), at, destination) {
        return;
    }
    let name = user.split(':').next().unwrap_or(user);
    let keyword = at.instruction.keyword.as_str();
    let words = copy.sources.iter().chain(&copy.heredocs).map(|w| w.span());
    let primary = words.fold(None, |all: Option<Span>, w| Some(all.map_or(w, |a| a.to(w)))).unwrap_or(destination.span());
    cx.report(primary, format!("the copied files belong to root, but this stage runs as {name}"))
        .label(span, format!("USER {user} is set here"))
        .help(format!("write `{keyword} --chown={user}` if the process must write them, or copy them before USER"))
        .evidence(clean_path(destination))
        .fix(Safety::Unsafe, format!("add --chown={user}"), vec![(at.instruction.name.span().at_end(), format!(" --chown={user}"))]);
}
