//! What a container starts: the words of ENTRYPOINT and CMD, and the script behind them when it is in the context.

use std::path::Path;
use std::sync::Arc;

use super::build::Build;
use super::context::context_path;
use super::dockerfile::{InstructionAt, clean_path};
use crate::source::{FileKind, Source, Sources};
use crate::syntax::dockerfile::{Args, CommandForm, CopyArgs, Keyword};

/// Programs that run another one as somebody else.
const STEP_DOWN: &[&str] =
    &["gosu", "su-exec", "suexec", "setpriv", "s6-setuidgid", "s6-applyuidgid", "setuidgid", "runuser", "chpst", "su", "capsh"];

/// Programs that only start their argument.
const WRAPPERS: &[&str] = &["sh", "bash", "ash", "dash", "tini", "dumb-init", "catatonit", "exec", "env", "/init", "--", "-c", "-g", "-s"];

/// Whether the word is a program that steps down from root.
pub fn drops_privileges(word: &str) -> bool {
    STEP_DOWN.contains(&base_name(word))
}

/// Whether a script hands over to such a program on some line that is no comment.
pub fn script_drops_privileges(script: &str) -> bool {
    let separators = |c: char| c.is_whitespace() || ";&|()\"'`$={}".contains(c);
    script.lines().filter(|l| !l.trim_start().starts_with('#')).any(|l| l.split(separators).any(drops_privileges))
}

/// The words of the command that the container starts, ENTRYPOINT first.
pub fn start_words(build: &Build) -> Vec<String> {
    let service = build.service();
    let entrypoint = service.and_then(|s| s.entrypoint_words());
    let command = service.and_then(|s| s.command_words());
    let replaced = entrypoint.is_some();
    let mut words = entrypoint.unwrap_or_else(|| image_words(build, Keyword::Entrypoint));
    // An entrypoint given by Compose clears the image's CMD.
    words.extend(command.unwrap_or_else(|| if replaced { Vec::new() } else { image_words(build, Keyword::Cmd) }));
    words
}

/// Whether the image or the service brings an ENTRYPOINT of its own in place of the base image's.
pub fn replaces_entrypoint(build: &Build) -> bool {
    build.service().is_some_and(|s| s.entrypoint_words().is_some()) || build.in_force(Keyword::Entrypoint).is_some()
}

fn image_words(build: &Build, keyword: Keyword) -> Vec<String> {
    let Some(at) = build.in_force(keyword) else { return Vec::new() };
    match at.instruction.typed() {
        Args::Cmd(CommandForm::Exec(words)) | Args::Entrypoint(CommandForm::Exec(words)) => words.iter().map(ToString::to_string).collect(),
        Args::Cmd(CommandForm::Shell(line)) | Args::Entrypoint(CommandForm::Shell(line)) => {
            line.split_whitespace().iter().map(|w| w.trim_matches(['"', '\'']).to_string()).collect()
        }
        _ => Vec::new(),
    }
}

/// The program behind the wrappers: `["tini", "--", "/start.sh"]` starts `/start.sh`.
fn program(build: &Build) -> Option<String> {
    start_words(build).into_iter().find(|w| !WRAPPERS.contains(&w.as_str()) && !WRAPPERS.contains(&base_name(w)))
}

/// The script in the build context that becomes the started program, when some COPY brings it.
pub fn find_script(build: &Build, sources: &Sources) -> Option<Arc<Source>> {
    let context = build.context.as_deref()?;
    let program = program(build)?;
    let candidates = copies(build).flat_map(|(at, copy)| context_paths(&at, &copy, &program));
    candidates.into_iter().find_map(|path| load(sources, context, &path))
}

/// The body of the heredoc that becomes the started program: `COPY <<EOF /start.sh`.
pub fn heredoc_script(build: &Build) -> Option<String> {
    let program = program(build)?;
    let brings = |(at, copy): &(InstructionAt<'_>, CopyArgs)| {
        copy.sources.is_empty() && copy.destination.as_ref().is_some_and(|d| is_program(d, &program)) && !at.instruction.heredocs.is_empty()
    };
    let (at, _) = copies(build).find(brings)?;
    at.instruction.heredocs.first().map(|h| h.body.to_string())
}

/// The COPY and ADD of the image that take from the build context.
fn copies(build: &Build) -> impl Iterator<Item = (InstructionAt<'_>, CopyArgs)> {
    let stages = build.dockerfile.ancestry(build.stage);
    stages.into_iter().flat_map(|s| build.dockerfile.stage_instructions(s)).filter_map(|at| match at.instruction.typed() {
        Args::Copy(copy) | Args::Add(copy) if copy.from.is_none() => Some((at, copy)),
        _ => None,
    })
}

/// The paths in the context that one COPY would put at `program`.
fn context_paths(at: &InstructionAt<'_>, copy: &CopyArgs, program: &str) -> Vec<String> {
    let Some(destination) = copy.destination.as_ref().and_then(|d| at.resolve(d).known().map(ToString::to_string)) else {
        return Vec::new();
    };
    let workdir = at.stage.and_then(|s| at.dockerfile.workdir_at(s, at.index)).unwrap_or_else(|| "/".into());
    let absolute = if destination.starts_with('/') { destination.clone() } else { format!("{workdir}/{destination}") };
    let absolute = clean_path(&absolute);
    let sources = copy.sources.iter().filter_map(|s| at.resolve(s).known().map(|s| context_path(s)));
    let mut found = Vec::new();
    for source in sources {
        let as_file = is_program(&absolute, program);
        let into_folder = is_program(&format!("{absolute}/{}", base_name(&source)), program);
        if as_file || into_folder {
            found.push(source);
        } else if let Some(rest) = program.strip_prefix(absolute.trim_end_matches('/')).and_then(|r| r.strip_prefix('/')) {
            found.push(clean_path(&format!("{source}/{rest}")));
        } else if let Some(rest) = program.strip_prefix("./") {
            found.push(clean_path(&format!("{source}/{rest}")));
        }
    }
    found
}

/// Whether the path is the program; a program without a slash is found on PATH.
fn is_program(path: &str, program: &str) -> bool {
    path == program || (!program.contains('/') && base_name(path) == program)
}

fn load(sources: &Sources, context: &Path, path: &str) -> Option<Arc<Source>> {
    let path = context.join(path);
    // `../..` in a source cannot leave the context.
    let absolute = sources.absolute(&path);
    if !absolute.starts_with(sources.absolute(context)) || !sources.may_read(&absolute) {
        return None;
    }
    sources.load(&path, FileKind::Other).ok()
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_steps_down() {
        assert!(script_drops_privileges("#!/bin/sh\nset -e\nexec gosu app \"$@\"\n"));
        assert!(script_drops_privileges("exec /usr/local/bin/su-exec app:app server"));
        assert!(script_drops_privileges("if [ \"$(id -u)\" = 0 ]; then exec setpriv --reuid=app server; fi"));
        assert!(!script_drops_privileges("# exec gosu app\nexec server\n"));
        assert!(!script_drops_privileges("echo sum; exec result"));
    }
}
