//! Commands that keep a credential in the layer they make: logins of tools, settings of registries, secret mounts that are
//! copied, and `set -x` while a secret is expanded.

use super::command::shell_options;
use super::dockerfile::InstructionAt;
use super::scripts;
use super::secret::{ValueVerdict, value_says};
use super::secret_file::SecretFile;
use super::written::written;
use crate::source::Span;
use crate::syntax::dockerfile::{Instruction, MountKind, mounts};
use crate::syntax::shell::{Command, Flow, How, PartKind, Word};
use crate::syntax::text::Text;

/// A command that keeps a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The command.
    pub span: Span,
    /// What keeps it: `npm config`, `docker login`, the path of a file.
    pub by: String,
    /// Where the credential comes from.
    pub from: From,
}

/// Where a credential comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// It is written out: its bytes.
    Literal(Text),
    /// A secret mount, by its id.
    Mount(String),
    /// A file of the image, by its path.
    File(String),
}

/// A secret that a RUN mounts.
struct SecretMount {
    id: String,
    path: String,
    variable: Option<String>,
}

/// The credentials that a RUN keeps, except those of build arguments.
pub fn stored(at: &InstructionAt<'_>) -> Vec<Stored> {
    let Some(script) = scripts::of_instruction(at) else { return Vec::new() };
    let flow = script.flow();
    let mounts = secret_mounts(at.instruction);
    let mut out = Vec::new();
    for command in &flow.commands {
        for (by, word) in credentials(&flow, command) {
            let from = mounted(&mounts, word).map(From::Mount).or_else(|| literal(word).map(From::Literal));
            out.extend(from.filter(|_| !is_undone(&flow, command)).map(|from| Stored { span: command.span, by, from }));
        }
        out.extend(key_file(command, &mounts).filter(|_| !is_undone(&flow, command)).map(|path| Stored {
            span: command.span,
            by: "gcloud auth activate-service-account".into(),
            from: From::File(path),
        }));
        out.extend(copied(at, &flow, command, &mounts));
    }
    out.extend(in_files(at, &flow, &mounts));
    out
}

/// A secret mount that is printed: the place of its expansion, and its id.
pub fn traced(at: &InstructionAt<'_>) -> Option<(Span, String)> {
    let mounts = secret_mounts(at.instruction);
    if mounts.is_empty() {
        return None;
    }
    let script = scripts::of_instruction(at)?;
    let flow = script.flow();
    let mut on = false;
    for command in &flow.commands {
        for option in shell_options(command).iter().filter(|o| o.name == "xtrace") {
            on = option.on;
        }
        // Every value of an assignment is printed, and every word; what only the program reads is not.
        let values = command.simple.assignments.iter().filter_map(|a| a.value.as_ref());
        let hit = command.simple.words.iter().chain(values).find_map(|w| Some((w.span(), mounted(&mounts, w)?)));
        if let Some(hit) = hit.filter(|_| on && !command.context.substitution) {
            return Some(hit);
        }
    }
    None
}

/// The places where the value of a variable is kept by the RUNs that see it, with what keeps it.
pub fn sinks(at: &InstructionAt<'_>, name: &str) -> Vec<(Span, String)> {
    let Some(script) = scripts::of_instruction(at) else { return Vec::new() };
    let flow = script.flow();
    let uses = |word: &Word| word.variables().iter().any(|v| v.name.as_str() == name);
    let mut out: Vec<(Span, String)> = Vec::new();
    for command in &flow.commands {
        out.extend(credentials(&flow, command).into_iter().filter(|(_, w)| uses(w)).map(|(by, _)| (command.span, by)));
    }
    let texts = written(&flow).into_iter().filter(|w| names_variable(&w.text, name));
    out.extend(texts.filter(|w| !is_removed(&flow, &w.path)).map(|w| (w.text.span(), w.path.to_string())));
    out
}

fn names_variable(text: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
    text.split('$').skip(1).any(|rest| rest.strip_prefix('{').unwrap_or(rest).strip_prefix(name).is_some_and(ends))
}

