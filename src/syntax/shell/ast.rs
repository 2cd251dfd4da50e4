//! The tree of a script: small, plain, and with the exact bytes of every word.

use crate::source::Span;
use crate::syntax::text::Text;

/// A script, or the body of a substitution: statements in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The statements.
    pub statements: Vec<Statement>,
    /// Whether the text could not be read as a whole: a shell would refuse it, or it nests too deep.
    /// What could be read is there all the same.
    pub broken: bool,
    /// The bytes of the whole script.
    pub span: Span,
}

/// One pipeline (most often a single command) and what joins it to the next.
///
/// `a && b | c; d` is three statements: `a` joined by [`Join::And`], `b | c` by [`Join::Semicolon`], and `d`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The commands of the pipeline, at least one.
    pub stages: Vec<Node>,
    /// Preceded by `!`: success and failure are swapped.
    pub negated: bool,
    /// Preceded by the reserved word `time`.
    pub timed: bool,
    /// What follows the pipeline.
    pub join: Join,
    /// From its first byte to its last, without the operator.
    pub span: Span,
}

/// What stands between a command and the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    /// Nothing follows.
    End,
    /// A line break.
    Newline,
    /// `;`
    Semicolon,
    /// `&`: the next command does not wait for this one.
    Background,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `|&`: standard error goes into the pipe as well.
    PipeBoth,
}

impl Join {
    /// Whether the output goes into the next command.
    pub fn is_pipe(self) -> bool {
        matches!(self, Join::Pipe | Join::PipeBoth)
    }
}

/// One stage of a pipeline, with its redirections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What runs.
    pub kind: NodeKind,
    /// Its redirections, in the order of the text.
    pub redirects: Vec<Redirect>,
    /// What joins it to the next stage; the last stage has the join of its statement.
    pub join: Join,
    /// From its first byte to its last.
    pub span: Span,
}

/// What a stage of a pipeline can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Words and assignments.
    Simple(Simple),
    /// `( .. )`
    Subshell(Vec<Statement>),
    /// `{ ..; }`
    Group(Vec<Statement>),
    /// `if`, with every `elif` a branch of its own.
    If {
        /// Condition and body, in order.
        branches: Vec<(Vec<Statement>, Vec<Statement>)>,
        /// The body of `else`.
        otherwise: Option<Vec<Statement>>,
    },
    /// `while` and `until`.
    Loop {
        /// `until`: goes on while the condition fails.
        until: bool,
        /// The condition.
        condition: Vec<Statement>,
        /// The body.
        body: Vec<Statement>,
    },
    /// `for` and `select`.
    For {
        /// The name of the variable; absent for `for ((..))`.
        variable: Option<Text>,
        /// The words after `in`; absent when the parameters of the script are meant.
        words: Option<Vec<Word>>,
        /// The body.
        body: Vec<Statement>,
    },
    /// `case`
    Case {
        /// What is matched.
        word: Word,
        /// The arms.
        arms: Vec<Arm>,
    },
    /// A function definition. Its body runs when it is called, if ever.
    Function {
        /// The name.
        name: Text,
        /// The body, most often a group.
        body: Box<Node>,
    },
    /// `[[ .. ]]`: its operands, without the operators.
    Test(Vec<Word>),
    /// `(( .. ))`: the expression.
    Arithmetic(Word),
    /// `coproc`
    Coprocess(Vec<Statement>),
}

/// One arm of a `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// The patterns before `)`.
    pub patterns: Vec<Word>,
    /// The body.
    pub body: Vec<Statement>,
}

/// A simple command: `A=b name arguments`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simple {
    /// The assignments before the first word. Without words they last, with words only the command sees them.
    pub assignments: Vec<Assignment>,
    /// The words as they are written, wrappers as `sudo` included. Empty for a mere assignment or redirection.
    pub words: Vec<Word>,
    /// Scripts that it hands to a shell: `sh -c '..'`, `eval '..'`.
    pub embedded: Vec<Embedded>,
}

/// A script inside an argument of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// How it comes to run.
    pub how: How,
    /// The script, its words with their exact bytes in the file.
    pub script: Script,
}

/// How a script inside an argument comes to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// `sh -c '..'`, `su user -c '..'`
    Shell,
    /// `eval '..'`
    Eval,
    /// `sh <<EOF`: the here-document is the script.
    Heredoc,
    /// `find .. -exec command ;`
    Find,
    /// `trap '..' EXIT`
    Trap,
}

/// `name=value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The name, without a subscript.
    pub name: Text,
    /// The value; absent for an array, and empty (not absent) for `A=`.
    pub value: Option<Word>,
    /// The elements of `A=(a b)`.
    pub elements: Vec<Word>,
    /// `+=`
    pub append: bool,
    /// The whole assignment.
    pub span: Span,
}

/// A redirection: `2> file`, `<<EOF`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The number before the operator.
    pub fd: Option<u32>,
    /// The operator.
    pub op: RedirectOp,
    /// The file, the descriptor, or the delimiter of a here-document.
    pub target: Word,
    /// The here-document.
    pub heredoc: Option<Heredoc>,
    /// The whole redirection, without the body of a here-document.
    pub span: Span,
}

