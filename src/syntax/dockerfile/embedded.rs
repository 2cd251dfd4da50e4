//! A Dockerfile inside another file: the block scalar of Compose's `dockerfile_inline`.
//!
//! It is read from the decoded value as if that were a file of its own; then every place in the tree is carried over to
//! the bytes of the outer file.

use super::{Comment, Directive, Dockerfile, Flag, Heredoc, Instruction, Item, parse};
use crate::source::Span;
use crate::syntax::text::Text;
use crate::syntax::{Parse, SyntaxError};

/// Reads the value of `outer` as a Dockerfile; all spans are those of the file that `outer` is written in.
pub fn parse_embedded(outer: &Text) -> Parse<Dockerfile> {
    let inner = parse(outer.file(), outer.as_str());
    let map = Map { outer };
    let items = inner.tree.items.iter().map(|i| map.item(i)).collect();
    let tree = Dockerfile { file: outer.file(), items, escape: inner.tree.escape };
    Parse { tree, errors: inner.errors.into_iter().map(|e| map.error(e)).collect() }
}

struct Map<'a> {
    outer: &'a Text,
}

impl Map<'_> {
    fn span(&self, span: Span) -> Span {
        self.outer.span_of(span.range())
    }

    fn text(&self, text: &Text) -> Text {
        text.through(self.outer)
    }

    fn item(&self, item: &Item) -> Item {
        match item {
            Item::Directive(d) => {
                Item::Directive(Directive { span: self.span(d.span), name: self.text(&d.name), value: self.text(&d.value) })
            }
            Item::Comment(c) => Item::Comment(self.comment(c)),
            Item::Blank(span) => Item::Blank(self.span(*span)),
            Item::Instruction(i) => Item::Instruction(Box::new(self.instruction(i))),
        }
    }

    fn comment(&self, comment: &Comment) -> Comment {
        Comment { span: self.span(comment.span), text: self.text(&comment.text) }
    }

    fn instruction(&self, i: &Instruction) -> Instruction {
        Instruction {
            keyword: i.keyword,
            name: self.text(&i.name),
            span: self.span(i.span),
            flags: i.flags.iter().map(|f| self.flag(f)).collect(),
            args: self.text(&i.args),
            json: i.json.as_ref().map(|words| words.iter().map(|w| self.text(w)).collect()),
            looks_like_json: i.looks_like_json,
            heredocs: i.heredocs.iter().map(|h| self.heredoc(h)).collect(),
            // The trigger of an ONBUILD is at most one level deeper.
            trigger: i.trigger.as_ref().map(|t| Box::new(self.instruction(t))),
            comments: i.comments.iter().map(|c| self.comment(c)).collect(),
            blank_lines: i.blank_lines.iter().map(|s| self.span(*s)).collect(),
            escape: i.escape,
        }
    }

    fn flag(&self, flag: &Flag) -> Flag {
        Flag { span: self.span(flag.span), name: self.text(&flag.name), value: flag.value.as_ref().map(|v| self.text(v)) }
    }

    fn heredoc(&self, h: &Heredoc) -> Heredoc {
        Heredoc {
            marker: self.span(h.marker),
            name: self.text(&h.name),
            fd: h.fd,
            chomp: h.chomp,
            expand: h.expand,
            body: self.text(&h.body),
            terminator: h.terminator.map(|t| self.span(t)),
        }
    }

    fn error(&self, error: SyntaxError) -> SyntaxError {
        let related = error.related.iter().map(|(span, note)| (self.span(*span), note.clone())).collect();
        SyntaxError { span: self.span(error.span), related, ..error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::yaml;
    use std::path::Path;

    #[test]
    fn places_are_bytes_of_the_outer_file() {
        let text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n        RUN <<EOF\n        echo x\n        EOF\n        USER \\\n          root\n        COPPY a b\n";
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new("compose.yaml"), FileKind::Compose, text.into()).id;
        let yaml = yaml::parse(file, text).tree;
        let scalar = yaml.get_path(yaml.documents[0], &["services", "a", "build", "dockerfile_inline"]).unwrap();
        let parse = parse_embedded(yaml.text(scalar).unwrap());
        let cut = |s: Span| &text[s.range()];
        let instructions: Vec<_> = parse.tree.instructions().collect();
        assert_eq!(instructions.iter().map(|i| cut(i.name.span())).collect::<Vec<_>>(), ["FROM", "RUN", "USER", "COPPY"]);
        assert_eq!(cut(instructions[2].args.span()), "root");
        assert_eq!(instructions[1].heredocs[0].body.as_str(), "echo x\n");
        assert_eq!(cut(instructions[1].heredocs[0].body.span_of(0..4)), "echo");
        assert_eq!(
            parse
                .errors
                .iter()
                .map(|e| cut(e.span))
                .chain(super::super::check(&parse.tree).iter().map(|e| cut(e.span)))
                .collect::<Vec<_>>(),
            ["COPPY"]
        );
    }
}
