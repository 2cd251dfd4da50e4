//! Evidence for secrets: what a name says, what a value says, the formats of providers, logins in URLs.
//!
//! No verdict here is a finding. A name alone cries wolf and a value alone is often a word; lints weigh both.
//! Whatever is shown of a value goes through [`redact`].

mod format;
mod name;
mod shape;
mod url;
mod value;

pub use format::{Check, Format, SecretHit, find_secrets, formats};
pub use name::{NameVerdict, SecretKind, name_says};
pub use url::{UrlLogin, find_url_logins};
pub use value::{ValueVerdict, value_says};

/// What a variable with the name of a secret holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Held {
    /// A value, in clear.
    Literal,
    /// A stand-in that somebody should have replaced, as `changeme`. It is in force all the same.
    Placeholder,
    /// Only a variable: the value comes from elsewhere.
    Variable,
    /// Nothing: no value, or an empty one.
    Nothing,
}

/// Name and value together: the kind of secret that `name` holds and how, or `None` when one of the two says that it is
/// none (a switch, a number of seconds, a path to a file, an address without login, a public key, a password's hash).
///
/// `value` is `None` where none is written, as in `ARG TOKEN` and `environment: [TOKEN]`.
pub fn secret_in(name: &str, value: Option<&str>) -> Option<(SecretKind, Held)> {
    let NameVerdict::Secret(kind) = name_says(name) else { return None };
    let held = match value.map_or(ValueVerdict::Empty, value_says) {
        // CHROME_TOKEN=chrome_token
        ValueVerdict::Literal if value.is_some_and(|v| v.contains('_') && v.trim().eq_ignore_ascii_case(name)) => Held::Placeholder,
        ValueVerdict::Literal => Held::Literal,
        ValueVerdict::Placeholder => Held::Placeholder,
        ValueVerdict::Variable => Held::Variable,
        ValueVerdict::Empty => Held::Nothing,
        // 1234 is a password that people use; for a token it is a number of something.
        ValueVerdict::Number if kind.is_password() && value.is_some_and(|v| v.trim().len() >= 4) => Held::Literal,
        ValueVerdict::Boolean
        | ValueVerdict::Number
        | ValueVerdict::Quantity
        | ValueVerdict::Path
        | ValueVerdict::Url
        | ValueVerdict::PasswordHash
        | ValueVerdict::Public => return None,
    };
    Some((kind, held))
}

/// What may be shown of a secret: its first two characters and its length, `hu… (7 characters)`; of one with fewer than
/// four characters only the length.
pub fn redact(value: &str) -> String {
    let length = value.chars().count();
    let unit = if length == 1 { "character" } else { "characters" };
    let start: String = if length < 4 { String::new() } else { value.chars().take(2).collect() };
    if start.is_empty() { format!("({length} {unit})") } else { format!("{start}… ({length} {unit})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_characters_and_a_length_are_shown() {
        assert_eq!(redact("hunter2"), "hu… (7 characters)");
        assert_eq!(redact("abcd"), "ab… (4 characters)");
        assert_eq!(redact("abc"), "(3 characters)");
        assert_eq!(redact("x"), "(1 character)");
        assert_eq!(redact(""), "(0 characters)");
        assert_eq!(redact("pässwörd"), "pä… (8 characters)", "characters, not bytes");
    }

    #[test]
    fn name_and_value_are_weighed_together() {
        use Held::{Literal, Nothing, Placeholder, Variable};
        let held = |name: &str, value: &str| secret_in(name, Some(value)).map(|(_, held)| held);
        assert_eq!(held("DB_PASSWORD", "hunter2"), Some(Literal));
        assert_eq!(held("DB_PASSWORD", "changeme"), Some(Placeholder));
        assert_eq!(held("DB_PASSWORD", "${DB_PASSWORD}"), Some(Variable));
        assert_eq!(held("DB_PASSWORD", "${DB_PASSWORD:-hunter2}"), Some(Literal));
        assert_eq!(held("DB_PASSWORD", ""), Some(Nothing));
        assert_eq!(secret_in("DB_PASSWORD", None), Some((SecretKind::Password, Nothing)));
        assert_eq!(held("DB_PASSWORD", "1234"), Some(Literal), "a bad password, but one");
        assert_eq!(held("ACCESS_TOKEN", "3600"), None);
        assert_eq!(held("DB_PASSWORD", "/run/secrets/db"), None);
        assert_eq!(held("ACCESS_TOKEN_SECRET", "access_token_secret"), Some(Placeholder));
        assert_eq!(held("PASSWORD", "password"), Some(Literal));
        assert_eq!(held("SHOW_PASSWORD", "hunter2"), None);
        assert_eq!(held("USE_AUTH_TOKEN", "true"), None);
        assert_eq!(held("GREETING", "hunter2"), None);
        assert_eq!(held("SSH_PRIVATE_KEY", "/root/.ssh/id_ed25519"), None);
    }
}
