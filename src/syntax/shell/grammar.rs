//! The grammar of commands: `shuck-parser` on a masked script, put into the words of `ast`.
//!
//! The parser is asked for structure and for the places of words, never for their content. This is the only file
//! that names it.

use shuck_ast as shuck;
use shuck_parser::parser::{ParseStatus, Parser};
use shuck_parser::{ShellDialect, ShellProfile};

use super::ast::{Arm, Heredoc, Join, Node, NodeKind, Redirect, RedirectOp, Simple, Statement, Word};
use super::{MAX_DEPTH, unwrap, word};
use crate::syntax::text::{Text, TextBuilder};

/// Parses a part of a script. `masked` begins at offset `base` of `text` and may go on after it, to close what is
/// open; what lies there is left out. `None` when the grammar refuses it.
pub(super) fn parse(masked: &str, text: &Text, base: usize, limit: usize, depth: usize) -> Option<Vec<Statement>> {
    let depth_left = MAX_DEPTH.checked_sub(depth).filter(|&left| left > 0)?;
    // Dense text takes up to two steps a byte.
    let fuel = 100_000 + masked.len() * 4;
    let profile = ShellProfile::native(ShellDialect::Bash);
    let result = Parser::with_limits_and_profile(masked, depth_left, fuel, profile).parse();
    if result.status != ParseStatus::Clean {
        return None;
    }
    let builder = Builder { text, base, limit, depth };
    Some(builder.list(&result.file.body))
}

