//! Image references, by the grammar of the `distribution/reference` package: `[host[:port]/]path[:tag][@digest]`.

use crate::syntax::dockerfile::shown;

/// What is wrong with `s` as an image; `None` when nothing is.
pub(super) fn problem(s: &str) -> Option<String> {
    if s.len() == 64 && s.bytes().all(is_hex) {
        return Some("it looks like an image id, write a name".into());
    }
    let (s, digest) = s.split_once('@').map_or((s, None), |(s, d)| (s, Some(d)));
    let (host, rest) = host(s);
    let (path, tag) = rest.split_once(':').map_or((rest, None), |(p, t)| (p, Some(t)));
    if path.is_empty() {
        return Some("it has no name".into());
    }
    if path.chars().any(char::is_uppercase) {
        return Some(format!("`{}` must be lower case", shown(path)));
    }
    if let Some(part) = path.split('/').find(|p| !is_component(p)) {
        return Some(if part.is_empty() {
            "a part of its path is empty".into()
        } else {
            format!("`{}` is no part of a name", shown(part))
        });
    }
    if let Some(tag) = tag.filter(|t| !is_tag(t)) {
        return Some(if tag.is_empty() { "its tag is empty".into() } else { format!("`{}` is no tag", shown(tag)) });
    }
    if let Some(host) = host.filter(|h| !is_host(h)) {
        return Some(format!("`{}` is no registry", shown(host)));
    }
    if let Some(digest) = digest.filter(|d| !is_digest(d)) {
        return Some(if digest.is_empty() { "its digest is empty".into() } else { format!("`{}` is no digest", shown(digest)) });
    }
    (path.len() > 255).then(|| "its name is too long".into())
}

/// A first part with a dot, a port or a capital, or `localhost`, is a registry.
fn host(s: &str) -> (Option<&str>, &str) {
    match s.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" || first.chars().any(char::is_uppercase) => {
            (Some(first), rest)
        }
        _ => (None, s),
    }
}

fn is_host(s: &str) -> bool {
    let (name, port) = match s.strip_prefix('[').and_then(|s| s.split_once(']')) {
        Some((v6, rest)) => {
            let valid = !v6.is_empty() && v6.bytes().all(|b| is_hex(b) || b == b':');
            return valid && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port));
        }
        None => s.split_once(':').map_or((s, None), |(n, p)| (n, Some(p))),
    };
    let label =
        |l: &str| !l.is_empty() && !l.starts_with('-') && !l.ends_with('-') && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    name.split('.').all(label) && port.is_none_or(is_port)
}

fn is_port(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())
}

/// Letters and digits, between them one `.`, one or two `_`, or any number of `-`.
fn is_component(s: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !s.starts_with(word) || !s.ends_with(word) {
        return false;
    }
    s.split(word).all(|between| matches!(between, "" | "." | "_" | "__") || between.bytes().all(|b| b == b'-'))
}

fn is_tag(s: &str) -> bool {
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    s.len() <= 128 && !s.is_empty() && !s.starts_with(['.', '-']) && s.chars().all(valid)
}

fn is_digest(s: &str) -> bool {
    match s.split_once(':') {
        Some(("sha256" | "sha384" | "sha512", _)) => super::values::is_digest(s),
        Some((algorithm, hex)) => {
            let word = |w: &str| w.starts_with(|c: char| c.is_ascii_alphabetic()) && w.bytes().all(|b| b.is_ascii_alphanumeric());
            algorithm.split(['-', '_', '+', '.']).all(word) && hex.len() >= 32 && hex.bytes().all(is_hex)
        }
        None => false,
    }
}

fn is_hex(b: u8) -> bool {
    b.is_ascii_hexdigit()
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn references_that_are_some() {
        let digest = format!("alpine@sha256:{}", "0".repeat(64));
        for s in [
            "alpine",
            "alpine:3.20",
            "library/alpine",
            "ghcr.io/a/b_c/d--e:v1",
            "localhost/x",
            "localhost:5000/x:1",
            "[::1]:5000/x",
            "Host/x",
            "a__b",
            &digest,
            "mcr.microsoft.com/windows/servercore:ltsc2022",
        ] {
            assert_eq!(problem(s), None, "{s}");
        }
    }

    #[test]
    fn references_that_are_none() {
        for s in [
            "",
            "Ubuntu",
            "ubuntu:",
            "ubuntu@",
            "ubuntu:a b",
            ":latest",
            "a//b",
            "a/",
            "-a",
            "a___b",
            "a..b",
            "ubuntu:-x",
            "ghcr.io/A/b",
            "ubuntu@sha256:abc",
            "a:b:c",
            "http://x/y",
            "x-.io/a",
            "[::1/x",
        ] {
            assert!(problem(s).is_some(), "{s}");
        }
        assert!(problem(&"a".repeat(64)).is_some());
    }
}
