//! The verdicts were compared with those of the Docker command line's own context sender.

use std::path::Path;
use std::time::{Duration, Instant};

use super::*;
use crate::source::{FileKind, Sources};

fn read(text: &str) -> Parse<DockerIgnore> {
    let file = Sources::new(Path::new("/"), 1).set_text(Path::new(".dockerignore"), FileKind::Dockerignore, String::new()).id;
    parse(file, text)
}

fn ignore(text: &str) -> DockerIgnore {
    let parse = read(text);
    assert_eq!(parse.errors, [], "{text}");
    parse.tree
}

/// Whether a file of these lines leaves the path out.
fn out(lines: &str, path: &str) -> bool {
    ignore(lines).excludes(path).is_some()
}

fn all_out(cases: &[(&str, &str)]) {
    for (lines, path) in cases {
        assert!(out(lines, path), "{lines:?} leaves {path:?} out");
    }
}

fn all_in(cases: &[(&str, &str)]) {
    for (lines, path) in cases {
        assert!(!out(lines, path), "{lines:?} keeps {path:?}");
    }
}

#[test]
fn lines_and_their_bytes() {
    let text = "\u{feff}# top\r\n\r\n  /a/ \t\r\n! ./b\n #c\n\u{a0}d\u{a0}";
    let tree = ignore(text);
    let shown: Vec<_> = tree.patterns.iter().map(|p| (&text[p.span.range()], &text[p.text.span().range()], p.cleaned.as_str())).collect();
    assert_eq!(shown, [("/a/", "/a/", "a"), ("! ./b", "./b", "b"), ("#c", "#c", "#c"), ("d", "d", "d")]);
    assert_eq!(tree.patterns.iter().map(|p| p.negated).collect::<Vec<_>>(), [false, true, false, false]);
    assert_eq!(tree.comments.iter().map(|c| &text[c.span().range()]).collect::<Vec<_>>(), ["# top"]);
}

#[test]
fn a_byte_order_mark_is_only_one_at_the_start() {
    assert!(out("\u{feff}foo", "foo"));
    assert!(!out("a\n\u{feff}foo", "foo"));
}

#[test]
fn a_folder_takes_what_is_in_it_along() {
    all_out(&[("foo", "foo"), ("foo", "foo/bar"), ("foo", "foo/a/b/c"), ("foo/", "foo/bar"), ("a/b", "a/b/c"), ("*", "a/b/c")]);
    all_in(&[("foo", "foobar"), ("foo", "x/foo"), ("foo/bar", "foo"), ("foo", "Foo")]);
}

#[test]
fn paths_are_cleaned() {
    all_out(&[
        ("/foo", "foo"),
        ("./foo", "foo"),
        ("a//b", "a/b"),
        ("a/./b", "a/b"),
        ("a/../foo", "foo"),
        ("/../foo", "foo"),
        ("//foo", "foo"),
    ]);
    all_in(&[(".", "a"), ("/", "a"), ("..", "a"), ("../a", "a"), ("foo/..", "foo")]);
}

#[test]
fn one_star_and_question_mark_stay_in_their_folder() {
    all_out(&[("*.md", "a.md"), ("src/*/b", "src/a/b"), ("?.txt", "é.txt"), ("*/foo", "x/foo"), ("a*", "a")]);
    all_in(&[("*.md", "docs/a.md"), ("src/*", "src"), ("a?b", "a/b"), ("src/*/b", "src/b"), ("src/*/b", "src/x/y/b"), ("?", "")]);
}

