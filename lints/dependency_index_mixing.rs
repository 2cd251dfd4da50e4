use crate::lint::prelude::*;
use crate::model::package_index::{ExtraIndex, Index, extra_indexes, index, is_mixed, of_configuration, plain_links};
use crate::model::written::{copied, written};
use crate::model::{assigned, scripts, url};
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "dependency-index-mixing",
    summary: "private packages can be replaced by public ones of the same name",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(6.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("dependency_index_mixing.md"),
    checks: &[
        Check::Instruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint], commands),
        Check::Instruction(&[Keyword::Env, Keyword::Arg, Keyword::Copy, Keyword::Add], settings),
    ],
};

const HELP: &str = "let one index answer for all names: --index-url alone, of a proxy that holds the private packages and fetches the others";

fn commands(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let words = ["index", "find-links", " -f", "GOSUMDB", "GONOSUM", "GOFLAGS"];
    if !scripts::mentions(at, &words) {
        return;
    }
    let Some(script) = scripts::of_instruction(at) else { return };
    let flow = script.flow();
    let of_text = written(&flow).into_iter().flat_map(|w| of_configuration(&w.text));
    extra_indexes(&flow).into_iter().chain(of_text).for_each(|extra| mixed(at, &extra, cx));
    for link in plain_links(&flow) {
        let report = cx
            .report(link.span(), format!("packages come from {} without encryption: whoever is on the way can change them", url::shown(&link)))
            .help("write https://")
            .evidence(url::shown(&link));
        url::login_spans(&link).into_iter().fold(report, |r, span| r.secret(span)).file();
    }
    for (name, value) in assigned::variables(&flow) {
        variable(at, &name, &value, cx);
    }
}

fn settings(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    match at.instruction.typed() {
        Args::Env(pairs) => pairs.iter().for_each(|kv| variable(at, &kv.key, &kv.value.unquoted(), cx)),
        Args::Arg(declarations) => {
            let given = declarations.iter().filter_map(|d| Some((&d.name, d.default.as_ref()?.unquoted())));
            given.for_each(|(name, value)| variable(at, name, &value, cx));
        }
        _ => copied(at).iter().flat_map(|w| of_configuration(&w.text)).for_each(|extra| mixed(at, &extra, cx)),
    }
}

fn variable(at: &InstructionAt<'_>, name: &Text, value: &Text, cx: &mut Cx<'_>) {
    let off = match (name.as_str(), value.as_str()) {
        ("PIP_EXTRA_INDEX_URL", _) => return mixed(at, &ExtraIndex { url: value.clone(), main: main_index(at) }, cx),
        ("GOSUMDB", "off") | ("GONOSUMDB" | "GONOSUMCHECK", "*" | "1") => true,
        ("GOFLAGS", flags) => flags.split_whitespace().any(|f| f == "-insecure"),
        _ => false,
    };
    if off {
        cx.report(name.span(), format!("{name}={value} lets go take modules whose hash nobody checked"))
            .help("leave the checksum database on; name private modules with GOPRIVATE=example.com/*")
            .evidence(name.as_str());
    }
}

/// What `PIP_INDEX_URL` says at this instruction.
fn main_index(at: &InstructionAt<'_>) -> Option<Text> {
    let earlier = at.dockerfile.instructions().filter(|other| other.index <= at.index && other.stage == at.stage);
    let pairs = earlier.filter_map(|other| if let Args::Env(pairs) = other.instruction.typed() { Some(pairs) } else { None }).flatten();
    pairs.filter(|kv| kv.key.as_str() == "PIP_INDEX_URL").last().map(|kv| kv.value.unquoted())
}

fn mixed(at: &InstructionAt<'_>, extra: &ExtraIndex, cx: &mut Cx<'_>) {
    let kind = |text: &Text| at.resolve(text).known().map_or(Index::Unknown, |known| index(known));
    if !is_mixed(extra.main.as_ref().or(main_index(at).as_ref()).map(kind), kind(&extra.url)) {
        return;
    }
    let shown = url::shown(&extra.url);
    let other = if kind(&extra.url) == Index::Registry { "the private index" } else { "the public registry" };
    let report = cx
        .report(extra.url.span(), format!("pip looks for every package on {shown} and on {other}, and takes the higher version"))
        .help(HELP)
        .evidence(shown.as_str());
    url::login_spans(&extra.url).into_iter().fold(report, |r, span| r.secret(span)).file();
}
