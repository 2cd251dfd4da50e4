use crate::lint::prelude::*;
use crate::model::backdoor::{dangerous_capability, no_password_rule, passwordless_sudo, written_passwords};
use crate::model::command::{Mode, memberships, mode_changes, new_users, package_installs};
use crate::model::development::is_dev_container;
use crate::model::run;
use crate::syntax::shell::Flow;

pub static LINT: Lint = Lint {
    id: "privilege-backdoor",
    summary: "the image holds a way back to root",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(7.0),
    cis: &["4.8"],
    aliases: &["checkov:CKV2_DOCKER_17", "dockle:CIS-DI-0008"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("privilege_backdoor.md"),
    checks: &[Check::Build(check)],
};

const WORDS: &[&str] = &["chmod", "install", "setcap", "sudo", "doas", "passwd", "useradd", "usermod", "adduser", "addgroup"];

/// Programs that are made to be setuid and do one small thing.
const MEANT: &[&str] = &["newuidmap", "newgidmap", "chrome-sandbox", "chrome_sandbox", "ping", "fusermount", "fusermount3"];

/// Folders of programs: setgid on them is no folder's inheritance of a group.
const PROGRAM_FOLDERS: &[&str] = &["/bin/", "/sbin/"];

/// Groups whose members can become root: by themselves, or once sudo is there.
const ROOT_GROUPS: &[&str] = &["docker", "shadow", "disk"];
const SUDO_GROUPS: &[&str] = &["sudo", "wheel"];

fn check(build: &Build, cx: &mut Cx<'_>) {
    let source = cx.world.sources.get(build.dockerfile.file);
    if build.dockerfile.is_windows(build.stage) || is_dev_container(&source.name) {
        return;
    }
    let instructions = build.instructions();
    let sudo = instructions.iter().any(|at| run::script(at, &["sudo", "doas"]).iter().any(|s| installs_sudo(&s.flow())));
    let user = build.last_user().map(|(user, _)| user.split(':').next().unwrap_or(user).to_string());
    for at in &instructions {
        sudoers_in_heredocs(at, cx);
        if let Some(script) = run::script(at, WORDS) {
            let flow = script.flow();
            modes(&flow, cx);
            capabilities(&flow, cx);
            accounts(&flow, cx);
            if let Some(user) = &user {
                groups(at, &flow, user, sudo, cx);
            }
        }
    }
}

fn modes(flow: &Flow<'_>, cx: &mut Cx<'_>) {
    for change in mode_changes(flow) {
        let Some(mode) = Mode::parse(&change.mode) else { continue };
        let suspect = |path: &&Text| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_program = PROGRAM_FOLDERS.iter().any(|f| path.contains(f)) && !change.recursive;
            (mode.setuid || mode.setgid && is_program) && !MEANT.contains(&name)
        };
        if let Some(path) = change.paths.iter().find(suspect) {
            let (bit, whom) = if mode.setuid { ("setuid", "with the rights of its owner") } else { ("setgid", "with the rights of its group") };
            cx.report(change.mode.span(), format!("{bit} on {path}: whoever starts it runs it {whom}"))
                .help("leave the bit out, and do what needs root in the build or before the container steps down")
                .code(bit)
                .evidence(path.as_str());
        }
    }
}

fn capabilities(flow: &Flow<'_>, cx: &mut Cx<'_>) {
    for command in flow.commands.iter().filter(|c| c.is(&["setcap"])) {
        let options = command.options();
        for pair in options.operands.chunks(2) {
            let [caps, file] = pair else { continue };
            let (caps, file) = (caps.unquoted(), file.unquoted());
            if MEANT.contains(&file.rsplit('/').next().unwrap_or(&file)) {
                continue;
            }
            if let Some(name) = dangerous_capability(&caps) {
                cx.report(caps.span(), format!("{file} gets {name}, which is as good as root"))
                    .help("leave it out, or give the smallest capability that does, as `cap_net_bind_service=+ep`")
                    .code("capability")
                    .evidence(file.as_str());
            }
        }
    }
}

const NO_SUDO: &str = "leave sudo out of the image: do what needs root before the last USER";

fn accounts(flow: &Flow<'_>, cx: &mut Cx<'_>) {
    if let Some(span) = passwordless_sudo(flow) {
        no_password(span, cx);
    }
    for password in written_passwords(flow) {
        cx.report(password.span(), "a password stands in the Dockerfile: all who can read it or the image's history can log in")
            .help("lock the account with `passwd -l`, or mount the password as a secret where the container starts")
            .code("password")
            .secret(password.span())
            .evidence(password.split(':').next().filter(|_| password.contains(':')).unwrap_or("passwd"));
    }
    for command in flow.commands.iter().filter(|c| c.is(&["passwd"])) {
        let options = command.options();
        if let (Some(flag), Some(user)) = (options.get(&["-d", "--delete"]), options.operands.first().map(|w| w.unquoted())) {
            cx.report(flag.text.span(), format!("{user} has no password any more: everyone can become {user}"))
                .help(format!("lock the account: `passwd -l {user}`"))
                .code("no-password")
                .evidence(user.as_str());
        }
    }
    for user in new_users(flow) {
        let zero = user.uid.as_ref().filter(|u| u.parse::<u32>() == Ok(0));
        if let Some(uid) = zero.filter(|_| user.name.as_str() != "root") {
            cx.report(uid.span(), format!("user {} has number 0: it is root under another name", user.name))
                .help("give it a number of its own, above 999")
                .code("uid-0")
                .evidence(user.name.as_str());
        }
    }
}

fn no_password(span: Span, cx: &mut Cx<'_>) {
    cx.report(span, "sudoers lets a user become root without a password").help(NO_SUDO).code("sudoers");
}

/// `COPY <<EOF /etc/sudoers.d/app`, `RUN cat <<EOF > /etc/sudoers.d/app`.
fn sudoers_in_heredocs(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    if !at.instruction.args.contains("/etc/sudoers") {
        return;
    }
    for heredoc in &at.instruction.heredocs {
        if let Some(span) = no_password_rule(&heredoc.body) {
            no_password(span, cx);
        }
    }
}

fn groups(at: &InstructionAt<'_>, flow: &Flow<'_>, user: &str, sudo: bool, cx: &mut Cx<'_>) {
    for membership in memberships(flow) {
        let group = membership.group.as_str();
        let opens = ROOT_GROUPS.contains(&group) || sudo && SUDO_GROUPS.contains(&group);
        if opens && at.resolve(&membership.user).known().is_some_and(|u| u.as_str() == user) {
            cx.report(membership.group.span(), format!("{user}, who runs the container, is put into group {group}, which opens a way to root"))
                .help("leave the group out")
                .code("group")
                .evidence(group);
        }
    }
}

fn installs_sudo(flow: &Flow<'_>) -> bool {
    package_installs(flow).iter().any(|p| p.packages.iter().any(|p| matches!(p.name.as_str(), "sudo" | "doas" | "opendoas")))
}
