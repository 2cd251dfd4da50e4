use crate::lint::prelude::*;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "expose-format",
    summary: "a port is exposed with an address, a host port or an upper-case protocol",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["buildkit:ExposeInvalidFormat", "buildkit:ExposeProtoCasing"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("expose_format.md"),
    checks: &[Check::Instruction(&[Keyword::Expose], check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let Args::Expose(words) = at.instruction.typed() else { return };
    for word in &words {
        let resolved = at.resolve(word);
        let Some(written) = resolved.known() else { continue };
        // What is no port at all does not build, and is reported as such.
        let place = (word.span().start, word.span().end);
        if at.dockerfile.errors.binary_search_by_key(&place, |e| (e.span.start, e.span.end)).is_ok() {
            continue;
        }
        let port = written.rsplit_once(':').map_or(written.as_str(), |(_, port)| port);
        let (number, protocol) = port.split_once('/').unwrap_or((port, ""));
        let lower = protocol.to_ascii_lowercase();
        let message = if written.contains(':') {
            format!("EXPOSE `{written}`: what stands before the last `:` is ignored, as EXPOSE publishes nothing")
        } else if lower != protocol {
            format!("EXPOSE `{written}`: protocols are written in lower case")
        } else {
            continue;
        };
        let right = if lower.is_empty() { number.to_string() } else { format!("{number}/{lower}") };
        let mut report = cx.report(word.span(), message).help(format!("write `EXPOSE {right}`")).evidence(written.as_str());
        // Text that comes from a variable is mended where the variable is.
        if word.as_str() == written.as_str() && !right.is_empty() {
            report = report.fix(Safety::Safe, format!("write {right}"), vec![(word.span(), right)]);
        }
        report.file();
    }
}
