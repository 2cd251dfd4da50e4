use crate::lint::prelude::*;
use crate::model::command::{Mode, ModeChange, mode_changes};
use crate::model::run;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "world-writable-permissions",
    summary: "files in the image may be changed by every user",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.5),
    cis: &[],
    aliases: &["droast:DF034", "tally:tally/world-writable-state-path-workaround"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("world_writable_permissions.md"),
    checks: &[Check::Build(check)],
};

const PROGRAMS: &[&str] = &["chmod", "mkdir", "install"];

/// Only what the image keeps: a stage that is copied from is left behind.
fn check(build: &Build, cx: &mut Cx<'_>) {
    if build.dockerfile.is_windows(build.stage) {
        return;
    }
    for at in build.instructions() {
        match at.instruction.typed() {
            Args::Copy(copy) | Args::Add(copy) => {
                let to = copy.destination.as_ref().map_or("", |d| d.as_str());
                if let Some(mode) = copy.chmod.filter(|m| at.resolve(m).known().is_some_and(|m| opens(m))) {
                    report(&mode, &format!("--chmod={mode}"), to, cx);
                }
            }
            Args::Run(_) => run(&at, cx),
            _ => {}
        }
    }
}

fn run(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if let Some(script) = run::script(at, PROGRAMS) {
        let flow = script.flow();
        let changes = mode_changes(&flow);
        for (n, change) in changes.iter().enumerate().filter(|(_, c)| opens(&c.mode)) {
            let later = changes.iter().skip(n + 1).filter(|c| c.command > change.command);
            if later.into_iter().any(|c| closes(c, change)) {
                continue;
            }
            let Some(command) = flow.commands.get(change.command) else { continue };
            let program = command.program();
            let option = if program == "chmod" { "" } else { "-m " };
            let paths = change.paths.first().map_or("", |p| p.as_str());
            report(&change.mode, &format!("{program} {option}{}", change.mode), paths, cx);
        }
    }
}

/// Everybody may write, and remove what belongs to others.
fn opens(mode: &str) -> bool {
    Mode::parse(mode).is_some_and(|m| m.other_write && !m.sticky)
}

/// Whether a later change takes the permission away again.
fn closes(later: &ModeChange, earlier: &ModeChange) -> bool {
    let closed = Mode::parse(&later.mode).is_some_and(|m| !m.other_write || m.sticky);
    let sets = later.mode.bytes().all(|b| b.is_ascii_digit()) || later.mode.contains("o-") || later.mode.contains("o=");
    closed && sets && later.paths.iter().map(Text::as_str).eq(earlier.paths.iter().map(Text::as_str))
}

fn report(mode: &Text, what: &str, path: &str, cx: &mut Cx<'_>) {
    let narrow = narrowed(mode);
    let whose = if matches!(path, "" | "{}") { "these files".into() } else { path.to_string() };
    let help = match &narrow {
        Some(narrow) => format!("write {narrow}, and give the files to the user that must write them with `chown`"),
        None => "take write permission from others, and give the files to the user that must write them with `chown`".into(),
    };
    let mut report = cx.report(mode.span(), format!("{what} lets every user of the container change {whose}")).help(help).evidence(format!("{mode} {path}"));
    if let Some(narrow) = narrow {
        report = report.fix(Safety::Unsafe, format!("change {mode} to {narrow}"), vec![(mode.span(), narrow)]);
    }
    report.file();
}

/// An octal mode without write permission for others.
fn narrowed(mode: &str) -> Option<String> {
    let (rest, last) = mode.split_at_checked(mode.len().checked_sub(1)?)?;
    let bits = mode.bytes().all(|b| b.is_ascii_digit()).then(|| last.parse::<u8>().ok()).flatten()?;
    Some(format!("{rest}{}", bits & !2))
}
