//! The tree: every byte of a Dockerfile belongs to exactly one item.

use std::fmt;

use crate::source::{FileId, Span};
use crate::syntax::text::Text;

/// A Dockerfile. The spans of the items, one after the other, give back every byte of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dockerfile {
    /// The file it was read from.
    pub file: FileId,
    /// Everything in it, in order.
    pub items: Vec<Item>,
    /// What escapes and continues lines: `\`, or `` ` `` by directive.
    pub escape: char,
}

/// One stretch of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `# syntax=docker/dockerfile:1`, with effect.
    Directive(Directive),
    /// `# words`, between instructions.
    Comment(Comment),
    /// What says nothing: line ends, empty lines, indentation, a byte order mark.
    Blank(Span),
    /// An instruction with all its lines.
    Instruction(Box<Instruction>),
}

impl Item {
    /// The bytes of the item.
    pub fn span(&self) -> Span {
        match self {
            Item::Directive(d) => d.span,
            Item::Comment(c) => c.span,
            Item::Blank(span) => *span,
            Item::Instruction(i) => i.span,
        }
    }
}

impl Dockerfile {
    /// The instructions, in order. Triggers of ONBUILD are inside theirs.
    pub fn instructions(&self) -> impl DoubleEndedIterator<Item = &Instruction> {
        self.items.iter().filter_map(|item| match item {
            Item::Instruction(i) => Some(&**i),
            _ => None,
        })
    }

    /// The parser directives that have an effect.
    pub fn directives(&self) -> impl DoubleEndedIterator<Item = &Directive> {
        self.items.iter().filter_map(|item| match item {
            Item::Directive(d) => Some(d),
            _ => None,
        })
    }

    /// The item that byte `offset` belongs to; the last one at the end of the file.
    pub fn item_at(&self, offset: u32) -> Option<&Item> {
        let after = self.items.partition_point(|i| i.span().start <= offset);
        self.items.get(after.checked_sub(1)?)
    }

    /// Every comment: between instructions and inside their continuations, in order of the text.
    pub fn comments(&self) -> impl Iterator<Item = &Comment> {
        self.items.iter().flat_map(|item| match item {
            Item::Comment(c) => std::slice::from_ref(c).iter(),
            Item::Instruction(i) => i.comments.iter(),
            _ => [].iter(),
        })
    }
}

/// A parser directive: `syntax`, `escape` or `check`, at the top of the file and only there. The same line further
/// down, or with a name BuildKit does not know, is a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// From `#` to the end of the line, without the line end.
    pub span: Span,
    /// The name as written; BuildKit compares without case.
    pub name: Text,
    /// The value, trimmed.
    pub value: Text,
}

impl Directive {
    /// Whether it is the one called `name` (lower case).
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// A comment. BuildKit has them on lines of their own only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the end of the line, without the line end.
    pub span: Span,
    /// The text after `#`, trimmed.
    pub text: Text,
}

/// The instructions BuildKit knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // their names say all
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// None of them; [`Instruction::name`] says what was written.
    Unknown,
}

impl Keyword {
    /// All but [`Keyword::Unknown`], in alphabetical order.
    pub const KNOWN: [Keyword; 18] = [
        Keyword::Add,
        Keyword::Arg,
        Keyword::Cmd,
        Keyword::Copy,
        Keyword::Entrypoint,
        Keyword::Env,
        Keyword::Expose,
        Keyword::From,
        Keyword::Healthcheck,
        Keyword::Label,
        Keyword::Maintainer,
        Keyword::Onbuild,
        Keyword::Run,
        Keyword::Shell,
        Keyword::Stopsignal,
        Keyword::User,
        Keyword::Volume,
        Keyword::Workdir,
    ];

