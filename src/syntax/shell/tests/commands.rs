use super::*;

#[test]
fn lists_and_pipelines() {
    assert_eq!(
        show("apt-get update && apt-get install -y \"curl\" || exit 1; rm -rf /var/lib/apt/lists/*\ntrue &"),
        [
            "apt-get update &&",
            "apt-get install -y \"curl\" ||",
            "exit 1 ; [conditional]",
            "rm -rf /var/lib/apt/lists/* \\n",
            "true & [subshell]"
        ]
    );
    assert_eq!(show("a | b |& c;"), ["a | [subshell]", "b |& [subshell]", "c [subshell]"]);
    assert_eq!(show("! a | b; time -p c; ! time d"), ["a | [subshell negated]", "b ; [subshell negated]", "c ;", "d [negated]"]);
    assert_eq!(show("# nothing\n"), [""; 0]);
}

#[test]
fn compound_commands() {
    assert_eq!(
        show("if a; then b && c; elif d; then e; else f; fi"),
        ["a [condition]", "b && [conditional]", "c [conditional]", "d [condition]", "e [conditional]", "f [conditional]"]
    );
    assert_eq!(
        show("for i in $(ls) b; do echo $i; done; while read x; do c; done < f; until d; do e; done"),
        [
            "ls [subshell substitution]",
            "echo $i [conditional]",
            "read x [condition]",
            "c [conditional]",
            "d [condition]",
            "e [conditional]"
        ]
    );
    assert_eq!(show("case $x in a|b) c;; (d) e ;; *) f; esac; g"), ["c [conditional]", "e [conditional]", "f [conditional]", "g"]);
    assert_eq!(show("(a; b) | { c; d; }"), ["a ; [subshell]", "b [subshell]", "c ; [subshell]", "d [subshell]"]);
    assert_eq!(show("f() { a; b; }; function g { c; }; f"), ["a ; [function]", "b [function]", "c [function]", "f"]);
    assert_eq!(
        show("[[ -f \"$(x)\" && $y =~ ^(a|b)$ ]] && z; ((i = $(n) + 1)); for ((i=0;i<3;i++)); do w; done"),
        ["x [subshell substitution]", "z ;", "n [subshell substitution]", "w [conditional]"]
    );
    assert_eq!(
        show("if a; then if b; then (c) fi fi && d"),
        ["a [condition]", "b [condition conditional]", "c [subshell conditional]", "d"]
    );
    assert_eq!(
        show("if !(test -f x) || !  b; then c; fi"),
        ["test -f x [subshell condition negated]", "b [condition conditional negated]", "c [conditional]"]
    );
}

#[test]
fn simple_commands() {
    assert_eq!(show("A=1 B=\"$x\" foo; C=; D+=(a \"b c\")"), ["A=1 B=\"$x\" foo ;", "C= ;", "D=(a \"b c\")"]);
    assert_eq!(
        show("export A=b C; local d; exit 1; return; x=1 break"),
        ["export A=b C ;", "local d ;", "exit 1 ;", "return ;", "x=1 break"]
    );
    assert_eq!(show("echo if then { } [[ ! done"), ["echo if then { } [[ ! done"]);
    assert_eq!(show("'if' x; \\then y"), ["'if' x ;", "\\then y"]);
    assert_eq!(show("a$b=c d"), ["a$b=c d"]);
    assert_eq!(show("alias ll='ls -l'; shopt -s expand_aliases\nll"), ["alias ll='ls -l' ;", "shopt -s expand_aliases \\n", "ll"]);
}

#[test]
fn redirections() {
    assert_eq!(show("a >b 2>&1 >>c <d &>e"), ["a <Write b> <DuplicateOutput 1> <Append c> <Read d> <WriteBoth e>"]);
    assert_eq!(
        show("a &>>b >|c <>d 2>&- <&3 <<<\"e f\" >&log"),
        ["a <AppendBoth b> <Clobber c> <ReadWrite d> <DuplicateOutput -> <DuplicateInput 3> <HereString \"e f\"> <DuplicateOutput log>"]
    );
    assert_eq!(show("> x; exec 3<>y {fd}<z"), ["<Write x> ;", "exec <ReadWrite y> <Read z>"]);
    let script = script("a 2>>f 1>&2 >&log");
    let writes: Vec<_> = script.commands()[0].redirects.iter().map(|r| (r.fd, r.writes())).collect();
    assert_eq!(writes, [(Some(2), true), (Some(1), false), (Some(1), true)]);
    let script = parse(&text("{ a; b; } > f 2>&1"));
    let flow = script.flow();
    assert_eq!(
        flow.redirects.iter().map(|(r, held)| (r.op, held.clone())).collect::<Vec<_>>(),
        [(RedirectOp::Write, 0..2), (RedirectOp::DuplicateOutput, 0..2)]
    );
}

