use crate::lint::prelude::*;
use crate::model::compose::List;
use crate::model::knowledge::docker::DEFAULT_CAPABILITIES;

pub static LINT: Lint = Lint {
    id: "missing-cap-drop",
    summary: "the container keeps capabilities that it never asked for",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.5),
    cis: &["5.4"],
    aliases: &["compose-lint:CL-0006", "kics:Container Capabilities Unrestricted"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("missing_cap_drop.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    // Privileged containers get every capability whatever they drop; `privileged` says so.
    let privileged = service.privileged().set().is_some_and(|p| p.value);
    if privileged || service.provider().is_some() || service.is_windows() {
        return;
    }
    let name = &service.name;
    let help = "cap_drop: [ALL]\nthen give back what the program asks for, as `cap_add: [NET_BIND_SERVICE]`";
    match service.cap_drop() {
        Slot::Absent(at) => {
            let (reason, at) = if at == service.key { ("is not set", at) } else { ("is empty", at) };
            let edit = cx.add_entry(service, "cap_drop: [ALL]").filter(|_| at == service.key);
            let mut report = cx.report(at, format!("service {name} keeps all 14 default capabilities: cap_drop {reason}")).help(help);
            if let Some(edit) = edit {
                report = report.fix(Safety::Unsafe, "add cap_drop: [ALL]", vec![edit]);
            }
            report.file();
        }
        Slot::Set(list) if list.value.complete && !list.value.iter().any(|c| capability(&c.value) == "ALL") => {
            let message = match kept(&list.value) {
                all if all == DEFAULT_CAPABILITIES.len() && list.value.is_empty() => format!("service {name} keeps all 14 default capabilities: cap_drop is empty"),
                kept => format!("service {name} keeps {kept} of the 14 default capabilities: cap_drop does not contain ALL"),
            };
            let at = service.key_of(&["cap_drop"]).unwrap_or(list.span());
            let edit = cx.replace_list(service, &["cap_drop"], "ALL");
            let mut report = cx.report(at, message).help(help).origin(&list.origin);
            if let Some(edit) = edit {
                report = report.fix(Safety::Unsafe, "drop ALL", vec![edit]);
            }
            report.file();
        }
        Slot::Set(_) | Slot::Broken(_) => {}
    }
}

/// The name of a capability as the kernel has it, without `CAP_`.
fn capability(text: &str) -> String {
    let name = text.to_ascii_uppercase();
    name.strip_prefix("CAP_").map_or(name.clone(), str::to_string)
}

/// How many of the default capabilities stay.
fn kept(dropped: &List) -> usize {
    let names: Vec<String> = dropped.iter().map(|c| capability(&c.value)).collect();
    DEFAULT_CAPABILITIES.iter().filter(|c| !names.iter().any(|n| n == *c)).count()
}
