use std::path::Path;

use super::*;
use crate::source::{FileKind, Sources};

pub(super) fn text(script: &str) -> Text {
    let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
    Text::verbatim(id, 0, script)
}

/// The commands of a script, one a line: the words as written, the redirections, what joins it, what stands around it.
fn show(script: &str) -> String {
    let script = parse(&text(script));
    let mut out: Vec<String> = script.commands().iter().map(line).collect();
    if script.broken {
        out.push("(broken)".to_owned());
    }
    out.join("\n")
}

fn line(command: &Command<'_>) -> String {
    let mut parts: Vec<String> =
        command.simple.assignments.iter().map(|a| format!("{}={:?}", a.name, a.value.as_ref().map(|v| v.text.as_str()))).collect();
    parts.extend(command.simple.words.iter().map(|w| w.text.as_str().to_owned()));
    parts.extend(command.redirects.iter().map(|r| format!("{:?}:{}", r.op, r.target.text.as_str())));
    let join = match command.join {
        Join::End => "",
        Join::Newline => " NL",
        Join::Semicolon => " ;",
        Join::Background => " &",
        Join::And => " &&",
        Join::Or => " ||",
        Join::Pipe => " |",
        Join::PipeBoth => " |&",
    };
    let c = command.context;
    let flags = [
        (c.subshell, " sub"),
        (c.condition, " cond"),
        (c.conditional, " maybe"),
        (c.function, " fn"),
        (c.negated, " not"),
        (c.substitution, " subst"),
        (c.embedded.is_some(), " in"),
    ];
    let flags: String = flags.iter().filter(|f| f.0).map(|f| f.1).collect();
    format!("{}{join}  #{flags}", parts.join(" "))
}

#[test]
fn peek() {
    for s in [
        "if a || { b && { c || d ;} ;}; then e; fi",
        "if a; then b && if c; then d; else e; fi; fi",
        "set -xe;  if x; then apt-get && if [ $(php -r \"echo P;\") = \"5\" ]; then a; else b; fi && c ; fi",
    ] {
        println!("--- {s:?}\n{}", show(s));
    }
}