#[test]
fn here_documents() {
    let source = "cat <<EOF >f && b\nhello $(c \"d\") ${x}\nEOF\ne <<-'E F'\n\t$no\n\tE F\n";
    assert_eq!(show(source), ["c \"d\" [subshell substitution]", "cat <Heredoc EOF> <Write f> &&", "b \\n", "e <Heredoc 'E F'>"]);
    let script = script(source);
    let commands = script.commands();
    let first = commands[1].redirects[0].heredoc.as_ref().unwrap();
    assert_eq!((first.body.as_str(), first.quoted), ("hello $(c \"d\") ${x}\n", false));
    assert_eq!(&source[first.body.span().range()], "hello $(c \"d\") ${x}\n");
    let second = commands[3].redirects[0].heredoc.as_ref().unwrap();
    assert_eq!((second.body.as_str(), second.quoted, second.parts.len()), ("$no\n", true, 0));
    assert_eq!(&source[second.body.span().range()], "$no\n");
    assert_eq!(show("a <<E | b <<F\n1\nE\n2\nF\nc"), ["a <Heredoc E> | [subshell]", "b <Heredoc F> \\n [subshell]", "c"]);
    assert_eq!(show("sh <<EOF\na \"b\"\nc\nEOF"), ["sh <Heredoc EOF>", "a \"b\" \\n [subshell Heredoc]", "c [subshell Heredoc]"]);
}

#[test]
fn substitutions_run_before_their_command() {
    let source = "a `b \\`c\\`` \"$(d \"e\")\" <(f) $((1 + $(g))) ${h:-$(i)}";
    let script = script(source);
    let flow = script.flow();
    let names: Vec<_> = flow.commands.iter().map(Command::program).collect();
    assert_eq!(names, ["c", "b", "d", "f", "g", "i", "a"]);
    let within: Vec<_> = flow.commands.iter().map(|c| flow.within(c).map(Command::program)).collect();
    assert_eq!(within, [Some("b"), Some("a"), Some("a"), Some("a"), Some("a"), Some("a"), None]);
    assert!(!script.broken);
}

#[test]
fn wrappers_are_taken_off() {
    let unwrapped = |source: &str| {
        let script = script(source);
        let commands = script.commands();
        let c = commands.last().unwrap();
        let words: Vec<_> = c.words().iter().map(|w| w.text.to_string()).collect();
        let wrappers: Vec<_> = c.wrappers().map(|w| w.text.to_string()).collect();
        let set: Vec<_> = c.assignments().iter().map(|a| a.name.to_string()).collect();
        format!("{}: {} [{}] [{}]", c.program(), words.join(" "), wrappers.join(" "), set.join(" "))
    };
    assert_eq!(unwrapped("A=b sudo -E -u root C=d curl -k x"), "curl: curl -k x [sudo] [A C]");
    assert_eq!(unwrapped("sudo -Hu root FOO=1 env -i BAR=2 /usr/bin/curl"), "curl: /usr/bin/curl [sudo env] [FOO BAR]");
    assert_eq!(unwrapped("exec time -f x nice -n 5 nohup \"curl\""), "curl: \"curl\" [exec time nice nohup] []");
    assert_eq!(unwrapped("timeout --kill-after 5 -s KILL 10m curl"), "curl: curl [timeout] []");
    assert_eq!(unwrapped("ls | xargs -0 -n1 -I {} rm {}"), "rm: rm {} [xargs] []");
    assert_eq!(unwrapped("gosu app:app python3.11 -u -m pip install x"), "pip: pip install x [gosu python3.11] []");
    assert_eq!(unwrapped("busybox wget -O- x"), "wget: wget -O- x [busybox] []");
    // These run nothing.
    assert_eq!(unwrapped("command -v curl"), "command: command -v curl [] []");
    assert_eq!(unwrapped("sudo -l"), "sudo: sudo -l [] []");
    assert_eq!(unwrapped("env A=b"), "env: env A=b [] []");
    assert_eq!(unwrapped("apt-get install sudo"), "apt-get: apt-get install sudo [] []");
    assert_eq!(unwrapped("python3 -m venv x"), "python3: python3 -m venv x [] []");
    assert_eq!(unwrapped("$CMD curl"), ": $CMD curl [] []");
}

