//! What GitHub Actions reads.

use dockvet::diagnostic::{Diagnostic, Level};
use dockvet::report::{Style, github_summary};
use dockvet::source::Span;
use insta::assert_snapshot;

use crate::world::*;

fn github(world: &World) -> String {
    world.write("github", &Style::default())
}

#[test]
fn a_shop() {
    assert_snapshot!(github(&shop()), @r"
    ::error file=compose.yaml,line=4,col=5,endLine=4,endColumn=21,title=privileged::service `web` runs privileged%0Ahelp: take the line out; give single capabilities with cap_add
    ::error file=compose.yaml,line=10,col=21,endLine=10,endColumn=39,title=hardcoded-secret::`PAYMENT_KEY` holds a live key
    ::warning file=web/Dockerfile,line=1,col=6,endLine=1,endColumn=20,title=root-user::the image runs as root%0Ahelp: RUN useradd --uid 10001 --no-create-home shop%0AUSER 10001
    ::notice file=web/Dockerfile,line=2,endLine=4,title=apt-lists-kept::the package lists stay in the image
    ");
}

#[test]
fn everything_is_escaped() {
    let mut world = World::new(&[("100%, a:b/Dockerfile", "RUN é𐐀\tinstall\r\n")]);
    let span = world.at("100%, a:b/Dockerfile", "install");
    let help = Some("100 %\r\n::warning::x\u{1b}[0m\n".into());
    world.add([Diagnostic { help, ..finding("root-user", Level::Warning, span, "50% of `a,b:c`") }]);
    assert_snapshot!(github(&world), @"::warning file=100%25%2C a%3Ab/Dockerfile,line=1,col=8,endLine=1,endColumn=15,title=root-user::50%25 of `a,b:c`%0Ahelp: 100 %25%0A<U+003A>:warning::x<U+001B>[0m");
}

#[test]
fn a_place_behind_the_last_line_break_is_on_the_last_line() {
    let mut world = World::new(&[("Dockerfile", "FROM a\nRUN b\r\n")]);
    let end = world.sources.get(world.file("Dockerfile")).span().at_end();
    world.add([finding("root-user", Level::Info, end, "ends")]);
    assert_snapshot!(github(&world), @"::notice file=Dockerfile,line=2,col=6,endLine=2,endColumn=6,title=root-user::ends");
}

/// As many findings of each level as asked for, mixed.
fn many(errors: usize, warnings: usize, infos: usize) -> World {
    let total = errors + warnings + infos;
    let text = "RUN x\n".repeat(total);
    let mut world = World::new(&[("Dockerfile", &text)]);
    let file = world.file("Dockerfile");
    let mut levels = vec![Level::Info; infos];
    levels.extend(vec![Level::Warning; warnings]);
    levels.extend(vec![Level::Error; errors]);
    let found = levels.iter().enumerate().map(|(i, level)| {
        let span = Span::new(file, i * 6, i * 6 + 3);
        finding("root-user", *level, span, "##[error]root")
    });
    world.add(found);
    world
}

fn count(out: &str, start: &str) -> usize {
    out.lines().filter(|l| l.starts_with(start)).count()
}

#[test]
fn ten_of_a_level_are_all_shown() {
    let out = github(&many(10, 10, 10));
    let counts = (count(&out, "::error "), count(&out, "::warning "), count(&out, "::notice "));
    assert_eq!(counts, (10, 10, 10));
    assert_eq!(out.lines().count(), 30);
    assert!(out.starts_with("::error "), "the worst come first");
}

#[test]
fn what_is_too_much_is_counted_and_listed_in_the_log() {
    let out = github(&many(11, 1, 10));
    let counts = (count(&out, "::error "), count(&out, "::warning "), count(&out, "::notice "));
    assert_eq!(counts, (10, 1, 10), "the closing notice is the tenth");
    assert_snapshot!(&out[out.find("::notice title=dockvet").unwrap()..], @r"
    ::notice title=dockvet::2 more problems are listed in the log of this step
    ::group::2 more problems
    - Dockerfile:22:1: error[root-user] #<U+0023>[error]root
    - Dockerfile:10:1: info[root-user] #<U+0023>[error]root
    ::endgroup::
    ");
}

#[test]
fn what_could_not_be_done_is_an_error() {
    let mut world = many(10, 0, 0);
    world.errors.push("compose.yaml: is a binary file".into());
    let out = github(&world);
    assert!(out.starts_with("::error title=dockvet::compose.yaml: is a binary file\n"), "{out}");
    assert_eq!(count(&out, "::error "), 10, "it takes the place of one");
    assert_eq!(out.lines().filter(|l| l.starts_with("- ")).count(), 1);
}

#[test]
fn nothing_found_writes_nothing() {
    assert_eq!(github(&many(0, 0, 0)), "");
}

#[test]
fn the_summary_is_a_table() {
    let mut world = shop();
    world.errors.push("worker/Dockerfile: permission denied".into());
    assert_snapshot!(github_summary(&world.report()), @r"
    ### dockvet: 4 problems

    2 errors, 1 warning, 1 info in 3 files.

    > [!CAUTION]
    > worker/Dockerfile: permission denied

    | | Where | Lint | Problem |
    |---|---|---|---|
    | error | compose.yaml:4 | [privileged](https://dockvet.dev/lints/privileged) | service `web` runs privileged |
    | error | compose.yaml:10 | [hardcoded-secret](https://dockvet.dev/lints/hardcoded-secret) | `PAYMENT_KEY` holds a live key |
    | warning | web/Dockerfile:1 | [root-user](https://dockvet.dev/lints/root-user) | the image runs as root |
    | info | web/Dockerfile:2 | [apt-lists-kept](https://dockvet.dev/lints/apt-lists-kept) | the package lists stay in the image |
    ");
    world.diagnostics.clear();
    world.errors.clear();
    assert_snapshot!(github_summary(&world.report()), @r"
    ### dockvet: no problems

    3 files checked.
    ");
}

#[test]
fn the_summary_shows_markup_instead_of_obeying_it() {
    let mut world = many(1, 0, 0);
    for (message, shown) in [
        ("a | `b|c` <img> *x* @all [y](z)", r"a \| `b\|c` \<img\> \*x\* <!-- -->@all \[y\](z)"),
        ("odd ` and <b>\nnext", r"odd \` and \<b\> next"),
        ("`` a` <b> ``", r"\`\` a\` \<b\> \`\`"),
    ] {
        world.diagnostics[0].message = message.into();
        let out = github_summary(&world.report());
        assert!(out.contains(&format!("| {shown} |\n")), "{out}");
    }
}

#[test]
fn the_summary_stays_below_the_limit() {
    let mut world = many(20_000, 0, 0);
    for d in &mut world.diagnostics {
        d.message = "long ".repeat(20);
    }
    let out = github_summary(&world.report());
    assert!(out.len() < 1 << 20, "{}", out.len());
    let last = out.lines().last().unwrap();
    assert!(last.ends_with("more problems left out here."), "{last}");
}
