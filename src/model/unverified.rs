//! Downloads that a build uses as they come: run, installed, unpacked into the system or put on PATH, with nothing in
//! between that compares a hash or a signature.

use super::command::{Manager, Output, PackageSource, downloads, package_installs};
use super::dockerfile::{Dockerfile, InstructionAt, Stage};
use super::scripts;
use super::url::{file_name, is_loopback, names_its_hash};
use crate::source::Span;
use crate::syntax::dockerfile::{Args, CopyArgs};
use crate::syntax::glob::Glob;
use crate::syntax::shell::{Command, Flow};
use crate::syntax::text::Text;

/// A download that is used as it comes.
#[derive(Clone, Debug)]
pub struct Unverified {
    /// The address, variables as they are written.
    pub url: Text,
    /// Its bytes where it is fetched.
    pub span: Span,
    /// What is done with it.
    pub used: Used,
    /// Where that is done, when it is another command.
    pub place: Option<Span>,
    /// Whether ADD fetches it.
    pub by_add: bool,
}

/// What is done with a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Used {
    /// It is run, or made executable.
    Run,
    /// A package manager installs it.
    Installed,
    /// It is unpacked into the system, or unpacked and built.
    Unpacked,
    /// It is put into a folder of programs.
    OnPath,
}

/// Programs that compare hashes or signatures.
const VERIFIERS: &[&str] = &[
    "sha1sum",
    "sha224sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "md5sum",
    "b2sum",
    "b3sum",
    "shasum",
    "sha256",
    "rhash",
    "gpgv",
    "cosign",
    "minisign",
    "signify",
    "signify-openbsd",
    "slsa-verifier",
    "jarsigner",
    "dpkg-sig",
    "debsig-verify",
    "sigstore",
    "openssl",
];

/// Endings of what is data to the build: keys, lists, sums.
const DATA: &[&str] = &[
    "asc", "gpg", "key", "pub", "pem", "crt", "sig", "sha256", "sha512", "md5", "list", "repo", "json", "txt", "conf", "cfg", "yml",
    "yaml", "ini", "patch", "diff", "css", "html", "md", "sql", "csv",
];

/// Something fetched and not compared yet.
struct Pending {
    url: Text,
    span: Span,
    name: String,
    on_path: bool,
    by_add: bool,
    used: Option<(Used, Option<Span>)>,
}

/// The downloads of a stage that are used as they come, in order.
pub fn unverified(dockerfile: &Dockerfile, stage: &Stage) -> Vec<Unverified> {
    let mut pending: Vec<Pending> = Vec::new();
    let mut out = Vec::new();
    if dockerfile.is_windows(stage.index) {
        return out;
    }
    for at in dockerfile.stage_instructions(stage) {
        match at.instruction.typed() {
            Args::Add(add) => pending.extend(added(&at, &add)),
            Args::Run(_) => run(&at, &mut pending),
            _ => {}
        }
    }
    out.extend(pending.into_iter().filter_map(Pending::into_unverified));
    out
}

impl Pending {
    fn into_unverified(self) -> Option<Unverified> {
        let (used, place) = self.used.or(self.on_path.then_some((Used::OnPath, None)))?;
        Some(Unverified { url: self.url, span: self.span, used, place, by_add: self.by_add })
    }
}

/// What ADD fetches without `--checksum`.
fn added(at: &InstructionAt<'_>, add: &CopyArgs) -> Vec<Pending> {
    let Some(destination) = add.destination.as_ref().and_then(|d| at.resolve(d).known().cloned()).filter(|_| add.checksum.is_none()) else {
        return Vec::new();
    };
    let is_address =
        |s: &&Text| (s.starts_with("http://") || s.starts_with("https://")) && !is_git(s) && !is_loopback(s) && !names_its_hash(s);
    let fetch = |source: &Text| {
        let name = if destination.ends_with('/') || destination.as_str() == "." { file_name(source) } else { file_name(&destination) };
        let used = if add.unpack == Some(true) {
            Some((Used::Unpacked, None))
        } else {
            add.chmod.as_ref().filter(|m| makes_executable(m)).map(|_| (Used::Run, None))
        };
        let on_path = is_program_folder(destination.trim_end_matches('/'), destination.ends_with('/'));
        Pending { url: source.clone(), span: source.span(), name: plain(name), on_path: on_path && !is_data(name), by_add: true, used }
    };
    add.sources.iter().filter(is_address).map(fetch).collect()
}

/// Whether ADD clones the source.
pub fn is_git(source: &str) -> bool {
    let path = source.split(['#', '?']).next().unwrap_or(source);
    source.starts_with("git@")
        || source.starts_with("git://")
        || source.starts_with("ssh://")
        || source.contains("://") && path.ends_with(".git")
}

