//! Package managers: what they are asked to do, and with which packages.

use crate::syntax::shell::{Command, Flow, Options, PartKind, Word};
use crate::syntax::text::Text;

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Manager {
    /// `apt-get`
    AptGet,
    /// `apt`
    Apt,
    /// `aptitude`
    Aptitude,
    /// `apk`
    Apk,
    /// `yum`
    Yum,
    /// `dnf`, `dnf5`
    Dnf,
    /// `microdnf`
    Microdnf,
    /// `tdnf`
    Tdnf,
    /// `zypper`
    Zypper,
    /// `pacman`
    Pacman,
    /// `pip`, `pip3`, `pip3.11`, `python3 -m pip`
    Pip,
    /// `uv pip`, `uv tool`, `uv add`
    Uv,
    /// `pipx`
    Pipx,
    /// `npm`
    Npm,
    /// `yarn`
    Yarn,
    /// `pnpm`
    Pnpm,
    /// `bun`
    Bun,
    /// `gem`
    Gem,
    /// `go`
    Go,
    /// `cargo`
    Cargo,
    /// `composer`
    Composer,
    /// `dotnet`
    Dotnet,
    /// `pecl`
    Pecl,
}

impl Manager {
    /// The manager that a program is.
    pub fn of(program: &str) -> Option<Manager> {
        Some(match program {
            "apt-get" => Manager::AptGet,
            "apt" => Manager::Apt,
            "aptitude" => Manager::Aptitude,
            "apk" => Manager::Apk,
            "yum" => Manager::Yum,
            "dnf" | "dnf5" => Manager::Dnf,
            "microdnf" => Manager::Microdnf,
            "tdnf" => Manager::Tdnf,
            "zypper" => Manager::Zypper,
            "pacman" => Manager::Pacman,
            "uv" => Manager::Uv,
            "pipx" => Manager::Pipx,
            "npm" => Manager::Npm,
            "yarn" | "yarnpkg" => Manager::Yarn,
            "pnpm" => Manager::Pnpm,
            "bun" => Manager::Bun,
            "gem" => Manager::Gem,
            "go" => Manager::Go,
            "cargo" => Manager::Cargo,
            "composer" | "composer.phar" => Manager::Composer,
            "dotnet" => Manager::Dotnet,
            "pecl" => Manager::Pecl,
            _ => {
                let version = program.strip_prefix("pip")?;
                version.bytes().all(|b| b.is_ascii_digit() || b == b'.').then_some(Manager::Pip)?
            }
        })
    }

    /// Whether it installs the packages of the distribution, not those of a language.
    pub fn is_system(self) -> bool {
        use Manager as M;
        matches!(self, M::AptGet | M::Apt | M::Aptitude | M::Apk | M::Yum | M::Dnf | M::Microdnf | M::Tdnf | M::Zypper | M::Pacman)
    }
}

/// What a package manager is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Install packages; without any named, those of a lock or project file.
    Install,
    /// Fetch the lists of what there is.
    Refresh,
    /// Bring packages up to date, all of them if none is named.
    Upgrade,
    /// Remove packages.
    Remove,
    /// Empty a cache.
    Clean,
    /// Anything else.
    Other,
}

/// A run of a package manager.
#[derive(Clone, Debug)]
pub struct PackageCommand<'a> {
    /// Which.
    pub manager: Manager,
    /// What it does.
    pub action: Action,
    /// The word that says so: `install`, `add`; the last one of `uv pip install`.
    pub verb: Text,
    /// Its options.
    pub options: Options<'a>,
    /// The packages that are named.
    pub packages: Vec<Package>,
    /// The command.
    pub command: usize,
}

