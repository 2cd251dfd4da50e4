use std::path::Path;

use super::*;
use crate::source::{FileKind, Sources};
use crate::syntax::SyntaxError;

fn read(text: &str) -> (Yaml, Vec<SyntaxError>) {
    let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f.yml"), FileKind::Compose, String::new()).id;
    let parse = parse(id, text);
    (parse.tree, parse.errors)
}

fn ok(text: &str) -> Yaml {
    let (yaml, errors) = read(text);
    assert_eq!(errors, [], "{text:?}");
    yaml
}

/// The bytes of a node.
fn bytes<'t>(text: &'t str, yaml: &Yaml, path: &[&str]) -> &'t str {
    let id = yaml.get_path(yaml.documents[0], path).unwrap_or_else(|| panic!("no {path:?} in {text:?}"));
    &text[yaml.node(id).span.range()]
}

fn value(yaml: &Yaml, path: &[&str]) -> Text {
    yaml.text(yaml.get_path(yaml.documents[0], path).unwrap()).unwrap().clone()
}

/// Each character of the value with the bytes it maps to, joined; shows the whole map at once.
fn map_of(text: &str, value: &Text) -> Vec<(char, String)> {
    value.char_indices().map(|(i, c)| (c, text[value.span_of(i..i + c.len_utf8()).range()].to_owned())).collect()
}

fn exact(text: &str, path: &[&str]) {
    let yaml = ok(text);
    let v = value(&yaml, path);
    for (c, source) in map_of(text, &v) {
        let stands = source == c.to_string()
            || source.starts_with('\\')
            || (c == '\'' && source == "''")
            || (c.is_whitespace() && source.contains('\n') && source.trim().is_empty());
        assert!(stands, "{c:?} of {:?} maps to {source:?} in {text:?}", v.as_str());
    }
}

#[test]
fn spans_of_keys_values_tags_and_anchors() {
    let text = "a: &x !t é\nb: *x # c\nc: [1, {d: 'e'}]\nf:\n  - g\n  - h: i\n\n# end\nj:\n";
    let yaml = ok(text);
    let root = yaml.documents[0];
    assert_eq!(bytes(text, &yaml, &["a"]), "é");
    let a = yaml.node(yaml.get(root, "a").unwrap());
    assert_eq!(&text[a.tag.as_ref().unwrap().span.range()], "!t");
    assert_eq!(a.tag_name(), Some("!t"));
    assert_eq!(&text[a.anchor.as_ref().unwrap().span.range()], "&x");
    assert_eq!(&text[a.full_span().range()], "&x !t é");
    assert_eq!(bytes(text, &yaml, &["b"]), "*x");
    assert_eq!(value(&yaml, &["b"]).as_str(), "é");
    assert_eq!(bytes(text, &yaml, &["c"]), "[1, {d: 'e'}]");
    assert_eq!(bytes(text, &yaml, &["f"]), "- g\n  - h: i");
    let comments: Vec<_> = yaml.comments.iter().map(|c| (&text[c.span.range()], c.text.as_str())).collect();
    assert_eq!(comments, [("# c", " c"), ("# end", " end")]);
    let j = yaml.node(yaml.get(root, "j").unwrap());
    assert!(j.is_absent());
    assert_eq!(j.span.start as usize, text.len() - 2);
}

#[test]
fn lists_that_are_not_indented() {
    let text = "a:\n- b\n- c:\n  d: 1\n\nz: 1\n";
    let yaml = ok(text);
    assert_eq!(bytes(text, &yaml, &["a"]), "- b\n- c:\n  d: 1");
}

#[test]
fn documents() {
    assert!(ok("").documents.is_empty());
    assert!(ok("# only words\n").documents.is_empty());
    assert_eq!(ok("\u{feff}a: 1\n---\nb: 2\n...\n---\n").documents.len(), 3);
    let text = "\u{feff}a: 1\n";
    assert_eq!(bytes(text, &ok(text), &["a"]), "1");
}

#[test]
fn every_character_of_a_scalar_knows_its_bytes() {
    for text in [
        "a: \"q\\n\\x41\\u00e9\\U0001F600 \\\"b\\\" \\\\ c\"\n",
        "a: 'it''s ''x'''\n",
        "a: one\n  two\n\n  three  \n\n\n  four\n",
        "a: \"one \\\n   two\n  three\n\n  four\\tfive\"\n",
        "a: 'one\n  two\n\n  three'\n",
        "a: |\n  one\n    two\n\n  three\n",
        "a: |2-  # words\n    one\n  two\n\nb: 1\n",
        "a: |+\n  one\n\n\nb: 1\n",
        "a: >\n  one\n  two\n\n  three\n    four\n    five\n\n  six\n  seven\n\n\nb: 1\n",
        "a: >-\n\n\n  one\n  two\n",
        "a: |\n  one\n  two",
        "a: |\r\n  one\r\n  two\r\nb: c\r\n",
        "a: &x |\n  one\n",
        "a: !!str >+\n\n  one\n  two\n\n",
        "- a: 1\n- |\n one\n",
    ] {
        if text.starts_with('-') {
            continue;
        }
        exact(text, &["a"]);
    }
}

