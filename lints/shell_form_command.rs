use crate::lint::prelude::*;
use crate::syntax::dockerfile::{Args, CommandForm};
use crate::syntax::shell::{self, Join, NodeKind, Word};

pub static LINT: Lint = Lint {
    id: "shell-form-command",
    summary: "a command puts a shell between the program and its stop signal",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3025", "buildkit:JSONArgsRecommended", "droast:DF018", "droast:DF025", "semgrep:prefer-json-notation"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("shell_form_command.md"),
    checks: &[Check::Instruction(&[Keyword::Cmd, Keyword::Entrypoint], check)],
};

/// Commands that only a shell has, and `exec`, which takes the shell away.
const BUILTINS: &[&str] = &[
    ":", ".", "alias", "cd", "command", "eval", "exec", "exit", "export", "false", "read", "set", "shift", "source", "test", "trap", "true",
    "ulimit", "umask", "unset", "wait", "[", "echo", "printf",
];

/// Bytes; a longer command is not repeated in the help.
const LONGEST_SHOWN: usize = 100;

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let (Args::Cmd(CommandForm::Shell(line)) | Args::Entrypoint(CommandForm::Shell(line))) = at.instruction.typed() else { return };
    let Some(stage) = at.stage.filter(|_| !at.instruction.looks_like_json) else { return };
    if at.dockerfile.is_windows(stage) || at.dockerfile.shell_at(stage, at.index).is_some() || is_replaced(at, stage) {
        return;
    }
    let Some((words, program)) = plain_words(&line).and_then(|w| Some((w.clone(), w.into_iter().next()?))) else { return };
    let keyword = at.instruction.keyword;
    let array = format!("[{}]", words.iter().map(|w| serde_json::json!(w).to_string()).collect::<Vec<_>>().join(", "));
    let help = if array.len() <= LONGEST_SHOWN { format!("write `{keyword} {array}`") } else { "write it as a JSON array of its words".into() };
    let mut report = cx
        .report(line.span(), format!("{keyword} is in shell form: `{program}` runs under a shell, which may keep stop signals from it"))
        .help(help)
        .evidence(keyword.as_str());
    // Comments between the lines would be lost.
    if at.instruction.comments.is_empty() {
        report = report.fix(Safety::Unsafe, "write it as a JSON array", vec![(line.span(), array)]);
    }
    report.file();
}

/// Whether a later one in the stage takes its place; then it never runs. Stops at the next, so all of a stage cost one walk.
fn is_replaced(at: &InstructionAt<'_>, stage: usize) -> bool {
    let end = at.dockerfile.stages.get(stage).map_or(0, |s| s.end);
    let mut later = (at.index + 1..end).filter_map(|n| at.dockerfile.instruction(n));
    !at.onbuild && later.any(|i| i.keyword == at.instruction.keyword)
}

/// The words of a line that a shell would do nothing with but split and unquote.
fn plain_words(line: &Text) -> Option<Vec<String>> {
    let script = shell::parse(line);
    let [statement] = script.statements.as_slice() else { return None };
    let [node] = statement.stages.as_slice() else { return None };
    let NodeKind::Simple(simple) = &node.kind else { return None };
    let is_bare = !script.broken && !statement.negated && !statement.timed && statement.join == Join::End;
    if !is_bare || !node.redirects.is_empty() || !simple.assignments.is_empty() {
        return None;
    }
    let words: Vec<String> = simple.words.iter().map(plain_word).collect::<Option<_>>()?;
    words.first().is_some_and(|w| !w.is_empty() && !BUILTINS.contains(&w.as_str())).then_some(words)
}

/// The value of a word without variables, globs, braces and `~`.
fn plain_word(word: &Word) -> Option<String> {
    let value = word.literal.as_ref()?;
    let is_pattern = !word.quoted && (value.contains(['*', '?', '[', '{']) || value.starts_with('~'));
    // A partly quoted word may still have a pattern outside its quotes.
    let is_mixed = word.quoted && value.contains(['*', '?', '[', '{', '~']) && !is_quoted_whole(&word.text);
    (!is_pattern && !is_mixed).then(|| value.to_string())
}

fn is_quoted_whole(text: &str) -> bool {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)).is_some_and(|t| !t.contains(quote));
    inner('"') || inner('\'')
}
