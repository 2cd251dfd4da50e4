//! Checks of authenticity that commands, variables and written configuration switch off: of certificates
//! ([`certificates`], [`certificate_variable`], [`certificate_text`]) and of package signatures ([`signatures`],
//! [`signature_text`]).

use super::command::{Manager, downloads};
use super::url::is_loopback;
use crate::source::Span;
use crate::syntax::shell::{Command, Flag, Flow, Options};
use crate::syntax::text::Text;

/// A check that is switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchedOff {
    /// The bytes that do it.
    pub span: Span,
    /// As it is written, shortly: `-k`, `strict-ssl false`.
    pub written: String,
    /// What no longer checks: `curl`.
    pub program: String,
    /// How to switch it on again.
    pub mend: Mend,
}

/// How a check is switched on again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// Take the word, or words, at these bytes out.
    CutWords(Span),
    /// Take these bytes out of the word.
    CutLetter(Span),
    /// Put this in place of these bytes.
    Replace(Span, &'static str),
    /// It takes more than an edit.
    Nothing,
}

/// Options without a value that switch off the check of certificates.
const CERTIFICATE_FLAGS: &[(&[&str], &[&str])] = &[
    (&["curl"], &["-k", "--insecure", "--proxy-insecure"]),
    (&["wget", "wget2"], &["--no-check-certificate", "--no-check-cert", "--check-certificate=off"]),
    (&["apk"], &["--no-check-certificate"]),
    (&["aws"], &["--no-verify-ssl"]),
    (&["helm", "kubectl", "oc"], &["--insecure-skip-tls-verify"]),
    (&["conda", "mamba", "micromamba"], &["--insecure"]),
    (&["npm", "pnpm"], &["--no-strict-ssl"]),
];

/// Options whose value does, and which values.
const CERTIFICATE_VALUES: &[(&[&str], &str, &[&str], &str)] = &[
    (&["npm", "npx", "pnpm", "yarn"], "--strict-ssl", &["false"], "true"),
    (&["aria2c"], "--check-certificate", &["false"], "true"),
    (&["skopeo", "buildah", "podman", "docker"], "--tls-verify", &["false"], "true"),
    (&["skopeo"], "--src-tls-verify", &["false"], "true"),
];

/// Settings of `tool config .. key value`, and of `-c key=value`.
const CERTIFICATE_SETTINGS: &[(&[&str], &str, &[&str], &str)] = &[
    (&["npm", "yarn", "pnpm"], "strict-ssl", &["false", "0"], "true"),
    (&["yarn"], "enableStrictSsl", &["false", "0"], "true"),
    (&["git"], "http.sslverify", &["false", "0", "no", "off"], "true"),
    (&["composer", "composer.phar"], "secure-http", &["false", "0"], "true"),
    (&["composer", "composer.phar"], "disable-tls", &["true", "1"], "false"),
    (&["conda", "mamba", "micromamba"], "ssl_verify", &["false", "0", "no"], "true"),
    (&["bundle"], "ssl_verify_mode", &["0"], "1"),
    (&["poetry"], "certificates.*.cert", &["false"], "true"),
];

/// Options that name hosts not to be checked.
const TRUSTED_HOSTS: &[(Manager, &[&str])] =
    &[(Manager::Pip, &["--trusted-host"]), (Manager::Uv, &["--trusted-host", "--allow-insecure-host"])];

/// The certificate checks that the commands of a script switch off, by option or by setting.
pub fn certificates(flow: &Flow<'_>) -> Vec<SwitchedOff> {
    flow.commands.iter().filter(|c| !only_loopback(flow, c)).flat_map(certificate_options).collect()
}

/// Whether all that the command asks for is on the machine itself.
fn only_loopback(flow: &Flow<'_>, command: &Command<'_>) -> bool {
    if !command.is(&["curl", "wget", "wget2", "aria2c"]) {
        return false;
    }
    let urls: Vec<_> = downloads(flow).into_iter().filter(|d| d.command == command.index).collect();
    !urls.is_empty() && urls.iter().all(|d| is_loopback(&d.url))
}

