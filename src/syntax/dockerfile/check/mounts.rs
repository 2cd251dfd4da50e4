//! `RUN --mount`: keys, values, and which go together.

use super::{alternatives, did_you_mean, values};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::shown;
use crate::syntax::dockerfile::{Instruction, Mount, MountField, MountKind, mounts};
use crate::syntax::text::Text;

const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "readonly",
    "ro",
    "readwrite",
    "rw",
    "required",
    "size",
    "id",
    "sharing",
    "mode",
    "uid",
    "gid",
    "env",
];
/// Keys with `=` and nothing after it that BuildKit takes.
const MAY_BE_EMPTY: [&str; 8] = ["from", "source", "src", "target", "dst", "destination", "id", "env"];
const SHARING: [&str; 3] = ["shared", "private", "locked"];

pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    for mount in mounts(instruction) {
        errors.extend(mount.fields.iter().filter_map(field));
        if let Some(kind) = mount.kind() {
            misplaced(&mount, kind, errors);
            if kind == MountKind::Secret {
                secret(&mount, errors);
            } else if kind != MountKind::Ssh {
                target(&mount, kind, errors);
            }
        }
    }
}

fn field(field: &MountField) -> Option<SyntaxError> {
    let key = field.key.to_ascii_lowercase();
    let Some(value) = &field.value else { return bare(field, &key) };
    if key != "from" && value.contains('$') {
        return None; // only known when it is expanded
    }
    if value.is_empty() && !MAY_BE_EMPTY.contains(&key.as_str()) && KEYS.contains(&key.as_str()) {
        return Some(without_value(field, &key));
    }
    let bad = |message: String| Some(SyntaxError::new("invalid-mount-value", place(value, field), message));
    match key.as_str() {
        "from" => from(value, field),
        "type" => {
            let names = MountKind::ALL.map(MountKind::name);
            let known = names.iter().any(|n| n.eq_ignore_ascii_case(value));
            (!known).then(|| enumerated(field, value, "mount type", &names))
        }
        "sharing" => (!SHARING.iter().any(|s| s.eq_ignore_ascii_case(value))).then(|| enumerated(field, value, "sharing mode", &SHARING)),
        "readonly" | "ro" | "readwrite" | "rw" | "required" if values::go_bool(value).is_none() => {
            bad(format!("`{key}` is true or false, not `{}`", shown(value)))
        }
        "mode" if u32::from_str_radix(value, 8).is_err() => bad(format!("mode `{}` is not an octal number", shown(value))),
        "uid" | "gid" if value.parse::<u32>().is_err() => bad(format!("{key} `{}` is not a number", shown(value))),
        "size" if !values::is_size(value) => bad(format!("size `{}` is not a number with a unit", shown(value))),
        key if KEYS.contains(&key) => None,
        _ => Some(unknown(field)),
    }
}

/// A field without `=`.
fn bare(field: &MountField, key: &str) -> Option<SyntaxError> {
    match key {
        "readonly" | "ro" | "readwrite" | "rw" | "required" => None,
        key if KEYS.contains(&key) => Some(without_value(field, key)),
        _ => Some(unknown(field)),
    }
}

fn without_value(field: &MountField, key: &str) -> SyntaxError {
    SyntaxError::new("mount-key-without-value", field.span, format!("mount key `{key}` has no value")).help(format!("write `{key}=value`"))
}

fn unknown(field: &MountField) -> SyntaxError {
    let key = &field.key;
    let span = if key.is_empty() { field.span } else { key.span() };
    let error = SyntaxError::new("unknown-mount-key", span, format!("unknown mount key `{}`", shown(key)));
    did_you_mean(error, key, KEYS, "")
}

fn enumerated(field: &MountField, value: &Text, what: &str, names: &[&str]) -> SyntaxError {
    let error = SyntaxError::new("invalid-mount-value", place(value, field), format!("unknown {what} `{}`", shown(value)));
    did_you_mean(error.help(format!("use {}", alternatives(names))), value, names.iter().copied(), "")
}

