//! What RUN executes, for those who look for single programs.

use std::sync::Arc;

use super::dockerfile::InstructionAt;
use super::scripts;
use crate::syntax::dockerfile::Keyword;
use crate::syntax::shell::Script;

/// The script of a RUN, when a Unix shell runs it and its text has one of the words `mentions`.
pub fn script(run: &InstructionAt<'_>, mentions: &[&str]) -> Option<Arc<Script>> {
    let is_run = run.instruction.keyword == Keyword::Run && run.stage.is_some();
    (is_run && scripts::mentions(run, mentions)).then(|| scripts::of_instruction(run)).flatten()
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
        let scripts: Vec<Arc<Script>> = file.instructions().flat_map(|at| script(&at, &["id"])).collect();
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
