//! References to things on the net, and whether they always name the same bytes.

/// A reference that may mean something else tomorrow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mutable {
    /// A Git repository without a full commit.
    Branch,
    /// A Git repository over a connection that anybody on the way can change.
    PlainGit,
    /// A file over such a connection.
    PlainHttp,
    /// A file on the net.
    File,
    /// An artifact of a registry without a digest.
    NoDigest,
}

/// What makes a build context or an included file mutable; `None` when it is local or pinned. Images
/// (`docker-image://`) are pinned by tags as well and left to the lints about images.
///
/// `#<40 hex digits>[:folder]` pins a repository, `@sha256:<64>` an artifact.
pub fn mutable(text: &str) -> Option<Mutable> {
    let scheme =
        |s: &str| text.len() >= s.len() && text.is_char_boundary(s.len()) && text.get(..s.len()).is_some_and(|t| t.eq_ignore_ascii_case(s));
    if scheme("oci://") {
        return (!has_digest(text)).then_some(Mutable::NoDigest);
    }
    if scheme("git://") {
        return Some(Mutable::PlainGit);
    }
    let web = scheme("http://") || scheme("https://");
    if web && !is_repository(text) {
        return Some(if scheme("http://") { Mutable::PlainHttp } else { Mutable::File });
    }
    if scheme("http://") {
        return Some(Mutable::PlainGit);
    }
    let git = web || scheme("ssh://") || scheme("git@") || text.starts_with("github.com/");
    (git && !has_commit(text)).then_some(Mutable::Branch)
}

/// A reference as it may be shown: without a login and without its scheme.
pub fn shown(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host_end = rest.find('/').unwrap_or(rest.len());
    let at = rest.get(..host_end).and_then(|host| host.rfind('@')).filter(|_| text.contains("://"));
    at.and_then(|at| rest.get(at + 1..)).unwrap_or(rest).to_string()
}

/// Whether a web address is that of a Git repository: its path ends in `.git`.
fn is_repository(text: &str) -> bool {
    let path = text.split(['#', '?']).next().unwrap_or(text);
    path.trim_end_matches('/').ends_with(".git")
}

fn has_commit(text: &str) -> bool {
    let from_query = text.split_once('?').and_then(|(_, query)| query.split(['&', '#']).find_map(|p| p.strip_prefix("checksum=")));
    let from_fragment = text.split_once('#').map(|(_, fragment)| fragment.split(':').next().unwrap_or(fragment));
    let full = |r: &str| matches!(r.len(), 40 | 64) && r.bytes().all(|b| b.is_ascii_hexdigit());
    from_query.is_some_and(full) || from_fragment.is_some_and(full)
}

fn has_digest(text: &str) -> bool {
    text.rsplit_once("@sha256:").is_some_and(|(_, digest)| digest.len() >= 64 && digest.bytes().take(64).all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn pinned_or_local() {
        for text in [
            format!("https://example.com/a.git#{COMMIT}"),
            format!("https://example.com/a.git#{COMMIT}:docker/app"),
            format!("git@example.com:a/b.git#{COMMIT}"),
            format!("https://example.com/a.git?ref=main&checksum={COMMIT}"),
            format!("oci://example.com/stack@sha256:{}", "a".repeat(64)),
            "./app".into(),
            "../common/compose.yaml".into(),
            "service:base".into(),
            "docker-image://alpine:3.22".into(),
        ] {
            assert_eq!(mutable(&text), None, "{text}");
        }
    }

    #[test]
    fn no_login_is_shown() {
        assert_eq!(shown("https://user:token@example.com/a.git#main"), "example.com/a.git#main");
        assert_eq!(shown("git@example.com:a/b.git"), "git@example.com:a/b.git");
    }

    #[test]
    fn movable() {
        assert_eq!(mutable("https://example.com/a.git"), Some(Mutable::Branch));
        assert_eq!(mutable("https://example.com/a.git#v1.2.3:sub"), Some(Mutable::Branch));
        assert_eq!(mutable("github.com/a/b#main"), Some(Mutable::Branch));
        assert_eq!(mutable("git@example.com:a/b.git#abc1234"), Some(Mutable::Branch));
        assert_eq!(mutable(&format!("git://example.com/a.git#{COMMIT}")), Some(Mutable::PlainGit));
        assert_eq!(mutable("HTTP://example.com/a.tgz"), Some(Mutable::PlainHttp));
        assert_eq!(mutable("https://example.com/a.tgz"), Some(Mutable::File));
        assert_eq!(mutable("oci://example.com/stack:1"), Some(Mutable::NoDigest));
    }
}