fn secret_mounts(instruction: &Instruction) -> Vec<SecretMount> {
    let mount = |m: crate::syntax::dockerfile::Mount| {
        if m.kind() != Some(MountKind::Secret) {
            return None;
        }
        let id = m.id.as_ref().or(m.target.as_ref()).or(m.env.as_ref()).map(|t| t.to_string())?;
        let id = id.rsplit('/').next().unwrap_or(&id).to_string();
        let path = m.target.as_ref().map_or_else(|| format!("/run/secrets/{id}"), |t| t.to_string());
        Some(SecretMount { path, variable: m.env.map(|e| e.to_string()), id })
    };
    mounts(instruction).into_iter().filter_map(mount).collect()
}

/// The id of the mount whose value the word takes: its variable, or `$(cat path)`.
fn mounted(mounts: &[SecretMount], word: &Word) -> Option<String> {
    let of_variable = |name: &str| mounts.iter().find(|m| m.variable.as_deref() == Some(name)).map(|m| m.id.clone());
    let variable = word.variables().iter().find_map(|v| of_variable(&v.name));
    variable.or_else(|| {
        word.parts.iter().find_map(|p| match &p.kind {
            PartKind::Command(script) => script.commands().iter().find_map(|c| reads(mounts, c)),
            _ => None,
        })
    })
}

/// The id of the mount that `cat`, or `< path`, reads.
fn reads(mounts: &[SecretMount], command: &Command<'_>) -> Option<String> {
    let words = command
        .args()
        .iter()
        .filter(|_| command.is(&["cat", "head", "tr", "base64", "jq"]))
        .chain(command.redirects.iter().map(|r| &r.target));
    words.into_iter().find_map(|w| mounts.iter().find(|m| *w.unquoted() == *m.path)).map(|m| m.id.clone())
}

/// A value that is written out and is a secret, not a stand-in.
fn literal(word: &Word) -> Option<Text> {
    let text = word.literal.clone()?;
    let value = text.rsplit_once('=').map_or(text.as_str(), |(_, v)| v);
    (value_says(value) == ValueVerdict::Literal && value.len() >= 4).then_some(text)
}

const REGISTRY_KEYS: &[&str] = &["_authtoken", "_password", "_auth", "npmauthtoken", "npmauthident"];