/// A package as named on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The whole argument, quotes removed, variables as they are written.
    pub text: Text,
    /// The name alone.
    pub name: Text,
    /// What stands between the name and the version: `=`, `==`, `>=`, `@`. Absent when an option gives the version.
    pub operator: Option<Text>,
    /// The version, range, tag or commit.
    pub version: Option<Text>,
    /// Where it comes from.
    pub source: PackageSource,
    /// Variables or substitutions take part in the argument: it may be several packages, or none.
    pub dynamic: bool,
}

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackageSource {
    /// The repositories or the registry of the manager.
    Registry,
    /// A file or folder.
    Path,
    /// An archive at a URL.
    Url,
    /// A Git repository.
    Git,
    /// A group or pattern of packages, `@development`.
    Group,
}

/// The runs of package managers that install packages.
pub fn package_installs<'a>(flow: &Flow<'a>) -> Vec<PackageCommand<'a>> {
    package_commands(flow).into_iter().filter(|p| p.action == Action::Install).collect()
}

/// All runs of package managers.
pub fn package_commands<'a>(flow: &Flow<'a>) -> Vec<PackageCommand<'a>> {
    flow.commands.iter().filter_map(package_command).collect()
}

fn package_command<'a>(command: &Command<'a>) -> Option<PackageCommand<'a>> {
    let manager = Manager::of(command.program())?;
    let options = command.options();
    let (action, verb, first) = match manager {
        Manager::Pacman => pacman(&options)?,
        // `yarn` alone installs what the lock file says.
        Manager::Yarn if options.operands.is_empty() && !options.has(&["-v", "--version", "-h", "--help"]) => {
            (Action::Install, command.name()?.clone(), 0)
        }
        _ => verb(manager, &options)?,
    };
    let operands = options.operands.get(first..).unwrap_or(&[]);
    let takes_packages = matches!(action, Action::Install | Action::Upgrade | Action::Remove);
    // `yarn install` and `composer install` take none.
    let of_lock = matches!((manager, &*verb), (Manager::Yarn | Manager::Composer, "install") | (Manager::Npm, "ci" | "clean-install"));
    let mut packages: Vec<Package> = Vec::new();
    if takes_packages && !of_lock {
        packages = operands.iter().filter(|w| !w.is("")).map(|word| package(manager, word)).collect();
        of_options(manager, &options, &mut packages);
        if manager == Manager::Composer {
            composer_versions(&verb, &mut packages);
        }
    }
    Some(PackageCommand { manager, action, verb, options, packages, command: command.index })
}

/// The action, the word that names it, and how many operands it takes up.
fn verb(manager: Manager, options: &Options<'_>) -> Option<(Action, Text, usize)> {
    let word = |i: usize| options.operands.get(i).map(|w| w.unquoted());
    // Commands of two words.
    let first = word(0)?;
    let second = word(1);
    let has_group = match manager {
        Manager::Uv => matches!(&*first, "pip" | "tool" | "cache" | "python"),
        Manager::Yarn | Manager::Composer => &*first == "global",
        Manager::Dotnet => matches!(&*first, "tool" | "workload" | "package" | "nuget"),
        Manager::Yum | Manager::Dnf | Manager::Microdnf => matches!(&*first, "group" | "groups" | "module"),
        _ => false,
    };
    if manager == Manager::Dotnet && &*first == "add" {
        // `dotnet add [project] package name`
        let at = (1..3).find(|&i| word(i).as_deref() == Some("package"))?;
        return Some((Action::Install, word(at)?, at + 1));
    }
    let is_cache = matches!(
        (manager, &*first, second.as_deref()),
        (
            Manager::Uv | Manager::Pip | Manager::Apk | Manager::Npm | Manager::Yarn,
            "cache",
            Some("purge" | "clean" | "prune" | "clear" | "remove")
        ) | (Manager::Pnpm, "store", Some("prune"))
            | (Manager::Bun, "pm", Some("cache"))
    );
    if is_cache {
        return Some((Action::Clean, second?, 2));
    }
    let (verb, used) = if has_group { (second?, 2) } else { (first, 1) };
    let action = action(manager, &verb);
    Some((action, verb, used))
}

