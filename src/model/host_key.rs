//! Host keys of SSH that nobody compares: options, configuration, `ssh-keyscan`.

use super::assigned;
use super::written::{Written, written};
use crate::source::Span;
use crate::syntax::shell::{Command, Flow, Word};
use crate::syntax::text::Text;

/// What lets any host pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchecked {
    /// The bytes that do it.
    pub span: Span,
    /// What it is.
    pub kind: UncheckedKind,
}

/// The ways to let any host pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UncheckedKind {
    /// `StrictHostKeyChecking no`
    Off,
    /// `StrictHostKeyChecking accept-new`: whoever answers first.
    AcceptNew,
    /// `UserKnownHostsFile /dev/null`
    Forgotten,
    /// `ssh-keyscan` whose answer is kept unseen.
    Scanned,
}

/// Programs with which a fingerprint can be compared.
const COMPARES: &[&str] = &["grep", "egrep", "fgrep", "diff", "cmp", "sha256sum", "sha512sum", "shasum", "md5sum", "test", "["];

/// What a script leaves unchecked: one entry a command.
pub fn unchecked(flow: &Flow<'_>) -> Vec<Unchecked> {
    let mut out = Vec::new();
    for command in flow.commands.iter().filter(|c| c.is(&["ssh", "scp", "sftp", "rsync", "git", "autossh", "sshpass", "ssh-copy-id"])) {
        let mut texts = command.args().iter().map(Word::unquoted);
        out.extend(texts.find_map(|t| option(&t)));
    }
    out.extend(
        assigned::variables(flow)
            .iter()
            .filter(|(name, _)| name.contains("SSH") || name.contains("ssh"))
            .filter_map(|(_, value)| option(value)),
    );
    out.extend(written(flow).iter().filter_map(text));
    out.extend(scans(flow));
    out
}

/// What a text that is put into a file leaves unchecked.
pub fn text(written: &Written) -> Option<Unchecked> {
    // The text may also be a Git configuration, `core.sshCommand`.
    option(&written.text)
}

/// The first such option in a text, as `ssh -o` or a configuration spells it.
pub fn option(text: &Text) -> Option<Unchecked> {
    let lower = text.to_ascii_lowercase();
    let find = |key: &str, values: &[(&str, UncheckedKind)]| {
        lower.match_indices(key).find_map(|(at, _)| {
            let from = at + key.len();
            let rest = lower.get(from..)?;
            let value = rest.trim_start_matches([' ', '\t', '=', '"', '\'']);
            let start = from + rest.len() - value.len();
            let line_start = lower.get(..at)?.rfind('\n').map_or(0, |n| n + 1);
            let is_comment = lower.get(line_start..at)?.trim_start().starts_with('#');
            let (word, kind) = values.iter().find(|(v, _)| value.strip_prefix(v).is_some_and(ends))?;
            let hit = Unchecked { span: text.span_of(at..start + word.len()), kind: *kind };
            (!is_comment && start > from).then_some(hit)
        })
    };
    let off =
        [("no", UncheckedKind::Off), ("off", UncheckedKind::Off), ("false", UncheckedKind::Off), ("accept-new", UncheckedKind::AcceptNew)];
    find("stricthostkeychecking", &off).or_else(|| find("userknownhostsfile", &[("/dev/null", UncheckedKind::Forgotten)]))
}

fn ends(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Every `ssh-keyscan` that fills a `known_hosts` while nothing in the script compares what came.
fn scans(flow: &Flow<'_>) -> Vec<Unchecked> {
    let compares = |c: &&Command<'_>| c.is(COMPARES) || c.is(&["ssh-keygen"]) && c.has_flag(&["-l", "-F"]);
    if flow.commands.iter().any(|c| compares(&c)) {
        return Vec::new();
    }
    let keeps = |path: &Text| path.contains("known_hosts");
    let into = |c: &Command<'_>| {
        let own = c.redirects.iter().any(|r| r.writes() && keeps(&r.target.unquoted()));
        let around = flow.redirects.iter().any(|(r, held)| held.contains(&c.index) && r.writes() && keeps(&r.target.unquoted()));
        let tee = flow.readers(c).iter().any(|r| r.is(&["tee"]) && r.args().iter().any(|w| keeps(&w.unquoted())));
        own || around || tee
    };
    let scans = flow.commands.iter().filter(|c| c.is(&["ssh-keyscan"]) && into(c));
    scans.map(|c| Unchecked { span: c.span, kind: UncheckedKind::Scanned }).collect()
}

#[cfg(test)]
mod tests {
    use super::UncheckedKind::{AcceptNew, Forgotten, Off, Scanned};
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::parse;
    use std::path::Path;

    fn kinds(source: &str) -> Vec<UncheckedKind> {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let script = parse(&Text::verbatim(id, 0, source));
        unchecked(&script.flow()).iter().map(|u| u.kind).collect()
    }

    #[test]
    fn any_host_passes() {
        assert_eq!(kinds("ssh -o StrictHostKeyChecking=no git@h; scp -oStrictHostKeyChecking=accept-new a b:"), [Off, AcceptNew]);
        assert_eq!(kinds("GIT_SSH_COMMAND='ssh -o UserKnownHostsFile=/dev/null' git clone x"), [Forgotten]);
        assert_eq!(kinds("printf 'Host *\\n  StrictHostKeyChecking no\\n' >> ~/.ssh/config"), [Off]);
        assert_eq!(kinds("ssh-keyscan -t rsa github.com >> ~/.ssh/known_hosts"), [Scanned]);
        assert_eq!(kinds("ssh-keyscan github.com | tee -a /etc/ssh/ssh_known_hosts"), [Scanned]);
    }

    #[test]
    fn hosts_that_are_compared() {
        for source in [
            "ssh -o StrictHostKeyChecking=yes h",
            "ssh -o StrictHostKeyChecking=nonsense h",
            "echo StrictHostKeyChecking no",
            "ssh-keyscan h > k && echo \"$SUM  k\" | sha256sum -c && cat k >> ~/.ssh/known_hosts",
            "ssh-keyscan h >> ~/.ssh/known_hosts && ssh-keygen -lf ~/.ssh/known_hosts | grep SHA256:abc",
            "ssh-keyscan h",
            "grep 'StrictHostKeyChecking no' /etc/ssh/ssh_config",
        ] {
            assert_eq!(kinds(source), [], "{source}");
        }
    }
}
