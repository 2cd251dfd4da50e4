//! What holds for every text: the items tile it, spans fit it, nothing panics.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::testing::file;
use super::*;
use crate::source::Span;
use crate::syntax::text::Text;
use crate::syntax::{Parse, SyntaxError};

const SEEDS: [&str; 5] = [
    include_str!("../../../tests/syntax/dockerfile/everything.Dockerfile"),
    include_str!("../../../tests/syntax/dockerfile/windows.Dockerfile"),
    include_str!("../../../tests/syntax/dockerfile/broken.Dockerfile"),
    include_str!("../../../tests/syntax/dockerfile/ends-open.Dockerfile"),
    include_str!("../../../tests/syntax/dockerfile/shell.Dockerfile"),
];

/// Pieces of Dockerfiles that meet in unlucky ways.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "\\",
    "\\\n",
    "\\ \t\n",
    "`\n",
    "# ",
    "#",
    "# escape=`\n",
    "\u{feff}",
    "FROM ",
    "RUN ",
    "COPY ",
    "ONBUILD ",
    "ENV ",
    "ARG a",
    "HEALTHCHECK ",
    "CMD ",
    "--mount=",
    "--from=",
    "--",
    "-",
    "<<EOF",
    "<<-'E F'",
    "<<",
    "3<<X",
    "EOF\n",
    "$",
    "${",
    "${a:-",
    "}",
    "/",
    "%",
    "#",
    "'",
    "\"",
    "[",
    "]",
    "[\"a\", \"b\\u00e9\\n\"]",
    ",",
    "=",
    " ",
    "\t",
    "é",
    "漢",
    "😀",
    "\u{a0}",
    "\u{85}",
    "\0",
    "{{",
];

fn mutated() -> impl Strategy<Value = String> {
    let edit = (any::<Index>(), 0..12usize, proptest::collection::vec(select(PIECES), 0..4));
    (select(&SEEDS[..]), proptest::collection::vec(edit, 0..6)).prop_map(|(seed, edits)| {
        let mut text = seed.to_string();
        for (at, cut, pieces) in edits {
            let start = floor(&text, at.index(text.len() + 1));
            let end = floor(&text, (start + cut).min(text.len()));
            text.replace_range(start..end, &pieces.concat());
        }
        text
    })
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(PIECES), 0..40).prop_map(|p| p.concat())
}

/// Checks spans against the text they are of.
struct Ruler<'a>(&'a str);

impl Ruler<'_> {
    #[track_caller]
    fn span(&self, span: Span) {
        assert!(self.0.get(span.range()).is_some(), "{:?} does not fit", span.range());
    }

    /// The whole, and every character of it.
    #[track_caller]
    fn text(&self, text: &Text, within: Span) {
        self.span(text.span());
        assert!(within.contains(text.span()), "{text:?} is not in {:?}", within.range());
        for (at, c) in text.char_indices().take(200) {
            let span = text.span_of(at..at + c.len_utf8());
            self.span(span);
            assert!(within.contains(span));
        }
    }

    fn instruction(&self, i: &Instruction) {
        self.span(i.span);
        self.text(&i.name, i.span);
        self.text(&i.args, i.span);
        self.span(i.line_span());
        assert!(i.span.contains(i.line_span()));
        for flag in &i.flags {
            assert!(i.span.contains(flag.span));
            self.text(&flag.name, flag.span);
            flag.value.iter().for_each(|v| self.text(v, flag.span));
        }
        i.json.iter().flatten().for_each(|t| self.text(t, i.span));
        for h in &i.heredocs {
            assert!(i.span.contains(h.marker));
            self.text(&h.name, i.span);
            self.span(h.body.span());
            h.terminator.iter().for_each(|t| assert!(i.span.contains(*t)));
        }
        i.comments.iter().for_each(|c| assert!(i.span.contains(c.span)));
        i.blank_lines.iter().for_each(|b| assert!(i.span.contains(*b)));
        self.words(i);
        i.trigger.iter().for_each(|t| self.instruction(t));
    }

    fn words(&self, i: &Instruction) {
        for word in i.words() {
            self.text(&word, i.span);
            let none = expand(&word, i.escape, &|_| None);
            self.text(&none.value, i.span);
            none.variables.iter().for_each(|v| self.span(v.span));
            let some = expand_words(&word, i.escape, &|n| Some(format!("{n} é")));
            some.words.iter().for_each(|w| self.text(w, i.span));
        }
        for field in mounts(i).iter().flat_map(|m| &m.fields) {
            self.text(&field.key, i.span);
            self.span(field.span);
        }
    }

    fn errors(&self, errors: &[SyntaxError]) {
        for e in errors {
            self.span(e.span);
            e.related.iter().for_each(|(s, _)| self.span(*s));
            let shown = e.message.clone() + e.help.as_deref().unwrap_or("");
            assert!(!e.message.is_empty() && !shown.contains(char::is_control) && shown.len() < 1000, "{e:?}");
        }
        assert!(errors.is_sorted_by_key(|e| e.span), "{errors:?}");
    }
}

#[track_caller]
fn holds(text: &str) {
    let Parse { tree, errors } = parse(file(), text);
    let ruler = Ruler(text);
    let mut at = 0;
    for item in &tree.items {
        let span = item.span();
        assert_eq!(span.start, at, "a gap or an overlap in {text:?}");
        assert!(!span.is_empty(), "an empty item in {text:?}");
        ruler.span(span);
        at = span.end;
        match item {
            Item::Instruction(i) => ruler.instruction(i),
            Item::Comment(c) => {
                assert!(text[c.span.range()].starts_with('#'));
                ruler.text(&c.text, c.span);
            }
            Item::Directive(d) => {
                ruler.text(&d.name, d.span);
                ruler.text(&d.value, d.span);
            }
            Item::Blank(span) => {
                let blank = text[span.range()].chars().all(|c| c.is_whitespace() || c == '\u{feff}');
                let after_open_heredoc = tree.instructions().any(|i| i.heredocs.iter().any(|h| h.terminator.is_none()));
                assert!(blank || after_open_heredoc, "{:?}", &text[span.range()]);
            }
        }
    }
    assert_eq!(at as usize, text.len());
    ruler.errors(&errors);
    ruler.errors(&check(&tree));
    is_template(&tree);
    let dump = dump(&tree, text);
    let lines = text.split('\n').count() as u64;
    for i in dump["instructions"].as_array().unwrap() {
        assert!(i["start"].as_u64() <= i["end"].as_u64() && i["end"].as_u64() <= Some(lines));
    }
}

#[test]
fn holds_for_every_prefix_of_a_file() {
    for seed in SEEDS {
        for at in (0..=seed.len()).filter(|at| seed.is_char_boundary(*at)) {
            holds(&seed[..at]);
        }
    }
}

#[test]
fn a_tree_survives_changed_line_ends() {
    let kinds = |text: &str| -> Vec<_> { parse(file(), text).tree.instructions().map(|i| (i.keyword, i.heredocs.len())).collect() };
    for seed in [SEEDS[0], SEEDS[4]] {
        assert_eq!(kinds(seed), kinds(&seed.replace('\n', "\r\n")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn holds_for_mutated_files(text in mutated()) {
        holds(&text);
    }

    #[test]
    fn holds_for_soup(text in soup()) {
        holds(&text);
    }
}
