//! Values whose form only their reader can judge: sizes, durations, hosts, command lines, file modes.

use super::path::{each, each_of};
use super::value::{Map, Node, Resolved, Value};
use super::{Problem, problem, quantity};
use crate::source::Span;
use crate::syntax::SyntaxError;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Form {
    Size,
    Duration,
    Command,
    Host,
    /// `-1` is all.
    DeviceCount,
    /// An octal number when it is a string.
    FileMode,
    /// A whole number, not negative.
    Unsigned,
    Ssh,
    Address,
}

/// The places and their forms.
const FORMS: &[(&str, Form)] = &[
    ("services.*.mem_limit", Form::Size),
    ("services.*.mem_reservation", Form::Size),
    ("services.*.memswap_limit", Form::Size),
    ("services.*.mem_swappiness", Form::Size),
    ("services.*.shm_size", Form::Size),
    ("services.*.build.shm_size", Form::Size),
    ("services.*.deploy.resources.limits.memory", Form::Size),
    ("services.*.deploy.resources.reservations.memory", Form::Size),
    ("services.*.volumes.[].tmpfs.size", Form::Size),
    ("services.*.healthcheck.interval", Form::Duration),
    ("services.*.healthcheck.timeout", Form::Duration),
    ("services.*.healthcheck.start_period", Form::Duration),
    ("services.*.healthcheck.start_interval", Form::Duration),
    ("services.*.stop_grace_period", Form::Duration),
    ("services.*.deploy.update_config.delay", Form::Duration),
    ("services.*.deploy.update_config.monitor", Form::Duration),
    ("services.*.deploy.rollback_config.delay", Form::Duration),
    ("services.*.deploy.rollback_config.monitor", Form::Duration),
    ("services.*.deploy.restart_policy.delay", Form::Duration),
    ("services.*.deploy.restart_policy.window", Form::Duration),
    ("services.*.command", Form::Command),
    ("services.*.entrypoint", Form::Command),
    ("services.*.post_start.[].command", Form::Command),
    ("services.*.pre_stop.[].command", Form::Command),
    ("services.*.pre_start.[].command", Form::Command),
    ("services.*.extra_hosts.[]", Form::Host),
    ("services.*.build.extra_hosts.[]", Form::Host),
    ("services.*.gpus.[].count", Form::DeviceCount),
    ("services.*.deploy.resources.reservations.devices.[].count", Form::DeviceCount),
    ("services.*.secrets.[].mode", Form::FileMode),
    ("services.*.configs.[].mode", Form::FileMode),
    ("services.*.healthcheck.retries", Form::Unsigned),
    ("services.*.ports.[].host_ip", Form::Address),
    ("services.*.build.ssh", Form::Ssh),
];

/// Checks them all, and the names in `environment`.
pub(super) fn check(root: &Node, problems: &mut Vec<Problem>) {
    each_of(root, FORMS, &mut |pattern, form, node| {
        let key = pattern.rsplit('.').find(|k| *k != "[]").unwrap_or("");
        if *form == Form::Ssh {
            ssh(node, problems);
        } else if let Some(error) = unset_part(*form, key, node) {
            problems.push(problem::value(error));
        } else if let Some(text) = node.resolved().filter(Resolved::is_known)
            && let Some((message, help)) = form.fault(key, node, &text)
        {
            problems.push(problem::value(SyntaxError::new(form.code(), node.span(), message).help(help)));
        }
    });
    each(root, "services.*.environment", &mut |node| environment(node, problems));
    each(root, "services.*", &mut |node| exclusive_devices(node, problems));
    each(root, "services.*.volumes.[]", &mut |node| mount_source(node, problems));
    each(root, "services.*.develop.watch.[].path", &mut |node| {
        if node.as_str().is_some_and(|t| t.trim().is_empty()) && !node.vars.is_unknown() {
            let error = SyntaxError::new("empty-path", node.span(), "the `path` to watch is empty");
            problems.push(problem::value(error.help("name a file or folder")));
        }
    });
}

