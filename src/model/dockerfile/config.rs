//! What an image says about how it is run: ports, volumes, labels, health check and command.
//!
//! A stage inherits all of it from the stage it is FROM. What a base image from outside brings is not known here, so
//! the absence of something is certain only down to `scratch` ([`ImageConfig::complete`]). Triggers of ONBUILD are left
//! out: they belong to images that do not exist yet.

use std::collections::{HashMap, HashSet};

use super::{Base, Dockerfile, InstructionAt, Resolved, Stage};
use crate::source::Span;
use crate::syntax::dockerfile::{Args, CommandForm, HealthOptions, Healthcheck, Keyword};
use crate::syntax::text::Text;

/// The configuration of the image that a stage becomes, as far as its Dockerfile decides it.
#[derive(Clone, Debug)]
pub struct ImageConfig<'a> {
    /// The ports of EXPOSE, base first; of equal ones the first.
    pub ports: Vec<ExposedPort>,
    /// The paths of VOLUME, base first; of equal ones the first.
    pub volumes: Vec<DeclaredVolume>,
    /// The labels, base first; a later LABEL of the same name takes the place of an earlier one.
    pub labels: Vec<ImageLabel>,
    /// The health check.
    pub health: Health<'a>,
    /// The ENTRYPOINT in force.
    pub entrypoint: Option<(InstructionAt<'a>, CommandForm)>,
    /// The CMD in force. An ENTRYPOINT drops the CMD of the stages below its own (BuildKit, `dispatchEntrypoint`).
    pub cmd: Option<(InstructionAt<'a>, CommandForm)>,
    /// Whether nothing comes from elsewhere: the stage descends from `scratch`.
    pub complete: bool,
}

/// A port, or a range of them, that EXPOSE names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposedPort {
    /// The word as written.
    pub word: Text,
    /// First and last port, both included; `None` when they depend on a variable that nobody gives or are no numbers.
    pub range: Option<(u16, u16)>,
    /// In lower case; `tcp` when none is written.
    pub protocol: String,
}

/// A path that VOLUME declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredVolume {
    /// The path, variables substituted.
    pub path: Resolved,
    /// The word in the instruction.
    pub span: Span,
}

/// A label of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageLabel {
    /// Its name, without quotes.
    pub name: Text,
    /// Its value, variables substituted.
    pub value: Resolved,
}

/// The health check of an image.
#[derive(Clone, Debug)]
pub enum Health<'a> {
    /// No HEALTHCHECK down to the base image, which may have one.
    Unset,
    /// `HEALTHCHECK NONE`: not even that of the base image.
    Disabled(InstructionAt<'a>),
    /// A command.
    Command {
        /// The instruction.
        at: InstructionAt<'a>,
        /// Its flags.
        options: Box<HealthOptions>,
        /// What it runs.
        command: CommandForm,
    },
}

impl ImageConfig<'_> {
    /// Whether the image exposes this port: `None` when a variable or the base image could.
    pub fn exposes(&self, port: u16, protocol: &str) -> Option<bool> {
        let of_protocol = self.ports.iter().filter(|p| p.protocol == protocol);
        let mut unknown = !self.complete;
        for exposed in of_protocol {
            match exposed.range {
                Some((first, last)) if (first..=last).contains(&port) => return Some(true),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(false)
    }

    /// The label of this name.
    pub fn label(&self, name: &str) -> Option<&ImageLabel> {
        self.labels.iter().find(|l| l.name.as_str() == name)
    }
}

impl Dockerfile {
    /// The configuration of the image of `stage`. Costs a pass over the stage and those it is FROM.
    pub fn image_config(&self, stage: usize) -> ImageConfig<'_> {
        let ancestry = self.ancestry(stage);
        let complete = ancestry.last().is_some_and(|root| matches!(root.base, Base::Scratch));
        let (entrypoint, cmd) = (self.entrypoint(&ancestry), self.cmd(&ancestry));
        let config =
            ImageConfig { ports: Vec::new(), volumes: Vec::new(), labels: Vec::new(), health: Health::Unset, entrypoint, cmd, complete };
        let mut builder = Builder { config, ports: HashSet::new(), volumes: HashSet::new(), labels: HashMap::new() };
        for at in ancestry.into_iter().rev().flat_map(|s| self.stage_instructions(s)) {
            builder.add(at);
        }
        builder.config
    }

    fn entrypoint(&self, ancestry: &[&Stage]) -> Option<(InstructionAt<'_>, CommandForm)> {
        ancestry.iter().find_map(|s| self.last_of(s, Keyword::Entrypoint))
    }

    fn cmd(&self, ancestry: &[&Stage]) -> Option<(InstructionAt<'_>, CommandForm)> {
        for stage in ancestry {
            let own = self.last_of(stage, Keyword::Cmd);
            if own.is_some() || self.last_of(stage, Keyword::Entrypoint).is_some() {
                return own;
            }
        }
        None
    }

    fn last_of(&self, stage: &Stage, keyword: Keyword) -> Option<(InstructionAt<'_>, CommandForm)> {
        let at = self.stage_instructions(stage).filter(|at| at.instruction.keyword == keyword).last()?;
        match at.instruction.typed() {
            Args::Cmd(form) | Args::Entrypoint(form) => Some((at, form)),
            _ => None,
        }
    }
}

