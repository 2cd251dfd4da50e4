//! Image references: `registry/repository:tag@digest`, every part with its bytes.
//!
//! The grammar and the rules for what is a registry are those of the reference library of Docker and containerd
//! (`distribution/reference`). What is not written stays absent: no tag is not `latest`. What an unresolved variable
//! may supply is unknown.

use std::ops::Range;

use crate::source::Span;
use crate::syntax::text::Text;

/// The registry that names without one belong to.
pub const DOCKER_HUB: &str = "docker.io";

/// Other host names of Docker Hub.
const HUB_HOSTS: [&str; 3] = [DOCKER_HUB, "index.docker.io", "registry-1.docker.io"];

/// The longest repository path, in bytes.
const MAX_REPOSITORY: usize = 255;

/// The longest tag, in bytes.
const MAX_TAG: usize = 128;

/// One part of a reference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Not written, and no variable could supply it.
    Absent,
    /// Depends on a variable; the text is what holds the variable.
    Unknown(Text),
    /// Written out.
    Known(Text),
}

impl Part {
    /// The part, when it is written out.
    pub fn known(&self) -> Option<&str> {
        match self {
            Part::Known(text) => Some(text.as_str()),
            Part::Absent | Part::Unknown(_) => None,
        }
    }

    /// Whether it is missing for certain.
    pub fn is_absent(&self) -> bool {
        matches!(self, Part::Absent)
    }

    /// Whether it depends on a variable.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Part::Unknown(_))
    }

    /// The bytes it is written with, or those of the variable that may supply it.
    pub fn span(&self) -> Option<Span> {
        match self {
            Part::Known(text) | Part::Unknown(text) => Some(text.span()),
            Part::Absent => None,
        }
    }
}

/// A reference to an image, as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImageRef {
    /// The whole reference.
    pub text: Text,
    /// Host and port, `ghcr.io` or `localhost:5000`; absent for `nginx` and `bitnami/redis`.
    pub registry: Part,
    /// Path without the registry, `nginx` or `owner/app`. Never absent.
    pub repository: Part,
    /// After the colon, `3.12-slim`.
    pub tag: Part,
    /// After the at sign, `sha256:` and 64 hexadecimal digits.
    pub digest: Part,
}

impl ImageRef {
    /// Reads a reference. `$VAR` and `${VAR...}` may stand in any part, which is unknown then and not checked.
    ///
    /// # Errors
    /// What the reference library refuses, with the bytes to look at.
    pub fn parse(text: &Text) -> Result<ImageRef, ImageError> {
        let masked = mask_variables(text);
        let cut = Cut::new(&masked);
        check(text, &masked, &cut)?;

        let part = |range: Range<usize>| {
            let open = masked.get(range.clone()).is_some_and(has_variable);
            let text = text.slice(range);
            if open { Part::Unknown(text) } else { Part::Known(text) }
        };
        let last_open = masked.get(cut.last.clone()).is_some_and(has_variable);
        let tag = match cut.tag {
            Some(range) => part(range),
            None if last_open => Part::Unknown(text.slice(cut.last.clone())),
            None => Part::Absent,
        };
        let digest = match (cut.digest, &tag) {
            (Some(range), _) => part(range),
            (None, Part::Unknown(holder)) => Part::Unknown(holder.clone()),
            (None, _) => Part::Absent,
        };
        let first_open = masked.get(cut.first.clone()).is_some_and(has_variable);
        let (registry, repository) = if first_open {
            // The variable may hold a registry, a namespace or both.
            (Part::Unknown(text.slice(cut.first)), Part::Unknown(text.slice(cut.name)))
        } else {
            (cut.registry.map_or(Part::Absent, part), part(cut.repository))
        };
        Ok(ImageRef { text: text.clone(), registry, repository, tag, digest })
    }

