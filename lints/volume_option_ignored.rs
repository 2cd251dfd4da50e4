use crate::lint::prelude::*;
use crate::model::compose::{Mount, MountKind, Node, Replaced, Resolved};
use crate::model::origin::{How, Origin};

pub static LINT: Lint = Lint {
    id: "volume-option-ignored",
    summary: "a part of a volume that Compose silently passes over",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    // Only security lints carry a score.
    score: None,
    cis: &[],
    aliases: &[],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("volume_option_ignored.md"),
    checks: &[Check::Service(service), Check::Project(replaced)],
};

/// What Compose knows.
const KNOWN: &[&str] = &["ro", "rw", "nocopy", "z", "Z", "private", "rprivate", "shared", "rshared", "slave", "rslave"];

/// What other tools know: Docker Desktop and Podman. People write these on purpose.
const OF_OTHERS: &[&str] = &[
    "cached", "consistent", "delegated", "U", "O", "idmap", "exec", "noexec", "suid", "nosuid", "dev", "nodev", "bind", "rbind", "copy",
];

fn service(service: &Service, cx: &mut Cx<'_>) {
    for mount in service.volumes() {
        if mount.long {
            blocks(service, &mount, cx);
            continue;
        }
        if drive(service, &mount, cx) {
            continue;
        }
        for option in mount.options.iter().filter(|o| o.is_known() && !o.is_empty()) {
            if option.as_str() == "nocopy" && mount.kind == MountKind::Bind {
                let message = format!("service {} mounts {}, and `nocopy` does nothing there", service.name, name(&mount));
                say(service, &mount, option.span(), message, cx).help("take it out; only volumes are filled from the image").file();
            } else if !KNOWN.contains(&option.as_str()) && !OF_OTHERS.contains(&option.as_str()) {
                unknown(service, &mount, option, cx);
            }
        }
    }
}

fn say<'c>(service: &Service, mount: &Mount, at: Span, message: String, cx: &'c mut Cx<'_>) -> crate::lint::Report<'c> {
    let target = mount.target.as_ref().map_or("", |t| t.as_str()).to_string();
    cx.report(at, message).at(format!("services.{}.volumes", service.name)).evidence(target).origin(&mount.origin)
}

/// What is mounted, as people call it.
fn name(mount: &Mount) -> &str {
    mount.source.as_ref().or(mount.target.as_ref()).map_or("", |s| s.as_str())
}

fn unknown(service: &Service, mount: &Mount, option: &Resolved, cx: &mut Cx<'_>) {
    let text = option.as_str();
    let meant = meant(text);
    let writable = mount.read_only.is_none();
    let message = match meant {
        Some("ro") if writable => format!("service {} mounts {} writable: Compose ignores the option `{text}`", service.name, name(mount)),
        _ => format!("service {} mounts {} without the option `{text}`, which Compose does not know", service.name, name(mount)),
    };
    let is_plain = option.is_literal() && !mount.origin.is_shared();
    let mut report = say(service, mount, option.span(), message, cx);
    report = match meant {
        Some(meant) => report.help(format!("write `{meant}`")),
        None => report.help("take it out; Compose knows `ro`, `rw`, `nocopy`, `z`, `Z` and the kinds of propagation, as `rslave`"),
    };
    if let Some(meant) = meant.filter(|_| is_plain) {
        report = report.fix(Safety::Safe, format!("write `{meant}`"), vec![(option.span(), meant.to_string())]);
    }
    report.file();
}

/// The option that the author had in mind.
fn meant(option: &str) -> Option<&'static str> {
    let lower: String = option.to_ascii_lowercase().chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
    match lower.as_str() {
        "ro" | "r" | "read" | "readonly" | "roo" | "rro" | "or" => return Some("ro"),
        "rw" | "w" | "rww" | "wr" | "readwrite" | "write" | "writable" => return Some("rw"),
        _ => {}
    }
    let near = KNOWN.iter().filter(|k| k.len() > 3).map(|k| (strsim::damerau_levenshtein(&lower, k), *k)).min()?;
    (near.0 <= 1).then_some(near.1)
}

