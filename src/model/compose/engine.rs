//! Values that Compose loads and that are refused only when the project starts, by Compose itself or by the engine.
//!
//! `docker compose config` passes with all of them, so they are told as warnings. Only what is certain is judged: a value
//! that depends on a variable which nothing sets is left alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::path::{each, each_of};
use super::schema::nearest;
use super::value::{Node, Resolved};
use super::{Problem, problem, quantity};
use crate::model::image::ImageRef;
use crate::syntax::SyntaxError;

/// Says what is wrong with a value.
type Judge = fn(&Resolved) -> Option<SyntaxError>;

const JUDGES: &[(&str, Judge)] = &[
    ("services.*.image", image),
    ("services.*.restart", restart),
    ("services.*.deploy.restart_policy.condition", condition),
    ("services.*.network_mode", network_mode),
    ("services.*.cap_add.[]", capability),
    ("services.*.cap_drop.[]", capability),
    ("services.*.security_opt.[]", security_option),
    ("services.*.mem_limit", memory),
    ("services.*.deploy.resources.limits.memory", memory),
    ("services.*.tmpfs.[]", tmpfs),
    ("services.*.dns.[]", address),
    ("services.*.mac_address", mac),
    ("services.*.networks.*.mac_address", mac),
    ("services.*.networks.*.ipv4_address", ipv4),
    ("services.*.networks.*.ipv6_address", ipv6),
    ("services.*.networks.*.link_local_ips.[]", address),
    ("networks.*.ipam.config.[].subnet", subnet),
    ("networks.*.ipam.config.[].ip_range", subnet),
    ("networks.*.ipam.config.[].gateway", address),
    ("networks.*.ipam.config.[].aux_addresses.*", address),
];

/// Judges them all.
pub(super) fn check(root: &Node, problems: &mut Vec<Problem>) {
    each_of(root, JUDGES, &mut |pattern, judge, node| {
        // A number or boolean in another place is of the wrong type, which is told already.
        let fits = node.as_str().is_some() || pattern.contains("mem");
        let text = node.resolved().filter(|_| fits).filter(|t| t.is_certain() && !t.is_empty());
        problems.extend(text.and_then(|t| judge(&t)).map(|error| problem::value(error.warning())));
    });
    each(root, "services.*.volumes.[]", &mut |mount| {
        let text = |key: &str| mount.get(key).and_then(Node::resolved).filter(|t| t.is_certain() && !t.is_empty());
        // `v:/data:ro` reads as drive `v` mounted at `ro`: that is another mistake, told elsewhere.
        let on_drive = text("source").is_some_and(|s| s.as_bytes().get(1) == Some(&b':'));
        let error = text("target").filter(|_| !on_drive).and_then(|t| mount_target(&t));
        problems.extend(error.map(|e| problem::value(e.warning())));
    });
}

fn fault(code: &'static str, text: &Resolved, message: String, help: impl Into<String>) -> Option<SyntaxError> {
    Some(SyntaxError::new(code, text.span(), message).help(help))
}

/// At most this many characters of a value, on one line.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

fn image(text: &Resolved) -> Option<SyntaxError> {
    let error = ImageRef::parse(text).err()?;
    let help = "write `name:tag`, with a registry and a path in front if need be, the name in lower case";
    Some(SyntaxError::new("image", error.span, format!("`{}` names no image: {error}", shown(text))).help(help))
}

const RESTART: [&str; 4] = ["no", "always", "on-failure", "unless-stopped"];

/// The engine's restart policies. Only `on-failure` takes a number of attempts.
fn restart(text: &Resolved) -> Option<SyntaxError> {
    let (name, attempts) = text.as_str().split_once(':').map_or((text.as_str(), None), |(name, attempts)| (name, Some(attempts)));
    if !RESTART.contains(&name) {
        let message = format!("`{}` is no restart policy", shown(text));
        return fault(
            "restart",
            text,
            message,
            did_you_mean(restart_meant(name), "write `no`, `always`, `unless-stopped` or `on-failure:3`"),
        );
    }
    let attempts = attempts?;
    if name != "on-failure" {
        let message = format!("`{name}` takes no number of attempts");
        return fault("restart", text, message, format!("write `{name}`, or `on-failure:{}`", shown(attempts)));
    }
    if attempts.parse::<u32>().is_ok() {
        return None;
    }
    fault("restart", text, format!("`{}` is no number of attempts", shown(attempts)), "write a number, as `on-failure:3`")
}

