use crate::lint::prelude::*;
use crate::model::dockerfile::Resolved;
use crate::model::unverified::{Unverified, Used, git_reference, is_full_commit, is_git, unverified};
use crate::model::url;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "unverified-download",
    summary: "a download is used without comparing a hash or signature",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("unverified_download.md"),
    checks: &[Check::Stage(stage), Check::Instruction(&[Keyword::Add], repository)],
};

fn stage(at: &StageAt<'_>, cx: &mut Cx<'_>) {
    let mut last: Option<Span> = None;
    for found in unverified(at.dockerfile, at.stage) {
        // One use of several downloads is one finding.
        if found.place.is_none() || found.place != last {
            report(&found, cx);
        }
        last = found.place;
    }
}

fn report(found: &Unverified, cx: &mut Cx<'_>) {
    let shown = url::shown(&found.url);
    let what = match found.used {
        Used::Run => "is run",
        Used::Installed => "is installed",
        Used::Unpacked => "is unpacked",
        Used::OnPath => "becomes a program",
    };
    let plain = if found.url.starts_with("http://") { ", over a connection that anybody on the way can change" } else { "" };
    let help = if found.by_add {
        "write ADD --checksum=sha256:<hash> …".to_string()
    } else {
        let name = url::file_name(&found.url);
        format!("compare it before it is used: echo \"<sha256>  {name}\" | sha256sum -c -, or fetch it with ADD --checksum=sha256:<hash>")
    };
    let mut report = cx.report(found.span, format!("{shown} {what} as it comes{plain}: no hash or signature is compared")).help(help).evidence(shown);
    if let Some(place) = found.place {
        report = report.label(place, "used here");
    }
    for login in url::login_spans(&found.url) {
        report = report.secret(login);
    }
    report.file();
}

/// ADD of a Git repository at something that can be moved.
fn repository(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Args::Add(add) = at.instruction.typed() else { return };
    for source in add.sources.iter().filter(|_| add.checksum.is_none()) {
        let Resolved::Known(address) = at.resolve(source) else { continue };
        if !is_git(&address) {
            continue;
        }
        let reference = git_reference(&address);
        if reference.is_some_and(is_full_commit) {
            continue;
        }
        let which = reference.map_or("the default branch".to_string(), |r| format!("`{r}`"));
        let report = cx
            .report(source.span(), format!("ADD takes {which} of {}, which can be another commit tomorrow", url::shown(address.split(['#', '?']).next().unwrap_or(&address))))
            .help("name the commit by its whole hash: …#<40 digits>, or add --checksum=<commit>")
            .evidence(which);
        url::login_spans(source).into_iter().fold(report, |r, span| r.secret(span)).file();
    }
}