/// The operator of a redirection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectOp {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>|`
    Clobber,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `&>`: standard output and standard error.
    WriteBoth,
    /// `&>>`: the same, appended.
    AppendBoth,
    /// `>&`
    DuplicateOutput,
    /// `<&`
    DuplicateInput,
    /// `<<` and `<<-`
    Heredoc,
    /// `<<<`
    HereString,
}

/// The body of a here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The text, with the leading tabs of `<<-` removed; ends with a line break unless it is empty.
    pub body: Text,
    /// The delimiter is quoted: nothing in the body is expanded.
    pub quoted: bool,
    /// The text and the expansions in it, in order.
    pub parts: Vec<WordPart>,
}

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As written, quotes kept.
    pub text: Text,
    /// The value, quotes and escapes removed, when no variable or substitution takes part in it.
    /// Globs, braces and `~` stand as they are written: what they become depends on the files there are.
    pub literal: Option<Text>,
    /// What it is made of, in order.
    pub parts: Vec<WordPart>,
    /// Whether any of it is quoted or escaped.
    pub quoted: bool,
}

/// A stretch of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordPart {
    /// What it is.
    pub kind: PartKind,
    /// The value of a literal, quotes and escapes removed; the bytes as written of everything else.
    pub text: Text,
    /// Whether it is quoted, so that it is neither split into words nor matched against files.
    pub quoted: bool,
}

/// What a stretch of a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Plain text.
    Literal,
    /// `*`, `?`, `[..]`, not quoted.
    Glob,
    /// `$name`, `${name}`, `${name:-word}`
    Variable(Variable),
    /// `$(..)` and `` `..` ``
    Command(Script),
    /// `<(..)` and `>(..)`
    Process(Script),
    /// `$((..))`, with the text and the expansions of the expression.
    Arithmetic(Vec<WordPart>),
    /// An expansion that cannot be read.
    Unknown,
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name: a name, a number, or one of `@*#?-$!`.
    pub name: Text,
    /// The operator of `${name<operator>word}`, as `:-`, `%%`, `/`; `#` or `!` before the name as well.
    pub operator: Option<Text>,
    /// The word after the operator.
    pub operand: Option<Box<Word>>,
}

impl Script {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

impl Variable {
    /// The word that stands in when the variable is not set: that of `:-`, `-`, `:=` and `=`.
    pub fn default(&self) -> Option<&Word> {
        let is_default = matches!(self.operator.as_deref(), Some(":-" | "-" | ":=" | "="));
        self.operand.as_deref().filter(|_| is_default)
    }
}

impl Word {
    /// The bytes it is written with.
    pub fn span(&self) -> Span {
        self.text.span()
    }

    /// The value, when it is known without running anything.
    pub fn value(&self) -> Option<&str> {
        self.literal.as_deref()
    }

    /// Whether its value is known and is `value`.
    pub fn is(&self, value: &str) -> bool {
        self.value() == Some(value)
    }

    /// The word without quotes and escapes, expansions as they are written: `"v${X}"` is `v${X}`.
    pub fn unquoted(&self) -> Text {
        match &self.literal {
            Some(text) => text.clone(),
            None => super::word::concat(&self.parts, &self.text),
        }
    }

    /// The variables in it, those in default words and the like included, not those of scripts inside.
    pub fn variables(&self) -> Vec<&Variable> {
        let mut found = Vec::new();
        let mut left: Vec<&WordPart> = self.parts.iter().rev().collect();
        while let Some(part) = left.pop() {
            match &part.kind {
                PartKind::Variable(variable) => {
                    found.push(variable);
                    left.extend(variable.operand.iter().flat_map(|w| w.parts.iter().rev()));
                }
                PartKind::Arithmetic(parts) => left.extend(parts.iter().rev()),
                PartKind::Literal | PartKind::Glob | PartKind::Command(_) | PartKind::Process(_) | PartKind::Unknown => {}
            }
        }
        found
    }

    /// Whether it holds an unquoted `*`, `?` or `[..]`.
    pub fn has_glob(&self) -> bool {
        self.parts.iter().any(|p| matches!(p.kind, PartKind::Glob))
    }

    /// The word as `name=value`, as `env` and `export` read it.
    pub fn assignment(&self) -> Option<Assignment> {
        super::word::assignment(&self.text, Vec::new(), 0)
    }
}

impl Redirect {
    /// Whether it creates or changes the file it names.
    pub fn writes(&self) -> bool {
        use RedirectOp as Op;
        match self.op {
            Op::Write | Op::Clobber | Op::Append | Op::ReadWrite | Op::WriteBoth | Op::AppendBoth => true,
            // `>& file` is an old way to write `&> file`; `2>&1` names a descriptor.
            Op::DuplicateOutput => !self.target.value().is_some_and(|t| t == "-" || t.trim_end_matches('-').parse::<u32>().is_ok()),
            Op::Read | Op::DuplicateInput | Op::Heredoc | Op::HereString => false,
        }
    }
}
