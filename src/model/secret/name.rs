//! What the name of a variable, label or option says about its value.

/// What kind of secret a name speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SecretKind {
    /// A password.
    Password,
    /// A passphrase.
    Passphrase,
    /// A token, as of an API or a session.
    Token,
    /// An API key.
    ApiKey,
    /// An access key.
    AccessKey,
    /// A private key.
    PrivateKey,
    /// Another key that is secret: for encryption, signing, a licence.
    Key,
    /// Something called a secret.
    Secret,
    /// Credentials, a login.
    Credentials,
    /// A salt.
    Salt,
}

impl SecretKind {
    /// The word for it in a message.
    pub fn label(self) -> &'static str {
        match self {
            SecretKind::Password => "password",
            SecretKind::Passphrase => "passphrase",
            SecretKind::Token => "token",
            SecretKind::ApiKey => "api key",
            SecretKind::AccessKey => "access key",
            SecretKind::PrivateKey => "private key",
            SecretKind::Key => "key",
            SecretKind::Secret => "secret",
            SecretKind::Credentials => "credentials",
            SecretKind::Salt => "salt",
        }
    }

    /// Whether people choose it themselves, so that a bare number may be one.
    pub fn is_password(self) -> bool {
        matches!(self, SecretKind::Password | SecretKind::Passphrase)
    }
}

/// What a name says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NameVerdict {
    /// Its value is a secret, as far as the name can tell.
    Secret(SecretKind),
    /// It holds a word of secrets, but is about something else: `PASSWORD_FILE`, `TOKEN_TTL`, `PUBLIC_KEY`.
    NotSecret,
    /// It says nothing either way.
    Unknown,
}

use SecretKind::{AccessKey, ApiKey, Credentials, Key, Passphrase, Password, PrivateKey, Salt, Secret, Token};

/// Names that the words alone would get wrong. Sorted.
const EXACT: [(&str, NameVerdict); 22] = [
    ("aws_access_key", NameVerdict::NotSecret),
    ("composer_auth", NameVerdict::Secret(Credentials)),
    ("composer_auth_json", NameVerdict::Secret(Credentials)),
    ("docker_auth_config", NameVerdict::Secret(Credentials)),
    ("google_application_credentials", NameVerdict::NotSecret),
    ("mix_pusher_app_key", NameVerdict::NotSecret),
    ("mysql_pwd", NameVerdict::Secret(Password)),
    ("neo4j_auth", NameVerdict::Secret(Credentials)),
    ("new_relic_key", NameVerdict::Secret(Key)),
    ("npm_auth", NameVerdict::Secret(Credentials)),
    ("npm_config_auth", NameVerdict::Secret(Credentials)),
    ("oldpwd", NameVerdict::NotSecret),
    ("pusher_app_key", NameVerdict::NotSecret),
    ("pwd", NameVerdict::NotSecret),
    ("rabbitmq_erlang_cookie", NameVerdict::Secret(Secret)),
    ("rediscli_auth", NameVerdict::Secret(Password)),
    ("requirepass", NameVerdict::Secret(Password)),
    ("secret_key_base_dummy", NameVerdict::NotSecret),
    ("sshpass", NameVerdict::Secret(Password)),
    ("vault_dev_root_token_id", NameVerdict::Secret(Token)),
    ("vault_secret_id", NameVerdict::Secret(Secret)),
    ("vite_pusher_app_key", NameVerdict::NotSecret),
];

/// Words that mean a secret wherever they stand.
const WORDS: [(&str, SecretKind); 7] = [
    ("credential", Credentials),
    ("creds", Credentials),
    ("mnemonic", Secret),
    ("passcode", Password),
    ("passwords", Password),
    ("passwort", Password),
    ("pword", Password),
];

/// Words that mean a secret only as the last one.
const LAST_WORDS: [(&str, SecretKind); 8] = [
    ("pass", Password),
    ("pwd", Password),
    ("psw", Password),
    ("pw", Password),
    ("psk", Key),
    ("bearer", Token),
    ("salt", Salt),
    ("salts", Salt),
];

/// What a word that means a secret, wherever it stands, ends with: `password`, `dbpassword`, `clientsecret`, `xapikey`.
const ENDINGS: [(&str, SecretKind); 13] = [
    ("password", Password),
    ("passwd", Password),
    ("passphrase", Passphrase),
    ("secret", Secret),
    ("token", Token),
    ("apikey", ApiKey),
    ("privatekey", PrivateKey),
    ("secretkey", Key),
    ("accesskey", AccessKey),
    ("encryptionkey", Key),
    ("authkey", Key),
    ("masterkey", Key),
    ("credentials", Credentials),
];

