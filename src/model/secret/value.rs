//! What a value says about itself, whatever its name.

use std::ops::Range;

use super::shape::{longest_run, longest_sequence, looks_random};
use super::url::{UrlLogin, find_url_logins};

/// What a value is, as far as it can tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValueVerdict {
    /// Nothing, or a word for nothing (`null`).
    Empty,
    /// Variables or the output of a command; what else is there is not random.
    Variable,
    /// `true`, `no`, `off`, `1` ...
    Boolean,
    /// A bare number.
    Number,
    /// A number with a unit: a time, a size, a share.
    Quantity,
    /// A path or a file name, `/run/secrets/x` among them.
    Path,
    /// A URL without a login, or with one that is all variables.
    Url,
    /// What a password was hashed to.
    PasswordHash,
    /// Meant to be public: a public key, a certificate, a fingerprint.
    Public,
    /// A stand-in for a value: `changeme`, `your-token-here`, `<password>`, `xxxx`.
    Placeholder,
    /// Anything else: the value itself.
    Literal,
}

use ValueVerdict::{Boolean, Empty, Literal, Number, PasswordHash, Path, Placeholder, Public, Quantity, Url, Variable};

/// What `value` says about itself. Variables are those of Compose and shells (`$X`, `${X:-default}`, `$(command)`, `%X%`,
/// `{{ x }}`); `$$` and `\$` are dollar signs.
pub fn value_says(value: &str) -> ValueVerdict {
    let mut value = unquoted(value.trim());
    // A default stands for its variable: ${A:-${B:-word}} is read from the outside in.
    while let Some(default) = whole_default(value) {
        value = unquoted(default.trim());
    }
    if let Some(verdict) = hash_or_public(value) {
        return verdict;
    }
    match find_url_logins(value).into_iter().next() {
        Some(login) => login_says(value, login),
        None => plain(value),
    }
}

fn login_says(value: &str, login: UrlLogin) -> ValueVerdict {
    let part = |range: Range<usize>| value.get(range).unwrap_or("");
    match login.password {
        Some(password) => match plain(part(password)) {
            Empty | Variable => Url,
            Placeholder => Placeholder,
            _ => Literal,
        },
        // A user alone is a name, unless it is a token that stands in the user's place.
        None if looks_random(part(login.user)) => Literal,
        None => Url,
    }
}

/// The verdict of a value without quotes, default and login.
fn plain(value: &str) -> ValueVerdict {
    if value.is_empty() || matches!(value.to_ascii_lowercase().as_str(), "null" | "none" | "nil" | "undefined" | "~") {
        return Empty;
    }
    let rest = match without_variables(value) {
        Some(rest) if rest.split_whitespace().any(looks_random) => return Literal,
        Some(_) => return Variable,
        None => value,
    };
    let boolean = ["true", "false", "yes", "no", "on", "off", "y", "n", "0", "1", "enabled", "disabled"];
    if boolean.iter().any(|word| rest.eq_ignore_ascii_case(word)) {
        return Boolean;
    }
    let number = |digits: &str| {
        digits.bytes().any(|b| b.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'_'))
    };
    if number(rest.strip_prefix('-').unwrap_or(rest)) {
        return Number;
    }
    if is_quantity(rest) {
        Quantity
    } else if rest.contains("://") {
        Url
    } else if is_path(rest) {
        Path
    } else if is_placeholder(rest) {
        Placeholder
    } else {
        Literal
    }
}

fn unquoted(value: &str) -> &str {
    let pair = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    pair('"').or_else(|| pair('\'')).unwrap_or(value)
}

/// The default of a value that is one variable and nothing else: `word` of `${X:-word}` and `${X-word}`.
fn whole_default(value: &str) -> Option<&str> {
    let inner = value.strip_prefix("${")?;
    let end = variable_len(value)?;
    if end != value.len() {
        return None;
    }
    let inner = inner.strip_suffix('}')?;
    let name = inner.find(|c: char| !(c == '_' || c.is_ascii_alphanumeric()))?;
    let rest = inner.get(name..)?;
    rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-')).filter(|word| !word.is_empty())
}

