use crate::lint::prelude::*;
use crate::model::secret::{UrlLogin, ValueVerdict, find_secrets, find_url_logins, redact, value_says};

pub static LINT: Lint = Lint {
    id: "credentials-in-url",
    summary: "a password is written into an address",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.5),
    cis: &[],
    aliases: &["compose-lint:CL-0021", "checkov:CKV_SECRET_4", "kics:Password in URL"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("credentials_in_url.md"),
    checks: &[Check::Value(check)],
};

const HELP: &str = "change the password, then put a variable in its place (`${DB_PASSWORD}`) that is set where it runs; a step of a build takes it from `RUN --mount=type=secret`";

fn check(value: &Value, cx: &mut Cx<'_>) {
    for login in find_url_logins(&value.text) {
        let Some(password) = login.password.clone().filter(|_| is_written_out(&value.text, &login)) else { continue };
        let part = |range: std::ops::Range<usize>| value.text.get(range).unwrap_or("");
        let span = value.text.span_of(password.clone());
        let host = part(password.end + 1..login.url.end);
        cx.report(value.text.span_of(login.url.clone()), format!("the login for {host} is written into the address: \"{}\"", redact(part(password))))
            .help(HELP)
            .evidence(host)
            .secret(span);
    }
}

/// Whether the password is one: no variable, no stand-in, and not a credential that `hardcoded-secret` tells of.
fn is_written_out(text: &str, login: &UrlLogin) -> bool {
    let part = |range: &std::ops::Range<usize>| text.get(range.clone()).unwrap_or("");
    let Some(password) = login.password.as_ref().map(part) else { return false };
    let scheme = part(&login.url).split("://").next().unwrap_or("");
    let host = text.get(login.password.as_ref().map_or(0, |p| p.end) + 1..login.url.end).unwrap_or("");
    let is_pattern = |t: &str| t.contains(['{', '*', '[', ']', '\\', '^', '%', '<', '>', '(', ',']) && !t.contains("${");
    let is_example = matches!(part(&login.user), "user" | "username" | "USER" | "USERNAME") && matches!(password.to_ascii_lowercase().as_str(), "pass" | "password" | "pwd");
    let says = value_says(password);
    let is_secret = says == ValueVerdict::Literal || says == ValueVerdict::Number && password.len() >= 4;
    is_secret
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && !host.is_empty()
        && !is_pattern(password)
        && !is_pattern(host)
        && !password.contains('$')
        && !is_example
        && find_secrets(part(&login.url)).is_empty()
}
