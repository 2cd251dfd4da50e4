//! `$NAME`, `${NAME:-word}` and their kin, as Compose reads them (its `template` package):
//!
//! ```text
//! $$                            a literal $
//! $NAME  ${NAME}                NAME = [_A-Za-z][_A-Za-z0-9]*
//! ${NAME:-word} ${NAME-word}    word when unset or empty / unset
//! ${NAME:?word} ${NAME?word}    an error then
//! ${NAME:+word} ${NAME+word}    word when set and not empty / set, else nothing
//! ```
//!
//! `word` may hold variables itself. Any other `$` stands for itself, any other `${` is an error.

use std::ops::Range;

use super::value::{Node, Resolved, Value, VarSource, VarUse, Vars};
use crate::model::origin::How;
use crate::source::Span;
use crate::syntax::text::{Text, TextBuilder};

/// How deep default words may nest.
const MAX_NESTING: usize = 16;

/// Something that knows the values of variables.
pub trait Lookup {
    /// The value of a variable and where it comes from.
    fn lookup(&self, name: &str) -> Option<(&str, VarSource)>;
}

/// A template that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTemplate {
    /// The bytes to look at.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// Substitutes the variables of `text`. Templates that cannot be read are kept as they are and told.
pub fn interpolate(text: &Text, env: &dyn Lookup) -> (Resolved, Vec<BadTemplate>) {
    if !text.contains('$') {
        return (Resolved { text: text.clone(), vars: Vars::default() }, Vec::new());
    }
    let mut run = Run { text, env, uses: Vec::new(), errors: Vec::new() };
    let mut out = TextBuilder::new(text.file());
    run.template(0..text.len(), &mut out, 0);
    let text = out.finish(text.span().start as usize);
    (Resolved { text, vars: Vars::of(run.uses) }, run.errors)
}

/// The names of the variables in `text`, with their `${..}`, whether or not something sets them.
pub fn variables(text: &Text) -> Vec<(String, Span)> {
    struct Nothing;
    impl Lookup for Nothing {
        fn lookup(&self, _: &str) -> Option<(&str, VarSource)> {
            None
        }
    }
    let (resolved, _) = interpolate(text, &Nothing);
    resolved.vars.uses().iter().map(|u| (u.name.clone(), u.span)).collect()
}

/// Substitutes in a node, and notes in its origin what stands in for the variables.
pub(super) fn interpolate_node(node: &mut Node, env: &dyn Lookup) -> Vec<BadTemplate> {
    let Value::Str(text) = &node.value else { return Vec::new() };
    if !text.contains('$') {
        return Vec::new();
    }
    let (resolved, errors) = interpolate(text, env);
    for var in resolved.vars.uses() {
        match var.source {
            VarSource::EnvFile(_) => node.origin = node.origin.via(How::EnvFile, var.span),
            VarSource::Word => node.origin = node.origin.via(How::Default, var.span),
            _ => {}
        }
    }
    node.value = Value::Str(resolved.text);
    node.vars = resolved.vars;
    errors
}

/// Leaves the variables of a node as they are written, and notes that its value is not known for them.
pub(super) fn keep_node(node: &mut Node) -> Vec<BadTemplate> {
    if let Value::Str(text) = &node.value
        && text.contains('$')
    {
        let uses = variables(text).into_iter().map(|(name, span)| VarUse { name, span, source: VarSource::Required });
        node.vars = Vars::of(uses.collect());
    }
    Vec::new()
}

struct Run<'t> {
    text: &'t Text,
    env: &'t dyn Lookup,
    uses: Vec<VarUse>,
    errors: Vec<BadTemplate>,
}

/// `${name op word}`; ranges are offsets in the text.
struct Braced {
    name: Range<usize>,
    operator: &'static str,
    word: Range<usize>,
}

const OPERATORS: &[&str] = &[":?", "?", ":-", "-", ":+", "+"];

