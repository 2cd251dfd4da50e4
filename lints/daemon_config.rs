use crate::lint::prelude::*;
use crate::model::docker_api::is_loopback;

pub static LINT: Lint = Lint {
    id: "daemon-config",
    summary: "a setting of the Docker engine is weaker than it can be",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(6.0),
    cis: &["2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.9", "2.13", "2.14", "2.15", "2.16", "2.17", "2.18"],
    aliases: &[],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("daemon_config.md"),
    checks: &[Check::Daemon(check)],
};

/// A switch, and why it should stand the other way than it does by default or by what is written.
struct Switch {
    key: &'static str,
    /// What it should be.
    wanted: bool,
    /// What it is when it is missing.
    default: bool,
    score: f32,
    /// What happens otherwise.
    otherwise: &'static str,
    /// The item of the CIS Docker Benchmark.
    cis: &'static str,
}

const SWITCHES: &[Switch] = &[
    Switch { key: "icc", wanted: false, default: true, score: 4.0, otherwise: "all containers on the default bridge reach each other", cis: "2.2" },
    Switch { key: "iptables", wanted: true, default: true, score: 5.0, otherwise: "the engine keeps no firewall rules, and networks are not apart", cis: "2.4" },
    Switch { key: "no-new-privileges", wanted: true, default: false, score: 4.0, otherwise: "programs with the setuid bit make root of any user in a container", cis: "2.14" },
    Switch { key: "live-restore", wanted: true, default: false, score: 1.0, otherwise: "every container stops when the engine is updated", cis: "2.15" },
    Switch { key: "userland-proxy", wanted: false, default: true, score: 1.0, otherwise: "a process for every published port hides who connects", cis: "2.16" },
    Switch { key: "experimental", wanted: false, default: false, score: 2.0, otherwise: "features run that are not meant for production", cis: "2.18" },
];

fn check(daemon: &Daemon, cx: &mut Cx<'_>) {
    let Some(brace) = daemon.brace().filter(|_| daemon.is_dockers()) else { return };
    let windows = daemon.is_windows();
    for switch in SWITCHES.iter().filter(|s| !windows || s.key == "experimental") {
        // Rootless engines have no rules of their own on the host.
        if !(daemon.is_rootless() && switch.key == "iptables") {
            self::switch(daemon, switch, brace, cx);
        }
    }
    if !windows && !daemon.is_rootless() {
        userns(daemon, brace, cx);
    }
    words(daemon, cx);
    registries(daemon, cx);
    for (key, near) in daemon.unknown() {
        let help = near.map_or_else(|| "take it out".to_string(), |near| format!("write `{near}`"));
        cx.report(key.span(), format!("the engine does not start: it has no setting {}", key.as_str())).code("unknown-key").help(help).at(key.as_str());
    }
}

fn switch(daemon: &Daemon, switch: &Switch, brace: Span, cx: &mut Cx<'_>) {
    let Switch { key, wanted, otherwise, cis, .. } = *switch;
    let written = daemon.value_span(key);
    let is = match written {
        // What is no boolean is refused by the engine.
        Some(_) => daemon.flag(key),
        None => Some(switch.default),
    };
    if is.is_none_or(|is| is == wanted) {
        return;
    }
    let (on, help) = (if is == Some(true) { "on" } else { "off" }, format!("write `\"{key}\": {wanted}` (CIS {cis})"));
    match written {
        Some(value) => cx
            .report(value, format!("{key} is {on}: {otherwise}"))
            .code(key)
            .score(switch.score)
            .help(help)
            .at(key)
            .fix(Safety::Unsafe, format!("set {key} to {wanted}"), vec![(value, wanted.to_string())])
            .file(),
        None => missing(brace, key, &format!("{key} is not set and so {on}: {otherwise}"), &wanted.to_string(), switch.score, help, cx),
    }
}