#[test]
fn the_span_of_a_block_scalar_reaches_from_its_header_to_its_last_line() {
    let text = "x:\n  a: |- # words\n    one\n\n    two\n\n\n  # after\n  b: 1\n";
    let yaml = ok(text);
    assert_eq!(bytes(text, &yaml, &["x", "a"]), "|- # words\n    one\n\n    two");
    assert_eq!(value(&yaml, &["x", "a"]).as_str(), "one\n\ntwo");
    assert_eq!(bytes(text, &yaml, &["x"]), "a: |- # words\n    one\n\n    two\n\n\n  # after\n  b: 1");
    let text = "- |\n  a\n- >-\n  b\n  c\n";
    let yaml = ok(text);
    let items = yaml.items(yaml.documents[0]);
    assert_eq!(&text[yaml.node(items[1]).span.range()], ">-\n  b\n  c");
    assert_eq!(yaml.text(items[1]).unwrap().as_str(), "b c");
}

/// One error, its bytes and its message.
fn one_error(text: &str) -> (String, String, String) {
    let (_, errors) = read(text);
    assert_eq!(errors.len(), 1, "{text:?}: {errors:#?}");
    let e = &errors[0];
    assert!(e.help.is_some(), "{e:?}");
    assert!(e.message.starts_with(|c: char| !c.is_uppercase() || e.message.starts_with("YAML")), "{}", e.message);
    (text[e.span.range()].to_owned(), e.code.to_owned(), e.message.clone())
}

#[test]
fn errors_point_at_the_bytes_to_edit() {
    for (text, source, code) in [
        ("a:\n\tb: 1\n", "\t", "tab"),
        ("a:\n  b: 1\n\tc: 1\n", "\t", "tab"),
        ("a:\n  image: \"nginx\n  command: \"x\"\n", "\"", "unclosed-quote"),
        ("a: 'x\n", "'", "unclosed-quote"),
        ("a:\n  ports: [\n  image: x\nb:\n  image: y\n", "[", "unclosed-bracket"),
        ("a:\n  ports: [ \"80:80\"\n  image: x\nb:\n  image: y\n", "[", "unclosed-bracket"),
        ("a: [1, 2}\n", "[", "mismatched-bracket"),
        ("a: b: c\n", ":", "stray-colon"),
        ("a: *\nb: 1\n", "*", "missing-name"),
        ("a: @x y # z\n", "@x y", "reserved-character"),
        ("a: `x`\n", "`x`", "reserved-character"),
        ("a: -x\0y\n", "\0", "control-character"),
        ("a: \0\n", "\0", "control-character"),
        ("a: 1\npor\nb: 2\n", "por", "missing-colon"),
        ("a:\n  por\n  b: 2\n", "por", "missing-colon"),
        ("a:\n  b: 1\n c: 2\n", "c: 2", "indentation"),
        ("a:\n  b: 1\n   c: 2\n", "c", "indentation"),
        ("a: 'x' y\n", "y", "text-after-quote"),
        ("a: \"\\n\\q\"\n", "\\q", "unknown-escape"),
        ("a: !e!x y\n", "!e!x", "unknown-tag"),
        ("- a\nb: 1\n", "b: 1", "expected-item"),
        ("a: - b\n", "-", "stray-dash"),
        ("a: {b: 1 c: 2}\n", ":", "missing-comma"),
        ("a: 1\nb: 2\na: 3\n", "a", "duplicate-key"),
        ("a: {b: 1, \"b\": 2}\n", "\"b\"", "duplicate-key"),
        ("a: &x {}\nb:\n  <<: *x\n  <<: *x\n", "<<", "duplicate-key"),
        ("a: *nope\n", "*nope", "unknown-anchor"),
        ("a: &base {}\nb: *bsae\n", "*bsae", "unknown-anchor"),
        ("a: *x\nb: &x 1\n", "*x", "unknown-anchor"),
        ("a: &a\n  b: *a\n", "*a", "alias-cycle"),
        ("a: &a x\nb:\n  <<: *a\n", "*a", "merge-of-scalar"),
        ("a: &a {}\nb:\n  <<: [*a, x]\n", "x", "merge-of-scalar"),
        ("b:\n  <<:\n  c: 1\n", "<<", "merge-of-scalar"),
    ] {
        let (at, found, message) = one_error(text);
        assert_eq!((at.as_str(), found.as_str()), (source, code), "{text:?}: {message}");
    }
}

