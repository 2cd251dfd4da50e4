//! Variables that mean nothing where they stand, and why.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::scope::{PREDEFINED_PLATFORM_ARGS, PREDEFINED_PROXY_ARGS};
use super::{Base, Dockerfile, InstructionAt};
use crate::source::Span;
use crate::syntax::dockerfile::{Args, Keyword, VariableUse, variables};

/// A variable that BuildKit expands and that no ARG or ENV in scope names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// The variable.
    pub variable: VariableUse,
    /// The stage whose scope counts; `None` for FROM and what stands before it.
    pub stage: Option<usize>,
    /// The instruction, as an index for [`Dockerfile::instruction`].
    pub index: usize,
    /// Why it is not in scope.
    pub why: Why,
}

/// Why a variable is not in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing in the file declares it.
    Undefined,
    /// The same ENV sets it, at this place, after all its values are expanded.
    SameEnv(Span),
    /// An ARG before the first FROM declares it, and the stage does not repeat that.
    Global(Span),
    /// It is predefined, and the stage has no ARG for it.
    Platform,
    /// An ARG further down in the stage declares it.
    Later(Span),
    /// An ARG of another stage declares it.
    OtherStage(Span),
}

/// Where each name is declared by ARG, in order.
pub(super) type Declarations = BTreeMap<String, Vec<Declaration>>;

/// One ARG.
#[derive(Debug)]
pub(super) struct Declaration {
    span: Span,
    stage: Option<usize>,
    index: usize,
}

/// Images of nothing but an operating system, whose only variable is PATH, by the last part of their names.
const PLAIN_SYSTEMS: &[&str] =
    &["almalinux", "alpine", "amazonlinux", "archlinux", "busybox", "centos", "debian", "fedora", "oraclelinux", "rockylinux", "ubuntu"];

impl Dockerfile {
    /// What BuildKit expands to nothing because no ARG or ENV in scope names it, in order. The triggers of ONBUILD see
    /// the variables of a build that is not here: they are only asked for names that the file does not know at all.
    pub fn holes(&self) -> &[Hole] {
        self.holes.get_or_init(|| self.find_holes())
    }

    fn find_holes(&self) -> Vec<Hole> {
        // Made when a name turns up that is not in scope, which is seldom.
        let names = LazyCell::new(|| self.variable_names());
        let mut out = Vec::new();
        for at in self.instructions() {
            let stage = at.stage.filter(|_| at.instruction.keyword != Keyword::From);
            let uses = variables(at.instruction, &|name| self.has(&at, stage, name));
            // `${X:+..}` asks whether X is there, and so does not count on it.
            let asked: Vec<VariableUse> = uses.iter().filter(|u| u.modifier.ends_with('+')).cloned().collect();
            let counts_on = |u: &VariableUse| !asked.iter().any(|a| a.name == u.name && a.span.contains(u.span));
            for variable in uses.into_iter().filter(|u| !u.set && is_name(&u.name) && counts_on(u) && !is_own_default(&at, u)) {
                let why = self.why(&at, stage, &variable);
                if !at.onbuild || why == Why::Undefined && !names.contains(variable.name.as_str()) {
                    out.push(Hole { variable, stage, index: at.index, why });
                }
            }
        }
        out
    }

    /// Why a shell at this instruction does not see the variable; `None` when an ARG or ENV in scope names it.
    pub fn unseen(&self, at: &InstructionAt<'_>, name: &str) -> Option<Why> {
        (!self.has(at, at.stage, name)).then(|| self.why_not_declared(at, at.stage, name))
    }

    /// Whether the image from outside that `stage` descends from sets the variable; `None` when that is not known.
    pub fn base_sets(&self, stage: usize, name: &str) -> Option<bool> {
        match &self.ancestry(stage).pop()?.base {
            Base::Scratch => return Some(false),
            Base::Image(_) => {}
            Base::Stage(_) | Base::Unknown => return None,
        }
        let (image, known) = self.base_image(stage)?;
        // An entry that does not even know the user speaks for a whole registry.
        let (known, path) = (known.filter(|k| k.user.is_some())?, image.name()?);
        if known.env.is_some_and(|e| e.iter().any(|n| n == name)) {
            return Some(true);
        }
        let is_plain = path.rsplit('/').next().is_some_and(|last| PLAIN_SYSTEMS.contains(&last));
        // The table does not list all variables of an image: what looks like one of its own may be.
        let of_an_image = ["_VERSION", "_HOME", "_DIR", "_PATH", "_ROOT", "LANG", "LC_ALL"].iter().any(|end| name.ends_with(end));
        let first = |n: &str| n.split('_').next().map(str::to_string);
        let akin = known.env.is_some_and(|e| e.iter().any(|n| first(n) == first(name)));
        (is_plain || !of_an_image && !akin).then_some(false)
    }

    fn has(&self, at: &InstructionAt<'_>, stage: Option<usize>, name: &str) -> bool {
        let is_proxy = || PREDEFINED_PROXY_ARGS.iter().any(|p| p.eq_ignore_ascii_case(name));
        // BuildKit gives every image a PATH, one from scratch too.
        self.scope.declares(stage, at.index, name)
            || stage.is_some() && name == "PATH"
            || at.instruction.keyword == Keyword::Run && is_proxy()
    }

