//! Files that hold credentials: told by their names, and by what is in them where that can be read.

use super::build::Build;
use super::command::{WriteKind, writes};
use super::context::context_path;
use super::dockerfile::{Dockerfile, InstructionAt, clean_path};
use super::scripts;
use super::secret::{Held, ValueVerdict, find_secrets, find_url_logins, secret_in, value_says};
use crate::source::{FileKind, Sources, Span};
use crate::syntax::dockerfile::{Args, CopyArgs, Keyword, mounts};
use crate::syntax::glob::Glob;
use crate::syntax::shell::{Command, Flow};
use crate::syntax::text::Text;

/// A kind of file that holds credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretFile {
    /// `.env`
    Environment,
    /// `id_rsa`, `*.pem`, `*.key`
    PrivateKey,
    /// `.npmrc`
    Npmrc,
    /// `.netrc`, `.pgpass`, `.git-credentials`, `.pypirc`, ...
    Passwords,
    /// `.aws/credentials`, `.kube/config`, `.docker/config.json`
    Cloud,
    /// `*.tfstate`
    State,
    /// `*.p12`, `*.jks`
    KeyStore,
    /// `service-account.json`
    ServiceAccount,
}

impl SecretFile {
    /// The kind of the file at a path, by its name, and whether the name alone is enough.
    pub fn of(path: &str) -> Option<(SecretFile, bool)> {
        use SecretFile as F;
        let path = path.trim_end_matches('/').to_ascii_lowercase();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
        let parent = folder.rsplit('/').next().unwrap_or("");
        const HARMLESS: &[&str] =
            &["example", "sample", "template", "dist", "defaults", "default", "test", "testing", "ci", "schema", "tpl", "tmpl", "md"];
        Some(match name {
            ".env" => (F::Environment, true),
            _ if name.starts_with(".env.") && !name.split('.').any(|p| HARMLESS.contains(&p)) => (F::Environment, true),
            "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | "id_ed25519_sk" | "id_ecdsa_sk" => (F::PrivateKey, true),
            "privkey.pem" | "private.pem" | "private-key.pem" | "key.pem" => (F::PrivateKey, true),
            ".npmrc" => (F::Npmrc, true),
            ".netrc" | "_netrc" | ".pypirc" | ".pgpass" | ".git-credentials" | ".dockercfg" | ".s3cfg" | ".my.cnf" => (F::Passwords, true),
            "credentials" if parent == ".aws" => (F::Cloud, true),
            ".aws" | ".ssh" | ".kube" => (F::Cloud, true),
            "config" if parent == ".kube" => (F::Cloud, true),
            "config.json" if parent == ".docker" => (F::Cloud, true),
            "terraform.tfstate" => (F::State, true),
            _ if end == "tfstate" => (F::State, true),
            _ if matches!(end, "p12" | "pfx" | "jks" | "keystore")
                && !stem.contains("trust")
                && !stem.contains("cacerts")
                && !stem.contains("debug") =>
            {
                (F::KeyStore, true)
            }
            _ if matches!(end, "pem" | "ppk") => (F::PrivateKey, end == "ppk" || stem.ends_with("-key") || stem.ends_with("_key")),
            _ if end == "key" => (F::PrivateKey, !is_public_key(&path)),
            _ if end == "json"
                && (stem.contains("service-account") || stem.contains("service_account") || stem.contains("serviceaccount")) =>
            {
                (F::ServiceAccount, false)
            }
            _ => return None,
        })
    }

    /// What it is, for a message.
    pub fn what(self) -> &'static str {
        match self {
            SecretFile::Environment => "a file of settings with passwords",
            SecretFile::PrivateKey => "a private key",
            SecretFile::Npmrc => "the login of a package registry",
            SecretFile::Passwords => "a file of passwords",
            SecretFile::Cloud => "the login of a person or machine",
            SecretFile::State => "a state file, which holds secrets in clear text",
            SecretFile::KeyStore => "a store of private keys",
            SecretFile::ServiceAccount => "the key of a service account",
        }
    }

    /// Whether what is in the file makes it one of credentials.
    pub fn is_held_by(self, text: &str) -> bool {
        match self {
            SecretFile::Environment => text.lines().any(sets_a_secret) || holds_credentials(text),
            SecretFile::PrivateKey => text.contains("PRIVATE KEY"),
            SecretFile::Npmrc => text.lines().any(npm_login) || holds_credentials(text),
            SecretFile::ServiceAccount => text.contains("PRIVATE KEY") || text.contains("\"private_key\""),
            SecretFile::Passwords => text.lines().any(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#')) && !is_template(text),
            SecretFile::Cloud | SecretFile::State | SecretFile::KeyStore => true,
        }
    }
}