#[test]
fn scripts_in_arguments_are_read() {
    assert_eq!(
        show("bash -euxo pipefail -c 'a \"b\" | c' x && eval d \"e f\"; su foo -c 'g; h'"),
        [
            "bash -euxo pipefail -c 'a \"b\" | c' x &&",
            "a \"b\" | [subshell Shell]",
            "c [subshell Shell]",
            "eval d \"e f\" ;",
            "d e f [Eval]",
            "su foo -c 'g; h'",
            "g ; [subshell Shell]",
            "h [subshell Shell]",
        ]
    );
    assert_eq!(
        show("find . -exec chmod 777 {} \\; -o -exec sh -c 'a $1' _ {} +"),
        [
            "find . -exec chmod 777 {} \\; -o -exec sh -c 'a $1' _ {} +",
            "chmod 777 {} [subshell Find]",
            "sh -c 'a $1' _ {} [subshell Find]",
            "a $1 [subshell Shell]",
        ]
    );
    assert_eq!(show("sudo -u x sh -c \"curl $URL | sh\"")[1..], ["curl $URL | [subshell Shell]", "sh [subshell Shell]"]);
    // No script: a file, something printed, a mere variable.
    assert_eq!(show("sh -x setup.sh -c 'a'").len(), 1);
    assert_eq!(show("sh -c \"$(curl x)\"").len(), 2);
    assert_eq!(show("sh -c \"$CMD\"").len(), 1);
    assert_eq!(show("trap 'rm f' EXIT; trap - INT"), ["trap 'rm f' EXIT ;", "rm f [subshell Trap]", "trap - INT"]);
}

#[test]
fn words_of_inner_scripts_have_their_bytes() {
    let source = "sh -c \"echo \\\"a b\\\" && curl -k \\$X\" && eval 'wget '\"'x y'\"";
    let script = script(source);
    let commands = script.commands();
    let words =
        |i: usize| commands[i].words().iter().map(|w| (w.value().map(str::to_owned), &source[w.span().range()])).collect::<Vec<_>>();
    assert_eq!(words(1), [(Some("echo".into()), "echo"), (Some("a b".into()), "\\\"a b\\\"")]);
    assert_eq!(words(2), [(Some("curl".into()), "curl"), (Some("-k".into()), "-k"), (None, "\\$X")]);
    assert_eq!(words(4), [(Some("wget".into()), "wget"), (Some("x y".into()), "'x y'")]);
}

#[test]
fn words_keep_their_bytes_through_continued_lines() {
    let source = "apt-get \\\n  install cu\\\nrl \"w\\\nget\" && \\\n rm x";
    let text = joined(source);
    let script = parse(&text);
    let found: Vec<_> = script.commands().iter().flat_map(|c| c.words().iter().map(|w| &source[w.span().range()])).collect();
    assert_eq!(found, ["apt-get", "install", "cu\\\nrl", "\"w\\\nget\"", "rm", "x"]);
    let values: Vec<_> = script.commands().iter().flat_map(|c| c.words().iter().map(|w| w.value().unwrap().to_owned())).collect();
    assert_eq!(values, ["apt-get", "install", "curl", "wget", "rm", "x"]);
}