/// What is left of a value when its variables are taken out; `None` when it has none.
fn without_variables(value: &str) -> Option<String> {
    let wrapped = |open: &str, close: &str| value.len() > open.len() + close.len() && value.starts_with(open) && value.ends_with(close);
    let is_word = |b: u8| b == b'_' || b.is_ascii_alphanumeric();
    if wrapped("%", "%") && value.bytes().skip(1).take(value.len() - 2).all(is_word) {
        return Some(String::new());
    }
    if wrapped("{{", "}}") || wrapped("<%", "%>") || wrapped("`", "`") || wrapped("$(", ")") {
        return Some(String::new());
    }
    let mut out = String::new();
    let mut found = false;
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        let (before, escaped) = match before.strip_suffix('\\') {
            Some(before) => (before, true),
            None => (before, false),
        };
        out.push_str(before);
        let skip = if from.starts_with("$$") { 2 } else { 1 };
        rest = match variable_len(from) {
            Some(len) if !escaped && skip == 1 => {
                found = true;
                out.push(' ');
                from.get(len..).unwrap_or("")
            }
            _ => {
                out.push('$');
                from.get(skip..).unwrap_or("")
            }
        };
    }
    out.push_str(rest);
    found.then_some(out)
}

/// Length of the variable or command that a text which begins with a dollar sign begins with. Braces that never close
/// reach to the end.
fn variable_len(text: &str) -> Option<usize> {
    let close = |open: u8, close: u8| {
        let mut depth = 0u32;
        for (at, byte) in text.bytes().enumerate().skip(1) {
            depth += u32::from(byte == open);
            depth = depth.saturating_sub(u32::from(byte == close));
            if depth == 0 {
                return at + 1;
            }
        }
        text.len()
    };
    match text.as_bytes().get(1)? {
        b'{' => Some(close(b'{', b'}')),
        b'(' => Some(close(b'(', b')')),
        b if *b == b'_' || b.is_ascii_alphabetic() => Some(
            text.bytes().enumerate().skip(1).find(|(_, b)| !(*b == b'_' || b.is_ascii_alphanumeric())).map_or(text.len(), |(at, _)| at),
        ),
        _ => None,
    }
}

/// Numbers with units, as `15m`, `1h30m`, `512MiB`, `20 %`.
fn is_quantity(value: &str) -> bool {
    const UNITS: &str = "% b d day days g gb gi gib h hour hours k kb ki kib m mb mi mib min mins minute minutes ms ns s sec second \
        seconds secs t tb us w y";
    let lower = value.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while !rest.is_empty() {
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        if number.len() == rest.len() {
            return false;
        }
        let unit_and_more = number.trim_start_matches(' ');
        let end = unit_and_more.find(|c: char| !(c.is_ascii_alphabetic() || c == '%')).unwrap_or(unit_and_more.len());
        let (unit, more) = unit_and_more.split_at(end);
        if !UNITS.split(' ').any(|known| known == unit) {
            return false;
        }
        rest = more;
    }
    !lower.is_empty()
}

/// Absolute, relative or home paths and names of files. A leading slash alone proves nothing: base64 may begin so.
fn is_path(value: &str) -> bool {
    const EXTENSIONS: &str = "cer cfg conf crt db env ini jks json key keystore p12 pem pfx properties pub secret sh sock toml token txt xml \
        yaml yml";
    if value.chars().any(char::is_whitespace) {
        return false;
    }
    let drive = value.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && matches!(value.get(1..3), Some(":\\" | ":/"));
    let rooted = ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start));
    let wordy = !value.ends_with('=') && !value.contains('+') && !value.split(['/', '\\']).any(looks_random);
    let named = value.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && EXTENSIONS.split(' ').any(|known| known == end));
    (drive || rooted) && (wordy || named) || named && !looks_random(value) && (value.contains('/') || wordy)
}

