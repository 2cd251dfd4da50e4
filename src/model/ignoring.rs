//! What goes wrong in ignore files: patterns that do nothing, patterns that bring back what is secret, files that nobody
//! reads, and contexts without one.

use super::build::Build;
use super::context::{Context, IgnoreFile, Presence, context_path};
use super::dockerfile::Resolved;
use super::project::World;
use crate::source::{EntryKind, Source, Sources, Span};
use crate::syntax::dockerfile::Args;
use crate::syntax::dockerignore::{DockerIgnore, Pattern};
use std::sync::Arc;

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idle {
    /// `\` between names, which separates folders on Windows only; the same with `/`.
    Backslash(String),
    /// `dist # build`: the comment is part of the pattern; the pattern and the comment apart.
    Comment(String, String),
    /// `*.{js,ts}`: braces mean nothing; the patterns that were meant.
    Braces(Vec<String>),
    /// It begins outside the context.
    Outside,
    /// This earlier pattern leaves out everything already.
    Covered(Span),
    /// It brings back files, and this later pattern leaves everything out again.
    Undone(Span),
    /// It brings back files, and nothing before it leaves any out.
    Needless,
}

/// The patterns that never do anything, with the reason.
pub fn idle(tree: &DockerIgnore) -> Vec<(&Pattern, Idle)> {
    let check = |(n, pattern): (usize, &'_ Pattern)| written_wrong(pattern).or_else(|| in_wrong_order(tree, n, pattern));
    tree.patterns.iter().enumerate().filter_map(|(n, p)| Some((p, check((n, p))?))).collect()
}

fn written_wrong(pattern: &Pattern) -> Option<Idle> {
    let text = pattern.text.as_str();
    if let Some((before, comment)) = text.split_once(" #").or_else(|| text.split_once("\t#")) {
        return Some(Idle::Comment(before.trim_end().to_string(), comment.trim().to_string()));
    }
    if separates_by_backslash(text) {
        return Some(Idle::Backslash(text.replace('\\', "/")));
    }
    if let Some(meant) = braces(text) {
        return Some(Idle::Braces(meant));
    }
    (pattern.cleaned == ".." || pattern.cleaned.starts_with("../")).then_some(Idle::Outside)
}

/// Whether some `\` stands between names and none escapes a character that means something.
fn separates_by_backslash(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_name = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let at: Vec<usize> = text.match_indices('\\').map(|(at, _)| at).collect();
    let follows = |n: &usize| bytes.get(n + 1);
    at.iter().all(|n| follows(n).is_none_or(|b| is_name(Some(b)) || matches!(b, b'.' | b'-')))
        && at.iter().any(|n| n.checked_sub(1).is_some_and(|p| is_name(bytes.get(p))) && (follows(n).is_none() || is_name(follows(n))))
}

/// What `a.{b,c}` would mean where braces have a meaning.
fn braces(text: &str) -> Option<Vec<String>> {
    let (before, rest) = text.split_once('{')?;
    let (inner, after) = rest.split_once('}')?;
    let is_plain = inner.contains(',') && !inner.contains('{') && !after.contains('{') && !text.contains('\\');
    let meant: Vec<String> = inner.split(',').map(|word| format!("{before}{}{after}", word.trim())).collect();
    // Lines that would mean something else again.
    let is_pattern = |line: &String| !line.trim().is_empty() && !line.starts_with(['#', '!']);
    (is_plain && meant.iter().all(is_pattern)).then_some(meant)
}

fn in_wrong_order(tree: &DockerIgnore, n: usize, pattern: &Pattern) -> Option<Idle> {
    if tree.uncertain {
        return None;
    }
    let (before, after) = (tree.patterns.get(..n)?, tree.patterns.get(n + 1..)?);
    let is_all = |p: &&Pattern| !p.negated && matches!(p.cleaned.as_str(), "*" | "**" | "**/*");
    if let Some(later) = after.iter().find(is_all).filter(|_| pattern.negated) {
        return Some(Idle::Undone(later.span));
    }
    if pattern.negated {
        return before.iter().all(|p| p.negated).then_some(Idle::Needless);
    }
    let since = before.iter().rposition(|p| p.negated).map_or(0, |at| at + 1);
    before.get(since..)?.iter().find(is_all).map(|p| Idle::Covered(p.span))
}

/// What a pattern brings back that should stay out, in words: `.git`, a private key.
pub fn brings_back_secret(pattern: &Pattern) -> Option<&'static str> {
    let path = pattern.cleaned.trim_end_matches("/**").trim_end_matches("/*");
    pattern.negated.then(|| secret_name(path.rsplit('/').next().unwrap_or(path))).flatten()
}

/// What a file or folder of this name holds that no image should.
fn secret_name(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let is_example = ["example", "sample", "template", "dist", "defaults", "default", "test", "tmpl"].iter().any(|w| name.ends_with(w));
    match name.as_str() {
        ".git" => Some("the whole history"),
        ".env" => Some("passwords and tokens"),
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | ".ssh" => Some("private keys"),
        ".netrc" | ".pgpass" | ".git-credentials" | ".aws" | ".kube" | ".gnupg" | "kubeconfig" => Some("passwords and keys"),
        "terraform.tfstate" => Some("the secrets of a deployment"),
        n if n.starts_with(".env.") && !is_example => Some("passwords and tokens"),
        n if n.ends_with(".key") && !n.contains("pub") => Some("private keys"),
        _ => None,
    }
}

