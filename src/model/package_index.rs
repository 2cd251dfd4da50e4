//! Where Python packages are looked for, and which of these places are private: the ground of dependency confusion.

use super::command::{Manager, PackageCommand, package_commands};
use super::url::host;
use crate::syntax::shell::Flow;
use crate::syntax::text::Text;

/// What an index is to somebody who wants to put a package of a private name on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// The registry of everybody.
    Registry,
    /// Builds of public projects by their own authors; nobody else can put names there.
    Wheels,
    /// Another one.
    Other,
    /// It depends on a variable.
    Unknown,
}

/// Hosts of [`Index::Wheels`], with what the path must begin with.
const WHEELS: &[&str] = &[
    "download.pytorch.org",
    "pypi.nvidia.com",
    "pypi.ngc.nvidia.com",
    "pip.repos.neuron.amazonaws.com",
    "www.piwheels.org",
    "piwheels.org",
    "wheels.vllm.ai",
    "flashinfer.ai",
    "data.pyg.org",
    "storage.googleapis.com",
    "wheels.home-assistant.io",
    "alpine-wheels.github.io",
    "abetlen.github.io",
    "sgl-project.github.io",
    "rocm.nightlies.amd.com",
    "pytorch-extension.intel.com",
    "aiinfra.pkgs.visualstudio.com",
    "pypi.anaconda.org",
];

/// The kind of an index by its address, variables substituted where they are known.
pub fn index(url: &str) -> Index {
    match host(url) {
        "" => Index::Unknown,
        h if h.contains('$') => Index::Unknown,
        "pypi.org" | "pypi.python.org" | "files.pythonhosted.org" => Index::Registry,
        h if WHEELS.contains(&h) => Index::Wheels,
        // The public mirrors of the registry.
        "mirrors.aliyun.com"
        | "pypi.tuna.tsinghua.edu.cn"
        | "mirrors.cloud.tencent.com"
        | "pypi.doubanio.com"
        | "pypi.mirrors.ustc.edu.cn"
        | "mirror.baidu.com" => Index::Registry,
        _ => Index::Other,
    }
}

/// Whether names of a private index are also looked for where everybody can put them. Without an `--index-url` that place
/// is the registry.
pub fn is_mixed(main: Option<Index>, extra: Index) -> bool {
    matches!((main.unwrap_or(Index::Registry), extra), (Index::Registry, Index::Other) | (Index::Other, Index::Registry))
}

/// An option of pip or uv that adds an index.
#[derive(Clone, Debug)]
pub struct ExtraIndex {
    /// Its address, variables as they are written.
    pub url: Text,
    /// The address of `--index-url`, if there is one.
    pub main: Option<Text>,
}

/// The indexes that pip is told to look at beside the main one. uv takes the first index that has the name, unless it is
/// told otherwise, so it counts only then.
pub fn extra_indexes(flow: &Flow<'_>) -> Vec<ExtraIndex> {
    package_commands(flow).iter().filter(|c| merges_indexes(c)).flat_map(of_command).collect()
}

fn merges_indexes(command: &PackageCommand<'_>) -> bool {
    match command.manager {
        Manager::Pip => true,
        Manager::Uv => command.options.value(&["--index-strategy"]).is_some_and(|s| s.starts_with("unsafe")),
        _ => false,
    }
}

fn of_command(command: &PackageCommand<'_>) -> Vec<ExtraIndex> {
    let options = &command.options;
    let main = options.value(&["-i", "--index-url", "--pypi-url", "--default-index"]).cloned();
    let extra = |url: &Text| ExtraIndex { url: url.clone(), main: main.clone() };
    let mut out: Vec<ExtraIndex> = options.values(&["--extra-index-url", "--index"]).map(extra).collect();
    // `pip config set global.extra-index-url address`
    let mut words = options.operands.iter().map(|w| w.unquoted());
    if words.any(|w| w.ends_with(".extra-index-url")) {
        out.extend(words.next().as_ref().map(extra));
    }
    out
}

/// The addresses after `--find-links` that are fetched without a certificate.
pub fn plain_links(flow: &Flow<'_>) -> Vec<Text> {
    let is_plain = |url: &&Text| url.starts_with("http://") && !super::url::is_loopback(url);
    let of = |c: &PackageCommand<'_>| c.options.values(&["-f", "--find-links"]).filter(is_plain).cloned().collect::<Vec<_>>();
    package_commands(flow).iter().filter(|c| matches!(c.manager, Manager::Pip | Manager::Uv)).flat_map(of).collect()
}

/// The value of `extra-index-url` in a `pip.conf`.
pub fn of_configuration(text: &Text) -> Vec<ExtraIndex> {
    let value = |key: &str| {
        let mut from = 0;
        let mut found = None;
        for line in text.split_inclusive('\n') {
            let at = from;
            from += line.len();
            let Some(rest) = line.trim_start().strip_prefix(key) else { continue };
            let value = rest.trim_start().strip_prefix(['=', ':']).map(str::trim).filter(|v| !v.is_empty());
            if let Some(value) = value {
                let start = at + line.find(value).unwrap_or(0);
                found = Some(text.slice(start..start + value.len()));
            }
        }
        found
    };
    let main = value("index-url");
    value("extra-index-url").map(|url| ExtraIndex { url, main }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::parse;
    use std::path::Path;

    fn text(source: &str) -> Text {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        Text::verbatim(id, 0, source)
    }

    #[test]
    fn kinds_of_indexes() {
        assert_eq!(index("https://pypi.org/simple"), Index::Registry);
        assert_eq!(index("https://u:p@pypi.example.com/simple"), Index::Other);
        assert_eq!(index("https://download.pytorch.org/whl/$CUDA"), Index::Wheels);
        assert_eq!(index("$URL"), Index::Unknown);
        assert_eq!(index("https://$HOST/simple"), Index::Unknown);
        assert!(is_mixed(None, Index::Other) && is_mixed(Some(Index::Other), Index::Registry));
        assert!(
            !is_mixed(None, Index::Wheels)
                && !is_mixed(Some(Index::Other), Index::Other)
                && !is_mixed(Some(Index::Wheels), Index::Registry)
        );
    }

    #[test]
    fn options() {
        let of = |source: &str| extra_indexes(&parse(&text(source)).flow()).iter().map(|e| e.url.to_string()).collect::<Vec<_>>();
        assert_eq!(of("pip install --extra-index-url https://a/simple x"), ["https://a/simple"]);
        assert_eq!(of("python3 -m pip config set global.extra-index-url https://a/simple"), ["https://a/simple"]);
        assert_eq!(of("uv pip install --extra-index-url https://a x"), [""; 0]);
        assert_eq!(of("uv pip install --index-strategy unsafe-best-match --extra-index-url https://a x"), ["https://a"]);
        assert_eq!(of("pip install --index-url https://a x"), [""; 0]);
    }

    #[test]
    fn configuration() {
        let found = of_configuration(&text("[global]\nindex-url = https://a/simple\nextra-index-url = https://b/simple\n"));
        assert_eq!((found[0].url.as_str(), found[0].main.as_deref()), ("https://b/simple", Some("https://a/simple")));
        assert!(of_configuration(&text("index-url = https://a\n")).is_empty());
    }
}
