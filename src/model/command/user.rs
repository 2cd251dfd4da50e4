//! Users: whom commands create, and what groups they put them into.

use crate::syntax::shell::{Command, Flow};
use crate::syntax::text::Text;

/// A user that a command creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// The name, variables as they are written.
    pub name: Text,
    /// The number, when it is given.
    pub uid: Option<Text>,
    /// The command.
    pub command: usize,
}

/// A user who becomes a member of a group beside the own one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The user.
    pub user: Text,
    /// The group.
    pub group: Text,
    /// The command.
    pub command: usize,
}

/// Programs that create and change users and groups, for a look at the text.
pub const USER_PROGRAMS: &[&str] = &["useradd", "adduser", "usermod", "gpasswd", "addgroup"];

/// The users that `useradd` and `adduser` create.
pub fn new_users(flow: &Flow<'_>) -> Vec<NewUser> {
    flow.commands.iter().filter_map(new_user).collect()
}

fn new_user(command: &Command<'_>) -> Option<NewUser> {
    if !command.is(&["useradd", "adduser"]) {
        return None;
    }
    // `adduser user group` makes no user.
    let options = command.options();
    let [name] = options.operands.as_slice() else { return None };
    Some(NewUser { name: name.unquoted(), uid: options.value(&["-u", "--uid"]).cloned(), command: command.index })
}

/// The groups beside the own one that commands put users into: `useradd -G`, `usermod -aG`, `gpasswd -a`, `adduser user
/// group`, `addgroup user group`.
pub fn memberships(flow: &Flow<'_>) -> Vec<Membership> {
    flow.commands.iter().flat_map(membership).collect()
}

fn membership(command: &Command<'_>) -> Vec<Membership> {
    let options = command.options();
    let words: Vec<Text> = options.operands.iter().map(|w| w.unquoted()).collect();
    let index = command.index;
    let one = |user: &Text, group: &Text| Membership { user: user.clone(), group: group.clone(), command: index };
    match (command.program(), words.as_slice()) {
        ("useradd" | "usermod", [user]) => {
            let lists = options.values(&["-G", "--groups"]);
            lists.flat_map(parts).map(|group| one(user, &group)).collect()
        }
        ("gpasswd", [group]) => options.value(&["-a", "--add"]).map(|user| one(user, group)).into_iter().collect(),
        // Without an own table for its options, `-a` of gpasswd leaves its value among the operands.
        ("gpasswd", [user, group]) if options.has(&["-a", "--add"]) => vec![one(user, group)],
        ("adduser" | "addgroup", [user, group]) if options.flags.is_empty() => vec![one(user, group)],
        _ => Vec::new(),
    }
}

/// The parts of `a,b,c`.
fn parts(list: &Text) -> Vec<Text> {
    let mut out = Vec::new();
    let mut start = 0;
    for part in list.split(',') {
        if !part.is_empty() {
            out.push(list.slice(start..start + part.len()));
        }
        start += part.len() + 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::{Script, parse};

    fn script(source: &str) -> Script {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        parse(&Text::verbatim(id, 0, source))
    }

    fn created(source: &str) -> Vec<String> {
        let script = script(source);
        new_users(&script.flow()).iter().map(|u| format!("{}:{}", u.name, u.uid.as_ref().map_or("", |u| u.as_str()))).collect()
    }

    fn members(source: &str) -> Vec<String> {
        let script = script(source);
        memberships(&script.flow()).iter().map(|m| format!("{} {}", m.user, m.group)).collect()
    }

    #[test]
    fn users() {
        assert_eq!(created("groupadd app && useradd -r -u 10001 -g app -d /srv -s /bin/sh \"app\""), ["app:10001"]);
        assert_eq!(created("addgroup -S app; adduser -S -D -H -h /srv -G app app"), ["app:"]);
        assert_eq!(created("adduser --disabled-password --gecos '' --uid=1000 app"), ["app:1000"]);
        assert_eq!(created("sudo useradd -m $NAME"), ["$NAME:"]);
        assert_eq!(created("adduser app wheel; useradd -D -s /bin/sh; echo useradd app; getent passwd app || id"), [""; 0]);
    }

    #[test]
    fn groups() {
        assert_eq!(members("useradd -m -G sudo,docker app && usermod -aG 'video' app"), ["app sudo", "app docker", "app video"]);
        assert_eq!(members("gpasswd -a app wheel; adduser app audio; addgroup app video"), ["app wheel", "app audio", "app video"]);
        assert_eq!(members("useradd -g app app; adduser -G app app; usermod -d /srv app; gpasswd -d app wheel"), [""; 0]);
    }
}
