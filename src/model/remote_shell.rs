//! Servers that let people log in: SSH and telnet.

use super::build::Build;
use super::command::package_installs;
use super::entry;
use super::run;
use crate::syntax::text::Text;

/// The ports of SSH and telnet, and their names.
pub const PORTS: &[(u16, &str)] = &[(22, "SSH"), (23, "telnet")];

/// Words in the names of images and services whose purpose is to be reached by SSH: forges, file drops, gateways.
const PURPOSES: &[&str] = &[
    "ssh",
    "sshd",
    "sftp",
    "scp",
    "git",
    "gitea",
    "gitlab",
    "gogs",
    "forgejo",
    "gitserver",
    "gerrit",
    "bitbucket",
    "onedev",
    "phabricator",
    "bastion",
    "jumphost",
    "borg",
    "rsync",
    "openssh",
    "telnet",
    "endlessh",
    "cowrie",
];

const SERVERS: &[&str] = &["sshd", "dropbear", "telnetd", "in.telnetd"];

/// Whether a name says that logging in is what the thing is for.
pub fn is_for_logins(name: &str) -> bool {
    name.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(|word| PURPOSES.contains(&word))
}

impl Build {
    /// The package of a server for logins that the image installs and then starts, with the name of the program.
    pub fn started_login_server(&self) -> Option<(Text, String)> {
        let program = self.login_server()?;
        let is_server = |name: &str| ["ssh", "openssh", "openssh-server", "dropbear", "telnetd"].contains(&name);
        self.instructions().iter().find_map(|at| {
            run::script(at, &["ssh", "dropbear", "telnetd"]).iter().find_map(|script| {
                let flow = script.flow();
                let package = package_installs(&flow).into_iter().flat_map(|p| p.packages).find(|p| is_server(&p.name));
                package.map(|p| (p.text, program.clone()))
            })
        })
    }

    /// The server that the container starts: in its command, or in its entry script.
    fn login_server(&self) -> Option<String> {
        let is_server = |word: &&str| SERVERS.contains(&word.rsplit('/').next().unwrap_or(word));
        let words = entry::start_words(self);
        let in_command = words.iter().flat_map(|w| w.split_whitespace()).find(is_server).map(str::to_string);
        let in_script = || {
            let script = self.entry_script.as_ref()?;
            let lines = script.text.lines().filter(|l| !l.trim_start().starts_with('#'));
            lines.flat_map(|l| l.split([' ', '\t', ';', '&', '(', '"'])).find(is_server).map(str::to_string)
        };
        in_command.or_else(in_script)
    }
}

#[cfg(test)]
mod tests {
    use super::is_for_logins;

    #[test]
    fn purposes() {
        assert!(["gitea/gitea", "my-sftp", "linuxserver/openssh-server", "ssh_gateway", "GitLab"].into_iter().all(is_for_logins));
        assert!(["web", "digit", "github-runner", "postgres", "legit"].into_iter().all(|n| !is_for_logins(n)));
    }
}
