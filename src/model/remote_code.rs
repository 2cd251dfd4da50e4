//! Code from the network that runs as it comes: `curl .. | sh`, `bash <(curl ..)`, `eval "$(curl ..)"`.

use super::command::{Download, Output, downloads};
use super::url::is_loopback;
use crate::source::Span;
use crate::syntax::shell::{Command, Flow, PartKind, RedirectOp, Word};

/// A download whose output an interpreter runs.
#[derive(Clone, Debug)]
pub struct RemoteCode<'a> {
    /// The download.
    pub download: Download<'a>,
    /// The program that runs it: `bash`, `eval`.
    pub runner: &'a str,
    /// From the first byte of the one to the last byte of the other.
    pub span: Span,
}

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish"];

/// Programs that hand on what they read, perhaps changed.
const FILTERS: &[&str] = &[
    "cat", "tee", "sed", "gsed", "tr", "gunzip", "gzip", "zcat", "bunzip2", "xz", "xzcat", "base64", "dos2unix", "envsubst", "awk", "head",
    "tail",
];

/// The downloads of a script that are run at once, in order. Those from the machine itself are left out.
pub fn remote_code<'a>(flow: &Flow<'a>) -> Vec<RemoteCode<'a>> {
    let from_network = downloads(flow).into_iter().filter(|d| d.output == Output::Stdout && !is_loopback(&d.url));
    from_network.filter_map(|download| run(flow, download)).collect()
}

fn run<'a>(flow: &Flow<'a>, download: Download<'a>) -> Option<RemoteCode<'a>> {
    let fetch = flow.commands.get(download.command)?;
    let (runner, through) = match download.piped_into.as_slice() {
        [] => (None, true),
        readers => reader(flow, readers),
    };
    let runner = match runner {
        Some(runner) => runner,
        None if through => download.substituted_into.and_then(|i| flow.commands.get(i)).filter(|c| runs_word(c, fetch.span))?,
        None => return None,
    };
    let span = Span { start: fetch.span.start.min(runner.span.start), end: fetch.span.end.max(runner.span.end), ..fetch.span };
    Some(RemoteCode { download, runner: runner.program(), span })
}

/// The interpreter at the end of a pipe, and else whether only filters are in it.
fn reader<'f, 'a>(flow: &'f Flow<'a>, readers: &[usize]) -> (Option<&'f Command<'a>>, bool) {
    let mut next: Vec<&Command<'a>> = readers.iter().filter_map(|i| flow.commands.get(*i)).collect();
    // Every round is one stage of the pipe further on.
    for _ in 0..flow.commands.len() {
        if let Some(runner) = next.iter().find(|c| runs_input(c)) {
            return (Some(runner), true);
        }
        let Some(filter) = next.iter().find(|c| c.is(FILTERS)) else { return (None, false) };
        next = flow.readers(filter);
        if next.is_empty() {
            return (None, true);
        }
    }
    (None, false)
}

/// Whether a command runs what it reads from standard input.
fn runs_input(command: &Command<'_>) -> bool {
    let name = command.program();
    // `xargs sh` appends what it reads as words.
    if command.wrappers().any(|w| w.value().is_some_and(|v| v.ends_with("xargs"))) {
        return false;
    }
    let mut operand = None;
    for word in command.args() {
        let text = word.unquoted();
        let is_option = text.starts_with('-') && text.len() > 1;
        match &*text {
            "--" => break,
            // What follows are the parameters of the script.
            _ if SHELLS.contains(&name) && is_cluster(&text, 's') => return true,
            _ if is_option && takes_code(name, &text) => return false,
            _ if is_option => {}
            _ => {
                operand = Some(text);
                break;
            }
        }
    }
    let reads_input = operand.as_deref().is_none_or(|o| matches!(o, "-" | "/dev/stdin"));
    reads_input && (SHELLS.contains(&name) || is_interpreter(name))
}

/// Whether an option brings the code along, as `-c`.
fn takes_code(name: &str, option: &str) -> bool {
    let letters = match name {
        "node" | "nodejs" => "ep",
        "perl" | "ruby" => "enp",
        "php" => "rf",
        _ if name.starts_with("python") => "cm",
        _ => "c",
    };
    letters.chars().any(|letter| is_cluster(option, letter)) || option.starts_with("--eval") || option.starts_with("--print")
}

