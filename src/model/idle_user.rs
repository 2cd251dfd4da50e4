//! Users that an image creates and never becomes.

use crate::model::build::{Build, RunsAs};
use crate::model::command::{NewUser, USER_PROGRAMS, new_users};
use crate::model::dockerfile::InstructionAt;
use crate::model::entry;
use crate::model::run;
use crate::source::Span;
use crate::syntax::dockerfile::Keyword;
use crate::syntax::text::Text;

/// A user that nothing uses.
pub struct IdleUser {
    /// Where it is created.
    pub word: Text,
    /// Its name, variables substituted.
    pub name: String,
}

/// Programs that start others as the users that their own configuration names.
const SUPERVISORS: &[&str] = &[
    "supervisord",
    "nginx",
    "httpd",
    "apache2",
    "apache2ctl",
    "apache2-foreground",
    "apachectl",
    "httpd-foreground",
    "sshd",
    "dropbear",
    "php-fpm",
    "postfix",
    "cron",
    "crond",
    "systemd",
    "init",
    "s6-svscan",
    "runsvdir",
    "my_init",
    "vsftpd",
    "named",
    "unbound",
    "monit",
    "smbd",
];

/// Programs that only change users and groups; a name in them is no use of it.
const MANAGEMENT: &[&str] = &["useradd", "adduser", "usermod", "groupadd", "addgroup", "groupmod", "gpasswd", "passwd", "id", "getent"];

/// The one user that the instructions of an image create, when the image still runs as root and nothing uses the user.
/// `None` as well when what the image starts may choose a user itself.
pub fn idle_user(build: &Build) -> Option<IdleUser> {
    if !matches!(build.runs_as(), RunsAs::Root(_)) || decides_itself(build) {
        return None;
    }
    let instructions = build.instructions();
    let mut managed = Vec::new();
    let mut created: Vec<(Text, String, Option<Text>)> = Vec::new();
    for at in &instructions {
        if let Some(script) = run::script(at, USER_PROGRAMS) {
            let flow = script.flow();
            managed.extend(flow.commands.iter().filter(|c| c.is(MANAGEMENT)).map(|c| c.span));
            let known = |u: NewUser| Some((at.resolve(&u.name).known()?.to_string(), u));
            created.extend(new_users(&flow).into_iter().filter_map(known).map(|(name, u)| (u.name, name, u.uid)));
        }
    }
    managed.sort_by_key(|span| span.start);
    // Whether one of several is used cannot be told from another.
    let [(word, name, uid)] = created.as_slice() else { return None };
    let names: Vec<&str> = [Some(word.as_str()), Some(name.as_str()), uid.as_ref().map(|u| u.as_str())].into_iter().flatten().collect();
    let is_used = name.is_empty() || instructions.iter().any(|at| uses(at, &names, &managed)) || script_uses(build, &names);
    (!is_used).then(|| IdleUser { word: word.clone(), name: name.clone() })
}

/// Where a USER can stand for what the image starts: before the first command of its stage.
pub fn place_of_user(build: &Build) -> Option<Span> {
    let is_command = |at: &InstructionAt<'_>| matches!(at.instruction.keyword, Keyword::Cmd | Keyword::Entrypoint);
    let command = build.dockerfile.stage_instructions(build.stage()?).find(is_command)?;
    Some(command.instruction.span.at_start())
}

/// Whether what the image starts may choose a user where nobody can see it: a program with a configuration of its own, a
/// script that is not there to be read, or nothing in this file.
fn decides_itself(build: &Build) -> bool {
    let words = entry::start_words(build);
    let is_supervisor = |w: &String| SUPERVISORS.contains(&w.rsplit('/').next().unwrap_or(w));
    let is_script = |w: &String| w.ends_with(".sh") || w.contains("entrypoint") || w.contains("${") || w.starts_with('$');
    words.is_empty() || words.iter().any(is_supervisor) || build.entry_script.is_none() && words.iter().any(is_script)
}

/// Whether an instruction names the user, elsewhere than where users and groups are made.
fn uses(at: &InstructionAt<'_>, names: &[&str], managed: &[Span]) -> bool {
    let instruction = at.instruction;
    let texts = [&instruction.args]
        .into_iter()
        .chain(instruction.flags.iter().filter_map(|f| f.value.as_ref()))
        .chain(instruction.heredocs.iter().map(|h| &h.body));
    let is_declaration = instruction.keyword == Keyword::Arg;
    !is_declaration && texts.into_iter().any(|text| names.iter().any(|name| mentions(text, name).any(|span| !is_managed(span, managed))))
}

/// Whether one of these stretches, in the order of the text, holds the span. They nest a few levels at most.
fn is_managed(span: Span, managed: &[Span]) -> bool {
    const NESTED: usize = 4;
    let end = managed.partition_point(|m| m.start <= span.start);
    managed.iter().take(end).rev().take(NESTED).any(|m| m.contains(span))
}

fn script_uses(build: &Build, names: &[&str]) -> bool {
    let Some(script) = &build.entry_script else { return false };
    let text = Text::verbatim(script.id, 0, &*script.text);
    names.iter().any(|name| mentions(&text, name).next().is_some())
}

/// Where a text has the name as a word of its own, and not as a part of a path.
fn mentions<'t>(text: &'t Text, name: &'t str) -> impl Iterator<Item = Span> + use<'t> {
    let is_part = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    let alone = move |at: &usize| {
        let before = text.get(..*at).and_then(|t| t.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    };
    text.match_indices(name).map(|(at, _)| at).filter(alone).map(|at| text.span_of(at..at + name.len()))
}
