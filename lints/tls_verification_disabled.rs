use crate::lint::prelude::*;
use crate::model::compose::Resolved;
use crate::model::switched_off::{Mend, SwitchedOff, certificate_text, certificate_variable, certificates};
use crate::model::written::{copied, written};
use crate::model::{assigned, scripts};
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "tls-verification-disabled",
    summary: "certificates are not checked",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.0),
    cis: &[],
    aliases: &[
        "checkov:CKV2_DOCKER_2",
        "checkov:CKV2_DOCKER_3",
        "checkov:CKV2_DOCKER_4",
        "checkov:CKV2_DOCKER_5",
        "checkov:CKV2_DOCKER_6",
        "checkov:CKV2_DOCKER_12",
        "checkov:CKV2_DOCKER_13",
        "checkov:CKV2_DOCKER_14",
        "checkov:CKV2_DOCKER_15",
        "checkov:CKV2_DOCKER_16",
    ],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("tls_verification_disabled.md"),
    checks: &[
        Check::Instruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], commands),
        Check::Instruction(&[Keyword::Env, Keyword::Arg, Keyword::Copy, Keyword::Add], settings),
        Check::Service(service),
    ],
};

const HELP: &str = "leave the check on; a certificate of your own authority goes into the trust store (`COPY ca.crt /usr/local/share/ca-certificates/` and `RUN update-ca-certificates`)";

fn commands(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Some(script) = scripts::of_instruction(at) else { return };
    let flow = script.flow();
    let of_text = written(&flow).into_iter().flat_map(|w| certificate_text(&w.text));
    let found: Vec<SwitchedOff> = certificates(&flow).into_iter().chain(of_text).collect();
    found.iter().for_each(|off| report(off, None, cx));
    for (name, value) in assigned::variables(&flow) {
        variable(&name, &value, cx);
    }
}

fn settings(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    match at.instruction.typed() {
        Args::Env(pairs) => pairs.iter().for_each(|kv| variable(&kv.key, &kv.value.unquoted(), cx)),
        Args::Arg(declarations) => {
            for d in &declarations {
                if let Some(default) = &d.default {
                    variable(&d.name, &default.unquoted(), cx);
                }
            }
        }
        _ => copied(at).iter().flat_map(|w| certificate_text(&w.text)).for_each(|off| report(&off, None, cx)),
    }
}

fn service(service: &Service, cx: &mut Cx<'_>) {
    let path = |key: &str| format!("services.{}.{key}", service.name);
    let mut set: Vec<(Text, Option<Resolved>, bool, String)> =
        service.environment().into_iter().map(|v| (v.name, v.value, v.origin.is_shared(), "environment".to_string())).collect();
    if let Some(build) = service.build() {
        set.extend(build.args.iter().map(|a| (a.name.clone(), a.value.clone(), a.origin.is_shared(), "build.args".to_string())));
    }
    for (name, value, shared, key) in set {
        let off = value.filter(|v| v.is_known()).and_then(|v| of_variable(&name, &v.text, cx));
        if let Some(off) = off {
            report(&editable(off, shared), Some(&path(&format!("{key}.{name}"))), cx);
        }
    }
    for found in scripts::of_service(service) {
        if found.path == "healthcheck.test" && asks_itself(service, found.script.span, cx) {
            continue;
        }
        for off in certificates(&found.script.flow()) {
            report(&editable(off, found.shared), Some(&path(found.path)), cx);
        }
    }
}

/// Whether a health check names its own service as the host: nothing is in between then.
fn asks_itself(service: &Service, check: Span, cx: &Cx<'_>) -> bool {
    let source = cx.world.sources.get(check.file);
    let names = ["hostname", "container_name"].into_iter().filter_map(|key| service.text(&[key]).set().map(|t| t.value.text.to_string()));
    let is_host = |name: &str| {
        let mut after = source.slice(check).split("://").skip(1);
        after.any(|rest| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '/', '"', '\'', ' ']) || rest.is_empty()))
    };
    is_host(&service.name) || names.into_iter().any(|name| is_host(&name))
}

/// Bytes that other places use too are not edited.
fn editable(off: SwitchedOff, shared: bool) -> SwitchedOff {
    if shared { SwitchedOff { mend: Mend::Nothing, ..off } } else { off }
}

fn variable(name: &Text, value: &Text, cx: &mut Cx<'_>) {
    if let Some(off) = of_variable(name, value, cx) {
        report(&off, None, cx);
    }
}

fn of_variable(name: &Text, value: &Text, cx: &Cx<'_>) -> Option<SwitchedOff> {
    let (program, on) = certificate_variable(name, value)?;
    // What an interpolation brought in is not edited here.
    let in_place = value.file() == name.file() && cx.world.sources.get(value.file()).slice(value.span()) == value.as_str();
    let mend = on.filter(|_| in_place).map_or(Mend::Nothing, |on| Mend::Replace(value.span(), on));
    Some(SwitchedOff { span: name.span(), written: format!("{name}={value}"), program: program.into(), mend })
}

fn report(off: &SwitchedOff, path: Option<&str>, cx: &mut Cx<'_>) {
    let edit = cx.mend(off.mend);
    let message = format!("`{}` makes {} accept any certificate: whoever is on the way can change what it gets", off.written, off.program);
    let mut report = cx.report(off.span, message).help(HELP).evidence(off.written.as_str());
    if let Some(path) = path {
        report = report.at(path);
    }
    if let Some(edit) = edit {
        report = report.fix(Safety::Unsafe, "check certificates again", vec![edit]);
    }
    report.file();
}