/// Keys that repositories and packages publish are public.
fn is_public_key(path: &str) -> bool {
    ["pub", "gpg", "apt", "apk", "keyring", "repo", "release", "sign", "archive", "trusted", "license", "translation"]
        .iter()
        .any(|w| path.contains(w))
}

/// `NAME=value` with the name of a secret and a value that is one.
fn sets_a_secret(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let pair = line.split_once('=').filter(|_| !line.starts_with('#'));
    pair.is_some_and(|(name, value)| {
        matches!(secret_in(name.trim(), Some(value.trim().trim_matches(['"', '\'']))), Some((_, Held::Literal)))
    })
}

fn holds_credentials(text: &str) -> bool {
    let is_literal =
        |l: &super::secret::UrlLogin| l.password.clone().and_then(|p| text.get(p)).is_some_and(|p| value_says(p) == ValueVerdict::Literal);
    !find_secrets(text).is_empty() || find_url_logins(text).iter().any(is_literal)
}

/// `//registry/:_authToken=..` with a value that is no variable.
fn npm_login(line: &str) -> bool {
    let line = line.trim();
    let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with(['#', ';'])) else { return false };
    let is_login = ["_authtoken", "_password", "_auth"].iter().any(|k| key.trim().to_ascii_lowercase().ends_with(k));
    is_login && !value.trim().is_empty() && !is_template(value)
}

/// Whether variables stand where the secrets would.
fn is_template(text: &str) -> bool {
    text.contains("${") || text.contains("{{") || text.contains("<%") || text.contains("$(")
}

/// A file of credentials that an instruction brings.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The bytes of the source, or of the path that is written.
    pub span: Span,
    /// The source as written.
    pub source: String,
    /// The file: the source itself, or a path of the context within it.
    pub path: String,
    /// What it is.
    pub kind: SecretFile,
    /// Where it may be in the image.
    pub targets: Vec<String>,
    /// The instruction that brings it.
    pub index: usize,
}

impl Brought {
    /// Whether it is one of many that the source brings.
    pub fn is_within(&self) -> bool {
        self.source != self.path
    }
}

/// The files of credentials that COPY and ADD of a stage bring, looked up in the context of the build.
pub fn copied(build: &Build, stage: usize, sources: &Sources) -> Vec<Brought> {
    let Some(stage) = build.dockerfile.stages.get(stage) else { return Vec::new() };
    let mut out = Vec::new();
    for at in build.dockerfile.stage_instructions(stage) {
        let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { continue };
        for source in &copy.sources {
            out.extend(of_source(build, &at, &copy, source, sources));
        }
    }
    out
}

fn of_source(build: &Build, at: &InstructionAt<'_>, copy: &CopyArgs, source: &Text, sources: &Sources) -> Vec<Brought> {
    let Some(written) = at.resolve(source).known().map(|t| t.trim_start_matches("./").to_string()) else { return Vec::new() };
    if written.contains("://") || written.starts_with("git@") {
        return Vec::new();
    }
    let brought = |path: &str, kind: SecretFile| Brought {
        span: source.span(),
        source: written.clone(),
        path: path.to_string(),
        kind,
        targets: targets(at, copy, &written, path),
        index: at.index,
    };
    let by_name = SecretFile::of(&written);
    if copy.from.is_some() {
        return by_name.filter(|(_, enough)| *enough).map(|(kind, _)| brought(&written, kind)).into_iter().collect();
    }
    let context = build.context(sources);
    let files = context.files(source_of(&written));
    if files.paths.is_empty() {
        // Nothing is there to look at: a file that only the machine of the build has.
        let ignored = matches!(context.contains(source_of(&written)), super::context::Presence::Ignored(_));
        let named = by_name.filter(|(_, enough)| *enough && !ignored && !written.contains(['*', '?', '[']));
        return named.map(|(kind, _)| brought(&written, kind)).into_iter().collect();
    }
    let folder = context.folder();
    let is_single = files.paths.len() == 1 && files.paths.first().is_some_and(|p| *p == context_path(&written));
    let excluded: Vec<Text> = copy.exclude.iter().filter_map(|e| at.resolve(e).known().cloned()).collect();
    let mut found = Vec::new();
    for path in files.paths.iter().filter(|p| is_single || !is_example(p)) {
        let Some((kind, _)) = SecretFile::of(path).filter(|_| !excluded.iter().any(|e| leaves_out(e, path, &written))) else { continue };
        let text = folder.and_then(|f| sources.load(&f.join(path), FileKind::Other).ok());
        // What is no text is a store of keys at most.
        let holds = text.map_or(kind == SecretFile::KeyStore, |t| kind.is_held_by(&t.text));
        if holds {
            found.push(brought(if is_single { &written } else { path }, kind));
        }
        if found.len() >= MOST_FOUND {
            break;
        }
    }
    found
}