/// The ignore file that takes the place of this `.dockerignore` in every build that would read it.
pub fn shadowed_by(file: &IgnoreFile, world: &World) -> Option<Arc<Source>> {
    let mut own = None;
    for build in &world.builds {
        let context = build.context(&world.sources);
        let in_force = context.ignore_file();
        if in_force.is_some_and(|f| f.source.id == file.source.id) {
            return None;
        }
        if context.shadowed().is_some_and(|s| s.id == file.source.id) {
            own = in_force.map(|f| Arc::clone(&f.source));
        }
    }
    own
}

/// A COPY of a whole context that has no ignore file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfiltered {
    /// The source, `.`.
    pub span: Span,
    /// What it takes along and should not, by name.
    pub names: Vec<String>,
}

/// How many names of a folder are looked at.
const MOST_NAMES: usize = 20_000;

/// The first COPY or ADD of a build that takes a context with `.git`, `node_modules` or credentials as it is.
pub fn unfiltered(build: &Build, sources: &Sources) -> Option<Unfiltered> {
    let context = build.context(sources);
    if context.ignore_file().is_some() {
        return None;
    }
    let dockerfile = &build.dockerfile;
    let stages = dockerfile.reachable(build.stage).into_iter().filter_map(|n| dockerfile.stages.get(n));
    let span = stages.flat_map(|s| dockerfile.stage_instructions(s)).find_map(|at| {
        let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { return None };
        let is_whole = |path: &str| context_path(path).is_empty() && !path.is_empty();
        let whole = copy.sources.iter().find(|s| matches!(at.resolve(s), Resolved::Known(path) if is_whole(&path)));
        // With --exclude somebody thought of it.
        whole.filter(|_| copy.from.is_none() && copy.exclude.is_empty()).map(|s| s.span())
    })?;
    let names = unwanted(&context, sources);
    (!names.is_empty() && context.contains(".") == Presence::Present).then_some(Unfiltered { span, names })
}

fn unwanted(context: &Context<'_>, sources: &Sources) -> Vec<String> {
    let entries = context.folder().and_then(|f| sources.entries(f, MOST_NAMES)).unwrap_or_default();
    let is_unwanted = |name: &str, kind: EntryKind| match kind {
        EntryKind::Folder => name == "node_modules" || secret_name(name).is_some(),
        // A `.git` that is a file only says where the history is.
        EntryKind::File => name != ".git" && secret_name(name).is_some(),
        EntryKind::Link | EntryKind::Other => false,
    };
    entries.into_iter().filter(|e| is_unwanted(&e.name, e.kind)).map(|e| e.name).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::FileKind;
    use crate::syntax::dockerignore;

    fn kinds(text: &str) -> Vec<String> {
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new(".dockerignore"), FileKind::Dockerignore, String::new()).id;
        let tree = dockerignore::parse(file, text).tree;
        idle(&tree)
            .into_iter()
            .map(|(p, why)| format!("{}: {}", p.text.as_str(), format!("{why:?}").split('(').next().unwrap_or("")))
            .collect()
    }

    #[test]
    fn patterns_that_do_nothing() {
        assert_eq!(kinds("bin\\Debug\n"), ["bin\\Debug: Backslash"]);
        assert_eq!(kinds("dist # made\n"), ["dist # made: Comment"]);
        assert_eq!(kinds("*.{js,ts}\n"), ["*.{js,ts}: Braces"]);
        assert_eq!(kinds("../x\n"), ["../x: Outside"]);
        assert_eq!(kinds("*\ndist\n!src\nsrc/x\n"), ["dist: Covered"]);
        assert_eq!(kinds("dist\n!dist/x\n*\n"), ["dist/x: Undone"]);
        assert_eq!(kinds("!src\ndist\n"), ["src: Needless"]);
    }

    #[test]
    fn patterns_that_do_something() {
        assert_eq!(kinds("\\#file\n\\!file\nfile\\ name\nC#\na#b\n"), Vec::<String>::new(), "escapes and signs in names");
        assert_eq!(kinds("/dist/\n./x\n  y  \n**/z\n{a}\n"), Vec::<String>::new(), "harmless");
        assert_eq!(kinds("{a}\n{,a}\n{#a,b}\n"), Vec::<String>::new(), "nothing to write instead");
        assert_eq!(kinds("*\n!src\nsrc/*\n!src/app\nsrc/app/test\n"), Vec::<String>::new(), "each narrows the one before");
        assert_eq!(kinds("*.md\n!README.md\nREADME.md\n"), Vec::<String>::new());
    }

    #[test]
    fn names_of_secrets() {
        for name in [".git", ".env", ".env.prod", "id_rsa", "tls.key", ".AWS"] {
            assert!(secret_name(name).is_some(), "{name}");
        }
        for name in [".github", ".gitignore", ".env.example", ".env-cmdrc", "public.key", "id_rsa.pub", "env", "ca.pem", "*"] {
            assert!(secret_name(name).is_none(), "{name}");
        }
    }
}