impl Run<'_> {
    fn str(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    fn template(&mut self, range: Range<usize>, out: &mut TextBuilder, depth: usize) {
        let mut at = range.start;
        while let Some(dollar) = self.str(at..range.end).find('$').map(|i| at + i) {
            out.push_slice(self.text, at..dollar);
            at = self.variable(dollar, range.end, out, depth);
        }
        out.push_slice(self.text, at..range.end);
    }

    /// Reads what the `$` at `dollar` starts; returns where it ends.
    fn variable(&mut self, dollar: usize, end: usize, out: &mut TextBuilder, depth: usize) -> usize {
        let rest = self.str(dollar + 1..end);
        match rest.bytes().next() {
            Some(b'$') => {
                let span = self.text.span_of(dollar..dollar + 2);
                out.push_replaced("$", span.range());
                dollar + 2
            }
            Some(b'{') => self.braced(dollar, end, out, depth),
            _ => {
                let len = name_length(rest);
                if len == 0 {
                    out.push_slice(self.text, dollar..dollar + 1);
                    return dollar + 1;
                }
                let name = rest.get(..len).unwrap_or("").to_owned();
                let next = dollar + 1 + len;
                self.plain(name, dollar..next, out);
                next
            }
        }
    }

    fn braced(&mut self, dollar: usize, end: usize, out: &mut TextBuilder, depth: usize) -> usize {
        let Some(close) = closing_brace(self.str(dollar..end)).map(|i| dollar + i) else {
            self.refuse(dollar..end, "this `${` is never closed", "add the `}`, or write `$${` if the text means it literally".into());
            out.push_slice(self.text, dollar..end);
            return end;
        };
        let next = close + 1;
        let Some(braced) = self.read(dollar + 2..close) else {
            self.bad_name(dollar..next);
            out.push_slice(self.text, dollar..next);
            return next;
        };
        if depth >= MAX_NESTING {
            self.refuse(dollar..next, "variables are nested too deeply", "use fewer nested defaults".into());
            return next;
        }
        self.substitute(&braced, dollar..next, out, depth);
        next
    }

    fn read(&self, inner: Range<usize>) -> Option<Braced> {
        let source = self.str(inner.clone());
        let len = name_length(source);
        let after = source.get(len..)?;
        let operator = if after.is_empty() { "" } else { OPERATORS.iter().find(|o| after.starts_with(**o))? };
        if len == 0 {
            return None;
        }
        let name = inner.start..inner.start + len;
        Some(Braced { word: name.end + operator.len()..inner.end, name, operator })
    }

    fn substitute(&mut self, braced: &Braced, whole: Range<usize>, out: &mut TextBuilder, depth: usize) {
        let name = self.str(braced.name.clone()).to_owned();
        let env = self.env;
        let found = env.lookup(&name);
        // With a colon, an empty value counts as none.
        let useful = found.as_ref().is_some_and(|(v, _)| !braced.operator.starts_with(':') || !v.is_empty());
        match (braced.operator.trim_start_matches(':'), useful) {
            ("-", false) | ("+", true) => {
                self.note(name, whole, VarSource::Word);
                self.template(braced.word.clone(), out, depth + 1);
            }
            ("+", false) => self.note(name, whole, VarSource::Word),
            ("?", false) => self.note(name, whole, VarSource::Required),
            _ => self.plain(name, whole, out),
        }
    }

    fn plain(&mut self, name: String, whole: Range<usize>, out: &mut TextBuilder) {
        let env = self.env;
        let source = match env.lookup(&name) {
            Some((value, source)) => {
                out.push_replaced(value, self.text.span_of(whole.clone()).range());
                source
            }
            None => VarSource::Unset,
        };
        self.note(name, whole, source);
    }

    fn note(&mut self, name: String, whole: Range<usize>, source: VarSource) {
        self.uses.push(VarUse { name, span: self.text.span_of(whole), source });
    }

    fn refuse(&mut self, range: Range<usize>, message: &str, help: String) {
        self.errors.push(BadTemplate { span: self.text.span_of(range), message: message.into(), help });
    }

    fn bad_name(&mut self, range: Range<usize>) {
        // A message is one line, whatever stands between the braces.
        let source: String = self.str(range.clone()).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let inner = source.get(2..source.len() - 1).unwrap_or("");
        let message = if inner.is_empty() {
            "`${}` names no variable".to_owned()
        } else {
            format!("`{source}` is no variable that Compose can read")
        };
        let help = if inner.contains(":=") || inner.contains('=') {
            format!("Compose knows no `:=`; write `${{{}}}`", inner.replacen(":=", ":-", 1).replacen('=', "-", 1))
        } else if inner.starts_with('#') || inner.contains(['/', '^', ',', '%', '#', '@']) {
            "Compose does no shell string editing; write `$$` to leave it to the shell in the container".to_owned()
        } else {
            "write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`, or `$$` for a literal `$`".to_owned()
        };
        self.refuse(range, &message, help);
    }
}

fn name_length(text: &str) -> usize {
    let first = text.bytes().next().is_some_and(|b| b == b'_' || b.is_ascii_alphabetic());
    if first { text.bytes().take_while(|b| *b == b'_' || b.is_ascii_alphanumeric()).count() } else { 0 }
}

