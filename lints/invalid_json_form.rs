use crate::lint::prelude::*;
use crate::syntax::dockerfile::{Args, CommandForm, Healthcheck, lenient_array};

pub static LINT: Lint = Lint {
    id: "invalid-json-form",
    summary: "arguments that begin like a JSON array and are none",
    group: Group::Correctness,
    level: Level::Error,
    default: true,
    score: None,
    cis: &[],
    aliases: &["tally:tally/invalid-json-form"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("invalid_json_form.md"),
    checks: &[Check::Instruction(KEYWORDS, check)],
};

/// SHELL takes nothing else, so `dockerfile-syntax` has it.
const KEYWORDS: &[Keyword] =
    &[Keyword::Add, Keyword::Cmd, Keyword::Copy, Keyword::Entrypoint, Keyword::Healthcheck, Keyword::Run, Keyword::Volume];

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if !at.instruction.looks_like_json {
        return;
    }
    let keyword = at.instruction.keyword;
    let (written, what_happens) = match at.instruction.typed() {
        Args::Run(CommandForm::Shell(line)) | Args::Cmd(CommandForm::Shell(line)) | Args::Entrypoint(CommandForm::Shell(line)) => {
            (line, "a shell runs it as it stands")
        }
        Args::Healthcheck(Healthcheck::Cmd { command: CommandForm::Shell(line), .. }) => (line, "a shell runs it as it stands"),
        _ => (at.instruction.args.clone(), "its brackets become part of the paths"),
    };
    // An array of other things than strings is refused, and reported as such.
    if serde_json::from_str::<Vec<serde::de::IgnoredAny>>(&written).is_ok() {
        return;
    }
    let Some(array) = lenient_array(&written).filter(|a| is_meant(&written, keyword, a.elements.as_deref())) else { return };
    let json = array.elements.map(|e| format!("[{}]", e.iter().map(|e| serde_json::json!(e).to_string()).collect::<Vec<_>>().join(", ")));
    let mut report = cx
        .report(written.span(), format!("{keyword} looks like a JSON array and is none, so {what_happens}: {}", array.problem))
        .evidence(keyword.as_str());
    if let Some(json) = &json {
        report = report.help(format!("write `{json}`"));
    }
    if let Some(json) = json.filter(|_| at.instruction.comments.is_empty()) {
        report = report.fix(Safety::Unsafe, "write it as JSON", vec![(written.span(), json)]);
    }
    report.file();
}

/// `[` is also the command that tests, with blanks behind it and without commas, and begins a pattern of file names.
fn is_meant(written: &str, keyword: Keyword, elements: Option<&[String]>) -> bool {
    let inside = written.strip_prefix('[').unwrap_or(written);
    let quoted = inside.trim_start().starts_with(['"', '\'', '\u{201c}', '\u{2018}']);
    let tests = matches!(keyword, Keyword::Run | Keyword::Healthcheck) && inside.starts_with(char::is_whitespace);
    if inside.starts_with('[') || tests && (elements.is_none() || !written.contains(',')) {
        return false;
    }
    match keyword {
        Keyword::Add | Keyword::Copy => quoted || elements.is_some_and(|e| e.len() > 1),
        _ => elements.is_some() || quoted && !inside.starts_with(char::is_whitespace) || !inside.starts_with(char::is_whitespace) && written.ends_with(']'),
    }
}