    fn why(&self, at: &InstructionAt<'_>, stage: Option<usize>, variable: &VariableUse) -> Why {
        if let Args::Env(pairs) = at.instruction.typed() {
            let here = |kv: &crate::syntax::dockerfile::KeyValue| kv.value.span().contains(variable.span);
            if let Some(pair) = pairs.iter().find(|kv| kv.key.as_str() == variable.name && !here(kv)) {
                return Why::SameEnv(pair.key.span());
            }
        }
        self.why_not_declared(at, stage, &variable.name)
    }

    fn why_not_declared(&self, at: &InstructionAt<'_>, stage: Option<usize>, name: &str) -> Why {
        let named = self.declarations.get_or_init(|| self.find_declarations()).get(name).map_or(&[][..], Vec::as_slice);
        let named: Vec<&Declaration> = named.iter().filter(|d| d.index != at.index).collect();
        if stage.is_some() {
            if let Some(later) = named.iter().find(|d| d.stage == stage && d.index > at.index) {
                return Why::Later(later.span);
            }
            if let Some(global) = named.iter().rfind(|d| d.stage.is_none()) {
                return Why::Global(global.span);
            }
            if PREDEFINED_PLATFORM_ARGS.contains(&name) {
                return Why::Platform;
            }
        }
        named.first().map_or(Why::Undefined, |d| Why::OtherStage(d.span))
    }

    fn find_declarations(&self) -> Declarations {
        let mut out = Declarations::new();
        for at in self.instructions().filter(|at| !at.onbuild && at.instruction.keyword == Keyword::Arg) {
            let Args::Arg(decls) = at.instruction.typed() else { continue };
            for d in decls {
                let declaration = Declaration { span: d.name.span(), stage: at.stage, index: at.index };
                out.entry(d.name.to_string()).or_default().push(declaration);
            }
        }
        out
    }

    /// The names that some ARG or ENV of the file sets, those that ONBUILD triggers too, and the predefined ones that FROM
    /// sees.
    pub fn variable_names(&self) -> BTreeSet<String> {
        let mut out: BTreeSet<String> = PREDEFINED_PLATFORM_ARGS.iter().map(|n| (*n).to_string()).collect();
        for at in self.instructions() {
            match at.instruction.typed() {
                Args::Arg(decls) => out.extend(decls.iter().map(|d| d.name.to_string())),
                Args::Env(pairs) => out.extend(pairs.iter().map(|kv| kv.key.to_string())),
                _ => {}
            }
        }
        out
    }
}

/// `ARG X=${X:-word}`: another way to write `ARG X=word`.
fn is_own_default(at: &InstructionAt<'_>, variable: &VariableUse) -> bool {
    let Args::Arg(decls) = at.instruction.typed() else { return false };
    let mut own = decls.iter().filter(|d| d.name.as_str() == variable.name);
    variable.has_default && own.any(|d| d.default.as_ref().is_some_and(|d| d.span().contains(variable.span)))
}

/// Whether it is a name and not a number or a special parameter of a shell.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};

    fn holes(text: &str) -> Vec<(String, &'static str)> {
        let source = Sources::new(Path::new("/"), 1 << 20).set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string());
        let kind = |why| match why {
            Why::Undefined => "undefined",
            Why::SameEnv(_) => "same",
            Why::Global(_) => "global",
            Why::Platform => "platform",
            Why::Later(_) => "later",
            Why::OtherStage(_) => "other",
        };
        Dockerfile::of(&source).holes().iter().map(|h| (h.variable.name.clone(), kind(h.why))).collect()
    }

    #[test]
    fn why_a_variable_is_not_in_scope() {
        let of = |line: &str| holes(&format!("ARG G=1\nFROM scratch AS a\nARG A\nFROM scratch\n{line}\nARG L\n"));
        assert_eq!(of("COPY $G $A /"), [("G".to_string(), "global"), ("A".to_string(), "other")]);
        assert_eq!(of("USER $L"), [("L".to_string(), "later")]);
        assert_eq!(of("LABEL x=$TARGETARCH y=$U"), [("TARGETARCH".to_string(), "platform"), ("U".to_string(), "undefined")]);
        assert_eq!(of("ENV a=1 b=$a c=$c"), [("a".to_string(), "same"), ("c".to_string(), "undefined")]);
    }

    #[test]
    fn what_is_in_scope() {
        let silent = |text: &str| assert_eq!(holes(text), [], "{text}");
        silent("ARG A\nFROM x:$A AS a\nARG A\nENV B=$A\nFROM a\nCOPY $A $B /");
        silent("FROM --platform=$BUILDPLATFORM scratch\nENV PATH=/x:$PATH\nENV P=a${P:+:$P} R='$S' T=\\$U");
        silent("FROM scratch\nRUN --mount=type=cache,target=/c,id=$http_proxy echo $SHELL");
        silent("FROM scratch\nARG X=${X:-1}");
        silent("FROM scratch\nONBUILD ARG X\nONBUILD COPY $X /");
        assert_eq!(holes("FROM scratch\nCOPY $http_proxy /"), [("http_proxy".to_string(), "undefined")]);
        assert_eq!(holes("FROM scratch\nCOPY <<EOF /\n$here\nEOF"), [("here".to_string(), "undefined")]);
    }
}
