use crate::lint::prelude::*;
use crate::model::dockerfile::Resolved;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "label-format",
    summary: "the key of a label is not of the form that labels have",
    group: Group::Style,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3048", "tally:tally/labels/valid-key"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("label_format.md"),
    checks: &[Check::Instruction(&[Keyword::Label], check)],
};

/// Namespaces that Docker keeps for itself.
const RESERVED: &[&str] = &["com.docker.", "io.docker.", "org.dockerproject."];

/// Keys in them that Docker asks others to set.
const FOR_OTHERS: &[&str] = &["com.docker.extension.", "com.docker.desktop.", "com.docker.compose.", "com.docker.image."];

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Args::Label(pairs) = at.instruction.typed() else { return };
    for pair in pairs {
        let Resolved::Known(key) = at.resolve(&pair.key) else { continue };
        if let Some((problem, help)) = problem(&key) {
            cx.report(pair.key.span(), format!("label `{}` {problem}", key.as_str())).help(help).evidence(key.as_str());
        }
    }
}

fn problem(key: &str) -> Option<(String, &'static str)> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric();
    if key.is_empty() {
        return None;
    }
    if let Some(namespace) = RESERVED.iter().find(|r| key.starts_with(*r)).filter(|_| !FOR_OTHERS.iter().any(|f| key.starts_with(f))) {
        return Some((format!("is in the namespace {namespace}*, which Docker keeps for itself"), "begin it with a domain of your own, as com.example.name"));
    }
    if !key.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some(("does not begin with a letter".into(), "begin it with a letter"));
    }
    if !key.ends_with(is_allowed) {
        return Some(("does not end with a letter or digit".into(), "end it with a letter or digit"));
    }
    let doubled = ["..", "--"].iter().find(|d| key.contains(*d))?;
    Some((format!("has `{doubled}` in it"), "write a single one"))
}
