//! Credentials told by their provider's own format.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::model::knowledge::sections;

use super::shape::{decode_base64, entropy, longest_run, longest_sequence};
use super::value::{ValueVerdict, value_says};

/// The longest match of a format that is not marked as long, in bytes.
const WINDOW: usize = 512;

/// The longest match of a format that is, without what [`Check::Pem`] adds.
const LONG_WINDOW: usize = 16 * 1024;

/// A provider's format of credentials. Only its keywords are read at start; the rest when one of them is met.
#[derive(Debug)]
pub struct Format {
    /// Stable kebab-case name.
    pub id: &'static str,
    keywords: &'static str,
    text: &'static str,
    rule: OnceLock<Rule>,
}

/// What a format is. The keys are explained at the top of `secrets.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    name: String,
    keywords: String,
    at: Vec<usize>,
    regex: String,
    long: bool,
    entropy: Option<f64>,
    check: Option<Check>,
    allow: Vec<String>,
    /// `None` inside when the pattern is no regex.
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

/// Least entropy of a secret that says nothing of it, in bits a byte.
const LEAST_ENTROPY: f64 = 3.0;

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

/// All formats.
pub fn formats() -> &'static [Format] {
    &FINDER.formats
}

/// The credentials in `text` that have a provider's own format, in order and without overlaps. Examples out of
/// documentation, stand-ins and what fails the provider's checksum are none. Cost is linear in the length of the text.
pub fn find_secrets(text: &str) -> Vec<SecretHit> {
    let mut hits = Vec::new();
    for (at, pair) in text.as_bytes().windows(2).enumerate() {
        let [a, b] = *pair else { continue };
        if FINDER.begins.contains(a, b) {
            let formats = FINDER.keywords_at(text.as_bytes(), at, [a, b]);
            hits.extend(formats.flat_map(|format| format.find_around(text, at).map(|range| SecretHit { format, range })));
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

/// Which pairs of bytes some keyword begins with: one bit a pair. Where no keyword begins, which is nearly everywhere,
/// one look decides; it is ready a hundred times sooner than an automaton of all keywords, and faster.
struct Pairs(Vec<u64>);

impl Pairs {
    fn contains(&self, a: u8, b: u8) -> bool {
        let pair = usize::from(a) << 8 | usize::from(b);
        self.0.get(pair / 64).is_some_and(|bits| bits >> (pair % 64) & 1 == 1)
    }

    fn insert(&mut self, [a, b]: [u8; 2]) {
        let pair = usize::from(a) << 8 | usize::from(b);
        if let Some(bits) = self.0.get_mut(pair / 64) {
            *bits |= 1 << (pair % 64);
        }
    }
}

struct Finder {
    formats: Vec<Format>,
    begins: Pairs,
    /// Every keyword with its first two bytes and the index of its format, sorted.
    keywords: Vec<([u8; 2], &'static str, usize)>,
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let sections = sections(include_str!("../knowledge/secrets.toml"), "\n[", "]\n");
    Finder::new(sections.map(|(id, text)| Format::new(id, text)).collect())
});

impl Finder {
    fn new(formats: Vec<Format>) -> Finder {
        let mut begins = Pairs(vec![0; (1 << 16) / 64]);
        let mut keywords = Vec::with_capacity(256);
        for (format, keyword) in formats.iter().enumerate().flat_map(|(at, f)| f.keywords.split(' ').map(move |word| (at, word))) {
            if let Some(pair) = keyword.as_bytes().first_chunk::<2>() {
                begins.insert(*pair);
                keywords.push((*pair, keyword, format));
            }
        }
        keywords.sort_unstable();
        Finder { formats, begins, keywords }
    }

    /// The formats of the keywords that stand at byte `at`, which begins with `pair`.
    fn keywords_at<'a>(&'static self, bytes: &'a [u8], at: usize, pair: [u8; 2]) -> impl Iterator<Item = &'static Format> + use<'a> {
        let from = self.keywords.partition_point(|(first, ..)| *first < pair);
        let same = self.keywords.iter().skip(from).take_while(move |(first, ..)| *first == pair);
        let here = same.filter(move |(_, keyword, _)| bytes.get(at..).is_some_and(|rest| rest.starts_with(keyword.as_bytes())));
        here.filter_map(|(.., format)| self.formats.get(*format))
    }
}

impl Format {
    fn new(id: &'static str, text: &'static str) -> Format {
        let quoted = text.lines().find_map(|line| line.strip_prefix("keywords = ")).unwrap_or("");
        let keywords = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
        Format { id, keywords, text, rule: OnceLock::new() }
    }

    /// What people call it, as `GitHub token`.
    pub fn name(&self) -> &str {
        &self.rule().name
    }

    fn rule(&self) -> &Rule {
        self.rule.get_or_init(|| toml::from_str(self.text).unwrap_or_default())
    }

    /// The bytes of the secret that a keyword at byte `keyword` belongs to.
    fn find_around(&self, text: &str, keyword: usize) -> Option<Range<usize>> {
        let rule = self.rule();
        let ats = if rule.at.is_empty() { &[0] } else { rule.at.as_slice() };
        ats.iter().filter_map(|at| keyword.checked_sub(*at)).find_map(|start| rule.matches_at(text, start))
    }
}

impl Rule {
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
            || entropy(secret) < self.entropy.unwrap_or(LEAST_ENTROPY)
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
