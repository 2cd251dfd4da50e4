//! A Dockerfile's meaning: stages with their ancestry, and what holds at each instruction.
//!
//! Facts are three-valued: known, known not, unknown. A value that depends on an argument nobody gave, or on a
//! base image that is not in the table, is unknown, and is never reported as if it were known.

mod config;
mod scope;
mod stage;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::image::ImageRef;
use super::knowledge::{self, Known};
pub use crate::source::clean_path;
use crate::source::{FileId, Source, Span};
use crate::syntax::dockerfile::{self as syntax, Args, Instruction, Keyword};
use crate::syntax::shell::Script;
use crate::syntax::text::Text;
use crate::syntax::{Parse, SyntaxError, not_utf8};
pub use config::{DeclaredVolume, ExposedPort, Health, ImageConfig, ImageLabel};
use scope::Scope;
pub use scope::{PREDEFINED_PLATFORM_ARGS, PREDEFINED_PROXY_ARGS};
pub use stage::{Base, RunUser, Stage, StageAt, is_absolute};
use variables::Declarations;
pub use variables::{Hole, Why};

/// A build argument given from outside the Dockerfile: `--build-arg`, Compose `build.args`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildArg {
    /// Its value; `None` when only the environment of the build knows.
    pub value: Option<String>,
    /// Where it is written, when it is in a file.
    pub span: Option<Span>,
}

/// Build arguments by name.
pub type BuildArgs = BTreeMap<String, BuildArg>;

/// A value after substitution, or the fact that it cannot be known statically.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// The value, mapped to the bytes it came from.
    Known(Text),
    /// Depends on these variables, whose values nobody gives.
    Unknown(Vec<String>),
}

impl Resolved {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&Text> {
        match self {
            Resolved::Known(t) => Some(t),
            Resolved::Unknown(_) => None,
        }
    }
}

/// One Dockerfile, evaluated with one set of build arguments.
#[derive(Debug)]
pub struct Dockerfile {
    /// The file it is written in.
    pub file: FileId,
    /// The tree.
    pub tree: Arc<syntax::Dockerfile>,
    /// What is wrong with it: from the parser and from the checks of instructions, in the order of the text.
    pub errors: Arc<[SyntaxError]>,
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// Positions of the instructions among `tree.items`.
    positions: Vec<usize>,
    scope: Scope,
    /// The ARGs by name, found when somebody asks.
    declarations: OnceLock<Declarations>,
    holes: OnceLock<Vec<Hole>>,
    /// The scripts of the instructions, each read when somebody asks.
    scripts: Vec<OnceLock<Option<Arc<Script>>>>,
}

/// An instruction where it stands.
#[derive(Clone, Copy, Debug)]
pub struct InstructionAt<'a> {
    /// The Dockerfile.
    pub dockerfile: &'a Dockerfile,
    /// Index of its stage; `None` before the first FROM.
    pub stage: Option<usize>,
    /// Its index for [`Dockerfile::instruction`].
    pub index: usize,
    /// The instruction, or the trigger of an ONBUILD.
    pub instruction: &'a Instruction,
    /// Whether it is the trigger of an ONBUILD.
    pub onbuild: bool,
}

impl InstructionAt<'_> {
    /// The value of a word with the variables in scope substituted.
    pub fn resolve(&self, word: &Text) -> Resolved {
        self.dockerfile.resolve(self.stage, self.index, word)
    }

    /// The stage's label, if there is a stage.
    pub fn stage_label(&self) -> Option<String> {
        Some(self.dockerfile.stages.get(self.stage?)?.label())
    }
}

impl Dockerfile {
    /// The file evaluated with no build arguments from outside, once as long as its text does not change.
    pub fn of(source: &Source) -> Arc<Dockerfile> {
        source.derived(Self::read)
    }

    /// Parses and evaluates a file with no build arguments from outside.
    fn read(source: &Source) -> Dockerfile {
        let mut parse = syntax::parse(source.id, &source.text);
        // BuildKit passes such bytes through; few of the programs that see them later do.
        parse.errors.extend(not_utf8(source).map(SyntaxError::warning));
        Self::from_parse(source.id, parse)
    }