impl Form {
    fn code(self) -> &'static str {
        match self {
            Form::Size => "size",
            Form::Duration => "duration",
            Form::Command => "command-line",
            Form::Host => "extra-host",
            Form::DeviceCount => "device-count",
            Form::FileMode => "file-mode",
            Form::Unsigned => "negative",
            Form::Ssh => "ssh",
            Form::Address => "address",
        }
    }

    /// What is wrong with a value, and what to write.
    fn fault(self, key: &str, node: &Node, text: &Resolved) -> Option<(String, String)> {
        let is_text = node.as_str().is_some();
        let shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
        let is_wrong = match self {
            Form::Size => is_text && quantity::bytes(text).is_none(),
            Form::Duration => is_text && quantity::duration(text).is_none(),
            Form::Command => is_text && quantity::words(text).is_none(),
            Form::Host => return host(text),
            Form::DeviceCount => is_text && text.as_str() != "all" && text.parse::<i64>().is_err(),
            Form::FileMode => is_text && i64::from_str_radix(text, 8).is_err(),
            Form::Unsigned => matches!(node.value, Value::Int(i) if i < 0),
            // The short syntax is checked where it is read; an empty address of it means all of them.
            Form::Address => is_text && !is_address(text) && (!text.is_empty() || text.vars.is_empty()),
            Form::Ssh => false,
        };
        let help = match self {
            Form::Size if text.to_ascii_lowercase().ends_with('i') => format!("write `{}b`", shown.to_ascii_lowercase()),
            Form::Size => "write a number with `b`, `k`, `m` or `g`, as `512m`".to_owned(),
            Form::Duration if text.parse::<f64>().is_ok() => format!("write `{shown}s` for seconds"),
            Form::Duration => "write numbers with `h`, `m`, `s` or `ms`, as `1m30s`".to_owned(),
            Form::Command => "close every quote, or write a list of arguments".to_owned(),
            Form::DeviceCount => "write `all` or a number".to_owned(),
            Form::FileMode => "write an octal number, as `0440`".to_owned(),
            Form::Address => "write an address such as `127.0.0.1`; host names do not work here".to_owned(),
            Form::Unsigned | Form::Host | Form::Ssh => "write 0 or more".to_owned(),
        };
        let message = match self {
            Form::Size => format!("`{shown}` is no size"),
            Form::Duration => format!("`{shown}` is no duration"),
            Form::Command => format!("`{key}` cannot be split into words"),
            Form::DeviceCount => format!("`{shown}` is no number of devices"),
            Form::FileMode => format!("`{shown}` is no file mode"),
            Form::Address => format!("`{shown}` is no IP address"),
            Form::Unsigned | Form::Host | Form::Ssh => format!("`{key}` cannot be {shown}"),
        };
        is_wrong.then_some((message, help))
    }
}

/// A value, or the address of a host, that is empty because nothing sets its variable.
fn unset_part(form: Form, key: &str, node: &Node) -> Option<SyntaxError> {
    let text = node.resolved()?;
    match form {
        Form::Host => problem::unset(form.code(), "the address of this host", &text.split_once('=')?.1),
        // An empty address means all interfaces.
        Form::Size | Form::Duration | Form::DeviceCount | Form::FileMode => problem::unset(form.code(), &format!("`{key}`"), &text),
        _ => None,
    }
}

fn host(text: &str) -> Option<(String, String)> {
    let Some((name, address)) = text.split_once('=') else {
        return Some((format!("`{text}` has no address"), "write `name:address`".to_owned()));
    };
    if name.is_empty() || name.contains(':') {
        return Some((format!("`{name}` is no host name"), "write `name=address`".to_owned()));
    }
    address.is_empty().then(|| (format!("`{name}` has no address"), format!("write `{name}=address`")))
}

fn is_address(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    inner.parse::<std::net::IpAddr>().is_ok()
}

/// Every key but `default` needs a path.
fn ssh(node: &Node, problems: &mut Vec<Problem>) {
    for (name, entry) in node.as_map().into_iter().flat_map(Map::iter) {
        if name != "default" && entry.value.is_null() {
            let error = SyntaxError::new("ssh", entry.key.span, format!("`{name}` names no key file or socket"));
            problems.push(problem::value(error.help(format!("write `{name}=path`, or `default` for the agent of the shell"))));
        }
    }
}

fn environment(node: &Node, problems: &mut Vec<Problem>) {
    for (name, entry) in node.as_map().into_iter().flat_map(Map::iter) {
        if name.ends_with([' ', '\t']) {
            let error = SyntaxError::new("trailing-space", entry.key.span, format!("a space follows the name `{}`", name.trim_end()));
            problems.push(problem::value(error.help(format!("write `{}`", name.trim_end()))));
        }
    }
}

/// A request for devices names how many, or which, not both.
fn exclusive_devices(service: &Node, problems: &mut Vec<Problem>) {
    let mut check = |node: &Node| {
        if let (Some(count), Some(ids)) = (span_of(node, "count"), span_of(node, "device_ids")) {
            let error = SyntaxError::new("exclusive-keys", ids, "`device_ids` and `count` exclude each other");
            problems.push(problem::conflict(error.related(count, "`count` is here").help("keep one of them")));
        }
    };
    each(service, "gpus.[]", &mut check);
    each(service, "deploy.resources.reservations.devices.[]", &mut check);
}

fn mount_source(mount: &Node, problems: &mut Vec<Problem>) {
    let is_bind = mount.get("type").and_then(Node::as_str) == Some("bind");
    let source = mount.get("source").and_then(Node::resolved);
    let lost = mount.as_map().is_some_and(|m| m.lost.is_some()) || mount.get("source").is_some_and(Node::is_broken);
    if is_bind && !lost && source.is_none_or(|s| s.is_empty() && s.vars.is_empty()) {
        let error = SyntaxError::new("bind-source", mount.span(), "this bind mount has no `source`");
        problems.push(problem::value(error.help("add `source:` with a path of the host, or write `type: volume`")));
    }
    if mount.as_map().is_some_and(|m| m.lost.is_none()) && mount.get("target").is_none() {
        let error = SyntaxError::new("mount-target", mount.span(), "this volume has no `target`");
        problems.push(problem::value(error.help("add `target:` with a path in the container")));
    }
}

fn span_of(node: &Node, key: &str) -> Option<Span> {
    let entry = node.as_map()?.entry(key)?;
    (!entry.value.is_null()).then_some(entry.key.span)
}
