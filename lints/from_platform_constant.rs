use crate::lint::prelude::*;
use crate::syntax::dockerfile::Args;

pub static LINT: Lint = Lint {
    id: "from-platform-constant",
    summary: "a FROM is bound to one platform",
    group: Group::Correctness,
    level: Level::Warning,
    default: true,
    score: None,
    cis: &[],
    aliases: &["hadolint:DL3029", "buildkit:FromPlatformFlagConstDisallowed"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("from_platform_constant.md"),
    checks: &[Check::Stage(check)],
};

/// Other names of architectures, as people write them in the names of stages.
const ALSO_CALLED: &[(&str, &[&str])] = &[("amd64", &["x86", "x64"]), ("arm64", &["aarch64", "armv8"]), ("386", &["i386", "x86"])];

fn check(at: &StageAt<'_>, cx: &mut Cx<'_>) {
    let Some(Args::From { platform: Some(platform), .. }) = at.dockerfile.instruction(at.stage.from).map(|i| i.typed()) else { return };
    if platform.contains('$') || platform.is_empty() || at.dockerfile.is_windows(at.stage.index) || says_platform(at.stage.name.as_deref(), &platform) {
        return;
    }
    let value = platform.as_str();
    cx.report(platform.span(), format!("this stage is {value} whatever platform is built"))
        .help(
            "take the flag out and build with `docker build --platform`, or write `$BUILDPLATFORM` for a stage that runs on the building machine",
        )
        .evidence(value);
}

/// Whether the name of the stage tells its operating system or architecture.
fn says_platform(name: Option<&str>, platform: &str) -> bool {
    let name = name.unwrap_or("").to_ascii_lowercase();
    let mut parts = platform.split('/');
    let (system, architecture) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let also = ALSO_CALLED.iter().filter(|(a, _)| *a == architecture).flat_map(|(_, names)| names.iter().copied());
    [system, architecture].into_iter().chain(also).any(|word| !word.is_empty() && name.contains(word))
}
