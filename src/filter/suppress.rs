//! Comments that silence findings: `# dockvet: ignore[root-user] reason` covers the node below it (an instruction, a key
//! with its subtree, a list item) or the one on its own line; `# dockvet: ignore-file[..] reason` on the first lines of
//! a file covers all of it. Rules of other linters work as names. Without brackets every lint is meant.

use crate::diagnostic::Diagnostic;
use crate::lint::Lint;
use crate::source::Span;
use crate::syntax::dockerfile::{Dockerfile, Item};
use crate::syntax::dockerignore::DockerIgnore;
use crate::syntax::text::Text;
use crate::syntax::yaml::{Kind, Yaml};

/// A comment that silences, and the bytes it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The comment.
    pub comment: Span,
    /// The bytes it covers.
    pub covers: Span,
    /// The names in its brackets; none means every lint.
    pub names: Vec<Text>,
    /// What follows the brackets.
    pub reason: Text,
}

impl Suppression {
    /// Whether it silences this finding: it names its lint and covers the bytes it is about, or a place that its value
    /// came through.
    pub fn silences(&self, diagnostic: &Diagnostic, lint: &Lint) -> bool {
        let named = self.names.is_empty() || self.names.iter().any(|n| lint.is_called(n));
        let covers = |span: Span| self.covers.contains(span);
        named && (covers(diagnostic.primary.span) || diagnostic.labels.iter().any(|l| covers(l.span)))
    }
}

/// What a comment's text asks for: the whole file or not, the names, the reason.
fn parse(text: &Text) -> Option<(bool, Vec<Text>, Text)> {
    let rest = text.strip_prefix("dockvet:")?;
    let at = text.len() - rest.trim_start().len();
    let rest = text.get(at..)?;
    let (whole_file, word) = if rest.starts_with("ignore-file") { (true, "ignore-file") } else { (false, "ignore") };
    let after = rest.strip_prefix(word)?;
    let open = at + word.len();
    let Some(inner) = after.strip_prefix('[') else {
        // `ignored` is another word.
        return (after.is_empty() || after.starts_with(char::is_whitespace))
            .then(|| (whole_file, Vec::new(), text.slice(open..text.len()).trim()));
    };
    let close = open + 1 + inner.find(']')?;
    let mut names = Vec::new();
    let mut from = open + 1;
    for part in text.get(open + 1..close)?.split(',') {
        names.push(text.slice(from..from + part.len()).trim());
        from += part.len() + 1;
    }
    names.retain(|n| !n.is_empty());
    Some((whole_file, names, text.slice(close + 1..text.len()).trim()))
}

/// The suppressions of a Dockerfile.
pub fn of_dockerfile(tree: &Dockerfile) -> Vec<Suppression> {
    let whole = Span { start: 0, end: u32::MAX, ..Span::new(tree.file, 0, 0) };
    let mut out = Vec::new();
    let mut above: Vec<(Span, Vec<Text>, Text)> = Vec::new();
    let mut seen_instruction = false;
    for item in &tree.items {
        match item {
            Item::Comment(comment) => match parse(&comment.text) {
                Some((true, names, reason)) if !seen_instruction => {
                    out.push(Suppression { comment: comment.span, covers: whole, names, reason })
                }
                Some((false, names, reason)) => above.push((comment.span, names, reason)),
                _ => {}
            },
            Item::Instruction(instruction) => {
                seen_instruction = true;
                let inside = instruction.comments.iter().filter_map(|c| parse(&c.text).filter(|p| !p.0).map(|(_, n, r)| (c.span, n, r)));
                let covering = above.drain(..).chain(inside);
                out.extend(covering.map(|(comment, names, reason)| Suppression { comment, covers: instruction.span, names, reason }));
            }
            Item::Directive(_) | Item::Blank(_) => {}
        }
    }
    out
}

/// The suppressions of a Compose file.
pub fn of_yaml(tree: &Yaml, text: &str) -> Vec<Suppression> {
    let mut asked: Vec<_> = tree.comments.iter().filter_map(|c| Some((c.span, parse(&c.text.trim())?))).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let whole = Span { start: 0, end: u32::MAX, ..Span::new(tree.file, 0, 0) };
    let first_content = tree.documents.first().map_or(u32::MAX, |d| tree.node(*d).span.start);
    let blocks = entries(tree);
    let line_start = |at: u32| text.get(..at as usize).and_then(|t| t.rfind('\n')).map_or(0, |n| n as u32 + 1);
    let mut out = Vec::new();
    for (comment, (whole_file, names, reason)) in asked.drain(..) {
        let start = line_start(comment.start);
        let alone = text.get(start as usize..comment.start as usize).is_some_and(|t| t.trim().is_empty());
        let covers = match whole_file {
            true if comment.start <= first_content => Some(whole),
            true => None,
            // The outermost node that begins below, or that begins on the comment's own line.
            false if alone => outermost(&blocks, |s| s.start >= comment.end),
            false => outermost(&blocks, |s| s.start >= start && s.start < comment.start),
        };
        out.extend(covers.map(|covers| Suppression { comment, covers, names, reason }));
    }
    out
}

