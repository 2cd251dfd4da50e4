//! The grammar of commands: `shuck-parser` on a masked script, put into the words of `ast`.
//!
//! The parser is asked for structure and for the places of words, never for their content. This is the only file
//! that names it.

use std::cell::Cell;
use std::ops::Range;

use shuck_ast as shuck;
use shuck_parser::parser::{ParseStatus, Parser};
use shuck_parser::{ShellDialect, ShellProfile};

use super::ast::{Arm, Heredoc, Join, Node, NodeKind, Redirect, RedirectOp, Simple, Statement, Word};
use super::scan::Outline;
use super::{unwrap, word};
use crate::source::Span;
use crate::syntax::text::{Text, TextBuilder};

/// What the grammar makes of a masked script, or of a part of one.
pub(super) struct Tree(shuck::File);

impl Tree {
    /// `None` when the grammar refuses it, or when it nests deeper than `levels`.
    pub(super) fn of(masked: &str, levels: usize) -> Option<Tree> {
        // Dense text takes up to two steps a byte.
        let fuel = 100_000 + masked.len() * 4;
        let profile = ShellProfile::native(ShellDialect::Bash);
        let result = Parser::with_limits_and_profile(masked, levels, fuel, profile).parse();
        (result.status == ParseStatus::Clean).then_some(Tree(result.file))
    }

    /// The statements, with their words read from `text`. What was masked stands there from `part.start` on; what
    /// lies after `part.end` was only put there to close something, and is left out.
    pub(super) fn build(&self, text: &Text, outline: &Outline, part: Range<usize>, depth: usize) -> Vec<Statement> {
        let first_group = outline.groups.partition_point(|g| g.start < part.start);
        let groups = outline.groups.get(first_group..).unwrap_or(&[]);
        Builder { text, base: part.start, limit: part.end, depth, groups: &Cell::new(groups) }.list(&self.0.body)
    }
}

struct Builder<'a> {
    text: &'a Text,
    base: usize,
    /// Offset in the script where the parsed part ends.
    limit: usize,
    depth: usize,
    /// The `(..)` and `{..}` that are still to come, in the order of the text.
    groups: &'a Cell<&'a [Range<usize>]>,
}

