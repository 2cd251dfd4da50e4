//! Signing keys that are taken in without a look: `curl .. | apt-key add -`, `gpg --recv-keys` with a short id.

use super::command::{Download, downloads};
use super::url::is_loopback;
use crate::source::Span;
use crate::syntax::shell::{Command, Flow};
use crate::syntax::text::Text;

/// A key that was downloaded and is trusted for every repository, by `apt-key add`.
#[derive(Clone, Debug)]
pub struct TrustedKey<'a> {
    /// The download.
    pub download: Download<'a>,
    /// The `apt-key add`.
    pub span: Span,
}

/// The keys that a script downloads and hands to `apt-key add` while nothing in it compares a fingerprint or a hash.
pub fn trusted_keys<'a>(flow: &Flow<'a>) -> Vec<TrustedKey<'a>> {
    if flow.commands.iter().any(is_check) {
        return Vec::new();
    }
    let adds: Vec<&Command<'a>> = flow.commands.iter().filter(|c| c.is(&["apt-key"]) && c.verb().as_deref() == Some("add")).collect();
    let fetched: Vec<Download<'a>> =
        if adds.is_empty() { Vec::new() } else { downloads(flow).into_iter().filter(|d| !is_loopback(&d.url)).collect() };
    let key_of = |add: &Command<'a>| {
        let operands = add.options().operands;
        let file = operands.get(1).map(|w| w.unquoted());
        let is_it = |d: &&Download<'a>| match &d.output {
            super::command::Output::File(name) => file.as_ref().is_some_and(|f| f.as_str() == name.as_str()),
            _ => d.piped_into.contains(&add.index),
        };
        fetched.iter().find(is_it).map(|d| TrustedKey { download: d.clone(), span: add.span })
    };
    adds.into_iter().filter_map(key_of).collect()
}

/// Whether a command shows or compares what a key is.
fn is_check(command: &Command<'_>) -> bool {
    let digest = command.program();
    let is_hash = digest.ends_with("sum") || digest == "shasum";
    is_hash
        || command.is(&["gpg", "gpg2", "apt-key"])
            && command.args().iter().any(|w| w.value().is_some_and(|v| v.contains("fingerprint") || v == "finger"))
}

/// The ids of keys, fetched from a key server, that have only 8 hexadecimal digits.
pub fn short_key_ids(flow: &Flow<'_>) -> Vec<Text> {
    let receives = |c: &&Command<'_>| c.is(&["gpg", "gpg2", "apt-key"]) && c.has_flag(&["--recv-keys", "--recv-key", "--recv"]);
    let ids = |c: &Command<'_>| c.args().iter().filter_map(|w| w.literal.clone()).filter(|t| is_short_id(t)).collect::<Vec<_>>();
    flow.commands.iter().filter(receives).flat_map(ids).collect()
}

fn is_short_id(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::{Script, parse};
    use std::path::Path;

    fn script(source: &str) -> Script {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        parse(&Text::verbatim(id, 0, source))
    }

    #[test]
    fn keys_without_a_look() {
        let keys = |source: &str| trusted_keys(&script(source).flow()).iter().map(|k| k.download.url.to_string()).collect::<Vec<_>>();
        assert_eq!(keys("curl -fsSL https://a/gpg | apt-key add -"), ["https://a/gpg"]);
        assert_eq!(keys("wget https://a/k.asc && sudo apt-key add k.asc"), ["https://a/k.asc"]);
        assert_eq!(keys("curl https://a/gpg | apt-key add - && apt-key fingerprint ABCD | grep -q X"), [""; 0]);
        assert_eq!(keys("apt-key add k.asc && curl https://a/x -o y"), [""; 0]);
    }

    #[test]
    fn short_ids() {
        let ids = |source: &str| short_key_ids(&script(source).flow()).iter().map(|t| t.to_string()).collect::<Vec<_>>();
        assert_eq!(ids("apt-key adv --keyserver hkp://k:80 --recv-keys 7F0CEB10 0xA1B2C3D4"), ["7F0CEB10", "0xA1B2C3D4"]);
        assert_eq!(ids("gpg --batch --recv-keys 4A6C2B1D8E9F00112233445566778899AABBCCDD \"$KEY\""), [""; 0]);
        assert_eq!(ids("gpg --export 7F0CEB10"), [""; 0]);
    }
}
