use crate::lint::prelude::*;
use crate::syntax::dockerfile::{Args, Instruction, KeyValue};

pub static LINT: Lint = Lint {
    id: "legacy-key-value",
    summary: "a variable or label is set in the old form, without an equals sign",
    group: Group::Style,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &["buildkit:LegacyKeyValueFormat"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("legacy_key_value.md"),
    checks: &[Check::Instruction(&[Keyword::Env, Keyword::Label], check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let (Args::Env(pairs) | Args::Label(pairs)) = at.instruction.typed() else { return };
    let Some(pair) = pairs.first().filter(|p| p.legacy) else { return };
    let (keyword, key) = (at.instruction.keyword, &pair.key);
    let span = key.span().to(pair.value.span());
    if pair.value.starts_with('=') {
        // What is meant is not what it says, so there is nothing to fix safely.
        cx.report(span, format!("{keyword} `{key}` has a blank before its `=`, which becomes part of the value"))
            .help(format!("write `{keyword} {key}=value` without blanks"))
            .evidence(key.as_str());
        return;
    }
    let edits = edits(at.instruction, pair);
    let mut report = cx
        .report(span, format!("{keyword} `{key}` is in the old form, without `=`"))
        .help(format!("write `{keyword} {key}=value`, with quotes around a value that has blanks"))
        .evidence(key.as_str());
    if let Some(edits) = edits {
        report = report.fix(Safety::Safe, format!("write {key}=value"), edits);
    }
    report.file();
}

/// Puts `=` between key and value, and quotes around a value of several words. None when quotes or escapes in it would
/// mean something else then, or when comments would be lost.
fn edits(instruction: &Instruction, pair: &KeyValue) -> Option<Vec<(Span, String)>> {
    let (key, value) = (&pair.key, &pair.value);
    let gap = Span { start: key.span().end, ..value.span().at_start() };
    // Blanks outside ASCII end a word of the new form, but not the key of the old one.
    if !instruction.comments.is_empty() || key.contains(|c: char| c == '"' || c == '\'' || c.is_whitespace()) {
        return None;
    }
    let special = |c: char| c == '"' || c == '\'' || c == instruction.escape;
    if !value.contains(char::is_whitespace) || is_quoted_whole(value, instruction.escape) {
        return Some(vec![(gap, "=".into())]);
    }
    (!value.contains(special)).then(|| vec![(gap, "=\"".into()), (value.span().at_end(), "\"".into())])
}

fn is_quoted_whole(value: &str, escape: char) -> bool {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)).is_some_and(|t| !t.contains([quote, escape]));
    inner('"') || inner('\'')
}
