use crate::lint::prelude::*;
use crate::model::host_key::{self, Unchecked, UncheckedKind, unchecked};
use crate::model::scripts;
use crate::model::written::copied;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "ssh-host-key-unchecked",
    summary: "the key of an SSH host is not compared",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("ssh_host_key_unchecked.md"),
    checks: &[
        Check::Instruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint], commands),
        Check::Instruction(&[Keyword::Env, Keyword::Arg, Keyword::Copy, Keyword::Add], settings),
    ],
};

const HELP: &str = "COPY a known_hosts file with the keys that the host publishes to /etc/ssh/ssh_known_hosts, and leave the check on";

fn commands(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if !scripts::mentions(at, &["ssh", "SSH", "StrictHost", "UserKnownHosts"]) {
        return;
    }
    if let Some(script) = scripts::of_instruction(at) {
        unchecked(&script.flow()).iter().for_each(|u| report(u, cx));
    }
}

fn settings(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    match at.instruction.typed() {
        Args::Env(pairs) => pairs.iter().filter_map(|kv| host_key::option(&kv.value.unquoted())).for_each(|u| report(&u, cx)),
        Args::Arg(declarations) => {
            let defaults = declarations.iter().filter_map(|d| d.default.as_ref());
            defaults.filter_map(|d| host_key::option(&d.unquoted())).for_each(|u| report(&u, cx));
        }
        _ => copied(at).iter().filter_map(host_key::text).for_each(|u| report(&u, cx)),
    }
}

fn report(unchecked: &Unchecked, cx: &mut Cx<'_>) {
    let (message, evidence) = match unchecked.kind {
        UncheckedKind::Off => ("SSH takes any host for the right one: its key is not compared", "off"),
        UncheckedKind::AcceptNew => ("SSH trusts whoever answers first: every build is the first time", "accept-new"),
        UncheckedKind::Forgotten => ("SSH knows no host: every one is new, and none is compared with what was seen before", "forgotten"),
        UncheckedKind::Scanned => ("ssh-keyscan keeps the key of whoever answers, and nothing compares it", "keyscan"),
    };
    cx.report(unchecked.span, message).help(HELP).evidence(evidence);
}
