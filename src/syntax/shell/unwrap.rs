//! Commands that run other commands: `sudo`, `env`, `xargs` in front of one, `sh -c '..'` around a script.

use super::ast::{Embedded, How, PartKind, Redirect, RedirectOp, Word, WordPart};
use super::{options, word};
use crate::syntax::text::{Text, TextBuilder};

/// Where the real command of a list of words begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unwrapped {
    /// Index of its first word.
    pub head: usize,
    /// Indices of the words that name a wrapper, `sudo`.
    pub wrappers: Vec<usize>,
    /// Indices of the words that set a variable for it, `env A=b`.
    pub assignments: Vec<usize>,
}

/// A command whose arguments end in another command.
struct Wrapper {
    names: &'static [&'static str],
    /// Letters whose option takes a value.
    short: &'static str,
    /// Long options that take a value as the next word.
    long: &'static [&'static str],
    /// Letters with which it runs no command.
    ends: &'static str,
    /// How many operands stand before the command.
    operands: usize,
    /// Whether `A=b` may stand before the command.
    assigns: bool,
}

const PLAIN: Wrapper = Wrapper { names: &[], short: "", long: &[], ends: "", operands: 0, assigns: false };

static WRAPPERS: &[Wrapper] = &[
    Wrapper {
        names: &["sudo"],
        short: "CDgGhpRrtTuU",
        long: &["user", "group", "host", "prompt", "close-from", "chdir", "chroot", "role", "type", "command-timeout", "other-user"],
        ends: "eKlvV",
        assigns: true,
        ..PLAIN
    },
    Wrapper { names: &["doas"], short: "aCu", ends: "L", ..PLAIN },
    Wrapper { names: &["env"], short: "aCu", long: &["unset", "chdir", "argv0"], ends: "S", assigns: true, ..PLAIN },
    Wrapper { names: &["exec"], short: "a", ..PLAIN },
    Wrapper { names: &["command"], ends: "vV", ..PLAIN },
    Wrapper {
        names: &["builtin", "nohup", "setsid", "eatmydata", "fakeroot", "unbuffer", "linux32", "linux64", "busybox", "toybox"],
        ..PLAIN
    },
    Wrapper { names: &["time"], short: "fo", long: &["format", "output"], ..PLAIN },
    Wrapper { names: &["nice"], short: "n", long: &["adjustment"], ..PLAIN },
    Wrapper { names: &["ionice"], short: "cn", long: &["class", "classdata"], ends: "pPu", ..PLAIN },
    Wrapper { names: &["stdbuf"], short: "ioe", long: &["input", "output", "error"], ..PLAIN },
    Wrapper { names: &["timeout"], short: "ks", long: &["kill-after", "signal"], operands: 1, ..PLAIN },
    Wrapper { names: &["taskset", "setarch"], operands: 1, ..PLAIN },
    Wrapper {
        names: &["xargs"],
        short: "adEILnPs",
        long: &["arg-file", "delimiter", "max-lines", "max-args", "max-procs", "max-chars", "process-slot-var"],
        ..PLAIN
    },
    Wrapper { names: &["chroot"], long: &["groups", "userspec"], operands: 1, ..PLAIN },
    Wrapper { names: &["gosu", "su-exec", "s6-setuidgid"], operands: 1, ..PLAIN },
    Wrapper { names: &["setpriv"], long: &["reuid", "regid", "ruid", "euid", "rgid", "egid", "groups", "securebits"], ..PLAIN },
    Wrapper { names: &["chpst"], short: "/bcdeflmnoprtuU", ..PLAIN },
    Wrapper { names: &["runuser"], short: "gGu", long: &["user", "group", "supp-group"], ends: "cl", ..PLAIN },
    Wrapper { names: &["tini"], short: "ep", ..PLAIN },
    Wrapper { names: &["dumb-init"], short: "r", long: &["rewrite"], ..PLAIN },
    Wrapper { names: &["flock"], short: "wE", long: &["timeout", "conflict-exit-code"], operands: 1, ends: "c", ..PLAIN },
    Wrapper { names: &["xvfb-run"], short: "efnpsw", long: &["auth-file", "error-file", "server-num", "server-args", "wait"], ..PLAIN },
    Wrapper { names: &["dbus-run-session"], long: &["config-file", "dbus-daemon"], ..PLAIN },
];

