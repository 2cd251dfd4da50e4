//! How the Docker Engine API gets onto a network: what the words of a command and an address say.

use crate::syntax::text::Text;

/// The engine's program. The entrypoint of its image begins with the same word.
pub const ENGINE: &str = "dockerd";

/// An address that `dockerd` is told to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// `tcp://0.0.0.0:2375`, as written.
    pub address: Text,
}

/// The addresses other than the loopback one that a command makes `dockerd` listen on without client certificates.
/// `engine` says that the image's entrypoint puts `dockerd` before these words.
pub fn open_listeners(words: &[Text], engine: bool) -> Vec<Listener> {
    let is_daemon = |w: &Text| base_name(w) == ENGINE || base_name(w) == "dockerd-entrypoint.sh";
    let starts = words.iter().position(is_daemon);
    let arguments = match starts {
        Some(at) => words.get(at + 1..).unwrap_or(&[]),
        None if engine => words,
        None => return Vec::new(),
    };
    if arguments.iter().any(|w| matches!(w.as_str(), "--tlsverify" | "--tlsverify=true")) {
        return Vec::new();
    }
    hosts(arguments).into_iter().filter(|a| is_open_address(a)).map(|address| Listener { address }).collect()
}

/// The values of `-H` and `--host`, in each way to write them.
fn hosts(arguments: &[Text]) -> Vec<Text> {
    let mut out = Vec::new();
    for (n, word) in arguments.iter().enumerate() {
        let attached = ["--host=", "-H="].iter().find(|p| word.starts_with(**p)).map(|p| p.len());
        let short = || (word.starts_with("-H") && word.len() > 2).then_some(2);
        if matches!(word.as_str(), "-H" | "--host") {
            out.extend(arguments.get(n + 1).cloned());
        } else if let Some(at) = attached.or_else(short) {
            out.push(word.slice(at..word.len()));
        }
    }
    out
}

/// Whether `tcp://host:port` can be reached from elsewhere: any host but the loopback one, or none.
pub fn is_open_address(address: &str) -> bool {
    address.strip_prefix("tcp://").is_some_and(|rest| !is_loopback(host_of(rest)))
}

/// The host in `host:port` or `[host]:port`.
fn host_of(rest: &str) -> &str {
    let rest = rest.split('/').next().unwrap_or(rest);
    match rest.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or(inner),
        None => rest.rsplit_once(':').map_or(rest, |(host, _)| host),
    }
}

/// Whether a host is the machine itself.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "::1" || host.starts_with("127.")
}

/// The host of a `DOCKER_HOST` that uses the API without TLS: `tcp://host:2375`, not on the loopback address.
pub fn unencrypted_host(value: &str) -> Option<&str> {
    let rest = value.strip_prefix("tcp://")?;
    let host = host_of(rest);
    (rest.trim_end_matches('/').ends_with(":2375") && !host.is_empty() && !is_loopback(host)).then_some(host)
}

/// The word of a `socat` command that connects to the Docker socket while the command listens on TCP.
pub fn forwarded_socket(words: &[Text]) -> Option<Text> {
    let listens = |w: &Text| {
        let w = w.to_ascii_lowercase();
        w.starts_with("tcp-listen:")
            || w.starts_with("tcp-l:")
            || w.starts_with("tcp4-listen:")
            || w.starts_with("tcp6-listen:")
            || w.starts_with("openssl-listen:")
    };
    let connects = |w: &&Text| {
        let w = w.to_ascii_lowercase();
        (w.starts_with("unix-connect:") || w.starts_with("unix:") || w.starts_with("unix-client:") || w.starts_with('/'))
            && w.contains("docker.sock")
    };
    words.iter().any(listens).then(|| words.iter().find(connects).cloned()).flatten()
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use std::path::Path;

    fn words(line: &str) -> Vec<Text> {
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        Text::verbatim(file, 0, line).split_whitespace()
    }

    fn open(line: &str) -> Vec<String> {
        open_listeners(&words(line), false).into_iter().map(|l| l.address.to_string()).collect()
    }

    #[test]
    fn addresses_in_every_spelling() {
        assert_eq!(open("dockerd -H tcp://0.0.0.0:2375 -H unix:///var/run/docker.sock"), ["tcp://0.0.0.0:2375"]);
        assert_eq!(open("/usr/bin/dockerd --host=tcp://:2375"), ["tcp://:2375"]);
        assert_eq!(open("exec dockerd -Htcp://[::]:2375"), ["tcp://[::]:2375"]);
        assert_eq!(open("dockerd --host tcp://10.0.0.5"), ["tcp://10.0.0.5"]);
    }

    #[test]
    fn closed_ones() {
        for line in [
            "dockerd -H tcp://127.0.0.1:2375",
            "dockerd -H tcp://[::1]:2375",
            "dockerd -H tcp://0.0.0.0:2376 --tlsverify --tlscacert=ca.pem",
            "dockerd -H unix:///var/run/docker.sock",
            "docker -H tcp://0.0.0.0:2375 ps",
            "echo -H tcp://0.0.0.0:2375",
        ] {
            assert_eq!(open(line), Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn clients() {
        assert_eq!(unencrypted_host("tcp://build:2375"), Some("build"));
        assert_eq!(unencrypted_host("tcp://127.0.0.1:2375"), None);
        assert_eq!(unencrypted_host("tcp://build:2376"), None);
        assert_eq!(unencrypted_host("unix:///var/run/docker.sock"), None);
    }

    #[test]
    fn forwards() {
        assert!(forwarded_socket(&words("socat TCP-LISTEN:2375,fork UNIX-CONNECT:/var/run/docker.sock")).is_some());
        assert!(forwarded_socket(&words("socat UNIX-LISTEN:/a.sock UNIX-CONNECT:/var/run/docker.sock")).is_none());
    }
}