/// The words of a command that are credentials it keeps, with what keeps them.
fn credentials<'a>(flow: &Flow<'a>, command: &Command<'a>) -> Vec<(String, &'a Word)> {
    let options = command.options();
    let words: Vec<&'a Word> = options.operands.clone();
    let word = |n: usize| words.get(n).and_then(|w| w.value()).unwrap_or("");
    let option = |names: &[&str]| options.flags.iter().rfind(|f| names.contains(&f.name.as_str())).and_then(|f| f.value_word).into_iter();
    let all = |by: &str, found: Vec<&'a Word>| found.into_iter().map(|w| (by.to_string(), w)).collect::<Vec<_>>();
    // The word that follows an option of which the table of options does not know that it takes one.
    let after = |names: &[&str]| {
        let at = command.args().iter().position(|w| w.value().is_some_and(|v| names.contains(&v)));
        at.and_then(|n| command.args().get(n + 1)).into_iter().chain(option(names)).take(1).collect::<Vec<_>>()
    };
    match (command.program(), word(0), word(1)) {
        ("aws", "configure", "set") if word(2).ends_with("secret_access_key") || word(2).ends_with("session_token") => {
            all("aws configure", words.get(3).copied().into_iter().collect())
        }
        (npm @ ("npm" | "pnpm" | "yarn"), "config", "set") | (npm @ ("npm" | "pnpm"), "set", _) => {
            let is_key = |text: &str| REGISTRY_KEYS.iter().any(|k| text.to_ascii_lowercase().ends_with(k));
            let key_and_value = |n: usize| {
                let key = words.get(n)?.unquoted();
                match key.split_once('=') {
                    Some((name, _)) if is_key(&name) => words.get(n).copied(),
                    None if is_key(&key) => words.get(n + 1).copied(),
                    _ => None,
                }
            };
            all(&format!("{npm} config"), (1..words.len()).find_map(key_and_value).into_iter().collect())
        }
        ("docker" | "podman" | "buildah" | "skopeo" | "crane" | "oras", first, second) if [first, second].contains(&"login") => {
            let by = format!("{} login", command.program());
            let piped = if command.has_flag(&["--password-stdin"]) { piped_word(flow, command) } else { Vec::new() };
            all(&by, after(&["-p", "--password"]).into_iter().chain(piped).collect())
        }
        ("helm", "registry", "login") => all("helm registry login", after(&["-p", "--password"])),
        ("az", "login", _) => all("az login", after(&["-p", "--password"])),
        ("doctl", "auth", "init") => all("doctl auth init", after(&["-t", "--access-token"])),
        ("gh", "auth", "login") if command.has_flag(&["--with-token"]) => all("gh auth login", piped_word(flow, command)),
        ("cargo", "login", _) => all("cargo login", words.get(1).copied().into_iter().collect()),
        ("poetry", "config", key) if key.starts_with("http-basic.") => all("poetry config", words.get(3).copied().into_iter().collect()),
        ("poetry", "config", key) if key.starts_with("pypi-token.") => all("poetry config", words.get(2).copied().into_iter().collect()),
        ("composer" | "composer.phar", "config", key)
            if ["github-oauth.", "gitlab-token.", "gitlab-oauth.", "bearer."].iter().any(|k| key.starts_with(k)) =>
        {
            all("composer config", words.get(2).copied().into_iter().collect())
        }
        ("composer" | "composer.phar", "config", key) if key.starts_with("http-basic.") => {
            all("composer config", words.get(3).copied().into_iter().collect())
        }
        ("dotnet", "nuget", "add" | "update") => all("dotnet nuget", after(&["-p", "--password"])),
        ("huggingface-cli" | "hf" | "wandb", _, _) if words.iter().any(|w| w.is("login")) => {
            all(&format!("{} login", command.program()), after(&["--token"]).into_iter().collect())
        }
        ("git", "config", _) => {
            let is_url = |w: &&&Word| {
                let text = w.unquoted().to_ascii_lowercase();
                text.starts_with("url.") && text.contains('@') || text.starts_with("authorization:")
            };
            // A password that is written out is for credentials-in-url.
            all("git config", words.iter().filter(is_url).copied().filter(|w| w.literal.is_none()).collect())
        }
        _ => Vec::new(),
    }
}

/// The words of the `echo` or `printf` whose output the command reads.
fn piped_word<'a>(flow: &Flow<'a>, command: &Command<'a>) -> Vec<&'a Word> {
    let feeds = |c: &&Command<'a>| c.is(&["echo", "printf"]) && flow.readers(c).iter().any(|r| r.index == command.index);
    flow.commands.iter().find(feeds).and_then(|c| c.args().last()).into_iter().collect()
}

/// The key file of `gcloud auth activate-service-account` that is in the image.
fn key_file(command: &Command<'_>, mounts: &[SecretMount]) -> Option<String> {
    let args = command.args();
    let is = |n: usize, text: &str| args.get(n).is_some_and(|w| w.is(text));
    if !command.is(&["gcloud"]) || !is(0, "auth") || !is(1, "activate-service-account") {
        return None;
    }
    let attached = args.iter().find_map(|w| w.value()?.strip_prefix("--key-file=").map(str::to_string));
    let next = || args.iter().position(|w| w.is("--key-file")).and_then(|n| args.get(n + 1)?.value().map(str::to_string));
    attached.or_else(next).filter(|path| !path.starts_with("/run/secrets/") && !mounts.iter().any(|m| m.path == *path))
}

/// Whether a later command of the script takes it back: a logout, an unset setting, a removed file.
fn is_undone(flow: &Flow<'_>, command: &Command<'_>) -> bool {
    const BACK: &[&str] = &["logout", "delete", "rm", "unset", "--unset", "--unset-all", "--remove-section", "revoke", "remove", "clear"];
    const FILES: &[&str] =
        &[".npmrc", ".yarnrc", ".docker", ".gitconfig", ".aws", ".config", ".netrc", "auth.json", "auth.toml", "NuGet", ".cargo", ".azure"];
    flow.commands.iter().filter(|c| c.index > command.index || c.context.embedded == Some(How::Trap)).any(|c| {
        let takes_back = c.program() == command.program() && c.args().iter().any(|w| w.value().is_some_and(|v| BACK.contains(&v)));
        let removes = c.is(&["rm", "shred"]) && c.args().iter().any(|w| FILES.iter().any(|f| w.unquoted().contains(f)));
        takes_back || removes
    })
}

