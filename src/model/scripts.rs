//! The shell scripts that instructions and services run, wherever they are written: lines, words, heredocs.

use std::sync::Arc;

use super::compose::{Command, Service};
use super::dockerfile::InstructionAt;
use crate::source::Span;
use crate::syntax::dockerfile::{Args, CommandForm, Healthcheck, Heredoc};
use crate::syntax::shell::{self, Dialect, Script};
use crate::syntax::text::{Text, TextBuilder};

/// A script that a service runs, and where its project says so.
#[derive(Clone, Debug)]
pub struct ServiceScript {
    /// The script.
    pub script: Script,
    /// The keys under the service: `command`, `healthcheck.test`.
    pub path: &'static str,
    /// Other places use the same bytes: an alias, `extends`.
    pub shared: bool,
}

/// The script of a RUN, CMD, ENTRYPOINT or HEALTHCHECK, heredocs included; `None` when it has none, or when no Unix
/// shell reads it: another SHELL, a Windows image, a heredoc for another program. It is read once.
pub fn of_instruction(at: &InstructionAt<'_>) -> Option<Arc<Script>> {
    // The trigger of an ONBUILD shares the index of its instruction.
    if at.onbuild { read(at).map(Arc::new) } else { at.dockerfile.script(at.index, || read(at)) }
}

fn read(at: &InstructionAt<'_>) -> Option<Script> {
    if at.stage.is_some_and(|s| at.dockerfile.is_windows(s)) {
        return None;
    }
    let command = match at.instruction.typed() {
        Args::Run(command) | Args::Cmd(command) | Args::Entrypoint(command) => command,
        Args::Healthcheck(Healthcheck::Cmd { command, .. }) => command,
        _ => return None,
    };
    match command {
        CommandForm::Exec(words) => Some(shell::from_words(&words, at.instruction.args.span())),
        CommandForm::Shell(line) => {
            let is_unix = at.stage.and_then(|s| at.dockerfile.shell_at(s, at.index)).is_none_or(|words| Dialect::of(words).is_unix());
            is_unix.then(|| shell_text(&line, &at.instruction.heredocs)).flatten().map(|text| shell::parse(&text))
        }
    }
}

/// Whether one of the words stands in what the instruction runs. Parsing is the dear part, so this look comes first.
pub fn mentions(at: &InstructionAt<'_>, words: &[&str]) -> bool {
    let has = |text: &str| words.iter().any(|w| text.contains(w));
    has(&at.instruction.args) || at.instruction.heredocs.iter().any(|h| has(&h.body))
}

/// What the shell reads: the line with its heredocs, or the body of the only one when the line is nothing else. `None` when
/// that body begins with the name of another interpreter.
fn shell_text(line: &Text, heredocs: &[Heredoc]) -> Option<Text> {
    let [first, ..] = heredocs else { return Some(line.clone()) };
    if heredocs.len() == 1 && line.span() == first.marker {
        return is_shell(&first.body).then(|| first.body.clone());
    }
    let mut out = TextBuilder::new(line.file());
    out.push_slice(line, 0..line.len());
    let mut end = line.span().end as usize;
    for heredoc in heredocs {
        let body = heredoc.body.span();
        out.push_replaced("\n", end..body.start as usize);
        out.push_slice(&heredoc.body, 0..heredoc.body.len());
        end = heredoc.terminator.unwrap_or(body).end as usize;
        let terminator = if heredoc.body.is_empty() || heredoc.body.ends_with('\n') { "" } else { "\n" };
        out.push_replaced(&format!("{terminator}{}", heredoc.name), body.end as usize..end);
    }
    Some(out.finish(line.span().start as usize))
}

/// Whether the shell itself reads a script: it has no `#!`, or one of a shell.
fn is_shell(body: &str) -> bool {
    let Some(line) = body.strip_prefix("#!").and_then(|rest| rest.lines().next()) else { return true };
    let words: Vec<&str> = line.split_whitespace().filter(|w| *w != "/usr/bin/env" && !w.starts_with('-')).collect();
    Dialect::of(&words).is_unix()
}