    /// The keyword in upper case; empty for [`Keyword::Unknown`].
    pub fn as_str(self) -> &'static str {
        match self {
            Keyword::Add => "ADD",
            Keyword::Arg => "ARG",
            Keyword::Cmd => "CMD",
            Keyword::Copy => "COPY",
            Keyword::Entrypoint => "ENTRYPOINT",
            Keyword::Env => "ENV",
            Keyword::Expose => "EXPOSE",
            Keyword::From => "FROM",
            Keyword::Healthcheck => "HEALTHCHECK",
            Keyword::Label => "LABEL",
            Keyword::Maintainer => "MAINTAINER",
            Keyword::Onbuild => "ONBUILD",
            Keyword::Run => "RUN",
            Keyword::Shell => "SHELL",
            Keyword::Stopsignal => "STOPSIGNAL",
            Keyword::User => "USER",
            Keyword::Volume => "VOLUME",
            Keyword::Workdir => "WORKDIR",
            Keyword::Unknown => "",
        }
    }

    /// The keyword that `name` spells, in any case.
    pub fn of(name: &str) -> Keyword {
        Keyword::KNOWN.into_iter().find(|k| k.as_str().eq_ignore_ascii_case(name)).unwrap_or(Keyword::Unknown)
    }

    /// Whether its arguments may be a JSON array of strings. (HEALTHCHECK takes one after `CMD`.)
    pub fn takes_json(self) -> bool {
        matches!(
            self,
            Keyword::Add
                | Keyword::Cmd
                | Keyword::Copy
                | Keyword::Entrypoint
                | Keyword::Healthcheck
                | Keyword::Run
                | Keyword::Shell
                | Keyword::Volume
        )
    }

    /// Whether it takes heredocs.
    pub fn takes_heredocs(self) -> bool {
        matches!(self, Keyword::Add | Keyword::Copy | Keyword::Run)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One instruction with all its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Which one.
    pub keyword: Keyword,
    /// The keyword as written; may be empty in a line of nothing but a continuation.
    pub name: Text,
    /// From the keyword to the end of the last line, heredoc bodies and terminators included, without the last line end.
    /// (When the first line is a lone `\`, from there.)
    pub span: Span,
    /// What begins with `--`, before the arguments.
    pub flags: Vec<Flag>,
    /// The logical text after keyword and flags, trimmed: continuations joined, comments and empty lines inside removed.
    pub args: Text,
    /// The elements, when the arguments (of HEALTHCHECK: those after `CMD`) are a JSON array of strings.
    pub json: Option<Vec<Text>>,
    /// They begin with `[`, the instruction takes JSON, but they are none: BuildKit reads them as shell form or words.
    pub looks_like_json: bool,
    /// Here-documents, in the order of their markers. ONBUILD and its trigger have the same ones.
    pub heredocs: Vec<Heredoc>,
    /// What ONBUILD triggers. Its `comments` and `blank_lines` are those of the ONBUILD instruction, which has them.
    pub trigger: Option<Box<Instruction>>,
    /// Comments inside the continuation.
    pub comments: Vec<Comment>,
    /// Empty lines inside the continuation, without their line ends.
    pub blank_lines: Vec<Span>,
    /// The escape character in force.
    pub escape: char,
}

impl Instruction {
    /// The first flag called `name` (without `--`, case-sensitive as in BuildKit).
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|f| f.name.as_str() == name)
    }

    /// Every flag called `name`.
    pub fn flags_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Flag> {
        self.flags.iter().filter(move |f| f.name.as_str() == name)
    }

    /// The value of the first flag called `name`.
    pub fn flag_value(&self, name: &str) -> Option<&Text> {
        self.flag(name)?.value.as_ref()
    }

    /// The bytes of the logical line: the instruction without its heredoc bodies.
    pub fn line_span(&self) -> Span {
        let end = self.args.span().end.max(self.name.span().end);
        let end = self.flags.iter().map(|f| f.span.end).max().unwrap_or(end).max(end);
        Span { end, ..self.span }
    }
}

/// `--name=value` or `--name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// From `--` to the end of the word.
    pub span: Span,
    /// The name without `--`.
    pub name: Text,
    /// What stands after `=`, quotes and escapes resolved; `None` without `=`.
    pub value: Option<Text>,
}

/// A here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word in the instruction: `<<-"EOF"`.
    pub marker: Span,
    /// The word that ends it, quotes resolved.
    pub name: Text,
    /// The file descriptor before `<<`; 0 if there is none.
    pub fd: u32,
    /// `<<-`: leading tabs are dropped.
    pub chomp: bool,
    /// Whether variables in it are expanded: no part of the name is quoted.
    pub expand: bool,
    /// The content with its line ends, leading tabs dropped if it says so.
    pub body: Text,
    /// The line that ends it, without its line end; `None`: it is never ended.
    pub terminator: Option<Span>,
}

/// Whether the file is a template that some tool makes a Dockerfile of, and so none itself: `{{`, `{%`, `{#` or `<%`
/// stands where an instruction begins or in a FROM.
pub fn is_template(tree: &Dockerfile) -> bool {
    const OPENERS: [&str; 4] = ["{{", "{%", "{#", "<%"];
    let has = |text: &Text| OPENERS.iter().any(|o| text.contains(o));
    tree.instructions().any(|i| match i.keyword {
        Keyword::Unknown => OPENERS.iter().any(|o| i.name.starts_with(o)),
        Keyword::From => has(&i.args) || i.flags.iter().filter_map(|f| f.value.as_ref()).any(has),
        _ => false,
    })
}