fn certificate_options(command: &Command<'_>) -> Vec<SwitchedOff> {
    let program = command.program();
    let options = command.options();
    let mut out = Vec::new();
    for (_, flags) in CERTIFICATE_FLAGS.iter().filter(|(programs, _)| programs.contains(&program)) {
        out.extend(options.flags.iter().filter(|f| flags.contains(&f.name.as_str()) && f.value.is_none()).map(|f| flag(program, f)));
    }
    for (_, name, off, on) in CERTIFICATE_VALUES.iter().filter(|(programs, ..)| programs.contains(&program)) {
        let names = [*name];
        let values = options.values(&names).filter(|v| is_one_of(v, off));
        out.extend(values.map(|v| setting(program, name, v, on)));
    }
    for (_, hosts) in TRUSTED_HOSTS.iter().filter(|(m, _)| Manager::of(program) == Some(*m)) {
        let named = options.flags.iter().filter(|f| hosts.contains(&f.name.as_str()));
        out.extend(named.filter(|f| !f.value.as_ref().is_some_and(|v| is_loopback(v))).map(|f| flag(program, f)));
    }
    if is_rpm(program) {
        out.extend(setopts(program, &options, "sslverify"));
    }
    if command.is(&["apt-get", "apt", "aptitude"]) {
        let off = |v: &&Text| v.starts_with("Acquire::") && (v.contains("::Verify-Peer=") || v.contains("::Verify-Host=")) && ends_off(v);
        out.extend(options.values(&["-o", "--option"]).filter(off).map(|v| whole(program, v)));
    }
    out.extend(settings(command, &options));
    out
}

fn is_one_of(value: &str, words: &[&str]) -> bool {
    words.iter().any(|w| value.eq_ignore_ascii_case(w))
}

fn is_rpm(program: &str) -> bool {
    matches!(program, "yum" | "dnf" | "dnf5" | "microdnf" | "tdnf" | "yum-config-manager")
}

fn flag(program: &str, flag: &Flag<'_>) -> SwitchedOff {
    let mend = match (flag.clustered, flag.value_word) {
        (true, _) => Mend::CutLetter(flag.text.span()),
        (false, Some(value)) => Mend::CutWords(flag.word.span().to(value.span())),
        (false, None) => Mend::CutWords(flag.word.span()),
    };
    let written = match &flag.value {
        Some(value) => format!("{} {value}", flag.name),
        None => flag.name.clone(),
    };
    let span = if flag.clustered { flag.text.span() } else { flag.value_word.map_or(flag.word.span(), |v| flag.word.span().to(v.span())) };
    SwitchedOff { span, written, program: program.into(), mend }
}

fn setting(program: &str, name: &str, value: &Text, on: &'static str) -> SwitchedOff {
    SwitchedOff { span: value.span(), written: format!("{name} {value}"), program: program.into(), mend: Mend::Replace(value.span(), on) }
}

fn whole(program: &str, value: &Text) -> SwitchedOff {
    SwitchedOff { span: value.span(), written: value.to_string(), program: program.into(), mend: Mend::Nothing }
}

fn ends_off(text: &str) -> bool {
    let value = text.rsplit('=').next().unwrap_or("").trim_matches(['"', '\'', ';', ' ']);
    is_one_of(value, &["false", "0", "no", "off"])
}

/// `--setopt=[repo.]key=0`.
fn setopts(program: &str, options: &Options<'_>, key: &str) -> Vec<SwitchedOff> {
    let off = |v: &Text| {
        let (name, value) = v.split_once('=')?;
        let is_key = name.as_str() == key || name.ends_with(&format!(".{key}"));
        (is_key && is_one_of(&value, &["0", "false", "no", "off"])).then(|| setting(program, &name, &value, "1"))
    };
    options.values(&["--setopt"]).filter_map(off).collect()
}

/// `tool config set key value`, `tool config key=value`, `git -c key=value`.
fn settings(command: &Command<'_>, options: &Options<'_>) -> Vec<SwitchedOff> {
    let program = command.program();
    let mut out = Vec::new();
    for (_, key, off, on) in CERTIFICATE_SETTINGS.iter().filter(|(programs, ..)| programs.contains(&program)) {
        // The words of a command line say it in one word or in two.
        let words: Vec<Text> = command.args().iter().map(|w| w.unquoted()).collect();
        let is_config = words.iter().any(|w| matches!(w.as_str(), "config" | "set"));
        for (n, word) in words.iter().enumerate() {
            let pair = word.split_once('=').filter(|(name, _)| is_key(name, key));
            let is_setting = is_config || n.checked_sub(1).and_then(|p| words.get(p)).is_some_and(|w| w.as_str() == "-c");
            let value = match pair {
                Some((_, value)) => Some(value),
                None if is_key(word, key) => words.get(n + 1).cloned(),
                None => None,
            };
            if let Some(value) = value.filter(|v| is_setting && is_one_of(&v.unquoted(), off)) {
                out.push(setting(program, key, &value.unquoted(), on));
            }
        }
    }
    let pip_host = Manager::of(program) == Some(Manager::Pip) && options.operands.first().is_some_and(|w| w.is("config"));
    if pip_host {
        let at = options.operands.iter().position(|w| w.value().is_some_and(|v| v.ends_with(".trusted-host")));
        if let Some(value) = at.and_then(|n| options.operands.get(n + 1)).filter(|v| !is_loopback(&v.unquoted())) {
            out.push(whole(program, &value.unquoted()));
        }
    }
    out
}