    /// The normalised repository, `docker.io/library/nginx` for `nginx`; `None` when a variable decides it.
    pub fn name(&self) -> Option<String> {
        let registry = match &self.registry {
            Part::Absent => DOCKER_HUB,
            Part::Known(text) => text.as_str(),
            Part::Unknown(_) => return None,
        };
        Some(join_name(registry, self.repository.known()?))
    }

    /// The normalised name with tag and digest as far as they are written, `docker.io/library/nginx:1.27`.
    pub fn normalized(&self) -> Option<String> {
        Some(self.with_version(self.name()?))
    }

    /// The shortest name people use, `nginx:1.27` for `docker.io/library/nginx:1.27`.
    pub fn familiar(&self) -> Option<String> {
        let name = self.name()?;
        let short = name.strip_prefix("docker.io/").map_or(name.as_str(), |path| path.strip_prefix("library/").unwrap_or(path));
        Some(self.with_version(short.to_owned()))
    }

    /// `name` and what is written after the name.
    fn with_version(&self, name: String) -> String {
        let registry = self.registry.known().map_or(0, |r| r.len() + 1);
        let repository = self.repository.known().map_or(0, str::len);
        name + self.text.get(registry + repository..).unwrap_or("")
    }
}

/// The normalised form of a repository name without tag: `nginx` becomes `docker.io/library/nginx`.
pub fn normalize_name(name: &str) -> String {
    match split_registry(name) {
        (Some(registry), rest) => join_name(registry, rest),
        (None, rest) => join_name(DOCKER_HUB, rest),
    }
}

fn join_name(registry: &str, repository: &str) -> String {
    if !HUB_HOSTS.iter().any(|host| registry.eq_ignore_ascii_case(host)) {
        // Hosts have no case; but a name that is a registry only for its upper case (`Registry/app`) keeps it.
        let lower = format!("{}/{repository}", registry.to_ascii_lowercase());
        return if split_registry(&lower).0.is_some() { lower } else { format!("{registry}/{repository}") };
    }
    let library = if repository.contains('/') { "" } else { "library/" };
    format!("{DOCKER_HUB}/{library}{repository}")
}

/// The registry of a name, if its first component is one: `localhost`, or with a dot, a port or an upper-case letter.
fn split_registry(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, rest)) if first == "localhost" || first.contains(|c: char| matches!(c, '.' | ':') || c.is_uppercase()) => {
            (Some(first), rest)
        }
        _ => (None, name),
    }
}

/// Byte ranges of the parts.
struct Cut {
    /// Registry and repository.
    name: Range<usize>,
    /// The first component of the name.
    first: Range<usize>,
    /// The last component of the name.
    last: Range<usize>,
    registry: Option<Range<usize>>,
    repository: Range<usize>,
    tag: Option<Range<usize>>,
    digest: Option<Range<usize>>,
}

impl Cut {
    fn new(masked: &str) -> Cut {
        let (before, digest) = match masked.split_once('@') {
            Some((before, _)) => (before, Some(before.len() + 1..masked.len())),
            None => (masked, None),
        };
        let last = before.rfind('/').map_or(0, |at| at + 1);
        let colon = before.get(last..).and_then(|s| s.find(':')).map(|at| last + at);
        let end = colon.unwrap_or(before.len());
        let name = before.get(..end).unwrap_or("");
        let registry = split_registry(name).0.map(|r| 0..r.len());
        Cut {
            name: 0..end,
            first: 0..name.find('/').unwrap_or(end),
            last: last..end,
            repository: registry.as_ref().map_or(0, |r| r.end + 1)..end,
            registry,
            tag: colon.map(|at| at + 1..before.len()),
            digest,
        }
    }
}