fn action(manager: Manager, verb: &str) -> Action {
    use Manager as M;
    match (manager, verb) {
        (M::Zypper, "in") | (M::Npm, "ci" | "clean-install" | "i" | "in" | "ins") | (M::Pnpm | M::Bun | M::Gem, "i") | (M::Bun, "a") => {
            Action::Install
        }
        (M::Pipx, "inject") | (M::Go, "get") | (M::Cargo, "binstall") | (M::Composer, "require" | "create-project") => Action::Install,
        (M::Apk | M::Npm | M::Yarn | M::Pnpm | M::Bun | M::Uv | M::Dotnet, "add") => Action::Install,
        (M::AptGet | M::Apt | M::Aptitude, "build-dep" | "reinstall" | "satisfy") => Action::Install,
        (M::Yum | M::Dnf, "localinstall" | "reinstall" | "groupinstall") | (M::Microdnf | M::Tdnf, "reinstall") => Action::Install,
        (_, "install") => Action::Install,
        (M::AptGet | M::Apt | M::Aptitude | M::Apk, "update") => Action::Refresh,
        (M::Yum | M::Dnf | M::Microdnf | M::Tdnf, "makecache" | "check-update" | "check-upgrade") | (M::Zypper, "refresh" | "ref") => {
            Action::Refresh
        }
        (M::AptGet | M::Apt | M::Aptitude, "dist-upgrade" | "full-upgrade" | "safe-upgrade") => Action::Upgrade,
        (M::Zypper, "up" | "dup" | "dist-upgrade" | "patch") | (M::Npm, "up") | (M::Pnpm, "up") => Action::Upgrade,
        (M::Yum | M::Dnf, "distro-sync" | "upgrade-minimal" | "update-minimal" | "groupupdate") => Action::Upgrade,
        (_, "upgrade" | "update") => Action::Upgrade,
        (_, "remove" | "uninstall" | "purge" | "autoremove" | "autopurge" | "erase") => Action::Remove,
        (M::Apk, "del") | (M::Zypper | M::Npm | M::Pnpm, "rm") | (M::Npm, "un" | "unlink") => Action::Remove,
        (M::AptGet | M::Apt | M::Aptitude, "clean" | "autoclean" | "distclean" | "dist-clean")
        | (M::Zypper, "clean" | "cc" | "cleanall") => Action::Clean,
        (M::Yum | M::Dnf | M::Microdnf | M::Tdnf, "clean")
        | (M::Gem, "cleanup")
        | (M::Composer | M::Pecl, "clear-cache" | "clearcache") => Action::Clean,
        _ => Action::Other,
    }
}

/// `pacman` is asked by letters: `-Syu`, `-Scc`, `-R`.
fn pacman(options: &Options<'_>) -> Option<(Action, Text, usize)> {
    let flag = options
        .flags
        .iter()
        .find(|f| matches!(f.name.as_str(), "-S" | "-U" | "-R" | "-Q" | "-D" | "-F" | "-T" | "--sync" | "--upgrade" | "--remove"))?;
    let has_packages = !options.operands.is_empty();
    let action = match flag.name.as_str() {
        "-S" | "--sync" if options.has(&["-c", "--clean"]) => Action::Clean,
        "-S" | "--sync" if has_packages => Action::Install,
        "-S" | "--sync" if options.has(&["-u", "--sysupgrade"]) => Action::Upgrade,
        "-S" | "--sync" if options.has(&["-y", "--refresh"]) => Action::Refresh,
        "-U" | "--upgrade" => Action::Install,
        "-R" | "--remove" => Action::Remove,
        _ => Action::Other,
    };
    Some((action, flag.text.clone(), 0))
}

/// The unquoted text of a word with everything that expands overwritten, so that a separator found in it is one.
pub(super) fn outside_expansions(word: &Word) -> String {
    let mut out = String::new();
    for part in &word.parts {
        match part.kind {
            PartKind::Literal | PartKind::Glob => out.push_str(&part.text),
            _ => out.extend(std::iter::repeat_n('x', part.text.len())),
        }
    }
    out
}

