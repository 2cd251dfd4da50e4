use crate::lint::prelude::*;
use crate::model::scripts;
use crate::model::secret::find_secrets;
use crate::model::stored_secret::{From, Stored, stored, traced};

pub static LINT: Lint = Lint {
    id: "secret-in-run",
    summary: "a command keeps a credential in the layer",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.0),
    cis: &[],
    aliases: &["trivy:DS-0031"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("secret_in_run.md"),
    checks: &[Check::Instruction(&[Keyword::Run], check)],
};

const MOUNT: &str = "mount it where the tool looks for it (RUN --mount=type=secret,id=…,target=…), or take the login back in the same RUN";

/// What must be in a RUN for it to keep a credential.
const WORDS: &[&str] = &["login", "auth", "configure", "config", "secrets", "npmrc", "netrc", "pypirc", "password", ".env", "nuget", "pgpass"];

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let has_secret = at.instruction.flags_named("mount").any(|f| f.value.as_ref().is_some_and(|v| v.contains("secret")));
    if !has_secret && !scripts::mentions(at, WORDS) {
        return;
    }
    for stored in stored(at) {
        kept(&stored, cx);
    }
    if let Some((span, id)) = traced(at) {
        cx.report(span, format!("set -x prints the secret {id} into the log of the build"))
            .help("set +x before it is expanded, or let the program read the file itself")
            .evidence(id);
    }
}

fn kept(stored: &Stored, cx: &mut Cx<'_>) {
    let by = &stored.by;
    match &stored.from {
        // One credential, one finding.
        From::Literal(text) if !find_secrets(text).is_empty() => {}
        From::Literal(text) => {
            cx.report(stored.span, format!("a credential that is written out here is kept by {by}, and in the history of the image"))
                .help(MOUNT)
                .evidence(by.as_str())
                .secret(text.span())
                .file();
        }
        From::Mount(id) => {
            cx.report(stored.span, format!("the mounted secret {id} is kept in the layer, by {by}")).help(MOUNT).evidence(format!("{id} {by}")).file();
        }
        From::File(path) => {
            cx.report(stored.span, format!("{by} keeps the key {path} in the layer")).help(MOUNT).evidence(path.as_str()).file();
        }
    }
}
