use crate::lint::prelude::*;
use crate::model::key_import::{short_key_ids, trusted_keys};
use crate::model::switched_off::{SwitchedOff, signature_text, signatures};
use crate::model::written::{copied, written};
use crate::model::{assigned, scripts, url};
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "package-verification-disabled",
    summary: "signatures of packages are not checked",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.0),
    cis: &["4.11"],
    aliases: &[
        "checkov:CKV2_DOCKER_7",
        "checkov:CKV2_DOCKER_8",
        "checkov:CKV2_DOCKER_9",
        "checkov:CKV2_DOCKER_10",
        "checkov:CKV2_DOCKER_11",
        "dockle:CIS-DI-0005",
    ],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("package_verification_disabled.md"),
    checks: &[
        Check::Instruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint], commands),
        Check::Instruction(&[Keyword::Env, Keyword::Arg, Keyword::Copy, Keyword::Add], settings),
    ],
};

const HELP: &str = "leave the check on; add the key of the repository (`signed-by=` of apt, `gpgkey=` of dnf, a file in /etc/apk/keys)";
const KEY_HELP: &str =
    "COPY the key from the repository of the Dockerfile to /etc/apt/keyrings and name it with `signed-by=`, or compare its hash before it is added";

fn commands(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Some(script) = scripts::of_instruction(at) else { return };
    let flow = script.flow();
    let of_text = written(&flow).into_iter().flat_map(|w| signature_text(&w.text));
    let found: Vec<SwitchedOff> = signatures(&flow).into_iter().chain(of_text).collect();
    found.iter().for_each(|off| report(off, cx));
    for (name, value) in assigned::variables(&flow) {
        variable(&name, &value, cx);
    }
    for key in trusted_keys(&flow) {
        let from = url::shown(&key.download.url);
        let level = if key.download.url.starts_with("http:") { Level::Error } else { Level::Warning };
        cx.report(key.span, format!("the key from {from} is trusted for every repository, and nothing compares it"))
            .help(KEY_HELP)
            .level(level)
            .evidence(from);
    }
    for id in short_key_ids(&flow) {
        cx.report(id.span(), format!("key id {id} has 8 digits: others can make a key with the same id"))
            .help("write the whole fingerprint of 40 digits")
            .evidence(id.as_str());
    }
}

fn settings(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    match at.instruction.typed() {
        Args::Env(pairs) => pairs.iter().for_each(|kv| variable(&kv.key, &kv.value.unquoted(), cx)),
        Args::Arg(declarations) => {
            let given = declarations.iter().filter_map(|d| Some((&d.name, d.default.as_ref()?.unquoted())));
            given.for_each(|(name, value)| variable(name, &value, cx));
        }
        _ => copied(at).iter().flat_map(|w| signature_text(&w.text)).for_each(|off| report(&off, cx)),
    }
}

fn variable(name: &Text, value: &Text, cx: &mut Cx<'_>) {
    if name.as_str() == "DOCKER_CONTENT_TRUST" && value.as_str() == "0" {
        cx.report(name.span(), "DOCKER_CONTENT_TRUST=0 takes images whose signature nobody checked")
            .help("leave it out, or name images by digest")
            .evidence(name.as_str());
    }
}

fn report(off: &SwitchedOff, cx: &mut Cx<'_>) {
    let edit = cx.mend(off.mend);
    let message = format!("`{}` makes {} install packages whose signature nobody checked", off.written, off.program);
    let mut report = cx.report(off.span, message).help(HELP).evidence(off.written.as_str());
    if let Some(edit) = edit {
        report = report.fix(Safety::Unsafe, "check signatures again", vec![edit]);
    }
    report.file();
}