fn is_removed(flow: &Flow<'_>, path: &str) -> bool {
    let name = |p: &str| p.trim_end_matches('/').rsplit('/').next().unwrap_or(p).to_string();
    let is_it = |w: &Word| {
        let text = w.unquoted();
        name(&text) == name(path) || path.starts_with(&format!("{}/", text.trim_end_matches('/')))
    };
    flow.commands.iter().any(|c| c.is(&["rm", "shred", "unlink"]) && c.args().iter().any(is_it))
}

/// `cp /run/secrets/x file`, `cat /run/secrets/x > file`, `cat /run/secrets/x | tee file`.
fn copied(at: &InstructionAt<'_>, flow: &Flow<'_>, command: &Command<'_>, mounts: &[SecretMount]) -> Option<Stored> {
    let options = command.options();
    let (id, target) = if command.is(&["cp", "install", "mv"]) {
        let (last, sources) = options.operands.split_last()?;
        let mount = mounts.iter().find(|m| sources.iter().any(|w| *w.unquoted() == *m.path))?;
        (mount.id.clone(), last.unquoted())
    } else {
        let id = reads(mounts, command).filter(|_| !command.context.substitution)?;
        let own = command.redirects.iter().find(|r| r.writes() && r.fd.is_none_or(|fd| fd == 1)).map(|r| r.target.unquoted());
        let tee =
            || flow.readers(command).into_iter().find(|r| r.is(&["tee"])).and_then(|r| Some(r.options().operands.first()?.unquoted()));
        (id, own.or_else(tee)?)
    };
    let kept = !target.starts_with("/dev/") && !is_removed(flow, &target) && !is_mounted(at, &target);
    kept.then(|| Stored { span: command.span, by: target.to_string(), from: From::Mount(id) })
}

/// Text with the value of a mount, or with a login that is written out, on its way into a file.
fn in_files(at: &InstructionAt<'_>, flow: &Flow<'_>, mounts: &[SecretMount]) -> Vec<Stored> {
    let mut out = Vec::new();
    for text in written(flow) {
        let of_variable = mounts.iter().find(|m| m.variable.as_ref().is_some_and(|v| names_variable(&text.text, v)));
        let of_path =
            || mounts.iter().find(|m| text.text.contains(&format!("$(cat {})", m.path)) || text.text.contains(&format!("$(< {})", m.path)));
        let literal = || {
            let kind = SecretFile::of(&text.path)?.0;
            let is_login = match kind {
                SecretFile::Npmrc | SecretFile::Environment => kind.is_held_by(&text.text),
                SecretFile::Passwords => text.text.contains("password ") && !text.text.contains('$'),
                _ => false,
            };
            is_login.then(|| From::Literal(text.text.clone()))
        };
        let Some(from) = of_variable.or_else(of_path).map(|m| From::Mount(m.id.clone())).or_else(literal) else { continue };
        if !is_removed(flow, &text.path) && !is_mounted(at, &text.path) {
            out.push(Stored { span: text.text.span(), by: text.path.to_string(), from });
        }
    }
    out
}

