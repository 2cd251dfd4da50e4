//! Twenty findings that are hard to write down, three silenced ones, and what could not be done.

use dockvet::diagnostic::{Diagnostic, Level, Safety, Suppressed, SuppressedBy};

use crate::world::*;

/// Texts that somebody obeys: workflow commands of three servers, ends of CDATA and comments, terminals, browsers, Markdown,
/// readers of right-to-left scripts.
pub const INJECTIONS: [(&str, &str); 10] = [
    ("per cent", "100%0A::error::pwned%25 50%"),
    ("line break", "first\n::error file=x::second\r\nthird"),
    ("azure", "##vso[task.complete result=Succeeded;]done"),
    ("teamcity", "it's ##teamcity[buildStatus text='ok'] | done"),
    ("cdata", "a ]]> b <![CDATA[ c --> d"),
    ("terminal", "red \u{1b}[31m title \u{1b}]0;x\u{7} c1 \u{9b}2J"),
    ("script", "<script>alert(1)</script> & \"quotes\" 'too' <img src=x onerror=alert(1)>"),
    ("markdown", "a | b `code | bar` *x* _y_ [link](https://a.b) @everyone #1"),
    ("backticks", "odd ` and ``` three"),
    ("bidi", "user\u{202e}nimda\u{2066} \u{200b}end \u{fffe}"),
];

const COMPOSE: &str = "services:
  网页:
    image: \"naïve/图片:1.0\"\t# 👩\u{200d}💻 e\u{301}
    privileged: true
    environment:
      TOKEN: \"kept-quiet-4242\"
  orders:
    image: shop/orders
    # dockvet: ignore[privileged] the agent needs it | <b>
    privileged: true
";
const WINDOWS: &str = "FROM debian:12\r\nRUN\tapt-get update \\\r\n\t&& echo '𐐀é' && apt-get install vim\r\n\r\nUSER root\r\n";
const EVIL: &str = "FROM scratch\n# ]]> <script> ``` ##vso[x] \u{202e}x\u{1b}[0m\nCMD x\n";
/// A name that is a mouthful for every format.
pub const EVIL_NAME: &str = "a<b>&c/%0A,;]:[|'\"`日本`/Dockerfile";

/// The files, findings and errors.
pub fn hard() -> World {
    let long = format!("FROM alpine\nRUN {} marked {}\n", "before 漢字 ".repeat(40), "after ".repeat(60));
    let files = [("compose.yaml", COMPOSE), ("web/Dockerfile", WINDOWS), (EVIL_NAME, EVIL), ("long/Dockerfile", long.as_str())];
    let mut world = World::new(&[files.as_slice(), &[("clean/Dockerfile", "FROM scratch\n"), ("empty/Dockerfile", "")]].concat());
    let mut linted: Vec<_> = world.sources.all();
    linted.sort_by(|a, b| a.name.cmp(&b.name));
    world.linted = linted.iter().map(|s| s.id).collect();
    let secret = world.at("compose.yaml", "kept-quiet-4242");
    world.secrets.push(secret);
    world.errors.push("jobs/Dockerfile: cannot be read | <b>denied</b>\u{1b}[0m ##vso[x]".into());
    world.notes.push("x.j2: is a template".into());
    let found = [wide(&world), windows(&world), ends(&world), injections(&world)].concat();
    assert_eq!(found.len(), 20);
    world.add(found);
    world.silenced = silenced(&world);
    world
}

