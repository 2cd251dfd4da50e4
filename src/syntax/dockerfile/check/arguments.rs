//! The arguments of each instruction: how many, of what shape. What holds a variable is not judged by its shape.

use super::{alternatives, did_you_mean, nearest, values};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::shown;
use crate::syntax::dockerfile::{ArgDecl, Args, CommandForm, HealthOptions, Healthcheck, Instruction, KeyValue, Keyword, expand};
use crate::syntax::text::Text;

pub(super) fn check(instruction: &Instruction, args: &Args, errors: &mut Vec<SyntaxError>) {
    let found = match args {
        Args::Env(pairs) | Args::Label(pairs) => return key_values(instruction, pairs, errors),
        Args::Arg(decls) => return arg(instruction, decls, errors),
        Args::Copy(args) | Args::Add(args) => return super::copy::check(instruction, args, errors),
        Args::Expose(ports) => return expose(instruction, ports, errors),
        Args::Volume(paths) => return volume(instruction, paths, errors),
        Args::Healthcheck(health) => return healthcheck(instruction, health, errors),
        Args::Run(command) => run(instruction, command),
        Args::User(text) | Args::Workdir(text) | Args::Maintainer(text) => text.is_empty().then(|| missing(instruction, "an argument")),
        Args::Stopsignal(signal) => stopsignal(instruction, signal),
        Args::Shell(words) => shell(instruction, words),
        Args::Onbuild => onbuild(instruction),
        Args::From { .. } | Args::Cmd(_) | Args::Entrypoint(_) | Args::Unknown => None, // FROM: see `stages`
    };
    errors.extend(found);
}

/// The value of a word that has no variables in it.
pub(super) fn literal(word: &Text, escape: char) -> Option<Text> {
    let expansion = expand(word, escape, &|_| None);
    (expansion.variables.is_empty() && expansion.errors.is_empty()).then_some(expansion.value)
}

/// The bytes of `part`, or those of the keyword when there are none.
pub(super) fn place(part: &Text, instruction: &Instruction) -> Span {
    if part.is_empty() { instruction.name.span() } else { part.span() }
}

pub(super) fn missing(instruction: &Instruction, what: &str) -> SyntaxError {
    let message = format!("{} needs {what}", instruction.keyword.as_str());
    SyntaxError::new("missing-argument", instruction.name.span(), message)
}

/// For what is no instruction; `above` is the one before it.
pub(super) fn unknown(instruction: &Instruction, above: Option<&Instruction>) -> SyntaxError {
    let name = &instruction.name;
    if name.is_empty() {
        return SyntaxError::new("unknown-instruction", instruction.span, "a continuation with nothing in it");
    }
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].contains(&name.as_str()) {
        return SyntaxError::new("merge-conflict", name.span(), "a merge conflict marker").help("resolve the conflict");
    }
    let error = SyntaxError::new("unknown-instruction", name.span(), format!("unknown instruction `{}`", shown(name)));
    let names = Keyword::KNOWN.map(Keyword::as_str);
    if nearest(name, names).is_some() {
        return did_you_mean(error, name, names, "");
    }
    match above {
        Some(above) if matches!(above.keyword, Keyword::Run | Keyword::Unknown) => {
            error.help(format!("if it belongs to the lines above, end those with `{}`", instruction.escape))
        }
        _ => error,
    }
}

fn key_values(instruction: &Instruction, pairs: &[KeyValue], errors: &mut Vec<SyntaxError>) {
    if instruction.args.is_empty() {
        errors.push(missing(instruction, "key=value"));
    }
    let blank = pairs.iter().filter(|p| p.key.is_empty());
    errors.extend(blank.map(|p| blank_name(instruction, p.value.span())));
}

fn arg(instruction: &Instruction, decls: &[ArgDecl], errors: &mut Vec<SyntaxError>) {
    if decls.is_empty() {
        errors.push(missing(instruction, "a name"));
    }
    let blank = decls.iter().filter(|d| d.name.is_empty());
    errors.extend(blank.map(|d| blank_name(instruction, d.default.as_ref().map_or(d.name.span(), Text::span))));
}

/// `=value`: `value` is where the value stands.
fn blank_name(instruction: &Instruction, value: Span) -> SyntaxError {
    let span = Span { start: value.start.saturating_sub(1), ..value };
    SyntaxError::new("blank-name", span, format!("{} names nothing before `=`", instruction.keyword.as_str()))
}

fn expose(instruction: &Instruction, ports: &[Text], errors: &mut Vec<SyntaxError>) {
    if ports.is_empty() {
        errors.push(missing(instruction, "a port"));
    }
    for port in ports {
        let Some(value) = literal(port, instruction.escape) else { continue };
        let Some(problem) = values::port_problem(&value) else { continue };
        let message = format!("`{}` is no port to expose: {problem}", shown(port));
        let error = SyntaxError::new("invalid-port", port.span(), message);
        if port.starts_with('#') {
            return errors.push(error.help(OWN_LINE));
        }
        errors.push(error);
    }
}

/// People write comments behind instructions.
pub(super) const OWN_LINE: &str = "comments stand on lines of their own";

