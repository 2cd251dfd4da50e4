//! Health checks: what they run, and whether an image has one at all.

use super::build::Build;
use super::command::package_installs;
use super::compose::{self, Project, Service};
use super::dockerfile::{Base, InstructionAt, clean_path};
use super::entry;
use super::image::ImageRef;
use super::knowledge::{self, Known};
use super::run;
use crate::source::Span;
use crate::syntax::dockerfile::{Args, CommandForm, CopyArgs, Healthcheck, Keyword};
use crate::syntax::shell::{self, Script};
use crate::syntax::text::Text;

/// The command of a health check.
#[derive(Debug)]
pub struct Probe {
    /// What runs.
    pub script: Script,
    /// Whether a shell runs it.
    pub in_shell: bool,
    /// The bytes of the command.
    pub span: Span,
}

impl Probe {
    /// The check of the image, of the HEALTHCHECK in force.
    pub fn of_image<'b>(build: &'b Build) -> Option<(InstructionAt<'b>, Probe)> {
        let at = build.in_force(Keyword::Healthcheck)?;
        let Args::Healthcheck(Healthcheck::Cmd { command, .. }) = at.instruction.typed() else { return None };
        let probe = match command {
            CommandForm::Shell(line) => Probe { script: shell::parse(&line), in_shell: true, span: line.span() },
            CommandForm::Exec(words) => {
                let span = span_of(&words)?;
                Probe { script: shell::from_words(&words, span), in_shell: false, span }
            }
        };
        Some((at, probe))
    }

    /// The check that a service sets.
    pub fn of_service(service: &Service) -> Option<Probe> {
        let check = service.healthcheck();
        let check = &check.set()?.value;
        let test = check.test.as_ref().filter(|_| !check.disabled)?;
        let in_shell = |line: &Text| Probe { script: shell::parse(line), in_shell: true, span: line.span() };
        match &test.value {
            compose::Command::Line { text, .. } => text.is_known().then(|| in_shell(&text.text)),
            compose::Command::Argv(argv) => {
                let (kind, rest) = argv.split_first()?;
                let words: Vec<Text> = rest.iter().filter(|w| w.is_known()).map(|w| w.text.clone()).collect();
                match kind.as_str() {
                    "CMD-SHELL" => words.first().map(in_shell),
                    "CMD" => {
                        let span = span_of(&words)?;
                        Some(Probe { script: shell::from_words(&words, span), in_shell: false, span })
                    }
                    _ => None,
                }
            }
        }
    }

    /// The words that start `curl` or `wget`.
    pub fn fetchers(&self) -> Vec<Text> {
        let is_fetcher = |c: &&shell::Command<'_>| c.is(&["curl", "wget"]);
        self.script.commands().iter().filter(is_fetcher).filter_map(|c| c.name().cloned()).collect()
    }
}

fn span_of(words: &[Text]) -> Option<Span> {
    Some(words.first()?.span().to(words.last()?.span()))
}

/// Whether a service has a health check, its own or its image's; `None` when only the image could tell.
pub fn has_check(project: &Project, service: &Service, builds: &[Build]) -> Option<bool> {
    let check = service.healthcheck();
    if let Some(check) = check.set() {
        if check.value.disabled || check.value.test.is_some() {
            return Some(!check.value.disabled);
        }
    } else if !check.is_absent() {
        return None;
    }
    if service.build().is_none() {
        return knowledge::lookup(&service.image_ref()?)?.healthcheck;
    }
    let is_its = |b: &&Build| {
        b.service.as_ref().is_some_and(|s| std::ptr::eq(&*s.project, project)) && b.service().is_some_and(|s| s.name == service.name)
    };
    builds.iter().find(is_its)?.has_check()
}

impl Build {
    /// Whether the image has a health check; `None` when only its base image could tell.
    pub fn has_check(&self) -> Option<bool> {
        if let Some(at) = self.in_force(Keyword::Healthcheck) {
            return Some(matches!(at.instruction.typed(), Args::Healthcheck(Healthcheck::Cmd { .. })));
        }
        match &self.root()? {
            Base::Scratch => Some(false),
            _ => self.base()?.healthcheck,
        }
    }

    /// What the ancestry is built on in the end.
    fn root(&self) -> Option<&Base> {
        self.dockerfile.ancestry(self.stage).pop().map(|stage| &stage.base)
    }

    /// What is known of the base image.
    pub fn base(&self) -> Option<Known<'static>> {
        self.dockerfile.base_image(self.stage)?.1
    }

    /// Whether the image certainly has no shell: an empty base, and nothing that brings one.
    pub fn lacks_shell(&self) -> bool {
        let empty = matches!(self.root(), Some(Base::Scratch)) || self.base().is_some_and(|k| k.has_shell() == Some(false));
        let runs = || self.instructions().iter().any(|at| at.instruction.keyword == Keyword::Run);
        empty && !runs() && !self.may_copy(&["sh", "bash", "ash", "dash"])
    }

    /// Whether the image certainly lacks `curl` or `wget`: its base does, and nothing here can bring it.
    pub fn lacks(&self, program: &str) -> bool {
        let base_lacks = match self.root() {
            Some(Base::Scratch) => true,
            Some(Base::Image(_)) => self.base().and_then(|k| if program == "curl" { k.curl } else { k.wget }) == Some(false),
            _ => false,
        };
        base_lacks && !self.may_copy(&[program]) && !self.instructions().iter().any(|at| may_install(at, program))
    }

    /// Whether a COPY or ADD may bring one of these programs.
    fn may_copy(&self, programs: &[&str]) -> bool {
        self.instructions().iter().any(|at| match at.instruction.typed() {
            Args::Copy(copy) | Args::Add(copy) => may_bring(at, &copy, programs),
            _ => false,
        })
    }

    /// Whether the image starts something that goes on running; `None` when only its base image could tell.
    pub fn runs_on(&self) -> Option<bool> {
        const SHORT: &[&str] = &["sh", "bash", "ash", "zsh", "true", "false", "echo", "cat", "ls", "help", "version"];
        let words = entry::start_words(self);
        if let Some(first) = words.first() {
            let name = first.rsplit('/').next().unwrap_or(first);
            let asks = words.iter().any(|w| matches!(w.as_str(), "--help" | "--version"));
            return Some(!(asks || words.len() == 1 && SHORT.contains(&name)));
        }
        match self.root()? {
            Base::Scratch => Some(false),
            Base::Image(image) if is_bare(image) => Some(false),
            // Of images with a command of their own the table knows whether they step down, or what data they hold.
            _ => self.base().filter(|k| k.drops_privileges.is_some() || k.datastore.is_some()).map(|_| true),
        }
    }
}

