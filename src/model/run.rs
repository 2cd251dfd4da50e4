//! What RUN executes, as scripts: its line, its words, and the heredocs that a shell reads.

use super::dockerfile::InstructionAt;
use crate::syntax::dockerfile::{Args, CommandForm, Heredoc};
use crate::syntax::shell::{self, Command, Dialect, Script};

/// The scripts of a RUN, when a Unix shell runs them and its text has one of the words `mentions`. Parsing is the dear
/// part, so that look comes first.
pub fn scripts(run: &InstructionAt<'_>, mentions: &[&str]) -> Vec<Script> {
    let instruction = run.instruction;
    let mentioned = |text: &str| mentions.iter().any(|m| text.contains(m));
    let Args::Run(command) = instruction.typed() else { return Vec::new() };
    if !mentioned(&instruction.args) && !instruction.heredocs.iter().any(|h| mentioned(&h.body)) || !has_unix_shell(run) {
        return Vec::new();
    }
    let line = match command {
        CommandForm::Shell(line) => shell::parse(&line),
        CommandForm::Exec(words) => shell::from_words(&words, instruction.args.span()),
    };
    let bodies: Vec<Script> = {
        let flow = line.flow();
        let read = instruction.heredocs.iter().filter(|h| flow.commands.iter().any(|c| reads(c, h)) && is_script(&h.body));
        read.map(|h| shell::parse(&h.body)).collect()
    };
    std::iter::once(line).chain(bodies).collect()
}

/// Whether the shell of this RUN is one whose scripts can be read.
fn has_unix_shell(run: &InstructionAt<'_>) -> bool {
    let Some(stage) = run.stage else { return false };
    let shell = run.dockerfile.shell_at(stage, run.index);
    !run.dockerfile.is_windows(stage) && shell.is_none_or(|words| Dialect::of(words).is_unix())
}

/// Whether a command reads a heredoc as its script: a shell without operands, or nothing at all, `RUN <<EOF`.
fn reads(command: &Command<'_>, heredoc: &Heredoc) -> bool {
    let marks = command.redirects.iter().any(|r| r.span.contains(heredoc.marker) || heredoc.marker.contains(r.span));
    let is_shell = || Dialect::of(&[command.program()]).is_unix() && command.options().operands.is_empty();
    marks && (command.simple.words.is_empty() || is_shell())
}

/// A first line of `#!` names the interpreter.
fn is_script(body: &str) -> bool {
    let first = body.lines().next().unwrap_or("");
    let Some(interpreter) = first.strip_prefix("#!") else { return true };
    let names: Vec<&str> = interpreter.split_whitespace().filter(|w| !w.ends_with("/env") && !w.starts_with('-')).take(1).collect();
    Dialect::of(&names).is_unix()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{FileKind, Sources};

    fn programs(run: &str) -> Vec<String> {
        let sources = Sources::new(Path::new("/"), 1 << 20);
        let text = format!("FROM debian:12\n{run}\n");
        let file = Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text));
        let scripts: Vec<Script> = file.instructions().flat_map(|at| scripts(&at, &["id"])).collect();
        scripts
            .iter()
            .flat_map(|s| s.commands().iter().map(|c| c.program().to_owned()).collect::<Vec<_>>())
            .filter(|p| !p.is_empty())
            .collect()
    }

    #[test]
    fn every_form_of_run() {
        assert_eq!(programs("RUN id && true"), ["id", "true"]);
        assert_eq!(programs("RUN [\"/usr/bin/id\", \"-u\"]"), ["id"]);
        assert_eq!(programs("ONBUILD RUN id"), ["id"]);
        assert_eq!(programs("RUN <<EOF\nid\nEOF"), ["id"]);
        assert_eq!(programs("RUN bash -e <<EOF\n#!/bin/bash\nid\nEOF"), ["bash", "id"]);
    }

    #[test]
    fn what_no_shell_reads() {
        assert_eq!(programs("RUN true"), [""; 0]);
        assert_eq!(programs("RUN cat <<EOF > /etc/motd\nid\nEOF"), ["cat"]);
        assert_eq!(programs("RUN <<EOF\n#!/usr/bin/env python3\nid()\nEOF"), [""; 0]);
        assert_eq!(programs("SHELL [\"powershell\"]\nRUN id"), [""; 0]);
    }
}
