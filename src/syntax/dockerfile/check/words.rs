//! Quotes and substitutions of every argument that BuildKit expands.

use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::{Args, CopyArgs, Instruction, VariableUse, expand, expand_heredoc, expand_words, mounts};
use crate::syntax::text::Text;

pub(super) fn check(instruction: &Instruction, args: &Args, errors: &mut Vec<SyntaxError>) {
    each(instruction, args, &any, &mut |_, found| errors.extend(found));
}

/// The variables that BuildKit looks up in this instruction, in the order of its parts; `is_set` says which have a value.
/// A shell's variables, those of RUN, CMD and ENTRYPOINT, are not among them.
pub fn variables(instruction: &Instruction, is_set: &dyn Fn(&str) -> bool) -> Vec<VariableUse> {
    let mut out = Vec::new();
    let lookup = |name: &str| is_set(name).then(|| "x".to_string());
    each(instruction, &instruction.typed(), &lookup, &mut |variables, _| out.extend(variables));
    out
}

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Expands each part that BuildKit expands.
fn each(instruction: &Instruction, args: &Args, lookup: Lookup<'_>, found: &mut dyn FnMut(Vec<VariableUse>, Vec<SyntaxError>)) {
    let escape = instruction.escape;
    let mut bodies: Vec<&Text> = Vec::new();
    let mut lists: Vec<&Text> = Vec::new();
    {
        let mut word = |text: &Text| {
            let expansion = expand(text, escape, lookup);
            found(expansion.variables, expansion.errors);
        };
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
                bodies.extend(instruction.heredocs.iter().filter(|h| h.expand).map(|h| &h.body));
            }
            Args::Expose(ports) => lists.extend(ports),
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
    for expansion in bodies.into_iter().map(|body| expand_heredoc(body, lookup)) {
        found(expansion.variables, expansion.errors);
    }
    for expansion in lists.into_iter().map(|list| expand_words(list, escape, lookup)) {
        found(expansion.variables, expansion.errors);
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