fn restart_meant(name: &str) -> Option<String> {
    match name.to_ascii_lowercase().as_str() {
        "never" | "none" | "false" | "off" => Some("no".into()),
        "true" | "yes" | "on" | "any" => Some("always".into()),
        "failure" | "onfailure" | "on_failure" | "on-fail" | "on-error" => Some("on-failure".into()),
        "unless_stopped" | "stopped" => Some("unless-stopped".into()),
        _ => nearest(name, RESTART.into_iter()),
    }
}

/// Compose takes the words of the engine, too.
fn condition(text: &Resolved) -> Option<SyntaxError> {
    const CONDITIONS: [&str; 3] = ["none", "on-failure", "any"];
    if CONDITIONS.contains(&text.as_str()) || RESTART.contains(&text.as_str()) {
        return None;
    }
    let help = did_you_mean(nearest(text, CONDITIONS.into_iter()), "write `none`, `on-failure` or `any`");
    fault("restart", text, format!("`{}` is no condition to restart on", shown(text)), help)
}

/// Any other name is that of a network of the engine, which may be there.
fn network_mode(text: &Resolved) -> Option<SyntaxError> {
    const MODES: [&str; 4] = ["host", "none", "bridge", "default"];
    let mode = text.as_str();
    if let Some((kind, name)) = mode.split_once(':') {
        if !matches!(kind, "service" | "container") {
            let help = did_you_mean(
                nearest(kind, ["service", "container"].into_iter()).map(|k| format!("{k}:{name}")),
                "write `service:NAME` or `container:NAME`",
            );
            return fault("network-mode", text, format!("`{}` is no network mode", shown(mode)), help);
        }
        let message = format!("`{mode}` names no {kind}");
        return if name.is_empty() { fault("network-mode", text, message, format!("write `{kind}:NAME`")) } else { None };
    }
    let case = MODES.iter().find(|m| m.eq_ignore_ascii_case(mode) && **m != mode).map(|m| (*m).to_owned());
    // A network may be named nearly like a mode, but hardly with two letters changed.
    let near = || MODES.iter().find(|m| **m != mode && strsim::damerau_levenshtein(m, mode) == 1).map(|m| (*m).to_owned());
    let meant = case.or_else(near)?;
    fault("network-mode", text, format!("`{mode}` is no network mode"), format!("did you mean `{meant}`?"))
}

/// The capabilities of Linux 5.9 and later, without `CAP_`, as the engine knows them.
const CAPABILITIES: [&str; 41] = [
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// In any case, with or without `CAP_`; `ALL` is all of them. Whether every engine takes `CAP_ALL` is not certain.
fn capability(text: &Resolved) -> Option<SyntaxError> {
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
    if name == "ALL" || CAPABILITIES.contains(&name) {
        return None;
    }
    let unified = name.replace(['-', ' ', '.'], "_");
    let meant = CAPABILITIES.iter().find(|c| **c == unified).map(|c| (*c).to_owned());
    let near = || nearest(name, CAPABILITIES.into_iter().chain(["ALL"]));
    let help = did_you_mean(meant.or_else(near), "name one of the capabilities of Linux, as `NET_BIND_SERVICE`, or `ALL`");
    fault("capability", text, format!("there is no capability `{}`", shown(text)), help)
}

/// What the engine knows, and what Podman knows besides.
const SECURITY: [&str; 7] = ["apparmor", "credentialspec", "label", "no-new-privileges", "seccomp", "systempaths", "writable-cgroups"];
const SECURITY_OF_PODMAN: [&str; 3] = ["mask", "proc-opts", "unmask"];

/// `name=value`, or with a colon; `no-new-privileges` stands alone, too.
fn security_option(text: &Resolved) -> Option<SyntaxError> {
    let separator = if text.contains('=') { '=' } else { ':' };
    let (name, value) = match text.as_str().split_once(separator) {
        Some((name, value)) => (name, Some(value)),
        None => (text.as_str(), None),
    };
    let fail = |message: String, help: String| fault("security-opt", text, message, help);
    if !SECURITY.contains(&name) && !SECURITY_OF_PODMAN.contains(&name) {
        let meant = nearest(name.trim(), SECURITY.into_iter()).or_else(|| SECURITY.contains(&name.trim()).then(|| name.trim().to_owned()));
        let meant = meant.map(|m| value.map_or(m.clone(), |v| format!("{m}{separator}{v}")));
        return fail(
            format!("`{}` is no security option", shown(text)),
            did_you_mean(meant, "write `no-new-privileges:true`, or `seccomp=`, `apparmor=` or `label=` and a value"),
        );
    }
    match value {
        None if name == "no-new-privileges" => None,
        None => fail(format!("the security option `{name}` has no value"), format!("write `{name}=` and a value, or take it out")),
        Some(value) if name == "no-new-privileges" && !is_go_bool(value) => {
            let meant = if value.trim().eq_ignore_ascii_case("false") { "false" } else { "true" };
            fail(format!("`{}` is neither `true` nor `false`", shown(value)), format!("write `no-new-privileges:{meant}`"))
        }
        Some(_) => None,
    }
}

/// What Go's `ParseBool` takes.
fn is_go_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True" | "0" | "f" | "F" | "false" | "FALSE" | "False")
}

