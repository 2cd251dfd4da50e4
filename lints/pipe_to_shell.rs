use crate::lint::prelude::*;
use crate::model::remote_code::{RemoteCode, remote_code};
use crate::model::{scripts, url};

pub static LINT: Lint = Lint {
    id: "pipe-to-shell",
    summary: "what was downloaded is run unseen",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(6.5),
    cis: &[],
    aliases: &["droast:DF021"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("pipe_to_shell.md"),
    checks: &[
        Check::Instruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], instruction),
        Check::Service(service),
    ],
};

const HELP: &str = "save it to a file, compare it with the hash of the version that was read (`echo \"<sha256>  install.sh\" | sha256sum -c`), then run it";

fn instruction(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if !scripts::mentions(at, &["curl", "wget", "fetch", "aria2c"]) {
        return;
    }
    if let Some(script) = scripts::of_instruction(at) {
        remote_code(&script.flow()).iter().for_each(|code| found(code, None, cx));
    }
}

fn service(service: &Service, cx: &mut Cx<'_>) {
    for found_in in scripts::of_service(service) {
        let path = format!("services.{}.{}", service.name, found_in.path);
        remote_code(&found_in.script.flow()).iter().for_each(|code| found(code, Some(&path), cx));
    }
}

fn found(code: &RemoteCode<'_>, path: Option<&str>, cx: &mut Cx<'_>) {
    let from = url::shown(&code.download.url);
    let mut report = cx
        .report(code.span, format!("{} runs whatever {from} sends: nobody has seen it, nothing has checked it", code.runner))
        .help(HELP)
        .evidence(from);
    for login in url::login_spans(&code.download.url) {
        report = report.secret(login);
    }
    if let Some(path) = path {
        report = report.at(path);
    }
    report.file();
}