fn is_cluster(option: &str, letter: char) -> bool {
    option.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && rest.contains(letter))
}

fn is_interpreter(name: &str) -> bool {
    let version = |n: &str| n.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    matches!(name, "perl" | "node" | "nodejs" | "ruby" | "php") || name.strip_prefix("python").is_some_and(version)
}

/// Whether a command runs the word, or reads the redirection, that the bytes of `fetch` fill.
fn runs_word(command: &Command<'_>, fetch: Span) -> bool {
    let holds = |word: &Word| word.span().contains(fetch);
    let args = command.args();
    let at = args.iter().position(holds);
    match (command.program(), at) {
        ("eval", Some(_)) => true,
        ("source" | ".", Some(0)) => true,
        (name, Some(at)) if SHELLS.contains(&name) || is_interpreter(name) => {
            let Some(word) = args.get(at) else { return false };
            let before = args.get(..at).unwrap_or(&[]);
            let code = before.last().is_some_and(|w| takes_code(name, &w.unquoted()));
            let only_options = before.iter().all(|w| w.unquoted().starts_with('-'));
            match word.parts.iter().map(|p| &p.kind).find(|k| !matches!(k, PartKind::Glob)) {
                Some(PartKind::Command(_)) => code,
                Some(PartKind::Process(_)) => only_options && !code,
                _ => false,
            }
        }
        (_, None) => {
            let input = |op| matches!(op, RedirectOp::Read | RedirectOp::HereString);
            runs_input(command) && command.redirects.iter().any(|r| input(r.op) && holds(&r.target))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::parse;
    use crate::syntax::text::Text;
    use std::path::Path;

    fn found(source: &str) -> Vec<String> {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let script = parse(&Text::verbatim(id, 0, source));
        let flow = script.flow();
        remote_code(&flow).iter().map(|r| format!("{} < {}", r.runner, r.download.url)).collect()
    }

    #[test]
    fn code_that_runs_as_it_comes() {
        for (source, runner) in [
            ("curl -fsSL https://a/x | sh", "sh"),
            ("curl https://a/x | sudo -E bash -", "bash"),
            ("wget -qO- https://a/x | bash -s -- -y", "bash"),
            ("curl https://a/x | gunzip | tee log | bash", "bash"),
            ("curl https://a/x | python3 -", "python3"),
            ("curl https://a/x | php -- --install-dir=/usr/bin", "php"),
            ("curl https://a/x | VERSION=1 sh", "sh"),
            ("(echo set -e; curl https://a/x) | sh", "sh"),
            ("bash <(curl -s https://a/x) --yes", "bash"),
            ("bash < <(curl -s https://a/x)", "bash"),
            ("sh -c \"$(curl -fsSL https://a/x)\" '' --unattended", "sh"),
            ("sudo bash -lc \"$(wget -O - https://a/x)\"", "bash"),
            ("eval \"$(curl https://a/x | sed s/a/b/)\"", "eval"),
            (". <(curl https://a/x)", "."),
            ("su app -c 'curl https://a/x | bash'", "bash"),
        ] {
            assert_eq!(found(source), [format!("{runner} < https://a/x")], "{source}");
        }
    }

    #[test]
    fn what_only_reads() {
        for source in [
            "curl https://a/x | tar xz",
            "curl https://a/x | python3 -c 'import json'",
            "curl https://a/x | python -m json.tool",
            "curl https://a/x | jq . | sh",
            "curl https://a/x | perl -ne 'print'",
            "curl https://a/x | bash install.sh",
            "curl https://a/x | xargs bash -c 'echo $0'",
            "curl -o x https://a/x && sh x",
            "bash -s -- $(curl https://a/x)",
            "bash install.sh <(curl https://a/x)",
            "V=$(curl https://a/x) && echo $V",
            "curl http://localhost:8080/x | sh",
            "eval $(echo a) && curl https://a/x",
            "echo 'curl https://a/x | sh'",
        ] {
            assert_eq!(found(source), [""; 0], "{source}");
        }
    }
}