/// How many files of one source are told of.
const MOST_FOUND: usize = 20;

fn source_of(written: &str) -> &str {
    if written.is_empty() { "." } else { written }
}

/// Whether a path lies among tests, examples or the packages of others.
fn is_example(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "test",
        "tests",
        "testdata",
        "fixtures",
        "example",
        "examples",
        "spec",
        "__tests__",
        "node_modules",
        "vendor",
        "docs",
        "site-packages",
        "mocks",
    ];
    path.split('/').rev().skip(1).any(|part| FOLDERS.contains(&part.to_ascii_lowercase().as_str()))
}

/// Whether `--exclude=pattern` leaves out a file of the context that the source brings.
fn leaves_out(pattern: &str, path: &str, source: &str) -> bool {
    let within = path.strip_prefix(&context_path(source)).map_or(path, |p| p.trim_start_matches('/'));
    let pattern = pattern.trim_start_matches("**/").trim_end_matches('/');
    let glob = Glob::shell(pattern);
    let is = |text: &str| glob.as_ref().is_ok_and(|g| g.matches(text));
    is(within) || within.split('/').any(is)
}

/// Where a copied file may be: the destination, or below it.
fn targets(at: &InstructionAt<'_>, copy: &CopyArgs, source: &str, path: &str) -> Vec<String> {
    let Some(destination) = copy.destination.as_ref().and_then(|d| absolute(at, d)) else { return Vec::new() };
    let top = context_path(source);
    let within = path.strip_prefix(top.as_str()).unwrap_or(path).trim_start_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut out = vec![destination.clone(), clean_path(&format!("{destination}/{name}"))];
    if !within.is_empty() {
        out.push(clean_path(&format!("{destination}/{within}")));
    }
    out
}

/// A path in the image; `~` and `$HOME` are read as those of root.
fn absolute(at: &InstructionAt<'_>, path: &Text) -> Option<String> {
    let home =
        ["~", "$HOME", "${HOME}"].into_iter().find_map(|h| path.strip_prefix(h)).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if let Some(rest) = home {
        return Some(clean_path(&format!("/root{rest}")));
    }
    let known = at.resolve(&path.unquoted()).known()?.to_string();
    if known.starts_with('/') {
        return Some(clean_path(&known));
    }
    let workdir = at.dockerfile.workdir_at(at.stage?, at.index).unwrap_or_else(|| "/".into());
    Some(clean_path(&format!("{workdir}/{known}")))
}

/// The files of credentials that a RUN leaves behind: written, not removed in the same script, under no mount.
pub fn written(at: &InstructionAt<'_>) -> Vec<Brought> {
    if at.instruction.keyword != Keyword::Run {
        return Vec::new();
    }
    let Some(script) = scripts::of_instruction(at) else { return Vec::new() };
    let flow = script.flow();
    let leaves = |kind: WriteKind| !matches!(kind, WriteKind::Unpack | WriteKind::Touch | WriteKind::Edit | WriteKind::Link);
    let mut out: Vec<Brought> = Vec::new();
    for write in writes(&flow).into_iter().filter(|w| leaves(w.kind)) {
        let Some((kind, true)) = SecretFile::of(&write.path) else { continue };
        let Some(target) = absolute(at, &write.path) else { continue };
        let gone = removals(at, &flow).iter().any(|r| r.covers(&target));
        if !gone && !is_mounted(at, &target) && !out.iter().any(|b| b.targets.contains(&target)) {
            let path = write.path.to_string();
            out.push(Brought { span: write.path.span(), source: path.clone(), path, kind, targets: vec![target], index: at.index });
        }
    }
    out
}

fn is_mounted(at: &InstructionAt<'_>, path: &str) -> bool {
    let targets = mounts(at.instruction).into_iter().filter_map(|m| m.target);
    targets
        .into_iter()
        .any(|t| absolute(at, &t).is_some_and(|t| path == t || path.strip_prefix(&t).is_some_and(|rest| rest.starts_with('/'))))
}

