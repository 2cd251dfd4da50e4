//! Instructions with their arguments told apart. Nothing is unquoted or expanded here: see [`super::expand`].

use std::ops::Range;

use super::split::{blank_separated, is_blank, quoted_words};
use super::{Instruction, Keyword, heredoc, shown};
use crate::syntax::SyntaxError;
use crate::syntax::text::Text;

/// What an instruction says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Args {
    /// `FROM --platform=.. image AS name`.
    From {
        /// The value of `--platform`.
        platform: Option<Text>,
        /// The image or the name of an earlier stage; empty when it is missing.
        image: Text,
        /// The name of the stage.
        name: Option<Text>,
    },
    /// `ENV a=1 b=2` or `ENV a 1`. Words without `=` are left out; the parser told of them.
    Env(Vec<KeyValue>),
    /// `LABEL a=1`.
    Label(Vec<KeyValue>),
    /// `ARG a=1 b`.
    Arg(Vec<ArgDecl>),
    /// `COPY`.
    Copy(CopyArgs),
    /// `ADD`.
    Add(CopyArgs),
    /// `RUN`.
    Run(CommandForm),
    /// `CMD`.
    Cmd(CommandForm),
    /// `ENTRYPOINT`.
    Entrypoint(CommandForm),
    /// `EXPOSE`, word by word.
    Expose(Vec<Text>),
    /// `VOLUME`, word by word or element by element.
    Volume(Vec<Text>),
    /// `USER`.
    User(Text),
    /// `WORKDIR`.
    Workdir(Text),
    /// `STOPSIGNAL`.
    Stopsignal(Text),
    /// `SHELL`; empty when it is not JSON.
    Shell(Vec<Text>),
    /// `HEALTHCHECK`.
    Healthcheck(Healthcheck),
    /// `ONBUILD`; see [`Instruction::trigger`].
    Onbuild,
    /// `MAINTAINER`.
    Maintainer(Text),
    /// Not an instruction.
    Unknown,
}

/// A variable or label that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyValue {
    /// The key as written.
    pub key: Text,
    /// The value as written, quotes kept.
    pub value: Text,
    /// `ENV key value`: the old form, without `=`.
    pub legacy: bool,
}

/// A build argument that is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgDecl {
    /// The name as written.
    pub name: Text,
    /// What stands after `=`, quotes kept.
    pub default: Option<Text>,
}

/// The arguments of COPY and ADD.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CopyArgs {
    /// Paths, and for ADD addresses. Heredocs are apart.
    pub sources: Vec<Text>,
    /// The markers of heredocs among the sources, `<<EOF`.
    pub heredocs: Vec<Text>,
    /// The last word, when there are two or more.
    pub destination: Option<Text>,
    /// `--from`: a stage, its number, a build context or an image.
    pub from: Option<Text>,
    /// `--chown`.
    pub chown: Option<Text>,
    /// `--chmod`.
    pub chmod: Option<Text>,
    /// `--checksum` (ADD).
    pub checksum: Option<Text>,
    /// `--exclude`, as often as it is given.
    pub exclude: Vec<Text>,
    /// `--link`.
    pub link: bool,
    /// `--parents` (COPY).
    pub parents: bool,
    /// `--keep-git-dir` (ADD).
    pub keep_git_dir: bool,
    /// `--unpack` (ADD).
    pub unpack: Option<bool>,
}

/// The two ways to write a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandForm {
    /// A line for the shell; may be empty.
    Shell(Text),
    /// A program and its arguments.
    Exec(Vec<Text>),
}

/// What HEALTHCHECK says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Healthcheck {
    /// `NONE`.
    None,
    /// `CMD ..`.
    Cmd {
        /// The flags.
        options: Box<HealthOptions>,
        /// The command; an empty one is an error.
        command: CommandForm,
    },
    /// Neither: the first word, empty when there is none.
    Invalid(Text),
}

/// The flags of HEALTHCHECK, as written.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HealthOptions {
    /// `--interval`.
    pub interval: Option<Text>,
    /// `--timeout`.
    pub timeout: Option<Text>,
    /// `--start-period`.
    pub start_period: Option<Text>,
    /// `--start-interval`.
    pub start_interval: Option<Text>,
    /// `--retries`.
    pub retries: Option<Text>,
}

impl Instruction {
    /// The arguments, told apart. Made anew at every call.
    pub fn typed(&self) -> Args {
        match self.keyword {
            Keyword::Add => Args::Add(self.copy_args()),
            Keyword::Arg => Args::Arg(self.arg_decls()),
            Keyword::Cmd => Args::Cmd(self.command()),
            Keyword::Copy => Args::Copy(self.copy_args()),
            Keyword::Entrypoint => Args::Entrypoint(self.command()),
            Keyword::Env => Args::Env(key_values(self)),
            Keyword::Expose => Args::Expose(self.words()),
            Keyword::From => self.stage_start(),
            Keyword::Healthcheck => Args::Healthcheck(self.healthcheck()),
            Keyword::Label => Args::Label(key_values(self)),
            Keyword::Maintainer => Args::Maintainer(self.args.clone()),
            Keyword::Onbuild => Args::Onbuild,
            Keyword::Run => Args::Run(self.command()),
            Keyword::Shell => Args::Shell(self.json.clone().unwrap_or_default()),
            Keyword::Stopsignal => Args::Stopsignal(self.args.clone()),
            Keyword::User => Args::User(self.args.clone()),
            Keyword::Volume => Args::Volume(self.words()),
            Keyword::Workdir => Args::Workdir(self.args.clone()),
            Keyword::Unknown => Args::Unknown,
        }
    }

    /// The arguments word by word: the elements of the JSON array, else what stands between blanks, quotes and all.
    pub fn words(&self) -> Vec<Text> {
        self.json.clone().unwrap_or_else(|| blank_separated(&self.args))
    }