/// Hashes of passwords, public keys and fingerprints, told by their marks.
fn hash_or_public(value: &str) -> Option<ValueVerdict> {
    const HASHES: [&str; 20] = [
        "$1$",
        "$2a$",
        "$2b$",
        "$2x$",
        "$2y$",
        "$5$",
        "$6$",
        "$7$",
        "$apr1$",
        "$argon2",
        "$pbkdf2",
        "$scrypt$",
        "$y$",
        "{SHA",
        "{SSHA",
        "{CRYPT}",
        "{PBKDF2",
        "pbkdf2_sha",
        "argon2:",
        "bcrypt:",
    ];
    const PUBLIC: [&str; 9] = [
        "-----BEGIN CERTIFICATE",
        "-----BEGIN PGP PUBLIC",
        "-----BEGIN PUBLIC KEY",
        "-----BEGIN RSA PUBLIC KEY",
        "SHA256:",
        "age1",
        "ecdsa-sha2-",
        "ssh-ed25519 ",
        "ssh-rsa ",
    ];
    let begins = |text: &str, marks: &[&str]| marks.iter().any(|mark| text.starts_with(mark));
    if begins(value, &PUBLIC) || is_fingerprint(value) {
        return Some(Public);
    }
    // In Compose every dollar sign of a hash is doubled; in an .htpasswd line the user stands before it.
    let single = value.replace("$$", "$");
    let after_user = single.split_once(':').map_or("", |(_, hash)| hash);
    (begins(&single, &HASHES) || begins(after_user, &HASHES)).then_some(PasswordHash)
}

/// One or more fingerprints: 40 hexadecimal digits in upper case, as GPG prints them, or pairs with colons between.
fn is_fingerprint(value: &str) -> bool {
    let upper_hex = |word: &str| word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'A'..=b'F'));
    let mut words = value.split_whitespace().peekable();
    let gpg = words.peek().is_some()
        && words.all(|word| word.strip_prefix("0x").unwrap_or(word).len() == 40 && upper_hex(word.trim_start_matches("0x")));
    let pairs = value.len() >= 47 && value.split(':').all(|pair| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit()));
    gpg || pairs
}

