use crate::lint::prelude::*;
use crate::model::command::{Manager, Package, PackageCommand, PackageSource, package_installs};
use crate::model::scripts;

pub static LINT: Lint = Lint {
    id: "unpinned-language-package",
    summary: "a package of a language registry has no version",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(3.5),
    cis: &[],
    aliases: &[
        "hadolint:DL3013",
        "hadolint:DL3016",
        "hadolint:DL3028",
        "hadolint:DL3062",
        "droast:DF051",
        "droast:DF053",
        "droast:DF054",
    ],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("unpinned_language_package.md"),
    checks: &[Check::Instruction(&[Keyword::Run], check)],
};

const WORDS: &[&str] = &["pip", "uv", "npm", "yarn", "bun", "gem", "go ", "cargo", "composer", "dotnet", "pecl"];

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if !scripts::mentions(at, WORDS) {
        return;
    }
    let Some(script) = scripts::of_instruction(at) else { return };
    for install in package_installs(&script.flow()).iter().filter(|i| !i.manager.is_system() && !is_held_elsewhere(at, i)) {
        let unpinned: Vec<&Package> = install.packages.iter().filter(|p| is_unpinned(install.manager, p)).collect();
        if let Some(first) = unpinned.first() {
            report(install.manager, first, unpinned.len() - 1, cx);
        }
    }
}

/// Whether something else says the versions: constraints of pip, a `git checkout` after `go get`.
fn is_held_elsewhere(at: &InstructionAt<'_>, install: &PackageCommand<'_>) -> bool {
    let constraints = ["-c", "--constraint", "--constraints", "--override", "--overrides", "--exclude-newer"];
    match install.manager {
        Manager::Pip | Manager::Uv => install.options.has(&constraints),
        Manager::Go if install.verb.as_str() == "get" => is_checked_out(at),
        _ => install.options.has(&["-h", "--help"]),
    }
}

/// Whether this RUN or a later one of the stage checks some version out.
fn is_checked_out(at: &InstructionAt<'_>) -> bool {
    let later = at.dockerfile.instructions().filter(|other| other.stage == at.stage && other.index >= at.index);
    later.into_iter().any(|other| scripts::mentions(&other, &["git checkout", "git reset --hard"]))
}

fn is_unpinned(manager: Manager, package: &Package) -> bool {
    if package.dynamic || package.name.is_empty() {
        return false;
    }
    match (package.source, &package.version) {
        (PackageSource::Registry, None) => manager != Manager::Go || package.name.contains('.') && !package.name.ends_with(".go"),
        (PackageSource::Registry, Some(version)) => matches!(version.as_str(), "latest" | "next" | "*" | "x" | "none" | "master" | "main" | ""),
        (PackageSource::Git, version) => !version.as_ref().is_some_and(|v| is_commit(v)),
        (PackageSource::Path | PackageSource::Url | PackageSource::Group, _) => false,
    }
}

/// The hash of a commit, shortened perhaps; what follows `#` or `&` belongs to pip.
fn is_commit(version: &str) -> bool {
    let hash = version.split(['#', '&']).next().unwrap_or(version);
    hash.len() >= 7 && hash.bytes().all(|b| b.is_ascii_hexdigit()) || hash.contains('$') || hash.starts_with("semver:")
}

fn report(manager: Manager, first: &Package, others: usize, cx: &mut Cx<'_>) {
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    let name = &first.name;
    let (what, help) = if first.source == PackageSource::Git {
        ("without a commit", "name the commit instead of a branch or a tag".to_string())
    } else {
        ("without a version", format!("write {}, or install from a lock file", pinned(manager, name)))
    };
    cx.report(first.text.span(), format!("{}{more} {what}: every build may get another one", crate::model::url::shown(name)))
        .help(help)
        .evidence(name.as_str());
}

/// How the manager spells a version.
fn pinned(manager: Manager, name: &str) -> String {
    match manager {
        Manager::Pip | Manager::Uv | Manager::Pipx => format!("{name}==<version>"),
        Manager::Gem | Manager::Composer => format!("{name}:<version>"),
        Manager::Pecl => format!("{name}-<version>"),
        Manager::Dotnet => format!("{name} --version <version>"),
        _ => format!("{name}@<version>"),
    }
}