/// Whether an image is a bare system or language, which by itself starts a shell.
pub fn is_bare(image: &ImageRef) -> bool {
    const BARE: &[&str] = &[
        "alpine",
        "almalinux",
        "amazonlinux",
        "archlinux",
        "bash",
        "busybox",
        "debian",
        "eclipse-temurin",
        "fedora",
        "golang",
        "node",
        "openjdk",
        "python",
        "rockylinux",
        "ruby",
        "rust",
        "ubuntu",
    ];
    image.name().is_some_and(|name| name.strip_prefix("docker.io/library/").is_some_and(|name| BARE.contains(&name)))
}

/// Whether a RUN may install the program: it names it, or what it does cannot be seen.
fn may_install(at: &InstructionAt<'_>, program: &str) -> bool {
    if at.instruction.keyword != Keyword::Run {
        return false;
    }
    let names = |text: &str| text.contains(program);
    if names(&at.instruction.args) || at.instruction.heredocs.iter().any(|h| names(&h.body)) {
        return true;
    }
    let scripts = run::script(at, &[""]);
    let opaque = |command: &shell::Command<'_>| {
        let unknown = command.words().first().is_some_and(|w| w.value().is_none());
        let script = unknown || command.words().iter().any(|w| w.text.ends_with(".sh"));
        script || command.is(&["make", "ansible-playbook", "source", "."])
    };
    scripts.is_none()
        || scripts.iter().any(|script| {
            let flow = script.flow();
            flow.commands.iter().any(opaque)
                || package_installs(&flow)
                    .iter()
                    .any(|p| p.packages.iter().any(|p| p.dynamic) || p.packages.is_empty() && p.manager.is_system())
        })
}

/// Whether a COPY may bring one of these programs: by name, with BusyBox, or with a folder that lands among programs.
fn may_bring(at: &InstructionAt<'_>, copy: &CopyArgs, programs: &[&str]) -> bool {
    let Some(target) = copy.destination.as_ref().and_then(|d| at.resolve(d).known().map(|d| clean_path(d))) else { return true };
    let folder_of_programs = matches!(target.as_str(), "/" | "/usr" | "/usr/local" | "/opt") || target.ends_with("bin");
    let base_name = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_string();
    let is_one = |name: String| programs.contains(&name.as_str()) || name.contains("busybox");
    let source = |source: &Text| {
        let Some(source) = at.resolve(source).known().map(ToString::to_string) else { return true };
        let name = base_name(&source);
        is_one(name.clone()) || folder_of_programs && !name.trim_start_matches('.').contains('.')
    };
    is_one(base_name(&target)) || copy.sources.iter().any(source)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{FileKind, Sources};

    fn build(text: &str) -> Build {
        let sources = Sources::new(Path::new("/"), 1 << 20);
        let file = Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string()));
        let last = file.stages.len() - 1;
        Build::new(Arc::clone(&file), last, None, None, &sources)
    }

    #[test]
    fn what_is_not_there() {
        let curl = ["FROM alpine:3.22", "FROM scratch", "FROM debian:12-slim\nRUN apt-get install -y nginx\nCOPY start.sh /usr/local/bin/"];
        assert!(curl.into_iter().all(|t| build(t).lacks("curl")));
        assert!(build("FROM scratch\nCOPY app /app").lacks_shell());
        assert!(build("FROM gcr.io/distroless/static-debian12").lacks_shell());
    }

    #[test]
    fn what_may_be_there() {
        for text in [
            "FROM alpine:3.22\nRUN apk add curl",
            "FROM alpine:3.22\nRUN apk add $PACKAGES",
            "FROM alpine:3.22\nRUN ./setup.sh",
            "FROM alpine:3.22\nCOPY --from=a /usr/bin/curl /usr/bin/curl",
            "FROM alpine:3.22\nCOPY --from=a /tools /usr/local/bin/",
            "FROM alpine:3.22\nCOPY rootfs /",
            "FROM registry.example.com/base:1",
            "FROM node:22",
            "ARG BASE\nFROM $BASE",
        ] {
            assert!(!build(text).lacks("curl"), "{text}");
        }
        assert!(!build("FROM scratch\nADD busybox /bin/sh").lacks_shell());
        assert!(!build("FROM debian:12").lacks_shell());
        assert!(!build("FROM alpine:3.22").lacks("wget"));
    }

    #[test]
    fn checks_of_images() {
        assert_eq!(build("FROM debian:12").has_check(), Some(false));
        assert_eq!(build("FROM debian:12\nHEALTHCHECK CMD true").has_check(), Some(true));
        assert_eq!(build("FROM debian:12 AS a\nHEALTHCHECK CMD true\nFROM a\nHEALTHCHECK NONE").has_check(), Some(false));
        assert_eq!(build("FROM registry.example.com/base:1").has_check(), None);
    }
}
