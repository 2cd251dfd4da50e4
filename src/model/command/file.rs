//! Files: what commands write, and whose they become.

use super::download::{Output, downloads};
use super::{is_stdout, output_redirect};
use crate::syntax::shell::{Command, Flow, Options, Redirect, RedirectOp, Word};
use crate::syntax::text::Text;

/// A file or folder that a command writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The path, quotes removed, variables as they are written.
    pub path: Text,
    /// How it is written.
    pub kind: WriteKind,
    /// The command that writes it, the last one of a group with a redirection. Absent when the group holds none.
    pub command: Option<usize>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteKind {
    /// `> file`
    Redirect,
    /// `>> file`, `tee -a`
    Append,
    /// `tee`
    Tee,
    /// `cp`, to a file or into a folder
    Copy,
    /// `mv`
    Move,
    /// `install`
    Install,
    /// `ln`
    Link,
    /// `sed -i`
    Edit,
    /// `curl -o`, `wget`
    Download,
    /// `dd of=`
    Dump,
    /// `touch`
    Touch,
    /// `tar -C folder`, `unzip -d folder`
    Unpack,
}

/// Everything that the commands of a script write. `/dev/null` and the standard streams are no files.
pub fn writes(flow: &Flow<'_>) -> Vec<Write> {
    let mut out = Vec::new();
    for command in &flow.commands {
        out.extend(command.redirects.iter().filter_map(|r| redirected(r, Some(command.index))));
        out.extend(of_command(command).into_iter().map(|(path, kind)| Write { path, kind, command: Some(command.index) }));
    }
    for (redirect, held) in &flow.redirects {
        out.extend(redirected(redirect, held.clone().next_back()));
    }
    for download in downloads(flow) {
        let redirect = flow.commands.get(download.command).and_then(output_redirect).map(|r| r.target.unquoted());
        if let Output::File(path) = download.output
            && redirect.as_ref() != Some(&path)
        {
            out.push(Write { path, kind: WriteKind::Download, command: Some(download.command) });
        }
    }
    out.retain(|w| !is_device(&w.path));
    out
}

fn is_device(path: &str) -> bool {
    is_stdout(path) || matches!(path, "/dev/null" | "/dev/stderr" | "/dev/tty") || path.starts_with("/dev/fd/")
}

fn redirected(redirect: &Redirect, command: Option<usize>) -> Option<Write> {
    let append = matches!(redirect.op, RedirectOp::Append | RedirectOp::AppendBoth);
    let kind = if append { WriteKind::Append } else { WriteKind::Redirect };
    redirect.writes().then(|| Write { path: redirect.target.unquoted(), kind, command })
}

fn of_command(command: &Command<'_>) -> Vec<(Text, WriteKind)> {
    let options = command.options();
    let kind = match command.program() {
        "tee" if options.has(&["-a", "--append"]) => WriteKind::Append,
        "tee" => WriteKind::Tee,
        "touch" => WriteKind::Touch,
        "cp" => WriteKind::Copy,
        "mv" => WriteKind::Move,
        "install" => WriteKind::Install,
        "ln" => WriteKind::Link,
        "sed" | "gsed" => WriteKind::Edit,
        "dd" => WriteKind::Dump,
        "tar" | "bsdtar" | "unzip" => WriteKind::Unpack,
        _ => return Vec::new(),
    };
    paths(kind, command, &options).into_iter().map(|path| (path, kind)).collect()
}

fn paths(kind: WriteKind, command: &Command<'_>, options: &Options<'_>) -> Vec<Text> {
    let operands = options.operands.iter().map(|w| w.unquoted());
    match kind {
        WriteKind::Copy | WriteKind::Move | WriteKind::Install | WriteKind::Link => targets(command, options),
        WriteKind::Edit if options.has(&["-i", "--in-place"]) => {
            let has_script = options.has(&["-e", "--expression", "-f", "--file"]);
            operands.skip(usize::from(!has_script)).collect()
        }
        WriteKind::Edit => Vec::new(),
        WriteKind::Dump => operands.filter_map(|o| o.starts_with("of=").then(|| o.slice(3..o.len()))).collect(),
        WriteKind::Unpack if command.is(&["unzip"]) => options.value(&["-d"]).cloned().into_iter().collect(),
        WriteKind::Unpack if options.has(&["-x", "--extract", "--get"]) => {
            options.value(&["-C", "--directory", "--cd"]).cloned().into_iter().collect()
        }
        WriteKind::Unpack => Vec::new(),
        _ => operands.collect(),
    }
}