/// `http.sslVerify`, also for one address: `http.https://host/.sslVerify`.
fn is_key(written: &str, key: &str) -> bool {
    if let Some((first, last)) = key.split_once(".*.").or_else(|| key.split_once('.')) {
        let lower = written.to_ascii_lowercase();
        let fits =
            |dotted: &str| lower.strip_prefix(first).is_some_and(|rest| rest.starts_with('.')) && lower.ends_with(&format!(".{dotted}"));
        return fits(last);
    }
    written.eq_ignore_ascii_case(key)
}

/// What a variable switches off, and the value that switches it on again, if there is one.
pub fn certificate_variable(name: &str, value: &str) -> Option<(&'static str, Option<&'static str>)> {
    const OFF: &[&str] = &["0", "false", "no", "off"];
    let is = |words: &[&str]| is_one_of(value, words);
    let set = !value.is_empty() && !value.starts_with('$');
    match name.to_ascii_uppercase().as_str() {
        "PYTHONHTTPSVERIFY" if is(&["0"]) => Some(("Python", Some("1"))),
        "NODE_TLS_REJECT_UNAUTHORIZED" if is(&["0"]) => Some(("Node.js", Some("1"))),
        "NPM_CONFIG_STRICT_SSL" if is(OFF) => Some(("npm", Some("true"))),
        "YARN_ENABLE_STRICT_SSL" if is(OFF) => Some(("yarn", Some("true"))),
        // Any value counts, 0 and false too.
        "GIT_SSL_NO_VERIFY" if set => Some(("git", None)),
        "CARGO_HTTP_CHECK_REVOKE" if is(&["false"]) => Some(("cargo", Some("true"))),
        "PIP_TRUSTED_HOST" if set && !is_loopback(value) => Some(("pip", None)),
        "UV_INSECURE_HOST" if set && !is_loopback(value) => Some(("uv", None)),
        "GOINSECURE" if set && !is_loopback(value) => Some(("go", None)),
        "CONDA_SSL_VERIFY" if is(OFF) => Some(("conda", Some("true"))),
        _ => None,
    }
}