    /// Evaluates a parsed file with no build arguments from outside.
    pub fn from_parse(file: FileId, parse: Parse<syntax::Dockerfile>) -> Dockerfile {
        let mut errors = parse.errors;
        errors.extend(syntax::check(&parse.tree));
        errors.sort_by_key(|e| (e.span.start, e.span.end));
        Self::evaluate(file, Arc::new(parse.tree), errors.into(), &BuildArgs::new())
    }

    /// The same file with other build arguments.
    pub fn with_args(&self, args: &BuildArgs) -> Dockerfile {
        Self::evaluate(self.file, Arc::clone(&self.tree), Arc::clone(&self.errors), args)
    }

    fn evaluate(file: FileId, tree: Arc<syntax::Dockerfile>, errors: Arc<[SyntaxError]>, args: &BuildArgs) -> Dockerfile {
        let is_instruction = |item: &syntax::Item| matches!(item, syntax::Item::Instruction(_));
        let positions: Vec<usize> = tree.items.iter().enumerate().filter(|(_, item)| is_instruction(item)).map(|(n, _)| n).collect();
        let scripts = positions.iter().map(|_| OnceLock::new()).collect();
        let mut this = Dockerfile {
            file,
            tree,
            errors,
            stages: Vec::new(),
            positions,
            scope: Scope::default(),
            declarations: OnceLock::new(),
            holes: OnceLock::new(),
            scripts,
        };
        let tree = Arc::clone(&this.tree);
        for (index, instruction) in tree.instructions().enumerate() {
            this.step(index, instruction, args);
        }
        this
    }

    /// Where it begins. One Compose file may hold several Dockerfiles (`dockerfile_inline`), so the file is not enough.
    pub fn place(&self) -> (FileId, u32) {
        (self.file, self.tree.items.first().map_or(0, |i| i.span().start))
    }

    /// The instruction at `index`.
    pub fn instruction(&self, index: usize) -> Option<&Instruction> {
        match self.tree.items.get(*self.positions.get(index)?)? {
            syntax::Item::Instruction(i) => Some(i),
            _ => None,
        }
    }

    /// What the instruction at `index` has for a shell, as `read` reads it the first time.
    pub(super) fn script(&self, index: usize, read: impl FnOnce() -> Option<Script>) -> Option<Arc<Script>> {
        self.scripts.get(index)?.get_or_init(|| read().map(Arc::new)).clone()
    }