/// The text with every byte of a variable replaced by NUL, so that what stands in `${X:-a/b}` separates nothing.
fn mask_variables(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let len = variable_len(from);
        if len == 0 {
            out.push('$');
        }
        out.extend(std::iter::repeat_n('\0', len));
        rest = from.get(len.max(1)..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// Length of the variable that `text`, which begins with a dollar sign, begins with; 0 if that is none.
/// Braces that never close reach to the end.
fn variable_len(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate().skip(1);
    match bytes.next() {
        Some((_, b'{')) => {
            let mut depth = 1u32;
            for (at, byte) in bytes {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return at + 1;
                }
            }
            text.len()
        }
        Some((_, b)) if b == b'_' || b.is_ascii_alphabetic() => {
            bytes.find(|(_, b)| !(*b == b'_' || b.is_ascii_alphanumeric())).map_or(text.len(), |(at, _)| at)
        }
        _ => 0,
    }
}

fn has_variable(masked: &str) -> bool {
    masked.contains('\0')
}

/// Why a reference cannot name an image.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImageErrorKind {
    /// Nothing is written.
    #[error("the image reference is empty")]
    Empty,
    /// `https://...`.
    #[error("an image reference has no `{0}`: it begins with the registry's host name")]
    Scheme(String),
    /// All of it is 64 hexadecimal digits, which Docker takes for an image id.
    #[error("64 hexadecimal digits are an image id, not a name")]
    ImageId,
    /// A path component is missing, as in `a//b`, `/a` or `a/`.
    #[error("a part of the repository name is empty")]
    EmptyComponent,
    /// An upper-case letter in the repository; the name in lower case.
    #[error("the repository name must be lower case: `{0}`")]
    Uppercase(String),
    /// A path component that begins or ends with a separator, or doubles one.
    #[error("`{0}` in a repository name must begin and end with a letter or digit, with `.`, `_`, `__` or dashes between")]
    Component(String),
    /// A character that no repository name may hold.
    #[error("`{0}` cannot stand in a repository name")]
    Character(char),
    /// Longer than 255 bytes.
    #[error("the repository name is {0} bytes long, more than 255")]
    TooLong(usize),
    /// The host name of the registry.
    #[error("`{0}` is not a host name for a registry")]
    Host(String),
    /// The port of the registry.
    #[error("`{0}` is not a port number for a registry")]
    Port(String),
    /// A colon and nothing after it.
    #[error("the tag is empty")]
    EmptyTag,
    /// A tag outside `[A-Za-z0-9_][A-Za-z0-9_.-]*`.
    #[error("`{0}` cannot stand {1} a tag")]
    Tag(char, &'static str),
    /// Longer than 128 bytes.
    #[error("the tag is {0} bytes long, more than 128")]
    TagTooLong(usize),
    /// A digest that is not `algorithm:hex`.
    #[error("a digest is written `sha256:` and 64 hexadecimal digits")]
    Digest,
    /// Another algorithm than sha256, sha384 and sha512.
    #[error("`{0}` is not a digest algorithm that Docker knows; write `sha256:`")]
    Algorithm(String),
    /// The wrong number of hexadecimal digits.
    #[error("a {algorithm} digest has {expected} hexadecimal digits, this one has {found}")]
    DigestLength {
        /// As written.
        algorithm: String,
        /// Digits needed.
        expected: usize,
        /// Digits written.
        found: usize,
    },
    /// Something else than `0-9a-f` in a digest.
    #[error("`{0}` is not a lower-case hexadecimal digit")]
    DigestCharacter(char),
}

/// Why a reference cannot name an image, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{kind}")]
pub struct ImageError {
    /// What is wrong.
    pub kind: ImageErrorKind,
    /// The bytes that are wrong.
    pub span: Span,
}

/// A fault at a range of bytes of the part it was found in.
type Fault = (ImageErrorKind, Range<usize>);

fn check(text: &Text, masked: &str, cut: &Cut) -> Result<(), ImageError> {
    if let Some(fault) = whole_fault(masked) {
        return at(text, 0, fault);
    }
    type Check = fn(&str) -> Option<Fault>;
    let parts: [(Option<&Range<usize>>, Check); 4] = [
        (cut.registry.as_ref(), registry_fault),
        (Some(&cut.repository), repository_fault),
        (cut.tag.as_ref(), tag_fault),
        (cut.digest.as_ref(), digest_fault),
    ];
    for (range, fault) in parts {
        let Some(range) = range else { continue };
        let part = masked.get(range.clone()).unwrap_or("");
        if !has_variable(part)
            && let Some(fault) = fault(part)
        {
            return at(text, range.start, fault);
        }
    }
    Ok(())
}

fn at(text: &Text, offset: usize, (kind, range): Fault) -> Result<(), ImageError> {
    Err(ImageError { kind, span: text.span_of(offset + range.start..offset + range.end) })
}

fn whole_fault(masked: &str) -> Option<Fault> {
    if masked.is_empty() {
        return Some((ImageErrorKind::Empty, 0..0));
    }
    if let Some(at) = masked.find("://") {
        let scheme = masked.get(..at + 3).unwrap_or("");
        return (!has_variable(scheme)).then(|| (ImageErrorKind::Scheme(scheme.to_owned()), 0..at + 3));
    }
    let is_id = masked.len() == 64 && masked.bytes().all(is_lower_hex);
    is_id.then_some((ImageErrorKind::ImageId, 0..64))
}

fn registry_fault(registry: &str) -> Option<Fault> {
    let host_end = match registry.strip_prefix('[') {
        Some(rest) => rest.find(']').map_or(registry.len(), |at| at + 2),
        None => registry.find(':').unwrap_or(registry.len()),
    };
    let (host, port) = registry.split_at(host_end);
    let host_ok = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(address) => !address.is_empty() && address.bytes().all(|b| b == b':' || b.is_ascii_hexdigit()),
        None => host.split('.').all(is_host_component),
    };
    if !host_ok {
        return Some((ImageErrorKind::Host(host.to_owned()), 0..host_end));
    }
    let digits = port.strip_prefix(':').unwrap_or(port);
    let port_ok = port.is_empty() || port.len() > digits.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (!port_ok).then(|| (ImageErrorKind::Port(digits.to_owned()), registry.len() - digits.len()..registry.len()))
}