struct Builder<'a> {
    text: &'a Text,
    base: usize,
    /// Offset in the script where the parsed part ends.
    limit: usize,
    depth: usize,
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
        let joins = rest.iter().map(|(join, _)| *join).chain([join]);
        let stages = std::iter::once(first).chain(rest.iter().map(|(_, stmt)| *stmt));
        let stages: Vec<Node> = stages.zip(joins).filter_map(|(stmt, join)| self.node(stmt, join)).collect();
        let span = stages.first()?.span.to(stages.last()?.span);
        negated ^= self.is_negated(first);
        let mut statement = Statement { stages, negated, timed, join, span };
        statement.set_join(join);
        Some(statement)
    }

    /// `!(..)`: the scanner leaves the `!` out, which otherwise never touches what it negates.
    fn is_negated(&self, first: &shuck::Stmt) -> bool {
        let before = self.start(first.span).checked_sub(1);
        matches!(first.command, shuck::Command::Compound(shuck::CompoundCommand::Subshell(_)))
            && before.and_then(|at| self.text.as_bytes().get(at)) == Some(&b'!')
    }

    fn node(&self, stmt: &shuck::Stmt, join: Join) -> Option<Node> {
        let redirects: Vec<Redirect> = stmt.redirects.iter().filter_map(|r| self.redirect(r)).collect();
        let kind = self.kind(stmt, &redirects)?;
        let mut span = self.command_span(stmt, &kind);
        for redirect in &redirects {
            span = Some(span.map_or(redirect.span, |s| s.to(redirect.span)));
        }
        Some(Node { kind, redirects, join, span: span? })
    }

    /// The bytes of a command: its words, for the parser counts the blanks around some as theirs.
    fn command_span(&self, stmt: &shuck::Stmt, kind: &NodeKind) -> Option<crate::source::Span> {
        if let NodeKind::Simple(simple) = kind {
            let assignments = simple.assignments.iter().map(|a| a.span);
            return assignments.chain(simple.words.iter().map(Word::span)).reduce(|a, b| a.to(b));
        }
        let span = match &stmt.command {
            shuck::Command::Compound(compound) => compound_span(compound),
            shuck::Command::Function(function) => function.span,
            _ => stmt.span,
        };
        self.slice(span).map(|text| text.trim().span())
    }

    fn kind(&self, stmt: &shuck::Stmt, redirects: &[Redirect]) -> Option<NodeKind> {
        if self.start(stmt.span) >= self.limit && stmt.span.end.offset() > 0 {
            return None;
        }
        match &stmt.command {
            shuck::Command::Simple(c) => {
                let words = std::iter::once(&c.name).chain(&c.args).filter_map(|w| self.word(w.span)).collect();
                self.simple(&c.assignments, words, redirects)
            }
            shuck::Command::Decl(c) => {
                let operands = c.operands.iter().map(|o| match o {
                    shuck::DeclOperand::Flag(w) | shuck::DeclOperand::Dynamic(w) => w.span,
                    shuck::DeclOperand::Name(name) => name.span,
                    shuck::DeclOperand::Assignment(a) => a.span,
                });
                let words = std::iter::once(c.variant_span).chain(operands).filter_map(|s| self.word(s)).collect();
                self.simple(&c.assignments, words, redirects)
            }
            shuck::Command::Builtin(c) => self.builtin(c, redirects),
            shuck::Command::Compound(c) => self.compound(c),
            shuck::Command::Function(c) => self.function(c),
            // Longer chains are taken apart before; `a && b` stands in no other place.
            shuck::Command::Binary(_) | shuck::Command::AnonymousFunction(_) => None,
        }
    }

    fn simple(&self, assignments: &[shuck::Assignment], words: Vec<Word>, redirects: &[Redirect]) -> Option<NodeKind> {
        let assignments: Vec<_> = assignments.iter().filter_map(|a| self.assignment(a)).collect();
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return None;
        }
        let embedded = unwrap::embedded(&words, redirects, self.depth);
        Some(NodeKind::Simple(Simple { assignments, words, embedded }))
    }

    fn assignment(&self, assignment: &shuck::Assignment) -> Option<super::ast::Assignment> {
        let elements = match &assignment.value {
            shuck::AssignmentValue::Compound(array) => array.elements.iter().filter_map(|e| self.slice(e.span())).collect(),
            shuck::AssignmentValue::Scalar(_) => Vec::new(),
        };
        word::assignment(&self.slice(assignment.span)?, elements, self.depth)
    }

    /// `exit`, `return`, `break` and `continue`, whose name has no place of its own in the parser's tree.
    fn builtin(&self, builtin: &shuck::BuiltinCommand, redirects: &[Redirect]) -> Option<NodeKind> {
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
        let words = std::iter::once(head).chain(self.words(first.iter().chain(extra))).collect();
        self.simple(assignments, words, redirects)
    }

    fn function(&self, function: &shuck::FunctionDef) -> Option<NodeKind> {
        let name = self.slice(function.header.entries.first()?.word.span)?;
        let body = self.inner().node(&function.body, Join::End)?;
        Some(NodeKind::Function { name, body: Box::new(body) })
    }

    fn compound(&self, compound: &shuck::CompoundCommand) -> Option<NodeKind> {
        use shuck::CompoundCommand as C;
        Some(match compound {
            C::Subshell(list) => NodeKind::Subshell(self.body(list)),
            C::BraceGroup(list) => NodeKind::Group(self.body(list)),
            C::If(c) => {
                let first = (self.body(&c.condition), self.body(&c.then_branch));
                let rest = c.elif_branches.iter().map(|(condition, body)| (self.body(condition), self.body(body)));
                let otherwise = c.else_branch.as_ref().map(|list| self.body(list));
                NodeKind::If { branches: std::iter::once(first).chain(rest).collect(), otherwise }
            }
            C::While(c) => self.repeat(false, &c.condition, &c.body),
            C::Until(c) => self.repeat(true, &c.condition, &c.body),
            C::For(c) => NodeKind::For {
                variable: c.targets.first().and_then(|t| self.slice(t.word.span)),
                words: c.words.as_ref().map(|words| self.words(words)),
                body: self.body(&c.body),
            },
            C::Select(c) => {
                NodeKind::For { variable: self.slice(c.variable_span), words: Some(self.words(&c.words)), body: self.body(&c.body) }
            }
            C::ArithmeticFor(c) => NodeKind::For { variable: None, words: None, body: self.body(&c.body) },
            C::Case(c) => {
                let arm = |item: &shuck::CaseItem| Arm {
                    patterns: item.patterns.iter().filter_map(|p| self.word(p.span)).collect(),
                    body: self.body(&item.body),
                };
                NodeKind::Case { word: self.word(c.word.span)?, arms: c.cases.iter().map(arm).collect() }
            }
            C::Arithmetic(c) => {
                let (start, end) = (self.end(c.left_paren_span), self.start(c.right_paren_span).min(self.limit));
                NodeKind::Arithmetic(self.text.slice(start..end.max(start)))
            }
            C::Conditional(c) => NodeKind::Test(self.operands(&c.expression)),
            C::Coproc(c) => {
                let mut list = Vec::new();
                self.inner().and_or(&c.body, Join::End, &mut list);
                NodeKind::Coprocess(list)
            }
            // `time` belongs to the pipeline; the others are of a shell that is not asked for.
            C::Time(_) | C::Repeat(_) | C::Foreach(_) | C::Always(_) => return None,
        })
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

fn compound_span(compound: &shuck::CompoundCommand) -> shuck::Span {
    use shuck::CompoundCommand as C;
    match compound {
        C::If(c) => c.span,
        C::For(c) => c.span,
        C::Repeat(c) => c.span,
        C::Foreach(c) => c.span,
        C::ArithmeticFor(c) => c.span,
        C::While(c) => c.span,
        C::Until(c) => c.span,
        C::Case(c) => c.span,
        C::Select(c) => c.span,
        C::Subshell(list) | C::BraceGroup(list) => list.span,
        C::Arithmetic(c) => c.span,
        C::Time(c) => c.span,
        C::Conditional(c) => c.span,
        C::Coproc(c) => c.span,
        C::Always(c) => c.span,
    }
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