fn from(value: &Text, field: &MountField) -> Option<SyntaxError> {
    // BuildKit lets a `$` at the very end pass.
    let variable = value.find('$').is_some_and(|at| at + 1 < value.len());
    variable.then(|| {
        SyntaxError::new("from-variable", place(value, field), "`from` of a mount takes no variables")
            .help("name a stage `FROM <image with the variable> AS name` and mount from that")
    })
}

/// Keys that the kind of mount does not take. BuildKit reads the fields in order, so some of them must follow `type`.
fn misplaced(mount: &Mount, kind: MountKind, errors: &mut Vec<SyntaxError>) {
    use MountKind::{Cache, Secret, Ssh, Tmpfs};
    let rules: [(&Option<Text>, &[MountKind]); 6] = [
        (&mount.required, &[Secret, Ssh]),
        (&mount.size, &[Tmpfs]),
        (&mount.sharing, &[Cache]),
        (&mount.mode, &[Cache, Secret, Ssh]),
        (&mount.uid, &[Cache, Secret, Ssh]),
        (&mount.gid, &[Cache, Secret, Ssh]),
    ];
    for (value, kinds) in rules {
        let Some(field) = value.as_ref().and_then(|v| field_of(mount, v)) else { continue };
        let key = field.key.to_ascii_lowercase();
        if !kinds.contains(&kind) {
            let message = format!("`{key}` is not for {} mounts", kind.name());
            let names: Vec<_> = kinds.iter().map(|k| k.name()).collect();
            errors.push(SyntaxError::new("misplaced-mount-key", field.span, message).help(format!("it is for type {}", names.join(", "))));
        } else if matches!(key.as_str(), "required" | "size") && mount.kind.as_ref().is_some_and(|k| field.span.start < k.span().start) {
            let message = format!("`{key}` stands before `type={}`; fields are read in order", kind.name());
            errors.push(SyntaxError::new("misplaced-mount-key", field.span, message).help("write `type` first").warning());
        }
    }
}

/// The field whose value is `value`, or that is `value` itself when it is bare.
fn field_of<'a>(mount: &'a Mount, value: &Text) -> Option<&'a MountField> {
    mount.fields.iter().rev().find(|f| f.span.contains(value.span()))
}

fn secret(mount: &Mount, errors: &mut Vec<SyntaxError>) {
    let filled = |t: &Option<Text>| t.as_ref().is_some_and(|t| !t.is_empty());
    if filled(&mount.from) {
        errors.push(SyntaxError::new("misplaced-mount-key", mount.span, "a secret mount takes no `from`"));
    }
    if !filled(&mount.source) && !filled(&mount.target) && !filled(&mount.id) {
        let error = SyntaxError::new("incomplete-mount", mount.span, "this secret mount names no secret");
        errors.push(error.help("add `id=name`"));
    }
    if filled(&mount.source) && filled(&mount.id) {
        errors.push(SyntaxError::new("misplaced-mount-key", mount.span, "a secret mount has `id` or `source`, not both"));
    }
}

fn target(mount: &Mount, kind: MountKind, errors: &mut Vec<SyntaxError>) {
    match &mount.target {
        Some(target) if !target.is_empty() && target.trim_matches('/').is_empty() => {
            errors.push(SyntaxError::new("invalid-mount-value", target.span(), "nothing can be mounted over `/`"));
        }
        None if mount.fields.iter().all(|f| KEYS.contains(&f.key.to_ascii_lowercase().as_str())) => {
            let message = format!("this {} mount has no target; it covers the working directory", kind.name());
            errors.push(SyntaxError::new("incomplete-mount", mount.span, message).help("add `target=/path`").warning());
        }
        _ => {} // there is one, or a misspelled one
    }
}

/// The bytes of a value; those of the field when it is empty.
fn place(value: &Text, field: &MountField) -> Span {
    if value.is_empty() { field.span } else { value.span() }
}
