//! The shapes of single values, by the rules of the Go packages that BuildKit reads them with.

use std::net::IpAddr;

use crate::syntax::dockerfile::shown;

/// `strconv.ParseBool`.
pub(super) fn go_bool(s: &str) -> Option<bool> {
    match s {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The value of a flag that is true or false.
pub(super) fn switch(s: &str) -> Option<bool> {
    [("true", true), ("false", false)].into_iter().find(|(name, _)| name.eq_ignore_ascii_case(s)).map(|(_, v)| v)
}

/// `time.ParseDuration`, in nanoseconds: `1m30s`, `1.5h`, `500ms`.
pub(super) fn duration(s: &str) -> Option<f64> {
    let (sign, mut rest) = match s.as_bytes().first() {
        Some(b'-') => (-1.0, s.get(1..)?),
        Some(b'+') => (1.0, s.get(1..)?),
        _ => (1.0, s),
    };
    if rest == "0" {
        return Some(0.0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(number);
        if digits == "." || digits.matches('.').count() > 1 {
            return None;
        }
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        total += digits.parse::<f64>().ok()? * nanoseconds(unit)?;
        rest = after;
    }
    // Go counts in 64 bits.
    (total < 9.3e18).then_some(sign * total)
}

fn nanoseconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        _ => return None,
    })
}

/// What is wrong with a word of EXPOSE: `[[ip:]host:]port[-port][/protocol]`.
pub(super) fn port_problem(s: &str) -> Option<String> {
    let mut parts = s.rsplitn(3, ':');
    let container = parts.next().unwrap_or("");
    let host = parts.next().unwrap_or("");
    let ip = parts.next().unwrap_or("");
    let (port, protocol) = container.split_once('/').unwrap_or((container, "tcp"));
    if port.is_empty() {
        return Some("it has no port".into());
    }
    if !["", "tcp", "udp", "sctp"].iter().any(|p| p.eq_ignore_ascii_case(protocol)) {
        return Some(format!("`{}` is not tcp, udp or sctp", shown(protocol)));
    }
    let bare = ip.strip_prefix('[').and_then(|i| i.strip_suffix(']')).unwrap_or(ip);
    if !ip.is_empty() && bare.parse::<IpAddr>().is_err() {
        return Some(format!("`{}` is not an address", shown(ip)));
    }
    let (start, end) = match port_range(port) {
        Ok(range) => range,
        Err(problem) => return Some(problem),
    };
    if host.is_empty() {
        return None;
    }
    match port_range(host) {
        Err(problem) => Some(problem),
        Ok((from, to)) if end > start && to - from != end - start => {
            Some(format!("`{}` and `{}` differ in length", shown(host), shown(port)))
        }
        Ok(_) => None,
    }
}

fn port_range(s: &str) -> Result<(u16, u16), String> {
    let port = |p: &str| -> Result<u16, String> {
        if p.is_empty() || !p.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("`{}` is not a port or a range of ports", shown(s)));
        }
        p.parse().map_err(|_| format!("`{}` is over 65535", shown(p)))
    };
    // Go splits at every dash and looks at two parts.
    let mut parts = s.split('-');
    let start = port(parts.next().unwrap_or(""))?;
    let end = parts.next().map_or(Ok(start), port)?;
    if end < start { Err(format!("the range `{}` runs backwards", shown(s))) } else { Ok((start, end)) }
}

/// Signals of Linux by name, without `SIG`.
pub(super) const SIGNALS: [&str; 36] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT",
    "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    "RTMIN", "RTMAX",
];

/// Whether `s` names a signal or is the number of one.
pub fn is_signal(s: &str) -> bool {
    if let Ok(number) = s.parse::<i64>() {
        return number != 0;
    }
    let upper = s.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let offset = |n: &str| n.parse::<u8>().is_ok_and(|n| (1..=15).contains(&n)) && !n.starts_with(['0', '+']);
    SIGNALS.contains(&name)
        || name.strip_prefix("RTMIN+").is_some_and(offset)
        || name.strip_prefix("RTMAX-").is_some_and(|n| offset(n) && n != "15")
}

/// Whether `s` is a mode for `--chmod`: octal up to 7777, or symbolic as `u=rwX,go+r`.
pub(super) fn is_chmod(s: &str) -> bool {
    if !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) {
        return u32::from_str_radix(s, 8).is_ok_and(|m| m <= 0o7777);
    }
    s.split(',').all(is_symbolic_mode)
}

fn is_symbolic_mode(clause: &str) -> bool {
    let mut rest = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    if rest.is_empty() {
        return false;
    }
    while let Some(after) = rest.strip_prefix(['+', '-', '=']) {
        rest = after.trim_start_matches(['r', 'w', 'x', 'X', 's', 't', 'u', 'g', 'o']);
    }
    rest.is_empty()
}

const SYSTEMS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "macos",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

