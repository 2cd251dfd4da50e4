//! Credentials told by their provider's own format.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::shape::{decode_base64, entropy, longest_run, longest_sequence};
use super::value::{ValueVerdict, value_says};

/// The longest match of a format that is not marked as long, in bytes.
const WINDOW: usize = 512;

/// The longest match of a format that is, without what [`Check::Pem`] adds.
const LONG_WINDOW: usize = 16 * 1024;

/// A provider's format of credentials. The keys are explained at the top of `secrets.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Stable kebab-case name.
    #[serde(skip)]
    pub id: String,
    /// What people call it.
    pub name: String,
    keywords: Vec<String>,
    #[serde(default = "at_start")]
    at: Vec<usize>,
    regex: String,
    #[serde(default)]
    long: bool,
    #[serde(default = "least_entropy")]
    entropy: f64,
    #[serde(default)]
    check: Option<Check>,
    #[serde(default)]
    allow: Vec<String>,
    /// Compiled when a keyword is first met; `None` inside when the pattern is no regex.
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

fn at_start() -> Vec<usize> {
    vec![0]
}

fn least_entropy() -> f64 {
    3.0
}

/// What must hold beside the pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The last six characters are the base-62 CRC-32 of the thirty before them, as GitHub describes for its tokens.
    #[serde(rename = "github-crc32")]
    GithubCrc32,
    /// Header and payload decode to JSON, the header names an algorithm, and the role is not one made to be public.
    Jwt,
    /// Base64 of `user:password`.
    UserPassword,
    /// A key in PEM: the match reaches to its END line.
    Pem,
    /// The part before the first dot is the base64 of digits.
    Digits,
}

/// A credential in a text.
#[derive(Clone, PartialEq, Debug)]
pub struct SecretHit {
    /// Its format.
    pub format: &'static Format,
    /// The bytes of the secret itself.
    pub range: Range<usize>,
}

impl PartialEq for Format {
    fn eq(&self, other: &Format) -> bool {
        self.id == other.id
    }
}

/// All formats, in the order of their ids.
pub fn formats() -> &'static [Format] {
    &FINDER.formats
}

/// The credentials in `text` that have a provider's own format, in order and without overlaps. Examples out of
/// documentation, stand-ins and what fails the provider's checksum are none. Cost is linear in the length of the text.
pub fn find_secrets(text: &str) -> Vec<SecretHit> {
    let mut hits = Vec::new();
    let Some(keywords) = &FINDER.keywords else { return hits };
    for keyword in keywords.find_iter(text) {
        for &format in FINDER.by_keyword.get(keyword.pattern().as_usize()).into_iter().flatten() {
            let Some(format) = FINDER.formats.get(format) else { continue };
            let starts = format.at.iter().filter_map(|at| keyword.start().checked_sub(*at));
            hits.extend(starts.filter_map(|start| format.matches_at(text, start)).map(|range| SecretHit { format, range }));
        }
    }
    without_overlaps(hits)
}

fn without_overlaps(mut hits: Vec<SecretHit>) -> Vec<SecretHit> {
    // The sort is stable: of two equal ranges the format that was found first stays.
    hits.sort_by_key(|hit| (hit.range.start, Reverse(hit.range.end)));
    let mut end = 0;
    hits.retain(|hit| {
        let keep = hit.range.start >= end;
        end = end.max(hit.range.end);
        keep
    });
    hits
}

struct Finder {
    formats: Vec<Format>,
    keywords: Option<AhoCorasick>,
    /// For every keyword the formats it may begin, as indices.
    by_keyword: Vec<Vec<usize>>,
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let table: BTreeMap<String, Format> = toml::from_str(include_str!("../knowledge/secrets.toml")).unwrap_or_default();
    Finder::new(table.into_iter().map(|(id, format)| Format { id, ..format }).collect())
});

impl Finder {
    fn new(formats: Vec<Format>) -> Finder {
        let mut keywords: Vec<&str> = formats.iter().flat_map(|f| f.keywords.iter().map(String::as_str)).collect();
        keywords.sort_unstable();
        keywords.dedup();
        // The longest keyword at a place is the one that is reported, so it also answers for shorter ones.
        let begins = |keyword: &str| {
            let fits = |f: &Format| f.keywords.iter().any(|k| keyword.starts_with(k.as_str()));
            formats.iter().enumerate().filter(|(_, f)| fits(f)).map(|(at, _)| at).collect()
        };
        let by_keyword = keywords.iter().map(|keyword| begins(keyword)).collect();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&keywords).ok();
        Finder { keywords: automaton, by_keyword, formats }
    }
}

