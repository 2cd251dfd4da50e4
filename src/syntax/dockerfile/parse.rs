//! From lines to the tree, by BuildKit's algorithm.

use super::directive::{Found, Scan, Shape};
use super::json::{self, Json};
use super::lines::{Line, Lines, continuation};
use super::tree::{Comment, Directive, Dockerfile, Heredoc, Instruction, Item, Keyword};
use super::{args, heredoc, shown, split};
use crate::source::{FileId, Span};
use crate::syntax::text::{Text, TextBuilder};
use crate::syntax::{Parse, SyntaxError};

/// BuildKit's parser refuses longer lines, in bytes.
const MAX_LINE: usize = 65_535;

/// Each unended heredoc costs a look through the rest of the file. After this many only the next lines are looked at.
const MAX_OPEN_HEREDOCS: usize = 16;

/// `ONBUILD ONBUILD ..` is wrong anyway; triggers of triggers are looked at no further than this.
const MAX_TRIGGERS: usize = 2;

/// Reads a Dockerfile. Never fails: what is wrong is told beside the tree. Those are the errors of BuildKit's parser;
/// [`super::check`] tells those of its later steps.
pub fn parse(file: FileId, text: &str) -> Parse<Dockerfile> {
    let mut parser = Parser {
        file,
        text,
        lines: Lines::new(text),
        directives: Scan::default(),
        tree: Dockerfile { file, items: Vec::new(), escape: '\\' },
        errors: Vec::new(),
        covered: 0,
        open_heredocs: 0,
    };
    parser.run();
    parser.long_lines();
    parser.errors.sort_by_key(|e| e.span);
    Parse { tree: parser.tree, errors: parser.errors }
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    lines: Lines<'a>,
    directives: Scan,
    tree: Dockerfile,
    errors: Vec<SyntaxError>,
    /// End of the last item.
    covered: usize,
    open_heredocs: usize,
}