const ARCHITECTURES: [&str; 35] = [
    "386",
    "i386",
    "amd64",
    "x86_64",
    "x86-64",
    "amd64p32",
    "arm",
    "armhf",
    "armel",
    "armbe",
    "arm64",
    "aarch64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
    "armv5",
    "armv6",
    "armv7",
    "armv8",
    "wasm32",
];

/// What is wrong with a platform: `os[(version)][/architecture[/variant]]`, or an architecture alone.
pub(super) fn platform_problem(s: &str) -> Option<String> {
    let parts: Vec<_> = s.split('/').collect();
    for (index, part) in parts.iter().enumerate() {
        let part = if index == 0 { part.split_once('(').map_or(*part, |(os, _)| os) } else { part };
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if part.is_empty() || !part.chars().all(valid) {
            return Some(format!("`{}` is no system or architecture", shown(part)));
        }
    }
    match parts.as_slice() {
        [one] => {
            let name = one.split_once('(').map_or(*one, |(os, _)| os).to_ascii_lowercase();
            let known = SYSTEMS.contains(&name.as_str()) || ARCHITECTURES.contains(&name.as_str());
            (!known).then(|| format!("`{}` is no known system or architecture", shown(one)))
        }
        [_, _] | [_, _, _] => None,
        _ => Some("it has more than three parts".into()),
    }
}

/// The system or architecture that is alike.
pub(super) fn platform_names() -> impl Iterator<Item = &'static str> {
    SYSTEMS.into_iter().chain(ARCHITECTURES)
}

/// Whether `s` is a digest: `sha256:` and 64 hexadecimal digits, or another algorithm Go's `digest` knows.
pub(super) fn is_digest(s: &str) -> bool {
    let Some((algorithm, hex)) = s.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// `units.RAMInBytes`: a number, perhaps a unit.
pub(super) fn is_size(s: &str) -> bool {
    let number = s.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(s.len());
    let (number, unit) = s.split_at(number);
    let unit = unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit);
    number.parse::<f64>().is_ok() && matches!(unit, "" | "k" | "m" | "g" | "t" | "p")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (s, want) in [("30s", 30e9), ("1m30s", 90e9), ("1.5h", 5400e9), (".5s", 5e8), ("0", 0.0), ("-1s", -1e9), ("3µs", 3e3)] {
            assert_eq!(duration(s), Some(want), "{s}");
        }
        for s in ["", "30", "s", "1 m", "1d", "1.s.", "$X", ".", "-", "1e3s"] {
            assert_eq!(duration(s), None, "{s}");
        }
    }

    #[test]
    fn ports() {
        for s in ["80", "80/tcp", "80/UDP", "8000-8010", "80-80/sctp", "127.0.0.1:80:8080", "[::1]:80:80", "8080:80", "8000-8010:80", "0"] {
            assert_eq!(port_problem(s), None, "{s}");
        }
        for s in ["", "http", "65536", "80/http", "90-80", "1.2.3:80:80", "80:", "80-", "-80", "8000-8002:80-81", "+80"] {
            assert!(port_problem(s).is_some(), "{s}");
        }
    }

    #[test]
    fn signals() {
        for s in ["SIGTERM", "term", "sigkill", "9", "SIGRTMIN+3", "RTMAX-14", "WINCH"] {
            assert!(is_signal(s), "{s}");
        }
        for s in ["", "0", "SIGTER", "SIGRTMIN+16", "RTMAX-0", "STOPP"] {
            assert!(!is_signal(s), "{s}");
        }
    }

    #[test]
    fn modes() {
        for s in ["755", "0644", "7777", "u=rwX,go=rX", "+x", "a-w", "g=u", "u+r-w"] {
            assert!(is_chmod(s), "{s}");
        }
        for s in ["", "888", "17777", "rwx", "u", "u=rwz", "u=r,,g=r"] {
            assert!(!is_chmod(s), "{s}");
        }
    }

    #[test]
    fn platforms() {
        for s in ["linux/amd64", "linux", "arm64", "linux/arm/v7", "windows(10.0.17763)/amd64", "foo/bar"] {
            assert_eq!(platform_problem(s), None, "{s}");
        }
        for s in ["linx", "linux/", "linux/a b", "a/b/c/d", "/amd64", "linux/*"] {
            assert!(platform_problem(s).is_some(), "{s}");
        }
    }

    #[test]
    fn digests_and_sizes() {
        assert!(is_digest(&format!("sha256:{}", "a1".repeat(32))));
        assert!(!is_digest(&format!("sha256:{}", "a".repeat(63))));
        assert!(!is_digest(&format!("sha256:{}", "A".repeat(64))));
        assert!(["64m", "1.5GB", "10", "1 GiB"].iter().all(|s| is_size(s)));
        assert!(!["", "m", "10x"].iter().any(|s| is_size(s)));
    }
}
