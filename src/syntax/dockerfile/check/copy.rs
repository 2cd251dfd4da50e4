//! COPY and ADD.

use super::arguments::{literal, missing};
use super::values;
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::shown;
use crate::syntax::dockerfile::{CopyArgs, Instruction, Keyword, heredoc};
use crate::syntax::text::Text;

pub(super) fn check(instruction: &Instruction, args: &CopyArgs, errors: &mut Vec<SyntaxError>) {
    match &args.destination {
        None if args.sources.is_empty() && args.heredocs.is_empty() => errors.push(missing(instruction, "a source and a destination")),
        None => errors.push(missing_destination(instruction)),
        Some(destination) if heredoc::marker(destination).is_some() => {
            let message = format!("{} cannot write to a heredoc", instruction.keyword.as_str());
            let error = SyntaxError::new("heredoc-destination", destination.span(), message);
            errors.push(error.help("put the destination path last"));
        }
        Some(_) => {}
    }
    if instruction.keyword == Keyword::Copy {
        errors.extend(args.sources.iter().filter_map(remote));
    }
    errors.extend(args.chmod.as_ref().and_then(|mode| chmod(instruction, mode)));
    errors.extend(args.checksum.as_ref().and_then(|sum| checksum(instruction, args, sum)));
}

fn missing_destination(instruction: &Instruction) -> SyntaxError {
    let message = format!("{} has a source but no destination", instruction.keyword.as_str());
    SyntaxError::new("missing-destination", instruction.args.span(), message)
}

/// Whether `source` is fetched over HTTP, and whether it is a Git repository.
fn address(source: &str) -> (bool, bool) {
    let http = source.starts_with("http://") || source.starts_with("https://");
    let path = source.split(['#', '?']).next().unwrap_or("");
    let git = ["git://", "ssh://", "git@"].iter().any(|p| source.starts_with(p)) || http && path.ends_with(".git");
    (http, git)
}

fn remote(source: &Text) -> Option<SyntaxError> {
    let what = match address(source.trim_matches(['"', '\''])) {
        (_, true) => "Git repositories",
        (true, _) => "addresses",
        _ => return None,
    };
    Some(SyntaxError::new("copy-remote", source.span(), format!("COPY takes no {what}")).help("ADD fetches it"))
}

fn chmod(instruction: &Instruction, mode: &Text) -> Option<SyntaxError> {
    let value = literal(mode, instruction.escape)?;
    if value.is_empty() || values::is_chmod(&value) {
        return None;
    }
    let message = format!("`{}` is no mode", shown(mode));
    let error = SyntaxError::new("invalid-chmod", mode.span(), message);
    Some(error.help("write octal digits from 0 to 7777, as 0755, or symbols, as u=rwX,go=rX"))
}

/// `--checksum` of ADD: for one source that is fetched.
fn checksum(instruction: &Instruction, args: &CopyArgs, sum: &Text) -> Option<SyntaxError> {
    if instruction.keyword != Keyword::Add || sum.is_empty() {
        return None;
    }
    let bad = |message: String| Some(SyntaxError::new("invalid-checksum", sum.span(), message));
    let [source] = args.sources.as_slice() else { return bad("`--checksum` is for exactly one source".into()) };
    let (Some(sum_value), Some(source)) = (literal(sum, instruction.escape), literal(source, instruction.escape)) else { return None };
    match address(&source) {
        (_, true) => {
            let commit = (7..=64).contains(&sum_value.len()) && sum_value.bytes().all(|b| b.is_ascii_hexdigit());
            if commit { None } else { bad(format!("`{}` is no commit", shown(sum))) }
        }
        (true, _) if values::is_digest(&sum_value) => None,
        (true, _) => bad(format!("`{}` is no digest as sha256:<64 hexadecimal digits>", shown(sum))),
        _ if source.contains("github.com/") => None, // may be a repository without a scheme
        _ => bad("`--checksum` is for sources that are fetched".into()),
    }
}