/// The branch, tag or commit that a Git source of ADD names; `None` when it names none.
pub fn git_reference(source: &str) -> Option<&str> {
    if let Some((_, query)) = source.split_once('?') {
        let value = |key: &str| query.split(['&', '#']).find_map(|pair| pair.strip_prefix(key)).filter(|v| !v.is_empty());
        if let Some(found) = ["commit=", "checksum=", "ref=", "tag=", "branch="].into_iter().find_map(value) {
            return Some(found);
        }
    }
    let reference = source.split_once('#')?.1;
    reference.split(':').next().filter(|r| !r.is_empty())
}

/// Whether a reference is the whole hash of a commit.
pub fn is_full_commit(reference: &str) -> bool {
    reference.len() >= 40 && reference.bytes().all(|b| b.is_ascii_hexdigit())
}

fn run(at: &InstructionAt<'_>, pending: &mut Vec<Pending>) {
    if pending.iter().all(|p| p.used.is_some()) && !scripts::mentions(at, &["curl", "wget", "aria2c", "fetch"]) {
        return;
    }
    let Some(script) = scripts::of_instruction(at) else { return };
    let flow = script.flow();
    let fetched = downloads(&flow);
    for command in &flow.commands {
        if verifies(command) {
            // Leniently: whatever was fetched and not used yet.
            pending.retain(|p| p.used.is_some());
            continue;
        }
        for item in pending.iter_mut().filter(|p| p.used.is_none()) {
            if let Some(name) = renamed(command, &item.name) {
                item.on_path = is_program_folder(&name.0, name.1);
                item.name = if name.1 { item.name.clone() } else { plain(file_name(&name.0)) };
            } else if let Some(used) = use_of(&flow, command, &item.name) {
                item.used = Some((used, Some(command.span)));
            }
        }
        for download in fetched.iter().filter(|d| d.command == command.index) {
            let is_remote = ["http://", "https://", "ftp://", "$", "www."].iter().any(|s| download.url.starts_with(s));
            if !is_remote || is_loopback(&download.url) || names_its_hash(&download.url) {
                continue;
            }
            let (name, used, on_path) = match &download.output {
                Output::File(path) => {
                    let folder = download.directory.as_ref().map(|d| is_program_folder(d, true));
                    let in_bin = folder.unwrap_or_else(|| is_program_folder(path, false));
                    (plain(file_name(path)), None, in_bin && !is_data(path))
                }
                Output::Stdout => match piped_use(&flow, &download.piped_into) {
                    Some(used) if !flow.commands.iter().any(verifies) => (String::new(), Some((used, None)), false),
                    _ => continue,
                },
                Output::Unknown => continue,
            };
            if !is_data(&name) {
                let (url, span) = (download.url.clone(), download.word.span());
                pending.push(Pending { url, span, name, on_path, by_add: false, used });
            }
        }
    }
}

fn verifies(command: &Command<'_>) -> bool {
    let has = |words: &[&str]| command.args().iter().any(|w| w.value().is_some_and(|v| words.contains(&v)));
    command.is(VERIFIERS)
        || command.is(&["gpg", "gpg2"]) && has(&["--verify", "--decrypt", "-d", "--verify-files"])
        || command.is(&["rpm", "rpmkeys"]) && has(&["-K", "--checksig"])
        || command.is(&["aria2c"]) && command.args().iter().any(|w| w.unquoted().starts_with("--checksum"))
        || command.program().contains("verify")
        || command.program().contains("checksum")
}

/// A name with braces of variables taken away, so that `$V` and `${V}` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '{' | '}' | '"' | '\'')).collect()
}

fn is_data(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| DATA.iter().any(|d| end.eq_ignore_ascii_case(d)))
}

/// Whether a word names the file: the same last part, or a pattern that matches it.
fn names(word: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let last = plain(file_name_of_path(word));
    last == name || last.contains(['*', '?']) && last.len() > 1 && Glob::shell(&last).is_ok_and(|g| g.matches(name))
}

