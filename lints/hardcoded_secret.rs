use crate::lint::prelude::*;
use crate::model::secret::{find_secrets, redact};

pub static LINT: Lint = Lint {
    id: "hardcoded-secret",
    summary: "a credential in a provider's own format is written in the file",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(8.5),
    cis: &["4.10"],
    aliases: &["tally:tally/secrets-in-code", "checkov:CKV_SECRET_2", "kics:Passwords And Secrets"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("hardcoded_secret.md"),
    checks: &[Check::Value(check)],
};

fn check(value: &Value, cx: &mut Cx<'_>) {
    for hit in find_secrets(&value.text) {
        let span = value.text.span_of(hit.range.clone());
        let written = value.text.get(hit.range).unwrap_or("");
        cx.report(span, format!("{} in clear text: {}", hit.format.name(), redact(written)))
            .help("revoke it, then pass the new one at run time: a secret file, or `RUN --mount=type=secret` in a build")
            .evidence(hit.format.id)
            .secret(span);
    }
}
