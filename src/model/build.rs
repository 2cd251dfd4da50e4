//! A stage as it is really built and run: the stage, the service that runs it, the folder it is built from.
//!
//! "Compose has the last word" is decided here, once: a service's `user`, `entrypoint` and `command` stand above
//! those of the image.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::compose::{Project, Service};
use super::context::Ignores;
use super::dockerfile::{Dockerfile, InstructionAt, Resolved, RunUser, Stage};
use super::entry;
use super::knowledge;
use crate::source::{Source, Sources, Span};
use crate::syntax::dockerfile::Keyword;

/// A stage as it is really built and run. A Dockerfile that no Compose file mentions has one of its last stage.
#[derive(Clone, Debug)]
pub struct Build {
    /// The Dockerfile, evaluated with the arguments of this build.
    pub dockerfile: Arc<Dockerfile>,
    /// Index of the stage that becomes the image.
    pub stage: usize,
    /// The folder that COPY and ADD read from, when it is known and local.
    pub context: Option<PathBuf>,
    /// The service that builds and runs it, if one does.
    pub service: Option<ServiceRef>,
    /// The script in the context that the image starts, when it is found.
    pub entry_script: Option<Arc<Source>>,
    /// What [`Build::context`] finds out.
    pub(super) ignores: OnceLock<Arc<Ignores>>,
}

/// A service, by the project it belongs to.
#[derive(Clone, Debug)]
pub struct ServiceRef {
    /// The project.
    pub project: Arc<Project>,
    /// Index into `project.services`.
    pub index: usize,
}

impl ServiceRef {
    /// The service.
    pub fn get(&self) -> Option<&Service> {
        self.project.services.get(self.index)
    }
}

/// Whom a container runs as, in three values, and what decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunsAs {
    /// Root.
    Root(Decision),
    /// Somebody else, or root that steps down by itself.
    Other,
    /// It cannot be known.
    Unknown(Decision),
}

/// What decided the user, and the bytes that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The user, or the image, as written.
    pub span: Span,
    /// What stands there.
    pub by: DecidedBy,
}

/// The kinds of decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// `user:` of the service.
    Service(String),
    /// The last USER; `None` when it depends on a variable.
    User(Option<String>),
    /// No USER down to this image.
    Image(String),
    /// No USER down to `FROM scratch`.
    Scratch,
    /// No USER, and the base depends on a variable.
    UnknownBase,
}

/// Whether a user, `name[:group]`, is root. The group does not matter.
pub fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user).trim();
    name == "root" || name.strip_prefix('+').unwrap_or(name).parse::<u64>() == Ok(0)
}

impl Build {
    /// A build of `stage`, with the entry script looked up in the context.
    pub fn new(
        dockerfile: Arc<Dockerfile>,
        stage: usize,
        context: Option<PathBuf>,
        service: Option<ServiceRef>,
        sources: &Sources,
    ) -> Build {
        let mut build = Build { dockerfile, stage, context, service, entry_script: None, ignores: OnceLock::new() };
        build.entry_script = entry::find_script(&build, sources);
        build
    }

    /// The stage that becomes the image.
    pub fn stage(&self) -> Option<&Stage> {
        self.dockerfile.stages.get(self.stage)
    }

    /// The service that runs it.
    pub fn service(&self) -> Option<&Service> {
        self.service.as_ref()?.get()
    }