/// What before `pass`, `pwd` or `pw`, in one word, makes it a password: `dbpass`, but not `bypass` and `compass`.
const BEFORE_PASS: &str = "admin db email ftp key ldap mail my mysql pg postgres rcon redis root rpc smtp store user";

/// What before `key` or `keys` makes it a secret one. `key` alone is a cache key, a sort key, a key of the keyboard.
const BEFORE_KEY: [(&str, SecretKind); 32] = [
    ("access", AccessKey),
    ("account", Key),
    ("admin", Key),
    ("aes", Key),
    ("api", ApiKey),
    ("app", Key),
    ("auth", Key),
    ("authentication", Key),
    ("cipher", Key),
    ("consumer", Key),
    ("cookie", Key),
    ("crypt", Key),
    ("crypto", Key),
    ("decryption", Key),
    ("deploy", PrivateKey),
    ("encrypt", Key),
    ("encryption", Key),
    ("hmac", Key),
    ("jwt", Key),
    ("licence", Key),
    ("license", Key),
    ("master", Key),
    ("preshared", Key),
    ("private", PrivateKey),
    ("secret", Key),
    ("security", Key),
    ("service", Key),
    ("session", Key),
    ("shared", Key),
    ("signing", Key),
    ("ssh", PrivateKey),
    ("storage", Key),
];

/// Other pairs of neighbours that mean a secret.
const PAIRS: [(&str, &str, SecretKind); 8] = [
    ("pass", "phrase", Passphrase),
    ("pass", "word", Password),
    ("basic", "auth", Credentials),
    ("docker", "auth", Credentials),
    ("redis", "auth", Password),
    ("github", "pat", Token),
    ("gh", "pat", Token),
    ("azp", "pat", Token),
];

/// Words that, anywhere, say that the rest is not secret or not the secret itself.
const ANYWHERE: &str = "allow disable disabled empty enable enabled example passwordless pub public publishable random require \
    required requires tokenizer version";

/// Words that say so as the first one.
const FIRST: &str = "bos check eos force generate has hide install is max maximum min minimum no num omit pad prompt show skip \
    trust use validate with without";

/// Words that say so as the last one: what the value is instead.
const LAST: &str = "addr address after age alg algo algorithm algorithms alias arn attempts attribute audience auth authentication \
    backend bits bytes cache check claim class column complexity cost count days default digest dir directory \
    domain driver duration email encoding endpoint engine env exp expiration expire expires expiry field file \
    filename files filter fingerprint flow folder format grant group handler hasher hashers header headers helper \
    hint history host hostname hours id ids in interval issuer iterations label lang language len length lifetime \
    limit locale login manager mapper max method methods min minutes mode mount name names ns owner param \
    parameter parse path paths pattern period permissions plugin policy port prefix prompt provider quota rate \
    realm ref reference regex region renew renewal reset retries rotation rounds scheme scope scopes seconds \
    server service size sock socket source store strength suffix template timeout ttl type until uri url urls \
    usage user username validity window";

/// What `name` says about its value. Names are split into words at everything that is no letter or digit and between
/// camel humps, case aside; digits at the end of a word do not count (`PASSWORD2`, `REDIS_1_AUTH`).
///
/// Word lists: our own, after what was seen to cry wolf in other tools (`TOKENIZERS_PARALLELISM`, `KMS_KEY_ALIAS`,
/// `POSTGRES_HOST_AUTH_METHOD`, `GPG_KEY`) and to be missed (`VAULT_DEV_ROOT_TOKEN_ID`, `REDISCLI_AUTH`).
pub fn name_says(name: &str) -> NameVerdict {
    let words = words(name);
    let joined = words.join("_");
    if let Some((_, verdict)) = EXACT.iter().find(|(known, _)| *known == joined) {
        return *verdict;
    }
    match kind_of(&words) {
        Some((_, end)) if is_exempt(&words, end) => NameVerdict::NotSecret,
        Some((kind, _)) => NameVerdict::Secret(kind),
        None if is_public_key(&words) => NameVerdict::NotSecret,
        None => NameVerdict::Unknown,
    }
}

/// The last secret that the words speak of, and how many words there are up to its end.
fn kind_of(words: &[String]) -> Option<(SecretKind, usize)> {
    (1..=words.len()).rev().find_map(|end| {
        let rest = words.len() - end;
        let kind = match words.get(..end)? {
            [.., a, b] => kind_of_pair(a, b, rest).or_else(|| kind_of_word(b, rest)),
            [word] => kind_of_word(word, rest),
            [] => None,
        };
        kind.map(|kind| (kind, end))
    })
}

