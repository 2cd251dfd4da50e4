use crate::lint::prelude::*;
use crate::model::isolation::SecurityOption;
use crate::source::{FileKind, Sources};

pub static LINT: Lint = Lint {
    id: "security-profile-disabled",
    summary: "the container runs without a security profile that Docker would give it",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(7.5),
    cis: &["5.2", "5.3", "5.22"],
    aliases: &[
        "compose-lint:CL-0009",
        "semgrep:seccomp-confinement-disabled",
        "semgrep:selinux-separation-disabled",
        "kics:Default Seccomp Profile Disabled",
    ],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("security_profile_disabled.md"),
    checks: &[Check::Service(check)],
};

const HELP: &str = "take it out: Docker's default profile lets ordinary programs do all they need; allow a single call in a profile of your own";

fn check(service: &Service, cx: &mut Cx<'_>) {
    // A privileged container has no profile anyway.
    if service.is_privileged() || service.has_no_linux_container() {
        return;
    }
    let options = service.security_options();
    // Of these the last word counts; labels add up.
    let is_last = |n: usize, name: &str| options.get(n + 1..).is_none_or(|rest| rest.iter().all(|o| o.name.as_str() != name));
    let world = cx.world;
    let lost_by = |n: usize, option: &SecurityOption| {
        match option.name.as_str() {
            name @ ("seccomp" | "apparmor") if !is_last(n, name) => None,
            "seccomp" if option.is("seccomp", "unconfined") => Some("without seccomp: all of the kernel's calls are open to who gets into it"),
            "seccomp" if allows_everything(service, option, &world.sources) => Some("with a seccomp profile that allows everything"),
            "apparmor" if option.is("apparmor", "unconfined") => Some("without AppArmor: mounts and the host's settings in /proc are not guarded"),
            "label" if option.is("label", "disable") => Some("without SELinux: it may touch files of the host and of other containers"),
            // The command line knows only this spelling; the engine has none.
            "systempaths" if option.item.value.as_str() == "systempaths=unconfined" => {
                Some("with the hidden parts of /proc and /sys open: the host's settings can be written")
            }
            _ => None,
        }
    };
    let lost: Vec<_> = options.iter().enumerate().filter_map(|(n, option)| Some((option, lost_by(n, option)?))).collect();
    // A list of which nothing stays goes with its key.
    let whole = service.security_opt().set().is_some_and(|list| list.value.len() == lost.len());
    for (option, what) in lost {
        say(service, option, what, whole, cx);
    }
}

fn say(service: &Service, option: &SecurityOption, lost: &str, whole: bool, cx: &mut Cx<'_>) {
    let item = &option.item;
    let edit = if whole { cx.remove_entry(service, &["security_opt"]) } else { cx.remove_item(service, &["security_opt"], &item.origin) };
    let mut report = cx
        .report(item.value.span(), format!("service {} runs {lost}", service.name))
        .help(HELP)
        .at(format!("services.{}.security_opt", service.name))
        .evidence(option.name.as_str())
        .origin(&item.origin);
    if let Some(edit) = edit {
        report = report.fix(Safety::Unsafe, format!("take {} out", item.value.as_str()), vec![edit]);
    }
    report.file();
}

/// Whether the profile is a file of the project without a single rule that allows all by default.
fn allows_everything(service: &Service, option: &SecurityOption, sources: &Sources) -> bool {
    let Some(name) = option.value.as_ref().filter(|v| v.ends_with(".json")) else { return false };
    let text = crate::model::compose::Resolved { text: name.clone(), vars: option.item.value.vars.clone() };
    let Some(path) = service.path(&text).filter(|p| sources.may_read(p)) else { return false };
    let Ok(file) = sources.load(&path, FileKind::Other) else { return false };
    let Ok(profile) = serde_json::from_str::<serde_json::Value>(&file.text) else { return false };
    let rules = profile.get("syscalls").and_then(|s| s.as_array()).map_or(0, Vec::len);
    rules == 0 && profile.get("defaultAction").and_then(|a| a.as_str()) == Some("SCMP_ACT_ALLOW")
}