fn is_host_component(part: &str) -> bool {
    !part.is_empty() && !part.starts_with('-') && !part.ends_with('-') && part.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric())
}

fn repository_fault(path: &str) -> Option<Fault> {
    if path.len() > MAX_REPOSITORY {
        return Some((ImageErrorKind::TooLong(path.len()), 0..path.len()));
    }
    if let Some((at, c)) = path.char_indices().find(|(_, c)| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-' | '/')) {
        return Some((ImageErrorKind::Character(c), at..at + c.len_utf8()));
    }
    if path.bytes().any(|b| b.is_ascii_uppercase()) {
        return Some((ImageErrorKind::Uppercase(path.to_ascii_lowercase()), 0..path.len()));
    }
    let mut start = 0;
    for component in path.split('/') {
        let end = start + component.len();
        if component.is_empty() {
            return Some((ImageErrorKind::EmptyComponent, start.saturating_sub(1)..path.len().min(end + 1)));
        }
        if !is_path_component(component) {
            return Some((ImageErrorKind::Component(component.to_owned()), start..end));
        }
        start = end + 1;
    }
    None
}

/// Runs of lower-case letters and digits with one of `.`, `_`, `__` or any number of dashes between them.
fn is_path_component(component: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let ends = component.starts_with(is_word) && component.ends_with(is_word);
    let mut separators = component.split(is_word).filter(|s| !s.is_empty());
    ends && separators.all(|s| matches!(s, "." | "_" | "__") || s.bytes().all(|b| b == b'-'))
}

fn tag_fault(tag: &str) -> Option<Fault> {
    let Some(first) = tag.chars().next() else { return Some((ImageErrorKind::EmptyTag, 0..0)) };
    if !(first == '_' || first.is_ascii_alphanumeric()) {
        return Some((ImageErrorKind::Tag(first, "at the start of"), 0..first.len_utf8()));
    }
    if let Some((at, c)) = tag.char_indices().find(|(_, c)| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-')) {
        return Some((ImageErrorKind::Tag(c, "in"), at..at + c.len_utf8()));
    }
    (tag.len() > MAX_TAG).then_some((ImageErrorKind::TagTooLong(tag.len()), 0..tag.len()))
}

