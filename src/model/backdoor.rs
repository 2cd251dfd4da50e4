//! Ways back to root that commands leave in an image.

use super::command::writes;
use crate::source::Span;
use crate::syntax::shell::Flow;
use crate::syntax::text::Text;

/// Capabilities with which a process that is not root becomes root. Those that a container has not by default are among
/// them for images that are run with more.
const DANGEROUS: &[&str] = &[
    "all",
    "cap_bpf",
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_mac_admin",
    "cap_mac_override",
    "cap_setfcap",
    "cap_setgid",
    "cap_setpcap",
    "cap_setuid",
    "cap_sys_admin",
    "cap_sys_module",
    "cap_sys_ptrace",
    "cap_sys_rawio",
];

/// The first capability of a text of `setcap`, `cap_setuid,cap_chown+ep`, that is as good as root.
pub fn dangerous_capability(text: &str) -> Option<String> {
    text.split_whitespace().find_map(|clause| {
        let operator = clause.find(['=', '+', '-'])?;
        let (names, flags) = clause.split_at(operator);
        if !flags.contains(['=', '+']) || !flags.contains(['e', 'p', 'i']) {
            return None;
        }
        // `=ep` means every capability.
        let names = if names.is_empty() { "all".to_string() } else { names.to_ascii_lowercase() };
        names.split(',').find(|n| DANGEROUS.contains(n)).map(|n| if n == "all" { "every capability".into() } else { n.to_string() })
    })
}

/// The word NOPASSWD of a rule that holds for all commands, `NOPASSWD: ALL`, outside comments.
pub fn no_password_rule(text: &Text) -> Option<Span> {
    const TAG: &str = "NOPASSWD";
    let (at, _) = text.match_indices(TAG).find(|(at, _)| {
        let line = text.get(..*at).unwrap_or("").rsplit('\n').next().unwrap_or("");
        let rest = text.get(at + TAG.len()..).unwrap_or("");
        let rest: String = rest.chars().take(40).filter(|c| !c.is_whitespace() && *c != '\\').collect();
        let rest = rest.strip_prefix(":SETENV").unwrap_or(&rest);
        !line.trim_start().starts_with('#') && rest.starts_with(":ALL")
    })?;
    Some(text.span_of(at..at + TAG.len()))
}

/// The NOPASSWD that a script writes into `/etc/sudoers` or a file of `/etc/sudoers.d`.
pub fn passwordless_sudo(flow: &Flow<'_>) -> Option<Span> {
    let writes = writes(flow);
    let mut into_sudoers = writes.iter().filter(|w| w.path.contains("/etc/sudoers")).peekable();
    into_sudoers.peek()?;
    flow.commands.iter().flat_map(|c| c.words()).find_map(|word| no_password_rule(&word.unquoted()))
}

/// Words with a password that are piped or redirected into `chpasswd` and `passwd --stdin`.
pub fn written_passwords(flow: &Flow<'_>) -> Vec<Text> {
    let is_setter = |program: &str| matches!(program, "chpasswd" | "passwd");
    let mut found = Vec::new();
    for command in &flow.commands {
        if command.is(&["echo", "printf"]) {
            let reader = flow.readers(command).into_iter().find(|c| is_setter(c.program()));
            let hashed = reader.is_some_and(|c| c.has_flag(&["-e", "--encrypted"]));
            let words = command.args().iter().filter(|w| !w.text.starts_with('-')).filter_map(|w| w.literal.clone());
            let of_chpasswd = reader.is_some_and(|c| c.is(&["chpasswd"]));
            if reader.is_some() && !hashed {
                found.extend(words.filter(|w| is_password(w, of_chpasswd)).take(1));
            }
        } else if is_setter(command.program()) && !command.has_flag(&["-e", "--encrypted"]) {
            let strings = command.redirects.iter().filter(|r| r.op == crate::syntax::shell::RedirectOp::HereString);
            let of_chpasswd = command.is(&["chpasswd"]);
            found.extend(strings.filter_map(|r| r.target.literal.clone()).filter(|w| is_password(w, of_chpasswd)));
        }
    }
    found
}

/// `user:password` for `chpasswd`, anything for `passwd`; nothing that `printf` fills in.
fn is_password(word: &str, of_chpasswd: bool) -> bool {
    let filled = word.contains(['%', '$', '`']);
    let named = word.split_once(':').is_some_and(|(user, password)| !user.is_empty() && !password.trim().is_empty());
    !filled && !word.trim().is_empty() && (named || !of_chpasswd)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::parse;

    fn text(source: &str) -> Text {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        Text::verbatim(id, 0, source)
    }

    #[test]
    fn capabilities() {
        let dangerous = ["cap_setuid+ep", "cap_net_raw,cap_sys_admin=eip", "CAP_DAC_OVERRIDE=ep", "=ep", "all+ep"];
        assert!(dangerous.iter().all(|c| dangerous_capability(c).is_some()));
        let harmless = ["cap_net_bind_service=+ep", "cap_net_raw,cap_net_admin+eip", "cap_setuid-ep", "cap_setuid=", "$CAPS", ""];
        assert!(harmless.iter().all(|c| dangerous_capability(c).is_none()));
    }

    #[test]
    fn rules_of_sudo() {
        for rule in
            ["app ALL=(ALL) NOPASSWD:ALL", "%w ALL=(ALL:ALL) NOPASSWD: ALL", "s/ALL$/NOPASSWD:\\ ALL/", "a ALL=NOPASSWD:SETENV: ALL"]
        {
            assert!(no_password_rule(&text(rule)).is_some(), "{rule}");
        }
        for rule in ["app ALL=NOPASSWD: /usr/bin/apt", "# app ALL=NOPASSWD: ALL", "/NOPASSWD/d", "app ALL=(ALL) ALL"] {
            assert!(no_password_rule(&text(rule)).is_none(), "{rule}");
        }
    }

    #[test]
    fn passwords() {
        let count = |source: &str| {
            let script = parse(&text(source));
            written_passwords(&script.flow()).len()
        };
        assert_eq!(count("echo 'root:toor' | chpasswd"), 1);
        assert_eq!(count("echo root:toor | sudo chpasswd && chpasswd <<< app:x"), 2);
        assert_eq!(count("echo secret | passwd --stdin root"), 1);
        assert_eq!(count("echo \"root:$PW\" | chpasswd; printf 'a:%s' \"$x\" | chpasswd; echo 'a:$6$x' | chpasswd -e; chpasswd < f"), 0);
    }
}