fn volume(instruction: &Instruction, paths: &[Text], errors: &mut Vec<SyntaxError>) {
    if paths.is_empty() {
        errors.push(missing(instruction, "a path"));
    }
    for path in paths {
        if literal(path, instruction.escape).is_some_and(|p| p.trim().is_empty()) {
            let span = if path.is_empty() { instruction.args.span() } else { path.span() };
            errors.push(SyntaxError::new("empty-volume", span, "the path of a volume is empty"));
        }
    }
}

fn run(instruction: &Instruction, command: &CommandForm) -> Option<SyntaxError> {
    let empty = match command {
        CommandForm::Shell(line) => line.is_empty(),
        CommandForm::Exec(words) => words.is_empty(),
    };
    empty.then(|| missing(instruction, "a command").warning())
}

fn stopsignal(instruction: &Instruction, signal: &Text) -> Option<SyntaxError> {
    if signal.is_empty() {
        return Some(missing(instruction, "a signal"));
    }
    let value = literal(signal, instruction.escape)?;
    if values::is_signal(&value) {
        return None;
    }
    let error = SyntaxError::new("invalid-signal", signal.span(), format!("unknown signal `{}`", shown(signal)));
    let upper = value.to_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    Some(did_you_mean(error, bare, values::SIGNALS, "SIG"))
}

fn shell(instruction: &Instruction, words: &[Text]) -> Option<SyntaxError> {
    if instruction.args.is_empty() || instruction.json.is_some() && words.is_empty() {
        return Some(missing(instruction, "a JSON array with a program in it"));
    }
    if instruction.json.is_some() || is_json_of_other_things(&instruction.args) {
        return None;
    }
    let error = SyntaxError::new("shell-not-json", instruction.args.span(), "SHELL takes a JSON array of strings only");
    if instruction.looks_like_json || instruction.args.len() > LONGEST_SHELL {
        return Some(error);
    }
    let quoted: Vec<_> = instruction.args.split_whitespace().iter().map(|w| serde_json::json!(w.as_str()).to_string()).collect();
    let array = format!("[{}]", quoted.join(", "));
    Some(error.help(format!("write `SHELL {array}`")).replace(array))
}

/// In bytes; people write a shell and an option or two.
const LONGEST_SHELL: usize = 200;

/// The parser told of those.
fn is_json_of_other_things(args: &Text) -> bool {
    serde_json::from_str::<Vec<serde::de::IgnoredAny>>(args).is_ok()
}

fn onbuild(instruction: &Instruction) -> Option<SyntaxError> {
    let Some(trigger) = &instruction.trigger else {
        return instruction.args.is_empty().then(|| missing(instruction, "an instruction"));
    };
    let name = trigger.keyword.as_str();
    matches!(trigger.keyword, Keyword::From | Keyword::Maintainer | Keyword::Onbuild)
        .then(|| SyntaxError::new("forbidden-trigger", trigger.name.span(), format!("{name} cannot be triggered by ONBUILD")))
}

fn healthcheck(instruction: &Instruction, health: &Healthcheck, errors: &mut Vec<SyntaxError>) {
    match health {
        Healthcheck::None => {
            let after = crate::syntax::dockerfile::args::after_first_word(&instruction.args);
            if !after.is_empty() || instruction.json.is_some() {
                errors.push(SyntaxError::new("too-many-arguments", place(&after, instruction), "HEALTHCHECK NONE takes no arguments"));
            }
        }
        Healthcheck::Invalid(word) if word.is_empty() => errors.push(missing(instruction, "`CMD` and a command, or `NONE`")),
        Healthcheck::Invalid(word) => {
            let message = format!("`{}` is not a kind of HEALTHCHECK", shown(word));
            let error =
                SyntaxError::new("invalid-healthcheck", word.span(), message).help(format!("write {}", alternatives(&["CMD", "NONE"])));
            errors.push(did_you_mean(error, word, ["CMD", "NONE"], ""));
        }
        Healthcheck::Cmd { options, command } => {
            let empty = match command {
                CommandForm::Shell(line) => line.is_empty(),
                CommandForm::Exec(words) => words.is_empty(),
            };
            if empty {
                errors.push(missing(instruction, "a command after CMD"));
            }
            health_options(options, errors);
        }
    }
}

fn health_options(options: &HealthOptions, errors: &mut Vec<SyntaxError>) {
    let HealthOptions { interval, timeout, start_period, start_interval, retries } = options;
    let durations = [("interval", interval), ("timeout", timeout), ("start-period", start_period), ("start-interval", start_interval)];
    for (name, value) in durations {
        let Some(value) = value.as_ref().filter(|v| !v.is_empty()) else { continue };
        errors.extend(duration_problem(name, value).map(|m| SyntaxError::new("invalid-healthcheck", value.span(), m)));
    }
    let Some(retries) = retries.as_ref().filter(|v| !v.is_empty()) else { return };
    if retries.parse::<i32>().map_or(true, |n| n < 0) {
        let message = format!("`--retries` is a whole number from 0 on, not `{}`", shown(retries));
        errors.push(SyntaxError::new("invalid-healthcheck", retries.span(), message));
    }
}

fn duration_problem(name: &str, value: &Text) -> Option<String> {
    match values::duration(value) {
        None => Some(format!("`--{name}` is a duration as `30s` or `1m30s`, not `{}`", shown(value))),
        Some(d) if d != 0.0 && d < 1e6 => Some(format!("`--{name}` is shorter than 1ms")),
        Some(_) => None,
    }
}
