use super::*;

/// The first word of a script after `x`.
fn word(source: &str) -> Word {
    let script = parse(&text(&format!("x {source}")));
    let commands = script.commands();
    commands.last().unwrap().args()[0].clone()
}

fn value(source: &str) -> Option<String> {
    word(source).value().map(str::to_owned)
}

#[test]
fn quotes_and_escapes_are_removed_from_literals() {
    assert_eq!(value("plain").unwrap(), "plain");
    assert_eq!(value("'a \"b'\"c 'd\"e").unwrap(), "a \"bc 'de");
    assert_eq!(value("a\\ b\\$c\\\\").unwrap(), "a b$c\\");
    assert_eq!(value("\"a\\\"b\\$c\\d\\`\"").unwrap(), "a\"b$c\\d`");
    assert_eq!(value("$'a\\n\\x41\\u00e9\\101\\'\\\\z'").unwrap(), "a\nAéA'\\z");
    assert_eq!(value("$\"a\"").unwrap(), "a");
    assert_eq!(value("''").unwrap(), "");
    assert_eq!(value("'é'\\日\"ß\"").unwrap(), "é日ß");
    assert_eq!(value("a\\\nb").unwrap(), "ab");
    assert_eq!(value("a$ \"b$\"").unwrap(), "a$");
    assert_eq!(value("~/\"*\".{a,b}*").unwrap(), "~/*.{a,b}*");
    for unknown in ["$a", "a${b}", "\"$(c)\"", "`d`", "$((1))", "<(e)", "${}"] {
        assert_eq!(value(unknown), None, "{unknown}");
    }
}

#[test]
fn literals_map_to_their_bytes() {
    let w = word("\"a\\\"b\"'c d'");
    let literal = w.literal.unwrap();
    assert_eq!(literal.as_str(), "a\"bc d");
    // x "a\"b"'c d'
    // 0123456789...
    let at = |n: usize| literal.span_of(n..n + 1).range();
    assert_eq!([at(0), at(1), at(2), at(3), at(5)], [3..4, 4..6, 6..7, 9..10, 11..12]);
    assert!(w.quoted && !word("a").quoted);
}

#[test]
fn parts_of_a_word() {
    let w = word("a\"b$c\"*${d:-e f}[xyz]'$g'");
    let parts: Vec<_> = w.parts.iter().map(|p| (p.text.to_string(), p.quoted, matches!(p.kind, PartKind::Glob))).collect();
    let expected = [("a", false, false), ("b", true, false), ("$c", true, false), ("*", false, true), ("${d:-e f}", false, false)];
    let expected = expected.into_iter().chain([("[xyz]", false, true), ("$g", true, false)]);
    assert_eq!(parts, expected.map(|(t, q, g)| (t.to_owned(), q, g)).collect::<Vec<_>>());
    assert_eq!(w.unquoted().as_str(), "ab$c*${d:-e f}[xyz]$g");
    assert!(w.has_glob() && !word("\"*\"").has_glob() && !word("a[").has_glob());
}

#[test]
fn variables_and_their_operators() {
    let seen = |source: &str| {
        let w = word(source);
        let show = |v: &Variable| {
            let operand = v.operand.as_ref().map_or("", |w| w.text.as_str());
            format!("{}:{}:{operand}", v.name, v.operator.as_ref().map_or("", |o| o.as_str()))
        };
        w.variables().iter().map(|v| show(v)).collect::<Vec<_>>()
    };
    assert_eq!(seen("$a${b}$1$@${10}$?"), ["a::", "b::", "1::", "@::", "10::", "?::"]);
    assert_eq!(seen("${a:-b}${c-}${d:=e}${f?g h}"), ["a::-:b", "c:-:", "d::=:e", "f:?:g h"]);
    assert_eq!(seen("${a%%.*}${b#x}${c//d/e}${f^^}${g:1:2}"), ["a:%%:.*", "b:#:x", "c://:d/e", "f:^^:", "g:::1:2"]);
    assert_eq!(seen("${#a}${!b}${#}${c[0]}${d[@]:-e}"), ["a:#:", "b:!:", "#::", "c::", "d::-:e"]);
    assert_eq!(seen("\"${a:-\"$b ${c:-d}\"}\" $((e + ${f}))"), ["a::-:\"$b ${c:-d}\"", "b::", "c::-:d"]);
    assert_eq!(seen("$((e + $f * ${g:-1}))"), ["f::", "g::-:1"]);
    let w = word("${a:-'b c'}");
    assert_eq!(w.variables()[0].default().unwrap().value(), Some("b c"));
    assert!(word("${a:+b}").variables()[0].default().is_none());
    let quoted = word("\"${a:-'b'}\"");
    assert_eq!(quoted.variables()[0].default().unwrap().value(), Some("'b'"));
}

#[test]
fn a_word_as_an_assignment() {
    let a = word("PATH=/a:$b").assignment().unwrap();
    assert_eq!((a.name.as_str(), a.value.unwrap().text.as_str(), a.append), ("PATH", "/a:$b", false));
    assert!(word("A+=b").assignment().unwrap().append);
    for not in ["1a=b", "a-b=c", "=b", "a", "\"a\"=b"] {
        assert!(word(not).assignment().is_none(), "{not}");
    }
}