/// The scripts that a service runs: what it starts, its health check, its hooks.
pub fn of_service(service: &Service) -> Vec<ServiceScript> {
    let mut out = Vec::new();
    let entrypoint = service.entrypoint();
    let command = service.command();
    let started: Vec<(&Command, Span)> =
        [&entrypoint, &command].into_iter().filter_map(|s| s.set()).map(|s| (&s.value, s.span())).collect();
    if let (Some((_, first)), Some((_, last))) = (started.first(), started.last()) {
        let words: Vec<Text> = started.iter().flat_map(|(c, _)| words(c)).collect();
        // They may stand in different files.
        let span = if first.file == last.file { first.to(*last) } else { *last };
        let path = if command.set().is_some() { "command" } else { "entrypoint" };
        let shared = [&entrypoint, &command].into_iter().filter_map(|s| s.set()).any(|s| s.origin.is_shared());
        out.push(ServiceScript { script: shell::from_words(&words, span), path, shared });
    }
    if let Some(check) = service.healthcheck().set()
        && let Some(test) = check.value.test.as_ref().filter(|_| !check.value.disabled)
    {
        out.extend(health_test(&test.value, test.span()).map(|script| ServiceScript {
            script,
            path: "healthcheck.test",
            shared: test.origin.is_shared(),
        }));
    }
    let hooks = service.hooks();
    let of_hook = |hook: &super::compose::Hook| {
        let script = shell::from_words(&words(hook.command.as_ref()?), hook.span);
        Some(ServiceScript { script, path: hook.kind, shared: hook.origin.is_shared() })
    };
    out.extend(hooks.iter().filter_map(of_hook));
    out
}

fn words(command: &Command) -> Vec<Text> {
    command.argv().iter().map(|w| w.text.clone()).collect()
}

/// A string is for the shell, and so is what follows `CMD-SHELL`.
fn health_test(test: &Command, span: Span) -> Option<Script> {
    let argv = match test {
        Command::Line { text, .. } => return Some(shell::parse(&text.text)),
        Command::Argv(argv) => argv,
    };
    let (first, rest) = argv.split_first()?;
    match first.text.as_str() {
        "CMD-SHELL" => rest.first().map(|line| shell::parse(&line.text)),
        "CMD" => Some(shell::from_words(&rest.iter().map(|w| w.text.clone()).collect::<Vec<_>>(), span)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{FileKind, Sources};
    use std::path::Path;

    /// The programs that the last instruction runs, with the bytes of each name.
    fn programs(text: &str) -> Option<Vec<String>> {
        let sources = Sources::new(Path::new("/"), 1 << 20);
        let source = sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string());
        let file = Dockerfile::of(&source);
        let script = of_instruction(&file.instructions().last().unwrap())?;
        Some(script.commands().iter().map(|c| format!("{}={}", c.program(), source.slice(c.words()[0].span()))).collect())
    }

    #[test]
    fn lines_words_and_heredocs() {
        let of = |run: &str| programs(&format!("FROM debian\n{run}\n"));
        assert_eq!(of("RUN a | b"), Some(vec!["a=a".into(), "b=b".into()]));
        assert_eq!(of("CMD [\"sh\", \"-c\", \"a && b\"]").unwrap().len(), 3);
        assert_eq!(of("HEALTHCHECK --interval=1s CMD curl -k x"), Some(vec!["curl=curl".into()]));
        assert_eq!(of("RUN <<EOF\na\nb\nEOF"), Some(vec!["a=a".into(), "b=b".into()]));
        assert_eq!(of("RUN <<EOF\n#!/usr/bin/env bash\na\nEOF"), Some(vec!["a=a".into()]));
        assert_eq!(of("RUN <<EOF\n#!/usr/bin/python3\nimport a\nEOF"), None);
        assert_eq!(of("RUN python3 <<EOF && b\nimport a\nEOF"), Some(vec!["python3=python3".into(), "b=b".into()]));
        assert_eq!(of("RUN bash <<EOF\na x\nEOF"), Some(vec!["bash=bash".into(), "a=a".into()]));
        assert_eq!(of("RUN cat <<A >x; cat <<-B >y\na\nA\n\tb\n\tB"), Some(vec!["cat=cat".into(), "cat=cat".into()]));
    }

    #[test]
    fn what_no_unix_shell_reads() {
        assert_eq!(programs("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN curl -k x\n"), None);
        assert_eq!(programs("FROM debian\nSHELL [\"pwsh\", \"-c\"]\nRUN a\n"), None);
        assert_eq!(programs("FROM debian\nENV a=b\n"), None);
    }
}