/// A removal of a path, a folder or what a pattern matches.
struct Removal {
    path: String,
    span: Span,
}

impl Removal {
    fn covers(&self, target: &str) -> bool {
        let is_glob = self.path.contains(['*', '?']);
        target == self.path
            || target.strip_prefix(&self.path).is_some_and(|rest| rest.starts_with('/'))
            || is_glob && Glob::shell(&self.path).is_ok_and(|g| g.matches(target))
    }
}

fn removals(at: &InstructionAt<'_>, flow: &Flow<'_>) -> Vec<Removal> {
    let mut out = Vec::new();
    let removes = |c: &&Command<'_>| c.is(&["rm", "shred", "unlink", "srm"]);
    for command in flow.commands.iter().filter(removes) {
        for word in command.options().operands {
            out.extend(absolute(at, &word.unquoted()).map(|path| Removal { path, span: command.span }));
        }
    }
    out
}

/// Where a later instruction of the same image removes the file.
pub fn removed_later(dockerfile: &Dockerfile, brought: &Brought) -> Option<Span> {
    let stage = dockerfile.stage_of(brought.index)?;
    let below = dockerfile.stages.iter().filter(|s| dockerfile.ancestry(s.index).iter().any(|a| a.index == stage));
    let runs = below
        .flat_map(|s| dockerfile.stage_instructions(s))
        .filter(|at| at.index > brought.index && at.instruction.keyword == Keyword::Run);
    runs.filter(|at| scripts::mentions(at, &["rm", "shred", "unlink"])).find_map(|at| {
        let script = scripts::of_instruction(&at)?;
        let found = removals(&at, &script.flow());
        found.into_iter().find(|r| brought.targets.iter().any(|t| r.covers(t))).map(|r| r.span)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn names_of_files() {
        let of = |path: &str| SecretFile::of(path);
        assert_eq!(of("config/.env"), Some((SecretFile::Environment, true)));
        assert_eq!(of(".env.production"), Some((SecretFile::Environment, true)));
        assert_eq!(of("keys/id_ed25519"), Some((SecretFile::PrivateKey, true)));
        assert_eq!(of("tls/server.key"), Some((SecretFile::PrivateKey, true)));
        assert_eq!(of("ca.pem"), Some((SecretFile::PrivateKey, false)));
        assert_eq!(of(".docker/config.json"), Some((SecretFile::Cloud, true)));
        for path in
            [".env.example", ".env.sample.local", "env", "id_rsa.pub", "config.json", "truststore.jks", "package.json", "environment"]
        {
            assert_eq!(of(path), None, "{path}");
        }
        assert_eq!(of("/etc/apt/keyrings/vendor.key"), Some((SecretFile::PrivateKey, false)));
    }

    #[test]
    fn what_is_in_them() {
        assert!(SecretFile::Environment.is_held_by("A=1\nexport DB_PASSWORD='hunter22'\n"));
        assert!(SecretFile::Environment.is_held_by("DATABASE_URL=postgres://a:hunter22@db\n"));
        assert!(!SecretFile::Environment.is_held_by("NODE_ENV=production\n# DB_PASSWORD=x1y2z3\nDB_PASSWORD=\nAPI_TOKEN=${TOKEN}\n"));
        assert!(SecretFile::Npmrc.is_held_by("//r/:_authToken=0a1b2c3d4e5f"));
        assert!(!SecretFile::Npmrc.is_held_by("registry=https://r/\n//r/:_authToken=${NPM_TOKEN}"));
        assert!(!SecretFile::PrivateKey.is_held_by("-----BEGIN CERTIFICATE-----"));
    }

    #[test]
    fn written_and_removed() {
        let sources = Sources::new(Path::new("/"), 1 << 20);
        let text = "FROM debian\nRUN echo \"$K\" > ~/.ssh/id_rsa\nRUN rm -rf /root/.ssh\nRUN echo x > /a/.netrc && rm /a/.netrc\nRUN --mount=type=tmpfs,target=/b echo x > /b/.netrc\n";
        let file = Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string()));
        let found: Vec<Brought> = file.instructions().flat_map(|at| written(&at)).collect();
        assert_eq!(found.iter().map(|b| b.path.as_str()).collect::<Vec<_>>(), ["~/.ssh/id_rsa"]);
        assert!(removed_later(&file, &found[0]).is_some());
    }
}