fn package(manager: Manager, word: &Word) -> Package {
    let text = word.unquoted();
    let plain = outside_expansions(word);
    let source = source(manager, &plain);
    let split = match source {
        PackageSource::Registry => registry_version(manager, &plain),
        PackageSource::Git => git_version(manager, &plain),
        PackageSource::Path | PackageSource::Url | PackageSource::Group => None,
    };
    let (name, operator, version) = match split {
        Some((name, version)) if version < text.len() => {
            let operator = text.slice(operator_start(manager, &plain, name)..version).trim();
            // An environment marker of pip.
            let end = plain.find(';').filter(|&end| end > version).unwrap_or(text.len());
            (text.slice(0..name).trim(), Some(operator), Some(text.slice(version..end).trim()))
        }
        Some((name, _)) => (text.slice(0..name).trim(), None, None),
        None => (text.clone(), None, None),
    };
    Package { text, name, operator, version, source, dynamic: word.literal.is_none() }
}

/// The extras of a Python package stand between its name and the operator: `name[extra]==1`.
fn operator_start(manager: Manager, text: &str, name: usize) -> usize {
    let is_python = matches!(manager, Manager::Pip | Manager::Uv | Manager::Pipx);
    let extras = text.get(name..).filter(|rest| is_python && rest.starts_with('[')).and_then(|rest| rest.find(']'));
    name + extras.map_or(0, |at| at + 1)
}

/// `composer require name 1.0`, `composer create-project name folder 1.0`: the version is a word of its own.
fn composer_versions(verb: &str, packages: &mut Vec<Package>) {
    if verb == "create-project" {
        let version = packages.get(2).map(|p| p.text.clone());
        packages.truncate(1);
        if let Some(package) = packages.first_mut() {
            package.version = package.version.take().or(version);
        }
        return;
    }
    let mut out: Vec<Package> = Vec::new();
    for package in packages.drain(..) {
        match out.last_mut() {
            Some(last) if last.version.is_none() && !package.text.contains('/') => last.version = Some(package.text),
            _ => out.push(package),
        }
    }
    *packages = out;
}

/// What the form of an argument says about where the package comes from.
fn source(manager: Manager, text: &str) -> PackageSource {
    let is_node = matches!(manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun);
    // `name @ https://..` of pip.
    let target = text.split_once('@').map(|(_, t)| t.trim_start()).filter(|t| manager == Manager::Pip && t.contains("://")).unwrap_or(text);
    let hosted = ["github:", "gitlab:", "bitbucket:", "gist:", "git@", "git://", "git+"];
    if hosted.iter().any(|h| target.starts_with(h))
        || (target.contains("://") && target.split(['#', '@']).next().is_some_and(|u| u.ends_with(".git")))
    {
        return PackageSource::Git;
    }
    if target.contains("://") {
        return PackageSource::Url;
    }
    const ENDINGS: [&str; 10] = [".deb", ".rpm", ".apk", ".whl", ".tar.gz", ".tgz", ".zip", ".gem", ".tar.bz2", ".pkg.tar.zst"];
    let is_path = text.starts_with(['/', '.', '~']) || text.starts_with("file:") || ENDINGS.iter().any(|e| text.ends_with(e));
    if is_path && !(manager == Manager::Apk && text.starts_with('.') && !text.starts_with("./")) {
        return PackageSource::Path;
    }
    if is_node && !text.starts_with('@') && text.matches('/').count() == 1 {
        return PackageSource::Git;
    }
    let is_python = matches!(manager, Manager::Pip | Manager::Uv | Manager::Pipx);
    if is_python && text.split(['=', '<', '>', '~', '!', ';', '@', '[']).next().is_some_and(|name| name.contains('/')) {
        return PackageSource::Path;
    }
    let is_rpm = matches!(manager, Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf);
    if is_rpm && text.starts_with('@') { PackageSource::Group } else { PackageSource::Registry }
}