/// Where `cp`, `mv`, `ln` and `install` put things: the folder of `-t`, or else the last operand.
fn targets(command: &Command<'_>, options: &Options<'_>) -> Vec<Text> {
    if command.is(&["install"]) && options.has(&["-d", "--directory"]) {
        return options.operands.iter().map(|w| w.unquoted()).collect();
    }
    if let Some(folder) = options.value(&["-t", "--target-directory"]) {
        return vec![folder.clone()];
    }
    match options.operands.as_slice() {
        [_, .., last] => vec![last.unquoted()],
        _ => Vec::new(),
    }
}

/// A change of owner or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnershipChange {
    /// The new owner, as a name or number, variables as they are written.
    pub owner: Option<Text>,
    /// The new group.
    pub group: Option<Text>,
    /// What it holds for.
    pub paths: Vec<Text>,
    /// Everything below too.
    pub recursive: bool,
    /// The command.
    pub command: usize,
}

/// The owners and groups that `chown`, `chgrp` and `install` set.
pub fn ownership_changes(flow: &Flow<'_>) -> Vec<OwnershipChange> {
    flow.commands.iter().filter_map(ownership_change).collect()
}

fn ownership_change(command: &Command<'_>) -> Option<OwnershipChange> {
    let options = command.options();
    let recursive = options.has(&["-R", "--recursive"]);
    if command.is(&["install"]) {
        let owner = options.value(&["-o", "--owner"]).cloned();
        let group = options.value(&["-g", "--group"]).cloned();
        let paths = targets(command, &options);
        return (owner.is_some() || group.is_some()).then_some(OwnershipChange {
            owner,
            group,
            paths,
            recursive: false,
            command: command.index,
        });
    }
    if !command.is(&["chown", "chgrp"]) || options.has(&["--reference"]) {
        return None;
    }
    let (first, paths) = options.operands.split_first()?;
    let (owner, group) = if command.is(&["chgrp"]) { (None, Some(first.unquoted())) } else { owner_and_group(first) };
    Some(OwnershipChange { owner, group, paths: paths.iter().map(|w| w.unquoted()).collect(), recursive, command: command.index })
}

/// `owner`, `owner:group`, `:group`, `owner:` (which means the owner's own group).
fn owner_and_group(word: &Word) -> (Option<Text>, Option<Text>) {
    let text = word.unquoted();
    let some = |text: Text| if text.is_empty() { None } else { Some(text) };
    // A colon in `${X:-y}` is no separator.
    match super::package::outside_expansions(word).find(':') {
        Some(at) => (some(text.slice(0..at)), some(text.slice(at + 1..text.len()))),
        None => (some(text), None),
    }
}

/// A change of permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeChange {
    /// `0755`, `u+x,o=`, variables as they are written.
    pub mode: Text,
    /// What it holds for.
    pub paths: Vec<Text>,
    /// Everything below too.
    pub recursive: bool,
    /// The command.
    pub command: usize,
}

/// The permissions that `chmod`, `install -m` and `mkdir -m` set.
pub fn mode_changes(flow: &Flow<'_>) -> Vec<ModeChange> {
    flow.commands.iter().filter_map(mode_change).collect()
}

fn mode_change(command: &Command<'_>) -> Option<ModeChange> {
    match command.program() {
        "chmod" => chmod(command),
        "install" | "mkdir" => {
            let options = command.options();
            let mode = options.value(&["-m", "--mode"])?.clone();
            let is_install = command.is(&["install"]);
            let paths = if is_install { targets(command, &options) } else { options.operands.iter().map(|w| w.unquoted()).collect() };
            Some(ModeChange { mode, paths, recursive: false, command: command.index })
        }
        _ => None,
    }
}

/// The mode may look like an option: `chmod -x file`.
fn chmod(command: &Command<'_>) -> Option<ModeChange> {
    let (mut mode, mut paths, mut recursive) = (None, Vec::new(), false);
    for word in command.args() {
        let text = word.unquoted();
        let is_option =
            text.starts_with("--") || (text.starts_with('-') && text.get(1..).is_some_and(|s| s.starts_with(['R', 'v', 'c', 'f', 'h'])));
        if is_option {
            recursive |= &*text == "--recursive" || (!text.starts_with("--") && text.contains('R'));
        } else if mode.is_none() {
            mode = Some(text);
        } else {
            paths.push(text);
        }
    }
    Some(ModeChange { mode: mode.filter(|_| !paths.is_empty())?, paths, recursive, command: command.index })
}
