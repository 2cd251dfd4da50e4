//! What one comment asks for, in our own words and in those of other linters.
//!
//! | linter | comment | covers |
//! |---|---|---|
//! | dockvet | `dockvet: ignore[ids] until=2027-01-31 reason`, `dockvet: ignore-file[ids] reason` | node, file |
//! | hadolint | `hadolint ignore=DL3002,DL3008 # why`, `hadolint stage ignore=..`, `hadolint global ignore=..` | node, stage, file |
//! | BuildKit | `check=skip=RuleA,RuleB;error=true` as a directive, or above an instruction | file, node |
//! | tally | `tally ignore=x;reason=why`, `tally global ignore=x` | node, file |
//! | droast | `droast ignore=DF001 reason="why" expires=2027-01-31`, `droast global ignore=..` | node, file |
//! | Trivy | `trivy:ignore:DS-0002:exp:2027-01-31`, also several | node; above the first instruction the file |
//! | Checkov | `checkov:skip=CKV_DOCKER_3:why` | file |
//! | semgrep | `nosemgrep`, `nosemgrep: id, id` | node or line |
//! | dclint | `dclint disable[-file|-line|-next-line] rule rule` | file, line, node |
//! | KICS | `kics-scan ignore`, `ignore-line`, `ignore-block`, `disable=ids` | file, node, node, file |

use crate::syntax::text::Text;

/// The linter that a comment is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // their names say all
pub enum Dialect {
    Dockvet,
    Buildkit,
    Checkov,
    Dclint,
    Droast,
    Hadolint,
    Kics,
    Semgrep,
    Tally,
    Trivy,
}

impl Dialect {
    /// The name of the linter, as aliases of lints have it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Dockvet => "dockvet",
            Dialect::Buildkit => "buildkit",
            Dialect::Checkov => "checkov",
            Dialect::Dclint => "dclint",
            Dialect::Droast => "droast",
            Dialect::Hadolint => "hadolint",
            Dialect::Kics => "kics",
            Dialect::Semgrep => "semgrep",
            Dialect::Tally => "tally",
            Dialect::Trivy => "trivy",
        }
    }
}

/// What a comment covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The node below it, or the one on its own line.
    Node,
    /// The stage it stands in.
    Stage,
    /// The whole file, wherever it stands.
    File,
    /// The whole file when nothing but comments stands before it, else nothing.
    FileOnTop,
    /// The whole file when nothing but comments stands before it, else the node below it.
    TopOrNode,
}

/// One thing a comment asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pragma {
    /// Whose words it uses.
    pub dialect: Dialect,
    /// What it covers.
    pub scope: Scope,
    /// The lints or rules it names; none means all of them.
    pub names: Vec<Text>,
    /// Why, as far as it says so.
    pub reason: Text,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub until: Option<Text>,
}

/// What the text of a comment, without its `#`, asks for.
pub fn parse(text: &Text) -> Vec<Pragma> {
    let text = &text.trim();
    let mut out: Vec<Pragma> =
        [dockvet(text), hadolint(text), tally(text), droast(text), dclint(text), kics(text)].into_iter().flatten().collect();
    if let Some(value) = after(text, "check=") {
        out.extend(buildkit(&value));
    }
    out.extend(checkov(text));
    out.extend(semgrep(text));
    out.extend(trivy(text));
    out
}

/// `skip=RuleA,RuleB;error=true`, the value of the directive `check`.
pub fn buildkit(value: &Text) -> Option<Pragma> {
    let part = split(value, ';').into_iter().find_map(|part| after(&part.trim(), "skip="))?;
    let names = split(&part, ',');
    let all = names.iter().any(|n| n.trim().eq_ignore_ascii_case("all"));
    Some(pragma(Dialect::Buildkit, Scope::Node, if all { Vec::new() } else { trimmed(names) }, empty(value)))
}

