mod commands;
mod properties;
mod recovery;
mod words;

use std::path::Path;

use super::*;
use crate::source::{FileId, FileKind, Sources};
use crate::syntax::text::TextBuilder;

fn file() -> FileId {
    Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id
}

/// A script that stands in its file from the first byte on.
fn text(script: &str) -> Text {
    Text::verbatim(file(), 0, script)
}

/// A script as an instruction holds it: backslashes before line breaks gone, and the lines after them joined.
fn joined(source: &str) -> Text {
    let mut out = TextBuilder::new(file());
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let kept = line.strip_suffix("\\\n").unwrap_or(line);
        out.push_verbatim(at, kept);
        at += line.len();
    }
    out.finish(0)
}

fn script(source: &str) -> Script {
    parse(&text(source))
}

/// The commands of a script, one a line: assignments and words as written, redirections, `join`, what stands around it.
fn show(source: &str) -> Vec<String> {
    let script = script(source);
    let mut out: Vec<String> = script.commands().iter().map(line).collect();
    if script.broken {
        out.push("broken".to_owned());
    }
    out
}

fn line(command: &Command<'_>) -> String {
    let assignments = command.simple.assignments.iter().map(|a| match &a.value {
        Some(value) => format!("{}={}", a.name, value.text),
        None => format!("{}=({})", a.name, a.elements.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join(" ")),
    });
    let words = command.simple.words.iter().map(|w| w.text.to_string());
    let redirects = command.redirects.iter().map(|r| format!("<{:?} {}>", r.op, r.target.text));
    let join = match command.join {
        Join::End => "",
        Join::Newline => "\\n",
        Join::Semicolon => ";",
        Join::Background => "&",
        Join::And => "&&",
        Join::Or => "||",
        Join::Pipe => "|",
        Join::PipeBoth => "|&",
    };
    let c = command.context;
    let flags = [
        (c.subshell, "subshell"),
        (c.condition, "condition"),
        (c.conditional, "conditional"),
        (c.function, "function"),
        (c.negated, "negated"),
        (c.substitution, "substitution"),
    ];
    let flags = flags.iter().filter(|f| f.0).map(|f| f.1.to_owned());
    let how = c.embedded.map(|how| format!("{how:?}"));
    let notes: Vec<String> = flags.chain(how).collect();
    let notes = if notes.is_empty() { None } else { Some(format!("[{}]", notes.join(" "))) };
    let join = (!join.is_empty()).then(|| join.to_owned());
    assignments.chain(words).chain(redirects).chain(join).chain(notes).collect::<Vec<_>>().join(" ")
}
