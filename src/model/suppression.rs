//! What the authors of files ask linters not to say, in comments: our own words and those of other linters.

mod pragma;

pub use pragma::{Dialect, Pragma, Scope};

use crate::source::Span;
use crate::syntax::dockerfile::{Dockerfile, Item};
use crate::syntax::dockerignore::DockerIgnore;
use crate::syntax::text::Text;
use crate::syntax::yaml::{Kind, Yaml};

/// A comment that silences, and the bytes it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The comment, from its `#`.
    pub comment: Span,
    /// The bytes it covers; nothing when it stands where it has no effect.
    pub covers: Option<Span>,
    /// What it asks for.
    pub pragma: Pragma,
}

/// What became of a suppression in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The suppression.
    pub suppression: Suppression,
    /// Whether its last day is over.
    pub expired: bool,
    /// Whether it silenced anything.
    pub used: bool,
    /// Whether all that it could silence was looked for in this run.
    pub judged: bool,
    /// Each of its names.
    pub names: Vec<NameUse>,
}

/// What became of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameUse {
    /// As written.
    pub name: Text,
    /// Whether a lint has that id or answers that rule.
    pub known: bool,
    /// Whether a finding was silenced by it.
    pub used: bool,
    /// Whether its lint ran.
    pub judged: bool,
}

impl Suppression {
    /// Whether it covers all of these bytes.
    pub fn covers(&self, span: Span) -> bool {
        self.covers.is_some_and(|c| c.contains(span))
    }
}

fn whole(of: Span) -> Span {
    Span { start: 0, end: u32::MAX, ..of }
}

/// The suppressions of a Dockerfile, of one inside a Compose file too.
pub fn of_dockerfile(tree: &Dockerfile) -> Vec<Suppression> {
    let first = tree.items.first().map(Item::span);
    let all = match (first, tree.items.last()) {
        // A Dockerfile inside another file is not all of that file.
        (Some(first), Some(last)) if first.start > 0 => first.to(last.span()),
        _ => whole(Span::new(tree.file, 0, 0)),
    };
    let mut out = Vec::new();
    let mut above: Vec<(Span, Pragma)> = Vec::new();
    let mut seen_instruction = false;
    for item in &tree.items {
        match item {
            Item::Directive(directive) if directive.is("check") => {
                let pragma = pragma::buildkit(&directive.value);
                out.extend(pragma.map(|pragma| Suppression { comment: directive.span, covers: Some(all), pragma }));
            }
            Item::Comment(comment) => {
                for pragma in pragma::parse(&comment.text) {
                    let covers = match pragma.scope {
                        Scope::File => Some(all),
                        Scope::FileOnTop | Scope::TopOrNode if !seen_instruction => Some(all),
                        Scope::FileOnTop => None,
                        Scope::Stage => Some(stage_around(tree, comment.span, all)),
                        Scope::Node | Scope::TopOrNode => {
                            above.push((comment.span, pragma));
                            continue;
                        }
                    };
                    out.push(Suppression { comment: comment.span, covers, pragma });
                }
            }
            Item::Instruction(instruction) => {
                seen_instruction = true;
                let inside = instruction.comments.iter().flat_map(|c| pragma::parse(&c.text).into_iter().map(|p| (c.span, p)));
                let covering = above.drain(..).chain(inside);
                out.extend(covering.map(|(comment, pragma)| Suppression { comment, covers: Some(instruction.span), pragma }));
            }
            Item::Directive(_) | Item::Blank(_) => {}
        }
    }
    // Nothing stands below them.
    out.extend(above.into_iter().map(|(comment, pragma)| Suppression { comment, covers: None, pragma }));
    out
}

/// From the FROM before a comment to the next one.
fn stage_around(tree: &Dockerfile, comment: Span, all: Span) -> Span {
    let starts = || tree.instructions().filter(|i| i.keyword == crate::syntax::dockerfile::Keyword::From).map(|i| i.span.start);
    let start = starts().take_while(|s| *s < comment.start).last().unwrap_or(all.start);
    let end = starts().find(|s| *s > comment.start).unwrap_or(all.end);
    Span { start, end, ..all }
}