/// Findings behind wide, joined and combining characters, and one that spans several lines.
fn wide(world: &World) -> Vec<Diagnostic> {
    let at = |needle: &str| world.at("compose.yaml", needle);
    let privileged = at("privileged: true");
    vec![
        Diagnostic {
            path: "services.网页.image".into(),
            ..finding("root-user", Level::Warning, at("图片:1.0"), "`naïve/图片:1.0` runs as root")
        },
        finding("apt-lists-kept", Level::Info, at("e\u{301}"), "behind joined emoji: 👩\u{200d}💻"),
        Diagnostic {
            primary: label(privileged, "every device of the host"),
            labels: vec![label(at("网页"), "this service"), label(world.at("web/Dockerfile", "USER root"), "")],
            help: Some("take the line out".into()),
            fixes: vec![fix("remove `privileged`", Safety::Unsafe, &[(privileged, "")])],
            path: "services.网页.privileged".into(),
            ..finding("privileged", Level::Error, privileged, "service `网页` runs privileged")
        },
        Diagnostic { code: Some("literal"), ..finding("hardcoded-secret", Level::Error, at("kept-quiet-4242"), "`TOKEN` holds a key") },
        finding("missing-cap-drop", Level::Warning, at("orders:\n    image: shop/orders"), "`orders` keeps the default capabilities"),
    ]
}

/// Tabs and CRLF, a fix in two places.
fn windows(world: &World) -> Vec<Diagnostic> {
    let at = |needle: &str| world.at("web/Dockerfile", needle);
    let (run, install) = (at("RUN"), at("apt-get install vim"));
    let fixes = vec![fix("tidy", Safety::Safe, &[(at("𐐀é").at_end(), "!"), (install.at_end(), " && rm -rf /var/lib/apt/lists/*")])];
    vec![
        Diagnostic {
            help: Some("first line\n  ``` second\nthird".into()),
            fixes,
            ..finding("apt-lists-kept", Level::Info, run.to(install), "the lists stay in the image")
        },
        finding("root-user", Level::Warning, at("USER root\r\n"), "runs as root"),
    ]
}

/// No width: in an empty line, at the end, in an empty file; and a line that has to be cut.
fn ends(world: &World) -> Vec<Diagnostic> {
    let blank = world.at("web/Dockerfile", "\r\n\r\nUSER");
    let blank = dockvet::source::Span::new(blank.file, blank.start as usize + 2, blank.start as usize + 2);
    let whole = |name: &str| world.sources.get(world.file(name)).span();
    vec![
        finding("root-user", Level::Warning, blank, "on an empty line"),
        finding("root-user", Level::Warning, whole("empty/Dockerfile"), "in an empty file"),
        finding("root-user", Level::Error, world.at("long/Dockerfile", "marked"), "in a long line"),
    ]
}

fn injections(world: &World) -> Vec<Diagnostic> {
    let from = world.at(EVIL_NAME, "]]> <script> ``` ##vso[x] \u{202e}x\u{1b}[0m");
    let one = |(what, text): &(&str, &str)| Diagnostic {
        primary: label(from, text),
        help: Some((*text).to_string()),
        path: (*what).to_string(),
        ..finding("root-user", Level::Warning, from, text)
    };
    INJECTIONS.iter().map(one).collect()
}

/// By a comment, by the configuration, by the baseline.
fn silenced(world: &World) -> Vec<Suppressed> {
    let comment = world.at("compose.yaml", "# dockvet: ignore[privileged] the agent needs it | <b>");
    let source = world.sources.get(comment.file);
    let below = source.text[comment.end as usize..].find("privileged").expect("a key below the comment") + comment.end as usize;
    let privileged = dockvet::source::Span::new(comment.file, below, below + 16);
    let vim = world.at("web/Dockerfile", "vim");
    let one = |finding, by, reason: &str| Suppressed { finding, by, reason: reason.to_string() };
    vec![
        one(
            finding("privileged", Level::Error, privileged, "service `orders` runs privileged"),
            SuppressedBy::Comment(comment),
            "the agent needs it | <b>",
        ),
        one(finding("missing-resource-limits", Level::Warning, privileged, "no limits"), SuppressedBy::Config, ""),
        one(finding("apt-lists-kept", Level::Info, vim, "kept since 2019"), SuppressedBy::Baseline, ""),
    ]
}