/// The suppressions of an ignore file: a comment covers the pattern below it.
pub fn of_dockerignore(tree: &DockerIgnore) -> Vec<Suppression> {
    let whole = Span { start: 0, end: u32::MAX, ..Span::new(tree.file, 0, 0) };
    let first = tree.patterns.first().map_or(u32::MAX, |p| p.span.start);
    let suppression = |comment: &Text| {
        let words = comment.trim_start_matches('#');
        let (whole_file, names, reason) = parse(&comment.slice(comment.len() - words.len()..comment.len()).trim())?;
        let below = || tree.patterns.iter().map(|p| p.span).find(|s| s.start >= comment.span().end);
        let covers = if whole_file { (comment.span().start < first).then_some(whole) } else { below() };
        Some(Suppression { comment: comment.span(), covers: covers?, names, reason })
    };
    tree.comments.iter().filter_map(suppression).collect()
}

/// Of the blocks that fit, the one that begins first, and of those the largest.
fn outermost(blocks: &[Span], fits: impl Fn(&Span) -> bool) -> Option<Span> {
    blocks.iter().filter(|b| fits(b)).min_by_key(|b| (b.start, u32::MAX - b.end)).copied()
}

/// Every entry of a mapping (key and value) and every item of a list.
fn entries(tree: &Yaml) -> Vec<Span> {
    let mut out = Vec::new();
    for (_, node) in tree.nodes() {
        match &node.kind {
            Kind::Map { entries, .. } => {
                out.extend(entries.iter().map(|e| tree.node(e.key).full_span().to(tree.node(e.value).full_span())))
            }
            Kind::Seq { items, .. } => out.extend(items.iter().map(|i| tree.node(*i).full_span())),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::{dockerfile, dockerignore, yaml};
    use std::path::Path;

    fn covered(kind: FileKind, text: &str) -> Vec<(Vec<String>, String, String)> {
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), kind, String::new()).id;
        let found = match kind {
            FileKind::Compose => of_yaml(&yaml::parse(file, text).tree, text),
            FileKind::Dockerignore => of_dockerignore(&dockerignore::parse(file, text).tree),
            _ => of_dockerfile(&dockerfile::parse(file, text).tree),
        };
        let cut = |s: Span| text.get(s.start as usize..(s.end as usize).min(text.len())).unwrap_or("").trim_end().to_string();
        found.into_iter().map(|s| (s.names.iter().map(ToString::to_string).collect(), s.reason.to_string(), cut(s.covers))).collect()
    }

    #[test]
    fn a_comment_covers_the_instruction_below() {
        let text =
            "FROM a\n# dockvet: ignore[root-user, DL3002] needs it\n# more words\nUSER root\nRUN x \\\n  # dockvet: ignore\n  && y\n";
        assert_eq!(
            covered(FileKind::Dockerfile, text),
            [
                (vec!["root-user".into(), "DL3002".into()], "needs it".into(), "USER root".into()),
                (vec![], String::new(), "RUN x \\\n  # dockvet: ignore\n  && y".into()),
            ]
        );
    }

    #[test]
    fn only_the_first_lines_speak_for_the_file() {
        assert_eq!(
            covered(FileKind::Dockerfile, "# dockvet: ignore-file[a] b\nFROM a\n"),
            [(vec!["a".into()], "b".into(), "# dockvet: ignore-file[a] b\nFROM a".into())]
        );
        assert_eq!(covered(FileKind::Dockerfile, "FROM a\n# dockvet: ignore-file[a] b\nUSER b\n"), []);
    }

    #[test]
    fn keys_items_and_lines_of_yaml() {
        let text = "services:\n  # dockvet: ignore[a]\n  web:\n    image: x\n  api:\n    privileged: true # dockvet: ignore[b] disks\n    volumes:\n      # dockvet: ignore[c]\n      - type: bind\n        source: /\n      - y\n";
        assert_eq!(
            covered(FileKind::Compose, text),
            [
                (vec!["a".into()], String::new(), "web:\n    image: x".into()),
                (vec!["b".into()], "disks".into(), "privileged: true".into()),
                (vec!["c".into()], String::new(), "type: bind\n        source: /".into()),
            ]
        );
    }

    #[test]
    fn patterns_of_an_ignore_file() {
        let text = "# dockvet: ignore-file[a] all\n*\n# dockvet: ignore[b] needed\n\n!.env\n!src\n# dockvet: ignore[c]\n";
        assert_eq!(
            covered(FileKind::Dockerignore, text),
            [(vec!["a".into()], "all".into(), text.trim_end().to_string()), (vec!["b".into()], "needed".into(), "!.env".into())]
        );
    }

    #[test]
    fn words_that_only_look_like_it() {
        for text in [
            "# dockvet ignore[a]\nFROM a\n",
            "# dockvet: ignored\nFROM a\n",
            "# dockvet: ignore[a\nFROM a\n",
            "# about dockvet: ignore[a]\nFROM a\n",
        ] {
            assert_eq!(covered(FileKind::Dockerfile, text), [], "{text}");
        }
    }
}
