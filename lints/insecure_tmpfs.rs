use crate::lint::prelude::*;
use crate::model::compose::Resolved;

pub static LINT: Lint = Lint {
    id: "insecure-tmpfs",
    summary: "programs, setuid bits or devices work on a tmpfs of the container",
    group: Group::Security,
    level: Level::Info,
    default: true,
    score: Some(2.0),
    cis: &[],
    aliases: &["compose-lint:CL-0022"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("insecure_tmpfs.md"),
    checks: &[Check::Service(check)],
};

/// What an option lets happen.
const OPTIONS: &[(&str, &str)] = &[("exec", "programs can be started"), ("suid", "setuid bits work"), ("dev", "devices can be made")];

fn check(service: &Service, cx: &mut Cx<'_>) {
    let list = service.tmpfs();
    for item in list.set().map_or(&[][..], |l| &l.value.items) {
        let Some((path, options)) = item.value.split_once(':').filter(|_| item.value.is_certain()) else { continue };
        let words = words(&options);
        for (n, word) in words.iter().enumerate() {
            let Some((_, allows)) = OPTIONS.iter().find(|(option, _)| *option == word.as_str()) else { continue };
            let opposite = format!("no{}", word.as_str());
            // The last word counts.
            if words.iter().skip(n + 1).any(|w| w.as_str() == opposite || w.as_str() == word.as_str()) {
                continue;
            }
            let edit = (item.value.is_literal() && !item.origin.is_shared()).then(|| (word.span(), opposite.clone()));
            let mut report = cx
                .report(word.span(), format!("in the tmpfs {} of service {} {allows}", path.as_str(), service.name))
                .help(format!("take `{}` out; Docker's default is `{opposite}`", word.as_str()))
                .at(format!("services.{}.tmpfs", service.name))
                .evidence(format!("{}:{}", path.as_str(), word.as_str()))
                .origin(&item.origin);
            if let Some(edit) = edit {
                report = report.fix(Safety::Unsafe, format!("write {opposite}"), vec![edit]);
            }
            report.file();
        }
    }
}

fn words(options: &Resolved) -> Vec<Resolved> {
    let mut start = 0;
    let mut out = Vec::new();
    for end in options.match_indices(',').map(|(at, _)| at).chain([options.len()]) {
        out.push(options.slice(start..end));
        start = end + 1;
    }
    out
}