    /// The instruction of this kind in force in the image.
    pub fn in_force(&self, keyword: Keyword) -> Option<InstructionAt<'_>> {
        self.dockerfile.in_force(self.stage, keyword)
    }

    /// Whom the container runs as.
    pub fn runs_as(&self) -> RunsAs {
        if let Some(verdict) = self.service().and_then(service_user) {
            return self.unless_it_steps_down(verdict);
        }
        if self.dockerfile.is_windows(self.stage) {
            return RunsAs::Other;
        }
        let verdict = match self.dockerfile.image_user(self.stage) {
            RunUser::Set { user: Resolved::Known(user), span } if is_root(user) => root(span, DecidedBy::User(Some(user.to_string()))),
            RunUser::Set { user: Resolved::Known(_), .. } => RunsAs::Other,
            RunUser::Set { span, .. } => unknown(span, DecidedBy::User(None)),
            RunUser::Base { image, known, .. } => {
                let by = DecidedBy::Image(image.text.to_string());
                match known.and_then(|k| k.user) {
                    Some(user) if is_root(user) => root(self.from_span(), by),
                    Some(_) => RunsAs::Other,
                    None => unknown(self.from_span(), by),
                }
            }
            RunUser::Scratch { .. } if self.starts_nothing() => RunsAs::Other,
            RunUser::Scratch { .. } => root(self.from_span(), DecidedBy::Scratch),
            RunUser::Unknown { .. } => unknown(self.from_span(), DecidedBy::UnknownBase),
        };
        self.unless_it_steps_down(verdict)
    }

    /// The image in the FROM of the output stage.
    pub fn from_span(&self) -> Span {
        self.stage().map_or_else(|| Span::new(self.dockerfile.file, 0, 0), |s| s.image.span())
    }

    fn starts_nothing(&self) -> bool {
        self.in_force(Keyword::Cmd).is_none() && self.in_force(Keyword::Entrypoint).is_none()
    }

    /// A process that starts as root and hands over to another user is not root for long.
    fn unless_it_steps_down(&self, verdict: RunsAs) -> RunsAs {
        match verdict {
            RunsAs::Root(_) | RunsAs::Unknown(_) if self.steps_down() => RunsAs::Other,
            other => other,
        }
    }

    pub(super) fn steps_down(&self) -> bool {
        let base_does = || {
            let known = self.dockerfile.base_image(self.stage).and_then(|(_, known)| known);
            known.and_then(|k| k.drops_privileges).unwrap_or(false) && !entry::replaces_entrypoint(self)
        };
        entry::start_words(self).iter().any(|w| entry::drops_privileges(w))
            || self.entry_script.as_ref().is_some_and(|s| entry::script_drops_privileges(&s.text))
            || entry::heredoc_script(self).is_some_and(|body| entry::script_drops_privileges(&body))
            || base_does()
    }
}

/// What the `user` of a service says; `None` when it says nothing.
pub fn service_user(service: &Service) -> Option<RunsAs> {
    let user = service.user().set()?.value.clone();
    let span = user.span();
    if user.text.trim().is_empty() && user.is_certain() {
        return None;
    }
    Some(match user.is_certain() {
        false => unknown(span, DecidedBy::Service(user.text.to_string())),
        true if is_root(&user.text) => root(span, DecidedBy::Service(user.text.to_string())),
        true => RunsAs::Other,
    })
}

/// Whom a service without a build runs as. An image alone is never known to be root: its entrypoint may step down,
/// unless the table says that it stays.
pub fn image_runs_as(service: &Service) -> RunsAs {
    if let Some(verdict) = service_user(service) {
        return verdict;
    }
    let image = service.image();
    let Some(image) = image.set() else { return RunsAs::Other };
    let Ok(reference) = super::image::ImageRef::parse(&image.value.text) else { return RunsAs::Other };
    let known = knowledge::lookup(&reference);
    let by = DecidedBy::Image(image.value.text.to_string());
    match known {
        Some(k) if k.drops_privileges == Some(true) || k.user.is_some_and(|u| !is_root(u)) => RunsAs::Other,
        Some(k) if k.drops_privileges == Some(false) => root(image.value.span(), by),
        _ => unknown(image.value.span(), by),
    }
}

fn root(span: Span, by: DecidedBy) -> RunsAs {
    RunsAs::Root(Decision { span, by })
}

fn unknown(span: Span, by: DecidedBy) -> RunsAs {
    RunsAs::Unknown(Decision { span, by })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_in_every_spelling() {
        for user in ["root", "0", "0:0", "root:app", "00", "+0", "0:1000"] {
            assert!(is_root(user), "{user}");
        }
        for user in ["1000", "1000:0", "app", "app:root", "rootless", "10", "toor", ""] {
            assert!(!is_root(user), "{user}");
        }
    }
}
