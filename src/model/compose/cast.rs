//! Strings that Compose reads as numbers or booleans where it expects such: `privileged: "${P:-true}"`.

use super::path::matches;
use super::value::{Node, Value};
use super::{Problem, problem};
use crate::syntax::SyntaxError;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Cast {
    Bool,
    Int,
    Float,
}

/// Where what is expected; `*` is any key, `[]` any item.
const CASTS: &[(&str, Cast)] = &[
    ("services.*.cpu_count", Cast::Int),
    ("services.*.cpu_percent", Cast::Float),
    ("services.*.cpu_period", Cast::Int),
    ("services.*.cpu_quota", Cast::Int),
    ("services.*.cpu_rt_period", Cast::Int),
    ("services.*.cpu_rt_runtime", Cast::Int),
    ("services.*.cpu_shares", Cast::Int),
    ("services.*.cpus", Cast::Float),
    ("services.*.init", Cast::Bool),
    ("services.*.depends_on.*.required", Cast::Bool),
    ("services.*.depends_on.*.restart", Cast::Bool),
    ("services.*.deploy.replicas", Cast::Int),
    ("services.*.deploy.update_config.parallelism", Cast::Int),
    ("services.*.deploy.update_config.max_failure_ratio", Cast::Float),
    ("services.*.deploy.rollback_config.parallelism", Cast::Int),
    ("services.*.deploy.rollback_config.max_failure_ratio", Cast::Float),
    ("services.*.deploy.restart_policy.max_attempts", Cast::Int),
    ("services.*.deploy.placement.max_replicas_per_node", Cast::Int),
    ("services.*.healthcheck.retries", Cast::Int),
    ("services.*.healthcheck.disable", Cast::Bool),
    ("services.*.oom_kill_disable", Cast::Bool),
    ("services.*.oom_score_adj", Cast::Int),
    ("services.*.pids_limit", Cast::Int),
    ("services.*.ports.[].target", Cast::Int),
    ("services.*.privileged", Cast::Bool),
    ("services.*.read_only", Cast::Bool),
    ("services.*.scale", Cast::Int),
    ("services.*.stdin_open", Cast::Bool),
    ("services.*.tty", Cast::Bool),
    ("services.*.ulimits.*", Cast::Int),
    ("services.*.ulimits.*.hard", Cast::Int),
    ("services.*.ulimits.*.soft", Cast::Int),
    ("services.*.volumes.[].read_only", Cast::Bool),
    ("services.*.volumes.[].volume.nocopy", Cast::Bool),
    ("services.*.build.privileged", Cast::Bool),
    ("services.*.build.no_cache", Cast::Bool),
    ("services.*.build.pull", Cast::Bool),
    ("services.*.env_file.[].required", Cast::Bool),
    ("networks.*.external", Cast::Bool),
    ("networks.*.internal", Cast::Bool),
    ("networks.*.attachable", Cast::Bool),
    ("networks.*.enable_ipv4", Cast::Bool),
    ("networks.*.enable_ipv6", Cast::Bool),
    ("volumes.*.external", Cast::Bool),
    ("secrets.*.external", Cast::Bool),
    ("configs.*.external", Cast::Bool),
];

/// Casts a string at `path` if something else is expected there.
pub(super) fn cast(node: &mut Node, path: &[&str], problems: &mut Vec<Problem>) {
    let Some(text) = node.as_text().cloned() else { return };
    let Some((_, cast)) = CASTS.iter().find(|(pattern, _)| matches(pattern, path)) else { return };
    if node.vars.is_unknown() {
        return;
    }
    if let Some(value) = to(*cast, &text) {
        node.value = value;
        return;
    }
    let what = match cast {
        Cast::Bool => "`true` or `false`",
        Cast::Int => "a whole number",
        Cast::Float => "a number",
    };
    let key = path.last().copied().unwrap_or("");
    let unset: Vec<_> = node.vars.unset().map(|u| u.name.as_str()).collect();
    let error = if text.is_empty() && !unset.is_empty() {
        let message = format!("`{key}` is empty, because nothing sets {}", unset.join(" and "));
        SyntaxError::new("empty-number", node.span(), message)
            .help(format!("give it a default, as `${{{}:-..}}`", unset.first().unwrap_or(&"")))
    } else {
        SyntaxError::new("cast", node.span(), format!("`{key}` must be {what}, not `{}`", shorten(&text))).help(format!("write {what}"))
    };
    problems.push(problem::value(error));
    node.value = Value::Broken;
}

fn to(cast: Cast, text: &str) -> Option<Value> {
    match cast {
        Cast::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "y" | "yes" | "on" => Some(Value::Bool(true)),
            "false" | "n" | "no" | "off" => Some(Value::Bool(false)),
            _ => None,
        },
        Cast::Int => text.parse().ok().map(Value::Int),
        Cast::Float => text.parse().ok().map(Value::Float),
    }
}

fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
