use proptest::prelude::*;

use super::*;

const TOKENS: [&str; 72] = [
    "a",
    "echo",
    "é",
    "curl -k",
    "A=b",
    "A=(b c)",
    "if",
    "then",
    "elif",
    "else",
    "fi",
    "for x in",
    "while",
    "until",
    "do",
    "done",
    "case x in",
    "a)",
    ";;",
    "esac",
    "function f",
    "f()",
    "{",
    "}",
    "(",
    ")",
    "((",
    "))",
    "[[",
    "]]",
    "&&",
    "||",
    "|",
    "|&",
    ";",
    "&",
    "\n",
    "!",
    "time",
    "'",
    "\"",
    "`",
    "\\",
    "$",
    "$x",
    "${",
    "${y:-",
    "$(",
    "$((",
    "<(",
    "$'",
    "<<EOF",
    "<<-'E'",
    "EOF\n",
    "\nE\n",
    "<<<",
    ">",
    ">>",
    "2>&1",
    "&>",
    "#",
    "# c\n",
    "*",
    "[a]",
    "@(",
    "\\\n",
    " ",
    "\t",
    "sh -c '",
    "sudo -u",
    "find . -exec",
    "eval \"",
];

fn scripts() -> impl Strategy<Value = String> {
    let token = prop_oneof![9 => proptest::sample::select(&TOKENS[..]).prop_map(str::to_owned), 1 => "[ -~é日\n]{1,4}"];
    proptest::collection::vec((token, any::<bool>()), 0..40)
        .prop_map(|tokens| tokens.into_iter().map(|(t, blank)| if blank { format!("{t} ") } else { t }).collect())
}

const GOOD: [&str; 5] = [
    "set -eux; apt-get update && apt-get install -y --no-install-recommends curl \"libx=1.*\" && rm -rf /var/lib/apt/lists/*",
    "if [ \"$A\" = b ]; then curl -fsSL \"https://x/${V:-1}.tgz\" | tar xz -C /opt; else exit 1; fi && echo 'a b' > /etc/c",
    "for f in a b; do case $f in a) x;; b|c) (y; z);; esac; done; cat <<EOF | sh\n$(date) ${A}\nEOF\nsudo -u q env B=c d",
    "bash -lc 'a \"$b\" && c' || { e `f; g`; } 2>&1 | tee log & h $((1 + $(i))) <(j)",
    "f() { [[ $1 =~ ^(a|b)$ && -f \"$2\" ]] && return 0; }; f x \\\n y; while read -r l; do echo \"$l\"; done < in",
];

/// What holds of every script, right or not.
fn check(source: &str) {
    let text = text(source);
    let script = parse(&text);
    let whole = text.span();
    let flow = script.flow();
    for pipeline in &flow.pipelines {
        let span = pipeline.statement.span;
        assert!(whole.contains(span) && !span.is_empty() && source.get(span.range()).is_some(), "{source:?}: {span:?}");
    }
    for command in &flow.commands {
        let pipeline = flow.pipelines[command.pipeline].statement.span;
        assert!(pipeline.contains(command.span), "{source:?}: {:?} in {pipeline:?}", command.span);
    }
    for (i, command) in script.commands().iter().enumerate() {
        assert_eq!(command.index, i);
        assert!(whole.contains(command.span), "{source:?}: {:?}", command.span);
        let mut last = 0;
        let assignments = command.simple.assignments.iter().map(|a| a.span);
        for span in assignments.chain(command.simple.words.iter().map(Word::span)) {
            assert!(whole.contains(span) && command.span.contains(span), "{source:?}: {span:?} in {:?}", command.span);
            assert!(source.get(span.range()).is_some(), "{source:?}: {span:?} cuts a character");
            assert!(span.start >= last && !span.is_empty(), "{source:?}: {span:?} after {last}");
            last = span.end;
        }
        for word in &command.simple.words {
            let parts = word.parts.iter().map(|p| p.text.span());
            assert!(parts.clone().all(|s| word.span().contains(s)), "{source:?}: parts of {word:?}");
            assert!(parts.is_sorted_by_key(|s| s.start), "{source:?}: parts of {word:?}");
        }
        for redirect in command.redirects {
            assert!(command.span.contains(redirect.span) && redirect.span.contains(redirect.target.span()), "{source:?}: {redirect:?}");
        }
        let options = command.options();
        assert!(options.flags.iter().all(|f| whole.contains(f.text.span())));
    }
}

/// Outside of scripts in arguments and backticks a word is the very text under its span.
fn check_text(source: &str) {
    let script = parse(&text(source));
    for command in script.commands().iter().filter(|c| c.context == Context::default()) {
        for word in &command.simple.words {
            assert_eq!(source.get(word.span().range()), Some(word.text.as_str()), "{source:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_script_is_read(source in scripts()) {
        check(&source);
        check_text(&source);
    }

    #[test]
    fn any_text_is_read(source in "[ -~\n\té日]{0,60}") {
        check(&source);
    }

    #[test]
    fn a_script_that_ends_early_keeps_what_came_before(index in 0..GOOD.len(), at in any::<proptest::sample::Index>()) {
        let whole = GOOD[index];
        let cut = (0..=at.index(whole.len())).rev().find(|&i| whole.is_char_boundary(i)).unwrap_or(0);
        let part = &whole[..cut];
        check(part);
        // Every simple command that ended before the cut is still there.
        let found: Vec<Span> = parse(&text(part)).commands().iter().flat_map(|c| c.simple.words.iter().map(Word::span)).map(|s| s.range()).map(|r| Span::new(file(), r.start, r.end)).collect();
        let before = parse(&text(whole));
        for command in before.commands() {
            let end = command.span.end as usize;
            if end < cut && command.context.embedded.is_none() {
                for word in &command.simple.words {
                    let range = word.span().range();
                    prop_assert!(found.iter().any(|s| s.range() == range), "{:?} is lost from {:?}", word.text, part);
                }
            }
        }
    }

    #[test]
    fn a_script_with_a_byte_less_is_read(index in 0..GOOD.len(), at in any::<proptest::sample::Index>()) {
        let mut source = GOOD[index].to_owned();
        source.remove(at.index(source.len()));
        check(&source);
        check_text(&source);
    }
}