/// The least memory that the engine gives a container, in bytes; 0 and less mean no limit.
const LEAST_MEMORY: i64 = 6 << 20;

fn memory(text: &Resolved) -> Option<SyntaxError> {
    let bytes = quantity::bytes(text).filter(|b| (1..LEAST_MEMORY).contains(b))?;
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    let help = if plain { format!("write `{bytes}m` for mebibytes") } else { "write `6m` or more".to_owned() };
    fault("size", text, format!("`{}` is less memory than the 6 MiB that a container must have", shown(text)), help)
}

fn is_absolute(path: &str) -> bool {
    let windows = path.contains('\\') || path.as_bytes().get(1) == Some(&b':');
    path.starts_with('/') || windows
}

fn mount_target(text: &Resolved) -> Option<SyntaxError> {
    let help = format!("write the whole path, as `/{}`", shown(text.trim_start_matches("./")));
    let message = format!("`{}` is no absolute path, which a mount in the container must be", shown(text));
    if is_absolute(text) { None } else { fault("mount-target", text, message, help) }
}

fn tmpfs(text: &Resolved) -> Option<SyntaxError> {
    mount_target(&text.split_once(':').map_or_else(|| text.clone(), |(path, _)| path))
}

fn address(text: &Resolved) -> Option<SyntaxError> {
    let wrong = text.parse::<IpAddr>().is_err();
    if wrong { fault("address", text, format!("`{}` is no IP address", shown(text)), "write an address such as `10.0.0.2`") } else { None }
}

fn ipv4(text: &Resolved) -> Option<SyntaxError> {
    let wrong = text.parse::<Ipv4Addr>().is_err();
    if wrong {
        fault("address", text, format!("`{}` is no IPv4 address", shown(text)), "write an address such as `10.0.0.2`")
    } else {
        None
    }
}

fn ipv6(text: &Resolved) -> Option<SyntaxError> {
    let wrong = text.parse::<Ipv6Addr>().is_err();
    if wrong { fault("address", text, format!("`{}` is no IPv6 address", shown(text)), "write an address such as `fd00::2`") } else { None }
}

