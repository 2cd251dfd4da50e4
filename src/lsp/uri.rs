//! Addresses: `file:` URIs as paths and back, and paths for documents that are on no disk.

use std::path::{Path, PathBuf};

use crate::source::normalize;

/// The path of a `file:` URI, `.` and `..` resolved; `None` for other schemes and broken escapes.
pub fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.get(..5).filter(|s| s.eq_ignore_ascii_case("file:")).and(uri.get(5..))?;
    let bytes = decode(path_part(rest))?;
    let bytes = if cfg!(windows) { windows_path(bytes)? } else { bytes };
    Some(normalize(&path_of(bytes)?)).filter(|p| p.is_absolute())
}

/// The `file:` URI of an absolute path.
pub fn from_path(path: &Path) -> String {
    let bytes = bytes_of(path);
    let bytes = if cfg!(windows) { unix_slashes(&bytes) } else { bytes };
    let root = if bytes.starts_with(b"//") {
        "file:"
    } else if bytes.starts_with(b"/") {
        "file://"
    } else {
        "file:///"
    };
    format!("{root}{}", encode(&bytes))
}

/// A path for any document: where it is, or where it would be if it had been saved in `root`.
///
/// An `untitled:` document stands in `root` itself, where its relative paths mean what they will mean. Others, such as
/// an old version in a history view, stand in a folder that does not exist, so that they concern no other file.
pub fn document_path(uri: &str, root: &Path) -> PathBuf {
    if let Some(path) = to_path(uri) {
        return path;
    }
    let (scheme, rest) = uri.split_once(':').unwrap_or(("", uri));
    let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let path = decode(path).and_then(path_of).unwrap_or_else(|| path.into());
    if scheme == "untitled" {
        return match path.is_absolute() {
            true => normalize(&path),
            false => normalize(&root.join(format!("untitled:{}", path.display()))),
        };
    }
    let folder = root.join(format!("{scheme}:{}", encode(query.as_bytes()).replace('/', "%2F")));
    let below = path.components().filter(|c| matches!(c, std::path::Component::Normal(_)));
    folder.join(below.collect::<PathBuf>())
}

/// What stands between the authority and the query; a host that is not this machine stays, as `//host/share`.
fn path_part(rest: &str) -> &str {
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or(rest);
    let Some(after) = rest.strip_prefix("//") else { return rest };
    match after.find('/') {
        Some(0) => after,
        Some(at) if after.get(..at).is_some_and(|host| host.eq_ignore_ascii_case("localhost")) => after.get(at..).unwrap_or(after),
        _ => rest,
    }
}

/// `/c:/x` as `c:/x`; `//host/share` as it is.
fn windows_path(bytes: Vec<u8>) -> Option<Vec<u8>> {
    match bytes.as_slice() {
        [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => bytes.get(1..).map(<[u8]>::to_vec),
        _ => Some(bytes),
    }
}

fn unix_slashes(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&b| if b == b'\\' { b'/' } else { b }).collect()
}

/// Undoes `%41`; `None` when an escape is broken.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => out.push(hex(bytes.next()?)? * 16 + hex(bytes.next()?)?),
            _ => out.push(byte),
        }
    }
    Some(out)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// Escapes all but letters, digits, `-._~` and the `/` between names. A drive's `:` stays.
fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) || (byte == b':' && at == 1 && cfg!(windows));
        match plain {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_made() {
        for (uri, path) in [
            ("file:///a%20b/%C3%A9/Dockerfile", "/a b/é/Dockerfile"),
            ("file:///a/50%25/x%3Fy%23z", "/a/50%/x?y#z"),
            ("file:///a/%E6%BC%A2.yml", "/a/漢.yml"),
        ] {
            assert_eq!(to_path(uri).as_deref(), Some(Path::new(path)));
            assert_eq!(from_path(Path::new(path)), uri);
        }
    }

    #[test]
    fn other_spellings_of_the_same_file() {
        let path = PathBuf::from("/a b/é+(1)");
        for uri in [
            "file:///a b/é+(1)",
            "file:///a%20b/%c3%a9%2B%281%29",
            "file://localhost/a%20b/é+(1)",
            "FILE:/a%20b/é+(1)",
            "file:///x/../a b/./é+(1)",
        ] {
            assert_eq!(to_path(uri), Some(path.clone()), "{uri}");
        }
    }

    #[test]
    fn what_is_no_file() {
        for uri in ["untitled:Untitled-1", "git:/a/b", "file:a/b", "file:///a%2", "file:///a%zz", "", "é:", "fileé"] {
            assert_eq!(to_path(uri), None, "{uri}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_survive() {
        assert_eq!(from_path(&to_path("file:///a%FFb").unwrap()), "file:///a%FFb");
    }

    #[test]
    fn drives() {
        assert_eq!(windows_path(decode("/c%3A/Users/a%20b").unwrap()).unwrap(), b"c:/Users/a b");
        assert_eq!(windows_path(b"/usr/x".to_vec()).unwrap(), b"/usr/x");
        assert_eq!(unix_slashes(br"C:\x\y"), b"C:/x/y");
    }

    #[test]
    fn documents_without_a_file() {
        let root = Path::new("/project");
        let path = |uri| document_path(uri, root);
        assert_eq!(path("untitled:Untitled-1"), Path::new("/project/untitled:Untitled-1"));
        assert_eq!(path("untitled:/x/compose.yaml"), Path::new("/x/compose.yaml"));
        assert_eq!(path("file:///x/%41"), Path::new("/x/A"));
        let (old, new) = (path("git:/r/compose.yaml?ref=a/b"), path("git:/r/compose.yaml?ref=c"));
        assert_ne!(old, new);
        assert!(old.starts_with("/project") && old.ends_with("r/compose.yaml") && old.parent() != Some(root));
        assert!(path("odd:../../../etc/x").starts_with("/project"));
    }
}