/// The last part of the path that a word names, when it is known.
pub(super) fn program(word: &Word) -> Option<&str> {
    let value = word.value()?;
    value.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Goes past everything that stands before the real command.
pub(super) fn unwrap(words: &[Word]) -> Unwrapped {
    let mut out = Unwrapped::default();
    while let Some(name) = words.get(out.head).and_then(program) {
        let wrapper = WRAPPERS.iter().find(|w| w.names.contains(&name));
        let next = match wrapper {
            Some(wrapper) => after(wrapper, words, out.head + 1, &mut out.assignments),
            None => python_module(name, words, out.head + 1),
        };
        let Some(next) = next.filter(|&next| next < words.len()) else { break };
        out.wrappers.push(out.head);
        out.head = next;
    }
    out
}

/// Index of the command that a wrapper runs; `at` is the word after its name.
fn after(wrapper: &Wrapper, words: &[Word], at: usize, assignments: &mut Vec<usize>) -> Option<usize> {
    let (mut at, mut operands, mut options) = (at, wrapper.operands, true);
    let mut found = Vec::new();
    loop {
        let word = words.get(at)?;
        let text = word.unquoted();
        if options && &*text == "--" {
            options = false;
        } else if options && text.starts_with("--") {
            let name = text.get(2..).unwrap_or("");
            at += usize::from(wrapper.long.contains(&name));
        } else if options && text.starts_with('-') && text.len() > 1 {
            let letters = text.get(1..).unwrap_or("");
            let takes = letters.find(|c| wrapper.short.contains(c));
            if letters.get(..takes.unwrap_or(letters.len()))?.contains(|c| wrapper.ends.contains(c)) {
                return None;
            }
            at += usize::from(takes.is_some_and(|i| i + 1 == letters.len()));
        } else if wrapper.assigns && word::is_assignment(&text) {
            found.push(at);
            options = false;
        } else if operands > 0 {
            operands -= 1;
            options = false;
        } else {
            assignments.extend(found);
            return Some(at);
        }
        at += 1;
    }
}

/// `python3 -m pip` is `pip`.
fn python_module(name: &str, words: &[Word], at: usize) -> Option<usize> {
    let version = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"))?;
    if !version.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let mut at = at;
    while let Some(option) = words.get(at)?.value().filter(|v| v.starts_with('-')) {
        at += 1;
        match option {
            "-m" => return words.get(at)?.value().filter(|m| matches!(*m, "pip" | "pipx" | "uv")).map(|_| at),
            "-W" | "-X" => at += 1,
            "-c" | "-" => return None,
            _ => {}
        }
    }
    None
}

/// The scripts that a command hands to a shell.
pub(super) fn embedded(words: &[Word], redirects: &[Redirect], depth: usize) -> Vec<Embedded> {
    let head = unwrap(words).head;
    let Some(name) = words.get(head).and_then(program) else { return Vec::new() };
    let args = words.get(head + 1..).unwrap_or(&[]);
    let (how, text) = match name {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "mksh" | "rbash" => match shell_script(args) {
            Source::Argument(word) => (How::Shell, script_text(word)),
            Source::Input => return redirects.iter().filter_map(|r| from_redirect(r, depth)).collect(),
            Source::File => return Vec::new(),
        },
        "su" | "runuser" => (How::Shell, option_script(name, args)),
        "eval" => (How::Eval, joined(args)),
        "trap" => (How::Trap, args.first().filter(|w| args.len() > 1 && !w.is("-")).and_then(script_text)),
        "find" => return find_commands(args, depth),
        _ => return Vec::new(),
    };
    let script = text.map(|text| Embedded { how, script: super::parse_at(&text, depth + 1) });
    script.into_iter().filter(|e| !e.script.is_empty()).collect()
}

/// What a shell reads its script from.
enum Source<'a> {
    /// `-c script`
    Argument(&'a Word),
    /// Standard input.
    Input,
    /// A file.
    File,
}

fn shell_script(args: &[Word]) -> Source<'_> {
    let (mut at, mut command, mut input) = (0, false, false);
    while let Some(word) = args.get(at) {
        let text = word.unquoted();
        let letters = match text.strip_prefix(['-', '+']) {
            Some("") | None => break,
            Some("-") => {
                at += 1;
                break;
            }
            Some(long) if long.starts_with('-') => {
                at += if matches!(long, "-rcfile" | "-init-file") { 2 } else { 1 };
                continue;
            }
            Some(letters) => letters,
        };
        command |= letters.contains('c');
        input |= letters.contains('s');
        at += 1 + letters.matches(['o', 'O']).count();
    }
    match args.get(at) {
        Some(word) if command => Source::Argument(word),
        Some(_) if !input => Source::File,
        _ => Source::Input,
    }
}

