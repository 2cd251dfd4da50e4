//! Which variables hold which values at each instruction: ENV, ARG of the stage, global ARG, predefined ones.

use std::cell::RefCell;

use super::{BuildArgs, Resolved};
use crate::syntax::dockerfile::expand;
use crate::syntax::text::Text;

/// Arguments that every RUN sees without a declaration, in upper and lower case.
pub const PREDEFINED_PROXY_ARGS: &[&str] = &["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

/// Arguments about the platform, which FROM sees as they are and a stage after `ARG NAME`. Their values belong to the build.
pub const PREDEFINED_PLATFORM_ARGS: &[&str] =
    &["TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"];

#[derive(Clone, Debug)]
struct Binding {
    at: usize,
    name: String,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Known(String),
    /// Set, but not to anything that can be known here.
    Unknown,
    /// Declared by ARG with no value from anywhere: empty in the build unless someone passes one.
    Unset,
}

/// The bindings that one stage adds; ENV and ARG apart, because ENV always wins.
#[derive(Debug, Default)]
struct StageScope {
    parent: Option<usize>,
    env: Vec<Binding>,
    args: Vec<Binding>,
}

/// The variables of one Dockerfile.
#[derive(Debug, Default)]
pub(super) struct Scope {
    globals: Vec<Binding>,
    stages: Vec<StageScope>,
}

impl Scope {
    pub(super) fn open_stage(&mut self, parent: Option<usize>) {
        self.stages.push(StageScope { parent, ..StageScope::default() });
    }

    /// ARG `name[=default]`. A value from outside wins over the default; in a stage a bare name takes the global value.
    pub(super) fn declare(&mut self, stage: Option<usize>, at: usize, name: &Text, default: Option<Resolved>, outside: &BuildArgs) {
        let global = stage.and_then(|_| latest(&self.globals, usize::MAX, name));
        let value = match (outside.get(name.as_str()), default, global) {
            (Some(arg), _, _) => arg.value.clone().map_or(Value::Unknown, Value::Known),
            (None, Some(default), _) => Value::from(&default),
            (None, None, Some(global)) => global.clone(),
            (None, None, None) if PREDEFINED_PLATFORM_ARGS.contains(&name.as_str()) => Value::Unknown,
            (None, None, None) => Value::Unset,
        };
        let binding = Binding { at, name: name.to_string(), value };
        match stage.and_then(|s| self.stages.get_mut(s)) {
            Some(scope) => scope.args.push(binding),
            None => self.globals.push(binding),
        }
    }

    /// ENV `key=value`.
    pub(super) fn set(&mut self, stage: Option<usize>, at: usize, key: &Text, value: Resolved) {
        if let Some(scope) = stage.and_then(|s| self.stages.get_mut(s)) {
            scope.env.push(Binding { at, name: key.to_string(), value: Value::from(&value) });
        }
    }

    /// Substitutes the variables that instruction `index` sees.
    pub(super) fn resolve(&self, escape: char, stage: Option<usize>, index: usize, word: &Text) -> Resolved {
        let unknown = RefCell::new(Vec::new());
        let lookup = |name: &str| match self.find(stage, index, name) {
            Some(Value::Known(v)) => Some(v.clone()),
            // A default word in the reference settles an unset variable, so `expand` is told that it is unset.
            Some(Value::Unset) | None => None,
            Some(Value::Unknown) => {
                unknown.borrow_mut().push(name.to_string());
                Some(String::new())
            }
        };
        let expansion = expand(word, escape, &lookup);
        let mut unknown = unknown.into_inner();
        unknown.extend(expansion.variables.iter().filter(|v| !v.set && !v.has_default).map(|v| v.name.clone()));
        unknown.sort();
        unknown.dedup();
        if unknown.is_empty() && expansion.errors.is_empty() { Resolved::Known(expansion.value) } else { Resolved::Unknown(unknown) }
    }

    /// Whether an ARG or ENV that instruction `index` sees names it, with or without a value.
    pub(super) fn declares(&self, stage: Option<usize>, index: usize, name: &str) -> bool {
        self.find(stage, index, name).is_some()
    }

    fn find(&self, stage: Option<usize>, index: usize, name: &str) -> Option<&Value> {
        const PLATFORM: Value = Value::Unknown;
        let Some(stage) = stage else {
            let platform = PREDEFINED_PLATFORM_ARGS.contains(&name).then_some(&PLATFORM);
            return latest(&self.globals, index, name).or(platform);
        };
        let env = self.inherited(stage).find_map(|(scope, own)| latest(&scope.env, if own { index } else { usize::MAX }, name));
        let args = || self.inherited(stage).find_map(|(scope, own)| latest(&scope.args, if own { index } else { usize::MAX }, name));
        env.or_else(args)
    }

    /// The scopes of a stage and of those it is FROM, and whether each is the stage's own.
    fn inherited(&self, stage: usize) -> impl Iterator<Item = (&StageScope, bool)> {
        let parent = |n: &usize| self.stages.get(*n).and_then(|s| s.parent).filter(|p| p < n);
        std::iter::successors(Some(stage), parent).filter_map(move |n| Some((self.stages.get(n)?, n == stage)))
    }
}

fn latest<'a>(bindings: &'a [Binding], before: usize, name: &str) -> Option<&'a Value> {
    bindings.iter().rev().find(|b| b.at < before && b.name == name).map(|b| &b.value)
}

impl From<&Resolved> for Value {
    fn from(value: &Resolved) -> Self {
        value.known().map_or(Value::Unknown, |t| Value::Known(t.to_string()))
    }
}
