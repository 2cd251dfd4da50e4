//! What people see.

use dockvet::diagnostic::{Diagnostic, Level, Safety};
use dockvet::report::{Report, Style, statistics};
use dockvet::source::Span;
use insta::assert_snapshot;

use crate::world::*;

const PLAIN: Style = Style { color: false, width: 80, hyperlinks: false, unicode: false, quiet: false };
const QUIET: Style = Style { quiet: true, ..PLAIN };

#[test]
fn a_shop_in_ascii() {
    assert_snapshot!(shop().write("text", &PLAIN), @r#"
    error[privileged]: service `web` runs privileged
     --> compose.yaml:4:5
      |
    4 |     privileged: true
      |     ^^^^^^^^^^^^^^^^ every device of the host, every capability
      |
      = help: take the line out; give single capabilities with cap_add
      = fix: remove `privileged` (--unsafe-fixes)

    error[hardcoded-secret]: `PAYMENT_KEY` holds a live key
      --> compose.yaml:10:21
       |
    10 |       PAYMENT_KEY: "********"
       |                     ^^^^^^^^ 18 characters, looks like a payment key

    warning[root-user]: the image runs as root
     --> web/Dockerfile:1:6
      |
    1 | FROM debian:12-slim
      |      ^^^^^^^^^^^^^^ its user is root, and no USER follows
    ...
    7 | CMD ["node", "server.js"]
      | --- starts as root
      |
     ::: compose.yaml:3:12
      |
    3 |     build: ./web
      |            ----- built and run here
      |
      = help: RUN useradd --uid 10001 --no-create-home shop
              USER 10001

    info[apt-lists-kept]: the package lists stay in the image
     --> web/Dockerfile:2:5
      |
    2 |   RUN apt-get update && apt-get install -y --no-install-recommends \
      |  _____^
    3 | |     ca-certificates \
    4 | |     nodejs
      | |__________^
      |
      = fix: delete the lists in the same layer (--fix)

    4 problems (2 errors, 1 warning, 1 info) in 2 of 3 files
    1 can be fixed with --fix, 1 more with --unsafe-fixes
    run `dockvet explain privileged` for the why
    "#);
}

#[test]
fn a_shop_in_a_terminal() {
    let style = Style { color: true, hyperlinks: true, unicode: true, ..PLAIN };
    assert_snapshot!(shop().write("text", &style).replace('\u{1b}', "^"), @r#"
    ^[1m^[91merror[^]8;;https://dockvet.dev/lints/privileged^\privileged^]8;;^\]^[0m^[1m: service `web` runs privileged^[0m
     ^[1m^[94m ╭▸ ^[0mcompose.yaml:4:5
      ^[1m^[94m│^[0m
    ^[1m^[94m4^[0m ^[1m^[94m│^[0m     privileged: true
      ^[1m^[94m│^[0m     ^[1m^[91m━━━━━━━━━━━━━━━━^[0m ^[1m^[91mevery device of the host, every capability^[0m
      ^[1m^[94m│^[0m
      ^[1m^[94m├ ^[0m^[1mhelp^[0m: take the line out; give single capabilities with cap_add
      ^[1m^[94m╰ ^[0m^[1mfix^[0m: remove `privileged` (--unsafe-fixes)

    ^[1m^[91merror[^]8;;https://dockvet.dev/lints/hardcoded-secret^\hardcoded-secret^]8;;^\]^[0m^[1m: `PAYMENT_KEY` holds a live key^[0m
      ^[1m^[94m ╭▸ ^[0mcompose.yaml:10:21
       ^[1m^[94m│^[0m
    ^[1m^[94m10^[0m ^[1m^[94m│^[0m       PAYMENT_KEY: "********"
       ^[1m^[94m╰╴^[0m                    ^[1m^[91m━━━━━━━━^[0m ^[1m^[91m18 characters, looks like a payment key^[0m

    ^[1m^[33mwarning[^]8;;https://dockvet.dev/lints/root-user^\root-user^]8;;^\]^[0m^[1m: the image runs as root^[0m
     ^[1m^[94m ╭▸ ^[0mweb/Dockerfile:1:6
      ^[1m^[94m│^[0m
    ^[1m^[94m1^[0m ^[1m^[94m│^[0m FROM debian:12-slim
      ^[1m^[94m│^[0m      ^[1m^[33m━━━━━━━━━━━━━━^[0m ^[1m^[33mits user is root, and no USER follows^[0m
      ^[1m^[94m┆^[0m
    ^[1m^[94m7^[0m ^[1m^[94m│^[0m CMD ["node", "server.js"]
      ^[1m^[94m│^[0m ^[1m^[94m───^[0m ^[1m^[94mstarts as root^[0m
      ^[1m^[94m│^[0m
     ^[1m^[94m ⸬  ^[0mcompose.yaml:3:12
      ^[1m^[94m│^[0m
    ^[1m^[94m3^[0m ^[1m^[94m│^[0m     build: ./web
      ^[1m^[94m│^[0m            ^[1m^[94m─────^[0m ^[1m^[94mbuilt and run here^[0m
      ^[1m^[94m│^[0m
      ^[1m^[94m╰ ^[0m^[1mhelp^[0m: RUN useradd --uid 10001 --no-create-home shop
              USER 10001

    ^[1m^[94minfo[^]8;;https://dockvet.dev/lints/apt-lists-kept^\apt-lists-kept^]8;;^\]^[0m^[1m: the package lists stay in the image^[0m
     ^[1m^[94m ╭▸ ^[0mweb/Dockerfile:2:5
      ^[1m^[94m│^[0m
    ^[1m^[94m2^[0m ^[1m^[94m│^[0m   RUN apt-get update && apt-get install -y --no-install-recommends \
      ^[1m^[94m│^[0m ^[1m^[94m┏━━━━━┛^[0m
    ^[1m^[94m3^[0m ^[1m^[94m│^[0m ^[1m^[94m┃^[0m     ca-certificates \
    ^[1m^[94m4^[0m ^[1m^[94m│^[0m ^[1m^[94m┃^[0m     nodejs
      ^[1m^[94m│^[0m ^[1m^[94m┗━━━━━━━━━━┛^[0m
      ^[1m^[94m│^[0m
      ^[1m^[94m╰ ^[0m^[1mfix^[0m: delete the lists in the same layer (--fix)

    ^[1m4 problems^[0m (^[1m^[91m2 errors^[0m, ^[1m^[33m1 warning^[0m, ^[1m^[94m1 info^[0m) in 2 of 3 files
    1 can be fixed with --fix, 1 more with --unsafe-fixes
    run `dockvet explain privileged` for the why
    "#);
}

#[test]
fn a_shop_in_one_line_each() {
    assert_snapshot!(shop().write("concise", &PLAIN), @r"
    compose.yaml:4:5: error[privileged] service `web` runs privileged
    compose.yaml:10:21: error[hardcoded-secret] `PAYMENT_KEY` holds a live key
    web/Dockerfile:1:6: warning[root-user] the image runs as root
    web/Dockerfile:2:5: info[apt-lists-kept] the package lists stay in the image
    ");
    let style = Style { color: true, hyperlinks: true, ..PLAIN };
    let first = shop().write("concise", &style).lines().next().unwrap().replace('\u{1b}', "^");
    assert_snapshot!(first, @r"compose.yaml:4:5: ^[1m^[91merror[^]8;;https://dockvet.dev/lints/privileged^\privileged^]8;;^\]^[0m service `web` runs privileged");
}

#[test]
fn tabs_wide_characters_and_crlf_keep_the_underline_below_its_text() {
    let world = one("# é𐐀\r\n#\tx\r\nRUN\té𐐀 && 漢字 install\tvim # 漢\r\nUSER x\r\n", "install\tvim", "here");
    assert_snapshot!(world.write("text", &QUIET), @r"
    warning[root-user]: the image runs as root
     --> Dockerfile:3:14
      |
    3 | RUN    é𐐀 && 漢字 install    vim # 漢
      |                   ^^^^^^^^^^^^^^ here
    ");
    assert_eq!(world.write("concise", &QUIET), "Dockerfile:3:14: warning[root-user] the image runs as root\n");
}

#[test]
fn a_span_of_wide_characters_is_underlined_at_its_width() {
    assert_snapshot!(one("RUN echo é𐐀漢字 👍 done", "é𐐀漢字 👍", "six characters").write("text", &QUIET), @r"
    warning[root-user]: the image runs as root
     --> Dockerfile:1:10
      |
    1 | RUN echo é𐐀漢字 👍 done
      |          ^^^^^^^^^ six characters
    ");
}

#[test]
fn a_long_line_is_cut_around_what_is_marked() {
    let text = format!("RUN {}curl https://shop.test/x | sh && {}\n", "echo begin && ".repeat(9000), "echo end ".repeat(9000));
    let world = one(&text, "curl https://shop.test/x | sh", "runs what the server sends");
    assert_snapshot!(world.write("text", &QUIET), @r"
    warning[root-user]: the image runs as root
     --> Dockerfile:1:126005
      |
    1 | ...echo begin && curl https://shop.test/x | sh && echo end echo end echo ...
      |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ runs what the server sends
    ");
    let world = one(&text, "RUN", "starts here");
    assert_snapshot!(world.write("text", &Style { unicode: true, ..QUIET }), @r"
    warning[root-user]: the image runs as root
      ╭▸ Dockerfile:1:1
      │
    1 │ RUN echo begin && echo begin && echo begin && echo begin && echo begin && e…
      ╰╴━━━ starts here
    ");
    let narrow = Style { width: 30, ..QUIET };
    assert_snapshot!(one(&text, "curl https://shop.test/x | sh", "bad").write("text", &narrow), @r"
    warning[root-user]: the image runs as root
     --> Dockerfile:1:126005
      |
    1 | ...&& curl https://shop...
      |       ^^^^^^^^^^^^^^^^^^^^ bad
    ");
}

#[test]
fn places_far_apart_on_a_long_line_are_shown_apart() {
    let mut world = one(&format!("RUN first {}second\n", "and ".repeat(100)), "second", "the second");
    let first = world.at("Dockerfile", "first");
    world.diagnostics[0].labels.push(label(first, "the first"));
    assert_snapshot!(world.write("text", &QUIET), @r"
    warning[root-user]: the image runs as root
     --> Dockerfile:1:411
      |
    1 | ...and and and and and and and and and and and and and and second
      |                                                            ^^^^^^ the second
      |
     ::: Dockerfile:1:5
      |
    1 | RUN first and and and and and and and and and and and and and and and and...
      |     ----- the first
    ");
}

#[test]
fn spans_at_the_end_and_empty_spans_have_a_caret() {
    let mut world = World::new(&[("Dockerfile", "FROM a\n\nRUN x\n"), ("empty/Dockerfile", "")]);
    let end = world.sources.get(world.file("Dockerfile")).span().at_end();
    let nothing = Span::new(world.file("empty/Dockerfile"), 0, 0);
    let between = Span::new(end.file, 7, 7);
    let from = world.at("Dockerfile", "a");
    world.add(
        [(end, "ends here"), (nothing, "empty file"), (between, "empty line"), (from.at_start(), "empty span")]
            .map(|(span, note)| Diagnostic { primary: label(span, note), ..finding("root-user", Level::Info, span, note) }),
    );
    assert_snapshot!(world.write("text", &QUIET), @r"
    info[root-user]: empty span
     --> Dockerfile:1:6
      |
    1 | FROM a
      |      ^

    info[root-user]: empty line
     --> Dockerfile:2:1
      |
    1 | FROM a
    2 |
      | ^

    info[root-user]: ends here
     --> Dockerfile:3:6
      |
    3 | RUN x
      |      ^

    info[root-user]: empty file
     --> empty/Dockerfile:1:1
      |
    1 |
      | ^
    ");
}

#[test]
fn a_span_over_many_lines_shows_its_first_and_last_lines() {
    let text: String = (1..=900).map(|n| format!("LABEL shop.shelf{n}={n}\n")).collect();
    let mut world = World::new(&[("Dockerfile", &text)]);
    let at = |needle: &str| world.at("Dockerfile", needle);
    let short = at("LABEL shop.shelf2").to(at("shelf4=4\n"));
    let long = at("LABEL shop.shelf10=").to(at("shelf40=40\n"));
    let huge = at("LABEL shop.shelf99=").to(at("shelf899=899\n"));
    let inside = label(at("shelf30"), "in the middle");
    world.add([
        Diagnostic { primary: label(short, "three lines"), ..finding("root-user", Level::Info, short, "short") },
        Diagnostic { primary: label(long, "thirty-one lines"), labels: vec![inside], ..finding("root-user", Level::Info, long, "long") },
        Diagnostic { primary: label(huge, "801 lines"), ..finding("root-user", Level::Info, huge, "huge") },
    ]);
    assert_snapshot!(world.write("text", &QUIET), @r"
    info[root-user]: short
     --> Dockerfile:2:1
      |
    2 | / LABEL shop.shelf2=2
    3 | | LABEL shop.shelf3=3
    4 | | LABEL shop.shelf4=4
      | |___________________^ three lines

    info[root-user]: long
      --> Dockerfile:10:1
       |
    10 | / LABEL shop.shelf10=10
    11 | | LABEL shop.shelf11=11
    ...  |
    30 | | LABEL shop.shelf30=30
       | |            ------- in the middle
    ...  |
    40 | | LABEL shop.shelf40=40
       | |_____________________^ thirty-one lines

    info[root-user]: huge
       --> Dockerfile:99:1
        |
     99 | LABEL shop.shelf99=99
        | ^^^^^^^^^^^^^^^^^^^^^ 801 lines
        |
       ::: Dockerfile:899:1
        |
    899 | LABEL shop.shelf899=899
        | ----------------------- up to here
    ");
}

#[test]
fn related_places_are_shown_near_or_apart_and_not_without_end() {
    let text: String = (1..=200).map(|n| format!("  s{n}: *base\n")).collect();
    let mut world = World::new(&[("compose.yaml", &text), ("base.yaml", "x-base: &base\n  privileged: true\n")]);
    let base = world.at("base.yaml", "privileged: true");
    let uses = [1, 2, 5, 150, 6, 7, 8, 9, 10, 11].map(|n| label(world.at("compose.yaml", &format!("s{n}:")), "used here"));
    world.add([Diagnostic { labels: uses.to_vec(), ..finding("privileged", Level::Error, base, "ten services run privileged") }]);
    assert_snapshot!(world.write("text", &QUIET), @r"
    error[privileged]: ten services run privileged
       --> base.yaml:2:3
        |
      2 |   privileged: true
        |   ^^^^^^^^^^^^^^^^
        |
       ::: compose.yaml:1:3
        |
      1 |   s1: *base
        |   --- used here
      2 |   s2: *base
        |   --- used here
    ...
      5 |   s5: *base
        |   --- used here
      6 |   s6: *base
        |   --- used here
      7 |   s7: *base
        |   --- used here
      8 |   s8: *base
        |   --- used here
      9 |   s9: *base
        |   --- used here
        |
       ::: compose.yaml:150:3
        |
    150 |   s150: *base
        |   ----- used here
        |
        = note: and 2 more places
    ");
}

#[test]
fn what_a_terminal_would_obey_is_spelled_out() {
    let mut world = World::new(&[("a\u{1b}[31m/Dockerfile", "\u{feff}RUN \u{1b}]0;x\u{7} \u{202e}evil\u{9b}2J ok\r\n")]);
    let span = world.at("a\u{1b}[31m/Dockerfile", "evil\u{9b}2J");
    world.add([Diagnostic {
        primary: label(span, "note\u{8}\u{1b}c"),
        help: Some("do\u{1b}[8m\r\nthat".into()),
        fixes: vec![fix("mend\n\u{2028}it", Safety::Safe, &[])],
        ..finding("root-user", Level::Warning, span, "it says \u{2066}x\u{1b}[2J\nand more")
    }]);
    assert_snapshot!(world.write("text", &QUIET), @r"
    warning[root-user]: it says <U+2066>x<U+001B>[2J and more
     --> a<U+001B>[31m/Dockerfile:1:13
      |
    1 | RUN <U+001B>]0;x<U+0007> <U+202E>evil<U+009B>2J ok
      |                                  ^^^^^^^^^^^^^^ note<U+0008><U+001B>c
      |
      = help: do<U+001B>[8m
              that
      = fix: mend it (--fix)
    ");
    assert_snapshot!(world.write("concise", &QUIET), @"a<U+001B>[31m/Dockerfile:1:13: warning[root-user] it says <U+2066>x<U+001B>[2J and more");
}

#[test]
fn secrets_are_starred_wherever_a_line_with_them_is_shown() {
    let mut world = one("ENV A=1 KEY=live_é_4242 B=2\nUSER root\n", "B=2", "behind it");
    world.secrets.push(world.at("Dockerfile", "live_é_4242"));
    let out = world.write("text", &QUIET);
    assert!(!out.contains("4242"));
    assert_snapshot!(out, @r"
    warning[root-user]: the image runs as root
     --> Dockerfile:1:25
      |
    1 | ENV A=1 KEY=******** B=2
      |                      ^^^ behind it
    ");
}

/// Three services that lack the same keys, and one finding of another kind in between.
fn bare_services() -> World {
    let mut world = World::new(&[("compose.yaml", "services:\n  web:\n    privileged: true\n  orders: {}\n  mail: {}\n")]);
    for name in ["web", "orders", "mail"] {
        let key = world.at("compose.yaml", name);
        let at = |d: Diagnostic, evidence: &str| Diagnostic { path: format!("services.{name}"), evidence: evidence.into(), ..d };
        let caps = finding("missing-cap-drop", Level::Warning, key, &format!("service `{name}` keeps 14 capabilities"));
        let limits = finding("missing-resource-limits", Level::Warning, key, &format!("service `{name}` has no limit on memory"));
        world.add([Diagnostic { help: Some("cap_drop: [ALL]".into()), ..at(caps, "") }, at(limits, "memory")]);
    }
    let privileged = world.at("compose.yaml", "privileged: true");
    world.add([finding("privileged", Level::Error, privileged, "service `web` runs privileged")]);
    world
}

#[test]
fn findings_about_missing_keys_are_drawn_once_and_listed_then() {
    assert_snapshot!(bare_services().write("text", &PLAIN), @r"
    warning[missing-cap-drop]: service `web` keeps 14 capabilities
     --> compose.yaml:2:3
      |
    2 |   web:
      |   ^^^
      |
      = help: cap_drop: [ALL]

    warning[missing-resource-limits]: service `web` has no limit on memory
     --> compose.yaml:2:3
      |
    2 |   web:
      |   ^^^

    error[privileged]: service `web` runs privileged
     --> compose.yaml:3:5
      |
    3 |     privileged: true
      |     ^^^^^^^^^^^^^^^^

    compose.yaml:4:3: warning[missing-cap-drop] service `orders` keeps 14 capabilities
    compose.yaml:5:3: warning[missing-cap-drop] service `mail` keeps 14 capabilities
    compose.yaml:4:3: warning[missing-resource-limits] service `orders` has no limit on memory
    compose.yaml:5:3: warning[missing-resource-limits] service `mail` has no limit on memory

    help: 6 findings about missing keys (3 missing-cap-drop, 3 missing-resource-limits)
    one block, merged into every service, settles them; a key that a service has itself wins:

        x-hardening: &hardening
          cap_drop: [ALL]  # then cap_add what a service needs
          mem_limit: 512m
        services:
          web:
            <<: *hardening

    7 problems (1 error, 6 warnings) in 1 of 1 file
    run `dockvet explain privileged` for the why
    ");
}

#[test]
fn the_remedy_names_only_what_was_missed() {
    let mut world = bare_services();
    world.diagnostics.retain(|d| d.lint == "missing-resource-limits");
    for d in &mut world.diagnostics {
        d.evidence = "cpus,pids".into();
    }
    let out = world.write("text", &PLAIN);
    assert_snapshot!(&out[out.find("help:").unwrap()..], @r"
    help: 3 findings about missing keys (3 missing-resource-limits)
    one block, merged into every service, settles them; a key that a service has itself wins:

        x-hardening: &hardening
          cpus: 1.0
          pids_limit: 200
        services:
          web:
            <<: *hardening

    3 problems (3 warnings) in 1 of 1 file
    run `dockvet explain missing-resource-limits` for the why
    ");
}

#[test]
fn one_finding_about_a_missing_key_needs_no_closing_block() {
    let mut world = bare_services();
    world.diagnostics.truncate(1);
    let out = world.write("text", &PLAIN);
    assert!(!out.contains("x-hardening"), "{out}");
    assert!(!bare_services().write("text", &QUIET).contains("x-hardening"));
}

fn last_lines(report: &Report) -> String {
    let out = write(report, "text", &PLAIN);
    out.rsplit("\n\n").next().unwrap_or("").to_string()
}

#[test]
fn the_summary_counts_in_words() {
    let mut world = shop();
    assert_snapshot!(last_lines(&Report { suppressed: 3, baselined: 1, ..world.report() }), @r"
    4 problems (2 errors, 1 warning, 1 info) in 2 of 3 files; 3 suppressed; 1 in the baseline
    1 can be fixed with --fix, 1 more with --unsafe-fixes
    run `dockvet explain privileged` for the why
    ");
    world.diagnostics.truncate(1);
    let elapsed = Some(std::time::Duration::from_millis(1234));
    assert_snapshot!(last_lines(&Report { elapsed, files: 1, ..world.report() }), @r"
    1 problem (1 error) in 1 of 1 file; 1.23 s
    1 can be fixed with --unsafe-fixes
    run `dockvet explain privileged` for the why
    ");
    world.diagnostics.clear();
    assert_snapshot!(last_lines(&world.report()), @"3 files checked, no problems");
    assert_snapshot!(last_lines(&Report { files: 1, suppressed: 2, ..world.report() }), @"1 file checked, no problems; 2 suppressed");
}

#[test]
fn statistics_are_sorted_by_count() {
    let mut world = bare_services();
    let d = world.diagnostics[0].clone();
    world.diagnostics.extend(std::iter::repeat_n(d, 9));
    let mut out = Vec::new();
    statistics(&world.report(), &PLAIN, &mut out).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @r"
    12  missing-cap-drop         a service keeps the default capabilities
     3  missing-resource-limits  a service may use all memory and processors
     1  privileged               a service runs with every capability and device of the host
    ");
}