fn is_mounted(at: &InstructionAt<'_>, path: &str) -> bool {
    let targets = mounts(at.instruction).into_iter().filter_map(|m| m.target);
    targets.into_iter().any(|t| path.strip_prefix(t.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::source::{FileKind, Sources};
    use std::path::Path;

    fn with<T>(run: &str, f: impl Fn(&InstructionAt<'_>) -> T) -> T {
        let text = format!("FROM debian\n{run}\n");
        let sources = Sources::new(Path::new("/"), 1 << 20);
        let file = Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text));
        f(&file.instructions().last().unwrap())
    }

    fn found(run: &str) -> Vec<String> {
        let from = |f: From| match f {
            From::Literal(_) => "literal".to_string(),
            From::Mount(id) => format!("mount {id}"),
            From::File(path) => format!("file {path}"),
        };
        with(run, |at| stored(at).into_iter().map(|s| format!("{}: {}", s.by, from(s.from))).collect())
    }

    #[test]
    fn credentials_that_are_kept() {
        assert_eq!(found("RUN docker login -u a -p hunter22 registry.example.com"), ["docker login: literal"]);
        assert_eq!(found("RUN echo hunter22x | docker login -u a --password-stdin r"), ["docker login: literal"]);
        assert_eq!(found("RUN aws configure set aws_secret_access_key 0a1b2c3d4e5f"), ["aws configure: literal"]);
        assert_eq!(found("RUN npm config set //r/:_authToken=0a1b2c3d4e5f"), ["npm config: literal"]);
        assert_eq!(found("RUN az login --service-principal -u a -p hunter22"), ["az login: literal"]);
        assert_eq!(
            found("RUN gcloud auth activate-service-account --key-file=/key.json"),
            ["gcloud auth activate-service-account: file /key.json"]
        );
        assert_eq!(found("RUN --mount=type=secret,id=t cat /run/secrets/t > /app/t"), ["/app/t: mount t"]);
        assert_eq!(found("RUN --mount=type=secret,id=t,target=/t cp /t /app/"), ["/app/: mount t"]);
        assert_eq!(found("RUN --mount=type=secret,id=t,env=T npm config set //r/:_authToken \"$T\" && npm ci"), ["npm config: mount t"]);
        assert_eq!(found("RUN --mount=type=secret,id=t echo \"x=$(cat /run/secrets/t)\" > ~/.npmrc"), ["~/.npmrc: mount t"]);
        assert_eq!(
            found("RUN --mount=type=secret,id=t,env=T git config --global url.\"https://x:$T@h/\".insteadOf https://h/"),
            ["git config: mount t"]
        );
    }

    #[test]
    fn credentials_that_are_not_kept() {
        for run in [
            "RUN docker login -u a -p $PASSWORD r",
            "RUN --mount=type=secret,id=t,env=T npm config set //r/:_authToken $T && npm ci && npm config delete //r/:_authToken",
            "RUN --mount=type=secret,id=t cat /run/secrets/t > ~/.npmrc && npm ci && rm -f ~/.npmrc",
            "RUN --mount=type=secret,id=t --mount=type=tmpfs,target=/tmp cp /run/secrets/t /tmp/t",
            "RUN --mount=type=secret,id=t T=$(cat /run/secrets/t) npm ci",
            "RUN --mount=type=secret,id=k,target=/k.json gcloud auth activate-service-account --key-file=/k.json",
            "RUN npm config set registry https://r/ && npm config set //r/:_authToken '${NPM_TOKEN}'",
            "RUN docker login -p changeme r",
            "RUN echo docker login -p hunter22",
        ] {
            assert_eq!(found(run), [""; 0], "{run}");
        }
    }

    #[test]
    fn secrets_that_are_printed() {
        let id = |run: &str| with(run, |at| traced(at).map(|(_, id)| id));
        assert_eq!(id("RUN --mount=type=secret,id=t,env=T set -eux; curl -H \"A: $T\" https://a"), Some("t".into()));
        assert_eq!(id("RUN --mount=type=secret,id=t set -x && export T=$(cat /run/secrets/t)"), Some("t".into()));
        assert_eq!(id("RUN --mount=type=secret,id=t,env=T set -x; set +x; curl -H \"A: $T\" https://a"), None);
        assert_eq!(id("RUN --mount=type=secret,id=t,env=T set -ex; npm ci"), None);
    }

    #[test]
    fn where_arguments_go() {
        let of = |run: &str| with(run, |at| sinks(at, "T").into_iter().map(|(_, by)| by).collect::<Vec<_>>());
        assert_eq!(of("RUN echo \"//r/:_authToken=${T}\" > .npmrc && npm ci"), [".npmrc"]);
        assert_eq!(of("RUN docker login -p $T r"), ["docker login"]);
        assert_eq!(of("RUN echo $T > .npmrc && npm ci && rm .npmrc; echo $TT > x"), [""; 0]);
    }
}