/// The lines of an instruction, joined.
struct Logical {
    text: Text,
    /// Offset of the first byte.
    start: usize,
    /// Offset after the last line that belongs to it, without its line end.
    end: usize,
    comments: Vec<Comment>,
    blank_lines: Vec<Span>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        while let Some(line) = self.lines.next() {
            let directive = !self.directives.is_done() && self.directive(&line);
            if directive {
                continue;
            }
            if let Some((at, text)) = line.comment() {
                self.push(Item::Comment(comment(self.file, at, text)));
            } else if !line.text.trim_start().is_empty() {
                self.instruction(&line);
            }
        }
        self.blank_up_to(self.text.len());
        if !self.tree.items.iter().any(|i| matches!(i, Item::Instruction(_))) {
            self.nothing_to_build();
        }
    }

    fn push(&mut self, item: Item) {
        let span = item.span();
        self.blank_up_to(span.start as usize);
        self.covered = span.end as usize;
        self.tree.items.push(item);
    }

    fn blank_up_to(&mut self, end: usize) {
        if self.covered < end {
            self.tree.items.push(Item::Blank(Span::new(self.file, self.covered, end)));
            self.covered = end;
        }
    }

    fn nothing_to_build(&mut self) {
        let span = Span::new(self.file, 0, 0);
        let (code, message) = match self.text.is_empty() {
            true => ("empty-file", "the Dockerfile is empty"),
            false => ("no-instructions", "the Dockerfile has no instructions"),
        };
        self.errors.push(SyntaxError::new(code, span, message).help("begin with FROM"));
    }

    /// Whether the line is a directive; takes it then.
    fn directive(&mut self, line: &Line) -> bool {
        let (shape, duplicate) = match self.directives.line(line.text) {
            Found::No => return false,
            Found::Yes(shape) => (shape, false),
            Found::Duplicate(shape) => (shape, true),
        };
        let Shape { name, value } = shape;
        let part = |r: std::ops::Range<usize>| Text::verbatim(self.file, line.start + r.start, line.text.get(r).unwrap_or(""));
        let (start, _) = line.unindented();
        let directive = Directive { span: Span::new(self.file, start, line.end()), name: part(name), value: part(value) };
        if duplicate {
            let message = format!("a second `{}` directive", directive.name.to_lowercase());
            let mut error = SyntaxError::new("duplicate-directive", directive.span, message);
            if let Some(first) = self.tree.directives().find(|d| d.is(&directive.name)) {
                error = error.related(first.span, "the first one");
            }
            self.errors.push(error);
            return false;
        }
        if directive.is("escape") {
            self.set_escape(&directive.value);
        }
        self.push(Item::Directive(directive));
        true
    }

    fn set_escape(&mut self, value: &Text) {
        match value.as_str() {
            "\\" => self.tree.escape = '\\',
            "`" => self.tree.escape = '`',
            other => {
                let message = format!("escape character `{}` is neither ` nor \\", shown(other));
                self.errors.push(SyntaxError::new("invalid-escape", value.span(), message));
            }
        }
    }

    fn instruction(&mut self, first: &Line<'a>) {
        let logical = self.join(first);
        let mut instruction = self.node(&logical.text, 0);
        instruction.span = Span::new(self.file, logical.start, logical.end);
        instruction.comments = logical.comments;
        instruction.blank_lines = logical.blank_lines;
        self.heredocs(&mut instruction, &logical.text);
        if let Some(trigger) = &mut instruction.trigger {
            end_at(trigger, instruction.span.end);
            trigger.heredocs.clone_from(&instruction.heredocs);
        }
        self.push(Item::Instruction(Box::new(instruction)));
    }

    /// Joins the line with those that continue it. Comments and empty lines between them do not end it.
    fn join(&mut self, first: &Line<'a>) -> Logical {
        let escape = self.tree.escape;
        let (start, text) = first.unindented();
        let (part, mut open) = continuation(text, escape);
        let mut joined = TextBuilder::new(self.file);
        joined.push_verbatim(start, part);
        let mut out = Logical {
            text: TextBuilder::new(self.file).finish(start),
            start,
            end: first.end(),
            comments: Vec::new(),
            blank_lines: Vec::new(),
        };
        while open {
            let Some(line) = self.lines.next() else { break };
            out.end = line.end();
            if let Some((at, text)) = line.comment() {
                out.comments.push(comment(self.file, at, text));
            } else if line.text.trim_start().is_empty() {
                out.blank_lines.push(Span::new(self.file, line.start, line.end()));
            } else {
                let part;
                (part, open) = continuation(line.text, escape);
                joined.push_verbatim(line.start, part);
            }
        }
        out.text = joined.finish(start);
        out
    }

    /// The instruction that a logical line is, as yet without its other lines.
    fn node(&mut self, line: &Text, depth: usize) -> Instruction {
        let split::Parts { name, flags, args } = split::split(line);
        let keyword = Keyword::of(&name);
        let escape = self.tree.escape;
        let span = line.span();
        let mut out = Instruction {
            keyword,
            name,
            span,
            flags,
            args,
            json: None,
            looks_like_json: false,
            heredocs: Vec::new(),
            trigger: None,
            comments: Vec::new(),
            blank_lines: Vec::new(),
            escape,
        };
        if keyword.takes_json() {
            self.json(&mut out);
        }
        match keyword {
            Keyword::Onbuild if !out.args.is_empty() && depth < MAX_TRIGGERS => {
                out.trigger = Some(Box::new(self.node(&out.args, depth + 1)));
            }
            Keyword::Env | Keyword::Label => self.errors.extend(args::key_value_errors(&out)),
            _ => {}
        }
        out
    }

    fn json(&mut self, instruction: &mut Instruction) {
        let command;
        let args = if instruction.keyword == Keyword::Healthcheck {
            command = args::after_first_word(&instruction.args);
            &command
        } else {
            &instruction.args
        };
        match json::parse(args) {
            Json::Strings(strings) => instruction.json = Some(strings),
            Json::Broken => instruction.looks_like_json = true,
            Json::Other => {
                let error = SyntaxError::new("json-not-strings", args.span(), "a JSON array may hold strings only here");
                self.errors.push(error.help("put every element in double quotes"));
                instruction.looks_like_json = true;
            }
            Json::None => {}
        }
    }

    fn heredocs(&mut self, instruction: &mut Instruction, line: &Text) {
        let taker = instruction.trigger.as_deref().unwrap_or(instruction);
        if !taker.keyword.takes_heredocs() || taker.json.is_some() {
            return;
        }
        let markers = heredoc::markers(line).unwrap_or_else(|problem| {
            if heredoc::seems_to_have_one(line) {
                self.unseen(&problem);
            }
            Vec::new()
        });
        for marker in markers {
            let near = self.open_heredocs >= MAX_OPEN_HEREDOCS;
            let (shift, before) = (marker.looks_like_a_shift(), self.lines.clone());
            let heredoc = heredoc::body(marker, self.file, self.text, &mut self.lines, near);
            if heredoc.terminator.is_none() {
                self.open_heredocs += 1;
                if shift {
                    self.lines = before;
                    self.shift(&heredoc);
                    continue;
                }
                self.unterminated(&heredoc);
            }
            let end = heredoc.terminator.map_or(heredoc.end_of_body(), |t| t.end);
            instruction.span.end = instruction.span.end.max(end);
            instruction.heredocs.push(heredoc);
        }
    }

    fn unterminated(&mut self, heredoc: &Heredoc) {
        let name = shown(&heredoc.name);
        let message = format!("heredoc `{name}` is never ended");
        let error = SyntaxError::new("unterminated-heredoc", heredoc.marker, message);
        self.errors.push(error.help(format!("end it with a line that is `{name}` and nothing else")));
    }

    /// A heredoc that BuildKit does not see, for what else is in its line.
    fn unseen(&mut self, problem: &SyntaxError) {
        let message = format!("BuildKit sees no heredoc in this line: {}", problem.message);
        let error = SyntaxError::new("unseen-heredoc", problem.span, message).warning();
        self.errors.push(error.help("move it into the heredoc, or into a RUN of its own"));
    }

    /// `$((1 << 2))`: a heredoc to BuildKit, but not to the author. It is read as the author means it.
    fn shift(&mut self, heredoc: &Heredoc) {
        let error = SyntaxError::new("shift-like-heredoc", heredoc.marker, "BuildKit takes this `<<` for a heredoc");
        self.errors.push(error.help("write `<<` without blanks around it").warning());
    }

    fn long_lines(&mut self) {
        if self.text.len() <= MAX_LINE {
            return;
        }
        for line in Lines::new(self.text) {
            let length = line.full.strip_suffix('\n').unwrap_or(line.full).len();
            if length > MAX_LINE {
                let span = Span::new(self.file, line.start, line.end());
                let message = format!("this line has {length} bytes, BuildKit reads at most {MAX_LINE}");
                self.errors.push(SyntaxError::new("line-too-long", span, message).help("break it with continuations"));
            }
        }
    }
}

impl Heredoc {
    /// The end of the body without its last line ends; 0 when nothing else is in it.
    fn end_of_body(&self) -> u32 {
        match self.body.trim_end_matches(['\r', '\n']).len() {
            0 => 0,
            trimmed => self.body.span_of(0..trimmed).end,
        }
    }
}

fn end_at(instruction: &mut Instruction, end: u32) {
    instruction.span.end = end;
    if let Some(trigger) = &mut instruction.trigger {
        end_at(trigger, end);
    }
}

/// `text` begins with `#` at offset `at`.
fn comment(file: FileId, at: usize, text: &str) -> Comment {
    let inside = text.get(1..).unwrap_or("");
    let words = inside.trim_start();
    let start = at + 1 + inside.len() - words.len();
    Comment { span: Span::new(file, at, at + text.len()), text: Text::verbatim(file, start, words.trim_end()) }
}
