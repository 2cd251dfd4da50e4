use crate::lint::prelude::*;
use crate::model::build::RunsAs;
use crate::model::command::{USER_PROGRAMS, new_users};
use crate::model::entry;
use crate::model::run;

pub static LINT: Lint = Lint {
    id: "unused-user",
    summary: "a user is created, and the image still runs as root",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &[],
    aliases: &["tally:tally/user-created-but-never-used"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("unused_user.md"),
    checks: &[Check::Build(check)],
};

/// Programs that start others as the users that their own configuration names.
const SUPERVISORS: &[&str] = &[
    "supervisord", "nginx", "httpd", "apache2", "apache2ctl", "apache2-foreground", "apachectl", "httpd-foreground", "sshd", "dropbear", "php-fpm", "postfix", "cron",
    "crond", "systemd", "init", "s6-svscan", "runsvdir", "my_init", "vsftpd", "named", "unbound", "monit", "smbd",
];

/// Programs that only change users and groups; a name in them is no use of it.
const MANAGEMENT: &[&str] = &["useradd", "adduser", "usermod", "groupadd", "addgroup", "groupmod", "gpasswd", "passwd", "id", "getent"];

fn check(build: &Build, cx: &mut Cx<'_>) {
    if !matches!(build.runs_as(), RunsAs::Root(_)) || decides_itself(build) {
        return;
    }
    let instructions = build.instructions();
    let mut managed = Vec::new();
    let mut created: Vec<(Text, String, Option<Text>)> = Vec::new();
    for at in &instructions {
        if let Some(script) = run::script(at, USER_PROGRAMS) {
            let flow = script.flow();
            managed.extend(flow.commands.iter().filter(|c| c.is(MANAGEMENT)).map(|c| c.span));
            let known = |u: crate::model::command::NewUser| Some((at.resolve(&u.name).known()?.to_string(), u));
            created.extend(new_users(&flow).into_iter().filter_map(known).map(|(name, u)| (u.name, name, u.uid)));
        }
    }
    managed.sort_by_key(|span| span.start);
    // Whether one of several is used cannot be told from another.
    let [(word, name, uid)] = created.as_slice() else { return };
    let names: Vec<&str> = [Some(word.as_str()), Some(name.as_str()), uid.as_ref().map(|u| u.as_str())].into_iter().flatten().collect();
    if name.is_empty() || instructions.iter().any(|at| uses(at, &names, &managed)) || script_uses(build, &names) {
        return;
    }
    let mut report = cx
        .report(word.span(), format!("user {name} is created, but nothing uses it: the image still runs as root"))
        .help(format!("write `USER {name}` before the command that the image starts"))
        .evidence(name.as_str());
    let command = build.stage().and_then(|stage| build.dockerfile.stage_instructions(stage).find(|at| matches!(at.instruction.keyword, Keyword::Cmd | Keyword::Entrypoint)));
    if let Some(command) = command {
        report = report.fix(Safety::Unsafe, format!("add USER {name}"), vec![(command.instruction.span.at_start(), format!("USER {name}\n"))]);
    }
    report.file();
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
    let texts = [&instruction.args].into_iter().chain(instruction.flags.iter().filter_map(|f| f.value.as_ref())).chain(instruction.heredocs.iter().map(|h| &h.body));
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