fn dockvet(text: &Text) -> Option<Pragma> {
    let rest = after(text, "dockvet:")?.trim();
    let (scope, rest) = match after(&rest, "ignore-file") {
        Some(rest) => (Scope::FileOnTop, rest),
        None => (Scope::Node, after(&rest, "ignore")?),
    };
    let (names, reason) = match after(&rest, "[") {
        Some(inner) => {
            let close = inner.find(']')?;
            (trimmed(split(&inner.slice(0..close), ',')), inner.slice(close + 1..inner.len()).trim())
        }
        // `ignored` is another word.
        None if rest.is_empty() || rest.starts_with(char::is_whitespace) => (Vec::new(), rest.trim()),
        None => return None,
    };
    let (until, reason) = match after(&reason, "until=") {
        Some(rest) => {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (Some(rest.slice(0..end)), rest.slice(end..rest.len()).trim())
        }
        None => (None, reason),
    };
    Some(Pragma { until, ..pragma(Dialect::Dockvet, scope, names, reason) })
}

/// Reads `ignore=`, `global ignore=` and `stage ignore=` after the name of the linter, and gives what follows.
fn ignore_after(text: &Text, linter: &str) -> Option<(Scope, Text)> {
    let rest = after(text, linter).filter(|r| r.starts_with(char::is_whitespace))?.trim();
    let (scope, rest) = match (after(&rest, "global"), after(&rest, "stage")) {
        (Some(rest), _) => (Scope::File, rest.trim()),
        (_, Some(rest)) => (Scope::Stage, rest.trim()),
        _ => (Scope::Node, rest),
    };
    let rest = after(&rest, "ignore")?.trim();
    Some((scope, after(&rest, "=")?.trim()))
}

fn hadolint(text: &Text) -> Option<Pragma> {
    let (scope, rest) = ignore_after(text, "hadolint")?;
    // Hadolint wants a second `#` before the reason and drops the whole comment without a word when it lacks.
    let (list, reason) = rest.split_once('#').unwrap_or_else(|| {
        let end = end_of_list(&rest);
        (rest.slice(0..end), rest.slice(end..rest.len()))
    });
    Some(pragma(Dialect::Hadolint, scope, trimmed(split(&list, ',')), reason.trim()))
}

/// Where a list `A, B,C` ends and words begin.
fn end_of_list(text: &str) -> usize {
    let mut end = 0;
    let mut open = true;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim();
        if !bare.is_empty() {
            if !open && !bare.starts_with(',') {
                break;
            }
            open = bare.ends_with(',');
        }
        end += word.len();
    }
    end
}

fn tally(text: &Text) -> Option<Pragma> {
    let (scope, rest) = ignore_after(text, "tally")?;
    let (list, options) = rest.split_once(';').unwrap_or_else(|| (rest.clone(), empty(&rest)));
    let reason = split(&options, ';').into_iter().find_map(|o| after(&o.trim(), "reason=")).unwrap_or_else(|| empty(&rest));
    Some(pragma(Dialect::Tally, scope, trimmed(split(&list, ',')), reason))
}

fn droast(text: &Text) -> Option<Pragma> {
    let (scope, rest) = ignore_after(text, "droast")?;
    let end = end_of_list(&rest);
    let (list, options) = (rest.slice(0..end), rest.slice(end..rest.len()));
    let option = |name: &str| {
        let at = options.find(name)? + name.len();
        let value = options.slice(at..options.len());
        Some(match after(&value, "\"") {
            Some(inner) => inner.slice(0..inner.find('"').unwrap_or(inner.len())),
            None => value.slice(0..value.find(char::is_whitespace).unwrap_or(value.len())),
        })
    };
    let reason = option("reason=").unwrap_or_else(|| empty(&rest));
    Some(Pragma { until: option("expires="), ..pragma(Dialect::Droast, scope, trimmed(split(&list, ',')), reason) })
}

