//! The ports that an image says it listens on, and whether that is all there is to know.

use super::build::Build;
use super::compose::{EnvVar, PortRange};
use super::dockerfile::Base;
use crate::source::{Sources, Span};
use crate::syntax::dockerfile::{Args, Keyword};

/// One word of EXPOSE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// The ports.
    pub ports: PortRange,
    /// `tcp` when none is written, lower case.
    pub protocol: String,
    /// The word.
    pub span: Span,
}

/// Images that expose nothing themselves, by the last part of their names: systems and languages.
const SILENT_BASES: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "bun",
    "busybox",
    "debian",
    "deno",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "golang",
    "node",
    "openjdk",
    "perl",
    "pypy",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "ubuntu",
];

impl Build {
    /// What the EXPOSEs of the image say. `None` when a variable decides a port, or the base image may expose others.
    pub fn exposed(&self) -> Option<Vec<Exposed>> {
        let ancestry = self.dockerfile.ancestry(self.stage);
        let is_known = match &ancestry.last()?.base {
            Base::Scratch => true,
            Base::Image(image) => {
                let name = image.name()?;
                name.starts_with("gcr.io/distroless/") || name.rsplit('/').next().is_some_and(|last| SILENT_BASES.contains(&last))
            }
            Base::Stage(_) | Base::Unknown => false,
        };
        let mut out = Vec::new();
        for at in ancestry.into_iter().flat_map(|s| self.dockerfile.stage_instructions(s)) {
            let Args::Expose(words) = at.instruction.typed() else { continue };
            for word in words {
                out.push(read(at.resolve(&word).known()?, word.span())?);
            }
        }
        is_known.then_some(out)
    }

    /// Whether the number stands anywhere else in the image's instructions, in the script it starts, or in what the service
    /// tells its process: there it may listen on it.
    pub fn mentions(&self, port: u16, sources: &Sources) -> bool {
        let number = port.to_string();
        let is_in = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == number);
        let file = sources.get(self.dockerfile.file);
        let ancestry = self.dockerfile.ancestry(self.stage);
        let mut others =
            ancestry.into_iter().flat_map(|s| self.dockerfile.stage_instructions(s)).filter(|at| at.instruction.keyword != Keyword::Expose);
        let service = self.service();
        let words = service.into_iter().flat_map(|s| [s.command_words(), s.entrypoint_words()]).flatten().flatten();
        let environment: Vec<EnvVar> = service.map_or_else(Vec::new, |s| s.environment());
        others.any(|at| is_in(file.slice(at.instruction.span)))
            || self.entry_script.as_ref().is_some_and(|s| is_in(&s.text))
            || words.into_iter().any(|w| is_in(&w))
            || environment.iter().any(|v| v.value.as_ref().is_none_or(|v| is_in(v)))
    }
}

fn read(word: &str, span: Span) -> Option<Exposed> {
    let (ports, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
    Some(Exposed { ports: PortRange::parse(ports)?, protocol: protocol.to_ascii_lowercase(), span })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{DEFAULT_MAX_SIZE, FileKind};

    fn exposed(text: &str) -> Option<Vec<String>> {
        let sources = Sources::new(Path::new("/"), DEFAULT_MAX_SIZE);
        let source = sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string());
        let dockerfile = Dockerfile::of(&source);
        let last = dockerfile.stages.len() - 1;
        let build = Build::new(dockerfile, last, None, None, &sources);
        Some(build.exposed()?.iter().map(|e| format!("{}-{}/{}", e.ports.first, e.ports.last, e.protocol)).collect())
    }

    #[test]
    fn ports_through_stages_and_variables() {
        let text = "FROM debian:12 AS a\nEXPOSE 80 8000-8005/UDP\nFROM a\nARG P=9000\nEXPOSE $P/tcp\n";
        assert_eq!(exposed(text), Some(vec!["9000-9000/tcp".into(), "80-80/tcp".into(), "8000-8005/udp".into()]));
        assert_eq!(exposed("FROM debian:12\n"), Some(vec![]));
    }

    #[test]
    fn what_is_not_known() {
        assert_eq!(exposed("FROM debian:12\nEXPOSE $P\n"), None);
        assert_eq!(exposed("FROM nginx:1.29\nEXPOSE 8080\n"), None, "80 is open too");
        assert_eq!(exposed("FROM $BASE\nEXPOSE 8080\n"), None);
    }
}