/// What is not written is the engine's own default: worth knowing, and no mistake of this file.
fn missing(brace: Span, key: &'static str, message: &str, value: &str, score: f32, help: String, cx: &mut Cx<'_>) {
    let edit = insertion(brace, key, value, cx);
    let report = cx.report(brace, message).code(key).level(Level::Info).score(score).help(help).at(key);
    match edit {
        Some(edit) => report.fix(Safety::Unsafe, format!("add {key}"), vec![edit]).file(),
        None => report.file(),
    }
}

/// Puts a setting behind the opening brace, on a line of its own where the next one is.
fn insertion(brace: Span, key: &str, value: &str, cx: &Cx<'_>) -> Option<(Span, String)> {
    let source = cx.world.sources.get(brace.file);
    let rest = source.text.get(brace.end as usize..).filter(|_| source.slice(brace) == "{")?;
    let blank = rest.get(..rest.find(|c: char| !c.is_whitespace())?)?;
    let separator = if blank.is_empty() { " " } else { "" };
    // A setting follows: without any the file is not known to be the engine's.
    Some((brace.at_end(), format!("{blank}\"{key}\": {value},{separator}")))
}

fn userns(daemon: &Daemon, brace: Span, cx: &mut Cx<'_>) {
    const KEY: &str = "userns-remap";
    let why = "root in a container is root on the host";
    let help = || "write `\"userns-remap\": \"default\"` (CIS 2.9); images and volumes of before are not seen then".to_string();
    match daemon.text(KEY) {
        Some(value) if value.is_empty() => {
            cx.report(daemon.value_span(KEY).unwrap_or(brace), format!("{KEY} is empty: {why}")).code(KEY).score(4.0).help(help()).at(KEY);
        }
        None if daemon.value_span(KEY).is_none() => missing(brace, KEY, &format!("{KEY} is not set: {why}"), "\"default\"", 4.0, help(), cx),
        _ => {}
    }
}

/// Settings that are weak by one word.
fn words(daemon: &Daemon, cx: &mut Cx<'_>) {
    for (key, word, score, message, help) in [
        ("log-level", "debug", 2.0, "log-level is debug: what containers are started with is in the log", "write `\"log-level\": \"info\"` (CIS 2.3)"),
        ("seccomp-profile", "unconfined", 6.0, "seccomp-profile is unconfined: containers may use every system call", "take it out: the built-in profile blocks what no program needs (CIS 2.17)"),
        ("storage-driver", "aufs", 3.0, "storage-driver is aufs: no kernel and no engine that gets fixes has it", "write `\"storage-driver\": \"overlay2\"` (CIS 2.6)"),
    ] {
        if daemon.text(key).is_some_and(|t| t.as_str() == word) {
            let value = daemon.value_span(key).into_iter();
            value.for_each(|value| cx.report(value, message).code(key).score(score).help(help).at(key).file());
        }
    }
    if daemon.flag("debug") == Some(true)
        && let Some(value) = daemon.value_span("debug")
    {
        cx.report(value, "debug is on: what containers are started with is in the log").code("debug").score(2.0).help("write `\"debug\": false` (CIS 2.3)").at("debug").fix(
            Safety::Unsafe,
            "set debug to false",
            vec![(value, "false".into())],
        );
    }
}

/// Registries without TLS, other than one of this machine.
fn registries(daemon: &Daemon, cx: &mut Cx<'_>) {
    const KEY: &str = "insecure-registries";
    let is_local = |name: &Text| is_loopback(name.rsplit_once(':').map_or(name.as_str(), |(host, _)| host));
    let open: Vec<&Text> = daemon.list(KEY).into_iter().filter(|name| !is_local(name)).collect();
    let (Some(first), Some(last)) = (open.first(), open.last()) else { return };
    let names: Vec<&str> = open.iter().map(|n| n.as_str()).collect();
    cx.report(first.span().to(last.span()), format!("images of {} come without TLS: anybody on the way can replace them", names.join(", ")))
        .code(KEY)
        .help("give the registry a certificate and take it out of the list (CIS 2.5); a private CA goes to /etc/docker/certs.d")
        .at(KEY);
}