/// The `}` that closes the `${` at the start; only `${` opens another.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0usize;
    let bytes = text.as_bytes();
    let mut i = 0;
    while let Some(b) = bytes.get(i) {
        if *b == b'$' && bytes.get(i + 1) == Some(&b'{') {
            open += 1;
            i += 1;
        } else if *b == b'}' {
            open = open.saturating_sub(1);
            if open == 0 {
                return Some(i);
            }
        }
        i += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::Path;

    use super::*;
    use crate::source::{FileId, FileKind, Sources};

    impl Lookup for HashMap<&str, &str> {
        fn lookup(&self, name: &str) -> Option<(&str, VarSource)> {
            self.get(name).map(|v| (*v, VarSource::Environment))
        }
    }

    fn file() -> FileId {
        Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id
    }

    fn run(text: &str) -> (Resolved, Vec<BadTemplate>) {
        let env: HashMap<&str, &str> = [("A", "va"), ("B", "vb"), ("E", "")].into();
        interpolate(&Text::verbatim(file(), 0, text), &env)
    }

    #[test]
    fn the_grammar() {
        for (text, want) in [
            ("plain", "plain"),
            ("$A-b", "va-b"),
            ("${A}x", "vax"),
            ("$$A $$$A $${A}", "$A $va ${A}"),
            ("${U:-d}${U-d}${E:-d}${E-d}", "ddd"),
            ("${U:-a}b}", "ab}"),
            ("${U:-a:b}${U:--}", "a:b-"),
            ("${U:-${V:-${A}}}", "va"),
            ("${U:-$$x}", "$x"),
            ("${A:+w}${U:+w}${E:+w}${E+w}", "ww"),
            ("${A:?need}${A?need}", "vava"),
            ("$1 $(x) $- cost: 5$", "$1 $(x) $- cost: 5$"),
            ("${U}|$U|", "||"),
            ("${U:-}", ""),
            ("é$A€", "éva€"),
        ] {
            let (got, errors) = run(text);
            assert_eq!(got.as_str(), want, "{text}");
            assert_eq!(errors, [], "{text}");
        }
    }

    #[test]
    fn templates_that_compose_refuses() {
        for (text, bytes) in [
            ("x ${}", "${}"),
            ("${a b} y", "${a b}"),
            ("${A/x/y}", "${A/x/y}"),
            ("${A^^}", "${A^^}"),
            ("${#A}", "${#A}"),
            ("${A:=x}", "${A:=x}"),
            ("a ${A", "${A"),
            ("${A:0:1}", "${A:0:1}"),
        ] {
            let (got, errors) = run(text);
            assert_eq!(errors.len(), 1, "{text}");
            assert_eq!(&text[errors[0].span.range()], bytes, "{text}");
            assert_eq!(got.as_str(), text, "kept as written");
        }
    }

    #[test]
    fn a_message_is_one_line() {
        let (_, errors) = run("${A:x\n\ty=z\n}");
        assert_eq!(errors.len(), 1);
        assert!(!errors[0].message.contains(char::is_control) && !errors[0].help.contains(char::is_control), "{errors:?}");
    }

    #[test]
    fn what_a_value_depends_on() {
        let known = |text: &str| run(text).0.vars;
        assert!(known("x").is_empty());
        assert!(known("${U:?}").is_unknown());
        assert!(!known("${A:?}").is_unknown());
        assert_eq!(known("${U}:80").unset().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["U"]);
        assert!(known("${U:-d}").has_default() && !known("${U:-d}").needs_environment());
        assert!(known("${A}").needs_environment());
        // The name in a nested default counts, too.
        assert_eq!(known("${U:-$V}").unset().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["V"]);
    }

    #[test]
    fn every_part_maps_to_its_bytes() {
        let text = "${IP:-127.0.0.1}:$A:80";
        let (got, _) = run(text);
        assert_eq!(got.as_str(), "127.0.0.1:va:80");
        let at = |range: std::ops::Range<usize>| &text[got.span_of(range).range()];
        assert_eq!(at(0..9), "127.0.0.1");
        assert_eq!(at(10..12), "$A");
        assert_eq!(at(13..15), "80");
        let ip = got.slice(0..9);
        assert_eq!(ip.vars.uses().len(), 1);
        assert!(got.slice(13..15).vars.is_empty());
    }

    #[test]
    fn an_unset_part_is_still_seen_in_the_empty_slice() {
        let (got, _) = run("${IP}:8080:80");
        assert_eq!(got.slice(0..0).vars.unset().count(), 1);
        assert!(got.slice(1..5).vars.is_empty());
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = "${U:-".repeat(50_000) + &"}".repeat(50_000);
        let (_, errors) = run(&deep);
        assert_eq!(errors.len(), 1);
    }
}