fn from_redirect(redirect: &Redirect, depth: usize) -> Option<Embedded> {
    let text = match redirect.op {
        RedirectOp::Heredoc => redirect.heredoc.as_ref().filter(|h| is_known(&h.parts))?.body.clone(),
        RedirectOp::HereString => script_text(&redirect.target)?,
        _ => return None,
    };
    let script = super::parse_at(&text, depth + 1);
    (!script.is_empty()).then_some(Embedded { how: How::Heredoc, script })
}

/// The script of `su user -c '..'`.
fn option_script(name: &str, args: &[Word]) -> Option<Text> {
    let options = options::parse(name, args);
    let flag = options.get(&["-c", "--command", "--session-command"])?;
    let is_known = flag.value_word.is_some_and(|w| script_text(w).is_some());
    flag.value.clone().filter(|_| is_known)
}

/// The script that a word holds: it may have variables in it, which are left as they are written, but not
/// substitutions, for what they print is not known.
fn script_text(word: &Word) -> Option<Text> {
    let has_text = word.parts.iter().any(|p| matches!(p.kind, PartKind::Literal));
    (has_text && is_known(&word.parts)).then(|| word.unquoted())
}

fn is_known(parts: &[WordPart]) -> bool {
    parts.iter().all(|p| match &p.kind {
        PartKind::Literal | PartKind::Glob => true,
        PartKind::Variable(v) => v.operand.is_none(),
        _ => false,
    })
}

/// `eval` puts its arguments together with blanks between them.
fn joined(args: &[Word]) -> Option<Text> {
    let first = args.first()?;
    let mut out = TextBuilder::new(first.text.file());
    let mut end = None;
    for word in args {
        let text = script_text(word)?;
        if let Some(end) = end {
            out.push_replaced(" ", end..word.span().start as usize);
        }
        out.push_slice(&text, 0..text.len());
        end = Some(word.span().end as usize);
    }
    Some(out.finish(first.span().start as usize))
}

/// The commands of `find .. -exec command {} ;`.
fn find_commands(args: &[Word], depth: usize) -> Vec<Embedded> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = args.get(at) {
        at += 1;
        if !matches!(word.value(), Some("-exec" | "-execdir" | "-ok" | "-okdir")) {
            continue;
        }
        let rest = args.get(at..).unwrap_or(&[]);
        let len = rest.iter().position(|w| matches!(w.value(), Some(";" | "+"))).unwrap_or(rest.len());
        let words = rest.get(..len).unwrap_or(&[]).to_vec();
        at += len;
        let (Some(first), Some(last)) = (words.first(), words.last()) else { continue };
        let span = first.span().to(last.span());
        // A `find` in a `find` would be read once for each of them.
        let nested = words.get(unwrap(&words).head).and_then(program) == Some("find");
        if depth + 1 < super::MAX_DEPTH && !nested {
            found.push(Embedded { how: How::Find, script: super::one_command(words, span, depth + 1) });
        }
    }
    found
}
