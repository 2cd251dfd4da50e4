use std::collections::{BTreeMap, BTreeSet};

use crate::lint::prelude::*;
use crate::model::dockerfile::Why;
use crate::syntax::dockerfile::{Args, CommandForm, mounts};
use crate::syntax::shell::{self, Command, Dialect, Variable, Word};

pub static LINT: Lint = Lint {
    id: "arg-out-of-scope",
    summary: "an ARG is used where it is not in scope, and is empty there",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &[],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("arg_out_of_scope.md"),
    checks: &[Check::Dockerfile(check)],
};

/// A use of an ARG that is not in scope.
struct Use {
    span: Span,
    index: usize,
    why: Why,
    /// What is broken by an empty value, when that is plain.
    feeds: Option<&'static str>,
    /// Whether a container started with the variable would have it all the same.
    at_run_time: bool,
    onbuild: bool,
}

/// One name in one stage is one mistake.
type Uses = BTreeMap<(Option<usize>, String), Vec<Use>>;

fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    let mut uses = Uses::new();
    for hole in dockerfile.holes().iter().filter(|h| !matches!(h.why, Why::Undefined | Why::SameEnv(_))) {
        let found = Use { span: hole.variable.span, index: hole.index, why: hole.why, feeds: None, at_run_time: false, onbuild: false };
        uses.entry((hole.stage, hole.variable.name.clone())).or_default().push(found);
    }
    let names = dockerfile.variable_names();
    for at in dockerfile.instructions() {
        shell_uses(&at, &names, &mut uses);
    }
    for ((stage, name), mut found) in uses {
        if stage.is_some_and(|s| dockerfile.is_windows(s)) {
            continue;
        }
        found.sort_by_key(|u| u.span);
        report(dockerfile, stage, &name, &found, cx);
    }
}

fn report(dockerfile: &Dockerfile, stage: Option<usize>, name: &str, found: &[Use], cx: &mut Cx<'_>) {
    let [first, others @ ..] = found else { return };
    let certain = match stage.map_or(Some(false), |s| dockerfile.base_sets(s, name)) {
        Some(true) => return,
        Some(false) => true,
        None => match first.why {
            Why::Platform | Why::Later(_) => true,
            // An image of the version that an ARG gives tends to set it in ENV, too.
            Why::Global(_) => !chooses_base(dockerfile, stage, name),
            Why::Undefined | Why::SameEnv(_) | Why::OtherStage(_) => false,
        },
    };
    let feeds = found.iter().find_map(|u| u.feeds);
    let label = stage.and_then(|s| dockerfile.stages.get(s)).map(|s| format!("stage:{}", s.label()));
    let mut report = cx.report(first.span, message(name, stage, first, feeds)).help(help(name, stage, first)).evidence(name).at(label.unwrap_or_default());
    if let Why::Global(span) | Why::Later(span) | Why::OtherStage(span) = first.why {
        report = report.label(span, "declared here");
    }
    for other in others {
        report = report.label(other.span, "and here");
    }
    if feeds.is_some() {
        report = report.level(Level::Error);
    }
    let instruction = dockerfile.instruction(first.index).filter(|_| !first.onbuild && !first.at_run_time);
    if let (Why::Global(_) | Why::Platform, Some(instruction)) = (first.why, instruction) {
        report = report.fix(Safety::Safe, format!("add ARG {name}"), vec![(instruction.span.at_start(), format!("ARG {name}\n"))]);
    }
    if certain && !found.iter().all(|u| u.at_run_time) { report.file() } else { report.unknown().file() }
}

fn message(name: &str, stage: Option<usize>, first: &Use, feeds: Option<&str>) -> String {
    let so = feeds.map(|f| format!(", and it is part of {f}")).unwrap_or_default();
    match first.why {
        _ if first.at_run_time => format!("`${name}` is empty when the container starts: an ARG ends with the build"),
        Why::Global(_) => format!("`${name}` is empty here{so}: its ARG before FROM does not reach into stages"),
        Why::Platform => format!("`${name}` is empty here{so}: the stage has no ARG {name}"),
        Why::Later(_) => format!("`${name}` is empty here{so}: its ARG comes later"),
        _ if stage.is_none() => format!("`${name}` is empty here: FROM sees only the ARGs before the first FROM"),
        _ => format!("`${name}` is empty here{so}: its ARG belongs to another stage"),
    }
}

fn help(name: &str, stage: Option<usize>, first: &Use) -> String {
    match first.why {
        _ if first.at_run_time => format!("add `ARG {name}` and `ENV {name}=${name}` to this stage"),
        Why::Later(_) => format!("move `ARG {name}` above this instruction"),
        Why::OtherStage(_) if stage.is_none() => format!("move `ARG {name}` above the first FROM"),
        Why::OtherStage(_) => format!("add `ARG {name}` to this stage, or move it above the first FROM and repeat `ARG {name}` in both"),
        _ => format!("add `ARG {name}` to this stage, above its first use"),
    }
}