    /// Every instruction with its stage; the trigger of an ONBUILD comes right after it.
    pub fn instructions(&self) -> impl Iterator<Item = InstructionAt<'_>> {
        self.tree.instructions().enumerate().flat_map(move |(index, instruction)| {
            let at = InstructionAt { dockerfile: self, stage: self.stage_of(index), index, instruction, onbuild: false };
            let trigger = instruction.trigger.as_deref().map(|t| InstructionAt { instruction: t, onbuild: true, ..at });
            std::iter::once(at).chain(trigger)
        })
    }

    /// The instructions of one stage after its FROM.
    pub fn stage_instructions<'a>(&'a self, stage: &Stage) -> impl Iterator<Item = InstructionAt<'a>> + use<'a> {
        let number = stage.index;
        (stage.from + 1..stage.end).filter_map(move |index| {
            let instruction = self.instruction(index)?;
            Some(InstructionAt { dockerfile: self, stage: Some(number), index, instruction, onbuild: false })
        })
    }

    /// The stage that an instruction belongs to; a FROM belongs to the stage it opens.
    pub fn stage_of(&self, index: usize) -> Option<usize> {
        self.stages.partition_point(|s| s.from <= index).checked_sub(1)
    }

    /// The stage that `--target` or Compose's `target` names. BuildKit compares without case and takes no numbers here.
    pub fn target(&self, name: &str) -> Option<usize> {
        // Of two stages with one name the later wins.
        self.stages.iter().rposition(|s| s.is_called(name))
    }

    /// The stage before number `before` that `COPY --from` or a mount means by `name`, a name or an index.
    pub fn stage_named(&self, name: &str, before: usize) -> Option<usize> {
        let earlier = self.stages.get(..before.min(self.stages.len()))?;
        let index = || name.parse().ok().filter(|n: &usize| *n < earlier.len());
        earlier.iter().rposition(|s| s.is_called(name)).or_else(index)
    }

    /// The stage and those it is FROM, nearest first.
    pub fn ancestry(&self, stage: usize) -> Vec<&Stage> {
        let mut chain = Vec::new();
        let mut next = self.stages.get(stage);
        while let Some(stage) = next {
            chain.push(stage);
            next = match stage.base {
                // A base is always an earlier stage, so this ends.
                Base::Stage(base) => self.stages.get(base).filter(|b| b.index < stage.index),
                _ => None,
            };
        }
        chain
    }

    /// Walks the ancestry from instruction `before` of `stage` backwards until `find` answers. It is given each stage
    /// and the instruction index before which it may look.
    fn latest<'a, T>(&'a self, stage: usize, before: usize, find: impl Fn(&'a Stage, usize) -> Option<T>) -> Option<T> {
        let chain = self.ancestry(stage);
        chain.into_iter().enumerate().find_map(|(n, stage)| find(stage, if n == 0 { before } else { usize::MAX }))
    }

    /// The user that instruction `before` of `stage` runs as.
    pub fn user_at(&self, stage: usize, before: usize) -> RunUser<'_> {
        self.latest(stage, before, Stage::user_before).unwrap_or_else(|| self.base_user(stage))
    }

    /// The user of the image that `stage` becomes.
    pub fn image_user(&self, stage: usize) -> RunUser<'_> {
        self.user_at(stage, usize::MAX)
    }

    fn base_user(&self, stage: usize) -> RunUser<'_> {
        let Some(root) = self.ancestry(stage).pop() else {
            return RunUser::Unknown { span: Span::new(self.file, 0, 0) };
        };
        let span = root.image.span();
        match &root.base {
            Base::Scratch => RunUser::Scratch { span },
            Base::Image(image) => RunUser::Base { image, span, known: knowledge::lookup(image) },
            Base::Stage(_) | Base::Unknown => RunUser::Unknown { span },
        }
    }

    /// The image from outside that `stage` descends from, with what the table knows of it.
    pub fn base_image(&self, stage: usize) -> Option<(&ImageRef, Option<Known<'static>>)> {
        match &self.ancestry(stage).pop()?.base {
            Base::Image(image) => Some((image, knowledge::lookup(image))),
            _ => None,
        }
    }

    /// The working directory before instruction `before` of `stage`, when it is known: `/` when none was ever set down
    /// to `scratch`, unknown on top of a base image, which may set one.
    pub fn workdir_at(&self, stage: usize, before: usize) -> Option<String> {
        match self.latest(stage, before, Stage::workdir_before) {
            Some(dir) => dir.map(str::to_string),
            None => matches!(self.ancestry(stage).pop()?.base, Base::Scratch).then(|| "/".to_string()),
        }
    }

    /// Whether a WORKDIR is set before instruction `before` of `stage`: in this file or by its base image; `None` when only
    /// the base image could tell.
    pub fn has_workdir(&self, stage: usize, before: usize) -> Option<bool> {
        if self.latest(stage, before, Stage::workdir_before).is_some() {
            return Some(true);
        }
        match self.base_image(stage) {
            Some((_, known)) => known.map(|k| k.workdir.is_some()),
            None => matches!(self.ancestry(stage).pop()?.base, Base::Scratch).then_some(false),
        }
    }

    /// The words of the SHELL in force before instruction `before` of `stage`; `None` when this file sets none.
    pub fn shell_at(&self, stage: usize, before: usize) -> Option<&[Text]> {
        self.latest(stage, before, Stage::shell_before)
    }

    /// Whether the stage builds a Windows image: by `--platform`, SHELL, the escape character or the base image.
    pub fn is_windows(&self, stage: usize) -> bool {
        let base_is_windows = || self.base_image(stage).and_then(|(_, known)| known?.windows).unwrap_or(false);
        self.tree.escape == '`' || self.ancestry(stage).into_iter().any(Stage::says_windows) || base_is_windows()
    }

    /// The last instruction of this kind in force in the image of `stage`: its own, else one inherited through FROM.
    pub fn in_force(&self, stage: usize, keyword: Keyword) -> Option<InstructionAt<'_>> {
        let last = |stage: &Stage| self.stage_instructions(stage).filter(|i| i.instruction.keyword == keyword).last();
        self.ancestry(stage).into_iter().find_map(last)
    }

    /// The stages whose contents reach the image of `stage`: through FROM, COPY --from and RUN --mount from.
    pub fn reachable(&self, stage: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut todo = vec![stage];
        while let Some(number) = todo.pop() {
            let Some(stage) = self.stages.get(number) else { continue };
            if !seen.insert(number) {
                continue;
            }
            if let Base::Stage(base) = stage.base {
                todo.push(base);
            }
            todo.extend(self.stage_instructions(stage).flat_map(|at| self.sources_of(&at)));
        }
        seen
    }

    /// The stages that one instruction copies or mounts from.
    fn sources_of(&self, at: &InstructionAt<'_>) -> Vec<usize> {
        let words: Vec<Text> = match at.instruction.typed() {
            Args::Copy(c) | Args::Add(c) => c.from.into_iter().collect(),
            Args::Run(_) => syntax::mounts(at.instruction).into_iter().filter_map(|m| m.from).collect(),
            _ => Vec::new(),
        };
        let before = at.stage.unwrap_or(0);
        words.iter().filter_map(|w| self.stage_named(at.resolve(w).known()?, before)).collect()
    }

    /// The value of a word at instruction `index`, with what is in scope there.
    pub fn resolve(&self, stage: Option<usize>, index: usize, word: &Text) -> Resolved {
        self.scope.resolve(self.tree.escape, stage, index, word)
    }

    fn step(&mut self, index: usize, instruction: &Instruction, args: &BuildArgs) {
        let stage = self.stages.len().checked_sub(1);
        match instruction.typed() {
            Args::From { platform, image, name } => self.open_stage(index, platform, image, name),
            Args::Arg(declarations) => {
                for d in declarations {
                    let default = d.default.map(|word| self.resolve(stage, index, &word));
                    self.scope.declare(stage, index, &d.name, default, args);
                }
            }
            Args::Env(pairs) => {
                // All values are expanded before any is set: `ENV a=1 b=$a` reads the old a.
                let values: Vec<_> = pairs.into_iter().map(|kv| (kv.key, self.resolve(stage, index, &kv.value))).collect();
                for (key, value) in values {
                    self.scope.set(stage, index, &key, value);
                }
            }
            Args::User(word) => {
                let user = self.resolve(stage, index, &word);
                self.in_stage(|s| s.set_user(index, user, word.span()));
            }
            Args::Workdir(word) => {
                let path = self.resolve(stage, index, &word);
                let before = stage.and_then(|s| self.workdir_at(s, index));
                self.in_stage(|s| s.set_workdir(index, before.as_deref(), &path));
            }
            Args::Shell(words) => self.in_stage(|s| s.set_shell(index, words)),
            _ => {}
        }
        self.in_stage(|s| s.end = index + 1);
    }

    fn in_stage(&mut self, change: impl FnOnce(&mut Stage)) {
        if let Some(stage) = self.stages.last_mut() {
            change(stage);
        }
    }

    fn open_stage(&mut self, index: usize, platform: Option<Text>, image: Text, name: Option<Text>) {
        let base = match self.resolve(None, index, &image) {
            Resolved::Unknown(_) => Base::Unknown,
            Resolved::Known(text) => self.base_named(&text),
        };
        let platform = platform.map(|p| self.resolve(None, index, &p));
        self.scope.open_stage(if let Base::Stage(parent) = base { Some(parent) } else { None });
        self.stages.push(Stage::new(self.stages.len(), index, name, image, base, platform));
    }

    /// What FROM means by `text`: stages by name only (a number would be an image), then `scratch`, then an image.
    fn base_named(&self, text: &Text) -> Base {
        if let Some(stage) = self.target(text) {
            return Base::Stage(stage);
        }
        if text.as_str() == "scratch" {
            return Base::Scratch;
        }
        ImageRef::parse(text).map_or(Base::Unknown, |image| Base::Image(Box::new(image)))
    }
}

#[cfg(test)]
mod tests;