#[test]
fn two_stars_cross_folders() {
    all_out(&[
        ("**/foo", "foo"),
        ("**/foo", "a/b/foo"),
        ("**/*.md", "a.md"),
        ("**/*.md", "a/b/c.md"),
        ("src/**/b", "src/b"),
        ("src/**/b", "src/x/y/b"),
        ("src/**", "src/a"),
        ("**", "a/b"),
        ("**/", "a"),
        ("***", "a"),
        ("foo**", "foobar/x"),
        // At the start it is plain text that follows, in every folder.
        ("**foo", "afoo"),
        ("**foo", "x/y/afoo"),
        // In the middle it is folders, or nothing.
        ("a**b", "ab"),
        ("a**b", "ax/b"),
        ("a**b", "a/x/b"),
    ]);
    all_in(&[("src/**", "src"), ("**/foo", "afoo"), ("**/foo", "foobar"), ("a**b", "axxb"), ("src/**/b", "src/xb"), ("**/a/b", "b")]);
}

#[test]
fn classes_are_those_of_regular_expressions() {
    all_out(&[
        ("[a-c]x", "bx"),
        ("[^a-c]x", "dx"),
        ("a[^b]c", "a/c"),
        ("a[!b]", "a!"),
        ("a[!b]", "ab"),
        ("[\\]]", "]"),
        ("[\\d]", "7"),
        ("d]r", "d]r"),
        ("[*]", "]"),
    ]);
    all_in(&[("[a-c]x", "dx"), ("[^a-c]x", "ax"), ("a[!b]", "ac"), ("[*]", "*"), ("[abc]", "abc")]);
}

#[test]
fn no_other_sign_is_special() {
    all_out(&[
        ("{a,b}", "{a,b}"),
        ("p+q", "p+q"),
        ("(r)|s", "(r)|s"),
        ("$x", "$x"),
        ("a.b", "a.b"),
        ("\\!bang", "!bang"),
        ("\\#hash", "#hash"),
    ]);
    all_in(&[("{a,b}", "a"), ("p+q", "ppq"), ("a.b", "axb"), ("a.*b", "axb"), ("(r)", "r")]);
    // `^` is, when the pattern needs an expression at all.
    all_out(&[("^c", "^c"), ("\\^*", "^c"), ("^*", "foo")]);
    all_in(&[("a^*", "a^")]);
}

#[test]
fn a_backslash_escapes_a_sign_and_means_something_before_a_letter() {
    all_out(&[("star\\*", "star*"), ("q\\?", "q?"), ("\\[a]", "[a]"), ("back\\\\slash", "back\\slash"), ("v\\d", "v1"), ("\\w\\W", "a-")]);
    all_in(&[("star\\*", "starx"), ("bin\\Debug", "bin/Debug"), ("bin\\Debug", "bin\\Debug"), ("obj\\bin", "obj/bin")]);
    assert!(out("\\101\\x42", "AB"));
    assert!(out("a\\b-", "a-") && out("\\Aa\\z", "a") && !out("a\\B-", "a-"));
}