/// Whether the FROM of the stage, or of the one it descends from, names the variable.
fn chooses_base(dockerfile: &Dockerfile, stage: Option<usize>, name: &str) -> bool {
    let root = stage.and_then(|s| dockerfile.ancestry(s).pop());
    root.is_some_and(|r| r.image.contains(&format!("${name}")) || r.image.contains(&format!("${{{name}")))
}

/// The variables that the shell lines of an instruction look up.
fn shell_uses(at: &InstructionAt<'_>, names: &BTreeSet<String>, uses: &mut Uses) {
    let Some(stage) = at.stage else { return };
    let (line, at_run_time) = match at.instruction.typed() {
        Args::Run(CommandForm::Shell(line)) => (line, false),
        Args::Cmd(CommandForm::Shell(line)) | Args::Entrypoint(CommandForm::Shell(line)) => (line, true),
        _ => return,
    };
    let unix = at.dockerfile.shell_at(stage, at.index).is_none_or(|words| Dialect::of(words).is_unix());
    // A heredoc that is all of a RUN is its script; others are read by programs of their own.
    let body = at.instruction.heredocs.first().filter(|h| line.trim().len() == h.marker.range().len()).map(|h| &h.body);
    let text = body.unwrap_or(&line);
    let unseen: BTreeMap<&str, Why> = mentioned(text, names).into_iter().filter_map(|n| Some((n, at.dockerfile.unseen(at, n)?))).collect();
    let unseen: BTreeMap<&str, Why> = unseen.into_iter().filter(|(n, why)| *why != Why::Undefined && !is_set_in(at, text, n)).collect();
    if !unix || text.starts_with("#!") || unseen.is_empty() || at.onbuild {
        return;
    }
    let script = shell::parse(text);
    let commands = script.commands();
    if commands.iter().any(|c| c.is(&[".", "source", "eval"])) {
        return;
    }
    for command in &commands {
        for word in words_of(command) {
            for variable in word.variables().into_iter().filter(|v| counts_on(v)) {
                let Some((name, why)) = unseen.get_key_value(variable.name.as_str()) else { continue };
                let feeds = if at_run_time { None } else { feeds(command, &word) };
                let found = Use { span: variable.name.span(), index: at.index, why: *why, feeds, at_run_time, onbuild: at.onbuild };
                uses.entry((Some(stage), (*name).to_string())).or_default().push(found);
            }
        }
    }
}

/// The names that stand after a `$` in the text.
fn mentioned<'n>(text: &str, names: &'n BTreeSet<String>) -> BTreeSet<&'n str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let after_dollar = text.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.get(..rest.find(|c| !is_name(c)).unwrap_or(rest.len())).unwrap_or("")
    });
    after_dollar.filter_map(|name| names.get(name).map(String::as_str)).collect()
}

/// Whether the instruction may set the variable itself: the name stands somewhere without a `$`, as it does when it is
/// assigned, read or exported, or a secret comes as a variable of that name.
fn is_set_in(at: &InstructionAt<'_>, text: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let bare = text.match_indices(name).any(|(start, _)| {
        let before = text.get(..start).unwrap_or("");
        let after = text.get(start + name.len()..).unwrap_or("");
        !before.ends_with(|c: char| is_name(c) || c == '$') && !before.ends_with("${") && !after.starts_with(is_name)
    });
    bare || mounts(at.instruction).iter().any(|m| m.env.as_ref().is_some_and(|e| e.as_str() == name))
}

fn words_of(command: &Command<'_>) -> Vec<Word> {
    let assigned = command.assignments().into_iter().flat_map(|a| a.value.into_iter().chain(a.elements));
    let targets = command.redirects.iter().map(|r| r.target.clone());
    command.simple.words.iter().cloned().chain(assigned).chain(targets).collect()
}

/// With a default, or when it only asks whether the variable is set, the line does not count on it.
fn counts_on(variable: &Variable) -> bool {
    variable.operator.as_deref().is_none_or(|o| !o.contains(['-', '+', '=', '?']))
}

fn feeds(command: &Command<'_>, word: &Word) -> Option<&'static str> {
    if command.is(&["rm"]) {
        return Some("what rm deletes");
    }
    if command.is(&["sha256sum", "sha512sum", "sha1sum", "shasum", "md5sum"]) {
        return Some("a checksum");
    }
    ["https://", "http://", "ftp://"].iter().any(|s| word.text.contains(s)).then_some("an address")
}