    fn command(&self) -> CommandForm {
        match &self.json {
            Some(words) => CommandForm::Exec(words.clone()),
            None => CommandForm::Shell(self.args.clone()),
        }
    }

    fn stage_start(&self) -> Args {
        let mut words = self.words().into_iter();
        let image = words.next().unwrap_or_else(|| self.args.clone());
        let name = words.next().filter(|w| w.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        Args::From { platform: self.flag_value("platform").cloned(), image, name }
    }

    fn arg_decls(&self) -> Vec<ArgDecl> {
        let decl = |word: Text| match word.split_once('=') {
            Some((name, default)) => ArgDecl { name, default: Some(default) },
            None => ArgDecl { name: word, default: None },
        };
        quoted_words(&self.args, self.escape).map(|w| decl(self.args.slice(w))).collect()
    }

    fn copy_args(&self) -> CopyArgs {
        let mut words = self.words();
        let destination = if words.len() > 1 { words.pop() } else { None };
        let is_heredoc = |word: &Text| self.json.is_none() && heredoc::marker(word).is_some();
        let (heredocs, sources) = words.into_iter().partition(is_heredoc);
        let value = |name| self.flag_value(name).cloned();
        CopyArgs {
            sources,
            heredocs,
            destination,
            from: value("from"),
            chown: value("chown"),
            chmod: value("chmod"),
            checksum: value("checksum"),
            exclude: self.flags_named("exclude").filter_map(|f| f.value.clone()).collect(),
            link: self.switch("link").unwrap_or(false),
            parents: self.switch("parents").unwrap_or(false),
            keep_git_dir: self.switch("keep-git-dir").unwrap_or(false),
            unpack: self.switch("unpack"),
        }
    }

    /// The value of a flag that is true or false: `--link`, `--link=false`.
    fn switch(&self, name: &str) -> Option<bool> {
        let flag = self.flag(name)?;
        Some(flag.value.as_ref().is_none_or(|v| v.eq_ignore_ascii_case("true")))
    }

    fn healthcheck(&self) -> Healthcheck {
        let first = first_word(&self.args);
        if first.eq_ignore_ascii_case("none") {
            return Healthcheck::None;
        }
        if !first.eq_ignore_ascii_case("cmd") {
            return Healthcheck::Invalid(first);
        }
        let value = |name| self.flag_value(name).cloned();
        let options = HealthOptions {
            interval: value("interval"),
            timeout: value("timeout"),
            start_period: value("start-period"),
            start_interval: value("start-interval"),
            retries: value("retries"),
        };
        let command = match &self.json {
            Some(words) => CommandForm::Exec(words.clone()),
            None => CommandForm::Shell(after_first_word(&self.args)),
        };
        Healthcheck::Cmd { options: Box::new(options), command }
    }
}

fn first_word(args: &Text) -> Text {
    let end = args.find(char::is_whitespace).unwrap_or(args.len());
    args.slice(0..end)
}

/// `args` without its first word.
pub(super) fn after_first_word(args: &Text) -> Text {
    let end = args.find(char::is_whitespace).unwrap_or(args.len());
    let rest = args.get(end..).unwrap_or("").trim_start();
    args.slice(args.len() - rest.len()..args.len())
}

/// The pairs of ENV and LABEL. The first word decides: with `=` in it all words are `key=value`, else it is one key and
/// the rest its value.
fn key_values(instruction: &Instruction) -> Vec<KeyValue> {
    let args = &instruction.args;
    if is_legacy(instruction) {
        return legacy_pair(args).into_iter().collect();
    }
    let pair = |word: Range<usize>| {
        let (key, _) = args.get(word.clone())?.split_once('=')?;
        let equals = word.start + key.len();
        Some(KeyValue { key: args.slice(word.start..equals), value: args.slice(equals + 1..word.end), legacy: false })
    };
    quoted_words(args, instruction.escape).filter_map(pair).collect()
}

fn is_legacy(instruction: &Instruction) -> bool {
    let args = &instruction.args;
    quoted_words(args, instruction.escape).next().is_some_and(|w| !args.get(w).unwrap_or("").contains('='))
}

/// What BuildKit's parser refuses in ENV and LABEL.
pub(super) fn key_value_errors(instruction: &Instruction) -> Vec<SyntaxError> {
    let args = &instruction.args;
    let mut words = quoted_words(args, instruction.escape);
    if is_legacy(instruction) {
        let key = if legacy_pair(args).is_none() { words.next() } else { None };
        return key.map(|k| missing_value(instruction, &args.slice(k))).into_iter().collect();
    }
    let bad = words.filter(|w| !args.get(w.clone()).unwrap_or("").contains('='));
    bad.map(|w| missing_equals(instruction, &args.slice(w))).collect()
}

fn legacy_pair(args: &Text) -> Option<KeyValue> {
    let end = args.find(is_blank)?;
    let value = args.get(end..)?.trim_start_matches(is_blank);
    let value = args.slice(args.len() - value.len()..args.len());
    Some(KeyValue { key: args.slice(0..end), value, legacy: true })
}

fn missing_value(instruction: &Instruction, key: &Text) -> SyntaxError {
    let name = instruction.keyword.as_str();
    SyntaxError::new("missing-value", key.span(), format!("{name} `{}` has no value", shown(key)))
        .help(format!("write `{name} {}=value`", shown(key)))
}

fn missing_equals(instruction: &Instruction, word: &Text) -> SyntaxError {
    let name = instruction.keyword.as_str();
    SyntaxError::new("missing-equals", word.span(), format!("`{}` in {name} is not of the form key=value", shown(word)))
        .help("quote a value that has white space in it")
}