impl Builder<'_> {
    fn start(&self, span: shuck::Span) -> usize {
        self.base + span.start.offset()
    }

    fn end(&self, span: shuck::Span) -> usize {
        (self.base + span.end.offset()).min(self.limit)
    }

    /// The bytes of `span`; `None` when there are none, or when they were only put there to close something.
    fn slice(&self, span: shuck::Span) -> Option<Text> {
        let (start, end) = (self.start(span), self.end(span));
        (start < end).then(|| self.text.slice(start..end))
    }

    fn word(&self, span: shuck::Span) -> Option<Word> {
        self.slice(span).map(|text| word::word(text, self.depth))
    }

    fn words<'s>(&self, words: impl IntoIterator<Item = &'s shuck::Word>) -> Vec<Word> {
        words.into_iter().filter_map(|w| self.word(w.span)).collect()
    }

    /// One level further down.
    fn inner(&self) -> Self {
        Builder { depth: self.depth + 1, ..*self }
    }

    fn body(&self, list: &shuck::StmtSeq) -> Vec<Statement> {
        self.inner().list(list)
    }

    fn list(&self, list: &shuck::StmtSeq) -> Vec<Statement> {
        let mut out = Vec::new();
        let last = list.len().saturating_sub(1);
        for (i, stmt) in list.iter().enumerate() {
            let join = match stmt.terminator {
                Some(shuck::StmtTerminator::Semicolon) => Join::Semicolon,
                Some(shuck::StmtTerminator::Background(_)) => Join::Background,
                None if i == last => Join::End,
                None => Join::Newline,
            };
            self.and_or(stmt, join, &mut out);
        }
        if let Some(last) = out.last_mut()
            && matches!(last.join, Join::Semicolon | Join::Newline | Join::And | Join::Or)
        {
            // What it joins to was only put there to close something, or is nothing.
            last.set_join(Join::End);
        }
        out
    }

    /// The pipelines of `a && b || c`, which the parser nests to the left.
    fn and_or(&self, stmt: &shuck::Stmt, join: Join, out: &mut Vec<Statement>) {
        let (first, rest) = spine(stmt, |op| match op {
            shuck::BinaryOp::And => Some(Join::And),
            shuck::BinaryOp::Or => Some(Join::Or),
            shuck::BinaryOp::Pipe | shuck::BinaryOp::PipeAll => None,
        });
        let joins = rest.iter().map(|(join, _)| *join).chain([join]);
        let pipelines = std::iter::once(first).chain(rest.iter().map(|(_, stmt)| *stmt));
        for (stmt, join) in pipelines.zip(joins) {
            out.extend(self.pipeline(stmt, join));
        }
    }

    fn pipeline(&self, stmt: &shuck::Stmt, join: Join) -> Option<Statement> {
        let mut negated = stmt.negated;
        let mut timed = false;
        let mut stmt = stmt;
        while let shuck::Command::Compound(shuck::CompoundCommand::Time(time)) = &stmt.command {
            timed = true;
            stmt = time.command.as_deref()?;
            negated ^= stmt.negated;
        }
        let (first, rest) = spine(stmt, |op| match op {
            shuck::BinaryOp::Pipe => Some(Join::Pipe),
            shuck::BinaryOp::PipeAll => Some(Join::PipeBoth),
            shuck::BinaryOp::And | shuck::BinaryOp::Or => None,
        });
        if !rest.is_empty() {
            negated |= first.negated;
        }
        negated ^= self.is_negated(first);
        let joins = rest.iter().map(|(join, _)| *join).chain([join]);
        let stages = std::iter::once(first).chain(rest.iter().map(|(_, stmt)| *stmt));
        let stages: Vec<Node> = stages.zip(joins).filter_map(|(stmt, join)| self.node(stmt, join)).collect();
        let span = stages.first()?.span.to(stages.last()?.span);
        let mut statement = Statement { stages, negated, timed, join, span };
        statement.set_join(join);
        Some(statement)
    }

    /// `!(..)`: the scanner leaves the `!` out, which otherwise never touches what it negates.
    fn is_negated(&self, first: &shuck::Stmt) -> bool {
        let before = self.groups.get().first().and_then(|group| group.start.checked_sub(1));
        matches!(first.command, shuck::Command::Compound(shuck::CompoundCommand::Subshell(_)))
            && before.and_then(|at| self.text.as_bytes().get(at)) == Some(&b'!')
    }

    fn node(&self, stmt: &shuck::Stmt, join: Join) -> Option<Node> {
        if self.start(stmt.span) >= self.limit && stmt.span.end.offset() > 0 {
            return None;
        }
        let redirects: Vec<Redirect> = stmt.redirects.iter().filter_map(|r| self.redirect(r)).collect();
        let (kind, span) = match &stmt.command {
            shuck::Command::Compound(c) => self.compound(c)?,
            shuck::Command::Function(c) => self.function(c)?,
            command => {
                let simple = self.simple(command, &redirects)?;
                let words = simple.words.iter().map(Word::span);
                let span = simple.assignments.iter().map(|a| a.span).chain(words).reduce(Span::to);
                (NodeKind::Simple(simple), span)
            }
        };
        let span = span.into_iter().chain(redirects.iter().map(|r| r.span)).reduce(Span::to)?;
        Some(Node { kind, redirects, join, span })
    }

    fn simple(&self, command: &shuck::Command, redirects: &[Redirect]) -> Option<Simple> {
        let (assignments, words): (&[shuck::Assignment], Vec<Word>) = match command {
            shuck::Command::Simple(c) => (&c.assignments, self.words(std::iter::once(&c.name).chain(&c.args))),
            shuck::Command::Decl(c) => {
                let operands = c.operands.iter().map(|o| match o {
                    shuck::DeclOperand::Flag(w) | shuck::DeclOperand::Dynamic(w) => w.span,
                    shuck::DeclOperand::Name(name) => name.span,
                    shuck::DeclOperand::Assignment(a) => a.span,
                });
                (&c.assignments, std::iter::once(c.variant_span).chain(operands).filter_map(|s| self.word(s)).collect())
            }
            shuck::Command::Builtin(c) => self.builtin(c)?,
            // Chains are taken apart before; the others have functions of their own.
            _ => return None,
        };
        let assignments: Vec<_> = assignments.iter().filter_map(|a| self.assignment(a)).collect();
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return None;
        }
        let embedded = unwrap::embedded(&words, redirects, self.depth);
        Some(Simple { assignments, words, embedded })
    }

    fn assignment(&self, assignment: &shuck::Assignment) -> Option<super::ast::Assignment> {
        let elements = match &assignment.value {
            shuck::AssignmentValue::Compound(array) => array.elements.iter().filter_map(|e| self.slice(e.span())).collect(),
            shuck::AssignmentValue::Scalar(_) => Vec::new(),
        };
        word::assignment(&self.slice(assignment.span)?, elements, self.depth)
    }

    /// `exit`, `return`, `break` and `continue`, whose name has no place of its own in the parser's tree.
    fn builtin<'s>(&self, builtin: &'s shuck::BuiltinCommand) -> Option<(&'s [shuck::Assignment], Vec<Word>)> {
        let (name, first, extra, assignments, span) = match builtin {
            shuck::BuiltinCommand::Break(c) => ("break", &c.depth, &c.extra_args, &c.assignments, c.span),
            shuck::BuiltinCommand::Continue(c) => ("continue", &c.depth, &c.extra_args, &c.assignments, c.span),
            shuck::BuiltinCommand::Return(c) => ("return", &c.code, &c.extra_args, &c.assignments, c.span),
            shuck::BuiltinCommand::Exit(c) => ("exit", &c.code, &c.extra_args, &c.assignments, c.span),
        };
        let from = assignments.last().map_or(self.start(span), |a| self.end(a.span));
        let to = first.as_ref().map_or(self.limit, |w| self.start(w.span));
        let at = from + self.text.get(from..to)?.find(name)?;
        let head = word::word(self.text.slice(at..at + name.len()), self.depth);
        Some((assignments, std::iter::once(head).chain(self.words(first.iter().chain(extra))).collect()))
    }

    fn function(&self, function: &shuck::FunctionDef) -> Option<(NodeKind, Option<Span>)> {
        let name = self.slice(function.header.entries.first()?.word.span)?;
        let body = self.inner().node(&function.body, Join::End)?;
        let keyword = function.header.function_keyword_span.and_then(|s| self.slice(s));
        let span = keyword.map_or(name.span(), |k| k.span()).to(name.span()).to(body.span);
        Some((NodeKind::Function { name, body: Box::new(body) }, Some(span)))
    }

    /// A compound command with its bytes. The parts are read in the order of the text, for the groups in them are.
    fn compound(&self, compound: &shuck::CompoundCommand) -> Option<(NodeKind, Option<Span>)> {
        use shuck::CompoundCommand as C;
        let (kind, start, end) = match compound {
            C::Subshell(list) => {
                let span = self.group(list);
                return Some((NodeKind::Subshell(self.body(list)), span));
            }
            C::BraceGroup(list) => {
                let span = self.group(list);
                return Some((NodeKind::Group(self.body(list)), span));
            }
            C::If(c) => {
                let mut branches = vec![(self.body(&c.condition), self.body(&c.then_branch))];
                branches.extend(c.elif_branches.iter().map(|(condition, body)| (self.body(condition), self.body(body))));
                let otherwise = c.else_branch.as_ref().map(|list| self.body(list));
                let shuck::IfSyntax::ThenFi { fi_span, .. } = c.syntax else { return None };
                (NodeKind::If { branches, otherwise }, c.span, Some(fi_span))
            }
            C::While(c) => (self.repeat(false, &c.condition, &c.body), c.span, c.done_span),
            C::Until(c) => (self.repeat(true, &c.condition, &c.body), c.span, c.done_span),
            C::For(c) => {
                let variable = c.targets.first().and_then(|t| self.slice(t.word.span));
                let words = c.words.as_ref().map(|words| self.words(words));
                let end = match c.syntax {
                    shuck::ForSyntax::InDoDone { done_span, .. } => Some(done_span),
                    _ => None,
                };
                (NodeKind::For { variable, words, body: self.body(&c.body) }, c.span, end)
            }
            C::Select(c) => {
                let (variable, words) = (self.slice(c.variable_span), Some(self.words(&c.words)));
                (NodeKind::For { variable, words, body: self.body(&c.body) }, c.span, Some(c.done_span))
            }
            C::ArithmeticFor(c) => (NodeKind::For { variable: None, words: None, body: self.body(&c.body) }, c.span, c.done_span),
            C::Case(c) => {
                let arm = |item: &shuck::CaseItem| Arm {
                    patterns: item.patterns.iter().filter_map(|p| self.word(p.span)).collect(),
                    body: self.body(&item.body),
                };
                let word = self.word(c.word.span)?;
                (NodeKind::Case { word, arms: c.cases.iter().map(arm).collect() }, c.span, Some(c.esac_span))
            }
            C::Arithmetic(c) => {
                let (start, end) = (self.end(c.left_paren_span), self.start(c.right_paren_span).min(self.limit));
                let expression = word::arithmetic(self.text.slice(start..end.max(start)), self.depth);
                (NodeKind::Arithmetic(expression), c.left_paren_span, Some(c.right_paren_span))
            }
            C::Conditional(c) => (NodeKind::Test(self.operands(&c.expression)), c.left_bracket_span, Some(c.right_bracket_span)),
            C::Coproc(c) => {
                let mut list = Vec::new();
                self.inner().and_or(&c.body, Join::End, &mut list);
                (NodeKind::Coprocess(list), c.span, None)
            }
            // `time` belongs to the pipeline; the others are of a shell that is not asked for.
            C::Time(_) | C::Repeat(_) | C::Foreach(_) | C::Always(_) => return None,
        };
        let (start, end) = (self.start(start), self.end(end.unwrap_or(start)));
        Some((kind, Some(self.text.slice(start..end.max(start)).trim().span())))
    }

    /// The bytes of the next `(..)` or `{..}`, which the parser's tree does not have.
    fn group(&self, list: &shuck::StmtSeq) -> Option<Span> {
        let inside = self.start(list.span);
        while let Some((group, rest)) = self.groups.get().split_first() {
            if group.start >= inside {
                return None;
            }
            self.groups.set(rest);
            if inside <= group.end {
                return Some(self.text.span_of(group.start..group.end.min(self.limit)));
            }
        }
        None
    }

    fn repeat(&self, until: bool, condition: &shuck::StmtSeq, body: &shuck::StmtSeq) -> NodeKind {
        NodeKind::Loop { until, condition: self.body(condition), body: self.body(body) }
    }

    /// The operands of `[[ .. ]]` in the order of the text.
    fn operands(&self, expression: &shuck::ConditionalExpr) -> Vec<Word> {
        use shuck::ConditionalExpr as E;
        let mut words = Vec::new();
        let mut left = vec![expression];
        while let Some(expression) = left.pop() {
            match expression {
                E::Binary(e) => left.extend([&*e.right, &*e.left]),
                E::Unary(e) => left.push(&e.expr),
                E::Parenthesized(e) => left.push(&e.expr),
                E::Word(_) | E::Regex(_) | E::Pattern(_) | E::VarRef(_) => words.extend(self.word(expression.span())),
            }
        }
        words
    }

    fn redirect(&self, redirect: &shuck::Redirect) -> Option<Redirect> {
        let whole = self.slice(redirect.span);
        let both = whole.as_ref().is_some_and(|t| t.starts_with("&>>"));
        let op = match redirect.kind {
            shuck::RedirectKind::Append if both => RedirectOp::AppendBoth,
            shuck::RedirectKind::Output => RedirectOp::Write,
            shuck::RedirectKind::Clobber => RedirectOp::Clobber,
            shuck::RedirectKind::Append => RedirectOp::Append,
            shuck::RedirectKind::Input => RedirectOp::Read,
            shuck::RedirectKind::ReadWrite => RedirectOp::ReadWrite,
            shuck::RedirectKind::HereDoc | shuck::RedirectKind::HereDocStrip => RedirectOp::Heredoc,
            shuck::RedirectKind::HereString => RedirectOp::HereString,
            shuck::RedirectKind::DupInput if whole.as_ref().is_some_and(|t| t.contains('<')) => RedirectOp::DuplicateInput,
            shuck::RedirectKind::DupOutput | shuck::RedirectKind::DupInput => RedirectOp::DuplicateOutput,
            shuck::RedirectKind::OutputBoth => RedirectOp::WriteBoth,
        };
        let (target, heredoc) = match &redirect.target {
            shuck::RedirectTarget::Word(word) => (self.word(word.span).or_else(|| self.descriptor(whole.as_ref()?))?, None),
            shuck::RedirectTarget::Heredoc(h) => (self.word(h.delimiter.span)?, Some(self.heredoc(h))),
        };
        let start = whole.map_or(target.span(), |t| t.trim().span());
        let span = if heredoc.is_some() { start.at_start().to(target.span()) } else { start.to(target.span()) };
        Some(Redirect { fd: redirect.fd.and_then(|fd| u32::try_from(fd).ok()), op, target, heredoc, span })
    }

    /// The `1` of `2>&1`, which is one token to the parser. `None` for what it adds on its own (to `|&` and `&>>`).
    fn descriptor(&self, whole: &Text) -> Option<Word> {
        let at = whole.rfind('&')? + 1;
        (at > 1 && at < whole.len()).then(|| word::word(whole.slice(at..whole.len()), self.depth))
    }

    fn heredoc(&self, heredoc: &shuck::Heredoc) -> Heredoc {
        let (start, end) = (self.start(heredoc.body.span).min(self.limit), self.end(heredoc.body.span));
        let body = self.text.slice(start..end.max(start));
        let body = if heredoc.delimiter.strip_tabs { without_tabs(&body) } else { body };
        let quoted = heredoc.delimiter.quoted;
        let parts = if quoted { Vec::new() } else { word::heredoc(&body, self.depth) };
        Heredoc { body, quoted, parts }
    }
}

impl Statement {
    /// Joins the statement, and so its last stage, to the next.
    pub(super) fn set_join(&mut self, join: Join) {
        self.join = join;
        if let Some(last) = self.stages.last_mut() {
            last.join = join;
        }
    }
}

/// Takes apart what the parser nests to the left: the first operand, and each further one with the operator before it.
fn spine(stmt: &shuck::Stmt, is: impl Fn(shuck::BinaryOp) -> Option<Join>) -> (&shuck::Stmt, Vec<(Join, &shuck::Stmt)>) {
    let mut rest = Vec::new();
    let mut first = stmt;
    while let shuck::Command::Binary(binary) = &first.command {
        let Some(join) = is(binary.op) else { break };
        rest.push((join, &*binary.right));
        first = &binary.left;
    }
    rest.reverse();
    (first, rest)
}

/// The text without the tabs at the start of its lines.
fn without_tabs(text: &Text) -> Text {
    let mut out = TextBuilder::new(text.file());
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let to = from + line.len();
        out.push_slice(text, to - line.trim_start_matches('\t').len()..to);
        from = to;
    }
    out.finish(text.span().start as usize)
}
