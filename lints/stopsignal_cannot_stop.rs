use crate::lint::prelude::*;
use crate::model::dockerfile::Resolved;
use crate::syntax::dockerfile::is_signal;

pub static LINT: Lint = Lint {
    id: "stopsignal-cannot-stop",
    summary: "the stop signal gives the program no chance to end",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["tally:tally/no-ungraceful-stopsignal"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("stopsignal_cannot_stop.md"),
    checks: &[Check::Instruction(&[Keyword::Stopsignal], instruction), Check::Service(service)],
};

const HELP: &str = "write SIGTERM, or the signal on which the program ends in good order";

fn instruction(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if at.stage.is_some_and(|s| at.dockerfile.is_windows(s)) {
        return;
    }
    let word = &at.instruction.args;
    let Resolved::Known(signal) = at.resolve(word) else { return };
    if let Some(effect) = effect(&signal) {
        cx.report(word.span(), format!("{} {effect}", signal.as_str())).help(HELP).evidence(signal.as_str());
    }
}

fn service(service: &Service, cx: &mut Cx<'_>) {
    let Slot::Set(signal) = service.text(&["stop_signal"]) else { return };
    let signal = &signal.value;
    if !signal.is_certain() || signal.is_empty() {
        return;
    }
    let name = &service.name;
    let message = match effect(&signal.text) {
        Some(effect) => format!("stop_signal of service {name}: {} {effect}", signal.as_str()),
        // In a Dockerfile this is an error in the syntax.
        None if !is_signal(&signal.text) => format!("stop_signal of service {name}: there is no signal {}", signal.as_str()),
        None => return,
    };
    cx.report(signal.span(), message).help(HELP).evidence(signal.as_str());
}

/// What a signal does that no program can handle.
fn effect(signal: &str) -> Option<&'static str> {
    let upper = signal.trim().to_ascii_uppercase();
    match upper.strip_prefix("SIG").unwrap_or(&upper) {
        "KILL" | "9" => Some("ends the program at once: it cannot finish its work or save its data"),
        "STOP" | "19" => Some("freezes the program instead of ending it, until it is killed"),
        _ => None,
    }
}