fn digest_fault(digest: &str) -> Option<Fault> {
    let Some((algorithm, hex)) = digest.split_once(':') else { return Some((ImageErrorKind::Digest, 0..digest.len())) };
    let expected = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        "" => return Some((ImageErrorKind::Digest, 0..digest.len())),
        _ => return Some((ImageErrorKind::Algorithm(algorithm.to_owned()), 0..algorithm.len())),
    };
    let start = algorithm.len() + 1;
    if let Some((at, c)) = hex.char_indices().find(|(_, c)| !c.is_ascii_digit() && !matches!(c, 'a'..='f')) {
        return Some((ImageErrorKind::DigestCharacter(c), start + at..start + at + c.len_utf8()));
    }
    let found = hex.len();
    let wrong = || ImageErrorKind::DigestLength { algorithm: algorithm.to_owned(), expected, found };
    (found != expected).then(|| (wrong(), start..digest.len()))
}

fn is_lower_hex(b: u8) -> bool {
    matches!(b, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, FileKind, Sources};
    use std::path::Path;

    fn file() -> FileId {
        Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id
    }

    fn parse(text: &str) -> ImageRef {
        ImageRef::parse(&Text::verbatim(file(), 0, text)).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    /// The bytes an error points at, with its message.
    fn error(text: &str) -> (String, String) {
        match ImageRef::parse(&Text::verbatim(file(), 0, text)) {
            Ok(r) => panic!("{text} is read as {r:?}"),
            Err(e) => (text[e.span.range()].to_owned(), e.to_string()),
        }
    }

    fn pointed(text: &str) -> String {
        error(text).0
    }

    /// Registry, repository, tag, digest; `?` for unknown, `-` for absent.
    fn parts(text: &str) -> [String; 4] {
        let show = |p: &Part| match p {
            Part::Absent => "-".to_owned(),
            Part::Unknown(_) => "?".to_owned(),
            Part::Known(t) => t.as_str().to_owned(),
        };
        let r = parse(text);
        [show(&r.registry), show(&r.repository), show(&r.tag), show(&r.digest)]
    }

    #[test]
    fn the_parts_are_as_written() {
        let hex = "a".repeat(64);
        assert_eq!(parts("nginx"), ["-", "nginx", "-", "-"]);
        assert_eq!(parts("bitnami/redis:7.2"), ["-", "bitnami/redis", "7.2", "-"]);
        assert_eq!(parts("ghcr.io/a/b/c:v1_2"), ["ghcr.io", "a/b/c", "v1_2", "-"]);
        assert_eq!(parts(&format!("a:1@sha256:{hex}")), ["-", "a", "1", &format!("sha256:{hex}")]);
        assert_eq!(parts(&format!("a@sha256:{hex}")), ["-", "a", "-", &format!("sha256:{hex}")]);
    }

    #[test]
    fn what_is_a_registry() {
        assert_eq!(parts("localhost/app"), ["localhost", "app", "-", "-"]);
        assert_eq!(parts("localhost:5000/app:1"), ["localhost:5000", "app", "1", "-"]);
        assert_eq!(parts("localhost:5000"), ["-", "localhost", "5000", "-"], "without a slash it is a tag");
        assert_eq!(parts("registry:5000/app"), ["registry:5000", "app", "-", "-"]);
        assert_eq!(parts("registry/app"), ["-", "registry/app", "-", "-"], "no dot, no port: a namespace");
        assert_eq!(parts("Registry/app"), ["Registry", "app", "-", "-"], "a namespace is never upper case");
        assert_eq!(parts("[::1]:5000/app"), ["[::1]:5000", "app", "-", "-"]);
        assert_eq!(parts("10.0.0.1/app"), ["10.0.0.1", "app", "-", "-"]);
        assert_eq!(pointed("my_host:5000/app"), "my_host");
        assert_eq!(pointed("host:port/app"), "port");
        assert_eq!(pointed("host:/app"), "");
        assert_eq!(pointed("-a.io/app"), "-a.io");
    }

    #[test]
    fn names_are_normalised_and_shortened() {
        let both = |t: &str| {
            let r = parse(t);
            (r.normalized().unwrap(), r.familiar().unwrap())
        };
        let of = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(both("nginx:1"), of("docker.io/library/nginx:1", "nginx:1"));
        assert_eq!(both("library/nginx"), of("docker.io/library/nginx", "nginx"));
        assert_eq!(both("index.docker.io/nginx"), of("docker.io/library/nginx", "nginx"));
        assert_eq!(both("registry-1.docker.io/a/b:2"), of("docker.io/a/b:2", "a/b:2"));
        assert_eq!(both("Docker.io/a/b"), of("docker.io/a/b", "a/b"));
        assert_eq!(both("GHCR.io/a/b"), of("ghcr.io/a/b", "ghcr.io/a/b"));
        assert_eq!(both("Registry/app"), of("Registry/app", "Registry/app"));
        assert_eq!(both("docker.io.evil.example/nginx"), of("docker.io.evil.example/nginx", "docker.io.evil.example/nginx"));
        assert_eq!(both("nginx:${TAG}"), of("docker.io/library/nginx:${TAG}", "nginx:${TAG}"));
        let pinned = format!("nginx:1@sha256:{}", "0".repeat(64));
        assert_eq!(both(&pinned).1, pinned);
        assert_eq!(normalize_name("quay.io/a/b"), "quay.io/a/b");
        assert_eq!(normalize_name("postgres"), "docker.io/library/postgres");
    }

    #[test]
    fn a_variable_makes_unknown_only_what_it_may_supply() {
        assert_eq!(parts("$IMAGE"), ["?", "?", "?", "?"]);
        assert_eq!(parts("nginx:${TAG}"), ["-", "nginx", "?", "?"]);
        assert_eq!(parts("nginx:${TAG:-a/b:c@d}"), ["-", "nginx", "?", "?"]);
        assert_eq!(parts("nginx:1.$MINOR-alpine"), ["-", "nginx", "?", "?"]);
        assert_eq!(parts("${REGISTRY}/nginx:1"), ["?", "?", "1", "-"]);
        assert_eq!(parts("${REGISTRY}/nginx"), ["?", "?", "-", "-"]);
        assert_eq!(parts("ghcr.io/$OWNER/app:1"), ["ghcr.io", "?", "1", "-"]);
        assert_eq!(parts("ghcr.io/a/app$SUFFIX"), ["ghcr.io", "?", "?", "?"]);
        assert_eq!(parts("localhost:${PORT}/app"), ["?", "?", "-", "-"]);
        assert_eq!(parts("nginx:1@${DIGEST}"), ["-", "nginx", "1", "?"]);
        assert_eq!(parts("nginx:${TAG"), ["-", "nginx", "?", "?"], "braces that never close");
        assert_eq!(parts("nginx:${A:-${B}}x"), ["-", "nginx", "?", "?"]);
        assert_eq!(parse("${R}/nginx:1").name(), None);
        assert_eq!(pointed("nginx:$"), "$", "a lone dollar sign is no variable");
        assert_eq!(pointed("${R}/nginx:1:2"), ":", "the known parts are still checked");
    }

    #[test]
    fn repository_near_misses() {
        assert_eq!(error("Nginx").1, "the repository name must be lower case: `nginx`");
        assert_eq!(pointed("a/b/MyApp:1"), "a/b/MyApp");
        assert_eq!(pointed("a//b"), "//");
        assert_eq!(pointed("/a"), "/");
        assert_eq!(pointed("a/"), "/");
        assert_eq!(parts("a__b/c--d.e_f")[1], "a__b/c--d.e_f");
        for bad in ["a___b", "a..b", "a._b", "a-", "_a", "a-.b"] {
            assert_eq!(pointed(bad), bad);
        }
        assert_eq!(pointed("my app"), " ");
        assert_eq!(pointed("nginx:1.0:2"), ":");
        assert_eq!(pointed("ünïcode"), "ü");
        assert_eq!(pointed(""), "");
        assert_eq!(pointed("https://ghcr.io/a/b"), "https://");
        assert_eq!(parse(&"a".repeat(255)).tag, Part::Absent);
        assert_eq!(pointed(&"a".repeat(256)).len(), 256);
    }

    #[test]
    fn sixty_four_hexadecimal_digits_are_an_id() {
        let hex = "0123456789abcdef".repeat(4);
        assert_eq!(pointed(&hex), hex);
        assert_eq!(parts(&hex[1..])[1], hex[1..]);
        assert_eq!(parts(&format!("{hex}:1"))[1], hex, "with a tag it is a name");
        assert_eq!(parts(&format!("a/{hex}"))[1], format!("a/{hex}"));
        assert_eq!(parts(&hex.replace('f', "g"))[1], hex.replace('f', "g"));
    }

    #[test]
    fn tags_and_digests() {
        assert_eq!(pointed("a:"), "");
        assert_eq!(pointed("a:-x"), "-");
        assert_eq!(pointed("a:1+b"), "+");
        assert_eq!(parts(&format!("a:{}", "x".repeat(128)))[2].len(), 128);
        assert_eq!(pointed(&format!("a:{}", "x".repeat(129))).len(), 129);

        let digest = |algorithm: &str, hex: &str| error(&format!("a@{algorithm}:{hex}"));
        assert_eq!(digest("sha256", &"a".repeat(63)).1, "a sha256 digest has 64 hexadecimal digits, this one has 63");
        assert_eq!(digest("sha256", &"a".repeat(65)).0.len(), 65);
        assert_eq!(digest("sha512", &"a".repeat(64)).1, "a sha512 digest has 128 hexadecimal digits, this one has 64");
        assert_eq!(digest("sha256", &"A".repeat(64)).0, "A");
        assert_eq!(digest("md5", &"a".repeat(32)).0, "md5");
        assert_eq!(pointed("a@latest"), "latest");
        assert_eq!(pointed("a@"), "");
        assert_eq!(pointed(&format!("a@sha256:{}:1", "a".repeat(64))), ":", "the tag stands before the digest");
        assert!(parse(&format!("a@sha512:{}", "b".repeat(128))).digest.known().is_some());
    }

    #[test]
    fn spans_are_those_of_the_source() {
        let text = Text::verbatim(file(), 100, "ghcr.io/a/b:1");
        let r = ImageRef::parse(&text).unwrap();
        let spans: Vec<_> = [&r.registry, &r.repository, &r.tag].iter().map(|p| p.span().unwrap().range()).collect();
        assert_eq!(spans, [100..107, 108..111, 112..113]);
        assert_eq!(r.digest.span(), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_can_be_written(text in "([$${}:@/._é-]|[a-zA-Z0-9]{1,4}|localhost|docker.io|sha256:){0,10}") {
            let read = ImageRef::parse(&Text::verbatim(file(), 0, text.as_str()));
            if let Some(name) = read.ok().and_then(|r| r.normalized()).filter(|name| !name.contains('$')) {
                proptest::prop_assert_eq!(parse(&name).normalized(), Some(name));
            }
        }
    }

    #[test]
    fn nothing_written_makes_it_panic() {
        for text in ["$", "${", "@", ":", "/", "@:", ":@", "//", "[", "[/", "[]:1/a", "é/é:é@é", "a:b/c", "${${", "\0", "$é", "[é]/a"]
        {
            let _ = ImageRef::parse(&Text::verbatim(file(), 0, text));
        }
    }
}