/// The suppressions of a Compose file.
pub fn of_yaml(tree: &Yaml, text: &str) -> Vec<Suppression> {
    let asked: Vec<_> = tree.comments.iter().flat_map(|c| pragma::parse(&c.text).into_iter().map(|p| (c.span, p))).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let all = whole(Span::new(tree.file, 0, 0));
    let first_content = tree.documents.first().map_or(u32::MAX, |d| tree.node(*d).span.start);
    let blocks = entries(tree);
    let line_start = |at: u32| text.get(..at as usize).and_then(|t| t.rfind('\n')).map_or(0, |n| n as u32 + 1);
    let suppression = |(comment, pragma): (Span, Pragma)| {
        let start = line_start(comment.start);
        let alone = text.get(start as usize..comment.start as usize).is_some_and(|t| t.trim().is_empty());
        let on_top = comment.start <= first_content;
        let covers = match pragma.scope {
            Scope::File | Scope::Stage => Some(all),
            Scope::FileOnTop | Scope::TopOrNode if on_top => Some(all),
            Scope::FileOnTop => None,
            // The outermost node that begins below, or that begins on the comment's own line.
            Scope::Node | Scope::TopOrNode if alone => outermost(&blocks, |s| s.start >= comment.end),
            Scope::Node | Scope::TopOrNode => outermost(&blocks, |s| s.start >= start && s.start < comment.start),
        };
        Suppression { comment, covers, pragma }
    };
    asked.into_iter().map(suppression).collect()
}