/// `rest` is the number of words after the pair.
fn kind_of_pair(a: &str, b: &str, rest: usize) -> Option<SecretKind> {
    if matches!(b, "key" | "keys") {
        // What goes on for longer is a sentence about a key.
        return lookup(&BEFORE_KEY, a).filter(|_| rest <= 2);
    }
    PAIRS.iter().find(|(first, second, _)| *first == a && *second == b).map(|(_, _, kind)| *kind)
}

fn kind_of_word(word: &str, rest: usize) -> Option<SecretKind> {
    let last = || if rest == 0 { lookup(&LAST_WORDS, word) } else { None };
    // .htpasswd is a file of hashes.
    let ending = || ENDINGS.iter().find(|(end, _)| word.ends_with(end) && word != "htpasswd").map(|(_, kind)| *kind);
    let pass = || ["pass", "pwd", "pw"].iter().any(|end| word.strip_suffix(end).is_some_and(|start| is_in(BEFORE_PASS, start)));
    lookup(&WORDS, word).or_else(last).or_else(ending).or_else(|| if pass() { Some(Password) } else { None })
}

fn lookup(table: &[(&str, SecretKind)], word: &str) -> Option<SecretKind> {
    table.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
}

/// Whether other words say that the secret which ends with word number `end` is not what the name is about.
fn is_exempt(words: &[String], end: usize) -> bool {
    words.iter().any(|word| is_in(ANYWHERE, word))
        || words.first().is_some_and(|word| is_in(FIRST, word))
        || words.iter().skip(end).last().is_some_and(|word| is_in(LAST, word))
}

/// Whether `word` is one of the words of `list`.
fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

/// `GPG_KEY` and the like, by custom the fingerprint of the key that signs releases.
fn is_public_key(words: &[String]) -> bool {
    let holds = |list: &str| words.iter().any(|word| is_in(list, word));
    holds("key keys") && (holds("gpg pgp") || is_exempt(words, 0))
}

/// The words of a name in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_alphanumeric()) {
        let mut start = 0;
        let mut chars = part.char_indices().peekable();
        let mut previous: Option<char> = None;
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            let before = previous.replace(c);
            // A hump begins at an upper-case letter after a lower-case one, and at the last letter of `API` in `APIKey`.
            let hump =
                c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_alphanumeric() && next.is_some_and(char::is_lowercase));
            if hump {
                push_word(&mut words, part.get(start..at));
                start = at;
            }
        }
        push_word(&mut words, part.get(start..));
    }
    words
}