/// Where the name ends and where the version begins.
fn registry_version(manager: Manager, text: &str) -> Option<(usize, usize)> {
    use Manager as M;
    match manager {
        M::AptGet | M::Apt | M::Aptitude => at(text, text.find(['=', '/'])?, 1),
        M::Zypper | M::Apk => operator(text, &['=', '<', '>', '~']).or_else(|| at(text, text.find('@').filter(|_| manager == M::Apk)?, 1)),
        M::Yum | M::Dnf | M::Microdnf | M::Tdnf => rpm_version(text),
        M::Pecl => rpm_version(text),
        M::Pacman => operator(text, &['=', '<', '>']),
        M::Pip | M::Uv | M::Pipx => {
            let end = text.find(';').unwrap_or(text.len());
            operator(text.get(..end)?, &['=', '<', '>', '~', '!'])
                .map(|(name, version)| (text.get(..name).and_then(|n| n.find('[')).unwrap_or(name), version))
                .or_else(|| at(text, text.find('@').filter(|_| manager != M::Pip)?, 1))
                .or_else(|| text.find('[').map(|name| (name, text.len())))
        }
        // The first `@` belongs to a scope.
        M::Npm | M::Yarn | M::Pnpm | M::Bun | M::Cargo | M::Go => {
            let from = usize::from(text.starts_with('@'));
            at(text, from + text.get(from..)?.find('@')?, 1)
        }
        M::Gem => at(text, text.find(':')?, 1),
        M::Composer => at(text, text.find([':', '=']).or_else(|| text.find(' '))?, 1),
        M::Dotnet => at(text, text.find('@')?, 1),
    }
}

fn at(text: &str, name: usize, len: usize) -> Option<(usize, usize)> {
    (name + len <= text.len()).then_some((name, name + len))
}

/// A run of operator characters between name and version.
fn operator(text: &str, chars: &[char]) -> Option<(usize, usize)> {
    let name = text.find(chars)?;
    let rest = text.get(name..)?;
    let len = rest.len() - rest.trim_start_matches(chars).trim_start().len();
    Some((name, name + len))
}

/// `name-1.2-3.el9`: the version begins at the first of the last two hyphens that digits follow. `java-11-openjdk` has none.
fn rpm_version(text: &str) -> Option<(usize, usize)> {
    let is_number = |at: usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let last = text.rfind('-').filter(|&at| is_number(at) && at > 0)?;
    let before = text.get(..last)?.rfind('-').filter(|&at| is_number(at) && at > 0);
    let name = before.unwrap_or(last);
    Some((name, name + 1))
}

/// `..#commit`, and of pip and its kin `..@commit`.
fn git_version(manager: Manager, text: &str) -> Option<(usize, usize)> {
    if matches!(manager, Manager::Pip | Manager::Uv | Manager::Pipx) {
        let scheme = text.find("://").map_or(0, |at| at + 3);
        let path = scheme + text.get(scheme..)?.find('/')?;
        let name = path + text.get(path..)?.find('@')?;
        return at(text, name, 1);
    }
    at(text, text.find('#')?, 1)
}

/// Versions that options give, and packages that they name.
fn of_options(manager: Manager, options: &Options<'_>, packages: &mut Vec<Package>) {
    let version = match manager {
        Manager::Gem => options.value(&["-v", "--version"]),
        Manager::Cargo => options.value(&["--version", "--vers", "--rev", "--tag"]),
        Manager::Dotnet => options.value(&["--version", "-v"]),
        Manager::Uv => options.value(&["--rev", "--tag"]),
        _ => None,
    };
    if let Some(version) = version {
        for package in packages.iter_mut().filter(|p| p.version.is_none()) {
            package.version = Some(version.clone());
        }
    }
    if manager != Manager::Cargo {
        return;
    }
    let named = [("--git", PackageSource::Git), ("--path", PackageSource::Path)];
    for (option, source) in named {
        let Some(value) = options.value(&[option]) else { continue };
        for package in packages.iter_mut() {
            package.source = source;
        }
        if packages.is_empty() {
            let text = value.clone();
            packages.push(Package {
                name: text.clone(),
                text,
                operator: None,
                version: version.cloned(),
                source,
                dynamic: value.contains('$'),
            });
        }
    }
}