/// A configuration while it is put together, and what is in it already.
struct Builder<'a> {
    config: ImageConfig<'a>,
    ports: HashSet<((u16, u16), String)>,
    volumes: HashSet<String>,
    /// The places of the labels in their list.
    labels: HashMap<String, usize>,
}

impl<'a> Builder<'a> {
    fn add(&mut self, at: InstructionAt<'a>) {
        match at.instruction.keyword {
            Keyword::Expose | Keyword::Volume | Keyword::Label | Keyword::Healthcheck => {}
            _ => return,
        }
        match at.instruction.typed() {
            Args::Expose(words) => words.into_iter().for_each(|w| self.expose(&at, w)),
            Args::Volume(words) => words.iter().for_each(|w| self.volume(&at, w)),
            Args::Label(pairs) => pairs.iter().for_each(|kv| self.label(kv.key.unquoted(), at.resolve(&kv.value))),
            Args::Healthcheck(Healthcheck::None) => self.config.health = Health::Disabled(at),
            Args::Healthcheck(Healthcheck::Cmd { options, command }) => self.config.health = Health::Command { at, options, command },
            _ => {}
        }
    }

    fn expose(&mut self, at: &InstructionAt<'_>, word: Text) {
        let value = at.resolve(&word);
        let text = value.known().map_or(word.as_str(), |t| t.as_str());
        let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let range = value.known().and_then(|_| port_range(port));
        let protocol = protocol.to_ascii_lowercase();
        if range.is_none_or(|r| self.ports.insert((r, protocol.clone()))) {
            self.config.ports.push(ExposedPort { word, range, protocol });
        }
    }

    fn volume(&mut self, at: &InstructionAt<'_>, word: &Text) {
        let path = at.resolve(word);
        if path.known().is_none_or(|p| self.volumes.insert(p.to_string())) {
            self.config.volumes.push(DeclaredVolume { path, span: word.span() });
        }
    }

    fn label(&mut self, name: Text, value: Resolved) {
        let label = ImageLabel { name, value };
        let place = *self.labels.entry(label.name.to_string()).or_insert(self.config.labels.len());
        match self.config.labels.get_mut(place) {
            Some(old) => *old = label,
            None => self.config.labels.push(label),
        }
    }
}

