use crate::lint::prelude::*;
use crate::model::command::{Manager, Package, PackageCommand, PackageSource, package_installs};
use crate::model::scripts;

pub static LINT: Lint = Lint {
    id: "unpinned-system-package",
    summary: "a package of the distribution has no version",
    group: Group::Security,
    level: Level::Info,
    default: false,
    score: Some(2.0),
    cis: &[],
    aliases: &[
        "hadolint:DL3008",
        "hadolint:DL3018",
        "hadolint:DL3033",
        "hadolint:DL3037",
        "hadolint:DL3041",
        "droast:DF005",
        "droast:DF052",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("unpinned_system_package.md"),
    checks: &[Check::Instruction(&[Keyword::Run], check)],
};

const MANAGERS: &[Manager] = &[
    Manager::AptGet,
    Manager::Apt,
    Manager::Aptitude,
    Manager::Apk,
    Manager::Yum,
    Manager::Dnf,
    Manager::Microdnf,
    Manager::Tdnf,
    Manager::Zypper,
];

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if !scripts::mentions(at, &["apt", "apk", "yum", "dnf", "zypper"]) {
        return;
    }
    let Some(script) = scripts::of_instruction(at) else { return };
    for install in package_installs(&script.flow()).iter().filter(|i| MANAGERS.contains(&i.manager) && i.verb.as_str() != "build-dep") {
        let unpinned: Vec<&Package> = install.packages.iter().filter(|p| is_unpinned(p)).collect();
        if let Some(first) = unpinned.first() {
            report(install, first, unpinned.len() - 1, cx);
        }
    }
}

/// A colon stands before the stream of a module, `nodejs:22`.
fn is_unpinned(package: &Package) -> bool {
    package.source == PackageSource::Registry && package.version.is_none() && !package.dynamic && !package.name.contains(['*', ':'])
}

fn report(install: &PackageCommand<'_>, first: &Package, others: usize, cx: &mut Cx<'_>) {
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    let pin = if matches!(install.manager, Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf) { "-" } else { "=" };
    cx.report(first.text.span(), format!("{}{more} without a version: every build may get another one", first.name))
        .help(format!("write {}{pin}<version>", first.name))
        .evidence(first.name.as_str());
}
