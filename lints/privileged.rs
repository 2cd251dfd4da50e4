use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "privileged",
    summary: "a container, hook or build step has every privilege of the host's root",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(9.3),
    cis: &["5.5"],
    aliases: &["compose-lint:CL-0002", "semgrep:privileged-service", "kics:Privileged Containers Enabled"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("privileged.md"),
    checks: &[Check::Service(service), Check::Instruction(&[Keyword::Run], run)],
};

const NARROWER: &str = "remove it and add what the container needs: `cap_add: [NET_ADMIN]` for a capability, `devices: [/dev/ttyUSB0]` for a device";
const ROOTLESS: &str = "use `docker:dind-rootless`, or build with BuildKit's rootless image, which need no privileges";
const NO_BUILD: &str = "remove it: a build rarely needs more than the network; do the privileged step when the container starts";

fn service(service: &Service, cx: &mut Cx<'_>) {
    let name = &service.name;
    if let Some(on) = on(service.privileged()) {
        let help = if service.is_docker_in_docker() { ROOTLESS } else { NARROWER };
        let entry = service.entry(&["privileged"]).unwrap_or(on.span());
        let removal = cx.remove_entry(service, &["privileged"]);
        let network = service.shares_with_host("network_mode");
        let message = match &network {
            Some(_) => format!("service {name} is privileged and on the host's network: a hole in any port it opens makes whoever reaches the host its root"),
            None => format!("service {name} is privileged: who gets into it is root on the host"),
        };
        let mut report = cx.report(entry, message).help(help).origin(&on.origin);
        if let Some(network) = network {
            report = report.label(network.value.span(), "together with this").score(9.8);
        }
        if let Some(lines) = removal {
            report = report.fix(Safety::Unsafe, "remove privileged", vec![lines]);
        }
        report.file();
    }
    for hook in service.hooks() {
        if let Some(on) = on(hook.privileged.clone()) {
            let entry = hook.node.as_map().and_then(|m| m.entry("privileged")).map_or(on.span(), |e| e.key.span.to(on.span()));
            let message = format!("a {} hook of service {name} is privileged: it is root on the host", hook.kind);
            cx.report(entry, message).help("remove it; a hook that prepares files needs `user: root` at most").evidence(hook.kind);
        }
    }
    build(service, cx);
}

fn build(service: &Service, cx: &mut Cx<'_>) {
    let Some(build) = service.build() else { return };
    let name = &service.name;
    if let Some(on) = on(build.privileged.clone()) {
        let entry = service.entry(&["build", "privileged"]).unwrap_or(on.span());
        cx.report(entry, format!("the build of service {name} is privileged: its steps are root on the build host")).help(NO_BUILD).evidence("build");
    }
    for entitlement in build.entitlements.iter().filter(|e| e.value.as_str() == "security.insecure") {
        cx.report(entitlement.span(), format!("the build of service {name} may run privileged steps")).help(NO_BUILD).evidence("entitlements");
    }
}

fn on(slot: Slot<bool>) -> Option<Sourced<bool>> {
    match slot {
        Slot::Set(value) if value.value => Some(value),
        _ => None,
    }
}

fn run(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    let insecure = at.instruction.flags_named("security").find(|f| f.value.as_deref() == Some("insecure"));
    if let Some(flag) = insecure {
        cx.report(flag.span, "this RUN is privileged: it is root on the build host").help(NO_BUILD);
    }
}
