//! The tree, its arguments and its dump, on texts where the readings could differ.

use super::testing::tree;
use super::*;
use crate::syntax::text::Text;

fn first(text: &str) -> Instruction {
    tree(text).instructions().next().unwrap().clone()
}

/// After `FROM a`.
fn second(text: &str) -> Instruction {
    tree(&format!("FROM a\n{text}")).instructions().nth(1).unwrap().clone()
}

fn strings<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<&'a str> {
    texts.into_iter().map(Text::as_str).collect()
}

#[test]
fn comments_and_empty_lines_inside_a_continuation_are_no_part_of_the_arguments() {
    let text = "RUN a \\\n  # one\n\n \t\n  b \\\n# two\n  c # three\n";
    let i = first(text);
    assert_eq!(i.args.as_str(), "a   b   c # three");
    assert_eq!(&text[i.args.span_of(4..5).range()], "b");
    assert_eq!(&text[i.span.range()], &text[..text.len() - 1]);
    assert_eq!(strings(i.comments.iter().map(|c| &c.text)), ["one", "two"]);
    assert_eq!(i.blank_lines.iter().map(|s| s.len()).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn a_keyword_may_go_over_two_lines() {
    let text = "FR\\\nOM alp\\\nine\n";
    let i = first(text);
    assert_eq!((i.keyword, i.name.as_str(), i.args.as_str()), (Keyword::From, "FROM", "alpine"));
    assert_eq!(&text[i.args.span().range()], "alp\\\nine");
}

#[test]
fn flags_end_at_the_first_other_word_or_at_two_dashes() {
    let i = second("COPY --from=x --chown=\"a b\":c\\ d \\\n  --link -- --not=a b\n");
    let flags: Vec<_> = i.flags.iter().map(|f| (f.name.as_str(), f.value.as_ref().map(Text::as_str))).collect();
    assert_eq!(flags, [("from", Some("x")), ("chown", Some("a b:c d")), ("link", None)]);
    assert_eq!(i.args.as_str(), "--not=a b");
    let i = second("RUN echo --from=x");
    assert!(i.flags.is_empty());
}

#[test]
fn json_is_for_those_that_take_it() {
    assert_eq!(strings(second("RUN [\"a\", \"b\"]").json.iter().flatten()), ["a", "b"]);
    assert!(second("ENV [\"a\",\"b\"] c").json.is_none());
    assert!(second("RUN ['a']").looks_like_json);
    assert!(second("RUN [\"a\"] && b").looks_like_json);
    assert!(!second("EXPOSE [80]").looks_like_json);
    let health = second("HEALTHCHECK --retries=2 CMD [\"a\"]");
    assert_eq!(strings(health.json.iter().flatten()), ["a"]);
    let Args::Healthcheck(Healthcheck::Cmd { options, command }) = health.typed() else { panic!() };
    assert_eq!(options.retries.as_deref(), Some("2"));
    assert!(matches!(command, CommandForm::Exec(words) if words.len() == 1));
    let Args::Healthcheck(Healthcheck::Cmd { command: CommandForm::Shell(line), .. }) = second("HEALTHCHECK cmd  a b").typed() else {
        panic!()
    };
    assert_eq!(line.as_str(), "a b");
}

#[test]
fn heredocs_in_the_order_of_their_markers() {
    let text = "COPY <<A 3<<-\"B\" /x\na\nB\nA\n\tb\n\n\t\tB\nRUN y\n";
    let tree = tree(text);
    let i = tree.instructions().next().unwrap();
    let seen: Vec<_> = i.heredocs.iter().map(|h| (h.name.as_str(), h.fd, h.chomp, h.expand, h.body.as_str())).collect();
    assert_eq!(seen, [("A", 0, false, true, "a\nB\n"), ("B", 3, true, false, "b\n\n")]);
    assert_eq!(&text[i.heredocs[1].marker.range()], "3<<-\"B\"");
    assert_eq!(&text[i.heredocs[1].terminator.unwrap().range()], "\t\tB");
    assert_eq!(&text[i.heredocs[1].body.span_of(0..1).range()], "b");
    assert!(text[..i.span.end as usize].ends_with("\t\tB"));
    assert_eq!(tree.instructions().count(), 2);
    let Args::Copy(args) = i.typed() else { panic!() };
    assert!(args.sources.is_empty());
    assert_eq!(strings(&args.heredocs), ["<<A", "3<<-\"B\""]);
}

#[test]
fn markers_are_words_of_their_own() {
    let names = |line: &str, end: &str| -> Vec<String> {
        let parsed = parse(testing::file(), &format!("RUN {line}\n{end}"));
        assert!(parsed.errors.iter().all(|e| !e.fatal), "{line}");
        let instruction = parsed.tree.instructions().next().unwrap();
        instruction.heredocs.iter().map(|h| h.name.to_string()).collect()
    };
    assert_eq!(names("<<  EOF  > x", "EOF"), ["EOF"]);
    assert_eq!(names("<<- EOF", "EOF"), ["EOF"]);
    assert_eq!(names("<<$E", "$E"), ["$E"]);
    assert_eq!(names("<<'a b'c", "a bc"), ["a bc"]);
    assert_eq!(names("<<a\\'b", "a'b"), ["a'b"]);
    for line in ["a<<EOF", "\"<<EOF\"", "'<<EOF'", "<<<EOF", "<<", "<<-", "<<''", "it's <<EOF", "[\"<<EOF\"]", "$((1<<2))", "a \\<<EOF"] {
        assert_eq!(names(line, ""), [""; 0], "{line}");
    }
    assert!(second("USER <<EOF").heredocs.is_empty());
}

#[test]
fn an_unterminated_heredoc_does_not_swallow_the_rest() {
    let parsed = parse(testing::file(), "FROM a\nRUN <<EOF\nx\n  RUN y\nCMD z\n");
    assert_eq!(parsed.tree.instructions().map(|i| i.keyword).collect::<Vec<_>>(), [Keyword::From, Keyword::Run, Keyword::Cmd]);
    assert_eq!(parsed.errors[0].code, "unterminated-heredoc");
}

#[test]
fn a_trigger_has_true_bytes_and_the_heredocs() {
    let text = "ONBUILD  RUN --mount=target=/x \\\n # why\n <<EOF\nls\nEOF\n";
    let i = first(text);
    let trigger = i.trigger.as_deref().unwrap();
    assert_eq!(trigger.keyword, Keyword::Run);
    assert_eq!(&text[trigger.name.span().range()], "RUN");
    assert_eq!(trigger.span.end, i.span.end);
    assert_eq!(trigger.heredocs, i.heredocs);
    assert_eq!(i.heredocs[0].body.as_str(), "ls\n");
    assert_eq!(mounts(trigger).len(), 1);
    assert_eq!(i.comments.len(), 1);
}

#[test]
fn a_backtick_escapes_when_the_file_says_so() {
    let t = tree("# escape=`\nFROM a\nRUN dir C:\\ `\n  /s\nENV A=x` y\n");
    assert_eq!(t.escape, '`');
    let args: Vec<_> = t.instructions().map(|i| i.args.to_string()).collect();
    assert_eq!(args, ["a", "dir C:\\   /s", "A=x` y"]);
    let Args::Env(pairs) = t.instructions().last().unwrap().typed() else { panic!() };
    assert_eq!(pairs[0].value.as_str(), "x` y");
}

#[test]
fn directives_comments_and_blanks() {
    let text = "\u{feff}# syntax = a/b\n\n  # not=one\n# escape=`\nFROM a";
    let t = tree(text);
    assert_eq!(t.directives().map(|d| d.value.as_str()).collect::<Vec<_>>(), ["a/b"]);
    assert_eq!(t.comments().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["not=one", "escape=`"]);
    assert!(matches!(t.items[0], Item::Blank(span) if span.len() == 3));
    assert_eq!(t.escape, '\\');
}

#[test]
fn the_item_at_an_offset() {
    let t = tree("FROM a\n# c\n\nRUN b\n");
    let kind = |at| match t.item_at(at) {
        Some(Item::Instruction(i)) => i.keyword.as_str(),
        Some(Item::Comment(_)) => "#",
        Some(Item::Blank(_)) => "_",
        _ => "",
    };
    assert_eq!([0, 5, 6, 7, 10, 11, 12, 16, 17, 99].map(kind), ["FROM", "FROM", "_", "#", "_", "_", "RUN", "RUN", "_", "_"]);
    assert!(tree("FROM a").item_at(0).is_some());
    assert!(parse(testing::file(), "").tree.item_at(0).is_none());
}

#[test]
fn key_values_of_both_forms() {
    let pairs = |line: &str| -> Vec<_> {
        let (Args::Env(pairs) | Args::Label(pairs)) = second(line).typed() else { panic!() };
        pairs.iter().map(|p| (p.key.to_string(), p.value.to_string(), p.legacy)).collect()
    };
    let pair = |k: &str, v: &str, legacy| (k.to_string(), v.to_string(), legacy);
    assert_eq!(
        pairs("ENV a=1 b=\"x y\" c=z\\ w d=''"),
        [pair("a", "1", false), pair("b", "\"x y\"", false), pair("c", "z\\ w", false), pair("d", "''", false)]
    );
    assert_eq!(pairs("ENV a  b=c d"), [pair("a", "b=c d", true)]);
    assert_eq!(pairs("LABEL \"a b\"=c"), [pair("\"a b\"", "c", false)]);
    assert_eq!(pairs("ENV a=b \\\n c=d \\"), [pair("a", "b", false), pair("c", "d", false)]);
}

#[test]
fn arguments_of_the_others() {
    let Args::From { platform, image, name } = first("FROM --platform=p i aS n").typed() else { panic!() };
    assert_eq!((platform.as_deref(), image.as_str(), name.as_deref()), (Some("p"), "i", Some("n")));
    let Args::Arg(decls) = second("ARG a b=c d=\"e f\"").typed() else { panic!() };
    let decls: Vec<_> = decls.iter().map(|d| (d.name.as_str(), d.default.as_deref())).collect();
    assert_eq!(decls, [("a", None), ("b", Some("c")), ("d", Some("\"e f\""))]);
    let Args::Copy(copy) = second("COPY --link=false --parents --exclude=a --exclude=b x y /z").typed() else { panic!() };
    assert_eq!((copy.link, copy.parents, strings(&copy.exclude)), (false, true, vec!["a", "b"]));
    assert_eq!((strings(&copy.sources), copy.destination.as_deref()), (vec!["x", "y"], Some("/z")));
    let Args::Add(add) = second("ADD [\"a b\", \"c\"]").typed() else { panic!() };
    assert_eq!((strings(&add.sources), add.destination.as_deref()), (vec!["a b"], Some("c")));
    let Args::Volume(v) = second("VOLUME /a [\"b\"").typed() else { panic!() };
    assert_eq!(strings(&v), ["/a", "[\"b\""]);
    let Args::Shell(s) = second("SHELL [\"sh\"]").typed() else { panic!() };
    assert_eq!(strings(&s), ["sh"]);
    let Args::User(u) = second("USER a:b").typed() else { panic!() };
    assert_eq!(u.as_str(), "a:b");
}

#[test]
fn mounts_with_all_their_fields() {
    let i = second("RUN --mount=type=Secret,id=a,dst=/x,ro --mount=\"source=a b\",target=/y,rw=true,uid=1 z");
    let all = mounts(&i);
    assert_eq!((all[0].kind(), all[0].id.as_deref(), all[0].target.as_deref()), (Some(MountKind::Secret), Some("a"), Some("/x")));
    assert_eq!(all[0].readonly.as_deref(), Some("true"));
    assert_eq!((all[1].kind(), all[1].source.as_deref(), all[1].readwrite.as_deref()), (Some(MountKind::Bind), Some("a b"), Some("true")));
    assert_eq!(mounts(&second("RUN --mount=type=$T,x z"))[0].kind(), None);
    assert!(mounts(&second("CMD --mount=type=bind z")).is_empty());
}

#[test]
fn templates_are_told_by_what_begins_a_line() {
    let template = |text: &str| is_template(&parse(testing::file(), text).tree);
    for text in [
        "{{ if .X }}\nFROM a\n{{ end }}\n",
        "FROM {{ .Base }}\n",
        "{% if x %}\n",
        "<% x %>\n",
        "FROM --platform={{p}} a\n",
        "FROM a\n  {{- end }}",
    ] {
        assert!(template(text), "{text}");
    }
    for text in
        ["FROM a\nRUN docker inspect -f '{{.State}}' x\n", "FROM a\nRUN x \\\n  {{y}}\n", "FROM a\nENV x={{y}}\n", "# {{ x }}\nFROM a\n"]
    {
        assert!(!template(text), "{text}");
    }
}

#[test]
fn the_dump_counts_lines_from_one() {
    let text = "\n\nFROM a\nRUN <<X\ny\nX\n\nONBUILD run [\"z\"]\nfoo \\\n # c\n";
    let parsed = parse(testing::file(), text);
    let want = serde_json::json!({"instructions": [
        {"cmd": "FROM", "start": 3, "end": 3, "heredocs": 0, "json": false},
        {"cmd": "RUN", "start": 4, "end": 6, "heredocs": 1, "json": false},
        {"cmd": "ONBUILD", "start": 8, "end": 8, "heredocs": 0, "json": false},
        {"cmd": "FOO", "start": 9, "end": 10, "heredocs": 0, "json": false},
    ]});
    assert_eq!(dump(&parsed.tree, text), want);
}

#[test]
fn lines_longer_than_buildkit_reads() {
    let parsed = parse(testing::file(), &format!("FROM a\nRUN {}\nRUN {}\n", "x".repeat(65_531), "x".repeat(65_532)));
    assert_eq!(parsed.errors.iter().map(|e| (e.code, e.span.len())).collect::<Vec<_>>(), [("line-too-long", 65_536)]);
}

#[test]
fn many_unended_heredocs_cost_no_more_than_their_bytes() {
    let n = 30_000;
    let text = "RUN <<A\nx\n".repeat(n);
    let parsed = parse(testing::file(), &text);
    assert_eq!(parsed.errors.len(), n);
    assert_eq!(parsed.tree.instructions().count(), n);
    let check = format!("# check={}\nFROM a\n", "skip=a;".repeat(n));
    assert_eq!(super::check(&parse(testing::file(), &check).tree).len(), 1);
}