#[test]
fn near_misses_are_no_errors() {
    for text in [
        "a: x@y\nb: http://x:80/y\nc: a:b\nd: \"a\\tb\"\n",
        "a:\tb\n",
        "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n",
        "a: &x {b: 1}\nc:\n  <<: [*x, {d: 1}]\n",
        "a: {\"1\": x}\nb: {1: y}\n",
        "a: [b,\n  c\n]\n",
        "a: &x 1\nb: *x\na2: &x 2\nc: *x\n",
        "a: \"<<\"\n\"<<\": x\n",
        "a: \"x\n  y\"\n",
    ] {
        ok(text);
    }
}

#[test]
fn a_broken_value_costs_only_itself() {
    let text = "services:\n  web:\n    image: a\n    ports: [\n    user: b\n  db:\n    image: c\nvolumes: {}\n";
    let (yaml, errors) = read(text);
    assert_eq!(errors.len(), 1);
    let root = yaml.documents[0];
    assert_eq!(value(&yaml, &["services", "web", "user"]).as_str(), "b");
    assert_eq!(value(&yaml, &["services", "db", "image"]).as_str(), "c");
    assert!(yaml.get(root, "volumes").is_some());
    let ports = yaml.get_path(root, &["services", "web", "ports"]).unwrap();
    assert_eq!(yaml.node(ports).kind, Kind::Broken);
    assert_eq!(&text[yaml.node(ports).span.range()], "[");
}

#[test]
fn a_lost_line_is_remembered_with_its_mapping_and_key() {
    let text = "services:\n  web:\n    image: a\n    user\n  db:\n   - image: c\n    ports: 1\n";
    let (yaml, errors) = read(text);
    assert_eq!(errors.len(), 2, "{errors:#?}");
    let root = yaml.documents[0];
    let web = yaml.get_path(root, &["services", "web"]).unwrap();
    let lost: Vec<_> = yaml.broken.iter().map(|b| (&text[b.span.range()], b.container, b.key.as_deref())).collect();
    assert_eq!(lost[0], ("user", Some(web), None));
    assert_eq!(lost[1].2, Some("ports"));
}

#[test]
fn several_errors_are_all_told() {
    let text = "a:\n  b: @1\n  c: 2\n  d: 3\n  e: 4\nf:\n  g: `5`\n  h: 6\n";
    let (yaml, errors) = read(text);
    assert_eq!(errors.iter().map(|e| &text[e.span.range()]).collect::<Vec<_>>(), ["@1", "`5`"]);
    assert_eq!(value(&yaml, &["f", "h"]).as_str(), "6");
}

#[test]
fn hostile_input_is_bounded() {
    let deep = "[".repeat(100_000);
    assert_eq!(read(&deep).1[0].code, "too-deep");
    let deep = "{a: ".repeat(100_000);
    assert_eq!(read(&deep).1[0].code, "too-deep");
    let deep = "- ".repeat(100_000);
    assert!(!read(&deep).1.is_empty());
    let many = format!("[{}]", "a,".repeat(NODE_BUDGET));
    let (yaml, errors) = read(&many);
    assert_eq!(errors[0].code, "too-many-values");
    assert!(yaml.len() <= NODE_BUDGET + 1);
    let comments = format!("a: 1\n{}b: 2\n", "# words\n".repeat(20_000));
    assert_eq!(ok(&comments).comments.len(), 20_000);
}

#[test]
fn an_alias_bomb_is_cut_where_it_grows_too_large() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..10 {
        let line = vec![format!("*a{}", i - 1); 9].join(", ");
        text.push_str(&format!("a{i}: &a{i} [{line}]\n"));
    }
    let (yaml, errors) = read(&text);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].code, "alias-bomb");
    assert!(expanded(&yaml) <= NODE_BUDGET);
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for i in 1..2000 {
        deep.push_str(&format!("a{i}: &a{i} [*a{}]\n", i - 1));
    }
    assert_eq!(read(&deep).1[0].code, "alias-bomb");
}

fn expanded(yaml: &Yaml) -> usize {
    let mut stack = yaml.documents.clone();
    let mut seen = 0;
    while let Some(id) = stack.pop() {
        seen += 1;
        stack.extend(yaml.items(id));
        stack.extend(yaml.entries(id).iter().flat_map(|e| [e.key, e.value]));
    }
    seen
}
