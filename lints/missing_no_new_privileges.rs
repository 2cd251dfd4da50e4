use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "missing-no-new-privileges",
    summary: "a setuid program in the container may raise its privileges",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.0),
    cis: &["5.26"],
    aliases: &["compose-lint:CL-0003", "semgrep:no-new-privileges", "kics:No New Privileges Not Set"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("missing_no_new_privileges.md"),
    checks: &[Check::Service(check)],
};

const NAME: &str = "no-new-privileges";
const ITEM: &str = "no-new-privileges:true";
const ENTRY: &str = "security_opt: [\"no-new-privileges:true\"]";

fn check(service: &Service, cx: &mut Cx<'_>) {
    if service.is_privileged() || service.has_no_linux_container() {
        return;
    }
    let options = service.security_opt();
    if options.set().is_some_and(|list| !list.value.complete) || matches!(options, Slot::Broken(_)) {
        return;
    }
    // The engine goes through the list, and the last word counts.
    let said = service.security_options().into_iter().rfind(|o| o.name.as_str() == NAME && o.switch().is_some());
    let message = |why: &str| format!("a setuid program in service {} may raise its privileges: {why}", service.name);
    let help = format!("{ENTRY}\nunless something in it runs `sudo` or `su`");
    if let Some(option) = said {
        if option.switch() == Some(false) {
            let item = &option.item;
            let edit = (!item.origin.is_shared() && item.value.is_literal()).then(|| (option.item.value.span(), ITEM.to_string()));
            let report = cx.report(item.value.span(), message("no-new-privileges is off")).help(help).origin(&item.origin);
            fix(report, "switch it on", edit);
        }
        return;
    }
    match options {
        Slot::Absent(at) if at == service.key => {
            let edit = cx.add_entry(service, ENTRY);
            fix(cx.report(at, message("no-new-privileges is not set")).help(help), "add no-new-privileges", edit);
        }
        _ => {
            let at = service.key_of(&["security_opt"]).unwrap_or(service.key);
            let edit = cx.add_item(service, &["security_opt"], ITEM);
            fix(cx.report(at, message("security_opt does not contain no-new-privileges")).help(help), "add no-new-privileges", edit);
        }
    }
}

fn fix(report: crate::lint::Report<'_>, title: &str, edit: Option<(Span, String)>) {
    match edit {
        Some(edit) => report.fix(Safety::Unsafe, title, vec![edit]).file(),
        None => report.file(),
    }
}