impl Format {
    /// The bytes of the secret, if the format matches from byte `start` on.
    fn matches_at(&self, text: &str, start: usize) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        if !self.may_begin(bytes, start) {
            return None;
        }
        let window = if self.long { LONG_WINDOW } else { WINDOW };
        let part = bytes.get(start..bytes.len().min(start + window))?;
        let captures = self.regex()?.captures(part)?;
        let whole = captures.get(0)?;
        if !may_end(bytes, start + whole.end()) {
            return None;
        }
        let secret = captures.get(1).unwrap_or(whole);
        let range = start + secret.start()..start + secret.end();
        let found = text.get(range.clone())?;
        if self.is_made_up(found) || !self.check.is_none_or(|check| check.holds(found)) {
            return None;
        }
        let end = if self.check == Some(Check::Pem) { end_of_pem(text, range.end) } else { range.end };
        Some(range.start..end)
    }

    fn regex(&self) -> Option<&Regex> {
        let build = || RegexBuilder::new(&format!(r"\A(?:{})", self.regex)).unicode(false).build().ok();
        self.compiled.get_or_init(build).as_ref()
    }

    /// Whether a match may begin here: not in the middle of a word. A long one must begin its run of characters, so that
    /// every byte is looked at once.
    fn may_begin(&self, bytes: &[u8], start: usize) -> bool {
        let before = |n: usize| start.checked_sub(n).and_then(|at| bytes.get(at));
        let (Some(first), Some(last)) = (bytes.get(start), before(1)) else { return start < bytes.len() };
        // The n of a written-out \n is no letter.
        let escape = matches!(last, b'n' | b'r' | b't') && before(2) == Some(&b'\\');
        let in_word = is_word(*first) && is_word(*last) && !escape;
        !(in_word || self.long && is_word(*first) && matches!(last, b'+' | b'/' | b'-'))
    }

    /// Whether the text is an example: documented, too regular, or saying so itself.
    fn is_made_up(&self, secret: &str) -> bool {
        const WORDS: [&str; 7] = ["example", "placeholder", "changeme", "redacted", "your_", "your-", "dummy"];
        let lower = secret.to_ascii_lowercase();
        self.allow.iter().any(|part| secret.contains(part.as_str()))
            || WORDS.iter().any(|word| lower.contains(word))
            || entropy(secret) < self.entropy
            || longest_run(secret) >= 6 && self.check != Some(Check::Pem)
            || longest_sequence(&lower) >= 8
    }
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn may_end(bytes: &[u8], end: usize) -> bool {
    let inside = end.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(|b| is_word(*b));
    !(inside && bytes.get(end).is_some_and(|b| is_word(*b)))
}

/// The end of the END line that closes a key, if there is one before the next key; else `from`.
fn end_of_pem(text: &str, from: usize) -> usize {
    const FAR: usize = 32 * 1024;
    let mut to = text.len().min(from + FAR);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let rest = text.get(from..to).unwrap_or("");
    let Some(end) = rest.find("-----END ") else { return from };
    let line = rest.get(end + 9..).and_then(|s| s.find("-----")).map(|at| end + 9 + at + 5);
    let next = rest.find("-----BEGIN ").unwrap_or(rest.len());
    line.filter(|line| *line <= next).map_or(from, |line| from + line)
}

impl Check {
    fn holds(self, secret: &str) -> bool {
        match self {
            Check::GithubCrc32 => github_crc32(secret),
            Check::Jwt => is_secret_jwt(secret),
            Check::UserPassword => is_login(secret),
            Check::Pem => true,
            Check::Digits => is_number_in_base64(secret),
        }
    }
}

/// `prefix_` + 30 characters + 6 characters of checksum. Source: GitHub's description of its token formats, 2021.
fn github_crc32(token: &str) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((_, body)) = token.split_once('_') else { return false };
    let (Some(random), Some(sum)) = (body.get(..30), body.get(30..)) else { return false };
    let written = sum.bytes().try_fold(0u64, |n, b| Some(n * 62 + DIGITS.iter().position(|d| *d == b)? as u64));
    written == Some(u64::from(crc32(random.as_bytes())))
}

/// CRC-32 as in zip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    let byte = |crc: u32, b: &u8| (0..8).fold(crc ^ u32::from(*b), |crc, _| shift(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

fn is_secret_jwt(token: &str) -> bool {
    let mut parts =
        token.split('.').map(|part| decode_base64(part).and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok()));
    let (Some(Some(header)), Some(Some(payload))) = (parts.next(), parts.next()) else { return false };
    let claim = |name: &str| payload.get(name).and_then(serde_json::Value::as_str);
    // `anon` is the role that Supabase makes for web pages; 1234567890 is the subject of every tutorial.
    let public = claim("role") == Some("anon") || claim("sub") == Some("1234567890") || claim("iss") == Some("supabase-demo");
    header.get("alg").is_some_and(serde_json::Value::is_string) && payload.is_object() && !public
}

fn is_login(secret: &str) -> bool {
    let Some(login) = decode_base64(secret).and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
    let Some((user, password)) = login.split_once(':') else { return false };
    let readable = login.chars().all(|c| !c.is_control());
    let real = !matches!(value_says(password), ValueVerdict::Placeholder | ValueVerdict::Empty | ValueVerdict::Variable);
    readable && real && !user.is_empty() && !["password", "pass", "passw0rd"].contains(&password)
}

fn is_number_in_base64(secret: &str) -> bool {
    let first = secret.split('.').next().unwrap_or("");
    decode_base64(first).is_some_and(|digits| digits.len() >= 17 && digits.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests;
