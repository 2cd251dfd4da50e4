//! What a build takes from outside beside its context: arguments, secrets, SSH agents.

use std::collections::BTreeSet;

use super::build::Build;
use super::dockerfile::{Base, InstructionAt, PREDEFINED_PLATFORM_ARGS, PREDEFINED_PROXY_ARGS};
use super::image::ImageRef;
use crate::source::Span;
use crate::syntax::dockerfile::{Args, Mount, MountKind, mounts};
use crate::syntax::text::Text;

/// An ARG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The name.
    pub name: Text,
    /// Its stage; `None` before the first FROM.
    pub stage: Option<usize>,
    /// Whether a stage that the build needs has it, or it stands before the first FROM.
    pub needed: bool,
    /// Whether it has a default.
    pub has_default: bool,
}

/// A secret or an SSH agent that a RUN mounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// Its name; `None` when a variable decides it.
    pub id: Option<String>,
    /// Whether the build stops when it is not given.
    pub required: bool,
    /// The flag.
    pub span: Span,
}

/// Docker's own frontend, which has a few channels beside it.
const FRONTEND: &str = "docker.io/docker/dockerfile";

/// Whether the builder itself knows the argument, so that no ARG has to declare it.
pub fn is_predefined_arg(name: &str) -> bool {
    let is_proxy = PREDEFINED_PROXY_ARGS.iter().any(|p| p.eq_ignore_ascii_case(name));
    is_proxy || PREDEFINED_PLATFORM_ARGS.contains(&name) || name.starts_with("BUILDKIT_") || name == "SOURCE_DATE_EPOCH"
}

impl Build {
    /// Every ARG of the Dockerfile, triggers of ONBUILD included.
    pub fn declared_args(&self) -> Vec<Declared> {
        let needed = self.dockerfile.reachable(self.stage);
        let mut out = Vec::new();
        for at in self.dockerfile.instructions() {
            let Args::Arg(declarations) = at.instruction.typed() else { continue };
            let is_needed = at.stage.is_none_or(|s| needed.contains(&s));
            let declared = |d: crate::syntax::dockerfile::ArgDecl| Declared {
                name: d.name,
                stage: at.stage,
                needed: is_needed,
                has_default: d.default.is_some(),
            };
            out.extend(declarations.into_iter().map(declared));
        }
        out
    }

    /// What the RUNs of the stages that the build needs mount of this kind, secrets or SSH agents.
    pub fn mounted(&self, kind: MountKind) -> Vec<Mounted> {
        let needed = self.dockerfile.reachable(self.stage);
        let here = self.dockerfile.instructions().filter(|at| at.stage.is_some_and(|s| needed.contains(&s)));
        here.flat_map(|at| {
            let of_kind = mounts(at.instruction).into_iter().filter(move |m| m.kind() == Some(kind));
            of_kind.map(move |m| Mounted { id: mount_id(&at, &m, kind), required: is_required(&m), span: m.span }).collect::<Vec<_>>()
        })
        .collect()
    }

    /// Whether it cannot be seen all that the build takes: another frontend than Docker's reads the file, a base image
    /// may bring triggers, or the file has errors.
    pub fn takes_more(&self) -> bool {
        let dockerfile = &self.dockerfile;
        let needed: BTreeSet<usize> = dockerfile.reachable(self.stage);
        let triggers = |base: &Base| matches!(base, Base::Image(image) if image.text.contains("onbuild"));
        dockerfile.errors.iter().any(|e| e.fatal)
            || dockerfile.tree.directives().filter(|d| d.is("syntax")).any(|d| !is_official(&d.value))
            || dockerfile.stages.iter().any(|s| needed.contains(&s.index) && triggers(&s.base))
    }
}

fn is_official(frontend: &Text) -> bool {
    let image = frontend.split_whitespace().into_iter().next();
    let name = image.and_then(|i| ImageRef::parse(&i).ok()?.name());
    name.is_none_or(|n| n.strip_prefix(FRONTEND).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

/// The `id`, else what BuildKit takes in its place: the last name of the target, or `default` for SSH.
fn mount_id(at: &InstructionAt<'_>, mount: &Mount, kind: MountKind) -> Option<String> {
    let known = |word: &Text| at.resolve(word).known().map(ToString::to_string);
    match (&mount.id, &mount.target, kind) {
        (Some(id), ..) => known(id),
        (None, _, MountKind::Ssh) => Some("default".into()),
        (None, Some(target), _) => Some(known(target)?.rsplit('/').next().unwrap_or("").to_string()),
        (None, None, _) => None,
    }
}

fn is_required(mount: &Mount) -> bool {
    mount.required.as_ref().is_some_and(|r| matches!(r.to_ascii_lowercase().as_str(), "true" | "1" | "t"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{DEFAULT_MAX_SIZE, FileKind, Sources};

    fn build(text: &str, stage: usize) -> Build {
        let sources = Sources::new(Path::new("/"), DEFAULT_MAX_SIZE);
        let source = sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string());
        Build::new(Dockerfile::of(&source), stage, None, None, &sources)
    }

    #[test]
    fn arguments_that_a_build_needs() {
        let b = build("ARG G=1\nFROM a AS a\nARG A\nFROM b AS b\nARG B\nONBUILD ARG T\nFROM a\nCOPY --from=b x y\nFROM c\nARG C\n", 2);
        let shown: Vec<_> = b.declared_args().iter().map(|d| (d.name.to_string(), d.needed)).collect();
        let arg = |n: &str, needed| (n.to_string(), needed);
        assert_eq!(shown, [arg("G", true), arg("A", true), arg("B", true), arg("T", true), arg("C", false)]);
    }

    #[test]
    fn mounts_and_their_names() {
        let text = "FROM a\nARG ID=x\nRUN --mount=type=secret,id=npm,required --mount=type=secret,target=/run/secrets/pip \\\n \
                    --mount=type=secret,id=$ID --mount=type=secret,id=$NOBODY --mount=type=ssh,required=true true\nFROM b\n";
        let b = build(text, 0);
        let shown = |kind| b.mounted(kind).iter().map(|m| (m.id.clone().unwrap_or_default(), m.required)).collect::<Vec<_>>();
        let of = |id: &str, required| (id.to_string(), required);
        assert_eq!(shown(MountKind::Secret), [of("npm", true), of("pip", false), of("x", false), of("", false)]);
        assert_eq!(shown(MountKind::Ssh), [of("default", true)]);
        assert_eq!(build(text, 1).mounted(MountKind::Secret), []);
    }

    #[test]
    fn builds_that_take_more() {
        assert!(!build("# syntax=docker/dockerfile:1\nFROM a\n", 0).takes_more());
        assert!(!build("# syntax=docker/dockerfile-upstream:master\nFROM a\n", 0).takes_more());
        assert!(build("# syntax=example/frontend\nFROM a\n", 0).takes_more());
        assert!(build("FROM node:6-onbuild\n", 0).takes_more());
    }
}