fn subnet(text: &Resolved) -> Option<SyntaxError> {
    let is_range = |ip: &str, bits: &str| {
        let most = match ip.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => 32,
            Ok(IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        bits.bytes().all(|b| b.is_ascii_digit()) && bits.parse::<u16>().is_ok_and(|b| b <= most)
    };
    if text.as_str().split_once('/').is_some_and(|(ip, bits)| is_range(ip, bits)) {
        return None;
    }
    fault(
        "subnet",
        text,
        format!("`{}` is no range of addresses", shown(text)),
        "write an address and the length of its prefix, as `10.5.0.0/16`",
    )
}

/// Six, eight or twenty bytes with colons or hyphens, or in groups of four digits with dots (Go's `ParseMAC`).
fn mac(text: &Resolved) -> Option<SyntaxError> {
    let groups = |separator: char, digits: usize| {
        let parts: Vec<&str> = text.as_str().split(separator).collect();
        let fits = parts.iter().all(|p| p.len() == digits && p.bytes().all(|b| b.is_ascii_hexdigit()));
        fits && matches!(parts.len() * digits / 2, 6 | 8 | 20)
    };
    if groups(':', 2) || groups('-', 2) || groups('.', 4) {
        return None;
    }
    fault("mac-address", text, format!("`{}` is no MAC address", shown(text)), "write six bytes in hexadecimal, as `02:42:ac:11:00:02`")
}

fn did_you_mean(near: Option<String>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::text::Text;

    fn text(of: &str) -> Resolved {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        Resolved { text: Text::verbatim(id, 0, of), vars: Default::default() }
    }

    /// Every `good` passes, and for every `bad` the help says `help`.
    fn judged(judge: Judge, good: &[&str], bad: &[(&str, &str)]) {
        for value in good {
            assert_eq!(judge(&text(value)), None, "{value}");
        }
        for (value, help) in bad {
            let error = judge(&text(value)).unwrap_or_else(|| panic!("{value} passes"));
            let told = error.help.unwrap();
            assert!(told.contains(help), "{value}: {told}");
        }
    }

    #[test]
    fn restart_policies() {
        judged(
            restart,
            &["no", "always", "unless-stopped", "on-failure", "on-failure:3", "on-failure:0"],
            &[
                ("sometimes", "on-failure:3"),
                ("unless-stoped", "`unless-stopped`"),
                ("never", "`no`"),
                ("Always", "`always`"),
                ("on-failure:x", "on-failure:3"),
                ("on-failure:-1", "on-failure:3"),
                ("always:3", "`on-failure:3`"),
            ],
        );
        judged(condition, &["none", "any", "on-failure", "unless-stopped", "always"], &[("on-failur", "`on-failure`"), ("x", "`any`")]);
    }

    #[test]
    fn network_modes() {
        judged(
            network_mode,
            &["host", "none", "bridge", "default", "nat", "my_network", "service:db", "container:abc", "ghosts"],
            &[
                ("hots", "`host`"),
                ("Host", "`host`"),
                ("brigde", "`bridge`"),
                ("servce:db", "`service:db`"),
                ("container:", "container:NAME"),
                ("x:y", "service:NAME"),
            ],
        );
    }

    #[test]
    fn capabilities() {
        judged(
            capability,
            &["ALL", "all", "NET_ADMIN", "net_admin", "CAP_SYS_PTRACE", "cap_bpf", "CHECKPOINT_RESTORE", "CAP_ALL"],
            &[
                ("NET_ADMN", "`NET_ADMIN`"),
                ("CAP_CHWON", "`CHOWN`"),
                ("SYS-ADMIN", "`SYS_ADMIN`"),
                ("NET_BIND", "NET_BIND_SERVICE"),
                ("EVERYTHING", "or `ALL`"),
            ],
        );
        assert!(CAPABILITIES.is_sorted());
    }

    #[test]
    fn security_options() {
        judged(
            security_option,
            &[
                "no-new-privileges",
                "no-new-privileges:true",
                "no-new-privileges=F",
                "seccomp=unconfined",
                "seccomp:./p.json",
                "label=type:spc_t",
                "label:disable",
                "apparmor=docker-default",
                "systempaths=unconfined",
                "mask=/proc/acpi",
            ],
            &[
                ("no-new-privileges: true", "`no-new-privileges:true`"),
                ("no-new-privileges:off", "`no-new-privileges:true`"),
                ("no-new-privilege", "`no-new-privileges`"),
                ("no-new-privilages:true", "`no-new-privileges:true`"),
                ("secomp=unconfined", "`seccomp=unconfined`"),
                ("seccomp", "`seccomp=`"),
                ("x", "no-new-privileges:true"),
            ],
        );
    }

    #[test]
    fn addresses() {
        judged(address, &["1.1.1.1", "::1"], &[("dns.google", "10.0.0.2"), ("1.1.1", "10.0.0.2")]);
        judged(ipv4, &["10.0.0.2"], &[("::1", "10.0.0.2")]);
        judged(ipv6, &["fd00::2"], &[("10.0.0.2", "fd00::2")]);
        judged(
            subnet,
            &["10.0.0.0/16", "fd00::/64", "0.0.0.0/0"],
            &[("10.0.0.0", "/16"), ("10.0.0.0/33", "/16"), ("abc", "/16"), ("10.0.0.0/+8", "/16")],
        );
        judged(
            mac,
            &["02:42:ac:11:00:02", "02-42-AC-11-00-02", "0242.ac11.0002"],
            &[("02:42:ac:11:00", "six"), ("zz", "six"), ("02:42:ac:11:00:0", "six")],
        );
    }

    #[test]
    fn sizes_and_paths() {
        judged(memory, &["6m", "0", "-1", "1g", "6291456"], &[("512", "`512m`"), ("5m", "`6m`"), ("64k", "`6m`")]);
        judged(mount_target, &["/data", "c:\\data", "\\\\.\\pipe\\x", "v:/data"], &[("data", "`/data`"), ("./data", "`/data`")]);
        judged(tmpfs, &["/run", "/run:size=1m"], &[("run:size=1m", "`/run`")]);
    }

    #[test]
    fn images() {
        judged(
            image,
            &["nginx", "ghcr.io/a/b:1.2", "localhost:5000/x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"],
            &[("app/UPPER", "lower case"), ("a:b:c", "name:tag")],
        );
    }
}