/// The suppressions of an ignore file: a comment covers the pattern below it.
pub fn of_dockerignore(tree: &DockerIgnore) -> Vec<Suppression> {
    let all = whole(Span::new(tree.file, 0, 0));
    let first = tree.patterns.first().map_or(u32::MAX, |p| p.span.start);
    let mut out = Vec::new();
    for comment in &tree.comments {
        let words = comment.trim_start_matches('#');
        let span = comment.span();
        for pragma in pragma::parse(&comment.slice(comment.len() - words.len()..comment.len())) {
            let covers = match pragma.scope {
                Scope::File | Scope::Stage => Some(all),
                Scope::FileOnTop | Scope::TopOrNode if span.start < first => Some(all),
                Scope::FileOnTop => None,
                Scope::Node | Scope::TopOrNode => tree.patterns.iter().map(|p| p.span).find(|s| s.start >= span.end),
            };
            out.push(Suppression { comment: span, covers, pragma });
        }
    }
    out
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

    /// Dialect, names, reason, last day and covered text of each suppression.
    fn read(kind: FileKind, text: &str) -> Vec<String> {
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), kind, String::new()).id;
        let found = match kind {
            FileKind::Compose => of_yaml(&yaml::parse(file, text).tree, text),
            FileKind::Dockerignore => of_dockerignore(&dockerignore::parse(file, text).tree),
            _ => of_dockerfile(&dockerfile::parse(file, text).tree),
        };
        let cut = |s: Option<Span>| match s {
            Some(s) if s.end == u32::MAX => "<file>".to_string(),
            Some(s) => text.get(s.range()).unwrap_or("").trim_end().to_string(),
            None => "<nothing>".to_string(),
        };
        let shown = |s: Suppression| {
            let names: Vec<&str> = s.pragma.names.iter().map(|n| n.as_str()).collect();
            let until = s.pragma.until.map_or(String::new(), |u| format!(" until {u}"));
            format!("{} [{}] ({}){until} {}", s.pragma.dialect.name(), names.join(" "), s.pragma.reason, cut(s.covers))
        };
        found.into_iter().map(shown).collect()
    }

    fn docker(comment: &str) -> Vec<String> {
        read(FileKind::Dockerfile, &format!("FROM a\n# {comment}\nUSER root\nFROM b\n"))
    }

    fn compose(text: &str) -> Vec<String> {
        read(FileKind::Compose, text)
    }

    #[test]
    fn a_comment_covers_the_instruction_below() {
        let text =
            "FROM a\n# dockvet: ignore[root-user, DL3002] needs it\n# more words\nUSER root\nRUN x \\\n  # dockvet: ignore\n  && y\n";
        assert_eq!(
            read(FileKind::Dockerfile, text),
            ["dockvet [root-user DL3002] (needs it) USER root", "dockvet [] () RUN x \\\n  # dockvet: ignore\n  && y"]
        );
        assert_eq!(read(FileKind::Dockerfile, "FROM a\n# dockvet: ignore[x]\n"), ["dockvet [x] () <nothing>"]);
    }

    #[test]
    fn only_the_first_lines_speak_for_the_file() {
        assert_eq!(read(FileKind::Dockerfile, "# dockvet: ignore-file[a] b\nFROM a\n"), ["dockvet [a] (b) <file>"]);
        assert_eq!(docker("dockvet: ignore-file[a] b"), ["dockvet [a] (b) <nothing>"]);
        assert_eq!(compose("# dockvet: ignore-file\nservices: {}\n"), ["dockvet [] () <file>"]);
    }

    #[test]
    fn a_last_day() {
        assert_eq!(docker("dockvet: ignore[a] until=2027-01-31 old base"), ["dockvet [a] (old base) until 2027-01-31 USER root"]);
        assert_eq!(docker("dockvet: ignore[a] later until=2027-01-31"), ["dockvet [a] (later until=2027-01-31) USER root"]);
    }

    #[test]
    fn patterns_of_ignore_files() {
        let text = "# dockvet: ignore-file[a]\n.git\n# dockvet: ignore[b] needed\n*.log\n# dockvet: ignore-file[c]\n";
        assert_eq!(read(FileKind::Dockerignore, text), ["dockvet [a] () <file>", "dockvet [b] (needed) *.log", "dockvet [c] () <nothing>"]);
    }

    #[test]
    fn keys_items_and_lines_of_yaml() {
        let text = "services:\n  # dockvet: ignore[a]\n  web:\n    image: x\n  api:\n    privileged: true # dockvet: ignore[b] disks\n    volumes:\n      # dockvet: ignore[c]\n      - type: bind\n        source: /\n      - y\n";
        assert_eq!(
            compose(text),
            ["dockvet [a] () web:\n    image: x", "dockvet [b] (disks) privileged: true", "dockvet [c] () type: bind\n        source: /"]
        );
    }

    #[test]
    fn words_that_only_look_like_it() {
        for comment in [
            "dockvet ignore[a]",
            "dockvet: ignored",
            "dockvet: ignore[a",
            "about dockvet: ignore[a]",
            "hadolint says ignore=DL3002",
            "hadolintignore=DL3002",
            "hadolint ignore DL3002",
            "check=error=true",
            "nosemgreps",
            "dclint disabled",
            "kics-scan ignored",
            "trivy:ignores:DS-0002",
        ] {
            assert_eq!(docker(comment), [""; 0], "{comment}");
        }
    }

    #[test]
    fn comments_for_hadolint() {
        assert_eq!(docker("hadolint ignore=DL3002,SC1035 # why"), ["hadolint [DL3002 SC1035] (why) USER root"]);
        assert_eq!(docker("hadolint ignore = DL3002, DL3008 because of x"), ["hadolint [DL3002 DL3008] (because of x) USER root"]);
        assert_eq!(docker("hadolint stage ignore=DL3002"), ["hadolint [DL3002] () FROM a\n# hadolint stage ignore=DL3002\nUSER root"]);
        assert_eq!(docker("hadolint global ignore=DL3002"), ["hadolint [DL3002] () <file>"]);
    }

    #[test]
    fn comments_for_buildkit() {
        assert_eq!(
            read(FileKind::Dockerfile, "# check=skip=JSONArgsRecommended,StageNameCasing;error=true\nFROM a\n"),
            ["buildkit [JSONArgsRecommended StageNameCasing] () <file>"]
        );
        assert_eq!(read(FileKind::Dockerfile, "# check=error=true;skip=all\nFROM a\n"), ["buildkit [] () <file>"]);
        assert_eq!(docker("check=skip=SecretsUsedInArgOrEnv"), ["buildkit [SecretsUsedInArgOrEnv] () USER root"]);
    }

    #[test]
    fn comments_for_other_linters() {
        assert_eq!(docker("tally ignore=hadolint/DL3002;reason=a b"), ["tally [hadolint/DL3002] (a b) USER root"]);
        assert_eq!(docker("droast ignore=DF001 reason=\"a b\" expires=2027-01-31"), ["droast [DF001] (a b) until 2027-01-31 USER root"]);
        assert_eq!(
            docker("trivy:ignore:DS-0002:exp:2027-01-31 trivy:ignore:*"),
            ["trivy [DS-0002] () until 2027-01-31 USER root", "trivy [] () USER root"]
        );
        assert_eq!(read(FileKind::Dockerfile, "#trivy:ignore:AVD-DS-0002\nFROM a\n"), ["trivy [AVD-DS-0002] () <file>"]);
        assert_eq!(docker("checkov:skip=CKV_DOCKER_3:not a service"), ["checkov [CKV_DOCKER_3] (not a service) <file>"]);
        assert_eq!(
            docker("nosemgrep: dockerfile.security.last-user-is-root, other"),
            ["semgrep [dockerfile.security.last-user-is-root other] () USER root"]
        );
        assert_eq!(docker("kics-scan ignore-line"), ["kics [] () USER root"]);
        assert_eq!(
            compose(
                "# dclint disable a b\nservices:\n  web:\n    image: x # dclint disable-line c\n    # dclint disable-next-line\n    user: y\n"
            ),
            ["dclint [a b] () <file>", "dclint [c] () image: x", "dclint [] () user: y"]
        );
    }
}
