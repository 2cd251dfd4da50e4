use super::*;
use crate::syntax::dockerfile::testing::file;

/// `USER=root`, `EMPTY=`, `FILE=app.tar.gz`, `DIR=/a/b/c`, `SPACED=a b`.
fn lookup(name: &str) -> Option<String> {
    let values = [("USER", "root"), ("EMPTY", ""), ("FILE", "app.tar.gz"), ("DIR", "/a/b/c"), ("SPACED", "a  b")];
    values.into_iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string())
}

fn text(word: &str) -> Text {
    Text::verbatim(file(), 100, word)
}

fn value(word: &str) -> Result<String, &'static str> {
    let e = expand(&text(word), '\\', &lookup);
    match e.errors.first() {
        Some(e) => Err(e.code),
        None => Ok(e.value.to_string()),
    }
}

fn words(word: &str) -> Vec<String> {
    expand_words(&text(word), '\\', &lookup).words.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn same(cases: &[(&str, &str)]) {
    for (word, want) in cases {
        assert_eq!(value(word), Ok(want.to_string()), "{word}");
    }
}

#[track_caller]
fn fails(code: &'static str, cases: &[&str]) {
    for word in cases {
        assert_eq!(value(word), Err(code), "{word}");
    }
}

#[test]
fn quotes_and_escapes() {
    same(&[
        ("plain", "plain"),
        ("", ""),
        ("''\"\"", ""),
        ("'a b'c", "a bc"),
        (r#""a \" b""#, "a \" b"),
        (r#""a \x b""#, "a \\x b"),
        (r"'a\b'", r"a\b"),
        (r"'a\'", r"a\"),
        (r"a\ b\\c\$USER", r"a b\c$USER"),
        ("a\\", "a"),
        (r#""$USER"'$USER'"#, "root$USER"),
        ("two words", "two words"),
        ("a<b<<c", "a<b<<c"),
    ]);
    fails("unclosed-quote", &["it's", "\"a", "\"a\\\"", "\"a\\"]);
}

#[test]
fn the_escape_character_is_the_files() {
    let e = expand(&text("C:\\dir\\`$USER"), '`', &lookup);
    assert_eq!(e.value.as_str(), "C:\\dir\\$USER");
}

#[test]
fn variables() {
    same(&[
        ("$USER", "root"),
        ("${USER}x", "rootx"),
        ("$USERx", ""),
        ("$USER-x", "root-x"),
        ("a$", "a$"),
        ("$ a$.", "$ a$."),
        ("$(cmd)", "$(cmd)"),
        ("[${NONE}]", "[]"),
        ("$1x$12", "x"),
        ("$@$USER", "root"),
        ("é$USER é", "éroot é"),
    ]);
    fails("bad-substitution", &["${}", "${:-x}", "${{x}", "${USER!}", "${USER^}", "${USER:1:2}", "${arr[@]}", "${USER:x}"]);
    fails("unclosed-substitution", &["${", "${USER", "${USER:", "${USER:-x", "a${b", "${USER:x", "${USER/a", "${USER/a/b"]);
}

#[test]
fn modifiers() {
    same(&[
        ("${USER:-x} ${NONE:-x} ${EMPTY:-x} ${NONE-x} ${EMPTY-x}", "root x x x "),
        ("${USER:+x} ${NONE:+x} ${EMPTY:+x} ${USER+x} ${EMPTY+x}", "x   x x"),
        ("${NONE:-a ${USER:-b} 'c d'}", "a root c d"),
        ("${NONE:-${NONE2:-${NONE3:-deep}}}", "deep"),
        ("${NONE:-\\}}", "}"),
        ("${NONE:-\"}\"}", "}"),
        ("${USER:?not set}", "root"),
        ("${USER?}", "root"),
        ("${EMPTY?}", ""),
    ]);
    fails("required-variable", &["${NONE:?}", "${NONE?why}", "${EMPTY:?}"]);
    let e = expand(&text("${NONE:?set it}"), '\\', &lookup);
    assert_eq!(e.errors[0].message, "NONE: set it");
}

#[test]
fn patterns() {
    same(&[
        ("${FILE%.*} ${FILE%%.*}", "app.tar app"),
        ("${FILE#*.} ${FILE##*.}", "tar.gz gz"),
        ("${DIR##*/} ${DIR%/*}", "c /a/b"),
        ("${FILE#???}", ".tar.gz"),
        ("${FILE#nomatch} ${NONE#a}", "app.tar.gz "),
        ("${FILE/tar/zip} ${FILE/./-} ${FILE//./-}", "app.zip.gz app-tar.gz app-tar-gz"),
        ("${DIR//\\//.}", ".a.b.c"),
    ]);
    same(&[("${FILE/a*z/x}", "x"), ("${FILE/$USER/x}", "app.tar.gz"), ("${FILE%${NONE:-.gz}}", "app.tar")]);
    fails("bad-pattern", &["${FILE#\\a}", "${FILE/\\q/x}"]);
    fails("bad-substitution", &["${FILE:#a}", "${FILE:%a}"]);
    fails("unclosed-substitution", &["${FILE/a}"]);
}

#[test]
fn words_split_where_nothing_quotes() {
    assert_eq!(words("  a  b\tc "), ["a", "b", "c"]);
    assert_eq!(words("a\\ b 'c d'e \"f g\""), ["a b", "c de", "f g"]);
    assert_eq!(words("$SPACED \"$SPACED\" x${SPACED}y"), ["a", "b", "a  b", "xa", "by"]);
    assert_eq!(words("'' \"\" $NONE a"), ["a"]);
    assert_eq!(words("${NONE:-p q}"), ["p", "q"]);
}

/// The bytes behind each part of the value.
fn spans(word: &str, parts: &[&str]) -> Vec<String> {
    let e = expand(&text(word), '\\', &lookup);
    parts
        .iter()
        .map(|p| {
            let at = e.value.find(p).unwrap();
            let r = e.value.span_of(at..at + p.len()).range();
            word[r.start - 100..r.end - 100].to_string()
        })
        .collect()
}

#[test]
fn every_part_keeps_its_bytes() {
    assert_eq!(spans("a/$USER/b", &["a/", "root", "/b", "a/root/b"]), ["a/", "$USER", "/b", "a/$USER/b"]);
    assert_eq!(spans("x${NONE:-dflt}y", &["x", "dflt", "lt", "y"]), ["x", "dflt", "lt", "y"]);
    assert_eq!(spans("'q r'\\ s", &["q r", " s"]), ["q r", " s"]);
    assert_eq!(spans("${FILE%.*}:1", &["app.tar", ":1"]), ["${FILE%.*}", ":1"]);
    let empty = expand(&text("\"\""), '\\', &lookup).value;
    assert_eq!(empty.span().range(), 100..100);
}

#[test]
fn variables_are_told_in_order() {
    let e = expand(&text("$A${USER:-$B}${C+x} \"${D}\" '$E'"), '\\', &lookup);
    let seen: Vec<_> = e.variables.iter().map(|v| (v.name.as_str(), v.set, v.has_default, v.modifier)).collect();
    let want =
        [("A", false, false, ""), ("USER", true, true, ":-"), ("B", false, false, ""), ("C", false, false, "+"), ("D", false, false, "")];
    assert_eq!(seen, want);
    assert_eq!(e.variables[1].span.range(), 102..113);
}

#[test]
fn heredoc_bodies_have_no_quotes() {
    let e = expand_heredoc(&text("it's \"$USER\" \\$USER\n"), &lookup);
    assert_eq!(e.value.as_str(), "it's \"root\" $USER\n");
    assert_eq!(e.errors, []);
}

#[test]
fn deep_nesting_is_given_up_in_time() {
    let deep = "${a:-".repeat(200_000);
    let e = expand(&text(&deep), '\\', &lookup);
    assert_eq!(e.errors[0].code, "nesting-too-deep");
    assert!(!e.errors[0].fatal);
    let ok = format!("{}x{}", "${a:-".repeat(60), "}".repeat(60));
    assert_eq!(value(&ok), Ok("x".into()));
}