/// Values that nobody means to keep.
fn is_placeholder(value: &str) -> bool {
    const PARTS: [&str; 24] = [
        "changeit",
        "changeme",
        "change-me",
        "change_me",
        "change this",
        "change-this",
        "change_this",
        "changethis",
        "dummy",
        "example",
        "fixme",
        "insert",
        "placeholder",
        "redacted",
        "replaceme",
        "replace-me",
        "replace_me",
        "replace-with",
        "replace_with",
        "todo",
        "xxxx",
        "your-",
        "your_",
        "your ",
    ];
    let lower = value.to_ascii_lowercase();
    let enclosed =
        |open: char, close: char| lower.starts_with(open) && lower.ends_with(close) && lower.len() > 2 && !lower.contains([':', '"']);
    // xxx, ***, XXX-XXX; but 0.0.0.0 is an address.
    let letters: String = value.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let one_letter = letters.len() >= 3 && longest_run(&letters) == letters.len() && !letters.starts_with(|c: char| c.is_ascii_digit());
    let one_byte = one_letter || value.len() >= 3 && longest_run(value) == value.len();
    let begins = ["your", "enter", "put", "fill", "change", "choose"].iter().any(|verb| {
        // `yourpassword`, `changepassword`, but not `enterprise` or a word that goes on at random.
        lower
            .strip_prefix(verb)
            .is_some_and(|rest| ["password", "secret", "token", "key", "api", "your", "strong"].iter().any(|noun| rest.starts_with(noun)))
    });
    PARTS.iter().any(|part| lower.contains(part))
        || ["tbd", "xxx", "unset", "notset", "secret-here"].contains(&lower.as_str())
        || begins
        || one_byte
        || enclosed('<', '>')
        || enclosed('[', ']')
        || enclosed('{', '}')
        || lower.starts_with("__") && lower.ends_with("__")
        || value.len() >= 16 && longest_sequence(value) >= 10
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(verdict: ValueVerdict, values: &[&str]) {
        for value in values {
            assert_eq!(value_says(value), verdict, "{value}");
        }
    }

    #[test]
    fn literals() {
        all(
            Literal,
            &[
                "hunter2",
                "postgres",
                "supersecret",
                "password",
                "pa$$w0rd",
                "pa\\$word",
                "correct horse battery staple",
                "'quoted'",
                "${X:-hunter2}",
                "${A:-${B:-hunter2}}",
                "postgres://app:hunter2@db/x",
                "redis://:123456@cache",
                "https://aB3dE5gH7jK9mN1p@example.com/x",
                "/9sK2jF83hG7dLq0ZxC5vB1nM4aS6dF8gH2jK3lP0o=",
                "base64:9sK2jF83hG7dLq0ZxC5vB1nM4aS6dF8gH2jK3lP0oQ=",
                "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
                "Bearer aB3dE5gH7jK9mN1p$X",
                "S3cr3t!",
                "enterprise",
                "youth",
                "12ab",
                "key",
                "abc.def",
                "0.0.0.0/0",
            ],
        );
    }

    #[test]
    fn variables() {
        all(
            Variable,
            &[
                "$X",
                "${X}",
                "${X:?must be set}",
                "${X:-}",
                "${A}${B}",
                "Bearer ${TOKEN}",
                "{\"token\": \"${TOKEN}\"}",
                "$(cat /run/secrets/x)",
                "`cat x`",
                "{{ vault_password }}",
                "%PASSWORD%",
                "${X:-${Y}}",
                "${X",
                "user:$PASS",
            ],
        );
        all(Empty, &["", "  ", "\"\"", "null", "None", "${X:-null}"]);
    }

    #[test]
    fn switches_and_numbers() {
        all(Boolean, &["true", "False", "yes", "off", "1", "0", "\"no\""]);
        all(Number, &["3600", "1234", "-1", "0.5", "10_000", "${X:-42}"]);
        all(Quantity, &["15m", "1h30m", "512MB", "7 days", "1.5Gi", "80%", "10s"]);
        all(Literal, &["15x", "m", "h2", "1password", "3d-printer"]);
    }

    #[test]
    fn paths() {
        all(
            Path,
            &[
                "/run/secrets/db",
                "./key.pem",
                "~/.ssh/id_rsa",
                "../x",
                "C:\\keys\\a",
                "server.key",
                "certs/tls.crt",
                "/a",
                "config/master.key",
            ],
        );
        all(Literal, &["/ab+cd/ef==", "key", "a/b", ".key", "pass.word"]);
    }

    #[test]
    fn urls_without_login() {
        all(
            Url,
            &["https://example.com/token", "http://${USER}:${PASS}@h", "redis://cache:6379", "https://git@github.com/a/b", "ftp://u:@h"],
        );
    }

    #[test]
    fn hashes_and_public_keys() {
        all(
            PasswordHash,
            &["$2y$10$abcdefghijklmnopqrstuv", "$$2y$$10$$abcdefghijklmnopqrstuv", "admin:$apr1$x$y", "$6$salt$hash", "{SSHA}abc"],
        );
        all(
            Public,
            &[
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA a@b",
                "0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D",
                "A035C8C19219BA821ECEA86B64E628F8D684696D 7169605F62C751356D054A26A821E680E5FA6305",
                "SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s",
            ],
        );
        let colons = ["ab"; 20].join(":");
        all(Public, &[&colons]);
        all(Literal, &["$2", "abcdef:hunter2"]);
    }

    #[test]
    fn placeholders() {
        all(
            Placeholder,
            &[
                "changeme",
                "ChangeMe123!",
                "change_this_password",
                "your-password-here",
                "YOUR_API_KEY",
                "yourpassword",
                "<token>",
                "[password]",
                "xxx",
                "xxxxxxxx",
                "XXX-XXX",
                "ChooseYourOwnPasswordHere1234",
                "********",
                "...",
                "example",
                "sk-example",
                "__TOKEN__",
                "TBD",
                "${X:-changeme}",
                "0123456789abcdef0123456789abcdef",
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_verdict(value in r#"([$${}():@/\\\\%"'`<>_é -]|[a-zA-Z0-9]{1,4}|:-|://){0,12}"#) {
            value_says(&value);
        }
    }

    #[test]
    fn nothing_written_makes_it_panic() {
        for value in
            ["$", "${", "$(", "$$", "\\$", "${:-}", "${X:-", "\"", "'", "%", "%%", "{{}}", "é$é", "${é}", "://", "@://@", "-", ".", "_"]
        {
            value_says(value);
        }
    }
}