fn dclint(text: &Text) -> Option<Pragma> {
    let rest = after(text, "dclint").filter(|r| r.starts_with(char::is_whitespace))?.trim();
    let rest = after(&rest, "disable")?;
    let (scope, rest) = match (after(&rest, "-file"), after(&rest, "-next-line"), after(&rest, "-line")) {
        (Some(rest), ..) => (Scope::File, rest),
        (_, Some(rest), _) | (.., Some(rest)) => (Scope::Node, rest),
        _ => (Scope::File, rest),
    };
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    Some(pragma(Dialect::Dclint, scope, rest.split_whitespace(), empty(&rest)))
}

fn kics(text: &Text) -> Option<Pragma> {
    let rest = after(text, "kics-scan").filter(|r| r.starts_with(char::is_whitespace))?.trim();
    let word = rest.slice(0..rest.find(char::is_whitespace).unwrap_or(rest.len()));
    if let Some(ids) = after(&word, "disable=") {
        return Some(pragma(Dialect::Kics, Scope::FileOnTop, trimmed(split(&ids, ',')), empty(&rest)));
    }
    let scope = match word.as_str() {
        "ignore" => Scope::FileOnTop,
        "ignore-line" | "ignore-block" => Scope::Node,
        _ => return None,
    };
    Some(pragma(Dialect::Kics, scope, Vec::new(), empty(&rest)))
}

fn checkov(text: &Text) -> Vec<Pragma> {
    let found = text.split_whitespace().into_iter().filter_map(|word| {
        let rest = after(&word, "checkov:skip=").or_else(|| after(&word, "bridgecrew:skip="))?;
        // The reason runs to the end of the comment.
        let at = rest.find(':').unwrap_or(rest.len());
        let start = word.len() - rest.len() + at + 1;
        let from = text.find(word.as_str())? + start.min(word.len());
        Some(pragma(Dialect::Checkov, Scope::File, vec![rest.slice(0..at)], text.slice(from..text.len()).trim()))
    });
    found.collect()
}

fn semgrep(text: &Text) -> Option<Pragma> {
    let at = text.find("nosemgrep")?;
    let before = text.get(..at)?;
    let rest = text.slice(at + "nosemgrep".len()..text.len());
    if before.ends_with(|c: char| c.is_alphanumeric()) || rest.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let list = after(&rest, ":").map(|list| {
        let list = list.trim();
        list.slice(0..end_of_list(&list))
    });
    Some(pragma(Dialect::Semgrep, Scope::Node, list.map_or_else(Vec::new, |l| trimmed(split(&l, ','))), empty(&rest)))
}

fn trivy(text: &Text) -> Vec<Pragma> {
    let found = text.split_whitespace().into_iter().filter_map(|word| {
        let rest = after(&word, "trivy:ignore:").or_else(|| after(&word, "tfsec:ignore:"))?;
        let mut parts = split(&rest, ':').into_iter();
        let name = parts.next()?;
        let until = parts.find(|p| p.as_str() == "exp").and_then(|_| parts.next());
        let names = if name.as_str() == "*" { Vec::new() } else { vec![name] };
        Some(Pragma { until, ..pragma(Dialect::Trivy, Scope::TopOrNode, names, empty(&rest)) })
    });
    found.collect()
}

fn pragma(dialect: Dialect, scope: Scope, names: Vec<Text>, reason: Text) -> Pragma {
    Pragma { dialect, scope, names, reason, until: None }
}

fn after(text: &Text, prefix: &str) -> Option<Text> {
    text.starts_with(prefix).then(|| text.slice(prefix.len()..text.len()))
}

fn empty(text: &Text) -> Text {
    text.slice(text.len()..text.len())
}

fn split(text: &Text, separator: char) -> Vec<Text> {
    let mut out = Vec::new();
    let mut from = 0;
    for part in text.split(separator) {
        out.push(text.slice(from..from + part.len()));
        from += part.len() + separator.len_utf8();
    }
    out
}

fn trimmed(parts: Vec<Text>) -> Vec<Text> {
    parts.into_iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect()
}