/// `v:/data` is a path on drive `v` to Compose.
fn drive(service: &Service, mount: &Mount, cx: &mut Cx<'_>) -> bool {
    let target = mount.target.as_ref().filter(|t| t.is_known());
    let (Some(target), false) = (target, service.is_windows()) else { return false };
    let (letter, whole) = match &mount.source {
        None => (drive_letter(target), target),
        Some(source) if !target.starts_with('/') && drive_letter(target).is_none() => (drive_letter(source), source),
        Some(_) => return false,
    };
    let Some(letter) = letter else { return false };
    let path = whole.get(2..).unwrap_or("");
    let message = format!("service {} does not mount the volume {letter}: Compose reads `{}` as a path on a Windows drive", service.name, whole.as_str());
    let help = format!("give the volume a longer name, or write it out: `{{type: volume, source: {letter}, target: {path}}}`");
    say(service, mount, mount.span, message, cx).code("drive").help(help).file();
    true
}

fn drive_letter(path: &str) -> Option<char> {
    let mut chars = path.chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?;
    (chars.next() == Some(':') && chars.next() == Some('/')).then_some(letter)
}

/// `volume:` in a bind mount and the like.
fn blocks(service: &Service, mount: &Mount, cx: &mut Cx<'_>) {
    let own = match mount.kind {
        MountKind::Bind => "bind",
        MountKind::Volume => "volume",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Image => "image",
        _ => return,
    };
    for block in ["bind", "volume", "tmpfs", "image"].into_iter().filter(|b| *b != own) {
        let Some(entry) = mount.node.as_map().and_then(|m| m.entry(block)) else { continue };
        if entry.value.as_map().is_none_or(|m| m.is_empty()) {
            continue;
        }
        let message = format!("service {} mounts {} as a {own}, so what stands below `{block}` does nothing", service.name, name(mount));
        let help = format!("write `type: {block}`, or take `{block}` out");
        say(service, mount, entry.key.span, message, cx).code("block").help(help).file();
    }
}

/// Two mounts on one path of the container: the first disappears. What an override or a service that extends replaces
/// is meant.
fn replaced(project: &Project, cx: &mut Cx<'_>) {
    for pair in project.replaced.iter().filter(|r| r.list == "volumes" && layer(&r.was) == layer(&r.by) && r.was.span != r.by.span) {
        let Some((service, mount)) = survivor(project, pair) else { continue };
        let source = cx.world.sources.get(pair.was.span.file);
        let (was, target) = (source.slice(pair.was.span), mount.target.as_ref().map_or("", |t| t.trim_end_matches('/')));
        // The same line twice does no harm.
        if was.trim_matches(['"', '\'']) == cx.world.sources.get(pair.by.span.file).slice(pair.by.span).trim_matches(['"', '\'']) {
            continue;
        }
        let message = format!("service {} does not get this mount: another one takes {target}", service.name);
        cx.report(pair.was.span, message)
            .code("hidden")
            .label(pair.by.span, "this one is mounted")
            .help("take one of them out, or mount it at another path")
            .at(format!("services.{}.volumes", service.name))
            .evidence(target)
            .file();
    }
}

/// The steps that tell layers of a project apart.
fn layer(origin: &Origin) -> Vec<Span> {
    let laid = |how: How| matches!(how, How::Override | How::Extends | How::Include);
    let mut steps: Vec<Span> = origin.hops().iter().filter(|h| laid(h.how)).map(|h| h.span).collect();
    steps.push(Span::new(origin.span.file, 0, 0));
    steps
}

fn survivor<'p>(project: &'p Project, pair: &Replaced) -> Option<(&'p Service, Mount)> {
    let has = |node: &Node| node.as_seq().unwrap_or(&[]).iter().any(|n| n.span() == pair.by.span);
    let service = project.services.iter().find(|s| s.node.get("volumes").is_some_and(has))?;
    let mount = service.volumes().into_iter().find(|m| m.span == pair.by.span)?;
    Some((service, mount))
}
