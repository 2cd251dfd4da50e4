//! Addresses as commands and instructions name them: their host, and what may be shown of them.

use super::secret::find_url_logins;
use crate::source::Span;
use crate::syntax::text::Text;

/// The host of `scheme://user@host:port/path`, lower case is not forced; of an address without a scheme what stands before
/// the first `/`. Empty when there is none.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or(inner),
        None => host.split(':').next().unwrap_or(host),
    }
}

/// Whether the address is that of the machine itself: no network is in between.
pub fn is_loopback(url: &str) -> bool {
    let name = host(url).to_ascii_lowercase();
    url.starts_with("file:")
        || name.starts_with("127.")
        || matches!(name.as_str(), "localhost" | "0.0.0.0" | "::1" | "$hostname" | "${hostname}" | "$(hostname)")
        || name.ends_with(".localhost")
}

/// Whether the address names what it brings by its hash: 40 or more hexadecimal digits in a row.
pub fn names_its_hash(url: &str) -> bool {
    url.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 40)
}

/// What may be shown of an address: neither its login nor its query, and not more than 100 characters.
pub fn shown(url: &str) -> String {
    const MOST: usize = 100;
    let mut out = url.to_string();
    for login in find_url_logins(url).into_iter().rev() {
        let end = login.password.map_or(login.user.end, |p| p.end);
        // With the at sign after it.
        if out.is_char_boundary(login.user.start) && out.is_char_boundary(end + 1) {
            out.replace_range(login.user.start..end + 1, "");
        }
    }
    let out = out.split(['?', '#']).next().filter(|_| !url.contains('$')).unwrap_or(&out);
    if out.chars().count() <= MOST { out.to_string() } else { out.chars().take(MOST - 1).chain(['…']).collect() }
}

/// The bytes of the logins in an address, which no output may quote.
pub fn login_spans(url: &Text) -> Vec<Span> {
    let login = |l: super::secret::UrlLogin| url.span_of(l.user.start..l.password.map_or(l.user.end, |p| p.end));
    find_url_logins(url).into_iter().map(login).collect()
}

/// The last part of the path, without query: `install.sh`.
pub fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        assert_eq!(host("https://u:p@get.example.com:8443/x?y=a@b"), "get.example.com");
        assert_eq!(host("localhost:8080/health"), "localhost");
        assert_eq!(host("http://[::1]:80/"), "::1");
        assert!(["http://127.0.0.1/", "localhost", "https://[::1]", "file:///etc/x", "http://app.localhost"].into_iter().all(is_loopback));
        assert!(["https://example.com", "https://localhost.example.com", "$URL"].into_iter().all(|u| !is_loopback(u)));
    }

    #[test]
    fn logins_are_not_shown() {
        assert_eq!(shown("https://bob:hunter2@example.com/a.sh?token=1"), "https://example.com/a.sh");
        assert_eq!(shown("https://tok@example.com/a"), "https://example.com/a");
        assert_eq!(shown("https://example.com/$V/a"), "https://example.com/$V/a");
        assert_eq!(shown(&"é".repeat(120)).chars().count(), 100);
    }

    #[test]
    fn hashes() {
        assert!(names_its_hash("https://raw.example.com/x/0123456789abcdef0123456789abcdef01234567/install.sh"));
        assert!(!names_its_hash("https://example.com/deadbeef/install.sh"));
    }
}