fn file_name_of_path(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path, or a folder, is one of programs: `/usr/local/bin/x`.
fn is_program_folder(path: &str, is_folder: bool) -> bool {
    let folder = if is_folder { path.trim_end_matches('/') } else { path.rsplit_once('/').map_or("", |(folder, _)| folder) };
    matches!(folder.rsplit('/').next(), Some("bin" | "sbin")) && folder.starts_with(['/', '~', '$'])
}

fn makes_executable(mode: &str) -> bool {
    let octal = mode.len() >= 3 && mode.bytes().all(|b| b.is_ascii_digit());
    if octal {
        mode.bytes().rev().take(3).any(|b| (b - b'0') & 1 == 1)
    } else {
        mode.split(',').any(|m| m.contains('+') && m.contains('x') || m.contains('=') && m.contains('x'))
    }
}

/// Where `mv`, `cp` or `install` puts the file: the path, and whether it is a folder.
fn renamed(command: &Command<'_>, name: &str) -> Option<(String, bool)> {
    if !command.is(&["mv", "cp", "install"]) {
        return None;
    }
    let options = command.options();
    let (last, sources) = options.operands.split_last()?;
    sources.iter().any(|w| names(&w.unquoted(), name)).then(|| {
        let path = last.unquoted().to_string();
        let is_folder = path.ends_with('/') || matches!(file_name_of_path(&path), "bin" | "sbin" | "." | "..");
        (path, is_folder)
    })
}

/// What a command does with the file.
fn use_of(flow: &Flow<'_>, command: &Command<'_>, name: &str) -> Option<Used> {
    let program = command.program();
    let is_named = |w: &crate::syntax::shell::Word| names(&w.unquoted(), name);
    let own = command.words().first().map(|w| w.unquoted()).filter(|w| w.contains('/'));
    if own.is_some_and(|w| names(&w, name)) {
        return Some(Used::Run);
    }
    if !command.args().iter().any(|w| is_named(w) || w.unquoted().split_once('=').is_some_and(|(_, v)| names(&v, name))) {
        return None;
    }
    let options = command.options();
    match program {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "source" | "." | "perl" | "ruby" | "node" | "php" | "java" => Some(Used::Run),
        _ if program.starts_with("python") => Some(Used::Run),
        "chmod" => options.operands.first().filter(|m| makes_executable(&m.unquoted())).map(|_| Used::Run),
        "dpkg" => options.has(&["-i", "--install"]).then_some(Used::Installed),
        "rpm" => options.has(&["-i", "-U", "-F", "--install", "--upgrade"]).then_some(Used::Installed),
        "gdebi" | "installer" => Some(Used::Installed),
        "tar" | "bsdtar" | "unzip" | "7z" | "7za" => unpacks(flow, command).then_some(Used::Unpacked),
        _ => Manager::of(program).and_then(|_| installs_file(flow, command, name)),
    }
}

fn installs_file(flow: &Flow<'_>, command: &Command<'_>, name: &str) -> Option<Used> {
    let install = package_installs(flow).into_iter().find(|i| i.command == command.index)?;
    install.packages.iter().any(|p| p.source == PackageSource::Path && names(&p.text, name)).then_some(Used::Installed)
}

/// What reads a download from a pipe and unpacks it into the system.
fn piped_use(flow: &Flow<'_>, readers: &[usize]) -> Option<Used> {
    let mut next: Vec<&Command<'_>> = readers.iter().filter_map(|i| flow.commands.get(*i)).collect();
    for _ in 0..flow.commands.len() {
        if next.iter().any(|c| c.is(&["tar", "bsdtar"]) && unpacks(flow, c)) {
            return Some(Used::Unpacked);
        }
        if next.iter().any(|c| c.is(&["dpkg", "rpm"])) {
            return Some(Used::Installed);
        }
        let into_bin = |c: &Command<'_>| c.redirects.iter().any(|r| r.writes() && is_program_folder(&r.target.unquoted(), false));
        let filter = next
            .iter()
            .find(|c| c.is(&["gunzip", "gzip", "zcat", "xz", "xzcat", "unxz", "bunzip2", "bzip2", "zstd", "tee", "cat", "pv", "sudo"]))?;
        let tees = filter.is(&["tee"]) && filter.args().iter().any(|w| is_program_folder(&w.unquoted(), false));
        if into_bin(filter) || tees {
            return Some(Used::OnPath);
        }
        next = flow.readers(filter);
    }
    None
}

/// Whether an archive is unpacked into the system, or built or put on PATH by the commands that follow.
fn unpacks(flow: &Flow<'_>, command: &Command<'_>) -> bool {
    let options = command.options();
    let is_tar = command.is(&["tar", "bsdtar"]);
    if is_tar && !options.has(&["-x", "--extract", "--get"]) {
        return false;
    }
    let folder = if is_tar { options.value(&["-C", "--directory", "--cd"]) } else { options.value(&["-d"]) };
    const SYSTEM: &[&str] = &["/usr", "/opt", "/bin", "/sbin", "/lib", "/etc"];
    let in_system = |f: &str| {
        f == "/"
            || SYSTEM.iter().any(|s| {
                f.strip_prefix(s).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    && !f.starts_with("/usr/src")
                    && !f.starts_with("/usr/share")
            })
    };
    if let Some(folder) = folder.filter(|f| in_system(f)) {
        return !folder.starts_with("/usr/share");
    }
    let later = flow.commands.get(command.index + 1..).unwrap_or(&[]);
    later.iter().any(|c| {
        let builds = c.is(&[
            "make",
            "cmake",
            "configure",
            "meson",
            "ninja",
            "phpize",
            "gcc",
            "go",
            "cargo",
            "bazel",
            "mvn",
            "gradle",
            "docker-php-ext-install",
            "setup.py",
        ]);
        let own = c.words().first().is_some_and(|w| w.unquoted().starts_with("./"));
        let setup = c.program().starts_with("python") && c.args().iter().any(|w| w.is("setup.py"));
        let to_bin = c.is(&["mv", "cp", "install", "ln"])
            && c.args().last().is_some_and(|w| {
                let path = w.unquoted();
                is_program_folder(&path, false) || is_program_folder(&path, true)
            });
        builds || own || setup || to_bin
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use std::path::Path;

    fn found(body: &str) -> Vec<String> {
        let text = format!("FROM debian\n{body}\n");
        let sources = Sources::new(Path::new("/"), 1 << 20);
        let file = Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text));
        unverified(&file, &file.stages[0]).iter().map(|u| format!("{:?} {}", u.used, u.url)).collect()
    }

    #[test]
    fn used_as_they_come() {
        for (body, used) in [
            ("RUN curl -o x.sh https://a/x.sh && sh x.sh", "Run https://a/x.sh"),
            ("RUN wget https://a/x.sh && chmod +x x.sh && ./x.sh", "Run https://a/x.sh"),
            ("RUN curl -Lo /tmp/x https://a/x\nRUN chmod 755 /tmp/x", "Run https://a/x"),
            ("RUN wget -q https://a/x_$V.deb && dpkg -i x_${V}.deb", "Installed https://a/x_$V.deb"),
            ("RUN wget https://a/x.deb && apt-get install -y ./x.deb", "Installed https://a/x.deb"),
            ("RUN wget https://a/x.deb && dpkg -i *.deb", "Installed https://a/x.deb"),
            ("RUN curl -L https://a/x.tgz | tar xz -C /usr/local", "Unpacked https://a/x.tgz"),
            ("RUN curl -LO https://a/x.tgz && tar xzf x.tgz && cd x && ./configure && make install", "Unpacked https://a/x.tgz"),
            ("RUN curl -Lo /usr/local/bin/x https://a/x", "OnPath https://a/x"),
            ("RUN curl -L https://a/x -o x && mv x /usr/local/bin/y", "OnPath https://a/x"),
            ("RUN curl -L https://a/x.gz | gunzip > /usr/bin/x", "OnPath https://a/x.gz"),
            ("ADD https://a/x /usr/local/bin/x", "OnPath https://a/x"),
            ("ADD --chmod=755 https://a/x /x", "Run https://a/x"),
            ("ADD https://a/x.sh /tmp/\nRUN sh /tmp/x.sh", "Run https://a/x.sh"),
            ("ADD --unpack=true https://a/x.tgz /opt", "Unpacked https://a/x.tgz"),
        ] {
            assert_eq!(found(body), [used], "{body}");
        }
    }

    #[test]
    fn compared_or_only_data() {
        for body in [
            "RUN curl -o x.sh https://a/x.sh && echo \"$SUM  x.sh\" | sha256sum -c && sh x.sh",
            "RUN curl -Lo /usr/local/bin/x https://a/x && sha256sum -c sums",
            "RUN curl -LO https://a/x.tgz -O https://a/x.tgz.asc && gpg --verify x.tgz.asc && tar xzf x.tgz -C /opt",
            "RUN curl -LO https://a/x.tgz\nRUN sha256sum -c sums && tar xzf x.tgz -C /opt",
            "RUN curl -o data.zip https://a/data.zip && unzip data.zip -d /data",
            "RUN curl https://a/x.sh | sh",
            "RUN curl -o /etc/apt/keyrings/a.asc https://a/key.asc && chmod +x other",
            "RUN curl -o x http://localhost/x && sh x",
            "RUN curl -o x https://a/0123456789abcdef0123456789abcdef01234567/x && sh x",
            "ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://a/x /usr/bin/x",
            "ADD https://a/page.html /srv/",
        ] {
            assert_eq!(found(body), [""; 0], "{body}");
        }
    }

    #[test]
    fn references_of_git() {
        assert!(is_git("git@h:a/b.git#v1") && is_git("https://h/a/b.git#v1:sub") && !is_git("https://h/a/b.tgz"));
        assert_eq!(git_reference("https://h/a.git#v1:sub"), Some("v1"));
        assert_eq!(git_reference("https://h/a.git?ref=main&commit=abc"), Some("abc"));
        assert_eq!(git_reference("https://h/a.git"), None);
        assert!(is_full_commit("0123456789abcdef0123456789abcdef01234567") && !is_full_commit("0123456"));
    }
}
