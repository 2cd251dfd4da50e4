//! One build stage and what its instructions set.

use super::{Dockerfile, Resolved};
use crate::model::image::ImageRef;
use crate::model::knowledge::Known;
use crate::source::Span;
use crate::source::clean_path;
use crate::syntax::text::Text;

/// A FROM and what follows it.
#[derive(Debug)]
pub struct Stage {
    /// 0-based position.
    pub index: usize,
    /// The FROM instruction, as an index for [`Dockerfile::instruction`].
    pub from: usize,
    /// The name after AS, as written.
    pub name: Option<Text>,
    /// The image of the FROM, as written.
    pub image: Text,
    /// What it is built on.
    pub base: Base,
    /// The `--platform`, resolved.
    pub platform: Option<Resolved>,
    /// One past the last instruction of the stage.
    pub end: usize,
    users: Vec<UserSet>,
    /// `(instruction, path)` of each WORKDIR; `None` when the path is unknown from there on.
    workdirs: Vec<(usize, Option<String>)>,
    shells: Vec<(usize, Vec<Text>)>,
}

#[derive(Debug)]
struct UserSet {
    at: usize,
    user: Resolved,
    span: Span,
}

/// A stage where it stands.
#[derive(Clone, Copy, Debug)]
pub struct StageAt<'a> {
    /// The Dockerfile.
    pub dockerfile: &'a Dockerfile,
    /// The stage.
    pub stage: &'a Stage,
}

/// What a stage is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing at all.
    Scratch,
    /// An earlier stage, by index.
    Stage(usize),
    /// An image from outside.
    Image(Box<ImageRef>),
    /// The reference depends on something unknown or cannot be read.
    Unknown,
}

/// The user at some point of a stage, and where that was decided.
#[derive(Clone, Debug)]
pub enum RunUser<'a> {
    /// A USER instruction says so.
    Set {
        /// The user, `name[:group]`.
        user: &'a Resolved,
        /// The argument of USER.
        span: Span,
    },
    /// No USER down to this image.
    Base {
        /// The image.
        image: &'a ImageRef,
        /// Its place in the FROM.
        span: Span,
        /// What the table knows of it.
        known: Option<Known<'static>>,
    },
    /// No USER down to `FROM scratch`: root.
    Scratch {
        /// The word `scratch`.
        span: Span,
    },
    /// The base cannot be known.
    Unknown {
        /// The image in the FROM.
        span: Span,
    },
}

impl Stage {
    pub(super) fn new(index: usize, from: usize, name: Option<Text>, image: Text, base: Base, platform: Option<Resolved>) -> Self {
        let (users, workdirs, shells) = (Vec::new(), Vec::new(), Vec::new());
        Stage { index, from, name, image, base, platform, end: from + 1, users, workdirs, shells }
    }

    /// Its name, else its number, as people refer to it.
    pub fn label(&self) -> String {
        self.name.as_ref().map_or_else(|| self.index.to_string(), Text::to_string)
    }

    /// Whether `name`, in any case, is the name of this stage.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(name))
    }

    /// Whether the stage itself, without its base, says that it builds for Windows.
    pub(super) fn says_windows(&self) -> bool {
        let platform = self.platform.as_ref().and_then(Resolved::known);
        let shells = self.shells.iter().filter_map(|(_, words)| words.first());
        platform.is_some_and(|p| p.starts_with("windows")) || shells.into_iter().any(|w| is_windows_shell(w))
    }

    pub(super) fn set_user(&mut self, at: usize, user: Resolved, span: Span) {
        self.users.push(UserSet { at, user, span });
    }

    pub(super) fn set_workdir(&mut self, at: usize, previous: Option<&str>, path: &Resolved) {
        let joined = path.known().and_then(|p| join_workdir(previous, p));
        self.workdirs.push((at, joined));
    }

    pub(super) fn set_shell(&mut self, at: usize, words: Vec<Text>) {
        self.shells.push((at, words));
    }

    pub(super) fn user_before(&self, before: usize) -> Option<RunUser<'_>> {
        let set = self.users.iter().rev().find(|u| u.at < before)?;
        Some(RunUser::Set { user: &set.user, span: set.span })
    }

    pub(super) fn workdir_before(&self, before: usize) -> Option<Option<&str>> {
        self.workdirs.iter().rev().find(|(at, _)| *at < before).map(|(_, dir)| dir.as_deref())
    }

    pub(super) fn shell_before(&self, before: usize) -> Option<&[Text]> {
        self.shells.iter().rev().find(|(at, _)| *at < before).map(|(_, words)| words.as_slice())
    }
}

fn is_windows_shell(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word).to_ascii_lowercase();
    matches!(name.trim_end_matches(".exe"), "cmd" | "powershell")
}

/// WORKDIR `path` after `previous`, as BuildKit joins them; `None` when a relative path meets an unknown directory.
fn join_workdir(previous: Option<&str>, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return Some(clean_path(path));
    }
    Some(clean_path(&format!("{}/{path}", previous?)))
}

/// Whether a path is absolute in a container of any system: `/app`, `C:\app`, `C:/app`, `\app`.
pub fn is_absolute(path: &str) -> bool {
    let has_drive = matches!(path.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic());
    has_drive || path.starts_with(['/', '\\'])
}