fn push_word(words: &mut Vec<String>, word: Option<&str>) {
    let word = word.unwrap_or("");
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if !word.is_empty() {
        words.push(word.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> Option<SecretKind> {
        match name_says(name) {
            NameVerdict::Secret(kind) => Some(kind),
            NameVerdict::NotSecret | NameVerdict::Unknown => None,
        }
    }

    #[test]
    fn the_tables_are_in_order() {
        assert!(EXACT.is_sorted_by_key(|(name, _)| *name));
        for list in [ANYWHERE, FIRST, LAST, BEFORE_PASS] {
            assert!(list.split(' ').is_sorted() && list.split(' ').all(|word| !word.is_empty()));
        }
        assert!(BEFORE_KEY.is_sorted_by_key(|(word, _)| *word));
    }

    #[test]
    fn words_are_split_at_marks_and_humps() {
        assert_eq!(words("DB_PASSWORD2"), ["db", "password"]);
        assert_eq!(words("dbPassword"), ["db", "password"]);
        assert_eq!(words("APIKey"), ["api", "key"]);
        assert_eq!(words("spring.datasource.password"), ["spring", "datasource", "password"]);
        assert_eq!(words("GF_SECURITY_ADMIN_PASSWORD__FILE"), ["gf", "security", "admin", "password", "file"]);
        assert_eq!(words("x-api-key"), ["x", "api", "key"]);
        assert_eq!(words("OAuth2Token"), ["o", "auth", "token"]);
        assert_eq!(words("REDIS_1_AUTH"), ["redis", "auth"]);
        assert_eq!(words("__"), [] as [&str; 0]);
    }

    #[test]
    fn names_of_secrets() {
        for (name, expected) in [
            ("PASSWORD", Password),
            ("MYSQL_ROOT_PASSWORD", Password),
            ("POSTGRES_PASSWORD", Password),
            ("DB_PASS", Password),
            ("PASS", Password),
            ("DBPASS", Password),
            ("CS2_RCONPW", Password),
            ("BASIC_AUTH_PASSWORD", Password),
            ("SSHPASS", Password),
            ("dbPassword", Password),
            ("PGPASSWORD", Password),
            ("MYSQL_PWD", Password),
            ("SMTP_PASSWD", Password),
            ("PASSWORD_PROD", Password),
            ("KEY_PASSPHRASE", Passphrase),
            ("PASS_PHRASE", Passphrase),
            ("GITHUB_TOKEN", Token),
            ("authtoken", Token),
            ("GH_PAT", Token),
            ("VAULT_DEV_ROOT_TOKEN_ID", Token),
            ("VERIFY_TOKEN", Token),
            ("OPENAI_API_KEY", ApiKey),
            ("apikey", ApiKey),
            ("API_KEYS", ApiKey),
            ("AWS_SECRET_ACCESS_KEY", AccessKey),
            ("MINIO_ACCESS_KEY", AccessKey),
            ("SSH_PRIVATE_KEY", PrivateKey),
            ("SSH_KEY", PrivateKey),
            ("SECRET_KEY_BASE", Key),
            ("RAILS_MASTER_KEY", Key),
            ("N8N_ENCRYPTION_KEY", Key),
            ("FILE_ENCRYPTION_KEY", Key),
            ("URL_SIGNING_KEY", Key),
            ("TS_AUTHKEY", Key),
            ("VPN_IPSEC_PSK", Key),
            ("CLIENT_SECRET", Secret),
            ("clientSecret", Secret),
            ("JWT_SECRET", Secret),
            ("DJANGO_SECRET_KEY", Key),
            ("AWS_CREDENTIALS", Credentials),
            ("NEO4J_AUTH", Credentials),
            ("BASIC_AUTH", Credentials),
            ("COMPOSER_AUTH", Credentials),
            ("REDISCLI_AUTH", Password),
            ("NONCE_SALT", Salt),
            ("KEYCLOAK_ADMIN_PASSWORD", Password),
        ] {
            assert_eq!(kind(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn names_that_only_sound_like_it() {
        for name in [
            "POSTGRES_PASSWORD_FILE",
            "GF_SECURITY_ADMIN_PASSWORD__FILE",
            "TOKEN_PATH",
            "SSH_PUBLIC_KEY",
            "NEXT_PUBLIC_API_KEY",
            "STRIPE_PUBLISHABLE_KEY",
            "TOKEN_TTL",
            "PASSWORD_MIN_LENGTH",
            "ALLOW_EMPTY_PASSWORD",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "AWS_ACCESS_KEY_ID",
            "SECRET_NAME",
            "NOT_SECRET_URL",
            "TOKEN_ENDPOINT",
            "PASSWORD_RESET_URL",
            "SECRET_MANAGER_VERSION",
            "ENABLE_PASSWORD_AUTH",
            "USE_TOKEN",
            "MAX_TOKEN",
            "GPG_KEY",
            "GPG_KEYS",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "PWD",
            "SECRET_KEY_BASE_DUMMY",
            "PASSWORD_HASH_ALGORITHM",
            "PASSWORD_SCHEME",
            "ACCESS_TOKEN_EXPIRES_IN",
            "GIT_CREDENTIAL_HELPER",
            "KMS_KEY_ALIAS",
            "KEY_VAULT_NAME",
            "INSTALL_SSHPASS_TOKEN",
            "SECRET_FORCED_LANGUAGE",
        ] {
            assert_eq!(name_says(name), NameVerdict::NotSecret, "{name}");
        }
    }

    #[test]
    fn names_that_say_nothing() {
        for name in [
            "TOKENIZERS_PARALLELISM",
            "TRAVIS_OS_NAME",
            "KMS_KEYRING",
            "AUTH_MODE",
            "POSTGRES_HOST_AUTH_METHOD",
            "STRIPE_DEVICE_NAME",
            "KEYCLOAK_HOSTNAME",
            "KEY_COUNT_THRESHOLDS",
            "CACHE_KEY",
            "KEY",
            "AUTH",
            "REGISTRY_AUTH",
            "MAX_TOKENS",
            "HTPASSWD",
            "BYPASS",
            "COMPASS",
            "PASSENGER_COUNT",
            "SECRETARY",
            "MONKEY",
            "PRIMARY_KEYS",
            "INSTALL_SSHPASS",
            "STORES_CRYPTO_KEY_FOR_EACH_IMAGE",
            "",
        ] {
            assert_eq!(name_says(name), NameVerdict::Unknown, "{name}");
        }
        assert_eq!(kind("PASS_THROUGH"), None);
    }
}