#[test]
fn the_last_pattern_that_matches_decides() {
    all_out(&[("*\n!a\na", "a"), ("!a\na", "a"), ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md")]);
    all_in(&[("a\n!a", "a"), ("*\n!a/b", "a/b"), ("a\n!a/b/c", "a/b/c"), ("*\n!a", "a/b/c"), ("*.md\n!README.md", "README.md")]);
    all_out(&[("a\n!a/b/c", "a/b/d"), ("*\n!a/b", "a/c"), ("**/x\n!a/x", "b/x")]);
}

/// A pattern that was not tried on a folder, because it could change nothing there, is tried on what is in it alone.
#[test]
fn an_exception_below_outlives_a_later_pattern_for_its_folder() {
    all_in(&[("a\n!a/b/c\na/b", "a/b/c")]);
    all_out(&[("a\n!a/b/c\na/b", "a/b/d"), ("a\n!a/b\na/b/c", "a/b/c")]);
}

#[test]
fn white_space_after_the_sign_and_two_signs() {
    all_in(&[("*\n!  /foo", "foo"), ("*\n!!bang", "!bang")]);
    all_out(&[("*\n!!bang", "bang")]);
}

#[test]
fn the_pattern_that_decided_is_told() {
    let tree = ignore("*\n!src\nsrc/*.log\n");
    let decided = |path: &str| tree.decided_by(&tree.verdict(path)).map(|p| p.cleaned.clone());
    assert_eq!(decided("a/b").as_deref(), Some("*"));
    assert_eq!(decided("src/main.go").as_deref(), Some("src"));
    assert_eq!(decided("src/x.log").as_deref(), Some("src/*.log"));
    assert_eq!(ignore("a").decided_by(&ignore("a").verdict("b")), None);
    assert_eq!(tree.excludes("src/main.go"), None);
}

#[test]
fn the_root_is_never_left_out() {
    assert!(!out("*\n**\n.", ".") && !out("**", ""));
}

#[test]
fn what_the_builder_refuses() {
    for (pattern, why) in [
        ("[a", "`[a` has a `[` that is never closed"),
        ("a*[", "`a*[` has a `[` that is never closed"),
        ("[]", "`[]` has a `]` where a character is wanted; write `\\]` for the bracket itself"),
        ("[a-]", "`[a-]` has a `]` where a character is wanted; write `\\]` for the bracket itself"),
        ("[-a]", "`[-a]` has a `-` that is no range; write `\\-` for the dash itself"),
        ("[z-a]", "`[z-a]` has the range `z-a`, which runs backwards"),
        ("bin\\", "`bin\\` ends in a `\\` that escapes nothing"),
        ("foo\\config", "`foo\\config` has `\\c`, which escapes nothing; folders are separated by `/`"),
        ("src\\project", "`src\\project` has `\\p`, which escapes nothing; folders are separated by `/`"),
        ("!", "`!` brings back nothing: no pattern follows"),
        ("!/", "`!/` brings back nothing: no pattern follows"),
    ] {
        let text = format!("ok\n {pattern} \n");
        let parse = read(&text);
        let told: Vec<_> = parse.errors.iter().map(|e| (&text[e.span.range()], e.message.as_str(), e.fatal)).collect();
        assert_eq!(told, [(pattern, why, true)]);
        assert!(parse.tree.uncertain);
        assert_eq!(parse.tree.patterns.len(), 2);
    }
}

#[test]
fn what_it_takes_and_is_not_modelled_is_no_error_but_uncertain() {
    for pattern in ["\\pL", "\\Qa", "[[:alpha:]]", "x*\\"] {
        let parse = read(pattern);
        assert_eq!(parse.errors, [], "{pattern}");
        assert!(parse.tree.uncertain, "{pattern}");
    }
    assert!(!ignore("a\n[b]\n*").uncertain);
}

#[test]
fn a_line_as_long_as_the_readers_buffer_is_refused() {
    let text = format!("{}\nb", "a".repeat(LONGEST_LINE - 1));
    assert_eq!(read(&text).errors, []);
    let parse = read(&format!("a{text}"));
    assert_eq!(parse.errors.iter().map(|e| e.code).collect::<Vec<_>>(), ["long-line"]);
    assert!(parse.tree.uncertain);
}

#[test]
fn what_could_match_in_a_folder() {
    let may = |line: &str, folder: &str| ignore(line).patterns[0].may_match_below(folder);
    for (line, folder) in [("!src/a", "src"), ("!*/a", "src"), ("!src", "src/x"), ("!**/x", "src"), ("!a", ""), ("![s]rc/a", "src")] {
        assert!(may(line, folder), "{line} {folder}");
    }
    for (line, folder) in [("!src/a", "lib"), ("!a", "src"), ("!*.md", "src"), ("!src/a", "src/b")] {
        assert!(!may(line, folder), "{line} {folder}");
    }
}

#[test]
fn hostile_patterns_end_in_an_answer() {
    let started = Instant::now();
    let path = "a/".repeat(30) + &"a".repeat(100);
    for line in ["*a".repeat(20_000), "**/".repeat(20_000) + "x", "*?".repeat(20_000), "[a*]".repeat(10_000), "**a".repeat(20_000)] {
        ignore(&line).excludes(&path);
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
