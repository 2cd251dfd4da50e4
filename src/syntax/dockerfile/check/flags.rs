//! Flags: which there are, how often, with what kind of value. The table is BuildKit's.

use super::{did_you_mean, values};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::shown;
use crate::syntax::dockerfile::{Args, Flag, Healthcheck, Instruction, Keyword};

/// What follows the name of a flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Takes {
    /// Nothing, `=true` or `=false`.
    Switch,
    /// `=value`.
    Value,
    /// `=value`, and the flag may be repeated.
    Values,
}

type Known = (&'static str, Takes);

const ADD: &[Known] = &[
    ("chown", Takes::Value),
    ("chmod", Takes::Value),
    ("link", Takes::Switch),
    ("keep-git-dir", Takes::Switch),
    ("checksum", Takes::Value),
    ("unpack", Takes::Switch),
    ("exclude", Takes::Values),
];
const COPY: &[Known] = &[
    ("from", Takes::Value),
    ("chown", Takes::Value),
    ("chmod", Takes::Value),
    ("link", Takes::Switch),
    ("parents", Takes::Switch),
    ("exclude", Takes::Values),
];
const FROM: &[Known] = &[("platform", Takes::Value)];
const HEALTHCHECK: &[Known] = &[
    ("interval", Takes::Value),
    ("timeout", Takes::Value),
    ("start-period", Takes::Value),
    ("start-interval", Takes::Value),
    ("retries", Takes::Value),
];
const RUN: &[Known] = &[("mount", Takes::Values), ("network", Takes::Value), ("security", Takes::Value), ("device", Takes::Values)];

fn known(keyword: Keyword) -> &'static [Known] {
    match keyword {
        Keyword::Add => ADD,
        Keyword::Copy => COPY,
        Keyword::From => FROM,
        Keyword::Healthcheck => HEALTHCHECK,
        Keyword::Run => RUN,
        _ => &[],
    }
}

pub(super) fn check(instruction: &Instruction, args: &Args, errors: &mut Vec<SyntaxError>) {
    let keyword = instruction.keyword;
    if keyword == Keyword::Unknown {
        return;
    }
    // BuildKit does not look at these.
    let ignored = matches!(args, Args::Arg(_) | Args::Healthcheck(Healthcheck::None));
    for (index, flag) in instruction.flags.iter().enumerate() {
        let found = match known(keyword).iter().find(|(name, _)| *name == flag.name.as_str()) {
            None => Some(unknown(keyword, flag)),
            Some((_, takes)) => value(flag, *takes).or_else(|| {
                let first = instruction.flags.iter().take(index).find(|f| *f.name == *flag.name)?;
                (*takes != Takes::Values).then(|| duplicate(flag, first.span))
            }),
        };
        errors.extend(found.map(|e| if ignored { e.warning() } else { e }));
    }
    if keyword == Keyword::Run {
        one_of(instruction, "network", &["default", "none", "host"], errors);
        one_of(instruction, "security", &["insecure", "sandbox"], errors);
    }
}

/// `--name` without the value.
fn name_span(flag: &Flag) -> Span {
    Span { end: flag.name.span().end.max(flag.span.start + 2), ..flag.span }
}

fn unknown(keyword: Keyword, flag: &Flag) -> SyntaxError {
    let name = shown(&flag.name);
    let message = format!("{} has no flag `--{name}`", keyword.as_str());
    let error = SyntaxError::new("unknown-flag", name_span(flag), message);
    let elsewhere = Keyword::KNOWN.into_iter().find(|k| known(*k).iter().any(|(n, _)| *n == flag.name.as_str()));
    if let Some(other) = elsewhere {
        return error.help(format!("it is a flag of {}", other.as_str()));
    }
    if known(keyword).is_empty() {
        return error.help(format!("{} takes no flags; write `--` before arguments that begin with dashes", keyword.as_str()));
    }
    did_you_mean(error, &flag.name, known(keyword).iter().map(|(n, _)| *n), "--")
}

fn duplicate(flag: &Flag, first: Span) -> SyntaxError {
    SyntaxError::new("duplicate-flag", flag.span, format!("flag `--{}` is given twice", shown(&flag.name))).related(first, "the first one")
}

fn value(flag: &Flag, takes: Takes) -> Option<SyntaxError> {
    let name = &flag.name;
    match (&flag.value, takes) {
        (None, Takes::Switch) => None,
        (None, _) => Some(without_value(flag, format!("write `--{name}=value`"))),
        (Some(v), Takes::Switch) if v.is_empty() => Some(without_value(flag, format!("write `--{name}`"))),
        (Some(v), Takes::Switch) if values::switch(v).is_none() => {
            let message = format!("`--{name}` is true or false, not `{}`", shown(v));
            Some(SyntaxError::new("invalid-flag-value", v.span(), message))
        }
        (Some(_), _) => None,
    }
}

fn without_value(flag: &Flag, help: String) -> SyntaxError {
    SyntaxError::new("flag-without-value", flag.span, format!("flag `--{}` has no value", flag.name)).help(help)
}

/// `--network` and `--security` of RUN; variables mean nothing in them.
fn one_of(instruction: &Instruction, name: &str, allowed: &[&str], errors: &mut Vec<SyntaxError>) {
    for flag in instruction.flags_named(name) {
        let Some(value) = &flag.value else { continue };
        if allowed.contains(&value.as_str()) {
            continue;
        }
        let span = if value.is_empty() { flag.span } else { value.span() };
        let message = format!("`{}` is no value of `--{name}`", shown(value));
        let error = SyntaxError::new("invalid-flag-value", span, message).help(format!("use {}", super::alternatives(allowed)));
        errors.push(did_you_mean(error, value, allowed.iter().copied(), ""));
    }
}