/// A line of configuration: key, values that switch off, what switches on, whose it is.
type Line = (&'static str, &'static [&'static str], &'static str, &'static str);

const CERTIFICATE_LINES: &[Line] = &[
    ("sslverify", &["0", "false", "no"], "1", "the package manager"),
    ("strict-ssl", &["false"], "true", "npm"),
    ("enableStrictSsl", &["false"], "true", "yarn"),
    ("check-revoke", &["false"], "true", "cargo"),
    ("ssl_verify", &["false", "no"], "true", "conda"),
    ("check_certificate", &["off", "no"], "on", "wget"),
    ("Verify-Peer", &["false"], "true", "apt"),
    ("Verify-Host", &["false"], "true", "apt"),
];

/// The certificate checks that a text written to a file switches off.
pub fn certificate_text(text: &Text) -> Vec<SwitchedOff> {
    lines(text, CERTIFICATE_LINES)
}

/// Every `key = value`, `key: value`, `key "value"` of these keys with one of these values.
fn lines(text: &Text, keys: &[Line]) -> Vec<SwitchedOff> {
    let mut out = Vec::new();
    for (key, off, on, program) in keys {
        let lower = text.to_ascii_lowercase();
        for (at, _) in lower.match_indices(&key.to_ascii_lowercase()) {
            let before = lower.get(..at).and_then(|b| b.chars().next_back());
            if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
                continue;
            }
            let from = at + key.len();
            let rest = lower.get(from..).unwrap_or("");
            let start = from + rest.len() - rest.trim_start_matches([' ', '\t', '=', ':', '"', '\'']).len();
            let rest = lower.get(start..).unwrap_or("");
            let end = start + rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let value = text.slice(start..end);
            if start > from && is_one_of(&value, off) {
                let span = text.span_of(at..end);
                out.push(SwitchedOff {
                    span,
                    written: format!("{key} {value}"),
                    program: (*program).into(),
                    mend: Mend::Replace(value.span(), on),
                });
            }
        }
    }
    out
}

/// Options without a value that switch off the check of package signatures.
const SIGNATURE_FLAGS: &[(&[&str], &[&str])] = &[
    (&["apk"], &["--allow-untrusted"]),
    (&["apt-get", "apt", "aptitude"], &["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"]),
    (&["yum", "dnf", "dnf5", "microdnf", "tdnf", "yum-config-manager"], &["--nogpgcheck", "--no-gpgchecks"]),
    (&["rpm"], &["--nodigest", "--nosignature", "--noverify", "--nofiledigest"]),
    (&["zypper"], &["--no-gpg-checks"]),
    (&["debootstrap"], &["--no-check-gpg"]),
];

/// Values of apt's `-o`, lower case.
const APT_OPTIONS: &[&str] = &[
    "acquire::allowinsecurerepositories=",
    "acquire::allowweakrepositories=",
    "apt::get::allowunauthenticated=",
    "acquire::allowdowngradetoinsecurerepositories=",
];

const SIGNATURE_LINES: &[Line] = &[
    ("gpgcheck", &["0", "no", "false"], "1", "the package manager"),
    ("AllowUnauthenticated", &["true", "1", "yes"], "false", "apt"),
    ("AllowInsecureRepositories", &["true", "1", "yes"], "false", "apt"),
    ("SigLevel", &["never"], "Required", "pacman"),
];

/// The checks of package signatures that the commands of a script switch off.
pub fn signatures(flow: &Flow<'_>) -> Vec<SwitchedOff> {
    flow.commands.iter().flat_map(signature_options).collect()
}

fn signature_options(command: &Command<'_>) -> Vec<SwitchedOff> {
    let program = command.program();
    let options = command.options();
    let mut out = Vec::new();
    for (_, flags) in SIGNATURE_FLAGS.iter().filter(|(programs, _)| programs.contains(&program)) {
        let found = options.flags.iter().filter(|f| flags.contains(&f.name.as_str()) && f.value.is_none());
        out.extend(found.map(|f| SwitchedOff {
            // It also says yes to every question.
            mend: if f.name == "--force-yes" { Mend::Replace(f.word.span(), "--yes") } else { flag(program, f).mend },
            ..flag(program, f)
        }));
    }
    if is_rpm(program) {
        out.extend(setopts(program, &options, "gpgcheck"));
    }
    if command.is(&["apt-get", "apt", "aptitude"]) {
        let on = |v: &&Text| {
            let lower = v.to_ascii_lowercase();
            APT_OPTIONS.iter().any(|o| lower.starts_with(o))
                && lower.rsplit('=').next().is_some_and(|v| is_one_of(v.trim_matches('"'), &["true", "1", "yes"]))
        };
        out.extend(options.values(&["-o", "--option"]).filter(on).map(|v| whole(program, v)));
    }
    out
}

/// The checks of package signatures that a text written to a file switches off: `gpgcheck=0`, `[trusted=yes]` of a
/// repository that is not on the machine itself.
pub fn signature_text(text: &Text) -> Vec<SwitchedOff> {
    let mut out = lines(text, SIGNATURE_LINES);
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let at = from;
        from += line.len();
        let Some(open) = line.find('[').filter(|_| line.contains("deb")) else { continue };
        let Some(len) = line.get(open..).and_then(|rest| rest.find(']')) else { continue };
        let inside = line.get(open + 1..open + len).unwrap_or("");
        let address = line.get(open + len + 1..).unwrap_or("").split_whitespace().next().unwrap_or("");
        if address.starts_with("file:") || address.starts_with("copy:") || is_loopback(address) {
            continue;
        }
        for option in inside.split_whitespace().filter(|o| matches!(o.to_ascii_lowercase().as_str(), "trusted=yes" | "allow-insecure=yes"))
        {
            let start = at + open + 1 + inside.find(option).unwrap_or(0);
            let span = text.span_of(start..start + option.len());
            out.push(SwitchedOff { span, written: format!("[{option}]"), program: "apt".into(), mend: Mend::Nothing });
        }
    }
    out
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

    fn off(source: &str, find: fn(&Flow<'_>) -> Vec<SwitchedOff>) -> Vec<String> {
        let script = parse(&text(source));
        find(&script.flow()).into_iter().map(|o| format!("{} {}", o.program, o.written)).collect()
    }

    #[test]
    fn certificate_checks() {
        let of = |source| off(source, certificates);
        assert_eq!(of("curl -fsSLk https://a; curl --insecure https://a"), ["curl -k", "curl --insecure"]);
        assert_eq!(of("wget --no-check-certificate https://a"), ["wget --no-check-certificate"]);
        assert_eq!(of("pip install --trusted-host pypi.org x"), ["pip --trusted-host pypi.org"]);
        assert_eq!(
            of("npm config set strict-ssl false; yarn config set 'strict-ssl'='false' -g"),
            ["npm strict-ssl false", "yarn strict-ssl false"]
        );
        assert_eq!(
            of("git config --global http.sslVerify false; git -c http.sslVerify=0 clone x"),
            ["git http.sslverify false", "git http.sslverify 0"]
        );
        assert_eq!(of("dnf config-manager --save --setopt=x.sslverify=0"), ["dnf x.sslverify 0"]);
        assert_eq!(of("composer config -g secure-http false"), ["composer secure-http false"]);
        assert_eq!(of("apt-get -o Acquire::https::Verify-Peer=false update").len(), 1);
    }

    #[test]
    fn certificate_checks_that_stay() {
        for source in [
            "curl -fk https://localhost/health",
            "curl -o k https://a",
            "wget -q https://a; echo --no-check-certificate",
            "pip install --trusted-host localhost x",
            "npm config set strict-ssl true",
            "git config http.postBuffer 0",
            "yum-config-manager --setopt=sslverify=1",
            "grep -k x",
        ] {
            assert_eq!(off(source, certificates), [""; 0], "{source}");
        }
    }

    #[test]
    fn signature_checks() {
        let of = |source| off(source, signatures);
        assert_eq!(of("apk add --allow-untrusted x.apk"), ["apk --allow-untrusted"]);
        assert_eq!(of("apt-get install -y --force-yes x; apt -o Acquire::AllowInsecureRepositories=true update").len(), 2);
        assert_eq!(of("yum install --nogpgcheck x; rpm -i --nodigest --nosignature x.rpm").len(), 3);
        assert_eq!(of("dnf --setopt=gpgcheck=0 install x"), ["dnf gpgcheck 0"]);
        assert_eq!(of("apk add x | grep -- --allow-untrusted; rpm -V x"), [""; 0]);
    }

    #[test]
    fn written_configuration() {
        let cert = |t: &str| certificate_text(&text(t)).into_iter().map(|o| o.written).collect::<Vec<_>>();
        assert_eq!(cert("[main]\nsslverify=0\n"), ["sslverify 0"]);
        assert_eq!(cert("strict-ssl = false"), ["strict-ssl false"]);
        assert_eq!(cert("Acquire::https::Verify-Peer \"false\";"), ["Verify-Peer false"]);
        assert_eq!(cert("sslverify=1\nno-strict-ssl=false\nmy_sslverify=0"), [""; 0]);
        let sign = |t: &str| signature_text(&text(t)).into_iter().map(|o| o.written).collect::<Vec<_>>();
        assert_eq!(sign("[x]\ngpgcheck=0\nrepo_gpgcheck=0\n"), ["gpgcheck 0"]);
        assert_eq!(sign("deb [arch=amd64 trusted=yes] https://a x main"), ["[trusted=yes]"]);
        assert_eq!(sign("deb [trusted=yes] file:/repo ./\ndeb [signed-by=/k] https://a x"), [""; 0]);
    }

    #[test]
    fn variables() {
        assert!(certificate_variable("NODE_TLS_REJECT_UNAUTHORIZED", "0").is_some());
        assert!(certificate_variable("npm_config_strict_ssl", "false").is_some());
        assert!(certificate_variable("GIT_SSL_NO_VERIFY", "0").is_some());
        assert!(certificate_variable("PIP_TRUSTED_HOST", "127.0.0.1").is_none());
        assert!(certificate_variable("PYTHONHTTPSVERIFY", "1").is_none());
        assert!(certificate_variable("GOINSECURE", "$X").is_none());
    }
}
