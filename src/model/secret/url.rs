//! Logins in URLs: `scheme://user:password@host`.

use std::ops::Range;

/// The login part of a URL. Ranges are bytes of the text that was searched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UrlLogin {
    /// From the first letter of the scheme to the end of the host and port.
    pub url: Range<usize>,
    /// Before the colon; may be empty, as in `redis://:password@host`.
    pub user: Range<usize>,
    /// After the colon; `None` when there is none, as in `https://token@host`. May be a variable.
    pub password: Option<Range<usize>>,
}

/// All URLs in `text` that hold a user or a password, in order. What stands in `${...}` separates nothing.
pub fn find_url_logins(text: &str) -> Vec<UrlLogin> {
    let mut logins = Vec::new();
    let mut from = 0;
    while let Some(colon) = text.get(from..).and_then(|rest| rest.find("://")).map(|at| from + at) {
        let start = colon + "://".len();
        let authority = Authority::read(text, start);
        logins.extend(authority.login(scheme_start(text, colon), start));
        from = authority.end;
    }
    logins
}

/// The part of a URL after `//`, up to its path.
struct Authority {
    end: usize,
    first_colon: Option<usize>,
    last_at_sign: Option<usize>,
}

impl Authority {
    fn read(text: &str, start: usize) -> Authority {
        let mut found = Authority { end: text.len(), first_colon: None, last_at_sign: None };
        let mut depth = 0u32;
        for (at, byte) in text.bytes().enumerate().skip(start) {
            let ends = matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b')');
            match byte {
                b'{' => depth += 1,
                // The address stands in braces itself: `${URL:-http://u:p@h}`.
                b'}' if depth == 0 => {
                    found.end = at;
                    break;
                }
                b'}' => depth = depth.saturating_sub(1),
                _ if byte.is_ascii_whitespace() || depth == 0 && ends => {
                    found.end = at;
                    break;
                }
                b'@' if depth == 0 => found.last_at_sign = Some(at),
                b':' if depth == 0 => found.first_colon = found.first_colon.or(Some(at)),
                _ => {}
            }
        }
        found
    }

    fn login(&self, scheme: usize, start: usize) -> Option<UrlLogin> {
        let at_sign = self.last_at_sign?;
        let colon = self.first_colon.filter(|at| *at < at_sign);
        let password = colon.map(|at| at + 1..at_sign);
        Some(UrlLogin { url: scheme..self.end, user: start..colon.unwrap_or(at_sign), password })
    }
}

/// Where the scheme before the colon at `colon` begins.
fn scheme_start(text: &str, colon: usize) -> usize {
    let before = text.as_bytes().get(..colon).unwrap_or_default().iter().rev().take(24);
    let start = colon - before.take_while(|b| b.is_ascii_alphanumeric() || b"+.-".contains(b)).count();
    // It begins with a letter: the hyphen of `${URL:-http://..}` is none of it.
    let scheme = text.as_bytes().get(start..colon).unwrap_or_default();
    start + scheme.iter().position(u8::is_ascii_alphabetic).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// User and password of every login.
    fn logins(text: &str) -> Vec<(&str, Option<&str>)> {
        find_url_logins(text).into_iter().map(|l| (&text[l.user], l.password.map(|p| &text[p]))).collect()
    }

    #[test]
    fn users_and_passwords() {
        assert_eq!(logins("postgres://app:hunter2@db:5432/x"), [("app", Some("hunter2"))]);
        assert_eq!(logins("redis://:hunter2@cache"), [("", Some("hunter2"))]);
        assert_eq!(logins("git clone https://tok@host/a && x http://a:b@c"), [("tok", None), ("a", Some("b"))]);
        assert_eq!(logins("amqp://u:p@ss@mq"), [("u", Some("p@ss"))], "the last at sign counts");
        assert_eq!(logins("${URL:-amqp://u:p@mq} x"), [("u", Some("p"))]);
        assert_eq!(logins("http://${USER:-a/b}:${PASS:-c:d}@h"), [("${USER:-a/b}", Some("${PASS:-c:d}"))]);
    }

    #[test]
    fn what_has_no_login() {
        for text in ["http://host:80/a@b", "http://host/?m=a@b", "user@host", "a://", "https://h/#x:y@z", "see http://a and mail b:c@d"] {
            assert_eq!(logins(text), [], "{text}");
        }
    }

    #[test]
    fn the_url_ends_with_its_host() {
        let in_braces = "${URL:-amqp://u:p@mq}";
        assert_eq!(&in_braces[find_url_logins(in_braces)[0].url.clone()], "amqp://u:p@mq");
        let text = "X=\"mongodb+srv://u:p@h.example:27017\" y";
        assert_eq!(&text[find_url_logins(text)[0].url.clone()], "mongodb+srv://u:p@h.example:27017");
    }
}
