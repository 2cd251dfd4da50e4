//! Quotes and substitutions of every argument that BuildKit expands.

use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::{Args, CopyArgs, Heredoc, Instruction, expand, expand_heredoc, expand_words, mounts};
use crate::syntax::text::Text;

pub(super) fn check(instruction: &Instruction, args: &Args, errors: &mut Vec<SyntaxError>) {
    let escape = instruction.escape;
    let mut word = |text: &Text| errors.extend(expand(text, escape, &any).errors);
    match args {
        Args::From { platform, image, .. } => {
            word(image);
            platform.iter().for_each(word);
        }
        Args::Env(pairs) | Args::Label(pairs) => {
            for pair in pairs {
                word(&pair.key);
                word(&pair.value);
            }
        }
        Args::Arg(decls) => {
            for decl in decls {
                word(&decl.name);
                decl.default.iter().for_each(&mut word);
            }
        }
        Args::Copy(args) | Args::Add(args) => {
            expanded_parts(args).for_each(word);
            let bodies = instruction.heredocs.iter().filter(|h| h.expand);
            errors.extend(bodies.flat_map(|h: &Heredoc| expand_heredoc(&h.body, &any).errors));
        }
        Args::Expose(ports) => errors.extend(ports.iter().flat_map(|p| expand_words(p, escape, &any).errors)),
        Args::Volume(paths) => paths.iter().for_each(word),
        Args::User(text) | Args::Workdir(text) | Args::Stopsignal(text) => word(text),
        Args::Run(_) => mounts(instruction).iter().flat_map(|m| &m.fields).filter_map(|f| f.value.as_ref()).for_each(word),
        Args::Cmd(_)
        | Args::Entrypoint(_)
        | Args::Shell(_)
        | Args::Healthcheck(_)
        | Args::Onbuild
        | Args::Maintainer(_)
        | Args::Unknown => {}
    }
}

/// Every variable has a value, so that only what is wrong with any values is found.
fn any(_: &str) -> Option<String> {
    Some("x".to_string())
}

fn expanded_parts(args: &CopyArgs) -> impl Iterator<Item = &Text> {
    let CopyArgs { sources, destination, chown, chmod, checksum, exclude, .. } = args;
    sources.iter().chain(destination).chain(chown).chain(chmod).chain(checksum).chain(exclude)
}