/// `80` or `8000-8010`.
fn port_range(text: &str) -> Option<(u16, u16)> {
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse().ok()).flatten();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range: (u16, u16) = (number(first)?, number(last)?);
    (range.0 <= range.1).then_some(range)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::source::{FileKind, Sources};

    fn read(text: &str) -> Arc<Dockerfile> {
        let sources = Sources::new(Path::new("/"), 1 << 20);
        Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string()))
    }

    fn last(file: &Dockerfile) -> ImageConfig<'_> {
        file.image_config(file.stages.len() - 1)
    }

    #[test]
    fn ports_and_volumes_add_up_through_from() {
        let file = read(
            "ARG P=7\nFROM scratch AS base\nARG P\nEXPOSE 80 443/TCP 53/udp $P\nVOLUME /data\nFROM alpine AS other\nEXPOSE 1\nFROM base\nARG Q\nEXPOSE 80/tcp 8000-8010 $Q x\nENV D=/logs\nVOLUME [\"/data\", \"$D\"]\n",
        );
        let config = last(&file);
        let ports: Vec<_> = config.ports.iter().map(|p| (p.word.as_str(), p.range, p.protocol.as_str())).collect();
        assert_eq!(
            ports,
            [
                ("80", Some((80, 80)), "tcp"),
                ("443/TCP", Some((443, 443)), "tcp"),
                ("53/udp", Some((53, 53)), "udp"),
                ("$P", Some((7, 7)), "tcp"),
                ("8000-8010", Some((8000, 8010)), "tcp"),
                ("$Q", None, "tcp"),
                ("x", None, "tcp")
            ]
        );
        let volumes: Vec<_> = config.volumes.iter().map(|v| v.path.known().map(|t| t.to_string())).collect();
        assert_eq!(volumes, [Some("/data".to_owned()), Some("/logs".to_owned())]);
        assert!(config.complete);
    }

    #[test]
    fn whether_a_port_is_exposed_may_be_unknown() {
        let asks = |text: &str, port| last(&read(text)).exposes(port, "tcp");
        assert_eq!(asks("FROM scratch\nEXPOSE 80-90\n", 85), Some(true));
        assert_eq!(asks("FROM scratch\nEXPOSE 80/udp\n", 80), Some(false));
        assert_eq!(asks("FROM debian:12\nEXPOSE 80\n", 81), None, "the base image may expose it");
        assert_eq!(asks("FROM scratch\nARG P\nEXPOSE $P\n", 81), None);
        assert_eq!(asks("FROM scratch\nEXPOSE 90-80\n", 85), None, "no range");
    }

    #[test]
    fn the_last_label_of_a_name_counts() {
        let file = read("FROM debian:12 AS a\nLABEL x=1 \"a b\"='c d'\nFROM a\nARG V=2\nLABEL x=$V y=\"$NOPE\"\n");
        let config = last(&file);
        let shown: Vec<_> = config.labels.iter().map(|l| (l.name.as_str(), l.value.known().map(|t| t.as_str()))).collect();
        assert_eq!(shown, [("x", Some("2")), ("a b", Some("c d")), ("y", None)]);
        assert!(config.label("y").is_some() && config.label("z").is_none() && !config.complete);
    }

    #[test]
    fn an_entrypoint_drops_the_command_of_the_stages_below() {
        let words = |form: &Option<(InstructionAt<'_>, CommandForm)>| match form {
            Some((_, CommandForm::Exec(words))) => words.iter().map(|w| w.as_str().to_owned()).collect(),
            Some((_, CommandForm::Shell(line))) => vec![line.as_str().to_owned()],
            None => Vec::new(),
        };
        let of = |text: &str| {
            let file = read(text);
            let config = last(&file);
            (words(&config.entrypoint).join(" "), words(&config.cmd).join(" "))
        };
        let two = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(of("FROM x AS a\nCMD [\"c\"]\nFROM a\nENTRYPOINT [\"e\"]\n"), two("e", ""));
        assert_eq!(of("FROM x AS a\nENTRYPOINT [\"e\"]\nFROM a\nCMD [\"c\"]\n"), two("e", "c"));
        assert_eq!(of("FROM x\nCMD [\"c\"]\nENTRYPOINT [\"e\"]\n"), two("e", "c"));
        assert_eq!(of("FROM x\nCMD one\nCMD two\n"), two("", "two"));
        assert_eq!(of("FROM x AS a\nCMD one\nFROM y\n"), two("", ""));
    }

    #[test]
    fn health_checks() {
        let of = |text: &str| match last(&read(text)).health {
            Health::Unset => "unset".to_owned(),
            Health::Disabled(at) => format!("disabled in {}", at.stage.unwrap()),
            Health::Command { at, options, .. } => {
                format!("{} in {}", options.interval.map_or("-".into(), |i| i.to_string()), at.stage.unwrap())
            }
        };
        assert_eq!(of("FROM x\n"), "unset");
        assert_eq!(of("FROM x AS a\nHEALTHCHECK --interval=5s CMD true\nFROM a\n"), "5s in 0");
        assert_eq!(of("FROM x AS a\nHEALTHCHECK CMD true\nFROM a\nHEALTHCHECK NONE\n"), "disabled in 1");
        assert_eq!(of("FROM x\nHEALTHCHECK NONE\nHEALTHCHECK CMD true\n"), "- in 0");
        assert_eq!(of("FROM x\nONBUILD HEALTHCHECK NONE\n"), "unset");
    }
}
