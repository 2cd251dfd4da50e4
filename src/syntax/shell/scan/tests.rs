use super::*;

fn mask(script: &str) -> String {
    let outline = outline(script);
    assert!(!outline.broken, "{script} is taken for broken: {outline:?}");
    assert_eq!(outline.masked.len(), script.len());
    outline.masked
}

#[test]
fn quotes_and_expansions_are_masked_whole() {
    assert_eq!(mask("echo 'a;b' \"c | $(d \"e\")\" f"), "echo %%%%% %%%%%%%%%%%%%% f");
    assert_eq!(mask("A=${B:-\"}\"} x$C-$1$? \\;"), "A=%%%%%%%%% x%%-%%%% %%");
    assert_eq!(mask("a `b \\` c` <(d; e) $'\\'' $\"f\""), "a %%%%%%%% %%%%%%% %%%%% %%%%");
    assert_eq!(mask("echo a#b # it's"), "echo a#b       ");
}

#[test]
fn parentheses_of_a_case_do_not_close_a_substitution() {
    assert_eq!(mask("a $(case x in b) c;; (d) e;; esac) f"), "a %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%% f");
    assert_eq!(mask("a $(echo case x) b"), "a %%%%%%%%%%%%%% b");
}

#[test]
fn arithmetic_is_told_from_two_subshells() {
    assert_eq!(mask("((a = $b << 2)); c"), "((11111111111)); c");
    assert_eq!(mask("((a \"b\") && (c)) | d"), "((a %%%) && (c)) | d");
    assert_eq!(mask("x $((1 + (2))) $((a) | b)"), "x %%%%%%%%%%%% %%%%%%%%%%");
    assert_eq!(mask("for ((i=0;i<$n;i++)); do a; done"), "for ((111;1111;111)); do a; done");
}

#[test]
fn here_documents_keep_their_delimiter() {
    assert_eq!(mask("cat <<'E F' && b\n$x 'y\nE F\nc"), "cat <<'E F' && b\n%x 'y\nE F\nc");
    assert_eq!(mask("a <<-E\n\tx\n\tE\nb <<<c"), "a <<-E\n\tx\n\tE\nb <<<c");
}

#[test]
fn a_continued_line_joins_words_or_parts_them() {
    assert_eq!(mask("a \\\nb&&\\\nc d\\\ne"), "a   b&&  c d%%e");
}

#[test]
fn cuts_know_how_deep_they_are() {
    let outline = outline("a && if b; then (c | d); fi; e <<E; f\nx;\nE\ng");
    let text = "a && if b; then (c | d); fi; e <<E; f\nx;\nE\ng";
    let at = |c: &Cut| (text[c.start..c.end].to_owned(), c.depth);
    let top: Vec<_> = outline.cuts.iter().filter(|c| c.depth == 0).map(at).collect();
    assert_eq!(top, [("&&".to_owned(), 0), (";".to_owned(), 0), (String::new(), 0)]);
}

#[test]
fn an_unclosed_quote_ends_with_its_command() {
    let outline = outline("echo \"a && b 'c; d");
    assert!(outline.broken);
    assert_eq!(outline.masked, "echo %% && b %%; d");
}

#[test]
fn what_is_open_at_the_end_is_told() {
    let open = |s: &str| outline(s).open;
    assert_eq!(open("if a; then b"), [Open::If(true)]);
    assert_eq!(open("( for x in a b"), [Open::Paren, Open::For(false)]);
    assert_eq!(open("case a in b) c"), [Open::Case(Stage::Body)]);
    assert_eq!(open("echo if; echo {"), []);
}