#[test]
fn readers_of_a_pipe() {
    let readers = |source: &str, name: &str| {
        let script = script(source);
        let flow = script.flow();
        let command = flow.commands.iter().find(|c| c.is(&[name])).unwrap();
        flow.readers(command).iter().map(|c| c.program().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(readers("curl x | tee y | sh", "curl"), ["tee"]);
    assert_eq!(readers("curl x | (cd y && tar $(z))", "curl"), ["cd", "tar"]);
    assert_eq!(readers("{ a; curl x; } | sh", "curl"), ["sh"]);
    assert_eq!(readers("sh -c 'curl x' | bash", "curl"), ["bash"]);
    assert_eq!(readers("a $(curl x) | sh", "curl"), [""; 0]);
    assert_eq!(readers("curl x || sh", "curl"), [""; 0]);
}

#[test]
fn pipelines_cover_their_commands() {
    let source = "x; ( (a) ) >f && { b; } | ! c; f() (d; e); if g; then h; fi | for i in j; do k; done; !(l)";
    let script = script(source);
    let spans: Vec<_> = script.pipelines().iter().map(|p| &source[p.statement.span.range()]).collect();
    assert_eq!(spans[..6], ["x", "( (a) ) >f", "(a)", "a", "{ b; } | ! c", "b"]);
    assert_eq!(spans[6..10], ["f() (d; e)", "d", "e", "if g; then h; fi | for i in j; do k; done"]);
    assert_eq!(spans[10..], ["g", "h", "k", "(l)", "l"]);
}

#[test]
fn options_as_the_program_reads_them() {
    let source = "curl -fsSLk -o out -H \"A: b\" --retry 3 --proto=https -XPOST https://x -- -y";
    let script = script(source);
    let commands = script.commands();
    let c = &commands[0];
    assert!(c.has_flag(&["-k", "--insecure"]) && c.has_flag(&["-f"]) && !c.has_flag(&["-o2", "-y", "-A"]));
    assert_eq!(c.option_value(&["-o", "--output"]).unwrap().as_str(), "out");
    assert_eq!(c.option_value(&["-H"]).unwrap().as_str(), "A: b");
    assert_eq!(c.option_value(&["--proto"]).unwrap().as_str(), "https");
    assert_eq!(c.option_value(&["-X", "--request"]).unwrap().as_str(), "POST");
    let options = c.options();
    assert_eq!(options.operands.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["https://x", "-y"]);
    let k = options.get(&["-k"]).unwrap();
    assert_eq!((&source[k.text.span().range()], k.clustered), ("k", true));
    assert_eq!(k.text.span().start, 10);
}

#[test]
fn options_of_other_programs() {
    let parts = |source: &str| {
        let script = parse(&text(source));
        let commands = script.commands();
        let options = commands[0].options();
        let flags: Vec<_> = options.flags.iter().map(|f| f.value.as_ref().map_or(f.name.clone(), |v| format!("{}={v}", f.name))).collect();
        let operands: Vec<_> = options.operands.iter().map(|w| w.text.to_string()).collect();
        format!("{} | {}", flags.join(" "), operands.join(" "))
    };
    assert_eq!(parts("wget -qnv -O- --header X:y u"), "-q -nv -O=- --header=X:y | u");
    assert_eq!(parts("apt-get -qq -o A=b install -yt sid x=1"), "-q -q -o=A=b -y -t=sid | install x=1");
    assert_eq!(parts("apt-get -q=2 install x"), "-q=2 | install x");
    assert_eq!(parts("apk add -t .deps --repository=u x"), "-t=.deps --repository=u | add x");
    assert_eq!(parts("tar xzf a.tgz -C /b"), "-x -z -f=a.tgz -C=/b | ");
    assert_eq!(parts("sed -i.bak -e s/a/b/ f"), "-i=.bak -e=s/a/b/ | f");
    assert_eq!(parts("go install -ldflags \"-s -w\" -v x@v1"), "-ldflags=-s -w -v | install x@v1");
    assert_eq!(parts("pip install -r a.txt -U \"b==1\" -i $URL"), "-r=a.txt -U -i=$URL | install \"b==1\"");
    assert_eq!(parts("unknown -abc --d e"), "-a -b -c --d | e");
}

#[test]
fn the_exec_form_is_a_script_too() {
    let file = file();
    let words: Vec<Text> = [("sh", 2), ("-c", 8), ("curl \"x\" | sh", 14)].map(|(w, at)| Text::verbatim(file, at, w)).into();
    let script = from_words(&words, Span::new(file, 0, 40));
    let names: Vec<_> = script.commands().iter().map(|c| c.program().to_owned()).collect();
    assert_eq!(names, ["sh", "curl", "sh"]);
    assert_eq!(script.commands()[1].words()[1].span(), Span::new(file, 19, 22));
    assert!(from_words(&[], Span::new(file, 0, 0)).is_empty());
    let literal = from_words(&[Text::verbatim(file, 0, "echo"), Text::verbatim(file, 5, "$HOME")], Span::new(file, 0, 9));
    assert_eq!(literal.commands()[0].args()[0].value(), Some("$HOME"));
}

#[test]
fn shells_are_told_apart() {
    assert!(is_windows_shell(&["powershell", "-Command"]) && is_windows_shell(&["C:\\Windows\\System32\\CMD.EXE", "/S"]));
    assert!(is_windows_shell(&["/usr/bin/pwsh"]) && !is_windows_shell(&["/bin/bash", "-c"]) && !is_windows_shell::<&str>(&[]));
    assert_eq!(Dialect::of(&["/bin/bash"]), Dialect::Bash);
    assert_eq!(Dialect::of(&["ash"]), Dialect::Posix);
    assert_eq!(Dialect::of(&["python3"]), Dialect::Other);
}
