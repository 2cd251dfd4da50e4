use super::*;

/// The programs that are found in a script which is not right.
fn programs(source: &str) -> Vec<String> {
    let script = script(source);
    assert!(script.broken, "{source} is taken for right");
    script.commands().iter().filter(|c| !c.program().is_empty()).map(|c| c.program().to_owned()).collect()
}

#[test]
fn an_unfinished_script_keeps_its_shape() {
    assert_eq!(show("if a; then b"), ["a [condition]", "b [conditional]", "broken"]);
    assert_eq!(show("if a &&"), ["a [condition]", "broken"]);
    assert_eq!(show("while a; do if b; then c; fi"), ["a [condition]", "b [condition conditional]", "c [conditional]", "broken"]);
    assert_eq!(show("case x in a) b"), ["b [conditional]", "broken"]);
    assert_eq!(show("f() { a; (b"), ["a ; [function]", "b [subshell function]", "broken"]);
    assert_eq!(show("a && "), ["a", "broken"]);
    assert_eq!(show("a > "), ["a", "broken"]);
    assert_eq!(show("a | b |"), ["a | [subshell]", "b [subshell]", "broken"]);
    assert_eq!(show("for x in a b"), ["broken"]);
    assert_eq!(show("a; for"), ["a ;", "broken"]);
    assert_eq!(show("a $(b; c"), ["b ; [subshell substitution]", "c [subshell substitution]", "a $(b; c", "broken"]);
    assert_eq!(show("cat <<EOF\nfoo\n"), ["cat <Heredoc EOF>", "broken"]);
}

#[test]
fn one_mistake_hides_little() {
    assert_eq!(programs("echo \"foo && apt-get install x; rm y"), ["echo", "apt-get", "rm"]);
    assert_eq!(programs("a 'b && c 'd' && e"), ["a", "e"]);
    assert_eq!(programs("a ) && b"), ["a", "b"]);
    assert_eq!(programs("a && ; b && fi; c"), ["a", "b", "c"]);
    assert_eq!(programs("if a; then b; c ) d; fi; e"), ["a", "b", "c", "d", "e"]);
    assert_eq!(programs("for x in y; do a; case z in p|q) b;; r) c done; d"), ["a", "b", "c", "d"]);
    assert_eq!(programs("a ${b && c"), ["a", "c"]);
    assert_eq!(programs("a <<E && b\nx\nE\nc ) d"), ["a", "b", "c", "d"]);
}

#[test]
fn long_chains_are_read_in_parts() {
    let source = format!("{}last", "a && b | c || ".repeat(2000));
    let script = script(&source);
    let commands = script.commands();
    assert!(!script.broken);
    assert_eq!(commands.len(), 6001);
    assert!(commands.iter().take(6000).zip([Join::And, Join::Pipe, Join::Or].iter().cycle()).all(|(c, join)| c.join == *join));
    let inner = format!("({}b)", "a && ".repeat(2000));
    assert_eq!(parse(&text(&inner)).commands().len(), 2001);
}

/// Runs on a thread with the stack that threads have by default.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn deep_nesting_is_bounded() {
    on_a_small_stack(|| {
        let pairs = [
            ("${a:-", "}"),
            ("\"${a:-", "}\""),
            ("${a//b/", "}"),
            ("$(b ", ")"),
            ("\"$(b ", ")\""),
            ("$((1+", "))"),
            ("<(a ", ")"),
            ("`", "`"),
            ("@(a|", ")"),
            ("(", ")"),
            ("( ", ")"),
            ("{ ", ";}"),
            ("if ", "; then b; fi"),
            ("case a in b) ", ";; esac"),
            ("f() { ", "; }"),
            ("! ", ""),
            ("time ", ""),
            ("[[ ", " ]]"),
            ("env A=$(", ")"),
            ("eval $(", ")"),
            ("find -exec ", ""),
            ("sh <<E\n", "\nE\n"),
            ("a=(", ")"),
        ];
        for (open, close) in pairs {
            let deepest = if open.contains("${") { 20_000 } else { 500 };
            for depth in [40, deepest] {
                let source = format!("{}x{}", open.repeat(depth), close.repeat(depth));
                parse(&text(&source)).flow();
                parse(&text(&open.repeat(depth))).flow();
                let after = format!("echo {source} && apt-get install y");
                let script = parse(&text(&after));
                let flow = script.flow();
                let found = flow.commands.iter().any(|c| c.is(&["apt-get", "echo"]));
                assert!(found, "nothing found around {depth} times {open}");
            }
        }
    });
}

#[test]
fn nesting_within_the_bound_is_read() {
    on_a_small_stack(|| {
        let source = format!("{}x{}", "a $(if b; then { ".repeat(7), "; }; fi)".repeat(7));
        let script = parse(&text(&source));
        assert!(!script.broken);
        assert_eq!(script.commands().len(), 15);
        let mut nested = "curl x".to_owned();
        for _ in 0..8 {
            nested = format!("sh -c \"{}\"", nested.replace('\\', "\\\\").replace('"', "\\\""));
        }
        let script = parse(&text(&nested));
        let commands = script.commands();
        let curl = commands.last().unwrap();
        assert_eq!((curl.program(), &nested[curl.span.range()]), ("curl", "curl x"));
    });
}

/// The time for ten times the text is about ten times as long; a square would be a hundred times.
#[test]
fn time_grows_with_the_length() {
    let shapes = [
        "a;",
        "a b c\n",
        "a && ",
        "cat <<E\n$x\nE\n",
        "echo \"a $b $(c)\"\n",
        "'a\n",
        "a )\n",
        "$((a) ",
        "((a) ",
        "<<a ",
        "`a` ",
        "(",
        "{ ",
        "if ",
    ];
    for shape in shapes {
        let time = |len: usize| {
            let source = text(&shape.repeat(len / shape.len()));
            let start = std::time::Instant::now();
            std::hint::black_box(parse(&source).commands().len());
            start.elapsed()
        };
        time(2_000);
        let (short, long) = (time(5_000), time(50_000));
        // Generous, for the machine may be busy; a quarter of a second is no square of anything.
        assert!(long < short * 40 || long.as_millis() < 250, "{shape:?}: {short:?}, then {long:?}");
    }
}
